/* The process's own stack.  The stages recurse over what the source nests and over chains of
 * declarations, which may be longer than the customary 8 MB allow. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef GOL_BASE_STACK_H
#define GOL_BASE_STACK_H

/* Lets the main thread's stack grow further; called first thing in main. */
void stack_raise_limit(void);
/* Puts the limit back, before another program is executed in this process's place. */
void stack_restore_limit(void);

#endif
