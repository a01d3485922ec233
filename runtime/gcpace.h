/* SPDX-License-Identifier: MIT
 *
 * When to collect, what to give back, what to report. */
#ifndef GOL_RUNTIME_GCPACE_H
#define GOL_RUNTIME_GCPACE_H

#include "runtime/gc.h"

void rt_gc_pace_init(void); /* reads GOGC and GOMEMLIMIT */
/* Sets goal and trigger after a cycle that ended with so many bytes, of which some were born in it. */
void rt_gc_pace(uint64_t peak, uint64_t born);
/* Bytes to be scanned in return for so many allocated while marking, so that marking ends when
 * the heap reaches its goal. */
int64_t rt_gc_debt(uint64_t allocated);
void rt_gc_set_percent(int64_t percent);
void rt_gc_scavenge(void); /* gives back what the next cycle will not need */
void rt_gc_print_trace(uint64_t begin, uint64_t pause, uint64_t live, uint64_t peak);

/* gcverify.c: checks the marks against the roots and pointer maps; fatal if they disagree.
 * Marking has ended, the world stands still. */
void rt_gc_verify(bool roots);

#endif
