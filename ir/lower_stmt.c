/* Statements: blocks, if, for, branches, return, go, defer, send.  Go spec, "Statements". */
#include "ir/lower_int.h"

Target *lo_push_target(Fn *fn, Stmt *s, IrBlock *brk, IrBlock *cont, const Name *label)
{
    Target *t = ARENA_NEW(fn->L->a, Target);
    *t = (Target){.up = fn->targets, .stmt = s, .brk = brk, .cont = cont, .label = label};
    fn->targets = t;
    return t;
}

void lo_stmts(Fn *fn, const StmtVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        lo_stmt(fn, v->p[i]);
}

static void if_stmt(Fn *fn, Stmt *s)
{
    if (s->if_.init)
        lo_stmt(fn, s->if_.init);
    IrBlock *then = lo_block(fn), *end = lo_block(fn);
    IrBlock *els = s->if_.els ? lo_block(fn) : end;
    lo_cond(fn, s->if_.cond, then, els);
    lo_start(fn, then);
    lo_stmt(fn, s->if_.then);
    if (s->if_.els) {
        lo_jump(fn, end);
        lo_start(fn, els);
        lo_stmt(fn, s->if_.els);
    }
    lo_start(fn, end);
}

/* The next iteration gets its own copies of the variables that closures or pointers hold.
 * Go spec, "For statements with for clause". */
static void copy_loop_vars(Fn *fn, Stmt *s)
{
    Stmt *init = s->for_.init;
    if (!s->for_.vars_per_iteration || !init || init->kind != STMT_ASSIGN ||
        init->assign.op != TOK_DEFINE)
        return;
    for (uint32_t i = 0; i < init->assign.lhs.n; i++) {
        Expr *x = init->assign.lhs.p[i];
        if (x->kind != EXPR_IDENT || x->ident.name == name_blank || !x->ident.obj)
            continue;
        Var *v = ptrmap_get(&fn->vars, x->ident.obj);
        if (!v || v->in_reg || v->stack)
            continue;
        Type *t = lo_subst(fn, x->ident.obj->type);
        IrOpnd fresh = lo_alloc(fn, t);
        Addr dst = lo_at(fresh, 0);
        dst.fresh = true;
        lo_move(fn, t, dst, lo_var_addr(v));
        lo_copy(fn, v->base.reg, fresh);
    }
}

static void for_stmt(Fn *fn, Stmt *s, const Name *label)
{
    if (s->for_.init)
        lo_stmt(fn, s->for_.init);
    IrBlock *head = lo_block(fn), *body = lo_block(fn), *cont = lo_block(fn), *end = lo_block(fn);
    lo_start(fn, head);
    if (s->for_.cond)
        lo_cond(fn, s->for_.cond, body, end);
    lo_start(fn, body);
    Target *up = fn->targets;
    lo_push_target(fn, s, end, cont, label);
    lo_stmt(fn, s->for_.body);
    fn->targets = up;
    lo_start(fn, cont);
    copy_loop_vars(fn, s);
    if (s->for_.post)
        lo_stmt(fn, s->for_.post);
    lo_jump(fn, head);
    lo_start(fn, end);
}

static IrBlock *label_block(Fn *fn, const Stmt *labeled)
{
    IrBlock *b = ptrmap_get(&fn->labels, labeled);
    if (!b) {
        b = lo_block(fn);
        ptrmap_put(fn->L->a, &fn->labels, labeled, b);
    }
    return b;
}

static void branch(Fn *fn, Stmt *s)
{
    switch (s->branch.tok) {
    case TOK_FALLTHROUGH: lo_jump(fn, fn->fall); return;
    case TOK_GOTO:
        if (fn->rf && lo_rf_branch(fn, s))
            return;
        lo_jump(fn, label_block(fn, s->branch.target));
        return;
    default: break;
    }
    bool is_break = s->branch.tok == TOK_BREAK;
    for (Target *t = fn->targets; t; t = t->up) {
        bool hit = s->branch.target
                       ? t->stmt == s->branch.target
                       : (s->branch.label ? t->label == s->branch.label : (is_break || t->cont));
        if (hit) {
            lo_jump(fn, is_break ? t->brk : t->cont);
            return;
        }
    }
    if (fn->rf && lo_rf_branch(fn, s))
        return;
    diag_ice("a branch without a target");
}

/* ---- return ------------------------------------------------------------------------------------ */

/* Deferred calls are seen to come from the return; where Go's compiler does not write them out
 * at each return, for there may be many, from the end of the function. */
static bool defers_at_return(const FuncInfo *info)
{
    enum { MAX_DEFERS = 8, MAX_CALLS = 15 };
    return !info->defer_in_loop && info->ndefers <= MAX_DEFERS &&
           info->ndefers * info->nreturns <= MAX_CALLS;
}

/* vals NULL: the current values of the result variables. */
void lo_return_values(Fn *fn, IrOpnd *vals, uint32_t n)
{
    uint32_t nr = fn->info->results.n;
    if (fn->is_body) {
        for (uint32_t i = 0; i < n && vals; i++)
            lo_var_set(fn, fn->results.p[i], vals[i]);
        if (!defers_at_return(fn->info))
            fn->pos = lo_end_pos(fn->info);
        lo_rt(fn, RT_run_defers, &fn->frame, 1);
        lo_ret(fn, NULL);
        return;
    }
    if (nr == 0) {
        lo_ret(fn, NULL);
        return;
    }
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, nr);
    for (uint32_t i = 0; i < nr; i++) {
        IrType *t = lo_type(lo_subst(fn, fn->info->results.p[i]->type));
        if (!vals) {
            v[i] = lo_var_get(fn, fn->results.p[i], t);
        } else {
            v[i] = vals[i];
            if (fn->results.n && !fn->results.p[i]->in_reg)
                lo_var_set(fn, fn->results.p[i], vals[i]); /* a closure may look */
        }
    }
    IrOpnd r = nr == 1 ? v[0] : lo_mk(fn, fn->f->result, v, nr);
    lo_ret(fn, &r);
}

void lo_return(Fn *fn, Stmt *s)
{
    ExprVec *r = &s->ret.results;
    FuncInfo *info = fn->info;
    uint32_t nr = info->results.n;
    if (fn->rf && lo_rf_return(fn, s))
        return;
    if (r->n == 0) {
        lo_return_values(fn, NULL, 0);
        return;
    }
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, nr + 1);
    if (r->n == 1 && nr > 1) {
        Type **t = ARENA_ARRAY(fn->L->a, Type *, nr);
        lo_multi(fn, r->p[0], v, t, nr);
        for (uint32_t i = 0; i < nr; i++)
            v[i] = lo_convert(fn, v[i], t[i], lo_subst(fn, info->results.p[i]->type));
    } else {
        bool calls = false;
        for (uint32_t i = 1; i < r->n; i++)
            calls |= lo_has_call(r->p[i]);
        for (uint32_t i = 0; i < r->n && calls; i++)
            lo_hoist(fn, r->p[i]);
        for (uint32_t i = 0; i < r->n; i++)
            v[i] = lo_expr_to(fn, r->p[i], lo_subst(fn, info->results.p[i]->type));
    }
    fn->pos = s->range.start;
    lo_return_values(fn, v, nr);
}

/* ---- the rest ------------------------------------------------------------------------------------- */

static void send(Fn *fn, Stmt *s)
{
    Type *ct = type_underlying(lo_typeof(fn, s->send.ch));
    if (lo_has_call(s->send.value)) {
        lo_hoist(fn, s->send.ch);
        lo_hoist(fn, s->send.value);
    }
    IrOpnd ch = lo_expr(fn, s->send.ch);
    IrOpnd v = lo_expr_to(fn, s->send.value, lo_subst(fn, ct->chan.elem));
    fn->pos = s->send.arrow ? s->send.arrow : s->range.start;
    Addr a = lo_spill(fn, v);
    lo_rt(fn, RT_chan_send, (IrOpnd[]){ch, a.base}, 2);
}

static void decl(Fn *fn, Stmt *s)
{
    for (uint32_t i = 0; i < s->decl.decls.n; i++)
        if (s->decl.decls.p[i]->kind == DECL_VAR)
            lo_var_decl(fn, s->decl.decls.p[i]);
}

static void labeled(Fn *fn, Stmt *s)
{
    lo_start(fn, label_block(fn, s));
    Stmt *x = s->labeled.stmt;
    if (!x)
        return;
    const Name *name = s->labeled.name;
    fn->pos = x->range.start;
    switch (x->kind) {
    case STMT_FOR: for_stmt(fn, x, name); break;
    case STMT_RANGE: lo_range(fn, x, name); break;
    case STMT_SWITCH: lo_switch(fn, x, name); break;
    case STMT_TYPE_SWITCH: lo_type_switch(fn, x, name); break;
    case STMT_SELECT: lo_select(fn, x, name); break;
    default: lo_stmt(fn, x); break;
    }
}

void lo_stmt(Fn *fn, Stmt *s)
{
    if (!s)
        return;
    fn->pos = s->range.start;
    diag_working_on(s->range.start);
    switch (s->kind) {
    case STMT_EMPTY: break;
    case STMT_DECL: decl(fn, s); break;
    case STMT_LABELED: labeled(fn, s); break;
    case STMT_EXPR: lo_effect(fn, s->expr.x); break;
    case STMT_SEND: send(fn, s); break;
    case STMT_INCDEC: lo_incdec(fn, s); break;
    case STMT_ASSIGN: lo_assign(fn, s); break;
    case STMT_GO: lo_go(fn, s); break;
    case STMT_DEFER: lo_defer(fn, s); break;
    case STMT_RETURN: lo_return(fn, s); break;
    case STMT_BRANCH: branch(fn, s); break;
    case STMT_BLOCK: lo_stmts(fn, &s->block.stmts); break;
    case STMT_IF: if_stmt(fn, s); break;
    case STMT_SWITCH: lo_switch(fn, s, NULL); break;
    case STMT_TYPE_SWITCH: lo_type_switch(fn, s, NULL); break;
    case STMT_SELECT: lo_select(fn, s, NULL); break;
    case STMT_FOR: for_stmt(fn, s, NULL); break;
    case STMT_RANGE: lo_range(fn, s, NULL); break;
    default: diag_ice("a statement of kind %d", (int)s->kind);
    }
}
