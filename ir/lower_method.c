/* Methods as functions: their names, promotion through embedded fields, the forms that
 * interfaces call, bound method values.  Wrappers are made when something refers to them;
 * those of a package's own types stand in that package's object. */
#include "ir/lower_int.h"

/* ---- names ------------------------------------------------------------------------------- */

/* "pkg/path" and "T" of a defined type; others have no package: their key is the name. */
static const char *local_name(Lower *L, Type *t)
{
    const char *key = type_key(L->a, t);
    Package *pkg = t->kind == TYPE_NAMED ? t->named.obj->pkg : NULL;
    if (pkg) {
        size_t n = strlen(pkg->path);
        if (!strncmp(key, pkg->path, n) && key[n] == '.')
            return key + n + 1;
    }
    return key;
}

static const char *method_name(Lower *L, Type *t, bool ptr, const Name *name, Package *mpkg)
{
    Package *pkg = t->kind == TYPE_NAMED ? t->named.obj->pkg : NULL;
    const char *q = "";
    bool exported = name->s[0] >= 'A' && name->s[0] <= 'Z';
    if (!exported && mpkg && mpkg != pkg) /* another package's unexported method, promoted */
        q = arena_printf(L->a, "%s.", mpkg->path);
    const char *p = pkg ? arena_printf(L->a, "%s.", pkg->path) : "";
    return arena_printf(L->a, ptr ? "%s(*%s).%s%s" : "%s%s.%s%s", p, local_name(L, t), q, name->s);
}

const char *lo_method_name(Lower *L, Type *named, bool ptr, Object *m)
{
    return method_name(L, named, ptr, m->name, m->pkg);
}

int lo_iface_method_index(Type *iface, Object *m)
{
    ObjectVec *all = lo_methods(iface);
    for (uint32_t i = 0; i < all->n; i++) {
        Object *o = all->p[i];
        bool exported = m->name->s[0] >= 'A' && m->name->s[0] <= 'Z';
        if (o == m || (o->name == m->name && (exported || o->pkg == m->pkg)))
            return (int)i;
    }
    diag_ice("interface without the method %s", m->name->s);
}

Selection *lo_method_lookup(Lower *L, Type *recv, Object *method)
{
    MethodSet *ms = type_method_set(L->a, recv);
    bool exported = method->name->s[0] >= 'A' && method->name->s[0] <= 'Z';
    for (uint32_t i = 0; i < ms->sels.n; i++) {
        Object *o = ms->sels.p[i]->obj;
        if (o->name == method->name && (exported || o->pkg == method->pkg))
            return ms->sels.p[i];
    }
    diag_ice("%s has no method %s", type_string(L->a, recv, NULL), method->name->s);
}

/* ---- requests ------------------------------------------------------------------------------ */

void lo_queue_wrapper(Lower *L, WrapperJob *w)
{
    vec_push(L->a, &L->wrapper_queue, w);
}

static Type *pointee(Type *t)
{
    if (t->kind == TYPE_NAMED)
        return NULL;
    Type *u = type_underlying(t);
    return u->kind == TYPE_POINTER ? u->pointer.elem : NULL;
}

static IrSym *request(Lower *L, const char *name, WrapperKind kind, Type *recv, Selection *sel)
{
    IrSym *s = ir_sym(L->m, name);
    s->is_func = true;
    if (s->func || ptrmap_get(&L->funcs, s))
        return s;
    Type *n = pointee(recv) ? pointee(recv) : recv;
    bool global = n->kind == TYPE_NAMED && n->named.obj->pkg && !n->named.local_index &&
                  n->named.targs.n == 0;
    /* the descriptor's owner has it too, but only of non-interface types */
    if (global && n->named.obj->pkg != L->pkg && !lo_is_iface(recv))
        return s;
    ptrmap_put(L->a, &L->funcs, s, s);
    WrapperJob *w = ARENA_NEW(L->a, WrapperJob);
    w->kind = kind;
    w->sym = s;
    w->linkage = global && !lo_is_iface(recv) ? IRL_EXPORT : IRL_COMDAT;
    w->recv = recv;
    w->sel = sel;
    lo_queue_wrapper(L, w);
    return s;
}

IrSym *lo_method_sym(Lower *L, Type *recv, Selection *sel)
{
    Object *m = sel->obj;
    Type *elem = pointee(recv);
    if (lo_is_iface(recv))
        return request(L, arena_printf(L->a, "%s.%s", type_key(L->a, recv), m->name->s),
                       WRAP_METHOD, recv, sel);
    bool promoted = sel->index.n > 1;
    if (!promoted && (m->func.ptr_recv == (elem != NULL)))
        return lo_func_sym(L, m);
    return request(L, method_name(L, elem ? elem : recv, elem != NULL, m->name, m->pkg),
                   WRAP_METHOD, recv, sel);
}

/* A data word that is the receiver itself, in the same register. */
static bool same_word(Type *t)
{
    IrType *it = lo_type(t);
    return it->kind == IRT_PTR || it->kind == IRT_I64 || it->kind == IRT_U64;
}

IrSym *lo_method_ifn(Lower *L, Type *recv, Selection *sel)
{
    IrSym *m = lo_method_sym(L, recv, sel);
    if (same_word(recv))
        return m;
    return request(L, arena_printf(L->a, "%s#i", m->name->s), WRAP_IFN, recv, sel);
}

/* ---- the wrappers' code --------------------------------------------------------------------------- */

typedef struct Params {
    IrOpnd *v;
    uint32_t n;
} Params;

static Params add_params(Fn *fn, Type *sig)
{
    ObjectVec *p = &type_underlying(sig)->sig.params->tuple.vars;
    Params r = {ARENA_ARRAY(fn->L->a, IrOpnd, p->n + 3), p->n};
    for (uint32_t i = 0; i < p->n; i++)
        r.v[i + 1] = lo_reg(fn, lo_param(fn, lo_type(p->p[i]->type), NULL));
    return r;
}

static void pass_defer(Fn *fn, IrOpnd code)
{
    lo_inst(fn, IR_PASSDEFER, IR_NOREG, &code, 1)->sym = fn->self;
}

/* Calls sym(recv, params…) and returns what it returns. */
static void tail(Fn *fn, IrOp op, IrSym *sym, int method, IrOpnd recv, Params p)
{
    p.v[0] = recv;
    uint32_t dst = fn->f->result == irt_void ? IR_NOREG : lo_tmp(fn, fn->f->result);
    IrInst *in = lo_inst(fn, op, dst, p.v, p.n + 1);
    in->sym = sym;
    in->imm = method;
    in->type = fn->f->result;
    if (dst == IR_NOREG) {
        lo_ret(fn, NULL);
    } else {
        IrOpnd r = lo_reg(fn, dst);
        lo_ret(fn, &r);
    }
}

static void tail_iface(Fn *fn, Type *iface, Object *m, IrOpnd v, Params p)
{
    int i = lo_iface_method_index(iface, m);
    IrOpnd tab = lo_field(fn, v, 0);
    lo_check_nil(fn, tab);
    pass_defer(fn, lo_load(fn, irt_ptr, lo_at(tab, (int64_t)offsetof(RtItab, fn) + 8 * i)));
    tail(fn, IR_CALL_IFACE, NULL, i, v, p);
}

/* (*T).M of a value method: a nil receiver panics by name. */
static void check_receiver(Fn *fn, Type *elem, Object *m, IrOpnd p)
{
    Lower *L = fn->L;
    IrBlock *nil = lo_block(fn), *ok = lo_block(fn);
    lo_br(fn, lo_op2(fn, IR_EQ, irt_bool, p, ir_zero(irt_ptr)), nil, ok, 2);
    lo_start(fn, nil);
    nil->cold = true;
    Package *pkg = elem->kind == TYPE_NAMED ? elem->named.obj->pkg : NULL;
    const char *path = pkg ? pkg->path : "", *t = local_name(L, elem);
    lo_rt(fn, RT_panic_wrap,
          (IrOpnd[]){lo_str(L, path, strlen(path)), lo_str(L, t, strlen(t)),
                     lo_str(L, m->name->s, m->name->len)},
          3);
    lo_start(fn, ok);
}

static void emit_method(Fn *fn, WrapperJob *w)
{
    Object *m = w->sel->obj;
    IrOpnd r = lo_reg(fn, lo_param(fn, lo_type(w->recv), NULL));
    Params p = add_params(fn, m->type);
    if (lo_is_iface(w->recv)) {
        tail_iface(fn, w->recv, m, r, p);
        return;
    }
    Loc l = {.val = r, .type = w->recv};
    Type *elem = pointee(w->recv);
    if (elem && !m->func.ptr_recv && !lo_is_iface(elem))
        check_receiver(fn, elem, m, r);
    for (uint32_t i = 0; i + 1 < w->sel->index.n; i++)
        l = lo_loc_field(fn, l, w->sel->index.p[i]);
    if (lo_is_iface(l.type)) {
        tail_iface(fn, l.type, m, lo_loc_value(fn, l), p);
        return;
    }
    IrOpnd v;
    bool is_ptr = pointee(l.type) != NULL;
    if (m->func.ptr_recv) {
        v = is_ptr || !l.mem ? lo_loc_value(fn, l) : lo_lea(fn, l.addr);
    } else if (is_ptr) {
        v = lo_loc_value(fn, l);
        lo_check_nil(fn, v);
        v = lo_load(fn, lo_type(pointee(l.type)), lo_at(v, 0));
    } else {
        v = lo_loc_value(fn, l);
    }
    IrSym *target = lo_func_sym(fn->L, m);
    pass_defer(fn, ir_addr(target, 0));
    tail(fn, IR_CALL, target, 0, v, p);
}

static void emit_ifn(Fn *fn, WrapperJob *w)
{
    IrOpnd word = lo_reg(fn, lo_param(fn, irt_u64, NULL));
    Params p = add_params(fn, w->sel->obj->type);
    IrSym *target = lo_method_sym(fn->L, w->recv, w->sel);
    pass_defer(fn, ir_addr(target, 0));
    tail(fn, IR_CALL, target, 0, lo_unbox(fn, word, w->recv), p);
}

static void emit_bound(Fn *fn, WrapperJob *w)
{
    Object *m = w->sel->obj;
    Params p = add_params(fn, m->type);
    IrOpnd env = lo_reg(fn, lo_param(fn, irt_ptr, NULL));
    fn->f->is_closure = true;
    IrType *rt = lo_type(w->recv), *et = lo_env_type(fn->L, &rt, 1);
    IrOpnd r = lo_load(fn, rt, lo_at(env, (int64_t)et->offsets[1]));
    if (lo_is_iface(w->recv)) {
        tail_iface(fn, w->recv, m, r, p);
        return;
    }
    IrSym *target = lo_func_sym(fn->L, m);
    pass_defer(fn, ir_addr(target, 0));
    tail(fn, IR_CALL, target, 0, r, p);
}

static void emit_std(Fn *fn, WrapperJob *w)
{
    Type *sig = w->fn->type;
    Params p = add_params(fn, sig);
    uint32_t dst = fn->f->result == irt_void ? IR_NOREG : lo_tmp(fn, fn->f->result);
    lo_inst(fn, IR_CALL, dst, p.v + 1, p.n)->sym = lo_func_sym(fn->L, w->fn);
    if (dst == IR_NOREG) {
        lo_ret(fn, NULL);
    } else {
        IrOpnd r = lo_reg(fn, dst);
        lo_ret(fn, &r);
    }
}

void lo_wrapper_emit(Lower *L, WrapperJob *w)
{
    if (w->sym->func)
        return;
    Object *m = w->kind == WRAP_STD ? w->fn : w->sel->obj;
    Fn *fn = lo_fn_new(L, w->sym, w->linkage, lo_result_type(m->type), m->pos);
    fn->f->is_wrapper = true;
    fn->name = w->sym->name->s;
    switch (w->kind) {
    case WRAP_METHOD: emit_method(fn, w); break;
    case WRAP_IFN: emit_ifn(fn, w); break;
    case WRAP_BOUND: emit_bound(fn, w); break;
    case WRAP_STD: emit_std(fn, w); break;
    }
    lo_fn_finish(fn);
}
