/* SPDX-License-Identifier: MIT
 *
 * Strings: concatenation, comparison, conversions to and from bytes and runes (UTF-8).
 * The text of a string never changes once it is made. */
#include <string.h>

#include "runtime/heap.h"

enum { RUNE_ERROR = 0xfffd, RUNE_MAX = 0x10ffff };

RtString rt_string_of_cstr(const char *s)
{
    return rt_string_from_bytes((const uint8_t *)s, (int64_t)strlen(s));
}

RtString rt_concat(const RtString *s, int64_t n)
{
    uint64_t total = 0;
    int64_t used = 0, last = 0;
    for (int64_t i = 0; i < n; i++) {
        if (s[i].n == 0)
            continue;
        total += (uint64_t)s[i].n;
        if (total > INT64_MAX)
            rt_throw("string concatenation too long");
        used++;
        last = i;
    }
    if (used == 0)
        return (RtString){NULL, 0};
    if (used == 1)
        return s[last];
    uint8_t *p = rt_alloc_raw(total), *q = p;
    for (int64_t i = 0; i < n; i++) {
        rt_move_fresh(q, s[i].p, (size_t)s[i].n);
        q += s[i].n;
    }
    return (RtString){p, (int64_t)total};
}

/* A leaf on goroutine stacks: nothing called, so no memcmp. */
int64_t rt_string_cmp(const uint8_t *a, int64_t na, const uint8_t *b, int64_t nb)
{
    int64_t n = na < nb ? na : nb, i = 0;
    if (a != b) {
        for (; i + 8 <= n; i += 8) {
            uint64_t x, y;
            __builtin_memcpy(&x, a + i, 8);
            __builtin_memcpy(&y, b + i, 8);
            if (x != y) {
                x = __builtin_bswap64(x);
                y = __builtin_bswap64(y);
                return x < y ? -1 : 1;
            }
        }
        for (; i < n; i++)
            if (a[i] != b[i])
                return a[i] < b[i] ? -1 : 1;
    }
    return na < nb ? -1 : na > nb;
}

RtString rt_string_from_bytes(const uint8_t *p, int64_t n)
{
    if (n <= 0)
        return (RtString){NULL, 0};
    uint8_t *q = rt_alloc_raw((size_t)n);
    rt_move_fresh(q, p, (size_t)n);
    return (RtString){q, n};
}

RtSlice rt_string_to_bytes(const uint8_t *p, int64_t n)
{
    /* As in Go the capacity is what the allocation has room for. */
    size_t cap = rt_round_size((size_t)n, false);
    if (n == 0)
        return (RtSlice){rt_alloc(0, NULL), 0, 0};
    uint8_t *q = rt_alloc_raw(cap);
    rt_move_fresh(q, p, (size_t)n);
    memset(q + n, 0, cap - (size_t)n);
    return (RtSlice){q, n, (int64_t)cap};
}

/* Decodes the rune at p[i], as Go does: anything malformed is U+FFFD of width one
 * (overlong forms, surrogates, above U+10FFFF, cut short). */
static inline uint64_t decode(const uint8_t *p, int64_t n, int64_t i)
{
    const uint64_t bad = RUNE_ERROR | 1ull << 32;
    uint32_t c = p[i];
    int64_t left = n - i;
    if (c < 0x80)
        return c | 1ull << 32;
    if (c < 0xc2 || c > 0xf4 || left < 2)
        return bad;
    uint32_t c1 = p[i + 1];
    if ((c1 & 0xc0) != 0x80)
        return bad;
    if (c < 0xe0)
        return ((c & 0x1f) << 6 | (c1 & 0x3f)) | 2ull << 32;
    if (left < 3 || (p[i + 2] & 0xc0) != 0x80)
        return bad;
    uint32_t c2 = p[i + 2] & 0x3f;
    if (c < 0xf0) {
        uint32_t r = (c & 0xf) << 12 | (c1 & 0x3f) << 6 | c2;
        return r < 0x800 || (r >= 0xd800 && r < 0xe000) ? bad : r | 3ull << 32;
    }
    if (left < 4 || (p[i + 3] & 0xc0) != 0x80)
        return bad;
    uint32_t r = (c & 7) << 18 | (c1 & 0x3f) << 12 | c2 << 6 | (p[i + 3] & 0x3f);
    return r < 0x10000 || r > RUNE_MAX ? bad : r | 4ull << 32;
}

uint64_t rt_decoderune(const uint8_t *p, int64_t n, int64_t i)
{
    return decode(p, n, i);
}

int rt_encoderune(uint8_t *p, int64_t r)
{
    if (r < 0 || r > RUNE_MAX || (r >= 0xd800 && r < 0xe000))
        r = RUNE_ERROR;
    uint32_t c = (uint32_t)r;
    if (c < 0x80) {
        p[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        p[0] = (uint8_t)(0xc0 | c >> 6);
        p[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        p[0] = (uint8_t)(0xe0 | c >> 12);
        p[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        p[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    p[0] = (uint8_t)(0xf0 | c >> 18);
    p[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    p[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    p[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

RtString rt_string_from_runes(const int32_t *r, int64_t n)
{
    uint8_t tmp[4];
    size_t total = 0;
    for (int64_t i = 0; i < n; i++)
        total += (size_t)rt_encoderune(tmp, r[i]);
    if (total == 0)
        return (RtString){NULL, 0};
    uint8_t *p = rt_alloc_raw(total), *q = p;
    /* The runes may change under us; never write more than was counted. */
    for (int64_t i = 0; i < n; i++) {
        int k = rt_encoderune(tmp, r[i]);
        if ((size_t)(q - p) + (size_t)k > total)
            break;
        memcpy(q, tmp, (size_t)k);
        q += k;
    }
    return (RtString){p, (int64_t)(q - p)};
}

RtSlice rt_string_to_runes(const uint8_t *p, int64_t n)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; count++)
        i += (int64_t)(decode(p, n, i) >> 32);
    if (count == 0)
        return (RtSlice){rt_alloc(0, NULL), 0, 0};
    size_t bytes = rt_round_size((size_t)count * 4, false);
    int32_t *r = rt_alloc_raw(bytes);
    int64_t k = 0;
    for (int64_t i = 0; i < n;) {
        uint64_t d = decode(p, n, i);
        r[k++] = (int32_t)(uint32_t)d;
        i += (int64_t)(d >> 32);
    }
    memset(r + k, 0, bytes - (size_t)k * 4);
    return (RtSlice){r, count, (int64_t)(bytes / 4)};
}

RtString rt_string_from_rune(int64_t r)
{
    uint8_t tmp[4];
    int k = rt_encoderune(tmp, r);
    return rt_string_from_bytes(tmp, k);
}
