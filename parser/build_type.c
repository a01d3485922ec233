/* Nodes of types, and the sorting of parameter lists.  Go spec, "Types", "Function types". */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parser/depth.h"
#include "parser/parser.h"

Expr *mk_star(Parser *p, const LexToken *star, Expr *x)
{
    Expr *e = mk_expr(p, EXPR_STAR, star->start, x->range.end);
    e->star.x = x;
    depth_over(p, e, x);
    return e;
}

Expr *mk_array(Parser *p, const LexToken *l, Expr *len, Expr *elem)
{
    Expr *e = mk_expr(p, EXPR_ARRAY_TYPE, l->start, elem->range.end);
    e->array_type.len = len;
    e->array_type.elem = elem;
    depth_over(p, e, len);
    depth_over(p, e, elem);
    return e;
}

Expr *mk_dots(Parser *p, const LexToken *dots, Expr *elt)
{
    Expr *e = mk_expr(p, EXPR_ELLIPSIS, dots->start, elt ? elt->range.end : dots->end);
    e->ellipsis.elt = elt;
    depth_over(p, e, elt);
    return e;
}

Expr *mk_map(Parser *p, const LexToken *m, Expr *key, Expr *value)
{
    Expr *e = mk_expr(p, EXPR_MAP_TYPE, m->start, value->range.end);
    e->map_type.key = key;
    e->map_type.value = value;
    depth_over(p, e, key);
    depth_over(p, e, value);
    return e;
}

Expr *mk_chan(Parser *p, const LexToken *start, ChanDir dir, Expr *value)
{
    Expr *e = mk_expr(p, EXPR_CHAN_TYPE, start->start, value->range.end);
    e->chan_type.dir = dir;
    e->chan_type.value = value;
    depth_over(p, e, value);
    return e;
}

Expr *mk_struct(Parser *p, const LexToken *s, FieldVec fields, const LexToken *r)
{
    Expr *e = mk_expr(p, EXPR_STRUCT_TYPE, s->start, r->end);
    e->struct_type.fields = fields;
    depth_over_fields(p, e, &fields);
    return e;
}

Expr *mk_interface(Parser *p, const LexToken *i, FieldVec elems, const LexToken *r)
{
    Expr *e = mk_expr(p, EXPR_INTERFACE_TYPE, i->start, r->end);
    e->iface_type.elems = elems;
    depth_over_fields(p, e, &elems);
    return e;
}

Expr *mk_func_type(Parser *p, const LexToken *l, FieldVec params, const LexToken *r,
                   FieldVec results)
{
    Expr *e = mk_expr(p, EXPR_FUNC_TYPE, l->start, p->result_end ? p->result_end : r->end);
    e->func_type.params = finish_params(p, params, r->start, true);
    e->func_type.results = results;
    if (e->func_type.params.n) {
        const Field *last = e->func_type.params.p[e->func_type.params.n - 1];
        e->func_type.variadic = last->type->kind == EXPR_ELLIPSIS;
    }
    depth_over_fields(p, e, &e->func_type.params);
    depth_over_fields(p, e, &results);
    return e;
}

Field *mk_field(Parser *p, Expr *name, Expr *type, const LexToken *tag)
{
    Field *f = ARENA_NEW(p->arena, Field);
    f->range = name ? name->range : type->range;
    if (name) {
        vec_push(p->arena, &f->names, name);
    }
    f->type = type;
    if (type) {
        f->range.end = type->range.end;
    }
    if (tag) {
        f->tag = mk_lit(p, tag);
        f->range.end = tag->end;
        if (tag->kind != TOK_STRING && !tag->bad) {
            syntax_error(p, f->tag->range, "struct field tag must be a string");
        }
        if (f->tag->kind == EXPR_BAD || tag->kind != TOK_STRING) {
            f->tag = NULL;
        }
    }
    return f;
}

Field *mk_fields(Parser *p, const LexToken *first, ExprVec more, Expr *type, const LexToken *tag)
{
    Field *f = mk_field(p, mk_ident(p, first), type, tag);
    for (uint32_t i = 0; i < more.n; i++) {
        vec_push(p->arena, &f->names, more.p[i]);
    }
    return f;
}

Field *mk_embedded(Parser *p, Expr *type, const LexToken *tag)
{
    Field *f = mk_field(p, NULL, type, tag);
    f->embedded = true;
    return f;
}

Field *mk_array_field(Parser *p, const LexToken *name, const LexToken *l, ExprVec len,
                      const LexToken *r, Expr *elem, const LexToken *tag)
{
    if (len.n != 1 || (r - 1)->kind == TOK_COMMA) {
        syntax_error(p, (Range){len.p[len.n - 1]->range.end, r->end},
                     "unexpected comma; expected ]");
    }
    return mk_field(p, mk_ident(p, name), mk_array(p, l, len.p[0], elem), tag);
}

/* ---- parameter lists -------------------------------------------------------------------- */

static Expr *name_of(const Field *f)
{
    return f->names.n ? f->names.p[0] : NULL;
}

/* Gives every parameter a name and a type: a name without a type has the type of the one
 * after it.  Reports the first parameter from the left that lacks its name, or, where types
 * are what lacks, the end of the list. */
static void name_all(Parser *p, FieldVec list, uint32_t named, uint32_t typed, Pos close,
                     bool tparams)
{
    Range wrong = {NOPOS, NOPOS};
    Expr *type = NULL;
    for (uint32_t i = list.n; i-- > 0;) {
        Field *f = list.p[i];
        if (f->type) {
            type = f->type;
            if (!name_of(f)) {
                wrong = type->range;
                Expr *blank = mk_expr(p, EXPR_IDENT, wrong.start, wrong.start);
                blank->ident.name = name_blank;
                vec_push(p->arena, &f->names, blank);
            }
        } else if (type) {
            f->type = type;
        } else {
            wrong = name_of(f)->range;
            f->type = mk_bad(p, wrong.start, wrong.end);
        }
    }
    if (wrong.start == NOPOS) {
        return;
    }
    if (named == typed) { /* the last ones have no type */
        syntax_error(p, range_at(close), "%s",
                     tparams ? "missing type constraint" : "missing parameter type");
    } else if (tparams) {
        syntax_error(p, wrong, "missing type parameter name%s",
                     list.n == 1 ? " or invalid array length" : "");
    } else {
        syntax_error(p, wrong, "missing parameter name");
    }
}

/* `a, b int` arrives as two fields with the same type node; make it one. */
static FieldVec join_fields(Parser *p, FieldVec list)
{
    FieldVec out = {0};
    for (uint32_t i = 0; i < list.n; i++) {
        Field *f = list.p[i], *last = out.n ? out.p[out.n - 1] : NULL;
        if (last && f->names.n && last->names.n && last->type == f->type) {
            vec_push(p->arena, &last->names, f->names.p[0]);
        } else {
            vec_push(p->arena, &out, f);
        }
        out.p[out.n - 1]->range.end = f->type->range.end;
    }
    return out;
}

/* "..." is for the last parameter of a function, not for results and receivers. */
static void check_dots(Parser *p, FieldVec list, bool dots_ok)
{
    bool first = true;
    for (uint32_t i = 0; i < list.n; i++) {
        Field *f = list.p[i];
        if (f->type->kind != EXPR_ELLIPSIS || (dots_ok && i + 1 == list.n && f->names.n < 2)) {
            continue;
        }
        if (first) {
            plain_error(p, f->type->range, "%s",
                        dots_ok ? "can only use ... with final parameter" : "invalid use of ...");
        }
        first = false;
        f->type = f->type->ellipsis.elt;
    }
}

FieldVec finish_params(Parser *p, FieldVec list, Pos close, bool dots_ok)
{
    uint32_t named = 0, typed = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        typed += list.p[i]->type != NULL;
        named += list.p[i]->type && name_of(list.p[i]);
    }
    if (named == 0) { /* what stands alone is a type */
        for (uint32_t i = 0; i < list.n; i++) {
            Field *f = list.p[i];
            if (!f->type) {
                f->type = name_of(f);
                f->names.n = 0;
            }
        }
    } else if (named != list.n) {
        name_all(p, list, named, typed, close, false);
        list = join_fields(p, list);
    }
    check_dots(p, list, dots_ok);
    return list;
}

FieldVec finish_tparams(Parser *p, FieldVec list, Pos close)
{
    uint32_t named = 0, typed = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        typed += list.p[i]->type != NULL;
        named += list.p[i]->type && name_of(list.p[i]);
    }
    if (named != list.n) {
        name_all(p, list, named, typed, close, true);
        list = join_fields(p, list);
    }
    check_dots(p, list, false);
    return list;
}

Field *add_term(Parser *p, Field *f, const LexToken *op, Expr *term)
{
    if (!f->type) {
        f->type = name_of(f);
        f->names.n = 0;
    }
    f->type = mk_binary(p, f->type, op, term);
    f->range.end = term->range.end;
    return f;
}

ExprVec as_types(Parser *p, FieldVec list, Pos close)
{
    ExprVec v = {0};
    list = finish_params(p, list, close, false);
    for (uint32_t i = 0; i < list.n; i++) {
        if (list.p[i]->names.n) {
            syntax_error(p, list.p[i]->range, "expected type argument list");
        }
        vec_push(p->arena, &v, list.p[i]->type);
    }
    return v;
}
