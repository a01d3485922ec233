/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Type inference: Go spec, "Type inference".  Types of typed arguments first, then the
 * constraints until nothing new is found, then untyped constants by their default types. */
#include "check/checker.h"
#include "check/generic.h"

typedef struct Inference {
    Arena *a;
    Package *rel;
    const TypeVec *tparams;
    Unifier u;
    InferError *err;
} Inference;

static const char *str(Inference *in, Type *t)
{
    return type_string(in->a, t, in->rel);
}

static bool occurs(const TypeVec *tparams, Type *t);

static bool occurs_in_vars(const TypeVec *tparams, const ObjectVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        if (occurs(tparams, v->p[i]->type))
            return true;
    return false;
}

static bool occurs_in_types(const TypeVec *tparams, const TypeVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        if (occurs(tparams, v->p[i]))
            return true;
    return false;
}

/* Whether one of the parameters being inferred is in t. */
static bool occurs(const TypeVec *tparams, Type *t)
{
    if (!t)
        return false;
    switch (t->kind) {
    case TYPE_BASIC: return false;
    case TYPE_ARRAY: return occurs(tparams, t->array.elem);
    case TYPE_SLICE: return occurs(tparams, t->slice.elem);
    case TYPE_POINTER: return occurs(tparams, t->pointer.elem);
    case TYPE_CHAN: return occurs(tparams, t->chan.elem);
    case TYPE_MAP: return occurs(tparams, t->map.key) || occurs(tparams, t->map.elem);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < t->struct_.fields.n; i++)
            if (occurs(tparams, t->struct_.fields.p[i].var->type))
                return true;
        return false;
    case TYPE_TUPLE: return occurs_in_vars(tparams, &t->tuple.vars);
    case TYPE_SIGNATURE: return occurs(tparams, t->sig.params) || occurs(tparams, t->sig.results);
    case TYPE_INTERFACE:
        return occurs_in_vars(tparams, &t->iface.methods) ||
               occurs_in_types(tparams, &t->iface.embedded);
    case TYPE_UNION:
        for (uint32_t i = 0; i < t->union_.terms.n; i++)
            if (occurs(tparams, t->union_.terms.p[i].type))
                return true;
        return false;
    case TYPE_NAMED: return occurs_in_types(tparams, &t->named.targs);
    case TYPE_TYPEPARAM:
        for (uint32_t i = 0; i < tparams->n; i++)
            if (tparams->p[i] == t)
                return true;
        return false;
    }
    return false;
}

const char *type_tparams_string(Arena *a, const TypeVec *v)
{
    const char *s = "";
    for (uint32_t i = 0; i < v->n; i++) {
        const char *sep = i == 0 ? "" : v->n == 2 ? " and " : i + 1 == v->n ? ", and " : ", ";
        s = arena_printf(a, "%s%s%s", s, sep, v->p[i]->tparam.obj->name->s);
    }
    return s;
}

/* What is known so far, as a substitution. */
static SubstMap known(Inference *in)
{
    SubstMap m = {0};
    for (uint32_t i = 0; i < in->tparams->n; i++) {
        Type *t = unify_at(&in->u, in->tparams->p[i]);
        if (t) {
            vec_push(in->a, &m.from, in->tparams->p[i]);
            vec_push(in->a, &m.to, t);
        }
    }
    return m;
}

static bool mismatch(Inference *in, Type *par, const InferArg *arg, bool reverse)
{
    const char *x = arg->expr ? expr_string(in->a, arg->expr) : "argument";
    SubstMap m = known(in);
    in->err->at = arg->expr;
    if (m.from.n == 0) {
        in->err->msg = arena_printf(in->a, "type %s of %s does not match %s (cannot infer %s)",
                                    str(in, arg->type), x, str(in, par),
                                    type_tparams_string(in->a, in->tparams));
        return false;
    }
    Type *inferred = type_subst(in->a, par, &m);
    if (inferred == par)
        in->err->msg = arena_printf(in->a, "type %s of %s does not match %s", str(in, arg->type), x,
                                    str(in, par));
    else if (reverse)
        in->err->msg = arena_printf(in->a, "inferred type %s for %s does not match type %s of %s",
                                    str(in, inferred), str(in, par), str(in, arg->type), x);
    else
        in->err->msg = arena_printf(in->a, "type %s of %s does not match inferred type %s for %s",
                                    str(in, arg->type), x, str(in, inferred), str(in, par));
    return false;
}

/* ---- constraints ---------------------------------------------------------------------------------- */

/* The core type of a constraint, whether it has a tilde, and whether it is the only type. */
typedef struct CoreTerm {
    Type *type;
    bool tilde, single;
} CoreTerm;

static CoreTerm core_term(Type *tparam)
{
    Type *i = type_underlying(tparam);
    CoreTerm c = {0};
    if (!i->iface.has_terms)
        return c;
    for (uint32_t k = 0; k < i->iface.terms.n; k++)
        c.tilde |= i->iface.terms.p[k].tilde;
    if (i->iface.terms.n == 1) {
        c.type = i->iface.terms.p[0].type;
        c.single = true;
    } else {
        c.type = type_core(tparam);
    }
    return c;
}

static bool unsatisfied(Inference *in, Type *p, Type *t, const char *cause)
{
    Type *c = p->tparam.constraint;
    in->err->at = NULL;
    in->err->msg = arena_printf(in->a, "%s (type %s) does not satisfy %s%s%s", str(in, p),
                                str(in, t), str(in, c), cause ? " " : "", cause ? cause : "");
    return false;
}

/* The methods of p's constraint tell about parameters in their signatures. */
static bool unify_methods(Inference *in, Type *p, Type *t)
{
    Type *i = type_underlying(p);
    for (uint32_t k = 0; k < i->iface.all_methods.n; k++) {
        Object *m = i->iface.all_methods.p[k], *f;
        Type *tu = type_underlying(t);
        if (tu->kind == TYPE_INTERFACE)
            f = type_interface_method(tu, m->pkg, m->name, NULL);
        else
            f = type_lookup_field_or_method(in->a, t, false, m->pkg, m->name).obj;
        if (!f || f->kind != OBJ_FUNC ||
            !unify(&in->u, object_type(f), object_type(m), UNIFY_EXACT))
            return unsatisfied(in, p, t, type_missing_method_cause(in->a, t, i, true, in->rel));
    }
    return true;
}

static bool use_constraint(Inference *in, Type *p)
{
    Type *t = unify_at(&in->u, p);
    CoreTerm c = core_term(p);
    if (c.type) {
        if (t) {
            if (!unify(&in->u, t, c.type, 0))
                return unsatisfied(in, p, t, NULL);
        } else if (c.single && !c.tilde) {
            unify_set(&in->u, p, c.type);
        }
    }
    /* The methods of a type that still mentions parameters are not yet the final ones. */
    return !t || occurs(in->tparams, t) || unify_methods(in, p, t);
}

static uint32_t unknowns(Inference *in)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < in->tparams->n; i++)
        n += unify_at(&in->u, in->tparams->p[i]) == NULL;
    return n;
}

static bool use_constraints(Inference *in)
{
    for (uint32_t before = UINT32_MAX, now = unknowns(in); now != before; now = unknowns(in)) {
        before = now;
        for (uint32_t i = 0; i < in->tparams->n; i++)
            if (!use_constraint(in, in->tparams->p[i]))
                return false;
    }
    return true;
}

/* ---- untyped constants ------------------------------------------------------------------------------- */

/* The kind that holds both: int, rune, float, complex; NULL if they do not mix. */
static Type *larger(Type *x, Type *y)
{
    if (x->basic.kind == y->basic.kind)
        return x;
    if ((x->basic.flags & BF_NUMERIC) && (y->basic.flags & BF_NUMERIC))
        return x->basic.kind > y->basic.kind ? x : y;
    return NULL;
}

static bool use_untyped(Inference *in, Type *params, const InferArg *args, uint32_t nargs)
{
    TypeVec max = {0}, of = {0};
    for (uint32_t i = 0; i < nargs; i++) {
        Type *p = params->tuple.vars.p[i]->type;
        if (!args[i].type || !type_is_untyped(args[i].type) || p->kind != TYPE_TYPEPARAM ||
            args[i].type->basic.kind == BASIC_UNTYPED_NIL || !occurs(in->tparams, p) ||
            unify_at(&in->u, p))
            continue;
        uint32_t k = 0;
        while (k < of.n && of.p[k] != p)
            k++;
        if (k == of.n) {
            vec_push(in->a, &of, p);
            vec_push(in->a, &max, args[i].type);
            continue;
        }
        Type *m = larger(max.p[k], args[i].type);
        if (!m) {
            in->err->at = args[i].expr;
            in->err->msg = arena_printf(in->a, "mismatched types %s and %s (cannot infer %s)",
                                        str(in, max.p[k]), str(in, args[i].type), str(in, p));
            return false;
        }
        max.p[k] = m;
    }
    for (uint32_t k = 0; k < of.n; k++)
        unify_set(&in->u, of.p[k], type_default(max.p[k]));
    return true;
}

/* ---- the result ------------------------------------------------------------------------------------------ */

static bool reaches(const TypeVec *tparams, const TypeVec *types, uint32_t from, uint32_t to,
                    bool *seen)
{
    for (uint32_t i = 0; i < tparams->n; i++) {
        if (!types->p[from] || !occurs(&(TypeVec){.p = &tparams->p[i], .n = 1}, types->p[from]))
            continue;
        if (i == to)
            return true;
        if (!seen[i]) {
            seen[i] = true;
            if (reaches(tparams, types, i, to, seen))
                return true;
        }
    }
    return false;
}

/* Types found may mention other parameters: replace them until nothing changes.  A
 * parameter whose type leads back to itself has none. */
static bool simplify(Inference *in, TypeVec *targs)
{
    const TypeVec *tp = in->tparams;
    TypeVec found = {0};
    for (uint32_t i = 0; i < tp->n; i++)
        vec_push(in->a, &found, unify_at(&in->u, tp->p[i]));
    for (uint32_t i = 0; i < tp->n; i++) {
        bool *seen = ARENA_ARRAY(in->a, bool, tp->n);
        if (reaches(tp, &found, i, i, seen))
            found.p[i] = NULL;
    }
    for (uint32_t round = 0; round < tp->n; round++) {
        SubstMap m = {0};
        for (uint32_t i = 0; i < tp->n; i++)
            if (found.p[i]) {
                vec_push(in->a, &m.from, tp->p[i]);
                vec_push(in->a, &m.to, found.p[i]);
            }
        bool changed = false;
        for (uint32_t i = 0; i < tp->n; i++) {
            Type *t = found.p[i] ? type_subst(in->a, found.p[i], &m) : NULL;
            changed |= t != found.p[i];
            found.p[i] = t;
        }
        if (!changed)
            break;
    }
    for (uint32_t i = 0; i < tp->n; i++)
        if (!found.p[i] || occurs(tp, found.p[i])) {
            const Object *o = tp->p[i]->tparam.obj;
            in->err->at = NULL;
            in->err->msg = o->pos ? arena_printf(in->a, "cannot infer %s (declared at %s)",
                                                 o->name->s, check_place(in->a, o->pos))
                                  : arena_printf(in->a, "cannot infer %s", o->name->s);
            return false;
        }
    *targs = found;
    return true;
}

bool type_infer(Arena *a, Package *rel, const TypeVec *tparams, TypeVec *targs, Type *params,
                const InferArg *args, uint32_t nargs, bool reverse, InferError *err)
{
    Inference in = {.a = a, .rel = rel, .tparams = tparams, .err = err};
    unify_init(a, &in.u, tparams, targs);
    SubstMap given = known(&in);
    params = type_subst(a, params, &given);
    for (uint32_t i = 0; i < nargs && i < params->tuple.vars.n; i++) {
        Type *p = params->tuple.vars.p[i]->type, *t = args[i].type;
        if (!t || type_is_untyped(t) || !(occurs(tparams, p) || occurs(tparams, t)))
            continue;
        if (!unify(&in.u, p, t, UNIFY_ASSIGN))
            return mismatch(&in, p, &args[i], reverse);
    }
    if (nargs > params->tuple.vars.n)
        nargs = params->tuple.vars.n;
    return use_constraints(&in) && use_untyped(&in, params, args, nargs) && simplify(&in, targs);
}

TypeVec type_rename_tparams(Arena *a, const ObjectVec *tparams, Type **t)
{
    SubstMap m = {0};
    for (uint32_t i = 0; i < tparams->n; i++) {
        Type *old = tparams->p[i]->type;
        Object *o = object_new(a, OBJ_TYPENAME, tparams->p[i]->pos, tparams->p[i]->pkg,
                               tparams->p[i]->name, NULL);
        vec_push(a, &m.from, old);
        vec_push(a, &m.to, type_new_typeparam(a, o, (int)i, NULL));
    }
    for (uint32_t i = 0; i < m.from.n; i++)
        m.to.p[i]->tparam.constraint = type_subst(a, m.from.p[i]->tparam.constraint, &m);
    if (t)
        *t = type_subst(a, *t, &m);
    return m.to;
}
