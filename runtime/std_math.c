/* SPDX-License-Identifier: MIT
 *
 * What package math leaves to C: the fused multiply-add, and the exponential function as
 * Go's assembly for amd64 computes it, so that results agree to the last bit: argument
 * reduced by ln 2 and by 16, a Taylor polynomial, four squarings (N. Shibata, "Efficient
 * evaluation methods of elementary functions suitable for SIMD computation", 2010).
 */
#include <math.h>
#include <string.h>
#include <emmintrin.h>

#include "runtime/std.h"

double std_math_Sqrt(double x)
{
    return __builtin_sqrt(x);
}

static bool has_fma;

__attribute__((constructor)) static void look_at_cpu(void)
{
    uint32_t a = 1, b, c = 0, d;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    has_fma = (c >> 12 & 1) && (c >> 27 & 1) && (c >> 28 & 1);
}

static double bits_double(uint64_t b)
{
    double d;
    memcpy(&d, &b, sizeof d);
    return d;
}

__attribute__((target("fma"))) static double fma_hw(double x, double y, double z)
{
    return __builtin_fma(x, y, z);
}

typedef unsigned __int128 Wide;

/* A finite number that is not 0: wide × 2^exp, the top bit of wide is bit 125. */
typedef struct Unpacked {
    Wide wide;
    int exp;
} Unpacked;

static Unpacked normalise(Wide w, int exp)
{
    uint64_t high = (uint64_t)(w >> 64);
    int zeros = high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)w);
    int shift = zeros - 2;
    return (Unpacked){shift >= 0 ? w << shift : w >> -shift, exp - shift};
}

static uint64_t mantissa(double d, int *exp)
{
    uint64_t b;
    memcpy(&b, &d, sizeof b);
    int e = (int)(b >> 52 & 0x7ff);
    *exp = (e ? e : 1) - 1075;
    return (b & ((1ull << 52) - 1)) | (uint64_t)(e != 0) << 52;
}

/* Rounds to nearest even, once, also where the result is subnormal. */
static double pack(bool neg, Unpacked u)
{
    int shift = u.exp + 73 < -1074 ? -1074 - u.exp : 73;
    double sign = neg ? -1 : 1;
    if (shift > 126)
        return sign * 0.0;
    uint64_t m = (uint64_t)(u.wide >> shift);
    Wide rest = u.wide & (((Wide)1 << shift) - 1), half = (Wide)1 << (shift - 1);
    if (rest > half || (rest == half && (m & 1)))
        m++;
    int k = u.exp + shift;
    if (k > 1023)
        return sign * bits_double(0x7ffull << 52);
    double scale = bits_double(k >= -1022 ? (uint64_t)(k + 1023) << 52 : 1ull << (k + 1074));
    return sign * (double)m * scale;
}

/* For processors without the instruction: the product is exact in 106 bits, and the sum in
 * 126 but for a sticky last one. */
static double fma_soft(double x, double y, double z)
{
    bool finite = x - x == 0 && y - y == 0;
    if (!finite || x == 0 || y == 0)
        return x * y + z;
    if (z - z != 0) /* whatever becomes of the product */
        return z;
    if (z == 0)
        return x * y;
    int ex, ey, ez;
    uint64_t mx = mantissa(x, &ex), my = mantissa(y, &ey), mz = mantissa(z, &ez);
    bool np = signbit(x) != signbit(y), nz = signbit(z);
    Unpacked p = normalise((Wide)mx * my, ex + ey), q = normalise(mz, ez);
    if (p.exp < q.exp || (p.exp == q.exp && p.wide < q.wide)) {
        Unpacked t = p;
        p = q;
        q = t;
        bool n = np;
        np = nz;
        nz = n;
    }
    int d = p.exp - q.exp;
    if (d > 127)
        q.wide = 1;
    else if (d > 0)
        q.wide = q.wide >> d | ((q.wide & (((Wide)1 << d) - 1)) != 0);
    Wide sum = np == nz ? p.wide + q.wide : p.wide - q.wide;
    if (sum == 0)
        return 0;
    /* A carry out of bit 125 is shifted back; its last bit goes on as the sticky one. */
    if (sum >> 126) {
        sum = sum >> 1 | (sum & 1);
        p.exp++;
    }
    return pack(np, normalise(sum, p.exp));
}

double std_math_FMA(double x, double y, double z)
{
    return has_fma ? fma_hw(x, y, z) : fma_soft(x, y, z);
}

static const double taylor[] = {2.4801587301587301587e-5,
                                1.9841269841269841270e-4,
                                1.3888888888888888889e-3,
                                8.3333333333333333333e-3,
                                4.1666666666666666667e-2,
                                1.6666666666666666667e-1,
                                0.5,
                                1.0};

#define LN2_UPPER 0.69314718055966295651160180568695068359375
#define LN2_LOWER 0.28235290563031577122588448175013436025525412068e-12

__attribute__((target("fma"))) static double exp_reduced_fma(double x, double k)
{
    x = __builtin_fma(-k, LN2_UPPER, x);
    x = __builtin_fma(-k, LN2_LOWER, x);
    x *= 0.0625;
    double p = taylor[0];
    for (int i = 1; i < 8; i++)
        p = __builtin_fma(p, x, taylor[i]);
    x *= p;
    for (int i = 0; i < 3; i++)
        x *= x + 2.0;
    return __builtin_fma(x, x + 2.0, 1.0);
}

static double exp_reduced(double x, double k)
{
    x -= k * LN2_UPPER;
    x -= k * LN2_LOWER;
    x *= 0.0625;
    double p = taylor[0];
    for (int i = 1; i < 8; i++)
        p = p * x + taylor[i];
    x *= p;
    for (int i = 0; i < 4; i++)
        x *= x + 2.0;
    return x + 1.0;
}

double std_math_archExp(double x)
{
    if (x != x || x == (double)INFINITY)
        return x;
    if (x < -1e6)
        return 0;
    if (x > 7.09782712893384e+02)
        return (double)INFINITY;
    int k = _mm_cvtsd_si32(_mm_set_sd(x * 1.4426950408889634073599246810018920));
    double r = has_fma ? exp_reduced_fma(x, k) : exp_reduced(x, k);
    int e = k + 0x3FF;
    if (e >= 0x7FF)
        return (double)INFINITY;
    if (e > 0)
        return r * bits_double((uint64_t)e << 52);
    if (e < -52)
        return 0;
    return r * bits_double((uint64_t)(e + 0x3FE) << 52) * bits_double((uint64_t)1 << 52);
}
