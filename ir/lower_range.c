/* range over integers, arrays, slices, strings, maps and channels.  Go spec, "For statements
 * with range clause": the range expression is evaluated once; variables are per iteration. */
#include "ir/lower_int.h"

typedef struct Loop {
    Stmt *s;
    const Name *label;
    IrBlock *head, *body, *cont, *end;
} Loop;

static Loop loop_new(Fn *fn, Stmt *s, const Name *label)
{
    return (Loop){s, label, lo_block(fn), lo_block(fn), lo_block(fn), lo_block(fn)};
}

static void run_body(Fn *fn, Loop *l)
{
    Target *up = fn->targets;
    lo_push_target(fn, l->s, l->end, l->cont, l->label);
    lo_stmt(fn, l->s->range_.body);
    fn->targets = up;
    lo_start(fn, l->cont);
}

static bool wants(Expr *e)
{
    if (!e)
        return false;
    e = expr_unparen(e);
    return !(e->kind == EXPR_IDENT && e->ident.name == name_blank);
}

static void set(Fn *fn, Stmt *s, Expr *lhs, IrOpnd v, Type *t)
{
    if (!wants(lhs))
        return;
    fn->pos = s->range.start;
    lo_assign_value(fn, lhs, s->range_.op == TOK_DEFINE, v, t);
}

/* Assigning to several variables happens in parallel: operands of both first. */
static void set_both(Fn *fn, Stmt *s, IrOpnd k, Type *kt, IrOpnd v, Type *vt)
{
    if (s->range_.op != TOK_ASSIGN || !wants(s->range_.key) || !wants(s->range_.value)) {
        set(fn, s, s->range_.key, k, kt);
        set(fn, s, s->range_.value, v, vt);
        return;
    }
    Place pk = lo_place(fn, s->range_.key, true), pv = lo_place(fn, s->range_.value, true);
    lo_place_store(fn, &pk, lo_convert(fn, k, kt, pk.type));
    lo_place_store(fn, &pv, lo_convert(fn, v, vt, pv.type));
}

static void step(Fn *fn, uint32_t i, IrType *t)
{
    lo_copy(fn, i, lo_op2(fn, IR_ADD, t, lo_reg(fn, i), ir_int(t, 1)));
}

static void range_int(Fn *fn, Stmt *s, const Name *label)
{
    Expr *x = s->range_.x;
    Type *t = lo_typeof(fn, x);
    if (wants(s->range_.key) &&
        (x->mode == MODE_CONST)) /* an untyped constant takes the key's type */
        t = lo_typeof(fn, s->range_.key);
    if (lo_is_iface(t))
        t = type_basic[BASIC_INT];
    IrType *it = lo_type(t);
    IrOpnd n = lo_save(fn, lo_expr_to(fn, x, t));
    uint32_t i = lo_tmp(fn, it);
    lo_copy(fn, i, ir_int(it, 0));
    Loop l = loop_new(fn, s, label);
    lo_start(fn, l.head);
    lo_br(fn, lo_op2(fn, IR_LT, irt_bool, lo_reg(fn, i), n), l.body, l.end, 0);
    lo_start(fn, l.body);
    set(fn, s, s->range_.key, lo_reg(fn, i), t);
    run_body(fn, &l);
    step(fn, i, it);
    lo_jump(fn, l.head);
    lo_start(fn, l.end);
}

/* Whether the body may change the array that is ranged over. */
static bool may_change(Expr *x)
{
    x = expr_unparen(x);
    if (x->kind == EXPR_IDENT && x->ident.obj && x->ident.obj->kind == OBJ_VAR)
        return !x->ident.obj->var.owner || x->ident.obj->var.reassigned ||
               x->ident.obj->var.addr_taken;
    return x->kind != EXPR_COMPOSITE_LIT;
}

static void range_elements(Fn *fn, Stmt *s, const Name *label)
{
    Expr *x = s->range_.x;
    Type *xt = lo_typeof(fn, x), *u = type_underlying(xt), *et;
    IrOpnd base = {0}, len;
    bool value = wants(s->range_.value);
    if (u->kind == TYPE_SLICE) {
        et = lo_subst(fn, u->slice.elem);
        IrOpnd v = lo_save(fn, lo_expr(fn, x));
        base = lo_field(fn, v, 0);
        len = lo_field(fn, v, 1);
    } else if (u->kind == TYPE_POINTER) {
        Type *at = type_underlying(u->pointer.elem);
        et = lo_subst(fn, at->array.elem);
        base = lo_save(fn, lo_expr(fn, x));
        len = lo_i64(at->array.len);
        if (value && at->array.len > 0)
            lo_check_nil(fn, base);
    } else {
        et = lo_subst(fn, u->array.elem);
        len = lo_i64(u->array.len);
        if (value || lo_has_call(x)) {
            Loc l = lo_loc(fn, x);
            if (!l.mem) {
                base = lo_spill(fn, l.val).base;
            } else if (value && may_change(x)) {
                Addr a = lo_slot(fn, lo_type(xt));
                lo_move(fn, xt, a, l.addr);
                base = a.base;
            } else {
                base = lo_lea(fn, l.addr);
            }
        }
    }
    uint32_t i = lo_tmp(fn, irt_i64);
    lo_copy(fn, i, lo_i64(0));
    Loop l = loop_new(fn, s, label);
    lo_start(fn, l.head);
    fn->pos = s->range.start;
    lo_br(fn, lo_op2(fn, IR_LT, irt_bool, lo_reg(fn, i), len), l.body, l.end, 0);
    lo_start(fn, l.body);
    if (value) {
        IrType *it = lo_type(et);
        uint32_t r = lo_tmp(fn, irt_ptr);
        lo_inst(fn, IR_INDEX, r, (IrOpnd[]){base, lo_reg(fn, i)}, 2)->imm = (int64_t)it->size;
        IrOpnd v = lo_load(fn, it, lo_at(lo_reg(fn, r), 0));
        set_both(fn, s, lo_save(fn, lo_reg(fn, i)), type_basic[BASIC_INT], v, et);
    } else {
        set(fn, s, s->range_.key, lo_reg(fn, i), type_basic[BASIC_INT]);
    }
    run_body(fn, &l);
    step(fn, i, irt_i64);
    lo_jump(fn, l.head);
    lo_start(fn, l.end);
}

static void range_string(Fn *fn, Stmt *s, const Name *label)
{
    IrOpnd str = lo_save(fn, lo_expr(fn, s->range_.x));
    IrOpnd p = lo_field(fn, str, 0), n = lo_field(fn, str, 1);
    uint32_t i = lo_tmp(fn, irt_i64), next = lo_tmp(fn, irt_i64), rune = lo_tmp(fn, irt_i32);
    lo_copy(fn, i, lo_i64(0));
    Loop l = loop_new(fn, s, label);
    lo_start(fn, l.head);
    fn->pos = s->range.start;
    lo_br(fn, lo_op2(fn, IR_LT, irt_bool, lo_reg(fn, i), n), l.body, l.end, 0);
    lo_start(fn, l.body);
    uint32_t a = lo_tmp(fn, irt_ptr);
    lo_inst(fn, IR_INDEX, a, (IrOpnd[]){p, lo_reg(fn, i)}, 2)->imm = 1;
    IrOpnd c = lo_load(fn, irt_u8, lo_at(lo_reg(fn, a), 0));
    IrBlock *ascii = lo_block(fn), *multi = lo_block(fn), *go = lo_block(fn);
    lo_br(fn, lo_op2(fn, IR_LT, irt_bool, c, ir_int(irt_u8, 0x80)), ascii, multi, 1);
    lo_start(fn, ascii);
    lo_copy(fn, rune, lo_conv(fn, c, irt_i32));
    lo_copy(fn, next, lo_op2(fn, IR_ADD, irt_i64, lo_reg(fn, i), lo_i64(1)));
    lo_jump(fn, go);
    lo_start(fn, multi);
    IrOpnd d = lo_rt(fn, RT_decoderune, (IrOpnd[]){p, n, lo_reg(fn, i)}, 3);
    lo_copy(fn, rune, lo_conv(fn, lo_conv(fn, d, irt_u32), irt_i32));
    IrOpnd w = lo_op2(fn, IR_SHR, irt_u64, d, ir_int(irt_u64, 32));
    lo_copy(fn, next, lo_op2(fn, IR_ADD, irt_i64, lo_reg(fn, i), lo_conv(fn, w, irt_i64)));
    lo_start(fn, go);
    set_both(fn, s, lo_save(fn, lo_reg(fn, i)), type_basic[BASIC_INT],
             lo_save(fn, lo_reg(fn, rune)), type_rune);
    run_body(fn, &l);
    lo_copy(fn, i, lo_reg(fn, next));
    lo_jump(fn, l.head);
    lo_start(fn, l.end);
}

static void range_map(Fn *fn, Stmt *s, const Name *label)
{
    Type *mt = lo_typeof(fn, s->range_.x), *u = type_underlying(mt);
    Type *kt = lo_subst(fn, u->map.key), *et = lo_subst(fn, u->map.elem);
    IrOpnd m = lo_expr(fn, s->range_.x);
    Addr it = lo_slot(fn, irt_array(irt_u64, sizeof(RtMapIter) / 8));
    fn->pos = s->range.start;
    lo_rt(fn, RT_map_iter_init, (IrOpnd[]){lo_desc_op(fn, mt), m, it.base}, 3);
    Loop l = loop_new(fn, s, label);
    lo_start(fn, l.head);
    fn->pos = s->range.start;
    lo_br(fn, lo_rt(fn, RT_map_iter_next, &it.base, 1), l.body, l.end, 0);
    lo_start(fn, l.body);
    IrOpnd k = {0}, v = {0};
    if (wants(s->range_.key))
        k = lo_load(fn, lo_type(kt), lo_at(lo_load(fn, irt_ptr, it), 0));
    if (wants(s->range_.value))
        v = lo_load(fn, lo_type(et),
                    lo_at(lo_load(fn, irt_ptr, lo_plus(it, offsetof(RtMapIter, elem))), 0));
    set_both(fn, s, k, kt, v, et);
    run_body(fn, &l);
    lo_jump(fn, l.head);
    lo_start(fn, l.end);
}

static void range_chan(Fn *fn, Stmt *s, const Name *label)
{
    Type *et = lo_subst(fn, type_underlying(lo_typeof(fn, s->range_.x))->chan.elem);
    IrType *it = lo_type(et);
    IrOpnd ch = lo_save(fn, lo_expr(fn, s->range_.x));
    Loop l = loop_new(fn, s, label);
    bool value = wants(s->range_.key) && it->size;
    Addr a = {0};
    if (value)
        a = lo_slot(fn, it);
    lo_start(fn, l.head);
    fn->pos = s->range.start;
    IrOpnd ok = lo_rt(fn, RT_chan_recv, (IrOpnd[]){ch, value ? a.base : ir_zero(irt_ptr)}, 2);
    lo_br(fn, ok, l.body, l.end, 0);
    lo_start(fn, l.body);
    set(fn, s, s->range_.key, value ? lo_load(fn, it, a) : ir_zero(it), et);
    run_body(fn, &l);
    lo_jump(fn, l.head);
    lo_start(fn, l.end);
}

void lo_range(Fn *fn, Stmt *s, const Name *label)
{
    Type *u = type_underlying(lo_typeof(fn, s->range_.x));
    switch (u->kind) {
    case TYPE_BASIC:
        if (u->basic.flags & BF_STRING)
            range_string(fn, s, label);
        else
            range_int(fn, s, label);
        break;
    case TYPE_ARRAY:
    case TYPE_SLICE:
    case TYPE_POINTER: range_elements(fn, s, label); break;
    case TYPE_MAP: range_map(fn, s, label); break;
    case TYPE_CHAN: range_chan(fn, s, label); break;
    case TYPE_SIGNATURE: lo_range_func(fn, s, label); break;
    default: diag_ice("range over what cannot be ranged over");
    }
}
