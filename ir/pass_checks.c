/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Redundant checks: removes check.* that a dominating check, a branch, a constant or an
 * induction variable makes certain.  gcc finds many of them too, but only at O2, and each
 * costs it two blocks.
 *
 * Registers are mutable, so the walk over the dominator tree gives each definition a value
 * number, and each place where definitions meet a new one, as SSA form would.  Equal pure
 * expressions share a number; facts (not nil, not negative, a < b, 0 <= a < b) are about
 * numbers and hold in the blocks below the one where they were learnt. */
#include "ir/dom.h"

#include <stdlib.h>
#include <string.h>

typedef uint32_t Vn; /* value number; 0: none */

typedef struct Value {
    int op; /* IrOp of a pure expression, -1: a constant, -2: opaque */
    Vn a, b;
    int64_t imm;
    const IrType *type;
    Vn next; /* in its hash bucket */
    bool non_nil, non_negative;
    Vn at_most; /* it is not greater than this; 0: nothing known */
} Value;

typedef enum FactKind { NON_NIL, NON_NEGATIVE, LESS, IN_BOUNDS, IN_SLICE, NON_ZERO } FactKind;

typedef struct Fact {
    FactKind kind;
    Vn a, b;
    uint32_t live; /* how many blocks on the path have learnt it */
    uint32_t next;
} Fact;

enum { BUCKETS = 1024 };

typedef struct Pass {
    Arena *arena;
    IrFunc *f;
    Dom *dom;
    Vn *cur; /* by register */
    VEC(Value) values;
    VEC(Fact) facts;
    Vn value_buckets[BUCKETS];
    uint32_t fact_buckets[BUCKETS];
    uint32_t *ndefs; /* by register */
    BlockList *phis; /* registers that get a new number at a block's start */
    VEC(uint32_t) learnt;
    VEC(uint32_t) changed_regs;
    VEC(Vn) old_numbers;
    bool removed;
} Pass;

/* ---- values ---------------------------------------------------------------------------------------- */

static uint32_t hash4(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    uint64_t h = a * 0x9e3779b97f4a7c15u;
    h = (h ^ b ^ (h >> 31)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ c ^ (h >> 29)) * 0x94d049bb133111ebu;
    h = (h ^ d ^ (h >> 30)) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 32) & (BUCKETS - 1);
}

static Vn opaque(Pass *p, const IrType *type)
{
    Value v = {.op = -2, .type = type};
    vec_push(p->arena, &p->values, v);
    return p->values.n - 1;
}

static Vn pure(Pass *p, int op, const IrType *type, Vn a, Vn b, int64_t imm)
{
    uint32_t h = hash4((uint64_t)op, (uint64_t)a << 32 | b, (uint64_t)imm, type->id);
    for (Vn v = p->value_buckets[h]; v; v = p->values.p[v].next) {
        const Value *x = &p->values.p[v];
        if (x->op == op && x->type == type && x->a == a && x->b == b && x->imm == imm)
            return v;
    }
    Value v = {.op = op, .a = a, .b = b, .imm = imm, .type = type, .next = p->value_buckets[h]};
    if (op == -1)
        v.non_negative = imm >= 0 && irt_is_int(type);
    vec_push(p->arena, &p->values, v);
    p->value_buckets[h] = p->values.n - 1;
    return p->values.n - 1;
}

static Vn operand(Pass *p, const IrOpnd *o)
{
    switch (o->kind) {
    case IRO_REG:
        if (!p->cur[o->reg])
            p->cur[o->reg] = opaque(p, o->type);
        return p->cur[o->reg];
    case IRO_INT: return pure(p, -1, o->type, 0, 0, o->i);
    case IRO_ZERO:
        if (!irt_is_aggregate(o->type) && !irt_is_float(o->type))
            return pure(p, -1, o->type, 0, 0, 0);
        break;
    case IRO_SYM: {
        Vn v = opaque(p, o->type);
        p->values.p[v].non_nil = true;
        return v;
    }
    default: break;
    }
    return opaque(p, o->type);
}

static bool is_const(const Pass *p, Vn v, int64_t *i)
{
    *i = p->values.p[v].imm;
    return p->values.p[v].op == -1;
}

/* ---- facts ----------------------------------------------------------------------------------------- */

static Fact *fact(Pass *p, FactKind kind, Vn a, Vn b, bool make)
{
    uint32_t h = hash4((uint64_t)kind, a, b, 7);
    for (uint32_t i = p->fact_buckets[h]; i; i = p->facts.p[i].next)
        if (p->facts.p[i].kind == kind && p->facts.p[i].a == a && p->facts.p[i].b == b)
            return &p->facts.p[i];
    if (!make)
        return NULL;
    Fact f = {.kind = kind, .a = a, .b = b, .next = p->fact_buckets[h]};
    vec_push(p->arena, &p->facts, f);
    p->fact_buckets[h] = p->facts.n - 1;
    return &p->facts.p[p->facts.n - 1];
}

static void learn(Pass *p, FactKind kind, Vn a, Vn b)
{
    Fact *f = fact(p, kind, a, b, true);
    f->live++;
    uint32_t at = (uint32_t)(f - p->facts.p);
    vec_push(p->arena, &p->learnt, at);
}

static bool known(Pass *p, FactKind kind, Vn a, Vn b)
{
    Fact *f = fact(p, kind, a, b, false);
    return f && f->live;
}

static bool non_nil(Pass *p, Vn v)
{
    return p->values.p[v].non_nil || known(p, NON_NIL, v, 0);
}

/* v is x op c, c a constant. */
static bool has_const(const Pass *p, Vn v, int op, int64_t *c)
{
    const Value *x = &p->values.p[v];
    return x->op == op && is_const(p, x->b, c);
}

static bool non_negative(Pass *p, Vn v)
{
    int64_t c;
    if (p->values.p[v].non_negative || known(p, NON_NEGATIVE, v, 0))
        return true;
    if (!has_const(p, v, IR_SUB, &c) || c != 1)
        return false; /* x - 1, where 0 < x */
    const Value x = p->values.p[v];
    return irt_is_signed(x.type) && known(p, LESS, pure(p, -1, x.type, 0, 0, 0), x.a);
}

enum { LOOK_BACK = 24, DEEP = 3 }; /* facts looked through, and in how many steps */

/* The nth of the facts a < b learnt last; 0: no more. */
static Vn less_than(const Pass *p, Vn a, uint32_t *n)
{
    for (; *n < p->learnt.n && *n < LOOK_BACK; ++*n) {
        const Fact *f = &p->facts.p[p->learnt.p[p->learnt.n - 1 - *n]];
        if (f->kind == LESS && f->a == a)
            return p->facts.p[p->learnt.p[p->learnt.n - 1 - (*n)++]].b;
    }
    return 0;
}

/* a < b, both signed: by facts, one after the other, or because a is what is less than something
 * that is known not to be greater than b.  Nothing here wraps around: constants are taken from
 * what is not negative alone. */
static bool is_less(Pass *p, Vn a, Vn b, int depth)
{
    int64_t c;
    if (!a || known(p, LESS, a, b))
        return a != 0;
    if (depth == 0)
        return false;
    if (has_const(p, a, IR_SUB, &c) && c > 0) { /* x - c < b: x <= b */
        Vn x = p->values.p[a].a;
        if (non_negative(p, x) && (x == b || is_less(p, x, b, depth - 1)))
            return true;
    }
    if (is_less(p, p->values.p[a].at_most, b, depth - 1))
        return true;
    uint32_t n = 0;
    for (Vn m; (m = less_than(p, a, &n)) != 0;)
        if (is_less(p, m, b, depth - 1))
            return true;
    return false;
}

/* i is x + c, and x < n - d, d not less than c. */
static bool is_below_end(Pass *p, Vn i, Vn n)
{
    int64_t c, d;
    if (!has_const(p, i, IR_ADD, &c) || c < 0 || !non_negative(p, n))
        return false;
    Vn x = p->values.p[i].a, m;
    if (!non_negative(p, x))
        return false;
    for (uint32_t k = 0; (m = less_than(p, x, &k)) != 0;)
        if (has_const(p, m, IR_SUB, &d) && p->values.p[m].a == n && d >= c)
            return true;
    return false;
}

static bool in_bounds(Pass *p, Vn i, Vn n)
{
    int64_t ci, cn;
    if (known(p, IN_BOUNDS, i, n))
        return true;
    if (is_const(p, i, &ci) && is_const(p, n, &cn))
        return ci >= 0 && cn >= 0 && ci < cn;
    const IrType *t = p->values.p[i].type;
    if (t != p->values.p[n].type || !irt_is_signed(t))
        return false;
    return (non_negative(p, i) && is_less(p, i, n, DEEP)) || is_below_end(p, i, n);
}

/* What a branch that went this way says. */
static void learn_branch(Pass *p, Vn cond, bool is_true)
{
    const Value c = p->values.p[cond];
    int64_t k;
    int op = c.op;
    if (op < 0)
        return;
    if (op == IR_LNOT) {
        learn_branch(p, c.a, !is_true);
        return;
    }
    if (op < IR_EQ || op > IR_GE)
        return;
    static const IrOp inverse[] = {IR_NE, IR_EQ, IR_GE, IR_GT, IR_LE, IR_LT};
    if (!is_true)
        op = inverse[op - IR_EQ];
    Vn a = c.a, b = c.b;
    if (op == IR_GT || op == IR_GE) {
        op = op == IR_GT ? IR_LT : IR_LE;
        a = c.b;
        b = c.a;
    }
    const IrType *t = p->values.p[a].type;
    if (op == IR_NE) {
        if (is_const(p, a, &k) && k == 0)
            learn(p, t->kind == IRT_PTR ? NON_NIL : NON_ZERO, b, 0);
        if (is_const(p, b, &k) && k == 0)
            learn(p, t->kind == IRT_PTR ? NON_NIL : NON_ZERO, a, 0);
    }
    if (!irt_is_signed(t))
        return;
    if (op == IR_LT)
        learn(p, LESS, a, b);
    if (op == IR_LT || op == IR_LE) { /* a <= b: b is not negative if a is not */
        if (is_const(p, a, &k) ? k >= (op == IR_LT ? -1 : 0) : non_negative(p, a))
            learn(p, NON_NEGATIVE, b, 0);
        if (op == IR_LT && is_const(p, a, &k) && k >= 0)
            learn(p, NON_ZERO, b, 0);
    }
}

/* ---- induction variables -------------------------------------------------------------------------------- */

static const IrInst *only_def_in_loop(const Pass *p, uint32_t reg, uint32_t header, uint32_t *block)
{
    const IrInst *def = NULL;
    for (uint32_t b = 0; b < p->f->blocks.n; b++) {
        if (p->dom->loop[b] == UINT32_MAX)
            continue;
        /* b is in the loop if its innermost loop or one around it has this header */
        uint32_t h = p->dom->loop[b];
        while (h != header && h != 0 && ir_dominates(p->dom, header, h)) {
            uint32_t up = p->dom->idom[h];
            h = p->dom->loop[up];
            if (h == UINT32_MAX)
                break;
        }
        if (h != header)
            continue;
        const IrBlock *bl = p->f->blocks.p[b];
        for (uint32_t k = 0; k < bl->insts.n; k++)
            if (bl->insts.p[k]->dst == reg) {
                if (def || p->dom->loop[b] != header)
                    return NULL;
                def = bl->insts.p[k];
                *block = b;
            }
    }
    return def;
}

/* in is reg + 1 (step 1) or reg - 1 (step -1). */
static bool is_step(const IrInst *in, uint32_t reg, int step)
{
    if ((in->op != IR_ADD && in->op != IR_SUB) || in->args[0].kind != IRO_REG ||
        in->args[0].reg != reg || in->args[1].kind != IRO_INT)
        return false;
    int64_t by = in->op == IR_ADD ? in->args[1].i : -in->args[1].i;
    return by == step;
}

/* The comparison that the loop's header branches on says `reg < something` (step 1), or that reg
 * is not negative (step -1). */
static bool is_guard(const IrInst *in, uint32_t reg, int step)
{
    const IrOpnd *a = &in->args[0], *b = &in->args[1];
    if (step > 0)
        return in->op == IR_LT && a->kind == IRO_REG && a->reg == reg;
    return (in->op == IR_GT || in->op == IR_GE) && a->kind == IRO_REG && a->reg == reg &&
           b->kind == IRO_INT && b->i >= 0;
}

/* reg is stepped once a turn, and only while that cannot wrap around. */
static bool is_stepped(Pass *p, uint32_t reg, uint32_t header, int step)
{
    const IrType *t = p->f->regs.p[reg].type;
    if (!irt_is_int(t) || !irt_is_signed(t))
        return false;
    const IrBlock *h = p->f->blocks.p[header];
    const IrInst *end = h->insts.p[h->insts.n - 1];
    if (end->op != IR_BR || end->args[0].kind != IRO_REG)
        return false;
    for (uint32_t i = 0; i < p->dom->preds[header].n; i++) { /* one way in: `from` holds there */
        uint32_t pred = p->dom->preds[header].p[i];
        if (pred != p->dom->idom[header] && !ir_dominates(p->dom, header, pred))
            return false;
    }
    bool guarded = false;
    for (uint32_t k = 0; k + 1 < h->insts.n; k++) {
        const IrInst *in = h->insts.p[k];
        if (in->dst == reg)
            return false;
        if (in->dst == end->args[0].reg)
            guarded = is_guard(in, reg, step);
    }
    uint32_t block = 0, body = end->targets[0]->id;
    const IrInst *def = only_def_in_loop(p, reg, header, &block);
    if (!guarded || !def || p->dom->preds[body].n != 1 || !ir_dominates(p->dom, body, block))
        return false;
    /* reg = reg + 1, or t = reg + 1; u = copy t; reg = copy u, in one block */
    const IrBlock *b = p->f->blocks.p[block];
    for (uint32_t hops = 0; !is_step(def, reg, step); hops++) {
        if (hops == 4 || def->op != IR_COPY || def->args[0].kind != IRO_REG)
            return false;
        uint32_t from = def->args[0].reg;
        if (p->ndefs[from] != 1)
            return false;
        const IrInst *made = NULL;
        for (uint32_t k = 0; k < b->insts.n && b->insts.p[k] != def; k++)
            if (b->insts.p[k]->dst == from)
                made = b->insts.p[k];
        if (!made)
            return false;
        def = made;
    }
    return true;
}

/* What is known of reg at the head of a loop, from before which it has the number `from`: it
 * begins at 0 or more and rises, or falls from there. */
static void learn_induction(Pass *p, Vn v, uint32_t reg, uint32_t header, Vn from)
{
    if (!from)
        return;
    if (non_negative(p, from) && is_stepped(p, reg, header, 1))
        p->values.p[v].non_negative = true;
    else if (is_stepped(p, reg, header, -1))
        p->values.p[v].at_most = from;
}

/* ---- instructions ------------------------------------------------------------------------------------------ */

static void renumber(Pass *p, uint32_t reg, Vn v)
{
    vec_push(p->arena, &p->changed_regs, reg);
    vec_push(p->arena, &p->old_numbers, p->cur[reg]);
    p->cur[reg] = v;
}

static Vn result(Pass *p, const IrInst *in)
{
    const IrType *t = p->f->regs.p[in->dst].type;
    Vn v;
    switch (in->op) {
    case IR_COPY: return operand(p, &in->args[0]);
    case IR_FIELD: {
        Vn s = operand(p, &in->args[0]);
        return pure(p, in->op, t, s, 0, in->imm);
    }
    case IR_LNOT:
    case IR_LEA:
    case IR_CONV: {
        Vn a = operand(p, &in->args[0]);
        v = pure(p, in->op, t, a, 0, in->imm);
        const IrType *from = in->args[0].type;
        if (in->op == IR_CONV && irt_is_int(t) && irt_is_int(from) && t->size > from->size &&
            !irt_is_signed(from))
            p->values.p[v].non_negative = true;
        if (in->op == IR_LEA && in->imm >= 0 && p->values.p[a].non_nil)
            p->values.p[v].non_nil = true;
        return v;
    }
    case IR_EQ:
    case IR_NE:
    case IR_LT:
    case IR_LE:
    case IR_GT:
    case IR_GE:
    case IR_ADD:
    case IR_SUB:
    case IR_MUL: {
        if (irt_is_float(in->args[0].type))
            return opaque(p, t);
        Vn a = operand(p, &in->args[0]), b = operand(p, &in->args[1]);
        return pure(p, in->op, t, a, b, 0);
    }
    case IR_AND: { /* masked by a constant that is not negative */
        Vn a = operand(p, &in->args[0]), b = operand(p, &in->args[1]);
        v = pure(p, in->op, t, a, b, 0);
        p->values.p[v].non_negative |=
            irt_is_int(t) && (p->values.p[a].non_negative || p->values.p[b].non_negative);
        return v;
    }
    case IR_SLOT:
    case IR_ALLOC:
    case IR_CLOSURE:
        v = opaque(p, t);
        p->values.p[v].non_nil = true;
        return v;
    case IR_RT:
        v = opaque(p, t);
        p->values.p[v].non_nil =
            in->rt == RT_new || in->rt == RT_map_make || in->rt == RT_chan_make;
        p->values.p[v].non_negative =
            in->rt == RT_chan_len || in->rt == RT_chan_cap || in->rt == RT_slicecopy;
        return v;
    default: return opaque(p, t);
    }
}

/* True if the check is certain; else learns what holds after it. */
static bool check(Pass *p, const IrInst *in)
{
    Vn a = operand(p, &in->args[0]), b = in->nargs > 1 ? operand(p, &in->args[1]) : 0;
    int64_t k;
    switch (in->op) {
    case IR_CHECK_NIL:
        if (non_nil(p, a))
            return true;
        learn(p, NON_NIL, a, 0);
        return false;
    case IR_CHECK_BOUNDS:
        p->values.p[b].non_negative = true; /* a length, here and wherever it is looked at */
        if (in_bounds(p, a, b))
            return true;
        learn(p, IN_BOUNDS, a, b);
        if (irt_is_signed(in->args[0].type)) {
            learn(p, NON_NEGATIVE, a, 0);
            learn(p, LESS, a, b);
        }
        return false;
    case IR_CHECK_SLICE:
        if ((is_const(p, a, &k) && k == 0) || a == b || known(p, IN_SLICE, a, b) ||
            known(p, IN_BOUNDS, a, b))
            return true;
        learn(p, IN_SLICE, a, b);
        if (irt_is_signed(in->args[0].type))
            learn(p, NON_NEGATIVE, a, 0);
        return false;
    case IR_CHECK_DIV:
        if ((is_const(p, a, &k) && k) || known(p, NON_ZERO, a, 0))
            return true;
        learn(p, NON_ZERO, a, 0);
        return false;
    default: /* IR_CHECK_SHIFT */
        if (non_negative(p, a))
            return true;
        learn(p, NON_NEGATIVE, a, 0);
        return false;
    }
}

static void visit(Pass *p, uint32_t id)
{
    const Dom *d = p->dom;
    IrBlock *b = p->f->blocks.p[id];
    for (uint32_t i = 0; i < p->phis[id].n; i++) {
        uint32_t reg = p->phis[id].p[i];
        Vn from = p->cur[reg], v = opaque(p, p->f->regs.p[reg].type);
        if (d->loop[id] == id)
            learn_induction(p, v, reg, id, from);
        renumber(p, reg, v);
    }
    if (d->preds[id].n == 1 && id != 0) {
        const IrBlock *from = p->f->blocks.p[d->preds[id].p[0]];
        const IrInst *t = from->insts.p[from->insts.n - 1];
        if (t->op == IR_BR && t->targets[0] != t->targets[1])
            learn_branch(p, operand(p, &t->args[0]), t->targets[0] == b);
    }
    uint32_t keep = 0;
    for (uint32_t k = 0; k < b->insts.n; k++) {
        IrInst *in = b->insts.p[k];
        if (in->op >= IR_CHECK_NIL && in->op <= IR_CHECK_SHIFT && check(p, in)) {
            p->removed = true;
            continue;
        }
        if (in->dst != IR_NOREG) {
            if (in->op == IR_SETFIELD || in->op == IR_SETELEM)
                renumber(p, in->dst, opaque(p, p->f->regs.p[in->dst].type));
            else
                renumber(p, in->dst, result(p, in));
        }
        b->insts.p[keep++] = in;
    }
    b->insts.n = keep;
}

/* ---- the walk ------------------------------------------------------------------------------------------------ */

/* Where definitions of a register meet: the iterated dominance frontier of its blocks. */
static void place_phis(Pass *p)
{
    uint32_t n = p->f->blocks.n, nregs = p->f->regs.n;
    BlockList *defs = ARENA_ARRAY(p->arena, BlockList, nregs);
    for (uint32_t r = 0; r < p->f->nparams; r++) {
        p->ndefs[r]++;
        vec_push(p->arena, &defs[r], 0);
    }
    for (uint32_t b = 0; b < n; b++)
        for (uint32_t k = 0; k < p->f->blocks.p[b]->insts.n; k++) {
            uint32_t r = p->f->blocks.p[b]->insts.p[k]->dst;
            if (r == IR_NOREG)
                continue;
            p->ndefs[r]++;
            if (!defs[r].n || defs[r].p[defs[r].n - 1] != b)
                vec_push(p->arena, &defs[r], b);
        }
    uint32_t *has = ARENA_ARRAY(p->arena, uint32_t, n);
    for (uint32_t r = 0; r < nregs; r++) {
        if (p->ndefs[r] < 2)
            continue;
        BlockList *work = &defs[r];
        for (uint32_t i = 0; i < work->n; i++) {
            BlockList *df = &p->dom->frontier[work->p[i]];
            for (uint32_t k = 0; k < df->n; k++) {
                uint32_t b = df->p[k];
                if (has[b] == r + 1)
                    continue;
                has[b] = r + 1;
                vec_push(p->arena, &p->phis[b], r);
                vec_push(p->arena, work, b);
            }
        }
    }
}

typedef struct Level {
    uint32_t block, child;
    uint32_t learnt, changed; /* heights of the logs before it */
} Level;

static void undo(Pass *p, const Level *l)
{
    while (p->learnt.n > l->learnt)
        p->facts.p[p->learnt.p[--p->learnt.n]].live--;
    while (p->changed_regs.n > l->changed) {
        p->changed_regs.n--;
        p->old_numbers.n--;
        p->cur[p->changed_regs.p[p->changed_regs.n]] = p->old_numbers.p[p->old_numbers.n];
    }
}

static void walk(Pass *p)
{
    VEC(Level) stack = {0};
    Level root = {0};
    vec_push(p->arena, &stack, root);
    visit(p, 0);
    while (stack.n) {
        Level *l = &stack.p[stack.n - 1];
        if (l->child < p->dom->children[l->block].n) {
            Level down = {.block = p->dom->children[l->block].p[l->child++],
                          .learnt = p->learnt.n,
                          .changed = p->changed_regs.n};
            vec_push(p->arena, &stack, down);
            visit(p, down.block);
        } else {
            undo(p, l);
            stack.n--;
        }
    }
}

static bool has_checks(const IrFunc *f)
{
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrOp op = f->blocks.p[b]->insts.p[k]->op;
            if (op >= IR_CHECK_NIL && op <= IR_CHECK_SHIFT)
                return true;
        }
    return false;
}

static void checks_func(IrFunc *f)
{
    ir_func_renumber(f);
    if (!has_checks(f))
        return;
    Arena *a = arena_new();
    Pass *p = ARENA_NEW(a, Pass);
    p->arena = a;
    p->f = f;
    p->dom = ir_dom(a, f);
    p->cur = ARENA_ARRAY(a, Vn, f->regs.n);
    p->ndefs = ARENA_ARRAY(a, uint32_t, f->regs.n);
    p->phis = ARENA_ARRAY(a, BlockList, f->blocks.n);
    vec_push(a, &p->values, ((Value){.op = -2}));
    vec_push(a, &p->facts, ((Fact){0}));
    place_phis(p);
    walk(p);
    arena_free(a);
}

void ir_pass_checks(IrModule *m)
{
    for (uint32_t i = 0; i < m->funcs.n; i++)
        checks_func(m->funcs.p[i]);
}
