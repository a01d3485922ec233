/* The token tables: spelling, name and binary precedence, all from token.h; and the operators
 * of assignment operations. */
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

Token token_of_assignment(Token op)
{
    switch (op) {
    case TOK_ADD_ASSIGN: return TOK_ADD;
    case TOK_SUB_ASSIGN: return TOK_SUB;
    case TOK_MUL_ASSIGN: return TOK_MUL;
    case TOK_QUO_ASSIGN: return TOK_QUO;
    case TOK_REM_ASSIGN: return TOK_REM;
    case TOK_AND_ASSIGN: return TOK_AND;
    case TOK_OR_ASSIGN: return TOK_OR;
    case TOK_XOR_ASSIGN: return TOK_XOR;
    case TOK_SHL_ASSIGN: return TOK_SHL;
    case TOK_SHR_ASSIGN: return TOK_SHR;
    case TOK_AND_NOT_ASSIGN: return TOK_AND_NOT;
    default: return op;
    }
}
