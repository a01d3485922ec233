/* The depth of trees: each builder calls these for the node's children. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef GOL_PARSER_DEPTH_H
#define GOL_PARSER_DEPTH_H

#include "parser/parser.h"

/* Reports "nested too deeply" once and stops the parser. */
void depth_exceeded(Parser *p, Pos pos);

static inline void depth_set(Parser *p, uint32_t *depth, uint32_t child, Pos pos)
{
    if (*depth <= child) {
        *depth = child + 1;
        if (*depth > AST_MAX_DEPTH) {
            depth_exceeded(p, pos);
        }
    }
}

static inline void depth_over(Parser *p, Expr *e, const Expr *child)
{
    if (child) {
        depth_set(p, &e->depth, child->depth, e->range.start);
    }
}

static inline void depth_over_all(Parser *p, Expr *e, const ExprVec *v)
{
    for (uint32_t i = 0; i < v->n; i++) {
        depth_over(p, e, v->p[i]);
    }
}

static inline void depth_over_fields(Parser *p, Expr *e, const FieldVec *v)
{
    for (uint32_t i = 0; i < v->n; i++) {
        depth_over(p, e, v->p[i]->type);
    }
}

static inline void depth_stmt(Parser *p, Stmt *s, const Expr *x)
{
    if (x) {
        depth_set(p, &s->depth, x->depth, s->range.start);
    }
}

static inline void depth_stmt_exprs(Parser *p, Stmt *s, const ExprVec *v)
{
    for (uint32_t i = 0; i < v->n; i++) {
        depth_stmt(p, s, v->p[i]);
    }
}

static inline void depth_stmt_stmt(Parser *p, Stmt *s, const Stmt *child)
{
    if (child) {
        depth_set(p, &s->depth, child->depth, s->range.start);
    }
}

static inline void depth_stmts(Parser *p, Stmt *s, const StmtVec *v)
{
    for (uint32_t i = 0; i < v->n; i++) {
        depth_stmt_stmt(p, s, v->p[i]);
    }
}

#endif
