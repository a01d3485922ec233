/* SPDX-License-Identifier: MIT
 *
 * Sweeping, lazily: what marking did not reach becomes free when an allocation looks for a
 * slot of that run, or when the sweeper comes by.  Every run has the list of its spans;
 * allocation walks it once a cycle. */
#include <string.h>

#include "runtime/gc.h"
#include "runtime/special.h"

typedef struct RunList {
    RtMutex lock;
    uint32_t head;   /* page + 1 of the first span */
    uint32_t cursor; /* spans from here on have not been offered to allocation */
    uint32_t sweep;  /* nor these been swept */
} RunList;

static RunList lists[RT_NRUNS];
static uint32_t next_list; /* where rt_sweep_some goes on */
static uint32_t sweeping;  /* 1 from rt_sweep_begin until all is done */
static uint32_t large_pending;
static uint32_t sweepers; /* threads inside rt_sweep_some: marker threads do not stop */

static RtSpan *span_at(uint32_t page1)
{
    return page1 ? &rt_heap.spans[page1 - 1] : NULL;
}

void rt_sweep_add(RtSpan *s)
{
    RunList *l = &lists[s->run];
    rt_lock(&l->lock);
    s->prev = 0;
    s->next = l->head;
    if (s->next)
        span_at(s->next)->prev = rt_page_of(s) + 1;
    l->head = rt_page_of(s) + 1;
    rt_unlock(&l->lock);
}

static void unlink_span(RunList *l, RtSpan *s)
{
    uint32_t me = rt_page_of(s) + 1;
    if (s->next)
        span_at(s->next)->prev = s->prev;
    if (s->prev)
        span_at(s->prev)->next = s->next;
    else
        l->head = s->next;
    if (l->cursor == me)
        l->cursor = s->next;
    if (l->sweep == me)
        l->sweep = s->next;
}

/* By hand: the compiler's own would call into libgcc, which programs do not link. */
static unsigned bits(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)((x * 0x0101010101010101u) >> 56);
}

static unsigned popcount8(const uint64_t *w)
{
    unsigned n = 0;
    for (int i = 0; i < 8; i++)
        n += bits(w[i]);
    return n;
}

/* Fills the slots that die with a pattern that no program takes for its data. */
static void poison(RtSpan *s)
{
    for (unsigned i = 0; i < s->nelems; i++)
        if ((s->alloc[i / 64] & ~s->marks[i / 64]) >> (i % 64) & 1)
            memset(s->base + (size_t)i * s->elemsize, 0xdb, s->elemsize);
}

/* Makes the marks the new allocation bits; returns the number of live slots. */
static unsigned sweep_span(RtSpan *s)
{
    if (s->specials)
        rt_special_sweep(s);
    if (rt_unlikely(rt_gc.stress) && s->state == SPAN_SMALL)
        poison(s);
    unsigned before = popcount8(s->alloc), live = popcount8(s->marks);
    memcpy(s->alloc, s->marks, sizeof s->alloc);
    memset(s->marks, 0, sizeof s->marks);
    s->freeindex = 0;
    s->zeroed = 0;
    s->sweepgen = rt_heap.sweepgen;
    if (before > live)
        __atomic_fetch_add(&rt_heap.nfree, before - live, __ATOMIC_RELAXED);
    return live;
}

RtSpan *rt_sweep_take(unsigned run)
{
    RunList *l = &lists[run];
    if (!__atomic_load_n(&l->cursor, __ATOMIC_RELAXED))
        return NULL;
    rt_lock(&l->lock);
    RtSpan *s;
    for (unsigned n = 1; (s = span_at(l->cursor)); n++) {
        if (n % 256 == 0) { /* all are full: it may be long */
            rt_unlock(&l->lock);
            rt_safepoint();
            rt_lock(&l->lock);
            continue;
        }
        l->cursor = s->next;
        unsigned live = s->sweepgen != rt_heap.sweepgen ? sweep_span(s) : popcount8(s->alloc);
        if (live < s->nelems) {
            s->cached = 1;
            break;
        }
    }
    rt_unlock(&l->lock);
    if (__atomic_load_n(&sweeping, __ATOMIC_RELAXED))
        rt_sweep_some(2);
    return s;
}

/* Sweeps up to *n spans of a list and frees those that are empty; true when it is done. */
static bool sweep_list(RunList *l, unsigned *n)
{
    RtSpan *s;
    if (!__atomic_load_n(&l->sweep, __ATOMIC_RELAXED))
        return true;
    rt_lock(&l->lock);
    while (*n && (s = span_at(l->sweep))) {
        l->sweep = s->next;
        if (s->sweepgen == rt_heap.sweepgen)
            continue;
        --*n;
        bool large = s->state == SPAN_LARGE;
        if (sweep_span(s) == 0 && !s->cached) {
            unlink_span(l, s);
            if (large && rt_unlikely(rt_gc.stress))
                memset(s->base, 0xdb, (size_t)s->npages << RT_PAGE_SHIFT);
            rt_pages_free(s);
        }
    }
    bool done = l->sweep == 0;
    rt_unlock(&l->lock);
    return done;
}

void rt_sweep_span_now(RtSpan *s)
{
    RunList *l = &lists[s->run];
    rt_lock(&l->lock);
    if (s->sweepgen != rt_heap.sweepgen)
        sweep_span(s);
    rt_unlock(&l->lock);
}

void rt_sweep_large(void)
{
    if (!__atomic_load_n(&large_pending, __ATOMIC_RELAXED))
        return;
    unsigned n = 64;
    if (sweep_list(&lists[0], &n))
        __atomic_store_n(&large_pending, 0, __ATOMIC_RELAXED);
}

static bool sweep_some(unsigned n)
{
    if (!__atomic_load_n(&sweeping, __ATOMIC_SEQ_CST))
        return false;
    while (n) {
        uint32_t i = __atomic_load_n(&next_list, __ATOMIC_RELAXED);
        if (i >= RT_NRUNS) {
            __atomic_store_n(&sweeping, 0, __ATOMIC_SEQ_CST);
            return false;
        }
        if (sweep_list(&lists[i], &n))
            __atomic_compare_exchange_n(&next_list, &i, i + 1, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED);
    }
    return true;
}

bool rt_sweep_some(unsigned n)
{
    __atomic_fetch_add(&sweepers, 1, __ATOMIC_SEQ_CST);
    bool more = sweep_some(n);
    __atomic_fetch_sub(&sweepers, 1, __ATOMIC_SEQ_CST);
    return more;
}

void rt_sweep_finish(void)
{
    while (rt_sweep_some(256))
        ;
    /* Somebody may still be at the last span of a list. */
    for (unsigned turn = 0; __atomic_load_n(&sweepers, __ATOMIC_SEQ_CST);)
        rt_wait_turn(&turn);
}

void rt_sweep_begin(void)
{
    rt_heap.sweepgen++;
    for (unsigned i = 0; i < RT_NRUNS; i++)
        lists[i].cursor = lists[i].sweep = lists[i].head;
    next_list = 0;
    large_pending = 1;
    __atomic_store_n(&sweeping, 1, __ATOMIC_RELEASE);
}
