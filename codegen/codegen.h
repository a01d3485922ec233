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

/* Whether calls of the function become code of the generator's own. */
bool codegen_is_intrinsic(const IrSym *s);

/* ---- units: a module cut up, compiled side by side ---------------------------------------
 *
 *     plan = codegen_plan(a, m, opt);       where the cuts are, and each unit's key
 *     for each unit with a cached object:   plan->units[i].wanted = false
 *     codegen_run(a, plan, jobs, base, …)   children compile the wanted ones
 *
 * Cuts depend on the functions' names, so that a change moves few of them.  Internal
 * symbols used across units become global but hidden: link all units of a plan. */
typedef struct CodegenUnit {
    char key[33];     /* hash of all that the unit's text depends on, but for golc itself */
    bool wanted;      /* true at first */
    const char *path; /* the assembler text, made by codegen_run */
    uint32_t nfuncs, ninsts;
} CodegenUnit;

typedef struct CodegenPlan {
    const IrModule *m;
    const CodegenOptions *opt;
    CodegenUnit *units;
    uint32_t n;
    uint32_t *unit_of; /* by symbol index; functions */
    bool *promoted;    /* by symbol index */
} CodegenPlan;

CodegenPlan *codegen_plan(Arena *a, const IrModule *m, const CodegenOptions *opt);
/* Compiles the wanted units to base.N.s, in `jobs` processes at a time (0: one a core).
 * after, if given, runs in the process that made the text (run the assembler there); it
 * returns NULL or an error message.  Returns NULL, or the first error. */
const char *codegen_run(Arena *a, CodegenPlan *plan, uint32_t jobs, const char *base,
                        const char *(*after)(void *data, const char *path), void *data);

#endif
