/* SPDX-License-Identifier: MIT
 *
 * sync/atomic as functions, for calls through function values and builds that do not
 * replace them by instructions.  Pointer stores record the overwritten pointer while the
 * collector marks.
 */
#include "runtime/abi.h"
#include "runtime/std.h"

extern uint32_t rt_wb_enabled;
void rt_wbrec(void *old);

#define ATOMIC(N, T)                                                                               \
    T std_sync_atomic_Load##N(T *p)                                                                \
    {                                                                                              \
        return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                               \
    }                                                                                              \
    void std_sync_atomic_Store##N(T *p, T v)                                                       \
    {                                                                                              \
        __atomic_store_n(p, v, __ATOMIC_SEQ_CST);                                                  \
    }                                                                                              \
    T std_sync_atomic_Add##N(T *p, T d)                                                            \
    {                                                                                              \
        return __atomic_add_fetch(p, d, __ATOMIC_SEQ_CST);                                         \
    }                                                                                              \
    T std_sync_atomic_Swap##N(T *p, T v)                                                           \
    {                                                                                              \
        return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);                                        \
    }                                                                                              \
    bool std_sync_atomic_CompareAndSwap##N(T *p, T o, T n)                                         \
    {                                                                                              \
        return __atomic_compare_exchange_n(p, &o, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);       \
    }                                                                                              \
    T std_sync_atomic_And##N(T *p, T m)                                                            \
    {                                                                                              \
        return __atomic_fetch_and(p, m, __ATOMIC_SEQ_CST);                                         \
    }                                                                                              \
    T std_sync_atomic_Or##N(T *p, T m)                                                             \
    {                                                                                              \
        return __atomic_fetch_or(p, m, __ATOMIC_SEQ_CST);                                          \
    }

ATOMIC(Int32, int32_t)
ATOMIC(Int64, int64_t)
ATOMIC(Uint32, uint32_t)
ATOMIC(Uint64, uint64_t)
ATOMIC(Uintptr, uintptr_t)

void *std_sync_atomic_LoadPointer(void **p)
{
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

void *std_sync_atomic_SwapPointer(void **p, void *v)
{
    void *old = __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
    if (rt_wb_enabled)
        rt_wbrec(old);
    return old;
}

void std_sync_atomic_StorePointer(void **p, void *v)
{
    std_sync_atomic_SwapPointer(p, v);
}

bool std_sync_atomic_CompareAndSwapPointer(void **p, void *o, void *n)
{
    bool done = __atomic_compare_exchange_n(p, &o, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    if (done && rt_wb_enabled)
        rt_wbrec(o);
    return done;
}
