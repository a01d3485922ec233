/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Identifiers and type expressions: composite types, array lengths, embedding, signatures
 * and receivers.  What needs complete types is checked later.  Go spec, "Types", "Method
 * declarations". */
#include "check/checker.h"
#include "check/termlist.h"

#include <string.h>

/* ---- identifiers ------------------------------------------------------------------------------ */

static const char *object_kind(Object *o)
{
    switch (o->kind) {
    case OBJ_PKGNAME: return "package name";
    case OBJ_CONST: return "constant";
    case OBJ_TYPENAME: return "type";
    case OBJ_VAR:
        return o->var.is_recv     ? "receiver"
               : o->var.is_param  ? "parameter"
               : o->var.is_result ? "result variable"
               : o->var.owner     ? "local variable"
                                  : "package-level variable";
    case OBJ_FIELD: return "struct field";
    case OBJ_FUNC: return "function";
    case OBJ_LABEL: return "label";
    case OBJ_BUILTIN: return "built-in function";
    case OBJ_NIL: return "untyped nil";
    }
    return "object";
}

void check_ident(Checker *c, Operand *x, Expr *e, bool want_type)
{
    x->mode = MODE_INVALID;
    x->type = type_basic[BASIC_INVALID];
    x->expr = e;
    const Name *name = e->ident.name;
    Scope *scope = NULL;
    Object *o = name == name_blank ? NULL : check_lookup(c, name, &scope);
    e->ident.obj = o;
    if (!o) {
        if (name == name_blank)
            check_error_at(c, e, "cannot use _ as value or type");
        else
            check_suggest(c, check_error_at(c, e, "undefined: %s", name->s), name);
        return;
    }
    if (o->kind != OBJ_TYPENAME && want_type) {
        check_error_at(c, e, "%s (%s) is not a type", name->s, object_kind(o));
        if (o->kind == OBJ_VAR && o->pkg == c->pkg)
            o->used = true;
        if (o->kind == OBJ_PKGNAME)
            o->used = true;
        return;
    }
    if (o->pkg != c->pkg && c->dots.n)
        for (uint32_t i = 0; i < c->dots.n; i++)
            if (c->dots.p[i].scope == scope && c->dots.p[i].obj == o)
                c->dots.p[i].pkgname->used = true;
    if (o->kind != OBJ_PKGNAME && o->kind != OBJ_BUILTIN && o->kind != OBJ_NIL)
        if (!o->type || (o->kind == OBJ_TYPENAME && want_type && o->pkg == c->pkg))
            check_obj_decl(c, o);
    Type *t = o->type;
    switch (o->kind) {
    case OBJ_PKGNAME: check_error_at(c, e, "use of package %s not in selector", name->s); return;
    case OBJ_CONST:
        check_add_dep(c, o);
        if (!type_valid(t))
            return;
        if (o->parent == universe && strcmp(name->s, "iota") == 0) {
            if (!c->env.iota) {
                check_error_at(c, e, "cannot use iota outside constant declaration");
                return;
            }
            x->val = c->env.iota;
        } else {
            x->val = o->constant.val ? o->constant.val : const_unknown();
        }
        x->mode = MODE_CONST;
        break;
    case OBJ_TYPENAME:
        if (!t && o->alias_pending)
            t = check_pending_alias(c, o);
        if (!type_valid(t))
            return;
        x->mode = MODE_TYPE;
        break;
    case OBJ_VAR:
        if (o->pkg == c->pkg)
            o->used = true;
        check_mark_use(c, o);
        check_add_dep(c, o);
        if (!type_valid(t))
            return;
        x->mode = MODE_VAR;
        break;
    case OBJ_FUNC:
        check_add_dep(c, o);
        if (!type_valid(t))
            return;
        x->mode = MODE_VALUE;
        break;
    case OBJ_BUILTIN:
        x->builtin = o->builtin.id;
        x->mode = MODE_BUILTIN;
        break;
    case OBJ_NIL:
        x->mode = MODE_NIL;
        t = type_basic[BASIC_UNTYPED_NIL];
        break;
    default: return;
    }
    x->type = t ? t : type_basic[BASIC_INVALID];
}

/* ---- delayed checks --------------------------------------------------------------------------- */

typedef struct TypeAt {
    Expr *e;
    Type *t;
} TypeAt;

static void var_type_check(Checker *c, void *arg)
{
    TypeAt *v = arg;
    Type *u = type_underlying(v->t);
    if (type_is_typeparam(v->t) || u->kind != TYPE_INTERFACE)
        return;
    type_complete_interface(c->a, u);
    if (!u->iface.has_terms && !u->iface.is_comparable)
        return;
    check_error_at(c, v->e, "cannot use type %s outside a type constraint: interface %s",
                   check_type_str(c, v->t),
                   u->iface.is_comparable ? "is (or embeds) comparable"
                                          : "contains type constraints");
}

void check_valid_var_type(Checker *c, Expr *e, Type *t)
{
    if (!type_valid(t) || type_is_typeparam(t))
        return;
    /* Only interfaces and names of what may become one are of interest. */
    if (t->kind != TYPE_NAMED && t->kind != TYPE_INTERFACE)
        return;
    if (t->kind == TYPE_INTERFACE && t->iface.embedded.n == 0)
        return;
    TypeAt *v = ARENA_NEW(c->a, TypeAt);
    *v = (TypeAt){e, t};
    check_later(c, var_type_check, v);
}

static void map_key_check(Checker *c, void *arg)
{
    TypeAt *v = arg;
    if (type_valid(v->t) && !check_comparable(c, v->t, true))
        check_error_at(c, v->e, "invalid map key type %s%s", check_type_str(c, v->t),
                       type_is_typeparam(v->t) ? " (missing comparable constraint)" : "");
}

static void embedded_check(Checker *c, void *arg)
{
    TypeAt *v = arg;
    Type *t = v->t;
    bool ptr = t->kind == TYPE_POINTER;
    if (ptr)
        t = t->pointer.elem;
    if (!type_valid(t))
        return;
    Type *u = type_underlying(t);
    if (type_is_typeparam(t))
        check_error_at(c, v->e, "embedded field type cannot be a (pointer to a) type parameter");
    else if (u->kind == TYPE_BASIC && u->basic.kind == BASIC_UNSAFE_POINTER)
        check_error_at(c, v->e, "embedded field type cannot be unsafe.Pointer");
    else if (u->kind == TYPE_POINTER)
        check_error_at(c, v->e, "embedded field type cannot be a pointer");
    else if (u->kind == TYPE_INTERFACE && ptr)
        check_error_at(c, v->e, "embedded field type cannot be a pointer to an interface");
}

static void complete_iface(Checker *c, void *arg)
{
    type_complete_interface(c->a, arg);
}

static void later_type(Checker *c, void (*fn)(Checker *, void *), Expr *e, Type *t)
{
    TypeAt *v = ARENA_NEW(c->a, TypeAt);
    *v = (TypeAt){e, t};
    check_later(c, fn, v);
}

/* ---- arrays ------------------------------------------------------------------------------------- */

/* The length that e gives, or -1 after reporting. */
static int64_t array_length(Checker *c, Expr *e)
{
    if (e->kind == EXPR_IDENT) {
        Object *o = check_lookup(c, e->ident.name, NULL);
        if (!o) {
            check_error_at(c, e, "undefined array length %s or missing type constraint",
                           e->ident.name->s);
            return -1;
        }
        if (o->kind != OBJ_CONST) {
            check_error_at(c, e, "invalid array length %s", e->ident.name->s);
            if (o->kind == OBJ_VAR || o->kind == OBJ_PKGNAME)
                o->used = true;
            return -1;
        }
    }
    Operand x = {0};
    check_expr(c, &x, e);
    if (x.mode != MODE_CONST) {
        if (x.mode != MODE_INVALID)
            check_error_at(c, e, "array length %s must be constant", check_operand_str(c, &x));
        return -1;
    }
    if (const_kind(x.val) == CONST_UNKNOWN)
        return -1;
    if (type_is_untyped(x.type) || type_is(x.type, BF_INTEGER)) {
        ConstVal *v = const_to_int(c->a, x.val);
        int64_t n;
        if (const_kind(v) == CONST_INT && const_int64_val(v, &n) && n >= 0) {
            if (type_is_untyped(x.type))
                check_convert_untyped(c, &x, type_basic[BASIC_INT]);
            return n;
        }
    }
    check_error_at(c, e,
                   type_is(x.type, BF_INTEGER) ? "invalid array length %s"
                                               : "array length %s must be integer",
                   check_operand_str(c, &x));
    return -1;
}

/* ---- structs -------------------------------------------------------------------------------------- */

static Expr *embedded_ident(Expr *e, const Name **name, bool star)
{
    switch (e->kind) {
    case EXPR_IDENT: *name = e->ident.name; return e;
    case EXPR_PAREN: return embedded_ident(e->paren.x, name, star);
    case EXPR_STAR: return star ? NULL : embedded_ident(e->star.x, name, true);
    case EXPR_SELECTOR: *name = e->selector.name; return e;
    case EXPR_INDEX: return embedded_ident(e->index.x, name, star);
    default: return NULL;
    }
}

bool check_struct_tag(Checker *c, Expr *lit, const char **tag, uint32_t *len)
{
    if (!lit)
        return false;
    ConstVal *v = const_from_literal(c->a, lit->lit.tok, lit->lit.text, lit->lit.len);
    if (const_kind(v) != CONST_STRING)
        return false;
    size_t n;
    *tag = const_string_val(v, &n);
    *len = (uint32_t)n;
    return true;
}

static void add_field(Checker *c, Type *st, Expr *at, const Name *name, Type *t, Field *f)
{
    Object *o = check_new_object(c, OBJ_FIELD, at->range.start, name, t);
    o->field.embedded = f->embedded;
    o->field.index = (int)st->struct_.fields.n;
    if (at->kind == EXPR_SELECTOR)
        o->pos = at->selector.name_range.start;
    if (name != name_blank)
        for (uint32_t i = 0; i < st->struct_.fields.n; i++)
            if (st->struct_.fields.p[i].var->name == name) {
                Diag *d =
                    check_error(c, (Range){o->pos, o->pos + name->len}, "%s redeclared", name->s);
                check_note(d, st->struct_.fields.p[i].var->pos, "other declaration of %s", name->s);
                return;
            }
    StructField sf = {.var = o, .embedded = f->embedded};
    check_struct_tag(c, f->tag, &sf.tag, &sf.tag_len);
    vec_push(c->a, &st->struct_.fields, sf);
    if (at->kind == EXPR_IDENT && !f->embedded)
        at->ident.obj = o;
}

static void struct_type(Checker *c, Type *st, Expr *e)
{
    for (uint32_t i = 0; i < e->struct_type.fields.n; i++) {
        Field *f = e->struct_type.fields.p[i];
        Type *t = check_var_type(c, f->type);
        if (f->embedded || f->names.n == 0) {
            const Name *name = NULL;
            Expr *at = embedded_ident(f->type, &name, false);
            if (!at) {
                check_error_at(c, f->type, "invalid embedded field type %s",
                               check_expr_str(c, f->type));
                continue;
            }
            f->embedded = true;
            add_field(c, st, at, name, t, f);
            later_type(c, embedded_check, f->type, t);
            continue;
        }
        for (uint32_t j = 0; j < f->names.n; j++)
            add_field(c, st, f->names.p[j], f->names.p[j]->ident.name, t, f);
    }
}

/* ---- interfaces -------------------------------------------------------------------------------------- */

typedef struct TermAt {
    Type *u;
    ExprVec at;
} TermAt;

static bool disjoint(UnionTerm *x, UnionTerm *y)
{
    Type *ux = x->type, *uy = y->type;
    if (y->tilde)
        ux = type_underlying(ux);
    if (x->tilde)
        uy = type_underlying(uy);
    return !type_identical(ux, uy);
}

static void check_terms(Checker *c, void *arg)
{
    TermAt *ta = arg;
    for (uint32_t i = 0; i < ta->u->union_.terms.n; i++) {
        UnionTerm *t = &ta->u->union_.terms.p[i];
        Expr *at = ta->at.p[i];
        if (!type_valid(t->type))
            continue;
        Type *u = type_underlying(t->type);
        const char *ts = check_type_str(c, t->type);
        if (t->tilde && u->kind == TYPE_INTERFACE) {
            check_error_at(c, at, "invalid use of ~ (%s is an interface)", ts);
            continue;
        }
        if (t->tilde && !type_identical(u, t->type)) {
            check_error_at(c, at, "invalid use of ~ (underlying type of %s is %s)", ts,
                           check_type_str(c, u));
            continue;
        }
        if (u->kind == TYPE_INTERFACE) {
            type_complete_interface(c->a, u);
            if (u->iface.all_methods.n)
                check_error_at(c, at, "cannot use %s in union (%s contains methods)", ts, ts);
            else if (t->type == type_comparable)
                check_error_at(c, at, "cannot use comparable in union");
            else if (u->iface.is_comparable)
                check_error_at(c, at, "cannot use %s in union (%s embeds comparable)", ts, ts);
            continue;
        }
        for (uint32_t j = 0; j < i; j++) {
            UnionTerm *o = &ta->u->union_.terms.p[j];
            if (!type_valid(o->type) || type_underlying(o->type)->kind == TYPE_INTERFACE)
                continue;
            if (!disjoint(t, o)) {
                check_error_at(c, at, "overlapping terms %s%s and %s%s", t->tilde ? "~" : "", ts,
                               o->tilde ? "~" : "", check_type_str(c, o->type));
                break;
            }
        }
    }
}

static UnionTerm parse_term(Checker *c, Expr *e)
{
    UnionTerm t = {false, NULL};
    Expr *x = e;
    if (e->kind == EXPR_UNARY && e->unary.op == TOK_TILDE) {
        t.tilde = true;
        x = e->unary.x;
    }
    t.type = check_type(c, x);
    if (type_is_typeparam(t.type)) {
        if (t.tilde)
            check_error_at(c, x, "type in term %s cannot be a type parameter",
                           check_expr_str(c, e));
        else
            check_error_at(c, x, "term cannot be a type parameter");
        t.type = type_basic[BASIC_INVALID];
    }
    return t;
}

static void flatten(Checker *c, Expr *e, ExprVec *out)
{
    if (e->kind == EXPR_BINARY && e->binary.op == TOK_OR) {
        flatten(c, e->binary.x, out);
        e = e->binary.y;
    }
    vec_push(c->a, out, e);
}

/* An embedded element: a type, ~T, or a union. */
static Type *parse_union(Checker *c, Expr *e)
{
    TermAt *ta = ARENA_NEW(c->a, TermAt);
    flatten(c, e, &ta->at);
    if (ta->at.n == 1) {
        UnionTerm t = parse_term(c, e);
        if (!t.tilde)
            return t.type;
        ta->u = type_new(c->a, TYPE_UNION);
        vec_push(c->a, &ta->u->union_.terms, t);
    } else {
        ta->u = type_new(c->a, TYPE_UNION);
        for (uint32_t i = 0; i < ta->at.n; i++) {
            if (i >= UNION_MAX) {
                check_error_at(c, ta->at.p[i], UNION_TOO_LARGE);
                return type_basic[BASIC_INVALID];
            }
            UnionTerm t = parse_term(c, ta->at.p[i]);
            vec_push(c->a, &ta->u->union_.terms, t);
        }
    }
    check_record_type(c, e, MODE_TYPE, ta->u, NULL);
    check_later(c, check_terms, ta);
    return ta->u;
}

void check_interface_elem(Checker *c, Type *iface, Expr *e)
{
    Type *t = parse_union(c, e);
    vec_push(c->a, &iface->iface.embedded, t);
    vec_push(c->a, &iface->iface.embedded_pos, e->range.start);
    if (iface->iface.implicit)
        check_later(c, complete_iface, iface);
}

static void interface_type(Checker *c, Type *it, Expr *e, Type *def)
{
    for (uint32_t i = 0; i < e->iface_type.elems.n; i++) {
        Field *f = e->iface_type.elems.p[i];
        if (f->names.n == 0) {
            check_interface_elem(c, it, f->type);
            continue;
        }
        Expr *name = f->names.p[0];
        if (name->ident.name == name_blank) {
            check_error_at(c, name, "methods must have a unique non-blank name");
            continue;
        }
        Type *sig = check_type(c, f->type);
        if (sig->kind != TYPE_SIGNATURE)
            continue;
        sig->sig.recv = check_new_object(c, OBJ_VAR, name->range.start, NULL, def ? def : it);
        sig->sig.recv->var.is_recv = true;
        Object *m = check_new_object(c, OBJ_FUNC, name->range.start, name->ident.name, sig);
        m->func.recv_named = def ? def : it;
        name->ident.obj = m;
        vec_push(c->a, &it->iface.methods, m);
    }
    check_later(c, complete_iface, it);
}

/* ---- functions --------------------------------------------------------------------------------------- */

static void add_param(Checker *c, ObjectVec *out, FuncInfo *fi, Expr *name, Field *f, Type *t,
                      bool result)
{
    Object *o = check_new_object(c, OBJ_VAR, name ? name->range.start : f->range.start,
                                 name ? name->ident.name : NULL, t);
    o->var.owner = fi;
    o->var.is_param = !result;
    o->var.is_result = result;
    if (name) {
        name->ident.obj = o;
        check_record_type(c, name, MODE_VAR, t, NULL);
    }
    vec_push(c->a, out, o);
}

static bool collect_params(Checker *c, FieldVec *list, ObjectVec *out, FuncInfo *fi, bool result)
{
    bool variadic = false;
    for (uint32_t i = 0; i < list->n; i++) {
        Field *f = list->p[i];
        Expr *te = f->type;
        bool dots = te->kind == EXPR_ELLIPSIS;
        Type *t;
        if (dots) {
            if (result || i + 1 < list->n || f->names.n > 1 || !te->ellipsis.elt) {
                check_error_at(c, te, "can only use ... with final parameter in list");
                t = te->ellipsis.elt ? check_var_type(c, te->ellipsis.elt)
                                     : type_basic[BASIC_INVALID];
            } else {
                variadic = true;
                t = type_new_slice(c->a, check_var_type(c, te->ellipsis.elt));
            }
            check_record_type(c, te, MODE_TYPE, t, NULL);
        } else {
            t = check_var_type(c, te);
        }
        if (f->names.n == 0)
            add_param(c, out, fi, NULL, f, t, result);
        for (uint32_t j = 0; j < f->names.n; j++)
            add_param(c, out, fi, f->names.p[j], f, t, result);
    }
    return variadic;
}

static void declare_params(Checker *c, ObjectVec *v, Pos scope_pos)
{
    uint32_t locals = c->locals.n;
    for (uint32_t i = 0; i < v->n; i++)
        if (v->p[i]->name)
            check_declare(c, c->env.scope, NULL, v->p[i], scope_pos);
    c->locals.n = locals; /* parameters need no use */
}

typedef struct RecvAt {
    Expr *base;
    Object *recv;
} RecvAt;

/* Go spec, "Method declarations": the receiver's base type. */
static void valid_recv(Checker *c, void *arg)
{
    RecvAt *r = arg;
    Type *t = r->recv->type;
    if (t->kind == TYPE_POINTER)
        t = t->pointer.elem;
    if (!type_valid(t))
        return;
    const char *ts = check_type_str(c, t);
    if (t->kind == TYPE_NAMED) {
        if (t->named.obj->pkg != c->pkg) {
            check_error_at(c, r->base, "cannot define new methods on non-local type %s", ts);
            return;
        }
        Type *u = type_underlying(t);
        if (u->kind == TYPE_POINTER || u->kind == TYPE_INTERFACE)
            check_error_at(c, r->base, "invalid receiver type %s (pointer or interface type)", ts);
        else if (u->kind == TYPE_BASIC && u->basic.kind == BASIC_UNSAFE_POINTER)
            check_error_at(c, r->base, "invalid receiver type %s (unsafe.Pointer)", ts);
    } else if (t->kind == TYPE_BASIC) {
        check_error_at(c, r->base, "cannot define new methods on non-local type %s", ts);
    } else {
        check_error_at(c, r->base, "invalid receiver type %s", check_type_str(c, r->recv->type));
    }
}

/* type A = T[int]; func (A) m(): an instance gets no methods of its own. */
static Type *no_instance_recv(Checker *c, Expr *base, Type *t)
{
    Type *named = t;
    while (named->kind == TYPE_POINTER)
        named = named->pointer.elem;
    if (named->kind != TYPE_NAMED || !named->named.origin || named->named.origin->named.outer.n)
        return t;
    check_error_at(c, base, "cannot define new methods on instantiated type %s",
                   check_type_str(c, named));
    return type_basic[BASIC_INVALID];
}

static Object *collect_recv(Checker *c, Field *f, FuncInfo *fi, Pos scope_pos)
{
    bool ptr;
    ExprVec tparams = {0};
    Expr *base = check_unpack_recv(f->type, &ptr, &tparams);
    Type *t =
        tparams.n ? check_recv_type(c, base, &tparams, ptr, scope_pos) : check_var_type(c, f->type);
    if (tparams.n)
        check_record_type(c, f->type, MODE_TYPE, t, NULL);
    else
        t = no_instance_recv(c, base, t);
    Expr *name = f->names.n ? f->names.p[0] : NULL;
    Object *o = check_new_object(c, OBJ_VAR, name ? name->range.start : f->range.start,
                                 name ? name->ident.name : NULL, t);
    o->var.owner = fi;
    o->var.is_recv = true;
    if (name) {
        name->ident.obj = o;
        check_record_type(c, name, MODE_VAR, t, NULL);
    }
    RecvAt *r = ARENA_NEW(c->a, RecvAt);
    *r = (RecvAt){base, o};
    check_later(c, valid_recv, r);
    return o;
}

Type *check_func_type(Checker *c, Type *sig, Expr *ft, Field *recv, FuncInfo *fi)
{
    Scope *scope = check_open_scope(c, ft->range);
    scope->is_func = true;
    sig->sig.params = sig->sig.results = type_empty_tuple;
    ObjectVec params = {0}, results = {0}, rv = {0};
    if (recv) {
        sig->sig.recv = collect_recv(c, recv, fi, ft->range.start);
        vec_push(c->a, &rv, sig->sig.recv);
    }
    if (ft->func_type.tparams.n)
        check_collect_tparams(c, &ft->func_type.tparams, &sig->sig.tparams);
    bool variadic = collect_params(c, &ft->func_type.params, &params, fi, false);
    collect_params(c, &ft->func_type.results, &results, fi, true);
    declare_params(c, &rv, ft->range.end);
    declare_params(c, &params, ft->range.end);
    declare_params(c, &results, ft->range.end);
    sig->sig.params = type_new_tuple(c->a, params.p, params.n);
    sig->sig.results = type_new_tuple(c->a, results.p, results.n);
    sig->sig.variadic = variadic;
    if (fi) {
        fi->sig = sig;
        fi->scope = scope;
        fi->recv = sig->sig.recv;
        fi->params = params;
        fi->results = results;
        fi->has_named_results = results.n > 0 && results.p[0]->name;
    }
    check_close_scope(c);
    return sig;
}

/* ---- the dispatch ------------------------------------------------------------------------------------ */

/* Gives the type being defined its shape before what is inside is resolved. */
static Type *set_def(Type *def, Type *t)
{
    if (def && !def->named.underlying)
        def->named.underlying = t;
    return t;
}

static Type *not_a_type(Checker *c, Operand *x)
{
    if (x->mode == MODE_TYPE)
        return x->type;
    if (x->mode == MODE_NOVALUE)
        check_error_at(c, x->expr, "%s used as type", check_operand_str(c, x));
    else if (x->mode != MODE_INVALID)
        check_error_at(c, x->expr, "%s is not a type", check_operand_str(c, x));
    return type_basic[BASIC_INVALID];
}

static Type *type_internal(Checker *c, Expr *e, Type *def)
{
    Operand x = {0};
    Type *bad = type_basic[BASIC_INVALID], *t;
    switch (e->kind) {
    case EXPR_BAD: return bad;
    case EXPR_IDENT: check_ident(c, &x, e, true); return set_def(def, not_a_type(c, &x));
    case EXPR_SELECTOR: check_selector(c, &x, e, true); return set_def(def, not_a_type(c, &x));
    case EXPR_INDEX: return set_def(def, check_instantiated_type(c, e));
    case EXPR_PAREN: return check_defined_type(c, e->paren.x, def);
    case EXPR_ARRAY_TYPE:
        if (!e->array_type.len) {
            t = set_def(def, type_new_slice(c->a, bad));
            t->slice.elem = check_var_type(c, e->array_type.elem);
            return t;
        }
        t = set_def(def, type_new_array(c->a, bad, -1));
        vec_push(c->a, &c->type_lits, e);
        if (e->array_type.len->kind == EXPR_ELLIPSIS) {
            check_error_at(c, e, "invalid use of [...] array (outside a composite literal)");
            check_var_type(c, e->array_type.elem);
            return bad;
        }
        t->array.len = array_length(c, e->array_type.len);
        t->array.elem = check_var_type(c, e->array_type.elem);
        return t->array.len >= 0 ? t : bad;
    case EXPR_STRUCT_TYPE:
        t = set_def(def, type_new(c->a, TYPE_STRUCT));
        struct_type(c, t, e);
        return t;
    case EXPR_STAR:
        t = set_def(def, type_new_pointer(c->a, bad));
        t->pointer.elem = check_var_type(c, e->star.x);
        return type_valid(t->pointer.elem) ? t : bad;
    case EXPR_FUNC_TYPE:
        t = set_def(def, type_new(c->a, TYPE_SIGNATURE));
        return check_func_type(c, t, e, NULL, NULL);
    case EXPR_INTERFACE_TYPE:
        t = set_def(def, type_new(c->a, TYPE_INTERFACE));
        vec_push(c->a, &c->type_lits, e);
        interface_type(c, t, e, def);
        return t;
    case EXPR_MAP_TYPE:
        t = set_def(def, type_new_map(c->a, bad, bad));
        t->map.key = check_var_type(c, e->map_type.key);
        t->map.elem = check_var_type(c, e->map_type.value);
        later_type(c, map_key_check, e->map_type.key, t->map.key);
        return t;
    case EXPR_CHAN_TYPE:
        t = set_def(def, type_new_chan(c->a, e->chan_type.dir, bad));
        vec_push(c->a, &c->type_lits, e);
        t->chan.elem = check_var_type(c, e->chan_type.value);
        return t;
    case EXPR_ELLIPSIS: check_error_at(c, e, "invalid use of ..."); return bad;
    default:
        check_error_at(c, e, "%s is not a type", check_expr_str(c, e));
        check_use(c, e);
        return bad;
    }
}

static bool is_generic(Type *t, Expr *e)
{
    return (t->kind == TYPE_NAMED && t->named.tparams.n > 0 && t->named.targs.n == 0) ||
           (type_valid(t) && check_generic_alias(e));
}

Type *check_defined_type(Checker *c, Expr *e, Type *def)
{
    Type *t = type_internal(c, e, def);
    if (is_generic(t, e)) {
        const char *name = check_type_str(c, t);
        Object *alias = check_generic_alias(e);
        if (alias)
            name = check_alias_string(c, alias);
        check_error_at(c, e, "cannot use generic type %s without instantiation", name);
        t = type_basic[BASIC_INVALID];
    }
    if (def && !type_valid(t))
        def->named.underlying = t;
    check_record_type(c, e, MODE_TYPE, t, NULL);
    return t;
}

/* The generic type that e names.  *cause: why it is none, unless that was reported. */
Type *check_generic_type(Checker *c, Expr *e, const char **cause)
{
    Type *t = type_internal(c, e, NULL);
    if (type_valid(t) && !is_generic(t, e)) {
        *cause = arena_printf(c->a, "%s is not a generic type", check_type_str(c, t));
        t = type_basic[BASIC_INVALID];
    }
    check_record_type(c, e, MODE_TYPE, t, NULL);
    return t;
}

Type *check_type(Checker *c, Expr *e)
{
    return check_defined_type(c, e, NULL);
}

Type *check_var_type(Checker *c, Expr *e)
{
    Type *t = check_type(c, e);
    check_valid_var_type(c, e, t);
    return t;
}
