/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Assignments and initialisations: one value to one variable, tuples, := with its
 * redeclarations.  Go spec, "Assignment statements", "Variable declarations", "Short
 * variable declarations". */
#include "check/checker.h"

/* Whether x can be assigned to a t (NULL: the blank identifier), converting it if it is
 * untyped.  x becomes invalid if not. */
void check_assignment(Checker *c, Operand *x, Type *t, const char *context)
{
    check_single_value(c, x);
    switch (x->mode) {
    case MODE_INVALID: return;
    case MODE_NIL:
    case MODE_CONST:
    case MODE_VAR:
    case MODE_MAPINDEX:
    case MODE_VALUE:
    case MODE_COMMAOK: break;
    default:
        check_error_at(c, x->expr, "cannot assign %s to %s in %s", check_operand_str(c, x),
                       t ? check_type_str(c, t) : "_", context);
        x->mode = MODE_INVALID;
        return;
    }
    if (type_is_untyped(x->type)) {
        Type *target = t;
        if (x->mode == MODE_NIL) {
            if (!t) {
                check_error_at(c, x->expr, "use of untyped nil in %s", context);
                x->mode = MODE_INVALID;
                return;
            }
        } else if (!t || is_plain_interface(t)) {
            target = type_default(x->type);
        }
        Type *nt;
        ConstVal *v;
        ConvCode code = check_implicit_type(c, x, target, &nt, &v);
        if (code != CONV_OK) {
            check_error_at(c, x->expr, "cannot use %s as %s value in %s%s", check_operand_str(c, x),
                           check_type_str(c, target), context,
                           code == CONV_TRUNCATED  ? " (truncated)"
                           : code == CONV_OVERFLOW ? " (overflows)"
                                                   : "");
            x->mode = MODE_INVALID;
            return;
        }
        if (v) {
            x->val = v;
            if (x->expr->untyped_state)
                x->expr->cv = v;
        }
        if (nt != x->type) {
            x->type = nt;
            check_update_expr_type(c, x->expr, nt, false);
        }
    }
    if (check_is_generic_sig(x->type)) {
        check_error_at(c, x->expr, "cannot use generic function %s without instantiation in %s",
                       check_expr_str(c, x->expr), context);
        x->mode = MODE_INVALID;
        return;
    }
    if (!t)
        return;
    const char *cause = "";
    if (check_assignable(c, x, t, &cause))
        return;
    if (cause && *cause)
        check_error_at(c, x->expr, "cannot use %s as %s value in %s: %s", check_operand_str(c, x),
                       check_type_str(c, t), context, cause);
    else
        check_error_at(c, x->expr, "cannot use %s as %s value in %s", check_operand_str(c, x),
                       check_type_str(c, t), context);
    x->mode = MODE_INVALID;
}

void check_init_const(Checker *c, Object *lhs, Operand *x)
{
    if (x->mode == MODE_INVALID || !type_valid(x->type) || (lhs->type && !type_valid(lhs->type))) {
        if (!lhs->type)
            lhs->type = type_basic[BASIC_INVALID];
        return;
    }
    if (x->mode != MODE_CONST) {
        check_error_at(c, x->expr, "%s is not constant", check_operand_str(c, x));
        if (!lhs->type)
            lhs->type = type_basic[BASIC_INVALID];
        return;
    }
    if (!lhs->type)
        lhs->type = x->type;
    check_assignment(c, x, lhs->type, "constant declaration");
    if (x->mode != MODE_INVALID)
        lhs->constant.val = x->val;
}

void check_init_var(Checker *c, Object *lhs, Operand *x, const char *context)
{
    if (x->mode == MODE_INVALID || !type_valid(x->type) || (lhs->type && !type_valid(lhs->type))) {
        if (!lhs->type)
            lhs->type = type_basic[BASIC_INVALID];
        x->mode = MODE_INVALID;
        return;
    }
    if (!lhs->type) {
        Type *t = x->type;
        if (type_is_untyped(t)) {
            if (x->mode == MODE_NIL) {
                check_error_at(c, x->expr, "use of untyped nil in %s", context);
                lhs->type = type_basic[BASIC_INVALID];
                x->mode = MODE_INVALID;
                return;
            }
            t = type_default(t);
        }
        lhs->type = t;
    }
    check_assignment(c, x, lhs->type, context);
}

/* The type of a left-hand side; NULL for _, invalid for what cannot be assigned to.  Being
 * assigned to is no use of a variable. */
static Type *lhs_var(Checker *c, Expr *lhs)
{
    Expr *id = expr_unparen(lhs);
    if (id->kind == EXPR_IDENT && id->ident.name == name_blank) {
        id->ident.obj = NULL;
        return NULL;
    }
    Object *v = NULL;
    bool used = false;
    if (id->kind == EXPR_IDENT) {
        v = check_lookup(c, id->ident.name, NULL);
        if (v && (v->kind != OBJ_VAR || v->pkg != c->pkg))
            v = NULL;
        if (v)
            used = v->used;
    }
    Operand x = {0};
    check_expr(c, &x, lhs);
    if (v)
        v->used = used;
    if (x.mode == MODE_INVALID || !type_valid(x.type))
        return type_basic[BASIC_INVALID];
    if (x.mode == MODE_VAR || x.mode == MODE_MAPINDEX) {
        check_mark_assigned(c, lhs);
        return x.type;
    }
    Operand base = {0};
    if (x.expr->kind == EXPR_SELECTOR && !x.expr->selector.obj)
        check_expr(c, &base, x.expr->selector.x);
    if (base.mode == MODE_MAPINDEX) {
        check_error_at(c, x.expr, "cannot assign to struct field %s in map",
                       check_expr_str(c, x.expr));
        return type_basic[BASIC_INVALID];
    }
    check_error_at(c, x.expr,
                   "cannot assign to %s (neither addressable nor a map index expression)",
                   check_expr_str(c, x.expr));
    return type_basic[BASIC_INVALID];
}

/* lhs = rhs, or lhs = x where x is rhs evaluated. */
void check_assign_var(Checker *c, Expr *lhs, Expr *rhs, Operand *x, const char *context)
{
    Type *t = lhs_var(c, lhs);
    if (t && !type_valid(t)) {
        if (x)
            x->mode = MODE_INVALID;
        else
            check_use(c, rhs);
        return;
    }
    Operand y = {0};
    if (!x) {
        x = &y;
        check_expr_target(c, x, rhs, t, t ? check_expr_str(c, lhs) : "_");
    }
    if (!t && context[0] == 'a' && context[10] == 0)
        context = "assignment to _ identifier";
    check_assignment(c, x, t, context);
}

static void assign_error(Checker *c, ExprVec *rhs, uint32_t l, uint32_t r)
{
    Expr *r0 = rhs->p[0], *call = expr_unparen(r0);
    const char *vs = l == 1 ? "" : "s", *rs = r == 1 ? "" : "s";
    if (rhs->n == 1 && call->kind == EXPR_CALL)
        check_error_at(c, r0, "assignment mismatch: %u variable%s but %s returns %u value%s", l, vs,
                       check_expr_str(c, call->call.fun), r, rs);
    else
        check_error_at(c, r0, "assignment mismatch: %u variable%s but %u value%s", l, vs, r, rs);
}

static void return_error(Checker *c, Stmt *ret, Object **lhs, uint32_t l, OperandVec *rhs)
{
    Range at = ret->range;
    const char *q = "not enough";
    if (rhs->n > l) {
        at = rhs->p[l]->expr->range;
        q = "too many";
    } else if (rhs->n > 0) {
        at = rhs->p[rhs->n - 1]->expr->range;
    }
    TypeVec have = {0}, want = {0};
    for (uint32_t i = 0; i < rhs->n; i++)
        vec_push(c->a, &have, rhs->p[i]->type);
    for (uint32_t i = 0; i < l; i++)
        vec_push(c->a, &want, lhs[i]->type);
    check_error(c, at, "%s return values\n\thave %s\n\twant %s", q,
                check_types_summary(c, &have, false, false),
                check_types_summary(c, &want, false, false));
}

static void give_types(Object **lhs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!lhs[i]->type)
            lhs[i]->type = type_basic[BASIC_INVALID];
}

/* Initialises lhs; with ret, they are results and the statement is a return. */
void check_init_vars(Checker *c, Object **lhs, uint32_t l, ExprVec *rhs, Stmt *ret)
{
    const char *context = ret ? "return statement" : "assignment";
    uint32_t r = rhs->n;
    bool is_call = r == 1 && expr_unparen(rhs->p[0])->kind == EXPR_CALL;
    if (l == r && !is_call) {
        for (uint32_t i = 0; i < l; i++) {
            Operand x = {0};
            check_expr_target(c, &x, rhs->p[i], lhs[i]->type,
                              lhs[i]->name ? lhs[i]->name->s : "result variable");
            check_init_var(c, lhs[i], &x, context);
        }
        return;
    }
    if (r != 1) {
        if (check_use_list(c, rhs)) {
            if (ret) {
                OperandVec v = check_expr_list(c, rhs);
                return_error(c, ret, lhs, l, &v);
            } else if (r > 0) {
                assign_error(c, rhs, l, r);
            }
        }
        give_types(lhs, l);
        return;
    }
    bool comma_ok = false;
    OperandVec v = check_multi_operands(c, rhs->p[0], l == 2 && !ret, &comma_ok);
    if (v.n == l) {
        for (uint32_t i = 0; i < l; i++)
            check_init_var(c, lhs[i], v.p[i], context);
        if (comma_ok && v.p[0]->mode != MODE_INVALID && v.p[1]->mode != MODE_INVALID)
            check_record_comma_ok(c, rhs->p[0], v.p[0]->type, v.p[1]->type);
        return;
    }
    if (v.n == 0 || v.p[0]->mode != MODE_INVALID) {
        if (ret)
            return_error(c, ret, lhs, l, &v);
        else
            assign_error(c, rhs, l, v.n);
    }
    give_types(lhs, l);
}

void check_assign_vars(Checker *c, ExprVec *lhs, ExprVec *rhs)
{
    uint32_t l = lhs->n, r = rhs->n;
    bool is_call = r == 1 && expr_unparen(rhs->p[0])->kind == EXPR_CALL;
    if (l == r && !is_call) {
        for (uint32_t i = 0; i < l; i++)
            check_assign_var(c, lhs->p[i], rhs->p[i], NULL, "assignment");
        return;
    }
    if (r != 1) {
        bool ok = true;
        for (uint32_t i = 0; i < l; i++)
            ok &= check_use_lhs(c, lhs->p[i]);
        ok &= check_use_list(c, rhs);
        if (ok && r > 0)
            assign_error(c, rhs, l, r);
        return;
    }
    bool comma_ok = false;
    OperandVec v = check_multi_operands(c, rhs->p[0], l == 2, &comma_ok);
    if (v.n == l) {
        for (uint32_t i = 0; i < l; i++)
            check_assign_var(c, lhs->p[i], NULL, v.p[i], "assignment");
        if (comma_ok && v.p[0]->mode != MODE_INVALID && v.p[1]->mode != MODE_INVALID)
            check_record_comma_ok(c, rhs->p[0], v.p[0]->type, v.p[1]->type);
        return;
    }
    if (v.n == 0 || v.p[0]->mode != MODE_INVALID)
        assign_error(c, rhs, l, v.n);
    for (uint32_t i = 0; i < l; i++)
        check_use_lhs(c, lhs->p[i]);
}

/* A new local variable of the function being checked; ident may be NULL. */
Object *check_new_local(Checker *c, Expr *ident, Type *t)
{
    Object *o =
        check_new_object(c, OBJ_VAR, ident ? ident->range.start : NOPOS,
                         ident && ident->kind == EXPR_IDENT ? ident->ident.name : name_blank, t);
    o->var.owner = c->env.func;
    o->var.in_loop = c->env.loop_depth > 0;
    if (ident && ident->kind == EXPR_IDENT)
        ident->ident.obj = o;
    return o;
}

void check_short_var_decl(Checker *c, Stmt *s)
{
    uint32_t top = c->delayed.n, n = s->assign.lhs.n;
    Scope *scope = c->env.scope;
    Object **lhs = ARENA_ARRAY(c->a, Object *, n + 1);
    ObjectVec fresh = {0};
    bool has_err = false;
    s->assign.is_new = ARENA_ARRAY(c->a, bool, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        Expr *e = s->assign.lhs.p[i];
        if (e->kind != EXPR_IDENT) {
            check_use_lhs(c, e);
            check_error_at(c, e, "non-name %s on left side of :=", check_expr_str(c, e));
            has_err = true;
            continue;
        }
        const Name *name = e->ident.name;
        if (name != name_blank) {
            bool dup = false;
            for (uint32_t j = 0; j < i && !dup; j++)
                dup = s->assign.lhs.p[j]->kind == EXPR_IDENT &&
                      s->assign.lhs.p[j]->ident.name == name;
            if (dup) {
                check_error_at(c, e, "%s repeated on left side of :=", name->s);
                has_err = true;
                continue;
            }
            Object *alt = scope_lookup(scope, name);
            if (alt) {
                e->ident.obj = alt;
                if (alt->kind == OBJ_VAR) {
                    lhs[i] = alt;
                    alt->var.reassigned = true;
                    /* the identifier stands for a variable here */
                    if (alt->type)
                        check_record_type(c, e, MODE_VAR, alt->type, NULL);
                } else {
                    check_error_at(c, e, "cannot assign to %s", check_expr_str(c, e));
                    has_err = true;
                }
                continue;
            }
        }
        lhs[i] = check_new_local(c, e, NULL);
        s->assign.is_new[i] = name != name_blank;
        if (name != name_blank)
            vec_push(c->a, &fresh, lhs[i]);
    }
    for (uint32_t i = 0; i < n; i++)
        if (!lhs[i])
            lhs[i] = check_new_local(c, NULL, NULL);
    check_init_vars(c, lhs, n, &s->assign.rhs, NULL);
    for (uint32_t i = 0; i < n; i++)
        if (s->assign.lhs.p[i]->kind == EXPR_IDENT && lhs[i]->type)
            check_record_type(c, s->assign.lhs.p[i], MODE_VAR, lhs[i]->type, NULL);
    /* Literals on the right see the scope as it was before. */
    check_process_delayed(c, top);
    if (fresh.n == 0 && !has_err) {
        check_error(c, (Range){s->assign.op_pos, s->assign.op_pos},
                    "no new variables on left side of :=");
        return;
    }
    for (uint32_t i = 0; i < fresh.n; i++)
        check_declare(c, scope, NULL, fresh.p[i], s->range.end);
}
