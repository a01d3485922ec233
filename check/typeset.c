/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Type sets (Go spec, "Interface types"): term lists, the completion of interfaces with
 * the methods and terms of what they embed, and core types. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "check/termlist.h"

/* ---- terms ------------------------------------------------------------------------------ */

bool term_includes(UnionTerm term, Type *t)
{
    return type_identical(term.type, term.tilde ? type_underlying(t) : t);
}

static bool disjoint(UnionTerm x, UnionTerm y)
{
    Type *ux = y.tilde ? type_underlying(x.type) : x.type;
    Type *uy = x.tilde ? type_underlying(y.type) : y.type;
    return !type_identical(ux, uy);
}

bool term_subset(UnionTerm x, UnionTerm y)
{
    return !disjoint(x, y) && (!x.tilde || y.tilde);
}

bool terms_subset(const UnionTermVec *xs, const UnionTermVec *ys)
{
    for (uint32_t i = 0; i < xs->n; i++) {
        bool found = false;
        for (uint32_t j = 0; j < ys->n && !found; j++)
            found = term_subset(xs->p[i], ys->p[j]);
        if (!found)
            return false;
    }
    return true;
}

void terms_add(Arena *a, UnionTermVec *xs, UnionTerm t)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < xs->n; i++)
        if (term_subset(t, xs->p[i]))
            return;
    for (uint32_t i = 0; i < xs->n; i++)
        if (!term_subset(xs->p[i], t))
            xs->p[k++] = xs->p[i];
    xs->n = k;
    vec_push(a, xs, t);
}

UnionTermVec terms_intersect(Arena *a, const UnionTermVec *xs, const UnionTermVec *ys)
{
    UnionTermVec out = {0};
    for (uint32_t i = 0; i < xs->n; i++)
        for (uint32_t j = 0; j < ys->n; j++) {
            UnionTerm x = xs->p[i], y = ys->p[j];
            if (!disjoint(x, y)) /* ~t ∩ T = T */
                terms_add(a, &out, !x.tilde || y.tilde ? x : y);
        }
    return out;
}

/* ---- completion --------------------------------------------------------------------------- */

int method_order(const Object *m, const Object *n)
{
    uint32_t ml = m->name->len, nl = n->name->len;
    int c = memcmp(m->name->s, n->name->s, ml < nl ? ml : nl);
    if (c || ml != nl)
        return c ? c : ml < nl ? -1 : 1;
    if (name_exported(m->name) || m->pkg == n->pkg)
        return 0;
    return strcmp(m->pkg ? m->pkg->path : "", n->pkg ? n->pkg->path : "");
}

static int order_methods(const void *x, const void *y)
{
    return method_order(*(Object *const *)x, *(Object *const *)y);
}

/* A type set while it is being put together. */
typedef struct TypeSet {
    ObjectVec methods;
    bool comparable, has_terms;
    UnionTermVec terms;
    bool incomplete; /* something embedded is not set up yet */
} TypeSet;

static void report_duplicate(Pos at, const Object *m, const Object *old)
{
    Diag *d = diag_error((Range){at, at + m->name->len}, "duplicate method %s", m->name->s);
    if (old->pos)
        diag_note(d, old->pos, "other declaration of method %s", old->name->s);
}

static void add_method(Arena *a, TypeSet *ts, Object *m, Pos pos, bool is_explicit)
{
    for (uint32_t i = 0; i < ts->methods.n; i++) {
        Object *old = ts->methods.p[i];
        if (!object_same_id(old, m->pkg, m->name))
            continue;
        if (is_explicit)
            report_duplicate(m->pos, m, old);
        else if (old->type && m->type && !type_identical(old->type, m->type))
            report_duplicate(pos ? pos : m->pos, m, old);
        return;
    }
    vec_push(a, &ts->methods, m);
}

/* The terms of a union: of an interface in it, its own terms. */
static void union_terms(Arena *a, Type *u, TypeSet *out, Pos pos)
{
    out->has_terms = true;
    if (u->union_.too_large)
        return;
    for (uint32_t i = 0; i < u->union_.terms.n; i++) {
        UnionTerm t = u->union_.terms.p[i];
        Type *under = type_underlying(t.type);
        if (under->kind == TYPE_BASIC && under->basic.kind == BASIC_INVALID)
            continue;
        if (under->kind != TYPE_INTERFACE) {
            if (!t.tilde || type_identical(under, t.type)) /* else it holds nothing */
                terms_add(a, &out->terms, t);
        } else {
            type_complete_interface(a, under);
            out->incomplete |= !under->iface.complete;
            if (!under->iface.has_terms) { /* everything */
                out->has_terms = false;
                out->terms.n = 0;
                return;
            }
            for (uint32_t j = 0; j < under->iface.terms.n; j++)
                terms_add(a, &out->terms, under->iface.terms.p[j]);
        }
        if (out->terms.n <= UNION_MAX)
            continue;
        u->union_.too_large = true;
        out->terms.n = 0;
        if (pos != NOPOS)
            diag_error((Range){pos, pos}, UNION_TOO_LARGE);
        return;
    }
}

static void drop_incomparable(Arena *a, TypeSet *ts)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < ts->terms.n; i++)
        if (type_strictly_comparable(ts->terms.p[i].type))
            ts->terms.p[k++] = ts->terms.p[i];
    ts->terms.n = k;
    (void)a;
}

static void intersect(Arena *a, TypeSet *ts, const TypeSet *with)
{
    ts->comparable |= with->comparable;
    if (with->has_terms) {
        ts->terms = ts->has_terms ? terms_intersect(a, &ts->terms, &with->terms) : with->terms;
        ts->has_terms = true;
    }
}

static void add_embedded(Arena *a, TypeSet *ts, Type *e, Pos pos)
{
    TypeSet part = {0};
    if (e->kind == TYPE_TYPEPARAM) /* an error elsewhere */
        return;
    if (e->kind == TYPE_NAMED && !e->named.underlying && !e->named.origin) {
        ts->incomplete = true;
        return;
    }
    Type *u = type_underlying(e);
    if (u->kind == TYPE_INTERFACE) {
        type_complete_interface(a, u);
        ts->incomplete |= !u->iface.complete;
        for (uint32_t i = 0; i < u->iface.all_methods.n; i++)
            add_method(a, ts, u->iface.all_methods.p[i], pos, false);
        part.comparable = u->iface.is_comparable;
        part.has_terms = u->iface.has_terms;
        for (uint32_t i = 0; i < u->iface.terms.n; i++)
            vec_push(a, &part.terms, u->iface.terms.p[i]);
    } else if (u->kind == TYPE_UNION) {
        union_terms(a, u, &part, pos);
        ts->incomplete |= part.incomplete;
    } else if (u->kind == TYPE_BASIC && u->basic.kind == BASIC_INVALID) {
        return;
    } else {
        part.has_terms = true;
        vec_push(a, &part.terms, ((UnionTerm){false, e}));
    }
    intersect(a, ts, &part);
}

void type_complete_interface(Arena *a, Type *t)
{
    if (t->iface.complete || t->iface.completing)
        return;
    t->iface.completing = true;
    a = types_arena;
    TypeSet ts = {0};
    for (uint32_t i = 0; i < t->iface.methods.n; i++)
        add_method(a, &ts, t->iface.methods.p[i], NOPOS, true);
    for (uint32_t i = 0; i < t->iface.embedded.n; i++) {
        Pos pos = i < t->iface.embedded_pos.n ? t->iface.embedded_pos.p[i] : NOPOS;
        add_embedded(a, &ts, t->iface.embedded.p[i], pos);
    }
    if (ts.comparable && ts.has_terms) {
        drop_incomparable(a, &ts);
        ts.comparable = false;
    }
    if (ts.methods.n)
        qsort(ts.methods.p, ts.methods.n, sizeof *ts.methods.p, order_methods);
    t->iface.all_methods = ts.methods;
    t->iface.is_comparable = ts.comparable;
    t->iface.has_terms = ts.has_terms;
    t->iface.terms = ts.terms;
    t->iface.complete = !ts.incomplete;
    t->iface.completing = false;
}

Object *type_interface_method(Type *t, const Package *pkg, const Name *name, int *index)
{
    type_complete_interface(types_arena, t);
    for (uint32_t i = 0; i < t->iface.all_methods.n; i++)
        if (object_same_id(t->iface.all_methods.p[i], pkg, name)) {
            if (index)
                *index = (int)i;
            return t->iface.all_methods.p[i];
        }
    return NULL;
}

Type *type_constraint_interface(Type *c)
{
    if (!c)
        return type_any;
    Type *u = c->kind == TYPE_UNION ? c : type_underlying(c);
    if (u->kind != TYPE_INTERFACE) { /* the implicit interface around ~int|string */
        if (u->kind == TYPE_BASIC && u->basic.kind == BASIC_INVALID)
            return type_any;
        Type *i = type_new(types_arena, TYPE_INTERFACE);
        i->iface.implicit = true;
        vec_push(types_arena, &i->iface.embedded, c);
        u = i;
    }
    type_complete_interface(types_arena, u);
    return u;
}

bool type_set_empty(Type *t)
{
    Type *u = type_underlying(t);
    if (u->kind != TYPE_INTERFACE)
        return false;
    type_complete_interface(types_arena, u);
    return u->iface.has_terms && u->iface.terms.n == 0;
}

/* ---- iteration, core types ------------------------------------------------------------------ */

bool type_set_each(Type *t, TypeSetFn fn, void *arg)
{
    if (t->kind != TYPE_TYPEPARAM)
        return fn(t, type_underlying(t), arg);
    Type *i = type_underlying(t);
    if (!i->iface.has_terms)
        return fn(NULL, NULL, arg);
    for (uint32_t k = 0; k < i->iface.terms.n; k++) {
        Type *term = i->iface.terms.p[k].type;
        if (!fn(term, type_underlying(term), arg))
            return false;
    }
    return true;
}

typedef struct Core {
    Type *type;
    bool strings, bytes; /* seen, where these may be mixed */
    bool mix;
} Core;

static bool is_byte_slice(const Type *t)
{
    if (t->kind != TYPE_SLICE)
        return false;
    Type *e = type_underlying(t->slice.elem);
    return e->kind == TYPE_BASIC && e->basic.kind == BASIC_UINT8;
}

static bool merge_core(Type *t, Type *u, void *arg)
{
    Core *c = arg;
    if (!t)
        return false;
    if (c->mix) {
        c->strings |= u->kind == TYPE_BASIC && (u->basic.flags & BF_STRING);
        c->bytes |= is_byte_slice(u);
        if (c->strings) {
            if (c->type && !is_byte_slice(c->type) && !type_is(c->type, BF_STRING))
                return false;
            if (!type_is(u, BF_STRING) && !is_byte_slice(u))
                return false;
            c->type = type_basic[BASIC_STRING];
            return true;
        }
    }
    if (!c->type || type_identical(c->type, u)) {
        c->type = u;
        return true;
    }
    /* channels may differ in that some have a direction, all the same one */
    if (c->type->kind == TYPE_CHAN && u->kind == TYPE_CHAN &&
        type_identical(c->type->chan.elem, u->chan.elem)) {
        if (c->type->chan.dir == CHAN_BOTH)
            c->type = u;
        return u->chan.dir == CHAN_BOTH || u->chan.dir == c->type->chan.dir;
    }
    return false;
}

static Type *core(Type *t, bool mix)
{
    if (t->kind != TYPE_TYPEPARAM)
        return type_underlying(t);
    Core c = {.mix = mix};
    return type_set_each(t, merge_core, &c) ? c.type : NULL;
}

Type *type_core(Type *t)
{
    return core(t, false);
}

Type *type_core_string(Type *t)
{
    return core(t, true);
}
