/* Conversions: numbers, strings, slices to arrays, boxing into interfaces and out of them,
 * type assertions. */
#include "ir/lower_int.h"

/* ---- an interface's data word ----------------------------------------------------------- */

static IrType *unsigned_of(const IrType *t)
{
    switch (t->kind) {
    case IRT_I8: return irt_u8;
    case IRT_I16: return irt_u16;
    case IRT_I32: return irt_u32;
    default: return irt_u64;
    }
}

/* Constant strings are boxed as read-only data. */
static IrOpnd box_string_const(Fn *fn, IrOpnd v)
{
    Lower *L = fn->L;
    IrSym *s = ir_sym(L->m, arena_printf(L->a, "strval:%s:%lld", v.sym->name->s, (long long)v.off));
    if (!s->data) {
        IrData *d = ir_data_new(L->m, s, IRL_COMDAT, 16, 8, true, false);
        ir_data_addr(L->m, d, 0, v.sym, 0);
        ir_data_int(L->m, d, 8, (uint64_t)v.off, 8);
    }
    return lo_conv(fn, ir_addr(s, 0), irt_u64);
}

IrOpnd lo_box_word(Fn *fn, IrOpnd v, Type *t)
{
    IrType *it = lo_type(t);
    if (it->size == 0)
        return ir_int(irt_u64, 0);
    if (it->size > 8) {
        if (v.kind == IRO_STR)
            return box_string_const(fn, v);
        Addr a = lo_spill(fn, v);
        IrOpnd p = lo_rt(fn, RT_box, (IrOpnd[]){lo_mem_op(fn, t), a.base}, 2);
        return lo_conv(fn, p, irt_u64);
    }
    if (v.kind == IRO_ZERO)
        return ir_int(irt_u64, 0);
    if (irt_is_int(it))
        return lo_conv(fn, lo_conv(fn, v, unsigned_of(it)), irt_u64);
    switch (it->kind) {
    case IRT_PTR:
    case IRT_BOOL:
        if (v.kind == IRO_INT)
            return ir_int(irt_u64, v.i);
        return lo_op1(fn, IR_CONV, irt_u64, v);
    case IRT_F64: return lo_op1(fn, IR_BITCAST, irt_u64, v);
    case IRT_F32: return lo_conv(fn, lo_op1(fn, IR_BITCAST, irt_u32, v), irt_u64);
    default: break;
    }
    Addr a = lo_slot(fn, irt_u64);
    lo_store(fn, a, ir_int(irt_u64, 0));
    lo_store(fn, a, v);
    return lo_load(fn, irt_u64, a);
}

IrOpnd lo_unbox(Fn *fn, IrOpnd word, Type *t)
{
    IrType *it = lo_type(t);
    if (it->size == 0)
        return ir_zero(it);
    if (it->size > 8)
        return lo_load(fn, it, lo_at(lo_conv(fn, word, irt_ptr), 0));
    if (irt_is_int(it))
        return lo_conv(fn, word, it);
    switch (it->kind) {
    case IRT_PTR: return lo_conv(fn, word, irt_ptr);
    case IRT_BOOL: return lo_op2(fn, IR_NE, irt_bool, word, ir_int(irt_u64, 0));
    case IRT_F64: return lo_op1(fn, IR_BITCAST, irt_f64, word);
    case IRT_F32: return lo_op1(fn, IR_BITCAST, irt_f32, lo_conv(fn, word, irt_u32));
    default: break;
    }
    Addr a = lo_slot(fn, irt_u64);
    lo_store(fn, a, word);
    return lo_load(fn, it, a);
}

IrOpnd lo_iface_type(Fn *fn, IrOpnd v, Type *t)
{
    IrOpnd tab = lo_field(fn, v, 0);
    if (!lo_has_methods(t) || tab.kind == IRO_ZERO)
        return tab;
    uint32_t r = lo_tmp(fn, irt_ptr);
    IrBlock *some = lo_block(fn), *end = lo_block(fn);
    lo_copy(fn, r, tab);
    lo_br(fn, lo_op2(fn, IR_NE, irt_bool, tab, ir_zero(irt_ptr)), some, end, 0);
    lo_start(fn, some);
    lo_copy(fn, r, lo_load(fn, irt_ptr, lo_at(tab, offsetof(RtItab, type))));
    lo_start(fn, end);
    return lo_reg(fn, r);
}

/* First word for a dynamic type known only at run time, nil staying nil. */
static IrOpnd tab_for(Fn *fn, Type *to, IrOpnd dyn)
{
    if (!lo_has_methods(to))
        return dyn;
    uint32_t r = lo_tmp(fn, irt_ptr);
    IrBlock *some = lo_block(fn), *end = lo_block(fn);
    lo_copy(fn, r, ir_zero(irt_ptr));
    lo_br(fn, lo_op2(fn, IR_NE, irt_bool, dyn, ir_zero(irt_ptr)), some, end, 0);
    lo_start(fn, some);
    lo_copy(fn, r, lo_rt(fn, RT_itab, (IrOpnd[]){lo_desc_op(fn, to), dyn}, 2));
    lo_start(fn, end);
    return lo_reg(fn, r);
}

/* Whether values of both interface types have the same first word. */
static bool same_tab(Type *a, Type *b)
{
    if (!lo_has_methods(a) && !lo_has_methods(b))
        return true;
    return type_identical(type_underlying(a), type_underlying(b));
}

IrOpnd lo_convert(Fn *fn, IrOpnd v, Type *from, Type *to)
{
    if (from == to || !lo_is_iface(to))
        return v;
    if (from->kind == TYPE_BASIC && from->basic.kind == BASIC_UNTYPED_NIL)
        return ir_zero(irt_iface);
    from = type_default(from);
    if (lo_is_iface(from)) {
        if (v.kind == IRO_ZERO || same_tab(from, to))
            return v;
        IrOpnd tab = tab_for(fn, to, lo_iface_type(fn, v, from));
        return lo_mk(fn, irt_iface, (IrOpnd[]){tab, lo_field(fn, v, 1)}, 2);
    }
    IrOpnd tab = lo_has_methods(to) ? ir_addr(lo_itab(fn->L, from, to), 0) : lo_desc_op(fn, from);
    IrOpnd w = lo_box_word(fn, v, from);
    return lo_mk(fn, irt_iface, (IrOpnd[]){tab, w}, 2);
}

/* ---- T(x) ----------------------------------------------------------------------------------- */

static bool is_bytes(Type *t, BasicKind kind)
{
    Type *u = type_underlying(t);
    if (u->kind != TYPE_SLICE)
        return false;
    Type *e = type_underlying(u->slice.elem);
    return e->kind == TYPE_BASIC && e->basic.kind == kind;
}

static IrOpnd bytes_view(Fn *fn, IrOpnd s)
{
    return lo_mk(fn, irt_string, (IrOpnd[]){lo_field(fn, s, 0), lo_field(fn, s, 1)}, 2);
}

IrOpnd lo_bytes_as_string(Fn *fn, Expr *e)
{
    e = expr_unparen(e);
    if (e->mode == MODE_CONST || e->kind != EXPR_CALL || e->call.call_kind != CALL_CONVERSION ||
        ptrmap_get(&fn->memo, e))
        return (IrOpnd){0};
    Expr *x = e->call.args.p[0];
    Type *t = lo_typeof(fn, e);
    if (lo_type(t) != irt_string || x->mode == MODE_CONST || x->mode == MODE_NIL ||
        !is_bytes(lo_typeof(fn, x), BASIC_UINT8))
        return (IrOpnd){0};
    return bytes_view(fn, lo_expr(fn, x));
}

IrOpnd lo_string_operand(Fn *fn, Expr *e)
{
    IrOpnd v = lo_bytes_as_string(fn, e);
    return v.kind == IRO_NONE ? lo_expr(fn, e) : v;
}

static IrOpnd to_string(Fn *fn, IrOpnd v, Type *from)
{
    IrType *ft = lo_type(from);
    if (ft == irt_string)
        return v;
    if (irt_is_int(ft)) {
        /* values beyond int64 give U+FFFD as well as any other that is no rune */
        if (ft == irt_u64) {
            IrOpnd big = lo_op2(fn, IR_GT, irt_bool, v, ir_int(irt_u64, 0x10FFFF));
            uint32_t r = lo_tmp(fn, irt_i64);
            IrBlock *bad = lo_block(fn), *end = lo_block(fn);
            lo_copy(fn, r, lo_conv(fn, v, irt_i64));
            lo_br(fn, big, bad, end, 2);
            lo_start(fn, bad);
            lo_copy(fn, r, lo_i64(0xFFFD));
            lo_start(fn, end);
            return lo_rt(fn, RT_string_from_rune, (IrOpnd[]){lo_reg(fn, r)}, 1);
        }
        return lo_rt(fn, RT_string_from_rune, (IrOpnd[]){lo_conv(fn, v, irt_i64)}, 1);
    }
    IrOpnd p = lo_field(fn, v, 0), n = lo_field(fn, v, 1);
    if (is_bytes(from, BASIC_UINT8))
        return lo_rt(fn, RT_string_from_bytes, (IrOpnd[]){p, n}, 2);
    return lo_rt(fn, RT_string_from_runes, (IrOpnd[]){p, n}, 2);
}

static IrOpnd slice_to_array(Fn *fn, IrOpnd s, Type *arr, bool pointer)
{
    int64_t want = type_underlying(arr)->array.len;
    IrOpnd len = lo_field(fn, s, 1);
    IrBlock *bad = lo_block(fn), *good = lo_block(fn);
    lo_br(fn, lo_op2(fn, IR_LT, irt_bool, len, lo_i64(want)), bad, good, 2);
    lo_start(fn, bad);
    bad->cold = true;
    lo_rt(fn, RT_panic_slice2array, (IrOpnd[]){len, lo_i64(want)}, 2);
    lo_start(fn, good);
    IrOpnd p = lo_field(fn, s, 0);
    return pointer ? p : lo_load(fn, lo_type(arr), lo_at(p, 0));
}

static IrOpnd convert_numeric(Fn *fn, IrOpnd v, IrType *to)
{
    if (v.kind == IRO_FLOAT && irt_is_float(to))
        return ir_float(to, to == irt_f32 ? (float)v.f : v.f);
    if (to->kind == IRT_STRUCT) /* complex */
        return v.type == to ? v
                            : lo_mk(fn, to,
                                    (IrOpnd[]){lo_conv(fn, lo_field(fn, v, 0), to->fields[0]),
                                               lo_conv(fn, lo_field(fn, v, 1), to->fields[1])},
                                    2);
    return lo_conv(fn, v, to);
}

enum { SMALL_CONSTANT = 256 }; /* bytes */

/* []byte("constant"): an array that escape analysis may place in the frame. */
static IrOpnd constant_to_bytes(Fn *fn, IrOpnd v, Type *elem)
{
    int64_t cap = v.off <= 8 ? 8 : (v.off + 15) / 16 * 16;
    IrOpnd p = lo_alloc(fn, type_new_array(fn->L->a, lo_subst(fn, elem), cap));
    lo_inst(fn, IR_MEMMOVE, IR_NOREG, (IrOpnd[]){p, lo_field(fn, v, 0), lo_i64(v.off)}, 3);
    return lo_mk(fn, irt_slice, (IrOpnd[]){p, lo_i64(v.off), lo_i64(cap)}, 3);
}

IrOpnd lo_conversion(Fn *fn, Expr *e)
{
    Expr *x = e->call.args.p[0];
    Type *to = lo_typeof(fn, e);
    Type *tu = type_underlying(to);
    IrType *it = lo_type(to);
    if (x->mode == MODE_NIL)
        return ir_zero(it);
    Type *from = lo_typeof(fn, x), *fu = type_underlying(from);
    if (lo_is_iface(to)) {
        IrOpnd v = lo_expr_to(fn, x, to);
        return v;
    }
    IrOpnd v;
    if (x->mode == MODE_CONST && fu->kind == TYPE_BASIC && tu->kind == TYPE_BASIC &&
        it != irt_string && it != irt_ptr && lo_type(from) != irt_string && !lo_is_iface(from))
        /* T(3.14) of a type parameter: as if the constant were of that type */
        return lo_const(fn, x->cv, to);
    else
        v = lo_expr(fn, x);
    fn->pos = e->call.lparen ? e->call.lparen : e->range.start;
    if (tu->kind == TYPE_BASIC && it == irt_string)
        return to_string(fn, v, from);
    if (tu->kind == TYPE_SLICE && lo_type(from) == irt_string) {
        if (is_bytes(to, BASIC_UINT8)) {
            if (v.kind == IRO_STR && v.off <= SMALL_CONSTANT)
                return constant_to_bytes(fn, v, type_underlying(to)->slice.elem);
            return lo_rt(fn, RT_string_to_bytes, (IrOpnd[]){v}, 1);
        }
        return lo_rt(fn, RT_string_to_runes, (IrOpnd[]){v}, 1);
    }
    if (fu->kind == TYPE_SLICE) {
        if (tu->kind == TYPE_ARRAY)
            return slice_to_array(fn, v, to, false);
        if (tu->kind == TYPE_POINTER)
            return slice_to_array(fn, v, lo_subst(fn, tu->pointer.elem), true);
        return v;
    }
    if (tu->kind == TYPE_BASIC && fu->kind == TYPE_BASIC)
        return convert_numeric(fn, v, it);
    return lo_conv(fn, v, it); /* pointers, unsafe.Pointer and uintptr, same shapes */
}

/* ---- x.(T) -------------------------------------------------------------------------------------- */

static IrOpnd assert_iface(Fn *fn, Type *st, IrOpnd v, Type *to, IrOpnd dyn, IrOpnd *ok)
{
    IrOpnd word = lo_field(fn, v, 1);
    if (!ok) {
        IrOpnd tab =
            lo_rt(fn, RT_assert_itab, (IrOpnd[]){lo_desc_op(fn, to), dyn, lo_desc_op(fn, st)}, 3);
        return lo_mk(fn, irt_iface, (IrOpnd[]){tab, word}, 2);
    }
    IrOpnd tab = tab_for(fn, to, dyn);
    *ok = lo_op2(fn, IR_NE, irt_bool, tab, ir_zero(irt_ptr));
    uint32_t r = lo_tmp(fn, irt_iface);
    IrBlock *yes = lo_block(fn), *end = lo_block(fn);
    lo_copy(fn, r, ir_zero(irt_iface));
    lo_br(fn, *ok, yes, end, 0);
    lo_start(fn, yes);
    lo_copy(fn, r, lo_mk(fn, irt_iface, (IrOpnd[]){tab, word}, 2));
    lo_start(fn, end);
    return lo_reg(fn, r);
}

IrOpnd lo_type_assert(Fn *fn, Expr *e, IrOpnd *ok)
{
    Type *st = lo_typeof(fn, e->type_assert.x);
    Type *to = lo_subst(fn, e->type_assert.type->type);
    IrOpnd v = lo_expr(fn, e->type_assert.x);
    fn->pos = e->range.start;
    IrOpnd dyn = lo_iface_type(fn, v, st);
    if (lo_is_iface(to))
        return assert_iface(fn, st, v, to, dyn, ok);
    IrType *it = lo_type(to);
    IrOpnd want = lo_desc_op(fn, to);
    IrOpnd eq = lo_op2(fn, IR_EQ, irt_bool, dyn, want);
    IrBlock *yes = lo_block(fn), *no = lo_block(fn);
    if (!ok) {
        lo_br(fn, eq, yes, no, 1);
        lo_start(fn, no);
        no->cold = true;
        lo_rt(fn, RT_panic_assert, (IrOpnd[]){lo_desc_op(fn, st), dyn, want}, 3);
        lo_start(fn, yes);
        return lo_unbox(fn, lo_field(fn, v, 1), to);
    }
    *ok = eq;
    IrBlock *end = lo_block(fn);
    uint32_t r = lo_tmp(fn, it);
    lo_br(fn, eq, yes, no, 0);
    lo_start(fn, yes);
    lo_copy(fn, r, lo_unbox(fn, lo_field(fn, v, 1), to));
    lo_jump(fn, end);
    lo_start(fn, no);
    lo_copy(fn, r, ir_zero(it));
    lo_start(fn, end);
    return lo_reg(fn, r);
}
