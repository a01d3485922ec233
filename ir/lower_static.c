/* Static data: package variables whose initial values are known, and tables for literals.
 * lo_static_ok says whether an expression is such a value, lo_static_put writes it; both
 * walk the same cases.  In `static_pure` mode nothing may be shared and mutable, so that
 * the data can be copied any number of times. */
#include "ir/lower_int.h"

IrData *lo_static_data(Lower *L, uint64_t size, uint32_t align, bool read_only, bool ptrs)
{
    IrSym *s = ir_sym(L->m, arena_printf(L->a, "%s#static%u", L->pkg->path, L->nstatic++));
    return ir_data_new(L->m, s, IRL_INTERNAL, size ? size : 1, align ? align : 1, read_only, ptrs);
}

static Expr *value_of(Expr *elt)
{
    return elt->kind == EXPR_KEY_VALUE ? elt->kv.value : elt;
}

/* The address of a package variable, or of a part of it at a constant offset. */
static bool static_addr(Lower *L, Expr *e, IrSym **sym, int64_t *off)
{
    e = expr_unparen(e);
    Object *o = e->kind == EXPR_IDENT      ? e->ident.obj
                : e->kind == EXPR_SELECTOR ? e->selector.obj
                                           : NULL;
    if (o) {
        if (o->kind != OBJ_VAR || o->var.owner)
            return false;
        *sym = lo_global(L, o);
        *off = 0;
        return true;
    }
    if (e->kind == EXPR_SELECTOR && e->selector.sel && e->selector.sel->kind == SEL_FIELD) {
        if (!static_addr(L, e->selector.x, sym, off))
            return false;
        Type *t = e->selector.x->type;
        for (uint32_t i = 0; i < e->selector.sel->index.n; i++) {
            Type *u = type_underlying(t);
            if (u->kind != TYPE_STRUCT)
                return false;
            int f = e->selector.sel->index.p[i];
            *off += (int64_t)lo_type(t)->offsets[f];
            t = u->struct_.fields.p[f].var->type;
        }
        return true;
    }
    if (e->kind == EXPR_INDEX && e->index.indices.p[0]->mode == MODE_CONST) {
        Type *u = type_underlying(e->index.x->type);
        int64_t i;
        if (u->kind != TYPE_ARRAY || !const_int64_val(e->index.indices.p[0]->cv, &i) ||
            !static_addr(L, e->index.x, sym, off))
            return false;
        *off += i * (int64_t)lo_type(u->array.elem)->size;
        return true;
    }
    return false;
}

static Type *default_type(Expr *e)
{
    Type *t = e->type;
    if (e->mode == MODE_CONST && type_is_interface(t))
        switch (const_kind(e->cv)) {
        case CONST_BOOL: return type_basic[BASIC_BOOL];
        case CONST_STRING: return type_basic[BASIC_STRING];
        case CONST_INT: return type_basic[BASIC_INT];
        case CONST_FLOAT: return type_basic[BASIC_FLOAT64];
        default: return type_basic[BASIC_COMPLEX128];
        }
    return type_is_untyped(t) && e->mode != MODE_NIL ? type_default(t) : t;
}

static Object *func_obj(Expr *e)
{
    Object *o = e->kind == EXPR_IDENT      ? e->ident.obj
                : e->kind == EXPR_SELECTOR ? e->selector.obj
                                           : NULL;
    return o && o->kind == OBJ_FUNC && !type_underlying(o->type)->sig.tparams.n ? o : NULL;
}

/* []byte("constant") */
static bool bytes_of_const(Expr *e, const char **s, size_t *n)
{
    Type *u = type_underlying(e->type);
    Expr *x = e->call.args.p[0];
    if (u->kind != TYPE_SLICE || x->mode != MODE_CONST || const_kind(x->cv) != CONST_STRING)
        return false;
    Type *el = type_underlying(u->slice.elem);
    if (el->kind != TYPE_BASIC || el->basic.kind != BASIC_UINT8)
        return false;
    *s = const_string_val(x->cv, n);
    return true;
}

/* More is made when the program runs: a file of that size is nobody's wish, and a page that
 * is not written to costs nothing. */
enum { STATIC_MAX = 1 << 26 };

static bool elts_ok(Lower *L, Expr *e, Type *t)
{
    Type *u = type_underlying(t);
    uint64_t size = u->kind == TYPE_SLICE ? lo_type(u->slice.elem)->size : lo_type(t)->size;
    if (u->kind == TYPE_SLICE && size > 0 && (uint64_t)e->complit.length > STATIC_MAX / size)
        return false;
    if (u->kind != TYPE_SLICE && size > STATIC_MAX)
        return false;
    for (uint32_t i = 0; i < e->complit.elts.n; i++) {
        Type *want = u->kind == TYPE_STRUCT
                         ? u->struct_.fields.p[e->complit.elem_index[i]].var->type
                     : u->kind == TYPE_ARRAY ? u->array.elem
                                             : u->slice.elem;
        if (!lo_static_ok(L, value_of(e->complit.elts.p[i]), want))
            return false;
    }
    return true;
}

bool lo_static_ok(Lower *L, Expr *e, Type *want)
{
    e = expr_unparen(e);
    if (e->mode == MODE_NIL)
        return true;
    if (lo_is_iface(want)) {
        Type *t = default_type(e);
        return !lo_is_iface(t) && lo_static_ok(L, e, t);
    }
    if (e->mode == MODE_CONST)
        return true;
    if (!e->type || e->type->kind == TYPE_TUPLE || lo_is_iface(e->type))
        return false;
    switch (e->kind) {
    case EXPR_IDENT: return func_obj(e) != NULL;
    case EXPR_SELECTOR:
        return func_obj(e) || (e->selector.sel && e->selector.sel->kind == SEL_METHOD_EXPR);
    case EXPR_FUNC_LIT:
        return !L->static_pure && e->funclit.info && e->funclit.info->captures.n == 0;
    case EXPR_UNARY: {
        IrSym *s;
        int64_t off;
        if (e->unary.op != TOK_AND)
            return false;
        Expr *x = expr_unparen(e->unary.x);
        if (x->kind == EXPR_COMPOSITE_LIT) {
            TypeKind k = type_underlying(x->type)->kind;
            return !L->static_pure && (k == TYPE_STRUCT || k == TYPE_ARRAY) &&
                   elts_ok(L, x, x->type);
        }
        return static_addr(L, x, &s, &off);
    }
    case EXPR_COMPOSITE_LIT: {
        Type *u = type_underlying(e->type);
        switch (u->kind) {
        case TYPE_STRUCT:
        case TYPE_ARRAY: return elts_ok(L, e, e->type);
        case TYPE_SLICE: return !L->static_pure && elts_ok(L, e, e->type);
        case TYPE_POINTER: {
            TypeKind k = type_underlying(u->pointer.elem)->kind;
            return !L->static_pure && (k == TYPE_STRUCT || k == TYPE_ARRAY) &&
                   elts_ok(L, e, u->pointer.elem);
        }
        default: return false;
        }
    }
    case EXPR_CALL: {
        const char *s;
        size_t n;
        if (e->call.call_kind != CALL_CONVERSION)
            return false;
        if (!L->static_pure && bytes_of_const(e, &s, &n))
            return true;
        Expr *x = e->call.args.p[0];
        if (x->mode == MODE_NIL)
            return true;
        if (x->mode == MODE_CONST ||
            !type_identical_ignore_tags(type_underlying(x->type), type_underlying(e->type)))
            return false;
        return lo_static_ok(L, x, x->type);
    }
    default: return false;
    }
}

static void put_const(Lower *L, IrData *d, uint64_t at, ConstVal *cv, Type *t)
{
    IrType *it = lo_type(t);
    if (it == irt_string) {
        size_t n;
        const char *s = const_string_val(cv, &n);
        if (n) {
            ir_data_addr(L->m, d, at, ir_string_data(L->m, s, n), 0);
            ir_data_int(L->m, d, at + 8, n, 8);
        }
        return;
    }
    if (it->kind == IRT_STRUCT) { /* complex */
        IrType *p = it->fields[0];
        for (int i = 0; i < 2; i++) {
            ConstVal *c = i ? const_imag(L->a, cv) : const_real(L->a, cv);
            float f = const_float32_val(c);
            double g = const_float64_val(c);
            ir_data_bytes(L->m, d, at + p->size * (unsigned)i, p == irt_f32 ? (void *)&f : &g,
                          p->size);
        }
        return;
    }
    Fn dummy = {.L = L};
    IrOpnd v = lo_const(&dummy, cv, t);
    if (v.kind == IRO_FLOAT) {
        float f = (float)v.f;
        ir_data_bytes(L->m, d, at, it == irt_f32 ? (void *)&f : &v.f, it->size);
    } else if (v.kind == IRO_INT) {
        ir_data_int(L->m, d, at, (uint64_t)v.i, (unsigned)it->size);
    }
}

static void put_elts(Lower *L, IrData *d, uint64_t at, Expr *e, Type *t)
{
    Type *u = type_underlying(t);
    for (uint32_t i = 0; i < e->complit.elts.n; i++) {
        Expr *x = value_of(e->complit.elts.p[i]);
        int64_t k = e->complit.elem_index[i];
        if (u->kind == TYPE_STRUCT)
            lo_static_put(L, d, at + lo_type(t)->offsets[k], x, u->struct_.fields.p[k].var->type);
        else {
            Type *el = u->kind == TYPE_ARRAY ? u->array.elem : u->slice.elem;
            lo_static_put(L, d, at + lo_type(el)->size * (uint64_t)k, x, el);
        }
    }
}

static void put_object(Lower *L, IrData *d, uint64_t at, Expr *lit, Type *t)
{
    IrType *it = lo_type(t);
    IrData *o = lo_static_data(L, it->size, it->align, false, lo_has_ptr(it));
    put_elts(L, o, 0, lit, t);
    ir_data_addr(L->m, d, at, o->sym, 0);
}

static void put_slice_words(Lower *L, IrData *d, uint64_t at, IrSym *s, uint64_t n)
{
    ir_data_addr(L->m, d, at, s, 0);
    ir_data_int(L->m, d, at + 8, n, 8);
    ir_data_int(L->m, d, at + 16, n, 8);
}

void lo_static_put(Lower *L, IrData *d, uint64_t at, Expr *e, Type *want)
{
    e = expr_unparen(e);
    if (e->mode == MODE_NIL)
        return;
    if (lo_is_iface(want)) {
        Type *t = default_type(e);
        IrType *it = lo_type(t);
        ir_data_addr(L->m, d, at, lo_has_methods(want) ? lo_itab(L, t, want) : lo_desc(L, t), 0);
        if (it->size <= 8) {
            lo_static_put(L, d, at + 8, e, t);
        } else {
            IrData *o = lo_static_data(L, it->size, it->align, true, false);
            lo_static_put(L, o, 0, e, t);
            ir_data_addr(L->m, d, at + 8, o->sym, 0);
        }
        return;
    }
    if (e->mode == MODE_CONST) {
        put_const(L, d, at, e->cv, want);
        return;
    }
    switch (e->kind) {
    case EXPR_IDENT:
    case EXPR_SELECTOR: {
        Object *o = func_obj(e);
        IrSym *s =
            o ? lo_func_value_sym(L, o) : lo_method_sym(L, e->selector.sel->recv, e->selector.sel);
        ir_data_addr(L->m, d, at, lo_static_closure(L, s), 0);
        return;
    }
    case EXPR_FUNC_LIT: {
        Fn ctx = {.L = L, .nlits = &L->ninit_lits};
        ctx.name = arena_printf(L->a, "%s.init", L->pkg->path);
        ir_data_addr(L->m, d, at, lo_static_closure(L, lo_lit_sym(&ctx, e)), 0);
        return;
    }
    case EXPR_UNARY: {
        Expr *x = expr_unparen(e->unary.x);
        IrSym *s = NULL;
        int64_t off = 0;
        if (x->kind == EXPR_COMPOSITE_LIT) {
            put_object(L, d, at, x, x->type);
            return;
        }
        static_addr(L, x, &s, &off);
        ir_data_addr(L->m, d, at, s, off);
        return;
    }
    case EXPR_COMPOSITE_LIT: {
        Type *u = type_underlying(e->type);
        if (u->kind == TYPE_POINTER) {
            put_object(L, d, at, e, u->pointer.elem);
        } else if (u->kind == TYPE_SLICE) {
            IrType *it = lo_type(u->slice.elem);
            uint64_t n = (uint64_t)e->complit.length;
            IrData *o = lo_static_data(L, it->size * n, it->align, false, lo_has_ptr(it));
            put_elts(L, o, 0, e, e->type);
            put_slice_words(L, d, at, o->sym, n);
        } else {
            put_elts(L, d, at, e, e->type);
        }
        return;
    }
    case EXPR_CALL: {
        const char *s;
        size_t n;
        if (bytes_of_const(e, &s, &n)) {
            IrData *o = lo_static_data(L, n, 1, false, false);
            if (n)
                ir_data_bytes(L->m, o, 0, s, n);
            put_slice_words(L, d, at, o->sym, n);
            return;
        }
        Expr *x = e->call.args.p[0];
        lo_static_put(L, d, at, x, x->mode == MODE_NIL ? e->type : x->type);
        return;
    }
    default: diag_ice("static data of an expression that is not constant");
    }
}
