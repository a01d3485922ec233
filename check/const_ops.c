/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Operations on constant values.  Operands are first matched to the larger representation
 * of the two (integer, rational, float, complex); results are normalised again. */
#include <string.h>

#include "base/diag.h"
#include "check/const_rep.h"

static ConstVal *binary_small(Arena *a, int64_t x, Token op, int64_t y, bool int_division,
                              bool *done)
{
    int64_t z;
    *done = true;
    switch (op) {
    case TOK_ADD:
        if (!__builtin_add_overflow(x, y, &z))
            return const_int64(a, z);
        break;
    case TOK_SUB:
        if (!__builtin_sub_overflow(x, y, &z))
            return const_int64(a, z);
        break;
    case TOK_MUL:
        if (!__builtin_mul_overflow(x, y, &z))
            return const_int64(a, z);
        break;
    case TOK_QUO:
        if (int_division && !(x == INT64_MIN && y == -1))
            return const_int64(a, x / y);
        break;
    case TOK_REM: return const_int64(a, y == -1 ? 0 : x % y);
    case TOK_AND: return const_int64(a, x & y);
    case TOK_OR: return const_int64(a, x | y);
    case TOK_XOR: return const_int64(a, x ^ y);
    case TOK_AND_NOT: return const_int64(a, x & ~y);
    default: break;
    }
    *done = false;
    return NULL;
}

static ConstVal *binary_int(Arena *a, const ConstVal *x, Token op, const ConstVal *y,
                            bool int_division)
{
    if (x->rep == REP_SMALL && y->rep == REP_SMALL) {
        bool done;
        ConstVal *v = binary_small(a, x->i, op, y->i, int_division, &done);
        if (done)
            return v;
    }
    mpz_t p, q, r;
    mpz_inits(p, q, r, NULL);
    const_get_int(p, x);
    const_get_int(q, y);
    ConstVal *v = NULL;
    switch (op) {
    case TOK_ADD: mpz_add(r, p, q); break;
    case TOK_SUB: mpz_sub(r, p, q); break;
    case TOK_MUL: mpz_mul(r, p, q); break;
    case TOK_QUO:
        if (int_division) {
            mpz_tdiv_q(r, p, q);
        } else {
            mpq_t f;
            mpq_init(f);
            mpz_set(mpq_numref(f), p);
            mpz_set(mpq_denref(f), q);
            mpq_canonicalize(f);
            v = const_make_rat(a, f);
            mpq_clear(f);
        }
        break;
    case TOK_REM: mpz_tdiv_r(r, p, q); break;
    case TOK_AND: mpz_and(r, p, q); break;
    case TOK_OR: mpz_ior(r, p, q); break;
    case TOK_XOR: mpz_xor(r, p, q); break;
    case TOK_AND_NOT:
        mpz_com(q, q);
        mpz_and(r, p, q);
        break;
    default: v = const_unknown(); break;
    }
    if (!v)
        v = const_make_int(a, r);
    mpz_clears(p, q, r, NULL);
    return v;
}

static ConstVal *binary_rat(Arena *a, const ConstVal *x, Token op, const ConstVal *y)
{
    mpq_t p, q, r;
    mpq_inits(p, q, r, NULL);
    const_get_rat(p, x);
    const_get_rat(q, y);
    bool ok = true;
    switch (op) {
    case TOK_ADD: mpq_add(r, p, q); break;
    case TOK_SUB: mpq_sub(r, p, q); break;
    case TOK_MUL: mpq_mul(r, p, q); break;
    case TOK_QUO: mpq_div(r, p, q); break;
    default: ok = false; break;
    }
    ConstVal *v = ok ? const_make_rat(a, r) : const_unknown();
    mpq_clears(p, q, r, NULL);
    return v;
}

static ConstVal *binary_float(Arena *a, const ConstVal *x, Token op, const ConstVal *y)
{
    mpfr_t p, q;
    mpfr_inits2(FLOAT_PREC, p, q, (mpfr_ptr)NULL);
    const_get_float(p, x);
    const_get_float(q, y);
    bool ok = true;
    switch (op) {
    case TOK_ADD: mpfr_add(p, p, q, MPFR_RNDN); break;
    case TOK_SUB: mpfr_sub(p, p, q, MPFR_RNDN); break;
    case TOK_MUL: mpfr_mul(p, p, q, MPFR_RNDN); break;
    case TOK_QUO: mpfr_div(p, p, q, MPFR_RNDN); break;
    default: ok = false; break;
    }
    ConstVal *v = ok ? const_make_float(a, p) : const_unknown();
    mpfr_clears(p, q, (mpfr_ptr)NULL);
    return v;
}

static ConstVal *binary_complex(Arena *ar, const ConstVal *x, Token op, const ConstVal *y)
{
#define OP(p, o, q) const_binary(ar, (p), TOK_##o, (q), false)
    const ConstVal *a = const_real(ar, x), *b = const_imag(ar, x);
    const ConstVal *c = const_real(ar, y), *d = const_imag(ar, y);
    switch (op) {
    case TOK_ADD: return const_complex(ar, OP(a, ADD, c), OP(b, ADD, d));
    case TOK_SUB: return const_complex(ar, OP(a, SUB, c), OP(b, SUB, d));
    case TOK_MUL: /* (a+bi)(c+di) = (ac-bd) + (bc+ad)i */
        return const_complex(ar, OP(OP(a, MUL, c), SUB, OP(b, MUL, d)),
                             OP(OP(b, MUL, c), ADD, OP(a, MUL, d)));
    case TOK_QUO: { /* (ac+bd)/s + (bc-ad)/s i, with s = cc + dd */
        const ConstVal *s = OP(OP(c, MUL, c), ADD, OP(d, MUL, d));
        if (const_sign(s) == 0)
            return const_unknown(); /* tiny operands whose squares vanish */
        return const_complex(ar, OP(OP(OP(a, MUL, c), ADD, OP(b, MUL, d)), QUO, s),
                             OP(OP(OP(b, MUL, c), SUB, OP(a, MUL, d)), QUO, s));
    }
    default: return const_unknown();
    }
#undef OP
}

static size_t string_len(const ConstVal *v)
{
    return v->rep == REP_CONCAT ? v->cat.n : v->str.n;
}

static ConstVal *concat(Arena *a, const ConstVal *x, const ConstVal *y)
{
    ConstVal *v = ARENA_NEW(a, ConstVal);
    v->rep = REP_CONCAT;
    if (y->rep == REP_CONCAT) { /* keep chains leaning to the left */
        size_t n;
        const_string_val(y, &n);
    }
    v->cat.l = x;
    v->cat.r = y;
    v->cat.n = string_len(x) + string_len(y);
    v->cat.a = a;
    return v;
}

static bool is_string(const ConstVal *v)
{
    return v->rep == REP_STRING || v->rep == REP_CONCAT;
}

ConstVal *const_binary(Arena *a, const ConstVal *x, Token op, const ConstVal *y, bool int_division)
{
    if (x->rep == REP_UNKNOWN || y->rep == REP_UNKNOWN)
        return const_unknown();
    if (x->rep == REP_BOOL || y->rep == REP_BOOL) {
        if (x->rep != y->rep)
            return const_unknown();
        switch (op) {
        case TOK_LAND: return const_bool(a, x->b && y->b);
        case TOK_LOR: return const_bool(a, x->b || y->b);
        default: return const_unknown();
        }
    }
    if (is_string(x) || is_string(y)) {
        if (is_string(x) && is_string(y) && op == TOK_ADD)
            return concat(a, x, y);
        return const_unknown();
    }
    ConstRep rep = x->rep > y->rep ? x->rep : y->rep;
    if (rep == REP_COMPLEX)
        return binary_complex(a, x, op, y);
    if (rep == REP_FLOAT)
        return binary_float(a, x, op, y);
    if (rep == REP_RAT)
        return binary_rat(a, x, op, y);
    return binary_int(a, x, op, y, int_division);
}

static ConstVal *negate(Arena *a, const ConstVal *x)
{
    switch (x->rep) {
    case REP_SMALL:
    case REP_BIG: return const_binary(a, const_int64(a, 0), TOK_SUB, x, true);
    case REP_RAT: {
        mpq_t q;
        mpq_init(q);
        mpq_neg(q, x->rat);
        ConstVal *v = const_make_rat(a, q);
        mpq_clear(q);
        return v;
    }
    case REP_FLOAT: {
        mpfr_t f;
        mpfr_init2(f, FLOAT_PREC);
        mpfr_neg(f, x->flt, MPFR_RNDN);
        ConstVal *v = const_make_float(a, f);
        mpfr_clear(f);
        return v;
    }
    case REP_COMPLEX: return const_complex(a, negate(a, x->cplx.re), negate(a, x->cplx.im));
    default: return const_unknown();
    }
}

static ConstVal *complement(Arena *a, const ConstVal *x, unsigned prec)
{
    if (const_kind(x) != CONST_INT)
        return const_unknown();
    mpz_t z, mask;
    mpz_inits(z, mask, NULL);
    const_get_int(z, x);
    mpz_com(z, z);
    if (prec) { /* of an unsigned type: only its bits */
        mpz_setbit(mask, prec);
        mpz_sub_ui(mask, mask, 1);
        mpz_and(z, z, mask);
    }
    ConstVal *v = const_make_int(a, z);
    mpz_clears(z, mask, NULL);
    return v;
}

ConstVal *const_unary(Arena *a, Token op, const ConstVal *x, unsigned prec)
{
    switch (op) {
    case TOK_ADD:
        if (const_kind(x) < CONST_INT)
            return const_unknown();
        return (ConstVal *)x;
    case TOK_SUB: return negate(a, x);
    case TOK_XOR: return complement(a, x, prec);
    case TOK_NOT: return x->rep == REP_BOOL ? const_bool(a, !x->b) : const_unknown();
    default: return const_unknown();
    }
}

ConstVal *const_shift(Arena *a, const ConstVal *x, Token op, uint64_t count)
{
    if (const_kind(x) != CONST_INT)
        return const_unknown();
    if (const_sign(x) == 0 || count == 0)
        return (ConstVal *)x;
    mpz_t z;
    mpz_init(z);
    const_get_int(z, x);
    ConstVal *v;
    if (op == TOK_SHL) {
        if (count > 1u << 20) { /* no memory is worth this; callers limit it lower */
            v = const_unknown();
        } else {
            mpz_mul_2exp(z, z, count);
            v = const_make_int(a, z);
        }
    } else { /* towards minus infinity */
        mpz_fdiv_q_2exp(z, z, count);
        v = const_make_int(a, z);
    }
    mpz_clear(z);
    return v;
}

static bool compare_result(int c, Token op)
{
    switch (op) {
    case TOK_EQL: return c == 0;
    case TOK_NEQ: return c != 0;
    case TOK_LSS: return c < 0;
    case TOK_LEQ: return c <= 0;
    case TOK_GTR: return c > 0;
    case TOK_GEQ: return c >= 0;
    default: return false;
    }
}

static int compare_strings(const ConstVal *x, const ConstVal *y)
{
    size_t m, n;
    const char *s = const_string_val(x, &m), *t = const_string_val(y, &n);
    int c = memcmp(s, t, m < n ? m : n);
    return c ? c : (m > n) - (m < n);
}

static int compare_numbers(const ConstVal *x, const ConstVal *y)
{
    ConstRep rep = x->rep > y->rep ? x->rep : y->rep;
    int c;
    if (rep == REP_SMALL)
        return (x->i > y->i) - (x->i < y->i);
    if (rep == REP_FLOAT) {
        mpfr_t p, q;
        mpfr_inits2(FLOAT_PREC, p, q, (mpfr_ptr)NULL);
        const_get_float(p, x);
        const_get_float(q, y);
        c = mpfr_cmp(p, q);
        mpfr_clears(p, q, (mpfr_ptr)NULL);
        return c;
    }
    mpq_t p, q;
    mpq_inits(p, q, NULL);
    const_get_rat(p, x);
    const_get_rat(q, y);
    c = mpq_cmp(p, q);
    mpq_clears(p, q, NULL);
    return c;
}

/* False if an operand is UNKNOWN, whatever the operator. */
bool const_compare(const ConstVal *x, Token op, const ConstVal *y)
{
    ConstKind xk = const_kind(x), yk = const_kind(y);
    if (xk == CONST_UNKNOWN || yk == CONST_UNKNOWN)
        return false;
    if (xk == CONST_BOOL || yk == CONST_BOOL)
        return xk == yk && compare_result(x->b - y->b, op);
    if (xk == CONST_STRING || yk == CONST_STRING)
        return xk == yk && compare_result(compare_strings(x, y), op);
    if (xk == CONST_COMPLEX || yk == CONST_COMPLEX) {
        ConstVal zero = {.rep = REP_SMALL, .i = 0};
        const ConstVal *xr = x, *xi = &zero, *yr = y, *yi = &zero;
        if (xk == CONST_COMPLEX) {
            xr = x->cplx.re;
            xi = x->cplx.im;
        }
        if (yk == CONST_COMPLEX) {
            yr = y->cplx.re;
            yi = y->cplx.im;
        }
        bool eq = compare_numbers(xr, yr) == 0 && compare_numbers(xi, yi) == 0;
        return compare_result(!eq, op);
    }
    return compare_result(compare_numbers(x, y), op);
}
