/* SPDX-License-Identifier: MIT
 *
 * runtime.GC, runtime.ReadMemStats and what runtime/debug sets. */
#include <string.h>

#include "runtime/gcpace.h"
#include "runtime/special.h"
#include "runtime/stdmem.h"

void std_runtime_GC(void)
{
    rt_gc_collect(GC_FORCED);
}

/* The order of std/runtime/mem.gol's stat… constants. */
enum {
    STAT_ALLOC,
    STAT_TOTAL_ALLOC,
    STAT_SYS,
    STAT_MALLOCS,
    STAT_FREES,
    STAT_HEAP_SYS,
    STAT_HEAP_IDLE,
    STAT_HEAP_INUSE,
    STAT_HEAP_RELEASED,
    STAT_HEAP_OBJECTS,
    STAT_NEXT_GC,
    STAT_LAST_GC,
    STAT_PAUSE_TOTAL,
    STAT_NUM_GC,
    STAT_NUM_FORCED,
    STAT_GC_SYS,
    STAT_STACK,
};

void std_runtime_readStats(uint64_t *out)
{
    rt_stop_world("read mem stats");
    for (RtMCache *mc = rt_heap.caches; mc; mc = mc->next)
        rt_mcache_settle(mc);
    uint64_t inuse = rt_heap.pages_inuse << RT_PAGE_SHIFT;
    uint64_t sys = rt_heap.pages_ever << RT_PAGE_SHIFT;
    uint64_t meta = rt_heap.pages_ever * sizeof(RtSpan);
    out[STAT_ALLOC] = rt_heap.live;
    out[STAT_TOTAL_ALLOC] = rt_heap.total_alloc;
    out[STAT_SYS] = sys + meta + rt_gc.roots;
    out[STAT_MALLOCS] = rt_heap.nmalloc;
    out[STAT_FREES] = rt_heap.nfree;
    out[STAT_HEAP_SYS] = sys;
    out[STAT_HEAP_IDLE] = sys - inuse;
    out[STAT_HEAP_INUSE] = inuse;
    out[STAT_HEAP_RELEASED] = rt_heap.pages_released << RT_PAGE_SHIFT;
    out[STAT_HEAP_OBJECTS] = rt_heap.nmalloc - rt_heap.nfree;
    out[STAT_NEXT_GC] = rt_gc.goal;
    out[STAT_LAST_GC] = rt_gc.last_end;
    out[STAT_PAUSE_TOTAL] = rt_gc.pause_total;
    out[STAT_NUM_GC] = rt_gc.cycles;
    out[STAT_NUM_FORCED] = rt_gc.forced;
    out[STAT_GC_SYS] = meta;
    out[STAT_STACK] = rt_gc.roots;
    rt_start_world();
}

/* The last 256 pauses; the last one at index (cycles + 255) % 256. */
void std_runtime_readPauses(uint64_t *ns, uint64_t *end)
{
    memcpy(ns, rt_gc.pause_ns, sizeof rt_gc.pause_ns);
    memcpy(end, rt_gc.pause_end, sizeof rt_gc.pause_end);
}

int64_t std_runtime_debug_setGCPercent(int64_t percent)
{
    rt_stop_world("GOGC");
    int64_t old = rt_gc.percent;
    rt_gc_set_percent(percent);
    rt_start_world();
    rt_gc_poll();
    return old;
}

int64_t std_runtime_debug_setMemoryLimit(int64_t limit)
{
    int64_t old = rt_gc.limit;
    if (limit < 0)
        return old;
    rt_stop_world("GOMEMLIMIT");
    rt_gc.limit = limit;
    rt_gc_set_percent(rt_gc.percent);
    rt_start_world();
    rt_gc_poll();
    return old;
}

void std_runtime_debug_freeOSMemory(void)
{
    rt_gc_collect(GC_FORCED);
    rt_pages_scavenge(0);
}
