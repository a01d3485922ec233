/* SPDX-License-Identifier: MIT
 *
 * The process's entry: brings up the runtime, makes the main goroutine, and schedules.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

int rt_argc;
char **rt_argv, **rt_envp;
void rt_main_g(void); /* gmain.c */

int64_t rt_debug_option(const char *key, int64_t def)
{
    const char *s = getenv("GOLDEBUG");
    size_t n = strlen(key);
    while (s && *s) {
        if (strncmp(s, key, n) == 0 && s[n] == '=')
            return strtoll(s + n + 1, NULL, 10);
        s = strchr(s, ',');
        if (s)
            s++;
    }
    return def;
}

static uint32_t processors(void)
{
    const char *s = getenv("GOMAXPROCS");
    if (s) {
        char *end;
        long n = strtol(s, &end, 10);
        if (*s && !*end && n > 0)
            return n > RT_MAXPROCS ? RT_MAXPROCS : (uint32_t)n;
    }
    return rt_ncpu();
}

uint32_t rt_ncpu(void)
{
    static uint32_t n;
    if (!n) {
        cpu_set_t *set = CPU_ALLOC(8192);
        size_t size = CPU_ALLOC_SIZE(8192);
        CPU_ZERO_S(size, set);
        n = sched_getaffinity(0, size, set) == 0 ? (uint32_t)CPU_COUNT_S(size, set) : 1;
        if (n == 0)
            n = 1;
        CPU_FREE(set);
    }
    return n;
}

static void main_schedule(void)
{
    RtM *m = rt_m;
    m->sysrsp = rt_sysrsp;
    rt_acquire_p(rt_allp[0]);
    static RtClosure main_closure = {(void *)rt_main_g};
    RtGoroutine *g = rt_newproc(&main_closure, 0, NULL, RT_GF_MAIN);
    atomic_store(&rt_sched.started, true);
    rt_sysmon_start();
    rt_ready_new(g);
    rt_schedule();
}

/* Where a standard descriptor is closed /dev/null stands in, lest the next file that is
 * opened gets its number, and the program's output. */
static void open_standard(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) != fd)
            rt_throw("cannot open /dev/null in place of a standard descriptor");
}

void rt_start(int argc, char **argv, char **envp)
{
    rt_argc = argc;
    rt_argv = argv;
    rt_envp = envp;
    rt_sched.starttime = rt_nanotime();
    atomic_store(&rt_sched.lastpoll, 1);
    atomic_store(&rt_sched.idgen, 1);
    rt_chaos = rt_debug_option("chaos", 0);
    rt_heap_init();
    open_standard();
    RtM *m = rt_new_m(NULL, false);
    if (!m)
        rt_throw("out of memory");
    rt_init_m(m);
    rt_signals_init();
    rt_ps_init(processors());
    rt_enter_sysstack(main_schedule);
}
