/* SPDX-License-Identifier: MIT
 *
 * The clocks of package time.
 */
#include <string.h>
#include <time.h>

#include "runtime/std.h"

StdWall std_time_walltime(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (StdWall){ts.tv_sec, ts.tv_nsec};
}

int64_t std_time_runtimeNano(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int64_t start_nano;

__attribute__((constructor)) static void start_clock(void)
{
    start_nano = std_time_runtimeNano() - 1;
}

int64_t std_time_startNano(void)
{
    return start_nano;
}

int64_t std_sync_runtime_nanotime(void)
{
    return std_time_runtimeNano();
}

/* time.Time {wall, ext, loc}: wall = 1<<63 | seconds since 1885 << 30 | nanoseconds, ext =
 * the monotonic reading since the program's start (std/time/time.gol). */
void std_time_stamp(void *time, void *loc)
{
    const int64_t unix_to_1885 = 2682288000; /* seconds from 1885 to 1970 */
    StdWall w = std_time_walltime();
    uint64_t v[3] = {(uint64_t)1 << 63 | (uint64_t)(w.sec + unix_to_1885) << 30 | (uint64_t)w.nsec,
                     (uint64_t)(std_time_runtimeNano() - start_nano), (uint64_t)(uintptr_t)loc};
    memcpy(time, v, sizeof v);
}
