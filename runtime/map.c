/* SPDX-License-Identifier: MIT
 *
 * Map operations: look-up, insertion, deletion, growth.  See map.h for the layout. */
#include "runtime/map.h"

#include <emmintrin.h>
#include <string.h>

void rt_panic_nilmap(void);

#define INLINE static inline __attribute__((always_inline))

static const uint8_t map_ptrmap[] = {2 | 4};
static const RtType map_type = {
    .size = sizeof(Map), .ptrbytes = 24, .kind = RT_STRUCT, .align = 8, .ptrmap = map_ptrmap};
static const uint8_t table_ptrmap[] = {1};
static const RtType table_type = {
    .size = sizeof(MapTable), .ptrbytes = 8, .kind = RT_STRUCT, .align = 8, .ptrmap = table_ptrmap};

/* ---- map types ---------------------------------------------------------------------------- */

enum { INFO_BUCKETS = 256 };
static MapInfo *infos[INFO_BUCKETS];
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
    in->slot.size = in->slotsize;
    in->slot.align = (uint8_t)align;
    in->slot.kind = RT_STRUCT;
    if (key->ptrbytes || elem->ptrbytes) {
        uint8_t *map = rt_persistent(in->slotsize / 64 + 1);
        if (key->ptrbytes)
            add_ptrmap(map, key, 0);
        if (elem->ptrbytes)
            add_ptrmap(map, elem, in->elemoff);
        in->slot.ptrmap = map;
        in->slot.ptrbytes = elem->ptrbytes ? in->elemoff + elem->ptrbytes : key->ptrbytes;
    }
    return in;
}

const MapInfo *map_info(const RtMapType *t)
{
    MapInfo **b = &infos[((uintptr_t)t >> 4) * 0x9e3779b97f4a7c15u >> 56];
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

/* ---- keys ----------------------------------------------------------------------------------- */

INLINE uint64_t hash_int(uint64_t k, uint64_t seed)
{
    unsigned __int128 r = (unsigned __int128)(k ^ seed) * 0x9e3779b97f4a7c15u;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

INLINE uint64_t hash_key(const MapInfo *in, RtKeyKind kind, const void *key, uint64_t seed)
{
    switch (kind) {
    case RT_KEY_32: return hash_int(*(const uint32_t *)key, seed);
    case RT_KEY_64: return hash_int(*(const uint64_t *)key, seed);
    case RT_KEY_STRING: {
        const RtString *s = key;
        return rt_hash_bytes(s->p, (size_t)s->n, seed);
    }
    case RT_KEY_PLAIN: return rt_hash_bytes(key, in->keysize, seed);
    default: return rt_hash(in->type->key, key, seed);
    }
}

INLINE bool same_key(const MapInfo *in, RtKeyKind kind, const void *a, const void *b)
{
    switch (kind) {
    case RT_KEY_32: return *(const uint32_t *)a == *(const uint32_t *)b;
    case RT_KEY_64: return *(const uint64_t *)a == *(const uint64_t *)b;
    case RT_KEY_STRING: {
        const RtString *s = a, *t = b;
        return s->n == t->n && (s->p == t->p || memcmp(s->p, t->p, (size_t)s->n) == 0);
    }
    case RT_KEY_PLAIN: return memcmp(a, b, in->keysize) == 0;
    default: return rt_equal(in->type->key, a, b);
    }
}

/* In a small map a tag does for a hash where the key is cheap to compare. */
INLINE uint8_t small_tag(const Map *m, RtKeyKind kind, const void *key)
{
    switch (kind) {
    case RT_KEY_32:
    case RT_KEY_64: return 0;
    case RT_KEY_STRING: {
        const RtString *s = key;
        return s->n ? (uint8_t)((s->n + s->p[0] * 3 + s->p[s->n - 1] * 7) & 0x7f) : 0;
    }
    default: return (uint8_t)(hash_key(m->info, kind, key, m->seed) & 0x7f);
    }
}

INLINE uint32_t match(const uint8_t *ctrl, uint8_t b)
{
    __m128i g = _mm_loadu_si128((const __m128i *)ctrl);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(g, _mm_set1_epi8((char)b)));
}

INLINE uint32_t match_free(const uint8_t *ctrl) /* empty or deleted */
{
    return (uint32_t)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)ctrl));
}

/* ---- look-up --------------------------------------------------------------------------------- */

INLINE uint8_t *find_small(const Map *m, const MapInfo *in, RtKeyKind kind, const void *key)
{
    uint8_t *slots = m->small;
    uint8_t tag = small_tag(m, kind, key); /* also panics for unhashable keys */
    if (!slots)
        return NULL;
    __m128i g = _mm_loadl_epi64((const __m128i *)(slots + (size_t)MAP_SMALL * in->slotsize));
    uint32_t hits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(g, _mm_set1_epi8((char)tag))) & 0xff;
    for (; hits; hits &= hits - 1) {
        uint8_t *s = slots + (size_t)(uint32_t)__builtin_ctz(hits) * in->slotsize;
        if (same_key(in, kind, map_slot_key(in, s), key))
            return s;
    }
    return NULL;
}

INLINE uint8_t *find_in(const MapTable *t, const MapInfo *in, RtKeyKind kind, const void *key,
                        uint64_t hash)
{
    uint32_t mask = t->groups - 1, g = (uint32_t)(hash >> 7) & mask;
    uint8_t tag = (uint8_t)(hash & 0x7f);
    for (uint32_t step = 1;; step++) {
        const uint8_t *ctrl = t->ctrl + g * MAP_GROUP;
        for (uint32_t hits = match(ctrl, tag); hits; hits &= hits - 1) {
            uint8_t *s =
                t->slots + (size_t)(g * MAP_GROUP + (uint32_t)__builtin_ctz(hits)) * in->slotsize;
            if (rt_likely(same_key(in, kind, map_slot_key(in, s), key)))
                return s;
        }
        if (rt_likely(match(ctrl, CTRL_EMPTY)))
            return NULL;
        g = (g + step) & mask;
    }
}

INLINE uint8_t *find(const Map *m, const MapInfo *in, RtKeyKind kind, const void *key)
{
    if (!m->dir)
        return find_small(m, in, kind, key);
    uint64_t hash = hash_key(in, kind, key, m->seed);
    return find_in(map_table(m, hash), in, kind, key, hash);
}

static uint8_t *find_any(const Map *m, const MapInfo *in, const void *key)
{
    switch (in->kind) {
    case RT_KEY_32: return find(m, in, RT_KEY_32, key);
    case RT_KEY_64: return find(m, in, RT_KEY_64, key);
    case RT_KEY_STRING: return find(m, in, RT_KEY_STRING, key);
    case RT_KEY_PLAIN: return find(m, in, RT_KEY_PLAIN, key);
    default: return find(m, in, RT_KEY_GENERAL, key);
    }
}

uint8_t *map_find(const Map *m, const void *key)
{
    return find_any(m, m->info, key);
}

static inline void check_read(const Map *m)
{
    if (rt_unlikely(__atomic_load_n(&m->writing, __ATOMIC_RELAXED)))
        rt_throw("concurrent map read and map write");
}

void *rt_map_get(const RtType *t, void *map, const void *key)
{
    Map *m = map;
    const RtMapType *mt = (const RtMapType *)t;
    if (!m || m->count == 0) {
        if (mt->keykind == RT_KEY_GENERAL)
            rt_hash(mt->key, key, 0); /* panics if the key cannot be one */
        return NULL;
    }
    check_read(m);
    uint8_t *s = find_any(m, m->info, key);
    return s ? map_slot_elem(m->info, s) : NULL;
}

#define GET(m, kind, key)                                                                          \
    do {                                                                                           \
        if (!(m) || (m)->count == 0)                                                               \
            return NULL;                                                                           \
        check_read(m);                                                                             \
        uint8_t *s_ = find((m), (m)->info, (kind), (key));                                         \
        return s_ ? map_slot_elem((m)->info, s_) : NULL;                                           \
    } while (0)

void *rt_map_get32(const RtType *t, void *map, uint32_t key)
{
    Map *m = map;
    GET(m, RT_KEY_32, &key);
}

void *rt_map_get64(const RtType *t, void *map, uint64_t key)
{
    Map *m = map;
    GET(m, RT_KEY_64, &key);
}

void *rt_map_getstr(const RtType *t, void *map, const uint8_t *p, int64_t n)
{
    Map *m = map;
    RtString key = {p, n};
    GET(m, RT_KEY_STRING, &key);
}

/* ---- making and growing ------------------------------------------------------------------------ */

static MapTable *new_table(const MapInfo *in, uint32_t cap, uint32_t depth)
{
    MapTable *t = rt_alloc(sizeof *t, &table_type);
    size_t slots = (size_t)cap * in->slotsize;
    t->slots = rt_alloc(slots + cap, &in->slot);
    t->ctrl = t->slots + slots;
    memset(t->ctrl, CTRL_EMPTY, cap);
    t->groups = cap / MAP_GROUP;
    t->cap = cap;
    t->growthleft = cap / 8 * 7;
    t->depth = depth;
    return t;
}

static Map *new_map(const MapInfo *in)
{
    Map *m = rt_alloc(sizeof *m, &map_type);
    m->info = in;
    m->seed = rt_fastrand();
    return m;
}

void *rt_map_make(const RtType *type, int64_t hint)
{
    const MapInfo *in = map_info((const RtMapType *)type);
    Map *m = new_map(in);
    if (hint <= MAP_SMALL || hint > (1ll << 40) / in->slotsize)
        return m;
    uint64_t want = (uint64_t)hint + ((uint64_t)hint + 6) / 7, cap = MAP_GROUP;
    while (cap < want)
        cap *= 2;
    uint32_t depth = 0;
    for (; cap > MAP_MAX_CAP; cap /= 2)
        depth++;
    MapTable **dir = rt_alloc(sizeof *dir << depth, &rt_word_type);
    for (size_t i = 0; i < (size_t)1 << depth; i++)
        rt_store_ref(&dir[i], new_table(in, (uint32_t)cap, depth));
    m->depth = depth;
    rt_store_ref(&m->dir, dir);
    return m;
}

/* Takes a free slot for a key that is not there; the table has room. */
static uint8_t *claim(MapTable *t, const MapInfo *in, uint64_t hash)
{
    uint32_t mask = t->groups - 1, g = (uint32_t)(hash >> 7) & mask;
    for (uint32_t step = 1;; step++) {
        uint32_t free = match_free(t->ctrl + g * MAP_GROUP);
        if (free) {
            uint32_t i = g * MAP_GROUP + (uint32_t)__builtin_ctz(free);
            if (t->ctrl[i] == CTRL_EMPTY)
                t->growthleft--;
            t->ctrl[i] = (uint8_t)(hash & 0x7f);
            t->used++;
            return t->slots + (size_t)i * in->slotsize;
        }
        g = (g + step) & mask;
    }
}

static uint64_t hash_of_slot(const Map *m, uint8_t *slot)
{
    const MapInfo *in = m->info;
    return hash_key(in, in->kind, map_slot_key(in, slot), m->seed);
}

static void grow_small(Map *m)
{
    const MapInfo *in = m->info;
    MapTable *t = new_table(in, MAP_GROUP, 0);
    const uint8_t *ctrl = m->small + (size_t)MAP_SMALL * in->slotsize;
    for (uint32_t i = 0; i < MAP_SMALL; i++) {
        if (ctrl[i] == CTRL_EMPTY)
            continue;
        uint8_t *s = m->small + (size_t)i * in->slotsize;
        memcpy(claim(t, in, hash_of_slot(m, s)), s, in->slotsize);
    }
    MapTable **dir = rt_alloc(sizeof *dir, &rt_word_type);
    dir[0] = t;
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

/* Replaces the table that serves hash by one with more room, or by two. */
static void grow_table(Map *m, MapTable *t, uint64_t hash)
{
    const MapInfo *in = m->info;
    if (t->used > t->cap / 16 * 7 && t->cap == MAP_MAX_CAP && t->depth < MAP_MAX_DEPTH) {
        if (t->depth == m->depth) {
            size_t n = (size_t)1 << m->depth;
            MapTable **dir = rt_alloc(2 * n * sizeof *dir, &rt_word_type);
            for (size_t i = 0; i < n; i++)
                dir[2 * i] = dir[2 * i + 1] = m->dir[i];
            rt_store_ref(&m->dir, dir);
            m->depth++;
        }
        uint32_t depth = t->depth + 1;
        MapTable *half[2] = {new_table(in, t->cap, depth), new_table(in, t->cap, depth)};
        for (uint32_t i = 0; i < t->cap; i++) {
            if (t->ctrl[i] & 0x80)
                continue;
            uint8_t *s = t->slots + (size_t)i * in->slotsize;
            uint64_t h = hash_of_slot(m, s);
            memcpy(claim(half[h >> (64 - depth) & 1], in, h), s, in->slotsize);
        }
        uint64_t prefix = t->depth ? hash >> (64 - t->depth) << (64 - t->depth) : 0;
        install(m, half[0], prefix);
        install(m, half[1], prefix | 1ull << (64 - depth));
        return;
    }
    uint32_t cap = t->used > t->cap / 16 * 7 ? t->cap * 2 : t->cap;
    MapTable *n = new_table(in, cap, t->depth);
    for (uint32_t i = 0; i < t->cap; i++) {
        if (t->ctrl[i] & 0x80)
            continue;
        uint8_t *s = t->slots + (size_t)i * in->slotsize;
        memcpy(claim(n, in, hash_of_slot(m, s)), s, in->slotsize);
    }
    install(m, n, hash);
}

/* ---- insertion ----------------------------------------------------------------------------------- */

INLINE void store_key(const MapInfo *in, RtKeyKind kind, uint8_t *slot, const void *key)
{
    switch (kind) {
    case RT_KEY_32: *(uint32_t *)slot = *(const uint32_t *)key; break;
    case RT_KEY_64: *(uint64_t *)slot = *(const uint64_t *)key; break;
    case RT_KEY_STRING: *(RtString *)slot = *(const RtString *)key; break;
    default:
        if (in->key_apart) {
            void *p = rt_alloc(in->keysize, in->type->key);
            memcpy(p, key, in->keysize);
            *(void **)slot = p;
        } else {
            memcpy(slot, key, in->keysize);
        }
    }
}

INLINE void *finish_insert(Map *m, const MapInfo *in, RtKeyKind kind, uint8_t *slot,
                           const void *key)
{
    store_key(in, kind, slot, key);
    if (in->elem_apart)
        *(void **)(slot + in->elemoff) = rt_alloc(in->elemsize, in->type->elem);
    m->count++;
    __atomic_store_n(&m->writing, 0, __ATOMIC_RELAXED);
    return map_slot_elem(in, slot);
}

INLINE void *found(Map *m, const MapInfo *in, RtKeyKind kind, uint8_t *slot, const void *key)
{
    if ((kind == RT_KEY_STRING || kind == RT_KEY_GENERAL) && in->update_key)
        rt_typedmove(in->type->key, map_slot_key(in, slot), key);
    __atomic_store_n(&m->writing, 0, __ATOMIC_RELAXED);
    return map_slot_elem(in, slot);
}

static uint8_t *new_small(const MapInfo *in)
{
    size_t n = (size_t)MAP_SMALL * in->slotsize;
    uint8_t *s = rt_alloc(n + MAP_SMALL, &in->slot);
    memset(s + n, CTRL_EMPTY, MAP_SMALL);
    return s;
}

static void start_write(Map *m)
{
    if (rt_unlikely(__atomic_exchange_n(&m->writing, 1, __ATOMIC_RELAXED)))
        rt_throw("concurrent map writes");
}

INLINE void *assign(Map *m, RtKeyKind kind, const void *key)
{
    if (rt_unlikely(!m))
        rt_raise((void *)rt_panic_nilmap, 0, 0, 0, 0, 0, 0);
    const MapInfo *in = m->info;
    uint64_t hash = 0;
    if (!m->dir) {
        uint8_t tag = small_tag(m, kind, key);
        start_write(m);
        uint8_t *s = find_small(m, in, kind, key);
        if (s)
            return found(m, in, kind, s, key);
        if (!m->small)
            rt_store_ref(&m->small, new_small(in));
        if (m->count < MAP_SMALL) {
            uint8_t *ctrl = m->small + (size_t)MAP_SMALL * in->slotsize;
            uint32_t i = 0;
            while (ctrl[i] != CTRL_EMPTY)
                i++;
            ctrl[i] = tag;
            return finish_insert(m, in, kind, m->small + (size_t)i * in->slotsize, key);
        }
        grow_small(m);
        hash = hash_key(in, kind, key, m->seed);
    } else {
        hash = hash_key(in, kind, key, m->seed);
        start_write(m);
        uint8_t *s = find_in(map_table(m, hash), in, kind, key, hash);
        if (s)
            return found(m, in, kind, s, key);
    }
    MapTable *t = map_table(m, hash);
    while (rt_unlikely(t->growthleft == 0)) {
        grow_table(m, t, hash);
        t = map_table(m, hash);
    }
    return finish_insert(m, in, kind, claim(t, in, hash), key);
}

void *rt_map_assign(const RtType *t, void *map, const void *key)
{
    Map *m = map;
    switch ((RtKeyKind)((const RtMapType *)t)->keykind) {
    case RT_KEY_32: return assign(m, RT_KEY_32, key);
    case RT_KEY_64: return assign(m, RT_KEY_64, key);
    case RT_KEY_STRING: return assign(m, RT_KEY_STRING, key);
    case RT_KEY_PLAIN: return assign(m, RT_KEY_PLAIN, key);
    default: return assign(m, RT_KEY_GENERAL, key);
    }
}

void *rt_map_assign32(const RtType *t, void *map, uint32_t key)
{
    return assign(map, RT_KEY_32, &key);
}

void *rt_map_assign64(const RtType *t, void *map, uint64_t key)
{
    return assign(map, RT_KEY_64, &key);
}

void *rt_map_assignstr(const RtType *t, void *map, const uint8_t *p, int64_t n)
{
    RtString key = {p, n};
    return assign(map, RT_KEY_STRING, &key);
}

/* ---- deletion ------------------------------------------------------------------------------------- */

static void clear_slots(const MapInfo *in, uint8_t *slot, size_t n)
{
    if (in->slot.ptrbytes)
        rt_memclr_ref(slot, (int64_t)n);
    else
        memset(slot, 0, n);
}

static void reset_table(MapTable *t)
{
    memset(t->ctrl, CTRL_EMPTY, t->cap);
    t->used = 0;
    t->growthleft = t->cap / 8 * 7;
}

void rt_map_delete(const RtType *type, void *map, const void *key)
{
    Map *m = map;
    const RtMapType *mt = (const RtMapType *)type;
    if (!m || m->count == 0) {
        if (mt->keykind == RT_KEY_GENERAL)
            rt_hash(mt->key, key, 0);
        return;
    }
    const MapInfo *in = m->info;
    if (!m->dir) {
        uint8_t *s = find_any(m, in, key);
        if (!s)
            return;
        start_write(m);
        size_t i = (size_t)(s - m->small) / in->slotsize;
        clear_slots(in, s, in->slotsize);
        m->small[(size_t)MAP_SMALL * in->slotsize + i] = CTRL_EMPTY;
    } else {
        uint64_t hash = hash_key(in, in->kind, key, m->seed);
        MapTable *t = map_table(m, hash);
        uint8_t *s = find_in(t, in, in->kind, key, hash);
        if (!s)
            return;
        start_write(m);
        size_t i = (size_t)(s - t->slots) / in->slotsize;
        clear_slots(in, s, in->slotsize);
        /* A look-up passes this group only if it is full; then it must still pass. */
        if (match(t->ctrl + i / MAP_GROUP * MAP_GROUP, CTRL_EMPTY)) {
            t->ctrl[i] = CTRL_EMPTY;
            t->growthleft++;
        } else {
            t->ctrl[i] = CTRL_DELETED;
        }
        if (--t->used == 0)
            reset_table(t); /* no tombstone matters any more */
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
        size_t n = (size_t)MAP_SMALL * in->slotsize;
        clear_slots(in, m->small, n);
        memset(m->small + n, CTRL_EMPTY, MAP_SMALL);
    } else {
        MapTable *last = NULL;
        for (size_t i = 0; i < (size_t)1 << m->depth; i++) {
            MapTable *t = m->dir[i];
            if (t == last)
                continue;
            last = t;
            if (t->used) {
                clear_slots(in, t->slots, (size_t)t->cap * in->slotsize);
            }
            reset_table(t);
        }
    }
    __atomic_store_n(&m->writing, 0, __ATOMIC_RELAXED);
}
