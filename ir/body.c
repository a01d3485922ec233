/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bodies of functions for other packages' use, as text: for each a line
 *     body BYTES COST TRAITS NAME
 * (TRAITS: 1 if it allocates + 2 if it loops + 4 * its calls_params) and then that many bytes, which are lines
 *     file BASE SIZE NAME      where positions from BASE on are
 * and the symbols, strings and the function as ir_print writes them.  A package's file is
 * indexed when the first of its functions is asked for; a body is parsed when it is wanted. */
#include "ir/body.h"
#include "ir/summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 80 }; /* cost of what is offered */

typedef struct Body {
    IrTraits traits;
    const char *text;
    size_t n;
    bool parsed;
    const IrFunc *f;
} Body;

struct IrBodies {
    Summaries files;
    const IrSources *sources;
    PtrMap known; /* Name → Body */
};

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_string(const IrSym *s)
{
    return s->data && s->linkage == IRL_COMDAT &&
           (!strncmp(s->name->s, "str:", 4) || !strncmp(s->name->s, "strh:", 5));
}

typedef VEC(IrSym *) SymList;

/* False where the symbol cannot be named elsewhere. */
static bool note_symbol(Arena *a, SymList *l, IrSym *s)
{
    if (!s)
        return true;
    for (uint32_t i = 0; i < l->n; i++)
        if (l->p[i] == s)
            return true;
    vec_push(a, l, s);
    return s->linkage != IRL_INTERNAL;
}

/* All symbols that the code names, callees that were inlined too. */
static bool symbols_of(Arena *a, const IrFunc *f, SymList *l)
{
    bool ok = true;
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            const IrInst *in = f->blocks.p[b]->insts.p[k];
            ok &= note_symbol(a, l, in->sym) && note_symbol(a, l, in->sym2);
            for (uint32_t i = 0; i < in->nargs; i++)
                if (in->args[i].kind == IRO_SYM || in->args[i].kind == IRO_STR)
                    ok &= note_symbol(a, l, in->args[i].sym);
        }
    for (uint32_t i = 0; i < f->inlined.n; i++)
        note_symbol(a, l, f->inlined.p[i].callee);
    return ok;
}

typedef VEC(const SourceFile *) FileList;

static void note_file(Arena *a, FileList *l, Pos pos)
{
    const SourceFile *src = pos == NOPOS ? NULL : source_file(pos);
    for (uint32_t i = 0; i < l->n; i++)
        if (l->p[i] == src)
            return;
    if (src)
        vec_push(a, l, src);
}

static FileList files_of(Arena *a, const IrFunc *f)
{
    FileList l = {0};
    note_file(a, &l, f->pos);
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++)
            note_file(a, &l, f->blocks.p[b]->insts.p[k]->pos);
    for (uint32_t i = 0; i < f->inlined.n; i++)
        note_file(a, &l, f->inlined.p[i].pos);
    return l;
}

/* Where results are dropped, code outside of the callee's module must know their type. */
static void say_results(const IrFunc *f)
{
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrInst *in = f->blocks.p[b]->insts.p[k];
            if (in->op == IR_CALL && in->dst == IR_NOREG && in->sym->func &&
                in->sym->func->result != irt_void)
                in->type = in->sym->func->result;
        }
}

static char *body_text(Arena *a, IrModule *m, const IrFunc *f, const IrSources *sources, size_t *n)
{
    SymList syms = {0};
    if (!symbols_of(a, f, &syms))
        return NULL;
    FileList files = files_of(a, f);
    say_results(f);
    char *text = NULL;
    FILE *out = open_memstream(&text, n);
    if (!out)
        abort();
    bool ok = true;
    for (uint32_t i = 0; i < files.n; i++) {
        const char *name = sources->name(sources->data, files.p[i]);
        ok &= name != NULL;
        fprintf(out, "file %u %u %s\n", files.p[i]->base, files.p[i]->size, name ? name : "");
    }
    for (uint32_t i = 0; i < syms.n; i++)
        if (syms.p[i] != f->sym && !is_string(syms.p[i]))
            ir_print_extern(out, syms.p[i]);
    for (uint32_t i = 0; i < syms.n; i++)
        if (is_string(syms.p[i]))
            ir_print_datum(out, syms.p[i]->data);
    IrPrintPos was = ir_print_pos;
    ir_print_pos = IR_POS_RAW;
    ir_print_func(out, m, f);
    ir_print_pos = was;
    fclose(out);
    if (ok)
        return text;
    free(text);
    return NULL;
}

void ir_bodies_print(FILE *out, IrModule *m, const IrSources *sources, IrIsIntrinsic *is_intrinsic)
{
    Arena *a = arena_new();
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        const IrFunc *f = m->funcs.p[i];
        if (f->sym->linkage != IRL_EXPORT || f->sym->is_c)
            continue;
        IrTraits t = ir_traits(f, is_intrinsic);
        size_t n;
        char *text = t.can && t.cost <= LARGEST ? body_text(a, m, f, sources, &n) : NULL;
        if (!text)
            continue;
        fprintf(out, "body %zu %u %" PRIu64 " %s\n", n, t.cost,
                t.allocates | t.loops << 1 | (uint64_t)t.calls_params << 2, f->sym->name->s);
        fwrite(text, 1, n, out);
        free(text);
    }
    arena_free(a);
}

/* ---- reading --------------------------------------------------------------------------------- */

IrBodies *ir_bodies_new(Arena *a, IrSummaryFile *file, const IrSources *sources)
{
    IrBodies *all = ARENA_NEW(a, IrBodies);
    all->files = (Summaries){.a = a, .file = file, .data = sources->data};
    all->sources = sources;
    return all;
}

/* A number and the blank after it; the text ends in a zero byte. */
static bool number(const char **p, uint64_t *n)
{
    char *end;
    if (**p < '0' || **p > '9')
        return false;
    *n = strtoull(*p, &end, 10);
    *p = end + 1;
    return *end == ' ';
}

static bool word(const char **p, const char *w)
{
    size_t n = strlen(w);
    if (strncmp(*p, w, n) != 0)
        return false;
    *p += n;
    return true;
}

static void index_text(IrBodies *all, const char *p, const char *end)
{
    while (p < end) {
        uint64_t bytes, cost, bits;
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        if (!eol || !word(&p, "body ") || !number(&p, &bytes) || !number(&p, &cost) ||
            !number(&p, &bits) || p > eol || bytes > (size_t)(end - eol - 1))
            return;
        Body *b = ARENA_NEW(all->files.a, Body);
        *b = (Body){.traits = {true, bits & 1, bits & 2, (uint32_t)cost, (uint32_t)(bits >> 2)},
                    .text = eol + 1,
                    .n = bytes};
        ptrmap_put(all->files.a, &all->known, intern(p, (size_t)(eol - p)), b);
        p = eol + 1 + bytes;
    }
}

static Body *find(IrBodies *all, const IrSym *function)
{
    size_t n;
    const char *text = summary_text(&all->files, function, &n);
    if (text)
        index_text(all, text, text + n);
    return ptrmap_get(&all->known, function->name);
}

bool ir_bodies_traits(IrBodies *all, const IrSym *function, IrTraits *traits)
{
    const Body *b = find(all, function);
    if (b)
        *traits = b->traits;
    return b != NULL;
}

/* ---- positions -------------------------------------------------------------------------------- */

typedef struct Moved {
    Pos base;
    uint32_t size;
    const SourceFile *to;
} Moved;

typedef VEC(Moved) Moves;

static bool read_files(IrBodies *all, const char **p, const char *end, Moves *moves)
{
    uint64_t base, size;
    while (*p < end && word(p, "file ")) {
        const char *eol = memchr(*p, '\n', (size_t)(end - *p));
        if (!eol || !number(p, &base) || !number(p, &size) || *p > eol)
            return false;
        char *name = arena_strndup(all->files.a, *p, (size_t)(eol - *p));
        const SourceFile *to = all->sources->find(all->sources->data, name);
        if (!to || to->size != size)
            return false;
        vec_push(all->files.a, moves, ((Moved){(Pos)base, to->size, to}));
        *p = eol + 1;
    }
    return true;
}

static Pos move(const Moves *moves, Pos pos)
{
    for (uint32_t i = 0; i < moves->n; i++) {
        const Moved *m = &moves->p[i];
        if (pos >= m->base && pos - m->base <= m->size)
            return m->to->base + (pos - m->base);
    }
    return NOPOS;
}

static void move_positions(IrFunc *f, const Moves *moves)
{
    f->pos = move(moves, f->pos);
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrInst *in = f->blocks.p[b]->insts.p[k];
            in->pos = move(moves, in->pos);
        }
    for (uint32_t i = 0; i < f->inlined.n; i++)
        f->inlined.p[i].pos = move(moves, f->inlined.p[i].pos);
}

const IrFunc *ir_bodies_find(IrBodies *all, IrModule *m, IrSym *function)
{
    Body *b = find(all, function);
    if (!b || b->parsed)
        return b ? b->f : NULL;
    b->parsed = true;
    Moves moves = {0};
    const char *p = b->text, *end = b->text + b->n;
    if (!read_files(all, &p, end, &moves))
        return NULL;
    IrFunc *f = ir_parse_body(m, p, (size_t)(end - p));
    if (!f || f->sym != function)
        return NULL;
    move_positions(f, &moves);
    ir_func_renumber(f);
    b->f = f;
    return f;
}
