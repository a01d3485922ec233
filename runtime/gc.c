/* SPDX-License-Identifier: MIT
 *
 * The collector's cycle.
 *
 *   off ──start──> mark ──(markers idle, some allocation notices)──finish──> off, sweeping
 *
 * start and finish stop the world.  start makes the snapshot: barriers go on (they shade
 * what is overwritten), new objects are born black, the stacks of goroutines that run are
 * scanned.  Marker threads of our own scan the other stacks, the variables and the heap while
 * the program runs (a goroutine that is to run before its stack was scanned is scanned then); who allocates beyond
 * the goal assists.  Pacing is in pace.c, the verifier in gcverify.c. */
#include "runtime/gc.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/gcmark.h"
#include "runtime/gcpace.h"
#include "runtime/special.h"

RtGc rt_gc = {.percent = 100, .limit = INT64_MAX};
uint32_t rt_wb_enabled;

extern const char __start_gol_data[] __attribute__((weak));
extern const char __stop_gol_data[] __attribute__((weak));
extern const char __start_gol_bss[] __attribute__((weak));
extern const char __stop_gol_bss[] __attribute__((weak));

enum { MAX_MARKERS = 16 };
static GcWork marker_work[MAX_MARKERS];
static GcWork root_work;
static uint32_t nmarkers;    /* threads that exist */
static uint32_t active;      /* markers that have or look for work */
static uint32_t idle;        /* markers that wait for more in this cycle */
static uint32_t mark_seq;    /* futex: counts changes that markers wait for */
static uint32_t globals_due; /* the variables have yet to be scanned */
static RtMutex start_lock;
static uint32_t attempts; /* to finish, in this cycle */
static struct {
    uint64_t begin, pause, pause1;
    uint32_t number; /* rt_gc.cycles when it began */
    bool waked;      /* markers take part */
    GcWhy why;
} cycle;
static uint32_t stress_count;

/* A heap that had no more to scan than this at the last cycle, and no more stacks, is marked at
 * once, in less time than it takes to wake a thread and to stop twice, unless that turns out to take
 * longer than AT_ONCE_NS; and one of no more bytes is swept by allocation alone. */
enum {
    SMALL_HEAP = 384 << 10,
    FEW_GOROUTINES = 500,
    AT_ONCE_NS = 50000,
    AT_ONCE_STEP = 32 << 10, /* bytes marked between two looks at the clock */
    BACKGROUND_SWEEP = 4 << 20
};

uint64_t rt_random_seed(void)
{
    uint64_t v = 0;
    if (getrandom(&v, sizeof v, GRND_NONBLOCK) != sizeof v)
        v = __builtin_ia32_rdtsc();
    return v;
}

/* The world stands still, and what its stopper gives away is for later: a marker that woke now might
 * get the stopper's processor. */
static bool later;

void rt_gc_wake(int n)
{
    if (__atomic_load_n(&later, __ATOMIC_RELAXED))
        return;
    __atomic_fetch_add(&mark_seq, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &mark_seq, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, n, NULL, NULL, 0);
}

/* Until drain_all or wake_markers. */
static int64_t stop(const char *why)
{
    int64_t since = rt_stop_world(why);
    __atomic_store_n(&later, true, __ATOMIC_RELAXED);
    return since;
}

static void wake_markers(void)
{
    __atomic_store_n(&later, false, __ATOMIC_RELAXED);
    rt_gc_wake(INT32_MAX);
}

bool rt_gc_sleepers(void)
{
    return __atomic_load_n(&idle, __ATOMIC_RELAXED) != 0;
}

bool rt_gc_hungry(void)
{
    return rt_gc_sleepers() || __atomic_load_n(&rt_gc.wanting, __ATOMIC_RELAXED) != 0;
}

/* Thread time, for the trace. */
static uint64_t thread_ns(void)
{
    struct timespec ts;
    if (rt_likely(!rt_gc.trace))
        return 0;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* ---- marker threads ---------------------------------------------------------------------------- */

static uint64_t globals_size(void)
{
    return (uint64_t)((__stop_gol_data - __start_gol_data) + (__stop_gol_bss - __start_gol_bss));
}

static void scan_globals(GcWork *w)
{
    uint32_t one = 1;
    if (!__atomic_load_n(&globals_due, __ATOMIC_RELAXED) ||
        !__atomic_compare_exchange_n(&globals_due, &one, 0, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
        return;
    gc_mark_range(w, __start_gol_data, __stop_gol_data);
    gc_mark_range(w, __start_gol_bss, __stop_gol_bss);
}

static void count_range(void *arg, const void *lo, const void *hi)
{
    if (lo >= hi)
        return;
    __atomic_fetch_add(&rt_gc.roots, (uint64_t)((const char *)hi - (const char *)lo),
                       __ATOMIC_RELAXED);
    gc_mark_range(arg, lo, hi);
}

static void scan_roots(GcWork *w)
{
    scan_globals(w);
    while (rt_g_scan_some(count_range, w))
        ;
}

static void mark_until_dry(GcWork *w)
{
    for (;;) {
        scan_globals(w);
        while (rt_g_scan_some(count_range, w))
            rt_make_way();
        gc_drain(w, 0);
        uint32_t seq = __atomic_load_n(&mark_seq, __ATOMIC_SEQ_CST);
        __atomic_fetch_add(&idle, 1, __ATOMIC_SEQ_CST);
        if (__atomic_sub_fetch(&active, 1, __ATOMIC_SEQ_CST) == 0 && !gc_work_left()) {
            /* The last one: nobody can make more but the program's barriers. */
            __atomic_store_n(&rt_gc.mark_done, 1, __ATOMIC_RELEASE);
        }
        while (!gc_work_left()) {
            if (__atomic_load_n(&rt_gc.phase, __ATOMIC_ACQUIRE) != GC_MARK) {
                __atomic_fetch_sub(&idle, 1, __ATOMIC_SEQ_CST);
                return;
            }
            syscall(SYS_futex, &mark_seq, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, seq, NULL, NULL, 0);
            seq = __atomic_load_n(&mark_seq, __ATOMIC_SEQ_CST);
        }
        __atomic_fetch_add(&active, 1, __ATOMIC_SEQ_CST);
        __atomic_fetch_sub(&idle, 1, __ATOMIC_SEQ_CST);
    }
}

static void *marker(void *arg)
{
    uintptr_t me = (uintptr_t)arg;
    uint32_t seen = 0;
    for (;;) {
        uint32_t seq = __atomic_load_n(&mark_seq, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&rt_gc.phase, __ATOMIC_ACQUIRE) == GC_MARK) {
            uint64_t t = thread_ns();
            __atomic_fetch_add(&active, 1, __ATOMIC_SEQ_CST);
            mark_until_dry(&marker_work[me]);
            __atomic_fetch_add(&rt_gc.marker_ns, thread_ns() - t, __ATOMIC_RELAXED);
        }
        uint32_t cycles = __atomic_load_n(&rt_gc.cycles, __ATOMIC_ACQUIRE);
        if (me == 0 && cycles != seen) { /* the first one sweeps in the background */
            seen = cycles;
            while (rt_sweep_some(64))
                rt_make_way();
            rt_stack_trim();
            rt_gc_scavenge();
        }
        syscall(SYS_futex, &mark_seq, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, seq, NULL, NULL, 0);
    }
    return NULL;
}

static void start_markers(void)
{
    uint32_t want = (rt_gomaxprocs + 3) / 4;
    if (want > MAX_MARKERS)
        want = MAX_MARKERS;
    while (nmarkers < want) {
        if (rt_thread_start(marker, (void *)(uintptr_t)nmarkers))
            break; /* those who allocate will have to mark */
        nmarkers++;
    }
}

/* ---- barrier ------------------------------------------------------------------------------------- */

static GcWork *my_work(void)
{
    RtMCache *mc = rt_mcache_current();
    if (!mc)
        rt_throw("write barrier without a P");
    if (!mc->gcwork)
        mc->gcwork = rt_persistent(sizeof *mc->gcwork);
    return mc->gcwork;
}

/* Where the markers have run dry, lets them know of what a barrier found. */
static void share(GcWork *w)
{
    if (w->block && w->block->n >= 64) {
        gc_publish(w);
    }
}

void rt_wbrec(void *old)
{
    GcWork *w = my_work();
    gc_mark_word(w, (uintptr_t)old);
    share(w);
}

void rt_gc_shade(void *p)
{
    rt_wbrec(p);
}

void rt_wbrec_bulk(void *p, size_t n)
{
    GcWork *w = my_work();
    for (size_t i = 0; i + 8 <= n; i += 8)
        gc_mark_word(w, __atomic_load_n((uintptr_t *)((char *)p + i), __ATOMIC_RELAXED));
    share(w);
}

void rt_storemove(void *dst, const void *src, int64_t n)
{
    if (__atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED))
        rt_wbrec_bulk(dst, (size_t)n);
    memmove(dst, src, (size_t)n);
}

void rt_gc_scan_goroutine(RtGoroutine *g)
{
    GcWork *w = my_work();
    rt_g_scan_due(g, count_range, w);
    share(w);
}

void rt_gc_rescan_goroutine(RtGoroutine *g)
{
    GcWork *w = my_work();
    rt_g_scan(g, gc_mark_range, w);
    share(w);
}

/* ---- the cycle -------------------------------------------------------------------------------------- */

static void each_cache(void (*fn)(RtMCache *))
{
    for (RtMCache *mc = rt_heap.caches; mc; mc = mc->next)
        fn(mc);
}

static void record_pause(int64_t since)
{
    uint64_t d = (uint64_t)(rt_nanotime() - since);
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    uint32_t i = cycle.number % 256;
    rt_gc.pause_total += d;
    rt_gc.pause_ns[i] += d;
    rt_gc.last_end = rt_gc.pause_end[i] = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
    cycle.pause = d;
}

static void forget_debt(RtMCache *mc)
{
    mc->unassisted = 0;
}

/* Opens a cycle; the world stands still. */
static void open_cycle(GcWhy why)
{
    rt_sweep_finish();
    each_cache(rt_mcache_flush);
    cycle.begin = (uint64_t)rt_nanotime();
    cycle.number = rt_gc.cycles;
    rt_gc.live_at_start = rt_heap.live;
    cycle.why = why;
    cycle.waked = false;
    attempts = 0;
    rt_gc.roots = globals_size();
    rt_gc.mark_done = 0;
    rt_gc.pause_ns[cycle.number % 256] = 0;
    __atomic_store_n(&rt_gc.black, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&rt_wb_enabled, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&rt_gc.phase, GC_MARK, __ATOMIC_SEQ_CST);
    rt_gc.progress = 0;
    each_cache(forget_debt);
    __atomic_store_n(&rt_heap.trigger, 0, __ATOMIC_RELAXED); /* who allocates is to help */
    rt_m_scan(count_range, &root_work);
    rt_g_scan_begin(count_range, &root_work);
    rt_sched_scan(count_range, &root_work);
    rt_special_roots(&root_work);
    __atomic_store_n(&globals_due, 1, __ATOMIC_SEQ_CST);
}

static void publish_cache(RtMCache *mc)
{
    if (mc->gcwork)
        gc_publish(mc->gcwork);
}

static uint64_t total_bytes;
static uint64_t total_scanned;
static void add_bytes(GcWork *w)
{
    total_bytes += w->bytes;
    total_scanned += w->scanned;
    w->bytes = w->scanned = 0;
}
static void add_cache_bytes(RtMCache *mc)
{
    if (mc->gcwork)
        add_bytes(mc->gcwork);
}

/* Marks what is left; the world stands still. */
static void drain_all(void)
{
    __atomic_store_n(&later, false, __ATOMIC_RELAXED);
    rt_make_no_way(); /* with the markers */
    do {
        if (gc_work_left() || __atomic_load_n(&active, __ATOMIC_ACQUIRE))
            wake_markers();
        scan_roots(&root_work);
        gc_drain(&root_work, 0);
        for (unsigned turn = 0; __atomic_load_n(&active, __ATOMIC_ACQUIRE);)
            rt_wait_turn(&turn);
    } while (gc_work_left());
}

/* Closes the cycle: nothing is gray any more; the world stands still. */
static void close_cycle(void)
{
    if (rt_special_due(&root_work)) {
        gc_publish(&root_work);
        drain_all();
    }
    rt_timers_drop_dead();
    if (rt_gc.verify)
        rt_gc_verify(!cycle.waked);
    __atomic_store_n(&rt_gc.phase, GC_OFF, __ATOMIC_SEQ_CST);
    __atomic_store_n(&rt_gc.black, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&rt_wb_enabled, 0, __ATOMIC_SEQ_CST);
    each_cache(rt_mcache_flush);
    total_bytes = total_scanned = 0;
    add_bytes(&root_work);
    for (uint32_t i = 0; i < MAX_MARKERS; i++)
        add_bytes(&marker_work[i]);
    each_cache(add_cache_bytes);
    uint64_t born = rt_heap.live > rt_gc.live_at_start ? rt_heap.live - rt_gc.live_at_start : 0;
    uint64_t peak = rt_heap.live;
    rt_gc.marked = total_bytes + born;
    rt_gc.scanned = total_scanned + rt_gc.roots;
    rt_heap.live = rt_gc.marked;
    rt_gc_pace(peak, born);
    rt_sweep_begin();
    if (!cycle.waked)
        rt_stack_trim(); /* else the first marker does */
    __atomic_fetch_add(&rt_gc.cycles, 1, __ATOMIC_SEQ_CST);
    if (cycle.why == GC_FORCED)
        rt_gc.forced++;
    if (rt_gc.trace)
        rt_gc_print_trace(cycle.begin, cycle.pause1, rt_gc.live_at_start, peak);
}

/* Lets the program go on after a cycle.  Only then do the markers wake, to leave the cycle and to
 * sweep: the kernel may give one of them our processor at once. */
static void go_on(void)
{
    bool wake = cycle.waked || rt_gc.marked > BACKGROUND_SWEEP;
    rt_start_world();
    if (wake)
        wake_markers();
    rt_special_wake();
}

/* Before the world is stopped.  Of the first cycle nothing is known but how much there is of
 * variables. */
static bool looks_small(GcWhy why)
{
    return rt_gc.scanned < SMALL_HEAP && globals_size() < SMALL_HEAP && why == GC_PACED &&
           rt_g_count() < FEW_GOROUTINES;
}

/* Marks what can be marked in a short time, the world standing still.  False: some is left, for the
 * markers. */
static bool mark_at_once(void)
{
    int64_t since = rt_nanotime();
    scan_globals(&root_work);
    while (rt_g_scan_some(count_range, &root_work))
        if (rt_nanotime() - since >= AT_ONCE_NS)
            return false;
    while (!gc_drain(&root_work, AT_ONCE_STEP))
        if (rt_nanotime() - since >= AT_ONCE_NS)
            return false;
    return true;
}

/* False: somebody else is about to start or end a cycle; its thread may wait for a P, if
 * GOMAXPROCS has just become less. */
static bool start(GcWhy why)
{
    if (!rt_trylock(&start_lock))
        return false;
    if (__atomic_load_n(&rt_gc.phase, __ATOMIC_ACQUIRE) == GC_OFF) {
        while (rt_sweep_some(256))
            rt_safepoint();
        bool small = looks_small(why);
        if (!small)
            start_markers(); /* which takes longer than the stop */
        int64_t t = stop("GC start");
        open_cycle(why);
        bool done = small && mark_at_once();
        if (done) {
            drain_all();
            close_cycle();
        } else {
            cycle.waked = true;
            gc_publish(&root_work);
        }
        record_pause(t);
        cycle.pause1 = cycle.pause;
        if (done) {
            go_on();
        } else {
            rt_start_world();
            start_markers(); /* if not before */
            wake_markers();
        }
    }
    rt_unlock(&start_lock);
    return true;
}

/* Tries to end the cycle whose markers have run dry.  False as above. */
static bool finish(void)
{
    if (!rt_trylock(&start_lock))
        return false;
    if (__atomic_load_n(&rt_gc.phase, __ATOMIC_ACQUIRE) == GC_MARK &&
        __atomic_load_n(&rt_gc.mark_done, __ATOMIC_ACQUIRE)) {
        int64_t t = stop("GC end");
        each_cache(publish_cache);
        gc_publish(&root_work);
        __atomic_store_n(&rt_gc.mark_done, 0, __ATOMIC_SEQ_CST);
        if ((gc_work_left() || __atomic_load_n(&active, __ATOMIC_SEQ_CST)) && attempts++ < 4) {
            /* On what barriers recorded last much may hang: go on beside the program. */
            record_pause(t);
            rt_start_world();
            wake_markers();
        } else {
            drain_all();
            close_cycle();
            record_pause(t);
            go_on();
        }
    }
    rt_unlock(&start_lock);
    return true;
}

/* Marks for about budget bytes; returns what is left of them when there was no more to do. */
static int64_t mark_some(GcWork *w, int64_t budget)
{
    uint64_t t = thread_ns();
    uint64_t before = w->scanned;
    /* Counted as active, or the cycle could end under us. */
    __atomic_fetch_add(&active, 1, __ATOMIC_SEQ_CST);
    scan_globals(w);
    rt_g_scan_some(count_range, w);
    gc_drain(w, budget);
    gc_publish(w);
    if (__atomic_sub_fetch(&active, 1, __ATOMIC_SEQ_CST) == 0 && !gc_work_left() &&
        !__atomic_load_n(&globals_due, __ATOMIC_ACQUIRE))
        __atomic_store_n(&rt_gc.mark_done, 1, __ATOMIC_RELEASE);
    __atomic_fetch_add(&rt_gc.assist_ns, thread_ns() - t, __ATOMIC_RELAXED);
    return budget - (int64_t)(w->scanned - before);
}

/* Waits until another thread that marks gives some of its work away; false if none does.  The
 * world may have stopped meanwhile. */
static bool work_comes(void)
{
    enum { TURNS = 50 }; /* twice what it takes a marker that runs to notice */
    bool comes = false;
    __atomic_fetch_add(&rt_gc.wanting, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < TURNS && !__atomic_load_n(&rt_gc.mark_done, __ATOMIC_ACQUIRE); i++) {
        if ((comes = gc_work_left()))
            break;
        __builtin_ia32_pause();
    }
    if (!comes && !__atomic_load_n(&rt_gc.mark_done, __ATOMIC_ACQUIRE)) {
        /* It may be waiting for this processor.  Far beyond the goal, wait for it. */
        RtP *p = rt_away_begin();
        if (rt_heap.live < rt_gc.goal + rt_gc.goal / 16)
            sched_yield();
        else
            nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
        rt_away_end(p);
        comes = gc_work_left();
    }
    __atomic_fetch_sub(&rt_gc.wanting, 1, __ATOMIC_SEQ_CST);
    return comes;
}

/* Whoever allocates while marking is under way marks in proportion, so that marking ends
 * before the heap reaches its goal.  A debt that cannot be paid now stays one: the next
 * allocation tries again. */
static void assist(void)
{
    enum { LEAST = 16 << 10, MOST = 1 << 20 };
    RtMCache *mc = rt_mcache_current();
    GcWork *w = my_work();
    int64_t debt = rt_gc_debt(mc->unassisted);
    if (debt < LEAST)
        return;
    uint64_t bytes = mc->unassisted;
    uint32_t now = rt_gc.cycles;
    int64_t pay = debt < MOST ? debt : MOST, left = pay;
    for (;;) {
        left = mark_some(w, left);
        if (left <= 0 || __atomic_load_n(&rt_gc.mark_done, __ATOMIC_ACQUIRE) ||
            atomic_load_explicit(&rt_stopping, memory_order_relaxed) || !work_comes())
            break;
        if (rt_gc.cycles != now || mc != rt_mcache_current())
            return; /* another cycle, another debt */
    }
    /* What was paid, in bytes of allocation. */
    if (left <= 0 && pay == debt)
        mc->unassisted = 0;
    else
        mc->unassisted = bytes - (uint64_t)((double)bytes * (double)(pay - left) / (double)debt);
    rt_safepoint();
}

void rt_gc_poll_slow(void)
{
    RtM *m = rt_m;
    if (!m || !m->p)
        return;
    if (__atomic_load_n(&rt_gc.phase, __ATOMIC_ACQUIRE) == GC_OFF) {
        if (rt_heap.live >= rt_gc.start_at)
            start(GC_PACED);
        else /* a marker that was late lowered it */
            __atomic_store_n(&rt_heap.trigger, rt_gc.start_at, __ATOMIC_RELAXED);
    } else if (__atomic_load_n(&rt_gc.mark_done, __ATOMIC_ACQUIRE)) {
        finish();
    } else {
        assist();
        if (__atomic_load_n(&rt_gc.mark_done, __ATOMIC_ACQUIRE))
            finish();
    }
}

/* The whole of a cycle while the world stands still. */
static void collect_stopped(GcWhy why)
{
    while (!rt_trylock(&start_lock)) { /* its owner may be waiting for us to stop, or for a P */
        rt_safepoint();
        rt_lend_p();
    }
    start_markers();
    int64_t t = stop("GC");

    if (rt_gc.phase == GC_MARK) { /* end the one under way first */
        each_cache(publish_cache);
        gc_publish(&root_work);
        drain_all();
        close_cycle();
    }
    open_cycle(why);
    gc_publish(&root_work);
    drain_all();
    close_cycle();
    rt_sweep_finish();
    record_pause(t);
    go_on();
    rt_unlock(&start_lock);
}

void rt_gc_collect(GcWhy why)
{
    if (!rt_m || !rt_m->p)
        return;
    if (why != GC_FORCED) {
        collect_stopped(why);
        return;
    }
    /* Beside the program: the cycle under way, if any, then a whole one. */
    uint32_t want = __atomic_load_n(&rt_gc.cycles, __ATOMIC_ACQUIRE) + 1 +
                    (__atomic_load_n(&rt_gc.phase, __ATOMIC_ACQUIRE) == GC_MARK);
    while ((int32_t)(__atomic_load_n(&rt_gc.cycles, __ATOMIC_ACQUIRE) - want) < 0) {
        if (__atomic_load_n(&rt_gc.phase, __ATOMIC_ACQUIRE) == GC_OFF) {
            if (!start(GC_FORCED))
                rt_lend_p();
        } else if (__atomic_load_n(&rt_gc.mark_done, __ATOMIC_ACQUIRE)) {
            if (!finish())
                rt_lend_p();
        } else {
            mark_some(my_work(), 1 << 20);
            work_comes();
        }
        rt_safepoint();
    }
    rt_sweep_finish();
}

void rt_gc_charge(uint64_t bytes)
{
    RtMCache *mc = rt_mcache_current();
    if (mc)
        mc->unassisted += bytes;
    __atomic_fetch_add(&rt_heap.live, bytes, __ATOMIC_RELAXED);
    __atomic_fetch_add(&rt_heap.total_alloc, bytes, __ATOMIC_RELAXED);
    __atomic_fetch_add(&rt_heap.nmalloc, 1, __ATOMIC_RELAXED);
    rt_gc_poll();
}

void rt_gc_stress_tick(void)
{
    if (__atomic_fetch_add(&stress_count, 1, __ATOMIC_RELAXED) % rt_gc.stress == rt_gc.stress - 1)
        rt_gc_collect(GC_STRESS);
}

void rt_gc_init(void)
{
    rt_gc.stress = (uint32_t)rt_debug_option("gcstress", 0);
    rt_gc.verify = (uint32_t)rt_debug_option("gcverify", 0);
    rt_gc.trace = (uint32_t)rt_debug_option("gctrace", 0);
    rt_gc_pace_init();
}
