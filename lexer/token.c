/* The token tables: spelling, name and binary precedence, all from token.h. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lexer/token.h"

const char *const token_text[TOK_COUNT] = {
#define X(name, text, prec) text,
    TOKENS(X)
#undef X
};

const char *const token_name[TOK_COUNT] = {
#define X(name, text, prec) #name,
    TOKENS(X)
#undef X
};

const unsigned char token_precedence[TOK_COUNT] = {
#define X(name, text, prec) prec,
    TOKENS(X)
#undef X
};
