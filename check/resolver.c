/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Collecting the objects of a package: imports into file scopes, declarations into the
 * package's scope, methods with their base types; and the imports that nobody used.  Go
 * spec, "Packages", "Declarations and scope", "Program initialization". */
#include "check/checker.h"

#include <string.h>
#include <utf8proc.h>

void check_declare(Checker *c, Scope *s, Expr *ident, Object *o, Pos scope_pos)
{
    if (o->name && o->name != name_blank) {
        Object *alt = scope_insert(c->a, s, o);
        if (alt) {
            Diag *d = check_error(c, (Range){o->pos, o->pos + o->name->len},
                                  "%s redeclared in this block", o->name->s);
            if (alt->pos != NOPOS)
                check_note(d, alt->pos, "other declaration of %s", alt->name->s);
            return;
        }
        o->scope_pos = scope_pos;
        if (o->kind == OBJ_VAR && o->var.owner)
            vec_push(c->a, &c->locals, o);
    }
    if (ident)
        ident->ident.obj = o;
}

/* ---- imports -------------------------------------------------------------------------------- */

/* The path of an import spec, or NULL after reporting. */
static const char *import_path(Checker *c, Expr *lit)
{
    if (!lit || lit->kind != EXPR_BASIC_LIT || lit->lit.tok != TOK_STRING)
        return NULL;
    ConstVal *v = const_from_literal(c->a, TOK_STRING, lit->lit.text, lit->lit.len);
    if (const_kind(v) != CONST_STRING)
        return NULL;
    size_t n;
    const char *s = const_string_val(v, &n);
    if (n == 0) {
        check_error_at(c, lit, "invalid import path (empty string)");
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)s[i];
        if (b <= ' ' || b == 0x7F || strchr("!\"#$%&'()*,:;<=>?[\\]^{|}`", b)) {
            check_error_at(c, lit, "invalid import path (invalid character U+%04X%s)", b,
                           b > ' ' && b < 0x7F ? arena_printf(c->a, " '%c'", b) : "");
            return NULL;
        }
    }
    if (s[0] == '/') {
        check_error_at(c, lit, "import path cannot be absolute path");
        return NULL;
    }
    for (size_t i = 0; i < n;) {
        utf8proc_int32_t cp;
        utf8proc_ssize_t k =
            utf8proc_iterate((const utf8proc_uint8_t *)s + i, (utf8proc_ssize_t)(n - i), &cp);
        if (k <= 0 || cp == 0xFFFD || (cp >= 0x80 && !utf8proc_charwidth(cp))) {
            check_error_at(c, lit, "invalid import path (invalid character U+%04X)",
                           k <= 0 ? 0xFFFD : (unsigned)cp);
            return NULL;
        }
        i += (size_t)k;
    }
    return arena_strndup(c->a, s, n);
}

typedef struct DotArg {
    Checker *c;
    Scope *scope;
    Object *pkgname;
    Expr *at;
} DotArg;

static void dot_one(Object *o, void *arg)
{
    DotArg *d = arg;
    Checker *c = d->c;
    if (!check_name_exported(o->name))
        return;
    /* The same object in another scope: its own place is left as it is. */
    Scope *parent = o->parent;
    Pos pos = o->scope_pos;
    Object *alt = scope_insert(c->a, d->scope, o);
    o->parent = parent;
    o->scope_pos = pos;
    if (alt) {
        Diag *g = check_error_at(c, d->at, "%s redeclared in this block", o->name->s);
        if (alt->pos != NOPOS)
            check_note(g, alt->pos, "other declaration of %s", alt->name->s);
        return;
    }
    vec_push(c->a, &c->dots, ((DotImport){d->scope, o, d->pkgname}));
}

static void import_decl(Checker *c, File *f, Decl *d)
{
    const char *path = import_path(c, d->import.path);
    if (!path)
        return;
    Package *imp = NULL;
    if (strcmp(path, "C") == 0) {
        check_error_at(c, d->import.path, "gol: cgo is not part of Gol");
    } else if (strcmp(path, "unsafe") == 0) {
        imp = package_unsafe;
    } else if (c->opt->import) {
        imp = c->opt->import(c->opt->import_arg, path, d->import.path->range);
        if (!imp)
            c->pkg->had_errors = true;
    } else {
        check_error_at(c, d->import.path, "could not import %s (no importer)", path);
    }
    if (!imp) {
        /* Stand in with an empty package, so that its uses are not errors of their own. */
        const char *base = strrchr(path, '/');
        imp = ARENA_NEW(c->a, Package);
        imp->path = path;
        imp->name = intern_cstr(base ? base + 1 : path);
        imp->scope = scope_new(c->a, universe, (Range){0, 0});
        imp->fake = true;
    }
    Expr *local = d->import.name;
    const Name *name = local ? local->ident.name : imp->name;
    if (strcmp(name->s, "init") == 0) {
        check_error(c, local ? local->range : d->import.path->range,
                    "cannot import package as init - init must be a func");
        return;
    }
    bool known = imp->fake || imp == package_unsafe;
    for (uint32_t i = 0; i < c->pkg->imports.n && !known; i++)
        known = c->pkg->imports.p[i] == imp;
    if (!known)
        vec_push(c->a, &c->pkg->imports, imp);
    Object *o =
        check_new_object(c, OBJ_PKGNAME, local ? local->range.start : d->import.path->range.start,
                         name, type_basic[BASIC_INVALID]);
    o->pkgname.imported = imp;
    o->decl = d;
    o->file = f;
    o->used = imp->fake;
    if (local)
        local->ident.obj = o;
    vec_push(c->a, &c->pkgnames, o);
    if (strcmp(name->s, ".") == 0) {
        DotArg arg = {c, f->scope, o, local};
        scope_each(imp->scope, dot_one, &arg);
    } else {
        check_declare(c, f->scope, NULL, o, NOPOS);
    }
}

void check_unused_imports(Checker *c)
{
    for (uint32_t i = 0; i < c->pkgnames.n; i++) {
        Object *o = c->pkgnames.p[i];
        if (o->used || o->name == name_blank)
            continue;
        const char *path = o->pkgname.imported->path, *elem = strrchr(path, '/');
        elem = elem ? elem + 1 : path;
        Range r = o->decl->range;
        if (o->decl->import.name)
            r.start = o->decl->import.name->range.start;
        else
            r.start = o->decl->import.path->range.start;
        if (strcmp(o->name->s, ".") == 0 || strcmp(o->name->s, elem) == 0)
            check_error(c, r, "\"%s\" imported and not used", path);
        else
            check_error(c, r, "\"%s\" imported as %s and not used", path, o->name->s);
    }
}

/* ---- declarations ------------------------------------------------------------------------------ */

static DeclInfo *new_info(Checker *c, File *f, Decl *d)
{
    DeclInfo *di = ARENA_NEW(c->a, DeclInfo);
    di->file = f;
    di->file_scope = f->scope;
    di->decl = d;
    return di;
}

static void register_obj(Checker *c, Object *o, DeclInfo *di)
{
    o->check = di;
    o->decl = di->decl;
    o->file = di->file;
    o->order = ++c->next_order;
    vec_push(c->a, &c->objs, o);
}

static void declare_pkg_obj(Checker *c, Expr *ident, Object *o, DeclInfo *di)
{
    const char *s = o->name->s;
    if (strcmp(s, "init") == 0) {
        check_error_at(c, ident, "cannot declare init - must be func");
        return;
    }
    if (strcmp(s, "main") == 0 && strcmp(c->pkg->name->s, "main") == 0) {
        check_error_at(c, ident, "cannot declare main - must be func");
        return;
    }
    check_declare(c, c->pkg->scope, ident, o, NOPOS);
    if (!ident->ident.obj)
        ident->ident.obj = o;
    register_obj(c, o, di);
}

/* Reports names and values that do not pair up. */
void check_arity(Checker *c, Range pos, ExprVec *names, ExprVec *inits, bool is_const,
                 bool inherited)
{
    uint32_t l = names->n, r = inits->n;
    if (l < r) {
        Expr *n = inits->p[l];
        if (inherited)
            check_error(c, pos, "extra init expr at %s", check_place(c->a, n->range.start));
        else
            check_error_at(c, n, "extra init expr %s", check_expr_str(c, n));
    } else if (l > r && (is_const || r != 1)) {
        check_error_at(c, names->p[r], "missing init expr for %s", names->p[r]->ident.name->s);
    }
}

/* The spec whose type and values a constant spec has: its own or an inherited one. */
Decl *check_const_source(Decl *d, bool *inherited)
{
    *inherited = false;
    if (d->value.type || d->value.values.n || !d->value.inherited)
        return d;
    *inherited = true;
    return d->value.inherited;
}

static void const_decl(Checker *c, File *f, Decl *d)
{
    bool inherited;
    Decl *src = check_const_source(d, &inherited);
    for (uint32_t i = 0; i < d->value.names.n; i++) {
        Expr *name = d->value.names.p[i];
        Object *o = check_new_object(c, OBJ_CONST, name->range.start, name->ident.name, NULL);
        o->constant.val = const_int64(c->a, d->iota);
        DeclInfo *di = new_info(c, f, d);
        di->vtype = src->value.type;
        di->init = i < src->value.values.n ? src->value.values.p[i] : NULL;
        di->inherited = inherited;
        declare_pkg_obj(c, name, o, di);
    }
    check_arity(c, d->range, &d->value.names, &src->value.values, true, inherited);
}

static void var_decl(Checker *c, File *f, Decl *d)
{
    ExprVec *names = &d->value.names, *values = &d->value.values;
    DeclInfo *shared = NULL;
    if (values->n == 1 && names->n > 1) {
        shared = new_info(c, f, d);
        shared->vtype = d->value.type;
        shared->init = values->p[0];
    }
    for (uint32_t i = 0; i < names->n; i++) {
        Expr *name = names->p[i];
        Object *o = check_new_object(c, OBJ_VAR, name->range.start, name->ident.name, NULL);
        DeclInfo *di = shared;
        if (shared) {
            vec_push(c->a, &shared->lhs, o);
        } else {
            di = new_info(c, f, d);
            di->vtype = d->value.type;
            di->init = i < values->n ? values->p[i] : NULL;
        }
        declare_pkg_obj(c, name, o, di);
    }
    if (!d->value.type || values->n)
        check_arity(c, d->range, names, values, false, false);
}

static void func_decl(Checker *c, File *f, Decl *d)
{
    Expr *name = d->func.name, *ft = d->func.type;
    const Name *n = name->ident.name;
    Object *o = check_new_object(c, OBJ_FUNC, name->range.start, n, NULL);
    o->func.decl = d;
    name->ident.obj = o;
    if (!d->func.recv) {
        bool is_init = strcmp(n->s, "init") == 0;
        bool is_main = strcmp(n->s, "main") == 0 && strcmp(c->pkg->name->s, "main") == 0;
        if (is_init || is_main) {
            if (ft->func_type.tparams.n)
                check_error(c, ft->func_type.tparams.p[0]->range,
                            "func %s must have no type parameters", n->s);
            if (ft->func_type.params.n || ft->func_type.results.n)
                check_error_at(c, name, "func %s must have no arguments and no return values",
                               n->s);
        }
        if (is_init) {
            /* init functions are not in any scope */
            o->parent = c->pkg->scope;
            if (!d->func.body)
                check_error_at(c, name, "func init must have a body");
            else
                vec_push(c->a, &c->pkg->init_funcs, o);
        } else {
            check_declare(c, c->pkg->scope, name, o, NOPOS);
        }
    } else {
        bool ptr;
        Expr *base = check_unpack_recv(d->func.recv->type, &ptr, NULL);
        o->func.ptr_recv = ptr;
        if (base && base->kind == EXPR_IDENT && n != name_blank)
            vec_push(c->a, &c->methods, ((MethodOf){NULL, o}));
    }
    register_obj(c, o, new_info(c, f, d));
}

Expr *check_unpack_recv(Expr *type, bool *ptr, ExprVec *tparams)
{
    Expr *base = expr_unparen(type);
    *ptr = false;
    if (base->kind == EXPR_STAR) {
        *ptr = true;
        base = expr_unparen(base->star.x);
    }
    if (base->kind == EXPR_INDEX) {
        if (tparams)
            *tparams = base->index.indices;
        base = base->index.x;
    }
    return base;
}

/* Follows type name and alias declarations of this package to a defined type. */
static Object *resolve_base(Checker *c, bool *ptr, const Name *name)
{
    for (int depth = 0; depth < 100; depth++) {
        Object *o = scope_lookup(c->pkg->scope, name);
        if (!o || o->kind != OBJ_TYPENAME || !o->decl)
            return NULL;
        Decl *d = o->decl;
        if (!d->type.alias)
            return o;
        if (d->type.tparams.n)
            return NULL;
        Expr *t = expr_unparen(d->type.type);
        if (t->kind == EXPR_STAR) {
            if (*ptr)
                return NULL;
            *ptr = true;
            t = expr_unparen(t->star.x);
        }
        if (t->kind != EXPR_IDENT)
            return NULL;
        name = t->ident.name;
    }
    return NULL;
}

/* A file's names must not be the package's. */
typedef struct FileArg {
    Checker *c;
} FileArg;

static void file_conflict(Object *o, void *arg)
{
    Checker *c = ((FileArg *)arg)->c;
    Object *alt = scope_lookup(c->pkg->scope, o->name);
    if (!alt)
        return;
    Range r = {alt->pos, alt->pos + alt->name->len};
    if (o->kind == OBJ_PKGNAME) {
        Diag *d =
            check_error(c, r, "%s already declared through import of package %s (\"%s\")",
                        alt->name->s, o->pkgname.imported->name->s, o->pkgname.imported->path);
        check_note(d, o->pos, "other declaration of %s", o->name->s);
        o->used = true;
    } else {
        check_error(c, r, "%s already declared through dot-import of package %s", alt->name->s,
                    o->pkg ? o->pkg->name->s : "");
    }
}

void check_collect_objects(Checker *c)
{
    for (uint32_t i = 0; i < c->pkg->files.n; i++) {
        File *f = c->pkg->files.p[i];
        Range whole = {f->src->base, f->src->base + f->src->size};
        f->scope = scope_new(c->a, c->pkg->scope, whole);
        c->file = f;
        for (uint32_t j = 0; j < f->decls.n; j++) {
            Decl *d = f->decls.p[j];
            switch (d->kind) {
            case DECL_IMPORT: import_decl(c, f, d); break;
            case DECL_CONST: const_decl(c, f, d); break;
            case DECL_VAR: var_decl(c, f, d); break;
            case DECL_TYPE: {
                Expr *name = d->type.name;
                Object *o =
                    check_new_object(c, OBJ_TYPENAME, name->range.start, name->ident.name, NULL);
                o->typename.is_alias = d->type.alias;
                declare_pkg_obj(c, name, o, new_info(c, f, d));
                break;
            }
            case DECL_FUNC: func_decl(c, f, d); break;
            case DECL_BAD: break;
            }
        }
    }
    FileArg arg = {c};
    for (uint32_t i = 0; i < c->pkg->files.n; i++)
        scope_each(c->pkg->files.p[i]->scope, file_conflict, &arg);

    /* All types are known by name now: find the methods' base types. */
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->methods.n; i++) {
        Object *m = c->methods.p[i].method;
        bool ptr;
        Expr *base = check_unpack_recv(m->decl->func.recv->type, &ptr, NULL);
        Object *b = resolve_base(c, &ptr, base->ident.name);
        if (!b)
            continue;
        m->func.ptr_recv = ptr;
        c->methods.p[n++] = (MethodOf){b, m};
    }
    c->methods.n = n;
}

void check_package_objects(Checker *c)
{
    check_direct_cycles(c);
    /* Types first, aliases next, everything else after: fewest surprises with cycles. */
    for (uint32_t i = 0; i < c->objs.n; i++) {
        Object *o = c->objs.p[i];
        if (o->kind == OBJ_TYPENAME && !o->typename.is_alias)
            check_obj_decl(c, o);
    }
    for (uint32_t i = 0; i < c->objs.n; i++) {
        Object *o = c->objs.p[i];
        if (o->kind == OBJ_TYPENAME && o->typename.is_alias)
            check_obj_decl(c, o);
    }
    for (uint32_t i = 0; i < c->objs.n; i++)
        if (c->objs.p[i]->kind != OBJ_TYPENAME)
            check_obj_decl(c, c->objs.p[i]);
}
