/* Calls.  A call is planned (callee and arguments evaluated, in order) and then emitted: at
 * once, or, for `go` and `defer`, inside a thunk whose closure holds what was evaluated. */
#include "ir/lower_int.h"

typedef enum PlanKind { PLAN_STATIC, PLAN_CLOSURE, PLAN_IFACE, PLAN_BUILTIN } PlanKind;

typedef struct CallPlan {
    PlanKind kind;
    IrSym *sym;    /* STATIC */
    bool has_env;  /* STATIC: fn is the environment, passed last */
    IrOpnd fn;     /* CLOSURE: function value; IFACE: interface; STATIC: environment */
    Type *fn_type; /* Go type of fn, for the thunk's descriptor */
    int method;    /* IFACE */
    int builtin;
    IrType *result;
    IrOpnd *args;
    Type **types;
    uint32_t nargs, cap;
} CallPlan;

static void add_arg(Fn *fn, CallPlan *p, IrOpnd v, Type *t)
{
    if (p->nargs == p->cap) {
        uint32_t cap = p->cap ? p->cap * 2 : 8;
        p->args = arena_realloc(fn->L->a, p->args, sizeof *p->args * p->cap, sizeof *p->args * cap);
        p->types =
            arena_realloc(fn->L->a, p->types, sizeof *p->types * p->cap, sizeof *p->types * cap);
        p->cap = cap;
    }
    p->args[p->nargs] = v;
    p->types[p->nargs++] = t;
}

/* ---- receivers --------------------------------------------------------------------------- */

/* x.f…f.M: the operand that M, or the wrapper of an interface's method, takes first.  The
 * path is followed to the embedded value that has the method itself. */
IrOpnd lo_recv(Fn *fn, Expr *x, Selection *sel)
{
    Loc l = lo_loc(fn, x);
    for (uint32_t i = 0; i + 1 < sel->index.n; i++)
        l = lo_loc_field(fn, l, sel->index.p[i]);
    Type *u = type_underlying(l.type);
    if (u->kind == TYPE_INTERFACE)
        return lo_loc_value(fn, l);
    bool is_ptr = u->kind == TYPE_POINTER && l.type->kind != TYPE_NAMED;
    if (sel->obj->func.ptr_recv) {
        if (is_ptr)
            return lo_loc_value(fn, l);
        if (!l.mem)
            diag_ice("method %s needs the address of a value in a register", sel->obj->name->s);
        return lo_lea(fn, l.addr);
    }
    if (is_ptr) {
        IrOpnd p = lo_loc_value(fn, l);
        lo_check_nil(fn, p);
        return lo_load(fn, lo_type(lo_subst(fn, u->pointer.elem)), lo_at(p, 0));
    }
    return lo_loc_value(fn, l);
}

/* Type of what lo_recv gives. */
static Type *recv_type(Fn *fn, Expr *x, Selection *sel)
{
    Type *t = lo_typeof(fn, x);
    for (uint32_t i = 0; i + 1 < sel->index.n; i++) {
        Type *u = type_underlying(t);
        if (u->kind == TYPE_POINTER)
            u = type_underlying(lo_subst(fn, u->pointer.elem));
        t = lo_subst(fn, u->struct_.fields.p[sel->index.p[i]].var->type);
    }
    if (lo_is_iface(t))
        return t;
    Type *u = type_underlying(t);
    bool is_ptr = u->kind == TYPE_POINTER && t->kind != TYPE_NAMED;
    if (sel->obj->func.ptr_recv)
        return is_ptr ? t : type_new_pointer(fn->L->a, t);
    return is_ptr ? lo_subst(fn, u->pointer.elem) : t;
}

/* ---- planning ------------------------------------------------------------------------------- */

static IrOpnd pack_variadic(Fn *fn, Type *slice, IrOpnd *v, uint32_t n)
{
    Type *elem = lo_subst(fn, type_underlying(slice)->slice.elem);
    if (n == 0)
        return ir_zero(irt_slice);
    IrOpnd p = lo_alloc(fn, type_new_array(fn->L->a, elem, n));
    int64_t size = (int64_t)lo_type(elem)->size;
    for (uint32_t i = 0; i < n; i++) {
        Addr a = lo_at(p, size * (int64_t)i);
        a.fresh = true;
        if (v[i].kind != IRO_ZERO)
            lo_store(fn, a, v[i]);
    }
    return lo_mk(fn, irt_slice, (IrOpnd[]){p, lo_i64(n), lo_i64(n)}, 3);
}

static void plan_args(Fn *fn, Expr *e, Type *sig, CallPlan *p)
{
    Type *su = type_underlying(sig);
    ObjectVec *params = &su->sig.params->tuple.vars;
    uint32_t np = params->n, na = e->call.args.n;
    IrOpnd *v;
    Type **ty;
    uint32_t nv;
    Type *tuple = na == 1 ? e->call.args.p[0]->type : NULL;
    bool spread = tuple && tuple->kind == TYPE_TUPLE && tuple->tuple.vars.n != 1;
    if (spread) { /* f(g()) */
        nv = tuple->tuple.vars.n;
        v = ARENA_ARRAY(fn->L->a, IrOpnd, nv + 1);
        ty = ARENA_ARRAY(fn->L->a, Type *, nv + 1);
        lo_multi(fn, e->call.args.p[0], v, ty, nv);
        for (uint32_t i = 0; i < nv; i++) {
            Type *want;
            if (su->sig.variadic && i >= np - 1)
                want = type_underlying(params->p[np - 1]->type)->slice.elem;
            else
                want = params->p[i]->type;
            v[i] = lo_convert(fn, v[i], ty[i], lo_subst(fn, want));
        }
    } else {
        nv = na;
        v = ARENA_ARRAY(fn->L->a, IrOpnd, nv + 1);
        for (uint32_t i = 0; i < nv; i++) {
            Type *want;
            if (su->sig.variadic && i >= np - 1 && !e->call.ellipsis)
                want = type_underlying(params->p[np - 1]->type)->slice.elem;
            else
                want = params->p[i]->type;
            v[i] = lo_expr_to(fn, e->call.args.p[i], lo_subst(fn, want));
        }
    }
    uint32_t fixed = su->sig.variadic && !e->call.ellipsis ? np - 1 : np;
    for (uint32_t i = 0; i < fixed; i++)
        add_arg(fn, p, v[i], lo_subst(fn, params->p[i]->type));
    if (fixed < np) {
        Type *st = lo_subst(fn, params->p[np - 1]->type);
        fn->pos = e->call.lparen ? e->call.lparen : e->range.start;
        add_arg(fn, p, pack_variadic(fn, st, v + fixed, nv - fixed), st);
    }
}

static void hoist_call(Fn *fn, Expr *e)
{
    Expr *fun = lo_callee(e->call.fun);
    bool later = false;
    for (uint32_t i = 0; i < e->call.args.n; i++)
        later |= (i > 0 || fun->kind != EXPR_IDENT) && lo_has_call(e->call.args.p[i]);
    if (!later)
        return;
    if (fun->kind == EXPR_SELECTOR && !fun->selector.obj)
        lo_hoist(fn, fun->selector.x);
    else
        lo_hoist(fn, fun);
    for (uint32_t i = 0; i < e->call.args.n; i++)
        lo_hoist(fn, e->call.args.p[i]);
}

static void plan_call(Fn *fn, Expr *e, CallPlan *p)
{
    memset(p, 0, sizeof *p);
    Expr *fun = lo_callee(e->call.fun);
    Pos pos = e->call.lparen ? e->call.lparen : e->range.start;
    Type *sig = lo_typeof(fn, e->call.fun);
    if (fun->ntargs && type_underlying(fun->type)->sig.tparams.n == 0)
        sig = lo_typeof(fn, fun);
    p->result = lo_result_type(sig);
    hoist_call(fn, e);
    Object *f = fun->kind == EXPR_IDENT      ? fun->ident.obj
                : fun->kind == EXPR_SELECTOR ? fun->selector.obj
                                             : NULL;
    Selection *sel = fun->kind == EXPR_SELECTOR ? lo_selection(fn, fun) : NULL;
    if (f && f->kind == OBJ_FUNC) {
        p->kind = PLAN_STATIC;
        p->sym = lo_func_ref(fn, fun, f);
    } else if (sel && sel->kind == SEL_METHOD) {
        Type *rt = recv_type(fn, fun->selector.x, sel);
        IrOpnd r = lo_recv(fn, fun->selector.x, sel);
        if (lo_is_iface(rt)) {
            p->kind = PLAN_IFACE;
            p->fn = r;
            p->fn_type = rt;
            p->method = lo_iface_method_index(rt, sel->obj);
        } else {
            p->kind = PLAN_STATIC;
            p->sym = lo_func_sym(fn->L, sel->obj);
            add_arg(fn, p, r, rt);
        }
    } else if (sel && sel->kind == SEL_METHOD_EXPR) {
        p->kind = PLAN_STATIC;
        p->sym = lo_method_sym(fn->L, sel->recv, sel);
    } else if (fun->kind == EXPR_FUNC_LIT) {
        p->kind = PLAN_STATIC;
        p->has_env = true;
        p->sym = lo_lit_sym(fn, fun);
        IrOpnd *vals;
        Type **types;
        uint32_t n;
        lo_lit_captures(fn, fun->funclit.info, &vals, &types, &n);
        fn->pos = pos;
        p->fn = n ? lo_closure(fn, p->sym, vals, types, n, true) : ir_zero(irt_ptr);
        p->fn_type = sig;
    } else {
        p->kind = PLAN_CLOSURE;
        p->fn = lo_expr(fn, fun);
        p->fn_type = sig;
    }
    plan_args(fn, e, sig, p);
    fn->pos = pos;
}

static IrOpnd emit_call(Fn *fn, const CallPlan *p)
{
    IrOpnd *a = ARENA_ARRAY(fn->L->a, IrOpnd, p->nargs + 2);
    uint32_t n = 0;
    if (p->kind == PLAN_CLOSURE || p->kind == PLAN_IFACE)
        a[n++] = p->fn;
    for (uint32_t i = 0; i < p->nargs; i++)
        a[n++] = p->args[i];
    if (p->has_env)
        a[n++] = p->fn;
    uint32_t dst = p->result == irt_void ? IR_NOREG : lo_tmp(fn, p->result);
    IrOp op = p->kind == PLAN_STATIC    ? IR_CALL
              : p->kind == PLAN_CLOSURE ? IR_CALL_CLOSURE
                                        : IR_CALL_IFACE;
    IrInst *in = lo_inst(fn, op, dst, a, n);
    in->sym = p->kind == PLAN_STATIC ? p->sym : NULL;
    in->imm = p->kind == PLAN_IFACE ? p->method : 0;
    in->type = p->result;
    return dst == IR_NOREG ? (IrOpnd){0} : lo_reg(fn, dst);
}

IrOpnd lo_call(Fn *fn, Expr *e)
{
    e = expr_unparen(e);
    IrOpnd *memo = ptrmap_get(&fn->memo, e);
    if (memo) {
        ptrmap_put(fn->L->a, &fn->memo, e, NULL);
        return *memo;
    }
    if (e->call.call_kind == CALL_CONVERSION)
        return lo_conversion(fn, e);
    if (e->call.call_kind == CALL_BUILTIN)
        return lo_builtin(fn, e);
    CallPlan p;
    plan_call(fn, e, &p);
    return emit_call(fn, &p);
}

/* ---- method values -------------------------------------------------------------------------------- */

IrOpnd lo_method_value(Fn *fn, Expr *e)
{
    Lower *L = fn->L;
    Selection *sel = lo_selection(fn, e);
    if (sel->kind == SEL_METHOD_EXPR)
        return lo_closure(fn, lo_method_sym(L, sel->recv, sel), NULL, NULL, 0, false);
    Type *rt = recv_type(fn, e->selector.x, sel);
    IrOpnd r = lo_recv(fn, e->selector.x, sel);
    fn->pos = e->range.start;
    Selection *direct = ARENA_NEW(L->a, Selection);
    *direct = *sel;
    direct->recv = rt;
    memset(&direct->index, 0, sizeof direct->index);
    vec_push(L->a, &direct->index, sel->index.p[sel->index.n - 1]);
    IrSym *target;
    const char *name;
    if (lo_is_iface(rt)) {
        lo_check_nil(fn, lo_field(fn, r, 0));
        name = arena_printf(L->a, "%s.%s-fm", type_key(L->a, rt), sel->obj->name->s);
    } else {
        target = lo_func_sym(L, sel->obj);
        name = arena_printf(L->a, "%s-fm", target->name->s);
    }
    IrSym *thunk = ir_sym(L->m, name);
    thunk->is_func = true;
    if (!thunk->func) {
        WrapperJob *w = ARENA_NEW(L->a, WrapperJob);
        w->kind = WRAP_BOUND;
        w->sym = thunk;
        w->linkage = IRL_COMDAT;
        w->recv = rt;
        w->sel = direct;
        lo_queue_wrapper(L, w);
    }
    return lo_closure(fn, thunk, &r, &rt, 1, false);
}

/* ---- go and defer --------------------------------------------------------------------------------------- */

static bool may_be_builtin_plan(Fn *fn, Expr *e, CallPlan *p)
{
    if (e->call.call_kind != CALL_BUILTIN)
        return false;
    e = lo_spread(fn, e);
    memset(p, 0, sizeof *p);
    p->kind = PLAN_BUILTIN;
    p->builtin = e->call.builtin;
    p->result = irt_void;
    for (uint32_t i = 0; i < e->call.args.n; i++) {
        Expr *x = e->call.args.p[i];
        Type *t = lo_typeof(fn, x);
        if (p->builtin == BUILTIN_PANIC)
            t = type_any;
        else if (p->builtin == BUILTIN_DELETE && i == 1)
            t = lo_subst(fn, type_underlying(lo_typeof(fn, e->call.args.p[0]))->map.key);
        else if (x->mode == MODE_NIL)
            t = type_basic[BASIC_UNSAFE_POINTER];
        add_arg(fn, p, lo_expr_to(fn, x, t), t);
    }
    if (p->builtin == BUILTIN_RECOVER) /* as if called by this function, when it returns */
        add_arg(fn, p, fn->has_may ? fn->may : lo_bool(false), type_basic[BASIC_BOOL]);
    fn->pos = e->call.lparen ? e->call.lparen : e->range.start;
    return true;
}

static bool is_captured(IrOpnd v)
{
    return v.kind == IRO_REG;
}

static IrOpnd code_of(Fn *fn, const CallPlan *p)
{
    switch (p->kind) {
    case PLAN_STATIC: return ir_addr(p->sym, 0);
    case PLAN_CLOSURE: lo_check_nil(fn, p->fn); return lo_load(fn, irt_ptr, lo_at(p->fn, 0));
    default:
        return lo_load(
            fn, irt_ptr,
            lo_at(lo_field(fn, p->fn, 0), (int64_t)offsetof(RtItab, fn) + 8 * (int64_t)p->method));
    }
}

/* The function that makes the planned call out of its environment, and what that captures. */
static IrSym *make_thunk(Fn *fn, CallPlan *p, bool is_defer, IrOpnd **vals, Type ***types,
                         uint32_t *n)
{
    Lower *L = fn->L;
    *vals = ARENA_ARRAY(L->a, IrOpnd, p->nargs + 2);
    *types = ARENA_ARRAY(L->a, Type *, p->nargs + 2);
    *n = 0;
    IrOpnd *all[2] = {&p->fn, p->args};
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < (k ? p->nargs : 1); i++)
            if (is_captured(all[k][i])) {
                (*vals)[*n] = all[k][i];
                (*types)[(*n)++] = k ? p->types[i] : p->fn_type;
            }
    const char *name =
        arena_printf(L->a, fn->is_literal ? "%s.%u" : "%s.func%u", fn->name, ++*fn->nlits);
    name = arena_printf(L->a, "%s#%s", name, is_defer ? "defer" : "go");
    IrSym *sym = ir_sym(L->m, name);
    sym->is_func = true;
    Fn *t = lo_fn_new(L, sym, IRL_INTERNAL, irt_void, fn->pos);
    t->f->is_closure = true;
    t->f->is_wrapper = true;
    t->inst = fn->inst;
    t->name = name;
    uint32_t er = lo_param(t, irt_ptr, NULL);
    IrType **it = ARENA_ARRAY(L->a, IrType *, *n + 1);
    for (uint32_t i = 0; i < *n; i++)
        it[i] = (*vals)[i].type;
    IrType *env = lo_env_type(L, it, *n);
    CallPlan q = *p;
    q.args = ARENA_ARRAY(L->a, IrOpnd, p->nargs + 1);
    uint32_t next = 0;
    bool is_recover = p->kind == PLAN_BUILTIN && p->builtin == BUILTIN_RECOVER;
    IrOpnd by_panic = {0};
    if (is_recover) {
        uint32_t r = lo_tmp(t, irt_bool);
        lo_inst(t, IR_MAYRECOVER, r, NULL, 0)->sym = sym;
        by_panic = lo_reg(t, r);
        t->f->uses_recover = true;
    }
    if (is_captured(p->fn)) {
        q.fn = lo_load(t, it[next], lo_at(lo_reg(t, er), (int64_t)env->offsets[next + 1]));
        next++;
    }
    for (uint32_t i = 0; i < p->nargs; i++) {
        q.args[i] = p->args[i];
        if (is_captured(p->args[i])) {
            q.args[i] = lo_load(t, it[next], lo_at(lo_reg(t, er), (int64_t)env->offsets[next + 1]));
            next++;
        }
    }
    if (is_recover && is_defer) {
        /* run by the panic itself it is no call by a deferred function */
        t->may = lo_op2(t, IR_AND, irt_bool, q.args[0], lo_op1(t, IR_LNOT, irt_bool, by_panic));
        t->has_may = true;
    }
    if (p->kind == PLAN_BUILTIN) {
        lo_builtin_apply(t, p->builtin, q.args, q.types, q.nargs);
    } else {
        if (is_defer) {
            IrOpnd code = code_of(t, &q);
            lo_inst(t, IR_PASSDEFER, IR_NOREG, &code, 1)->sym = sym;
        }
        emit_call(t, &q);
    }
    lo_ret(t, NULL);
    lo_fn_finish(t);
    return sym;
}

/* A call without arguments and results needs no thunk: its closure will do. */
static bool is_bare(const CallPlan *p)
{
    return p->nargs == 0 && p->result == irt_void &&
           (p->kind == PLAN_CLOSURE || (p->kind == PLAN_STATIC && !p->has_env && !p->sym->is_c));
}

/* go func() { … }() and defer func() { … }(): the literal's own closure. */
static bool is_bare_lit(Fn *fn, Expr *call)
{
    Expr *fun = expr_unparen(call->call.fun);
    return fun->kind == EXPR_FUNC_LIT && call->call.call_kind == CALL_FUNC &&
           call->call.args.n == 0 && lo_result_type(lo_typeof(fn, fun)) == irt_void &&
           type_underlying(lo_typeof(fn, fun))->sig.params->tuple.vars.n == 0;
}

/* The literal with its captures as the environment, to be called later: the closure itself
 * must be on the heap, a thunk's environment holds its address. */
static void plan_later(Fn *fn, Expr *e, CallPlan *p)
{
    if (may_be_builtin_plan(fn, e, p))
        return;
    Expr *fun = expr_unparen(e->call.fun);
    if (fun->kind == EXPR_FUNC_LIT) {
        memset(p, 0, sizeof *p);
        Type *sig = lo_typeof(fn, fun);
        hoist_call(fn, e);
        p->kind = PLAN_CLOSURE;
        p->result = lo_result_type(sig);
        p->fn = lo_func_lit(fn, fun, false);
        p->fn_type = sig;
        plan_args(fn, e, sig, p);
        fn->pos = e->call.lparen ? e->call.lparen : e->range.start;
        return;
    }
    plan_call(fn, e, p);
    if (p->kind == PLAN_IFACE)
        lo_check_nil(fn, lo_field(fn, p->fn, 0));
}

static int64_t env_size(Fn *fn, const IrOpnd *vals, uint32_t n)
{
    IrType **it = ARENA_ARRAY(fn->L->a, IrType *, n + 1);
    for (uint32_t i = 0; i < n; i++)
        it[i] = vals[i].type;
    return (int64_t)lo_env_type(fn->L, it, n)->size;
}

void lo_go(Fn *fn, Stmt *s)
{
    Expr *call = expr_unparen(s->go.call);
    IrOpnd *vals, c;
    Type **types;
    uint32_t n;
    IrSym *code;
    Pos pos = s->range.start;
    if (is_bare_lit(fn, call)) {
        Expr *fun = expr_unparen(call->call.fun);
        code = lo_lit_sym(fn, fun);
        lo_lit_captures(fn, fun->funclit.info, &vals, &types, &n);
    } else {
        CallPlan p;
        plan_later(fn, call, &p);
        fn->pos = pos;
        if (is_bare(&p)) {
            c = p.kind == PLAN_CLOSURE ? p.fn : lo_closure(fn, p.sym, NULL, NULL, 0, false);
            lo_rt(fn, RT_go, (IrOpnd[]){c, lo_i64(0)}, 2);
            return;
        }
        code = make_thunk(fn, &p, false, &vals, &types, &n);
    }
    fn->pos = pos;
    c = lo_closure(fn, code, vals, types, n, true);
    lo_rt(fn, RT_go, (IrOpnd[]){c, lo_i64(n ? env_size(fn, vals, n) : 0)}, 2);
}

/* Closure and RtDefer of a defer that runs at most once stand in the frame; else on the heap. */
void lo_defer(Fn *fn, Stmt *s)
{
    Lower *L = fn->L;
    Expr *call = expr_unparen(s->go.call);
    IrOpnd *vals = NULL, c = {0};
    Type **types = NULL;
    uint32_t n = 0;
    IrSym *code = NULL;
    Pos pos = s->range.start;
    if (is_bare_lit(fn, call)) {
        Expr *fun = expr_unparen(call->call.fun);
        code = lo_lit_sym(fn, fun);
        lo_lit_captures(fn, fun->funclit.info, &vals, &types, &n);
    } else {
        CallPlan p;
        plan_later(fn, call, &p);
        if (is_bare(&p))
            c = p.kind == PLAN_CLOSURE ? p.fn : lo_closure(fn, p.sym, NULL, NULL, 0, false);
        else
            code = make_thunk(fn, &p, true, &vals, &types, &n);
    }
    fn->pos = pos;
    bool once = !fn->info->defer_in_loop && fn->is_body && !fn->rf;
    if (c.kind == IRO_NONE) {
        if (once && n) {
            IrType **it = ARENA_ARRAY(L->a, IrType *, n + 1);
            for (uint32_t i = 0; i < n; i++)
                it[i] = vals[i].type;
            IrType *env = lo_env_type(L, it, n);
            Addr at = lo_at(fn->frame, (int64_t)lo_frame_add(fn, env));
            at.fresh = true;
            lo_store(fn, at, ir_addr(code, 0));
            for (uint32_t i = 0; i < n; i++)
                lo_store(fn, lo_plus(at, (int64_t)env->offsets[i + 1]), vals[i]);
            c = lo_lea(fn, at);
        } else {
            c = lo_closure(fn, code, vals, types, n, false);
        }
    }
    Addr d;
    if (once) {
        d = lo_at(fn->frame,
                  (int64_t)lo_frame_add(fn, irt_struct((IrType *[]){irt_ptr, irt_ptr}, 2)));
    } else {
        Type *up = type_basic[BASIC_UNSAFE_POINTER];
        d = lo_at(lo_alloc(fn, type_new_array(L->a, up, 2)), 0);
    }
    d.fresh = true;
    Addr head = lo_at(fn->frame, offsetof(RtFrame, defers));
    head.fresh = true;
    lo_store(fn, lo_plus(d, offsetof(RtDefer, link)), lo_load(fn, irt_ptr, head));
    lo_store(fn, lo_plus(d, offsetof(RtDefer, closure)), c);
    lo_store(fn, head, lo_lea(fn, d));
}
