/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Selectors (Go spec, "Selectors"): fields and methods by depth through embedded fields,
 * and method sets. */
#include <stdlib.h>
#include <string.h>

#include "check/generic.h"

/* A type whose fields and methods are looked at, and how it is reached. */
typedef struct Embedded {
    Type *type;
    VEC(int) index;
    bool indirect;  /* a pointer was followed */
    bool multiples; /* reached more than once at this depth */
} Embedded;

typedef VEC(Embedded) EmbeddedVec;

/* Merges entries of the same type: what is found through them is ambiguous. */
static void consolidate(EmbeddedVec *v)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < v->n; i++) {
        uint32_t j = 0;
        while (j < k && !type_identical(v->p[j].type, v->p[i].type))
            j++;
        if (j < k)
            v->p[j].multiples = true;
        else
            v->p[k++] = v->p[i];
    }
    v->n = k;
}

#define path_append(a, dst, src, last)                                                             \
    do {                                                                                           \
        for (uint32_t path_i_ = 0; path_i_ < (src).n; path_i_++)                                   \
            vec_push((a), (dst), (src).p[path_i_]);                                                \
        vec_push((a), (dst), (last));                                                              \
    } while (0)

static bool seen_before(Arena *a, TypeVec *seen, Type *named)
{
    for (uint32_t i = 0; i < seen->n; i++)
        if (seen->p[i] == named || type_identical(seen->p[i], named))
            return true;
    vec_push(a, seen, named);
    return false;
}

static void push_embedded(Arena *a, EmbeddedVec *next, const Embedded *e, Type *field, uint32_t i)
{
    bool ptr;
    Embedded n = {.type = type_deref(field, &ptr), .multiples = e->multiples};
    n.indirect = e->indirect || ptr;
    path_append(a, &n.index, e->index, (int)i);
    vec_push(a, next, n);
}

/* The state of one lookup. */
typedef struct Search {
    Arena *a;
    const Package *pkg;
    const Name *name;
    LookupResult found;
    bool collision;
} Search;

static void match(Search *s, const Embedded *e, Object *o, uint32_t i)
{
    if (s->found.obj || e->multiples) {
        s->collision = true;
        if (s->found.index.n == 0)
            path_append(s->a, &s->found.index, e->index, (int)i);
        return;
    }
    path_append(s->a, &s->found.index, e->index, (int)i);
    s->found.obj = o;
    s->found.indirect = e->indirect;
}

static bool search_methods(Search *s, const Embedded *e)
{
    Type *generic = e->type->named.origin ? e->type->named.origin : e->type;
    for (uint32_t i = 0; i < generic->named.methods.n; i++)
        if (object_same_id(generic->named.methods.p[i], s->pkg, s->name)) {
            match(s, e, type_named_method(e->type, i), i);
            return true;
        }
    return false;
}

static void search_in(Search *s, const Embedded *e, TypeVec *seen, EmbeddedVec *next)
{
    if (e->type->kind == TYPE_NAMED) {
        if (seen_before(s->a, seen, e->type) || search_methods(s, e))
            return;
    }
    Type *u = type_underlying(e->type);
    if (u->kind == TYPE_STRUCT) {
        for (uint32_t i = 0; i < u->struct_.fields.n && !s->collision; i++) {
            const StructField *f = &u->struct_.fields.p[i];
            if (object_same_id(f->var, s->pkg, s->name))
                match(s, e, f->var, i);
            else if (!s->found.obj && f->embedded && f->var->type)
                push_embedded(s->a, next, e, f->var->type, i);
        }
    } else if (u->kind == TYPE_INTERFACE) {
        int i;
        Object *m = type_interface_method(u, s->pkg, s->name, &i);
        if (m)
            match(s, e, m, (uint32_t)i);
    }
}

static LookupResult lookup(Arena *a, Type *t, bool addressable, const Package *pkg,
                           const Name *name)
{
    Search s = {.a = a, .pkg = pkg, .name = name};
    bool is_ptr;
    Type *base = type_deref(t, &is_ptr);
    if (name == name_blank)
        return s.found;
    /* a pointer to an interface or type parameter has no methods */
    if (is_ptr && type_underlying(base)->kind == TYPE_INTERFACE)
        return s.found;
    EmbeddedVec current = {0}, next;
    vec_push(a, &current, ((Embedded){.type = base, .indirect = is_ptr}));
    TypeVec seen = {0};
    while (current.n) {
        next = (EmbeddedVec){0};
        for (uint32_t i = 0; i < current.n && !s.collision; i++)
            search_in(&s, &current.p[i], &seen, &next);
        if (s.collision) {
            s.found.obj = NULL;
            s.found.indirect = false;
            return s.found;
        }
        if (s.found.obj) {
            if (s.found.obj->kind == OBJ_FUNC && s.found.obj->func.ptr_recv && !s.found.indirect &&
                !addressable)
                return (LookupResult){.indirect = true};
            return s.found;
        }
        consolidate(&next);
        current = next;
    }
    return s.found;
}

LookupResult type_lookup_field_or_method(Arena *a, Type *t, bool addressable, Package *pkg,
                                         const Name *name)
{
    /* a defined pointer type has no methods, but the fields of what it points to */
    if (t->kind == TYPE_NAMED && type_underlying(t)->kind == TYPE_POINTER) {
        LookupResult r = lookup(a, type_underlying(t), false, pkg, name);
        if (r.obj && r.obj->kind == OBJ_FUNC)
            return (LookupResult){0};
        return r;
    }
    return lookup(a, t, addressable, pkg, name);
}

/* ---- method sets ---------------------------------------------------------------------------- */

/* A name found at some depth: its method, or NULL where it is a field or ambiguous. */
typedef struct Entry {
    Object *obj; /* for its name and package */
    Selection *sel;
} Entry;

typedef VEC(Entry) EntryVec;

static Entry *find_entry(EntryVec *v, const Object *o)
{
    for (uint32_t i = 0; i < v->n; i++)
        if (object_same_id(v->p[i].obj, o->pkg, o->name))
            return &v->p[i];
    return NULL;
}

static void add_method(Arena *a, EntryVec *set, Type *recv, const Embedded *e, Object *m,
                       uint32_t i, bool indirect)
{
    Entry *old = find_entry(set, m);
    if (old) {
        old->sel = NULL;
        return;
    }
    Selection *sel = NULL;
    if (!e->multiples && (indirect || !m->func.ptr_recv)) {
        sel = ARENA_NEW(a, Selection);
        sel->kind = SEL_METHOD;
        sel->recv = recv;
        sel->obj = m;
        sel->indirect = e->indirect;
        sel->type = object_type(m);
        path_append(a, &sel->index, e->index, (int)i);
    }
    vec_push(a, set, ((Entry){m, sel}));
}

static void collect_at(Arena *a, Type *recv, const Embedded *e, TypeVec *seen, EntryVec *methods,
                       EntryVec *fields, EmbeddedVec *next)
{
    if (e->type->kind == TYPE_NAMED) {
        if (seen_before(a, seen, e->type))
            return;
        for (uint32_t i = 0; i < type_named_nmethods(e->type); i++)
            add_method(a, methods, recv, e, type_named_method(e->type, i), i, e->indirect);
    }
    Type *u = type_underlying(e->type);
    if (u->kind == TYPE_STRUCT) {
        for (uint32_t i = 0; i < u->struct_.fields.n; i++) {
            const StructField *f = &u->struct_.fields.p[i];
            vec_push(a, fields, ((Entry){f->var, NULL}));
            if (f->embedded && f->var->type)
                push_embedded(a, next, e, f->var->type, i);
        }
    } else if (u->kind == TYPE_INTERFACE) {
        type_complete_interface(a, u);
        for (uint32_t i = 0; i < u->iface.all_methods.n; i++)
            add_method(a, methods, recv, e, u->iface.all_methods.p[i], i, true);
    }
}

static int order_selections(const void *x, const void *y)
{
    return method_order((*(Selection *const *)x)->obj, (*(Selection *const *)y)->obj);
}

static MethodSet *method_set(Arena *a, Type *t)
{
    MethodSet *ms = ARENA_NEW(a, MethodSet);
    bool is_ptr;
    Type *base = type_deref(t, &is_ptr);
    if (is_ptr && type_underlying(base)->kind == TYPE_INTERFACE)
        return ms;
    if (!is_ptr && t->kind == TYPE_NAMED && type_underlying(t)->kind == TYPE_POINTER)
        return ms;
    EmbeddedVec current = {0};
    vec_push(a, &current, ((Embedded){.type = base, .indirect = is_ptr}));
    TypeVec seen = {0};
    EntryVec all = {0};
    while (current.n) {
        EmbeddedVec next = {0};
        EntryVec methods = {0}, fields = {0};
        for (uint32_t i = 0; i < current.n; i++)
            collect_at(a, t, &current.p[i], &seen, &methods, &fields, &next);
        for (uint32_t i = 0; i < methods.n; i++)
            if (!find_entry(&all, methods.p[i].obj)) {
                if (find_entry(&fields, methods.p[i].obj))
                    methods.p[i].sel = NULL;
                vec_push(a, &all, methods.p[i]);
            }
        for (uint32_t i = 0; i < fields.n; i++)
            if (!find_entry(&all, fields.p[i].obj))
                vec_push(a, &all, fields.p[i]);
        consolidate(&next);
        current = next;
    }
    for (uint32_t i = 0; i < all.n; i++)
        if (all.p[i].sel && all.p[i].obj->name != name_blank)
            vec_push(a, &ms->sels, all.p[i].sel);
    if (ms->sels.n)
        qsort(ms->sels.p, ms->sels.n, sizeof *ms->sels.p, order_selections);
    return ms;
}

MethodSet *type_method_set(Arena *a, Type *t)
{
    (void)a;
    if (!t->method_set)
        t->method_set = method_set(types_arena, t);
    return t->method_set;
}
