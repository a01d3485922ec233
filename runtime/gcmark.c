/* SPDX-License-Identifier: MIT
 *
 * Marking.  An object is white (bit in marks[] clear), gray (set, waiting in a block) or
 * black.  Objects are found by any interior pointer; their pointers by the pointer map of
 * their span or type.  Objects are scanned in batches, one behind the prefetch. */
#include "runtime/gcmark.h"

#include <string.h>
#include <sys/mman.h>

static RtMutex pool_lock;
static GcBlock *full;  /* blocks with gray objects */
static GcBlock *empty; /* free blocks */
static uint32_t nfull;

enum { CHUNK = 16 << 10 }; /* of a large object, scanned at a time: some 0.1 ms */

static GcBlock *get_empty(void)
{
    rt_lock(&pool_lock);
    GcBlock *b = empty;
    if (b)
        empty = b->next;
    rt_unlock(&pool_lock);
    if (!b)
        b = rt_persistent(sizeof *b);
    b->n = 0;
    b->next = NULL;
    return b;
}

static void put_full(GcBlock *b)
{
    rt_lock(&pool_lock);
    b->next = full;
    full = b;
    __atomic_store_n(&nfull, nfull + 1, __ATOMIC_SEQ_CST);
    rt_unlock(&pool_lock);
    if (rt_gc_sleepers())
        rt_gc_wake(1);
}

static GcBlock *get_full(void)
{
    if (!__atomic_load_n(&nfull, __ATOMIC_RELAXED))
        return NULL;
    rt_lock(&pool_lock);
    GcBlock *b = full;
    if (b) {
        full = b->next;
        __atomic_store_n(&nfull, nfull - 1, __ATOMIC_RELAXED);
    }
    rt_unlock(&pool_lock);
    return b;
}

static void put_empty(GcBlock *b)
{
    rt_lock(&pool_lock);
    b->next = empty;
    empty = b;
    rt_unlock(&pool_lock);
}

bool gc_work_left(void)
{
    return __atomic_load_n(&nfull, __ATOMIC_ACQUIRE) != 0;
}

static inline void push(GcWork *w, uintptr_t item)
{
    GcBlock *b = w->block;
    if (rt_unlikely(!b))
        b = w->block = get_empty();
    b->item[b->n++] = item;
    if (rt_unlikely(b->n == GC_BLOCK)) {
        put_full(b);
        w->block = NULL;
    }
}

void gc_publish(GcWork *w)
{
    if (w->block && w->block->n) {
        put_full(w->block);
        w->block = NULL;
    }
}

/* The heap's bounds and tables, in registers of the loop that marks: none of them moves, and
 * what is committed after it was read holds only objects born black. */
typedef struct Map {
    uintptr_t base;
    size_t committed;
    const uint32_t *page_head;
    RtSpan *spans; /* by page + 1, as page_head names them */
} Map;

static inline Map the_map(void)
{
    return (Map){(uintptr_t)rt_heap.base, rt_heap.committed, rt_heap.page_head, rt_heap.spans - 1};
}

/* Marks the object that p points into; plain_only: if it is without pointers
 * or may be walked through.  Returns the item to be pushed, or 0: there was no white
 * object, or it has no pointers. */
static inline __attribute__((always_inline)) uintptr_t claim(GcWork *w, Map map, uintptr_t p,
                                                             bool plain_only)
{
    size_t off = p - map.base;
    if (off >= map.committed)
        return 0;
    uint32_t h = map.page_head[off >> RT_PAGE_SHIFT];
    if (rt_unlikely(h == 0))
        return 0;
    RtSpan *s = &map.spans[h];
    uint8_t state = __atomic_load_n(&s->state, __ATOMIC_ACQUIRE);
    size_t in = p - (uintptr_t)s->base;
    if (rt_unlikely(state < SPAN_SMALL || in >= (size_t)s->npages << RT_PAGE_SHIFT))
        return 0;
    if (rt_likely(state == SPAN_SMALL)) {
        if (plain_only && s->mask != 0 && (!s->walked || s->typed))
            return 0;
        uint32_t i = (uint32_t)(((uint64_t)(uint32_t)in * s->magic) >> 32);
        uint64_t bit = 1ull << (i % 64), *m = &s->marks[i / 64];
        if (i >= s->nelems || __atomic_load_n(m, __ATOMIC_RELAXED) & bit ||
            !(__atomic_load_n(&s->alloc[i / 64], __ATOMIC_RELAXED) & bit))
            return 0;
        /* Whoever marks it at the same time scans it too: cheaper than to ask each time. */
        __atomic_fetch_or(m, bit, __ATOMIC_RELAXED);
        w->bytes += s->elemsize;
        uint64_t mask = s->mask;
        if (mask == 0)
            return 0;
        w->scanned += s->elemsize;
        return ((uintptr_t)s->base + (size_t)i * s->elemsize) | (mask <= GC_TAG ? mask : 0);
    }
    if ((plain_only && s->type) || __atomic_load_n(&s->marks[0], __ATOMIC_RELAXED) & 1 ||
        __atomic_fetch_or(&s->marks[0], 1, __ATOMIC_RELAXED) & 1)
        return 0;
    w->bytes += (size_t)s->npages << RT_PAGE_SHIFT;
    return s->type ? (uintptr_t)s->base : 0;
}

static inline __attribute__((always_inline)) void mark(GcWork *w, Map map, uintptr_t p)
{
    uintptr_t item = claim(w, map, p, false);
    if (item)
        push(w, item);
}

void gc_mark_word(GcWork *w, uintptr_t p)
{
    mark(w, the_map(), p);
}

void gc_mark_range(void *arg, const void *lo, const void *hi)
{
    GcWork *w = arg;
    Map map = the_map();
    for (const uintptr_t *p = lo; p < (const uintptr_t *)hi; p++) {
        uintptr_t v = *p;
        if (v - map.base <= map.committed) {
            mark(w, map, v);
            /* The object that ends here, for a loop's pointer may stand so: if it is without
             * pointers, or ends in an array.  Slices with pointers never end here. */
            uintptr_t before = claim(w, map, v - 1, true);
            if (before)
                push(w, before);
        }
    }
}

/* ---- scanning --------------------------------------------------------------------------------- */

static inline uintptr_t load(const uint8_t *p)
{
    return __atomic_load_n((const uintptr_t *)p, __ATOMIC_RELAXED);
}

/* The pointers of one value of type t. */
static void scan_value(GcWork *w, Map map, const RtType *t, const uint8_t *p)
{
    if (t->flags & RT_GCREPEAT) {
        const RtArrayType *a = (const RtArrayType *)t;
        for (int64_t i = 0; i < a->len; i++, p += a->elem->size)
            scan_value(w, map, a->elem, p);
        return;
    }
    size_t words = t->ptrbytes / 8;
    for (size_t k = 0; k < words; k += 8) {
        uint32_t bits = t->ptrmap[k / 8];
        if (words - k < 8)
            bits &= (1u << (words - k)) - 1;
        for (; bits; bits &= bits - 1)
            mark(w, map, load(p + (k + (uint32_t)__builtin_ctz(bits)) * 8));
    }
}

/* The whole values of type t in [p, end). */
static void scan_array(GcWork *w, Map map, const RtType *t, const uint8_t *p, const uint8_t *end)
{
    size_t size = t->size;
    if (size == 8) { /* pointers */
        for (; p + 8 <= end; p += 8)
            mark(w, map, load(p));
        return;
    }
    if (t->ptrbytes <= 8 && !(t->flags & RT_GCREPEAT)) { /* strings, slices, …: one pointer */
        for (; p + size <= end; p += size)
            mark(w, map, load(p));
        return;
    }
    for (; p + size <= end; p += size)
        scan_value(w, map, t, p);
}

/* Words that may be pointers into the heap, to be marked together. */
typedef struct Candidates {
    unsigned n;
    uintptr_t word[128];
} Candidates;
enum { MOST_WORDS = RT_MAX_MASKED / 8 }; /* that scan adds */

/* Without a branch on whether it is nil, which nobody could predict. */
static inline __attribute__((always_inline)) void add(Candidates *c, Map map, uintptr_t p)
{
    c->word[c->n] = p;
    c->n += p - map.base < map.committed;
}

static __attribute__((noinline)) void scan_typed(GcWork *w, Map map, RtSpan *s, uint8_t *obj)
{
    if (s->state == SPAN_SMALL) {
        uint8_t *end = obj + s->elemsize - 8;
        const RtType *t = __atomic_load_n((const RtType **)end, __ATOMIC_ACQUIRE);
        if (t) /* else it has just been allocated */
            scan_array(w, map, t, obj, end);
        return;
    }
    size_t size = s->type->size, step = size > CHUNK ? size : CHUNK / size * size;
    uint8_t *end = s->base + ((size_t)s->npages << RT_PAGE_SHIFT);
    if ((size_t)(end - obj) > step) {
        push(w, (uintptr_t)obj + step);
        end = obj + step;
    }
    w->scanned += (uint64_t)(end - obj);
    scan_array(w, map, s->type, obj, end);
}

/* → whether it may have taken long */
static inline bool scan(GcWork *w, Map map, uintptr_t item, Candidates *c)
{
    uint64_t m = item & GC_TAG;
    const uint8_t *obj = (const uint8_t *)(item - m);
    if (rt_unlikely(m == 0)) {
        RtSpan *s = &map.spans[map.page_head[(item - map.base) >> RT_PAGE_SHIFT]];
        if (s->state != SPAN_SMALL || s->typed) {
            scan_typed(w, map, s, (uint8_t *)item);
            return true;
        }
        m = s->mask;
    }
    for (; m; m &= m - 1)
        add(c, map, load(obj + (uint32_t)__builtin_ctzll(m) * 8));
    return false;
}

/* Marks what the candidates point to, and forgets them. */
static inline void mark_all(GcWork *w, Map map, Candidates *c)
{
    GcBlock *b = w->block;
    if (!b || b->n + c->n >= GC_BLOCK) { /* push fills no block that was full */
        gc_publish(w);
        b = w->block ? w->block : (w->block = get_empty());
    }
    uint64_t n = b->n;
    for (unsigned i = 0; i < c->n; i++) {
        uintptr_t item = claim(w, map, c->word[i], false);
        b->item[n] = item;
        n += item != 0;
    }
    b->n = n;
    c->n = 0;
}

/* Others look for work: give them what we would scan last.  Of a tree, whose block never
 * holds much, these few are the largest parts. */
static void share_half(GcWork *w)
{
    GcBlock *b = w->block;
    if (!b || b->n < 2 || gc_work_left())
        return;
    GcBlock *half = get_empty();
    half->n = b->n / 2;
    memcpy(half->item, b->item, half->n * sizeof half->item[0]);
    memmove(b->item, b->item + half->n, (b->n - half->n) * sizeof b->item[0]);
    b->n -= half->n;
    put_full(half);
}

/* Makes way if the world is to stop; → true, and nothing more until the caller has looked, if we are
 * among those that are to stop. */
static bool to_stop(uint64_t *until)
{
    if (rt_likely(!atomic_load_explicit(&rt_stopping, memory_order_relaxed)))
        return false;
    if (*until == UINT64_MAX) { /* a marker thread */
        rt_make_way();
        return false;
    }
    *until = 0;
    return true;
}

/* The objects are taken in batches: while one is scanned, the next is on its way to the cache. */
static bool drain(GcWork *w, uint64_t until, uint64_t *told)
{
    enum { BATCH = 16 };
    Map map = the_map();
    uintptr_t batch[2][BATCH];
    Candidates c;
    unsigned have = 0;
    c.n = 0;
    for (unsigned turn = 0;; turn++) {
        uintptr_t *now = batch[turn % 2], *next = batch[(turn + 1) % 2];
        GcBlock *b = w->block;
        if (have == 0 && (!b || b->n == 0)) {
            GcBlock *f = get_full();
            if (!f)
                return true;
            if (b)
                put_empty(b);
            w->block = b = f;
        }
        unsigned k = 0;
        if (b) {
            uint64_t n = b->n;
            for (; k < BATCH && n; k++) {
                next[k] = b->item[--n];
                __builtin_prefetch((const void *)next[k]);
            }
            b->n = n;
        }
        for (unsigned i = 0; i < have; i++) {
            bool slow = scan(w, map, now[i], &c);
            if (rt_unlikely(c.n > sizeof c.word / sizeof c.word[0] - MOST_WORDS))
                mark_all(w, map, &c);
            if (rt_unlikely(slow && to_stop(&until))) {
                while (++i < have)
                    push(w, now[i]);
                turn |= 3;
            }
        }
        mark_all(w, map, &c);
        have = k;
        if (rt_unlikely(turn % 4 == 3)) {
            if (rt_gc_hungry())
                share_half(w);
            to_stop(&until);
            if (w->scanned >= until) {
                for (unsigned i = 0; i < have; i++)
                    push(w, next[i]);
                return false;
            }
            if (turn % 64 == 63) { /* the pacing asks how far marking is */
                __atomic_fetch_add(&rt_gc.progress, w->scanned - *told, __ATOMIC_RELAXED);
                *told = w->scanned;
            }
        }
    }
}

bool gc_drain(GcWork *w, int64_t budget)
{
    uint64_t told = w->scanned;
    bool dry = drain(w, budget ? told + (uint64_t)budget : UINT64_MAX, &told);
    if (w->scanned != told)
        __atomic_fetch_add(&rt_gc.progress, w->scanned - told, __ATOMIC_RELAXED);
    return dry;
}

/* ---- for the verifier ----------------------------------------------------------------------------- */

static void each_value(const RtType *t, uint8_t *p, void (*fn)(void *, uintptr_t), void *arg)
{
    if (t->flags & RT_GCREPEAT) {
        const RtArrayType *a = (const RtArrayType *)t;
        for (int64_t i = 0; i < a->len; i++, p += a->elem->size)
            each_value(a->elem, p, fn, arg);
        return;
    }
    for (size_t k = 0; k < t->ptrbytes / 8; k++)
        if (t->ptrmap[k / 8] >> (k % 8) & 1)
            fn(arg, load(p + k * 8));
}

void gc_each_pointer(RtSpan *s, uint8_t *obj, void (*fn)(void *arg, uintptr_t p), void *arg)
{
    const RtType *t = s->type;
    uint8_t *end = obj + ((size_t)s->npages << RT_PAGE_SHIFT);
    if (s->state == SPAN_SMALL) {
        if (!s->typed) {
            for (uint64_t m = s->mask; m; m &= m - 1)
                fn(arg, load(obj + (uint32_t)__builtin_ctzll(m) * 8));
            return;
        }
        end = obj + s->elemsize - 8;
        t = *(const RtType **)end;
    }
    for (; t && obj + t->size <= end; obj += t->size)
        each_value(t, obj, fn, arg);
}

static void mark_one(void *w, uintptr_t p)
{
    mark(w, the_map(), p);
}

void gc_scan_object(GcWork *w, RtSpan *s, uint8_t *obj)
{
    gc_each_pointer(s, obj, mark_one, w);
}
