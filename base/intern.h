/* Interned names: equal text, equal pointer.  The table lives as long as the process
 * and belongs to the compiler's one thread. */
#ifndef GOL_BASE_INTERN_H
#define GOL_BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

typedef struct Name {
    uint32_t len;
    uint32_t hash;
    char s[]; /* NUL-terminated */
} Name;

const Name *intern(const char *s, size_t n);
const Name *intern_cstr(const char *s);
/* The blank identifier "_"; compare by pointer. */
extern const Name *name_blank;

#endif
