/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Untyped operands on their way to a type: representability of constants, conversion to
 * the type that the context wants, and writing the final type down into the expression's
 * tree.  Go spec, "Constants", "Representability", "Operators" (shifts). */
#include "check/checker.h"

#include <math.h>

enum { PENDING = 1, SHIFT_LHS = 2 };

/* ---- representability ------------------------------------------------------------------ */

static bool int_fits(ConstVal *v, BasicKind k)
{
    int64_t x;
    if (const_int64_val(v, &x)) {
        switch (k) {
        case BASIC_INT8: return x >= INT8_MIN && x <= INT8_MAX;
        case BASIC_INT16: return x >= INT16_MIN && x <= INT16_MAX;
        case BASIC_INT32:
        case BASIC_UNTYPED_RUNE:
            return k == BASIC_UNTYPED_RUNE || (x >= INT32_MIN && x <= INT32_MAX);
        case BASIC_UINT8: return x >= 0 && x <= UINT8_MAX;
        case BASIC_UINT16: return x >= 0 && x <= UINT16_MAX;
        case BASIC_UINT32: return x >= 0 && x <= UINT32_MAX;
        case BASIC_UINT:
        case BASIC_UINT64:
        case BASIC_UINTPTR: return x >= 0;
        default: return true;
        }
    }
    switch (k) {
    case BASIC_UINT:
    case BASIC_UINT64:
    case BASIC_UINTPTR: return const_sign(v) >= 0 && const_bit_len(v) <= 64;
    case BASIC_UNTYPED_INT:
    case BASIC_UNTYPED_RUNE: return true;
    default: return false;
    }
}

/* v rounded to the floating-point type, NULL when it overflows. */
static ConstVal *round_float(Checker *c, ConstVal *v, bool single)
{
    double d = single ? (double)const_float32_val(v) : const_float64_val(v);
    if (isinf(d))
        return NULL;
    return const_float64(c->a, d == 0 ? 0 : d);
}

bool check_representable_const(Checker *c, ConstVal *v, Type *basic, ConstVal **rounded)
{
    if (const_kind(v) == CONST_UNKNOWN)
        return true;
    unsigned f = basic->basic.flags;
    BasicKind k = basic->basic.kind;
    if (f & BF_INTEGER) {
        ConstVal *i = const_to_int(c->a, v);
        if (const_kind(i) != CONST_INT)
            return false;
        if (rounded)
            *rounded = i;
        return int_fits(i, k);
    }
    if (f & BF_FLOAT) {
        ConstVal *x = const_to_float(c->a, v);
        if (const_kind(x) != CONST_FLOAT && const_kind(x) != CONST_INT)
            return false;
        if (k == BASIC_UNTYPED_FLOAT)
            return true;
        ConstVal *r = round_float(c, x, k == BASIC_FLOAT32);
        if (!r)
            return false;
        if (rounded)
            *rounded = r;
        return true;
    }
    if (f & BF_COMPLEX) {
        ConstVal *x = const_to_complex(c->a, v);
        if (const_kind(x) == CONST_UNKNOWN)
            return false;
        if (k == BASIC_UNTYPED_COMPLEX)
            return true;
        bool single = k == BASIC_COMPLEX64;
        ConstVal *re = round_float(c, const_real(c->a, x), single);
        ConstVal *im = round_float(c, const_imag(c->a, x), single);
        if (!re || !im)
            return false;
        if (rounded)
            *rounded = const_complex(c->a, re, im);
        return true;
    }
    if (f & BF_STRING)
        return const_kind(v) == CONST_STRING;
    if (f & BF_BOOLEAN)
        return const_kind(v) == CONST_BOOL;
    return false;
}

static ConvCode representation(Checker *c, Operand *x, Type *basic, ConstVal **out)
{
    *out = x->val;
    if (check_representable_const(c, x->val, basic, out))
        return CONV_OK;
    if (type_is(x->type, BF_NUMERIC) && type_is(basic, BF_NUMERIC)) {
        if (!type_is(x->type, BF_INTEGER) && type_is(basic, BF_INTEGER))
            return CONV_TRUNCATED;
        return CONV_OVERFLOW;
    }
    return CONV_INVALID;
}

static void invalid_conversion(Checker *c, ConvCode code, Operand *x, Type *target)
{
    const char *xs = check_operand_str(c, x), *ts = check_type_str(c, target);
    Range r = x->expr->range;
    if (code == CONV_TRUNCATED)
        check_error(c, r, "%s truncated to %s", xs, ts);
    else if (code == CONV_OVERFLOW)
        check_error(c, r, "%s overflows %s", xs, ts);
    else
        check_error(c, r, "cannot convert %s to type %s", xs, ts);
}

void check_representable(Checker *c, Operand *x, Type *basic)
{
    ConstVal *v;
    ConvCode code = representation(c, x, basic, &v);
    if (code != CONV_OK) {
        invalid_conversion(c, code, x, basic);
        x->mode = MODE_INVALID;
        return;
    }
    x->val = v;
}

static const char *op_name(Expr *e)
{
    if (e && e->kind == EXPR_BINARY) {
        switch (e->binary.op) {
        case TOK_ADD: return "addition ";
        case TOK_SUB: return "subtraction ";
        case TOK_XOR: return "bitwise XOR ";
        case TOK_MUL: return "multiplication ";
        case TOK_SHL: return "shift ";
        default: return "";
        }
    }
    return e && e->kind == EXPR_UNARY && e->unary.op == TOK_XOR ? "bitwise complement " : "";
}

void check_overflow(Checker *c, Operand *x, Range op)
{
    if (const_kind(x->val) == CONST_UNKNOWN) {
        check_error(c, op, "constant result is not representable");
        return;
    }
    if (!type_is_untyped(x->type)) {
        check_representable(c, x, type_underlying(x->type));
        return;
    }
    if (const_kind(x->val) == CONST_INT && const_bit_len(x->val) > 512) {
        check_error(c, op, "constant %soverflow", op_name(x->expr));
        x->val = const_unknown();
    }
}

/* ---- conversion ------------------------------------------------------------------------ */

/* The larger of two untyped kinds, or NULL if they do not go together. */
static Type *max_type(Type *x, Type *y)
{
    if (x == y)
        return x;
    if (type_is(x, BF_NUMERIC) && type_is(y, BF_NUMERIC))
        return x->basic.kind > y->basic.kind ? x : y;
    return NULL;
}

/* The type (and value) that untyped x takes on where a target is wanted. */
ConvCode check_implicit_type(Checker *c, Operand *x, Type *target, Type **type, ConstVal **val)
{
    *val = NULL;
    *type = x->type;
    if (x->mode == MODE_INVALID || !type_is_untyped(x->type) || !type_valid(target))
        return CONV_OK;
    if (type_is_untyped(target)) {
        *type = max_type(x->type, target);
        return *type ? CONV_OK : CONV_INVALID;
    }
    if (x->mode == MODE_NIL) {
        *type = target;
        return check_has_nil(c, target) ? CONV_OK : CONV_INVALID;
    }
    if (type_is_typeparam(target)) {
        TypeSet s = check_typeset(c, target);
        *type = target;
        if (s.n == 0)
            return CONV_INVALID;
        for (uint32_t i = 0; i < s.n; i++) {
            Type *t;
            ConstVal *v;
            if (check_implicit_type(c, x, s.u[i], &t, &v) != CONV_OK)
                return CONV_INVALID;
        }
        return CONV_OK;
    }
    Type *u = type_underlying(target);
    if (!type_valid(u))
        return CONV_OK;
    *type = target;
    if (u->kind == TYPE_BASIC) {
        if (x->mode == MODE_CONST)
            return representation(c, x, u, val);
        switch (x->type->basic.kind) {
        case BASIC_UNTYPED_BOOL: return type_is(target, BF_BOOLEAN) ? CONV_OK : CONV_INVALID;
        case BASIC_UNTYPED_INT:
        case BASIC_UNTYPED_RUNE:
        case BASIC_UNTYPED_FLOAT:
        case BASIC_UNTYPED_COMPLEX: return type_is(target, BF_NUMERIC) ? CONV_OK : CONV_INVALID;
        case BASIC_UNTYPED_STRING: return type_is(target, BF_STRING) ? CONV_OK : CONV_INVALID;
        default: return CONV_INVALID;
        }
    }
    if (u->kind == TYPE_INTERFACE) {
        /* Values in interfaces have the default type. */
        if (!check_empty_interface(c, u))
            return CONV_INVALID;
        *type = type_default(x->type);
        return CONV_OK;
    }
    return CONV_INVALID;
}

static bool pending(Expr *e)
{
    return (e->untyped_state & PENDING) != 0;
}

void check_convert_untyped(Checker *c, Operand *x, Type *target)
{
    Type *nt;
    ConstVal *v;
    ConvCode code = check_implicit_type(c, x, target, &nt, &v);
    if (code != CONV_OK) {
        Type *t = target;
        if (!type_is_typeparam(target) && type_underlying(target))
            t = type_underlying(target);
        invalid_conversion(c, code, x, t);
        x->mode = MODE_INVALID;
        return;
    }
    if (v) {
        x->val = v;
        if (pending(x->expr))
            x->expr->cv = v;
    }
    if (nt != x->type) {
        x->type = nt;
        check_update_expr_type(c, x->expr, nt, false);
    }
}

/* Writes x's type down its tree, where it is still untyped.  final: also where t is itself
 * untyped. */
void check_update_expr_type(Checker *c, Expr *x, Type *t, bool final)
{
    if (!pending(x))
        return;
    switch (x->kind) {
    case EXPR_PAREN: check_update_expr_type(c, x->paren.x, t, final); break;
    case EXPR_UNARY:
        /* The operands of a constant are never materialised. */
        if (!x->cv)
            check_update_expr_type(c, x->unary.x, t, final);
        break;
    case EXPR_BINARY:
        if (x->cv)
            break;
        switch (x->binary.op) {
        case TOK_EQL:
        case TOK_NEQ:
        case TOK_LSS:
        case TOK_LEQ:
        case TOK_GTR:
        case TOK_GEQ: break; /* the result's type says nothing about the operands' */
        case TOK_SHL:
        case TOK_SHR: check_update_expr_type(c, x->binary.x, t, final); break;
        default:
            check_update_expr_type(c, x->binary.x, t, final);
            check_update_expr_type(c, x->binary.y, t, final);
        }
        break;
    default: break;
    }
    if (!final && type_is_untyped(t)) {
        x->type = type_underlying(t);
        return;
    }
    bool lhs = (x->untyped_state & SHIFT_LHS) != 0;
    x->untyped_state = 0;
    if (lhs && !all_integer(c, t)) {
        check_error_at(c, x, "invalid operation: shifted operand %s (type %s) must be integer",
                       check_expr_str(c, x), check_type_str(c, t));
        return;
    }
    if (x->cv) {
        Operand y = {.mode = x->mode, .expr = x, .type = x->type, .val = x->cv};
        check_convert_untyped(c, &y, t);
        if (y.mode == MODE_INVALID)
            return;
        x->cv = y.val;
        if (type_is_typeparam(t)) {
            /* A constant of a type parameter's type is a value; the lowering converts it. */
            x->type = t;
            return;
        }
    }
    x->type = t;
}

/* Whatever is untyped at the end is so for good: values that exist at run time get their
 * default type, as do constants that fit. */
void check_finish_untyped(Checker *c)
{
    for (uint32_t i = 0; i < c->untyped.n; i++) {
        Expr *x = c->untyped.p[i];
        if (!pending(x))
            continue;
        x->untyped_state = 0;
        Type *t = type_default(x->type);
        if (x->mode == MODE_NIL || !t || t == x->type)
            continue;
        if (x->cv) {
            ConstVal *v = x->cv;
            if (const_kind(v) == CONST_UNKNOWN ||
                !check_representable_const(c, v, type_underlying(t), &v))
                continue;
            x->cv = v;
        }
        x->type = t;
    }
    c->untyped.n = 0;
}

/* ---- matching operands ------------------------------------------------------------------- */

static bool is_pointer(Type *t)
{
    Type *u = type_underlying(t);
    return u && u->kind == TYPE_POINTER;
}

static bool may_convert(Checker *c, Operand *x, Operand *y)
{
    if (!type_is_untyped(x->type) && !type_is_untyped(y->type))
        return false;
    if (all_numeric(c, x->type) != all_numeric(c, y->type))
        return false;
    if (is_plain_interface(x->type) || is_plain_interface(y->type))
        return true;
    if (all_boolean(c, x->type) != all_boolean(c, y->type))
        return false;
    if (all_string(c, x->type) != all_string(c, y->type))
        return false;
    if (x->mode == MODE_NIL)
        return check_has_nil(c, y->type);
    if (y->mode == MODE_NIL)
        return check_has_nil(c, x->type);
    if (is_pointer(x->type) || is_pointer(y->type))
        return false;
    return true;
}

void check_match_types(Checker *c, Operand *x, Operand *y)
{
    if (!may_convert(c, x, y))
        return;
    check_convert_untyped(c, x, y->type);
    if (x->mode == MODE_INVALID)
        return;
    check_convert_untyped(c, y, x->type);
    if (y->mode == MODE_INVALID)
        x->mode = MODE_INVALID;
}
