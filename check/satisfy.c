/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a type implements an interface or satisfies a constraint, with the reason that
 * messages give where it does not, and the hints for misspelt selectors.  Go spec,
 * "Implementing an interface", "Satisfying a type constraint". */
#include "check/checker.h"

#include <string.h>
#include <strings.h>

static bool is_iface_ptr(Type *t)
{
    Type *u = type_underlying(t);
    return u && u->kind == TYPE_POINTER && type_is_interface(u->pointer.elem);
}

static const char *iface_ptr_error(Checker *c, Type *t)
{
    Type *u = type_underlying(t);
    if (type_is_typeparam(u->pointer.elem))
        return arena_printf(c->a, "type %s is pointer to type parameter, not type parameter",
                            check_type_str(c, t));
    return arena_printf(c->a, "type %s is pointer to interface, not interface",
                        check_type_str(c, t));
}

/* name(params) results, without parameter names. */
static const char *func_string(Checker *c, Object *f, Package *rel)
{
    Type *sig = f->type;
    if (!sig || sig->kind != TYPE_SIGNATURE)
        return f->name->s;
    VEC(char) b = {0};
    const char *s = f->name->s;
    while (*s)
        vec_push(c->a, &b, *s++);
    Type *ps = sig->sig.params, *rs = sig->sig.results;
    vec_push(c->a, &b, '(');
    for (uint32_t i = 0; i < ps->tuple.vars.n; i++) {
        Type *t = ps->tuple.vars.p[i]->type;
        bool dots = sig->sig.variadic && i + 1 == ps->tuple.vars.n && t->kind == TYPE_SLICE;
        s = arena_printf(c->a, "%s%s%s", i ? ", " : "", dots ? "..." : "",
                         type_string(c->a, dots ? t->slice.elem : t, rel));
        while (*s)
            vec_push(c->a, &b, *s++);
    }
    vec_push(c->a, &b, ')');
    uint32_t n = rs->tuple.vars.n;
    for (uint32_t i = 0; i < n; i++) {
        s = arena_printf(c->a, "%s%s%s",
                         i       ? ", "
                         : n > 1 ? " ("
                                 : " ",
                         type_string(c->a, rs->tuple.vars.p[i]->type, rel),
                         n > 1 && i + 1 == n ? ")" : "");
        while (*s)
            vec_push(c->a, &b, *s++);
    }
    vec_push(c->a, &b, 0);
    return b.p;
}

static bool same_id(const Object *o, Package *pkg, const Name *name)
{
    return o->name == name && (check_name_exported(name) || o->pkg == pkg);
}

static Object *iface_method(Type *iface, Package *pkg, const Name *name)
{
    for (uint32_t i = 0; i < iface->iface.all_methods.n; i++)
        if (same_id(iface->iface.all_methods.p[i], pkg, name))
            return iface->iface.all_methods.p[i];
    return NULL;
}

static const char *wrong_type_cause(Checker *c, Object *f, Object *m, const char *what)
{
    const char *fs = func_string(c, f, c->pkg), *ms = func_string(c, m, c->pkg);
    if (strcmp(fs, ms) == 0) {
        fs = func_string(c, f, NULL);
        ms = func_string(c, m, NULL);
    }
    if (strcmp(fs, ms) == 0)
        return arena_printf(c->a, "(wrong type for method %s)", m->name->s);
    return arena_printf(c->a, "(%s %s)\n\t\thave %s\n\t\twant %s", what, m->name->s, fs, ms);
}

Object *check_missing_method(Checker *c, Type *v, Type *t, bool is_static, const char **cause)
{
    Type *tu = type_underlying(t), *vu = type_underlying(v);
    type_complete_interface(c->a, tu);
    const char *why = NULL;
    Object *missing = NULL;
    if (vu && vu->kind == TYPE_INTERFACE)
        type_complete_interface(c->a, vu);
    for (uint32_t i = 0; i < tu->iface.all_methods.n && !missing; i++) {
        Object *m = tu->iface.all_methods.p[i];
        if (vu && vu->kind == TYPE_INTERFACE) {
            Object *f = iface_method(vu, m->pkg, m->name);
            if (!f) {
                if (is_static) {
                    missing = m;
                    if (is_iface_ptr(t))
                        why = arena_printf(c->a, "(%s)", iface_ptr_error(c, t));
                    else
                        why = arena_printf(c->a, "(missing method %s)", m->name->s);
                }
            } else if (f->type && m->type && !type_identical(f->type, m->type)) {
                missing = m;
                why = wrong_type_cause(c, f, m, "wrong type for method");
            }
            continue;
        }
        LookupResult r = type_lookup_field_or_method(c->a, v, false, m->pkg, m->name);
        if (!r.obj) {
            missing = m;
            if (!cause)
                break;
            if (r.index.n > 0) {
                why = arena_printf(c->a, "(ambiguous selector %s.%s)", check_type_str(c, v),
                                   m->name->s);
            } else if (r.indirect) {
                why = arena_printf(c->a, "(method %s has pointer receiver)", m->name->s);
            } else {
                Object *alt = check_lookup_folded(c, v, m->name);
                if (alt && alt->kind == OBJ_FUNC && alt->name == m->name) {
                    why = arena_printf(c->a, "(unexported method %s)", m->name->s);
                } else if (alt && alt->kind == OBJ_FUNC) {
                    check_obj_decl(c, alt);
                    why = wrong_type_cause(c, alt, m, "missing method");
                } else if (is_iface_ptr(v)) {
                    why = arena_printf(c->a, "(%s)", iface_ptr_error(c, v));
                } else if (is_iface_ptr(t)) {
                    why = arena_printf(c->a, "(%s)", iface_ptr_error(c, t));
                } else {
                    why = arena_printf(c->a, "(missing method %s)", m->name->s);
                }
            }
            break;
        }
        if (r.obj->kind != OBJ_FUNC) {
            missing = m;
            why = arena_printf(c->a, "(%s.%s is a field, not a method)", check_type_str(c, v),
                               m->name->s);
            break;
        }
        check_obj_decl(c, r.obj);
        if (r.obj->type && m->type && !type_identical(r.obj->type, m->type)) {
            missing = m;
            why = wrong_type_cause(c, r.obj, m, "wrong type for method");
        }
    }
    if (missing && cause)
        *cause = why;
    return missing;
}

static bool invalid_embedded(Type *t, int depth)
{
    Type *u = type_underlying(t);
    if (u && u->kind == TYPE_POINTER)
        u = type_underlying(u->pointer.elem);
    if (!u || u->kind != TYPE_STRUCT || depth > 16)
        return false;
    for (uint32_t i = 0; i < u->struct_.fields.n; i++) {
        StructField *f = &u->struct_.fields.p[i];
        if (f->embedded && (!type_valid(f->var->type) || invalid_embedded(f->var->type, depth + 1)))
            return true;
    }
    return false;
}

static bool has_all_methods(Checker *c, Type *v, Type *t, bool is_static, const char **cause)
{
    if (!type_valid(v))
        return true;
    return !check_missing_method(c, v, t, is_static, cause) || invalid_embedded(v, 0);
}

static bool term_includes(UnionTerm *term, Type *v)
{
    if (type_identical(term->type, v))
        return true;
    return term->tilde && type_identical(type_underlying(term->type), type_underlying(v));
}

/* Every term of v's set lies in t's. */
static bool terms_subset(Type *vi, Type *ti)
{
    if (!vi->iface.has_terms)
        return false;
    for (uint32_t i = 0; i < vi->iface.terms.n; i++) {
        UnionTerm *a = &vi->iface.terms.p[i];
        bool in = false;
        for (uint32_t j = 0; j < ti->iface.terms.n && !in; j++) {
            UnionTerm *b = &ti->iface.terms.p[j];
            in = term_includes(b, a->type) && (!a->tilde || b->tilde);
        }
        if (!in)
            return false;
    }
    return true;
}

static const char *terms_string(Checker *c, Type *iface)
{
    const char *s = "";
    for (uint32_t i = 0; i < iface->iface.terms.n; i++)
        s = arena_printf(c->a, "%s%s%s%s", s, i ? " | " : "",
                         iface->iface.terms.p[i].tilde ? "~" : "",
                         check_type_str(c, iface->iface.terms.p[i].type));
    return s;
}

/* Whether an (embedded) element or term of t is typ, in its type set or not. */
static bool mentions(Type *t, Type *typ)
{
    if (t->kind == TYPE_INTERFACE) {
        for (uint32_t i = 0; i < t->iface.embedded.n; i++)
            if (mentions(t->iface.embedded.p[i], typ))
                return true;
        return false;
    }
    if (t->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < t->union_.terms.n; i++)
            if (mentions(t->union_.terms.p[i].type, typ))
                return true;
        return false;
    }
    return type_identical(t, typ);
}

static bool comparability(Checker *c, Type *v, Type *ti, bool constraint, const char *verb,
                          const char **cause)
{
    if (!ti->iface.is_comparable || check_comparable(c, v, false))
        return true;
    if (constraint && check_comparable(c, v, true))
        return true;
    if (cause)
        *cause = arena_printf(c->a, "%s does not %s comparable", check_type_str(c, v), verb);
    return false;
}

bool check_implements(Checker *c, Type *v, Type *t, bool constraint, const char **cause)
{
    Type *vu = type_underlying(v), *tu = type_underlying(t);
    if (!type_valid(vu) || !type_valid(tu))
        return true;
    if (vu->kind == TYPE_POINTER && !type_valid(type_underlying(vu->pointer.elem)))
        return true;
    const char *verb = constraint ? "satisfy" : "implement";
    if (tu->kind != TYPE_INTERFACE) {
        if (cause) {
            const char *detail =
                is_iface_ptr(t)
                    ? arena_printf(c->a, "type %s is pointer to interface, not interface",
                                   check_type_str(c, t))
                    : arena_printf(c->a, "%s is not an interface", check_type_str(c, t));
            *cause = arena_printf(c->a, "%s does not %s %s (%s)", check_type_str(c, v), verb,
                                  check_type_str(c, t), detail);
        }
        return false;
    }
    if (check_empty_interface(c, tu))
        return true;
    Type *vi = vu->kind == TYPE_INTERFACE ? vu : NULL;
    if (type_is_typeparam(v))
        vi = type_underlying(v);
    if (vi && vi->kind == TYPE_INTERFACE)
        type_complete_interface(c->a, vi);
    else
        vi = NULL;
    if (vi && vi->iface.has_terms && vi->iface.terms.n == 0)
        return true;
    if (tu->iface.has_terms && tu->iface.terms.n == 0) {
        if (cause)
            *cause =
                arena_printf(c->a, "cannot %s %s (empty type set)", verb, check_type_str(c, t));
        return false;
    }
    const char *why = NULL;
    if (!has_all_methods(c, v, t, true, cause ? &why : NULL)) {
        if (cause)
            *cause = arena_printf(c->a, "%s does not %s %s %s", check_type_str(c, v), verb,
                                  check_type_str(c, t), why ? why : "");
        return false;
    }
    if (!tu->iface.has_terms)
        return comparability(c, v, tu, constraint, verb, cause);
    if (vi) {
        if (!terms_subset(vi, tu)) {
            if (cause)
                *cause = arena_printf(c->a, "%s does not %s %s", check_type_str(c, v), verb,
                                      check_type_str(c, t));
            return false;
        }
        return comparability(c, v, tu, constraint, verb, cause);
    }
    Type *alt = NULL;
    for (uint32_t i = 0; i < tu->iface.terms.n; i++) {
        UnionTerm *term = &tu->iface.terms.p[i];
        if (term_includes(term, v))
            return comparability(c, v, tu, constraint, verb, cause);
        if (!alt && !term->tilde && type_identical(term->type, type_underlying(term->type)) &&
            type_identical(term->type, vu))
            alt = term->type;
    }
    if (cause) {
        const char *detail, *vs = check_type_str(c, v), *ts = check_type_str(c, t);
        if (alt)
            detail =
                arena_printf(c->a, "possibly missing ~ for %s in %s", check_type_str(c, alt), ts);
        else if (mentions(tu, v))
            detail = arena_printf(c->a, "%s mentions %s, but %s is not in the type set of %s", ts,
                                  vs, vs, ts);
        else
            detail = arena_printf(c->a, "%s missing in %s", vs, terms_string(c, tu));
        *cause = arena_printf(c->a, "%s does not %s %s (%s)", vs, verb, ts, detail);
    }
    return false;
}

bool check_assertable(Checker *c, Type *v, Type *t, const char **cause)
{
    if (type_is_interface(t))
        return true;
    return has_all_methods(c, t, v, false, cause);
}

/* ---- hints ------------------------------------------------------------------------------ */

static bool folded_equal(const Name *a, const Name *b)
{
    return a->len == b->len && strncasecmp(a->s, b->s, a->len) == 0;
}

static Object *folded_in(Checker *c, Type *t, const Name *name, int depth)
{
    if (!t || depth > 8)
        return NULL;
    if (t->kind == TYPE_POINTER)
        t = t->pointer.elem;
    if (t->kind == TYPE_NAMED)
        for (uint32_t i = 0; i < type_named_nmethods(t); i++)
            if (folded_equal(type_named_method(t, i)->name, name))
                return type_named_method(t, i);
    Type *u = type_underlying(t);
    if (u && u->kind == TYPE_POINTER)
        u = type_underlying(u->pointer.elem);
    if (!u)
        return NULL;
    if (u->kind == TYPE_INTERFACE) {
        type_complete_interface(c->a, u);
        for (uint32_t i = 0; i < u->iface.all_methods.n; i++)
            if (folded_equal(u->iface.all_methods.p[i]->name, name))
                return u->iface.all_methods.p[i];
    }
    if (u->kind == TYPE_STRUCT) {
        for (uint32_t i = 0; i < u->struct_.fields.n; i++)
            if (folded_equal(u->struct_.fields.p[i].var->name, name))
                return u->struct_.fields.p[i].var;
        for (uint32_t i = 0; i < u->struct_.fields.n; i++)
            if (u->struct_.fields.p[i].embedded) {
                Object *o = folded_in(c, u->struct_.fields.p[i].var->type, name, depth + 1);
                if (o)
                    return o;
            }
    }
    return NULL;
}

Object *check_lookup_folded(Checker *c, Type *t, const Name *name)
{
    if (name == name_blank || is_iface_ptr(t))
        return NULL;
    Object *o = folded_in(c, t, name, 0);
    return o && o->name == name && o->pkg == c->pkg ? NULL : o; /* found, but out of reach */
}

static const char *tail(const char *s)
{
    s++;
    while (((unsigned char)*s & 0xC0) == 0x80)
        s++;
    return s;
}

/* The reason after "undefined (": what else there is under a similar name. */
const char *check_lookup_error(Checker *c, Type *t, const Name *sel, Object *alt, bool structlit)
{
    enum { MISSING, MISSPELLED, UNEXPORTED, INACCESSIBLE } e = MISSING;
    const char *as = "";
    if (alt) {
        as = alt->name->s;
        bool selx = check_name_exported(sel), altx = check_name_exported(alt->name);
        if (alt->pkg == c->pkg)
            e = MISSPELLED;
        else if (selx && altx)
            e = MISSPELLED;
        else if (selx && strcmp(tail(sel->s), tail(as)) == 0)
            e = UNEXPORTED;
        else if (!selx && altx && strcmp(tail(sel->s), tail(as)) == 0)
            e = MISSPELLED;
        else if (!selx && !altx && sel == alt->name)
            e = INACCESSIBLE;
    }
    const char *ts = check_type_str(c, t);
    if (structlit) {
        switch (e) {
        case MISSING: break;
        case MISSPELLED:
            return arena_printf(c->a,
                                "unknown field %s in struct literal of type %s, but does have %s",
                                sel->s, ts, as);
        case UNEXPORTED:
            return arena_printf(
                c->a, "unknown field %s in struct literal of type %s, but does have unexported %s",
                sel->s, ts, as);
        case INACCESSIBLE:
            return arena_printf(
                c->a, "cannot refer to unexported field %s in struct literal of type %s", as, ts);
        }
        return arena_printf(c->a, "unknown field %s in struct literal of type %s", sel->s, ts);
    }
    const char *what = !alt ? "object" : alt->kind == OBJ_FUNC ? "method" : "field";
    switch (e) {
    case MISSING: break;
    case MISSPELLED:
        return arena_printf(c->a, "type %s has no field or method %s, but does have %s %s", ts,
                            sel->s, what, as);
    case UNEXPORTED:
        return arena_printf(c->a,
                            "type %s has no field or method %s, but does have unexported %s %s", ts,
                            sel->s, what, as);
    case INACCESSIBLE: return arena_printf(c->a, "cannot refer to unexported %s %s", what, as);
    }
    return arena_printf(c->a, "type %s has no field or method %s", ts, sel->s);
}
