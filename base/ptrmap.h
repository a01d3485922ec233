/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A map from addresses to addresses, in an arena; all zero is an empty one.  Interned names are
 * addresses too. */
#ifndef GOL_BASE_PTRMAP_H
#define GOL_BASE_PTRMAP_H

#include "base/arena.h"

#include <stdint.h>

typedef struct PtrMap {
    const void **keys;
    void **vals;
    uint32_t n, cap;
} PtrMap;

/* NULL: it is not in it (or has the value NULL). */
void *ptrmap_get(const PtrMap *m, const void *key);
void ptrmap_put(Arena *a, PtrMap *m, const void *key, void *val);

#endif
