/* Arenas, names, the source map and the diagnostics sink. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/intern.h"
#include "base/source.h"

Test(arena, blocks_are_zero_aligned_and_distinct)
{
    Arena *a = arena_new();
    char *last = NULL;
    for (size_t n = 0; n < 3000; n += 7) {
        char *p = arena_alloc(a, n);
        cr_assert_eq((uintptr_t)p % 16, 0);
        cr_assert_neq(p, last);
        for (size_t i = 0; i < n; i++) {
            cr_assert_eq(p[i], 0);
        }
        memset(p, 0xff, n);
        last = p;
    }
    char *big = arena_alloc(a, 10 << 20);
    cr_assert_eq(big[(10 << 20) - 1], 0);
    cr_assert_geq(arena_bytes(a), (size_t)10 << 20);
    arena_free(a);
}

Test(arena, vectors_grow_and_keep_their_elements)
{
    Arena *a = arena_new();
    VEC(int) v = {0}, w = {0};
    for (int i = 0; i < 100000; i++) {
        vec_push(a, &v, i);
        if (i % 3 == 0) {
            vec_push(a, &w, -i);
        }
    }
    for (int i = 0; i < 100000; i++) {
        cr_assert_eq(v.p[i], i);
    }
    cr_assert_eq(w.p[w.n - 1], -99999);
    cr_assert_str_eq(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    cr_assert_str_eq(arena_strndup(a, "hello", 4), "hell");
    arena_free(a);
}

Test(intern, equal_text_equal_pointer)
{
    const Name *x = intern("hello world", 5);
    cr_assert_str_eq(x->s, "hello");
    cr_assert_eq(x->len, 5);
    cr_assert_eq(x, intern_cstr("hello"));
    cr_assert_neq(x, intern_cstr("hellO"));
    cr_assert_eq(intern_cstr("_"), name_blank);
    cr_assert_eq(intern("", 0), intern("abc", 0));
    const Name *names[20000];
    char buf[32];
    for (int i = 0; i < 20000; i++) {
        names[i] = intern(buf, (size_t)sprintf(buf, "n%d", i));
    }
    for (int i = 0; i < 20000; i++) {
        cr_assert_eq(names[i], intern(buf, (size_t)sprintf(buf, "n%d", i)));
    }
}

Test(source, locations)
{
    SourceFile *f = source_add("a.gol", "one\ntwo\r\n\nx", 11);
    SourceFile *g = source_add("b.gol", "", 0);
    Location l = source_location(f->base);
    cr_assert_str_eq(l.path, "a.gol");
    cr_assert_eq(l.line, 1);
    cr_assert_eq(l.column, 1);
    l = source_location(f->base + 6);
    cr_assert_eq(l.line, 2);
    cr_assert_eq(l.column, 3);
    l = source_location(f->base + 11); /* the end of the file */
    cr_assert_eq(l.line, 4);
    cr_assert_eq(l.column, 2);
    const char *text;
    size_t len;
    source_line(f->base + 5, &text, &len);
    cr_assert_eq(len, 3);
    cr_assert_eq(memcmp(text, "two", 3), 0);
    cr_assert_eq(source_file(g->base), g);
    cr_assert_eq(source_location(g->base).line, 1);
    cr_assert_null(source_location(NOPOS).file);
    cr_assert_null(source_file(g->base + 1));
}

Test(source, reading)
{
    const char *err = NULL;
    cr_assert_null(source_read("/nonexistent/x.gol", &err));
    cr_assert_str_eq(err, "No such file or directory");
    cr_assert_null(source_read("/", &err));
    cr_assert_str_eq(err, "is a directory");
}

static char *printed(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    diag_print_all(out, false);
    fclose(out);
    return text;
}

Test(diag, sorted_marked_and_without_repeats)
{
    const char *src = "a\n\tb 世界 cde\n";
    SourceFile *f = source_add("d.gol", src, (uint32_t)strlen(src));
    Pos at = f->base + (Pos)(strstr(src, "cde") - src);
    Diag *d = diag_error((Range){at, at + 3}, "undefined: %s", "cde");
    diag_note(d, f->base, "here");
    diag_note(d, NOPOS, "nowhere");
    diag_error((Range){at, at + 3}, "undefined: %s", "cde");
    diag_error(range_at(f->base), "first");
    diag_warn(range_at(f->base), "second");
    cr_assert_eq(diag_error_count(), 3);
    char *text = printed();
    cr_assert_str_eq(text, "d.gol:1:1: error: first\n"
                           "    1 | a\n"
                           "      | ^\n"
                           "d.gol:1:1: warning: second\n"
                           "    1 | a\n"
                           "      | ^\n"
                           "d.gol:2:11: error: undefined: cde\n"
                           "    2 | \tb 世界 cde\n"
                           "      | \t       ^~~\n"
                           "d.gol:1:1: note: here\n"
                           "    1 | a\n"
                           "      | ^\n"
                           "note: nowhere\n");
    cr_assert_eq(diag_error_count(), 3);
    free(text);
    text = printed();
    cr_assert_str_eq(text, "");
    free(text);
    diag_reset();
    cr_assert_eq(diag_error_count(), 0);
}

Test(diag, odd_lines)
{
    char src[3000];
    memset(src, 'x', sizeof src);
    src[2999] = 0;
    src[1500] = '!';
    SourceFile *f = source_add("long.gol", src, 2999);
    diag_error(range_at(f->base + 1500), "here");
    diag_error((Range){f->base + 2999, f->base + 2999}, "end");
    SourceFile *g = source_add("bin.gol", "a\0\xff\x01z\n", 6);
    diag_error((Range){g->base + 2, g->base + 2000}, "bin");
    char *text = printed();
    cr_assert_not_null(strstr(text, "…xxx"));
    cr_assert_not_null(strstr(text, "bin.gol:1:3: error: bin\n"
                                    "    1 | a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\n"
                                    "      |   ^~~\n"));
    free(text);
    diag_reset();
}
