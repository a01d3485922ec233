/* SPDX-License-Identifier: MIT
 *
 * Maps: Swiss tables under a directory (extendible hashing), so that no growth step moves
 * more than one table of MAP_MAX_CAP slots.
 *
 *   Map ── dir ──> [table, table, …]   indexed by the hash's top `depth` bits; several
 *    │                │                entries may share a table of smaller depth
 *    │                └─> MapTable ─┬─ ctrl ──> [16 ctrl][16 ctrl]…       one group, the next, …
 *    │                              └─ slots ─> [16 slots][16 slots]…
 *    └─ small ──> [8 ctrl][8 slots]            up to 8 entries: no table, dir NULL
 *
 * A control byte is 0x80 (empty), 0xfe (deleted) or the hash's low 7 bits.  A slot is key,
 * elem; keys and elems above 128 bytes stand apart and the slot holds their address.  Control
 * bytes stand together, so that those of a large map stay in the caches and a look-up that finds
 * nothing touches no slot.
 *
 * A hash's group is a fraction of the table (map_home), so tables may have any number of groups.
 * Those at the end of their growth differ in size: they do not all fill up, and split, at the same
 * number of entries, and the map grows in steps of a fifth rather than of twice its size.
 *
 * A table is split in place, unless an iterator may stand in it: then it is replaced, the
 * iterator goes on in the old one and looks every key up in the map (map_iter.c). */
#ifndef GOL_RUNTIME_MAP_H
#define GOL_RUNTIME_MAP_H

#include "runtime/heap.h"

enum {
    MAP_SMALL = 8,
    MAP_GROUP = 16,
    MAP_SPLIT_CAP = 4096, /* tables of at least so many slots split; smaller ones double */
    MAP_MAX_CAP = 7168,   /* slots of a table, unless its depth forbids to split it */
    MAP_MAX_DEPTH = 24,   /* beyond it tables grow instead of splitting */
    MAP_MAX_INLINE = 128,
    CTRL_EMPTY = 0x80,
    CTRL_DELETED = 0xfe,
};

typedef struct MapInfo { /* what the operations need of a map type; persistent */
    const RtMapType *type;
    struct MapInfo *next;
    RtType small, slot; /* descriptors for the collector */
    uint32_t slotsize, elemoff;
    uint32_t keysize, elemsize;
    RtKeyKind kind;
    bool key_apart, elem_apart;
    bool key_pointers;
    uint16_t small_run; /* what a small array comes from; 0: rt_alloc knows */
    bool update_key;    /* equal keys may differ: floats, strings, interfaces */
} MapInfo;

typedef struct MapTable {
    uint8_t *ctrl, *slots;
    uint32_t groups;
    uint32_t cap; /* slots: groups * MAP_GROUP */
    uint32_t used;
    uint32_t growthleft; /* empty slots that may still be taken */
    uint32_t depth;      /* this table serves all hashes that share its top `depth` bits */
    uint8_t ranged;      /* an iterator may stand in it */
} MapTable;

typedef struct Map {
    int64_t count; /* first: len(m) reads it */
    MapTable **dir;
    uint8_t *small;
    const MapInfo *info;
    uint64_t seed;
    uint32_t clears;
    uint8_t depth;   /* dir has 1 << depth entries */
    uint8_t writing; /* somebody changes it: detects unsynchronised use */
} Map;

enum { MAP_RUN = RT_RUN_MASK48 + 6 }; /* of Map itself: dir and small are pointers */
_Static_assert(sizeof(Map) == 48, "a Map is larger than the slots of its run");

/* The slot that holds key, or NULL. */
uint8_t *map_find(const Map *m, const void *key);

/* The descriptor's MapInfo, made when it is first asked for. */
const MapInfo *map_info(const RtMapType *t);

/* By a hash of the descriptor's address: the last one made, and others behind it. */
enum { MAP_INFO_BUCKETS = 256 };
extern MapInfo *map_infos[MAP_INFO_BUCKETS];

static inline MapInfo **map_info_bucket(const RtMapType *t)
{
    return &map_infos[((uintptr_t)t >> 4) * 0x9e3779b97f4a7c15u >> 56];
}
/* The hash of a key of the map's; panics where rt_hash does. */
uint64_t map_hash_key(const Map *m, const void *key);
/* The first table of a map that had but its small array; the entries move there. */
void map_grow_small(Map *m);
/* Makes room in the table that serves hash, which has none: replaces it by a larger one or splits
 * it.  May collect.  Afterwards map_table must be asked again; that one may be full, too. */
void map_grow(Map *m, MapTable *t, uint64_t hash);
/* Empties the table's control bytes; its slots must be clear. */
void map_reset_table(MapTable *t);

static inline uint8_t *map_slot(const MapTable *t, const MapInfo *in, uint32_t i)
{
    return t->slots + (size_t)i * in->slotsize;
}

/* The group where a look-up of the hash begins. */
static inline uint32_t map_home(const MapTable *t, uint64_t hash)
{
    return (uint32_t)((uint64_t)(uint32_t)(hash >> 7) * t->groups >> 32);
}

/* The group after g. */
static inline uint32_t map_next_group(const MapTable *t, uint32_t g)
{
    return g + 1 == t->groups ? 0 : g + 1;
}

static inline uint8_t *map_small_slot(const MapInfo *in, uint8_t *small, uint32_t i)
{
    return small + MAP_SMALL + (size_t)i * in->slotsize;
}

static inline MapTable *map_table(const Map *m, uint64_t hash)
{
    return m->dir[m->depth ? hash >> (64 - m->depth) : 0];
}

static inline void *map_slot_key(const MapInfo *in, uint8_t *slot)
{
    return in->key_apart ? *(void **)slot : slot;
}

static inline void *map_slot_elem(const MapInfo *in, uint8_t *slot)
{
    return in->elem_apart ? *(void **)(slot + in->elemoff) : slot + in->elemoff;
}

#endif
