/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See rt_testp.h. */
#include "rt_testp.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/schedimpl.h"

_Thread_local RtG *rt_g;
_Thread_local RtM *rt_m;
RtP **rt_allp;
uint32_t rt_gomaxprocs = 1;
_Atomic uint32_t rt_gcwaiting;
char __start_gol_data[8], __stop_gol_data[1], __start_gol_bss[8], __stop_gol_bss[1];

_Thread_local jmp_buf testp_jump;
_Thread_local char testp_message[256];
_Thread_local bool testp_catching;

static RtM main_m = {.rng = 88172645463325252ull};
static RtP main_p;
static char *stack_top;

void testp_attach(RtM *m, RtP *p)
{
    m->p = p;
    p->m = m;
    m->rng = 0x9e3779b97f4a7c15u ^ (uintptr_t)m;
    rt_m = m;
}

__attribute__((noinline)) void testp_start(void)
{
    static RtP *all[1] = {&main_p};
    pthread_attr_t attr;
    void *low;
    size_t size;
    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstack(&attr, &low, &size);
    stack_top = (char *)low + size;
    pthread_attr_destroy(&attr);
    rt_allp = all;
    static RtGoroutine self;
    rt_g = &self.pub;
    testp_attach(&main_m, &main_p);
    rt_heap_init();
}

static _Noreturn void caught(const char *msg)
{
    snprintf(testp_message, sizeof testp_message, "%s", msg);
    if (!testp_catching) {
        fprintf(stderr, "unexpected: %s\n", msg);
        abort();
    }
    longjmp(testp_jump, 1);
}

void rt_throw(const char *msg)
{
    caught(msg);
}

void rt_panic_str(const char *msg)
{
    caught(msg);
}

void rt_panic_nilmap(void);
void rt_panic_nilmap(void)
{
    caught("assignment to entry in nil map");
}

void rt_panic_assert_missing(const RtType *iface, const RtType *dyn, const RtType *want,
                             const uint8_t *missing, int64_t n);
void rt_panic_assert_missing(const RtType *iface, const RtType *dyn, const RtType *want,
                             const uint8_t *missing, int64_t n)
{
    char b[200];
    if (dyn)
        snprintf(b, sizeof b, "interface conversion: %.*s is not %.*s: missing method %.*s",
                 (int)dyn->string.n, dyn->string.p, (int)want->string.n, want->string.p, (int)n,
                 missing);
    else
        snprintf(b, sizeof b, "interface conversion: interface is nil, not %.*s",
                 (int)want->string.n, want->string.p);
    caught(b);
}

void rt_raise(void *fn, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
    ((void (*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t))fn)(a, b, c, d, e, f);
    abort();
}

void rt_eprintf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
}

bool rt_clone_fails(void)
{
    return false;
}

int64_t rt_debug_option(const char *key, int64_t def)
{
    return def;
}

int64_t rt_nanotime(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

void rt_lock_slow(RtMutex *l)
{
    while (!rt_trylock(l))
        __builtin_ia32_pause();
}

void rt_unlock_slow(RtMutex *l)
{
}

void rt_spin_slow(RtSpin *l)
{
    while (atomic_exchange(&l->held, 1))
        __builtin_ia32_pause();
}

void rt_wait_turn(unsigned *turn)
{
    __builtin_ia32_pause();
}

void rt_park_prepare(RtWaitReason why, void *obj)
{
}

void rt_park_commit(void)
{
    caught("parked");
}

void rt_ready(RtGoroutine *g)
{
}

RtGoroutine *rt_newproc(void *closure, int64_t bytes, void *gopc, unsigned flags)
{
    return NULL;
}

void rt_ready_new(RtGoroutine *g);
void rt_ready_new(RtGoroutine *g)
{
}

int64_t rt_stop_world(const char *reason)
{
    return 0;
}

void rt_safepoint(void)
{
}

_Atomic uint32_t rt_stopping;
RtSched rt_sched;

int rt_thread_start(void *(*fn)(void *), void *arg)
{
    pthread_t t;
    int e = pthread_create(&t, NULL, fn, arg);
    if (!e)
        pthread_detach(t);
    return e;
}

void rt_make_way(void)
{
}

void rt_make_no_way(void)
{
}

void rt_lend_p(void)
{
}

void rt_away_saved(RtM *m)
{
}

void rt_save_callee(uint64_t out[6])
{
}

void rt_away_end(RtP *p)
{
}

void rt_start_world(void)
{
}

void rt_g_foreach(void (*fn)(RtGoroutine *g, void *arg), void *arg)
{
}

void rt_g_scan(RtGoroutine *g, RtScanFn *fn, void *arg)
{
}

int64_t rt_g_count(void)
{
    return 1;
}

void rt_g_scan_begin(RtScanFn *fn, void *arg)
{
}

bool rt_g_scan_some(RtScanFn *fn, void *arg)
{
    return false;
}

void rt_g_scan_due(RtGoroutine *g, RtScanFn *fn, void *arg)
{
}

void rt_m_scan(RtScanFn *fn, void *arg)
{
    jmp_buf regs;
    setjmp(regs);
    fn(arg, (void *)((uintptr_t)__builtin_frame_address(0) & ~7ul), stack_top);
    fn(arg, &regs, &regs + 1);
}

void rt_sched_scan(RtScanFn *fn, void *arg)
{
}

void rt_timers_drop_dead(void)
{
}

void rt_stack_trim(void)
{
}

static const uint8_t map1[] = {1}, map2[] = {2};
#define PLAIN(n, k, s)                                                                             \
    {                                                                                              \
        .size = s, .hash = k * 77, .kind = k, .align = s, .flags = RT_COMPARABLE | RT_PLAIN_EQ,    \
        .string = STR(n)                                                                           \
    }
const RtType type_int64 = PLAIN("int64", RT_INT64, 8), type_int32 = PLAIN("int32", RT_INT32, 4),
             type_uint8 = PLAIN("uint8", RT_UINT8, 1);
const RtType type_float64 = {.size = 8,
                             .hash = 5,
                             .kind = RT_FLOAT64,
                             .align = 8,
                             .flags = RT_COMPARABLE,
                             .string = STR("float64")};
const RtType type_string = {.size = 16,
                            .ptrbytes = 8,
                            .hash = 6,
                            .kind = RT_STRING,
                            .align = 8,
                            .flags = RT_COMPARABLE,
                            .ptrmap = map1,
                            .string = STR("string")};
const RtType type_ptr = {.size = 8,
                         .ptrbytes = 8,
                         .hash = 7,
                         .kind = RT_POINTER,
                         .align = 8,
                         .flags = RT_COMPARABLE | RT_PLAIN_EQ,
                         .ptrmap = map1,
                         .string = STR("*int64")};
const RtType type_func = {.size = 8,
                          .ptrbytes = 8,
                          .hash = 8,
                          .kind = RT_FUNC,
                          .align = 8,
                          .ptrmap = map1,
                          .string = STR("func()")};
static const RtInterfaceType iface_type = {.t = {.size = 16,
                                                 .ptrbytes = 16,
                                                 .hash = 9,
                                                 .kind = RT_INTERFACE,
                                                 .align = 8,
                                                 .flags = RT_COMPARABLE,
                                                 .ptrmap = map2,
                                                 .string = STR("interface {}")}};
__attribute__((alias("iface_type"))) extern const RtType type_any;
