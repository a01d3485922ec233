/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Predicates on single types, and the relations assignable and convertible. */
#include <utf8proc.h>

#include "check/generic.h"

Type *type_underlying(Type *t)
{
    switch (t->kind) {
    case TYPE_NAMED:
        if (t->named.underlying && t->named.underlying->kind != TYPE_NAMED &&
            t->named.underlying->kind != TYPE_TYPEPARAM)
            return t->named.underlying;
        for (int depth = 0; t->kind == TYPE_NAMED; depth++) {
            if (!t->named.underlying && t->named.origin)
                type_expand_instance(t);
            if (!t->named.underlying || depth > 1000)
                return type_basic[BASIC_INVALID];
            t = t->named.underlying;
        }
        return t->kind == TYPE_TYPEPARAM ? type_underlying(t) : t;
    case TYPE_TYPEPARAM: {
        Type *i = type_constraint_interface(t->tparam.constraint);
        if (t->tparam.constraint && t->tparam.constraint->kind != TYPE_NAMED && i->iface.complete)
            t->tparam.constraint = i; /* keep the implicit interface */
        return i;
    }
    default: return t;
    }
}

bool type_is(Type *t, unsigned flags)
{
    if (t->kind == TYPE_TYPEPARAM)
        return false;
    Type *u = type_underlying(t);
    return u->kind == TYPE_BASIC && (u->basic.flags & flags);
}

static bool term_is(Type *t, Type *u, void *arg)
{
    return t && u->kind == TYPE_BASIC && (u->basic.flags & *(unsigned *)arg);
}

bool type_all(Type *t, unsigned flags)
{
    return type_set_each(t, term_is, &flags);
}

bool type_is_untyped(Type *t)
{
    return t->kind == TYPE_BASIC && (t->basic.flags & BF_UNTYPED);
}

bool type_is_named(Type *t)
{
    return t->kind == TYPE_BASIC || t->kind == TYPE_NAMED || t->kind == TYPE_TYPEPARAM;
}

bool type_is_interface(Type *t)
{
    return t->kind != TYPE_TYPEPARAM && type_underlying(t)->kind == TYPE_INTERFACE;
}

bool type_is_typeparam(Type *t)
{
    return t->kind == TYPE_TYPEPARAM;
}

static bool term_has_nil(Type *t, Type *u, void *arg)
{
    (void)u, (void)arg;
    return t && type_has_nil(t);
}

bool type_has_nil(Type *t)
{
    if (t->kind == TYPE_TYPEPARAM)
        return type_set_each(t, term_has_nil, NULL);
    Type *u = type_underlying(t);
    switch (u->kind) {
    case TYPE_BASIC:
        return u->basic.kind == BASIC_UNSAFE_POINTER || u->basic.kind == BASIC_UNTYPED_NIL;
    case TYPE_SLICE:
    case TYPE_POINTER:
    case TYPE_SIGNATURE:
    case TYPE_MAP:
    case TYPE_CHAN:
    case TYPE_INTERFACE: return true;
    default: return false;
    }
}

Type *type_default(Type *t)
{
    if (t->kind != TYPE_BASIC)
        return t;
    switch (t->basic.kind) {
    case BASIC_UNTYPED_BOOL: return type_basic[BASIC_BOOL];
    case BASIC_UNTYPED_INT: return type_basic[BASIC_INT];
    case BASIC_UNTYPED_RUNE: return type_rune;
    case BASIC_UNTYPED_FLOAT: return type_basic[BASIC_FLOAT64];
    case BASIC_UNTYPED_COMPLEX: return type_basic[BASIC_COMPLEX128];
    case BASIC_UNTYPED_STRING: return type_basic[BASIC_STRING];
    default: return t;
    }
}

Type *type_deref(Type *t, bool *was_pointer)
{
    bool p = t->kind == TYPE_POINTER;
    if (was_pointer)
        *was_pointer = p;
    return p ? t->pointer.elem : t;
}

bool name_exported(const Name *name)
{
    unsigned char c = (unsigned char)name->s[0];
    if (c < 0x80)
        return c >= 'A' && c <= 'Z';
    utf8proc_int32_t r;
    if (utf8proc_iterate((const utf8proc_uint8_t *)name->s, (utf8proc_ssize_t)name->len, &r) <= 0)
        return false;
    return utf8proc_category(r) == UTF8PROC_CATEGORY_LU;
}

/* ---- comparable --------------------------------------------------------------------------- */

/* Types inside which we are: recursion passes only through defined types that are in
 * error or through type parameters. */
typedef struct Seen {
    Type *t;
    const struct Seen *outer;
} Seen;

static const char *not_comparable(Arena *a, Type *t, bool dynamic, const Seen *outer);

/* Go spec, "Type constraints": whether all types of the type set are strictly comparable. */
static bool interface_comparable(Type *i, const Seen *seen)
{
    type_complete_interface(types_arena, i);
    if (!i->iface.has_terms)
        return i->iface.is_comparable;
    for (uint32_t k = 0; k < i->iface.terms.n; k++)
        if (not_comparable(NULL, i->iface.terms.p[k].type, false, seen))
            return false;
    return true;
}

/* NULL if t is comparable, else why not.  dynamic: interfaces are, though == may panic.
 * Without an arena reasons are just not NULL. */
static const char *not_comparable(Arena *a, Type *t, bool dynamic, const Seen *outer)
{
    for (const Seen *s = outer; s; s = s->outer)
        if (s->t == t)
            return NULL;
    Seen seen = {t, outer};
    Type *u = type_underlying(t);
    switch (u->kind) {
    case TYPE_BASIC: return u->basic.kind == BASIC_UNTYPED_NIL ? "nil" : NULL;
    case TYPE_POINTER:
    case TYPE_CHAN: return NULL;
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < u->struct_.fields.n; i++) {
            Type *f = u->struct_.fields.p[i].var->type;
            if (f && not_comparable(NULL, f, dynamic, &seen))
                return a ? arena_printf(a, "struct containing %s cannot be compared",
                                        type_string(a, f, NULL))
                         : "struct";
        }
        return NULL;
    case TYPE_ARRAY:
        if (not_comparable(NULL, u->array.elem, dynamic, &seen))
            return a ? arena_printf(a, "%s cannot be compared", type_string(a, t, NULL)) : "array";
        return NULL;
    case TYPE_INTERFACE:
        if ((dynamic && t->kind != TYPE_TYPEPARAM) || interface_comparable(u, &seen))
            return NULL;
        if (u->iface.has_terms && u->iface.terms.n == 0)
            return "empty type set";
        return "incomparable types in type set";
    case TYPE_SLICE: return "slice can only be compared to nil";
    case TYPE_MAP: return "map can only be compared to nil";
    case TYPE_SIGNATURE: return "func can only be compared to nil";
    default: return "it is not a value";
    }
}

bool type_comparable_p(Arena *a, Type *t, const char **why)
{
    const char *reason = not_comparable(a, t, true, NULL);
    if (why)
        *why = reason;
    return reason == NULL;
}

bool type_strictly_comparable(Type *t)
{
    return not_comparable(NULL, t, false, NULL) == NULL;
}

/* ---- assignable ------------------------------------------------------------------------------ */

typedef struct Relation {
    Arena *a;
    Type *other;
    bool (*holds)(Arena *a, Type *v, Type *t);
} Relation;

static bool from_term(Type *term, Type *u, void *arg)
{
    Relation *r = arg;
    (void)u;
    return term && r->holds(r->a, term, r->other);
}

static bool to_term(Type *term, Type *u, void *arg)
{
    Relation *r = arg;
    (void)u;
    return term && r->holds(r->a, r->other, term);
}

static bool is_invalid(const Type *t)
{
    return t->kind == TYPE_BASIC && t->basic.kind == BASIC_INVALID;
}

bool type_assignable(Arena *a, Type *v, Type *t)
{
    if (is_invalid(v) || is_invalid(t) || type_identical(v, t))
        return true;
    if (v->kind == TYPE_BASIC && v->basic.kind == BASIC_UNTYPED_NIL)
        return type_has_nil(t);
    Type *vu = type_underlying(v), *tu = type_underlying(t);
    bool v_param = v->kind == TYPE_TYPEPARAM, t_param = t->kind == TYPE_TYPEPARAM;
    bool one_unnamed = !type_is_named(v) || !type_is_named(t);
    if (!v_param && !t_param && one_unnamed && type_identical(vu, tu))
        return true;
    if (tu->kind == TYPE_INTERFACE && !t_param) {
        if (type_implements(a, v, t))
            return true;
        if (!v_param)
            return false;
    }
    if (vu->kind == TYPE_CHAN && vu->chan.dir == CHAN_BOTH && tu->kind == TYPE_CHAN &&
        type_identical(vu->chan.elem, tu->chan.elem))
        return one_unnamed;
    if (t_param && !type_is_named(v))
        return type_set_each(t, to_term, &(Relation){a, v, type_assignable});
    if (v_param && !type_is_named(t))
        return type_set_each(v, from_term, &(Relation){a, t, type_assignable});
    return false;
}

/* ---- convertible ------------------------------------------------------------------------------ */

static bool basic_is(const Type *u, BasicKind k)
{
    return u->kind == TYPE_BASIC && u->basic.kind == k;
}

static bool is_bytes_or_runes(const Type *u)
{
    if (u->kind != TYPE_SLICE)
        return false;
    Type *e = type_underlying(u->slice.elem);
    return basic_is(e, BASIC_UINT8) || basic_is(e, BASIC_INT32);
}

static bool slice_to_array(const Type *vu, Type *tu)
{
    if (vu->kind != TYPE_SLICE)
        return false;
    if (tu->kind == TYPE_POINTER)
        tu = type_underlying(tu->pointer.elem);
    return tu->kind == TYPE_ARRAY && type_identical(vu->slice.elem, tu->array.elem);
}

bool type_convertible(Arena *a, Type *v, Type *t)
{
    if (type_assignable(a, v, t))
        return true;
    bool v_param = v->kind == TYPE_TYPEPARAM, t_param = t->kind == TYPE_TYPEPARAM;
    if (v_param) /* each type of one set to each of the other */
        return type_set_each(v, from_term, &(Relation){a, t, type_convertible});
    if (t_param)
        return type_set_each(t, to_term, &(Relation){a, v, type_convertible});
    Type *vu = type_underlying(v), *tu = type_underlying(t);
    if (type_identical_ignore_tags(vu, tu))
        return true;
    if (v->kind == TYPE_POINTER && t->kind == TYPE_POINTER) {
        Type *vb = v->pointer.elem, *tb = t->pointer.elem;
        if (vb->kind != TYPE_TYPEPARAM && tb->kind != TYPE_TYPEPARAM &&
            type_identical_ignore_tags(type_underlying(vb), type_underlying(tb)))
            return true;
    }
    unsigned vf = vu->kind == TYPE_BASIC ? vu->basic.flags : 0;
    unsigned tf = tu->kind == TYPE_BASIC ? tu->basic.flags : 0;
    if ((vf & (BF_INTEGER | BF_FLOAT)) && (tf & (BF_INTEGER | BF_FLOAT)))
        return true;
    if ((vf & BF_COMPLEX) && (tf & BF_COMPLEX))
        return true;
    if (tf & BF_STRING)
        return (vf & BF_INTEGER) || is_bytes_or_runes(vu);
    if (vf & BF_STRING)
        return is_bytes_or_runes(tu);
    if (basic_is(tu, BASIC_UNSAFE_POINTER))
        return vu->kind == TYPE_POINTER || basic_is(vu, BASIC_UINTPTR);
    if (basic_is(vu, BASIC_UNSAFE_POINTER))
        return tu->kind == TYPE_POINTER || basic_is(tu, BASIC_UINTPTR);
    return slice_to_array(vu, tu);
}
