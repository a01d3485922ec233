/* Composite literals in code: built in place where the memory is fresh, copied from static
 * data where they are constant.  Go spec, "Composite literals". */
#include "ir/lower_int.h"

static Expr *value_of(Expr *elt)
{
    return elt->kind == EXPR_KEY_VALUE ? elt->kv.value : elt;
}

static Type *lit_type(Fn *fn, Expr *e)
{
    Type *t = lo_typeof(fn, e), *u = type_underlying(t);
    return u->kind == TYPE_POINTER ? lo_subst(fn, u->pointer.elem) : t; /* elided &T */
}

static void hoist_elts(Fn *fn, Expr *e)
{
    ExprVec *v = &e->complit.elts;
    bool later = false;
    for (uint32_t i = 1; i < v->n; i++)
        later |= lo_has_call(v->p[i]);
    if (later)
        for (uint32_t i = 0; i < v->n; i++)
            lo_hoist(fn, value_of(v->p[i]));
}

/* Only constants all the way down: one copy serves every evaluation. */
static bool is_pure(Fn *fn, Expr *e, Type *t)
{
    if (fn->inst)
        return false; /* the literal's types are parameters */
    bool was = fn->L->static_pure;
    fn->L->static_pure = true;
    bool ok = lo_static_ok(fn->L, e, t);
    fn->L->static_pure = was;
    return ok;
}

static IrData *pure_data(Fn *fn, Expr *e, Type *t)
{
    IrType *it = lo_type(t);
    IrData *d = lo_static_data(fn->L, it->size, it->align, true, false);
    bool was = fn->L->static_pure;
    fn->L->static_pure = true;
    lo_static_put(fn->L, d, 0, e, t);
    fn->L->static_pure = was;
    return d;
}

static void elements_into(Fn *fn, Expr *e, Type *elem, Addr dst, bool zeroed)
{
    int64_t size = (int64_t)lo_type(elem)->size;
    for (uint32_t i = 0; i < e->complit.elts.n; i++)
        lo_expr_into(fn, value_of(e->complit.elts.p[i]), elem,
                     lo_plus(dst, size * e->complit.elem_index[i]), zeroed);
}

void lo_complit_into(Fn *fn, Expr *e, Type *t, Addr dst, bool zeroed)
{
    Type *u = type_underlying(t);
    IrType *it = lo_type(t);
    uint32_t n = e->complit.elts.n;
    dst.fresh = true;
    fn->pos = e->range.start;
    hoist_elts(fn, e);
    if (u->kind == TYPE_STRUCT) {
        if (n < u->struct_.fields.n && !zeroed) {
            lo_zero(fn, dst, it);
            zeroed = true;
        }
        for (uint32_t i = 0; i < n; i++) {
            int64_t f = e->complit.elem_index[i];
            lo_expr_into(fn, value_of(e->complit.elts.p[i]),
                         lo_subst(fn, u->struct_.fields.p[f].var->type),
                         lo_plus(dst, (int64_t)it->offsets[f]), zeroed);
        }
        return;
    }
    /* an array */
    if (n > 4 && is_pure(fn, e, t)) {
        IrOpnd src = ir_addr(pure_data(fn, e, t)->sym, 0);
        lo_inst(fn, IR_MEMMOVE, IR_NOREG,
                (IrOpnd[]){lo_lea(fn, dst), src, lo_i64((int64_t)it->size)}, 3);
        return;
    }
    if ((int64_t)n < u->array.len && !zeroed) {
        lo_zero(fn, dst, it);
        zeroed = true;
    }
    elements_into(fn, e, lo_subst(fn, u->array.elem), dst, zeroed);
}

/* ---- slices ------------------------------------------------------------------------------ */

static IrOpnd slice_lit(Fn *fn, Expr *e, Type *t)
{
    Type *elem = lo_subst(fn, type_underlying(t)->slice.elem);
    int64_t n = e->complit.length;
    Type *at = type_new_array(fn->L->a, elem, n);
    if (n == 0) /* not nil, though empty */
        return lo_mk(fn, irt_slice, (IrOpnd[]){lo_alloc(fn, at), lo_i64(0), lo_i64(0)}, 3);
    fn->pos = e->range.start;
    hoist_elts(fn, e);
    IrOpnd p = lo_alloc(fn, at);
    Addr dst = lo_at(p, 0);
    dst.fresh = true;
    IrType *it = lo_type(at);
    bool copied = false;
    if (e->complit.elts.n > 4) {
        Expr as_array = *e; /* the same literal with an array's type */
        as_array.type = at;
        if (is_pure(fn, &as_array, at)) {
            IrOpnd src = ir_addr(pure_data(fn, &as_array, at)->sym, 0);
            lo_inst(fn, IR_MEMMOVE, IR_NOREG, (IrOpnd[]){p, src, lo_i64((int64_t)it->size)}, 3);
            copied = true;
        }
    }
    if (!copied)
        elements_into(fn, e, elem, dst, true);
    return lo_mk(fn, irt_slice, (IrOpnd[]){p, lo_i64(n), lo_i64(n)}, 3);
}

/* ---- maps ---------------------------------------------------------------------------------- */

/* Many constant entries: two static arrays and a loop. */
static void map_from_tables(Fn *fn, Expr *e, Type *t, IrOpnd m)
{
    Type *u = type_underlying(t), *kt = lo_subst(fn, u->map.key), *et = lo_subst(fn, u->map.elem);
    uint32_t n = e->complit.elts.n;
    IrType *ki = lo_type(kt), *ei = lo_type(et);
    IrData *kd = lo_static_data(fn->L, ki->size * n, ki->align, true, false);
    IrData *ed = lo_static_data(fn->L, ei->size ? ei->size * n : 1, ei->align, true, false);
    bool was = fn->L->static_pure;
    fn->L->static_pure = true;
    for (uint32_t i = 0; i < n; i++) {
        lo_static_put(fn->L, kd, ki->size * i, e->complit.elts.p[i]->kv.key, kt);
        lo_static_put(fn->L, ed, ei->size * i, e->complit.elts.p[i]->kv.value, et);
    }
    fn->L->static_pure = was;
    uint32_t i = lo_tmp(fn, irt_i64);
    IrBlock *head = lo_block(fn), *body = lo_block(fn), *end = lo_block(fn);
    lo_copy(fn, i, lo_i64(0));
    lo_start(fn, head);
    lo_br(fn, lo_op2(fn, IR_LT, irt_bool, lo_reg(fn, i), lo_i64(n)), body, end, 1);
    lo_start(fn, body);
    uint32_t ka = lo_tmp(fn, irt_ptr), ea = lo_tmp(fn, irt_ptr);
    lo_inst(fn, IR_INDEX, ka, (IrOpnd[]){ir_addr(kd->sym, 0), lo_reg(fn, i)}, 2)->imm =
        (int64_t)ki->size;
    lo_inst(fn, IR_INDEX, ea, (IrOpnd[]){ir_addr(ed->sym, 0), lo_reg(fn, i)}, 2)->imm =
        (int64_t)ei->size;
    IrOpnd key = lo_load(fn, ki, lo_at(lo_reg(fn, ka), 0));
    IrOpnd p = lo_map_assign(fn, t, m, key);
    lo_store(fn, lo_at(p, 0), lo_load(fn, ei, lo_at(lo_reg(fn, ea), 0)));
    lo_copy(fn, i, lo_op2(fn, IR_ADD, irt_i64, lo_reg(fn, i), lo_i64(1)));
    lo_jump(fn, head);
    lo_start(fn, end);
}

static IrOpnd map_lit(Fn *fn, Expr *e, Type *t)
{
    Type *u = type_underlying(t), *kt = lo_subst(fn, u->map.key), *et = lo_subst(fn, u->map.elem);
    uint32_t n = e->complit.elts.n;
    fn->pos = e->range.start;
    IrOpnd m = lo_rt(fn, RT_map_make, (IrOpnd[]){lo_desc_op(fn, t), lo_i64(n)}, 2);
    bool pure = n > 8 && lo_type(kt)->size > 0;
    for (uint32_t i = 0; i < n && pure; i++)
        pure = is_pure(fn, e->complit.elts.p[i]->kv.key, kt) &&
               is_pure(fn, e->complit.elts.p[i]->kv.value, et);
    if (pure) {
        map_from_tables(fn, e, t, m);
        return m;
    }
    for (uint32_t i = 0; i < n; i++) {
        Expr *kv = e->complit.elts.p[i];
        IrOpnd k = lo_expr_to(fn, kv->kv.key, kt);
        IrOpnd v = lo_expr_to(fn, kv->kv.value, et);
        fn->pos = kv->range.start;
        lo_store(fn, lo_at(lo_map_assign(fn, t, m, k), 0), v);
    }
    return m;
}

/* ---- values ---------------------------------------------------------------------------------- */

IrOpnd lo_complit_ptr(Fn *fn, Expr *e)
{
    Type *t = lit_type(fn, e), *u = type_underlying(t);
    fn->pos = e->range.start;
    IrOpnd p = {0};
    if (u->kind == TYPE_STRUCT || u->kind == TYPE_ARRAY) {
        p = lo_alloc(fn, t);
        lo_complit_into(fn, e, t, lo_at(p, 0), true);
        return p;
    }
    IrOpnd v = u->kind == TYPE_MAP ? map_lit(fn, e, t) : slice_lit(fn, e, t);
    p = lo_alloc(fn, t);
    Addr a = lo_at(p, 0);
    a.fresh = true;
    lo_store(fn, a, v);
    return p;
}

bool lo_complit_static(Fn *fn, Expr *e, Addr *out)
{
    Type *t = lo_typeof(fn, e), *u = type_underlying(t);
    if (u->kind != TYPE_ARRAY || lo_type(t)->size <= 16 || !is_pure(fn, e, t))
        return false;
    *out = lo_at(ir_addr(pure_data(fn, e, t)->sym, 0), 0);
    return true;
}

IrOpnd lo_complit(Fn *fn, Expr *e)
{
    Type *t = lo_typeof(fn, e), *u = type_underlying(t);
    IrType *it = lo_type(t);
    switch (u->kind) {
    case TYPE_POINTER: return lo_complit_ptr(fn, e);
    case TYPE_SLICE: return slice_lit(fn, e, t);
    case TYPE_MAP: return map_lit(fn, e, t);
    case TYPE_STRUCT: {
        if (e->complit.elts.n == 0)
            return ir_zero(it);
        if (lo_is_big(it) || lo_has_array(it))
            break;
        uint32_t n = u->struct_.fields.n;
        IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, n + 1);
        for (uint32_t i = 0; i < n; i++)
            v[i] = ir_zero(it->fields[i]);
        fn->pos = e->range.start;
        hoist_elts(fn, e);
        for (uint32_t i = 0; i < e->complit.elts.n; i++) {
            int64_t f = e->complit.elem_index[i];
            v[f] = lo_expr_to(fn, value_of(e->complit.elts.p[i]),
                              lo_subst(fn, u->struct_.fields.p[f].var->type));
        }
        return lo_mk(fn, it, v, n);
    }
    default: break;
    }
    if (it->size == 0) {
        for (uint32_t i = 0; i < e->complit.elts.n; i++)
            lo_effect(fn, value_of(e->complit.elts.p[i]));
        return ir_zero(it);
    }
    Addr a = lo_slot(fn, it);
    lo_complit_into(fn, e, t, a, false);
    return lo_load(fn, it, a);
}
