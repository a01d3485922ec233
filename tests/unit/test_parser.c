/* The parser: precedence, what is ambiguous in Go's grammar, errors and recovery. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "parser/ast.h"

static Arena *arena;

static File *parse(const char *text)
{
    if (!arena) {
        arena = arena_new();
    }
    diag_reset();
    char *copy = arena_strndup(arena, text, strlen(text));
    return parse_file(arena, source_add("t.gol", copy, (uint32_t)strlen(text)));
}

/* The errors as "line:column message", one a line. */
static char *errors(const char *text)
{
    static char out[8192];
    char *all = NULL;
    size_t size = 0;
    File *file = parse(text);
    FILE *f = open_memstream(&all, &size);
    diag_print_all(f, false);
    fclose(f);
    out[0] = 0;
    for (char *p = all; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
        unsigned line, column;
        int n = 0; /* stays 0 for a note */
        if (sscanf(p, "t.gol:%u:%u: error: %n", &line, &column, &n) == 2 && n > 0) {
            char *msg = p + n;
            if (strncmp(msg, "syntax error: ", 14) == 0) {
                msg += 14;
            }
            sprintf(out + strlen(out), "%s%u:%u %.*s", out[0] ? "\n" : "", line, column,
                    (int)strcspn(msg, "\n"), msg);
        }
    }
    free(all);
    cr_assert(!file->had_errors || out[0] != 0);
    return out;
}

/* The tree of x in prefix form, which shows every grouping. */
static const char *prefix(const Expr *x)
{
    switch (x->kind) {
    case EXPR_BINARY:
        return arena_printf(arena, "(%s %s %s)", token_text[x->binary.op], prefix(x->binary.x),
                            prefix(x->binary.y));
    case EXPR_UNARY:
        return arena_printf(arena, "(%s %s)", token_text[x->unary.op], prefix(x->unary.x));
    case EXPR_STAR: return arena_printf(arena, "(* %s)", prefix(x->star.x));
    case EXPR_PAREN: return arena_printf(arena, "(%s)", prefix(x->paren.x));
    default: return expr_string(arena, x);
    }
}

static Expr *expression(const char *text)
{
    char *src = NULL;
    cr_assert_geq(asprintf(&src, "package p\nvar _ = %s\n", text), 0);
    File *f = parse(src);
    free(src);
    cr_assert_eq(diag_error_count(), 0, "%s", text);
    return f->decls.p[0]->value.values.p[0];
}

Test(parser, precedence)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a + b * c", "(+ a (* b c))"},
        {"a * b + c", "(+ (* a b) c)"},
        {"a - b - c", "(- (- a b) c)"},
        {"a || b && c == d + e << f", "(|| a (&& b (== c (+ d (<< e f)))))"},
        {"a << b == c && d || e", "(|| (&& (== (<< a b) c) d) e)"},
        {"a == b == c", "(== (== a b) c)"},
        {"a < b != c >= d", "(>= (!= (< a b) c) d)"},
        {"a &^ b % c & d / e", "(/ (& (% (&^ a b) c) d) e)"},
        {"a | b ^ c + d", "(+ (^ (| a b) c) d)"},
        {"-a * b", "(* (- a) b)"},
        {"-a.b[c]", "(- a.b[c])"},
        {"!a == b", "(== (! a) b)"},
        {"*p * *q", "(* (* p) (* q))"},
        {"&a[0] == &b", "(== (& a[0]) (& b))"},
        {"<-a + <-b", "(+ (<- a) (<- b))"},
        {"^^a", "(^ (^ a))"},
        {"a - -b", "(- a (- b))"},
        {"(a + b) * c", "(* ((+ a b)) c)"},
        {"a * func(x int) int { return x }(b)", "(* a func(x int) int {…}(b))"},
        {"*f().x", "(* f().x)"},
        {"<-chan int(c)", "(<- chan int(c))"},
        {"(<-chan int)(c)", "(<-chan int)(c)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = prefix(expression(cases[i].text));
        cr_assert_str_eq(got, cases[i].want, "%s: %s", cases[i].text, got);
    }
}

Test(parser, expressions_as_text)
{
    static const char *const same[] = {
        "a.b.c",
        "a[i]",
        "a[i:j]",
        "a[:]",
        "a[i:j:k]",
        "f(a, b...)",
        "f()",
        "x.(T)",
        "T{}",
        "[]int{…}",
        "map[string]int{…}",
        "[...]int{…}",
        "func(a, b int, c ...string) (x, y int)",
        "func()",
        "func() int",
        "struct{a, b int; T; *P}",
        "interface{m(int) string; E; ~int | T}",
        "chan int",
        "chan<- int",
        "<-chan int",
        "chan (<-chan int)",
        "chan<- chan int",
        "*p.x",
        "f[int, string](x)",
        "'a' + 0x10 + 1.5i",
        "(*T)(nil)",
        "[N]int",
        "-x",
        "func() {}",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        char text[128];
        size_t n = 0;
        for (const char *p = same[i]; *p;) { /* {…} stands for any elements */
            if (strncmp(p, "…", 3) == 0) {
                text[n++] = '1';
                p += 3;
            } else {
                text[n++] = *p++;
            }
        }
        text[n] = 0;
        cr_assert_str_eq(expr_string(arena, expression(text)), same[i]);
    }
}

Test(parser, arrows_of_channel_types)
{
    Expr *x = expression("make(<-chan<- chan int)")->call.args.p[0]; /* <-chan (<-chan int) */
    cr_assert_eq(x->kind, EXPR_CHAN_TYPE);
    cr_assert_eq(x->chan_type.dir, CHAN_RECV);
    cr_assert_eq(x->chan_type.value->chan_type.dir, CHAN_RECV);
    x = expression("(chan<- <-chan int)(c)")->call.fun->paren.x;
    cr_assert_eq(x->chan_type.dir, CHAN_SEND);
    cr_assert_eq(x->chan_type.value->chan_type.dir, CHAN_RECV);
    x = expression("make(chan<- chan int)")->call.args.p[0];
    cr_assert_eq(x->chan_type.dir, CHAN_SEND);
    cr_assert_eq(x->chan_type.value->chan_type.dir, CHAN_BOTH);
    cr_assert_eq(expression("<-f")->kind, EXPR_UNARY);
}

/* As go/parser decides (see the comments there on typeDecl). */
Test(parser, type_parameters_or_array_length)
{
    static const struct {
        const char *text;
        bool generic;
    } cases[] = {
        {"[P any] int", true},
        {"[P, Q any] int", true},
        {"[P *T,] int", true},
        {"[P *T, Q any] int", true},
        {"[P *T] int", false},
        {"[P *struct{}] int", true},
        {"[P (T)] int", false},
        {"[P (T),] int", true},
        {"[P ([]T)] int", true},
        {"[P *T|Q] int", false},
        {"[P *T|Q,] int", true},
        {"[P *T|~Q] int", true},
        {"[P []T] int", true},
        {"[P [3]T] int", true},
        {"[P] int", false},
        {"[P + 1] int", false},
        {"[P.Q] int", false},
        {"[P * 2] int", false},
        {"[P * 2 * N] int", false},
        {"[P << 2] int", false},
        {"[P(1)] int", false},
        {"[P(N) * 2] int", false},
        {"[P interface{}] int", true},
        {"[P ~int] int", true},
        {"[P func()] int", true},
        {"[P chan int] int", true},
        {"[P map[K]V] int", true},
        {"[P *T - T] int", false},
        {"[P(*T)] int", false},
        {"[P(*T),] int", true},
        {"[5] int", false},
        {"[] int", false},
        {"[P T.Q] int", true},
        {"[P *a.b[[]int]] int", false},
        {"[P *f(x)] int", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int grouped = 0; grouped < 2; grouped++) {
            char text[128];
            sprintf(text, grouped ? "package p\ntype (\n\tT %s\n)" : "package p\ntype T %s\n",
                    cases[i].text);
            File *f = parse(text);
            cr_assert_eq(diag_error_count(), 0, "%s", cases[i].text);
            cr_assert_eq(f->decls.p[0]->type.tparams.n > 0, cases[i].generic, "%s", cases[i].text);
        }
    }
}

Test(parser, parameters)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"(a, b int)", "(a, b int)"},
        {"(int, string)", "(int, string)"},
        {"(a int, b, c string)", "(a int, b, c string)"},
        {"(a []int, b [n]int, c pkg.T)", "(a []int, b [n]int, c pkg.T)"},
        {"(T[int], []int, [n]int)", "(T[int], []int, [n]int)"},
        {"(a T[int], b ...T[int])", "(a T[int], b ...T[int])"},
        {"(a func(int) bool, *T)", NULL},
        {"(func(int) bool, *T, ...int)", "(func(int) bool, *T, ...int)"},
        {"(a, b) (c, d)", "(a, b) (c, d)"},
        {"(a int,) (int)", "(a int) int"},
        {"() (a, b int, err error)", "() (a, b int, err error)"},
        {"(a (int), b (*T))", "(a (int), b (*T))"},
        {"(<-chan int, chan<- int)", "(<-chan int, chan<- int)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128];
        sprintf(text, "package p\nvar f func%s\n", cases[i].text);
        File *f = parse(text);
        cr_assert_eq(diag_error_count() == 0, cases[i].want != NULL, "%s", cases[i].text);
        if (cases[i].want) {
            cr_assert_str_eq(expr_string(arena, f->decls.p[0]->value.type) + 4, cases[i].want);
        }
    }
}

Test(parser, composite_literals_in_heads)
{
    static const char *const right[] = {
        "if x == (T{}) {}",
        "if f(T{}) {}",
        "if a[T{}] {}",
        "for range []int{} {}",
        "for range [2]int{} {}",
        "for range map[K]V{} {}",
        "if x == struct{}{} {}",
        "switch (T{}) {}",
        "if func() bool { return T{} == t }() {}",
        "for i := 0; i < len([]T{{}}); i++ {}",
        "if x := []T{}; len(x) > 0 {}",
        "switch f := func() struct{ x int } { return T{} }; f().x {}",
        "for _, f := range []func(){func() { if y {} }} {}",
        "if x {} else if y == (T{}) {}",
        "select { case c <- T{}: }",
        "switch { case x == T{}: }",
        "for ; ; x = (T{}) {}",
        "go func(x interface{}) {}(T{})",
    };
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        char text[256];
        sprintf(text, "package p\nfunc _() {\n%s\nreturn\n}\nvar x int\n", right[i]);
        cr_assert_str_eq(errors(text), "", "%s: %s", right[i], errors(text));
    }
}

Test(parser, errors)
{
    /* each after "package p", so the first line is 2 */
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"x := 1", "2:1 non-declaration statement outside function body"},
        {"var x = ;", "2:9 unexpected semicolon, expected expression"},
        {"var x int 5", "2:11 unexpected literal 5 after top level declaration"},
        {"var x", "2:6 unexpected EOF, expected type"},
        {"var 5", "2:5 unexpected literal 5, expected name"},
        {"var x := 1", "2:7 unexpected :=, expected ="},
        {"type T", "2:7 unexpected EOF in type declaration"},
        {"type T[P any", "2:13 unexpected EOF in parameter list; possibly missing comma or ]"},
        {"type T[P, Q] int", "2:12 missing type constraint"},
        {"func f[]() {}", "2:8 empty type parameter list"},
        {"func 5() {}", "2:6 unexpected literal 5, expected name or ("},
        {"func f {}", "2:8 unexpected {, expected ("},
        {"func f()\n{\n}", "3:1 unexpected semicolon or newline before {"},
        {"func () f() {}", "2:6 method has no receiver"},
        {"func (a, b T) f() {}", "2:6 method has multiple receivers"},
        {"func (t T) f[P any]() {}", "2:13 method must have no type parameters"},
        {"func f(a int, *string) {}", "2:15 missing parameter name"},
        {"func f(a int, b) {}", "2:16 missing parameter type"},
        {"func f(a ...int, b int) {}", "2:10 can only use ... with final parameter"},
        {"func f() (a ...int) {}", "2:13 invalid use of ..."},
        {"func f(a int b int) {}",
         "2:14 unexpected name b in parameter list; possibly missing comma or )"},
        {"import 5", "2:8 import path must be a string"},
        {"import x", "2:9 missing import path"},
        {"var x int\nimport \"a\"", "3:1 imports must appear before other declarations"},
        {"type T struct { a int b int }",
         "2:23 unexpected name b in struct type; possibly missing semicolon or newline or }"},
        {"type T struct { 5 }", "2:17 unexpected literal 5, expected field name or embedded type"},
        {"type T struct { (a) }", "2:17 cannot parenthesize embedded type"},
        {"type T interface { m[P any]() }", "2:21 interface method must have no type parameters"},
        {"var x = []int{1, 2\n}",
         "2:19 unexpected newline in composite literal; possibly missing comma or }"},
        {"var x = f(1\n)", "2:12 unexpected newline in argument list; possibly missing comma or )"},
        {"var x = f(1 2)",
         "2:13 unexpected literal 2 in argument list; possibly missing comma or )"},
        {"var x = (T){}", "2:9 cannot parenthesize type in composite literal"},
        {"var x = a[]", "2:11 unexpected ], expected operand"},
        {"var x = a[1:2:]", "2:15 final index required in 3-index slice"},
        {"var x = a[1::2]", "2:13 middle index required in 3-index slice"},
        {"var x = a.5", "2:10 unexpected literal .5 after top level declaration"},
        {"var x = a.[", "2:11 unexpected [, expected name or ("},
        {"var x chan", "2:11 missing channel element type"},
        {"var x map[int", "2:14 unexpected EOF, expected ]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        sprintf(text, "package p\n%s", cases[i].text);
        cr_expect_str_eq(errors(text), cases[i].want, "%s: %s", cases[i].text, errors(text));
    }
    cr_expect_str_eq(errors(""), "1:1 package statement must be first");
    cr_expect_str_eq(errors("var x"), "1:1 package statement must be first");
    cr_expect_str_eq(errors("package 5"), "1:9 unexpected literal 5, expected name");
    cr_expect_str_eq(errors("package p var x int"),
                     "1:11 unexpected keyword var, expected semicolon or newline");
}

Test(parser, errors_in_statements)
{
    /* each in a function, on line 3 */
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"x := 1 2", "3:8 unexpected literal 2 at end of statement"},
        {"x := ;", "3:6 unexpected semicolon, expected expression"},
        {"a, b", "3:5 unexpected newline, expected := or = or comma"},
        {"a += 1, 2", "3:7 unexpected comma at end of statement"},
        {"if x := 1 {}", "3:4 cannot use x := 1 as value"},
        {"if x = 1 {}", "3:4 cannot use assignment x = 1 as value"},
        {"if a + b = c {}", "3:4 cannot use assignment (a + b) = c as value"},
        {"if {}", "3:4 missing condition in if statement"},
        {"if x; {}", "3:5 missing condition in if statement"},
        {"if x\n{}", "3:5 unexpected newline, expected { after if clause"},
        {"if x {} else x", "3:14 else must be followed by if or statement block"},
        {"if x {}\nelse {}", "4:1 unexpected keyword else, expected }"},
        {"if var x = 1; x {}", "3:4 var declaration not allowed in if initializer"},
        {"for i := 0; i < 1; i++\n{\n}", "3:23 unexpected newline, expected { after for clause"},
        {"for i := 0; i < 1 {}", "3:19 unexpected {, expected semicolon or newline"},
        {"for x; {}", "3:8 unexpected {, expected for loop condition"},
        {"for i := 0; ; i := 1 {}", "3:15 cannot declare in post statement of for loop"},
        {"for a, b, c := range x {}", "3:11 range clause permits at most two iteration variables"},
        {"x := range y", "3:6 unexpected keyword range, expected expression"},
        {"switch x {\nx := 1\n}", "4:1 unexpected name x, expected case or default or }"},
        {"switch {\ncase 1\nf()\n}", "4:7 unexpected newline, expected :"},
        {"switch {\ncase 1: f() case 2:\n}", "4:13 unexpected keyword case at end of statement"},
        {"select x {}", "3:8 missing { after select clause"},
        {"L: }", "4:1 non-declaration statement outside function body"},
        {"switch { case 1: L: case 2: }", "3:19 missing statement after label"},
        {"defer (f())", "3:7 expression in defer must not be parenthesized"},
        {"goto 5", "3:6 unexpected literal 5, expected name"},
        {"break 5", "3:7 unexpected literal 5 at end of statement"},
        {"x = y ? z",
         "3:7 invalid character U+003F '?'\n3:9 unexpected name z at end of statement"},
        {"var x = 1,;", "3:11 unexpected semicolon, expected expression"},
        {"func f() {}", "3:6 unexpected name f, expected ("},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        sprintf(text, "package p\nfunc _() {\n%s\n}\n", cases[i].text);
        cr_expect_str_eq(errors(text), cases[i].want, "%s: %s", cases[i].text, errors(text));
    }
}

Test(parser, recovery_finds_the_next_mistake)
{
    cr_expect_str_eq(errors("package p\n"
                            "func f() {\n"
                            "\tx := 1 +\n"
                            "\ty := (2\n"
                            "\tif z {\n"
                            "\t\ta b\n"
                            "\t}\n"
                            "\tfor {\n"
                            "\t\tg(1,\n"
                            "\t\t\t2\n"
                            "\t\t)\n"
                            "\t}\n"
                            "}\n"
                            "type T struct {\n"
                            "\ta int\n"
                            "\tb = 1\n"
                            "\tc int\n"
                            "}\n"
                            "var ok = 1\n"
                            "const c = \n"
                            "func h() { return }\n"
                            "func i() { return ; ) }\n"),
                     "4:4 unexpected := at end of statement\n"
                     "6:5 unexpected name b at end of statement\n"
                     "10:5 unexpected newline in argument list; possibly missing comma or )\n"
                     "16:4 unexpected =, expected type\n"
                     "21:6 unexpected name h, expected (\n"
                     "22:21 unexpected ), expected }");
}

Test(parser, what_is_right_survives)
{
    File *f = parse("package p\nvar a = (\nvar b = 1\nfunc f() { x y; z() }\ntype T int\n");
    cr_assert(f->had_errors);
    cr_assert_geq(f->decls.n, 2);
    cr_assert_str_eq(f->decls.p[f->decls.n - 1]->type.name->ident.name->s, "T");
    diag_reset();
}

static char *repeat(const char *head, const char *s, int n, const char *mid, const char *t,
                    const char *tail)
{
    size_t size = strlen(head) + strlen(mid) + strlen(tail) + (strlen(s) + strlen(t)) * (size_t)n;
    char *out = malloc(size + 1), *p = out;
    p = stpcpy(p, head);
    for (int i = 0; i < n; i++) {
        p = stpcpy(p, s);
    }
    p = stpcpy(p, mid);
    for (int i = 0; i < n; i++) {
        p = stpcpy(p, t);
    }
    stpcpy(p, tail);
    return out;
}

Test(parser, deep_nesting)
{
    static const struct {
        const char *head, *s, *mid, *t, *tail;
    } cases[] = {
        {"package p\nvar x = ", "(", "1", ")", "\n"},
        {"package p\nvar x = ", "- ", "1", "", "\n"},
        {"package p\nvar x = 1", " + 1", "", "", "\n"},
        {"package p\nvar x = f", "(1)", "", "", "\n"},
        {"package p\nvar x = f", ".a", "", "", "\n"},
        {"package p\nvar x ", "[]", "int", "", "\n"},
        {"package p\nvar x ", "func(", "", ")", "\n"},
        {"package p\nvar x ", "func() ", "int", "", "\n"},
        {"package p\nvar x ", "struct{a ", "int", "}", "\n"},
        {"package p\nvar x = T", "{", "", "}", "\n"},
        {"package p\nfunc f() {", "{", "", "}", "}\n"},
        {"package p\nfunc f() {", "if x {} else ", "{}", "", "}\n"},
        {"package p\nfunc f() {", "L: ", "f()", "", "}\n"},
        {"package p\nvar x = ", "func() { x := ", "1", "}", "\n"},
        {"package p\nvar x ", "chan ", "int", "", "\n"},
        {"package p\nvar x = ", "<-", "c", "", "\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text =
            repeat(cases[i].head, cases[i].s, 1000, cases[i].mid, cases[i].t, cases[i].tail);
        cr_expect_str_eq(errors(text), "", "%s", cases[i].s);
        free(text);
        text = repeat(cases[i].head, cases[i].s, 100000, cases[i].mid, cases[i].t, cases[i].tail);
        const char *got = errors(text);
        cr_expect_not_null(strstr(got, "nested too deeply"), "%s: %s", cases[i].s, got);
        cr_expect_null(strchr(got, '\n'), "%s", cases[i].s);
        free(text);
    }
}

/* Texts that a fuzzer, or a mutated program, once made the parser fail on. */
Test(parser, found_by_fuzzing)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"type _ func[]()\ntype _ func[P any]()",
         "2:12 function type must have no type parameters\n"
         "3:12 function type must have no type parameters"},
        {"var x = f(a... - b)", "2:16 unexpected - in argument list; possibly missing comma or )"},
        {"func (T) {}\nfunc (T) f() {}", "2:10 unexpected {, expected name"},
        {"func f() { g(1, 2\n h(3)\n x := []int{1,\n 2\n}\n}",
         "2:18 unexpected newline in argument list; possibly missing comma or )\n"
         "5:3 unexpected newline in composite literal; possibly missing comma or }"},
        {"type T[P any", "2:13 unexpected EOF in parameter list; possibly missing comma or ]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        sprintf(text, "package p\n%s", cases[i].text);
        cr_expect_str_eq(errors(text), cases[i].want, "%s: %s", cases[i].text, errors(text));
    }
}

Test(parser, open_brackets_are_noted)
{
    char *all = NULL;
    size_t size = 0;
    parse("package p\nfunc f() {\n\tif x {\n\t\ty()\n}\n");
    FILE *f = open_memstream(&all, &size);
    diag_print_all(f, false);
    fclose(f);
    cr_assert_not_null(strstr(all, "t.gol:6:1: error: syntax error: unexpected EOF, expected }"));
    cr_assert_not_null(strstr(all, "t.gol:2:10: note: this { is not closed"));
    free(all);
    diag_reset();
}

Test(parser, directives)
{
    cr_expect_str_eq(errors("package p\n//go:linkname a b.c\nvar a int\n"),
                     "2:3 gol: //go:linkname is not part of Gol");
    cr_expect_str_eq(errors("package p\nvar a int //go:linkname a b.c\n//go:noinline\n"),
                     "2:13 misplaced compiler directive\n3:3 misplaced compiler directive");
    cr_expect_str_eq(errors("//go:build x\npackage p\n//go:noinline\n\nfunc f() {}\n"), "");
}

Test(parser, groups_iota_and_comments)
{
    File *f = parse("package p\n"
                    "// D documents.\n"
                    "// More.\n"
                    "const a = iota\n"
                    "\n"
                    "// not c's\n"
                    "\n"
                    "const (\n"
                    "\tb, c = iota, 1 // beside\n"
                    "\td, e\n"
                    "\t/* doc */\n"
                    "\tf, g = 2, 3\n"
                    ")\n");
    cr_assert_eq(f->decls.n, 4);
    Decl **d = f->decls.p;
    cr_assert_str_eq(d[0]->doc, "// D documents.\n// More.");
    cr_assert_null(d[1]->doc);
    cr_assert_str_eq(d[3]->doc, "/* doc */");
    cr_assert_neq(d[0]->group, d[1]->group);
    cr_assert_eq(d[1]->group, d[3]->group);
    cr_assert_eq(d[2]->iota, 1);
    cr_assert_eq(d[3]->iota, 2);
    cr_assert_eq(d[2]->value.inherited, d[1]);
    cr_assert_null(d[3]->value.inherited);
    cr_assert_eq(f->comments.n, 5);
}
