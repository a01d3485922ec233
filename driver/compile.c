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

IrModule *compile_lower(Program *p, Unit *u, const Options *o, bool is_main, bool optimise)
{
    Arena *a = p->arena;
    LowerOptions lo = {.is_main = is_main};
    IrModule *m = lower_package(a, u->pkg, &lo);
    verify(a, m, "lowering");
    ir_pass_reach(m, is_main);
    verify(a, m, "reach");
    if (optimise && o->opt_level > 0) {
        ir_pass_checks(m);
        verify(a, m, "checks");
    }
    return m;
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

bool compile_to(Program *p, Unit *u, const Options *o, bool is_main, const char *out_path,
                const Key *have, Key *key)
{
    Arena *a = p->arena;
    const char *dir = tmp_dir();
    if (dir == NULL)
        return false;
    IrModule *m = compile_lower(p, u, o, is_main, true);
    stage_done(o, "lower");
    if (key != NULL) {
        *key = module_key(a, m, o);
        if (have != NULL && memcmp(have, key, sizeof *key) == 0)
            return true;
    }
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

static const char *std_object(Arena *a, const Unit *u)
{
    return arena_printf(a, "%s/%s.o", paths_get()->std_objects, u->path);
}

bool compile_unit(Program *p, Unit *u, const Options *o, bool is_main)
{
    Arena *a = p->arena;
    if (u->is_std) {
        const char *obj = std_object(a, u);
        if (access(obj, R_OK) != 0) {
            driver_error("the precompiled package %s is missing: %s", u->path, obj);
            return false;
        }
        vec_push(a, &u->objects, obj);
        return true;
    }
    const char *obj = cache_path(a, u->key, "o");
    if (obj == NULL)
        return false;
    if (!cache_has(obj)) {
        const char *dir = tmp_dir();
        if (dir == NULL)
            return false;
        const char *tmp = arena_printf(a, "%s/%p.o", dir, (void *)u);
        if (!compile_to(p, u, o, is_main, tmp, NULL, NULL))
            return false;
        if (!cache_put(tmp, obj)) {
            driver_error("cannot write %s: %s", obj, strerror(errno));
            return false;
        }
    }
    vec_push(a, &u->objects, obj);
    return true;
}
