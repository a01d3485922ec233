/* SPDX-License-Identifier: MIT
 *
 * The poller: goroutines that wait for files, on one edge-triggered epoll.  A thread with
 * nothing to run sleeps in it, and is woken through an eventfd.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/netpoll.h"
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

_Atomic uint32_t rt_poll_waiters;
bool rt_poll_inited;
static RtMutex init_lock;
static int epfd = -1, evfd = -1;
static _Atomic uint32_t wake_pending;

static struct {
    RtSpin lock;
    RtPollDesc *free;
} descs;

void rt_poll_init(void)
{
    if (__atomic_load_n(&rt_poll_inited, __ATOMIC_ACQUIRE))
        return;
    rt_lock(&init_lock);
    if (!rt_poll_inited) {
        epfd = epoll_create1(EPOLL_CLOEXEC);
        evfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};
        if (epfd < 0 || evfd < 0 || epoll_ctl(epfd, EPOLL_CTL_ADD, evfd, &ev) < 0) {
            rt_unlock(&init_lock);
            rt_throw("cannot create the poller");
        }
        __atomic_store_n(&rt_poll_inited, true, __ATOMIC_RELEASE);
    }
    rt_unlock(&init_lock);
}

void rt_poll_break(void)
{
    rt_poll_init();
    if (atomic_exchange(&wake_pending, 1))
        return;
    uint64_t one = 1;
    while (write(evfd, &one, 8) < 0 && errno == EINTR)
        ;
}

/* Linux has waits of nanosecond precision since 5.11; before, milliseconds rounded up. */
static int wait_events(struct epoll_event *ev, int n, int64_t ns)
{
#ifdef SYS_epoll_pwait2
    static _Atomic bool missing;
    if (ns > 0 && !atomic_load_explicit(&missing, memory_order_relaxed)) {
        struct timespec ts = {ns / 1000000000, ns % 1000000000};
        long r = syscall(SYS_epoll_pwait2, epfd, ev, n, &ts, NULL, 8);
        if (r >= 0 || errno != ENOSYS)
            return (int)r;
        atomic_store_explicit(&missing, true, memory_order_relaxed);
    }
#endif
    int64_t ms = ns <= 0 ? ns : (ns + 999999) / 1000000;
    return epoll_wait(epfd, ev, n, ms > INT32_MAX ? INT32_MAX : (int)ms);
}

/* Takes the goroutine that waits in one direction, or notes that the file is ready. */
static RtGoroutine *take(RtPollSide *s, uint64_t ret, bool note)
{
    RtGoroutine *g = s->g;
    if (g) {
        s->g = NULL;
        g->ret = ret;
        atomic_fetch_sub(&rt_poll_waiters, 1);
    } else if (note) {
        s->ready = true;
    }
    return g;
}

RtGoroutine *rt_poll(int64_t ns)
{
    rt_poll_init();
    struct epoll_event ev[128];
    int n = wait_events(ev, 128, ns);
    RtGoroutine *list = NULL;
    for (int i = 0; i < n; i++) {
        RtPollDesc *d = ev[i].data.ptr;
        if (!d) {
            if (ns != 0) {
                uint64_t v;
                atomic_store(&wake_pending, 0);
                ssize_t r = read(evfd, &v, 8);
                (void)r;
            }
            continue;
        }
        uint32_t e = ev[i].events;
        for (int side = 0; side < 2; side++) {
            uint32_t mask = side == RT_POLL_READ ? EPOLLIN | EPOLLRDHUP : EPOLLOUT;
            if (!(e & (mask | EPOLLHUP | EPOLLERR)))
                continue;
            rt_spin_lock(&d->lock);
            RtGoroutine *g = take(&d->side[side], RT_POLL_OK, true);
            rt_spin_unlock(&d->lock);
            if (g) {
                atomic_store_explicit(&g->status, RT_G_RUNNABLE, memory_order_relaxed);
                g->link = list;
                list = g;
            }
        }
    }
    return list;
}

RtPollDesc *rt_poll_open(int fd, int *err)
{
    rt_poll_init();
    rt_spin_lock(&descs.lock);
    RtPollDesc *d = descs.free;
    if (d)
        descs.free = d->link;
    rt_spin_unlock(&descs.lock);
    if (!d)
        d = rt_persistent(sizeof *d);
    rt_spin_lock(&d->lock);
    d->fd = fd;
    d->closing = false;
    for (int i = 0; i < 2; i++) {
        d->side[i].g = NULL;
        d->side[i].ready = false;
        d->side[i].deadline = 0;
    }
    rt_spin_unlock(&d->lock);
    struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = d};
    if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev) < 0) {
        *err = errno;
        rt_spin_lock(&descs.lock);
        d->link = descs.free;
        descs.free = d;
        rt_spin_unlock(&descs.lock);
        return NULL;
    }
    return d;
}

int64_t rt_poll_wait(RtPollDesc *d, int side)
{
    RtPollSide *s = &d->side[side];
    rt_spin_lock(&d->lock);
    int64_t r = -1;
    if (d->closing)
        r = RT_POLL_CLOSED;
    else if (s->deadline && s->deadline <= rt_nanotime())
        r = RT_POLL_TIMEOUT;
    else if (s->ready)
        r = RT_POLL_OK;
    s->ready = false;
    if (r >= 0) {
        rt_spin_unlock(&d->lock);
        return r;
    }
    s->g = rt_self();
    atomic_fetch_add(&rt_poll_waiters, 1);
    rt_park_prepare(RT_WAIT_IO, d);
    rt_spin_unlock(&d->lock);
    rt_schedule();
}

void rt_poll_unblock(RtPollDesc *d)
{
    RtGoroutine *g[2];
    rt_spin_lock(&d->lock);
    d->closing = true;
    for (int i = 0; i < 2; i++)
        g[i] = take(&d->side[i], RT_POLL_CLOSED, false);
    rt_spin_unlock(&d->lock);
    for (int i = 0; i < 2; i++)
        if (g[i])
            rt_ready(g[i]);
}

void rt_poll_expire(RtPollDesc *d, int side)
{
    rt_spin_lock(&d->lock);
    RtGoroutine *g = NULL;
    RtPollSide *s = &d->side[side];
    if (s->deadline && s->deadline <= rt_nanotime())
        g = take(s, RT_POLL_TIMEOUT, false);
    rt_spin_unlock(&d->lock);
    if (g)
        rt_ready(g);
}

void rt_poll_set_deadline(RtPollDesc *d, int side, int64_t when)
{
    rt_spin_lock(&d->lock);
    d->side[side].deadline = when;
    rt_spin_unlock(&d->lock);
    if (when && when <= rt_nanotime())
        rt_poll_expire(d, side);
}

void rt_poll_close(RtPollDesc *d)
{
    rt_poll_unblock(d);
    epoll_ctl(epfd, EPOLL_CTL_DEL, d->fd, NULL);
    rt_spin_lock(&descs.lock);
    d->link = descs.free;
    descs.free = d;
    rt_spin_unlock(&descs.lock);
}
