/* What happens at a syntax error; part of gol.y, as it reads bison's tables.
 *
 * The message follows from the symbols on the parser's stack: bison makes its default
 * reductions before it finds an error, so the top is the construct that is complete, or that
 * has just begun, as in a parser by recursive descent.  Then the place where parsing goes on
 * is chosen as Go's parser does, the token stream is moved there, and a RESYNC token is put
 * before it, which is all that the grammar takes after `error`. */
// SPDX-License-Identifier: GPL-3.0-or-later

typedef yysymbol_kind_t Sym;
#define S(name) YYSYMBOL_##name

/* The state reached from state by shifting s, or -1. */
static int shifts(int state, Sym s)
{
    int n = yypact[state];
    if (yypact_value_is_default(n)) {
        return -1;
    }
    n += s;
    if (n < 0 || n > YYLAST || yycheck[n] != s || yytable[n] <= 0) {
        return -1;
    }
    return yytable[n];
}

/* The n-th symbol from the top of the stack; $end at its bottom. */
static Sym symbol_at(const yy_state_t *top, int n)
{
    for (; n > 0; n--) {
        if (*top == 0) {
            return S(YYEOF);
        }
        top--;
    }
    return (Sym)yystos[*top];
}

/* ---- the message -------------------------------------------------------------------------- */

/* What a list is called, and what ends its elements and itself. */
static const struct {
    Sym list;
    const char *name, *sep, *close, *start; /* start: what is expected as an element */
} lists[] = {
    {S(args), "argument list", "comma", ")", ", expected expression"},
    {S(elts), "composite literal", "comma", "}", ", expected expression"},
    {S(elt_list), "composite literal", "comma", "}", ", expected expression"},
    {S(params), "parameter list", "comma", ")", ", expected )"},
    {S(param_list), "parameter list", "comma", ")", ", expected )"},
    {S(tparam_list), "parameter list", "comma", "]", ", expected ]"},
    {S(fields), "struct type", "semicolon or newline", "}",
     ", expected field name or embedded type"},
    {S(field_list), "struct type", "semicolon or newline", "}",
     ", expected field name or embedded type"},
    {S(elems), "interface type", "semicolon or newline", "}", ", expected ~ term or type"},
    {S(elem_list), "interface type", "semicolon or newline", "}", ", expected ~ term or type"},
    {S(import_specs), "grouped declaration", "semicolon or newline", ")", "missing import path"},
    {S(const_specs), "grouped declaration", "semicolon or newline", ")", ", expected name"},
    {S(var_specs), "grouped declaration", "semicolon or newline", ")", ", expected name"},
    {S(type_specs), "grouped declaration", "semicolon or newline", ")", ", expected name"},
};

/* The message where the stack's top is a list, or NULL.  prev: the token before t. */
static const char *list_message(Parser *P, Sym s, Token prev)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (lists[i].list != s) {
            continue;
        }
        if (prev == TOK_COMMA || prev == TOK_SEMICOLON || prev == TOK_LPAREN ||
            prev == TOK_LBRACE || prev == TOK_LBRACK || prev == TOK_COLON) {
            return P->last->kind == TOK_EOF
                       ? arena_printf(P->arena, ", expected %s", lists[i].close)
                       : lists[i].start;
        }
        return arena_printf(P->arena, " in %s; possibly missing %s or %s", lists[i].name,
                            lists[i].sep, lists[i].close);
    }
    return NULL;
}

/* What is wrong where the head of an if, for or switch, which kw starts, is not complete or
 * not followed by its block.  prev: the token before the wrong one. */
static const char *head_message(Parser *P, Sym kw, Token prev)
{
    if (prev == TOK_IF || prev == TOK_FOR || prev == TOK_SWITCH || prev == TOK_SEMICOLON) {
        if (P->last->kind == TOK_VAR) {
            return arena_printf(P->arena, "var declaration not allowed in %s initializer",
                                kw == S(FOR)  ? "for"
                                : kw == S(IF) ? "if"
                                              : "switch");
        }
        return ", expected expression";
    }
    return kw == S(SWITCH)      ? "missing { after switch clause"
           : P->head_parts == 1 ? ", expected {"
           : kw == S(FOR)       ? ", expected { after for clause"
                                : ", expected { after if clause";
}

/* Where an expression may go on or the construct around it close: what closes it. */
static const char *closing_message(int state)
{
    return shifts(state, S(RPAREN)) >= 0   ? ", expected )"
           : shifts(state, S(RBRACK)) >= 0 ? ", expected ]"
           : shifts(state, S(RBRACE)) >= 0 ? ", expected }"
           : shifts(state, S(COLON)) >= 0  ? ", expected :"
           : shifts(state, S(LBODY)) >= 0  ? ", expected {"
                                           : "";
}

/* Says what is wrong about the token P->last.  Where the text starts with a blank or comma it
 * follows "unexpected …". */
static const char *message(Parser *P, const yy_state_t *top)
{
    Token tok = (Token)P->last->kind;
    Token prev = P->last > P->tok.p ? (Token)P->last[-1].kind : TOK_EOF;
    Sym s0 = (Sym)yystos[*top], s1 = symbol_at(top, 1);
    if (*top == 0) {
        return "package statement must be first";
    }
    switch ((int)s0) {
    case S(decls):
        if (tok == TOK_LBRACE && P->func_no_body && prev == TOK_SEMICOLON) {
            return "unexpected semicolon or newline before {";
        }
        return "non-declaration statement outside function body";
    case S(topdecl): return " after top level declaration";
    case S(stmts):
        if (prev == TOK_LBRACE || prev == TOK_COLON || prev == TOK_SEMICOLON) {
            return s1 == S(COLON) ? ", expected case or default or }" : ", expected }";
        }
        return prev == TOK_RETURN ? ", expected expression" : " at end of statement";
    case S(clauses):
    case S(comm_clauses): return ", expected case or default or }";
    case S(exprs2):
        if (shifts(*top, S(DEFINE)) >= 0) {
            return ", expected := or = or comma";
        }
        break;
    case S(ocomma):
    case S(osemi):
        if (s1 == S(indices)) {
            return prev == TOK_COMMA ? ", expected ]" : ", expected comma, : or ]";
        }
        if (s1 == S(types)) {
            return prev == TOK_COMMA ? ", expected type" : ", expected ]";
        }
        if (s1 == S(ELLIPSIS)) { /* f(xs... */
            return " in argument list; possibly missing comma or )";
        }
        s0 = s1;
        break;
    case S(expr_opt):
        if (prev == TOK_LBRACK || prev == TOK_COLON) {
            return ", expected expression";
        }
        return s1 == S(LBRACK) ? ", expected comma, : or ]" : ", expected ]";
    case S(IF):
    case S(FOR):
    case S(SWITCH): return head_message(P, s0, prev);
    case S(head):
    case S(for_head): return head_message(P, s1, prev);
    case S(simple_opt):
        if (s1 == S(IF) || s1 == S(FOR) || s1 == S(SWITCH)) {
            return ", expected {";
        }
        if (prev != TOK_SEMICOLON) {
            return ", expected semicolon or newline";
        }
        return tok == TOK_LBRACE ? ", expected for loop condition" : ", expected expression";
    case S(fields):
    case S(field_list):
        if (prev == TOK_IDENT &&
            (P->last[-2].kind == TOK_SEMICOLON || P->last[-2].kind == TOK_LBRACE)) {
            return ", expected type"; /* a name alone */
        }
        break;
    case S(lbrace):
        return s1 == S(STRUCT)      ? ", expected field name or embedded type"
               : s1 == S(INTERFACE) ? ", expected ~ term or type"
                                    : ", expected }";
    case S(SELECT): return "missing { after select clause";
    case S(ELSE): return "else must be followed by if or statement block";
    case S(PERIOD):
        if (shifts(*top, S(STRING)) >= 0) {
            return "missing import path";
        }
        return s1 == S(pexpr) ? ", expected name or (" : ", expected name";
    case S(LBRACK):
        if (s1 == S(IDENT) && tok == TOK_RBRACK && shifts(*top, S(INT)) < 0) {
            return ", expected type argument list";
        }
        break;
    case S(alias_opt): return " in type declaration";
    case S(CHAN): return "missing channel element type";
    case S(ELLIPSIS): return "... is missing type";
    case S(FUNC):
        if (shifts(*top, S(IDENT)) >= 0) {
            return ", expected name or (";
        }
        return ", expected (";
    case S(IMPORT): return "missing import path";
    case S(MUL):
        if (s1 == S(lbrace)) {
            return ", expected name";
        }
        break;
    default: break;
    }
    int e = shifts(*top, S(YYerror));
    if (e >= 0 && shifts(e, S(RESYNC_STMT)) >= 0) { /* the start of a statement */
        if (s0 == S(COLON) && s1 == S(IDENT)) {
            return "missing statement after label";
        }
        return s0 == S(COLON) || symbol_at(top, 2) == S(COLON) ? ", expected case or default or }"
                                                               : ", expected }";
    }
    if ((s0 == S(LPAREN) || s0 == S(LBRACK) || s0 == S(TPARAMS)) && e >= 0 &&
        shifts(*top, S(ELLIPSIS)) >= 0) { /* the first parameter */
        return s0 == S(LPAREN) ? ", expected )" : ", expected ]";
    }
    if (e >= 0 && shifts(e, S(RESYNC_CASE)) >= 0) {
        return ", expected case or default or }";
    }
    if (shifts(*top, S(STRING)) >= 0 && shifts(*top, S(IDENT)) < 0) {
        return "missing import path";
    }
    if (tok == TOK_EOF && s0 == S(LPAREN) && s1 == S(pexpr)) {
        return ", expected )";
    }
    if (tok == TOK_EOF && s0 == S(LBRACE) && s1 == S(named)) {
        return ", expected }";
    }
    const char *list = list_message(P, s0, prev);
    if (list) {
        return list;
    }
    if (shifts(*top, S(INT)) >= 0 && shifts(*top, S(IDENT)) >= 0) {
        return ", expected expression";
    }
    if (shifts(*top, S(STRUCT)) >= 0) {
        return ", expected type";
    }
    if (shifts(*top, S(IDENT)) >= 0) {
        return ", expected name";
    }
    /* a single token that would do */
    Sym only = S(YYEMPTY);
    for (int t = S(IDENT); t < S(RESYNC_DECL); t++) {
        if (shifts(*top, (Sym)t) >= 0) {
            if (only != S(YYEMPTY)) {
                return closing_message(*top);
            }
            only = (Sym)t;
        }
    }
    if (only == S(YYEMPTY)) {
        return closing_message(*top);
    }
    const char *text = only == S(LBODY)       ? "{"
                       : only == S(TPARAMS)   ? "["
                       : only == S(SEMICOLON) ? "semicolon or newline"
                       : only == S(COMMA)     ? "comma"
                                              : NULL;
    for (int k = 0; !text && k < TOK_COUNT; k++) {
        if (yytranslate[bison_token[k]] == only) {
            text = token_text[k];
        }
    }
    bool keyword =
        text && text[0] >= 'a' && text[0] <= 'z' && only != S(COMMA) && only != S(SEMICOLON);
    return arena_printf(P->arena, ", expected %s%s", keyword ? "keyword " : "",
                        text ? text : "something else");
}

/* ---- where to go on ------------------------------------------------------------------------- */

/* Keywords that start a statement: nobody skips over them inside a function. */
static bool starts_statement(Token k)
{
    switch (k) {
    case TOK_BREAK:
    case TOK_CONST:
    case TOK_CONTINUE:
    case TOK_DEFER:
    case TOK_FALLTHROUGH:
    case TOK_FOR:
    case TOK_GO:
    case TOK_GOTO:
    case TOK_IF:
    case TOK_RETURN:
    case TOK_SELECT:
    case TOK_SWITCH:
    case TOK_TYPE:
    case TOK_VAR: return true;
    default: return false;
    }
}

static bool starts_decl(Token k)
{
    return k == TOK_IMPORT || k == TOK_CONST || k == TOK_TYPE || k == TOK_VAR || k == TOK_FUNC;
}

/* The first token from i on where stop says yes, past whole {…} groups. */
static uint32_t skip_to(const Parser *P, uint32_t i, bool (*stop)(const Parser *, Token))
{
    for (uint32_t depth = 0;; i++) {
        Token k = (Token)P->tok.p[i].kind;
        if (k == TOK_EOF || (depth == 0 && stop(P, k))) {
            return i;
        }
        if (k == TOK_LBRACE) {
            depth++;
        } else if (k == TOK_RBRACE && depth > 0) {
            depth--;
        }
    }
}

static bool stop_at_decl(const Parser *P, Token k)
{
    return starts_decl(k);
}

static bool stop_at_stmt(const Parser *P, Token k)
{
    return k == TOK_SEMICOLON || k == TOK_RBRACE || k == TOK_CASE || k == TOK_DEFAULT ||
           starts_statement(k);
}

static bool stop_at_case(const Parser *P, Token k)
{
    return k == TOK_CASE || k == TOK_DEFAULT || k == TOK_RBRACE;
}

static bool stop_at_colon(const Parser *P, Token k)
{
    return k == TOK_COLON || k == TOK_SEMICOLON || stop_at_case(P, k);
}

/* The { of the block after a wrong head that continues at token i, or the end of its line. */
static uint32_t find_block(const Parser *P, uint32_t i)
{
    if (P->tok.p[i].kind == TOK_SEMICOLON && P->tok.p[i + 1].kind == TOK_LBRACE) {
        return i + 1;
    }
    for (;; i++) {
        const LexToken *t = &P->tok.p[i];
        if (t->kind == TOK_LBRACE || t->kind == TOK_RBRACE || t->kind == TOK_EOF ||
            (t->kind == TOK_SEMICOLON && t->semi != SEMI_TYPED)) {
            return i;
        }
    }
}

static bool stop_at_close(const Parser *P, Token k)
{
    return k == TOK_RPAREN || k == TOK_RBRACK || k == TOK_RBRACE ||
           (P->in_function && starts_statement(k));
}

static bool stop_at_close_or_semi(const Parser *P, Token k)
{
    return k == TOK_SEMICOLON || stop_at_close(P, k);
}

/* Moves the stream to where parsing goes on once the stack is popped down to sp, a state that
 * shifts error, and puts the tokens there that the grammar needs. */
static void resync(Parser *P, const yy_state_t *sp)
{
    int after = shifts(*sp, S(YYerror));
    uint32_t i = (uint32_t)(P->last - P->tok.p);
    if (i == P->resync_at) { /* no progress since the last error */
        if (P->tok.p[i].kind == TOK_EOF) {
            P->stop = true;
            return;
        }
        i++;
    }
    int32_t open = 0; /* brackets that stay open */
    P->in_function = false;
    for (const yy_state_t *s = sp; *s != 0; s--) {
        Sym sym = (Sym)yystos[*s];
        switch ((int)sym) {
        case S(LPAREN):
        case S(LBRACK):
        case S(TPARAMS):
        case S(LBRACE):
        case S(LBODY):
        case S(lbrace): open++; break;
        case S(RPAREN):
        case S(RBRACK):
        case S(RBRACE): open--; break;
        case S(stmts): P->in_function = true; break;
        default: break;
        }
        int e = shifts(*s, S(YYerror));
        if (e >= 0 && shifts(e, S(RESYNC_STMT)) >= 0) {
            P->in_function = true;
        }
    }
    if (open < 0) {
        open = 0;
    }
    if ((uint32_t)open < P->nest.n) {
        P->nest.n = (uint32_t)open;
    } else if ((uint32_t)open == P->nest.n + 1 && (uint32_t)open <= P->nest.cap) {
        P->nest.n++; /* the token in error is a closing bracket: it does not close yet */
    }
    P->header = false;
    P->ninsert = 0;
    P->made_up = P->tok.p[i];
    P->made_up.end = P->made_up.start;

    if (shifts(after, S(RESYNC_DECL)) >= 0) {
        i = skip_to(P, i, stop_at_decl);
        P->insert[P->ninsert++] = Y_RESYNC_DECL;
    } else if (shifts(after, S(RESYNC_STMT)) >= 0) {
        i = skip_to(P, i, stop_at_stmt);
        if (starts_statement((Token)P->tok.p[i].kind)) {
            P->insert[P->ninsert++] = Y_SEMICOLON;
        }
        P->insert[P->ninsert++] = Y_RESYNC_STMT;
    } else if (shifts(after, S(RESYNC_CASE)) >= 0) {
        i = skip_to(P, i, stop_at_case);
        P->insert[P->ninsert++] = Y_RESYNC_CASE;
    } else if (shifts(after, S(RESYNC_COLON)) >= 0) {
        i = skip_to(P, i, stop_at_colon);
        if (P->tok.p[i].kind != TOK_COLON) {
            i += P->tok.p[i].kind == TOK_SEMICOLON;
            P->insert[P->ninsert++] = Y_COLON;
        }
        P->insert[P->ninsert++] = Y_RESYNC_COLON;
    } else if (shifts(after, S(RESYNC_HEAD)) >= 0) {
        i = find_block(P, i);
        if (P->tok.p[i].kind == TOK_LBRACE) {
            P->header = true;
            if (*sp != 0 && yystos[*sp] == S(SWITCH)) { /* no statements before its cases */
                uint32_t first = skip_to(P, i + 1, stop_at_case);
                if (first != i + 1) {
                    const LexToken *brace;
                    P->at = i;
                    stream_next(P, &brace);
                    P->insert[P->ninsert++] = Y_LBODY;
                    i = first;
                }
            }
        } else { /* an empty block */
            P->insert[P->ninsert++] = Y_RBRACE;
            P->insert[P->ninsert++] = Y_LBODY;
        }
        P->insert[P->ninsert++] = Y_RESYNC_HEAD;
    } else {
        Token opener = P->nest.n ? (Token)P->nest.p[P->nest.n - 1].kind : TOK_LPAREN;
        Sym below = (Sym)yystos[*sp];
        bool semis = below == S(field_list) || below == S(elem_list) || below == S(import_specs) ||
                     below == S(const_specs) || below == S(var_specs) || below == S(type_specs) ||
                     shifts(after, S(RESYNC_LIST)) < 0;
        i = skip_to(P, i, semis ? stop_at_close_or_semi : stop_at_close);
        Token close = opener == TOK_LPAREN   ? TOK_RPAREN
                      : opener == TOK_LBRACK ? TOK_RBRACK
                                             : TOK_RBRACE;
        Token k = (Token)P->tok.p[i].kind;
        if (k != close && !(semis && k == TOK_SEMICOLON)) {
            P->insert[P->ninsert++] = bison_token[close];
            if (P->nest.n) {
                P->header = P->nest.p[--P->nest.n].header;
            }
        }
        P->insert[P->ninsert++] = Y_RESYNC_LIST;
    }
    P->resync_at = i;
    P->at = i;
}

/* At the end of the file: says which bracket is still open. */
static void note_open(Parser *P, Diag *d)
{
    bool end =
        P->last->kind == TOK_EOF || (P->last->kind == TOK_SEMICOLON && P->last->semi == SEMI_EOF);
    if (d && end && P->nest.n) {
        const Nest *n = &P->nest.p[P->nest.n - 1];
        diag_note(d, n->pos, "this %s is not closed", token_text[n->kind]);
    }
}

static int yyreport_syntax_error(const yypcontext_t *ctx, Parser *P)
{
    if (P->stop) {
        return 0;
    }
    const char *what = message(P, ctx->yyssp);
    if (P->last->kind == TOK_EOF && P->errors) {
        P->errors++; /* only a consequence */
        P->broken = true;
    } else if (what[0] == ' ' || what[0] == ',' || what[0] == 0) {
        Diag *d = unexpected(P, P->last, what);
        note_open(P, d);
    } else {
        const LexToken *t = P->last;
        if (strncmp(what, "missing statement", 17) == 0) {
            t--; /* the colon */
        }
        syntax_error(P, (Range){t->start, t->end}, "%s", what);
    }
    for (const yy_state_t *sp = ctx->yyssp;; sp--) {
        if (shifts(*sp, S(YYerror)) >= 0) {
            resync(P, sp);
            break;
        }
        if (*sp == 0) {
            break;
        }
    }
    return 0;
}
#undef S
