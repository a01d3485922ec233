/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Instantiation cycles.  Vertices are type parameters, and types declared inside generic
 * functions; an edge from src to dst says that dst is instantiated with src itself (weight
 * 0) or with a type made from it (weight 1).  A cycle with a weight would be instantiated
 * without end: func f[T any]() { f[*T]() }. */
#include "check/checker.h"

typedef struct Vertex {
    Type *type;           /* TYPE_TYPEPARAM, or TYPE_NAMED of a local type */
    uint32_t weight, len; /* of the heaviest path to it so far, and its edges */
    uint32_t pre;         /* its last edge */
} Vertex;

typedef struct Edge {
    uint32_t dst, src, weight;
    Pos pos;
    Type *type; /* what dst is instantiated as */
} Edge;

typedef struct Mono {
    VEC(Vertex) vertices;
    VEC(Edge) edges;
} Mono;

static Mono *mono_of(Checker *c)
{
    if (!c->mono)
        c->mono = ARENA_NEW(c->a, Mono);
    return c->mono;
}

static uint32_t vertex(Checker *c, Type *t)
{
    Mono *m = c->mono;
    /* kept with the type: packages have thousands of instances */
    if (t->mono_vertex)
        return t->mono_vertex - 1;
    vec_push(c->a, &m->vertices, ((Vertex){.type = t}));
    t->mono_vertex = m->vertices.n;
    return m->vertices.n - 1;
}

static void add_edge(Checker *c, uint32_t dst, uint32_t src, uint32_t weight, Pos pos, Type *t)
{
    vec_push(c->a, &c->mono->edges, ((Edge){dst, src, weight, pos, t}));
}

/* A local type depends on the parameters of the functions around it. */
static uint32_t local_vertex(Checker *c, Type *named)
{
    bool known = named->mono_vertex != 0;
    uint32_t v = vertex(c, named);
    for (uint32_t i = 0; !known && i < named->named.outer.n; i++) {
        Type *p = named->named.outer.p[i]->type;
        add_edge(c, v, vertex(c, p), 1, named->named.obj->pos, p);
    }
    return v;
}

typedef struct Flow {
    Checker *c;
    uint32_t dst;
    Pos pos;
    Type *targ;
} Flow;

static void flow(const Flow *f, Type *t);

static void flow_vars(const Flow *f, const ObjectVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        flow(f, v->p[i]->type);
}

/* Edges from all parameters and local types inside t. */
static void flow(const Flow *f, Type *t)
{
    if (!t)
        return;
    switch (t->kind) {
    case TYPE_TYPEPARAM:
        add_edge(f->c, f->dst, vertex(f->c, t), t != f->targ, f->pos, f->targ);
        break;
    case TYPE_NAMED: {
        Type *origin = t->named.origin ? t->named.origin : t;
        if (origin->named.outer.n)
            add_edge(f->c, f->dst, local_vertex(f->c, origin), t != f->targ, f->pos, f->targ);
        for (uint32_t i = 0; i < t->named.targs.n; i++)
            flow(f, t->named.targs.p[i]);
        break;
    }
    case TYPE_ARRAY: flow(f, t->array.elem); break;
    case TYPE_SLICE: flow(f, t->slice.elem); break;
    case TYPE_POINTER: flow(f, t->pointer.elem); break;
    case TYPE_CHAN: flow(f, t->chan.elem); break;
    case TYPE_MAP:
        flow(f, t->map.key);
        flow(f, t->map.elem);
        break;
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < t->struct_.fields.n; i++)
            flow(f, t->struct_.fields.p[i].var->type);
        break;
    case TYPE_TUPLE: flow_vars(f, &t->tuple.vars); break;
    case TYPE_SIGNATURE:
        flow(f, t->sig.params);
        flow(f, t->sig.results);
        break;
    case TYPE_INTERFACE: flow_vars(f, &t->iface.methods); break;
    default: break;
    }
}

void check_mono_instance(Checker *c, Pos at, const ExprVec *xlist, const ObjectVec *tparams,
                         const TypeVec *targs)
{
    mono_of(c);
    for (uint32_t i = 0; i < tparams->n && i < targs->n; i++) {
        Object *o = tparams->p[i];
        if (o->pkg != c->pkg || !targs->p[i]) /* another package leads to none of ours */
            continue;
        Pos pos = xlist && i < xlist->n ? xlist->p[i]->range.start : at;
        Flow f = {c, vertex(c, o->type), pos, targs->p[i]};
        flow(&f, targs->p[i]);
    }
}

void check_mono_receiver(Checker *c, Type *method_tparam, Type *type_tparam)
{
    mono_of(c);
    if (method_tparam->mono_vertex || method_tparam == type_tparam)
        return;
    method_tparam->mono_vertex = vertex(c, type_tparam) + 1;
}

/* The heaviest path to v has as many edges as there are vertices: it went round. */
static void report(Checker *c, uint32_t v)
{
    Mono *m = c->mono;
    VEC(uint32_t) stack = {0};
    bool *seen = ARENA_ARRAY(c->a, bool, m->vertices.n);
    while (!seen[v]) {
        seen[v] = true;
        vec_push(c->a, &stack, v);
        v = m->edges.p[m->vertices.p[v].pre].src;
    }
    uint32_t first = 0; /* what only leads into the cycle is left out */
    while (stack.p[first] != v)
        first++;
    Type *t = m->vertices.p[v].type;
    Object *o = t->kind == TYPE_NAMED ? t->named.obj : t->tparam.obj;
    Diag *d = check_error(c, (Range){o->pos, o->pos + o->name->len}, "instantiation cycle");
    for (uint32_t i = first; i < stack.n; i++) {
        const Edge *e = &m->edges.p[m->vertices.p[stack.p[i]].pre];
        Type *dst = m->vertices.p[e->dst].type;
        bool local = dst->kind == TYPE_NAMED;
        check_note(d, e->pos, local ? "%s implicitly parameterized by %s" : "%s instantiated as %s",
                   (local ? dst->named.obj : dst->tparam.obj)->name->s, check_type_str(c, e->type));
    }
}

/* Bellman and Ford's algorithm for the heaviest paths. */
void check_mono(Checker *c)
{
    Mono *m = c->mono;
    if (!m)
        return;
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < m->edges.n; i++) {
            const Edge *e = &m->edges.p[i];
            const Vertex *src = &m->vertices.p[e->src];
            Vertex *dst = &m->vertices.p[e->dst];
            uint32_t w = src->weight + e->weight;
            if (w <= dst->weight)
                continue;
            dst->pre = i;
            dst->len = src->len + 1;
            if (dst->len == m->vertices.n) {
                report(c, e->dst);
                return;
            }
            dst->weight = w;
            again = true;
        }
    }
}
