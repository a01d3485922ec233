/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Escape analysis, second half: the least solution of a function's constraints.
 *
 * What is stored in the heap, in an object that a parameter reaches, or in a result, must be
 * on the heap itself, and so must all that it points to: no pointer to the stack ever stands
 * in the heap.  An object made in a loop gets one slot for all turns; it must be on the heap
 * if the object of the turn before can still be reached when it is made again, which is asked
 * of the registers that are live there. */
#include "ir/escape_int.h"

#include <string.h>

/* ---- sets ----------------------------------------------------------------------------------- */

static void note_cause(EscFunc *g, Node n, uint32_t object, int32_t con, uint32_t via)
{
    if (g->causes)
        g->causes[(size_t)n * g->objects.n + object] = (Cause){con, via};
}

static bool add(EscFunc *g, Node n, uint32_t object, int32_t con, uint32_t via)
{
    uint64_t *w = &esc_set(g, n)[object / 64], bit = UINT64_C(1) << (object % 64);
    if (*w & bit)
        return false;
    *w |= bit;
    note_cause(g, n, object, con, via);
    return true;
}

static bool join(EscFunc *g, Node dst, Node src, int32_t con, uint32_t via)
{
    uint64_t *d = esc_set(g, dst), *s = esc_set(g, src);
    bool changed = false;
    for (uint32_t i = 0; i < g->words; i++) {
        uint64_t more = s[i] & ~d[i];
        if (!more)
            continue;
        d[i] |= more;
        changed = true;
        for (; g->causes && more; more &= more - 1)
            note_cause(g, dst, i * 64 + (uint32_t)__builtin_ctzll(more), con, via);
    }
    return changed;
}

/* ---- what must be on the heap ------------------------------------------------------------------ */

static bool is_site(const EscFunc *g, uint32_t o)
{
    return g->objects.p[o].kind == OBJ_SITE;
}

static bool on_stack(const EscFunc *g, uint32_t o)
{
    return g->objects.p[o].kind == OBJ_SLOT || (is_site(g, o) && !esc_has(g, HEAP, o));
}

static bool sites_to_heap(EscFunc *g, Node from, uint32_t via)
{
    bool changed = false;
    uint64_t *s = esc_set(g, from);
    for (uint32_t i = 0; i < g->words; i++)
        for (uint64_t w = s[i]; w; w &= w - 1) {
            uint32_t o = i * 64 + (uint32_t)__builtin_ctzll(w);
            if (is_site(g, o))
                changed |= add(g, HEAP, o, -1 - (int32_t)from, via);
        }
    return changed;
}

static bool in_cycle(EscFunc *g, uint32_t block)
{
    const IrFunc *f = g->f;
    bool *seen = ARENA_ARRAY(g->a, bool, f->blocks.n);
    uint32_t *work = ARENA_ARRAY(g->a, uint32_t, f->blocks.n + 1), n = 0;
    work[n++] = block;
    while (n) {
        const IrBlock *b = f->blocks.p[work[--n]];
        const IrInst *t = b->insts.p[b->insts.n - 1];
        for (uint32_t i = 0; i < t->ntargets; i++) {
            uint32_t to = t->targets[i]->id;
            if (to == block)
                return true;
            if (!seen[to]) {
                seen[to] = true;
                work[n++] = to;
            }
        }
    }
    return false;
}

/* What the frame of a function with defer points to must live as long: deferred calls run when
 * the body has returned.  It is placed in that frame, if it is a plain object made once. */
static bool sites_to_frame(EscFunc *g, Node from)
{
    bool changed = false;
    for (uint32_t o = 1; o < g->objects.n; o++) {
        EscObject *ob = &g->objects.p[o];
        if (!is_site(g, o) || ob->in_frame || !esc_has(g, from, o))
            continue;
        ob->in_frame = changed = true;
        if (!ob->heap && (ob->in->op != IR_ALLOC || in_cycle(g, ob->block)))
            ob->heap = "a deferred call uses it";
    }
    return changed;
}

static bool close_heap(EscFunc *g)
{
    bool changed = false;
    for (uint32_t o = 1; o < g->objects.n; o++) {
        EscObject *ob = &g->objects.p[o];
        if (ob->kind == OBJ_SITE && ob->heap)
            changed |= add(g, HEAP, o, INT32_MIN, o);
        if (o == g->frame || ob->in_frame)
            changed |= sites_to_frame(g, ob->content);
        else if (ob->kind == OBJ_PARAM)
            changed |= sites_to_heap(g, ob->content, o);
        if (esc_has(g, HEAP, o)) {
            changed |= join(g, HEAP, ob->content, -1 - (int32_t)ob->content, o);
            changed |= add(g, ob->content, HEAP, INT32_MIN, o);
        }
    }
    for (uint32_t k = 0; k < g->nresults; k++)
        changed |= sites_to_heap(g, g->results + k, HEAP);
    return changed;
}

/* ---- constraints ------------------------------------------------------------------------------- */

static bool apply(EscFunc *g, int32_t i)
{
    const Con *c = &g->cons.p[i];
    if (c->kind == CON_COPY)
        return join(g, c->dst, c->src, i, 0);
    bool changed = false;
    Node pointers = c->kind == CON_LOAD ? c->src : c->dst;
    for (uint32_t k = 0; k < g->words; k++)
        for (uint64_t w = esc_set(g, pointers)[k]; w; w &= w - 1) {
            uint32_t o = k * 64 + (uint32_t)__builtin_ctzll(w);
            Node content = g->objects.p[o].content;
            if (c->kind == CON_LOAD)
                changed |= join(g, c->dst, content, i, o);
            else
                changed |= join(g, content, c->src, i, o);
        }
    return changed;
}

static void iterate(EscFunc *g)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < g->cons.n; i++) {
            bool more = apply(g, (int32_t)i);
            /* For an explanation: lest a later load from the heap be the way. */
            if (more && g->causes)
                close_heap(g);
            changed |= more;
        }
        changed |= close_heap(g);
    }
}

/* ---- loops ---------------------------------------------------------------------------------------- */

static void set_bit(uint64_t *s, uint32_t i)
{
    s[i / 64] |= UINT64_C(1) << (i % 64);
}

/* Steps back over one instruction.  Setting a part of a register reads the rest of it. */
static void step_back(const EscFunc *g, uint64_t *live, const IrInst *in)
{
    if (in->dst != IR_NOREG && in->op != IR_SETFIELD && in->op != IR_SETELEM)
        live[in->dst / 64] &= ~(UINT64_C(1) << (in->dst % 64));
    for (uint32_t i = 0; i < in->nargs; i++)
        if (in->args[i].kind == IRO_REG && g->reg_node[in->args[i].reg] != NO_NODE)
            set_bit(live, in->args[i].reg);
}

/* Registers that carry pointers and are live at the ends of blocks. */
static void liveness(EscFunc *g)
{
    const IrFunc *f = g->f;
    uint32_t words = (f->regs.n + 63) / 64, n = f->blocks.n;
    g->live_out = ARENA_ARRAY(g->a, uint64_t *, n);
    uint64_t **in = ARENA_ARRAY(g->a, uint64_t *, n);
    for (uint32_t b = 0; b < n; b++) {
        g->live_out[b] = ARENA_ARRAY(g->a, uint64_t, words);
        in[b] = ARENA_ARRAY(g->a, uint64_t, words);
    }
    uint64_t *now = ARENA_ARRAY(g->a, uint64_t, words);
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t b = n; b-- > 0;) {
            const IrBlock *bl = f->blocks.p[b];
            const IrInst *t = bl->insts.p[bl->insts.n - 1];
            for (uint32_t i = 0; i < t->ntargets; i++)
                for (uint32_t w = 0; w < words; w++)
                    g->live_out[b][w] |= in[t->targets[i]->id][w];
            memcpy(now, g->live_out[b], words * sizeof *now);
            for (uint32_t k = bl->insts.n; k-- > 0;)
                step_back(g, now, bl->insts.p[k]);
            if (memcmp(now, in[b], words * sizeof *now)) {
                memcpy(in[b], now, words * sizeof *now);
                changed = true;
            }
        }
    }
}

/* Whether the object that the site made before can be reached when it makes the next. */
static bool outlives_turn(EscFunc *g, uint32_t site)
{
    const EscObject *s = &g->objects.p[site];
    const IrFunc *f = g->f;
    uint32_t words = (f->regs.n + 63) / 64;
    if ((uint64_t)words * f->blocks.n > (UINT64_C(1) << 22))
        return true;
    if (!g->live_out)
        liveness(g);
    uint64_t *live = ARENA_ARRAY(g->a, uint64_t, words);
    memcpy(live, g->live_out[s->block], words * sizeof *live);
    const IrBlock *b = f->blocks.p[s->block];
    for (uint32_t k = b->insts.n; k-- > s->index;)
        step_back(g, live, b->insts.p[k]);
    uint64_t *reach = ARENA_ARRAY(g->a, uint64_t, g->words);
    for (uint32_t r = 0; r < f->regs.n; r++) {
        if (!(live[r / 64] >> (r % 64) & 1) || g->reg_node[r] == NO_NODE)
            continue;
        const IrType *t = f->regs.p[r].type;
        for (uint32_t i = 0; i < (t->kind == IRT_STRUCT ? t->nfields : 1); i++)
            for (uint32_t w = 0; w < g->words; w++)
                reach[w] |= esc_set(g, g->reg_node[r] + i)[w];
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t o = 1; o < g->objects.n; o++) {
            if (!(reach[o / 64] >> (o % 64) & 1))
                continue;
            const uint64_t *c = esc_set(g, g->objects.p[o].content);
            for (uint32_t w = 0; w < g->words; w++) {
                changed |= (c[w] & ~reach[w]) != 0;
                reach[w] |= c[w];
            }
        }
    }
    return reach[site / 64] >> (site % 64) & 1;
}

static bool loops_decide(EscFunc *g)
{
    bool changed = false;
    for (uint32_t o = 1; o < g->objects.n; o++) {
        EscObject *ob = &g->objects.p[o];
        if (!is_site(g, o) || !on_stack(g, o) || !in_cycle(g, ob->block))
            continue;
        if (outlives_turn(g, o)) {
            ob->heap = "it outlives the turn of the loop that makes it";
            changed = true;
        }
    }
    return changed;
}

void esc_solve(EscFunc *g)
{
    g->sets = ARENA_ARRAY(g->a, uint64_t, (size_t)g->nnodes * g->words);
    if (g->e->explain && (uint64_t)g->nnodes * g->objects.n < (UINT64_C(1) << 26))
        g->causes = ARENA_ARRAY(g->a, Cause, (size_t)g->nnodes * g->objects.n);
    for (uint32_t i = 0; i < g->ninit; i++)
        add(g, g->init[i].node, g->init[i].object, INT32_MIN, g->init[i].object);
    do
        iterate(g);
    while (loops_decide(g));
}
