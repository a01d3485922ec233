/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Line tables from gcc's text.  Lines are in its .loc directives; which code was inlined from
 * where is said only in DWARF, so the debugging information, which stands in the text as
 * directives, is read like a DWARF reader would (DWARF 4, sections 2.16, 3.3.8 and 7.5), with
 * labels for addresses.  A form that is not known ends the reading: then the table has lines,
 * but not what was inlined. */
#include "codegen/asm_lines.h"

#include "runtime/demangle.h"
#include "runtime/lines.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* A function inlined in another.  Names as the assembler's. */
typedef struct Node {
    uint32_t parent; /* index + 1; 0: the function in whose code it stands */
    uint32_t depth;
    const char *name;
    uint64_t origin; /* offset of the DIE with the name */
    uint32_t line, file;
    uint32_t number; /* in the table of the function being read; 0: not there yet */
} Node;

/* What begins or ends at a label. */
typedef struct Edge {
    uint64_t label; /* 'B' or 'E' and the number, see label_key */
    uint32_t node;
    bool end;
} Edge;

typedef struct Place {
    uint32_t label, line, file, node; /* node: number in the function */
} Place;

typedef struct Inlined {
    uint32_t parent, line, file;
    const char *name;
} Inlined;

typedef struct Func {
    const char *name;
    size_t len;
    bool comdat;
    uint64_t begin; /* of .LFB and .LFE */
    VEC(Place) places;
    VEC(Inlined) inlined;
} Func;

typedef struct Attr {
    uint32_t name, form;
} Attr;

typedef struct Abbrev {
    uint32_t tag;
    bool children;
    VEC(Attr) attrs;
} Abbrev;

struct AsmLines {
    Arena *a;
    VEC(Abbrev) abbrevs; /* by code */
    VEC(Node) nodes;
    VEC(Edge) edges;           /* sorted by label */
    VEC(const char *) strings; /* by the number of .LASF */
    VEC(const char *) files;   /* by number, as they stand between the quotes */

    /* where the text is being read */
    VEC(Func) funcs;
    bool in_function, dirty;
    uint32_t line, file, labels;
    VEC(uint32_t) open; /* nodes whose code it is, + 1 */
};

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

/* The first section of that name; empty if there is none. */
static Text section(const char *text, size_t n, const char *name)
{
    Text t = {text, text + n};
    size_t k = strlen(name);
    const char *line;
    size_t len;
    while (next_line(&t, &line, &len)) {
        if (len <= k + 10 || memcmp(line, "\t.section\t", 10) || memcmp(line + 10, name, k) ||
            line[10 + k] != ',')
            continue;
        Text s = {t.p, t.p};
        while (next_line(&t, &line, &len) && !(len > 9 && memcmp(line, "\t.section", 9) == 0))
            s.end = t.p;
        return s;
    }
    return (Text){text, text};
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

/* .LFB3, .LBB14, .LBI2, .LBE14, … : letters and number in one; 0 if it is no such label. */
static uint64_t label_key(const char *p)
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

static uint64_t letters_of(uint64_t key)
{
    return key >> 40;
}

/* ---- DWARF ------------------------------------------------------------------------------ */

static void read_abbrevs(AsmLines *l, Text t)
{
    bool ok = true;
    for (;;) {
        uint64_t code = number(&t, &ok);
        if (!ok || !code || code > 10000)
            return;
        while (l->abbrevs.n <= code)
            vec_push(l->a, &l->abbrevs, (Abbrev){0});
        Abbrev *b = &l->abbrevs.p[code];
        b->tag = (uint32_t)number(&t, &ok);
        b->children = number(&t, &ok) != 0;
        for (;;) {
            Attr at = {.name = (uint32_t)number(&t, &ok)};
            at.form = (uint32_t)number(&t, &ok);
            if (!ok || (!at.name && !at.form))
                break;
            vec_push(l->a, &b->attrs, at);
        }
    }
}

static void read_strings(AsmLines *l, Text t)
{
    const char *line;
    size_t len;
    uint64_t at = 0;
    while (next_line(&t, &line, &len)) {
        uint64_t key = label_key(line);
        if (key) {
            at = key & 0xffffffff;
            while (l->strings.n <= at && at < 10000000)
                vec_push(l->a, &l->strings, (const char *)NULL);
        } else if (len > 10 && memcmp(line, "\t.string\t\"", 10) == 0 && at < l->strings.n) {
            l->strings.p[at] = arena_strndup(l->a, line + 10, len - 11);
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

static void add_edges(AsmLines *l, uint64_t low, uint64_t high, uint32_t node)
{
    if (!low || !high || low == high)
        return;
    vec_push(l->a, &l->edges, ((Edge){low, node, false}));
    vec_push(l->a, &l->edges, ((Edge){high, node, true}));
}

/* The ranges at an offset of .debug_ranges, each two labels. */
static void add_ranges(AsmLines *l, Text t, const char *where, uint32_t node)
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
        add_edges(l, label_key(low), label_key(high), node);
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
    uint64_t x = ((const Edge *)a)->label, y = ((const Edge *)b)->label;
    return x < y ? -1 : x > y;
}

static const char *die_name(AsmLines *l, uint32_t form, const char *v, uint64_t size)
{
    if (form == 0x08)
        return arena_strndup(l->a, v + 1, size - 1);
    uint64_t key = label_key(v);
    uint64_t at = key & 0xffffffff;
    return key && at < l->strings.n ? l->strings.p[at] : NULL;
}

static void read_dies(AsmLines *l, Text t, Text ranges)
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
        if (code >= l->abbrevs.n)
            break;
        const Abbrev *b = &l->abbrevs.p[code];
        bool inlined = b->tag == DW_TAG_inlined_subroutine;
        Node node = {.parent = level ? open[level - 1] : 0};
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
            case DW_AT_name: node.name = die_name(l, at->form, v, size); break;
            case DW_AT_low_pc: low = label_key(v); break;
            case DW_AT_high_pc: high = label_key(v); break;
            case DW_AT_ranges: where = v; break;
            case DW_AT_abstract_origin: node.origin = strtoull(v, NULL, 0); break;
            case DW_AT_call_file: node.file = (uint32_t)strtoull(v, NULL, 0); break;
            case DW_AT_call_line: node.line = (uint32_t)strtoull(v, NULL, 0); break;
            }
        }
        if (b->tag == DW_TAG_subprogram && node.name)
            vec_push(l->a, &origins, ((Origin){start, node.name}));
        uint32_t inner = b->tag == DW_TAG_subprogram ? 0 : node.parent;
        if (inlined) {
            node.depth = node.parent ? l->nodes.p[node.parent - 1].depth + 1 : 1;
            vec_push(l->a, &l->nodes, node);
            inner = l->nodes.n;
            add_edges(l, low, high, l->nodes.n - 1);
            if (where)
                add_ranges(l, ranges, where, l->nodes.n - 1);
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
    for (uint32_t i = 0; i < l->nodes.n; i++) {
        Origin want = {.off = l->nodes.p[i].origin};
        Origin *o = origins.n ? bsearch(&want, origins.p, origins.n, sizeof want, by_offset) : NULL;
        l->nodes.p[i].name = o ? o->name : "?";
    }
    if (l->edges.n)
        qsort(l->edges.p, l->edges.n, sizeof *l->edges.p, by_label);
}

AsmLines *asm_lines_new(Arena *a, const char *text, size_t n)
{
    AsmLines *l = ARENA_NEW(a, AsmLines);
    l->a = a;
    read_abbrevs(l, section(text, n, ".debug_abbrev"));
    read_strings(l, section(text, n, ".debug_str"));
    read_dies(l, section(text, n, ".debug_info"), section(text, n, ".debug_ranges"));
    return l;
}

/* ---- places ----------------------------------------------------------------------------- */

/* The number of a node in the function being read. */
static uint32_t node_number(AsmLines *l, Func *f, uint32_t node)
{
    if (!node)
        return 0;
    Node *n = &l->nodes.p[node - 1];
    if (!n->number) {
        uint32_t parent = node_number(l, f, n->parent);
        vec_push(l->a, &f->inlined, ((Inlined){parent, n->line, n->file, n->name}));
        n->number = f->inlined.n;
    }
    return n->number;
}

static uint32_t innermost(const AsmLines *l)
{
    uint32_t best = 0, depth = 0;
    for (uint32_t i = 0; i < l->open.n; i++) {
        const Node *n = &l->nodes.p[l->open.p[i] - 1];
        if (n->depth >= depth) {
            best = l->open.p[i];
            depth = n->depth;
        }
    }
    return best;
}

static void see_edges(AsmLines *l, uint64_t key)
{
    Edge want = {.label = key};
    Edge *e = l->edges.n ? bsearch(&want, l->edges.p, l->edges.n, sizeof want, by_label) : NULL;
    if (!e)
        return;
    while (e > l->edges.p && e[-1].label == key)
        e--;
    for (; e < l->edges.p + l->edges.n && e->label == key; e++) {
        if (!e->end) {
            vec_push(l->a, &l->open, e->node + 1);
        } else {
            uint32_t i = 0;
            while (i < l->open.n && l->open.p[i] != e->node + 1)
                i++;
            if (i < l->open.n)
                l->open.p[i] = l->open.p[--l->open.n];
        }
        l->dirty = true;
    }
}

static void see_label(AsmLines *l, const char *p, const char *name, size_t len, bool comdat)
{
    uint64_t key = label_key(p);
    if (!key)
        return;
    if (letters_of(key) == LETTERS2('F', 'B') && name) {
        vec_push(l->a, &l->funcs, ((Func){.name = name, .len = len, .comdat = comdat}));
        l->funcs.p[l->funcs.n - 1].begin = key & 0xffffffff;
        l->in_function = true;
        l->dirty = false;
        l->line = l->file = 0;
        l->open.n = 0;
    } else if (letters_of(key) == LETTERS2('F', 'E')) {
        l->in_function = false;
    } else if (l->in_function) {
        see_edges(l, key);
    }
}

/* .file N "PATH" */
static void see_file(AsmLines *l, const char *p, const char *end)
{
    char *q;
    uint64_t n = strtoull(p, &q, 10);
    const char *last = end;
    while (last > q && *last != '"')
        last--;
    if (q == p || n > 1000000 || *q != ' ' || q[1] != '"' || last <= q + 1)
        return;
    while (l->files.n <= n)
        vec_push(l->a, &l->files, (const char *)NULL);
    l->files.p[n] = arena_strndup(l->a, q + 2, (size_t)(last - q - 2));
}

static void place(AsmLines *l, FILE *out)
{
    Func *f = &l->funcs.p[l->funcs.n - 1];
    l->dirty = false;
    uint32_t node = node_number(l, f, innermost(l));
    if (f->places.n) {
        const Place *last = &f->places.p[f->places.n - 1];
        if (last->line == l->line && last->file == l->file && last->node == node)
            return;
    }
    fprintf(out, ".Lgl%u:\n", l->labels);
    vec_push(l->a, &f->places, ((Place){l->labels++, l->line, l->file, node}));
}

void asm_lines_see(AsmLines *l, const char *p, const char *end, const char *name, size_t len,
                   bool comdat, FILE *out)
{
    if (*p == '.') {
        see_label(l, p, name, len, comdat);
    } else if (*p == '\t' && p[1] == '.') {
        if (end - p > 7 && memcmp(p, "\t.file ", 7) == 0) {
            see_file(l, p + 7, end);
        } else if (end - p > 6 && memcmp(p, "\t.loc ", 6) == 0) {
            char *q;
            l->file = (uint32_t)strtoul(p + 6, &q, 10);
            l->line = (uint32_t)strtoul(q, NULL, 10);
            l->dirty = true;
        }
    } else if (*p == '\t' && l->in_function && l->dirty) {
        place(l, out);
    }
}

/* ---- writing ---------------------------------------------------------------------------- */

/* Bytes of the table, a directive for many. */
typedef struct Bytes {
    FILE *out;
    int n;
} Bytes;

static void byte(Bytes *b, unsigned v)
{
    fprintf(b->out, b->n++ % 16 ? ",%u" : "\n\t.byte\t%u", v);
}

static void uleb(Bytes *b, uint64_t v)
{
    for (; v >= 128; v >>= 7)
        byte(b, (unsigned)(v & 127) | 128);
    byte(b, (unsigned)v);
}

static void sleb(Bytes *b, int64_t v)
{
    for (;;) {
        unsigned low = (unsigned)(v & 127);
        v >>= 7;
        if ((v == 0 && !(low & 64)) || (v == -1 && (low & 64))) {
            byte(b, low);
            return;
        }
        byte(b, low | 128);
    }
}

static void line_end(Bytes *b)
{
    fputc('\n', b->out);
    b->n = 0;
}

/* A function's name as Go writes it, after its flags. */
static void func_name(AsmLines *l, Bytes *b, const char *symbol)
{
    char *name = arena_alloc(l->a, strlen(symbol) + 1);
    size_t n = rt_demangle(symbol, name, strlen(symbol) + 1);
    bool half = strstr(symbol, ".part.") != NULL;
    if (!n)
        strcpy(name, symbol);
    else if (n > 5 && strcmp(name + n - 5, "#body") == 0) {
        half = true;
        name[n - 5] = 0;
    }
    byte(b, half ? RT_LINE_HALF : 0);
    for (const char *s = name; *s; s++)
        byte(b, (unsigned char)*s);
    byte(b, 0);
}

static void file_names(AsmLines *l, Bytes *b, const uint32_t *files, uint32_t n)
{
    char cwd[4096];
    if (!getcwd(cwd, sizeof cwd))
        *cwd = 0;
    uleb(b, n);
    line_end(b);
    for (uint32_t i = 0; i < n; i++) {
        const char *path = files[i] < l->files.n ? l->files.p[files[i]] : NULL;
        if (!path)
            path = "?";
        fputs("\t.ascii\t\"", b->out);
        if (*path != '/' && *path != '?' && *cwd) {
            for (const char *s = cwd; *s; s++)
                fprintf(b->out, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
            fputc('/', b->out);
        }
        fprintf(b->out, "%s\\000\"\n", path);
    }
}

static uint32_t file_number(uint32_t *files, uint32_t *n, uint32_t file)
{
    for (uint32_t i = 0; i < *n; i++)
        if (files[i] == file)
            return i;
    files[*n] = file;
    return (*n)++;
}

static void write_func(AsmLines *l, const Func *f, FILE *out)
{
    Bytes b = {out, 0};
    const char *symbol = arena_strndup(l->a, f->name, f->len);
    if (f->comdat)
        fprintf(out, "\t.section\t" RT_LINES_RAW ",\"G\",@progbits,%s,comdat\n", symbol);
    else
        fputs("\t.section\t" RT_LINES_RAW ",\"\",@progbits\n", out);
    unsigned long k = f->begin;
    fprintf(out,
            "\t.long\t.LFB%lu\n\t.long\t.LFE%lu-.LFB%lu\n\t.long\t.Lgle%lu-.Lglb%lu\n.Lglb%lu:", k,
            k, k, k, k, k);
    func_name(l, &b, symbol);
    uint32_t *files = ARENA_ARRAY(l->a, uint32_t, f->places.n + f->inlined.n + 1), nfiles = 0;
    for (uint32_t i = 0; i < f->places.n; i++)
        file_number(files, &nfiles, f->places.p[i].file);
    for (uint32_t i = 0; i < f->inlined.n; i++)
        file_number(files, &nfiles, f->inlined.p[i].file);
    file_names(l, &b, files, nfiles);
    uleb(&b, f->inlined.n);
    for (uint32_t i = 0; i < f->inlined.n; i++) {
        const Inlined *in = &f->inlined.p[i];
        uleb(&b, in->parent);
        uleb(&b, in->line);
        uleb(&b, file_number(files, &nfiles, in->file));
        func_name(l, &b, in->name);
    }
    Place last = {0};
    last.file = nfiles ? files[0] : 0;
    for (uint32_t i = 0; i < f->places.n; i++) {
        const Place *p = &f->places.p[i];
        if (i)
            fprintf(out, "\n\t.uleb128\t.Lgl%u-.Lgl%u", p->label, last.label);
        else
            fprintf(out, "\n\t.uleb128\t.Lgl%u-.LFB%lu", p->label, k);
        b.n = 0;
        int64_t change = ((int64_t)p->line - last.line) * 4;
        change |=
            (p->node != last.node ? RT_LINE_NODE : 0) | (p->file != last.file ? RT_LINE_FILE : 0);
        sleb(&b, change);
        if (p->node != last.node)
            uleb(&b, p->node);
        if (p->file != last.file)
            uleb(&b, file_number(files, &nfiles, p->file));
        last = *p;
    }
    fprintf(out, "\n.Lgle%lu:\n", k);
}

void asm_lines_write(AsmLines *l, FILE *out)
{
    for (uint32_t i = 0; i < l->funcs.n; i++)
        if (*l->funcs.p[i].name == 'G') /* not golc's own helpers */
            write_func(l, &l->funcs.p[i], out);
}
