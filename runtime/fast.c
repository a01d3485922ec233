/* SPDX-License-Identifier: MIT
 *
 * Allocation on the goroutine's stack: objects, slices without pointers, short strings; and
 * comparison of interfaces; see fast.h. */
#include <string.h>

#include "runtime/fast.h"

void *sys_rt_new(const RtType *t);
void *fast_rt_new(const RtType *t);
void *sys_rt_makeslice(const RtType *elem, int64_t len, int64_t cap);
void *fast_rt_makeslice(const RtType *elem, int64_t len, int64_t cap);
RtString sys_rt_concat(const RtString *s, int64_t n);
RtString fast_rt_concat(const RtString *s, int64_t n);
RtString sys_rt_string_from_bytes(const uint8_t *b, int64_t n);
RtString fast_rt_string_from_bytes(const uint8_t *b, int64_t n);
bool sys_rt_efaceeq(const void *ta, uint64_t a, const void *tb, uint64_t b);
bool fast_rt_efaceeq(const void *ta, uint64_t a, const void *tb, uint64_t b);

/* n bytes without pointers; NULL: there are none, or n is 0 or too large. */
FAST_INLINE uint8_t *take_plain(uint64_t n)
{
    if (rt_unlikely(n - 1 >= RT_MAX_PLAIN))
        return NULL;
    unsigned class = rt_class_of_8[(n + 7) / 8];
    return fast_take(rt_m->p->mcache, class < 2 ? 2 : class);
}

FAST void *fast_rt_new(const RtType *t)
{
    uint8_t *p = fast_take(rt_m->p->mcache, t->alloc);
    return rt_likely(p) ? p : sys_rt_new(t);
}

FAST void *fast_rt_makeslice(const RtType *elem, int64_t len, int64_t cap)
{
    if (rt_likely((uint64_t)len <= (uint64_t)cap && (uint64_t)cap <= RT_MAX_PLAIN &&
                  elem->ptrbytes == 0 && elem->size <= RT_MAX_PLAIN)) {
        uint8_t *p = take_plain((uint64_t)cap * elem->size);
        if (rt_likely(p))
            return p;
    }
    return sys_rt_makeslice(elem, len, cap);
}

/* In the two below a preemption inside memcpy does no harm: the slot is taken. */
FAST RtString fast_rt_concat(const RtString *s, int64_t n)
{
    uint64_t total = 0;
    int64_t used = 0;
    for (int64_t i = 0; i < n; i++) {
        if (rt_unlikely((uint64_t)s[i].n > RT_MAX_PLAIN))
            return sys_rt_concat(s, n);
        total += (uint64_t)s[i].n;
        used += s[i].n != 0;
    }
    uint8_t *p;
    if (rt_unlikely(used < 2 || !(p = take_plain(total))))
        return sys_rt_concat(s, n);
    for (int64_t i = 0, at = 0; i < n; at += s[i++].n)
        memcpy(p + at, s[i].p, (size_t)s[i].n);
    return (RtString){p, (int64_t)total};
}

FAST RtString fast_rt_string_from_bytes(const uint8_t *b, int64_t n)
{
    uint8_t *p = take_plain((uint64_t)n);
    if (rt_unlikely(!p))
        return sys_rt_string_from_bytes(b, n);
    memcpy(p, b, (size_t)n);
    return (RtString){p, n};
}

/* Nothing here belongs to the P. */
bool fast_rt_efaceeq(const void *ta, uint64_t a, const void *tb, uint64_t b)
{
    const RtType *t = ta;
    if (ta != tb)
        return false;
    if (!t)
        return true;
    if (rt_likely((t->flags & RT_PLAIN_EQ) && t->size <= 8))
        return a == b;
    if (t->kind == RT_STRING) {
        const RtString *x = (const RtString *)a, *y = (const RtString *)b;
        return x->n == y->n && (x->p == y->p || memcmp(x->p, y->p, (size_t)x->n) == 0);
    }
    return sys_rt_efaceeq(ta, a, tb, b);
}
