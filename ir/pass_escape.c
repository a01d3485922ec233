/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Escape analysis: an `alloc` whose address only goes where it is forgotten again becomes a
 * stack slot, and stores into it need no write barrier.
 *
 * The address is followed through registers with one definition (copies, offsets, slices
 * made of it).  It may be loaded from, stored to, compared, handed to runtime calls that do
 * not keep it and to functions of the module whose parameter does not keep it either.  Any
 * other use, being stored above all, makes it escape.  Since each use is dominated by the
 * one definition, no address of an earlier turn of a loop is used after the slot is taken
 * again, so loops need no special care. */
#include "ir/dom.h"

#include <string.h>

enum {
    LARGEST = 16384, /* bytes: what is larger stays on the heap */
    MAX_USES = 2000, /* looked at for one address; beyond, it escapes */
};

typedef struct Use {
    uint32_t block, index;
    IrInst *in;
    uint32_t arg;
} Use;

typedef VEC(Use) UseList;

typedef struct FuncInfo {
    IrFunc *f;
    Dom *dom;
    UseList *uses; /* by register */
    uint32_t *ndefs;
    Use *def;   /* the definition of a register that has one */
    bool *kept; /* by parameter: may outlive the call */
} FuncInfo;

typedef struct Escape {
    Arena *a;
    IrModule *m;
    FuncInfo *funcs;
    uint32_t *func_of; /* by symbol index: index in funcs + 1 */
    uint32_t budget;
} Escape;

/* ---- uses and definitions ---------------------------------------------------------------------- */

static void collect(Escape *e, FuncInfo *fi, IrFunc *f)
{
    ir_func_renumber(f);
    fi->f = f;
    fi->dom = ir_dom(e->a, f);
    fi->uses = ARENA_ARRAY(e->a, UseList, f->regs.n);
    fi->ndefs = ARENA_ARRAY(e->a, uint32_t, f->regs.n);
    fi->def = ARENA_ARRAY(e->a, Use, f->regs.n);
    fi->kept = ARENA_ARRAY(e->a, bool, f->nparams);
    memset(fi->kept, true, f->nparams);
    for (uint32_t r = 0; r < f->nparams; r++)
        fi->ndefs[r] = 1;
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrInst *in = f->blocks.p[b]->insts.p[k];
            Use u = {b, k, in, 0};
            for (; u.arg < in->nargs; u.arg++)
                if (in->args[u.arg].kind == IRO_REG)
                    vec_push(e->a, &fi->uses[in->args[u.arg].reg], u);
            if (in->dst != IR_NOREG) {
                fi->ndefs[in->dst]++;
                fi->def[in->dst] = u;
            }
        }
}

static bool def_dominates(const FuncInfo *fi, uint32_t reg, const Use *u)
{
    if (reg < fi->f->nparams)
        return true;
    const Use *d = &fi->def[reg];
    if (d->block == u->block)
        return d->index < u->index;
    return ir_dominates(fi->dom, d->block, u->block);
}

/* ---- what keeps an address ------------------------------------------------------------------------- */

/* Runtime calls that forget the address in that operand when they return. */
static bool rt_forgets(RtCall rt, uint32_t arg)
{
    switch (rt) {
    case RT_string_cmp:
    case RT_equal:
    case RT_typedmove:
    case RT_storemove:
    case RT_string_from_bytes:
    case RT_string_to_bytes:
    case RT_string_from_runes:
    case RT_string_to_runes:
    case RT_decoderune:
    case RT_memclr_ref:
    case RT_print_string:
    case RT_print_slice:
    case RT_slicecopy: return true;
    case RT_box:
    case RT_chan_send:
    case RT_chan_recv: return arg == 1;
    case RT_map_get:
    case RT_map_assign:
    case RT_map_delete: return arg == 2;
    case RT_concat: return arg == 0;
    default: return false;
    }
}

static bool param_forgets(const Escape *e, const IrInst *call, uint32_t arg)
{
    uint32_t i = e->func_of[call->sym->index];
    return i && arg < e->funcs[i - 1].f->nparams && !e->funcs[i - 1].kept[arg];
}

/* Uses that end the address's way. */
static bool forgets(const Escape *e, const Use *u)
{
    switch (u->in->op) {
    case IR_LOAD:
    case IR_CHECK_NIL:
    case IR_EQ:
    case IR_NE:
    case IR_ZERO:
    case IR_MEMMOVE:
    case IR_MEMEQ:
    case IR_STREQ: return true;
    case IR_STORE:
    case IR_STOREREF: return u->arg == 0;
    case IR_RT: return rt_forgets(u->in->rt, u->arg);
    case IR_CALL: return param_forgets(e, u->in, u->arg);
    default: return false;
    }
}

static bool passes_on(const Use *u)
{
    switch (u->in->op) {
    case IR_COPY:
    case IR_LEA:
    case IR_MK: return true;
    case IR_FIELD: return true;
    case IR_INDEX: return u->arg == 0;
    default: return false;
    }
}

static bool carries_address(const IrType *t)
{
    if (t->kind == IRT_STRUCT)
        for (uint32_t i = 0; i < t->nfields; i++)
            if (carries_address(t->fields[i]))
                return true;
    return t->kind == IRT_PTR;
}

static bool follow(Escape *e, const FuncInfo *fi, uint32_t reg, uint32_t depth)
{
    if (fi->ndefs[reg] != 1 || depth > 50)
        return true;
    for (uint32_t i = 0; i < fi->uses[reg].n; i++) {
        const Use *u = &fi->uses[reg].p[i];
        if (!e->budget-- || !def_dominates(fi, reg, u))
            return true;
        if (forgets(e, u))
            continue;
        if (!passes_on(u))
            return true;
        if (u->in->op == IR_FIELD && !carries_address(fi->f->regs.p[u->in->dst].type))
            continue; /* a length */
        if (follow(e, fi, u->in->dst, depth + 1))
            return true;
    }
    return false;
}

/* Whether what reg holds may be kept somewhere. */
static bool escapes(Escape *e, const FuncInfo *fi, uint32_t reg)
{
    e->budget = MAX_USES;
    return follow(e, fi, reg, 0);
}

/* ---- what changes ------------------------------------------------------------------------------------- */

/* Stores through addresses that surely are in the slot need no barrier. */
static void drop_barriers(const FuncInfo *fi, uint32_t reg)
{
    for (uint32_t i = 0; i < fi->uses[reg].n; i++) {
        const Use *u = &fi->uses[reg].p[i];
        IrOp op = u->in->op;
        if (op == IR_STOREREF && u->arg == 0)
            u->in->op = IR_STORE;
        else if (op == IR_COPY || op == IR_LEA || (op == IR_INDEX && u->arg == 0))
            drop_barriers(fi, u->in->dst);
    }
}

/* Starts from "every parameter is kept" and finds ever more that are not: sound at each
 * step, so recursion needs no assumption. */
static bool improve(Escape *e, FuncInfo *fi)
{
    bool changed = false;
    for (uint32_t p = 0; p < fi->f->nparams; p++)
        if (fi->kept[p] && carries_address(fi->f->regs.p[p].type) && !escapes(e, fi, p)) {
            fi->kept[p] = false;
            changed = true;
        }
    return changed;
}

static void place_objects(Escape *e, FuncInfo *fi)
{
    for (uint32_t r = fi->f->nparams; r < fi->f->regs.n; r++) {
        if (fi->ndefs[r] != 1)
            continue;
        IrInst *in = fi->def[r].in;
        if (in->op == IR_ALLOC && in->imm == 0 && in->type->size && in->type->size <= LARGEST &&
            !escapes(e, fi, r)) {
            in->imm = 1;
            drop_barriers(fi, r);
        }
    }
}

void ir_pass_escape(IrModule *m)
{
    Arena *a = arena_new();
    Escape *e = ARENA_NEW(a, Escape);
    e->a = a;
    e->m = m;
    e->funcs = ARENA_ARRAY(a, FuncInfo, m->funcs.n);
    e->func_of = ARENA_ARRAY(a, uint32_t, m->syms.n);
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        collect(e, &e->funcs[i], m->funcs.p[i]);
        e->func_of[m->funcs.p[i]->sym->index] = i + 1;
    }
    bool changed = true;
    for (int round = 0; changed && round < 6; round++) {
        changed = false;
        for (uint32_t i = 0; i < m->funcs.n; i++)
            changed |= improve(e, &e->funcs[i]);
    }
    for (uint32_t i = 0; i < m->funcs.n; i++)
        place_objects(e, &e->funcs[i]);
    arena_free(a);
}
