/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stack growth: every shape of call crosses a segment boundary at every possible depth.
 */
#include "gen.h"

typedef struct {
    int64_t v[9];
} Big;

static NOINLINE int64_t deep(int64_t n)
{
    volatile char pad[24];
    pad[0] = (char)n;
    if (n == 0)
        return 0;
    int64_t r = deep(n - 1) + 1;
    pad[1] = (char)r;
    return r + pad[1] * 0;
}

/* register and stack arguments, a struct by value, floats, a struct result */
static NOINLINE Big mixed(int n, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f,
                          int64_t g, Big x, double p, double q, int64_t h)
{
    if (n == 0) {
        x.v[0] +=
            a + b * 2 + c * 3 + d * 5 + e * 7 + f * 11 + g * 13 + h * 17 + (int64_t)(p * 3 + q * 5);
        return x;
    }
    Big r = mixed(n - 1, a + 1, b, c, d, e, f, g + 1, x, p + 1, q, h + 1);
    r.v[8]++;
    return r;
}

static NOINLINE double floats(int n, double a, double b, double c, double d, double e, double f,
                              double g, double h)
{
    if (n == 0)
        return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
    return floats(n - 1, a + 1, b + 1, c + 1, d + 1, e + 1, f + 1, g + 1, h + 1) + 1;
}

typedef double V2 __attribute__((vector_size(16)));
static NOINLINE V2 vectors(int n, V2 a, V2 b)
{
    if (n == 0)
        return a - b;
    return vectors(n - 1, a + 1, b) + (V2){1, 2};
}

typedef struct {
    int64_t a, b;
} Pair;
static NOINLINE Pair pairs(int n, Pair p)
{
    if (n == 0)
        return p;
    Pair r = pairs(n - 1, (Pair){p.b, p.a});
    return (Pair){r.a + 1, r.b + 1};
}

/* a frame larger than any segment so far */
static NOINLINE double huge(int n, double x)
{
    volatile char buf[5600];
    buf[n] = 1;
    memset((void *)buf, n, 100);
    return n == 0 ? x : huge(n - 1, x + 1) + buf[0] * 0;
}
static NOINLINE int64_t giant(int64_t n)
{
    volatile char buf[3 << 20];
    buf[0] = (char)n;
    buf[sizeof buf - 1] = 1;
    return n == 0 ? buf[sizeof buf - 1] : giant(n - 1) + buf[sizeof buf - 1];
}

static NOINLINE int ack(int m, int n)
{
    return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1));
}

/* frames of many sizes put the boundary at every offset */
#define SHIFT(k)                                                                                   \
    static NOINLINE int64_t shift##k(int64_t depth)                                                \
    {                                                                                              \
        volatile char p[16 * k + 8];                                                               \
        p[0] = 1;                                                                                  \
        p[sizeof p - 1] = 2;                                                                       \
        Big x = {{0}};                                                                             \
        Big r = mixed((int)depth, 1, 2, 3, 4, 5, 6, 7, x, 1.0, 2.0, 8);                            \
        return r.v[0] + p[0] - 1;                                                                  \
    }
/* clang-format off */
#define SHIFTS(X)                                                                                  \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)    \
    X(17) X(18) X(19) X(20) X(24) X(28) X(32) X(40) X(48) X(56) X(64) X(80) X(96) X(112) X(128)
/* clang-format on */
SHIFTS(SHIFT)
static int64_t (*const shifts[])(int64_t) = {
#define NAME(k) shift##k,
    SHIFTS(NAME)};
enum { NSHIFTS = sizeof shifts / sizeof shifts[0] };

static void on_goroutine(Env *e)
{
    int64_t n = e->n;
    for (int d = 0; d < 12; d++)
        CHECK_EQ(shifts[n % NSHIFTS](d),
                 (1 + d) + 4 + 9 + 20 + 35 + 66 + 13 * (7 + d) + 17 * (8 + d) + (1 + d) * 3 + 10);
    sys_rt_chan_send(e->a, &n);
}

void test_main(void)
{
    Big x = {{0}};
    for (int n = 0; n < 1500; n++) {
        Big r = mixed(n, 1, 2, 3, 4, 5, 6, 7, x, 1.0, 2.0, 8);
        CHECK_EQ(r.v[0], (1 + n) + 4 + 9 + 20 + 35 + 66 + 13 * (7 + n) + 17 * (8 + n) +
                             (int64_t)((1.0 + n) * 3 + 10));
        CHECK_EQ(r.v[8], n);
        CHECK_EQ(floats(n, 1, 2, 3, 4, 5, 6, 7, 8), 204 + 36 * n + n);
        V2 v = vectors(n, (V2){1, 2}, (V2){3, 5});
        CHECK_EQ(v[0], 1 - 3 + 2 * n);
        CHECK_EQ(v[1], 2 - 5 + 3 * n);
        Pair p = pairs(n, (Pair){10, 20});
        CHECK_EQ(p.a, (n % 2 ? 20 : 10) + n);
        CHECK_EQ(p.b, (n % 2 ? 10 : 20) + n);
        CHECK_EQ(deep(n), n);
    }
    CHECK_EQ(deep(8000000), 8000000);
    CHECK_EQ(deep(8000000), 8000000);
    CHECK_EQ(huge(1000, 1.5) * 2, 2003);
    CHECK_EQ(giant(20), 21);
    CHECK_EQ(ack(3, 7), 1021);
    void *c = sys_rt_chan_make(&chan_int, 0);
    int64_t sum = 0;
    for (int i = 1; i <= 1400; i++) {
        spawn(on_goroutine, c, NULL, i);
        int64_t v;
        sys_rt_chan_recv(c, &v);
        sum += v;
    }
    CHECK_EQ(sum, 1400 * 1401 / 2);
}
