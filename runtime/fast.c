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
void *fast_rt_map_get32(const RtType *t, void *map, uint32_t key);
void *fast_rt_map_get64(const RtType *t, void *map, uint64_t key);
void *sys_rt_map_getstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void *sys_rt_map_assign32(const RtType *t, void *map, uint32_t key);
void *sys_rt_map_assign64(const RtType *t, void *map, uint64_t key);
void *sys_rt_map_assignstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void *fast_rt_map_getstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void *fast_rt_map_assign32(const RtType *t, void *map, uint32_t key);
void *fast_rt_map_assign64(const RtType *t, void *map, uint64_t key);
void *fast_rt_map_assignstr(const RtType *t, void *map, const uint8_t *p, int64_t n);

FAST void *fast_rt_new(const RtType *t)
{
    RtMCache *mc = rt_m->p->mcache;
    unsigned run = t->alloc;
    RtRun *r = &mc->run[run]; /* run 0 is always empty */
    uint8_t *p = r->cur, *next = p + rt_run_size[run];
    if (rt_likely(next <= r->end && run)) {
        r->cur = next;
        return p;
    }
    return sys_rt_new(t);
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
    switch (kind) {
    case RT_KEY_32: *(uint32_t *)slot = *(const uint32_t *)key; break;
    case RT_KEY_64: *(uint64_t *)slot = *(const uint64_t *)key; break;
    default: *(RtString *)slot = *(const RtString *)key;
    }
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

FAST void *fast_rt_map_assign32(const RtType *t, void *map, uint32_t key)
{
    void *e = assign(map, RT_KEY_32, &key);
    return rt_likely(e) ? e : sys_rt_map_assign32(t, map, key);
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
