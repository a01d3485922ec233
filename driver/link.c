/* Objects to a program: ld run directly, never the gcc driver.  Non-PIE, libc dynamic,
 * every symbol resolved at start (a lazy resolver must not run on a goroutine's stack). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/driver.h"

/* Directories where a distribution keeps crt1.o and libc. */
static const char *const lib_dirs[] = {
    "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib64",
};

static const char *find_lib(Arena *a, const char *name)
{
    for (size_t i = 0; i < sizeof lib_dirs / sizeof *lib_dirs; i++) {
        const char *path = arena_printf(a, "%s/%s", lib_dirs[i], name);
        if (access(path, R_OK) == 0)
            return path;
    }
    driver_error("%s is not to be found; it is part of the package libc6-dev", name);
    return NULL;
}

static bool have_gold(void)
{
    return access("/usr/bin/ld.gold", X_OK) == 0;
}

bool link_program(Program *p, const Options *o, const char *out_path)
{
    Arena *a = p->arena;
    const char *crt1 = find_lib(a, "crt1.o"), *crti = find_lib(a, "crti.o");
    const char *crtn = find_lib(a, "crtn.o"), *libc = find_lib(a, "libc.so.6");
    const char *nonshared = find_lib(a, "libc_nonshared.a");
    if (crt1 == NULL || crti == NULL || crtn == NULL || libc == NULL || nonshared == NULL)
        return false;
    VEC(const char *) v = {0};
    static const char *const head[] = {
        "-m",
        "elf_x86_64",
        "--gc-sections",
        "-z",
        "now",
        "-z",
        "noexecstack",
        "-no-pie",
        "--hash-style=gnu",
        "--build-id=none",
        "-dynamic-linker",
        "/lib64/ld-linux-x86-64.so.2",
    };
    vec_push(a, &v, have_gold() ? "ld.gold" : "ld");
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        vec_push(a, &v, head[i]);
    if (o->strip)
        vec_push(a, &v, "-s");
    vec_push(a, &v, "-o");
    vec_push(a, &v, out_path);
    vec_push(a, &v, crt1);
    vec_push(a, &v, crti);
    for (uint32_t i = p->units.n; i-- > 0;)
        for (uint32_t j = 0; j < p->units.p[i]->objects.n; j++)
            vec_push(a, &v, p->units.p[i]->objects.p[j]);
    vec_push(a, &v, paths_get()->runtime);
    vec_push(a, &v, libc);
    vec_push(a, &v, nonshared);
    vec_push(a, &v, crtn);
    vec_push(a, &v, (const char *)NULL);
    if (o->verbose) {
        for (uint32_t i = 0; v.p[i] != NULL; i++)
            fprintf(stderr, "%s%s", i ? " " : "", v.p[i]);
        fputc('\n', stderr);
    }
    char *err;
    int status = spawn_run(a, v.p, &err);
    if (status != 0) {
        if (status > 0)
            driver_error("the linker failed (status %d): %s", status, err);
        unlink(out_path);
        return false;
    }
    stage_done(o, "link");
    bool to_ship = o->args == NULL && !o->strip && !o->debug_vars;
    if (to_ship && !pack_program(a, out_path)) {
        unlink(out_path);
        return false;
    }
    return true;
}
