/* Arenas: a list of chunks, each used up from its start; chunks come zeroed from the
 * system and are never reused, so every allocation is zero without a memset of ours.
 * A big chunk is opened window by window, and each window's pages are asked for at once:
 * one page fault at a time would cost more than parsing does.  Under AddressSanitizer each
 * allocation is a chunk of its own, so that a step outside it is seen. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 16, FIRST_CHUNK = 64 << 10, MAX_CHUNK = 4 << 20, WINDOW = 256 << 10 };

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EACH_ALONE 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define EACH_ALONE 1
#endif
#ifndef EACH_ALONE
#define EACH_ALONE 0
#endif

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

typedef struct Chunk {
    struct Chunk *next;
    size_t size; /* of the whole chunk, this header included */
} Chunk;

struct Arena {
    char *at, *end; /* free room of the newest chunk's open window */
    char *limit;    /* the newest chunk's end */
    Chunk *chunks;  /* newest first */
    size_t next_size, reserved;
};

static _Noreturn void out_of_memory(size_t n)
{
    fprintf(stderr, "golc: out of memory (allocating %zu bytes)\n", n);
    exit(3);
}

Arena *arena_new(void)
{
    Arena *a = calloc(1, sizeof *a);
    if (!a) {
        out_of_memory(sizeof *a);
    }
    a->next_size = FIRST_CHUNK;
    return a;
}

void arena_free(Arena *a)
{
    if (!a) {
        return;
    }
    for (Chunk *c = a->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(a);
}

static size_t round_up(size_t n)
{
    if (n > SIZE_MAX / 2) {
        out_of_memory(n);
    }
    return n ? (n + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
}

static Chunk *chunk_new(Arena *a, size_t size)
{
    Chunk *c = calloc(1, size);
    if (!c) {
        out_of_memory(size);
    }
    c->size = size;
    a->reserved += size;
    return c;
}

/* Opens the next window of the newest chunk, of n bytes at least.  Asking for its pages is
 * an optimisation: where the kernel cannot, they come one by one. */
static void open_window(Arena *a, size_t n)
{
    size_t rest = (size_t)(a->limit - a->end);
    size_t size = n > WINDOW ? n : WINDOW;
    if (size > rest || rest - size < WINDOW / 4) {
        size = rest;
    }
    uintptr_t page = 4096, from = ((uintptr_t)a->end + page - 1) & ~(page - 1);
    uintptr_t to = ((uintptr_t)a->end + size) & ~(page - 1);
    if (to > from + 8 * page) {
        madvise((void *)from, to - from, MADV_POPULATE_WRITE);
    }
    a->end += size;
}

/* n does not fit the newest chunk's window. */
static __attribute__((noinline)) void *alloc_slow(Arena *a, size_t n)
{
    size_t header = round_up(sizeof(Chunk));
    if (n <= (size_t)(a->limit - a->at)) {
        open_window(a, n);
        void *p = a->at;
        a->at += n;
        return p;
    }
    if (n > MAX_CHUNK / 4 && a->chunks) { /* a chunk of its own, behind the newest */
        Chunk *big = chunk_new(a, header + n);
        big->next = a->chunks->next;
        a->chunks->next = big;
        return (char *)big + header;
    }
    size_t size = a->next_size;
    if (size < MAX_CHUNK) {
        a->next_size = size * 2;
    }
    if (size < header + n) {
        size = header + n;
    }
    Chunk *c = chunk_new(a, size);
    c->next = a->chunks;
    a->chunks = c;
    a->at = (char *)c + header;
    a->end = a->at;
    a->limit = (char *)c + size;
    open_window(a, n);
    a->at += n;
    return (char *)c + header;
}

/* An allocation of exactly n bytes that the sanitizer knows the bounds of. */
static void *alloc_alone(Arena *a, size_t n)
{
    size_t header = round_up(sizeof(Chunk));
    Chunk *c = chunk_new(a, header + (n ? n : 1));
    c->next = a->chunks;
    a->chunks = c;
    return (char *)c + header;
}

void *arena_alloc(Arena *a, size_t n)
{
    if (EACH_ALONE) {
        return alloc_alone(a, n);
    }
    n = round_up(n);
    if (n <= (size_t)(a->end - a->at)) {
        void *p = a->at;
        a->at += n;
        return p;
    }
    return alloc_slow(a, n);
}

void *arena_realloc(Arena *a, void *p, size_t old_n, size_t new_n)
{
    if (!p) {
        return arena_alloc(a, new_n);
    }
    if (new_n <= old_n) {
        return p;
    }
    size_t old_size = round_up(old_n), new_size = round_up(new_n);
    if ((char *)p + old_size == a->at && new_size - old_size <= (size_t)(a->limit - a->at)) {
        if (new_size - old_size > (size_t)(a->end - a->at)) {
            open_window(a, new_size - old_size - (size_t)(a->end - a->at));
        }
        a->at += new_size - old_size;
        return p;
    }
    void *q = arena_alloc(a, new_n);
    memcpy(q, p, old_n);
    return q;
}

char *arena_strndup(Arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    if (n) {
        memcpy(p, s, n);
    }
    return p;
}

char *arena_printf(Arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        n = 0;
    }
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

size_t arena_bytes(const Arena *a)
{
    return a->reserved;
}
