/* SPDX-License-Identifier: MIT
 *
 * The poller's interface for package os and its like: a descriptor a pollable file.
 */
#ifndef GOL_RUNTIME_NETPOLL_H
#define GOL_RUNTIME_NETPOLL_H

#include "runtime/sched.h"

enum { RT_POLL_READ, RT_POLL_WRITE };
enum { RT_POLL_OK, RT_POLL_CLOSED, RT_POLL_TIMEOUT };

typedef struct RtPollSide {
    RtGoroutine *g;   /* waits */
    int64_t deadline; /* on the monotonic clock; 0: none */
    bool ready;       /* an event came while nobody waited */
} RtPollSide;

typedef struct RtPollDesc {
    RtSpin lock;
    int fd;
    bool closing;
    RtPollSide side[2];
    struct RtPollDesc *link;
} RtPollDesc;

/* The descriptor of a non-blocking file, or NULL with *err where epoll does not take it
 * (regular files). */
RtPollDesc *rt_poll_open(int fd, int *err);
/* Waits until an operation in this direction may succeed: RT_POLL_OK, _CLOSED, _TIMEOUT.
 * Called last by a stub's function: it may resume its caller from elsewhere. */
int64_t rt_poll_wait(RtPollDesc *d, int side);
/* Wakes all waiters with RT_POLL_CLOSED; so do all later waits. */
void rt_poll_unblock(RtPollDesc *d);
void rt_poll_close(RtPollDesc *d);
/* when on the monotonic clock, 0: none.  Whoever sets one also sets a timer that calls
 * rt_poll_expire. */
void rt_poll_set_deadline(RtPollDesc *d, int side, int64_t when);
void rt_poll_expire(RtPollDesc *d, int side);

#endif
