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
    uint32_t column; /* from 1, in bytes, as Go counts */
} Location;

/* Adds a text that the caller keeps alive (it must be NUL-terminated at text[size]).
 * Returns NULL when the map is full (4 GiB). */
SourceFile *source_add(const char *path, const char *text, uint32_t size);
/* Reads path whole.  NULL on error, with *err set to a sentence without the path. */
SourceFile *source_read(const char *path, const char **err);
const SourceFile *source_file(Pos pos);
Location source_location(Pos pos);
/* The text of the line that holds pos, without its newline. */
void source_line(Pos pos, const char **text, size_t *len);

#endif
