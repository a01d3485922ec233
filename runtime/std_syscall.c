/* SPDX-License-Identifier: MIT
 *
 * package syscall's door to the kernel: raw system calls, blocking ones with the P handed
 * off, and the program's arguments and environment.
 */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#include "runtime/sched.h"
#include "runtime/std.h"

static char **saved_argv;
static char **saved_envp;

/* glibc calls constructors with main's parameters. */
__attribute__((constructor)) static void save_args(int argc, char **argv, char **envp)
{
    (void)argc;
    saved_argv = argv;
    saved_envp = envp;
}

char **std_syscall_args(void)
{
    return saved_argv;
}

char **std_syscall_environ(void)
{
    return saved_envp;
}

int64_t std_syscall_call(int64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    register uint64_t r10 __asm__("r10") = d;
    register uint64_t r8 __asm__("r8") = e;
    register uint64_t r9 __asm__("r9") = 0;
    int64_t r;
    __asm__ volatile("syscall"
                     : "=a"(r)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return r;
}

int64_t std_syscall_callblock(int64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                              uint64_t e)
{
    RtM *m = rt_m;
    m->sysargs[0] = a; /* buffers stay alive while the kernel has them */
    m->sysargs[1] = b;
    m->sysargs[2] = c;
    m->sysargs[3] = d;
    m->sysargs[4] = e;
    rt_entersyscall();
    int64_t r = std_syscall_call(nr, a, b, c, d, e);
    /* writing to a closed standard output ends the program by the signal, as in Go */
    if (rt_unlikely(r == -EPIPE) && nr == SYS_write && (a == 1 || a == 2)) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return rt_exitsyscall_ret(r);
}
