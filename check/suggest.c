/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "did you mean": the name in scope that is closest to one that is not there. */
#include "check/checker.h"

#include <string.h>
#include <strings.h>

typedef struct Best {
    const Name *want;
    Object *hit;
    unsigned distance;
    bool exported; /* only exported names count */
} Best;

/* Changes of one letter, two swapped letters, or case that turn a into b; at most limit + 1. */
static unsigned distance(const char *a, size_t n, const char *b, size_t m, unsigned limit)
{
    enum { MAX = 40 };
    if (n > MAX || m > MAX || (n > m ? n - m : m - n) > limit)
        return limit + 1;
    unsigned row[3][MAX + 1];
    for (size_t j = 0; j <= m; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *cur = row[i % 3], *up = row[(i + 2) % 3], *upup = row[(i + 1) % 3];
        cur[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned d = up[j - 1] + (a[i - 1] != b[j - 1]);
            if (up[j] + 1 < d)
                d = up[j] + 1;
            if (cur[j - 1] + 1 < d)
                d = cur[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                upup[j - 2] + 1 < d)
                d = upup[j - 2] + 1;
            cur[j] = d;
        }
    }
    return row[n % 3][m];
}

static void consider(Object *o, void *arg)
{
    Best *b = arg;
    const Name *w = b->want, *n = o->name;
    if (!n || n == name_blank || n == w || (b->exported && !check_name_exported(n)))
        return;
    unsigned limit = w->len < 3 ? 0 : w->len < 8 ? 1 : 2, d;
    if (w->len == n->len && strncasecmp(w->s, n->s, w->len) == 0)
        d = 0;
    else
        d = distance(w->s, w->len, n->s, n->len, limit);
    if (d <= limit && (!b->hit || d < b->distance)) {
        b->hit = o;
        b->distance = d;
    }
}

void check_suggest(Checker *c, Diag *d, const Name *name)
{
    Best b = {.want = name};
    for (Scope *s = c->env.scope; s; s = s->parent)
        scope_each(s, consider, &b);
    if (b.hit)
        check_note(d, b.hit->pos, "did you mean %s?", b.hit->name->s);
}

void check_suggest_member(Checker *c, Diag *d, Package *pkg, const Name *name)
{
    Best b = {.want = name, .exported = true};
    scope_each(pkg->scope, consider, &b);
    if (b.hit)
        check_note(d, NOPOS, "did you mean %s.%s?", pkg->name->s, b.hit->name->s);
}
