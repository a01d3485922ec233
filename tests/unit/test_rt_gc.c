/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The collector with one P: what is reachable stays, what is not goes, pointer maps are
 * obeyed, interior and end pointers keep objects, maps survive collection at every step. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "rt_testp.h"
#include "runtime/gcpace.h"
#include "runtime/stdmem.h"

TestSuite(rt_gc, .init = testp_start);

typedef struct Node {
    struct Node *left, *right;
    int64_t val;
} Node;
static const uint8_t node_map[] = {3};
static const RtType node_type = {
    .size = sizeof(Node), .ptrbytes = 16, .align = 8, .kind = RT_STRUCT, .ptrmap = node_map};

static Node *build(int depth, int64_t *n)
{
    Node *x = rt_new(&node_type);
    x->val = ++*n;
    if (depth) {
        x->left = build(depth - 1, n);
        x->right = build(depth - 1, n);
    }
    return x;
}

static int64_t sum(const Node *x)
{
    return x ? x->val + sum(x->left) + sum(x->right) : 0;
}

Test(rt_gc, reachable_stays_and_garbage_goes)
{
    rt_gc.verify = 1;
    int64_t n = 0;
    Node *root = build(14, &n);
    for (int i = 0; i < 60; i++) {
        int64_t k = 0;
        build(12, &k);
    }
    std_runtime_GC();
    cr_assert_eq(sum(root), n * (n + 1) / 2);
    cr_assert_lt(rt_gc.marked, 1500000u, "%lu bytes live", (unsigned long)rt_gc.marked);
    cr_assert_gt(rt_gc.marked, (uint64_t)n * 24 - 1);
    cr_assert_gt(rt_gc.cycles, 1u);
}

static __attribute__((noinline)) uintptr_t hidden_garbage(const RtType *t, size_t bytes)
{
    void *p = rt_alloc(bytes, t);
    return ~(uintptr_t)p;
}

static bool allocated(uintptr_t hidden)
{
    const void *p = (const void *)~hidden;
    RtSpan *s = rt_span_of(p);
    if (!s)
        return false;
    uint32_t i = s->state == SPAN_SMALL ? rt_slot_of(s, p) : 0;
    return s->alloc[i / 64] >> (i % 64) & 1;
}

static __attribute__((noinline)) void scrub_stack(void)
{
    volatile char b[8192];
    for (size_t i = 0; i < sizeof b; i++)
        b[i] = 0;
}

/* Objects of every size class, plain, masked, typed and large, each holding the only pointer
 * to another in its first word, and a number that looks like a pointer in its second. */
Test(rt_gc, pointer_maps_are_obeyed)
{
    static const uint8_t first[] = {1};
    void **keep[60];
    uintptr_t child[60], lure[60];
    int n = 0;
    for (size_t size = 16; size <= 200000; size += size / 4 + 8) {
        RtType *t = rt_persistent(sizeof *t);
        *t = (RtType){.size = size & ~7ul, .ptrbytes = 8, .align = 8, .ptrmap = first};
        keep[n] = rt_new(t);
        child[n] = hidden_garbage(NULL, 64);
        lure[n] = hidden_garbage(NULL, 64);
        keep[n][0] = (void *)~child[n];
        keep[n][1] = (void *)~lure[n];
        n++;
    }
    scrub_stack();
    std_runtime_GC();
    int lured = 0;
    for (int i = 0; i < n; i++) {
        cr_assert(allocated(child[i]), "size class %d lost its child", i);
        lured += allocated(lure[i]);
        cr_assert_eq(keep[i][0], (void *)~child[i]);
    }
    cr_assert_lt(lured, 4, "%d numbers were taken for pointers", lured);
}

/* Objects of all shapes in one graph, so that the marker's blocks fill up in every way. */
Test(rt_gc, graphs_of_all_shapes_are_marked)
{
    enum { N = 6000 };
    static const uint8_t all[] = {255, 255, 255, 255, 255, 255, 255, 255};
    static RtType types[64];
    for (unsigned k = 0; k < 64; k++)
        types[k] = (RtType){.size = (k + 1) * 8,
                            .ptrbytes = (k + 1) * 8,
                            .align = 8,
                            .kind = RT_STRUCT,
                            .ptrmap = all};
    rt_gc.verify = 1;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        uint32_t r = seed;
        void **last = NULL;
        uintptr_t *hidden = rt_alloc(N * sizeof *hidden, NULL);
        for (int i = 0; i < N; i++) {
            r = r * 1664525 + 1013904223;
            unsigned words = r >> 30 ? 1 + (r >> 20) % 64 : 65 + (r >> 20) % 900;
            void **p = words <= 64 ? rt_new(&types[words - 1]) : rt_alloc(words * 8, &rt_word_type);
            for (unsigned k = 1; k < words; k++) {
                r = r * 1664525 + 1013904223;
                if (i && r >> 29)
                    p[k] = (void *)~hidden[(r >> 8) % (uint32_t)i];
            }
            p[0] = last;
            last = p;
            hidden[i] = ~(uintptr_t)p;
        }
        std_runtime_GC();
        rt_gc_collect(GC_MEMORY);
        for (int i = N - 1; i >= 0; i--, last = last[0])
            cr_assert_eq((uintptr_t)last, ~hidden[i]);
    }
}

Test(rt_gc, interior_and_end_pointers_keep_objects)
{
    static const size_t sizes[] = {16, 48, 512, 1000, 9000, 100000};
    char *volatile inside[6], *volatile end[6];
    for (int i = 0; i < 6; i++) {
        char *p = rt_alloc(sizes[i], NULL);
        memset(p, i + 1, sizes[i]);
        inside[i] = p + sizes[i] / 2;
        char *q = rt_alloc(rt_round_size(sizes[i], false), NULL);
        memset(q, i + 11, rt_round_size(sizes[i], false));
        end[i] = q + rt_round_size(sizes[i], false); /* one past the end */
    }
    scrub_stack();
    rt_gc.stress = 1; /* poison */
    rt_gc_collect(GC_STRESS);
    rt_gc.stress = 0;
    for (int i = 0; i < 6; i++) {
        cr_assert_eq(*inside[i], i + 1);
        cr_assert_eq(end[i][-1], i + 11);
    }
}

/* Nodes side by side, of which every second one is kept by a pointer to its first byte. */
Test(rt_gc, a_pointer_to_an_object_does_not_keep_the_one_before)
{
    enum { N = 2000 };
    static uintptr_t hidden[N];
    void *odd[64];
    for (int i = 0; i < N; i++)
        hidden[i] = hidden_garbage(&node_type, sizeof(Node));
    for (int i = 0; i < 64; i++)
        odd[i] = (void *)~hidden[N / 2 + 2 * i + 1];
    scrub_stack();
    std_runtime_GC();
    rt_sweep_finish();
    int before = 0;
    for (int i = 0; i < 64; i++) {
        cr_assert(allocated(~(uintptr_t)odd[i]));
        before += allocated(hidden[N / 2 + 2 * i]);
    }
    cr_assert_lt(before, 8, "%d of 64 neighbours were kept", before);
}

/* Where a pointer stands behind the last element, arrays with pointers are kept too. */
Test(rt_gc, a_pointer_behind_an_array_keeps_it)
{
    for (size_t n = 1; n < 6000; n += n < 80 ? 1 : 397) {
        char *end = (char *)rt_makeslice(&type_ptr, (int64_t)n, (int64_t)n) + n * 8;
        uintptr_t hidden = ~((uintptr_t)end - n * 8);
        scrub_stack();
        std_runtime_GC();
        rt_sweep_finish();
        cr_assert(allocated(hidden), "%zu pointers", n);
        __asm__ volatile("" ::"r"(end));
    }
}

/* The same of single objects that end in one. */
Test(rt_gc, a_pointer_behind_an_object_that_ends_in_an_array_keeps_it)
{
    static const size_t sizes[] = {16, 24, 32, 48, 64, 80, 496, 504, 512, 520, 32768, 65536};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        RtType *t = calloc(1, sizeof *t);
        *t = (RtType){.size = sizes[i],
                      .ptrbytes = 16,
                      .align = 8,
                      .kind = RT_STRUCT,
                      .flags = RT_SPARE_END,
                      .ptrmap = node_map};
        char *end = (char *)rt_new(t) + sizes[i];
        uintptr_t hidden = ~((uintptr_t)end - sizes[i]);
        scrub_stack();
        std_runtime_GC();
        rt_sweep_finish();
        cr_assert(allocated(hidden), "%zu bytes", sizes[i]);
        __asm__ volatile("" ::"r"(end));
    }
}

Test(rt_gc, maps_survive_collection_at_every_allocation)
{
    static const RtMapType mt = {
        {.size = 8, .kind = RT_MAP}, &type_string, &type_string, RT_KEY_STRING};
    rt_gc.stress = 3;
    rt_gc.verify = 1;
    void *m = rt_map_make(&mt.t, 0);
    char b[32];
    for (int i = 0; i < 400; i++) {
        int n = snprintf(b, sizeof b, "key %d", i % 150);
        RtString k = rt_string_from_bytes((uint8_t *)b, n);
        RtString v = rt_string_from_bytes((uint8_t *)b + 4, n - 4);
        *(RtString *)rt_map_assignstr(&mt.t, m, k.p, k.n) = v;
        if (i % 7 == 0)
            rt_map_delete(&mt.t, m, &k);
    }
    RtMapIter it;
    rt_map_iter_init(&mt.t, m, &it);
    int seen = 0;
    while (rt_map_iter_next(&it)) {
        RtString k = *(RtString *)it.key, v = *(RtString *)it.elem;
        cr_assert_eq(k.n, v.n + 4);
        cr_assert_arr_eq(k.p + 4, v.p, (size_t)v.n);
        rt_alloc(100, NULL);
        seen++;
    }
    cr_assert_eq(seen, *(int64_t *)m);
}

static uint64_t *object_with_finalizer(const RtType *pt, const RtFuncType *ft, RtClosure *fn)
{
    uint64_t *p = rt_alloc(32, NULL);
    *p = 42;
    std_runtime_setFinalizer(pt, p, &ft->t, fn);
    return p;
}

Test(rt_gc, finalizers_run_once_and_cleanups_after)
{
    static const RtPointerType pt = {{.size = 8, .kind = RT_POINTER, .string = STR("*T")},
                                     &type_int64};
    static const RtType *const in[] = {&pt.t};
    static const RtFuncType ft = {.t = {.size = 8, .kind = RT_FUNC}, .in = in, .nin = 1};
    static RtClosure fn, clean;
    DueCall d;
    enum { N = 20 };
    uintptr_t hidden[N]; /* the stack is scanned conservatively: one or two may stay */
    for (int i = 0; i < N; i++) {
        hidden[i] = ~(uintptr_t)object_with_finalizer(&pt.t, &ft, &fn);
        std_runtime_addCleanup((void *)~hidden[i], &clean);
    }
    scrub_stack();
    std_runtime_GC();
    int finalizers = 0, cleanups = 0, gone = 0;
    while (!PANICS(std_runtime_nextDue(&d))) {
        cr_assert_eq(d.fn, &fn);
        cr_assert_eq(d.words, 1);
        cr_assert_eq(*(uint64_t *)d.obj, 42, "the object is there for its finalizer");
        finalizers++;
    }
    cr_assert_geq(finalizers, N - 3);
    memset(&d, 0, sizeof d);
    scrub_stack();
    std_runtime_GC();
    while (!PANICS(std_runtime_nextDue(&d))) {
        if (d.fn == &fn)
            continue;
        cr_assert_eq(d.fn, &clean);
        cr_assert_eq(d.words, 0);
        cleanups++;
    }
    cr_assert_geq(cleanups, N - 6);
    std_runtime_GC();
    for (int i = 0; i < N; i++)
        gone += !allocated(hidden[i]);
    cr_assert_geq(gone, N - 6);
    cr_assert(PANICS(std_runtime_setFinalizer(&type_int64, NULL, NULL, NULL)));
}

Test(rt_gc, memory_goes_back_to_the_system)
{
    rt_alloc(64 << 20, NULL);
    scrub_stack();
    std_runtime_debug_freeOSMemory();
    cr_assert_geq(rt_heap.pages_released, (64u << 20) >> RT_PAGE_SHIFT);
    cr_assert_lt(rt_gc.marked, 4u << 20);
}

Test(rt_gc, limits_and_percentages)
{
    cr_assert_eq(std_runtime_debug_setGCPercent(50), 100);
    cr_assert_eq(std_runtime_debug_setGCPercent(-1), 50);
    uint32_t before = rt_gc.cycles;
    for (int i = 0; i < 2000; i++)
        rt_alloc(10000, NULL);
    cr_assert_eq(rt_gc.cycles, before, "turned off");
    std_runtime_debug_setMemoryLimit(16 << 20);
    for (int i = 0; i < 4000; i++)
        rt_alloc(10000, NULL);
    cr_assert_gt(rt_gc.cycles, before, "but for the limit");
    cr_assert_eq(std_runtime_debug_setMemoryLimit(-1), 16 << 20);
}

Test(rt_gc, a_new_percentage_holds_at_once)
{
    uint64_t marked = rt_gc.marked, roots = rt_gc.roots;
    rt_gc.marked = 64 << 20;
    rt_gc.roots = 0;
    rt_gc_set_percent(100);
    uint64_t at100 = rt_gc.goal;
    rt_gc_set_percent(50);
    uint64_t at50 = rt_gc.goal;
    rt_gc.marked = marked;
    rt_gc.roots = roots;
    rt_gc_set_percent(100);
    cr_expect(at100 > 127u << 20 && at100 <= 128u << 20);
    cr_expect(at50 > 95u << 20 && at50 <= 96u << 20);
}
