/* The lexer: a source file's text into tokens, with automatic semicolons.
 * Source: The Go Programming Language Specification, "Lexical elements".  Wrong literals
 * and characters are reported into the diagnostics sink in the words of Go's compiler,
 * and a token is made of them nevertheless, so that the parser can go on. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef GOL_LEXER_LEXER_H
#define GOL_LEXER_LEXER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "lexer/token.h"

/* Where a semicolon comes from. */
typedef enum SemiKind { SEMI_TYPED, SEMI_NEWLINE, SEMI_EOF } SemiKind;

typedef struct LexToken {
    const Name *name; /* IDENT */
    Pos start, end;
    uint8_t kind; /* Token */
    uint8_t semi; /* SEMICOLON: SemiKind */
    bool bad;     /* a literal that was reported as wrong */
} LexToken;

typedef struct Lexer {
    const SourceFile *src;
    const unsigned char *begin, *cur, *limit;
    bool nlsemi; /* a newline here is a semicolon */
    int errors;
    Arena *arena; /* for the list of comments; NULL: not collected */
    VEC(Range) comments;
} Lexer;

/* Starts at the head of src, past a BOM and a first line "#!…", and checks the whole text's
 * encoding.  arena may be NULL where comments are of no interest. */
void lexer_init(Lexer *lx, const SourceFile *src, Arena *arena);
/* The next token; after the last one EOF, for ever. */
void lexer_next(Lexer *lx, LexToken *tok);

/* --emit=tokens: one token a line, `line:column NAME text`. */
void tokens_print(FILE *out, const SourceFile *src);

/* ---- between the lexer's own files --------------------------------------------------- */

void lexer_error(Lexer *lx, const unsigned char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The scanners below start at lx->cur on the literal's first character, leave lx->cur past
 * its end, and set tok->bad when they complained. */
void lexer_number(Lexer *lx, LexToken *tok);
void lexer_string(Lexer *lx, LexToken *tok);
void lexer_raw_string(Lexer *lx, LexToken *tok);
void lexer_rune(Lexer *lx, LexToken *tok);
/* Reports NUL characters, invalid UTF-8 and byte order marks, once a line. */
void lexer_check_encoding(Lexer *lx);
/* The directive whose text after "line " is [text, end): positions from next on count anew. */
void lexer_line_directive(Lexer *lx, const unsigned char *text, const unsigned char *end,
                          const unsigned char *next);
/* Goes over the identifier's characters from lx->cur on, the first of them if first. */
void lexer_unicode_ident(Lexer *lx, bool first);

#endif
