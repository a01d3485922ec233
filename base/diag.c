/* The diagnostics sink: keeps what every stage reports and prints it, in source order, as
 *
 *     path:line:col: error: message
 *       12 |     source line
 *          |     ^~~~~~
 *     path:line:col: note: message
 *
 * Diagnostics live in an arena of the sink's own until diag_reset or the next printing. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/diag.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"

typedef enum { SEV_ERROR, SEV_WARNING, SEV_NOTE, SEV_COUNT } Severity;

static const struct {
    const char *name, *color;
} severities[SEV_COUNT] = {
    {"error", "\033[1;31m"}, {"warning", "\033[1;35m"}, {"note", "\033[1;36m"}};

typedef struct {
    Pos pos;
    const char *text;
} Note;

struct Diag {
    Severity sev;
    Range range;
    Location loc;
    const char *text;
    uint32_t seq; /* order of reporting */
    VEC(Note) notes;
};

static struct {
    Arena *arena;
    VEC(Diag *) list;
    int errors;
    Pos working_on;
} sink;

static Arena *sink_arena(void)
{
    if (!sink.arena) {
        sink.arena = arena_new();
    }
    return sink.arena;
}

static const char *format(const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    size_t size = (size_t)(n < 0 ? 0 : n) + 1;
    char *p = arena_alloc(sink_arena(), size);
    vsnprintf(p, size, fmt, again);
    va_end(again);
    return p;
}

static Diag *report(Severity sev, Range r, const char *fmt, va_list ap)
{
    Diag *d = ARENA_NEW(sink_arena(), Diag);
    d->sev = sev;
    d->range = r;
    d->loc = source_physical(r.start);
    d->text = format(fmt, ap);
    d->seq = sink.list.n;
    vec_push(sink.arena, &sink.list, d);
    if (sev == SEV_ERROR) {
        sink.errors++;
    }
    return d;
}

Diag *diag_verror(Range r, const char *fmt, va_list ap)
{
    return report(SEV_ERROR, r, fmt, ap);
}

Diag *diag_error(Range r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    Diag *d = report(SEV_ERROR, r, fmt, ap);
    va_end(ap);
    return d;
}

Diag *diag_warn(Range r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    Diag *d = report(SEV_WARNING, r, fmt, ap);
    va_end(ap);
    return d;
}

void diag_note(Diag *d, Pos pos, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    Note n = {pos, format(fmt, ap)};
    va_end(ap);
    vec_push(sink_arena(), &d->notes, n);
}

int diag_error_count(void)
{
    return sink.errors;
}

static void forget(void)
{
    arena_free(sink.arena);
    sink.arena = NULL;
    memset(&sink.list, 0, sizeof sink.list);
}

void diag_reset(void)
{
    forget();
    sink.errors = 0;
    sink.working_on = NOPOS;
}

static void print_location(FILE *out, Location l)
{
    fprintf(out, l.column ? "%s:%u:%u: " : "%s:%u: ", l.path, l.line, l.column);
}

/* ---- printing ------------------------------------------------------------------------ */

/* Decodes one character: its bytes, and the columns it takes on a terminal.  What cannot
 * be shown (control characters, invalid UTF-8) is replaced by U+FFFD, one column wide. */
static size_t glyph(const char *s, size_t n, const char **show, size_t *show_len, int *width)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &c);
    *show = s;
    if (len <= 0 || c < ' ' || (c >= 0x7f && c < 0xa0)) {
        *show = "\xef\xbf\xbd";
        *show_len = 3;
        *width = 1;
        return len <= 0 ? 1 : (size_t)len;
    }
    *show_len = (size_t)len;
    *width = c < 0x80 ? 1 : utf8proc_charwidth(c);
    return (size_t)len;
}

/* Of a very long line only this many bytes are shown, those around the mark. */
enum { SHOWN_BEFORE = 100, SHOWN_MAX = 240 };

static void print_excerpt(FILE *out, Range r, const char *color)
{
    Location loc = source_physical(r.start);
    const char *line;
    size_t len;
    source_line(r.start, &line, &len);
    size_t start = loc.column - 1; /* of the mark, in bytes */
    size_t end = start + (r.end > r.start ? r.end - r.start : 1);
    size_t from = 0;
    bool cut = len > SHOWN_MAX;
    if (cut && start > SHOWN_BEFORE) {
        from = start - SHOWN_BEFORE;
        while (from < len && ((unsigned char)line[from] & 0xc0) == 0x80) {
            from++;
        }
    }
    size_t to = cut && len - from > SHOWN_MAX ? from + SHOWN_MAX : len;
    while (to < len && ((unsigned char)line[to] & 0xc0) == 0x80) {
        to++;
    }

    fprintf(out, "%5u | %s", source_location(r.start).line, from ? "…" : "");
    for (size_t i = from; i < to;) {
        const char *show;
        size_t show_len;
        int width;
        if (line[i] == '\t') {
            fputc('\t', out);
            i++;
            continue;
        }
        i += glyph(line + i, to - i, &show, &show_len, &width);
        fwrite(show, 1, show_len, out);
    }
    /* The second line repeats tabs, so that both lines stand alike whatever a tab is. */
    fprintf(out, "%s\n      | %s", to < len ? "…" : "", from ? " " : "");
    size_t i = from;
    while (i < start && i < to) {
        const char *show;
        size_t show_len;
        int width;
        if (line[i] == '\t') {
            fputc('\t', out);
            i++;
            continue;
        }
        i += glyph(line + i, to - i, &show, &show_len, &width);
        for (; width > 0; width--) {
            fputc(' ', out);
        }
    }
    fprintf(out, "%s^", color ? color : "");
    bool first = true;
    while (i < end && i < to) {
        const char *show;
        size_t show_len;
        int width = 1;
        if (line[i] == '\t') {
            i++;
        } else {
            i += glyph(line + i, to - i, &show, &show_len, &width);
        }
        for (; width > 0; width--) {
            if (!first) {
                fputc('~', out);
            }
            first = false;
        }
    }
    fprintf(out, "%s\n", color ? "\033[0m" : "");
}

static void print_message(FILE *out, Severity sev, Range r, const char *text, bool color)
{
    Location loc = source_location(r.start);
    if (color) {
        fputs("\033[1m", out);
    }
    if (loc.file) {
        print_location(out, loc);
    }
    if (color) {
        fprintf(out, "%s%s:\033[0m \033[1m%s\033[0m\n", severities[sev].color, severities[sev].name,
                text);
    } else {
        fprintf(out, "%s: %s\n", severities[sev].name, text);
    }
    if (loc.file) {
        print_excerpt(out, r, color ? severities[sev].color : NULL);
    }
}

static int by_position(const void *a, const void *b)
{
    const Diag *x = *(Diag *const *)a, *y = *(Diag *const *)b;
    if (x->range.start != y->range.start) {
        return x->range.start < y->range.start ? -1 : 1;
    }
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* The same message twice on one line is one message. */
static bool repeated(uint32_t i)
{
    const Diag *d = sink.list.p[i];
    while (i-- > 0) {
        const Diag *e = sink.list.p[i];
        if (e->loc.file != d->loc.file || e->loc.line != d->loc.line) {
            return false;
        }
        if (e->sev == d->sev && strcmp(e->text, d->text) == 0) {
            return true;
        }
    }
    return false;
}

void diag_print_all(FILE *out, bool color)
{
    if (sink.list.n) {
        qsort(sink.list.p, sink.list.n, sizeof *sink.list.p, by_position);
    }
    for (uint32_t i = 0; i < sink.list.n; i++) {
        const Diag *d = sink.list.p[i];
        if (repeated(i)) {
            continue;
        }
        print_message(out, d->sev, d->range, d->text, color);
        for (uint32_t j = 0; j < d->notes.n; j++) {
            print_message(out, SEV_NOTE, range_at(d->notes.p[j].pos), d->notes.p[j].text, color);
        }
    }
    forget();
}

/* ---- what cannot happen -------------------------------------------------------------- */

void diag_working_on(Pos pos)
{
    sink.working_on = pos;
}

Pos diag_working_pos(void)
{
    return sink.working_on;
}

void diag_ice(const char *fmt, ...)
{
    Location loc = source_location(sink.working_on);
    fflush(stdout);
    if (loc.file) {
        print_location(stderr, loc);
    }
    fputs("internal error: ", stderr);
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputs("\nThis is a fault of golc, not of your program.\n", stderr);
    exit(3);
}
