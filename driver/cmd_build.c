/* golc build: a program to ship, written beside its target and renamed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "driver/driver.h"

/* As Go names it: after the first file, or the directory. */
static const char *default_output(Arena *a, const Options *o)
{
    struct stat st;
    const char *in = o->inputs[0];
    if (stat(in, &st) == 0 && S_ISDIR(st.st_mode)) {
        char *real = realpath(in, NULL);
        const char *slash = real != NULL ? strrchr(real, '/') : NULL;
        if (slash == NULL || slash[1] == '\0')
            return "a.out";
        return arena_printf(a, "%s", slash + 1);
    }
    const char *slash = strrchr(in, '/');
    const char *base = slash != NULL ? slash + 1 : in;
    const char *dot = strrchr(base, '.');
    size_t n = dot != NULL && dot != base ? (size_t)(dot - base) : strlen(base);
    return arena_strndup(a, base, n);
}

/* Only a program may be overwritten, never somebody's file. */
static bool may_overwrite(const char *path, const struct stat *st)
{
    if (S_ISDIR(st->st_mode)) {
        driver_error("cannot write %s: it is a directory", path);
        return false;
    }
    if (!S_ISREG(st->st_mode))
        return true;
    if (st->st_size == 0)
        return true;
    char magic[4] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, magic, sizeof magic) : 0;
    if (fd >= 0)
        close(fd);
    if (n == 4 && memcmp(magic, "\177ELF", 4) == 0)
        return true;
    driver_error("%s exists and is not a program; golc does not overwrite it", path);
    return false;
}

int cmd_build(int argc, char **argv)
{
    Options o = {.opt_level = 2};
    if (!options_parse(&o, argc, argv, false))
        return EXIT_WRONG_USAGE;
    if (o.emit != EMIT_NONE)
        return emit_stage(&o);
    if (o.explain_escape)
        return explain_escape(&o);
    Arena *a = arena_new();
    const char *out = o.output != NULL ? o.output : default_output(a, &o);
    size_t n = strlen(out);
    struct stat st;
    if (stat(out, &st) == 0 && S_ISDIR(st.st_mode) && o.output != NULL)
        out = arena_printf(a, "%s%s%s", out, out[n - 1] == '/' ? "" : "/", default_output(a, &o));
    bool discard = false;
    if (stat(out, &st) == 0) {
        if (!may_overwrite(out, &st))
            return EXIT_WRONG_PROGRAM;
        discard = !S_ISREG(st.st_mode); /* /dev/null: only see whether it builds */
    }
    const char *tmp;
    if (discard) {
        if (tmp_dir() == NULL)
            return EXIT_WRONG_PROGRAM;
        tmp = arena_printf(a, "%s/program", tmp_dir());
    } else {
        /* Beside the target, so that the rename is one step; the attempt to create it tells
         * early whether the place can be written at all. */
        tmp = arena_printf(a, "%s.golc-%d", out, (int)getpid());
        int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777);
        if (fd < 0) {
            driver_error("cannot write %s: %s", out, strerror(errno));
            return EXIT_WRONG_PROGRAM;
        }
        close(fd);
        unlink(tmp);
    }
    bool is_library = false;
    if (!build_to(&o, tmp, &is_library)) {
        unlink(tmp);
        return EXIT_WRONG_PROGRAM;
    }
    if (is_library)
        return 0;
    if (discard) {
        unlink(tmp);
    } else if (rename(tmp, out) != 0) {
        driver_error("cannot write %s: %s", out, strerror(errno));
        unlink(tmp);
        return EXIT_WRONG_PROGRAM;
    }
    return 0;
}
