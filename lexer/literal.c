/* Decoding of string and rune literals.  Go spec, "Rune literals", "String literals". */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lexer/literal.h"

#include <string.h>
#include <utf8proc.h>

size_t literal_encode_rune(uint32_t c, char buf[4])
{
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
        c = 0xfffd;
    }
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)buf);
}

static int hex_value(int c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* One escape sequence at *p, past the backslash.  *is_byte: the value is a byte (\x, octal)
 * rather than a code point. */
static bool unescape(const char **p, const char *end, int quote, uint32_t *value, bool *is_byte)
{
    static const char from[] = "abfnrtv\\", to[] = "\a\b\f\n\r\t\v\\";
    if (*p >= end) {
        return false;
    }
    int c = (unsigned char)*(*p)++, n = 0, base = 16;
    *is_byte = false;
    *value = 0;
    const char *simple = c ? strchr(from, c) : NULL;
    if (simple) {
        *value = (unsigned char)to[simple - from];
        return true;
    }
    if (c == quote) {
        *value = (uint32_t)c;
        return true;
    }
    switch (c) {
    case 'x': n = 2, *is_byte = true; break;
    case 'u': n = 4; break;
    case 'U': n = 8; break;
    default:
        if (c < '0' || c > '7') {
            return false;
        }
        (*p)--;
        n = 3, base = 8, *is_byte = true;
    }
    for (; n > 0; n--) {
        int d = *p < end ? hex_value((unsigned char)**p) : 99;
        if (d >= base) {
            return false;
        }
        *value = *value * (uint32_t)base + (uint32_t)d;
        (*p)++;
    }
    return *is_byte ? *value <= 255 : *value <= 0x10ffff && !(*value >= 0xd800 && *value < 0xe000);
}

bool literal_string(Arena *a, const char *text, size_t len, const char **bytes, size_t *n)
{
    if (len < 2 || text[0] != text[len - 1] || (text[0] != '"' && text[0] != '`')) {
        return false;
    }
    const char *p = text + 1, *end = text + len - 1;
    char *out = arena_alloc(a, len), *o = out;
    if (text[0] == '`') { /* carriage returns are not part of the value */
        for (; p < end; p++) {
            if (*p != '\r') {
                *o++ = *p;
            }
        }
    }
    while (p < end) {
        const char *run = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((run ? run : end) - p);
        memcpy(o, p, plain);
        o += plain;
        p += plain;
        if (run) {
            uint32_t c;
            bool is_byte;
            p++;
            if (!unescape(&p, end, '"', &c, &is_byte)) {
                return false;
            }
            if (is_byte) {
                *o++ = (char)c;
            } else {
                o += literal_encode_rune(c, o);
            }
        }
    }
    *o = 0;
    *bytes = out;
    *n = (size_t)(o - out);
    return true;
}

bool literal_rune(const char *text, size_t len, uint32_t *value)
{
    if (len < 3 || text[0] != '\'' || text[len - 1] != '\'') {
        return false;
    }
    const char *p = text + 1, *end = text + len - 1;
    if (*p == '\\') {
        bool is_byte;
        p++;
        return unescape(&p, end, '\'', value, &is_byte) && p == end;
    }
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &c);
    if (n <= 0 || n != end - p) {
        return false;
    }
    *value = (uint32_t)c;
    return true;
}
