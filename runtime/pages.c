/* SPDX-License-Identifier: MIT
 *
 * The page allocator: runs of 8 KiB pages out of one reservation.  Free runs stand in lists
 * by length and are merged with free neighbours; what was never used lies above `top` and
 * is known to be zero.  Free memory goes back to the system in rt_pages_scavenge; a bit for each
 * page tells whether it did. */
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "runtime/gc.h"
#include "runtime/memcalls.h"
#include "runtime/touch.h"

/* Exact lists for 1 … 63 pages, then one for each power of two. */
enum { EXACT = 64, NLISTS = EXACT + 26 };
/* From this size on the heap asks for huge pages: fewer faults, fewer misses of the TLB. */
enum { HUGE_FROM = 8 << 20, HUGE_ALL = 64 << 20, PER_HUGE = RT_HUGE_PAGE >> RT_PAGE_SHIFT };

RtHeap rt_heap;

static uint32_t lists[NLISTS]; /* page + 1 of the first run */
static uint64_t nonempty[2];
#define top rt_heap.pages_ever
static size_t free_pages;
static uint64_t *released; /* free pages that the system has, which are zero when used again */
static size_t huge_to;     /* bytes from the base for which huge pages were asked */

static unsigned list_of(size_t n)
{
    return n < EXACT ? (unsigned)n : EXACT + 57 - (unsigned)__builtin_clzll(n);
}

/* The bits of pages [page, page + n) in released's word i. */
static uint64_t word_bits(size_t i, size_t page, size_t n)
{
    size_t lo = page > i * 64 ? page - i * 64 : 0;
    size_t hi = page + n < (i + 1) * 64 ? page + n - i * 64 : 64;
    return (~0ull << lo) & (~0ull >> (64 - hi));
}

/* Makes all of them released or none; returns how many that changes. */
static size_t set_released(size_t page, size_t n, bool to)
{
    size_t changed = 0;
    for (size_t i = page / 64; i <= (page + n - 1) / 64; i++) {
        uint64_t m = word_bits(i, page, n) & (to ? ~released[i] : released[i]);
        released[i] ^= m;
        for (; m; m &= m - 1)
            changed++;
    }
    if (to)
        rt_heap.pages_released += changed;
    else
        rt_heap.pages_released -= changed;
    return changed;
}

static void push_run(uint32_t page, uint32_t n)
{
    RtSpan *s = &rt_heap.spans[page];
    unsigned l = list_of(n);
    s->base = rt_heap.base + ((size_t)page << RT_PAGE_SHIFT);
    s->npages = n;
    s->prev = 0;
    s->next = lists[l];
    if (s->next)
        rt_heap.spans[s->next - 1].prev = page + 1;
    lists[l] = page + 1;
    nonempty[l / 64] |= 1ull << (l % 64);
    __atomic_store_n(&s->state, SPAN_FREE, __ATOMIC_RELEASE);
    rt_heap.page_head[page] = page + 1;
    rt_heap.page_head[page + n - 1] = page + 1;
    free_pages += n;
}

static void unlink_run(RtSpan *s)
{
    unsigned l = list_of(s->npages);
    if (s->next)
        rt_heap.spans[s->next - 1].prev = s->prev;
    if (s->prev)
        rt_heap.spans[s->prev - 1].next = s->next;
    else if ((lists[l] = s->next) == 0)
        nonempty[l / 64] &= ~(1ull << (l % 64));
    free_pages -= s->npages;
}

/* The first run of at least n pages, unlinked; NULL if there is none. */
static RtSpan *take_run(size_t n)
{
    unsigned l = list_of(n);
    if (l >= NLISTS)
        return NULL;
    if (l >= EXACT) { /* runs of this list may be too short */
        for (uint32_t p = lists[l]; p; p = rt_heap.spans[p - 1].next) {
            if (rt_heap.spans[p - 1].npages >= n) {
                unlink_run(&rt_heap.spans[p - 1]);
                return &rt_heap.spans[p - 1];
            }
        }
        l++;
    }
    for (unsigned w = l / 64; w < 2; w++) {
        uint64_t m = nonempty[w];
        if (w == l / 64)
            m &= ~0ull << (l % 64);
        if (m) {
            RtSpan *s = &rt_heap.spans[lists[w * 64 + (unsigned)__builtin_ctzll(m)] - 1];
            unlink_run(s);
            return s;
        }
    }
    return NULL;
}

/* Makes pages [0, upto) usable.  False: the system or the reservation has no more. */
static bool commit(size_t upto)
{
    size_t need = upto << RT_PAGE_SHIFT;
    if (need <= rt_heap.committed)
        return true;
    if (need > rt_heap.reserved)
        return false;
    size_t step = rt_heap.committed < HUGE_FROM     ? 4u << 20
                  : rt_heap.committed < (64u << 20) ? 8u << 20
                                                    : 64u << 20;
    size_t want = (need + step - 1) & ~(step - 1);
    if (want > rt_heap.reserved)
        want = rt_heap.reserved;
    uint8_t *p = rt_heap.base + rt_heap.committed;
    if (mprotect(p, want - rt_heap.committed, PROT_READ | PROT_WRITE) != 0) {
        want = need;
        if (mprotect(p, want - rt_heap.committed, PROT_READ | PROT_WRITE) != 0)
            return false;
    }
    rt_heap.committed = want;
    return true;
}

/* Asks for huge pages for what the heap is going to fill, which is all up to where the next
 * cycle starts: a huge page of which it would use a part only takes memory.  Of a large heap that
 * is nothing. */
static void ask_for_huge(void)
{
    size_t end = top << RT_PAGE_SHIFT;
    if (end <= HUGE_FROM || end <= huge_to)
        return;
    uint64_t sure = __atomic_load_n(&rt_gc.start_at, __ATOMIC_RELAXED);
    size_t lo = huge_to ? huge_to : HUGE_FROM, hi = sure > end ? sure : end;
    if (hi > rt_heap.committed || end > HUGE_ALL)
        hi = rt_heap.committed;
    hi &= ~(RT_HUGE_PAGE - 1);
    if (hi > lo) {
        madvise(rt_heap.base + lo, hi - lo, MADV_HUGEPAGE);
        huge_to = hi;
    }
}

/* Whether the system zeroes a whole huge page when pages from page on are first used. */
static bool is_cold(size_t page, size_t npages)
{
    return npages <= PER_HUGE && (page + npages) << RT_PAGE_SHIFT <= huge_to &&
           page << RT_PAGE_SHIFT >= HUGE_FROM;
}

RtSpan *rt_pages_alloc(size_t npages, bool *zero)
{
    if (npages > rt_heap.reserved >> RT_PAGE_SHIFT)
        return NULL;
    rt_lock(&rt_heap.lock);
    RtSpan *s = take_run(npages);
    uint32_t page;
    size_t usable;
    bool fresh = !s, cold;
    if (s) {
        page = rt_page_of(s);
        *zero = set_released(page, npages, false) == npages;
        if (s->npages > npages)
            push_run(page + (uint32_t)npages, s->npages - (uint32_t)npages);
    } else {
        if (!commit(top + npages)) {
            rt_unlock(&rt_heap.lock);
            return NULL;
        }
        page = (uint32_t)top;
        top += npages;
        ask_for_huge();
        *zero = true;
        s = &rt_heap.spans[page];
        s->base = rt_heap.base + ((size_t)page << RT_PAGE_SHIFT);
    }
    s->npages = (uint32_t)npages;
    __atomic_store_n(&s->state, SPAN_NONE, __ATOMIC_RELEASE);
    for (size_t i = 0; i < npages; i++)
        rt_heap.page_head[page + i] = page + 1;
    rt_heap.pages_inuse += npages;
    cold = *zero && is_cold(page, npages);
    usable = huge_to;
    rt_unlock(&rt_heap.lock);
    if (cold) {
        size_t at = (size_t)page << RT_PAGE_SHIFT, end = at + (npages << RT_PAGE_SHIFT);
        if (fresh)
            rt_touch_fresh(at, end, usable);
        else
            rt_touch_again(at, end);
    }
    return s;
}

void rt_pages_free(RtSpan *s)
{
    rt_lock(&rt_heap.lock);
    uint32_t page = rt_page_of(s), n = s->npages;
    rt_heap.pages_inuse -= n;
    s->state = SPAN_FREE;
    if (page > 0) {
        RtSpan *left = &rt_heap.spans[rt_heap.page_head[page - 1] - 1];
        if (left->state == SPAN_FREE) {
            unlink_run(left);
            page = rt_page_of(left);
            n += left->npages;
        }
    }
    if (page + n < top) {
        RtSpan *right = &rt_heap.spans[page + n];
        if (right->state == SPAN_FREE) {
            unlink_run(right);
            right->state = SPAN_NONE;
            n += right->npages;
        }
    }
    push_run(page, n);
    rt_unlock(&rt_heap.lock);
}

/* Gives back up to *n pages of a free run, from its end on and in multiples of unit; stops after
 * about *turn.  → whether it came to the beginning of the run, or can give back no more */
static bool release_run(const RtSpan *s, size_t *n, size_t unit, size_t *turn)
{
    size_t first = (rt_page_of(s) + unit - 1) & ~(unit - 1);
    size_t end = (rt_page_of(s) + s->npages) & ~(unit - 1);
    while (end > first && *n >= unit) {
        size_t k = *n & ~(unit - 1), low = (end - 1) & ~(size_t)(PER_HUGE - 1);
        if (*turn == 0)
            return false;
        if (low < first)
            low = first;
        if (k > end - low)
            k = end - low;
        end -= k;
        size_t given = set_released(end, k, true);
        if (given && madvise(rt_heap.base + (end << RT_PAGE_SHIFT), k << RT_PAGE_SHIFT,
                             MADV_DONTNEED) != 0) {
            set_released(end, k, false);
            return true;
        }
        *n -= given < *n ? given : *n;
        *turn -= given < *turn ? given : *turn;
    }
    return true;
}

/* Gives back n free pages in multiples of unit, those of the longest runs first; returns how
 * many are missing.  Not for long under the lock, which all want who allocate: after a turn it looks
 * for its place in the list again, which may have changed, so that a run may be passed over. */
static size_t release(size_t n, size_t unit)
{
    for (int l = NLISTS - 1; l >= (int)list_of(unit) && n >= unit; l--) {
        size_t at = 0;
        uint32_t p;
        do {
            size_t turn = PER_HUGE;
            rt_lock(&rt_heap.lock);
            p = lists[l];
            for (size_t i = 0; p && i < at; i++)
                p = rt_heap.spans[p - 1].next;
            for (; p && n >= unit && release_run(&rt_heap.spans[p - 1], &n, unit, &turn); at++)
                p = rt_heap.spans[p - 1].next;
            bool wanted = rt_lock_wanted(&rt_heap.lock);
            rt_unlock(&rt_heap.lock);
            if (wanted) /* by who would find it taken again */
                nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
        } while (p && n >= unit);
    }
    return n;
}

void rt_pages_scavenge(size_t keep)
{
    rt_lock(&rt_heap.lock);
    size_t have = free_pages - rt_heap.pages_released;
    rt_unlock(&rt_heap.lock);
    if (have <= keep)
        return;
    size_t n = release(have - keep, PER_HUGE);
    /* For a little, no huge page is split: it would come back in small ones. */
    if (keep == 0 || huge_to == 0 || n >= PER_HUGE)
        release(n, 1);
}

static void *reserve(size_t n, int prot)
{
    void *p = mmap(NULL, n, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void rt_pages_init(void)
{
    /* As much address space as there is: 256 GB, less where it is limited. */
    for (size_t n = RT_MOST_HUGE * RT_HUGE_PAGE; n >= 64u << 20; n /= 2) {
        size_t np = n >> RT_PAGE_SHIFT;
        uint8_t *base = reserve(n + RT_HUGE_PAGE, PROT_NONE);
        uint32_t *head = base ? reserve(np * sizeof *head, PROT_READ | PROT_WRITE) : NULL;
        RtSpan *spans = head ? reserve((np + 1) * sizeof *spans, PROT_READ | PROT_WRITE) : NULL;
        uint64_t *bits = spans ? reserve(np / 8, PROT_READ | PROT_WRITE) : NULL;
        if (bits) {
            rt_heap.base = (uint8_t *)(((uintptr_t)base + RT_HUGE_PAGE - 1) & ~(RT_HUGE_PAGE - 1));
            rt_heap.reserved = n;
            rt_heap.page_head = head;
            rt_heap.spans = spans;
            released = bits;
            return;
        }
        if (spans)
            munmap(spans, (np + 1) * sizeof *spans);
        if (head)
            munmap(head, np * sizeof *head);
        if (base)
            munmap(base, n + RT_HUGE_PAGE);
    }
    rt_throw("out of memory: cannot reserve address space for the heap");
}
