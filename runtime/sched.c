/* SPDX-License-Identifier: MIT
 *
 * The scheduler: run queues, stealing, parking and readying, and which goroutine a thread
 * runs next.  Threads and Ps as such are proc.c's.
 *
 * Waking: whoever puts work where others can take it (a ring, the global queue) wakes a
 * thread if some P is idle and no thread is already looking ("spinning").  A thread that
 * stops spinning looks once more after it has said so.  So either the submitter sees the
 * spinning thread, or that thread sees the work: no wake-up is lost.  A goroutine in a P's
 * next slot is about to run there and wakes nobody.
 */
#include <string.h>

#include "runtime/schedimpl.h"

RtSched rt_sched;
_Thread_local RtG *rt_g;
_Thread_local RtM *rt_m;
_Thread_local char *rt_sysrsp;
_Atomic uint32_t rt_gcwaiting;
RtP **rt_allp;
uint32_t rt_gomaxprocs;
int64_t rt_chaos;
volatile uint32_t rt_coarse_ms;

/* ---- the global queue (sched.lock held) --------------------------------------------------- */

static void globq_put_batch(RtGoroutine *const *g, uint32_t n)
{
    atomic_fetch_add_explicit(&rt_sched.qsize, n, memory_order_relaxed);
    while (n) {
        RtGBlock *b = rt_sched.qlast;
        uint32_t end = b ? b->first + b->n : RT_GBLOCK;
        if (end == RT_GBLOCK) {
            RtGBlock *new = rt_gblock_get();
            if (b)
                b->next = new;
            else
                rt_sched.qfirst = new;
            rt_sched.qlast = new;
            continue;
        }
        uint32_t k = n < RT_GBLOCK - end ? n : RT_GBLOCK - end;
        memcpy(&b->g[end], g, k * sizeof *g);
        b->n += k;
        g += k;
        n -= k;
    }
}

void rt_globq_put(RtGoroutine *g)
{
    globq_put_batch(&g, 1);
}

RtM *rt_globq_take_locked(void)
{
    for (RtGBlock *b = rt_sched.qfirst; b; b = b->next)
        for (uint32_t i = b->first; i < b->first + b->n; i++) {
            RtGoroutine *g = b->g[i];
            if (g && (g->flags & RT_GF_LOCKED)) {
                b->g[i] = NULL;
                atomic_fetch_sub_explicit(&rt_sched.qsize, 1, memory_order_relaxed);
                return g->lockedm;
            }
        }
    return NULL;
}

static RtGoroutine *globq_pop(void)
{
    RtGoroutine *g = NULL;
    for (RtGBlock *b; !g && (b = rt_sched.qfirst);) {
        if (b->n) {
            g = b->g[b->first++];
            b->n--;
        }
        if (!b->n) {
            rt_sched.qfirst = b->next;
            if (!b->next)
                rt_sched.qlast = NULL;
            rt_gblock_put(b);
        }
    }
    if (g) {
        atomic_fetch_sub_explicit(&rt_sched.qsize, 1, memory_order_relaxed);
        atomic_store_explicit(&rt_sched.qpops, rt_sched.qpops + 1, memory_order_relaxed);
    }
    return g;
}

/* ---- a P's ring ----------------------------------------------------------------------------- */

/* Half of a full ring, and g, go to the global queue. */
static bool overflow(RtP *p, RtGoroutine *g, uint32_t h, uint32_t t)
{
    RtGoroutine *batch[RT_RUNQ / 2 + 1];
    uint32_t n = (t - h) / 2;
    for (uint32_t i = 0; i < n; i++)
        batch[i] = atomic_load_explicit(&p->ring[(h + i) % RT_RUNQ], memory_order_relaxed);
    if (!atomic_compare_exchange_strong_explicit(&p->head, &h, h + n, memory_order_acq_rel,
                                                 memory_order_relaxed))
        return false;
    batch[n] = g;
    rt_lock(&rt_sched.lock);
    globq_put_batch(batch, n + 1);
    rt_unlock(&rt_sched.lock);
    return true;
}

void rt_put_local_tail(RtP *p, RtGoroutine *g)
{
    for (;;) {
        uint32_t h = atomic_load_explicit(&p->head, memory_order_acquire);
        uint32_t t = atomic_load_explicit(&p->tail, memory_order_relaxed);
        if (rt_likely(t - h < RT_RUNQ)) {
            atomic_store_explicit(&p->ring[t % RT_RUNQ], g, memory_order_relaxed);
            atomic_store_explicit(&p->tail, t + 1, memory_order_release);
            return;
        }
        if (overflow(p, g, h, t))
            return;
    }
}

/* Fetches what a switch to g will touch: of goroutines among many nothing is in a cache. */
static inline void prefetch(const RtGoroutine *g)
{
    __builtin_prefetch(g, 1);
}

/* The owner has taken the entry at h: looks ahead, to the goroutine after some more, and, where
 * that has been fetched by now, to the top of its stack. */
enum { AHEAD_STACK = 4, AHEAD = 10 };
static inline void look_ahead(const RtP *p, uint32_t h, uint32_t t)
{
    if (t - h <= AHEAD)
        return;
    prefetch(atomic_load_explicit(&p->ring[(h + AHEAD) % RT_RUNQ], memory_order_relaxed));
    const RtGoroutine *g =
        atomic_load_explicit(&p->ring[(h + AHEAD_STACK) % RT_RUNQ], memory_order_relaxed);
    const char *sp = (const char *)__atomic_load_n(&g->sp, __ATOMIC_RELAXED);
    __builtin_prefetch(sp, 1);
    __builtin_prefetch(sp + 64, 1);
}

static RtGoroutine *ring_get(RtP *p)
{
    uint32_t h = atomic_load_explicit(&p->head, memory_order_acquire);
    for (;;) {
        uint32_t t = atomic_load_explicit(&p->tail, memory_order_relaxed);
        if (h == t)
            return NULL;
        RtGoroutine *g = atomic_load_explicit(&p->ring[h % RT_RUNQ], memory_order_relaxed);
        if (atomic_compare_exchange_weak_explicit(&p->head, &h, h + 1, memory_order_acq_rel,
                                                  memory_order_acquire)) {
            look_ahead(p, h, t);
            return g;
        }
    }
}

/* No thread has p; thieves may be at its ring. */
void rt_runq_drain(RtP *p)
{
    RtGoroutine *g = p->next;
    p->next = NULL;
    if (g)
        rt_globq_put(g);
    while ((g = ring_get(p)))
        rt_globq_put(g);
}

bool rt_runq_empty(RtP *p)
{
    return !p->next && atomic_load_explicit(&p->head, memory_order_acquire) ==
                           atomic_load_explicit(&p->tail, memory_order_acquire);
}

static bool ring_empty(RtP *p)
{
    return atomic_load_explicit(&p->head, memory_order_acquire) ==
           atomic_load_explicit(&p->tail, memory_order_acquire);
}

/* Moves half of victim's ring to ours (which is empty) and returns one of them. */
static RtGoroutine *ring_steal(RtP *p, RtP *victim)
{
    uint32_t t = atomic_load_explicit(&p->tail, memory_order_relaxed);
    for (;;) {
        uint32_t h = atomic_load_explicit(&victim->head, memory_order_acquire);
        uint32_t vt = atomic_load_explicit(&victim->tail, memory_order_acquire);
        uint32_t n = vt - h;
        n -= n / 2;
        if (n == 0)
            return NULL;
        if (n > RT_RUNQ / 2)
            continue; /* read inconsistently */
        for (uint32_t i = 0; i < n; i++) {
            RtGoroutine *g =
                atomic_load_explicit(&victim->ring[(h + i) % RT_RUNQ], memory_order_relaxed);
            atomic_store_explicit(&p->ring[(t + i) % RT_RUNQ], g, memory_order_relaxed);
        }
        if (atomic_compare_exchange_strong_explicit(&victim->head, &h, h + n, memory_order_acq_rel,
                                                    memory_order_relaxed)) {
            RtGoroutine *g =
                atomic_load_explicit(&p->ring[(t + n - 1) % RT_RUNQ], memory_order_relaxed);
            atomic_store_explicit(&p->tail, t + n - 1, memory_order_release);
            return g;
        }
    }
}

/* sched.lock held.  By the time that one is taken the ring is of no help, so all of it at once: on
 * top of its first segment, where most goroutines that do little are.  (Inline, or the compiler
 * takes it for a function without effect.) */
static inline __attribute__((always_inline)) void prefetch_next_out_of_turn(void)
{
    const RtGBlock *b = rt_sched.qfirst;
    if (!b || !b->n)
        return;
    const char *g = (const char *)b->g[b->first];
    __builtin_prefetch(g - 192, 1);
    __builtin_prefetch(g - 128, 1);
    __builtin_prefetch(g - 64, 1);
    __builtin_prefetch(g, 1);
}

/* Of many runnable goroutines none is in a cache any more when its turn comes, and to fetch it from
 * memory takes longer than the switch.  So those that a P takes from the global queue, few enough
 * for what a switch touches of each to fit in a first-level cache, take several turns among
 * themselves before the next ones come: who gives way goes to the end of the ring, until BATCH_TIME
 * after the last batch.  Where goroutines run for longer each has one turn, as all had without. */
enum { BATCH = RT_RUNQ / 4, BATCH_TIME = 30000 /* ns */ };

/* sched.lock held.  max 1: one, out of turn; 0: a batch, the ring being empty */
static RtGoroutine *globq_get(RtP *p, uint32_t max)
{
    uint32_t size = atomic_load_explicit(&rt_sched.qsize, memory_order_relaxed);
    uint32_t n = size / rt_gomaxprocs + 1;
    if (n > size)
        n = size;
    if (n > RT_RUNQ / 2)
        n = RT_RUNQ / 2;
    if (p->yields && n > BATCH)
        n = BATCH;
    if (max && n > max)
        n = max;
    RtGoroutine *g = globq_pop();
    for (uint32_t i = 1; i < n; i++) {
        RtGoroutine *o = globq_pop();
        if (i < AHEAD)
            prefetch(o);
        uint32_t t = atomic_load_explicit(&p->tail, memory_order_relaxed);
        if (t - atomic_load_explicit(&p->head, memory_order_acquire) >= RT_RUNQ) {
            rt_globq_put(o);
            break;
        }
        atomic_store_explicit(&p->ring[t % RT_RUNQ], o, memory_order_relaxed);
        atomic_store_explicit(&p->tail, t + 1, memory_order_release);
    }
    if (max) {
        prefetch_next_out_of_turn();
    } else {
        p->yields = false;
        p->stay = n > 1 ? 0 : -1;
        if (n > 1)
            p->batch_at = rt_nanotime();
    }
    return g;
}

/* ---- ready and park --------------------------------------------------------------------------- */

static inline void wake_if_idle(void)
{
    if (atomic_load_explicit(&rt_sched.npidle, memory_order_relaxed) != 0 &&
        atomic_load_explicit(&rt_sched.nmspinning, memory_order_relaxed) == 0)
        rt_wake_p();
}

static inline void put_next(RtP *p, RtGoroutine *g)
{
    RtGoroutine *old = p->next;
    p->next = g;
    if (old) {
        rt_put_local_tail(p, old);
        atomic_thread_fence(memory_order_seq_cst);
        wake_if_idle();
    }
}

static __attribute__((noinline)) void chaos_ready(RtP *p, RtGoroutine *g)
{
    if (rt_fastrandn(3) == 0) {
        put_next(p, g);
    } else {
        rt_put_local_tail(p, g);
        atomic_thread_fence(memory_order_seq_cst);
        wake_if_idle();
    }
}

void rt_ready(RtGoroutine *g)
{
    RtP *p = rt_p();
    atomic_store_explicit(&g->status, RT_G_RUNNABLE, memory_order_relaxed);
    if (rt_unlikely(rt_chaos))
        chaos_ready(p, g);
    else
        put_next(p, g);
}

void rt_ready_new(RtGoroutine *g)
{
    if (rt_unlikely(rt_chaos))
        chaos_ready(rt_p(), g);
    else
        put_next(rt_p(), g);
}

void rt_ready_tail(RtGoroutine *g)
{
    RtP *p = rt_p();
    atomic_store_explicit(&g->status, RT_G_RUNNABLE, memory_order_relaxed);
    rt_put_local_tail(p, g);
    atomic_thread_fence(memory_order_seq_cst);
    wake_if_idle();
}

void rt_globq_put_list(RtGoroutine *list)
{
    uint32_t n = 0;
    rt_lock(&rt_sched.lock);
    while (list) {
        RtGoroutine *next = list->link;
        rt_globq_put(list);
        list = next;
        n++;
    }
    uint32_t idle = atomic_load(&rt_sched.npidle);
    rt_unlock(&rt_sched.lock);
    for (; n && idle; n--, idle--)
        rt_start_m(NULL, false);
}

/* The owner gives its next goroutine to whoever comes first. */
void rt_flush_next(RtP *p)
{
    RtGoroutine *g = p->next;
    if (g) {
        p->next = NULL;
        rt_put_local_tail(p, g);
        atomic_thread_fence(memory_order_seq_cst);
        wake_if_idle();
    }
}

void rt_park_prepare(RtWaitReason why, void *obj)
{
    RtGoroutine *g = rt_self();
    g->waitreason = (uint8_t)why;
    g->waitobj = obj;
    g->waitsince = rt_coarse_ms;
    atomic_store_explicit(&g->status, RT_G_WAITING, memory_order_relaxed);
}

RT_NORETURN void rt_park_commit(void)
{
    rt_schedule();
}

RT_NORETURN void rt_park(void (*unlock)(void *), void *arg, RtWaitReason why, void *obj)
{
    rt_park_prepare(why, obj);
    if (unlock)
        unlock(arg);
    rt_schedule();
}

/* The clock costs more than a switch: it is looked at after so many that stayed, and within about
 * LOOK_TIME. */
enum { MOST_UNSEEN = 32, LOOK_TIME = 2000 /* ns */ };

/* Whether the goroutine that gives way stays with p (see BATCH_TIME).  Now and then one does not
 * where other Ps may have fewer. */
static bool stays(RtP *p)
{
    if (rt_likely(p->stay > 0)) {
        p->stay--;
        return true;
    }
    bool others = atomic_load_explicit(&rt_sched.qsize, memory_order_relaxed) != 0;
    if (others && p->stay < 0)
        return false;
    int64_t now = rt_nanotime();
    p->yields = true;
    if (!others)
        p->batch_at = now;
    if (now - p->looked_at > LOOK_TIME)
        p->unseen = 1;
    else if (p->unseen < MOST_UNSEEN)
        p->unseen *= 2;
    p->looked_at = now;
    if (now - p->batch_at >= BATCH_TIME) {
        p->stay = -1;
        return false;
    }
    p->stay = p->unseen;
    return others || rt_gomaxprocs == 1 || ring_empty(p);
}

RT_NORETURN void rt_gosched(void)
{
    RtGoroutine *g = rt_self();
    RtP *p = rt_p();
    if (stays(p) && !rt_unlikely(rt_chaos && rt_fastrandn(2))) {
        rt_ready_tail(g);
    } else {
        atomic_store_explicit(&g->status, RT_G_RUNNABLE, memory_order_relaxed);
        rt_lock(&rt_sched.lock);
        rt_globq_put(g);
        rt_unlock(&rt_sched.lock);
        atomic_thread_fence(memory_order_seq_cst);
        wake_if_idle();
    }
    rt_schedule();
}

/* ---- choosing what to run ------------------------------------------------------------------------ */

static RT_NORETURN void execute(RtM *m, RtP *p, RtGoroutine *g)
{
    if (rt_unlikely(atomic_load_explicit(&g->scan, memory_order_acquire) != rt_scan_gen))
        rt_gc_scan_goroutine(g);
    m->g = g;
    g->flags |= RT_GF_RAN;
    p->allticks++;
    atomic_store_explicit(&g->status, RT_G_RUNNING, memory_order_relaxed);
    if (rt_unlikely(g->flags & RT_GF_PREEMPTED)) {
        RtPreemptCtx *ctx = g->ctx;
        g->ctx = NULL;
        g->flags &= (uint8_t)~RT_GF_PREEMPTED;
        if (m->used_ctx)
            rt_ctx_put(m->used_ctx);
        m->used_ctx = ctx;
        rt_g = &g->pub;
        rt_ctx_restore(ctx);
    }
    rt_gogo(g);
}

RT_NORETURN void rt_switch_to(RtGoroutine *g)
{
    RtM *m = rt_m;
    RtP *p = m->p;
    if (rt_unlikely(atomic_load_explicit(&p->preempt, memory_order_relaxed) || m->lockedg ||
                    (g->flags & RT_GF_LOCKED) || rt_chaos)) {
        rt_ready(g);
        rt_schedule();
    }
    atomic_store_explicit(&g->status, RT_G_RUNNABLE, memory_order_relaxed);
    execute(m, p, g);
}

static RtGoroutine *take_own(RtP *p)
{
    RtGoroutine *g = p->next;
    if (g) {
        p->next = NULL;
        return g;
    }
    return ring_get(p);
}

static RtGoroutine *steal_work(RtP *p)
{
    uint32_t n = rt_gomaxprocs;
    for (int round = 0; round < 4; round++) {
        uint32_t at = rt_fastrandn(n);
        for (uint32_t i = 0; i < n; i++, at = at + 1 == n ? 0 : at + 1) {
            if (atomic_load_explicit(&rt_gcwaiting, memory_order_relaxed))
                return NULL;
            RtP *victim = rt_allp[at];
            if (victim == p)
                continue;
            if (round == 3 &&
                atomic_load_explicit(&victim->timers.first, memory_order_relaxed) != INT64_MAX) {
                /* What they ready comes to our ring: take it, for stealing wants that empty. */
                rt_timers_run(victim, rt_nanotime());
                RtGoroutine *g = take_own(p);
                if (g)
                    return g;
            }
            if (atomic_load_explicit(&victim->status, memory_order_relaxed) != RT_P_IDLE) {
                RtGoroutine *g = ring_steal(p, victim);
                if (g)
                    return g;
            }
        }
    }
    return NULL;
}

/* Nothing to steal just now.  Work comes in bursts, and a thread that goes to sleep between
 * two of them costs its waker and itself more than some microseconds of looking: so looks on
 * for that long, where each P can have a processor of its own.  → whether there is something */
#define LINGER 15000 /* ns */
static bool linger(RtP *p)
{
    if (rt_gomaxprocs > rt_ncpu() || rt_gomaxprocs == 1)
        return false;
    int64_t end = rt_nanotime() + LINGER;
    do {
        for (int i = 0; i < 16; i++) {
            __builtin_ia32_pause();
            if (atomic_load_explicit(&rt_gcwaiting, memory_order_relaxed))
                return true;
            if (atomic_load_explicit(&rt_sched.qsize, memory_order_relaxed))
                return true;
            for (uint32_t k = 0; k < rt_gomaxprocs; k++)
                if (rt_allp[k] != p && !ring_empty(rt_allp[k]))
                    return true;
        }
    } while (rt_nanotime() < end);
    return false;
}

static void become_spinning(RtM *m)
{
    m->spinning = true;
    atomic_fetch_add(&rt_sched.nmspinning, 1);
    atomic_store(&rt_sched.needspinning, 0);
}

/* A spinning thread has found work: another may have to take over looking. */
static void reset_spinning(RtM *m)
{
    m->spinning = false;
    if (atomic_fetch_sub(&rt_sched.nmspinning, 1) == 1 && atomic_load(&rt_sched.npidle) != 0)
        rt_wake_p();
}

static void stop_m(RtM *m)
{
    rt_lock(&rt_sched.lock);
    rt_midle_put(m);
    rt_check_dead();
    rt_unlock(&rt_sched.lock);
    rt_wait_for_p(m);
}

/* With a P in hand after all: make the thread a spinning one and look again. */
static bool recheck(RtM *m)
{
    bool work = atomic_load(&rt_sched.qsize) != 0;
    for (uint32_t i = 0; i < rt_gomaxprocs && !work; i++)
        work = !ring_empty(rt_allp[i]);
    if (!work)
        return false;
    rt_lock(&rt_sched.lock);
    RtP *p = rt_pidle_get();
    if (!p)
        atomic_store(&rt_sched.needspinning, 1);
    rt_unlock(&rt_sched.lock);
    if (!p)
        return false;
    rt_acquire_p(p);
    become_spinning(m);
    return true;
}

/* A spinning thread without a P looks no longer: it sleeps until somebody gives it a P, unless
 * work came that only it knows of. */
static void stop_spinning(RtM *m)
{
    m->spinning = false;
    atomic_fetch_sub(&rt_sched.nmspinning, 1);
    if (rt_lookout() || !recheck(m))
        stop_m(m);
}

/* It does not pay to run on more Ps just now: keeps still until that has changed, as the lookout
 * or, if there is one, until somebody wakes us, which is after the lookout has found work. */
static void hold_back(RtM *m)
{
    if (!m->spinning)
        become_spinning(m);
    if (!rt_lookout_begin()) {
        rt_lock(&rt_sched.lock);
        rt_pidle_put(rt_release_p());
        rt_unlock(&rt_sched.lock);
        stop_spinning(m);
        return;
    }
    bool on;
    do {
        rt_lock(&rt_sched.lock);
        if (atomic_load(&rt_gcwaiting)) {
            rt_unlock(&rt_sched.lock);
            break;
        }
        rt_pidle_put(rt_release_p());
        rt_unlock(&rt_sched.lock);
        rt_lookout_nap();
        on = rt_lookout_goes_on();
        rt_lock(&rt_sched.lock);
        RtP *p = atomic_load(&rt_gcwaiting) ? NULL : rt_pidle_get();
        rt_unlock(&rt_sched.lock);
        if (!p) { /* all have found threads, or the world stops */
            rt_lookout_end();
            stop_spinning(m);
            return;
        }
        rt_acquire_p(p);
    } while (on);
    rt_lookout_end();
}

/* Whether goroutines that give way have their turns just now, after which the global queue's come
 * anyway.  No longer, unless another one gives way and looks at the clock. */
static bool batch_is_young(RtP *p)
{
    bool young = p->stay > 0;
    if (young)
        p->stay = 0;
    return young;
}

/* Finds a runnable goroutine; blocks until there is one.  The M may hold another P then. */
static RtGoroutine *find_runnable(RtM *m)
{
    int lingered;
    bool held = false;
top:
    lingered = 0;
again:;
    RtP *p = m->p;
    RtGoroutine *g;
    if (atomic_load_explicit(&rt_gcwaiting, memory_order_relaxed)) {
        rt_stop_here();
        goto top;
    }
    int64_t until = INT64_MAX;
    if (atomic_load_explicit(&p->timers.first, memory_order_relaxed) != INT64_MAX)
        until = rt_timers_run(p, rt_nanotime());
    if (p->schedtick % 61 == 0 && atomic_load_explicit(&rt_sched.qsize, memory_order_relaxed) &&
        !batch_is_young(p)) {
        rt_lock(&rt_sched.lock);
        g = globq_get(p, 1);
        rt_unlock(&rt_sched.lock);
        if (g)
            return g;
    }
    if ((g = take_own(p)))
        return g;
    if (!held && rt_hold_back_begin()) {
        hold_back(m);
        held = true;
        goto top;
    }
    if (atomic_load_explicit(&rt_sched.qsize, memory_order_relaxed)) {
        rt_lock(&rt_sched.lock);
        g = globq_get(p, 0);
        rt_unlock(&rt_sched.lock);
        if (g)
            return g;
    }
    if (atomic_load_explicit(&rt_poll_waiters, memory_order_relaxed) &&
        atomic_load(&rt_sched.lastpoll)) {
        RtGoroutine *list = rt_poll(0);
        if (list) {
            g = list;
            list = g->link;
            if (list)
                rt_globq_put_list(list);
            return g;
        }
    }
    if (!held && rt_holding_back()) {
        hold_back(m);
        held = true;
        goto top;
    }
    if (m->spinning ||
        2 * atomic_load(&rt_sched.nmspinning) < rt_gomaxprocs - atomic_load(&rt_sched.npidle)) {
        if (!m->spinning)
            become_spinning(m);
        g = steal_work(p);
        if (g)
            return g;
        if (rt_slab_ahead() || (lingered++ < 1 && linger(p)))
            goto again;
    }

    rt_lock(&rt_sched.lock);
    if (atomic_load(&rt_gcwaiting)) {
        rt_unlock(&rt_sched.lock);
        goto top;
    }
    if (atomic_load(&rt_sched.qsize)) {
        g = globq_get(p, 0);
        rt_unlock(&rt_sched.lock);
        return g;
    }
    if (!m->spinning && atomic_load(&rt_sched.needspinning)) {
        become_spinning(m);
        rt_unlock(&rt_sched.lock);
        goto top;
    }
    rt_release_p();
    rt_pidle_put(p);
    rt_unlock(&rt_sched.lock);

    bool was_spinning = m->spinning;
    if (m->spinning) {
        m->spinning = false;
        atomic_fetch_sub(&rt_sched.nmspinning, 1);
        /* whoever submitted work before this did not wake anybody because of us */
        if (recheck(m))
            goto top;
    }

    /* Nothing.  One thread waits in the poller for timers and files, the others on futexes. */
    until = rt_timers_next_all();
    if ((atomic_load(&rt_poll_waiters) || until != INT64_MAX) &&
        atomic_exchange(&rt_sched.lastpoll, 0) != 0) {
        atomic_store(&rt_sched.polluntil, until);
        /* a timer may have been set before polluntil was there to be seen */
        until = rt_timers_next_all();
        int64_t wait = -1;
        if (until != INT64_MAX) {
            wait = until - rt_nanotime();
            if (wait < 0)
                wait = 0;
        }
        RtGoroutine *list = rt_poll(wait);
        atomic_store(&rt_sched.polluntil, 0);
        atomic_store(&rt_sched.lastpoll, rt_nanotime());
        rt_lock(&rt_sched.lock);
        p = rt_pidle_get();
        rt_unlock(&rt_sched.lock);
        if (!p) {
            if (list)
                rt_globq_put_list(list);
        } else {
            rt_acquire_p(p);
            if (list) {
                g = list;
                list = g->link;
                if (list)
                    rt_globq_put_list(list);
                return g;
            }
            if (was_spinning || until != INT64_MAX)
                become_spinning(m);
            goto top;
        }
    } else if (until != INT64_MAX && rt_poll_inited) {
        int64_t other = atomic_load(&rt_sched.polluntil);
        if (other == 0 || other > until)
            rt_poll_break();
    }
    stop_m(m);
    held = false;
    goto top;
}

/* This thread must not go on with its goroutine that is locked to it until that is
 * scheduled: it gives its P away and waits. */
static void stop_locked_m(RtM *m)
{
    if (m->p) {
        RtP *p = rt_release_p();
        rt_handoff_p(p);
    }
    rt_lock(&rt_sched.lock);
    rt_sched.nmidlelocked++;
    rt_check_dead();
    rt_unlock(&rt_sched.lock);
    rt_wait_for_p(m);
}

void rt_wait_as_locked(RtM *m)
{
    stop_locked_m(m);
}

/* g is locked to another thread: that one gets our P. */
static void start_locked_m(RtM *m, RtGoroutine *g)
{
    RtM *to = g->lockedm;
    if (m->spinning)
        reset_spinning(m);
    rt_lock(&rt_sched.lock);
    rt_sched.nmidlelocked--;
    rt_unlock(&rt_sched.lock);
    RtP *p = rt_release_p();
    rt_give_p_to_locked(to, p);
    stop_m(m);
}

RT_NORETURN void rt_schedule(void)
{
    RtM *m = rt_m;
    RtP *p = m->p;
    RtGoroutine *g;
    if (rt_likely(!atomic_load_explicit(&p->preempt, memory_order_relaxed) &&
                  (g = p->next) != NULL && !m->lockedg && !(g->flags & RT_GF_LOCKED))) {
        p->next = NULL;
        execute(m, p, g);
    }
    m->g = NULL;
    rt_g = NULL;
    if (rt_unlikely(m->lockedg != NULL)) {
        stop_locked_m(m);
        execute(m, m->p, m->lockedg);
    }
    for (;;) {
        p = m->p;
        uint32_t why = atomic_load_explicit(&p->preempt, memory_order_relaxed);
        if (why) {
            atomic_store_explicit(&p->preempt, 0, memory_order_relaxed);
            if (why & (RT_PREEMPT_YIELD | RT_PREEMPT_FLUSH))
                rt_flush_next(p);
        }
        g = NULL;
        /* The common case first: our own ring, no turn for the global queue.  Timers are looked at
         * every few times, for the clock costs as much as a switch; if one is due for long, the
         * monitor trips us. */
        if (!p->next && p->schedtick % 61 != 0 && !why && !rt_chaos &&
            (p->schedtick % 8 != 0 ||
             atomic_load_explicit(&p->timers.first, memory_order_relaxed) == INT64_MAX) &&
            !atomic_load_explicit(&rt_gcwaiting, memory_order_relaxed))
            g = ring_get(p);
        if (!g)
            g = find_runnable(m);
        if (m->spinning)
            reset_spinning(m);
        if (rt_unlikely((g->flags & RT_GF_LOCKED) && g->lockedm != m)) {
            start_locked_m(m, g);
            continue;
        }
        p = m->p;
        p->schedtick++;
        execute(m, p, g);
    }
}
