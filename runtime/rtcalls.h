/* SPDX-License-Identifier: MIT
 *
 * Prototypes of the rows of abi.h and stdcalls.h that the scheduler's side implements.
 */
#ifndef GOL_RUNTIME_RTCALLS_H
#define GOL_RUNTIME_RTCALLS_H

#include "runtime/chan.h"
#include "runtime/sched.h"
#include "runtime/stdcalls.h"

void *rt_chan_make(const RtChanType *t, int64_t cap);
void rt_chan_send(RtChan *c, void *elem);
bool rt_chan_recv(RtChan *c, void *elem);
void rt_chan_close(RtChan *c);
int64_t rt_chan_len(const RtChan *c);
int64_t rt_chan_cap(const RtChan *c);
int64_t rt_select(RtSelectCase *cases, int64_t n, bool block);
void rt_go(RtClosure *closure, int64_t bytes);
RT_NORETURN void rt_panic_send_closed(void);

/* G functions (gpanic.c, switch.S) */
void rt_protect(void *body, RtFrame *frame);
void rt_run_defers(RtFrame *frame);
void rt_panic(const void *tab, uint64_t word);
RtIface rt_recover(bool may);
void rt_panic_index(int64_t i, int64_t n, bool is_unsigned);
void rt_panic_slice(int64_t fault, int64_t v, int64_t bound, bool is_unsigned);
void rt_panic_nil(void);
void rt_panic_nilmap(void);
void rt_panic_divide(void);
void rt_panic_shift(void);
void rt_panic_range(int64_t state);
extern uint64_t rt_zerobase[2];
void rt_panic_slice2array(int64_t have, int64_t want);
void rt_panic_unsafe(const void *p, int64_t n, int64_t is_string);
void rt_panic_assert(const RtType *iface, const RtType *dyn, const RtType *want);
void rt_panic_wrap(const uint8_t *p, int64_t np, const uint8_t *t, int64_t nt, const uint8_t *m,
                   int64_t nm);
void rt_panic_error(const uint8_t *s, int64_t n); /* "runtime error: " s */
void rt_panic_plain(const uint8_t *s, int64_t n); /* a runtime.Error with just that text */
void rt_panic_fault(void);
/* An interface assertion that failed for want of a method. */
void rt_panic_assert_missing(const RtType *iface, const RtType *dyn, const RtType *want,
                             const uint8_t *missing, int64_t n);

/* on the system stack, from assembly */
void rt_seg_trim(RtSeg *s);
void rt_newseg(uint64_t need, uint64_t sp);
struct RtPreemptCtx;
RT_NORETURN void rt_morestack_tripped(struct RtPreemptCtx *ctx);

/* on the system stack */
RT_NORETURN void rt_fatalpanic(RtPanic *p);
RT_NORETURN void rt_goexit_done(void);
RT_NORETURN void rt_main_done(void);

void std_sync_runtime_Semacquire(uint32_t *addr, bool lifo, int64_t reason);
void std_sync_runtime_Semrelease(uint32_t *addr, bool handoff);
uint64_t std_sync_runtime_goid(void);
bool std_sync_runtime_canSpin(int64_t i);
void std_sync_runtime_doSpin(void);
/* The twin of std/sync's Pool. */
typedef struct RtPool {
    void *local; /* one part a P */
    uint64_t nlocal;
    void *victim; /* what local was before the last collection */
    uint64_t nvictim;
    struct RtPool *link, *victim_link;
} RtPool;
RtIface std_sync_poolTake(RtPool *p);
bool std_sync_poolGive(RtPool *p, const void *tab, uint64_t word);
void std_sync_poolPut(RtPool *p, const void *tab, uint64_t word);
RtIface std_sync_poolGet(RtPool *p);
/* std/iter's coro: whichever of the two goroutines does not run. */
typedef struct RtCoro {
    RtGoroutine *_Atomic g;
} RtCoro;
void std_iter_coronew(RtCoro *c, RtClosure *f);
void std_iter_coroswitch(RtCoro *c);
void std_iter_coroexit(RtCoro *c);
RT_NORETURN void std_sync_fatal(const uint8_t *p, int64_t n);
RT_NORETURN void std_runtime_throwPrinting(const uint8_t *p, int64_t n);
void std_time_Sleep(int64_t ns);
void std_time_startTimer(RtTimer *t);
bool std_time_stopTimer(RtTimer *t);
bool std_time_resetTimer(RtTimer *t, int64_t when, int64_t period);

#endif
