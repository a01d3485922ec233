/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Devirtualising: a call through a closure that was made in this function, and a method call of
 * an interface whose dynamic type this function chose, become calls of the function meant.
 * What is called is seen where the register has one definition, through copies of such, and
 * through structs and closures that it was put in and taken out of again. */
#include "ir/ir.h"

#include <stddef.h>
#include <string.h>

typedef struct Devirt {
    IrModule *m;
    IrFunc *f;
    IrInst **def; /* by register: its one definition, or NULL */
    bool *many;   /* by register: it has several; parameters have one already */
} Devirt;

static void find_defs(Devirt *d, Arena *a)
{
    const IrFunc *f = d->f;
    bool *many = d->many = ARENA_ARRAY(a, bool, f->regs.n + 1);
    d->def = ARENA_ARRAY(a, IrInst *, f->regs.n + 1);
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrInst *in = f->blocks.p[b]->insts.p[k];
            if (in->dst == IR_NOREG)
                continue;
            many[in->dst] |= d->def[in->dst] != NULL || in->dst < f->nparams;
            d->def[in->dst] = in;
        }
    for (uint32_t r = 0; r < f->regs.n; r++)
        if (many[r])
            d->def[r] = NULL;
}

/* The instruction that made the value, or NULL. */
static const IrInst *made_by(const Devirt *d, const IrOpnd *o)
{
    const IrInst *in = NULL;
    while (o->kind == IRO_REG && (in = d->def[o->reg]) != NULL && in->op == IR_COPY)
        o = &in->args[0];
    return o->kind == IRO_REG ? in : NULL;
}

/* ---- what was put in comes out ------------------------------------------------------------ */

static void make_copy(IrInst *in, IrOpnd v)
{
    in->op = IR_COPY;
    in->args[0] = v;
    in->imm = 0;
    in->type = NULL;
}

/* What a register holds that is defined once does not change between the definition of one
 * that was made of it and a use of that, for each use comes after its definition. */
static bool is_settled(const Devirt *d, const IrOpnd *o)
{
    return o->kind != IRO_REG || !d->many[o->reg];
}

/* Captured values are read from the closure itself, which nobody writes to. */
static void forward_load(Devirt *d, IrInst *in)
{
    const IrInst *c = made_by(d, &in->args[0]);
    if (!c || c->op != IR_CLOSURE)
        return;
    for (uint32_t i = 0; i < c->nargs; i++)
        if (c->type->offsets[i + 1] == (uint64_t)in->imm &&
            c->args[i].type == d->f->regs.p[in->dst].type && is_settled(d, &c->args[i]))
            make_copy(in, c->args[i]);
}

static void forward_field(Devirt *d, IrInst *in)
{
    const IrInst *mk = made_by(d, &in->args[0]);
    if (mk && mk->op == IR_MK && is_settled(d, &mk->args[in->imm]))
        make_copy(in, mk->args[in->imm]);
}

/* ---- calls -------------------------------------------------------------------------------- */

/* A closure's code takes the closure as its last parameter; any other function ignores it. */
static void call_closure(Devirt *d, IrInst *in)
{
    const IrInst *c = made_by(d, &in->args[0]);
    if (!c || c->op != IR_CLOSURE)
        return;
    IrOpnd env = in->args[0];
    memmove(in->args, in->args + 1, (in->nargs - 1) * sizeof *in->args);
    in->nargs--;
    if (c->nargs || (c->sym->func && c->sym->func->is_closure))
        in->args[in->nargs++] = env;
    in->op = IR_CALL;
    in->sym = c->sym;
}

static IrSym *method_of(const IrSym *itab, int64_t index)
{
    uint64_t at = offsetof(RtItab, fn) + 8 * (uint64_t)index;
    const IrData *data = itab->data;
    for (uint32_t i = 0; data && i < data->relocs.n; i++)
        if (data->relocs.p[i].at == at && !data->relocs.p[i].add)
            return data->relocs.p[i].sym;
    return NULL;
}

/* The receiver is the interface's data word.  Returns the instruction that takes it out, to
 * stand before the call; NULL if the call stays. */
static IrInst *call_iface(Devirt *d, IrInst *in)
{
    const IrInst *v = made_by(d, &in->args[0]);
    if (!v || v->op != IR_MK || v->args[0].kind != IRO_SYM ||
        strncmp(v->args[0].sym->name->s, "itab:", 5))
        return NULL;
    IrSym *s = method_of(v->args[0].sym, in->imm);
    if (!s || !s->func || s->func->nparams != in->nargs)
        return NULL;
    const IrType *want = s->func->regs.p[0].type;
    if (want != irt_u64 && want != irt_ptr)
        return NULL;
    IrOpnd iface = in->args[0];
    IrInst *word = ARENA_NEW(d->m->arena, IrInst);
    *word = (IrInst){.op = IR_FIELD,
                     .dst = ir_reg_new(d->m, d->f, irt_u64, NULL),
                     .pos = in->pos,
                     .inlined = in->inlined};
    word->args = ARENA_ARRAY(d->m->arena, IrOpnd, 1);
    word->args[0] = iface;
    word->nargs = 1;
    word->imm = 1;
    in->args[0] = ir_reg(d->f, word->dst);
    in->op = IR_CALL;
    in->sym = s;
    in->imm = 0;
    return word;
}

/* The same word as the pointer that the function wants, or NULL. */
static IrInst *to_pointer(Devirt *d, IrInst *call)
{
    if (call->sym->func->regs.p[0].type != irt_ptr)
        return NULL;
    IrInst *in = ARENA_NEW(d->m->arena, IrInst);
    *in = (IrInst){.op = IR_CONV,
                   .dst = ir_reg_new(d->m, d->f, irt_ptr, NULL),
                   .pos = call->pos,
                   .inlined = call->inlined};
    in->args = ARENA_ARRAY(d->m->arena, IrOpnd, 1);
    in->args[0] = call->args[0];
    in->nargs = 1;
    call->args[0] = ir_reg(d->f, in->dst);
    return in;
}

static void devirt_block(Devirt *d, IrBlock *b)
{
    uint32_t n = b->insts.n;
    IrInst **old = b->insts.p;
    bool moved = false;
    for (uint32_t k = 0; k < n; k++) {
        IrInst *in = old[k], *word = NULL;
        if (in->op == IR_LOAD)
            forward_load(d, in);
        else if (in->op == IR_FIELD)
            forward_field(d, in);
        else if (in->op == IR_CALL_CLOSURE)
            call_closure(d, in);
        else if (in->op == IR_CALL_IFACE)
            word = call_iface(d, in);
        if (word && !moved) { /* from here on a new list */
            moved = true;
            memset(&b->insts, 0, sizeof b->insts);
            for (uint32_t i = 0; i < k; i++)
                vec_push(d->m->arena, &b->insts, old[i]);
        }
        if (word) {
            IrInst *conv = to_pointer(d, in);
            vec_push(d->m->arena, &b->insts, word);
            if (conv)
                vec_push(d->m->arena, &b->insts, conv);
        }
        if (moved)
            vec_push(d->m->arena, &b->insts, in);
    }
}

/* In code that was inlined there may be something to forward. */
static bool has_work(const IrFunc *f)
{
    if (f->inlined.n)
        return true;
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrOp op = f->blocks.p[b]->insts.p[k]->op;
            if (op == IR_CALL_CLOSURE || op == IR_CALL_IFACE)
                return true;
        }
    return false;
}

void ir_devirt_func(IrModule *m, IrFunc *f)
{
    if (!has_work(f))
        return;
    Devirt d = {.m = m, .f = f};
    Arena *a = arena_new();
    find_defs(&d, a);
    for (uint32_t b = 0; b < f->blocks.n; b++)
        devirt_block(&d, f->blocks.p[b]);
    arena_free(a);
}
