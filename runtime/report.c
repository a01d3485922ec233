/* SPDX-License-Identifier: MIT
 *
 * The program's last words: uncaught panics, fatal errors, deadlock, stack overflow; and
 * the state of a live one (SIGQUIT, GOLDEBUG=schedtrace).  In Go's form, with a line more
 * where we know more.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/panic.h"
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"
#include "runtime/signal.h"
#include "runtime/trace.h"

static const char *const wait_text[] = {
#define X(e, s) s,
    RT_WAIT_REASONS(X)
#undef X
};

/* The first thread that dies speaks; the others wait for the end. */
static _Atomic uint32_t dying;
static void only_one(void)
{
    static _Thread_local bool mine;
    if (mine)
        return;
    if (atomic_exchange(&dying, 1))
        for (;;)
            pause();
    mine = true;
}

/* main.main has returned; a report under way on another thread is heard out. */
RT_NORETURN void rt_main_done(void)
{
    if (atomic_load(&dying))
        only_one();
    rt_exit(0);
}

RT_NORETURN void rt_exit(int code)
{
    _exit(code);
}

/* ---- goroutines ------------------------------------------------------------------------------- */

static void print_header(const RtGoroutine *g, const char *state)
{
    uint32_t st = atomic_load(&g->status);
    if (!state) {
        state = st == RT_G_RUNNABLE  ? "runnable"
                : st == RT_G_RUNNING ? "running"
                : st == RT_G_SYSCALL ? "syscall"
                : st == RT_G_WAITING ? wait_text[g->waitreason]
                                     : "dead";
    }
    rt_eprintf("\ngoroutine %lu [%s", g->pub.id, state);
    if (st == RT_G_WAITING) {
        uint32_t now = (uint32_t)((rt_nanotime() - rt_sched.starttime) / 1000000);
        uint32_t min = (now - g->waitsince) / 60000;
        if (min >= 1)
            rt_eprintf(", %u minutes", min);
    }
    rt_eprintf("%s]:\n", g->locks ? ", locked to thread" : "");
}

/* The thread that g runs on. */
static const RtM *thread_of(const RtGoroutine *g)
{
    const RtM *m = __atomic_load_n(&rt_sched.allm, __ATOMIC_ACQUIRE);
    while (m && m->g != g)
        m = m->alllink;
    return m;
}

static void print_goroutine(RtGoroutine *g)
{
    print_header(g, NULL);
    uint32_t st = atomic_load(&g->status);
    const RtM *m = thread_of(g);
    if (st == RT_G_RUNNING && g != (RtGoroutine *)rt_g &&
        !(m && m->p && atomic_load(&m->p->status) == RT_P_STOPPED)) {
        rt_eprintf("\tgoroutine running on other thread; stack unavailable\n");
        return;
    }
    rt_trace_g(g);
    rt_print_wait(g);
}

typedef struct {
    RtGoroutine **v;
    size_t n, cap;
    RtGoroutine *skip;
} List;

static void collect(RtGoroutine *g, void *arg)
{
    List *l = arg;
    if (g == l->skip || (g->flags & RT_GF_SYSTEM))
        return;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 256;
        RtGoroutine **v = realloc(l->v, cap * sizeof *v);
        if (!v)
            return;
        l->v = v;
        l->cap = cap;
    }
    l->v[l->n++] = g;
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = (*(RtGoroutine *const *)a)->pub.id, y = (*(RtGoroutine *const *)b)->pub.id;
    return x < y ? -1 : x > y;
}

#define MOST 10000

static List by_ids(RtGoroutine *but)
{
    List l = {.skip = but};
    rt_g_foreach(collect, &l);
    if (l.n)
        qsort(l.v, l.n, sizeof *l.v, by_id);
    return l;
}

static void print_list(const List *l)
{
    for (size_t i = 0; i < l->n && i < MOST; i++)
        print_goroutine(l->v[i]);
    if (l->n > MOST)
        rt_eprintf("\n... and %lu goroutines more\n", (uint64_t)(l->n - MOST));
}

void rt_trace_others(RtGoroutine *self)
{
    List l = by_ids(self);
    print_list(&l);
    free(l.v);
}

/* All goroutines, none of which runs, and who waits for whom.  dead: all wait for ever. */
static void print_all(bool dead)
{
    List l = by_ids(NULL);
    print_list(&l);
    rt_print_circle(l.v, l.n, dead);
    free(l.v);
}

/* runtime.Stack: without the frame of that function itself. */
int64_t rt_stack_text(char *p, int64_t cap, bool all)
{
    RtGoroutine *g = rt_self();
    if (all)
        rt_stop_world("stack trace");
    rt_eprintf_to(p, cap);
    rt_eprintf("goroutine %lu [running]:\n", g->pub.id);
    uint64_t pc, rbp;
    rt_trace_start(g, &pc, &rbp);
    const uint64_t *f = (const uint64_t *)rbp;
    rt_trace_frames(g, f[1], f[0]);
    rt_trace_creator(g);
    if (all)
        rt_trace_others(g);
    int64_t n = rt_eprintf_end();
    if (all)
        rt_start_world();
    return n;
}

/* GOTRACEBACK: none, single (default), all, system, crash */
static int traceback_level(void)
{
    const char *s = getenv("GOTRACEBACK");
    if (!s || !*s || strcmp(s, "single") == 0)
        return 1;
    if (strcmp(s, "none") == 0 || strcmp(s, "0") == 0)
        return 0;
    return 2;
}

static RT_NORETURN void finish(void)
{
    const char *s = getenv("GOTRACEBACK");
    if (s && strcmp(s, "crash") == 0) {
        signal(SIGABRT, SIG_DFL);
        abort();
    }
    rt_exit(2);
}

/* ---- fatal errors ---------------------------------------------------------------------------------- */

RT_NORETURN void rt_throw_goroutines(const char *msg)
{
    only_one();
    if (msg)
        rt_eprintf("fatal error: %s\n", msg);
    if (traceback_level() > 0) {
        RtGoroutine *g = rt_g ? rt_self() : NULL;
        if (g) {
            print_header(g, "running");
            rt_trace_g(g);
        }
        rt_trace_others(g);
    }
    finish();
}

RT_NORETURN void rt_throw(const char *msg)
{
    rt_throw_goroutines(msg);
}

RT_NORETURN void std_sync_fatal(const uint8_t *p, int64_t n)
{
    only_one();
    rt_eprintf("fatal error: %.*s\n", (int)n, (const char *)p);
    rt_throw_goroutines(NULL);
}

RT_NORETURN void rt_fatal_deadlock(const char *msg)
{
    only_one();
    rt_g = NULL;
    rt_eprintf("fatal error: %s\n", msg);
    if (traceback_level() > 0)
        print_all(true);
    finish();
}

RT_NORETURN void rt_stack_overflow(uint64_t sp)
{
    only_one();
    RtGoroutine *g = rt_self();
    rt_eprintf("runtime: goroutine stack exceeds %ld-byte limit\n", rt_max_stack);
    rt_eprintf("fatal error: stack overflow\n");
    if (traceback_level() > 0) {
        print_header(g, "running");
        /* sp is that of __morestack, whose frame pointer is 16 above */
        rt_trace_frames(g, (uint64_t)rt_morestack_retry, sp + 16);
    }
    finish();
}

/* ---- panics ----------------------------------------------------------------------------------------- */

static void print_indented(const uint8_t *p, int64_t n)
{
    int64_t from = 0;
    for (int64_t i = 0; i < n; i++)
        if (p[i] == '\n') {
            rt_print_string(p + from, i + 1 - from);
            rt_print_string((const uint8_t *)"\t", 1);
            from = i + 1;
        }
    rt_print_string(p + from, n - from);
}

static void print_cstr(const char *s)
{
    rt_print_string((const uint8_t *)s, (int64_t)strlen(s));
}

/* Go's printpanicval: basic kinds as print does, those of defined types as T(x), all others
 * as (T) address. */
static void print_value(const RtIface *v)
{
    const RtType *t = v->tab;
    if (!t) {
        print_cstr("nil");
        return;
    }
    const void *data = t->size <= 8 ? (const void *)&v->word : (const void *)v->word;
    bool predeclared =
        t->name.n == t->string.n && memcmp(t->name.p, t->string.p, (size_t)t->name.n) == 0;
    if (t->kind < RT_BOOL || (t->kind > RT_COMPLEX128 && t->kind != RT_STRING)) {
        print_cstr("(");
        rt_print_string(t->string.p, t->string.n);
        print_cstr(") ");
        rt_print_pointer(t->size <= 8 && t->kind != RT_POINTER ? (const void *)v : (void *)v->word);
        return;
    }
    bool complex = t->kind == RT_COMPLEX64 || t->kind == RT_COMPLEX128;
    if (!predeclared) {
        rt_print_string(t->string.p, t->string.n);
        if (!complex)
            print_cstr(t->kind == RT_STRING ? "(\"" : "(");
    }
    switch (t->kind) {
    case RT_BOOL: rt_print_bool(*(const bool *)data); break;
    case RT_INT:
    case RT_INT64: rt_print_int(*(const int64_t *)data); break;
    case RT_INT8: rt_print_int(*(const int8_t *)data); break;
    case RT_INT16: rt_print_int(*(const int16_t *)data); break;
    case RT_INT32: rt_print_int(*(const int32_t *)data); break;
    case RT_UINT:
    case RT_UINT64:
    case RT_UINTPTR: rt_print_uint(*(const uint64_t *)data); break;
    case RT_UINT8: rt_print_uint(*(const uint8_t *)data); break;
    case RT_UINT16: rt_print_uint(*(const uint16_t *)data); break;
    case RT_UINT32: rt_print_uint(*(const uint32_t *)data); break;
    case RT_FLOAT32: rt_print_float32(*(const float *)data); break;
    case RT_FLOAT64: rt_print_float(*(const double *)data); break;
    case RT_COMPLEX64:
        rt_print_complex64(((const float *)data)[0], ((const float *)data)[1]);
        break;
    case RT_COMPLEX128:
        rt_print_complex(((const double *)data)[0], ((const double *)data)[1]);
        break;
    case RT_STRING: {
        const RtString *s = data;
        print_indented(s->p, s->n);
        break;
    }
    default: break;
    }
    if (!predeclared && !complex)
        print_cstr(t->kind == RT_STRING ? "\")" : ")");
}

/* The signal that the last of the panics that did so began with. */
static void print_own_fault(const RtPanic *p)
{
    while (p && !p->fault_pc)
        p = p->link;
    if (p) {
        RtFault f = {SIGSEGV, SEGV_MAPERR, p->fault_addr, p->fault_pc};
        rt_print_fault(&f);
    }
}

/* What Error or String panicked with while the runtime wanted a panic value's text. */
RT_NORETURN void std_runtime_throwPrinting(const uint8_t *p, int64_t n)
{
    only_one();
    rt_eprintf("fatal error: panic while printing panic value: %.*s\n", (int)n, (const char *)p);
    print_own_fault(rt_self()->panic);
    rt_throw_goroutines(NULL);
}

static void print_panics(const RtPanic *p)
{
    if (p->link) {
        print_panics(p->link);
        if (p->link->repanicked)
            return;
        if (!p->link->goexit)
            print_cstr("\t");
    }
    if (p->goexit)
        return;
    print_cstr("panic: ");
    if (p->has_text) {
        if (p->prefixed)
            print_cstr("runtime error: ");
        print_indented(p->text.p, p->text.n);
    } else {
        print_value(&p->value);
    }
    if (p->recovered && p->repanicked)
        print_cstr(" [recovered, repanicked]");
    else if (p->recovered)
        print_cstr(" [recovered]");
    print_cstr("\n");
}

RT_NORETURN void rt_fatalpanic(RtPanic *p)
{
    only_one();
    RtGoroutine *g = rt_self();
    rt_print_begin();
    print_panics(p);
    rt_print_end();
    print_own_fault(p);
    if (traceback_level() > 0) {
        print_header(g, "running");
        rt_trace_g(g);
        if (traceback_level() > 1)
            rt_trace_others(g);
    }
    finish();
}

/* ---- live programs ------------------------------------------------------------------------------------- */

void rt_report_quit(int sig)
{
    const char *name = sig == SIGQUIT     ? "SIGQUIT: quit"
                       : sig == SIGABRT   ? "SIGABRT: abort"
                       : sig == SIGTRAP   ? "SIGTRAP: trace trap"
                       : sig == SIGSYS    ? "SIGSYS: bad system call"
                       : sig == SIGSTKFLT ? "SIGSTKFLT: stack fault"
                       : sig == SIGILL    ? "SIGILL: illegal instruction"
                       : sig == SIGSEGV   ? "SIGSEGV: segmentation violation"
                       : sig == SIGBUS    ? "SIGBUS: bus error"
                                          : "SIGFPE: floating-point exception";
    only_one();
    rt_freeze_world();
    rt_eprintf("%s\n", name);
    print_all(false);
    finish();
}

void rt_schedtrace(int64_t now)
{
    rt_eprintf("SCHED %ldms: gomaxprocs=%u idleprocs=%u threads=%d spinningthreads=%u "
               "needspinning=%u idlethreads=%d runqueue=%u goroutines=%ld [",
               (now - rt_sched.starttime) / 1000000, rt_gomaxprocs, atomic_load(&rt_sched.npidle),
               rt_sched.nm, atomic_load(&rt_sched.nmspinning), atomic_load(&rt_sched.needspinning),
               rt_sched.nmidle, atomic_load(&rt_sched.qsize), rt_g_count());
    for (uint32_t i = 0; i < rt_gomaxprocs; i++)
        rt_eprintf(i ? " %u" : "%u", atomic_load(&rt_allp[i]->tail) -
                                         atomic_load(&rt_allp[i]->head) +
                                         (rt_allp[i]->next != NULL));
    rt_eprintf("]\n");
}
