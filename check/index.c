/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Index and slice expressions.  Go spec, "Index expressions", "Slice expressions". */
#include "check/checker.h"

static Expr *single_index(Checker *c, Expr *e)
{
    if (e->index.indices.n == 0) {
        check_error_at(c, e, "missing index for %s", check_expr_str(c, e->index.x));
        return NULL;
    }
    if (e->index.indices.n > 1)
        check_error_at(c, e->index.indices.p[1], "invalid operation: more than one index");
    return e->index.indices.p[0];
}

static void map_index(Checker *c, Operand *x, Expr *e, Type *key, Type *elem)
{
    Expr *index = single_index(c, e);
    if (!index) {
        x->mode = MODE_INVALID;
        return;
    }
    Operand k = {0};
    check_expr(c, &k, index);
    check_assignment(c, &k, key, "map index");
    /* The element type is known whatever the index was. */
    x->mode = MODE_MAPINDEX;
    x->type = elem;
    x->expr = e;
}

/* What indexing a value of one underlying type gives. */
typedef struct Indexed {
    Type *key; /* of maps */
    Type *elem;
    int64_t len; /* -1: not known */
    OperandMode mode;
} Indexed;

static bool indexed(Operand *x, Type *u, Indexed *r)
{
    *r = (Indexed){.len = -1, .mode = MODE_VAR};
    switch (u->kind) {
    case TYPE_BASIC:
        if (!(u->basic.flags & BF_STRING))
            return false;
        if (x->mode == MODE_CONST && const_kind(x->val) == CONST_STRING) {
            size_t n;
            const_string_val(x->val, &n);
            r->len = (int64_t)n;
        }
        r->elem = type_byte;
        r->mode = MODE_VALUE;
        return true;
    case TYPE_ARRAY:
        r->elem = u->array.elem;
        r->len = u->array.len;
        r->mode = x->mode == MODE_VAR ? MODE_VAR : MODE_VALUE;
        return true;
    case TYPE_POINTER: {
        Type *b = type_underlying(u->pointer.elem);
        if (!b || b->kind != TYPE_ARRAY)
            return false;
        r->elem = b->array.elem;
        r->len = b->array.len;
        return true;
    }
    case TYPE_SLICE: r->elem = u->slice.elem; return true;
    case TYPE_MAP:
        r->key = u->map.key;
        r->elem = u->map.elem;
        return true;
    default: return false;
    }
}

/* Indexing a type parameter: all its types must agree. */
static bool indexed_set(Checker *c, Operand *x, Indexed *r)
{
    TypeSet s = check_typeset(c, x->type);
    for (uint32_t i = 0; i < s.n; i++) {
        Indexed one = {0};
        if (!indexed(x, s.u[i], &one))
            return false;
        if (i == 0) {
            *r = one;
            continue;
        }
        if (!one.key != !r->key || (one.key && !type_identical(one.key, r->key)) ||
            !type_identical(one.elem, r->elem))
            return false;
        if (one.len >= 0 && (r->len < 0 || one.len < r->len))
            r->len = one.len;
        if (one.mode == MODE_VALUE)
            r->mode = MODE_VALUE;
    }
    return s.n > 0;
}

bool check_index_expr(Checker *c, Operand *x, Expr *e)
{
    check_expr_or_type(c, x, e->index.x, true);
    if (x->mode == MODE_INVALID) {
        check_use_list(c, &e->index.indices);
        return false;
    }
    if (x->mode == MODE_TYPE) {
        x->mode = MODE_INVALID;
        x->type = check_var_type(c, e);
        if (type_valid(x->type))
            x->mode = MODE_TYPE;
        return false;
    }
    if (x->mode == MODE_VALUE && check_is_generic_sig(x->type))
        return true;
    check_non_generic(c, NULL, x);
    if (x->mode == MODE_INVALID)
        return false;

    Indexed r = {0};
    bool builtin = x->mode == MODE_BUILTIN;
    Type *u = type_underlying(x->type);
    bool ok = type_is_typeparam(x->type) ? indexed_set(c, x, &r) : indexed(x, u, &r);
    if (!ok) {
        if (builtin || type_valid(u))
            check_error(c, (Range){e->index.x->range.end, e->range.end}, "cannot index %s",
                        check_operand_str(c, x));
        check_use_list(c, &e->index.indices);
        x->mode = MODE_INVALID;
        return false;
    }
    if (r.key) {
        map_index(c, x, e, r.key, r.elem);
        return false;
    }
    Expr *index = single_index(c, e);
    if (!index) {
        x->mode = MODE_INVALID;
        return false;
    }
    x->mode = r.mode;
    x->type = r.elem ? r.elem : type_basic[BASIC_INVALID];
    int64_t v;
    check_index(c, index, r.len, &v);
    return false;
}

/* The type whose slicing rules apply to x, or NULL after reporting. */
static Type *sliceable(Checker *c, Operand *x)
{
    if (!type_is_typeparam(x->type))
        return type_underlying(x->type);
    TypeSet s = check_typeset(c, x->type);
    if (s.n == 0) {
        check_error_at(c, x->expr, "cannot slice %s: no specific type in %s",
                       check_operand_str(c, x), check_type_str(c, x->type));
        return NULL;
    }
    Type *cu = NULL, *ct = NULL;
    bool has_string = false;
    for (uint32_t i = 0; i < s.n; i++) {
        Type *u = s.u[i];
        if (type_is(u, BF_STRING)) {
            u = type_new_slice(c->a, type_byte);
            has_string = true;
        }
        if (!cu) {
            ct = s.t[i];
            cu = u;
        } else if (!type_identical(cu, u)) {
            check_error_at(c, x->expr, "cannot slice %s: %s and %s have different underlying types",
                           check_operand_str(c, x), check_type_str(c, ct),
                           check_type_str(c, s.t[i]));
            return NULL;
        }
    }
    return has_string ? type_basic[BASIC_STRING] : cu;
}

void check_slice_expr(Checker *c, Operand *x, Expr *e)
{
    Expr *idx[3] = {e->slice.lo, e->slice.hi, e->slice.max};
    check_expr(c, x, e->slice.x);
    if (x->mode == MODE_INVALID) {
        for (int i = 0; i < 3; i++)
            check_use(c, idx[i]);
        return;
    }
    Type *u = sliceable(c, x);
    if (!u) {
        x->mode = MODE_INVALID;
        return;
    }
    bool valid = false;
    int64_t length = -1;
    switch (u->kind) {
    case TYPE_BASIC:
        if (!(u->basic.flags & BF_STRING))
            break;
        if (e->slice.three) {
            check_error_at(c, e->slice.max ? e->slice.max : e,
                           "invalid operation: 3-index slice of string");
            x->mode = MODE_INVALID;
            return;
        }
        valid = true;
        if (x->mode == MODE_CONST && const_kind(x->val) == CONST_STRING) {
            size_t n;
            const_string_val(x->val, &n);
            length = (int64_t)n;
        }
        if (type_is_untyped(x->type)) {
            x->type = type_basic[BASIC_STRING];
            check_update_expr_type(c, e->slice.x, x->type, true);
        }
        break;
    case TYPE_ARRAY:
        valid = true;
        length = u->array.len;
        if (x->mode != MODE_VAR) {
            check_error_at(c, x->expr, "cannot slice unaddressable value %s",
                           check_operand_str(c, x));
            x->mode = MODE_INVALID;
            return;
        }
        check_mark_addr_taken(e->slice.x);
        x->type = type_new_slice(c->a, u->array.elem);
        break;
    case TYPE_POINTER: {
        Type *b = type_underlying(u->pointer.elem);
        if (b && b->kind == TYPE_ARRAY) {
            valid = true;
            length = b->array.len;
            x->type = type_new_slice(c->a, b->array.elem);
        }
        break;
    }
    case TYPE_SLICE: valid = true; break;
    default: break;
    }
    if (!valid) {
        if (type_valid(u))
            check_error_at(c, x->expr, "cannot slice %s", check_operand_str(c, x));
        for (int i = 0; i < 3; i++)
            check_use(c, idx[i]);
        x->mode = MODE_INVALID;
        return;
    }
    x->mode = MODE_VALUE;
    if (e->slice.three && (!idx[1] || !idx[2])) {
        x->mode = MODE_INVALID; /* the parser has told */
        return;
    }
    int64_t ind[3];
    for (int i = 0; i < 3; i++) {
        ind[i] = -1;
        if (idx[i]) {
            int64_t v;
            check_index(c, idx[i], length >= 0 ? length + 1 : -1, &v);
            ind[i] = v;
        } else if (i == 0) {
            ind[i] = 0;
        } else if (length >= 0) {
            ind[i] = length;
        }
    }
    /* Constant indices must be in order. */
    for (int i = 0; i < 2; i++) {
        if (ind[i] <= 0)
            continue;
        for (int j = i + 1; j < 3; j++)
            if (ind[j] >= 0 && ind[j] < ind[i] && idx[j]) {
                check_error_at(c, idx[j], "invalid slice indices: %lld < %lld", (long long)ind[j],
                               (long long)ind[i]);
                return;
            }
    }
}

Type *check_index(Checker *c, Expr *e, int64_t max, int64_t *val)
{
    Type *bad = type_basic[BASIC_INVALID];
    *val = -1;
    Operand x = {0};
    check_expr(c, &x, e);
    if (!check_valid_index(c, &x, "index", false))
        return bad;
    if (x.mode != MODE_CONST)
        return x.type;
    int64_t v;
    if (const_kind(x.val) == CONST_UNKNOWN || !const_int64_val(x.val, &v))
        return bad;
    if (max >= 0 && v >= max) {
        check_error_at(c, e, "invalid argument: index %s out of bounds [0:%lld]",
                       const_print(c->a, x.val), (long long)max);
        return bad;
    }
    *val = v;
    return x.type;
}

bool check_valid_index(Checker *c, Operand *x, const char *what, bool allow_negative)
{
    if (x->mode == MODE_INVALID)
        return false;
    check_convert_untyped(c, x, type_basic[BASIC_INT]);
    if (x->mode == MODE_INVALID)
        return false;
    if (!type_valid(x->type))
        return false;
    if (!all_integer(c, x->type)) {
        check_error_at(c, x->expr, "invalid argument: %s %s must be integer", what,
                       check_operand_str(c, x));
        return false;
    }
    if (x->mode == MODE_CONST) {
        if (const_kind(x->val) == CONST_UNKNOWN)
            return true;
        if (!allow_negative && const_sign(x->val) < 0) {
            check_error_at(c, x->expr, "invalid argument: %s %s must not be negative", what,
                           check_operand_str(c, x));
            return false;
        }
        if (!check_representable_const(c, x->val, type_basic[BASIC_INT], &x->val)) {
            check_error_at(c, x->expr, "invalid argument: %s %s overflows int", what,
                           check_operand_str(c, x));
            return false;
        }
    }
    return true;
}
