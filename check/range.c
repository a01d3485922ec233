/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Range clauses: over integers, arrays, slices, strings, maps, channels and functions.  Go
 * spec, "For statements with range clause". */
#include "check/checker.h"

#define YIELD "func must be func(yield func(...) bool): "

/* The iteration values' types; false with a cause when x cannot be ranged over. */
static bool range_types(Checker *c, Type *orig, Type **key, Type **val, const char **cause)
{
    TypeSet s = check_typeset(c, orig);
    *cause = s.n ? NULL : "no specific type";
    for (uint32_t i = 0; i < s.n && !*cause; i++)
        if (s.u[i]->kind == TYPE_CHAN && s.u[i]->chan.dir == CHAN_SEND)
            *cause =
                arena_printf(c->a, "receive from send-only channel %s", check_type_str(c, s.t[i]));
    Type *u = *cause ? NULL : check_common_under(c, orig, cause);
    *key = *val = NULL;
    if (!u)
        return false;
    if (u->kind == TYPE_POINTER && type_underlying(u->pointer.elem)->kind == TYPE_ARRAY)
        u = type_underlying(u->pointer.elem);
    switch (u->kind) {
    case TYPE_BASIC:
        if (u->basic.flags & BF_STRING) {
            *key = type_basic[BASIC_INT];
            *val = type_rune;
            return true;
        }
        if (u->basic.flags & BF_INTEGER) {
            *key = orig;
            return true;
        }
        return false;
    case TYPE_ARRAY:
        *key = type_basic[BASIC_INT];
        *val = u->array.elem;
        return true;
    case TYPE_SLICE:
        *key = type_basic[BASIC_INT];
        *val = u->slice.elem;
        return true;
    case TYPE_MAP:
        *key = u->map.key;
        *val = u->map.elem;
        return true;
    case TYPE_CHAN: *key = u->chan.elem; return true;
    case TYPE_SIGNATURE: {
        if (u->sig.params->tuple.vars.n != 1) {
            *cause = YIELD "wrong argument count";
            return false;
        }
        if (u->sig.results->tuple.vars.n != 0) {
            *cause = YIELD "unexpected results";
            return false;
        }
        const char *why = NULL;
        Type *cb = check_common_under(c, u->sig.params->tuple.vars.p[0]->type, &why);
        if (!cb || cb->kind != TYPE_SIGNATURE) {
            *cause = why ? arena_printf(c->a, YIELD "in yield type, %s", why)
                         : YIELD "argument is not func";
            return false;
        }
        ObjectVec *ps = &cb->sig.params->tuple.vars, *rs = &cb->sig.results->tuple.vars;
        if (ps->n > 2) {
            *cause = YIELD "yield func has too many parameters";
            return false;
        }
        if (rs->n != 1 || !type_identical(rs->p[0]->type, type_basic[BASIC_BOOL])) {
            *cause = rs->n == 1 && type_is(rs->p[0]->type, BF_BOOLEAN)
                         ? YIELD "yield func returns user-defined boolean, not bool"
                         : YIELD "yield func does not return bool";
            return false;
        }
        if (ps->n >= 1)
            *key = ps->p[0]->type;
        if (ps->n >= 2)
            *val = ps->p[1]->type;
        return true;
    }
    default: return false;
    }
}

void check_range_stmt(Checker *c, unsigned inner, Stmt *s)
{
    Operand x = {0};
    Expr *lhs[2] = {s->range_.key, s->range_.value};
    Type *rhs[2] = {NULL, NULL};
    check_expr(c, &x, s->range_.x);
    bool ok = x.mode != MODE_INVALID && type_valid(type_underlying(x.type));
    if (ok) {
        const char *cause = NULL;
        ok = range_types(c, x.type, &rhs[0], &rhs[1], &cause);
        const char *xs = check_operand_str(c, &x);
        if (!ok && cause)
            check_error_at(c, x.expr, "cannot range over %s: %s", xs, cause);
        else if (!ok)
            check_error_at(c, x.expr, "cannot range over %s", xs);
        else if (!rhs[0] && lhs[0])
            check_error_at(c, lhs[0], "range over %s permits no iteration variables", xs);
        else if (!rhs[1] && lhs[1])
            check_error_at(c, lhs[1], "range over %s permits only one iteration variable", xs);
    }
    bool over_int = ok && type_is(x.type, BF_INTEGER);
    if (ok && type_is_typeparam(x.type))
        over_int = all_integer(c, x.type);

    /* The variables live in a scope that the range expression does not see. */
    check_open_scope(c, s->range);
    c->env.loop_depth++;
    if (s->range_.op == TOK_DEFINE) {
        ObjectVec vars = {0};
        for (int i = 0; i < 2; i++) {
            if (!lhs[i])
                continue;
            if (lhs[i]->kind != EXPR_IDENT)
                check_error_at(c, lhs[i],
                               "non-name %s on left side of :=", check_expr_str(c, lhs[i]));
            Object *o = check_new_local(c, lhs[i], NULL);
            if (lhs[i]->kind == EXPR_IDENT && lhs[i]->ident.name != name_blank)
                vec_push(c->a, &vars, o);
            if (!rhs[i]) {
                o->type = type_basic[BASIC_INVALID];
                o->used = true;
                continue;
            }
            if (over_int) {
                check_init_var(c, o, &x, "range clause");
            } else {
                Operand y = {.mode = MODE_VALUE, .expr = lhs[i], .type = rhs[i]};
                check_init_var(c, o, &y, "assignment");
            }
            check_record_type(c, lhs[i], MODE_VAR, o->type, NULL);
        }
        if (vars.n == 0 && (lhs[0] && lhs[0]->kind == EXPR_IDENT) &&
            (!lhs[1] || lhs[1]->kind == EXPR_IDENT))
            check_error(c, s->range, "no new variables on left side of :=");
        for (uint32_t i = 0; i < vars.n; i++)
            check_declare(c, c->env.scope, NULL, vars.p[i], s->range_.body->range.start);
        /* for _ := range n: the expression still needs its type. */
        if (over_int && x.mode != MODE_INVALID && type_is_untyped(x.type))
            check_assignment(c, &x, NULL, "range clause");
    } else if (lhs[0]) {
        for (int i = 0; i < 2; i++) {
            if (!lhs[i])
                continue;
            if (!rhs[i]) {
                check_use_lhs(c, lhs[i]);
                continue;
            }
            if (over_int) {
                check_assign_var(c, lhs[i], NULL, &x, "range clause");
                if (x.mode != MODE_INVALID && !all_integer(c, x.type))
                    check_error_at(c, lhs[i], "cannot use iteration variable of type %s",
                                   check_type_str(c, x.type));
            } else {
                Operand y = {.mode = MODE_VALUE, .expr = lhs[i], .type = rhs[i]};
                check_assign_var(c, lhs[i], NULL, &y, "assignment");
            }
        }
    } else if (over_int) {
        check_assignment(c, &x, NULL, "range clause");
    }
    /* A range over an untyped string is over a string. */
    if (ok && x.mode != MODE_INVALID && type_is_untyped(x.type))
        check_convert_untyped(c, &x, type_default(x.type));
    check_stmt(c, inner, s->range_.body);
    c->env.loop_depth--;
    check_close_scope(c);
}
