/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The line table of a unit, made of gcc's text: what runtime/lines.h describes.
 * Inlined calls are those of gcc and, below them, those of the IR's passes. */
#ifndef GOL_CODEGEN_ASM_LINES_H
#define GOL_CODEGEN_ASM_LINES_H

#include "codegen/gen.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct AsmLines AsmLines;

/* Reads the debugging information at the end of gcc's text: which labels begin and end the
 * code of a function that was inlined.  sites: what file names' numbers stand for. */
AsmLines *asm_lines_new(Arena *a, const char *text, size_t n, const GenSites *sites);
/* One line of the text, up to end (after its newline), before it is copied to out: labels of
 * the table's own go there.  name[0..len) is the function in whose section it stands. */
void asm_lines_see(AsmLines *l, const char *p, const char *end, const char *name, size_t len,
                   bool comdat, FILE *out);
/* In N "SITE:PATH" of a .file directive: where PATH begins; NULL if it is not so written. */
const char *asm_lines_path(const char *p, const char *end);
/* The tables, after the text. */
void asm_lines_write(AsmLines *l, FILE *out);

#endif
