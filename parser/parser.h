/* What the parser's own files share: its state, the token stream between lexer and bison,
 * the builders of tree nodes, and error reporting.  Only parser/ includes this. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef GOL_PARSER_PARSER_H
#define GOL_PARSER_PARSER_H

#include "base/diag.h"
#include "lexer/lexer.h"
#include "parser/ast.h"

/* One open bracket. */
typedef struct Nest {
    Pos pos;
    uint8_t kind;    /* Token: LPAREN LBRACK LBRACE */
    bool header;     /* value of Parser.header to go back to at the closing one */
    bool type_group; /* the ( of a type (…) group */
} Nest;

typedef struct Parser {
    Arena *arena;
    SourceFile *src;
    File *file;

    /* the token stream; tok[ntok - 1] is EOF */
    VEC(LexToken) tok;
    uint32_t at;          /* the next token to give to bison */
    const LexToken *last; /* the last one given */
    int insert[3];        /* made-up tokens to give first, by bison's numbers */
    int ninsert;
    LexToken made_up; /* what they point to */
    VEC(Nest) nest;
    bool header; /* between if, for, switch, select and its block's { */

    /* errors */
    int errors;
    bool broken;         /* File's */
    uint32_t error_line; /* of the last syntax error: only one a line */
    uint32_t resync_at;  /* where the last recovery went on, to be sure of progress */
    bool in_function;    /* the place of the last error was inside a function */
    bool stop;           /* nested too deeply: give up */

    /* for checks that need context */
    bool decl_seen;    /* a declaration other than an import */
    bool func_no_body; /* the last top-level declaration is a func without a body */
    uint32_t group;    /* number of the last declaration group */
    int head_parts;    /* of the last head of a statement: 1, or 2 for more */
    const LexToken *list_open, *list_close; /* of the last list of type parameters */
    Pos group_end;                          /* where the last parenthesised group ended */
    Pos result_end; /* where the last signature's result ended; NOPOS: none */
} Parser;

/* ---- tokens.c ------------------------------------------------------------------------- */

/* Lexes the whole file.  Bison's numbers for the tokens are in gol.y. */
void stream_init(Parser *p);
void stream_free(Parser *p);
/* Looks ahead from token i, just past the [ after a type declaration's name: does a list of
 * type parameters start here (rather than an array length)? */
bool stream_is_tparams(const Parser *p, uint32_t i);
/* The next token for bison, as the lexer's kind, or one of the two below; keeps track of
 * brackets and heads. */
enum { STREAM_LBODY = TOK_COUNT, STREAM_TPARAMS };
int stream_next(Parser *p, const LexToken **t);
/* The { just given was not the block's: the head of the statement goes on after its }. */
void stream_head_goes_on(Parser *p);
static inline uint32_t token_line(const Parser *p, const LexToken *t)
{
    return source_physical(t->start).line;
}

/* directives.c: reports compiler directives that golc has not, and misplaced ones. */
void directives_check(Parser *p);

/* ---- errors ---------------------------------------------------------------------------- */

/* "syntax error: …", one a line.  A note that the tree is incomplete is kept in any case. */
Diag *syntax_error(Parser *p, Range r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* An error that Go's parser reports without that prefix. */
void plain_error(Parser *p, Range r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* "syntax error: unexpected <t><what>", what beginning with ", expected …", " in …". */
Diag *unexpected(Parser *p, const LexToken *t, const char *what);

/* ---- build_expr.c ----------------------------------------------------------------------- */

Expr *mk_expr(Parser *p, ExprKind kind, Pos start, Pos end);
Expr *mk_bad(Parser *p, Pos start, Pos end);
Expr *mk_ident(Parser *p, const LexToken *t);
Expr *mk_lit(Parser *p, const LexToken *t);
Expr *mk_unary(Parser *p, const LexToken *op, Expr *x);
Expr *mk_receive(Parser *p, const LexToken *arrow, Expr *x); /* or the type <-chan T */
Expr *mk_binary(Parser *p, Expr *x, const LexToken *op, Expr *y);
Expr *mk_paren(Parser *p, const LexToken *l, Expr *x, const LexToken *r);
Expr *mk_selector(Parser *p, Expr *x, const LexToken *name);
Expr *mk_index(Parser *p, Expr *x, ExprVec indices, const LexToken *r);
/* colon2 is the second colon's token or NULL. */
Expr *mk_slice(Parser *p, Expr *x, Expr *lo, Expr *hi, Expr *max, const LexToken *colon2,
               const LexToken *r);
Expr *mk_type_assert(Parser *p, Expr *x, Expr *type, const LexToken *r);
Expr *mk_call(Parser *p, Expr *fun, const LexToken *l, ExprVec args, const LexToken *dots,
              const LexToken *r);
Expr *mk_complit(Parser *p, Expr *type, const LexToken *l, ExprVec elts, const LexToken *r);
/* As mk_complit, for `x {` where x may be no type: then the brace is an error. */
Expr *mk_complit_of(Parser *p, Expr *x, const LexToken *l, ExprVec elts, const LexToken *r);
Expr *mk_kv(Parser *p, Expr *key, Expr *value);
Expr *mk_func_lit(Parser *p, Expr *type, const LexToken *l, StmtVec body, const LexToken *r);

/* ---- build_type.c ----------------------------------------------------------------------- */

Expr *mk_star(Parser *p, const LexToken *star, Expr *x);
Expr *mk_array(Parser *p, const LexToken *l, Expr *len, Expr *elem); /* len NULL: a slice */
Expr *mk_dots(Parser *p, const LexToken *dots, Expr *elt);
Expr *mk_map(Parser *p, const LexToken *m, Expr *key, Expr *value);
Expr *mk_chan(Parser *p, const LexToken *start, ChanDir dir, Expr *value);
Expr *mk_struct(Parser *p, const LexToken *s, FieldVec fields, const LexToken *r);
Expr *mk_interface(Parser *p, const LexToken *i, FieldVec elems, const LexToken *r);
/* The type of a signature that starts at l; p->result_end is where its result ends. */
Expr *mk_func_type(Parser *p, const LexToken *l, FieldVec params, const LexToken *r,
                   FieldVec results);

/* A parameter, field or method as it stands: a name or NULL, a type or NULL. */
Field *mk_field(Parser *p, Expr *name, Expr *type, const LexToken *tag);
Field *mk_fields(Parser *p, const LexToken *first, ExprVec more, Expr *type, const LexToken *tag);
Field *mk_embedded(Parser *p, Expr *type, const LexToken *tag);
/* name [len]elem, where the length was read as a list that could be type arguments. */
Field *mk_array_field(Parser *p, const LexToken *name, const LexToken *l, ExprVec len,
                      const LexToken *r, Expr *elem, const LexToken *tag);
/* Sorts out which of the parameters are names and which are types, and puts those that share
 * a type into one field; close is the closing bracket. */
FieldVec finish_params(Parser *p, FieldVec list, Pos close, bool dots_ok);
FieldVec finish_tparams(Parser *p, FieldVec list, Pos close);
/* `f | term`, where f is a parameter so far. */
Field *add_term(Parser *p, Field *f, const LexToken *op, Expr *term);
/* The elements of a list that turns out to hold type arguments. */
ExprVec as_types(Parser *p, FieldVec list, Pos close);

/* ---- build_stmt.c ----------------------------------------------------------------------- */

/* The head of if, switch or for as written: NULL where a part is absent. */
typedef struct Head {
    Stmt *init, *cond, *post;
    const LexToken *semi; /* the first semicolon, or NULL */
} Head;

Stmt *mk_stmt(Parser *p, StmtKind kind, Pos start, Pos end);
Stmt *mk_block(Parser *p, const LexToken *l, StmtVec stmts, const LexToken *r);
Stmt *mk_expr_stmt(Parser *p, Expr *x);
Stmt *mk_incdec(Parser *p, Expr *x, const LexToken *op);
Stmt *mk_send(Parser *p, Expr *ch, const LexToken *arrow, Expr *value);
Stmt *mk_assign(Parser *p, ExprVec lhs, const LexToken *op, ExprVec rhs);
/* missing: nothing that can be a statement follows the colon. */
Stmt *mk_labeled(Parser *p, const LexToken *name, Stmt *s, const LexToken *colon, bool missing);
Stmt *mk_call_stmt(Parser *p, const LexToken *kw, Expr *x); /* go, defer */
Stmt *mk_return(Parser *p, const LexToken *kw, ExprVec results);
Stmt *mk_branch(Parser *p, const LexToken *kw, const LexToken *label);
Stmt *mk_if(Parser *p, const LexToken *kw, Head *h, Stmt *then, Stmt *els);
Stmt *mk_switch(Parser *p, const LexToken *kw, Head *h, StmtVec clauses, const LexToken *r);
Stmt *mk_select(Parser *p, const LexToken *kw, StmtVec clauses, const LexToken *r);
Stmt *mk_for(Parser *p, const LexToken *kw, Head *h, Stmt *body);
Stmt *mk_range(Parser *p, const LexToken *kw, ExprVec lhs, const LexToken *op, Expr *x);
Stmt *mk_case(Parser *p, const LexToken *kw, ExprVec exprs, const LexToken *colon, StmtVec body);
Stmt *mk_comm(Parser *p, const LexToken *kw, Stmt *comm, const LexToken *colon, StmtVec body);
Stmt *mk_decl_stmt(Parser *p, const LexToken *kw, DeclVec specs);

/* ---- build_decl.c ----------------------------------------------------------------------- */

Decl *mk_import(Parser *p, const LexToken *name, const LexToken *path);
Decl *mk_value(Parser *p, DeclKind kind, ExprVec names, Expr *type, ExprVec values);
Decl *mk_type_decl(Parser *p, const LexToken *name, FieldVec tparams, bool alias, Expr *type);
/* recv NULL: a function. */
Decl *mk_func(Parser *p, const LexToken *kw, const FieldVec *recv, const LexToken *name,
              FieldVec tparams, Expr *sig, Stmt *body);
/* Checks that a receiver's list holds one. */
FieldVec finish_recv(Parser *p, const LexToken *l, FieldVec list, const LexToken *r);
/* Enters the specs of one top-level declaration, which starts at kw, into the file. */
void add_decls(Parser *p, const LexToken *kw, DeclVec *specs);
void add_func(Parser *p, Decl *d);
/* Numbers the specs of one declaration and lets a const spec without values inherit. */
void finish_group(Parser *p, const LexToken *kw, DeclVec *specs);

#endif
