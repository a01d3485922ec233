/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The allocator: alignment, zeroing, no overlap, size classes, many threads. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>

#include "rt_testp.h"
#include "runtime/gcpace.h"
#include "runtime/schedimpl.h"

TestSuite(rt_heap, .init = testp_start);

static uint64_t rnd(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static size_t random_size(uint64_t *s)
{
    switch (rnd(s) % 8) {
    case 0: return rnd(s) % 200000 + 1;
    case 1:
    case 2: return rnd(s) % 5000 + 1;
    default: return rnd(s) % 200 + 1;
    }
}

Test(rt_heap, sizes_round_as_go_rounds)
{
    cr_assert_eq(rt_round_size(1, false), 8);
    cr_assert_eq(rt_round_size(9, false), 16);
    cr_assert_eq(rt_round_size(17, true), 24);
    cr_assert_eq(rt_round_size(512, true), 512);
    cr_assert_eq(rt_round_size(513, true), 568);
    cr_assert_eq(rt_round_size(513, false), 576);
    cr_assert_eq(rt_round_size(1025, false), 1152);
    cr_assert_eq(rt_round_size(32760, false), 32768);
    cr_assert_eq(rt_round_size(32761, false), 40960 - 8192);
    cr_assert_eq(rt_round_size(32769, false), 40960);
    for (size_t n = 1; n <= RT_MAX_SMALL; n++) {
        unsigned c = rt_size_class(n);
        cr_assert_geq(rt_class_size[c], n);
        cr_assert_lt(rt_class_size[c - 1], n);
    }
}

typedef struct {
    uint8_t *p;
    size_t n;
    uint8_t fill;
} Block;

static void churn(uint64_t s, int rounds)
{
    enum { N = 600 };
    Block *b = rt_alloc_conservative(N * sizeof *b);
    for (int i = 0; i < rounds; i++) {
        Block *x = &b[rnd(&s) % N];
        for (size_t k = 0; k < x->n; k++)
            if (x->p[k] != x->fill)
                abort(); /* somebody else's */
        x->n = random_size(&s);
        const RtType *t = rnd(&s) % 2 ? &type_ptr : NULL;
        if (t)
            x->n = (x->n + 7) & ~7ul;
        x->p = rt_alloc(x->n, t);
        if ((uintptr_t)x->p % (x->n >= 16 ? 8 : 8))
            abort();
        for (size_t k = 0; k < x->n; k++)
            if (x->p[k])
                abort(); /* not zeroed */
        x->fill = (uint8_t)rnd(&s);
        memset(x->p, x->fill, x->n);
        RtSpan *sp = rt_span_of(x->p);
        if (!sp || rt_span_of(x->p + x->n - 1) != sp)
            abort();
        if (sp->state == SPAN_SMALL && rt_slot_of(sp, x->p) != rt_slot_of(sp, x->p + x->n - 1))
            abort();
    }
}

Test(rt_heap, blocks_do_not_overlap)
{
    churn(1234567, 20000);
}

static void *thread(void *arg)
{
    static RtM ms[8];
    static RtP ps[8];
    uintptr_t i = (uintptr_t)arg;
    testp_attach(&ms[i], &ps[i]);
    churn(i * 7919 + 1, 8000);
    return NULL;
}

Test(rt_heap, threads_do_not_disturb_each_other)
{
    pthread_t t[4];
    rt_gc_set_percent(-1); /* the test scheduler cannot stop the others */
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, thread, (void *)i);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}

enum { FRESH = 1500 };

/* Takes fresh pages and fills them, while others, and the helper, touch what lies beside and ahead. */
static void *taker(void *arg)
{
    uintptr_t me = (uintptr_t)arg;
    RtSpan **mine = calloc(FRESH, sizeof *mine);
    RtM m = {0};
    RtP p = {0};
    uint64_t s = me * 77 + 1;
    testp_attach(&m, &p);
    for (unsigned i = 0; i < FRESH; i++) {
        bool zero;
        mine[i] = rt_pages_alloc(rnd(&s) % 6 + 1, &zero);
        cr_assert(zero);
        uint64_t *w = (uint64_t *)mine[i]->base;
        for (size_t k = 0; k < mine[i]->npages * RT_PAGE_SIZE / 8; k += 64) {
            cr_assert_eq(w[k], 0);
            w[k] = me << 32 | i;
        }
    }
    for (unsigned i = 0; i < FRESH; i++) {
        uint64_t *w = (uint64_t *)mine[i]->base;
        for (size_t k = 0; k < mine[i]->npages * RT_PAGE_SIZE / 8; k += 64)
            cr_assert_eq(w[k], me << 32 | i);
    }
    rt_m = NULL;
    free(mine);
    return NULL;
}

Test(rt_heap, fresh_pages_are_touched_by_many_threads)
{
    pthread_t t[12];
    atomic_store(&rt_sched.npidle, 1);
    for (uintptr_t i = 0; i < 12; i++)
        pthread_create(&t[i], NULL, taker, (void *)i);
    for (int i = 0; i < 12; i++)
        pthread_join(t[i], NULL);
}

Test(rt_heap, runs_of_types_are_those_the_compiler_computes)
{
    static const uint8_t maps[] = {1, 2, 3, 5, 7, 21, 63};
    for (unsigned i = 0; i < sizeof maps; i++)
        for (uint64_t words = 1; words <= 6; words++) {
            uint8_t m = maps[i] & (uint8_t)((1u << words) - 1);
            if (!m)
                continue;
            uint64_t ptrbytes = 8 * (32 - (uint64_t)__builtin_clz(m));
            unsigned run = rt_alloc_run(words * 8, ptrbytes, &m);
            RtType *tp = calloc(1, sizeof *tp); /* descriptors never change */
            *tp = (RtType){.size = words * 8, .ptrbytes = ptrbytes, .ptrmap = &m};
            RtSpan *slow = rt_span_of(rt_new(tp));
            cr_assert_eq(slow->run, run, "words %lu map %u: %u %u", words, m, slow->run, run);
            cr_assert_eq(slow->mask, m);
            tp->alloc = (uint8_t)run;
            cr_assert_eq(rt_span_of(rt_new(tp))->run, run);
        }
    cr_assert_eq(rt_alloc_run(100, 0, NULL), rt_size_class(100));
    cr_assert_eq(rt_alloc_run(0, 0, NULL), 0);
}

Test(rt_heap, pages_merge_and_are_found_again)
{
    bool zero;
    RtSpan *s[64];
    for (int i = 0; i < 64; i++) {
        s[i] = rt_pages_alloc(3, &zero);
        cr_assert(zero);
    }
    uint8_t *low = s[10]->base;
    for (int i = 10; i < 50; i += 2)
        rt_pages_free(s[i]);
    for (int i = 11; i < 50; i += 2)
        rt_pages_free(s[i]);
    RtSpan *big = rt_pages_alloc(120, &zero);
    cr_assert_eq(big->base, low, "forty neighbours make one run");
    cr_assert_not(zero);
    rt_pages_free(big);
    rt_pages_scavenge(0);
    cr_assert_eq(rt_heap.pages_released, 120);
    big = rt_pages_alloc(120, &zero);
    cr_assert_eq(big->base, low);
    cr_assert(zero);
    for (int i = 0; i < 120 * 8192; i += 4096)
        cr_assert_eq(big->base[i], 0);
}

Test(rt_heap, what_exceeds_goes_back_and_no_more)
{
    enum { RUN = 100 };
    bool zero;
    RtSpan *wall[2];
    wall[0] = rt_pages_alloc(1, &zero);
    RtSpan *s = rt_pages_alloc(RUN, &zero);
    wall[1] = rt_pages_alloc(1, &zero);
    uint8_t *base = s->base;
    memset(base, 0xff, RUN * RT_PAGE_SIZE);
    uint64_t before = rt_heap.pages_released;
    rt_pages_free(s);
    rt_pages_scavenge(60);
    cr_assert_eq(rt_heap.pages_released - before, RUN - 60);
    rt_pages_scavenge(60);
    cr_assert_eq(rt_heap.pages_released - before, RUN - 60);
    RtSpan *head = rt_pages_alloc(50, &zero), *middle = rt_pages_alloc(20, &zero);
    cr_assert_eq(head->base, base);
    cr_assert_not(zero, "half of it was kept");
    cr_assert_eq(rt_heap.pages_released - before, RUN - 70);
    RtSpan *tail = rt_pages_alloc(30, &zero);
    cr_assert(zero);
    cr_assert_eq(rt_heap.pages_released, before);
    for (size_t i = 0; i < 30 * RT_PAGE_SIZE; i++)
        cr_assert_eq(tail->base[i], 0);
    rt_pages_free(head);
    rt_pages_free(middle);
    rt_pages_free(tail);
    rt_pages_free(wall[0]);
    rt_pages_free(wall[1]);
}
