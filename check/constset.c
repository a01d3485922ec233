/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sets of constants (with their types), for duplicate cases of a switch and duplicate keys
 * of a map literal. */
#include "check/checker.h"

#include <string.h>
#include <xxhash.h>

struct ConstEntry {
    ConstEntry *next;
    uint64_t hash;
    int kind; /* of ConstKind, folded: numbers by their value */
    uint64_t bits;
    const char *s;
    size_t n;
    Type *type;
    Pos pos;
};

/* Folds v to what distinguishes it; false where no comparison is wanted. */
static bool fold(Checker *c, ConstVal *v, ConstEntry *e)
{
    memset(e, 0, sizeof *e);
    switch (const_kind(v)) {
    case CONST_BOOL:
        e->kind = CONST_BOOL;
        e->bits = const_bool_val(v);
        break;
    case CONST_STRING:
        e->kind = CONST_STRING;
        e->s = const_string_val(v, &e->n);
        e->hash = XXH3_64bits(e->s, e->n);
        return true;
    case CONST_INT:
    case CONST_FLOAT: {
        int64_t i;
        ConstVal *iv = const_to_int(c->a, v);
        e->kind = CONST_INT;
        if (const_kind(iv) == CONST_INT && const_int64_val(iv, &i)) {
            e->bits = (uint64_t)i;
        } else if (const_kind(iv) == CONST_INT && const_uint64_val(iv, &e->bits)) {
            e->kind = CONST_INT + 100;
        } else {
            double d = const_float64_val(v);
            memcpy(&e->bits, &d, sizeof d);
            e->kind = CONST_FLOAT;
        }
        break;
    }
    case CONST_COMPLEX: {
        double re = const_float64_val(const_real(c->a, v));
        double im = const_float64_val(const_imag(c->a, v));
        if (im == 0)
            return fold(c, const_real(c->a, v), e);
        char *p = arena_alloc(c->a, 16);
        memcpy(p, &re, 8);
        memcpy(p + 8, &im, 8);
        e->kind = CONST_COMPLEX;
        e->s = p;
        e->n = 16;
        e->hash = XXH3_64bits(p, 16);
        return true;
    }
    case CONST_UNKNOWN: return false;
    }
    e->hash = XXH3_64bits(&e->bits, sizeof e->bits) ^ (uint64_t)e->kind;
    return true;
}

static void grow(Checker *c, ConstSet *s)
{
    uint32_t n = s->nbuckets ? s->nbuckets * 2 : 16;
    ConstEntry **b = ARENA_ARRAY(c->a, ConstEntry *, n);
    for (uint32_t i = 0; i < s->nbuckets; i++)
        for (ConstEntry *e = s->buckets[i], *next; e; e = next) {
            next = e->next;
            e->next = b[e->hash % n];
            b[e->hash % n] = e;
        }
    s->buckets = b;
    s->nbuckets = n;
}

bool check_constset_add(Checker *c, ConstSet *s, ConstVal *v, Type *t, Pos pos, Pos *prev)
{
    ConstEntry e;
    if (!fold(c, v, &e))
        return true;
    if (s->n >= s->nbuckets)
        grow(c, s);
    for (ConstEntry *o = s->buckets[e.hash % s->nbuckets]; o; o = o->next) {
        if (o->hash != e.hash || o->kind != e.kind || o->bits != e.bits || o->n != e.n ||
            (e.n && memcmp(o->s, e.s, e.n) != 0))
            continue;
        if (t && !type_identical(o->type, t))
            continue;
        if (prev)
            *prev = o->pos;
        return false;
    }
    ConstEntry *ne = ARENA_NEW(c->a, ConstEntry);
    *ne = e;
    ne->type = t;
    ne->pos = pos;
    ne->next = s->buckets[e.hash % s->nbuckets];
    s->buckets[e.hash % s->nbuckets] = ne;
    s->n++;
    return true;
}
