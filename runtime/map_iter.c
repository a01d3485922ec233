/* SPDX-License-Identifier: MIT
 *
 * Ranging over a map (Go spec, "For statements with range clause"): random start, each entry
 * at most once, entries deleted before they are reached never, entries added perhaps.
 *
 * The iterator walks the space of hashes, table by table.  A table that was replaced while
 * the iterator stands in it stays as it was: the iterator goes on there and asks the map for
 * each key, so that it sees deletions and new values. */
#include <string.h>

#include "runtime/map.h"

typedef struct Iter { /* RtMapIter.priv */
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
} Iter;

_Static_assert(sizeof(Iter) <= sizeof((RtMapIter){0}.priv), "iterator state too large");

void rt_map_iter_init(const RtType *t, void *map, RtMapIter *out)
{
    Iter *it = (Iter *)out->priv;
    Map *m = map;
    *out = (RtMapIter){0};
    if (!m || m->count == 0) {
        it->state = 2;
        return;
    }
    if (rt_unlikely(__atomic_load_n(&m->writing, __ATOMIC_RELAXED)))
        rt_throw("concurrent map iteration and map write");
    it->map = m;
    it->rnd = rt_fastrand();
    it->clears = m->clears;
}

static void enter(Iter *it, MapTable *t)
{
    it->table = t;
    if (!__atomic_load_n(&t->ranged, __ATOMIC_RELAXED)) /* others may read, too */
        __atomic_store_n(&t->ranged, 1, __ATOMIC_RELAXED);
    it->cap = t->cap;
    it->depth = t->depth;
    it->index = 0;
    it->offset = (uint32_t)((uint64_t)(uint32_t)it->rnd * t->cap >> 32);
}

static void begin(Iter *it)
{
    Map *m = it->map;
    it->state = 1;
    if (m->dir) {
        MapTable *t = map_table(m, it->rnd);
        it->pos = it->start = t->depth ? it->rnd >> (64 - t->depth) << (64 - t->depth) : 0;
        enter(it, t);
    } else if (m->small) {
        it->small = m->small;
        it->cap = MAP_SMALL;
        it->offset = (uint32_t)it->rnd & (MAP_SMALL - 1);
    } else {
        it->state = 2;
    }
}

/* The map still uses what the iterator stands in. */
static bool current(const Iter *it)
{
    const Map *m = it->map;
    return it->table ? m->dir && map_table(m, it->pos) == it->table : m->small == it->small;
}

static bool equals_itself(const MapInfo *in, const void *key)
{
    return in->kind != RT_KEY_GENERAL || rt_equal(in->type->key, key, key);
}

/* Some slot of the group holds an entry. */
static bool occupied(const uint8_t *group)
{
    uint64_t w[2];
    memcpy(w, group, sizeof w);
    return (w[0] & w[1] & 0x8080808080808080u) != 0x8080808080808080u;
}

bool rt_map_iter_next(RtMapIter *out)
{
    Iter *it = (Iter *)out->priv;
    if (it->state == 2)
        goto done;
    if (rt_unlikely(__atomic_load_n(&it->map->writing, __ATOMIC_RELAXED)))
        rt_throw("concurrent map iteration and map write");
    if (it->state == 0)
        begin(it);
    const MapInfo *in = it->map->info;
    while (it->state == 1) {
        bool cur = current(it);
        while (it->index < it->cap) {
            uint32_t i = it->index + it->offset;
            if (i >= it->cap)
                i -= it->cap;
            uint8_t *ctrl = it->table ? it->table->ctrl : it->small;
            if (it->table && i % MAP_GROUP == 0 && it->index + MAP_GROUP <= it->cap &&
                !occupied(ctrl + i)) {
                it->index += MAP_GROUP;
                continue;
            }
            it->index++;
            if (ctrl[i] & 0x80)
                continue;
            uint8_t *s = it->table ? map_slot(it->table, in, i) : map_small_slot(in, it->small, i);
            if (rt_unlikely(!cur)) {
                void *key = map_slot_key(in, s);
                uint8_t *now = it->map->count ? map_find(it->map, key) : NULL;
                if (now)
                    s = now;
                else if (it->clears != it->map->clears || equals_itself(in, key))
                    continue; /* deleted; but a NaN can only be cleared */
            }
            out->key = map_slot_key(in, s);
            out->elem = map_slot_elem(in, s);
            return true;
        }
        if (!it->table) {
            /* The small array has become a table meanwhile: all of it was here. */
            break;
        }
        if (it->depth == 0)
            break;
        it->pos += 1ull << (64 - it->depth);
        if (it->pos == it->start)
            break;
        enter(it, map_table(it->map, it->pos));
    }
    it->state = 2;
done:
    out->key = out->elem = NULL;
    return false;
}
