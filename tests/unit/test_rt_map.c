/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Maps against a reference model: random operations, ranging while changing. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rt_testp.h"
#include "runtime/mapfind.h"

TestSuite(rt_map, .init = testp_start);

static uint64_t seed = 88172645463325252ull;
static uint64_t rnd(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

#define MAP_TYPE(k, e, kind_)                                                                      \
    {                                                                                              \
        {.size = 8, .kind = RT_MAP}, (k), (e), (kind_)                                             \
    }
static const RtMapType map64 = MAP_TYPE(&type_int64, &type_int64, RT_KEY_64),
                       map32 = MAP_TYPE(&type_int32, &type_uint8, RT_KEY_32),
                       mapstr = MAP_TYPE(&type_string, &type_int64, RT_KEY_STRING),
                       mapany = MAP_TYPE(&type_any, &type_int64, RT_KEY_GENERAL),
                       mapfloat = MAP_TYPE(&type_float64, &type_int64, RT_KEY_GENERAL);
static const RtArrayType big_type = {.t = {.size = 1000,
                                           .kind = RT_ARRAY,
                                           .align = 8,
                                           .flags = RT_COMPARABLE | RT_PLAIN_EQ,
                                           .string = STR("[125]int64")},
                                     .elem = &type_int64,
                                     .len = 125};
static const RtMapType mapbig = MAP_TYPE(&big_type.t, &big_type.t, RT_KEY_PLAIN);

enum { RANGE = 30000 };

Test(rt_map, ints_against_a_model)
{
    static int64_t model[RANGE];
    static bool have[RANGE];
    for (int round = 0; round < 3; round++) {
        void *m = rt_map_make(&map64.t, round * 1000);
        int64_t count = 0;
        int64_t range = round == 0 ? 12 : round == 1 ? 600 : RANGE;
        memset(have, 0, sizeof have);
        for (int i = 0; i < 400000; i++) {
            int64_t k = (int64_t)(rnd() % (uint64_t)range);
            unsigned op = rnd() % 16;
            if (op < 8) {
                int64_t v = (int64_t)rnd();
                *(int64_t *)rt_map_assign64(&map64.t, m, (uint64_t)k) = v;
                count += !have[k];
                have[k] = true;
                model[k] = v;
            } else if (op < 13) {
                int64_t *p =
                    op & 1 ? rt_map_get64(&map64.t, m, (uint64_t)k) : rt_map_get(&map64.t, m, &k);
                cr_assert_eq(p != NULL, have[k]);
                if (p)
                    cr_assert_eq(*p, model[k]);
            } else {
                rt_map_delete(&map64.t, m, &k);
                count -= have[k];
                have[k] = false;
            }
            if (rnd() % 100000 == 0) {
                rt_map_clear(&map64.t, m);
                memset(have, 0, sizeof have);
                count = 0;
            }
            cr_assert_eq(*(int64_t *)m, count);
        }
    }
}

Test(rt_map, ranging_while_changing)
{
    /* Each entry once; what is deleted before it comes never; what stays surely. */
    for (int round = 0; round < 300; round++) {
        int64_t n = (int64_t)(rnd() % 3 == 0 ? rnd() % 9 : rnd() % 6000);
        void *m = rt_map_make(&map64.t, 0);
        static uint8_t state[60000]; /* 1 there at the start, 2 seen, 4 deleted, 8 added */
        memset(state, 0, sizeof state);
        for (int64_t k = 0; k < n; k++) {
            *(int64_t *)rt_map_assign64(&map64.t, m, (uint64_t)k) = k * 3;
            state[k] = 1;
        }
        RtMapIter it;
        int64_t next = n;
        unsigned mode = rnd() % 4;
        rt_map_iter_init(&map64.t, m, &it);
        while (rt_map_iter_next(&it)) {
            int64_t k = *(int64_t *)it.key;
            cr_assert_eq(*(int64_t *)it.elem, k * 3);
            cr_assert_not(state[k] & 2, "twice");
            cr_assert_not(state[k] & 4, "deleted");
            state[k] |= 2;
            if (mode & 1)
                for (int j = 0; j < 3 && next < 60000 && n; j++) {
                    *(int64_t *)rt_map_assign64(&map64.t, m, (uint64_t)next) = next * 3;
                    state[next++] = 8;
                }
            if (mode & 2 && n) {
                int64_t d = (int64_t)(rnd() % (uint64_t)next);
                rt_map_delete(&map64.t, m, &d);
                state[d] |= 4;
            }
        }
        cr_assert_null(it.key);
        for (int64_t k = 0; k < n; k++)
            cr_assert(state[k] & (2 | 4), "round %d: %ld of %ld missed, mode %u", round, (long)k,
                      (long)n, mode);
    }
}

Test(rt_map, clearing_while_ranging_ends_it)
{
    for (int n = 1; n < 3000; n = n * 3 + 1) {
        void *m = rt_map_make(&mapfloat.t, 0);
        for (int i = 0; i < n; i++) {
            double k = i % 2 ? NAN : i;
            *(int64_t *)rt_map_assign(&mapfloat.t, m, &k) = i;
        }
        RtMapIter it;
        rt_map_iter_init(&mapfloat.t, m, &it);
        cr_assert(rt_map_iter_next(&it));
        for (int i = 0; i < n * 3; i++) { /* make it grow under the iterator */
            double k = 1e6 + i;
            *(int64_t *)rt_map_assign(&mapfloat.t, m, &k) = i;
        }
        rt_map_clear(&mapfloat.t, m);
        cr_assert_not(rt_map_iter_next(&it));
    }
}

Test(rt_map, starts_are_random)
{
    int first[16] = {0};
    void *m = rt_map_make(&map64.t, 0);
    for (uint64_t k = 0; k < 8; k++)
        rt_map_assign64(&map64.t, m, k);
    for (int i = 0; i < 1000; i++) {
        RtMapIter it;
        rt_map_iter_init(&map64.t, m, &it);
        cr_assert(rt_map_iter_next(&it));
        first[*(int64_t *)it.key]++;
    }
    for (int k = 0; k < 8; k++)
        cr_assert_gt(first[k], 50);
}

Test(rt_map, strings_and_small_ints)
{
    void *m = rt_map_make(&mapstr.t, 0), *m32 = rt_map_make(&map32.t, 100);
    char b[40];
    for (int i = 0; i < 20000; i++) {
        int n = snprintf(b, sizeof b, "key%d%s", i, i % 3 ? "" : " with a longer tail");
        RtString k = rt_string_from_bytes((const uint8_t *)b, n);
        *(int64_t *)rt_map_assignstr(&mapstr.t, m, k.p, k.n) = i;
        *(uint8_t *)rt_map_assign32(&map32.t, m32, (uint32_t)i * 77) = (uint8_t)i;
    }
    cr_assert_eq(*(int64_t *)m, 20000);
    for (int i = 0; i < 20000; i++) {
        int n = snprintf(b, sizeof b, "key%d%s", i, i % 3 ? "" : " with a longer tail");
        int64_t *v = rt_map_getstr(&mapstr.t, m, (const uint8_t *)b, n);
        cr_assert_not_null(v);
        cr_assert_eq(*v, i);
        b[0] = 'K';
        cr_assert_null(rt_map_getstr(&mapstr.t, m, (const uint8_t *)b, n));
        b[0] = 'k';
        cr_assert_eq(*(uint8_t *)rt_map_get32(&map32.t, m32, (uint32_t)i * 77), (uint8_t)i);
        cr_assert_null(rt_map_get32(&map32.t, m32, (uint32_t)i * 77 + 1));
        if (i % 2) {
            RtString k = {(const uint8_t *)b, n};
            rt_map_delete(&mapstr.t, m, &k);
        }
    }
    cr_assert_eq(*(int64_t *)m, 10000);
}

Test(rt_map, nan_zero_and_unhashable_keys)
{
    void *m = rt_map_make(&mapfloat.t, 0);
    double nan = NAN, zero = 0, minus = -0.0;
    for (int i = 0; i < 100; i++)
        *(int64_t *)rt_map_assign(&mapfloat.t, m, &nan) = i;
    cr_assert_eq(*(int64_t *)m, 100);
    cr_assert_null(rt_map_get(&mapfloat.t, m, &nan));
    rt_map_delete(&mapfloat.t, m, &nan);
    cr_assert_eq(*(int64_t *)m, 100);
    *(int64_t *)rt_map_assign(&mapfloat.t, m, &zero) = 5;
    *(int64_t *)rt_map_assign(&mapfloat.t, m, &minus) = 6;
    cr_assert_eq(*(int64_t *)m, 101);
    RtMapIter it;
    int n = 0;
    rt_map_iter_init(&mapfloat.t, m, &it);
    while (rt_map_iter_next(&it)) {
        n++;
        if (*(double *)it.key == 0)
            cr_assert(signbit(*(double *)it.key), "the newest key stays");
        if (n < 50) {
            double k = 1000 + n; /* grows meanwhile: NaNs must still come once */
            *(int64_t *)rt_map_assign(&mapfloat.t, m, &k) = 0;
        }
    }
    cr_assert_geq(n, 101);
    rt_map_clear(&mapfloat.t, m);
    cr_assert_eq(*(int64_t *)m, 0);

    void *ma = rt_map_make(&mapany.t, 0);
    RtIface f = {&type_func, 0}, i1 = {&type_int64, 1}, i2 = {&type_int32, 1};
    cr_assert(PANICS(rt_map_get(&mapany.t, ma, &f)));
    cr_assert_str_eq(testp_message, "hash of unhashable type: func()");
    cr_assert(PANICS(rt_map_get(&mapany.t, NULL, &f)));
    cr_assert(PANICS(rt_map_assign(&mapany.t, ma, &f)));
    *(int64_t *)rt_map_assign(&mapany.t, ma, &i1) = 1;
    *(int64_t *)rt_map_assign(&mapany.t, ma, &i2) = 2;
    cr_assert_eq(*(int64_t *)rt_map_get(&mapany.t, ma, &i1), 1);
    cr_assert_eq(*(int64_t *)rt_map_get(&mapany.t, ma, &i2), 2);
    cr_assert(PANICS(rt_map_delete(&mapany.t, ma, &f)));
    cr_assert(PANICS(rt_map_assign(&mapany.t, NULL, &i1)));
    cr_assert_str_eq(testp_message, "assignment to entry in nil map");
    cr_assert_null(rt_map_get64(&map64.t, NULL, 1));
    rt_map_delete(&map64.t, NULL, &nan);
    rt_map_clear(&map64.t, NULL);
    rt_map_iter_init(&map64.t, NULL, &it);
    cr_assert_not(rt_map_iter_next(&it));
}

Test(rt_map, big_keys_and_elems_stand_apart)
{
    static int64_t k[125];
    void *m = rt_map_make(&mapbig.t, 3);
    for (int i = 0; i < 500; i++) {
        k[7] = i;
        int64_t *e = rt_map_assign(&mapbig.t, m, k);
        e[124] = i * 5;
    }
    for (int i = 0; i < 500; i++) {
        k[7] = i;
        int64_t *e = rt_map_get(&mapbig.t, m, k);
        cr_assert_not_null(e);
        cr_assert_eq(e[124], i * 5);
    }
}

/* Keys whose hashes all begin with ones: each split moves all entries to the new table. */
Test(rt_map, all_on_one_side_of_each_split)
{
    void *m = rt_map_make(&map64.t, 0);
    uint64_t mapseed = ((Map *)m)->seed;
    static uint64_t keys[60000];
    uint64_t k = 0;
    for (int i = 0; i < 60000; i++) {
        while (map_hash_int(k, mapseed) >> 60 != 15)
            k++;
        keys[i] = k++;
        *(int64_t *)rt_map_assign64(&map64.t, m, keys[i]) = i;
        if (i % 1000 == 0)
            for (int j = 0; j <= i; j++)
                cr_assert_eq(*(int64_t *)rt_map_get64(&map64.t, m, keys[j]), j);
    }
    cr_assert_eq(*(int64_t *)m, 60000);
    for (int i = 0; i < 60000; i++)
        cr_assert_eq(*(int64_t *)rt_map_get64(&map64.t, m, keys[i]), i);
}

/* Entries come and go at the same rate: tables are cleaned of tombstones, not enlarged. */
Test(rt_map, churn_does_not_grow)
{
    enum { LIVE = 1500 };
    void *m = rt_map_make(&map64.t, 0);
    for (uint64_t i = 0; i < 400000; i++) {
        *(uint64_t *)rt_map_assign64(&map64.t, m, i) = i * 3;
        if (i >= LIVE) {
            uint64_t old = i - LIVE;
            rt_map_delete(&map64.t, m, &old);
        }
        if (i % 5000 == 0 && i >= LIVE)
            for (uint64_t j = i - LIVE + 1; j <= i; j++)
                cr_assert_eq(*(uint64_t *)rt_map_get64(&map64.t, m, j), j * 3);
        if (i % 50000 == 0) { /* an iterator forbids to rearrange its table in place */
            RtMapIter it;
            rt_map_iter_init(&map64.t, m, &it);
            for (int n = 0; n < 10; n++)
                rt_map_iter_next(&it);
        }
    }
    cr_assert_eq(*(int64_t *)m, LIVE);
    cr_assert_leq(map_table(m, 0)->cap, 4096);
    cr_assert_eq(((Map *)m)->depth, 0);
}

/* Room that was asked for is there: nothing grows before it is used up. */
Test(rt_map, hints)
{
    for (int64_t hint = 9; hint < 300000; hint = hint * 3 / 2 + 1) {
        Map *m = rt_map_make(&map64.t, hint);
        uint64_t room = 0;
        for (size_t i = 0; i < (size_t)1 << m->depth; i++)
            room += m->dir[i]->growthleft;
        cr_assert_geq(room, (uint64_t)hint);
        cr_assert_leq(room, (uint64_t)hint * 5 / 4 + 16);
        MapTable *first = map_table(m, 0);
        for (uint64_t k = 0; k < (uint64_t)hint; k++)
            *(uint64_t *)rt_map_assign64(&map64.t, m, k) = k;
        if (m->depth == 0)
            cr_assert_eq(map_table(m, 0), first);
        for (uint64_t k = 0; k < (uint64_t)hint; k++)
            cr_assert_eq(*(uint64_t *)rt_map_get64(&map64.t, m, k), k);
    }
}
