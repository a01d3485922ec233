/* The grammar of Gol: that of The Go Programming Language Specification, generics included.
 * How the places are settled where one token of lookahead is not enough (composite literals
 * in the heads of statements, type parameter lists, parameters), and how errors are worded
 * and survived, is told in docs/parser.md.  Rules only build nodes, by the mk_ functions. */
// SPDX-License-Identifier: GPL-3.0-or-later
%code requires {
#include "parser/parser.h"
}

%define api.pure full
%define api.prefix {gol_yy}
%define api.header.include {"gol.h"}
%define api.token.prefix {Y_}
%define parse.error custom
%define parse.trace false
%parse-param {Parser *P}
%lex-param {Parser *P}
%expect 0

%union {
    const LexToken *t;
    Expr *e;
    Stmt *s;
    Decl *d;
    Field *f;
    ExprVec es;
    StmtVec ss;
    DeclVec ds;
    FieldVec fs;
    Head *h;
    bool b;
}

%code {
#include "parser/depth.h"

#include <string.h>

#define YYSTACK_USE_ALLOCA 0
#define YYINITDEPTH 512
#define YYMAXDEPTH 4000000

#define NONE(T) ((T){0})
#define ONE(T, x) one_##T(P, (x))
static inline ExprVec one_ExprVec(Parser *P, Expr *x)
{
    ExprVec v = {0};
    vec_push(P->arena, &v, x);
    return v;
}
static inline FieldVec one_FieldVec(Parser *P, Field *x)
{
    FieldVec v = {0};
    vec_push(P->arena, &v, x);
    return v;
}
static inline DeclVec one_DeclVec(Parser *P, Decl *x)
{
    DeclVec v = {0};
    if (x) {
        vec_push(P->arena, &v, x);
    }
    return v;
}
static inline StmtVec one_StmtVec(Parser *P, Stmt *x)
{
    StmtVec v = {0};
    if (x) {
        vec_push(P->arena, &v, x);
    }
    return v;
}
#define ADD(v, x) vec_push(P->arena, &(v), (x))
#define ADD_IF(v, x)                                                                               \
    do {                                                                                           \
        if (x) {                                                                                   \
            vec_push(P->arena, &(v), (x));                                                         \
        }                                                                                          \
    } while (0)

static int gol_yylex(GOL_YYSTYPE *lval, Parser *P);
static void gol_yyerror(Parser *P, const char *msg);
static Head *head(Parser *P, Stmt *init, const LexToken *semi, Stmt *cond, Stmt *post)
{
    Head *h = ARENA_NEW(P->arena, Head);
    *h = (Head){init, cond, post, semi};
    P->head_parts = semi || (init && init->kind == STMT_RANGE) ? 2 : 1;
    return h;
}
/* A clause's statements end in a semicolon, but for the last one before "}". */
static void end_clause(Parser *P, int next)
{
    Token before = (Token)P->last[-1].kind;
    if ((next == Y_CASE || next == Y_DEFAULT) && before != TOK_SEMICOLON && before != TOK_COLON) {
        unexpected(P, P->last, " at end of statement");
    }
}
static Head *bad_head(Parser *P)
{
    Pos at = P->last->start;
    return head(P, NULL, NULL, mk_expr_stmt(P, mk_bad(P, at, at)), NULL);
}
}

%token EOF 0
%token <t> ERROR IDENT INT FLOAT IMAG CHAR STRING
%token <t> ADD SUB MUL QUO REM AND OR XOR SHL SHR AND_NOT
%token <t> ADD_ASSIGN SUB_ASSIGN MUL_ASSIGN QUO_ASSIGN REM_ASSIGN AND_ASSIGN OR_ASSIGN
%token <t> XOR_ASSIGN SHL_ASSIGN SHR_ASSIGN AND_NOT_ASSIGN
%token <t> LAND LOR ARROW INC DEC EQL LSS GTR NOT TILDE ASSIGN NEQ LEQ GEQ DEFINE ELLIPSIS
%token <t> LPAREN LBRACK LBRACE COMMA PERIOD RPAREN RBRACK RBRACE SEMICOLON COLON
%token <t> BREAK CASE CHAN CONST CONTINUE DEFAULT DEFER ELSE FALLTHROUGH FOR FUNC GO GOTO IF
%token <t> IMPORT INTERFACE MAP PACKAGE RANGE RETURN SELECT STRUCT SWITCH TYPE VAR
/* made by the token stream, not by the lexer */
%token <t> LBODY   /* the { that ends the head of if, for, switch, select, unless a type or
                      a signature stands before it */
%token <t> TPARAMS /* the [ of a type declaration's type parameters */
/* where parsing goes on after an error: see recover.h */
%token RESYNC_DECL RESYNC_STMT RESYNC_LIST RESYNC_HEAD RESYNC_COLON RESYNC_CASE

%type <e> expr pexpr othertype functype type type_np nonrecv nonrecv_np recvchan type_name
%type <e> type_other type_arr elt bare braced union term chantype structtype ifacetype sig
%type <e> expr_opt named
%type <es> exprs exprs2 names elts elt_list types args indices
%type <f> param field elem tparam
%type <fs> params param_list fields field_list elems elem_list tparam_list result tparams_opt tparams
%type <fs> type_tparams recv
%type <s> stmt stmt_opt simple simple_opt block body bodyblock if_stmt clause comm_clause
%type <ss> stmts clauses comm_clauses
%type <d> import_spec const_spec var_spec type_spec func_decl
%type <ds> group_import group_const group_var group_type import_specs const_specs
%type <ds> var_specs type_specs
%type <h> head for_head
%type <t> lbrace define assign_op define_op lit tag label_opt
%type <b> alias_opt

/* What a construct that can end here binds less tightly than what could continue it. */
%precedence SHORT
%precedence error PERIOD LBRACK LPAREN LBODY ARROW
%left LOR
%left LAND
%left EQL NEQ LSS LEQ GTR GEQ
%left ADD SUB OR XOR
%left MUL QUO REM SHL SHR AND AND_NOT
%precedence UNARY

%%

/* ---- Source file organization ---------------------------------------------------------- */

file:
    PACKAGE IDENT SEMICOLON
        { P->file->package_pos = $1->start; P->file->package_name = mk_ident(P, $2); }
    decls
    ;

decls:
    %empty
    | decls topdecl SEMICOLON
    | decls topdecl error RESYNC_DECL           { yyerrok; }
    | decls error RESYNC_DECL                   { yyerrok; }
    ;

topdecl:
    IMPORT group_import                         { add_decls(P, $1, &$2); }
    | CONST group_const                         { add_decls(P, $1, &$2); }
    | VAR group_var                             { add_decls(P, $1, &$2); }
    | TYPE group_type                           { add_decls(P, $1, &$2); }
    | func_decl                                 { add_func(P, $1); }
    ;

/* ---- Declarations ---------------------------------------------------------------------- */

group_import:
    import_spec                                 { $$ = ONE(DeclVec, $1); }
    | LPAREN RPAREN                             { $$ = NONE(DeclVec); P->group_end = $2->end; }
    | LPAREN import_specs osemi RPAREN          { $$ = $2; P->group_end = $4->end; }
    ;
import_specs:
    import_spec                                 { $$ = ONE(DeclVec, $1); }
    | import_specs SEMICOLON import_spec        { $$ = $1; ADD_IF($$, $3); }
    | import_specs error RESYNC_LIST            { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(DeclVec); yyerrok; }
    ;
import_spec:
    lit                                         { $$ = mk_import(P, NULL, $1); }
    | IDENT lit                                 { $$ = mk_import(P, $1, $2); }
    | PERIOD lit                                { $$ = mk_import(P, $1, $2); }
    ;

group_const:
    const_spec                                  { $$ = ONE(DeclVec, $1); }
    | LPAREN RPAREN                             { $$ = NONE(DeclVec); P->group_end = $2->end; }
    | LPAREN const_specs osemi RPAREN           { $$ = $2; P->group_end = $4->end; }
    ;
const_specs:
    const_spec                                  { $$ = ONE(DeclVec, $1); }
    | const_specs SEMICOLON const_spec          { $$ = $1; ADD_IF($$, $3); }
    | const_specs error RESYNC_LIST             { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(DeclVec); yyerrok; }
    ;
const_spec:
    names                                { $$ = mk_value(P, DECL_CONST, $1, NULL, NONE(ExprVec)); }
    | names type                         { $$ = mk_value(P, DECL_CONST, $1, $2, NONE(ExprVec)); }
    | names define exprs                 { $$ = mk_value(P, DECL_CONST, $1, NULL, $3); }
    | names type define exprs            { $$ = mk_value(P, DECL_CONST, $1, $2, $4); }
    ;

group_var:
    var_spec                                    { $$ = ONE(DeclVec, $1); }
    | LPAREN RPAREN                             { $$ = NONE(DeclVec); P->group_end = $2->end; }
    | LPAREN var_specs osemi RPAREN             { $$ = $2; P->group_end = $4->end; }
    ;
var_specs:
    var_spec                                    { $$ = ONE(DeclVec, $1); }
    | var_specs SEMICOLON var_spec              { $$ = $1; ADD_IF($$, $3); }
    | var_specs error RESYNC_LIST               { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(DeclVec); yyerrok; }
    ;
var_spec:
    names type                           { $$ = mk_value(P, DECL_VAR, $1, $2, NONE(ExprVec)); }
    | names define exprs                 { $$ = mk_value(P, DECL_VAR, $1, NULL, $3); }
    | names type define exprs            { $$ = mk_value(P, DECL_VAR, $1, $2, $4); }
    ;

group_type:
    type_spec                                   { $$ = ONE(DeclVec, $1); }
    | LPAREN RPAREN                             { $$ = NONE(DeclVec); P->group_end = $2->end; }
    | LPAREN type_specs osemi RPAREN            { $$ = $2; P->group_end = $4->end; }
    ;
type_specs:
    type_spec                                   { $$ = ONE(DeclVec, $1); }
    | type_specs SEMICOLON type_spec            { $$ = $1; ADD_IF($$, $3); }
    | type_specs error RESYNC_LIST              { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(DeclVec); yyerrok; }
    ;
type_spec:
    IDENT alias_opt type
        { $$ = mk_type_decl(P, $1, NONE(FieldVec), $2, $3); }
    | IDENT type_tparams alias_opt type         { $$ = mk_type_decl(P, $1, $2, $3, $4); }
    ;
/* Lists in brackets are symbols of their own, so that an error behind them is never taken
 * for one inside. */
type_tparams:
    TPARAMS tparam_list ocomma RBRACK           { $$ = finish_tparams(P, $2, $4->start); }
    ;
tparams:
    LBRACK tparam_list ocomma RBRACK            { $$ = $2; P->list_open = $1; P->list_close = $4; }
    ;
alias_opt:
    %empty                                      { $$ = false; }
    | define                                    { $$ = true; }
    ;

/* Declarations take "=", and ":=" with a complaint. */
define:
    ASSIGN
    | DEFINE                                    { unexpected(P, $1, ", expected ="); }
    ;

func_decl:
    FUNC IDENT tparams_opt sig body
        { $$ = mk_func(P, $1, NULL, $2, $3, $4, $5); }
    | FUNC recv IDENT tparams_opt sig body
        { $$ = mk_func(P, $1, &$2, $3, $4, $5, $6); }
    ;
recv:
    LPAREN params RPAREN                        { $$ = finish_recv(P, $1, $2, $3); }
    ;
tparams_opt:
    %empty                                      { $$ = NONE(FieldVec); }
    | tparams                                   { $$ = finish_tparams(P, $1, P->list_close->start); }
    | LBRACK RBRACK
        { syntax_error(P, (Range){$2->start, $2->end}, "empty type parameter list");
          $$ = NONE(FieldVec); }
    ;
body:
    %empty                                      { $$ = NULL; }
    | block
    ;

names:
    IDENT                                       { $$ = ONE(ExprVec, mk_ident(P, $1)); }
    | names COMMA IDENT                         { $$ = $1; ADD($$, mk_ident(P, $3)); }
    ;

osemi: %empty | SEMICOLON ;
ocomma: %empty | COMMA ;

/* ---- Types ------------------------------------------------------------------------------ */

type: nonrecv | recvchan ;
type_np: nonrecv_np | recvchan ;                /* what can follow a signature as its result */
nonrecv: nonrecv_np | LPAREN type RPAREN        { $$ = mk_paren(P, $1, $2, $3); } ;
nonrecv_np: type_name | type_arr | MUL type     { $$ = mk_star(P, $1, $2); }
    | functype | structtype | ifacetype | chantype
    | MAP LBRACK type RBRACK type               { $$ = mk_map(P, $1, $3, $5); }
    ;
recvchan: ARROW CHAN type                       { $$ = mk_chan(P, $1, CHAN_RECV, $3); } ;

/* Every type that starts neither with a name nor with "[". */
type_other:
    MUL type                                    { $$ = mk_star(P, $1, $2); }
    | functype | structtype | ifacetype | chantype | recvchan
    | MAP LBRACK type RBRACK type               { $$ = mk_map(P, $1, $3, $5); }
    | LPAREN type RPAREN                        { $$ = mk_paren(P, $1, $2, $3); }
    ;
type_arr:
    LBRACK RBRACK type                          { $$ = mk_array(P, $1, NULL, $3); }
    | LBRACK expr RBRACK type                   { $$ = mk_array(P, $1, $2, $4); }
    | LBRACK ELLIPSIS RBRACK type               { $$ = mk_array(P, $1, mk_dots(P, $2, NULL), $4); }
    | LBRACK expr COMMA RBRACK type
        { syntax_error(P, (Range){$3->start, $3->end}, "unexpected comma; expected ]");
          $$ = mk_array(P, $1, $2, $5); }
    ;
type_name:
    IDENT                                       %prec SHORT { $$ = mk_ident(P, $1); }
    | IDENT PERIOD IDENT                        %prec SHORT
        { $$ = mk_selector(P, mk_ident(P, $1), $3); }
    | IDENT LBRACK types ocomma RBRACK
        { $$ = mk_index(P, mk_ident(P, $1), $3, $5); }
    | IDENT PERIOD IDENT LBRACK types ocomma RBRACK
        { $$ = mk_index(P, mk_selector(P, mk_ident(P, $1), $3), $5, $7); }
    ;
types:
    type                                        { $$ = ONE(ExprVec, $1); }
    | types COMMA type                          { $$ = $1; ADD($$, $3); }
    ;

/* The element of "chan T" does not start with "<-": that would be "chan<- T". */
chantype:
    CHAN nonrecv                                { $$ = mk_chan(P, $1, CHAN_BOTH, $2); }
    | CHAN ARROW type                           { $$ = mk_chan(P, $1, CHAN_SEND, $3); }
    ;

functype:
    FUNC sig                                    { $$ = $2; $$->range.start = $1->start; }
    | FUNC LBRACK RBRACK sig
        { syntax_error(P, (Range){$2->start, $3->end},
                       "function type must have no type parameters");
          $$ = $4; $$->range.start = $1->start; }
    | FUNC tparams
        { syntax_error(P, (Range){P->list_open->start, P->list_close->end},
                       "function type must have no type parameters"); }
      sig
        { $$ = $4; $$->range.start = $1->start; }
    ;
sig:
    LPAREN params RPAREN result                 { $$ = mk_func_type(P, $1, $2, $3, $4); }
    ;
result:
    %empty                                      %prec SHORT
        { $$ = NONE(FieldVec); P->result_end = NOPOS; }
    | type_np
        { $$ = ONE(FieldVec, mk_field(P, NULL, $1, NULL)); P->result_end = $1->range.end; }
    | LPAREN params RPAREN
        { $$ = finish_params(P, $2, $3->start, false); P->result_end = $3->end; }
    ;

params:
    %empty                                      { $$ = NONE(FieldVec); }
    | param_list ocomma
    ;
param_list:
    param                                       { $$ = ONE(FieldVec, $1); }
    | param_list COMMA param                    { $$ = $1; ADD($$, $3); }
    | param_list error RESYNC_LIST              { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(FieldVec); yyerrok; }
    ;
/* A name, a type, or both; which a lone name is shows at the end of the list. */
param:
    IDENT                             { $$ = mk_field(P, mk_ident(P, $1), NULL, NULL); }
    | IDENT type_name                 { $$ = mk_field(P, mk_ident(P, $1), $2, NULL); }
    | IDENT type_other                { $$ = mk_field(P, mk_ident(P, $1), $2, NULL); }
    | IDENT ELLIPSIS type             { $$ = mk_field(P, mk_ident(P, $1), mk_dots(P, $2, $3), NULL); }
    | IDENT LBRACK RBRACK type
        { $$ = mk_field(P, mk_ident(P, $1), mk_array(P, $2, NULL, $4), NULL); }
    | IDENT LBRACK ELLIPSIS RBRACK type
        { $$ = mk_field(P, mk_ident(P, $1), mk_array(P, $2, mk_dots(P, $3, NULL), $5), NULL); }
    | IDENT LBRACK indices ocomma RBRACK type
        { $$ = mk_array_field(P, $1, $2, $3, $5, $6, NULL); }
    | IDENT LBRACK indices ocomma RBRACK
        { $$ = mk_field(P, NULL, mk_index(P, mk_ident(P, $1), $3, $5), NULL); }
    | IDENT PERIOD IDENT
        { $$ = mk_field(P, NULL, mk_selector(P, mk_ident(P, $1), $3), NULL); }
    | IDENT PERIOD IDENT LBRACK types ocomma RBRACK
        { $$ = mk_field(P, NULL, mk_index(P, mk_selector(P, mk_ident(P, $1), $3), $5, $7), NULL); }
    | type_other                      { $$ = mk_field(P, NULL, $1, NULL); }
    | type_arr                        { $$ = mk_field(P, NULL, $1, NULL); }
    | ELLIPSIS type                   { $$ = mk_field(P, NULL, mk_dots(P, $1, $2), NULL); }
    ;

tparam_list:
    tparam                                      { $$ = ONE(FieldVec, $1); }
    | tparam_list COMMA tparam                  { $$ = $1; ADD($$, $3); }
    | tparam_list error RESYNC_LIST             { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(FieldVec); yyerrok; }
    ;
/* A name with its constraint, or what would be a parameter: that is reported at the end. */
tparam:
    param
    | TILDE type                                { $$ = mk_field(P, NULL, mk_unary(P, $1, $2), NULL); }
    | IDENT TILDE type
        { $$ = mk_field(P, mk_ident(P, $1), mk_unary(P, $2, $3), NULL); }
    | tparam OR term                            { $$ = add_term(P, $1, $2, $3); }
    ;
term:
    type
    | TILDE type                                { $$ = mk_unary(P, $1, $2); }
    ;

structtype:
    STRUCT lbrace fields RBRACE                 { $$ = mk_struct(P, $1, $3, $4); }
    ;
fields:
    %empty                                      { $$ = NONE(FieldVec); }
    | field_list osemi
    ;
field_list:
    field                                       { $$ = ONE(FieldVec, $1); }
    | field_list SEMICOLON field                { $$ = $1; ADD($$, $3); }
    | field_list error RESYNC_LIST              { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(FieldVec); yyerrok; }
    ;
field:
    IDENT tag                                   { $$ = mk_embedded(P, mk_ident(P, $1), $2); }
    | IDENT PERIOD IDENT tag
        { $$ = mk_embedded(P, mk_selector(P, mk_ident(P, $1), $3), $4); }
    | IDENT PERIOD IDENT LBRACK types ocomma RBRACK tag
        { $$ = mk_embedded(P, mk_index(P, mk_selector(P, mk_ident(P, $1), $3), $5, $7), $8); }
    | IDENT LBRACK indices ocomma RBRACK tag
        { $$ = mk_embedded(P, mk_index(P, mk_ident(P, $1), $3, $5), $6); }
    | MUL type_name tag                         { $$ = mk_embedded(P, mk_star(P, $1, $2), $3); }
    | MUL LPAREN type_name RPAREN tag
        { syntax_error(P, (Range){$2->start, $4->end}, "cannot parenthesize embedded type");
          $$ = mk_embedded(P, mk_star(P, $1, $3), $5); }
    | LPAREN type RPAREN tag
        { syntax_error(P, (Range){$1->start, $3->end}, "cannot parenthesize embedded type");
          $$ = mk_embedded(P, $2, $4); }
    | IDENT type_name tag                       { $$ = mk_field(P, mk_ident(P, $1), $2, $3); }
    | IDENT type_other tag                      { $$ = mk_field(P, mk_ident(P, $1), $2, $3); }
    | IDENT LBRACK RBRACK type tag
        { $$ = mk_field(P, mk_ident(P, $1), mk_array(P, $2, NULL, $4), $5); }
    | IDENT LBRACK ELLIPSIS RBRACK type tag
        { $$ = mk_field(P, mk_ident(P, $1), mk_array(P, $2, mk_dots(P, $3, NULL), $5), $6); }
    | IDENT LBRACK indices ocomma RBRACK type tag
        { $$ = mk_array_field(P, $1, $2, $3, $5, $6, $7); }
    | IDENT COMMA names type tag                { $$ = mk_fields(P, $1, $3, $4, $5); }
    ;
tag:
    %empty                                      { $$ = NULL; }
    | lit
    ;

ifacetype:
    INTERFACE lbrace elems RBRACE               { $$ = mk_interface(P, $1, $3, $4); }
    ;
elems:
    %empty                                      { $$ = NONE(FieldVec); }
    | elem_list osemi
    ;
elem_list:
    elem                                        { $$ = ONE(FieldVec, $1); }
    | elem_list SEMICOLON elem                  { $$ = $1; ADD($$, $3); }
    | elem_list error RESYNC_LIST               { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(FieldVec); yyerrok; }
    ;
elem:
    IDENT sig                                   { $$ = mk_field(P, mk_ident(P, $1), $2, NULL); }
    | IDENT tparams sig
        { plain_error(P, (Range){$1->end, $1->end},
                      "interface method must have no type parameters");
          $$ = mk_field(P, mk_ident(P, $1), $3, NULL); }
    | IDENT LBRACK RBRACK sig
        { plain_error(P, (Range){$3->start, $3->end}, "empty type parameter list");
          $$ = mk_field(P, mk_ident(P, $1), $4, NULL); }
    | union                                     { $$ = mk_embedded(P, $1, NULL); }
    ;
union:
    IDENT                                       { $$ = mk_ident(P, $1); }
    | IDENT PERIOD IDENT                        { $$ = mk_selector(P, mk_ident(P, $1), $3); }
    | IDENT PERIOD IDENT LBRACK types ocomma RBRACK
        { $$ = mk_index(P, mk_selector(P, mk_ident(P, $1), $3), $5, $7); }
    | IDENT tparams
        { $$ = mk_index(P, mk_ident(P, $1), as_types(P, $2, P->list_close->start),
                        P->list_close); }
    | IDENT LBRACK RBRACK
        { plain_error(P, (Range){$3->start, $3->end}, "empty type argument list");
          $$ = mk_ident(P, $1); }
    | type_other
    | type_arr
    | TILDE type                                { $$ = mk_unary(P, $1, $2); }
    | union OR term                             { $$ = mk_binary(P, $1, $2, $3); }
    ;

/* ---- Expressions ------------------------------------------------------------------------ */

/* Types are expressions here; where one is no value, the checker says so. */

expr:
    pexpr
    | expr LOR expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr LAND expr                            { $$ = mk_binary(P, $1, $2, $3); }
    | expr EQL expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr NEQ expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr LSS expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr LEQ expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr GTR expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr GEQ expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr ADD expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr SUB expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr OR expr                              { $$ = mk_binary(P, $1, $2, $3); }
    | expr XOR expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr MUL expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr QUO expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr REM expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr SHL expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr SHR expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr AND expr                             { $$ = mk_binary(P, $1, $2, $3); }
    | expr AND_NOT expr                         { $$ = mk_binary(P, $1, $2, $3); }
    | ADD expr                                  %prec UNARY { $$ = mk_unary(P, $1, $2); }
    | SUB expr                                  %prec UNARY { $$ = mk_unary(P, $1, $2); }
    | NOT expr                                  %prec UNARY { $$ = mk_unary(P, $1, $2); }
    | XOR expr                                  %prec UNARY { $$ = mk_unary(P, $1, $2); }
    | AND expr                                  %prec UNARY { $$ = mk_unary(P, $1, $2); }
    | TILDE expr                                %prec UNARY { $$ = mk_unary(P, $1, $2); }
    | MUL expr                                  %prec UNARY { $$ = mk_star(P, $1, $2); }
    | ARROW expr                                %prec UNARY { $$ = mk_receive(P, $1, $2); }
    ;

pexpr:
    named
    | lit                                       { $$ = mk_lit(P, $1); }
    | LPAREN error RESYNC_LIST RPAREN           { $$ = mk_bad(P, $1->start, $4->end); yyerrok; }
    | othertype                                 %prec SHORT
    | functype                                  %prec SHORT
    | functype lbrace stmts RBRACE              { $$ = mk_func_lit(P, $1, $2, $3, $4); }
    | othertype lbrace elts RBRACE              { $$ = mk_complit(P, $1, $2, $3, $4); }
    | named LBRACE elts RBRACE                  { $$ = mk_complit_of(P, $1, $2, $3, $4); }
    | pexpr PERIOD LPAREN type RPAREN           { $$ = mk_type_assert(P, $1, $4, $5); }
    | pexpr PERIOD LPAREN TYPE RPAREN           { $$ = mk_type_assert(P, $1, NULL, $5); }
    | pexpr LBRACK RBRACK
        { unexpected(P, $3, ", expected operand"); $$ = mk_bad(P, $1->range.start, $3->end); }
    | pexpr LBRACK error RESYNC_LIST RBRACK
        { $$ = mk_bad(P, $1->range.start, $5->end); yyerrok; }
    | pexpr LBRACK expr_opt COLON expr_opt RBRACK
        { $$ = mk_slice(P, $1, $3, $5, NULL, NULL, $6); }
    | pexpr LBRACK expr_opt COLON expr_opt COLON expr_opt RBRACK
        { $$ = mk_slice(P, $1, $3, $5, $7, $6, $8); }
    | pexpr LPAREN RPAREN
        { $$ = mk_call(P, $1, $2, NONE(ExprVec), NULL, $3); }
    | pexpr LPAREN args ocomma RPAREN
        { $$ = mk_call(P, $1, $2, $3, NULL, $5); }
    | pexpr LPAREN args ELLIPSIS ocomma RPAREN
        { $$ = mk_call(P, $1, $2, $3, $4, $6); }
    ;
/* What may name the type of a composite literal. */
named:
    IDENT                                       { $$ = mk_ident(P, $1); }
    | pexpr PERIOD IDENT                        { $$ = mk_selector(P, $1, $3); }
    | pexpr LBRACK indices ocomma RBRACK        { $$ = mk_index(P, $1, $3, $5); }
    | LPAREN expr RPAREN                        { $$ = mk_paren(P, $1, $2, $3); }
    ;
lit: INT | FLOAT | IMAG | CHAR | STRING ;

othertype:
    type_arr | structtype | ifacetype | chantype
    | MAP LBRACK type RBRACK type               { $$ = mk_map(P, $1, $3, $5); }
    ;

expr_opt:
    %empty                                      { $$ = NULL; }
    | expr
    ;
exprs:
    expr                                        { $$ = ONE(ExprVec, $1); }
    | exprs2
    ;
exprs2:
    expr COMMA expr                             { $$ = ONE(ExprVec, $1); ADD($$, $3); }
    | exprs2 COMMA expr                         { $$ = $1; ADD($$, $3); }
    ;
indices:
    expr                                        { $$ = ONE(ExprVec, $1); }
    | indices COMMA expr                        { $$ = $1; ADD($$, $3); }
    ;
args:
    expr                                        { $$ = ONE(ExprVec, $1); }
    | args COMMA expr                           { $$ = $1; ADD($$, $3); }
    | args error RESYNC_LIST                    { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(ExprVec); yyerrok; }
    ;

elts:
    %empty                                      { $$ = NONE(ExprVec); }
    | elt_list ocomma
    ;
elt_list:
    elt                                         { $$ = ONE(ExprVec, $1); }
    | elt_list COMMA elt                        { $$ = $1; ADD($$, $3); }
    | elt_list error RESYNC_LIST                { $$ = $1; yyerrok; }
    | error RESYNC_LIST                         { $$ = NONE(ExprVec); yyerrok; }
    ;
elt:
    bare
    | bare COLON bare                           { $$ = mk_kv(P, $1, $3); }
    ;
bare: expr | braced ;
braced: LBRACE elts RBRACE                      { $$ = mk_complit(P, NULL, $1, $2, $3); } ;

/* A brace that stands after a type or signature belongs to it even in the head of a
 * statement; the head goes on after the closing one. */
lbrace:
    LBRACE                                      { $$ = $1; }
    | LBODY                                     { $$ = $1; stream_head_goes_on(P); }
    ;

/* ---- Statements ------------------------------------------------------------------------- */

block:
    LBRACE stmts RBRACE                         { $$ = mk_block(P, $1, $2, $3); }
    ;
bodyblock:
    LBODY stmts RBRACE                          { $$ = mk_block(P, $1, $2, $3); }
    ;
stmts:
    stmt_opt                                    { $$ = ONE(StmtVec, $1); }
    | stmts SEMICOLON stmt_opt                  { $$ = $1; ADD_IF($$, $3); }
    | stmts error RESYNC_STMT                   { $$ = $1; yyerrok; }
    ;
stmt_opt:
    %empty                                      %prec SHORT { $$ = NULL; }
    | stmt
    ;
stmt:
    error RESYNC_STMT                           { $$ = NULL; yyerrok; }
    | simple
    | block
    | if_stmt
    | CONST group_const                         { $$ = mk_decl_stmt(P, $1, $2); }
    | VAR group_var                             { $$ = mk_decl_stmt(P, $1, $2); }
    | TYPE group_type                           { $$ = mk_decl_stmt(P, $1, $2); }
    | IDENT COLON stmt_opt
        { $$ = mk_labeled(P, $1, $3, $2, yychar == Y_CASE || yychar == Y_DEFAULT); }
    | FOR for_head bodyblock                    { $$ = mk_for(P, $1, $2, $3); }
    | SWITCH head LBODY clauses RBRACE          { $$ = mk_switch(P, $1, $2, $4, $5); }
    | SELECT LBODY comm_clauses RBRACE          { $$ = mk_select(P, $1, $3, $4); }
    | GO pexpr                                  { $$ = mk_call_stmt(P, $1, $2); }
    | DEFER pexpr                               { $$ = mk_call_stmt(P, $1, $2); }
    | RETURN                                    { $$ = mk_return(P, $1, NONE(ExprVec)); }
    | RETURN exprs                              { $$ = mk_return(P, $1, $2); }
    | BREAK label_opt                           { $$ = mk_branch(P, $1, $2); }
    | CONTINUE label_opt                        { $$ = mk_branch(P, $1, $2); }
    | GOTO IDENT                                { $$ = mk_branch(P, $1, $2); }
    | FALLTHROUGH                               { $$ = mk_branch(P, $1, NULL); }
    ;
label_opt:
    %empty                                      { $$ = NULL; }
    | IDENT
    ;

simple:
    expr                                        { $$ = mk_expr_stmt(P, $1); }
    | expr INC                                  { $$ = mk_incdec(P, $1, $2); }
    | expr DEC                                  { $$ = mk_incdec(P, $1, $2); }
    | expr ARROW expr                           { $$ = mk_send(P, $1, $2, $3); }
    | expr assign_op expr
        { $$ = mk_assign(P, ONE(ExprVec, $1), $2, ONE(ExprVec, $3)); }
    | expr define_op exprs                      { $$ = mk_assign(P, ONE(ExprVec, $1), $2, $3); }
    | exprs2 define_op exprs                    { $$ = mk_assign(P, $1, $2, $3); }
    ;
assign_op:
    ADD_ASSIGN | SUB_ASSIGN | MUL_ASSIGN | QUO_ASSIGN | REM_ASSIGN | AND_ASSIGN | OR_ASSIGN
    | XOR_ASSIGN | SHL_ASSIGN | SHR_ASSIGN | AND_NOT_ASSIGN
    ;
define_op: ASSIGN | DEFINE ;
simple_opt:
    %empty                                      { $$ = NULL; }
    | simple
    ;

head:
    %empty                                      { $$ = head(P, NULL, NULL, NULL, NULL); }
    | simple                                    { $$ = head(P, NULL, NULL, $1, NULL); }
    | simple_opt SEMICOLON simple_opt           { $$ = head(P, $1, $2, $3, NULL); }
    | error RESYNC_HEAD                         { $$ = bad_head(P); yyerrok; }
    ;
for_head:
    %empty                                      { $$ = head(P, NULL, NULL, NULL, NULL); }
    | simple                                    { $$ = head(P, NULL, NULL, $1, NULL); }
    | simple_opt SEMICOLON simple_opt SEMICOLON simple_opt
        { $$ = head(P, $1, $2, $3, $5); }
    | RANGE expr
        { $$ = head(P, mk_range(P, $1, NONE(ExprVec), NULL, $2), NULL, NULL, NULL); }
    | expr define_op RANGE expr
        { $$ = head(P, mk_range(P, $3, ONE(ExprVec, $1), $2, $4), NULL, NULL, NULL); }
    | exprs2 define_op RANGE expr
        { $$ = head(P, mk_range(P, $3, $1, $2, $4), NULL, NULL, NULL); }
    | error RESYNC_HEAD                         { $$ = bad_head(P); yyerrok; }
    ;

if_stmt:
    IF head bodyblock                           { $$ = mk_if(P, $1, $2, $3, NULL); }
    | IF head bodyblock ELSE if_stmt            { $$ = mk_if(P, $1, $2, $3, $5); }
    | IF head bodyblock ELSE block              { $$ = mk_if(P, $1, $2, $3, $5); }
    ;

clauses:
    %empty                                      { $$ = NONE(StmtVec); }
    | clauses clause                            { $$ = $1; ADD($$, $2); }
    | error RESYNC_CASE                         { $$ = NONE(StmtVec); yyerrok; }
    ;
clause:
    CASE exprs COLON stmts                      { $$ = mk_case(P, $1, $2, $3, $4); end_clause(P, yychar); }
    | CASE error RESYNC_COLON COLON
        { yyerrok; }
      stmts
        { $$ = mk_case(P, $1, ONE(ExprVec, mk_bad(P, $1->end, $1->end)), $4, $6); }
    | DEFAULT COLON stmts                       { $$ = mk_case(P, $1, NONE(ExprVec), $2, $3);
                                                  end_clause(P, yychar); }
    ;
comm_clauses:
    %empty                                      { $$ = NONE(StmtVec); }
    | comm_clauses comm_clause                  { $$ = $1; ADD($$, $2); }
    | error RESYNC_CASE                         { $$ = NONE(StmtVec); yyerrok; }
    ;
comm_clause:
    CASE simple COLON stmts                     { $$ = mk_comm(P, $1, $2, $3, $4); end_clause(P, yychar); }
    | CASE error RESYNC_COLON COLON
        { yyerrok; }
      stmts
        { $$ = mk_comm(P, $1, NULL, $4, $6); }
    | DEFAULT COLON stmts                       { $$ = mk_comm(P, $1, NULL, $2, $3); end_clause(P, yychar); }
    ;

%%

/* ---- tokens ------------------------------------------------------------------------------ */

static const short bison_token[] = {
#define X(name, text, prec) [TOK_##name] = Y_##name,
    TOKENS(X)
#undef X
    [STREAM_LBODY] = Y_LBODY,
    [STREAM_TPARAMS] = Y_TPARAMS,
};

static int gol_yylex(GOL_YYSTYPE *lval, Parser *P)
{
    if (P->ninsert) {
        lval->t = &P->made_up;
        P->last = &P->tok.p[P->at];
        return P->insert[--P->ninsert];
    }
    if (P->stop) {
        return Y_EOF;
    }
    return bison_token[stream_next(P, &lval->t)];
}

static void gol_yyerror(Parser *P, const char *msg)
{
    if (!P->stop) { /* the one thing that bison itself reports */
        depth_exceeded(P, P->last->start);
    }
    (void)msg;
}

/* bison makes this for us; recover.h reads the tables itself */
__attribute__((unused)) static int yypcontext_expected_tokens(const yypcontext_t *,
                                                              yysymbol_kind_t[], int);

#include "parser/recover.h"

File *parse_file(Arena *a, SourceFile *src)
{
    Parser p = {.arena = a, .src = src, .file = ARENA_NEW(a, File), .resync_at = UINT32_MAX};
    p.file->src = src;
    stream_init(&p);
    yyparse(&p);
    directives_check(&p);
    p.file->had_errors = p.errors > 0;
    p.file->broken = p.broken;
    stream_free(&p);
    return p.file;
}
