/* SPDX-License-Identifier: MIT
 *
 * The monitor: a thread without a P that looks after the others.  It preempts goroutines that have
 * run for a slice, takes Ps from long system calls, looks at timers and files that nobody has looked
 * at for a while, and hurries who has the world stopped.
 */
#include <errno.h>
#include <time.h>

#include "runtime/schedimpl.h"
#include "runtime/signal.h"

static RT_NORETURN void no_thread(int e)
{
    rt_eprintf("runtime: failed to create new OS thread (have %d already; errno=%d)\n", rt_sched.nm,
               e);
    if (e == EAGAIN)
        rt_eprintf("runtime: may need to increase max user processes (ulimit -u)\n");
    rt_throw("newosproc");
}

/* One P's turn: preempts what has run for a slice, takes it from a long system call, makes
 * it share a goroutine that waits in its next slot.  → something was done */
static bool watch(RtP *p, int64_t now)
{
    uint32_t st = atomic_load(&p->status);
    /* STOPPED: a goroutine that stops the world time and again is to give way too. */
    if (st == RT_P_RUNNING || (st == RT_P_STOPPED && p->m)) {
        uint32_t tick = p->schedtick, all = p->allticks;
        RtGoroutine *next = p->next;
        bool did = false;
        if (p->mon.schedtick != tick) {
            p->mon.schedtick = tick;
            p->mon.when = now;
        } else if (now - p->mon.when >= RT_SLICE) {
            /* It may be in C code for long, or alone in a loop of short calls: ask again
             * only after a millisecond. */
            rt_trip(p, RT_PREEMPT_YIELD);
            p->mon.when = now - RT_SLICE + 1000000;
        }
        if (!next || p->mon.allticks != all || p->mon.next != next) {
            p->mon.allticks = all;
            p->mon.next = next;
            p->mon.nextwhen = now;
        } else if (atomic_load(&rt_sched.npidle) && now - p->mon.nextwhen > 30000) {
            rt_trip(p, RT_PREEMPT_FLUSH);
            did = true;
        }
        if (atomic_load(&p->timers.first) <= now) {
            rt_trip(p, RT_PREEMPT_TIMER);
            did = true;
        }
        return did;
    }
    if (st == RT_P_SYSCALL) {
        uint32_t tick = p->syscalltick;
        if (p->mon.syscalltick != tick) {
            p->mon.syscalltick = tick;
            p->mon.syswhen = now;
            return false;
        }
        if (rt_runq_empty(p) && atomic_load(&rt_sched.qsize) == 0 &&
            atomic_load(&rt_sched.nmspinning) + atomic_load(&rt_sched.npidle) > 0 &&
            now - p->mon.syswhen < RT_SLICE)
            return false;
        return rt_retake_p(p);
    }
    return false;
}

static bool all_idle(void)
{
    return atomic_load(&rt_sched.npidle) == rt_gomaxprocs && !atomic_load(&rt_sched.qsize) &&
           !rt_sched.nothread;
}

/* Work, and no thread that runs any: one could not be created when it was due.  Tries again;
 * after a second that the threads there are have spent in system calls, it is an error. */
static void retry_thread(int64_t now)
{
    static int64_t since;
    if (!rt_sched.nothread || !atomic_load(&rt_sched.qsize) ||
        atomic_load(&rt_sched.npidle) != rt_gomaxprocs) {
        since = 0;
        return;
    }
    if (!since)
        since = now;
    if (now - since > 1000000000)
        no_thread(EAGAIN);
    rt_start_m(NULL, false);
}

static void *sysmon(void *arg)
{
    (void)arg;
    int64_t delay = 20000;
    int64_t trace_every = rt_debug_option("schedtrace", 0) * 1000000;
    int64_t trace_next = rt_nanotime() + trace_every;
    uint32_t quiet = 0;
    static RtM monitor; /* gives rt_m something to compare with and to draw numbers from */
    rt_m = &monitor;
    monitor.rng = 0x1234567;
    for (;;) {
        /* Nothing to watch while all Ps are idle, unless a thread is missing: then it may be that
         * nobody waits for timers and files. */
        if (!trace_every && all_idle()) {
            rt_lock(&rt_sched.lock);
            if (all_idle()) {
                rt_sched.sysmonwait = true;
                rt_note_clear(&rt_sched.sysmonnote);
                rt_unlock(&rt_sched.lock);
                rt_note_sleep(&rt_sched.sysmonnote, -1);
                delay = 20000;
                quiet = 0;
            } else {
                rt_unlock(&rt_sched.lock);
            }
        }
        struct timespec ts = {0, delay};
        nanosleep(&ts, NULL);
        int64_t now = rt_nanotime();
        rt_coarse_ms = (uint32_t)((now - rt_sched.starttime) / 1000000);
        if (rt_quit_requested)
            rt_report_quit(rt_quit_requested);
        bool did = false;
        for (uint32_t i = 0; i < rt_gomaxprocs; i++)
            did |= watch(rt_allp[i], now);
        rt_watch_stop(now);
        /* a poller that nobody has looked at for a while */
        int64_t last = atomic_load(&rt_sched.lastpoll);
        if (atomic_load(&rt_poll_waiters) && last && now - last > RT_SLICE) {
            atomic_compare_exchange_strong(&rt_sched.lastpoll, &last, now);
            RtGoroutine *list = rt_poll(0);
            if (list) {
                rt_globq_put_list(list);
                did = true;
            }
        }
        int64_t due = rt_timers_next_all();
        if (due <= now && atomic_load(&rt_sched.npidle)) {
            rt_wake_p();
        }
        retry_thread(now);
        if (trace_every && now >= trace_next) {
            rt_schedtrace(now);
            trace_next += trace_every;
        }
        if (rt_chaos) {
            uint32_t i = rt_fastrandn(rt_gomaxprocs);
            if (atomic_load(&rt_allp[i]->status) == RT_P_RUNNING)
                rt_trip(rt_allp[i], RT_PREEMPT_YIELD);
            delay = 50000;
            continue;
        }
        if (did) {
            quiet = 0;
            delay = 20000;
        } else if (++quiet > 20 && delay < 10000000) {
            delay *= 2;
        }
        int64_t cap = atomic_load(&rt_sched.npidle) ? 1000000 : 5000000;
        if (due - now < cap && due > now)
            cap = due - now > 50000 ? due - now : 50000;
        if (delay > cap)
            delay = cap;
    }
    return NULL;
}

void rt_sysmon_start(void)
{
    int e = rt_thread_start(sysmon, NULL);
    if (e)
        no_thread(e);
}
