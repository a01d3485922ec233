/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Go's compilers refuse although the language would allow it: types too large for the
 * address space or for a channel, and anonymous interfaces that contain themselves.  Told
 * when all else is well. */
#include "check/checker.h"

static const int64_t max_width = (int64_t)1 << 50, max_chan_elem = 1 << 16;

/* Interface types on the way from the one in question. */
typedef struct Seen {
    Type *t;
    struct Seen *up;
} Seen;

/* Whether t leads back to an interface on the way, through types without a name. */
static bool cyclic(Checker *c, Type *t, Seen *up, int depth)
{
    if (!t || depth > 200)
        return false;
    depth++;
    switch (t->kind) {
    case TYPE_ARRAY: return cyclic(c, t->array.elem, up, depth);
    case TYPE_SLICE: return cyclic(c, t->slice.elem, up, depth);
    case TYPE_POINTER: return cyclic(c, t->pointer.elem, up, depth);
    case TYPE_CHAN: return cyclic(c, t->chan.elem, up, depth);
    case TYPE_MAP: return cyclic(c, t->map.key, up, depth) || cyclic(c, t->map.elem, up, depth);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < t->struct_.fields.n; i++)
            if (cyclic(c, t->struct_.fields.p[i].var->type, up, depth))
                return true;
        return false;
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < t->tuple.vars.n; i++)
            if (cyclic(c, t->tuple.vars.p[i]->type, up, depth))
                return true;
        return false;
    case TYPE_SIGNATURE:
        return cyclic(c, t->sig.params, up, depth) || cyclic(c, t->sig.results, up, depth);
    case TYPE_INTERFACE: {
        for (Seen *s = up; s; s = s->up)
            if (s->t == t)
                return true;
        Seen here = {t, up};
        type_complete_interface(c->a, t);
        for (uint32_t i = 0; i < t->iface.all_methods.n; i++)
            if (cyclic(c, t->iface.all_methods.p[i]->type, &here, depth))
                return true;
        return false;
    }
    default: return false;
    }
}

static bool has_tparams(Type *t, int depth)
{
    if (type_is_typeparam(t) || depth > 100)
        return true;
    Type *u = type_underlying(t);
    if (u->kind == TYPE_ARRAY)
        return has_tparams(u->array.elem, depth + 1);
    if (u->kind == TYPE_STRUCT)
        for (uint32_t i = 0; i < u->struct_.fields.n; i++)
            if (has_tparams(u->struct_.fields.p[i].var->type, depth + 1))
                return true;
    return false;
}

/* The size of t; a type that cannot have one counts as small. */
static int64_t width(Type *t)
{
    if (!type_valid(t) || has_tparams(t, 0))
        return 0;
    int64_t n = type_size(t);
    return n < 0 ? max_width : n;
}

/* A program's variables lie within two gigabytes of its code. */
static void variables(Checker *c)
{
    const int64_t max = 2000000000;
    int64_t sum = 0;
    for (uint32_t i = 0; i < c->objs.n; i++) {
        Object *o = c->objs.p[i];
        if (o->kind != OBJ_VAR || o->name == name_blank)
            continue;
        int64_t n = width(o->type);
        Range r = {o->pos, o->pos + o->name->len};
        if (n > max) {
            check_error(c, r, "%s.%s: symbol too large (%lld bytes > %lld bytes)", c->pkg->name->s,
                        o->name->s, (long long)n, (long long)max);
        } else if ((sum += n) > max) {
            check_error(c, r, "too much data: with %s, variables have more than %lld bytes",
                        o->name->s, (long long)max);
            return;
        }
    }
}

/* How many defined types deep t is by value; counted up to one more than the limit. */
enum { MAX_NESTING = 5000 };

static uint32_t nesting(Type *t, uint32_t outside)
{
    if (outside > MAX_NESTING)
        return outside;
    uint32_t n = 0;
    switch (t ? t->kind : TYPE_BASIC) {
    case TYPE_NAMED:
        if (t->named.nesting == 0)
            t->named.nesting = 1 + nesting(type_underlying(t), outside + 1);
        return t->named.nesting;
    case TYPE_ARRAY: return nesting(t->array.elem, outside);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < t->struct_.fields.n; i++) {
            uint32_t k = nesting(t->struct_.fields.p[i].var->type, outside);
            n = k > n ? k : n;
        }
        return n;
    default: return 0;
    }
}

/* The code generator's time grows with the square of the depth. */
static void nested(Checker *c)
{
    for (uint32_t i = 0; i < c->pkg->named_types.n; i++) {
        Type *t = c->pkg->named_types.p[i];
        if (nesting(t, 0) <= MAX_NESTING)
            continue;
        Object *o = t->named.obj;
        check_error(c, (Range){o->pos, o->pos + o->name->len},
                    "gol: type %s is nested more than %d types deep", o->name->s, MAX_NESTING);
        return;
    }
}

void check_limits(Checker *c)
{
    bool errors = c->nerrors > 0;
    Range told = {0, 0};
    for (uint32_t i = 0; i < c->type_lits.n; i++) {
        Expr *e = c->type_lits.p[i];
        Type *t = e->type;
        if (!type_valid(t))
            continue;
        bool inside = e->range.start >= told.start && e->range.end <= told.end;
        if (t->kind == TYPE_INTERFACE && !inside && cyclic(c, t, NULL, 0)) {
            check_error_at(c, e, "invalid recursive type: anonymous interface refers to itself");
            told = e->range;
        }
        if (errors)
            continue;
        if (t->kind == TYPE_ARRAY && width(t) >= max_width)
            check_error_at(c, e, "type %s larger than address space", check_type_str(c, t));
        if (t->kind == TYPE_CHAN && width(t->chan.elem) >= max_chan_elem)
            check_error_at(c, e, "channel element type too large (>64kB)");
    }
    if (errors)
        return;
    nested(c);
    variables(c);
}
