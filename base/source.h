/* One source map for the whole compilation: every file's text laid end to end, so that
 * a position is a 32-bit offset.  File, line and column are computed on demand. */
#ifndef GOL_BASE_SOURCE_H
#define GOL_BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t Pos; /* 0 = no position */
#define NOPOS 0u

typedef struct {
    Pos start, end; /* end is exclusive */
} Range;

typedef struct SourceFile {
    const char *path; /* as it is shown to the user */
    const char *text; /* NUL-terminated; text[size] == 0; embedded NULs possible */
    uint32_t size;
    Pos base; /* position of text[0] */
} SourceFile;

typedef struct {
    const SourceFile *file; /* NULL for NOPOS */
    const char *path;
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in bytes, as Go counts; 0: not known, and not shown */
} Location;

/* Adds a text that the caller keeps alive (it must be NUL-terminated at text[size]).
 * Returns NULL when the map is full (4 GiB). */
SourceFile *source_add(const char *path, const char *text, uint32_t size);
/* Reads path whole.  NULL on error, with *err set to a sentence without the path. */
SourceFile *source_read(const char *path, const char **err);
const SourceFile *source_file(Pos pos);
/* Where pos is, as the user is told: line directives may have renamed it. */
Location source_location(Pos pos);
/* Where pos is in the text itself. */
Location source_physical(Pos pos);
/* A line directive: from at on, which begins where the directive ends (a `//` one: the next
 * line), positions are in path, and count from line and, unless it is 0, from column.
 * Directives of a file come in order; one that is not behind the last is dropped, so that a
 * file may be scanned twice.  path: of the given length; NULL keeps the name. */
void source_line_directive(Pos at, const char *path, size_t len, uint32_t line, uint32_t column);
/* The text of the line that holds pos, without its newline. */
void source_line(Pos pos, const char **text, size_t *len);

#endif
