/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What gcc's debugging information says of inlining, read from the text that it stands in. */
#ifndef GOL_CODEGEN_ASM_DWARF_H
#define GOL_CODEGEN_ASM_DWARF_H

#include "base/arena.h"

#include <stdbool.h>

/* A function inlined in another.  Names as the assembler's. */
typedef struct AsmNode {
    uint32_t parent; /* index + 1; 0: the function in whose code it stands */
    uint32_t depth;
    const char *name;
    uint32_t line, file;
} AsmNode;

/* What begins or ends at a label. */
typedef struct AsmEdge {
    uint64_t label; /* its asm_label_key */
    uint32_t node;
    bool end;
} AsmEdge;

typedef struct AsmDwarf {
    VEC(AsmNode) nodes;
    VEC(AsmEdge) edges; /* sorted by label */
} AsmDwarf;

/* Reads the sections at the end of gcc's text. */
AsmDwarf *asm_dwarf_read(Arena *a, const char *text, size_t n);
/* The nth of the edges at a label, from 0; NULL if it has no more. */
const AsmEdge *asm_dwarf_edge(const AsmDwarf *d, uint64_t label, uint32_t n);

/* .LFB3, .LBB14, .LBE14, …: letters and number in one; 0 if it is no such label. */
uint64_t asm_label_key(const char *p);
#define ASM_LETTERS(a, b) ((uint64_t)(a) << 8 | (b))
static inline uint64_t asm_label_letters(uint64_t key)
{
    return key >> 40;
}
static inline uint32_t asm_label_number(uint64_t key)
{
    return (uint32_t)key;
}

#endif
