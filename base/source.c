/* The source map.  Each file takes size + 1 positions (the end of the file has one), the
 * first starts at 1.  A file's table of line starts is made when it is first asked for. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* From offset on, line and column count anew, in the file named path. */
typedef struct {
    uint32_t offset, line, column; /* column 0: not known */
    const char *path;
} LineBase;

typedef struct {
    SourceFile f;    /* first: what the callers hold points here */
    LineBase *bases; /* by ascending offset */
    uint32_t nbases, cap_bases;
    uint32_t *line_start;
    uint32_t nlines;
} Entry;

static struct {
    Entry **files; /* by ascending base */
    uint32_t n, cap;
    uint64_t next; /* the next file's base */
    Entry *last;   /* the last one found */
} map = {.next = 1};

static void *must(void *p)
{
    if (!p) {
        fprintf(stderr, "golc: out of memory (source files)\n");
        exit(3);
    }
    return p;
}

SourceFile *source_add(const char *path, const char *text, uint32_t size)
{
    if (map.next + size + 1 > UINT32_MAX) {
        return NULL;
    }
    if (map.n == map.cap) {
        map.cap = map.cap ? map.cap * 2 : 16;
        map.files = must(realloc(map.files, map.cap * sizeof *map.files));
    }
    Entry *e = must(calloc(1, sizeof *e));
    e->f = (SourceFile){must(strdup(path)), text, size, (Pos)map.next};
    map.next += (uint64_t)size + 1;
    map.files[map.n++] = e;
    return &e->f;
}

/* Reads fd to its end into *text, NUL-terminated.  false: *err says why. */
static bool read_all(int fd, size_t hint, char **text, size_t *size, const char **err)
{
    size_t cap = hint + 1, n = 0;
    char *p = must(malloc(cap + 1));
    for (;;) {
        if (n == cap) {
            cap *= 2;
            p = must(realloc(p, cap + 1));
        }
        ssize_t got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            *err = strerror(errno);
            free(p);
            return false;
        }
        if (got == 0) {
            break;
        }
        n += (size_t)got;
        if (n >= UINT32_MAX - 1) {
            *err = "file is larger than 4 GiB";
            free(p);
            return false;
        }
    }
    p[n] = 0;
    *text = p;
    *size = n;
    return true;
}

SourceFile *source_read(const char *path, const char **err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        *err = strerror(errno);
        return NULL;
    }
    struct stat st;
    char *text = NULL;
    size_t size = 0;
    SourceFile *f = NULL;
    if (fstat(fd, &st) < 0) {
        *err = strerror(errno);
    } else if (S_ISDIR(st.st_mode)) {
        *err = "is a directory";
    } else if (read_all(fd, st.st_size > 0 ? (size_t)st.st_size : 4096, &text, &size, err)) {
        f = source_add(path, text, (uint32_t)size);
        if (!f) {
            *err = "all sources together are larger than 4 GiB";
            free(text);
        }
    }
    close(fd);
    return f;
}

static Entry *find(Pos pos)
{
    if (pos == NOPOS || pos >= map.next) {
        return NULL;
    }
    Entry *e = map.last;
    if (e && pos >= e->f.base && pos - e->f.base <= e->f.size) {
        return e;
    }
    uint32_t lo = 0, hi = map.n; /* the last file with base <= pos is in [lo, hi) */
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (map.files[mid]->f.base <= pos) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return map.last = map.files[lo];
}

const SourceFile *source_file(Pos pos)
{
    Entry *e = find(pos);
    return e ? &e->f : NULL;
}

static void make_lines(Entry *e)
{
    uint32_t n = 1;
    const char *end = e->f.text + e->f.size;
    for (const char *p = e->f.text; (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        n++;
    }
    e->line_start = must(malloc(n * sizeof *e->line_start));
    e->line_start[0] = 0;
    e->nlines = 1;
    for (const char *p = e->f.text; (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        e->line_start[e->nlines++] = (uint32_t)(p + 1 - e->f.text);
    }
}

/* The index of the line that holds offset. */
static uint32_t line_index(Entry *e, uint32_t offset)
{
    if (!e->line_start) {
        make_lines(e);
    }
    uint32_t lo = 0, hi = e->nlines;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (e->line_start[mid] <= offset) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

Location source_physical(Pos pos)
{
    Entry *e = find(pos);
    if (!e) {
        return (Location){NULL, "", 0, 0};
    }
    uint32_t offset = pos - e->f.base;
    uint32_t i = line_index(e, offset);
    return (Location){&e->f, e->f.path, i + 1, offset - e->line_start[i] + 1};
}

/* The line directive that counts at offset, or NULL. */
static const LineBase *base_at(const Entry *e, uint32_t offset)
{
    if (e->nbases == 0 || offset < e->bases[0].offset) {
        return NULL;
    }
    uint32_t lo = 0, hi = e->nbases;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (e->bases[mid].offset <= offset) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return &e->bases[lo];
}

Location source_location(Pos pos)
{
    Location l = source_physical(pos);
    const Entry *e = (const Entry *)l.file;
    const LineBase *b = e ? base_at(e, pos - e->f.base) : NULL;
    if (!b) {
        return l;
    }
    Location at = source_physical(e->f.base + b->offset);
    bool same_line = l.line == at.line;
    l.path = b->path;
    l.line = b->line + (l.line - at.line);
    if (b->column == 0) {
        l.column = 0;
    } else if (same_line) {
        l.column = b->column + (l.column - at.column);
    }
    return l;
}

void source_line_directive(Pos at, const char *path, size_t len, uint32_t line, uint32_t column)
{
    Entry *e = find(at);
    uint32_t offset = e ? at - e->f.base : 0;
    LineBase *last = e && e->nbases ? &e->bases[e->nbases - 1] : NULL;
    if (!e || (last && last->offset >= offset)) {
        return;
    }
    if (e->nbases == e->cap_bases) {
        e->cap_bases = e->cap_bases ? e->cap_bases * 2 : 4;
        e->bases = must(realloc(e->bases, e->cap_bases * sizeof *e->bases));
        last = e->nbases ? &e->bases[e->nbases - 1] : NULL;
    }
    const char *name = last ? last->path : e->f.path;
    if (path) {
        name = must(strndup(path, len));
    }
    e->bases[e->nbases++] = (LineBase){offset, line, column, name};
}

void source_line(Pos pos, const char **text, size_t *len)
{
    Entry *e = find(pos);
    if (!e) {
        *text = "";
        *len = 0;
        return;
    }
    uint32_t i = line_index(e, pos - e->f.base);
    uint32_t start = e->line_start[i];
    uint32_t end = i + 1 < e->nlines ? e->line_start[i + 1] - 1 : e->f.size;
    if (end > start && e->f.text[end - 1] == '\r') {
        end--;
    }
    *text = e->f.text + start;
    *len = end - start;
}
