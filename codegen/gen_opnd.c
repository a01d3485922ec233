/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Operands as gcc values, and the small builders that every other file of the code
 * generator speaks in. */
#include "codegen/gen.h"

/* ---- builders ------------------------------------------------------------------------------ */

RV *gen_long(Gen *g, gcc_jit_type *t, int64_t v)
{
    return gj.context_new_rvalue_from_long(g->ctx, t, v);
}

RV *gen_cast(Gen *g, RV *v, gcc_jit_type *t)
{
    return gj.rvalue_get_type(v) == t ? v : gj.context_new_cast(g->ctx, g->loc, v, t);
}

RV *gen_bitcast(Gen *g, RV *v, gcc_jit_type *t)
{
    return gj.rvalue_get_type(v) == t ? v : gj.context_new_bitcast(g->ctx, g->loc, v, t);
}

RV *gen_bin(Gen *g, enum gcc_jit_binary_op op, gcc_jit_type *t, RV *a, RV *b)
{
    return gj.context_new_binary_op(g->ctx, g->loc, op, t, a, b);
}

RV *gen_cmp(Gen *g, enum gcc_jit_comparison op, RV *a, RV *b)
{
    return gj.context_new_comparison(g->ctx, g->loc, op, a, b);
}

RV *gen_call_builtin(Gen *g, const char *name, RV **args, int n)
{
    gcc_jit_function *f = gj.context_get_builtin_function(g->ctx, name);
    for (int i = 0; i < n; i++) {
        RV *param = gj.param_as_rvalue(gj.function_get_param(f, i));
        args[i] = gen_cast(g, args[i], gj.rvalue_get_type(param));
    }
    return gj.context_new_call(g->ctx, g->loc, f, n, args);
}

/* __builtin_expect((long)cond, likely) != 0; --param builtin-expect-probability says how
 * sure that is. */
RV *gen_expect(Gen *g, RV *cond, bool likely)
{
    RV *args[2] = {cond, gen_long(g, g->t_long, likely)};
    RV *v = gen_cast(g, gen_call_builtin(g, "__builtin_expect", args, 2), g->t_long);
    return gen_cmp(g, GCC_JIT_COMPARISON_NE, v, gen_long(g, g->t_long, 0));
}

LV *gen_temp(Gen *g, gcc_jit_type *t, const char *name)
{
    return gj.function_new_local(g->fn, g->loc, t, name);
}

void gen_assign(Gen *g, LV *to, RV *v)
{
    gj.block_add_assignment(g->b, g->loc, to, v);
}

gcc_jit_block *gen_block(Gen *g)
{
    return gj.function_new_block(g->fn, NULL);
}

void gen_branch(Gen *g, RV *cond, gcc_jit_block *yes, gcc_jit_block *no)
{
    gj.block_end_with_conditional(g->b, g->loc, cond, yes, no);
    g->b = yes;
}

void gen_goto(Gen *g, gcc_jit_block *to)
{
    gj.block_end_with_jump(g->b, g->loc, to);
    g->b = to;
}

/* ---- registers --------------------------------------------------------------------------------- */

LV *gen_reg(Gen *g, uint32_t r)
{
    if (!g->regs[r]) {
        const Name *name = g->f->regs.p[r].name;
        g->regs[r] = gj.function_new_local(g->fn, NULL, gen_type(g, g->f->regs.p[r].type)->t,
                                           name ? name->s : "t");
    }
    return g->regs[r];
}

void gen_set(Gen *g, uint32_t dst, RV *v)
{
    if (g->f->regs.p[dst].type->size)
        gen_assign(g, gen_reg(g, dst), gen_cast(g, v, gen_type(g, g->f->regs.p[dst].type)->t));
}

/* ---- addresses ---------------------------------------------------------------------------------- */

/* Data of this unit is declared as data of elsewhere is: its text is written by asm_data.
 * Its size is kept from gcc, which would draw conclusions from it that Go's rules (and
 * strings that the linker merges) do not allow; its alignment is told. */
static LV *global_of(Gen *g, IrSym *s)
{
    GenSym *gs = &g->syms[s->index];
    if (!gs->global) {
        gs->global = gj.context_new_global(g->ctx, NULL, GCC_JIT_GLOBAL_IMPORTED, g->t_extern,
                                           gen_name(g, s));
        gj.lvalue_set_alignment(gs->global, s->data ? s->data->align : 1);
        gs->used = true;
    }
    return gs->global;
}

RV *gen_sym_address(Gen *g, IrSym *s, int64_t off)
{
    RV *p;
    if (s->is_func || s->func) {
        g->syms[s->index].used = true;
        p = gj.function_get_address(gen_func_of(g, s), g->loc);
    } else {
        p = gj.lvalue_get_address(global_of(g, s), g->loc);
    }
    return gen_offset(g, gen_cast(g, p, g->t_ptr), off);
}

RV *gen_offset(Gen *g, RV *p, int64_t off)
{
    if (!off)
        return p;
    LV *at = gj.context_new_array_access(g->ctx, g->loc, gen_cast(g, p, g->t_charp),
                                         gen_long(g, g->t_long, off));
    return gen_cast(g, gj.lvalue_get_address(at, g->loc), g->t_ptr);
}

LV *gen_deref_as(Gen *g, RV *p, int64_t off, gcc_jit_type *t)
{
    return gj.rvalue_dereference(gen_cast(g, gen_offset(g, p, off), gj.type_get_pointer(t)),
                                 g->loc);
}

LV *gen_deref(Gen *g, RV *p, int64_t off, const IrType *t)
{
    return gj.rvalue_dereference(gen_cast(g, gen_offset(g, p, off), gen_type(g, t)->ptr), g->loc);
}

/* ---- values --------------------------------------------------------------------------------------- */

static RV *integer(Gen *g, const IrType *t, int64_t i)
{
    switch (t->kind) {
    case IRT_PTR:
        if (!i)
            return gj.context_null(g->ctx, g->t_ptr);
        return gen_bitcast(g, gen_long(g, gen_int_type(g, 8, false), i), g->t_ptr);
    case IRT_BOOL: return gj.context_new_rvalue_from_int(g->ctx, g->t_bool, i != 0);
    default: return gen_long(g, gen_type(g, t)->t, i);
    }
}

RV *gen_zero(Gen *g, const IrType *t)
{
    if (irt_is_aggregate(t))
        return gj.context_new_struct_constructor(g->ctx, g->loc, gen_type(g, t)->t, 0, NULL, NULL);
    if (irt_is_float(t))
        return gj.context_zero(g->ctx, gen_type(g, t)->t);
    return integer(g, t, 0);
}

static RV *string_part(Gen *g, const IrOpnd *o, uint32_t i)
{
    if (i)
        return gen_long(g, gen_type(g, irt_i64)->t, o->off);
    return o->sym ? gen_sym_address(g, o->sym, 0) : gj.context_null(g->ctx, g->t_ptr);
}

RV *gen_field(Gen *g, const IrOpnd *o, uint32_t i)
{
    if (o->kind == IRO_STR)
        return string_part(g, o, i);
    if (o->kind == IRO_ZERO)
        return gen_zero(g, o->type->fields[i]);
    return gj.rvalue_access_field(gj.lvalue_as_rvalue(gen_reg(g, o->reg)), g->loc,
                                  gen_type(g, o->type)->fields[i]);
}

RV *gen_value(Gen *g, const IrOpnd *o)
{
    switch (o->kind) {
    case IRO_REG: return gj.lvalue_as_rvalue(gen_reg(g, o->reg));
    case IRO_INT: return integer(g, o->type, o->i);
    case IRO_FLOAT: return gj.context_new_rvalue_from_double(g->ctx, gen_type(g, o->type)->t, o->f);
    case IRO_SYM: return gen_sym_address(g, o->sym, o->off);
    case IRO_STR: {
        RV *parts[2] = {string_part(g, o, 0), string_part(g, o, 1)};
        GenType *t = gen_type(g, irt_string);
        return gj.context_new_struct_constructor(g->ctx, g->loc, t->t, 2, t->fields, parts);
    }
    case IRO_ZERO: return gen_zero(g, o->type);
    case IRO_NONE: break;
    }
    diag_ice("an operand without a value");
}

RV *gen_int_as(Gen *g, const IrOpnd *o, gcc_jit_type *t)
{
    return gen_cast(g, gen_value(g, o), t);
}
