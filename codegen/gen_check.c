/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks: one comparison on the hot path, and a cold block that calls the runtime's panic.
 * Panics without operands share a block a source line (of one inlined call), so that traces keep their lines. */
#include "codegen/gen.h"

/* gcc 12's jit has no attribute for functions that do not come back: what follows the call
 * is said to be unreachable, and the block closed in form by a jump to itself. */
void gen_noreturn(Gen *g)
{
    gj.block_add_eval(g->b, g->loc, gen_call_builtin(g, "__builtin_unreachable", NULL, 0));
    gj.block_end_with_jump(g->b, g->loc, g->b);
}

static void panic_in(Gen *g, gcc_jit_block *block, RtCall rt, RV **args, int n)
{
    gcc_jit_block *back = g->b;
    g->b = block;
    gj.block_add_eval(g->b, g->loc, gen_rt_call(g, rt, args, n));
    gen_noreturn(g);
    g->b = back;
}

gcc_jit_block *gen_fault(Gen *g, RtCall rt)
{
    for (uint32_t i = 0; i < g->faults.n; i++)
        if (g->faults.p[i].kind == (int)rt && g->faults.p[i].line == g->line &&
            g->faults.p[i].site == g->site)
            return g->faults.p[i].block;
    GenFault f = {.kind = (int)rt, .line = g->line, .site = g->site, .block = gen_block(g)};
    panic_in(g, f.block, rt, NULL, 0);
    vec_push(g->arena, &g->faults, f);
    return f.block;
}

static void fail_if(Gen *g, RV *cond, gcc_jit_block *fault)
{
    gcc_jit_block *ok = gen_block(g);
    gj.block_end_with_conditional(g->b, g->loc, gen_expect(g, cond, false), fault, ok);
    g->b = ok;
}

/* A negative index is a huge unsigned one: one comparison does for both ends. */
static void check_range(Gen *g, const IrInst *in)
{
    gcc_jit_type *u64 = gen_int_type(g, 8, false), *i64 = gen_int_type(g, 8, true);
    bool is_bounds = in->op == IR_CHECK_BOUNDS;
    RV *out = gen_cmp(g, is_bounds ? GCC_JIT_COMPARISON_GE : GCC_JIT_COMPARISON_GT,
                      gen_int_as(g, &in->args[0], u64), gen_int_as(g, &in->args[1], u64));
    gcc_jit_block *fault = gen_block(g);
    int64_t is_unsigned = is_bounds ? in->imm : in->imm2;
    RV *value = gen_int_as(g, &in->args[0], i64), *bound = gen_int_as(g, &in->args[1], i64);
    RV *flag = gj.context_new_rvalue_from_int(g->ctx, g->t_bool, is_unsigned != 0);
    if (is_bounds) {
        RV *args[] = {value, bound, flag};
        panic_in(g, fault, RT_panic_index, args, 3);
    } else {
        RV *args[] = {gen_long(g, i64, in->imm), value, bound, flag};
        panic_in(g, fault, RT_panic_slice, args, 4);
    }
    fail_if(g, out, fault);
}

void gen_check(Gen *g, const IrInst *in)
{
    RV *v = NULL;
    switch (in->op) {
    case IR_CHECK_BOUNDS:
    case IR_CHECK_SLICE: check_range(g, in); return;
    case IR_CHECK_NIL:
        v = gen_cmp(g, GCC_JIT_COMPARISON_EQ, gen_value(g, &in->args[0]),
                    gj.context_null(g->ctx, g->t_ptr));
        fail_if(g, v, gen_fault(g, RT_panic_nil));
        return;
    case IR_CHECK_DIV:
        v = gen_cmp(g, GCC_JIT_COMPARISON_EQ, gen_value(g, &in->args[0]),
                    gen_zero(g, in->args[0].type));
        fail_if(g, v, gen_fault(g, RT_panic_divide));
        return;
    default: /* IR_CHECK_SHIFT: the count is signed and negative */
        v = gen_cmp(g, GCC_JIT_COMPARISON_LT, gen_value(g, &in->args[0]),
                    gen_zero(g, in->args[0].type));
        fail_if(g, v, gen_fault(g, RT_panic_shift));
    }
}
