/* SPDX-License-Identifier: MIT
 *
 * First touches of huge pages.  The system zeroes one then: 0.1 ms, or some milliseconds where a
 * host has to find the memory too.  That happens here, where a stop of the world does not wait for
 * it and where no two threads zero the same page.
 *
 * A fresh page, above all that was ever used, is touched by whoever needs it first.  Who needs what
 * another is just touching takes the page after the last meanwhile; and where touching is slow and a
 * P is idle, a helper thread goes ahead, by at most a small part of the heap. */
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/heap.h"
#include "runtime/schedimpl.h"
#include "runtime/touch.h"

enum {
    AHEAD_PART = 32, /* of the heap, touched before it is needed */
    AHEAD_MOST = 16 << 20,
    SLOW = 400 * 1000 /* ns for a page, from which on a helper is worth its waking */
};

/* A bit for each page; pages are numbers of huge pages from the heap's base. */
static uint64_t taken[RT_MOST_HUGE / 64]; /* somebody touches or has touched it; under the lock */
static uint64_t done[RT_MOST_HUGE / 64];  /* it has been touched; set under the lock */
static RtMutex lock;                      /* of what follows, too */
static size_t next;                       /* the page after the last that was needed or taken */
static size_t limit;                      /* up to there huge pages were asked for */
static uint32_t turns;                    /* futex: counts pages that have been touched */
static uint32_t waiting;                  /* threads that wait for one */
static uint32_t wake_helper;              /* futex: 1: there may be something to do */
static bool has_helper;

static RtMutex again_lock; /* held over touches of what was given back, which are rare */

static bool is_set(const uint64_t *bits, size_t page)
{
    return __atomic_load_n(&bits[page / 64], __ATOMIC_ACQUIRE) >> page % 64 & 1;
}

static void set(uint64_t *bits, size_t page)
{
    __atomic_fetch_or(&bits[page / 64], 1ull << page % 64, __ATOMIC_RELEASE);
}

/* The first page of [lo, hi) that is not in bits, or hi. */
static size_t first_without(const uint64_t *bits, size_t lo, size_t hi)
{
    while (lo < hi && is_set(bits, lo))
        lo++;
    return lo;
}

/* Under the lock: a page that nobody needs yet is worth a touch. */
static bool may_go_ahead(void)
{
    size_t used = __atomic_load_n(&rt_heap.pages_ever, __ATOMIC_RELAXED) << RT_PAGE_SHIFT;
    size_t ahead = used / AHEAD_PART < AHEAD_MOST ? used / AHEAD_PART : AHEAD_MOST;
    return next < limit && (next + 1) * RT_HUGE_PAGE <= used + ahead;
}

/* Under the lock, which is free meanwhile.  Never changes what the page's owner may have written.
 * → ns that it took */
static int64_t touch(size_t page)
{
    set(taken, page);
    if (next <= page)
        next = page + 1;
    rt_unlock(&lock);
    int64_t took = -rt_nanotime();
    __atomic_fetch_or(rt_heap.base + page * RT_HUGE_PAGE, 0, __ATOMIC_RELAXED);
    took += rt_nanotime();
    rt_lock(&lock);
    set(done, page);
    turns++;
    if (waiting)
        syscall(SYS_futex, &turns, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT32_MAX, NULL, NULL, 0);
    return took;
}

static void *helper(void *arg)
{
    (void)arg;
    for (;;) {
        __atomic_store_n(&wake_helper, 0, __ATOMIC_SEQ_CST);
        rt_lock(&lock);
        while (atomic_load(&rt_sched.npidle) != 0 && !atomic_load(&rt_stopping) && may_go_ahead())
            touch(next);
        rt_unlock(&lock);
        syscall(SYS_futex, &wake_helper, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0);
    }
    return NULL;
}

/* Not under the lock. */
static void call_helper(void)
{
    if (atomic_load(&rt_sched.npidle) == 0)
        return;
    if (!__atomic_exchange_n(&has_helper, true, __ATOMIC_RELAXED)) {
        /* Without it, each touches what it needs. */
        rt_thread_start(helper, NULL);
        return;
    }
    if (!__atomic_exchange_n(&wake_helper, 1, __ATOMIC_SEQ_CST))
        syscall(SYS_futex, &wake_helper, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

/* Under the lock, which is free meanwhile: until a page has been touched, whichever. */
static void wait_for_page(void)
{
    uint32_t seen = turns;
    waiting++;
    rt_unlock(&lock);
    syscall(SYS_futex, &turns, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, seen, NULL, NULL, 0);
    rt_lock(&lock);
    waiting--;
}

void rt_touch_fresh(size_t at, size_t end, size_t usable)
{
    size_t lo = at / RT_HUGE_PAGE, hi = (end - 1) / RT_HUGE_PAGE + 1, page;
    if (first_without(done, lo, hi) == hi)
        return;
    int64_t took = 0;
    RtP *p = rt_away_begin();
    rt_lock(&lock);
    if (limit < usable / RT_HUGE_PAGE)
        limit = usable / RT_HUGE_PAGE;
    if (next < hi)
        next = hi;
    for (;;) {
        if ((page = first_without(taken, lo, hi)) < hi)
            took = touch(page);
        else if (first_without(done, lo, hi) == hi)
            break;
        else if (may_go_ahead())
            took = touch(next);
        else
            wait_for_page();
    }
    rt_unlock(&lock);
    rt_away_end(p);
    if (took > SLOW)
        call_helper();
}

void rt_touch_again(size_t at, size_t end)
{
    RtP *p = rt_away_begin();
    rt_lock(&again_lock);
    for (; at < end; at = (at | (RT_HUGE_PAGE - 1)) + 1)
        *(volatile uint8_t *)(rt_heap.base + at) = 0;
    rt_unlock(&again_lock);
    rt_away_end(p);
}
