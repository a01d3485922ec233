/* SPDX-License-Identifier: MIT
 *
 * sync.Pool.  Each P has a place for one item that it alone touches, and a stack of more that
 * others may take from at the other end.  A collection makes what the pools hold their victims
 * and drops the victims before: an item that two collections find unused is gone.
 *
 * A thread in here keeps its P and is stopped nowhere but where it allocates.
 */
#include <string.h>

#include "runtime/fast.h"
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

/* One P's part. */
typedef struct Local {
    RtIface own; /* the P's alone */
    RtSpin lock; /* of what follows */
    uint32_t first, n, cap;
    RtIface *ring; /* n items from first on, the newest last */
    char pad[88];
} Local;
_Static_assert(sizeof(Local) == 128, "parts of different Ps share no cache line");

static const RtType local_type = {
    .size = sizeof(Local),
    .ptrbytes = offsetof(Local, ring) + 8,
    .kind = RT_STRUCT,
    .align = 8,
    .ptrmap = (const uint8_t[]){1u << 1 | 1u << offsetof(Local, ring) / 8},
    .string = {(const uint8_t *)"sync.poolLocal", 14},
};
static const RtType item_type = {
    .size = sizeof(RtIface),
    .ptrbytes = sizeof(RtIface),
    .kind = RT_INTERFACE,
    .align = 8,
    .ptrmap = (const uint8_t[]){1u << 1},
    .string = {(const uint8_t *)"interface {}", 12},
};

static struct {
    RtSpin lock;
    RtPool *used;   /* those with local parts, by link */
    RtPool *victim; /* those with victims, by victim_link */
} pools;

/* i is overwritten: what it holds was there when marking began. */
static inline RtIface take(RtIface *i)
{
    RtIface v = *i;
    if (rt_unlikely(__atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED)))
        rt_wbrec((void *)(uintptr_t)v.word);
    *i = (RtIface){0};
    return v;
}

static RtIface pop(Local *l, bool newest)
{
    RtIface v = {0};
    if (!__atomic_load_n(&l->n, __ATOMIC_RELAXED))
        return v;
    rt_spin_lock(&l->lock);
    if (l->n) {
        l->n--;
        if (newest) {
            v = take(&l->ring[(l->first + l->n) % l->cap]);
        } else {
            v = take(&l->ring[l->first]);
            l->first = (l->first + 1) % l->cap;
        }
    }
    rt_spin_unlock(&l->lock);
    return v;
}

/* → whether there was room, in the ring or in a larger one of cap items */
static bool push(Local *l, RtIface v, RtIface *larger, uint32_t cap)
{
    rt_spin_lock(&l->lock);
    if (l->n == l->cap && cap > l->cap) {
        for (uint32_t i = 0; i < l->n; i++)
            larger[i] = l->ring[(l->first + i) % l->cap];
        if (__atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED))
            rt_wbrec(l->ring);
        l->ring = larger;
        l->cap = cap;
        l->first = 0;
    }
    bool room = l->n < l->cap;
    if (room) {
        l->ring[(l->first + l->n) % l->cap] = v;
        __atomic_store_n(&l->n, l->n + 1, __ATOMIC_RELAXED);
    }
    rt_spin_unlock(&l->lock);
    return room;
}

/* This P's part, or NULL. */
static inline __attribute__((always_inline)) Local *local_of(RtPool *p)
{
    uint32_t id = rt_p()->id;
    uint64_t n = __atomic_load_n(&p->nlocal, __ATOMIC_ACQUIRE);
    return id < n ? (Local *)__atomic_load_n(&p->local, __ATOMIC_RELAXED) + id : NULL;
}

/* The common cases, on the goroutine's stack: the section is one that preemption leaves alone, so
 * that the P stays ours. */

FAST RtIface std_sync_poolTake(RtPool *p)
{
    RtIface v = {0};
    Local *l = local_of(p);
    if (rt_unlikely(!l || __atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED)))
        return v;
    v = l->own;
    l->own = (RtIface){0};
    return v;
}

FAST bool std_sync_poolGive(RtPool *p, const void *tab, uint64_t word)
{
    Local *l = local_of(p);
    if (rt_unlikely(!l || l->own.tab))
        return false;
    l->own = (RtIface){tab, word};
    return true;
}

/* As many parts as there are Ps; the items of fewer, after GOMAXPROCS has grown, are lost. */
static __attribute__((noinline)) Local *make_local(RtPool *p)
{
    for (;;) {
        uint32_t n = rt_gomaxprocs;
        Local *fresh = rt_makeslice(&local_type, n, n);
        Local *l = local_of(p);
        if (l)
            return l;
        if (n != rt_gomaxprocs)
            continue;
        rt_spin_lock(&pools.lock);
        if (p->nlocal < n) {
            if (p->nlocal == 0) {
                p->link = pools.used;
                pools.used = p;
            } else if (__atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED)) {
                rt_wbrec(p->local);
            }
            __atomic_store_n(&p->local, fresh, __ATOMIC_RELAXED);
            __atomic_store_n(&p->nlocal, n, __ATOMIC_RELEASE);
        }
        rt_spin_unlock(&pools.lock);
        return local_of(p);
    }
}

void std_sync_poolPut(RtPool *p, const void *tab, uint64_t word)
{
    RtIface v = {tab, word}, *larger = NULL;
    uint32_t cap = 0;
    for (;;) {
        Local *l = local_of(p);
        if (rt_unlikely(!l))
            l = make_local(p);
        if (!l->own.tab) {
            l->own = v;
            return;
        }
        if (push(l, v, larger, cap))
            return;
        cap = l->cap ? 2 * l->cap : 8;
        larger = rt_makeslice(&item_type, cap, cap);
        /* which may have collected, and aged what l was part of */
    }
}

/* From parts of other Ps: first from the next, and so on round. */
static RtIface steal(Local *l, uint64_t n, uint32_t id)
{
    RtIface v = {0};
    for (uint64_t i = 1; i <= n && !v.tab; i++)
        v = pop(&l[(id + i) % n], false);
    return v;
}

static __attribute__((noinline)) RtIface get_slow(RtPool *p)
{
    uint32_t id = rt_p()->id;
    RtIface v = {0};
    uint64_t n = __atomic_load_n(&p->nlocal, __ATOMIC_ACQUIRE);
    if (n)
        v = steal(__atomic_load_n(&p->local, __ATOMIC_RELAXED), n, id);
    n = __atomic_load_n(&p->nvictim, __ATOMIC_RELAXED);
    if (v.tab || !n)
        return v;
    Local *l = p->victim;
    if (id < n && l[id].own.tab)
        return take(&l[id].own);
    v = steal(l, n, id);
    if (!v.tab) /* nor need others look there */
        __atomic_store_n(&p->nvictim, 0, __ATOMIC_RELAXED);
    return v;
}

RtIface std_sync_poolGet(RtPool *p)
{
    Local *l = local_of(p);
    if (rt_likely(l != NULL)) {
        if (l->own.tab)
            return take(&l->own);
        RtIface v = pop(l, true);
        if (v.tab)
            return v;
    }
    return get_slow(p);
}

/* At the start of a collection; the world stands still. */
void rt_pools_age(void)
{
    for (RtPool *p = pools.victim, *next; p; p = next) {
        next = p->victim_link;
        p->victim_link = NULL;
        p->victim = NULL;
        p->nvictim = 0;
    }
    pools.victim = pools.used;
    for (RtPool *p = pools.used; p; p = p->victim_link) {
        p->victim_link = p->link;
        p->link = NULL;
        p->victim = p->local;
        p->nvictim = p->nlocal;
        p->local = NULL;
        p->nlocal = 0;
    }
    pools.used = NULL;
}

void rt_pools_scan(RtScanFn *fn, void *arg)
{
    fn(arg, &pools.used, &pools.victim + 1);
}
