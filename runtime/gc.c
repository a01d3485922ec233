/* SPDX-License-Identifier: MIT
 *
 * The collector's cycle and pacing. */
#include "runtime/gc.h"

#include <string.h>
#include <sys/random.h>

#include "runtime/special.h"

RtGc rt_gc = {.percent = 100, .limit = INT64_MAX};
uint32_t rt_wb_enabled;

uint64_t rt_random_seed(void)
{
    uint64_t v = 0;
    if (getrandom(&v, sizeof v, GRND_NONBLOCK) != sizeof v)
        v = __builtin_ia32_rdtsc();
    return v;
}

void rt_gc_init(void)
{
    rt_heap.trigger = UINT64_MAX;
}

void rt_gc_charge(uint64_t bytes)
{
    __atomic_fetch_add(&rt_heap.live, bytes, __ATOMIC_RELAXED);
    __atomic_fetch_add(&rt_heap.total_alloc, bytes, __ATOMIC_RELAXED);
    __atomic_fetch_add(&rt_heap.nmalloc, 1, __ATOMIC_RELAXED);
    rt_gc_poll();
}

void rt_gc_poll_slow(void)
{
}

void rt_gc_stress_tick(void)
{
}

void rt_gc_collect(GcWhy why)
{
}

void rt_special_sweep(RtSpan *s)
{
}

void rt_wbrec(void *addr)
{
}

void rt_wbrec_bulk(void *p, size_t n)
{
}

void rt_heap_report(void)
{
    rt_eprintf("heap: %lu MB in use, %lu MB free, %lu MB given back\n",
               (unsigned long)(rt_heap.pages_inuse >> 7), 0ul,
               (unsigned long)(rt_heap.pages_released >> 7));
}
