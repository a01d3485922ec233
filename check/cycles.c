/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Types that contain themselves by value, which would have no size: Go spec, "Type
 * declarations".  What a type contains is read off its declaration; where that names a type
 * parameter, the walk goes on with the argument, in the context where the argument was
 * written.  Thus the types met are those that the source has, and the walk ends. */
#include "check/generic.h"
#include "check/checker.h"

enum { VALID_UNKNOWN, VALID_YES, VALID_NO };

/* Two lists grow with the walk: the types that contain the place it is at (nest), and all that
 * it came through (path), which is more: a type argument is not in what it is an argument of. */
typedef struct List {
    Type *named;
    const struct List *outer;
} List;

static bool valid(Checker *c, Type *t, const List *nest, const List *path);

static const char *type_name(const Type *named)
{
    return named->named.obj->name->s;
}

static void make_invalid(Type *t)
{
    t->named.validity = VALID_NO;
    t->named.underlying = type_basic[BASIC_INVALID];
}

/* The cycle is path from first on: "invalid recursive type A", "A refers to B", "B refers to
 * A". */
static void report(Checker *c, const List *path, const List *first)
{
    TypeVec cycle = {0};
    for (const List *p = path; p != first->outer; p = p->outer)
        vec_push(c->a, &cycle, p->named);
    Type *t = first->named;
    const Object *o = t->named.obj;
    Pos at = t->named.at != NOPOS ? t->named.at : o->pos;
    Range r = {at, at + o->name->len};
    if (cycle.n == 1) {
        check_error(c, r, "invalid recursive type: %s refers to itself", o->name->s);
    } else {
        Diag *d = check_error(c, r, "invalid recursive type %s", o->name->s);
        for (uint32_t i = cycle.n; i > 0; i--) {
            Type *from = cycle.p[i - 1], *to = i > 1 ? cycle.p[i - 2] : t;
            check_note(d, from->named.at != NOPOS ? from->named.at : from->named.obj->pos,
                       "%s refers to %s", type_name(from), type_name(to));
        }
    }
    Type *origin = t->named.origin ? t->named.origin : t;
    for (uint32_t i = 0; i < origin->named.instances.n; i++)
        make_invalid(origin->named.instances.p[i]);
    make_invalid(origin);
    make_invalid(t);
}

static bool has_tparam(Type *t)
{
    for (uint32_t i = 0; i < t->named.targs.n; i++)
        if (type_is_parameterized(t->named.targs.p[i]))
            return true;
    return t->named.tparams.n > 0;
}

static const List *find(const List *list, Type *t)
{
    for (; list; list = list->outer)
        if (type_identical(list->named, t))
            return list;
    return NULL;
}

static bool valid_named(Checker *c, Type *t, const List *nest, const List *path)
{
    if (t->named.validity != VALID_UNKNOWN)
        return true; /* a cycle was reported when it was found */
    if (find(nest, t)) {
        const List *first = NULL;
        for (const List *p = path; p; p = p->outer)
            if (type_identical(p->named, t))
                first = p;
        report(c, path, first);
        return false;
    }
    Type *origin = t->named.origin ? t->named.origin : t;
    if (!origin->named.underlying)
        return true;
    List n = {t, nest}, p = {t, path};
    if (!valid(c, origin->named.underlying, &n, &p))
        return false;
    /* What has type parameters in it is another type in another context. */
    if (!has_tparam(t))
        t->named.validity = VALID_YES;
    return true;
}

/* The argument that stands for t in the instance that the walk is in. */
static bool valid_argument(Checker *c, Type *t, const List *nest, const List *path)
{
    Type *inst = nest ? nest->named : NULL;
    if (!inst || !inst->named.origin)
        return true;
    const ObjectVec *tparams = &inst->named.origin->named.tparams;
    for (uint32_t i = 0; i < tparams->n && i < inst->named.targs.n; i++)
        if (tparams->p[i]->type == t)
            return valid(c, inst->named.targs.p[i], nest->outer, path);
    return true;
}

static bool valid(Checker *c, Type *t, const List *nest, const List *path)
{
    if (!t)
        return true;
    switch (t->kind) {
    case TYPE_NAMED: return valid_named(c, t, nest, path);
    case TYPE_TYPEPARAM: return valid_argument(c, t, nest, path);
    case TYPE_ARRAY: return valid(c, t->array.elem, nest, path);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < t->struct_.fields.n; i++)
            if (!valid(c, t->struct_.fields.p[i].var->type, nest, path))
                return false;
        return true;
    case TYPE_UNION:
        for (uint32_t i = 0; i < t->union_.terms.n; i++)
            if (!valid(c, t->union_.terms.p[i].type, nest, path))
                return false;
        return true;
    case TYPE_INTERFACE:
        for (uint32_t i = 0; i < t->iface.embedded.n; i++)
            if (!valid(c, t->iface.embedded.p[i], nest, path))
                return false;
        return true;
    default: return true;
    }
}

void check_valid_type(Checker *c, Type *named)
{
    if (named->kind == TYPE_NAMED)
        valid_named(c, named, NULL, NULL);
}
