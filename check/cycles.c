/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Types that contain themselves by value, which would have no size: Go spec, "Type
 * declarations".  Instances are followed with their arguments put in, so that a generic
 * type may hold another instance of itself as an argument. */
#include "check/generic.h"
#include "check/checker.h"

enum { MAX_DEPTH = 64 }; /* deeper: T[P] holds T[T[P]] holds T[T[T[P]]] … */

enum { VALID_UNKNOWN, VALID_WALKING, VALID_YES, VALID_NO };

typedef struct Path {
    Type *named;
    uint32_t depth;
    const struct Path *outer;
} Path;

static bool valid(Checker *c, Type *t, const Path *path);

static const char *type_name(const Type *named)
{
    return named->named.obj->name->s;
}

static void make_invalid(Type *t)
{
    t->named.validity = VALID_NO;
    t->named.underlying = type_basic[BASIC_INVALID];
}

/* The cycle is path, from its end up to first.  Reported from the earliest declaration on:
 * "invalid recursive type A", "A refers to B", "B refers to A". */
static void report(Checker *c, const Path *path, const Path *first)
{
    TypeVec cycle = {0};
    uint32_t n = 1;
    for (const Path *p = path; p != first; p = p->outer)
        n++;
    for (uint32_t i = 0; i < n; i++)
        vec_push(c->a, &cycle, NULL);
    for (const Path *p = path; n; p = p->outer)
        cycle.p[--n] = p->named;
    uint32_t start = 0;
    for (uint32_t i = 1; i < cycle.n; i++) { /* an instance is made later than any declaration */
        Type *t = cycle.p[i], *s = cycle.p[start];
        bool t_inst = t->named.origin != NULL, s_inst = s->named.origin != NULL;
        if (t_inst != s_inst ? s_inst : t->named.obj->pos < s->named.obj->pos)
            start = i;
    }
    Object *o = cycle.p[start]->named.obj;
    Range r = {o->pos, o->pos + o->name->len};
    if (cycle.n == 1) {
        check_error(c, r, "invalid recursive type: %s refers to itself", o->name->s);
    } else {
        Diag *d = check_error(c, r, "invalid recursive type %s", o->name->s);
        for (uint32_t i = 0; i < cycle.n; i++) {
            Type *from = cycle.p[(start + i) % cycle.n], *to = cycle.p[(start + i + 1) % cycle.n];
            if (d)
                diag_note(d, from->named.obj->pos, "%s refers to %s", type_name(from),
                          type_name(to));
        }
    }
    for (uint32_t i = 0; i < cycle.n; i++) {
        if (cycle.p[i]->named.origin)
            make_invalid(cycle.p[i]->named.origin);
        make_invalid(cycle.p[i]);
    }
}

static bool valid_named(Checker *c, Type *t, const Path *path)
{
    if (t->named.validity == VALID_YES)
        return true;
    if (t->named.validity == VALID_NO)
        return false;
    const Path *first = NULL;
    for (const Path *p = path; p; p = p->outer)
        if (p->named == t)
            first = p;
    if (first) {
        report(c, path, first);
        return false;
    }
    Type *origin = t->named.origin ? t->named.origin : t;
    if (path && path->depth > MAX_DEPTH && t->named.origin) {
        Path self = {origin, 0, NULL};
        report(c, &self, &self);
        return false;
    }
    if (origin->named.obj->pkg && origin->named.obj->pkg != c->pkg && !t->named.origin)
        return true;    /* checked with its package */
    type_underlying(t); /* expand an instance */
    if (!t->named.underlying)
        return true;
    t->named.validity = VALID_WALKING;
    Path here = {t, path ? path->depth + 1 : 0, path};
    bool ok = valid(c, t->named.underlying, &here);
    if (t->named.validity == VALID_WALKING)
        t->named.validity = ok ? VALID_YES : VALID_NO;
    return ok;
}

static bool valid(Checker *c, Type *t, const Path *path)
{
    if (!t)
        return true;
    switch (t->kind) {
    case TYPE_NAMED: return valid_named(c, t, path);
    case TYPE_ARRAY: return valid(c, t->array.elem, path);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < t->struct_.fields.n; i++)
            if (!valid(c, t->struct_.fields.p[i].var->type, path))
                return false;
        return true;
    case TYPE_UNION:
        for (uint32_t i = 0; i < t->union_.terms.n; i++)
            if (!valid(c, t->union_.terms.p[i].type, path))
                return false;
        return true;
    case TYPE_INTERFACE:
        for (uint32_t i = 0; i < t->iface.embedded.n; i++)
            if (!valid(c, t->iface.embedded.p[i], path))
                return false;
        return true;
    default: return true;
    }
}

void check_valid_type(Checker *c, Type *named)
{
    if (named->kind == TYPE_NAMED)
        valid_named(c, named, NULL);
}
