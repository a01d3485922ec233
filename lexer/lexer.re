/* The tokens, as re2c rules over bytes.  Here are the common forms of each token; the rare
 * ones (identifiers beyond ASCII, literals with anything to check) go on in scan.c.  The
 * text ends in a NUL that no rule goes past. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lexer/lexer.h"

#include <string.h>

/* Tokens after which a newline ends the statement.  Go spec, "Semicolons". */
static const bool ends_line[TOK_COUNT] = {
    [TOK_IDENT] = true,  [TOK_INT] = true,      [TOK_FLOAT] = true,       [TOK_IMAG] = true,
    [TOK_CHAR] = true,   [TOK_STRING] = true,   [TOK_BREAK] = true,       [TOK_CONTINUE] = true,
    [TOK_RETURN] = true, [TOK_INC] = true,      [TOK_FALLTHROUGH] = true, [TOK_DEC] = true,
    [TOK_RPAREN] = true, [TOK_RBRACK] = true,   [TOK_RBRACE] = true,
};

void lexer_init(Lexer *lx, const SourceFile *src, Arena *arena)
{
    memset(lx, 0, sizeof *lx);
    lx->src = src;
    lx->arena = arena;
    lx->begin = lx->cur = (const unsigned char *)src->text;
    lx->limit = lx->begin + src->size;
    lexer_check_encoding(lx);
    if (src->size >= 3 && memcmp(lx->cur, "\xef\xbb\xbf", 3) == 0) {
        lx->cur += 3;
    }
    if (lx->cur[0] == '#' && lx->cur[1] == '!') {
        const unsigned char *nl = memchr(lx->cur, '\n', (size_t)(lx->limit - lx->cur));
        lx->cur = nl ? nl : lx->limit;
    }
}

static void add_comment(Lexer *lx, const unsigned char *from)
{
    if (lx->arena) {
        Range r = {lx->src->base + (Pos)(from - lx->begin), lx->src->base + (Pos)(lx->cur - lx->begin)};
        vec_push(lx->arena, &lx->comments, r);
    }
}

static bool starts_line(const Lexer *lx, const unsigned char *p)
{
    return p == lx->begin || p[-1] == '\n';
}

/* Past the comment that starts at from (lx->cur stands after its opener).  Returns the
 * first newline in it, or NULL. */
static const unsigned char *general_comment(Lexer *lx, const unsigned char *from)
{
    const unsigned char *p = lx->cur, *newline = NULL;
    for (; p < lx->limit; p++) {
        if (*p == '*' && p[1] == '/') {
            lx->cur = p + 2;
            add_comment(lx, from);
            if (memcmp(from + 2, "line ", 5) == 0) {
                lexer_line_directive(lx, from + 7, p, lx->cur);
            }
            return newline;
        }
        if (*p == '\n' && !newline) {
            newline = p;
        }
    }
    lx->cur = lx->limit;
    lexer_error(lx, from, "comment not terminated");
    return newline;
}

void lexer_next(Lexer *lx, LexToken *tok)
{
    const unsigned char *start, *cur = lx->cur, *marker;
    bool nlsemi = lx->nlsemi;
    Token kind;
    tok->name = NULL;
    tok->bad = false;
    tok->semi = SEMI_TYPED;
again:
    start = cur;
    /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = cur;
    re2c:define:YYMARKER = marker;
    re2c:yyfill:enable = 0;
    re2c:indent:string = "    ";

    letter  = [a-zA-Z_];
    plain   = [^"\\\n\x00];
    onechar = [^'\\\n\x00\x80-\xff];

    [ \t\r]+    { goto again; }
    "\n"        {
        if (nlsemi) {
            tok->semi = SEMI_NEWLINE;
            kind = TOK_SEMICOLON;
            goto done;
        }
        goto again;
    }
    "\x00"      {
        if (start < lx->limit) { /* reported by lexer_check_encoding */
            goto again;
        }
        cur = start;
        kind = TOK_EOF;
        if (nlsemi) {
            tok->semi = SEMI_EOF;
            kind = TOK_SEMICOLON;
        }
        goto done;
    }
    "//"        {
        const unsigned char *nl = memchr(cur, '\n', (size_t)(lx->limit - cur));
        cur = lx->cur = nl ? nl : lx->limit;
        add_comment(lx, start);
        if (cur - start > 7 && memcmp(start + 2, "line ", 5) == 0 && starts_line(lx, start)) {
            lexer_line_directive(lx, start + 7, cur[-1] == '\r' ? cur - 1 : cur, nl ? nl + 1 : cur);
        }
        goto again;
    }
    "/*"        {
        lx->cur = cur;
        const unsigned char *nl = general_comment(lx, start);
        cur = lx->cur;
        if (nl && nlsemi) { /* acts like a newline */
            tok->semi = SEMI_NEWLINE;
            kind = TOK_SEMICOLON;
            goto done;
        }
        goto again;
    }

    "break"       { kind = TOK_BREAK; goto word; }
    "case"        { kind = TOK_CASE; goto word; }
    "chan"        { kind = TOK_CHAN; goto word; }
    "const"       { kind = TOK_CONST; goto word; }
    "continue"    { kind = TOK_CONTINUE; goto word; }
    "default"     { kind = TOK_DEFAULT; goto word; }
    "defer"       { kind = TOK_DEFER; goto word; }
    "else"        { kind = TOK_ELSE; goto word; }
    "fallthrough" { kind = TOK_FALLTHROUGH; goto word; }
    "for"         { kind = TOK_FOR; goto word; }
    "func"        { kind = TOK_FUNC; goto word; }
    "go"          { kind = TOK_GO; goto word; }
    "goto"        { kind = TOK_GOTO; goto word; }
    "if"          { kind = TOK_IF; goto word; }
    "import"      { kind = TOK_IMPORT; goto word; }
    "interface"   { kind = TOK_INTERFACE; goto word; }
    "map"         { kind = TOK_MAP; goto word; }
    "package"     { kind = TOK_PACKAGE; goto word; }
    "range"       { kind = TOK_RANGE; goto word; }
    "return"      { kind = TOK_RETURN; goto word; }
    "select"      { kind = TOK_SELECT; goto word; }
    "struct"      { kind = TOK_STRUCT; goto word; }
    "switch"      { kind = TOK_SWITCH; goto word; }
    "type"        { kind = TOK_TYPE; goto word; }
    "var"         { kind = TOK_VAR; goto word; }
    letter (letter | [0-9])* { kind = TOK_IDENT; goto word; }
    [\x80-\xff] {
        lx->cur = start;
        lexer_unicode_ident(lx, true);
        cur = lx->cur;
        if (cur == start) { /* a byte that is not UTF-8, already reported */
            cur++;
            goto again;
        }
        kind = TOK_IDENT;
        goto ident;
    }

    "0" | [1-9][0-9]* {
        kind = TOK_INT;
        if ((*cur >= '0' && *cur <= '9') || *cur == '.' || *cur == '_' || (*cur | 32) == 'e' ||
            (*cur | 32) == 'x' || (*cur | 32) == 'b' || (*cur | 32) == 'o' || (*cur | 32) == 'p' ||
            *cur == 'i') {
            goto number;
        }
        goto done;
    }
    "." [0-9]       { goto number; }
    ["] plain* ["]  { kind = TOK_STRING; goto done; }
    ["]             { lx->cur = start; lexer_string(lx, tok); goto literal; }
    "`"             { lx->cur = start; lexer_raw_string(lx, tok); goto literal; }
    ['] onechar ['] { kind = TOK_CHAR; goto done; }
    [']             { lx->cur = start; lexer_rune(lx, tok); goto literal; }

    "+"   { kind = TOK_ADD; goto done; }
    "-"   { kind = TOK_SUB; goto done; }
    "*"   { kind = TOK_MUL; goto done; }
    "/"   { kind = TOK_QUO; goto done; }
    "%"   { kind = TOK_REM; goto done; }
    "&"   { kind = TOK_AND; goto done; }
    "|"   { kind = TOK_OR; goto done; }
    "^"   { kind = TOK_XOR; goto done; }
    "<<"  { kind = TOK_SHL; goto done; }
    ">>"  { kind = TOK_SHR; goto done; }
    "&^"  { kind = TOK_AND_NOT; goto done; }
    "+="  { kind = TOK_ADD_ASSIGN; goto done; }
    "-="  { kind = TOK_SUB_ASSIGN; goto done; }
    "*="  { kind = TOK_MUL_ASSIGN; goto done; }
    "/="  { kind = TOK_QUO_ASSIGN; goto done; }
    "%="  { kind = TOK_REM_ASSIGN; goto done; }
    "&="  { kind = TOK_AND_ASSIGN; goto done; }
    "|="  { kind = TOK_OR_ASSIGN; goto done; }
    "^="  { kind = TOK_XOR_ASSIGN; goto done; }
    "<<=" { kind = TOK_SHL_ASSIGN; goto done; }
    ">>=" { kind = TOK_SHR_ASSIGN; goto done; }
    "&^=" { kind = TOK_AND_NOT_ASSIGN; goto done; }
    "&&"  { kind = TOK_LAND; goto done; }
    "||"  { kind = TOK_LOR; goto done; }
    "<-"  { kind = TOK_ARROW; goto done; }
    "++"  { kind = TOK_INC; goto done; }
    "--"  { kind = TOK_DEC; goto done; }
    "=="  { kind = TOK_EQL; goto done; }
    "<"   { kind = TOK_LSS; goto done; }
    ">"   { kind = TOK_GTR; goto done; }
    "!"   { kind = TOK_NOT; goto done; }
    "~"   { kind = TOK_TILDE; goto done; }
    "="   { kind = TOK_ASSIGN; goto done; }
    "!="  { kind = TOK_NEQ; goto done; }
    "<="  { kind = TOK_LEQ; goto done; }
    ">="  { kind = TOK_GEQ; goto done; }
    ":="  { kind = TOK_DEFINE; goto done; }
    "..." { kind = TOK_ELLIPSIS; goto done; }
    "("   { kind = TOK_LPAREN; goto done; }
    "["   { kind = TOK_LBRACK; goto done; }
    "{"   { kind = TOK_LBRACE; goto done; }
    ","   { kind = TOK_COMMA; goto done; }
    "."   { kind = TOK_PERIOD; goto done; }
    ")"   { kind = TOK_RPAREN; goto done; }
    "]"   { kind = TOK_RBRACK; goto done; }
    "}"   { kind = TOK_RBRACE; goto done; }
    ";"   { kind = TOK_SEMICOLON; goto done; }
    ":"   { kind = TOK_COLON; goto done; }

    *     {
        if (*start < ' ' || *start == 0x7f) {
            lexer_error(lx, start, "invalid character U+%04X", *start);
        } else {
            lexer_error(lx, start, "invalid character U+%04X '%c'", *start, *start);
        }
        goto again;
    }
    */

number:
    lx->cur = start;
    lexer_number(lx, tok);
literal:
    cur = lx->cur;
    kind = (Token)tok->kind;
    goto done;

word:
    if (*cur >= 0x80) {
        lx->cur = cur;
        lexer_unicode_ident(lx, false);
        if (lx->cur != cur) {
            cur = lx->cur;
            kind = TOK_IDENT;
        }
    }
    if (kind != TOK_IDENT) {
        goto done;
    }
ident:
    tok->name = intern((const char *)start, (size_t)(cur - start));
done:
    tok->kind = (uint8_t)kind;
    tok->start = lx->src->base + (Pos)(start - lx->begin);
    tok->end = lx->src->base + (Pos)(cur - lx->begin);
    lx->nlsemi = ends_line[kind];
    lx->cur = cur;
}
