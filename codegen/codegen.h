/* Code generation: an IR module to assembler text through libgccjit, which is loaded with
 * dlopen when it is first needed.  One context a call; not thread-safe (fork for more). */
#ifndef GOL_CODEGEN_CODEGEN_H
#define GOL_CODEGEN_CODEGEN_H

#include "ir/ir.h"

typedef struct CodegenOptions {
    int opt_level;      /* 0 … 3 */
    bool debug_vars;    /* -g rather than -g1 */
    const char *tmpdir; /* an existing directory of our own */
} CodegenOptions;

/* Writes finished assembler text (functions, data, touched up) to out_path, a new file.
 * Returns NULL, or an error message. */
const char *codegen_module(Arena *a, const IrModule *m, const CodegenOptions *opt,
                           const char *out_path);

#endif
