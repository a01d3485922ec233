/* Nodes of declarations: specs, their groups (iota, inherited constants), functions, and
 * the comments that document them.  Go spec, "Declarations and scope". */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parser/depth.h"
#include "parser/parser.h"

#include <string.h>

static Decl *mk_decl(Parser *p, DeclKind kind, Pos start, Pos end)
{
    Decl *d = ARENA_NEW(p->arena, Decl);
    d->kind = kind;
    d->range = (Range){start, end};
    return d;
}

/* Is there nothing between two positions but white space with one newline? */
static bool next_line(const Parser *p, Pos from, Pos to)
{
    int newlines = 0;
    for (const char *s = p->src->text + (from - p->src->base),
                    *end = p->src->text + (to - p->src->base);
         s < end; s++) {
        if (*s == '\n') {
            newlines++;
        } else if (*s != ' ' && *s != '\t' && *s != '\r') {
            return false;
        }
    }
    return newlines == 1;
}

/* The comments that end on the line above start, each on the line after the other. */
static const char *doc_comment(Parser *p, Pos start)
{
    uint32_t lo = 0, hi = p->file->comments.n; /* the comments before start are [0, lo) */
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (p->file->comments.p[mid].range.start < start) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    uint32_t first = lo;
    Pos next = start;
    while (first > 0 && next_line(p, p->file->comments.p[first - 1].range.end, next)) {
        first--;
        next = p->file->comments.p[first].range.start;
    }
    if (first == lo) {
        return NULL;
    }
    Pos end = p->file->comments.p[lo - 1].range.end;
    return arena_strndup(p->arena, p->src->text + (next - p->src->base), end - next);
}

Decl *mk_import(Parser *p, const LexToken *name, const LexToken *path)
{
    Decl *d = mk_decl(p, DECL_IMPORT, name ? name->start : path->start, path->end);
    if (path->kind != TOK_STRING && !path->bad) {
        syntax_error(p, (Range){path->start, path->end}, "import path must be a string");
        return NULL;
    }
    if (path->bad) {
        return NULL;
    }
    d->import.name = name ? mk_ident(p, name) : NULL;
    d->import.path = mk_lit(p, path);
    return d;
}

Decl *mk_value(Parser *p, DeclKind kind, ExprVec names, Expr *type, ExprVec values)
{
    Pos end = values.n ? values.p[values.n - 1]->range.end
              : type   ? type->range.end
                       : names.p[names.n - 1]->range.end;
    Decl *d = mk_decl(p, kind, names.p[0]->range.start, end);
    d->value.names = names;
    d->value.type = type;
    d->value.values = values;
    return d;
}

Decl *mk_type_decl(Parser *p, const LexToken *name, FieldVec tparams, bool alias, Expr *type)
{
    Decl *d = mk_decl(p, DECL_TYPE, name->start, type->range.end);
    d->type.name = mk_ident(p, name);
    d->type.tparams = tparams;
    d->type.alias = alias;
    d->type.type = type;
    return d;
}

FieldVec finish_recv(Parser *p, const LexToken *l, FieldVec list, const LexToken *r)
{
    list = finish_params(p, list, r->start, false);
    if (r == l + 1) {
        plain_error(p, (Range){l->start, r->end}, "method has no receiver");
    } else if (list.n > 1 || (list.n == 1 && list.p[0]->names.n > 1)) {
        plain_error(p, (Range){l->start, r->end}, "method has multiple receivers");
    }
    return list;
}

Decl *mk_func(Parser *p, const LexToken *kw, const FieldVec *recv, const LexToken *name,
              FieldVec tparams, Expr *sig, Stmt *body)
{
    Decl *d = mk_decl(p, DECL_FUNC, kw->start, body ? body->range.end : sig->range.end);
    if (recv) {
        d->func.recv = recv->n ? recv->p[0] : NULL;
        if (name[1].kind == TOK_LBRACK) {
            syntax_error(p, (Range){name[1].start, name[1].end},
                         "method must have no type parameters");
            memset(&tparams, 0, sizeof tparams);
        }
    }
    d->func.name = mk_ident(p, name);
    d->func.type = sig;
    sig->func_type.tparams = tparams;
    d->func.body = body;
    return d;
}

void finish_group(Parser *p, const LexToken *kw, DeclVec *specs)
{
    bool grouped = kw[1].kind == TOK_LPAREN;
    Decl *last = NULL; /* the const spec whose values are repeated */
    p->group++;
    for (uint32_t i = 0; i < specs->n; i++) {
        Decl *d = specs->p[i];
        d->group = p->group;
        d->iota = i;
        d->doc = doc_comment(p, grouped ? d->range.start : kw->start);
        if (d->kind == DECL_CONST) {
            if (d->value.values.n || d->value.type) {
                last = d;
            } else {
                d->value.inherited = last;
            }
        }
    }
}

void add_decls(Parser *p, const LexToken *kw, DeclVec *specs)
{
    finish_group(p, kw, specs);
    if (kw->kind == TOK_IMPORT) {
        if (p->decl_seen) {
            syntax_error(p, (Range){kw->start, kw->end},
                         "imports must appear before other declarations");
        }
    }
    p->decl_seen = kw->kind != TOK_IMPORT;
    p->func_no_body = false;
    for (uint32_t i = 0; i < specs->n; i++) {
        vec_push(p->arena, &p->file->decls, specs->p[i]);
        if (kw->kind == TOK_IMPORT) {
            vec_push(p->arena, &p->file->imports, specs->p[i]);
        }
    }
}

void add_func(Parser *p, Decl *d)
{
    d->group = ++p->group;
    d->doc = doc_comment(p, d->range.start);
    p->decl_seen = true;
    p->func_no_body = d->func.body == NULL;
    vec_push(p->arena, &p->file->decls, d);
}
