/* Expressions: values, located values (in memory or computed), conditions.
 *
 * Order of evaluation: the spec fixes calls, receives and logical operators among each
 * other; gc evaluates these first and loads variables after them, and so does lo_hoist. */
#include "ir/lower_int.h"

/* ---- order of evaluation --------------------------------------------------------------- */

static bool list_has_call(const ExprVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        if (lo_has_call(v->p[i]))
            return true;
    return false;
}

/* The runtime is asked: a call among calls. */
static bool is_chan_len(Expr *e)
{
    Type *t = e->call.args.p[0]->type;
    return t && t->kind != TYPE_TUPLE && type_underlying(t)->kind == TYPE_CHAN;
}

bool lo_has_call(Expr *e)
{
    if (!e || e->mode == MODE_CONST || e->mode == MODE_TYPE)
        return false;
    switch (e->kind) {
    case EXPR_PAREN: return lo_has_call(e->paren.x);
    case EXPR_CALL:
        if (e->call.call_kind == CALL_CONVERSION)
            return list_has_call(&e->call.args);
        if (e->call.call_kind == CALL_BUILTIN)
            switch (e->call.builtin) {
            case BUILTIN_LEN:
            case BUILTIN_CAP: return is_chan_len(e) || list_has_call(&e->call.args);
            case BUILTIN_REAL:
            case BUILTIN_IMAG:
            case BUILTIN_COMPLEX:
            case BUILTIN_MIN:
            case BUILTIN_MAX: return list_has_call(&e->call.args);
            default: return true;
            }
        return true;
    case EXPR_UNARY: return e->unary.op == TOK_ARROW || lo_has_call(e->unary.x);
    case EXPR_BINARY: return lo_has_call(e->binary.x) || lo_has_call(e->binary.y);
    case EXPR_SELECTOR: return !e->selector.obj && lo_has_call(e->selector.x);
    case EXPR_INDEX:
        return lo_has_call(e->index.x) ||
               (e->index.indices.n && lo_has_call(e->index.indices.p[0]));
    case EXPR_SLICE:
        return lo_has_call(e->slice.x) || lo_has_call(e->slice.lo) || lo_has_call(e->slice.hi) ||
               lo_has_call(e->slice.max);
    case EXPR_STAR: return lo_has_call(e->star.x);
    case EXPR_TYPE_ASSERT: return lo_has_call(e->type_assert.x);
    case EXPR_COMPOSITE_LIT: return list_has_call(&e->complit.elts);
    case EXPR_KEY_VALUE: return lo_has_call(e->kv.key) || lo_has_call(e->kv.value);
    default: return false;
    }
}

static void memo_put(Fn *fn, Expr *e)
{
    IrOpnd *v = ARENA_NEW(fn->L->a, IrOpnd);
    *v = lo_save(fn, lo_expr(fn, e));
    ptrmap_put(fn->L->a, &fn->memo, e, v);
}

void lo_hoist(Fn *fn, Expr *e)
{
    if (!e || !lo_has_call(e))
        return;
    if (e->type && e->type->kind == TYPE_TUPLE)
        return;
    if (ptrmap_get(&fn->memo, e))
        return;
    switch (e->kind) {
    case EXPR_PAREN: lo_hoist(fn, e->paren.x); break;
    case EXPR_CALL:
        if (e->call.call_kind == CALL_FUNC ||
            (e->call.call_kind == CALL_BUILTIN && lo_has_call(e) && e->mode != MODE_NOVALUE &&
             ((e->call.builtin != BUILTIN_LEN && e->call.builtin != BUILTIN_CAP) ||
              is_chan_len(e))))
            memo_put(fn, e);
        else
            for (uint32_t i = 0; i < e->call.args.n; i++)
                lo_hoist(fn, e->call.args.p[i]);
        break;
    case EXPR_UNARY:
        if (e->unary.op == TOK_ARROW || e->unary.op == TOK_AND)
            memo_put(fn, e);
        else
            lo_hoist(fn, e->unary.x);
        break;
    case EXPR_BINARY:
        if (e->binary.op == TOK_LAND || e->binary.op == TOK_LOR) {
            memo_put(fn, e);
        } else {
            lo_hoist(fn, e->binary.x);
            lo_hoist(fn, e->binary.y);
        }
        break;
    case EXPR_SELECTOR:
        if (e->selector.sel && e->selector.sel->kind == SEL_FIELD)
            lo_hoist(fn, e->selector.x);
        else
            memo_put(fn, e);
        break;
    case EXPR_INDEX:
        if (e->ntargs)
            break;
        if (type_underlying(lo_typeof(fn, e->index.x))->kind == TYPE_MAP) {
            memo_put(fn, e);
        } else {
            lo_hoist(fn, e->index.x);
            lo_hoist(fn, e->index.indices.p[0]);
        }
        break;
    case EXPR_SLICE:
        lo_hoist(fn, e->slice.x);
        lo_hoist(fn, e->slice.lo);
        lo_hoist(fn, e->slice.hi);
        lo_hoist(fn, e->slice.max);
        break;
    case EXPR_STAR: lo_hoist(fn, e->star.x); break;
    case EXPR_TYPE_ASSERT: memo_put(fn, e); break;
    case EXPR_COMPOSITE_LIT:
        if (type_underlying(lo_typeof(fn, e))->kind == TYPE_MAP)
            memo_put(fn, e);
        else
            for (uint32_t i = 0; i < e->complit.elts.n; i++) {
                Expr *x = e->complit.elts.p[i];
                lo_hoist(fn, x->kind == EXPR_KEY_VALUE ? x->kv.value : x);
            }
        break;
    default: break;
    }
}

/* ---- located values --------------------------------------------------------------------------- */

static Loc in_mem(Addr a, Type *t)
{
    return (Loc){.mem = true, .addr = a, .type = t};
}

static Loc computed(IrOpnd v, Type *t)
{
    return (Loc){.val = v, .type = t};
}

IrOpnd lo_loc_value(Fn *fn, Loc l)
{
    return l.mem ? lo_load(fn, lo_type(l.type), l.addr) : l.val;
}

Loc lo_loc_field(Fn *fn, Loc l, int index)
{
    Type *u = type_underlying(l.type);
    if (u->kind == TYPE_POINTER) {
        IrOpnd p = lo_loc_value(fn, l);
        lo_check_nil(fn, p);
        l = in_mem(lo_at(p, 0), lo_subst(fn, u->pointer.elem));
        u = type_underlying(l.type);
    }
    if (u->kind != TYPE_STRUCT || (uint32_t)index >= u->struct_.fields.n)
        diag_ice("field selection in what is no struct");
    Type *ft = lo_subst(fn, u->struct_.fields.p[index].var->type);
    if (l.mem) {
        int64_t off = (int64_t)lo_type(l.type)->offsets[index];
        Loc r = in_mem(lo_plus(l.addr, off), ft);
        return r;
    }
    return computed(lo_field(fn, l.val, (uint32_t)index), ft);
}

static IrSym *func_value(Fn *fn, Expr *e, Object *o)
{
    if (type_underlying(o->type)->sig.tparams.n)
        return lo_func_ref(fn, e, o);
    return lo_func_value_sym(fn->L, o);
}

static Loc ident_loc(Fn *fn, Expr *e, Object *o)
{
    Type *t = lo_typeof(fn, e);
    if (o->kind == OBJ_VAR) {
        if (!o->var.owner)
            return in_mem(lo_at(ir_addr(lo_global(fn->L, o), 0), 0), lo_subst(fn, o->type));
        Var *v = lo_var(fn, o);
        Type *vt = lo_subst(fn, o->type);
        return v->in_reg ? computed(lo_reg(fn, v->reg), vt) : in_mem(lo_var_addr(v), vt);
    }
    if (o->kind == OBJ_FUNC)
        return computed(lo_closure(fn, func_value(fn, e, o), NULL, NULL, 0, false), t);
    if (o->kind == OBJ_NIL)
        return computed(ir_zero(lo_type(t)), t);
    diag_ice("%s is no value", o->name->s);
}

IrOpnd lo_index_i64(Fn *fn, IrOpnd idx)
{
    return lo_conv(fn, idx, irt_i64);
}

static void check_bounds(Fn *fn, IrOpnd idx, IrOpnd len)
{
    if (idx.kind == IRO_INT && len.kind == IRO_INT && idx.i >= 0 && idx.i < len.i)
        return;
    bool uns = !irt_is_signed(idx.type);
    lo_inst(fn, IR_CHECK_BOUNDS, IR_NOREG, (IrOpnd[]){idx, len}, 2)->imm = uns;
}

static Addr element(Fn *fn, IrOpnd base, IrOpnd idx, int64_t size)
{
    IrOpnd i = lo_index_i64(fn, idx);
    if (i.kind == IRO_INT)
        return lo_at(base, i.i * size);
    uint32_t r = lo_tmp(fn, irt_ptr);
    lo_inst(fn, IR_INDEX, r, (IrOpnd[]){base, i}, 2)->imm = size;
    return lo_at(lo_reg(fn, r), 0);
}

static IrOpnd index_opnd(Fn *fn, Expr *i)
{
    IrOpnd v = lo_expr(fn, i);
    if (irt_is_float(v.type)) /* a constant with an integral value */
        v = lo_i64((int64_t)v.f);
    return v;
}

static Loc index_loc(Fn *fn, Expr *e)
{
    Expr *xe = e->index.x, *ie = e->index.indices.p[0];
    Type *xt = lo_typeof(fn, xe), *u = type_underlying(xt);
    Pos pos = e->range.start;
    if (lo_has_call(ie)) {
        lo_hoist(fn, xe);
        lo_hoist(fn, ie);
    }
    switch (u->kind) {
    case TYPE_MAP: {
        IrOpnd m = lo_expr(fn, xe);
        IrOpnd k = lo_map_key(fn, xt, ie, true);
        fn->pos = pos;
        return computed(lo_map_get(fn, xt, m, k, NULL), lo_subst(fn, u->map.elem));
    }
    case TYPE_SLICE: {
        IrOpnd s = lo_expr(fn, xe), i = index_opnd(fn, ie);
        fn->pos = pos;
        check_bounds(fn, i, lo_field(fn, s, 1));
        Type *et = lo_subst(fn, u->slice.elem);
        return in_mem(element(fn, lo_field(fn, s, 0), i, (int64_t)lo_type(et)->size), et);
    }
    case TYPE_POINTER: {
        Type *at = type_underlying(u->pointer.elem);
        IrOpnd p = lo_expr(fn, xe), i = index_opnd(fn, ie);
        fn->pos = pos;
        lo_check_nil(fn, p);
        check_bounds(fn, i, lo_i64(at->array.len));
        Type *et = lo_subst(fn, at->array.elem);
        return in_mem(element(fn, p, i, (int64_t)lo_type(et)->size), et);
    }
    case TYPE_ARRAY: {
        Type *et = lo_subst(fn, u->array.elem);
        Loc l = lo_loc(fn, xe);
        IrOpnd i = index_opnd(fn, ie);
        fn->pos = pos;
        check_bounds(fn, i, lo_i64(u->array.len));
        if (l.mem) {
            Addr a = element(fn, lo_lea(fn, l.addr), i, (int64_t)lo_type(et)->size);
            a.fresh = l.addr.fresh;
            return in_mem(a, et);
        }
        return computed(lo_op2(fn, IR_ELEM, lo_type(et), l.val, lo_index_i64(fn, i)), et);
    }
    case TYPE_BASIC: { /* string */
        IrOpnd s = lo_string_operand(fn, xe), i = index_opnd(fn, ie);
        fn->pos = pos;
        check_bounds(fn, i, lo_field(fn, s, 1));
        return in_mem(element(fn, lo_field(fn, s, 0), i, 1), type_basic[BASIC_UINT8]);
    }
    default: break;
    }
    diag_ice("index of what has no elements");
}

Loc lo_loc(Fn *fn, Expr *e)
{
    e = lo_callee(e);
    IrOpnd *memo = ptrmap_get(&fn->memo, e);
    if (memo) {
        ptrmap_put(fn->L->a, &fn->memo, e, NULL);
        return computed(*memo, lo_typeof(fn, e));
    }
    if (e->mode == MODE_CONST || e->mode == MODE_NIL)
        return computed(lo_expr(fn, e), lo_typeof(fn, e));
    switch (e->kind) {
    case EXPR_IDENT: return ident_loc(fn, e, e->ident.obj);
    case EXPR_SELECTOR: {
        if (e->selector.obj)
            return ident_loc(fn, e, e->selector.obj);
        Selection *sel = e->selector.sel;
        if (sel->kind != SEL_FIELD)
            break;
        Loc l = lo_loc(fn, e->selector.x);
        fn->pos = e->selector.name_range.start;
        for (uint32_t i = 0; i < sel->index.n; i++)
            l = lo_loc_field(fn, l, sel->index.p[i]);
        return l;
    }
    case EXPR_INDEX: return index_loc(fn, e);
    case EXPR_STAR: {
        IrOpnd p = lo_expr(fn, e->star.x);
        fn->pos = e->range.start;
        lo_check_nil(fn, p);
        return in_mem(lo_at(p, 0), lo_typeof(fn, e));
    }
    case EXPR_COMPOSITE_LIT: {
        Addr a;
        if (lo_complit_static(fn, e, &a))
            return in_mem(a, lo_typeof(fn, e));
        break;
    }
    default: break;
    }
    return computed(lo_expr(fn, e), lo_typeof(fn, e));
}

/* ---- operators ----------------------------------------------------------------------------------- */

static IrOp arith_op(Token op)
{
    switch (op) {
    case TOK_ADD: return IR_ADD;
    case TOK_SUB: return IR_SUB;
    case TOK_MUL: return IR_MUL;
    case TOK_QUO: return IR_DIV;
    case TOK_REM: return IR_REM;
    case TOK_AND: return IR_AND;
    case TOK_OR: return IR_OR;
    case TOK_XOR: return IR_XOR;
    case TOK_AND_NOT: return IR_ANDNOT;
    case TOK_SHL: return IR_SHL;
    case TOK_SHR: return IR_SHR;
    default: diag_ice("no instruction for the operator %s", token_text[op]);
    }
}

static IrOpnd complex_binary(Fn *fn, Token op, IrType *t, IrOpnd x, IrOpnd y)
{
    IrType *p = t->fields[0];
    IrOpnd a = lo_field(fn, x, 0), b = lo_field(fn, x, 1);
    IrOpnd c = lo_field(fn, y, 0), d = lo_field(fn, y, 1);
    IrOpnd r[2];
    switch (op) {
    case TOK_ADD:
    case TOK_SUB: {
        IrOp o = op == TOK_ADD ? IR_ADD : IR_SUB;
        r[0] = lo_op2(fn, o, p, a, c);
        r[1] = lo_op2(fn, o, p, b, d);
        break;
    }
    case TOK_MUL: {
        /* in float64, as gc does it for complex64 too */
        a = lo_conv(fn, a, irt_f64);
        b = lo_conv(fn, b, irt_f64);
        c = lo_conv(fn, c, irt_f64);
        d = lo_conv(fn, d, irt_f64);
        IrOpnd re = lo_op2(fn, IR_SUB, irt_f64, lo_op2(fn, IR_MUL, irt_f64, a, c),
                           lo_op2(fn, IR_MUL, irt_f64, b, d));
        IrOpnd im = lo_op2(fn, IR_ADD, irt_f64, lo_op2(fn, IR_MUL, irt_f64, a, d),
                           lo_op2(fn, IR_MUL, irt_f64, b, c));
        r[0] = lo_conv(fn, re, p);
        r[1] = lo_conv(fn, im, p);
        break;
    }
    case TOK_QUO: {
        Addr out = lo_slot(fn, irt_struct((IrType *[]){irt_f64, irt_f64}, 2));
        lo_rt(fn, RT_complex_div,
              (IrOpnd[]){out.base, lo_conv(fn, a, irt_f64), lo_conv(fn, b, irt_f64),
                         lo_conv(fn, c, irt_f64), lo_conv(fn, d, irt_f64)},
              5);
        r[0] = lo_conv(fn, lo_load(fn, irt_f64, out), p);
        r[1] = lo_conv(fn, lo_load(fn, irt_f64, lo_plus(out, 8)), p);
        break;
    }
    default: diag_ice("operator %s on complex numbers", token_text[op]);
    }
    return lo_mk(fn, t, r, 2);
}

static IrOpnd shift(Fn *fn, Token op, IrType *t, IrOpnd x, IrOpnd n)
{
    if (irt_is_signed(n.type)) {
        if (n.kind != IRO_INT)
            lo_inst(fn, IR_CHECK_SHIFT, IR_NOREG, &n, 1);
        n = lo_conv(fn, n, irt_u64);
    }
    return lo_op2(fn, arith_op(op), t, x, n);
}

/* Constant counts may be of any numeric kind: 1.0, 'a', 2+0i. */
IrOpnd lo_shift_count(Fn *fn, Expr *e)
{
    if (e->mode != MODE_CONST)
        return lo_expr(fn, e);
    uint64_t n = 0;
    ConstVal *v = const_to_int(fn->L->a, e->cv);
    if (!const_uint64_val(v, &n))
        n = UINT64_MAX; /* beyond any width */
    return ir_int(irt_u64, (int64_t)n);
}

static IrOpnd concat(Fn *fn, IrOpnd *v, uint32_t n)
{
    Addr a = lo_slot(fn, irt_array(irt_string, n));
    for (uint32_t i = 0; i < n; i++)
        lo_store(fn, lo_plus(a, 16 * (int64_t)i), v[i]);
    return lo_rt(fn, RT_concat, (IrOpnd[]){a.base, lo_i64(n)}, 2);
}

IrOpnd lo_binary(Fn *fn, Token op, Type *t, IrOpnd x, IrOpnd y, Type *ytype, Pos pos)
{
    IrType *it = lo_type(t);
    fn->pos = pos;
    if (it == irt_string)
        return concat(fn, (IrOpnd[]){x, y}, 2);
    if (it->kind == IRT_STRUCT)
        return complex_binary(fn, op, it, x, y);
    if (op == TOK_SHL || op == TOK_SHR)
        return shift(fn, op, it, x, y);
    if ((op == TOK_QUO || op == TOK_REM) && irt_is_int(it) && !(y.kind == IRO_INT && y.i != 0))
        lo_inst(fn, IR_CHECK_DIV, IR_NOREG, &y, 1);
    return lo_op2(fn, arith_op(op), it, x, y);
}

typedef VEC(Expr *) ExprList;

static void flatten(Fn *fn, Expr *e, ExprList *out)
{
    Expr *u = expr_unparen(e);
    if (u->mode != MODE_CONST && u->kind == EXPR_BINARY && u->binary.op == TOK_ADD &&
        !ptrmap_get(&fn->memo, u)) {
        flatten(fn, u->binary.x, out);
        flatten(fn, u->binary.y, out);
        return;
    }
    vec_push(fn->L->a, out, u);
}

static IrOpnd concat_expr(Fn *fn, Expr *e)
{
    ExprList l = {0};
    flatten(fn, e, &l);
    bool calls = false;
    for (uint32_t i = 1; i < l.n; i++)
        calls |= lo_has_call(l.p[i]);
    if (calls)
        for (uint32_t i = 0; i < l.n; i++)
            lo_hoist(fn, l.p[i]);
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, l.n);
    for (uint32_t i = 0; i < l.n; i++)
        v[i] = calls ? lo_expr(fn, l.p[i]) : lo_string_operand(fn, l.p[i]);
    fn->pos = e->binary.op_pos;
    return concat(fn, v, l.n);
}

static IrOpnd logical(Fn *fn, Expr *e)
{
    uint32_t r = lo_tmp(fn, irt_bool);
    IrBlock *t = lo_block(fn), *f = lo_block(fn), *end = lo_block(fn);
    lo_cond(fn, e, t, f);
    lo_start(fn, t);
    lo_copy(fn, r, lo_bool(true));
    lo_jump(fn, end);
    lo_start(fn, f);
    lo_copy(fn, r, lo_bool(false));
    lo_start(fn, end);
    return lo_reg(fn, r);
}

void lo_cond(Fn *fn, Expr *e, IrBlock *t, IrBlock *f)
{
    e = expr_unparen(e);
    if (e->mode != MODE_CONST && !ptrmap_get(&fn->memo, e)) {
        if (e->kind == EXPR_UNARY && e->unary.op == TOK_NOT) {
            lo_cond(fn, e->unary.x, f, t);
            return;
        }
        if (e->kind == EXPR_BINARY && (e->binary.op == TOK_LAND || e->binary.op == TOK_LOR)) {
            IrBlock *mid = lo_block(fn);
            if (e->binary.op == TOK_LAND)
                lo_cond(fn, e->binary.x, mid, f);
            else
                lo_cond(fn, e->binary.x, t, mid);
            lo_start(fn, mid);
            lo_cond(fn, e->binary.y, t, f);
            return;
        }
    }
    IrOpnd v = lo_expr(fn, e);
    fn->pos = e->range.start;
    lo_br(fn, v, t, f, 0);
}

static IrOpnd binary_expr(Fn *fn, Expr *e)
{
    Token op = e->binary.op;
    switch (op) {
    case TOK_LAND:
    case TOK_LOR: return logical(fn, e);
    case TOK_EQL:
    case TOK_NEQ:
    case TOK_LSS:
    case TOK_GTR:
    case TOK_LEQ:
    case TOK_GEQ:
        if (lo_has_call(e->binary.y)) {
            lo_hoist(fn, e->binary.x);
            lo_hoist(fn, e->binary.y);
        }
        return lo_compare(fn, op, e->binary.x, e->binary.y);
    default: break;
    }
    Type *t = lo_typeof(fn, e);
    if (lo_type(t) == irt_string)
        return concat_expr(fn, e);
    if (lo_has_call(e->binary.y)) {
        lo_hoist(fn, e->binary.x);
        lo_hoist(fn, e->binary.y);
    }
    IrOpnd x, y;
    if (op == TOK_SHL || op == TOK_SHR) {
        x = lo_expr_to(fn, e->binary.x, t);
        y = lo_shift_count(fn, e->binary.y);
    } else {
        x = lo_expr_to(fn, e->binary.x, t);
        y = lo_expr_to(fn, e->binary.y, t);
    }
    return lo_binary(fn, op, t, x, y, lo_typeof(fn, e->binary.y), e->binary.op_pos);
}

static IrOpnd receive(Fn *fn, Expr *e, IrOpnd *ok)
{
    Type *ct = type_underlying(lo_typeof(fn, e->unary.x));
    IrOpnd ch = lo_expr(fn, e->unary.x);
    IrType *et = lo_type(lo_subst(fn, ct->chan.elem));
    fn->pos = e->range.start;
    Addr a = {0};
    IrOpnd p = ir_zero(irt_ptr);
    if (et->size) {
        a = lo_slot(fn, et);
        p = a.base;
    }
    IrOpnd k = lo_rt(fn, RT_chan_recv, (IrOpnd[]){ch, p}, 2);
    if (ok)
        *ok = k;
    return et->size ? lo_load(fn, et, a) : ir_zero(et);
}

static IrOpnd address_of(Fn *fn, Expr *e)
{
    Expr *x = expr_unparen(e->unary.x);
    if (x->kind == EXPR_COMPOSITE_LIT)
        return lo_complit_ptr(fn, x);
    Loc l = lo_loc(fn, x);
    if (!l.mem)
        diag_ice("address of a value in a register");
    return lo_lea(fn, l.addr);
}

static IrOpnd unary_expr(Fn *fn, Expr *e)
{
    switch (e->unary.op) {
    case TOK_AND: return address_of(fn, e);
    case TOK_ARROW: return receive(fn, e, NULL);
    case TOK_NOT: {
        IrOpnd x = lo_expr(fn, e->unary.x);
        return lo_op1(fn, IR_LNOT, irt_bool, x);
    }
    default: break;
    }
    Type *t = lo_typeof(fn, e);
    IrType *it = lo_type(t);
    IrOpnd x = lo_expr_to(fn, e->unary.x, t);
    fn->pos = e->range.start;
    if (e->unary.op == TOK_ADD)
        return x;
    if (e->unary.op == TOK_XOR)
        return lo_op1(fn, IR_NOT, it, x);
    if (it->kind == IRT_STRUCT) {
        IrType *p = it->fields[0];
        return lo_mk(fn, it,
                     (IrOpnd[]){lo_op1(fn, IR_NEG, p, lo_field(fn, x, 0)),
                                lo_op1(fn, IR_NEG, p, lo_field(fn, x, 1))},
                     2);
    }
    return lo_op1(fn, IR_NEG, it, x);
}

/* ---- slice expressions ---------------------------------------------------------------------------- */

static void check_slice(Fn *fn, IrOpnd v, IrOpnd bound, RtSliceFault kind, bool uns)
{
    if (v.kind == IRO_INT && v.i == 0)
        return;
    if (v.kind == IRO_INT && bound.kind == IRO_INT && v.i >= 0 && v.i <= bound.i)
        return;
    IrInst *in = lo_inst(fn, IR_CHECK_SLICE, IR_NOREG, (IrOpnd[]){v, bound}, 2);
    in->imm = kind;
    in->imm2 = uns;
}

static IrOpnd slice_bound(Fn *fn, Expr *e, bool *uns)
{
    IrOpnd v = index_opnd(fn, e);
    *uns = !irt_is_signed(v.type);
    return lo_save(fn, lo_index_i64(fn, v));
}

/* base + lo * size, or base where nothing is left after lo: a pointer one past the end
 * would keep the next object alive. */
static IrOpnd slice_base(Fn *fn, IrOpnd base, IrOpnd lo, IrOpnd left, int64_t size)
{
    if (lo.kind == IRO_INT && lo.i == 0)
        return base;
    IrOpnd neg = lo_op1(fn, IR_NEG, irt_i64, left);
    IrOpnd mask = lo_op2(fn, IR_SHR, irt_i64, neg, ir_int(irt_u64, 63));
    IrOpnd i = lo_op2(fn, IR_AND, irt_i64, lo, mask);
    uint32_t r = lo_tmp(fn, irt_ptr);
    lo_inst(fn, IR_INDEX, r, (IrOpnd[]){base, i}, 2)->imm = size;
    return lo_reg(fn, r);
}

static IrOpnd sub(Fn *fn, IrOpnd x, IrOpnd y)
{
    if (y.kind == IRO_INT && y.i == 0)
        return x;
    if (x.kind == IRO_INT && y.kind == IRO_INT)
        return lo_i64(x.i - y.i);
    return lo_op2(fn, IR_SUB, irt_i64, x, y);
}

static IrOpnd slice_expr(Fn *fn, Expr *e)
{
    Expr *xe = e->slice.x;
    Type *xt = lo_typeof(fn, xe), *u = type_underlying(xt);
    Expr *parts[3] = {e->slice.lo, e->slice.hi, e->slice.max};
    bool calls = false;
    for (int i = 0; i < 3; i++)
        calls |= lo_has_call(parts[i]);
    if (calls) {
        lo_hoist(fn, xe);
        for (int i = 0; i < 3; i++)
            lo_hoist(fn, parts[i]);
    }
    IrOpnd base, len, cap;
    int64_t size = 1;
    bool is_string = false, is_slice = false;
    if (u->kind == TYPE_BASIC) {
        IrOpnd s = lo_expr(fn, xe);
        base = lo_field(fn, s, 0);
        len = cap = lo_field(fn, s, 1);
        is_string = true;
    } else if (u->kind == TYPE_SLICE) {
        IrOpnd s = lo_expr(fn, xe);
        base = lo_field(fn, s, 0);
        len = lo_field(fn, s, 1);
        cap = lo_field(fn, s, 2);
        size = (int64_t)lo_type(lo_subst(fn, u->slice.elem))->size;
        is_slice = true;
    } else {
        Type *at = u;
        if (u->kind == TYPE_POINTER) {
            base = lo_expr(fn, xe);
            at = type_underlying(u->pointer.elem);
            fn->pos = e->range.start;
            lo_check_nil(fn, base);
        } else {
            Loc l = lo_loc(fn, xe);
            if (!l.mem)
                diag_ice("slice of an array in a register");
            base = lo_lea(fn, l.addr);
        }
        len = cap = lo_i64(at->array.len);
        size = (int64_t)lo_type(lo_subst(fn, at->array.elem))->size;
    }
    bool ulo = false, uhi = false, umax = false;
    IrOpnd lo = parts[0] ? slice_bound(fn, parts[0], &ulo) : lo_i64(0);
    IrOpnd hi = parts[1] ? slice_bound(fn, parts[1], &uhi) : len;
    IrOpnd max = parts[2] ? slice_bound(fn, parts[2], &umax) : cap;
    fn->pos = e->range.start;
    if (e->slice.three) {
        check_slice(fn, max, cap, is_slice ? RT_SLICE3_ACAP : RT_SLICE3_ALEN, umax);
        check_slice(fn, hi, max, RT_SLICE3_B, uhi);
        check_slice(fn, lo, hi, RT_SLICE3_C, ulo);
    } else {
        if (parts[1])
            check_slice(fn, hi, cap, is_slice ? RT_SLICE_ACAP : RT_SLICE_ALEN, uhi);
        if (parts[0])
            check_slice(fn, lo, hi, RT_SLICE_B, ulo);
    }
    IrOpnd nlen = sub(fn, hi, lo);
    if (is_string)
        return lo_mk(fn, irt_string, (IrOpnd[]){slice_base(fn, base, lo, nlen, 1), nlen}, 2);
    IrOpnd ncap = sub(fn, max, lo);
    return lo_mk(fn, irt_slice, (IrOpnd[]){slice_base(fn, base, lo, ncap, size), nlen, ncap}, 3);
}

/* ---- function literals -------------------------------------------------------------------------------- */

IrSym *lo_lit_sym(Fn *fn, Expr *lit)
{
    const char *name =
        arena_printf(fn->L->a, fn->is_literal ? "%s.%u" : "%s.func%u", fn->name, ++*fn->nlits);
    IrSym *sym = ir_sym(fn->L->m, name);
    sym->is_func = true;
    Pos pos = fn->pos;
    lo_func_lit_body(fn->L, fn, lit->funclit.info, sym, name);
    fn->pos = pos;
    return sym;
}

void lo_lit_captures(Fn *fn, FuncInfo *info, IrOpnd **vals, Type ***types, uint32_t *n)
{
    uint32_t k = info->captures.n;
    *vals = ARENA_ARRAY(fn->L->a, IrOpnd, k + 1);
    *types = ARENA_ARRAY(fn->L->a, Type *, k + 1);
    *n = k;
    for (uint32_t i = 0; i < k; i++) {
        Object *o = info->captures.p[i];
        Var *v = lo_var(fn, o);
        if (lo_capture_by_ref(fn, o)) {
            (*vals)[i] = lo_lea(fn, lo_var_addr(v));
            (*types)[i] = type_basic[BASIC_UNSAFE_POINTER];
        } else {
            (*types)[i] = lo_subst(fn, o->type);
            (*vals)[i] = lo_var_get(fn, v, lo_type((*types)[i]));
        }
    }
}

IrOpnd lo_func_lit(Fn *fn, Expr *e, bool stack)
{
    IrOpnd *vals;
    Type **types;
    uint32_t n;
    IrSym *sym = lo_lit_sym(fn, e);
    lo_lit_captures(fn, e->funclit.info, &vals, &types, &n);
    return lo_closure(fn, sym, vals, types, n, stack);
}

/* ---- expressions -------------------------------------------------------------------------------------- */

IrOpnd lo_slice_len(Fn *fn, Type *t, IrOpnd v)
{
    return lo_field(fn, v, 1);
}

static Type *const_default(ConstVal *cv)
{
    switch (const_kind(cv)) {
    case CONST_BOOL: return type_basic[BASIC_BOOL];
    case CONST_STRING: return type_basic[BASIC_STRING];
    case CONST_INT: return type_basic[BASIC_INT];
    case CONST_FLOAT: return type_basic[BASIC_FLOAT64];
    case CONST_COMPLEX: return type_basic[BASIC_COMPLEX128];
    default: diag_ice("constant without a value");
    }
}

static Type *value_type(Fn *fn, Expr *e)
{
    Type *t = lo_typeof(fn, e);
    if (e->mode == MODE_CONST && lo_is_iface(t))
        return const_default(e->cv);
    return t;
}

IrOpnd lo_expr(Fn *fn, Expr *e)
{
    e = lo_callee(e);
    if (e->mode == MODE_CONST)
        return lo_const(fn, e->cv, value_type(fn, e));
    if (fn->inst && e->mode == MODE_VALUE && e->cv && type_is_typeparam(e->type))
        return lo_const(fn, e->cv, lo_typeof(fn, e)); /* a constant of a parameter's type */
    if (e->mode == MODE_NIL)
        return ir_zero(lo_type(lo_typeof(fn, e)));
    IrOpnd *memo = ptrmap_get(&fn->memo, e);
    if (memo) {
        ptrmap_put(fn->L->a, &fn->memo, e, NULL);
        return *memo;
    }
    switch (e->kind) {
    case EXPR_IDENT:
    case EXPR_STAR:
    case EXPR_INDEX: return lo_loc_value(fn, lo_loc(fn, e));
    case EXPR_SELECTOR:
        if (e->selector.sel && e->selector.sel->kind != SEL_FIELD)
            return lo_method_value(fn, e);
        return lo_loc_value(fn, lo_loc(fn, e));
    case EXPR_COMPOSITE_LIT: return lo_complit(fn, e);
    case EXPR_FUNC_LIT: return lo_func_lit(fn, e, false);
    case EXPR_SLICE: return slice_expr(fn, e);
    case EXPR_TYPE_ASSERT: return lo_type_assert(fn, e, NULL);
    case EXPR_CALL: return lo_call(fn, e);
    case EXPR_UNARY: return unary_expr(fn, e);
    case EXPR_BINARY: return binary_expr(fn, e);
    default: diag_ice("an expression of kind %d has no value", (int)e->kind);
    }
}

IrOpnd lo_expr_to(Fn *fn, Expr *e, Type *want)
{
    if (e->mode == MODE_NIL)
        return ir_zero(lo_type(want));
    if (e->mode == MODE_CONST && !lo_is_iface(want))
        return lo_const(fn, e->cv, want);
    IrOpnd v = lo_expr(fn, e);
    return lo_convert(fn, v, value_type(fn, e), want);
}

void lo_expr_into(Fn *fn, Expr *e, Type *want, Addr dst, bool zeroed)
{
    Expr *x = expr_unparen(e);
    if (x->kind == EXPR_COMPOSITE_LIT && !ptrmap_get(&fn->memo, x)) {
        Type *t = lo_typeof(fn, x);
        Type *u = type_underlying(t);
        if ((u->kind == TYPE_STRUCT || u->kind == TYPE_ARRAY) && !lo_is_iface(want)) {
            lo_complit_into(fn, x, t, dst, zeroed);
            return;
        }
    }
    IrType *it = lo_type(want);
    if (it->size > 64 && x->mode != MODE_CONST && !lo_is_iface(want) &&
        (x->kind == EXPR_IDENT || x->kind == EXPR_SELECTOR || x->kind == EXPR_INDEX ||
         x->kind == EXPR_STAR)) {
        Loc l = lo_loc(fn, x);
        if (l.mem) {
            lo_move(fn, want, dst, l.addr);
            return;
        }
        lo_store(fn, dst, l.val);
        return;
    }
    IrOpnd v = lo_expr_to(fn, e, want);
    fn->pos = e->range.start;
    if (v.kind == IRO_ZERO && zeroed)
        return;
    lo_store(fn, dst, v);
}

static Type *or_bool(Type *t)
{
    return type_is_untyped(t) ? type_basic[BASIC_BOOL] : t;
}

void lo_multi(Fn *fn, Expr *e, IrOpnd *out, Type **types, uint32_t n)
{
    e = expr_unparen(e);
    Type *tt = e->type;
    if (tt->kind != TYPE_TUPLE || tt->tuple.vars.n != n)
        diag_ice("%u values expected of an expression", n);
    for (uint32_t i = 0; i < n; i++)
        types[i] = or_bool(lo_subst(fn, tt->tuple.vars.p[i]->type));
    switch (e->kind) {
    case EXPR_CALL: {
        IrOpnd r = lo_call(fn, e);
        if (n == 1) {
            out[0] = r;
            return;
        }
        for (uint32_t i = 0; i < n; i++)
            out[i] = lo_field(fn, r, i);
        return;
    }
    case EXPR_INDEX: {
        Type *mt = lo_typeof(fn, e->index.x);
        if (lo_has_call(e->index.indices.p[0])) {
            lo_hoist(fn, e->index.x);
            lo_hoist(fn, e->index.indices.p[0]);
        }
        IrOpnd m = lo_expr(fn, e->index.x);
        IrOpnd k = lo_map_key(fn, mt, e->index.indices.p[0], true);
        fn->pos = e->range.start;
        out[0] = lo_map_get(fn, mt, m, k, &out[1]);
        return;
    }
    case EXPR_TYPE_ASSERT: out[0] = lo_type_assert(fn, e, &out[1]); return;
    case EXPR_UNARY: out[0] = receive(fn, e, &out[1]); return;
    default: diag_ice("several values of an expression that has one");
    }
}

void lo_effect(Fn *fn, Expr *e)
{
    e = expr_unparen(e);
    if (e->kind == EXPR_CALL) {
        lo_call(fn, e);
    } else if (e->kind == EXPR_UNARY && e->unary.op == TOK_ARROW) {
        IrOpnd ch = lo_expr(fn, e->unary.x);
        fn->pos = e->range.start;
        lo_rt(fn, RT_chan_recv, (IrOpnd[]){ch, ir_zero(irt_ptr)}, 2);
    } else if (e->mode != MODE_CONST && e->mode != MODE_TYPE && e->mode != MODE_NIL) {
        lo_expr(fn, e);
    }
}
