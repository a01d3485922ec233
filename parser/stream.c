/* The token stream between the lexer and bison.  It keeps track of open brackets and of the
 * heads of if, for, switch and select, and tells apart what one token of lookahead cannot:
 * the { of a head's block, and the [ of type parameters.  See docs/parser.md. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parser/parser.h"
#include "parser/depth.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Room for n tokens.  It is read from end to end at once, so its pages are asked for now. */
static LexToken *token_room(size_t n)
{
    void *room = mmap(NULL, n * sizeof(LexToken), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (room == MAP_FAILED) {
        fprintf(stderr, "golc: out of memory (tokens)\n");
        exit(3);
    }
    return room;
}

void stream_init(Parser *p)
{
    Lexer lx;
    lexer_init(&lx, p->src, p->arena);
    /* Real programs have a token for every four to six bytes. */
    p->tok.cap = p->src->size / 4 + 64;
    p->tok.p = token_room(p->tok.cap);
    do {
        if (p->tok.n == p->tok.cap) {
            LexToken *room = token_room((size_t)p->tok.cap * 2);
            memcpy(room, p->tok.p, p->tok.n * sizeof *room);
            stream_free(p);
            p->tok.p = room;
            p->tok.cap *= 2;
        }
        lexer_next(&lx, &p->tok.p[p->tok.n++]);
    } while (p->tok.p[p->tok.n - 1].kind != TOK_EOF);
    p->file->comments.p = (Comment *)lx.comments.p;
    p->file->comments.n = lx.comments.n;
    p->file->comments.cap = lx.comments.cap;
    p->errors = lx.errors;
    p->last = p->tok.p;
}

void stream_free(Parser *p)
{
    munmap(p->tok.p, p->tok.cap * sizeof *p->tok.p);
}

/* ---- type parameters or an array length? ----------------------------------------------- */

/* From an opening bracket to just past its closing one. */
static uint32_t skip_brackets(const Parser *p, uint32_t i)
{
    uint32_t depth = 0;
    for (;; i++) {
        switch (p->tok.p[i].kind) {
        case TOK_LPAREN:
        case TOK_LBRACK:
        case TOK_LBRACE: depth++; break;
        case TOK_RPAREN:
        case TOK_RBRACK:
        case TOK_RBRACE:
            if (--depth == 0) {
                return i + 1;
            }
            break;
        case TOK_EOF: return i;
        default: break;
        }
    }
}

/* The rest of `[P * …` or `[P ( …`, from the operator on.  As Go's parser does, this is read
 * as an expression first: it is a type parameter with its constraint if a part of it can
 * only be a type, or if a comma follows, and if P stands leftmost in P*x|y|… or P(x)|y|… */
static bool constraint_follows(const Parser *p, uint32_t i)
{
    bool call = p->tok.p[i].kind == TOK_LPAREN;
    bool elem = false, seen_or = false, operand = true;
    uint32_t paren = call;
    for (i++;;) {
        Token k = (Token)p->tok.p[i].kind, next = TOK_EOF;
        if (k != TOK_EOF) {
            next = (Token)p->tok.p[i + 1].kind;
        }
        if (operand) {
            switch (k) {
            case TOK_TILDE:
                elem = true;
                i++;
                break;
            case TOK_ADD:
            case TOK_SUB:
            case TOK_NOT:
            case TOK_XOR:
            case TOK_MUL:
            case TOK_AND:
            case TOK_ARROW: i++; break;
            case TOK_IDENT:
            case TOK_INT:
            case TOK_FLOAT:
            case TOK_IMAG:
            case TOK_CHAR:
            case TOK_STRING:
                operand = false;
                i++;
                break;
            case TOK_LPAREN:
                paren++;
                i++;
                break;
            case TOK_LBRACK:
                elem = true;
                i = skip_brackets(p, i);
                break;
            case TOK_CHAN:
                elem = true;
                i++;
                break;
            case TOK_MAP:
                elem = true;
                i = next == TOK_LBRACK ? skip_brackets(p, i + 1) : i + 1;
                break;
            case TOK_STRUCT:
            case TOK_INTERFACE:
                elem = true;
                operand = false;
                i = next == TOK_LBRACE ? skip_brackets(p, i + 1) : i + 1;
                break;
            case TOK_FUNC:
                elem = true;
                i = next == TOK_LPAREN ? skip_brackets(p, i + 1) : i + 1;
                k = (Token)p->tok.p[i].kind;
                operand = !(k == TOK_RPAREN || k == TOK_RBRACK || k == TOK_COMMA || k == TOK_OR);
                break;
            default: return false;
            }
            continue;
        }
        bool callee = call && paren == 0 && !seen_or; /* right after P(…) */
        switch (k) {
        case TOK_RPAREN:
            if (paren == 0) {
                return false;
            }
            paren--;
            i++;
            break;
        case TOK_RBRACK: return paren == 0 && elem;
        case TOK_COMMA:
            if (paren == 0) {
                return true;
            }
            if (!(call && paren == 1 && next == TOK_RPAREN)) {
                return false;
            }
            i++;
            break;
        case TOK_PERIOD:
            if (callee) {
                return false;
            }
            i = next == TOK_LPAREN ? skip_brackets(p, i + 1) : i + 2;
            if (i >= p->tok.n) {
                return false;
            }
            break;
        case TOK_LBRACK:
        case TOK_LPAREN:
        case TOK_LBRACE:
            if (callee) {
                return false;
            }
            i = skip_brackets(p, i);
            break;
        default:
            if (token_precedence[k] == 0) {
                return false;
            }
            if (paren == 0) {
                if (k == TOK_OR) {
                    seen_or = true;
                } else if (token_precedence[k] < 5 || !seen_or) {
                    return false;
                }
            }
            operand = true;
            i++;
        }
    }
}

bool stream_is_tparams(const Parser *p, uint32_t i)
{
    if (p->tok.p[i].kind != TOK_IDENT) {
        return false;
    }
    Token k = (Token)p->tok.p[i + 1].kind;
    switch (k) {
    case TOK_RBRACK:
    case TOK_PERIOD:
    case TOK_LBRACE: return false;
    case TOK_LBRACK: return true; /* P []E: no array's length is an index expression */
    case TOK_MUL:
    case TOK_LPAREN: return constraint_follows(p, i + 1);
    default: return token_precedence[k] == 0;
    }
}

/* ---- giving tokens ------------------------------------------------------------------------ */

static void push(Parser *p, Token kind, bool type_group)
{
    Nest n = {p->last->start, (uint8_t)kind, p->header, type_group};
    vec_push(p->arena, &p->nest, n);
    p->header = false;
    if (p->nest.n > AST_MAX_DEPTH) {
        depth_exceeded(p, p->last->start);
    }
}

/* Is the [ at token i the one after the name in a type declaration? */
static bool after_type_name(const Parser *p, uint32_t i)
{
    if (i < 2 || p->tok.p[i - 1].kind != TOK_IDENT) {
        return false;
    }
    Token before = (Token)p->tok.p[i - 2].kind;
    return before == TOK_TYPE || ((before == TOK_LPAREN || before == TOK_SEMICOLON) && p->nest.n &&
                                  p->nest.p[p->nest.n - 1].type_group);
}

int stream_next(Parser *p, const LexToken **out)
{
    uint32_t i = p->at;
    const LexToken *t = &p->tok.p[i];
    *out = p->last = t;
    if (t->kind != TOK_EOF) {
        p->at++;
    }
    switch (t->kind) {
    case TOK_IF:
    case TOK_FOR:
    case TOK_SWITCH:
    case TOK_SELECT: p->header = true; break;
    case TOK_LPAREN: push(p, TOK_LPAREN, i > 0 && p->tok.p[i - 1].kind == TOK_TYPE); break;
    case TOK_LBRACK: {
        bool tparams = after_type_name(p, i) && stream_is_tparams(p, i + 1);
        push(p, TOK_LBRACK, false);
        return tparams ? STREAM_TPARAMS : TOK_LBRACK;
    }
    case TOK_LBRACE: {
        bool body = p->header;
        p->header = false;
        push(p, TOK_LBRACE, false);
        return body ? STREAM_LBODY : TOK_LBRACE;
    }
    case TOK_RPAREN:
    case TOK_RBRACK:
    case TOK_RBRACE:
        if (p->nest.n) {
            p->header = p->nest.p[--p->nest.n].header;
        }
        break;
    default: break;
    }
    return t->kind;
}

void stream_head_goes_on(Parser *p)
{
    if (p->nest.n) {
        p->nest.p[p->nest.n - 1].header = true;
    }
}
