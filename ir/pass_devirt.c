/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Devirtualising: a call through a closure that was made in this function, and a method call of
 * an interface whose dynamic type this function chose, become calls of the function meant.
 * What is called is seen where the register has one definition, through copies of such. */
#include "ir/ir.h"

#include <stddef.h>
#include <string.h>

typedef struct Devirt {
    IrModule *m;
    IrFunc *f;
    IrInst **def; /* by register: its one definition, or NULL */
} Devirt;

static void find_defs(Devirt *d, Arena *a)
{
    const IrFunc *f = d->f;
    bool *many = ARENA_ARRAY(a, bool, f->regs.n + 1);
    d->def = ARENA_ARRAY(a, IrInst *, f->regs.n + 1);
    for (uint32_t p = 0; p < f->nparams; p++)
        many[p] = true;
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrInst *in = f->blocks.p[b]->insts.p[k];
            if (in->dst == IR_NOREG)
                continue;
            many[in->dst] |= d->def[in->dst] != NULL;
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
        if (in->op == IR_CALL_CLOSURE)
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

static bool has_indirect_calls(const IrFunc *f)
{
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
    if (!has_indirect_calls(f))
        return;
    Devirt d = {.m = m, .f = f};
    Arena *a = arena_new();
    find_defs(&d, a);
    for (uint32_t b = 0; b < f->blocks.n; b++)
        devirt_block(&d, f->blocks.p[b]);
    arena_free(a);
}
