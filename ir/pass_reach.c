/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reachability: drops functions and data that nothing reaches from the module's roots.  A
 * type descriptor reaches the methods that it lists, for an interface may call them. */
#include "ir/ir.h"

#include <stdlib.h>
#include <string.h>

typedef struct Reach {
    bool *seen; /* by symbol index */
    IrSym **work;
    uint32_t top;
} Reach;

static void mark(Reach *r, IrSym *s)
{
    if (!s || r->seen[s->index])
        return;
    r->seen[s->index] = true;
    if (s->func || s->data)
        r->work[r->top++] = s;
}

static void scan_func(Reach *r, const IrFunc *f)
{
    for (uint32_t i = 0; i < f->blocks.n; i++) {
        const IrBlock *b = f->blocks.p[i];
        for (uint32_t k = 0; k < b->insts.n; k++) {
            const IrInst *in = b->insts.p[k];
            mark(r, in->sym);
            mark(r, in->sym2);
            for (uint32_t a = 0; a < in->nargs; a++)
                if (in->args[a].kind == IRO_SYM || in->args[a].kind == IRO_STR)
                    mark(r, in->args[a].sym);
        }
    }
}

/* In the main package what the runtime starts with; C symbols that the module defines are
 * what the runtime names.  In any other package whatever others may name. */
static bool is_root(const IrSym *s, bool is_main)
{
    if (!s->func && !s->data)
        return false;
    if (s->is_c)
        return true;
    if (!is_main)
        return s->linkage == IRL_EXPORT;
    return !strcmp(s->name->s, "main.main") || !strcmp(s->name->s, "main.init");
}

static void drop(IrSym *s)
{
    s->func = NULL;
    s->data = NULL;
    s->linkage = IRL_EXTERN;
}

void ir_pass_reach(IrModule *m, bool is_main)
{
    Reach r = {.seen = calloc(m->syms.n + 1, 1), .work = calloc(m->syms.n + 1, sizeof(IrSym *))};
    for (uint32_t i = 0; i < m->syms.n; i++)
        if (is_root(m->syms.p[i], is_main))
            mark(&r, m->syms.p[i]);
    while (r.top) {
        const IrSym *s = r.work[--r.top];
        if (s->func)
            scan_func(&r, s->func);
        else
            for (uint32_t i = 0; i < s->data->relocs.n; i++)
                mark(&r, s->data->relocs.p[i].sym);
    }
    uint32_t keep = 0;
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        if (r.seen[m->funcs.p[i]->sym->index])
            m->funcs.p[keep++] = m->funcs.p[i];
        else
            drop(m->funcs.p[i]->sym);
    }
    m->funcs.n = keep;
    keep = 0;
    for (uint32_t i = 0; i < m->datas.n; i++) {
        if (r.seen[m->datas.p[i]->sym->index])
            m->datas.p[keep++] = m->datas.p[i];
        else
            drop(m->datas.p[i]->sym);
    }
    m->datas.n = keep;
    free(r.seen);
    free(r.work);
}
