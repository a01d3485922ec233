/* Small pieces of code that all of the lowering is made of: registers, loads and stores,
 * blocks, constants.  Constant operands are folded where that is trivial. */
#include "ir/lower_int.h"

/* ---- registers and instructions ---------------------------------------------------------- */

uint32_t lo_tmp(Fn *fn, IrType *t)
{
    return ir_reg_new(fn->L->m, fn->f, t, NULL);
}

IrOpnd lo_reg(Fn *fn, uint32_t r)
{
    return ir_reg(fn->f, r);
}

IrInst *lo_inst(Fn *fn, IrOp op, uint32_t dst, const IrOpnd *args, uint32_t n)
{
    return ir_inst(fn->L->m, fn->b, op, dst, args, n, fn->pos);
}

IrOpnd lo_op1(Fn *fn, IrOp op, IrType *t, IrOpnd x)
{
    uint32_t r = lo_tmp(fn, t);
    lo_inst(fn, op, r, &x, 1);
    return lo_reg(fn, r);
}

IrOpnd lo_op2(Fn *fn, IrOp op, IrType *t, IrOpnd x, IrOpnd y)
{
    uint32_t r = lo_tmp(fn, t);
    lo_inst(fn, op, r, (IrOpnd[]){x, y}, 2);
    return lo_reg(fn, r);
}

void lo_copy(Fn *fn, uint32_t dst, IrOpnd x)
{
    lo_inst(fn, IR_COPY, dst, &x, 1);
}

IrOpnd lo_save(Fn *fn, IrOpnd x)
{
    if (x.kind != IRO_REG)
        return x;
    return lo_op1(fn, IR_COPY, x.type, x);
}

IrOpnd lo_mk(Fn *fn, IrType *t, const IrOpnd *args, uint32_t n)
{
    uint32_t r = lo_tmp(fn, t);
    lo_inst(fn, IR_MK, r, args, n);
    return lo_reg(fn, r);
}

IrOpnd lo_field(Fn *fn, IrOpnd x, uint32_t i)
{
    IrType *t = x.type;
    if (t->kind != IRT_STRUCT || i >= t->nfields)
        diag_ice("field %u of a value that has none", i);
    if (x.kind == IRO_ZERO)
        return ir_zero(t->fields[i]);
    if (x.kind == IRO_STR)
        return i == 1 ? lo_i64(x.off) : ir_addr(x.sym, 0);
    uint32_t r = lo_tmp(fn, t->fields[i]);
    lo_inst(fn, IR_FIELD, r, &x, 1)->imm = i;
    return lo_reg(fn, r);
}

IrOpnd lo_conv(Fn *fn, IrOpnd x, IrType *t)
{
    if (x.type == t)
        return x;
    if (x.kind == IRO_ZERO)
        return ir_zero(t);
    if (x.kind == IRO_INT && irt_is_int(t) && irt_is_int(x.type)) {
        int64_t v = x.i;
        switch (t->kind) {
        case IRT_I8: v = (int8_t)v; break;
        case IRT_I16: v = (int16_t)v; break;
        case IRT_I32: v = (int32_t)v; break;
        case IRT_U8: v = (uint8_t)v; break;
        case IRT_U16: v = (uint16_t)v; break;
        case IRT_U32: v = (uint32_t)v; break;
        default: break;
        }
        return ir_int(t, v);
    }
    return lo_op1(fn, IR_CONV, t, x);
}

/* ---- memory ------------------------------------------------------------------------------------ */

static IrOpnd base_of(Addr *a)
{
    if (a->base.kind == IRO_SYM) { /* fold the offset into the symbol */
        IrOpnd b = a->base;
        b.off += a->off;
        a->off = 0;
        return b;
    }
    return a->base;
}

IrOpnd lo_load(Fn *fn, IrType *t, Addr a)
{
    if (t->size == 0)
        return ir_zero(t);
    IrOpnd b = base_of(&a);
    uint32_t r = lo_tmp(fn, t);
    lo_inst(fn, IR_LOAD, r, &b, 1)->imm = a.off;
    return lo_reg(fn, r);
}

void lo_store(Fn *fn, Addr a, IrOpnd v)
{
    if (v.type->size == 0)
        return;
    bool ref = !a.fresh && lo_has_ptr(v.type);
    IrOpnd b = base_of(&a);
    lo_inst(fn, ref ? IR_STOREREF : IR_STORE, IR_NOREG, (IrOpnd[]){b, v}, 2)->imm = a.off;
}

IrOpnd lo_lea(Fn *fn, Addr a)
{
    IrOpnd b = base_of(&a);
    if (a.off == 0)
        return b;
    uint32_t r = lo_tmp(fn, irt_ptr);
    lo_inst(fn, IR_LEA, r, &b, 1)->imm = a.off;
    return lo_reg(fn, r);
}

void lo_zero(Fn *fn, Addr a, IrType *t)
{
    if (t->size == 0)
        return;
    if (!a.fresh && lo_has_ptr(t)) {
        if (t->size <= 32) {
            lo_store(fn, a, ir_zero(t));
        } else {
            lo_rt(fn, RT_memclr_ref, (IrOpnd[]){lo_lea(fn, a), lo_i64((int64_t)t->size)}, 2);
        }
        return;
    }
    IrOpnd p = lo_lea(fn, a);
    lo_inst(fn, IR_ZERO, IR_NOREG, &p, 1)->imm = (int64_t)t->size;
}

Addr lo_slot(Fn *fn, IrType *t)
{
    uint32_t r = lo_tmp(fn, irt_ptr);
    lo_inst(fn, IR_SLOT, r, NULL, 0)->type = t;
    return (Addr){.base = lo_reg(fn, r), .fresh = true};
}

/* All objects without size have one address. */
IrSym *lo_zero_base(Lower *L)
{
    return ir_sym_c(L->m, "rt_zerobase", false);
}

IrOpnd lo_alloc(Fn *fn, Type *t)
{
    if (lo_type(t)->size == 0)
        return ir_addr(lo_zero_base(fn->L), 0);
    uint32_t r = lo_tmp(fn, irt_ptr);
    IrSym *d = lo_mem_desc(fn->L, t);
    IrInst *in = lo_inst(fn, IR_ALLOC, r, NULL, 0);
    in->type = lo_type(t);
    in->sym = d;
    return lo_reg(fn, r);
}

void lo_move(Fn *fn, Type *t, Addr dst, Addr src)
{
    IrType *it = lo_type(t);
    if (it->size == 0)
        return;
    if (it->size <= 64) {
        lo_store(fn, dst, lo_load(fn, it, src));
        return;
    }
    IrOpnd d = lo_lea(fn, dst), s = lo_lea(fn, src);
    if (!dst.fresh && lo_has_ptr(it))
        lo_rt(fn, RT_typedmove, (IrOpnd[]){lo_mem_op(fn, t), d, s}, 3);
    else
        lo_inst(fn, IR_MEMMOVE, IR_NOREG, (IrOpnd[]){d, s, lo_i64((int64_t)it->size)}, 3)->imm =
            lo_has_ptr(it);
}

Addr lo_spill(Fn *fn, IrOpnd v)
{
    Addr a = lo_slot(fn, v.type);
    if (v.kind == IRO_ZERO)
        lo_zero(fn, a, v.type);
    else
        lo_store(fn, a, v);
    return a;
}

void lo_check_nil(Fn *fn, IrOpnd p)
{
    if (p.kind == IRO_SYM)
        return;
    lo_inst(fn, IR_CHECK_NIL, IR_NOREG, &p, 1);
}

IrOpnd lo_rt(Fn *fn, RtCall rt, const IrOpnd *args, uint32_t n)
{
    IrType *t = ir_rt_result(rt);
    uint32_t dst = t == irt_void ? IR_NOREG : lo_tmp(fn, t);
    ir_rt(fn->L->m, fn->b, rt, dst, args, n, fn->pos);
    if (ir_rt_flags[rt] & RTF_NORETURN)
        lo_unreachable(fn);
    return dst == IR_NOREG ? (IrOpnd){0} : lo_reg(fn, dst);
}

/* ---- blocks --------------------------------------------------------------------------------------- */

IrBlock *lo_block(Fn *fn)
{
    return ir_block_new(fn->L->m, fn->f);
}

static bool terminated(const IrBlock *b)
{
    return b->insts.n > 0 && (ir_op_flags[b->insts.p[b->insts.n - 1]->op] & IRF_TERM);
}

void lo_start(Fn *fn, IrBlock *b)
{
    if (!terminated(fn->b))
        lo_jump(fn, b);
    ir_block_append(fn->L->m, fn->f, b);
    fn->b = b;
}

/* Code after a terminator is unreachable: it gets a block of its own, dropped later. */
static void go_on(Fn *fn)
{
    IrBlock *b = lo_block(fn);
    ir_block_append(fn->L->m, fn->f, b);
    fn->b = b;
}

static void terminate(Fn *fn, IrOp op, const IrOpnd *args, uint32_t n, IrBlock *t, IrBlock *f,
                      int likely)
{
    IrInst *in = lo_inst(fn, op, IR_NOREG, args, n);
    in->ntargets = f ? 2 : t ? 1 : 0;
    if (in->ntargets) {
        in->targets = ARENA_ARRAY(fn->L->a, IrBlock *, 2);
        in->targets[0] = t;
        in->targets[1] = f;
    }
    in->imm = likely;
}

void lo_jump(Fn *fn, IrBlock *b)
{
    terminate(fn, IR_JUMP, NULL, 0, b, NULL, 0);
    go_on(fn);
}

void lo_br(Fn *fn, IrOpnd c, IrBlock *t, IrBlock *f, int likely)
{
    if (c.kind == IRO_INT) {
        lo_jump(fn, c.i ? t : f);
        return;
    }
    terminate(fn, IR_BR, &c, 1, t, f, likely);
    go_on(fn);
}

void lo_ret(Fn *fn, const IrOpnd *v)
{
    terminate(fn, IR_RET, v, v ? 1 : 0, NULL, NULL, 0);
    go_on(fn);
}

void lo_unreachable(Fn *fn)
{
    terminate(fn, IR_UNREACHABLE, NULL, 0, NULL, NULL, 0);
    go_on(fn);
}

/* ---- constants ------------------------------------------------------------------------------------ */

IrOpnd lo_bool(bool b)
{
    return ir_int(irt_bool, b);
}

IrOpnd lo_i64(int64_t i)
{
    return ir_int(irt_i64, i);
}

IrOpnd lo_str(Lower *L, const char *s, size_t n)
{
    if (n == 0)
        return ir_zero(irt_string);
    IrOpnd o = {.kind = IRO_STR, .type = irt_string};
    o.sym = ir_string_data(L->m, s, n);
    o.off = (int64_t)n;
    return o;
}

static IrOpnd float_const(IrType *t, ConstVal *cv)
{
    return ir_float(t, t == irt_f32 ? const_float32_val(cv) : const_float64_val(cv));
}

IrOpnd lo_const(Fn *fn, ConstVal *cv, Type *t)
{
    Type *u = type_underlying(t);
    IrType *it = lo_type(t);
    if (u->kind == TYPE_POINTER || it == irt_ptr) { /* unsafe.Pointer(uintptr constant) */
        uint64_t v = 0;
        const_uint64_val(cv, &v);
        return v ? lo_conv(fn, ir_int(irt_u64, (int64_t)v), irt_ptr) : ir_zero(irt_ptr);
    }
    if (it == irt_bool)
        return lo_bool(const_bool_val(cv));
    if (it == irt_string) {
        size_t n;
        const char *s = const_string_val(cv, &n);
        return lo_str(fn->L, s, n);
    }
    if (irt_is_int(it)) {
        int64_t v = 0;
        uint64_t w;
        if (!const_int64_val(cv, &v)) {
            if (const_uint64_val(cv, &w))
                v = (int64_t)w;
            else
                v = (int64_t)const_float64_val(cv);
        }
        return ir_int(it, v);
    }
    if (irt_is_float(it)) {
        if (const_kind(cv) == CONST_COMPLEX)
            cv = const_real(fn->L->a, cv);
        return float_const(it, cv);
    }
    if (u->kind == TYPE_BASIC && (u->basic.flags & BF_COMPLEX)) {
        IrType *part = it->fields[0];
        return lo_mk(fn, it,
                     (IrOpnd[]){float_const(part, const_real(fn->L->a, cv)),
                                float_const(part, const_imag(fn->L->a, cv))},
                     2);
    }
    diag_ice("constant of a type that has none");
}
