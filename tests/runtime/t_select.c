/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * select: ready and unready cases, fairness, default, nil and closed channels, hundreds of
 * cases, two selects facing each other.
 */
#include "gen.h"

static void *done;

static void choose_sender(Env *e)
{
    for (int64_t i = 0; i < e->n; i++) {
        RtSelectCase k[2] = {{e->a, &i, RT_SELECT_SEND, 0}, {e->b, &i, RT_SELECT_SEND, 0}};
        sys_rt_select(k, 2, true);
    }
    int64_t v = 0;
    sys_rt_chan_send(done, &v);
}

/* both sides select on both channels */
static void choose_receiver(Env *e)
{
    int64_t sum = 0, v, end;
    for (;;) {
        RtSelectCase k[3] = {{e->a, &v, RT_SELECT_RECV, 0},
                             {e->b, &v, RT_SELECT_RECV, 0},
                             {(void *)e->n, &end, RT_SELECT_RECV, 0}};
        int64_t w = sys_rt_select(k, 3, true);
        if (w == 2)
            break;
        CHECK(k[w].recv_ok);
        sum += v;
    }
    sys_rt_chan_send(done, &sum);
}

static void tick(Env *e)
{
    for (int64_t i = 0; i < e->n; i++)
        sys_rt_chan_send(e->a, &i);
}

static NOINLINE void hundreds(void)
{
    enum { N = 400 };
    RtSelectCase k[N];
    void *c[N];
    int64_t v[N], seen[N];
    memset(seen, 0, sizeof seen);
    for (int i = 0; i < N; i++) {
        c[i] = sys_rt_chan_make(&chan_int, 0);
        spawn(tick, c[i], NULL, 25);
    }
    for (int n = 0; n < N * 25; n++) {
        for (int i = 0; i < N; i++)
            k[i] = (RtSelectCase){c[i], &v[i], RT_SELECT_RECV, 0};
        int64_t w = sys_rt_select(k, N, true);
        CHECK_EQ(v[w], seen[w]);
        seen[w]++;
    }
    for (int i = 0; i < N; i++)
        CHECK_EQ(seen[i], 25);
}

void test_main(void)
{
    int64_t v = 0;
    done = sys_rt_chan_make(&chan_int, 0);

    void *a = sys_rt_chan_make(&chan_int, 1), *b = sys_rt_chan_make(&chan_int, 1);
    RtSelectCase none[2] = {{a, &v, RT_SELECT_RECV, 0}, {NULL, &v, RT_SELECT_SEND, 0}};
    CHECK_EQ(sys_rt_select(none, 2, false), -1);
    CHECK_EQ(sys_rt_select(none, 1, false), -1);
    CHECK_EQ(sys_rt_select(NULL, 0, false), -1);

    /* fairness among ready cases */
    int64_t hits[3] = {0};
    void *f[3];
    for (int i = 0; i < 3; i++)
        f[i] = sys_rt_chan_make(&chan_int, 1);
    for (int i = 0; i < 3; i++)
        sys_rt_chan_send(f[i], &v);
    for (int i = 0; i < 30000; i++) {
        RtSelectCase k[4] = {{f[0], &v, RT_SELECT_RECV, 0},
                             {a, &v, RT_SELECT_RECV, 0},
                             {f[1], &v, RT_SELECT_RECV, 0},
                             {f[2], &v, RT_SELECT_RECV, 0}};
        int64_t w = sys_rt_select(k, 4, true);
        CHECK(w != 1);
        w = w == 0 ? 0 : w - 1;
        hits[w]++;
        sys_rt_chan_send(f[w], &v);
    }
    for (int i = 0; i < 3; i++)
        CHECK(hits[i] > 9300 && hits[i] < 10700);

    static const int64_t caps[] = {0, 2};
    for (int k = 0; k < 2; k++) {
        a = sys_rt_chan_make(&chan_int, caps[k]);
        b = sys_rt_chan_make(&chan_int, caps[k]);
        void *end = sys_rt_chan_make(&chan_int, 0);
        for (int i = 0; i < 4; i++)
            spawn(choose_receiver, a, b, (int64_t)end);
        for (int i = 0; i < 4; i++)
            spawn(choose_sender, a, b, 5000);
        int64_t sum = 0;
        for (int i = 0; i < 4; i++)
            sys_rt_chan_recv(done, &v);
        sys_rt_chan_close(end);
        for (int i = 0; i < 4; i++) {
            sys_rt_chan_recv(done, &v);
            sum += v;
        }
        while (rt_chan_len(a)) {
            sys_rt_chan_recv(a, &v);
            sum += v;
        }
        while (rt_chan_len(b)) {
            sys_rt_chan_recv(b, &v);
            sum += v;
        }
        CHECK_EQ(sum, 4 * (int64_t)5000 * 4999 / 2);
    }

    /* closed: ready, zero value, not ok */
    a = sys_rt_chan_make(&chan_int, 0);
    sys_rt_chan_close(a);
    v = 5;
    RtSelectCase closed[1] = {{a, &v, RT_SELECT_RECV, 1}};
    CHECK_EQ(sys_rt_select(closed, 1, true), 0);
    CHECK(v == 0 && !closed[0].recv_ok);

    /* the same channel twice, and both directions of one */
    a = sys_rt_chan_make(&chan_int, 1);
    int64_t x = 3;
    RtSelectCase both[3] = {
        {a, &x, RT_SELECT_SEND, 0}, {a, &v, RT_SELECT_RECV, 0}, {a, &v, RT_SELECT_RECV, 0}};
    CHECK_EQ(sys_rt_select(both, 3, true), 0);
    CHECK(sys_rt_select(both, 3, true) > 0);
    CHECK_EQ(v, 3);

    hundreds();
}
