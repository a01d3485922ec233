/* SPDX-License-Identifier: MIT
 *
 * select (Go spec, "Select statements").  A look without locks finds a ready case in most
 * loops; only when none is are all channels locked, in the order of their addresses, looked
 * at again, and the goroutine queued on each.
 *
 * Whoever completes one of the cases (rt_select_woken) takes the records out of the other
 * queues, since nothing of a parked goroutine is left on a system stack to do it.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/chan.h"
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

static RtSudog *sudog_get(RtP *p)
{
    RtSudog *s = p->sudogs;
    if (rt_unlikely(!s)) {
        s = rt_persistent(64 * sizeof *s);
        for (int i = 0; i < 64; i++) {
            s[i].next = p->sudogs;
            p->sudogs = &s[i];
        }
        s = p->sudogs;
    }
    p->sudogs = s->next;
    return s;
}

static void sudog_put(RtP *p, RtSudog *s)
{
    s->next = p->sudogs;
    p->sudogs = s;
}

static inline bool live_waiter(const RtWaitq *q)
{
    const RtSudog *s = __atomic_load_n(&q->first, __ATOMIC_RELAXED);
    return s != NULL;
}

/* Whether the case looks as if it could go; exact only under the lock, and then up to
 * waiters that another thread is just taking in another case of theirs. */
static inline bool ready(const RtSelectCase *k)
{
    RtChan *c = k->chan;
    if (!c)
        return false;
    if (__atomic_load_n(&c->closed, __ATOMIC_RELAXED))
        return true;
    if (k->dir == RT_SELECT_SEND)
        return __atomic_load_n(&c->count, __ATOMIC_RELAXED) < c->cap || live_waiter(&c->recvq);
    return __atomic_load_n(&c->count, __ATOMIC_RELAXED) > 0 || live_waiter(&c->sendq);
}

/* One of the ready cases, each equally likely, or -1. */
static int64_t choose(const RtSelectCase *cs, int64_t n)
{
    int64_t pick = -1;
    uint32_t seen = 0;
    for (int64_t i = 0; i < n; i++)
        if (ready(&cs[i]) && (seen++ == 0 || rt_fastrandn(seen) == 0))
            pick = i;
    return pick;
}

/* Does the operation of the locked channel and unlocks it, or returns false, still locked. */
static bool go(RtSelectCase *k)
{
    RtChan *c = k->chan;
    if (k->dir == RT_SELECT_SEND) {
        if (c->closed) {
            rt_spin_unlock(&c->lock);
            rt_panic_str("send on closed channel");
        }
        RtSudog *r = rt_waitq_pop(&c->recvq);
        if (r)
            rt_chan_send_to(c, r, k->elem);
        else if (c->count < c->cap)
            rt_chan_buffer_send(c, k->elem);
        else
            return false;
        return true;
    }
    k->recv_ok = 1;
    RtSudog *s = rt_waitq_pop(&c->sendq);
    if (s) {
        rt_chan_recv_from(c, s, k->elem);
    } else if (c->count > 0) {
        rt_chan_buffer_recv(c, k->elem);
    } else if (c->closed) {
        rt_spin_unlock(&c->lock);
        if (k->elem)
            memset(k->elem, 0, c->elemsize);
        k->recv_ok = 0;
    } else {
        return false;
    }
    return true;
}

static int by_address(const void *a, const void *b)
{
    const RtChan *x = *(RtChan *const *)a, *y = *(RtChan *const *)b;
    return x < y ? -1 : x > y;
}

/* The different channels of the cases in order. */
static int64_t channels(RtChan **out, const RtSelectCase *cs, int64_t n)
{
    int64_t m = 0;
    if (n <= 12) {
        for (int64_t i = 0; i < n; i++) {
            RtChan *c = cs[i].chan;
            if (!c)
                continue;
            int64_t j = m;
            while (j > 0 && out[j - 1] > c)
                j--;
            if (j > 0 && out[j - 1] == c)
                continue;
            memmove(&out[j + 1], &out[j], (size_t)(m - j) * sizeof *out);
            out[j] = c;
            m++;
        }
        return m;
    }
    for (int64_t i = 0; i < n; i++)
        if (cs[i].chan)
            out[m++] = cs[i].chan;
    qsort(out, (size_t)m, sizeof *out, by_address);
    int64_t k = 0;
    for (int64_t i = 0; i < m; i++)
        if (k == 0 || out[k - 1] != out[i])
            out[k++] = out[i];
    return k;
}

static void unlock_but(RtChan **cs, int64_t n, const RtChan *but)
{
    for (int64_t i = n; i-- > 0;)
        if (cs[i] != but)
            rt_spin_unlock(&cs[i]->lock);
}

/* All channels locked: the case that goes, or -1 and the goroutine stands in all queues (or,
 * not blocking, in none). */
static int64_t locked_pass(RtSelectCase *cs, int64_t n, bool block, RtChan **order)
{
    int64_t m = channels(order, cs, n);
    for (int64_t i = 0; i < m; i++)
        rt_spin_lock(&order[i]->lock);
    int64_t i;
    while ((i = choose(cs, n)) >= 0) {
        RtChan *c = cs[i].chan;
        /* a waiter of a select that has just gone elsewhere looks ready: pop drops it */
        RtWaitq *q = cs[i].dir == RT_SELECT_SEND ? &c->recvq : &c->sendq;
        bool others = c->closed || (cs[i].dir == RT_SELECT_SEND ? c->count < c->cap : c->count > 0);
        if (!others) {
            RtSudog *s = rt_waitq_pop(q);
            if (!s)
                continue;
            unlock_but(order, m, c);
            if (cs[i].dir == RT_SELECT_SEND) {
                rt_chan_send_to(c, s, cs[i].elem);
            } else {
                cs[i].recv_ok = 1;
                rt_chan_recv_from(c, s, cs[i].elem);
            }
            return i;
        }
        unlock_but(order, m, c);
        go(&cs[i]);
        return i;
    }
    if (!block) {
        unlock_but(order, m, NULL);
        return -1;
    }
    RtGoroutine *g = rt_self();
    RtP *p = rt_p();
    RtSudog *list = NULL;
    for (i = 0; i < n; i++) {
        RtChan *c = cs[i].chan;
        if (!c)
            continue;
        RtSudog *s = sudog_get(p);
        s->g = g;
        s->elem = cs[i].elem;
        s->chan = c;
        s->is_select = 1;
        s->index = (uint32_t)i;
        s->waitlink = list;
        list = s;
        rt_waitq_push(cs[i].dir == RT_SELECT_SEND ? &c->sendq : &c->recvq, s);
    }
    g->sd.elem = cs;
    g->sd.waitlink = list;
    g->sd.index = (uint32_t)n;
    atomic_store_explicit(&g->selectdone, 0, memory_order_relaxed);
    rt_park_prepare(RT_WAIT_SELECT, NULL);
    unlock_but(order, m, NULL);
    return -1;
}

int64_t rt_select(RtSelectCase *cs, int64_t n, bool block)
{
    if (n == 0) {
        if (!block)
            return -1;
        rt_park(NULL, NULL, RT_WAIT_SELECT_NONE, NULL);
    }
    for (int tries = 0; tries < 3; tries++) {
        int64_t i = choose(cs, n);
        if (i < 0) {
            if (!block && n == 1)
                return -1;
            break;
        }
        RtChan *c = cs[i].chan;
        rt_spin_lock(&c->lock);
        if (go(&cs[i]))
            return i;
        rt_spin_unlock(&c->lock);
    }
    RtChan *few[64];
    RtChan **order = n <= 64 ? few : malloc((size_t)n * sizeof *order);
    if (!order)
        rt_throw("out of memory (select)");
    int64_t i = locked_pass(cs, n, block, order);
    if (order != few)
        free(order);
    if (i < 0 && block)
        rt_schedule();
    return i;
}

/* s, a case of a waiting select, has been taken: s->elem is its ok.  Takes the others out
 * of their queues and sets what rt_select returns. */
void rt_select_woken(RtSudog *s)
{
    RtGoroutine *g = s->g;
    RtSelectCase *cs = g->sd.elem;
    RtP *p = rt_p();
    uint32_t index = s->index;
    cs[index].recv_ok = s->elem != NULL;
    for (RtSudog *o = g->sd.waitlink, *next; o; o = next) {
        next = o->waitlink;
        if (o != s) {
            RtChan *c = o->chan;
            rt_spin_lock(&c->lock);
            if (o->prev != o)
                rt_waitq_remove(cs[o->index].dir == RT_SELECT_SEND ? &c->sendq : &c->recvq, o);
            rt_spin_unlock(&c->lock);
        }
        o->is_select = 0;
        sudog_put(p, o);
    }
    g->sd.waitlink = NULL;
    g->sd.elem = NULL;
    g->ret = index;
}
