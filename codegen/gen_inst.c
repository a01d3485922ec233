/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Instructions that make values, work on aggregates in registers or end blocks; the rest
 * is handed on by kind. */
#include "codegen/gen.h"

#include <limits.h>

/* ---- arithmetic ------------------------------------------------------------------------------ */

static bool is_int_const(const IrOpnd *o, int64_t *v)
{
    *v = o->i;
    return o->kind == IRO_INT;
}

/* Signed x / y and x % y.  The machine's instruction traps on min / -1, Go gives min and 0.
 * Narrow types are done in 32 bits, where that cannot happen; wide ones branch on -1, which
 * gcc drops when it knows the divisor. */
static void signed_division(Gen *g, const IrInst *in)
{
    bool is_div = in->op == IR_DIV;
    enum gcc_jit_binary_op op = is_div ? GCC_JIT_BINARY_OP_DIVIDE : GCC_JIT_BINARY_OP_MODULO;
    const IrType *t = in->args[0].type;
    int64_t c;
    if (is_int_const(&in->args[1], &c) && c != -1) {
        gen_set(g, in->dst,
                gen_bin(g, op, gen_type(g, t)->t, gen_value(g, &in->args[0]),
                        gen_value(g, &in->args[1])));
        return;
    }
    if (t->size < 4) {
        RV *x = gen_int_as(g, &in->args[0], g->t_int), *y = gen_int_as(g, &in->args[1], g->t_int);
        gen_set(g, in->dst, gen_bin(g, op, g->t_int, x, y));
        return;
    }
    gcc_jit_type *gt = gen_type(g, t)->t;
    gcc_jit_block *minus = gen_block(g), *plain = gen_block(g), *join = gen_block(g);
    RV *is_minus =
        gen_cmp(g, GCC_JIT_COMPARISON_EQ, gen_value(g, &in->args[1]), gen_long(g, gt, -1));
    gen_branch(g, gen_expect(g, is_minus, false), minus, plain);
    gen_set(g, in->dst,
            is_div ? gj.context_new_unary_op(g->ctx, g->loc, GCC_JIT_UNARY_OP_MINUS, gt,
                                             gen_value(g, &in->args[0]))
                   : gen_long(g, gt, 0));
    gen_goto(g, join);
    g->b = plain;
    gen_set(g, in->dst, gen_bin(g, op, gt, gen_value(g, &in->args[0]), gen_value(g, &in->args[1])));
    gen_goto(g, join);
}

/* Go's shifts take any count: what gcc's do with the width or more is undefined.  Without a
 * branch: the left and the unsigned right shift are masked with -(count < width), the
 * signed one gets a count of all ones.  Narrow types are shifted in 32 bits. */
static void shift(Gen *g, const IrInst *in)
{
    const IrType *t = in->args[0].type, *ct = in->args[1].type;
    unsigned bytes = t->size < 4 ? 4 : (unsigned)t->size, width = bytes * 8;
    bool is_left = in->op == IR_SHL, is_signed = irt_is_signed(t) && !is_left;
    enum gcc_jit_binary_op op = is_left ? GCC_JIT_BINARY_OP_LSHIFT : GCC_JIT_BINARY_OP_RSHIFT;
    gcc_jit_type *wt = gen_int_type(g, bytes, is_signed), *ut = gen_int_type(g, bytes, false);
    RV *x = gen_cast(g, gen_value(g, &in->args[0]), wt);
    int64_t c;
    if (is_int_const(&in->args[1], &c)) {
        uint64_t count = (uint64_t)c;
        if (count >= width && is_signed)
            count = width - 1;
        RV *v = count >= width ? gen_long(g, wt, 0)
                               : gen_bin(g, op, wt, x, gen_long(g, wt, (int64_t)count));
        gen_set(g, in->dst, v);
        return;
    }
    gcc_jit_type *cgt = gen_type(g, ct)->t;
    RV *count = gen_value(g, &in->args[1]);
    RV *low = gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_AND, ut, gen_cast(g, count, ut),
                      gen_long(g, ut, width - 1));
    if (ct->size == 1 && width > 255)
        diag_ice("a shift wider than its count");
    if (is_signed) {
        RV *over =
            gen_cast(g, gen_cmp(g, GCC_JIT_COMPARISON_GE, count, gen_long(g, cgt, width)), ut);
        RV *ones = gj.context_new_unary_op(g->ctx, g->loc, GCC_JIT_UNARY_OP_MINUS, ut, over);
        RV *sum = gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_OR, ut, gen_cast(g, count, ut), ones);
        RV *clamped =
            gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_AND, ut, sum, gen_long(g, ut, width - 1));
        gen_set(g, in->dst, gen_bin(g, op, wt, x, gen_cast(g, clamped, wt)));
        return;
    }
    RV *under = gen_cast(g, gen_cmp(g, GCC_JIT_COMPARISON_LT, count, gen_long(g, cgt, width)), ut);
    RV *mask = gj.context_new_unary_op(g->ctx, g->loc, GCC_JIT_UNARY_OP_MINUS, ut, under);
    gen_set(g, in->dst,
            gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_AND, ut, gen_bin(g, op, ut, x, low), mask));
}

static void arithmetic(Gen *g, const IrInst *in)
{
    const IrType *t = in->args[0].type;
    if ((in->op == IR_DIV || in->op == IR_REM) && irt_is_signed(t)) {
        signed_division(g, in);
        return;
    }
    gcc_jit_type *gt = gen_type(g, t)->t;
    RV *x = gen_value(g, &in->args[0]), *y = gen_value(g, &in->args[1]);
    static const enum gcc_jit_binary_op ops[] = {
        [IR_ADD] = GCC_JIT_BINARY_OP_PLUS,          [IR_SUB] = GCC_JIT_BINARY_OP_MINUS,
        [IR_MUL] = GCC_JIT_BINARY_OP_MULT,          [IR_DIV] = GCC_JIT_BINARY_OP_DIVIDE,
        [IR_REM] = GCC_JIT_BINARY_OP_MODULO,        [IR_AND] = GCC_JIT_BINARY_OP_BITWISE_AND,
        [IR_OR] = GCC_JIT_BINARY_OP_BITWISE_OR,     [IR_XOR] = GCC_JIT_BINARY_OP_BITWISE_XOR,
        [IR_ANDNOT] = GCC_JIT_BINARY_OP_BITWISE_AND};
    if (in->op == IR_ANDNOT)
        y = gj.context_new_unary_op(g->ctx, g->loc, GCC_JIT_UNARY_OP_BITWISE_NEGATE, gt, y);
    gen_set(g, in->dst, gen_bin(g, ops[in->op], gt, x, y));
}

static void compare(Gen *g, const IrInst *in)
{
    static const enum gcc_jit_comparison ops[] = {GCC_JIT_COMPARISON_EQ, GCC_JIT_COMPARISON_NE,
                                                  GCC_JIT_COMPARISON_LT, GCC_JIT_COMPARISON_LE,
                                                  GCC_JIT_COMPARISON_GT, GCC_JIT_COMPARISON_GE};
    gen_set(
        g, in->dst,
        gen_cmp(g, ops[in->op - IR_EQ], gen_value(g, &in->args[0]), gen_value(g, &in->args[1])));
}

/* ---- conversions ----------------------------------------------------------------------------------- */

/* Float → integer out of range is what gc's code gives on amd64: cvttsd2si to 64 bits for
 * 32-bit unsigned and 64-bit types, to 32 bits for all narrower ones, cut to the type. */
static RV *float_to_int(Gen *g, RV *v, bool is_double, const IrType *to)
{
    if (to->kind == IRT_U64)
        return x86_float_to_u64(g, v, is_double);
    return x86_truncate(g, v, is_double, to->size == 8 || to->kind == IRT_U32);
}

static void conv(Gen *g, const IrInst *in)
{
    const IrType *from = in->args[0].type, *to = g->f->regs.p[in->dst].type;
    RV *v = gen_value(g, &in->args[0]);
    gcc_jit_type *t = gen_type(g, to)->t;
    if (from->kind == IRT_PTR || to->kind == IRT_PTR)
        v = gen_bitcast(g, v, t);
    else if (irt_is_float(from) && irt_is_int(to))
        v = float_to_int(g, v, from->kind == IRT_F64, to);
    gen_set(g, in->dst, gen_cast(g, v, t));
}

/* ---- strings ------------------------------------------------------------------------------------------ */

/* dst = false; if (a.len == b.len) dst = a.ptr == b.ptr || memcmp(a.ptr, b.ptr, len) == 0 */
static void streq(Gen *g, const IrInst *in)
{
    const IrOpnd *a = &in->args[0], *b = &in->args[1];
    if (a->kind == IRO_STR || a->kind == IRO_ZERO) {
        const IrOpnd *swap = a;
        a = b;
        b = swap;
    }
    bool is_const = b->kind == IRO_STR || b->kind == IRO_ZERO;
    int64_t n = b->kind == IRO_STR ? b->off : 0;
    RV *same_len = gen_cmp(g, GCC_JIT_COMPARISON_EQ, gen_field(g, a, 1), gen_field(g, b, 1));
    if (is_const && n == 0) {
        gen_set(g, in->dst, same_len);
        return;
    }
    gcc_jit_block *bytes = gen_block(g), *no = gen_block(g), *join = gen_block(g);
    gen_branch(g, same_len, bytes, no);
    if (!is_const || n > 32) { /* the same address: the same bytes */
        gcc_jit_block *differ = gen_block(g), *yes = gen_block(g);
        gen_branch(g, gen_cmp(g, GCC_JIT_COMPARISON_EQ, gen_field(g, a, 0), gen_field(g, b, 0)),
                   yes, differ);
        gen_set(g, in->dst, gj.context_new_rvalue_from_int(g->ctx, g->t_bool, 1));
        gen_goto(g, join);
        g->b = differ;
    }
    RV *args[3] = {gen_field(g, a, 0), gen_field(g, b, 0),
                   gen_cast(g, is_const ? gen_field(g, b, 1) : gen_field(g, a, 1), g->t_size)};
    RV *cmp = gen_call_builtin(g, "__builtin_memcmp", args, 3);
    gen_set(g, in->dst, gen_cmp(g, GCC_JIT_COMPARISON_EQ, cmp, gen_long(g, g->t_int, 0)));
    gen_goto(g, join);
    g->b = no;
    gen_set(g, in->dst, gj.context_new_rvalue_from_int(g->ctx, g->t_bool, 0));
    gen_goto(g, join);
}

/* ---- aggregates in registers ------------------------------------------------------------------------------ */

static LV *element(Gen *g, LV *array, const IrType *t, const IrOpnd *index)
{
    RV *a;
    if (t->len > INT_MAX) /* see gen_type.c */
        a = gen_cast(g, gj.lvalue_get_address(array, g->loc), gen_type(g, t->elem)->ptr);
    else
        a = gj.lvalue_as_rvalue(gj.lvalue_access_field(array, g->loc, gen_type(g, t)->fields[0]));
    return gj.context_new_array_access(g->ctx, g->loc, a, gen_int_as(g, index, g->t_long));
}

static void elem(Gen *g, const IrInst *in)
{
    const IrOpnd *a = &in->args[0];
    if (!a->type->elem->size)
        return;
    if (a->kind == IRO_REG) {
        gen_set(g, in->dst,
                gj.lvalue_as_rvalue(element(g, gen_reg(g, a->reg), a->type, &in->args[1])));
        return;
    }
    gen_set(g, in->dst, gen_zero(g, a->type->elem)); /* zero is the only other array operand */
}

static void aggregate(Gen *g, const IrInst *in)
{
    const IrType *t;
    switch (in->op) {
    case IR_MK:
        t = g->f->regs.p[in->dst].type;
        for (uint32_t i = 0; i < in->nargs; i++)
            if (t->fields[i]->size)
                gen_assign(
                    g,
                    gj.lvalue_access_field(gen_reg(g, in->dst), g->loc, gen_type(g, t)->fields[i]),
                    gen_value(g, &in->args[i]));
        break;
    case IR_FIELD:
        if (in->args[0].type->fields[in->imm]->size)
            gen_set(g, in->dst, gen_field(g, &in->args[0], (uint32_t)in->imm));
        break;
    case IR_SETFIELD:
        t = g->f->regs.p[in->dst].type;
        if (t->fields[in->imm]->size)
            gen_assign(g,
                       gj.lvalue_access_field(gen_reg(g, in->dst), g->loc,
                                              gen_type(g, t)->fields[in->imm]),
                       gen_value(g, &in->args[0]));
        break;
    case IR_ELEM: elem(g, in); break;
    default: /* IR_SETELEM */
        t = g->f->regs.p[in->dst].type;
        if (t->elem->size)
            gen_assign(g, element(g, gen_reg(g, in->dst), t, &in->args[0]),
                       gen_value(g, &in->args[1]));
    }
}

/* ---- the other value operations ------------------------------------------------------------------------------ */

static void unary(Gen *g, const IrInst *in)
{
    gcc_jit_type *t = gen_type(g, in->args[0].type)->t;
    enum gcc_jit_unary_op op = in->op == IR_NEG   ? GCC_JIT_UNARY_OP_MINUS
                               : in->op == IR_NOT ? GCC_JIT_UNARY_OP_BITWISE_NEGATE
                                                  : GCC_JIT_UNARY_OP_LOGICAL_NEGATE;
    gen_set(g, in->dst, gj.context_new_unary_op(g->ctx, g->loc, op, t, gen_value(g, &in->args[0])));
}

static void builtin_math(Gen *g, const IrInst *in)
{
    bool is_double = in->args[0].type->kind == IRT_F64;
    RV *args[3];
    for (uint32_t i = 0; i < in->nargs; i++)
        args[i] = gen_value(g, &in->args[i]);
    if (in->op == IR_SQRT) {
        gen_set(g, in->dst, x86_sqrt(g, args[0], is_double));
        return;
    }
    const char *name = is_double ? "__builtin_fma" : "__builtin_fmaf";
    gen_set(g, in->dst, gen_call_builtin(g, name, args, (int)in->nargs));
}

/* ---- ends of blocks ------------------------------------------------------------------------------------------- */

static void end_switch(Gen *g, const IrInst *in)
{
    gcc_jit_type *t = gen_type(g, in->args[0].type)->t;
    if (in->ntargets == 1) {
        gj.block_end_with_jump(g->b, g->loc, g->blocks[in->targets[0]->id]);
        return;
    }
    gcc_jit_case **cases = ARENA_ARRAY(g->arena, gcc_jit_case *, in->ntargets);
    for (uint32_t i = 0; i + 1 < in->ntargets; i++) {
        RV *v = gen_long(g, t, in->cases[i]);
        cases[i] = gj.context_new_case(g->ctx, v, v, g->blocks[in->targets[i + 1]->id]);
    }
    gj.block_end_with_switch(g->b, g->loc, gen_value(g, &in->args[0]),
                             g->blocks[in->targets[0]->id], (int)in->ntargets - 1, cases);
}

static void end_block(Gen *g, const IrInst *in)
{
    switch (in->op) {
    case IR_JUMP: gj.block_end_with_jump(g->b, g->loc, g->blocks[in->targets[0]->id]); break;
    case IR_BR: {
        RV *cond = gen_value(g, &in->args[0]);
        gcc_jit_block *yes = g->blocks[in->targets[0]->id], *no = g->blocks[in->targets[1]->id];
        if (in->imm || in->targets[0]->cold != in->targets[1]->cold)
            cond = gen_expect(g, cond, in->imm ? in->imm == 1 : in->targets[1]->cold);
        gj.block_end_with_conditional(g->b, g->loc, cond, yes, no);
        break;
    }
    case IR_SWITCH: end_switch(g, in); break;
    case IR_RET:
        if (in->nargs && in->args[0].type->size)
            gj.block_end_with_return(g->b, g->loc, gen_value(g, &in->args[0]));
        else
            gj.block_end_with_void_return(g->b, g->loc);
        break;
    default: gen_noreturn(g); /* IR_UNREACHABLE */
    }
}

/* ---- dispatch --------------------------------------------------------------------------------------------------- */

void gen_inst(Gen *g, const IrInst *in)
{
    switch (in->op) {
    case IR_COPY:
        if (in->args[0].type->size)
            gen_set(g, in->dst, gen_value(g, &in->args[0]));
        break;
    case IR_ADD:
    case IR_SUB:
    case IR_MUL:
    case IR_DIV:
    case IR_REM:
    case IR_AND:
    case IR_OR:
    case IR_XOR:
    case IR_ANDNOT: arithmetic(g, in); break;
    case IR_SHL:
    case IR_SHR: shift(g, in); break;
    case IR_NEG:
    case IR_NOT:
    case IR_LNOT: unary(g, in); break;
    case IR_EQ:
    case IR_NE:
    case IR_LT:
    case IR_LE:
    case IR_GT:
    case IR_GE: compare(g, in); break;
    case IR_CONV: conv(g, in); break;
    case IR_BITCAST:
        gen_set(
            g, in->dst,
            gen_bitcast(g, gen_value(g, &in->args[0]), gen_type(g, g->f->regs.p[in->dst].type)->t));
        break;
    case IR_SQRT:
    case IR_FMA: builtin_math(g, in); break;
    case IR_STREQ: streq(g, in); break;
    case IR_MK:
    case IR_FIELD:
    case IR_SETFIELD:
    case IR_ELEM:
    case IR_SETELEM: aggregate(g, in); break;
    case IR_LOAD:
    case IR_STORE:
    case IR_STOREREF:
    case IR_LEA:
    case IR_INDEX:
    case IR_SLOT:
    case IR_ALLOC:
    case IR_CLOSURE:
    case IR_MEMMOVE:
    case IR_ZERO:
    case IR_MEMEQ: gen_mem(g, in); break;
    case IR_CHECK_NIL:
    case IR_CHECK_BOUNDS:
    case IR_CHECK_SLICE:
    case IR_CHECK_DIV:
    case IR_CHECK_SHIFT: gen_check(g, in); break;
    case IR_CALL:
    case IR_CALL_CLOSURE:
    case IR_CALL_PTR:
    case IR_CALL_IFACE:
    case IR_RT:
    case IR_MAYRECOVER:
    case IR_PASSDEFER: gen_call(g, in); break;
    case IR_JUMP:
    case IR_BR:
    case IR_SWITCH:
    case IR_RET:
    case IR_UNREACHABLE: end_block(g, in); break;
    case IR_OP_COUNT: break;
    }
}
