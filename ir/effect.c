/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Effects of functions as text, one line a function, and the table of those of other
 * packages.  A line is the function's symbol, a tab, and for each parameter
 *     HEAP,RESULTS,INTO0,INTO1,INTO2/ … /DIRTY
 * (one part a level) with hexadecimal masks, or `-` for one that leaves no trace, or `*` for
 * one that is kept. */
#include "ir/effect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ir/summary.h"
#include "runtime/stdcalls.h"

struct IrEffects {
    Summaries files;
    PtrMap known; /* Name → IrEffect */
};

const ParamEffect ir_param_kept = {.level = {{.heap = true}, {.heap = true}, {.heap = true}},
                                   .dirty = (1 << EFFECT_LEVELS) - 1};

static bool is_kept(const ParamEffect *p)
{
    return p->level[0].heap && p->level[1].heap && p->level[2].heap &&
           p->dirty == ir_param_kept.dirty;
}

static bool is_traceless(const ParamEffect *p)
{
    for (int k = 0; k < EFFECT_LEVELS; k++)
        if (!flow_is_none(&p->level[k]))
            return false;
    return !p->dirty;
}

bool ir_effect_is_worst(const IrEffect *e)
{
    for (uint32_t i = 0; i < e->n; i++)
        if (!is_kept(&e->params[i]))
            return false;
    return true;
}

/* ---- writing ------------------------------------------------------------------------------ */

static void print_param(FILE *out, const ParamEffect *p)
{
    for (int k = 0; k < EFFECT_LEVELS; k++) {
        const Flow *f = &p->level[k];
        fprintf(out, "%c%d,%x,%x,%x,%x", k ? '/' : ' ', f->heap, f->results, f->into[0], f->into[1],
                f->into[2]);
    }
    fprintf(out, "/%x", p->dirty);
}

void ir_effects_print(FILE *out, const IrModule *m)
{
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        const IrFunc *f = m->funcs.p[i];
        if (f->sym->linkage == IRL_INTERNAL || f->sym->is_c || !f->effect || !f->effect->n ||
            ir_effect_is_worst(f->effect))
            continue;
        fprintf(out, "%s\t", f->sym->name->s);
        for (uint32_t k = 0; k < f->effect->n; k++) {
            const ParamEffect *p = &f->effect->params[k];
            if (is_kept(p))
                fputs(" *", out);
            else if (is_traceless(p))
                fputs(" -", out);
            else
                print_param(out, p);
        }
        fputc('\n', out);
    }
}

/* ---- reading ------------------------------------------------------------------------------ */

IrEffects *ir_effects_new(Arena *a, IrSummaryFile *file, void *data)
{
    IrEffects *all = ARENA_NEW(a, IrEffects);
    all->files = (Summaries){.a = a, .file = file, .data = data};
    return all;
}

/* False where the text is not of this form: then the function counts as unknown. */
static bool parse_param(const char **s, ParamEffect *p)
{
    int n = 0;
    if (**s == '*' || **s == '-') {
        *p = **s == '*' ? ir_param_kept : (ParamEffect){0};
        ++*s;
        return true;
    }
    for (int k = 0; k < EFFECT_LEVELS; k++) {
        Flow *f = &p->level[k];
        unsigned heap;
        if (sscanf(*s, "%u,%x,%x,%x,%x/%n", &heap, &f->results, &f->into[0], &f->into[1],
                   &f->into[2], &n) != 5)
            return false;
        f->heap = heap != 0;
        *s += n;
    }
    if (sscanf(*s, "%x%n", &p->dirty, &n) != 1)
        return false;
    *s += n;
    return true;
}

static void parse_line(IrEffects *all, const char *line)
{
    const char *tab = strchr(line, '\t');
    if (!tab)
        return;
    Arena *a = all->files.a;
    VEC(ParamEffect) params = {0};
    const char *s = tab + 1;
    while (*s == ' ') {
        ParamEffect p = {0};
        s++;
        if (!parse_param(&s, &p))
            return;
        vec_push(a, &params, p);
    }
    if (*s)
        return;
    IrEffect *e = ARENA_NEW(a, IrEffect);
    *e = (IrEffect){params.n, params.p};
    ptrmap_put(a, &all->known, intern(line, (size_t)(tab - line)), e);
}

const IrEffect *ir_effects_find(IrEffects *all, const IrSym *function)
{
    size_t n;
    char *line = summary_text(&all->files, function, &n), *end;
    for (; line && *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = 0;
        parse_line(all, line);
    }
    return ptrmap_get(&all->known, function->name);
}

/* ---- C functions --------------------------------------------------------------------------- */

const IrEffect *ir_effect_of_c(Arena *a, const char *name, uint32_t nargs)
{
    if (!(ir_std_flags(name) & STDF_FORGETS))
        return NULL;
    IrEffect *e = ARENA_NEW(a, IrEffect);
    e->n = nargs;
    e->params = ARENA_ARRAY(a, ParamEffect, nargs + 1);
    return e;
}
