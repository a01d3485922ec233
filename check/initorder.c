/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order in which package-level variables are initialised: Go spec, "Package
 * initialization".  Again and again the earliest variable in declaration order that depends
 * on no variable still uninitialised is taken; dependencies pass through functions and
 * methods. */
#include "check/checker.h"

/* A variable, and how many of those it depends on are still to be initialised. */
typedef struct Node {
    Object *var;
    uint32_t ndeps;
    bool done;
    VEC(struct Node *) users; /* those that depend on it */
} Node;

/* Waiting nodes by (ndeps, order).  A node is pushed again when its ndeps sinks; the old
 * entry is then stale. */
typedef struct Waiting {
    uint32_t ndeps;
    Node *node;
} Waiting;

typedef struct Sorter {
    Checker *c;
    VEC(Node *) nodes; /* by object order */
    VEC(Waiting) heap;
    Node *user;    /* whose dependencies are being collected */
    uint32_t walk; /* number of the walk over the declarations */
} Sorter;

static bool less(Waiting x, Waiting y)
{
    if (x.ndeps != y.ndeps)
        return x.ndeps < y.ndeps;
    return x.node->var->order < y.node->var->order;
}

static void push(Sorter *s, Node *n)
{
    vec_push(s->c->a, &s->heap, ((Waiting){n->ndeps, n}));
    Waiting *h = s->heap.p;
    for (uint32_t i = s->heap.n - 1; i > 0 && less(h[i], h[(i - 1) / 2]); i = (i - 1) / 2) {
        Waiting t = h[i];
        h[i] = h[(i - 1) / 2];
        h[(i - 1) / 2] = t;
    }
}

static Waiting pop(Sorter *s)
{
    Waiting *h = s->heap.p, top = h[0];
    h[0] = h[--s->heap.n];
    for (uint32_t i = 0;;) {
        uint32_t k = 2 * i + 1;
        if (k >= s->heap.n)
            break;
        if (k + 1 < s->heap.n && less(h[k + 1], h[k]))
            k++;
        if (!less(h[k], h[i]))
            break;
        Waiting t = h[i];
        h[i] = h[k];
        h[k] = t;
        i = k;
    }
    return top;
}

/* ---- dependencies --------------------------------------------------------------------------- */

/* What this file keeps with a DeclInfo, at its field `order`. */
typedef struct Notes {
    uint32_t mark; /* the walk that saw it last */
    bool in_cycle; /* reported */
    bool emitted;
} Notes;

static Notes *notes_of(Sorter *s, DeclInfo *d)
{
    if (!d->order)
        d->order = ARENA_NEW(s->c->a, Notes);
    return d->order;
}

/* Whether this walk saw d before; it has now. */
static bool seen(Sorter *s, DeclInfo *d)
{
    Notes *n = notes_of(s, d);
    bool was = n->mark == s->walk;
    n->mark = s->walk;
    return was;
}

static void add_edge(Sorter *s, Node *on)
{
    Checker *c = s->c;
    vec_push(c->a, &on->users, s->user);
    s->user->ndeps++;
}

static Node *node_of(Sorter *s, Object *o)
{
    /* nodes are sorted by order */
    uint32_t lo = 0, hi = s->nodes.n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (s->nodes.p[mid]->var->order < o->order)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < s->nodes.n && s->nodes.p[lo]->var == o ? s->nodes.p[lo] : NULL;
}

/* Collects the variables that info's initialiser or body reaches through functions.  The
 * walk keeps its own stack: call chains may be long. */
static void collect(Sorter *s, DeclInfo *info)
{
    VEC(DeclInfo *) todo = {0};
    s->walk++;
    vec_push(s->c->a, &todo, info);
    while (todo.n) {
        DeclInfo *d = todo.p[--todo.n];
        for (uint32_t i = 0; i < d->deps.n; i++) {
            Object *o = d->deps.p[i];
            if (o->kind == OBJ_VAR) {
                Node *n = node_of(s, o);
                /* edges of one user are added one after the other: once only */
                if (n && !(n->users.n && n->users.p[n->users.n - 1] == s->user))
                    add_edge(s, n);
            } else if (o->kind == OBJ_FUNC && o->check && !seen(s, o->check)) {
                vec_push(s->c->a, &todo, o->check);
            }
        }
    }
}

/* ---- cycles ---------------------------------------------------------------------------------- */

/* The way from o through declarations back to it, into path.  Call chains may be long, so
 * there is no recursion here. */
static bool find_cycle(Sorter *s, Object *o, ObjectVec *path)
{
    VEC(uint32_t) next = {0}; /* of path.p[i]: the dependency to try next */
    s->walk++;
    seen(s, o->check);
    vec_push(s->c->a, path, o);
    vec_push(s->c->a, &next, 0);
    while (path->n) {
        const ObjectVec *deps = &path->p[path->n - 1]->check->deps;
        uint32_t i = next.p[next.n - 1]++;
        if (i >= deps->n) {
            path->n--;
            next.n--;
            continue;
        }
        Object *d = deps->p[i];
        if (d == o)
            return true;
        if ((d->kind == OBJ_VAR || d->kind == OBJ_FUNC || d->kind == OBJ_CONST) && d->check &&
            !seen(s, d->check)) {
            vec_push(s->c->a, path, d);
            vec_push(s->c->a, &next, 0);
        }
    }
    return false;
}

static void report_cycle(Sorter *s, const ObjectVec *cycle)
{
    Object *o = cycle->p[0];
    Range r = {o->pos, o->pos + o->name->len};
    if (cycle->n == 1) {
        check_error(s->c, r, "initialization cycle: %s refers to itself", o->name->s);
        return;
    }
    Diag *d = check_error(s->c, r, "initialization cycle for %s", o->name->s);
    for (uint32_t i = 0; d && i < cycle->n; i++) {
        Object *from = cycle->p[i], *to = cycle->p[(i + 1) % cycle->n];
        diag_note(d, from->pos, "%s refers to %s", from->name->s, to->name->s);
    }
}

/* A node is taken although it depends on others.  Unless it only leads to a cycle, or the
 * cycle was reported for another of its variables, it is reported. */
static void check_cycle(Sorter *s, Object *o)
{
    ObjectVec path = {0};
    if (!find_cycle(s, o, &path))
        return;
    for (uint32_t i = 0; i < path.n; i++)
        if (notes_of(s, path.p[i]->check)->in_cycle)
            return;
    for (uint32_t i = 0; i < path.n; i++)
        notes_of(s, path.p[i]->check)->in_cycle = true;
    report_cycle(s, &path);
}

/* ---- the order ------------------------------------------------------------------------------- */

static void emit(Sorter *s, Object *v)
{
    DeclInfo *d = v->check;
    if (!d->init || notes_of(s, d)->emitted)
        return;
    notes_of(s, d)->emitted = true;
    InitStep step = {.rhs = d->init};
    if (d->lhs.n)
        step.lhs = d->lhs;
    else
        vec_push(s->c->a, &step.lhs, v);
    vec_push(s->c->a, &s->c->pkg->inits, step);
}

void check_init_order(Checker *c)
{
    Sorter s = {.c = c};
    for (uint32_t i = 0; i < c->objs.n; i++) {
        Object *o = c->objs.p[i];
        if (o->kind == OBJ_CONST && o->check && o->check->cyclic)
            check_cycle(&s, o);
        if (o->kind != OBJ_VAR || !o->check)
            continue;
        Node *n = ARENA_NEW(c->a, Node);
        n->var = o;
        vec_push(c->a, &s.nodes, n);
    }
    for (uint32_t i = 0; i < s.nodes.n; i++) {
        s.user = s.nodes.p[i];
        if (s.user->var->check->deps.n)
            collect(&s, s.user->var->check);
    }
    for (uint32_t i = 0; i < s.nodes.n; i++)
        push(&s, s.nodes.p[i]);
    while (s.heap.n) {
        Waiting w = pop(&s);
        Node *n = w.node;
        if (n->done || w.ndeps != n->ndeps)
            continue;
        n->done = true;
        if (n->ndeps > 0)
            check_cycle(&s, n->var);
        for (uint32_t i = 0; i < n->users.n; i++) {
            Node *u = n->users.p[i];
            u->ndeps--;
            if (!u->done)
                push(&s, u);
        }
        emit(&s, n->var);
    }
}
