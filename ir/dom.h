/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dominators, dominance frontiers and natural loops of a function, for the passes.  Block
 * ids must be dense (ir_func_renumber); arrays are indexed by them and live in the arena. */
#ifndef GOL_IR_DOM_H
#define GOL_IR_DOM_H

#include "ir/ir.h"

typedef VEC(uint32_t) BlockList;

typedef struct Dom {
    uint32_t n;
    uint32_t *order; /* blocks in reverse postorder */
    uint32_t *rank;  /* position of a block in it */
    uint32_t *idom;  /* the entry's is itself */
    BlockList *preds;
    BlockList *children; /* in the dominator tree */
    BlockList *frontier;
    uint32_t *loop; /* innermost loop's header, UINT32_MAX outside of loops */
} Dom;

Dom *ir_dom(Arena *a, const IrFunc *f);
bool ir_dominates(const Dom *d, uint32_t a, uint32_t b);

#endif
