/* Runs what test_codegen.c generated: every operation over every width against the same in
 * C, and the other functions against what they must do.  Stands in for the runtime. */
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/abi.h"

typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef float f32;
typedef double f64;

static int failures, checks;

#define CHECK(cond, ...)                                                                           \
    do {                                                                                           \
        checks++;                                                                                  \
        if (!(cond) && failures++ < 20) {                                                          \
            printf("%d: %s: ", __LINE__, #cond);                                                   \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
        }                                                                                          \
    } while (0)

/* ---- the runtime's part --------------------------------------------------------------------- */

_Thread_local RtG *rt_g;
uint32_t rt_wb_enabled;
/* What generated code finds a P's cache by: rt_m->p->mcache->run[K], each run empty. */
_Thread_local char *rt_m;
_Thread_local uint8_t rt_caching;
static char the_cache[1024 * RT_RUN_BYTES], *the_p[8], *the_m[8];
static RtG the_g;
static jmp_buf on_panic;
static int panic_kind;
static i64 panic_args[4];
static void *recorded[32];
static int nrecorded;
static u64 new_size;

void __morestack(void);
void __morestack(void)
{
    abort();
}

#define PANIC(name, kind)                                                                          \
    void name(void);                                                                               \
    void name(void)                                                                                \
    {                                                                                              \
        panic_kind = kind;                                                                         \
        longjmp(on_panic, 1);                                                                      \
    }
PANIC(rt_panic_nil, 1)
PANIC(rt_panic_divide, 2)
PANIC(rt_panic_shift, 3)
void rt_panic_index(i64 i, i64 n, bool u);
void rt_panic_index(i64 i, i64 n, bool u)
{
    panic_kind = 4;
    panic_args[0] = i, panic_args[1] = n, panic_args[2] = u;
    longjmp(on_panic, 1);
}
void rt_panic_slice(i64 k, i64 i, i64 n, bool u);
void rt_panic_slice(i64 k, i64 i, i64 n, bool u)
{
    panic_kind = 5;
    panic_args[0] = k, panic_args[1] = i, panic_args[2] = n, panic_args[3] = u;
    longjmp(on_panic, 1);
}
void *fast_rt_new(RtType *t);
void *fast_rt_new(RtType *t)
{
    new_size = t->size;
    return calloc(1, t->size ? t->size : 1);
}
void sys_rt_wbrec(void *p);
void sys_rt_wbrec(void *p)
{
    recorded[nrecorded++ & 31] = p;
}
static int nmoved;
void sys_rt_storemove(void *dst, const void *src, i64 n);
void sys_rt_storemove(void *dst, const void *src, i64 n)
{
    nmoved++;
    memmove(dst, src, (unsigned long)n);
}
i64 rt_string_cmp(const char *a, i64 an, const char *b, i64 bn);
i64 rt_string_cmp(const char *a, i64 an, const char *b, i64 bn)
{
    int c = memcmp(a, b, (size_t)(an < bn ? an : bn));
    return c ? c : an - bn;
}
RtString fast_rt_concat(RtString *p, i64 n);
RtString fast_rt_concat(RtString *p, i64 n)
{
    char *buf = malloc(100);
    i64 at = 0;
    for (i64 i = 0; i < n; i++) {
        memcpy(buf + at, p[i].p, (size_t)p[i].n);
        at += p[i].n;
    }
    return (RtString){(u8 *)buf, at};
}
RtSlice ext_slice(i64 n, const char *s, i64 sn, double d);
RtSlice ext_slice(i64 n, const char *s, i64 sn, double d)
{
    return (RtSlice){(void *)s, n + sn, (i64)d};
}

#define PANICS(kind, call) (panic_kind = 0, setjmp(on_panic) ? panic_kind == (kind) : ((call), 0))

/* ---- integers ---------------------------------------------------------------------------------- */

static const i64 values[] = {0,
                             1,
                             -1,
                             2,
                             3,
                             7,
                             -7,
                             8,
                             31,
                             32,
                             63,
                             64,
                             100,
                             127,
                             -128,
                             128,
                             255,
                             256,
                             32767,
                             -32768,
                             65535,
                             INT32_MAX,
                             INT32_MIN,
                             UINT32_MAX,
                             INT64_MAX,
                             INT64_MIN,
                             0x5555555555555555,
                             -0x123456789abcdef0};
#define NVALUES (int)(sizeof values / sizeof *values)

static u64 shl(u64 x, u64 n)
{
    return n < 64 ? x << n : 0;
}

#define INT_TYPES(X) X(i8) X(i16) X(i32) X(i64) X(u8) X(u16) X(u32) X(u64)
#define IS_SIGNED(T) ((T)-1 < 0)
#define MIN_OF(T) ((T)((u64)1 << (sizeof(T) * 8 - 1)))

#define DECLARE(T)                                                                                 \
    T add_##T(T, T), sub_##T(T, T), mul_##T(T, T), div_##T(T, T), rem_##T(T, T), and_##T(T, T),    \
        or_##T(T, T), xor_##T(T, T), andnot_##T(T, T), neg_##T(T), not_##T(T), divm1_##T(T),       \
        remm1_##T(T), div7_##T(T), rem7_##T(T);                                                    \
    bool eq_##T(T, T), ne_##T(T, T), lt_##T(T, T), le_##T(T, T), gt_##T(T, T), ge_##T(T, T);       \
    T shl_##T(T, u64), shr_##T(T, u64), shl8_##T(T, u8), shr8_##T(T, u8);                          \
    T shl3_##T(T), shr3_##T(T), shl64_##T(T), shr64_##T(T), shlw_##T(T), shrw_##T(T);              \
    f64 tof64_##T(T);                                                                              \
    f32 tof32_##T(T);                                                                              \
    T fromf64_##T(f64), fromf32_##T(f32);                                                          \
    i8 toi8_##T(T);                                                                                \
    i16 toi16_##T(T);                                                                              \
    i32 toi32_##T(T);                                                                              \
    i64 toi64_##T(T);                                                                              \
    u8 tou8_##T(T);                                                                                \
    u16 tou16_##T(T);                                                                              \
    u32 tou32_##T(T);                                                                              \
    u64 tou64_##T(T);
INT_TYPES(DECLARE)

#define SHR(T, x, n)                                                                               \
    (IS_SIGNED(T) ? (T)((i64)(x) >> ((n) > 63 ? 63 : (n))) : (T)((n) > 63 ? 0 : (u64)(x) >> (n)))

#define TEST_INT(T)                                                                                \
    static void test_##T(void)                                                                     \
    {                                                                                              \
        for (int a = 0; a < NVALUES; a++) {                                                        \
            T x = (T)values[a];                                                                    \
            for (int b = 0; b < NVALUES; b++) {                                                    \
                T y = (T)values[b];                                                                \
                CHECK(add_##T(x, y) == (T)((u64)x + (u64)y), #T " %d %d", a, b);                   \
                CHECK(sub_##T(x, y) == (T)((u64)x - (u64)y), #T " %d %d", a, b);                   \
                CHECK(mul_##T(x, y) == (T)((u64)x * (u64)y), #T " %d %d", a, b);                   \
                CHECK(and_##T(x, y) == (T)(x & y), #T " %d %d", a, b);                             \
                CHECK(or_##T(x, y) == (T)(x | y), #T " %d %d", a, b);                              \
                CHECK(xor_##T(x, y) == (T)(x ^ y), #T " %d %d", a, b);                             \
                CHECK(andnot_##T(x, y) == (T)(x & ~y), #T " %d %d", a, b);                         \
                CHECK(eq_##T(x, y) == (x == y), #T " %d %d", a, b);                                \
                CHECK(ne_##T(x, y) == (x != y), #T " %d %d", a, b);                                \
                CHECK(lt_##T(x, y) == (x < y), #T " %d %d", a, b);                                 \
                CHECK(le_##T(x, y) == (x <= y), #T " %d %d", a, b);                                \
                CHECK(gt_##T(x, y) == (x > y), #T " %d %d", a, b);                                 \
                CHECK(ge_##T(x, y) == (x >= y), #T " %d %d", a, b);                                \
                if (y) {                                                                           \
                    bool odd = IS_SIGNED(T) && y == (T)-1;                                         \
                    CHECK(div_##T(x, y) == (odd ? (T)(0 - (u64)x) : (T)(x / y)), #T " %d %d", a,   \
                          b);                                                                      \
                    CHECK(rem_##T(x, y) == (odd ? 0 : (T)(x % y)), #T " %d %d", a, b);             \
                }                                                                                  \
                u64 n = (u64)values[b];                                                            \
                u8 n8 = (u8)n;                                                                     \
                CHECK(shl_##T(x, n) == (T)shl((u64)x, n), #T " %d %d", a, b);                      \
                CHECK(shr_##T(x, n) == SHR(T, x, n), #T " %d %d", a, b);                           \
                CHECK(shl8_##T(x, n8) == (T)shl((u64)x, n8), #T " %d %d", a, b);                   \
                CHECK(shr8_##T(x, n8) == SHR(T, x, n8), #T " %d %d", a, b);                        \
            }                                                                                      \
            CHECK(neg_##T(x) == (T)(0 - (u64)x), #T " %d", a);                                     \
            CHECK(not_##T(x) == (T)~x, #T " %d", a);                                               \
            if (IS_SIGNED(T)) {                                                                    \
                CHECK(divm1_##T(x) == (T)(0 - (u64)x), #T " %d", a);                               \
                CHECK(remm1_##T(x) == 0, #T " %d", a);                                             \
            }                                                                                      \
            CHECK(div7_##T(x) == (T)(x / 7), #T " %d", a);                                         \
            CHECK(rem7_##T(x) == (T)(x % 7), #T " %d", a);                                         \
            CHECK(shl3_##T(x) == (T)((u64)x << 3), #T " %d", a);                                   \
            CHECK(shr3_##T(x) == SHR(T, x, 3), #T " %d", a);                                       \
            CHECK(shl64_##T(x) == 0, #T " %d", a);                                                 \
            CHECK(shr64_##T(x) == SHR(T, x, 64), #T " %d", a);                                     \
            CHECK(shlw_##T(x) == (T)shl((u64)x, sizeof(T) * 8), #T " %d", a);                      \
            CHECK(shrw_##T(x) == SHR(T, x, sizeof(T) * 8), #T " %d", a);                           \
            CHECK(tof64_##T(x) == (f64)x, #T " %d", a);                                            \
            CHECK(tof32_##T(x) == (f32)x, #T " %d", a);                                            \
            CHECK(toi8_##T(x) == (i8)x, #T " %d", a);                                              \
            CHECK(toi16_##T(x) == (i16)x, #T " %d", a);                                            \
            CHECK(toi32_##T(x) == (i32)x, #T " %d", a);                                            \
            CHECK(toi64_##T(x) == (i64)x, #T " %d", a);                                            \
            CHECK(tou8_##T(x) == (u8)x, #T " %d", a);                                              \
            CHECK(tou16_##T(x) == (u16)x, #T " %d", a);                                            \
            CHECK(tou32_##T(x) == (u32)x, #T " %d", a);                                            \
            CHECK(tou64_##T(x) == (u64)x, #T " %d", a);                                            \
        }                                                                                          \
    }
INT_TYPES(TEST_INT)

/* ---- floats ---------------------------------------------------------------------------------------- */

f64 fadd(f64, f64), fsub(f64, f64), fmul(f64, f64), fdiv(f64, f64), fneg(f64), fsqrt(f64),
    ffma(f64, f64, f64);
f32 fadd32(f32, f32), fmul32(f32, f32), fdiv32(f32, f32), fsqrt32(f32), narrow(f64);
f64 widen(f32);
bool feq(f64, f64), fne(f64, f64), flt(f64, f64), fle(f64, f64), fgt(f64, f64), fge(f64, f64);
u64 bits64(f64);
f64 unbits64(u64);
u32 bits32(f32);
i64 fold_nan(void), fold_big(void);
u64 fold_u64(void);
f64 fconst(void), fnanconst(void), fnegzero(void);

/* What gc's code gives on amd64. */
static i64 cvt64(f64 x)
{
    return x >= -0x1p63 && x < 0x1p63 ? (i64)x : INT64_MIN;
}
static i32 cvt32(f64 x)
{
    return x > -0x1p31 - 1 && x < 0x1p31 ? (i32)x : INT32_MIN;
}
static u64 cvtu64(f64 x)
{
    return x < 0x1p63 ? (u64)cvt64(x) : (u64)cvt64(x - 0x1p63) | 1ull << 63;
}

static void test_floats(void)
{
    static const f64 v[] = {
        0.0,     -0.0,   1,       -1,           0.5,    -1.5, 1e300,    -1e300,   1e-310, 3e9,
        5e9,     -3e9,   1e19,    1.8e19,       9.3e18, 2e19, 300,      -300,     70000,  0x1p63,
        -0x1p63, 0x1p31, -0x1p31, 2147483647.5, 0.1,    NAN,  INFINITY, -INFINITY};
    int n = (int)(sizeof v / sizeof *v);
    for (int a = 0; a < n; a++) {
        volatile f64 x = v[a];
        for (int b = 0; b < n; b++) {
            volatile f64 y = v[b];
            volatile f32 xs = (f32)x, ys = (f32)y;
#define SAME(got, want)                                                                            \
    CHECK((got) == (want) || ((got) != (got) && (want) != (want)), "%d %d", a, b)
            SAME(fadd(x, y), x + y);
            SAME(fsub(x, y), x - y);
            SAME(fmul(x, y), x * y);
            SAME(fdiv(x, y), x / y);
            SAME(ffma(x, y, 0.1), fma(x, y, 0.1));
            SAME(fadd32(xs, ys), (f32)(xs + ys));
            SAME(fmul32(xs, ys), (f32)(xs * ys));
            SAME(fdiv32(xs, ys), (f32)(xs / ys));
            CHECK(feq(x, y) == (x == y), "%d %d", a, b);
            CHECK(fne(x, y) == (x != y), "%d %d", a, b);
            CHECK(flt(x, y) == (x < y), "%d %d", a, b);
            CHECK(fle(x, y) == (x <= y), "%d %d", a, b);
            CHECK(fgt(x, y) == (x > y), "%d %d", a, b);
            CHECK(fge(x, y) == (x >= y), "%d %d", a, b);
        }
        int b = 0;
        SAME(fneg(x), -x);
        CHECK(signbit(fneg(x)) == !signbit(x), "%d", a);
        SAME(fsqrt(x), sqrt(x));
        SAME(fsqrt32((f32)x), sqrtf((f32)x));
        SAME(narrow(x), (f32)x);
        SAME(widen((f32)x), (f64)(f32)x);
        u64 bits;
        memcpy(&bits, (f64 *)&v[a], 8);
        CHECK(bits64(x) == bits, "%d", a);
        SAME(unbits64(bits), x);
        f32 s = (f32)x;
        u32 sbits;
        memcpy(&sbits, &s, 4);
        CHECK(bits32(s) == sbits, "%d", a);
        CHECK(fromf64_i8(x) == (i8)cvt32(x), "%d", a);
        CHECK(fromf64_i16(x) == (i16)cvt32(x), "%d", a);
        CHECK(fromf64_i32(x) == cvt32(x), "%d", a);
        CHECK(fromf64_i64(x) == cvt64(x), "%d", a);
        CHECK(fromf64_u8(x) == (u8)cvt32(x), "%d", a);
        CHECK(fromf64_u16(x) == (u16)cvt32(x), "%d", a);
        CHECK(fromf64_u32(x) == (u32)cvt64(x), "%d", a);
        CHECK(fromf64_u64(x) == cvtu64(x), "%d", a);
        CHECK(fromf32_i8(s) == (i8)cvt32(s), "%d", a);
        CHECK(fromf32_i16(s) == (i16)cvt32(s), "%d", a);
        CHECK(fromf32_i32(s) == cvt32(s), "%d", a);
        CHECK(fromf32_i64(s) == cvt64(s), "%d", a);
        CHECK(fromf32_u8(s) == (u8)cvt32(s), "%d", a);
        CHECK(fromf32_u16(s) == (u16)cvt32(s), "%d", a);
        CHECK(fromf32_u32(s) == (u32)cvt64(s), "%d", a);
        CHECK(fromf32_u64(s) == cvtu64(s), "%d", a);
    }
    CHECK(fold_nan() == INT64_MIN, "a constant converts as a variable does");
    CHECK(fold_big() == INT64_MIN, "a constant converts as a variable does");
    CHECK(fold_u64() == 1ull << 63, "a constant converts as a variable does");
    CHECK(fconst() == 0.1, "constant");
    CHECK(isnan(fnanconst()), "constant");
    CHECK(fnegzero() == 0 && signbit(fnegzero()), "constant");
}

/* ---- everything else --------------------------------------------------------------------------------- */

typedef struct {
    i8 a;
    i64 b;
    struct {
        i16 c[3];
    } d;
    f32 e;
} Mixed;

bool streq(const char *, i64, const char *, i64), streq_hello(const char *, i64),
    streq_empty(const char *, i64);
Mixed mixed(Mixed, i64);
i64 mixed_sum(Mixed), arrays(i64), switches(i64), bounds(RtSlice *, i64), bounds8(u8, i64),
    slices(i64, i64), div_check(i64, i64), shift_check(i64), load_at(void *), zeroed(void),
    call_closure(RtClosure *, i64), call_iface(void *, u64, i64), call_code(void *, i64),
    static_closure(i64), pass_on(i64), loops(i64), slot_loop(i64);
RtClosure *make_closure(i64), *make_pointer_closure(void *);
RtSlice calls_ext(i64);
RtString concat3(const char *, i64);
i64 compare_strings(const char *, i64, const char *, i64);
void store_ptr(void **, void *), store_string(RtString *, const char *, i64), many(void *, void *);
void memmoves(void *, void *, i64), drops_result(void);
bool memeqs(void *, void *), may_recover(void), bools(bool, bool), zero_size(i64);
void *nil_check(void *), *index24(void *, i64), *sym_offset(void), *conv_ptr(u64);
u64 conv_u64(void *);
u64 len64(u64), tz64(u64), lz32(u32), tz8(u8), rot64(u64, i64), rev32(u32), rot8(u8, i64);
typedef struct {
    u64 a, b;
} Two;
Two mul64(u64, u64), add64(u64, u64, u64), sub64(u64, u64, u64);
i32 at_add(i32 *, i32), at_swap(i32 *, i32), at_load(i32 *);
bool at_cas(i64 *, i64, i64);
i64 at_or(i64 *, i64);
void *at_loadp(void **);
void at_store(i64 *, i64), pass_defer(void *);
f64 math_abs(f64), math_copysign(f64, f64);
extern struct {
    void *p;
    i64 n;
    u8 text[8];
} some_data;
extern i64 counter;
i64 big_frame(i64);

static i64 method(u64 word, i64 x)
{
    return (i64)word * x;
}

static i64 plain(i64 x)
{
    return x + 1000;
}

static void test_rest(void)
{
    char hello[] = "hello", other[] = "hellp";
    CHECK(streq(hello, 5, hello, 5), "same address");
    CHECK(streq(hello, 5, "hello", 5), "same bytes");
    CHECK(!streq(hello, 5, other, 5), "other bytes");
    CHECK(!streq(hello, 5, hello, 4), "other length");
    CHECK(streq(NULL, 0, hello, 0), "empty");
    CHECK(streq_hello(hello, 5) && !streq_hello(other, 5) && !streq_hello(NULL, 0), "constant");
    CHECK(streq_empty(NULL, 0) && !streq_empty(hello, 1), "empty constant");

    Mixed m = {.a = -3, .b = 1ll << 40, .d = {{1, 2, 3}}, .e = 2.5f};
    Mixed r = mixed(m, 7);
    CHECK(r.a == -3 && r.b == 7 && r.d.c[0] == 1 && r.d.c[1] == 99 && r.d.c[2] == 3 && r.e == 2.5f,
          "fields");
    CHECK(mixed_sum(m) == -3 + (1ll << 40) + 3, "fields");
    CHECK(arrays(2) == 42 && arrays(0) == 0 && arrays(1) == 7, "arrays");
    CHECK(switches(1) == 10 && switches(-5) == 20 && switches(1ll << 40) == 30 && switches(9) == 0,
          "switch");
    i64 elems[3] = {5, 6, 7};
    RtSlice s = {elems, 3, 3};
    CHECK(bounds(&s, 0) == 5 && bounds(&s, 2) == 7, "in bounds");
    CHECK(PANICS(4, bounds(&s, 3)) && panic_args[0] == 3 && panic_args[1] == 3, "index");
    CHECK(PANICS(4, bounds(&s, -1)) && panic_args[0] == -1 && !panic_args[2], "index");
    CHECK(PANICS(4, bounds8(200, 200)) && panic_args[0] == 200 && panic_args[2], "index");
    CHECK(bounds8(199, 200) == 1, "index");
    CHECK(slices(3, 3) == 1, "slice");
    CHECK(PANICS(5, slices(4, 3)) && panic_args[0] == RT_SLICE_B && panic_args[1] == 4, "slice");
    CHECK(PANICS(5, slices(-4, 3)) && panic_args[1] == -4 && panic_args[3] == 0, "slice");
    CHECK(div_check(7, 2) == 3 && PANICS(2, div_check(7, 0)), "division");
    CHECK(shift_check(1) == 2 && PANICS(3, shift_check(-1)), "shift");
    CHECK(nil_check(hello) == hello && PANICS(1, nil_check(NULL)), "nil");
    CHECK(load_at(elems) == 6, "load");
    CHECK(index24(elems, 1) == (char *)elems + 24, "index");
    CHECK(zeroed() == 0, "stack object");
    CHECK(conv_ptr(77) == (void *)77 && conv_u64((void *)78) == 78, "pointers");
    CHECK(sym_offset() == (char *)&some_data + 16, "address");
    CHECK(some_data.p == &counter && some_data.n == -2 &&
              !memcmp(some_data.text, "a\"\\\n\xff\0z", 7),
          "data");

    RtClosure *c = make_closure(30);
    CHECK(new_size == 16, "closure object");
    CHECK(call_closure(c, 12) == 42, "closure");
    static i64 slots[4];
    for (int i = 0; i < 1024; i++) { /* two objects in every run */
        memcpy(the_cache + i * RT_RUN_BYTES, &(void *){slots}, 8);
        memcpy(the_cache + i * RT_RUN_BYTES + 8, &(void *){slots + 4}, 8);
    }
    new_size = 0;
    c = make_closure(1);
    RtClosure *d = make_closure(2), *e = make_closure(3);
    CHECK(call_closure(c, 1) == 2 && call_closure(d, 1) == 3 && call_closure(e, 1) == 4,
          "closures");
    CHECK(new_size == 16 && !rt_caching, "the third is the runtime's");
    memset(the_cache, 0, sizeof the_cache);
    i64 nine = 9;
    c = make_pointer_closure(&nine);
    CHECK(call_closure(c, 3) == 12, "closure");
    CHECK(PANICS(1, call_closure(NULL, 1)), "nil function");
    CHECK(static_closure(5) == 55, "static closure");
    struct {
        void *type, *iface, *fn[3];
    } itab = {.fn = {NULL, NULL, (void *)method}};
    CHECK(call_iface(&itab, 6, 7) == 42, "interface");
    CHECK(PANICS(1, call_iface(NULL, 6, 7)), "nil interface");
    CHECK(call_code((void *)plain, 1) == 1001, "code");
    s = calls_ext(4);
    CHECK(s.len == 9 && s.cap == 2 && !memcmp(s.p, "hello", 5), "flattened");
    drops_result();
    RtString st = concat3("x", 1);
    CHECK(st.n == 7 && !memcmp(st.p, "xhellox", 7), "concat");
    CHECK(compare_strings("ab", 2, "ac", 2) < 0, "cmp");

    void *p = NULL;
    store_ptr(&p, &nine);
    CHECK(p == &nine && nrecorded == 0, "barrier off");
    rt_wb_enabled = 1;
    store_ptr(&p, &s);
    CHECK(p == &s && nrecorded == 1 && recorded[0] == &nine, "barrier on");
    nrecorded = 0;
    const void *old = st.p;
    store_string(&st, "new", 3);
    CHECK(st.n == 3 && nrecorded == 1 && recorded[0] == old, "string");
    void *from[20], *to[20];
    for (int i = 0; i < 20; i++)
        from[i] = &from[i];
    many(to, from);
    CHECK(nmoved == 1 && !memcmp(from, to, sizeof to), "many");
    rt_wb_enabled = 0;

    char buf[] = "0123456789";
    memmoves(buf + 2, buf, 5);
    CHECK(!strcmp(buf, "0101234789"), "memmove: %s", buf);
    CHECK(memeqs("abcd", "abcx") == false && memeqs("abcd", "abcd"), "memeq");
    rt_g = &the_g;
    the_g.defer_callee = (void *)may_recover;
    CHECK(may_recover() && !the_g.defer_callee && !may_recover(), "recover");
    the_g.defer_callee = (void *)pass_defer;
    pass_defer(hello);
    CHECK(the_g.defer_callee == hello, "deferred");
    the_g.defer_callee = NULL;
    pass_defer(hello);
    CHECK(!the_g.defer_callee, "deferred");
    CHECK(bools(true, false) && !bools(true, true), "bools");
    CHECK(zero_size(4), "zero-size values");
    CHECK(pass_on(3) == 3 * 2 + 1, "internal call");
    CHECK(loops(10) == 45, "loop");
    CHECK(slot_loop(10) == 45, "slots");
    CHECK(big_frame(3) == 3, "large slot");

    CHECK(len64(0) == 0 && len64(1) == 1 && len64(~0ull) == 64 && len64(255) == 8, "Len64");
    CHECK(tz64(0) == 64 && tz64(8) == 3 && tz64(1ull << 63) == 63, "TrailingZeros64");
    CHECK(lz32(0) == 32 && lz32(1) == 31 && lz32(~0u) == 0, "LeadingZeros32");
    CHECK(tz8(0) == 8 && tz8(4) == 2, "TrailingZeros8");
    CHECK(rot64(1, -1) == 1ull << 63 && rot64(3, 65) == 6 && rot64(5, 0) == 5, "RotateLeft64");
    CHECK(rot8(0x81, 1) == 3 && rot8(0x81, -1) == 0xc0, "RotateLeft8");
    CHECK(rev32(0x01020304) == 0x04030201, "ReverseBytes32");
    Two w = mul64(~0ull, ~0ull);
    CHECK(w.a == ~0ull - 1 && w.b == 1, "Mul64");
    w = add64(~0ull, 0, 1);
    CHECK(w.a == 0 && w.b == 1, "Add64");
    w = sub64(0, 0, 1);
    CHECK(w.a == ~0ull && w.b == 1, "Sub64");
    i32 word = 5;
    CHECK(at_add(&word, -7) == -2 && word == -2, "AddInt32");
    CHECK(at_swap(&word, 9) == -2 && at_load(&word) == 9, "SwapInt32");
    i64 wide = 1;
    CHECK(at_cas(&wide, 1, 6) && wide == 6 && !at_cas(&wide, 1, 7), "CompareAndSwapInt64");
    CHECK(at_or(&wide, 9) == 6 && wide == 15, "OrInt64");
    at_store(&wide, -1);
    CHECK(wide == -1, "StoreInt64");
    CHECK(PANICS(1, at_store(NULL, 1)), "nil address");
    p = hello;
    CHECK(at_loadp(&p) == hello, "LoadPointer");
    CHECK(math_abs(-2) == 2 && math_copysign(2, -0.0) == -2, "math");
}

int main(void)
{
    the_p[RT_P_MCACHE / 8] = the_cache;
    the_m[RT_M_P / 8] = (char *)the_p;
    rt_m = (char *)the_m;
#define RUN(T) test_##T();
    INT_TYPES(RUN)
    test_floats();
    test_rest();
    printf("%d checks, %d failures\n", checks, failures);
    return failures != 0;
}
