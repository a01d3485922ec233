/* --emit=ast: the tree as indented lines, `Kind line:col-line:col details`.  The form is
 * stable; the golden tests read it.  A field of a node that holds nodes has a line of its
 * own, `field:`, unless the node has only one. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parser/ast.h"

typedef struct Printer {
    FILE *out;
    int indent;
} Printer;

static const char *const expr_names[] = {
#define X(k, s) [EXPR_##k] = s,
    EXPR_KINDS(X)
#undef X
};

static const char *const stmt_names[] = {
#define X(k, s) [STMT_##k] = s,
    STMT_KINDS(X)
#undef X
};

static const char *const decl_names[] = {
#define X(k, s) [DECL_##k] = s,
    DECL_KINDS(X)
#undef X
};

static void print_expr(Printer *p, const Expr *x);
static void print_stmt(Printer *p, const Stmt *s);
static void print_decl(Printer *p, const Decl *d);

static void start_line(Printer *p)
{
    fprintf(p->out, "%*s", p->indent * 2, "");
}

/* The head of a node's line, without its end. */
static void node(Printer *p, const char *kind, Range r)
{
    Location a = source_physical(r.start), b = source_physical(r.end);
    start_line(p);
    fprintf(p->out, "%s %u:%u-%u:%u", kind, a.line, a.column, b.line, b.column);
}

static void end_line(Printer *p)
{
    fputc('\n', p->out);
}

static void open_field(Printer *p, const char *name)
{
    start_line(p);
    fprintf(p->out, "%s:\n", name);
    p->indent++;
}

static void print_text(Printer *p, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\n') {
            fputs("\\n", p->out);
        } else {
            fputc(s[i], p->out);
        }
    }
}

static void field_expr(Printer *p, const char *name, const Expr *x)
{
    if (x) {
        open_field(p, name);
        print_expr(p, x);
        p->indent--;
    }
}

static void field_exprs(Printer *p, const char *name, const ExprVec *v)
{
    if (v->n) {
        open_field(p, name);
        for (uint32_t i = 0; i < v->n; i++) {
            print_expr(p, v->p[i]);
        }
        p->indent--;
    }
}

static void field_stmt(Printer *p, const char *name, const Stmt *s)
{
    if (s) {
        open_field(p, name);
        print_stmt(p, s);
        p->indent--;
    }
}

static void field_stmts(Printer *p, const char *name, const StmtVec *v)
{
    if (v->n) {
        open_field(p, name);
        for (uint32_t i = 0; i < v->n; i++) {
            print_stmt(p, v->p[i]);
        }
        p->indent--;
    }
}

static void print_field(Printer *p, const Field *f)
{
    node(p, "Field", f->range);
    if (f->embedded) {
        fputs(" embedded", p->out);
    }
    for (uint32_t i = 0; i < f->names.n; i++) {
        fprintf(p->out, " %s", f->names.p[i]->ident.name->s);
    }
    if (f->tag) {
        fputs(" tag ", p->out);
        print_text(p, f->tag->lit.text, f->tag->lit.len);
    }
    end_line(p);
    if (f->type) {
        p->indent++;
        print_expr(p, f->type);
        p->indent--;
    }
}

static void field_fields(Printer *p, const char *name, const FieldVec *v)
{
    if (v->n) {
        open_field(p, name);
        for (uint32_t i = 0; i < v->n; i++) {
            print_field(p, v->p[i]);
        }
        p->indent--;
    }
}

/* What stands on an expression's own line behind its range. */
static void expr_details(Printer *p, const Expr *x)
{
    switch (x->kind) {
    case EXPR_IDENT: fprintf(p->out, " %s", x->ident.name->s); break;
    case EXPR_BASIC_LIT:
        fprintf(p->out, " %s ", token_name[x->lit.tok]);
        print_text(p, x->lit.text, x->lit.len);
        break;
    case EXPR_SELECTOR: fprintf(p->out, " .%s", x->selector.name->s); break;
    case EXPR_CALL: fputs(x->call.ellipsis != NOPOS ? " ..." : "", p->out); break;
    case EXPR_UNARY: fprintf(p->out, " %s", token_text[x->unary.op]); break;
    case EXPR_BINARY: fprintf(p->out, " %s", token_text[x->binary.op]); break;
    case EXPR_FUNC_TYPE: fputs(x->func_type.variadic ? " variadic" : "", p->out); break;
    case EXPR_TYPE_ASSERT: fputs(x->type_assert.type ? "" : " type", p->out); break;
    case EXPR_ARRAY_TYPE: fputs(x->array_type.len ? "" : " slice", p->out); break;
    case EXPR_CHAN_TYPE:
        fputs(x->chan_type.dir == CHAN_SEND   ? " send"
              : x->chan_type.dir == CHAN_RECV ? " receive"
                                              : "",
              p->out);
        break;
    default: break;
    }
}

static void print_expr(Printer *p, const Expr *x)
{
    node(p, expr_names[x->kind], x->range);
    expr_details(p, x);
    end_line(p);
    p->indent++;
    switch (x->kind) {
    case EXPR_BAD:
    case EXPR_IDENT:
    case EXPR_BASIC_LIT: break;
    case EXPR_COMPOSITE_LIT:
        field_expr(p, "type", x->complit.type);
        field_exprs(p, "elements", &x->complit.elts);
        break;
    case EXPR_FUNC_LIT:
        print_expr(p, x->funclit.type);
        print_stmt(p, x->funclit.body);
        break;
    case EXPR_PAREN: print_expr(p, x->paren.x); break;
    case EXPR_SELECTOR: print_expr(p, x->selector.x); break;
    case EXPR_INDEX:
        print_expr(p, x->index.x);
        field_exprs(p, "index", &x->index.indices);
        break;
    case EXPR_SLICE:
        print_expr(p, x->slice.x);
        field_expr(p, "low", x->slice.lo);
        field_expr(p, "high", x->slice.hi);
        field_expr(p, "max", x->slice.max);
        break;
    case EXPR_TYPE_ASSERT:
        print_expr(p, x->type_assert.x);
        field_expr(p, "type", x->type_assert.type);
        break;
    case EXPR_CALL:
        print_expr(p, x->call.fun);
        field_exprs(p, "arguments", &x->call.args);
        break;
    case EXPR_STAR: print_expr(p, x->star.x); break;
    case EXPR_UNARY: print_expr(p, x->unary.x); break;
    case EXPR_BINARY:
        print_expr(p, x->binary.x);
        print_expr(p, x->binary.y);
        break;
    case EXPR_KEY_VALUE:
        print_expr(p, x->kv.key);
        print_expr(p, x->kv.value);
        break;
    case EXPR_ELLIPSIS:
        if (x->ellipsis.elt) {
            print_expr(p, x->ellipsis.elt);
        }
        break;
    case EXPR_ARRAY_TYPE:
        field_expr(p, "length", x->array_type.len);
        field_expr(p, "element", x->array_type.elem);
        break;
    case EXPR_STRUCT_TYPE: field_fields(p, "fields", &x->struct_type.fields); break;
    case EXPR_FUNC_TYPE:
        field_fields(p, "type parameters", &x->func_type.tparams);
        field_fields(p, "parameters", &x->func_type.params);
        field_fields(p, "results", &x->func_type.results);
        break;
    case EXPR_INTERFACE_TYPE: field_fields(p, "elements", &x->iface_type.elems); break;
    case EXPR_MAP_TYPE:
        field_expr(p, "key", x->map_type.key);
        field_expr(p, "value", x->map_type.value);
        break;
    case EXPR_CHAN_TYPE: print_expr(p, x->chan_type.value); break;
    }
    p->indent--;
}

/* What stands on a statement's own line behind its range. */
static void stmt_details(Printer *p, const Stmt *s)
{
    switch (s->kind) {
    case STMT_LABELED: fprintf(p->out, " %s", s->labeled.name->s); break;
    case STMT_INCDEC: fprintf(p->out, " %s", token_text[s->incdec.op]); break;
    case STMT_ASSIGN: fprintf(p->out, " %s", token_text[s->assign.op]); break;
    case STMT_BRANCH:
        fprintf(p->out, " %s", token_text[s->branch.tok]);
        if (s->branch.label) {
            fprintf(p->out, " %s", s->branch.label->s);
        }
        break;
    case STMT_CASE: fputs(s->clause.is_default ? " default" : "", p->out); break;
    case STMT_COMM: fputs(s->comm.comm ? "" : " default", p->out); break;
    case STMT_TYPE_SWITCH:
        if (s->type_switch.bind) {
            fprintf(p->out, " %s", s->type_switch.bind->s);
        }
        break;
    case STMT_RANGE:
        if (s->range_.op != TOK_EOF) {
            fprintf(p->out, " %s", token_text[s->range_.op]);
        }
        break;
    default: break;
    }
}

static void print_stmt(Printer *p, const Stmt *s)
{
    node(p, stmt_names[s->kind], s->range);
    stmt_details(p, s);
    end_line(p);
    p->indent++;
    switch (s->kind) {
    case STMT_BAD:
    case STMT_EMPTY:
    case STMT_BRANCH: break;
    case STMT_DECL:
        for (uint32_t i = 0; i < s->decl.decls.n; i++) {
            print_decl(p, s->decl.decls.p[i]);
        }
        break;
    case STMT_LABELED: print_stmt(p, s->labeled.stmt); break;
    case STMT_EXPR: print_expr(p, s->expr.x); break;
    case STMT_SEND:
        print_expr(p, s->send.ch);
        print_expr(p, s->send.value);
        break;
    case STMT_INCDEC: print_expr(p, s->incdec.x); break;
    case STMT_ASSIGN:
        field_exprs(p, "left", &s->assign.lhs);
        field_exprs(p, "right", &s->assign.rhs);
        break;
    case STMT_GO:
    case STMT_DEFER: print_expr(p, s->go.call); break;
    case STMT_RETURN:
        for (uint32_t i = 0; i < s->ret.results.n; i++) {
            print_expr(p, s->ret.results.p[i]);
        }
        break;
    case STMT_BLOCK:
        for (uint32_t i = 0; i < s->block.stmts.n; i++) {
            print_stmt(p, s->block.stmts.p[i]);
        }
        break;
    case STMT_IF:
        field_stmt(p, "init", s->if_.init);
        field_expr(p, "condition", s->if_.cond);
        field_stmt(p, "then", s->if_.then);
        field_stmt(p, "else", s->if_.els);
        break;
    case STMT_CASE:
        field_exprs(p, "case", &s->clause.exprs);
        field_stmts(p, "body", &s->clause.body);
        break;
    case STMT_SWITCH:
        field_stmt(p, "init", s->switch_.init);
        field_expr(p, "tag", s->switch_.tag);
        field_stmts(p, "clauses", &s->switch_.clauses);
        break;
    case STMT_TYPE_SWITCH:
        field_stmt(p, "init", s->type_switch.init);
        field_expr(p, "operand", s->type_switch.x);
        field_stmts(p, "clauses", &s->type_switch.clauses);
        break;
    case STMT_COMM:
        field_stmt(p, "communication", s->comm.comm);
        field_stmts(p, "body", &s->comm.body);
        break;
    case STMT_SELECT: field_stmts(p, "clauses", &s->select.clauses); break;
    case STMT_FOR:
        field_stmt(p, "init", s->for_.init);
        field_expr(p, "condition", s->for_.cond);
        field_stmt(p, "post", s->for_.post);
        field_stmt(p, "body", s->for_.body);
        break;
    case STMT_RANGE:
        field_expr(p, "key", s->range_.key);
        field_expr(p, "value", s->range_.value);
        field_expr(p, "range", s->range_.x);
        field_stmt(p, "body", s->range_.body);
        break;
    }
    p->indent--;
}

static void print_decl(Printer *p, const Decl *d)
{
    node(p, decl_names[d->kind], d->range);
    if (d->kind == DECL_FUNC) {
        fprintf(p->out, " %s", d->func.name->ident.name->s);
    } else if (d->kind == DECL_TYPE) {
        fprintf(p->out, " %s%s", d->type.name->ident.name->s, d->type.alias ? " alias" : "");
    } else if (d->kind == DECL_CONST || d->kind == DECL_VAR) {
        fprintf(p->out, " group %u iota %u", d->group, d->iota);
    }
    if (d->doc) {
        fputs(" doc", p->out);
    }
    end_line(p);
    p->indent++;
    switch (d->kind) {
    case DECL_BAD: break;
    case DECL_IMPORT:
        field_expr(p, "name", d->import.name);
        field_expr(p, "path", d->import.path);
        break;
    case DECL_CONST:
    case DECL_VAR:
        field_exprs(p, "names", &d->value.names);
        field_expr(p, "type", d->value.type);
        field_exprs(p, "values", &d->value.values);
        break;
    case DECL_TYPE:
        field_fields(p, "type parameters", &d->type.tparams);
        field_expr(p, "type", d->type.type);
        break;
    case DECL_FUNC:
        if (d->func.recv) {
            open_field(p, "receiver");
            print_field(p, d->func.recv);
            p->indent--;
        }
        print_expr(p, d->func.type);
        if (d->func.body) {
            print_stmt(p, d->func.body);
        }
        break;
    }
    p->indent--;
}

void ast_print(FILE *out, const File *f)
{
    Printer p = {out, 0};
    fprintf(out, "File %s\n", f->package_name ? f->package_name->ident.name->s : "(no package)");
    p.indent++;
    for (uint32_t i = 0; i < f->decls.n; i++) {
        print_decl(&p, f->decls.p[i]);
    }
}
