/* Machine types of Go types.  A type's node caches its machine type, which is shared by the
 * process.  Every type that the lowering takes from the AST passes lo_typeof, where a generic
 * function's instance puts its type arguments in. */
#include "ir/lower_int.h"

bool lo_is_iface(Type *t)
{
    return type_underlying(t)->kind == TYPE_INTERFACE;
}

ObjectVec *lo_methods(Type *iface)
{
    Type *u = type_underlying(iface);
    type_complete_interface(types_arena, u); /* an instance's is made on demand */
    return &u->iface.all_methods;
}

bool lo_has_methods(Type *iface)
{
    return lo_methods(iface)->n > 0;
}

Type *lo_subst(Fn *fn, Type *t)
{
    Inst *in = fn->inst;
    if (!in || t->kind == TYPE_BASIC)
        return t;
    Type *r = ptrmap_get(&in->cache, t);
    if (!r) {
        r = type_subst(fn->L->a, t, &in->map);
        ptrmap_put(fn->L->a, &in->cache, t, r);
    }
    return r;
}

Type *lo_otype(Fn *fn, Object *o)
{
    return lo_subst(fn, o->type);
}

Type *lo_typeof(Fn *fn, Expr *e)
{
    Type *t = e->type;
    if (!t)
        diag_ice("expression without a type");
    if (t->kind == TYPE_BASIC && (t->basic.flags & BF_UNTYPED) &&
        t->basic.kind != BASIC_UNTYPED_NIL)
        t = type_default(t);
    return lo_subst(fn, t);
}

static IrType *basic_type(BasicKind k)
{
    switch (k) {
    case BASIC_BOOL:
    case BASIC_UNTYPED_BOOL: return irt_bool;
    case BASIC_INT8: return irt_i8;
    case BASIC_INT16: return irt_i16;
    case BASIC_INT32:
    case BASIC_UNTYPED_RUNE: return irt_i32;
    case BASIC_INT:
    case BASIC_INT64:
    case BASIC_UNTYPED_INT: return irt_i64;
    case BASIC_UINT8: return irt_u8;
    case BASIC_UINT16: return irt_u16;
    case BASIC_UINT32: return irt_u32;
    case BASIC_UINT:
    case BASIC_UINT64:
    case BASIC_UINTPTR: return irt_u64;
    case BASIC_FLOAT32: return irt_f32;
    case BASIC_FLOAT64:
    case BASIC_UNTYPED_FLOAT: return irt_f64;
    case BASIC_COMPLEX64: return irt_struct((IrType *[]){irt_f32, irt_f32}, 2);
    case BASIC_COMPLEX128:
    case BASIC_UNTYPED_COMPLEX: return irt_struct((IrType *[]){irt_f64, irt_f64}, 2);
    case BASIC_STRING:
    case BASIC_UNTYPED_STRING: return irt_string;
    case BASIC_UNSAFE_POINTER:
    case BASIC_UNTYPED_NIL: return irt_ptr;
    default: diag_ice("no machine type for a basic type (%d)", (int)k);
    }
}

static IrType *struct_of(ObjectVec *vars)
{
    IrType *small[16], **f = small;
    if (vars->n > 16)
        f = malloc(sizeof(*f) * vars->n);
    for (uint32_t i = 0; i < vars->n; i++)
        f[i] = lo_type(vars->p[i]->type);
    IrType *t = irt_struct(f, vars->n);
    if (f != small)
        free(f);
    return t;
}

IrType *lo_type(Type *t)
{
    if (t->ir_type)
        return t->ir_type;
    IrType *r = NULL;
    switch (t->kind) {
    case TYPE_NAMED: r = lo_type(type_underlying(t)); break;
    case TYPE_BASIC: r = basic_type(t->basic.kind); break;
    case TYPE_ARRAY: r = irt_array(lo_type(t->array.elem), (uint64_t)t->array.len); break;
    case TYPE_SLICE: r = irt_slice; break;
    case TYPE_INTERFACE: r = irt_iface; break;
    case TYPE_POINTER:
    case TYPE_SIGNATURE:
    case TYPE_MAP:
    case TYPE_CHAN: r = irt_ptr; break;
    case TYPE_STRUCT: {
        uint32_t n = t->struct_.fields.n;
        IrType **f = malloc(sizeof(*f) * (n + 1));
        for (uint32_t i = 0; i < n; i++)
            f[i] = lo_type(t->struct_.fields.p[i].var->type);
        r = irt_struct(f, n);
        free(f);
        break;
    }
    case TYPE_TUPLE:
        if (t->tuple.vars.n == 0)
            r = irt_void;
        else if (t->tuple.vars.n == 1)
            r = lo_type(t->tuple.vars.p[0]->type);
        else
            r = struct_of(&t->tuple.vars);
        break;
    case TYPE_TYPEPARAM:
    case TYPE_UNION: diag_ice("a type parameter reached the lowering");
    }
    t->ir_type = r;
    return r;
}

IrType *lo_result_type(Type *sig)
{
    return lo_type(type_underlying(sig)->sig.results);
}

bool lo_has_ptr(const IrType *t)
{
    switch (t->kind) {
    case IRT_PTR: return true;
    case IRT_ARRAY: return t->len > 0 && lo_has_ptr(t->elem);
    case IRT_STRUCT:
        for (uint32_t i = 0; i < t->nfields; i++)
            if (lo_has_ptr(t->fields[i]))
                return true;
        return false;
    default: return false;
    }
}

bool lo_has_array(const IrType *t)
{
    if (t->kind == IRT_ARRAY)
        return true;
    if (t->kind == IRT_STRUCT)
        for (uint32_t i = 0; i < t->nfields; i++)
            if (lo_has_array(t->fields[i]))
                return true;
    return false;
}

bool lo_is_big(const IrType *t)
{
    return t->size > 128;
}
