/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scheduling: many goroutines, preemption of loops with and without calls and with their
 * vector registers, blocking system calls, semaphores, changing GOMAXPROCS, locked threads.
 */
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#include "gen.h"

static void *done;
static void finish(int64_t v)
{
    sys_rt_chan_send(done, &v);
}
static int64_t collect(int n)
{
    int64_t sum = 0;
    while (n--) {
        int64_t v;
        sys_rt_chan_recv(done, &v);
        sum += v;
    }
    return sum;
}

static void child(Env *e)
{
    finish(e->n);
}

/* skynet: a tree of tens */
static void node(Env *e)
{
    int64_t size = (int64_t)e->b, v = 0, sum = 0;
    if (size == 1) {
        v = e->n;
        sys_rt_chan_send(e->a, &v);
        return;
    }
    void *c = sys_rt_chan_make(&chan_int, 0);
    for (int64_t i = 0; i < 10; i++)
        spawn(node, c, (void *)(size / 10), e->n + i * (size / 10));
    for (int i = 0; i < 10; i++) {
        sys_rt_chan_recv(c, &v);
        sum += v;
    }
    sys_rt_chan_send(e->a, &sum);
}

static volatile int stop;
static volatile int64_t spins;

/* a loop without a call: only a signal can stop it; its state is in registers */
static void spinner(Env *e)
{
    uint64_t a = 1, b = 2, n = 0;
    double x = 1.5, y = 0;
    while (!stop) {
        a = a * 6364136223846793005u + 1442695040888963407u;
        b ^= a >> 33;
        x = x * 1.0000001 + 0.5;
        y += x;
        if (x > 1e6)
            x = 1.5;
        n++;
    }
    /* the same again, counted */
    uint64_t a2 = 1, b2 = 2;
    double x2 = 1.5, y2 = 0;
    for (uint64_t i = 0; i < n; i++) {
        a2 = a2 * 6364136223846793005u + 1442695040888963407u;
        b2 ^= a2 >> 33;
        x2 = x2 * 1.0000001 + 0.5;
        y2 += x2;
        if (x2 > 1e6)
            x2 = 1.5;
    }
    CHECK_EQ(a, a2);
    CHECK_EQ(b, b2);
    CHECK(x == x2 && y == y2);
    spins += (int64_t)n;
    (void)e;
    finish(1);
}

static NOINLINE int64_t fib(int64_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static void caller(Env *e)
{
    int64_t n = 0;
    while (!stop) {
        CHECK_EQ(fib(15), 610);
        n++;
    }
    (void)e;
    finish(n > 0);
}

static void yielder(Env *e)
{
    for (int i = 0; i < e->n; i++)
        sys_std_runtime_Gosched();
    finish(1);
}

/* gives way again and again, after some work each time */
enum { POLITE = 3000 };
static volatile int32_t turns[POLITE];
static void polite(Env *e)
{
    int32_t id = (int32_t)(intptr_t)e->a;
    while (!stop) {
        int64_t end = e->n ? sys_std_time_runtimeNano() + e->n : 0;
        turns[id]++;
        while (end && sys_std_time_runtimeNano() < end)
            ;
        sys_std_runtime_Gosched();
    }
    finish(1);
}

/* Many more than a ring holds give way: all have their turns, and who comes last has one, too.  Those
 * that work for long between have one each before any has many. */
static void take_turns(int32_t n, int64_t work)
{
    stop = 0;
    for (int32_t i = 0; i < n; i++) {
        turns[i] = 0;
        spawn(polite, (void *)(intptr_t)i, NULL, work);
    }
    int32_t least, most;
    do {
        sys_std_time_Sleep(1000000);
        least = most = turns[0];
        for (int32_t i = 0; i < n; i++) {
            least = turns[i] < least ? turns[i] : least;
            most = turns[i] > most ? turns[i] : most;
        }
        if (work)
            CHECK(most <= 3 * least + 4);
    } while (least < 4);
    stop = 1;
    CHECK_EQ(collect((int)n), n);
}

static uint32_t mutex = 1;
static int64_t guarded;
static void locker(Env *e)
{
    for (int i = 0; i < e->n; i++) {
        sys_std_sync_runtime_Semacquire(&mutex, i & 1, 1);
        guarded++;
        sys_std_sync_runtime_Semrelease(&mutex, i % 5 == 0);
    }
    finish(1);
}

static void blocker(Env *e)
{
    struct timespec ts = {0, 3000000};
    for (int i = 0; i < 5; i++)
        while (sys_std_syscall_callblock(SYS_nanosleep, (uint64_t)&ts, 0, 0, 0, 0) ==
               -4 /* EINTR */)
            ;
    (void)e;
    finish(1);
}

/* On threads that the monitor starts, while the others are in system calls, too. */
static void unblocked(Env *e)
{
    for (int i = 0; i < 50; i++) {
        uint64_t mask = 1;
        struct timespec ts = {0, 200000};
        CHECK_EQ(sys_std_syscall_callblock(SYS_rt_sigprocmask, SIG_BLOCK, 0, (uint64_t)&mask, 8, 0),
                 0);
        CHECK_EQ(mask, 0);
        sys_std_syscall_callblock(SYS_nanosleep, (uint64_t)&ts, 0, 0, 0, 0);
    }
    (void)e;
    finish(1);
}

static void locked(Env *e)
{
    sys_std_runtime_LockOSThread();
    int64_t tid = sys_std_syscall_callblock(SYS_gettid, 0, 0, 0, 0, 0);
    for (int i = 0; i < 200; i++) {
        sys_std_runtime_Gosched();
        CHECK_EQ(sys_std_syscall_callblock(SYS_gettid, 0, 0, 0, 0, 0), tid);
    }
    sys_std_runtime_UnlockOSThread();
    (void)e;
    finish(1);
}

static _Atomic int exited;
static void exiter(Env *e)
{
    (void)e;
    exited++;
    std_runtime_Goexit();
    exited += 100;
}

void test_main(void)
{
    done = sys_rt_chan_make(&chan_int, 0);
    for (int i = 0; i < 100000; i++)
        spawn(child, NULL, NULL, i);
    CHECK_EQ(collect(100000), (int64_t)100000 * 99999 / 2);
    void *root = sys_rt_chan_make(&chan_int, 0);
    int64_t v;
    for (int i = 0; i < 3; i++) {
        spawn(node, root, (void *)100000, 0);
        sys_rt_chan_recv(root, &v);
        CHECK_EQ(v, (int64_t)100000 * 99999 / 2);
    }

    /* spinning goroutines delay neither sleepers nor each other */
    for (int i = 0; i < 5; i++)
        spawn(i < 3 ? spinner : caller, NULL, NULL, 0);
    for (int i = 0; i < 20; i++)
        sys_std_time_Sleep(1000000);
    stop = 1;
    CHECK_EQ(collect(5), 5);

    for (int i = 0; i < 50; i++)
        spawn(yielder, NULL, NULL, 300);
    for (int i = 0; i < 20; i++)
        spawn(locker, NULL, NULL, 2000);
    for (int i = 0; i < 30; i++)
        spawn(blocker, NULL, NULL, 0);
    for (int i = 0; i < 4; i++)
        spawn(unblocked, NULL, NULL, 0);
    for (int i = 0; i < 4; i++)
        spawn(locked, NULL, NULL, 0);
    CHECK_EQ(collect(108), 108);
    CHECK_EQ(guarded, 40000);

    int64_t procs = sys_std_runtime_setmaxprocs(0);
    for (int i = 0; i < 40; i++)
        spawn(yielder, NULL, NULL, 2000);
    static const int64_t sizes[] = {1, 4, 2, 7, 3, 1, 2};
    for (int i = 0; i < 7; i++) {
        sys_std_runtime_setmaxprocs(sizes[i]);
        CHECK_EQ(sys_std_runtime_setmaxprocs(0), sizes[i]);
        sys_std_time_Sleep(300000);
    }
    CHECK_EQ(collect(40), 40);
    sys_std_runtime_setmaxprocs(1);
    take_turns(POLITE, 0);
    take_turns(300, 50000);
    sys_std_runtime_setmaxprocs(procs);
    take_turns(POLITE, 0);

    for (int i = 0; i < 10; i++)
        spawn(exiter, NULL, NULL, 0);
    while (sys_std_runtime_NumGoroutine() > 1)
        sys_std_time_Sleep(100000);
    CHECK_EQ(exited, 10);
}
