/* --emit=tokens: one token a line, `line:column NAME text`.  Automatic semicolons show
 * what they stand for; control characters in literals are escaped, so that a token stays
 * on its line. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lexer/lexer.h"

static void print_text(FILE *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\n') {
            fputs("\\n", out);
        } else if (c < ' ' || c == 0x7f) {
            fprintf(out, "\\x%02x", c);
        } else {
            fputc(c, out);
        }
    }
}

void tokens_print(FILE *out, const SourceFile *src)
{
    static const char *const semi[] = {"semicolon", "newline", "EOF"};
    Lexer lx;
    LexToken t;
    lexer_init(&lx, src, NULL);
    do {
        lexer_next(&lx, &t);
        Location loc = source_physical(t.start);
        fprintf(out, "%u:%u %s", loc.line, loc.column, token_name[t.kind]);
        if (t.kind == TOK_SEMICOLON) {
            fprintf(out, " %s", semi[t.semi]);
        } else if (t.kind >= TOK_IDENT && t.kind <= TOK_STRING) {
            fputc(' ', out);
            print_text(out, src->text + (t.start - src->base), t.end - t.start);
            if (t.bad) {
                fputs(" (bad)", out);
            }
        }
        fputc('\n', out);
    } while (t.kind != TOK_EOF);
}
