/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Functions: their C signatures (strings, slices and interfaces flattened to words, as
 * abi.h says), declarations on first use, bodies block by block, source positions. */
#include "codegen/gen.h"

#include <string.h>

/* ---- signatures --------------------------------------------------------------------------- */

gcc_jit_type *gen_result_type(Gen *g, const IrType *t)
{
    return t->size ? gen_type(g, t)->t : g->t_void;
}

/* How many words a type of that kind is flattened to; 0: it travels as it is. */
static uint32_t flat_words(const IrType *t)
{
    return t == irt_string || t == irt_iface || t == irt_slice ? t->nfields : 0;
}

void gen_sig_param(Gen *g, GenSig *sig, const IrType *t)
{
    if (!t->size)
        return;
    uint32_t n = flat_words(t);
    for (uint32_t i = 0; i < n; i++) {
        gcc_jit_type *ft = gen_type(g, t->fields[i])->t;
        vec_push(g->arena, &sig->params, ft);
    }
    if (!n) {
        gcc_jit_type *pt = gen_type(g, t)->t;
        vec_push(g->arena, &sig->params, pt);
    }
}

/* ---- declarations ----------------------------------------------------------------------------- */

const char *gen_name(Gen *g, IrSym *s)
{
    GenSym *gs = &g->syms[s->index];
    if (!gs->name)
        gs->name = ir_mangle(g->arena, s);
    return gs->name;
}

static bool in_unit(const Gen *g, const IrFunc *f)
{
    return !g->unit->funcs || g->unit->funcs[f->sym->index];
}

static enum gcc_jit_function_kind function_kind(const Gen *g, const IrSym *s)
{
    if (!s->func || !in_unit(g, s->func))
        return GCC_JIT_FUNCTION_IMPORTED;
    if (s->linkage == IRL_INTERNAL && !g->syms[s->index].pinned &&
        !(g->unit->promoted && g->unit->promoted[s->index]))
        return GCC_JIT_FUNCTION_INTERNAL;
    return GCC_JIT_FUNCTION_EXPORTED;
}

static gcc_jit_function *declare(Gen *g, IrSym *s, const GenSig *sig)
{
    GenSym *gs = &g->syms[s->index];
    uint32_t n = sig->params.n;
    gcc_jit_param **params = ARENA_ARRAY(g->arena, gcc_jit_param *, n);
    for (uint32_t i = 0; i < n; i++)
        params[i] = gj.context_new_param(g->ctx, NULL, sig->params.p[i], "p");
    gs->sig = *sig;
    gs->used = true;
    gs->fn = gj.context_new_function(g->ctx, NULL, function_kind(g, s), sig->result, gen_name(g, s),
                                     (int)n, params, 0);
    return gs->fn;
}

gcc_jit_function *gen_func_extern(Gen *g, IrSym *s, const GenSig *sig)
{
    return declare(g, s, sig);
}

/* A function of elsewhere whose address alone is known here is declared without
 * parameters; gen_call casts if a call wants another signature. */
gcc_jit_function *gen_func_of(Gen *g, IrSym *s)
{
    if (g->syms[s->index].fn)
        return g->syms[s->index].fn;
    GenSig sig = {.result = g->t_void};
    if (s->func) {
        sig.result = gen_result_type(g, s->func->result);
        for (uint32_t i = 0; i < s->func->nparams; i++)
            gen_sig_param(g, &sig, s->func->regs.p[i].type);
    }
    return declare(g, s, &sig);
}

/* ---- bodies -------------------------------------------------------------------------------------- */

/* Parameters become registers; flattened ones are put together again, which gcc takes
 * apart again. */
static void receive_params(Gen *g)
{
    int at = 0;
    for (uint32_t r = 0; r < g->f->nparams; r++) {
        const IrType *t = g->f->regs.p[r].type;
        if (!t->size)
            continue;
        uint32_t words = flat_words(t);
        if (!words) {
            g->regs[r] = gj.param_as_lvalue(gj.function_get_param(g->fn, at++));
            continue;
        }
        for (uint32_t i = 0; i < words; i++)
            gen_assign(g, gj.lvalue_access_field(gen_reg(g, r), NULL, gen_type(g, t)->fields[i]),
                       gj.param_as_rvalue(gj.function_get_param(g->fn, at++)));
    }
}

/* Every file is named NUMBER:PATH, after the site whose code it is. */
static void at_position(Gen *g, Pos pos, uint32_t inlined)
{
    uint32_t site = inlined ? g->first_site + inlined : 0;
    if (pos == NOPOS || (pos == g->pos && site == g->site))
        return;
    g->pos = pos;
    Location l = source_location(pos);
    if (!l.file || (l.line == g->line && l.path == g->path && site == g->site))
        return;
    g->line = l.line;
    g->path = l.path;
    g->site = site;
    g->loc = gj.context_new_location(g->ctx, arena_printf(g->arena, "%u:%s", site, l.path),
                                     (int)l.line, 1);
}

static void add_sites(Gen *g, const IrFunc *f)
{
    g->first_site = g->sites.n;
    for (uint32_t i = 0; i < f->inlined.n; i++) {
        const IrInlined *x = &f->inlined.p[i];
        Location l = source_location(x->pos);
        GenSite s = {.parent = x->parent ? g->first_site + x->parent : 0,
                     .callee = gen_name(g, x->callee),
                     .path = l.file ? l.path : "??",
                     .line = l.line};
        vec_push(g->arena, &g->sites, s);
    }
}

void gen_func(Gen *g, const IrFunc *f)
{
    diag_working_on(f->pos);
    g->f = f;
    g->fn = gen_func_of(g, f->sym);
    g->regs = ARENA_ARRAY(g->arena, LV *, f->regs.n);
    g->blocks = ARENA_ARRAY(g->arena, gcc_jit_block *, f->blocks.n);
    g->faults.n = 0;
    g->results.n = 0;
    g->pos = NOPOS;
    g->line = g->site = 0;
    g->path = NULL;
    g->loc = NULL;
    add_sites(g, f);
    at_position(g, f->pos, 0);
    g->b = gen_block(g);
    receive_params(g);
    for (uint32_t i = 0; i < f->blocks.n; i++)
        g->blocks[i] = gen_block(g);
    gen_goto(g, g->blocks[0]);
    for (uint32_t i = 0; i < f->blocks.n; i++) {
        const IrBlock *b = f->blocks.p[i];
        g->b = g->blocks[i];
        for (uint32_t k = 0; k < b->insts.n; k++) {
            at_position(g, b->insts.p[k]->pos, b->insts.p[k]->inlined);
            gen_inst(g, b->insts.p[k]);
        }
        g->ninsts += b->insts.n;
    }
    const char *err = gj.context_get_first_error(g->ctx);
    if (err)
        diag_ice("code generation of %s: %s", f->sym->name->s, err);
}
