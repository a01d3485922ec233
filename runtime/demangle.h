/* SPDX-License-Identifier: MIT
 *
 * Assembler names back to Gol symbols (abi.h, "Symbols"), for traces, profiles and
 * listings.  Shared by the runtime and the compiler; no allocation, no dependencies. */
#ifndef GOL_RUNTIME_DEMANGLE_H
#define GOL_RUNTIME_DEMANGLE_H

#include <stddef.h>

/* letter after '_' and the byte that it stands for */
/* clang-format off */
#define RT_MANGLE_ESCAPES(X)                                                                       \
    X('_', '_')                                                                                    \
    X('d', '.') X('s', '/') X('p', '*') X('l', '(') X('r', ')') X('b', '[') X('e', ']')            \
        X('c', ',') X('m', '-') X('h', '#')
/* clang-format on */

static inline int rt_demangle_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* Writes the Gol symbol of the mangled name s to out, NUL-terminated and cut at cap; what
 * gcc adds to the name of a clone (".part.0") is left out.  Returns its length, or 0 if s is
 * no mangled name. */
static inline size_t rt_demangle(const char *s, char *out, size_t cap)
{
    size_t n = 0;
    if (!cap || *s++ != 'G')
        return 0;
    while (*s) {
        char c = *s++;
        if (c == '_') {
            c = *s++;
            switch (c) {
#define X(letter, byte)                                                                            \
    case letter: c = byte; break;
                RT_MANGLE_ESCAPES(X)
#undef X
            case 'x': {
                int hi = rt_demangle_hex(*s), lo = hi < 0 ? -1 : rt_demangle_hex(s[1]);
                if (lo < 0)
                    return 0;
                c = (char)(hi << 4 | lo);
                s += 2;
                break;
            }
            default: return 0;
            }
        } else if (c == '.') {
            break;
        } else if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
            return 0;
        }
        if (n + 1 < cap)
            out[n++] = c;
    }
    out[n] = 0;
    return n;
}

#endif
