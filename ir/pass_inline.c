/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inlining: the code of a small function stands in place of a call of it, so that escape
 * analysis sees what becomes of its results and closures passed to it are called directly.
 * gcc inlines too, but after our passes, and within one object.
 *
 * Functions are done callees first; a function is inlined as it is when it has been done
 * itself, and never when it calls itself, so that what mutual recursion there is ends in calls.
 * After each round calls whose target has become known are calls of functions (pass_devirt.c)
 * and get their chance in the next.
 *
 * Every instruction remembers whose code it is (IrFunc.inlined), for traces. */
#include "ir/body.h"

#include <stdlib.h>
#include <string.h>

/* Costs are instructions, those of calls counted for more (cost_of). */
enum {
    BUDGET = 20,         /* of any function */
    BUDGET_FRUIT = 80,   /* where an allocation or a call through a pointer may go away with it */
    BUDGET_ONCE = 200,   /* of a literal that this call alone names */
    LARGE_CALLER = 1500, /* instructions: beyond, only what is no larger than a call goes in */
    BUDGET_LARGE = 6,
    MAX_FRAME = 256, /* bytes of slots in the callee */
    MAX_ROUNDS = 4,
    MAX_DEPTH = 12, /* of inlined calls in one another */
};

typedef struct Inliner {
    Arena *a; /* of the pass */
    IrModule *m;
    const IrInlineOptions *opt;
    uint32_t *uses; /* by symbol: how many instructions and data name it */
    bool *done;     /* by symbol */
    IrTraits *traits;
    bool *has_traits;
    /* the function being done */
    IrFunc *f;
    IrInst **def; /* by register: its one definition, or NULL */
    bool *leaves; /* by register: what it points to is returned or stored, and so on the heap */
    uint32_t size;
    bool passes_defer; /* it may be what stands between a defer and the callee */
} Inliner;

/* ---- what a function is like ----------------------------------------------------------------- */

static uint32_t cost_of(const IrInst *in, IrIsIntrinsic *is_intrinsic)
{
    if (in->op == IR_CALL && is_intrinsic(in->sym))
        return 2;
    switch (in->op) {
    case IR_COPY:
    case IR_FIELD:
    case IR_MK:
    case IR_LEA:
    case IR_SLOT:
    case IR_JUMP:
    case IR_RET:
    case IR_UNREACHABLE:
    case IR_PASSDEFER: return 0;
    case IR_RT:
    case IR_CALL:
    case IR_CALL_PTR:
    case IR_CALL_CLOSURE:
    case IR_CALL_IFACE: return 8 + in->nargs;
    case IR_SWITCH: return 2 + in->ntargets;
    default: return 1;
    }
}

/* The parameter that the operand is, through copies within the callee; -1: none. */
static int param_of(const IrFunc *f, IrInst *const *def, const IrOpnd *o)
{
    while (o->kind == IRO_REG && o->reg >= f->nparams && def[o->reg] && def[o->reg]->op == IR_COPY)
        o = &def[o->reg]->args[0];
    return o->kind == IRO_REG && o->reg < f->nparams && o->reg < 32 ? (int)o->reg : -1;
}

static bool is_self(const IrFunc *f, const IrInst *in)
{
    return in->op == IR_CALL && in->sym == f->sym;
}

static IrInst **find_defs(Arena *a, const IrFunc *f)
{
    bool *many = ARENA_ARRAY(a, bool, f->regs.n + 1);
    IrInst **def = ARENA_ARRAY(a, IrInst *, f->regs.n + 1);
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrInst *in = f->blocks.p[b]->insts.p[k];
            if (in->dst == IR_NOREG)
                continue;
            many[in->dst] |= def[in->dst] != NULL || in->dst < f->nparams;
            def[in->dst] = in;
        }
    for (uint32_t r = 0; r < f->regs.n; r++)
        if (many[r])
            def[r] = NULL;
    return def;
}

/* The registers that go into results (and, unless only_returned, into memory behind pointers or
 * to the runtime), themselves or in others.  A rough guess: it does not look into memory. */
static bool *find_leaving(Arena *a, const IrFunc *f, bool only_returned)
{
    bool *leaves = ARENA_ARRAY(a, bool, f->regs.n + 1);
    for (int round = 0; round < 2; round++)
        for (uint32_t b = f->blocks.n; b-- > 0;)
            for (uint32_t k = f->blocks.p[b]->insts.n; k-- > 0;) {
                const IrInst *in = f->blocks.p[b]->insts.p[k];
                bool moves = in->op == IR_COPY || in->op == IR_MK || in->op == IR_SETFIELD;
                bool all = in->op == IR_RET || (moves && leaves[in->dst]);
                if (!only_returned)
                    all |= in->op == IR_RT || in->op == IR_CALL_PTR;
                uint32_t first = all ? 0 : in->nargs;
                if (in->op == IR_STOREREF && !only_returned)
                    first = 1;
                for (uint32_t i = first; i < in->nargs; i++)
                    if (in->args[i].kind == IRO_REG)
                        leaves[in->args[i].reg] = true;
            }
    return leaves;
}

static bool may_stand_elsewhere(const IrFunc *f, const IrInst *in)
{
    switch (in->op) {
    case IR_MAYRECOVER: return false;
    case IR_RT: /* frames of their own: defer; and statements that are not worth it */
        return in->rt != RT_protect && in->rt != RT_recover && in->rt != RT_go;
    default: return !is_self(f, in);
    }
}

/* Package runtime counts the frames of its functions' callers. */
static bool is_special(const IrFunc *f)
{
    return f->noinline || f->uses_recover || f->frame || f->sym->is_c ||
           !strncmp(f->sym->name->s, "runtime.", 8) ||
           !strncmp(f->sym->name->s, "runtime/debug.", 14);
}

IrTraits ir_traits(const IrFunc *f, IrIsIntrinsic *is_intrinsic)
{
    IrTraits t = {0};
    if (is_special(f))
        return t;
    Arena *a = arena_new();
    IrInst **def = find_defs(a, f);
    bool *returned = find_leaving(a, f, true);
    uint64_t frame = 0;
    bool returns = false, ok = true;
    for (uint32_t b = 0; ok && b < f->blocks.n; b++) {
        const IrBlock *bl = f->blocks.p[b];
        uint32_t cost = 0;
        for (uint32_t k = 0; ok && k < bl->insts.n; k++) {
            const IrInst *in = bl->insts.p[k];
            ok = may_stand_elsewhere(f, in);
            cost += cost_of(in, is_intrinsic);
            returns |= in->op == IR_RET;
            for (uint32_t i = 0; i < in->ntargets; i++)
                t.loops |= in->targets[i]->id <= b;
            if (in->op == IR_SLOT || (in->op == IR_ALLOC && in->imm))
                frame += in->type->size;
            if ((in->op == IR_ALLOC || (in->op == IR_CLOSURE && in->nargs)) && !in->imm)
                t.allocates |= returned[in->dst];
            if (in->op == IR_CALL_CLOSURE || in->op == IR_CALL_IFACE) {
                int p = param_of(f, def, &in->args[0]);
                if (p >= 0)
                    t.calls_params |= UINT32_C(1) << p;
            }
        }
        t.cost += bl->cold && cost > 1 ? 1 : cost;
    }
    t.can = ok && returns && frame <= MAX_FRAME;
    arena_free(a);
    return t;
}

/* ---- whether to ---------------------------------------------------------------------------- */

/* The definition that gives the operand its value, through copies; NULL: not one. */
static const IrInst *made_by(const Inliner *p, const IrOpnd *o)
{
    const IrInst *in = NULL;
    while (o->kind == IRO_REG && (in = p->def[o->reg]) != NULL && in->op == IR_COPY)
        o = &in->args[0];
    return o->kind == IRO_REG ? in : NULL;
}

/* Whether a call through this argument will be a call of a known function. */
static bool is_known_callee(const Inliner *p, const IrOpnd *o)
{
    const IrInst *in = made_by(p, o);
    if (!in)
        return false;
    return in->op == IR_CLOSURE || (in->op == IR_MK && o->type == irt_iface &&
                                    in->args[0].kind == IRO_SYM && in->args[0].sym->data);
}

static bool bears_fruit(const Inliner *p, const IrInst *call, const IrTraits *t)
{
    if (t->allocates && call->dst != IR_NOREG && !p->leaves[call->dst])
        return true;
    for (uint32_t i = 0; i < call->nargs && i < 32; i++)
        if (t->calls_params >> i & 1 && is_known_callee(p, &call->args[i]))
            return true;
    return false;
}

static bool fits_call(const Inliner *p, const IrInst *call, const IrFunc *f)
{
    bool no_env = f->is_closure && call->nargs + 1 == f->nparams;
    if (call->nargs != f->nparams && !no_env)
        return false;
    for (uint32_t i = 0; i < call->nargs; i++)
        if (call->args[i].type != f->regs.p[i].type)
            return false;
    return call->dst == IR_NOREG || p->f->regs.p[call->dst].type == f->result;
}

/* Whether the call stands in code of that function already. */
static bool is_within(const Inliner *p, const IrInst *call)
{
    uint32_t depth = 0;
    for (uint32_t at = call->inlined; at; at = p->f->inlined.p[at - 1].parent)
        if (p->f->inlined.p[at - 1].callee == call->sym || ++depth >= MAX_DEPTH)
            return true;
    return call->sym == p->f->sym;
}

static uint32_t budget(const Inliner *p, const IrInst *call, const IrTraits *t)
{
    if (p->size > LARGE_CALLER)
        return BUDGET_LARGE;
    if (call->sym->func && call->sym->linkage == IRL_INTERNAL && p->uses[call->sym->index] <= 2 &&
        call->sym->func->is_closure)
        return BUDGET_ONCE;
    if (bears_fruit(p, call, t))
        return BUDGET_FRUIT;
    return t->loops ? 0 : BUDGET; /* a call is little beside a loop */
}

/* The function whose code is to stand in place of the call; NULL: it stays. */
static const IrFunc *choose(Inliner *p, const IrInst *call)
{
    IrSym *s = call->sym;
    if (s->is_c || p->opt->is_intrinsic(s) || is_within(p, call))
        return NULL;
    if (!s->func) {
        IrTraits t;
        if (!p->opt->imports || !ir_bodies_traits(p->opt->imports, s, &t) ||
            t.cost > budget(p, call, &t))
            return NULL;
        const IrFunc *f = ir_bodies_find(p->opt->imports, p->m, s);
        return f && fits_call(p, call, f) ? f : NULL;
    }
    if (!p->done[s->index])
        return NULL;
    if (!p->has_traits[s->index]) {
        p->traits[s->index] = ir_traits(s->func, p->opt->is_intrinsic);
        p->has_traits[s->index] = true;
    }
    const IrTraits *t = &p->traits[s->index];
    return t->can && t->cost <= budget(p, call, t) && fits_call(p, call, s->func) ? s->func : NULL;
}

/* ---- doing it -------------------------------------------------------------------------------- */

typedef struct Copying {
    Inliner *p;
    const IrFunc *from;
    const IrInst *call;
    IrOpnd *regs;     /* by the callee's register: what stands for it */
    IrBlock **blocks; /* by the callee's block */
    uint32_t site;    /* number of the call among p->f->inlined */
    IrBlock *after;   /* where returns go; NULL: on in the same block */
    bool cold;
} Copying;

static IrInst *emit(Copying *c, IrBlock *b, IrOp op, uint32_t dst, const IrOpnd *args, uint32_t n)
{
    IrInst *in = ir_inst(c->p->m, b, op, dst, args, n, c->call->pos);
    in->inlined = c->call->inlined;
    c->p->size++;
    return in;
}

/* A parameter that the callee does not assign to is its argument, anywhere else a copy. */
static void bind_params(Copying *c, IrBlock *b)
{
    Inliner *p = c->p;
    const IrFunc *from = c->from;
    bool *assigned = ARENA_ARRAY(p->a, bool, from->nparams + 1);
    for (uint32_t i = 0; i < from->blocks.n; i++)
        for (uint32_t k = 0; k < from->blocks.p[i]->insts.n; k++) {
            uint32_t r = from->blocks.p[i]->insts.p[k]->dst;
            if (r < from->nparams)
                assigned[r] = true;
        }
    c->regs = ARENA_ARRAY(p->a, IrOpnd, from->regs.n + 1);
    for (uint32_t r = 0; r < from->regs.n; r++) {
        bool is_param = r < from->nparams;
        IrOpnd arg = {0};
        if (is_param)
            arg = r < c->call->nargs ? c->call->args[r] : ir_int(irt_ptr, 0);
        if (is_param && !assigned[r] && arg.kind != IRO_ZERO) {
            c->regs[r] = arg;
            continue;
        }
        IrReg was = from->regs.p[r];
        c->regs[r] = ir_reg(p->f, ir_reg_new(p->m, p->f, was.type, was.name));
        if (is_param)
            emit(c, b, IR_COPY, c->regs[r].reg, &arg, 1);
    }
}

static void copy_return(Copying *c, IrBlock *b, const IrInst *in)
{
    if (in->nargs && c->call->dst != IR_NOREG) {
        IrOpnd v = in->args[0].kind == IRO_REG ? c->regs[in->args[0].reg] : in->args[0];
        emit(c, b, IR_COPY, c->call->dst, &v, 1);
    }
    if (!c->after)
        return;
    IrInst *jump = emit(c, b, IR_JUMP, IR_NOREG, NULL, 0);
    jump->targets = ARENA_ARRAY(c->p->m->arena, IrBlock *, 1);
    jump->targets[0] = c->after;
    jump->ntargets = 1;
}

static void copy_inst(Copying *c, IrBlock *b, const IrInst *in)
{
    if (in->op == IR_PASSDEFER && !c->p->passes_defer) /* called by no defer, if not called */
        return;
    if (in->op == IR_RET) {
        copy_return(c, b, in);
        return;
    }
    Arena *a = c->p->m->arena;
    IrInst *n = ARENA_NEW(a, IrInst);
    *n = *in;
    if (in->dst != IR_NOREG)
        n->dst = c->regs[in->dst].reg;
    if (in->nargs) {
        n->args = ARENA_ARRAY(a, IrOpnd, in->nargs);
        for (uint32_t i = 0; i < in->nargs; i++)
            n->args[i] = in->args[i].kind == IRO_REG ? c->regs[in->args[i].reg] : in->args[i];
    }
    if (in->ntargets) {
        n->targets = ARENA_ARRAY(a, IrBlock *, in->ntargets);
        for (uint32_t i = 0; i < in->ntargets; i++)
            n->targets[i] = c->blocks[in->targets[i]->id];
    }
    if (n->pos == NOPOS)
        n->pos = c->from->pos;
    n->inlined = in->inlined + c->site;
    vec_push(a, &b->insts, n);
    c->p->size++;
}

/* The call's own frame, and below it those that the callee has. */
static void add_sites(Copying *c)
{
    IrFunc *f = c->p->f;
    Arena *a = c->p->m->arena;
    IrInlined site = {c->call->inlined, c->from->sym, c->call->pos};
    vec_push(a, &f->inlined, site);
    c->site = f->inlined.n;
    for (uint32_t i = 0; i < c->from->inlined.n; i++) {
        IrInlined x = c->from->inlined.p[i];
        x.parent += c->site;
        vec_push(a, &f->inlined, x);
    }
}

typedef VEC(IrBlock *) Blocks;

/* Puts the code at the end of b, which goes on to the returned block. */
static IrBlock *inline_call(Inliner *p, Blocks *out, IrBlock *b, const IrInst *call,
                            const IrFunc *from)
{
    Copying c = {.p = p, .from = from, .call = call};
    add_sites(&c);
    bind_params(&c, b);
    const IrBlock *entry = from->blocks.p[0];
    if (from->blocks.n == 1) {
        for (uint32_t k = 0; k < entry->insts.n; k++)
            copy_inst(&c, b, entry->insts.p[k]);
        return b;
    }
    c.blocks = ARENA_ARRAY(p->a, IrBlock *, from->blocks.n);
    for (uint32_t i = 0; i < from->blocks.n; i++) {
        c.blocks[i] = ir_block_new(p->m, p->f);
        c.blocks[i]->cold = from->blocks.p[i]->cold;
    }
    c.after = ir_block_new(p->m, p->f);
    IrInst *jump = emit(&c, b, IR_JUMP, IR_NOREG, NULL, 0);
    jump->targets = ARENA_ARRAY(p->m->arena, IrBlock *, 1);
    jump->targets[0] = c.blocks[0];
    jump->ntargets = 1;
    for (uint32_t i = 0; i < from->blocks.n; i++) {
        const IrBlock *old = from->blocks.p[i];
        vec_push(p->m->arena, out, c.blocks[i]);
        for (uint32_t k = 0; k < old->insts.n; k++)
            copy_inst(&c, c.blocks[i], old->insts.p[k]);
    }
    vec_push(p->m->arena, out, c.after);
    return c.after;
}

static bool has_candidate(Inliner *p, const IrBlock *b)
{
    for (uint32_t k = 0; k < b->insts.n; k++)
        if (b->insts.p[k]->op == IR_CALL && choose(p, b->insts.p[k]))
            return true;
    return false;
}

/* One round over the calls that were there when it began; true if it did something. */
static bool inline_calls(Inliner *p)
{
    IrFunc *f = p->f;
    p->def = find_defs(p->a, f);
    p->leaves = find_leaving(p->a, f, false);
    p->size = 0;
    p->passes_defer = false;
    for (uint32_t b = 0; b < f->blocks.n; b++) {
        p->size += f->blocks.p[b]->insts.n;
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++)
            p->passes_defer |= f->blocks.p[b]->insts.p[k]->op == IR_PASSDEFER;
    }
    Blocks out = {0};
    bool changed = false;
    for (uint32_t i = 0; i < f->blocks.n; i++) {
        IrBlock *b = f->blocks.p[i];
        vec_push(p->m->arena, &out, b);
        if (b->cold || !has_candidate(p, b))
            continue;
        IrInst **old = b->insts.p;
        uint32_t n = b->insts.n;
        memset(&b->insts, 0, sizeof b->insts);
        for (uint32_t k = 0; k < n; k++) {
            const IrFunc *from = old[k]->op == IR_CALL ? choose(p, old[k]) : NULL;
            if (from)
                b = inline_call(p, &out, b, old[k], from);
            else
                vec_push(p->m->arena, &b->insts, old[k]);
            changed |= from != NULL;
        }
    }
    if (changed) {
        f->blocks.p = out.p;
        f->blocks.n = out.n;
        f->blocks.cap = out.cap;
        ir_func_renumber(f);
    }
    return changed;
}

/* ---- what is left over ------------------------------------------------------------------------ */

static bool is_removable(const IrInst *in)
{
    return in->op == IR_CLOSURE || in->op == IR_ALLOC ||
           !(ir_op_flags[in->op] & (IRF_TERM | IRF_PANIC | IRF_EFFECT));
}

/* Drops values that nobody uses: copies of arguments, closures that are not called as such. */
static void remove_unused(Inliner *p)
{
    const IrFunc *f = p->f;
    uint32_t *uses = ARENA_ARRAY(p->a, uint32_t, f->regs.n + 1);
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            const IrInst *in = f->blocks.p[b]->insts.p[k];
            for (uint32_t i = 0; i < in->nargs; i++)
                if (in->args[i].kind == IRO_REG)
                    uses[in->args[i].reg]++;
        }
    for (bool again = true; again;) {
        again = false;
        for (uint32_t b = f->blocks.n; b-- > 0;) {
            IrBlock *bl = f->blocks.p[b];
            uint32_t keep = bl->insts.n;
            for (uint32_t k = bl->insts.n; k-- > 0;) { /* from the end: uses before definitions */
                IrInst *in = bl->insts.p[k];
                if (in->dst == IR_NOREG || uses[in->dst] || !is_removable(in)) {
                    bl->insts.p[--keep] = in;
                    continue;
                }
                again = true;
                for (uint32_t i = 0; i < in->nargs; i++)
                    if (in->args[i].kind == IRO_REG)
                        uses[in->args[i].reg]--;
            }
            bl->insts.n -= keep;
            memmove(bl->insts.p, bl->insts.p + keep, bl->insts.n * sizeof *bl->insts.p);
        }
    }
}

static void do_func(Inliner *p, IrFunc *f)
{
    p->f = f;
    ir_func_renumber(f);
    p->done[f->sym->index] = true;
    if (f->sym->is_c) /* what the runtime starts with, once */
        return;
    Arena *all = p->a;
    for (int round = 0; round < MAX_ROUNDS; round++) {
        ir_devirt_func(p->m, f);
        p->a = arena_new();
        bool changed = inline_calls(p);
        arena_free(p->a);
        if (!changed)
            break;
    }
    if (f->inlined.n) {
        p->a = arena_new();
        remove_unused(p);
        arena_free(p->a);
    }
    p->a = all;
}

/* ---- the order -------------------------------------------------------------------------------- */

typedef struct Order {
    const IrModule *m;
    bool *seen;     /* by symbol */
    IrFunc **stack; /* a depth-first walk */
    uint64_t *at;   /* how far each has come: block << 32 | instruction */
    uint32_t depth;
} Order;

static void enter(Order *o, const IrSym *s)
{
    if (!s || !s->func || o->seen[s->index])
        return;
    o->seen[s->index] = true;
    o->at[o->depth] = 0;
    o->stack[o->depth++] = s->func;
}

/* The function, or those of an itab, which calls may turn out to be of. */
static void enter_all(Order *o, const IrSym *s)
{
    enter(o, s);
    for (uint32_t i = 0; s->data && i < s->data->relocs.n; i++)
        enter(o, s->data->relocs.p[i].sym);
}

/* The next function whose callees, and closures, are all done; NULL at the end. */
static IrFunc *next(Order *o)
{
    while (o->depth) {
        IrFunc *f = o->stack[o->depth - 1];
        uint64_t *at = &o->at[o->depth - 1];
        uint32_t b = (uint32_t)(*at >> 32), k = (uint32_t)*at, depth = o->depth;
        for (; b < f->blocks.n && o->depth == depth; b++, k = 0)
            for (; k < f->blocks.p[b]->insts.n && o->depth == depth; k++) {
                const IrInst *in = f->blocks.p[b]->insts.p[k];
                *at = (uint64_t)b << 32 | (k + 1);
                if (in->op == IR_CALL || in->op == IR_CLOSURE)
                    enter(o, in->sym);
                for (uint32_t i = 0; i < in->nargs && o->depth == depth; i++)
                    if (in->args[i].kind == IRO_SYM)
                        enter_all(o, in->args[i].sym);
            }
        if (o->depth == depth) {
            o->depth--;
            return f;
        }
    }
    return NULL;
}

static void count_uses(Inliner *p)
{
    const IrModule *m = p->m;
    for (uint32_t i = 0; i < m->datas.n; i++)
        for (uint32_t k = 0; k < m->datas.p[i]->relocs.n; k++)
            p->uses[m->datas.p[i]->relocs.p[k].sym->index]++;
    for (uint32_t i = 0; i < m->funcs.n; i++)
        for (uint32_t b = 0; b < m->funcs.p[i]->blocks.n; b++)
            for (uint32_t k = 0; k < m->funcs.p[i]->blocks.p[b]->insts.n; k++) {
                const IrInst *in = m->funcs.p[i]->blocks.p[b]->insts.p[k];
                if (in->sym)
                    p->uses[in->sym->index]++;
                for (uint32_t x = 0; x < in->nargs; x++)
                    if (in->args[x].kind == IRO_SYM)
                        p->uses[in->args[x].sym->index]++;
            }
}

void ir_pass_inline(IrModule *m, const IrInlineOptions *opt)
{
    Arena *a = arena_new();
    uint32_t n = m->syms.n; /* bodies bring symbols of their own, none of them defined here */
    Inliner p = {.a = a,
                 .m = m,
                 .opt = opt,
                 .uses = ARENA_ARRAY(a, uint32_t, n + 1),
                 .done = ARENA_ARRAY(a, bool, n + 1),
                 .traits = ARENA_ARRAY(a, IrTraits, n + 1),
                 .has_traits = ARENA_ARRAY(a, bool, n + 1)};
    Order o = {.m = m,
               .seen = ARENA_ARRAY(a, bool, n + 1),
               .stack = ARENA_ARRAY(a, IrFunc *, m->funcs.n + 1),
               .at = ARENA_ARRAY(a, uint64_t, m->funcs.n + 1)};
    count_uses(&p);
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        enter(&o, m->funcs.p[i]->sym);
        for (IrFunc *f; (f = next(&o)) != NULL;)
            do_func(&p, f);
    }
    arena_free(a);
}
