/* golc internal-std DIR [STAMP DEPFILE]: precompiles golc's own library into DIR, one object a
 * package, when golc is built.  A package is compiled when all that it imports are, for it reads
 * the effects of their functions; those that are ready side by side, each in a process of its
 * own. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "driver/driver.h"

static void make_parents(char *path)
{
    for (char *s = path + 1; *s != '\0'; s++) {
        if (*s == '/') {
            *s = '\0';
            mkdir(path, 0777);
            *s = '/';
        }
    }
}

/* The key of the object that is there already, from NAME.key beside it. */
static bool read_key(const char *path, Key *k)
{
    FILE *f = fopen(path, "r");
    unsigned long long hi, lo;
    bool ok = f != NULL && fscanf(f, "%16llx%16llx", &hi, &lo) == 2;
    if (f != NULL)
        fclose(f);
    if (ok)
        *k = (Key){{hi, lo}};
    return ok;
}

static bool write_key(const char *path, Key k)
{
    FILE *f = fopen(path, "w");
    return f != NULL &&
           fprintf(f, "%016llx%016llx\n", (unsigned long long)k.w[0], (unsigned long long)k.w[1]) >
               0 &&
           fclose(f) == 0;
}

static int compile_one(Arena *a, const char *path, const char *dir)
{
    const char *out = arena_printf(a, "%s/%s.o", dir, path);
    const char *summaries = arena_printf(a, "%s/%s", dir, path);
    Options o = {.opt_level = 2, .is_std = true};
    Program p = {0};
    bool ok = load_std_package(&p, path, true);
    report_diagnostics();
    if (!ok || diag_error_count() > 0)
        return EXIT_WRONG_PROGRAM;
    const char *tmp = arena_printf(p.arena, "%s.tmp", out);
    const char *key_path = arena_printf(p.arena, "%s.key", out);
    Key have, key;
    bool there = access(out, R_OK) == 0 && read_key(key_path, &have);
    if (!compile_to(&p, p.main, &o, tmp, summaries, there ? &have : NULL, &key))
        return EXIT_WRONG_PROGRAM;
    if (there && memcmp(&have, &key, sizeof key) == 0)
        return 0;
    unlink(key_path);
    if (rename(tmp, out) != 0 || !write_key(key_path, key)) {
        driver_error("cannot write %s: %s", out, strerror(errno));
        return EXIT_WRONG_PROGRAM;
    }
    return 0;
}

/* Waits for one; false if there is none. */
static bool reap(StdPackage *all, uint32_t n, int *failed)
{
    int status;
    pid_t pid;
    do
        pid = waitpid(-1, &status, 0);
    while (pid < 0 && errno == EINTR);
    if (pid < 0)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (all[i].pid == pid) {
            all[i].done = true;
            if (WIFSIGNALED(status))
                driver_error("compiling %s: killed by signal %d", all[i].path, WTERMSIG(status));
        }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        ++*failed;
    return true;
}

/* The next package to compile: all that it imports are done.  NULL if there is none now. */
static StdPackage *ready(StdPackage *all, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        bool is = all[i].pid == 0;
        for (uint32_t k = 0; is && k < all[i].imports.n; k++)
            is = all[all[i].imports.p[k]].done;
        if (is)
            return &all[i];
    }
    return NULL;
}

static bool compile_all(Arena *a, const Paths *paths, const char *dir, char **list, uint32_t n,
                        int *failed)
{
    long jobs = sysconf(_SC_NPROCESSORS_ONLN), running = 0;
    StdPackage *all = std_packages(a, paths->std_source, list, n);
    for (uint32_t i = 0; i < n; i++)
        make_parents(arena_printf(a, "%s/%s.o", dir, list[i]));
    for (uint32_t started = 0; started < n || running > 0;) {
        StdPackage *next = running < (jobs < 1 ? 1 : jobs) ? ready(all, n) : NULL;
        if (next == NULL) {
            if (!reap(all, n, failed)) {
                driver_error("the library's packages import each other in a cycle");
                return false;
            }
            running--;
            continue;
        }
        fflush(NULL);
        pid_t pid = fork();
        if (pid < 0) {
            driver_error("cannot fork: %s", strerror(errno));
            return false;
        }
        if (pid == 0)
            exit(compile_one(a, next->path, dir));
        next->pid = pid;
        started++;
        running++;
    }
    return true;
}

/* For the build system: the target STAMP depends on every source, and on the directories, so
 * that a new file counts too. */
static bool write_depfile(Arena *a, const char *stamp, const char *depfile, const char *root,
                          char **list, uint32_t n)
{
    FILE *f = fopen(stamp, "w");
    if (f == NULL || fclose(f) != 0)
        return false;
    f = fopen(depfile, "w");
    if (f == NULL)
        return false;
    fprintf(f, "%s: %s", stamp, root);
    for (uint32_t i = 0; i < n; i++) {
        const char *dir = arena_printf(a, "%s/%s", root, list[i]);
        char **files;
        uint32_t nfiles;
        if (!load_dir_files(a, dir, &files, &nfiles))
            continue;
        fprintf(f, " %s", dir);
        for (uint32_t j = 0; j < nfiles; j++)
            fprintf(f, " %s", files[j]);
    }
    fputc('\n', f);
    return fclose(f) == 0;
}

int cmd_std(int argc, char **argv)
{
    if (argc != 1 && argc != 3) {
        driver_error("usage: golc internal-std DIR [STAMP DEPFILE]");
        return EXIT_WRONG_USAGE;
    }
    Arena *a = arena_new();
    const Paths *paths = paths_get();
    if (paths == NULL)
        return EXIT_WRONG_PROGRAM;
    char **list;
    uint32_t n;
    load_list_std(a, paths->std_source, &list, &n);
    int failed = 0;
    if (!compile_all(a, paths, argv[0], list, n, &failed))
        return EXIT_WRONG_PROGRAM;
    if (failed > 0) {
        driver_error("%d packages of the library failed", failed);
        return EXIT_WRONG_PROGRAM;
    }
    /* The stamp's own change tells every cache that the library is another one. */
    const char *stamp = arena_printf(a, "%s/stamp", argv[0]);
    FILE *f = fopen(stamp, "w");
    if (f == NULL || fprintf(f, "%u packages\n", n) < 0 || fclose(f) != 0) {
        driver_error("cannot write %s: %s", stamp, strerror(errno));
        return EXIT_WRONG_PROGRAM;
    }
    if (argc == 3 && !write_depfile(a, argv[1], argv[2], paths->std_source, list, n)) {
        driver_error("cannot write %s or %s: %s", argv[1], argv[2], strerror(errno));
        return EXIT_WRONG_PROGRAM;
    }
    return 0;
}
