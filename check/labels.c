/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels of one function body: Go spec, "Labeled statements", "Break statements",
 * "Continue statements", "Goto statements".  Blocks are walked in source order; a goto
 * whose label is not known yet is carried outwards until a block that declares it. */
#include "check/checker.h"

typedef struct Block {
    struct Block *outer;
    Pos start;
    Stmt *labeled; /* whose statement this block belongs to, or NULL */
} Block;

typedef struct Label {
    Stmt *stmt; /* STMT_LABELED */
    const Block *block;
} Label;

typedef VEC(Stmt *) Jumps;

typedef struct Labels {
    Checker *c;
    VEC(Label) all;
    bool backward;
} Labels;

/* What a statement list is walked with. */
typedef struct Walk {
    Labels *ls;
    Block *block;
    Jumps forward;  /* gotos whose label has not come yet */
    uint32_t nbad;  /* the first of these have a variable declaration behind them */
    Stmt *var_stmt; /* the last such declaration */
} Walk;

static Label *find(Labels *ls, const Name *name)
{
    for (uint32_t i = 0; i < ls->all.n; i++)
        if (ls->all.p[i].stmt->labeled.name == name)
            return &ls->all.p[i];
    return NULL;
}

static bool declare(Labels *ls, const Block *b, Stmt *s)
{
    Label *old = find(ls, s->labeled.name);
    if (old) {
        Pos pos = old->stmt->labeled.name_range.start;
        check_error(ls->c, s->labeled.name_range, "label %s already defined at %s",
                    s->labeled.name->s, check_place(ls->c->a, pos));
        return false;
    }
    vec_push(ls->c->a, &ls->all, ((Label){s, b}));
    return true;
}

/* "x, y": what a declaration declares, and where Go says it stands. */
static const char *declared_names(Arena *a, const Stmt *s, Pos *pos)
{
    const ExprVec *names = NULL;
    if (s->kind == STMT_ASSIGN) {
        names = &s->assign.lhs;
        *pos = s->assign.op_pos;
    } else {
        for (uint32_t i = 0; i < s->decl.decls.n; i++)
            if (s->decl.decls.p[i]->kind == DECL_VAR)
                names = &s->decl.decls.p[i]->value.names;
        *pos = names && names->n ? names->p[0]->range.start : s->range.start;
    }
    const char *text = "";
    for (uint32_t i = 0; names && i < names->n; i++)
        text = arena_printf(a, "%s%s%s", text, i ? ", " : "", expr_string(a, names->p[i]));
    return text;
}

static void resolve_forward(Walk *w, Stmt *s)
{
    uint32_t k = 0, bad = 0;
    for (uint32_t i = 0; i < w->forward.n; i++) {
        Stmt *jump = w->forward.p[i];
        if (jump->branch.label != s->labeled.name) {
            bad += i < w->nbad;
            w->forward.p[k++] = jump;
            continue;
        }
        jump->branch.target = s;
        s->labeled.used = true;
        if (i < w->nbad) {
            Pos pos;
            const char *names = declared_names(w->ls->c->a, w->var_stmt, &pos);
            check_error(w->ls->c, jump->branch.label_range,
                        "goto %s jumps over declaration of %s at %s", s->labeled.name->s, names,
                        check_place(w->ls->c->a, pos));
        }
    }
    w->forward.n = k;
    w->nbad = bad;
}

static void note_var(Walk *w, Stmt *s)
{
    w->var_stmt = s;
    w->nbad = w->forward.n;
}

static Jumps walk_list(Labels *ls, Block *outer, Pos start, Stmt *labeled, const StmtVec *list);

static void inner(Walk *w, Pos start, Stmt *labeled, const StmtVec *list)
{
    Jumps left = walk_list(w->ls, w->block, start, labeled, list);
    for (uint32_t i = 0; i < left.n; i++)
        vec_push(w->ls->c->a, &w->forward, left.p[i]);
}

static void inner_stmt(Walk *w, Stmt *labeled, Stmt *s)
{
    if (!s)
        return;
    if (s->kind == STMT_BLOCK) {
        inner(w, s->range.start, labeled, &s->block.stmts);
        return;
    }
    StmtVec one = {.p = &s, .n = 1, .cap = 1};
    inner(w, s->range.start, labeled, &one);
}

static void inner_clauses(Walk *w, Stmt *labeled, const StmtVec *clauses)
{
    for (uint32_t i = 0; i < clauses->n; i++) {
        Stmt *cl = clauses->p[i];
        if (cl->kind == STMT_CASE)
            inner(w, cl->range.start, labeled, &cl->clause.body);
        else if (cl->kind == STMT_COMM)
            inner(w, cl->range.start, labeled, &cl->comm.body);
    }
}

static void go_to(Walk *w, Stmt *s)
{
    Label *l = find(w->ls, s->branch.label);
    for (const Block *b = w->block; l && b; b = b->outer)
        if (l->block == b) { /* declared in this block or one around it */
            s->branch.target = l->stmt;
            l->stmt->labeled.used = true;
            w->ls->backward = true;
            return;
        }
    vec_push(w->ls->c->a, &w->forward, s);
}

/* break L, continue L: L labels a statement around this one, of the right kind. */
static void leave(Walk *w, Stmt *s)
{
    Checker *c = w->ls->c;
    const char *what = s->branch.tok == TOK_BREAK ? "break" : "continue";
    const Name *name = s->branch.label;
    Stmt *l = NULL;
    for (const Block *b = w->block; b && !l; b = b->outer)
        if (b->labeled && b->labeled->labeled.name == name)
            l = b->labeled;
    if (!l) {
        Label *other = find(w->ls, name);
        if (other) {
            other->stmt->labeled.used = true;
            check_error(c, s->branch.label_range, "invalid %s label %s", what, name->s);
        } else {
            check_error(c, s->branch.label_range, "%s label not defined: %s", what, name->s);
        }
        return;
    }
    l->labeled.used = true;
    Stmt *target = l->labeled.stmt;
    switch (target->kind) {
    case STMT_SWITCH:
    case STMT_TYPE_SWITCH:
    case STMT_SELECT:
        if (s->branch.tok == TOK_BREAK)
            break;
        goto invalid;
    case STMT_FOR:
    case STMT_RANGE: break;
    default: goto invalid;
    }
    s->branch.target = target;
    return;
invalid:
    check_error(c, s->branch.label_range, "invalid %s label %s", what, name->s);
}

static void walk_stmt(Walk *w, Stmt *s)
{
    Stmt *labeled = NULL;
    while (s && s->kind == STMT_LABELED) {
        labeled = NULL;
        if (s->labeled.name != name_blank) {
            if (declare(w->ls, w->block, s))
                resolve_forward(w, s);
            else
                s->labeled.used = true;
            labeled = s;
        }
        s = s->labeled.stmt;
    }
    if (!s)
        return;
    switch (s->kind) {
    case STMT_DECL:
        for (uint32_t i = 0; i < s->decl.decls.n; i++)
            if (s->decl.decls.p[i]->kind == DECL_VAR) {
                note_var(w, s);
                break;
            }
        break;
    case STMT_ASSIGN:
        if (s->assign.op == TOK_DEFINE)
            note_var(w, s);
        break;
    case STMT_BRANCH:
        if (!s->branch.label)
            break;
        if (s->branch.tok == TOK_GOTO)
            go_to(w, s);
        else
            leave(w, s);
        break;
    case STMT_BLOCK: inner_stmt(w, labeled, s); break;
    case STMT_IF:
        inner_stmt(w, labeled, s->if_.then);
        inner_stmt(w, labeled, s->if_.els);
        break;
    case STMT_SWITCH: inner_clauses(w, labeled, &s->switch_.clauses); break;
    case STMT_TYPE_SWITCH: inner_clauses(w, labeled, &s->type_switch.clauses); break;
    case STMT_SELECT: inner_clauses(w, labeled, &s->select.clauses); break;
    case STMT_FOR: inner_stmt(w, labeled, s->for_.body); break;
    case STMT_RANGE: inner_stmt(w, labeled, s->range_.body); break;
    default: break;
    }
}

/* Returns the gotos whose label the list does not declare. */
static Jumps walk_list(Labels *ls, Block *outer, Pos start, Stmt *labeled, const StmtVec *list)
{
    Block *b = ARENA_NEW(ls->c->a, Block); /* labels keep pointing at it */
    *b = (Block){outer, start, labeled};
    Walk w = {.ls = ls, .block = b};
    for (uint32_t i = 0; i < list->n; i++)
        walk_stmt(&w, list->p[i]);
    return w.forward;
}

bool check_labels(Checker *c, Stmt *body)
{
    Labels ls = {.c = c};
    Jumps left = walk_list(&ls, NULL, body->range.start, NULL, &body->block.stmts);
    for (uint32_t i = 0; i < left.n; i++) {
        Stmt *jump = left.p[i];
        Label *l = find(&ls, jump->branch.label);
        if (l) {
            l->stmt->labeled.used = true;
            check_error(c, jump->branch.label_range, "goto %s jumps into block starting at %s",
                        jump->branch.label->s, check_place(c->a, l->block->start));
        } else {
            check_error(c, jump->branch.label_range, "label %s not defined", jump->branch.label->s);
        }
    }
    for (uint32_t i = 0; i < ls.all.n; i++) {
        Stmt *s = ls.all.p[i].stmt;
        if (!s->labeled.used)
            check_error(c, s->labeled.name_range, "label %s defined and not used",
                        s->labeled.name->s);
    }
    return ls.backward;
}
