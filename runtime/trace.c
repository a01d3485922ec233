/* SPDX-License-Identifier: MIT
 *
 * Stack traces: frames by the chain of frame pointers, which runs on through __morestack
 * from segment to segment; names, files and lines from the program's own DWARF through
 * libbacktrace.  Runs on a system stack, for goroutines that do not run.
 */
#include "runtime/trace.h"

#include <backtrace.h>
#include <string.h>

#include "runtime/demangle.h"
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
    } else { /* as a stub left it */
        *pc = ((const uint64_t *)g->sp)[6];
        *rbp = ((const uint64_t *)g->sp)[5];
    }
}

/* ---- names ------------------------------------------------------------------------------------ */

static struct backtrace_state *state;
static bool failed;

static void on_error(void *data, const char *msg, int err)
{
    (void)data;
    (void)msg;
    (void)err;
    failed = true;
}

static void on_symbol(void *data, uintptr_t pc, const char *name, uintptr_t addr, uintptr_t size)
{
    (void)pc;
    (void)size;
    RtFrameInfo *f = data;
    if (name) {
        f->symbol = name;
        f->entry = addr;
    }
}

static int on_line(void *data, uintptr_t pc, const char *file, int line, const char *function)
{
    (void)pc;
    RtFrameInfo *f = data;
    if (file) {
        f->file = file;
        f->line = line;
    }
    if (function && !f->symbol)
        f->symbol = function;
    return 1; /* the innermost is enough */
}

bool rt_frame_info(uint64_t pc, RtFrameInfo *f)
{
    static RtMutex lock;
    memset(f, 0, sizeof *f);
    rt_lock(&lock);
    if (!state)
        state = backtrace_create_state(NULL, 1, on_error, NULL);
    if (state && !failed) {
        backtrace_pcinfo(state, pc - 1, on_line, on_error, f);
        failed = false;
        const char *inlined = f->symbol;
        f->symbol = NULL;
        backtrace_syminfo(state, pc - 1, on_symbol, on_error, f);
        failed = false;
        if (!f->symbol)
            f->symbol = inlined;
    }
    rt_unlock(&lock);
    if (!f->symbol)
        return false;
    /* GCC's clones of a function: name.part.0, name.constprop.1 */
    char plain[512];
    size_t k = 0;
    for (const char *s = f->symbol; *s && *s != '.' && k < sizeof plain - 1; s++)
        plain[k++] = *s;
    plain[k] = 0;
    f->is_gol = rt_demangle(plain, f->name, sizeof f->name) > 0;
    if (!f->is_gol) {
        size_t n = strlen(f->symbol);
        if (n >= sizeof f->name)
            n = sizeof f->name - 1;
        memcpy(f->name, f->symbol, n);
        f->name[n] = 0;
    }
    return true;
}

/* ---- printing ------------------------------------------------------------------------------------ */

static bool shown(const RtFrameInfo *f)
{
    if (!f->is_gol)
        return false;
    /* what only makes the panic */
    if (strncmp(f->name, "runtime.panic", 13) == 0 || strcmp(f->name, "gol_init_all") == 0)
        return false;
    return true;
}

static void print_frame(const RtFrameInfo *f, uint64_t pc)
{
    rt_eprintf("%s(...)\n", f->name);
    if (f->file)
        rt_eprintf("\t%s:%d", f->file, f->line);
    else
        rt_eprintf("\t?:0");
    if (f->entry && pc > f->entry)
        rt_eprintf(" +0x%lx", pc - f->entry);
    rt_eprintf("\n");
}

#define HEAD 50
#define TAIL 50

void rt_trace_frames(const RtGoroutine *g, uint64_t pc, uint64_t rbp)
{
    enum { CHUNK = 512 };
    uint64_t pcs[CHUNK];
    uint64_t tail[TAIL];
    int total = 0;
    RtFrameInfo f;
    /* counted in pieces, so that a stack of millions of frames needs no memory */
    int n, at = 0;
    n = rt_callers(g, pc, rbp, 0, pcs, CHUNK);
    for (int i = 0; i < n; i++)
        if (rt_frame_info(pcs[i], &f) && shown(&f)) {
            if (total < HEAD || n < CHUNK)
                print_frame(&f, pcs[i]);
            total++;
        }
    if (n < CHUNK)
        return;
    int deep = rt_callers_last(g, pc, rbp, tail, TAIL, &at);
    if (deep > CHUNK)
        rt_eprintf("...%d frames elided...\n", deep - HEAD - TAIL);
    for (int i = 0; i < TAIL; i++) {
        uint64_t x = tail[(at + i) % TAIL];
        if (x && rt_frame_info(x, &f) && shown(&f))
            print_frame(&f, x);
    }
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
