/* SPDX-License-Identifier: MIT
 *
 * The C side of std/runtime/mem.gol and of runtime/debug's part about memory. */
#ifndef GOL_RUNTIME_STDMEM_H
#define GOL_RUNTIME_STDMEM_H

#include "runtime/heap.h"

typedef struct DueCall { /* twin of due in std/runtime/mem.gol */
    void *fn;
    uint8_t *obj;
    const void *tab;
    int64_t words; /* of the argument: 0 none, 1 obj, 2 tab and obj */
    int64_t out;   /* bytes of results that the callee writes to memory of its caller's */
} DueCall;

void std_runtime_setFinalizer(const RtType *ot, void *p, const RtType *ft, void *fn);
uint64_t std_runtime_addCleanup(void *p, void *fn);
void std_runtime_stopCleanup(uint64_t id);
void std_runtime_startRunner(void *loop);
bool std_runtime_nextDue(DueCall *out);
void std_runtime_GC(void);
void std_runtime_readStats(uint64_t *out);
void std_runtime_readPauses(uint64_t *ns, uint64_t *end);
int64_t std_runtime_debug_setGCPercent(int64_t percent);
int64_t std_runtime_debug_setMemoryLimit(int64_t limit);
void std_runtime_debug_freeOSMemory(void);

void rt_ready_new(RtGoroutine *g); /* proc.c */

#endif
