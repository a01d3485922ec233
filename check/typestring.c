/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Types and objects as text: for messages (go/types' form), for %T and reflect, and as
 * keys that are equal exactly for identical types. */
#include <stdlib.h>
#include <string.h>

#include "check/types.h"

typedef enum Form {
    FORM_MESSAGE, /* struct{a int}, names of parameters, packages by name */
    FORM_REFLECT, /* struct { a int }, packages by name */
    FORM_LINK,    /* as reflect has type arguments: packages by path */
    FORM_KEY,
} Form;

/* Interfaces that are being written, for those that contain themselves. */
typedef struct Open {
    const Type *t;
    const struct Open *outer;
} Open;

typedef struct Writer {
    Arena *a;
    VEC(char) out;
    Form form;
    Package *rel;
    const Open *open;
} Writer;

static void type(Writer *w, Type *t);

static void put(Writer *w, const char *s)
{
    for (; *s; s++)
        vec_push(w->a, &w->out, *s);
}

static void put_int(Writer *w, int64_t x)
{
    put(w, arena_printf(w->a, "%lld", (long long)x));
}

static const char *finish(Writer *w)
{
    vec_push(w->a, &w->out, '\0');
    return w->out.p;
}

/* "pkg." before a name of package p. */
static void qualifier(Writer *w, Package *p)
{
    if (!p || (w->form == FORM_MESSAGE && p == w->rel))
        return;
    put(w, w->form >= FORM_LINK || !p->name ? p->path : p->name->s);
    put(w, ".");
}

static void quoted(Writer *w, const char *s, uint32_t n)
{
    put(w, "\"");
    for (uint32_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\')
            put(w, arena_printf(w->a, "\\%c", c));
        else if (c == '\n')
            put(w, "\\n");
        else if (c == '\t')
            put(w, "\\t");
        else if (c < 0x20 || c == 0x7f)
            put(w, arena_printf(w->a, "\\x%02x", c));
        else
            vec_push(w->a, &w->out, (char)c);
    }
    put(w, "\"");
}

/* A field's or method's name; unexported ones belong to their package. */
static void member_name(Writer *w, const Object *o, bool qualify)
{
    if (qualify && !name_exported(o->name))
        qualifier(w, o->pkg);
    put(w, o->name->s);
}

static void struct_type(Writer *w, Type *t)
{
    bool spaced = w->form == FORM_REFLECT || w->form == FORM_LINK;
    if (t->struct_.fields.n == 0) {
        put(w, spaced ? "struct {}" : "struct{}");
        return;
    }
    put(w, spaced ? "struct { " : "struct{");
    for (uint32_t i = 0; i < t->struct_.fields.n; i++) {
        const StructField *f = &t->struct_.fields.p[i];
        if (i)
            put(w, "; ");
        if (f->embedded && w->form == FORM_KEY)
            put(w, "@");
        if (!f->embedded || w->form == FORM_KEY) {
            member_name(w, f->var, w->form >= FORM_LINK);
            put(w, " ");
        }
        type(w, f->var->type);
        if (f->tag && (f->tag_len || w->form == FORM_MESSAGE)) {
            put(w, " ");
            quoted(w, f->tag, f->tag_len);
        }
    }
    put(w, spaced ? " }" : "}");
}

static void tuple(Writer *w, Type *t, bool variadic)
{
    put(w, "(");
    for (uint32_t i = 0; i < t->tuple.vars.n; i++) {
        Object *v = t->tuple.vars.p[i];
        if (i)
            put(w, w->form == FORM_KEY ? "," : ", ");
        if (w->form == FORM_MESSAGE && v->name) {
            put(w, v->name->s);
            put(w, " ");
        }
        if (variadic && i + 1 == t->tuple.vars.n && v->type) {
            put(w, "...");
            Type *last = v->type; /* append([]byte, string...) has a string there */
            type(w, last->kind == TYPE_SLICE ? last->slice.elem : last);
        } else {
            type(w, v->type);
        }
    }
    put(w, ")");
}

static void tparam_list(Writer *w, const ObjectVec *tparams)
{
    put(w, "[");
    for (uint32_t i = 0; i < tparams->n; i++) {
        Type *t = tparams->p[i]->type;
        Type *next = i + 1 < tparams->n ? tparams->p[i + 1]->type : NULL;
        if (i)
            put(w, ", ");
        type(w, t);
        if (next && next->tparam.constraint == t->tparam.constraint)
            continue; /* [K, V any] */
        put(w, " ");
        type(w, t->tparam.constraint);
    }
    put(w, "]");
}

static void signature(Writer *w, Type *t)
{
    if (t->sig.tparams.n && w->form != FORM_KEY)
        tparam_list(w, &t->sig.tparams);
    tuple(w, t->sig.params, t->sig.variadic);
    const ObjectVec *r = &t->sig.results->tuple.vars;
    if (r->n == 0)
        return;
    if (w->form != FORM_KEY)
        put(w, " ");
    if (r->n == 1 && (w->form != FORM_MESSAGE || !r->p[0]->name))
        type(w, r->p[0]->type);
    else
        tuple(w, t->sig.results, false);
}

static void method(Writer *w, Object *m, bool qualify)
{
    member_name(w, m, qualify);
    Type *sig = object_type(m);
    if (sig && sig->kind == TYPE_SIGNATURE)
        signature(w, sig);
    else
        put(w, "()");
}

static void terms(Writer *w, const UnionTermVec *v, const char *sep)
{
    for (uint32_t i = 0; i < v->n; i++) {
        if (i)
            put(w, sep);
        if (v->p[i].tilde)
            put(w, "~");
        type(w, v->p[i].type);
    }
}

/* As it was written: methods, then what is embedded. */
static void iface_message(Writer *w, Type *t)
{
    if (t == type_any) {
        put(w, "any");
        return;
    }
    if (t->iface.implicit && t->iface.methods.n == 0 && t->iface.embedded.n == 1) {
        type(w, t->iface.embedded.p[0]);
        return;
    }
    put(w, "interface{");
    bool first = true;
    for (uint32_t i = 0; i < t->iface.methods.n; i++, first = false) {
        if (!first)
            put(w, "; ");
        method(w, t->iface.methods.p[i], false);
    }
    for (uint32_t i = 0; i < t->iface.embedded.n; i++, first = false) {
        if (!first)
            put(w, "; ");
        type(w, t->iface.embedded.p[i]);
    }
    put(w, "}");
}

static int order_strings(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Terms in the order of their text: a set has none of its own. */
static void sorted_terms(Writer *w, Type *t)
{
    VEC(const char *) keys = {0};
    for (uint32_t i = 0; i < t->iface.terms.n; i++) {
        UnionTerm term = t->iface.terms.p[i];
        vec_push(w->a, &keys,
                 arena_printf(w->a, "%s%s", term.tilde ? "~" : "", type_key(w->a, term.type)));
    }
    if (keys.n)
        qsort(keys.p, keys.n, sizeof *keys.p, order_strings);
    for (uint32_t i = 0; i < keys.n; i++) {
        put(w, i ? "|" : "");
        put(w, keys.p[i]);
    }
}

static void iface_all(Writer *w, Type *t)
{
    bool key = w->form == FORM_KEY;
    type_complete_interface(w->a, t);
    int depth = 0;
    for (const Open *o = w->open; o; o = o->outer, depth++)
        if (o->t == t) { /* it contains itself */
            put(w, key ? arena_printf(w->a, "^%d", depth) : "interface {...}");
            return;
        }
    Open here = {t, w->open};
    w->open = &here;
    bool empty = t->iface.all_methods.n == 0 && !t->iface.has_terms && !t->iface.is_comparable;
    if (empty) {
        put(w, key ? "interface{}" : "interface {}");
    } else {
        put(w, key ? "interface{" : "interface { ");
        for (uint32_t i = 0; i < t->iface.all_methods.n; i++) {
            if (i)
                put(w, key ? ";" : "; ");
            method(w, t->iface.all_methods.p[i], true);
        }
        if (t->iface.is_comparable)
            put(w, ";comparable");
        if (t->iface.has_terms) {
            put(w, ";");
            sorted_terms(w, t);
        }
        put(w, key ? "}" : " }");
    }
    w->open = here.outer;
}

static void chan_type(Writer *w, Type *t)
{
    static const char *const dirs[] = {
        [CHAN_SEND] = "chan<- ", [CHAN_RECV] = "<-chan ", [CHAN_BOTH] = "chan "};
    put(w, dirs[t->chan.dir]);
    /* chan (<-chan T) is not chan<- (chan T) */
    bool parens = t->chan.dir == CHAN_BOTH && t->chan.elem->kind == TYPE_CHAN &&
                  t->chan.elem->chan.dir == CHAN_RECV;
    put(w, parens ? "(" : "");
    type(w, t->chan.elem);
    put(w, parens ? ")" : "");
}

static void named(Writer *w, Type *t)
{
    Object *o = t->named.obj;
    if (w->form == FORM_LINK && o->pkg && o->pkg->name && strcmp(o->pkg->name->s, "main") == 0) {
        put(w, "main.");
    } else {
        qualifier(w, o->pkg);
    }
    put(w, o->name->s);
    if (t->named.local_index && w->form >= FORM_LINK)
        put(w, arena_printf(w->a, "·%u", t->named.local_index));
    if (t->named.targs.n) {
        Form form = w->form;
        if (form == FORM_REFLECT)
            w->form = FORM_LINK;
        /* what comes from a function around it, then its own: G[string;int] */
        const TypeVec *targs = &t->named.targs;
        uint32_t own = t->named.origin->named.tparams.n;
        put(w, "[");
        for (uint32_t i = own; i < targs->n; i++) {
            put(w, i > own ? "," : "");
            type(w, targs->p[i]);
        }
        put(w, own && targs->n > own ? ";" : "");
        for (uint32_t i = 0; i < own && i < targs->n; i++) {
            put(w, i ? "," : "");
            type(w, targs->p[i]);
        }
        put(w, "]");
        w->form = form;
    } else if (t->named.tparams.n && w->form == FORM_MESSAGE) {
        tparam_list(w, &t->named.tparams);
    }
}

static void type(Writer *w, Type *t)
{
    if (!t) {
        put(w, "<nil>");
        return;
    }
    switch (t->kind) {
    case TYPE_BASIC:
        put(w, w->form == FORM_MESSAGE ? t->basic.name : type_basic[t->basic.kind]->basic.name);
        break;
    case TYPE_ARRAY:
        put(w, "[");
        put_int(w, t->array.len);
        put(w, "]");
        type(w, t->array.elem);
        break;
    case TYPE_SLICE:
        put(w, "[]");
        type(w, t->slice.elem);
        break;
    case TYPE_POINTER:
        put(w, "*");
        type(w, t->pointer.elem);
        break;
    case TYPE_MAP:
        put(w, "map[");
        type(w, t->map.key);
        put(w, "]");
        type(w, t->map.elem);
        break;
    case TYPE_CHAN: chan_type(w, t); break;
    case TYPE_STRUCT: struct_type(w, t); break;
    case TYPE_TUPLE: tuple(w, t, false); break;
    case TYPE_SIGNATURE:
        put(w, "func");
        signature(w, t);
        break;
    case TYPE_INTERFACE:
        if (w->form == FORM_MESSAGE)
            iface_message(w, t);
        else
            iface_all(w, t);
        break;
    case TYPE_NAMED: named(w, t); break;
    case TYPE_TYPEPARAM:
        if (w->form == FORM_KEY)
            put(w, arena_printf(w->a, "$%u", t->id));
        else
            put(w, t->tparam.obj->name->s);
        break;
    case TYPE_UNION: terms(w, &t->union_.terms, w->form == FORM_KEY ? "|" : " | "); break;
    }
}

static const char *write_type(Arena *a, Type *t, Form form, Package *rel)
{
    Writer w = {.a = a, .form = form, .rel = rel};
    type(&w, t);
    return finish(&w);
}

const char *type_string(Arena *a, Type *t, Package *rel)
{
    return write_type(a, t, FORM_MESSAGE, rel);
}

const char *type_string_reflect(Arena *a, Type *t)
{
    return write_type(a, t, FORM_REFLECT, NULL);
}

const char *type_key(Arena *a, Type *t)
{
    return write_type(a, t, FORM_KEY, NULL);
}

/* ---- objects -------------------------------------------------------------------------------------- */

static const char *object_kind(const Object *o)
{
    switch (o->kind) {
    case OBJ_PKGNAME: return "package";
    case OBJ_CONST: return "const";
    case OBJ_TYPENAME: return "type";
    case OBJ_VAR: return "var";
    case OBJ_FIELD: return "field";
    case OBJ_FUNC: return "func";
    case OBJ_LABEL: return "label";
    case OBJ_BUILTIN: return "builtin";
    case OBJ_NIL: return "nil";
    }
    return "object";
}

/* "func (*T).m": a method with its receiver. */
static void func_name(Writer *w, Object *o)
{
    Type *recv = o->func.recv_named;
    if (recv) {
        put(w, o->func.ptr_recv ? "(*" : "(");
        type(w, recv);
        put(w, ").");
    } else {
        qualifier(w, o->pkg);
    }
    put(w, o->name->s);
}

static void type_object(Writer *w, Object *o)
{
    Type *t = o->type;
    if (t->kind == TYPE_NAMED && t->named.obj == o && t->named.tparams.n)
        tparam_list(w, &t->named.tparams);
    if (o->typename.is_alias) {
        put(w, " = ");
        type(w, t);
        return;
    }
    put(w, " ");
    if (t->kind == TYPE_TYPEPARAM) {
        type(w, t->tparam.constraint);
    } else if (t->kind == TYPE_NAMED && t->named.underlying) {
        type(w, t->named.underlying);
    } else {
        type(w, t);
    }
}

const char *object_string(Arena *a, Object *o, Package *rel)
{
    Writer w = {.a = a, .form = FORM_MESSAGE, .rel = rel};
    if (o->kind == OBJ_NIL)
        return "nil";
    put(&w, object_kind(o));
    put(&w, " ");
    if (o->kind == OBJ_FUNC) {
        func_name(&w, o);
    } else {
        if (o->kind != OBJ_PKGNAME && o->parent && o->pkg && o->parent == o->pkg->scope)
            qualifier(&w, o->pkg);
        put(&w, o->name ? o->name->s : "_");
    }
    switch (o->kind) {
    case OBJ_PKGNAME:
        if (o->pkgname.imported)
            put(&w, arena_printf(a, " (\"%s\")", o->pkgname.imported->path));
        break;
    case OBJ_TYPENAME:
        if (o->type)
            type_object(&w, o);
        break;
    case OBJ_FUNC:
        if (o->type && o->type->kind == TYPE_SIGNATURE)
            signature(&w, o->type);
        break;
    case OBJ_CONST:
    case OBJ_VAR:
    case OBJ_FIELD:
        if (o->type) {
            put(&w, " ");
            type(&w, o->type);
        }
        if (o->kind == OBJ_CONST && o->constant.val) {
            put(&w, " = ");
            put(&w, const_print(a, o->constant.val));
        }
        break;
    default: break;
    }
    return finish(&w);
}
