/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls: conversions and built-ins are told apart from functions here; arguments are
 * matched to parameters, variadic ones and multi-valued calls too.  Go spec, "Calls",
 * "Passing arguments to ... parameters". */
#include "check/checker.h"

#include <string.h>

/* "(int, number, ...string)": types as the have/want lines show them. */
const char *check_types_summary(Checker *c, TypeVec *list, bool variadic, bool dots)
{
    const char *s = "(";
    for (uint32_t i = 0; i < list->n; i++) {
        Type *t = list->p[i];
        const char *ts;
        bool last = i + 1 == list->n;
        if (!type_valid(t)) {
            ts = "unknown type";
        } else if (type_is_untyped(t)) {
            ts = type_is(t, BF_NUMERIC) ? "number" : t->basic.name;
            if (strncmp(ts, "untyped ", 8) == 0)
                ts += 8;
        } else if (last && variadic && t->kind == TYPE_SLICE) {
            ts = check_type_str(c, t->slice.elem);
        } else {
            ts = check_type_str(c, t);
        }
        s = arena_printf(c->a, "%s%s%s%s%s", s, i ? ", " : "", last && variadic ? "..." : "", ts,
                         last && dots ? "..." : "");
    }
    return arena_printf(c->a, "%s)", s);
}

static TypeVec operand_types(Checker *c, OperandVec *v)
{
    TypeVec r = {0};
    for (uint32_t i = 0; i < v->n; i++)
        vec_push(c->a, &r, v->p[i]->type);
    return r;
}

static TypeVec tuple_types(Checker *c, Type *tuple)
{
    TypeVec r = {0};
    for (uint32_t i = 0; i < tuple->tuple.vars.n; i++)
        vec_push(c->a, &r, tuple->tuple.vars.p[i]->type);
    return r;
}

/* The parameters that the arguments map to one by one: the variadic one is repeated. */
static bool match_count(Checker *c, Expr *call, Type *sig, OperandVec *args, TypeVec *params)
{
    uint32_t nargs = args->n, npars = sig->sig.params->tuple.vars.n;
    bool ddd = call->call.ellipsis != NOPOS;
    *params = tuple_types(c, sig->sig.params);
    if (sig->sig.variadic) {
        if (ddd) {
            if (call->call.args.n == 1 && nargs > 1) {
                check_error_at(c, call, "cannot use ... with %u-valued %s", nargs,
                               check_expr_str(c, call->call.args.p[0]));
                return false;
            }
        } else if (nargs + 1 >= npars) {
            Type *last = params->p[npars - 1];
            Type *elem = last->kind == TYPE_SLICE ? last->slice.elem : type_basic[BASIC_INVALID];
            params->n = npars - 1;
            while (params->n < nargs)
                vec_push(c->a, params, elem);
            npars = nargs;
        } else {
            npars--;
        }
    } else if (ddd) {
        check_error_at(c, call, "cannot use ... in call to non-variadic %s",
                       check_expr_str(c, call->call.fun));
        return false;
    }
    if (nargs == npars)
        return true;
    Range at = call->range;
    const char *q = "not enough";
    if (nargs > npars) {
        at = args->p[npars]->expr->range;
        q = "too many";
    } else if (nargs > 0) {
        at = args->p[nargs - 1]->expr->range;
    }
    TypeVec have = operand_types(c, args), want = tuple_types(c, sig->sig.params);
    check_error(c, at, "%s arguments in call to %s\n\thave %s\n\twant %s", q,
                check_expr_str(c, call->call.fun), check_types_summary(c, &have, false, ddd),
                check_types_summary(c, &want, sig->sig.variadic, false));
    return false;
}

Type *check_arguments(Checker *c, Expr *call, Type *sig, TypeVec *targs, ExprVec *xlist,
                      OperandVec *args, TypeVec *atargs)
{
    TypeVec params;
    if (!match_count(c, call, sig, args, &params))
        return sig;
    Type *rsig = check_infer_call(c, call, sig, targs, xlist, &params, args, atargs);
    if (!rsig)
        return sig;
    if (args->n) {
        const char *context =
            arena_printf(c->a, "argument to %s", check_expr_str(c, call->call.fun));
        for (uint32_t i = 0; i < args->n; i++)
            check_assignment(c, args->p[i], params.p[i], context);
    }
    return rsig;
}

static ExprUse conversion_call(Checker *c, Operand *x, Expr *e)
{
    e->call.call_kind = CALL_CONVERSION;
    check_non_generic(c, NULL, x);
    if (x->mode == MODE_INVALID) {
        check_use_list(c, &e->call.args);
        x->expr = e;
        return USE_CONVERSION;
    }
    Type *t = x->type;
    uint32_t n = e->call.args.n;
    x->mode = MODE_INVALID;
    if (n == 0) {
        check_error_at(c, e, "missing argument in conversion to %s", check_type_str(c, t));
    } else if (n > 1) {
        check_use_list(c, &e->call.args);
        check_error_at(c, e->call.args.p[n - 1], "too many arguments in conversion to %s",
                       check_type_str(c, t));
    } else {
        Expr *arg = e->call.args.p[0];
        check_expr(c, x, arg);
        if (x->mode != MODE_INVALID) {
            Type *u = type_underlying(t);
            if (is_plain_interface(t)) {
                type_complete_interface(c->a, u);
                if (u->iface.has_terms || u->iface.is_comparable) {
                    check_error_at(c, e,
                                   "cannot use interface %s in conversion (contains specific type "
                                   "constraints or is comparable)",
                                   check_type_str(c, t));
                    x->mode = MODE_INVALID;
                }
            }
            if (x->mode != MODE_INVALID && e->call.ellipsis != NOPOS) {
                check_error_at(c, arg, "invalid use of ... in conversion to %s",
                               check_type_str(c, t));
                x->mode = MODE_INVALID;
            }
            if (x->mode != MODE_INVALID)
                check_conversion(c, x, t);
        }
    }
    x->expr = e;
    return USE_CONVERSION;
}

static ExprUse builtin_use(BuiltinId id)
{
    static const bool stmt[] = {
#define X(k, s, n, v, st) [BUILTIN_##k] = st,
        BUILTINS(X)
#undef X
    };
    return stmt[id] ? USE_STATEMENT : USE_EXPRESSION;
}

ExprUse check_call_expr(Checker *c, Operand *x, Expr *e)
{
    Expr *inst = NULL;
    e->call.call_kind = CALL_FUNC;
    if (e->call.fun->kind == EXPR_INDEX) {
        if (check_index_expr(c, x, e->call.fun))
            inst = e->call.fun;
        x->expr = e->call.fun;
        check_record(c, x);
        check_exclude(c, x, 1u << MODE_NOVALUE);
        check_single_value(c, x);
    } else {
        check_expr_or_type(c, x, e->call.fun, true);
    }
    if (x->mode == MODE_INVALID) {
        check_use_list(c, &e->call.args);
        x->expr = e;
        return USE_STATEMENT;
    }
    if (x->mode == MODE_TYPE)
        return conversion_call(c, x, e);
    if (x->mode == MODE_BUILTIN) {
        BuiltinId id = (BuiltinId)x->builtin;
        e->call.call_kind = CALL_BUILTIN;
        e->call.builtin = id;
        if (!check_builtin(c, x, e, id))
            x->mode = MODE_INVALID;
        x->expr = e;
        if (x->mode != MODE_INVALID && x->mode != MODE_CONST)
            c->env.has_call_or_recv = true;
        return builtin_use(id);
    }

    TypeSet s = check_typeset(c, x->type);
    const char *cause = NULL;
    for (uint32_t i = 0; i < s.n && !cause; i++) {
        if (!type_valid(s.u[i])) {
            check_use_list(c, &e->call.args);
            x->mode = MODE_INVALID;
            x->expr = e;
            return USE_STATEMENT;
        }
        if (s.u[i]->kind != TYPE_SIGNATURE)
            cause = arena_printf(c->a, "%s is not a function", check_type_str(c, s.t[i]));
    }
    Type *sig = cause ? NULL : check_common_under(c, x->type, &cause);
    if (!sig) {
        check_error_at(c, x->expr, "invalid operation: cannot call %s: %s", check_operand_str(c, x),
                       cause);
        check_use_list(c, &e->call.args);
        x->mode = MODE_INVALID;
        x->expr = e;
        return USE_STATEMENT;
    }
    bool was_generic = sig->sig.tparams.n > 0;
    TypeVec targs = {0}, *atargs;
    ExprVec *xlist = inst ? &inst->index.indices : NULL;
    if (inst && !check_call_targs(c, inst, &sig, &targs)) {
        check_use_list(c, &e->call.args);
        x->mode = MODE_INVALID;
        x->expr = e;
        return USE_STATEMENT;
    }
    OperandVec args = check_generic_expr_list(c, &e->call.args, &atargs);
    sig = check_arguments(c, e, sig, &targs, xlist, &args, atargs);
    Type *res = sig->sig.results;
    switch (res->tuple.vars.n) {
    case 0:
        x->mode = MODE_NOVALUE;
        x->type = type_empty_tuple;
        break;
    case 1:
        x->mode = MODE_VALUE;
        x->type = res->tuple.vars.p[0]->type;
        break;
    default: x->mode = MODE_VALUE; x->type = res;
    }
    x->expr = e;
    x->val = NULL;
    c->env.has_call_or_recv = true;
    /* Inference failed and was reported: a result that depends on it is no value. */
    if (x->mode == MODE_VALUE && was_generic && sig->sig.tparams.n > 0)
        x->mode = MODE_INVALID;
    return USE_STATEMENT;
}

/* ---- generic functions -------------------------------------------------------------------- */

void check_non_generic(Checker *c, Target *t, Operand *x)
{
    if (x->mode == MODE_INVALID || x->mode == MODE_NOVALUE || !x->type)
        return;
    const char *what = NULL;
    if (x->mode == MODE_TYPE && ((x->type->kind == TYPE_NAMED && x->type->named.tparams.n > 0 &&
                                  x->type->named.targs.n == 0) ||
                                 (x->expr && check_generic_alias(x->expr))))
        what = "type";
    else if (check_is_generic_sig(x->type) && x->mode != MODE_TYPE) {
        if (t) {
            check_func_inst(c, t, x, NULL);
            return;
        }
        what = "function";
    }
    if (what) {
        check_error_at(c, x->expr, "cannot use generic %s %s without instantiation", what,
                       check_expr_str(c, x->expr));
        x->mode = MODE_INVALID;
        x->type = type_basic[BASIC_INVALID];
    }
}
