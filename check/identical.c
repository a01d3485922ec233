/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Type identity: Go spec, "Type identity". */
#include "check/termlist.h"

/* Interfaces being compared, so that `type T interface{ m() interface{ T } }` ends; and
 * generic signatures whose type parameters stand for each other. */
typedef struct Pair {
    Type *x, *y;
    const struct Pair *outer;
} Pair;

typedef struct Compare {
    bool ignore_tags;
} Compare;

static bool identical(const Compare *c, Type *x, Type *y, const Pair *p);

bool object_same_id(const Object *o, const Package *pkg, const Name *name)
{
    if (o->name != name)
        return false;
    if (name_exported(name) || o->pkg == pkg)
        return true;
    /* what the universe and instances of one package hold compares equal */
    return o->pkg && pkg && o->pkg->path == pkg->path;
}

static bool same_tag(const StructField *f, const StructField *g)
{
    if (f->tag_len != g->tag_len)
        return false;
    for (uint32_t i = 0; i < f->tag_len; i++)
        if (f->tag[i] != g->tag[i])
            return false;
    return true;
}

static bool identical_structs(const Compare *c, Type *x, Type *y, const Pair *p)
{
    if (x->struct_.fields.n != y->struct_.fields.n)
        return false;
    for (uint32_t i = 0; i < x->struct_.fields.n; i++) {
        const StructField *f = &x->struct_.fields.p[i], *g = &y->struct_.fields.p[i];
        if (f->embedded != g->embedded || !object_same_id(f->var, g->var->pkg, g->var->name) ||
            (!c->ignore_tags && !same_tag(f, g)) || !identical(c, f->var->type, g->var->type, p))
            return false;
    }
    return true;
}

static bool identical_tuples(const Compare *c, Type *x, Type *y, const Pair *p)
{
    if (x->tuple.vars.n != y->tuple.vars.n)
        return false;
    for (uint32_t i = 0; i < x->tuple.vars.n; i++)
        if (!identical(c, x->tuple.vars.p[i]->type, y->tuple.vars.p[i]->type, p))
            return false;
    return true;
}

static bool identical_signatures(const Compare *c, Type *x, Type *y, const Pair *p)
{
    if (x->sig.variadic != y->sig.variadic || x->sig.tparams.n != y->sig.tparams.n)
        return false;
    Pair here = {x, y, p};
    if (x->sig.tparams.n) {
        p = &here;
        for (uint32_t i = 0; i < x->sig.tparams.n; i++) {
            Type *s = x->sig.tparams.p[i]->type, *t = y->sig.tparams.p[i]->type;
            if (!identical(c, type_constraint_interface(s->tparam.constraint),
                           type_constraint_interface(t->tparam.constraint), p))
                return false;
        }
    }
    return identical_tuples(c, x->sig.params, y->sig.params, p) &&
           identical_tuples(c, x->sig.results, y->sig.results, p);
}

static bool identical_interfaces(const Compare *c, Type *x, Type *y, const Pair *p)
{
    type_complete_interface(types_arena, x);
    type_complete_interface(types_arena, y);
    if (x->iface.is_comparable != y->iface.is_comparable ||
        x->iface.has_terms != y->iface.has_terms ||
        x->iface.all_methods.n != y->iface.all_methods.n)
        return false;
    if (x->iface.has_terms && !(terms_subset(&x->iface.terms, &y->iface.terms) &&
                                terms_subset(&y->iface.terms, &x->iface.terms)))
        return false;
    for (const Pair *q = p; q; q = q->outer)
        if ((q->x == x && q->y == y) || (q->x == y && q->y == x))
            return true; /* assumed while it is being compared */
    Pair here = {x, y, p};
    for (uint32_t i = 0; i < x->iface.all_methods.n; i++) {
        Object *m = x->iface.all_methods.p[i], *n = y->iface.all_methods.p[i];
        if (!object_same_id(m, n->pkg, n->name))
            return false;
        Type *mt = object_type(m), *nt = object_type(n);
        if (mt && nt && !identical(c, mt, nt, &here))
            return false;
    }
    return true;
}

static bool identical_named(const Compare *c, Type *x, Type *y, const Pair *p)
{
    if (!x->named.origin || x->named.origin != y->named.origin ||
        x->named.targs.n != y->named.targs.n)
        return false;
    for (uint32_t i = 0; i < x->named.targs.n; i++)
        if (!identical(c, x->named.targs.p[i], y->named.targs.p[i], p))
            return false;
    return true;
}

static bool identical_typeparams(Type *x, Type *y, const Pair *p)
{
    for (; p; p = p->outer) {
        if (p->x->kind != TYPE_SIGNATURE)
            continue;
        for (uint32_t i = 0; i < p->x->sig.tparams.n; i++)
            if (p->x->sig.tparams.p[i]->type == x && p->y->sig.tparams.p[i]->type == y)
                return true;
    }
    return false;
}

static bool identical(const Compare *c, Type *x, Type *y, const Pair *p)
{
    if (x == y)
        return true;
    if (!x || !y || x->kind != y->kind)
        return false;
    switch (x->kind) {
    case TYPE_BASIC: return x->basic.kind == y->basic.kind;
    case TYPE_ARRAY:
        /* a length below 0 is one that had an error */
        return (x->array.len < 0 || y->array.len < 0 || x->array.len == y->array.len) &&
               identical(c, x->array.elem, y->array.elem, p);
    case TYPE_SLICE: return identical(c, x->slice.elem, y->slice.elem, p);
    case TYPE_POINTER: return identical(c, x->pointer.elem, y->pointer.elem, p);
    case TYPE_STRUCT: return identical_structs(c, x, y, p);
    case TYPE_TUPLE: return identical_tuples(c, x, y, p);
    case TYPE_SIGNATURE: return identical_signatures(c, x, y, p);
    case TYPE_INTERFACE: return identical_interfaces(c, x, y, p);
    case TYPE_MAP:
        return identical(c, x->map.key, y->map.key, p) && identical(c, x->map.elem, y->map.elem, p);
    case TYPE_CHAN:
        return x->chan.dir == y->chan.dir && identical(c, x->chan.elem, y->chan.elem, p);
    case TYPE_NAMED: return identical_named(c, x, y, p);
    case TYPE_TYPEPARAM: return identical_typeparams(x, y, p);
    case TYPE_UNION:
        return terms_subset(&x->union_.terms, &y->union_.terms) &&
               terms_subset(&y->union_.terms, &x->union_.terms);
    }
    return false;
}

bool type_identical(Type *x, Type *y)
{
    return identical(&(Compare){false}, x, y, NULL);
}

bool type_identical_ignore_tags(Type *x, Type *y)
{
    return identical(&(Compare){true}, x, y, NULL);
}
