/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conversions T(x).  Go spec, "Conversions". */
#include "check/checker.h"

#include <string.h>

static bool const_convertible(Checker *c, Operand *x, Type *t, ConstVal **val)
{
    Type *u = type_underlying(t);
    if (!u || u->kind != TYPE_BASIC)
        return false;
    if (check_representable_const(c, x->val, u, val))
        return true;
    if (type_is(x->type, BF_INTEGER) && (u->basic.flags & BF_STRING)) {
        /* An integer becomes the UTF-8 text of that code point, U+FFFD where it is none. */
        uint64_t cp;
        if (!const_uint64_val(x->val, &cp) || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000))
            cp = 0xFFFD;
        char b[4];
        size_t n;
        if (cp < 0x80) {
            b[0] = (char)cp;
            n = 1;
        } else if (cp < 0x800) {
            b[0] = (char)(0xC0 | cp >> 6);
            b[1] = (char)(0x80 | (cp & 0x3F));
            n = 2;
        } else if (cp < 0x10000) {
            b[0] = (char)(0xE0 | cp >> 12);
            b[1] = (char)(0x80 | (cp >> 6 & 0x3F));
            b[2] = (char)(0x80 | (cp & 0x3F));
            n = 3;
        } else {
            b[0] = (char)(0xF0 | cp >> 18);
            b[1] = (char)(0x80 | (cp >> 12 & 0x3F));
            b[2] = (char)(0x80 | (cp >> 6 & 0x3F));
            b[3] = (char)(0x80 | (cp & 0x3F));
            n = 4;
        }
        if (val)
            *val = const_string(c->a, b, n);
        return true;
    }
    return false;
}

static bool bytes_or_runes(Type *u)
{
    if (u->kind != TYPE_SLICE)
        return false;
    Type *e = type_underlying(u->slice.elem);
    return e && e->kind == TYPE_BASIC &&
           (e->basic.kind == BASIC_UINT8 || e->basic.kind == BASIC_INT32);
}

static bool is_kind(Type *u, BasicKind k)
{
    return u->kind == TYPE_BASIC && u->basic.kind == k;
}

static void add_cause(Checker *c, const char **cause, const char *msg)
{
    *cause = *cause && **cause ? arena_printf(c->a, "%s\n\t%s", msg, *cause) : msg;
}

static bool convertible(Checker *c, Operand *x, Type *t, const char **cause)
{
    if (check_assignable(c, x, t, cause))
        return true;
    Type *v = x->type, *vu = type_underlying(v), *tu = type_underlying(t);
    if (!type_valid(vu) || !type_valid(tu))
        return true;
    bool vp = type_is_typeparam(v), tp = type_is_typeparam(t);
    if (!vp && !tp) {
        if (type_identical_ignore_tags(vu, tu))
            return true;
        if (v->kind == TYPE_POINTER && t->kind == TYPE_POINTER &&
            !type_is_typeparam(v->pointer.elem) && !type_is_typeparam(t->pointer.elem) &&
            type_identical_ignore_tags(type_underlying(v->pointer.elem),
                                       type_underlying(t->pointer.elem)))
            return true;
        const unsigned real = BF_INTEGER | BF_FLOAT;
        if (type_is(vu, real) && type_is(tu, real))
            return true;
        if (type_is(vu, BF_COMPLEX) && type_is(tu, BF_COMPLEX))
            return true;
        if ((type_is(vu, BF_INTEGER) || bytes_or_runes(vu)) && type_is(tu, BF_STRING))
            return true;
        if (type_is(vu, BF_STRING) && bytes_or_runes(tu))
            return true;
        if (is_kind(tu, BASIC_UNSAFE_POINTER) &&
            (vu->kind == TYPE_POINTER || is_kind(vu, BASIC_UINTPTR)))
            return true;
        if (is_kind(vu, BASIC_UNSAFE_POINTER) &&
            (tu->kind == TYPE_POINTER || is_kind(tu, BASIC_UINTPTR)))
            return true;
        if (vu->kind == TYPE_SLICE) {
            Type *arr = tu;
            if (tu->kind == TYPE_POINTER)
                arr = type_underlying(tu->pointer.elem);
            if (arr && arr->kind == TYPE_ARRAY && type_identical(vu->slice.elem, arr->array.elem))
                return true;
        }
        return false;
    }
    /* Each type of the one set must convert to each of the other. */
    TypeSet vs = check_typeset(c, v), ts = check_typeset(c, t);
    if (vs.n == 0 || ts.n == 0)
        return false;
    for (uint32_t i = 0; i < vs.n; i++)
        for (uint32_t j = 0; j < ts.n; j++) {
            Operand y = *x;
            y.type = vs.t[i];
            if (convertible(c, &y, ts.t[j], cause))
                continue;
            const char *a = check_type_str(c, vs.t[i]), *b = check_type_str(c, ts.t[j]);
            if (vp)
                a = arena_printf(c->a, "%s (in %s)", a, check_type_str(c, v));
            if (tp)
                b = arena_printf(c->a, "%s (in %s)", b, check_type_str(c, t));
            add_cause(c, cause, arena_printf(c->a, "cannot convert %s to type %s", a, b));
            return false;
        }
    return true;
}

/* A constant converts to a type parameter if it does to each of its types. */
static bool const_to_tparam(Checker *c, Operand *x, Type *t, const char **cause)
{
    TypeSet s = check_typeset(c, t);
    if (s.n == 0) {
        *cause = arena_printf(c->a, "%s does not contain specific types", check_type_str(c, t));
        return false;
    }
    for (uint32_t i = 0; i < s.n; i++) {
        Type *u = s.u[i];
        if (type_is(x->type, BF_STRING) && bytes_or_runes(u))
            continue;
        if (const_convertible(c, x, u, NULL))
            continue;
        if (type_is(x->type, BF_INTEGER) && type_is(u, BF_INTEGER))
            *cause =
                arena_printf(c->a, "constant %s overflows %s (in %s)", const_print(c->a, x->val),
                             check_type_str(c, u), check_type_str(c, t));
        else
            *cause =
                arena_printf(c->a, "cannot convert %s to type %s (in %s)", check_operand_str(c, x),
                             check_type_str(c, u), check_type_str(c, t));
        return false;
    }
    return true;
}

void check_conversion(Checker *c, Operand *x, Type *t)
{
    bool const_arg = x->mode == MODE_CONST, ok = false;
    const char *cause = "";
    if (!type_valid(type_underlying(t)) || !type_valid(x->type)) {
        x->mode = MODE_INVALID;
        return;
    }
    if (const_arg && check_is_const_type(t)) {
        ok = const_convertible(c, x, t, &x->val);
        if (!ok && type_is(x->type, BF_INTEGER) && type_is(t, BF_INTEGER)) {
            check_error_at(c, x->expr, "constant %s overflows %s", const_print(c->a, x->val),
                           check_type_str(c, t));
            x->mode = MODE_INVALID;
            return;
        }
    } else if (const_arg && type_is_typeparam(t)) {
        ok = const_to_tparam(c, x, t, &cause);
        x->mode = MODE_VALUE; /* a type parameter's value is no constant */
    } else if (convertible(c, x, t, &cause)) {
        ok = true;
        x->mode = MODE_VALUE;
    }
    if (!ok) {
        const char *xs = check_operand_str(c, x), *ts = check_type_str(c, t);
        if (*cause)
            check_error_at(c, x->expr, "cannot convert %s to type %s: %s", xs, ts, cause);
        else
            check_error_at(c, x->expr, "cannot convert %s to type %s", xs, ts);
        x->mode = MODE_INVALID;
        return;
    }
    if (type_is_untyped(x->type)) {
        Type *final = t;
        if (x->type->basic.kind == BASIC_UNTYPED_NIL)
            ;
        else if (is_plain_interface(t) || (const_arg && !check_is_const_type(t)))
            final = type_default(x->type);
        else if (x->mode == MODE_CONST && type_is(x->type, BF_INTEGER) && all_string(c, t))
            final = x->type;
        check_update_expr_type(c, x->expr, final, true);
    }
    x->type = t;
}
