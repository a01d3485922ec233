/* SPDX-License-Identifier: MIT
 *
 * Stack traces: frames by the chain of frame pointers, which runs on through __morestack
 * from segment to segment; names, files and lines from the program's line table (lines.c).  Runs on a system stack, for goroutines that do not run.
 */
#include "runtime/trace.h"

#include <string.h>

#include "runtime/schedimpl.h"

/* ---- frames --------------------------------------------------------------------------------- */

static bool in_stack(const RtGoroutine *g, uint64_t p)
{
    if (p & 7)
        return false;
    for (const RtSeg *s = g->seg; s; s = s->prev)
        if (p >= (uint64_t)s->limit - STACK_SLACK && p + 16 <= (uint64_t)s->top)
            return true;
    return false;
}

int rt_callers(const RtGoroutine *g, uint64_t pc, uint64_t rbp, int skip, uint64_t *pcs, int max)
{
    int n = 0;
#define EMIT(x)                                                                                    \
    do {                                                                                           \
        if (skip > 0)                                                                              \
            skip--;                                                                                \
        else if (n < max)                                                                          \
            pcs[n++] = (x);                                                                        \
        else                                                                                       \
            return n;                                                                              \
    } while (0)
    for (;;) {
        if (pc == (uint64_t)rt_gostart_return)
            return n;
        if (pc >= (uint64_t)__morestack && pc < (uint64_t)rt_morestack_end) {
            if (!in_stack(g, rbp) || !in_stack(g, rbp + 16))
                return n;
            const uint64_t *f = (const uint64_t *)rbp;
            if (pc != (uint64_t)rt_morestack_return)
                EMIT(f[1]); /* it had not yet called the function */
            pc = f[2];
            rbp = f[0];
            continue;
        }
        EMIT(pc);
        if (!rbp || !in_stack(g, rbp))
            return n;
        const uint64_t *f = (const uint64_t *)rbp;
        if (f[0] && f[0] == rbp)
            return n;
        pc = f[1];
        rbp = f[0];
    }
#undef EMIT
}

void rt_trace_start(const RtGoroutine *g, uint64_t *pc, uint64_t *rbp)
{
    if (g->ctx) {
        *pc = g->ctx->rip;
        *rbp = g->ctx->rbp;
    } else if (g->resume == (void *)rt_gostart) { /* not begun yet */
        *pc = *(const uint64_t *)g->ret + 1;
        *rbp = 0;
    } else { /* as a stub left it */
        *pc = ((const uint64_t *)g->sp)[6];
        *rbp = ((const uint64_t *)g->sp)[5];
    }
}

/* ---- names ------------------------------------------------------------------------------------ */

/* What golc puts between a caller and what the program calls: `go` and `defer` with their
 * arguments, methods bound to a value or called through an interface. */
static bool is_wrapper(const char *name)
{
    size_t n = strlen(name);
    return strchr(name, '#') || (n > 3 && strcmp(name + n - 3, "-fm") == 0);
}

bool rt_frame_hidden(RtHiding *h, const RtFrameInfo *f)
{
    if (h->any && is_wrapper(f->name))
        return true;
    h->any = true;
    if (h->on && strcmp(h->name, f->name) == 0) {
        h->on = f->is_half;
        return true;
    }
    h->on = f->is_half;
    if (h->on)
        h->name = f->name;
    return false;
}

int rt_frame_infos(uint64_t pc, RtFrameInfo *f, int max)
{
    static RtMutex lock;
    rt_lock(&lock);
    int n = rt_lines_find(pc - 1, f, max);
    rt_unlock(&lock);
    return n;
}

bool rt_frame_info(uint64_t pc, RtFrameInfo *f)
{
    RtFrameInfo all[RT_MAX_INLINED];
    bool known = rt_frame_infos(pc, all, RT_MAX_INLINED) > 0;
    if (known)
        *f = all[0];
    return known;
}

/* ---- printing ------------------------------------------------------------------------------------ */

static bool shown(const RtFrameInfo *f)
{
    /* not what only makes the panic */
    return strncmp(f->name, "runtime.panic", 13) != 0;
}

/* A frame's lines, with those inlined in it. */
static int print_frame(uint64_t pc, RtHiding *hiding)
{
    RtFrameInfo f[RT_MAX_INLINED];
    int n = rt_frame_infos(pc, f, RT_MAX_INLINED), printed = 0;
    for (int i = 0; i < n; i++) {
        if (!shown(&f[i]))
            continue;
        if (rt_frame_hidden(hiding, &f[i]))
            continue;
        rt_eprintf("%s(...)\n\t%s:%d", f[i].name, f[i].file ? f[i].file : "?", f[i].line);
        if (f[i].entry && pc > f[i].entry)
            rt_eprintf(" +0x%lx", pc - f[i].entry);
        rt_eprintf("\n");
        printed++;
    }
    return printed;
}

#define HEAD 50
#define TAIL 50

void rt_trace_frames(const RtGoroutine *g, uint64_t pc, uint64_t rbp)
{
    enum { CHUNK = 512 };
    uint64_t pcs[CHUNK];
    uint64_t tail[TAIL];
    int at = 0, printed = 0;
    RtHiding hiding = {.on = false};
    int n = rt_callers(g, pc, rbp, 0, pcs, CHUNK);
    for (int i = 0; i < n && printed < HEAD; i++)
        printed += print_frame(pcs[i], &hiding);
    if (printed < HEAD)
        return;
    /* the end of a stack of perhaps millions of frames, found in one walk */
    int deep = rt_callers_last(g, pc, rbp, tail, TAIL, &at);
    if (deep > HEAD + TAIL)
        rt_eprintf("...%d frames elided...\n", deep - HEAD - TAIL);
    hiding.on = false;
    for (int i = 0; i < TAIL; i++)
        if (tail[(at + i) % TAIL] && deep > HEAD + i)
            print_frame(tail[(at + i) % TAIL], &hiding);
}

/* All frames walked, the last `max` of them in a ring that begins at *at. */
int rt_callers_last(const RtGoroutine *g, uint64_t pc, uint64_t rbp, uint64_t *ring, int max,
                    int *at)
{
    int n = 0;
    const RtSeg *seg = g->seg;
    memset(ring, 0, (size_t)max * sizeof *ring);
    *at = 0;
    for (;;) {
        if (pc == (uint64_t)rt_gostart_return)
            break;
        bool more = pc >= (uint64_t)__morestack && pc < (uint64_t)rt_morestack_end;
        if (!more) {
            ring[n++ % max] = pc;
        }
        while (seg && !(rbp >= (uint64_t)seg->limit - STACK_SLACK && rbp < (uint64_t)seg->top))
            seg = seg->prev;
        if (!seg || rbp & 7)
            break;
        const uint64_t *f = (const uint64_t *)rbp;
        pc = more ? f[2] : f[1];
        rbp = f[0];
    }
    *at = n % max;
    return n;
}

void rt_trace_creator(const RtGoroutine *g)
{
    RtFrameInfo f;
    if (!g->gopc || (g->flags & RT_GF_MAIN) || !rt_frame_info((uint64_t)g->gopc, &f))
        return;
    rt_eprintf("created by %s in goroutine %lu\n", f.name, g->parent);
    rt_eprintf("\t%s:%d", f.file ? f.file : "?", f.line);
    if (f.entry)
        rt_eprintf(" +0x%lx", (uint64_t)g->gopc - f.entry);
    rt_eprintf("\n");
}

void rt_trace_g(RtGoroutine *g)
{
    uint64_t pc, rbp;
    rt_trace_start(g, &pc, &rbp);
    rt_trace_frames(g, pc, rbp);
    rt_trace_creator(g);
}
