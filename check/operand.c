/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Operands: how they are described in messages, the type sets behind their types, and the
 * assignability of an operand to a type.  Go spec, "Assignability", "Type sets". */
#include "check/checker.h"

#include <string.h>

/* ---- type sets ---------------------------------------------------------------------- */

TypeSet check_typeset(Checker *c, Type *t)
{
    TypeSet s = {0};
    if (!type_is_typeparam(t)) {
        s.t = ARENA_ARRAY(c->a, Type *, 1);
        s.u = ARENA_ARRAY(c->a, Type *, 1);
        s.t[0] = t;
        s.u[0] = type_underlying(t);
        s.n = 1;
        return s;
    }
    Type *iface = type_underlying(t);
    if (!iface || iface->kind != TYPE_INTERFACE)
        return s;
    type_complete_interface(c->a, iface);
    if (!iface->iface.has_terms)
        return s;
    s.n = iface->iface.terms.n;
    s.t = ARENA_ARRAY(c->a, Type *, s.n);
    s.u = ARENA_ARRAY(c->a, Type *, s.n);
    for (uint32_t i = 0; i < s.n; i++) {
        s.t[i] = iface->iface.terms.p[i].type;
        s.u[i] = type_underlying(s.t[i]);
    }
    return s;
}

Type *check_common_under(Checker *c, Type *t, const char **why)
{
    if (!type_is_typeparam(t))
        return type_underlying(t);
    TypeSet s = check_typeset(c, t);
    if (s.n == 0) {
        if (why)
            *why = "no specific type";
        return NULL;
    }
    Type *ct = s.t[0], *cu = s.u[0];
    for (uint32_t i = 1; i < s.n; i++) {
        Type *u = s.u[i];
        if (cu->kind == TYPE_CHAN && u->kind == TYPE_CHAN) {
            if (!type_identical(cu->chan.elem, u->chan.elem)) {
                if (why)
                    *why = arena_printf(c->a, "channels %s and %s have different element types",
                                        check_type_str(c, ct), check_type_str(c, s.t[i]));
                return NULL;
            }
            if (cu->chan.dir == CHAN_BOTH && u->chan.dir != CHAN_BOTH) {
                ct = s.t[i];
                cu = u;
            } else if (u->chan.dir != CHAN_BOTH && u->chan.dir != cu->chan.dir) {
                if (why)
                    *why = arena_printf(c->a, "channels %s and %s have conflicting directions",
                                        check_type_str(c, ct), check_type_str(c, s.t[i]));
                return NULL;
            }
            continue;
        }
        if (!type_identical(cu, u)) {
            if (why)
                *why = arena_printf(c->a, "%s and %s have different underlying types",
                                    check_type_str(c, ct), check_type_str(c, s.t[i]));
            return NULL;
        }
    }
    return cu;
}

bool check_all_basic(Checker *c, Type *t, unsigned flags)
{
    if (!type_is_typeparam(t)) {
        Type *u = type_underlying(t);
        return u && u->kind == TYPE_BASIC && (u->basic.flags & flags) != 0;
    }
    TypeSet s = check_typeset(c, t);
    for (uint32_t i = 0; i < s.n; i++)
        if (s.u[i]->kind != TYPE_BASIC || !(s.u[i]->basic.flags & flags))
            return false;
    return s.n > 0;
}

bool check_is_const_type(Type *t)
{
    if (type_is_typeparam(t))
        return false;
    Type *u = type_underlying(t);
    return u && u->kind == TYPE_BASIC && (u->basic.flags & BF_CONST) != 0;
}

bool check_empty_interface(Checker *c, Type *t)
{
    Type *u = type_underlying(t);
    if (!u || u->kind != TYPE_INTERFACE)
        return false;
    type_complete_interface(c->a, u);
    return u->iface.all_methods.n == 0 && !u->iface.is_comparable && !u->iface.has_terms;
}

bool check_is_generic_sig(Type *t)
{
    return t && t->kind == TYPE_SIGNATURE && t->sig.tparams.n > 0;
}

bool check_has_nil(Checker *c, Type *t)
{
    if (type_is_untyped(t)) /* nil == nil has no type */
        return false;
    if (!type_is_typeparam(t))
        return type_has_nil(t);
    TypeSet s = check_typeset(c, t);
    for (uint32_t i = 0; i < s.n; i++)
        if (!type_has_nil(s.u[i]))
            return false;
    return s.n > 0;
}

/* ---- comparability -------------------------------------------------------------------- */

/* Defined types on the way down; an (invalid) recursive type ends there. */
typedef struct Seen {
    Type *t;
    struct Seen *up;
} Seen;

static bool comparable_terms(Checker *c, Type *iface, Seen *up);

static bool comparable(Checker *c, Type *t, bool dynamic, Seen *up)
{
    if (type_is_typeparam(t)) {
        Type *iface = type_underlying(t);
        return !iface || iface->kind != TYPE_INTERFACE || comparable_terms(c, iface, up);
    }
    Seen here = {t, up};
    if (t->kind == TYPE_NAMED) {
        for (Seen *s = up; s; s = s->up)
            if (s->t == t)
                return true;
        up = &here;
    }
    Type *u = type_underlying(t);
    if (!type_valid(u))
        return true;
    switch (u->kind) {
    case TYPE_BASIC: return u->basic.kind != BASIC_UNTYPED_NIL;
    case TYPE_POINTER:
    case TYPE_CHAN: return true;
    case TYPE_INTERFACE: return dynamic || comparable_terms(c, u, up);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < u->struct_.fields.n; i++)
            if (u->struct_.fields.p[i].var->type &&
                !comparable(c, u->struct_.fields.p[i].var->type, dynamic, up))
                return false;
        return true;
    case TYPE_ARRAY: return comparable(c, u->array.elem, dynamic, up);
    default: return false;
    }
}

static bool comparable_terms(Checker *c, Type *iface, Seen *up)
{
    type_complete_interface(c->a, iface);
    if (iface->iface.is_comparable)
        return true;
    if (!iface->iface.has_terms || iface->iface.terms.n == 0)
        return false;
    for (uint32_t i = 0; i < iface->iface.terms.n; i++)
        if (!comparable(c, iface->iface.terms.p[i].type, false, up))
            return false;
    return true;
}

/* Go spec, "Comparison operators".  dynamic: interfaces count as comparable. */
bool check_comparable(Checker *c, Type *t, bool dynamic)
{
    return comparable(c, t, dynamic, NULL);
}

const char *check_composite_kind(Type *t)
{
    Type *u = type_underlying(t);
    switch (u ? u->kind : TYPE_BASIC) {
    case TYPE_ARRAY: return "array";
    case TYPE_SLICE: return "slice";
    case TYPE_STRUCT: return "struct";
    case TYPE_POINTER: return "pointer";
    case TYPE_SIGNATURE: return "func";
    case TYPE_INTERFACE: return "interface";
    case TYPE_MAP: return "map";
    case TYPE_CHAN: return "chan";
    case TYPE_TUPLE: return "tuple";
    case TYPE_UNION: return "union";
    default: return "";
    }
}

/* Why t is not comparable, or "". */
const char *check_comparable_cause(Checker *c, Type *t)
{
    if (type_is_typeparam(t))
        return type_set_empty(t) ? "empty type set" : "incomparable types in type set";
    Type *u = type_underlying(t);
    switch (u->kind) {
    case TYPE_SLICE:
    case TYPE_SIGNATURE:
    case TYPE_MAP:
        return arena_printf(c->a, "%s can only be compared to nil", check_composite_kind(t));
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < u->struct_.fields.n; i++) {
            Type *ft = u->struct_.fields.p[i].var->type;
            if (!check_comparable(c, ft, true))
                return arena_printf(c->a, "struct containing %s cannot be compared",
                                    check_type_str(c, ft));
        }
        return "";
    case TYPE_ARRAY:
        if (!check_comparable(c, u->array.elem, true))
            return arena_printf(c->a, "%s cannot be compared", check_type_str(c, t));
        return "";
    default: return "";
    }
}

/* ---- description ------------------------------------------------------------------------ */

static const char *mode_string(OperandMode m)
{
    switch (m) {
    case MODE_INVALID: return "invalid operand";
    case MODE_NOVALUE: return "no value";
    case MODE_BUILTIN: return "built-in";
    case MODE_TYPE: return "type";
    case MODE_CONST: return "constant";
    case MODE_VAR: return "variable";
    case MODE_MAPINDEX: return "map index expression";
    case MODE_VALUE: return "value";
    case MODE_NIL: return "nil";
    case MODE_COMMAOK: return "comma, ok expression";
    }
    return "?";
}

/* "x (variable of type int)", as Go's messages describe operands. */
const char *check_operand_str(Checker *c, Operand *x)
{
    Arena *a = c->a;
    if (x->mode == MODE_NIL) {
        if (!type_valid(x->type))
            return "nil (with invalid type)";
        if (type_is_untyped(x->type))
            return "nil";
        return arena_printf(a, "nil (of type %s)", check_type_str(c, x->type));
    }
    const char *es = "";
    if (x->expr)
        es = check_expr_str(c, x->expr);
    else if (x->mode == MODE_TYPE)
        es = check_type_str(c, x->type);
    else if (x->mode == MODE_CONST)
        es = const_print(a, x->val);
    const char *kind = "", *val = "", *type = "";
    bool has_type = x->mode != MODE_INVALID && x->mode != MODE_NOVALUE && x->mode != MODE_BUILTIN &&
                    x->mode != MODE_TYPE && x->type;
    if (has_type && type_is_untyped(x->type))
        kind = arena_printf(a, "%s ", x->type->basic.name);
    if (x->mode == MODE_CONST) {
        const char *vs = const_print(a, x->val);
        if (strcmp(vs, es) != 0)
            val = arena_printf(a, " %s", vs);
    }
    if (has_type && !*kind) {
        if (!type_valid(x->type)) {
            type = " with invalid type";
        } else {
            const char *desc = "";
            bool generic = check_is_generic_sig(x->type) ||
                           (x->type->kind == TYPE_NAMED && x->type->named.tparams.n > 0 &&
                            x->type->named.targs.n == 0);
            if (x->type->kind == TYPE_NAMED || x->type == type_any) {
                desc = check_composite_kind(x->type);
                Type *u = type_underlying(x->type);
                if (!*desc && u && u->kind == TYPE_BASIC)
                    desc = u->basic.name;
                desc = arena_printf(a, "%s ", desc);
            }
            type = arena_printf(a, " of %s%stype %s", generic ? "generic " : "", desc,
                                check_type_str(c, x->type));
            if (type_is_typeparam(x->type))
                type = arena_printf(a, "%s constrained by %s%s", type,
                                    check_type_str(c, x->type->tparam.constraint),
                                    type_set_empty(x->type) ? " with empty type set" : "");
        }
    }
    if (!*es)
        return arena_printf(a, "%s%s%s%s", kind, mode_string(x->mode), val, type);
    return arena_printf(a, "%s (%s%s%s%s)", es, kind, mode_string(x->mode), val, type);
}

/* ---- assignability ------------------------------------------------------------------------ */

static bool is_iface_ptr(Type *t)
{
    Type *u = type_underlying(t);
    return u && u->kind == TYPE_POINTER && type_is_interface(u->pointer.elem);
}

static void add_cause(Checker *c, const char **cause, const char *msg)
{
    if (!cause)
        return;
    *cause = *cause && **cause ? arena_printf(c->a, "%s\n\t%s", msg, *cause) : msg;
}

bool check_assignable(Checker *c, Operand *x, Type *t, const char **cause)
{
    if (x->mode == MODE_INVALID || !type_valid(t) || !type_valid(x->type))
        return true;
    Type *v = x->type;
    if (type_identical(v, t))
        return true;
    Type *vu = type_underlying(v), *tu = type_underlying(t);
    if (!type_valid(vu) || !type_valid(tu))
        return true;
    bool vp = type_is_typeparam(v), tp = type_is_typeparam(t);

    if (type_is_untyped(vu)) {
        Type *nt;
        ConstVal *nv;
        if (tp) {
            TypeSet s = check_typeset(c, t);
            for (uint32_t i = 0; i < s.n; i++)
                if (check_implicit_type(c, x, s.t[i], &nt, &nv) != CONV_OK)
                    return false;
            return s.n > 0;
        }
        return check_implicit_type(c, x, t, &nt, &nv) == CONV_OK;
    }

    bool vn = type_is_named(v), tn = type_is_named(t);
    if (!vp && !tp && (!vn || !tn) && type_identical(vu, tu))
        return true;

    if ((tu->kind == TYPE_INTERFACE && !tp) || is_iface_ptr(t)) {
        if (check_implements(c, v, t, false, cause))
            return true;
        if (!vp)
            return false;
        if (cause)
            *cause = "";
    }
    if (vu->kind == TYPE_INTERFACE && !vp) {
        if (check_implements(c, t, v, false, NULL)) {
            if (cause)
                *cause = "need type assertion";
            return false;
        }
    }
    if (vu->kind == TYPE_CHAN && vu->chan.dir == CHAN_BOTH && tu->kind == TYPE_CHAN &&
        type_identical(vu->chan.elem, tu->chan.elem))
        return !vn || !tn;

    if (!vp && !tp)
        return false;
    if (!vn && tp) {
        TypeSet s = check_typeset(c, t);
        for (uint32_t i = 0; i < s.n; i++)
            if (!check_assignable(c, x, s.t[i], cause)) {
                add_cause(c, cause,
                          arena_printf(c->a, "cannot assign %s to %s (in %s)", check_type_str(c, v),
                                       check_type_str(c, s.t[i]), check_type_str(c, t)));
                return false;
            }
        return s.n > 0;
    }
    if (vp && !tn) {
        TypeSet s = check_typeset(c, v);
        Operand y = *x;
        for (uint32_t i = 0; i < s.n; i++) {
            y.type = s.t[i];
            if (!check_assignable(c, &y, t, cause)) {
                add_cause(c, cause,
                          arena_printf(c->a, "cannot assign %s (in %s) to %s",
                                       check_type_str(c, s.t[i]), check_type_str(c, v),
                                       check_type_str(c, t)));
                return false;
            }
        }
        return s.n > 0;
    }
    return false;
}
