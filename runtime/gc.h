/* SPDX-License-Identifier: MIT
 *
 * The collector's interface to the allocator: when to collect, what state the cycle is in,
 * the sweeper.  Invariants are told in docs/memory.md. */
#ifndef GOL_RUNTIME_GC_H
#define GOL_RUNTIME_GC_H

#include "runtime/heap.h"

typedef enum GcWhy { GC_PACED, GC_FORCED, GC_MEMORY, GC_STRESS } GcWhy;
typedef enum GcPhase { GC_OFF, GC_MARK } GcPhase;

typedef struct RtGc {
    uint32_t phase;         /* GcPhase; changes while the world stands still */
    uint32_t black;         /* 1: marking is under way, new objects are marked */
    uint32_t mark_done;     /* the markers have found nothing more to do */
    uint32_t stress;        /* GOLDEBUG=gcstress=N: a whole collection at every Nth allocation,
                           what is freed is poisoned; 0: off */
    uint32_t verify;        /* GOLDEBUG=gcverify=1 */
    uint32_t trace;         /* GOLDEBUG=gctrace=1 */
    int64_t percent;        /* GOGC; -1: off */
    int64_t limit;          /* GOMEMLIMIT in bytes; INT64_MAX: none */
    uint64_t marked;        /* bytes found live by the last cycle */
    uint64_t start_at;      /* heap size at which a cycle starts */
    uint64_t goal;          /* heap size that the cycle should end below */
    uint64_t scanned;       /* bytes that the last cycle had to look at */
    uint64_t progress;      /* and those that this cycle has looked at so far */
    uint64_t live_at_start; /* the heap's size when this cycle began */
    uint32_t wanting;       /* goroutines that owe marking and wait for something to mark */
    uint64_t roots;         /* bytes of stacks and variables scanned in the last cycle */
    uint32_t cycles, forced;
    uint64_t pause_total; /* ns the world stood still */
    uint64_t pause_ns[256];
    uint64_t pause_end[256];
    uint64_t last_end;             /* ns since 1970 */
    uint64_t marker_ns, assist_ns; /* if traced: thread time that this cycle's marking took */
} RtGc;
extern RtGc rt_gc;

void rt_gc_init(void);
/* Collects if enough has been allocated.  At allocation points only. */
void rt_gc_poll_slow(void);
static inline void rt_gc_poll(void)
{
    if (rt_unlikely(__atomic_load_n(&rt_heap.live, __ATOMIC_RELAXED) >=
                    __atomic_load_n(&rt_heap.trigger, __ATOMIC_RELAXED)))
        rt_gc_poll_slow();
}
void rt_gc_charge(uint64_t bytes);
void rt_gc_stress_tick(void);
/* Marks an object that a table outside the heap begins to name while marking goes on. */
void rt_gc_shade(void *p);
/* Threads that mark, or goroutines that are to help, wait for work. */
bool rt_gc_hungry(void);
/* A marker thread sleeps until there is work. */
bool rt_gc_sleepers(void);
void rt_gc_wake(int n); /* n of them */
/* One whole cycle, and its sweeping.  Waits for a cycle under way to end. */
void rt_gc_collect(GcWhy why);
void rt_heap_report(void); /* the heap's state, to standard error */
uint64_t rt_random_seed(void);

/* ---- sweep.c ---------------------------------------------------------------------------- */

void rt_sweep_add(RtSpan *s); /* a span just made */
/* A swept span of the run with free slots, now the caller's; NULL if there is none.  The world may
 * stop meanwhile. */
RtSpan *rt_sweep_take(unsigned run);
void rt_sweep_large(void); /* frees dead large objects */
/* Opens the sweep phase after marking; the world stands still. */
void rt_sweep_begin(void);
/* Sweeps up to n spans; false when all are done. */
bool rt_sweep_some(unsigned n);
void rt_sweep_finish(void);
void rt_sweep_span_now(RtSpan *s); /* unless it has been */

#endif
