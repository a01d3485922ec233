/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Generics as the checker meets them: type parameter lists, instantiated types and
 * functions, and calls whose type arguments are inferred.  The theory is in subst.c,
 * unify.c and infer.c.  Go spec, "Type parameter declarations", "Instantiations". */
#include "check/checker.h"
#include "check/generic.h"

/* ---- type parameter lists -------------------------------------------------------------------- */

static Object *declare_tparam(Checker *c, Expr *name, int index, Pos scope_pos)
{
    Object *o = check_new_object(c, OBJ_TYPENAME, name->range.start, name->ident.name, NULL);
    o->type = type_new_typeparam(c->a, o, index, NULL);
    name->ident.obj = o;
    check_declare(c, c->env.scope, name, o, scope_pos);
    check_record_type(c, name, MODE_TYPE, o->type, NULL);
    return o;
}

/* ~T and A|B stand for an interface with that element. */
static Type *bound(Checker *c, Expr *e)
{
    bool literal = (e->kind == EXPR_UNARY && e->unary.op == TOK_TILDE) ||
                   (e->kind == EXPR_BINARY && e->binary.op == TOK_OR);
    if (!literal)
        return check_type(c, e);
    Type *it = type_new(c->a, TYPE_INTERFACE);
    it->iface.implicit = true;
    check_interface_elem(c, it, e);
    return it;
}

void check_collect_tparams(Checker *c, FieldVec *list, ObjectVec *out)
{
    int index = 0;
    Pos scope_pos = list->n ? list->p[0]->range.start : NOPOS;
    for (uint32_t i = 0; i < list->n; i++)
        for (uint32_t j = 0; j < list->p[i]->names.n; j++)
            vec_push(c->a, out, declare_tparam(c, list->p[i]->names.p[j], index++, scope_pos));
    bool saved = c->env.in_tparams;
    c->env.in_tparams = true;
    index = 0;
    for (uint32_t i = 0; i < list->n; i++) {
        Field *f = list->p[i];
        Type *b = f->type ? bound(c, f->type) : type_basic[BASIC_INVALID];
        if (type_is_typeparam(b)) {
            check_error_at(c, f->type, "cannot use a type parameter as constraint");
            b = type_basic[BASIC_INVALID];
        }
        for (uint32_t j = 0; j < f->names.n; j++)
            out->p[index++]->type->tparam.constraint = b;
    }
    c->env.in_tparams = saved;
}

/* func (r *T[A, B]) m(): A and B are declared here and bound as T's own are. */
Type *check_recv_type(Checker *c, Expr *base_expr, ExprVec *names, bool ptr, Pos scope_pos)
{
    const char *cause = NULL;
    Type *base = check_generic_type(c, base_expr, &cause);
    Object *alias = type_valid(base) ? check_generic_alias(base_expr) : NULL;
    if (alias)
        check_error_at(c, base_expr, "cannot define new methods on generic alias type %s",
                       check_alias_string(c, alias));
    if (cause)
        check_error_at(c, base_expr, "%s", cause);
    TypeVec targs = {0};
    for (uint32_t i = 0; i < names->n; i++) {
        Expr *n = names->p[i];
        if (n->kind != EXPR_IDENT) {
            check_error_at(c, n, "receiver type parameter %s must be an identifier",
                           check_expr_str(c, n));
            Expr *blank = ARENA_NEW(c->a, Expr);
            blank->kind = EXPR_IDENT;
            blank->range = n->range;
            blank->ident.name = name_blank;
            n = blank;
        }
        vec_push(c->a, &targs, declare_tparam(c, n, (int)i, scope_pos)->type);
    }
    if (!type_valid(base) || alias || base->kind != TYPE_NAMED)
        return type_basic[BASIC_INVALID];
    ObjectVec *own = &base->named.tparams;
    if (own->n != targs.n) {
        check_error_at(c, base_expr,
                       "receiver declares %u type parameter%s, but receiver base type declares %u",
                       targs.n, targs.n == 1 ? "" : "s", own->n);
        return type_basic[BASIC_INVALID];
    }
    SubstMap m = subst_map(c->a, own, targs.p, targs.n);
    for (uint32_t i = 0; i < targs.n; i++)
        check_mono_receiver(c, targs.p[i], own->p[i]->type);
    for (uint32_t i = 0; i < targs.n; i++)
        targs.p[i]->tparam.constraint = type_subst(c->a, own->p[i]->type->tparam.constraint, &m);
    Type *t = type_instantiate_named(c->a, base, targs.p, targs.n);
    return ptr ? type_new_pointer(c->a, t) : t;
}

/* ---- instances --------------------------------------------------------------------------------- */

/* Notes the type arguments on e and on the name inside it. */
static void record_instance(Checker *c, Expr *e, TypeVec *targs, Type *inst, OperandMode mode)
{
    for (;;) {
        e->targs = targs->p;
        e->ntargs = targs->n;
        check_record_type(c, e, mode, inst, NULL);
        if (e->kind == EXPR_PAREN)
            e = e->paren.x;
        else if (e->kind == EXPR_INDEX)
            e = e->index.x;
        else
            return;
    }
}

typedef struct Verify {
    Range at;
    ExprVec *xlist;
    const char *name; /* of a type, whose number of arguments is to be checked; or NULL */
    ObjectVec *tparams;
    TypeVec targs;
} Verify;

static void verify(Checker *c, void *arg)
{
    Verify *v = arg;
    SubstMap m = subst_map(c->a, v->tparams, v->targs.p, v->targs.n);
    for (uint32_t i = 0; i < v->tparams->n && i < v->targs.n; i++) {
        const char *cause = "";
        Type *constraint = v->tparams->p[i]->type->tparam.constraint;
        if (!constraint || !type_valid(constraint))
            continue;
        Type *b = type_subst(c->a, constraint, &m);
        if (!type_is_interface(b))
            b = type_constraint_interface(b); /* [P *T] */
        if (check_implements(c, v->targs.p[i], b, true, &cause))
            continue;
        check_error(c, v->xlist && i < v->xlist->n ? v->xlist->p[i]->range : v->at, "%s", cause);
        return;
    }
}

static void verify_later(Checker *c, Range at, ExprVec *xlist, ObjectVec *tparams, TypeVec *targs)
{
    Verify *v = ARENA_NEW(c->a, Verify);
    *v = (Verify){.at = at, .xlist = xlist, .tparams = tparams, .targs = *targs};
    check_mono_instance(c, at.start, xlist, tparams, targs);
    check_later(c, verify, v);
}

/* The types in a list of type arguments; false when one was wrong. */
static bool type_list(Checker *c, ExprVec *list, TypeVec *out)
{
    bool ok = true;
    for (uint32_t i = 0; i < list->n; i++) {
        Type *t = check_var_type(c, list->p[i]);
        ok &= type_valid(t);
        vec_push(c->a, out, t);
    }
    return ok;
}

static const char *list_string(Checker *c, ExprVec *list)
{
    const char *s = "[";
    for (uint32_t i = 0; i < list->n; i++)
        s = arena_printf(c->a, "%s%s%s", s, i ? ", " : "", check_expr_str(c, list->p[i]));
    return arena_printf(c->a, "%s]", s);
}

/* The generic alias that e names, or NULL. */
Object *check_generic_alias(Expr *e)
{
    Object *o = e->kind == EXPR_IDENT      ? e->ident.obj
                : e->kind == EXPR_SELECTOR ? e->selector.obj
                                           : NULL;
    return o && o->kind == OBJ_TYPENAME && o->typename.tparams.n ? o : NULL;
}

const char *check_alias_string(Checker *c, Object *alias)
{
    const char *s = arena_printf(c->a, "%s[", alias->name->s);
    ObjectVec *v = &alias->typename.tparams;
    for (uint32_t i = 0; i < v->n; i++)
        s = arena_printf(c->a, "%s%s%s %s", s, i ? ", " : "", v->p[i]->name->s,
                         check_type_str(c, v->p[i]->type->tparam.constraint));
    return arena_printf(c->a, "%s]", s);
}

Type *check_instantiated_type(Checker *c, Expr *e)
{
    Expr *x = e->index.x;
    const char *cause = NULL;
    Type *g = check_generic_type(c, x, &cause);
    if (cause)
        check_error_at(c, x, "invalid operation: %s%s (%s)", check_expr_str(c, x),
                       list_string(c, &e->index.indices), cause);
    if (!type_valid(g))
        return type_basic[BASIC_INVALID];
    Object *alias = check_generic_alias(x);
    TypeVec targs = {0};
    if (!type_list(c, &e->index.indices, &targs))
        return type_basic[BASIC_INVALID];
    ObjectVec *tparams = alias ? &alias->typename.tparams : &g->named.tparams;
    if (targs.n != tparams->n) {
        check_error_at(c, x, "%s type arguments for type %s: have %u, want %u",
                       targs.n < tparams->n ? "not enough" : "too many",
                       alias ? alias->name->s : g->named.obj->name->s, targs.n, tparams->n);
        return type_basic[BASIC_INVALID];
    }
    Type *inst;
    if (alias) {
        SubstMap m = subst_map(c->a, tparams, targs.p, targs.n);
        inst = type_subst(c->a, g, &m);
    } else {
        inst = type_instantiate_named(c->a, g, targs.p, targs.n);
        if (inst->named.at == NOPOS)
            inst->named.at = x->range.start;
    }
    e->targs = targs.p;
    e->ntargs = targs.n;
    verify_later(c, x->range, &e->index.indices, tparams, &targs);
    return inst;
}

/* ---- functions ------------------------------------------------------------------------------------ */

static Range after(Expr *x)
{
    return (Range){x->range.end, x->range.end};
}

static Type *instantiate_sig(Checker *c, Range at, Expr *e, Type *sig, TypeVec *targs,
                             ExprVec *xlist)
{
    ObjectVec *tparams = ARENA_NEW(c->a, ObjectVec);
    *tparams = sig->sig.tparams;
    Type *inst = type_instantiate_sig(c->a, sig, targs->p, targs->n);
    TypeVec copy = {0};
    for (uint32_t i = 0; i < targs->n; i++)
        vec_push(c->a, &copy, targs->p[i]);
    record_instance(c, e, &copy, inst, MODE_VALUE);
    verify_later(c, at, xlist, tparams, &copy);
    return inst;
}

static Type *one_tuple(Checker *c, Type *t)
{
    Object *v = check_new_object(c, OBJ_VAR, NOPOS, NULL, t);
    return type_new_tuple(c->a, &v, 1);
}

static void pad(Checker *c, TypeVec *v, uint32_t n)
{
    while (v->n < n)
        vec_push(c->a, v, NULL);
}

/* Makes the generic function x an instance: with the arguments of inst (f[T]), with those
 * that the target's type implies, or both.  partial, when given: do not infer, give back
 * what there is. */
bool check_func_inst_partial(Checker *c, Target *t, Operand *x, Expr *inst, TypeVec *partial)
{
    TypeVec targs = {0};
    ExprVec *xlist = NULL;
    Type *sig = x->type;
    if (inst) {
        xlist = &inst->index.indices;
        x->expr = inst;
        if (!type_list(c, xlist, &targs)) {
            x->mode = MODE_INVALID;
            return false;
        }
    }
    Range at = inst ? after(inst->index.x) : x->expr->range;
    uint32_t want = sig->sig.tparams.n;
    if (targs.n > want) {
        check_error_at(c, xlist->p[targs.n - 1], "got %u type arguments but want %u", targs.n,
                       want);
        x->mode = MODE_INVALID;
        return false;
    }
    if (targs.n < want) {
        if (partial) {
            *partial = targs;
            return true;
        }
        /* var v func(int) = f is inferred as the call g(v) of a g[...](func...) would be */
        Type *params = type_empty_tuple;
        InferArg arg = {0};
        uint32_t nargs = 0;
        Expr *name = ARENA_NEW(c->a, Expr);
        if (t && t->sig) {
            Type *gsig = type_new_signature(c->a, NULL, sig->sig.params, sig->sig.results,
                                            sig->sig.variadic);
            params = one_tuple(c, gsig);
            name->kind = EXPR_IDENT;
            name->range = x->expr->range;
            name->ident.name = intern_cstr(t->desc ? t->desc : "variable");
            arg = (InferArg){t->sig, name};
            nargs = 1;
        }
        TypeVec tparams = type_rename_tparams(c->a, &sig->sig.tparams, &params);
        pad(c, &targs, want);
        InferError err = {0};
        if (!type_infer(c->a, c->pkg, &tparams, &targs, params, &arg, nargs, true, &err)) {
            if (err.msg)
                check_error(c, err.at ? err.at->range : at, "%s", err.msg);
            x->mode = MODE_INVALID;
            return false;
        }
    }
    x->type = instantiate_sig(c, at, x->expr, sig, &targs, xlist);
    x->mode = MODE_VALUE;
    return false;
}

void check_func_inst(Checker *c, Target *t, Operand *x, Expr *inst)
{
    check_func_inst_partial(c, t, x, inst, NULL);
}

/* Arguments of a call: generic functions may stay uninstantiated, with the type arguments
 * written so far in *targs (one for each operand). */
OperandVec check_generic_expr_list(Checker *c, ExprVec *list, TypeVec **targs)
{
    OperandVec v = {0};
    *targs = ARENA_ARRAY(c->a, TypeVec, list->n + 1);
    for (uint32_t i = 0; i < list->n; i++) {
        Expr *e = list->p[i];
        Operand *x = ARENA_NEW(c->a, Operand);
        if (e->kind == EXPR_INDEX) {
            if (check_index_expr(c, x, e)) {
                if (!check_func_inst_partial(c, NULL, x, e, &(*targs)[i]))
                    check_record(c, x);
                x->expr = e;
            } else {
                x->expr = e;
                if (x->mode == MODE_INVALID)
                    x->type = type_basic[BASIC_INVALID];
                check_record(c, x);
                check_exclude(c, x, 1u << MODE_NOVALUE | 1u << MODE_BUILTIN | 1u << MODE_TYPE);
                check_single_value(c, x);
            }
            vec_push(c->a, &v, x);
            continue;
        }
        if (list->n == 1) {
            check_raw_expr(c, NULL, x, e, NULL, true);
            check_exclude(c, x, 1u << MODE_NOVALUE | 1u << MODE_BUILTIN | 1u << MODE_TYPE);
            if (x->mode != MODE_INVALID && x->type->kind == TYPE_TUPLE) {
                for (uint32_t j = 0; j < x->type->tuple.vars.n; j++) {
                    Operand *y = ARENA_NEW(c->a, Operand);
                    *y = (Operand){
                        .mode = MODE_VALUE, .expr = e, .type = x->type->tuple.vars.p[j]->type};
                    vec_push(c->a, &v, y);
                }
                *targs = ARENA_ARRAY(c->a, TypeVec, v.n + 1);
                return v;
            }
        } else {
            check_generic_expr(c, x, e);
        }
        vec_push(c->a, &v, x);
    }
    return v;
}

/* Explicit type arguments of a called function: completes sig when all are there.  False
 * after an error. */
bool check_call_targs(Checker *c, Expr *inst, Type **sig, TypeVec *targs)
{
    ExprVec *xlist = &inst->index.indices;
    if (!type_list(c, xlist, targs))
        return false;
    uint32_t want = (*sig)->sig.tparams.n;
    if (targs->n > want) {
        check_error_at(c, xlist->p[want], "got %u type arguments but want %u", targs->n, want);
        return false;
    }
    if (targs->n == want && want > 0) {
        *sig = instantiate_sig(c, after(inst->index.x), inst, *sig, targs, xlist);
        targs->n = 0;
    }
    return true;
}

/* Infers what is missing of the callee's and its generic arguments' type arguments, for
 * parameters params (one each argument; replaced by the instantiated ones).  Gives the
 * callee's signature, NULL after an error. */
Type *check_infer_call(Checker *c, Expr *call, Type *sig, TypeVec *targs, ExprVec *xlist,
                       TypeVec *params, OperandVec *args, TypeVec *atargs)
{
    uint32_t n = sig->sig.tparams.n;
    ObjectVec vars = {0};
    for (uint32_t i = 0; i < params->n; i++)
        vec_push(c->a, &vars, check_new_object(c, OBJ_VAR, NOPOS, NULL, params->p[i]));
    Type *tuple = type_new_tuple(c->a, vars.p, vars.n);
    TypeVec tparams = {0}, all = *targs;
    if (n > 0) {
        tparams = type_rename_tparams(c->a, &sig->sig.tparams, &tuple);
        pad(c, &all, tparams.n);
    }
    bool any = n > 0;
    Type **generic = ARENA_ARRAY(c->a, Type *, args->n + 1);
    for (uint32_t i = 0; i < args->n; i++) {
        Operand *x = args->p[i];
        if (x->mode == MODE_INVALID || !check_is_generic_sig(x->type))
            continue;
        any = true;
        /* Fresh parameters for each argument, so that f(g, g) works. */
        generic[i] = x->type;
        Type *plain = type_new_signature(c->a, NULL, x->type->sig.params, x->type->sig.results,
                                         x->type->sig.variadic);
        TypeVec own = type_rename_tparams(c->a, &x->type->sig.tparams, &plain);
        x->type = plain;
        for (uint32_t j = 0; j < own.n; j++)
            vec_push(c->a, &tparams, own.p[j]);
        if (atargs)
            for (uint32_t j = 0; j < atargs[i].n; j++)
                vec_push(c->a, &all, atargs[i].p[j]);
        pad(c, &all, tparams.n);
    }
    if (!any)
        return sig;
    InferArg *iargs = ARENA_ARRAY(c->a, InferArg, args->n + 1);
    for (uint32_t i = 0; i < args->n; i++) {
        Operand *x = args->p[i];
        iargs[i] = (InferArg){x->mode == MODE_INVALID ? NULL : x->type, x->expr};
    }
    InferError err = {0};
    Range at = {call->call.lparen, call->call.lparen};
    if (!type_infer(c->a, c->pkg, &tparams, &all, tuple, iargs, args->n, false, &err)) {
        if (err.msg)
            check_error(c, err.at ? err.at->range : at, "in call to %s, %s",
                        check_expr_str(c, call->call.fun), err.msg);
        for (uint32_t i = 0; i < args->n; i++)
            if (generic[i])
                args->p[i]->type = generic[i];
        return NULL;
    }
    Type *rsig = sig;
    if (n > 0) {
        TypeVec mine = {all.p, n, n};
        rsig = instantiate_sig(c, at, call->call.fun, sig, &mine, xlist);
        SubstMap m = {0};
        for (uint32_t i = 0; i < n; i++) {
            vec_push(c->a, &m.from, tparams.p[i]);
            vec_push(c->a, &m.to, all.p[i]);
        }
        for (uint32_t i = 0; i < params->n; i++)
            params->p[i] = type_subst(c->a, tuple->tuple.vars.p[i]->type, &m);
    }
    uint32_t j = n;
    for (uint32_t i = 0; i < args->n; i++) {
        if (!generic[i])
            continue;
        uint32_t k = generic[i]->sig.tparams.n;
        TypeVec part = {all.p + j, k, k};
        Operand *x = args->p[i];
        x->type = instantiate_sig(c, x->expr->range, x->expr, generic[i], &part, NULL);
        j += k;
    }
    return rsig;
}
