/* SPDX-License-Identifier: MIT
 *
 * What the scheduler's own files share: global state, the lists of idle Ps and Ms, and the
 * assembly they switch with.
 */
#ifndef GOL_RUNTIME_SCHEDIMPL_H
#define GOL_RUNTIME_SCHEDIMPL_H

#include "runtime/arch/x86_64/ctx.h"
#include "runtime/memcalls.h"
#include "runtime/sched.h"

#define RT_MAXPROCS 1024
#define RT_TRIPPED (~(uint64_t)0) /* a stack limit that every prologue is below */
#define RT_SLICE 10000000         /* ns */

/* Goroutines noted outside of themselves, so that handing many over touches none of them. */
typedef struct RtGBlock {
    struct RtGBlock *next;
    uint32_t first, n; /* g[first] … g[first + n - 1] are in use */
    RtGoroutine *g[126];
} RtGBlock;
#define RT_GBLOCK (sizeof(((RtGBlock *)0)->g) / sizeof(RtGoroutine *))

typedef struct RtSched {
    RtMutex lock; /* guards what follows up to the atomics */
    RtGBlock *qfirst,
        *qlast; /* global run queue; where one was taken from the middle stands NULL */
    _Atomic uint32_t qsize;
    _Atomic uint32_t qpops; /* counts what was taken from it */
    RtP *pidle;
    RtM *midle, *allm;
    RtM *mspare; /* that got no thread */
    int32_t nm, nmidle;
    int32_t nmidlelocked; /* threads that wait for their locked goroutine; may be below 0 for
                             a moment, when that is faster than they */
    uint32_t stopwait;    /* Ps that have not stopped yet */
    RtNote stopnote;
    bool sysmonwait;
    _Atomic bool nothread; /* the last thread that was due could not be created */
    RtNote sysmonnote;

    _Atomic uint32_t npidle __attribute__((aligned(64)));
    _Atomic uint32_t nmspinning;
    _Atomic uint32_t needspinning;
    _Atomic uint64_t idgen;
    _Atomic int64_t lastpoll;  /* 0 while a thread blocks in the poller */
    _Atomic int64_t polluntil; /* until when it does */
    _Atomic bool started;
    int64_t starttime;
} RtSched;
extern RtSched rt_sched;
extern _Thread_local char *rt_sysrsp;

/* arch/x86_64 */
RT_NORETURN void rt_gogo(RtGoroutine *g);
RT_NORETURN void rt_ctx_restore(RtPreemptCtx *ctx);
RT_NORETURN void rt_enter_sysstack(void (*fn)(void));
_Atomic uint64_t *rt_limit_address(void);
void rt_clear_vectors(void); /* xmm0 to xmm15 */
void rt_resume_jump(void);
void rt_gostart(void);
void rt_gostart_return(void);
void rt_morestack_retry(void);
void rt_morestack_return(void);
void rt_morestack_end(void);
RT_NORETURN void rt_unwind(RtFrame *frame);
void __morestack(void);

/* errout.c: rt_eprintf's text of this thread goes to p meanwhile; → bytes */
void rt_eprintf_to(char *p, int64_t cap);
int64_t rt_eprintf_end(void);

/* report.c */
int64_t rt_stack_text(char *p, int64_t cap, bool all);
void rt_schedtrace(int64_t now);

/* sched.c */
void rt_wait_as_locked(RtM *m);
RT_NORETURN void rt_schedule(void);
void rt_ready_new(RtGoroutine *g);
RT_NORETURN void rt_g_finish(void);
void rt_globq_put(RtGoroutine *g);         /* sched.lock held */
void rt_runq_drain(RtP *p);                /* to the global queue; sched.lock held */
RtM *rt_globq_take_locked(void);           /* sched.lock held; takes a goroutine that is locked to
                                              a thread, which waits for it; → the thread */
void rt_globq_put_list(RtGoroutine *list); /* by link; takes the lock; wakes Ps */
bool rt_runq_empty(RtP *p);
void rt_wake_p(void);
void rt_start_m(RtP *p, bool spinning);
void rt_handoff_p(RtP *p);
void rt_acquire_p(RtP *p);
RtP *rt_release_p(void);
/* With sched.lock: m has nothing to do, and is about to wait for a P. */
void rt_midle_put(RtM *m);
/* Gives p, which no thread has, to m, which was among those that have nothing to do, and
 * wakes it.  p is m's from then on, and like that of a thread that is away (rt_away_begin): the
 * world can stop before m comes to run. */
void rt_give_p(RtM *m, RtP *p);
/* The same to the thread of a goroutine locked to it that has been taken from a queue.  That thread
 * may not have come to wait, and still have another P. */
void rt_give_p_to_locked(RtM *m, RtP *p);
/* Of a thread that has noted itself among those that have nothing to do, or whose locked goroutine
 * has been queued: sleeps until it is given a P. */
void rt_wait_for_p(RtM *m);
void rt_pidle_put(RtP *p); /* sched.lock held */
RtP *rt_pidle_get(void);   /* sched.lock held */
void rt_stop_here(void);   /* a P's part in stopping the world */
void rt_check_dead(void);  /* sched.lock held */
void rt_flush_next(RtP *p);
void rt_put_local_tail(RtP *p, RtGoroutine *g);

/* holdback.c, of threads in the scheduler */
bool rt_hold_back_begin(void); /* of a P without work: → from now on, beginning with itself */
bool rt_holding_back(void);    /* nobody is to take work from others */
bool rt_lookout_begin(void);   /* → this thread is the lookout; it counts as spinning */
void rt_lookout_end(void);
bool rt_lookout(void);         /* there is one */
void rt_lookout_nap(void);     /* blocks; the lookout's, without a P */
bool rt_lookout_goes_on(void); /* after a nap; false: it looks for work */

/* proc.c */
RtM *rt_new_m(RtP *p, bool spinning);
void rt_init_m(RtM *m);
RtP *rt_new_p(uint32_t id);
void rt_ps_init(uint32_t n);
/* Takes p from its thread, which is in a system call; false: it has come back, or p has stopped. */
bool rt_retake_p(RtP *p);

/* stop.c */
/* The status of a P whose thread is away.  Names the thread: if GOMAXPROCS changes meanwhile,
 * another may be away with the same P. */
uint32_t rt_away_status(const RtM *m);
/* A stop has been asked for: p counts as stopped, unless the stopper has seen it in state st. */
void rt_stop_as(RtP *p, uint32_t st);
/* With sched.lock: if the world is to stop, p, which no thread holds, has stopped. */
bool rt_stopped_at_once(RtP *p);
/* Of a thread that was away with p; false: p has been taken from it. */
bool rt_come_back(RtM *m, RtP *p);
/* Held while a thread's affinity is not its own for a moment, and while a thread is made, which would
 * keep that. */
extern RtMutex rt_affinity;
void rt_freeze_world(void);
void rt_set_gomaxprocs(uint32_t n);
void rt_watch_stop(int64_t now); /* the monitor's */

/* monitor.c */
void rt_sysmon_start(void);

/* start.c */
void rt_start(int argc, char **argv, char **envp);
uint32_t rt_ncpu(void);

/* goroutine.c */
RtGBlock *rt_gblock_get(void); /* an empty one */
void rt_gblock_put(RtGBlock *b);
RtGoroutine *rt_g_get(RtP *p);
void rt_g_put(RtP *p, RtGoroutine *g);
void rt_slab_trim(void);
bool rt_slab_ahead(void); /* for idle threads: → did some tens of us of work */

/* stack.c */
void rt_seg_free_all(RtGoroutine *g);
void rt_g_forget_calls(RtGoroutine *g); /* which does not run and is not about to */
extern int64_t rt_max_stack;

/* preempt.c */
void rt_trip(RtP *p, uint32_t why); /* asks p's goroutine to give way: at its next prologue,
 or by a signal */
void rt_preempt_signal(RtM *m);
RtPreemptCtx *rt_ctx_get(void);
void rt_ctx_put(RtPreemptCtx *c);
extern uint32_t rt_ctx_size;

/* timer.c */
int64_t rt_timers_run(RtP *p, int64_t now); /* → when of the next, or INT64_MAX */
int64_t rt_timers_next_all(void);
bool rt_timers_any(void);
void rt_timers_move(RtP *from, RtP *to);
void rt_timers_weaken(void); /* a collection begins; the world stands still */

/* pool.c */
void rt_pools_age(void); /* a collection begins; the world stands still */
void rt_pools_scan(RtScanFn *fn, void *arg);

/* netpoll.c */
extern _Atomic uint32_t rt_poll_waiters;
extern bool rt_poll_inited;
void rt_poll_init(void);
RtGoroutine *rt_poll(int64_t ns); /* < 0: block, 0: look only; → ready goroutines */
void rt_poll_break(void);

/* report.c, trace.c */
RT_NORETURN void rt_throw_goroutines(const char *msg);
RT_NORETURN void rt_fatal_deadlock(const char *msg);
void rt_trace_g(RtGoroutine *g);
void rt_trace_others(RtGoroutine *self);
RT_NORETURN void rt_stack_overflow(uint64_t sp);

/* waits.c, for goroutines that do not run */
void rt_print_wait(const RtGoroutine *g);                         /* on what a parked one waits */
void rt_print_circle(RtGoroutine *const *v, size_t n, bool dead); /* who waits for whom */

/* signal.c */
void rt_signals_init(void);
void rt_signals_init_m(RtM *m); /* of the thread itself: its signal stack and mask */

/* the memory side (heap.h, memcalls.h) */
void rt_heap_init(void);
void *rt_persistent(size_t bytes);
void *rt_alloc_raw(size_t bytes);

extern volatile uint32_t rt_coarse_ms; /* ms since the start, as the monitor last saw it */
extern int64_t rt_chaos;               /* GOLDEBUG=chaos=SEED, 0: off */

#endif
