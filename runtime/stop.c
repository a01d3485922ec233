/* SPDX-License-Identifier: MIT
 *
 * Stopping the world: each P stops at a safepoint of its thread's, or is stopped where that is in
 * a system call, away (rt_away_begin) or idle.  Who stops it asks all (rt_gcwaiting), counts those
 * that have (rt_sched.stopwait) and hurries those that are late.
 */
#include <linux/futex.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/schedimpl.h"

static RtMutex world;
_Atomic uint32_t rt_stopping;
RtMutex rt_affinity;
static _Atomic uint32_t way; /* a futex: whether threads without a P are to wait, and some do */
enum { WAY = 1, WAY_MADE };

uint32_t rt_away_status(const RtM *m)
{
    return RT_P_AWAY | (uint32_t)m->id << 8;
}

/* With sched.lock, the world being about to stop: p stops if its status is st. */
static bool stop_from(RtP *p, uint32_t st)
{
    if (!atomic_compare_exchange_strong(&p->status, &st, RT_P_STOPPED))
        return false;
    p->goes_on_as = (st & 0xff) == RT_P_AWAY ? st : RT_P_RUNNING;
    return true;
}

void rt_stop_as(RtP *p, uint32_t st)
{
    rt_lock(&rt_sched.lock);
    if (atomic_load(&rt_gcwaiting) && stop_from(p, st) && --rt_sched.stopwait == 0)
        rt_note_wake(&rt_sched.stopnote);
    rt_unlock(&rt_sched.lock);
}

bool rt_stopped_at_once(RtP *p)
{
    if (!atomic_load(&rt_gcwaiting))
        return false;
    atomic_store(&p->status, RT_P_STOPPED);
    if (--rt_sched.stopwait == 0)
        rt_note_wake(&rt_sched.stopnote);
    return true;
}

/* ---- the threads' side ---------------------------------------------------------------------- */

/* What rt_g_forget_calls does, for a thread that stops: what C functions left on its system stack,
 * and in vector registers, of which no call preserves any. */
static __attribute__((noinline)) void forget_calls(void)
{
    char dead[4096];
    memset(dead, 0, sizeof dead);
    __asm__ volatile("" ::"r"(dead) : "memory");
    rt_clear_vectors();
}

/* Until rt_start_world has set p running again or taken it away.  The next stop may begin
 * before we have seen that; then the futex's value is as before, and a signal does not end
 * the wait (SA_RESTART), so it is looked at again after a while. */
static void wait_started(RtM *m, RtP *p)
{
    const struct timespec again = {0, 500000};
    while (__atomic_load_n(&m->p, __ATOMIC_ACQUIRE) == p && atomic_load(&p->status) == RT_P_STOPPED)
        syscall(SYS_futex, &rt_gcwaiting, FUTEX_WAIT_PRIVATE, 1, &again, NULL, 0);
}

/* GOMAXPROCS went down: this thread has no P any more, and waits for another. */
static void replace_p(RtM *m)
{
    if (m->g) {
        m->oldp = NULL;
        rt_exitsyscall();
        return;
    }
    rt_lock(&rt_sched.lock);
    rt_midle_put(m);
    rt_unlock(&rt_sched.lock);
    rt_wait_for_p(m);
}

void rt_stop_here(void)
{
    RtM *m = rt_m;
    RtP *p = m->p;
    rt_lock(&rt_sched.lock);
    if (!atomic_load(&rt_gcwaiting)) {
        rt_unlock(&rt_sched.lock);
        return;
    }
    if (m->spinning) {
        m->spinning = false;
        atomic_fetch_sub(&rt_sched.nmspinning, 1);
    }
    atomic_store(&p->preempt, 0);
    atomic_store(&p->status, RT_P_STOPPED);
    if (--rt_sched.stopwait == 0)
        rt_note_wake(&rt_sched.stopnote);
    rt_unlock(&rt_sched.lock);
    forget_calls();
    wait_started(m, p);
    if (!m->p)
        replace_p(m);
}

__attribute__((noinline)) void rt_safepoint(void)
{
    if (rt_likely(!atomic_load_explicit(&rt_gcwaiting, memory_order_relaxed)))
        return;
    RtM *m = rt_m;
    rt_save_roots(m);
    rt_stop_here();
    m->stopped_sp = 0;
}

void rt_away_saved(RtM *m)
{
    RtP *p = m->p;
    forget_calls();
    atomic_store(&p->status, rt_away_status(m));
    if (rt_unlikely(atomic_load(&rt_gcwaiting)))
        rt_stop_as(p, rt_away_status(m));
}

/* If p has stopped, it is away again as soon as the world goes on. */
bool rt_come_back(RtM *m, RtP *p)
{
    for (;;) {
        uint32_t st = rt_away_status(m);
        if (atomic_compare_exchange_strong(&p->status, &st, RT_P_RUNNING))
            return true;
        wait_started(m, p);
        if (__atomic_load_n(&m->p, __ATOMIC_ACQUIRE) != p)
            return false;
    }
}

void rt_away_end(RtP *p)
{
    if (!p)
        return;
    RtM *m = rt_m;
    if (!rt_come_back(m, p))
        replace_p(m);
    m->stopped_sp = 0;
}

/* ---- who stops it -------------------------------------------------------------------------- */

/* With sched.lock: stops those whose threads are where the world need not wait for them. */
static void stop_now(void)
{
    for (uint32_t i = 0; i < rt_gomaxprocs; i++) {
        RtP *p = rt_allp[i];
        uint32_t st = atomic_load(&p->status);
        if ((st == RT_P_SYSCALL || (st & 0xff) == RT_P_AWAY) && stop_from(p, st)) {
            p->syscalltick++;
            rt_sched.stopwait--;
        }
    }
}

void rt_make_way(void)
{
    const struct timespec most = {0, 1000000};
    uint32_t was = WAY;
    if (rt_likely(!atomic_load_explicit(&way, memory_order_relaxed)))
        return;
    if (atomic_compare_exchange_strong(&way, &was, WAY_MADE) || was == WAY_MADE)
        syscall(SYS_futex, &way, FUTEX_WAIT_PRIVATE, WAY_MADE, &most, NULL, 0);
}

void rt_make_no_way(void)
{
    if (atomic_exchange(&way, 0) == WAY_MADE)
        syscall(SYS_futex, &way, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

/* The thread is waited for by all others, and may stand behind something on its processor that the
 * kernel does not preempt, for milliseconds, while ours has nothing to do.  It comes here. */
static void fetch_thread(int tid)
{
    int cpu = sched_getcpu();
    cpu_set_t may, here;
    if (cpu < 0 || cpu >= CPU_SETSIZE || !rt_trylock(&rt_affinity))
        return;
    if (sched_getaffinity(tid, sizeof may, &may) == 0 && CPU_ISSET(cpu, &may)) {
        CPU_ZERO(&here);
        CPU_SET(cpu, &here);
        if (sched_setaffinity(tid, sizeof here, &here) == 0)
            sched_setaffinity(tid, sizeof may, &may);
    }
    rt_unlock(&rt_affinity);
}

/* The stop in progress, for the monitor: since when (0: none) and whose. */
static struct {
    _Atomic int64_t since;
    _Atomic int tid;
} stop;
enum { LATE = 200000 /* ns */ };

/* Of those that have not stopped in time: stops what has begun to be away or in a system call, but
 * not come to say so, and hurries the others.  → whether all have stopped */
static bool hurry(bool late)
{
    bool fetched = !late;
    if (late) {
        rt_lock(&rt_sched.lock);
        stop_now();
        bool all = rt_sched.stopwait == 0;
        rt_unlock(&rt_sched.lock);
        if (all)
            return true;
    }
    for (uint32_t i = 0; i < rt_gomaxprocs; i++)
        if (atomic_load(&rt_allp[i]->status) == RT_P_RUNNING) {
            rt_trip(rt_allp[i], RT_PREEMPT_YIELD);
            RtM *m = __atomic_load_n(&rt_allp[i]->m, __ATOMIC_ACQUIRE);
            if (!fetched && m)
                fetch_thread(m->tid);
            fetched = true;
        }
    return false;
}

__attribute__((noinline)) int64_t rt_stop_world(const char *reason)
{
    (void)reason;
    RtM *m = rt_m;
    while (!rt_trylock(&world)) {
        rt_safepoint();
        __builtin_ia32_pause();
    }
    rt_save_roots(m);
    rt_lock(&rt_sched.lock);
    int64_t since = rt_nanotime();
    atomic_store_explicit(&stop.tid, m->tid, memory_order_relaxed);
    atomic_store_explicit(&stop.since, since, memory_order_release);
    rt_sched.stopwait = rt_gomaxprocs;
    rt_note_clear(&rt_sched.stopnote);
    atomic_store(&rt_gcwaiting, 1);
    atomic_store(&rt_stopping, 1);
    atomic_store(&way, WAY);
    atomic_store(&m->p->status, RT_P_STOPPED);
    rt_sched.stopwait--;
    stop_now();
    for (RtP *p; (p = rt_pidle_get());) {
        atomic_store(&p->status, RT_P_STOPPED);
        rt_sched.stopwait--;
    }
    bool wait = rt_sched.stopwait > 0;
    rt_unlock(&rt_sched.lock);
    forget_calls();
    for (bool late = false; wait; late = true)
        wait = !hurry(late) && !rt_note_sleep(&rt_sched.stopnote, LATE);
    atomic_store(&rt_stopping, 0);
    return since;
}

/* procs: the new GOMAXPROCS, or 0 */
static void start_world(uint32_t procs)
{
    RtM *m = rt_m;
    RtP *work = NULL;
    rt_lock(&rt_sched.lock);
    if (procs && procs < rt_gomaxprocs) {
        for (uint32_t i = procs; i < rt_gomaxprocs; i++) {
            RtP *p = rt_allp[i];
            rt_runq_drain(p);
            rt_timers_move(p, rt_allp[0]);
            rt_allp[0]->gcount += p->gcount;
            p->gcount = 0;
        }
        /* a P that goes away under the caller is exchanged for the first; the threads that
         * stopped with one that goes away are left without */
        if (m->p->id >= procs) {
            m->p->m = rt_allp[0]->m;
            rt_allp[0]->m = m;
            m->p = rt_allp[0];
        }
        for (uint32_t i = procs; i < rt_gomaxprocs; i++) {
            RtP *p = rt_allp[i];
            if (p->m)
                __atomic_store_n(&p->m->p, NULL, __ATOMIC_RELEASE);
            p->m = NULL;
        }
    }
    if (procs > rt_gomaxprocs)
        for (uint32_t i = rt_gomaxprocs; i < procs; i++)
            if (!rt_allp[i])
                rt_allp[i] = rt_new_p(i);
    uint32_t old = rt_gomaxprocs;
    if (procs)
        rt_gomaxprocs = procs;
    for (uint32_t i = rt_gomaxprocs; i < old; i++)
        atomic_store(&rt_allp[i]->status, RT_P_DEAD);
    for (uint32_t i = rt_gomaxprocs; i-- > 0;) {
        RtP *p = rt_allp[i];
        if (p->m) { /* stopped with its thread, which goes on with it */
            atomic_store(&p->status,
                         p->goes_on_as == rt_away_status(p->m) ? p->goes_on_as : RT_P_RUNNING);
            p->goes_on_as = RT_P_RUNNING;
            continue;
        }
        p->goes_on_as = RT_P_RUNNING;
        atomic_store(&p->status, RT_P_IDLE);
        if (rt_runq_empty(p)) {
            rt_pidle_put(p);
        } else {
            p->link = work;
            work = p;
        }
    }
    m->stopped_sp = 0;
    atomic_store(&stop.since, 0);
    atomic_store(&rt_gcwaiting, 0);
    if (rt_sched.sysmonwait) {
        rt_sched.sysmonwait = false;
        rt_note_wake(&rt_sched.sysmonnote);
    }
    rt_unlock(&rt_sched.lock);
    syscall(SYS_futex, &rt_gcwaiting, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
    rt_make_no_way();
    while (work) {
        RtP *p = work;
        work = p->link;
        rt_start_m(p, false);
    }
    rt_unlock(&world);
    rt_wake_p();
}

void rt_start_world(void)
{
    start_world(0);
}

/* Stops what runs, as far as it lets itself be stopped soon, and nothing starts again: before
 * a report of a live program.  Of a thread without a P. */
void rt_freeze_world(void)
{
    rt_lock(&rt_sched.lock);
    rt_sched.stopwait = INT32_MAX;
    atomic_store(&rt_gcwaiting, 1);
    rt_unlock(&rt_sched.lock);
    for (int ms = 0; ms < 1000; ms++) { /* a busy machine may run a thread rarely */
        bool running = false;
        rt_lock(&rt_sched.lock);
        stop_now();
        rt_unlock(&rt_sched.lock);
        for (uint32_t i = 0; i < rt_gomaxprocs; i++) {
            if (atomic_load(&rt_allp[i]->status) != RT_P_RUNNING)
                continue;
            running = true;
            rt_trip(rt_allp[i], RT_PREEMPT_YIELD);
        }
        if (!running)
            return;
        struct timespec ts = {0, 1000000};
        nanosleep(&ts, NULL);
    }
}

/* runtime.GOMAXPROCS(n), n > 0 */
void rt_set_gomaxprocs(uint32_t n)
{
    if (n > RT_MAXPROCS)
        n = RT_MAXPROCS;
    if (n == rt_gomaxprocs)
        return;
    rt_stop_world("GOMAXPROCS");
    start_world(n);
}

void rt_m_scan(RtScanFn *fn, void *arg)
{
    for (RtM *m = __atomic_load_n(&rt_sched.allm, __ATOMIC_ACQUIRE); m; m = m->alllink) {
        uint64_t sp = m->stopped_sp;
        if (sp && m->sysrsp) {
            fn(arg, (void *)(sp & ~(uint64_t)7), m->sysrsp);
            fn(arg, m->saved, m->saved + 6);
            fn(arg, m->sysargs, m->sysargs + 6);
        }
    }
}

/* Who has the world stopped may have lost its processor itself. */
void rt_watch_stop(int64_t now)
{
    static int64_t fetched;
    int64_t since = atomic_load_explicit(&stop.since, memory_order_acquire);
    if (since && since != fetched && now - since > LATE) {
        fetched = since;
        fetch_thread(atomic_load_explicit(&stop.tid, memory_order_relaxed));
    }
}
