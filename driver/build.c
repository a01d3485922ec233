/* A whole build, and the warm path that skips it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "driver/driver.h"

void report_diagnostics(void)
{
    diag_print_all(stderr, isatty(2) && getenv("NO_COLOR") == NULL);
}

void stage_done(const Options *o, const char *name)
{
    static struct timespec last;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (o->verbose && last.tv_sec != 0)
        fprintf(stderr, "golc: %-10s %7.2f ms\n", name,
                (double)(now.tv_sec - last.tv_sec) * 1e3 +
                    (double)(now.tv_nsec - last.tv_nsec) / 1e6);
    last = now;
}

static bool build_loaded(Program *p, const Options *o, const char *out_path)
{
    for (uint32_t i = 0; i < p->units.n; i++)
        if (!compile_unit(p, p->units.p[i], o, p->units.p[i] == p->main))
            return false;
    return link_program(p, o, out_path);
}

static bool load_and_report(Program *p, const Options *o)
{
    stage_done(o, "start");
    bool ok = load_program(p, o);
    report_diagnostics();
    stage_done(o, "front end");
    return ok && diag_error_count() == 0;
}

bool build_to(const Options *o, const char *out_path, bool *is_library)
{
    Program p = {0};
    if (!load_and_report(&p, o))
        return false;
    if (p.is_library) {
        *is_library = true;
        return true;
    }
    bool ok = build_loaded(&p, o, out_path);
    cache_trim();
    return ok;
}

/* ---- the warm path ------------------------------------------------------------------------
 *
 * The manifest of a build is named by the hash of golc, the flags and the files on the command
 * line with their contents.  It names the finished program and, where local packages were
 * imported, their directories with a hash of the sources in them; while these agree nothing
 * needs to be parsed.  Text: "x PATH\n", then "d HASH DIR\n" each. */

static bool hash_file(Hasher *h, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return false;
    }
    hash_string(h, path);
    char buf[65536];
    ssize_t n;
    while ((n = read(fd, buf, sizeof buf)) > 0)
        hash_bytes(h, buf, (size_t)n);
    close(fd);
    return n == 0;
}

static bool hash_dir(Arena *a, const char *dir, Key *out)
{
    char **files;
    uint32_t n;
    if (!load_dir_files(a, dir, &files, &n))
        return false;
    Hasher *h = hash_new(a);
    bool ok = true;
    for (uint32_t i = 0; i < n; i++)
        ok = hash_file(h, files[i]) && ok;
    *out = hash_end(h);
    return ok;
}

static bool manifest_key(Arena *a, const Options *o, Key *out)
{
    Hasher *h = hash_new(a);
    uint64_t id[2];
    paths_identity(id);
    hash_bytes(h, id, sizeof id);
    int flags[] = {o->opt_level, o->debug_vars, o->strip};
    hash_bytes(h, flags, sizeof flags);
    char cwd[4096];
    hash_string(h, getcwd(cwd, sizeof cwd) != NULL ? cwd : "");
    bool ok = true;
    for (int i = 0; i < o->ninputs; i++) {
        struct stat st;
        if (o->ninputs == 1 && stat(o->inputs[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            Key k;
            ok = hash_dir(a, o->inputs[i], &k);
            hash_string(h, o->inputs[i]);
            hash_key(h, k);
        } else {
            ok = hash_file(h, o->inputs[i]) && ok;
        }
    }
    *out = hash_end(h);
    return ok;
}

static const char *read_manifest(Arena *a, const char *path)
{
    FILE *f = path != NULL ? fopen(path, "r") : NULL;
    if (f == NULL)
        return NULL;
    char line[8192];
    const char *exe = NULL;
    while (fgets(line, sizeof line, f) != NULL) {
        size_t n = strlen(line);
        if (n == 0 || line[n - 1] != '\n')
            goto stale;
        line[n - 1] = '\0';
        if (line[0] == 'x' && line[1] == ' ') {
            exe = arena_strndup(a, line + 2, n - 3);
        } else if (line[0] == 'd' && n > 36) {
            Key k, want;
            unsigned long long hi, lo;
            if (sscanf(line, "d %16llx%16llx ", &hi, &lo) != 2)
                goto stale;
            want = (Key){{hi, lo}};
            if (!hash_dir(a, line + 35, &k) || memcmp(&k, &want, sizeof k) != 0)
                goto stale;
        } else {
            goto stale;
        }
    }
    fclose(f);
    return exe != NULL && cache_has(exe) ? exe : NULL;
stale:
    fclose(f);
    return NULL;
}

static void write_manifest(Program *p, const char *path, const char *exe)
{
    Arena *a = p->arena;
    const char *tmp = arena_printf(a, "%s/manifest", tmp_dir());
    FILE *f = fopen(tmp, "w");
    if (f == NULL)
        return;
    fprintf(f, "x %s\n", exe);
    bool ok = true;
    for (uint32_t i = 0; i < p->local_dirs.n; i++) {
        Key k;
        ok = ok && strchr(p->local_dirs.p[i], '\n') == NULL && hash_dir(a, p->local_dirs.p[i], &k);
        if (ok)
            fprintf(f, "d %016llx%016llx %s\n", (unsigned long long)k.w[0],
                    (unsigned long long)k.w[1], p->local_dirs.p[i]);
    }
    if (fclose(f) == 0 && ok)
        cache_put(tmp, path);
}

const char *build_cached(Arena *a, const Options *o)
{
    stage_done(o, "start");
    Key mk;
    const char *manifest = NULL;
    if (paths_get() == NULL)
        return NULL;
    if (cache_dir() != NULL && manifest_key(a, o, &mk)) {
        manifest = cache_path(a, mk, "m");
        const char *exe = read_manifest(a, manifest);
        if (exe != NULL)
            return exe;
    }
    Program p = {0};
    if (!load_and_report(&p, o))
        return NULL;
    Hasher *h = hash_new(a);
    hash_string(h, "program");
    hash_key(h, p.main->key);
    hash_bytes(h, &o->strip, sizeof o->strip);
    const char *exe = cache_path(a, hash_end(h), "x");
    if (exe == NULL)
        return NULL;
    if (!cache_has(exe)) {
        if (tmp_dir() == NULL)
            return NULL;
        const char *tmp = arena_printf(a, "%s/program", tmp_dir());
        if (!build_loaded(&p, o, tmp))
            return NULL;
        if (!cache_put(tmp, exe)) {
            driver_error("cannot write %s: %s", exe, strerror(errno));
            return NULL;
        }
    }
    if (manifest != NULL)
        write_manifest(&p, manifest, exe);
    cache_trim();
    return exe;
}
