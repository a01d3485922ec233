/* The built-in functions.  Go spec, "Built-in functions". */
#include "ir/lower_int.h"

static IrType *elem_ir(Fn *fn, Type *slice)
{
    return lo_type(lo_subst(fn, type_underlying(slice)->slice.elem));
}

/* ---- append --------------------------------------------------------------------------------- */

/* Grows s so that n more fit: *p and *cap in registers; gives the old and the new length. */
static void grow(Fn *fn, Type *slice, IrOpnd s, IrOpnd n, IrOpnd *p, IrOpnd *cap, IrOpnd *old,
                 IrOpnd *len)
{
    Type *elem = lo_subst(fn, type_underlying(slice)->slice.elem);
    uint32_t rp = lo_tmp(fn, irt_ptr), rc = lo_tmp(fn, irt_i64);
    lo_copy(fn, rp, lo_field(fn, s, 0));
    *old = lo_field(fn, s, 1);
    lo_copy(fn, rc, lo_field(fn, s, 2));
    *len = lo_op2(fn, IR_ADD, irt_i64, *old, n);
    IrBlock *slow = lo_block(fn), *go = lo_block(fn);
    IrOpnd full = lo_op2(fn, IR_GT, irt_bool, lo_conv(fn, *len, irt_u64),
                         lo_conv(fn, lo_reg(fn, rc), irt_u64));
    lo_br(fn, full, slow, go, 2);
    lo_start(fn, slow);
    IrOpnd g = lo_rt(fn, RT_growslice,
                     (IrOpnd[]){lo_mem_op(fn, elem), lo_reg(fn, rp), *old, lo_reg(fn, rc), n}, 5);
    lo_copy(fn, rp, lo_field(fn, g, 0));
    lo_copy(fn, rc, lo_field(fn, g, 2));
    lo_start(fn, go);
    *p = lo_reg(fn, rp);
    *cap = lo_reg(fn, rc);
}

static IrOpnd index_addr(Fn *fn, IrOpnd p, IrOpnd i, uint64_t size)
{
    if (i.kind == IRO_INT && i.i == 0)
        return p;
    uint32_t r = lo_tmp(fn, irt_ptr);
    lo_inst(fn, IR_INDEX, r, (IrOpnd[]){p, i}, 2)->imm = (int64_t)size;
    return lo_reg(fn, r);
}

IrOpnd lo_append_values(Fn *fn, Type *slice, IrOpnd s, const IrOpnd *vals, uint32_t n)
{
    IrType *et = elem_ir(fn, slice);
    IrOpnd p, cap, old, len;
    grow(fn, slice, s, lo_i64(n), &p, &cap, &old, &len);
    IrOpnd at = index_addr(fn, p, old, et->size);
    for (uint32_t i = 0; i < n; i++)
        lo_store(fn, lo_at(at, (int64_t)(et->size * i)), vals[i]);
    return lo_mk(fn, irt_slice, (IrOpnd[]){p, len, cap}, 3);
}

static IrOpnd bytes_of(Fn *fn, IrOpnd n, uint64_t size)
{
    if (size == 1)
        return n;
    return lo_op2(fn, IR_MUL, irt_i64, n, lo_i64((int64_t)size));
}

static IrOpnd append_slice(Fn *fn, Type *slice, IrOpnd s, IrOpnd t)
{
    Type *elem = lo_subst(fn, type_underlying(slice)->slice.elem);
    IrType *et = lo_type(elem);
    IrOpnd n = lo_field(fn, t, 1), tp = lo_field(fn, t, 0), p, cap, old, len;
    grow(fn, slice, s, n, &p, &cap, &old, &len);
    if (et->size) {
        IrOpnd at = index_addr(fn, p, old, et->size);
        if (lo_has_ptr(et))
            lo_rt(fn, RT_slicecopy, (IrOpnd[]){lo_mem_op(fn, elem), at, n, tp, n}, 5);
        else
            lo_inst(fn, IR_MEMMOVE, IR_NOREG, (IrOpnd[]){at, tp, bytes_of(fn, n, et->size)}, 3);
    }
    return lo_mk(fn, irt_slice, (IrOpnd[]){p, len, cap}, 3);
}

static IrOpnd append(Fn *fn, Expr *e)
{
    Type *st = lo_typeof(fn, e);
    ExprVec *a = &e->call.args;
    IrOpnd s = lo_expr_to(fn, a->p[0], st);
    if (a->n == 1)
        return s;
    if (e->call.ellipsis) {
        if (a->p[1]->mode == MODE_NIL)
            return s;
        IrOpnd t = lo_string_operand(fn, a->p[1]);
        fn->pos = e->range.start;
        return append_slice(fn, st, s, t);
    }
    Type *elem = lo_subst(fn, type_underlying(st)->slice.elem);
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, a->n);
    for (uint32_t i = 1; i < a->n; i++)
        v[i - 1] = lo_expr_to(fn, a->p[i], elem);
    fn->pos = e->range.start;
    return lo_append_values(fn, st, s, v, a->n - 1);
}

/* ---- copy, clear, delete --------------------------------------------------------------------- */

static IrOpnd copy(Fn *fn, Type *dst, IrOpnd d, IrOpnd s)
{
    Type *elem = lo_subst(fn, type_underlying(dst)->slice.elem);
    IrType *et = lo_type(elem);
    IrOpnd dn = lo_field(fn, d, 1), sn = lo_field(fn, s, 1);
    if (lo_has_ptr(et))
        return lo_rt(
            fn, RT_slicecopy,
            (IrOpnd[]){lo_mem_op(fn, elem), lo_field(fn, d, 0), dn, lo_field(fn, s, 0), sn}, 5);
    uint32_t r = lo_tmp(fn, irt_i64);
    IrBlock *less = lo_block(fn), *go = lo_block(fn);
    lo_copy(fn, r, dn);
    lo_br(fn, lo_op2(fn, IR_LT, irt_bool, sn, dn), less, go, 0);
    lo_start(fn, less);
    lo_copy(fn, r, sn);
    lo_start(fn, go);
    IrOpnd n = lo_reg(fn, r);
    if (et->size)
        lo_inst(fn, IR_MEMMOVE, IR_NOREG,
                (IrOpnd[]){lo_field(fn, d, 0), lo_field(fn, s, 0), bytes_of(fn, n, et->size)}, 3);
    return n;
}

static void clear(Fn *fn, Type *t, IrOpnd v)
{
    if (type_underlying(t)->kind == TYPE_MAP) {
        lo_rt(fn, RT_map_clear, (IrOpnd[]){lo_desc_op(fn, t), v}, 2);
        return;
    }
    IrType *et = elem_ir(fn, t);
    if (et->size)
        lo_rt(fn, RT_memclr_ref,
              (IrOpnd[]){lo_field(fn, v, 0), bytes_of(fn, lo_field(fn, v, 1), et->size)}, 2);
}

/* ---- len, cap ------------------------------------------------------------------------------------ */

static IrOpnd length(Fn *fn, Expr *e, bool is_cap)
{
    Expr *x = e->call.args.p[0];
    Type *t = lo_typeof(fn, x), *u = type_underlying(t);
    switch (u->kind) {
    case TYPE_SLICE: return lo_field(fn, lo_expr(fn, x), is_cap ? 2 : 1);
    case TYPE_BASIC: return lo_field(fn, lo_string_operand(fn, x), 1);
    case TYPE_ARRAY: lo_loc(fn, x); return lo_i64(u->array.len);
    case TYPE_POINTER: lo_expr(fn, x); return lo_i64(type_underlying(u->pointer.elem)->array.len);
    case TYPE_CHAN:
        return lo_rt(fn, is_cap ? RT_chan_cap : RT_chan_len, (IrOpnd[]){lo_expr(fn, x)}, 1);
    case TYPE_MAP: {
        IrOpnd m = lo_expr(fn, x);
        uint32_t r = lo_tmp(fn, irt_i64);
        IrBlock *some = lo_block(fn), *end = lo_block(fn);
        lo_copy(fn, r, lo_i64(0));
        lo_br(fn, lo_op2(fn, IR_NE, irt_bool, m, ir_zero(irt_ptr)), some, end, 0);
        lo_start(fn, some);
        lo_copy(fn, r, lo_load(fn, irt_i64, lo_at(m, 0)));
        lo_start(fn, end);
        return lo_reg(fn, r);
    }
    default: diag_ice("len of what has none");
    }
}

/* ---- make, new --------------------------------------------------------------------------------------- */

static IrOpnd size_arg(Fn *fn, Expr *x)
{
    IrOpnd v = lo_expr(fn, x);
    if (irt_is_float(v.type))
        return lo_i64((int64_t)v.f);
    return lo_save(fn, lo_index_i64(fn, v));
}

static IrOpnd make(Fn *fn, Expr *e)
{
    ExprVec *a = &e->call.args;
    Type *t = lo_typeof(fn, e), *u = type_underlying(t);
    IrOpnd n = a->n > 1 ? size_arg(fn, a->p[1]) : lo_i64(0);
    IrOpnd cap = a->n > 2 ? size_arg(fn, a->p[2]) : n;
    fn->pos = e->range.start;
    switch (u->kind) {
    case TYPE_MAP: return lo_rt(fn, RT_map_make, (IrOpnd[]){lo_desc_op(fn, t), n}, 2);
    case TYPE_CHAN: return lo_rt(fn, RT_chan_make, (IrOpnd[]){lo_desc_op(fn, t), n}, 2);
    default: {
        Type *elem = lo_subst(fn, u->slice.elem);
        int64_t size = (int64_t)lo_type(elem)->size;
        IrOpnd p;
        if (n.kind == IRO_INT && cap.kind == IRO_INT && n.i >= 0 && n.i <= cap.i && size > 0 &&
            cap.i <= 1024 / size)
            p = lo_alloc(fn, type_new_array(fn->L->a, elem, cap.i));
        else
            p = lo_rt(fn, RT_makeslice, (IrOpnd[]){lo_mem_op(fn, elem), n, cap}, 3);
        return lo_mk(fn, irt_slice, (IrOpnd[]){p, n, cap}, 3);
    }
    }
}

static IrOpnd new (Fn *fn, Expr *e)
{
    Expr *x = e->call.args.p[0];
    Type *t = lo_subst(fn, type_underlying(lo_typeof(fn, e))->pointer.elem);
    if (x->mode == MODE_TYPE) {
        fn->pos = e->range.start;
        return lo_alloc(fn, t);
    }
    IrOpnd v = lo_expr_to(fn, x, t); /* new(expr) */
    fn->pos = e->range.start;
    IrOpnd p = lo_alloc(fn, t);
    Addr a = lo_at(p, 0);
    a.fresh = true;
    lo_store(fn, a, v);
    return p;
}

/* ---- min, max ------------------------------------------------------------------------------------------ */

/* Floats: a NaN if either is one; -0 is less than 0. */
static IrOpnd min_max_float(Fn *fn, bool is_min, IrType *t, IrOpnd x, IrOpnd y)
{
    IrType *bits = t == irt_f32 ? irt_u32 : irt_u64;
    uint32_t r = lo_tmp(fn, t);
    IrBlock *nx = lo_block(fn), *ny = lo_block(fn), *lt = lo_block(fn), *eq = lo_block(fn),
            *usey = lo_block(fn), *end = lo_block(fn);
    x = lo_save(fn, x);
    y = lo_save(fn, y);
    lo_copy(fn, r, x);
    lo_br(fn, lo_op2(fn, IR_NE, irt_bool, x, x), end, nx, 2); /* x is NaN */
    lo_start(fn, nx);
    lo_br(fn, lo_op2(fn, IR_NE, irt_bool, y, y), usey, ny, 2);
    lo_start(fn, ny);
    lo_br(fn, lo_op2(fn, IR_EQ, irt_bool, x, y), eq, lt, 0);
    lo_start(fn, lt);
    lo_br(fn, lo_op2(fn, is_min ? IR_LT : IR_GT, irt_bool, x, y), end, usey, 0);
    lo_start(fn, eq); /* only zeros differ in their bits here */
    IrOpnd b = lo_op2(fn, is_min ? IR_OR : IR_AND, bits, lo_op1(fn, IR_BITCAST, bits, x),
                      lo_op1(fn, IR_BITCAST, bits, y));
    lo_copy(fn, r, lo_op1(fn, IR_BITCAST, t, b));
    lo_jump(fn, end);
    lo_start(fn, usey);
    lo_copy(fn, r, y);
    lo_start(fn, end);
    return lo_reg(fn, r);
}

IrOpnd lo_min_max(Fn *fn, bool is_min, Type *t, IrOpnd x, IrOpnd y)
{
    IrType *it = lo_type(t);
    if (irt_is_float(it))
        return min_max_float(fn, is_min, it, x, y);
    IrOpnd c;
    IrOp op = is_min ? IR_LT : IR_GT;
    if (it == irt_string)
        c = lo_op2(fn, op, irt_bool, lo_rt(fn, RT_string_cmp, (IrOpnd[]){y, x}, 2), lo_i64(0));
    else
        c = lo_op2(fn, op, irt_bool, y, x);
    uint32_t r = lo_tmp(fn, it);
    IrBlock *other = lo_block(fn), *end = lo_block(fn);
    lo_copy(fn, r, x);
    lo_br(fn, c, other, end, 0);
    lo_start(fn, other);
    lo_copy(fn, r, y);
    lo_start(fn, end);
    return lo_reg(fn, r);
}

static IrOpnd min_max(Fn *fn, Expr *e, bool is_min)
{
    Type *t = lo_typeof(fn, e);
    ExprVec *a = &e->call.args;
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, a->n);
    for (uint32_t i = 0; i < a->n; i++)
        v[i] = lo_expr_to(fn, a->p[i], t);
    fn->pos = e->range.start;
    IrOpnd r = v[0];
    for (uint32_t i = 1; i < a->n; i++)
        r = lo_min_max(fn, is_min, t, r, v[i]);
    return r;
}

/* ---- print ----------------------------------------------------------------------------------------------- */

/* Only an instance shows that a type parameter is a type that print does not take. */
static void illegal_print(Fn *fn, Type *t)
{
    diag_error((Range){fn->pos, fn->pos}, "illegal types for operand: print\n\t%s",
               type_string(fn->L->a, t, fn->L->pkg));
}

static void print_one(Fn *fn, IrOpnd v, Type *t)
{
    Type *u = type_underlying(t);
    IrType *it = lo_type(t);
    RtCall rt;
    switch (u->kind) {
    case TYPE_BASIC:
        if (it == irt_string) {
            rt = RT_print_string;
        } else if (it == irt_bool) {
            rt = RT_print_bool;
        } else if (it->kind == IRT_STRUCT) {
            lo_rt(fn, it->fields[0] == irt_f32 ? RT_print_complex64 : RT_print_complex,
                  (IrOpnd[]){lo_field(fn, v, 0), lo_field(fn, v, 1)}, 2);
            return;
        } else if (irt_is_float(it)) {
            rt = it == irt_f32 ? RT_print_float32 : RT_print_float;
        } else if (irt_is_int(it)) {
            rt = irt_is_signed(it) ? RT_print_int : RT_print_uint;
            v = lo_conv(fn, v, irt_is_signed(it) ? irt_i64 : irt_u64);
        } else {
            rt = RT_print_pointer;
        }
        break;
    case TYPE_SLICE:
        lo_rt(fn, RT_print_slice,
              (IrOpnd[]){lo_field(fn, v, 0), lo_field(fn, v, 1), lo_field(fn, v, 2)}, 3);
        return;
    case TYPE_INTERFACE:
        lo_rt(fn, RT_print_iface,
              (IrOpnd[]){lo_field(fn, v, 0), lo_conv(fn, lo_field(fn, v, 1), irt_ptr)}, 2);
        return;
    case TYPE_STRUCT:
    case TYPE_ARRAY: illegal_print(fn, t); return;
    default: rt = RT_print_pointer; break;
    }
    lo_rt(fn, rt, &v, 1);
}

static void print(Fn *fn, const IrOpnd *v, Type *const *t, uint32_t n, bool ln)
{
    lo_rt(fn, RT_print_begin, NULL, 0);
    for (uint32_t i = 0; i < n; i++) {
        if (ln && i) {
            IrOpnd sp = lo_str(fn->L, " ", 1);
            lo_rt(fn, RT_print_string, &sp, 1);
        }
        print_one(fn, v[i], t[i]);
    }
    if (ln) {
        IrOpnd nl = lo_str(fn->L, "\n", 1);
        lo_rt(fn, RT_print_string, &nl, 1);
    }
    lo_rt(fn, RT_print_end, NULL, 0);
}

/* ---- dispatch ----------------------------------------------------------------------------------------------- */

static IrOpnd do_recover(Fn *fn)
{
    IrOpnd may = fn->has_may ? fn->may : lo_bool(false);
    return lo_rt(fn, RT_recover, &may, 1);
}

void lo_builtin_apply(Fn *fn, int id, const IrOpnd *args, Type *const *types, uint32_t n)
{
    switch (id) {
    case BUILTIN_CLEAR: clear(fn, types[0], args[0]); break;
    case BUILTIN_CLOSE: lo_rt(fn, RT_chan_close, args, 1); break;
    case BUILTIN_COPY: copy(fn, types[0], args[0], args[1]); break;
    case BUILTIN_DELETE: lo_map_delete(fn, types[0], args[0], args[1]); break;
    case BUILTIN_PANIC: lo_rt(fn, RT_panic, args, 1); break;
    case BUILTIN_PRINT:
    case BUILTIN_PRINTLN: print(fn, args, types, n, id == BUILTIN_PRINTLN); break;
    case BUILTIN_RECOVER: do_recover(fn); break;
    default: diag_ice("a built-in function that is no statement");
    }
}

static IrOpnd ptr_plus(Fn *fn, IrOpnd p, IrOpnd n)
{
    uint32_t r = lo_tmp(fn, irt_ptr);
    lo_inst(fn, IR_INDEX, r, (IrOpnd[]){p, n}, 2)->imm = 1;
    return lo_reg(fn, r);
}

/* unsafe.Slice and unsafe.String (Go spec, "Package unsafe"): a run-time panic if the length is
 * negative, or if the pointer is nil and the length is not 0.  The upper end of what can be
 * addressed is taken for any pointer as it is for those of user space. */
static IrOpnd unsafe_view(Fn *fn, Expr *e, bool is_string)
{
    IrOpnd p = lo_save(fn, lo_expr(fn, e->call.args.p[0]));
    IrOpnd n = size_arg(fn, e->call.args.p[1]);
    fn->pos = e->range.start;
    uint64_t size =
        is_string ? 1 : lo_type(lo_subst(fn, type_underlying(lo_typeof(fn, e))->slice.elem))->size;
    uint64_t most = size > 1 ? (UINT64_MAX - ((uint64_t)1 << 47)) / size : INT64_MAX;
    IrOpnd some = lo_op2(fn, IR_NE, irt_bool, n, lo_i64(0));
    IrOpnd nil = lo_op2(fn, IR_EQ, irt_bool, p, ir_zero(irt_ptr));
    IrOpnd beyond =
        lo_op2(fn, IR_GT, irt_bool, lo_conv(fn, n, irt_u64), ir_int(irt_u64, (int64_t)most));
    IrBlock *bad = lo_block(fn), *good = lo_block(fn);
    lo_br(fn, lo_op2(fn, IR_OR, irt_bool, lo_op2(fn, IR_AND, irt_bool, some, nil), beyond), bad,
          good, 2);
    lo_start(fn, bad);
    bad->cold = true;
    lo_rt(fn, RT_panic_unsafe, (IrOpnd[]){p, n, lo_i64(is_string)}, 3);
    lo_start(fn, good);
    if (is_string)
        return lo_mk(fn, irt_string, (IrOpnd[]){p, n}, 2);
    return lo_mk(fn, irt_slice, (IrOpnd[]){p, n, n}, 3);
}

Expr *lo_spread(Fn *fn, Expr *e)
{
    Lower *L = fn->L;
    Expr *x = e->call.args.n == 1 ? e->call.args.p[0] : NULL;
    if (!x || x->mode == MODE_TYPE || !x->type || x->type->kind != TYPE_TUPLE ||
        x->type->tuple.vars.n < 2)
        return e;
    uint32_t n = x->type->tuple.vars.n;
    IrOpnd *v = ARENA_ARRAY(L->a, IrOpnd, n);
    Type **t = ARENA_ARRAY(L->a, Type *, n);
    lo_multi(fn, x, v, t, n);
    Expr *call = ARENA_NEW(L->a, Expr);
    *call = *e;
    memset(&call->call.args, 0, sizeof call->call.args);
    for (uint32_t i = 0; i < n; i++) {
        Expr *arg = ARENA_NEW(L->a, Expr);
        arg->kind = EXPR_IDENT;
        arg->range = x->range;
        arg->mode = MODE_VALUE;
        arg->type = x->type->tuple.vars.p[i]->type;
        IrOpnd *m = ARENA_NEW(L->a, IrOpnd);
        *m = v[i];
        ptrmap_put(L->a, &fn->memo, arg, m);
        vec_push(L->a, &call->call.args, arg);
    }
    return call;
}

IrOpnd lo_builtin(Fn *fn, Expr *e)
{
    e = lo_spread(fn, e);
    ExprVec *a = &e->call.args;
    int id = e->call.builtin;
    bool later = false;
    for (uint32_t i = 1; i < a->n; i++)
        later |= lo_has_call(a->p[i]);
    if (later)
        for (uint32_t i = 0; i < a->n; i++)
            if (a->p[i]->mode != MODE_TYPE)
                lo_hoist(fn, a->p[i]);
    Pos pos = e->call.lparen ? e->call.lparen : e->range.start;
    switch (id) {
    case BUILTIN_APPEND: return append(fn, e);
    case BUILTIN_LEN: return length(fn, e, false);
    case BUILTIN_CAP: return length(fn, e, true);
    case BUILTIN_MAKE: return make(fn, e);
    case BUILTIN_NEW: return new (fn, e);
    case BUILTIN_MIN: return min_max(fn, e, true);
    case BUILTIN_MAX: return min_max(fn, e, false);
    case BUILTIN_COMPLEX: {
        IrType *t = lo_type(lo_typeof(fn, e));
        Type *part = type_basic[t->fields[0] == irt_f32 ? BASIC_FLOAT32 : BASIC_FLOAT64];
        IrOpnd re = lo_expr_to(fn, a->p[0], part), im = lo_expr_to(fn, a->p[1], part);
        return lo_mk(fn, t, (IrOpnd[]){re, im}, 2);
    }
    case BUILTIN_REAL: return lo_field(fn, lo_expr(fn, a->p[0]), 0);
    case BUILTIN_IMAG: return lo_field(fn, lo_expr(fn, a->p[0]), 1);
    case BUILTIN_RECOVER: fn->pos = pos; return do_recover(fn);
    case BUILTIN_COPY: {
        IrOpnd d = lo_expr(fn, a->p[0]);
        IrOpnd s = a->p[1]->mode == MODE_NIL ? ir_zero(irt_slice) : lo_string_operand(fn, a->p[1]);
        fn->pos = pos;
        return copy(fn, lo_typeof(fn, a->p[0]), d, s);
    }
    case BUILTIN_UNSAFE_SIZEOF: /* of a type parameter's: else a constant */
        return ir_int(irt_u64, (int64_t)lo_type(lo_typeof(fn, a->p[0]))->size);
    case BUILTIN_UNSAFE_ALIGNOF: return ir_int(irt_u64, lo_type(lo_typeof(fn, a->p[0]))->align);
    case BUILTIN_UNSAFE_OFFSETOF: {
        Expr *x = expr_unparen(a->p[0]);
        Type *st = lo_typeof(fn, x->selector.x);
        uint64_t off = 0;
        for (uint32_t i = 0; i < x->selector.sel->index.n; i++) {
            Type *u = type_underlying(st);
            if (u->kind == TYPE_POINTER)
                u = type_underlying(lo_subst(fn, u->pointer.elem));
            int f = x->selector.sel->index.p[i];
            off += lo_type(u)->offsets[f];
            st = lo_subst(fn, u->struct_.fields.p[f].var->type);
        }
        return ir_int(irt_u64, (int64_t)off);
    }
    case BUILTIN_UNSAFE_ADD: {
        IrOpnd p = lo_expr(fn, a->p[0]), n = size_arg(fn, a->p[1]);
        return ptr_plus(fn, p, n);
    }
    case BUILTIN_UNSAFE_SLICE: return unsafe_view(fn, e, false);
    case BUILTIN_UNSAFE_STRING: return unsafe_view(fn, e, true);
    case BUILTIN_UNSAFE_SLICEDATA:
    case BUILTIN_UNSAFE_STRINGDATA: return lo_field(fn, lo_expr(fn, a->p[0]), 0);
    default: break;
    }
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, a->n + 1);
    Type **t = ARENA_ARRAY(fn->L->a, Type *, a->n + 1);
    for (uint32_t i = 0; i < a->n; i++) {
        t[i] = lo_typeof(fn, a->p[i]);
        if (id == BUILTIN_PANIC)
            t[i] = type_any;
        else if (id == BUILTIN_DELETE && i == 1)
            t[i] = lo_subst(fn, type_underlying(t[0])->map.key);
        else if (a->p[i]->mode == MODE_NIL)
            t[i] = type_basic[BASIC_UNSAFE_POINTER];
        v[i] = lo_expr_to(fn, a->p[i], t[i]);
    }
    fn->pos = pos;
    lo_builtin_apply(fn, id, v, t, a->n);
    return (IrOpnd){0};
}
