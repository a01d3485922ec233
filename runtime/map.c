/* SPDX-License-Identifier: MIT
 *
 * Map operations: look-up, insertion, deletion.  See map.h for the layout. */
#include <string.h>

#include "runtime/mapfind.h"

void rt_panic_nilmap(void);

/* ---- map types ---------------------------------------------------------------------------- */

MapInfo *map_infos[MAP_INFO_BUCKETS];
static RtMutex info_lock;

/* Sets the bits of t at byte offset at. */
static void add_ptrmap(uint8_t *map, const RtType *t, size_t at)
{
    if (t->flags & RT_GCREPEAT) {
        const RtArrayType *a = (const RtArrayType *)t;
        for (int64_t i = 0; i < a->len; i++)
            add_ptrmap(map, a->elem, at + (size_t)i * a->elem->size);
        return;
    }
    for (size_t w = 0; w < t->ptrbytes / 8; w++)
        if (t->ptrmap[w / 8] >> (w % 8) & 1)
            map[(at / 8 + w) / 8] |= (uint8_t)(1 << ((at / 8 + w) % 8));
}

static bool needs_update(const RtType *t)
{
    switch (t->kind) {
    case RT_FLOAT32:
    case RT_FLOAT64:
    case RT_COMPLEX64:
    case RT_COMPLEX128:
    case RT_STRING:
    case RT_INTERFACE: return true;
    case RT_ARRAY: return needs_update(((const RtArrayType *)t)->elem);
    case RT_STRUCT: {
        const RtStructType *st = (const RtStructType *)t;
        for (int64_t i = 0; i < st->nfields; i++)
            if (needs_update(st->fields[i].type))
                return true;
        return false;
    }
    default: return false;
    }
}

/* The descriptor of n slots behind n control bytes, or of one slot (ctrl 0). */
static void describe(RtType *t, uint32_t ctrl, uint32_t n, const RtType *key, const RtType *elem,
                     const MapInfo *in)
{
    t->size = ctrl + n * in->slotsize;
    t->align = 8;
    t->kind = RT_STRUCT;
    if (!key->ptrbytes && !elem->ptrbytes)
        return;
    uint8_t *map = rt_persistent(t->size / 64 + 1);
    for (uint32_t i = 0; i < n; i++) {
        size_t at = ctrl + (size_t)i * in->slotsize;
        if (key->ptrbytes)
            add_ptrmap(map, key, at);
        if (elem->ptrbytes)
            add_ptrmap(map, elem, at + in->elemoff);
    }
    t->ptrmap = map;
    t->ptrbytes = ctrl + (size_t)(n - 1) * in->slotsize +
                  (elem->ptrbytes ? in->elemoff + elem->ptrbytes : key->ptrbytes);
}

static MapInfo *make_info(const RtMapType *t)
{
    MapInfo *in = rt_persistent(sizeof *in);
    in->type = t;
    in->kind = (RtKeyKind)t->keykind;
    in->keysize = (uint32_t)t->key->size;
    in->elemsize = (uint32_t)t->elem->size;
    in->key_apart = t->key->size > MAP_MAX_INLINE;
    in->elem_apart = t->elem->size > MAP_MAX_INLINE;
    in->key_pointers = t->key->ptrbytes != 0;
    in->update_key = needs_update(t->key);
    const RtType *key = in->key_apart ? &rt_word_type : t->key;
    const RtType *elem = in->elem_apart ? &rt_word_type : t->elem;
    size_t align = key->align > elem->align ? key->align : elem->align;
    in->elemoff = (uint32_t)((key->size + elem->align - 1) & ~(size_t)(elem->align - 1));
    in->slotsize = (uint32_t)((in->elemoff + elem->size + align - 1) & ~(align - 1));
    if (in->slotsize == 0)
        in->slotsize = 1;
    describe(&in->small, MAP_SMALL, MAP_SMALL, key, elem, in);
    describe(&in->slot, 0, 1, key, elem, in);
    if (in->small.size <= RT_MAX_MASKED)
        in->small_run = (uint16_t)rt_run_of(&in->small);
    return in;
}

const MapInfo *map_info(const RtMapType *t)
{
    MapInfo **b = map_info_bucket(t);
    for (MapInfo *in = __atomic_load_n(b, __ATOMIC_ACQUIRE); in; in = in->next)
        if (in->type == t)
            return in;
    rt_lock(&info_lock);
    MapInfo *in = *b;
    while (in && in->type != t)
        in = in->next;
    if (!in) {
        in = make_info(t);
        in->next = *b;
        __atomic_store_n(b, in, __ATOMIC_RELEASE);
    }
    rt_unlock(&info_lock);
    return in;
}

/* ---- look-up --------------------------------------------------------------------------------- */

uint64_t map_hash_key(const Map *m, const void *key)
{
    const MapInfo *in = m->info;
    switch (in->kind) {
    case RT_KEY_32: return map_hash_int(*(const uint32_t *)key, m->seed);
    case RT_KEY_64: return map_hash_int(*(const uint64_t *)key, m->seed);
    case RT_KEY_STRING: {
        const RtString *s = key;
        return rt_hash_bytes(s->p, (size_t)s->n, m->seed);
    }
    case RT_KEY_PLAIN: return rt_hash_bytes(key, in->keysize, m->seed);
    default: return rt_hash(in->type->key, key, m->seed);
    }
}

/* What is in the small array is found without a hash. */
static uint64_t hash_of(const Map *m, const void *key)
{
    return m->dir ? map_hash_key(m, key) : 0;
}

static __attribute__((noinline)) uint8_t *find(const Map *m, const MapInfo *in, const void *key,
                                               uint64_t hash, uint8_t **ctrl)
{
    return m->dir ? map_find_in(map_table(m, hash), in, in->kind, key, hash, ctrl)
                  : map_find_small(m, in, in->kind, key, ctrl);
}

uint8_t *map_find(const Map *m, const void *key)
{
    const MapInfo *in = m->info;
    return find(m, in, key, hash_of(m, key), NULL);
}

void *rt_map_get(const RtType *t, void *map, const void *key)
{
    Map *m = map;
    const RtMapType *mt = (const RtMapType *)t;
    if (!m || m->count == 0) {
        if (mt->keykind == RT_KEY_GENERAL)
            rt_check_hashable(mt->key, key);
        return NULL;
    }
    if (rt_unlikely(__atomic_load_n(&m->writing, __ATOMIC_RELAXED)))
        rt_throw("concurrent map read and map write");
    uint8_t *s = map_find(m, key);
    return s ? map_slot_elem(m->info, s) : NULL;
}

/* These and the like below do what fast_map.c leaves: the keys' kinds need no code of their own. */
void *rt_map_get32(const RtType *t, void *map, uint32_t key)
{
    return rt_map_get(t, map, &key);
}

void *rt_map_get64(const RtType *t, void *map, uint64_t key)
{
    return rt_map_get(t, map, &key);
}

void *rt_map_getstr(const RtType *t, void *map, const uint8_t *p, int64_t n)
{
    RtString key = {p, n};
    return rt_map_get(t, map, &key);
}

/* ---- insertion ----------------------------------------------------------------------------------- */

static void *finish_insert(Map *m, const MapInfo *in, uint8_t *slot, const void *key)
{
    if (in->key_apart) {
        void *p = rt_alloc(in->keysize, in->type->key);
        memcpy(p, key, in->keysize);
        *(void **)slot = p;
    } else {
        memcpy(slot, key, in->keysize);
    }
    if (in->elem_apart)
        *(void **)(slot + in->elemoff) = rt_alloc(in->elemsize, in->type->elem);
    m->count++;
    __atomic_store_n(&m->writing, 0, __ATOMIC_RELAXED);
    return map_slot_elem(in, slot);
}

static void *found(Map *m, const MapInfo *in, uint8_t *slot, const void *key)
{
    if (in->update_key)
        rt_typedmove(in->type->key, map_slot_key(in, slot), key);
    __atomic_store_n(&m->writing, 0, __ATOMIC_RELAXED);
    return map_slot_elem(in, slot);
}

static uint8_t *new_small(const MapInfo *in)
{
    uint8_t *s = rt_alloc(in->small.size, &in->small);
    memset(s, CTRL_EMPTY, MAP_SMALL);
    return s;
}

/* As in Go, no locked instruction: two writers at once are mostly seen, not always. */
static void start_write(Map *m)
{
    if (rt_unlikely(__atomic_load_n(&m->writing, __ATOMIC_RELAXED)))
        rt_throw("concurrent map writes");
    __atomic_store_n(&m->writing, 1, __ATOMIC_RELAXED);
}

void *rt_map_assign(const RtType *type, void *map, const void *key)
{
    Map *m = map;
    if (rt_unlikely(!m))
        rt_raise((void *)rt_panic_nilmap, 0, 0, 0, 0, 0, 0);
    const MapInfo *in = m->info;
    uint8_t tag = m->dir ? 0 : map_small_tag(m, in->kind, key);
    uint64_t hash = hash_of(m, key);
    start_write(m);
    uint8_t *s = find(m, in, key, hash, NULL);
    if (s)
        return found(m, in, s, key);
    if (!m->dir) {
        if (!m->small)
            rt_store_ref(&m->small, new_small(in));
        if (m->count < MAP_SMALL) {
            uint32_t i = 0;
            while (m->small[i] != CTRL_EMPTY)
                i++;
            m->small[i] = tag;
            return finish_insert(m, in, map_small_slot(in, m->small, i), key);
        }
        map_grow_small(m);
        hash = hash_of(m, key);
    }
    MapTable *t = map_table(m, hash);
    while (rt_unlikely(t->growthleft == 0)) {
        map_grow(m, t, hash);
        t = map_table(m, hash);
    }
    return finish_insert(m, in, map_claim(t, in, hash), key);
}

void *rt_map_assign32(const RtType *t, void *map, uint32_t key)
{
    return rt_map_assign(t, map, &key);
}

void *rt_map_assign64(const RtType *t, void *map, uint64_t key)
{
    return rt_map_assign(t, map, &key);
}

void *rt_map_assignstr(const RtType *t, void *map, const uint8_t *p, int64_t n)
{
    RtString key = {p, n};
    return rt_map_assign(t, map, &key);
}

/* ---- deletion ------------------------------------------------------------------------------------- */

static void clear_slots(const MapInfo *in, uint8_t *slot, size_t n)
{
    if (in->small.ptrbytes)
        rt_clear_ref(slot, n);
    else
        memset(slot, 0, n);
}

void rt_map_delete(const RtType *type, void *map, const void *key)
{
    Map *m = map;
    const RtMapType *mt = (const RtMapType *)type;
    if (!m || m->count == 0) {
        if (mt->keykind == RT_KEY_GENERAL)
            rt_check_hashable(mt->key, key);
        return;
    }
    const MapInfo *in = m->info;
    uint64_t hash = hash_of(m, key);
    MapTable *t = m->dir ? map_table(m, hash) : NULL;
    uint8_t *ctrl, *s = find(m, in, key, hash, &ctrl);
    if (!s)
        return;
    start_write(m);
    clear_slots(in, s, in->slotsize);
    if (!t) {
        *ctrl = CTRL_EMPTY;
    } else {
        /* A look-up passes this group only if it is full; then it must still pass. */
        uint8_t *group = t->ctrl + ((size_t)(ctrl - t->ctrl) & ~(size_t)(MAP_GROUP - 1));
        if (map_match(group, CTRL_EMPTY)) {
            *ctrl = CTRL_EMPTY;
            t->growthleft++;
        } else {
            *ctrl = CTRL_DELETED;
        }
        if (--t->used == 0)
            map_reset_table(t); /* no tombstone matters any more */
    }
    m->count--;
    __atomic_store_n(&m->writing, 0, __ATOMIC_RELAXED);
}

void rt_map_clear(const RtType *type, void *map)
{
    Map *m = map;
    if (!m || m->count == 0)
        return;
    const MapInfo *in = m->info;
    start_write(m);
    m->count = 0;
    m->clears++;
    if (!m->dir) {
        clear_slots(in, m->small, in->small.size);
        memset(m->small, CTRL_EMPTY, MAP_SMALL);
    } else {
        MapTable *last = NULL;
        for (size_t i = 0; i < (size_t)1 << m->depth; i++) {
            MapTable *t = m->dir[i];
            if (t == last)
                continue;
            last = t;
            if (t->used)
                clear_slots(in, t->slots, (size_t)t->cap * in->slotsize);
            map_reset_table(t);
        }
    }
    __atomic_store_n(&m->writing, 0, __ATOMIC_RELAXED);
}
