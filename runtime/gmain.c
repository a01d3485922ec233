/* SPDX-License-Identifier: MIT
 *
 * The main goroutine's function; compiled with -fsplit-stack.
 */
#include "runtime/schedimpl.h"

void gol_init_all(void);
void Gmain_dmain(void);
RT_NORETURN void sys_rt_main_done(void);
void rt_main_g(void);

enum { ROOM = 48 << 10 };

/* The program's main goroutine is no small one: a frame that does not fit the first segment
 * puts it on one of 64 KiB from the start, so that no loop in main crosses a segment's end at
 * every turn.  The room itself is never touched and takes no memory. */
static __attribute__((noinline)) void run_main(void)
{
    char room[ROOM];
    __asm__ volatile("" : : "r"(room));
    gol_init_all();
    Gmain_dmain();
    __asm__ volatile("" : : "r"(room));
}

void rt_main_g(void)
{
    run_main();
    sys_rt_main_done();
}
