/* SPDX-License-Identifier: MIT
 *
 * Pacing: the heap may grow by GOGC per cent of what was live (and of the roots) until the
 * next cycle ends; marking starts early enough for that, judged by the last cycle.
 * GOMEMLIMIT lowers the goal.  Also what goes back to the system, and the reports. */
#include "runtime/gcpace.h"

#include <stdlib.h>
#include <string.h>

/* The part of the room that is left for allocation while marking, in 64ths.  Little: who
 * allocates has to mark much of the time.  Much: more is born while marking, and stays until the
 * next cycle. */
enum { LEAST_RUNWAY = 8, MOST_RUNWAY = 32 };
static uint64_t runway = 12;

/* Heaps below this grow by half at a time: marking them takes some ten milliseconds. */
static const uint64_t CAUTIOUS = 64 << 20;

/* How long memory that is no longer needed is kept: the goal falls by one part in this many
 * for each nanosecond. */
static const uint64_t LINGER = 4000000000;
static uint64_t last_set; /* when the goal was set */

/* What is left of the goal, if the heap does not need as much any more. */
static uint64_t decayed(uint64_t goal)
{
    uint64_t now = (uint64_t)rt_nanotime(), d = now - last_set;
    last_set = now;
    if (goal == UINT64_MAX || d >= LINGER)
        return 0;
    return goal - (uint64_t)((double)goal * (double)d / (double)LINGER);
}

static uint64_t mapped_outside_heap(void)
{
    return rt_gc.roots + (rt_heap.pages_inuse * sizeof(RtSpan)) + (4u << 20);
}

/* After a cycle that ended with a heap of peak bytes; born: how much of what is marked has never been
 * looked at. */
static void set_goal(uint64_t peak, uint64_t born)
{
    uint64_t marked = rt_gc.marked, goal = UINT64_MAX, percent = (uint64_t)rt_gc.percent;
    if (rt_gc.percent >= 0) {
        uint64_t room = (marked - born + rt_gc.roots) / 100 * percent;
        goal = marked + room;
        /* A heap that grew without garbage is looked at earlier, while that is cheap: what it
         * was built from may die at any time, and would stay until the heap has doubled. */
        if (peak < CAUTIOUS && goal > peak + room / 2)
            goal = peak + room / 2;
        /* What was needed a moment ago stays in use, or it would be collected more often for
         * memory that we have: where the goal is not far above, it falls slowly. */
        uint64_t slow = decayed(rt_gc.goal);
        if (goal < slow)
            goal = goal + room < slow ? goal + room : slow;
        uint64_t least = (4ull << 20) * percent / 100;
        if (goal < least)
            goal = least;
    }
    if (rt_gc.limit != INT64_MAX) {
        uint64_t other = mapped_outside_heap();
        uint64_t most = (uint64_t)rt_gc.limit > other ? (uint64_t)rt_gc.limit - other : 0;
        uint64_t floor = marked + (marked >> 4) + (1u << 20); /* or we would only collect */
        if (most < floor)
            most = floor;
        if (goal > most)
            goal = most;
    }
    uint64_t trigger = goal;
    if (goal != UINT64_MAX) {
        uint64_t room = goal > marked ? goal - marked : 0;
        trigger = goal - room / 64 * runway;
    }
    __atomic_store_n(&rt_gc.goal, goal, __ATOMIC_RELAXED);
    rt_gc.start_at = trigger;
    __atomic_store_n(&rt_heap.trigger, trigger, __ATOMIC_RELAXED);
}

void rt_gc_pace(uint64_t peak, uint64_t born)
{
    uint64_t goal = rt_gc.goal;
    if (peak > goal + goal / 32 && runway < MOST_RUNWAY)
        runway += 4;
    else if (peak < goal && runway > LEAST_RUNWAY)
        runway -= 2;
    set_goal(peak, born);
}

int64_t rt_gc_debt(uint64_t allocated)
{
    uint64_t goal = rt_gc.goal, live = rt_heap.live;
    if (goal == UINT64_MAX)
        return 0;
    /* What the last cycle had to scan is to be scanned again; and where that was too little,
     * at most all there was. */
    uint64_t progress = __atomic_load_n(&rt_gc.progress, __ATOMIC_RELAXED);
    uint64_t work = rt_gc.scanned;
    if (progress >= work - work / 16) {
        work = rt_gc.live_at_start;
        if (work < progress + (progress >> 4))
            work = progress + (progress >> 4);
        goal += goal / 10;
    }
    uint64_t left = work - progress, room = goal > live ? goal - live : 0;
    if (room < goal / 64)
        room = goal / 64;
    return (int64_t)((double)allocated * (double)left / (double)room);
}

void rt_gc_set_percent(int64_t percent)
{
    rt_gc.percent = percent < 0 ? -1 : percent;
    if (rt_gc.phase == GC_OFF) {
        rt_gc.goal = UINT64_MAX; /* what is asked for holds at once, whatever it was before */
        set_goal(UINT64_MAX / 2, 0);
    }
}

/* "512MiB", "1GiB", "1000000", "off" */
static int64_t parse_limit(const char *s)
{
    static const struct {
        const char *suffix;
        unsigned shift;
    } units[] = {{"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}, {"", 0}};
    char *end;
    if (!s || !*s || strcmp(s, "off") == 0)
        return INT64_MAX;
    long long v = strtoll(s, &end, 10);
    if (v < 0 || end == s)
        rt_throw("malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`");
    for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(end, units[i].suffix) == 0)
            return v > INT64_MAX >> units[i].shift ? INT64_MAX : (int64_t)v << units[i].shift;
    rt_throw("malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`");
}

void rt_gc_pace_init(void)
{
    const char *s = getenv("GOGC");
    if (s && *s) {
        char *end;
        long v = strtol(s, &end, 10);
        if (strcmp(s, "off") == 0)
            rt_gc.percent = -1;
        else if (*end == 0)
            rt_gc.percent = v < 0 ? -1 : v;
    }
    rt_gc.limit = parse_limit(getenv("GOMEMLIMIT"));
    set_goal(UINT64_MAX / 2, 0);
}

void rt_gc_scavenge(void)
{
    uint64_t goal = rt_gc.goal, inuse = rt_heap.pages_inuse << RT_PAGE_SHIFT;
    uint64_t want = goal == UINT64_MAX ? inuse * 2 : goal + goal / 10;
    if (want < 4u << 20)
        want = 4u << 20;
    rt_pages_scavenge(want > inuse ? (want - inuse) >> RT_PAGE_SHIFT : 0);
}

void rt_heap_report(void)
{
    rt_eprintf("heap: %lu bytes live at the last collection, %lu bytes in spans, %lu bytes given "
               "back, %lu bytes reserved\n",
               (unsigned long)rt_gc.marked, (unsigned long)(rt_heap.pages_inuse << RT_PAGE_SHIFT),
               (unsigned long)(rt_heap.pages_released << RT_PAGE_SHIFT),
               (unsigned long)rt_heap.reserved);
}

void rt_gc_print_trace(uint64_t begin, uint64_t pause, uint64_t live, uint64_t peak)
{
    uint64_t took = (uint64_t)rt_nanotime() - begin;
    rt_eprintf("gc %u: mark %lu us, first stop %lu us, %lu->%lu->%lu KB, goal %lu KB, "
               "roots %lu KB, scanned %lu KB in %lu us by markers, %lu us by others, %u P\n",
               rt_gc.cycles, (unsigned long)(took / 1000), (unsigned long)(pause / 1000),
               (unsigned long)(live >> 10), (unsigned long)(peak >> 10),
               (unsigned long)(rt_gc.marked >> 10), (unsigned long)(rt_gc.goal >> 10),
               (unsigned long)(rt_gc.roots >> 10), (unsigned long)(rt_gc.scanned >> 10),
               (unsigned long)(rt_gc.marker_ns / 1000), (unsigned long)(rt_gc.assist_ns / 1000),
               rt_gomaxprocs);
    rt_gc.marker_ns = rt_gc.assist_ns = 0;
}
