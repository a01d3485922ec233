/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the front end over Go or Gol files given by name and prints the diagnostics: for
 * comparing the checker with Go's.  Imports are found in $GOROOT/src, declarations only,
 * with the files that linux/amd64 selects.
 *
 *     check_files [-std] [-path P] FILE…
 *     check_files -pkg P            all of package P of Go's library, with bodies */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/stack.h"
#include "check/types.h"

static Arena *arena;
static const char *goroot = "/usr/local/go";

typedef struct Known {
    const char *path;
    Package *pkg;
    bool loading;
} Known;
static VEC(Known *) known;

static bool tag_true(const char *s, size_t n)
{
    static const char *const on[] = {"linux", "amd64", "unix", "gc",
                                     "goexperiment.aliastypeparams"};
    for (size_t i = 0; i < sizeof on / sizeof *on; i++)
        if (strlen(on[i]) == n && memcmp(on[i], s, n) == 0)
            return true;
    if (n > 4 && memcmp(s, "go1.", 4) == 0)
        return atoi(s + 4) <= 26;
    return false;
}

/* //go:build expressions: || && ! ( ) and names. */
static bool build_or(const char **s);

static bool build_not(const char **s)
{
    while (**s == ' ' || **s == '\t')
        ++*s;
    if (**s == '!') {
        ++*s;
        return !build_not(s);
    }
    if (**s == '(') {
        ++*s;
        bool v = build_or(s);
        while (**s == ' ')
            ++*s;
        if (**s == ')')
            ++*s;
        return v;
    }
    const char *p = *s;
    while (**s && !strchr(" \t\n\r()!&|", **s))
        ++*s;
    return tag_true(p, (size_t)(*s - p));
}

static bool build_and(const char **s)
{
    bool v = build_not(s);
    for (;;) {
        while (**s == ' ' || **s == '\t')
            ++*s;
        if (strncmp(*s, "&&", 2) != 0)
            return v;
        *s += 2;
        bool w = build_not(s);
        v = v && w;
    }
}

static bool build_or(const char **s)
{
    bool v = build_and(s);
    while (strncmp(*s, "||", 2) == 0) {
        *s += 2;
        bool w = build_and(s);
        v = v || w;
    }
    return v;
}

static bool selected(const char *name, const char *text)
{
    static const char *const oses =
        " aix android darwin dragonfly freebsd hurd illumos ios js nacl netbsd openbsd plan9 "
        "solaris wasip1 windows zos ";
    static const char *const arches =
        " 386 arm arm64 arm64be armbe loong64 mips mips64 mips64le mipsle ppc ppc64 ppc64le riscv "
        "riscv64 s390 s390x sparc sparc64 wasm ";
    size_t n = strlen(name);
    if (n < 4 || strcmp(name + n - 3, ".go") != 0 || name[0] == '_' || name[0] == '.')
        return false;
    if (n > 8 && strcmp(name + n - 8, "_test.go") == 0)
        return false;
    char stem[256];
    snprintf(stem, sizeof stem, "%.*s", (int)(n - 3), name);
    for (int i = 0; i < 2; i++) {
        char *u = strrchr(stem, '_');
        if (!u)
            break;
        char key[64];
        snprintf(key, sizeof key, " %s ", u + 1);
        if (strstr(oses, key) || strstr(arches, key))
            return false;
        *u = 0;
    }
    const char *b = text;
    while (b && *b) {
        if (strncmp(b, "//go:build ", 11) == 0) {
            b += 11;
            return build_or(&b);
        }
        if (strncmp(b, "package ", 8) == 0)
            break;
        b = strchr(b, '\n');
        if (b)
            b++;
    }
    return true;
}

static Package *import(void *arg, const char *path, Range where);

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Go's library uses directives that Gol refuses. */
static void hide_directives(SourceFile *src)
{
    for (char *p = (char *)src->text; (p = strstr(p, "//go:")); p += 5)
        if (strncmp(p + 5, "build", 5) != 0)
            p[2] = 'x';
}

static Package *load(const char *path, bool bodies)
{
    char dir[1024];
    snprintf(dir, sizeof dir, "%s/src/%s", goroot, path);
    DIR *d = opendir(dir);
    if (!d) {
        snprintf(dir, sizeof dir, "%s/src/vendor/%s", goroot, path);
        d = opendir(dir);
    }
    if (!d)
        return NULL;
    VEC(char *) names = {0};
    for (struct dirent *e; (e = readdir(d));)
        vec_push(arena, &names, arena_printf(arena, "%s/%s", dir, e->d_name));
    closedir(d);
    qsort(names.p, names.n, sizeof *names.p, by_name);
    VEC(File *) files = {0};
    for (uint32_t i = 0; i < names.n; i++) {
        size_t n = strlen(names.p[i]);
        if (n < 4 || strcmp(names.p[i] + n - 3, ".go") != 0)
            continue;
        FILE *f = fopen(names.p[i], "r");
        if (!f)
            continue;
        char head[16384];
        size_t k = fread(head, 1, sizeof head - 1, f);
        head[k] = 0;
        fclose(f);
        if (!selected(strrchr(names.p[i], '/') + 1, head))
            continue;
        const char *err;
        SourceFile *src = source_read(names.p[i], &err);
        if (!src)
            continue;
        hide_directives(src);
        vec_push(arena, &files, parse_file(arena, src));
    }
    if (files.n == 0)
        return NULL;
    CheckOptions opt = {.bodies = bodies, .is_std = true, .import = import};
    return check_package(arena, path, files.p, files.n, &opt);
}

static Package *import(void *arg, const char *path, Range where)
{
    (void)arg;
    for (uint32_t i = 0; i < known.n; i++)
        if (strcmp(known.p[i]->path, path) == 0) {
            if (known.p[i]->loading)
                diag_error(where, "import cycle not allowed");
            return known.p[i]->pkg;
        }
    Known *k = ARENA_NEW(arena, Known);
    k->path = path;
    k->loading = true;
    vec_push(arena, &known, k);
    k->pkg = load(path, false);
    k->loading = false;
    if (!k->pkg)
        diag_error(where, "package %s is not in std", path);
    return k->pkg;
}

int main(int argc, char **argv)
{
    stack_raise_limit();
    arena = arena_new();
    universe_init(arena);
    const char *path = "p", *pkg = NULL;
    bool is_std = false, broken = false;
    VEC(File *) files = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-std") == 0) {
            is_std = true;
        } else if (strcmp(argv[i], "-path") == 0 && i + 1 < argc) {
            path = argv[++i];
        } else if (strcmp(argv[i], "-pkg") == 0 && i + 1 < argc) {
            pkg = argv[++i];
        } else {
            const char *err;
            SourceFile *src = source_read(argv[i], &err);
            if (!src) {
                fprintf(stderr, "%s: %s\n", argv[i], err);
                return 2;
            }
            File *f = parse_file(arena, src);
            broken |= f->broken;
            vec_push(arena, &files, f);
        }
    }
    if (pkg) {
        load(pkg, true);
    } else if (!broken) {
        CheckOptions opt = {.bodies = true, .is_std = is_std, .import = import};
        check_package(arena, path, files.p, files.n, &opt);
    }
    int n = diag_error_count();
    diag_print_all(stdout, false);
    return n > 0;
}
