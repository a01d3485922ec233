/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions: the dispatch over their kinds, operators, comparisons, shifts and type
 * assertions.  Everything goes through check_raw_expr, which records what it found.  Go
 * spec, "Operators", "Arithmetic operators", "Comparison operators". */
#include "check/checker.h"

#include <string.h>

/* ---- unary ----------------------------------------------------------------------------- */

static bool op_defined(Checker *c, Operand *x, Token op, bool ok)
{
    if (!ok)
        check_error_at(c, x->expr, "invalid operation: operator %s not defined on %s",
                       token_text[op], check_operand_str(c, x));
    return ok;
}

/* The element type of channel x for receiving or sending, or NULL after reporting. */
Type *check_chan_elem(Checker *c, Range at, Operand *x, bool recv)
{
    TypeSet s = check_typeset(c, x->type);
    const char *cause = NULL;
    if (s.n == 0)
        cause = "no specific channel type";
    for (uint32_t i = 0; i < s.n && !cause; i++) {
        Type *u = s.u[i];
        if (!type_valid(u))
            return NULL;
        const char *ts = check_type_str(c, s.t[i]);
        if (u->kind != TYPE_CHAN)
            cause = arena_printf(c->a, "non-channel %s", ts);
        else if (recv && u->chan.dir == CHAN_SEND)
            cause = arena_printf(c->a, "send-only channel %s", ts);
        else if (!recv && u->chan.dir == CHAN_RECV)
            cause = arena_printf(c->a, "receive-only channel %s", ts);
    }
    Type *u = cause ? NULL : check_common_under(c, x->type, &cause);
    if (u)
        return u->chan.elem;
    const char *verb = recv ? "receive from" : "send to", *xs = check_operand_str(c, x);
    if (type_is_typeparam(x->type)) {
        check_error(c, at, "invalid operation: cannot %s %s: %s", verb, xs, cause);
    } else {
        check_error(c, at, "invalid operation: cannot %s %s %s", verb, cause, xs);
    }
    return NULL;
}

static Range op_range(Expr *e)
{
    if (e->kind == EXPR_BINARY)
        return (Range){e->binary.op_pos, e->binary.op_pos};
    return e->range;
}

void check_unary(Checker *c, Operand *x, Expr *e)
{
    check_expr(c, x, e->unary.x);
    if (x->mode == MODE_INVALID)
        return;
    Token op = e->unary.op;
    bool ok = false;
    switch (op) {
    case TOK_AND:
        if (expr_unparen(e->unary.x)->kind != EXPR_COMPOSITE_LIT && x->mode != MODE_VAR) {
            check_error_at(c, x->expr, "invalid operation: cannot take address of %s",
                           check_operand_str(c, x));
            x->mode = MODE_INVALID;
            return;
        }
        check_mark_addr_taken(e->unary.x);
        x->mode = MODE_VALUE;
        x->type = type_new_pointer(c->a, x->type);
        return;
    case TOK_ARROW: {
        Type *elem = check_chan_elem(c, x->expr->range, x, true);
        if (!elem) {
            x->mode = MODE_INVALID;
            return;
        }
        x->mode = MODE_COMMAOK;
        x->type = elem;
        c->env.has_call_or_recv = true;
        return;
    }
    case TOK_TILDE:
        if (!all_integer(c, x->type)) {
            check_error_at(c, e, "cannot use ~ outside of interface or type constraint");
            x->mode = MODE_INVALID;
            return;
        }
        check_error_at(c, e,
                       "cannot use ~ outside of interface or type constraint (use ^ for bitwise "
                       "complement)");
        op = TOK_XOR;
        ok = true;
        break;
    case TOK_ADD:
    case TOK_SUB: ok = all_numeric(c, x->type); break;
    case TOK_XOR: ok = all_integer(c, x->type); break;
    case TOK_NOT: ok = all_boolean(c, x->type); break;
    default: break;
    }
    if (!op_defined(c, x, op, ok)) {
        x->mode = MODE_INVALID;
        return;
    }
    if (x->mode == MODE_CONST) {
        if (const_kind(x->val) == CONST_UNKNOWN)
            return;
        unsigned prec = 0;
        if (type_is(x->type, BF_UNSIGNED))
            prec = (unsigned)type_size(x->type) * 8;
        x->val = const_unary(c->a, op, x->val, prec);
        x->expr = e;
        check_overflow(c, x, op_range(e));
        return;
    }
    x->mode = MODE_VALUE;
}

/* ---- comparison -------------------------------------------------------------------------- */

void check_comparison(Checker *c, Operand *x, Operand *y, Token op, bool switch_case)
{
    if (!type_valid(x->type) || !type_valid(y->type)) {
        x->mode = MODE_INVALID;
        return;
    }
    if (switch_case)
        op = TOK_EQL;
    Operand *err = x;
    const char *cause = "";
    if (!check_assignable(c, x, y->type, NULL) && !check_assignable(c, y, x->type, NULL)) {
        err = y;
        cause = arena_printf(c->a, "mismatched types %s and %s", check_type_str(c, x->type),
                             check_type_str(c, y->type));
        goto error;
    }
    if (op == TOK_EQL || op == TOK_NEQ) {
        if (x->mode == MODE_NIL || y->mode == MODE_NIL) {
            Type *t = x->mode == MODE_NIL ? y->type : x->type;
            if (!check_has_nil(c, t)) {
                err = y;
                goto error;
            }
        } else if (!check_comparable(c, x->type, true)) {
            err = x;
            cause = check_comparable_cause(c, x->type);
            goto error;
        } else if (!check_comparable(c, y->type, true)) {
            err = y;
            cause = check_comparable_cause(c, y->type);
            goto error;
        }
    } else if (!all_ordered(c, x->type)) {
        err = x;
        goto error;
    } else if (!all_ordered(c, y->type)) {
        err = y;
        goto error;
    }
    if (x->mode == MODE_CONST && y->mode == MODE_CONST) {
        if (const_kind(x->val) == CONST_UNKNOWN || const_kind(y->val) == CONST_UNKNOWN)
            x->val = const_unknown();
        else
            x->val = const_bool(c->a, const_compare(x->val, op, y->val));
    } else {
        x->mode = MODE_VALUE;
        /* The operands exist at run time and need their final types now. */
        check_update_expr_type(c, x->expr,
                               type_is_untyped(x->type) ? type_default(x->type) : x->type, true);
        check_update_expr_type(c, y->expr,
                               type_is_untyped(y->type) ? type_default(y->type) : y->type, true);
    }
    x->type = type_basic[BASIC_UNTYPED_BOOL];
    return;

error:
    if (!*cause) {
        if (type_is_typeparam(x->type) || type_is_typeparam(y->type)) {
            if (!type_is_typeparam(x->type))
                err = y;
            cause = arena_printf(c->a, "type parameter %s cannot use operator %s",
                                 check_type_str(c, err->type), token_text[op]);
        } else {
            const char *what = check_composite_kind(err->type);
            if (!*what)
                what = check_type_str(c, err->type);
            cause = arena_printf(c->a, "operator %s not defined on %s", token_text[op], what);
        }
    }
    if (switch_case)
        check_error_at(c, x->expr, "invalid case %s in switch on %s (%s)",
                       check_expr_str(c, x->expr), check_expr_str(c, y->expr), cause);
    else
        check_error_at(c, err->expr, "invalid operation: %s %s %s (%s)", check_expr_str(c, x->expr),
                       token_text[op], check_expr_str(c, y->expr), cause);
    x->mode = MODE_INVALID;
}

/* ---- binary -------------------------------------------------------------------------------- */

enum { PENDING = 1, SHIFT_LHS = 2 }; /* as in untyped.c */

/* Go spec, "Operators": shifts.  e: the whole expression, NULL in x <<= y. */
static void shift(Checker *c, Operand *x, Operand *y, Expr *e, Token op)
{
    ConstVal *xval = NULL;
    if (x->mode == MODE_CONST)
        xval = const_to_int(c->a, x->val);
    bool unknown = xval && const_kind(x->val) == CONST_UNKNOWN;
    if (!all_integer(c, x->type) &&
        !(type_is_untyped(x->type) && xval && (unknown || const_kind(xval) == CONST_INT))) {
        check_error_at(c, x->expr, "invalid operation: shifted operand %s must be integer",
                       check_operand_str(c, x));
        x->mode = MODE_INVALID;
        return;
    }
    ConstVal *yval = NULL;
    if (y->mode == MODE_CONST) {
        yval = const_to_int(c->a, y->val);
        if (const_kind(yval) == CONST_INT && const_sign(yval) < 0) {
            check_error_at(c, y->expr, "invalid operation: negative shift count %s",
                           check_operand_str(c, y));
            x->mode = MODE_INVALID;
            return;
        }
        if (type_is_untyped(y->type)) {
            check_representable(c, y, type_basic[BASIC_UINT]);
            if (y->mode == MODE_INVALID) {
                x->mode = MODE_INVALID;
                return;
            }
        } else if (!all_integer(c, y->type) && x->mode != MODE_CONST) {
            /* Go's compiler lets it pass among constants. */
            check_error_at(c, y->expr, "invalid operation: shift count %s must be integer",
                           check_operand_str(c, y));
            x->mode = MODE_INVALID;
            return;
        }
    } else if (type_is_untyped(y->type)) {
        check_convert_untyped(c, y, type_basic[BASIC_UINT]);
        if (y->mode == MODE_INVALID) {
            x->mode = MODE_INVALID;
            return;
        }
    } else if (!all_integer(c, y->type)) {
        check_error_at(c, y->expr, "invalid operation: shift count %s must be integer",
                       check_operand_str(c, y));
        x->mode = MODE_INVALID;
        return;
    }

    if (x->mode == MODE_CONST) {
        if (y->mode == MODE_CONST) {
            if (unknown || const_kind(y->val) == CONST_UNKNOWN) {
                x->val = const_unknown();
                if (!type_is(x->type, BF_INTEGER))
                    x->type = type_basic[BASIC_UNTYPED_INT];
                return;
            }
            /* Enough to express the smallest float64. */
            uint64_t n;
            if (!const_uint64_val(yval, &n) || n > 1023 - 1 + 52) {
                check_error_at(c, y->expr, "invalid operation: invalid shift count %s",
                               check_operand_str(c, y));
                x->mode = MODE_INVALID;
                return;
            }
            if (!type_is(x->type, BF_INTEGER))
                x->type = type_basic[BASIC_UNTYPED_INT];
            x->val = const_shift(c->a, xval, op, n);
            x->expr = e ? e : x->expr;
            check_overflow(c, x, op_range(x->expr));
            return;
        }
        if (type_is_untyped(x->type)) {
            /* "the type of the constant is what it would be if the shift expression were
             * replaced by its left operand alone": decided when the context is known. */
            if (x->expr->untyped_state & PENDING)
                x->expr->untyped_state |= SHIFT_LHS;
            x->mode = MODE_VALUE;
            return;
        }
    }
    if (!all_integer(c, x->type)) {
        check_error_at(c, x->expr, "invalid operation: shifted operand %s must be integer",
                       check_operand_str(c, x));
        x->mode = MODE_INVALID;
        return;
    }
    /* x << 2.0: the count exists at run time, as an integer. */
    if (y->mode == MODE_CONST && type_is_untyped(y->type))
        check_convert_untyped(c, y, type_basic[BASIC_UINT]);
    x->mode = MODE_VALUE;
}

static bool binary_defined(Checker *c, Operand *x, Token op)
{
    bool ok = false;
    switch (op) {
    case TOK_ADD: ok = all_numeric_or_string(c, x->type); break;
    case TOK_SUB:
    case TOK_MUL:
    case TOK_QUO: ok = all_numeric(c, x->type); break;
    case TOK_REM:
    case TOK_AND:
    case TOK_OR:
    case TOK_XOR:
    case TOK_AND_NOT: ok = all_integer(c, x->type); break;
    case TOK_LAND:
    case TOK_LOR: ok = all_boolean(c, x->type); break;
    default: break;
    }
    return op_defined(c, x, op, ok);
}

static bool zero_divisor(Checker *c, Operand *x, Operand *y)
{
    if (y->mode != MODE_CONST || const_kind(y->val) == CONST_UNKNOWN)
        return false;
    if ((x->mode == MODE_CONST || all_integer(c, x->type)) && const_sign(y->val) == 0)
        return true;
    if (x->mode == MODE_CONST && type_is(x->type, BF_COMPLEX)) {
        ConstVal *re = const_real(c->a, y->val), *im = const_imag(c->a, y->val);
        return const_sign(const_binary(c->a, re, TOK_MUL, re, false)) == 0 &&
               const_sign(const_binary(c->a, im, TOK_MUL, im, false)) == 0;
    }
    return false;
}

/* e: the expression, NULL for an assignment operation. */
void check_binary(Checker *c, Operand *x, Expr *e, Expr *lhs, Expr *rhs, Token op)
{
    Operand y = {0};
    check_expr(c, x, lhs);
    check_expr(c, &y, rhs);
    if (x->mode == MODE_INVALID)
        return;
    if (y.mode == MODE_INVALID) {
        x->mode = MODE_INVALID;
        x->expr = y.expr;
        return;
    }
    if (op == TOK_SHL || op == TOK_SHR) {
        shift(c, x, &y, e, op);
        return;
    }
    check_match_types(c, x, &y);
    if (x->mode == MODE_INVALID)
        return;
    switch (op) {
    case TOK_EQL:
    case TOK_NEQ:
    case TOK_LSS:
    case TOK_LEQ:
    case TOK_GTR:
    case TOK_GEQ: check_comparison(c, x, &y, op, false); return;
    default: break;
    }
    if (!type_identical(x->type, y.type)) {
        if (type_valid(x->type) && type_valid(y.type)) {
            const char *xt = check_type_str(c, x->type), *yt = check_type_str(c, y.type);
            if (e)
                check_error_at(c, x->expr, "invalid operation: %s (mismatched types %s and %s)",
                               check_expr_str(c, e), xt, yt);
            else
                check_error_at(
                    c, x->expr, "invalid operation: %s %s= %s (mismatched types %s and %s)",
                    check_expr_str(c, lhs), token_text[op], check_expr_str(c, rhs), xt, yt);
        }
        x->mode = MODE_INVALID;
        return;
    }
    if (!binary_defined(c, x, op)) {
        x->mode = MODE_INVALID;
        return;
    }
    if ((op == TOK_QUO || op == TOK_REM) && zero_divisor(c, x, &y)) {
        check_error_at(c, y.expr, "invalid operation: division by zero");
        x->mode = MODE_INVALID;
        return;
    }
    if (x->mode == MODE_CONST && y.mode == MODE_CONST) {
        if (const_kind(x->val) == CONST_UNKNOWN || const_kind(y.val) == CONST_UNKNOWN) {
            x->val = const_unknown();
            return;
        }
        x->val =
            const_binary(c->a, x->val, op, y.val, op == TOK_QUO && type_is(x->type, BF_INTEGER));
        x->expr = e ? e : x->expr;
        check_overflow(c, x, op_range(x->expr));
        return;
    }
    x->mode = MODE_VALUE;
}

/* ---- the dispatch ---------------------------------------------------------------------------- */

void check_type_assertion(Checker *c, Expr *e, Operand *x, Type *t, bool type_switch)
{
    const char *cause = "";
    if (check_assertable(c, x->type, t, &cause))
        return;
    if (type_switch)
        check_error_at(c, e, "impossible type switch case: %s\n\t%s cannot have dynamic type %s %s",
                       check_expr_str(c, e), check_operand_str(c, x), check_type_str(c, t), cause);
    else
        check_error_at(c, e, "impossible type assertion: %s\n\t%s does not implement %s %s",
                       check_expr_str(c, e), check_type_str(c, t), check_type_str(c, x->type),
                       cause);
}

static bool stands_for(const Object *o, Type *t)
{
    if (!t->named.origin)
        return o == t->named.obj;
    return o->kind == OBJ_TYPENAME && !o->typename.is_alias && o->type == t;
}

/* An instance stands in the path of what is being resolved with an object of its own. */
static Object *path_object(Checker *c, Type *t)
{
    if (!t->named.origin)
        return t->named.obj;
    Object *o = ARENA_NEW(c->a, Object);
    *o = *t->named.obj;
    o->type = t;
    if (t->named.at != NOPOS)
        o->pos = t->named.at;
    return o;
}

/* Whether t's size needs no type still being declared: type T [len(T{})]int.  *known: it needs
 * none whose declaration is still to be read either. */
static bool finite_size(Checker *c, Type *t, bool *known)
{
    switch (t ? t->kind : TYPE_BASIC) {
    case TYPE_NAMED: {
        if (t->named.finite || !t->named.obj || t->named.obj->pkg != c->pkg)
            return true;
        for (uint32_t i = 0; i < c->path.n; i++)
            if (stands_for(c->path.p[i], t)) {
                check_cycle_error(c, i);
                return false;
            }
        if (!t->named.underlying) {
            *known = false;
            return true;
        }
        bool all_known = true;
        check_push(c, path_object(c, t));
        bool ok = finite_size(c, t->named.underlying, &all_known);
        check_pop(c);
        t->named.finite = ok && all_known;
        *known &= all_known;
        return ok;
    }
    case TYPE_ARRAY: return finite_size(c, t->array.elem, known);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < t->struct_.fields.n; i++)
            if (!finite_size(c, t->struct_.fields.p[i].var->type, known))
                return false;
        return true;
    default: return true;
    }
}

static void pending_type(Checker *c, Operand *x)
{
    if (x->mode == MODE_INVALID || x->mode == MODE_NOVALUE || x->mode == MODE_BUILTIN ||
        c->path.n == 0)
        return;
    bool known = true;
    if (!finite_size(c, x->type, &known)) {
        x->mode = MODE_INVALID;
        x->type = type_basic[BASIC_INVALID];
    }
}

static bool star_expr(Checker *c, Operand *x, Expr *e)
{
    check_expr_or_type(c, x, e->star.x, false);
    if (x->mode == MODE_INVALID)
        return false;
    if (x->mode == MODE_TYPE) {
        check_valid_var_type(c, e->star.x, x->type);
        x->type = type_new_pointer(c->a, x->type);
        return true;
    }
    TypeSet s = {0};
    if (x->mode != MODE_BUILTIN)
        s = check_typeset(c, x->type);
    Type *base = NULL;
    for (uint32_t i = 0; i < s.n; i++) {
        if (!type_valid(s.u[i]))
            return false;
        if (s.u[i]->kind != TYPE_POINTER) {
            base = NULL;
            break;
        }
        if (base && !type_identical(base, s.u[i]->pointer.elem)) {
            check_error_at(c, x->expr,
                           "invalid operation: pointers of %s must have identical base types",
                           check_operand_str(c, x));
            return false;
        }
        base = s.u[i]->pointer.elem;
    }
    if (!base) {
        check_error_at(c, x->expr, "invalid operation: cannot indirect %s",
                       check_operand_str(c, x));
        return false;
    }
    x->mode = MODE_VAR;
    x->type = base;
    return true;
}

static bool type_assert_expr(Checker *c, Operand *x, Expr *e)
{
    if (!e->type_assert.type) {
        check_error_at(c, e, "use of .(type) outside type switch");
        check_use(c, e->type_assert.x);
        return false;
    }
    check_expr(c, x, e->type_assert.x);
    if (x->mode == MODE_INVALID) {
        check_type(c, e->type_assert.type);
        return false;
    }
    if (type_is_typeparam(x->type)) {
        check_error_at(c, x->expr,
                       "invalid operation: cannot use type assertion on type parameter value %s",
                       check_operand_str(c, x));
        return false;
    }
    if (!type_is_interface(x->type)) {
        if (type_valid(type_underlying(x->type)))
            check_error_at(c, x->expr, "invalid operation: %s is not an interface",
                           check_operand_str(c, x));
        return false;
    }
    Type *t = check_var_type(c, e->type_assert.type);
    if (!type_valid(t))
        return false;
    check_type_assertion(c, e, x, t, false);
    x->mode = MODE_COMMAOK;
    x->type = t;
    return true;
}

static ExprUse expr_internal(Checker *c, Target *target, Operand *x, Expr *e, Type *hint)
{
    ExprUse use = USE_EXPRESSION;
    x->mode = MODE_INVALID;
    x->type = type_basic[BASIC_INVALID];
    x->val = NULL;
    x->expr = e;
    switch (e->kind) {
    case EXPR_BAD: goto error;
    case EXPR_IDENT: check_ident(c, x, e, false); break;
    case EXPR_BASIC_LIT: check_basic_lit(c, x, e); break;
    case EXPR_COMPOSITE_LIT: check_composite_lit(c, x, e, hint); break;
    case EXPR_FUNC_LIT: check_func_lit(c, x, e); break;
    case EXPR_PAREN:
        use = check_raw_expr(c, NULL, x, e->paren.x, NULL, false);
        x->expr = e;
        return use;
    case EXPR_SELECTOR: check_selector(c, x, e, false); break;
    case EXPR_INDEX:
        if (check_index_expr(c, x, e))
            check_func_inst(c, target, x, e);
        break;
    case EXPR_SLICE: check_slice_expr(c, x, e); break;
    case EXPR_TYPE_ASSERT:
        if (!type_assert_expr(c, x, e))
            goto error;
        break;
    case EXPR_CALL: return check_call_expr(c, x, e);
    case EXPR_STAR:
        if (!star_expr(c, x, e))
            goto error;
        break;
    case EXPR_UNARY:
        check_unary(c, x, e);
        if (x->mode != MODE_INVALID && e->unary.op == TOK_ARROW)
            use = USE_STATEMENT;
        break;
    case EXPR_BINARY: check_binary(c, x, e, e->binary.x, e->binary.y, e->binary.op); break;
    case EXPR_KEY_VALUE: check_error_at(c, e, "unexpected key:value expression"); goto error;
    case EXPR_ELLIPSIS: check_error_at(c, e, "invalid use of ..."); goto error;
    case EXPR_ARRAY_TYPE:
    case EXPR_STRUCT_TYPE:
    case EXPR_FUNC_TYPE:
    case EXPR_INTERFACE_TYPE:
    case EXPR_MAP_TYPE:
    case EXPR_CHAN_TYPE:
        x->mode = MODE_TYPE;
        x->type = check_type(c, e);
        break;
    }
    if (x->mode == MODE_INVALID)
        goto error;
    x->expr = e;
    return use;
error:
    x->mode = MODE_INVALID;
    x->type = type_basic[BASIC_INVALID];
    x->expr = e;
    return USE_STATEMENT; /* avoids errors that follow */
}

ExprUse check_raw_expr(Checker *c, Target *t, Operand *x, Expr *e, Type *hint, bool allow_generic)
{
    ExprUse use = expr_internal(c, t, x, e, hint);
    if (!allow_generic)
        check_non_generic(c, t, x);
    pending_type(c, x);
    check_record(c, x);
    return use;
}

enum { NOT_VALUE = 1 << MODE_NOVALUE | 1 << MODE_BUILTIN | 1 << MODE_TYPE };

/* Reports and invalidates an operand of one of the modes (a bit set). */
void check_exclude(Checker *c, Operand *x, unsigned modes)
{
    if (!(modes & (1u << x->mode)) || x->mode == MODE_INVALID)
        return;
    const char *xs = check_operand_str(c, x);
    Range r = x->expr->range;
    if (x->mode == MODE_NOVALUE)
        check_error(
            c, r, modes & (1u << MODE_TYPE) ? "%s used as value" : "%s used as value or type", xs);
    else if (x->mode == MODE_BUILTIN)
        check_error(c, r, "%s must be called", xs);
    else
        check_error(c, r, "%s is not an expression", xs);
    x->mode = MODE_INVALID;
}

void check_single_value(Checker *c, Operand *x)
{
    if (x->mode == MODE_VALUE && x->type->kind == TYPE_TUPLE) {
        check_error_at(c, x->expr, "multiple-value %s in single-value context",
                       check_operand_str(c, x));
        x->mode = MODE_INVALID;
    }
}

void check_expr(Checker *c, Operand *x, Expr *e)
{
    check_raw_expr(c, NULL, x, e, NULL, false);
    check_exclude(c, x, NOT_VALUE);
    check_single_value(c, x);
}

void check_expr_target(Checker *c, Operand *x, Expr *e, Type *target, const char *desc)
{
    Target t = {NULL, desc};
    if (target && type_underlying(target) && type_underlying(target)->kind == TYPE_SIGNATURE)
        t.sig = type_underlying(target);
    check_raw_expr(c, t.sig ? &t : NULL, x, e, NULL, false);
    check_exclude(c, x, NOT_VALUE);
    check_single_value(c, x);
}

void check_generic_expr(Checker *c, Operand *x, Expr *e)
{
    check_raw_expr(c, NULL, x, e, NULL, true);
    check_exclude(c, x, NOT_VALUE);
    check_single_value(c, x);
}

void check_expr_hint(Checker *c, Operand *x, Expr *e, Type *hint)
{
    check_raw_expr(c, NULL, x, e, hint, false);
    check_exclude(c, x, NOT_VALUE);
    check_single_value(c, x);
}

void check_expr_or_type(Checker *c, Operand *x, Expr *e, bool allow_generic)
{
    check_raw_expr(c, NULL, x, e, NULL, allow_generic);
    check_exclude(c, x, 1u << MODE_NOVALUE);
    check_single_value(c, x);
}

/* The operands that e yields; with allow_comma_ok an m[k], <-ch or x.(T) yields two. */
OperandVec check_multi_operands(Checker *c, Expr *e, bool allow_comma_ok, bool *comma_ok)
{
    OperandVec v = {0};
    Operand *x = ARENA_NEW(c->a, Operand);
    if (comma_ok)
        *comma_ok = false;
    check_raw_expr(c, NULL, x, e, NULL, false);
    check_exclude(c, x, NOT_VALUE);
    if (x->mode != MODE_INVALID && x->type->kind == TYPE_TUPLE) {
        for (uint32_t i = 0; i < x->type->tuple.vars.n; i++) {
            Operand *y = ARENA_NEW(c->a, Operand);
            *y = (Operand){.mode = MODE_VALUE, .expr = e, .type = x->type->tuple.vars.p[i]->type};
            vec_push(c->a, &v, y);
        }
        return v;
    }
    vec_push(c->a, &v, x);
    if (allow_comma_ok && (x->mode == MODE_MAPINDEX || x->mode == MODE_COMMAOK)) {
        Operand *y = ARENA_NEW(c->a, Operand);
        *y = (Operand){.mode = MODE_VALUE, .expr = e, .type = type_basic[BASIC_UNTYPED_BOOL]};
        vec_push(c->a, &v, y);
        *comma_ok = true;
    }
    return v;
}

OperandVec check_expr_list(Checker *c, ExprVec *list)
{
    if (list->n == 1)
        return check_multi_operands(c, list->p[0], false, NULL);
    OperandVec v = {0};
    for (uint32_t i = 0; i < list->n; i++) {
        Operand *x = ARENA_NEW(c->a, Operand);
        check_expr(c, x, list->p[i]);
        vec_push(c->a, &v, x);
    }
    return v;
}

/* ---- evaluation for its errors alone ------------------------------------------------------------ */

static bool use1(Checker *c, Expr *e, bool lhs)
{
    if (!e)
        return true;
    Operand x = {.mode = MODE_VALUE};
    Expr *n = expr_unparen(e);
    if (n->kind == EXPR_KEY_VALUE)
        return use1(c, n->kv.value, false);
    if (n->kind != EXPR_IDENT) {
        check_raw_expr(c, NULL, &x, e, NULL, true);
        return x.mode != MODE_INVALID;
    }
    if (n->ident.name == name_blank)
        return true;
    /* Being assigned to is no use of a variable. */
    Object *v = lhs ? check_lookup(c, n->ident.name, NULL) : NULL;
    if (v && (v->kind != OBJ_VAR || v->pkg != c->pkg))
        v = NULL;
    bool used = v && v->used;
    check_expr_or_type(c, &x, n, true);
    if (v)
        v->used = used;
    return x.mode != MODE_INVALID;
}

bool check_use(Checker *c, Expr *e)
{
    return use1(c, e, false);
}

bool check_use_lhs(Checker *c, Expr *e)
{
    return use1(c, e, true);
}

bool check_use_list(Checker *c, ExprVec *v)
{
    bool ok = true;
    for (uint32_t i = 0; i < v->n; i++)
        ok &= use1(c, v->p[i], false);
    return ok;
}
