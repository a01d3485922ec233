/* SPDX-License-Identifier: MIT
 *
 * Making maps and making room in them: tables are made, enlarged, and split.  See map.h. */
#include <string.h>

#include "runtime/gc.h"
#include "runtime/mapfind.h"

/* While a table is rearranged: the entry must find its group anew.  Like what is free it has the
 * top bit set. */
enum { CTRL_MOVING = 0xff };

static const uint8_t map_ptrmap[] = {2 | 4};
static const RtType map_type = {.size = sizeof(Map),
                                .ptrbytes = 24,
                                .kind = RT_STRUCT,
                                .align = 8,
                                .ptrmap = map_ptrmap,
                                .alloc = MAP_RUN};
static const uint8_t table_ptrmap[] = {1 | 2};
static const RtType table_type = {.size = sizeof(MapTable),
                                  .ptrbytes = 16,
                                  .kind = RT_STRUCT,
                                  .align = 8,
                                  .ptrmap = table_ptrmap};

static uint32_t room_of(uint32_t cap)
{
    return cap / 8 * 7;
}

static MapTable *new_table(const MapInfo *in, uint32_t cap, uint32_t depth)
{
    MapTable *t = rt_alloc(sizeof *t, &table_type);
    rt_store_ref(&t->slots, rt_alloc((size_t)cap * in->slotsize, &in->slot));
    uint8_t *ctrl = rt_alloc_raw(cap);
    memset(ctrl, CTRL_EMPTY, cap);
    rt_store_ref(&t->ctrl, ctrl);
    t->groups = cap / MAP_GROUP;
    t->cap = cap;
    t->growthleft = room_of(cap);
    t->depth = depth;
    return t;
}

void map_reset_table(MapTable *t)
{
    memset(t->ctrl, CTRL_EMPTY, t->cap);
    t->used = 0;
    t->growthleft = room_of(t->cap);
}

void *rt_map_make(const RtType *type, int64_t hint)
{
    const MapInfo *in = map_info((const RtMapType *)type);
    Map *m = rt_alloc(sizeof *m, &map_type);
    m->info = in;
    m->seed = rt_fastrand();
    if (hint <= MAP_SMALL || hint > (1ll << 40) / in->slotsize)
        return m;
    uint64_t want = (uint64_t)hint + ((uint64_t)hint + 6) / 7;
    uint32_t depth = 0;
    for (; want >> depth > MAP_MAX_CAP - MAP_MAX_CAP / 16; depth++)
        ;
    uint64_t cap = want >> depth;
    if (depth) /* chance does not deal the entries out evenly */
        cap += cap / 16;
    cap = (cap + MAP_GROUP - 1) / MAP_GROUP * MAP_GROUP;
    MapTable **dir = rt_alloc(sizeof *dir << depth, &rt_word_type);
    for (size_t i = 0; i < (size_t)1 << depth; i++)
        rt_store_ref(&dir[i], new_table(in, (uint32_t)cap, depth));
    m->depth = (uint8_t)depth;
    rt_store_ref(&m->dir, dir);
    return m;
}

static uint64_t hash_of_slot(const Map *m, uint8_t *slot)
{
    return map_hash_key(m, map_slot_key(m->info, slot));
}

void map_grow_small(Map *m)
{
    const MapInfo *in = m->info;
    MapTable *t = new_table(in, MAP_GROUP, 0);
    for (uint32_t i = 0; i < MAP_SMALL; i++) {
        if (m->small[i] == CTRL_EMPTY)
            continue;
        uint8_t *s = map_small_slot(in, m->small, i);
        memcpy(map_claim(t, in, hash_of_slot(m, s)), s, in->slotsize);
    }
    MapTable **dir = rt_alloc(sizeof *dir, &rt_word_type);
    rt_store_ref(&dir[0], t);
    m->depth = 0;
    rt_store_ref(&m->dir, dir);
    rt_store_ref(&m->small, NULL);
}

/* Makes the directory point at t for all hashes with its prefix. */
static void install(Map *m, MapTable *t, uint64_t hash)
{
    size_t n = (size_t)1 << (m->depth - t->depth);
    size_t at = t->depth ? (size_t)(hash >> (64 - t->depth)) * n : 0;
    for (size_t i = 0; i < n; i++)
        rt_store_ref(&m->dir[at + i], t);
}

static void double_dir(Map *m)
{
    size_t n = (size_t)1 << m->depth;
    MapTable **dir = rt_alloc(2 * n * sizeof *dir, &rt_word_type);
    for (size_t i = 0; i < n; i++) {
        rt_store_ref(&dir[2 * i], m->dir[i]);
        rt_store_ref(&dir[2 * i + 1], m->dir[i]);
    }
    rt_store_ref(&m->dir, dir);
    m->depth++;
}

/* Fetches what the hashes of a group's keys are made of. */
static void prefetch_keys(const MapTable *t, const MapInfo *in, uint32_t g)
{
    if (in->kind != RT_KEY_STRING && !in->key_apart)
        return;
    for (uint32_t i = g * MAP_GROUP, end = i + MAP_GROUP; i < end; i++)
        __builtin_prefetch(*(void **)map_slot(t, in, i));
}

/* Copies the entries of a table to a new one of cap slots, which have room for them. */
static MapTable *copy_table(Map *m, const MapTable *t, uint32_t cap)
{
    const MapInfo *in = m->info;
    MapTable *to = new_table(in, cap, t->depth);
    for (uint32_t g = 0; g < t->groups; g++) {
        if (g + 1 < t->groups)
            prefetch_keys(t, in, g + 1);
        uint32_t full = ~map_match_free(t->ctrl + (size_t)g * MAP_GROUP) & 0xffff;
        for (; full; full &= full - 1) {
            uint8_t *s = map_slot(t, in, g * MAP_GROUP + (uint32_t)__builtin_ctz(full));
            memcpy(map_claim(to, in, hash_of_slot(m, s)), s, in->slotsize);
        }
    }
    return to;
}

/* Shades what a table refers to, before its entries are moved about behind the collector's back. */
static void shade_slots(const MapTable *t, const MapInfo *in)
{
    if (in->slot.ptrbytes && __atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED))
        rt_wbrec_bulk(t->slots, (size_t)t->cap * in->slotsize);
}

/* Marks the entries of t that are not in their home group as moving.  If to is not NULL, its depth
 * is one more, and those that have this bit of the prefix are dealt out to it. */
static MapTable *deal_out(Map *m, MapTable *t, MapTable *to)
{
    const MapInfo *in = m->info;
    shade_slots(t, in);
    for (uint32_t g = 0; g < t->groups; g++) {
        if (g + 1 < t->groups)
            prefetch_keys(t, in, g + 1);
        uint8_t *group = t->ctrl + (size_t)g * MAP_GROUP;
        for (uint32_t i = 0; i < MAP_GROUP; i++) {
            if (group[i] & 0x80) {
                group[i] = CTRL_EMPTY;
                continue;
            }
            uint8_t *s = map_slot(t, in, g * MAP_GROUP + i);
            uint64_t h = hash_of_slot(m, s);
            if (to && h >> (64 - to->depth) & 1) {
                if (rt_unlikely(to->growthleft == 0)) {
                    to = copy_table(m, to, to->cap * 2);
                    shade_slots(t, in); /* marking may have begun */
                }
                memcpy(map_claim(to, in, h), s, in->slotsize);
                memset(s, 0, in->slotsize);
                group[i] = CTRL_EMPTY;
                t->used--;
            } else if (map_home(t, h) != g) {
                group[i] = CTRL_MOVING;
            }
        }
    }
    return to;
}

/* Gives each moving entry the first slot on its way that is free or held by another one that
 * moves; that one is next.  What has been placed stays, so no look-up misses it. */
static void settle(Map *m, MapTable *t)
{
    const MapInfo *in = m->info;
    _Alignas(16) uint8_t hand[2 * MAP_MAX_INLINE + 16], other[2 * MAP_MAX_INLINE + 16];
    for (uint32_t at = 0; at < t->cap; at++) {
        if (t->ctrl[at] != CTRL_MOVING)
            continue;
        uint8_t *s = map_slot(t, in, at);
        memcpy(hand, s, in->slotsize);
        memset(s, 0, in->slotsize);
        t->ctrl[at] = CTRL_EMPTY;
        for (bool more = true; more;) {
            uint64_t h = hash_of_slot(m, hand);
            uint32_t g = map_home(t, h), free;
            while (!(free = map_match_free(t->ctrl + (size_t)g * MAP_GROUP)))
                g = map_next_group(t, g);
            uint32_t i = g * MAP_GROUP + (uint32_t)__builtin_ctz(free);
            uint8_t *to = map_slot(t, in, i);
            more = t->ctrl[i] == CTRL_MOVING;
            memcpy(other, to, in->slotsize);
            memcpy(to, hand, in->slotsize);
            memcpy(hand, other, in->slotsize);
            t->ctrl[i] = (uint8_t)(h & 0x7f);
        }
    }
    t->growthleft = room_of(t->cap) - t->used;
}

/* A size for the new one of two tables; see map.h for why they differ. */
static uint32_t some_cap(void)
{
    return MAP_SPLIT_CAP + 1024 * rt_fastrandn((MAP_MAX_CAP - MAP_SPLIT_CAP) / 1024 + 1);
}

void map_grow(Map *m, MapTable *t, uint64_t hash)
{
    bool full = t->used > t->cap / 16 * 7; /* else there are tombstones */
    bool split = full && t->cap >= MAP_SPLIT_CAP && t->depth < MAP_MAX_DEPTH;
    if (!split && (full || t->ranged)) {
        install(m, copy_table(m, t, full ? t->cap * 2 : t->cap), hash);
        return;
    }
    if (!split) {
        deal_out(m, t, NULL);
        settle(m, t);
        return;
    }
    if (t->depth == m->depth)
        double_dir(m);
    if (t->ranged)
        t = copy_table(m, t, t->cap);
    uint32_t depth = t->depth + 1;
    MapTable *high = deal_out(m, t, new_table(m->info, some_cap(), depth));
    settle(m, t);
    t->depth = depth;
    uint64_t bit = 1ull << (64 - depth);
    install(m, t, hash & ~bit);
    install(m, high, hash | bit);
}
