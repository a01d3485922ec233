/* SPDX-License-Identifier: MIT
 *
 * Walking goroutine stacks and naming what is found there.
 */
#ifndef GOL_RUNTIME_TRACE_H
#define GOL_RUNTIME_TRACE_H

#include "runtime/sched.h"

typedef struct RtFrameInfo {
    const char *symbol; /* as the linker knows it */
    const char *file;   /* NULL if unknown */
    int line;
    uint64_t entry;
    bool is_gol;
    char name[512]; /* as Go writes it, or the symbol */
} RtFrameInfo;

/* Return addresses from pc and frame pointer outwards, without the first `skip`. */
int rt_callers(const RtGoroutine *g, uint64_t pc, uint64_t rbp, int skip, uint64_t *pcs, int max);
int rt_callers_last(const RtGoroutine *g, uint64_t pc, uint64_t rbp, uint64_t *ring, int max,
                    int *at);
/* Where a goroutine that does not run would go on. */
void rt_trace_start(const RtGoroutine *g, uint64_t *pc, uint64_t *rbp);
/* What a return address belongs to.  May take milliseconds the first time. */
bool rt_frame_info(uint64_t pc, RtFrameInfo *f);
/* Prints frames as Go does, a long middle left out. */
void rt_trace_frames(const RtGoroutine *g, uint64_t pc, uint64_t rbp);
/* "created by …" */
void rt_trace_creator(const RtGoroutine *g);

#endif
