/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See ptrmap.h: open addressing, at most three quarters full. */
#include "base/ptrmap.h"

static uint32_t slot_of(const PtrMap *m, const void *key)
{
    uint64_t h = (uint64_t)(uintptr_t)key * 0x9E3779B97F4A7C15u;
    uint32_t i = (uint32_t)(h >> 32) & (m->cap - 1);
    while (m->keys[i] && m->keys[i] != key)
        i = (i + 1) & (m->cap - 1);
    return i;
}

void *ptrmap_get(const PtrMap *m, const void *key)
{
    if (!m->cap)
        return NULL;
    uint32_t i = slot_of(m, key);
    return m->keys[i] ? m->vals[i] : NULL;
}

void ptrmap_put(Arena *a, PtrMap *m, const void *key, void *val)
{
    if ((m->n + 1) * 4 > m->cap * 3) {
        PtrMap old = *m;
        m->cap = old.cap ? old.cap * 2 : 16;
        m->keys = ARENA_ARRAY(a, const void *, m->cap);
        m->vals = ARENA_ARRAY(a, void *, m->cap);
        m->n = 0;
        for (uint32_t i = 0; i < old.cap; i++)
            if (old.keys[i])
                ptrmap_put(a, m, old.keys[i], old.vals[i]);
    }
    uint32_t i = slot_of(m, key);
    if (!m->keys[i]) {
        m->keys[i] = key;
        m->n++;
    }
    m->vals[i] = val;
}
