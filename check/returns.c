/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Terminating statements: Go spec, "Terminating statements". */
#include "check/checker.h"

static bool list_has_break(const StmtVec *list, const Name *label, bool implicit);

/* Whether s holds a break out of the statement under consideration: one that names label,
 * or, where implicit, one without a label. */
static bool has_break(Stmt *s, const Name *label, bool implicit)
{
    if (!s)
        return false;
    const StmtVec *clauses;
    switch (s->kind) {
    case STMT_LABELED: return has_break(s->labeled.stmt, label, implicit);
    case STMT_BRANCH:
        if (s->branch.tok != TOK_BREAK)
            return false;
        return s->branch.label ? s->branch.label == label : implicit;
    case STMT_BLOCK: return list_has_break(&s->block.stmts, label, implicit);
    case STMT_IF:
        return has_break(s->if_.then, label, implicit) || has_break(s->if_.els, label, implicit);
    case STMT_CASE: return list_has_break(&s->clause.body, label, implicit);
    case STMT_COMM: return list_has_break(&s->comm.body, label, implicit);
    case STMT_SWITCH: clauses = &s->switch_.clauses; break;
    case STMT_TYPE_SWITCH: clauses = &s->type_switch.clauses; break;
    case STMT_SELECT: clauses = &s->select.clauses; break;
    case STMT_FOR: return label && has_break(s->for_.body, label, false);
    case STMT_RANGE: return label && has_break(s->range_.body, label, false);
    default: return false;
    }
    return label && list_has_break(clauses, label, false);
}

static bool list_has_break(const StmtVec *list, const Name *label, bool implicit)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (has_break(list->p[i], label, implicit))
            return true;
    return false;
}

static bool list_terminates(Checker *c, const StmtVec *list)
{
    uint32_t n = list->n;
    while (n && list->p[n - 1]->kind == STMT_EMPTY) /* trailing ones do not count */
        n--;
    return n && check_is_terminating(c, list->p[n - 1], NULL);
}

static bool switch_terminates(Checker *c, const StmtVec *clauses, const Name *label)
{
    bool has_default = false;
    for (uint32_t i = 0; i < clauses->n; i++) {
        const Stmt *cl = clauses->p[i];
        has_default |= cl->clause.is_default;
        if (!list_terminates(c, &cl->clause.body) || list_has_break(&cl->clause.body, label, true))
            return false;
    }
    return has_default;
}

static bool is_panic(Expr *x)
{
    x = expr_unparen(x);
    return x->kind == EXPR_CALL && x->call.call_kind == CALL_BUILTIN &&
           x->call.builtin == BUILTIN_PANIC;
}

bool check_is_terminating(Checker *c, Stmt *s, const Name *label)
{
    switch (s->kind) {
    case STMT_LABELED: return check_is_terminating(c, s->labeled.stmt, s->labeled.name);
    case STMT_EXPR: return is_panic(s->expr.x);
    case STMT_RETURN: return true;
    case STMT_BRANCH: return s->branch.tok == TOK_GOTO || s->branch.tok == TOK_FALLTHROUGH;
    case STMT_BLOCK: return list_terminates(c, &s->block.stmts);
    case STMT_IF:
        return s->if_.els && check_is_terminating(c, s->if_.then, NULL) &&
               check_is_terminating(c, s->if_.els, NULL);
    case STMT_SWITCH: return switch_terminates(c, &s->switch_.clauses, label);
    case STMT_TYPE_SWITCH: return switch_terminates(c, &s->type_switch.clauses, label);
    case STMT_SELECT:
        for (uint32_t i = 0; i < s->select.clauses.n; i++) {
            const StmtVec *body = &s->select.clauses.p[i]->comm.body;
            if (!list_terminates(c, body) || list_has_break(body, label, true))
                return false;
        }
        return true;
    case STMT_FOR: return !s->for_.cond && !has_break(s->for_.body, label, true);
    case STMT_BAD: return true; /* no error after an error */
    default: return false;
    }
}
