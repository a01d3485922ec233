/* libFuzzer target: the lexer, the parser and their printers must survive any text.
 *
 *     tests/fuzz/fuzz_front.sh DIR [SECONDS]
 *
 * builds it with clang's sanitizers and runs it on the programs of DIR.  What it finds
 * becomes a file in tests/fuzz/found/, which the parser's unit test parses. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "lexer/lexer.h"
#include "parser/ast.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *sink;
    if (!sink && !(sink = fopen("/dev/null", "w"))) {
        abort();
    }
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = 0;
    SourceFile *src = source_add("fuzz.gol", text, (uint32_t)size);
    if (!src) {
        exit(0); /* the source map is full: start anew */
    }
    Arena *a = arena_new();
    File *f = parse_file(a, src);
    if (f->had_errors && diag_error_count() == 0) {
        abort();
    }
    ast_print(sink, f);
    for (uint32_t i = 0; i < f->decls.n; i++) {
        const Decl *d = f->decls.p[i];
        if (d->kind == DECL_VAR && d->value.values.n) {
            expr_string(a, d->value.values.p[0]);
        }
    }
    diag_print_all(sink, true);
    diag_reset();
    arena_free(a);
    /* The source map keeps pointing to the text, but nobody asks for it again. */
    free(text);
    return 0;
}
