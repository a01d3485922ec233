/* SPDX-License-Identifier: MIT
 *
 * Semaphores on words of memory: what sync.Mutex and its like sleep on.  A table of buckets
 * by address; a bucket lists the addresses that are waited for, each with its queue.
 */
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

#define BUCKETS 251

/* A waiter is the RtG's own record: elem is the address; the first of an address is linked
 * by next/prev in the bucket and by waitlink to its followers; its chan field holds the
 * last of them. */
static struct Bucket {
    RtSpin lock;
    _Atomic uint32_t nwait;
    RtSudog *first;
} __attribute__((aligned(64))) buckets[BUCKETS];

static struct Bucket *bucket_of(const void *addr)
{
    return &buckets[((uintptr_t)addr >> 3) % BUCKETS];
}

static RtSudog *find(struct Bucket *b, const void *addr)
{
    RtSudog *s = b->first;
    while (s && s->elem != addr)
        s = s->next;
    return s;
}

static void replace(struct Bucket *b, RtSudog *old, RtSudog *s)
{
    if (s) {
        s->next = old->next;
        s->prev = old->prev;
    }
    RtSudog *in = s ? s : old->next;
    if (old->prev)
        old->prev->next = in;
    else
        b->first = in;
    if (old->next)
        old->next->prev = s ? s : old->prev;
}

static bool try_acquire(_Atomic uint32_t *a)
{
    uint32_t v = atomic_load(a);
    while (v > 0)
        if (atomic_compare_exchange_weak(a, &v, v - 1))
            return true;
    return false;
}

void std_sync_runtime_Semacquire(uint32_t *addr, bool lifo, int64_t reason)
{
    static const uint8_t reasons[] = {RT_WAIT_SEMACQUIRE, RT_WAIT_MUTEX,     RT_WAIT_RWMUTEX_R,
                                      RT_WAIT_RWMUTEX_W,  RT_WAIT_WAITGROUP, RT_WAIT_COND};
    _Atomic uint32_t *a = (_Atomic uint32_t *)addr;
    if (try_acquire(a))
        return;
    struct Bucket *b = bucket_of(addr);
    rt_spin_lock(&b->lock);
    atomic_fetch_add(&b->nwait, 1); /* before the last try: see release */
    if (try_acquire(a)) {
        atomic_fetch_sub(&b->nwait, 1);
        rt_spin_unlock(&b->lock);
        return;
    }
    RtGoroutine *g = rt_self();
    RtSudog *s = &g->sd;
    s->g = g;
    s->elem = addr;
    s->is_select = 0;
    s->waitlink = NULL;
    RtSudog *head = find(b, addr);
    if (!head) {
        s->prev = NULL;
        s->next = b->first;
        if (b->first)
            b->first->prev = s;
        b->first = s;
        s->chan = (void *)s;
    } else if (lifo) {
        replace(b, head, s);
        s->waitlink = head;
        s->chan = head->chan;
    } else {
        ((RtSudog *)head->chan)->waitlink = s;
        head->chan = (void *)s;
    }
    rt_park_prepare(reason >= 0 && reason < 6 ? reasons[reason] : RT_WAIT_SEMACQUIRE, addr);
    rt_spin_unlock(&b->lock);
    rt_schedule();
}

/* The waiter gets the unit that we have added, taken back on its behalf: it need not try
 * again when it wakes. */
void std_sync_runtime_Semrelease(uint32_t *addr, bool handoff)
{
    _Atomic uint32_t *a = (_Atomic uint32_t *)addr;
    struct Bucket *b = bucket_of(addr);
    atomic_fetch_add(a, 1);
    if (atomic_load(&b->nwait) == 0)
        return;
    rt_spin_lock(&b->lock);
    RtSudog *s = find(b, addr);
    if (!s || !try_acquire(a)) {
        rt_spin_unlock(&b->lock);
        return;
    }
    RtSudog *n = s->waitlink;
    if (n)
        n->chan = s->chan;
    replace(b, s, n);
    atomic_fetch_sub(&b->nwait, 1);
    rt_spin_unlock(&b->lock);
    s->chan = NULL;
    s->waitlink = NULL;
    rt_ready(s->g);
    if (handoff) { /* it runs now, we at our turn */
        RtGoroutine *g = rt_self();
        atomic_store_explicit(&g->status, RT_G_RUNNABLE, memory_order_relaxed);
        rt_put_local_tail(rt_p(), g);
        rt_schedule();
    }
}

/* For the holder's field of a lock. */
uint64_t std_sync_runtime_goid(void)
{
    return rt_self()->pub.id;
}

/* Spinning is worth it for a few rounds, if the holder can be running: on another P. */
bool std_sync_runtime_canSpin(int64_t i)
{
    return i < 4 && rt_gomaxprocs > 1 &&
           atomic_load_explicit(&rt_sched.npidle, memory_order_relaxed) +
                   atomic_load_explicit(&rt_sched.nmspinning, memory_order_relaxed) + 1 <
               rt_gomaxprocs;
}

void std_sync_runtime_doSpin(void)
{
    for (int i = 0; i < 30; i++)
        __builtin_ia32_pause();
}
