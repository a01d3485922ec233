/* Which package of golc's own library imports which, read off the import declarations at the
 * heads of its files, so that packages can be compiled after those whose effects they use. */
#include <string.h>

#include "driver/driver.h"
#include "lexer/lexer.h"

static void add_import(Arena *a, StdPackage *all, uint32_t n, StdPackage *p, const LexToken *t)
{
    const SourceFile *src = source_file(t->start);
    const char *s = src->text + (t->start - src->base) + 1;
    size_t len = t->end - t->start - 2;
    for (uint32_t i = 0; i < n; i++)
        if (strlen(all[i].path) == len && memcmp(all[i].path, s, len) == 0)
            vec_push(a, &p->imports, i);
}

/* import "p"; import x "p"; import ( "p"; x "p" ) */
static void scan_file(Arena *a, const SourceFile *src, StdPackage *all, uint32_t n, StdPackage *p)
{
    Lexer lx;
    LexToken t;
    lexer_init(&lx, src, NULL);
    bool in_import = false;
    for (lexer_next(&lx, &t); t.kind != TOK_EOF; lexer_next(&lx, &t)) {
        if (t.kind == TOK_IMPORT)
            in_import = true;
        else if (t.kind == TOK_STRING && in_import && !t.bad)
            add_import(a, all, n, p, &t);
        else if (t.kind == TOK_FUNC || t.kind == TOK_VAR || t.kind == TOK_CONST ||
                 t.kind == TOK_TYPE)
            return;
    }
}

StdPackage *std_packages(Arena *a, const char *root, char **list, uint32_t n)
{
    StdPackage *all = ARENA_ARRAY(a, StdPackage, n);
    for (uint32_t i = 0; i < n; i++)
        all[i].path = list[i];
    for (uint32_t i = 0; i < n; i++) {
        char **files;
        uint32_t nfiles;
        if (!load_dir_files(a, arena_printf(a, "%s/%s", root, list[i]), &files, &nfiles))
            continue;
        for (uint32_t k = 0; k < nfiles; k++) {
            const char *err;
            SourceFile *src = source_read(files[k], &err);
            if (src != NULL)
                scan_file(a, src, all, n, &all[i]);
        }
    }
    return all;
}
