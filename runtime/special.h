/* SPDX-License-Identifier: MIT
 *
 * What an object may carry besides its memory: a finalizer, cleanups.  Records hang on the
 * object's span; the closures they name are roots.  A goroutine of the library runs what
 * has become due (std/runtime/mem.gol). */
#ifndef GOL_RUNTIME_SPECIAL_H
#define GOL_RUNTIME_SPECIAL_H

#include "runtime/gcmark.h"

/* Marks the closures and what finalizers will be given; before the marking proper. */
void rt_special_roots(GcWork *w);
/* After marking: queues finalizers and cleanups of objects that are white, and marks what
 * the finalizers need.  True if it queued any. */
bool rt_special_due(GcWork *w);
/* Lets the goroutine go on that runs them; after the world has started. */
void rt_special_wake(void);
/* Drops the records of objects that the sweep of s frees. */
void rt_special_sweep(RtSpan *s);

#endif
