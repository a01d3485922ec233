/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slices, strings, equality, hashing, print formats. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "rt_testp.h"
#include "runtime/shortest.h"

TestSuite(rt_data, .init = testp_start);

static const struct {
    int size, ptr, cap, add, want;
} caps[] = {
#include "growslice_caps.h"
};

Test(rt_data, growslice_caps_equal_gos)
{
    static const uint8_t map[] = {1};
    for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
        RtType t = {.size = (uint64_t)caps[i].size,
                    .ptrbytes = (uint64_t)caps[i].ptr,
                    .align = 1,
                    .ptrmap = map};
        if ((int64_t)caps[i].size * caps[i].want > 1 << 20)
            continue; /* the rule shows well below */
        void *old = rt_makeslice(&t, caps[i].cap, caps[i].cap);
        RtSlice s = rt_growslice(&t, old, caps[i].cap, caps[i].cap, caps[i].add);
        cr_assert_eq(s.cap, caps[i].want, "size %d ptr %d cap %d add %d: %ld, want %d",
                     caps[i].size, caps[i].ptr, caps[i].cap, caps[i].add, (long)s.cap,
                     caps[i].want);
        cr_assert_eq(s.len, caps[i].cap + caps[i].add);
    }
}

Test(rt_data, slices_of_absurd_sizes_panic)
{
    cr_assert(PANICS(rt_makeslice(&type_int64, -1, -1)));
    cr_assert_str_eq(testp_message, "runtime error: makeslice: len out of range");
    cr_assert(PANICS(rt_makeslice(&type_int64, 1, INT64_MAX)));
    cr_assert_str_eq(testp_message, "runtime error: makeslice: cap out of range");
    cr_assert(PANICS(rt_makeslice(&type_int64, 2, 1)));
    cr_assert_str_eq(testp_message, "runtime error: makeslice: cap out of range");
    cr_assert(PANICS(rt_growslice(&type_int64, NULL, INT64_MAX, INT64_MAX, 1)));
    cr_assert_str_eq(testp_message, "runtime error: growslice: len out of range");
}

Test(rt_data, copies_overlap)
{
    int64_t a[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    cr_assert_eq(rt_slicecopy(&type_int64, a + 1, 7, a, 8), 7);
    for (int i = 1; i < 8; i++)
        cr_assert_eq(a[i], i - 1);
}

Test(rt_data, utf8_decodes_as_go)
{
    static const struct {
        const char *s;
        int n;
        uint32_t rune;
        int width;
    } t[] = {
        {"a", 1, 'a', 1},
        {"\xc3\xa9", 2, 0xe9, 2},
        {"\xe2\x82\xac", 3, 0x20ac, 3},
        {"\xf0\x9f\x98\x80", 4, 0x1f600, 4},
        {"\xc0\x80", 2, 0xfffd, 1},         /* overlong */
        {"\xe0\x80\x80", 3, 0xfffd, 1},     /* overlong */
        {"\xed\xa0\x80", 3, 0xfffd, 1},     /* surrogate */
        {"\xf4\x90\x80\x80", 4, 0xfffd, 1}, /* above the last */
        {"\xe2\x82", 2, 0xfffd, 1},         /* cut short */
        {"\x80", 1, 0xfffd, 1},
        {"\xef\xbf\xbd", 3, 0xfffd, 3}, /* U+FFFD itself */
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff, 4},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        uint64_t d = rt_decoderune((const uint8_t *)t[i].s, t[i].n, 0);
        cr_assert_eq((uint32_t)d, t[i].rune, "case %zu", i);
        cr_assert_eq(d >> 32, (uint64_t)t[i].width, "case %zu", i);
    }
}

Test(rt_data, strings_to_runes_and_back)
{
    const char *s = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xff!";
    RtSlice r = rt_string_to_runes((const uint8_t *)s, (int64_t)strlen(s));
    const int32_t want[] = {'a', 0xe9, 0x20ac, 0x1f600, 0xfffd, '!'};
    cr_assert_eq(r.len, 6);
    cr_assert_arr_eq(r.p, want, sizeof want);
    RtString back = rt_string_from_runes(r.p, r.len);
    cr_assert_eq(back.n, 1 + 2 + 3 + 4 + 3 + 1);
    RtString bad = rt_string_from_rune(-1);
    cr_assert_eq(bad.n, 3);
    cr_assert_arr_eq(bad.p, "\xef\xbf\xbd", 3);
    cr_assert_eq(rt_string_from_rune(0xd800).n, 3);
}

Test(rt_data, concat_and_compare)
{
    RtString p[] = {STR("ab"), {NULL, 0}, STR("cde")};
    RtString s = rt_concat(p, 3);
    cr_assert_eq(s.n, 5);
    cr_assert_arr_eq(s.p, "abcde", 5);
    RtString one = rt_concat(p, 2);
    cr_assert_eq(one.p, p[0].p, "a single part is not copied");
    cr_assert_eq(
        rt_string_cmp((const uint8_t *)"abcdefghij", 10, (const uint8_t *)"abcdefghik", 10), -1);
    cr_assert_eq(rt_string_cmp((const uint8_t *)"b", 1, (const uint8_t *)"abc", 3), 1);
    cr_assert_eq(rt_string_cmp((const uint8_t *)"ab", 2, (const uint8_t *)"abc", 3), -1);
    cr_assert_eq(rt_string_cmp((const uint8_t *)"\xff", 1, (const uint8_t *)"\x01", 1), 1);
    cr_assert_eq(rt_string_cmp(s.p, s.n, s.p, s.n), 0);
}

static const char *text(double v, int bits)
{
    static char b[40];
    b[rt_format_float(v, bits, b)] = 0;
    return b;
}

Test(rt_data, floats_print_as_go_prints_them)
{
    static const struct {
        double v;
        int bits;
        const char *want;
    } t[] = {
        {1, 64, "1"},
        {1.5, 64, "1.5"},
        {1e100, 64, "1e+100"},
        {1e21, 64, "1e+21"},
        {123456789, 64, "1.23456789e+08"},
        {123456, 64, "123456"},
        {1000000, 64, "1e+06"},
        {100000, 64, "100000"},
        {0.1f, 32, "0.1"},
        {1e-7, 64, "1e-07"},
        {1e-5, 64, "1e-05"},
        {1e-4, 64, "0.0001"},
        {0.001, 64, "0.001"},
        {20, 64, "20"},
        {12345678901234567890.0, 64, "1.2345678901234567e+19"},
        {3.4e38f, 32, "3.4e+38"},
        {16777216, 32, "1.6777216e+07"},
        {5e-324, 64, "5e-324"},
        {1.7976931348623157e308, 64, "1.7976931348623157e+308"},
        {2.2250738585072014e-308, 64, "2.2250738585072014e-308"},
        {0.3, 64, "0.3"},
        {2.0 / 3, 64, "0.6666666666666666"},
        {9.5, 64, "9.5"},
        {9007199254740993, 64, "9.007199254740992e+15"},
        {1e23, 64, "1e+23"},
        {-0.0, 64, "-0"},
        {0, 64, "0"},
        {INFINITY, 64, "+Inf"},
        {-INFINITY, 64, "-Inf"},
        {NAN, 64, "NaN"},
        {1.401298464324817e-45, 32, "1e-45"},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        cr_assert_str_eq(text(t[i].v, t[i].bits), t[i].want);
    uint64_t x = 88172645463325252ull; /* the shortest digits read back */
    for (int i = 0; i < 20000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        double d;
        memcpy(&d, &x, 8);
        if (d != d || d - d != 0)
            continue;
        cr_assert_eq(strtod(text(d, 64), NULL), d, "%.17g gave %s", d, text(d, 64));
        char shorter[40];
        snprintf(shorter, sizeof shorter, "%.*e", 15, d);
        if (strtod(shorter, NULL) == d)
            cr_assert_leq(strlen(text(d, 64)), strlen(shorter) + 1);
        float f = (float)d;
        if (f - f == 0)
            cr_assert_eq(strtof(text(f, 32), NULL), f);
    }
}

typedef struct {
    const void *tab;
    uint64_t word;
} Any;

Test(rt_data, interfaces_compare_and_hash)
{
    double zero = 0, minus = -0.0, nan = NAN;
    uint64_t wz = 0, wm, wn;
    memcpy(&wm, &minus, 8);
    memcpy(&wn, &nan, 8);
    cr_assert(rt_efaceeq(&type_float64, wz, &type_float64, wm));
    cr_assert_not(rt_efaceeq(&type_float64, wn, &type_float64, wn));
    cr_assert_not(rt_efaceeq(&type_float64, 0, &type_int64, 0));
    cr_assert(rt_efaceeq(NULL, 0, NULL, 0));
    cr_assert(PANICS(rt_efaceeq(&type_func, 0, &type_func, 0)));
    cr_assert_str_eq(testp_message, "runtime error: comparing uncomparable type func()");
    Any f = {&type_func, 0};
    cr_assert(PANICS(rt_hash(&type_any, &f, 1)));
    cr_assert_str_eq(testp_message, "runtime error: hash of unhashable type func()");
    cr_assert_eq(rt_hash(&type_float64, &zero, 9), rt_hash(&type_float64, &minus, 9));
    RtString a = STR("hello world"), b = rt_string_from_bytes(a.p, a.n);
    Any x = {&type_string, (uintptr_t)&a}, y = {&type_string, (uintptr_t)&b};
    cr_assert(rt_equal(&type_any, &x, &y));
    cr_assert_eq(rt_hash(&type_any, &x, 3), rt_hash(&type_any, &y, 3));
    for (int n = 0; n < 100; n++) { /* every length reads only its own bytes */
        char p[101], q[101];
        memset(p, 'x', sizeof p);
        memset(q, 'x', sizeof q);
        p[n] = 'p';
        q[n] = 'q';
        cr_assert_eq(rt_hash_bytes(p, (size_t)n, 1), rt_hash_bytes(q, (size_t)n, 1));
        cr_assert_neq(rt_hash_bytes(p, (size_t)n + 1, 1), rt_hash_bytes(q, (size_t)n + 1, 1));
    }
}

Test(rt_data, structs_skip_blank_fields)
{
    static const RtStructField fields[] = {{STR("a"), {NULL, 0}, &type_int32, {NULL, 0}, 0, 0},
                                           {STR("_"), {NULL, 0}, &type_int32, {NULL, 0}, 4, 0},
                                           {STR("f"), {NULL, 0}, &type_float64, {NULL, 0}, 8, 0}};
    static const RtStructType st = {{.size = 16,
                                     .kind = RT_STRUCT,
                                     .align = 8,
                                     .flags = RT_COMPARABLE,
                                     .string = STR("struct")},
                                    fields,
                                    3};
    struct {
        int32_t a, blank;
        double f;
    } x = {1, 2, 3}, y = {1, 9, 3}, z = {1, 2, NAN};
    cr_assert(rt_equal(&st.t, &x, &y));
    cr_assert_eq(rt_hash(&st.t, &x, 0), rt_hash(&st.t, &y, 0));
    cr_assert_not(rt_equal(&st.t, &z, &z));
}

Test(rt_data, itabs_are_found_made_and_refused)
{
    static const RtMethod methods[] = {{STR("Add"), {NULL, 0}, 7, (void *)0x10},
                                       {STR("Get"), {NULL, 0}, 7, (void *)0x20},
                                       {STR("Put"), {NULL, 0}, 7, (void *)0x30}};
    static const RtUncommon unc = {{NULL, 0}, 3, methods};
    static const RtType t = {.size = 8, .kind = RT_INT, .string = STR("main.T"), .uncommon = &unc};
    static const RtImethod want1[] = {{STR("Add"), {NULL, 0}, 7}, {STR("Put"), {NULL, 0}, 7}};
    static const RtImethod want2[] = {{STR("Del"), {NULL, 0}, 7}};
    static const RtInterfaceType i1 = {{.kind = RT_INTERFACE, .string = STR("main.I")}, want1, 2},
                                 i2 = {{.kind = RT_INTERFACE, .string = STR("main.J")}, want2, 1};
    RtItab *tab = rt_itab(&i1.t, &t);
    cr_assert_not_null(tab);
    cr_assert_eq(tab->type, &t);
    cr_assert_eq(tab->fn[0], (void *)0x10);
    cr_assert_eq(tab->fn[1], (void *)0x30);
    cr_assert_eq(rt_itab(&i1.t, &t), tab);
    cr_assert_null(rt_itab(&i2.t, &t));
    cr_assert(PANICS(rt_assert_itab(&i2.t, &t, &type_any)));
    cr_assert_str_eq(testp_message,
                     "interface conversion: main.T is not main.J: missing method Del");
    cr_assert(PANICS(rt_assert_itab(&i2.t, NULL, &type_any)));
    cr_assert_str_eq(testp_message, "interface conversion: interface is nil, not main.J");
    cr_assert_eq(rt_assert_itab(&type_any, &t, &i1.t), &t);
    /* Many pairs: the cache grows. */
    RtType *types = calloc(500, sizeof *types);
    void *tabs[500];
    for (int i = 0; i < 500; i++) {
        types[i] = t;
        tabs[i] = rt_itab(&i1.t, &types[i]);
    }
    for (int i = 0; i < 500; i++)
        cr_assert_eq(rt_itab(&i1.t, &types[i]), tabs[i]);
}
