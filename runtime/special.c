/* SPDX-License-Identifier: MIT
 *
 * Finalizers and cleanups (runtime.SetFinalizer, runtime.AddCleanup). */
#include "runtime/special.h"

#include <string.h>

#include "runtime/memcalls.h"
#include "runtime/stdmem.h"

struct RtSpecial {
    RtSpecial *next; /* on the span */
    uint8_t *obj;
    RtClosure *fn;
    const void *tab; /* finalizer of an interface parameter: its first word */
    uint64_t id;     /* of a cleanup; 0: a finalizer */
    uint32_t words;  /* of the argument: 0 none, 1 pointer, 2 interface */
    uint32_t out;    /* as in DueCall */
};

/* What has become due waits here for the library's goroutine. */
typedef struct Due {
    struct Due *next;
    RtSpecial rec;
} Due;

static RtMutex lock;
static RtSpecial *free_recs;
static Due *due_first, *due_last, *free_dues;
static uint64_t last_id;
static uint32_t count;
/* Spans that have or had records. */
static RtSpan **spans;
static size_t nspans, cap_spans;

static RtSpecial *new_record(void)
{
    RtSpecial *r = free_recs;
    if (r)
        free_recs = r->next;
    else
        r = rt_persistent(sizeof *r);
    memset(r, 0, sizeof *r);
    return r;
}

static void free_record(RtSpecial *r)
{
    r->next = free_recs;
    free_recs = r;
    count--;
}

static void remember(RtSpan *s)
{
    for (size_t i = nspans; i-- > 0 && i + 8 > nspans;)
        if (spans[i] == s)
            return;
    if (nspans == cap_spans) {
        size_t cap = cap_spans ? cap_spans * 2 : 64;
        RtSpan **bigger = rt_persistent(cap * sizeof *bigger);
        if (nspans)
            memcpy(bigger, spans, nspans * sizeof *bigger);
        spans = bigger;
        cap_spans = cap;
    }
    spans[nspans++] = s;
}

static uint8_t *object_base(RtSpan *s, void *p)
{
    return s->state == SPAN_SMALL ? s->base + (size_t)rt_slot_of(s, p) * s->elemsize : s->base;
}

static void add(RtSpan *s, const RtSpecial *rec)
{
    RtSpecial *r = new_record();
    *r = *rec;
    if (!s->specials)
        remember(s);
    r->next = s->specials;
    s->specials = r;
    count++;
}

static _Noreturn void misuse(const char *what, const RtType *t, const char *rest)
{
    static char msg[512];
    size_t n = strlen(what), m = (size_t)t->string.n;
    if (m > 300)
        m = 300;
    memcpy(msg, what, n);
    memcpy(msg + n, t->string.p, m);
    strcpy(msg + n + m, rest);
    rt_throw(msg);
}

/* The bytes of ft's results if they come back in memory: more than two words of them do. */
static uint32_t results_in_memory(const RtFuncType *ft)
{
    uint64_t n = 0, align = 1;
    for (int64_t i = 0; i < ft->nout; i++) {
        const RtType *t = ft->out[i];
        n = (n + t->align - 1) / t->align * t->align + t->size;
        align = t->align > align ? t->align : align;
    }
    n = (n + align - 1) / align * align;
    if (n > 1u << 18)
        rt_throw("runtime.SetFinalizer: the finalizer has too large results");
    return n > 16 ? (uint32_t)n : 0;
}

/* How a finalizer of type ft takes an object of type ot: sets the number of words and, for
 * an interface, its first word.  False: not at all. */
static bool takes(const RtFuncType *ft, const RtType *ot, uint32_t *words, const void **tab)
{
    if (ft->nin != 1 || ft->t.flags & RT_VARIADIC)
        return false;
    const RtType *in = ft->in[0];
    *words = 1;
    *tab = NULL;
    if (in == ot)
        return true;
    if (in->kind == RT_POINTER) /* same element, and one of the two has no name */
        return ((const RtPointerType *)in)->elem == ((const RtPointerType *)ot)->elem &&
               !((in->flags & RT_NAMED_TYPE) && (ot->flags & RT_NAMED_TYPE));
    if (in->kind != RT_INTERFACE)
        return false;
    *words = 2;
    *tab = rt_itab(in, ot);
    return *tab != NULL;
}

/* runtime.SetFinalizer(obj, fn), both as empty interfaces. */
void std_runtime_setFinalizer(const RtType *ot, void *p, const RtType *ft, void *fn)
{
    if (!ot)
        rt_throw("runtime.SetFinalizer: first argument is nil");
    if (ot->kind != RT_POINTER)
        misuse("runtime.SetFinalizer: first argument is ", ot, ", not pointer");
    if (!p)
        rt_throw("nil elem type!");
    RtSpan *s = rt_span_of(p);
    RtSpecial rec = {.obj = p, .fn = fn};
    if (ft) {
        if (ft->kind != RT_FUNC)
            misuse("runtime.SetFinalizer: second argument is ", ft, ", not a function");
        if (!takes((const RtFuncType *)ft, ot, &rec.words, &rec.tab))
            misuse("runtime.SetFinalizer: cannot pass ", ot, " to the finalizer");
        rec.out = results_in_memory((const RtFuncType *)ft);
    }
    if (!s)
        return; /* a variable of the package, or of no size: it lives for ever */
    if (object_base(s, p) != p)
        rt_throw("runtime.SetFinalizer: pointer not at beginning of allocated block");
    rt_sweep_span_now(s);
    rt_lock(&lock);
    for (RtSpecial **l = &s->specials; *l; l = &(*l)->next) {
        RtSpecial *r = *l;
        if (r->obj == p && r->id == 0) {
            if (ft) {
                rt_unlock(&lock);
                rt_throw("runtime.SetFinalizer: finalizer already set");
            }
            *l = r->next;
            free_record(r);
            break;
        }
    }
    if (ft && fn) {
        add(s, &rec);
        if (rt_wb_enabled)
            rt_gc_shade(fn);
    }
    rt_unlock(&lock);
}

/* fn() is run once the object that p points into is gone; → a number to cancel it by. */
uint64_t std_runtime_addCleanup(void *p, void *fn)
{
    RtSpan *s = rt_span_of(p);
    if (!s)
        return 0;
    rt_sweep_span_now(s);
    rt_lock(&lock);
    RtSpecial rec = {.obj = object_base(s, p), .fn = fn, .id = ++last_id};
    add(s, &rec);
    if (rt_wb_enabled)
        rt_gc_shade(fn);
    rt_unlock(&lock);
    return rec.id;
}

void std_runtime_stopCleanup(uint64_t id)
{
    rt_lock(&lock);
    for (size_t i = 0; i < nspans; i++)
        for (RtSpecial **l = &spans[i]->specials; *l; l = &(*l)->next)
            if ((*l)->id == id) {
                RtSpecial *r = *l;
                *l = r->next;
                free_record(r);
                rt_unlock(&lock);
                return;
            }
    rt_unlock(&lock);
}

static RtGoroutine *runner; /* parked, waiting for something to become due */
static bool started;

/* Starts the goroutine that runs what becomes due: loop is a Gol function value. */
void std_runtime_startRunner(void *loop)
{
    rt_lock(&lock);
    bool first = !started;
    started = true;
    rt_unlock(&lock);
    if (first)
        rt_ready_new(rt_newproc(loop, 0, NULL, RT_GF_SYSTEM));
}

/* The next one to run, into out.  False: there was none, and the goroutine has waited. */
bool std_runtime_nextDue(DueCall *out)
{
    rt_lock(&lock);
    Due *d = due_first;
    if (!d) {
        rt_self()->ret = 0;
        rt_park_prepare(RT_WAIT_FINALIZER, NULL);
        runner = rt_self();
        rt_unlock(&lock);
        rt_park_commit();
    }
    if (!(due_first = d->next))
        due_last = NULL;
    out->fn = d->rec.fn;
    out->obj = d->rec.obj;
    out->tab = d->rec.tab;
    out->words = d->rec.words;
    out->out = d->rec.out;
    d->next = free_dues;
    free_dues = d;
    rt_unlock(&lock);
    return true;
}

void rt_special_wake(void)
{
    rt_lock(&lock);
    RtGoroutine *g = due_first ? runner : NULL;
    if (g)
        runner = NULL;
    rt_unlock(&lock);
    if (g)
        rt_ready(g);
}

void rt_special_roots(GcWork *w)
{
    rt_lock(&lock);
    if (count) {
        size_t kept = 0;
        for (size_t i = 0; i < nspans; i++) {
            RtSpan *s = spans[i];
            if (!s->specials)
                continue;
            spans[kept++] = s;
            for (RtSpecial *r = s->specials; r; r = r->next) {
                gc_mark_word(w, (uintptr_t)r->fn);
                /* What a finalizer will find in its object stays; the object itself may go.
                 * A cleanup's object is not seen again. */
                if (r->id == 0)
                    gc_scan_object(w, s, r->obj);
            }
        }
        nspans = kept;
    }
    for (Due *d = due_first; d; d = d->next) {
        gc_mark_word(w, (uintptr_t)d->rec.fn);
        if (d->rec.id == 0)
            gc_mark_word(w, (uintptr_t)d->rec.obj);
    }
    rt_unlock(&lock);
}

static bool is_marked(const RtSpan *s, const uint8_t *obj)
{
    uint32_t i = s->state == SPAN_SMALL ? rt_slot_of(s, obj) : 0;
    return s->marks[i / 64] >> (i % 64) & 1;
}

bool rt_is_marked(const void *obj)
{
    const RtSpan *s = rt_span_of(obj);
    return !s || is_marked(s, obj);
}

bool rt_special_due(GcWork *w)
{
    bool any = false;
    if (!count)
        return false;
    rt_lock(&lock);
    for (size_t i = 0; i < nspans; i++) {
        RtSpan *s = spans[i];
        /* First what is dead, before a finalizer marks it again; an object's cleanups wait
         * until its finalizer has run and it is dead once more. */
        for (RtSpecial **l = &s->specials; *l;) {
            RtSpecial *r = *l;
            bool fin = false;
            if (!is_marked(s, r->obj) && r->id != 0)
                for (RtSpecial *o = s->specials; o; o = o->next)
                    fin |= o->obj == r->obj && o->id == 0;
            if (is_marked(s, r->obj) || fin) {
                l = &r->next;
                continue;
            }
            Due *d = free_dues;
            if (d)
                free_dues = d->next;
            else
                d = rt_persistent(sizeof *d);
            d->rec = *r;
            d->next = NULL;
            if (due_last)
                due_last->next = d;
            else
                due_first = d;
            due_last = d;
            *l = r->next;
            free_record(r);
            any = true;
        }
    }
    for (Due *d = due_first; d; d = d->next)
        if (d->rec.id == 0)
            gc_mark_word(w, (uintptr_t)d->rec.obj);
    rt_unlock(&lock);
    return any;
}

void rt_special_sweep(RtSpan *s)
{
    rt_lock(&lock);
    for (RtSpecial **l = &s->specials; *l;) {
        RtSpecial *r = *l;
        if (is_marked(s, r->obj)) {
            l = &r->next;
        } else {
            *l = r->next;
            free_record(r);
        }
    }
    rt_unlock(&lock);
}
