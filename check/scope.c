/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scopes: objects by name, in order of insertion.  Small scopes are searched from end to
 * end; larger ones have a hash table over the interned names. */
#include "check/types.h"

enum { LINEAR_MAX = 8 };

struct ScopeTable {
    ObjectVec objs;
    uint32_t *slots; /* index + 1 into objs, 0: free; size is a power of two */
    uint32_t nslots;
};

Scope *scope_new(Arena *a, Scope *parent, Range r)
{
    Scope *s = ARENA_NEW(a, Scope);
    s->parent = parent;
    s->range = r;
    s->table = ARENA_NEW(a, struct ScopeTable);
    return s;
}

Object *scope_lookup(const Scope *s, const Name *name)
{
    const struct ScopeTable *t = s->table;
    if (!t->slots) {
        for (uint32_t i = 0; i < t->objs.n; i++)
            if (t->objs.p[i]->name == name)
                return t->objs.p[i];
        return NULL;
    }
    for (uint32_t h = name->hash;; h++) {
        uint32_t slot = t->slots[h & (t->nslots - 1)];
        if (slot == 0)
            return NULL;
        if (t->objs.p[slot - 1]->name == name)
            return t->objs.p[slot - 1];
    }
}

Object *scope_lookup_parent(Scope *s, const Name *name, Pos pos, Scope **where)
{
    for (; s; s = s->parent) {
        Object *o = scope_lookup(s, name);
        if (o && (pos == NOPOS || o->scope_pos <= pos)) {
            if (where)
                *where = s;
            return o;
        }
    }
    if (where)
        *where = NULL;
    return NULL;
}

static void add_slot(struct ScopeTable *t, uint32_t index)
{
    uint32_t h = t->objs.p[index]->name->hash;
    while (t->slots[h & (t->nslots - 1)])
        h++;
    t->slots[h & (t->nslots - 1)] = index + 1;
}

static void grow(Arena *a, struct ScopeTable *t)
{
    t->nslots = t->nslots ? t->nslots * 2 : 4 * LINEAR_MAX;
    t->slots = ARENA_ARRAY(a, uint32_t, t->nslots);
    for (uint32_t i = 0; i < t->objs.n; i++)
        add_slot(t, i);
}

Object *scope_insert(Arena *a, Scope *s, Object *o)
{
    struct ScopeTable *t = s->table;
    if (!o->name || o->name == name_blank) /* declares nothing */
        return NULL;
    Object *old = scope_lookup(s, o->name);
    if (old)
        return old;
    vec_push(a, &t->objs, o);
    if (t->objs.n > LINEAR_MAX) {
        if (t->objs.n * 2 > t->nslots)
            grow(a, t);
        else
            add_slot(t, t->objs.n - 1);
    }
    if (!o->parent)
        o->parent = s;
    return NULL;
}

void scope_each(const Scope *s, void (*fn)(Object *, void *), void *arg)
{
    for (uint32_t i = 0; i < s->table->objs.n; i++)
        fn(s->table->objs.p[i], arg);
}
