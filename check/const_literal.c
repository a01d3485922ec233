/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Constant values of literals: Go spec, "Integer literals" to "String literals".  The
 * lexer has checked (and reported) their form; what is malformed gives UNKNOWN here. */
#include <stdlib.h>
#include <string.h>

#include "check/const_rep.h"

/* The text without underscores, NUL-terminated; n is updated. */
static char *strip_underscores(Arena *a, const char *text, uint32_t *n)
{
    char *s = arena_alloc(a, *n + 1);
    uint32_t k = 0;
    for (uint32_t i = 0; i < *n; i++)
        if (text[i] != '_')
            s[k++] = text[i];
    s[k] = '\0';
    *n = k;
    return s;
}

static ConstVal *int_literal(Arena *a, const char *s, uint32_t n, bool legacy_octal)
{
    int base = 10;
    if (n >= 2 && s[0] == '0') {
        switch (s[1] | 0x20) {
        case 'x': base = 16; break;
        case 'o': base = 8; break;
        case 'b': base = 2; break;
        default: break;
        }
        if (base != 10)
            s += 2;
        else if (legacy_octal)
            base = 8;
    }
    mpz_t z;
    /* mpz_set_str would take white space and a sign; a literal has neither */
    ConstVal *v = const_unknown();
    if (*s && mpz_init_set_str(z, s, base) == 0)
        v = const_make_int(a, z);
    else if (!*s)
        return v;
    mpz_clear(z);
    return v;
}

/* The exact rational of a decimal or hexadecimal float literal of moderate exponent. */
static bool exact_rational(mpq_t out, Arena *a, const char *s)
{
    int base = 10;
    if (s[0] == '0' && (s[1] | 0x20) == 'x') {
        base = 16;
        s += 2;
    }
    char *digits = arena_alloc(a, strlen(s) + 2);
    size_t k = 0;
    long scale = 0; /* digits after the point */
    bool point = false;
    char exp_char = base == 16 ? 'p' : 'e';
    for (; *s && (*s | 0x20) != exp_char; s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        digits[k++] = *s;
        scale += point;
    }
    digits[k] = '\0';
    long e = *s ? strtol(s + 1, NULL, 10) : 0;
    if (k == 0 || mpz_set_str(mpq_numref(out), digits, base) != 0)
        return false;
    mpz_set_ui(mpq_denref(out), 1);
    if (base == 16) {
        e -= 4 * scale;
        if (e >= 0)
            mpz_mul_2exp(mpq_numref(out), mpq_numref(out), (mp_bitcnt_t)e);
        else
            mpz_mul_2exp(mpq_denref(out), mpq_denref(out), (mp_bitcnt_t)-e);
    } else {
        e -= scale;
        mpz_t p;
        mpz_init(p);
        mpz_ui_pow_ui(p, 10, (unsigned long)(e < 0 ? -e : e));
        mpz_ptr side = e < 0 ? mpq_denref(out) : mpq_numref(out);
        mpz_mul(side, side, p);
        mpz_clear(p);
    }
    mpq_canonicalize(out);
    return true;
}

static ConstVal *float_literal(Arena *a, const char *s)
{
    mpfr_t f;
    mpfr_init2(f, FLOAT_PREC);
    char *end;
    /* base 0 would take "0b1" for binary; a float literal is decimal or 0x */
    bool hex = s[0] == '0' && (s[1] | 0x20) == 'x';
    mpfr_strtofr(f, s, &end, hex ? 16 : 10, MPFR_RNDN);
    ConstVal *v = const_unknown();
    if (*s && *end == '\0' && mpfr_number_p(f)) {
        v = NULL;
        if (mpfr_zero_p(f)) {
            v = const_make_float(a, f);
        } else if (const_float_is_small(f)) {
            mpq_t q;
            mpq_init(q);
            if (exact_rational(q, a, s))
                v = const_make_rat(a, q);
            mpq_clear(q);
        }
        if (!v)
            v = const_make_float(a, f);
    }
    mpfr_clear(f);
    return v;
}

static bool looks_like_float(const char *s)
{
    bool hex = s[0] == '0' && (s[1] | 0x20) == 'x';
    return strpbrk(s, hex ? ".pP" : ".eE") != NULL;
}

static ConstVal *imag_literal(Arena *a, char *s, uint32_t n)
{
    if (n < 2 || s[n - 1] != 'i')
        return const_unknown();
    s[--n] = '\0';
    /* for backward compatibility 0123i is decimal */
    ConstVal *im = looks_like_float(s) && !(s[0] == '0' && ((s[1] | 0x20) == 'b'))
                       ? float_literal(a, s)
                       : int_literal(a, s, n, false);
    return const_complex(a, const_int64(a, 0), im);
}

static size_t encode_rune(char *out, uint32_t r)
{
    if (r > 0x10FFFF || (r >= 0xD800 && r < 0xE000))
        r = 0xFFFD;
    if (r < 0x80) {
        out[0] = (char)r;
        return 1;
    }
    if (r < 0x800) {
        out[0] = (char)(0xC0 | r >> 6);
        out[1] = (char)(0x80 | (r & 0x3F));
        return 2;
    }
    if (r < 0x10000) {
        out[0] = (char)(0xE0 | r >> 12);
        out[1] = (char)(0x80 | (r >> 6 & 0x3F));
        out[2] = (char)(0x80 | (r & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | r >> 18);
    out[1] = (char)(0x80 | (r >> 12 & 0x3F));
    out[2] = (char)(0x80 | (r >> 6 & 0x3F));
    out[3] = (char)(0x80 | (r & 0x3F));
    return 4;
}

/* One code point; U+FFFD and one byte for what is not UTF-8. */
static uint32_t decode_rune(const char *p, const char *end, size_t *len)
{
    const unsigned char *s = (const unsigned char *)p;
    size_t left = (size_t)(end - p);
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80                   ? 1
               : s[0] >= 0xF0 && s[0] < 0xF8 ? 4
               : s[0] >= 0xE0 && s[0] < 0xF0 ? 3
               : s[0] >= 0xC0 && s[0] < 0xE0 ? 2
                                             : 0;
    *len = 1;
    if (n == 1)
        return s[0];
    if (n == 0 || n > left)
        return 0xFFFD;
    uint32_t r = s[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0xFFFD;
        r = r << 6 | (s[i] & 0x3F);
    }
    if (r < least[n] || r > 0x10FFFF || (r >= 0xD800 && r < 0xE000))
        return 0xFFFD;
    *len = n;
    return r;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads the escape after a backslash at *p.  *is_byte: \x and octal escapes stand for one
 * byte, others for a code point. */
static bool read_escape(const char **p, const char *end, uint32_t *value, bool *is_byte)
{
    static const char from[] = "abfnrtv\\'\"", to[] = "\a\b\f\n\r\t\v\\'\"";
    if (*p == end)
        return false;
    char c = *(*p)++;
    *is_byte = false;
    const char *f = c ? strchr(from, c) : NULL;
    if (f) {
        *value = (unsigned char)to[f - from];
        return true;
    }
    int digits, base = 16;
    switch (c) {
    case 'x':
        digits = 2;
        *is_byte = true;
        break;
    case 'u': digits = 4; break;
    case 'U': digits = 8; break;
    default:
        if (c < '0' || c > '7')
            return false;
        digits = 3;
        base = 8;
        *is_byte = true;
        (*p)--;
        break;
    }
    uint32_t v = 0;
    for (int i = 0; i < digits; i++) {
        int d = *p < end ? hex_digit(**p) : -1;
        if (d < 0 || d >= base)
            return false;
        (*p)++;
        v = v * (uint32_t)base + (uint32_t)d;
    }
    *value = v;
    if (*is_byte)
        return v < 256;
    return v <= 0x10FFFF && !(v >= 0xD800 && v < 0xE000);
}

static ConstVal *rune_literal(Arena *a, const char *s, uint32_t n)
{
    if (n < 3 || s[0] != '\'' || s[n - 1] != '\'')
        return const_unknown();
    const char *p = s + 1, *end = s + n - 1;
    uint32_t v;
    if (*p == '\\') {
        bool is_byte;
        p++;
        if (!read_escape(&p, end, &v, &is_byte))
            return const_unknown();
    } else {
        size_t len;
        v = decode_rune(p, end, &len);
        p += len;
    }
    return p == end ? const_int64(a, v) : const_unknown();
}

static ConstVal *string_literal(Arena *a, const char *s, uint32_t n)
{
    if (n < 2 || s[n - 1] != s[0])
        return const_unknown();
    char *buf = arena_alloc(a, n + 4u);
    size_t k = 0;
    const char *p = s + 1, *end = s + n - 1;
    if (s[0] == '`') { /* raw, without carriage returns */
        for (; p < end; p++)
            if (*p != '\r')
                buf[k++] = *p;
    } else {
        while (p < end) {
            if (*p != '\\') {
                buf[k++] = *p++;
                continue;
            }
            p++;
            uint32_t v;
            bool is_byte;
            if (!read_escape(&p, end, &v, &is_byte))
                return const_unknown();
            if (is_byte)
                buf[k++] = (char)v;
            else
                k += encode_rune(buf + k, v); /* never longer than the escape */
        }
    }
    ConstVal *v = ARENA_NEW(a, ConstVal);
    buf[k] = '\0';
    v->rep = REP_STRING;
    v->str.s = buf;
    v->str.n = k;
    return v;
}

ConstVal *const_from_literal(Arena *a, Token tok, const char *text, uint32_t len)
{
    if (tok == TOK_CHAR)
        return rune_literal(a, text, len);
    if (tok == TOK_STRING)
        return string_literal(a, text, len);
    char *s = strip_underscores(a, text, &len);
    switch (tok) {
    case TOK_INT: return int_literal(a, s, len, true);
    case TOK_FLOAT: return float_literal(a, s);
    case TOK_IMAG: return imag_literal(a, s, len);
    default: return const_unknown();
    }
}
