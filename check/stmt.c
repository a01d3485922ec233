/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements and function bodies.  Function literals met on the way are checked at the end
 * of the statement they stand in, while its scope is still what they see.  Go spec,
 * "Statements". */
#include "check/checker.h"

enum { FALLTHROUGH_OK = 1, FINAL_CASE = 2, IN_TYPE_SWITCH = 4 };

/* ---- function bodies ------------------------------------------------------------------------ */

static int by_pos(const Object *a, const Object *b)
{
    return a->pos < b->pos ? -1 : a->pos > b->pos;
}

static void report_unused(Checker *c, uint32_t start)
{
    /* Few: sorted by insertion. */
    ObjectVec unused = {0};
    for (uint32_t i = start; i < c->locals.n; i++) {
        Object *v = c->locals.p[i];
        if (v->used || v->var.is_param || v->var.is_result || v->var.is_recv)
            continue;
        vec_push(c->a, &unused, v);
        for (uint32_t j = unused.n - 1; j > 0 && by_pos(unused.p[j - 1], unused.p[j]) > 0; j--) {
            Object *t = unused.p[j];
            unused.p[j] = unused.p[j - 1];
            unused.p[j - 1] = t;
        }
    }
    for (uint32_t i = 0; i < unused.n; i++) {
        Object *v = unused.p[i];
        check_error(c, (Range){v->pos, v->pos + v->name->len}, "declared and not used: %s",
                    v->name->s);
    }
}

void check_func_body(Checker *c, FuncInfo *fi, DeclInfo *decl, ConstVal *iota)
{
    Env saved = c->env;
    uint32_t locals = c->locals.n;
    c->env = (Env){.decl = decl, .scope = fi->scope, .iota = iota, .func = fi, .sig = fi->sig};
    check_stmt_list(c, 0, &fi->body->block.stmts);
    if (c->env.has_label && check_labels(c, fi->body)) {
        /* A goto backwards makes a loop of anything. */
        for (uint32_t i = locals; i < c->locals.n; i++)
            c->locals.p[i]->var.in_loop = true;
        fi->defer_in_loop |= fi->has_defer;
    }
    if (fi->sig->sig.results->tuple.vars.n > 0 && !check_is_terminating(c, fi->body, NULL)) {
        Pos p = fi->body->block.rbrace;
        check_error(c, (Range){p, p + 1}, "missing return");
    }
    report_unused(c, locals);
    c->locals.n = locals;
    c->env = saved;
}

/* ---- statement lists --------------------------------------------------------------------------- */

void check_stmt_list(Checker *c, unsigned ctxt, StmtVec *list)
{
    unsigned inner = ctxt & ~(unsigned)FALLTHROUGH_OK;
    uint32_t n = list->n;
    while (n > 0 && list->p[n - 1]->kind == STMT_EMPTY)
        n--; /* trailing empty statements do not matter to fallthrough */
    for (uint32_t i = 0; i < n; i++)
        check_stmt(c, inner | (i + 1 == n ? ctxt & FALLTHROUGH_OK : 0), list->p[i]);
}

static void block(Checker *c, unsigned ctxt, Stmt *s)
{
    check_open_scope(c, s->range);
    check_stmt_list(c, ctxt, &s->block.stmts);
    check_close_scope(c);
}

/* ---- simple statements ---------------------------------------------------------------------------- */

static void expr_stmt(Checker *c, Stmt *s)
{
    Operand x = {0};
    ExprUse use = check_raw_expr(c, NULL, &x, s->expr.x, NULL, false);
    const char *msg;
    if (x.mode == MODE_INVALID)
        return;
    if (x.mode == MODE_BUILTIN)
        msg = "must be called";
    else if (x.mode == MODE_TYPE)
        msg = "is not an expression";
    else if (use == USE_STATEMENT)
        return;
    else
        msg = "is not used";
    check_error_at(c, x.expr, "%s %s", check_operand_str(c, &x), msg);
}

static void go_defer(Checker *c, Stmt *s)
{
    const char *kw = s->kind == STMT_GO ? "go" : "defer";
    Expr *call = expr_unparen(s->go.call);
    if (s->kind == STMT_DEFER) {
        c->env.func->has_defer = true;
        c->env.func->ndefers++;
        c->env.func->defer_in_loop |= c->env.loop_depth > 0;
    }
    if (call->kind != EXPR_CALL) {
        if (call->kind != EXPR_BAD)
            check_error_at(c, s->go.call, "expression in %s must be function call", kw);
        check_use(c, s->go.call);
        return;
    }
    s->go.call = call;
    Operand x = {0};
    ExprUse use = check_raw_expr(c, NULL, &x, call, NULL, false);
    if (use == USE_STATEMENT || x.mode == MODE_INVALID)
        return;
    check_error_at(c, x.expr, "%s %s %s", kw,
                   use == USE_CONVERSION ? "requires function call, not conversion"
                                         : "discards result of",
                   check_operand_str(c, &x));
}

static void send_stmt(Checker *c, Stmt *s)
{
    Operand ch = {0}, val = {0};
    check_expr(c, &ch, s->send.ch);
    check_expr(c, &val, s->send.value);
    if (ch.mode == MODE_INVALID || val.mode == MODE_INVALID)
        return;
    Type *elem = check_chan_elem(c, s->range, &ch, false);
    if (elem)
        check_assignment(c, &val, elem, "send");
}

static void incdec_stmt(Checker *c, Stmt *s)
{
    Operand x = {0};
    check_expr(c, &x, s->incdec.x);
    if (x.mode == MODE_INVALID)
        return;
    if (!all_numeric(c, x.type)) {
        check_error_at(c, s->incdec.x, "invalid operation: %s%s (non-numeric type %s)",
                       check_expr_str(c, s->incdec.x), token_text[s->incdec.op],
                       check_type_str(c, x.type));
        return;
    }
    check_assign_var(c, s->incdec.x, NULL, &x, "assignment");
}

static void assign_stmt(Checker *c, Stmt *s)
{
    ExprVec *l = &s->assign.lhs, *r = &s->assign.rhs;
    if (s->assign.op == TOK_ASSIGN) {
        check_assign_vars(c, l, r);
        return;
    }
    if (s->assign.op == TOK_DEFINE) {
        check_short_var_decl(c, s);
        return;
    }
    if (l->n != 1 || r->n != 1) {
        check_error(c, s->range, "assignment operation %s requires single-valued expressions",
                    token_text[s->assign.op]);
        return;
    }
    Operand x = {0};
    Token op = token_of_assignment(s->assign.op);
    check_binary(c, &x, NULL, l->p[0], r->p[0], op);
    /* Reading x in x += 1 is a use of it, as Go counts. */
    check_assign_var(c, l->p[0], NULL, &x, "assignment");
    /* The right operand has the type of the left, but for shifts. */
    if (x.mode != MODE_INVALID && op != TOK_SHL && op != TOK_SHR)
        check_update_expr_type(c, r->p[0], x.type, true);
}

static void return_stmt(Checker *c, Stmt *s)
{
    Type *res = c->env.sig->sig.results;
    ObjectVec *vars = &res->tuple.vars;
    ExprVec *results = &s->ret.results;
    if (results->n == 0 && vars->n > 0 && vars->p[0]->name) {
        for (uint32_t i = 0; i < vars->n; i++) {
            Object *o = vars->p[i];
            if (!o->name || o->name == name_blank)
                continue;
            Object *alt = check_lookup(c, o->name, NULL);
            if (alt && alt != o) {
                Diag *d = check_error(c, s->range, "result parameter %s not in scope at return",
                                      o->name->s);
                check_note(d, alt->pos, "inner declaration of %s",
                           object_string(c->a, alt, c->pkg));
            }
        }
        return;
    }
    if (vars->n == 0 && results->n == 0)
        return;
    check_init_vars(c, vars->p, vars->n, results, s);
}

static void branch_stmt(Checker *c, unsigned ctxt, Stmt *s)
{
    if (s->branch.label) {
        c->env.has_label = true; /* labels.c */
        return;
    }
    switch (s->branch.tok) {
    case TOK_BREAK:
        s->branch.target = c->env.break_to;
        if (!s->branch.target)
            check_error(c, s->range, "break is not in a loop, switch, or select");
        break;
    case TOK_CONTINUE:
        s->branch.target = c->env.continue_to;
        if (!s->branch.target)
            check_error(c, s->range, "continue is not in a loop");
        break;
    case TOK_FALLTHROUGH:
        if (ctxt & FALLTHROUGH_OK)
            break;
        check_error(c, s->range,
                    ctxt & FINAL_CASE       ? "cannot fallthrough final case in switch"
                    : ctxt & IN_TYPE_SWITCH ? "cannot fallthrough in type switch"
                                            : "fallthrough statement out of place");
        break;
    default: break;
    }
}

static void condition(Checker *c, Expr *e, const char *what)
{
    Operand x = {0};
    check_expr(c, &x, e);
    if (x.mode == MODE_INVALID)
        return;
    if (type_valid(x.type) && !all_boolean(c, x.type)) {
        check_error_at(c, e, "non-boolean condition in %s statement", what);
        return;
    }
    /* An untyped bool is a bool. */
    if (type_is_untyped(x.type))
        check_convert_untyped(c, &x, type_basic[BASIC_BOOL]);
}

/* ---- switch ------------------------------------------------------------------------------------------ */

static void multiple_defaults(Checker *c, StmtVec *clauses, bool select)
{
    Stmt *first = NULL;
    for (uint32_t i = 0; i < clauses->n; i++) {
        Stmt *s = clauses->p[i];
        bool def = select ? !s->comm.comm : s->clause.is_default;
        if (!def)
            continue;
        if (first) {
            check_error(c, s->range, "multiple defaults (first at %s)",
                        check_place(c->a, first->range.start));
        } else {
            first = s;
        }
    }
}

static void case_values(Checker *c, Operand *x, ExprVec *values, ConstSet *seen)
{
    for (uint32_t i = 0; i < values->n; i++) {
        Operand v = {0};
        check_expr(c, &v, values->p[i]);
        if (x->mode == MODE_INVALID || v.mode == MODE_INVALID)
            continue;
        check_convert_untyped(c, &v, x->type);
        if (v.mode == MODE_INVALID)
            continue;
        Operand res = v, tag = *x;
        check_comparison(c, &res, &tag, TOK_EQL, true);
        if (res.mode == MODE_INVALID || v.mode != MODE_CONST)
            continue;
        ConstKind k = const_kind(v.val);
        if (k != CONST_INT && k != CONST_FLOAT && k != CONST_STRING)
            continue; /* as Go's compilers do */
        Pos prev;
        if (!check_constset_add(c, seen, v.val, v.type, values->p[i]->range.start, &prev)) {
            Diag *d = check_error_at(c, values->p[i], "duplicate case %s in expression switch",
                                     check_operand_str(c, &v));
            check_note(d, prev, "previous case");
        }
    }
}

static void switch_stmt(Checker *c, unsigned inner, Stmt *s)
{
    Operand x = {0};
    if (s->switch_.tag) {
        check_expr(c, &x, s->switch_.tag);
        check_assignment(c, &x, NULL, "switch expression");
        if (x.mode != MODE_INVALID && type_valid(x.type) && !check_comparable(c, x.type, true) &&
            !check_has_nil(c, x.type)) {
            check_error_at(c, x.expr, "cannot switch on %s (%s is not comparable)",
                           check_operand_str(c, &x), check_type_str(c, x.type));
            x.mode = MODE_INVALID;
        }
    } else {
        /* "A missing switch expression is equivalent to the boolean value true." */
        Expr *t = ARENA_NEW(c->a, Expr);
        t->kind = EXPR_IDENT;
        t->ident.name = intern_cstr("true");
        t->range = s->switch_.clauses.n ? s->switch_.clauses.p[0]->range
                                        : (Range){s->switch_.rbrace, s->switch_.rbrace};
        x = (Operand){.mode = MODE_CONST,
                      .expr = t,
                      .type = type_basic[BASIC_BOOL],
                      .val = const_bool(c->a, true)};
    }
    multiple_defaults(c, &s->switch_.clauses, false);
    ConstSet seen = {0};
    for (uint32_t i = 0; i < s->switch_.clauses.n; i++) {
        Stmt *cl = s->switch_.clauses.p[i];
        unsigned in = inner | (i + 1 < s->switch_.clauses.n ? FALLTHROUGH_OK : FINAL_CASE);
        case_values(c, &x, &cl->clause.exprs, &seen);
        check_open_scope(c, cl->range);
        check_stmt_list(c, in, &cl->clause.body);
        check_close_scope(c);
    }
}

static bool is_nil(Checker *c, Expr *e)
{
    e = expr_unparen(e);
    if (e->kind != EXPR_IDENT)
        return false;
    Object *o = check_lookup(c, e->ident.name, NULL);
    return o && o->kind == OBJ_NIL;
}

typedef struct SeenType {
    Type *t; /* NULL: nil */
    Expr *e;
} SeenType;
typedef VEC(SeenType) SeenTypes;

/* Checks the types of a clause; gives the type of its variable. */
static Type *case_types(Checker *c, Operand *x, ExprVec *types, SeenTypes *seen)
{
    Type *t = NULL;
    for (uint32_t i = 0; i < types->n; i++) {
        Expr *e = types->p[i];
        if (is_nil(c, e)) {
            Operand dummy = {0};
            t = NULL;
            check_expr(c, &dummy, e);
        } else {
            t = check_var_type(c, e);
            if (!type_valid(t))
                continue;
        }
        bool dup = false;
        for (uint32_t j = 0; j < seen->n && !dup; j++) {
            Type *o = seen->p[j].t;
            if ((!t && !o) || (t && o && type_identical(t, o))) {
                Diag *d = check_error_at(c, e, "duplicate case %s in type switch",
                                         t ? check_type_str(c, t) : "nil");
                check_note(d, seen->p[j].e->range.start, "previous case");
                dup = true;
            }
        }
        if (dup)
            continue;
        vec_push(c->a, seen, ((SeenType){t, e}));
        if (x && t)
            check_type_assertion(c, e, x, t, true);
    }
    if (types->n != 1 || !t)
        t = x ? x->type : type_basic[BASIC_INVALID];
    return t;
}

static void type_switch_stmt(Checker *c, unsigned inner, Stmt *s)
{
    const Name *bind = s->type_switch.bind;
    if (bind == name_blank) {
        check_error(c, s->type_switch.bind_range, "no new variable on left side of :=");
        bind = NULL;
    }
    Operand x = {0}, *sx = NULL;
    check_expr(c, &x, s->type_switch.x);
    if (x.mode != MODE_INVALID && type_valid(type_underlying(x.type))) {
        if (type_is_typeparam(x.type))
            check_error_at(c, x.expr, "cannot use type switch on type parameter value %s",
                           check_operand_str(c, &x));
        else if (type_is_interface(x.type))
            sx = &x;
        else
            check_error_at(c, x.expr, "%s is not an interface", check_operand_str(c, &x));
    }
    multiple_defaults(c, &s->type_switch.clauses, false);
    ObjectVec vars = {0};
    SeenTypes seen = {0};
    for (uint32_t i = 0; i < s->type_switch.clauses.n; i++) {
        Stmt *cl = s->type_switch.clauses.p[i];
        Type *t = case_types(c, sx, &cl->clause.exprs, &seen);
        check_open_scope(c, cl->range);
        if (bind) {
            Object *o = check_new_local(c, NULL, t);
            o->name = bind;
            o->pos = s->type_switch.bind_range.start;
            check_declare(c, c->env.scope, NULL, o, cl->clause.colon);
            cl->clause.tvar = o;
            vec_push(c->a, &vars, o);
        }
        check_stmt_list(c, inner | IN_TYPE_SWITCH, &cl->clause.body);
        check_close_scope(c);
    }
    if (!bind)
        return;
    /* The variables of all clauses count as one. */
    bool used = false;
    for (uint32_t i = 0; i < vars.n; i++) {
        used |= vars.p[i]->used;
        vars.p[i]->used = true;
    }
    if (!used)
        check_error(c, s->type_switch.bind_range, "%s declared and not used", bind->s);
}

/* ---- select, for --------------------------------------------------------------------------------- */

static bool valid_comm(Stmt *s)
{
    Expr *r = NULL;
    if (!s || s->kind == STMT_SEND)
        return true;
    if (s->kind == STMT_EXPR)
        r = s->expr.x;
    else if (s->kind == STMT_ASSIGN && s->assign.rhs.n == 1 && s->assign.lhs.n <= 2 &&
             (s->assign.op == TOK_ASSIGN || s->assign.op == TOK_DEFINE))
        r = s->assign.rhs.p[0];
    if (!r)
        return false;
    r = expr_unparen(r);
    return r->kind == EXPR_UNARY && r->unary.op == TOK_ARROW;
}

static void select_stmt(Checker *c, unsigned inner, Stmt *s)
{
    multiple_defaults(c, &s->select.clauses, true);
    for (uint32_t i = 0; i < s->select.clauses.n; i++) {
        Stmt *cl = s->select.clauses.p[i];
        if (!valid_comm(cl->comm.comm)) {
            check_error(c, cl->comm.comm->range,
                        "select case must be send or receive (possibly with assignment)");
            continue;
        }
        check_open_scope(c, cl->range);
        if (cl->comm.comm)
            check_stmt(c, inner, cl->comm.comm);
        check_stmt_list(c, inner, &cl->comm.body);
        check_close_scope(c);
    }
}

/* The i-th of the variables that the clause declares; NULL for what is none. */
static Object *clause_var(const Stmt *s, uint32_t i)
{
    const Expr *e = s->for_.init->assign.lhs.p[i];
    return e->kind == EXPR_IDENT && e->ident.obj && e->ident.obj->kind == OBJ_VAR ? e->ident.obj
                                                                                  : NULL;
}

static uint32_t clause_vars(const Stmt *s)
{
    const Stmt *init = s->for_.init;
    return init && init->kind == STMT_ASSIGN && init->assign.op == TOK_DEFINE ? init->assign.lhs.n
                                                                              : 0;
}

static void mark_in_post(const Stmt *s, bool in)
{
    for (uint32_t i = 0; i < clause_vars(s); i++) {
        Object *v = clause_var(s, i);
        if (v)
            v->var.in_post = in;
    }
}

static void for_stmt(Checker *c, unsigned inner, Stmt *s)
{
    check_open_scope(c, s->range);
    c->env.loop_depth++;
    if (s->for_.init)
        check_stmt(c, 0, s->for_.init);
    if (s->for_.cond)
        condition(c, s->for_.cond, "for");
    if (s->for_.post) {
        mark_in_post(s, true);
        check_stmt(c, 0, s->for_.post);
        mark_in_post(s, false);
    }
    check_stmt(c, inner, s->for_.body);
    c->env.loop_depth--;
    check_close_scope(c);
}

/* Whether the loop's variables need a copy of their own in each iteration. */
static void per_iteration(Stmt *s)
{
    for (uint32_t i = 0; i < clause_vars(s); i++) {
        const Object *v = clause_var(s, i);
        if (v && (v->var.captured || v->var.addr_taken))
            s->for_.vars_per_iteration = true;
    }
}

/* ---- the dispatch --------------------------------------------------------------------------------- */

static void stmt(Checker *c, unsigned ctxt, Stmt *s)
{
    unsigned inner = ctxt & ~(unsigned)(FALLTHROUGH_OK | FINAL_CASE | IN_TYPE_SWITCH);
    Stmt *brk = c->env.break_to, *cont = c->env.continue_to;
    switch (s->kind) {
    case STMT_BAD:
    case STMT_EMPTY: break;
    case STMT_DECL: check_decl_stmt(c, s); break;
    case STMT_LABELED:
        c->env.has_label = true;
        if (s->labeled.stmt)
            stmt(c, ctxt, s->labeled.stmt);
        break;
    case STMT_EXPR: expr_stmt(c, s); break;
    case STMT_SEND: send_stmt(c, s); break;
    case STMT_INCDEC: incdec_stmt(c, s); break;
    case STMT_ASSIGN: assign_stmt(c, s); break;
    case STMT_GO:
    case STMT_DEFER: go_defer(c, s); break;
    case STMT_RETURN:
        c->env.func->nreturns++;
        return_stmt(c, s);
        break;
    case STMT_BRANCH: branch_stmt(c, ctxt, s); break;
    case STMT_BLOCK: block(c, inner, s); break;
    case STMT_IF:
        check_open_scope(c, s->range);
        if (s->if_.init)
            check_stmt(c, 0, s->if_.init);
        if (s->if_.cond)
            condition(c, s->if_.cond, "if");
        if (s->if_.then)
            check_stmt(c, inner, s->if_.then);
        if (s->if_.els)
            check_stmt(c, inner, s->if_.els);
        check_close_scope(c);
        break;
    case STMT_SWITCH:
        c->env.break_to = s;
        check_open_scope(c, s->range);
        if (s->switch_.init)
            check_stmt(c, 0, s->switch_.init);
        switch_stmt(c, inner, s);
        check_close_scope(c);
        break;
    case STMT_TYPE_SWITCH:
        c->env.break_to = s;
        check_open_scope(c, s->range);
        if (s->type_switch.init)
            check_stmt(c, 0, s->type_switch.init);
        type_switch_stmt(c, inner, s);
        check_close_scope(c);
        break;
    case STMT_SELECT:
        c->env.break_to = s;
        select_stmt(c, inner, s);
        break;
    case STMT_FOR:
        c->env.break_to = c->env.continue_to = s;
        for_stmt(c, inner, s);
        break;
    case STMT_RANGE:
        c->env.break_to = c->env.continue_to = s;
        check_range_stmt(c, inner, s);
        break;
    case STMT_CASE:
    case STMT_COMM: break; /* only inside their statements */
    }
    c->env.break_to = brk;
    c->env.continue_to = cont;
}

void check_stmt(Checker *c, unsigned ctxt, Stmt *s)
{
    uint32_t top = c->delayed.n;
    stmt(c, ctxt, s);
    /* Literals first: they may capture what the loop must then copy. */
    check_process_delayed(c, top);
    while (s->kind == STMT_LABELED && s->labeled.stmt)
        s = s->labeled.stmt;
    if (s->kind == STMT_FOR)
        per_iteration(s);
}
