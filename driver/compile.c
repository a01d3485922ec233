/* A checked package to object files: lower, verify, passes, libgccjit, as. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "codegen/codegen.h"
#include "driver/codegen_id.h"
#include "driver/driver.h"
#include "ir/body.h"
#include "ir/effect.h"
#include "ir/lower.h"

static void verify(Arena *a, const IrModule *m, const char *after)
{
#ifndef NDEBUG
    const char *wrong = ir_verify(a, m);
    if (wrong != NULL)
        diag_ice("the IR of package %s is wrong after %s: %s", m->path, after, wrong);
#else
    (void)a, (void)m, (void)after;
#endif
}

static const char *std_file(Arena *a, const char *package, const char *kind)
{
    return arena_printf(a, "%s/%s.%s", paths_get()->std_objects, package, kind);
}

/* What importers want to know of a package's functions, beside its object or in the cache:
 * their effects, and the bodies of those that may be inlined. */

static const Unit *find_unit(const Program *p, const char *path, size_t n)
{
    for (uint32_t i = 0; i < p->units.n; i++)
        if (strlen(p->units.p[i]->path) == n && memcmp(p->units.p[i]->path, path, n) == 0)
            return p->units.p[i];
    return NULL;
}

static const char *summary_file(Program *p, const char *package, const char *kind)
{
    const Unit *u = find_unit(p, package, strlen(package));
    if (u == NULL)
        return NULL;
    return u->is_std ? std_file(p->arena, package, kind) : cache_path(p->arena, u->key, kind);
}

static const char *effects_file(void *data, const char *package)
{
    return summary_file(data, package, "effects");
}

static const char *bodies_file(void *data, const char *package)
{
    return summary_file(data, package, "bodies");
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static const char *source_name(void *data, const SourceFile *file)
{
    Program *p = data;
    for (uint32_t i = 0; i < p->units.n; i++) {
        const Unit *u = p->units.p[i];
        for (uint32_t k = 0; k < u->files.n; k++)
            if (u->files.p[k]->src == file)
                return arena_printf(p->arena, "%s/%s", u->path, base_name(file->path));
    }
    return NULL;
}

static const SourceFile *find_source(void *data, const char *name)
{
    const char *base = base_name(name);
    const Unit *u = base > name ? find_unit(data, name, (size_t)(base - name) - 1) : NULL;
    for (uint32_t k = 0; u != NULL && k < u->files.n; k++)
        if (strcmp(base_name(u->files.p[k]->src->path), base) == 0)
            return u->files.p[k]->src;
    return NULL;
}

static IrSources sources_of(Program *p)
{
    return (IrSources){source_name, find_source, p};
}

/* At a level without optimisation nothing is known of any function. */
static bool write_summary(Program *p, const char *path, const char *kind, IrModule *m,
                          const Options *o)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return false;
    IrSources sources = sources_of(p);
    if (o->opt_level == 0)
        ;
    else if (strcmp(kind, "effects") == 0)
        ir_effects_print(f, m);
    else
        ir_bodies_print(f, m, &sources, codegen_is_intrinsic);
    bool ok = !ferror(f);
    return fclose(f) == 0 && ok;
}

static const char *const summaries[] = {"effects", "bodies"};
enum { SUMMARIES = sizeof summaries / sizeof *summaries };

/* Importers find them in the cache. */
static bool keep_summaries(Program *p, const Unit *u, IrModule *m, const Options *o)
{
    const char *dir = tmp_dir();
    for (int i = 0; i < SUMMARIES; i++) {
        const char *path = cache_path(p->arena, u->key, summaries[i]);
        if (dir == NULL || path == NULL)
            return false;
        const char *tmp = arena_printf(p->arena, "%s/summary", dir);
        if (!write_summary(p, tmp, summaries[i], m, o) || !cache_put(tmp, path)) {
            driver_error("cannot write %s: %s", path, strerror(errno));
            return false;
        }
    }
    return true;
}

/* NULL: the program is in error in a way that only the instances of its generic functions show;
 * it was reported. */
static IrModule *lower(Program *p, Unit *u, const Options *o, bool is_main, bool optimise,
                       FILE *explain)
{
    Arena *a = p->arena;
    LowerOptions lo = {.is_main = is_main};
    IrModule *m = lower_package(a, u->pkg, &lo);
    if (diag_error_count() > 0) {
        report_diagnostics();
        return NULL;
    }
    verify(a, m, "lowering");
    ir_pass_reach(m, is_main);
    verify(a, m, "reach");
    if (optimise && o->opt_level > 0) {
        IrSources *sources = ARENA_NEW(a, IrSources);
        *sources = sources_of(p);
        IrInlineOptions inlining = {ir_bodies_new(a, bodies_file, sources), codegen_is_intrinsic};
        ir_pass_inline(m, &inlining);
        verify(a, m, "inline");
        ir_pass_reach(m, is_main); /* what was inlined wherever it was called is not needed */
        verify(a, m, "reach");
        ir_pass_escape(m, ir_effects_new(a, effects_file, p), explain);
        verify(a, m, "escape");
        ir_pass_checks(m);
        verify(a, m, "checks");
    }
    return m;
}

IrModule *compile_lower(Program *p, Unit *u, const Options *o, bool is_main, bool optimise)
{
    return lower(p, u, o, is_main, optimise, NULL);
}

int explain_escape(const Options *o)
{
    Options opt = *o;
    if (opt.opt_level == 0)
        opt.opt_level = 1;
    Program p = {0};
    bool ok = load_program(&p, &opt);
    report_diagnostics();
    if (!ok)
        return EXIT_WRONG_PROGRAM;
    for (uint32_t i = 0; i < p.units.n; i++) {
        Unit *u = p.units.p[i];
        if (u->is_std)
            continue;
        IrModule *m = lower(&p, u, &opt, u == p.main, true, stdout);
        if (m == NULL)
            return EXIT_WRONG_PROGRAM;
        if (!keep_summaries(&p, u, m, &opt))
            return EXIT_WRONG_PROGRAM;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        driver_error("standard output: %s", strerror(errno));
        return EXIT_WRONG_PROGRAM;
    }
    return 0;
}

static bool run_assembler(Arena *a, const char *asm_path, const char *obj_path)
{
    const char *argv[] = {"as", "--64", "-o", obj_path, asm_path, NULL};
    char *err;
    int status = spawn_run(a, argv, &err);
    if (status == 0)
        return true;
    if (status > 0)
        driver_error("the assembler failed (status %d): %s", status, err);
    return false;
}

/* What decides the object: the IR as text, the code generator, the flags. */
static Key module_key(Arena *a, const IrModule *m, const Options *o)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        abort();
    ir_print(f, m);
    fclose(f);
    Hasher *h = hash_new(a);
    hash_string(h, CODEGEN_ID);
    int flags[2] = {o->opt_level, o->debug_vars};
    hash_bytes(h, flags, sizeof flags);
    hash_bytes(h, text, n);
    free(text);
    return hash_end(h);
}

bool compile_to(Program *p, Unit *u, const Options *o, const char *out_path,
                const char *summary_base, const Key *have, Key *key)
{
    Arena *a = p->arena;
    const char *dir = tmp_dir();
    if (dir == NULL)
        return false;
    IrModule *m = compile_lower(p, u, o, false, true);
    if (m == NULL)
        return false;
    stage_done(o, "lower");
    for (int i = 0; i < SUMMARIES; i++) {
        const char *path = arena_printf(a, "%s.%s", summary_base, summaries[i]);
        if (!write_summary(p, path, summaries[i], m, o)) {
            driver_error("cannot write %s: %s", path, strerror(errno));
            return false;
        }
    }
    *key = module_key(a, m, o);
    if (have != NULL && memcmp(have, key, sizeof *key) == 0)
        return true;
    CodegenOptions co = {.opt_level = o->opt_level, .debug_vars = o->debug_vars, .tmpdir = dir};
    const char *s_path = arena_printf(a, "%s/%p.s", dir, (void *)u);
    const char *err = codegen_module(a, m, &co, s_path);
    if (err != NULL) {
        driver_error("package %s: %s", u->path, err);
        return false;
    }
    stage_done(o, "generate");
    bool ok = run_assembler(a, s_path, out_path);
    unlink(s_path);
    stage_done(o, "assemble");
    return ok;
}

/* ---- a package of the user's: units in the cache ------------------------------------------
 *
 * KEY.units, by the package's sources, names the keys of its units' objects; a change of the
 * sources lowers the package again, but compiles only the units that came out different. */

typedef struct Assembly {
    Arena *a;
    const CodegenPlan *plan;
    const char **objects; /* where in the cache, by unit */
} Assembly;

/* Runs in the child that made the text. */
static const char *assemble_unit(void *data, const char *path)
{
    const Assembly *as = data;
    uint32_t i = 0;
    while (i < as->plan->n && as->plan->units[i].path != path)
        i++;
    const char *tmp = arena_printf(as->a, "%s.o", path);
    bool ok = run_assembler(as->a, path, tmp);
    unlink(path);
    if (!ok)
        return "the assembler failed";
    if (!cache_put(tmp, as->objects[i]))
        return arena_printf(as->a, "cannot write %s: %s", as->objects[i], strerror(errno));
    return NULL;
}

static const char *unit_object(Arena *a, const char *unit_key)
{
    Hasher *h = hash_new(a);
    hash_string(h, CODEGEN_ID);
    hash_string(h, unit_key);
    return cache_path(a, hash_end(h), "o");
}

/* The objects that the list names, if it, all of them and the summaries are there. */
static bool read_list(Unit *u, Arena *a, const char *list)
{
    bool known = cache_has(list);
    for (int i = 0; i < SUMMARIES; i++)
        known = known && cache_has(cache_path(a, u->key, summaries[i]));
    FILE *in = known ? fopen(list, "r") : NULL;
    if (in == NULL)
        return false;
    char key[64];
    bool ok = true;
    uint32_t had = u->objects.n;
    while (ok && fscanf(in, "%63s", key) == 1) {
        const char *obj = unit_object(a, key);
        ok = cache_has(obj);
        vec_push(a, &u->objects, obj);
    }
    ok = ok && u->objects.n > had;
    fclose(in);
    if (!ok)
        u->objects.n = had;
    return ok;
}

static bool write_list(Arena *a, const CodegenPlan *plan, const char *dir, const char *list)
{
    const char *tmp = arena_printf(a, "%s/units", dir);
    FILE *out = fopen(tmp, "w");
    if (out == NULL)
        return false;
    for (uint32_t i = 0; i < plan->n; i++)
        fprintf(out, "%s\n", plan->units[i].key);
    bool ok = !ferror(out);
    return fclose(out) == 0 && ok && cache_put(tmp, list);
}

static bool compile_cached(Program *p, Unit *u, const Options *o, bool is_main)
{
    Arena *a = p->arena;
    const char *list = cache_path(a, u->key, "units"), *dir = tmp_dir();
    if (list == NULL || dir == NULL)
        return false;
    if (read_list(u, a, list))
        return true;
    IrModule *m = compile_lower(p, u, o, is_main, true);
    if (m == NULL || !keep_summaries(p, u, m, o))
        return false;
    stage_done(o, "lower");
    CodegenOptions co = {.opt_level = o->opt_level, .debug_vars = o->debug_vars, .tmpdir = dir};
    CodegenPlan *plan = codegen_plan(a, m, &co);
    Assembly as = {a, plan, ARENA_ARRAY(a, const char *, plan->n)};
    for (uint32_t i = 0; i < plan->n; i++) {
        as.objects[i] = unit_object(a, plan->units[i].key);
        if (as.objects[i] == NULL)
            return false;
        plan->units[i].wanted = !cache_has(as.objects[i]);
        vec_push(a, &u->objects, as.objects[i]);
    }
    const char *base = arena_printf(a, "%s/%p", dir, (void *)u);
    const char *err = codegen_run(a, plan, 0, base, assemble_unit, &as);
    stage_done(o, "generate and assemble");
    if (err == NULL && !write_list(a, plan, dir, list))
        err = arena_printf(a, "cannot write %s: %s", list, strerror(errno));
    if (err != NULL)
        driver_error("package %s: %s", u->path, err);
    return err == NULL;
}

bool compile_unit(Program *p, Unit *u, const Options *o, bool is_main)
{
    Arena *a = p->arena;
    if (u->is_std) {
        const char *obj = std_file(a, u->path, "o");
        if (access(obj, R_OK) != 0) {
            driver_error("the precompiled package %s is missing: %s", u->path, obj);
            return false;
        }
        vec_push(a, &u->objects, obj);
        return true;
    }
    return compile_cached(p, u, o, is_main);
}
