/* SPDX-License-Identifier: MIT
 *
 * Maps: Swiss tables under a directory (extendible hashing), so that no growth step copies
 * more than one table of MAP_MAX_CAP slots.
 *
 *   Map ── dir ──> [table, table, …]   indexed by the hash's top `depth` bits; several
 *    │                │                entries may share a table of smaller depth
 *    │                └─> MapTable ──> [group][group]…    a group: [16 ctrl][16 slots]
 *    └─ small ──> [8 ctrl][8 slots]                       up to 8 entries: no table, dir NULL
 *
 * A control byte is 0x80 (empty), 0xfe (deleted) or the hash's low 7 bits.  A slot is key,
 * elem; keys and elems above 128 bytes stand apart and the slot holds their address.
 * A table is replaced, not changed, when it grows; iterators go on in the old one and look
 * every key up in the map (map_iter.c). */
#ifndef GOL_RUNTIME_MAP_H
#define GOL_RUNTIME_MAP_H

#include "runtime/heap.h"

enum {
    MAP_SMALL = 8,
    MAP_GROUP = 16,
    MAP_MAX_CAP = 4096, /* slots of a table */
    MAP_MAX_DEPTH = 24, /* beyond it tables grow instead of splitting */
    MAP_MAX_INLINE = 128,
    CTRL_EMPTY = 0x80,
    CTRL_DELETED = 0xfe,
};

typedef struct MapInfo { /* what the operations need of a map type; persistent */
    const RtMapType *type;
    struct MapInfo *next;
    RtType small, group; /* descriptors for the collector */
    uint32_t slotsize, elemoff, groupsize;
    uint32_t keysize, elemsize;
    RtKeyKind kind;
    bool key_apart, elem_apart;
    bool key_pointers;
    bool update_key; /* equal keys may differ: floats, strings, interfaces */
} MapInfo;

typedef struct MapTable {
    uint8_t *groups;
    uint32_t mask; /* number of groups - 1, that being a power of two */
    uint32_t cap;  /* slots */
    uint32_t used;
    uint32_t growthleft; /* empty slots that may still be taken */
    uint32_t depth;      /* this table serves all hashes that share its top `depth` bits */
    uint32_t unused;
} MapTable;

typedef struct Map {
    int64_t count; /* first: len(m) reads it */
    MapTable **dir;
    uint8_t *small;
    const MapInfo *info;
    uint64_t seed;
    uint32_t depth; /* dir has 1 << depth entries */
    uint32_t clears;
    uint8_t writing; /* somebody changes it: detects unsynchronised use */
} Map;

/* The slot that holds key, or NULL. */
uint8_t *map_find(const Map *m, const void *key);

static inline uint8_t *map_group(const MapTable *t, const MapInfo *in, uint32_t g)
{
    return t->groups + (size_t)g * in->groupsize;
}

static inline uint8_t *map_slot(const MapInfo *in, uint8_t *group, uint32_t i)
{
    return group + MAP_GROUP + (size_t)i * in->slotsize;
}

static inline uint8_t *map_small_slot(const MapInfo *in, uint8_t *small, uint32_t i)
{
    return small + MAP_SMALL + (size_t)i * in->slotsize;
}
const MapInfo *map_info(const RtMapType *t);

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
