/* SPDX-License-Identifier: MIT
 *
 * The memory of goroutines: slabs of slots, each a first stack segment with its RtG on top,
 * their free lists, creation and end.
 *
 *     slot   | slack | stack, downwards ... | RtGoroutine |      STACK_SLOT bytes
 *
 * A slab is a naturally aligned block without guard pages; a slot that was never used has
 * never been touched.  Slab memory is never unmapped, so a stale RtG* can always be read.
 */
#include <string.h>
#include <sys/mman.h>

#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

#define SLAB_BYTES (256u << 10)
#define CHUNK_BYTES (64u << 20)
#define SLOTS ((SLAB_BYTES - 128) / STACK_SLOT)
#define G_OFFSET ((STACK_SLOT - sizeof(RtGoroutine)) & ~(size_t)15)

_Static_assert(offsetof(RtGoroutine, sp) == G_SP, "layout.h");
_Static_assert(offsetof(RtGoroutine, ret) == G_RET, "layout.h");
_Static_assert(offsetof(RtGoroutine, resume) == G_RESUME, "layout.h");
_Static_assert(offsetof(RtGoroutine, seg) == G_SEG, "layout.h");
_Static_assert(offsetof(RtGoroutine, frame) == G_FRAME, "layout.h");
_Static_assert(offsetof(RtSeg, limit) == SEG_LIMIT, "layout.h");
_Static_assert(offsetof(RtSeg, bytes) == SEG_BYTES, "layout.h");
_Static_assert(offsetof(RtM, spare_ctx) == M_CTX, "ctx.h");
_Static_assert(G_OFFSET - STACK_SLACK >= 440, "room on the first segment");
_Static_assert(G_OFFSET % 128 == 0 && STACK_SLOT % 128 == 0 && offsetof(RtGoroutine, seg) == 64 &&
                   offsetof(RtGoroutine, sd) == 128,
               "cache lines, which processors fetch in pairs");

typedef struct Slab {
    struct Slab *all;     /* every slab */
    struct Slab *partial; /* slabs with free slots */
    RtGoroutine *free;
    uint32_t nfree;         /* in the list */
    _Atomic uint32_t fresh; /* slots from here on were never used */
    bool on_partial;
} Slab;
_Static_assert(sizeof(Slab) <= 128, "slab header");

static struct {
    RtSpin lock;
    Slab *_Atomic all;
    Slab *partial;
    char *_Atomic chunk, *_Atomic chunk_end; /* what slabs are cut from */
    char *_Atomic warm;                      /* its pages up to here are there, or soon */
    _Atomic uint32_t count;
    Slab *_Atomic to_scan; /* the next whose goroutines may be due */
} slabs;
uint32_t rt_scan_gen;

static Slab *slab_of(RtGoroutine *g)
{
    return (Slab *)((uintptr_t)g & ~(uintptr_t)(SLAB_BYTES - 1));
}

static RtGoroutine *slot(Slab *s, uint32_t i)
{
    return (RtGoroutine *)((char *)s + 128 + (size_t)i * STACK_SLOT + G_OFFSET);
}

/* Few goroutines touch few pages.  Where there are thousands already, the next slab will be
 * filled: its pages together cost a fraction of as many faults.  That is most of what a goroutine
 * costs then, so who has nothing else to do goes ahead, by WARM slabs at most. */
enum { MANY = 16, WARM = 4, WARM_STEP = 64 << 10 };

static void populate(char *p, size_t n)
{
#ifdef MADV_POPULATE_WRITE
    madvise(p, n, MADV_POPULATE_WRITE);
#endif
}

/* The chunk may change under us: then what we have read does not fit together, or the
 * exchange fails, or pages are asked for twice. */
bool rt_slab_ahead(void)
{
    char *w = atomic_load_explicit(&slabs.warm, memory_order_acquire);
    char *from = atomic_load_explicit(&slabs.chunk, memory_order_relaxed);
    char *end = atomic_load_explicit(&slabs.chunk_end, memory_order_relaxed);
    if (atomic_load_explicit(&slabs.count, memory_order_relaxed) < MANY || w < from || w >= end ||
        w - from >= (ptrdiff_t)WARM * SLAB_BYTES ||
        !atomic_compare_exchange_strong(&slabs.warm, &w, w + WARM_STEP))
        return false;
    populate(w, WARM_STEP);
    return true;
}

/* The new slab's pages, as far as nobody has gone ahead. */
static void warm_up(char *s)
{
    char *end = s + SLAB_BYTES, *w = atomic_load(&slabs.warm);
    if (atomic_fetch_add_explicit(&slabs.count, 1, memory_order_relaxed) < MANY)
        return;
    if (w < s)
        w = s;
    if (w < end) {
        atomic_store_explicit(&slabs.warm, end, memory_order_release);
        populate(w, (size_t)(end - w));
    }
}

static void slab_new(void)
{
    char *from = atomic_load_explicit(&slabs.chunk, memory_order_relaxed);
    char *end = atomic_load_explicit(&slabs.chunk_end, memory_order_relaxed);
    if (from == end) {
        /* address space may be short (ulimit -v): then less at a time */
        size_t bytes = CHUNK_BYTES;
        char *p;
        while ((p = mmap(NULL, bytes + SLAB_BYTES, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) == MAP_FAILED) {
            if (bytes == SLAB_BYTES) {
                rt_spin_unlock(&slabs.lock);
                rt_throw("out of memory (goroutine stacks)");
            }
            bytes /= 4;
        }
        from = (char *)(((uintptr_t)p + SLAB_BYTES - 1) & ~(uintptr_t)(SLAB_BYTES - 1));
        madvise(from, bytes, MADV_NOHUGEPAGE);
        atomic_store_explicit(&slabs.chunk_end, from + bytes, memory_order_relaxed);
        atomic_store_explicit(&slabs.warm, from, memory_order_release);
    }
    atomic_store_explicit(&slabs.chunk, from + SLAB_BYTES, memory_order_relaxed);
    warm_up(from);
    Slab *s = (Slab *)from;
    s->all = atomic_load_explicit(&slabs.all, memory_order_relaxed);
    atomic_store_explicit(&slabs.all, s, memory_order_release);
    s->partial = slabs.partial;
    s->on_partial = true;
    slabs.partial = s;
}

/* Free slots go from P to P in blocks: a P holds one that it takes from and puts to and perhaps
 * one that is full; others stand in the depot.  So passing slots on touches none of them.  What
 * the depot does not take goes back to the slabs. */
enum { DEPOT = 64 };

static struct {
    RtSpin lock;
    RtGBlock *full, *empty;
    uint32_t nfull;
} depot;

RtGBlock *rt_gblock_get(void)
{
    rt_spin_lock(&depot.lock);
    RtGBlock *b = depot.empty;
    if (b)
        depot.empty = b->next;
    rt_spin_unlock(&depot.lock);
    if (!b)
        b = rt_persistent(sizeof *b);
    b->next = NULL;
    b->first = b->n = 0;
    return b;
}

void rt_gblock_put(RtGBlock *b)
{
    rt_spin_lock(&depot.lock);
    b->next = depot.empty;
    depot.empty = b;
    rt_spin_unlock(&depot.lock);
}

static RtGBlock *depot_get(void)
{
    if (!__atomic_load_n(&depot.full, __ATOMIC_RELAXED))
        return NULL;
    rt_spin_lock(&depot.lock);
    RtGBlock *b = depot.full;
    if (b) {
        depot.full = b->next;
        depot.nfull--;
    }
    rt_spin_unlock(&depot.lock);
    return b;
}

static bool depot_put(RtGBlock *b)
{
    rt_spin_lock(&depot.lock);
    bool room = depot.nfull < DEPOT;
    if (room) {
        b->next = depot.full;
        depot.full = b;
        depot.nfull++;
    }
    rt_spin_unlock(&depot.lock);
    return room;
}

/* Fills half of b from the slabs: in their order, so that goroutines started together lie
 * together. */
static void from_slabs(RtGBlock *b)
{
    const uint32_t half = RT_GBLOCK / 2;
    rt_spin_lock(&slabs.lock);
    for (uint32_t n = 0; n < half; n++) {
        if (!slabs.partial)
            slab_new();
        Slab *s = slabs.partial;
        RtGoroutine *g = s->free;
        if (g) {
            s->free = g->link;
            s->nfree--;
        } else {
            g = slot(s, s->fresh++);
        }
        if (!s->free && s->fresh == SLOTS) {
            slabs.partial = s->partial;
            s->on_partial = false;
        }
        b->g[half - 1 - n] = g; /* they are taken from the end */
    }
    rt_spin_unlock(&slabs.lock);
    b->n = half;
}

static void to_slabs(RtGBlock *b)
{
    rt_spin_lock(&slabs.lock);
    while (b->n) {
        RtGoroutine *g = b->g[--b->n];
        Slab *s = slab_of(g);
        g->link = s->free;
        s->free = g;
        s->nfree++;
        if (!s->on_partial) {
            s->partial = slabs.partial;
            s->on_partial = true;
            slabs.partial = s;
        }
    }
    rt_spin_unlock(&slabs.lock);
}

/* → p's block, with slots in it */
static __attribute__((noinline)) RtGBlock *refill(RtP *p)
{
    RtGBlock *b = p->gfull;
    p->gfull = NULL;
    if (!b)
        b = depot_get();
    if (b) {
        if (p->gfree)
            rt_gblock_put(p->gfree);
        return p->gfree = b;
    }
    if (!p->gfree)
        p->gfree = rt_gblock_get();
    from_slabs(p->gfree);
    return p->gfree;
}

RtGoroutine *rt_g_get(RtP *p)
{
    RtGBlock *b = p->gfree;
    if (rt_unlikely(!b || !b->n))
        b = refill(p);
    uint32_t n = --b->n;
    if (n >= 2) { /* what rt_newproc will write may be in another processor's cache */
        const char *later = (const char *)b->g[n - 2];
        __builtin_prefetch(later - 64, 1);
        __builtin_prefetch(later, 1);
        __builtin_prefetch(later + 64, 1);
    }
    return b->g[n];
}

static __attribute__((noinline)) RtGBlock *block_full(RtP *p)
{
    RtGBlock *full = p->gfull;
    p->gfull = p->gfree;
    p->gfree = NULL;
    if (full && !depot_put(full)) {
        to_slabs(full);
        p->gfree = full;
    }
    if (!p->gfree)
        p->gfree = rt_gblock_get();
    return p->gfree;
}

void rt_g_put(RtP *p, RtGoroutine *g)
{
    atomic_store_explicit(&g->status, RT_G_FREE, memory_order_relaxed);
    RtGBlock *b = p->gfree;
    if (rt_unlikely(!b || b->n == RT_GBLOCK))
        b = block_full(p);
    b->g[b->n++] = g;
}

/* Gives the memory of wholly free slabs back to the system. */
void rt_slab_trim(void)
{
    for (RtGBlock *b; (b = depot_get());) {
        to_slabs(b);
        rt_gblock_put(b);
    }
    rt_spin_lock(&slabs.lock);
    Slab *list = slabs.partial;
    slabs.partial = NULL;
    for (Slab *next; list; list = next) {
        next = list->partial;
        if (list->nfree && list->nfree == list->fresh) {
            list->free = NULL;
            list->nfree = list->fresh = 0;
            madvise((char *)list + 4096, SLAB_BYTES - 4096, MADV_DONTNEED);
            memset((char *)list + 128, 0, 4096 - 128);
        }
        list->partial = slabs.partial;
        slabs.partial = list;
    }
    rt_spin_unlock(&slabs.lock);
}

void rt_g_foreach(void (*fn)(RtGoroutine *g, void *arg), void *arg)
{
    for (Slab *s = slabs.all; s; s = s->all)
        for (uint32_t i = 0; i < s->fresh; i++) {
            RtGoroutine *g = slot(s, i);
            uint32_t st = atomic_load_explicit(&g->status, memory_order_relaxed);
            if (st != RT_G_FREE && st != RT_G_DEAD)
                fn(g, arg);
        }
}

void rt_g_scan_begin(RtScanFn *fn, void *arg)
{
    rt_scan_gen += 2;
    rt_pools_age();
    rt_timers_weaken();
    atomic_store_explicit(&slabs.to_scan, slabs.all, memory_order_release);
    for (RtM *m = rt_sched.allm; m; m = m->alllink)
        if (m->g)
            rt_g_scan_due(m->g, fn, arg);
}

void rt_g_scan_due(RtGoroutine *g, RtScanFn *fn, void *arg)
{
    uint32_t gen = rt_scan_gen, was = atomic_load_explicit(&g->scan, memory_order_acquire);
    if (was != gen && was != gen + 1 &&
        atomic_compare_exchange_strong_explicit(&g->scan, &was, gen + 1, memory_order_acquire,
                                                memory_order_acquire)) {
        rt_g_scan(g, fn, arg);
        rt_g_forget_calls(g);
        atomic_store_explicit(&g->scan, gen, memory_order_release);
        return;
    }
    for (unsigned turn = 0; atomic_load_explicit(&g->scan, memory_order_acquire) != gen;)
        rt_wait_turn(&turn);
}

bool rt_g_scan_some(RtScanFn *fn, void *arg)
{
    Slab *s = atomic_load_explicit(&slabs.to_scan, memory_order_acquire);
    while (s && !atomic_compare_exchange_weak_explicit(&slabs.to_scan, &s, s->all,
                                                       memory_order_acq_rel, memory_order_acquire))
        ;
    if (!s)
        return false;
    uint32_t gen = rt_scan_gen, n = s->fresh;
    for (uint32_t i = 0; i < n; i++) {
        RtGoroutine *g = slot(s, i);
        uint32_t st = atomic_load_explicit(&g->status, memory_order_acquire);
        uint32_t was = atomic_load_explicit(&g->scan, memory_order_acquire);
        if (st != RT_G_FREE && st != RT_G_DEAD && was != gen && was != gen + 1)
            rt_g_scan_due(g, fn, arg);
    }
    return true;
}

int64_t rt_g_count(void)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < RT_MAXPROCS && rt_allp[i]; i++)
        n += rt_allp[i]->gcount;
    return n;
}

/* ---- creation and end ------------------------------------------------------------------- */

static inline uint64_t new_id(RtP *p)
{
    if (rt_unlikely(p->nextid == p->lastid)) {
        p->nextid = atomic_fetch_add_explicit(&rt_sched.idgen, 16, memory_order_relaxed);
        p->lastid = p->nextid + 16;
    }
    return p->nextid++;
}

/* Once a slot; what a goroutine leaves of this when it ends is as here. */
static __attribute__((noinline)) void init_slot(RtGoroutine *g)
{
    g->first.top = (char *)g;
    g->first.limit = (char *)g - G_OFFSET + STACK_SLACK;
    g->seg = &g->first;
    g->pub.stack_limit_copy = (uint64_t)g->first.limit;
}

/* Few words as a rule, which a call to memcpy would cost more than. */
static inline void copy_words(char *to, const char *from, int64_t bytes)
{
    if (rt_unlikely(bytes > 64 || bytes % 8)) {
        memcpy(to, from, (size_t)bytes);
        return;
    }
    for (int64_t i = 0; i < bytes; i += 8) {
        uint64_t w;
        __builtin_memcpy(&w, from + i, 8);
        __asm__("" : "+r"(w)); /* else gcc makes a call of the loop again */
        __builtin_memcpy(to + i, &w, 8);
    }
}

RtGoroutine *rt_newproc(void *closure, int64_t bytes, void *gopc, unsigned flags)
{
    RtP *p = rt_p();
    RtGoroutine *g = rt_g_get(p);
    if (rt_unlikely(!g->seg))
        init_slot(g);
    char *top = (char *)g;
    if (bytes) {
        top -= (bytes + 15) & ~15;
        copy_words(top, closure, bytes);
        closure = top;
    }
    g->pub.defer_callee = NULL;
    g->pub.id = new_id(p);
    g->sp = (uint64_t)top;
    g->ret = (uint64_t)closure;
    g->resume = (void *)rt_gostart;
    atomic_store_explicit(&g->scan, rt_scan_gen, memory_order_relaxed);
    g->flags = (uint8_t)flags;
    g->gopc = gopc;
    g->parent = rt_g ? rt_self()->pub.id : 0;
    if (!(flags & RT_GF_SYSTEM))
        p->gcount++;
    atomic_store_explicit(&g->status, RT_G_RUNNABLE, memory_order_release);
    return g;
}

void rt_go(RtClosure *closure, int64_t bytes)
{
    if (rt_unlikely(!closure))
        rt_throw("go of nil func value");
    /* the stub left the address after the go statement above its saved registers */
    void *pc = (void *)((uint64_t *)rt_self()->sp)[6];
    RtGoroutine *g = rt_newproc(closure, bytes, pc, 0);
    rt_ready_new(g);
}

/* Where a goroutine's function returns to; also the end of Goexit.  Leaves the slot for
 * rt_newproc. */
RT_NORETURN void rt_g_finish(void)
{
    RtM *m = rt_m;
    RtP *p = m->p;
    RtGoroutine *g = rt_self();
    if (rt_unlikely(g->stack_kib))
        rt_seg_free_all(g);
    if (rt_unlikely(g->locks)) {
        g->locks = 0;
        m->lockedg = NULL;
        rt_g_lock_to(g, NULL);
    }
    if (g->waitreason) { /* what it waited for is not the next one's */
        g->waitreason = RT_WAIT_NONE;
        g->waitobj = NULL;
        g->sd.elem = NULL;
    }
    if (!(g->flags & RT_GF_SYSTEM))
        p->gcount--;
    m->g = NULL;
    rt_g = NULL;
    rt_g_put(p, g);
    rt_schedule();
}

RT_NORETURN void rt_goexit_done(void)
{
    rt_self()->panic = NULL;
    rt_g_finish();
}
