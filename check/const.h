/* Constant values of arbitrary precision, as go/constant has them: bools, strings, exact
 * integers (GMP), exact rationals while they stay small and 512-bit floats beyond (GMP,
 * MPFR), and complex numbers.  Values are immutable; they live in the arena given, the
 * limbs of GMP too (no mpz_clear anywhere: GMP allocates through the arena of the call).
 * Source of the rules: Go spec, "Constants", "Constant expressions", "Representability". */
#ifndef GOL_CHECK_CONST_H
#define GOL_CHECK_CONST_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/ast.h"

typedef enum ConstKind {
    CONST_UNKNOWN, /* an operand was wrong: every operation gives UNKNOWN again */
    CONST_BOOL,
    CONST_STRING,
    CONST_INT,
    CONST_FLOAT,
    CONST_COMPLEX,
} ConstKind;

/* Once, before any of the others: exponents have the range that Go's compiler gives them. */
void const_init(void);

ConstKind const_kind(const ConstVal *v);

ConstVal *const_unknown(void);
ConstVal *const_bool(Arena *a, bool b);
ConstVal *const_string(Arena *a, const char *s, size_t n); /* copies */
ConstVal *const_int64(Arena *a, int64_t x);
ConstVal *const_uint64(Arena *a, uint64_t x);
ConstVal *const_float64(Arena *a, double x);
ConstVal *const_complex(Arena *a, const ConstVal *re, const ConstVal *im);
/* From a literal's text; UNKNOWN when it is malformed (the lexer has reported it) or has
 * an exponent beyond any use. */
ConstVal *const_from_literal(Arena *a, Token tok, const char *text, uint32_t len);

bool const_bool_val(const ConstVal *v);
/* The bytes; not necessarily UTF-8. */
const char *const_string_val(const ConstVal *v, size_t *n);
/* Whether the exact value fits, and the value (INT, or FLOAT with an integral value). */
bool const_int64_val(const ConstVal *v, int64_t *out);
bool const_uint64_val(const ConstVal *v, uint64_t *out);
/* Rounded to nearest even; INT and FLOAT.  Overflow gives ±Inf. */
double const_float64_val(const ConstVal *v);
float const_float32_val(const ConstVal *v);
ConstVal *const_real(Arena *a, const ConstVal *v);
ConstVal *const_imag(Arena *a, const ConstVal *v);
int const_sign(const ConstVal *v);    /* -1 0 1; of a complex: 0 only if zero */
int const_bit_len(const ConstVal *v); /* INT: bits of the magnitude */

/* To INT/FLOAT/COMPLEX if the value is exactly that, else UNKNOWN. */
ConstVal *const_to_int(Arena *a, const ConstVal *v);
ConstVal *const_to_float(Arena *a, const ConstVal *v);
ConstVal *const_to_complex(Arena *a, const ConstVal *v);

/* op: ADD SUB MUL QUO REM AND OR XOR AND_NOT LAND LOR; operands are matched to the larger
 * kind; QUO on two INTs with int_division is truncated, else an exact quotient.
 * Division by zero must be excluded by the caller. */
ConstVal *const_binary(Arena *a, const ConstVal *x, Token op, const ConstVal *y, bool int_division);
/* op: ADD SUB XOR NOT.  prec: for XOR of an unsigned type its width in bits, else 0. */
ConstVal *const_unary(Arena *a, Token op, const ConstVal *x, unsigned prec);
ConstVal *const_shift(Arena *a, const ConstVal *x, Token op, uint64_t count);
bool const_compare(const ConstVal *x, Token op, const ConstVal *y);

/* As it stands in messages (short) and in --emit (exact where integral). */
const char *const_print(Arena *a, const ConstVal *v);

#endif
