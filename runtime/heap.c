/* SPDX-License-Identifier: MIT
 *
 * The allocator: size classes and runs, the per-P caches and their refill, large objects.
 * Spans come from pages.c, swept spans from sweep.c. */
#include "runtime/heap.h"

#include <string.h>
#include <sys/mman.h>

#include "runtime/gc.h"
#include "runtime/memcalls.h"

const uint16_t rt_class_size[RT_NCLASSES] = {0,
#define X(bytes, pages) bytes,
                                             RT_SIZE_CLASSES(X)
#undef X
};
static const uint8_t class_pages[RT_NCLASSES] = {0,
#define X(bytes, pages) pages,
                                                 RT_SIZE_CLASSES(X)
#undef X
};

uint8_t rt_class_of_8[RT_MAX_PLAIN / 8 + 1];
static uint8_t class_of_128[RT_MAX_SMALL / 128 + 1]; /* and above */

uint32_t rt_run_size[RT_NRUNS];
static uint64_t run_mask[RT_NRUNS];
static uint8_t run_class[RT_NRUNS];

RtMCache rt_mcache_none;
_Static_assert(offsetof(RtM, p) == RT_M_P && offsetof(RtP, mcache) == RT_P_MCACHE &&
                   offsetof(RtMCache, run) == 0 && sizeof(RtRun) == RT_RUN_BYTES &&
                   offsetof(RtRun, end) == 8,
               "generated code knows these");

/* Runs of pointer maps met at run time: open addressing by (class, map); entries are only
 * added, under the lock, and read without it. */
enum { RUN_HASH = 2048 };
static uint16_t run_hash[RUN_HASH];
static unsigned run_count = RT_RUN_DYNAMIC;
static RtMutex run_lock, boot_lock, persistent_lock;

/* Address of all objects without size; generated code refers to it. */
_Alignas(16) uint64_t rt_zerobase[2];

static const uint8_t word_map[1] = {1};
const RtType rt_word_type = {.size = 8,
                             .ptrbytes = 8,
                             .kind = RT_UNSAFE_POINTER,
                             .align = 8,
                             .flags = RT_COMPARABLE | RT_PLAIN_EQ,
                             .ptrmap = word_map};

void *rt_persistent(size_t n)
{
    static uint8_t *cur, *end;
    n = (n + 15) & ~(size_t)15;
    rt_lock(&persistent_lock);
    if ((size_t)(end - cur) < n) {
        size_t chunk = n > 32768 ? (n + 4095) & ~(size_t)4095 : 65536;
        void *p = mmap(NULL, chunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            rt_throw("out of memory");
        if (n > 32768) {
            rt_unlock(&persistent_lock);
            return p;
        }
        cur = p;
        end = cur + chunk;
    }
    void *p = cur;
    cur += n;
    rt_unlock(&persistent_lock);
    return p;
}

unsigned rt_size_class(size_t n)
{
    return n <= 1024 ? rt_class_of_8[(n + 7) / 8] : class_of_128[(n + 127) / 128];
}

size_t rt_round_size(size_t n, bool pointers)
{
    size_t header = pointers && n > RT_MAX_MASKED ? 8 : 0;
    if (n <= RT_MAX_SMALL - 8)
        return rt_class_size[rt_size_class(n + header)] - header;
    return (n + RT_PAGE_SIZE - 1) & ~(RT_PAGE_SIZE - 1);
}

/* ---- runs ------------------------------------------------------------------------------ */

static void set_run(unsigned run, unsigned class, uint64_t mask)
{
    run_class[run] = (uint8_t) class;
    run_mask[run] = mask;
    __atomic_store_n(&rt_run_size[run], rt_class_size[class], __ATOMIC_RELEASE);
}

static void init_runs(void)
{
    for (unsigned c = 1, n = 0; c < RT_NCLASSES; c++)
        for (; n <= rt_class_size[c] && n <= 1024; n += 8)
            rt_class_of_8[n / 8] = (uint8_t)c;
    rt_class_of_8[0] = 1;
    for (unsigned c = 1, n = 0; c < RT_NCLASSES; c++)
        for (; n <= rt_class_size[c]; n += 128)
            class_of_128[n / 128] = (uint8_t)c;
    for (unsigned c = 2; c < RT_NCLASSES; c++)
        set_run(c, c, 0);
    static const struct {
        uint16_t size, first;
    } masked[] = {
        {16, RT_RUN_MASK16}, {24, RT_RUN_MASK24}, {32, RT_RUN_MASK32}, {48, RT_RUN_MASK48}};
    for (unsigned i = 0; i < 4; i++)
        for (unsigned m = 1; m < 1u << (masked[i].size / 8); m++)
            set_run(masked[i].first + m, rt_size_class(masked[i].size), m);
    for (unsigned c = RT_CLASS_576; c < RT_NCLASSES; c++)
        set_run(RT_RUN_TYPED + c - RT_CLASS_576, c, ~0ull);
}

static void fill_mask(const RtType *t, size_t at, size_t limit, uint64_t *mask)
{
    if (t->flags & RT_GCREPEAT) {
        const RtArrayType *a = (const RtArrayType *)t;
        for (int64_t i = 0; i < a->len && at < limit; i++, at += a->elem->size)
            fill_mask(a->elem, at, limit, mask);
        return;
    }
    for (size_t w = 0; w < t->ptrbytes / 8 && at + w * 8 < limit; w++)
        if (t->ptrmap[w / 8] >> (w % 8) & 1)
            *mask |= 1ull << (at / 8 + w);
}

/* In a pointer map of slots below 512 bytes: they hold objects that end in an array. */
#define WALKED (1ull << 63)

/* The run for slots of a class with a given pointer map. */
static unsigned run_of_mask(unsigned class, uint64_t mask)
{
    size_t size = rt_class_size[class];
    if (mask == 0)
        return class;
    if (mask <= WALKED) {
        if (size == 16)
            return RT_RUN_MASK16 + (unsigned)mask;
        if (size == 24)
            return RT_RUN_MASK24 + (unsigned)mask;
        if (size == 32)
            return RT_RUN_MASK32 + (unsigned)mask;
        if (size == 48)
            return RT_RUN_MASK48 + (unsigned)mask;
    }
    uint64_t h = (mask ^ class) * 0x9e3779b97f4a7c15u;
    bool locked = false;
    unsigned run = 0;
    for (unsigned i = (unsigned)(h >> 53);; i = (i + 1) % RUN_HASH) {
        run = __atomic_load_n(&run_hash[i], __ATOMIC_ACQUIRE);
        if (run == 0) {
            if (!locked) { /* look again under the lock */
                rt_lock(&run_lock);
                locked = true;
                i = (unsigned)(h >> 53) - 1;
                continue;
            }
            if (run_count == RT_NRUNS - RT_CLASS_576) {
                /* No more maps: one conservative run a class, the last rows of the table. */
                run = RT_NRUNS - RT_CLASS_576 + class;
                if (rt_run_size[run] == 0)
                    set_run(run, class, ~0ull);
                break;
            }
            run = run_count++;
            set_run(run, class, mask);
            __atomic_store_n(&run_hash[i], (uint16_t)run, __ATOMIC_RELEASE);
            break;
        }
        if (run_class[run] == class && run_mask[run] == mask)
            break;
    }
    if (locked)
        rt_unlock(&run_lock);
    return run;
}

static unsigned find_run(size_t n, const RtType *t, unsigned class)
{
    size_t size = rt_class_size[class];
    uint64_t mask = 0;
    if (n == t->size) {
        fill_mask(t, 0, size, &mask);
        if (t->flags & RT_SPARE_END && size < RT_MAX_MASKED)
            mask |= WALKED;
    } else if (t->size == 8) {
        mask = size == 512 ? ~0ull : (1ull << (size / 8)) - 1;
    } else {
        for (size_t at = 0; at + t->size <= size; at += t->size)
            fill_mask(t, at, size, &mask);
    }
    return run_of_mask(class, mask);
}

unsigned rt_run_of(const RtType *t)
{
    unsigned class = rt_size_class(t->size);
    return find_run(t->size, t, class < 2 ? 2 : class);
}

static unsigned run_of_type(RtMCache *mc, size_t n, const RtType *t)
{
    unsigned class = rt_size_class(n);
    if (class < 2)
        class = 2;
    unsigned key = class + (n == t->size ? 128 : 0);
    unsigned i = (unsigned)(((uintptr_t)t >> 4) ^ key) % 64;
    if (rt_likely(mc->types[i].type == t && mc->types[i].class == key))
        return mc->types[i].run;
    unsigned run = find_run(n, t, class);
    mc->types[i].type = t;
    mc->types[i].class = key;
    mc->types[i].run = run;
    return run;
}

/* ---- caches ---------------------------------------------------------------------------- */

RtMCache *rt_mcache_new(void)
{
    RtMCache *mc = rt_persistent(sizeof *mc);
    mc->map_seed = (uintptr_t)mc ^ (uint64_t)rt_random_seed();
    rt_lock(&rt_heap.caches_lock);
    mc->next = rt_heap.caches;
    rt_heap.caches = mc;
    rt_unlock(&rt_heap.caches_lock);
    return mc;
}

static void set_bits(uint64_t *bits, unsigned from, unsigned n, bool atomic)
{
    while (n) {
        unsigned b = from % 64, k = 64 - b < n ? 64 - b : n;
        uint64_t m = (k == 64 ? ~0ull : (1ull << k) - 1) << b;
        if (atomic)
            __atomic_fetch_or(&bits[from / 64], m, __ATOMIC_RELAXED);
        else
            bits[from / 64] |= m;
        from += k;
        n -= k;
    }
}

static void clear_bits(uint64_t *bits, unsigned from, unsigned n, bool atomic)
{
    while (n) {
        unsigned b = from % 64, k = 64 - b < n ? 64 - b : n;
        uint64_t m = (k == 64 ? ~0ull : (1ull << k) - 1) << b;
        if (atomic)
            __atomic_fetch_and(&bits[from / 64], ~m, __ATOMIC_RELAXED);
        else
            bits[from / 64] &= ~m;
        from += k;
        n -= k;
    }
}

/* The next stretch of free slots of s into r; false when there is none. */
static bool next_run(RtMCache *mc, RtSpan *s, RtRun *r)
{
    unsigned i = s->freeindex, n = s->nelems;
    while (i < n) {
        uint64_t w = ~s->alloc[i / 64] >> (i % 64);
        if (w) {
            i += (unsigned)__builtin_ctzll(w);
            break;
        }
        i = (i / 64 + 1) * 64;
    }
    if (i >= n) {
        s->freeindex = (uint16_t)n;
        return false;
    }
    unsigned end = i + 1;
    while (end < n) {
        uint64_t w = s->alloc[end / 64] >> (end % 64);
        if (w) {
            end += (unsigned)__builtin_ctzll(w);
            break;
        }
        end = (end / 64 + 1) * 64;
    }
    if (end > n)
        end = n;
    if (rt_gc.stress)
        end = i + 1;
    unsigned k = end - i;
    r->cur = s->base + (size_t)i * s->elemsize;
    r->end = r->cur + (size_t)k * s->elemsize;
    if (!s->zeroed)
        memset(r->cur, 0, (size_t)k * s->elemsize);
    if (__atomic_load_n(&rt_gc.black, __ATOMIC_RELAXED))
        set_bits(s->marks, i, k, true); /* objects born while marking are black */
    set_bits(s->alloc, i, k, false);
    s->freeindex = (uint16_t)end;
    mc->allocated += (uint64_t)k * s->elemsize;
    mc->nmalloc += k;
    return true;
}

void rt_mcache_settle(RtMCache *mc)
{
    if (mc->nmalloc) {
        __atomic_fetch_add(&rt_heap.nmalloc, mc->nmalloc, __ATOMIC_RELAXED);
        mc->nmalloc = 0;
    }
    if (mc->allocated) {
        mc->unassisted += mc->allocated;
        __atomic_fetch_add(&rt_heap.live, mc->allocated, __ATOMIC_RELAXED);
        __atomic_fetch_add(&rt_heap.total_alloc, mc->allocated, __ATOMIC_RELAXED);
        mc->allocated = 0;
    }
}

void rt_mcache_flush(RtMCache *mc)
{
    for (unsigned run = 0; run < RT_NRUNS; run++) {
        RtSpan *s = mc->span[run];
        if (!s)
            continue;
        RtRun *r = &mc->run[run];
        if (r->cur < r->end) {
            unsigned i = rt_slot_of(s, r->cur);
            unsigned k = (unsigned)((size_t)(r->end - r->cur) / s->elemsize);
            clear_bits(s->alloc, i, k, false);
            clear_bits(s->marks, i, k, true);
            mc->allocated -= (uint64_t)k * s->elemsize;
            mc->nmalloc -= k;
            s->zeroed = false; /* they were zeroed, but the span's other slots may not be */
        }
        *r = (RtRun){0};
        s->cached = 0;
        mc->span[run] = NULL;
    }
    rt_mcache_settle(mc);
}

static void init_small(RtSpan *s, unsigned run, bool zero)
{
    uint32_t size = rt_run_size[run];
    s->mask = run_mask[run];
    s->walked = s->mask == ~0ull; /* nothing is known */
    if (!s->walked && s->mask & WALKED && rt_run_size[run] < RT_MAX_MASKED) {
        s->walked = true;
        s->mask &= ~WALKED;
    }
    s->type = NULL;
    s->specials = NULL;
    s->elemsize = size;
    s->magic = (uint32_t)(((1ull << 32) + size - 1) / size);
    s->nelems = (uint16_t)(((size_t)s->npages << RT_PAGE_SHIFT) / size);
    s->run = (uint16_t)run;
    s->typed = run >= RT_RUN_TYPED && run < RT_RUN_DYNAMIC;
    s->sweepgen = rt_heap.sweepgen;
    s->zeroed = zero;
    s->freeindex = 0;
    s->cached = 1;
    memset(s->alloc, 0, sizeof s->alloc);
    memset(s->marks, 0, sizeof s->marks);
    __atomic_store_n(&s->state, SPAN_SMALL, __ATOMIC_RELEASE);
}

static _Noreturn void out_of_memory(size_t n)
{
    rt_heap_report();
    rt_throw("out of memory");
}

static RtSpan *get_pages(size_t npages, bool *zero)
{
    RtSpan *s = rt_pages_alloc(npages, zero);
    if (!s) { /* what garbage there is may help */
        rt_gc_collect(GC_MEMORY);
        s = rt_pages_alloc(npages, zero);
        if (!s)
            out_of_memory(npages << RT_PAGE_SHIFT);
    }
    return s;
}

/* The cache to go on with after the world may have stopped: with a smaller GOMAXPROCS the thread
 * may have another P. */
static RtMCache *my_cache(RtMCache *mc)
{
    return mc == rt_heap.boot ? mc : rt_mcache_current();
}

/* Gives mc a stretch of free slots of a run, and from it one object. */
static __attribute__((noinline)) void *refill(RtMCache *mc, unsigned run)
{
    if (__builtin_expect(rt_gc.stress != 0, 0)) {
        rt_gc_stress_tick();
        mc = my_cache(mc);
    }
    for (;;) {
        RtSpan *s = mc->span[run];
        RtRun *r = &mc->run[run];
        if (s) {
            if (next_run(mc, s, r)) {
                uint8_t *p = r->cur;
                r->cur += s->elemsize;
                return p;
            }
            s->cached = 0;
            mc->span[run] = NULL;
            *r = (RtRun){0};
        }
        rt_mcache_settle(mc);
        rt_gc_poll(); /* may collect, and so flush mc */
        s = rt_sweep_take(run);
        if (!s) {
            bool zero;
            s = get_pages(class_pages[run_class[run]], &zero);
            init_small(s, run, zero);
            rt_sweep_add(s);
        }
        mc = my_cache(mc);
        mc->span[run] = s;
    }
}

static inline void *take(RtMCache *mc, unsigned run)
{
    RtRun *r = &mc->run[run];
    uint8_t *p = r->cur, *next = p + rt_run_size[run];
    if (__builtin_expect(next <= r->end, 1)) {
        r->cur = next;
        return p;
    }
    return refill(mc, run);
}

enum { LONG_MOVE = 128 << 10 }; /* some 10 us */

void rt_move_fresh(void *dst, const void *src, size_t n)
{
    RtP *p = rt_unlikely(n >= LONG_MOVE) ? rt_away_begin() : NULL;
    memmove(dst, src, n);
    rt_away_end(p);
}

void rt_clear_fresh(void *dst, size_t n)
{
    RtP *p = rt_unlikely(n >= LONG_MOVE) ? rt_away_begin() : NULL;
    memset(dst, 0, n);
    rt_away_end(p);
}

static void *alloc_large(size_t n, const RtType *t, bool clear)
{
    if (n > rt_heap.reserved)
        out_of_memory(n);
    if (__builtin_expect(rt_gc.stress != 0, 0))
        rt_gc_stress_tick();
    size_t npages = (n + RT_PAGE_SIZE - 1) >> RT_PAGE_SHIFT;
    rt_sweep_large();
    rt_gc_charge(npages << RT_PAGE_SHIFT); /* may collect */
    bool zero;
    uint32_t cycle = rt_gc.cycles;
    RtSpan *s = get_pages(npages, &zero);
    if (clear && !zero)
        rt_clear_fresh(s->base, npages << RT_PAGE_SHIFT);
    if (rt_gc.cycles != cycle) /* it has counted what is live, without this */
        __atomic_fetch_add(&rt_heap.live, npages << RT_PAGE_SHIFT, __ATOMIC_RELAXED);
    s->mask = 0;
    s->type = t;
    s->specials = NULL;
    s->elemsize = 0;
    s->magic = 0;
    s->nelems = 1;
    s->run = 0;
    s->typed = 0;
    s->sweepgen = rt_heap.sweepgen;
    s->cached = 0;
    memset(s->alloc, 0, sizeof s->alloc);
    memset(s->marks, 0, sizeof s->marks);
    s->alloc[0] = 1;
    if (__atomic_load_n(&rt_gc.black, __ATOMIC_RELAXED))
        s->marks[0] = 1;
    __atomic_store_n(&s->state, SPAN_LARGE, __ATOMIC_RELEASE);
    rt_sweep_add(s);
    return s->base;
}

/* ---- the ways in ------------------------------------------------------------------------ */

static void *alloc_from(RtMCache *mc, size_t n, const RtType *t)
{
    if (n > RT_MAX_MASKED) {
        unsigned class = rt_size_class(n + 8);
        uint8_t *p = take(mc, RT_RUN_TYPED + class - RT_CLASS_576);
        __atomic_store_n((const RtType **)(p + rt_class_size[class] - 8), t, __ATOMIC_RELEASE);
        return p;
    }
    if (n == t->size && t->alloc)
        return take(mc, t->alloc);
    return take(mc, run_of_type(mc, n, t));
}

static void *alloc_plain_from(RtMCache *mc, size_t n)
{
    unsigned class = rt_size_class(n);
    return take(mc, class < 2 ? 2 : class);
}

static void *alloc_boot(size_t n, const RtType *t)
{
    rt_lock(&boot_lock);
    void *p = t ? alloc_from(rt_heap.boot, n, t) : alloc_plain_from(rt_heap.boot, n);
    rt_unlock(&boot_lock);
    return p;
}

void *rt_alloc(size_t n, const RtType *t)
{
    if (n == 0)
        return rt_zerobase;
    if (t && t->ptrbytes == 0)
        t = NULL;
    if (n > (t ? RT_MAX_SMALL - 8 : RT_MAX_SMALL))
        return alloc_large(n, t, true);
    RtMCache *mc = rt_mcache_current();
    if (!mc)
        return alloc_boot(n, t);
    return t ? alloc_from(mc, n, t) : alloc_plain_from(mc, n);
}

void *rt_alloc_array(size_t n, const RtType *t)
{
    if (n && t->ptrbytes && (n <= RT_MAX_MASKED || n > RT_MAX_SMALL - 8))
        n += 8; /* between these a word with the type follows anyhow */
    return rt_alloc(n, t);
}

void *rt_alloc_raw(size_t n)
{
    return n > RT_MAX_SMALL ? alloc_large(n, NULL, false) : rt_alloc(n, NULL);
}

void *rt_alloc_conservative(size_t n)
{
    return rt_alloc(n, &rt_word_type);
}

void *rt_new(const RtType *t)
{
    RtMCache *mc = rt_mcache_current();
    if (t->alloc && mc)
        return take(mc, t->alloc);
    size_t n = t->size;
    if (t->flags & RT_SPARE_END &&
        (n > RT_MAX_SMALL - 8 || (n > RT_MAX_MASKED - 8 && n <= RT_MAX_MASKED)))
        n += 8; /* as rt_alloc_array does; smaller ones have runs of their own */
    return rt_alloc(n, t);
}

void *rt_box(const RtType *t, const void *value)
{
    void *p = rt_new(t);
    memcpy(p, value, t->size);
    return p;
}

void rt_heap_init(void)
{
    rt_pages_init();
    init_runs();
    rt_heap.boot = rt_mcache_new();
    rt_gc_init();
}
