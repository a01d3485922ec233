/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last touch on gcc's text: functions that several objects may define go into COMDAT
 * groups, internal functions that another unit calls are global but hidden, those that only
 * data names are local again, the split-stack notes go, which make linkers patch
 * prologues or refuse the object, and so do the unwind tables: frames are walked by their
 * frame pointers.  Debugging information becomes our own line table, and stays only for -g. */
#include "codegen/asm_lines.h"
#include "codegen/gen.h"

#include <stdlib.h>
#include <string.h>

typedef struct Special {
    const char *name;
    enum { COMDAT, PROMOTED, PINNED } kind; /* pinned: global for gcc alone */
} Special;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Special *)a)->name, ((const Special *)b)->name);
}

static Special *find(Special *specials, size_t n, const char *name, size_t len)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = strncmp(name, specials[mid].name, len);
        if (!c)
            c = specials[mid].name[len] ? -1 : 0;
        if (!c)
            return &specials[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

static Special *specials_of(Gen *g, size_t *n)
{
    Special *s = ARENA_ARRAY(g->arena, Special, g->m->funcs.n);
    for (uint32_t i = 0; i < g->m->funcs.n; i++) {
        IrSym *sym = g->m->funcs.p[i]->sym;
        bool comdat = sym->linkage == IRL_COMDAT;
        bool promoted = g->unit->promoted && g->unit->promoted[sym->index];
        if (comdat || promoted || g->syms[sym->index].pinned)
            s[(*n)++] = (Special){gen_name(g, sym), comdat ? COMDAT : promoted ? PROMOTED : PINNED};
    }
    qsort(s, *n, sizeof *s, by_name);
    return s;
}

static bool starts(const char *p, const char *end, const char *prefix, const char **rest)
{
    size_t n = strlen(prefix);
    if ((size_t)(end - p) < n || memcmp(p, prefix, n))
        return false;
    *rest = p + n;
    return true;
}

static size_t name_length(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && *q != ',' && *q != '\n' && *q != ' ' && *q != '\t')
        q++;
    return (size_t)(q - p);
}

const char *asm_touch(Gen *g, const char *text, size_t n, FILE *out)
{
    size_t count = 0;
    Special *specials = specials_of(g, &count);
    const char *end = text + n;
    bool skip = false;
    const char *fn = NULL; /* whose section we are in, and how long its name is */
    size_t fn_len = 0;
    bool fn_comdat = false;
    bool keep_debug = g->opt->debug_vars;
    AsmLines *lines = asm_lines_new(g->arena, text, n, &g->sites);
    for (const char *p = text, *next; p < end; p = next) {
        const char *rest;
        next = memchr(p, '\n', (size_t)(end - p));
        next = next ? next + 1 : end;
        if (starts(p, end, "\t.section\t.note.GNU-split-stack", &rest) ||
            starts(p, end, "\t.section\t.note.GNU-no-split-stack", &rest) ||
            starts(p, end, "\t.ident\t", &rest) || starts(p, end, "\t.cfi_", &rest))
            continue;
        if (starts(p, end, "\t.section\t", &rest) || starts(p, end, "\t.text\n", &rest))
            skip = !keep_debug && starts(p, end, "\t.section\t.debug_", &rest);
        if (skip)
            continue;
        asm_lines_see(lines, p, next, fn, fn_len, fn_comdat, out);
        if (!keep_debug && (starts(p, end, "\t.loc ", &rest) || starts(p, end, "\t.file ", &rest) ||
                            starts(p, end, "\t.file\t", &rest)))
            continue;
        const char *path;
        if (keep_debug && starts(p, end, "\t.file ", &rest) &&
            (path = asm_lines_path(rest, next)) != NULL) { /* without the number of its site */
            fprintf(out, "\t.file %lu \"", strtoul(rest, NULL, 10));
            fwrite(path, 1, (size_t)(next - path), out);
            continue;
        }
        /* a jump table goes with its function: in a section that all share it would keep
         * all functions with such tables in the program */
        if (fn && starts(p, end, "\t.section\t.rodata\n", &rest)) {
            int l = (int)fn_len;
            if (fn_comdat)
                fprintf(out, "\t.section\t.rodata.%.*s,\"aG\",@progbits,%.*s,comdat\n", l, fn, l,
                        fn);
            else
                fprintf(out, "\t.section\t.rodata.%.*s,\"a\",@progbits\n", l, fn);
            continue;
        }
        if (starts(p, end, "\t.section\t.text.", &rest)) {
            size_t len = name_length(rest, next);
            Special *s = count ? find(specials, count, rest, len) : NULL;
            fn = rest;
            fn_len = len;
            fn_comdat = s && s->kind == COMDAT;
            if (fn_comdat) {
                fprintf(out, "\t.section\t.text.%s,\"axG\",@progbits,%s,comdat\n", s->name,
                        s->name);
                continue;
            }
        }
        if (count && starts(p, end, "\t.globl\t", &rest)) {
            Special *s = find(specials, count, rest, name_length(rest, next));
            if (s) {
                if (s->kind == COMDAT)
                    fprintf(out, "\t.weak\t%s\n", s->name);
                else if (s->kind == PROMOTED)
                    fprintf(out, "\t.globl\t%s\n\t.hidden\t%s\n", s->name, s->name);
                continue;
            }
        }
        fwrite(p, 1, (size_t)(next - p), out);
    }
    asm_lines_write(lines, out);
    return NULL;
}
