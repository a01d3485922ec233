/* The tokens of Gol: one table from which enum, text, name and precedence follow.
 * Source: The Go Programming Language Specification, "Tokens", "Operators". */
#ifndef GOL_LEXER_TOKEN_H
#define GOL_LEXER_TOKEN_H

#include "base/intern.h"
#include "base/source.h"

/* X(NAME, text, binary precedence or 0) */
/* clang-format off */
#define TOKENS_SPECIAL(X)                                                                          \
    X(EOF, "EOF", 0)                                                                               \
    X(ERROR, "invalid token", 0)                                                                   \
    X(IDENT, "name", 0)                                                                            \
    X(INT, "integer literal", 0)                                                                   \
    X(FLOAT, "float literal", 0)                                                                   \
    X(IMAG, "imaginary literal", 0)                                                                \
    X(CHAR, "rune literal", 0)                                                                     \
    X(STRING, "string literal", 0)
/* clang-format on */

/* clang-format off */
#define TOKENS_OPERATORS(X)                                                                        \
    X(ADD, "+", 4) X(SUB, "-", 4) X(MUL, "*", 5) X(QUO, "/", 5) X(REM, "%", 5)                     \
    X(AND, "&", 5) X(OR, "|", 4) X(XOR, "^", 4) X(SHL, "<<", 5) X(SHR, ">>", 5)                    \
    X(AND_NOT, "&^", 5)                                                                            \
    X(ADD_ASSIGN, "+=", 0) X(SUB_ASSIGN, "-=", 0) X(MUL_ASSIGN, "*=", 0)                           \
    X(QUO_ASSIGN, "/=", 0) X(REM_ASSIGN, "%=", 0) X(AND_ASSIGN, "&=", 0)                           \
    X(OR_ASSIGN, "|=", 0) X(XOR_ASSIGN, "^=", 0) X(SHL_ASSIGN, "<<=", 0)                           \
    X(SHR_ASSIGN, ">>=", 0) X(AND_NOT_ASSIGN, "&^=", 0)                                            \
    X(LAND, "&&", 2) X(LOR, "||", 1) X(ARROW, "<-", 0) X(INC, "++", 0) X(DEC, "--", 0)             \
    X(EQL, "==", 3) X(LSS, "<", 3) X(GTR, ">", 3) X(NOT, "!", 0) X(TILDE, "~", 0)                  \
    X(ASSIGN, "=", 0) X(NEQ, "!=", 3) X(LEQ, "<=", 3) X(GEQ, ">=", 3) X(DEFINE, ":=", 0)           \
    X(ELLIPSIS, "...", 0)                                                                          \
    X(LPAREN, "(", 0) X(LBRACK, "[", 0) X(LBRACE, "{", 0) X(COMMA, ",", 0) X(PERIOD, ".", 0)       \
    X(RPAREN, ")", 0) X(RBRACK, "]", 0) X(RBRACE, "}", 0) X(SEMICOLON, ";", 0) X(COLON, ":", 0)
/* clang-format on */

/* clang-format off */
#define TOKENS_KEYWORDS(X)                                                                         \
    X(BREAK, "break", 0) X(CASE, "case", 0) X(CHAN, "chan", 0) X(CONST, "const", 0)                \
    X(CONTINUE, "continue", 0) X(DEFAULT, "default", 0) X(DEFER, "defer", 0)                       \
    X(ELSE, "else", 0) X(FALLTHROUGH, "fallthrough", 0) X(FOR, "for", 0) X(FUNC, "func", 0)        \
    X(GO, "go", 0) X(GOTO, "goto", 0) X(IF, "if", 0) X(IMPORT, "import", 0)                        \
    X(INTERFACE, "interface", 0) X(MAP, "map", 0) X(PACKAGE, "package", 0)                         \
    X(RANGE, "range", 0) X(RETURN, "return", 0) X(SELECT, "select", 0) X(STRUCT, "struct", 0)      \
    X(SWITCH, "switch", 0) X(TYPE, "type", 0) X(VAR, "var", 0)
/* clang-format on */

#define TOKENS(X) TOKENS_SPECIAL(X) TOKENS_OPERATORS(X) TOKENS_KEYWORDS(X)

typedef enum Token {
#define X(name, text, prec) TOK_##name,
    TOKENS(X)
#undef X
        TOK_COUNT
} Token;

extern const char *const token_text[TOK_COUNT]; /* "+", "chan", "name" */
extern const char *const token_name[TOK_COUNT]; /* "ADD", "CHAN", "IDENT" */
extern const unsigned char token_precedence[TOK_COUNT];
/* The operator of an assignment operation: TOK_ADD for TOK_ADD_ASSIGN; any other token as it is. */
Token token_of_assignment(Token op);

#endif
