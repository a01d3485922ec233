/* A small, fast hash of short byte strings, for the compiler's in-memory tables only: its
 * values may change between builds and are never stored. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef GOL_BASE_HASH_H
#define GOL_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_mix(uint64_t h, uint64_t v)
{
    __uint128_t m = (__uint128_t)(h ^ v) * 0x9e3779b97f4a7c15u;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline uint32_t hash_bytes(const char *s, size_t n)
{
    uint64_t h = n * 0xff51afd7ed558ccdu + 1, v;
    for (; n >= 8; n -= 8, s += 8) {
        memcpy(&v, s, 8);
        h = hash_mix(h, v);
    }
    v = 0;
    if (n >= 4) { /* two overlapping words cover 4..7 bytes */
        uint32_t a, b;
        memcpy(&a, s, 4);
        memcpy(&b, s + n - 4, 4);
        v = (uint64_t)a << 32 | b;
    } else if (n > 0) {
        v = (uint64_t)(unsigned char)s[0] << 16 | (uint64_t)(unsigned char)s[n / 2] << 8 |
            (unsigned char)s[n - 1];
    }
    h = hash_mix(h, v ^ 0x5851f42d4c957f2du);
    return (uint32_t)(h ^ h >> 32);
}

#endif
