/* SPDX-License-Identifier: MIT
 *
 * What parked goroutines wait for, in words: the channels and where they were made, the locks
 * and who holds them, and the circle that makes a deadlock, if there is one.  For reports,
 * when nothing runs any more.
 *
 * A lock knows who locked it last (std/sync).  Of a channel, a WaitGroup or a Cond nobody can
 * say who will use it next; but only those can who refer to it, and that the stacks tell: a
 * word there that leads into the object, or into a small one that does (a closure).
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/chan.h"
#include "runtime/heap.h"
#include "runtime/schedimpl.h"
#include "runtime/trace.h"

/* The twins of std/sync's types, whose semaphores are what goroutines wait on. */
typedef struct {
    int32_t state; /* bit 0: locked */
    uint32_t sema;
    uint64_t holder;
} Mutex;
typedef struct {
    Mutex w;
    uint32_t writer_sem, reader_sem;
    int32_t readers, reader_wait; /* readers less 1 << 30 while a writer is pending */
    uint64_t last_reader;
} RWMutex;
typedef struct {
    uint64_t state; /* the counter above 32 bits of waiters */
    uint32_t sema;
} WaitGroup;
typedef struct {
    void *next, *cond;
    uint32_t sema;
} CondWaiter;

#define OF(T, field, addr) ((const T *)((const char *)(addr)-offsetof(T, field)))

/* One thing that a goroutine waits for. */
typedef struct {
    const void *object;
    uint64_t holder;  /* goroutine id, where a lock knows it */
    const char *what; /* "receive from", …; NULL: a lock */
    const char *kind;
    bool reading; /* holder is the last reader, one of several perhaps */
} Wait;

enum { MAX_CASES = 16, MAX_GOROUTINES = 2000 };

/* → how many; a select waits for several */
static int waits_of(const RtGoroutine *g, Wait *w)
{
    if (atomic_load(&g->status) != RT_G_WAITING)
        return 0;
    const void *o = g->waitobj;
    memset(w, 0, sizeof *w);
    w->object = o;
    switch (g->waitreason) {
    case RT_WAIT_CHAN_RECV: w->what = "receive from"; return 1;
    case RT_WAIT_CHAN_SEND: w->what = "send to"; return 1;
    case RT_WAIT_SELECT: {
        const RtSelectCase *cs = g->sd.elem;
        int n = 0;
        for (uint32_t i = 0; cs && i < g->sd.index && n < MAX_CASES; i++)
            if (cs[i].chan)
                w[n++] = (Wait){
                    .object = cs[i].chan,
                    .what = cs[i].dir == RT_SELECT_SEND ? "send to" : "receive from",
                };
        return n;
    }
    case RT_WAIT_MUTEX:
        w->object = OF(Mutex, sema, o);
        w->kind = "sync.Mutex";
        w->holder = ((const Mutex *)w->object)->holder;
        return 1;
    case RT_WAIT_RWMUTEX_R: {
        const RWMutex *rw = OF(RWMutex, reader_sem, o);
        w->object = rw;
        w->kind = "sync.RWMutex";
        w->holder = rw->w.holder;
        return 1;
    }
    case RT_WAIT_RWMUTEX_W: {
        const RWMutex *rw = OF(RWMutex, writer_sem, o);
        w->object = rw;
        w->kind = "sync.RWMutex";
        w->holder = rw->last_reader;
        w->reading = true;
        return 1;
    }
    case RT_WAIT_WAITGROUP:
        w->object = OF(WaitGroup, sema, o);
        w->what = "see done";
        w->kind = "sync.WaitGroup";
        return 1;
    case RT_WAIT_COND:
        w->object = OF(CondWaiter, sema, o)->cond;
        w->what = "be woken on";
        w->kind = "sync.Cond";
        return 1;
    default: return 0;
    }
}

static void print_made(const RtChan *c)
{
    RtFrameInfo f;
    if (rt_frame_info((uint64_t)c->made, &f) && f.file)
        rt_eprintf("made in %s at %s:%d", f.name, f.file, f.line);
    else
        rt_eprintf("at %p", (const void *)c);
}

/* ---- below a goroutine's trace ------------------------------------------------------------------ */

static bool alive(uint64_t id);

static void print_holder(const RtGoroutine *g, const Wait *w)
{
    if (w->holder == g->pub.id)
        rt_eprintf("this goroutine itself");
    else
        rt_eprintf("goroutine %lu%s", w->holder, alive(w->holder) ? "" : ", which has ended");
}

static void print_one(const RtGoroutine *g, const Wait *w)
{
    switch (g->waitreason) {
    case RT_WAIT_MUTEX:
        rt_eprintf("the sync.Mutex at %p, locked by ", w->object);
        print_holder(g, w);
        break;
    case RT_WAIT_RWMUTEX_R: {
        const RWMutex *rw = w->object;
        rt_eprintf("the sync.RWMutex at %p, ", w->object);
        if (rw->reader_wait > 0)
            rt_eprintf("for whose readers a writer waits: ");
        else
            rt_eprintf("locked for writing by ");
        print_holder(g, w);
        break;
    }
    case RT_WAIT_RWMUTEX_W: {
        const RWMutex *rw = w->object;
        rt_eprintf("the sync.RWMutex at %p, locked for reading by %d goroutine%s, the last to "
                   "lock it was ",
                   w->object, rw->reader_wait, rw->reader_wait == 1 ? "" : "s");
        print_holder(g, w);
        break;
    }
    case RT_WAIT_WAITGROUP: {
        const WaitGroup *wg = w->object;
        rt_eprintf("the sync.WaitGroup at %p, whose counter is %d", w->object,
                   (int)(wg->state >> 32));
        break;
    }
    case RT_WAIT_COND: rt_eprintf("the sync.Cond at %p", w->object); break;
    default: break;
    }
}

static void print_chan(const RtChan *c)
{
    rt_eprintf("chan %.*s (", (int)c->elem->string.n, (const char *)c->elem->string.p);
    if (c->cap)
        rt_eprintf("%ld of %ld buffered", c->count, c->cap);
    else
        rt_eprintf("unbuffered");
    rt_eprintf("), ");
    print_made(c);
}

void rt_print_wait(const RtGoroutine *g)
{
    Wait w[MAX_CASES];
    int n = waits_of(g, w);
    bool select = g->waitreason == RT_WAIT_SELECT;
    for (int i = 0; i < n; i++) {
        rt_eprintf(select ? "\tcase: " : "\twaits ");
        if (w[i].kind) {
            rt_eprintf("for ");
            print_one(g, &w[i]);
        } else {
            rt_eprintf(select ? "%s " : "to %s ", w[i].what);
            print_chan(w[i].object);
        }
        if (!select) {
            uint32_t now = (uint32_t)((rt_nanotime() - rt_sched.starttime) / 1000000);
            uint32_t sec = (now - g->waitsince) / 1000;
            if (sec)
                rt_eprintf(", for %u s", sec);
        }
        rt_eprintf("\n");
    }
}

/* ---- who refers to what --------------------------------------------------------------------------- */

/* An object that somebody waits for. */
typedef struct {
    const void *at;
    const char *lo, *hi; /* the heap's slot that it lies in; lo NULL: a global, known to all */
    uint32_t *refs;      /* goroutines (numbers) that refer to it */
    uint32_t nrefs, cap;
} Object;

typedef struct {
    RtGoroutine *const *v;
    uint32_t n;
    Object *objects;
    uint32_t nobjects;
    const char *self; /* where the goroutine being scanned ends */
    uint32_t number;
    bool failed;
} Graph;

/* Bounds of the heap's slot that p points into. */
static bool slot_of(const void *p, const char **lo, const char **hi)
{
    const RtSpan *s = rt_span_of(p);
    if (!s)
        return false;
    if (s->state == SPAN_SMALL) {
        uint32_t i = rt_slot_of(s, p);
        if (i >= s->nelems)
            return false;
        *lo = (const char *)s->base + (size_t)i * s->elemsize;
        *hi = *lo + s->elemsize;
    } else {
        *lo = (const char *)s->base;
        *hi = *lo + ((size_t)s->npages << RT_PAGE_SHIFT);
    }
    return true;
}

static int by_place(const void *a, const void *b)
{
    const Object *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

static Object *object_of(const Graph *k, const void *at)
{
    Object key = {.at = at};
    return bsearch(&key, k->objects, k->nobjects, sizeof key, by_place);
}

static void add_ref(Graph *k, Object *o)
{
    if (o->nrefs && o->refs[o->nrefs - 1] == k->number)
        return;
    if (o->nrefs == o->cap) {
        uint32_t cap = o->cap ? o->cap * 2 : 4;
        uint32_t *v = realloc(o->refs, cap * sizeof *v);
        if (!v) {
            k->failed = true;
            return;
        }
        o->refs = v;
        o->cap = cap;
    }
    o->refs[o->nrefs++] = k->number;
}

/* Objects in the slot lo..hi: there may be several (two WaitGroups in a struct). */
static void refer(Graph *k, const char *lo, const char *hi)
{
    uint32_t a = 0, b = k->nobjects;
    while (a < b) {
        uint32_t m = a + (b - a) / 2;
        if ((const char *)k->objects[m].at < lo)
            a = m + 1;
        else
            b = m;
    }
    for (; a < k->nobjects && (const char *)k->objects[a].at < hi; a++)
        if (k->objects[a].lo)
            add_ref(k, &k->objects[a]);
}

static void scan(void *arg, const void *from, const void *to)
{
    Graph *k = arg;
    const char *lo, *hi;
    if ((const char *)to > k->self && (const char *)from < k->self)
        to = k->self; /* what the runtime notes of a goroutine is not the goroutine's */
    for (const uint64_t *p = from; p < (const uint64_t *)to; p++) {
        if (!slot_of((const void *)*p, &lo, &hi))
            continue;
        refer(k, lo, hi);
        if (hi - lo > 256)
            continue;
        for (const uint64_t *q = (const uint64_t *)lo; q + 1 <= (const uint64_t *)hi; q++) {
            const char *lo2, *hi2;
            if (slot_of((const void *)*q, &lo2, &hi2))
                refer(k, lo2, hi2);
        }
    }
}

/* ---- the circle -------------------------------------------------------------------------------------- */

static RtGoroutine *const *known;
static size_t nknown;

static uint32_t number_of(uint64_t id)
{
    size_t a = 0, b = nknown;
    while (a < b) {
        size_t m = a + (b - a) / 2;
        if (known[m]->pub.id < id)
            a = m + 1;
        else
            b = m;
    }
    return a < nknown && known[a]->pub.id == id ? (uint32_t)a : UINT32_MAX;
}

static void find_alive(RtGoroutine *g, void *arg)
{
    uint64_t *id = arg;
    if (g->pub.id == *id)
        *id = 0;
}

static bool alive(uint64_t id)
{
    rt_g_foreach(find_alive, &id);
    return id == 0;
}

/* Whether b waits just as a does for o: it will not help. */
static bool alike(const RtGoroutine *b, const Wait *w)
{
    Wait o[MAX_CASES];
    int n = waits_of(b, o);
    for (int i = 0; i < n; i++)
        if (o[i].object == w->object && o[i].what == w->what)
            return true;
    return false;
}

/* Calls fn for each goroutine that v[i] may wait for, until that returns true. */
static bool each_awaited(const Graph *k, uint32_t i, bool dead,
                         bool (*fn)(void *arg, uint32_t from, uint32_t to), void *arg)
{
    Wait w[MAX_CASES];
    int n = waits_of(k->v[i], w);
    for (int j = 0; j < n; j++) {
        if (!w[j].what) {
            uint32_t to = number_of(w[j].holder);
            if (to < k->n && fn(arg, i, to))
                return true;
        } else if (dead) {
            const Object *o = object_of(k, w[j].object);
            for (uint32_t r = 0; o && r < o->nrefs; r++)
                if (o->refs[r] != i && !alike(k->v[o->refs[r]], &w[j]) && fn(arg, i, o->refs[r]))
                    return true;
        }
    }
    return false;
}

typedef struct {
    uint32_t *from; /* by number: where a search came from; UINT32_MAX: not reached */
    uint32_t *queue;
    uint32_t n, start;
} Search;

static bool reach(void *arg, uint32_t from, uint32_t to)
{
    Search *s = arg;
    if (to == s->start) {
        s->from[to] = from;
        return true;
    }
    if (s->from[to] == UINT32_MAX) {
        s->from[to] = from;
        s->queue[s->n++] = to;
    }
    return false;
}

/* The shortest circle through start: in s->from, backwards. */
static bool search(const Graph *k, Search *s, uint32_t start, bool dead)
{
    memset(s->from, 0xff, k->n * sizeof *s->from);
    s->start = start;
    s->queue[0] = start;
    s->n = 1;
    for (uint32_t at = 0; at < s->n; at++)
        if (each_awaited(k, s->queue[at], dead, reach, s))
            return true;
    return false;
}

/* One link: a waits for something because of b. */
static void print_link(const Graph *k, uint32_t a, uint32_t b)
{
    Wait w[MAX_CASES];
    const RtGoroutine *g = k->v[a];
    int n = waits_of(g, w);
    for (int j = 0; j < n; j++) {
        rt_eprintf("\tgoroutine %lu waits to ", g->pub.id);
        if (!w[j].what) {
            rt_eprintf("lock the %s at %p, ", w[j].kind, w[j].object);
            if (a == b)
                rt_eprintf("which it has locked itself\n");
            else
                rt_eprintf("which goroutine %lu %s\n", k->v[b]->pub.id,
                           w[j].reading ? "has locked for reading"
                           : g->waitreason == RT_WAIT_RWMUTEX_R &&
                                   ((const RWMutex *)w[j].object)->reader_wait > 0
                               ? "waits to lock for writing"
                               : "has locked");
            return;
        }
        const Object *o = object_of(k, w[j].object);
        for (uint32_t r = 0; o && r < o->nrefs; r++)
            if (o->refs[r] == b) {
                if (w[j].kind) {
                    rt_eprintf("%s the %s at %p", w[j].what, w[j].kind, w[j].object);
                } else {
                    rt_eprintf("%s the channel ", w[j].what);
                    print_made(w[j].object);
                }
                rt_eprintf(", which goroutine %lu refers to\n", k->v[b]->pub.id);
                return;
            }
    }
}

static void print_found(const Graph *k, const Search *s)
{
    uint32_t *at = s->queue, n = 0, i = s->start;
    do {
        i = s->from[i];
        at[n++] = i;
    } while (i != s->start);
    if (n == 1)
        rt_eprintf("\nA goroutine waits for itself:\n");
    else
        rt_eprintf("\n%u goroutines wait in a circle:\n", n);
    for (i = n; i-- > 0;)
        print_link(k, at[i], at[i ? i - 1 : n - 1]);
}

static void note_objects(Graph *k)
{
    Wait w[MAX_CASES];
    for (uint32_t i = 0; i < k->n; i++) {
        int n = waits_of(k->v[i], w);
        for (int j = 0; j < n; j++)
            k->objects[k->nobjects++] = (Object){.at = w[j].object};
    }
    qsort(k->objects, k->nobjects, sizeof *k->objects, by_place);
    uint32_t m = 0;
    for (uint32_t i = 0; i < k->nobjects; i++)
        if (m == 0 || k->objects[m - 1].at != k->objects[i].at)
            k->objects[m++] = k->objects[i];
    k->nobjects = m;
    for (uint32_t i = 0; i < m; i++)
        if (!slot_of(k->objects[i].at, &k->objects[i].lo, &k->objects[i].hi))
            k->objects[i].lo = NULL;
}

void rt_print_circle(RtGoroutine *const *v, size_t all, bool dead)
{
    Graph k = {.v = v, .n = all > MAX_GOROUTINES ? MAX_GOROUTINES : (uint32_t)all};
    if (k.n == 0)
        return;
    known = v;
    nknown = all;
    k.objects = calloc((size_t)k.n * MAX_CASES, sizeof *k.objects);
    Search s = {.from = malloc(k.n * sizeof *s.from), .queue = malloc((k.n + 1) * sizeof *s.queue)};
    if (k.objects && s.from && s.queue) {
        note_objects(&k);
        for (uint32_t i = 0; i < k.n && dead; i++) {
            k.number = i;
            k.self = (const char *)v[i];
            rt_g_scan(v[i], scan, &k);
        }
        for (uint32_t i = 0; i < k.n && !k.failed; i++)
            if (search(&k, &s, i, dead)) {
                print_found(&k, &s);
                break;
            }
    }
    for (uint32_t i = 0; k.objects && i < k.nobjects; i++)
        free(k.objects[i].refs);
    free(k.objects);
    free(s.from);
    free(s.queue);
}
