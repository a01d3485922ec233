/* SPDX-License-Identifier: MIT
 *
 * What generated code and the runtime must agree on: object layouts, the runtime's entry
 * points, calling rules and symbol names.  Included by the runtime (C and assembly) and by
 * the compiler; it includes nothing of either.
 *
 * ---- Calling rules ----------------------------------------------------------------------
 *
 * Generated functions follow the System V ABI with these additions:
 *   - a string, an interface and a slice travel as their words, one parameter each
 *     (ptr,len / tab,word / ptr,len,cap); other structs and arrays by value as C has them;
 *   - a result list of one is returned as that type, of several as a struct of them;
 *   - a call through a closure passes the closure's address as one extra LAST pointer
 *     parameter.  Functions that are no closures ignore it, so the static closure of a
 *     plain function is just {code};
 *   - generated functions are compiled with -fsplit-stack: the prologue compares %rsp with
 *     %fs:0x70 and calls __morestack (ours).
 *
 * Which stack: generated code and the few runtime functions marked G run on the goroutine's
 * stack; they are compiled with -fsplit-stack.  All other runtime C code runs on the
 * thread's system stack and is entered through a stub `sys_NAME` (one per row of the tables,
 * arch/x86_64/stubs.S), which saves the callee-saved registers on the goroutine's stack,
 * switches, calls NAME with the arguments still in their registers (so: at most six words
 * and eight floats, a struct result above 16 bytes costs one word) and either comes back or
 * parks the goroutine.  LEAF functions are called directly on the goroutine's stack: they
 * call nothing, block nothing, and use less stack than the slack below the limit.
 *
 * ---- Symbols ------------------------------------------------------------------------------
 *
 * A Gol symbol such as `main.(*T).Get` or `fmt.Println` is "G" followed by its bytes where
 * letters and digits stand for themselves, and
 *     _ → __    . → _d    / → _s    * → _p    ( → _l    ) → _r    [ → _b    ] → _e
 *     , → _c    - → _m    # → _h    any other byte → _xHH
 * Method symbols: pkg.T.M (value receiver), pkg.(*T).M (pointer receiver), literals
 * pkg.F.func1, pkg.F.func1.2 as Go names them; package paths stand whole.
 *
 * A body-less function `name` of the std package with path p/q is the C function
 * `std_p_q_name` (row in runtime/stdcalls.h, entered as sys_std_p_q_name, or directly if
 * LEAF), its parameters flattened to words as above.
 */
#ifndef GOL_RUNTIME_ABI_H
#define GOL_RUNTIME_ABI_H

/* ---- runtime entry points -------------------------------------------------------------
 *
 * RT(name, "ir name", "result:params", flags); the C function is rt_NAME.
 * Letters: v nothing, p pointer, i int64, u uint64, w uint32, b bool, d double, f float,
 * s string (2 words), I interface (2 words), S slice (3 words; as parameter flattened, as
 * result struct RtSlice).
 */
#define RTF_NORETURN 1 /* never comes back */
#define RTF_BLOCK 2    /* may park the goroutine */
#define RTF_ALLOC 4    /* may allocate, so may collect */
#define RTF_PANIC 8    /* may panic */
#define RTF_LEAF 16    /* called directly on the goroutine's stack */
#define RTF_G 32       /* called directly, runs split-stack code on the goroutine's stack */
/* called directly as fast_rt_NAME, which does the common case as a leaf and else goes on in
 * the stub by itself */
#define RTF_FAST 128
#define RTF_PURE 64 /* no side effect, result depends on memory only */

/* clang-format off */
#define RT_CALLS(RT)                                                                               \
    /* memory: objects come zeroed; types are RtType* */                                           \
    RT(new, "new", "p:p", RTF_ALLOC | RTF_FAST)                         /* type → object */                   \
    RT(makeslice, "makeslice", "p:pii", RTF_ALLOC | RTF_PANIC | RTF_FAST) /* elem type, len, cap → array */   \
    RT(growslice, "growslice", "S:ppiii", RTF_ALLOC | RTF_PANIC) /* elem type, old ptr, len, cap,  \
                           number added → slice with len grown and Go's capacity growth */         \
    RT(box, "box", "p:pp", RTF_ALLOC) /* type, address of value (size > 8) → heap copy */          \
    RT(typedmove, "typedmove", "v:ppp", 0) /* type, dst, src: copy with write barriers */          \
    RT(slicecopy, "slicecopy", "i:ppipi", 0) /* elem type, dst ptr, dst len, src ptr, src len →    \
                           number copied; may overlap; with write barriers */                      \
    RT(memclr_ref, "memclr.ref", "v:pi", 0) /* zero n bytes that may hold pointers */              \
    RT(wbrec, "wb", "v:p", 0) /* the barrier's slow path, after a pointer word was overwritten while \
                           rt_wb_enabled: the old word.  The order is: read the old word,          \
                           store, test the flag; then a preemption in between loses nothing,       \
                           as the old word is in a register */                                     \
    RT(storemove, "store.move", "v:ppi", 0) /* dst, src, n bytes: a large store with barrier */    \
    /* strings */                                                                                  \
    RT(concat, "string.concat", "s:pi", RTF_ALLOC | RTF_FAST) /* array of strings, n */                       \
    RT(string_cmp, "string.cmp", "i:ss", RTF_LEAF | RTF_PURE) /* <0 0 >0 */                        \
    RT(string_from_bytes, "string.from_bytes", "s:pi", RTF_ALLOC | RTF_FAST)                                  \
    RT(string_to_bytes, "string.to_bytes", "S:s", RTF_ALLOC)                                       \
    RT(string_from_runes, "string.from_runes", "s:pi", RTF_ALLOC)                                  \
    RT(string_to_runes, "string.to_runes", "S:s", RTF_ALLOC)                                       \
    RT(string_from_rune, "string.from_rune", "s:i", RTF_ALLOC)                                     \
    RT(decoderune, "string.decoderune", "u:pii", RTF_LEAF | RTF_PURE) /* ptr, len, index →         \
                           rune | width << 32; U+FFFD, 1 for invalid UTF-8 */                      \
    /* maps: RtType of the map; keys and elements by address */                                    \
    RT(map_make, "map.make", "p:pi", RTF_ALLOC | RTF_FAST) /* map type, size hint */                          \
    RT(map_get, "map.get", "p:ppp", RTF_PANIC | RTF_FAST) /* map type, map, key → element or NULL */          \
    RT(map_get32, "map.get32", "p:ppw", RTF_FAST)                                                         \
    RT(map_get64, "map.get64", "p:ppu", RTF_FAST)                                                         \
    RT(map_getstr, "map.getstr", "p:pps", RTF_FAST)                                                       \
    RT(map_assign, "map.assign", "p:ppp", RTF_ALLOC | RTF_PANIC) /* → element, made if absent */   \
    RT(map_assign32, "map.assign32", "p:ppw", RTF_ALLOC | RTF_PANIC | RTF_FAST)                               \
    RT(map_assign64, "map.assign64", "p:ppu", RTF_ALLOC | RTF_PANIC | RTF_FAST)                               \
    RT(map_assignstr, "map.assignstr", "p:pps", RTF_ALLOC | RTF_PANIC | RTF_FAST)                             \
    RT(map_delete, "map.delete", "v:ppp", RTF_PANIC)                                               \
    RT(map_clear, "map.clear", "v:pp", 0)                                                          \
    RT(map_iter_init, "map.iter_init", "v:ppp", RTF_FAST) /* map type, map, RtMapIter*; stands before     \
                           the first entry */                                                      \
    RT(map_iter_next, "map.iter_next", "b:p", RTF_FAST) /* → false at the end, else it->key, it->elem */  \
    /* channels: elements by address; the address may be NULL in recv to drop the value */         \
    RT(chan_make, "chan.make", "p:pi", RTF_ALLOC | RTF_PANIC) /* chan type, capacity */            \
    RT(chan_send, "chan.send", "v:pp", RTF_BLOCK | RTF_PANIC)                                      \
    RT(chan_recv, "chan.recv", "b:pp", RTF_BLOCK) /* → ok */                                       \
    RT(chan_close, "chan.close", "v:p", RTF_PANIC)                                                 \
    RT(chan_len, "chan.len", "i:p", RTF_LEAF)                                                      \
    RT(chan_cap, "chan.cap", "i:p", RTF_LEAF)                                                      \
    RT(select, "select", "i:pib", RTF_BLOCK | RTF_PANIC) /* RtSelectCase[n], n, block? → index of  \
                           the case that went, -1: the default; n == 0 && block: for ever */       \
    /* goroutines, defer, panic */                                                                 \
    RT(go, "go", "v:pi", RTF_ALLOC | RTF_PANIC) /* closure, bytes: 0: it is on the heap and is     \
                           kept; else it is on the caller's stack and is copied to the new one.    \
                           The goroutine runs closure->code(closure).  NULL: panics (nil func) */  \
    RT(protect, "protect", "v:pp", RTF_G | RTF_BLOCK | RTF_PANIC) /* body code, frame: see RtFrame */ \
    RT(run_defers, "defer.run", "v:p", RTF_G | RTF_BLOCK | RTF_PANIC) /* frame: the body returns */ \
    RT(panic, "panic", "v:I", RTF_G | RTF_NORETURN | RTF_PANIC)                                    \
    RT(recover, "recover", "I:b", 0) /* the function may recover (see RtG.defer_callee) → value */ \
    RT(panic_index, "panic.index", "v:iib", RTF_G | RTF_NORETURN) /* index, length, index is       \
                           unsigned */                                                             \
    RT(panic_slice, "panic.slice", "v:iiib", RTF_G | RTF_NORETURN) /* RtSliceFault, value, bound,  \
                           value is unsigned */                                                    \
    RT(panic_nil, "panic.nil", "v:", RTF_G | RTF_NORETURN)                                         \
    RT(panic_nilmap, "panic.nilmap", "v:", RTF_G | RTF_NORETURN)                                   \
    RT(panic_divide, "panic.divide", "v:", RTF_G | RTF_NORETURN)                                   \
    RT(panic_shift, "panic.shift", "v:", RTF_G | RTF_NORETURN)                                     \
    RT(panic_slice2array, "panic.slice2array", "v:ii", RTF_G | RTF_NORETURN) /* have, want */      \
    RT(panic_unsafe, "panic.unsafe", "v:pii", RTF_G | RTF_NORETURN) /* pointer, length, whether    \
                           of unsafe.String: else unsafe.Slice */                                  \
    RT(panic_assert, "panic.assert", "v:ppp", RTF_G | RTF_NORETURN) /* static interface type,      \
                           dynamic type or NULL, wanted concrete type */                           \
    RT(panic_range, "panic.range", "v:i", RTF_G | RTF_NORETURN) /* a range-over-func body was      \
                           called when it must not be: RtRangeFault */                             \
    RT(panic_wrap, "panic.wrap", "v:sss", RTF_G | RTF_NORETURN) /* pkg, type, method: value method \
                           called using nil pointer */                                             \
    /* interfaces: first word RtType* (no methods) or RtItab*, second the value or its address */  \
    RT(itab, "iface.itab", "p:pp", RTF_ALLOC) /* interface type, dynamic type → itab or NULL */    \
    RT(assert_itab, "iface.assert", "p:ppp", RTF_ALLOC | RTF_PANIC) /* interface type, dynamic     \
                           type (may be NULL), static interface type → itab, or panics; an         \
                           interface without methods gives the dynamic type itself */              \
    RT(efaceeq, "iface.eq", "b:II", RTF_PANIC | RTF_FAST) /* first words already turned into RtType* */       \
    RT(equal, "equal", "b:ppp", RTF_PANIC) /* type, x, y: == of two values in memory */            \
    RT(complex_div, "complex.div", "v:pdddd", RTF_LEAF) /* where to put the two floats, then      \
                           dividend and divisor: Go's rules for infinities and NaNs */             \
    /* print and println, to standard error */                                                     \
    RT(print_begin, "print.begin", "v:", 0) /* one print call's output stays together */           \
    RT(print_end, "print.end", "v:", 0)                                                            \
    RT(print_int, "print.int", "v:i", 0)                                                           \
    RT(print_uint, "print.uint", "v:u", 0)                                                         \
    RT(print_bool, "print.bool", "v:b", 0)                                                         \
    RT(print_float, "print.float", "v:d", 0)                                                       \
    RT(print_float32, "print.float32", "v:f", 0) /* printed shortest, so the size matters */       \
    RT(print_complex, "print.complex", "v:dd", 0)                                                  \
    RT(print_complex64, "print.complex64", "v:ff", 0)                                              \
    RT(print_string, "print.string", "v:s", 0)                                                     \
    RT(print_pointer, "print.pointer", "v:p", 0)                                                   \
    RT(print_slice, "print.slice", "v:pii", 0)                                                     \
    RT(print_iface, "print.iface", "v:pp", 0)
/* clang-format on */

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- values -------------------------------------------------------------------------- */

typedef struct RtType RtType;

typedef struct {
    const uint8_t *p;
    int64_t n;
} RtString;

typedef struct {
    void *p;
    int64_t len, cap;
} RtSlice;

/* An interface value.  tab: NULL for nil; RtType* if the interface has no methods, else
 * RtItab*.  word: a value of at most 8 bytes is held itself (its memory image, low bytes
 * first, the rest zero); a larger one by the address of an immutable heap copy. */
typedef struct {
    const void *tab;
    uint64_t word;
} RtIface;

/* A function value is the address of a closure; nil is NULL.
 *     +0  code
 *     +8  captured values and addresses of captured variables, as the literal's struct */
typedef struct RtClosure {
    void *code;
} RtClosure;

/* ---- type descriptors -------------------------------------------------------------------
 *
 * One per type in a program (COMDAT symbol G"type:"+type_key), constant, so that equal
 * types have equal addresses.  Followed in the same object by the parts that the kind has:
 *
 *     RtType                      every type
 *     Rt<Kind>Type                begins with RtType: the kind's part
 *     RtUncommon                  if flags & RT_UNCOMMON: at type->uncommon
 */
/* clang-format off */
typedef enum RtKind { /* the numbers of reflect.Kind */
    RT_INVALID, RT_BOOL, RT_INT, RT_INT8, RT_INT16, RT_INT32, RT_INT64, RT_UINT, RT_UINT8,
    RT_UINT16, RT_UINT32, RT_UINT64, RT_UINTPTR, RT_FLOAT32, RT_FLOAT64, RT_COMPLEX64,
    RT_COMPLEX128, RT_ARRAY, RT_CHAN, RT_FUNC, RT_INTERFACE, RT_MAP, RT_POINTER, RT_SLICE,
    RT_STRING, RT_STRUCT, RT_UNSAFE_POINTER,
} RtKind;
/* clang-format on */

enum {
    RT_NAMED_TYPE = 1, /* a defined or predeclared type */
    RT_COMPARABLE = 2, /* == is allowed (it may still panic through an interface inside) */
    RT_PLAIN_EQ = 4,   /* == is equality of the bytes: no padding, floats, strings, interfaces */
    RT_GCREPEAT = 8,   /* an array whose ptrmap is that of its element, to be repeated */
    RT_VARIADIC = 16,  /* RT_FUNC: the last parameter is variadic */
    RT_SPARE_END = 32, /* with pointers, and ends in an array: see rt_alloc_array in heap.h */
};

typedef struct RtMethod { /* of a type, sorted by name, then pkgpath */
    RtString name;
    RtString pkgpath; /* empty for exported names */
    uint64_t sig;     /* identifies the func type without receiver: a hash of its key.  No
                     descriptor: what a method only mentions is not linked for its sake */
    void *ifn;        /* code with the interface's data word as first parameter */
} RtMethod;

typedef struct RtUncommon {
    RtString pkgpath; /* where the defined type was declared; empty for predeclared */
    int64_t nmethods;
    const RtMethod *methods; /* the full method set of this very type (T, or *T) */
} RtUncommon;

struct RtType {
    uint64_t size;
    uint64_t ptrbytes; /* bytes up to the end of the last pointer word; 0: no pointers */
    uint32_t hash;     /* of the type's key */
    uint8_t kind;      /* RtKind */
    uint8_t align;
    uint8_t flags;
    uint8_t alloc;         /* rt_alloc_run of runtime/allocrun.h; 0 is always right, but slower */
    const uint8_t *ptrmap; /* one bit a word of ptrbytes, 1: pointer (also interface data
                              words, which may hold scalars); RT_GCREPEAT: see elem */
    RtString string;       /* as %T prints it: "main.T", "[]int" */
    RtString name;         /* without package: "T"; empty if not RT_NAMED_TYPE */
    const RtType *ptrto;   /* *T where the program has it, else NULL */
    const RtUncommon *uncommon; /* or NULL */
};

typedef struct {
    RtType t;
    const RtType *elem;
    int64_t len;
    const RtType *slice;
} RtArrayType;
typedef struct {
    RtType t;
    const RtType *elem;
    int64_t dir; /* 1 recv, 2 send, 3 both, as reflect.ChanDir */
} RtChanType;
typedef struct {
    RtType t;
    const RtType *elem;
} RtPointerType; /* also slices */
typedef struct {
    RtType t;
    const RtType *elem;
} RtSliceType;
typedef struct {
    RtType t;
    const RtType *const *in;
    int64_t nin;
    const RtType *const *out;
    int64_t nout;
} RtFuncType;
typedef struct {
    RtString name, pkgpath;
    uint64_t sig;
} RtImethod;
typedef struct {
    RtType t;
    const RtImethod *methods;
    int64_t nmethods;
} RtInterfaceType;
/* hashing: how the runtime treats keys, decided by the compiler */
typedef enum RtKeyKind {
    RT_KEY_GENERAL,
    RT_KEY_32,
    RT_KEY_64,
    RT_KEY_STRING,
    RT_KEY_PLAIN
} RtKeyKind;
typedef struct {
    RtType t;
    const RtType *key, *elem;
    int64_t keykind; /* RtKeyKind */
} RtMapType;
typedef struct {
    RtString name;
    RtString pkgpath; /* empty for exported names */
    const RtType *type;
    RtString tag;
    uint64_t offset;
    uint64_t embedded; /* 0 or 1 */
} RtStructField;
typedef struct {
    RtType t;
    const RtStructField *fields;
    int64_t nfields;
} RtStructType;

/* Interface table: one per (interface type, dynamic type) pair that is used; built by the
 * compiler where both are known (COMDAT symbol G"itab:"+…), else by rt_itab at run time.
 * Addresses of itabs are NOT unique: compare ->type. */
typedef struct RtItab {
    const RtType *type;  /* dynamic type */
    const RtType *iface; /* interface type */
    void *fn[];          /* in the order of the interface's methods */
} RtItab;

/* ---- select, maps, slices ------------------------------------------------------------- */

enum { RT_SELECT_SEND = 1, RT_SELECT_RECV = 2 };
typedef struct RtSelectCase {
    void *chan; /* may be NULL: never ready */
    void *elem; /* value to send, or where to receive to (may be NULL) */
    uint32_t dir;
    uint32_t recv_ok; /* out */
} RtSelectCase;

typedef struct RtMapIter {
    void *key, *elem; /* of the current entry; valid until the next call */
    uint64_t priv[18];
} RtMapIter;

/* A map begins with its number of entries (int64); len(m) is that, or 0 for NULL. */

typedef enum RtSliceFault {
    RT_SLICE_ALEN, /* s[?:hi] out of range with length (array, string) bound */
    RT_SLICE_ACAP, /* s[?:hi] with capacity bound */
    RT_SLICE_B,    /* s[lo:hi] with lo > hi */
    RT_SLICE3_ALEN,
    RT_SLICE3_ACAP, /* s[::max] */
    RT_SLICE3_B,    /* s[:hi:max] */
    RT_SLICE3_C,    /* s[lo:hi:] */
} RtSliceFault;

typedef enum RtRangeFault { /* the state of a range-over-func loop; 0: all is well */
                            RT_RANGE_DONE =
                                1, /* "range function continued iteration after function for loop body
                                returned false" */
                            RT_RANGE_PANIC,     /* "… after loop body panic" */
                            RT_RANGE_EXHAUSTED, /* "… after whole loop exit" */
                            RT_RANGE_MISSING_PANIC, /* "range function recovered a loop body panic and did not resume
                                panicking" */
} RtRangeFault;

/* ---- defer -------------------------------------------------------------------------------
 *
 * A function with `defer` is lowered to two.  F itself keeps its parameters and results in
 * a frame struct on its stack that begins with RtFrame, and calls rt_protect(body, frame):
 *
 *     rt_protect runs body(frame), as a closure whose code is body and whose address is
 *     frame.  Where the body returns, it runs the frame's deferred calls, last first, by
 *     rt_run_defers: so they are seen to come from that line.  A panic inside runs them on
 *     top of the panicking stack; one that recovers makes rt_protect go on with the
 *     remaining deferred calls and return normally.  F then returns the results out of its
 *     frame.  runtime.Goexit unwinds the same way, without coming back.
 *
 * A `defer` in the body fills an RtDefer (a stack slot; heap memory where it may run more
 * than once) and links it in front of frame->defers:  d->link = frame->defers;
 * d->closure = c; frame->defers = d.  A nil closure panics when it is called.
 *
 * recover: a function that contains recover() reads, first thing,
 *     may = rt_g->defer_callee == <its own code address>; rt_g->defer_callee = NULL;
 * and passes `may` to rt_recover.  While a panic (not a normal return) runs deferred
 * calls, the runtime sets defer_callee to the closure's code.  A thunk made for
 * `defer f(x)` and a wrapper for an interface's or promoted method, which call on to the
 * function meant, set defer_callee to that function's code if it was their own. */
typedef struct RtDefer {
    struct RtDefer *link;
    RtClosure *closure;
} RtDefer;

typedef struct RtFrame {
    void *code;      /* the body: makes the frame a closure */
    RtDefer *defers; /* newest first */
    uint64_t priv[14];
} RtFrame;

/* ---- the goroutine, as far as generated code knows it ----------------------------------- */

/* The current goroutine: thread-local, local-exec; never take its address. */
typedef struct RtG {
    uint64_t stack_limit_copy; /* what %fs:0x70 holds while it runs and is not preempted */
    void *defer_callee;        /* see above */
    uint64_t id;               /* its number */
    /* the runtime's own part follows, runtime/sched.h */
} RtG;

#define RT_G_SYMBOL "rt_g" /* _Thread_local RtG * */
#define RT_M_SYMBOL "rt_m" /* _Thread_local RtM * */
/* _Thread_local uint8_t: 1 while generated code takes an object from the P's cache */
#define RT_CACHING_SYMBOL "rt_caching"
#define RT_WB_SYMBOL "rt_wb_enabled" /* uint32_t: 1 while marking: store.ref must record */

/* What the linker driver must provide to the runtime: generated by the compiler in the
 * main package's object. */
#define RT_SYM_MAIN "Gmain_dmain"  /* main.main */
#define RT_SYM_INIT "gol_init_all" /* void(void), split-stack: all packages' init in order */
/* Package-level variables that may hold pointers stand in sections .gol_data and .gol_bss
 * (as C identifiers gol_data/gol_bss: the linker's __start_gol_data, __stop_… delimit
 * them); pointer-free ones in .data/.bss. */
#define RT_SECTION_DATA "gol_data"
#define RT_SECTION_BSS "gol_bss"

/* How generated code finds the cache: rt_m->p->mcache->run[K]; checked in heap.c. */
enum { RT_M_P = 8, RT_P_MCACHE = 32, RT_RUN_BYTES = 16 };

typedef enum RtCall {
#define RT(name, text, sig, flags) RT_##name,
    RT_CALLS(RT)
#undef RT
        RT_CALL_COUNT
} RtCall;

#endif /* !__ASSEMBLER__ */
#endif
