/* libFuzzer target: the whole front end (lexer, parser, checker, their printers) must survive
 * any text.
 *
 *     tests/fuzz/fuzz_front.sh DIR [SECONDS]
 *
 * builds it with clang's sanitizers and runs it on the programs of DIR.  What it finds becomes,
 * made small, a line of a program in tests/errors/. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/stack.h"
#include "check/types.h"
#include "lexer/lexer.h"
#include "parser/ast.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* What imports find: enough of the library that the programs of a corpus check with few errors,
 * little enough to be parsed for every input (the checker writes into what it imports). */
static const struct {
    const char *path, *text;
} library[] = {
    {"fmt", "package fmt\ntype Stringer interface { String() string }\n"
            "func Println(a ...any) (n int, err error)\nfunc Printf(f string, a ...any) (n int, "
            "err error)\n"
            "func Print(a ...any) (n int, err error)\nfunc Sprintf(f string, a ...any) string\n"
            "func Sprint(a ...any) string\nfunc Sprintln(a ...any) string\n"
            "func Errorf(f string, a ...any) error\n"},
    {"errors", "package errors\nfunc New(s string) error\nfunc Is(err, target error) bool\n"
               "func As(err error, target any) bool\nfunc Unwrap(err error) error\n"},
    {"os", "package os\nvar Args []string\nfunc Exit(code int)\ntype File struct { fd int }\n"
           "var Stdout, Stderr, Stdin *File\nfunc (f *File) Write(p []byte) (n int, err error)\n"},
    {"strings",
     "package strings\ntype Builder struct { buf []byte }\n"
     "func (b *Builder) WriteString(s string) (int, error)\nfunc (b *Builder) String() string\n"
     "func Contains(s, t string) bool\nfunc Repeat(s string, n int) string\n"
     "func Split(s, sep string) []string\nfunc Join(a []string, sep string) string\n"},
    {"strconv", "package strconv\nfunc Itoa(i int) string\nfunc Atoi(s string) (int, error)\n"},
    {"sync",
     "package sync\ntype Mutex struct { s int32 }\nfunc (m *Mutex) Lock()\nfunc (m *Mutex) "
     "Unlock()\n"
     "type WaitGroup struct { n int }\nfunc (w *WaitGroup) Add(n int)\nfunc (w *WaitGroup) Done()\n"
     "func (w *WaitGroup) Wait()\n"},
    {"time", "package time\ntype Duration int64\nconst (\n\tNanosecond Duration = 1\n\tMillisecond "
             "= 1000000 * Nanosecond\n"
             "\tSecond = 1000 * Millisecond\n)\nfunc Sleep(d Duration)\nfunc After(d Duration) "
             "<-chan int\n"},
    {"runtime", "package runtime\ntype Error interface { error; RuntimeError() }\nfunc GC()\nfunc "
                "Gosched()\nfunc Goexit()\n"},
    {"sort",
     "package sort\ntype Interface interface { Len() int; Less(i, j int) bool; Swap(i, j int) }\n"
     "func Sort(x Interface)\nfunc Ints(x []int)\nfunc Strings(x []string)\n"
     "func Slice(x any, less func(i, j int) bool)\n"},
    {"cmp", "package cmp\ntype Ordered interface { ~int | ~int8 | ~uint | ~float64 | ~string }\n"
            "func Compare[T Ordered](x, y T) int\nfunc Less[T Ordered](x, y T) bool\n"},
    {"slices", "package slices\nimport \"cmp\"\nfunc Sort[S ~[]E, E cmp.Ordered](x S)\n"
               "func Index[S ~[]E, E comparable](s S, v E) int\nfunc Contains[S ~[]E, E "
               "comparable](s S, v E) bool\n"},
    {"maps", "package maps\nimport \"iter\"\nfunc Keys[M ~map[K]V, K comparable, V any](m M) "
             "iter.Seq[K]\n"},
    {"iter", "package iter\ntype Seq[V any] func(yield func(V) bool)\ntype Seq2[K, V any] "
             "func(yield func(K, V) bool)\n"},
};

enum { LIBRARY = sizeof library / sizeof *library };

typedef struct Imported {
    Arena *a;
    Package *pkg[LIBRARY];
} Imported;

static Package *import(void *arg, const char *path, Range where)
{
    Imported *im = arg;
    for (int i = 0; i < LIBRARY; i++) {
        if (strcmp(library[i].path, path) != 0) {
            continue;
        }
        if (!im->pkg[i]) {
            SourceFile *src = source_add(path, library[i].text, (uint32_t)strlen(library[i].text));
            if (!src) {
                break;
            }
            File *f = parse_file(im->a, src);
            CheckOptions opt = {.is_std = true, .import = import, .import_arg = im};
            im->pkg[i] = check_package(im->a, path, &f, 1, &opt);
        }
        return im->pkg[i];
    }
    diag_error(where, "package %s is not in std", path);
    return NULL;
}

/* ---- mutation by tokens: most changes of bytes end at the parser, these reach the checker --- */

typedef struct Lexeme {
    size_t at, len;
    char class; /* 'a' word, '0' number, '"' string or rune, '\n' line's end, '+' any other */
} Lexeme;

static size_t token_length(const uint8_t *s, size_t n, char *class)
{
    size_t i = 1;
    if (isalpha(s[0]) || s[0] == '_' || s[0] >= 0x80) {
        *class = 'a';
        while (i < n && (isalnum(s[i]) || s[i] == '_' || s[i] >= 0x80)) {
            i++;
        }
    } else if (isdigit(s[0])) {
        *class = '0';
        while (i < n && (isalnum(s[i]) || s[i] == '.' || s[i] == '_')) {
            i++;
        }
    } else if (s[0] == '"' || s[0] == '\'' || s[0] == '`') {
        *class = '"';
        while (i < n && s[i] != s[0] && (s[0] == '`' || s[i] != '\n')) {
            i += s[i] == '\\' && s[0] != '`' && i + 1 < n ? 2 : 1;
        }
        i += i < n;
    } else if (s[0] == '\n') {
        *class = '\n';
    } else {
        *class = '+';
        while (i < n && i < 3 && strchr("=<>&|+-:", s[i]) && s[i] &&
               strchr("=<>&|+-:^!*/%", s[0])) {
            i++;
        }
    }
    return i;
}

static uint32_t split(const uint8_t *s, size_t n, Lexeme *out, uint32_t max)
{
    uint32_t k = 0;
    for (size_t i = 0; i < n && k < max;) {
        if (s[i] == ' ' || s[i] == '\t') {
            i++;
            continue;
        }
        Lexeme t = {.at = i};
        t.len = token_length(s + i, n - i, &t.class);
        out[k++] = t;
        i += t.len;
    }
    return k;
}

/* Replaces s[at, at+old) by a copy of from[0, len); 0 if the result is too long. */
static size_t put(uint8_t *s, size_t n, size_t max, size_t at, size_t old, const uint8_t *from,
                  size_t len)
{
    if (n - old + len > max) {
        return 0;
    }
    memmove(s + at + len, s + at + old, n - at - old);
    memcpy(s + at, from, len);
    return n - old + len;
}

static const uint8_t *find_line(const uint8_t *s, size_t n, unsigned r, size_t *len)
{
    size_t i = n ? r % n : 0;
    while (i > 0 && s[i - 1] != '\n') {
        i--;
    }
    size_t e = i;
    while (e < n && s[e] != '\n') {
        e++;
    }
    *len = e - i + (e < n);
    return s + i;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    enum { TOKENS = 1 << 13 };
    static Lexeme tokens[TOKENS];
    static uint8_t copy[1 << 16];
    static const char *const words[] = {"nil",
                                        "0",
                                        "1",
                                        "-1",
                                        "1<<63",
                                        "\"s\"",
                                        "'a'",
                                        "1.5",
                                        "2i",
                                        "true",
                                        "iota",
                                        "_",
                                        "int",
                                        "uint8",
                                        "string",
                                        "any",
                                        "error",
                                        "[]int",
                                        "*int",
                                        "func()",
                                        "map[string]int",
                                        "chan int",
                                        "struct{}",
                                        "[...]int{}",
                                        "interface{}",
                                        "T",
                                        "float32",
                                        "complex128",
                                        "len",
                                        "append",
                                        "new",
                                        "make",
                                        "copy",
                                        "unsafe.Pointer",
                                        "[1<<40]int",
                                        "comparable",
                                        "~int",
                                        "x.(type)",
                                        "&",
                                        "*",
                                        "<-",
                                        "...",
                                        ":=",
                                        "==",
                                        "&^",
                                        "<<",
                                        "go ",
                                        "defer "};
    unsigned r = seed;
#define NEXT (r = r * 1103515245u + 12345u, r >> 8)
    if (size == 0 || size > sizeof copy || NEXT % 8 == 0) {
        return LLVMFuzzerMutate(data, size, max);
    }
    for (unsigned times = 1 + NEXT % 3; times > 0; times--) {
        uint32_t n = split(data, size, tokens, TOKENS);
        if (n == 0) {
            break;
        }
        Lexeme t = tokens[NEXT % n], u;
        size_t got = 0, len;
        memcpy(copy, data, size);
        unsigned what = NEXT % 8;
        const uint8_t *line = find_line(copy, size, NEXT, &len);
        if (what < 4) { /* another token of the same kind */
            uint32_t tries = 64;
            do {
                u = tokens[NEXT % n];
            } while (u.class != t.class && --tries);
            got = put(data, size, max, t.at, t.len, copy + u.at, u.len);
        } else if (what < 6) { /* a word of the language */
            const char *w = words[NEXT % (sizeof words / sizeof *words)];
            got = put(data, size, max, t.at, t.class == '\n' ? 0 : t.len, (const uint8_t *)w,
                      strlen(w));
        } else if (what == 6) { /* a line goes */
            got = put(data, size, max, (size_t)(line - copy), len, copy, 0);
        } else { /* a line comes twice */
            size_t other;
            const uint8_t *to = find_line(copy, size, NEXT, &other);
            got = put(data, size, max, (size_t)(to - copy), 0, line, len);
        }
        if (got) {
            size = got;
        }
    }
#undef NEXT
    return size;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    stack_raise_limit();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *sink;
    if (!sink && !(sink = fopen("/dev/null", "w"))) {
        abort();
    }
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = 0;
    SourceFile *src = source_add("fuzz.gol", text, (uint32_t)size);
    if (!src) {
        exit(0); /* the source map is full: start anew */
    }
    Arena *a = arena_new();
    universe_init(a);
    File *f = parse_file(a, src);
    if (f->had_errors && diag_error_count() == 0) {
        abort();
    }
    ast_print(sink, f);
    for (uint32_t i = 0; i < f->decls.n; i++) {
        const Decl *d = f->decls.p[i];
        if (d->kind == DECL_VAR && d->value.values.n) {
            expr_string(a, d->value.values.p[0]);
        }
    }
    Imported im = {.a = a};
    if (diag_error_count() == 0) { /* as the driver does: what does not parse is not checked */
        CheckOptions opt = {.bodies = true, .import = import, .import_arg = &im};
        Package *pkg = check_package(a, "main", &f, 1, &opt);
        if (pkg->had_errors && diag_error_count() == 0) {
            abort();
        }
        check_print(sink, pkg);
    }
    diag_print_all(sink, true);
    diag_reset();
    arena_free(a);
    /* The source map keeps pointing to the text, but nobody asks for it again. */
    free(text);
    return 0;
}
