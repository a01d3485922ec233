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

/* Where the effects of a package's functions are: beside its object, or in the cache. */
static const char *effects_file(void *data, const char *package)
{
    Program *p = data;
    for (uint32_t i = 0; i < p->units.n; i++) {
        Unit *u = p->units.p[i];
        if (strcmp(u->path, package) == 0)
            return u->is_std ? std_file(p->arena, package, "effects")
                             : cache_path(p->arena, u->key, "effects");
    }
    return NULL;
}

/* At a level without optimisation nothing is known of any function. */
static bool write_effects(const char *path, const IrModule *m, const Options *o)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return false;
    if (o->opt_level > 0)
        ir_effects_print(f, m);
    bool ok = !ferror(f);
    return fclose(f) == 0 && ok;
}

/* Importers find them in the cache. */
static bool keep_effects(Program *p, const Unit *u, const IrModule *m, const Options *o)
{
    const char *dir = tmp_dir(), *path = cache_path(p->arena, u->key, "effects");
    if (dir == NULL || path == NULL)
        return false;
    const char *tmp = arena_printf(p->arena, "%s/effects", dir);
    if (write_effects(tmp, m, o) && cache_put(tmp, path))
        return true;
    driver_error("cannot write %s: %s", path, strerror(errno));
    return false;
}

static IrModule *lower(Program *p, Unit *u, const Options *o, bool is_main, bool optimise,
                       FILE *explain)
{
    Arena *a = p->arena;
    LowerOptions lo = {.is_main = is_main};
    IrModule *m = lower_package(a, u->pkg, &lo);
    verify(a, m, "lowering");
    ir_pass_reach(m, is_main);
    verify(a, m, "reach");
    if (optimise && o->opt_level > 0) {
        ir_pass_devirt(m);
        verify(a, m, "devirt");
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
        if (!keep_effects(&p, u, m, &opt))
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
                const char *effects_path, const Key *have, Key *key)
{
    Arena *a = p->arena;
    const char *dir = tmp_dir();
    if (dir == NULL)
        return false;
    IrModule *m = compile_lower(p, u, o, false, true);
    stage_done(o, "lower");
    if (!write_effects(effects_path, m, o)) {
        driver_error("cannot write %s: %s", effects_path, strerror(errno));
        return false;
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

/* The objects that the list names, if it, all of them and the effects are there. */
static bool read_list(Unit *u, Arena *a, const char *list, const char *effects)
{
    FILE *in = cache_has(list) && cache_has(effects) ? fopen(list, "r") : NULL;
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
    if (read_list(u, a, list, cache_path(a, u->key, "effects")))
        return true;
    IrModule *m = compile_lower(p, u, o, is_main, true);
    if (!keep_effects(p, u, m, o))
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
