/* SPDX-License-Identifier: MIT
 *
 * The entry points that generated code calls directly, on the goroutine's stack: rows with
 * RTF_FAST.  Each does the common case, without a call and with next to no stack, and else
 * goes on in the stub of the whole function, which replaces it (a tail call).
 *
 * The section is one that the preemption signal leaves alone (preempt.c): between reading
 * and writing the P's cache the thread must not change. */
#include "runtime/mapfind.h"

#define FAST __attribute__((section("rt_nopreempt")))

void *sys_rt_new(const RtType *t);
void *sys_rt_map_get32(const RtType *t, void *map, uint32_t key);
void *sys_rt_map_get64(const RtType *t, void *map, uint64_t key);
void *fast_rt_new(const RtType *t);
void *fast_rt_map_get32(const RtType *t, void *map, uint32_t key);
void *fast_rt_map_get64(const RtType *t, void *map, uint64_t key);

FAST void *fast_rt_new(const RtType *t)
{
    RtMCache *mc = rt_m->p->mcache;
    unsigned run = t->alloc;
    RtRun *r = &mc->run[run]; /* run 0 is always empty */
    uint8_t *p = r->cur, *next = p + rt_run_size[run];
    if (rt_likely(next <= r->end && run)) {
        r->cur = next;
        return p;
    }
    return sys_rt_new(t);
}

#define GET(BITS)                                                                                  \
    do {                                                                                           \
        const Map *m = map;                                                                        \
        if (!m || m->count == 0)                                                                   \
            return NULL;                                                                           \
        if (rt_unlikely(m->writing))                                                               \
            return sys_rt_map_get##BITS(t, map, key);                                              \
        const MapInfo *in = m->info;                                                               \
        uint8_t *s = map_find_kind(m, in, RT_KEY_##BITS, &key);                                    \
        return s ? map_slot_elem(in, s) : NULL;                                                    \
    } while (0)

FAST void *fast_rt_map_get32(const RtType *t, void *map, uint32_t key)
{
    GET(32);
}

FAST void *fast_rt_map_get64(const RtType *t, void *map, uint64_t key)
{
    GET(64);
}
