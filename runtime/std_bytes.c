/* SPDX-License-Identifier: MIT
 *
 * internal/bytealg: searches in bytes.  memmem and its tables need more stack than a
 * goroutine may have left, so Index is entered on the system stack.
 */
#include <emmintrin.h>
#include <string.h>

#include "runtime/std.h"

static int64_t index_of(const uint8_t *p, const uint8_t *at)
{
    return at ? at - p : -1;
}

int64_t std_internal_bytealg_IndexByte(const uint8_t *p, int64_t n, int64_t cap, uint8_t c)
{
    (void)cap;
    return n == 0 ? -1 : index_of(p, memchr(p, c, (size_t)n));
}

int64_t std_internal_bytealg_IndexByteString(const uint8_t *p, int64_t n, uint8_t c)
{
    return n == 0 ? -1 : index_of(p, memchr(p, c, (size_t)n));
}

int64_t std_internal_bytealg_LastIndexByte(const uint8_t *p, int64_t n, int64_t cap, uint8_t c)
{
    (void)cap;
    return n == 0 ? -1 : index_of(p, memrchr(p, c, (size_t)n));
}

int64_t std_internal_bytealg_LastIndexByteString(const uint8_t *p, int64_t n, uint8_t c)
{
    return n == 0 ? -1 : index_of(p, memrchr(p, c, (size_t)n));
}

int64_t std_internal_bytealg_CountString(const uint8_t *p, int64_t n, uint8_t c)
{
    int64_t count = 0, i = 0;
    __m128i all = _mm_set1_epi8((char)c);
    while (n - i >= 16) {
        /* Up to 255 times, a byte of sums counts one column. */
        __m128i sums = _mm_setzero_si128();
        for (int k = 0; k < 255 && n - i >= 16; k++, i += 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(p + i));
            sums = _mm_sub_epi8(sums, _mm_cmpeq_epi8(v, all));
        }
        __m128i halves = _mm_sad_epu8(sums, _mm_setzero_si128());
        count += _mm_cvtsi128_si64(halves) + _mm_cvtsi128_si64(_mm_srli_si128(halves, 8));
    }
    for (; i < n; i++)
        count += p[i] == c;
    return count;
}

/* Where the first and the last byte of sep stand at their distance, 16 places at a time (the
 * "generic SIMD" search of W. Mula, "SIMD-friendly algorithms for substring searching"); the
 * bytes between are compared.  A text in which that is often in vain is left to memmem, which
 * is linear. */
static const uint8_t *find(const uint8_t *p, size_t n, const uint8_t *sep, size_t m)
{
    size_t places = n - m + 1, i = 0;
    size_t vain = 0;
    __m128i first = _mm_set1_epi8((char)sep[0]), last = _mm_set1_epi8((char)sep[m - 1]);
    for (; i + 16 <= places; i += 16) {
        __m128i a = _mm_loadu_si128((const __m128i *)(p + i));
        __m128i b = _mm_loadu_si128((const __m128i *)(p + i + m - 1));
        __m128i both = _mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last));
        for (uint32_t hits = (uint32_t)_mm_movemask_epi8(both); hits; hits &= hits - 1) {
            const uint8_t *at = p + i + (unsigned)__builtin_ctz(hits);
            if (m <= 2 || memcmp(at + 1, sep + 1, m - 2) == 0)
                return at;
            vain += m;
        }
        if (vain > 256 + 8 * i)
            return memmem(p + i, n - i, sep, m);
    }
    for (; i < places; i++)
        if (p[i] == sep[0] && memcmp(p + i, sep, m) == 0)
            return p + i;
    return NULL;
}

int64_t std_internal_bytealg_Count(const uint8_t *p, int64_t n, int64_t cap, uint8_t c)
{
    (void)cap;
    return std_internal_bytealg_CountString(p, n, c);
}

int64_t std_internal_bytealg_IndexString(const uint8_t *p, int64_t n, const uint8_t *sep, int64_t m)
{
    if (m == 0)
        return 0;
    return n < m ? -1 : index_of(p, find(p, (size_t)n, sep, (size_t)m));
}

int64_t std_internal_bytealg_Index(const uint8_t *p, int64_t n, int64_t cap, const uint8_t *sep,
                                   int64_t m, int64_t sepcap)
{
    (void)cap;
    (void)sepcap;
    return std_internal_bytealg_IndexString(p, n, sep, m);
}

bool std_internal_bytealg_Equal(const uint8_t *p, int64_t n, int64_t pcap, const uint8_t *q,
                                int64_t m, int64_t qcap)
{
    (void)pcap;
    (void)qcap;
    return n == m && (n == 0 || p == q || memcmp(p, q, (size_t)n) == 0);
}

int64_t std_internal_bytealg_Compare(const uint8_t *p, int64_t n, int64_t pcap, const uint8_t *q,
                                     int64_t m, int64_t qcap)
{
    (void)pcap;
    (void)qcap;
    int64_t l = n < m ? n : m;
    int r = l == 0 ? 0 : memcmp(p, q, (size_t)l);
    if (r == 0)
        return n < m ? -1 : n > m;
    return r < 0 ? -1 : 1;
}
