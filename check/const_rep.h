/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How constant values are represented; private to check/const*.c.  A value's limbs lie in
 * its arena and are never freed or changed: GMP and MPFR compute in their own memory (they
 * are shared with libgccjit, so their allocator must not be replaced) and results are
 * copied into the arena. */
#ifndef GOL_CHECK_CONST_REP_H
#define GOL_CHECK_CONST_REP_H

#include <gmp.h>
#include <mpfr.h>

#include "check/const.h"

enum {
    FLOAT_PREC = 512,    /* mantissa bits of floats that are not rationals */
    SMALL_BITS = 4 << 10 /* numerators and denominators stay exact below this many bits */
};

/* In the order in which operands are matched: later ones hold earlier ones. */
typedef enum ConstRep {
    REP_UNKNOWN,
    REP_BOOL,
    REP_STRING,
    REP_CONCAT,  /* a string not yet put together: chains of + stay linear */
    REP_SMALL,   /* an integer that fits int64 */
    REP_BIG,     /* an integer that does not */
    REP_RAT,     /* a FLOAT, exact, in lowest terms */
    REP_FLOAT,   /* a FLOAT of 512 bits, finite and not zero */
    REP_COMPLEX, /* re and im are INT or FLOAT */
} ConstRep;

struct ConstVal {
    ConstRep rep;
    union {
        bool b;
        struct {
            const char *s;
            size_t n;
        } str;
        struct {
            const ConstVal *l, *r;
            size_t n;
            Arena *a;
        } cat;
        int64_t i;
        mpz_t big;
        mpq_t rat;
        mpfr_t flt;
        struct {
            const ConstVal *re, *im;
        } cplx;
    };
};

/* Each copies its operand into a normalised value in a. */
ConstVal *const_make_int(Arena *a, const mpz_t z);
/* Exact if small, else rounded to a FLOAT.  q is canonical. */
ConstVal *const_make_rat(Arena *a, const mpq_t q);
/* UNKNOWN for infinities and NaN. */
ConstVal *const_make_float(Arena *a, const mpfr_t f);
/* Whether a rational of this magnitude is small enough to stay exact. */
bool const_float_is_small(const mpfr_t f);

/* The operand as a number of the named type, into an initialised variable; v's rep is at
 * most the one asked for. */
void const_get_int(mpz_t out, const ConstVal *v);
void const_get_rat(mpq_t out, const ConstVal *v);
void const_get_float(mpfr_t out, const ConstVal *v);

#endif
