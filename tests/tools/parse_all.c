/* Parses many files in one process: for trees of real programs and for measuring.
 *
 *     parse_all [-q] [-n] FILE…      or the names on standard input, one a line
 *
 * -q: only the totals; -n: errors on their own.  Exit status 1 if a file had errors. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/diag.h"
#include "parser/ast.h"

static struct {
    size_t files, bad, bytes, memory;
    double seconds;
} total;
static int quiet;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void parse(const char *path)
{
    const char *err;
    SourceFile *src = source_read(path, &err);
    if (!src) {
        fprintf(stderr, "%s: %s\n", path, err);
        total.bad++;
        return;
    }
    double start = now();
    Arena *a = arena_new();
    File *f = parse_file(a, src);
    total.seconds += now() - start;
    total.files++;
    total.bytes += src->size;
    total.memory += arena_bytes(a);
    total.bad += f->had_errors;
    if (f->had_errors && diag_error_count() == 0) {
        fprintf(stderr, "%s: an error that was not reported\n", path);
        total.bad++;
    }
    if (!quiet) {
        diag_print_all(stdout, false);
    }
    diag_reset();
    arena_free(a);
}

int main(int argc, char **argv)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        quiet |= strcmp(argv[i], "-q") == 0;
    }
    if (i == argc) {
        char line[4096];
        while (fgets(line, sizeof line, stdin)) {
            line[strcspn(line, "\n")] = 0;
            parse(line);
        }
    }
    for (; i < argc; i++) {
        parse(argv[i]);
    }
    printf("%zu files, %zu with errors, %.1f MB in %.3f s: %.0f MB/s, %zu bytes of tree a byte\n",
           total.files, total.bad, (double)total.bytes * 1e-6, total.seconds,
           (double)total.bytes * 1e-6 / total.seconds,
           total.bytes ? total.memory / total.bytes : 0);
    return total.bad != 0;
}
