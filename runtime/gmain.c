/* SPDX-License-Identifier: MIT
 *
 * The main goroutine's function; compiled with -fsplit-stack.
 */
#include "runtime/schedimpl.h"

void gol_init_all(void);
void Gmain_dmain(void);
RT_NORETURN void sys_rt_main_done(void);
void rt_main_g(void);

void rt_main_g(void)
{
    gol_init_all();
    Gmain_dmain();
    sys_rt_main_done();
}
