/* SPDX-License-Identifier: MIT
 *
 * Hashing of bytes: multiply and fold, in the manner of wyhash.  Inline, because what looks into
 * a map on a goroutine's stack calls nothing. */
#ifndef GOL_RUNTIME_HASH_H
#define GOL_RUNTIME_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_K0 0xa0761d6478bd642full
#define HASH_K1 0xe7037ed1a0b428dbull
#define HASH_K2 0x8ebc6af09c88c6e3ull

/* The halves of the product, folded: each bit of it depends on all of both. */
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
    unsigned __int128 r = (unsigned __int128)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

static inline uint64_t hash_read64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

static inline uint64_t hash_read32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

/* The hash of n bytes. */
static inline uint64_t hash_bytes(const void *data, size_t n, uint64_t seed)
{
    const uint8_t *p = data;
    uint64_t a, b;
    seed ^= HASH_K0;
    if (n <= 16) {
        if (n >= 8) {
            a = hash_read64(p);
            b = hash_read64(p + n - 8);
        } else if (n >= 4) {
            a = hash_read32(p);
            b = hash_read32(p + n - 4);
        } else if (n) {
            a = (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1];
            b = 0;
        } else {
            a = b = 0;
        }
    } else {
        size_t left = n;
        uint64_t other = seed;
        for (; left > 32; left -= 32, p += 32) {
            seed = hash_fold(hash_read64(p) ^ HASH_K1, hash_read64(p + 8) ^ seed);
            other = hash_fold(hash_read64(p + 16) ^ HASH_K2, hash_read64(p + 24) ^ other);
        }
        seed ^= other;
        if (left > 16)
            seed = hash_fold(hash_read64(p) ^ HASH_K1, hash_read64(p + 8) ^ seed);
        p += left;
        a = hash_read64(p - 16);
        b = hash_read64(p - 8);
    }
    return hash_fold(HASH_K1 ^ n, hash_fold(a ^ HASH_K1, b ^ seed));
}

#endif
