/* SPDX-License-Identifier: MIT
 *
 * The C side of the library: one row for each body-less function of std/.  The function
 * `name` of package p/q is the C function std_p_q_name; its parameters are flattened to
 * words (abi.h, "Symbols").  Included by C, by the compiler and by the assembler's stubs.
 *
 * STD(name, flags): C function std_##name.
 *     STDF_LEAF   called directly on the goroutine's stack: tiny, calls nothing that blocks
 *                 or uses much stack
 *     else        entered through the stub sys_std_##name on the system stack; may park
 *
 * What the packages expect of those that the scheduler implements:
 *
 *   sync.runtime_Semacquire(addr *uint32, lifo bool, reason int)
 *       waits until *addr > 0 and decrements it; lifo: stands first in the queue; reason:
 *       0 semacquire, 1 sync.Mutex.Lock, 2 sync.RWMutex.RLock, 3 sync.RWMutex.Lock,
 *       4 sync.WaitGroup.Wait, 5 sync.Cond.Wait (the wait reason's text)
 *   sync.runtime_Semrelease(addr *uint32, handoff bool)
 *       increments *addr and readies one waiter; handoff: the waiter runs at once
 *   sync.runtime_canSpin(i int) bool, sync.runtime_doSpin()
 *       whether the i-th round of active spinning is worth it; ~30 pauses
 *   sync.fatal(s string)
 *       "fatal error: " s, traces, exit 2: cannot be recovered
 *   time.Sleep(ns int64)
 *   time.startTimer(t *RtTimer), stopTimer(t) bool, resetTimer(t, when, period int64) bool
 *       t->when on the monotonic clock of time.runtimeNano; see struct RtTimer below.
 *       stop and reset report whether the timer was pending; after they return no delivery
 *       of the old setting is under way.  Deliver: t->f != NULL: a goroutine runs t->f;
 *       else std_time_stamp(value, t->loc) and a non-blocking send of it on t->chan.
 */
#ifndef GOL_RUNTIME_STDCALLS_H
#define GOL_RUNTIME_STDCALLS_H

#define STDF_LEAF 1
#define STDF_FORGETS 2 /* keeps and returns no pointer that it is given */

#define STD_ATOMIC_INTS(STD, T)                                                                    \
    STD(sync_atomic_Load##T, STDF_LEAF | STDF_FORGETS)                                             \
    STD(sync_atomic_Store##T, STDF_LEAF | STDF_FORGETS)                                            \
    STD(sync_atomic_Add##T, STDF_LEAF | STDF_FORGETS)                                              \
    STD(sync_atomic_Swap##T, STDF_LEAF | STDF_FORGETS)                                             \
    STD(sync_atomic_CompareAndSwap##T, STDF_LEAF | STDF_FORGETS)                                   \
    STD(sync_atomic_And##T, STDF_LEAF | STDF_FORGETS)                                              \
    STD(sync_atomic_Or##T, STDF_LEAF | STDF_FORGETS)

/* clang-format off */
#define STD_CALLS(STD)                                                                             \
    STD_ATOMIC_INTS(STD, Int32)                                                                    \
    STD_ATOMIC_INTS(STD, Int64)                                                                    \
    STD_ATOMIC_INTS(STD, Uint32)                                                                   \
    STD_ATOMIC_INTS(STD, Uint64)                                                                   \
    STD_ATOMIC_INTS(STD, Uintptr)                                                                  \
    STD(sync_atomic_LoadPointer, STDF_LEAF)                                                        \
    STD(sync_atomic_StorePointer, 0) /* with write barrier */                                      \
    STD(sync_atomic_SwapPointer, 0)                                                                \
    STD(sync_atomic_CompareAndSwapPointer, 0)                                                      \
    STD(sync_runtime_Semacquire, STDF_FORGETS)                                                     \
    STD(sync_runtime_Semrelease, STDF_FORGETS)                                                     \
    STD(sync_runtime_canSpin, STDF_LEAF | STDF_FORGETS)                                            \
    STD(sync_runtime_doSpin, STDF_LEAF | STDF_FORGETS)                                             \
    STD(sync_runtime_nanotime, STDF_FORGETS)                                                       \
    STD(sync_runtime_goid, STDF_LEAF) /* → the current goroutine's id */                           \
    STD(sync_anyHash, STDF_FORGETS)                                                                \
    STD(sync_poolTake, STDF_LEAF)                                                                  \
    STD(sync_poolGive, STDF_LEAF)                                                                  \
    STD(sync_poolPut, 0)                                                                           \
    STD(sync_poolGet, 0)                                                                           \
    STD(iter_coronew, 0)                                                                           \
    STD(iter_coroswitch, 0)                                                                        \
    STD(iter_coroexit, 0)                                                                          \
    STD(sync_fatal, 0)                                                                             \
    STD(syscall_call, STDF_FORGETS)            /* (nr, a, b, c, d, e) → result or -errno; does not block */ \
    STD(syscall_callblock, STDF_FORGETS)       /* the same, inside rt_entersyscall … rt_exitsyscall */ \
    STD(syscall_args, STDF_LEAF)    /* → char **argv, NULL-terminated */                           \
    STD(syscall_environ, STDF_LEAF) /* → char **envp at the program's start */                     \
    STD(os_pollOpen, 0)        /* (fd) → a descriptor of netpoll.h, or 0 */                       \
    STD(os_pollWait, 0)        /* (pd, side) → RT_POLL_… */                                       \
    STD(os_pollState, 0)       /* (pd, side) → what a wait would give at once, else RT_POLL_OK */ \
    STD(os_pollUnblock, 0)     /* (pd) */                                                         \
    STD(os_pollClose, 0)       /* (pd) */                                                         \
    STD(os_pollSetDeadline, 0) /* (pd, side, ns from now; 0: none) */                             \
    STD(os_pollExpire, 0)      /* (pd, side): the deadline's timer has fired */                   \
    STD(time_walltime, 0)           /* → {sec, nsec} since 1970 */                                 \
    STD(time_runtimeNano, 0)                                                                       \
    STD(time_startNano, STDF_LEAF) /* runtimeNano's reading when the program began */              \
    STD(time_Sleep, 0)                                                                             \
    STD(time_startTimer, 0)                                                                        \
    STD(time_stopTimer, STDF_FORGETS)                                                              \
    STD(time_resetTimer, 0)                                                                        \
    STD(internal_reflectlite_typedmove, 0) /* (type, dst, src) */                                  \
    STD(internal_reflectlite_equal, STDF_FORGETS)     /* (type, x, y) → bool; may panic */         \
    STD(internal_reflectlite_getitab, 0)   /* (iface type, type) → itab or NULL */                 \
    STD(internal_reflectlite_mapiterinit, 0)                                                       \
    STD(internal_reflectlite_mapiternext, 0)                                                       \
    STD(internal_reflectlite_mapget, 0) /* (type, map, key) → element or NULL */                   \
    STD(internal_reflectlite_unsafe_New, 0)                                                        \
    STD(runtime_Gosched, 0)                                                                        \
    STD(runtime_Goexit, STDF_LEAF) /* a G function */                                              \
    STD(runtime_NumGoroutine, 0)                                                                   \
    STD(runtime_NumCPU, 0)                                                                         \
    STD(runtime_setmaxprocs, 0)                                                                    \
    STD(runtime_LockOSThread, 0)                                                                   \
    STD(runtime_UnlockOSThread, 0)                                                                 \
    STD(runtime_Breakpoint, STDF_LEAF)                                                             \
    STD(runtime_keep, STDF_LEAF | STDF_FORGETS)                                                    \
    STD(runtime_typeString, STDF_LEAF)                                                             \
    STD(runtime_typePath, STDF_LEAF)                                                               \
    STD(runtime_throwPrinting, STDF_FORGETS)                                                       \
    STD(runtime_frameInfo, STDF_FORGETS)                                                           \
    STD(runtime_callers, STDF_FORGETS)                                                             \
    STD(runtime_stackText, STDF_FORGETS)                                                           \
    STD(runtime_debug_setmaxstack, 0)                                                              \
    STD(runtime_debug_setmaxthreads, 0)                                                            \
    STD(math_Sqrt, STDF_LEAF | STDF_FORGETS)                                                       \
    STD(math_FMA, STDF_LEAF | STDF_FORGETS)                                                        \
    STD(math_archExp, STDF_LEAF | STDF_FORGETS)                                                    \
    STD(internal_bytealg_IndexByte, STDF_LEAF | STDF_FORGETS)                                      \
    STD(internal_bytealg_IndexByteString, STDF_LEAF | STDF_FORGETS)                                \
    STD(internal_bytealg_LastIndexByte, STDF_LEAF | STDF_FORGETS)                                  \
    STD(internal_bytealg_LastIndexByteString, STDF_LEAF | STDF_FORGETS)                            \
    STD(internal_bytealg_Count, STDF_LEAF | STDF_FORGETS)                                          \
    STD(internal_bytealg_CountString, STDF_LEAF | STDF_FORGETS)                                    \
    STD(internal_bytealg_Index, STDF_FORGETS)                                                      \
    STD(internal_bytealg_IndexString, STDF_FORGETS)                                                \
    STD(internal_bytealg_Equal, STDF_LEAF | STDF_FORGETS)                                          \
    STD(internal_bytealg_Compare, STDF_LEAF | STDF_FORGETS)                                        \
    STD(runtime_setFinalizer, 0)                                                                   \
    STD(runtime_addCleanup, 0)                                                                     \
    STD(runtime_stopCleanup, 0)                                                                    \
    STD(runtime_startRunner, 0)                                                                    \
    STD(runtime_nextDue, 0)                                                                        \
    STD(runtime_GC, 0)                                                                             \
    STD(runtime_readStats, STDF_FORGETS)                                                           \
    STD(runtime_readPauses, STDF_FORGETS)                                                          \
    STD(runtime_debug_setGCPercent, 0)                                                             \
    STD(runtime_debug_setMemoryLimit, 0)                                                           \
    STD(runtime_debug_freeOSMemory, 0)                                                             \
    STD(internal_fastrand_Uint64, STDF_LEAF) /* → uint64 */
/* clang-format on */

#ifndef __ASSEMBLER__

#include <stdint.h>

/* The runtime's part of time.Timer and time.Ticker (std/time/sleep.gol has its twin). */
typedef struct RtTimer {
    int64_t when;   /* ns on the monotonic clock */
    int64_t period; /* > 0: fires again at when + n*period */
    void *f;        /* closure to run in a new goroutine, or NULL */
    void *chan;     /* chan time.Time of capacity 1 */
    void *loc;      /* for std_time_stamp */
    uint64_t priv[6];
} RtTimer;

/* Writes the present time as a time.Time (24 bytes) with location loc (std_time.c). */
void std_time_stamp(void *time, void *loc);

#endif
#endif
