/* SPDX-License-Identifier: MIT
 *
 * make, append's growth and copy for slices, and moves with write barriers. */
#include <string.h>

#include "runtime/heap.h"

#define MAX_ALLOC ((uint64_t)1 << 48)

static bool mul_overflows(uint64_t a, uint64_t b, uint64_t *r)
{
    return __builtin_mul_overflow(a, b, r) || *r > MAX_ALLOC;
}

void *rt_makeslice(const RtType *elem, int64_t len, int64_t cap)
{
    uint64_t n;
    if (cap < 0 || len < 0 || len > cap || mul_overflows(elem->size, (uint64_t)cap, &n)) {
        /* Go blames the length where it is wrong on its own. */
        uint64_t m;
        if (len < 0 || mul_overflows(elem->size, (uint64_t)len, &m))
            rt_panic_str("runtime error: makeslice: len out of range");
        rt_panic_str("runtime error: makeslice: cap out of range");
    }
    return rt_alloc_array(n, elem);
}

/* Go's amortised growth: double up to 256 elements, then towards a quarter. */
static int64_t next_cap(int64_t len, int64_t old)
{
    const int64_t threshold = 256;
    uint64_t cap = (uint64_t)old;
    if ((uint64_t)len > cap * 2)
        return len;
    if (old < threshold)
        return old * 2;
    do
        cap += (cap + 3 * threshold) >> 2;
    while (cap < (uint64_t)len);
    return (int64_t)cap <= 0 ? len : (int64_t)cap;
}

RtSlice rt_growslice(const RtType *elem, void *old, int64_t len, int64_t cap, int64_t add)
{
    int64_t newlen = (int64_t)((uint64_t)len + (uint64_t)add);
    if (newlen < 0 || add < 0)
        rt_panic_str("runtime error: growslice: len out of range");
    if (elem->size == 0)
        return (RtSlice){rt_alloc(0, NULL), newlen, newlen};
    int64_t newcap = next_cap(newlen, cap);
    uint64_t bytes;
    if (mul_overflows(elem->size, (uint64_t)newcap, &bytes))
        rt_panic_str("runtime error: growslice: len out of range");
    bytes = rt_round_size(bytes, elem->ptrbytes != 0);
    newcap = (int64_t)(bytes / elem->size);
    bytes = (uint64_t)newcap * elem->size;
    size_t used = (size_t)len * elem->size;
    uint8_t *p;
    if (elem->ptrbytes) {
        p = rt_alloc_array(bytes, elem);
    } else {
        p = rt_alloc_raw(bytes);
        if (bytes > RT_MAX_SMALL) /* smaller ones come zeroed */
            rt_clear_fresh(p + used, bytes - used);
    }
    /* No barrier: p is fresh, and what old points to stays reachable through it or, if old
     * dies, was reachable when marking began. */
    rt_move_fresh(p, old, used);
    return (RtSlice){p, newlen, newcap};
}

void rt_typedmove(const RtType *t, void *dst, const void *src)
{
    if (dst == src)
        return;
    if (t->ptrbytes && rt_unlikely(__atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED)))
        rt_wbrec_bulk(dst, t->ptrbytes);
    memmove(dst, src, t->size);
}

enum { PART = 64 << 10 }; /* between safepoints */

/* Words with barriers, from the end that does not overwrite what is yet to be read. */
static void copy_ref(uint8_t *dst, const uint8_t *src, size_t n)
{
    bool up = (uintptr_t)dst - (uintptr_t)src >= n;
    for (size_t done = 0, k; done < n; done += k) {
        k = n - done < PART ? n - done : PART;
        size_t at = up ? done : n - done - k;
        if (done)
            rt_safepoint();
        if (rt_unlikely(__atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED)))
            rt_wbrec_bulk(dst + at, k);
        memmove(dst + at, src + at, k);
    }
}

int64_t rt_slicecopy(const RtType *elem, void *dst, int64_t ndst, const void *src, int64_t nsrc)
{
    int64_t n = ndst < nsrc ? ndst : nsrc;
    size_t bytes = (size_t)n * elem->size;
    if (n <= 0 || dst == src || bytes == 0)
        return n;
    if (elem->ptrbytes)
        copy_ref(dst, src, bytes);
    else
        rt_move_fresh(dst, src, bytes);
    return n;
}

void rt_clear_ref(void *p, size_t n)
{
    if (rt_unlikely(__atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED)))
        rt_wbrec_bulk(p, n);
    memset(p, 0, n);
}

void rt_memclr_ref(void *p, int64_t n)
{
    uint8_t *at = p, *end = at + n;
    for (; end - at > PART; at += PART) {
        rt_clear_ref(at, PART);
        rt_safepoint();
    }
    rt_clear_ref(at, (size_t)(end - at));
}
