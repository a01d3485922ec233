/* Type descriptors and interface tables as data (runtime/abi.h).  Descriptors are COMDAT by
 * the type's key; those of a package's own defined types stand in that package's object
 * alone, and others refer to them. */
#include "ir/lower_int.h"
#include "runtime/allocrun.h"

#include <xxhash.h>

/* The defined type that t is, or points to, directly. */
static Type *named_of(Type *t)
{
    if (t->kind == TYPE_POINTER && t->pointer.elem->kind == TYPE_NAMED)
        return t->pointer.elem;
    return t->kind == TYPE_NAMED ? t : NULL;
}

/* Another package's object defines the descriptor. */
static bool is_foreign(Lower *L, Type *t)
{
    Type *n = named_of(t);
    return n && n->named.obj->pkg && n->named.obj->pkg != L->pkg && !n->named.local_index &&
           n->named.targs.n == 0;
}

static bool is_own(Lower *L, Type *t)
{
    Type *n = named_of(t);
    return n && n->named.obj->pkg == L->pkg && !n->named.local_index && n->named.targs.n == 0;
}

IrSym *lo_desc(Lower *L, Type *t)
{
    IrSym *s = ptrmap_get(&L->descs, t);
    if (s)
        return s;
    s = ir_sym(L->m, arena_printf(L->a, "type:%s", type_key(L->a, t)));
    ptrmap_put(L->a, &L->descs, t, s);
    if (!s->data && !ptrmap_get(&L->descs, s)) {
        ptrmap_put(L->a, &L->descs, s, s);
        if (!is_foreign(L, t))
            vec_push(L->a, &L->desc_queue, t);
    }
    return s;
}

IrOpnd lo_desc_op(Fn *fn, Type *t)
{
    return ir_addr(lo_desc(fn->L, t), 0);
}

IrOpnd lo_mem_op(Fn *fn, Type *t)
{
    return ir_addr(lo_mem_desc(fn->L, t), 0);
}

/* ---- pieces ------------------------------------------------------------------------------- */

static uint32_t hash_key(const char *s)
{
    uint32_t h = 2166136261u;
    for (; *s; s++)
        h = (h ^ (uint8_t)*s) * 16777619u;
    return h;
}

static RtKind kind_of(Type *u)
{
    static const uint8_t basic[BASIC_COUNT] = {
        [BASIC_BOOL] = RT_BOOL,           [BASIC_INT] = RT_INT,
        [BASIC_INT8] = RT_INT8,           [BASIC_INT16] = RT_INT16,
        [BASIC_INT32] = RT_INT32,         [BASIC_INT64] = RT_INT64,
        [BASIC_UINT] = RT_UINT,           [BASIC_UINT8] = RT_UINT8,
        [BASIC_UINT16] = RT_UINT16,       [BASIC_UINT32] = RT_UINT32,
        [BASIC_UINT64] = RT_UINT64,       [BASIC_UINTPTR] = RT_UINTPTR,
        [BASIC_FLOAT32] = RT_FLOAT32,     [BASIC_FLOAT64] = RT_FLOAT64,
        [BASIC_COMPLEX64] = RT_COMPLEX64, [BASIC_COMPLEX128] = RT_COMPLEX128,
        [BASIC_STRING] = RT_STRING,       [BASIC_UNSAFE_POINTER] = RT_UNSAFE_POINTER,
    };
    switch (u->kind) {
    case TYPE_BASIC: return basic[u->basic.kind];
    case TYPE_ARRAY: return RT_ARRAY;
    case TYPE_CHAN: return RT_CHAN;
    case TYPE_SIGNATURE: return RT_FUNC;
    case TYPE_INTERFACE: return RT_INTERFACE;
    case TYPE_MAP: return RT_MAP;
    case TYPE_POINTER: return RT_POINTER;
    case TYPE_SLICE: return RT_SLICE;
    case TYPE_STRUCT: return RT_STRUCT;
    default: return RT_INVALID;
    }
}

/* Sets a bit for each pointer word of a t at byte `at`. */
static void mark_pointers(Type *t, uint64_t at, uint8_t *bits)
{
    Type *u = type_underlying(t);
    uint64_t w = at / 8;
    switch (u->kind) {
    case TYPE_BASIC:
        if ((u->basic.flags & BF_STRING) || u->basic.kind == BASIC_UNSAFE_POINTER)
            bits[w / 8] |= (uint8_t)(1u << (w % 8));
        break;
    case TYPE_POINTER:
    case TYPE_SIGNATURE:
    case TYPE_MAP:
    case TYPE_CHAN:
    case TYPE_SLICE: bits[w / 8] |= (uint8_t)(1u << (w % 8)); break;
    case TYPE_INTERFACE: /* the table, for itabs made at run time, and the data word */
        bits[w / 8] |= (uint8_t)(1u << (w % 8));
        w++;
        bits[w / 8] |= (uint8_t)(1u << (w % 8));
        break;
    case TYPE_ARRAY: {
        IrType *et = lo_type(u->array.elem);
        if (lo_has_ptr(et))
            for (int64_t i = 0; i < u->array.len; i++)
                mark_pointers(u->array.elem, at + et->size * (uint64_t)i, bits);
        break;
    }
    case TYPE_STRUCT: {
        IrType *it = lo_type(u);
        for (uint32_t i = 0; i < u->struct_.fields.n; i++)
            if (lo_has_ptr(it->fields[i]))
                mark_pointers(u->struct_.fields.p[i].var->type, at + it->offsets[i], bits);
        break;
    }
    default: break;
    }
}

static uint64_t pointer_bytes(Type *t)
{
    Type *u = type_underlying(t);
    IrType *it = lo_type(t);
    if (!lo_has_ptr(it))
        return 0;
    switch (u->kind) {
    case TYPE_INTERFACE: return 16;
    case TYPE_ARRAY:
        return it->elem->size * (uint64_t)(u->array.len - 1) + pointer_bytes(u->array.elem);
    case TYPE_STRUCT:
        for (uint32_t i = u->struct_.fields.n; i-- > 0;)
            if (lo_has_ptr(it->fields[i]))
                return it->offsets[i] + pointer_bytes(u->struct_.fields.p[i].var->type);
        return 0;
    default: return 8;
    }
}

static IrSym *pointer_map(Lower *L, Type *t)
{
    uint64_t n = (pointer_bytes(t) / 8 + 7) / 8;
    uint8_t *bits = ARENA_ARRAY(L->a, uint8_t, n + 1);
    mark_pointers(t, 0, bits);
    return ir_string_data(L->m, (const char *)bits, n);
}

/* A loop of the program that walks through a part of it may end behind it. */
static bool ends_in_array(Type *t)
{
    Type *u = type_underlying(t);
    if (u->kind == TYPE_ARRAY)
        return u->array.len > 1 || (u->array.len == 1 && ends_in_array(u->array.elem));
    if (u->kind != TYPE_STRUCT || u->struct_.fields.n == 0)
        return false;
    return ends_in_array(u->struct_.fields.p[u->struct_.fields.n - 1].var->type);
}

static unsigned spare_end(Type *t)
{
    return lo_has_ptr(lo_type(t)) && ends_in_array(t) ? RT_SPARE_END : 0;
}

/* RtType.alloc: where the allocator finds memory for single objects at once. */
static unsigned alloc_run(Lower *L, Type *t)
{
    uint64_t pb = pointer_bytes(t);
    if (pb > 512)
        return 0;
    uint8_t *bits = ARENA_ARRAY(L->a, uint8_t, 16);
    mark_pointers(t, 0, bits);
    unsigned run = rt_alloc_run(lo_type(t)->size, pb, bits);
    if (run && spare_end(t)) { /* a spare word where the slot has one, else the runtime decides */
        unsigned spare = rt_alloc_run(lo_type(t)->size + 8, pb, bits);
        if (!spare || rt_run_slot(spare) != rt_run_slot(run))
            return 0;
    }
    return run < 256 ? run : 0;
}

/* What memory for a t needs to know: size, alignment, pointers.  It names no type, so that
 * to allocate one does not keep its name, its methods and what they call in the program;
 * types of one shape share it. */
IrSym *lo_mem_desc(Lower *L, Type *t)
{
    Type *u = type_underlying(t);
    IrType *it = lo_type(t);
    uint64_t pb = pointer_bytes(t);
    unsigned align = it->align ? it->align : 1;
    bool repeat = pb && u->kind == TYPE_ARRAY && u->array.len > 1;
    IrSym *elem = repeat ? lo_mem_desc(L, u->array.elem) : NULL;
    const char *name;
    if (repeat) {
        name = arena_printf(L->a, "%s*%lld", elem->name->s, (long long)u->array.len);
    } else {
        uint64_t n = (pb / 8 + 7) / 8;
        uint8_t *bits = ARENA_ARRAY(L->a, uint8_t, n + 1);
        char *hex = ARENA_ARRAY(L->a, char, 2 * n + 1);
        if (pb)
            mark_pointers(t, 0, bits);
        for (uint64_t i = 0; i < n; i++) {
            hex[2 * i] = "0123456789abcdef"[bits[i] >> 4];
            hex[2 * i + 1] = "0123456789abcdef"[bits[i] & 15];
        }
        hex[2 * n] = 0;
        name = arena_printf(L->a, "mem:%llu,%u,%llu%s%s%s", (unsigned long long)it->size, align,
                            (unsigned long long)pb, n ? "," : "", hex, spare_end(t) ? "+" : "");
    }
    IrSym *sym = ir_sym(L->m, name);
    if (sym->data)
        return sym;
    IrData *d = ir_data_new(L->m, sym, IRL_COMDAT, repeat ? sizeof(RtArrayType) : sizeof(RtType), 8,
                            true, false);
    struct {
        uint64_t at, v;
        unsigned n;
    } part[] = {
        {offsetof(RtType, size), it->size, 8},
        {offsetof(RtType, ptrbytes), pb, 8},
        {offsetof(RtType, kind), repeat ? RT_ARRAY : RT_STRUCT, 1},
        {offsetof(RtType, align), align, 1},
        {offsetof(RtType, flags), (repeat ? RT_GCREPEAT : 0) | spare_end(t), 1},
        {offsetof(RtType, alloc), alloc_run(L, t), 1},
        {offsetof(RtArrayType, len), repeat ? (uint64_t)u->array.len : 0, 8},
    };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (part[i].v)
            ir_data_int(L->m, d, part[i].at, part[i].v, part[i].n);
    if (pb)
        ir_data_addr(L->m, d, offsetof(RtType, ptrmap), pointer_map(L, repeat ? u->array.elem : t),
                     0);
    if (repeat)
        ir_data_addr(L->m, d, offsetof(RtArrayType, elem), elem, 0);
    return sym;
}

/* A descriptor under construction: parts are appended behind the kind's struct. */
typedef struct Desc {
    Lower *L;
    IrData *d;
    uint64_t end;
} Desc;

static void put_str(Desc *k, uint64_t at, const char *s, size_t n)
{
    if (n) {
        ir_data_addr(k->L->m, k->d, at, ir_string_data(k->L->m, s, n), 0);
        ir_data_int(k->L->m, k->d, at + 8, n, 8);
    }
}

static void put_cstr(Desc *k, uint64_t at, const char *s)
{
    put_str(k, at, s, strlen(s));
}

static void put_type(Desc *k, uint64_t at, Type *t)
{
    ir_data_addr(k->L->m, k->d, at, lo_desc(k->L, t), 0);
}

static void put_int(Desc *k, uint64_t at, uint64_t v, unsigned n)
{
    if (v)
        ir_data_int(k->L->m, k->d, at, v, n);
}

static uint64_t part(Desc *k, uint64_t at, uint64_t size)
{
    uint64_t p = k->end;
    k->end += size;
    ir_data_addr(k->L->m, k->d, at, k->d->sym, (int64_t)p);
    return p;
}

static bool is_exported(const Name *n)
{
    return n->s[0] >= 'A' && n->s[0] <= 'Z' ? true : (unsigned char)n->s[0] >= 0x80 ? true : false;
}

/* ---- sizes of the parts ------------------------------------------------------------------------ */

static uint64_t head_size(Type *u)
{
    switch (kind_of(u)) {
    case RT_ARRAY: return sizeof(RtArrayType);
    case RT_CHAN: return sizeof(RtChanType);
    case RT_FUNC: return sizeof(RtFuncType);
    case RT_INTERFACE: return sizeof(RtInterfaceType);
    case RT_MAP: return sizeof(RtMapType);
    case RT_POINTER: return sizeof(RtPointerType);
    case RT_SLICE: return sizeof(RtSliceType);
    case RT_STRUCT: return sizeof(RtStructType);
    default: return sizeof(RtType);
    }
}

static uint64_t tail_size(Type *u, bool uncommon, uint32_t nmethods)
{
    uint64_t n = 0;
    switch (u->kind) {
    case TYPE_SIGNATURE:
        n = 8 * (u->sig.params->tuple.vars.n + u->sig.results->tuple.vars.n);
        break;
    case TYPE_INTERFACE: n = sizeof(RtImethod) * lo_methods(u)->n; break;
    case TYPE_STRUCT: n = sizeof(RtStructField) * u->struct_.fields.n; break;
    default: break;
    }
    if (uncommon)
        n += sizeof(RtUncommon) + sizeof(RtMethod) * nmethods;
    return n;
}

/* ---- kinds ----------------------------------------------------------------------------------------- */

/* What tells methods of one name apart: a hash of the func type's key, without receiver.  Two
 * different types among the methods of one name would have to collide in 64 bits. */
static uint64_t method_sig(Lower *L, Type *sig)
{
    Type *u = type_underlying(sig);
    if (u->sig.recv)
        u = type_new_signature(L->a, NULL, u->sig.params, u->sig.results, u->sig.variadic);
    const char *key = type_key(L->a, u);
    return XXH3_64bits(key, strlen(key));
}

static void put_func(Desc *k, Type *u)
{
    ObjectVec *in = &u->sig.params->tuple.vars, *out = &u->sig.results->tuple.vars;
    if (in->n) {
        uint64_t p = part(k, offsetof(RtFuncType, in), 8 * in->n);
        for (uint32_t i = 0; i < in->n; i++)
            put_type(k, p + 8 * i, in->p[i]->type);
    }
    put_int(k, offsetof(RtFuncType, nin), in->n, 8);
    if (out->n) {
        uint64_t p = part(k, offsetof(RtFuncType, out), 8 * out->n);
        for (uint32_t i = 0; i < out->n; i++)
            put_type(k, p + 8 * i, out->p[i]->type);
    }
    put_int(k, offsetof(RtFuncType, nout), out->n, 8);
}

static void put_interface(Desc *k, Type *u)
{
    ObjectVec *m = lo_methods(u);
    if (m->n) {
        uint64_t p = part(k, offsetof(RtInterfaceType, methods), sizeof(RtImethod) * m->n);
        for (uint32_t i = 0; i < m->n; i++, p += sizeof(RtImethod)) {
            put_str(k, p + offsetof(RtImethod, name), m->p[i]->name->s, m->p[i]->name->len);
            if (!is_exported(m->p[i]->name) && m->p[i]->pkg)
                put_cstr(k, p + offsetof(RtImethod, pkgpath), m->p[i]->pkg->path);
            put_int(k, p + offsetof(RtImethod, sig), method_sig(k->L, m->p[i]->type), 8);
        }
    }
    put_int(k, offsetof(RtInterfaceType, nmethods), m->n, 8);
}

static void put_struct(Desc *k, Type *u)
{
    uint32_t n = u->struct_.fields.n;
    IrType *it = lo_type(u);
    if (n) {
        uint64_t p = part(k, offsetof(RtStructType, fields), sizeof(RtStructField) * n);
        for (uint32_t i = 0; i < n; i++, p += sizeof(RtStructField)) {
            StructField *f = &u->struct_.fields.p[i];
            put_str(k, p + offsetof(RtStructField, name), f->var->name->s, f->var->name->len);
            if (!is_exported(f->var->name) && f->var->pkg)
                put_cstr(k, p + offsetof(RtStructField, pkgpath), f->var->pkg->path);
            put_type(k, p + offsetof(RtStructField, type), f->var->type);
            if (f->tag)
                put_str(k, p + offsetof(RtStructField, tag), f->tag, f->tag_len);
            put_int(k, p + offsetof(RtStructField, offset), it->offsets[i], 8);
            put_int(k, p + offsetof(RtStructField, embedded), f->embedded, 8);
        }
    }
    put_int(k, offsetof(RtStructType, nfields), n, 8);
}

static void put_kind(Desc *k, Type *u)
{
    Lower *L = k->L;
    switch (u->kind) {
    case TYPE_ARRAY:
        put_type(k, offsetof(RtArrayType, elem), u->array.elem);
        put_int(k, offsetof(RtArrayType, len), (uint64_t)u->array.len, 8);
        put_type(k, offsetof(RtArrayType, slice), type_new_slice(L->a, u->array.elem));
        break;
    case TYPE_CHAN: {
        put_type(k, offsetof(RtChanType, elem), u->chan.elem);
        uint64_t dir = u->chan.dir == CHAN_BOTH ? 3 : u->chan.dir == CHAN_SEND ? 2 : 1;
        put_int(k, offsetof(RtChanType, dir), dir, 8);
        break;
    }
    case TYPE_SIGNATURE: put_func(k, u); break;
    case TYPE_INTERFACE: put_interface(k, u); break;
    case TYPE_MAP:
        put_type(k, offsetof(RtMapType, key), u->map.key);
        put_type(k, offsetof(RtMapType, elem), u->map.elem);
        put_int(k, offsetof(RtMapType, keykind), (uint64_t)lo_key_kind(u->map.key), 8);
        break;
    case TYPE_POINTER: put_type(k, offsetof(RtPointerType, elem), u->pointer.elem); break;
    case TYPE_SLICE: put_type(k, offsetof(RtSliceType, elem), u->slice.elem); break;
    case TYPE_STRUCT: put_struct(k, u); break;
    default: break;
    }
}

static void put_uncommon(Desc *k, Type *t, MethodSet *ms)
{
    Lower *L = k->L;
    uint64_t p = part(k, offsetof(RtType, uncommon), sizeof(RtUncommon));
    if (t->kind == TYPE_NAMED && t->named.obj->pkg)
        put_cstr(k, p + offsetof(RtUncommon, pkgpath), t->named.obj->pkg->path);
    uint32_t n = ms ? ms->sels.n : 0;
    put_int(k, p + offsetof(RtUncommon, nmethods), n, 8);
    if (!n)
        return;
    uint64_t q = part(k, p + offsetof(RtUncommon, methods), sizeof(RtMethod) * n);
    for (uint32_t i = 0; i < n; i++, q += sizeof(RtMethod)) {
        Selection *s = ms->sels.p[i];
        put_str(k, q + offsetof(RtMethod, name), s->obj->name->s, s->obj->name->len);
        if (!is_exported(s->obj->name) && s->obj->pkg)
            put_cstr(k, q + offsetof(RtMethod, pkgpath), s->obj->pkg->path);
        put_int(k, q + offsetof(RtMethod, sig), method_sig(L, s->obj->type), 8);
        ir_data_addr(L->m, k->d, q + offsetof(RtMethod, ifn), lo_method_ifn(L, t, s), 0);
    }
}

void lo_desc_emit(Lower *L, Type *t)
{
    IrSym *sym = lo_desc(L, t);
    if (sym->data)
        return;
    Type *u = type_underlying(t);
    IrType *it = lo_type(t);
    const char *key = type_key(L->a, t);
    bool named = t->kind == TYPE_NAMED || t->kind == TYPE_BASIC;
    MethodSet *ms = u->kind == TYPE_INTERFACE ? NULL : type_method_set(L->a, t);
    uint32_t nm = ms ? ms->sels.n : 0;
    bool uncommon = t->kind == TYPE_NAMED || nm;
    uint64_t head = head_size(u);
    IrData *d = ir_data_new(L->m, sym, is_own(L, t) ? IRL_EXPORT : IRL_COMDAT,
                            head + tail_size(u, uncommon, nm), 8, true, false);
    Desc k = {L, d, head};
    put_int(&k, offsetof(RtType, size), it->size, 8);
    uint64_t pb = pointer_bytes(t);
    put_int(&k, offsetof(RtType, ptrbytes), pb, 8);
    put_int(&k, offsetof(RtType, hash), hash_key(key), 4);
    put_int(&k, offsetof(RtType, kind), kind_of(u), 1);
    put_int(&k, offsetof(RtType, align), it->align ? it->align : 1, 1);
    unsigned flags = (named ? RT_NAMED_TYPE : 0) | spare_end(t);
    if (type_comparable_p(L->a, t, NULL))
        flags |= RT_COMPARABLE | (lo_plain_eq(t) ? RT_PLAIN_EQ : 0);
    if (u->kind == TYPE_SIGNATURE && u->sig.variadic)
        flags |= RT_VARIADIC;
    put_int(&k, offsetof(RtType, alloc), alloc_run(L, t), 1);
    if (pb) {
        bool repeat = u->kind == TYPE_ARRAY && u->array.len > 1;
        if (repeat)
            flags |= RT_GCREPEAT;
        ir_data_addr(L->m, d, offsetof(RtType, ptrmap), pointer_map(L, repeat ? u->array.elem : t),
                     0);
    }
    put_int(&k, offsetof(RtType, flags), flags, 1);
    put_cstr(&k, offsetof(RtType, string), type_string_reflect(L->a, t));
    if (named) {
        const char *s = type_string_reflect(L->a, t);
        const char *dot = NULL; /* after the package, not inside type arguments */
        for (const char *c = s; *c && *c != '['; c++)
            if (*c == '.')
                dot = c;
        put_cstr(&k, offsetof(RtType, name), dot ? dot + 1 : s);
    }
    /* reflection and %v find pointer methods through it */
    if (t->kind == TYPE_NAMED)
        put_type(&k, offsetof(RtType, ptrto), type_new_pointer(L->a, t));
    put_kind(&k, u);
    if (uncommon)
        put_uncommon(&k, t, ms);
}

/* ---- interface tables ----------------------------------------------------------------------------------- */

IrSym *lo_itab(Lower *L, Type *t, Type *iface)
{
    ObjectVec *all = lo_methods(iface);
    IrSym *s =
        ir_sym(L->m, arena_printf(L->a, "itab:%s,%s", type_key(L->a, t), type_key(L->a, iface)));
    if (s->data)
        return s;
    uint32_t n = all->n;
    IrData *d = ir_data_new(L->m, s, IRL_COMDAT, sizeof(RtItab) + 8 * n, 8, true, false);
    ir_data_addr(L->m, d, offsetof(RtItab, type), lo_desc(L, t), 0);
    ir_data_addr(L->m, d, offsetof(RtItab, iface), lo_desc(L, iface), 0);
    for (uint32_t i = 0; i < n; i++) {
        Selection *sel = lo_method_lookup(L, t, all->p[i]);
        ir_data_addr(L->m, d, offsetof(RtItab, fn) + 8 * i, lo_method_ifn(L, t, sel), 0);
    }
    return s;
}
