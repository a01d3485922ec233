/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Holding back (runtime/holdback.c) linked alone, with a clock and Ps of our own: the test
 * says what is dispatched and when, and looks at what is decided. */
#include <criterion/criterion.h>
#include <string.h>

#include "runtime/schedimpl.h"

RtSched rt_sched;
RtP **rt_allp;
uint32_t rt_gomaxprocs = 2;
int64_t rt_chaos;
_Atomic uint32_t rt_poll_waiters;
static int64_t now, timer;
static RtP ps[2];

int64_t rt_nanotime(void)
{
    return now;
}

int64_t rt_timers_next_all(void)
{
    return timer;
}

bool rt_slab_ahead(void)
{
    return false;
}

static void start(void)
{
    static RtP *all[2] = {&ps[0], &ps[1]};
    rt_allp = all;
    now = 1000000000;
    timer = INT64_MAX;
}

/* us pass in which the first P dispatches n goroutines a microsecond, from its ring or not. */
static void pass(int64_t us, uint32_t n, bool ring)
{
    now += us * 1000;
    ps[0].allticks += (uint32_t)us * n;
    if (ring)
        ps[0].head += (uint32_t)us * n;
    ps[0].tail = ps[0].head + 3;
}

/* Eager until a trial begins, with n dispatches a microsecond. → whether one did */
static bool eager(uint32_t n)
{
    for (int i = 0; i < 100; i++) {
        if (rt_hold_back_begin())
            return true;
        pass(50, n, true);
    }
    return false;
}

/* A nap. → whether the lookout goes on */
static bool nap(uint32_t n, bool ring)
{
    pass(60, n, ring);
    return rt_lookout_goes_on();
}

/* To a state of holding back that has proved itself: 4 a microsecond with, 12 without. */
static void back(void)
{
    start();
    cr_assert(eager(4));
    cr_assert(rt_holding_back());
    for (int i = 0; i < 10; i++)
        cr_assert(nap(12, true));
}

Test(holdback, long_runs_are_shared)
{
    start();
    now += 1;
    for (int i = 0; i < 1000; i++) { /* a dispatch in 50 us */
        cr_assert_not(rt_hold_back_begin());
        now += 50000;
        ps[0].allticks++;
    }
}

Test(holdback, one_p_has_nobody_to_hold_back_from)
{
    start();
    rt_gomaxprocs = 1;
    cr_assert_not(eager(10));
    rt_gomaxprocs = 2;
    rt_sched.npidle = 1; /* nobody else runs */
    cr_assert_not(eager(10));
}

Test(holdback, as_much_without_is_kept_and_probed)
{
    back();
    int naps = 0;
    while (nap(12, true))
        naps++;
    cr_assert_gt(naps, 20); /* some 2 ms */
    cr_assert_not(rt_holding_back());
    cr_assert(eager(4), "the probe finds less than without, and goes back");
    int again = 0;
    while (nap(12, true))
        again++;
    cr_assert_gt(again, naps + 20, "for twice as long");
}

Test(holdback, less_without_ends_the_trial)
{
    start();
    cr_assert(eager(8));
    bool on;
    int naps = 0;
    while ((on = nap(6, true)))
        naps++;
    cr_assert_lt(naps, 10);
    cr_assert_not(rt_holding_back());
    int64_t failed = now;
    cr_assert(eager(8));
    int64_t first = now - failed;
    while (nap(6, true))
        ;
    failed = now;
    cr_assert(eager(8));
    cr_assert_gt(now - failed, first, "the next trial comes later");
}

Test(holdback, a_probe_that_finds_more_stays_eager)
{
    back();
    while (nap(12, true))
        ;
    for (int i = 0; i < 15; i++) {
        cr_assert_not(rt_hold_back_begin());
        pass(50, 20, true);
    }
    cr_assert_not(rt_holding_back());
}

Test(holdback, who_waits_gets_the_owner_to_give_way_and_then_help)
{
    back();
    cr_assert(nap(12, false)); /* what stood in the ring now stands there still */
    cr_assert(ps[0].preempt & RT_PREEMPT_FLUSH);
    cr_assert_not(nap(12, false));
    cr_assert_not(rt_holding_back());
}

Test(holdback, who_waits_in_the_global_queue_gets_help)
{
    back();
    rt_sched.qsize = 1;
    cr_assert(nap(12, true));
    cr_assert_not(nap(12, true));
}

Test(holdback, a_longer_run_ends_it_at_once)
{
    back();
    pass(60, 0, true);
    ps[0].allticks++;
    cr_assert_not(rt_lookout_goes_on());
    cr_assert_not(rt_holding_back());
}

Test(holdback, a_timer_that_is_due_is_looked_after)
{
    back();
    timer = now;
    cr_assert_not(nap(12, true));
    timer = INT64_MAX;
    cr_assert(rt_holding_back());
    cr_assert(nap(12, true));
}

Test(holdback, who_waits_for_files_ends_it)
{
    back();
    rt_poll_waiters = 1;
    cr_assert_not(nap(12, true));
    cr_assert_not(rt_holding_back());
}

Test(holdback, there_is_one_lookout)
{
    cr_assert(rt_lookout_begin());
    cr_assert_not(rt_lookout_begin());
    cr_assert(rt_lookout());
    rt_lookout_end();
    cr_assert(rt_lookout_begin());
}
