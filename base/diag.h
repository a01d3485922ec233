/* The diagnostics sink: every stage reports here and goes on.  Diagnostics are kept,
 * sorted by position, duplicates on one line dropped, and printed at the end with the
 * source line, a marked range and notes. */
#ifndef GOL_BASE_DIAG_H
#define GOL_BASE_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/source.h"

typedef struct Diag Diag;

/* Reports an error over r (an empty range marks one character).  Returns the diagnostic
 * for notes; it stays valid until diag_reset.  fmt: printf. */
Diag *diag_error(Range r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
Diag *diag_verror(Range r, const char *fmt, va_list ap);
Diag *diag_warn(Range r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds "note: …" to d, with a position of its own unless NOPOS. */
void diag_note(Diag *d, Pos pos, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

int diag_error_count(void);
void diag_print_all(FILE *out, bool color); /* sorted, then forgets them; count stays */
void diag_reset(void);

/* What cannot happen did: prints "internal error" with the position being worked on
 * (see diag_working_on) and aborts the compilation with status 3. */
_Noreturn void diag_ice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Tells which source position is being worked on, for diag_ice and crash reports. */
void diag_working_on(Pos pos);
Pos diag_working_pos(void);

static inline Range range_at(Pos p)
{
    return (Range){p, p};
}

#endif
