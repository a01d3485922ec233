/* Interned names: an open-addressing table of pointers into an arena that lives as long
 * as the process.  The hash is kept in the name, so growing never reads the text. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/intern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

static struct {
    const Name **slot;
    uint32_t n, cap; /* cap is a power of two, n at most half of it */
    Arena *arena;
} table;

/* "_" is needed as a constant before the first call of intern, so it is laid out here
 * and entered when the table is made. */
static const struct {
    uint32_t len, hash;
    char s[2];
} blank = {1, 0, "_"};
const Name *name_blank = (const Name *)&blank;

static void grow(void)
{
    uint32_t cap = table.cap ? table.cap * 2 : 4096;
    const Name **slot = calloc(cap, sizeof *slot);
    if (!slot) {
        fprintf(stderr, "golc: out of memory (names)\n");
        exit(3);
    }
    for (uint32_t i = 0; i < table.cap; i++) {
        if (table.slot[i]) {
            uint32_t j = table.slot[i]->hash & (cap - 1);
            while (slot[j]) {
                j = (j + 1) & (cap - 1);
            }
            slot[j] = table.slot[i];
        }
    }
    free(table.slot);
    table.slot = slot;
    table.cap = cap;
}

const Name *intern(const char *s, size_t n)
{
    if (n == 1 && s[0] == '_') {
        return name_blank;
    }
    if (table.n * 2 >= table.cap) {
        if (!table.arena) {
            table.arena = arena_new();
        }
        grow();
    }
    uint32_t h = hash_bytes(s, n);
    uint32_t i = h & (table.cap - 1);
    for (; table.slot[i]; i = (i + 1) & (table.cap - 1)) {
        const Name *m = table.slot[i];
        if (m->hash == h && m->len == n && memcmp(m->s, s, n) == 0) {
            return m;
        }
    }
    Name *m = arena_alloc(table.arena, sizeof *m + n + 1);
    m->len = (uint32_t)n;
    m->hash = h;
    memcpy(m->s, s, n);
    table.slot[i] = m;
    table.n++;
    return m;
}

const Name *intern_cstr(const char *s)
{
    return intern(s, strlen(s));
}
