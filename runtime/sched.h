/* SPDX-License-Identifier: MIT
 *
 * The scheduler's data (G, M, P), and what the other parts of the runtime may call.
 *
 *   G  a goroutine: a slot of a slab that holds its first stack segment and its RtG
 *   M  a thread; runs Gs when it holds a P
 *   P  the right to run generated code: run queue, caches, timers; GOMAXPROCS of them
 *
 * Unless said otherwise a function here is called on the system stack of an M that holds
 * a P (which is where generated code lands through the stubs).  Code on the system stack
 * never moves to another thread, so thread-locals are stable there; on a goroutine's stack
 * only rt_g may be used, because any call may move it.
 */
#ifndef GOL_RUNTIME_SCHED_H
#define GOL_RUNTIME_SCHED_H

#include <stdatomic.h>

#include "runtime/abi.h"
#include "runtime/layout.h"

typedef struct RtM RtM;
typedef struct RtP RtP;
typedef struct RtSeg RtSeg;
typedef struct RtSudog RtSudog;
typedef struct RtPanic RtPanic;
typedef struct RtGoroutine RtGoroutine; /* RtG as the runtime sees it */
typedef struct RtMCache RtMCache;       /* heap.c's per-P caches */
extern RtMCache rt_mcache_none;         /* an empty one: a P has it until its first allocation */
struct RtChan;

#define rt_likely(x) __builtin_expect(!!(x), 1)
#define rt_unlikely(x) __builtin_expect(!!(x), 0)
#define RT_NORETURN __attribute__((noreturn))

/* ---- locks between threads (lock.c) ------------------------------------------------------ */

/* A futex mutex for the runtime's own data.  Not recursive.  Never held across a park or a
 * safepoint. */
typedef struct RtMutex {
    _Atomic uint32_t state; /* 0 free, 1 held, 2 held and perhaps waited for */
} RtMutex;
/* Of the holder: whether others may wait. */
static inline bool rt_lock_wanted(RtMutex *l)
{
    return atomic_load_explicit(&l->state, memory_order_relaxed) == 2;
}
void rt_lock_slow(RtMutex *l);
void rt_unlock_slow(RtMutex *l);
static inline bool rt_trylock(RtMutex *l)
{
    uint32_t z = 0;
    return atomic_compare_exchange_strong_explicit(&l->state, &z, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}
static inline void rt_lock(RtMutex *l)
{
    if (rt_unlikely(!rt_trylock(l)))
        rt_lock_slow(l);
}
static inline void rt_unlock(RtMutex *l)
{
    if (rt_unlikely(atomic_exchange_explicit(&l->state, 0, memory_order_release) == 2))
        rt_unlock_slow(l);
}

/* A spinning lock for sections of some tens of instructions (channels, run queues): freed
 * by a plain store. */
typedef struct RtSpin {
    _Atomic uint32_t held;
} RtSpin;
void rt_spin_slow(RtSpin *l);
static inline void rt_spin_lock(RtSpin *l)
{
    if (rt_unlikely(atomic_exchange_explicit(&l->held, 1, memory_order_acquire)))
        rt_spin_slow(l);
}
static inline void rt_spin_unlock(RtSpin *l)
{
    atomic_store_explicit(&l->held, 0, memory_order_release);
}

/* A turn of waiting for what another thread is about to finish.  It may have been descheduled, for
 * there can be more threads than processors: after some turns it gets ours, after more we sleep. */
void rt_wait_turn(unsigned *turn);

/* A one-shot wake-up: one sleeper, any number of wakers; clear before reuse. */
typedef struct RtNote {
    _Atomic uint32_t set;
} RtNote;
void rt_note_clear(RtNote *n);
void rt_note_wake(RtNote *n);
bool rt_note_sleep(RtNote *n, int64_t ns); /* ns < 0: for ever; → woken, not timed out */

/* ---- goroutines -------------------------------------------------------------------------- */

/* X(ENUM, "text as in a trace") */
#define RT_WAIT_REASONS(X)                                                                         \
    X(NONE, "")                                                                                    \
    X(CHAN_RECV, "chan receive")                                                                   \
    X(CHAN_SEND, "chan send")                                                                      \
    X(CHAN_RECV_NIL, "chan receive (nil chan)")                                                    \
    X(CHAN_SEND_NIL, "chan send (nil chan)")                                                       \
    X(SELECT, "select")                                                                            \
    X(SELECT_NONE, "select (no cases)")                                                            \
    X(SLEEP, "sleep")                                                                              \
    X(SEMACQUIRE, "semacquire")                                                                    \
    X(MUTEX, "sync.Mutex.Lock")                                                                    \
    X(RWMUTEX_R, "sync.RWMutex.RLock")                                                             \
    X(RWMUTEX_W, "sync.RWMutex.Lock")                                                              \
    X(WAITGROUP, "sync.WaitGroup.Wait")                                                            \
    X(COND, "sync.Cond.Wait")                                                                      \
    X(IO, "IO wait")                                                                               \
    X(SYSCALL, "syscall")                                                                          \
    X(GC, "GC worker (idle)")                                                                      \
    X(GC_ASSIST, "GC assist wait")                                                                 \
    X(FINALIZER, "finalizer wait")                                                                 \
    X(PREEMPTED, "preempted")                                                                      \
    X(SIGNAL, "signal wait")                                                                       \
    X(COROUTINE, "coroutine")

typedef enum RtWaitReason {
#define X(e, s) RT_WAIT_##e,
    RT_WAIT_REASONS(X)
#undef X
} RtWaitReason;

typedef enum RtGStatus {
    RT_G_FREE, /* the slot holds no goroutine */
    RT_G_RUNNABLE,
    RT_G_RUNNING,
    RT_G_SYSCALL,
    RT_G_WAITING,
    RT_G_DEAD, /* finished, being recycled */
} RtGStatus;

/* A stack segment.  The header of the first lies in RtG, of the others at the segment's low
 * end, under the slack:
 *
 *     seg            limit                        top
 *      | header | slack | usable, grows downwards  |
 */
struct RtSeg {
    RtSeg *prev, *next; /* next: the segment in use above this one, or a cached one */
    char *top;          /* 16-aligned */
    char *limit;        /* what %fs:0x70 holds while this is the segment in use */
    uint64_t bytes;     /* of the whole allocation; 0 for the first */
    union {
        char *left;          /* %rbp in the __morestack that left prev for this one */
        uint64_t fault_addr; /* in the first, which none was left for: see fault_pc */
    };
};

/* A goroutine that stands in a queue. */
struct RtSudog {
    RtSudog *next, *prev;
    RtGoroutine *g;
    void *elem; /* value to send, or where to receive to; may be NULL */
    struct RtChan *chan;
    RtSudog *waitlink; /* the goroutine's other ones, in a select */
    uint32_t is_select;
    uint32_t index; /* of the case in a select */
};

/* RtG is declared in abi.h with its public fields only; rt_gp(g) gives this.  Among many
 * goroutines each switch finds it in no cache: to start, run and end one touches the first two
 * cache lines, to wait the third, all else is in the fourth. */
struct RtGoroutine {
    RtG pub;                 /* stack_limit_copy, defer_callee, id */
    uint64_t sp;             /* where it was left: six saved registers, %rbp, return address */
    uint64_t ret;            /* %rax when it resumes; for rt_gostart the closure */
    void *resume;            /* NULL, or code that takes over when it resumes */
    _Atomic uint32_t status; /* RtGStatus */
    _Atomic uint32_t scan; /* rt_scan_gen: its stack is scanned; + 1: is being scanned; else due */
    uint8_t waitreason;    /* of the last park */
    uint8_t flags;         /* RT_GF_… */
    uint16_t locks;        /* LockOSThread calls not undone */
    uint32_t waitsince;    /* ms since the start, of the last park */
    /* A switch touches nothing from here on, for the cache line is one of many then. */

    RtSeg *seg;     /* the segment in use; NULL: the slot is new */
    RtFrame *frame; /* innermost rt_protect */
    void *gopc;     /* return address of the go statement */
    uint64_t parent;
    struct RtPreemptCtx *ctx;    /* registers, if RT_GF_PREEMPTED */
    RtM *lockedm;                /* if RT_GF_LOCKED */
    _Atomic uint32_t selectdone; /* 1: a case of its select has been taken */
    uint32_t stack_kib;          /* of all segments beyond the first */
    RtGoroutine *link;           /* in a list of the slabs or the poller */

    RtSudog sd;
    void *waitobj; /* channel, semaphore, …; see waitreason */

    RtPanic *panic;    /* innermost panic in progress */
    uint64_t fault_pc; /* of a fault, until the panic that it becomes has it; 0: none */
    RtSeg first;
};
enum {
    RT_GF_SYSTEM = 1, /* the runtime's own: not counted, not shown */
    RT_GF_MAIN = 2,
    RT_GF_LOCKED = 4,    /* to the thread lockedm, which alone runs it */
    RT_GF_PREEMPTED = 8, /* by a signal, and not resumed yet: its registers are in ctx */
    RT_GF_RAN = 16,      /* since its stack was last scanned */
};

#define rt_gp(g) ((RtGoroutine *)(g))
/* m NULL: no more.  Of the goroutine itself, or of who holds it.  At the end of a system call, in
 * which its stack may be scanned meanwhile: that clears RT_GF_RAN. */
static inline void rt_g_lock_to(RtGoroutine *g, RtM *m)
{
    g->lockedm = m;
    if (m)
        __atomic_fetch_or(&g->flags, RT_GF_LOCKED, __ATOMIC_RELAXED);
    else
        __atomic_fetch_and(&g->flags, (uint8_t)~RT_GF_LOCKED, __ATOMIC_RELAXED);
}
extern _Thread_local RtG *rt_g; /* the current goroutine */
#define rt_self() rt_gp(rt_g)

/* What a fault did, for the line below the panic's message. */
typedef struct RtFault {
    int sig, code;
    uint64_t addr, pc;
} RtFault;

/* ---- threads ------------------------------------------------------------------------------ */

struct RtM {
    struct RtPreemptCtx *spare_ctx; /* first: __morestack finds it there */
    RtP *p;                         /* NULL while it has none */
    RtP *oldp;                      /* the P it had when it entered a system call */
    RtGoroutine *g;                 /* running now */
    struct RtPreemptCtx *used_ctx;  /* was resumed from, can go back to the pool */
    uint64_t rng;
    RtNote park;
    bool spinning;
    RtP *nextp; /* of a new thread, or a locked one: the P it goes on with */
    RtGoroutine *lockedg;
    uint64_t id;
    RtM *alllink, *schedlink;
    char *sysrsp;        /* top of its system stack, where stubs start */
    uint64_t stopped_sp; /* lowest live address of its system stack at a safepoint, else 0 */
    uint64_t saved[6];   /* callee-saved registers then */
    uint64_t sysargs[6]; /* arguments of the system call it is in: roots */
    _Atomic uint64_t *limit_word; /* the thread's %fs:0x70, tripped by others */
    int tid;
    uint64_t thread; /* pthread_t */
    void *sigstack;
    RtFault fault; /* the last one on this thread */
};
extern _Thread_local RtM *rt_m;

/* ---- processors --------------------------------------------------------------------------- */

#define RT_RUNQ 256
typedef enum RtPStatus {
    RT_P_IDLE,
    RT_P_RUNNING,
    RT_P_SYSCALL,
    RT_P_AWAY, /* and its thread's id << 8: that is between rt_away_begin and rt_away_end, or has
                  been given it and not come to run */
    RT_P_STOPPED,
    RT_P_DEAD,
} RtPStatus;

typedef struct RtTimerHeap {
    RtSpin lock;
    uint32_t n, cap;
    struct RtTimerSlot *slots;
    _Atomic int64_t first; /* when of the first one, INT64_MAX if none */
} RtTimerHeap;

struct RtP {
    /* the owner's */
    RtGoroutine *volatile next;  /* runs next, on the rest of the time slice; thieves leave it
                                   alone, but the monitor makes the owner give it away if it
                                   has waited long while other Ps are idle */
    volatile uint32_t allticks;  /* counts every dispatch */
    volatile uint32_t schedtick; /* counts every dispatch but those through next */
    _Atomic uint32_t preempt;    /* RT_PREEMPT_… */
    uint32_t id;
    RtM *m;
    RtMCache *mcache;               /* heap.c */
    void *heap_priv;                /* heap.c */
    struct RtGBlock *gfree, *gfull; /* free slots (goroutine.c) */
    RtSudog *sudogs;
    RtSeg *segs[6]; /* cached stack segments by size class */
    uint32_t nsegs[6];
    uint64_t nextid, lastid; /* goroutine ids taken in batches */
    int64_t gcount;          /* created minus finished here */
    /* Of goroutines that give way (sched.c): */
    int64_t batch_at;  /* when the last batch came from the global queue, or it was empty */
    int64_t looked_at; /* the clock, to see whether they stay with this P */
    int32_t stay;      /* so many do; then 0: it is to be seen; < 0: none until the next batch */
    int32_t unseen;    /* what stay was set to */
    bool yields;       /* one gave way since the last batch */
    struct RtSleeper *sleepers;
    volatile uint32_t syscalltick;
    RtP *link;
    _Atomic uint32_t status; /* RtPStatus */
    uint32_t goes_on_as;     /* STOPPED, with a thread: its status when the world goes on */
    /* the owner's and thieves' */
    _Atomic uint32_t head __attribute__((aligned(64)));
    _Atomic uint32_t tail;
    RtGoroutine *_Atomic ring[RT_RUNQ];
    RtTimerHeap timers __attribute__((aligned(64)));
    struct { /* the monitor's */
        uint32_t schedtick, allticks, syscalltick;
        int64_t when, syswhen, nextwhen;
        RtGoroutine *next;
    } mon __attribute__((aligned(64)));
    struct { /* the lookout's, at its last look (holdback.c) */
        uint32_t head;
        bool queued; /* the ring was not empty */
        bool asked;  /* its owner to give way to it */
    } seen;
};
enum {
    RT_PREEMPT_YIELD = 1, /* the time slice is over, or the world stops */
    RT_PREEMPT_FLUSH = 2, /* put next where others can take it */
    RT_PREEMPT_TIMER = 4, /* a timer is due */
};

static inline RtP *rt_p(void)
{
    return rt_m->p;
}
extern RtP **rt_allp;
extern uint32_t rt_gomaxprocs;

/* ---- parking ------------------------------------------------------------------------------ */

/* Parks the current goroutine.  Because its registers are saved on its own stack and we run
 * on the system stack, it may be readied by another thread as soon as its status is WAITING:
 * so rt_park_prepare first, then publish the goroutine (unlock the queue that it stands in),
 * then rt_park_commit.  When it resumes the stub returns ->ret to its caller. */
void rt_park_prepare(RtWaitReason why, void *obj);
RT_NORETURN void rt_park_commit(void);
/* Both, with unlock(arg) in between (may be NULL). */
RT_NORETURN void rt_park(void (*unlock)(void *), void *arg, RtWaitReason why, void *obj);
/* Makes a parked goroutine runnable: it takes this P's next slot. */
void rt_ready(RtGoroutine *g);
/* The same, to the tail of the queue. */
void rt_ready_tail(RtGoroutine *g);
/* g, which was parked, runs at once in place of the current goroutine, which is parked and has
 * been published: the same as rt_ready and rt_park_commit, but past all queues. */
RT_NORETURN void rt_switch_to(RtGoroutine *g);
/* Lets others run; comes back when it is our turn. */
RT_NORETURN void rt_gosched(void);
/* New goroutine that runs fn(arg) of C code compiled with -fsplit-stack (or generated). */
RtGoroutine *rt_newproc(void *closure, int64_t bytes, void *gopc, unsigned flags);

/* ---- blocking ----------------------------------------------------------------------------- */

/* Notes where the collector finds what this thread's C code works on: in the registers that calls
 * preserve, and on its system stack from the caller's frame on.  In that frame, for a function of
 * its own would push some of the registers into a frame that nobody scans; it must not return
 * before stopped_sp is 0 again. */
void rt_save_callee(uint64_t out[6]);
static inline __attribute__((always_inline)) void rt_save_roots(RtM *m)
{
    rt_save_callee(m->saved);
    __asm__ volatile("movq %%rsp, %0" : "=m"(m->stopped_sp));
}

/* Around a system call that may block: between the two the thread owns no P and must not
 * touch the heap or goroutines.  Both in one function. */
void rt_entersyscall_saved(RtM *m);
static inline __attribute__((always_inline)) void rt_entersyscall(void)
{
    RtM *m = rt_m;
    rt_save_roots(m);
    rt_entersyscall_saved(m);
}
void rt_exitsyscall(void);
/* The same for C code that has nothing left to do but return r to the goroutine: if no P is
 * free it does not come back, and r is returned when the goroutine is scheduled again. */
int64_t rt_exitsyscall_ret(int64_t r);
/* Of a thread that waits for another one, which may be waiting for a P: it may have ours.  May come
 * back with another P. */
void rt_lend_p(void);
/* Stops here while another thread has the world stopped.  Long C loops call it. */
void rt_safepoint(void);
/* Around long work that touches neither goroutines nor what the collector looks at, such as the
 * system's zeroing of memory, on the system stack and where the world may stop: the thread keeps
 * its P, but the world stops without waiting for it.  begin returns what end wants: the P, or NULL
 * on a thread without.  Both in one function. */
void rt_away_saved(RtM *m);
static inline __attribute__((always_inline)) RtP *rt_away_begin(void)
{
    RtM *m = rt_m;
    if (!m || !m->p)
        return NULL;
    RtP *p = m->p;
    rt_save_roots(m);
    rt_away_saved(m);
    return p;
}
void rt_away_end(RtP *p);
extern _Atomic uint32_t rt_gcwaiting;
/* Set from the request to stop the world until it has stopped: who works for long looks at it and
 * goes to a safepoint. */
extern _Atomic uint32_t rt_stopping;

/* Starts a thread of the runtime's own: without an RtM, with all signals blocked, on 128 KiB of stack;
 * the world does not wait for it.  → 0 or an errno */
int rt_thread_start(void *(*fn)(void *), void *arg);

/* Of a thread without a P, holding no lock: waits, about a millisecond at most, while the world
 * stops or stands still, so that those who stop it and those who have yet to stop find a processor. */
void rt_make_way(void);
/* While the world stands still: nobody is to make way any more. */
void rt_make_no_way(void);
/* Stops all other Ps; nothing but the caller runs until rt_start_world.  The caller keeps
 * its P.  Never nested.  Returns the time (rt_nanotime) from which on others stood still. */
int64_t rt_stop_world(const char *reason);
void rt_start_world(void);

/* ---- for the collector, while the world is stopped ------------------------------------------- */

/* [lo, hi) is to be scanned word by word, conservatively; 8-aligned. */
typedef void RtScanFn(void *arg, const void *lo, const void *hi);
int64_t rt_g_count(void); /* goroutines that exist */
/* Every goroutine that is neither free nor dead. */
void rt_g_foreach(void (*fn)(RtGoroutine *g, void *arg), void *arg);
/* Stacks are scanned once a cycle, each before its goroutine runs again: those of goroutines
 * that run by rt_g_scan_begin, the others by whoever comes first, a marker or the thread that
 * is about to run one.  New goroutines count as scanned: what they hold was their creator's.
 * rt_scan_gen is even and changes while the world is stopped. */
extern uint32_t rt_scan_gen;
/* Opens a round, while the world is stopped. */
void rt_g_scan_begin(RtScanFn *fn, void *arg);
/* Scans some goroutines that are due.  Any thread, the world may run; does not wait for those
 * that others are scanning.  false: there were none left. */
bool rt_g_scan_some(RtScanFn *fn, void *arg);
/* Scans g if it is due, or waits until whoever does it has done. */
void rt_g_scan_due(RtGoroutine *g, RtScanFn *fn, void *arg);
/* gc.c: the same for g, which this thread's P is about to run. */
void rt_gc_scan_goroutine(RtGoroutine *g);
/* Scans g once more, while marking is under way: it has been stopped anywhere, perhaps between a
 * store and the record of the word that it overwrote.  On the thread that g ran on, which has
 * its P; g->ctx is set. */
void rt_gc_rescan_goroutine(RtGoroutine *g);
extern uint32_t rt_wb_enabled; /* 1 while marking; changes while the world is stopped */
/* Stack segments from the stack pointer up, the RtG itself, preempted registers.  g must not
 * be running, unless it is the caller's own. */
void rt_g_scan(RtGoroutine *g, RtScanFn *fn, void *arg);
/* System stacks of threads that stand at a safepoint inside the runtime, and the caller's. */
void rt_m_scan(RtScanFn *fn, void *arg);
/* Timers, queues of semaphores: what the scheduler holds outside the heap. */
void rt_sched_scan(RtScanFn *fn, void *arg);
/* Takes timers that marking has found dead out of their heaps; all marking is done and the
 * world stands still. */
void rt_timers_drop_dead(void);
/* Gives idle slabs back to the system: called after a collection; any thread. */
void rt_stack_trim(void);

/* ---- errors -------------------------------------------------------------------------------- */

/* "fatal error: msg", traces, exit 2. */
RT_NORETURN void rt_throw(const char *msg);
/* From C on the system stack: goes back to the goroutine's stack, as if the stub had not
 * been called, and panics there. */
RT_NORETURN void rt_panic_iface(RtIface v);
RT_NORETURN void rt_panic_str(const char *msg); /* a runtime.Error "runtime error: " msg if it
                                                   begins so, else a plain runtime error */
/* The same for the panics of abi.h: fn is one of the G functions rt_panic_*. */
RT_NORETURN void rt_raise(void *fn, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                          uint64_t f);

/* ---- small things ---------------------------------------------------------------------------- */

/* xorshift64*, per thread; any stack but not for C on goroutine stacks. */
static inline uint64_t rt_fastrand(void)
{
    uint64_t x = rt_m->rng;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    rt_m->rng = x;
    return x * 0x2545f4914f6cdd1dull;
}
static inline uint32_t rt_fastrandn(uint32_t n)
{
    return (uint32_t)(((rt_fastrand() >> 32) * n) >> 32);
}
int64_t rt_nanotime(void);
/* Formats %s %d %u %x %p %c (and %ld-like by width l) to standard error in one write. */
void rt_eprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The program's arguments, kept by start.c. */
extern int rt_argc;
extern char **rt_argv, **rt_envp;
/* Value of a key in GOLDEBUG ("a=1,b=2"), or def. */
bool rt_clone_fails(void); /* as GOLDEBUG=failclone=N demands, for tests */
int64_t rt_debug_option(const char *key, int64_t def);
/* Ends the process after flushing what the runtime holds. */
RT_NORETURN void rt_exit(int code);

#endif
