/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files in which packages tell others what the passes want to know of their functions
 * (effects, bodies).  Each is read when something of its package is first asked for. */
#ifndef GOL_IR_SUMMARY_H
#define GOL_IR_SUMMARY_H

#include "base/ptrmap.h"
#include "ir/ir.h"

typedef struct Summaries {
    Arena *a;
    IrSummaryFile *file;
    void *data;
    PtrMap packages; /* already read */
} Summaries;

/* The text of the file on the function's package, of n bytes and a zero, if this is the first
 * question about it and there is one; else NULL. */
char *summary_text(Summaries *s, const IrSym *function, size_t *n);

#endif
