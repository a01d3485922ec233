/* SPDX-License-Identifier: MIT
 *
 * For entry points that generated code calls directly, on the goroutine's stack: rows with
 * RTF_FAST, and leaves that work on what belongs to the P.  Each row's function does the common
 * case and else goes on in the stub of the whole function, which replaces it (a tail call).
 *
 * They do not look at the stack's limit, so what they and their callees take must fit into what is
 * left below it (layout.h); tests/runtime/leaf_stack.py adds it up. */
#ifndef GOL_RUNTIME_FAST_H
#define GOL_RUNTIME_FAST_H

#include "runtime/heap.h"

/* A section that the preemption signal leaves alone (preempt.c): between reading and writing the
 * P's cache the thread must not change. */
#define FAST __attribute__((section("rt_nopreempt")))
#define FAST_INLINE static inline __attribute__((always_inline))

/* A zeroed slot of a run, or NULL if the cache has none. */
FAST_INLINE uint8_t *fast_take(RtMCache *mc, unsigned run)
{
    RtRun *r = &mc->run[run]; /* run 0 is always empty */
    uint8_t *p = r->cur, *next = p + rt_run_size[run];
    if (rt_unlikely(next > r->end || run == 0))
        return NULL;
    r->cur = next;
    return p;
}

#endif
