/* SPDX-License-Identifier: MIT
 *
 * Signals: which the runtime takes, and the parts of their handlers.
 */
#ifndef GOL_RUNTIME_SIGNAL_H
#define GOL_RUNTIME_SIGNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

#include "runtime/sched.h"

#define RT_SIGPREEMPT SIGURG /* ignored by default, so harmless when it comes from outside */

void rt_on_preempt(ucontext_t *uc);
/* Whether rsp is within the segment that the current goroutine uses. */
bool rt_on_g_stack(uint64_t rsp);
extern volatile sig_atomic_t rt_quit_requested; /* that came, SIGQUIT or its like: the
                                                   monitor reports */
void rt_report_quit(int sig);

void rt_print_fault(const RtFault *f);

#endif
