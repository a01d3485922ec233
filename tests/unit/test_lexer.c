/* The lexer: kinds, positions, semicolons, literals and their values, and every complaint. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lexer/lexer.h"
#include "lexer/literal.h"

static SourceFile *source(const char *text)
{
    return source_add("t.gol", text, (uint32_t)strlen(text));
}

/* The names of the tokens of text, separated by blanks, without the last EOF. */
static char *kinds(const char *text)
{
    static char out[4096];
    Lexer lx;
    LexToken t;
    lexer_init(&lx, source(text), NULL);
    out[0] = 0;
    for (lexer_next(&lx, &t); t.kind != TOK_EOF; lexer_next(&lx, &t)) {
        strcat(out, out[0] ? " " : "");
        strcat(out, t.kind == TOK_SEMICOLON ? (t.semi == SEMI_TYPED     ? ";"
                                               : t.semi == SEMI_NEWLINE ? "newline"
                                                                        : "EOF")
                                            : token_name[t.kind]);
    }
    return out;
}

/* The first message about text, "column: message", or "". */
static char *complaint(const char *text)
{
    static char out[512];
    Lexer lx;
    LexToken t;
    char *all = NULL;
    size_t size = 0;
    diag_reset();
    lexer_init(&lx, source(text), NULL);
    do {
        lexer_next(&lx, &t);
    } while (t.kind != TOK_EOF);
    FILE *f = open_memstream(&all, &size);
    diag_print_all(f, false);
    fclose(f);
    out[0] = 0;
    unsigned line, column;
    if (sscanf(all, "t.gol:%u:%u: error: ", &line, &column) == 2) {
        const char *msg = strstr(all, "error: ") + 7;
        sprintf(out, "%u: %.*s", column, (int)strcspn(msg, "\n"), msg);
    }
    free(all);
    cr_assert_eq(lx.errors > 0, out[0] != 0);
    return out;
}

Test(lexer, every_token_has_its_own_kind)
{
    for (int k = TOK_ADD; k < TOK_COUNT; k++) {
        Lexer lx;
        LexToken t;
        lexer_init(&lx, source(token_text[k]), NULL);
        lexer_next(&lx, &t);
        cr_assert_eq(t.kind, k, "%s", token_text[k]);
        cr_assert_eq(t.end - t.start, strlen(token_text[k]));
    }
}

Test(lexer, semicolons)
{
    cr_assert_str_eq(kinds("x\n"), "IDENT newline");
    cr_assert_str_eq(kinds("x"), "IDENT EOF");
    cr_assert_str_eq(kinds("x;\n"), "IDENT ;");
    cr_assert_str_eq(kinds("x // c\ny"), "IDENT newline IDENT EOF");
    cr_assert_str_eq(kinds("x /* c */ y"), "IDENT IDENT EOF");
    cr_assert_str_eq(kinds("x /* c\n */ y"), "IDENT newline IDENT EOF");
    cr_assert_str_eq(kinds("x /* a */ /* b\n */ // c\n y"), "IDENT newline IDENT EOF");
    cr_assert_str_eq(kinds("x // no newline"), "IDENT EOF");
    cr_assert_str_eq(kinds("+\n(\n{\n,\n"), "ADD LPAREN LBRACE COMMA");
    cr_assert_str_eq(kinds("return\nbreak\ncontinue\nfallthrough\n"),
                     "RETURN newline BREAK newline CONTINUE newline FALLTHROUGH newline");
    cr_assert_str_eq(kinds("goto\nif\nfunc\n"), "GOTO IF FUNC");
    cr_assert_str_eq(kinds(")\n]\n}\n++\n--\n"),
                     "RPAREN newline RBRACK newline RBRACE newline INC newline DEC newline");
    cr_assert_str_eq(kinds("1\n1.\n1i\n'a'\n\"s\"\n`r`\n"),
                     "INT newline FLOAT newline IMAG newline CHAR newline STRING newline "
                     "STRING newline");
    cr_assert_str_eq(kinds(""), "");
    cr_assert_str_eq(kinds("\n\n// c\n/* d */\n"), "");
}

Test(lexer, longest_match)
{
    cr_assert_str_eq(kinds("a+++b"), "IDENT INC ADD IDENT EOF");
    cr_assert_str_eq(kinds("a&^=b&^c&&d&e"),
                     "IDENT AND_NOT_ASSIGN IDENT AND_NOT IDENT LAND IDENT AND IDENT EOF");
    cr_assert_str_eq(kinds("a<-b<<=c<<d<=e"),
                     "IDENT ARROW IDENT SHL_ASSIGN IDENT SHL IDENT LEQ IDENT EOF");
    cr_assert_str_eq(kinds("x...y..z"), "IDENT ELLIPSIS IDENT PERIOD PERIOD IDENT EOF");
    cr_assert_str_eq(kinds("x.0"), "IDENT FLOAT EOF");
    cr_assert_str_eq(kinds("1..2"), "FLOAT FLOAT EOF");
    cr_assert_str_eq(kinds("0x1p+2+3"), "FLOAT ADD INT EOF");
    cr_assert_str_eq(kinds("1e"), "FLOAT EOF");
    cr_assert_str_eq(kinds("breaks iff Func"), "IDENT IDENT IDENT EOF");
    cr_assert_str_eq(kinds("breakä ä_1 π"), "IDENT IDENT IDENT EOF");
}

Test(lexer, positions_and_names)
{
    Lexer lx;
    LexToken t;
    SourceFile *f = source("\xef\xbb\xbf#!/usr/bin/golc\n  föö := 1");
    lexer_init(&lx, f, NULL);
    lexer_next(&lx, &t);
    cr_assert_eq(t.kind, TOK_IDENT);
    cr_assert_eq(t.name, intern_cstr("föö"));
    Location loc = source_location(t.start);
    cr_assert_eq(loc.line, 2);
    cr_assert_eq(loc.column, 3);
    cr_assert_eq(t.end - t.start, 5);
    lexer_next(&lx, &t);
    lexer_next(&lx, &t);
    lexer_next(&lx, &t);
    cr_assert_eq(t.kind, TOK_SEMICOLON);
    cr_assert_eq(t.start, f->base + f->size);
}

Test(lexer, comments_are_collected)
{
    Arena *a = arena_new();
    Lexer lx;
    LexToken t;
    SourceFile *f = source("// one\nx /* two */ y // three");
    lexer_init(&lx, f, a);
    do {
        lexer_next(&lx, &t);
    } while (t.kind != TOK_EOF);
    cr_assert_eq(lx.comments.n, 3);
    cr_assert_eq(lx.comments.p[1].end - lx.comments.p[1].start, 9);
    cr_assert_eq(lx.comments.p[2].end, f->base + f->size);
    arena_free(a);
}

Test(lexer, right_literals)
{
    static const char *const right[] = {
        "0",           "42",
        "4_2",         "0600",
        "0_600",       "0o600",
        "0O17",        "0xBadFace",
        "0x_67_7a",    "0b1_0",
        "0B1",         "0.",
        "72.40",       "072.40",
        "09.5",        "09e1",
        "1.e+0",       "1E6",
        ".25",         "1_5.",
        "0.15e+0_2",   "0x1p-2",
        "0x2.p10",     "0X.8p-0",
        "0X_1FFFP-16", "0i",
        "0123i",       "0o12i",
        "0xabci",      "089i",
        "1e3i",        "0x1p-2i",
        "'a'",         "'本'",
        "'\\000'",     "'\\xff'",
        "'\\u12e4'",   "'\\U00101234'",
        "'\\''",       "'\"'",
        "\"\"",        "\"\\\"\\a\\b\\f\\n\\r\\t\\v\\\\\"",
        "``",          "`\\\n\r`",
        "'\t'",
    };
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        cr_assert_str_eq(complaint(right[i]), "", "%s", right[i]);
    }
}

Test(lexer, complaints)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"0b102", "5: invalid digit '2' in binary literal"},
        {"0o18", "4: invalid digit '8' in octal literal"},
        {"0128", "4: invalid digit '8' in octal literal"},
        {"0x", "3: hexadecimal literal has no digits"},
        {"0b", "3: binary literal has no digits"},
        {"0o_", "4: octal literal has no digits"},
        {"1e", "3: exponent has no digits"},
        {"1e+", "4: exponent has no digits"},
        {"0x1.0", "6: hexadecimal mantissa requires a 'p' exponent"},
        {"1p3", "2: 'p' exponent requires hexadecimal mantissa"},
        {"0b1e3", "4: 'e' exponent requires decimal mantissa"},
        {"0b1.0", "4: invalid radix point in binary literal"},
        {"0o1.0", "4: invalid radix point in octal literal"},
        {"1__0", "3: '_' must separate successive digits"},
        {"1_", "2: '_' must separate successive digits"},
        {"0_x1", "2: '_' must separate successive digits"},
        {"0x1_p0", "4: '_' must separate successive digits"},
        {"1_.5", "2: '_' must separate successive digits"},
        {"''", "2: empty rune literal or unescaped '"},
        {"'''", "2: empty rune literal or unescaped '"},
        {"'ab'", "1: more than one character in rune literal"},
        {"'a", "1: rune literal not terminated"},
        {"'", "1: rune literal not terminated"},
        {"'a\n'", "3: newline in rune literal"},
        {"'\\q'", "3: unknown escape"},
        {"'\\\"'", "3: unknown escape"},
        {"\"\\'\"", "3: unknown escape"},
        {"'\\x4'", "5: invalid character '\\'' in hexadecimal escape"},
        {"'\\08'", "4: invalid character '8' in octal escape"},
        {"\"\\xg0\"", "4: invalid character 'g' in hexadecimal escape"},
        {"\"\\u12\n", "6: invalid character '\\n' in hexadecimal escape"},
        {"'\\400'", "6: octal escape value 256 > 255"},
        {"'\\ud800'", "8: escape is invalid Unicode code point U+D800"},
        {"'\\U00110000'", "12: escape is invalid Unicode code point U+110000"},
        {"\"abc\n\"", "5: newline in string"},
        {"\"abc", "1: string not terminated"},
        {"\"abc\\", "1: string not terminated"},
        {"`abc", "1: string not terminated"},
        {"x /* abc", "3: comment not terminated"},
        {"/*/", "1: comment not terminated"},
        {"@", "1: invalid character U+0040 '@'"},
        {"a # b", "3: invalid character U+0023 '#'"},
        {"\x01", "1: invalid character U+0001"},
        {"“", "1: invalid character U+201C '“' in identifier"},
        {"a×b", "2: invalid character U+00D7 '×' in identifier"},
        {"٣x", "1: identifier cannot begin with digit U+0663 '٣'"},
        {"x \xff", "3: invalid UTF-8 encoding"},
        {"// \xc3\x28", "4: invalid UTF-8 encoding"},
        {"x\xef\xbb\xbf", "2: invalid BOM in the middle of the file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_str_eq(complaint(cases[i].text), cases[i].want, "%s: %s", cases[i].text,
                         complaint(cases[i].text));
    }
}

Test(lexer, nul_characters)
{
    Lexer lx;
    LexToken t;
    lexer_init(&lx, source_add("n.gol", "a\0b\n\0", 5), NULL);
    cr_assert_eq(lx.errors, 2);
    lexer_next(&lx, &t);
    cr_assert_eq(t.kind, TOK_IDENT);
    lexer_next(&lx, &t);
    cr_assert_eq(t.kind, TOK_IDENT);
    lexer_next(&lx, &t);
    lexer_next(&lx, &t);
    cr_assert_eq(t.kind, TOK_EOF);
    diag_reset();
}

Test(literal, strings)
{
    static const struct {
        const char *text, *want;
        size_t n;
    } cases[] = {
        {"\"\"", "", 0},
        {"\"a\\n\\\"\\x00\\101\\u65e5\\U00008a9e\\xff\"", "a\n\"\0A日語\xff", 12},
        {"`a\\n\r\nb`", "a\\n\nb", 5},
    };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *s;
        size_t n;
        cr_assert(literal_string(a, cases[i].text, strlen(cases[i].text), &s, &n));
        cr_assert_eq(n, cases[i].n);
        cr_assert_eq(memcmp(s, cases[i].want, n), 0);
        cr_assert_eq(s[n], 0);
    }
    const char *s;
    size_t n;
    cr_assert_not(literal_string(a, "\"\\ud800\"", 8, &s, &n));
    cr_assert_not(literal_string(a, "\"", 1, &s, &n));
    arena_free(a);
}

Test(literal, runes)
{
    static const struct {
        const char *text;
        uint32_t want;
    } cases[] = {
        {"'a'", 'a'},     {"'\\''", '\''},  {"'\\n'", '\n'},       {"'\\xff'", 255},
        {"'\\377'", 255}, {"'本'", 0x672c}, {"'\\u12e4'", 0x12e4}, {"'\\U00101234'", 0x101234},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t c;
        cr_assert(literal_rune(cases[i].text, strlen(cases[i].text), &c));
        cr_assert_eq(c, cases[i].want);
    }
    uint32_t c;
    cr_assert_not(literal_rune("'ab'", 4, &c));
    cr_assert_not(literal_rune("''", 2, &c));
}
