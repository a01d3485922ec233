/* The lexer's rare paths: literals that have something to check, identifiers beyond ASCII,
 * and the encoding of the text.  The messages are those of Go's compiler. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lexer/lexer.h"

#include <stdarg.h>
#include <string.h>
#include <utf8proc.h>

void lexer_error(Lexer *lx, const unsigned char *at, const char *fmt, ...)
{
    Pos pos = lx->src->base + (Pos)(at - lx->begin);
    va_list ap;
    va_start(ap, fmt);
    diag_verror(range_at(pos), fmt, ap);
    va_end(ap);
    lx->errors++;
}

/* Decodes the character at p: its length in bytes, 0 where the bytes are not UTF-8. */
static size_t decode(const Lexer *lx, const unsigned char *p, int32_t *c)
{
    if (p >= lx->limit) {
        *c = -1;
        return 0;
    }
    if (*p < 0x80) {
        *c = *p;
        return 1;
    }
    utf8proc_ssize_t n = utf8proc_iterate(p, lx->limit - p, c);
    if (n <= 0) {
        *c = 0xfffd;
        return 0;
    }
    return (size_t)n;
}

/* c as Go's %#U shows it: U+0040 '@', the character only where it can be printed. */
static const char *show_char(int32_t c, char buf[32])
{
    int n = snprintf(buf, 32, "U+%04X", (unsigned)c);
    utf8proc_category_t cat = utf8proc_category(c);
    bool printable = c <= 0x10ffff && !(c >= 0xd800 && c < 0xe000) && c != ' ' &&
                     cat != UTF8PROC_CATEGORY_CN && cat < UTF8PROC_CATEGORY_ZS;
    if (c == ' ' || printable) {
        utf8proc_uint8_t u[8];
        utf8proc_ssize_t len = utf8proc_encode_char(c, u);
        snprintf(buf + n, (size_t)(32 - n), " '%.*s'", (int)len, (const char *)u);
    }
    return buf;
}

/* ---- line directives ------------------------------------------------------------------ */

/* Splits [text, end) at its last colon.  → the start of what is behind it, and its value,
 * 0 if that is no number that a line or a column may have; NULL: there is no colon. */
static const unsigned char *number_behind(const unsigned char *text, const unsigned char *end,
                                          uint32_t *value)
{
    enum { LARGEST = 1 << 30 };
    const unsigned char *p = end;
    while (p > text && p[-1] != ':') {
        p--;
    }
    *value = 0;
    for (const unsigned char *d = p; d < end; d++) {
        if (*d < '0' || *d > '9' || (*value = *value * 10 + (*d - '0')) > LARGEST) {
            *value = 0;
            break;
        }
    }
    return p > text ? p : NULL;
}

/* Is what number_behind refused a number nevertheless? */
static bool is_number(const unsigned char *p, const unsigned char *end)
{
    const unsigned char *start = p;
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
    }
    return p == end && p > start;
}

/* FILE:LINE or FILE:LINE:COLUMN, as Go's compiler reads them (`go doc cmd/compile`). */
void lexer_line_directive(Lexer *lx, const unsigned char *text, const unsigned char *end,
                          const unsigned char *next)
{
    uint32_t line, column = 0, first;
    const unsigned char *last = number_behind(text, end, &line);
    if (!last) {
        return;
    }
    if (!line && !is_number(last, end)) {
        lexer_error(lx, last, "invalid line number: %.*s", (int)(end - last), (const char *)last);
        return;
    }
    const unsigned char *at = last, *name_end = last - 1;
    const unsigned char *before = number_behind(text, name_end, &first);
    if (before && is_number(before, name_end)) {
        if (!line) {
            lexer_error(lx, last, "invalid column number: %.*s", (int)(end - last),
                        (const char *)last);
            return;
        }
        column = line;
        line = first;
        at = before;
        end = name_end;
        name_end = before - 1;
    }
    if (!line) {
        lexer_error(lx, at, "invalid line number: %.*s", (int)(end - at), (const char *)at);
        return;
    }
    /* An empty name keeps the name only where a column stands too. */
    size_t len = (size_t)(name_end - text);
    if (len == 0 && column) {
        text = NULL;
    }
    source_line_directive(lx->src->base + (Pos)(next - lx->begin), (const char *)text, len, line,
                          column);
}

/* ---- encoding ------------------------------------------------------------------------- */

/* Does the text hold nothing but ASCII other than NUL? */
static bool plain_ascii(const unsigned char *p, const unsigned char *limit)
{
    const uint64_t high = 0x8080808080808080u, ones = 0x0101010101010101u;
    for (; limit - p >= 8; p += 8) {
        uint64_t v;
        memcpy(&v, p, 8);
        if ((v | (v - ones)) & high) {
            return false;
        }
    }
    for (; p < limit; p++) {
        if (*p == 0 || *p >= 0x80) {
            return false;
        }
    }
    return true;
}

void lexer_check_encoding(Lexer *lx)
{
    const unsigned char *p = lx->begin, *last = NULL; /* where the last error was */
    if (plain_ascii(p, lx->limit)) {
        return;
    }
    while (p < lx->limit) {
        const char *what = NULL;
        size_t n = 1;
        int32_t c;
        if (*p == 0) {
            what = "invalid NUL character";
        } else if (*p >= 0x80) {
            n = decode(lx, p, &c);
            if (n == 0) {
                what = "invalid UTF-8 encoding";
                n = 1;
            } else if (c == 0xfeff && p != lx->begin) {
                what = "invalid BOM in the middle of the file";
            }
        } else if (lx->limit - p >= 8 && plain_ascii(p, p + 8)) {
            n = 8;
        }
        if (what && (!last || memchr(last, '\n', (size_t)(p - last)))) {
            lexer_error(lx, p, "%s", what);
            last = p;
        }
        p += n;
    }
}

/* ---- identifiers ---------------------------------------------------------------------- */

static bool is_letter(int32_t c)
{
    utf8proc_category_t cat = utf8proc_category(c);
    return cat >= UTF8PROC_CATEGORY_LU && cat <= UTF8PROC_CATEGORY_LO;
}

void lexer_unicode_ident(Lexer *lx, bool first)
{
    for (;; first = false) {
        int32_t c;
        size_t n = decode(lx, lx->cur, &c);
        if (n == 0) {
            return;
        }
        if (n == 1) {
            if (!(c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))) {
                return;
            }
        } else if (c != 0xfeff && !is_letter(c)) {
            char buf[32];
            if (utf8proc_category(c) == UTF8PROC_CATEGORY_ND) {
                if (first) {
                    lexer_error(lx, lx->cur, "identifier cannot begin with digit %s",
                                show_char(c, buf));
                }
            } else {
                lexer_error(lx, lx->cur, "invalid character %s in identifier", show_char(c, buf));
            }
        }
        lx->cur += n;
    }
}

/* ---- numbers -------------------------------------------------------------------------- */

static int lower(int c)
{
    return c | ('a' - 'A');
}

static bool is_decimal(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(int c)
{
    return is_decimal(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

static const char *base_name(int base)
{
    return base == 2 ? "binary" : base == 8 ? "octal" : base == 10 ? "decimal" : "hexadecimal";
}

enum { SEEN_DIGIT = 1, SEEN_SEP = 2 };

/* Past a run of digits and '_'.  Up to base 10 any decimal digit is taken, and the first
 * one that the base does not have is kept in *invalid. */
static int digits(Lexer *lx, int base, const unsigned char **invalid)
{
    int seen = 0;
    for (;; lx->cur++) {
        int c = *lx->cur;
        if (c == '_') {
            seen |= SEEN_SEP;
        } else if (base <= 10 ? is_decimal(c) : is_hex(c)) {
            seen |= SEEN_DIGIT;
            if (base <= 10 && c >= '0' + base && invalid && !*invalid) {
                *invalid = lx->cur;
            }
        } else {
            return seen;
        }
    }
}

/* The first '_' of [p, end) that does not stand between digits (a prefix counts as one). */
static const unsigned char *wrong_separator(const unsigned char *p, const unsigned char *end)
{
    int prefix = ' ', prev, cur = '.'; /* '_', '0' for a digit, '.' for anything else */
    if (end - p >= 2 && p[0] == '0') {
        prefix = lower(p[1]);
        if (prefix == 'x' || prefix == 'o' || prefix == 'b') {
            cur = '0';
            p += 2;
        }
    }
    for (; p < end; p++) {
        prev = cur;
        if (*p == '_') {
            if (prev != '0') {
                return p;
            }
            cur = '_';
        } else if (is_decimal(*p) || (prefix == 'x' && is_hex(*p))) {
            cur = '0';
        } else {
            if (prev == '_') {
                return p - 1;
            }
            cur = '.';
        }
    }
    return cur == '_' ? end - 1 : NULL;
}

void lexer_number(Lexer *lx, LexToken *tok)
{
    const unsigned char *start = lx->cur, *invalid = NULL;
    int base = 10, prefix = 0, seen = 0;
    bool ok = true, point = false;
    Token kind = TOK_INT;

    if (*lx->cur != '.') {
        if (*lx->cur == '0') {
            lx->cur++;
            switch (lower(*lx->cur)) {
            case 'x': base = 16, prefix = 'x', lx->cur++; break;
            case 'o': base = 8, prefix = 'o', lx->cur++; break;
            case 'b': base = 2, prefix = 'b', lx->cur++; break;
            default: base = 8, prefix = '0', seen = SEEN_DIGIT; break;
            }
        }
        seen |= digits(lx, base, &invalid);
    }
    if (*lx->cur == '.') {
        if (prefix == 'o' || prefix == 'b') {
            lexer_error(lx, lx->cur, "invalid radix point in %s literal", base_name(base));
            ok = false;
        }
        lx->cur++;
        point = true;
    }
    if (point) {
        kind = TOK_FLOAT;
        seen |= digits(lx, base, &invalid);
    }
    if (!(seen & SEEN_DIGIT) && ok) {
        lexer_error(lx, lx->cur, "%s literal has no digits", base_name(base));
        ok = false;
    }

    int e = lower(*lx->cur);
    if (e == 'e' || e == 'p') {
        if (ok && e == 'e' && prefix != 0 && prefix != '0') {
            lexer_error(lx, lx->cur, "'%c' exponent requires decimal mantissa", *lx->cur);
            ok = false;
        } else if (ok && e == 'p' && prefix != 'x') {
            lexer_error(lx, lx->cur, "'%c' exponent requires hexadecimal mantissa", *lx->cur);
            ok = false;
        }
        lx->cur++;
        kind = TOK_FLOAT;
        if (*lx->cur == '+' || *lx->cur == '-') {
            lx->cur++;
        }
        seen = digits(lx, 10, NULL) | (seen & SEEN_SEP);
        if (!(seen & SEEN_DIGIT) && ok) {
            lexer_error(lx, lx->cur, "exponent has no digits");
            ok = false;
        }
    } else if (prefix == 'x' && kind == TOK_FLOAT && ok) {
        lexer_error(lx, lx->cur, "hexadecimal mantissa requires a 'p' exponent");
        ok = false;
    }
    if (*lx->cur == 'i') {
        kind = TOK_IMAG;
        lx->cur++;
    }
    if (kind == TOK_INT && invalid && ok) {
        lexer_error(lx, invalid, "invalid digit '%c' in %s literal", *invalid, base_name(base));
        ok = false;
    }
    if ((seen & SEEN_SEP) && ok) {
        const unsigned char *sep = wrong_separator(start, lx->cur);
        if (sep) {
            lexer_error(lx, sep, "'_' must separate successive digits");
            ok = false;
        }
    }
    tok->kind = (uint8_t)kind;
    tok->bad = !ok;
}

/* ---- strings and runes ----------------------------------------------------------------- */

/* The escape sequence after a backslash; lx->cur stands on its first character.  At the end
 * of the text the caller complains. */
static bool escape(Lexer *lx, int quote)
{
    int n, base;
    uint32_t max, x = 0;
    char buf[32];
    int c = *lx->cur;
    if (c == quote || (c && strchr("abfnrtv\\", c))) {
        lx->cur++;
        return true;
    }
    if (c >= '0' && c <= '7') {
        n = 3, base = 8, max = 255;
    } else if (c == 'x') {
        lx->cur++;
        n = 2, base = 16, max = 255;
    } else if (c == 'u') {
        lx->cur++;
        n = 4, base = 16, max = 0x10ffff;
    } else if (c == 'U') {
        lx->cur++;
        n = 8, base = 16, max = 0x10ffff;
    } else {
        if (lx->cur >= lx->limit) {
            return true;
        }
        lexer_error(lx, lx->cur, "unknown escape");
        return false;
    }
    for (int i = 0; i < n; i++, lx->cur++) {
        if (lx->cur >= lx->limit) {
            return true;
        }
        int d = base;
        c = *lx->cur;
        if (is_decimal(c)) {
            d = c - '0';
        } else if (is_hex(c)) {
            d = lower(c) - 'a' + 10;
        }
        if (d >= base) {
            int32_t ch;
            size_t len = decode(lx, lx->cur, &ch);
            if (c == '\n' || c == '\r' || c == '\t') {
                snprintf(buf, sizeof buf, "'\\%c'", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
            } else if (c == '\'' || c == '\\') {
                snprintf(buf, sizeof buf, "'\\%c'", c);
            } else if (len == 0) {
                snprintf(buf, sizeof buf, "'\xef\xbf\xbd'");
            } else if (c < ' ' || c == 0x7f) {
                snprintf(buf, sizeof buf, "'\\x%02x'", (unsigned)c);
            } else {
                snprintf(buf, sizeof buf, "'%.*s'", (int)len, (const char *)lx->cur);
            }
            lexer_error(lx, lx->cur, "invalid character %s in %s escape", buf, base_name(base));
            return false;
        }
        x = x * (uint32_t)base + (uint32_t)d;
    }
    if (x > max && base == 8) {
        lexer_error(lx, lx->cur, "octal escape value %u > 255", x);
        return false;
    }
    if (x > max || (x >= 0xd800 && x < 0xe000)) {
        lexer_error(lx, lx->cur, "escape is invalid Unicode code point U+%04X", x);
        return false;
    }
    return true;
}

void lexer_string(Lexer *lx, LexToken *tok)
{
    const unsigned char *start = lx->cur++;
    tok->kind = TOK_STRING;
    for (;;) {
        int c = *lx->cur;
        if (lx->cur >= lx->limit) {
            lexer_error(lx, start, "string not terminated");
            tok->bad = true;
            return;
        }
        if (c == '\n') {
            lexer_error(lx, lx->cur, "newline in string");
            tok->bad = true;
            return;
        }
        lx->cur++;
        if (c == '"') {
            return;
        }
        if (c == '\\' && !escape(lx, '"')) {
            tok->bad = true;
        }
    }
}

void lexer_raw_string(Lexer *lx, LexToken *tok)
{
    const unsigned char *start = lx->cur++;
    tok->kind = TOK_STRING;
    const unsigned char *end = memchr(lx->cur, '`', (size_t)(lx->limit - lx->cur));
    if (!end) {
        lx->cur = lx->limit;
        lexer_error(lx, start, "string not terminated");
        tok->bad = true;
        return;
    }
    lx->cur = end + 1;
}

void lexer_rune(Lexer *lx, LexToken *tok)
{
    const unsigned char *start = lx->cur++;
    bool ok = true;
    tok->kind = TOK_CHAR;
    for (int n = 0;; n++) {
        int32_t c;
        size_t len = decode(lx, lx->cur, &c);
        if (lx->cur >= lx->limit) {
            if (ok) {
                lexer_error(lx, start, "rune literal not terminated");
            }
            ok = false;
            break;
        }
        if (c == '\'') {
            if (ok && n == 0) {
                lexer_error(lx, lx->cur, "empty rune literal or unescaped '");
                ok = false;
            } else if (ok && n != 1) {
                lexer_error(lx, start, "more than one character in rune literal");
                ok = false;
            }
            lx->cur++;
            break;
        }
        if (c == '\\') {
            lx->cur++;
            if (!escape(lx, '\'')) {
                ok = false;
            }
            continue;
        }
        if (c == '\n') {
            if (ok) {
                lexer_error(lx, lx->cur, "newline in rune literal");
            }
            ok = false;
            break;
        }
        lx->cur += len ? len : 1;
    }
    tok->bad = !ok;
}
