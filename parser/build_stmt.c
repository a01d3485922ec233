/* Nodes of statements, and the checks on the heads of if, switch and for that Go's parser
 * makes.  Go spec, "Statements". */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parser/depth.h"
#include "parser/parser.h"

Stmt *mk_stmt(Parser *p, StmtKind kind, Pos start, Pos end)
{
    Stmt *s = ARENA_NEW(p->arena, Stmt);
    s->kind = kind;
    s->range = (Range){start, end};
    s->depth = 1;
    return s;
}

Stmt *mk_block(Parser *p, const LexToken *l, StmtVec stmts, const LexToken *r)
{
    Stmt *s = mk_stmt(p, STMT_BLOCK, l->start, r->end);
    s->block.stmts = stmts;
    s->block.rbrace = r->start;
    depth_stmts(p, s, &stmts);
    return s;
}

Stmt *mk_expr_stmt(Parser *p, Expr *x)
{
    Stmt *s = mk_stmt(p, STMT_EXPR, x->range.start, x->range.end);
    s->expr.x = x;
    depth_stmt(p, s, x);
    return s;
}

Stmt *mk_incdec(Parser *p, Expr *x, const LexToken *op)
{
    Stmt *s = mk_stmt(p, STMT_INCDEC, x->range.start, op->end);
    s->incdec.x = x;
    s->incdec.op = (Token)op->kind;
    depth_stmt(p, s, x);
    return s;
}

Stmt *mk_send(Parser *p, Expr *ch, const LexToken *arrow, Expr *value)
{
    Stmt *s = mk_stmt(p, STMT_SEND, ch->range.start, value->range.end);
    s->send.ch = ch;
    s->send.value = value;
    s->send.arrow = arrow->start;
    depth_stmt(p, s, ch);
    depth_stmt(p, s, value);
    return s;
}

Stmt *mk_assign(Parser *p, ExprVec lhs, const LexToken *op, ExprVec rhs)
{
    Stmt *s = mk_stmt(p, STMT_ASSIGN, lhs.p[0]->range.start, rhs.p[rhs.n - 1]->range.end);
    s->assign.lhs = lhs;
    s->assign.rhs = rhs;
    s->assign.op = (Token)op->kind;
    s->assign.op_pos = op->start;
    depth_stmt_exprs(p, s, &lhs);
    depth_stmt_exprs(p, s, &rhs);
    return s;
}

Stmt *mk_labeled(Parser *p, const LexToken *name, Stmt *stmt, const LexToken *colon, bool missing)
{
    if (!stmt) {
        if (missing) {
            syntax_error(p, (Range){colon->start, colon->end}, "missing statement after label");
        }
        stmt = mk_stmt(p, STMT_EMPTY, colon->end, colon->end);
    }
    Stmt *s = mk_stmt(p, STMT_LABELED, name->start, stmt->range.end);
    s->labeled.name = name->name;
    s->labeled.name_range = (Range){name->start, name->end};
    s->labeled.stmt = stmt;
    depth_stmt_stmt(p, s, stmt);
    return s;
}

Stmt *mk_call_stmt(Parser *p, const LexToken *kw, Expr *x)
{
    const char *word = token_text[kw->kind];
    Expr *call = expr_unparen(x);
    Stmt *s = mk_stmt(p, kw->kind == TOK_GO ? STMT_GO : STMT_DEFER, kw->start, x->range.end);
    if (call->kind == EXPR_BAD) {
        s->kind = STMT_BAD;
        return s;
    }
    if (call != x) {
        plain_error(p, x->range, "expression in %s must not be parenthesized", word);
    }
    s->go.call = call;
    depth_stmt(p, s, call);
    return s;
}

Stmt *mk_return(Parser *p, const LexToken *kw, ExprVec results)
{
    Stmt *s = mk_stmt(p, STMT_RETURN, kw->start,
                      results.n ? results.p[results.n - 1]->range.end : kw->end);
    s->ret.results = results;
    depth_stmt_exprs(p, s, &results);
    return s;
}

Stmt *mk_branch(Parser *p, const LexToken *kw, const LexToken *label)
{
    Stmt *s = mk_stmt(p, STMT_BRANCH, kw->start, label ? label->end : kw->end);
    s->branch.tok = (Token)kw->kind;
    if (label) {
        s->branch.label = label->name;
        s->branch.label_range = (Range){label->start, label->end};
    }
    return s;
}

/* ---- heads ---------------------------------------------------------------------------- */

/* An operand of "=" in a message, in parentheses where that makes the "=" stand out. */
static const char *emphasized(Parser *p, const Expr *x)
{
    const char *s = expr_string(p->arena, x);
    return x->kind == EXPR_BINARY ? arena_printf(p->arena, "(%s)", s) : s;
}

static const char *list_string(Parser *p, const ExprVec *v)
{
    if (v->n == 1) {
        return emphasized(p, v->p[0]);
    }
    const char *s = expr_string(p->arena, v->p[0]);
    for (uint32_t i = 1; i < v->n; i++) {
        s = arena_printf(p->arena, "%s, %s", s, expr_string(p->arena, v->p[i]));
    }
    return s;
}

/* A simple statement as Go's messages show it. */
static const char *stmt_string(Parser *p, const Stmt *s)
{
    switch (s->kind) {
    case STMT_ASSIGN:
        if (s->assign.op == TOK_ASSIGN) {
            return arena_printf(p->arena, "assignment %s = %s", list_string(p, &s->assign.lhs),
                                list_string(p, &s->assign.rhs));
        }
        return arena_printf(p->arena, "%s %s %s", list_string(p, &s->assign.lhs),
                            token_text[s->assign.op], list_string(p, &s->assign.rhs));
    case STMT_INCDEC:
        return arena_printf(p->arena, "%s%s", expr_string(p->arena, s->incdec.x),
                            token_text[s->incdec.op]);
    case STMT_SEND:
        return arena_printf(p->arena, "%s <- %s", expr_string(p->arena, s->send.ch),
                            expr_string(p->arena, s->send.value));
    default: return "statement";
    }
}

/* The condition or tag that the statement s must be. */
static Expr *as_value(Parser *p, Stmt *s)
{
    if (!s) {
        return NULL;
    }
    if (s->kind == STMT_EXPR) {
        return s->expr.x;
    }
    /* Go puts the message at the operator of an assignment. */
    Range r = s->range;
    if (s->kind == STMT_ASSIGN &&
        source_physical(s->assign.op_pos).line != source_physical(s->range.start).line) {
        r = range_at(s->assign.op_pos);
    }
    syntax_error(p, r, "cannot use %s as value", stmt_string(p, s));
    return mk_bad(p, s->range.start, s->range.end);
}

Stmt *mk_if(Parser *p, const LexToken *kw, Head *h, Stmt *then, Stmt *els)
{
    Stmt *s = mk_stmt(p, STMT_IF, kw->start, els ? els->range.end : then->range.end);
    s->if_.init = h->init;
    s->if_.cond = as_value(p, h->cond);
    if (!h->cond) {
        if (h->semi && h->semi->semi != SEMI_TYPED) {
            syntax_error(p, (Range){h->semi->start, h->semi->end},
                         "unexpected newline, expected { after if clause");
        } else {
            Pos at = h->semi ? h->semi->start : then->range.start;
            syntax_error(p, range_at(at), "missing condition in if statement");
        }
        s->if_.cond = mk_bad(p, then->range.start, then->range.start);
    }
    s->if_.then = then;
    s->if_.els = els;
    depth_stmt_stmt(p, s, h->init);
    depth_stmt(p, s, s->if_.cond);
    depth_stmt_stmt(p, s, then);
    depth_stmt_stmt(p, s, els);
    return s;
}

/* The y.(type) of `y.(type)` or `x := y.(type)`, which is thereby in its place; or NULL. */
static Expr *type_switch_guard(Parser *p, const Stmt *s)
{
    Expr *x = NULL;
    if (s && s->kind == STMT_EXPR) {
        x = s->expr.x;
    } else if (s && s->kind == STMT_ASSIGN && s->assign.op == TOK_DEFINE && s->assign.lhs.n == 1 &&
               s->assign.lhs.p[0]->kind == EXPR_IDENT && s->assign.rhs.n == 1) {
        x = s->assign.rhs.p[0];
    }
    if (!x || x->kind != EXPR_TYPE_ASSERT || x->type_assert.type) {
        return NULL;
    }
    return x;
}

Stmt *mk_switch(Parser *p, const LexToken *kw, Head *h, StmtVec clauses, const LexToken *r)
{
    Stmt *s = mk_stmt(p, STMT_SWITCH, kw->start, r->end);
    Expr *guard = type_switch_guard(p, h->cond);
    if (guard) {
        s->kind = STMT_TYPE_SWITCH;
        s->type_switch.init = h->init;
        s->type_switch.x = guard->type_assert.x;
        if (h->cond->kind == STMT_ASSIGN) {
            const Expr *name = h->cond->assign.lhs.p[0];
            s->type_switch.bind = name->ident.name;
            s->type_switch.bind_range = name->range;
        }
        s->type_switch.clauses = clauses;
        s->type_switch.rbrace = r->start;
    } else {
        s->switch_.init = h->init;
        s->switch_.tag = as_value(p, h->cond);
        s->switch_.clauses = clauses;
        s->switch_.rbrace = r->start;
        depth_stmt(p, s, s->switch_.tag);
    }
    depth_stmt_stmt(p, s, h->init);
    depth_stmt_stmt(p, s, h->cond);
    depth_stmts(p, s, &clauses);
    return s;
}

Stmt *mk_select(Parser *p, const LexToken *kw, StmtVec clauses, const LexToken *r)
{
    Stmt *s = mk_stmt(p, STMT_SELECT, kw->start, r->end);
    s->select.clauses = clauses;
    s->select.rbrace = r->start;
    depth_stmts(p, s, &clauses);
    return s;
}

Stmt *mk_for(Parser *p, const LexToken *kw, Head *h, Stmt *body)
{
    if (h->init && h->init->kind == STMT_RANGE) {
        Stmt *s = h->init;
        s->range = (Range){kw->start, body->range.end};
        s->range_.body = body;
        depth_stmt_stmt(p, s, body);
        return s;
    }
    Stmt *s = mk_stmt(p, STMT_FOR, kw->start, body->range.end);
    s->for_.init = h->init;
    s->for_.cond = as_value(p, h->cond);
    s->for_.post = h->post;
    s->for_.body = body;
    if (h->post && h->post->kind == STMT_ASSIGN && h->post->assign.op == TOK_DEFINE) {
        syntax_error(p, h->post->range, "cannot declare in post statement of for loop");
    }
    depth_stmt_stmt(p, s, h->init);
    depth_stmt(p, s, s->for_.cond);
    depth_stmt_stmt(p, s, h->post);
    depth_stmt_stmt(p, s, body);
    return s;
}

/* The head of a for over a range; mk_for adds the rest. */
Stmt *mk_range(Parser *p, const LexToken *kw, ExprVec lhs, const LexToken *op, Expr *x)
{
    Stmt *s = mk_stmt(p, STMT_RANGE, kw->start, x->range.end);
    s->range_.key = lhs.n > 0 ? lhs.p[0] : NULL;
    s->range_.value = lhs.n > 1 ? lhs.p[1] : NULL;
    s->range_.op = op ? (Token)op->kind : TOK_EOF;
    s->range_.x = x;
    if (lhs.n > 2 && !p->broken) { /* no error of syntax: checking goes on */
        diag_error(lhs.p[2]->range, "range clause permits at most two iteration variables");
    }
    depth_stmt_exprs(p, s, &lhs);
    depth_stmt(p, s, x);
    return s;
}

Stmt *mk_case(Parser *p, const LexToken *kw, ExprVec exprs, const LexToken *colon, StmtVec body)
{
    Stmt *s = mk_stmt(p, STMT_CASE, kw->start, body.n ? body.p[body.n - 1]->range.end : colon->end);
    s->clause.exprs = exprs;
    s->clause.is_default = kw->kind == TOK_DEFAULT;
    s->clause.body = body;
    s->clause.colon = colon->start;
    depth_stmt_exprs(p, s, &exprs);
    depth_stmts(p, s, &body);
    return s;
}

Stmt *mk_comm(Parser *p, const LexToken *kw, Stmt *comm, const LexToken *colon, StmtVec body)
{
    Stmt *s = mk_stmt(p, STMT_COMM, kw->start, body.n ? body.p[body.n - 1]->range.end : colon->end);
    s->comm.comm = comm;
    s->comm.body = body;
    s->comm.colon = colon->start;
    depth_stmt_stmt(p, s, comm);
    depth_stmts(p, s, &body);
    return s;
}

Stmt *mk_decl_stmt(Parser *p, const LexToken *kw, DeclVec specs)
{
    finish_group(p, kw, &specs);
    bool grouped = kw[1].kind == TOK_LPAREN;
    Pos end = grouped ? p->group_end : specs.n ? specs.p[specs.n - 1]->range.end : kw->end;
    Stmt *s = mk_stmt(p, STMT_DECL, kw->start, end);
    s->decl.decls = specs;
    for (uint32_t i = 0; i < specs.n; i++) {
        const Decl *d = specs.p[i];
        if (d->kind == DECL_TYPE) {
            depth_stmt(p, s, d->type.type);
        } else if (d->kind == DECL_CONST || d->kind == DECL_VAR) {
            depth_stmt(p, s, d->value.type);
            depth_stmt_exprs(p, s, &d->value.values);
        }
    }
    return s;
}
