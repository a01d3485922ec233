/* range over functions: the body becomes a function that is called for each element.
 *
 *     for k, v := range f { body }
 *
 * is f(func(k, v) bool { body; return true }) with a state object beside it, {state, code},
 * that tells how the body was left.  A break, continue, goto or return that leads out stores
 * a code and returns false; behind the call the code is acted upon (and passed on, where that
 * is a body itself).  Values of `return` wait in a box of the outermost function.
 * Go spec, "For statements with range clause"; rewriting as cmd/compile's rangefunc has it. */
#include "ir/lower_int.h"

enum {
    RF_READY,
    RF_DONE = RT_RANGE_DONE,
    RF_PANIC = RT_RANGE_PANIC,
    RF_EXHAUSTED = RT_RANGE_EXHAUSTED,
    RF_MISSING_PANIC = RT_RANGE_MISSING_PANIC,
};
enum { CODE_NONE, CODE_RETURN, CODE_RETURN_BARE, CODE_BRANCH };

typedef struct RangeFunc {
    Stmt *s;
    Addr state, code; /* in the body's function */
    IrOpnd box;       /* ptr: results, in the body's function */
    VEC(Stmt *) exits;
    bool returns;
} RangeFunc;

/* ---- which variables a body uses ------------------------------------------------------------ */

typedef struct Walk {
    Lower *L;
    Stmt *loop; /* collect what is declared outside of it */
    ObjectVec *found;
    FuncInfo *info; /* prepare: handles each range over a function */
} Walk;

static void walk_stmt(Walk *w, Stmt *s);
static void walk_expr(Walk *w, Expr *e);

static void walk_exprs(Walk *w, const ExprVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        walk_expr(w, v->p[i]);
}

static void walk_stmts(Walk *w, const StmtVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        walk_stmt(w, v->p[i]);
}

static void use(Walk *w, Object *o)
{
    if (!w->found || !o || o->kind != OBJ_VAR || !o->var.owner)
        return;
    if (o->pos >= w->loop->range.start && o->pos < w->loop->range.end)
        return;
    for (uint32_t i = 0; i < w->found->n; i++)
        if (w->found->p[i] == o)
            return;
    vec_push(w->L->a, w->found, o);
}

static void walk_expr(Walk *w, Expr *e)
{
    if (!e || e->mode == MODE_TYPE)
        return;
    switch (e->kind) {
    case EXPR_IDENT: use(w, e->ident.obj); break;
    case EXPR_COMPOSITE_LIT: {
        Type *core = type_core(e->type);
        bool is_struct = core && core->kind == TYPE_STRUCT;
        for (uint32_t i = 0; i < e->complit.elts.n; i++) {
            Expr *x = e->complit.elts.p[i];
            if (x->kind == EXPR_KEY_VALUE && is_struct)
                walk_expr(w, x->kv.value);
            else
                walk_expr(w, x);
        }
        break;
    }
    case EXPR_FUNC_LIT:
        if (w->found)
            walk_stmt(w, e->funclit.body);
        break;
    case EXPR_PAREN: walk_expr(w, e->paren.x); break;
    case EXPR_SELECTOR:
        if (!e->selector.obj)
            walk_expr(w, e->selector.x);
        break;
    case EXPR_INDEX:
        walk_expr(w, e->index.x);
        walk_exprs(w, &e->index.indices);
        break;
    case EXPR_SLICE:
        walk_expr(w, e->slice.x);
        walk_expr(w, e->slice.lo);
        walk_expr(w, e->slice.hi);
        walk_expr(w, e->slice.max);
        break;
    case EXPR_TYPE_ASSERT: walk_expr(w, e->type_assert.x); break;
    case EXPR_CALL:
        walk_expr(w, e->call.fun);
        walk_exprs(w, &e->call.args);
        break;
    case EXPR_STAR: walk_expr(w, e->star.x); break;
    case EXPR_UNARY: walk_expr(w, e->unary.x); break;
    case EXPR_BINARY:
        walk_expr(w, e->binary.x);
        walk_expr(w, e->binary.y);
        break;
    case EXPR_KEY_VALUE:
        walk_expr(w, e->kv.key);
        walk_expr(w, e->kv.value);
        break;
    default: break;
    }
}

static bool is_range_func(Stmt *s)
{
    return s->range_.x->type && type_core(s->range_.x->type) &&
           type_core(s->range_.x->type)->kind == TYPE_SIGNATURE;
}

static void collect(Lower *L, Stmt *s, ObjectVec *out)
{
    Walk w = {.L = L, .loop = s, .found = out};
    walk_expr(&w, s->range_.key);
    walk_expr(&w, s->range_.value);
    walk_stmt(&w, s->range_.body);
}

static void walk_stmt(Walk *w, Stmt *s)
{
    if (!s)
        return;
    switch (s->kind) {
    case STMT_DECL:
        for (uint32_t i = 0; i < s->decl.decls.n; i++)
            if (s->decl.decls.p[i]->kind == DECL_VAR)
                walk_exprs(w, &s->decl.decls.p[i]->value.values);
        break;
    case STMT_LABELED: walk_stmt(w, s->labeled.stmt); break;
    case STMT_EXPR: walk_expr(w, s->expr.x); break;
    case STMT_SEND:
        walk_expr(w, s->send.ch);
        walk_expr(w, s->send.value);
        break;
    case STMT_INCDEC: walk_expr(w, s->incdec.x); break;
    case STMT_ASSIGN:
        walk_exprs(w, &s->assign.lhs);
        walk_exprs(w, &s->assign.rhs);
        break;
    case STMT_GO:
    case STMT_DEFER: walk_expr(w, s->go.call); break;
    case STMT_RETURN: walk_exprs(w, &s->ret.results); break;
    case STMT_BLOCK: walk_stmts(w, &s->block.stmts); break;
    case STMT_IF:
        walk_stmt(w, s->if_.init);
        walk_expr(w, s->if_.cond);
        walk_stmt(w, s->if_.then);
        walk_stmt(w, s->if_.els);
        break;
    case STMT_CASE:
        walk_exprs(w, &s->clause.exprs);
        walk_stmts(w, &s->clause.body);
        break;
    case STMT_SWITCH:
        walk_stmt(w, s->switch_.init);
        walk_expr(w, s->switch_.tag);
        walk_stmts(w, &s->switch_.clauses);
        break;
    case STMT_TYPE_SWITCH:
        walk_stmt(w, s->type_switch.init);
        walk_expr(w, s->type_switch.x);
        walk_stmts(w, &s->type_switch.clauses);
        break;
    case STMT_COMM:
        walk_stmt(w, s->comm.comm);
        walk_stmts(w, &s->comm.body);
        break;
    case STMT_SELECT: walk_stmts(w, &s->select.clauses); break;
    case STMT_FOR:
        walk_stmt(w, s->for_.init);
        walk_expr(w, s->for_.cond);
        walk_stmt(w, s->for_.post);
        walk_stmt(w, s->for_.body);
        break;
    case STMT_RANGE:
        if (w->info && is_range_func(s)) {
            ObjectVec used = {0};
            collect(w->L, s, &used);
            for (uint32_t i = 0; i < used.n; i++)
                used.p[i]->var.captured = true;
        }
        walk_expr(w, s->range_.key);
        walk_expr(w, s->range_.value);
        walk_expr(w, s->range_.x);
        walk_stmt(w, s->range_.body);
        break;
    default: break;
    }
}

/* Before a function is lowered: what the bodies of its ranges over functions use is captured. */
void lo_rf_prepare(Lower *L, FuncInfo *info)
{
    Walk w = {.L = L, .info = info};
    walk_stmt(&w, info->body);
}

/* ---- leaving the body --------------------------------------------------------------------------- */

static void leave(Fn *fn, int64_t code)
{
    RangeFunc *rf = fn->rf;
    lo_store(fn, rf->state, lo_i64(RF_DONE));
    lo_store(fn, rf->code, lo_i64(code));
    IrOpnd f = lo_bool(false);
    lo_ret(fn, &f);
}

bool lo_rf_branch(Fn *fn, Stmt *s)
{
    RangeFunc *rf = fn->rf;
    if (s->branch.tok == TOK_GOTO && s->branch.target) {
        Pos p = s->branch.target->range.start;
        if (p >= rf->s->range_.body->range.start && p < rf->s->range_.body->range.end)
            return false;
    }
    uint32_t i = 0;
    while (i < rf->exits.n && rf->exits.p[i] != s)
        i++;
    if (i == rf->exits.n)
        vec_push(fn->L->a, &rf->exits, s);
    leave(fn, CODE_BRANCH + (int64_t)i);
    return true;
}

/* The struct of the function's results in its box. */
static IrType *box_type(Fn *fn)
{
    IrType *t = lo_type(lo_subst(fn, type_underlying(fn->info->sig)->sig.results));
    return fn->info->results.n == 1 ? irt_struct(&t, 1) : t;
}

bool lo_rf_return(Fn *fn, Stmt *s)
{
    RangeFunc *rf = fn->rf;
    ExprVec *r = &s->ret.results;
    FuncInfo *info = fn->info;
    uint32_t nr = info->results.n;
    rf->returns = true;
    if (r->n == 0) {
        leave(fn, CODE_RETURN_BARE);
        return true;
    }
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, nr + 1);
    if (r->n == 1 && nr > 1) {
        Type **t = ARENA_ARRAY(fn->L->a, Type *, nr);
        lo_multi(fn, r->p[0], v, t, nr);
        for (uint32_t i = 0; i < nr; i++)
            v[i] = lo_convert(fn, v[i], t[i], lo_subst(fn, info->results.p[i]->type));
    } else {
        for (uint32_t i = 1; i < r->n; i++)
            if (lo_has_call(r->p[i])) {
                for (uint32_t j = 0; j < r->n; j++)
                    lo_hoist(fn, r->p[j]);
                break;
            }
        for (uint32_t i = 0; i < r->n; i++)
            v[i] = lo_expr_to(fn, r->p[i], lo_subst(fn, info->results.p[i]->type));
    }
    IrType *bt = box_type(fn);
    for (uint32_t i = 0; i < nr; i++)
        lo_store(fn, lo_at(rf->box, (int64_t)bt->offsets[i]), v[i]);
    leave(fn, CODE_RETURN);
    return true;
}

/* Behind the call, in the function around: acts on the code. */
static void dispatch(Fn *fn, RangeFunc *rf, IrOpnd code, IrOpnd box)
{
    if (rf->returns) {
        IrBlock *yes = lo_block(fn), *no = lo_block(fn);
        lo_br(fn, lo_op2(fn, IR_EQ, irt_bool, code, lo_i64(CODE_RETURN)), yes, no, 0);
        lo_start(fn, yes);
        if (fn->rf) {
            fn->rf->returns = true;
            leave(fn, CODE_RETURN);
        } else if (fn->info->results.n == 0) {
            lo_return_values(fn, NULL, 0);
        } else {
            uint32_t nr = fn->info->results.n;
            IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, nr);
            IrType *bt = box_type(fn);
            for (uint32_t i = 0; i < nr; i++)
                v[i] = lo_load(fn, bt->fields[i], lo_at(box, (int64_t)bt->offsets[i]));
            lo_return_values(fn, v, nr);
        }
        lo_start(fn, no);
        if (fn->info->results.n == 0 || fn->info->has_named_results) {
            yes = lo_block(fn);
            no = lo_block(fn);
            lo_br(fn, lo_op2(fn, IR_EQ, irt_bool, code, lo_i64(CODE_RETURN_BARE)), yes, no, 0);
            lo_start(fn, yes);
            if (fn->rf) {
                fn->rf->returns = true;
                leave(fn, CODE_RETURN_BARE);
            } else {
                lo_return_values(fn, NULL, 0);
            }
            lo_start(fn, no);
        }
    }
    for (uint32_t i = 0; i < rf->exits.n; i++) {
        IrBlock *yes = lo_block(fn), *no = lo_block(fn);
        lo_br(fn, lo_op2(fn, IR_EQ, irt_bool, code, lo_i64(CODE_BRANCH + (int64_t)i)), yes, no, 0);
        lo_start(fn, yes);
        lo_stmt(fn, rf->exits.p[i]);
        lo_start(fn, no);
    }
}

/* ---- the loop --------------------------------------------------------------------------------------- */

static bool wants(Expr *e)
{
    if (!e)
        return false;
    e = expr_unparen(e);
    return !(e->kind == EXPR_IDENT && e->ident.name == name_blank);
}

/* What the body's function captures besides variables. */
enum { CAP_STATE, CAP_BOX, CAP_FRAME, CAP_MAY, CAP_FIXED };

static void body_function(Fn *fn, Stmt *s, IrSym *sym, ObjectVec *used, IrType *env, RangeFunc *rf,
                          Type *yield, const Name *label)
{
    Lower *L = fn->L;
    Fn *b = lo_fn_new(L, sym, IRL_INTERNAL, irt_bool, s->range.start);
    b->info = fn->info;
    b->inst = fn->inst;
    b->name = fn->name;
    b->nlits = fn->nlits;
    b->is_literal = fn->is_literal;
    b->self = fn->self;
    b->rf = rf;
    b->outer = fn;
    b->f->is_closure = true;
    b->results.n = 0;
    ObjectVec *params = &type_underlying(yield)->sig.params->tuple.vars;
    IrOpnd *p = ARENA_ARRAY(L->a, IrOpnd, params->n + 1);
    for (uint32_t i = 0; i < params->n; i++)
        p[i] = lo_reg(b, lo_param(b, lo_type(lo_subst(fn, params->p[i]->type)), NULL));
    b->env = lo_reg(b, lo_param(b, irt_ptr, NULL));
    IrOpnd st = lo_load(b, irt_ptr, lo_at(b->env, (int64_t)env->offsets[1 + CAP_STATE]));
    rf->state = lo_at(st, 0);
    rf->code = lo_at(st, 8);
    rf->box = lo_load(b, irt_ptr, lo_at(b->env, (int64_t)env->offsets[1 + CAP_BOX]));
    if (fn->info->has_defer)
        b->frame = lo_load(b, irt_ptr, lo_at(b->env, (int64_t)env->offsets[1 + CAP_FRAME]));
    if (fn->has_may) {
        b->may = lo_load(b, irt_bool, lo_at(b->env, (int64_t)env->offsets[1 + CAP_MAY]));
        b->has_may = true;
    }
    for (uint32_t i = 0; i < used->n; i++) {
        Object *o = used->p[i];
        IrType *it = env->fields[1 + CAP_FIXED + i];
        Addr a = lo_at(b->env, (int64_t)env->offsets[1 + CAP_FIXED + i]);
        Var *v = ARENA_NEW(L->a, Var);
        ptrmap_put(L->a, &b->vars, o, v);
        if (lo_capture_by_ref(fn, o)) {
            v->base = lo_load(b, irt_ptr, a);
        } else if (lo_has_array(it)) {
            v->base = a.base;
            v->off = a.off;
        } else {
            v->in_reg = true;
            v->reg = ir_reg_new(L->m, b->f, it, o->name);
            lo_copy(b, v->reg, lo_load(b, it, a));
        }
    }
    IrOpnd now = lo_load(b, irt_i64, rf->state);
    IrBlock *ready = lo_block(b), *bad = lo_block(b), *brk = lo_block(b), *cont = lo_block(b);
    lo_br(b, lo_op2(b, IR_EQ, irt_bool, now, lo_i64(RF_READY)), ready, bad, 1);
    lo_start(b, bad);
    bad->cold = true;
    lo_rt(b, RT_panic_range, &now, 1);
    lo_start(b, ready);
    lo_store(b, rf->state, lo_i64(RF_PANIC));
    bool def = s->range_.op == TOK_DEFINE;
    if (wants(s->range_.key))
        lo_assign_value(b, s->range_.key, def, p[0], lo_subst(fn, params->p[0]->type));
    if (wants(s->range_.value))
        lo_assign_value(b, s->range_.value, def, p[1], lo_subst(fn, params->p[1]->type));
    lo_push_target(b, s, brk, cont, label);
    lo_stmt(b, s->range_.body);
    lo_start(b, cont);
    lo_store(b, rf->state, lo_i64(RF_READY));
    IrOpnd t = lo_bool(true);
    lo_ret(b, &t);
    lo_start(b, brk);
    leave(b, CODE_NONE);
    lo_fn_finish(b);
}

void lo_range_func(Fn *fn, Stmt *s, const Name *label)
{
    Lower *L = fn->L;
    Type *ft = lo_typeof(fn, s->range_.x);
    Type *yield = lo_subst(fn, type_underlying(ft)->sig.params->tuple.vars.p[0]->type);
    IrOpnd f = lo_save(fn, lo_expr(fn, s->range_.x));
    fn->pos = s->range.start;
    RangeFunc *rf = ARENA_NEW(L->a, RangeFunc);
    rf->s = s;
    ObjectVec used = {0};
    collect(L, s, &used);

    /* {state, code}, and the results' box, which a nested loop shares */
    Type *words = type_new_array(L->a, type_basic[BASIC_INT], 2);
    IrOpnd st = lo_alloc(fn, words);
    IrOpnd box = fn->rf ? fn->rf->box : ir_zero(irt_ptr);
    ObjectVec *res = &type_underlying(fn->info->sig)->sig.results->tuple.vars;
    if (!fn->rf && res->n) {
        Type *bt = type_new(L->a, TYPE_STRUCT);
        for (uint32_t i = 0; i < res->n; i++) {
            StructField sf = {0};
            sf.var = object_new(L->a, OBJ_FIELD, NOPOS, L->pkg,
                                intern_cstr(arena_printf(L->a, "R%u", i)), lo_otype(fn, res->p[i]));
            vec_push(L->a, &bt->struct_.fields, sf);
        }
        box = lo_alloc(fn, bt);
    }

    uint32_t n = CAP_FIXED + used.n;
    IrOpnd *vals = ARENA_ARRAY(L->a, IrOpnd, n);
    Type **types = ARENA_ARRAY(L->a, Type *, n);
    IrType **it = ARENA_ARRAY(L->a, IrType *, n);
    Type *up = type_basic[BASIC_UNSAFE_POINTER];
    vals[CAP_STATE] = st;
    vals[CAP_BOX] = box;
    vals[CAP_FRAME] = fn->info->has_defer ? fn->frame : ir_zero(irt_ptr);
    vals[CAP_MAY] = fn->has_may ? fn->may : lo_bool(false);
    types[CAP_STATE] = types[CAP_BOX] = types[CAP_FRAME] = up;
    types[CAP_MAY] = type_basic[BASIC_BOOL];
    for (uint32_t i = 0; i < used.n; i++) {
        Object *o = used.p[i];
        Var *v = lo_var(fn, o);
        if (lo_capture_by_ref(fn, o)) {
            vals[CAP_FIXED + i] = lo_lea(fn, lo_var_addr(v));
            types[CAP_FIXED + i] = up;
        } else {
            types[CAP_FIXED + i] = lo_subst(fn, o->type);
            vals[CAP_FIXED + i] = lo_var_get(fn, v, lo_type(types[CAP_FIXED + i]));
        }
    }
    for (uint32_t i = 0; i < n; i++)
        it[i] = vals[i].type;
    IrSym *sym = ir_sym(L->m, arena_printf(L->a, "%s-range%u", fn->name, ++*fn->nlits));
    sym->is_func = true;
    body_function(fn, s, sym, &used, lo_env_type(L, it, n), rf, yield, label);

    fn->pos = s->range.start;
    IrOpnd c = lo_closure(fn, sym, vals, types, n, false);
    lo_inst(fn, IR_CALL_CLOSURE, IR_NOREG, (IrOpnd[]){f, c}, 2)->type = irt_void;
    IrOpnd now = lo_load(fn, irt_i64, lo_at(st, 0));
    IrBlock *missing = lo_block(fn), *ok = lo_block(fn);
    lo_br(fn, lo_op2(fn, IR_EQ, irt_bool, now, lo_i64(RF_PANIC)), missing, ok, 2);
    lo_start(fn, missing);
    missing->cold = true;
    IrOpnd mp = lo_i64(RF_MISSING_PANIC);
    lo_rt(fn, RT_panic_range, &mp, 1);
    lo_start(fn, ok);
    lo_store(fn, lo_at(st, 0), lo_i64(RF_EXHAUSTED));
    dispatch(fn, rf, lo_load(fn, irt_i64, lo_at(st, 8)), box);
}
