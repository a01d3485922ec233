/* Options of golc build and golc run: one table, one loop. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/driver.h"

void driver_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("golc: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

static const struct {
    const char *name;
    Emit emit;
} emits[] = {
    {"tokens", EMIT_TOKENS}, {"ast", EMIT_AST},       {"types", EMIT_TYPES},
    {"ir", EMIT_IR},         {"ir-opt", EMIT_IR_OPT}, {"asm", EMIT_ASM},
};

static bool parse_emit(Options *o, const char *what)
{
    for (size_t i = 0; i < sizeof emits / sizeof *emits; i++) {
        if (strcmp(what, emits[i].name) == 0) {
            o->emit = emits[i].emit;
            return true;
        }
    }
    driver_error("--emit=%s: not a stage; there are tokens, ast, types, ir, ir-opt and asm", what);
    return false;
}

/* Handles one option; *i stands on it and moves over its value. */
static bool parse_option(Options *o, int argc, char **argv, int *i, bool is_run)
{
    const char *w = argv[*i];
    if (strcmp(w, "-o") == 0 || strncmp(w, "-o=", 3) == 0) {
        if (is_run) {
            driver_error("golc run takes no -o; golc build does");
            return false;
        }
        const char *value = w[2] == '=' ? w + 3 : *i + 1 < argc ? argv[++*i] : "";
        if (*value == '\0') {
            driver_error("-o wants a file name");
            return false;
        }
        if (o->output != NULL) {
            driver_error("-o given twice");
            return false;
        }
        o->output = value;
        return true;
    }
    if (w[1] == 'O') {
        if (w[2] >= '0' && w[2] <= '3' && w[3] == '\0') {
            o->opt_level = w[2] - '0';
            return true;
        }
        driver_error("%s: the levels are -O0, -O1, -O2 and -O3", w);
        return false;
    }
    if (strncmp(w, "--emit=", 7) == 0 || strncmp(w, "-emit=", 6) == 0)
        return parse_emit(o, strchr(w, '=') + 1);
    if (strcmp(w, "--emit") == 0) {
        if (*i + 1 < argc)
            return parse_emit(o, argv[++*i]);
        driver_error("--emit wants a stage: tokens, ast, types, ir, ir-opt or asm");
        return false;
    }
    if (strcmp(w, "--explain") == 0 || strncmp(w, "--explain=", 10) == 0) {
        const char *what = w[9] == '=' ? w + 10 : *i + 1 < argc ? argv[++*i] : "";
        o->explain_escape = !is_run && strcmp(what, "escape") == 0;
        if (!o->explain_escape)
            driver_error(is_run ? "golc run takes no --explain; golc build does"
                                : "--explain=%s: there is --explain=escape",
                         what);
        return o->explain_escape;
    }
    if (strcmp(w, "-g") == 0)
        o->debug_vars = true;
    else if (strcmp(w, "-v") == 0)
        o->verbose = true;
    else if (strcmp(w, "-s") == 0)
        o->strip = true;
    else {
        driver_error("unknown option %s; golc help %s lists them", w, is_run ? "run" : "build");
        return false;
    }
    return true;
}

bool options_parse(Options *o, int argc, char **argv, bool is_run)
{
    int i = 0;
    const char **inputs = calloc((size_t)argc + 1, sizeof *inputs);
    if (inputs == NULL)
        abort();
    for (; i < argc; i++) {
        const char *w = argv[i];
        if (strcmp(w, "--") == 0) {
            i++;
            break;
        }
        if (w[0] == '-' && w[1] != '\0') {
            if (!parse_option(o, argc, argv, &i, is_run))
                return false;
            continue;
        }
        inputs[o->ninputs++] = w;
        if (is_run) {
            i++;
            break;
        }
    }
    if (is_run && o->ninputs == 0 && i < argc)
        inputs[o->ninputs++] = argv[i++];
    if (is_run) {
        o->args = argv + i;
        o->nargs = argc - i;
    } else {
        while (i < argc)
            inputs[o->ninputs++] = argv[i++];
    }
    o->inputs = inputs;
    if (o->ninputs == 0) {
        if (is_run) {
            driver_error("golc run wants a program: golc run FILE [ARGUMENTS]");
            return false;
        }
        inputs[o->ninputs++] = ".";
    }
    return true;
}
