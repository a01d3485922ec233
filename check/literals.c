/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Literals: basic ones, function literals and composite literals with their elided types
 * and keys.  Go spec, "Basic literals", "Function literals", "Composite literals". */
#include "check/checker.h"

void check_basic_lit(Checker *c, Operand *x, Expr *e)
{
    BasicKind k;
    switch (e->lit.tok) {
    case TOK_INT: k = BASIC_UNTYPED_INT; break;
    case TOK_FLOAT: k = BASIC_UNTYPED_FLOAT; break;
    case TOK_IMAG: k = BASIC_UNTYPED_COMPLEX; break;
    case TOK_CHAR: k = BASIC_UNTYPED_RUNE; break;
    default: k = BASIC_UNTYPED_STRING; break;
    }
    bool number = k != BASIC_UNTYPED_STRING && k != BASIC_UNTYPED_RUNE;
    if (number && e->lit.len > 10000) {
        check_error_at(c, e, "excessively long constant: %.10s... (%u chars)", e->lit.text,
                       e->lit.len);
        return;
    }
    ConstVal *v = const_from_literal(c->a, e->lit.tok, e->lit.text, e->lit.len);
    if (const_kind(v) == CONST_UNKNOWN) {
        if (number)
            check_error_at(c, e, "malformed constant: %.*s", (int)e->lit.len, e->lit.text);
        else
            c->pkg->had_errors = true; /* the lexer has told */
        return;
    }
    x->mode = MODE_CONST;
    x->type = type_basic[k];
    x->val = v;
    x->expr = e;
    check_overflow(c, x, e->range);
}

/* ---- function literals ------------------------------------------------------------------ */

typedef struct LitBody {
    FuncInfo *fi;
    DeclInfo *decl;
    ConstVal *iota;
} LitBody;

static void lit_body(Checker *c, void *arg)
{
    LitBody *b = arg;
    check_func_body(c, b->fi, b->decl, b->iota);
}

void check_func_lit(Checker *c, Operand *x, Expr *e)
{
    if (e->funclit.info) {
        /* Evaluated again, after an error or in a repeated constant's declaration. */
        x->mode = MODE_VALUE;
        x->type = e->funclit.info->sig;
        return;
    }
    FuncInfo *fi = ARENA_NEW(c->a, FuncInfo);
    fi->lit = e;
    fi->outer = c->env.func;
    fi->pkg = c->pkg;
    fi->body = e->funclit.body;
    fi->sig = type_new(c->a, TYPE_SIGNATURE);
    Type *sig = check_func_type(c, fi->sig, e->funclit.type, NULL, fi);
    check_record_type(c, e->funclit.type, MODE_TYPE, sig, NULL);
    e->funclit.info = fi;
    if ((c->opt->bodies || c->env.func) && fi->body) {
        if (fi->outer)
            vec_push(c->a, &fi->outer->lits, fi);
        else
            vec_push(c->a, &c->tops, fi);
        /* Not at once: the literal may stand in a declaration that its body uses.  But
         * before the surrounding scope changes. */
        LitBody *b = ARENA_NEW(c->a, LitBody);
        *b = (LitBody){fi, c->env.decl, c->env.iota};
        check_later(c, lit_body, b);
    }
    x->mode = MODE_VALUE;
    x->type = sig;
}

/* ---- composite literals ------------------------------------------------------------------- */

static int field_index(Type *st, Package *pkg, const Name *name)
{
    if (name == name_blank)
        return -1;
    for (uint32_t i = 0; i < st->struct_.fields.n; i++) {
        Object *f = st->struct_.fields.p[i].var;
        if (f->name == name && (check_name_exported(name) || f->pkg == pkg))
            return (int)i;
    }
    return -1;
}

static void struct_keyed(Checker *c, Expr *e, Type *base, Type *st)
{
    uint32_t n = e->complit.elts.n;
    bool *visited = ARENA_ARRAY(c->a, bool, st->struct_.fields.n);
    for (uint32_t i = 0; i < n; i++) {
        Expr *elt = e->complit.elts.p[i];
        Operand x = {0};
        if (elt->kind != EXPR_KEY_VALUE) {
            check_error_at(c, elt, "mixture of field:value and value elements in struct literal");
            check_use(c, elt);
            continue;
        }
        Expr *key = elt->kv.key;
        int f = -1;
        if (key->kind == EXPR_IDENT)
            f = field_index(st, c->pkg, key->ident.name);
        check_expr(c, &x, elt->kv.value);
        if (key->kind != EXPR_IDENT) {
            check_error_at(c, elt, "invalid field name %s in struct literal",
                           check_expr_str(c, key));
            continue;
        }
        if (f < 0) {
            Object *alt = check_lookup_folded(c, st, key->ident.name);
            check_error_at(c, key, "%s", check_lookup_error(c, base, key->ident.name, alt, true));
            continue;
        }
        Object *field = st->struct_.fields.p[f].var;
        key->ident.obj = field;
        e->complit.elem_index[i] = f;
        check_assignment(c, &x, field->type, "struct literal");
        if (visited[f]) {
            check_error_at(c, elt, "duplicate field name %s in struct literal", key->ident.name->s);
            continue;
        }
        visited[f] = true;
    }
}

static void struct_plain(Checker *c, Expr *e, Type *base, Type *st)
{
    uint32_t n = e->complit.elts.n, nf = st->struct_.fields.n;
    for (uint32_t i = 0; i < n; i++) {
        Expr *elt = e->complit.elts.p[i];
        Operand x = {0};
        if (elt->kind == EXPR_KEY_VALUE) {
            check_error_at(c, elt, "mixture of field:value and value elements in struct literal");
            check_use(c, elt->kv.value);
            continue;
        }
        check_expr(c, &x, elt);
        if (i >= nf) {
            check_error_at(c, elt, "too many values in struct literal of type %s",
                           check_type_str(c, base));
            break;
        }
        Object *field = st->struct_.fields.p[i].var;
        e->complit.elem_index[i] = i;
        if (!check_name_exported(field->name) && field->pkg != c->pkg) {
            check_error_at(
                c, elt, "implicit assignment to unexported field %s in struct literal of type %s",
                field->name->s, check_type_str(c, base));
            continue;
        }
        check_assignment(c, &x, field->type, "struct literal");
    }
    if (n < nf)
        check_error(c, (Range){e->complit.rbrace, e->complit.rbrace},
                    "too few values in struct literal of type %s", check_type_str(c, base));
}

/* Elements of an array or slice; gives the length. */
static int64_t indexed_elts(Checker *c, Expr *e, Type *elem, int64_t length)
{
    int64_t index = 0, max = 0;
    uint32_t n = e->complit.elts.n;
    bool keyed = false;
    ConstSet seen = {0};
    for (uint32_t i = 0; i < n; i++) {
        Expr *elt = e->complit.elts.p[i], *val = elt;
        bool valid = false;
        if (elt->kind == EXPR_KEY_VALUE) {
            int64_t v;
            keyed = true;
            Type *t = check_index(c, elt->kv.key, length, &v);
            if (type_valid(t)) {
                if (v >= 0) {
                    index = v;
                    valid = true;
                } else {
                    check_error_at(c, elt, "index %s must be integer constant",
                                   check_expr_str(c, elt->kv.key));
                }
            }
            val = elt->kv.value;
        } else if (length >= 0 && index >= length) {
            check_error_at(c, elt, "index %lld is out of bounds (>= %lld)", (long long)index,
                           (long long)length);
        } else {
            valid = true;
        }
        /* Without keys there are no duplicates. */
        if (valid && keyed) {
            if (seen.n == 0)
                for (uint32_t j = 0; j < i; j++)
                    check_constset_add(c, &seen, const_int64(c->a, e->complit.elem_index[j]), NULL,
                                       NOPOS, NULL);
            if (!check_constset_add(c, &seen, const_int64(c->a, index), NULL, NOPOS, NULL))
                check_error_at(c, elt, "duplicate index %lld in array or slice literal",
                               (long long)index);
        }
        e->complit.elem_index[i] = index;
        index++;
        if (index > max)
            max = index;
        Operand x = {0};
        check_expr_hint(c, &x, val, elem);
        check_assignment(c, &x, elem, "array or slice literal");
    }
    return max;
}

static void map_elts(Checker *c, Expr *e, Type *m)
{
    bool iface = is_plain_interface(m->map.key);
    ConstSet seen = {0};
    for (uint32_t i = 0; i < e->complit.elts.n; i++) {
        Expr *elt = e->complit.elts.p[i];
        Operand x = {0};
        if (elt->kind != EXPR_KEY_VALUE) {
            check_error_at(c, elt, "missing key in map literal");
            check_use(c, elt);
            continue;
        }
        check_expr_hint(c, &x, elt->kv.key, m->map.key);
        check_assignment(c, &x, m->map.key, "map literal");
        if (x.mode == MODE_INVALID) {
            check_expr_hint(c, &x, elt->kv.value, m->map.elem);
            continue;
        }
        if (x.mode == MODE_CONST &&
            !check_constset_add(c, &seen, x.val, iface ? x.type : NULL, NOPOS, NULL)) {
            check_error_at(c, elt->kv.key, "duplicate key %s in map literal",
                           const_print(c->a, x.val));
            continue;
        }
        check_expr_hint(c, &x, elt->kv.value, m->map.elem);
        check_assignment(c, &x, m->map.elem, "map literal");
    }
}

void check_composite_lit(Checker *c, Operand *x, Expr *e, Type *hint)
{
    Type *typ, *base;
    bool is_elem = false, open = false;
    Expr *te = e->complit.type;
    if (te && te->kind == EXPR_ARRAY_TYPE && te->array_type.len &&
        te->array_type.len->kind == EXPR_ELLIPSIS) {
        /* [...]T: the length follows from the elements. */
        typ = type_new_array(c->a, check_var_type(c, te->array_type.elem), -1);
        base = typ;
        open = true;
    } else if (te) {
        typ = base = check_type(c, te);
    } else if (hint) {
        typ = base = hint;
        Type *u = check_common_under(c, base, NULL);
        if (u && u->kind == TYPE_POINTER)
            base = u->pointer.elem; /* *T implies &T{} */
        is_elem = true;
    } else {
        check_error_at(c, e, "missing type in composite literal");
        typ = base = type_basic[BASIC_INVALID];
    }
    const char *why = NULL;
    Type *u = type_valid(base) ? check_common_under(c, base, &why) : type_basic[BASIC_INVALID];
    e->complit.elem_index = NULL;
    uint32_t n = e->complit.elts.n;
    if (u && (u->kind == TYPE_STRUCT || u->kind == TYPE_ARRAY || u->kind == TYPE_SLICE)) {
        e->complit.elem_index = ARENA_ARRAY(c->a, int64_t, n + 1);
        for (uint32_t i = 0; i < n; i++)
            e->complit.elem_index[i] = -1;
    }
    switch (u ? u->kind : TYPE_BASIC) {
    case TYPE_STRUCT:
        e->complit.length = u->struct_.fields.n;
        if (n == 0)
            break;
        if (e->complit.elts.p[0]->kind == EXPR_KEY_VALUE)
            struct_keyed(c, e, base, u);
        else
            struct_plain(c, e, base, u);
        break;
    case TYPE_ARRAY: {
        int64_t len = indexed_elts(c, e, u->array.elem, u->array.len);
        if (u->array.len < 0)
            u->array.len = len;
        e->complit.length = u->array.len;
        if (open)
            check_record_type(c, te, MODE_TYPE, u, NULL);
        break;
    }
    case TYPE_SLICE: e->complit.length = indexed_elts(c, e, u->slice.elem, -1); break;
    case TYPE_MAP: map_elts(c, e, u); break;
    default:
        for (uint32_t i = 0; i < n; i++) {
            Expr *elt = e->complit.elts.p[i];
            check_use(c, elt->kind == EXPR_KEY_VALUE ? elt->kv.value : elt);
        }
        if (!u || type_valid(u)) {
            check_error_at(c, e, "invalid composite literal%s type %s%s", is_elem ? " element" : "",
                           check_type_str(c, typ), u ? "" : " (no common underlying type)");
            return;
        }
        if (!te && !hint)
            return;
    }
    x->mode = MODE_VALUE;
    x->type = typ;
}
