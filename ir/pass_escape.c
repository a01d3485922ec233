/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Escape analysis: what does not outlive its frame is made there, and stores into it need no
 * write barrier.
 *
 * Every function's effect on its parameters' pointers (ir/effect.h) is computed first, callees
 * before callers where there is such an order: effects begin by saying that nothing is kept
 * and grow until they are all consistent, which makes them sound for recursion too.  Then each
 * function is solved once more, and its allocations are placed. */
#include "ir/escape_int.h"

#include <stdlib.h>
#include <string.h>

typedef VEC(uint32_t) FuncList;

typedef struct Work {
    Escape *e;
    FuncList *callers; /* by function: who asks for its effect */
    uint32_t *func_of; /* by symbol: index of the function + 1 */
    uint32_t *queue;   /* a ring */
    bool *queued;
    uint32_t head, n;
} Work;

/* ---- effects ------------------------------------------------------------------------------------ */

static bool widen_mask(uint32_t *m, uint32_t by)
{
    uint32_t was = *m;
    *m |= by;
    return *m != was;
}

static bool widen(ParamEffect *p, const ParamEffect *by)
{
    bool changed = widen_mask(&p->dirty, by->dirty);
    for (int k = 0; k < EFFECT_LEVELS; k++) {
        Flow *f = &p->level[k];
        const Flow *b = &by->level[k];
        changed |= b->heap && !f->heap;
        f->heap |= b->heap;
        changed |= widen_mask(&f->results, b->results);
        for (int i = 0; i < EFFECT_LEVELS; i++)
            changed |= widen_mask(&f->into[i], b->into[i]);
    }
    return changed;
}

static void flow_of(const EscFunc *g, uint32_t object, Flow *f)
{
    f->heap |= esc_has(g, HEAP, object);
    for (uint32_t k = 0; k < g->nresults; k++)
        if (esc_has(g, g->results + k, object))
            f->results |= UINT32_C(1) << k;
}

/* What stores through parameters put there. */
static void stores_of(const EscFunc *g, const Con *c, ParamEffect *out)
{
    for (uint32_t d = 1; d < g->objects.n; d++) {
        const EscObject *to = &g->objects.p[d];
        if (to->kind != OBJ_PARAM || !esc_has(g, c->dst, d))
            continue;
        uint32_t bit = UINT32_C(1) << (to->param & 31);
        for (uint32_t o = 0; o < g->objects.n; o++) {
            if (!esc_has(g, c->src, o))
                continue;
            const EscObject *v = &g->objects.p[o];
            if (v->kind == OBJ_PARAM)
                out[v->param].level[v->level].into[to->level] |= bit;
            else
                out[to->param].dirty |= UINT32_C(1) << to->level;
        }
    }
}

static bool has_pointer_params(const IrFunc *f)
{
    for (uint32_t p = 0; p < f->nparams; p++)
        if (esc_carries(f->regs.p[p].type))
            return true;
    return false;
}

/* Computes f's effect anew; true if it grew. */
static bool update(Escape *e, IrFunc *f)
{
    if (!has_pointer_params(f))
        return false;
    Arena *a = arena_new();
    ParamEffect *now = ARENA_ARRAY(a, ParamEffect, f->nparams);
    EscFunc *g = esc_build(e, a, f);
    if (g) {
        esc_solve(g);
        for (uint32_t o = 1; o < g->objects.n; o++) {
            const EscObject *ob = &g->objects.p[o];
            if (ob->kind == OBJ_PARAM)
                flow_of(g, o, &now[ob->param].level[ob->level]);
        }
        for (uint32_t i = 0; i < g->cons.n; i++)
            if (g->cons.p[i].kind == CON_STORE)
                stores_of(g, &g->cons.p[i], now);
    } else {
        for (uint32_t p = 0; p < f->nparams; p++)
            now[p] = ir_param_kept;
    }
    bool grew = false;
    for (uint32_t p = 0; p < f->nparams; p++)
        grew |= widen(&f->effect->params[p], &now[p]);
    arena_free(a);
    return grew;
}

/* ---- the order --------------------------------------------------------------------------------------- */

static void push(Work *w, uint32_t f)
{
    if (w->queued[f])
        return;
    w->queued[f] = true;
    w->queue[(w->head + w->n++) % w->e->m->funcs.n] = f;
}

static void note_call(Work *w, uint32_t caller, const IrSym *callee)
{
    uint32_t i = callee ? w->func_of[callee->index] : 0;
    if (!i)
        return;
    FuncList *l = &w->callers[i - 1];
    if (!l->n || l->p[l->n - 1] != caller)
        vec_push(w->e->a, l, caller);
}

static void note_calls(Work *w, uint32_t f)
{
    const IrFunc *fn = w->e->m->funcs.p[f];
    for (uint32_t b = 0; b < fn->blocks.n; b++)
        for (uint32_t k = 0; k < fn->blocks.p[b]->insts.n; k++) {
            const IrInst *in = fn->blocks.p[b]->insts.p[k];
            if (in->op == IR_CALL || in->op == IR_CLOSURE)
                note_call(w, f, in->sym);
            for (uint32_t i = 0; i < in->nargs; i++)
                if (in->args[i].kind == IRO_SYM)
                    note_call(w, f, in->args[i].sym);
        }
}

/* Functions with callees before callers, by depth-first search over `calls`. */
static void push_callees_first(Work *w, FuncList *calls)
{
    uint32_t n = w->e->m->funcs.n;
    uint32_t *stack = calloc(n + 1, sizeof *stack), *next = calloc(n + 1, sizeof *next), top;
    bool *seen = calloc(n + 1, 1);
    if (!stack || !next || !seen)
        abort();
    for (uint32_t root = 0; root < n; root++) {
        if (seen[root])
            continue;
        seen[root] = true;
        stack[0] = root;
        top = 1;
        while (top) {
            uint32_t f = stack[top - 1];
            if (next[f] < calls[f].n) {
                uint32_t to = calls[f].p[next[f]++];
                if (!seen[to]) {
                    seen[to] = true;
                    stack[top++] = to;
                }
            } else {
                push(w, f);
                top--;
            }
        }
    }
    free(stack);
    free(next);
    free(seen);
}

/* The frame of a function with defer is the slot that it hands to rt_protect with the body.
 * Of a COMDAT pair the linker may take the halves from different modules: they are left. */
static void find_frames(IrModule *m)
{
    for (uint32_t i = 0; i < m->funcs.n; i++)
        m->funcs.p[i]->frame = NULL;
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        const IrFunc *f = m->funcs.p[i];
        IrInst *slot = NULL;
        for (uint32_t b = 0; b < f->blocks.n; b++)
            for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
                IrInst *in = f->blocks.p[b]->insts.p[k];
                if (in->op == IR_SLOT && in->type->kind == IRT_STRUCT && !slot)
                    slot = in;
                if (in->op != IR_RT || in->rt != RT_protect || !slot)
                    continue;
                if (in->args[0].kind == IRO_SYM && in->args[0].sym->func &&
                    in->args[0].sym->linkage == IRL_INTERNAL && in->args[1].kind == IRO_REG &&
                    in->args[1].reg == slot->dst)
                    in->args[0].sym->func->frame = slot;
            }
    }
}

static void find_effects(Escape *e)
{
    IrModule *m = e->m;
    find_frames(m);
    uint32_t n = m->funcs.n;
    Work w = {.e = e,
              .callers = ARENA_ARRAY(e->a, FuncList, n),
              .func_of = ARENA_ARRAY(e->a, uint32_t, m->syms.n),
              .queue = ARENA_ARRAY(e->a, uint32_t, n),
              .queued = ARENA_ARRAY(e->a, bool, n)};
    FuncList *calls = ARENA_ARRAY(e->a, FuncList, n);
    for (uint32_t i = 0; i < n; i++) {
        IrFunc *f = m->funcs.p[i];
        ir_func_renumber(f);
        w.func_of[f->sym->index] = i + 1;
        f->effect = ARENA_NEW(m->arena, IrEffect);
        f->effect->n = f->nparams;
        f->effect->params = ARENA_ARRAY(m->arena, ParamEffect, f->nparams + 1);
    }
    for (uint32_t i = 0; i < n; i++)
        note_calls(&w, i);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < w.callers[i].n; k++)
            vec_push(e->a, &calls[w.callers[i].p[k]], i);
    push_callees_first(&w, calls);
    while (w.n) {
        uint32_t f = w.queue[w.head];
        w.head = (w.head + 1) % n;
        w.n--;
        w.queued[f] = false;
        if (update(e, m->funcs.p[f]))
            for (uint32_t k = 0; k < w.callers[f].n; k++)
                push(&w, w.callers[f].p[k]);
    }
}

/* ---- what changes ------------------------------------------------------------------------------------- */

/* Adds the object to the frame of the function with defer, whose body f is. */
static void place_in_frame(Escape *e, IrFunc *f, const EscObject *o)
{
    IrInst *in = o->in;
    IrType *old = f->frame->type;
    IrType **fields = ARENA_ARRAY(e->a, IrType *, old->nfields + 1);
    memcpy(fields, old->fields, old->nfields * sizeof *fields);
    fields[old->nfields] = in->type;
    f->frame->type = irt_struct(fields, old->nfields + 1);
    IrInst *zero = ARENA_NEW(e->m->arena, IrInst);
    *zero = (IrInst){
        .op = IR_ZERO, .dst = IR_NOREG, .pos = in->pos, .inlined = in->inlined, .nargs = 1};
    zero->args = ARENA_ARRAY(e->m->arena, IrOpnd, 1);
    zero->args[0] = ir_reg(f, in->dst);
    zero->imm = (int64_t)in->type->size;
    IrOpnd *base = ARENA_ARRAY(e->m->arena, IrOpnd, 1);
    *base = ir_reg(f, 0);
    *in = (IrInst){.op = IR_LEA,
                   .dst = in->dst,
                   .pos = in->pos,
                   .inlined = in->inlined,
                   .nargs = 1,
                   .args = base};
    in->imm = (int64_t)f->frame->type->offsets[old->nfields];
    IrBlock *b = f->blocks.p[o->block];
    uint32_t at = 0;
    while (b->insts.p[at] != in)
        at++;
    vec_push(e->m->arena, &b->insts, zero);
    memmove(b->insts.p + at + 2, b->insts.p + at + 1, (b->insts.n - at - 2) * sizeof *b->insts.p);
    b->insts.p[at + 1] = zero;
}

static void place(Escape *e, IrFunc *f, const EscObject *o)
{
    IrInst *in = o->in;
    if (o->in_frame) {
        place_in_frame(e, f, o);
        return;
    }
    if (in->op != IR_RT) {
        in->imm = 1;
        in->sym2 = NULL;
        return;
    }
    /* a box: its value stands in the slot already */
    in->op = IR_COPY;
    in->args[0] = in->args[1];
    in->nargs = 1;
}

static bool is_stack_address(const EscFunc *g, const IrOpnd *o)
{
    Node n = esc_address_node(g, o);
    if (n == NO_NODE)
        return false;
    bool some = false;
    for (uint32_t k = 0; k < g->words; k++)
        for (uint64_t w = esc_set(g, n)[k]; w; w &= w - 1) {
            uint32_t id = k * 64 + (uint32_t)__builtin_ctzll(w);
            const EscObject *ob = &g->objects.p[id];
            if (ob->kind != OBJ_SLOT && (ob->kind != OBJ_SITE || esc_has(g, HEAP, id)))
                return false;
            some = true;
        }
    return some;
}

static bool wants_placing(const IrFunc *f)
{
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            const IrInst *in = f->blocks.p[b]->insts.p[k];
            if (((in->op == IR_ALLOC || in->op == IR_CLOSURE) && !in->imm) ||
                in->op == IR_STOREREF || (in->op == IR_RT && in->rt == RT_box))
                return true;
        }
    return false;
}

static void place_objects(Escape *e, IrFunc *f)
{
    if (!wants_placing(f))
        return;
    Arena *a = arena_new();
    EscFunc *g = esc_build(e, a, f);
    if (g) {
        esc_solve(g);
        if (e->explain)
            esc_explain(g);
        for (uint32_t b = 0; b < f->blocks.n; b++)
            for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
                IrInst *in = f->blocks.p[b]->insts.p[k];
                if (in->op == IR_STOREREF && is_stack_address(g, &in->args[0]))
                    in->op = IR_STORE;
            }
        for (uint32_t o = 1; o < g->objects.n; o++)
            if (g->objects.p[o].kind == OBJ_SITE && !esc_has(g, HEAP, o))
                place(e, f, &g->objects.p[o]);
    }
    arena_free(a);
}

void ir_pass_escape(IrModule *m, IrEffects *imports, FILE *explain)
{
    Escape e = {.a = arena_new(), .m = m, .imports = imports};
    find_effects(&e);
    e.explain = explain != NULL;
    for (uint32_t i = 0; i < m->funcs.n; i++)
        place_objects(&e, m->funcs.p[i]);
    if (explain)
        esc_print_explanations(&e, explain);
    arena_free(e.a);
}
