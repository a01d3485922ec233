/* SPDX-License-Identifier: MIT
 *
 * internal/fastrand: a fast generator of one state a thread (wyrand), seeded from the
 * scheduler's, and so from the clock; not for secrets. */
#include "runtime/sched.h"
#include "runtime/std.h"

static _Thread_local uint64_t rand_state;

uint64_t std_internal_fastrand_Uint64(void)
{
    uint64_t s = rand_state;
    if (s == 0) /* a call for the time would take more stack than there is */
        s = rt_m->rng * 0x9e3779b97f4a7c15u ^ (uint64_t)(uintptr_t)&rand_state;
    s += 0xa0761d6478bd642fu;
    rand_state = s;
    unsigned __int128 m = (unsigned __int128)s * (s ^ 0xe7037ed1a0b428dbu);
    return (uint64_t)(m >> 64) ^ (uint64_t)m;
}
