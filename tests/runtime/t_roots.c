/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the collector finds of C code that has stopped: a pointer may be in any register that calls
 * preserve, and nowhere else.
 */
#include "gen.h"

#include "runtime/layout.h"
#include "runtime/sched.h"

#define NO_SPLIT __attribute__((noinline, no_split_stack))
#define TEXT(x) #x
#define VALUE(x) TEXT(x)

/* As the stubs of stubs.S. */
int64_t sys_on_system_stack(void);
__asm__(".text\n"
        "sys_on_system_stack:\n"
        " pushq %rbp\n"
        " movq %rsp,%rbp\n"
        " pushq %rbx\n"
        " pushq %r12\n"
        " pushq %r13\n"
        " pushq %r14\n"
        " pushq %r15\n"
        " movq %fs:rt_g@tpoff,%rax\n"
        " movq %rsp," VALUE(G_SP) "(%rax)\n"
                                  " movq %fs:rt_sysrsp@tpoff,%rsp\n"
                                  " call on_system_stack\n"
                                  " movq %rbp,%rsp\n"
                                  " popq %rbp\n"
                                  " ret\n");

static volatile uint64_t complement; /* of the word to be found, which is in no memory */
static unsigned seen;

static NO_SPLIT void look(void *arg, const void *lo, const void *hi)
{
    (void)arg;
    for (const uint64_t *p = lo; p < (const uint64_t *)hi; p++)
        seen += *p == ~complement;
}

/* A function that keeps the word in reg while it has stopped. */
#define KEEPER(reg, way, begin, end)                                                               \
    static NO_SPLIT bool reg##_##way(void)                                                         \
    {                                                                                              \
        register uint64_t word __asm__(#reg);                                                      \
        seen = 0;                                                                                  \
        __asm__ volatile("movq %1, %0\n\tnotq %0" : "=r"(word) : "m"(complement));                 \
        begin;                                                                                     \
        rt_m_scan(look, NULL);                                                                     \
        end;                                                                                       \
        __asm__ volatile("" ::"r"(word));                                                          \
        return seen != 0;                                                                          \
    }
#define KEEPERS(reg)                                                                               \
    KEEPER(reg, stop, rt_stop_world("test"), rt_start_world())                                     \
    KEEPER(reg, away, RtP *p = rt_away_begin(), rt_away_end(p))                                    \
    KEEPER(reg, syscall, rt_entersyscall(), rt_exitsyscall())
KEEPERS(rbx)
KEEPERS(r12)
KEEPERS(r13)
KEEPERS(r14)
KEEPERS(r15)

NO_SPLIT int64_t on_system_stack(void);
NO_SPLIT int64_t on_system_stack(void)
{
    static bool (*const all[])(void) = {rbx_stop,    r12_stop,    r13_stop,    r14_stop,
                                        r15_stop,    rbx_away,    r12_away,    r13_away,
                                        r14_away,    r15_away,    rbx_syscall, r12_syscall,
                                        r13_syscall, r14_syscall, r15_syscall};
    int64_t missed = 0;
    complement = 0x0123456789abcdef;
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
        if (!all[i]())
            missed |= 1ll << i;
    return missed;
}

void test_main(void)
{
    for (int i = 0; i < 100; i++)
        CHECK_EQ(sys_on_system_stack(), 0);
}
