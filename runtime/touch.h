/* SPDX-License-Identifier: MIT
 *
 * First touches of memory for which huge pages were asked; touch.c.  Offsets are bytes from the
 * heap's base.  Called by threads with a P, under no lock; both block, without holding up the
 * world. */
#ifndef GOL_RUNTIME_TOUCH_H
#define GOL_RUNTIME_TOUCH_H

#include <stddef.h>

#define RT_HUGE_PAGE ((size_t)2 << 20)
#define RT_MOST_HUGE ((size_t)(256ull << 30) / RT_HUGE_PAGE) /* in the heap's reservation */

/* Makes sure that fresh memory [at, end), at most a huge page long, has been touched; usable: up to
 * where huge pages were asked for. */
void rt_touch_fresh(size_t at, size_t end, size_t usable);
/* The same for memory that was given back to the system. */
void rt_touch_again(size_t at, size_t end);

#endif
