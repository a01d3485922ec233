/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Substitution of type parameters, and instances of generic types: Go spec,
 * "Instantiations".  Instances are made once for each list of arguments, in a table by
 * generic type, and expanded on demand so that recursive generic types end. */
#include "check/generic.h"

Type *type_new_typeparam(Arena *a, Object *obj, int index, Type *constraint)
{
    Type *t = type_new(a, TYPE_TYPEPARAM);
    t->tparam.obj = obj;
    t->tparam.index = index;
    t->tparam.constraint = constraint;
    if (obj && !obj->type)
        obj->type = t;
    return t;
}

SubstMap subst_map(Arena *a, const ObjectVec *tparams, Type *const *targs, uint32_t n)
{
    SubstMap m = {0};
    for (uint32_t i = 0; i < tparams->n && i < n; i++) {
        vec_push(a, &m.from, tparams->p[i]->type);
        vec_push(a, &m.to, targs[i]);
    }
    return m;
}

/* ---- substitution ----------------------------------------------------------------------------- */

static Object *subst_var(Arena *a, Object *v, const SubstMap *m)
{
    if (!v || !v->type)
        return v;
    Type *t = type_subst(a, v->type, m);
    if (t == v->type)
        return v;
    Object *o = ARENA_NEW(a, Object);
    *o = *v;
    o->type = t;
    return o;
}

static Type *subst_struct(Arena *a, Type *t, const SubstMap *m)
{
    Type *out = NULL;
    for (uint32_t i = 0; i < t->struct_.fields.n; i++) {
        StructField f = t->struct_.fields.p[i];
        f.var = subst_var(a, f.var, m);
        if (f.var != t->struct_.fields.p[i].var && !out) {
            out = type_new(a, TYPE_STRUCT);
            for (uint32_t j = 0; j < i; j++)
                vec_push(a, &out->struct_.fields, t->struct_.fields.p[j]);
        }
        if (out)
            vec_push(a, &out->struct_.fields, f);
    }
    return out ? out : t;
}

static Type *subst_tuple(Arena *a, Type *t, const SubstMap *m)
{
    Type *out = NULL;
    for (uint32_t i = 0; i < t->tuple.vars.n; i++) {
        Object *v = subst_var(a, t->tuple.vars.p[i], m);
        if (v != t->tuple.vars.p[i] && !out) {
            out = type_new(a, TYPE_TUPLE);
            for (uint32_t j = 0; j < i; j++)
                vec_push(a, &out->tuple.vars, t->tuple.vars.p[j]);
        }
        if (out)
            vec_push(a, &out->tuple.vars, v);
    }
    return out ? out : t;
}

static Type *subst_sig(Arena *a, Type *t, const SubstMap *m)
{
    Type *params = type_subst(a, t->sig.params, m), *results = type_subst(a, t->sig.results, m);
    if (params == t->sig.params && results == t->sig.results)
        return t;
    Type *out = type_new_signature(a, t->sig.recv, params, results, t->sig.variadic);
    out->sig.tparams = t->sig.tparams; /* a method value's own stay generic */
    return out;
}

static bool subst_terms(Arena *a, const UnionTermVec *in, UnionTermVec *out, const SubstMap *m)
{
    bool changed = false;
    for (uint32_t i = 0; i < in->n; i++) {
        UnionTerm t = in->p[i];
        t.type = type_subst(a, t.type, m);
        changed |= t.type != in->p[i].type;
        vec_push(a, out, t);
    }
    return changed;
}

static Type *subst_iface(Arena *a, Type *t, const SubstMap *m)
{
    Type *out = type_new(a, TYPE_INTERFACE);
    out->iface.implicit = t->iface.implicit;
    bool changed = false;
    for (uint32_t i = 0; i < t->iface.methods.n; i++) {
        Object *f = t->iface.methods.p[i];
        object_type(f);
        Object *g = subst_var(a, f, m);
        changed |= g != f;
        vec_push(a, &out->iface.methods, g);
    }
    for (uint32_t i = 0; i < t->iface.embedded.n; i++) {
        Type *e = type_subst(a, t->iface.embedded.p[i], m);
        changed |= e != t->iface.embedded.p[i];
        vec_push(a, &out->iface.embedded, e);
        if (i < t->iface.embedded_pos.n)
            vec_push(a, &out->iface.embedded_pos, t->iface.embedded_pos.p[i]);
    }
    return changed ? out : t;
}

/* An instance gets its arguments substituted.  A type local to a generic function is an
 * instance too, of the function's parameters: these arguments follow its own, if any. */
static Type *subst_named(Arena *a, Type *t, const SubstMap *m)
{
    const TypeVec *in = &t->named.targs;
    Type *origin = t->named.origin ? t->named.origin : t;
    const ObjectVec *outer = &origin->named.outer;
    if (in->n == 0 && outer->n == 0)
        return t;
    TypeVec targs = {0};
    bool changed = false;
    for (uint32_t i = 0; i < in->n; i++) {
        Type *u = type_subst(a, in->p[i], m);
        changed |= u != in->p[i];
        vec_push(a, &targs, u);
    }
    if (in->n <= origin->named.tparams.n) { /* still inside its function */
        bool outer_changed = false;
        for (uint32_t i = 0; i < outer->n; i++) {
            Type *p = outer->p[i]->type, *u = type_subst(a, p, m);
            outer_changed |= u != p;
            vec_push(a, &targs, u);
        }
        if (!outer_changed)
            targs.n = in->n;
        changed |= outer_changed;
    }
    return changed ? type_instantiate_named(a, origin, targs.p, targs.n) : t;
}

Type *type_subst(Arena *a, Type *t, const SubstMap *m)
{
    if (!t || m->from.n == 0)
        return t;
    switch (t->kind) {
    case TYPE_BASIC: return t;
    case TYPE_ARRAY: {
        Type *e = type_subst(a, t->array.elem, m);
        return e == t->array.elem ? t : type_new_array(a, e, t->array.len);
    }
    case TYPE_SLICE: {
        Type *e = type_subst(a, t->slice.elem, m);
        return e == t->slice.elem ? t : type_new_slice(a, e);
    }
    case TYPE_POINTER: {
        Type *e = type_subst(a, t->pointer.elem, m);
        return e == t->pointer.elem ? t : type_new_pointer(a, e);
    }
    case TYPE_MAP: {
        Type *k = type_subst(a, t->map.key, m), *e = type_subst(a, t->map.elem, m);
        return k == t->map.key && e == t->map.elem ? t : type_new_map(a, k, e);
    }
    case TYPE_CHAN: {
        Type *e = type_subst(a, t->chan.elem, m);
        return e == t->chan.elem ? t : type_new_chan(a, t->chan.dir, e);
    }
    case TYPE_STRUCT: return subst_struct(a, t, m);
    case TYPE_TUPLE: return subst_tuple(a, t, m);
    case TYPE_SIGNATURE: return subst_sig(a, t, m);
    case TYPE_INTERFACE: return subst_iface(a, t, m);
    case TYPE_UNION: {
        UnionTermVec terms = {0};
        if (!subst_terms(a, &t->union_.terms, &terms, m))
            return t;
        Type *u = type_new(a, TYPE_UNION);
        u->union_.terms = terms;
        return u;
    }
    case TYPE_NAMED: return subst_named(a, t, m);
    case TYPE_TYPEPARAM:
        for (uint32_t i = 0; i < m->from.n; i++)
            if (m->from.p[i] == t)
                return m->to.p[i] ? m->to.p[i] : t;
        return t;
    }
    return t;
}

/* ---- instances ----------------------------------------------------------------------------------- */

static bool same_targs(const Type *inst, Type *const *targs, uint32_t n)
{
    if (inst->named.targs.n != n)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (!type_identical(inst->named.targs.p[i], targs[i]))
            return false;
    return true;
}

Type *type_instantiate_named(Arena *a, Type *origin, Type *const *targs, uint32_t n)
{
    a = types_arena;
    TypeVec *list = &origin->named.instances;
    for (uint32_t i = 0; i < list->n; i++)
        if (same_targs(list->p[i], targs, n))
            return list->p[i];
    Type *t = type_new(a, TYPE_NAMED);
    t->named.obj = origin->named.obj;
    t->named.origin = origin;
    t->named.local_index = origin->named.local_index;
    for (uint32_t i = 0; i < n; i++)
        vec_push(a, &t->named.targs, targs[i]);
    vec_push(a, list, t);
    return t;
}

Type *type_instantiate_sig(Arena *a, Type *sig, Type *const *targs, uint32_t n)
{
    SubstMap m = subst_map(a, &sig->sig.tparams, targs, n);
    Type *t = subst_sig(a, sig, &m);
    if (t == sig) /* no parameter mentions a type parameter */
        t = type_new_signature(a, sig->sig.recv, sig->sig.params, sig->sig.results,
                               sig->sig.variadic);
    t->sig.tparams = (ObjectVec){0};
    return t;
}

void type_expand_instance(Type *t)
{
    Type *origin = t->named.origin;
    if (t->named.underlying || t->named.expanding)
        return;
    if (!origin->named.underlying && object_resolver)
        object_resolver(origin->named.obj);
    if (!origin->named.underlying)
        return; /* not set up yet */
    t->named.expanding = true;
    const TypeVec *targs = &t->named.targs;
    SubstMap m = subst_map(types_arena, &origin->named.tparams, targs->p, targs->n);
    if (targs->n > m.from.n) { /* local to a generic function */
        SubstMap o =
            subst_map(types_arena, &origin->named.outer, targs->p + m.from.n, targs->n - m.from.n);
        for (uint32_t i = 0; i < o.from.n; i++) {
            vec_push(types_arena, &m.from, o.from.p[i]);
            vec_push(types_arena, &m.to, o.to.p[i]);
        }
    }
    t->named.underlying = type_subst(types_arena, type_underlying(origin), &m);
    t->named.expanding = false;
}

uint32_t type_named_nmethods(const Type *t)
{
    return t->named.origin ? t->named.origin->named.methods.n : t->named.methods.n;
}

/* func (r *List[T]) push(x T) of List[int] is push(x int): the receiver's own names for
 * the type parameters are replaced by the arguments. */
static Object *instance_method(Type *t, Object *generic)
{
    Arena *a = types_arena;
    Type *sig = object_type(generic);
    Object *o = ARENA_NEW(a, Object);
    *o = *generic;
    o->func.origin = generic;
    o->func.recv_named = t;
    o->func.ir = NULL;
    if (!sig)
        return o;
    const ObjectVec *tparams = &t->named.origin->named.tparams;
    Type *recv = sig->sig.recv ? sig->sig.recv->type : NULL;
    Type *base = recv ? type_deref(recv, NULL) : NULL;
    SubstMap m;
    if (base && base->kind == TYPE_NAMED && base->named.targs.n) {
        m = (SubstMap){0};
        for (uint32_t i = 0; i < base->named.targs.n && i < t->named.targs.n; i++) {
            vec_push(a, &m.from, base->named.targs.p[i]);
            vec_push(a, &m.to, t->named.targs.p[i]);
        }
    } else {
        m = subst_map(a, tparams, t->named.targs.p, t->named.targs.n);
    }
    Type *s = subst_sig(a, sig, &m);
    if (s == sig)
        s = type_new_signature(a, NULL, sig->sig.params, sig->sig.results, sig->sig.variadic);
    s->sig.recv = subst_var(a, sig->sig.recv, &m);
    s->sig.tparams = (ObjectVec){0};
    o->type = s;
    return o;
}

Object *type_named_method(Type *t, uint32_t i)
{
    if (!t->named.origin)
        return t->named.methods.p[i];
    while (t->named.methods.n <= i)
        vec_push(types_arena, &t->named.methods, NULL);
    Object *generic = t->named.origin->named.methods.p[i];
    Object *m = t->named.methods.p[i];
    if (!m || !m->type)
        m = t->named.methods.p[i] = instance_method(t, generic);
    return m;
}

int type_verify_instance(Arena *a, const ObjectVec *tparams, Type *const *targs, uint32_t n,
                         Package *rel, const char **cause)
{
    SubstMap m = subst_map(a, tparams, targs, n);
    for (uint32_t i = 0; i < tparams->n && i < n; i++) {
        Type *c = tparams->p[i]->type->tparam.constraint;
        if (!c)
            continue;
        c = type_subst(a, c, &m);
        if (!type_implements_why(a, targs[i], c, true, rel, cause))
            return (int)i;
    }
    return -1;
}

/* ---- occurrence ------------------------------------------------------------------------------------ */

bool type_is_parameterized(Type *t)
{
    if (!t)
        return false;
    switch (t->kind) {
    case TYPE_BASIC: return false;
    case TYPE_ARRAY: return type_is_parameterized(t->array.elem);
    case TYPE_SLICE: return type_is_parameterized(t->slice.elem);
    case TYPE_POINTER: return type_is_parameterized(t->pointer.elem);
    case TYPE_CHAN: return type_is_parameterized(t->chan.elem);
    case TYPE_MAP: return type_is_parameterized(t->map.key) || type_is_parameterized(t->map.elem);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < t->struct_.fields.n; i++)
            if (type_is_parameterized(t->struct_.fields.p[i].var->type))
                return true;
        return false;
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < t->tuple.vars.n; i++)
            if (type_is_parameterized(t->tuple.vars.p[i]->type))
                return true;
        return false;
    case TYPE_SIGNATURE:
        return type_is_parameterized(t->sig.params) || type_is_parameterized(t->sig.results);
    case TYPE_INTERFACE:
        for (uint32_t i = 0; i < t->iface.methods.n; i++)
            if (type_is_parameterized(t->iface.methods.p[i]->type))
                return true;
        for (uint32_t i = 0; i < t->iface.embedded.n; i++)
            if (type_is_parameterized(t->iface.embedded.p[i]))
                return true;
        return false;
    case TYPE_UNION:
        for (uint32_t i = 0; i < t->union_.terms.n; i++)
            if (type_is_parameterized(t->union_.terms.p[i].type))
                return true;
        return false;
    case TYPE_NAMED:
        for (uint32_t i = 0; i < t->named.targs.n; i++)
            if (type_is_parameterized(t->named.targs.p[i]))
                return true;
        if (t->named.origin)
            return t->named.targs.n <= t->named.origin->named.tparams.n &&
                   t->named.origin->named.outer.n > 0;
        return t->named.outer.n > 0;
    case TYPE_TYPEPARAM: return true;
    }
    return false;
}
