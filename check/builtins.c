/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls of built-in functions, package unsafe's too.  Go spec, "Built-in functions",
 * "Package unsafe". */
#include "check/checker.h"

typedef struct Call {
    Expr *e;
    BuiltinId id;
    const char *name;
    OperandVec args; /* evaluated, except for make, new and Offsetof */
    uint32_t n;
} Call;

static const struct {
    const char *name;
    uint32_t nargs;
    bool variadic;
} builtins[] = {
#define X(k, s, n, v, st) [BUILTIN_##k] = {s, n, v},
    BUILTINS(X)
#undef X
};

static Expr *arg(Call *call, uint32_t i)
{
    return call->e->call.args.p[i];
}

static Type *array_ptr_deref(Type *t)
{
    if (t && t->kind == TYPE_POINTER) {
        Type *b = type_underlying(t->pointer.elem);
        if (b && b->kind == TYPE_ARRAY)
            return b;
    }
    return t;
}

static bool is_byte_slice(Type *u)
{
    return u->kind == TYPE_SLICE && type_identical(u->slice.elem, type_byte);
}

/* Whether x's types are all strings or byte slices, with a string among them. */
static bool bytes_or_string(Checker *c, Operand *x, bool *string)
{
    *string = false;
    if (x->mode == MODE_NIL)
        return false;
    TypeSet s = check_typeset(c, x->type);
    for (uint32_t i = 0; i < s.n; i++) {
        if (is_byte_slice(s.u[i]))
            continue;
        if (!type_is(s.u[i], BF_STRING))
            return false;
        *string = true;
    }
    return s.n > 0;
}

static Type *slice_elem(Checker *c, Operand *x, const char **why)
{
    TypeSet s = check_typeset(c, x->type);
    Type *e = NULL;
    if (s.n == 0)
        *why = arena_printf(c->a, "argument must be a slice; have %s", check_operand_str(c, x));
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.u[i]->kind != TYPE_SLICE) {
            *why = x->mode == MODE_NIL ? "argument must be a slice; have untyped nil"
                                       : arena_printf(c->a, "argument must be a slice; have %s",
                                                      check_operand_str(c, x));
            return NULL;
        }
        if (e && !type_identical(e, s.u[i]->slice.elem)) {
            *why = arena_printf(c->a, "mismatched slice element types %s and %s in %s",
                                check_type_str(c, e), check_type_str(c, s.u[i]->slice.elem),
                                check_operand_str(c, x));
            return NULL;
        }
        e = s.u[i]->slice.elem;
    }
    return e;
}

static bool do_append(Checker *c, Operand *x, Call *call)
{
    const char *why = "";
    Type *s = x->type, *e = slice_elem(c, x, &why);
    if (!e) {
        check_error_at(c, x->expr, "invalid append: %s", why);
        return false;
    }
    bool done = false;
    if (call->n == 2 && call->e->call.ellipsis != NOPOS) {
        Operand *y = call->args.p[1];
        bool string;
        if (check_assignable(c, x, type_new_slice(c->a, type_byte), NULL) &&
            bytes_or_string(c, y, &string) && string) {
            if (type_is_untyped(y->type))
                check_convert_untyped(c, y, type_basic[BASIC_STRING]);
            done = true;
        }
    }
    if (!done) {
        Object *ps[2] = {check_new_object(c, OBJ_VAR, NOPOS, NULL, s),
                         check_new_object(c, OBJ_VAR, NOPOS, NULL, type_new_slice(c->a, e))};
        Type *sig =
            type_new_signature(c->a, NULL, type_new_tuple(c->a, ps, 2), type_empty_tuple, true);
        TypeVec none = {0};
        check_arguments(c, call->e, sig, &none, NULL, &call->args, NULL);
    }
    x->mode = MODE_VALUE;
    x->type = s;
    return true;
}

static bool len_like(Checker *c, Operand *x, Call *call)
{
    bool len = call->id == BUILTIN_LEN;
    OperandMode mode = MODE_INVALID;
    ConstVal *val = NULL;
    TypeSet s = check_typeset(c, x->type);
    for (uint32_t i = 0; i < s.n; i++) {
        Type *t = array_ptr_deref(s.u[i]);
        OperandMode m = MODE_INVALID;
        switch (t->kind) {
        case TYPE_BASIC:
            if ((t->basic.flags & BF_STRING) && len) {
                m = MODE_VALUE;
                if (x->mode == MODE_CONST) {
                    size_t n = 0;
                    m = MODE_CONST;
                    if (const_kind(x->val) == CONST_STRING) {
                        const_string_val(x->val, &n);
                        val = const_int64(c->a, (int64_t)n);
                    } else {
                        val = const_unknown();
                    }
                }
            }
            break;
        case TYPE_ARRAY:
            m = MODE_VALUE;
            /* Constant if the argument has no calls or receives: it is not evaluated. */
            if (!c->env.has_call_or_recv && !type_is_typeparam(x->type)) {
                m = MODE_CONST;
                val = t->array.len >= 0 ? const_int64(c->a, t->array.len) : const_unknown();
            }
            break;
        case TYPE_SLICE:
        case TYPE_CHAN: m = MODE_VALUE; break;
        case TYPE_MAP:
            if (len)
                m = MODE_VALUE;
            break;
        default: break;
        }
        mode = m;
        if (m == MODE_INVALID)
            break;
    }
    if (mode == MODE_INVALID) {
        if (type_valid(type_underlying(x->type)))
            check_error_at(c, x->expr, "invalid argument: %s for built-in %s",
                           check_operand_str(c, x), call->name);
        return false;
    }
    if (mode == MODE_VALUE && type_is_untyped(x->type))
        check_convert_untyped(c, x, type_default(x->type));
    x->mode = mode;
    x->type = type_basic[BASIC_INT];
    x->val = val;
    return true;
}

static bool do_clear(Checker *c, Operand *x)
{
    TypeSet s = check_typeset(c, x->type);
    bool ok = s.n > 0;
    for (uint32_t i = 0; i < s.n; i++)
        ok &= s.u[i]->kind == TYPE_MAP || s.u[i]->kind == TYPE_SLICE;
    if (!ok) {
        check_error_at(
            c, x->expr,
            "invalid argument: cannot clear %s: argument must be (or constrained by) map or slice",
            check_operand_str(c, x));
        return false;
    }
    x->mode = MODE_NOVALUE;
    return true;
}

static bool do_close(Checker *c, Operand *x)
{
    TypeSet s = check_typeset(c, x->type);
    const char *what = s.n ? NULL : "non-channel";
    for (uint32_t i = 0; i < s.n && !what; i++) {
        if (s.u[i]->kind != TYPE_CHAN)
            what = "non-channel";
        else if (s.u[i]->chan.dir == CHAN_RECV)
            what = "receive-only channel";
    }
    if (what) {
        check_error_at(c, x->expr, "invalid operation: cannot close %s %s", what,
                       check_operand_str(c, x));
        return false;
    }
    x->mode = MODE_NOVALUE;
    return true;
}

static Type *basic_of(Type *t, BasicKind from1, BasicKind to1, BasicKind from2, BasicKind to2,
                      BasicKind from3, BasicKind to3)
{
    Type *u = type_underlying(t);
    if (!u || u->kind != TYPE_BASIC)
        return NULL;
    BasicKind k = u->basic.kind;
    return k == from1   ? type_basic[to1]
           : k == from2 ? type_basic[to2]
           : k == from3 ? type_basic[to3]
                        : NULL;
}

static void to_untyped_float(Checker *c, Operand *x)
{
    if (type_is(x->type, BF_NUMERIC) && const_kind(x->val) != CONST_UNKNOWN &&
        const_sign(const_imag(c->a, const_to_complex(c->a, x->val))) == 0)
        x->type = type_basic[BASIC_UNTYPED_FLOAT];
}

static bool do_complex(Checker *c, Operand *x, Call *call)
{
    Operand *y = call->args.p[1];
    bool ux = type_is_untyped(x->type), uy = type_is_untyped(y->type);
    if (ux && !uy) {
        check_convert_untyped(c, x, y->type);
    } else if (uy && !ux) {
        check_convert_untyped(c, y, x->type);
    } else if (ux && uy) {
        if (x->mode == MODE_CONST && y->mode == MODE_CONST) {
            to_untyped_float(c, x);
            to_untyped_float(c, y);
        } else {
            check_convert_untyped(c, x, type_basic[BASIC_FLOAT64]);
            check_convert_untyped(c, y, type_basic[BASIC_FLOAT64]);
        }
    }
    if (x->mode == MODE_INVALID || y->mode == MODE_INVALID)
        return false;
    if (!type_identical(x->type, y->type)) {
        check_error_at(c, x->expr, "invalid operation: %s (mismatched types %s and %s)",
                       check_expr_str(c, call->e), check_type_str(c, x->type),
                       check_type_str(c, y->type));
        return false;
    }
    Type *res = basic_of(x->type, BASIC_FLOAT32, BASIC_COMPLEX64, BASIC_FLOAT64, BASIC_COMPLEX128,
                         BASIC_UNTYPED_FLOAT, BASIC_UNTYPED_COMPLEX);
    if (!res) {
        check_error_at(c, x->expr,
                       "invalid argument: arguments have type %s, expected floating-point",
                       check_type_str(c, x->type));
        return false;
    }
    if (x->mode == MODE_CONST && y->mode == MODE_CONST) {
        if (const_kind(x->val) == CONST_UNKNOWN || const_kind(y->val) == CONST_UNKNOWN)
            x->val = const_unknown();
        else
            x->val =
                const_complex(c->a, const_to_float(c->a, x->val), const_to_float(c->a, y->val));
    } else {
        x->mode = MODE_VALUE;
    }
    x->type = res;
    return true;
}

static bool real_imag(Checker *c, Operand *x, Call *call)
{
    if (type_is_untyped(x->type)) {
        if (x->mode == MODE_CONST) {
            if (type_is(x->type, BF_NUMERIC))
                x->type = type_basic[BASIC_UNTYPED_COMPLEX];
        } else {
            check_convert_untyped(c, x, type_basic[BASIC_COMPLEX128]);
            if (x->mode == MODE_INVALID)
                return false;
        }
    }
    Type *res = basic_of(x->type, BASIC_COMPLEX64, BASIC_FLOAT32, BASIC_COMPLEX128, BASIC_FLOAT64,
                         BASIC_UNTYPED_COMPLEX, BASIC_UNTYPED_FLOAT);
    if (!res) {
        check_error_at(c, x->expr, "invalid argument: argument has type %s, expected complex type",
                       check_type_str(c, x->type));
        return false;
    }
    if (x->mode == MODE_CONST) {
        if (const_kind(x->val) != CONST_UNKNOWN) {
            ConstVal *v = const_to_complex(c->a, x->val);
            x->val = call->id == BUILTIN_REAL ? const_real(c->a, v) : const_imag(c->a, v);
        }
    } else {
        x->mode = MODE_VALUE;
    }
    x->type = res;
    return true;
}

static bool do_copy(Checker *c, Operand *x, Call *call)
{
    Operand *y = call->args.p[1];
    bool string, special = check_assignable(c, x, type_new_slice(c->a, type_byte), NULL) &&
                           x->mode != MODE_NIL && bytes_or_string(c, y, &string);
    if (!special) {
        const char *why = "";
        Type *d = slice_elem(c, x, &why);
        if (!d) {
            check_error_at(c, x->expr, "invalid copy: %s", why);
            return false;
        }
        Type *s = slice_elem(c, y, &why);
        if (!s) {
            if (!all_string(c, y->type)) {
                check_error_at(c, y->expr, "invalid copy: %s", why);
                return false;
            }
            s = type_byte;
        }
        if (!type_identical(d, s)) {
            check_error_at(
                c, x->expr,
                "invalid copy: arguments %s and %s have different element types %s and %s",
                check_operand_str(c, x), check_operand_str(c, y), check_type_str(c, d),
                check_type_str(c, s));
            return false;
        }
    }
    if (type_is_untyped(y->type))
        check_convert_untyped(c, y, type_default(y->type));
    x->mode = MODE_VALUE;
    x->type = type_basic[BASIC_INT];
    return true;
}

static bool do_delete(Checker *c, Operand *x, Call *call)
{
    TypeSet s = check_typeset(c, x->type);
    Type *key = NULL;
    bool ok = s.n > 0;
    for (uint32_t i = 0; i < s.n && ok; i++) {
        if (s.u[i]->kind != TYPE_MAP) {
            ok = false;
        } else if (key && !type_identical(key, s.u[i]->map.key)) {
            check_error_at(c, x->expr, "invalid argument: maps of %s must have identical key types",
                           check_operand_str(c, x));
            return false;
        } else {
            key = s.u[i]->map.key;
        }
    }
    if (!ok) {
        check_error_at(c, x->expr, "invalid argument: %s is not a map", check_operand_str(c, x));
        return false;
    }
    *x = *call->args.p[1];
    check_assignment(c, x, key, "argument to delete");
    if (x->mode == MODE_INVALID)
        return false;
    x->mode = MODE_NOVALUE;
    return true;
}

static bool do_make(Checker *c, Operand *x, Call *call)
{
    Expr *a0 = arg(call, 0);
    Type *t = check_var_type(c, a0);
    if (!type_valid(t)) {
        for (uint32_t i = 1; i < call->n; i++)
            check_use(c, arg(call, i));
        return false;
    }
    TypeSet s = check_typeset(c, t);
    const char *cause = s.n ? NULL : "no specific type";
    for (uint32_t i = 0; i < s.n && !cause; i++) {
        if (!type_valid(s.u[i]))
            return false;
        if (s.u[i]->kind != TYPE_SLICE && s.u[i]->kind != TYPE_MAP && s.u[i]->kind != TYPE_CHAN)
            cause = "type must be slice, map, or channel";
    }
    Type *u = cause ? NULL : check_common_under(c, t, &cause);
    if (!u) {
        check_error_at(c, a0, "invalid argument: cannot make %s: %s", check_expr_str(c, a0), cause);
        for (uint32_t i = 1; i < call->n; i++)
            check_use(c, arg(call, i));
        return false;
    }
    uint32_t min = u->kind == TYPE_SLICE ? 2 : 1;
    if (call->n < min || call->n > min + 1) {
        check_error_at(c, call->e, "invalid operation: %s expects %u or %u arguments; found %u",
                       check_expr_str(c, call->e), min, min + 1, call->n);
        return false;
    }
    int64_t sizes[2];
    uint32_t nsizes = 0;
    for (uint32_t i = 1; i < call->n; i++) {
        int64_t v;
        check_index(c, arg(call, i), -1, &v);
        if (v >= 0)
            sizes[nsizes++] = v;
    }
    if (nsizes == 2 && sizes[0] > sizes[1])
        check_error_at(c, arg(call, 1), "invalid argument: length and capacity swapped");
    x->mode = MODE_VALUE;
    x->type = t;
    return true;
}

static bool min_max(Checker *c, Operand *x, Call *call)
{
    Token op = call->id == BUILTIN_MAX ? TOK_GTR : TOK_LSS;
    for (uint32_t i = 0; i < call->args.n; i++) {
        Operand *a = call->args.p[i];
        if (a->mode == MODE_INVALID)
            return false;
        if (!all_ordered(c, a->type)) {
            check_error_at(c, a->expr, "invalid argument: %s cannot be ordered",
                           check_operand_str(c, a));
            return false;
        }
        if (i == 0)
            continue;
        check_match_types(c, x, a);
        if (x->mode == MODE_INVALID)
            return false;
        if (!type_identical(x->type, a->type)) {
            check_error_at(
                c, a->expr,
                "invalid argument: mismatched types %s (previous argument) and %s (type of %s)",
                check_type_str(c, x->type), check_type_str(c, a->type), check_expr_str(c, a->expr));
            return false;
        }
        if (x->mode == MODE_CONST && a->mode == MODE_CONST) {
            if (const_kind(x->val) == CONST_UNKNOWN || const_kind(a->val) == CONST_UNKNOWN)
                x->val = const_unknown();
            else if (const_compare(a->val, op, x->val))
                *x = *a;
        } else {
            x->mode = MODE_VALUE;
        }
    }
    if (x->mode != MODE_CONST) {
        x->mode = MODE_VALUE;
        check_assignment(c, x, type_any, arena_printf(c->a, "argument to built-in %s", call->name));
        if (x->mode == MODE_INVALID)
            return false;
    }
    for (uint32_t i = 0; i < call->args.n; i++)
        check_update_expr_type(c, call->args.p[i]->expr, x->type, true);
    return true;
}

/* new(T), and new(expr) with the value to start from. */
static bool do_new(Checker *c, Operand *x, Call *call)
{
    Expr *a = arg(call, 0);
    check_expr_or_type(c, x, a, false);
    check_exclude(c, x, 1u << MODE_NOVALUE | 1u << MODE_BUILTIN);
    if (x->mode == MODE_INVALID)
        return false;
    if (x->mode == MODE_TYPE) {
        check_valid_var_type(c, a, x->type);
    } else if (type_is_untyped(x->type)) {
        check_assignment(c, x, NULL, "argument to new");
        if (x->mode == MODE_INVALID)
            return false;
    }
    if (!type_valid(x->type))
        return false;
    x->mode = MODE_VALUE;
    x->type = type_new_pointer(c->a, x->type);
    x->val = NULL;
    return true;
}

static bool do_print(Checker *c, Operand *x, Call *call)
{
    const char *ctx = arena_printf(c->a, "argument to built-in %s", call->name);
    for (uint32_t i = 0; i < call->args.n; i++) {
        Operand *a = call->args.p[i];
        check_assignment(c, a, NULL, ctx);
        if (a->mode == MODE_INVALID)
            return false;
        TypeKind k = type_underlying(a->type)->kind;
        if (k == TYPE_STRUCT || k == TYPE_ARRAY) {
            Pos p = call->e->call.lparen;
            check_error(c, (Range){p, p + 1}, "illegal types for operand: print\n\t%s",
                        check_type_str(c, a->type));
            return false;
        }
    }
    x->mode = MODE_NOVALUE;
    return true;
}

/* ---- package unsafe -------------------------------------------------------------------------- */

/* Whether t's size depends on type parameters. */
static bool has_var_size(Type *t, int depth)
{
    if (type_is_typeparam(t))
        return true;
    Type *u = type_underlying(t);
    if (!u || depth > 100)
        return false;
    if (u->kind == TYPE_ARRAY)
        return has_var_size(u->array.elem, depth + 1);
    if (u->kind == TYPE_STRUCT)
        for (uint32_t i = 0; i < u->struct_.fields.n; i++)
            if (has_var_size(u->struct_.fields.p[i].var->type, depth + 1))
                return true;
    return false;
}

static bool size_align(Checker *c, Operand *x, Call *call)
{
    bool size = call->id == BUILTIN_UNSAFE_SIZEOF;
    check_assignment(c, x, NULL, size ? "argument to unsafe.Sizeof" : "argument to unsafe.Alignof");
    if (x->mode == MODE_INVALID || !type_valid(type_underlying(x->type)))
        return false;
    x->val = NULL;
    if (has_var_size(x->type, 0)) {
        x->mode = MODE_VALUE;
    } else {
        int64_t n = size ? type_size(x->type) : type_align(x->type);
        if (n < 0) {
            check_error_at(c, x->expr, "%s is too large", check_operand_str(c, x));
            return false;
        }
        x->mode = MODE_CONST;
        x->val = const_int64(c->a, n);
    }
    x->type = type_basic[BASIC_UINTPTR];
    return true;
}

static bool do_offsetof(Checker *c, Operand *x, Call *call)
{
    Expr *a = arg(call, 0), *sel = expr_unparen(a);
    if (sel->kind != EXPR_SELECTOR) {
        check_error_at(c, a, "invalid argument: %s is not a selector expression",
                       check_expr_str(c, a));
        check_use(c, a);
        return false;
    }
    check_expr(c, x, sel->selector.x);
    if (x->mode == MODE_INVALID)
        return false;
    Type *base = x->type, *u = type_underlying(base);
    if (u && u->kind == TYPE_POINTER) {
        Type *b = type_underlying(u->pointer.elem);
        if (b && b->kind == TYPE_STRUCT)
            base = u->pointer.elem;
    }
    const Name *name = sel->selector.name;
    LookupResult r = type_lookup_field_or_method(c->a, base, false, c->pkg, name);
    if (!r.obj) {
        check_error_at(c, x->expr, "invalid argument: %s has no single field %s",
                       check_type_str(c, base), name->s);
        return false;
    }
    if (r.obj->kind == OBJ_FUNC) {
        check_error_at(c, a, "invalid argument: %s is a method value", check_expr_str(c, a));
        return false;
    }
    if (r.indirect) {
        check_error_at(c, x->expr, "invalid argument: field %s is embedded via a pointer in %s",
                       name->s, check_type_str(c, base));
        return false;
    }
    Selection *s = ARENA_NEW(c->a, Selection);
    s->kind = SEL_FIELD;
    s->recv = base;
    s->obj = r.obj;
    s->index.p = r.index.p;
    s->index.n = r.index.n;
    s->type = r.obj->type;
    sel->selector.sel = s;
    check_record_type(c, sel, MODE_VAR, r.obj->type, NULL);
    if (a != sel)
        check_record_type(c, a, MODE_VAR, r.obj->type, NULL);
    x->val = NULL;
    if (has_var_size(base, 0)) {
        x->mode = MODE_VALUE;
    } else {
        int64_t off = 0;
        Type *t = base;
        for (uint32_t i = 0; i < r.index.n; i++) {
            Type *st = type_underlying(t);
            if (!st || st->kind != TYPE_STRUCT)
                return false;
            int64_t o = type_field_offset(st, (uint32_t)r.index.p[i]);
            if (o < 0 || off + o < 0) {
                check_error_at(c, x->expr, "%s is too large", check_operand_str(c, x));
                return false;
            }
            off += o;
            t = st->struct_.fields.p[r.index.p[i]].var->type;
        }
        x->mode = MODE_CONST;
        x->val = const_int64(c->a, off);
    }
    x->type = type_basic[BASIC_UINTPTR];
    return true;
}

static bool unsafe_call(Checker *c, Operand *x, Call *call)
{
    const char *what = NULL;
    Type *want = NULL, *res = NULL;
    Type *u = NULL;
    bool length = false, negative = false;
    switch (call->id) {
    case BUILTIN_UNSAFE_ADD:
        want = type_basic[BASIC_UNSAFE_POINTER];
        what = "argument to unsafe.Add";
        res = want;
        length = negative = true;
        break;
    case BUILTIN_UNSAFE_SLICE:
        u = check_common_under(c, x->type, NULL);
        if (!u || u->kind != TYPE_POINTER) {
            check_error_at(c, x->expr, "invalid argument: %s is not a pointer",
                           check_operand_str(c, x));
            return false;
        }
        res = type_new_slice(c->a, u->pointer.elem);
        length = true;
        break;
    case BUILTIN_UNSAFE_SLICEDATA:
        u = check_common_under(c, x->type, NULL);
        if (!u || u->kind != TYPE_SLICE) {
            check_error_at(c, x->expr, "invalid argument: %s is not a slice",
                           check_operand_str(c, x));
            return false;
        }
        res = type_new_pointer(c->a, u->slice.elem);
        break;
    case BUILTIN_UNSAFE_STRING:
        want = type_new_pointer(c->a, type_byte);
        what = "argument to unsafe.String";
        res = type_basic[BASIC_STRING];
        length = true;
        break;
    case BUILTIN_UNSAFE_STRINGDATA:
        want = type_basic[BASIC_STRING];
        what = "argument to unsafe.StringData";
        res = type_new_pointer(c->a, type_byte);
        break;
    default: return false;
    }
    if (want) {
        check_assignment(c, x, want, what);
        if (x->mode == MODE_INVALID)
            return false;
    }
    if (length && !check_valid_index(c, call->args.p[1], "length", negative))
        return false;
    x->mode = MODE_VALUE;
    x->type = res;
    return true;
}

/* ---- the dispatch ----------------------------------------------------------------------------- */

static bool dispatch(Checker *c, Operand *x, Call *call)
{
    switch (call->id) {
    case BUILTIN_APPEND: return do_append(c, x, call);
    case BUILTIN_CAP:
    case BUILTIN_LEN: return len_like(c, x, call);
    case BUILTIN_CLEAR: return do_clear(c, x);
    case BUILTIN_CLOSE: return do_close(c, x);
    case BUILTIN_COMPLEX: return do_complex(c, x, call);
    case BUILTIN_COPY: return do_copy(c, x, call);
    case BUILTIN_DELETE: return do_delete(c, x, call);
    case BUILTIN_IMAG:
    case BUILTIN_REAL: return real_imag(c, x, call);
    case BUILTIN_MAKE: return do_make(c, x, call);
    case BUILTIN_MAX:
    case BUILTIN_MIN: return min_max(c, x, call);
    case BUILTIN_NEW: return do_new(c, x, call);
    case BUILTIN_PANIC:
        check_assignment(c, x, type_any, "argument to panic");
        if (x->mode == MODE_INVALID)
            return false;
        x->mode = MODE_NOVALUE;
        return true;
    case BUILTIN_PRINT:
    case BUILTIN_PRINTLN: return do_print(c, x, call);
    case BUILTIN_RECOVER:
        if (c->env.func)
            c->env.func->has_recover = true;
        x->mode = MODE_VALUE;
        x->type = type_any;
        return true;
    case BUILTIN_UNSAFE_ALIGNOF:
    case BUILTIN_UNSAFE_SIZEOF: return size_align(c, x, call);
    case BUILTIN_UNSAFE_OFFSETOF: return do_offsetof(c, x, call);
    default: return unsafe_call(c, x, call);
    }
}

bool check_builtin(Checker *c, Operand *x, Expr *e, BuiltinId id)
{
    Call call = {.e = e, .id = id, .name = builtins[id].name};
    if (e->call.ellipsis != NOPOS && id != BUILTIN_APPEND) {
        check_error_at(c, e, "invalid operation: invalid use of ... with built-in %s", call.name);
        check_use_list(c, &e->call.args);
        return false;
    }
    /* len and cap of an array are constant if their argument has no calls or receives. */
    bool saved = c->env.has_call_or_recv, len = id == BUILTIN_LEN || id == BUILTIN_CAP;
    if (len)
        c->env.has_call_or_recv = false;
    if (id == BUILTIN_MAKE || id == BUILTIN_NEW || id == BUILTIN_UNSAFE_OFFSETOF) {
        call.n = e->call.args.n;
    } else {
        call.args = check_expr_list(c, &e->call.args);
        call.n = call.args.n;
        for (uint32_t i = 0; i < call.n; i++)
            if (call.args.p[i]->mode == MODE_INVALID) {
                if (len)
                    c->env.has_call_or_recv = saved;
                return false;
            }
        if (call.n > 0)
            *x = *call.args.p[0];
    }
    const char *msg = NULL;
    if (call.n < builtins[id].nargs)
        msg = "not enough";
    else if (!builtins[id].variadic && call.n > builtins[id].nargs)
        msg = "too many";
    bool ok = false;
    if (msg)
        check_error_at(c, e, "invalid operation: %s arguments for %s (expected %u, found %u)", msg,
                       check_expr_str(c, e), builtins[id].nargs, call.n);
    else
        ok = dispatch(c, x, &call);
    if (len)
        c->env.has_call_or_recv = saved;
    return ok;
}
