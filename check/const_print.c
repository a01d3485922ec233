/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Constant values as text, in the form of Go's error messages: strings quoted and
 * shortened, integers exact, floats to six digits where that is not misleading. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "check/const_rep.h"

enum { MAX_STRING = 72 }; /* code points shown of a string */

typedef VEC(char) CharVec;

static void put(Arena *a, CharVec *out, const char *s)
{
    for (; *s; s++)
        vec_push(a, out, *s);
}

static bool printable(utf8proc_int32_t r)
{
    if (r == ' ')
        return true;
    switch (utf8proc_category(r)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    default: return true;
    }
}

static void put_quoted_rune(Arena *a, CharVec *out, utf8proc_int32_t r, const char *bytes, int n)
{
    static const char from[] = "\a\b\f\n\r\t\v\\\"", to[] = "abfnrtv\\\"";
    const char *f = r > 0 && r < 128 ? strchr(from, (char)r) : NULL;
    if (f) {
        vec_push(a, out, '\\');
        vec_push(a, out, to[f - from]);
    } else if (printable(r)) {
        for (int i = 0; i < n; i++)
            vec_push(a, out, bytes[i]);
    } else if (r < 0x80) {
        put(a, out, arena_printf(a, "\\x%02x", (unsigned)r));
    } else {
        put(a, out, arena_printf(a, r < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)r));
    }
}

static const char *quote(Arena *a, const char *s, size_t n)
{
    CharVec out = {0};
    vec_push(a, &out, '"');
    int shown = 0;
    for (size_t i = 0; i < n; shown++) {
        if (shown == MAX_STRING - 3) {
            /* only shorten what is really longer than the limit */
            size_t left = 0;
            for (size_t j = i; j < n; j++)
                left += ((unsigned char)s[j] & 0xC0) != 0x80;
            if (left > 3) {
                put(a, &out, "...");
                break;
            }
        }
        utf8proc_int32_t r;
        utf8proc_ssize_t len =
            utf8proc_iterate((const utf8proc_uint8_t *)s + i, (utf8proc_ssize_t)(n - i), &r);
        if (len <= 0) {
            put(a, &out, arena_printf(a, "\\x%02x", (unsigned char)s[i]));
            i++;
            continue;
        }
        put_quoted_rune(a, &out, r, s + i, (int)len);
        i += (size_t)len;
    }
    vec_push(a, &out, '"');
    vec_push(a, &out, '\0');
    return out.p;
}

/* The fewest digits that read back as x. */
static const char *shortest(Arena *a, double x)
{
    char buf[40];
    for (int prec = 1; prec <= 17; prec++) {
        snprintf(buf, sizeof buf, "%.*g", prec, x);
        if (strtod(buf, NULL) == x)
            break;
    }
    return arena_strndup(a, buf, strlen(buf));
}

/* Beyond float64: mantissa and decimal exponent by logarithms, good to six digits. */
static const char *print_huge(Arena *a, const mpfr_t f)
{
    long exp;
    double m = mpfr_get_d_2exp(&exp, f, MPFR_RNDN);
    double d = (double)exp * 0.30102999566398119521;
    long e = (long)d;
    m *= pow(10, d - (double)e);
    if (fabs(m) < 1 - 0.5e-6) {
        m *= 10;
        e--;
    } else if (fabs(m) >= 10) {
        m /= 10;
        e++;
    }
    return arena_printf(a, "%.6ge%+ld", m, e);
}

static const char *print_float(Arena *a, const ConstVal *v)
{
    double x = const_float64_val(v);
    mpfr_t f;
    mpfr_init2(f, FLOAT_PREC);
    const_get_float(f, v);
    const char *s;
    if ((mpfr_zero_p(f) != 0) == (x == 0) && isfinite(x)) {
        s = arena_printf(a, "%.6g", x);
        if (!mpfr_integer_p(f) && !strchr(s, '.'))
            s = shortest(a, x);
    } else {
        s = print_huge(a, f);
    }
    mpfr_clear(f);
    return s;
}

static const char *print_big(Arena *a, const mpz_t z)
{
    char *s = arena_alloc(a, mpz_sizeinbase(z, 10) + 2);
    return mpz_get_str(s, 10, z);
}

const char *const_print(Arena *a, const ConstVal *v)
{
    switch (v->rep) {
    case REP_UNKNOWN: return "unknown";
    case REP_BOOL: return v->b ? "true" : "false";
    case REP_STRING:
    case REP_CONCAT: {
        size_t n;
        const char *s = const_string_val(v, &n);
        return quote(a, s, n);
    }
    case REP_SMALL: return arena_printf(a, "%lld", (long long)v->i);
    case REP_BIG: return print_big(a, v->big);
    case REP_RAT:
    case REP_FLOAT: return print_float(a, v);
    case REP_COMPLEX:
        return arena_printf(a, "(%s + %si)", const_print(a, v->cplx.re),
                            const_print(a, v->cplx.im));
    }
    return "?";
}
