/* SPDX-License-Identifier: MIT
 *
 * Look-up and taking a slot, inline, for map.c, map_grow.c and the entry points on goroutine
 * stacks (fast_map.c): every function here is specialised by the kind of key. */
#ifndef GOL_RUNTIME_MAPFIND_H
#define GOL_RUNTIME_MAPFIND_H

#include <emmintrin.h>
#include <string.h>

#include "runtime/hash.h"
#include "runtime/map.h"

#define MAP_INLINE static inline __attribute__((always_inline))

MAP_INLINE uint64_t map_hash_int(uint64_t k, uint64_t seed)
{
    unsigned __int128 r = (unsigned __int128)(k ^ seed) * 0x9e3779b97f4a7c15u;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

MAP_INLINE uint64_t map_hash(const MapInfo *in, RtKeyKind kind, const void *key, uint64_t seed)
{
    switch (kind) {
    case RT_KEY_32: return map_hash_int(*(const uint32_t *)key, seed);
    case RT_KEY_64: return map_hash_int(*(const uint64_t *)key, seed);
    case RT_KEY_STRING: {
        const RtString *s = key;
        return hash_bytes(s->p, (size_t)s->n, seed);
    }
    case RT_KEY_PLAIN: return hash_bytes(key, in->keysize, seed);
    default: return rt_hash(in->type->key, key, seed);
    }
}

/* Strings of the same length; no call, as these are short and the stack may be a goroutine's. */
MAP_INLINE bool map_same_bytes(const uint8_t *p, const uint8_t *q, size_t n)
{
    if (n >= 8) {
        for (size_t i = 0; i + 8 < n; i += 8)
            if (hash_read64(p + i) != hash_read64(q + i))
                return false;
        return hash_read64(p + n - 8) == hash_read64(q + n - 8);
    }
    if (n >= 4)
        return hash_read32(p) == hash_read32(q) && hash_read32(p + n - 4) == hash_read32(q + n - 4);
    for (size_t i = 0; i < n; i++)
        if (p[i] != q[i])
            return false;
    return true;
}

MAP_INLINE bool map_same_key(const MapInfo *in, RtKeyKind kind, const void *a, const void *b)
{
    switch (kind) {
    case RT_KEY_32: return *(const uint32_t *)a == *(const uint32_t *)b;
    case RT_KEY_64: return *(const uint64_t *)a == *(const uint64_t *)b;
    case RT_KEY_STRING: {
        const RtString *s = a, *t = b;
        return s->n == t->n && (s->p == t->p || map_same_bytes(s->p, t->p, (size_t)s->n));
    }
    case RT_KEY_PLAIN: return map_same_bytes(a, b, in->keysize);
    default: return rt_equal(in->type->key, a, b);
    }
}

/* In a small map a tag does for a hash where the key is cheap to compare. */
MAP_INLINE uint8_t map_small_tag(const Map *m, RtKeyKind kind, const void *key)
{
    switch (kind) {
    case RT_KEY_32: return (uint8_t)(*(const uint32_t *)key * 0x9e3779b97f4a7c15u >> 57);
    case RT_KEY_64: return (uint8_t)(*(const uint64_t *)key * 0x9e3779b97f4a7c15u >> 57);
    case RT_KEY_STRING: {
        const RtString *s = key;
        return s->n ? (uint8_t)((s->n + s->p[0] * 3 + s->p[s->n - 1] * 7) & 0x7f) : 0;
    }
    default: return (uint8_t)(map_hash(m->info, kind, key, m->seed) & 0x7f);
    }
}

MAP_INLINE void *map_key_at(const MapInfo *in, RtKeyKind kind, uint8_t *slot)
{
    return kind == RT_KEY_PLAIN || kind == RT_KEY_GENERAL ? map_slot_key(in, slot) : slot;
}

MAP_INLINE uint32_t map_match(const uint8_t *ctrl, uint8_t b)
{
    __m128i g = _mm_loadu_si128((const __m128i *)ctrl);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(g, _mm_set1_epi8((char)b)));
}

MAP_INLINE uint32_t map_match_free(const uint8_t *ctrl) /* empty or deleted */
{
    return (uint32_t)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)ctrl));
}

/* Both give the slot and, if it is wanted, the address of its control byte. */
MAP_INLINE uint8_t *map_find_small(const Map *m, const MapInfo *in, RtKeyKind kind, const void *key,
                                   uint8_t **ctrl)
{
    uint8_t *small = m->small;
    uint8_t tag = map_small_tag(m, kind, key); /* also panics for unhashable keys */
    if (!small)
        return NULL;
    __m128i g = _mm_loadl_epi64((const __m128i *)small);
    uint32_t hits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(g, _mm_set1_epi8((char)tag))) & 0xff;
    for (; hits; hits &= hits - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(hits);
        uint8_t *s = map_small_slot(in, small, i);
        if (map_same_key(in, kind, map_key_at(in, kind, s), key)) {
            if (ctrl)
                *ctrl = small + i;
            return s;
        }
    }
    return NULL;
}

MAP_INLINE uint8_t *map_find_in(const MapTable *t, const MapInfo *in, RtKeyKind kind,
                                const void *key, uint64_t hash, uint8_t **ctrl)
{
    uint32_t g = map_home(t, hash);
    uint8_t tag = (uint8_t)(hash & 0x7f);
    for (;;) {
        uint8_t *group = t->ctrl + (size_t)g * MAP_GROUP;
        for (uint32_t hits = map_match(group, tag); hits; hits &= hits - 1) {
            uint32_t i = (uint32_t)__builtin_ctz(hits);
            uint8_t *s = map_slot(t, in, g * MAP_GROUP + i);
            if (rt_likely(map_same_key(in, kind, map_key_at(in, kind, s), key))) {
                if (ctrl)
                    *ctrl = group + i;
                return s;
            }
        }
        if (rt_likely(map_match(group, CTRL_EMPTY)))
            return NULL;
        g = map_next_group(t, g);
    }
}

/* Takes a free slot for a key that is not there; the table has room. */
MAP_INLINE uint8_t *map_claim(MapTable *t, const MapInfo *in, uint64_t hash)
{
    uint32_t g = map_home(t, hash);
    for (;;) {
        uint8_t *group = t->ctrl + (size_t)g * MAP_GROUP;
        uint32_t free = map_match_free(group);
        if (rt_likely(free)) {
            uint32_t i = (uint32_t)__builtin_ctz(free);
            t->growthleft -= group[i] == CTRL_EMPTY;
            group[i] = (uint8_t)(hash & 0x7f);
            t->used++;
            return map_slot(t, in, g * MAP_GROUP + i);
        }
        g = map_next_group(t, g);
    }
}

MAP_INLINE uint8_t *map_find_kind(const Map *m, const MapInfo *in, RtKeyKind kind, const void *key)
{
    if (!m->dir)
        return map_find_small(m, in, kind, key, NULL);
    uint64_t hash = map_hash(in, kind, key, m->seed);
    return map_find_in(map_table(m, hash), in, kind, key, hash, NULL);
}

#endif
