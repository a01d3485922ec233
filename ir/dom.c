/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dominators by Cooper, Harvey and Kennedy's iteration over the reverse postorder, which is
 * short for the graphs that structured code makes. */
#include "ir/dom.h"

#include <string.h>

static const IrInst *end_of(const IrFunc *f, uint32_t b)
{
    return f->blocks.p[b]->insts.p[f->blocks.p[b]->insts.n - 1];
}

static void number(Arena *a, Dom *d, const IrFunc *f)
{
    uint32_t *stack = ARENA_ARRAY(a, uint32_t, d->n), *next = ARENA_ARRAY(a, uint32_t, d->n);
    bool *seen = ARENA_ARRAY(a, bool, d->n);
    uint32_t top = 0, at = d->n;
    stack[top++] = 0;
    seen[0] = true;
    while (top) {
        uint32_t b = stack[top - 1];
        const IrInst *t = end_of(f, b);
        if (next[b] < t->ntargets) {
            uint32_t to = t->targets[next[b]++]->id;
            if (!seen[to]) {
                seen[to] = true;
                stack[top++] = to;
            }
        } else {
            d->order[--at] = b;
            top--;
        }
    }
    /* Unreachable blocks, if any, stand first and have no dominator. */
    memmove(d->order, d->order + at, (d->n - at) * sizeof *d->order);
    d->n -= at;
    for (uint32_t i = 0; i < d->n; i++)
        d->rank[d->order[i]] = i;
}

static uint32_t meet(const Dom *d, uint32_t x, uint32_t y)
{
    while (x != y) {
        while (d->rank[x] > d->rank[y])
            x = d->idom[x];
        while (d->rank[y] > d->rank[x])
            y = d->idom[y];
    }
    return x;
}

static void dominators(Dom *d)
{
    d->idom[0] = 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 1; i < d->n; i++) {
            uint32_t b = d->order[i], dom = UINT32_MAX;
            for (uint32_t k = 0; k < d->preds[b].n; k++) {
                uint32_t p = d->preds[b].p[k];
                if (d->idom[p] != UINT32_MAX)
                    dom = dom == UINT32_MAX ? p : meet(d, dom, p);
            }
            if (d->idom[b] != dom) {
                d->idom[b] = dom;
                changed = true;
            }
        }
    }
}

static void frontiers(Arena *a, Dom *d)
{
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t b = d->order[i];
        if (d->preds[b].n < 2 && !(b == 0 && d->preds[b].n))
            continue;
        for (uint32_t k = 0; k < d->preds[b].n; k++) {
            uint32_t stop = b == 0 ? UINT32_MAX : d->idom[b];
            for (uint32_t r = d->preds[b].p[k]; r != stop; r = d->idom[r]) {
                BlockList *df = &d->frontier[r];
                if (!df->n || df->p[df->n - 1] != b)
                    vec_push(a, df, b);
                if (r == 0)
                    break;
            }
        }
    }
}

bool ir_dominates(const Dom *d, uint32_t a, uint32_t b)
{
    while (d->rank[b] > d->rank[a])
        b = d->idom[b];
    return a == b;
}

/* Inner loops have later headers: taken first, they keep their blocks. */
static void loops(Arena *a, Dom *d)
{
    uint32_t *stack = ARENA_ARRAY(a, uint32_t, d->n), *mark = ARENA_ARRAY(a, uint32_t, d->n);
    for (uint32_t i = d->n; i-- > 0;) {
        uint32_t h = d->order[i], top = 0;
        bool is_header = false;
        for (uint32_t k = 0; k < d->preds[h].n; k++) {
            uint32_t p = d->preds[h].p[k];
            if (!ir_dominates(d, h, p))
                continue;
            is_header = true;
            if (p != h && mark[p] != h + 1) {
                mark[p] = h + 1;
                stack[top++] = p;
            }
        }
        if (!is_header)
            continue;
        mark[h] = h + 1;
        if (d->loop[h] == UINT32_MAX)
            d->loop[h] = h;
        while (top) {
            uint32_t b = stack[--top];
            if (d->loop[b] == UINT32_MAX)
                d->loop[b] = h;
            for (uint32_t k = 0; k < d->preds[b].n; k++) {
                uint32_t p = d->preds[b].p[k];
                if (mark[p] != h + 1) {
                    mark[p] = h + 1;
                    stack[top++] = p;
                }
            }
        }
    }
}

Dom *ir_dom(Arena *a, const IrFunc *f)
{
    uint32_t n = f->blocks.n;
    Dom *d = ARENA_NEW(a, Dom);
    d->n = n;
    d->order = ARENA_ARRAY(a, uint32_t, n);
    d->rank = ARENA_ARRAY(a, uint32_t, n);
    d->idom = ARENA_ARRAY(a, uint32_t, n);
    d->loop = ARENA_ARRAY(a, uint32_t, n);
    d->preds = ARENA_ARRAY(a, BlockList, n);
    d->children = ARENA_ARRAY(a, BlockList, n);
    d->frontier = ARENA_ARRAY(a, BlockList, n);
    memset(d->idom, 0xff, sizeof *d->idom * n);
    memset(d->loop, 0xff, sizeof *d->loop * n);
    number(a, d, f);
    for (uint32_t i = 0; i < d->n; i++) {
        const IrInst *t = end_of(f, d->order[i]);
        for (uint32_t k = 0; k < t->ntargets; k++)
            vec_push(a, &d->preds[t->targets[k]->id], d->order[i]);
    }
    dominators(d);
    for (uint32_t i = 1; i < d->n; i++)
        vec_push(a, &d->children[d->idom[d->order[i]]], d->order[i]);
    frontiers(a, d);
    loops(a, d);
    return d;
}
