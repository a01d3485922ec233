/* The values of string and rune literals.  Numbers are the checker's (check/const.h). */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef GOL_LEXER_LITERAL_H
#define GOL_LEXER_LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Decodes a string literal as written, "…" or `…`, into bytes (NUL-terminated; NULs inside
 * are possible).  false: not well formed, which the lexer has reported. */
bool literal_string(Arena *a, const char *text, size_t len, const char **bytes, size_t *n);
/* Decodes a rune literal as written, '…'. */
bool literal_rune(const char *text, size_t len, uint32_t *value);
/* Writes c as UTF-8 into buf, U+FFFD for what is no character; returns the length. */
size_t literal_encode_rune(uint32_t c, char buf[4]);

#endif
