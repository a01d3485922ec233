/* SPDX-License-Identifier: MIT
 *
 * internal/bytealg: searches in bytes.  memmem and its tables need more stack than a
 * goroutine may have left, so Index is entered on the system stack.
 */
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
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        count += p[i] == c;
    return count;
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
    return n < m ? -1 : index_of(p, memmem(p, (size_t)n, sep, (size_t)m));
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
