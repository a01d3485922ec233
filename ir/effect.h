/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a function does with the pointers that it is given: the summary that escape analysis
 * makes of every function, and that importers of a package read. */
#ifndef GOL_IR_EFFECT_H
#define GOL_IR_EFFECT_H

#include "ir/ir.h"

/* Levels of memory: what a parameter points to, what the pointers in that point to, and all
 * that is reachable from there. */
enum { EFFECT_LEVELS = 3 };

/* Where a pointer may be when the function has returned.  Bits stand for results (fields of
 * the result's type) and parameters by their number modulo 32. */
typedef struct Flow {
    bool heap;                    /* somewhere that outlives every frame, or nobody knows */
    uint32_t results;             /* in these results */
    uint32_t into[EFFECT_LEVELS]; /* in memory of that level of these parameters */
} Flow;

typedef struct ParamEffect {
    Flow level[EFFECT_LEVELS]; /* of pointers to that level of the parameter's memory */
    uint32_t dirty;            /* levels in which pointers of other origin may be stored */
} ParamEffect;

typedef struct IrEffect {
    uint32_t n;
    ParamEffect *params;
} IrEffect;

extern const ParamEffect ir_param_kept; /* all of it, and anything may be stored in it */
/* The effect that says nothing good: all parameters are kept. */
bool ir_effect_is_worst(const IrEffect *e);

/* Effects of other packages' functions, read from their files when first asked for. */
/* file gives the path of a package's effects, or NULL. */
IrEffects *ir_effects_new(Arena *a, IrSummaryFile *file, void *data);
/* NULL: nothing is known of the function. */
const IrEffect *ir_effects_find(IrEffects *all, const IrSym *function);
/* The effects of the module's own functions that others may call, as lines of text. */
void ir_effects_print(FILE *out, const IrModule *m);

/* The library's C functions. */
const IrEffect *ir_effect_of_c(Arena *a, const char *name, uint32_t nargs);

static inline bool flow_is_none(const Flow *f)
{
    uint32_t any = f->results;
    for (int k = 0; k < EFFECT_LEVELS; k++)
        any |= f->into[k];
    return !f->heap && !any;
}

#endif
