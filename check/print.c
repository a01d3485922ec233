/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --emit=types: what the checker found, in source order: a line for each object declared
 * and for each expression with its mode, type and value, then the order of initialisation.
 * The form is stable; tests read it. */
#include "check/types.h"

typedef struct Printer {
    FILE *out;
    Arena *a;
    Package *pkg;
} Printer;

static void expr(Printer *p, const Expr *e);
static void stmt(Printer *p, const Stmt *s);
static void decl(Printer *p, const Decl *d);

static const char *const mode_name[] = {
    [MODE_INVALID] = "invalid",   [MODE_NOVALUE] = "novalue", [MODE_BUILTIN] = "builtin",
    [MODE_TYPE] = "type",         [MODE_CONST] = "const",     [MODE_VAR] = "var",
    [MODE_MAPINDEX] = "mapindex", [MODE_VALUE] = "value",     [MODE_NIL] = "nil",
    [MODE_COMMAOK] = "commaok",
};

static void at(Printer *p, Pos pos)
{
    Location l = source_location(pos);
    fprintf(p->out, "%u:%u\t", l.line, l.column);
}

static void flags_of(Printer *p, const Object *o)
{
    if (o->kind != OBJ_VAR)
        return;
    if (o->var.captured)
        fputs(" captured", p->out);
    if (o->var.addr_taken)
        fputs(" addr-taken", p->out);
    if (o->var.reassigned)
        fputs(" reassigned", p->out);
    if (o->var.in_loop)
        fputs(" in-loop", p->out);
}

static void define(Printer *p, Pos pos, Object *o)
{
    if (!o)
        return;
    at(p, pos);
    fprintf(p->out, "define %s", object_string(p->a, o, p->pkg));
    flags_of(p, o);
    fputc('\n', p->out);
}

/* A name that is declared here, rather than used. */
static void define_ident(Printer *p, const Expr *e)
{
    if (e && e->kind == EXPR_IDENT && e->ident.obj)
        define(p, e->range.start, e->ident.obj);
}

static void selection(Printer *p, const Selection *s)
{
    static const char *const kinds[] = {"field", "method", "method expression"};
    fprintf(p->out, "  (%s", kinds[s->kind]);
    for (uint32_t i = 0; i < s->index.n; i++)
        fprintf(p->out, "%s%d", i ? "." : " ", s->index.p[i]);
    fputs(s->indirect ? ", indirect)" : ")", p->out);
}

static void finding(Printer *p, const Expr *e)
{
    if (e->mode == MODE_INVALID)
        return;
    at(p, e->range.start);
    fputs(mode_name[e->mode], p->out);
    if (e->type && e->mode != MODE_BUILTIN && e->mode != MODE_NOVALUE)
        fprintf(p->out, " %s", type_string(p->a, e->type, p->pkg));
    if (e->mode == MODE_CONST && e->cv)
        fprintf(p->out, " = %s", const_print(p->a, e->cv));
    fprintf(p->out, "\t%s", expr_string(p->a, e));
    if (e->kind == EXPR_SELECTOR && e->selector.sel)
        selection(p, e->selector.sel);
    for (uint32_t i = 0; i < e->ntargs; i++)
        fprintf(p->out, "%s%s%s", i ? ", " : "  [", type_string(p->a, e->targs[i], p->pkg),
                i + 1 == e->ntargs ? "]" : "");
    fputc('\n', p->out);
}

static void exprs(Printer *p, const ExprVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        expr(p, v->p[i]);
}

static void fields(Printer *p, const FieldVec *v)
{
    for (uint32_t i = 0; i < v->n; i++) {
        const Field *f = v->p[i];
        for (uint32_t k = 0; k < f->names.n; k++)
            define_ident(p, f->names.p[k]);
        expr(p, f->type);
    }
}

static void children(Printer *p, const Expr *e)
{
    switch (e->kind) {
    case EXPR_COMPOSITE_LIT:
        expr(p, e->complit.type);
        exprs(p, &e->complit.elts);
        break;
    case EXPR_FUNC_LIT:
        expr(p, e->funclit.type);
        stmt(p, e->funclit.body);
        break;
    case EXPR_PAREN: expr(p, e->paren.x); break;
    case EXPR_SELECTOR:
        if (!e->selector.obj) /* the package of a qualified name is no expression */
            expr(p, e->selector.x);
        break;
    case EXPR_INDEX:
        expr(p, e->index.x);
        exprs(p, &e->index.indices);
        break;
    case EXPR_SLICE:
        expr(p, e->slice.x);
        expr(p, e->slice.lo);
        expr(p, e->slice.hi);
        expr(p, e->slice.max);
        break;
    case EXPR_TYPE_ASSERT:
        expr(p, e->type_assert.x);
        expr(p, e->type_assert.type);
        break;
    case EXPR_CALL:
        expr(p, e->call.fun);
        exprs(p, &e->call.args);
        break;
    case EXPR_STAR: expr(p, e->star.x); break;
    case EXPR_UNARY: expr(p, e->unary.x); break;
    case EXPR_BINARY:
        expr(p, e->binary.x);
        expr(p, e->binary.y);
        break;
    case EXPR_KEY_VALUE:
        expr(p, e->kv.key);
        expr(p, e->kv.value);
        break;
    case EXPR_ELLIPSIS: expr(p, e->ellipsis.elt); break;
    case EXPR_ARRAY_TYPE:
        expr(p, e->array_type.len);
        expr(p, e->array_type.elem);
        break;
    case EXPR_STRUCT_TYPE: fields(p, &e->struct_type.fields); break;
    case EXPR_FUNC_TYPE:
        fields(p, &e->func_type.tparams);
        fields(p, &e->func_type.params);
        fields(p, &e->func_type.results);
        break;
    case EXPR_INTERFACE_TYPE: fields(p, &e->iface_type.elems); break;
    case EXPR_MAP_TYPE:
        expr(p, e->map_type.key);
        expr(p, e->map_type.value);
        break;
    case EXPR_CHAN_TYPE: expr(p, e->chan_type.value); break;
    default: break;
    }
}

static void expr(Printer *p, const Expr *e)
{
    if (!e)
        return;
    finding(p, e);
    children(p, e);
}

static void stmts(Printer *p, const StmtVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        stmt(p, v->p[i]);
}

/* The left side of := and of a range clause: new names and old ones. */
static void define_or_use(Printer *p, const Expr *e, bool is_new)
{
    if (is_new)
        define_ident(p, e);
    else
        expr(p, e);
}

static void stmt(Printer *p, const Stmt *s)
{
    if (!s)
        return;
    switch (s->kind) {
    case STMT_DECL:
        for (uint32_t i = 0; i < s->decl.decls.n; i++)
            decl(p, s->decl.decls.p[i]);
        break;
    case STMT_LABELED: stmt(p, s->labeled.stmt); break;
    case STMT_EXPR: expr(p, s->expr.x); break;
    case STMT_SEND:
        expr(p, s->send.ch);
        expr(p, s->send.value);
        break;
    case STMT_INCDEC: expr(p, s->incdec.x); break;
    case STMT_ASSIGN:
        for (uint32_t i = 0; i < s->assign.lhs.n; i++)
            define_or_use(p, s->assign.lhs.p[i],
                          s->assign.op == TOK_DEFINE && s->assign.is_new && s->assign.is_new[i]);
        exprs(p, &s->assign.rhs);
        break;
    case STMT_GO:
    case STMT_DEFER: expr(p, s->go.call); break;
    case STMT_RETURN: exprs(p, &s->ret.results); break;
    case STMT_BLOCK: stmts(p, &s->block.stmts); break;
    case STMT_IF:
        stmt(p, s->if_.init);
        expr(p, s->if_.cond);
        stmt(p, s->if_.then);
        stmt(p, s->if_.els);
        break;
    case STMT_CASE:
        exprs(p, &s->clause.exprs);
        define(p, s->range.start, s->clause.tvar);
        stmts(p, &s->clause.body);
        break;
    case STMT_SWITCH:
        stmt(p, s->switch_.init);
        expr(p, s->switch_.tag);
        stmts(p, &s->switch_.clauses);
        break;
    case STMT_TYPE_SWITCH:
        stmt(p, s->type_switch.init);
        expr(p, s->type_switch.x);
        stmts(p, &s->type_switch.clauses);
        break;
    case STMT_COMM:
        stmt(p, s->comm.comm);
        stmts(p, &s->comm.body);
        break;
    case STMT_SELECT: stmts(p, &s->select.clauses); break;
    case STMT_FOR:
        stmt(p, s->for_.init);
        expr(p, s->for_.cond);
        stmt(p, s->for_.post);
        stmt(p, s->for_.body);
        break;
    case STMT_RANGE:
        define_or_use(p, s->range_.key, s->range_.op == TOK_DEFINE);
        define_or_use(p, s->range_.value, s->range_.op == TOK_DEFINE);
        expr(p, s->range_.x);
        stmt(p, s->range_.body);
        break;
    default: break;
    }
}

static void decl(Printer *p, const Decl *d)
{
    switch (d->kind) {
    case DECL_CONST:
    case DECL_VAR:
        for (uint32_t i = 0; i < d->value.names.n; i++)
            define_ident(p, d->value.names.p[i]);
        expr(p, d->value.type);
        exprs(p, &d->value.values);
        break;
    case DECL_TYPE:
        define_ident(p, d->type.name);
        fields(p, &d->type.tparams);
        expr(p, d->type.type);
        break;
    case DECL_FUNC:
        define_ident(p, d->func.name);
        if (d->func.recv) {
            for (uint32_t k = 0; k < d->func.recv->names.n; k++)
                define_ident(p, d->func.recv->names.p[k]);
            expr(p, d->func.recv->type);
        }
        expr(p, d->func.type);
        stmt(p, d->func.body);
        break;
    default: break;
    }
}

void check_print(FILE *out, Package *pkg)
{
    Printer p = {.out = out, .a = arena_new(), .pkg = pkg};
    fprintf(out, "package %s \"%s\"\n", pkg->name ? pkg->name->s : "_", pkg->path);
    for (uint32_t i = 0; i < pkg->files.n; i++) {
        const File *f = pkg->files.p[i];
        fprintf(out, "file %s\n", f->src->path);
        for (uint32_t k = 0; k < f->decls.n; k++)
            decl(&p, f->decls.p[k]);
    }
    for (uint32_t i = 0; i < pkg->inits.n; i++) {
        const InitStep *s = &pkg->inits.p[i];
        fputs("init ", out);
        for (uint32_t k = 0; k < s->lhs.n; k++)
            fprintf(out, "%s%s", k ? ", " : "", s->lhs.p[k]->name ? s->lhs.p[k]->name->s : "_");
        fprintf(out, " = %s\n", expr_string(p.a, s->rhs));
    }
    arena_free(p.a);
}
