/* --emit: prints what a stage made, on standard output, and stops. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "codegen/codegen.h"
#include "driver/driver.h"
#include "ir/lower.h"
#include "lexer/lexer.h"

/* Tokens and syntax trees need no imports, so they work on any one file. */
static int emit_syntax(const Options *o)
{
    Arena *a = arena_new();
    for (int i = 0; i < o->ninputs; i++) {
        const char *err = NULL;
        SourceFile *src = source_read(o->inputs[i], &err);
        if (src == NULL) {
            driver_error("%s: %s", o->inputs[i], err);
            return EXIT_WRONG_PROGRAM;
        }
        if (o->emit == EMIT_TOKENS)
            tokens_print(stdout, src);
        else
            ast_print(stdout, parse_file(a, src));
    }
    fflush(stdout);
    report_diagnostics();
    return diag_error_count() > 0 ? EXIT_WRONG_PROGRAM : 0;
}

static int emit_asm(Program *p, const IrModule *m, const Options *o)
{
    const char *dir = tmp_dir();
    if (dir == NULL)
        return EXIT_WRONG_PROGRAM;
    CodegenOptions co = {.opt_level = o->opt_level, .debug_vars = o->debug_vars, .tmpdir = dir};
    const char *path = arena_printf(p->arena, "%s/out.s", dir);
    const char *err = codegen_module(p->arena, m, &co, path);
    if (err != NULL) {
        driver_error("%s", err);
        return EXIT_WRONG_PROGRAM;
    }
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        driver_error("%s: %s", path, strerror(errno));
        return EXIT_WRONG_PROGRAM;
    }
    char buf[65536];
    size_t n;
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        fwrite(buf, 1, n, stdout);
    fclose(f);
    return 0;
}

int emit_stage(const Options *o)
{
    if (o->emit == EMIT_TOKENS || o->emit == EMIT_AST)
        return emit_syntax(o);
    Program p = {0};
    bool ok = load_program(&p, o);
    report_diagnostics();
    if (!ok)
        return EXIT_WRONG_PROGRAM;
    int status = 0;
    if (o->emit == EMIT_TYPES) {
        check_print(stdout, p.main->pkg);
    } else {
        IrModule *m = compile_lower(&p, p.main, o, true, o->emit != EMIT_IR);
        if (m == NULL)
            return EXIT_WRONG_PROGRAM;
        if (o->emit == EMIT_ASM)
            status = emit_asm(&p, m, o);
        else
            ir_print(stdout, m);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        driver_error("standard output: %s", strerror(errno));
        status = EXIT_WRONG_PROGRAM;
    }
    return status;
}
