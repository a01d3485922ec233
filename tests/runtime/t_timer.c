/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Timers: order, stop and reset with Go 1.23's channel semantics, periods, functions, many.
 */
#include "gen.h"

typedef struct {
    uint64_t w[3];
} Time;
static const RtType time_type = {.size = 24, .kind = RT_STRUCT, .align = 8};
static const RtChanType chan_time = {{.size = 8, .kind = RT_CHAN, .align = 8}, &time_type, 3};

#define MS 1000000

static int64_t now(void)
{
    return sys_std_time_runtimeNano();
}

static void *done;
static void sleeper(Env *e)
{
    int64_t t = now();
    sys_std_time_Sleep(e->n);
    int64_t d = now() - t;
    CHECK(d >= e->n);
    sys_rt_chan_send(done, &d);
}

static int fired;
static void on_fire(Env *e)
{
    (void)e;
    __atomic_fetch_add(&fired, 1, __ATOMIC_RELAXED);
}

void test_main(void)
{
    Time tm;
    int64_t v;
    done = sys_rt_chan_make(&chan_int, 0);

    for (int i = 0; i < 20000; i++)
        spawn(sleeper, NULL, NULL, 1 * MS + (i * 7919 % 20000) * 1000);
    for (int i = 0; i < 20000; i++)
        sys_rt_chan_recv(done, &v);

    /* a timer on a channel */
    RtTimer t;
    memset(&t, 0, sizeof t);
    t.chan = sys_rt_chan_make(&chan_time, 1);
    int64_t at = now();
    t.when = at + 5 * MS;
    sys_std_time_startTimer(&t);
    CHECK_EQ(rt_chan_cap(t.chan), 0);
    CHECK(sys_rt_chan_recv(t.chan, &tm));
    CHECK(now() - at >= 5 * MS);
    CHECK(!sys_std_time_stopTimer(&t));

    /* stopped in time; stopped after it fired unread: nothing stale is received */
    CHECK(!sys_std_time_resetTimer(&t, now() + 1000 * MS, 0));
    CHECK(sys_std_time_stopTimer(&t));
    CHECK(!sys_std_time_stopTimer(&t));
    sys_std_time_resetTimer(&t, now() + MS, 0);
    sys_std_time_Sleep(5 * MS);
    CHECK_EQ(rt_chan_len(t.chan), 0);
    CHECK(sys_std_time_stopTimer(&t));
    RtSelectCase k = {t.chan, &tm, RT_SELECT_RECV, 0};
    CHECK_EQ(sys_rt_select(&k, 1, false), -1);

    /* a period: no drift */
    at = now();
    sys_std_time_resetTimer(&t, at + 2 * MS, 2 * MS);
    for (int i = 0; i < 10; i++)
        CHECK(sys_rt_chan_recv(t.chan, &tm));
    CHECK(now() - at >= 20 * MS);
    CHECK(sys_std_time_stopTimer(&t));

    /* functions; many, half of them stopped */
    enum { N = 5000 };
    static RtTimer many[N];
    static Env fire = {on_fire, NULL, NULL, 0};
    for (int i = 0; i < N; i++) {
        many[i].f = &fire;
        many[i].when = now() + 20 * MS + (i * 7919 % N) * 1000;
        sys_std_time_startTimer(&many[i]);
    }
    int stopped = 0;
    for (int i = 0; i < N; i += 2)
        stopped += sys_std_time_stopTimer(&many[i]);
    at = now();
    while (__atomic_load_n(&fired, __ATOMIC_RELAXED) < N - stopped &&
           now() - at < 5000 * (int64_t)MS)
        sys_std_time_Sleep(MS);
    sys_std_time_Sleep(2 * MS);
    CHECK_EQ(__atomic_load_n(&fired, __ATOMIC_RELAXED), N - stopped);
}
