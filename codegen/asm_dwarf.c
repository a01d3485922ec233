/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads DWARF as gcc writes it for the assembler: directives instead of bytes, labels instead
 * of addresses (DWARF 4, sections 2.16, 3.3.8 and 7.5).  Of interest is only which code was
 * inlined from where.  A form that is not known ends the reading: what follows it counts as
 * not inlined. */
#include "codegen/asm_dwarf.h"

#include <stdlib.h>
#include <string.h>

enum {
    DW_TAG_inlined_subroutine = 0x1d,
    DW_TAG_subprogram = 0x2e,
    DW_AT_name = 0x03,
    DW_AT_low_pc = 0x11,
    DW_AT_high_pc = 0x12,
    DW_AT_abstract_origin = 0x31,
    DW_AT_ranges = 0x55,
    DW_AT_call_file = 0x58,
    DW_AT_call_line = 0x59,
};

typedef struct Text {
    const char *p, *end;
} Text;

typedef struct Attr {
    uint32_t name, form;
} Attr;

typedef struct Abbrev {
    uint32_t tag;
    bool children;
    VEC(Attr) attrs;
} Abbrev;

typedef struct Dwarf {
    Arena *a;
    AsmDwarf *out;
    VEC(uint64_t) origins;     /* by node: offset of the entry that has its name */
    VEC(Abbrev) abbrevs;       /* by code */
    VEC(const char *) strings; /* by the number of .LASF */
} Dwarf;

/* ---- the text's lines ------------------------------------------------------------------- */

static bool next_line(Text *t, const char **line, size_t *len)
{
    if (t->p >= t->end)
        return false;
    const char *nl = memchr(t->p, '\n', (size_t)(t->end - t->p));
    *line = t->p;
    *len = (size_t)((nl ? nl : t->end) - t->p);
    t->p = nl ? nl + 1 : t->end;
    return true;
}

typedef struct Sections {
    Text abbrev, info, ranges, str;
} Sections;

/* Finds the sections in one walk; each stands once in gcc's text. */
static Sections find_sections(const char *text, size_t n)
{
    Sections s = {{0}};
    const struct {
        const char *name;
        Text *text;
    } wanted[] = {{".debug_abbrev,", &s.abbrev},
                  {".debug_info,", &s.info},
                  {".debug_ranges,", &s.ranges},
                  {".debug_str,", &s.str}};
    Text t = {text, text + n}, *in = NULL;
    const char *line;
    size_t len;
    while (next_line(&t, &line, &len)) {
        if (len > 9 && memcmp(line, "\t.section", 9) == 0) {
            in = NULL;
            for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
                size_t k = strlen(wanted[i].name);
                if (len > 10 + k && memcmp(line + 10, wanted[i].name, k) == 0) {
                    in = wanted[i].text;
                    in->p = t.p;
                }
            }
        }
        if (in)
            in->end = t.p;
    }
    return s;
}

/* The operand of the section's next directive, NULL at its end. */
static const char *operand(Text *t, const char **directive)
{
    const char *line;
    size_t len;
    while (next_line(t, &line, &len)) {
        if (len < 3 || line[0] != '\t' || line[1] != '.')
            continue;
        size_t i = 2;
        while (i < len && line[i] != '\t' && line[i] != ' ') /* gcc writes both */
            i++;
        if (i == len)
            continue;
        *directive = line + 2;
        return line + i + 1;
    }
    return NULL;
}

static uint64_t number(Text *t, bool *ok)
{
    const char *d, *v = operand(t, &d);
    if (!v || *v < '0' || *v > '9') {
        *ok = false;
        return 0;
    }
    return strtoull(v, NULL, 0);
}

uint64_t asm_label_key(const char *p)
{
    if (p[0] != '.' || p[1] != 'L')
        return 0;
    uint64_t letters = 0;
    for (p += 2; *p >= 'A' && *p <= 'Z'; p++)
        letters = letters << 8 | (unsigned char)*p;
    if (!letters || letters >> 24 || *p < '0' || *p > '9')
        return 0;
    return letters << 40 | strtoull(p, NULL, 10);
}

#define LETTERS2(a, b) ((uint64_t)(a) << 8 | (b))

/* ---- DWARF ------------------------------------------------------------------------------ */

static void read_abbrevs(Dwarf *w, Text t)
{
    bool ok = true;
    for (;;) {
        uint64_t code = number(&t, &ok);
        if (!ok || !code || code > 10000)
            return;
        while (w->abbrevs.n <= code)
            vec_push(w->a, &w->abbrevs, (Abbrev){0});
        Abbrev *b = &w->abbrevs.p[code];
        b->tag = (uint32_t)number(&t, &ok);
        b->children = number(&t, &ok) != 0;
        for (;;) {
            Attr at = {.name = (uint32_t)number(&t, &ok)};
            at.form = (uint32_t)number(&t, &ok);
            if (!ok || (!at.name && !at.form))
                break;
            vec_push(w->a, &b->attrs, at);
        }
    }
}

static void read_strings(Dwarf *w, Text t)
{
    const char *line;
    size_t len;
    uint64_t at = 0;
    while (next_line(&t, &line, &len)) {
        uint64_t key = asm_label_key(line);
        if (key) {
            at = asm_label_number(key);
            while (w->strings.n <= at && at < 10000000)
                vec_push(w->a, &w->strings, (const char *)NULL);
        } else if (len > 10 && memcmp(line, "\t.string\t\"", 10) == 0 && at < w->strings.n) {
            w->strings.p[at] = arena_strndup(w->a, line + 10, len - 11);
        }
    }
}

static uint64_t uleb_size(uint64_t v)
{
    uint64_t n = 1;
    while (v >>= 7)
        n++;
    return n;
}

static uint64_t sleb_size(int64_t v)
{
    uint64_t n = 1;
    for (; v < -64 || v > 63; v >>= 7)
        n++;
    return n;
}

/* The directives of n bytes of a block. */
static bool read_block(Text *t, uint64_t n)
{
    uint64_t done = 0;
    while (done < n) {
        const char *d, *x = operand(t, &d);
        if (!x)
            return false;
        if (memcmp(d, "byte", 4) == 0)
            done += 1;
        else if (memcmp(d, "value", 5) == 0)
            done += 2;
        else if (memcmp(d, "long", 4) == 0)
            done += 4;
        else if (memcmp(d, "quad", 4) == 0)
            done += 8;
        else if (memcmp(d, "uleb128", 7) == 0 && *x >= '0' && *x <= '9')
            done += uleb_size(strtoull(x, NULL, 0));
        else if (memcmp(d, "sleb128", 7) == 0)
            done += sleb_size(strtoll(x, NULL, 0));
        else
            return false;
    }
    return done == n;
}

/* How an attribute's value is written; *size: of its bytes. */
static bool read_form(Text *t, uint32_t form, const char **v, uint64_t *size)
{
    static const char fixed[][2] = {
        /* form, bytes: addr data1 data2 data4 data8 flag ref1 ref2 ref4 ref8 strp sec_offset
         * ref_sig8 */
        {0x01, 8}, {0x0b, 1}, {0x05, 2}, {0x06, 4}, {0x07, 8}, {0x0c, 1}, {0x11, 1},
        {0x12, 2}, {0x13, 4}, {0x14, 8}, {0x0e, 4}, {0x17, 4}, {0x20, 8},
    };
    const char *d;
    *v = NULL;
    *size = 0;
    if (form == 0x19) /* flag_present */
        return true;
    *v = operand(t, &d);
    if (!*v)
        return false;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (fixed[i][0] == (char)form) {
            *size = (uint64_t)fixed[i][1];
            return true;
        }
    switch (form) {
    case 0x08: /* string; gcc writes long ones elsewhere */
        if (memcmp(d, "string\t\"", 8) != 0)
            return false;
        for (const char *p = *v + 1; *p != '"' && *p != '\n'; p++, ++*size)
            if (*p == '\\')
                return false;
        ++*size;
        return true;
    case 0x0d: /* sdata */ *size = sleb_size(strtoll(*v, NULL, 0)); return true;
    case 0x0f: /* udata */ *size = uleb_size(strtoull(*v, NULL, 0)); return true;
    case 0x0a: /* block1 */
    case 0x18: /* exprloc */ {
        uint64_t n = strtoull(*v, NULL, 0);
        *size = (form == 0x0a ? 1 : uleb_size(n)) + n;
        return read_block(t, n);
    }
    default: return false;
    }
}

static void add_edges(Dwarf *w, uint64_t low, uint64_t high, uint32_t node)
{
    if (!low || !high || low == high)
        return;
    vec_push(w->a, &w->out->edges, ((AsmEdge){low, node, false}));
    vec_push(w->a, &w->out->edges, ((AsmEdge){high, node, true}));
}

/* The ranges at an offset of .debug_ranges, each two labels. */
static void add_ranges(Dwarf *w, Text t, const char *where, uint32_t node)
{
    const char *plus = strchr(where, '+'), *d;
    uint64_t off = plus ? strtoull(plus + 1, NULL, 0) : 0;
    for (uint64_t at = 0;; at += 16) {
        const char *low = operand(&t, &d), *high = low ? operand(&t, &d) : NULL;
        if (!high)
            return;
        if (at < off)
            continue;
        if (*low == '0')
            return;
        add_edges(w, asm_label_key(low), asm_label_key(high), node);
    }
}

typedef struct Origin {
    uint64_t off;
    const char *name;
} Origin;

static int by_offset(const void *a, const void *b)
{
    uint64_t x = ((const Origin *)a)->off, y = ((const Origin *)b)->off;
    return x < y ? -1 : x > y;
}

static int by_label(const void *a, const void *b)
{
    uint64_t x = ((const AsmEdge *)a)->label, y = ((const AsmEdge *)b)->label;
    return x < y ? -1 : x > y;
}

static const char *die_name(Dwarf *w, uint32_t form, const char *v, uint64_t size)
{
    if (form == 0x08)
        return arena_strndup(w->a, v + 1, size - 1);
    uint64_t key = asm_label_key(v);
    uint64_t at = asm_label_number(key);
    return key && at < w->strings.n ? w->strings.p[at] : NULL;
}

static void read_dies(Dwarf *w, Text t, Text ranges)
{
    enum { HEADER = 11, MAX_DEPTH = 256 };
    bool ok = true;
    const char *d;
    for (int i = 0; i < 4; i++) /* length, version, abbreviations, size of an address */
        if (!operand(&t, &d))
            return;
    VEC(Origin) origins = {0};
    uint32_t open[MAX_DEPTH] = {0}; /* the innermost inlined function at each level, + 1 */
    uint32_t level = 0;
    uint64_t off = HEADER;
    for (;;) {
        uint64_t start = off, code = number(&t, &ok);
        if (!ok)
            break;
        off += uleb_size(code);
        if (!code) {
            if (!level || !--level)
                break;
            continue;
        }
        if (code >= w->abbrevs.n)
            break;
        const Abbrev *b = &w->abbrevs.p[code];
        bool inlined = b->tag == DW_TAG_inlined_subroutine;
        AsmNode node = {.parent = level ? open[level - 1] : 0};
        uint64_t origin = 0;
        uint64_t low = 0, high = 0;
        const char *where = NULL;
        for (uint32_t i = 0; i < b->attrs.n; i++) {
            const Attr *at = &b->attrs.p[i];
            const char *v;
            uint64_t size;
            if (!read_form(&t, at->form, &v, &size))
                goto done;
            off += size;
            switch (at->name) {
            case DW_AT_name: node.name = die_name(w, at->form, v, size); break;
            case DW_AT_low_pc: low = asm_label_key(v); break;
            case DW_AT_high_pc: high = asm_label_key(v); break;
            case DW_AT_ranges: where = v; break;
            case DW_AT_abstract_origin: origin = strtoull(v, NULL, 0); break;
            case DW_AT_call_file: node.file = (uint32_t)strtoull(v, NULL, 0); break;
            case DW_AT_call_line: node.line = (uint32_t)strtoull(v, NULL, 0); break;
            }
        }
        if (b->tag == DW_TAG_subprogram && node.name)
            vec_push(w->a, &origins, ((Origin){start, node.name}));
        uint32_t inner = b->tag == DW_TAG_subprogram ? 0 : node.parent;
        if (inlined) {
            node.depth = node.parent ? w->out->nodes.p[node.parent - 1].depth + 1 : 1;
            vec_push(w->a, &w->out->nodes, node);
            vec_push(w->a, &w->origins, origin);
            inner = w->out->nodes.n;
            add_edges(w, low, high, w->out->nodes.n - 1);
            if (where)
                add_ranges(w, ranges, where, w->out->nodes.n - 1);
        }
        if (b->children) {
            if (level == MAX_DEPTH)
                break;
            open[level++] = inner;
        }
    }
done:
    if (origins.n)
        qsort(origins.p, origins.n, sizeof *origins.p, by_offset);
    for (uint32_t i = 0; i < w->out->nodes.n; i++) {
        Origin want = {.off = w->origins.p[i]};
        Origin *o = origins.n ? bsearch(&want, origins.p, origins.n, sizeof want, by_offset) : NULL;
        w->out->nodes.p[i].name = o ? o->name : "?";
    }
    if (w->out->edges.n)
        qsort(w->out->edges.p, w->out->edges.n, sizeof *w->out->edges.p, by_label);
}

AsmDwarf *asm_dwarf_read(Arena *a, const char *text, size_t n)
{
    Dwarf w = {.a = a, .out = ARENA_NEW(a, AsmDwarf)};
    Sections s = find_sections(text, n);
    read_abbrevs(&w, s.abbrev);
    read_strings(&w, s.str);
    read_dies(&w, s.info, s.ranges);
    return w.out;
}

const AsmEdge *asm_dwarf_edge(const AsmDwarf *d, uint64_t label, uint32_t n)
{
    uint32_t lo = 0, hi = d->edges.n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (d->edges.p[mid].label < label)
            lo = mid + 1;
        else
            hi = mid;
    }
    return n < d->edges.n - lo && d->edges.p[lo + n].label == label ? &d->edges.p[lo + n] : NULL;
}
