/* IR text to assembler text, for tests and for looking at code:
 *     ir2asm [-O0…-O3] file.ir out.s          one unit
 *     ir2asm [-O0…-O3] -jN file.ir out        units, out.0.s and on, N at a time */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "codegen/codegen.h"

static char *read_all(const char *path, size_t *n)
{
    FILE *in = fopen(path, "r");
    if (!in) {
        perror(path);
        exit(1);
    }
    char *buf = NULL;
    FILE *out = open_memstream(&buf, n);
    for (int c; (c = getc(in)) != EOF;)
        putc(c, out);
    fclose(out);
    fclose(in);
    return buf;
}

int main(int argc, char **argv)
{
    CodegenOptions opt = {.opt_level = 2};
    int i = 1, jobs = 0;
    for (; i < argc && argv[i][0] == '-'; i++)
        if (argv[i][1] == 'O')
            opt.opt_level = atoi(argv[i] + 2);
        else if (argv[i][1] == 'j')
            jobs = atoi(argv[i] + 2);
    if (argc - i != 2) {
        fprintf(stderr, "usage: ir2asm [-ON] file.ir out.s\n");
        return 2;
    }
    size_t n;
    char *text = read_all(argv[i], &n);
    Arena *a = arena_new();
    const char *err = NULL;
    IrModule *m = ir_parse(a, "test", text, n, &err);
    if (m)
        err = ir_verify(a, m);
    if (!err)
        err =
            jobs ? codegen_run(a, codegen_plan(a, m, &opt), (uint32_t)jobs, argv[i + 1], NULL, NULL)
                 : codegen_module(a, m, &opt, argv[i + 1]);
    if (err)
        fprintf(stderr, "%s: %s\n", argv[i], err);
    arena_free(a);
    free(text);
    return err != NULL;
}
