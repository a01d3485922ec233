/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a type implements an interface or satisfies a constraint (Go spec, "Implementing
 * an interface", "Satisfying a type constraint"), and Go's words for why it does not. */
#include <string.h>

#include "check/termlist.h"

/* What is wrong with a method, for the message. */
typedef enum Lack {
    LACK_NOTHING,
    LACK_METHOD,
    LACK_TYPE,      /* it has another signature */
    LACK_AMBIGUOUS, /* found more than once at one depth */
    LACK_POINTER,   /* it has a pointer receiver */
    LACK_FIELD,     /* a field has that name */
} Lack;

/* The first method of iface that t does not have: Go's order is that of the interface. */
static Object *first_missing(Arena *a, Type *t, Type *iface, bool is_static, Object **have,
                             Lack *lack)
{
    Type *u = type_underlying(t), *i = type_underlying(iface);
    *have = NULL;
    *lack = LACK_NOTHING;
    if (i->kind != TYPE_INTERFACE)
        return NULL;
    type_complete_interface(a, i);
    for (uint32_t k = 0; k < i->iface.all_methods.n; k++) {
        Object *m = i->iface.all_methods.p[k], *f;
        if (u->kind == TYPE_INTERFACE) {
            f = type_interface_method(u, m->pkg, m->name, NULL);
            if (!f && !is_static)
                continue;
            if (!f)
                *lack = LACK_METHOD;
        } else {
            LookupResult r = type_lookup_field_or_method(a, t, false, m->pkg, m->name);
            f = r.obj;
            if (!f)
                *lack = r.index.n ? LACK_AMBIGUOUS : r.indirect ? LACK_POINTER : LACK_METHOD;
            else if (f->kind != OBJ_FUNC)
                *lack = LACK_FIELD;
        }
        if (*lack == LACK_NOTHING) {
            Type *ft = object_type(f), *mt = object_type(m);
            if (ft && mt && !type_identical(ft, mt))
                *lack = LACK_TYPE;
        }
        if (*lack != LACK_NOTHING) {
            *have = f;
            return m;
        }
    }
    return NULL;
}

Object *type_missing_method(Arena *a, Type *t, Type *iface, bool is_static, Object **have,
                            bool *wrong_type, bool *ptr_recv)
{
    Object *found;
    Lack lack;
    Object *m = first_missing(a, t, iface, is_static, &found, &lack);
    if (have)
        *have = found;
    if (wrong_type)
        *wrong_type = lack == LACK_TYPE;
    if (ptr_recv)
        *ptr_recv = lack == LACK_POINTER;
    return m;
}

static bool same_but_case(const Name *x, const Name *y)
{
    if (x->len != y->len || x == y)
        return false;
    for (uint32_t i = 0; i < x->len; i++) {
        unsigned char c = (unsigned char)x->s[i], d = (unsigned char)y->s[i];
        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        if (d >= 'A' && d <= 'Z')
            d |= 0x20;
        if (c != d)
            return false;
    }
    return true;
}

/* A method of t whose name differs from name only in case, or that is name in another
 * package (*unexported). */
static Object *similar_method(Arena *a, Type *t, const Object *m)
{
    Type *u = type_underlying(t);
    if (u->kind == TYPE_INTERFACE) {
        type_complete_interface(a, u);
        for (uint32_t i = 0; i < u->iface.all_methods.n; i++)
            if (same_but_case(u->iface.all_methods.p[i]->name, m->name))
                return u->iface.all_methods.p[i];
        return NULL;
    }
    Type *base = type_deref(t, NULL);
    if (base->kind != TYPE_NAMED)
        return NULL;
    for (uint32_t i = 0; i < type_named_nmethods(base); i++) {
        Object *f = type_named_method(base, i);
        if (same_but_case(f->name, m->name))
            return f;
    }
    return NULL;
}

/* "(i int) string": a method's signature behind its name. */
static const char *method_text(Arena *a, Object *f, Package *rel)
{
    Type *sig = object_type(f);
    const char *s = sig ? type_string(a, sig, rel) : "func()";
    return arena_printf(a, "%s%s", f->name->s, strncmp(s, "func", 4) == 0 ? s + 4 : s);
}

const char *type_missing_method_cause(Arena *a, Type *t, Type *iface, bool is_static, Package *rel)
{
    Object *f;
    Lack lack;
    Object *m = first_missing(a, t, iface, is_static, &f, &lack);
    if (!m)
        return NULL;
    const char *name = m->name->s;
    switch (lack) {
    case LACK_TYPE:
        return arena_printf(a, "(wrong type for method %s)\n\t\thave %s\n\t\twant %s", name,
                            method_text(a, f, rel), method_text(a, m, rel));
    case LACK_AMBIGUOUS:
        return arena_printf(a, "(ambiguous selector %s.%s)", type_string(a, t, rel), name);
    case LACK_POINTER: return arena_printf(a, "(method %s has pointer receiver)", name);
    case LACK_FIELD:
        return arena_printf(a, "(type %s has field %s, not method)", type_string(a, t, rel), name);
    default: break;
    }
    if (t->kind == TYPE_POINTER && type_is_interface(t->pointer.elem))
        return arena_printf(a, "(type %s is pointer to interface, not interface)",
                            type_string(a, t, rel));
    if (t->kind == TYPE_POINTER && type_is_typeparam(t->pointer.elem))
        return arena_printf(a, "(type %s is pointer to type parameter, not type parameter)",
                            type_string(a, t, rel));
    Object *alt = similar_method(a, t, m);
    if (alt)
        return arena_printf(a, "(missing method %s)\n\t\thave %s\n\t\twant %s", name,
                            method_text(a, alt, rel), method_text(a, m, rel));
    if (!name_exported(m->name) && m->pkg != rel)
        return arena_printf(a, "(unexported method %s)", name);
    return arena_printf(a, "(missing method %s)", name);
}

static bool iface_comparable(Type *i)
{
    if (!i->iface.has_terms)
        return i->iface.is_comparable;
    for (uint32_t k = 0; k < i->iface.terms.n; k++)
        if (!type_strictly_comparable(i->iface.terms.p[k].type))
            return false;
    return i->iface.terms.n > 0;
}

static bool is_invalid(const Type *t)
{
    return t->kind == TYPE_BASIC && t->basic.kind == BASIC_INVALID;
}

/* What the reason is built from; no text is made where cause is NULL. */
typedef struct Why {
    Arena *a;
    Package *rel;
    const char **cause;
    const char *verb; /* "implement" or "satisfy" */
    Type *t, *iface;
} Why;

static bool no(const Why *w, const char *fmt, const char *detail)
{
    if (w->cause) {
        const char *head = arena_printf(w->a, "%s does not %s %s", type_string(w->a, w->t, w->rel),
                                        w->verb, type_string(w->a, w->iface, w->rel));
        *w->cause = !fmt ? head
                         : arena_printf(w->a, "%s %s", head,
                                        detail ? arena_printf(w->a, "%s%s)", fmt, detail) : fmt);
    }
    return false;
}

static bool comparable_ok(const Why *w, Type *i, bool constraint)
{
    if (!iface_comparable(i) || type_strictly_comparable(w->t) ||
        (constraint && type_comparable_p(w->a, w->t, NULL)))
        return true;
    if (w->cause)
        *w->cause = arena_printf(w->a, "%s does not %s comparable", type_string(w->a, w->t, w->rel),
                                 w->verb);
    return false;
}

/* t is in the terms of i, or says that ~T would have let it in. */
static bool in_terms(const Why *w, Type *i)
{
    Type *alt = NULL;
    for (uint32_t k = 0; k < i->iface.terms.n; k++) {
        UnionTerm term = i->iface.terms.p[k];
        if (term_includes(term, w->t))
            return true;
        if (!alt && !term.tilde && type_identical(term.type, type_underlying(term.type)) &&
            type_identical(term.type, type_underlying(w->t)))
            alt = term.type;
    }
    if (!w->cause)
        return false;
    if (alt) {
        const char *s = type_string(w->a, alt, w->rel);
        return no(w,
                  arena_printf(w->a, "(possibly missing ~ for %s in %s)", s,
                               type_string(w->a, w->iface, w->rel)),
                  NULL);
    }
    Type *c = w->iface;
    if (c->kind == TYPE_NAMED) { /* name the set as well */
        Type *u = type_underlying(c);
        if (u->iface.methods.n == 0 && u->iface.embedded.n == 1)
            c = u->iface.embedded.p[0];
        else
            c = u;
    }
    return no(w,
              arena_printf(w->a, "(%s missing in %s)", type_string(w->a, w->t, w->rel),
                           type_string(w->a, c, w->rel)),
              NULL);
}

bool type_implements_why(Arena *a, Type *t, Type *iface, bool constraint, Package *rel,
                         const char **cause)
{
    Why w = {a, rel, cause, constraint ? "satisfy" : "implement", t, iface};
    Type *tu = type_underlying(t), *i = type_underlying(iface);
    if (is_invalid(tu) || is_invalid(i))
        return true; /* reported already */
    if (i->kind != TYPE_INTERFACE) {
        if (!constraint)
            return no(&w, arena_printf(a, "(%s is not an interface)", type_string(a, iface, rel)),
                      NULL);
        i = type_constraint_interface(iface);
    }
    type_complete_interface(a, i);
    if (i->iface.all_methods.n == 0 && !i->iface.has_terms && !i->iface.is_comparable)
        return true;
    Type *ti = tu->kind == TYPE_INTERFACE ? tu : NULL;
    if (ti) {
        type_complete_interface(a, ti);
        if (ti->iface.has_terms && ti->iface.terms.n == 0)
            return true; /* the empty set is a subset of any */
    }
    if (i->iface.has_terms && i->iface.terms.n == 0) {
        if (cause)
            *cause = arena_printf(a, "cannot %s %s (empty type set)", w.verb,
                                  type_string(a, iface, rel));
        return false;
    }
    if (cause) {
        const char *why = type_missing_method_cause(a, t, i, true, rel);
        if (why)
            return no(&w, why, NULL);
    } else if (type_missing_method(a, t, i, true, NULL, NULL, NULL)) {
        return false;
    }
    if (!i->iface.has_terms)
        return comparable_ok(&w, i, constraint);
    if (ti) {
        if (!ti->iface.has_terms || !terms_subset(&ti->iface.terms, &i->iface.terms))
            return no(&w, NULL, NULL);
        return comparable_ok(&w, i, constraint);
    }
    return in_terms(&w, i) && comparable_ok(&w, i, constraint);
}

bool type_implements(Arena *a, Type *t, Type *iface)
{
    return type_implements_why(a, t, iface, false, NULL, NULL);
}
