/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Selectors: qualified identifiers, fields, methods, method values and expressions.  Go
 * spec, "Qualified identifiers", "Selectors", "Method values", "Method expressions". */
#include "check/checker.h"

#include <strings.h>

/* ---- pkg.Name ------------------------------------------------------------------------------ */

typedef struct Folded {
    const Name *name;
    Object *hit;
} Folded;

static void find_folded(Object *o, void *arg)
{
    Folded *f = arg;
    if (!f->hit && o->name->len == f->name->len && check_name_exported(o->name) &&
        strncasecmp(o->name->s, f->name->s, f->name->len) == 0)
        f->hit = o;
}

static void qualified(Checker *c, Operand *x, Expr *e, Object *pname)
{
    const Name *sel = e->selector.name;
    Package *pkg = pname->pkgname.imported;
    pname->used = true;
    e->selector.x->ident.obj = pname;
    if (!pkg)
        return; /* the import failed and was reported */
    Object *exp = scope_lookup(pkg->scope, sel);
    if (!exp) {
        if (sel != name_blank && !pkg->fake) {
            Folded f = {sel, NULL};
            scope_each(pkg->scope, find_folded, &f);
            if (f.hit)
                check_error(c, e->selector.name_range, "undefined: %s (but have %s)",
                            check_expr_str(c, e), f.hit->name->s);
            else
                check_suggest_member(
                    c,
                    check_error(c, e->selector.name_range, "undefined: %s", check_expr_str(c, e)),
                    pkg, sel);
        } else if (sel == name_blank) {
            check_error(c, e->selector.name_range, "cannot refer to blank field or method");
        }
        return;
    }
    if (!check_name_exported(exp->name)) {
        check_error(c, e->selector.name_range, "name %s not exported by package %s", sel->s,
                    pkg->name->s);
        /* go on with what it is */
    }
    e->selector.obj = exp;
    if (exp->kind != OBJ_BUILTIN && !type_valid(exp->type))
        return;
    switch (exp->kind) {
    case OBJ_CONST:
        x->mode = MODE_CONST;
        x->val = exp->constant.val ? exp->constant.val : const_unknown();
        break;
    case OBJ_TYPENAME: x->mode = MODE_TYPE; break;
    case OBJ_VAR: x->mode = MODE_VAR; break;
    case OBJ_FUNC: x->mode = MODE_VALUE; break;
    case OBJ_BUILTIN:
        x->mode = MODE_BUILTIN;
        x->builtin = exp->builtin.id;
        break;
    default: return;
    }
    x->type = exp->type ? exp->type : type_basic[BASIC_INVALID];
    x->expr = e;
}

/* ---- x.f ----------------------------------------------------------------------------------- */

static bool is_iface_ptr(Type *t)
{
    Type *u = type_underlying(t);
    return u && u->kind == TYPE_POINTER && type_is_interface(u->pointer.elem);
}

static void not_found(Checker *c, Operand *x, Expr *e, LookupResult *r)
{
    const Name *sel = e->selector.name;
    Range at = e->selector.name_range;
    if (!type_valid(type_underlying(x->type)))
        return;
    if (r->index.n > 0) {
        check_error(c, at, "ambiguous selector %s.%s", check_expr_str(c, x->expr), sel->s);
        return;
    }
    const char *ts = check_type_str(c, x->type);
    if (r->indirect) {
        if (x->mode == MODE_TYPE)
            check_error(c, at, "invalid method expression %s.%s (needs pointer receiver (*%s).%s)",
                        ts, sel->s, ts, sel->s);
        else
            check_error(c, at, "cannot call pointer method %s on %s", sel->s, ts);
        return;
    }
    const char *why;
    if (is_iface_ptr(x->type)) {
        bool tp = type_is_typeparam(type_underlying(x->type)->pointer.elem);
        why = arena_printf(c->a,
                           tp ? "type %s is pointer to type parameter, not type parameter"
                              : "type %s is pointer to interface, not interface",
                           ts);
    } else {
        why = check_lookup_error(c, x->type, sel, check_lookup_folded(c, x->type, sel), false);
    }
    check_error(c, at, "%s.%s undefined (%s)", check_expr_str(c, x->expr), sel->s, why);
}

static Selection *record(Checker *c, Expr *e, SelectionKind k, Type *recv, LookupResult *r,
                         Type *type)
{
    Selection *s = ARENA_NEW(c->a, Selection);
    s->kind = k;
    s->recv = recv;
    s->obj = r->obj;
    s->index.p = r->index.p;
    s->index.n = r->index.n;
    s->index.cap = r->index.cap;
    s->indirect = r->indirect;
    s->type = type;
    e->selector.sel = s;
    return s;
}

/* T.m: a function whose first parameter is the receiver. */
static Type *method_expr_type(Checker *c, Type *recv, Type *sig)
{
    Type *ps = sig->sig.params;
    ObjectVec vars = {0};
    const Name *name = NULL;
    if (ps->tuple.vars.n && ps->tuple.vars.p[0]->name) {
        name = sig->sig.recv ? sig->sig.recv->name : NULL;
        if (!name)
            name = name_blank;
    }
    vec_push(c->a, &vars, check_new_object(c, OBJ_VAR, NOPOS, name, recv));
    for (uint32_t i = 0; i < ps->tuple.vars.n; i++)
        vec_push(c->a, &vars, ps->tuple.vars.p[i]);
    Type *params = type_new_tuple(c->a, vars.p, vars.n);
    Type *t = type_new_signature(c->a, NULL, params, sig->sig.results, sig->sig.variadic);
    t->sig.tparams = sig->sig.tparams;
    return t;
}

void check_selector(Checker *c, Operand *x, Expr *e, bool want_type)
{
    const Name *sel = e->selector.name;
    x->mode = MODE_INVALID;
    x->type = type_basic[BASIC_INVALID];
    x->expr = e;
    e->selector.sel = NULL;
    e->selector.obj = NULL;
    if (e->selector.x->kind == EXPR_IDENT) {
        Object *o = check_lookup(c, e->selector.x->ident.name, NULL);
        if (o && o->kind == OBJ_PKGNAME) {
            qualified(c, x, e, o);
            return;
        }
    }
    check_expr_or_type(c, x, e->selector.x, false);
    if (x->mode == MODE_INVALID)
        goto error;
    if (x->mode == MODE_BUILTIN) {
        check_error(c, (Range){e->selector.x->range.end, e->range.end},
                    "invalid use of %s in selector expression", check_operand_str(c, x));
        goto error;
    }
    if (want_type) {
        check_error(c, e->selector.name_range, "%s is not a type", check_expr_str(c, e));
        goto error;
    }
    if (!type_valid(type_underlying(x->type)))
        goto error;
    LookupResult r = {0};
    if (sel != name_blank)
        r = type_lookup_field_or_method(c->a, x->type, x->mode == MODE_VAR, c->pkg, sel);
    if (!r.obj) {
        not_found(c, x, e, &r);
        goto error;
    }
    if (r.obj->kind == OBJ_FUNC)
        check_obj_decl(c, r.obj);

    if (x->mode == MODE_TYPE) {
        if (r.obj->kind != OBJ_FUNC) {
            check_error(c, e->selector.name_range, "%s.%s undefined (type %s has no method %s)",
                        check_expr_str(c, x->expr), sel->s, check_type_str(c, x->type), sel->s);
            goto error;
        }
        if (!type_valid(r.obj->type))
            goto error;
        Type *t = method_expr_type(c, x->type, r.obj->type);
        record(c, e, SEL_METHOD_EXPR, x->type, &r, t);
        x->mode = MODE_VALUE;
        x->type = t;
        check_add_dep(c, r.obj);
    } else if (r.obj->kind == OBJ_FUNC) {
        if (!type_valid(r.obj->type))
            goto error;
        Type *sig = r.obj->type;
        Type *t =
            type_new_signature(c->a, NULL, sig->sig.params, sig->sig.results, sig->sig.variadic);
        t->sig.tparams = sig->sig.tparams;
        record(c, e, SEL_METHOD, x->type, &r, t);
        /* x.m with a pointer receiver is (&x).m. */
        if (r.obj->func.ptr_recv && !r.indirect && type_underlying(x->type)->kind != TYPE_POINTER)
            check_mark_addr_taken(e->selector.x);
        x->mode = MODE_VALUE;
        x->type = t;
        check_add_dep(c, r.obj);
    } else {
        record(c, e, SEL_FIELD, x->type, &r, r.obj->type);
        x->mode = x->mode == MODE_VAR || r.indirect ? MODE_VAR : MODE_VALUE;
        x->type = r.obj->type ? r.obj->type : type_basic[BASIC_INVALID];
    }
    x->expr = e;
    return;

error:
    x->mode = MODE_INVALID;
    x->type = type_basic[BASIC_INVALID];
    x->expr = e;
}
