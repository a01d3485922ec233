/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See summary.h. */
#include "ir/summary.h"

#include <stdio.h>

const Name *ir_package_of(const Name *symbol)
{
    const char *s = symbol->s, *end = s;
    for (const char *c = s; *c && *c != '(' && *c != '['; c++)
        if (*c == '/')
            end = c;
    while (*end && *end != '.')
        end++;
    return *end ? intern(s, (size_t)(end - s)) : NULL;
}

char *summary_text(Summaries *s, const IrSym *function, size_t *n)
{
    const Name *package = ir_package_of(function->name);
    if (!package || ptrmap_get(&s->packages, package))
        return NULL;
    ptrmap_put(s->a, &s->packages, package, s);
    const char *path = s->file(s->data, package->s);
    FILE *in = path ? fopen(path, "r") : NULL;
    if (!in)
        return NULL;
    long size = fseek(in, 0, SEEK_END) == 0 ? ftell(in) : 0;
    rewind(in);
    char *text = arena_alloc(s->a, (size_t)(size > 0 ? size : 0) + 1);
    *n = size > 0 ? fread(text, 1, (size_t)size, in) : 0;
    text[*n] = 0;
    fclose(in);
    return text;
}
