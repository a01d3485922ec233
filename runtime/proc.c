/* SPDX-License-Identifier: MIT
 *
 * Threads (M) and processors (P): starting them, passing Ps on, system calls, detecting
 * deadlock.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/schedimpl.h"
#include "runtime/signal.h"

#define SYSTEM_STACK (256u << 10)

/* ---- Ps ------------------------------------------------------------------------------------- */

void rt_acquire_p(RtP *p)
{
    RtM *m = rt_m;
    m->p = p;
    p->m = m;
    atomic_store_explicit(&p->status, RT_P_RUNNING, memory_order_release);
}

RtP *rt_release_p(void)
{
    RtP *p = rt_m->p;
    rt_m->p = NULL;
    p->m = NULL;
    atomic_store_explicit(&p->status, RT_P_IDLE, memory_order_release);
    return p;
}

void rt_pidle_put(RtP *p)
{
    p->link = rt_sched.pidle;
    rt_sched.pidle = p;
    atomic_fetch_add(&rt_sched.npidle, 1);
}

RtP *rt_pidle_get(void)
{
    RtP *p = rt_sched.pidle;
    if (p) {
        rt_sched.pidle = p->link;
        atomic_fetch_sub(&rt_sched.npidle, 1);
        if (rt_unlikely(rt_sched.sysmonwait)) {
            rt_sched.sysmonwait = false;
            rt_note_wake(&rt_sched.sysmonnote);
        }
    }
    return p;
}

RtP *rt_new_p(uint32_t id)
{
    RtP *p = mmap(NULL, (sizeof(RtP) + 4095) & ~(size_t)4095, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        rt_throw("out of memory (processors)");
    p->id = id;
    p->mcache = &rt_mcache_none;
    atomic_store(&p->timers.first, INT64_MAX);
    return p;
}

void rt_ps_init(uint32_t n)
{
    rt_allp = calloc(RT_MAXPROCS + 1, sizeof *rt_allp);
    for (uint32_t i = 0; i < n; i++)
        rt_allp[i] = rt_new_p(i);
    rt_gomaxprocs = n;
    for (uint32_t i = n; i-- > 1;)
        rt_pidle_put(rt_allp[i]);
}

/* ---- Ms ------------------------------------------------------------------------------------- */

void rt_init_m(RtM *m)
{
    rt_m = m;
    m->limit_word = rt_limit_address();
    atomic_store(m->limit_word, 0);
    m->tid = (int)syscall(SYS_gettid);
    m->thread = (uint64_t)pthread_self();
    m->spare_ctx = rt_ctx_get();
    rt_signals_init_m(m);
}

RtM *rt_new_m(RtP *p, bool spinning)
{
    RtM *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED)
        return NULL;
    m->nextp = p;
    m->spinning = spinning;
    rt_lock(&rt_sched.lock);
    m->id = rt_sched.nm++;
    m->alllink = rt_sched.allm;
    m->rng = (((uint64_t)rt_nanotime() * 0x9e3779b97f4a7c15ull) ^ ((m->id + 1) << 32)) | 1;
    if (rt_chaos)
        m->rng = (uint64_t)rt_chaos * 0x9e3779b97f4a7c15ull + m->id + 1;
    __atomic_store_n(&rt_sched.allm, m, __ATOMIC_RELEASE);
    rt_unlock(&rt_sched.lock);
    return m;
}

static void m_schedule(void)
{
    RtM *m = rt_m;
    m->sysrsp = rt_sysrsp;
    RtP *p = m->nextp;
    m->nextp = NULL;
    rt_acquire_p(p);
    rt_schedule();
}

static void *m_main(void *arg)
{
    rt_init_m(arg);
    rt_enter_sysstack(m_schedule);
}

/* GOLDEBUG=failclone=N, for tests: N threads can be created, the monitor among them. */
bool rt_clone_fails(void)
{
    static _Atomic int64_t created;
    static int64_t most;
    if (!most)
        most = rt_debug_option("failclone", INT64_MAX - 1) + 1;
    return atomic_fetch_add(&created, 1) + 1 >= most;
}

int rt_thread_start(void *(*fn)(void *), void *arg)
{
    pthread_attr_t attr;
    pthread_t t;
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 128 << 10);
    rt_lock(&rt_affinity);
    int e = rt_clone_fails() ? EAGAIN : pthread_create(&t, &attr, fn, arg);
    rt_unlock(&rt_affinity);
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return e;
}

/* Runs m on a new thread.  All signals but the synchronous ones and ours stay open: any
 * thread may take them. */
static bool m_thread(RtM *m)
{
    if (rt_clone_fails())
        return false;
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, SYSTEM_STACK);
    rt_lock(&rt_affinity);
    int e = pthread_create(&t, &attr, m_main, m);
    rt_unlock(&rt_affinity);
    pthread_attr_destroy(&attr);
    return e == 0;
}

void rt_midle_put(RtM *m)
{
    m->schedlink = rt_sched.midle;
    rt_sched.midle = m;
    rt_sched.nmidle++;
}

static RtM *midle_get(void)
{
    RtM *m = rt_sched.midle;
    if (m) {
        rt_sched.midle = m->schedlink;
        rt_sched.nmidle--;
    }
    return m;
}

/* p for which no thread could be had.  A thread that has gone idle meanwhile takes it, or one
 * that waits for its own goroutine; else the work waits in the global queue, for nobody steals
 * from an idle P, until a thread comes by or the monitor sends one. */
static void without_thread(RtP *p, RtM *m, bool spinning)
{
    rt_lock(&rt_sched.lock);
    rt_sched.nothread = true;
    if (m) {
        m->schedlink = rt_sched.mspare;
        rt_sched.mspare = m;
        rt_sched.nmidlelocked++; /* not counted as running */
    }
    RtM *to = midle_get();
    bool idle = to;
    if (idle) {
        to->spinning = spinning;
        spinning = false;
    } else {
        rt_runq_drain(p);
        to = rt_globq_take_locked();
        if (to)
            rt_sched.nmidlelocked--;
        else if (!rt_stopped_at_once(p))
            rt_pidle_put(p);
    }
    rt_unlock(&rt_sched.lock);
    if (spinning)
        atomic_fetch_sub(&rt_sched.nmspinning, 1);
    if (idle)
        rt_give_p(to, p);
    else if (to)
        rt_give_p_to_locked(to, p);
}

/* Starts a thread on p, or on an idle P if p is NULL (then does nothing if there is none).
 * spinning: the caller has counted it in nmspinning.  If no thread can be had, p stays idle
 * and its work waits for the threads that there are. */
void rt_start_m(RtP *p, bool spinning)
{
    rt_lock(&rt_sched.lock);
    if (!p && !(p = rt_pidle_get())) {
        rt_unlock(&rt_sched.lock);
        if (spinning)
            atomic_fetch_sub(&rt_sched.nmspinning, 1);
        return;
    }
    RtM *m = midle_get();
    if (m) {
        rt_unlock(&rt_sched.lock);
        m->spinning = spinning;
        rt_give_p(m, p);
        return;
    }
    m = rt_sched.mspare;
    if (m) {
        rt_sched.mspare = m->schedlink;
        rt_sched.nmidlelocked--;
        m->nextp = p;
        m->spinning = spinning;
    }
    rt_unlock(&rt_sched.lock);
    if (!m)
        m = rt_new_m(p, spinning);
    if (m && m_thread(m))
        rt_sched.nothread = false;
    else
        without_thread(p, m, spinning);
}

void rt_wake_p(void)
{
    uint32_t zero = 0;
    if (atomic_load(&rt_sched.npidle) == 0 ||
        !atomic_compare_exchange_strong(&rt_sched.nmspinning, &zero, 1))
        return;
    rt_start_m(NULL, true);
}

/* p has lost its thread to a system call or a lock: starts another if there is work. */
void rt_handoff_p(RtP *p)
{
    if (!rt_runq_empty(p) || atomic_load(&rt_sched.qsize) ||
        atomic_load(&p->timers.first) <= rt_nanotime()) {
        rt_start_m(p, false);
        return;
    }
    uint32_t zero = 0;
    if (atomic_load(&rt_sched.nmspinning) + atomic_load(&rt_sched.npidle) == 0 &&
        atomic_compare_exchange_strong(&rt_sched.nmspinning, &zero, 1)) {
        rt_start_m(p, true);
        return;
    }
    rt_lock(&rt_sched.lock);
    if (rt_stopped_at_once(p)) {
        rt_unlock(&rt_sched.lock);
        return;
    }
    if (atomic_load(&rt_sched.qsize)) {
        rt_unlock(&rt_sched.lock);
        rt_start_m(p, false);
        return;
    }
    /* the last P to go idle while no thread is in the poller: somebody must watch it */
    bool watch = atomic_load(&rt_sched.npidle) == rt_gomaxprocs - 1 &&
                 atomic_load(&rt_sched.lastpoll) != 0 &&
                 (atomic_load(&rt_poll_waiters) || rt_timers_any());
    if (!watch) {
        rt_pidle_put(p);
        rt_unlock(&rt_sched.lock);
        int64_t when = atomic_load(&p->timers.first);
        if (when != INT64_MAX && rt_poll_inited)
            rt_poll_break();
        return;
    }
    rt_unlock(&rt_sched.lock);
    rt_start_m(p, false);
}

void rt_give_p(RtM *m, RtP *p)
{
    __atomic_store_n(&m->p, p, __ATOMIC_RELEASE);
    p->m = m;
    atomic_store(&p->status, rt_away_status(m));
    if (rt_unlikely(atomic_load(&rt_gcwaiting)))
        rt_stop_as(p, rt_away_status(m));
    rt_note_wake(&m->park);
}

void rt_give_p_to_locked(RtM *m, RtP *p)
{
    m->nextp = p;
    rt_note_wake(&m->park);
}

void rt_wait_for_p(RtM *m)
{
    for (;;) {
        rt_note_sleep(&m->park, -1);
        rt_note_clear(&m->park);
        RtP *p = m->nextp;
        if (p) {
            m->nextp = NULL;
            rt_acquire_p(p);
            return;
        }
        p = __atomic_load_n(&m->p, __ATOMIC_ACQUIRE);
        if (p && rt_come_back(m, p))
            return;
        /* GOMAXPROCS went down before we came to run. */
        bool spinning = m->spinning;
        m->spinning = false;
        rt_lock(&rt_sched.lock);
        rt_midle_put(m);
        rt_unlock(&rt_sched.lock);
        if (spinning)
            atomic_fetch_sub(&rt_sched.nmspinning, 1);
        rt_wake_p();
    }
}

/* Called with sched.lock when a thread goes idle: is there anybody left who could run? */
void rt_check_dead(void)
{
    int64_t run = (int64_t)rt_sched.nm - rt_sched.nmidle - rt_sched.nmidlelocked;
    if (run > 0 || !atomic_load(&rt_sched.started))
        return;
    if (atomic_load(&rt_sched.qsize) || rt_timers_any() || atomic_load(&rt_poll_waiters))
        return;
    for (uint32_t i = 0; i < rt_gomaxprocs; i++)
        if (!rt_runq_empty(rt_allp[i]))
            return;
    rt_unlock(&rt_sched.lock);
    rt_fatal_deadlock(rt_g_count() == 0 ? "no goroutines (main called runtime.Goexit) - deadlock!"
                                        : "all goroutines are asleep - deadlock!");
}

void rt_entersyscall_saved(RtM *m)
{
    RtP *p = m->p;
    atomic_store_explicit(&rt_self()->status, RT_G_SYSCALL, memory_order_relaxed);
    m->oldp = p;
    m->p = NULL;
    p->m = NULL;
    p->syscalltick++;
    atomic_store_explicit(&p->status, RT_P_SYSCALL, memory_order_release);
    if (rt_unlikely(rt_sched.sysmonwait)) {
        rt_lock(&rt_sched.lock);
        if (rt_sched.sysmonwait) {
            rt_sched.sysmonwait = false;
            rt_note_wake(&rt_sched.sysmonnote);
        }
        rt_unlock(&rt_sched.lock);
    }
    if (rt_unlikely(atomic_load(&rt_gcwaiting)))
        rt_stop_as(p, RT_P_SYSCALL);
}

/* → true if the thread has a P again */
static bool exit_fast(RtM *m)
{
    RtP *p = m->oldp;
    uint32_t st = RT_P_SYSCALL;
    if (rt_likely(p && atomic_load_explicit(&p->status, memory_order_relaxed) == RT_P_SYSCALL &&
                  atomic_compare_exchange_strong(&p->status, &st, RT_P_RUNNING))) {
        m->p = p;
        p->m = m;
        p->syscalltick++;
        return true;
    }
    if (atomic_load(&rt_sched.npidle) == 0 || atomic_load(&rt_gcwaiting))
        return false;
    rt_lock(&rt_sched.lock);
    p = atomic_load(&rt_gcwaiting) ? NULL : rt_pidle_get();
    rt_unlock(&rt_sched.lock);
    if (!p)
        return false;
    rt_acquire_p(p);
    return true;
}

static void exit_done(RtM *m)
{
    if (rt_unlikely(atomic_load_explicit(&m->g->scan, memory_order_acquire) != rt_scan_gen))
        rt_gc_scan_goroutine(m->g);
    m->stopped_sp = 0;
    m->sysargs[0] = m->sysargs[1] = m->sysargs[2] = 0;
    atomic_store_explicit(&m->g->status, RT_G_RUNNING, memory_order_relaxed);
}

/* The C code that called us must go on on this thread: like a locked goroutine, ours waits
 * in the global queue, and who takes it gives this thread a P. */
void rt_exitsyscall(void)
{
    RtM *m = rt_m;
    if (rt_likely(exit_fast(m))) {
        exit_done(m);
        return;
    }
    RtGoroutine *g = m->g;
    RtM *was = g->lockedm;
    RtGoroutine *wasg = m->lockedg;
    rt_g_lock_to(g, m);
    m->lockedg = g;
    rt_lock(&rt_sched.lock);
    rt_sched.nmidlelocked++;
    atomic_store(&g->status, RT_G_RUNNABLE);
    rt_globq_put(g);
    RtP *p = atomic_load(&rt_gcwaiting) ? NULL : rt_pidle_get();
    rt_unlock(&rt_sched.lock);
    if (p)
        rt_start_m(p, false);
    rt_wait_for_p(m);
    rt_g_lock_to(g, was);
    m->lockedg = wasg;
    m->p->schedtick++;
    exit_done(m);
}

/* The same for C code that has nothing left to do but return r to the goroutine: this
 * thread need not be the one that does. */
int64_t rt_exitsyscall_ret(int64_t r)
{
    RtM *m = rt_m;
    if (rt_likely(exit_fast(m))) {
        exit_done(m);
        return r;
    }
    RtGoroutine *g = m->g;
    if (m->lockedg) {
        rt_exitsyscall();
        return r;
    }
    m->stopped_sp = 0;
    m->sysargs[0] = m->sysargs[1] = m->sysargs[2] = 0;
    m->g = NULL;
    rt_g = NULL;
    g->ret = (uint64_t)r;
    rt_lock(&rt_sched.lock);
    atomic_store(&g->status, RT_G_RUNNABLE);
    RtP *p = atomic_load(&rt_gcwaiting) ? NULL : rt_pidle_get();
    rt_globq_put(g);
    if (p) {
        rt_unlock(&rt_sched.lock);
        rt_acquire_p(p);
        rt_schedule();
    }
    rt_midle_put(m);
    rt_unlock(&rt_sched.lock);
    rt_wait_for_p(m);
    rt_schedule();
}

bool rt_retake_p(RtP *p)
{
    uint32_t st = RT_P_SYSCALL;
    if (!atomic_compare_exchange_strong(&p->status, &st, RT_P_IDLE))
        return false;
    p->syscalltick++;
    rt_handoff_p(p);
    return true;
}

void rt_lend_p(void)
{
    rt_entersyscall();
    rt_retake_p(rt_m->oldp);
    sched_yield();
    rt_exitsyscall();
}
