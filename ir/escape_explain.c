/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * golc build --explain=escape: for each allocation that stays on the heap, the way by which
 * its address left the frame.
 *
 *     a.gol:7:9: &node{left: l} escapes to the heap
 *         a.gol:9:2: stored in a package's variable or through a pointer
 *     a.gol:7:9: &node{left: l}, inlined at a.gol:20:5, escapes to the heap
 *         …
 *
 * The solver noted for each object in each set how it came there first; followed back from the
 * set of what has escaped, that is a shortest-found way to the allocation. */
#include "ir/escape_int.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_STEPS = 40 };

static void print_pos(FILE *out, Pos pos)
{
    Location at = source_location(pos);
    fprintf(out, "%s:%u:%u: ", at.file ? at.path : "?", at.line, at.column);
}

/* The source text at pos: up to the end of its line, or of the expression if that is easily
 * seen. */
static void print_source(FILE *out, Pos pos)
{
    const char *line;
    size_t n;
    Location at = source_location(pos);
    if (!at.file) {
        fputs("an object", out);
        return;
    }
    source_line(pos, &line, &n);
    size_t i = at.column - 1, start = i, depth = 0;
    for (; i < n && i < start + 40; i++) {
        char c = line[i];
        if (strchr("([{", c))
            depth++;
        if (strchr(")]}", c) && depth-- <= 1) {
            i += depth == 0;
            break;
        }
        if (!depth && (strchr(",;=", c) || (c == ' ' && i > start)))
            break;
        if (c == '/' && i + 1 < n && line[i + 1] == '/')
            break;
    }
    bool cut = i < n && depth && depth < n;
    while (i > start && (line[i - 1] == ' ' || line[i - 1] == '\t'))
        i--;
    fprintf(out, "%.*s%s", (int)(i - start), line + start, cut ? "…" : "");
}

static void print_object(FILE *out, const EscObject *o)
{
    if (o->in->op == IR_CLOSURE)
        fputs("the function literal or method value", out);
    else if (o->in->op == IR_RT)
        fputs("the value put in an interface", out);
    else
        print_source(out, o->in->pos);
}

static const char *callee(const IrInst *in)
{
    switch (in->op) {
    case IR_CALL:
    case IR_CLOSURE: return in->sym->name->s;
    case IR_CALL_CLOSURE: return "a function value";
    case IR_CALL_IFACE: return "a method of an interface";
    case IR_RT: return in->rt == RT_protect ? "the part of the function that may panic" : "";
    default: return "";
    }
}

typedef struct Step {
    const Con *con;
} Step;

/* The constraints by which `object` came into node n, last first; *via is the object in whose
 * contents it was, where the way begins there, and *from the node. */
static uint32_t way(const EscFunc *g, Node n, uint32_t object, Step *steps, uint32_t max)
{
    uint32_t count = 0;
    while (count < max) {
        Cause c = g->causes[(size_t)n * g->objects.n + object];
        if (c.con == INT32_MIN)
            break;
        if (c.con < 0) {
            n = (Node)(-1 - c.con);
            continue;
        }
        const Con *con = &g->cons.p[c.con];
        steps[count++].con = con;
        n = con->kind == CON_LOAD ? g->objects.p[c.via].content : con->src;
    }
    return count;
}

static bool is_news(const Con *c)
{
    return c->in && c->why && c->in->pos != NOPOS && strcmp(c->why, "assigned") &&
           strcmp(c->why, "read") && strcmp(c->why, "what it points to");
}

static void print_step(FILE *out, const EscFunc *g, const Con *c)
{
    fputs("    ", out);
    print_pos(out, c->in->pos);
    if (!strcmp(c->why, "stored")) {
        bool to_heap = esc_has(g, c->dst, HEAP);
        fputs(to_heap ? "stored in a package's variable or through a pointer"
                      : "stored in an object",
              out);
        for (uint32_t o = 1; o < g->objects.n; o++) {
            const EscObject *ob = &g->objects.p[o];
            if (ob->kind == OBJ_PARAM && esc_has(g, c->dst, o)) {
                const Name *name = g->f->regs.p[ob->param].name;
                if (name)
                    fprintf(out, ": parameter %s", name->s);
                break;
            }
        }
    } else {
        const char *name = callee(c->in);
        fprintf(out, "%s%s%s", c->why, *name && strchr("psc", c->why[0]) ? " " : "",
                strchr("psc", c->why[0]) ? name : "");
    }
    fputc('\n', out);
}

static void print_way(FILE *out, const EscFunc *g, uint32_t object, uint32_t depth)
{
    const EscObject *o = &g->objects.p[object];
    if (o->heap) {
        fprintf(out, "    %s\n", o->heap);
        return;
    }
    Step steps[MAX_STEPS];
    Cause first = g->causes[(size_t)HEAP * g->objects.n + object];
    uint32_t n = way(g, HEAP, object, steps, MAX_STEPS);
    for (uint32_t i = n; i-- > 0;)
        if (is_news(steps[i].con) &&
            (i + 1 == n || !is_news(steps[i + 1].con) || steps[i].con->in != steps[i + 1].con->in))
            print_step(out, g, steps[i].con);
    if (first.con < 0 && first.con != INT32_MIN && first.via &&
        g->objects.p[first.via].kind == OBJ_SITE && depth < 8) {
        const EscObject *via = &g->objects.p[first.via];
        fputs("    ", out);
        print_pos(out, via->in->pos);
        fputs("which is in ", out);
        print_object(out, via);
        fputs(", and that escapes\n", out);
        print_way(out, g, first.via, depth + 1);
    }
}

static char *explanation(const EscFunc *g, uint32_t o)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        abort();
    const EscObject *ob = &g->objects.p[o];
    print_pos(out, ob->in->pos);
    print_object(out, ob);
    for (uint32_t at = ob->in->inlined; at; at = g->f->inlined.p[at - 1].parent) {
        Location call = source_location(g->f->inlined.p[at - 1].pos);
        fprintf(out, ", inlined at %s:%u:%u,", call.file ? call.path : "?", call.line, call.column);
    }
    fputs(" escapes to the heap\n", out);
    if (g->causes)
        print_way(out, g, o, 0);
    if (fclose(out) != 0)
        abort();
    char *kept = arena_strndup(g->e->a, text, n);
    free(text);
    return kept;
}

void esc_explain(EscFunc *g)
{
    for (uint32_t o = 1; o < g->objects.n; o++) {
        const EscObject *ob = &g->objects.p[o];
        if (ob->kind != OBJ_SITE || !esc_has(g, HEAP, o) || ob->in->pos == NOPOS)
            continue;
        Explanation x = {ob->in->pos, explanation(g, o)};
        vec_push(g->e->a, &g->e->said, x);
    }
}

static int by_pos(const void *x, const void *y)
{
    const Explanation *a = x, *b = y;
    if (a->pos != b->pos)
        return a->pos < b->pos ? -1 : 1;
    return strcmp(a->text, b->text);
}

void esc_print_explanations(Escape *e, FILE *out)
{
    if (e->said.n)
        qsort(e->said.p, e->said.n, sizeof *e->said.p, by_pos);
    for (uint32_t i = 0; i < e->said.n; i++)
        if (!i || by_pos(&e->said.p[i - 1], &e->said.p[i]))
            fputs(e->said.p[i].text, out);
}
