/* Private to ir/lower*.c: the contexts of lowering and what its files offer each other.
 *
 * Lower is one module; Fn is one IR function under construction.  A Go value is an IrOpnd
 * (an aggregate in one register); memory is an Addr; Loc is an expression that may be
 * either; Place is the left side of an assignment whose checks wait for the store. */
#ifndef GOL_IR_LOWER_INT_H
#define GOL_IR_LOWER_INT_H

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/ptrmap.h"
#include "check/generic.h"
#include "check/types.h"
#include "ir/ir.h"
#include "ir/lower.h"

/* ---- contexts ------------------------------------------------------------------------ */

typedef struct Fn Fn;

/* An instance of generic code: what its type parameters stand for. */
typedef struct Inst {
    SubstMap map;
    PtrMap cache; /* Type → Type */
} Inst;

typedef struct InstJob {
    FuncInfo *info;
    Inst *inst;
    IrSym *sym;
} InstJob;

typedef struct Lower {
    Arena *a;
    IrModule *m;
    Package *pkg;
    const LowerOptions *opt;
    PtrMap descs;     /* Type → IrSym, by node */
    PtrMap globals;   /* Object → IrSym */
    PtrMap funcs;     /* Object (OBJ_FUNC) → IrSym */
    PtrMap std_funcs; /* IrSym of the C function → itself: wrapper asked for */
    PtrMap strboxes;  /* IrSym of string data → IrData holding a string value */
    VEC(Type *) desc_queue;
    VEC(struct WrapperJob *) wrapper_queue;
    VEC(InstJob *) inst_queue;
    uint32_t nstatic; /* numbers anonymous static data */
    uint32_t ninit_lits;
    bool static_pure; /* see lower_static.c */
} Lower;

/* Where a variable lives in one function. */
typedef struct Var {
    bool in_reg;
    uint32_t reg;
    IrOpnd base; /* else: base + off */
    int64_t off;
    bool stack; /* the memory is a stack slot or frame: no write barrier */
} Var;

typedef struct Addr {
    IrOpnd base;
    int64_t off;
    bool fresh; /* a stack slot, or an object nobody else has seen: plain stores do */
} Addr;

/* A value that is read: in memory, or computed. */
typedef struct Loc {
    bool mem;
    Addr addr;
    IrOpnd val;
    Type *type;
} Loc;

typedef enum PlaceKind {
    PLACE_BLANK,
    PLACE_REG,   /* steps are struct fields */
    PLACE_MEM,   /* addr */
    PLACE_PTR,   /* addr.base may be nil: checked when stored */
    PLACE_SLICE, /* slice, idx */
    PLACE_MAP,
} PlaceKind;

typedef struct PlaceStep {
    bool is_index;
    int64_t off; /* field: offset in the container */
    uint32_t field;
    IrOpnd idx; /* index */
    bool idx_unsigned;
    int64_t len, size;
} PlaceStep;

typedef struct Place {
    PlaceKind kind;
    Type *type; /* of the place */
    uint32_t reg;
    Addr addr;
    IrOpnd slice, idx;
    bool idx_unsigned;
    int64_t elem_size;
    IrOpnd map, key;
    Type *map_type;
    Pos pos;
    VEC(PlaceStep) steps;
} Place;

typedef struct Target {
    struct Target *up;
    Stmt *stmt;
    IrBlock *brk, *cont; /* cont NULL: not a loop */
    const Name *label;
} Target;

struct RangeFunc;

struct Fn {
    Lower *L;
    IrFunc *f;
    IrBlock *b;
    Pos pos;          /* given to the instructions that follow */
    FuncInfo *info;   /* NULL in thunks and wrappers */
    Inst *inst;       /* NULL: not generic code */
    const char *name; /* the Gol symbol that literals are named after */
    uint32_t *nlits;  /* counter of literals directly inside, shared with defer's body */
    bool is_literal;  /* name is already that of a literal */
    PtrMap vars;      /* Object → Var */
    PtrMap labels;    /* STMT_LABELED → IrBlock */
    PtrMap memo;      /* Expr → IrOpnd, calls evaluated ahead of their expression */
    Target *targets;
    IrSym *self; /* whose code counts for recover */
    IrOpnd may;  /* result of mayrecover */
    bool has_may;
    VEC(Var *) results;
    IrBlock *fall; /* fallthrough's target */
    /* the body half of a function with defer */
    bool is_body;
    IrOpnd frame; /* ptr */
    VEC(IrType *) frame_types;
    uint64_t frame_size;
    struct RangeFunc *rf; /* lowering the body of a range over a function */
    Fn *outer;            /* rf: the function around */
    IrOpnd env;           /* closure environment (ptr) if any */
    uint32_t loop_depth;
};

/* ---- lower_type.c: machine types --------------------------------------------------------- */

IrType *lo_type(Type *t);
IrType *lo_result_type(Type *sig);
bool lo_has_ptr(const IrType *t);
bool lo_has_array(const IrType *t);
/* Types too large to be worth a register. */
bool lo_is_big(const IrType *t);
Type *lo_typeof(Fn *fn, Expr *e);
Type *lo_subst(Fn *fn, Type *t); /* the instance's types for type parameters */
static inline Type *lo_under(Type *t)
{
    return type_underlying(t);
}
bool lo_is_iface(Type *t);
/* An interface whose values carry an itab. */
bool lo_has_methods(Type *iface);
ObjectVec *lo_methods(Type *iface);

/* ---- lower_emit.c: small pieces of code ---------------------------------------------------- */

uint32_t lo_tmp(Fn *fn, IrType *t);
IrOpnd lo_reg(Fn *fn, uint32_t r);
IrInst *lo_inst(Fn *fn, IrOp op, uint32_t dst, const IrOpnd *args, uint32_t n);
IrOpnd lo_op1(Fn *fn, IrOp op, IrType *t, IrOpnd x);
IrOpnd lo_op2(Fn *fn, IrOp op, IrType *t, IrOpnd x, IrOpnd y);
void lo_copy(Fn *fn, uint32_t dst, IrOpnd x);
/* A register of its own that later assignments do not change. */
IrOpnd lo_save(Fn *fn, IrOpnd x);
IrOpnd lo_mk(Fn *fn, IrType *t, const IrOpnd *args, uint32_t n);
IrOpnd lo_field(Fn *fn, IrOpnd x, uint32_t i);
IrOpnd lo_conv(Fn *fn, IrOpnd x, IrType *t);
IrOpnd lo_load(Fn *fn, IrType *t, Addr a);
void lo_store(Fn *fn, Addr a, IrOpnd v);
void lo_zero(Fn *fn, Addr a, IrType *t);
IrOpnd lo_lea(Fn *fn, Addr a);
Addr lo_slot(Fn *fn, IrType *t);
IrSym *lo_zero_base(Lower *L);
IrOpnd lo_alloc(Fn *fn, Type *t);
/* *dst = *src for values of t, which may overlap. */
void lo_move(Fn *fn, Type *t, Addr dst, Addr src);
/* The value in memory, by address: spilled to a slot when it is in a register. */
Addr lo_spill(Fn *fn, IrOpnd v);
void lo_check_nil(Fn *fn, IrOpnd p);
IrOpnd lo_rt(Fn *fn, RtCall rt, const IrOpnd *args, uint32_t n);
IrBlock *lo_block(Fn *fn);
void lo_start(Fn *fn, IrBlock *b); /* appends b and goes on in it */
void lo_jump(Fn *fn, IrBlock *b);
void lo_br(Fn *fn, IrOpnd c, IrBlock *t, IrBlock *f, int likely);
void lo_ret(Fn *fn, const IrOpnd *v);
void lo_unreachable(Fn *fn);
IrOpnd lo_bool(bool b);
IrOpnd lo_i64(int64_t i);
IrOpnd lo_const(Fn *fn, ConstVal *cv, Type *t);
IrOpnd lo_str(Lower *L, const char *s, size_t n);
static inline Addr lo_at(IrOpnd base, int64_t off)
{
    return (Addr){.base = base, .off = off};
}
static inline Addr lo_plus(Addr a, int64_t off)
{
    a.off += off;
    return a;
}
static inline bool lo_is_const_int(IrOpnd x)
{
    return x.kind == IRO_INT;
}

/* ---- lower.c: functions, variables ----------------------------------------------------------- */

Fn *lo_fn_new(Lower *L, IrSym *sym, IrLinkage linkage, IrType *result, Pos pos);
uint32_t lo_param(Fn *fn, IrType *t, const Name *name);
void lo_fn_finish(Fn *fn);
IrSym *lo_global(Lower *L, Object *o);
IrSym *lo_func_sym(Lower *L, Object *o);
/* The function that a name (of a generic one: with its type arguments) stands for. */
IrSym *lo_func_ref(Fn *fn, Expr *name, Object *o);
/* f in f[T] */
Expr *lo_callee(Expr *e);
/* The selection of x.f for the types of this instance. */
Selection *lo_selection(Fn *fn, Expr *e);
void lo_instance_emit(Lower *L, InstJob *j);
/* The type of an object of the source, as this instance has it. */
Type *lo_otype(Fn *fn, Object *o);
/* The symbol to be used as a value: never the C function of a body-less one. */
IrSym *lo_func_value_sym(Lower *L, Object *o);
Var *lo_var(Fn *fn, Object *o);
bool lo_capture_by_ref(Fn *fn, Object *o);
/* Declares a local variable, zeroed unless the caller stores at once. */
Var *lo_declare(Fn *fn, Object *o, bool zero);
void lo_bind(Fn *fn, Object *o, IrOpnd v); /* declare and initialise */
Addr lo_var_addr(Var *v);
void lo_var_set(Fn *fn, Var *v, IrOpnd x);
IrOpnd lo_var_get(Fn *fn, Var *v, IrType *t);
void lo_func_lit_body(Lower *L, Fn *outer, FuncInfo *info, IrSym *sym, const char *name);
uint64_t lo_frame_add(Fn *fn, IrType *t);
/* Environment struct of a closure for these captures. */
IrType *lo_env_type(Lower *L, IrType *const *types, uint32_t n);
/* A closure in memory on the heap or stack; captured may be none. */
IrOpnd lo_closure(Fn *fn, IrSym *code, const IrOpnd *captured, Type *const *types, uint32_t n,
                  bool stack);
IrSym *lo_static_closure(Lower *L, IrSym *code);

/* ---- lower_expr.c ---------------------------------------------------------------------------- */

IrOpnd lo_expr(Fn *fn, Expr *e);
/* ... converted to the type that assignment gives it. */
IrOpnd lo_expr_to(Fn *fn, Expr *e, Type *want);
/* Into fresh memory of type want; *zeroed tells that it is zero already. */
void lo_expr_into(Fn *fn, Expr *e, Type *want, Addr dst, bool zeroed);
/* n values of one expression: a call with several results, or a comma-ok form. */
void lo_multi(Fn *fn, Expr *e, IrOpnd *out, Type **types, uint32_t n);
void lo_cond(Fn *fn, Expr *e, IrBlock *t, IrBlock *f);
void lo_effect(Fn *fn, Expr *e);
Loc lo_loc(Fn *fn, Expr *e);
IrOpnd lo_loc_value(Fn *fn, Loc l);
Loc lo_loc_field(Fn *fn, Loc l, int index); /* follows a pointer first */
IrOpnd lo_binary(Fn *fn, Token op, Type *t, IrOpnd x, IrOpnd y, Type *ytype, Pos pos);
IrOpnd lo_shift_count(Fn *fn, Expr *e);
bool lo_has_call(Expr *e);
IrOpnd lo_index_i64(Fn *fn, IrOpnd idx);
IrOpnd lo_slice_len(Fn *fn, Type *t, IrOpnd v);
/* Evaluates calls inside the expressions first, in order, as gc does. */
void lo_hoist(Fn *fn, Expr *e);
IrSym *lo_lit_sym(Fn *fn, Expr *lit);
IrOpnd lo_func_lit(Fn *fn, Expr *e, bool stack);
/* The captured values of a literal. */
void lo_lit_captures(Fn *fn, FuncInfo *info, IrOpnd **vals, Type ***types, uint32_t *n);

/* ---- lower_call.c ---------------------------------------------------------------------------- */

IrOpnd lo_call(Fn *fn, Expr *e); /* result register, or none */
void lo_go(Fn *fn, Stmt *s);
void lo_defer(Fn *fn, Stmt *s);
IrOpnd lo_method_value(Fn *fn, Expr *e);
IrOpnd lo_recv(Fn *fn, Expr *x, Selection *sel); /* the receiver that the method takes */

/* ---- lower_builtin.c --------------------------------------------------------------------------- */

IrOpnd lo_builtin(Fn *fn, Expr *e);
/* The call b(f()) of a built-in with f's results as its arguments, evaluated. */
Expr *lo_spread(Fn *fn, Expr *e);
/* The built-ins that may stand in go and defer, on evaluated arguments. */
void lo_builtin_apply(Fn *fn, int id, const IrOpnd *args, Type *const *types, uint32_t n);
IrOpnd lo_append_values(Fn *fn, Type *slice, IrOpnd s, const IrOpnd *vals, uint32_t n);
IrOpnd lo_min_max(Fn *fn, bool is_min, Type *t, IrOpnd x, IrOpnd y);

/* ---- lower_map.c -------------------------------------------------------------------------------- */

RtKeyKind lo_key_kind(Type *key);
/* Address of the element or NULL. */
IrOpnd lo_map_find(Fn *fn, Type *map_type, IrOpnd m, IrOpnd key);
IrOpnd lo_map_get(Fn *fn, Type *map_type, IrOpnd m, IrOpnd key, IrOpnd *ok);
IrOpnd lo_map_assign(Fn *fn, Type *map_type, IrOpnd m, IrOpnd key); /* → address */
void lo_map_delete(Fn *fn, Type *map_type, IrOpnd m, IrOpnd key);
IrOpnd lo_map_key(Fn *fn, Type *map_type, Expr *key, bool lookup);

/* ---- lower_conv.c ------------------------------------------------------------------------------- */

IrOpnd lo_convert(Fn *fn, IrOpnd v, Type *from, Type *to); /* implicit: assignability */
IrOpnd lo_conversion(Fn *fn, Expr *e);                     /* T(x) */
IrOpnd lo_box_word(Fn *fn, IrOpnd v, Type *t);
IrOpnd lo_unbox(Fn *fn, IrOpnd word, Type *t);
IrOpnd lo_iface_type(Fn *fn, IrOpnd iface, Type *t); /* dynamic RtType* or NULL */
IrOpnd lo_type_assert(Fn *fn, Expr *e, IrOpnd *ok);
/* x of interface type st as dynamic type T: *ok false or value.  typ: its RtType*. */
IrOpnd lo_bytes_as_string(Fn *fn, Expr *e); /* string(b) without a copy; IRO_NONE: not that */
IrOpnd lo_string_operand(Fn *fn, Expr *e);  /* a string that is only looked at */

/* ---- lower_lit.c, lower_static.c ------------------------------------------------------------------ */

void lo_complit_into(Fn *fn, Expr *e, Type *t, Addr dst, bool zeroed);
IrOpnd lo_complit(Fn *fn, Expr *e);
IrOpnd lo_complit_ptr(Fn *fn, Expr *e); /* &T{…} */
/* A constant array literal as read-only data: false if it is none. */
bool lo_complit_static(Fn *fn, Expr *e, Addr *out);
bool lo_static_ok(Lower *L, Expr *e, Type *want);
void lo_static_put(Lower *L, IrData *d, uint64_t at, Expr *e, Type *want);
IrData *lo_static_data(Lower *L, uint64_t size, uint32_t align, bool read_only, bool ptrs);

/* ---- lower_assign.c --------------------------------------------------------------------------------- */

Place lo_place(Fn *fn, Expr *e, bool copy);
void lo_place_store(Fn *fn, Place *p, IrOpnd v);
void lo_assign(Fn *fn, Stmt *s);
void lo_incdec(Fn *fn, Stmt *s);
void lo_var_decl(Fn *fn, Decl *d);
/* lhs = v of type t (define: declares a new variable). */
void lo_assign_value(Fn *fn, Expr *lhs, bool define, IrOpnd v, Type *t);

/* ---- lower_stmt.c, lower_switch.c, lower_range.c, lower_select.c, lower_rangefunc.c -------------------- */

void lo_stmt(Fn *fn, Stmt *s);
void lo_stmts(Fn *fn, const StmtVec *v);
void lo_switch(Fn *fn, Stmt *s, const Name *label);
void lo_type_switch(Fn *fn, Stmt *s, const Name *label);
void lo_select(Fn *fn, Stmt *s, const Name *label);
void lo_range(Fn *fn, Stmt *s, const Name *label);
void lo_return(Fn *fn, Stmt *s);
void lo_return_values(Fn *fn, IrOpnd *vals, uint32_t n);
/* The closing brace of a function. */
Pos lo_end_pos(const FuncInfo *info);
Target *lo_push_target(Fn *fn, Stmt *s, IrBlock *brk, IrBlock *cont, const Name *label);
void lo_range_func(Fn *fn, Stmt *s, const Name *label);
/* break, continue, goto or return that leaves a range-over-func body: true if done. */
bool lo_rf_branch(Fn *fn, Stmt *s);
bool lo_rf_return(Fn *fn, Stmt *s);
void lo_rf_prepare(Lower *L, FuncInfo *info);

/* ---- lower_eq.c ----------------------------------------------------------------------------------- */

IrOpnd lo_eq(Fn *fn, Type *t, IrOpnd x, IrOpnd y);
/* == where one side may be an interface and the other not. */
IrOpnd lo_compare(Fn *fn, Token op, Expr *x, Expr *y);
bool lo_plain_eq(Type *t);

/* ---- lower_desc.c, lower_method.c -------------------------------------------------------------------- */

IrSym *lo_desc(Lower *L, Type *t);
IrOpnd lo_desc_op(Fn *fn, Type *t);
/* The same for memory alone: what to allocate, copy and clear a t takes. */
IrSym *lo_mem_desc(Lower *L, Type *t);
IrOpnd lo_mem_op(Fn *fn, Type *t);
void lo_desc_emit(Lower *L, Type *t);
IrSym *lo_itab(Lower *L, Type *t, Type *iface);
/* The function that takes a receiver of type recv (T, *T, or an interface) first. */
IrSym *lo_method_sym(Lower *L, Type *recv, Selection *sel);
/* The same with an interface's data word in place of the receiver. */
IrSym *lo_method_ifn(Lower *L, Type *recv, Selection *sel);
Selection *lo_method_lookup(Lower *L, Type *recv, Object *method);
void lo_wrapper_emit(Lower *L, struct WrapperJob *w);
/* Declared name of a method. */
const char *lo_method_name(Lower *L, Type *named, bool ptr, Object *m);
int lo_iface_method_index(Type *iface, Object *m);
void lo_queue_wrapper(Lower *L, struct WrapperJob *w);
/* Body-less std function under its Gol symbol. */
void lo_std_wrapper(Lower *L, Object *o, IrSym *sym);

typedef enum WrapperKind {
    WRAP_METHOD, /* recv by value or pointer, then along sel's path */
    WRAP_IFN,    /* unpack the data word, then the method */
    WRAP_BOUND,  /* method value: receiver in the closure */
    WRAP_STD,    /* body-less function */
} WrapperKind;

typedef struct WrapperJob {
    WrapperKind kind;
    IrSym *sym;
    IrLinkage linkage;
    Type *recv;
    Selection *sel;
    Object *fn;
} WrapperJob;

#endif
