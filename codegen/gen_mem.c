/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loads, stores, the write barrier, addresses, stack slots, allocation and closures. */
#include "codegen/gen.h"
#include "runtime/allocrun.h"

#include <string.h>

/* ---- the write barrier ------------------------------------------------------------------------
 *
 * While the collector marks, every pointer word that was overwritten is recorded (abi.h,
 * rt_wbrec): read the old words, store, test the flag, in that order, since a preemption may
 * fall between any two instructions and marking may begin in it.  The
 * flag is read by an instruction that gcc may neither move nor leave out. */

static void pointer_words(const IrType *t, uint64_t at, uint64_t *out, uint32_t *n, uint32_t max)
{
    if (*n > max)
        return;
    if (t->kind == IRT_PTR) {
        if (*n < max)
            out[*n] = at;
        ++*n;
    } else if (t == irt_iface) { /* the data word may be a pointer: it surely is one if
                                    the collector finds an object there */
        pointer_words(irt_ptr, at + 8, out, n, max);
    } else if (t->kind == IRT_STRUCT) {
        for (uint32_t i = 0; i < t->nfields; i++)
            pointer_words(t->fields[i], at + t->offsets[i], out, n, max);
    } else if (t->kind == IRT_ARRAY) {
        uint32_t before = *n;
        for (uint64_t i = 0; i < t->len && *n <= max && t->elem->size; i++) {
            pointer_words(t->elem, at + i * t->elem->size, out, n, max);
            if (*n == before)
                break; /* elements without pointers, perhaps very many */
        }
    }
}

/* A value with more pointer words than are worth code: through memory and the runtime. */
static void store_large(Gen *g, const IrInst *in)
{
    const IrType *t = in->args[1].type;
    LV *tmp = gen_temp(g, gen_type(g, t)->t, "v");
    gen_assign(g, tmp, gen_value(g, &in->args[1]));
    RV *args[3] = {gen_offset(g, gen_value(g, &in->args[0]), in->imm),
                   gen_cast(g, gj.lvalue_get_address(tmp, g->loc), g->t_ptr),
                   gen_long(g, g->t_long, (int64_t)t->size)};
    gj.block_add_eval(g->b, g->loc, gen_rt_call(g, RT_storemove, args, 3));
}

static void store_ref(Gen *g, const IrInst *in)
{
    enum { MAX = 4 };
    uint64_t words[MAX];
    LV *old[MAX], *word[MAX];
    uint32_t n = 0;
    const IrType *t = in->args[1].type;
    pointer_words(t, 0, words, &n, MAX);
    if (n > MAX) {
        store_large(g, in);
        return;
    }
    LV *at = gen_temp(g, g->t_ptr, "at");
    gen_assign(g, at, gen_offset(g, gen_value(g, &in->args[0]), in->imm));
    for (uint32_t i = 0; i < n; i++) {
        old[i] = gen_temp(g, g->t_ptr, "old");
        word[i] = gen_deref(g, gj.lvalue_as_rvalue(at), (int64_t)words[i], irt_ptr);
        gen_assign(g, old[i], gj.lvalue_as_rvalue(word[i]));
    }
    gen_assign(g, gen_deref(g, gj.lvalue_as_rvalue(at), 0, t), gen_value(g, &in->args[1]));
    if (!n)
        return;
    gcc_jit_block *slow = gen_block(g), *join = gen_block(g);
    RV *on = x86_wb_enabled(g, word, n);
    gen_branch(g, gen_expect(g, on, false), slow, join);
    for (uint32_t i = 0; i < n; i++) {
        RV *p = gj.lvalue_as_rvalue(old[i]);
        gj.block_add_eval(g->b, g->loc, gen_rt_call(g, RT_wbrec, &p, 1));
    }
    gen_goto(g, join);
}

static void store(Gen *g, const IrInst *in)
{
    if (!in->args[1].type->size)
        return;
    if (in->op == IR_STOREREF) {
        store_ref(g, in);
        return;
    }
    gen_assign(g, gen_deref(g, gen_value(g, &in->args[0]), in->imm, in->args[1].type),
               gen_value(g, &in->args[1]));
}

/* ---- addresses ------------------------------------------------------------------------------------ */

/* base + index * size; sizes that the machine scales by are left to gcc's addressing. */
static void index_address(Gen *g, const IrInst *in)
{
    RV *base = gen_value(g, &in->args[0]);
    RV *i = gen_value(g, &in->args[1]);
    gcc_jit_type *unit = g->t_char;
    switch (in->imm) {
    case 1: break;
    case 2:
    case 4:
    case 8: unit = gen_int_type(g, (unsigned)in->imm, true); break;
    default: i = gen_bin(g, GCC_JIT_BINARY_OP_MULT, g->t_long, i, gen_long(g, g->t_long, in->imm));
    }
    LV *at = gj.context_new_array_access(g->ctx, g->loc,
                                         gen_cast(g, base, gj.type_get_pointer(unit)), i);
    gen_set(g, in->dst, gen_cast(g, gj.lvalue_get_address(at, g->loc), g->t_ptr));
}

/* ---- objects ---------------------------------------------------------------------------------------- */

/* The address of a new local.  Of size zero: any address that is not nil. */
static RV *slot(Gen *g, const IrType *t, LV **out)
{
    gcc_jit_type *gt = t->size ? gen_type(g, t)->t : g->t_char;
    LV *local = gen_temp(g, gt, "slot");
    if (out)
        *out = local;
    return gen_cast(g, gj.lvalue_get_address(local, g->loc), g->t_ptr);
}

static void zero_bytes(Gen *g, RV *p, int64_t n)
{
    if (!n)
        return;
    RV *args[3] = {p, gen_long(g, g->t_int, 0), gen_long(g, g->t_size, n)};
    gj.block_add_eval(g->b, g->loc, gen_call_builtin(g, "__builtin_memset", args, 3));
}

static void alloc(Gen *g, const IrInst *in)
{
    if (in->imm == 1) {
        LV *local;
        RV *p = slot(g, in->type, &local);
        if (irt_is_aggregate(in->type))
            zero_bytes(g, p, (int64_t)in->type->size);
        else
            gen_assign(g, local, gen_zero(g, in->type));
        gen_set(g, in->dst, p);
        return;
    }
    gen_set(g, in->dst, gen_new_of(g, in->sym));
}

/* Names of asm_data's own: neither can be a mangled Gol symbol. */
static LV *made_data(Gen *g, const char *name)
{
    LV *global = gj.context_new_global(g->ctx, NULL, GCC_JIT_GLOBAL_IMPORTED, g->t_extern, name);
    gj.lvalue_set_alignment(global, 8);
    return global;
}

static LV *closure_descriptor(Gen *g, uint64_t size)
{
    for (uint32_t i = 0; i < g->closure_types.n; i++)
        if (g->closure_types.p[i].size == size)
            return g->closure_types.p[i].global;
    const char *name = arena_printf(g->arena, GEN_CLOSURE_TYPE "%llu", (unsigned long long)size);
    GenClosureType ct = {.size = size, .global = made_data(g, name)};
    vec_push(g->arena, &g->closure_types, ct);
    return ct.global;
}

static LV *static_closure(Gen *g, IrSym *s)
{
    GenSym *gs = &g->syms[s->index];
    if (!gs->closure) {
        gen_func_of(g, s);
        gs->closure = made_data(g, arena_printf(g->arena, "%s_f", gen_name(g, s)));
    }
    return gs->closure;
}

static RV *address_of(Gen *g, LV *global)
{
    return gen_cast(g, gj.lvalue_get_address(global, g->loc), g->t_ptr);
}

static void closure(Gen *g, const IrInst *in)
{
    if (!in->nargs) {
        gen_set(g, in->dst, address_of(g, static_closure(g, in->sym)));
        return;
    }
    RV *p;
    if (in->imm == 1) {
        p = slot(g, in->type, NULL);
    } else if (in->sym2) {
        p = gen_new_of(g, in->sym2);
    } else {
        uint64_t size = in->type->size;
        p = gen_new(g, address_of(g, closure_descriptor(g, size)), rt_alloc_run(size, 0, NULL));
    }
    LV *to = gen_temp(g, g->t_ptr, "closure");
    gen_assign(g, to, p);
    p = gj.lvalue_as_rvalue(to);
    gen_assign(g, gen_deref(g, p, 0, irt_ptr), gen_sym_address(g, in->sym, 0));
    for (uint32_t i = 0; i < in->nargs; i++)
        if (in->args[i].type->size)
            gen_assign(g, gen_deref(g, p, (int64_t)in->type->offsets[i + 1], in->args[i].type),
                       gen_value(g, &in->args[i]));
    gen_set(g, in->dst, p);
}

/* ---- blocks of bytes ------------------------------------------------------------------------------------ */

static void memmove_bytes(Gen *g, const IrInst *in)
{
    RV *args[3] = {gen_value(g, &in->args[0]), gen_value(g, &in->args[1]),
                   gen_int_as(g, &in->args[2], g->t_size)};
    gj.block_add_eval(g->b, g->loc, gen_call_builtin(g, "__builtin_memmove", args, 3));
}

static void memeq(Gen *g, const IrInst *in)
{
    RV *args[3] = {gen_value(g, &in->args[0]), gen_value(g, &in->args[1]),
                   gen_int_as(g, &in->args[2], g->t_size)};
    RV *cmp = gen_call_builtin(g, "__builtin_memcmp", args, 3);
    gen_set(g, in->dst, gen_cmp(g, GCC_JIT_COMPARISON_EQ, cmp, gen_long(g, g->t_int, 0)));
}

void gen_mem(Gen *g, const IrInst *in)
{
    const IrType *t;
    switch (in->op) {
    case IR_LOAD:
        t = g->f->regs.p[in->dst].type;
        if (t->size)
            gen_set(g, in->dst,
                    gj.lvalue_as_rvalue(gen_deref(g, gen_value(g, &in->args[0]), in->imm, t)));
        break;
    case IR_STORE:
    case IR_STOREREF: store(g, in); break;
    case IR_LEA: gen_set(g, in->dst, gen_offset(g, gen_value(g, &in->args[0]), in->imm)); break;
    case IR_INDEX: index_address(g, in); break;
    case IR_SLOT: gen_set(g, in->dst, slot(g, in->type, NULL)); break;
    case IR_ALLOC: alloc(g, in); break;
    case IR_CLOSURE: closure(g, in); break;
    case IR_MEMMOVE: memmove_bytes(g, in); break;
    case IR_ZERO: zero_bytes(g, gen_offset(g, gen_value(g, &in->args[0]), 0), in->imm); break;
    default: memeq(g, in);
    }
}
