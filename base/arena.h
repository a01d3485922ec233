/* Arenas: memory with a lifetime said aloud (a file, a package, a compilation).
 * Allocation never fails from the caller's view: exhaustion ends the process with
 * one clear line and status 3.  An arena belongs to one thread. */
#ifndef GOL_BASE_ARENA_H
#define GOL_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *a);
/* Zeroed memory of n bytes, aligned to 16.  n == 0 gives a valid, distinct pointer. */
void *arena_alloc(Arena *a, size_t n) __attribute__((malloc, returns_nonnull));
/* Grows a block last known to have old_n bytes; in place where it is the newest block. */
void *arena_realloc(Arena *a, void *p, size_t old_n, size_t new_n);
char *arena_strndup(Arena *a, const char *s, size_t n);
char *arena_printf(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t arena_bytes(const Arena *a); /* bytes reserved so far */

#define ARENA_NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n)))

/* Typed growable arrays in an arena:  VEC(Expr *) args;  vec_push(arena, &args, e);
 * Zero-initialised is empty.  Elements are p[0] … p[n-1]. */
#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *p;                                                                                      \
        uint32_t n, cap;                                                                           \
    }
#define vec_push(a, v, x)                                                                          \
    do {                                                                                           \
        if ((v)->n == (v)->cap) {                                                                  \
            uint32_t vec_newcap_ = (v)->cap ? (v)->cap * 2 : 4;                                    \
            (v)->p = arena_realloc((a), (v)->p, sizeof(*(v)->p) * (v)->cap,                        \
                                   sizeof(*(v)->p) * vec_newcap_);                                 \
            (v)->cap = vec_newcap_;                                                                \
        }                                                                                          \
        (v)->p[(v)->n++] = (x);                                                                    \
    } while (0)

#endif
