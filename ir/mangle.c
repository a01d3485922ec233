/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Assembler names of symbols, as runtime/abi.h defines them.  The way back is
 * runtime/demangle.h, which the runtime shares. */
#include "ir/ir.h"
#include "runtime/demangle.h"

#include <string.h>

static char *mangle_byte(char *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
        *out++ = (char)c;
        return out;
    }
    *out++ = '_';
    switch (c) {
#define X(letter, byte)                                                                            \
    case byte: *out++ = letter; break;
        RT_MANGLE_ESCAPES(X)
#undef X
    default:
        *out++ = 'x';
        *out++ = hex[c >> 4];
        *out++ = hex[c & 15];
    }
    return out;
}

const char *ir_mangle(Arena *a, const IrSym *s)
{
    if (s->is_c)
        return s->via_stub ? arena_printf(a, "sys_%s", s->name->s) : s->name->s;
    char *buf = arena_alloc(a, (size_t)s->name->len * 4 + 2), *p = buf;
    *p++ = 'G';
    for (uint32_t i = 0; i < s->name->len; i++)
        p = mangle_byte(p, (unsigned char)s->name->s[i]);
    *p = 0;
    return buf;
}
