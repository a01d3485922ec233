/* SPDX-License-Identifier: MIT
 *
 * What an object may carry besides its memory: a finalizer, cleanups. */
#ifndef GOL_RUNTIME_SPECIAL_H
#define GOL_RUNTIME_SPECIAL_H

#include "runtime/gc.h"

/* Drops the records of objects that the sweep of s frees. */
void rt_special_sweep(RtSpan *s);

#endif
