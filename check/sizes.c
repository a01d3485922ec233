/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layout of types in memory: that of Go's own compiler on linux/amd64 (Go spec, "Size
 * and alignment guarantees"), so that unsafe.Sizeof agrees. */
#include "check/types.h"

enum { MAX_DEPTH = 2000 }; /* deeper nesting is a recursive type that is in error */

static const int64_t basic_size[BASIC_COUNT] = {
#define X(k, s, f, z) z,
    BASIC_TYPES(X)
#undef X
};

static int64_t size_of(Type *t, int depth);

static uint32_t align_of(Type *t, int depth)
{
    if (depth > MAX_DEPTH)
        return 1;
    if (t->align_cache)
        return t->align_cache;
    Type *u = type_underlying(t);
    uint32_t align = 8;
    switch (u->kind) {
    case TYPE_BASIC:
        if (u->basic.flags & BF_UNTYPED || u->basic.kind == BASIC_INVALID)
            return 1;
        align = (uint32_t)basic_size[u->basic.kind];
        if (u->basic.kind == BASIC_STRING || u->basic.kind == BASIC_COMPLEX128)
            align = 8;
        else if (u->basic.kind == BASIC_COMPLEX64)
            align = 4;
        break;
    case TYPE_ARRAY: align = align_of(u->array.elem, depth + 1); break;
    case TYPE_STRUCT:
        align = 1;
        for (uint32_t i = 0; i < u->struct_.fields.n; i++) {
            Type *f = u->struct_.fields.p[i].var->type;
            uint32_t fa = f ? align_of(f, depth + 1) : 1;
            if (fa > align)
                align = fa;
        }
        break;
    default: break;
    }
    return align;
}

static int64_t align_up(int64_t x, uint32_t align)
{
    int64_t y;
    if (x < 0 || __builtin_add_overflow(x, (int64_t)align - 1, &y))
        return -1;
    return y & -(int64_t)align;
}

/* The offset of a field, or of the end (field == number of fields). */
static int64_t offset_of(Type *u, uint32_t field, int depth)
{
    int64_t off = 0;
    for (uint32_t i = 0; i <= field && i < u->struct_.fields.n; i++) {
        Type *f = u->struct_.fields.p[i].var->type;
        if (!f)
            continue;
        off = align_up(off, align_of(f, depth + 1));
        if (i == field || off < 0)
            return off;
        int64_t size = size_of(f, depth + 1);
        /* a pointer to a last field without size must not point past the object */
        if (size == 0 && i + 1 == u->struct_.fields.n && off > 0)
            size = 1;
        if (size < 0 || __builtin_add_overflow(off, size, &off))
            return -1;
    }
    return off;
}

static int64_t size_of(Type *t, int depth)
{
    if (depth > MAX_DEPTH)
        return -1;
    if (t->size_cache >= 0)
        return t->size_cache;
    Type *u = type_underlying(t);
    int64_t n;
    switch (u->kind) {
    case TYPE_BASIC: return basic_size[u->basic.kind];
    case TYPE_ARRAY:
        n = size_of(u->array.elem, depth + 1);
        if (u->array.len <= 0)
            return 0;
        if (n < 0 || __builtin_mul_overflow(n, u->array.len, &n))
            return -1;
        return n;
    case TYPE_STRUCT: return align_up(offset_of(u, u->struct_.fields.n, depth), align_of(u, depth));
    case TYPE_SLICE: return 24;
    case TYPE_INTERFACE: return t->kind == TYPE_TYPEPARAM ? 0 : 16;
    case TYPE_TUPLE:
    case TYPE_UNION: return 0;
    default: return 8;
    }
}

/* Layouts are kept once they are asked for from outside: then the type is set up. */
int64_t type_size(Type *t)
{
    if (t->size_cache < 0)
        t->size_cache = size_of(t, 0);
    return t->size_cache;
}

uint32_t type_align(Type *t)
{
    if (!t->align_cache)
        t->align_cache = align_of(t, 0);
    return t->align_cache;
}

int64_t type_field_offset(Type *t, uint32_t field)
{
    return offset_of(type_underlying(t), field, 0);
}

static bool has_pointers(Type *t, int depth)
{
    if (depth > MAX_DEPTH)
        return true;
    Type *u = type_underlying(t);
    switch (u->kind) {
    case TYPE_BASIC: return u->basic.kind == BASIC_STRING || u->basic.kind == BASIC_UNSAFE_POINTER;
    case TYPE_ARRAY: return u->array.len > 0 && has_pointers(u->array.elem, depth + 1);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < u->struct_.fields.n; i++) {
            Type *f = u->struct_.fields.p[i].var->type;
            if (f && has_pointers(f, depth + 1))
                return true;
        }
        return false;
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < u->tuple.vars.n; i++)
            if (has_pointers(u->tuple.vars.p[i]->type, depth + 1))
                return true;
        return false;
    default: return true;
    }
}

bool type_has_pointers(Type *t)
{
    return has_pointers(t, 0);
}
