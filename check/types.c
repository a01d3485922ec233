/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Constructors of types and objects.  Types are nodes: two nodes may be identical types
 * (type_identical); only defined types and type parameters are told apart by address. */
#include "check/types.h"

Arena *types_arena;
void (*object_resolver)(Object *o);

static uint32_t next_type_id;

Type *type_new(Arena *a, TypeKind kind)
{
    Type *t = ARENA_NEW(a, Type);
    t->kind = kind;
    t->id = ++next_type_id;
    t->size_cache = -1;
    return t;
}

Type *type_new_array(Arena *a, Type *elem, int64_t len)
{
    Type *t = type_new(a, TYPE_ARRAY);
    t->array.elem = elem;
    t->array.len = len;
    return t;
}

Type *type_new_slice(Arena *a, Type *elem)
{
    Type *t = type_new(a, TYPE_SLICE);
    t->slice.elem = elem;
    return t;
}

Type *type_new_pointer(Arena *a, Type *elem)
{
    Type *t = type_new(a, TYPE_POINTER);
    t->pointer.elem = elem;
    return t;
}

Type *type_new_map(Arena *a, Type *key, Type *elem)
{
    Type *t = type_new(a, TYPE_MAP);
    t->map.key = key;
    t->map.elem = elem;
    return t;
}

Type *type_new_chan(Arena *a, ChanDir dir, Type *elem)
{
    Type *t = type_new(a, TYPE_CHAN);
    t->chan.dir = dir;
    t->chan.elem = elem;
    return t;
}

Type *type_new_tuple(Arena *a, Object **vars, uint32_t n)
{
    if (n == 0 && type_empty_tuple)
        return type_empty_tuple;
    Type *t = type_new(a, TYPE_TUPLE);
    for (uint32_t i = 0; i < n; i++)
        vec_push(a, &t->tuple.vars, vars[i]);
    return t;
}

Type *type_new_signature(Arena *a, Object *recv, Type *params, Type *results, bool variadic)
{
    Type *t = type_new(a, TYPE_SIGNATURE);
    t->sig.recv = recv;
    t->sig.params = params ? params : type_empty_tuple;
    t->sig.results = results ? results : type_empty_tuple;
    t->sig.variadic = variadic;
    return t;
}

Type *type_new_named(Arena *a, Object *obj, Type *underlying)
{
    Type *t = type_new(a, TYPE_NAMED);
    t->named.obj = obj;
    t->named.underlying = underlying;
    if (obj && !obj->type)
        obj->type = t;
    return t;
}

Object *object_new(Arena *a, ObjectKind kind, Pos pos, Package *pkg, const Name *name, Type *type)
{
    Object *o = ARENA_NEW(a, Object);
    o->kind = kind;
    o->pos = pos;
    o->pkg = pkg;
    o->name = name;
    o->type = type;
    return o;
}

Type *object_type(Object *o)
{
    if (!o->type && object_resolver)
        object_resolver(o);
    return o->type;
}
