/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Functions to be inlined: what decides whether one is, and the bodies of those that other
 * packages offer. */
#ifndef GOL_IR_BODY_H
#define GOL_IR_BODY_H

#include "ir/ir.h"

typedef struct IrTraits {
    bool can;       /* its code may stand in other functions */
    bool allocates; /* and may return what it allocated */
    bool loops;
    uint32_t cost;         /* about as many instructions */
    uint32_t calls_params; /* bits of the parameters that are closures or interfaces it calls */
} IrTraits;

IrTraits ir_traits(const IrFunc *f, IrIsIntrinsic *is_intrinsic);

/* How sources are named in files that outlive the process: the package's path, a slash, the
 * file's name.  find: NULL where the file is not there or another. */
typedef struct IrSources {
    const char *(*name)(void *data, const SourceFile *file);
    const SourceFile *(*find)(void *data, const char *name);
    void *data;
} IrSources;

/* The bodies that other packages' files offer, each file read when it is first asked for.
 * file gives the path of a package's, or NULL. */
IrBodies *ir_bodies_new(Arena *a, IrSummaryFile *file, const IrSources *sources);
/* False: it offers none. */
bool ir_bodies_traits(IrBodies *all, const IrSym *function, IrTraits *traits);
/* The function as one of m, to copy from: m does not define it.  NULL if it cannot be. */
const IrFunc *ir_bodies_find(IrBodies *all, IrModule *m, IrSym *function);
/* Writes the bodies of the module's functions that others may inline. */
void ir_bodies_print(FILE *out, IrModule *m, const IrSources *sources, IrIsIntrinsic *is_intrinsic);

#endif
