/* SPDX-License-Identifier: MIT
 *
 * Signal handlers, all on alternate stacks.  A fault in generated code becomes a panic; one
 * in the runtime through a nil pointer that the program passed does too; others are fatal.
 */
#include "runtime/signal.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

#define SIGSTACK (64u << 10)

volatile sig_atomic_t rt_quit_requested;

/* A thread may have been made by one that blocks them, such as the monitor, and the program been
 * started with some blocked.  Faults and preemption must come; the others are as they were for the
 * program. */
static void unblock(void)
{
    static const int ours[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, RT_SIGPREEMPT};
    static sigset_t mask; /* the first thread's, without ours */
    static bool known;
    if (!known) {
        pthread_sigmask(SIG_BLOCK, NULL, &mask);
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            sigdelset(&mask, ours[i]);
        known = true;
    }
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

void rt_signals_init_m(RtM *m)
{
    void *p = mmap(NULL, SIGSTACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        rt_throw("out of memory (signal stack)");
    m->sigstack = p;
    stack_t st = {.ss_sp = p, .ss_size = SIGSTACK};
    sigaltstack(&st, NULL);
    unblock();
}

static RT_NORETURN void fault_in_runtime(void *fn)
{
    rt_raise(fn, 0, 0, 0, 0, 0, 0);
}

static RT_NORETURN void fault_fatal(void)
{
    RtFault *f = &rt_m->fault;
    if (f->sig == SIGSEGV || f->sig == SIGBUS)
        rt_eprintf("unexpected fault address 0x%lx\n", f->addr);
    rt_eprintf("fatal error: fault\n");
    rt_print_fault(f);
    rt_throw_goroutines(NULL);
}

void rt_print_fault(const RtFault *f)
{
    const char *name = f->sig == SIGSEGV  ? "SIGSEGV: segmentation violation"
                       : f->sig == SIGBUS ? "SIGBUS: bus error"
                       : f->sig == SIGFPE ? "SIGFPE: floating-point exception"
                                          : "SIGILL: illegal instruction";
    rt_eprintf("[signal %s code=0x%x addr=0x%lx pc=0x%lx]\n", name, (unsigned)f->code, f->addr,
               f->pc);
}

static void note_fault(RtM *m)
{
    rt_self()->fault_pc = m->fault.pc;
    rt_self()->first.fault_addr = m->fault.addr;
}

static void on_quit(int sig)
{
    rt_quit_requested = sig;
    rt_note_wake(&rt_sched.sysmonnote);
}

static void on_fault(int sig, siginfo_t *info, void *arg)
{
    ucontext_t *uc = arg;
    greg_t *r = uc->uc_mcontext.gregs;
    uint64_t pc = (uint64_t)r[REG_RIP], sp = (uint64_t)r[REG_RSP];
    RtM *m = rt_m;
    if (info->si_code <= 0) { /* sent by somebody */
        on_quit(sig);
        return;
    }
    if (!m || !m->sysrsp) { /* before or beside the scheduler's threads */
        signal(sig, SIG_DFL);
        return;
    }
    m->fault = (RtFault){sig, info->si_code, (uint64_t)info->si_addr, pc};
    bool nil = sig == SIGSEGV && (uint64_t)info->si_addr < 4096;
    if (info->si_code == SI_KERNEL)
        nil = true; /* a non-canonical address: nothing better is known, as in Go */
    void *fn = sig == SIGFPE ? (void *)rt_panic_divide : (void *)rt_panic_fault;
    if (rt_g && m->g == rt_self() && (nil || sig == SIGFPE)) {
        if (rt_on_g_stack(sp)) {
            note_fault(m);
            sp = (sp & ~(uint64_t)15) - 8;
            *(uint64_t *)sp = pc;
            r[REG_RSP] = (greg_t)sp;
            r[REG_RIP] = (greg_t)fn;
            return;
        } else if (m->p && sp <= (uint64_t)m->sysrsp && (uint64_t)m->sysrsp - sp < 64 << 10) {
            note_fault(m);
            r[REG_RSP] = (greg_t)(((uint64_t)sp & ~(uint64_t)15) - 8);
            r[REG_RIP] = (greg_t)fault_in_runtime;
            r[REG_RDI] = (greg_t)fn;
            return;
        }
    }
    r[REG_RSP] = (greg_t)((rt_on_g_stack(sp) ? (uint64_t)m->sysrsp : (sp & ~(uint64_t)15)) - 8);
    r[REG_RIP] = (greg_t)fault_fatal;
}

static void on_preempt(int sig, siginfo_t *info, void *arg)
{
    (void)sig;
    (void)info;
    rt_on_preempt(arg);
}

/* A handler, not SIG_IGN, which programs that we start would inherit. */
static void on_nothing(int sig, siginfo_t *info, void *arg)
{
    (void)sig;
    (void)info;
    (void)arg;
}

static void install(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_sigaction = fn;
    sa.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | flags;
    sigfillset(&sa.sa_mask);
    sigaction(sig, &sa, NULL);
}

void rt_signals_init(void)
{
    install(SIGSEGV, on_fault, SA_NODEFER);
    install(SIGBUS, on_fault, SA_NODEFER);
    install(SIGFPE, on_fault, SA_NODEFER);
    install(RT_SIGPREEMPT, on_preempt, 0);
    static const int dump[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGSTKFLT, SIGSYS};
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_quit;
    sa.sa_flags = SA_ONSTACK | SA_RESTART;
    /* also where SIGQUIT was ignored: only SIGHUP and SIGINT stay so */
    for (size_t i = 0; i < sizeof dump / sizeof *dump; i++)
        sigaction(dump[i], &sa, NULL);
    /* Package os/signal of Go: "other signals will be caught but no action will be taken."
     * So writes to a closed pipe fail with EPIPE; std_syscall.c ends the process for standard
     * output and error. */
    static const int nothing[] = {SIGPIPE, SIGALRM,   SIGUSR1, SIGUSR2, SIGIO,
                                  SIGPWR,  SIGVTALRM, SIGXCPU, SIGXFSZ};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        install(nothing[i], on_nothing, 0);
    for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
        install(sig, on_nothing, 0);
}
