/* SPDX-License-Identifier: MIT
 *
 * Coroutines: goroutines that run only while another waits for them, and change places with
 * it past the run queues.  iter.Pull is made of them.
 */
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

/* Makes the goroutine, which begins with the first switch to it. */
void std_iter_coronew(RtCoro *c, RtClosure *f)
{
    RtGoroutine *g = rt_newproc(f, 0, (void *)((uint64_t *)rt_self()->sp)[6], 0);
    g->waitreason = RT_WAIT_COROUTINE;
    g->waitsince = rt_coarse_ms;
    atomic_store_explicit(&g->status, RT_G_WAITING, memory_order_relaxed);
    atomic_store_explicit(&c->g, g, memory_order_release);
}

void std_iter_coroswitch(RtCoro *c)
{
    RtGoroutine *self = rt_self();
    /* with its registers on its stack it can go on anywhere as soon as it is in c */
    rt_park_prepare(RT_WAIT_COROUTINE, c);
    RtGoroutine *g = atomic_exchange_explicit(&c->g, self, memory_order_acq_rel);
    if (rt_unlikely(!g))
        rt_throw("switch to a coroutine that has ended");
    rt_switch_to(g);
}

/* The coroutine is about to end: the one that waits for it goes on. */
void std_iter_coroexit(RtCoro *c)
{
    rt_ready(atomic_exchange_explicit(&c->g, NULL, memory_order_acq_rel));
}
