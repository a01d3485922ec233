/* The build cache: immutable entries named by the hash of all that went into them, so that
 * concurrent golcs need no lock: each writes a temporary file of its own and renames it.
 * Layout: DIR/xx/<hash>.<kind>, DIR/tmp/<pid>-<n>/. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "driver/driver.h"

struct Hasher {
    XXH3_state_t *state;
};

Hasher *hash_new(Arena *a)
{
    Hasher *h = ARENA_NEW(a, Hasher);
    h->state = XXH3_createState();
    if (h->state == NULL)
        abort();
    XXH3_128bits_reset(h->state);
    return h;
}

void hash_bytes(Hasher *h, const void *p, size_t n)
{
    XXH3_128bits_update(h->state, p, n);
}

void hash_string(Hasher *h, const char *s)
{
    uint64_t n = strlen(s);
    hash_bytes(h, &n, sizeof n);
    hash_bytes(h, s, n);
}

void hash_key(Hasher *h, Key k)
{
    hash_bytes(h, &k, sizeof k);
}

Key hash_end(Hasher *h)
{
    XXH128_hash_t x = XXH3_128bits_digest(h->state);
    XXH3_freeState(h->state);
    h->state = NULL;
    return (Key){{x.high64, x.low64}};
}

static bool make_dirs(char *path)
{
    for (char *s = path + 1;; s++) {
        if (*s != '/' && *s != '\0')
            continue;
        char c = *s;
        *s = '\0';
        int r = mkdir(path, 0777);
        *s = c;
        if (r != 0 && errno != EEXIST)
            return false;
        if (c == '\0')
            return true;
    }
}

const char *cache_dir(void)
{
    static char *dir;
    static bool done;
    if (done)
        return dir;
    done = true;
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *path = NULL;
    int n = -1;
    if (xdg != NULL && xdg[0] == '/')
        n = asprintf(&path, "%s/golc", xdg);
    else if (home != NULL && home[0] == '/')
        n = asprintf(&path, "%s/.cache/golc", home);
    if (n < 0)
        return NULL;
    if ((access(path, W_OK | X_OK) == 0 || make_dirs(path)) && access(path, W_OK | X_OK) == 0)
        dir = path;
    else
        free(path);
    return dir;
}

char *cache_path(Arena *a, Key k, const char *kind)
{
    const char *root = cache_dir();
    if (root == NULL)
        root = tmp_dir();
    if (root == NULL)
        return NULL;
    char *dir = arena_printf(a, "%s/%02x", root, (unsigned)(k.w[0] >> 56));
    mkdir(dir, 0777);
    return arena_printf(a, "%s/%016llx%016llx.%s", dir, (unsigned long long)k.w[0],
                        (unsigned long long)k.w[1], kind);
}

bool cache_has(const char *path)
{
    struct stat st;
    if (path == NULL || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    if (time(NULL) - st.st_mtime > 3600)
        utimensat(AT_FDCWD, path, NULL, 0);
    return true;
}

bool cache_put(const char *tmp, const char *path)
{
    return rename(tmp, path) == 0;
}

/* ---- temporary directories ---------------------------------------------------------- */

static char *tmp_path;
static pid_t tmp_owner;

static void remove_tree(const char *path, int depth)
{
    DIR *d = opendir(path);
    if (d != NULL) {
        struct dirent *e;
        while ((e = readdir(d)) != NULL) {
            if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                continue;
            char *sub;
            if (asprintf(&sub, "%s/%s", path, e->d_name) < 0)
                break;
            if (unlink(sub) != 0 && depth < 4)
                remove_tree(sub, depth + 1);
            free(sub);
        }
        closedir(d);
    }
    rmdir(path);
}

void tmp_cleanup(void)
{
    if (tmp_path != NULL && tmp_owner == getpid()) {
        remove_tree(tmp_path, 0);
        tmp_path = NULL;
    }
}

const char *tmp_dir(void)
{
    if (tmp_path != NULL)
        return tmp_path;
    const char *root = cache_dir();
    char *path;
    if (root != NULL) {
        if (asprintf(&path, "%s/tmp", root) < 0)
            return NULL;
        mkdir(path, 0777);
        free(path);
        if (asprintf(&path, "%s/tmp/golc-XXXXXX", root) < 0)
            return NULL;
    } else {
        const char *t = getenv("TMPDIR");
        if (asprintf(&path, "%s/golc-XXXXXX", t != NULL && t[0] == '/' ? t : "/tmp") < 0)
            return NULL;
    }
    if (mkdtemp(path) == NULL) {
        driver_error("cannot make a temporary directory %s: %s", path, strerror(errno));
        free(path);
        return NULL;
    }
    tmp_path = path;
    tmp_owner = getpid();
    atexit(tmp_cleanup);
    return tmp_path;
}

/* ---- bounding the cache --------------------------------------------------------------- */

typedef struct Entry {
    char *path;
    time_t used;
    off_t size;
} Entry;

static int by_age(const void *x, const void *y)
{
    time_t a = ((const Entry *)x)->used, b = ((const Entry *)y)->used;
    return a < b ? -1 : a > b;
}

static off_t size_limit(void)
{
    const char *s = getenv("GOLC_CACHE_MB");
    if (s == NULL || *s == '\0')
        return (off_t)1024 << 20;
    char *end;
    errno = 0;
    long mb = strtol(s, &end, 10);
    if (*end != '\0' || errno != 0 || mb < 0 || mb > 1 << 20) {
        driver_error("GOLC_CACHE_MB=%s: not a number of megabytes; taking 1024", s);
        return (off_t)1024 << 20;
    }
    return (off_t)mb << 20;
}

/* Intermediate directories whose golc was killed. */
static void drop_stale_tmp(const char *root)
{
    char *dir;
    if (asprintf(&dir, "%s/tmp", root) < 0)
        return;
    DIR *d = opendir(dir);
    struct dirent *e;
    while (d != NULL && (e = readdir(d)) != NULL) {
        char *sub;
        struct stat st;
        if (e->d_name[0] == '.' || asprintf(&sub, "%s/%s", dir, e->d_name) < 0)
            continue;
        if (stat(sub, &st) == 0 && time(NULL) - st.st_mtime > 86400)
            remove_tree(sub, 0);
        free(sub);
    }
    if (d != NULL)
        closedir(d);
    free(dir);
}

void cache_trim(void)
{
    const char *root = cache_dir();
    if (root == NULL)
        return;
    /* A scan costs milliseconds: once in a while is enough. */
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (((now.tv_nsec / 1000) + getpid()) % 32 != 0)
        return;
    drop_stale_tmp(root);
    Arena *a = arena_new();
    VEC(Entry) all = {0};
    off_t total = 0;
    for (unsigned i = 0; i < 256; i++) {
        char *dir = arena_printf(a, "%s/%02x", root, i);
        DIR *d = opendir(dir);
        struct dirent *e;
        while (d != NULL && (e = readdir(d)) != NULL) {
            struct stat st;
            char *path = arena_printf(a, "%s/%s", dir, e->d_name);
            if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
                continue;
            vec_push(a, &all, ((Entry){path, st.st_mtime, st.st_size}));
            total += st.st_size;
        }
        if (d != NULL)
            closedir(d);
    }
    off_t limit = size_limit();
    if (total > limit && all.n > 0) {
        qsort(all.p, all.n, sizeof *all.p, by_age);
        for (uint32_t i = 0; i < all.n && total > limit - limit / 10; i++)
            if (unlink(all.p[i].path) == 0)
                total -= all.p[i].size;
    }
    arena_free(a);
}
