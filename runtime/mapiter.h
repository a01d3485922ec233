/* SPDX-License-Identifier: MIT
 *
 * The state of an iterator over a map and its steps, inline, for map_iter.c and for the entry
 * points on goroutine stacks (fast_map.c).  See map_iter.c. */
#ifndef GOL_RUNTIME_MAPITER_H
#define GOL_RUNTIME_MAPITER_H

#include "runtime/mapfind.h"

typedef struct MapIter { /* RtMapIter.priv */
    Map *map;
    uint8_t *small;  /* the small array, if it stands there */
    MapTable *table; /* NULL: small */
    uint64_t pos;    /* prefix of the hashes that the table serves, as top bits */
    uint64_t start;  /* pos where it began */
    uint32_t cap;
    uint32_t depth;  /* of the table */
    uint32_t index;  /* slots looked at */
    uint32_t offset; /* slot = (index + offset) mod cap */
    uint32_t clears; /* map->clears at the beginning */
    uint32_t state;  /* 0: before the first table, 1: in one, 2: done */
    uint64_t rnd;
} MapIter;

_Static_assert(sizeof(MapIter) <= sizeof((RtMapIter){0}.priv), "iterator state too large");

/* False if somebody changes the map. */
MAP_INLINE bool map_iter_start(MapIter *it, const Map *m)
{
    it->state = 2;
    if (!m || m->count == 0)
        return true;
    if (rt_unlikely(__atomic_load_n(&m->writing, __ATOMIC_RELAXED)))
        return false;
    it->state = 0;
    it->map = (Map *)(uintptr_t)m;
    it->rnd = rt_fastrand();
    it->clears = m->clears;
    return true;
}

MAP_INLINE void map_iter_begin_small(MapIter *it)
{
    it->state = 1;
    it->table = NULL;
    it->small = it->map->small;
    it->cap = MAP_SMALL;
    it->index = 0;
    it->offset = (uint32_t)it->rnd & (MAP_SMALL - 1);
}

/* The map still uses what the iterator stands in. */
MAP_INLINE bool map_iter_current(const MapIter *it)
{
    const Map *m = it->map;
    return it->table ? m->dir && map_table(m, it->pos) == it->table : m->small == it->small;
}

/* The next slot that holds an entry, or NULL at the end of the table or small array. */
MAP_INLINE uint8_t *map_iter_next_full(MapIter *it, const MapInfo *in)
{
    if (!it->table) {
        uint32_t full =
            ~(uint32_t)_mm_movemask_epi8(_mm_loadl_epi64((const __m128i *)it->small)) & 0xff;
        full = (full | full << MAP_SMALL) >> it->offset & 0xff; /* in the iterator's order */
        full = full >> it->index << it->index;
        if (!full)
            return NULL;
        uint32_t i = (uint32_t)__builtin_ctz(full);
        it->index = i + 1;
        return map_small_slot(in, it->small, (i + it->offset) & (MAP_SMALL - 1));
    }
    while (it->index < it->cap) {
        uint32_t i = it->index + it->offset;
        if (i >= it->cap)
            i -= it->cap;
        uint32_t in_group = i & (MAP_GROUP - 1);
        uint32_t full = (~map_match_free(it->table->ctrl + (i - in_group)) & 0xffff) >> in_group;
        if (!full) {
            it->index += MAP_GROUP - in_group;
            continue;
        }
        uint32_t skip = (uint32_t)__builtin_ctz(full);
        it->index += skip + 1;
        if (it->index > it->cap) /* it began in the middle of this group */
            break;
        return map_slot(it->table, in, i + skip);
    }
    return NULL;
}

#endif
