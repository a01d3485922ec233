/* SPDX-License-Identifier: MIT
 *
 * GOLDEBUG=gcverify=1: after each marking, checks that every pointer of a marked object
 * leads to a marked object or out of the heap and not into a goroutine's stack (what lives
 * there must not outlive its frame), that what is marked is allocated, and, if the world stood
 * still all the time, that the roots reach nothing white. */
#include <stdlib.h>

#include "runtime/gcmark.h"
#include "runtime/gcpace.h"

/* All segments of all goroutines, sorted. */
typedef struct {
    const char *lo, *hi;
    uint64_t id;
} Stack;
static Stack *stacks;
static size_t nstacks, cap_stacks;

static void add_stack(RtGoroutine *g, void *arg)
{
    (void)arg;
    for (RtSeg *s = g->seg; s; s = s->prev) {
        if (nstacks == cap_stacks) {
            cap_stacks = cap_stacks ? cap_stacks * 2 : 256;
            stacks = realloc(stacks, cap_stacks * sizeof *stacks);
            if (!stacks)
                rt_throw("out of memory (gcverify)");
        }
        stacks[nstacks++] = (Stack){s->limit - STACK_SLACK, s->top, g->pub.id};
    }
}

static int by_address(const void *a, const void *b)
{
    const char *x = ((const Stack *)a)->lo, *y = ((const Stack *)b)->lo;
    return x < y ? -1 : x > y;
}

static const Stack *stack_of(const void *p)
{
    size_t lo = 0, hi = nstacks;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (stacks[mid].lo <= (const char *)p)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo && (const char *)p < stacks[lo - 1].hi ? &stacks[lo - 1] : NULL;
}

static RtSpan *from_span;
static uint8_t *from_obj;

static bool is_white(uintptr_t p, RtSpan **out)
{
    RtSpan *s = rt_span_of((void *)p);
    if (!s)
        return false;
    uint32_t i = s->state == SPAN_SMALL ? rt_slot_of(s, (void *)p) : 0;
    *out = s;
    return i < s->nelems && s->alloc[i / 64] >> (i % 64) & 1 && !(s->marks[i / 64] >> (i % 64) & 1);
}

static void check_pointer(void *arg, uintptr_t p)
{
    RtSpan *to;
    if (is_white(p, &to)) {
        rt_eprintf("gcverify: object %p (run %u) points to %p (run %u), which is not marked\n",
                   (void *)from_obj, from_span->run, (void *)p, to->run);
        rt_throw("gcverify: reachable object not marked");
    }
    const Stack *stack = stack_of((void *)p);
    if (stack) {
        rt_eprintf("gcverify: object %p (run %u) points to %p on the stack of goroutine %lu\n",
                   (void *)from_obj, from_span->run, (void *)p, stack->id);
        rt_throw("gcverify: a heap object points to a stack");
    }
}

static void check_root(void *arg, const void *lo, const void *hi)
{
    RtSpan *to;
    for (const uintptr_t *p = lo; p < (const uintptr_t *)hi; p++)
        if (is_white(*p, &to)) {
            rt_eprintf("gcverify: root %p holds %p (run %u), which is not marked\n",
                       (const void *)p, (void *)*p, to->run);
            rt_throw("gcverify: reachable object not marked");
        }
}

static void check_goroutine(RtGoroutine *g, void *arg)
{
    rt_g_scan(g, check_root, arg);
}

void rt_gc_verify(bool roots)
{
    nstacks = 0;
    rt_g_foreach(add_stack, NULL);
    if (nstacks)
        qsort(stacks, nstacks, sizeof *stacks, by_address);
    for (size_t page = 0; page < rt_heap.committed >> RT_PAGE_SHIFT; page++) {
        if (rt_heap.page_head[page] != page + 1)
            continue;
        RtSpan *s = &rt_heap.spans[page];
        if (s->state < SPAN_SMALL)
            continue;
        for (uint32_t i = 0; i < s->nelems; i++) {
            uint64_t bit = 1ull << (i % 64);
            if (!(s->marks[i / 64] & bit))
                continue;
            if (!(s->alloc[i / 64] & bit)) {
                rt_eprintf("gcverify: slot %u of span %p (run %u) is marked but free\n", i,
                           (void *)s->base, s->run);
                rt_throw("gcverify: free slot marked");
            }
            from_span = s;
            from_obj = s->state == SPAN_SMALL ? s->base + (size_t)i * s->elemsize : s->base;
            gc_each_pointer(s, from_obj, check_pointer, NULL);
        }
    }
    /* After marking beside the program a stack may hold an old word that was below the stack
     * pointer when the stacks were scanned; it leads to garbage. */
    if (!roots)
        return;
    rt_g_foreach(check_goroutine, NULL);
    rt_sched_scan(check_root, NULL);
}
