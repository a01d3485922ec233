/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The checker's internal state, shared by the files of check/ and by nobody else.  The
 * structure is that of go/types: objects are collected first, resolved lazily with colours,
 * bodies are checked last from a queue of delayed actions, and untyped expressions keep
 * their untyped type in the AST until the context decides it. */
#ifndef GOL_CHECK_CHECKER_H
#define GOL_CHECK_CHECKER_H

#include "base/diag.h"
#include "check/types.h"

typedef struct Checker Checker;

/* What an expression evaluated to while it is being checked (go/types' operand). */
typedef struct Operand {
    OperandMode mode;
    Expr *expr;
    Type *type;
    ConstVal *val; /* MODE_CONST */
    int builtin;   /* MODE_BUILTIN: BuiltinId */
} Operand;

/* What is known of a package-level (or local, for types) declaration; Object.check points
 * here.  deps: the package-level variables, constants and functions (methods too) that the
 * initialiser or body mentions, each once, in order of first use: input of initorder.c. */
typedef struct DeclInfo {
    File *file;
    Scope *file_scope;
    Decl *decl;
    ObjectVec lhs;  /* `var a, b = f()`: all of them, shared; else empty */
    Expr *vtype;    /* declared type or NULL */
    Expr *init;     /* initialiser or NULL */
    bool inherited; /* const: type and init come from an earlier spec */
    bool init_done; /* the n:1 initialiser was checked */
    ObjectVec deps;
    void *order; /* initorder.c's own */
} DeclInfo;

typedef struct Action {
    void (*fn)(Checker *c, void *arg);
    void *arg;
} Action;

/* The context in which something is checked (go/types' environment). */
typedef struct Env {
    DeclInfo *decl; /* package-level declaration being checked, for deps; or NULL */
    Scope *scope;
    Pos scope_pos; /* if set, local names count as declared before it */
    ConstVal *iota;
    Range iota_range; /* where errors of an inherited constant go; start NOPOS: none */
    FuncInfo *func;   /* function whose body is checked; NULL at package level */
    Type *sig;        /* its signature */
    bool has_label, has_call_or_recv;
    int loop_depth;
} Env;

struct Checker {
    Arena *a;
    Package *pkg;
    const CheckOptions *opt;
    File *file;         /* while collecting */
    ObjectVec objs;     /* package-level objects, by order; methods too; without pkgnames */
    ObjectVec methods;  /* methods with an associated base type still to be resolved */
    VEC(Object *) path; /* objects being resolved, for cycles */
    VEC(Action) delayed;
    uint32_t delayed_done;
    VEC(Expr *) untyped;    /* expressions recorded with an untyped type */
    VEC(Object *) pkgnames; /* for unused imports */
    VEC(Object *) locals;   /* variables of the function being checked, for flags */
    Env env;
    uint32_t next_order;
};

/* ---- reporting (checker.c) ---------------------------------------------------------- */

/* Reports an error of this package.  Messages that mention an invalid operand or type are
 * follow-ups and must be suppressed by the caller. */
Diag *check_error(Checker *c, Range r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Reports where a node starts, as the Go compiler does. */
#define check_error_at(c, node, ...) check_error((c), (node)->range, __VA_ARGS__)
/* Queues work that needs all types to be set up. */
void check_later(Checker *c, void (*fn)(Checker *, void *), void *arg);
const char *check_type_str(Checker *c, Type *t); /* relative to the package */
static inline bool type_valid(const Type *t)
{
    return t && !(t->kind == TYPE_BASIC && t->basic.kind == BASIC_INVALID);
}

/* ---- declarations (resolver.c, decl.c) ------------------------------------------------ */

void check_collect_objects(Checker *c);
void check_package_objects(Checker *c);
void check_unused_imports(Checker *c);
/* Inserts o into s, or reports that it is redeclared.  pos: where its scope starts. */
void check_declare(Checker *c, Scope *s, Expr *ident, Object *o, Pos scope_pos);
/* Makes sure that o has a type. */
void check_obj_decl(Checker *c, Object *o);
void check_decl_stmt(Checker *c, Stmt *s);
void check_func_body(Checker *c, FuncInfo *fi, DeclInfo *decl, ConstVal *iota, Scope *scope);
/* Notes that the declaration being checked depends on o. */
void check_add_dep(Checker *c, Object *o);

/* ---- types (typexpr.c) ----------------------------------------------------------------- */

/* The type that x denotes; invalid after an error, never NULL. */
Type *check_type(Checker *c, Expr *x);
Type *check_defined_type(Checker *c, Expr *x, Type *def);
/* A type for a variable: not a constraint interface. */
Type *check_var_type(Checker *c, Expr *x);
void check_ident(Checker *c, Operand *x, Expr *e, Type *def, bool want_type);
/* Signature of a function type; scope gets parameters and results; recv may be NULL.
 * fi, when given, gets the objects. */
Type *check_func_type(Checker *c, Expr *ft, Field *recv, Scope *scope, FuncInfo *fi);

/* ---- expressions (expr.c, index.c, literals.c, conversions.c, call.c, builtins.c) ----------- */

void check_raw_expr(Checker *c, Operand *x, Expr *e, Type *hint, bool allow_generic);
void check_expr(Checker *c, Operand *x, Expr *e); /* a single value */
void check_expr_hint(Checker *c, Operand *x, Expr *e, Type *hint);
void check_multi_expr(Checker *c, Operand *x, Expr *e); /* a value or a tuple */
void check_expr_or_type(Checker *c, Operand *x, Expr *e, bool allow_generic);
void check_call_expr(Checker *c, Operand *x, Expr *e, bool as_stmt);
void check_selector(Checker *c, Operand *x, Expr *e, Type *def, bool want_type);
/* Checks e for the sake of its uses and errors only. */
void check_use(Checker *c, Expr *e);
void check_use_lhs(Checker *c, Expr *e);

/* ---- the passes behind (checka's files) ------------------------------------------------- */

/* initorder.c: fills pkg->inits from the DeclInfos; reports initialisation cycles. */
void check_init_order(Checker *c);
/* labels.c: declares and resolves the labels of one function body: sets branch.target of
 * labelled break, continue and goto and labeled.used; reports unused, duplicate, undefined
 * and misused labels and jumps over variable declarations or into blocks.  (Unlabelled
 * branches are stmt.c's.)  Returns whether a goto jumps backwards. */
bool check_labels(Checker *c, Stmt *body);
/* returns.c: Go spec, "Terminating statements".  Runs after the body was checked: a call of
 * the built-in panic is call_kind CALL_BUILTIN with BUILTIN_PANIC. */
bool check_is_terminating(Checker *c, Stmt *s, const Name *label);
/* cycles.c: reports "invalid recursive type" when a defined type contains itself by value;
 * makes such a type's underlying type invalid.  Called once for each defined type after
 * all types are set up. */
void check_valid_type(Checker *c, Type *named);

#endif
