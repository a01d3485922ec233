/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IrType → gcc type, made once a context and kept by the type's id.  Layout is gcc's own,
 * which is Go's; fields of size zero are left out, and what padding Go adds for one at the
 * end is an explicit field.  Arrays are wrapped in a struct: gcc assigns and passes those. */
#include "codegen/gen.h"

#include <limits.h>
#include <string.h>

void gen_types_init(Gen *g)
{
    gcc_jit_context *c = g->ctx;
    g->t_void = gj.context_get_type(c, GCC_JIT_TYPE_VOID);
    g->t_bool = gj.context_get_type(c, GCC_JIT_TYPE_BOOL);
    g->t_ptr = gj.context_get_type(c, GCC_JIT_TYPE_VOID_PTR);
    g->t_char = gj.context_get_type(c, GCC_JIT_TYPE_CHAR);
    g->t_charp = gj.type_get_pointer(g->t_char);
    g->t_ptrp = gj.type_get_pointer(g->t_ptr);
    g->t_size = gj.context_get_type(c, GCC_JIT_TYPE_SIZE_T);
    g->t_int = gj.context_get_type(c, GCC_JIT_TYPE_INT);
    g->t_long = gj.context_get_int_type(c, 8, 1);
    g->t_double = gj.context_get_type(c, GCC_JIT_TYPE_DOUBLE);
    for (int s = 0; s < 2; s++)
        for (int n = 1; n <= 8; n *= 2)
            g->t_int_of[s][n] = gj.context_get_int_type(c, n, s);
    g->t_extern = gj.context_new_array_type(c, NULL, g->t_char, 1 << 30);
}

gcc_jit_type *gen_int_type(Gen *g, unsigned bytes, bool is_signed)
{
    return g->t_int_of[is_signed][bytes];
}

static gcc_jit_type *scalar(Gen *g, const IrType *t)
{
    switch (t->kind) {
    case IRT_BOOL: return g->t_bool;
    case IRT_PTR: return g->t_ptr;
    case IRT_F32: return gj.context_get_type(g->ctx, GCC_JIT_TYPE_FLOAT);
    case IRT_F64: return g->t_double;
    default: return gen_int_type(g, (unsigned)t->size, irt_is_signed(t));
    }
}

static void make_struct(Gen *g, const IrType *t, GenType *out)
{
    gcc_jit_field **all = ARENA_ARRAY(g->arena, gcc_jit_field *, t->nfields + 1);
    gcc_jit_field **fields = ARENA_ARRAY(g->arena, gcc_jit_field *, t->nfields);
    int n = 0;
    uint64_t end = 0;
    for (uint32_t i = 0; i < t->nfields; i++) {
        if (!t->fields[i]->size)
            continue;
        char name[16];
        snprintf(name, sizeof name, "f%u", i);
        gcc_jit_type *ft = gen_type(g, t->fields[i])->t;
        fields[i] = all[n++] = gj.context_new_field(g->ctx, NULL, ft, name);
        end = t->offsets[i] + t->fields[i]->size;
    }
    uint64_t rounded = (end + t->align - 1) & ~(uint64_t)(t->align - 1);
    if (rounded < t->size) { /* Go's padding after a last field of size zero */
        gcc_jit_type *pad =
            gj.context_new_array_type(g->ctx, NULL, g->t_char, (int)(t->size - end));
        all[n++] = gj.context_new_field(g->ctx, NULL, pad, "pad");
    }
    out->s = gj.context_new_struct_type(g->ctx, NULL, "s", n, all);
    out->fields = fields;
    out->t = gj.struct_as_type(out->s);
    /* A zero-size field may have asked for more than the others give. */
    uint32_t align = 1;
    for (uint32_t i = 0; i < t->nfields; i++)
        if (t->fields[i]->size && t->fields[i]->align > align)
            align = t->fields[i]->align;
    if (align < t->align)
        out->t = gj.type_get_aligned(out->t, t->align);
}

static void make_array(Gen *g, const IrType *t, GenType *out)
{
    /* libgccjit counts elements in an int: larger arrays are rows, and a last shorter one. */
    const uint64_t row_len = 1 << 30;
    gcc_jit_type *et = gen_type(g, t->elem)->t;
    out->fields = ARENA_ARRAY(g->arena, gcc_jit_field *, 2);
    int n = 0;
    if (t->len > INT_MAX) {
        gcc_jit_type *row = gj.context_new_array_type(g->ctx, NULL, et, (int)row_len);
        row = gj.context_new_array_type(g->ctx, NULL, row, (int)(t->len / row_len));
        out->fields[n++] = gj.context_new_field(g->ctx, NULL, row, "rows");
    }
    uint64_t rest = t->len > INT_MAX ? t->len % row_len : t->len;
    if (rest)
        out->fields[n++] = gj.context_new_field(
            g->ctx, NULL, gj.context_new_array_type(g->ctx, NULL, et, (int)rest), "a");
    out->s = gj.context_new_struct_type(g->ctx, NULL, "a", n, out->fields);
    out->t = gj.struct_as_type(out->s);
}

GenType *gen_type(Gen *g, const IrType *t)
{
    if (t->id >= g->ntypes) {
        uint32_t n = t->id + 64;
        g->types =
            arena_realloc(g->arena, g->types, sizeof(GenType) * g->ntypes, sizeof(GenType) * n);
        memset(g->types + g->ntypes, 0, sizeof(GenType) * (n - g->ntypes));
        g->ntypes = n;
    }
    if (g->types[t->id].made || !t->size)
        return &g->types[t->id];
    GenType made = {.made = true}; /* g->types may move while the parts are made */
    if (t->kind == IRT_STRUCT)
        make_struct(g, t, &made);
    else if (t->kind == IRT_ARRAY)
        make_array(g, t, &made);
    else
        made.t = scalar(g, t);
    made.ptr = gj.type_get_pointer(made.t);
    g->types[t->id] = made;
    return &g->types[t->id];
}
