/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What names the machine: its options and instructions that gcc has no words for. */
#include "codegen/gen.h"

void x86_options(gcc_jit_context *ctx)
{
    gj.context_add_command_line_option(ctx, "-mno-red-zone");
    gj.context_add_command_line_option(ctx, "-mtls-direct-seg-refs");
}

/* Unless it optimises, gcc calls a function of the C library for its built-in. */
RV *x86_sqrt(Gen *g, RV *v, bool is_double)
{
    if (g->opt->opt_level > 0)
        return gen_call_builtin(g, is_double ? "__builtin_sqrt" : "__builtin_sqrtf", &v, 1);
    LV *out = gen_temp(g, gj.rvalue_get_type(v), "sqrt");
    gcc_jit_extended_asm *a =
        gj.block_add_extended_asm(g->b, g->loc, is_double ? "sqrtsd %1, %0" : "sqrtss %1, %0");
    gj.extended_asm_add_output_operand(a, NULL, "=x", out);
    gj.extended_asm_add_input_operand(a, NULL, "xm", v);
    return gj.lvalue_as_rvalue(out);
}

/* Go's result out of range is the instruction's, 0x80…0; gcc would fold a constant to the
 * nearest integer.  The asm is not volatile: equal conversions are shared, unused ones go. */
RV *x86_truncate(Gen *g, RV *v, bool is_double, bool to64)
{
    static const char *const text[2][2] = {{"cvttss2si %1, %k0", "cvttss2si %1, %q0"},
                                           {"cvttsd2si %1, %k0", "cvttsd2si %1, %q0"}};
    LV *out = gen_temp(g, gen_int_type(g, to64 ? 8 : 4, true), "trunc");
    gcc_jit_extended_asm *a = gj.block_add_extended_asm(g->b, g->loc, text[is_double][to64]);
    gj.extended_asm_add_output_operand(a, NULL, "=r", out);
    gj.extended_asm_add_input_operand(a, NULL, "xm", v);
    return gj.lvalue_as_rvalue(out);
}

/* Below 2^63 as signed; else 2^63 less, and the top bit set again.  NaN goes the second
 * way, as in gc's code. */
RV *x86_float_to_u64(Gen *g, RV *v, bool is_double)
{
    gcc_jit_type *u64 = gen_int_type(g, 8, false), *ft = gj.rvalue_get_type(v);
    LV *out = gen_temp(g, u64, "trunc");
    gcc_jit_block *small = gen_block(g), *big = gen_block(g), *join = gen_block(g);
    RV *limit = gj.context_new_rvalue_from_double(g->ctx, ft, 0x1p63);
    gen_branch(g, gen_cmp(g, GCC_JIT_COMPARISON_LT, v, limit), small, big);
    gen_assign(g, out, gen_cast(g, x86_truncate(g, v, is_double, true), u64));
    gen_goto(g, join);
    g->b = big;
    RV *less = gen_bin(g, GCC_JIT_BINARY_OP_MINUS, ft, v, limit);
    RV *low = gen_cast(g, x86_truncate(g, less, is_double, true), u64);
    gen_assign(g, out,
               gen_bin(g, GCC_JIT_BINARY_OP_BITWISE_OR, u64, low, gen_long(g, u64, INT64_MIN)));
    gen_goto(g, join);
    return gj.lvalue_as_rvalue(out);
}

/* The flag of the write barrier, read after the words at have been stored: they are the asm's
 * inputs.  libgccjit loses the word volatile of what is read through a pointer, so gcc would
 * reuse a flag that it has read before an earlier store. */
RV *x86_wb_enabled(Gen *g, LV **at, uint32_t n)
{
    LV *on = gen_temp(g, g->t_bool, "marking");
    gcc_jit_extended_asm *a =
        gj.block_add_extended_asm(g->b, g->loc, "cmpl $0, " RT_WB_SYMBOL "(%%rip)");
    gj.extended_asm_set_volatile_flag(a, 1);
    gj.extended_asm_add_output_operand(a, NULL, "=@ccne", on);
    for (uint32_t i = 0; i < n; i++)
        gj.extended_asm_add_input_operand(a, NULL, "m", gj.lvalue_as_rvalue(at[i]));
    return gj.lvalue_as_rvalue(on);
}

void x86_forget(Gen *g, LV *word)
{
    gcc_jit_extended_asm *a = gj.block_add_extended_asm(g->b, g->loc, "movq $0, %0");
    gj.extended_asm_set_volatile_flag(a, 1);
    gj.extended_asm_add_output_operand(a, NULL, "=m", word);
}

/* Takes an object of slot bytes from a run of the cache of the P that the goroutine runs on,
 * in one piece, for no preemption may put the goroutine on another P in the middle:
 *
 *     rt_caching = 1
 *     r = &rt_m->p->mcache->run[run]
 *     if (r->cur + slot <= r->end) { object = r->cur; r->cur += slot; }
 *     rt_caching = 0
 *
 * True if the run is empty. */
RV *x86_take(Gen *g, unsigned run, unsigned slot, LV *object)
{
    LV *empty = gen_temp(g, g->t_bool, "empty"), *cache = gen_temp(g, g->t_ptr, "cache"),
       *next = gen_temp(g, g->t_ptr, "next");
    unsigned at = run * RT_RUN_BYTES;
    const char *text = arena_printf(g->arena,
                                    "movb $1, %%%%fs:" RT_CACHING_SYMBOL "@tpoff\n"
                                    "\tmovq %%%%fs:" RT_M_SYMBOL "@tpoff, %%1\n"
                                    "\tmovq %d(%%1), %%1\n"
                                    "\tmovq %d(%%1), %%1\n"
                                    "\tmovq %u(%%1), %%0\n"
                                    "\tleaq %u(%%0), %%2\n"
                                    "\tcmpq %%2, %u(%%1)\n"
                                    "\tjb 1f\n"
                                    "\tmovq %%2, %u(%%1)\n"
                                    "1:\tmovb $0, %%%%fs:" RT_CACHING_SYMBOL "@tpoff",
                                    RT_M_P, RT_P_MCACHE, at, slot, at + 8, at);
    gcc_jit_extended_asm *a = gj.block_add_extended_asm(g->b, g->loc, text);
    gj.extended_asm_set_volatile_flag(a, 1);
    gj.extended_asm_add_output_operand(a, NULL, "=&r", object);
    gj.extended_asm_add_output_operand(a, NULL, "=&r", cache);
    gj.extended_asm_add_output_operand(a, NULL, "=&r", next);
    gj.extended_asm_add_output_operand(a, NULL, "=@ccb", empty);
    return gj.lvalue_as_rvalue(empty);
}
