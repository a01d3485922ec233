/* SPDX-License-Identifier: MIT
 *
 * Panic, recover and Goexit.  This file is compiled with -fsplit-stack and runs on the
 * goroutine's stack, on top of what panicked: of thread-locals it may use rt_g alone.
 *
 * A panic runs the deferred calls of the protected frames (rt_protect), innermost first.
 * When one of them recovers, rt_unwind goes back into rt_protect of that frame, which runs
 * the rest of them and returns to its caller.  (Go spec, "Handling panics".)
 */
#include "runtime/panic.h"
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"
#include "runtime/std.h"

RT_NORETURN void sys_rt_fatalpanic(RtPanic *p);
RT_NORETURN void sys_rt_goexit_done(void);
RtString sys_rt_index_text(int64_t i, int64_t n, bool is_unsigned);
RtString sys_rt_slice_text(int64_t fault, int64_t v, int64_t bound, bool is_unsigned);
RtString sys_rt_assert_text(const RtType *iface, const RtType *dyn, const RtType *want);
RtString sys_rt_wrap_text(const uint8_t *p, int64_t np, const uint8_t *t, int64_t nt,
                          const uint8_t *m, int64_t nm);
RtString sys_rt_array_text(int64_t have, int64_t want);
const RtType *sys_rt_error_type(void);

/* Package runtime, in Gol: makes the values of run-time panics, so that they satisfy
 * runtime.Error; absent only where the runtime is linked alone, in its tests. */
__attribute__((weak)) void Gruntime_dpanicError(const uint8_t *text, int64_t n);
__attribute__((weak)) void Gruntime_dpanicBounds(const uint8_t *text, int64_t n);
__attribute__((weak)) void Gruntime_dpanicPlain(const uint8_t *text, int64_t n);
__attribute__((weak)) void Gruntime_dpanicNil(void);
__attribute__((weak)) void Gruntime_dpanicAssert(const RtType *iface, const RtType *dyn,
                                                 const RtType *want, const uint8_t *missing,
                                                 int64_t n);
/* → the text of an error or Stringer, ok */
typedef struct {
    RtString s;
    bool ok;
} Text;
__attribute__((weak)) Text Gruntime_dpanicText(const void *tab, uint64_t word);

/* Drops the panics that a recovery in frame f (or running on beyond it) leaves behind.
 * Returns a Goexit among them, which then goes on. */
static RtPanic *drop_aborted(RtGoroutine *g, RtPanic *p, uint64_t depth)
{
    RtPanic *exiting = NULL;
    RtPanic *q = p->link;
    while (q && q->depth >= depth) {
        if (q->goexit)
            exiting = q;
        q = q->link;
    }
    g->panic = q;
    return exiting;
}

static RT_NORETURN __attribute__((noinline)) void run(RtPanic *p)
{
    RtGoroutine *g = rt_self();
    p->fault_pc = g->fault_pc;
    p->fault_addr = g->first.fault_addr;
    g->fault_pc = 0;
    g->panic = p;
    for (RtFrame *f; (f = g->frame);) {
        p->frame = f;
        p->depth = rt_frame_depth(f);
        RtDefer *d;
        while ((d = f->defers)) {
            f->defers = d->link;
            RtClosure *c = d->closure;
            if (!c)
                rt_panic_nil();
            g->pub.defer_callee = c->code;
            ((void (*)(RtClosure *))c->code)(c);
            g->pub.defer_callee = NULL;
            if (!p->recovered)
                continue;
            RtPanic *exiting = drop_aborted(g, p, p->depth);
            if (!exiting)
                rt_unwind(f);
            p = exiting;
            p->link = g->panic;
            p->frame = f;
            p->depth = rt_frame_depth(f);
            g->panic = p;
        }
        g->frame = rt_frame_link(f);
    }
    if (p->goexit)
        sys_rt_goexit_done();
    /* the texts of errors and Stringers come from the program's own methods */
    for (RtPanic *q = p; q; q = q->link) {
        if (q->link && q->link->value.tab == q->value.tab && q->link->value.word == q->value.word) {
            q->link->repanicked = true;
            continue;
        }
        if (q->goexit || !Gruntime_dpanicText)
            continue;
        Text t = Gruntime_dpanicText(q->value.tab, q->value.word);
        q->has_text = t.ok;
        q->text = t.s;
    }
    sys_rt_fatalpanic(p);
}

void rt_panic(const void *tab, uint64_t word)
{
    RtGoroutine *g = rt_self();
    if (!tab && Gruntime_dpanicNil)
        Gruntime_dpanicNil();
    RtPanic p = {.value = {tab, word}, .link = g->panic};
    run(&p);
}

void std_runtime_Goexit(void)
{
    RtPanic p = {.goexit = true, .link = rt_self()->panic};
    run(&p);
}

/* A run-time panic: a runtime.Error whose text is s, after "runtime error: " unless plain. */
static RT_NORETURN __attribute__((noinline)) void raise_text(RtString s, bool plain)
{
    if (plain && Gruntime_dpanicPlain)
        Gruntime_dpanicPlain(s.p, s.n);
    if (!plain && Gruntime_dpanicError)
        Gruntime_dpanicError(s.p, s.n);
    RtGoroutine *g = rt_self();
    RtPanic p = {.value = {sys_rt_error_type(), 0}, .link = g->panic};
    p.has_text = true;
    p.text = s;
    p.prefixed = !plain;
    run(&p);
}

static RT_NORETURN void error(RtString s)
{
    raise_text(s, false);
}

#define TEXT(s) ((RtString){(const uint8_t *)(s), sizeof(s) - 1})

void rt_panic_error(const uint8_t *s, int64_t n)
{
    error((RtString){s, n});
}

void rt_panic_plain(const uint8_t *s, int64_t n)
{
    raise_text((RtString){s, n}, true);
}

static RT_NORETURN void bounds(RtString s)
{
    if (Gruntime_dpanicBounds)
        Gruntime_dpanicBounds(s.p, s.n);
    error(s);
}

void rt_panic_index(int64_t i, int64_t n, bool is_unsigned)
{
    bounds(sys_rt_index_text(i, n, is_unsigned));
}

void rt_panic_slice(int64_t fault, int64_t v, int64_t bound, bool is_unsigned)
{
    bounds(sys_rt_slice_text(fault, v, bound, is_unsigned));
}

void rt_panic_nil(void)
{
    rt_self()->fault_pc = (uint64_t)__builtin_return_address(0);
    rt_self()->first.fault_addr = 0;
    error(TEXT("invalid memory address or nil pointer dereference"));
}

void rt_panic_fault(void)
{
    error(TEXT("invalid memory address or nil pointer dereference"));
}

void rt_panic_nilmap(void)
{
    rt_panic_plain((const uint8_t *)"assignment to entry in nil map", 30);
}

void rt_panic_divide(void)
{
    error(TEXT("integer divide by zero"));
}

void rt_panic_shift(void)
{
    error(TEXT("negative shift amount"));
}

/* state: RtRangeFault */
void rt_panic_range(int64_t state)
{
    switch (state) {
    case RT_RANGE_DONE:
        error(
            TEXT("range function continued iteration after function for loop body returned false"));
    case RT_RANGE_PANIC: error(TEXT("range function continued iteration after loop body panic"));
    case RT_RANGE_EXHAUSTED:
        error(TEXT("range function continued iteration after whole loop exit"));
    default: error(TEXT("range function recovered a loop body panic and did not resume panicking"));
    }
}

void rt_panic_slice2array(int64_t have, int64_t want)
{
    bounds(sys_rt_array_text(have, want));
}

void rt_panic_unsafe(const void *p, int64_t n, int64_t is_string)
{
    if (n >= 0 && !p)
        error(is_string ? TEXT("unsafe.String: ptr is nil and len is not zero")
                        : TEXT("unsafe.Slice: ptr is nil and len is not zero"));
    error(is_string ? TEXT("unsafe.String: len out of range")
                    : TEXT("unsafe.Slice: len out of range"));
}

void rt_panic_assert(const RtType *iface, const RtType *dyn, const RtType *want)
{
    if (Gruntime_dpanicAssert)
        Gruntime_dpanicAssert(iface, dyn, want, NULL, 0);
    error(sys_rt_assert_text(iface, dyn, want));
}

/* An interface assertion that failed for want of a method; from rt_assert_itab. */
void rt_panic_assert_missing(const RtType *iface, const RtType *dyn, const RtType *want,
                             const uint8_t *missing, int64_t n)
{
    if (Gruntime_dpanicAssert)
        Gruntime_dpanicAssert(iface, dyn, want, missing, n);
    error(sys_rt_assert_text(iface, dyn, want));
}

void rt_panic_wrap(const uint8_t *p, int64_t np, const uint8_t *t, int64_t nt, const uint8_t *m,
                   int64_t nm)
{
    RtString s = sys_rt_wrap_text(p, np, t, nt, m, nm);
    rt_panic_plain(s.p, s.n);
}
