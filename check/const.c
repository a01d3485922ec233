/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Constant values: making them, reading them, and converting between their kinds.  The
 * operations are in const_ops.c, literals in const_literal.c, printing in const_print.c. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "check/const_rep.h"

static ConstVal unknown = {.rep = REP_UNKNOWN};

static ConstVal *value_new(Arena *a, ConstRep rep)
{
    ConstVal *v = ARENA_NEW(a, ConstVal);
    v->rep = rep;
    return v;
}

ConstKind const_kind(const ConstVal *v)
{
    switch (v->rep) {
    case REP_UNKNOWN: return CONST_UNKNOWN;
    case REP_BOOL: return CONST_BOOL;
    case REP_STRING:
    case REP_CONCAT: return CONST_STRING;
    case REP_SMALL:
    case REP_BIG: return CONST_INT;
    case REP_RAT:
    case REP_FLOAT: return CONST_FLOAT;
    case REP_COMPLEX: return CONST_COMPLEX;
    }
    return CONST_UNKNOWN;
}

void const_init(void)
{
    mpfr_set_emin(INT32_MIN);
    mpfr_set_emax(INT32_MAX);
}

/* ---- making values ---------------------------------------------------------------------- */

ConstVal *const_unknown(void)
{
    return &unknown;
}

ConstVal *const_bool(Arena *a, bool b)
{
    ConstVal *v = value_new(a, REP_BOOL);
    v->b = b;
    return v;
}

ConstVal *const_string(Arena *a, const char *s, size_t n)
{
    ConstVal *v = value_new(a, REP_STRING);
    v->str.s = arena_strndup(a, s, n);
    v->str.n = n;
    return v;
}

ConstVal *const_int64(Arena *a, int64_t x)
{
    ConstVal *v = value_new(a, REP_SMALL);
    v->i = x;
    return v;
}

/* A copy of z whose limbs lie in the arena. */
static void mpz_into_arena(Arena *a, mpz_t dst, const mpz_t z)
{
    size_t n = mpz_size(z);
    mp_limb_t *limbs = ARENA_ARRAY(a, mp_limb_t, n ? n : 1);
    if (n)
        memcpy(limbs, mpz_limbs_read(z), n * sizeof *limbs);
    mpz_roinit_n(dst, limbs, mpz_sgn(z) < 0 ? -(mp_size_t)n : (mp_size_t)n);
}

ConstVal *const_make_int(Arena *a, const mpz_t z)
{
    if (mpz_fits_slong_p(z))
        return const_int64(a, mpz_get_si(z));
    ConstVal *v = value_new(a, REP_BIG);
    mpz_into_arena(a, v->big, z);
    return v;
}

static bool int_is_small(const mpz_t z)
{
    return mpz_sizeinbase(z, 2) < SMALL_BITS;
}

ConstVal *const_make_rat(Arena *a, const mpq_t q)
{
    if (int_is_small(mpq_numref(q)) && int_is_small(mpq_denref(q))) {
        ConstVal *v = value_new(a, REP_RAT);
        mpz_into_arena(a, mpq_numref(v->rat), mpq_numref(q));
        mpz_into_arena(a, mpq_denref(v->rat), mpq_denref(q));
        return v;
    }
    mpfr_t f;
    mpfr_init2(f, FLOAT_PREC);
    mpfr_set_q(f, q, MPFR_RNDN);
    ConstVal *v = const_make_float(a, f);
    mpfr_clear(f);
    return v;
}

bool const_float_is_small(const mpfr_t f)
{
    if (mpfr_zero_p(f))
        return true;
    if (!mpfr_number_p(f))
        return false;
    mpfr_exp_t e = mpfr_get_exp(f);
    return -SMALL_BITS < e && e < SMALL_BITS;
}

ConstVal *const_make_float(Arena *a, const mpfr_t f)
{
    if (!mpfr_number_p(f))
        return &unknown;
    ConstVal *v;
    if (mpfr_zero_p(f)) { /* there is no negative zero among constants */
        mpq_t zero;
        mpq_init(zero);
        v = const_make_rat(a, zero);
        mpq_clear(zero);
        return v;
    }
    v = value_new(a, REP_FLOAT);
    size_t bytes = mpfr_custom_get_size(FLOAT_PREC);
    void *limbs = arena_alloc(a, bytes);
    mpfr_custom_init(limbs, FLOAT_PREC);
    mpfr_custom_init_set(v->flt, MPFR_ZERO_KIND, 0, FLOAT_PREC, limbs);
    mpfr_set(v->flt, f, MPFR_RNDN);
    return v;
}

ConstVal *const_uint64(Arena *a, uint64_t x)
{
    if (x <= INT64_MAX)
        return const_int64(a, (int64_t)x);
    mpz_t z;
    mpz_init_set_ui(z, x);
    ConstVal *v = const_make_int(a, z);
    mpz_clear(z);
    return v;
}

ConstVal *const_float64(Arena *a, double x)
{
    if (!isfinite(x))
        return &unknown;
    mpq_t q;
    mpq_init(q);
    mpq_set_d(q, x);
    ConstVal *v = const_make_rat(a, q);
    mpq_clear(q);
    return v;
}

ConstVal *const_complex(Arena *a, const ConstVal *re, const ConstVal *im)
{
    ConstKind rk = const_kind(re), ik = const_kind(im);
    if ((rk != CONST_INT && rk != CONST_FLOAT) || (ik != CONST_INT && ik != CONST_FLOAT))
        return &unknown;
    ConstVal *v = value_new(a, REP_COMPLEX);
    v->cplx.re = re;
    v->cplx.im = im;
    return v;
}

/* ---- reading values --------------------------------------------------------------------- */

void const_get_int(mpz_t out, const ConstVal *v)
{
    if (v->rep == REP_SMALL)
        mpz_set_si(out, v->i);
    else
        mpz_set(out, v->big);
}

void const_get_rat(mpq_t out, const ConstVal *v)
{
    if (v->rep == REP_RAT) {
        mpq_set(out, v->rat);
        return;
    }
    const_get_int(mpq_numref(out), v);
    mpz_set_ui(mpq_denref(out), 1);
}

void const_get_float(mpfr_t out, const ConstVal *v)
{
    switch (v->rep) {
    case REP_SMALL: mpfr_set_si(out, v->i, MPFR_RNDN); break;
    case REP_BIG: mpfr_set_z(out, v->big, MPFR_RNDN); break;
    case REP_RAT: mpfr_set_q(out, v->rat, MPFR_RNDN); break;
    default: mpfr_set(out, v->flt, MPFR_RNDN); break;
    }
}

bool const_bool_val(const ConstVal *v)
{
    return v->rep == REP_BOOL && v->b;
}

/* Puts a chain of + together.  Chains lean to the left, so the walk fills the buffer from
 * its end, going down the left spine and recursing only into right operands. */
static void fill_concat(const ConstVal *v, char *end)
{
    while (v->rep == REP_CONCAT) {
        const ConstVal *r = v->cat.r;
        size_t rn;
        if (r->rep == REP_STRING) {
            rn = r->str.n;
            memcpy(end - rn, r->str.s, rn);
        } else {
            rn = r->cat.n;
            fill_concat(r, end);
        }
        end -= rn;
        v = v->cat.l;
    }
    memcpy(end - v->str.n, v->str.s, v->str.n);
}

const char *const_string_val(const ConstVal *v, size_t *n)
{
    if (v->rep == REP_CONCAT) {
        /* The value stays what it is; only its form changes, once. */
        ConstVal *w = (ConstVal *)v;
        size_t len = v->cat.n;
        char *s = arena_alloc(v->cat.a, len + 1);
        fill_concat(v, s + len);
        w->rep = REP_STRING;
        w->str.s = s;
        w->str.n = len;
    }
    if (v->rep != REP_STRING) {
        *n = 0;
        return "";
    }
    *n = v->str.n;
    return v->str.s;
}

/* The integer that a float is, or is but for rounding errors of earlier steps (the last
 * four of its bits), as Go's compilers have it. */
static bool float_to_int(mpz_t out, const mpfr_t f)
{
    if (!const_float_is_small(f)) /* no huge integers */
        return false;
    if (mpfr_integer_p(f)) {
        mpfr_get_z(out, f, MPFR_RNDZ);
        return true;
    }
    static const mpfr_rnd_t modes[] = {MPFR_RNDZ, MPFR_RNDA};
    mpfr_t t;
    mpfr_init2(t, FLOAT_PREC - 4);
    bool ok = false;
    for (int i = 0; i < 2 && !ok; i++) {
        mpfr_set(t, f, modes[i]);
        if (mpfr_integer_p(t)) {
            mpfr_get_z(out, t, MPFR_RNDZ);
            ok = true;
        }
    }
    mpfr_clear(t);
    return ok;
}

/* INT, FLOAT or COMPLEX that is an integer, into out. */
static bool to_mpz(mpz_t out, const ConstVal *v)
{
    switch (v->rep) {
    case REP_SMALL:
    case REP_BIG: const_get_int(out, v); return true;
    case REP_RAT:
        if (mpz_cmp_ui(mpq_denref(v->rat), 1) != 0)
            return false;
        mpz_set(out, mpq_numref(v->rat));
        return true;
    case REP_FLOAT: return float_to_int(out, v->flt);
    case REP_COMPLEX: return const_sign(v->cplx.im) == 0 && to_mpz(out, v->cplx.re);
    default: return false;
    }
}

bool const_int64_val(const ConstVal *v, int64_t *out)
{
    if (v->rep == REP_SMALL) {
        *out = v->i;
        return true;
    }
    mpz_t z;
    mpz_init(z);
    bool ok = to_mpz(z, v) && mpz_fits_slong_p(z);
    if (ok)
        *out = mpz_get_si(z);
    mpz_clear(z);
    return ok;
}

bool const_uint64_val(const ConstVal *v, uint64_t *out)
{
    if (v->rep == REP_SMALL) {
        *out = (uint64_t)v->i;
        return v->i >= 0;
    }
    mpz_t z;
    mpz_init(z);
    bool ok = to_mpz(z, v) && mpz_fits_ulong_p(z);
    if (ok)
        *out = mpz_get_ui(z);
    mpz_clear(z);
    return ok;
}

/* Rounds once, to nearest even, to a binary format with denormals: MPFR's own recipe for
 * emulating IEEE 754. */
static void round_to_ieee(mpfr_t out, const ConstVal *v, mpfr_exp_t emin, mpfr_exp_t emax)
{
    mpfr_exp_t old_min = mpfr_get_emin(), old_max = mpfr_get_emax();
    int t;
    switch (v->rep) {
    case REP_SMALL: t = mpfr_set_si(out, v->i, MPFR_RNDN); break;
    case REP_BIG: t = mpfr_set_z(out, v->big, MPFR_RNDN); break;
    case REP_RAT: t = mpfr_set_q(out, v->rat, MPFR_RNDN); break;
    case REP_FLOAT: t = mpfr_set(out, v->flt, MPFR_RNDN); break;
    default:
        mpfr_set_zero(out, 1);
        t = 0;
        break;
    }
    mpfr_set_emin(emin);
    mpfr_set_emax(emax);
    t = mpfr_check_range(out, t, MPFR_RNDN);
    mpfr_subnormalize(out, t, MPFR_RNDN);
    mpfr_set_emin(old_min);
    mpfr_set_emax(old_max);
}

static const ConstVal *real_part(const ConstVal *v)
{
    return v->rep == REP_COMPLEX ? v->cplx.re : v;
}

double const_float64_val(const ConstVal *v)
{
    mpfr_t f;
    mpfr_init2(f, 53);
    round_to_ieee(f, real_part(v), -1073, 1024);
    double d = mpfr_get_d(f, MPFR_RNDN);
    mpfr_clear(f);
    return d;
}

float const_float32_val(const ConstVal *v)
{
    mpfr_t f;
    mpfr_init2(f, 24);
    round_to_ieee(f, real_part(v), -148, 128);
    float d = mpfr_get_flt(f, MPFR_RNDN);
    mpfr_clear(f);
    return d;
}

ConstVal *const_real(Arena *a, const ConstVal *v)
{
    (void)a;
    switch (const_kind(v)) {
    case CONST_INT:
    case CONST_FLOAT: return (ConstVal *)v;
    case CONST_COMPLEX: return (ConstVal *)v->cplx.re;
    default: return &unknown;
    }
}

ConstVal *const_imag(Arena *a, const ConstVal *v)
{
    switch (const_kind(v)) {
    case CONST_INT:
    case CONST_FLOAT: return const_int64(a, 0);
    case CONST_COMPLEX: return (ConstVal *)v->cplx.im;
    default: return &unknown;
    }
}

int const_sign(const ConstVal *v)
{
    switch (v->rep) {
    case REP_SMALL: return (v->i > 0) - (v->i < 0);
    case REP_BIG: return mpz_sgn(v->big);
    case REP_RAT: return mpq_sgn(v->rat);
    case REP_FLOAT: return mpfr_sgn(v->flt);
    case REP_COMPLEX: return const_sign(v->cplx.re) | const_sign(v->cplx.im);
    default: return 1; /* as if not zero: no division error after an earlier one */
    }
}

int const_bit_len(const ConstVal *v)
{
    if (v->rep == REP_SMALL) {
        uint64_t m = v->i < 0 ? -(uint64_t)v->i : (uint64_t)v->i;
        return m ? 64 - __builtin_clzll(m) : 0;
    }
    return v->rep == REP_BIG ? (int)mpz_sizeinbase(v->big, 2) : 0;
}

/* ---- converting between kinds ------------------------------------------------------------- */

ConstVal *const_to_int(Arena *a, const ConstVal *v)
{
    if (const_kind(v) == CONST_INT)
        return (ConstVal *)v;
    mpz_t z;
    mpz_init(z);
    ConstVal *r = to_mpz(z, v) ? const_make_int(a, z) : &unknown;
    mpz_clear(z);
    return r;
}

ConstVal *const_to_float(Arena *a, const ConstVal *v)
{
    switch (v->rep) {
    case REP_SMALL:
    case REP_BIG: {
        mpq_t q;
        mpq_init(q);
        const_get_rat(q, v);
        ConstVal *r = const_make_rat(a, q);
        mpq_clear(q);
        return r;
    }
    case REP_RAT:
    case REP_FLOAT: return (ConstVal *)v;
    case REP_COMPLEX:
        if (const_sign(v->cplx.im) == 0)
            return const_to_float(a, v->cplx.re);
        return &unknown;
    default: return &unknown;
    }
}

ConstVal *const_to_complex(Arena *a, const ConstVal *v)
{
    switch (const_kind(v)) {
    case CONST_INT:
    case CONST_FLOAT: return const_complex(a, v, const_int64(a, 0));
    case CONST_COMPLEX: return (ConstVal *)v;
    default: return &unknown;
    }
}
