/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Line tables from gcc's text.  Lines are in its .loc directives; which function they belong
 * to, where gcc inlined code, is told by the labels that asm_dwarf.c finds, and where the IR's
 * passes did, by the numbers that the files' names begin with. */
#include "codegen/asm_lines.h"

#include "codegen/asm_dwarf.h"
#include "runtime/demangle.h"
#include "runtime/lines.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Place {
    uint32_t label, line, file, node; /* node: number in the function */
} Place;

/* Files are numbers of l->paths from here on. */
typedef struct Inlined {
    uint32_t parent, line, file;
    const char *name;
} Inlined;

/* A node of asm_dwarf.c's, + 1, and a site in the code that it stands for; each may be 0. */
typedef struct Numbered {
    uint32_t node, site, number; /* number: in the table of the function */
} Numbered;

typedef struct FileName {
    uint32_t site, path;
} FileName;

typedef struct Func {
    const char *name;
    size_t len;
    bool comdat;
    uint64_t begin; /* of .LFB and .LFE */
    VEC(Place) places;
    VEC(Inlined) inlined;
    VEC(Numbered) numbered;
} Func;

struct AsmLines {
    Arena *a;
    AsmDwarf *dwarf;
    const GenSites *sites;
    VEC(FileName) files;     /* by gcc's number */
    VEC(const char *) paths; /* each once, as they stand between quotes */

    /* where the text is being read */
    VEC(Func) funcs;
    bool in_function, dirty;
    uint32_t line, file, labels;
    VEC(uint32_t) open; /* nodes whose code it is, + 1 */
};

/* ---- files ------------------------------------------------------------------------------ */

static uint32_t path_number(AsmLines *l, const char *path, size_t len)
{
    for (uint32_t i = 0; i < l->paths.n; i++)
        if (strlen(l->paths.p[i]) == len && memcmp(l->paths.p[i], path, len) == 0)
            return i;
    vec_push(l->a, &l->paths, arena_strndup(l->a, path, len));
    return l->paths.n - 1;
}

/* The same of a path as it is in the source map: quotes and what is not printable escaped. */
static uint32_t raw_path_number(AsmLines *l, const char *path)
{
    size_t n = 0;
    char *s = arena_alloc(l->a, 4 * strlen(path) + 1);
    for (const char *c = path; *c; c++)
        if (*c == '"' || *c == '\\')
            n += (size_t)sprintf(s + n, "\\%c", *c);
        else if ((unsigned char)*c < 0x20 || *c == 0x7f)
            n += (size_t)sprintf(s + n, "\\%03o", (unsigned char)*c);
        else
            s[n++] = *c;
    return path_number(l, s, n);
}

const char *asm_lines_path(const char *p, const char *end)
{
    while (p < end && *p != '"')
        p++;
    const char *digits = ++p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p < end && p > digits && *p == ':' ? p + 1 : NULL;
}

/* .file N "SITE:PATH" */
static void read_file(AsmLines *l, const char *p, const char *end)
{
    uint64_t n = strtoull(p, NULL, 10);
    const char *path = asm_lines_path(p, end), *last = end;
    while (last > p && *last != '"')
        last--;
    if (n > 1000000 || !path || last <= path)
        return;
    while (l->files.n <= n)
        vec_push(l->a, &l->files, ((FileName){0, UINT32_MAX}));
    uint64_t site = strtoull(strchr(p, '"') + 1, NULL, 10);
    l->files.p[n] = (FileName){site <= l->sites->n ? (uint32_t)site : 0,
                               path_number(l, path, (size_t)(last - path))};
}

static FileName file_of(const AsmLines *l, uint32_t file)
{
    return file < l->files.n ? l->files.p[file] : (FileName){0, UINT32_MAX};
}

AsmLines *asm_lines_new(Arena *a, const char *text, size_t n, const GenSites *sites)
{
    static const char directive[] = "\n\t.file ";
    AsmLines *l = ARENA_NEW(a, AsmLines);
    l->a = a;
    l->sites = sites;
    l->dwarf = asm_dwarf_read(a, text, n);
    const char *end = text + n, *p = text;
    while ((p = memmem(p, (size_t)(end - p), directive, sizeof directive - 1)) != NULL) {
        p += sizeof directive - 1;
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        read_file(l, p, eol ? eol : end);
    }
    return l;
}

/* ---- places ----------------------------------------------------------------------------- */

/* The number, in the function being read, of what was inlined at a site in the code of a node. */
static uint32_t number_of(AsmLines *l, Func *f, uint32_t node, uint32_t site)
{
    if (!node && !site)
        return 0;
    for (uint32_t i = f->numbered.n; i-- > 0;)
        if (f->numbered.p[i].node == node && f->numbered.p[i].site == site)
            return f->numbered.p[i].number;
    Inlined in;
    if (site) {
        const GenSite *s = &l->sites->p[site - 1];
        in = (Inlined){number_of(l, f, node, s->parent), s->line, raw_path_number(l, s->path),
                       s->callee};
    } else {
        const AsmNode *n = &l->dwarf->nodes.p[node - 1];
        FileName at = file_of(l, n->file);
        in = (Inlined){number_of(l, f, n->parent, at.site), n->line, at.path, n->name};
    }
    vec_push(l->a, &f->inlined, in);
    vec_push(l->a, &f->numbered, ((Numbered){node, site, f->inlined.n}));
    return f->inlined.n;
}

static uint32_t innermost(const AsmLines *l)
{
    uint32_t best = 0, depth = 0;
    for (uint32_t i = 0; i < l->open.n; i++) {
        const AsmNode *n = &l->dwarf->nodes.p[l->open.p[i] - 1];
        if (n->depth >= depth) {
            best = l->open.p[i];
            depth = n->depth;
        }
    }
    return best;
}

static void see_edges(AsmLines *l, uint64_t key)
{
    const AsmEdge *e;
    for (uint32_t k = 0; (e = asm_dwarf_edge(l->dwarf, key, k)) != NULL; k++) {
        l->dirty = true;
        if (!e->end) {
            vec_push(l->a, &l->open, e->node + 1);
            continue;
        }
        for (uint32_t i = 0; i < l->open.n; i++)
            if (l->open.p[i] == e->node + 1) {
                l->open.p[i] = l->open.p[--l->open.n];
                break;
            }
    }
}

static void see_label(AsmLines *l, const char *p, const char *name, size_t len, bool comdat)
{
    uint64_t key = asm_label_key(p);
    if (!key)
        return;
    if (asm_label_letters(key) == ASM_LETTERS('F', 'B') && name) {
        vec_push(l->a, &l->funcs, ((Func){.name = name, .len = len, .comdat = comdat}));
        l->funcs.p[l->funcs.n - 1].begin = asm_label_number(key);
        l->in_function = true;
        l->dirty = false;
        l->line = l->file = 0;
        l->open.n = 0;
    } else if (asm_label_letters(key) == ASM_LETTERS('F', 'E')) {
        l->in_function = false;
    } else if (l->in_function) {
        see_edges(l, key);
    }
}

static void place(AsmLines *l, FILE *out)
{
    Func *f = &l->funcs.p[l->funcs.n - 1];
    l->dirty = false;
    FileName file = file_of(l, l->file);
    uint32_t node = number_of(l, f, innermost(l), file.site);
    if (f->places.n) {
        const Place *last = &f->places.p[f->places.n - 1];
        if (last->line == l->line && last->file == file.path && last->node == node)
            return;
    }
    fprintf(out, ".Lgl%u:\n", l->labels);
    vec_push(l->a, &f->places, ((Place){l->labels++, l->line, file.path, node}));
}

void asm_lines_see(AsmLines *l, const char *p, const char *end, const char *name, size_t len,
                   bool comdat, FILE *out)
{
    if (*p == '.') {
        see_label(l, p, name, len, comdat);
    } else if (*p == '\t' && p[1] == '.') {
        if (end - p > 6 && memcmp(p, "\t.loc ", 6) == 0) {
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
        const char *path = files[i] < l->paths.n ? l->paths.p[files[i]] : NULL;
        if (!path)
            path = "??";
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
