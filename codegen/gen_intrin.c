/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Functions of std that are a few instructions: calls of them become code in place,
 * whether the library writes them in Gol or leaves them to C ("std_math_Sqrt"). */
#include "codegen/gen.h"

#include <string.h>

typedef void Handler(Gen *g, const IrInst *in, int arg);

static RV *arg(Gen *g, const IrInst *in, uint32_t i)
{
    return gen_value(g, &in->args[i]);
}

static gcc_jit_type *u64_of(Gen *g)
{
    return gen_int_type(g, 8, false);
}

static void result(Gen *g, const IrInst *in, RV *v)
{
    if (in->dst != IR_NOREG)
        gen_set(g, in->dst, v);
}

/* ---- math ------------------------------------------------------------------------------------- */

enum { SQRT, ABS, COPYSIGN };

static void math_builtin(Gen *g, const IrInst *in, int which)
{
    static const char *const name[] = {NULL, "__builtin_fabs", "__builtin_copysign"};
    RV *args[2];
    for (uint32_t i = 0; i < in->nargs; i++)
        args[i] = arg(g, in, i);
    if (which == SQRT) {
        result(g, in, x86_sqrt(g, args[0], true));
        return;
    }
    result(g, in, gen_call_builtin(g, name[which], args, (int)in->nargs));
}

static void float_bits(Gen *g, const IrInst *in, int which)
{
    (void)which;
    if (in->dst != IR_NOREG)
        gen_set(g, in->dst,
                gen_bitcast(g, arg(g, in, 0), gen_type(g, g->f->regs.p[in->dst].type)->t));
}

/* ---- math/bits: the row's number is the width --------------------------------------------------- */

/* Len(x) = 64 - clz(x | 1) - (x == 0): the builtin is undefined for 0. */
static RV *bit_length(Gen *g, const IrInst *in)
{
    gcc_jit_type *u64 = u64_of(g);
    RV *x = gen_cast(g, arg(g, in, 0), u64);
    RV *some = gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_OR, u64, x, gen_long(g, u64, 1));
    RV *clz = gen_call_builtin(g, "__builtin_clzll", &some, 1);
    RV *n = gen_bin(g, GCC_JIT_BINARY_OP_MINUS, g->t_int, gen_long(g, g->t_int, 64), clz);
    RV *none = gen_cast(g, gen_cmp(g, GCC_JIT_COMPARISON_EQ, x, gen_long(g, u64, 0)), g->t_int);
    return gen_bin(g, GCC_JIT_BINARY_OP_MINUS, g->t_int, n, none);
}

static void bits_len(Gen *g, const IrInst *in, int width)
{
    (void)width;
    result(g, in, bit_length(g, in));
}

static void bits_leading(Gen *g, const IrInst *in, int width)
{
    result(g, in,
           gen_bin(g, GCC_JIT_BINARY_OP_MINUS, g->t_int, gen_long(g, g->t_int, width),
                   bit_length(g, in)));
}

/* A guard bit above the value stops the count; 64 bits have no room for one. */
static void bits_trailing(Gen *g, const IrInst *in, int width)
{
    gcc_jit_type *u64 = u64_of(g);
    RV *x = gen_cast(g, arg(g, in, 0), u64);
    if (width < 64) {
        x = gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_OR, u64, x, gen_long(g, u64, 1ll << width));
        result(g, in, gen_call_builtin(g, "__builtin_ctzll", &x, 1));
        return;
    }
    if (in->dst == IR_NOREG)
        return;
    gcc_jit_block *some = gen_block(g), *none = gen_block(g), *join = gen_block(g);
    gen_branch(g, gen_cmp(g, GCC_JIT_COMPARISON_NE, x, gen_long(g, u64, 0)), some, none);
    gen_set(g, in->dst, gen_call_builtin(g, "__builtin_ctzll", &x, 1));
    gen_goto(g, join);
    g->b = none;
    gen_set(g, in->dst, gen_long(g, g->t_int, 64));
    gen_goto(g, join);
}

static void bits_reverse_bytes(Gen *g, const IrInst *in, int width)
{
    RV *x = arg(g, in, 0);
    result(g, in,
           gen_call_builtin(g, width == 64 ? "__builtin_bswap64" : "__builtin_bswap32", &x, 1));
}

/* x << (k & (w - 1)) | x >> (-k & (w - 1)), which gcc knows as a rotation. */
static void bits_rotate(Gen *g, const IrInst *in, int width)
{
    gcc_jit_type *t = gen_int_type(g, (unsigned)width / 8, false);
    RV *x = gen_cast(g, arg(g, in, 0), t), *k = gen_cast(g, arg(g, in, 1), t);
    RV *minus = gj.context_new_unary_op(g->ctx, g->loc, GCC_JIT_UNARY_OP_MINUS, t, k);
    RV *mask = gen_long(g, t, width - 1);
    RV *left = gen_bin(g, GCC_JIT_BINARY_OP_LSHIFT, t, x,
                       gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_AND, t, k, mask));
    RV *right = gen_bin(g, GCC_JIT_BINARY_OP_RSHIFT, t, x,
                        gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_AND, t, minus, mask));
    result(g, in, gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_OR, t, left, right));
}

/* Two words of a 128-bit integer, as the two results. */
enum { MUL, ADD, SUB };

static void bits_wide(Gen *g, const IrInst *in, int which)
{
    if (in->dst == IR_NOREG)
        return;
    gcc_jit_type *u64 = u64_of(g);
    gcc_jit_type *u128 = gj.context_get_type(g->ctx, GCC_JIT_TYPE_UINT128_T);
    LV *wide = gen_temp(g, u128, "wide");
    RV *x = gen_cast(g, arg(g, in, 0), u128), *y = gen_cast(g, arg(g, in, 1), u128), *v;
    if (which == MUL) {
        v = gen_bin(g, GCC_JIT_BINARY_OP_MULT, u128, x, y);
    } else {
        enum gcc_jit_binary_op op = which == ADD ? GCC_JIT_BINARY_OP_PLUS : GCC_JIT_BINARY_OP_MINUS;
        RV *carry = gen_cast(g, arg(g, in, 2), u128);
        v = gen_bin(g, op, u128, gen_bin(g, op, u128, x, y), carry);
    }
    gen_assign(g, wide, v);
    RV *w = gj.lvalue_as_rvalue(wide);
    RV *low = gen_cast(g, w, u64);
    RV *high = gen_cast(
        g, gen_bin(g, GCC_JIT_BINARY_OP_RSHIFT, u128, w, gen_cast(g, gen_long(g, u64, 64), u128)),
        u64);
    if (which != MUL)
        high = gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_AND, u64, high, gen_long(g, u64, 1));
    const IrType *t = g->f->regs.p[in->dst].type;
    GenType *gt = gen_type(g, t);
    RV *parts[2] = {which == MUL ? high : low, which == MUL ? low : high};
    for (int i = 0; i < 2; i++)
        gen_assign(g, gj.lvalue_access_field(gen_reg(g, in->dst), g->loc, gt->fields[i]),
                   gen_cast(g, parts[i], gen_type(g, t->fields[i])->t));
}

/* ---- sync/atomic: the row's number is the width in bytes -------------------------------------------- */

/* All are sequentially consistent (memory order 5), as Go's memory model has it. */
static RV *atomic(Gen *g, const char *what, int bytes, RV **args, int n)
{
    args[n++] = gen_long(g, g->t_int, 5);
    const char *name = arena_printf(g->arena, "__atomic_%s_%d", what, bytes);
    return gen_call_builtin(g, name, args, n);
}

/* A nil address panics; then the address and the further operands. */
static void atomic_args(Gen *g, const IrInst *in, RV **args)
{
    gcc_jit_block *ok = gen_block(g);
    RV *is_nil =
        gen_cmp(g, GCC_JIT_COMPARISON_EQ, arg(g, in, 0), gj.context_null(g->ctx, g->t_ptr));
    gj.block_end_with_conditional(g->b, g->loc, gen_expect(g, is_nil, false),
                                  gen_fault(g, RT_panic_nil), ok);
    g->b = ok;
    args[0] = arg(g, in, 0);
    for (uint32_t i = 1; i < in->nargs; i++)
        args[i] = arg(g, in, i);
}

static void keep_or_drop(Gen *g, const IrInst *in, RV *v)
{
    if (in->dst != IR_NOREG)
        gen_set(g, in->dst, v);
    else
        gj.block_add_eval(g->b, g->loc, v);
}

static void atomic_load(Gen *g, const IrInst *in, int bytes)
{
    RV *args[4];
    atomic_args(g, in, args);
    RV *v = atomic(g, "load", bytes, args, 1);
    if (in->dst != IR_NOREG && g->f->regs.p[in->dst].type->kind == IRT_PTR)
        v = gen_bitcast(g, gen_cast(g, v, u64_of(g)), g->t_ptr);
    keep_or_drop(g, in, v);
}

static void atomic_store(Gen *g, const IrInst *in, int bytes)
{
    RV *args[4];
    atomic_args(g, in, args);
    gj.block_add_eval(g->b, g->loc, atomic(g, "store", bytes, args, 2));
}

static void atomic_add(Gen *g, const IrInst *in, int bytes)
{
    RV *args[4];
    atomic_args(g, in, args);
    keep_or_drop(g, in, atomic(g, "add_fetch", bytes, args, 2));
}

static void atomic_swap(Gen *g, const IrInst *in, int bytes)
{
    RV *args[4];
    atomic_args(g, in, args);
    keep_or_drop(g, in, atomic(g, "exchange", bytes, args, 2));
}

static void atomic_and(Gen *g, const IrInst *in, int bytes)
{
    RV *args[4];
    atomic_args(g, in, args);
    keep_or_drop(g, in, atomic(g, "fetch_and", bytes, args, 2));
}

static void atomic_or(Gen *g, const IrInst *in, int bytes)
{
    RV *args[4];
    atomic_args(g, in, args);
    keep_or_drop(g, in, atomic(g, "fetch_or", bytes, args, 2));
}

static void atomic_cas(Gen *g, const IrInst *in, int bytes)
{
    RV *args[4];
    atomic_args(g, in, args);
    const char *name =
        bytes == 8 ? "__sync_bool_compare_and_swap_8" : "__sync_bool_compare_and_swap_4";
    keep_or_drop(g, in, gen_call_builtin(g, name, args, 3));
}

static void goroutine_id(Gen *g, const IrInst *in, int which)
{
    (void)which;
    if (in->dst != IR_NOREG)
        gen_set(g, in->dst,
                gen_cast(g, gen_goroutine_id(g), gen_type(g, g->f->regs.p[in->dst].type)->t));
}

/* ---- the table --------------------------------------------------------------------------------------- */

#define ATOMIC(X, T, bytes)                                                                        \
    X("sync/atomic", "Load" T, 1, atomic_load, bytes)                                              \
    X("sync/atomic", "Store" T, 2, atomic_store, bytes)                                            \
    X("sync/atomic", "Add" T, 2, atomic_add, bytes)                                                \
    X("sync/atomic", "Swap" T, 2, atomic_swap, bytes)                                              \
    X("sync/atomic", "And" T, 2, atomic_and, bytes)                                                \
    X("sync/atomic", "Or" T, 2, atomic_or, bytes)                                                  \
    X("sync/atomic", "CompareAndSwap" T, 3, atomic_cas, bytes)

#define BITS(X, name, suffix, width)                                                               \
    X("math/bits", "Len" suffix, 1, bits_len, width)                                               \
    X("math/bits", "LeadingZeros" suffix, 1, bits_leading, width)                                  \
    X("math/bits", "TrailingZeros" suffix, 1, bits_trailing, width)                                \
    X("math/bits", "RotateLeft" suffix, 2, bits_rotate, width)

/* X(package, function, parameters, handler, its number) */
#define INTRINSICS(X)                                                                              \
    X("math", "Sqrt", 1, math_builtin, SQRT)                                                       \
    X("math", "sqrt", 1, math_builtin, SQRT)                                                       \
    X("math", "Abs", 1, math_builtin, ABS)                                                         \
    X("math", "Copysign", 2, math_builtin, COPYSIGN)                                               \
    X("math", "Float64bits", 1, float_bits, 0)                                                     \
    X("math", "Float64frombits", 1, float_bits, 0)                                                 \
    X("math", "Float32bits", 1, float_bits, 0)                                                     \
    X("math", "Float32frombits", 1, float_bits, 0)                                                 \
    BITS(X, bits, "", 64)                                                                          \
    BITS(X, bits, "64", 64)                                                                        \
    BITS(X, bits, "32", 32)                                                                        \
    BITS(X, bits, "16", 16)                                                                        \
    BITS(X, bits, "8", 8)                                                                          \
    X("math/bits", "ReverseBytes", 1, bits_reverse_bytes, 64)                                      \
    X("math/bits", "ReverseBytes64", 1, bits_reverse_bytes, 64)                                    \
    X("math/bits", "ReverseBytes32", 1, bits_reverse_bytes, 32)                                    \
    X("math/bits", "Mul", 2, bits_wide, MUL)                                                       \
    X("math/bits", "Mul64", 2, bits_wide, MUL)                                                     \
    X("math/bits", "Add", 3, bits_wide, ADD)                                                       \
    X("math/bits", "Add64", 3, bits_wide, ADD)                                                     \
    X("math/bits", "Sub", 3, bits_wide, SUB)                                                       \
    X("math/bits", "Sub64", 3, bits_wide, SUB)                                                     \
    ATOMIC(X, "Int32", 4)                                                                          \
    ATOMIC(X, "Uint32", 4)                                                                         \
    ATOMIC(X, "Int64", 8)                                                                          \
    ATOMIC(X, "Uint64", 8)                                                                         \
    ATOMIC(X, "Uintptr", 8)                                                                        \
    X("sync/atomic", "LoadPointer", 1, atomic_load, 8)                                             \
    X("sync", "runtime_goid", 0, goroutine_id, 0)

static const struct {
    const char *package, *name;
    uint32_t nargs;
    Handler *handler;
    int number;
} table[] = {
#define X(package, name, nargs, handler, number) {package, name, nargs, handler, number},
    INTRINSICS(X)
#undef X
};

/* "math/bits.Len64", or "std_math_bits_Len64" for a C function. */
static bool names(const IrSym *s, const char *package, const char *name)
{
    const char *p = s->name->s;
    if (s->is_c) {
        if (strncmp(p, "std_", 4))
            return false;
        p += 4;
    }
    for (; *package; package++, p++)
        if (*p != (s->is_c && *package == '/' ? '_' : *package))
            return false;
    return *p == (s->is_c ? '_' : '.') && !strcmp(p + 1, name);
}

static int row_of(const IrSym *s)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (names(s, table[i].package, table[i].name))
            return (int)i;
    return -1;
}

bool codegen_is_intrinsic(const IrSym *s)
{
    return row_of(s) >= 0;
}

bool gen_intrinsic(Gen *g, const IrInst *in)
{
    GenSym *gs = &g->syms[in->sym->index];
    if (!gs->intrinsic) {
        int row = row_of(in->sym);
        gs->intrinsic = row < 0 ? -1 : row + 1;
    }
    if (gs->intrinsic < 0 || table[gs->intrinsic - 1].nargs != in->nargs)
        return false;
    table[gs->intrinsic - 1].handler(g, in, table[gs->intrinsic - 1].number);
    return true;
}
