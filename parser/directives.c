/* Compiler directives, `//go:…`: those that would change what the program means are refused,
 * and those that cannot mean anything where they stand are reported, as Go's compiler does.
 * All others tell a compiler how to go about it, and golc goes its own way. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parser/parser.h"

#include <string.h>

/* Go's compiler knows these, and only before a function's declaration. */
static const char *const of_functions[] = {
    "go:noescape",        "go:norace",         "go:nosplit",        "go:noinline",
    "go:nocheckptr",      "go:systemstack",    "go:nowritebarrier", "go:nowritebarrierrec",
    "go:cgo_unsafe_args", "go:uintptrescapes", "go:registerparams", "go:yeswritebarrierrec",
};

/* And these only in its runtime. */
static const char *const of_runtime[] = {
    "go:systemstack",
    "go:nowritebarrier",
    "go:nowritebarrierrec",
    "go:yeswritebarrierrec",
};

/* What stands around a comment. */
typedef struct Around {
    bool own_line; /* nothing before it on its line */
    bool top;      /* outside all brackets, between declarations */
    Token next;
} Around;

/* tok: the first token that may be behind pos, with its depth; both go on with the comments. */
static Around around(const Parser *p, Pos pos, uint32_t *tok, int *depth)
{
    while (p->tok.p[*tok].kind != TOK_EOF && p->tok.p[*tok].start < pos) {
        switch (p->tok.p[(*tok)++].kind) {
        case TOK_LPAREN:
        case TOK_LBRACK:
        case TOK_LBRACE: ++*depth; break;
        case TOK_RPAREN:
        case TOK_RBRACK:
        case TOK_RBRACE: --*depth; break;
        default: break;
        }
    }
    Around r = {.own_line = true, .next = (Token)p->tok.p[*tok].kind};
    const LexToken *before = *tok ? &p->tok.p[*tok - 1] : NULL;
    r.top = *depth == 0 && (!before || before->kind == TOK_SEMICOLON);
    for (const char *s = p->src->text + (pos - p->src->base); s > p->src->text && s[-1] != '\n';
         s--)
        if (s[-1] != ' ' && s[-1] != '\t' && s[-1] != '\r')
            r.own_line = false;
    return r;
}

static bool is(const char *verb, size_t n, const char *what)
{
    return strlen(what) == n && memcmp(verb, what, n) == 0;
}

static bool imports_embed(const Parser *p)
{
    for (uint32_t i = 0; i + 1 < p->tok.n; i++) {
        const LexToken *t = &p->tok.p[i + 1];
        if (p->tok.p[i].kind == TOK_IMPORT && t->kind == TOK_STRING && t->end - t->start == 7 &&
            memcmp(p->src->text + (t->start - p->src->base), "\"embed\"", 7) == 0)
            return true;
    }
    return false;
}

static void check_directive(Parser *p, Range r, Around at)
{
    const char *verb = p->src->text + (r.start - p->src->base);
    size_t len = r.end - r.start, n = 0;
    while (n < len && verb[n] != ' ' && verb[n] != '\t' && verb[n] != '\r')
        n++;
    if (!at.own_line) {
        plain_error(p, r, "misplaced compiler directive");
    } else if (is(verb, n, "go:linkname")) {
        plain_error(p, r, "gol: //go:linkname is not part of Gol");
    } else if (is(verb, n, "go:embed")) {
        if (at.next == TOK_VAR)
            imports_embed(p) ? (void)0 /* which fails already */
                             : plain_error(p, r,
                                           "go:embed only allowed in Go files that import "
                                           "\"embed\"");
        else
            plain_error(p, r, "misplaced go:embed directive");
    } else if (n > 7 && memcmp(verb, "go:cgo_", 7) == 0) {
        plain_error(p, r, "//%.*s only allowed in cgo-generated code", (int)len, verb);
    } else if (is(verb, n, "go:build")) {
        if (!at.top || at.next != TOK_PACKAGE)
            plain_error(p, r, "misplaced compiler directive");
    } else if (is(verb, n, "go:uintptrkeepalive")) {
        plain_error(p, r, "//go:uintptrkeepalive is only allowed in the standard library");
    } else {
        for (size_t i = 0; i < sizeof of_runtime / sizeof *of_runtime; i++)
            if (is(verb, n, of_runtime[i])) {
                plain_error(p, r, "//%.*s only allowed in runtime", (int)n, verb);
                return;
            }
        for (size_t i = 0; i < sizeof of_functions / sizeof *of_functions; i++)
            if (is(verb, n, of_functions[i]) && (!at.top || at.next != TOK_FUNC))
                plain_error(p, r, "misplaced compiler directive");
    }
}

void directives_check(Parser *p)
{
    uint32_t tok = 0;
    int depth = 0;
    for (uint32_t i = 0; i < p->file->comments.n; i++) {
        Range r = p->file->comments.p[i].range;
        const char *text = p->src->text + (r.start - p->src->base);
        if (r.end - r.start < 6 || memcmp(text + 2, "go:", 3) != 0)
            continue;
        Around at = around(p, r.start, &tok, &depth);
        check_directive(p, (Range){r.start + 2, text[1] == '*' ? r.end - 2 : r.end}, at);
    }
}
