/* Loading: from the words on the command line to checked packages.  Depth first along the
 * imports, so that a package is checked after those it imports; a cycle is reported with
 * its members.  Rules of import paths: golc's library first, then packages below the
 * module's root (the nearest directory upwards with a go.mod). */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "driver/driver.h"
#include "lexer/literal.h"

typedef struct Loader {
    Program *p;
    const Options *opt;
    const Paths *paths;
    const char *module_root; /* NULL: no module */
    const char *module_path;
    bool std_bodies;  /* golc's library is being compiled */
    VEC(Unit *) walk; /* packages being loaded, outermost first */
    bool failed;
} Loader;

/* ---- files of a directory ------------------------------------------------------------- */

static bool has_suffix(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n > m && strcmp(s + n - m, suffix) == 0;
}

static bool is_source_name(const char *name)
{
    return has_suffix(name, ".gol") || has_suffix(name, ".go");
}

static const char *const known_os[] = {
    "aix",  "android", "darwin",  "dragonfly", "freebsd", "hurd",   "illumos", "ios", "js", "linux",
    "nacl", "netbsd",  "openbsd", "plan9",     "solaris", "wasip1", "windows", "zos", NULL};
static const char *const known_arch[] = {
    "386",    "amd64", "arm",     "arm64",   "loong64", "mips", "mips64",  "mips64le",
    "mipsle", "ppc64", "ppc64le", "riscv64", "s390x",   "wasm", "sparc64", NULL};

static bool is_one_of(const char *const *list, const char *s, size_t n)
{
    for (; *list != NULL; list++)
        if (strlen(*list) == n && memcmp(*list, s, n) == 0)
            return true;
    return false;
}

/* File-name constraints: name_GOOS, name_GOARCH, name_GOOS_GOARCH, name_test. */
static bool name_matches(const char *name)
{
    size_t n = (size_t)(strrchr(name, '.') - name);
    const char *end = name + n, *word = end;
    bool first = true;
    while (word > name) {
        const char *u = word;
        while (u > name && u[-1] != '_')
            u--;
        if (u == name)
            break; /* the name itself, before the first underscore */
        size_t len = (size_t)(word - u);
        if (first && len == 4 && memcmp(u, "test", 4) == 0)
            return false;
        if (is_one_of(known_arch, u, len)) {
            if (!first || len != 5 || memcmp(u, "amd64", 5) != 0)
                return false;
        } else if (is_one_of(known_os, u, len)) {
            return len == 5 && memcmp(u, "linux", 5) == 0;
        } else {
            break;
        }
        first = false;
        word = u - 1;
    }
    return true;
}

/* //go:build expressions: ! && || ( ) over tags. */
typedef struct {
    const char *s, *end;
    int depth;
} TagExpr;

static bool tag_or(TagExpr *e);

static void tag_space(TagExpr *e)
{
    while (e->s < e->end && (*e->s == ' ' || *e->s == '\t'))
        e->s++;
}

static bool tag_unary(TagExpr *e)
{
    tag_space(e);
    if (e->s < e->end && *e->s == '!') {
        e->s++;
        return !tag_unary(e);
    }
    if (e->s < e->end && *e->s == '(' && e->depth < 100) {
        e->s++;
        e->depth++;
        bool v = tag_or(e);
        e->depth--;
        tag_space(e);
        if (e->s < e->end && *e->s == ')')
            e->s++;
        return v;
    }
    const char *w = e->s;
    while (e->s < e->end && strchr(" \t()!&|", *e->s) == NULL)
        e->s++;
    size_t n = (size_t)(e->s - w);
    static const char *const yes[] = {"linux", "amd64", "unix", "gol", NULL};
    if (n == 0 && e->s < e->end)
        e->s++; /* malformed: move on */
    if (n > 4 && memcmp(w, "go1.", 4) == 0)
        return atoi(w + 4) <= 26;
    return is_one_of(yes, w, n);
}

static bool tag_and(TagExpr *e)
{
    bool v = tag_unary(e);
    for (;;) {
        tag_space(e);
        if (e->end - e->s < 2 || e->s[0] != '&' || e->s[1] != '&')
            return v;
        e->s += 2;
        v = tag_unary(e) && v;
    }
}

static bool tag_or(TagExpr *e)
{
    bool v = tag_and(e);
    for (;;) {
        tag_space(e);
        if (e->end - e->s < 2 || e->s[0] != '|' || e->s[1] != '|')
            return v;
        e->s += 2;
        v = tag_and(e) || v;
    }
}

/* A //go:build line counts before the package clause, among blank lines and comments. */
static bool constraint_matches(const SourceFile *f)
{
    const char *s = f->text, *end = f->text + f->size;
    while (s < end) {
        const char *nl = memchr(s, '\n', (size_t)(end - s));
        const char *eol = nl != NULL ? nl : end;
        while (s < eol && (*s == ' ' || *s == '\t' || *s == '\r'))
            s++;
        if (eol - s > 10 && memcmp(s, "//go:build ", 11) == 0) {
            TagExpr e = {s + 11, eol, 0};
            if (e.end > e.s && e.end[-1] == '\r')
                e.end--;
            return tag_or(&e);
        }
        if (s < eol && !(eol - s >= 2 && s[0] == '/' && s[1] == '/') && s[0] != '#')
            return true;
        s = eol + 1;
    }
    return true;
}

static int by_name(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

bool load_dir_files(Arena *a, const char *dir, char ***files, uint32_t *n)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return false;
    VEC(char *) gol = {0}, go = {0};
    struct dirent *e;
    while ((e = readdir(d)) != NULL) {
        const char *name = e->d_name;
        if (name[0] == '.' || name[0] == '_' || !is_source_name(name) || !name_matches(name))
            continue;
        char *path = strcmp(dir, ".") == 0 ? arena_printf(a, "%s", name)
                                           : arena_printf(a, "%s/%s", dir, name);
        struct stat st;
        if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        if (has_suffix(name, ".gol"))
            vec_push(a, &gol, path);
        else
            vec_push(a, &go, path);
    }
    closedir(d);
    /* A directory that has .gol files is a Gol package; .go files in it are Go's. */
    *files = gol.n > 0 ? gol.p : go.p;
    *n = gol.n > 0 ? gol.n : go.n;
    if (*n > 0)
        qsort(*files, *n, sizeof **files, by_name);
    return true;
}

/* ---- one file ---------------------------------------------------------------------------- */

/* Reads a file and says in one line what is wrong with it.  NULL: reported. */
static SourceFile *read_source(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        driver_error("%s: %s", path, strerror(errno));
        return NULL;
    }
    if (S_ISDIR(st.st_mode)) {
        driver_error("%s: is a directory; name it alone to build the package in it", path);
        return NULL;
    }
    const char *err = NULL;
    SourceFile *f = source_read(path, &err);
    if (f == NULL) {
        driver_error("%s: %s", path, err);
        return NULL;
    }
    size_t look = f->size < 1024 ? f->size : 1024;
    if (memchr(f->text, '\0', look) != NULL) {
        driver_error("%s: is a binary file, not Gol source", path);
        return NULL;
    }
    return f;
}

static bool add_file(Loader *l, Unit *u, SourceFile *src)
{
    File *f = parse_file(l->p->arena, src);
    vec_push(l->p->arena, &u->files, f);
    if (f->broken || f->package_name == NULL)
        return false;
    const File *first = u->files.p[0];
    if (f != first && first->package_name != NULL &&
        f->package_name->ident.name != first->package_name->ident.name) {
        diag_error(f->package_name->range, "package %s; expected package %s",
                   f->package_name->ident.name->s, first->package_name->ident.name->s);
        return false;
    }
    return true;
}

/* ---- import paths ---------------------------------------------------------------------- */

static void find_module(Loader *l, const char *dir)
{
    char *real = realpath(dir, NULL);
    if (real == NULL)
        return;
    Arena *a = l->p->arena;
    for (;;) {
        char *mod = arena_printf(a, "%s/go.mod", strcmp(real, "/") == 0 ? "" : real);
        FILE *f = fopen(mod, "r");
        if (f != NULL) {
            char line[4096], name[4096];
            while (fgets(line, sizeof line, f) != NULL) {
                if (sscanf(line, " module \"%4095[^\"]\"", name) == 1 ||
                    sscanf(line, " module %4095s", name) == 1) {
                    l->module_root = arena_printf(a, "%s", real);
                    l->module_path = arena_printf(a, "%s", name);
                    break;
                }
            }
            fclose(f);
            break;
        }
        char *slash = strrchr(real, '/');
        if (slash == NULL || strcmp(real, "/") == 0)
            break;
        *(slash == real ? slash + 1 : slash) = '\0';
    }
    free(real);
}

static bool is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Where an import path leads: its directory, or NULL. */
static const char *find_package(Loader *l, const char *path, bool *is_std)
{
    Arena *a = l->p->arena;
    char **files;
    uint32_t n;
    const char *dir = arena_printf(a, "%s/%s", l->paths->std_source, path);
    *is_std = true;
    if (is_dir(dir) && load_dir_files(a, dir, &files, &n) && n > 0)
        return dir;
    *is_std = false;
    if (l->module_root == NULL)
        return NULL;
    size_t m = strlen(l->module_path);
    if (strncmp(path, l->module_path, m) != 0 || (path[m] != '/' && path[m] != '\0'))
        return NULL;
    dir = arena_printf(a, "%s%s", l->module_root, path + m);
    return is_dir(dir) ? dir : NULL;
}

/* Go command, "Internal Directories": the parent of "internal" must be a parent of the
 * importer. */
static bool internal_allowed(const char *importer, bool importer_std, const char *path,
                             bool path_std)
{
    const char *at = NULL;
    for (const char *s = path; (s = strstr(s, "internal")) != NULL; s += 8)
        if ((s == path || s[-1] == '/') && (s[8] == '/' || s[8] == '\0'))
            at = s;
    if (at == NULL)
        return true;
    if (path_std != importer_std)
        return false;
    size_t n = at == path ? 0 : (size_t)(at - path - 1);
    return n == 0 || (strncmp(importer, path, n) == 0 && (importer[n] == '/' || !importer[n]));
}

static bool valid_import_path(const char *s, size_t n)
{
    if (n == 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f ||
            strchr("!\"#$%&'()*,:;<=>?[]^`{|}\\", s[i]))
            return false;
    return true;
}

/* path without empty, "." and ".." elements. */
static const char *clean_path(Arena *a, const char *path)
{
    size_t n = strlen(path), k = 0;
    char *out = arena_alloc(a, n + 2);
    for (const char *p = path; *p;) {
        size_t len = strcspn(p, "/");
        if (len == 2 && p[0] == '.' && p[1] == '.') {
            while (k > 0 && out[--k] != '/')
                ;
        } else if (len > 0 && !(len == 1 && p[0] == '.')) {
            if (k > 0)
                out[k++] = '/';
            memcpy(out + k, p, len);
            k += len;
        }
        p += len + (p[len] == '/');
    }
    out[k] = 0;
    return out;
}

/* ---- loading ----------------------------------------------------------------------------- */

static Unit *load_unit(Loader *l, const char *path, const char *dir, bool is_std);

static Unit *find_unit(Program *p, const char *path)
{
    for (uint32_t i = 0; i < p->units.n; i++)
        if (strcmp(p->units.p[i]->path, path) == 0)
            return p->units.p[i];
    return NULL;
}

static void report_cycle(Loader *l, const char *path, Range at)
{
    Diag *d = diag_error(at, "import cycle not allowed");
    bool on = false;
    for (uint32_t i = 0; i < l->walk.n; i++) {
        const char *p = l->walk.p[i]->path;
        on = on || strcmp(p, path) == 0;
        if (on)
            diag_note(d, NOPOS, "%s imports %s", p,
                      i + 1 < l->walk.n ? l->walk.p[i + 1]->path : path);
    }
}

static const char *import_path(Loader *l, const Expr *lit)
{
    size_t n;
    const char *s;
    if (!literal_string(l->p->arena, lit->lit.text, lit->lit.len, &s, &n) || strlen(s) != n ||
        !valid_import_path(s, n)) {
        diag_error(lit->range, "invalid import path: %.*s", (int)lit->lit.len, lit->lit.text);
        return NULL;
    }
    const char *clean = clean_path(l->p->arena, s);
    if (s[0] != '.' && s[0] != '/' && strcmp(s, clean) != 0) {
        diag_error(lit->range, "non-canonical import path \"%s\" (should be \"%s\")", s, clean);
        return NULL;
    }
    return s;
}

static void load_import(Loader *l, Unit *u, const Expr *lit)
{
    const char *path = lit->kind == EXPR_BASIC_LIT ? import_path(l, lit) : NULL;
    if (path == NULL) {
        l->failed = true;
        return;
    }
    if (strcmp(path, "unsafe") == 0)
        return;
    if (strcmp(path, "C") == 0) {
        diag_error(lit->range, "gol: cgo is not part of Gol");
        l->failed = true;
        return;
    }
    for (uint32_t i = 0; i < l->walk.n; i++) {
        if (strcmp(l->walk.p[i]->path, path) == 0) {
            report_cycle(l, path, lit->range);
            l->failed = true;
            return;
        }
    }
    Unit *dep = find_unit(l->p, path);
    if (dep == NULL) {
        bool is_std;
        const char *dir = find_package(l, path, &is_std);
        if (dir == NULL) {
            if (path[0] == '.')
                diag_error(lit->range, "%s: local import paths are not supported in module mode",
                           path);
            else if (memchr(path, '.', strcspn(path, "/")) != NULL)
                diag_error(lit->range,
                           "package %s is not here: Gol fetches no modules from a network", path);
            else
                diag_error(lit->range, "package %s is not in std", path);
            l->failed = true;
            return;
        }
        const char *importer = u->path;
        if (u == l->p->main && l->module_path != NULL) {
            char *real = realpath(u->dir, NULL);
            size_t m = strlen(l->module_root);
            if (real != NULL && strncmp(real, l->module_root, m) == 0)
                importer = arena_printf(l->p->arena, "%s%s", l->module_path, real + m);
            free(real);
        }
        if (!internal_allowed(importer, u->is_std, path, is_std)) {
            diag_error(lit->range, "use of internal package %s not allowed", path);
            l->failed = true;
            return;
        }
        dep = load_unit(l, path, dir, is_std);
        if (dep == NULL) {
            l->failed = true;
            return;
        }
    }
    if (strcmp(dep->files.p[0]->package_name->ident.name->s, "main") == 0) {
        diag_error(lit->range, "import \"%s\" is a program, not an importable package", path);
        l->failed = true;
    }
    for (uint32_t i = 0; i < u->deps.n; i++)
        if (u->deps.p[i] == dep)
            return;
    vec_push(l->p->arena, &u->deps, dep);
}

static Package *import_checked(void *arg, const char *path, Range where)
{
    Loader *l = arg;
    if (strcmp(path, "unsafe") == 0)
        return package_unsafe;
    Unit *u = find_unit(l->p, path);
    return u != NULL ? u->pkg : NULL;
}

static Key unit_key(Loader *l, Unit *u)
{
    Hasher *h = hash_new(l->p->arena);
    uint64_t id[2];
    paths_identity(id);
    hash_bytes(h, id, sizeof id);
    int flags[2] = {l->opt->opt_level, l->opt->debug_vars};
    hash_bytes(h, flags, sizeof flags);
    hash_string(h, u->path);
    for (uint32_t i = 0; i < u->files.n; i++) {
        hash_string(h, u->files.p[i]->src->path);
        hash_bytes(h, u->files.p[i]->src->text, u->files.p[i]->src->size);
    }
    for (uint32_t i = 0; i < u->deps.n; i++)
        hash_key(h, u->deps.p[i]->key);
    return hash_end(h);
}

/* The files are parsed: follows the imports, then checks. */
static bool finish_unit(Loader *l, Unit *u)
{
    Arena *a = l->p->arena;
    vec_push(a, &l->walk, u);
    bool failed_before = l->failed;
    l->failed = false;
    for (uint32_t i = 0; i < u->files.n; i++)
        for (uint32_t j = 0; j < u->files.p[i]->imports.n; j++)
            load_import(l, u, u->files.p[i]->imports.p[j]->import.path);
    bool ok = !l->failed;
    l->failed = failed_before || !ok;
    l->walk.n--;
    if (!ok)
        return false;
    u->key = unit_key(l, u);
    CheckOptions co = {
        .bodies = !u->is_std || l->std_bodies,
        .is_std = u->is_std,
        .import = import_checked,
        .import_arg = l,
    };
    u->pkg = check_package(a, u->path, u->files.p, u->files.n, &co);
    vec_push(a, &l->p->units, u);
    return !u->pkg->had_errors;
}

static Unit *new_unit(Loader *l, const char *path, const char *dir, bool is_std)
{
    Unit *u = ARENA_NEW(l->p->arena, Unit);
    u->path = path;
    u->dir = dir;
    u->is_std = is_std;
    return u;
}

static Unit *load_unit(Loader *l, const char *path, const char *dir, bool is_std)
{
    Arena *a = l->p->arena;
    Unit *u = new_unit(l, path, dir, is_std);
    char **files;
    uint32_t n;
    if (!load_dir_files(a, dir, &files, &n)) {
        driver_error("%s: %s", dir, strerror(errno));
        return NULL;
    }
    bool ok = true;
    for (uint32_t i = 0; i < n; i++) {
        SourceFile *src = read_source(files[i]);
        if (src == NULL)
            return NULL;
        if (constraint_matches(src))
            ok = add_file(l, u, src) && ok;
    }
    if (!is_std)
        vec_push(a, &l->p->local_dirs, dir);
    if (u->files.n == 0) {
        driver_error("%s: no Gol files in it (for package %s)", dir, path);
        return NULL;
    }
    return ok && finish_unit(l, u) ? u : NULL;
}

/* The runtime's own package is part of every program. */
static bool add_runtime(Loader *l, Unit *u)
{
    Unit *rt = find_unit(l->p, "runtime");
    if (rt == NULL) {
        bool is_std;
        const char *dir = find_package(l, "runtime", &is_std);
        if (dir == NULL || !is_std)
            return true; /* a library without it: nothing to link */
        rt = load_unit(l, "runtime", dir, true);
        if (rt == NULL)
            return false;
    }
    for (uint32_t i = 0; i < u->deps.n; i++)
        if (u->deps.p[i] == rt)
            return true;
    vec_push(l->p->arena, &u->deps, rt);
    return true;
}

static const char *dir_of(Arena *a, const char *file)
{
    const char *slash = strrchr(file, '/');
    if (slash == NULL)
        return ".";
    return slash == file ? "/" : arena_strndup(a, file, (size_t)(slash - file));
}

static bool load_main_files(Loader *l, Unit *u)
{
    const Options *o = l->opt;
    Arena *a = l->p->arena;
    VEC(const char *) names = {0};
    if (o->ninputs == 1 && is_dir(o->inputs[0])) {
        char **files;
        uint32_t n;
        u->dir = o->inputs[0];
        if (!load_dir_files(a, u->dir, &files, &n)) {
            driver_error("%s: %s", u->dir, strerror(errno));
            return false;
        }
        if (n == 0) {
            driver_error("%s: no Gol files in this directory", u->dir);
            return false;
        }
        for (uint32_t i = 0; i < n; i++)
            vec_push(a, &names, files[i]);
        vec_push(a, &l->p->local_dirs, u->dir);
    } else {
        u->dir = dir_of(a, o->inputs[0]);
        for (int i = 0; i < o->ninputs; i++) {
            const char *name = o->inputs[i];
            if (is_dir(name)) {
                driver_error("%s: is a directory; name it alone to build the package in it", name);
                return false;
            }
            if (!is_source_name(name) && o->args == NULL) {
                driver_error(access(name, F_OK) == 0 ? "%s: sources end in .gol or .go"
                                                     : "%s: No such file or directory",
                             name);
                return false;
            }
            if (strcmp(dir_of(a, name), u->dir) != 0) {
                driver_error("named files must all be in one directory: %s and %s", o->inputs[0],
                             name);
                return false;
            }
            for (uint32_t j = 0; j < names.n; j++) {
                if (strcmp(names.p[j], name) == 0) {
                    driver_error("%s: named twice", name);
                    return false;
                }
            }
            vec_push(a, &names, name);
        }
    }
    bool from_dir = l->p->local_dirs.n > 0, ok = true;
    for (uint32_t i = 0; i < names.n; i++) {
        SourceFile *src = read_source(names.p[i]);
        if (src == NULL)
            return false;
        if (!from_dir || constraint_matches(src))
            ok = add_file(l, u, src) && ok;
    }
    if (u->files.n == 0) {
        driver_error("%s: build constraints exclude all Gol files", u->dir);
        return false;
    }
    const Expr *name = u->files.p[0]->package_name;
    if (!ok || strcmp(name->ident.name->s, "main") == 0)
        return ok;
    if (o->args != NULL || o->output != NULL) {
        diag_error(name->range, "package %s is not a program: programs are package main",
                   name->ident.name->s);
        return false;
    }
    /* As go build does: another package is only checked. */
    u->path = name->ident.name->s;
    l->p->is_library = true;
    return true;
}

static bool loader_init(Loader *l, Program *p, const Options *o)
{
    *l = (Loader){.p = p, .opt = o, .paths = paths_get()};
    p->arena = arena_new();
    if (l->paths == NULL)
        return false;
    universe_init(p->arena);
    return true;
}

bool load_program(Program *p, const Options *o)
{
    Loader l;
    if (!loader_init(&l, p, o))
        return false;
    Unit *u = new_unit(&l, "main", ".", false);
    p->main = u;
    if (!load_main_files(&l, u))
        return false;
    find_module(&l, u->dir);
    return add_runtime(&l, u) && finish_unit(&l, u);
}

bool load_std_package(Program *p, const char *path, bool bodies)
{
    static const Options none;
    Loader l;
    if (!loader_init(&l, p, &none))
        return false;
    l.std_bodies = bodies;
    bool is_std;
    const char *dir = find_package(&l, path, &is_std);
    if (dir == NULL || !is_std) {
        driver_error("package %s is not in std", path);
        return false;
    }
    p->main = load_unit(&l, path, dir, true);
    return p->main != NULL;
}

typedef VEC(char *) PathVec;

static void list_std(Arena *a, const char *dir, const char *prefix, int depth, PathVec *v)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    char **files;
    uint32_t n;
    if (d == NULL)
        return;
    if (*prefix != '\0' && load_dir_files(a, dir, &files, &n) && n > 0 &&
        has_suffix(files[0], ".gol")) /* .go files there are Go's, for tests and tables */
        vec_push(a, v, arena_printf(a, "%s", prefix));
    while ((e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.' || e->d_name[0] == '_' || strcmp(e->d_name, "testdata") == 0)
            continue;
        char *sub = arena_printf(a, "%s/%s", dir, e->d_name);
        if (depth < 8 && is_dir(sub))
            list_std(a, sub, arena_printf(a, "%s%s%s", prefix, *prefix ? "/" : "", e->d_name),
                     depth + 1, v);
    }
    closedir(d);
}

void load_list_std(Arena *a, const char *root, char ***paths, uint32_t *n)
{
    PathVec v = {0};
    list_std(a, root, "", 0, &v);
    if (v.n > 0)
        qsort(v.p, v.n, sizeof *v.p, by_name);
    *paths = v.p;
    *n = v.n;
}
