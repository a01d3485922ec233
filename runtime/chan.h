/* SPDX-License-Identifier: MIT
 *
 * Channels.  chan.c owns them; select.c, timer.c and the reports look inside.
 *
 *     RtChan
 *     +---------------------------------------------------+
 *     | lock closed … | ring of elements: buf, sendx, recvx |
 *     | recvq: parked receivers | sendq: parked senders     |
 *     +---------------------------------------------------+
 *
 * Invariants, under the lock: recvq and sendq are not both non-empty but for goroutines in
 * a select on both; a buffer with values has no receiver waiting; one with room no sender.
 * Wait records live in the parked RtG (sd), or, for select, in records of the P.
 */
#ifndef GOL_RUNTIME_CHAN_H
#define GOL_RUNTIME_CHAN_H

#include "runtime/sched.h"

typedef struct RtWaitq {
    RtSudog *first, *last;
} RtWaitq;

typedef struct RtChan {
    RtSpin lock;
    uint8_t closed;
    uint8_t is_timer; /* len and cap read as 0 */
    uint16_t unused;
    int64_t count; /* elements in the ring */
    int64_t cap;
    uint64_t elemsize;
    char *buf;
    struct RtTimer *timer; /* that sends on it: lives as long as it */
    int64_t sendx, recvx;
    RtWaitq recvq, sendq;
    const RtType *elem;
    void *made; /* return address of the make */
} RtChan;

static inline void rt_waitq_push(RtWaitq *q, RtSudog *s)
{
    s->next = NULL;
    s->prev = q->last;
    if (q->last)
        q->last->next = s;
    else
        q->first = s;
    q->last = s;
}

static inline void rt_waitq_remove(RtWaitq *q, RtSudog *s)
{
    if (s->prev)
        s->prev->next = s->next;
    else
        q->first = s->next;
    if (s->next)
        s->next->prev = s->prev;
    else
        q->last = s->prev;
    s->next = s->prev = NULL;
}

/* The first waiter that can be had: one that waits in a select is taken only if no other
 * case of it has been. */
static inline RtSudog *rt_waitq_pop(RtWaitq *q)
{
    for (;;) {
        RtSudog *s = q->first;
        if (!s)
            return NULL;
        q->first = s->next;
        if (s->next)
            s->next->prev = NULL;
        else
            q->last = NULL;
        s->next = s->prev = NULL;
        if (rt_unlikely(s->is_select)) {
            uint32_t zero = 0;
            if (!atomic_compare_exchange_strong(&s->g->selectdone, &zero, 1)) {
                s->prev = s; /* no longer queued */
                continue;
            }
            s->prev = s;
        }
        return s;
    }
}

/* Copies one element; with the collector's barrier where it holds pointers. */
void rt_chan_move_slow(const RtType *t, void *dst, const void *src);
extern uint32_t rt_wb_enabled;
static inline void rt_chan_move(const RtChan *c, void *dst, const void *src)
{
    if (rt_unlikely(rt_wb_enabled && c->elem->ptrbytes)) {
        rt_chan_move_slow(c->elem, dst, src);
        return;
    }
    switch (c->elemsize) {
    case 0: return;
    case 8: __builtin_memcpy(dst, src, 8); return;
    case 4: __builtin_memcpy(dst, src, 4); return;
    case 1: __builtin_memcpy(dst, src, 1); return;
    case 16: __builtin_memcpy(dst, src, 16); return;
    default: __builtin_memcpy(dst, src, c->elemsize);
    }
}
static inline char *rt_chan_slot(const RtChan *c, int64_t i)
{
    return c->buf + (uint64_t)i * c->elemsize;
}

/* The operations on a locked channel that some other side makes possible; they unlock.
 * Used by select as well. */
void rt_chan_send_to(RtChan *c, RtSudog *receiver, const void *elem);
void rt_chan_recv_from(RtChan *c, RtSudog *sender, void *elem);
void rt_chan_buffer_send(RtChan *c, const void *elem);
void rt_chan_buffer_recv(RtChan *c, void *elem);
/* Sends without waiting; → whether it went.  For timers. */
bool rt_chan_try_send(RtChan *c, const void *elem);
/* Drops buffered values; → whether there were any. */
bool rt_chan_drain(RtChan *c);

/* select.c */
void rt_select_woken(RtSudog *s);

#endif
