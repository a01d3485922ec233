/* SPDX-License-Identifier: MIT
 *
 * package os's door to the poller (std/os/poll.gol, netpoll.h).
 */
#include "runtime/netpoll.h"
#include "runtime/std.h"

uint64_t std_os_pollOpen(int64_t fd)
{
    int err;
    return (uint64_t)rt_poll_open((int)fd, &err);
}

int64_t std_os_pollWait(RtPollDesc *d, int64_t side)
{
    return rt_poll_wait(d, (int)side);
}

int64_t std_os_pollState(RtPollDesc *d, int64_t side)
{
    int64_t when = d->side[side].deadline;
    return d->closing                      ? RT_POLL_CLOSED
           : when && when <= rt_nanotime() ? RT_POLL_TIMEOUT
                                           : RT_POLL_OK;
}

void std_os_pollUnblock(RtPollDesc *d)
{
    rt_poll_unblock(d);
}

void std_os_pollClose(RtPollDesc *d)
{
    rt_poll_close(d);
}

void std_os_pollSetDeadline(RtPollDesc *d, int64_t side, int64_t ns)
{
    int64_t now = rt_nanotime();
    int64_t when = ns == 0 ? 0 : ns < 0 ? 1 : ns > INT64_MAX - now ? INT64_MAX : now + ns;
    rt_poll_set_deadline(d, (int)side, when);
}

void std_os_pollExpire(RtPollDesc *d, int64_t side)
{
    rt_poll_expire(d, (int)side);
}
