/* Running the assembler and the linker. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/driver.h"

extern char **environ;

static int start(const char *file, const char *const *argv, int err_fd)
{
    posix_spawn_file_actions_t fa;
    posix_spawn_file_actions_init(&fa);
    if (err_fd >= 0)
        posix_spawn_file_actions_adddup2(&fa, err_fd, 2);
    pid_t pid;
    int e = posix_spawnp(&pid, file, &fa, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&fa);
    if (e != 0) {
        driver_error("cannot run %s: %s%s", file, strerror(e),
                     e == ENOENT && strchr(file, '/') == NULL
                         ? " (it is part of the package binutils)"
                         : "");
        return -1;
    }
    return pid;
}

int spawn_start(const char *const *argv)
{
    return start(argv[0], argv, -1);
}

int spawn_start_file(const char *path, const char *const *argv)
{
    return start(path, argv, -1);
}

int spawn_wait(int pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int spawn_run(Arena *a, const char *const *argv, char **err_text)
{
    if (err_text == NULL) {
        int pid = start(argv[0], argv, -1);
        return pid < 0 ? -1 : spawn_wait(pid);
    }
    *err_text = arena_strndup(a, "", 0);
    int fd[2];
    if (pipe2(fd, O_CLOEXEC) != 0) {
        driver_error("cannot make a pipe: %s", strerror(errno));
        return -1;
    }
    int pid = start(argv[0], argv, fd[1]);
    close(fd[1]);
    if (pid < 0) {
        close(fd[0]);
        return -1;
    }
    size_t len = 0, cap = 4096;
    char *buf = arena_alloc(a, cap);
    for (;;) {
        if (len + 1024 > cap) {
            buf = arena_realloc(a, buf, cap, cap * 2);
            cap *= 2;
        }
        ssize_t n = read(fd[0], buf + len, cap - len - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    buf[len] = '\0';
    close(fd[0]);
    *err_text = buf;
    return spawn_wait(pid);
}
