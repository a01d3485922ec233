/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Types and their relations.  Types are written as in Go and read by a small parser here;
 * sizes were printed by Go with unsafe.Sizeof. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

#include "check/generic.h"

static Arena *A;
static Package *pkg, *other;
static Scope *env; /* defined types of the test */

/* ---- reading types ------------------------------------------------------------------------ */

static const char *P;

static void blank(void)
{
    while (*P == ' ')
        P++;
}

static bool eat(const char *s)
{
    blank();
    size_t n = strlen(s);
    if (strncmp(P, s, n) != 0 || (isalnum(s[n - 1]) && (isalnum(P[n]) || P[n] == '_')))
        return false;
    P += n;
    return true;
}

static const Name *word(void)
{
    blank();
    const char *s = P;
    while (isalnum(*P) || *P == '_')
        P++;
    cr_assert_neq(P, s, "name expected at %s", s);
    return intern(s, (size_t)(P - s));
}

static Type *read_type(void);

/* (a int, b ...string), names obligatory in structs and methods only */
static Type *read_tuple(bool *variadic)
{
    ObjectVec v = {0};
    while (!eat(")")) {
        if (eat("..."))
            *variadic = true;
        Type *t = read_type();
        if (*variadic)
            t = type_new_slice(A, t);
        vec_push(A, &v, object_new(A, OBJ_VAR, 0, pkg, NULL, t));
        eat(",");
    }
    return type_new_tuple(A, v.p, v.n);
}

static Type *read_sig(void)
{
    bool variadic = false, ignored = false;
    cr_assert(eat("("));
    Type *params = read_tuple(&variadic), *results = NULL;
    if (eat("(")) {
        results = read_tuple(&ignored);
    } else {
        blank();
        if (*P && !strchr(";,})", *P)) {
            Object *o = object_new(A, OBJ_VAR, 0, pkg, NULL, read_type());
            results = type_new_tuple(A, &o, 1);
        }
    }
    return type_new_signature(A, NULL, params, results, variadic);
}

static Type *read_struct(void)
{
    Type *t = type_new(A, TYPE_STRUCT);
    while (!eat("}")) {
        StructField f = {.embedded = eat("@")};
        const Name *name = word();
        Type *ft;
        if (f.embedded) {
            P -= name->len;
            bool ptr = P[-1] == '*';
            ft = read_type();
            (void)ptr;
        } else {
            ft = read_type();
        }
        f.var = object_new(A, OBJ_FIELD, 0, pkg, name, ft);
        if (eat("\"")) {
            f.tag = P;
            while (*P != '"')
                P++;
            f.tag_len = (uint32_t)(P - f.tag);
            P++;
        }
        vec_push(A, &t->struct_.fields, f);
        eat(";");
    }
    return t;
}

static Type *read_union(void)
{
    Type *u = type_new(A, TYPE_UNION);
    do {
        UnionTerm t = {.tilde = eat("~")};
        t.type = read_type();
        vec_push(A, &u->union_.terms, t);
    } while (eat("|"));
    if (u->union_.terms.n == 1 && !u->union_.terms.p[0].tilde)
        return u->union_.terms.p[0].type;
    return u;
}

static Type *read_iface(void)
{
    Type *t = type_new(A, TYPE_INTERFACE);
    while (!eat("}")) {
        blank();
        const char *at = P;
        if (isalpha(*P)) {
            const Name *name = word();
            if (*P == '(') {
                vec_push(A, &t->iface.methods, object_new(A, OBJ_FUNC, 0, pkg, name, read_sig()));
                eat(";");
                continue;
            }
            P = at;
        }
        vec_push(A, &t->iface.embedded, read_union());
        eat(";");
    }
    return t;
}

static Type *read_type(void)
{
    if (eat("[")) {
        if (eat("]"))
            return type_new_slice(A, read_type());
        int64_t n = strtol(P, (char **)&P, 10);
        cr_assert(eat("]"));
        return type_new_array(A, read_type(), n);
    }
    if (eat("*"))
        return type_new_pointer(A, read_type());
    if (eat("(")) {
        Type *t = read_type();
        cr_assert(eat(")"));
        return t;
    }
    if (eat("map[")) {
        Type *k = read_type();
        cr_assert(eat("]"));
        return type_new_map(A, k, read_type());
    }
    if (eat("<-chan"))
        return type_new_chan(A, CHAN_RECV, read_type());
    if (eat("chan<-"))
        return type_new_chan(A, CHAN_SEND, read_type());
    if (eat("chan"))
        return type_new_chan(A, CHAN_BOTH, read_type());
    if (eat("struct{"))
        return read_struct();
    if (eat("interface{"))
        return read_iface();
    if (eat("func"))
        return read_sig();
    const Name *name = word();
    Object *o = scope_lookup_parent(env, name, NOPOS, NULL);
    cr_assert(o, "undefined: %s", name->s);
    return o->type;
}

static Type *T(const char *s)
{
    P = s;
    Type *t = read_type();
    blank();
    cr_assert(*P == '\0', "left over: %s", P);
    return t;
}

/* type name text */
static Type *define(const char *name, const char *text)
{
    Object *o = object_new(A, OBJ_TYPENAME, 0, pkg, intern_cstr(name), NULL);
    Type *t = type_new_named(A, o, NULL);
    scope_insert(A, env, o);
    t->named.underlying = type_underlying(T(text));
    return t;
}

/* func (recv) name sig */
static Object *method(Type *recv, bool ptr, const char *name, const char *sig)
{
    P = sig;
    Type *s = read_sig();
    Object *o = object_new(A, OBJ_FUNC, 0, pkg, intern_cstr(name), s);
    s->sig.recv = object_new(A, OBJ_VAR, 0, pkg, NULL, ptr ? type_new_pointer(A, recv) : recv);
    o->func.ptr_recv = ptr;
    o->func.recv_named = recv;
    vec_push(A, &recv->named.methods, o);
    return o;
}

static Package *package(const char *path, const char *name)
{
    Package *p = ARENA_NEW(A, Package);
    p->path = path;
    p->name = intern_cstr(name);
    p->scope = scope_new(A, universe, (Range){0, 0});
    return p;
}

static void setup(void)
{
    A = arena_new();
    universe_init(A);
    pkg = package("example.com/m/p", "p");
    other = package("q", "q");
    env = pkg->scope;
}

TestSuite(types, .init = setup);

/* ---- tests ----------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    int64_t size;
    uint32_t align;
} layouts[] = {
    {"bool", 1, 1},
    {"int", 8, 8},
    {"int8", 1, 1},
    {"int16", 2, 2},
    {"int32", 4, 4},
    {"int64", 8, 8},
    {"uint", 8, 8},
    {"uint8", 1, 1},
    {"uint16", 2, 2},
    {"uint32", 4, 4},
    {"uint64", 8, 8},
    {"uintptr", 8, 8},
    {"float32", 4, 4},
    {"float64", 8, 8},
    {"complex64", 8, 4},
    {"complex128", 16, 8},
    {"string", 16, 8},
    {"error", 16, 8},
    {"any", 16, 8},
    {"[]byte", 24, 8},
    {"[]struct{}", 24, 8},
    {"*int", 8, 8},
    {"func()", 8, 8},
    {"map[string]int", 8, 8},
    {"chan int", 8, 8},
    {"interface{}", 16, 8},
    {"struct{}", 0, 1},
    {"[0]int", 0, 8},
    {"[0]string", 0, 8},
    {"[3]bool", 3, 1},
    {"[3]int16", 6, 2},
    {"[5]string", 80, 8},
    {"[2]complex64", 16, 4},
    {"[4]struct{}", 0, 1},
    {"[2][3]int32", 24, 4},
    {"struct{a bool}", 1, 1},
    {"struct{a bool; b int64}", 16, 8},
    {"struct{a int64; b bool}", 16, 8},
    {"struct{a bool; b int16; c bool}", 6, 2},
    {"struct{a bool; b int32; c bool; d int64}", 24, 8},
    {"struct{a int8; b int8; c int8}", 3, 1},
    {"struct{a string; b bool}", 24, 8},
    {"struct{a []int; b bool; c string}", 48, 8},
    {"struct{a complex128; b bool}", 24, 8},
    {"struct{a bool; b complex64}", 12, 4},
    {"struct{a bool; b complex128}", 24, 8},
    {"struct{a int32; b struct{}}", 8, 4},
    {"struct{a struct{}; b int32}", 4, 4},
    {"struct{a int64; b [0]int8}", 16, 8},
    {"struct{a struct{}}", 0, 1},
    {"struct{a struct{}; b struct{}}", 0, 1},
    {"struct{a struct{}; b [0]int64}", 0, 8},
    {"struct{a int8; b [0]int64}", 16, 8},
    {"struct{a bool; b struct{}}", 2, 1},
    {"struct{a bool; b struct{c int16; d bool}; e bool}", 8, 2},
    {"struct{a struct{b int32; c struct{}}; d int16}", 12, 4},
    {"[3]struct{a int16; b bool}", 12, 2},
    {"[2]struct{a int64; b bool}", 32, 8},
    {"[3]struct{a bool; b struct{}}", 6, 1},
    {"struct{a float32; b float64; c float32}", 24, 8},
    {"struct{a any; b int8; c error}", 40, 8},
    {"struct{a func(); b chan int; c map[int]int}", 24, 8},
    {"struct{a [3]byte; b uint16; c [3]byte}", 10, 2},
    {"struct{a uintptr; b uint8; c uint32; d uint8}", 24, 8},
    {"struct{a int; b struct{c struct{d struct{}}}}", 16, 8},
};

Test(types, layout)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        Type *t = T(layouts[i].text);
        cr_expect_eq(type_size(t), layouts[i].size, "%s: %d", layouts[i].text, (int)type_size(t));
        cr_expect_eq(type_align(t), layouts[i].align, "%s: %u", layouts[i].text, type_align(t));
    }
    Type *s = T("struct{a bool; b int32; c bool; d int64}");
    cr_expect(type_field_offset(s, 1) == 4 && type_field_offset(s, 3) == 16);
    cr_expect_eq(type_size(T("[4611686018427387904]int")), -1);
    cr_expect(!type_has_pointers(T("struct{a int; b [0]string; c struct{d [3]bool}}")));
    cr_expect(type_has_pointers(T("struct{a int; b [2]string}")));
    cr_expect(type_has_pointers(T("any")) && !type_has_pointers(T("complex128")));
}

Test(types, strings)
{
    define("T", "struct{x int}");
    static const char *const c[][4] = {
        /* written, message, reflect, key */
        {"*T", "*T", "*p.T", "*example.com/m/p.T"},
        {"byte", "byte", "uint8", "uint8"},
        {"any", "any", "interface {}", "interface{}"},
        {"interface{}", "interface{}", "interface {}", "interface{}"},
        {"struct{}", "struct{}", "struct {}", "struct{}"},
        {"struct{a int; B string \"x\"; @T}", "struct{a int; B string \"x\"; T}",
         "struct { a int; B string \"x\"; p.T }",
         "struct{example.com/m/p.a int; B string \"x\"; @T example.com/m/p.T}"},
        {"interface{foo(); M(int) string; error}", "interface{foo(); M(int) string; error}",
         "interface { Error() string; M(int) string; p.foo() }",
         "interface{Error()string;M(int)string;example.com/m/p.foo()}"},
        {"chan (<-chan int)", "chan (<-chan int)", "chan (<-chan int)", "chan (<-chan int)"},
        {"chan<- (<-chan int)", "chan<- <-chan int", "chan<- <-chan int", "chan<- <-chan int"},
        {"chan (chan<- int)", "chan chan<- int", "chan chan<- int", "chan chan<- int"},
        {"func(int, ...string) (int, error)", "func(int, ...string) (int, error)",
         "func(int, ...string) (int, error)", "func(int,...string)(int,error)"},
        {"func() func()", "func() func()", "func() func()", "func()func()"},
        {"[3]*[]map[rune]error", "[3]*[]map[rune]error", "[3]*[]map[int32]error",
         "[3]*[]map[int32]error"},
        {"interface{~int | string}", "interface{~int | string}", NULL, "interface{;string|~int}"},
    };
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        Type *t = T(c[i][0]);
        cr_expect_str_eq(type_string(A, t, pkg), c[i][1]);
        if (c[i][2])
            cr_expect_str_eq(type_string_reflect(A, t), c[i][2]);
        cr_expect_str_eq(type_key(A, t), c[i][3]);
    }
    cr_expect_str_eq(type_string(A, T("T"), other), "p.T");
    Type *local = define("L", "int");
    local->named.local_index = 3;
    cr_expect_str_eq(type_key(A, local), "example.com/m/p.L·3");
    cr_expect_str_eq(type_string_reflect(A, local), "p.L");
}

Test(types, identity)
{
    define("T", "struct{x int}");
    define("U", "struct{x int}");
    /* groups of identical types, told apart from all others */
    static const char *const groups[][3] = {
        {"int"},
        {"int32", "rune"},
        {"uint8", "byte"},
        {"T"},
        {"U"},
        {"struct{x int}", "struct{x int}"},
        {"struct{X int}"},
        {"struct{x int \"a\"}"},
        {"struct{x int; y int}"},
        {"struct{T T}"},
        {"struct{@T}"},
        {"[]byte", "[]uint8"},
        {"[2]int"},
        {"[3]int"},
        {"*int"},
        {"**int"},
        {"map[string]int"},
        {"map[int]string"},
        {"chan int"},
        {"chan<- int"},
        {"<-chan int"},
        {"func()"},
        {"func(int)"},
        {"func(int) int"},
        {"func() int"},
        {"func(...int)"},
        {"func([]int)"},
        {"interface{}", "any", "interface{any}"},
        {"error"},
        {"interface{Error() string}", "interface{error}", "interface{error; Error() string}"},
        {"interface{A(); B()}", "interface{B(); A()}"},
        {"interface{A()}"},
        {"interface{a()}"},
        {"interface{~int}"},
        {"interface{int}"},
        {"interface{int|string}", "interface{string|int|int}"},
        {"interface{int|string|bool; bool|int}", "interface{bool|int}"},
        {"comparable"},
        {"interface{comparable}"},
    };
    size_t n = sizeof groups / sizeof *groups;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (int k = 0; k < 3 && groups[i][k]; k++)
                for (int l = 0; l < 3 && groups[j][l]; l++) {
                    Type *x = T(groups[i][k]), *y = T(groups[j][l]);
                    cr_expect_eq(type_identical(x, y), i == j, "%s and %s", groups[i][k],
                                 groups[j][l]);
                    cr_expect_eq(strcmp(type_key(A, x), type_key(A, y)) == 0, i == j, "%s and %s",
                                 type_key(A, x), type_key(A, y));
                }
    cr_expect(type_identical_ignore_tags(T("struct{x int \"a\"}"), T("struct{x int}")));
    /* unexported names of different packages */
    Type *x = T("struct{x int}"), *y = T("struct{x int}");
    y->struct_.fields.p[0].var->pkg = other;
    cr_expect(!type_identical(x, y));
    /* an interface inside its own method */
    Type *r = type_new_named(A, object_new(A, OBJ_TYPENAME, 0, pkg, intern_cstr("R"), NULL), NULL);
    scope_insert(A, env, r->named.obj);
    r->named.underlying = T("interface{m() interface{R}}");
    cr_expect(type_identical(T("interface{R}"), T("interface{R}")));
    cr_expect(type_key(A, T("interface{R}")) != NULL);
}

Test(types, comparable)
{
    const char *why;
    cr_expect(type_comparable_p(A, T("struct{a int; b [2]string; c any}"), NULL));
    cr_expect(!type_strictly_comparable(T("struct{a int; c any}")));
    cr_expect(type_strictly_comparable(T("struct{a int; c *[]int; d chan func()}")));
    cr_expect(!type_comparable_p(A, T("[]int"), &why));
    cr_expect_str_eq(why, "slice can only be compared to nil");
    cr_expect(!type_comparable_p(A, T("struct{a int; f []int}"), &why));
    cr_expect_str_eq(why, "struct containing []int cannot be compared");
    cr_expect(!type_comparable_p(A, T("[2]map[int]int"), &why));
    cr_expect_str_eq(why, "[2]map[int]int cannot be compared");
}

Test(types, assignable)
{
    Type *t = define("T", "struct{x int}");
    method(t, false, "M", "()");
    method(t, true, "N", "()");
    define("S", "[]int");
    define("C", "chan int");
    define("I", "interface{M()}");
    static const struct {
        const char *v, *t;
        bool ok;
    } c[] = {
        {"int", "int", true},
        {"int", "int64", false},
        {"S", "[]int", true},
        {"[]int", "S", true},
        {"T", "struct{x int}", true},
        {"chan int", "<-chan int", true},
        {"chan int", "C", true},
        {"C", "<-chan int", true},
        {"<-chan int", "chan int", false},
        {"T", "I", true},
        {"*T", "I", true},
        {"T", "interface{N()}", false},
        {"*T", "interface{N()}", true},
        {"I", "any", true},
        {"any", "I", false},
        {"I", "interface{M()}", true},
        {"T", "interface{M() int}", false},
        {"S", "any", true},
        {"*I", "I", false},
        {"chan int", "chan<- int", true},
    };
    for (size_t i = 0; i < sizeof c / sizeof *c; i++)
        cr_expect_eq(type_assignable(A, T(c[i].v), T(c[i].t)), c[i].ok, "%s to %s", c[i].v, c[i].t);
    cr_expect(type_assignable(A, type_basic[BASIC_UNTYPED_NIL], T("S")));
    cr_expect(!type_assignable(A, type_basic[BASIC_UNTYPED_NIL], T("T")));
    const char *why;
    cr_expect(!type_implements_why(A, T("T"), T("interface{N()}"), false, pkg, &why));
    cr_expect_str_eq(why, "T does not implement interface{N()} (method N has pointer receiver)");
    cr_expect(!type_implements_why(A, T("T"), T("interface{M() int}"), false, pkg, &why));
    cr_expect_str_eq(why, "T does not implement interface{M() int} (wrong type for method M)\n"
                          "\t\thave M()\n\t\twant M() int");
    cr_expect(!type_implements_why(A, T("int"), T("I"), false, pkg, &why));
    cr_expect_str_eq(why, "int does not implement I (missing method M)");
    cr_expect(!type_implements_why(A, T("S"), T("interface{int|[]int}"), true, pkg, &why));
    cr_expect_str_eq(why,
                     "S does not satisfy interface{int | []int} (possibly missing ~ for []int in "
                     "interface{int | []int})");
    cr_expect(type_implements_why(A, T("S"), T("interface{~[]int}"), true, pkg, &why));
    cr_expect(type_implements_why(A, T("any"), type_comparable, true, pkg, &why));
    cr_expect(!type_implements_why(A, T("any"), type_comparable, false, pkg, &why));
    cr_expect(!type_implements_why(A, T("[]int"), type_comparable, true, pkg, &why));
    cr_expect_str_eq(why, "[]int does not satisfy comparable");
}

Test(types, convertible)
{
    define("T", "struct{x int \"t\"}");
    define("B", "[]byte");
    define("Str", "string");
    static const struct {
        const char *v, *t;
        bool ok;
    } c[] = {
        {"int", "float64", true},       {"int", "string", true},
        {"float64", "string", false},   {"string", "B", true},
        {"Str", "[]rune", true},        {"B", "Str", true},
        {"[]int", "string", false},     {"T", "struct{x int}", true},
        {"*T", "*struct{x int}", true}, {"[]int", "[2]int", true},
        {"[]int", "*[2]int", true},     {"[]int", "[2]int8", false},
        {"[2]int", "[]int", false},     {"complex64", "complex128", true},
        {"int", "complex64", false},    {"bool", "int", false},
        {"int", "bool", false},         {"*int", "uintptr", false},
    };
    for (size_t i = 0; i < sizeof c / sizeof *c; i++)
        cr_expect_eq(type_convertible(A, T(c[i].v), T(c[i].t)), c[i].ok, "%s to %s", c[i].v,
                     c[i].t);
    Type *up = type_basic[BASIC_UNSAFE_POINTER];
    cr_expect(type_convertible(A, T("*int"), up) && type_convertible(A, up, T("uintptr")));
    cr_expect(!type_convertible(A, T("int"), up));
}

static LookupResult find(const char *type, bool addressable, const char *name)
{
    return type_lookup_field_or_method(A, T(type), addressable, pkg, intern_cstr(name));
}

static const char *method_names(Type *t)
{
    MethodSet *ms = type_method_set(A, t);
    const char *s = "";
    for (uint32_t i = 0; i < ms->sels.n; i++)
        s = arena_printf(A, "%s%s%s", s, i ? " " : "", ms->sels.p[i]->obj->name->s);
    return s;
}

Test(types, selectors_and_method_sets)
{
    Type *a = define("A", "struct{x int; same int}");
    method(a, false, "Val", "()");
    method(a, true, "Ptr", "()");
    method(a, false, "Both", "()");
    Type *b = define("B", "struct{y int; same int}");
    method(b, false, "Both", "()");
    define("E", "struct{@A; @B; z int}");
    Type *f = define("F", "struct{Val int; p int}");
    scope_insert(A, env, f->named.obj);
    Type *g = define("G", "struct{}");
    /* type G struct { *A; F }: Val is found at one depth twice */
    g->named.underlying = T("struct{@A; @F}");
    g->named.underlying->struct_.fields.p[0].var->type = type_new_pointer(A, a);

    LookupResult r = find("E", false, "x");
    cr_expect(r.obj && r.index.n == 2 && r.index.p[0] == 0 && r.index.p[1] == 0 && !r.indirect);
    r = find("E", false, "same");
    cr_expect(!r.obj && r.index.n > 0); /* ambiguous */
    r = find("E", false, "Both");
    cr_expect(!r.obj && r.index.n > 0);
    cr_expect(find("E", false, "z").obj != NULL);
    cr_expect(find("E", false, "nothing").obj == NULL);
    r = find("E", false, "Ptr");
    cr_expect(!r.obj && r.indirect); /* out of reach */
    cr_expect(find("E", true, "Ptr").obj != NULL);
    r = find("*E", false, "Ptr");
    cr_expect(r.obj && r.indirect);
    cr_expect(find("*E", false, "x").obj != NULL);
    cr_expect(find("**E", false, "x").obj == NULL);
    r = find("G", false, "Val");
    cr_expect(!r.obj && r.index.n > 0);
    cr_expect(find("G", false, "Ptr").obj != NULL);

    cr_expect_str_eq(method_names(T("A")), "Both Val");
    cr_expect_str_eq(method_names(T("*A")), "Both Ptr Val");
    cr_expect_str_eq(method_names(T("E")), "Val");
    cr_expect_str_eq(method_names(T("*E")), "Ptr Val");
    cr_expect_str_eq(method_names(T("G")), "Both Ptr");
    cr_expect_str_eq(method_names(T("interface{Z(); a(); B()}")), "B Z a");
    cr_expect_str_eq(method_names(T("*interface{Z()}")), "");
    define("PA", "*A");
    cr_expect_str_eq(method_names(T("PA")), "");
    cr_expect(find("PA", false, "x").obj != NULL && find("PA", false, "Val").obj == NULL);
    /* unexported names match only in their package */
    r = type_lookup_field_or_method(A, T("A"), false, other, intern_cstr("x"));
    cr_expect(r.obj == NULL);
}

static Type *typeparam(const char *name, int index, const char *constraint)
{
    Object *o = object_new(A, OBJ_TYPENAME, 0, pkg, intern_cstr(name), NULL);
    Type *t = type_new_typeparam(A, o, index, NULL);
    scope_insert(A, env, o);
    t->tparam.constraint = T(constraint);
    return t;
}

Test(types, type_parameters)
{
    define("Num", "interface{~int | ~float64}");
    Type *n = typeparam("N", 0, "Num");
    Type *s = typeparam("S", 1, "interface{~[]N}");
    Type *c = typeparam("C", 2, "interface{chan int | <-chan int}");
    Type *b = typeparam("B", 3, "interface{string | []byte}");
    Type *k = typeparam("K", 4, "comparable");
    cr_expect(type_all(n, BF_NUMERIC) && type_all(n, BF_ORDERED) && !type_all(n, BF_INTEGER));
    cr_expect(!type_is(n, BF_NUMERIC));
    cr_expect_null(type_core(n));
    cr_expect_str_eq(type_string(A, type_core(s), pkg), "[]N");
    cr_expect_str_eq(type_string(A, type_core(c), pkg), "<-chan int");
    cr_expect_null(type_core(b));
    cr_expect_eq(type_core_string(b), type_basic[BASIC_STRING]);
    cr_expect_null(type_core(k));
    cr_expect(type_strictly_comparable(k) && type_strictly_comparable(n));
    cr_expect(!type_comparable_p(A, s, NULL));
    cr_expect(type_has_nil(s) && !type_has_nil(n) && !type_has_nil(k));
    cr_expect(type_convertible(A, n, type_basic[BASIC_INT]));
    cr_expect(!type_convertible(A, n, type_basic[BASIC_STRING]));
    cr_expect(type_convertible(A, b, T("[]byte")) && type_convertible(A, b, T("string")));
    cr_expect(type_assignable(A, T("[]N"), s) && type_assignable(A, s, T("[]N")));
    cr_expect(!type_assignable(A, T("int"), n));
    cr_expect(!type_is_interface(n) && type_is_named(n));
    cr_expect(type_implements(A, n, T("Num")) && !type_implements(A, k, T("Num")));
}

Test(types, instances)
{
    /* type List[E any] struct { next *List[E]; val E }; func (l *List[X]) Push(x X) */
    Type *e = typeparam("E", 0, "any");
    Type *list = define("List", "struct{}");
    vec_push(A, &list->named.tparams, e->tparam.obj);
    Type *self = type_instantiate_named(A, list, &e, 1);
    Type *st = T("struct{next int; val E}");
    st->struct_.fields.p[0].var->type = type_new_pointer(A, self);
    list->named.underlying = st;
    Type *x = typeparam("X", 0, "any");
    Object *push = method(list, true, "Push", "(X) []X");
    push->type->sig.recv->type = type_new_pointer(A, type_instantiate_named(A, list, &x, 1));

    Type *i = T("int"), *str = T("string");
    Type *li = type_instantiate_named(A, list, &i, 1);
    cr_expect_eq(li, type_instantiate_named(A, list, &i, 1));
    cr_expect_neq(li, type_instantiate_named(A, list, &str, 1));
    Type *u = type_underlying(li);
    cr_expect_str_eq(type_string(A, u, pkg), "struct{next *List[int]; val int}");
    cr_expect_eq(u->struct_.fields.p[0].var->type->pointer.elem, li);
    cr_expect_str_eq(type_key(A, li), "example.com/m/p.List[int]");
    LookupResult r = type_lookup_field_or_method(A, li, true, pkg, intern_cstr("Push"));
    cr_assert(r.obj);
    cr_expect_str_eq(type_string(A, r.obj->type, pkg), "func(int) []int");
    cr_expect_eq(r.obj->func.origin, push);
    cr_expect(type_implements(A, type_new_pointer(A, li), T("interface{Push(int) []int}")));
    cr_expect_str_eq(type_string(A, list, pkg), "List[E any]");
    cr_expect(type_is_parameterized(self) && !type_is_parameterized(li));
}

/* The arguments inferred for a call, or the error. */
static const char *infer(const TypeVec *tparams, const char *params, const char *const *args)
{
    bool variadic = false;
    P = params;
    Type *tuple = read_tuple(&variadic);
    InferArg a[8] = {0};
    uint32_t n = 0;
    for (; args[n]; n++) {
        a[n].type = NULL;
        for (int k = BASIC_UNTYPED_BOOL; k <= BASIC_UNTYPED_NIL; k++)
            if (strcmp(type_basic[k]->basic.name, args[n]) == 0)
                a[n].type = type_basic[k];
        if (!a[n].type)
            a[n].type = T(args[n]);
    }
    TypeVec targs = {0};
    InferError err;
    if (!type_infer(A, pkg, tparams, &targs, tuple, a, n, false, &err))
        return err.msg;
    const char *s = "";
    for (uint32_t i = 0; i < targs.n; i++)
        s = arena_printf(A, "%s%s%s", s, i ? " " : "", type_string(A, targs.p[i], pkg));
    return s;
}

Test(types, inference)
{
    define("MyInts", "[]int");
    Type *my = define("My", "struct{}");
    method(my, true, "Set", "(string)");
    Type *e = typeparam("E", 0, "any");
    TypeVec v = {0};
    vec_push(A, &v, e);
    Type *u = typeparam("U", 1, "any");
    vec_push(A, &v, u);
#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})
    cr_expect_str_eq(infer(&v, "[]E, func(E) U)", ARGS("[]int", "func(int) string")), "int string");
    cr_expect_str_eq(infer(&v, "map[E]U)", ARGS("map[string][]int")), "string []int");
    cr_expect_str_eq(infer(&v, "E, U)", ARGS("untyped int", "untyped rune")), "int rune");
    cr_expect_str_eq(infer(&v, "E, E, U)", ARGS("untyped int", "untyped float", "untyped string")),
                     "float64 string");
    cr_expect_str_eq(infer(&v, "E, E, U)", ARGS("untyped int", "int8", "bool")), "int8 bool");
    cr_expect_str_eq(infer(&v, "E, E, U)", ARGS("chan int", "<-chan int", "bool")),
                     "<-chan int bool");
    cr_expect_str_eq(infer(&v, "E, E, U)", ARGS("[]int", "MyInts", "bool")), "MyInts bool");
    cr_expect_str_eq(infer(&v, "[]E, U)", ARGS("int", "bool")),
                     "type int of argument does not match []E (cannot infer E and U)");
    cr_expect_str_eq(infer(&v, "E, []E)", ARGS("int", "[]string")),
                     "type []string of argument does not match inferred type []int for []E");
    cr_expect_str_eq(infer(&v, "E)", ARGS("int")), "cannot infer U");
    cr_expect_str_eq(infer(&v, "E, E, U)", ARGS("untyped int", "untyped string", "int")),
                     "mismatched types untyped int and untyped string (cannot infer E)");

    /* func Sort[S ~[]F, F ordered](s S): F by S's constraint */
    Type *f = typeparam("F", 1, "interface{~int | ~string}");
    Type *s = typeparam("S", 0, "interface{~[]F}");
    TypeVec w = {0};
    vec_push(A, &w, s);
    vec_push(A, &w, f);
    cr_expect_str_eq(infer(&w, "S)", ARGS("MyInts")), "MyInts int");
    cr_expect_str_eq(infer(&w, "S)", ARGS("[]string")), "[]string string");
    cr_expect_str_eq(infer(&w, "S)", ARGS("int")), "S (type int) does not satisfy interface{~[]F}");

    /* func New[T any, PT interface{ *T; Set(string) }](x T): PT from T */
    Type *t = typeparam("T", 0, "any");
    Type *pt = typeparam("PT", 1, "interface{Set(string); *T}");
    TypeVec z = {0};
    vec_push(A, &z, t);
    vec_push(A, &z, pt);
    cr_expect_str_eq(infer(&z, "T)", ARGS("My")), "My *My");
}

Test(types, scopes)
{
    Scope *s = scope_new(A, universe, (Range){0, 0});
    for (int i = 0; i < 200; i++) {
        const Name *n = intern_cstr(arena_printf(A, "v%d", i));
        cr_expect_null(scope_insert(A, s, object_new(A, OBJ_VAR, 0, pkg, n, NULL)));
    }
    for (int i = 0; i < 200; i++) {
        const Name *n = intern_cstr(arena_printf(A, "v%d", i));
        Object *o = scope_lookup(s, n);
        cr_expect(o && o->name == n);
        cr_expect_eq(scope_insert(A, s, object_new(A, OBJ_VAR, 0, pkg, n, NULL)), o);
    }
    cr_expect_null(scope_lookup(s, intern_cstr("int")));
    Scope *where;
    cr_expect_not_null(scope_lookup_parent(s, intern_cstr("int"), 5, &where));
    cr_expect_eq(where, universe);
    Object *late = object_new(A, OBJ_VAR, 10, pkg, intern_cstr("late"), NULL);
    late->scope_pos = 20;
    scope_insert(A, s, late);
    cr_expect_null(scope_lookup_parent(s, late->name, 15, NULL));
    cr_expect_eq(scope_lookup_parent(s, late->name, 20, NULL), late);
    static const char *const names[] = {"append", "nil",   "true", "iota",   "any", "comparable",
                                        "error",  "clear", "min",  "string", "rune"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect_not_null(scope_lookup(universe, intern_cstr(names[i])), "%s", names[i]);
    cr_expect_not_null(scope_lookup(package_unsafe->scope, intern_cstr("Sizeof")));
    cr_expect_null(scope_lookup(universe, intern_cstr("Sizeof")));
}
