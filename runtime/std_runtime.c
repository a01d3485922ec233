/* SPDX-License-Identifier: MIT
 *
 * The C side of packages runtime and runtime/debug, as far as it is the scheduler's.
 */
#include <string.h>

#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"
#include "runtime/std.h"
#include "runtime/trace.h"

void std_runtime_Gosched(void)
{
    rt_gosched();
}

int64_t std_runtime_NumGoroutine(void)
{
    return rt_g_count();
}

int64_t std_runtime_NumCPU(void)
{
    return rt_ncpu();
}

int64_t std_runtime_setmaxprocs(int64_t n)
{
    int64_t old = rt_gomaxprocs;
    if (n > 0 && n != old)
        rt_set_gomaxprocs(n > RT_MAXPROCS ? RT_MAXPROCS : (uint32_t)n);
    return old;
}

void std_runtime_LockOSThread(void)
{
    RtGoroutine *g = rt_self();
    if (g->locks == UINT16_MAX)
        rt_throw("LockOSThread nesting overflow");
    g->locks++;
    rt_g_lock_to(g, rt_m);
    rt_m->lockedg = g;
}

void std_runtime_UnlockOSThread(void)
{
    RtGoroutine *g = rt_self();
    if (g->locks == 0 || --g->locks > 0)
        return;
    rt_g_lock_to(g, NULL);
    rt_m->lockedg = NULL;
}

void std_runtime_Breakpoint(void)
{
    __asm__ volatile("int3");
}

void std_runtime_keep(void *p)
{
    (void)p;
}

RtString std_runtime_typeString(const RtType *t)
{
    return t->string;
}

RtString std_runtime_typePath(const RtType *t)
{
    return t->uncommon ? t->uncommon->pkgpath : (RtString){NULL, 0};
}

/* ---- callers ------------------------------------------------------------------------------ */

static RtString copy(const char *s)
{
    size_t n = s ? strlen(s) : 0;
    if (!n)
        return (RtString){NULL, 0};
    char *p = rt_alloc_raw(n);
    memcpy(p, s, n);
    return (RtString){(uint8_t *)p, (int64_t)n};
}

StdFrameInfo std_runtime_frameInfo(uint64_t pc)
{
    RtFrameInfo all[RT_MAX_INLINED];
    StdFrameInfo r = {0};
    int level = (int)(pc >> 56);
    int n = rt_frame_infos(pc & (((uint64_t)1 << 56) - 1), all, RT_MAX_INLINED);
    if (level >= n)
        return r;
    const RtFrameInfo *f = &all[level];
    r.name = copy(f->name);
    r.file = copy(f->file);
    r.line = f->line;
    r.entry = f->entry;
    r.ok = true;
    return r;
}

/* The frames above this call: the first is in the function of package runtime.  A return
 * address stands for all that was inlined there; callers that skip into the middle of such
 * get the address all the same. */
int64_t std_runtime_callers(int64_t skip, uint64_t *pcs, int64_t n)
{
    RtGoroutine *g = rt_self();
    uint64_t pc, rbp, all[256];
    rt_trace_start(g, &pc, &rbp);
    int64_t got = 0;
    int total = rt_callers(g, pc, rbp, 0, all, 256);
    RtHiding hiding = {.on = false};
    for (int i = 0; i < total && got < n; i++) {
        RtFrameInfo f[RT_MAX_INLINED];
        int levels = rt_frame_infos(all[i], f, RT_MAX_INLINED);
        for (int k = 0; k < levels && got < n; k++) {
            if (rt_frame_hidden(&hiding, &f[k]))
                continue;
            if (skip-- > 0)
                continue;
            /* the level within the frame rides on the address's unused top bits */
            pcs[got++] = all[i] | (uint64_t)k << 56;
        }
    }
    return got;
}

int64_t std_runtime_stackText(char *buf, int64_t n, bool all)
{
    return rt_stack_text(buf, n, all);
}

int64_t std_runtime_debug_setmaxstack(int64_t n)
{
    int64_t old = rt_max_stack;
    rt_max_stack = n;
    return old;
}

int64_t std_runtime_debug_setmaxthreads(int64_t n)
{
    static int64_t limit = 10000;
    int64_t old = limit;
    limit = n;
    if ((int64_t)rt_sched.nm > n)
        rt_throw("thread exhaustion");
    return old;
}
