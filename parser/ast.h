/* The abstract syntax tree, and the places in it where the checker writes what it found.
 * Nodes live in the package's arena.  Every node has a range; a synthesised node has
 * the range of what it stands for.  Terms are those of Go's go/ast and go/types. */
#ifndef GOL_PARSER_AST_H
#define GOL_PARSER_AST_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/intern.h"
#include "base/source.h"
#include "lexer/token.h"

/* Written by the checker; see check/types.h and check/const.h. */
typedef struct Type Type;
typedef struct Object Object;
typedef struct ConstVal ConstVal;
typedef struct Scope Scope;
typedef struct Selection Selection;

typedef struct Expr Expr;
typedef struct Stmt Stmt;
typedef struct Decl Decl;
typedef VEC(Expr *) ExprVec;
typedef VEC(Stmt *) StmtVec;
typedef VEC(Decl *) DeclVec;

/* ---- expressions and types ------------------------------------------------------- */

/* X(KIND, "name in --emit=ast") */
/* clang-format off */
#define EXPR_KINDS(X)                                                                              \
    X(BAD, "BadExpr")                                                                              \
    X(IDENT, "Ident")                                                                              \
    X(BASIC_LIT, "BasicLit")                                                                       \
    X(COMPOSITE_LIT, "CompositeLit")                                                               \
    X(FUNC_LIT, "FuncLit")                                                                         \
    X(PAREN, "ParenExpr")                                                                          \
    X(SELECTOR, "SelectorExpr")                                                                    \
    X(INDEX, "IndexExpr") /* x[i], or an instantiation x[T1, T2] */                                \
    X(SLICE, "SliceExpr")                                                                          \
    X(TYPE_ASSERT, "TypeAssertExpr")                                                               \
    X(CALL, "CallExpr")                                                                            \
    X(STAR, "StarExpr") /* *x: a dereference or a pointer type */                                  \
    X(UNARY, "UnaryExpr")                                                                          \
    X(BINARY, "BinaryExpr")                                                                        \
    X(KEY_VALUE, "KeyValueExpr")                                                                   \
    X(ELLIPSIS, "Ellipsis") /* ...T in a parameter list, or the length in [...]T */                \
    X(ARRAY_TYPE, "ArrayType")                                                                     \
    X(STRUCT_TYPE, "StructType")                                                                   \
    X(FUNC_TYPE, "FuncType")                                                                       \
    X(INTERFACE_TYPE, "InterfaceType")                                                             \
    X(MAP_TYPE, "MapType")                                                                         \
    X(CHAN_TYPE, "ChanType")
/* clang-format on */

typedef enum ExprKind {
#define X(k, s) EXPR_##k,
    EXPR_KINDS(X)
#undef X
} ExprKind;

/* What an expression denotes, as go/types calls it. */
typedef enum OperandMode {
    MODE_INVALID,
    MODE_NOVALUE,  /* a call without results */
    MODE_BUILTIN,  /* a built-in function */
    MODE_TYPE,     /* a type */
    MODE_CONST,    /* e->cv holds the value */
    MODE_VAR,      /* addressable */
    MODE_MAPINDEX, /* m[k]: assignable, not addressable, comma-ok allowed */
    MODE_VALUE,    /* a computed value */
    MODE_NIL,      /* the untyped nil; e->type is the type it took on */
    MODE_COMMAOK,  /* as MODE_VALUE, comma-ok allowed: <-ch, x.(T) */
} OperandMode;

/* One group of parameters, results, fields, methods or type parameters that share a
 * type: `a, b int`.  Embedded field, unnamed parameter, interface element: no names. */
typedef struct Field {
    Range range;
    ExprVec names; /* EXPR_IDENT each */
    Expr *type;    /* of an interface's method: its EXPR_FUNC_TYPE; of an interface's
                      element: a type, ~T as EXPR_UNARY TOK_TILDE, a union as
                      EXPR_BINARY TOK_OR */
    Expr *tag;     /* EXPR_BASIC_LIT or NULL */
    bool embedded; /* struct: embedded field; interface: embedded element */
} Field;
typedef VEC(Field *) FieldVec;

typedef enum ChanDir { CHAN_BOTH = 3, CHAN_SEND = 1, CHAN_RECV = 2 } ChanDir;

typedef enum CallKind { CALL_FUNC, CALL_CONVERSION, CALL_BUILTIN } CallKind;

/* Deeper trees are refused by the parser ("nested too deeply"), so that recursion over the
 * AST is safe on a stack of AST_MAX_DEPTH times what a level needs. */
enum { AST_MAX_DEPTH = 5000 };

struct Expr {
    ExprKind kind;
    Range range;
    uint32_t depth; /* of the tree below, itself included; at most AST_MAX_DEPTH */

    /* the checker's findings; mode INVALID before and for wrong code */
    OperandMode mode;
    uint8_t untyped_state; /* the checker's own, while the type is still untyped */
    Type *type;            /* final: an untyped operand has the type it was converted to; a
                     comma-ok expression used in its two-value form has a tuple type;
                     for MODE_TYPE the denoted type */
    ConstVal *cv;          /* MODE_CONST */
    /* An instance of a generic function or type: its type arguments, written or inferred;
     * on the name (an EXPR_IDENT or EXPR_SELECTOR) and on the f[T] around it. */
    Type **targs;
    uint32_t ntargs;

    union {
        struct {
            const Name *name;
            Object *obj; /* use or definition; NULL for "_" and unresolved */
        } ident;
        struct {
            Token tok;        /* INT FLOAT IMAG CHAR STRING */
            const char *text; /* as written, into the source */
            uint32_t len;
        } lit;
        struct {
            Expr *type;   /* NULL where elided */
            ExprVec elts; /* EXPR_KEY_VALUE or plain */
            Pos lbrace, rbrace;
            /* checker, struct literals: elts.p[i] (its value if keyed) sets field
             * field_index[i]; array and slice literals: elts.p[i] has index
             * elem_index[i]; NULL for maps.  length: of array or slice. */
            int64_t *elem_index;
            int64_t length;
        } complit;
        struct {
            Expr *type;            /* EXPR_FUNC_TYPE */
            Stmt *body;            /* STMT_BLOCK */
            struct FuncInfo *info; /* checker */
        } funclit;
        struct {
            Expr *x;
        } paren;
        struct {
            Expr *x;
            const Name *name;
            Range name_range;
            Object *obj;    /* checker: qualified identifier pkg.Name, else NULL */
            Selection *sel; /* checker: field or method selection, else NULL */
        } selector;
        struct {
            Expr *x;
            ExprVec indices; /* one or more; more than one only for type arguments */
            /* checker: an instantiation has e->mode TYPE or VALUE and e->targs */
        } index;
        struct {
            Expr *x, *lo, *hi, *max; /* NULL where absent */
            bool three;
        } slice;
        struct {
            Expr *x, *type; /* type NULL: .(type) of a type switch */
        } type_assert;
        struct {
            Expr *fun;
            ExprVec args;
            Pos ellipsis; /* of f(xs...), else NOPOS */
            Pos lparen, rparen;
            CallKind call_kind; /* checker */
            int builtin;        /* checker: BuiltinId when CALL_BUILTIN */
        } call;
        struct {
            Expr *x;
        } star;
        struct {
            Token op; /* ADD SUB NOT XOR AND ARROW TILDE */
            Expr *x;
        } unary;
        struct {
            Token op;
            Expr *x, *y;
            Pos op_pos;
        } binary;
        struct {
            Expr *key, *value;
        } kv;
        struct {
            Expr *elt; /* NULL in [...]T */
        } ellipsis;
        struct {
            Expr *len; /* NULL: slice; EXPR_ELLIPSIS: [...] */
            Expr *elem;
        } array_type;
        struct {
            FieldVec fields;
        } struct_type;
        struct {
            FieldVec tparams; /* only on a declaration's or a method's type */
            FieldVec params, results;
            bool variadic;
        } func_type;
        struct {
            FieldVec elems; /* methods (one name, EXPR_FUNC_TYPE) and embedded elements */
        } iface_type;
        struct {
            Expr *key, *value;
        } map_type;
        struct {
            ChanDir dir;
            Expr *value;
        } chan_type;
    };
};

/* ---- statements --------------------------------------------------------------------- */

/* clang-format off */
#define STMT_KINDS(X)                                                                              \
    X(BAD, "BadStmt")                                                                              \
    X(EMPTY, "EmptyStmt")                                                                          \
    X(DECL, "DeclStmt")                                                                            \
    X(LABELED, "LabeledStmt")                                                                      \
    X(EXPR, "ExprStmt")                                                                            \
    X(SEND, "SendStmt")                                                                            \
    X(INCDEC, "IncDecStmt")                                                                        \
    X(ASSIGN, "AssignStmt") /* =, op= and := */                                                    \
    X(GO, "GoStmt")                                                                                \
    X(DEFER, "DeferStmt")                                                                          \
    X(RETURN, "ReturnStmt")                                                                        \
    X(BRANCH, "BranchStmt") /* break continue goto fallthrough */                                  \
    X(BLOCK, "BlockStmt")                                                                          \
    X(IF, "IfStmt")                                                                                \
    X(CASE, "CaseClause")                                                                          \
    X(SWITCH, "SwitchStmt")                                                                        \
    X(TYPE_SWITCH, "TypeSwitchStmt")                                                               \
    X(COMM, "CommClause")                                                                          \
    X(SELECT, "SelectStmt")                                                                        \
    X(FOR, "ForStmt")                                                                              \
    X(RANGE, "RangeStmt")
/* clang-format on */

typedef enum StmtKind {
#define X(k, s) STMT_##k,
    STMT_KINDS(X)
#undef X
} StmtKind;

struct Stmt {
    StmtKind kind;
    Range range;
    uint32_t depth; /* as Expr.depth */
    union {
        struct {
            DeclVec decls; /* one GenDecl's specs, in order; const/var/type only */
        } decl;
        struct {
            const Name *name;
            Range name_range;
            Stmt *stmt;
            bool used; /* checker */
        } labeled;
        struct {
            Expr *x;
        } expr;
        struct {
            Expr *ch, *value;
            Pos arrow;
        } send;
        struct {
            Expr *x;
            Token op; /* INC DEC */
        } incdec;
        struct {
            ExprVec lhs, rhs;
            Token op; /* ASSIGN DEFINE or op= */
            Pos op_pos;
            bool *is_new; /* checker, :=: lhs.p[i] declares a new variable */
        } assign;
        struct {
            Expr *call; /* EXPR_CALL, after parentheses are stripped, once checked */
        } go;           /* STMT_GO and STMT_DEFER */
        struct {
            ExprVec results;
        } ret;
        struct {
            Token tok;         /* BREAK CONTINUE GOTO FALLTHROUGH */
            const Name *label; /* NULL: none */
            Range label_range;
            Stmt *target; /* checker: the labelled statement's STMT_LABELED (goto), or
                             the FOR/RANGE/SWITCH/TYPE_SWITCH/SELECT left or continued */
        } branch;
        struct {
            StmtVec stmts;
            Pos rbrace;
        } block;
        struct {
            Stmt *init; /* or NULL */
            Expr *cond;
            Stmt *then; /* STMT_BLOCK */
            Stmt *els;  /* STMT_BLOCK, STMT_IF or NULL */
        } if_;
        struct {
            ExprVec exprs; /* empty and is_default: default */
            bool is_default;
            StmtVec body;
            Object *tvar; /* checker, type switch with x :=: this clause's variable */
            Pos colon;
        } clause;
        struct {
            Stmt *init;      /* or NULL */
            Expr *tag;       /* or NULL */
            StmtVec clauses; /* STMT_CASE */
            Pos rbrace;
        } switch_;
        struct {
            Stmt *init;
            const Name *bind; /* x := y.(type), else NULL */
            Range bind_range;
            Expr *x;         /* the y of y.(type) */
            StmtVec clauses; /* STMT_CASE; exprs are types or nil */
            Pos rbrace;
        } type_switch;
        struct {
            Stmt *comm; /* STMT_SEND, STMT_EXPR, STMT_ASSIGN (= or :=, rhs[0] a receive);
                           NULL: default */
            StmtVec body;
            Pos colon;
        } comm;
        struct {
            StmtVec clauses; /* STMT_COMM */
            Pos rbrace;
        } select;
        struct {
            Stmt *init;
            Expr *cond;
            Stmt *post;
            Stmt *body;
            /* checker: the variables declared by init (:=) are per iteration; this
             * says that one of them is captured or has its address taken, so that
             * copies are really needed */
            bool vars_per_iteration;
        } for_;
        struct {
            Expr *key, *value; /* NULL where absent */
            Token op;          /* DEFINE, ASSIGN, or EOF without variables */
            Expr *x;
            Stmt *body;
        } range_;
    };
};

/* ---- declarations -------------------------------------------------------------------- */

/* clang-format off */
#define DECL_KINDS(X)                                                                              \
    X(BAD, "BadDecl")                                                                              \
    X(IMPORT, "ImportSpec")                                                                        \
    X(CONST, "ConstSpec")                                                                          \
    X(VAR, "VarSpec")                                                                              \
    X(TYPE, "TypeSpec")                                                                            \
    X(FUNC, "FuncDecl")
/* clang-format on */

typedef enum DeclKind {
#define X(k, s) DECL_##k,
    DECL_KINDS(X)
#undef X
} DeclKind;

struct Decl {
    DeclKind kind;
    Range range;
    /* Specs of one parenthesised group share a group number; iota counts within it. */
    uint32_t group;
    uint32_t iota;
    const char *doc; /* the comment group that ends on the line above, or NULL */
    union {
        struct {
            Expr *name; /* EXPR_IDENT, or NULL; "." and "_" are idents too */
            Expr *path; /* EXPR_BASIC_LIT STRING */
        } import;
        struct { /* DECL_CONST and DECL_VAR */
            ExprVec names;
            Expr *type;
            ExprVec values;
            /* const without values: the spec whose type and values are repeated */
            Decl *inherited;
        } value;
        struct {
            Expr *name;
            FieldVec tparams;
            bool alias;
            Expr *type;
        } type;
        struct {
            Field *recv; /* NULL: function */
            Expr *name;
            Expr *type;            /* EXPR_FUNC_TYPE */
            Stmt *body;            /* NULL: no body */
            struct FuncInfo *info; /* checker */
        } func;
    };
};

typedef struct Comment {
    Range range;
} Comment;

typedef struct File {
    SourceFile *src;
    Pos package_pos;
    Expr *package_name; /* EXPR_IDENT; NULL when the clause is missing */
    DeclVec imports;    /* also in decls */
    DeclVec decls;
    VEC(Comment) comments;
    Scope *scope; /* checker */
    bool had_errors;
    bool broken; /* by errors of syntax: parts are missing, and checking it makes no sense */
} File;

/* Parses src whole, reporting into the diagnostics sink.  Never returns NULL. */
File *parse_file(Arena *a, SourceFile *src);
/* --emit=ast: an indented tree, stable. */
void ast_print(FILE *out, const File *f);
/* Appends x as source text, as Go's error messages show expressions. */
const char *expr_string(Arena *a, const Expr *x);
/* Strips parentheses. */
Expr *expr_unparen(Expr *x);

#endif
