/* SPDX-License-Identifier: MIT
 *
 * Threads (M) and processors (P): starting and stopping them, system calls, stopping the
 * world, the monitor thread, detecting deadlock.
 */
#include <errno.h>
#include <linux/futex.h>
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

static RtP *new_p(uint32_t id)
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
        rt_allp[i] = new_p(i);
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
    rt_sigstack_init(m);
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

static RT_NORETURN void no_thread(int e)
{
    rt_eprintf("runtime: failed to create new OS thread (have %d already; errno=%d)\n", rt_sched.nm,
               e);
    if (e == EAGAIN)
        rt_eprintf("runtime: may need to increase max user processes (ulimit -u)\n");
    rt_throw("newosproc");
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
    int e = pthread_create(&t, &attr, m_main, m);
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

/* With sched.lock: if the world is to stop, p, which no thread holds, has stopped. */
static bool stopped_at_once(RtP *p)
{
    if (!atomic_load(&rt_gcwaiting))
        return false;
    atomic_store(&p->status, RT_P_STOPPED);
    if (--rt_sched.stopwait == 0)
        rt_note_wake(&rt_sched.stopnote);
    return true;
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
        else if (!stopped_at_once(p))
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
    if (stopped_at_once(p)) {
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

/* ---- system calls ------------------------------------------------------------------------------ */

/* Names the thread: if GOMAXPROCS changes meanwhile, another may be away with the same P. */
static uint32_t away(const RtM *m)
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

/* A stop has been asked for: p counts as stopped, unless the stopper has seen it in state st. */
static void stop_as(RtP *p, uint32_t st)
{
    rt_lock(&rt_sched.lock);
    if (atomic_load(&rt_gcwaiting) && stop_from(p, st) && --rt_sched.stopwait == 0)
        rt_note_wake(&rt_sched.stopnote);
    rt_unlock(&rt_sched.lock);
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
        stop_as(p, RT_P_SYSCALL);
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

/* Takes p from its thread, which is in a system call; false: it has come back, or p has stopped. */
static bool retake(RtP *p)
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
    retake(rt_m->oldp);
    sched_yield();
    rt_exitsyscall();
}

/* ---- stopping the world ---------------------------------------------------------------------------- */

static RtMutex world;
_Atomic uint32_t rt_stopping;
static _Atomic uint32_t way; /* a futex: whether threads without a P are to wait, and some do */
enum { WAY = 1, WAY_MADE };

/* Asks p's goroutine to give way: at its next prologue, or by a signal. */
void rt_trip(RtP *p, uint32_t why)
{
    RtM *m = __atomic_load_n(&p->m, __ATOMIC_ACQUIRE);
    atomic_fetch_or_explicit(&p->preempt, why, memory_order_seq_cst);
    if (m && m != rt_m) {
        atomic_store_explicit(m->limit_word, RT_TRIPPED, memory_order_relaxed);
        rt_preempt_signal(m);
    }
}

/* The same for a thread that stops (see rt_g_forget_calls): what C functions left on its system
 * stack, and in vector registers, of which no call preserves any. */
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
    atomic_store(&p->status, away(m));
    if (rt_unlikely(atomic_load(&rt_gcwaiting)))
        stop_as(p, away(m));
}

/* Of a thread that was away with p; false: p has been taken from it.  If p has stopped, it is away
 * again as soon as the world goes on. */
static bool come_back(RtM *m, RtP *p)
{
    for (;;) {
        uint32_t st = away(m);
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
    if (!come_back(m, p))
        replace_p(m);
    m->stopped_sp = 0;
}

void rt_give_p(RtM *m, RtP *p)
{
    __atomic_store_n(&m->p, p, __ATOMIC_RELEASE);
    p->m = m;
    atomic_store(&p->status, away(m));
    if (rt_unlikely(atomic_load(&rt_gcwaiting)))
        stop_as(p, away(m));
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
        if (p && come_back(m, p))
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
    if (cpu < 0 || cpu >= CPU_SETSIZE || sched_getaffinity(tid, sizeof may, &may) != 0 ||
        !CPU_ISSET(cpu, &may))
        return;
    CPU_ZERO(&here);
    CPU_SET(cpu, &here);
    if (sched_setaffinity(tid, sizeof here, &here) == 0)
        sched_setaffinity(tid, sizeof may, &may);
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
                rt_allp[i] = new_p(i);
    uint32_t old = rt_gomaxprocs;
    if (procs)
        rt_gomaxprocs = procs;
    for (uint32_t i = rt_gomaxprocs; i < old; i++)
        atomic_store(&rt_allp[i]->status, RT_P_DEAD);
    for (uint32_t i = rt_gomaxprocs; i-- > 0;) {
        RtP *p = rt_allp[i];
        if (p->m) { /* stopped with its thread, which goes on with it */
            atomic_store(&p->status, p->goes_on_as == away(p->m) ? p->goes_on_as : RT_P_RUNNING);
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

/* ---- the monitor -------------------------------------------------------------------------------------- */

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
        return retake(p);
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

/* Who has the world stopped may have lost its processor itself. */
static void watch_stop(int64_t now)
{
    static int64_t fetched;
    int64_t since = atomic_load_explicit(&stop.since, memory_order_acquire);
    if (since && since != fetched && now - since > LATE) {
        fetched = since;
        fetch_thread(atomic_load_explicit(&stop.tid, memory_order_relaxed));
    }
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
    int e = rt_clone_fails() ? EAGAIN : pthread_create(&t, &attr, fn, arg);
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return e;
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
        watch_stop(now);
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
