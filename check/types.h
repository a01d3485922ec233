/* Types, objects, scopes and packages: the vocabulary of the checker and of every stage
 * behind it.  It follows go/types in names and meaning.  Everything lives in the arena of
 * the compilation. */
#ifndef GOL_CHECK_TYPES_H
#define GOL_CHECK_TYPES_H

#include "check/const.h"

typedef struct Package Package;
typedef VEC(Type *) TypeVec;
typedef VEC(Object *) ObjectVec;

/* ---- types -------------------------------------------------------------------------- */

/* X(ENUM, "name", flags, size in bytes (0: untyped)) */
#define BASIC_TYPES(X)                                                                             \
    X(INVALID, "invalid type", 0, 0)                                                               \
    X(BOOL, "bool", BF_BOOLEAN, 1)                                                                 \
    X(INT, "int", BF_INTEGER, 8)                                                                   \
    X(INT8, "int8", BF_INTEGER, 1)                                                                 \
    X(INT16, "int16", BF_INTEGER, 2)                                                               \
    X(INT32, "int32", BF_INTEGER, 4)                                                               \
    X(INT64, "int64", BF_INTEGER, 8)                                                               \
    X(UINT, "uint", BF_INTEGER | BF_UNSIGNED, 8)                                                   \
    X(UINT8, "uint8", BF_INTEGER | BF_UNSIGNED, 1)                                                 \
    X(UINT16, "uint16", BF_INTEGER | BF_UNSIGNED, 2)                                               \
    X(UINT32, "uint32", BF_INTEGER | BF_UNSIGNED, 4)                                               \
    X(UINT64, "uint64", BF_INTEGER | BF_UNSIGNED, 8)                                               \
    X(UINTPTR, "uintptr", BF_INTEGER | BF_UNSIGNED, 8)                                             \
    X(FLOAT32, "float32", BF_FLOAT, 4)                                                             \
    X(FLOAT64, "float64", BF_FLOAT, 8)                                                             \
    X(COMPLEX64, "complex64", BF_COMPLEX, 8)                                                       \
    X(COMPLEX128, "complex128", BF_COMPLEX, 16)                                                    \
    X(STRING, "string", BF_STRING, 16)                                                             \
    X(UNSAFE_POINTER, "unsafe.Pointer", 0, 8)                                                      \
    X(UNTYPED_BOOL, "untyped bool", BF_BOOLEAN | BF_UNTYPED, 0)                                    \
    X(UNTYPED_INT, "untyped int", BF_INTEGER | BF_UNTYPED, 0)                                      \
    X(UNTYPED_RUNE, "untyped rune", BF_INTEGER | BF_UNTYPED, 0)                                    \
    X(UNTYPED_FLOAT, "untyped float", BF_FLOAT | BF_UNTYPED, 0)                                    \
    X(UNTYPED_COMPLEX, "untyped complex", BF_COMPLEX | BF_UNTYPED, 0)                              \
    X(UNTYPED_STRING, "untyped string", BF_STRING | BF_UNTYPED, 0)                                 \
    X(UNTYPED_NIL, "untyped nil", BF_UNTYPED, 0)

enum {
    BF_BOOLEAN = 1,
    BF_INTEGER = 2,
    BF_UNSIGNED = 4,
    BF_FLOAT = 8,
    BF_COMPLEX = 16,
    BF_STRING = 32,
    BF_UNTYPED = 64,
    BF_ORDERED = BF_INTEGER | BF_FLOAT | BF_STRING,
    BF_NUMERIC = BF_INTEGER | BF_FLOAT | BF_COMPLEX,
    BF_CONST = BF_BOOLEAN | BF_NUMERIC | BF_STRING,
};

typedef enum BasicKind {
#define X(k, s, f, z) BASIC_##k,
    BASIC_TYPES(X)
#undef X
        BASIC_COUNT
} BasicKind;

typedef enum TypeKind {
    TYPE_BASIC,
    TYPE_ARRAY,
    TYPE_SLICE,
    TYPE_STRUCT,
    TYPE_POINTER,
    TYPE_TUPLE, /* several results; also the type of a two-value comma-ok form */
    TYPE_SIGNATURE,
    TYPE_INTERFACE,
    TYPE_MAP,
    TYPE_CHAN,
    TYPE_NAMED,     /* a defined type */
    TYPE_TYPEPARAM, /* a type parameter */
    TYPE_UNION,     /* only inside a constraint */
} TypeKind;

typedef struct StructField {
    Object *var;     /* OBJ_FIELD: name, type, position */
    const char *tag; /* unquoted bytes, or NULL */
    uint32_t tag_len;
    bool embedded;
} StructField;

typedef struct UnionTerm {
    bool tilde;
    Type *type;
} UnionTerm;

typedef VEC(UnionTerm) UnionTermVec;

struct Type {
    TypeKind kind;
    uint32_t id; /* unique; for printing and hashing by identity of the node */
    /* caches, filled on demand */
    int64_t size_cache; /* -1: not known yet */
    uint32_t align_cache;
    struct MethodSet *method_set;
    uint32_t mono_vertex; /* mono.c's, of a type parameter or local type; 0: none */
    void *ir_type;        /* the lowering's */
    void *ir_desc;        /* the lowering's: symbol of its descriptor */
    union {
        struct {
            BasicKind kind;
            unsigned flags;   /* BF_* */
            const char *name; /* "byte" and "rune" are nodes of their own, identical to
                                 uint8 and int32 */
        } basic;
        struct {
            Type *elem;
            int64_t len;
        } array;
        struct {
            Type *elem;
        } slice, pointer;
        struct {
            VEC(StructField) fields;
        } struct_;
        struct {
            ObjectVec vars; /* OBJ_VAR */
        } tuple;
        struct {
            Object *recv;           /* OBJ_VAR or NULL */
            Type *params, *results; /* TYPE_TUPLE, never NULL */
            bool variadic;          /* the last parameter's type is then a slice */
            ObjectVec tparams;      /* OBJ_TYPENAME of TYPE_TYPEPARAMs */
        } sig;
        struct {
            ObjectVec methods; /* OBJ_FUNC, explicitly declared */
            TypeVec embedded;
            VEC(Pos) embedded_pos;
            /* after completion: all methods in the order of method_set, and the type
             * set's terms */
            bool complete;
            ObjectVec all_methods;
            bool is_comparable; /* the predeclared comparable, or embeds it */
            bool has_terms;     /* restricted to terms */
            UnionTermVec terms;
            bool completing; /* for recursion */
            bool implicit;   /* around a constraint that is a type or union: [T ~int] */
        } iface;
        struct {
            Type *key, *elem;
        } map;
        struct {
            ChanDir dir;
            Type *elem;
        } chan;
        struct {
            Object *obj;      /* OBJ_TYPENAME */
            Type *underlying; /* never TYPE_NAMED once resolved */
            /* OBJ_FUNC declared on T or *T.  Of an instance: made on demand, NULL before,
             * so go through type_named_method. */
            ObjectVec methods;
            TypeVec targs; /* type arguments of an instance */
            Type *origin;  /* generic type of an instance */
            ObjectVec tparams;
            /* of a type declared inside a generic function: the function's (and its
             * receiver's) type parameters, which are its own as well: substitution makes
             * an instance of it for each instance of the function */
            ObjectVec outer;
            TypeVec instances;    /* of a generic type: those made so far */
            uint8_t validity;     /* cycles.c's */
            uint32_t nesting;     /* limits.c's */
            Pos at;               /* of an instance: where it stands first in the source */
            bool expanding;       /* an instance whose underlying type is being made */
            bool finite;          /* the checker's: no cycle by value through it */
            uint32_t local_index; /* distinguishes types declared in functions: 0 at
                                     package level, else unique in the package */
        } named;
        struct {
            Object *obj;
            int index;
            Type *constraint;
        } tparam;
        struct {
            UnionTermVec terms;
            bool too_large; /* with the terms of its interfaces; reported */
        } union_;
    };
};

/* ---- objects ------------------------------------------------------------------------ */

typedef enum ObjectKind {
    OBJ_PKGNAME,
    OBJ_CONST,
    OBJ_TYPENAME,
    OBJ_VAR,   /* package-level and local variables, parameters, results */
    OBJ_FIELD, /* a struct's field */
    OBJ_FUNC,  /* functions and methods, an interface's methods too */
    OBJ_LABEL,
    OBJ_BUILTIN,
    OBJ_NIL,
} ObjectKind;

/* X(ENUM, "name", minimal arguments, variadic, kind: 0 expression, 1 statement) */
#define BUILTINS(X)                                                                                \
    X(APPEND, "append", 1, 1, 0)                                                                   \
    X(CAP, "cap", 1, 0, 0)                                                                         \
    X(CLEAR, "clear", 1, 0, 1)                                                                     \
    X(CLOSE, "close", 1, 0, 1)                                                                     \
    X(COMPLEX, "complex", 2, 0, 0)                                                                 \
    X(COPY, "copy", 2, 0, 1)                                                                       \
    X(DELETE, "delete", 2, 0, 1)                                                                   \
    X(IMAG, "imag", 1, 0, 0)                                                                       \
    X(LEN, "len", 1, 0, 0)                                                                         \
    X(MAKE, "make", 1, 1, 0)                                                                       \
    X(MAX, "max", 1, 1, 0)                                                                         \
    X(MIN, "min", 1, 1, 0)                                                                         \
    X(NEW, "new", 1, 0, 0)                                                                         \
    X(PANIC, "panic", 1, 0, 1)                                                                     \
    X(PRINT, "print", 0, 1, 1)                                                                     \
    X(PRINTLN, "println", 0, 1, 1)                                                                 \
    X(REAL, "real", 1, 0, 0)                                                                       \
    X(RECOVER, "recover", 0, 0, 1)                                                                 \
    /* package unsafe */                                                                           \
    X(UNSAFE_ADD, "Add", 2, 0, 0)                                                                  \
    X(UNSAFE_ALIGNOF, "Alignof", 1, 0, 0)                                                          \
    X(UNSAFE_OFFSETOF, "Offsetof", 1, 0, 0)                                                        \
    X(UNSAFE_SIZEOF, "Sizeof", 1, 0, 0)                                                            \
    X(UNSAFE_SLICE, "Slice", 2, 0, 0)                                                              \
    X(UNSAFE_SLICEDATA, "SliceData", 1, 0, 0)                                                      \
    X(UNSAFE_STRING, "String", 2, 0, 0)                                                            \
    X(UNSAFE_STRINGDATA, "StringData", 1, 0, 0)

typedef enum BuiltinId {
#define X(k, s, n, v, st) BUILTIN_##k,
    BUILTINS(X)
#undef X
        BUILTIN_COUNT
} BuiltinId;

/* What the checker notes about a function body for the lowering.
 *
 * Generic code is checked once, with type parameters (TYPE_TYPEPARAM) in the types that the
 * AST carries; an instance is lowered with a substitution (check/generic.h) applied to each
 * of them.  A function is generic if its sig has tparams, a method if the type arguments of
 * its receiver's type are type parameters (the receiver's own: func (l *List[E]) m() is
 * about E); a literal if one around it is.  Where a generic function is named, the name's
 * Expr.targs are its type arguments, which may mention the type parameters of the code
 * around.  A method of an instance is an object of its own whose func.origin is the declared
 * one.  The bodies of generic functions are checked in imported packages too, whatever
 * CheckOptions.bodies says, and are in Package.funcs.  In generic code an operand of a type
 * parameter's type is MODE_VALUE even if it was written as a constant: e->cv of the literal
 * has the value, e->type the parameter. */
typedef struct FuncInfo {
    Object *obj;            /* OBJ_FUNC; NULL for a function literal */
    Expr *lit;              /* EXPR_FUNC_LIT; NULL for a declaration */
    struct FuncInfo *outer; /* enclosing function of a literal, NULL at package level */
    Package *pkg;
    Type *sig;
    Stmt *body;
    Scope *scope;              /* of parameters and body */
    Object *recv;              /* OBJ_VAR or NULL */
    ObjectVec params, results; /* OBJ_VAR, one each, also unnamed and blank ones */
    bool has_defer, has_recover, has_named_results;
    uint32_t ndefers, nreturns;  /* statements */
    bool defer_in_loop;          /* a defer that may run more than once (loop or backward goto) */
    ObjectVec captures;          /* variables of enclosing functions that this literal (or one
                           inside it) uses, in order of first use */
    VEC(struct FuncInfo *) lits; /* literals directly inside, in source order */
} FuncInfo;

struct Object {
    ObjectKind kind;
    const Name *name; /* NULL: unnamed parameter */
    Package *pkg;     /* NULL: universe */
    Pos pos;
    Type *type; /* NULL until resolved */
    Scope *parent;
    bool used;
    uint8_t color;      /* resolution: white, grey, black */
    bool alias_pending; /* an alias being resolved */
    uint32_t order;     /* of declaration in the package, from 1; 0 for locals */
    struct Decl *decl;  /* package-level and local declaration, or NULL */
    File *file;
    struct DeclInfo *check; /* the checker's */
    Pos scope_pos;          /* where a local object's scope starts; NOPOS: everywhere */

    union {
        struct {
            Package *imported;
        } pkgname;
        struct {
            ConstVal *val;
        } constant;
        struct {
            bool is_alias;
            ObjectVec tparams; /* of a generic alias; its type is that with them in it */
        } typename;
        struct {
            FuncInfo *owner; /* declaring function; NULL: package level */
            bool is_param, is_result, is_recv;
            bool captured;   /* used in a literal inside owner */
            bool addr_taken; /* &v, v[:] of an array, or an implicit & for a method call,
                                 also of a part of v (v.f, v[i] of an array) */
            bool reassigned; /* assigned after its declaration (also op=, ++, range =,
                                 a part of it); not by the post statement of its loop */
            bool in_post;    /* that is being checked now */
            bool in_loop;    /* declared inside a loop's body or header */
            void *ir;        /* the lowering's */
        } var;
        struct {
            int index;
            bool embedded;
        } field;
        struct {
            Decl *decl;             /* DECL_FUNC; NULL for interface methods */
            FuncInfo *info;         /* NULL until its body was checked */
            bool ptr_recv;          /* method on *T */
            Type *recv_named;       /* TYPE_NAMED of a method, or the interface type */
            const char *std_symbol; /* body-less: the C symbol that implements it */
            Object *origin;         /* method of an instance: the generic method; else NULL */
            void *ir;
        } func;
        struct {
            BuiltinId id;
        } builtin;
    };
};

/* How x.f was found.  index: path of field indices through embedded fields; the last is
 * the field's index, or the method's (in the named type's methods or in the interface's
 * all_methods). */
typedef enum SelectionKind { SEL_FIELD, SEL_METHOD, SEL_METHOD_EXPR } SelectionKind;

struct Selection {
    SelectionKind kind;
    Type *recv;  /* type of x (or T in T.f) */
    Object *obj; /* OBJ_FIELD or OBJ_FUNC */
    VEC(int) index;
    bool indirect; /* a pointer was followed on the way */
    Type *type;    /* of the selection: field type, method value or expression signature */
};

struct Scope {
    Scope *parent;
    struct ScopeTable *table; /* private to check/scope.c */
    Range range;
    bool is_func;
};

Scope *scope_new(Arena *a, Scope *parent, Range r);
Object *scope_lookup(const Scope *s, const Name *name);
/* Also through parents; only objects declared before pos count in function scopes
 * (pos NOPOS: all).  *where: the scope it was found in, may be NULL. */
Object *scope_lookup_parent(Scope *s, const Name *name, Pos pos, Scope **where);
/* Returns the object already there under that name (and inserts nothing), else NULL. */
Object *scope_insert(Arena *a, Scope *s, Object *o);
/* Calls fn for each object in order of insertion. */
void scope_each(const Scope *s, void (*fn)(Object *, void *), void *arg);

typedef struct InitStep {
    ObjectVec lhs; /* OBJ_VAR; blank ones too */
    Expr *rhs;
} InitStep;

struct Package {
    const char *path; /* "main", "fmt", "example.com/m/util" */
    const Name *name;
    Scope *scope;
    VEC(File *) files;
    VEC(Package *) imports; /* direct, in order of first import */
    /* Initialisation: each step is `lhs = rhs`, several lhs for one call. */
    VEC(InitStep) inits;
    VEC(FuncInfo *)
    funcs;                /* all declared functions, methods and their literals (after
                                their declaration), in source order; only checked bodies */
    ObjectVec init_funcs; /* func init(), in order */
    TypeVec named_types;  /* every defined type, local ones too, in order */
    bool is_std;          /* from golc's own library */
    bool complete, had_errors;
    bool fake; /* stands for an import that failed: unknown names are not reported */
    uint32_t nlocal_types;
    void *ir;
};

/* ---- the universe ------------------------------------------------------------------- */

extern Type *type_basic[BASIC_COUNT];
extern Type *type_byte, *type_rune; /* identical to uint8, int32 */
extern Type *type_any;              /* interface{} (an alias) */
extern Type *type_error;            /* TYPE_NAMED */
extern Type *type_comparable;       /* TYPE_NAMED */
extern Type *type_empty_tuple;
extern Scope *universe;
extern Package *package_unsafe;
/* Once per process, before anything else of this folder. */
void universe_init(Arena *a);

/* ---- constructors (types.c) --------------------------------------------------------- */

Type *type_new(Arena *a, TypeKind kind);
Type *type_new_array(Arena *a, Type *elem, int64_t len);
Type *type_new_slice(Arena *a, Type *elem);
Type *type_new_pointer(Arena *a, Type *elem);
Type *type_new_map(Arena *a, Type *key, Type *elem);
Type *type_new_chan(Arena *a, ChanDir dir, Type *elem);
Type *type_new_tuple(Arena *a, Object **vars, uint32_t n);
Type *type_new_signature(Arena *a, Object *recv, Type *params, Type *results, bool variadic);
Type *type_new_named(Arena *a, Object *obj, Type *underlying);
Object *object_new(Arena *a, ObjectKind kind, Pos pos, Package *pkg, const Name *name, Type *type);

/* The arena of the compilation, as given to universe_init. */
extern Arena *types_arena;
/* How the relations below get at the type of an object that is not resolved yet (a method
 * whose signature is still to be checked); the checker sets it.  May be NULL. */
extern void (*object_resolver)(Object *o);
/* o->type, resolved first if need be; NULL if that is impossible. */
Type *object_type(Object *o);

/* ---- predicates and relations (predicates.c, lookup.c) -------------------------------- */

/* Never TYPE_NAMED; the constraint's interface for a type parameter; makes an instance's
 * underlying type on demand.  The invalid type while t is not set up. */
Type *type_underlying(Type *t);
/* Methods declared for a defined type; for an instance, those of its generic type with the
 * type arguments put in. */
uint32_t type_named_nmethods(const Type *named);
Object *type_named_method(Type *named, uint32_t i);
/* Whether an unexported name matches only within its package: same name and, if it is not
 * exported, same package. */
bool object_same_id(const Object *o, const Package *pkg, const Name *name);
bool name_exported(const Name *name);
/* The underlying type; for a type parameter its core type or NULL. */
Type *type_core(Type *t);
/* Underlying is basic with any of flags; false for a type parameter. */
bool type_is(Type *t, unsigned basic_flags);
/* The same, but true of a type parameter if it is of each type in its type set: what
 * decides whether an operator applies. */
bool type_all(Type *t, unsigned basic_flags);
/* As type_core, but a type set of strings and []byte gives string (append, copy, range,
 * slicing). */
Type *type_core_string(Type *t);
bool type_is_untyped(Type *t);
bool type_is_named(Type *t); /* basic, defined or type parameter */
bool type_is_interface(Type *t);
bool type_is_typeparam(Type *t);
bool type_has_nil(Type *t);
bool type_identical(Type *x, Type *y);
bool type_identical_ignore_tags(Type *x, Type *y);
/* Go spec, "Comparison operators".  *why: an explanation for messages, may be NULL. */
bool type_comparable_p(Arena *a, Type *t, const char **why);
/* Whether == on it never panics: no interface inside. */
bool type_strictly_comparable(Type *t);
Type *type_default(Type *untyped);
/* Element access for T and *T of arrays: */
Type *type_deref(Type *t, bool *was_pointer);

/* Go spec, "Selectors".  Finds field or method `name` in T (or *T if addressable), by
 * depth.  Unexported names match only within pkg.  obj NULL: not found, or ambiguous
 * (index.n > 0), or found but with a pointer receiver that is out of reach (indirect). */
typedef struct LookupResult {
    Object *obj;
    VEC(int) index;
    bool indirect;
} LookupResult;
LookupResult type_lookup_field_or_method(Arena *a, Type *t, bool addressable, Package *pkg,
                                         const Name *name);
/* Completes an interface: all_methods and its type set. Reports duplicates.  Done on demand
 * by everything here; does nothing lasting while an embedded type is not set up. */
void type_complete_interface(Arena *a, Type *iface);
/* Order of all_methods and of method sets: byte order of names, then package path. */
int method_order(const Object *m, const Object *n);
Object *type_interface_method(Type *iface, const Package *pkg, const Name *name, int *index);
/* The interface of a constraint (itself, or the implicit interface around a type or union);
 * the underlying interface of any interface type.  Completed. */
Type *type_constraint_interface(Type *constraint);
/* Calls fn for each term of t's type set, with NULL and false once if it is not restricted
 * to terms; for a type that is not a type parameter, once with the type and its underlying
 * type.  Stops when fn gives false, and returns whether it never did.  (Go spec, "Type
 * sets".) */
typedef bool (*TypeSetFn)(Type *t, Type *under, void *arg);
bool type_set_each(Type *t, TypeSetFn fn, void *arg);
/* Whether no type is in the type set of t, an interface or a type parameter. */
bool type_set_empty(Type *t);
/* The method set of T (of *T when given a pointer type), promoted ones included, sorted
 * by name as type descriptors want it: by exported-ness-blind byte order of the name, then
 * package path.  Each entry is a SEL_METHOD selection with recv = t. */
typedef struct MethodSet {
    VEC(Selection *) sels;
} MethodSet;
/* Kept with the type: only for use once the package's types are set up. */
MethodSet *type_method_set(Arena *a, Type *t);
/* A method of iface that t lacks, or NULL.  *wrong_type: it exists with another
 * signature (*have then it); *ptr_recv: it has a pointer receiver. */
Object *type_missing_method(Arena *a, Type *t, Type *iface, bool is_static, Object **have,
                            bool *wrong_type, bool *ptr_recv);
bool type_implements(Arena *a, Type *t, Type *iface);
/* The same with Go's explanation in *cause when it does not ("T does not implement I
 * (missing method M)"); constraint: whether it satisfies the constraint, which words it so
 * and lets interfaces be comparable.  rel: for type_string. */
bool type_implements_why(Arena *a, Type *t, Type *iface, bool constraint, Package *rel,
                         const char **cause);
/* Why t lacks methods of iface, in parentheses: "(missing method M)"; NULL if it has all. */
const char *type_missing_method_cause(Arena *a, Type *t, Type *iface, bool is_static, Package *rel);
/* Go spec, "Assignability", for typed V and T (constants and nil are the checker's). */
bool type_assignable(Arena *a, Type *v, Type *t);
/* Go spec, "Conversions", non-constant. */
bool type_convertible(Arena *a, Type *v, Type *t);

/* ---- layout (sizes.c): linux/amd64 as gc has it ---------------------------------------- */

/* Bytes; -1 where it passes 2^63. */
int64_t type_size(Type *t);
uint32_t type_align(Type *t);
int64_t type_field_offset(Type *struct_type, uint32_t field);
bool type_has_pointers(Type *t);

/* ---- text ------------------------------------------------------------------------------- */

/* As in messages: names qualified by package name where it is not `rel`. */
const char *type_string(Arena *a, Type *t, Package *rel);
/* As reflect and %T print it: qualified by package name always. */
const char *type_string_reflect(Arena *a, Type *t);
/* A unique key: identical types, and only they, give equal text (full import paths, local
 * types numbered).  For symbols of descriptors. */
const char *type_key(Arena *a, Type *t);
const char *object_string(Arena *a, Object *o, Package *rel);

/* ---- the checker (check.c) ---------------------------------------------------------------- */

/* Finds and checks (declarations only, or bodies too) an imported package.  Returns NULL
 * after reporting at `where`. */
typedef Package *(*ImportFn)(void *arg, const char *path, Range where);

typedef struct CheckOptions {
    bool bodies; /* check function bodies too */
    bool is_std; /* body-less functions are allowed */
    ImportFn import;
    void *import_arg;
} CheckOptions;

/* Checks a package's files, writing its findings into the AST.  Reports into the sink;
 * pkg->had_errors tells.  Never fails otherwise. */
Package *check_package(Arena *a, const char *path, File **files, uint32_t nfiles,
                       const CheckOptions *opt);
/* --emit=types: every object with its type, every expression with mode, type and value. */
void check_print(FILE *out, Package *pkg);

#endif
