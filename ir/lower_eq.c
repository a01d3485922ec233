/* Comparison.  Go spec, "Comparison operators": structs field by field and arrays element by
 * element in source order, stopping at the first difference; interfaces by dynamic type,
 * then value. */
#include "ir/lower_int.h"

/* == is equality of the bytes: no padding, floats, strings, interfaces, blank fields. */
bool lo_plain_eq(Type *t)
{
    Type *u = type_underlying(t);
    switch (u->kind) {
    case TYPE_BASIC: return !(u->basic.flags & (BF_FLOAT | BF_COMPLEX | BF_STRING));
    case TYPE_POINTER:
    case TYPE_CHAN: return true;
    case TYPE_ARRAY: return lo_plain_eq(u->array.elem);
    case TYPE_STRUCT: {
        uint64_t end = 0;
        IrType *it = lo_type(u);
        for (uint32_t i = 0; i < u->struct_.fields.n; i++) {
            StructField *f = &u->struct_.fields.p[i];
            if (f->var->name == name_blank || !lo_plain_eq(f->var->type) || it->offsets[i] != end)
                return false;
            end += it->fields[i]->size;
        }
        return end == it->size;
    }
    default: return false;
    }
}

static IrOpnd mem_eq(Fn *fn, IrType *t, IrOpnd x, IrOpnd y)
{
    Addr a = lo_spill(fn, x), b = lo_spill(fn, y);
    uint32_t r = lo_tmp(fn, irt_bool);
    lo_inst(fn, IR_MEMEQ, r, (IrOpnd[]){a.base, b.base, lo_i64((int64_t)t->size)}, 3);
    return lo_reg(fn, r);
}

static IrOpnd general_eq(Fn *fn, Type *t, IrOpnd x, IrOpnd y)
{
    Addr a = lo_spill(fn, x), b = lo_spill(fn, y);
    return lo_rt(fn, RT_equal, (IrOpnd[]){lo_desc_op(fn, t), a.base, b.base}, 3);
}

/* Two interfaces: their types first, inline. */
static IrOpnd iface_eq(Fn *fn, Type *t, IrOpnd x, IrOpnd y)
{
    IrOpnd tx = lo_iface_type(fn, x, t), ty = lo_iface_type(fn, y, t);
    uint32_t r = lo_tmp(fn, irt_bool);
    IrBlock *same = lo_block(fn), *end = lo_block(fn);
    IrOpnd c = lo_op2(fn, IR_EQ, irt_bool, tx, ty);
    lo_copy(fn, r, c);
    lo_br(fn, c, same, end, 0);
    lo_start(fn, same);
    IrOpnd ex = lo_mk(fn, irt_iface, (IrOpnd[]){tx, lo_field(fn, x, 1)}, 2);
    IrOpnd ey = lo_mk(fn, irt_iface, (IrOpnd[]){ty, lo_field(fn, y, 1)}, 2);
    lo_copy(fn, r, lo_rt(fn, RT_efaceeq, (IrOpnd[]){ex, ey}, 2));
    lo_start(fn, end);
    return lo_reg(fn, r);
}

static IrOpnd struct_eq(Fn *fn, Type *u, IrOpnd x, IrOpnd y)
{
    uint32_t r = lo_tmp(fn, irt_bool);
    IrBlock *end = lo_block(fn);
    lo_copy(fn, r, lo_bool(false));
    for (uint32_t i = 0; i < u->struct_.fields.n; i++) {
        StructField *f = &u->struct_.fields.p[i];
        if (f->var->name == name_blank)
            continue;
        IrOpnd c = lo_eq(fn, lo_subst(fn, f->var->type), lo_field(fn, x, i), lo_field(fn, y, i));
        IrBlock *next = lo_block(fn);
        lo_br(fn, c, next, end, 0);
        lo_start(fn, next);
    }
    lo_copy(fn, r, lo_bool(true));
    lo_start(fn, end);
    return lo_reg(fn, r);
}

IrOpnd lo_eq(Fn *fn, Type *t, IrOpnd x, IrOpnd y)
{
    Type *u = type_underlying(t);
    IrType *it = lo_type(t);
    switch (u->kind) {
    case TYPE_BASIC:
        if (it == irt_string) {
            /* against "": the length tells */
            if (x.kind == IRO_ZERO || y.kind == IRO_ZERO)
                return lo_op2(fn, IR_EQ, irt_bool, lo_field(fn, x.kind == IRO_ZERO ? y : x, 1),
                              lo_i64(0));
            return lo_op2(fn, IR_STREQ, irt_bool, x, y);
        }
        if (it->kind == IRT_STRUCT) {
            IrOpnd a = lo_op2(fn, IR_EQ, irt_bool, lo_field(fn, x, 0), lo_field(fn, y, 0));
            IrOpnd b = lo_op2(fn, IR_EQ, irt_bool, lo_field(fn, x, 1), lo_field(fn, y, 1));
            return lo_op2(fn, IR_AND, irt_bool, a, b);
        }
        return lo_op2(fn, IR_EQ, irt_bool, x, y);
    case TYPE_POINTER:
    case TYPE_CHAN:
    case TYPE_MAP: /* with nil only */
    case TYPE_SIGNATURE: return lo_op2(fn, IR_EQ, irt_bool, x, y);
    case TYPE_SLICE: /* with nil only */
        return lo_op2(fn, IR_EQ, irt_bool, lo_field(fn, x, 0), lo_field(fn, y, 0));
    case TYPE_INTERFACE:
        if (x.kind == IRO_ZERO || y.kind == IRO_ZERO)
            return lo_op2(fn, IR_EQ, irt_bool, lo_field(fn, x, 0), lo_field(fn, y, 0));
        return iface_eq(fn, t, x, y);
    case TYPE_STRUCT:
        if (it->size == 0)
            return lo_bool(true);
        if (it->size > 16 && lo_plain_eq(t))
            return mem_eq(fn, it, x, y);
        if (u->struct_.fields.n > 8 || lo_has_array(it))
            return general_eq(fn, t, x, y);
        return struct_eq(fn, u, x, y);
    case TYPE_ARRAY:
        if (it->size == 0)
            return lo_bool(true);
        return lo_plain_eq(t) ? mem_eq(fn, it, x, y) : general_eq(fn, t, x, y);
    default: diag_ice("comparison of a type that has none");
    }
}

/* An interface and a concrete value: the types, then the values. */
static IrOpnd mixed_eq(Fn *fn, Type *it, IrOpnd iface, Type *ct, IrOpnd c)
{
    IrOpnd t = lo_iface_type(fn, iface, it);
    uint32_t r = lo_tmp(fn, irt_bool);
    IrBlock *same = lo_block(fn), *end = lo_block(fn);
    IrOpnd eq = lo_op2(fn, IR_EQ, irt_bool, t, lo_desc_op(fn, ct));
    lo_copy(fn, r, lo_bool(false));
    lo_br(fn, eq, same, end, 0);
    lo_start(fn, same);
    lo_copy(fn, r, lo_eq(fn, ct, lo_unbox(fn, lo_field(fn, iface, 1), ct), c));
    lo_start(fn, end);
    return lo_reg(fn, r);
}

static IrOp order_op(Token op)
{
    switch (op) {
    case TOK_LSS: return IR_LT;
    case TOK_LEQ: return IR_LE;
    case TOK_GTR: return IR_GT;
    default: return IR_GE;
    }
}

IrOpnd lo_compare(Fn *fn, Token op, Expr *xe, Expr *ye)
{
    Type *xt = lo_typeof(fn, xe), *yt = lo_typeof(fn, ye);
    bool xi = xe->mode != MODE_NIL && xe->mode != MODE_CONST && lo_is_iface(xt);
    bool yi = ye->mode != MODE_NIL && ye->mode != MODE_CONST && lo_is_iface(yt);
    Pos pos = xe->range.start;
    IrOpnd eq;
    if (xe->mode == MODE_NIL || ye->mode == MODE_NIL) {
        Type *t = xe->mode == MODE_NIL ? yt : xt;
        if (ye->mode == MODE_NIL && xe->mode == MODE_NIL)
            return lo_bool(op == TOK_EQL);
        IrOpnd v = lo_expr(fn, xe->mode == MODE_NIL ? ye : xe);
        fn->pos = pos;
        eq = lo_eq(fn, t, v, ir_zero(v.type));
    } else if (xi != yi) {
        IrOpnd x, y;
        Type *ct;
        if (xi) {
            ct = lo_is_iface(yt) ? type_default(yt) : yt;
            x = lo_expr(fn, xe);
            y = lo_expr(fn, ye);
            fn->pos = pos;
            eq = mixed_eq(fn, xt, x, ct, y);
        } else {
            ct = xt;
            x = lo_expr(fn, xe);
            y = lo_expr(fn, ye);
            fn->pos = pos;
            eq = mixed_eq(fn, yt, y, ct, x);
        }
    } else if (xi) {
        IrOpnd x = lo_expr(fn, xe), y = lo_expr(fn, ye);
        fn->pos = pos;
        /* of two interface types the one with fewer methods */
        if (type_identical(type_underlying(xt), type_underlying(yt)))
            eq = lo_eq(fn, xt, x, y);
        else {
            x = lo_convert(fn, x, xt, type_any);
            y = lo_convert(fn, y, yt, type_any);
            eq = lo_eq(fn, type_any, x, y);
        }
    } else {
        Type *t = xe->mode == MODE_CONST ? yt : xt;
        bool str = lo_type(t) == irt_string;
        IrOpnd x = xe->mode == MODE_CONST ? lo_const(fn, xe->cv, t)
                   : str                  ? lo_string_operand(fn, xe)
                                          : lo_expr(fn, xe);
        IrOpnd y = ye->mode == MODE_CONST ? lo_const(fn, ye->cv, t)
                   : str                  ? lo_string_operand(fn, ye)
                                          : lo_expr(fn, ye);
        fn->pos = pos;
        if (op != TOK_EQL && op != TOK_NEQ) {
            if (str) {
                x = lo_rt(fn, RT_string_cmp, (IrOpnd[]){x, y}, 2);
                y = lo_i64(0);
            }
            return lo_op2(fn, order_op(op), irt_bool, x, y);
        }
        if (op == TOK_NEQ && !irt_is_aggregate(lo_type(t)))
            return lo_op2(fn, IR_NE, irt_bool, x, y);
        eq = lo_eq(fn, t, x, y);
    }
    if (op == TOK_EQL)
        return eq;
    return eq.kind == IRO_INT ? lo_bool(!eq.i) : lo_op1(fn, IR_LNOT, irt_bool, eq);
}
