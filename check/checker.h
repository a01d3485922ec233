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
    bool cyclic;    /* may depend on itself: met again while it was being resolved */
    ObjectVec deps;
    void *order; /* initorder.c's own */
} DeclInfo;

typedef struct Action {
    void (*fn)(Checker *c, void *arg);
    void *arg;
} Action;

/* A method and the type name that it is declared on. */
typedef struct MethodOf {
    Object *base, *method;
} MethodOf;

typedef struct DotImport {
    Scope *scope;
    Object *obj, *pkgname;
} DotImport;

/* The context in which something is checked (go/types' environment). */
typedef struct Env {
    DeclInfo *decl; /* package-level declaration being checked, for deps; or NULL */
    Scope *scope;
    Pos scope_pos; /* if set, local names count as declared before it */
    ConstVal *iota;
    Range iota_range; /* where errors of an inherited constant go; start NOPOS: none */
    bool in_tparams;  /* in a type parameter list, for cycles */
    FuncInfo *func;   /* function whose body is checked; NULL at package level */
    Type *sig;        /* its signature */
    bool has_label, has_call_or_recv;
    int loop_depth;
    Stmt *break_to, *continue_to; /* what an unlabelled break or continue means */
} Env;

/* An alias whose type is being found, with the context of the type in its declaration. */
typedef struct PendingAlias {
    Object *obj;
    Env env;
    Expr *rhs;
} PendingAlias;

struct Checker {
    Arena *a;
    Package *pkg;
    const CheckOptions *opt;
    File *file;                /* while collecting */
    ObjectVec objs;            /* package-level objects, by order; methods too; without pkgnames */
    VEC(MethodOf) methods;     /* methods whose base type still has to collect them */
    ObjectVec path;            /* objects being resolved, for cycles */
    VEC(PendingAlias) aliases; /* innermost last */
    VEC(Action) delayed;
    VEC(Expr *) untyped;  /* expressions recorded with an untyped type */
    ObjectVec pkgnames;   /* for unused imports */
    VEC(DotImport) dots;  /* names that came into a file scope by a dot import */
    ObjectVec locals;     /* variables of the functions being checked, innermost last */
    ExprVec type_lits;    /* array, channel and interface types, for limits.c */
    VEC(FuncInfo *) tops; /* bodies not inside another: declarations, package literals */
    Env env;
    uint32_t next_order;
    uint32_t nerrors;
    struct Mono *mono; /* mono.c's */
};

/* ---- reporting (checker.c) ---------------------------------------------------------- */

/* Reports an error of this package.  Messages that mention an invalid operand or type are
 * follow-ups and must be suppressed by the caller. */
Diag *check_error(Checker *c, Range r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Reports where a node starts, as the Go compiler does. */
#define check_error_at(c, node, ...) check_error((c), (node)->range, __VA_ARGS__)
/* A note on d, which may be NULL. */
void check_note(Diag *d, Pos pos, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* "file:line:column", for messages that name a second place. */
const char *check_place(Arena *a, Pos pos);
/* Queues work that needs all types to be set up. */
void check_later(Checker *c, void (*fn)(Checker *, void *), void *arg);
const char *check_type_str(Checker *c, Type *t); /* relative to the package */
static inline bool type_valid(const Type *t)
{
    return t && !(t->kind == TYPE_BASIC && t->basic.kind == BASIC_INVALID);
}

/* Runs the actions queued since the queue had n entries. */
void check_process_delayed(Checker *c, uint32_t n);
bool check_name_exported(const Name *n);
/* The object that name denotes here, or NULL. */
Object *check_lookup(Checker *c, const Name *name, Scope **where);
Object *check_new_object(Checker *c, ObjectKind k, Pos pos, const Name *name, Type *type);
/* Writes what x found into x->expr. */
void check_record(Checker *c, Operand *x);
void check_record_type(Checker *c, Expr *e, OperandMode mode, Type *t, ConstVal *v);
void check_record_comma_ok(Checker *c, Expr *e, Type *t0, Type *t1);

/* ---- operands (operand.c, satisfy.c, untyped.c) -------------------------------------- */

/* The types that t stands for: itself, or the terms of a type parameter's constraint.
 * n == 0: a type parameter without specific types.  u: their underlying types. */
typedef struct TypeSet {
    Type **t, **u;
    uint32_t n;
} TypeSet;
TypeSet check_typeset(Checker *c, Type *t);
/* The one underlying type that all of t's types share, or NULL. */
Type *check_common_under(Checker *c, Type *t, const char **why);
bool check_all_basic(Checker *c, Type *t, unsigned flags);
#define all_boolean(c, t) check_all_basic(c, t, BF_BOOLEAN)
#define all_integer(c, t) check_all_basic(c, t, BF_INTEGER)
#define all_unsigned(c, t) check_all_basic(c, t, BF_UNSIGNED)
#define all_numeric(c, t) check_all_basic(c, t, BF_NUMERIC)
#define all_string(c, t) check_all_basic(c, t, BF_STRING)
#define all_ordered(c, t) check_all_basic(c, t, BF_ORDERED)
#define all_numeric_or_string(c, t) check_all_basic(c, t, BF_NUMERIC | BF_STRING)
bool check_is_const_type(Type *t);
/* An interface type that is no type parameter. */
static inline bool is_plain_interface(Type *t)
{
    return !type_is_typeparam(t) && type_is_interface(t);
}
bool check_empty_interface(Checker *c, Type *t);
bool check_is_generic_sig(Type *t);
bool check_has_nil(Checker *c, Type *t);
bool check_comparable(Checker *c, Type *t, bool dynamic);
const char *check_comparable_cause(Checker *c, Type *t);
const char *check_composite_kind(Type *t);
const char *check_operand_str(Checker *c, Operand *x);
const char *check_expr_str(Checker *c, Expr *e);
/* Go spec, "Assignability".  *cause (may be NULL): why not, for the message. */
bool check_assignable(Checker *c, Operand *x, Type *t, const char **cause);
/* Whether v implements (or, for a constraint, satisfies) t. */
bool check_implements(Checker *c, Type *v, Type *t, bool constraint, const char **cause);
/* A method of interface t that v lacks, or NULL. */
Object *check_missing_method(Checker *c, Type *v, Type *t, bool is_static, const char **cause);
/* Whether a value of interface type v can hold a t. */
bool check_assertable(Checker *c, Type *v, Type *t, const char **cause);
/* A field or method that differs from name in case, or is out of reach; or NULL. */
Object *check_lookup_folded(Checker *c, Type *t, const Name *name);
const char *check_lookup_error(Checker *c, Type *t, const Name *sel, Object *alt, bool structlit);

typedef enum ConvCode { CONV_OK, CONV_INVALID, CONV_TRUNCATED, CONV_OVERFLOW } ConvCode;
bool check_representable_const(Checker *c, ConstVal *v, Type *basic, ConstVal **rounded);
void check_representable(Checker *c, Operand *x, Type *basic);
void check_overflow(Checker *c, Operand *x, Range op);
ConvCode check_implicit_type(Checker *c, Operand *x, Type *target, Type **type, ConstVal **val);
void check_convert_untyped(Checker *c, Operand *x, Type *target);
void check_update_expr_type(Checker *c, Expr *x, Type *t, bool final);
void check_finish_untyped(Checker *c);
void check_match_types(Checker *c, Operand *x, Operand *y);

/* ---- declarations (resolver.c, decl.c) ------------------------------------------------ */

void check_collect_objects(Checker *c);
void check_package_objects(Checker *c);
void check_unused_imports(Checker *c);
void check_direct_cycles(Checker *c);
void check_arity(Checker *c, Range pos, ExprVec *names, ExprVec *inits, bool is_const,
                 bool inherited);
Decl *check_const_source(Decl *d, bool *inherited);
/* Inserts o into s, or reports that it is redeclared.  pos: where its scope starts. */
void check_declare(Checker *c, Scope *s, Expr *ident, Object *o, Pos scope_pos);
/* Makes sure that o has a type. */
/* The type of an alias that is met in the type that it stands for, by way of a defined type,
 * which breaks the cycle: the declaration is read once more, now that there is that type. */
Type *check_pending_alias(Checker *c, Object *alias);
void check_obj_decl(Checker *c, Object *o);
void check_decl_stmt(Checker *c, Stmt *s);
void check_func_body(Checker *c, FuncInfo *fi, DeclInfo *decl, ConstVal *iota);
void check_push(Checker *c, Object *o);
void check_pop(Checker *c);
bool check_valid_cycle(Checker *c, Object *o);
/* Reports the cycle of declarations that starts at path.p[start]. */
void check_cycle_error(Checker *c, uint32_t start);
/* Notes that the declaration being checked depends on o. */
void check_add_dep(Checker *c, Object *o);

/* ---- types (typexpr.c) ----------------------------------------------------------------- */

/* The type that x denotes; invalid after an error, never NULL. */
Type *check_type(Checker *c, Expr *x);
Type *check_defined_type(Checker *c, Expr *x, Type *def);
/* A type for a variable: not a constraint interface. */
Type *check_var_type(Checker *c, Expr *x);
void check_ident(Checker *c, Operand *x, Expr *e, bool want_type);
/* Fills sig from a function type; recv may be NULL.  fi, when given, gets the objects and
 * owns them; its scope becomes that of the body. */
Type *check_func_type(Checker *c, Type *sig, Expr *ft, Field *recv, FuncInfo *fi);

void check_valid_var_type(Checker *c, Expr *e, Type *t);
Type *check_generic_type(Checker *c, Expr *e, const char **cause);
void check_interface_elem(Checker *c, Type *iface, Expr *e);
bool check_struct_tag(Checker *c, Expr *lit, const char **tag, uint32_t *len);
/* Unpacks a receiver's type: *T[A, B] gives pointer, T and its indices. */
Expr *check_unpack_recv(Expr *type, bool *ptr, ExprVec *tparams);

/* ---- expressions (expr.c, index.c, literals.c, conversions.c, call.c, builtins.c) ----------- */

typedef enum ExprUse { USE_CONVERSION, USE_EXPRESSION, USE_STATEMENT } ExprUse;
/* What an uninstantiated generic function's type arguments can be inferred from. */
typedef struct Target {
    Type *sig;
    const char *desc;
} Target;

ExprUse check_raw_expr(Checker *c, Target *t, Operand *x, Expr *e, Type *hint, bool allow_generic);
void check_exclude(Checker *c, Operand *x, unsigned modes);
void check_single_value(Checker *c, Operand *x);
void check_expr_target(Checker *c, Operand *x, Expr *e, Type *target, const char *desc);
void check_generic_expr(Checker *c, Operand *x, Expr *e);
void check_comparison(Checker *c, Operand *x, Operand *y, Token op, bool switch_case);
void check_binary(Checker *c, Operand *x, Expr *e, Expr *lhs, Expr *rhs, Token op);
void check_unary(Checker *c, Operand *x, Expr *e);
Type *check_chan_elem(Checker *c, Range at, Operand *x, bool recv);
bool check_index_expr(Checker *c, Operand *x, Expr *e); /* true: function instantiation */
void check_slice_expr(Checker *c, Operand *x, Expr *e);
/* Type of a valid index, else invalid; *val: its constant value or -1. */
Type *check_index(Checker *c, Expr *e, int64_t max, int64_t *val);
bool check_valid_index(Checker *c, Operand *x, const char *what, bool allow_negative);
void check_basic_lit(Checker *c, Operand *x, Expr *e);
void check_func_lit(Checker *c, Operand *x, Expr *e);
void check_composite_lit(Checker *c, Operand *x, Expr *e, Type *hint);
void check_conversion(Checker *c, Operand *x, Type *t);
bool check_builtin(Checker *c, Operand *x, Expr *call, BuiltinId id);
void check_type_assertion(Checker *c, Expr *e, Operand *x, Type *t, bool type_switch);
typedef VEC(Operand *) OperandVec;
/* A single call may give several operands. */
OperandVec check_expr_list(Checker *c, ExprVec *list);
OperandVec check_multi_operands(Checker *c, Expr *e, bool allow_comma_ok, bool *comma_ok);
Type *check_arguments(Checker *c, Expr *call, Type *sig, TypeVec *targs, ExprVec *xlist,
                      OperandVec *args, TypeVec *atargs);
void check_func_inst(Checker *c, Target *t, Operand *x, Expr *inst);
void check_non_generic(Checker *c, Target *t, Operand *x);
const char *check_types_summary(Checker *c, TypeVec *list, bool variadic, bool dots);

/* ---- generics (instantiate.c) ------------------------------------------------------------- */

void check_collect_tparams(Checker *c, FieldVec *list, ObjectVec *out);
Type *check_recv_type(Checker *c, Expr *base, ExprVec *names, bool ptr, Pos scope_pos);
Object *check_generic_alias(Expr *e);
const char *check_alias_string(Checker *c, Object *alias); /* A[T any] */
Type *check_instantiated_type(Checker *c, Expr *e);
bool check_func_inst_partial(Checker *c, Target *t, Operand *x, Expr *inst, TypeVec *partial);
OperandVec check_generic_expr_list(Checker *c, ExprVec *list, TypeVec **targs);
bool check_call_targs(Checker *c, Expr *inst, Type **sig, TypeVec *targs);
Type *check_infer_call(Checker *c, Expr *call, Type *sig, TypeVec *targs, ExprVec *xlist,
                       TypeVec *params, OperandVec *args, TypeVec *atargs);

/* Sets of constants (constset.c).  t NULL: the type does not matter.  False: v was there
 * already, at *prev. */
typedef struct ConstEntry ConstEntry;
typedef struct ConstSet {
    ConstEntry **buckets;
    uint32_t nbuckets, n;
} ConstSet;
bool check_constset_add(Checker *c, ConstSet *s, ConstVal *v, Type *t, Pos pos, Pos *prev);

/* ---- statements (assign.c, stmt.c, range.c, usage.c) ------------------------------------- */

/* t NULL: the blank identifier. */
void check_assignment(Checker *c, Operand *x, Type *t, const char *context);
void check_init_const(Checker *c, Object *lhs, Operand *x);
void check_init_var(Checker *c, Object *lhs, Operand *x, const char *context);
void check_init_vars(Checker *c, Object **lhs, uint32_t n, ExprVec *rhs, Stmt *ret);
void check_assign_var(Checker *c, Expr *lhs, Expr *rhs, Operand *x, const char *context);
void check_assign_vars(Checker *c, ExprVec *lhs, ExprVec *rhs);
void check_short_var_decl(Checker *c, Stmt *s);
void check_stmt_list(Checker *c, unsigned ctxt, StmtVec *list);
void check_stmt(Checker *c, unsigned ctxt, Stmt *s);
void check_range_stmt(Checker *c, unsigned inner, Stmt *s);
Object *check_new_local(Checker *c, Expr *ident, Type *t);
Scope *check_open_scope(Checker *c, Range r);
void check_close_scope(Checker *c);
/* Marks for the lowering (usage.c): a use of v from the function being checked; the
 * variable that e is (a part of) is assigned or has its address taken. */
void check_mark_use(Checker *c, Object *v);
void check_mark_assigned(Checker *c, Expr *e);
void check_mark_addr_taken(Expr *e);

void check_expr(Checker *c, Operand *x, Expr *e); /* a single value */
void check_expr_hint(Checker *c, Operand *x, Expr *e, Type *hint);
void check_expr_or_type(Checker *c, Operand *x, Expr *e, bool allow_generic);
ExprUse check_call_expr(Checker *c, Operand *x, Expr *e);
void check_selector(Checker *c, Operand *x, Expr *e, bool want_type);
/* Checks e for the sake of its uses and errors only; reports whether there were none. */
bool check_use(Checker *c, Expr *e);
bool check_use_lhs(Checker *c, Expr *e);
bool check_use_list(Checker *c, ExprVec *v);

void check_limits(Checker *c);
/* Notes on d, which may be NULL, what may have been meant (suggest.c). */
void check_suggest(Checker *c, Diag *d, const Name *name);
void check_suggest_member(Checker *c, Diag *d, Package *pkg, const Name *name);

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

/* mono.c: instances of generics that lead to ever new instances, which a compiler that makes
 * one function for each instance cannot have.  Every instance is noted; a method's receiver
 * parameter stands for the type's own; at the end the first cycle is reported. */
void check_mono_instance(Checker *c, Pos at, const ExprVec *xlist, const ObjectVec *tparams,
                         const TypeVec *targs);
void check_mono_receiver(Checker *c, Type *method_tparam, Type *type_tparam);
void check_mono(Checker *c);

#endif
