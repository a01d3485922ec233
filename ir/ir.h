/* The IR: typed three-address code over basic blocks.
 *
 * A module is one package's code (or a unit of it).  Locals are mutable virtual registers
 * (GCC builds its own SSA form behind us); whatever has its address taken or is captured
 * is explicit memory.  Every operation that can panic, allocate, block or be optimised by
 * us is an instruction of its own: the ops below, and one op per row of the runtime's table
 * (runtime/abi.h), which is why OP_RT carries an RtCall and prints under the row's name.
 *
 * Types here are machine types: no names, no methods.  A string is {ptr,i64}, a slice
 * {ptr,i64,i64}, an interface {ptr,u64}; maps, channels, functions and pointers are ptr.
 *
 * Everything lives in the module's arena.  Text form: docs/ir.md. */
#ifndef GOL_IR_IR_H
#define GOL_IR_IR_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/intern.h"
#include "base/source.h"
#include "runtime/abi.h"

/* ---- types ------------------------------------------------------------------------- */

/* X(ENUM, "text", size) */
/* clang-format off */
#define IR_SCALARS(X)                                                                              \
    X(VOID, "void", 0)                                                                             \
    X(BOOL, "bool", 1)                                                                             \
    X(I8, "i8", 1) X(I16, "i16", 2) X(I32, "i32", 4) X(I64, "i64", 8)                              \
    X(U8, "u8", 1) X(U16, "u16", 2) X(U32, "u32", 4) X(U64, "u64", 8)                              \
    X(F32, "f32", 4) X(F64, "f64", 8)                                                              \
    X(PTR, "ptr", 8)
/* clang-format on */

typedef enum IrTypeKind {
#define X(k, s, z) IRT_##k,
    IR_SCALARS(X)
#undef X
        IRT_STRUCT, /* {t, t, …}, laid out as Go and C do */
    IRT_ARRAY,      /* [n]t */
} IrTypeKind;

typedef struct IrType IrType;
struct IrType {
    IrTypeKind kind;
    uint32_t align;
    uint64_t size;
    uint32_t id; /* dense, per process: index for codegen's tables */
    /* IRT_STRUCT.  A trailing zero-size field after others adds padding, as in gc. */
    IrType **fields;
    uint64_t *offsets;
    uint32_t nfields;
    /* IRT_ARRAY */
    IrType *elem;
    uint64_t len;
};

/* Hash-consed for the process: equal types are equal pointers. */
extern IrType *irt_void, *irt_bool, *irt_i8, *irt_i16, *irt_i32, *irt_i64, *irt_u8, *irt_u16,
    *irt_u32, *irt_u64, *irt_f32, *irt_f64, *irt_ptr;
extern IrType *irt_string, *irt_slice, *irt_iface; /* {ptr,i64} {ptr,i64,i64} {ptr,u64} */
void ir_types_init(void);
IrType *irt_struct(IrType **fields, uint32_t n);
IrType *irt_array(IrType *elem, uint64_t len);
static inline bool irt_is_int(const IrType *t)
{
    return t->kind >= IRT_I8 && t->kind <= IRT_U64;
}
static inline bool irt_is_signed(const IrType *t)
{
    return t->kind >= IRT_I8 && t->kind <= IRT_I64;
}
static inline bool irt_is_float(const IrType *t)
{
    return t->kind == IRT_F32 || t->kind == IRT_F64;
}
static inline bool irt_is_aggregate(const IrType *t)
{
    return t->kind >= IRT_STRUCT;
}

/* ---- symbols: functions, data, and what other modules define ------------------------- */

typedef struct IrSym IrSym;
typedef struct IrFunc IrFunc;
typedef struct IrEffects IrEffects; /* ir/effect.h */
typedef struct IrBodies IrBodies;   /* ir/body.h */
typedef struct IrData IrData;

typedef enum IrLinkage {
    IRL_EXTERN,   /* defined elsewhere */
    IRL_EXPORT,   /* global, defined here */
    IRL_INTERNAL, /* local to the object */
    IRL_COMDAT,   /* may be defined in several objects, all alike: descriptors, itabs,
                     wrappers, string data, instances */
} IrLinkage;

struct IrSym {
    const Name *name; /* the Gol symbol, unmangled: "main.(*T).Get"; for C functions of
                         the runtime ("rt_x", "std_os_write") is_c is set */
    IrLinkage linkage;
    bool is_c; /* not mangled */
    bool is_func;
    bool via_stub; /* C function that is entered through sys_NAME */
    IrFunc *func;  /* definition, if here */
    IrData *data;
    uint32_t index; /* in the module */
};

/* ---- operands -------------------------------------------------------------------------- */

typedef enum IrOpndKind {
    IRO_NONE,
    IRO_REG,   /* %n */
    IRO_INT,   /* integer, bool constant of the type; ptr: 0 is nil */
    IRO_FLOAT, /* f32, f64 */
    IRO_SYM,   /* address of sym + off: ptr */
    IRO_STR,   /* string constant: {address of sym, len}; type irt_string */
    IRO_ZERO,  /* the zero value of any type */
} IrOpndKind;

typedef struct IrOpnd {
    IrOpndKind kind;
    IrType *type;
    union {
        uint32_t reg;
        int64_t i; /* two's complement of the type, sign- or zero-extended by it */
        double f;
        struct {
            IrSym *sym;
            int64_t off; /* IRO_SYM: offset; IRO_STR: length */
        };
    };
} IrOpnd;

/* ---- instructions ------------------------------------------------------------------------
 *
 * X(OP, "text", operands (-1: any), flags).  `dst` is a register or none (~0u).  T is the
 * type of dst.  IrInst.type is the type that the op works on where it says so, .sym, .imm
 * and .imm2 as named.  Memory operands are address + imm (a constant byte offset).
 *
 * IRF_TERM ends a block; IRF_PANIC can panic; IRF_EFFECT must not be removed.
 */
enum { IRF_TERM = 1, IRF_PANIC = 2, IRF_EFFECT = 4, IRF_COMMUTES = 8 };

/* clang-format off */
#define IR_OPS(X)                                                                                  \
    /* values */                                                                                   \
    X(COPY, "copy", 1, 0)                                                                          \
    X(ADD, "add", 2, IRF_COMMUTES) /* integers wrap; floats round to their type */                 \
    X(SUB, "sub", 2, 0)                                                                            \
    X(MUL, "mul", 2, IRF_COMMUTES)                                                                 \
    X(DIV, "div", 2, 0) /* divisor not 0 (check.div went before); min / -1 = min */                \
    X(REM, "rem", 2, 0) /* min % -1 = 0 */                                                         \
    X(AND, "and", 2, IRF_COMMUTES)                                                                 \
    X(OR, "or", 2, IRF_COMMUTES)                                                                   \
    X(XOR, "xor", 2, IRF_COMMUTES)                                                                 \
    X(ANDNOT, "andnot", 2, 0)                                                                      \
    X(SHL, "shl", 2, 0) /* count: any unsigned integer type, any value: Go's shifts */             \
    X(SHR, "shr", 2, 0) /* arithmetic for signed T */                                              \
    X(NEG, "neg", 1, 0)                                                                            \
    X(NOT, "not", 1, 0)   /* bitwise */                                                            \
    X(LNOT, "lnot", 1, 0) /* bool */                                                               \
    X(EQ, "eq", 2, IRF_COMMUTES) /* scalars of one type → bool */                                  \
    X(NE, "ne", 2, IRF_COMMUTES)                                                                   \
    X(LT, "lt", 2, 0)                                                                              \
    X(LE, "le", 2, 0)                                                                              \
    X(GT, "gt", 2, 0)                                                                              \
    X(GE, "ge", 2, 0)                                                                              \
    X(CONV, "conv", 1, 0) /* between numeric types, bool → integer, ptr ↔ u64; float → integer     \
                             out of range as Go on amd64 */                                        \
    X(BITCAST, "bitcast", 1, 0) /* same size: f64 ↔ u64, f32 ↔ u32 */                              \
    X(SQRT, "sqrt", 1, 0)                                                                          \
    X(FMA, "fma", 3, 0)                                                                            \
    X(STREQ, "streq", 2, IRF_COMMUTES) /* two strings → bool: lengths, addresses, then bytes */    \
    /* aggregates in registers */                                                                  \
    X(MK, "mk", -1, 0)             /* struct of its operands */                                    \
    X(FIELD, "field", 1, 0)        /* field imm of a struct */                                     \
    X(SETFIELD, "setfield", 1, 0)  /* dst (a struct register, in place).field imm = operand */     \
    X(ELEM, "elem", 2, 0)          /* array register, index (in range) */                          \
    X(SETELEM, "setelem", 2, 0)    /* dst (array register, in place)[index] = operand 2 */         \
    /* memory */                                                                                   \
    X(LOAD, "load", 1, 0)          /* T from address + imm */                                      \
    X(STORE, "store", 2, IRF_EFFECT) /* address + imm ← operand 2; no pointer in it, or the        \
                                      memory is surely a stack slot or a fresh object */           \
    X(STOREREF, "store.ref", 2, IRF_EFFECT) /* as store, the value has pointers: write barrier */  \
    X(LEA, "lea", 1, 0)            /* address + imm */                                             \
    X(INDEX, "index", 2, 0)        /* address + operand 2 (i64) * imm */                           \
    X(SLOT, "slot", 0, 0)          /* address of a stack slot of .type, unique to this             \
                                      instruction; contents undefined until stored */              \
    X(ALLOC, "alloc", 0, IRF_EFFECT) /* a zeroed object of .type; .sym: its RtType; imm 1: it      \
                                      may be a stack slot (the escape pass or the lowering knows   \
                                      that it does not outlive the frame, nor one loop turn) */    \
    X(CLOSURE, "closure", -1, IRF_EFFECT) /* closure of function .sym capturing the operands;      \
                                      .type its struct {ptr, …}; sym2: RtType of that struct       \
                                      or NULL when there is no pointer in it; imm 1: stack.        \
                                      Without operands: the constant static closure */             \
    X(MEMMOVE, "memmove", 3, IRF_EFFECT) /* dst, src, n bytes, may overlap; no pointers in them,   \
                                      or imm 1: there are, and dst is as for store */              \
    X(ZERO, "zero", 1, IRF_EFFECT) /* imm bytes at address; no barrier needed */                   \
    X(MEMEQ, "memeq", 3, 0)        /* two addresses, n bytes → bool */                             \
    /* checks: panic with Go's message, else nothing */                                            \
    X(CHECK_NIL, "check.nil", 1, IRF_PANIC)                                                        \
    X(CHECK_BOUNDS, "check.bounds", 2, IRF_PANIC) /* index (any integer type, imm 1: unsigned),    \
                                      length */                                                    \
    X(CHECK_SLICE, "check.slice", 2, IRF_PANIC) /* 0 <= value <= bound as unsigned; imm:           \
                                      RtSliceFault, imm2 1: value is unsigned */                   \
    X(CHECK_DIV, "check.div", 1, IRF_PANIC)                                                        \
    X(CHECK_SHIFT, "check.shift", 1, IRF_PANIC)                                                    \
    /* calls: dst none or a register of the result type (a struct for several); where the    \
       callee is not of this module and a result is dropped, .type is the result's type */                 \
    X(CALL, "call", -1, IRF_EFFECT | IRF_PANIC)        /* .sym */                                  \
    X(CALL_CLOSURE, "call.closure", -1, IRF_EFFECT | IRF_PANIC) /* first operand the closure       \
                                      (checked for nil here), then arguments */                    \
    X(CALL_PTR, "call.ptr", -1, IRF_EFFECT | IRF_PANIC) /* first operand a code address; plain     \
                                      call of the other operands */                                \
    X(CALL_IFACE, "call.iface", -1, IRF_EFFECT | IRF_PANIC) /* first operand the interface         \
                                      (checked for nil here), then arguments; imm: method index;   \
                                      receiver passed is the data word (u64) */                    \
    X(RT, "rt", -1, IRF_EFFECT) /* .rt: a row of RT_CALLS; prints as that row's name */            \
    /* goroutine state */                                                                          \
    X(MAYRECOVER, "mayrecover", 0, IRF_EFFECT) /* → bool: first in a function with recover():      \
                                      g.defer_callee == this function's code, then clears it;      \
                                      .sym: the function whose code counts (body of protect:       \
                                      the outer function) */                                       \
    X(PASSDEFER, "passdefer", 1, IRF_EFFECT) /* if g.defer_callee == code of .sym (this thunk),    \
                                      g.defer_callee = operand (a code address) */                 \
    /* ends of blocks: targets in .targets */                                                      \
    X(JUMP, "jump", 0, IRF_TERM)                                                                   \
    X(BR, "br", 1, IRF_TERM)     /* true: targets[0], false: targets[1]; imm 1: true is likely,    \
                                      2: false is likely */                                        \
    X(SWITCH, "switch", 1, IRF_TERM) /* integer; .cases[i] → targets[i + 1]; else targets[0] */    \
    X(RET, "ret", -1, IRF_TERM)  /* none, or the one result value */                               \
    X(UNREACHABLE, "unreachable", 0, IRF_TERM)
/* clang-format on */

typedef enum IrOp {
#define X(op, s, n, f) IR_##op,
    IR_OPS(X)
#undef X
        IR_OP_COUNT
} IrOp;

extern const char *const ir_op_text[IR_OP_COUNT];
extern const signed char ir_op_nargs[IR_OP_COUNT];
extern const unsigned char ir_op_flags[IR_OP_COUNT];

#define IR_NOREG UINT32_MAX

typedef struct IrBlock IrBlock;

typedef struct IrInst {
    IrOp op;
    RtCall rt; /* IR_RT */
    uint32_t dst;
    uint32_t nargs;
    IrOpnd *args;
    Pos pos;
    IrType *type;
    IrSym *sym, *sym2;
    int64_t imm, imm2;
    uint32_t inlined;  /* whose code: 0 the function's own, n: the nth of its `inlined` */
    IrBlock **targets; /* terminators */
    uint32_t ntargets;
    int64_t *cases; /* IR_SWITCH: ntargets - 1 of them */
} IrInst;

struct IrBlock {
    uint32_t id;         /* prints as b<id>; dense in the function after ir_func_renumber */
    VEC(IrInst *) insts; /* the last one is the terminator */
    bool cold;           /* ends in a panic */
};

typedef struct IrReg {
    IrType *type;
    const Name *name; /* the Gol variable, or NULL */
} IrReg;

/* A call in whose place the callee's code stands. */
typedef struct IrInlined {
    uint32_t parent; /* where the call stood: as IrInst.inlined, and less than its own number */
    IrSym *callee;
    Pos pos; /* of the call */
} IrInlined;

struct IrFunc {
    IrSym *sym;
    Pos pos;
    IrType *result;   /* void, one value, or a struct */
    uint32_t nparams; /* registers 0 … nparams-1 are the parameters, in Gol's terms (a
                         string is one parameter).  A closure's code has its environment
                         (ptr) as the last one. */
    bool is_closure;  /* the last parameter is the environment */
    bool inline_hint, noinline, is_wrapper, uses_recover;
    struct IrInst *frame;   /* the body half of a function with defer: the slot of its frame in
                             the other half, to which escape analysis may add; else NULL */
    VEC(IrInlined) inlined; /* for traces: what was inlined where */
    VEC(IrReg) regs;
    VEC(IrBlock *) blocks;   /* blocks.p[0] is the entry */
    struct IrEffect *effect; /* ir/effect.h; NULL before escape analysis */
};

/* Constant or variable data: bytes with addresses in them. */
typedef struct IrReloc {
    uint64_t at; /* offset of an 8-byte word */
    IrSym *sym;
    int64_t add;
} IrReloc;

struct IrData {
    IrSym *sym;
    uint64_t size;
    uint32_t align;
    bool read_only;
    bool has_pointers;   /* writable and scanned: section gol_data / gol_bss */
    uint8_t *bytes;      /* NULL: all zero */
    VEC(IrReloc) relocs; /* sorted by at */
};

typedef struct IrModule {
    Arena *arena;
    const char *path; /* package path */
    VEC(IrSym *) syms;
    VEC(IrFunc *) funcs;
    VEC(IrData *) datas;
    struct IrSymTable *symtab; /* private to ir.c */
} IrModule;

/* ---- building (ir.c) ------------------------------------------------------------------ */

IrModule *ir_module_new(Arena *a, const char *path);
/* The symbol of that name, made extern on first sight. */
IrSym *ir_sym(IrModule *m, const char *name);
IrSym *ir_sym_c(IrModule *m, const char *name, bool via_stub);
/* The path of a package's file of some kind, or NULL. */
typedef const char *IrSummaryFile(void *data, const char *package);
/* The package in a symbol's name: a/b of "a/b.(*T).M".  NULL: none. */
const Name *ir_package_of(const Name *symbol);
/* STDF_… (runtime/stdcalls.h) of a C function of the library; 0 if it is none. */
unsigned ir_std_flags(const char *csym);
IrFunc *ir_func_new(IrModule *m, IrSym *sym, IrLinkage linkage, IrType *result);
uint32_t ir_reg_new(IrModule *m, IrFunc *f, IrType *t, const Name *name);
IrBlock *ir_block_new(IrModule *m, IrFunc *f); /* not appended yet */
void ir_block_append(IrModule *m, IrFunc *f, IrBlock *b);
/* Appends an instruction; copies args. */
IrInst *ir_inst(IrModule *m, IrBlock *b, IrOp op, uint32_t dst, const IrOpnd *args, uint32_t n,
                Pos pos);
IrInst *ir_rt(IrModule *m, IrBlock *b, RtCall rt, uint32_t dst, const IrOpnd *args, uint32_t n,
              Pos pos);
IrData *ir_data_new(IrModule *m, IrSym *sym, IrLinkage linkage, uint64_t size, uint32_t align,
                    bool read_only, bool has_pointers);
void ir_data_bytes(IrModule *m, IrData *d, uint64_t at, const void *p, uint64_t n);
void ir_data_int(IrModule *m, IrData *d, uint64_t at, uint64_t v, unsigned bytes);
void ir_data_addr(IrModule *m, IrData *d, uint64_t at, IrSym *sym, int64_t add);
/* A read-only COMDAT symbol for these bytes (interned in the module). */
IrSym *ir_string_data(IrModule *m, const char *s, size_t n);
void ir_func_renumber(IrFunc *f); /* drops unreachable blocks, renumbers */

static inline IrOpnd ir_reg(const IrFunc *f, uint32_t r)
{
    return (IrOpnd){.kind = IRO_REG, .type = f->regs.p[r].type, .reg = r};
}
static inline IrOpnd ir_int(IrType *t, int64_t i)
{
    return (IrOpnd){.kind = IRO_INT, .type = t, .i = i};
}
static inline IrOpnd ir_float(IrType *t, double f)
{
    return (IrOpnd){.kind = IRO_FLOAT, .type = t, .f = f};
}
static inline IrOpnd ir_addr(IrSym *s, int64_t off)
{
    return (IrOpnd){.kind = IRO_SYM, .type = irt_ptr, .sym = s, .off = off};
}
static inline IrOpnd ir_zero(IrType *t)
{
    return (IrOpnd){.kind = IRO_ZERO, .type = t};
}

/* The types of a runtime call, from its signature letters: result, then parameters (a
 * slice parameter counts as three: ptr, i64, i64). */
IrType *ir_rt_result(RtCall rt);
uint32_t ir_rt_params(RtCall rt, IrType *out[8]);
extern const char *const ir_rt_text[RT_CALL_COUNT];
extern const char *const ir_rt_name[RT_CALL_COUNT];
extern const unsigned ir_rt_flags[RT_CALL_COUNT];

/* ---- text and checking ------------------------------------------------------------------ */

/* How positions print: not at all, as a comment "; line:column" where it changes, or raw
 * as "!offset", which the parser reads back. */
typedef enum IrPrintPos { IR_POS_NONE, IR_POS_LINE, IR_POS_RAW } IrPrintPos;
extern IrPrintPos ir_print_pos;
void ir_print_type(FILE *out, const IrType *t);
void ir_print(FILE *out, const IrModule *m);
void ir_print_data(FILE *out, const IrModule *m); /* all data of the module */
void ir_print_func(FILE *out, const IrModule *m, const IrFunc *f);
void ir_print_datum(FILE *out, const IrData *d);
void ir_print_extern(FILE *out, const IrSym *s); /* as if it were defined elsewhere */
/* Parses the printed form.  NULL and a message "line N: …" in *err on error. */
IrModule *ir_parse(Arena *a, const char *path, const char *text, size_t n, const char **err);
/* Parses one function whose text was written in another process, with the symbols and data
 * that it needs, which m gets where it has not got them.  The function itself is not added.
 * NULL on error. */
IrFunc *ir_parse_body(IrModule *m, const char *text, size_t n);
/* Checks every rule that this header states.  NULL if sound, else what is wrong, where. */
const char *ir_verify(Arena *a, const IrModule *m);

/* Mangled assembler name of a symbol (abi.h, "Symbols"), and back for traces. */
const char *ir_mangle(Arena *a, const IrSym *s);

/* ---- passes (one file each, ir/pass_*.c) -------------------------------------------------- */

/* Removes functions and data that nothing reaches from the roots (exports of the module
 * when it is not main; main.main, the inits and what the runtime names when it is). */
void ir_pass_reach(IrModule *m, bool is_main);
/* Calls of known closures and of methods of known dynamic types become calls of functions. */
void ir_devirt_func(IrModule *m, IrFunc *f);
/* Puts the code of small functions in place of calls of them, devirtualising as it goes. */
typedef bool IrIsIntrinsic(const IrSym *s); /* the code generator has few instructions for it */
typedef struct IrInlineOptions {
    IrBodies *imports; /* other packages' functions, or NULL */
    IrIsIntrinsic *is_intrinsic;
} IrInlineOptions;
void ir_pass_inline(IrModule *m, const IrInlineOptions *opt);
/* Decides what of alloc, closure and box is on the stack, and sets the functions' effects.
 * imports: what is known of other packages' functions, or NULL.  explain: where to write why
 * each of the others is on the heap, or NULL. */
void ir_pass_escape(IrModule *m, IrEffects *imports, FILE *explain);
/* Removes check.* that a dominating check or constant makes certain. */
void ir_pass_checks(IrModule *m);

#endif
