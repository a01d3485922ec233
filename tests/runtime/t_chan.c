/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Channels: order, exactly-once delivery, close in between, capacities, element sizes, nil.
 */
#include "gen.h"

static void *done;

static void finish(int64_t v)
{
    sys_rt_chan_send(done, &v);
}

static void sender(Env *e)
{
    for (int64_t i = 0; i < e->n; i++)
        sys_rt_chan_send(e->a, &i);
    finish(0);
}

static void receiver(Env *e)
{
    int64_t sum = 0, v = 0;
    while (sys_rt_chan_recv(e->a, &v))
        sum += v;
    CHECK_EQ(v, 0); /* a closed channel gives the zero value */
    finish(sum);
}

static int64_t collect(int n)
{
    int64_t sum = 0;
    while (n--) {
        int64_t v;
        CHECK(sys_rt_chan_recv(done, &v));
        sum += v;
    }
    return sum;
}

/* ordered pairs: what one sender sends, one receiver gets in order */
static void ordered(Env *e)
{
    for (int64_t i = 0; i < e->n; i++) {
        int64_t v = -1;
        CHECK(sys_rt_chan_recv(e->a, &v));
        CHECK_EQ(v, i);
    }
    finish(1);
}

typedef struct {
    int64_t w[25];
} Wide;
static const RtType wide_type = {.size = sizeof(Wide), .kind = RT_STRUCT, .align = 8};
static const RtChanType chan_wide = {{.size = 8, .kind = RT_CHAN, .align = 8}, &wide_type, 3};
static const RtType unit_type = {.size = 0, .kind = RT_STRUCT, .align = 1};
static const RtChanType chan_unit = {{.size = 8, .kind = RT_CHAN, .align = 8}, &unit_type, 3};
static const RtType byte_type = {.size = 1, .kind = RT_UINT8, .align = 1};
static const RtChanType chan_byte = {{.size = 8, .kind = RT_CHAN, .align = 8}, &byte_type, 3};

static void wide_sender(Env *e)
{
    for (int64_t i = 0; i < 1000; i++) {
        Wide w;
        for (int k = 0; k < 25; k++)
            w.w[k] = i * 25 + k;
        sys_rt_chan_send(e->a, &w);
        sys_rt_chan_send(e->b, NULL);
    }
    sys_rt_chan_close(e->a);
}

static void byte_sender(Env *e)
{
    for (int i = 0; i < 256; i++) {
        uint8_t b = (uint8_t)i;
        sys_rt_chan_send(e->a, &b);
    }
}

static void close_later(Env *e)
{
    sys_std_time_Sleep(2000000);
    sys_rt_chan_close(e->a);
}

void test_main(void)
{
    done = sys_rt_chan_make(&chan_int, 0);

    static const int64_t caps[] = {0, 1, 3, 128};
    for (int k = 0; k < 4; k++) {
        void *c = sys_rt_chan_make(&chan_int, caps[k]);
        CHECK_EQ(rt_chan_cap(c), caps[k]);
        spawn(ordered, c, NULL, 20000);
        for (int64_t i = 0; i < 20000; i++)
            sys_rt_chan_send(c, &i);
        CHECK_EQ(collect(1), 1);

        /* 5 senders, 7 receivers, closed when all is sent */
        c = sys_rt_chan_make(&chan_int, caps[k]);
        for (int i = 0; i < 7; i++)
            spawn(receiver, c, NULL, 0);
        for (int i = 0; i < 5; i++)
            spawn(sender, c, NULL, 4000);
        CHECK_EQ(collect(5), 0 + 0);
        sys_rt_chan_close(c);
        CHECK_EQ(collect(7), 5 * (int64_t)4000 * 3999 / 2);
    }

    for (int cap = 0; cap < 3; cap++) {
        void *c = sys_rt_chan_make(&chan_wide, cap), *u = sys_rt_chan_make(&chan_unit, cap);
        spawn(wide_sender, c, u, 0);
        for (int64_t i = 0; i < 1000; i++) {
            Wide w;
            CHECK(sys_rt_chan_recv(c, &w));
            for (int k = 0; k < 25; k++)
                CHECK_EQ(w.w[k], i * 25 + k);
            CHECK(sys_rt_chan_recv(u, NULL));
        }
        Wide w;
        w.w[3] = 5;
        CHECK(!sys_rt_chan_recv(c, &w));
        CHECK_EQ(w.w[3], 0);
    }

    void *b = sys_rt_chan_make(&chan_byte, 5);
    spawn(byte_sender, b, NULL, 0);
    for (int i = 0; i < 256; i++) {
        uint64_t word = ~(uint64_t)0;
        sys_rt_chan_recv(b, &word);
        CHECK_EQ(word, ~(uint64_t)255 | (uint64_t)i); /* not a byte more is written */
    }

    for (int i = 0; i < 20; i++) {
        void *c = sys_rt_chan_make(&chan_int, 0);
        spawn(close_later, c, NULL, 0);
        int64_t v = 9;
        CHECK(!sys_rt_chan_recv(c, &v));
        CHECK_EQ(v, 0);
    }

    void *c = sys_rt_chan_make(&chan_int, 4);
    int64_t v = 7;
    sys_rt_chan_send(c, &v);
    sys_rt_chan_send(c, &v);
    CHECK_EQ(rt_chan_len(c), 2);
    CHECK_EQ(rt_chan_len(NULL), 0);
    sys_rt_chan_close(c);
    CHECK(sys_rt_chan_recv(c, &v) && v == 7);
    CHECK(sys_rt_chan_recv(c, &v) && v == 7);
    CHECK(!sys_rt_chan_recv(c, &v) && v == 0);
}
