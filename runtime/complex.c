/* SPDX-License-Identifier: MIT
 *
 * Division of complex numbers, by Smith's method with the corrections for infinities and
 * zeros of C99, annex G.5.1, as Go specifies its results by them.  Runs on the goroutine's
 * stack (RTF_LEAF). */
#include <math.h>

#include "runtime/abi.h"

void rt_complex_div(double *out, double a, double b, double c, double d);

static double one_if_inf(double x)
{
    return copysign(isinf(x) ? 1.0 : 0.0, x);
}

void rt_complex_div(double *out, double a, double b, double c, double d)
{
    double e, f;
    if (fabs(c) >= fabs(d)) {
        double ratio = d / c, denom = c + ratio * d;
        e = (a + b * ratio) / denom;
        f = (b - a * ratio) / denom;
    } else {
        double ratio = c / d, denom = d + ratio * c;
        e = (a * ratio + b) / denom;
        f = (b * ratio - a) / denom;
    }
    if (isnan(e) && isnan(f)) {
        if (c == 0 && d == 0 && (!isnan(a) || !isnan(b))) {
            e = copysign(INFINITY, c) * a;
            f = copysign(INFINITY, c) * b;
        } else if ((isinf(a) || isinf(b)) && isfinite(c) && isfinite(d)) {
            a = one_if_inf(a);
            b = one_if_inf(b);
            e = INFINITY * (a * c + b * d);
            f = INFINITY * (b * c - a * d);
        } else if ((isinf(c) || isinf(d)) && isfinite(a) && isfinite(b)) {
            c = one_if_inf(c);
            d = one_if_inf(d);
            e = 0 * (a * c + b * d);
            f = 0 * (b * c - a * d);
        }
    }
    out[0] = e;
    out[1] = f;
}
