/* SPDX-License-Identifier: MIT
 *
 * Panics in progress.  gpanic.c raises and unwinds them on the goroutine's stack; report.c
 * prints the chain of those that nobody recovered.
 */
#ifndef GOL_RUNTIME_PANIC_H
#define GOL_RUNTIME_PANIC_H

#include "runtime/sched.h"

struct RtPanic { /* lives in the frame of rt_panic or rt_goexit */
    RtIface value;
    RtPanic *link;                 /* the panic during whose deferred calls this one was raised */
    RtFrame *frame;                /* whose deferred calls it is running */
    uint64_t depth;                /* of that frame */
    uint64_t fault_pc, fault_addr; /* of the fault that it began as; pc 0: none */
    bool recovered;
    bool goexit;     /* not a panic: runtime.Goexit */
    bool repanicked; /* the next one in the chain has the same value */
    bool has_text;   /* text is the value's Error() or String() */
    bool prefixed;   /* print "runtime error: " before text */
    RtString text;
};

/* RtFrame.priv */
static inline RtFrame *rt_frame_link(const RtFrame *f)
{
    return (RtFrame *)f->priv[(FRAME_LINK - 16) / 8];
}
static inline uint64_t rt_frame_depth(const RtFrame *f)
{
    return f->priv[(FRAME_DEPTH - 16) / 8];
}

#endif
