/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests of the runtime linked alone: C compiled with -fsplit-stack plays the part of
 * generated code.  A test defines test_main, which runs as the main goroutine.
 */
#ifndef TESTS_RUNTIME_GEN_H
#define TESTS_RUNTIME_GEN_H

#include <stdint.h>
#include <string.h>

#include "runtime/abi.h"
#include "runtime/stdcalls.h"

void *sys_rt_chan_make(const RtChanType *t, int64_t cap);
void sys_rt_chan_send(void *c, void *e);
bool sys_rt_chan_recv(void *c, void *e);
void sys_rt_chan_close(void *c);
int64_t rt_chan_len(const void *c);
int64_t rt_chan_cap(const void *c);
int64_t sys_rt_select(RtSelectCase *cs, int64_t n, bool block);
void sys_rt_go(void *closure, int64_t bytes);
void sys_rt_print_begin(void);
void sys_rt_print_end(void);
void sys_rt_print_int(int64_t v);
void sys_rt_print_string(const char *p, int64_t n);
void sys_std_time_Sleep(int64_t ns);
int64_t sys_std_time_runtimeNano(void);
void sys_std_time_startTimer(RtTimer *t);
bool sys_std_time_stopTimer(RtTimer *t);
bool sys_std_time_resetTimer(RtTimer *t, int64_t when, int64_t period);
void sys_std_sync_runtime_Semacquire(uint32_t *addr, bool lifo, int64_t reason);
void sys_std_sync_runtime_Semrelease(uint32_t *addr, bool handoff);
void sys_std_runtime_Gosched(void);
void std_runtime_Goexit(void);
int64_t sys_std_runtime_NumGoroutine(void);
int64_t sys_std_runtime_setmaxprocs(int64_t n);
void sys_std_runtime_LockOSThread(void);
void sys_std_runtime_UnlockOSThread(void);
int64_t sys_std_syscall_callblock(int64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                  uint64_t e);
void sys_rt_main_done(void);
void rt_protect(void *body, RtFrame *f);
void rt_panic(const void *tab, uint64_t word);
RtIface sys_rt_recover(bool may);
void rt_panic_index(int64_t i, int64_t n, bool is_unsigned);
void rt_panic_nil(void);
extern _Thread_local RtG *rt_g;

#define NOINLINE __attribute__((noinline))

static const RtType int_type = {
    .size = 8,
    .kind = RT_INT,
    .align = 8,
    .flags = RT_NAMED_TYPE | RT_COMPARABLE | RT_PLAIN_EQ,
    .string = {(const uint8_t *)"int", 3},
    .name = {(const uint8_t *)"int", 3},
};
static const RtChanType chan_int = {
    {.size = 8,
     .ptrbytes = 8,
     .kind = RT_CHAN,
     .align = 8,
     .string = {(const uint8_t *)"chan int", 8}},
    &int_type,
    3,
};

/* A closure of some words. */
typedef struct Env {
    void (*code)(struct Env *);
    void *a, *b;
    int64_t n;
} Env;

static inline void spawn(void (*code)(Env *), void *a, void *b, int64_t n)
{
    Env e = {code, a, b, n};
    sys_rt_go(&e, sizeof e);
}

static inline void say(const char *what, int64_t v)
{
    sys_rt_print_begin();
    sys_rt_print_string(what, (int64_t)strlen(what));
    sys_rt_print_string(" ", 1);
    sys_rt_print_int(v);
    sys_rt_print_string("\n", 1);
    sys_rt_print_end();
}

void exit_now(int code); /* gen.c: without the runtime */

#define CHECK(x)                                                                                   \
    do {                                                                                           \
        if (!(x)) {                                                                                \
            say(__FILE__ ": failed: " #x " at line", __LINE__);                                    \
            exit_now(1);                                                                           \
        }                                                                                          \
    } while (0)
#define CHECK_EQ(x, y)                                                                             \
    do {                                                                                           \
        int64_t cx = (int64_t)(x), cy = (int64_t)(y);                                              \
        if (cx != cy) {                                                                            \
            say(__FILE__ ": " #x " == " #y " at line", __LINE__);                                  \
            say("  left ", cx);                                                                    \
            say("  right", cy);                                                                    \
            exit_now(1);                                                                           \
        }                                                                                          \
    } while (0)

void Gmain_dmain(void);
#define test_main Gmain_dmain

#endif
