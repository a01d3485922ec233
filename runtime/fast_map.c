/* SPDX-License-Identifier: MIT
 *
 * Maps on the goroutine's stack: making a small one, look-up, assignment, iteration; see fast.h.
 * A file of its own, which only programs with maps are linked with. */
#include "runtime/fast.h"
#include "runtime/mapiter.h"

void *sys_rt_map_make(const RtType *t, int64_t hint);
void *fast_rt_map_make(const RtType *t, int64_t hint);
void *sys_rt_map_get(const RtType *t, void *map, const void *key);
void *sys_rt_map_get32(const RtType *t, void *map, uint32_t key);
void *sys_rt_map_get64(const RtType *t, void *map, uint64_t key);
void *sys_rt_map_getstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void *sys_rt_map_assign32(const RtType *t, void *map, uint32_t key);
void *sys_rt_map_assign64(const RtType *t, void *map, uint64_t key);
void *sys_rt_map_assignstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void *fast_rt_map_get(const RtType *t, void *map, const void *key);
void *fast_rt_map_get32(const RtType *t, void *map, uint32_t key);
void *fast_rt_map_get64(const RtType *t, void *map, uint64_t key);
void *fast_rt_map_getstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void *fast_rt_map_assign32(const RtType *t, void *map, uint32_t key);
void *fast_rt_map_assign64(const RtType *t, void *map, uint64_t key);
void *fast_rt_map_assignstr(const RtType *t, void *map, const uint8_t *p, int64_t n);
void sys_rt_map_iter_init(const RtType *t, void *map, RtMapIter *out);
void fast_rt_map_iter_init(const RtType *t, void *map, RtMapIter *out);
bool sys_rt_map_iter_next(RtMapIter *out);
bool fast_rt_map_iter_next(RtMapIter *out);

FAST void *fast_rt_map_make(const RtType *t, int64_t hint)
{
    const MapInfo *in = __atomic_load_n(map_info_bucket((const RtMapType *)t), __ATOMIC_ACQUIRE);
    Map *m;
    if (rt_unlikely(hint > MAP_SMALL || !in || in->type != (const RtMapType *)t ||
                    !(m = (Map *)fast_take(rt_m->p->mcache, MAP_RUN))))
        return sys_rt_map_make(t, hint);
    m->info = in;
    m->seed = rt_fastrand();
    return m;
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

FAST void *fast_rt_map_get(const RtType *t, void *map, const void *key)
{
    if (rt_unlikely(((const RtMapType *)t)->keykind != RT_KEY_PLAIN))
        return sys_rt_map_get(t, map, key);
    GET(RT_KEY_PLAIN, *(const uint8_t *)key, sys_rt_map_get(t, map, key));
}

MAP_INLINE void store_key(uint8_t *slot, RtKeyKind kind, const void *key)
{
    if (kind == RT_KEY_32)
        *(uint32_t *)slot = *(const uint32_t *)key;
    else if (kind == RT_KEY_64)
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
    if (rt_unlikely(!m->small)) {
        m->small = fast_take(rt_m->p->mcache, in->small_run);
        if (!m->small)
            return NULL;
        memset(m->small, CTRL_EMPTY, MAP_SMALL);
    }
    if (m->count == MAP_SMALL)
        return NULL;
    uint32_t i = 0; /* byte by byte: a load of all would wait for the store of the last one */
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

FAST void fast_rt_map_iter_init(const RtType *t, void *map, RtMapIter *out)
{
    if (rt_unlikely(!map_iter_start((MapIter *)out->priv, map)))
        sys_rt_map_iter_init(t, map, out);
}

/* Here the iterator stands in what the map still uses. */
FAST bool fast_rt_map_iter_next(RtMapIter *out)
{
    MapIter *it = (MapIter *)out->priv;
    if (it->state == 2)
        return false;
    const Map *m = it->map;
    if (rt_unlikely(__atomic_load_n(&m->writing, __ATOMIC_RELAXED)))
        return sys_rt_map_iter_next(out);
    if (it->state == 0) {
        if (m->dir || !m->small)
            return sys_rt_map_iter_next(out);
        map_iter_begin_small(it);
    } else if (rt_unlikely(!map_iter_current(it))) {
        return sys_rt_map_iter_next(out);
    }
    const MapInfo *in = m->info;
    uint8_t *s = map_iter_next_full(it, in);
    if (rt_likely(s)) {
        out->key = map_slot_key(in, s);
        out->elem = map_slot_elem(in, s);
        return true;
    }
    if (it->table && it->depth)
        return sys_rt_map_iter_next(out);
    it->state = 2;
    return false;
}
