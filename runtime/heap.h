/* SPDX-License-Identifier: MIT
 *
 * The heap: one reserved stretch of addresses in pages of 8 KiB, cut into spans of equal
 * slots.  What the allocator, the sweeper, the marker and the maps share.
 *
 *      base                                                    reserved end
 *      | span 16 B | span 48 B |  free run  | large object  | … |
 *         one RtSpan of metadata per page (used at a span's first page), in an array apart;
 *         page_head[page] = first page of its span + 1
 *
 * A slot is allocated if its bit in alloc[] is set.  A per-P cache owns, for each run
 * number, a stretch [cur,end) of zeroed slots of one span whose alloc bits are already set;
 * allocation moves cur.  marks[] is the collector's; sweeping makes it the new alloc[].
 *
 * Who may call: runtime C code on the thread's system stack.  An allocation may collect;
 * the caller's own pointers are safe anywhere on its stack (scanned conservatively). */
#ifndef GOL_RUNTIME_HEAP_H
#define GOL_RUNTIME_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/abi.h"
#include "runtime/allocrun.h"
#include "runtime/memcalls.h"
#include "runtime/sched.h"

#define RT_PAGE_SHIFT 13
#define RT_PAGE_SIZE ((size_t)1 << RT_PAGE_SHIFT)

enum { SPAN_NONE, SPAN_FREE, SPAN_SMALL, SPAN_LARGE };

typedef struct RtSpecial RtSpecial;

typedef struct RtSpan {
    uint8_t *base;
    uint64_t mask;       /* pointer map of each slot (slots of at most 512 bytes); all ones
                            where nothing is known */
    const RtType *type;  /* SPAN_LARGE: element type, NULL: no pointers */
    RtSpecial *specials; /* finalizers and cleanups, by address */
    uint32_t npages;
    uint32_t magic;    /* ceil(2^32 / elemsize): slot number by multiplication */
    uint32_t elemsize; /* SPAN_SMALL */
    uint32_t next;     /* page numbers + 1: the next span of the same run, or free run in
                          its list */
    uint32_t prev;
    uint16_t nelems;
    uint16_t run;
    uint8_t state;
    uint8_t typed;      /* slots end in their type */
    uint8_t walked;     /* slots with pointers hold objects that end in an array: a loop's pointer
                           may stand at the next one */
    uint8_t sweepgen;   /* == heap.sweepgen: swept in this cycle */
    uint8_t zeroed;     /* SPAN_SMALL: every slot that was never allocated is zero */
    uint16_t freeindex; /* SPAN_SMALL, owned by a cache: slots from here may be free */
    uint16_t cached;    /* a cache owns it */
    uint64_t alloc[8];
    uint64_t marks[8];
} RtSpan;

/* A stretch of slots ready to be handed out. */
typedef struct RtRun {
    uint8_t *cur, *end;
} RtRun;

struct RtMCache {
    RtRun run[RT_NRUNS];
    RtSpan *span[RT_NRUNS];
    struct RtMCache *next; /* of all caches */
    uint64_t map_seed;     /* state of the random numbers for maps */
    uint64_t allocated;    /* bytes, not yet counted in heap.live */
    uint64_t nmalloc;      /* objects, not yet counted in heap.nmalloc */
    uint64_t unassisted;   /* bytes allocated while marking, for which nothing was marked yet */
    struct {               /* runs that were found for types, by address and class */
        const RtType *type;
        uint32_t class, run;
    } types[64];
    struct GcWork *gcwork; /* for barriers and assists of this P */
};

typedef struct RtHeap {
    uint8_t *base;
    size_t reserved;  /* bytes of address space */
    size_t committed; /* bytes usable, from base */
    uint32_t *page_head;
    RtSpan *spans; /* by page */
    RtMutex lock;  /* of the page allocator */
    uint8_t sweepgen;
    uint64_t live;    /* bytes handed to caches and large objects since the last marking,
                         on top of what that found */
    uint64_t trigger; /* collect when live reaches this */
    uint64_t pages_inuse, pages_released;
    uint64_t pages_ever;                  /* pages that have been handed out at least once */
    uint64_t total_alloc, nmalloc, nfree; /* since the start: bytes, objects */
    RtMCache *caches;                     /* all of them */
    RtMCache *boot;                       /* used before there is a P */
    RtMutex caches_lock;
} RtHeap;

extern RtHeap rt_heap;
extern const RtType rt_word_type; /* one word that may be a pointer */
extern const uint16_t rt_class_size[RT_NCLASSES];
enum { RT_MAX_PLAIN = 1024 };
extern uint8_t rt_class_of_8[RT_MAX_PLAIN / 8 + 1]; /* the class of a size, by (size + 7) / 8 */
extern uint32_t rt_run_size[RT_NRUNS];              /* slot size of each run; 0: not made yet */

/* Must run before anything else here; single-threaded. */
void rt_heap_init(void);
/* The run that single objects of a type come from; its size is at most RT_MAX_MASKED. */
unsigned rt_run_of(const RtType *t);
RtMCache *rt_mcache_new(void);
void rt_mcache_settle(RtMCache *mc); /* adds its tallies to the heap's */
void rt_mcache_flush(RtMCache *mc);  /* gives back what it holds; the world stands still, or
                                       the cache's P is the caller's */
/* The cache of the P that this thread owns, or NULL without one. */
static inline RtMCache *rt_mcache_current(void)
{
    RtM *m = rt_m;
    if (rt_unlikely(!m || !m->p))
        return NULL;
    RtP *p = m->p;
    if (rt_unlikely(!p->mcache || p->mcache == &rt_mcache_none))
        p->mcache = rt_mcache_new();
    return p->mcache;
}

/* The size that an allocation of n bytes really gets, as Go rounds it. */
size_t rt_round_size(size_t n, bool pointers);
unsigned rt_size_class(size_t n); /* n <= RT_MAX_SMALL */

/* A zeroed array that holds bytes/elem->size elements; elem NULL or without pointers: plain
 * memory.  bytes == 0 gives the address of a word that nobody stores to.  Never NULL:
 * exhaustion is fatal. */
void *rt_alloc(size_t bytes, const RtType *elem);
/* The same for memory that the program walks through, if it has pointers: a word more, so that
 * where a loop's pointer stands behind the last element it still points into the object.  A
 * pointer to an object's first byte need not keep the object before it, then. */
void *rt_alloc_array(size_t bytes, const RtType *elem);
/* Memory without pointers whose contents do not matter to the caller. */
void *rt_alloc_raw(size_t bytes);
/* Memory that is scanned conservatively: for the runtime's own objects in the heap. */
void *rt_alloc_conservative(size_t bytes);
/* Memory of the runtime that is never freed nor scanned; 16-aligned, zeroed. */
void *rt_persistent(size_t bytes);

/* memmove and memset for memory that no other goroutine knows yet, or that has no pointers, while
 * the caller holds the addresses: the world does not wait for a long one to stop. */
void rt_move_fresh(void *dst, const void *src, size_t n);
void rt_clear_fresh(void *dst, size_t n);

/* Pages, under no lock; pages.c */
RtSpan *rt_pages_alloc(size_t npages, bool *zero); /* NULL: exhausted */
void rt_pages_free(RtSpan *s);
void rt_pages_scavenge(size_t keep_free_pages); /* gives free pages back to the system */
void rt_pages_init(void);

/* The span that holds p, or NULL; any word may be asked for. */
static inline RtSpan *rt_span_of(const void *p)
{
    size_t off = (size_t)((const uint8_t *)p - rt_heap.base);
    if (off >= rt_heap.committed)
        return NULL;
    uint32_t h = rt_heap.page_head[off >> RT_PAGE_SHIFT];
    if (h == 0)
        return NULL;
    RtSpan *s = &rt_heap.spans[h - 1];
    if (__atomic_load_n(&s->state, __ATOMIC_ACQUIRE) < SPAN_SMALL)
        return NULL;
    if ((size_t)((const uint8_t *)p - s->base) >= (size_t)s->npages << RT_PAGE_SHIFT)
        return NULL;
    return s;
}

static inline uint32_t rt_slot_of(const RtSpan *s, const void *p)
{
    return (uint32_t)(((uint64_t)(uint32_t)((const uint8_t *)p - s->base) * s->magic) >> 32);
}

/* Whether marking, which has ended, found obj; true if it is not in the heap. */
bool rt_is_marked(const void *obj);

static inline uint32_t rt_page_of(const RtSpan *s)
{
    return (uint32_t)(s - rt_heap.spans);
}

/* Stores a pointer in heap memory from runtime code, with the write barrier. */
static inline void rt_store_ref(void *addr, const void *val)
{
    if (__builtin_expect(__atomic_load_n(&rt_wb_enabled, __ATOMIC_RELAXED), 0))
        rt_wbrec(*(void **)addr);
    __atomic_store_n((void **)addr, (void *)(uintptr_t)val, __ATOMIC_RELEASE);
}

#endif
