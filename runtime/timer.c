/* SPDX-License-Identifier: MIT
 *
 * Timers: a 4-ary heap per P, ordered by the monotonic clock.  Whoever schedules on the P
 * runs what is due; thieves run the timers of others; a thread in the poller sleeps until
 * the first of all.
 *
 * A timer in a heap knows its P (priv[1]) and place (priv[0] - 1).  Both, and delivery
 * itself, are under the lock of that P's heap, so who has stopped a timer under the lock
 * knows that nothing is under way.  priv[3] is a lock of start, stop and reset among
 * themselves; a sleeping goroutine is in priv[2].
 *
 * The heaps do not keep timers alive that only send on a channel: once nothing else refers to
 * the timer or its channel, nobody can tell whether it fires (Go 1.23).  A collection takes
 * those out that it finds dead.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/heap.h"
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

typedef struct RtTimerSlot {
    int64_t when;
    RtTimer *t;
} Slot;

#define AT(t) ((t)->priv[0])
#define OWNER(t) (*(RtP *volatile *)&(t)->priv[1])
#define SLEEPER(t) ((RtGoroutine *)(t)->priv[2])
#define LOCK(t) ((RtSpin *)&(t)->priv[3])
#define IS_WEAK(t) ((t)->priv[4]) /* the collection under way may find it dead */

/* time.Sleep's timer */
typedef struct RtSleeper {
    RtTimer t;
    struct RtSleeper *link;
} Sleeper;

static inline void place(Slot *h, uint32_t i, Slot s)
{
    h[i] = s;
    AT(s.t) = i + 1;
}

static void sift_up(Slot *h, uint32_t i)
{
    Slot s = h[i];
    while (i > 0) {
        uint32_t up = (i - 1) / 4;
        if (h[up].when <= s.when)
            break;
        place(h, i, h[up]);
        i = up;
    }
    place(h, i, s);
}

static void sift_down(Slot *h, uint32_t n, uint32_t i)
{
    Slot s = h[i];
    for (;;) {
        uint32_t c = 4 * i + 1, end = c + 4 < n ? c + 4 : n;
        if (c >= n)
            break;
        uint32_t least = c;
        for (uint32_t k = c + 1; k < end; k++)
            if (h[k].when < h[least].when)
                least = k;
        if (h[least].when >= s.when)
            break;
        place(h, i, h[least]);
        i = least;
    }
    place(h, i, s);
}

static void set_first(RtTimerHeap *h)
{
    atomic_store(&h->first, h->n ? h->slots[0].when : INT64_MAX);
}

static void insert(RtP *p, RtTimer *t, int64_t when) /* h->lock held */
{
    RtTimerHeap *h = &p->timers;
    if (h->n == h->cap) {
        uint32_t cap = h->cap ? h->cap * 2 : 64;
        Slot *s = realloc(h->slots, cap * sizeof *s);
        if (!s) {
            rt_spin_unlock(&h->lock);
            rt_throw("out of memory (timers)");
        }
        h->slots = s;
        h->cap = cap;
    }
    h->slots[h->n] = (Slot){when, t};
    OWNER(t) = p;
    sift_up(h->slots, h->n++);
}

static void delete_at(RtTimerHeap *h, uint32_t i) /* h->lock held */
{
    RtTimer *t = h->slots[i].t;
    Slot last = h->slots[--h->n];
    if (i < h->n) {
        h->slots[i] = last;
        if (i > 0 && h->slots[(i - 1) / 4].when > last.when)
            sift_up(h->slots, i);
        else
            sift_down(h->slots, h->n, i);
    }
    AT(t) = 0;
    OWNER(t) = NULL;
}

static void add(RtTimer *t, int64_t when)
{
    RtP *p = rt_p();
    rt_spin_lock(&p->timers.lock);
    insert(p, t, when);
    bool first = AT(t) == 1;
    if (first)
        set_first(&p->timers);
    rt_spin_unlock(&p->timers.lock);
    /* a thread that sleeps in the poller must get up in time */
    if (first && atomic_load(&rt_sched.lastpoll) == 0) {
        int64_t until = atomic_load(&rt_sched.polluntil);
        if (until == 0 || until > when)
            rt_poll_break();
    }
}

/* → whether it was pending */
static bool take_out(RtTimer *t)
{
    for (;;) {
        RtP *p = OWNER(t);
        if (!p)
            return false;
        rt_spin_lock(&p->timers.lock);
        if (OWNER(t) == p) {
            uint32_t i = (uint32_t)AT(t) - 1;
            delete_at(&p->timers, i);
            if (i == 0)
                set_first(&p->timers);
            rt_spin_unlock(&p->timers.lock);
            return true;
        }
        rt_spin_unlock(&p->timers.lock);
    }
}

/* Delivers the first timer of h, which is due; with the lock held. */
static void fire(RtP *p, int64_t now)
{
    RtTimerHeap *h = &p->timers;
    RtTimer *t = h->slots[0].t;
    if (t->period > 0) {
        int64_t late = now - h->slots[0].when;
        h->slots[0].when += t->period * (1 + late / t->period);
        t->when = h->slots[0].when;
        sift_down(h->slots, h->n, 0);
    } else {
        delete_at(h, 0);
    }
    if (SLEEPER(t)) {
        RtGoroutine *g = SLEEPER(t);
        Sleeper *s = (Sleeper *)t;
        RtP *mine = rt_p();
        t->priv[2] = 0;
        s->link = mine->sleepers;
        mine->sleepers = s;
        rt_ready_tail(g);
    } else if (t->f) {
        rt_ready_new(rt_newproc(t->f, 0, NULL, 0));
    } else {
        uint64_t stamp[3];
        std_time_stamp(stamp, t->loc);
        rt_chan_try_send(t->chan, stamp);
    }
}

int64_t rt_timers_run(RtP *p, int64_t now)
{
    RtTimerHeap *h = &p->timers;
    int64_t first = atomic_load_explicit(&h->first, memory_order_relaxed);
    if (first > now)
        return first;
    rt_spin_lock(&h->lock);
    while (h->n && h->slots[0].when <= now)
        fire(p, now);
    set_first(h);
    first = atomic_load_explicit(&h->first, memory_order_relaxed);
    rt_spin_unlock(&h->lock);
    return first;
}

int64_t rt_timers_next_all(void)
{
    int64_t min = INT64_MAX;
    for (uint32_t i = 0; i < rt_gomaxprocs; i++) {
        int64_t w = atomic_load(&rt_allp[i]->timers.first);
        if (w < min)
            min = w;
    }
    return min;
}

bool rt_timers_any(void)
{
    return rt_timers_next_all() != INT64_MAX;
}

/* While the world is stopped: from loses its P. */
void rt_timers_move(RtP *from, RtP *to)
{
    rt_spin_lock(&from->timers.lock);
    rt_spin_lock(&to->timers.lock);
    for (uint32_t i = 0; i < from->timers.n; i++)
        insert(to, from->timers.slots[i].t, from->timers.slots[i].when);
    from->timers.n = 0;
    set_first(&from->timers);
    set_first(&to->timers);
    rt_spin_unlock(&to->timers.lock);
    rt_spin_unlock(&from->timers.lock);
}

static int64_t clamp(int64_t when)
{
    return when <= 0 ? INT64_MAX - 1 : when; /* it overflowed */
}

void std_time_Sleep(int64_t ns)
{
    if (ns <= 0)
        return;
    RtP *p = rt_p();
    Sleeper *s = p->sleepers;
    if (rt_unlikely(!s)) {
        s = rt_persistent(32 * sizeof *s);
        for (int i = 0; i < 32; i++) {
            s[i].link = p->sleepers;
            p->sleepers = &s[i];
        }
        s = p->sleepers;
    }
    p->sleepers = s->link;
    s->t.priv[2] = (uint64_t)rt_self();
    int64_t now = rt_nanotime();
    s->t.when = ns > INT64_MAX - now ? INT64_MAX - 1 : now + ns;
    rt_park_prepare(RT_WAIT_SLEEP, NULL);
    add(&s->t, s->t.when);
    rt_schedule();
}

void std_time_startTimer(RtTimer *t)
{
    if (t->chan) {
        ((RtChan *)t->chan)->is_timer = 1;
        ((RtChan *)t->chan)->timer = t;
    }
    t->when = clamp(t->when);
    rt_spin_lock(LOCK(t));
    add(t, t->when);
    rt_spin_unlock(LOCK(t));
}

static bool stop(RtTimer *t)
{
    bool pending = take_out(t);
    if (t->chan && rt_chan_drain(t->chan))
        pending = true;
    return pending;
}

bool std_time_stopTimer(RtTimer *t)
{
    rt_spin_lock(LOCK(t));
    bool pending = stop(t);
    rt_spin_unlock(LOCK(t));
    return pending;
}

bool std_time_resetTimer(RtTimer *t, int64_t when, int64_t period)
{
    rt_spin_lock(LOCK(t));
    bool pending = stop(t);
    t->when = clamp(when);
    t->period = period;
    add(t, t->when);
    rt_spin_unlock(LOCK(t));
    return pending;
}

/* ---- timers that nobody refers to --------------------------------------------------------------- */

enum { MAX_WEAK = 1 << 16 }; /* in one collection: the world stands still meanwhile */
static RtTimer **weak;
static uint32_t nweak, weak_cap;

void rt_timers_weaken(void)
{
    static uint32_t turn;
    nweak = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; rt_allp[i]; i++)
        n += rt_allp[i]->timers.n;
    if (n > MAX_WEAK)
        n = MAX_WEAK;
    if (n > weak_cap) {
        RtTimer **w = realloc(weak, n * sizeof *w);
        if (!w)
            return; /* then all stay alive */
        weak = w;
        weak_cap = n;
    }
    turn++;
    for (uint32_t i = 0; rt_allp[i]; i++) {
        RtTimerHeap *h = &rt_allp[i]->timers;
        /* of more than there is room for, others in each collection */
        uint32_t from = h->n > MAX_WEAK / 2 ? turn * (MAX_WEAK / 2) % h->n : 0;
        for (uint32_t k = 0; k < h->n && nweak < n; k++) {
            RtTimer *t = h->slots[(from + k) % h->n].t;
            if (t->chan) {
                IS_WEAK(t) = 1;
                weak[nweak++] = t;
            }
        }
    }
}

void rt_timers_drop_dead(void)
{
    for (uint32_t i = 0; i < nweak; i++) {
        RtTimer *t = weak[i];
        IS_WEAK(t) = 0;
        if (!rt_is_marked(t))
            take_out(t);
    }
    nweak = 0;
}

void rt_sched_scan(RtScanFn *fn, void *arg)
{
    rt_pools_scan(fn, arg);
    for (uint32_t i = 0; rt_allp[i]; i++) {
        RtTimerHeap *h = &rt_allp[i]->timers;
        for (uint32_t k = 0; k < h->n; k++)
            if (!IS_WEAK(h->slots[k].t))
                fn(arg, &h->slots[k].t, &h->slots[k].t + 1);
    }
}
