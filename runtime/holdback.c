/* SPDX-License-Identifier: MIT
 *
 * Holding back: whether one more P helps.
 *
 * Goroutines that run for some tens of nanoseconds between two switches, as in a pipeline over
 * channels or behind a WaitGroup, cost more where they share: the lines that they write (queues,
 * channels, counters, their own records) then move between processors, at 50 to 300 ns each.  It
 * cannot be told beforehand, so it is measured.  The yardstick is the number of dispatches of all
 * Ps in a time; where a goroutine runs for less than a microsecond on the average that is the
 * work done.
 *
 *   EAGER ─(many short runs, and no trial lately)─> BACK, on trial ─(fewer dispatches)─> EAGER
 *                                                      │ as many or more
 *                                                      v
 *   EAGER, a probe <─(time is up)──────────────────── BACK
 *      │ more dispatches: stays          ^────(no more)────┘ for twice as long
 *
 * EAGER is the ordinary case: who has no work takes some.  While we hold back, who has none sleeps,
 * but for one thread, the lookout: it looks every NAP, and goes back to EAGER at once when
 * goroutines wait that nobody takes from their queue, when the others dispatch much less than they
 * did (they run something longer, or nothing), when a timer is due or somebody waits for files.  So
 * nothing waits for longer than two naps that would not have waited with a single P anyway.  The
 * lookout counts as a spinning thread: nobody is woken meanwhile, which is a part of the gain.
 *
 * The state belongs to whoever holds ours.busy, which nobody waits for.
 */
#include <time.h>

#include "runtime/schedimpl.h"

#define NAP 50000         /* ns */
#define WINDOW 300000     /* of a measurement */
#define STALE 4000000     /* a window that took so long says nothing */
#define RETRY_MIN 1000000 /* from one trial to the next, doubled when it fails */
#define RETRY_MAX 64000000
#define PERIOD_MIN 2000000 /* from one probe to the next, doubled when it fails */
#define PERIOD_MAX 64000000
#define WORTH 1.1  /* so many times the dispatches pay for another P */
#define SHORT 2000 /* ns between two dispatches of all Ps: worth a trial */

typedef struct Window {
    int64_t from;   /* 0: not begun */
    uint32_t count; /* dispatches by then */
} Window;

static struct {
    _Atomic bool back;
    _Atomic bool lookout; /* there is one */
    _Atomic uint32_t busy;
    _Atomic int64_t retry; /* no trial before */
    bool trial, probe;
    int64_t retry_gap, period, until;
    Window win;           /* since the change of state */
    double with, without; /* dispatches a ns when eager, when holding back */
    Window look;          /* since the last look */
    bool low;             /* fewer than half of what they were, at the last look */
    uint32_t pops;        /* from the global queue, at the last look */
    bool queued;          /* something was in it */
} ours = {.retry_gap = RETRY_MIN, .period = PERIOD_MIN};

static uint32_t dispatches(void)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < rt_gomaxprocs; i++)
        n += rt_allp[i]->allticks;
    return n;
}

static Window window(int64_t now)
{
    return (Window){now, dispatches()};
}

static double rate(Window w, int64_t now)
{
    return now > w.from ? (double)(dispatches() - w.count) / (double)(now - w.from) : 0;
}

static void go_eager(int64_t retry)
{
    ours.win.from = 0;
    atomic_store(&ours.retry, retry);
    atomic_store(&ours.back, false);
}

/* Are there goroutines in a queue that was not empty a nap ago and from which nobody took? */
static bool somebody_waits(bool first)
{
    bool waits = false;
    for (uint32_t i = 0; i < rt_gomaxprocs; i++) {
        RtP *p = rt_allp[i];
        uint32_t h = atomic_load_explicit(&p->head, memory_order_acquire);
        bool queued = h != atomic_load_explicit(&p->tail, memory_order_acquire);
        if (queued && p->seen.queued && p->seen.head == h) {
            /* perhaps behind two that take turns in the slot for the next */
            if (p->seen.asked || first)
                waits = true;
            else
                atomic_fetch_or_explicit(&p->preempt, RT_PREEMPT_FLUSH, memory_order_relaxed);
            p->seen.asked = true;
        } else {
            p->seen.asked = false;
        }
        p->seen.head = h;
        p->seen.queued = queued;
    }
    uint32_t pops = atomic_load_explicit(&rt_sched.qpops, memory_order_relaxed);
    bool queued = atomic_load_explicit(&rt_sched.qsize, memory_order_relaxed) != 0;
    waits |= queued && ours.queued && ours.pops == pops;
    ours.pops = pops;
    ours.queued = queued;
    return waits && !first;
}

static void go_back(int64_t now, int64_t duration)
{
    ours.win = ours.look = window(now);
    ours.until = now + duration;
    ours.low = false;
    somebody_waits(true);
    atomic_store(&ours.back, true);
}

/* EAGER, and the caller is about to look for work: is a measurement due, and what does it say?
 * → hold back */
static bool measure(int64_t now)
{
    if (!ours.win.from || now - ours.win.from > STALE) {
        ours.win = window(now);
        return false;
    }
    if (now - ours.win.from < WINDOW)
        return false;
    ours.with = rate(ours.win, now);
    if (ours.probe) {
        ours.probe = false;
        if (ours.with <= ours.without * WORTH) {
            ours.period = ours.period * 2 < PERIOD_MAX ? ours.period * 2 : PERIOD_MAX;
            go_back(now, ours.period);
            return true;
        }
    } else if (ours.with * SHORT >= 1 && !atomic_load(&rt_poll_waiters)) {
        ours.trial = true;
        go_back(now, WINDOW);
        return true;
    }
    ours.period = PERIOD_MIN;
    ours.retry_gap = ours.retry_gap / 2 > RETRY_MIN ? ours.retry_gap / 2 : RETRY_MIN;
    go_eager(now + ours.retry_gap);
    return false;
}

/* Holding back was for nothing. */
static void try_later(int64_t now)
{
    ours.trial = false;
    ours.retry_gap = ours.retry_gap * 2 < RETRY_MAX ? ours.retry_gap * 2 : RETRY_MAX;
    go_eager(now + ours.retry_gap);
}

/* Holding back, the lookout has woken: is it to go on? */
static bool go_on(int64_t now)
{
    double nap = rate(ours.look, now);
    double least = (ours.trial ? ours.with : ours.without) / 2;
    ours.look = window(now);
    bool low = nap < least, fallen = nap < least / 4 || (low && ours.low);
    ours.low = low;
    if (somebody_waits(false) || fallen || atomic_load(&rt_poll_waiters)) {
        if (ours.trial || now - ours.win.from < PERIOD_MIN / 2)
            try_later(now);
        else
            go_eager(now + RETRY_MIN);
        return false;
    }
    if (now < ours.until)
        return true;
    ours.without = rate(ours.win, now);
    if (ours.trial) {
        ours.trial = false;
        if (ours.with > ours.without * WORTH) {
            try_later(now);
            return false;
        }
        ours.retry_gap = RETRY_MIN;
        ours.period = PERIOD_MIN;
        ours.until = now + ours.period;
        ours.win = ours.look;
        return true;
    }
    ours.probe = true;
    go_eager(now);
    return false;
}

bool rt_holding_back(void)
{
    return atomic_load_explicit(&ours.back, memory_order_relaxed);
}

bool rt_hold_back_begin(void)
{
    if (rt_gomaxprocs == 1 || rt_chaos || rt_holding_back() ||
        atomic_load_explicit(&rt_sched.npidle, memory_order_relaxed) + 1 >= rt_gomaxprocs)
        return false;
    int64_t now = rt_nanotime();
    if (now < atomic_load_explicit(&ours.retry, memory_order_relaxed))
        return false;
    if (atomic_exchange(&ours.busy, 1))
        return false;
    bool back = !rt_holding_back() && measure(now);
    atomic_store_explicit(&ours.busy, 0, memory_order_release);
    return back;
}

bool rt_lookout_begin(void)
{
    return !atomic_exchange(&ours.lookout, true);
}

void rt_lookout_end(void)
{
    atomic_store(&ours.lookout, false);
}

bool rt_lookout(void)
{
    return atomic_load(&ours.lookout);
}

void rt_lookout_nap(void)
{
    struct timespec ts = {0, NAP};
    if (!rt_slab_ahead())
        nanosleep(&ts, NULL);
}

bool rt_lookout_goes_on(void)
{
    if (atomic_exchange(&ours.busy, 1))
        return true;
    int64_t now = rt_nanotime();
    bool on = atomic_load(&ours.back) && go_on(now) && rt_timers_next_all() > now;
    atomic_store_explicit(&ours.busy, 0, memory_order_release);
    return on;
}
