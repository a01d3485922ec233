/* SPDX-License-Identifier: MIT
 *
 * What internal/reflectlite asks of the runtime: maps, itabs, copies and comparisons of
 * values whose type is known at run time only.
 */
#include "runtime/std.h"

void rt_typedmove(const RtType *t, void *dst, const void *src);
bool rt_equal(const RtType *t, const void *x, const void *y);
const void *rt_itab(const RtType *iface, const RtType *t);
void rt_map_iter_init(const RtType *t, void *m, RtMapIter *it);
bool rt_map_iter_next(RtMapIter *it);
void *rt_map_get(const RtType *t, void *m, const void *key);
void *rt_new(const RtType *t);

void std_internal_reflectlite_typedmove(const RtType *t, void *dst, const void *src)
{
    rt_typedmove(t, dst, src);
}

bool std_internal_reflectlite_equal(const RtType *t, const void *x, const void *y)
{
    return rt_equal(t, x, y);
}

const void *std_internal_reflectlite_getitab(const RtType *iface, const RtType *t)
{
    return rt_itab(iface, t);
}

void std_internal_reflectlite_mapiterinit(const RtType *t, void *m, RtMapIter *it)
{
    rt_map_iter_init(t, m, it);
}

bool std_internal_reflectlite_mapiternext(RtMapIter *it)
{
    return rt_map_iter_next(it);
}

void *std_internal_reflectlite_mapget(const RtType *t, void *m, const void *key)
{
    return rt_map_get(t, m, key);
}

void *std_internal_reflectlite_unsafe_New(const RtType *t)
{
    return rt_new(t);
}
