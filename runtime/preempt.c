/* SPDX-License-Identifier: MIT
 *
 * Making a running goroutine give way: by a tripped stack limit at its next prologue, or by
 * a signal wherever it is on its own stack.  Either way all its registers go into a context,
 * from which it resumes as if nothing had happened.
 */
#include <cpuid.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"
#include "runtime/signal.h"

uint32_t rt_ctx_size;

static struct {
    RtSpin lock;
    RtPreemptCtx *free;
} pool;

static void measure(void)
{
    unsigned a, b, c, d;
    uint32_t x = 512;
    if (__get_cpuid_count(0xd, 0, &a, &b, &c, &d) && b > x)
        x = b;
    rt_ctx_size = (uint32_t)sizeof(RtPreemptCtx) + ((x + 63) & ~63u);
}

RtPreemptCtx *rt_ctx_get(void)
{
    rt_spin_lock(&pool.lock);
    RtPreemptCtx *c = pool.free;
    if (c)
        pool.free = c->link;
    rt_spin_unlock(&pool.lock);
    if (!c) {
        if (!rt_ctx_size)
            measure();
        c = aligned_alloc(64, rt_ctx_size);
        if (!c)
            rt_throw("out of memory (registers)");
        memset(c, 0, rt_ctx_size);
    }
    return c;
}

void rt_ctx_put(RtPreemptCtx *c)
{
    rt_spin_lock(&pool.lock);
    c->link = pool.free;
    pool.free = c;
    rt_spin_unlock(&pool.lock);
}

/* On the system stack, the goroutine's registers in ctx, the M's spare one. */
static RT_NORETURN void give_way(RtPreemptCtx *ctx)
{
    RtM *m = rt_m;
    RtP *p = m->p;
    RtGoroutine *g = rt_self();
    uint32_t why = atomic_load_explicit(&p->preempt, memory_order_relaxed);
    atomic_store_explicit(m->limit_word, g->pub.stack_limit_copy, memory_order_relaxed);
    if (why & RT_PREEMPT_FLUSH) {
        atomic_fetch_and(&p->preempt, ~(uint32_t)RT_PREEMPT_FLUSH);
        rt_flush_next(p);
    }
    if (!(why & (RT_PREEMPT_YIELD | RT_PREEMPT_TIMER)) && !atomic_load(&rt_gcwaiting))
        rt_ctx_restore(ctx);
    g->ctx = ctx;
    g->flags |= RT_GF_PREEMPTED;
    g->sp = ctx->rsp;
    /* It may stand between a store and the record of what that overwrote (codegen/gen_mem.c),
     * and marking may end before it goes on. */
    if (rt_unlikely(rt_wb_enabled))
        rt_gc_rescan_goroutine(g);
    m->spare_ctx = rt_ctx_get();
    atomic_store_explicit(&g->status, RT_G_RUNNABLE, memory_order_relaxed);
    if ((why & RT_PREEMPT_YIELD) && !atomic_load(&rt_gcwaiting)) {
        rt_lock(&rt_sched.lock);
        rt_globq_put(g);
        rt_unlock(&rt_sched.lock);
    } else {
        rt_put_local_tail(p, g);
    }
    rt_schedule();
}

RT_NORETURN void rt_morestack_tripped(RtPreemptCtx *ctx)
{
    give_way(ctx);
}

void rt_preempt_signal(RtM *m)
{
    syscall(SYS_tgkill, getpid(), m->tid, RT_SIGPREEMPT);
}

void rt_trip(RtP *p, uint32_t why)
{
    RtM *m = __atomic_load_n(&p->m, __ATOMIC_ACQUIRE);
    atomic_fetch_or_explicit(&p->preempt, why, memory_order_seq_cst);
    if (m && m != rt_m) {
        atomic_store_explicit(m->limit_word, RT_TRIPPED, memory_order_relaxed);
        rt_preempt_signal(m);
    }
}

bool rt_on_g_stack(uint64_t rsp)
{
    if (!rt_g)
        return false;
    RtGoroutine *g = rt_self();
    RtSeg *s = g->seg;
    return rsp > (uint64_t)s->limit - STACK_SLACK && rsp <= (uint64_t)s->top;
}

void rt_ctx_restore_end(void);

/* Generated code is taking an object from the P's cache (codegen/gen_new.c). */
_Thread_local uint8_t rt_caching;

/* Code that works on the P's caches (fast.h). */
extern const char __start_rt_nopreempt[] __attribute__((weak));
extern const char __stop_rt_nopreempt[] __attribute__((weak));

/* Signal handler's part: turns the return from the signal into a switch. */
void rt_on_preempt(ucontext_t *uc)
{
    RtM *m = rt_m;
    if (!m || !m->p || !rt_g || m->g != rt_self())
        return;
    if (!atomic_load_explicit(&m->p->preempt, memory_order_relaxed))
        return;
    greg_t *r = uc->uc_mcontext.gregs;
    uint64_t pc = (uint64_t)r[REG_RIP], sp = (uint64_t)r[REG_RSP];
    if (rt_caching)
        return; /* as below */
    if (!rt_on_g_stack(sp))
        return; /* in the runtime: the limit is tripped, we come back */
    if (pc >= (uint64_t)__start_rt_nopreempt && pc < (uint64_t)__stop_rt_nopreempt)
        return; /* it is over in some nanoseconds; the monitor asks again */
    if ((pc >= (uint64_t)__morestack && pc < (uint64_t)rt_morestack_end) ||
        (pc >= (uint64_t)rt_ctx_restore && pc < (uint64_t)rt_ctx_restore_end))
        return; /* these hold an M's context or half a switch */
    RtPreemptCtx *c = m->spare_ctx;
    c->rax = (uint64_t)r[REG_RAX];
    c->rbx = (uint64_t)r[REG_RBX];
    c->rcx = (uint64_t)r[REG_RCX];
    c->rdx = (uint64_t)r[REG_RDX];
    c->rsi = (uint64_t)r[REG_RSI];
    c->rdi = (uint64_t)r[REG_RDI];
    c->rbp = (uint64_t)r[REG_RBP];
    c->rsp = sp;
    c->r8 = (uint64_t)r[REG_R8];
    c->r9 = (uint64_t)r[REG_R9];
    c->r10 = (uint64_t)r[REG_R10];
    c->r11 = (uint64_t)r[REG_R11];
    c->r12 = (uint64_t)r[REG_R12];
    c->r13 = (uint64_t)r[REG_R13];
    c->r14 = (uint64_t)r[REG_R14];
    c->r15 = (uint64_t)r[REG_R15];
    c->rip = pc;
    c->flags = (uint64_t)r[REG_EFL];
    const uint8_t *fp = (const uint8_t *)uc->uc_mcontext.fpregs;
    struct { /* the kernel's note in the unused end of the FXSAVE image */
        uint32_t magic, extended;
        uint64_t features;
        uint32_t size;
    } sw;
    memcpy(&sw, fp + 464, sizeof sw);
    if (sw.magic == 0x46505853 && sw.size <= rt_ctx_size - sizeof *c) {
        c->xmask = sw.features;
        memcpy(c->fx, fp, sw.size);
    } else {
        c->xmask = 0;
        memcpy(c->fx, fp, 512);
    }
    r[REG_RIP] = (greg_t)give_way;
    r[REG_RDI] = (greg_t)c;
    r[REG_RSP] = (greg_t)(m->sysrsp - 8);
    r[REG_RBP] = 0;
    r[REG_EFL] &= ~(greg_t)0x400;
}
