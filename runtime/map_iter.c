/* SPDX-License-Identifier: MIT
 *
 * Ranging over a map (Go spec, "For statements with range clause"): random start, each entry
 * at most once, entries deleted before they are reached never, entries added perhaps.
 *
 * The iterator walks the space of hashes, table by table.  A table that was replaced while
 * the iterator stands in it stays as it was: the iterator goes on there and asks the map for
 * each key, so that it sees deletions and new values. */
#include "runtime/mapiter.h"

void rt_map_iter_init(const RtType *t, void *map, RtMapIter *out)
{
    if (!map_iter_start((MapIter *)out->priv, map))
        rt_throw("concurrent map iteration and map write");
}

static void enter(MapIter *it, MapTable *t)
{
    it->table = t;
    if (!__atomic_load_n(&t->ranged, __ATOMIC_RELAXED)) /* others may read, too */
        __atomic_store_n(&t->ranged, 1, __ATOMIC_RELAXED);
    it->cap = t->cap;
    it->depth = t->depth;
    it->index = 0;
    it->offset = (uint32_t)((uint64_t)(uint32_t)it->rnd * t->cap >> 32);
}

static void begin(MapIter *it)
{
    Map *m = it->map;
    it->state = 1;
    if (m->dir) {
        MapTable *t = map_table(m, it->rnd);
        it->pos = it->start = t->depth ? it->rnd >> (64 - t->depth) << (64 - t->depth) : 0;
        enter(it, t);
    } else if (m->small) {
        map_iter_begin_small(it);
    } else {
        it->state = 2;
    }
}

static bool equals_itself(const MapInfo *in, const void *key)
{
    return in->kind != RT_KEY_GENERAL || rt_equal(in->type->key, key, key);
}

bool rt_map_iter_next(RtMapIter *out)
{
    MapIter *it = (MapIter *)out->priv;
    if (it->state == 2)
        goto done;
    if (rt_unlikely(__atomic_load_n(&it->map->writing, __ATOMIC_RELAXED)))
        rt_throw("concurrent map iteration and map write");
    if (it->state == 0)
        begin(it);
    const MapInfo *in = it->map->info;
    while (it->state == 1) {
        bool cur = map_iter_current(it);
        for (uint8_t *s; (s = map_iter_next_full(it, in));) {
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
