/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Type unification: Go spec, "Type unification".  Two types unify if they can be made
 * identical, or in looser modes assignable, by giving types to the bound type parameters. */
#include "check/generic.h"
#include "check/termlist.h"

enum { DEPTH_LIMIT = 50 }; /* deeper only when a parameter's type contains itself */

/* Interfaces being unified, for those that contain themselves. */
typedef struct Pair {
    Type *x, *y;
    const struct Pair *outer;
} Pair;

static bool nify(Unifier *u, Type *x, Type *y, unsigned mode, const Pair *p);

/* ---- bound type parameters ----------------------------------------------------------------------- */

void unify_init(Arena *a, Unifier *u, const TypeVec *tparams, const TypeVec *targs)
{
    *u = (Unifier){.a = a, .tparams = *tparams};
    for (uint32_t i = 0; i < tparams->n; i++) {
        Type **h = ARENA_NEW(a, Type *);
        if (i < targs->n)
            *h = targs->p[i];
        vec_push(a, &u->handles, h);
    }
}

static int bound(const Unifier *u, const Type *t)
{
    if (t->kind == TYPE_TYPEPARAM)
        for (uint32_t i = 0; i < u->tparams.n; i++)
            if (u->tparams.p[i] == t)
                return (int)i;
    return -1;
}

Type *unify_at(Unifier *u, Type *tparam)
{
    int i = bound(u, tparam);
    return i < 0 ? NULL : *u->handles.p[i];
}

void unify_set(Unifier *u, Type *tparam, Type *t)
{
    int i = bound(u, tparam);
    if (i >= 0)
        *u->handles.p[i] = t;
}

/* Makes two parameters share their type; false if both have one already. */
static bool join(Unifier *u, int x, int y)
{
    Type **hx = u->handles.p[x], **hy = u->handles.p[y];
    if (hx == hy)
        return true;
    if (*hx && *hy)
        return false;
    Type **keep = *hx ? hx : hy, **drop = *hx ? hy : hx;
    for (uint32_t i = 0; i < u->handles.n; i++)
        if (u->handles.p[i] == drop)
            u->handles.p[i] = keep;
    return true;
}

static Type *as_interface(Type *t)
{
    return type_is_interface(t) ? type_underlying(t) : NULL;
}

/* x is the parameter's type and y matched it: whether both can stand, so that the result does
 * not depend on the order of arguments. */
static bool compatible(Type *x, Type *y)
{
    Type *xi = as_interface(x), *yi = as_interface(y);
    if (!xi || !yi)
        return !xi && !yi;
    if (x->kind == TYPE_NAMED && y->kind == TYPE_NAMED)
        return type_identical(x, y);
    type_complete_interface(types_arena, xi);
    type_complete_interface(types_arena, yi);
    return xi->iface.all_methods.n == yi->iface.all_methods.n;
}

/* Whether y is to be kept rather than x: values of both can be assigned to a defined type, or
 * else to a channel with a direction. */
static bool prefer_new(Type *x, Type *y)
{
    if (x->kind == TYPE_NAMED || y->kind == TYPE_NAMED)
        return x->kind != TYPE_NAMED;
    return y->kind == TYPE_CHAN && y->chan.dir != CHAN_BOTH;
}

static bool unify_bound(Unifier *u, int px, Type *x, Type *y, unsigned mode, const Pair *p)
{
    int py = bound(u, y);
    Type *xt = *u->handles.p[px];
    if (py >= 0)
        return join(u, px, py) || nify(u, xt, *u->handles.p[py], mode, p);
    (void)x;
    if (!xt) {
        *u->handles.p[px] = y;
        return true;
    }
    if (!nify(u, xt, y, mode, p) || !compatible(xt, y))
        return false;
    if (!(mode & UNIFY_EXACT) && prefer_new(xt, y))
        *u->handles.p[px] = y;
    return true;
}

/* ---- interfaces -------------------------------------------------------------------------------------- */

static bool same_terms(Type *x, Type *y)
{
    if (x->iface.is_comparable != y->iface.is_comparable ||
        x->iface.has_terms != y->iface.has_terms)
        return false;
    return !x->iface.has_terms || (terms_subset(&x->iface.terms, &y->iface.terms) &&
                                   terms_subset(&y->iface.terms, &x->iface.terms));
}

/* The methods of the smaller interface must be among those of the other; all: of both. */
static bool unify_interfaces(Unifier *u, Type *x, Type *y, bool all, const Pair *p)
{
    type_complete_interface(u->a, x);
    type_complete_interface(u->a, y);
    if (!same_terms(x, y))
        return false;
    for (const Pair *q = p; q; q = q->outer)
        if ((q->x == x && q->y == y) || (q->x == y && q->y == x))
            return true;
    Pair here = {x, y, p};
    if (x->iface.all_methods.n > y->iface.all_methods.n) {
        Type *t = x;
        x = y;
        y = t;
    }
    if (all && x->iface.all_methods.n != y->iface.all_methods.n)
        return false;
    for (uint32_t i = 0; i < x->iface.all_methods.n; i++) {
        Object *m = x->iface.all_methods.p[i];
        Object *n = type_interface_method(y, m->pkg, m->name, NULL);
        if (!n || !nify(u, object_type(m), object_type(n), UNIFY_EXACT, &here))
            return false;
    }
    return true;
}

/* t must have the methods of iface. */
static bool unify_methods(Unifier *u, Type *iface, Type *t, const Pair *p)
{
    type_complete_interface(u->a, iface);
    for (uint32_t i = 0; i < iface->iface.all_methods.n; i++) {
        Object *m = iface->iface.all_methods.p[i];
        LookupResult r = type_lookup_field_or_method(u->a, t, false, m->pkg, m->name);
        if (!r.obj || r.obj->kind != OBJ_FUNC ||
            !nify(u, object_type(m), object_type(r.obj), UNIFY_EXACT, p))
            return false;
    }
    return true;
}

/* ---- structure ------------------------------------------------------------------------------------------ */

static bool unify_structs(Unifier *u, Type *x, Type *y, unsigned mode, const Pair *p)
{
    if (x->struct_.fields.n != y->struct_.fields.n)
        return false;
    for (uint32_t i = 0; i < x->struct_.fields.n; i++) {
        const StructField *f = &x->struct_.fields.p[i], *g = &y->struct_.fields.p[i];
        if (f->embedded != g->embedded || f->tag_len != g->tag_len ||
            !object_same_id(f->var, g->var->pkg, g->var->name))
            return false;
        for (uint32_t k = 0; k < f->tag_len; k++)
            if (f->tag[k] != g->tag[k])
                return false;
        if (!nify(u, f->var->type, g->var->type, mode, p))
            return false;
    }
    return true;
}

static bool unify_tuples(Unifier *u, Type *x, Type *y, unsigned mode, const Pair *p)
{
    if (x->tuple.vars.n != y->tuple.vars.n)
        return false;
    for (uint32_t i = 0; i < x->tuple.vars.n; i++)
        if (!nify(u, x->tuple.vars.p[i]->type, y->tuple.vars.p[i]->type, mode, p))
            return false;
    return true;
}

static bool unify_named(Unifier *u, Type *x, Type *y, unsigned mode, const Pair *p)
{
    if (x->named.targs.n == 0 || x->named.targs.n != y->named.targs.n)
        return false; /* the same node was dealt with before */
    for (uint32_t i = 0; i < x->named.targs.n; i++)
        if (!nify(u, x->named.targs.p[i], y->named.targs.p[i], mode, p))
            return false;
    return x->named.origin == y->named.origin; /* last, for the sake of messages */
}

/* No bound parameter on either side. */
static bool unify_structure(Unifier *u, Type *x, Type *y, unsigned mode, const Pair *p)
{
    unsigned emode = mode & UNIFY_ASSIGN ? mode | UNIFY_EXACT : mode;
    if (y->kind == TYPE_TYPEPARAM) {
        Type *t = x;
        x = y;
        y = t;
    }
    if (x->kind == TYPE_TYPEPARAM) { /* of an enclosing function: through its core type */
        Type *core = type_core(x);
        return core && nify(u, core, y, UNIFY_ASSIGN, p);
    }
    if (x->kind != y->kind)
        return false;
    switch (x->kind) {
    case TYPE_BASIC: return x->basic.kind == y->basic.kind;
    case TYPE_ARRAY:
        return (x->array.len < 0 || y->array.len < 0 || x->array.len == y->array.len) &&
               nify(u, x->array.elem, y->array.elem, emode, p);
    case TYPE_SLICE: return nify(u, x->slice.elem, y->slice.elem, emode, p);
    case TYPE_POINTER: return nify(u, x->pointer.elem, y->pointer.elem, emode, p);
    case TYPE_STRUCT: return unify_structs(u, x, y, emode, p);
    case TYPE_TUPLE: return unify_tuples(u, x, y, mode, p);
    case TYPE_SIGNATURE:
        return x->sig.tparams.n == y->sig.tparams.n && x->sig.variadic == y->sig.variadic &&
               unify_tuples(u, x->sig.params, y->sig.params, emode, p) &&
               unify_tuples(u, x->sig.results, y->sig.results, emode, p);
    case TYPE_INTERFACE: return unify_interfaces(u, x, y, true, p);
    case TYPE_MAP:
        return nify(u, x->map.key, y->map.key, emode, p) &&
               nify(u, x->map.elem, y->map.elem, emode, p);
    case TYPE_CHAN:
        return (!(mode & UNIFY_EXACT) || x->chan.dir == y->chan.dir) &&
               nify(u, x->chan.elem, y->chan.elem, emode, p);
    case TYPE_NAMED: return unify_named(u, x, y, mode, p);
    default: return type_identical(x, y);
    }
}

static bool nify_once(Unifier *u, Type *x, Type *y, unsigned mode, const Pair *p)
{
    if (x->kind == TYPE_NAMED || bound(u, y) >= 0) { /* parameters left, defined types right */
        Type *t = x;
        x = y;
        y = t;
    }
    if (!(mode & UNIFY_EXACT) && y->kind == TYPE_NAMED && x->kind != TYPE_NAMED &&
        x->kind != TYPE_TYPEPARAM && !as_interface(x)) {
        y = type_underlying(y);
        if (x == y)
            return true;
    }
    int px = bound(u, x);
    if (px >= 0)
        return unify_bound(u, px, x, y, mode, p);
    if (!(mode & UNIFY_EXACT)) {
        Type *xi = as_interface(x), *yi = as_interface(y);
        if (xi && yi)
            return unify_interfaces(u, xi, yi, false, p);
        if (xi && !yi)
            return unify_methods(u, xi, y, p);
        if (yi && !xi)
            return unify_methods(u, yi, x, p);
    }
    return unify_structure(u, x, y, mode, p);
}

static bool nify(Unifier *u, Type *x, Type *y, unsigned mode, const Pair *p)
{
    if (!x || !y)
        return false;
    if (x == y)
        return true;
    if (u->depth >= DEPTH_LIMIT)
        return false;
    u->depth++;
    bool ok = nify_once(u, x, y, mode, p);
    u->depth--;
    return ok;
}

bool unify(Unifier *u, Type *x, Type *y, unsigned mode)
{
    return nify(u, x, y, mode, NULL);
}
