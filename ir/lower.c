/* Lowering, the outermost room: a package's variables, functions and initialisation, and
 * the two queues (descriptors, wrappers) that everything else fills. */
#include "ir/lower_int.h"
#include "runtime/stdcalls.h"

/* ---- symbols ----------------------------------------------------------------------------- */

IrSym *lo_global(Lower *L, Object *o)
{
    IrSym *s = ptrmap_get(&L->globals, o);
    if (s)
        return s;
    if (lo_type(o->type)->size == 0)
        s = lo_zero_base(L);
    else
        s = ir_sym(L->m, arena_printf(L->a, "%s.%s", o->pkg->path, o->name->s));
    ptrmap_put(L->a, &L->globals, o, s);
    return s;
}

/* ---- instances of generic functions and methods -------------------------------------------- */

static IrSym *instance(Lower *L, const char *name, FuncInfo *info, SubstMap map)
{
    IrSym *s = ir_sym(L->m, name);
    s->is_func = true;
    if (s->func || ptrmap_get(&L->funcs, s))
        return s;
    if (!info)
        diag_ice("the body of %s was not checked", name);
    ptrmap_put(L->a, &L->funcs, s, s);
    InstJob *j = ARENA_NEW(L->a, InstJob);
    j->info = info;
    j->sym = s;
    j->inst = ARENA_NEW(L->a, Inst);
    j->inst->map = map;
    vec_push(L->a, &L->inst_queue, j);
    return s;
}

static Type *named_receiver(Type *t)
{
    if (t->kind == TYPE_POINTER)
        t = t->pointer.elem;
    return t;
}

/* A method of List[int]: the declared one, whose receiver is a List[E], with int for E. */
static IrSym *method_instance(Lower *L, Object *o)
{
    Object *g = o->func.origin;
    FuncInfo *info = g->func.info;
    SubstMap m = {0};
    if (info) {
        Type *r = named_receiver(info->recv->type), *t = o->func.recv_named;
        for (uint32_t i = 0; i < r->named.targs.n; i++) {
            vec_push(L->a, &m.from, r->named.targs.p[i]);
            vec_push(L->a, &m.to, t->named.targs.p[i]);
        }
    }
    return instance(L, lo_method_name(L, o->func.recv_named, o->func.ptr_recv, o), info, m);
}

Expr *lo_callee(Expr *e)
{
    e = expr_unparen(e);
    if (e->kind == EXPR_INDEX && e->ntargs)
        e = expr_unparen(e->index.x);
    return e;
}

IrSym *lo_func_ref(Fn *fn, Expr *name, Object *o)
{
    Lower *L = fn->L;
    ObjectVec *tp = &type_underlying(o->type)->sig.tparams;
    if (!tp->n)
        return lo_func_sym(L, o);
    if (name->ntargs != tp->n)
        diag_ice("%s without type arguments", o->name->s);
    Type **targs = ARENA_ARRAY(L->a, Type *, tp->n);
    const char *s = arena_printf(L->a, "%s.%s[", o->pkg->path, o->name->s);
    for (uint32_t i = 0; i < tp->n; i++) {
        targs[i] = lo_subst(fn, name->targs[i]);
        s = arena_printf(L->a, "%s%s%s", s, i ? "," : "", type_key(L->a, targs[i]));
    }
    return instance(L, arena_printf(L->a, "%s]", s), o->func.info,
                    subst_map(L->a, tp, targs, tp->n));
}

Selection *lo_selection(Fn *fn, Expr *e)
{
    Selection *sel = e->selector.sel;
    if (!fn->inst || !sel || sel->kind == SEL_FIELD)
        return sel;
    Lower *L = fn->L;
    Selection *s = ARENA_NEW(L->a, Selection);
    *s = *sel;
    s->recv = lo_subst(fn, sel->recv);
    s->type = lo_subst(fn, sel->type);
    LookupResult r =
        type_lookup_field_or_method(L->a, s->recv, true, sel->obj->pkg, sel->obj->name);
    if (!r.obj || r.obj->kind != OBJ_FUNC)
        diag_ice("%s has no method %s", type_string(L->a, s->recv, NULL), sel->obj->name->s);
    s->obj = r.obj;
    s->indirect = r.indirect;
    memset(&s->index, 0, sizeof s->index);
    for (uint32_t i = 0; i < r.index.n; i++)
        vec_push(L->a, &s->index, r.index.p[i]);
    return s;
}

static const char *func_name(Lower *L, Object *o)
{
    Type *named = o->func.recv_named;
    if (!named)
        return arena_printf(L->a, "%s.%s", o->pkg->path, o->name->s);
    return lo_method_name(L, named, o->func.ptr_recv, o);
}

/* The C function behind a body-less one, or NULL.  Its name follows from the path. */
static const char *std_symbol(Lower *L, Object *o)
{
    if (o->func.std_symbol || o->func.recv_named || !o->func.decl || o->func.decl->func.body)
        return o->func.std_symbol;
    char *s = arena_printf(L->a, "std_%s_%s", o->pkg->path, o->name->s);
    for (char *c = s; *c; c++)
        if (*c == '/' || *c == '.' || *c == '-')
            *c = '_';
    return o->func.std_symbol = s;
}

IrSym *lo_func_sym(Lower *L, Object *o)
{
    IrSym *s = ptrmap_get(&L->funcs, o);
    if (s)
        return s;
    if (o->func.origin)
        s = method_instance(L, o);
    else if (std_symbol(L, o))
        s = ir_sym_c(L->m, o->func.std_symbol, !(ir_std_flags(o->func.std_symbol) & STDF_LEAF));
    else
        s = ir_sym(L->m, func_name(L, o));
    s->is_func = true;
    ptrmap_put(L->a, &L->funcs, o, s);
    return s;
}

IrSym *lo_func_value_sym(Lower *L, Object *o)
{
    if (o->func.origin || !std_symbol(L, o))
        return lo_func_sym(L, o);
    IrSym *s = ir_sym(L->m, func_name(L, o));
    s->is_func = true;
    if (!s->func && !ptrmap_get(&L->std_funcs, s)) {
        ptrmap_put(L->a, &L->std_funcs, s, s);
        WrapperJob *w = ARENA_NEW(L->a, WrapperJob);
        w->kind = WRAP_STD;
        w->sym = s;
        w->linkage = IRL_COMDAT;
        w->fn = o;
        lo_queue_wrapper(L, w);
    }
    return s;
}

/* ---- functions --------------------------------------------------------------------------------- */

Fn *lo_fn_new(Lower *L, IrSym *sym, IrLinkage linkage, IrType *result, Pos pos)
{
    Fn *fn = ARENA_NEW(L->a, Fn);
    fn->L = L;
    fn->f = ir_func_new(L->m, sym, linkage, result);
    fn->f->pos = pos;
    fn->pos = pos;
    fn->self = sym;
    fn->nlits = ARENA_NEW(L->a, uint32_t);
    fn->b = lo_block(fn);
    ir_block_append(L->m, fn->f, fn->b);
    return fn;
}

uint32_t lo_param(Fn *fn, IrType *t, const Name *name)
{
    uint32_t r = ir_reg_new(fn->L->m, fn->f, t, name);
    fn->f->nparams++;
    return r;
}

void lo_fn_finish(Fn *fn)
{
    IrBlock *b = fn->b;
    if (!b->insts.n || !(ir_op_flags[b->insts.p[b->insts.n - 1]->op] & IRF_TERM)) {
        IrInst *in = lo_inst(fn, IR_UNREACHABLE, IR_NOREG, NULL, 0);
        in->ntargets = 0;
    }
    ir_func_renumber(fn->f);
}

/* ---- variables ----------------------------------------------------------------------------------- */

/* A closure sees the variable itself and not a copy: it is assigned after its declaration,
 * its address is taken, it is a result, or it is large. */
bool lo_capture_by_ref(Fn *fn, Object *o)
{
    return o->var.captured && (o->var.reassigned || o->var.addr_taken || o->var.is_result ||
                               lo_is_big(lo_type(lo_otype(fn, o))));
}

static bool needs_box(Fn *fn, Object *o)
{
    return o->var.addr_taken || lo_capture_by_ref(fn, o) || lo_type(lo_otype(fn, o))->size > 65536;
}

static bool in_memory(Fn *fn, Object *o)
{
    IrType *t = lo_type(lo_otype(fn, o));
    return needs_box(fn, o) || lo_has_array(t) || lo_is_big(t);
}

static Var *var_new(Fn *fn, Object *o)
{
    Var *v = ARENA_NEW(fn->L->a, Var);
    ptrmap_put(fn->L->a, &fn->vars, o, v);
    return v;
}

Var *lo_var(Fn *fn, Object *o)
{
    Var *v = ptrmap_get(&fn->vars, o);
    if (!v)
        diag_ice("variable %s has no place", o->name ? o->name->s : "(unnamed)");
    return v;
}

Addr lo_var_addr(Var *v)
{
    return (Addr){.base = v->base, .off = v->off, .fresh = v->stack};
}

IrOpnd lo_var_get(Fn *fn, Var *v, IrType *t)
{
    return v->in_reg ? lo_reg(fn, v->reg) : lo_load(fn, t, lo_var_addr(v));
}

void lo_var_set(Fn *fn, Var *v, IrOpnd x)
{
    if (v->in_reg)
        lo_copy(fn, v->reg, x);
    else
        lo_store(fn, lo_var_addr(v), x);
}

Var *lo_declare(Fn *fn, Object *o, bool zero)
{
    Type *ty = lo_subst(fn, o->type);
    IrType *t = lo_type(ty);
    Var *v = var_new(fn, o);
    if (needs_box(fn, o)) {
        Pos pos = fn->pos;
        if (o->pos)
            fn->pos = o->pos;
        v->base = lo_alloc(fn, ty);
        fn->pos = pos;
    } else if (in_memory(fn, o)) {
        Addr a = lo_slot(fn, t);
        v->base = a.base;
        v->stack = true;
        if (zero)
            lo_zero(fn, a, t);
    } else {
        v->in_reg = true;
        v->reg = ir_reg_new(fn->L->m, fn->f, t, o->name);
        if (zero)
            lo_copy(fn, v->reg, ir_zero(t));
    }
    return v;
}

void lo_bind(Fn *fn, Object *o, IrOpnd x)
{
    Var *v = lo_declare(fn, o, false);
    if (v->in_reg)
        lo_copy(fn, v->reg, x);
    else /* a new box or a slot: nobody has seen it */
        lo_store(fn, (Addr){.base = v->base, .off = v->off, .fresh = true}, x);
}

/* A parameter that arrives in register r. */
static void bind_param(Fn *fn, Object *o, uint32_t r)
{
    if (!o->name || o->name == name_blank)
        return;
    if (in_memory(fn, o)) {
        lo_bind(fn, o, lo_reg(fn, r));
        return;
    }
    Var *v = var_new(fn, o);
    v->in_reg = true;
    v->reg = r;
}

/* ---- closures -------------------------------------------------------------------------------------- */

static Object *env_field(Lower *L, uint32_t i, Type *t)
{
    const char *n = i == 0 ? "F" : arena_printf(L->a, "X%u", i - 1);
    return object_new(L->a, OBJ_FIELD, NOPOS, L->pkg, intern_cstr(n), t);
}

/* struct { F uintptr; X0 T0; … } */
static Type *env_struct(Lower *L, Type *const *types, uint32_t n)
{
    Type *t = type_new(L->a, TYPE_STRUCT);
    for (uint32_t i = 0; i <= n; i++) {
        StructField f = {0};
        f.var = env_field(L, i, i ? types[i - 1] : type_basic[BASIC_UINTPTR]);
        vec_push(L->a, &t->struct_.fields, f);
    }
    return t;
}

IrType *lo_env_type(Lower *L, IrType *const *types, uint32_t n)
{
    IrType **f = ARENA_ARRAY(L->a, IrType *, n + 1);
    f[0] = irt_ptr;
    for (uint32_t i = 0; i < n; i++)
        f[i + 1] = types[i];
    return irt_struct(f, n + 1);
}

IrOpnd lo_closure(Fn *fn, IrSym *code, const IrOpnd *captured, Type *const *types, uint32_t n,
                  bool stack)
{
    Lower *L = fn->L;
    IrType **it = ARENA_ARRAY(L->a, IrType *, n + 1);
    bool ptrs = false;
    for (uint32_t i = 0; i < n; i++) {
        it[i] = captured[i].type;
        ptrs |= lo_has_ptr(it[i]);
    }
    IrSym *desc = n && ptrs && !stack ? lo_mem_desc(L, env_struct(L, types, n)) : NULL;
    uint32_t r = lo_tmp(fn, irt_ptr);
    IrInst *in = lo_inst(fn, IR_CLOSURE, r, captured, n);
    in->sym = code;
    in->type = lo_env_type(L, it, n);
    in->sym2 = desc;
    in->imm = stack && n > 0;
    return lo_reg(fn, r);
}

IrSym *lo_static_closure(Lower *L, IrSym *code)
{
    IrSym *s =
        ir_sym(L->m, arena_printf(L->a, "closure:%s%s", code->is_c ? "c:" : "", code->name->s));
    if (!s->data) {
        IrData *d = ir_data_new(L->m, s, IRL_COMDAT, 8, 8, true, false);
        ir_data_addr(L->m, d, 0, code, 0);
    }
    return s;
}

/* At entry of a literal: its captured variables, out of the environment. */
static void bind_captures(Fn *fn)
{
    FuncInfo *info = fn->info;
    if (!info->captures.n)
        return;
    IrType **it = ARENA_ARRAY(fn->L->a, IrType *, info->captures.n);
    for (uint32_t i = 0; i < info->captures.n; i++)
        it[i] = lo_capture_by_ref(fn, info->captures.p[i])
                    ? irt_ptr
                    : lo_type(lo_otype(fn, info->captures.p[i]));
    IrType *env = lo_env_type(fn->L, it, info->captures.n);
    for (uint32_t i = 0; i < info->captures.n; i++) {
        Object *o = info->captures.p[i];
        Addr a = lo_at(fn->env, (int64_t)env->offsets[i + 1]);
        Var *v = var_new(fn, o);
        if (lo_capture_by_ref(fn, o)) {
            v->base = lo_load(fn, irt_ptr, a);
        } else if (lo_has_array(it[i])) { /* stays where it is: nobody writes it */
            v->base = a.base;
            v->off = a.off;
        } else {
            v->in_reg = true;
            v->reg = ir_reg_new(fn->L->m, fn->f, it[i], o->name);
            lo_copy(fn, v->reg, lo_load(fn, it[i], a));
        }
    }
}

/* ---- function bodies ------------------------------------------------------------------------------------ */

static void emit_may_recover(Fn *fn)
{
    if (!fn->info->has_recover)
        return;
    uint32_t r = lo_tmp(fn, irt_bool);
    lo_inst(fn, IR_MAYRECOVER, r, NULL, 0)->sym = fn->self;
    fn->may = lo_reg(fn, r);
    fn->has_may = true;
    fn->f->uses_recover = true;
}

Pos lo_end_pos(const FuncInfo *info)
{
    const Stmt *body = info->body;
    return body->block.rbrace ? body->block.rbrace : body->range.end;
}

static void lower_block_of(Fn *fn)
{
    FuncInfo *info = fn->info;
    lo_stmts(fn, &info->body->block.stmts);
    fn->pos = lo_end_pos(info);
    if (info->results.n == 0 || fn->is_body)
        lo_return_values(fn, NULL, 0);
    else
        lo_unreachable(fn); /* the checker saw that it cannot be reached */
}

static IrOpnd *param_regs(Fn *fn, FuncInfo *info, ObjectVec *all)
{
    if (info->recv)
        vec_push(fn->L->a, all, info->recv);
    for (uint32_t i = 0; i < info->params.n; i++)
        vec_push(fn->L->a, all, info->params.p[i]);
    IrOpnd *regs = ARENA_ARRAY(fn->L->a, IrOpnd, all->n + 1);
    for (uint32_t i = 0; i < all->n; i++) {
        const Name *n = all->p[i]->name;
        uint32_t r = lo_param(fn, lo_type(lo_otype(fn, all->p[i])), n == name_blank ? NULL : n);
        regs[i] = lo_reg(fn, r);
    }
    return regs;
}

static void lower_plain(Fn *fn)
{
    FuncInfo *info = fn->info;
    ObjectVec params = {0};
    IrOpnd *regs = param_regs(fn, info, &params);
    if (info->lit) {
        uint32_t r = lo_param(fn, irt_ptr, NULL);
        fn->f->is_closure = true;
        fn->env = lo_reg(fn, r);
    }
    emit_may_recover(fn);
    if (info->lit)
        bind_captures(fn);
    for (uint32_t i = 0; i < params.n; i++)
        bind_param(fn, params.p[i], regs[i].reg);
    if (info->has_named_results)
        for (uint32_t i = 0; i < info->results.n; i++)
            vec_push(fn->L->a, &fn->results, lo_declare(fn, info->results.p[i], true));
    lower_block_of(fn);
    lo_fn_finish(fn);
}

uint64_t lo_frame_add(Fn *fn, IrType *t)
{
    uint64_t at = (fn->frame_size + t->align - 1) / t->align * t->align;
    fn->frame_size = at + t->size;
    vec_push(fn->L->a, &fn->frame_types, t);
    return at;
}

/* A function with defer is two (abi.h): `fn` keeps parameters and results in a frame and
 * calls rt_protect; its body works on that frame. */
static void lower_deferring(Fn *fn)
{
    Lower *L = fn->L;
    FuncInfo *info = fn->info;
    ObjectVec params = {0};
    IrOpnd *regs = param_regs(fn, info, &params);
    if (info->lit) {
        uint32_t r = lo_param(fn, irt_ptr, NULL);
        fn->f->is_closure = true;
        fn->env = lo_reg(fn, r);
    }

    IrSym *bsym = ir_sym(L->m, arena_printf(L->a, "%s#body", fn->f->sym->name->s));
    bsym->is_func = true;
    Fn *body = lo_fn_new(L, bsym, fn->f->sym->linkage == IRL_COMDAT ? IRL_COMDAT : IRL_INTERNAL,
                         irt_void, fn->pos);
    body->info = info;
    body->inst = fn->inst;
    body->name = fn->name;
    body->is_literal = fn->is_literal;
    body->nlits = fn->nlits;
    body->self = fn->f->sym;
    body->is_body = true;
    body->f->is_closure = true;
    uint32_t fr = lo_param(body, irt_ptr, NULL);
    body->frame = lo_reg(body, fr);
    vec_push(L->a, &body->frame_types, irt_ptr);
    vec_push(L->a, &body->frame_types, irt_ptr);
    vec_push(L->a, &body->frame_types, irt_array(irt_u64, 14));
    body->frame_size = sizeof(RtFrame);

    uint64_t *param_at = ARENA_ARRAY(L->a, uint64_t, params.n + 1), env_at = 0;
    for (uint32_t i = 0; i < params.n; i++)
        param_at[i] = lo_frame_add(body, regs[i].type);
    if (info->lit)
        env_at = lo_frame_add(body, irt_ptr);

    /* results: in the frame, or boxed by fn with the box's address in the frame */
    uint64_t *res_at = ARENA_ARRAY(L->a, uint64_t, info->results.n + 1);
    for (uint32_t i = 0; i < info->results.n; i++) {
        Object *o = info->results.p[i];
        bool box = needs_box(fn, o);
        res_at[i] = lo_frame_add(body, box ? irt_ptr : lo_type(lo_otype(fn, o)));
    }

    emit_may_recover(body);
    if (info->lit) {
        body->env = lo_load(body, irt_ptr, lo_at(body->frame, (int64_t)env_at));
        bind_captures(body);
    }
    for (uint32_t i = 0; i < params.n; i++) {
        Object *o = params.p[i];
        if (!o->name || o->name == name_blank)
            continue;
        lo_bind(body, o, lo_load(body, regs[i].type, lo_at(body->frame, (int64_t)param_at[i])));
    }
    for (uint32_t i = 0; i < info->results.n; i++) {
        Object *o = info->results.p[i];
        Var *v = var_new(body, o);
        Addr at = lo_at(body->frame, (int64_t)res_at[i]);
        if (needs_box(fn, o)) {
            v->base = lo_load(body, irt_ptr, at);
        } else {
            v->base = at.base;
            v->off = at.off;
            v->stack = true;
        }
        vec_push(L->a, &body->results, v);
    }
    lower_block_of(body);
    lo_fn_finish(body);

    /* now the frame's type is known */
    fn->pos = fn->f->pos;
    IrType *ft = irt_struct(body->frame_types.p, body->frame_types.n);
    Addr frame = lo_slot(fn, ft);
    lo_store(fn, frame, ir_addr(bsym, 0));
    lo_store(fn, lo_plus(frame, offsetof(RtFrame, defers)), ir_zero(irt_ptr));
    for (uint32_t i = 0; i < params.n; i++)
        lo_store(fn, lo_plus(frame, (int64_t)param_at[i]), regs[i]);
    if (info->lit)
        lo_store(fn, lo_plus(frame, (int64_t)env_at), fn->env);
    IrOpnd *boxes = ARENA_ARRAY(L->a, IrOpnd, info->results.n + 1);
    for (uint32_t i = 0; i < info->results.n; i++) {
        Object *o = info->results.p[i];
        Addr at = lo_plus(frame, (int64_t)res_at[i]);
        if (needs_box(fn, o)) {
            boxes[i] = lo_alloc(fn, lo_otype(fn, o));
            lo_store(fn, at, boxes[i]);
        } else {
            lo_zero(fn, at, lo_type(lo_otype(fn, o)));
        }
    }
    if (body->frame_types.n > 3 && ft->size < body->frame_size)
        diag_ice("the defer frame's layout is not that of its type");
    /* Those left when one has recovered are seen to come from the end of the function. */
    fn->pos = lo_end_pos(info);
    lo_rt(fn, RT_protect, (IrOpnd[]){ir_addr(bsym, 0), frame.base}, 2);
    if (info->results.n == 0) {
        lo_ret(fn, NULL);
    } else {
        IrOpnd *vals = ARENA_ARRAY(L->a, IrOpnd, info->results.n);
        for (uint32_t i = 0; i < info->results.n; i++) {
            IrType *t = lo_type(lo_otype(fn, info->results.p[i]));
            vals[i] = needs_box(fn, info->results.p[i])
                          ? lo_load(fn, t, lo_at(boxes[i], 0))
                          : lo_load(fn, t, lo_plus(frame, (int64_t)res_at[i]));
        }
        IrOpnd v = info->results.n == 1 ? vals[0] : lo_mk(fn, fn->f->result, vals, info->results.n);
        lo_ret(fn, &v);
    }
    lo_fn_finish(fn);
}

static void lower_function(Fn *fn)
{
    diag_working_on(fn->f->pos);
    lo_rf_prepare(fn->L, fn->info);
    if (fn->info->has_defer)
        lower_deferring(fn);
    else
        lower_plain(fn);
}

void lo_func_lit_body(Lower *L, Fn *outer, FuncInfo *info, IrSym *sym, const char *name)
{
    Fn *fn = lo_fn_new(L, sym, IRL_INTERNAL, lo_result_type(lo_subst(outer, info->sig)),
                       info->lit->range.start);
    fn->info = info;
    fn->inst = outer->inst;
    fn->name = name;
    fn->is_literal = true;
    lower_function(fn);
}

/* //go:noinline in the comment above its declaration. */
static bool is_noinline(const Object *o)
{
    static const char directive[] = "//go:noinline";
    const char *s = o->func.decl ? o->func.decl->doc : NULL;
    for (; s && (s = strstr(s, directive)) != NULL; s += sizeof directive - 1) {
        char after = s[sizeof directive - 1];
        if (!after || strchr(" \t\r\n", after))
            return true;
    }
    return false;
}

static void lower_declared(Lower *L, FuncInfo *info)
{
    Object *o = info->obj;
    if (o->name == name_blank || type_underlying(o->type)->sig.tparams.n || !info->body)
        return;
    if (info->recv && type_is_parameterized(info->recv->type))
        return; /* a generic type's method: its instances are lowered */
    IrSym *sym = lo_func_sym(L, o);
    Fn *fn = lo_fn_new(L, sym, IRL_EXPORT, lo_result_type(info->sig), o->pos);
    fn->info = info;
    fn->name = sym->name->s;
    fn->f->noinline = is_noinline(o);
    lower_function(fn);
}

void lo_instance_emit(Lower *L, InstJob *j)
{
    Fn ctx = {.L = L, .inst = j->inst};
    FuncInfo *info = j->info;
    if (!info->body)
        diag_ice("the generic function %s has no body", j->sym->name->s);
    Fn *fn =
        lo_fn_new(L, j->sym, IRL_COMDAT, lo_result_type(lo_subst(&ctx, info->sig)), info->obj->pos);
    fn->info = info;
    fn->inst = j->inst;
    fn->name = j->sym->name->s;
    fn->f->noinline = is_noinline(info->obj);
    lower_function(fn);
}

/* ---- package variables and initialisation ------------------------------------------------------------------ */

static void declare_global(Object *o, void *arg)
{
    Lower *L = arg;
    if (o->kind != OBJ_VAR || !o->name || o->name == name_blank)
        return;
    IrType *t = lo_type(o->type);
    IrSym *s = lo_global(L, o);
    if (!s->data && t->size)
        ir_data_new(L->m, s, IRL_EXPORT, t->size, t->align, false, lo_has_ptr(t));
}

static void init_step(Fn *fn, InitStep *st)
{
    fn->pos = st->rhs->range.start;
    if (st->lhs.n == 1) {
        Object *o = st->lhs.p[0];
        if (o->name == name_blank || !o->name) {
            lo_expr_to(fn, st->rhs, o->type);
            return;
        }
        Addr a = lo_at(ir_addr(lo_global(fn->L, o), 0), 0);
        IrOpnd v = lo_expr_to(fn, st->rhs, o->type);
        lo_store(fn, a, v);
        return;
    }
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, st->lhs.n);
    Type **ty = ARENA_ARRAY(fn->L->a, Type *, st->lhs.n);
    lo_multi(fn, st->rhs, v, ty, st->lhs.n);
    for (uint32_t i = 0; i < st->lhs.n; i++) {
        Object *o = st->lhs.p[i];
        if (o->name && o->name != name_blank)
            lo_store(fn, lo_at(ir_addr(lo_global(fn->L, o), 0), 0),
                     lo_convert(fn, v[i], ty[i], o->type));
    }
}

/* Functions of bounded size, since compile time grows faster than they do. */
enum { INIT_CHUNK = 24 };

static void lower_init(Lower *L)
{
    Package *pkg = L->pkg;
    IrSym *sym = ir_sym(L->m, arena_printf(L->a, "%s.init", pkg->path));
    sym->is_func = true;
    Fn *init = lo_fn_new(L, sym, IRL_EXPORT, irt_void, NOPOS);
    init->name = sym->name->s;

    VEC(IrSym *) parts = {0};
    Fn *part = NULL;
    uint32_t in_part = 0;
    for (uint32_t i = 0; i < pkg->inits.n; i++) {
        InitStep *st = &pkg->inits.p[i];
        diag_working_on(st->rhs->range.start);
        if (st->lhs.n == 1 && st->lhs.p[0]->name && st->lhs.p[0]->name != name_blank &&
            lo_type(st->lhs.p[0]->type)->size && lo_static_ok(L, st->rhs, st->lhs.p[0]->type)) {
            lo_static_put(L, lo_global(L, st->lhs.p[0])->data, 0, st->rhs, st->lhs.p[0]->type);
            continue;
        }
        if (!part || in_part == INIT_CHUNK) {
            if (part) {
                lo_ret(part, NULL);
                lo_fn_finish(part);
            }
            IrSym *ps = ir_sym(L->m, arena_printf(L->a, "%s.init#%u", pkg->path, parts.n));
            ps->is_func = true;
            vec_push(L->a, &parts, ps);
            part = lo_fn_new(L, ps, IRL_INTERNAL, irt_void, st->rhs->range.start);
            part->name = init->name;
            part->nlits = &L->ninit_lits;
            in_part = 0;
        }
        in_part++;
        init_step(part, st);
    }
    if (part) {
        lo_ret(part, NULL);
        lo_fn_finish(part);
    }

    if (parts.n || pkg->init_funcs.n) {
        IrSym *done = ir_sym(L->m, arena_printf(L->a, "%s.init#done", pkg->path));
        ir_data_new(L->m, done, IRL_INTERNAL, 1, 1, false, false);
        Addr d = lo_at(ir_addr(done, 0), 0);
        IrBlock *first = lo_block(init), *again = lo_block(init);
        lo_br(init, lo_load(init, irt_bool, d), again, first, 2);
        lo_start(init, again);
        lo_ret(init, NULL);
        lo_start(init, first);
        lo_store(init, d, lo_bool(true));
        for (uint32_t i = 0; i < parts.n; i++)
            lo_inst(init, IR_CALL, IR_NOREG, NULL, 0)->sym = parts.p[i];
        for (uint32_t i = 0; i < pkg->init_funcs.n; i++)
            lo_inst(init, IR_CALL, IR_NOREG, NULL, 0)->sym = lo_func_sym(L, pkg->init_funcs.p[i]);
    }
    lo_ret(init, NULL);
    lo_fn_finish(init);
}

/* Go spec, "Program initialization": sorted by import path, each time the first package in
 * the list whose imports are all initialised. */
typedef VEC(Package *) PackageVec;

static bool holds(const PackageVec *v, const Package *p)
{
    for (uint32_t i = 0; i < v->n; i++)
        if (v->p[i] == p)
            return true;
    return false;
}

static void collect(Lower *L, PackageVec *v, Package *p)
{
    if (p == package_unsafe || holds(v, p))
        return;
    vec_push(L->a, v, p);
    for (uint32_t i = 0; i < p->imports.n; i++)
        collect(L, v, p->imports.p[i]);
}

static int by_path(const void *a, const void *b)
{
    return strcmp((*(Package *const *)a)->path, (*(Package *const *)b)->path);
}

static bool ready(const PackageVec *done, const Package *p)
{
    for (uint32_t i = 0; i < p->imports.n; i++)
        if (p->imports.p[i] != package_unsafe && !holds(done, p->imports.p[i]))
            return false;
    return true;
}

static void lower_init_all(Lower *L)
{
    PackageVec all = {0}, done = {0};
    collect(L, &all, L->pkg);
    qsort(all.p, all.n, sizeof *all.p, by_path);
    while (done.n < all.n) {
        Package *next = NULL;
        for (uint32_t i = 0; i < all.n && !next; i++)
            if (!holds(&done, all.p[i]) && ready(&done, all.p[i]))
                next = all.p[i];
        if (!next)
            break; /* an import cycle: reported before */
        vec_push(L->a, &done, next);
    }
    IrSym *sym = ir_sym_c(L->m, RT_SYM_INIT, false);
    sym->is_func = true;
    Fn *fn = lo_fn_new(L, sym, IRL_EXPORT, irt_void, NOPOS);
    for (uint32_t i = 0; i < done.n; i++) {
        IrSym *s = ir_sym(L->m, arena_printf(L->a, "%s.init", done.p[i]->path));
        s->is_func = true;
        lo_inst(fn, IR_CALL, IR_NOREG, NULL, 0)->sym = s;
    }
    lo_ret(fn, NULL);
    lo_fn_finish(fn);
}

/* ---- the package --------------------------------------------------------------------------------------------- */

static void drain(Lower *L)
{
    while (L->desc_queue.n || L->wrapper_queue.n || L->inst_queue.n) {
        if (L->inst_queue.n) {
            InstJob *j = L->inst_queue.p[--L->inst_queue.n];
            lo_instance_emit(L, j);
        } else if (L->wrapper_queue.n) {
            WrapperJob *w = L->wrapper_queue.p[--L->wrapper_queue.n];
            lo_wrapper_emit(L, w);
        } else {
            Type *t = L->desc_queue.p[--L->desc_queue.n];
            lo_desc_emit(L, t);
        }
    }
}

IrModule *lower_package(Arena *a, Package *pkg, const LowerOptions *opt)
{
    Lower *L = ARENA_NEW(a, Lower);
    L->a = a;
    L->m = ir_module_new(a, pkg->path);
    L->pkg = pkg;
    L->opt = opt;

    for (uint32_t i = 0; i < pkg->init_funcs.n; i++) {
        IrSym *s = ir_sym(L->m, arena_printf(a, "%s.init.%u", pkg->path, i));
        s->is_func = true;
        ptrmap_put(a, &L->funcs, pkg->init_funcs.p[i], s);
    }
    scope_each(pkg->scope, declare_global, L);
    lower_init(L);
    for (uint32_t i = 0; i < pkg->funcs.n; i++)
        if (pkg->funcs.p[i]->obj)
            lower_declared(L, pkg->funcs.p[i]);
    if (opt->is_main)
        lower_init_all(L);
    else
        /* other packages count on the descriptors and methods of ours */
        for (uint32_t i = 0; i < pkg->named_types.n; i++) {
            Type *t = pkg->named_types.p[i];
            if (t->kind == TYPE_NAMED && !t->named.local_index && !t->named.tparams.n &&
                !t->named.outer.n) {
                lo_desc(L, t);
                lo_desc(L, type_new_pointer(a, t));
            }
        }
    drain(L);
    diag_working_on(NOPOS);
    return L->m;
}
