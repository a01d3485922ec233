/* SPDX-License-Identifier: MIT
 *
 * Walking goroutine stacks and naming what is found there.
 */
#ifndef GOL_RUNTIME_TRACE_H
#define GOL_RUNTIME_TRACE_H

#include "runtime/sched.h"

typedef struct RtFrameInfo {
    const char *name; /* as Go writes it */
    const char *file; /* NULL if unknown */
    int line;
    uint64_t entry; /* of the function; 0 for one that was inlined */
    bool is_half;   /* the body of a function with defer, or the part that GCC has split off:
                     the other half, of the same name, follows */
} RtFrameInfo;

/* Return addresses from pc and frame pointer outwards, without the first `skip`. */
int rt_callers(const RtGoroutine *g, uint64_t pc, uint64_t rbp, int skip, uint64_t *pcs, int max);
int rt_callers_last(const RtGoroutine *g, uint64_t pc, uint64_t rbp, uint64_t *ring, int max,
                    int *at);
/* Where a goroutine that does not run would go on. */
void rt_trace_start(const RtGoroutine *g, uint64_t *pc, uint64_t *rbp);
/* lines.c: what code at pc belongs to, from the program's line table, innermost first; → how
 * many, 0 if it is not Gol code or there is no table.  The names live as long as the program. */
int rt_lines_find(uint64_t pc, RtFrameInfo *f, int max);
/* What a return address belongs to.  May take milliseconds the first time. */
bool rt_frame_info(uint64_t pc, RtFrameInfo *f);
/* The same with what was inlined there, innermost first; → how many, 0 if unknown. */
enum { RT_MAX_INLINED = 32 };
int rt_frame_infos(uint64_t pc, RtFrameInfo *f, int max);
/* Whether f, in a walk outwards, is not to be shown: the other half of the frame before, or a
 * wrapper that is not where it happened.  Starts all zero. */
typedef struct RtHiding {
    bool on;
    bool any; /* a frame was shown */
    const char *name;
} RtHiding;
bool rt_frame_hidden(RtHiding *h, const RtFrameInfo *f);
/* Prints frames as Go does, a long middle left out. */
void rt_trace_frames(const RtGoroutine *g, uint64_t pc, uint64_t rbp);
/* "created by …" */
void rt_trace_creator(const RtGoroutine *g);

#endif
