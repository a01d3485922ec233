/* Maps: look-up, assignment and deletion by the runtime's variants for the kind of key.
 * The kind stands in the map's descriptor too, so that both sides hash alike. */
#include "ir/lower_int.h"

static bool is_aggregate(const IrType *t)
{
    return t->kind == IRT_STRUCT || t->kind == IRT_ARRAY;
}

RtKeyKind lo_key_kind(Type *key)
{
    IrType *t = lo_type(key);
    if (t == irt_string)
        return RT_KEY_STRING;
    if (t->kind == IRT_I32 || t->kind == IRT_U32)
        return RT_KEY_32;
    if (t->kind == IRT_I64 || t->kind == IRT_U64 || t->kind == IRT_PTR)
        return RT_KEY_64;
    if (!lo_plain_eq(key))
        return RT_KEY_GENERAL;
    if (is_aggregate(t) && !lo_has_ptr(t) && (t->size == 4 || t->size == 8))
        return t->size == 4 ? RT_KEY_32 : RT_KEY_64; /* travels in a register */
    return RT_KEY_PLAIN;
}

/* The key as an unsigned integer of its size. */
static IrOpnd key_as(Fn *fn, IrOpnd key, IrType *t)
{
    return is_aggregate(key.type) ? lo_load(fn, t, lo_spill(fn, key)) : lo_conv(fn, key, t);
}

static IrOpnd desc_of(Fn *fn, Type *map_type)
{
    return lo_desc_op(fn, map_type);
}

static Type *key_type(Fn *fn, Type *map_type)
{
    return lo_subst(fn, type_underlying(map_type)->map.key);
}

static Type *elem_type(Fn *fn, Type *map_type)
{
    return lo_subst(fn, type_underlying(map_type)->map.elem);
}

/* The key converted to the map's key type; a look-up may use string(b) without a copy. */
IrOpnd lo_map_key(Fn *fn, Type *map_type, Expr *key, bool lookup)
{
    Type *kt = key_type(fn, map_type);
    if (lookup && lo_type(kt) == irt_string && key->mode != MODE_CONST) {
        IrOpnd s = lo_bytes_as_string(fn, key);
        if (s.kind != IRO_NONE)
            return s;
    }
    return lo_expr_to(fn, key, kt);
}

static IrOpnd call(Fn *fn, RtCall general, RtCall k32, RtCall k64, RtCall kstr, Type *map_type,
                   IrOpnd m, IrOpnd key)
{
    IrOpnd d = desc_of(fn, map_type);
    switch (lo_key_kind(key_type(fn, map_type))) {
    case RT_KEY_32: return lo_rt(fn, k32, (IrOpnd[]){d, m, key_as(fn, key, irt_u32)}, 3);
    case RT_KEY_64: return lo_rt(fn, k64, (IrOpnd[]){d, m, key_as(fn, key, irt_u64)}, 3);
    case RT_KEY_STRING: return lo_rt(fn, kstr, (IrOpnd[]){d, m, key}, 3);
    default: {
        Addr a = lo_spill(fn, key);
        return lo_rt(fn, general, (IrOpnd[]){d, m, a.base}, 3);
    }
    }
}

IrOpnd lo_map_find(Fn *fn, Type *map_type, IrOpnd m, IrOpnd key)
{
    return call(fn, RT_map_get, RT_map_get32, RT_map_get64, RT_map_getstr, map_type, m, key);
}

IrOpnd lo_map_get(Fn *fn, Type *map_type, IrOpnd m, IrOpnd key, IrOpnd *ok)
{
    IrType *et = lo_type(elem_type(fn, map_type));
    IrOpnd p = lo_map_find(fn, map_type, m, key);
    IrOpnd found = lo_op2(fn, IR_NE, irt_bool, p, ir_zero(irt_ptr));
    if (ok)
        *ok = found;
    if (et->size == 0)
        return ir_zero(et);
    uint32_t r = lo_tmp(fn, et);
    IrBlock *hit = lo_block(fn), *miss = lo_block(fn), *end = lo_block(fn);
    lo_br(fn, found, hit, miss, 0);
    lo_start(fn, hit);
    lo_copy(fn, r, lo_load(fn, et, lo_at(p, 0)));
    lo_jump(fn, end);
    lo_start(fn, miss);
    lo_copy(fn, r, ir_zero(et));
    lo_start(fn, end);
    return lo_reg(fn, r);
}

IrOpnd lo_map_assign(Fn *fn, Type *map_type, IrOpnd m, IrOpnd key)
{
    return call(fn, RT_map_assign, RT_map_assign32, RT_map_assign64, RT_map_assignstr, map_type, m,
                key);
}

void lo_map_delete(Fn *fn, Type *map_type, IrOpnd m, IrOpnd key)
{
    Addr a = lo_spill(fn, key);
    lo_rt(fn, RT_map_delete, (IrOpnd[]){desc_of(fn, map_type), m, a.base}, 3);
}
