/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside the code generator: the state of one libgccjit context that one unit of a module
 * is made in, and what its files offer one another.
 *
 *     codegen.c   a unit from IR to finished text      gen_type.c   IrType → gcc types
 *     gen_func.c  functions, blocks, positions         gen_opnd.c   operands, small builders
 *     gen_inst.c  values and aggregates                gen_mem.c    memory, barrier
 *     gen_new.c   new objects
 *     gen_check.c panics and checks                    gen_call.c   calls of every kind
 *     gen_intrin.c std functions that are code         x86_64.c     what names the machine
 *     asm_data.c  data as assembler text               asm_text.c   the last touch
 *     asm_dwarf.c what gcc says of inlining            asm_lines.c  line tables
 *     units.c     a module cut up and compiled side by side */
#ifndef GOL_CODEGEN_GEN_H
#define GOL_CODEGEN_GEN_H

#include "base/diag.h"
#include "codegen/codegen.h"
#include "codegen/gccjit_api.h"

typedef gcc_jit_rvalue RV;
typedef gcc_jit_lvalue LV;

/* What gcc knows of an IrType.  Zero-size types have t == NULL: their values are nothing,
 * take no part in structs, parameters or assignments. */
typedef struct GenType {
    gcc_jit_type *t;
    gcc_jit_type *ptr;      /* to t */
    gcc_jit_struct *s;      /* structs, and arrays wrapped in one: gcc has no array values */
    gcc_jit_field **fields; /* by IR field index, NULL where of size zero; [0]: the array */
    bool made;
} GenType;

/* The C signature of a function, flattened as abi.h says. */
typedef struct GenSig {
    gcc_jit_type *result;
    VEC(gcc_jit_type *) params;
} GenSig;

typedef struct GenSym {
    gcc_jit_function *fn;
    GenSig sig;
    LV *global;
    const char *name; /* of the assembler */
    LV *closure;      /* its static closure, if used here */
    bool used;        /* its address or code is used here */
    bool pinned;      /* an internal function that data names, which gcc does not see */
    int intrinsic;    /* row of gen_intrin.c's table + 1; 0: not looked up, -1: none */
} GenSym;

/* A cold block that panics, shared by the checks of one line. */
typedef struct GenFault {
    int kind;
    uint32_t line, site;
    gcc_jit_block *block;
} GenFault;

/* Where calls of a function leave their results of one type. */
typedef struct GenResult {
    const IrType *type;
    LV *slot;
} GenResult;

/* The descriptor of pointer-free closure objects of one size. */
typedef struct GenClosureType {
    uint64_t size;
    LV *global;
} GenClosureType;

/* A call that the IR's passes inlined.  gcc is told of positions in such code by a file name
 * that begins with the site's number (gen_func.c); asm_lines.c makes frames of it again. */
typedef struct GenSite {
    uint32_t parent;    /* number of the site that the call stood in; 0: the function */
    const char *callee; /* as the assembler names it */
    const char *path;   /* of the call */
    uint32_t line;
} GenSite;
typedef VEC(GenSite) GenSites; /* number n is p[n - 1] */

/* Which functions of a module one context compiles. */
typedef struct GenUnit {
    const bool *funcs;    /* by symbol index; NULL: all */
    const bool *promoted; /* by symbol index: internal, but used by another unit; NULL: none */
    bool with_data;       /* this unit holds the module's data */
} GenUnit;

typedef struct Gen {
    Arena *arena;
    const IrModule *m;
    const CodegenOptions *opt;
    const GenUnit *unit;
    gcc_jit_context *ctx;

    gcc_jit_type *t_void, *t_bool, *t_ptr, *t_char, *t_charp, *t_ptrp, *t_size, *t_int, *t_long,
        *t_double;
    gcc_jit_type *t_int_of[2][9]; /* [is signed][bytes] */
    gcc_jit_type *t_extern;       /* data of unknown size */
    GenType *types;               /* by IrType.id */
    uint32_t ntypes;
    GenSym *syms; /* by symbol index */
    LV *rt_g;
    gcc_jit_function *rt[RT_CALL_COUNT];
    VEC(GenClosureType) closure_types;
    GenSites sites;

    /* the function being made */
    const IrFunc *f;
    gcc_jit_function *fn;
    LV **regs;
    gcc_jit_block **blocks;
    gcc_jit_block *b; /* where code goes now */
    gcc_jit_location *loc;
    Pos pos;
    uint32_t line, site; /* of loc */
    const char *path;
    uint32_t first_site; /* sites of this function come after this many */
    VEC(GenFault) faults;
    VEC(GenResult) results;
    uint32_t ninsts;
} Gen;

/* Descriptors of pointer-free closures: this and the size. */
#define GEN_CLOSURE_TYPE "gol_closure_type_"

/* ---- gen_type.c ---- */
void gen_types_init(Gen *g);
GenType *gen_type(Gen *g, const IrType *t);
gcc_jit_type *gen_int_type(Gen *g, unsigned bytes, bool is_signed);

/* ---- gen_opnd.c: all take and give values of the gcc type of their IrType ---- */
RV *gen_long(Gen *g, gcc_jit_type *t, int64_t v);
RV *gen_cast(Gen *g, RV *v, gcc_jit_type *t);
RV *gen_bitcast(Gen *g, RV *v, gcc_jit_type *t);
RV *gen_bin(Gen *g, enum gcc_jit_binary_op op, gcc_jit_type *t, RV *a, RV *b);
RV *gen_cmp(Gen *g, enum gcc_jit_comparison op, RV *a, RV *b);
/* A gcc builtin; casts args, in place, to the types that it takes. */
RV *gen_call_builtin(Gen *g, const char *name, RV **args, int n);
RV *gen_expect(Gen *g, RV *cond, bool likely);
LV *gen_temp(Gen *g, gcc_jit_type *t, const char *name);
RV *gen_zero(Gen *g, const IrType *t);
RV *gen_value(Gen *g, const IrOpnd *o);
/* The operand as an integer of that gcc type (from the operand's own width). */
RV *gen_int_as(Gen *g, const IrOpnd *o, gcc_jit_type *t);
RV *gen_sym_address(Gen *g, IrSym *s, int64_t off);
RV *gen_field(Gen *g, const IrOpnd *o, uint32_t i); /* of a struct operand */
RV *gen_offset(Gen *g, RV *p, int64_t off);
LV *gen_deref(Gen *g, RV *p, int64_t off, const IrType *t);
LV *gen_deref_as(Gen *g, RV *p, int64_t off, gcc_jit_type *t);
LV *gen_reg(Gen *g, uint32_t r);
void gen_set(Gen *g, uint32_t dst, RV *v);
void gen_assign(Gen *g, LV *to, RV *v);
gcc_jit_block *gen_block(Gen *g);
/* if (cond) { code goes on here }, joined by gen_goto(join). */
void gen_branch(Gen *g, RV *cond, gcc_jit_block *yes, gcc_jit_block *no);
void gen_goto(Gen *g, gcc_jit_block *to);

/* ---- gen_func.c ---- */
const char *gen_name(Gen *g, IrSym *s);
gcc_jit_function *gen_func_of(Gen *g, IrSym *s);
/* Declares a function of elsewhere, not seen before, with the signature of its first call. */
gcc_jit_function *gen_func_extern(Gen *g, IrSym *s, const GenSig *sig);
void gen_func(Gen *g, const IrFunc *f);
void gen_sig_param(Gen *g, GenSig *sig, const IrType *t);
gcc_jit_type *gen_result_type(Gen *g, const IrType *t);

/* ---- gen_inst.c, gen_mem.c, gen_check.c, gen_call.c, gen_intrin.c ---- */
void gen_inst(Gen *g, const IrInst *in);
void gen_mem(Gen *g, const IrInst *in);
void gen_check(Gen *g, const IrInst *in);
/* Ends the current block in a call that does not come back. */
void gen_noreturn(Gen *g);
/* The block that panics so, shared by line and inlined call. */
gcc_jit_block *gen_fault(Gen *g, RtCall rt);
void gen_call(Gen *g, const IrInst *in);
gcc_jit_function *gen_rt_func(Gen *g, RtCall rt);
RV *gen_rt_call(Gen *g, RtCall rt, RV **args, int n);
RV *gen_goroutine_id(Gen *g); /* of the current goroutine, a uint64 */
/* true if the call was made as code in place. */
bool gen_intrinsic(Gen *g, const IrInst *in);

/* ---- x86_64.c ---- */
void x86_options(gcc_jit_context *ctx);
/* Float to integer as cvttsd2si does it: out of range gives the lowest value. */
RV *x86_sqrt(Gen *g, RV *v, bool is_double);
RV *x86_truncate(Gen *g, RV *v, bool is_double, bool to64);
RV *x86_float_to_u64(Gen *g, RV *v, bool is_double);
/* The collector marks: asked once the n words at have been stored. */
RV *x86_wb_enabled(Gen *g, LV **at, uint32_t n);
/* Zeroes a word of this function's frame that nothing will read: gcc would leave that out. */
void x86_forget(Gen *g, LV *word);
/* Takes an object of slot bytes from a run of the P's cache; true if the run is empty. */
RV *x86_take(Gen *g, unsigned run, unsigned slot, LV *object);

/* ---- gen_new.c ---- */
/* A zeroed object of the type whose descriptor is at type, from the run of rt_alloc_run. */
RV *gen_new(Gen *g, RV *type, unsigned run);
RV *gen_new_of(Gen *g, IrSym *desc);

/* ---- asm_data.c, asm_text.c ---- */
/* Appends the module's data (or, in a unit without data, what the unit brings itself). */
void asm_data(Gen *g, FILE *out);
/* Copies gcc's text to out: COMDAT sections, visibility, no stack notes. */
const char *asm_touch(Gen *g, const char *text, size_t n, FILE *out);

/* Compiles one unit to out_path.  NULL, or an error message. */
const char *gen_unit(Arena *a, const IrModule *m, const GenUnit *unit, const CodegenOptions *opt,
                     const char *out_path);

#endif
