/* SPDX-License-Identifier: MIT
 *
 * Marking: one GcWork for each thread that marks, and the pool of blocks of gray objects
 * through which they share. */
#ifndef GOL_RUNTIME_GCMARK_H
#define GOL_RUNTIME_GCMARK_H

#include "runtime/gc.h"

enum { GC_BLOCK = 509, GC_TAG = 7 };

/* An item is a gray object's address; one of a small object says in its lowest bits which of the
 * first three words are its pointers, if it has no others. */
typedef struct GcBlock {
    struct GcBlock *next;
    uint64_t n;
    uintptr_t item[GC_BLOCK + 1]; /* the last is never read: to be written without a branch */
} GcBlock;

typedef struct GcWork {
    GcBlock *block;   /* gray objects: marked, not yet scanned; large ones from an
                               address inside on */
    uint64_t bytes;   /* marked by this thread in this cycle */
    uint64_t scanned; /* bytes of those that have pointers */
} GcWork;

/* Any word: if it points into an allocated object that is white, makes it gray. */
void gc_mark_word(GcWork *w, uintptr_t p);
/* Words of stacks and registers, which may also stand at an object's very end.  An RtScanFn
 * whose argument is the GcWork. */
void gc_mark_range(void *w, const void *lo, const void *hi);
/* Scans gray objects until none is left anywhere or, with budget > 0, about that many bytes
 * have been scanned or the world is to stop.  True: there was none left. */
bool gc_drain(GcWork *w, int64_t budget);
/* Puts what w holds where others find it. */
void gc_publish(GcWork *w);
bool gc_work_left(void); /* in the pool */
/* Calls fn with every word of an object that its pointer map names. */
/* Marks what the object points to, but not itself. */
void gc_scan_object(GcWork *w, RtSpan *s, uint8_t *obj);
void gc_each_pointer(RtSpan *s, uint8_t *obj, void (*fn)(void *arg, uintptr_t p), void *arg);

#endif
