/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Declarations: package-level objects get their types when first asked for; an object met
 * again while it is being resolved makes a cycle.  Local declarations too.  Go spec,
 * "Declarations and scope". */
#include "check/checker.h"

enum { WHITE, GREY, BLACK };
enum { MAX_CHAIN = 25000 }; /* what the stack holds (base/stack.h) */

/* ---- cycles ----------------------------------------------------------------------------------- */

void check_push(Checker *c, Object *o)
{
    o->color = GREY;
    vec_push(c->a, &c->path, o);
}

void check_pop(Checker *c)
{
    c->path.p[--c->path.n]->color = BLACK;
}

static const char *obj_name(Checker *c, Object *o)
{
    if (o->pkg && o->pkg != c->pkg)
        return arena_printf(c->a, "%s.%s", o->pkg->name->s, o->name->s);
    return o->name->s;
}

static void cycle_error(Checker *c, Object **cycle, uint32_t n)
{
    uint32_t start = 0;
    for (uint32_t i = 1; i < n; i++)
        if (cycle[i]->pos < cycle[start]->pos)
            start = i;
    Object *o = cycle[start];
    bool tname = o->kind == OBJ_TYPENAME;
    if (tname && o->typename.is_alias)
        o->type = type_basic[BASIC_INVALID];
    for (uint32_t i = 0; i < n; i++)
        cycle[i]->alias_pending = false; /* that it is used too early is no second mistake */
    Range r = {o->pos, o->pos + o->name->len};
    if (n == 1) {
        check_error(c, r,
                    tname ? "invalid recursive type: %s refers to itself"
                          : "invalid cycle in declaration: %s refers to itself",
                    obj_name(c, o));
        return;
    }
    Diag *d = check_error(
        c, r, tname ? "invalid recursive type %s" : "invalid cycle in declaration of %s",
        obj_name(c, o));
    for (uint32_t i = 0; i < n; i++) {
        Object *next = cycle[(start + i + 1) % n];
        check_note(d, o->pos, "%s refers to %s", obj_name(c, o), obj_name(c, next));
        o = next;
    }
}

void check_cycle_error(Checker *c, uint32_t start)
{
    cycle_error(c, c->path.p + start, c->path.n - start);
}

/* Whether the cycle from o back to it is allowed; reports it if not. */
bool check_valid_cycle(Checker *c, Object *o)
{
    uint32_t start = c->path.n;
    while (start > 0 && c->path.p[start - 1] != o)
        start--;
    if (start == 0)
        return true;
    start--;
    uint32_t nval = 0, ndef = 0;
    for (uint32_t i = start; i < c->path.n; i++) {
        Object *p = c->path.p[i];
        switch (p->kind) {
        case OBJ_CONST:
        case OBJ_VAR: nval++; break;
        case OBJ_TYPENAME:
            /* Cycles through type parameter lists are fine. */
            if (c->env.in_tparams && p->type && p->type->kind == TYPE_NAMED &&
                p->type->named.tparams.n > 0)
                return true;
            if (!p->typename.is_alias)
                ndef++;
            break;
        default: break;
        }
    }
    /* Cycles of values alone are reported by the initialisation order. */
    if (nval == c->path.n - start)
        return true;
    if (nval == 0 && ndef > 0)
        return true;
    check_cycle_error(c, start);
    return false;
}

/* type A B; type B A: names that lead to each other and nowhere else. */
void check_direct_cycles(Checker *c)
{
    for (uint32_t i = 0; i < c->objs.n; i++) {
        ObjectVec path = {0};
        Object *o = c->objs.p[i];
        while (o && o->kind == OBJ_TYPENAME && o->check && o->color != BLACK) {
            if (o->color == GREY) {
                uint32_t s = 0;
                while (path.p[s] != o)
                    s++;
                cycle_error(c, path.p + s, path.n - s);
                o->type = type_basic[BASIC_INVALID];
                break;
            }
            o->color = GREY;
            vec_push(c->a, &path, o);
            Expr *rhs = expr_unparen(o->decl->type.type);
            if (rhs->kind != EXPR_IDENT)
                break;
            o = scope_lookup(c->pkg->scope, rhs->ident.name);
        }
        for (uint32_t j = 0; j < path.n; j++)
            path.p[j]->color = BLACK;
    }
    for (uint32_t i = 0; i < c->objs.n; i++)
        c->objs.p[i]->color = WHITE;
}

/* ---- constants and variables ------------------------------------------------------------------------ */

static void const_decl(Checker *c, Object *o, Expr *type, Expr *init, bool inherited)
{
    ConstVal *iota = c->env.iota;
    Range range = c->env.iota_range;
    c->env.iota = o->constant.val;
    c->env.iota_range = (Range){NOPOS, NOPOS};
    o->constant.val = const_unknown();
    if (type) {
        Type *t = check_type(c, type);
        if (!check_is_const_type(t)) {
            if (type_valid(type_underlying(t)))
                check_error_at(c, type, "invalid constant type %s", check_type_str(c, t));
            o->type = type_basic[BASIC_INVALID];
            goto out;
        }
        o->type = t;
    }
    Operand x = {0};
    if (init) {
        /* Errors in a repeated expression are about this constant. */
        if (inherited)
            c->env.iota_range = (Range){o->pos, o->pos + o->name->len};
        check_expr(c, &x, init);
    }
    check_init_const(c, o, &x);
out:
    c->env.iota = iota;
    c->env.iota_range = range;
}

static void var_decl(Checker *c, Object *o, ObjectVec *lhs, Expr *type, Expr *init)
{
    if (type)
        o->type = check_var_type(c, type);
    if (!init) {
        if (!type)
            o->type = type_basic[BASIC_INVALID];
        return;
    }
    if (!lhs || lhs->n <= 1) {
        Operand x = {0};
        check_expr_target(c, &x, init, o->type, o->name->s);
        check_init_var(c, o, &x, "variable declaration");
        return;
    }
    if (type)
        for (uint32_t i = 0; i < lhs->n; i++)
            lhs->p[i]->type = o->type;
    ExprVec one = {&init, 1, 1};
    check_init_vars(c, lhs->p, lhs->n, &one, NULL);
}

/* ---- types --------------------------------------------------------------------------------------------- */

static void valid_type(Checker *c, void *arg)
{
    Object *o = arg;
    if (o->type && o->type->kind == TYPE_NAMED && o->type->named.obj == o)
        check_valid_type(c, o->type);
}

/* A type declared inside a generic function depends on the function's type parameters. */
static void note_outer_tparams(Checker *c, Type *named)
{
    FuncInfo *fi = c->env.func;
    while (fi && fi->outer)
        fi = fi->outer;
    if (!fi || !fi->sig)
        return;
    named->named.outer = fi->sig->sig.tparams;
    Type *recv = fi->sig->sig.recv ? type_deref(fi->sig->sig.recv->type, NULL) : NULL;
    if (!recv || recv->kind != TYPE_NAMED)
        return;
    for (uint32_t i = 0; i < recv->named.targs.n; i++)
        if (type_is_typeparam(recv->named.targs.p[i]))
            vec_push(c->a, &named->named.outer, recv->named.targs.p[i]->tparam.obj);
}

static void type_decl(Checker *c, Object *o, Decl *d)
{
    check_later(c, valid_type, o);
    bool generic = d->type.tparams.n > 0;
    if (d->type.alias) {
        /* Until it is known, the alias denotes nothing. */
        o->alias_pending = true;
        if (generic) {
            check_open_scope(c, d->range);
            check_collect_tparams(c, &d->type.tparams, &o->typename.tparams);
        }
        PendingAlias here = {o, c->env, d->type.type};
        vec_push(c->a, &c->aliases, here);
        Type *t = check_type(c, d->type.type);
        c->aliases.n--;
        for (uint32_t i = 0; i < o->typename.tparams.n; i++)
            if (t == o->typename.tparams.p[i]->type) {
                check_error_at(c, d->type.type,
                               "cannot use type parameter declared in alias declaration as RHS");
                t = type_basic[BASIC_INVALID];
            }
        if (generic)
            check_close_scope(c);
        o->alias_pending = false;
        if (!o->type)
            o->type = t;
        return;
    }
    Type *named = type_new_named(c->a, o, NULL);
    o->type = named;
    if (!o->check) {
        named->named.local_index = ++c->pkg->nlocal_types;
        note_outer_tparams(c, named);
    }
    vec_push(c->a, &c->pkg->named_types, named);
    if (generic) {
        check_open_scope(c, d->range);
        check_collect_tparams(c, &d->type.tparams, &named->named.tparams);
    }
    /* A generic type gets its shape when that is whole: its instances copy it. */
    Type *rhs = check_defined_type(c, d->type.type, generic ? NULL : named);
    if (generic)
        check_close_scope(c);
    if (!named->named.underlying)
        named->named.underlying = rhs;
    if (o->type != named)
        return; /* a cycle was found on the way */
    if (type_is_typeparam(rhs)) {
        check_error_at(c, d->type.type, "cannot use a type parameter as RHS in type declaration");
        named->named.underlying = type_basic[BASIC_INVALID];
    }
}

Type *check_pending_alias(Checker *c, Object *alias)
{
    for (uint32_t i = c->aliases.n; i > 0 && !alias->type; i--) {
        PendingAlias p = c->aliases.p[i - 1];
        if (p.obj != alias)
            continue;
        Env saved = c->env;
        c->env = p.env;
        Type *t = check_type(c, p.rhs);
        c->env = saved;
        if (!alias->type)
            alias->type = t;
    }
    return alias->type;
}

static void field_uniqueness(Checker *c, void *arg)
{
    Type *base = arg, *u = type_underlying(base);
    if (u->kind != TYPE_STRUCT)
        return;
    for (uint32_t i = 0; i < u->struct_.fields.n; i++) {
        Object *f = u->struct_.fields.p[i].var;
        if (f->name == name_blank)
            continue;
        for (uint32_t j = 0; j < base->named.methods.n; j++) {
            Object *m = base->named.methods.p[j];
            if (m->name != f->name)
                continue;
            Diag *d = check_error(c, (Range){m->pos, m->pos + m->name->len},
                                  "field and method with the same name %s", f->name->s);
            check_note(d, f->pos, "other declaration of %s", f->name->s);
        }
    }
}

/* Gives a type the methods declared on it. */
static void collect_methods(Checker *c, Object *o)
{
    Type *base = o->type && o->type->kind == TYPE_NAMED && o->type->named.obj == o ? o->type : NULL;
    bool any = false;
    for (uint32_t i = 0; i < c->methods.n; i++) {
        if (c->methods.p[i].base != o)
            continue;
        Object *m = c->methods.p[i].method, *alt = NULL;
        any = true;
        if (!base)
            continue;
        for (uint32_t j = 0; j < base->named.methods.n && !alt; j++)
            if (base->named.methods.p[j]->name == m->name)
                alt = base->named.methods.p[j];
        if (alt) {
            check_error(c, (Range){m->pos, m->pos + m->name->len},
                        "method %s.%s already declared at %s", o->name->s, m->name->s,
                        check_place(c->a, alt->pos));
            continue;
        }
        m->func.recv_named = base;
        vec_push(c->a, &base->named.methods, m);
    }
    if (any && base)
        check_later(c, field_uniqueness, base);
}

/* ---- functions -------------------------------------------------------------------------------------------- */

static void body(Checker *c, void *arg)
{
    Object *o = arg;
    check_func_body(c, o->func.info, o->check, NULL);
}

static bool has_tparams(Field *recv)
{
    bool ptr;
    ExprVec names = {0};
    if (recv)
        check_unpack_recv(recv->type, &ptr, &names);
    return names.n > 0;
}

static void func_decl(Checker *c, Object *o, DeclInfo *di)
{
    Decl *d = di->decl;
    o->type = type_new(c->a, TYPE_SIGNATURE);
    o->type->sig.params = o->type->sig.results = type_empty_tuple;
    FuncInfo *fi = ARENA_NEW(c->a, FuncInfo);
    fi->obj = o;
    fi->pkg = c->pkg;
    fi->body = d->func.body;
    check_func_type(c, o->type, d->func.type, d->func.recv, fi);
    check_record_type(c, d->func.type, MODE_TYPE, o->type, NULL);
    check_record_type(c, d->func.name, MODE_VALUE, o->type, NULL);
    if (o->type->sig.tparams.n && !d->func.body)
        check_error_at(c, d->func.name, "generic function is missing function body");
    /* Who imports a generic function makes its instances, and needs its body. */
    bool generic = o->type->sig.tparams.n || has_tparams(d->func.recv);
    if ((c->opt->bodies || generic) && d->func.body) {
        o->func.info = d->func.info = fi;
        vec_push(c->a, &c->tops, fi);
        check_later(c, body, o);
    }
}

/* ---- resolution ------------------------------------------------------------------------------------------- */

void check_obj_decl(Checker *c, Object *o)
{
    if (o->color == GREY) {
        bool ok = check_valid_cycle(c, o);
        switch (o->kind) {
        case OBJ_CONST:
        case OBJ_VAR:
            if (!o->type && o->check)
                o->check->cyclic = true; /* for initorder.c to report */
            if (!ok || !o->type)
                o->type = type_basic[BASIC_INVALID];
            break;
        case OBJ_TYPENAME:
            if (!ok || (!o->type && !o->alias_pending))
                o->type = type_basic[BASIC_INVALID];
            break;
        default: break;
        }
        return;
    }
    if (o->type)
        return;
    DeclInfo *di = o->check;
    if (!di || o->pkg != c->pkg) {
        o->type = type_basic[BASIC_INVALID];
        return;
    }
    if (c->path.n > MAX_CHAIN) {
        check_error(c, (Range){o->pos, o->pos + o->name->len},
                    "gol: more than %d declarations need each other", MAX_CHAIN);
        o->type = type_basic[BASIC_INVALID];
        return;
    }
    check_push(c, o);
    Env saved = c->env;
    c->env = (Env){.scope = di->file_scope};
    switch (o->kind) {
    case OBJ_CONST:
        c->env.decl = di;
        const_decl(c, o, di->vtype, di->init, di->inherited);
        break;
    case OBJ_VAR:
        c->env.decl = di;
        var_decl(c, o, di->lhs.n ? &di->lhs : NULL, di->vtype, di->init);
        break;
    case OBJ_TYPENAME:
        type_decl(c, o, di->decl);
        collect_methods(c, o);
        break;
    case OBJ_FUNC: func_decl(c, o, di); break;
    default: break;
    }
    if (!o->type)
        o->type = type_basic[BASIC_INVALID];
    c->env = saved;
    check_pop(c);
}

void check_add_dep(Checker *c, Object *o)
{
    DeclInfo *from = c->env.decl;
    if (o->kind == OBJ_FUNC && o->func.origin)
        o = o->func.origin; /* a method of an instance */
    if (!from || !o->check || o->pkg != c->pkg)
        return;
    for (uint32_t i = from->deps.n; i > 0; i--)
        if (from->deps.p[i - 1] == o)
            return;
    vec_push(c->a, &from->deps, o);
    /* A function literal is checked when the constant that it is in has its type. */
    if (o->color == GREY)
        from->cyclic = o->check->cyclic = true;
    else if (c->env.func)
        from->cyclic = true;
}

/* ---- local declarations -------------------------------------------------------------------------------------- */

static void local_const(Checker *c, Decl *d)
{
    uint32_t top = c->delayed.n, n = d->value.names.n;
    bool inherited;
    Decl *src = check_const_source(d, &inherited);
    Object **lhs = ARENA_ARRAY(c->a, Object *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        Expr *name = d->value.names.p[i];
        lhs[i] = check_new_object(c, OBJ_CONST, name->range.start, name->ident.name, NULL);
        lhs[i]->decl = d;
        lhs[i]->constant.val = const_int64(c->a, d->iota);
        const_decl(c, lhs[i], src->value.type,
                   i < src->value.values.n ? src->value.values.p[i] : NULL, inherited);
        name->ident.obj = lhs[i];
    }
    check_arity(c, d->range, &d->value.names, &src->value.values, true, inherited);
    check_process_delayed(c, top);
    for (uint32_t i = 0; i < n; i++)
        check_declare(c, c->env.scope, d->value.names.p[i], lhs[i], d->range.end);
}

static void local_var(Checker *c, Decl *d)
{
    uint32_t top = c->delayed.n, n = d->value.names.n;
    ExprVec *values = &d->value.values;
    ObjectVec lhs = {0};
    for (uint32_t i = 0; i < n; i++) {
        Object *o = check_new_local(c, d->value.names.p[i], NULL);
        o->decl = d;
        vec_push(c->a, &lhs, o);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (values->n == 1 && n > 1) {
            var_decl(c, lhs.p[i], &lhs, d->value.type, values->p[0]);
            break; /* one expression for all of them */
        }
        var_decl(c, lhs.p[i], NULL, d->value.type, i < values->n ? values->p[i] : NULL);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!lhs.p[i]->type)
            lhs.p[i]->type = type_basic[BASIC_INVALID];
        check_record_type(c, d->value.names.p[i], MODE_VAR, lhs.p[i]->type, NULL);
    }
    if (!d->value.type || values->n)
        check_arity(c, d->range, &d->value.names, values, false, false);
    check_process_delayed(c, top);
    for (uint32_t i = 0; i < n; i++)
        check_declare(c, c->env.scope, d->value.names.p[i], lhs.p[i], d->range.end);
}

void check_decl_stmt(Checker *c, Stmt *s)
{
    for (uint32_t i = 0; i < s->decl.decls.n; i++) {
        Decl *d = s->decl.decls.p[i];
        switch (d->kind) {
        case DECL_CONST: local_const(c, d); break;
        case DECL_VAR: local_var(c, d); break;
        case DECL_TYPE: {
            Expr *name = d->type.name;
            Object *o =
                check_new_object(c, OBJ_TYPENAME, name->range.start, name->ident.name, NULL);
            o->typename.is_alias = d->type.alias;
            o->decl = d;
            check_declare(c, c->env.scope, name, o, name->range.start);
            check_push(c, o);
            type_decl(c, o, d);
            check_pop(c);
            break;
        }
        default: break;
        }
    }
}
