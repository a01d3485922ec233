/* Reporting of syntax errors in the words of Go's compiler: at most one a line. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parser/depth.h"
#include "parser/parser.h"

#include <stdarg.h>

Diag *syntax_error(Parser *p, Range r, const char *fmt, ...)
{
    p->errors++;
    p->broken = true;
    uint32_t line = source_physical(r.start).line;
    if (p->stop || line == p->error_line) {
        return NULL;
    }
    p->error_line = line;
    va_list ap;
    va_start(ap, fmt);
    char text[512];
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return diag_error(r, "syntax error: %s", text);
}

void plain_error(Parser *p, Range r, const char *fmt, ...)
{
    p->errors++;
    if (p->stop) {
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    diag_verror(r, fmt, ap);
    va_end(ap);
}

Diag *unexpected(Parser *p, const LexToken *t, const char *what)
{
    static const char *const semi[] = {"semicolon", "newline", "EOF"};
    const char *text = p->src->text + (t->start - p->src->base);
    int len = (int)(t->end - t->start);
    Range r = {t->start, t->end};
    switch (t->kind) {
    case TOK_IDENT: return syntax_error(p, r, "unexpected name %.*s%s", len, text, what);
    case TOK_SEMICOLON:
        return syntax_error(p, t->semi == SEMI_TYPED ? r : range_at(t->start), "unexpected %s%s",
                            semi[t->semi], what);
    case TOK_INT:
    case TOK_FLOAT:
    case TOK_IMAG:
    case TOK_CHAR:
    case TOK_STRING: return syntax_error(p, r, "unexpected literal %.*s%s", len, text, what);
    case TOK_COMMA: return syntax_error(p, r, "unexpected comma%s", what);
    default:
        return syntax_error(p, r, "unexpected %s%s%s",
                            t->kind >= TOK_BREAK && t->kind <= TOK_VAR ? "keyword " : "",
                            token_text[t->kind], what);
    }
}

void depth_exceeded(Parser *p, Pos pos)
{
    if (!p->stop) {
        plain_error(p, range_at(pos), "nested too deeply (more than %d levels)", AST_MAX_DEPTH);
    }
    p->stop = p->broken = true;
}
