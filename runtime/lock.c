/* SPDX-License-Identifier: MIT
 *
 * Locks and wake-ups between threads, on futexes.  They know nothing of goroutines.
 */
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/sched.h"

static long futex(_Atomic uint32_t *word, int op, uint32_t val, const struct timespec *ts)
{
    return syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, val, ts, NULL, 0);
}

void rt_lock_slow(RtMutex *l)
{
    for (int i = 0; i < 40; i++) {
        if (atomic_load_explicit(&l->state, memory_order_relaxed) == 0 && rt_trylock(l))
            return;
        __builtin_ia32_pause();
    }
    while (atomic_exchange_explicit(&l->state, 2, memory_order_acquire) != 0)
        futex(&l->state, FUTEX_WAIT, 2, NULL);
}

void rt_unlock_slow(RtMutex *l)
{
    futex(&l->state, FUTEX_WAKE, 1, NULL);
}

/* The holder may have been descheduled by the kernel: after some spinning give it a core. */
void rt_spin_slow(RtSpin *l)
{
    for (unsigned round = 0;; round++) {
        for (int i = 0; i < 60; i++) {
            __builtin_ia32_pause();
            if (atomic_load_explicit(&l->held, memory_order_relaxed) == 0 &&
                !atomic_exchange_explicit(&l->held, 1, memory_order_acquire))
                return;
        }
        if (round < 20) {
            sched_yield();
        } else {
            struct timespec ts = {0, 20000};
            nanosleep(&ts, NULL);
        }
    }
}

void rt_wait_turn(unsigned *turn)
{
    const struct timespec nap = {0, 20000};
    if (++*turn < 100)
        __builtin_ia32_pause();
    else if (*turn < 150)
        sched_yield();
    else
        nanosleep(&nap, NULL);
}

void rt_note_clear(RtNote *n)
{
    atomic_store_explicit(&n->set, 0, memory_order_relaxed);
}

void rt_note_wake(RtNote *n)
{
    if (atomic_exchange_explicit(&n->set, 1, memory_order_release) == 0)
        futex(&n->set, FUTEX_WAKE, 1, NULL);
}

bool rt_note_sleep(RtNote *n, int64_t ns)
{
    int64_t end = ns < 0 ? 0 : rt_nanotime() + ns;
    while (!atomic_load_explicit(&n->set, memory_order_acquire)) {
        struct timespec ts, *tp = NULL;
        if (ns >= 0) {
            int64_t left = end - rt_nanotime();
            if (left <= 0)
                return atomic_load_explicit(&n->set, memory_order_acquire);
            ts = (struct timespec){left / 1000000000, left % 1000000000};
            tp = &ts;
        }
        futex(&n->set, FUTEX_WAIT, 0, tp);
    }
    return true;
}

int64_t rt_nanotime(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}
