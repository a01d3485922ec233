/* SPDX-License-Identifier: MIT
 *
 * The shortest decimal digits that read back as the same float (Steele and White, Dragon4,
 * with exact big integers): for print, which is rare, so small rather than fast. */
#include "runtime/shortest.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    uint32_t n;
    uint32_t w[40]; /* 1280 bits: 2^1074 * 2^53 and some room */
} Big;

static void big_set(Big *b, uint64_t v)
{
    b->w[0] = (uint32_t)v;
    b->w[1] = (uint32_t)(v >> 32);
    b->n = b->w[1] ? 2 : b->w[0] ? 1 : 0;
}

static void big_mul(Big *b, uint32_t m)
{
    uint64_t carry = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        carry += (uint64_t)b->w[i] * m;
        b->w[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        b->w[b->n++] = (uint32_t)carry;
}

static void big_shift(Big *b, uint32_t k)
{
    uint32_t words = k / 32;
    if (!b->n)
        return;
    memmove(b->w + words, b->w, b->n * 4);
    memset(b->w, 0, words * 4);
    b->n += words;
    if (k % 32)
        big_mul(b, 1u << k % 32);
}

static int big_cmp(const Big *a, const Big *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (uint32_t i = a->n; i-- > 0;)
        if (a->w[i] != b->w[i])
            return a->w[i] < b->w[i] ? -1 : 1;
    return 0;
}

static void big_add(Big *a, const Big *b)
{
    uint64_t carry = 0;
    uint32_t n = a->n > b->n ? a->n : b->n;
    for (uint32_t i = 0; i < n; i++) {
        carry += (uint64_t)(i < a->n ? a->w[i] : 0) + (i < b->n ? b->w[i] : 0);
        a->w[i] = (uint32_t)carry;
        carry >>= 32;
    }
    a->n = n;
    if (carry)
        a->w[a->n++] = (uint32_t)carry;
}

static void big_sub(Big *a, const Big *b) /* a >= b */
{
    int64_t borrow = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        int64_t d = (int64_t)a->w[i] - (i < b->n ? b->w[i] : 0) + borrow;
        a->w[i] = (uint32_t)d;
        borrow = d >> 32;
    }
    while (a->n && a->w[a->n - 1] == 0)
        a->n--;
}

/* a + b against c */
static int big_cmp_sum(const Big *a, const Big *b, const Big *c)
{
    Big s = *a;
    big_add(&s, b);
    return big_cmp(&s, c);
}

/* Digits of m * 2^e > 0; lower_closer: the next smaller float is at half the distance.
 * digits[0] stands before the point times 10^*exp10. */
static int dragon4(uint64_t m, int e, bool lower_closer, char *digits, int *exp10)
{
    Big r, s, up, down; /* value r/s; half the gaps up/s, down/s */
    bool even = (m & 1) == 0;
    big_set(&r, m);
    big_set(&s, 1);
    big_set(&up, 1);
    big_set(&down, 1);
    if (e >= 0) {
        big_shift(&r, (uint32_t)e + 1);
        big_shift(&s, 1);
        big_shift(&up, (uint32_t)e);
        big_shift(&down, (uint32_t)e);
    } else {
        big_shift(&r, 1);
        big_shift(&s, (uint32_t)-e + 1);
    }
    if (lower_closer) {
        big_shift(&r, 1);
        big_shift(&s, 1);
        big_shift(&up, 1);
    }
    int k = 0;
    /* Scale so that the first digit stands before the point: s*10 > r + up >= s. */
    int bits = 64 - __builtin_clzll(m) + e; /* value < 2^bits */
    int guess = (int)((bits - 1) * 30103LL / 100000);
    if (bits - 1 < 0)
        guess--;
    for (; k < guess; k++)
        big_mul(&s, 10);
    for (; k > guess; k--) {
        big_mul(&r, 10);
        big_mul(&up, 10);
        big_mul(&down, 10);
    }
    for (;;) {
        Big s10 = s;
        big_mul(&s10, 10);
        int c = big_cmp_sum(&r, &up, &s10);
        if (c < 0 || (c == 0 && !even))
            break;
        s = s10;
        k++;
    }
    for (;;) {
        int c = big_cmp_sum(&r, &up, &s);
        if (c > 0 || (c == 0 && even))
            break;
        big_mul(&r, 10);
        big_mul(&up, 10);
        big_mul(&down, 10);
        k--;
    }
    *exp10 = k;
    int n = 0;
    for (;;) {
        int d = 0;
        while (big_cmp(&r, &s) >= 0) {
            big_sub(&r, &s);
            d++;
        }
        int c = big_cmp(&r, &down);
        bool low = c < 0 || (c == 0 && even);
        c = big_cmp_sum(&r, &up, &s);
        bool high = c > 0 || (c == 0 && even);
        if (low || high) {
            if (low && high) {
                Big r2 = r;
                big_shift(&r2, 1);
                c = big_cmp(&r2, &s);
                high = c > 0 || (c == 0 && (d & 1));
            }
            digits[n++] = (char)('0' + d + (high ? 1 : 0));
            break;
        }
        digits[n++] = (char)('0' + d);
        big_mul(&r, 10);
        big_mul(&up, 10);
        big_mul(&down, 10);
    }
    /* A nine rounded up carries. */
    for (int i = n - 1; digits[i] > '9'; i--) {
        n = i;
        if (i == 0) {
            digits[0] = '1';
            n = 1;
            ++*exp10;
            break;
        }
        digits[i - 1]++;
    }
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

int rt_format_float(double v, int bits, char *out)
{
    char *o = out, digits[32];
    if (v != v) {
        memcpy(out, "NaN", 3);
        return 3;
    }
    uint64_t u;
    memcpy(&u, &v, 8);
    bool neg = u >> 63;
    if (v - v != 0) {
        memcpy(out, neg ? "-Inf" : "+Inf", 4);
        return 4;
    }
    if (neg)
        *o++ = '-';
    if (v == 0) {
        *o++ = '0';
        return (int)(o - out);
    }
    uint64_t m = u & ((1ull << 52) - 1);
    int e = (int)(u >> 52 & 0x7ff), k;
    bool closer = false;
    if (bits == 32) { /* a float32 that was widened: its own mantissa and least exponent */
        float f = (float)v;
        uint32_t w;
        memcpy(&w, &f, 4);
        m = w & 0x7fffff;
        e = (int)(w >> 23 & 0xff);
        closer = m == 0 && e > 1;
        if (e)
            m |= 1u << 23;
        else
            e = 1;
        e -= 127 + 23;
    } else {
        closer = m == 0 && e > 1;
        if (e)
            m |= 1ull << 52;
        else
            e = 1;
        e -= 1023 + 52;
    }
    int n = dragon4(m, e, closer, digits, &k);
    if (k < -4 || k >= 6) { /* 'g' with the shortest precision decides at 10^6 */
        *o++ = digits[0];
        if (n > 1) {
            *o++ = '.';
            memcpy(o, digits + 1, (size_t)n - 1);
            o += n - 1;
        }
        *o++ = 'e';
        *o++ = k < 0 ? '-' : '+';
        if (k < 0)
            k = -k;
        if (k >= 100)
            *o++ = (char)('0' + k / 100);
        *o++ = (char)('0' + k / 10 % 10);
        *o++ = (char)('0' + k % 10);
    } else if (k < 0) {
        *o++ = '0';
        *o++ = '.';
        for (int i = -1; i > k; i--)
            *o++ = '0';
        memcpy(o, digits, (size_t)n);
        o += n;
    } else {
        for (int i = 0; i <= k; i++)
            *o++ = i < n ? digits[i] : '0';
        if (n > k + 1) {
            *o++ = '.';
            memcpy(o, digits + k + 1, (size_t)(n - k - 1));
            o += n - k - 1;
        }
    }
    return (int)(o - out);
}
