/* Nodes of expressions.  Every builder computes its node's range and the depth of the tree
 * below, and refuses trees that are too deep. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parser/parser.h"
#include "parser/depth.h"

Expr *mk_expr(Parser *p, ExprKind kind, Pos start, Pos end)
{
    Expr *e = ARENA_NEW(p->arena, Expr);
    e->kind = kind;
    e->range = (Range){start, end};
    e->depth = 1;
    return e;
}

Expr *mk_bad(Parser *p, Pos start, Pos end)
{
    return mk_expr(p, EXPR_BAD, start, end);
}

Expr *mk_ident(Parser *p, const LexToken *t)
{
    Expr *e = mk_expr(p, EXPR_IDENT, t->start, t->end);
    e->ident.name = t->name ? t->name : intern_cstr("."); /* import . "path" */
    return e;
}

Expr *mk_lit(Parser *p, const LexToken *t)
{
    if (t->bad) {
        return mk_bad(p, t->start, t->end);
    }
    Expr *e = mk_expr(p, EXPR_BASIC_LIT, t->start, t->end);
    e->lit.tok = (Token)t->kind;
    e->lit.text = p->src->text + (t->start - p->src->base);
    e->lit.len = t->end - t->start;
    return e;
}

Expr *mk_unary(Parser *p, const LexToken *op, Expr *x)
{
    Expr *e = mk_expr(p, EXPR_UNARY, op->start, x->range.end);
    e->unary.op = (Token)op->kind;
    e->unary.x = x;
    depth_over(p, e, x);
    return e;
}

/* `<-x`.  Where x is a channel type, the arrow is the type's: <-(chan T) was written
 * <-chan T, and in <-chan<- chan T each arrow moves one channel inwards.
 * Go spec, "Channel types". */
Expr *mk_receive(Parser *p, const LexToken *arrow, Expr *x)
{
    if (x->kind != EXPR_CHAN_TYPE) {
        return mk_unary(p, arrow, x);
    }
    ChanDir dir = CHAN_SEND;
    Expr *t = x;
    while (dir == CHAN_SEND && t->kind == EXPR_CHAN_TYPE) {
        dir = t->chan_type.dir;
        if (dir == CHAN_RECV) {
            syntax_error(p, t->range, "unexpected <-, expected chan");
        }
        t->chan_type.dir = CHAN_RECV;
        t = t->chan_type.value;
    }
    if (dir == CHAN_SEND) {
        syntax_error(p, t->range, "unexpected %s, expected chan", expr_string(p->arena, t));
    }
    x->range.start = arrow->start;
    return x;
}

Expr *mk_binary(Parser *p, Expr *x, const LexToken *op, Expr *y)
{
    Expr *e = mk_expr(p, EXPR_BINARY, x->range.start, y->range.end);
    e->binary.op = (Token)op->kind;
    e->binary.x = x;
    e->binary.y = y;
    e->binary.op_pos = op->start;
    depth_over(p, e, x);
    depth_over(p, e, y);
    return e;
}

Expr *mk_paren(Parser *p, const LexToken *l, Expr *x, const LexToken *r)
{
    Expr *e = mk_expr(p, EXPR_PAREN, l->start, r->end);
    e->paren.x = x;
    depth_over(p, e, x);
    return e;
}

Expr *mk_selector(Parser *p, Expr *x, const LexToken *name)
{
    Expr *e = mk_expr(p, EXPR_SELECTOR, x->range.start, name->end);
    e->selector.x = x;
    e->selector.name = name->name;
    e->selector.name_range = (Range){name->start, name->end};
    depth_over(p, e, x);
    return e;
}

Expr *mk_index(Parser *p, Expr *x, ExprVec indices, const LexToken *r)
{
    Expr *e = mk_expr(p, EXPR_INDEX, x->range.start, r->end);
    e->index.x = x;
    e->index.indices = indices;
    depth_over(p, e, x);
    depth_over_all(p, e, &indices);
    return e;
}

Expr *mk_slice(Parser *p, Expr *x, Expr *lo, Expr *hi, Expr *max, const LexToken *colon2,
               const LexToken *r)
{
    Expr *e = mk_expr(p, EXPR_SLICE, x->range.start, r->end);
    if (colon2 && !hi) {
        plain_error(p, (Range){colon2->start, colon2->end},
                    "middle index required in 3-index slice");
        hi = mk_bad(p, colon2->start, colon2->start);
    }
    if (colon2 && !max) {
        plain_error(p, (Range){r->start, r->end}, "final index required in 3-index slice");
        max = mk_bad(p, r->start, r->start);
    }
    e->slice.x = x;
    e->slice.lo = lo;
    e->slice.hi = hi;
    e->slice.max = max;
    e->slice.three = colon2 != NULL;
    depth_over(p, e, x);
    depth_over(p, e, lo);
    depth_over(p, e, hi);
    depth_over(p, e, max);
    return e;
}

Expr *mk_type_assert(Parser *p, Expr *x, Expr *type, const LexToken *r)
{
    Expr *e = mk_expr(p, EXPR_TYPE_ASSERT, x->range.start, r->end);
    e->type_assert.x = x;
    e->type_assert.type = type;
    depth_over(p, e, x);
    depth_over(p, e, type);
    return e;
}

Expr *mk_call(Parser *p, Expr *fun, const LexToken *l, ExprVec args, const LexToken *dots,
              const LexToken *r)
{
    Expr *e = mk_expr(p, EXPR_CALL, fun->range.start, r->end);
    e->call.fun = fun;
    e->call.args = args;
    e->call.ellipsis = dots ? dots->start : NOPOS;
    e->call.lparen = l->start;
    e->call.rparen = r->start;
    depth_over(p, e, fun);
    depth_over_all(p, e, &args);
    return e;
}

Expr *mk_complit(Parser *p, Expr *type, const LexToken *l, ExprVec elts, const LexToken *r)
{
    Expr *e = mk_expr(p, EXPR_COMPOSITE_LIT, type ? type->range.start : l->start, r->end);
    e->complit.type = type;
    e->complit.elts = elts;
    e->complit.lbrace = l->start;
    e->complit.rbrace = r->start;
    depth_over(p, e, type);
    depth_over_all(p, e, &elts);
    return e;
}

/* Must x be a value, whatever its names mean? */
static bool is_value(const Expr *x)
{
    switch (x->kind) {
    case EXPR_BASIC_LIT:
    case EXPR_COMPOSITE_LIT:
    case EXPR_FUNC_LIT:
    case EXPR_SLICE:
    case EXPR_TYPE_ASSERT:
    case EXPR_CALL:
    case EXPR_UNARY:
    case EXPR_BINARY: return true;
    case EXPR_PAREN: return is_value(x->paren.x);
    case EXPR_INDEX:
        return is_value(x->index.x) || (x->index.indices.n == 1 && is_value(x->index.indices.p[0]));
    default: return false;
    }
}

Expr *mk_complit_of(Parser *p, Expr *x, const LexToken *l, ExprVec elts, const LexToken *r)
{
    Expr *t = expr_unparen(x);
    switch (t->kind) {
    case EXPR_IDENT:
    case EXPR_SELECTOR:
    case EXPR_ARRAY_TYPE:
    case EXPR_STRUCT_TYPE:
    case EXPR_MAP_TYPE:
    case EXPR_BAD: break;
    case EXPR_INDEX:
        if (!is_value(t)) {
            break;
        }
        /* fall through */
    default: unexpected(p, l, " at end of statement"); return mk_bad(p, x->range.start, r->end);
    }
    if (t != x) {
        syntax_error(p, x->range, "cannot parenthesize type in composite literal");
    }
    return mk_complit(p, t, l, elts, r);
}

Expr *mk_kv(Parser *p, Expr *key, Expr *value)
{
    Expr *e = mk_expr(p, EXPR_KEY_VALUE, key->range.start, value->range.end);
    e->kv.key = key;
    e->kv.value = value;
    depth_over(p, e, key);
    depth_over(p, e, value);
    return e;
}

Expr *mk_func_lit(Parser *p, Expr *type, const LexToken *l, StmtVec body, const LexToken *r)
{
    Expr *e = mk_expr(p, EXPR_FUNC_LIT, type->range.start, r->end);
    e->funclit.type = type;
    e->funclit.body = mk_block(p, l, body, r);
    depth_over(p, e, type);
    depth_set(p, &e->depth, e->funclit.body->depth, e->range.start);
    return e;
}

Expr *expr_unparen(Expr *x)
{
    while (x->kind == EXPR_PAREN) {
        x = x->paren.x;
    }
    return x;
}
