/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Machine types of the IR, hash-consed for the process: equal types are equal pointers.
 * Struct layout follows gc and C: fields at their alignment, the whole rounded up, and one
 * byte of padding after a trailing zero-size field so that its address stays inside. */
#include "ir/ir.h"

#include <assert.h>
#include <string.h>

IrType *irt_void, *irt_bool, *irt_i8, *irt_i16, *irt_i32, *irt_i64, *irt_u8, *irt_u16, *irt_u32,
    *irt_u64, *irt_f32, *irt_f64, *irt_ptr;
IrType *irt_string, *irt_slice, *irt_iface;

static Arena *types_arena;
static IrType **table; /* open addressing, a power of two */
static uint32_t table_cap, table_n;
static uint32_t next_id;

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

static uint64_t hash_type(const IrType *t)
{
    uint64_t h = mix(1, t->kind);
    if (t->kind == IRT_ARRAY)
        return mix(mix(h, t->elem->id), t->len);
    for (uint32_t i = 0; i < t->nfields; i++)
        h = mix(h, t->fields[i]->id);
    return h;
}

static bool same_type(const IrType *a, const IrType *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == IRT_ARRAY)
        return a->elem == b->elem && a->len == b->len;
    return a->nfields == b->nfields &&
           (a->nfields == 0 || !memcmp(a->fields, b->fields, sizeof(*a->fields) * a->nfields));
}

static void insert(IrType **tab, uint32_t cap, IrType *t)
{
    uint32_t i = (uint32_t)hash_type(t) & (cap - 1);
    while (tab[i])
        i = (i + 1) & (cap - 1);
    tab[i] = t;
}

static void grow_table(void)
{
    uint32_t cap = table_cap ? table_cap * 2 : 256;
    IrType **tab = ARENA_ARRAY(types_arena, IrType *, cap);
    for (uint32_t i = 0; i < table_cap; i++)
        if (table[i])
            insert(tab, cap, table[i]);
    table = tab;
    table_cap = cap;
}

/* Finds probe's twin, or NULL. */
static IrType *find(const IrType *probe)
{
    uint32_t i = (uint32_t)hash_type(probe) & (table_cap - 1);
    for (; table[i]; i = (i + 1) & (table_cap - 1))
        if (same_type(table[i], probe))
            return table[i];
    return NULL;
}

static IrType *add(const IrType *probe)
{
    if ((table_n + 1) * 2 > table_cap)
        grow_table();
    IrType *t = ARENA_NEW(types_arena, IrType);
    *t = *probe;
    t->id = next_id++;
    insert(table, table_cap, t);
    table_n++;
    return t;
}

static IrType *scalar(IrTypeKind kind, uint64_t size)
{
    IrType *t = ARENA_NEW(types_arena, IrType);
    *t = (IrType){.kind = kind, .size = size, .align = size ? (uint32_t)size : 1, .id = next_id++};
    return t;
}

void ir_types_init(void)
{
    if (types_arena)
        return;
    types_arena = arena_new();
    grow_table();
    IrType **where[] = {&irt_void, &irt_bool, &irt_i8,  &irt_i16, &irt_i32, &irt_i64, &irt_u8,
                        &irt_u16,  &irt_u32,  &irt_u64, &irt_f32, &irt_f64, &irt_ptr};
#define X(k, s, z) *where[IRT_##k] = scalar(IRT_##k, z);
    IR_SCALARS(X)
#undef X
    irt_string = irt_struct((IrType *[]){irt_ptr, irt_i64}, 2);
    irt_slice = irt_struct((IrType *[]){irt_ptr, irt_i64, irt_i64}, 3);
    irt_iface = irt_struct((IrType *[]){irt_ptr, irt_u64}, 2);
}

IrType *irt_struct(IrType **fields, uint32_t n)
{
    IrType probe = {.kind = IRT_STRUCT, .fields = fields, .nfields = n, .align = 1};
    IrType *t = find(&probe);
    if (t)
        return t;
    probe.fields = ARENA_ARRAY(types_arena, IrType *, n);
    probe.offsets = ARENA_ARRAY(types_arena, uint64_t, n);
    uint64_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        IrType *f = fields[i];
        assert(f->kind != IRT_VOID);
        at = (at + f->align - 1) & ~(uint64_t)(f->align - 1);
        probe.fields[i] = f;
        probe.offsets[i] = at;
        at += f->size;
        if (f->align > probe.align)
            probe.align = f->align;
    }
    if (n && at > 0 && fields[n - 1]->size == 0)
        at++;
    probe.size = (at + probe.align - 1) & ~(uint64_t)(probe.align - 1);
    return add(&probe);
}

IrType *irt_array(IrType *elem, uint64_t len)
{
    IrType probe = {.kind = IRT_ARRAY,
                    .elem = elem,
                    .len = len,
                    .align = elem->align,
                    .size = elem->size * len};
    IrType *t = find(&probe);
    return t ? t : add(&probe);
}
