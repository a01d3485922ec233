/* SPDX-License-Identifier: MIT
 *
 * Equality and hashing of values by their type, as == and map keys need them (Go spec,
 * "Comparison operators"). */
#include <string.h>

#include "runtime/gc.h"
#include "runtime/hash.h"
#include "runtime/heap.h"

/* Panics with a runtime error about a type; the text lives in the heap. */
static _Noreturn void panic_type(const char *what, const RtType *t)
{
    size_t n = strlen(what);
    char *msg = rt_alloc_raw(n + (size_t)t->string.n + 1);
    memcpy(msg, what, n);
    memcpy(msg + n, t->string.p, (size_t)t->string.n);
    msg[n + (size_t)t->string.n] = 0;
    rt_panic_str(msg);
}

static const RtType *dynamic_type(const RtType *iface, const void *tab)
{
    if (tab == NULL || ((const RtInterfaceType *)iface)->nmethods == 0)
        return tab;
    return ((const RtItab *)tab)->type;
}

static bool is_blank(const RtStructField *f)
{
    return f->name.n == 1 && f->name.p[0] == '_';
}

bool rt_efaceeq(const void *ta, uint64_t a, const void *tb, uint64_t b)
{
    if (ta != tb)
        return false;
    if (ta == NULL)
        return true;
    const RtType *t = ta;
    if (!(t->flags & RT_COMPARABLE))
        panic_type("runtime error: comparing uncomparable type ", t);
    if (t->size <= 8) /* in a word what is beyond the value is zero */
        return (t->flags & RT_PLAIN_EQ) ? a == b : rt_equal(t, &a, &b);
    return rt_equal(t, (const void *)(uintptr_t)a, (const void *)(uintptr_t)b);
}

bool rt_equal(const RtType *t, const void *x, const void *y)
{
    if (t->flags & RT_PLAIN_EQ)
        return memcmp(x, y, t->size) == 0;
    switch (t->kind) {
    case RT_FLOAT32: return *(const float *)x == *(const float *)y;
    case RT_FLOAT64: return *(const double *)x == *(const double *)y;
    case RT_COMPLEX64: {
        const float *a = x, *b = y;
        return a[0] == b[0] && a[1] == b[1];
    }
    case RT_COMPLEX128: {
        const double *a = x, *b = y;
        return a[0] == b[0] && a[1] == b[1];
    }
    case RT_STRING: {
        const RtString *a = x, *b = y;
        return a->n == b->n && (a->p == b->p || memcmp(a->p, b->p, (size_t)a->n) == 0);
    }
    case RT_INTERFACE: {
        const RtIface *a = x, *b = y;
        return rt_efaceeq(dynamic_type(t, a->tab), a->word, dynamic_type(t, b->tab), b->word);
    }
    case RT_ARRAY: {
        const RtArrayType *at = (const RtArrayType *)t;
        const uint8_t *a = x, *b = y;
        size_t size = at->elem->size;
        for (int64_t i = 0; i < at->len; i++, a += size, b += size)
            if (!rt_equal(at->elem, a, b))
                return false;
        return true;
    }
    case RT_STRUCT: {
        const RtStructType *st = (const RtStructType *)t;
        for (int64_t i = 0; i < st->nfields; i++) {
            const RtStructField *f = &st->fields[i];
            if (!is_blank(f) &&
                !rt_equal(f->type, (const uint8_t *)x + f->offset, (const uint8_t *)y + f->offset))
                return false;
        }
        return true;
    }
    default: break;
    }
    if (!(t->flags & RT_COMPARABLE))
        panic_type("runtime error: comparing uncomparable type ", t);
    return memcmp(x, y, t->size) == 0;
}

/* ---- hashing ---------------------------------------------------------------------------------- */

__attribute__((noinline)) uint64_t rt_hash_bytes(const void *data, size_t n, uint64_t seed)
{
    return hash_bytes(data, n, seed);
}

uint64_t rt_hash(const RtType *t, const void *x, uint64_t seed)
{
    if (t->flags & RT_PLAIN_EQ)
        return rt_hash_bytes(x, t->size, seed);
    switch (t->kind) {
    case RT_FLOAT32:
    case RT_FLOAT64: {
        double d = t->kind == RT_FLOAT32 ? *(const float *)x : *(const double *)x;
        if (d != d) /* a NaN equals nothing: spread them */
            return hash_fold(rt_fastrand() ^ HASH_K1, seed ^ HASH_K0);
        if (d == 0)
            d = 0; /* both zeros */
        return rt_hash_bytes(&d, 8, seed);
    }
    case RT_COMPLEX64:
    case RT_COMPLEX128: {
        double d[2];
        if (t->kind == RT_COMPLEX64) {
            d[0] = ((const float *)x)[0];
            d[1] = ((const float *)x)[1];
        } else {
            memcpy(d, x, 16);
        }
        if (d[0] != d[0] || d[1] != d[1])
            return hash_fold(rt_fastrand() ^ HASH_K1, seed ^ HASH_K0);
        d[0] = d[0] == 0 ? 0 : d[0];
        d[1] = d[1] == 0 ? 0 : d[1];
        return rt_hash_bytes(d, 16, seed);
    }
    case RT_STRING: {
        const RtString *s = x;
        return rt_hash_bytes(s->p, (size_t)s->n, seed);
    }
    case RT_INTERFACE: {
        const RtIface *i = x;
        const RtType *d = dynamic_type(t, i->tab);
        if (!d)
            return hash_fold(seed ^ HASH_K0, HASH_K2);
        if (!(d->flags & RT_COMPARABLE))
            panic_type("runtime error: hash of unhashable type ", d);
        seed ^= d->hash;
        return rt_hash(d, d->size <= 8 ? (const void *)&i->word : (const void *)(uintptr_t)i->word,
                       seed);
    }
    case RT_ARRAY: {
        const RtArrayType *at = (const RtArrayType *)t;
        for (int64_t i = 0; i < at->len; i++)
            seed = rt_hash(at->elem, (const uint8_t *)x + (size_t)i * at->elem->size, seed);
        return hash_fold(seed ^ HASH_K0, HASH_K1);
    }
    case RT_STRUCT: {
        const RtStructType *st = (const RtStructType *)t;
        for (int64_t i = 0; i < st->nfields; i++)
            if (!is_blank(&st->fields[i]))
                seed = rt_hash(st->fields[i].type, (const uint8_t *)x + st->fields[i].offset, seed);
        return hash_fold(seed ^ HASH_K0, HASH_K1);
    }
    default: break;
    }
    if (!(t->flags & RT_COMPARABLE))
        panic_type("runtime error: hash of unhashable type ", t);
    return rt_hash_bytes(x, t->size, seed);
}

/* sync.Map's hash of a key; panics as rt_hash does. */
uint64_t std_sync_anyHash(const void *tab, uint64_t word)
{
    static const RtInterfaceType any = {.t = {.size = sizeof(RtIface), .kind = RT_INTERFACE}};
    static _Atomic uint64_t made;
    uint64_t seed = atomic_load_explicit(&made, memory_order_relaxed);
    if (rt_unlikely(!seed)) {
        uint64_t fresh = rt_random_seed() | 1;
        seed = atomic_compare_exchange_strong(&made, &seed, fresh) ? fresh : atomic_load(&made);
    }
    RtIface key = {tab, word};
    return rt_hash(&any.t, &key, seed);
}

/* The type inside *x that cannot be hashed; NULL: there is none. */
static const RtType *unhashable(const RtType *t, const void *x)
{
    switch (t->kind) {
    case RT_INTERFACE: {
        const RtIface *i = x;
        const RtType *d = dynamic_type(t, i->tab);
        if (!d)
            return NULL;
        if (!(d->flags & RT_COMPARABLE))
            return d;
        return unhashable(d,
                          d->size <= 8 ? (const void *)&i->word : (const void *)(uintptr_t)i->word);
    }
    case RT_ARRAY: {
        const RtArrayType *at = (const RtArrayType *)t;
        for (int64_t i = 0; i < at->len; i++) {
            const RtType *bad =
                unhashable(at->elem, (const uint8_t *)x + (size_t)i * at->elem->size);
            if (bad)
                return bad;
        }
        return NULL;
    }
    case RT_STRUCT: {
        const RtStructType *st = (const RtStructType *)t;
        for (int64_t i = 0; i < st->nfields; i++) {
            const RtStructField *f = &st->fields[i];
            const RtType *bad =
                is_blank(f) ? NULL : unhashable(f->type, (const uint8_t *)x + f->offset);
            if (bad)
                return bad;
        }
        return NULL;
    }
    default: return NULL;
    }
}

void rt_check_hashable(const RtType *t, const void *x)
{
    const RtType *bad = unhashable(t, x);
    if (bad)
        panic_type("hash of unhashable type: ", bad);
}
