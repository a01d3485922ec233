/* SPDX-License-Identifier: MIT
 *
 * Stack segments beyond a goroutine's first: allocation in doubling sizes, a cache per P
 * against hot splits, the limit.  Called by __morestack on the system stack.
 */
#include <string.h>
#include <sys/mman.h>

#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

#define CLASS0 2048
#define NCLASSES 6   /* 2, 4, … 64 KiB: cached per P, cut from blocks */
#define SEG_CACHE 32 /* of each class a P, halved per class */
#define BLOCK (256u << 10)

int64_t rt_max_stack = 1000000000; /* debug.SetMaxStack */

/* Free segments of each class that no P holds. */
static struct {
    RtSpin lock;
    RtSeg *free[NCLASSES];
    char *block, *block_end;
} pool;

static int class_index(uint64_t bytes)
{
    int c = 0;
    while ((uint64_t)CLASS0 << c < bytes)
        c++;
    return c;
}

static RtSeg *map_segment(uint64_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    if (p == MAP_FAILED)
        rt_throw("out of memory (stack)");
    return p;
}

static RtSeg *seg_alloc(uint64_t bytes)
{
    int c = class_index(bytes);
    if (c >= NCLASSES)
        return map_segment(bytes);
    RtP *p = rt_p();
    RtSeg *s = p->segs[c];
    if (s) {
        p->segs[c] = s->next;
        p->nsegs[c]--;
        return s;
    }
    rt_spin_lock(&pool.lock);
    s = pool.free[c];
    if (s) {
        pool.free[c] = s->next;
    } else {
        if ((uint64_t)(pool.block_end - pool.block) < bytes) {
            /* the rest is cut into the classes that fit */
            while (pool.block < pool.block_end) {
                int k = NCLASSES - 1;
                while ((int64_t)CLASS0 << k > pool.block_end - pool.block)
                    k--;
                RtSeg *r = (RtSeg *)pool.block;
                r->next = pool.free[k];
                pool.free[k] = r;
                pool.block += (int64_t)CLASS0 << k;
            }
            pool.block = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            if (pool.block == MAP_FAILED) {
                rt_spin_unlock(&pool.lock);
                rt_throw("out of memory (stack)");
            }
            pool.block_end = pool.block + BLOCK;
        }
        s = (RtSeg *)pool.block;
        pool.block += bytes;
    }
    rt_spin_unlock(&pool.lock);
    return s;
}

static void seg_free(RtSeg *s)
{
    uint64_t bytes = s->bytes;
    int c = class_index(bytes);
    if (c >= NCLASSES) {
        munmap(s, bytes);
        return;
    }
    RtP *p = rt_p();
    s->next = p->segs[c];
    p->segs[c] = s;
    if (rt_unlikely(++p->nsegs[c] > (uint32_t)SEG_CACHE >> (c / 2))) {
        rt_spin_lock(&pool.lock);
        while (p->nsegs[c] > (uint32_t)SEG_CACHE >> (c / 2 + 1)) {
            s = p->segs[c];
            p->segs[c] = s->next;
            p->nsegs[c]--;
            s->next = pool.free[c];
            pool.free[c] = s;
        }
        rt_spin_unlock(&pool.lock);
    }
}

/* Frees the segments cached above s. */
void rt_seg_trim(RtSeg *s)
{
    RtGoroutine *g = rt_self();
    RtSeg *n = s->next;
    s->next = NULL;
    while (n) {
        RtSeg *next = n->next;
        g->stack_kib -= (uint32_t)(n->bytes >> 10);
        seg_free(n);
        n = next;
    }
}

void rt_seg_free_all(RtGoroutine *g)
{
    g->seg = &g->first;
    g->pub.stack_limit_copy = (uint64_t)g->first.limit;
    rt_seg_trim(&g->first);
}

/* Gives the segment in use a next one with room for `need` bytes of frame and arguments. */
void rt_newseg(uint64_t need, uint64_t sp)
{
    RtGoroutine *g = rt_self();
    RtSeg *s = g->seg;
    if (s->next)
        rt_seg_trim(s); /* too small */
    const uint64_t extra = sizeof(RtSeg) + STACK_SLACK + 64;
    uint64_t bytes = s->bytes ? 2 * s->bytes : CLASS0;
    if (bytes > 256u << 20)
        bytes = 256u << 20;
    /* room for this frame and some more, lest its callees split again at once */
    while (bytes < need + extra + 512)
        bytes *= 2;
    if ((int64_t)(((uint64_t)g->stack_kib << 10) + (bytes > 1 << 20 ? bytes / 2 : 0)) >
            rt_max_stack ||
        (int64_t)need > rt_max_stack)
        rt_stack_overflow(sp);
    RtSeg *n = seg_alloc(bytes);
    n->bytes = bytes;
    n->prev = s;
    n->next = NULL;
    n->top = (char *)n + bytes;
    n->limit = (char *)n + sizeof *n + STACK_SLACK;
    g->stack_kib += (uint32_t)(bytes >> 10);
    s->next = n;
}

extern char __executable_start[], etext[]; /* the linker's */
enum { FX_XMM_END = 416 };                 /* of an FXSAVE image, and of what XSAVE begins with */

void rt_g_scan(RtGoroutine *g, RtScanFn *fn, void *arg)
{
    uint64_t sp = g->sp;
    for (RtSeg *s = g->seg; s; s = s->prev) {
        if (!s->prev) {
            /* the first segment ends in the RtGoroutine itself */
            fn(arg, (void *)(sp & ~(uint64_t)7), (char *)g + sizeof *g);
            break;
        }
        fn(arg, (void *)(sp & ~(uint64_t)7), s->top);
        sp = (uint64_t)s->left - 16; /* what __morestack saved there */
    }
    /* Our own code, for all processors, has pointers in the low halves of the first sixteen
     * vector registers; what is in the rest is libc's, and old where it does not run. */
    if (g->ctx) {
        uint64_t rip = g->ctx->rip;
        bool ours = rip >= (uint64_t)__executable_start && rip < (uint64_t)etext;
        fn(arg, g->ctx, (char *)g->ctx + (ours ? CTX_FX + FX_XMM_END : rt_ctx_size));
    }
}

/* Frames to come will lie over what past calls have left below the stack pointer, and not write
 * all of it: a word there would hold for long what nothing knows any more, and all that can
 * be reached from it, which of a queue is whatever was in it since. */
void rt_g_forget_calls(RtGoroutine *g)
{
    enum { DEEP = 2048, RED = 256 };
    if (!(__atomic_load_n(&g->flags, __ATOMIC_RELAXED) & RT_GF_RAN) || !g->seg)
        return;
    __atomic_fetch_and(&g->flags, (uint8_t)~RT_GF_RAN, __ATOMIC_RELAXED); /* see rt_g_lock_to */
    char *low = g->seg->limit - STACK_SLACK, *sp = (char *)(g->sp & ~(uint64_t)15) - RED;
    if (sp - low > DEEP)
        low = sp - DEEP;
    if (low < sp)
        memset(low, 0, (size_t)(sp - low));
}

void rt_stack_trim(void)
{
    rt_slab_trim();
}
