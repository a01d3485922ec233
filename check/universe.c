/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The universe scope (Go spec, "Predeclared identifiers") and package unsafe. */
#include <string.h>

#include "check/types.h"

Type *type_basic[BASIC_COUNT];
Type *type_byte, *type_rune, *type_any, *type_error, *type_comparable, *type_empty_tuple;
Scope *universe;
Package *package_unsafe;

static const struct {
    const char *name;
    unsigned flags;
    int64_t size;
} basic_info[BASIC_COUNT] = {
#define X(k, s, f, z) {s, f, z},
    BASIC_TYPES(X)
#undef X
};

static const struct {
    const char *name;
} builtin_info[BUILTIN_COUNT] = {
#define X(k, s, n, v, st) {s},
    BUILTINS(X)
#undef X
};

static Type *new_basic(Arena *a, BasicKind kind, const char *name)
{
    Type *t = type_new(a, TYPE_BASIC);
    t->basic.kind = kind;
    t->basic.flags = basic_info[kind].flags;
    t->basic.name = name;
    return t;
}

static Object *declare(Arena *a, Scope *s, Package *pkg, ObjectKind kind, const char *name, Type *t)
{
    Object *o = object_new(a, kind, NOPOS, pkg, intern_cstr(name), t);
    scope_insert(a, s, o);
    return o;
}

static void declare_type(Arena *a, const char *name, Type *t, bool alias)
{
    declare(a, universe, NULL, OBJ_TYPENAME, name, t)->typename.is_alias = alias;
}

/* type error interface{ Error() string } */
static void declare_error(Arena *a)
{
    Object *obj = declare(a, universe, NULL, OBJ_TYPENAME, "error", NULL);
    type_error = type_new_named(a, obj, NULL);
    Object *result = object_new(a, OBJ_VAR, NOPOS, NULL, NULL, type_basic[BASIC_STRING]);
    Object *recv = object_new(a, OBJ_VAR, NOPOS, NULL, NULL, type_error);
    Type *sig = type_new_signature(a, recv, NULL, type_new_tuple(a, &result, 1), false);
    Object *method = object_new(a, OBJ_FUNC, NOPOS, NULL, intern_cstr("Error"), sig);
    Type *iface = type_new(a, TYPE_INTERFACE);
    vec_push(a, &iface->iface.methods, method);
    type_error->named.underlying = iface;
    method->func.recv_named = type_error;
    type_complete_interface(a, iface);
}

/* type comparable interface{ all comparable types } */
static void declare_comparable(Arena *a)
{
    Object *obj = declare(a, universe, NULL, OBJ_TYPENAME, "comparable", NULL);
    type_comparable = type_new_named(a, obj, NULL);
    Type *iface = type_new(a, TYPE_INTERFACE);
    iface->iface.is_comparable = true;
    iface->iface.complete = true;
    type_comparable->named.underlying = iface;
}

static void declare_unsafe(Arena *a)
{
    Package *p = ARENA_NEW(a, Package);
    p->path = "unsafe";
    p->name = intern_cstr("unsafe");
    p->scope = scope_new(a, universe, (Range){NOPOS, NOPOS});
    p->complete = true;
    p->is_std = true;
    package_unsafe = p;
    declare(a, p->scope, p, OBJ_TYPENAME, "Pointer", type_basic[BASIC_UNSAFE_POINTER]);
}

static void declare_builtins(Arena *a)
{
    for (int i = 0; i < BUILTIN_COUNT; i++) {
        bool of_unsafe = i >= BUILTIN_UNSAFE_ADD;
        Object *o = declare(a, of_unsafe ? package_unsafe->scope : universe,
                            of_unsafe ? package_unsafe : NULL, OBJ_BUILTIN, builtin_info[i].name,
                            type_basic[BASIC_INVALID]);
        o->builtin.id = (BuiltinId)i;
    }
}

void universe_init(Arena *a)
{
    types_arena = a;
    const_init();
    universe = scope_new(a, NULL, (Range){NOPOS, NOPOS});
    type_empty_tuple = NULL;
    type_empty_tuple = type_new_tuple(a, NULL, 0);
    for (int k = 0; k < BASIC_COUNT; k++) {
        type_basic[k] = new_basic(a, (BasicKind)k, basic_info[k].name);
        if (k >= BASIC_BOOL && k <= BASIC_STRING)
            declare_type(a, basic_info[k].name, type_basic[k], false);
    }
    type_byte = new_basic(a, BASIC_UINT8, "byte");
    type_rune = new_basic(a, BASIC_INT32, "rune");
    declare_type(a, "byte", type_byte, true);
    declare_type(a, "rune", type_rune, true);
    type_any = type_new(a, TYPE_INTERFACE);
    type_any->iface.complete = true;
    declare_type(a, "any", type_any, true);
    declare_error(a);
    declare_comparable(a);

    Type *ubool = type_basic[BASIC_UNTYPED_BOOL];
    declare(a, universe, NULL, OBJ_CONST, "true", ubool)->constant.val = const_bool(a, true);
    declare(a, universe, NULL, OBJ_CONST, "false", ubool)->constant.val = const_bool(a, false);
    declare(a, universe, NULL, OBJ_CONST, "iota", type_basic[BASIC_UNTYPED_INT])->constant.val =
        const_int64(a, 0);
    declare(a, universe, NULL, OBJ_NIL, "nil", type_basic[BASIC_UNTYPED_NIL]);

    declare_unsafe(a);
    declare_builtins(a);
}
