/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lock-free parts on plain threads, built with ThreadSanitizer where the compiler has
 * it: a P's ring under its owner and thieves, spin lock, futex mutex, note, a goroutine's flags.
 * sched.c itself is included; what it would call of the rest is never reached.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/sched.c"

enum { ITEMS = 200000, THIEVES = 2 };
static RtGoroutine *items;
static _Atomic uint32_t seen[ITEMS];
static _Atomic uint32_t taken;
static RtP owner, thieves[THIEVES];
static RtMutex mutex;
static RtSpin spin;
static RtNote note;
static long guarded, spun;
static int failed;

/* The global queue's blocks, under its lock. */
RtGBlock *rt_gblock_get(void)
{
    return calloc(1, sizeof(RtGBlock));
}

void rt_gblock_put(RtGBlock *b)
{
    free(b);
}

static void take(RtGoroutine *g)
{
    if (atomic_fetch_add(&seen[g - items], 1) != 0) {
        printf("an item was taken twice\n");
        failed = 1;
    }
    atomic_fetch_add(&taken, 1);
}

static void both_locks(void)
{
    rt_lock(&mutex);
    guarded++;
    rt_unlock(&mutex);
    rt_spin_lock(&spin);
    spun++;
    rt_spin_unlock(&spin);
}

static void *own(void *arg)
{
    (void)arg;
    for (int i = 0; i < ITEMS; i++) {
        /* overflow into the global queue is part of it */
        rt_put_local_tail(&owner, &items[i]);
        if (i % 3 == 0) {
            RtGoroutine *g = ring_get(&owner);
            if (g)
                take(g);
        }
        if (i % 16 == 0)
            both_locks();
    }
    for (RtGoroutine *g; (g = ring_get(&owner));)
        take(g);
    rt_note_wake(&note);
    return NULL;
}

static void *steal(void *arg)
{
    RtP *p = arg;
    int idle = 0;
    while (atomic_load(&taken) < ITEMS && idle < 100000000) {
        RtGoroutine *g = ring_steal(p, &owner);
        if (!g && atomic_load(&rt_sched.qsize)) {
            rt_lock(&rt_sched.lock);
            g = globq_get(p, 0);
            rt_unlock(&rt_sched.lock);
        }
        if (!g) {
            idle++;
            continue;
        }
        idle = 0;
        both_locks();
        take(g);
        while ((g = ring_get(p)))
            take(g);
    }
    return NULL;
}

/* A thread at the end of its system call locks its goroutine to itself, while another one scans the
 * goroutine's stack and forgets what is below: were the lock lost, the goroutine would go on
 * elsewhere and later once more here. */
enum { LOCKINGS = 300000 };
static char stack[4096];
static RtSeg segment = {.limit = stack + sizeof stack};
static RtGoroutine away = {.seg = &segment};
static _Atomic bool returned;

static void *return_from_calls(void *arg)
{
    RtM *m = arg;
    for (int i = 0; i < LOCKINGS; i++) {
        rt_g_lock_to(&away, m);
        if (!(__atomic_load_n(&away.flags, __ATOMIC_RELAXED) & RT_GF_LOCKED))
            failed = 1;
        rt_g_lock_to(&away, NULL);
        if (__atomic_load_n(&away.flags, __ATOMIC_RELAXED) & RT_GF_LOCKED)
            failed = 1;
        __atomic_fetch_or(&away.flags, RT_GF_RAN, __ATOMIC_RELAXED);
    }
    atomic_store(&returned, true);
    return NULL;
}

static void flags(void)
{
    static RtM m;
    pthread_t t;
    away.sp = (uint64_t)(stack + sizeof stack);
    pthread_create(&t, NULL, return_from_calls, &m);
    while (!atomic_load(&returned))
        rt_g_forget_calls(&away);
    pthread_join(t, NULL);
    if (failed)
        printf("a goroutine lost its flags\n");
}

int main(void)
{
    flags();
    items = calloc(ITEMS, sizeof *items);
    rt_gomaxprocs = 2;
    pthread_t t[THIEVES + 1];
    pthread_create(&t[THIEVES], NULL, own, NULL);
    for (int i = 0; i < THIEVES; i++)
        pthread_create(&t[i], NULL, steal, &thieves[i]);
    rt_note_sleep(&note, -1);
    for (int i = 0; i <= THIEVES; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < ITEMS; i++)
        if (seen[i] != 1) {
            printf("item %d: %u times\n", i, seen[i]);
            return 1;
        }
    if (guarded != spun)
        failed = 1;
    return failed;
}
