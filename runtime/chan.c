/* SPDX-License-Identifier: MIT
 *
 * Channel operations (abi.h, "channels").  A value goes straight from the sender's variable
 * to the receiver's, or through the ring of a buffered channel.
 *
 * Because a goroutine's registers are on its own stack when C code runs, an operation that
 * must wait puts the goroutine into the queue, unlocks, and schedules: nothing of it is left
 * on the system stack, and the other side completes it.
 */
#include <string.h>

#include "runtime/chan.h"
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

/* What the collector has to know of an RtChan: wait records are no heap objects. */
static const RtType chan_type = {
    .size = sizeof(RtChan),
    .ptrbytes = offsetof(RtChan, timer) + 8,
    .kind = RT_STRUCT,
    .align = 8,
    .ptrmap =
        (const uint8_t[]){1u << offsetof(RtChan, buf) / 8 | 1u << offsetof(RtChan, timer) / 8},
    .string = {(const uint8_t *)"runtime.hchan", 13},
};

void rt_chan_move_slow(const RtType *t, void *dst, const void *src)
{
    rt_typedmove(t, dst, src);
}

/* Go spec, "Making slices, maps and channels". */
void *rt_chan_make(const RtChanType *t, int64_t cap)
{
    const RtType *elem = t->elem;
    if (cap < 0 || (elem->size && (uint64_t)cap > ((uint64_t)1 << 47) / elem->size))
        rt_panic_str("makechan: size out of range");
    RtChan *c = rt_new(&chan_type);
    if (cap && elem->size)
        c->buf = rt_makeslice(elem, cap, cap);
    c->cap = cap;
    c->elem = elem;
    c->elemsize = elem->size;
    c->made = (void *)((uint64_t *)rt_self()->sp)[6];
    return c;
}

int64_t rt_chan_len(const RtChan *c)
{
    return c && !c->is_timer ? c->count : 0;
}

int64_t rt_chan_cap(const RtChan *c)
{
    return c && !c->is_timer ? c->cap : 0;
}

/* Makes the goroutine of a record that was popped from a queue go on: ret is what its
 * chan_recv returns, or the ok of a select's case. */
static inline void complete(RtSudog *s, bool ok)
{
    RtGoroutine *g = s->g;
    if (rt_unlikely(s->is_select)) {
        s->elem = (void *)(uintptr_t)ok;
        rt_select_woken(s);
    } else {
        g->ret = ok;
    }
    rt_ready(g);
}

void rt_chan_send_to(RtChan *c, RtSudog *r, const void *elem)
{
    if (r->elem)
        rt_chan_move(c, r->elem, elem);
    rt_spin_unlock(&c->lock);
    complete(r, true);
}

void rt_chan_buffer_send(RtChan *c, const void *elem)
{
    if (c->elemsize)
        rt_chan_move(c, rt_chan_slot(c, c->sendx), elem);
    if (++c->sendx == c->cap)
        c->sendx = 0;
    c->count++;
    rt_spin_unlock(&c->lock);
}

static inline void take(RtChan *c, void *elem)
{
    if (!c->elemsize)
        return;
    char *slot = rt_chan_slot(c, c->recvx);
    if (elem)
        rt_chan_move(c, elem, slot);
    if (c->elem->ptrbytes) { /* do not keep what was received alive */
        if (rt_unlikely(rt_wb_enabled))
            rt_clear_ref(slot, c->elemsize);
        else
            memset(slot, 0, c->elemsize);
    }
}

void rt_chan_buffer_recv(RtChan *c, void *elem)
{
    take(c, elem);
    if (++c->recvx == c->cap)
        c->recvx = 0;
    c->count--;
    rt_spin_unlock(&c->lock);
}

/* A sender waits: takes its value, or, if there is a buffer (which is full then), the first
 * of that, and puts the sender's at the end. */
void rt_chan_recv_from(RtChan *c, RtSudog *s, void *elem)
{
    if (c->cap == 0) {
        if (elem && c->elemsize)
            rt_chan_move(c, elem, s->elem);
    } else {
        take(c, elem);
        if (c->elemsize)
            rt_chan_move(c, rt_chan_slot(c, c->recvx), s->elem);
        if (++c->recvx == c->cap)
            c->recvx = 0;
        c->sendx = c->recvx;
    }
    rt_spin_unlock(&c->lock);
    complete(s, true);
}

static inline RtSudog *enqueue(RtWaitq *q, RtChan *c, void *elem)
{
    RtGoroutine *g = rt_self();
    RtSudog *s = &g->sd;
    s->g = g;
    s->elem = elem;
    s->chan = c;
    s->is_select = 0;
    rt_waitq_push(q, s);
    return s;
}

void rt_chan_send(RtChan *c, void *elem)
{
    if (rt_unlikely(!c))
        rt_park(NULL, NULL, RT_WAIT_CHAN_SEND_NIL, NULL);
    rt_spin_lock(&c->lock);
    if (rt_unlikely(c->closed)) {
        rt_spin_unlock(&c->lock);
        rt_panic_str("send on closed channel");
    }
    if (c->recvq.first) {
        RtSudog *r = rt_waitq_pop(&c->recvq);
        if (rt_likely(r != NULL)) {
            rt_chan_send_to(c, r, elem);
            return;
        }
    }
    if (c->count < c->cap) {
        rt_chan_buffer_send(c, elem);
        return;
    }
    enqueue(&c->sendq, c, elem);
    rt_park_prepare(RT_WAIT_CHAN_SEND, c);
    rt_spin_unlock(&c->lock);
    rt_schedule();
}

bool rt_chan_recv(RtChan *c, void *elem)
{
    if (rt_unlikely(!c))
        rt_park(NULL, NULL, RT_WAIT_CHAN_RECV_NIL, NULL);
    rt_spin_lock(&c->lock);
    if (c->count > 0 && !c->sendq.first) {
        rt_chan_buffer_recv(c, elem);
        return true;
    }
    if (c->sendq.first) {
        RtSudog *s = rt_waitq_pop(&c->sendq);
        if (rt_likely(s != NULL)) {
            rt_chan_recv_from(c, s, elem);
            return true;
        }
        if (c->count > 0) {
            rt_chan_buffer_recv(c, elem);
            return true;
        }
    }
    if (rt_unlikely(c->closed)) {
        rt_spin_unlock(&c->lock);
        if (elem)
            memset(elem, 0, c->elemsize);
        return false;
    }
    enqueue(&c->recvq, c, elem);
    rt_park_prepare(RT_WAIT_CHAN_RECV, c);
    rt_spin_unlock(&c->lock);
    rt_schedule();
}

static void panic_closed(void);

void rt_chan_close(RtChan *c)
{
    if (!c)
        rt_panic_str("close of nil channel");
    rt_spin_lock(&c->lock);
    if (c->closed) {
        rt_spin_unlock(&c->lock);
        rt_panic_str("close of closed channel");
    }
    c->closed = 1;
    RtSudog *list = NULL, **end = &list;
    RtSudog *s;
    while ((s = rt_waitq_pop(&c->recvq))) {
        if (s->elem)
            memset(s->elem, 0, c->elemsize);
        s->next = NULL;
        *end = s;
        end = &s->next;
    }
    RtSudog *senders = NULL;
    end = &senders;
    while ((s = rt_waitq_pop(&c->sendq))) {
        s->next = NULL;
        *end = s;
        end = &s->next;
    }
    rt_spin_unlock(&c->lock);
    while (list) {
        s = list;
        list = s->next;
        complete(s, false);
    }
    while (senders) { /* they panic when they resume */
        s = senders;
        senders = s->next;
        RtGoroutine *g = s->g;
        if (s->is_select) {
            s->elem = NULL;
            rt_select_woken(s);
        }
        g->ret = (uint64_t)panic_closed;
        g->resume = (void *)rt_resume_jump;
        rt_ready(g);
    }
}

/* Entered like a runtime call of the generated code. */
void sys_rt_panic_send_closed(void);
static void panic_closed(void)
{
    __asm__ volatile("jmp sys_rt_panic_send_closed");
}

RT_NORETURN void rt_panic_send_closed(void)
{
    rt_panic_str("send on closed channel");
}

bool rt_chan_try_send(RtChan *c, const void *elem)
{
    rt_spin_lock(&c->lock);
    if (!c->closed) {
        RtSudog *r = rt_waitq_pop(&c->recvq);
        if (r) {
            rt_chan_send_to(c, r, elem);
            return true;
        }
        if (c->count < c->cap) {
            rt_chan_buffer_send(c, elem);
            return true;
        }
    }
    rt_spin_unlock(&c->lock);
    return false;
}

bool rt_chan_drain(RtChan *c)
{
    rt_spin_lock(&c->lock);
    bool any = c->count > 0;
    while (c->count > 0) {
        take(c, NULL);
        if (++c->recvx == c->cap)
            c->recvx = 0;
        c->count--;
    }
    rt_spin_unlock(&c->lock);
    return any;
}
