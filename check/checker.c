/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The checker's frame: the order of its phases, its error reports, the queue of delayed
 * work, name lookup, and the recording of what was found into the AST.  Called by the
 * driver through check_package. */
#include "check/checker.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

Diag *check_error(Checker *c, Range r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char buf[512], *msg = buf;
    va_list ap2;
    va_copy(ap2, ap);
    int n = vsnprintf(buf, sizeof buf, fmt, ap);
    if (n >= (int)sizeof buf) {
        msg = arena_alloc(c->a, (size_t)n + 1);
        vsnprintf(msg, (size_t)n + 1, fmt, ap2);
    }
    va_end(ap2);
    va_end(ap);
    /* What mentions an invalid operand or type follows from an error already told. */
    if (c->nerrors > 0) {
        const char *p = strstr(msg, "invalid operand"), *q = strstr(msg, "invalid type");
        if ((p && p > msg) || (q && q > msg)) {
            static Diag *sink; /* notes on a dropped message go nowhere */
            return sink;
        }
    }
    c->nerrors++;
    c->pkg->had_errors = true;
    if (c->env.iota_range.start != NOPOS)
        r = c->env.iota_range;
    return diag_error(r, "%s", msg);
}

void check_note(Diag *d, Pos pos, const char *fmt, ...)
{
    if (!d)
        return;
    va_list ap;
    va_start(ap, fmt);
    char buf[1024];
    vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    diag_note(d, pos, "%s", buf);
}

const char *check_place(Arena *a, Pos pos)
{
    Location l = source_location(pos);
    return l.column ? arena_printf(a, "%s:%u:%u", l.path, l.line, l.column)
                    : arena_printf(a, "%s:%u", l.path, l.line);
}

void check_later(Checker *c, void (*fn)(Checker *, void *), void *arg)
{
    vec_push(c->a, &c->delayed, ((Action){fn, arg}));
}

void check_process_delayed(Checker *c, uint32_t n)
{
    for (uint32_t i = n; i < c->delayed.n; i++) {
        Action act = c->delayed.p[i];
        act.fn(c, act.arg);
    }
    c->delayed.n = n;
}

const char *check_type_str(Checker *c, Type *t)
{
    return t ? type_string(c->a, t, c->pkg) : "invalid type";
}

const char *check_expr_str(Checker *c, Expr *e)
{
    return e ? expr_string(c->a, e) : "";
}

/* Go spec, "Exported identifiers": the first character is an upper-case letter. */
bool check_name_exported(const Name *n)
{
    unsigned char b = (unsigned char)n->s[0];
    if (b < 0x80)
        return b >= 'A' && b <= 'Z';
    utf8proc_int32_t cp;
    if (utf8proc_iterate((const utf8proc_uint8_t *)n->s, (utf8proc_ssize_t)n->len, &cp) < 0)
        return false;
    return utf8proc_category(cp) == UTF8PROC_CATEGORY_LU;
}

Object *check_lookup(Checker *c, const Name *name, Scope **where)
{
    return scope_lookup_parent(c->env.scope, name, NOPOS, where);
}

Object *check_new_object(Checker *c, ObjectKind k, Pos pos, const Name *name, Type *type)
{
    return object_new(c->a, k, pos, c->pkg, name, type);
}

Scope *check_open_scope(Checker *c, Range r)
{
    return c->env.scope = scope_new(c->a, c->env.scope, r);
}

void check_close_scope(Checker *c)
{
    c->env.scope = c->env.scope->parent;
}

/* ---- recording -------------------------------------------------------------------- */

enum { UNTYPED_PENDING = 1 };

void check_record_type(Checker *c, Expr *e, OperandMode mode, Type *t, ConstVal *v)
{
    if (mode == MODE_INVALID)
        return;
    e->mode = mode;
    e->type = t;
    e->cv = mode == MODE_CONST ? v : NULL;
    e->untyped_state = 0;
}

void check_record(Checker *c, Operand *x)
{
    Expr *e = x->expr;
    if (x->mode == MODE_INVALID) {
        e->mode = MODE_INVALID;
        e->type = type_basic[BASIC_INVALID];
        e->cv = NULL;
        e->untyped_state = 0;
        return;
    }
    if (x->mode == MODE_NOVALUE) {
        check_record_type(c, e, MODE_NOVALUE, type_empty_tuple, NULL);
        return;
    }
    check_record_type(c, e, x->mode, x->type, x->val);
    if (x->type && x->mode != MODE_BUILTIN && x->mode != MODE_TYPE && type_is_untyped(x->type)) {
        e->untyped_state = UNTYPED_PENDING;
        vec_push(c->a, &c->untyped, e);
    }
}

void check_record_comma_ok(Checker *c, Expr *e, Type *t0, Type *t1)
{
    Object *vars[2] = {check_new_object(c, OBJ_VAR, e->range.start, NULL, t0),
                       check_new_object(c, OBJ_VAR, e->range.start, NULL, t1)};
    Type *tuple = type_new_tuple(c->a, vars, 2);
    for (;;) {
        e->type = tuple;
        if (e->kind != EXPR_PAREN)
            break;
        e = e->paren.x;
    }
}

/* ---- the phases ------------------------------------------------------------------- */

static int by_pos(const void *a, const void *b)
{
    const FuncInfo *const *x = a, *const *y = b;
    Pos p = (*x)->body->range.start, q = (*y)->body->range.start;
    return p < q ? -1 : p > q;
}

static void push_func(Checker *c, FuncInfo *fi)
{
    vec_push(c->a, &c->pkg->funcs, fi);
    for (uint32_t i = 0; i < fi->lits.n; i++)
        push_func(c, fi->lits.p[i]);
}

/* Lists all checked bodies: in source order, each followed by its literals. */
static void collect_funcs(Checker *c)
{
    if (c->tops.n)
        qsort(c->tops.p, c->tops.n, sizeof c->tops.p[0], by_pos);
    for (uint32_t i = 0; i < c->tops.n; i++)
        push_func(c, c->tops.p[i]);
}

static const Name *package_name(Checker *c, File **files, uint32_t n)
{
    const Name *name = NULL;
    for (uint32_t i = 0; i < n; i++) {
        Expr *pn = files[i]->package_name;
        if (!pn || pn->kind != EXPR_IDENT)
            continue;
        if (!name) {
            name = pn->ident.name;
            if (name == name_blank)
                check_error_at(c, pn, "invalid package name _");
        } else if (pn->ident.name != name) {
            check_error_at(c, pn, "package %s; expected package %s", pn->ident.name->s, name->s);
        }
    }
    return name ? name : intern_cstr("main");
}

/* Only std may leave bodies to the runtime.  Told when all else is well, as Go does. */
static void check_bodies_exist(Checker *c)
{
    bool tell = !c->opt->is_std && !c->pkg->had_errors;
    for (uint32_t i = 0; i < c->objs.n && tell; i++) {
        Object *o = c->objs.p[i];
        if (o->kind == OBJ_FUNC && o->func.decl && !o->func.decl->func.body) {
            diag_error(o->func.decl->func.name->range, "missing function body");
            c->pkg->had_errors = true;
        }
    }
}

static void check_main_exists(Checker *c)
{
    if (strcmp(c->pkg->name->s, "main") != 0 || c->opt->is_std)
        return;
    Object *m = scope_lookup(c->pkg->scope, intern_cstr("main"));
    if (m || c->pkg->had_errors || strcmp(c->pkg->path, "main") != 0)
        return;
    Range r = {0, 0};
    if (c->pkg->files.n && c->pkg->files.p[0]->package_name)
        r = c->pkg->files.p[0]->package_name->range;
    check_error(c, r, "function main is undeclared in the main package");
}

/* The checker at work, for types that resolve their methods on demand. */
static Checker *current;

static void resolve(Object *o)
{
    if (current && !o->type && o->pkg == current->pkg)
        check_obj_decl(current, o);
}

Package *check_package(Arena *a, const char *path, File **files, uint32_t nfiles,
                       const CheckOptions *opt)
{
    Checker *c = ARENA_NEW(a, Checker);
    c->a = a;
    c->opt = opt;
    c->pkg = ARENA_NEW(a, Package);
    c->pkg->path = path;
    c->pkg->is_std = opt->is_std;
    c->pkg->scope = scope_new(a, universe, (Range){0, 0});
    for (uint32_t i = 0; i < nfiles; i++) {
        vec_push(a, &c->pkg->files, files[i]);
        c->pkg->had_errors |= files[i]->had_errors;
    }
    c->pkg->name = package_name(c, files, nfiles);
    c->env.scope = c->pkg->scope;

    check_collect_objects(c); /* checks the imports on the way */
    Checker *saved = current;
    current = c;
    object_resolver = resolve;
    check_package_objects(c);
    check_process_delayed(c, 0);
    if (!c->pkg->had_errors)
        check_mono(c);
    check_finish_untyped(c);
    if (opt->bodies)
        check_init_order(c);
    if (opt->bodies)
        check_unused_imports(c);
    check_limits(c);
    check_main_exists(c);
    check_bodies_exist(c);
    collect_funcs(c);
    c->pkg->complete = true;
    current = saved;
    return c->pkg;
}
