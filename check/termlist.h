/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of type terms: T and ~T, as sets of types.  Private to check/. */
#ifndef GOL_CHECK_TERMLIST_H
#define GOL_CHECK_TERMLIST_H

#include "check/types.h"

/* Go's limit, for what is done with terms is quadratic. */
enum { UNION_MAX = 100 };
#define UNION_TOO_LARGE "cannot handle more than 100 union terms (implementation limitation)"

bool term_includes(UnionTerm term, Type *t);
bool term_subset(UnionTerm x, UnionTerm y);
bool terms_subset(const UnionTermVec *xs, const UnionTermVec *ys);
UnionTermVec terms_intersect(Arena *a, const UnionTermVec *xs, const UnionTermVec *ys);
/* Adds a term unless it is there already; drops what it includes. */
void terms_add(Arena *a, UnionTermVec *xs, UnionTerm t);

#endif
