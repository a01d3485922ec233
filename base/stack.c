// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/stack.h"

#include <stdbool.h>
#include <sys/resource.h>

/* The kernel leaves a gap of 128 MB below the stack when it lays out a process. */
enum { STACK_MAX = 120 << 20 };

static struct rlimit before;
static bool raised;

void stack_raise_limit(void)
{
    if (getrlimit(RLIMIT_STACK, &before) != 0)
        return;
    struct rlimit r = before;
    if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur >= STACK_MAX)
        return;
    r.rlim_cur = r.rlim_max != RLIM_INFINITY && r.rlim_max < STACK_MAX ? r.rlim_max : STACK_MAX;
    raised = setrlimit(RLIMIT_STACK, &r) == 0;
}

void stack_restore_limit(void)
{
    if (raised)
        setrlimit(RLIMIT_STACK, &before);
    raised = false;
}
