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

double std_math_FMA(double x, double y, double z)
{
    return has_fma ? fma_hw(x, y, z) : fma(x, y, z);
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
