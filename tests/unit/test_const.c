/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Constant values.  The table of floats was printed by Go (go/constant). */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "check/const.h"

static Arena *A;

static void setup(void)
{
    A = arena_new();
}

TestSuite(constants, .init = setup);

static ConstVal *lit(Token t, const char *s)
{
    return const_from_literal(A, t, s, (uint32_t)strlen(s));
}

static ConstVal *in(const char *s)
{
    return lit(TOK_INT, s);
}

static ConstVal *fl(const char *s)
{
    return lit(TOK_FLOAT, s);
}

static ConstVal *im(const char *s)
{
    return lit(TOK_IMAG, s);
}

static ConstVal *op(ConstVal *x, Token o, ConstVal *y)
{
    return const_binary(A, x, o, y, true);
}

static void shows(ConstVal *v, const char *want)
{
    cr_expect_str_eq(const_print(A, v), want);
}

Test(constants, integer_literals)
{
    shows(in("0"), "0");
    shows(in("42"), "42");
    shows(in("4_2"), "42");
    shows(in("0600"), "384");
    shows(in("0_600"), "384");
    shows(in("0o600"), "384");
    shows(in("0O600"), "384");
    shows(in("0xBadFace"), "195951310");
    shows(in("0x_67_7a_2f_cc_40_c6"), "113774485586118");
    shows(in("0b1010_1010"), "170");
    shows(in("0B1"), "1");
    shows(in("170141183460469231731687303715884105727"), "170141183460469231731687303715884105727");
    shows(in("18446744073709551615"), "18446744073709551615");
    cr_expect_eq(const_kind(in("089")), CONST_UNKNOWN);
    cr_expect_eq(const_kind(in("0x")), CONST_UNKNOWN);
    cr_expect_eq(const_kind(in("0b12")), CONST_UNKNOWN);
}

static const struct {
    const char *text, *print;
    double f64;
    float f32;
} floats[] = {
    {"1.5", "1.5", 0x1.8p+00, 0x1.8p+00f},
    {"0.1", "0.1", 0x1.999999999999ap-04, 0x1.99999ap-04f},
    {"3.14159265358979323846264338327950288419716939937510582097494459", "3.14159",
     0x1.921fb54442d18p+01, 0x1.921fb6p+01f},
    {"1e100", "1e+100", 0x1.249ad2594c37dp+332, INFINITY},
    {"1e-100", "1e-100", 0x1.bff2ee48e053p-333, 0x0p+00f},
    {"1e1000", "1e+1000", INFINITY, INFINITY},
    {"1e-1000", "1e-1000", 0x0p+00, 0x0p+00f},
    {"1e2000", "1e+2000", INFINITY, INFINITY},
    {"123456789.0", "1.23457e+08", 0x1.d6f3454p+26, 0x1.d6f346p+26f},
    {"1e6", "1e+06", 0x1.e848p+19, 0x1.e848p+19f},
    {"100000.0", "100000", 0x1.86ap+16, 0x1.86ap+16f},
    {"0x1p-2", "0.25", 0x1p-02, 0x1p-02f},
    {"0x1.8p1", "3", 0x1.8p+01, 0x1.8p+01f},
    {"0x1p-1074", "4.94066e-324", 0x1p-1074, 0x0p+00f},
    {"0x1.8p-1074", "9.88131e-324", 0x1p-1073, 0x0p+00f},
    {"0x1p-1075", "2.47033e-324", 0x0p+00, 0x0p+00f},
    {"0x1.0000000000001p-1075", "4.94066e-324", 0x1p-1074, 0x0p+00f},
    {"1.7976931348623157e308", "1.79769e+308", 0x1.fffffffffffffp+1023, INFINITY},
    {"1.7976931348623159e308", "1.79769e+308", INFINITY, INFINITY},
    {"3.4028235677973366e38", "3.40282e+38", 0x1.ffffffp+127, 0x1.fffffep+127f},
    {"1e-45", "1e-45", 0x1.6d601ad376ab9p-150, 0x1p-149f},
    {"7e-46", "7e-46", 0x1.ff868bf4d956ap-151, 0x0p+00f},
    {"16777217.0", "1.67772e+07", 0x1.000001p+24, 0x1p+24f},
    {"16777219.0", "1.67772e+07", 0x1.000003p+24, 0x1.000004p+24f},
    {"0x1.000001p0", "1.0000000596046448", 0x1.000001p+00, 0x1p+00f},
    {"0x1.0000010000000001p0", "1.0000000596046448", 0x1.000001p+00, 0x1.000002p+00f},
    {"9007199254740993.0", "9.0072e+15", 0x1p+53, 0x1p+53f},
    {"1.0000001", "1.0000001", 0x1.000001ad7f29bp+00, 0x1.000002p+00f},
    {"0.30000000000000004", "0.3", 0x1.3333333333334p-02, 0x1.333334p-02f},
    {"1_000.5e1", "10005", 0x1.38a8p+13, 0x1.38a8p+13f},
    {"08.5", "8.5", 0x1.1p+03, 0x1.1p+03f},
    {".5", "0.5", 0x1p-01, 0x1p-01f},
    {"5.", "5", 0x1.4p+02, 0x1.4p+02f},
    {"0x.8p0", "0.5", 0x1p-01, 0x1p-01f},
    {"4.9e-324", "4.94066e-324", 0x1p-1074, 0x0p+00f},
    {"2.4703282292062327e-324", "2.47033e-324", 0x0p+00, 0x0p+00f},
    {"2.4703282292062328e-324", "4.94066e-324", 0x1p-1074, 0x0p+00f},
    {"0e99999999999", "0", 0x0p+00, 0x0p+00f},
};

Test(constants, float_literals_and_rounding)
{
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
        ConstVal *v = fl(floats[i].text);
        cr_expect_eq(const_kind(v), CONST_FLOAT, "%s", floats[i].text);
        cr_expect_str_eq(const_print(A, v), floats[i].print, "%s: %s", floats[i].text,
                         const_print(A, v));
        double d = const_float64_val(v);
        float f = const_float32_val(v);
        cr_expect_eq(d, floats[i].f64, "%s: %a", floats[i].text, d);
        cr_expect_eq(f, floats[i].f32, "%s: %a", floats[i].text, (double)f);
        v = const_unary(A, TOK_SUB, v, 0);
        cr_expect_eq(const_float64_val(v), -floats[i].f64);
        cr_expect_eq(const_float32_val(v), -floats[i].f32);
    }
    cr_expect_eq(const_kind(fl("1e99999999999999999999")), CONST_UNKNOWN);
    cr_expect_eq(const_sign(fl("1e-99999999999999999999")), 0);
    cr_expect_eq(const_kind(fl("1e1000000")), CONST_FLOAT);
    shows(fl("1e1000000"), "1e+1000000");
}

Test(constants, rune_and_string_literals)
{
    shows(lit(TOK_CHAR, "'a'"), "97");
    shows(lit(TOK_CHAR, "'ä'"), "228");
    shows(lit(TOK_CHAR, "'本'"), "26412");
    shows(lit(TOK_CHAR, "'\\t'"), "9");
    shows(lit(TOK_CHAR, "'\\000'"), "0");
    shows(lit(TOK_CHAR, "'\\xff'"), "255");
    shows(lit(TOK_CHAR, "'\\u12e4'"), "4836");
    shows(lit(TOK_CHAR, "'\\U00101234'"), "1053236");
    shows(lit(TOK_CHAR, "'\\''"), "39");
    cr_expect_eq(const_kind(lit(TOK_CHAR, "'aa'")), CONST_UNKNOWN);
    cr_expect_eq(const_kind(lit(TOK_CHAR, "'\\U00110000'")), CONST_UNKNOWN);
    size_t n;
    const char *s = const_string_val(lit(TOK_STRING, "\"a\\xff\\u65e5\\n\\377\\\"\""), &n);
    cr_expect(n == 8 && memcmp(s, "a\xff\xe6\x97\xa5\n\xff\"", 8) == 0);
    s = const_string_val(lit(TOK_STRING, "`a\\n\r\nb`"), &n);
    cr_expect(n == 5 && memcmp(s, "a\\n\nb", 5) == 0);
    shows(lit(TOK_STRING, "\"a\\tb\\x01\\xff\\u200b\""), "\"a\\tb\\x01\\xff\\u200b\"");
}

Test(constants, imaginary_literals)
{
    shows(im("0i"), "(0 + 0i)");
    shows(im("0123i"), "(0 + 123i)");
    shows(im("0o123i"), "(0 + 83i)");
    shows(im("0xabci"), "(0 + 2748i)");
    shows(im("0x1p-2i"), "(0 + 0.25i)");
    shows(im("1.e+0i"), "(0 + 1i)");
    shows(im("1E6i"), "(0 + 1e+06i)");
    shows(im(".25i"), "(0 + 0.25i)");
}

Test(constants, big_shifts)
{
    ConstVal *one = const_int64(A, 1);
    ConstVal *big = const_shift(A, one, TOK_SHL, 100);
    shows(big, "1267650600228229401496703205376");
    cr_expect_eq(const_bit_len(big), 101);
    shows(const_shift(A, big, TOK_SHR, 98), "4");
    shows(const_shift(A, const_int64(A, -5), TOK_SHR, 1), "-3");
    shows(const_shift(A, const_int64(A, -1), TOK_SHR, 1000), "-1");
    shows(const_shift(A, const_int64(A, 0), TOK_SHL, UINT64_MAX), "0");
    cr_expect_eq(const_kind(const_shift(A, one, TOK_SHL, UINT64_MAX)), CONST_UNKNOWN);
    /* Huge from the spec: 1 << 100, and the quotient of two such is small again */
    shows(op(op(big, TOK_MUL, big), TOK_QUO, big), "1267650600228229401496703205376");
}

Test(constants, integer_arithmetic)
{
    /* Go spec, "Integer operators": truncated towards zero */
    static const int64_t c[][4] = {{5, 3, 1, 2}, {-5, 3, -1, -2}, {5, -3, -1, 2}, {-5, -3, 1, -2}};
    for (int i = 0; i < 4; i++) {
        int64_t q, r;
        ConstVal *x = const_int64(A, c[i][0]), *y = const_int64(A, c[i][1]);
        cr_expect(const_int64_val(op(x, TOK_QUO, y), &q) && q == c[i][2]);
        cr_expect(const_int64_val(op(x, TOK_REM, y), &r) && r == c[i][3]);
        /* the same, scaled beyond 64 bits */
        ConstVal *k = const_shift(A, const_int64(A, 1), TOK_SHL, 80);
        ConstVal *bx = op(x, TOK_MUL, k), *by = op(y, TOK_MUL, k);
        cr_expect(const_int64_val(op(bx, TOK_QUO, by), &q) && q == c[i][2]);
        cr_expect(
            const_compare(op(bx, TOK_REM, by), TOK_EQL, op(const_int64(A, c[i][3]), TOK_MUL, k)));
    }
    ConstVal *min = const_int64(A, INT64_MIN), *m1 = const_int64(A, -1);
    shows(op(min, TOK_QUO, m1), "9223372036854775808");
    shows(op(min, TOK_REM, m1), "0");
    shows(const_unary(A, TOK_SUB, min, 0), "9223372036854775808");
    shows(op(const_int64(A, INT64_MAX), TOK_ADD, const_int64(A, 1)), "9223372036854775808");
    shows(op(min, TOK_SUB, const_int64(A, 1)), "-9223372036854775809");
    shows(op(const_int64(A, 12), TOK_AND_NOT, const_int64(A, 10)), "4");
    shows(op(const_int64(A, -2), TOK_XOR, const_int64(A, 3)), "-3");
    shows(op(op(in("0x10000000000000000"), TOK_OR, in("1")), TOK_AND, in("0x1ffffffffffffffff")),
          "18446744073709551617");
    shows(const_unary(A, TOK_XOR, const_int64(A, 0), 0), "-1");
    shows(const_unary(A, TOK_XOR, const_int64(A, 1), 8), "254");
    shows(const_unary(A, TOK_XOR, const_int64(A, 0), 64), "18446744073709551615");
}

Test(constants, rationals_stay_exact)
{
    ConstVal *third = const_binary(A, in("1"), TOK_QUO, in("3"), false);
    cr_expect_eq(const_kind(third), CONST_FLOAT);
    ConstVal *one = op(op(third, TOK_ADD, third), TOK_ADD, third);
    cr_expect(const_compare(one, TOK_EQL, in("1")));
    shows(const_to_int(A, one), "1");
    cr_expect_eq(const_kind(const_to_int(A, third)), CONST_UNKNOWN);
    ConstVal *tenth = fl("0.1");
    cr_expect(const_compare(op(tenth, TOK_MUL, fl("3.0")), TOK_EQL, fl("0.3")));
    cr_expect_eq(const_float64_val(op(tenth, TOK_MUL, fl("3.0"))), 0.3);
}

Test(constants, floats_beyond_rationals)
{
    ConstVal *huge = fl("1e2000");
    ConstVal *r = op(op(huge, TOK_ADD, fl("1.0")), TOK_SUB, huge);
    cr_expect_eq(const_float64_val(r), 0); /* 512 bits do not hold both */
    cr_expect_eq(const_kind(const_to_int(A, huge)), CONST_UNKNOWN);
    ConstVal *x = op(huge, TOK_QUO, fl("1e1999"));
    shows(const_to_int(A, x), "10"); /* but for rounding errors */
    cr_expect_eq(const_kind(op(fl("1e100000000"), TOK_MUL, fl("1e300000000"))), CONST_UNKNOWN);
    cr_expect_eq(const_sign(fl("0x1p-5000")), 1);
    cr_expect(const_compare(fl("0x1p-5000"), TOK_LSS, fl("0x1p-4999")));
}

Test(constants, complex_arithmetic)
{
    ConstVal *x = const_complex(A, in("1"), in("2")), *y = const_complex(A, in("3"), in("-4"));
    shows(op(x, TOK_ADD, y), "(4 + -2i)");
    shows(op(x, TOK_SUB, y), "(-2 + 6i)");
    shows(op(x, TOK_MUL, y), "(11 + 2i)");
    shows(op(x, TOK_QUO, y), "(-0.2 + 0.4i)");
    shows(op(im("1i"), TOK_MUL, im("1i")), "(-1 + 0i)");
    shows(const_to_int(A, op(im("1i"), TOK_MUL, im("1i"))), "-1");
    cr_expect_eq(const_kind(const_to_float(A, x)), CONST_UNKNOWN);
    cr_expect(const_compare(x, TOK_NEQ, y));
    cr_expect(const_compare(const_to_complex(A, in("7")), TOK_EQL, in("7")));
    shows(const_real(A, x), "1");
    shows(const_imag(A, x), "2");
    shows(const_imag(A, in("3")), "0");
}

Test(constants, representable)
{
    int64_t i;
    uint64_t u;
    cr_expect(const_int64_val(fl("1e18"), &i) && i == 1000000000000000000);
    cr_expect(!const_int64_val(fl("1e19"), &i));
    cr_expect(const_uint64_val(fl("1e19"), &u) && u == 10000000000000000000u);
    cr_expect(!const_uint64_val(const_int64(A, -1), &u));
    cr_expect(!const_int64_val(fl("0.5"), &i));
    cr_expect(const_uint64_val(in("18446744073709551615"), &u) && u == UINT64_MAX);
    cr_expect(!const_uint64_val(in("18446744073709551616"), &u));
    cr_expect(const_int64_val(const_complex(A, fl("2.0"), in("0")), &i) && i == 2);
    cr_expect_eq(const_kind(const_float64(A, INFINITY)), CONST_UNKNOWN);
    cr_expect_eq(const_float64_val(const_float64(A, 0x1.fffffffffffffp+1023)),
                 0x1.fffffffffffffp+1023);
}

Test(constants, strings_and_bools)
{
    ConstVal *s = const_string(A, "", 0);
    for (int i = 0; i < 20000; i++)
        s = op(s, TOK_ADD, const_string(A, i & 1 ? "b" : "a", 1));
    size_t n;
    const char *p = const_string_val(s, &n);
    cr_expect(n == 20000 && p[0] == 'a' && p[19999] == 'b' && p[20000] == 0);
    s = const_string(A, "", 0);
    for (int i = 0; i < 2000; i++)
        s = op(const_string(A, i & 1 ? "b" : "a", 1), TOK_ADD, s);
    p = const_string_val(s, &n);
    cr_expect(n == 2000 && p[0] == 'b' && p[1999] == 'a');
    ConstVal *x = const_string(A, "a", 1), *y = const_string(A, "a\0", 2);
    cr_expect(const_compare(x, TOK_LSS, y) && const_compare(x, TOK_NEQ, y));
    cr_expect(const_compare(op(x, TOK_ADD, const_string(A, "\0", 1)), TOK_EQL, y));
    ConstVal *t = const_bool(A, true), *f = const_bool(A, false);
    cr_expect(const_bool_val(op(t, TOK_LOR, f)) && !const_bool_val(op(t, TOK_LAND, f)));
    cr_expect(!const_bool_val(const_unary(A, TOK_NOT, t, 0)));
    cr_expect(const_compare(t, TOK_NEQ, f));
    ConstVal *u = const_unknown();
    cr_expect_eq(const_kind(op(u, TOK_ADD, in("1"))), CONST_UNKNOWN);
    cr_expect(!const_compare(u, TOK_EQL, u));
}
