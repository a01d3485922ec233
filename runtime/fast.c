/* SPDX-License-Identifier: MIT
 *
 * The entry points that generated code calls directly, on the goroutine's stack: rows with
 * RTF_FAST.  Each does the common case, without a call and with next to no stack, and else
 * goes on in the stub of the whole function, which replaces it (a tail call).
 *
 * The section is one that the preemption signal leaves alone (preempt.c): between reading
 * and writing the P's cache the thread must not change. */
#include "runtime/mapfind.h"

#define FAST __attribute__((section("rt_nopreempt")))

void *sys_rt_new(const RtType *t);
void *sys_rt_map_get32(const RtType *t, void *map, uint32_t key);
void *sys_rt_map_get64(const RtType *t, void *map, uint64_t key);
void *fast_rt_new(const RtType *t);
void *sys_rt_makeslice(const RtType *elem, int64_t len, int64_t cap);
void *fast_rt_makeslice(const RtType *elem, int64_t len, int64_t cap);
RtString sys_rt_concat(const RtString *s, int64_t n);
RtString fast_rt_concat(const RtString *s, int64_t n);
RtString sys_rt_string_from_bytes(const uint8_t *b, int64_t n);
RtString fast_rt_string_from_bytes(const uint8_t *b, int64_t n);
void *fast_rt_map_get32(const RtType *t, void *map, uint32_t key);
void *fast_rt_map_get64(const RtType *t, void *map, uint64_t key);
void *sys_rt_map_getstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void *sys_rt_map_assign64(const RtType *t, void *map, uint64_t key);
void *sys_rt_map_assignstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void *fast_rt_map_getstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void *fast_rt_map_assign64(const RtType *t, void *map, uint64_t key);
void *fast_rt_map_assignstr(const RtType *t, void *map, const uint8_t *p, int64_t n);

/* A zeroed slot of a run, or NULL if the cache has none. */
MAP_INLINE uint8_t *take(RtMCache *mc, unsigned run)
{
    RtRun *r = &mc->run[run]; /* run 0 is always empty */
    uint8_t *p = r->cur, *next = p + rt_run_size[run];
    if (rt_unlikely(next > r->end || run == 0))
        return NULL;
    r->cur = next;
    return p;
}

/* n bytes without pointers; NULL: there are none, or n is 0 or too large. */
MAP_INLINE uint8_t *take_plain(uint64_t n)
{
    if (rt_unlikely(n - 1 >= RT_MAX_PLAIN))
        return NULL;
    unsigned class = rt_class_of_8[(n + 7) / 8];
    return take(rt_m->p->mcache, class < 2 ? 2 : class);
}

FAST void *fast_rt_new(const RtType *t)
{
    uint8_t *p = take(rt_m->p->mcache, t->alloc);
    return rt_likely(p) ? p : sys_rt_new(t);
}

FAST void *fast_rt_makeslice(const RtType *elem, int64_t len, int64_t cap)
{
    if (rt_likely((uint64_t)len <= (uint64_t)cap && (uint64_t)cap <= RT_MAX_PLAIN &&
                  elem->ptrbytes == 0 && elem->size <= RT_MAX_PLAIN)) {
        uint8_t *p = take_plain((uint64_t)cap * elem->size);
        if (rt_likely(p))
            return p;
    }
    return sys_rt_makeslice(elem, len, cap);
}

/* In the two below a preemption inside memcpy does no harm: the slot is taken. */
FAST RtString fast_rt_concat(const RtString *s, int64_t n)
{
    uint64_t total = 0;
    int64_t used = 0;
    for (int64_t i = 0; i < n; i++) {
        if (rt_unlikely((uint64_t)s[i].n > RT_MAX_PLAIN))
            return sys_rt_concat(s, n);
        total += (uint64_t)s[i].n;
        used += s[i].n != 0;
    }
    uint8_t *p;
    if (rt_unlikely(used < 2 || !(p = take_plain(total))))
        return sys_rt_concat(s, n);
    for (int64_t i = 0, at = 0; i < n; at += s[i++].n)
        memcpy(p + at, s[i].p, (size_t)s[i].n);
    return (RtString){p, (int64_t)total};
}

FAST RtString fast_rt_string_from_bytes(const uint8_t *b, int64_t n)
{
    uint8_t *p = take_plain((uint64_t)n);
    if (rt_unlikely(!p))
        return sys_rt_string_from_bytes(b, n);
    memcpy(p, b, (size_t)n);
    return (RtString){p, n};
}

#define GET(KIND, key, SLOW)                                                                       \
    do {                                                                                           \
        const Map *m = map;                                                                        \
        if (!m || m->count == 0)                                                                   \
            return NULL;                                                                           \
        if (rt_unlikely(m->writing))                                                               \
            return SLOW;                                                                           \
        const MapInfo *in = m->info;                                                               \
        uint8_t *s = map_find_kind(m, in, KIND, &key);                                             \
        return s ? map_slot_elem(in, s) : NULL;                                                    \
    } while (0)

FAST void *fast_rt_map_get32(const RtType *t, void *map, uint32_t key)
{
    GET(RT_KEY_32, key, sys_rt_map_get32(t, map, key));
}

FAST void *fast_rt_map_get64(const RtType *t, void *map, uint64_t key)
{
    GET(RT_KEY_64, key, sys_rt_map_get64(t, map, key));
}

FAST void *fast_rt_map_getstr(const RtType *t, void *map, const uint8_t *p, int64_t n)
{
    RtString key = {p, n};
    GET(RT_KEY_STRING, key, sys_rt_map_getstr(t, map, p, n));
}

MAP_INLINE void store_key(uint8_t *slot, RtKeyKind kind, const void *key)
{
    if (kind == RT_KEY_64)
        *(uint64_t *)slot = *(const uint64_t *)key;
    else
        *(RtString *)slot = *(const RtString *)key;
}

/* A free slot for a key that is not there, or NULL if there is none. */
MAP_INLINE uint8_t *claim(Map *m, const MapInfo *in, RtKeyKind kind, const void *key, uint64_t hash)
{
    if (m->dir) {
        MapTable *t = map_table(m, hash);
        return rt_likely(t->growthleft) ? map_claim(t, in, hash) : NULL;
    }
    if (!m->small || m->count == MAP_SMALL)
        return NULL;
    uint32_t i = 0;
    while (m->small[i] != CTRL_EMPTY)
        i++;
    m->small[i] = map_small_tag(m, kind, key);
    return map_small_slot(in, m->small, i);
}

/* The element of a key that is in the map, or that finds room there; NULL: the whole function must
 * do it.  An element that stands apart is not made here. */
MAP_INLINE void *assign(Map *m, RtKeyKind kind, const void *key)
{
    if (rt_unlikely(!m || __atomic_load_n(&m->writing, __ATOMIC_RELAXED)))
        return NULL;
    __atomic_store_n(&m->writing, 1, __ATOMIC_RELAXED);
    const MapInfo *in = m->info;
    uint64_t hash = m->dir ? map_hash(in, kind, key, m->seed) : 0;
    uint8_t *s = m->dir ? map_find_in(map_table(m, hash), in, kind, key, hash, NULL)
                        : map_find_small(m, in, kind, key, NULL);
    void *elem = NULL;
    if (s) {
        if (kind != RT_KEY_STRING || ((const RtString *)s)->p == ((const RtString *)key)->p) {
            elem = map_slot_elem(in, s);
        } else if (rt_likely(!rt_wb_enabled)) {
            ((RtString *)s)->p = ((const RtString *)key)->p; /* the newer key stays, as in Go */
            elem = map_slot_elem(in, s);
        }
    } else if (rt_likely(!in->elem_apart) && (s = claim(m, in, kind, key, hash))) {
        store_key(s, kind, key);
        m->count++;
        elem = s + in->elemoff;
    }
    __atomic_store_n(&m->writing, 0, __ATOMIC_RELAXED);
    return elem;
}

FAST void *fast_rt_map_assign64(const RtType *t, void *map, uint64_t key)
{
    void *e = assign(map, RT_KEY_64, &key);
    return rt_likely(e) ? e : sys_rt_map_assign64(t, map, key);
}

FAST void *fast_rt_map_assignstr(const RtType *t, void *map, const uint8_t *p, int64_t n)
{
    RtString key = {p, n};
    void *e = assign(map, RT_KEY_STRING, &key);
    return rt_likely(e) ? e : sys_rt_map_assignstr(t, map, p, n);
}
