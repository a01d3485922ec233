/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One unit of a module, from IR to finished assembler text: a libgccjit context, its
 * functions, gcc's text, the last touch, the data. */
#include "codegen/gen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* gcc's time grows faster than a function's size: above this many instructions a unit is
 * compiled at O1. */
enum { HUGE_FUNCTION = 3000 };

/* What Go's semantics, our stacks and our traces ask of gcc (docs/decisions). */
static const char *const flags[] = {
    "-fno-pic", "-fno-pie", "-fsplit-stack", "-ffunction-sections", "-fno-ident",
    /* semantics */
    "-fwrapv", "-fno-strict-aliasing", "-fno-delete-null-pointer-checks", "-ffp-contract=off",
    /* gcc 12 folds (double)(float)x away once it has made vectors of it: wrong code */
    "-fno-tree-slp-vectorize", "-fno-math-errno", "-fno-trapping-math", "-fno-finite-loops",
    "-fno-aggressive-loop-optimizations",
    /* frames and traces */
    "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-fno-crossjumping",
    "-fno-tree-tail-merge", "-fno-ipa-icf", "-fno-reorder-functions",
    "-fno-reorder-blocks-and-partition", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables",
    "-fno-exceptions",
    /* lines are for traces: one position a call, no more */
    "-gno-column-info", "-gno-statement-frontiers", "-gno-variable-location-views",
    /* __morestack uses registers that gcc might think a callee of ours leaves alone */
    "-fno-ipa-ra", "-fno-stack-protector", "-fno-stack-clash-protection", "-fcf-protection=none",
    /* a check that fails is rare, not merely unlikely */
    "--param=builtin-expect-probability=100", "-w"};

static void set_options(Gen *g, int level)
{
    gcc_jit_context *c = g->ctx;
    gj.context_set_bool_print_errors_to_stderr(c, 0);
    gj.context_set_bool_allow_unreachable_blocks(c, 1);
    gj.context_set_int_option(c, GCC_JIT_INT_OPTION_OPTIMIZATION_LEVEL, level);
    gj.context_set_bool_option(c, GCC_JIT_BOOL_OPTION_DEBUGINFO, 1);
    gj.context_add_command_line_option(c, "-gdwarf-4");
    gj.context_add_command_line_option(c, g->opt->debug_vars ? "-g2" : "-g1");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        gj.context_add_command_line_option(c, flags[i]);
    x86_options(c);
}

static bool has_func(const Gen *g, const IrFunc *f)
{
    return !g->unit->funcs || g->unit->funcs[f->sym->index];
}

static uint32_t func_size(const IrFunc *f)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->blocks.n; i++)
        n += f->blocks.p[i]->insts.n;
    return n;
}

/* gcc's text of the unit's functions, read back from a file beside the target. */
static const char *gcc_text(Gen *g, const char *path, char **text, size_t *n)
{
    gj.context_compile_to_file(g->ctx, GCC_JIT_OUTPUT_KIND_ASSEMBLER, path);
    const char *err = gj.context_get_first_error(g->ctx);
    if (err)
        return arena_printf(g->arena, "code generation: %s", err);
    FILE *in = fopen(path, "r");
    if (!in)
        return arena_printf(g->arena, "cannot read %s: %s", path, strerror(errno));
    if (fseek(in, 0, SEEK_END) || (long)(*n = (size_t)ftell(in)) < 0)
        *n = 0;
    rewind(in);
    *text = arena_alloc(g->arena, *n + 1);
    bool ok = fread(*text, 1, *n, in) == *n;
    fclose(in);
    unlink(path);
    return ok ? NULL : arena_printf(g->arena, "cannot read %s", path);
}

/* Internal functions whose address stands in data, which gcc does not see: it would drop
 * them or change their parameters. */
static void pin_functions(Gen *g)
{
    for (uint32_t i = 0; i < g->m->datas.n; i++) {
        const IrData *d = g->m->datas.p[i];
        for (uint32_t k = 0; k < d->relocs.n; k++)
            g->syms[d->relocs.p[k].sym->index].pinned = true;
    }
    for (uint32_t i = 0; i < g->m->funcs.n; i++) {
        const IrFunc *f = g->m->funcs.p[i];
        for (uint32_t b = 0; b < f->blocks.n; b++)
            for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
                const IrInst *in = f->blocks.p[b]->insts.p[k];
                if (in->op == IR_CLOSURE && !in->nargs)
                    g->syms[in->sym->index].pinned = true;
            }
    }
    for (uint32_t i = 0; i < g->m->syms.n; i++) {
        const IrSym *s = g->m->syms.p[i];
        g->syms[i].pinned &= s->func && s->linkage == IRL_INTERNAL;
    }
}

static const char *make_functions(Gen *g, const char *out_path, char **text, size_t *n)
{
    uint32_t funcs = 0, largest = 0;
    for (uint32_t i = 0; i < g->m->funcs.n; i++) {
        if (!has_func(g, g->m->funcs.p[i]))
            continue;
        uint32_t size = func_size(g->m->funcs.p[i]);
        largest = size > largest ? size : largest;
        funcs++;
    }
    if (!funcs)
        return NULL;
    const char *err = gccjit_load();
    if (err)
        return err;
    g->ctx = gj.context_acquire();
    if (!g->ctx)
        return "libgccjit gives no context";
    int level = g->opt->opt_level;
    set_options(g, largest > HUGE_FUNCTION && level > 1 ? 1 : level);
    gen_types_init(g);
    for (uint32_t i = 0; i < g->m->funcs.n; i++)
        if (has_func(g, g->m->funcs.p[i]))
            gen_func(g, g->m->funcs.p[i]);
    err = gcc_text(g, arena_printf(g->arena, "%s.gcc", out_path), text, n);
    gj.context_release(g->ctx);
    return err;
}

static const char *write_text(Gen *g, const char *text, size_t n, const char *out_path)
{
    const char *tmp = arena_printf(g->arena, "%s.tmp", out_path);
    FILE *out = fopen(tmp, "w");
    if (!out)
        return arena_printf(g->arena, "cannot write %s: %s", tmp, strerror(errno));
    if (n)
        asm_touch(g, text, n, out);
    asm_data(g, out);
    fputs("\t.section\t.note.GNU-stack,\"\",@progbits\n", out);
    bool bad = ferror(out);
    if (fclose(out) || bad || rename(tmp, out_path)) {
        const char *err = arena_printf(g->arena, "cannot write %s: %s", out_path, strerror(errno));
        unlink(tmp);
        return err;
    }
    return NULL;
}

const char *gen_unit(Arena *a, const IrModule *m, const GenUnit *unit, const CodegenOptions *opt,
                     const char *out_path)
{
    Gen *g = ARENA_NEW(a, Gen);
    g->arena = a;
    g->m = m;
    g->opt = opt;
    g->unit = unit;
    g->syms = ARENA_ARRAY(a, GenSym, m->syms.n);
    pin_functions(g);
    char *text = NULL;
    size_t n = 0;
    const char *err = make_functions(g, out_path, &text, &n);
    return err ? err : write_text(g, text, n, out_path);
}

const char *codegen_module(Arena *a, const IrModule *m, const CodegenOptions *opt,
                           const char *out_path)
{
    GenUnit all = {.with_data = true};
    return gen_unit(a, m, &all, opt, out_path);
}
