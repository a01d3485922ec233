/* Where the pieces of golc lie: beside the binary in a build tree, or where
 * meson install puts them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/driver.h"

static bool exists(const char *path)
{
    return access(path, R_OK) == 0;
}

static const char *join(Arena *a, const char *dir, const char *rest)
{
    return arena_printf(a, "%s/%s", dir, rest);
}

const Paths *paths_get(void)
{
    static Paths p;
    static bool done, ok;
    if (done)
        return ok ? &p : NULL;
    done = true;
    Arena *a = arena_new();
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) {
        driver_error("cannot find myself: /proc/self/exe: %s", strerror(errno));
        return NULL;
    }
    self[n] = '\0';
    p.self = arena_strndup(a, self, (size_t)n);
    char *slash = strrchr(self, '/');
    *slash = '\0';
    const char *here = arena_strndup(a, self, strlen(self));

    p.runtime = join(a, here, "runtime/libgolrt.a");
    if (exists(p.runtime)) { /* a build tree */
        p.std_source = GOLC_SOURCE_ROOT "/std";
        p.std_objects = join(a, here, "std/objects");
    } else {
        p.runtime = join(a, here, "../lib/golc/libgolrt.a");
        p.std_source = join(a, here, "../share/golc/std");
        p.std_objects = join(a, here, "../lib/golc/std");
    }
    if (!exists(p.runtime)) {
        driver_error("the runtime library is missing: %s", p.runtime);
        return NULL;
    }
    if (!exists(p.std_source)) {
        driver_error("the standard library is missing: %s", p.std_source);
        return NULL;
    }
    ok = true;
    return &p;
}

static void add_stat(Hasher *h, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        memset(&st, 0, sizeof st);
    int64_t w[5] = {(int64_t)st.st_ino, (int64_t)st.st_size, (int64_t)st.st_mtim.tv_sec,
                    (int64_t)st.st_mtim.tv_nsec, (int64_t)st.st_dev};
    hash_bytes(h, w, sizeof w);
}

void paths_identity(uint64_t out[2])
{
    static uint64_t id[2];
    static bool done;
    if (!done) {
        const Paths *p = paths_get();
        Arena *a = arena_new();
        Hasher *h = hash_new(a);
        hash_string(h, GOLC_VERSION);
        if (p != NULL) {
            add_stat(h, p->self);
            add_stat(h, p->runtime);
            add_stat(h, arena_printf(a, "%s/stamp", p->std_objects));
        }
        Key k = hash_end(h);
        id[0] = k.w[0];
        id[1] = k.w[1];
        done = true;
        arena_free(a);
    }
    out[0] = id[0];
    out[1] = id[1];
}
