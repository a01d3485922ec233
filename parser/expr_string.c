/* Expressions as source text in the form of Go's error messages: one line, bodies of
 * function literals and composite literals shortened to "…". */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parser/ast.h"

#include <string.h>

typedef struct Out {
    Arena *arena;
    VEC(char) s;
} Out;

static void put_n(Out *o, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        vec_push(o->arena, &o->s, s[i]);
    }
}

static void put(Out *o, const char *s)
{
    put_n(o, s, strlen(s));
}

static void put_expr(Out *o, const Expr *x);

static void put_list(Out *o, const ExprVec *v)
{
    for (uint32_t i = 0; i < v->n; i++) {
        put(o, i ? ", " : "");
        put_expr(o, v->p[i]);
    }
}

static void put_signature(Out *o, const Expr *f);

/* The fields of a parameter list, a struct or an interface. */
static void put_fields(Out *o, const FieldVec *fields, const char *sep, bool iface)
{
    for (uint32_t i = 0; i < fields->n; i++) {
        const Field *f = fields->p[i];
        put(o, i ? sep : "");
        put_list(o, &f->names);
        if (iface && f->names.n && f->type->kind == EXPR_FUNC_TYPE) { /* a method */
            put_signature(o, f->type);
            continue;
        }
        put(o, f->names.n && f->type ? " " : "");
        if (f->type) {
            put_expr(o, f->type);
        }
    }
}

static void put_signature(Out *o, const Expr *f)
{
    const FieldVec *res = &f->func_type.results;
    put(o, "(");
    put_fields(o, &f->func_type.params, ", ", false);
    put(o, ")");
    if (res->n == 0) {
        return;
    }
    put(o, " ");
    if (res->n == 1 && res->p[0]->names.n == 0) {
        put_expr(o, res->p[0]->type);
        return;
    }
    put(o, "(");
    put_fields(o, res, ", ", false);
    put(o, ")");
}

static void put_opt(Out *o, const Expr *x)
{
    if (x) {
        put_expr(o, x);
    }
}

static void put_expr(Out *o, const Expr *x)
{
    switch (x->kind) {
    case EXPR_BAD: put(o, "_"); break;
    case EXPR_IDENT: put_n(o, x->ident.name->s, x->ident.name->len); break;
    case EXPR_BASIC_LIT: put_n(o, x->lit.text, x->lit.len); break;
    case EXPR_COMPOSITE_LIT:
        put_opt(o, x->complit.type);
        put(o, x->complit.elts.n ? "{…}" : "{}");
        break;
    case EXPR_FUNC_LIT:
        put_expr(o, x->funclit.type);
        put(o, x->funclit.body->block.stmts.n ? " {…}" : " {}");
        break;
    case EXPR_PAREN:
        put(o, "(");
        put_expr(o, x->paren.x);
        put(o, ")");
        break;
    case EXPR_SELECTOR:
        put_expr(o, x->selector.x);
        put(o, ".");
        put_n(o, x->selector.name->s, x->selector.name->len);
        break;
    case EXPR_INDEX:
        put_expr(o, x->index.x);
        put(o, "[");
        put_list(o, &x->index.indices);
        put(o, "]");
        break;
    case EXPR_SLICE:
        put_expr(o, x->slice.x);
        put(o, "[");
        put_opt(o, x->slice.lo);
        put(o, ":");
        put_opt(o, x->slice.hi);
        if (x->slice.three) {
            put(o, ":");
            put_opt(o, x->slice.max);
        }
        put(o, "]");
        break;
    case EXPR_TYPE_ASSERT:
        put_expr(o, x->type_assert.x);
        put(o, ".(");
        if (x->type_assert.type) {
            put_expr(o, x->type_assert.type);
        } else {
            put(o, "type");
        }
        put(o, ")");
        break;
    case EXPR_CALL:
        put_expr(o, x->call.fun);
        put(o, "(");
        put_list(o, &x->call.args);
        put(o, x->call.ellipsis != NOPOS ? "...)" : ")");
        break;
    case EXPR_STAR:
        put(o, "*");
        put_expr(o, x->star.x);
        break;
    case EXPR_UNARY:
        put(o, token_text[x->unary.op]);
        put_expr(o, x->unary.x);
        break;
    case EXPR_BINARY:
        put_expr(o, x->binary.x);
        put(o, " ");
        put(o, token_text[x->binary.op]);
        put(o, " ");
        put_expr(o, x->binary.y);
        break;
    case EXPR_KEY_VALUE:
        put_expr(o, x->kv.key);
        put(o, ": ");
        put_expr(o, x->kv.value);
        break;
    case EXPR_ELLIPSIS:
        put(o, "...");
        put_opt(o, x->ellipsis.elt);
        break;
    case EXPR_ARRAY_TYPE:
        put(o, "[");
        put_opt(o, x->array_type.len);
        put(o, "]");
        put_expr(o, x->array_type.elem);
        break;
    case EXPR_STRUCT_TYPE:
        put(o, "struct{");
        put_fields(o, &x->struct_type.fields, "; ", false);
        put(o, "}");
        break;
    case EXPR_FUNC_TYPE:
        put(o, "func");
        put_signature(o, x);
        break;
    case EXPR_INTERFACE_TYPE:
        put(o, "interface{");
        put_fields(o, &x->iface_type.elems, "; ", true);
        put(o, "}");
        break;
    case EXPR_MAP_TYPE:
        put(o, "map[");
        put_expr(o, x->map_type.key);
        put(o, "]");
        put_expr(o, x->map_type.value);
        break;
    case EXPR_CHAN_TYPE: {
        const Expr *v = x->chan_type.value;
        put(o, x->chan_type.dir == CHAN_SEND   ? "chan<- "
               : x->chan_type.dir == CHAN_RECV ? "<-chan "
                                               : "chan ");
        if (x->chan_type.dir != CHAN_SEND && v->kind == EXPR_CHAN_TYPE &&
            v->chan_type.dir == CHAN_RECV) {
            put(o, "(");
            put_expr(o, v);
            put(o, ")");
        } else {
            put_expr(o, v);
        }
        break;
    }
    }
}

const char *expr_string(Arena *a, const Expr *x)
{
    Out o = {.arena = a};
    put_expr(&o, x);
    vec_push(a, &o.s, '\0');
    return o.s.p;
}
