/* Lowering: a checked package to an IR module. */
#ifndef GOL_IR_LOWER_H
#define GOL_IR_LOWER_H

#include "check/types.h"
#include "ir/ir.h"

typedef struct LowerOptions {
    bool is_main; /* also emit gol_init_all over all imported packages, in order */
} LowerOptions;

/* Lowers all functions of pkg whose bodies were checked, its variables, initialisation
 * (symbol "path.init", which initialises this package alone and only once), descriptors,
 * itabs, wrappers.  pkg must have no errors. */
IrModule *lower_package(Arena *a, Package *pkg, const LowerOptions *opt);

#endif
