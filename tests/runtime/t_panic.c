/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * defer, panic, recover, Goexit.  Without arguments checks what can be checked from inside;
 * with the name of a way to die, dies: panics.sh compares the last words.
 */
#include "gen.h"

extern char **rt_argv;
extern int rt_argc;

typedef struct Frame {
    RtFrame f;
    int64_t result;
    void (*run)(struct Frame *);
    RtDefer d[4];
    Env c[4];
    int n;
} Frame;

static char trace[4096];
static int len;
static void note(char c)
{
    if (len < 4000)
        trace[len++] = c;
}
static NOINLINE int64_t deep(int64_t n)
{
    volatile char pad[200];
    pad[0] = 1;
    return n == 0 ? 0 : deep(n - 1) + pad[0];
}

static void push(Frame *f, void (*code)(Env *), int64_t n)
{
    int i = f->n++;
    f->c[i] = (Env){code, f, NULL, n};
    f->d[i] = (RtDefer){f->f.defers, (RtClosure *)&f->c[i]};
    f->f.defers = &f->d[i];
}

static void body(Frame *f)
{
    f->run(f);
}

static NOINLINE int64_t with(void (*run)(Frame *))
{
    Frame f;
    memset(&f, 0, sizeof f);
    f.run = run;
    f.result = -7;
    rt_protect((void *)body, &f.f);
    return f.result;
}

/* deferred functions */
static void noter(Env *e)
{
    note((char)e->n);
}
static void recoverer(Env *e)
{
    bool may = rt_g->defer_callee == (void *)recoverer;
    rt_g->defer_callee = NULL;
    RtIface v = sys_rt_recover(may);
    ((Frame *)e->a)->result = v.tab ? (int64_t)v.word : -1;
    note('r');
}
static NOINLINE void nested_recover(Frame *f)
{
    Env e = {NULL, f, NULL, 0};
    recoverer(&e); /* not called by the runtime: recovers nothing */
}
static void indirect(Env *e)
{
    rt_g->defer_callee = NULL;
    nested_recover(e->a);
}
static void repanicker(Env *e)
{
    rt_panic(&int_type, (uint64_t)e->n);
}
static void recover_and_panic(Env *e)
{
    bool may = rt_g->defer_callee == (void *)recover_and_panic;
    rt_g->defer_callee = NULL;
    RtIface v = sys_rt_recover(may);
    CHECK(v.tab != NULL);
    rt_panic(&int_type, e->n < 0 ? v.word : (uint64_t)e->n);
}
static void inner_catch_run(Frame *f)
{
    push(f, recoverer, 0);
    rt_panic(&int_type, 5);
}
static void inner_catcher(Env *e)
{
    CHECK_EQ(with(inner_catch_run), 5); /* a panic of its own, recovered below the first */
    (void)e;
    note('i');
}
static void exiter(Env *e)
{
    (void)e;
    std_runtime_Goexit();
}

/* bodies */
static void normal(Frame *f)
{
    push(f, noter, '1');
    push(f, noter, '2');
    f->result = 3;
}
static void plain(Frame *f)
{
    push(f, noter, 'a');
    push(f, recoverer, 0);
    push(f, noter, 'b');
    deep(500);
    rt_panic(&int_type, 42);
}
static void from_deep_frame(Frame *f)
{
    push(f, recoverer, 0);
    deep(100);
    rt_panic_index(5, 3, false);
}
static void inner(Frame *f)
{
    push(f, noter, 'x');
    deep(10);
    rt_panic(&int_type, 1);
    f->result = 1;
}
static void outer(Frame *f)
{
    push(f, recoverer, 0);
    with(inner);
    note('!');
}
static void replaced(Frame *f)
{
    push(f, recoverer, 0);
    push(f, repanicker, 2);
    rt_panic(&int_type, 1);
}
static void nested_catch(Frame *f)
{
    push(f, recoverer, 0);
    push(f, inner_catcher, 0);
    rt_panic(&int_type, 9);
}
static void in_normal_return(Frame *f)
{
    push(f, recoverer, 0);
    push(f, repanicker, 8); /* panics while the deferred calls of a return run */
}
static void not_direct(Frame *f)
{
    push(f, indirect, 0);
    rt_panic(&int_type, 77);
}
static void outer_of_not_direct(Frame *f)
{
    push(f, recoverer, 0);
    with(not_direct);
}
static void goexits(Frame *f)
{
    push(f, noter, 'g');
    push(f, recoverer, 0); /* Goexit is not recovered */
    std_runtime_Goexit();
}
/* Goexit, then a panic in a deferred call that is recovered: the Goexit goes on */
static void goexit_panics(Frame *f)
{
    push(f, noter, 'h');
    push(f, recoverer, 0);
    push(f, repanicker, 3);
    std_runtime_Goexit();
}
/* a panic whose deferred call exits the goroutine: the panic is dropped */
static void panic_goexits(Frame *f)
{
    push(f, exiter, 0);
    rt_panic(&int_type, 4);
}

static void run_goexit(Env *e)
{
    with((void (*)(Frame *))e->a);
    note('?');
}

static void last_words(const char *how)
{
    static const char *const ways[] = {"panic",      "index",      "nested",      "recovered",
                                       "repanicked", "fault",      "overflow",    "deadlock",
                                       "goexit",     "sendclosed", "closeclosed", "throwother"};
    int way = 0;
    while (strcmp(ways[way], how) != 0)
        way++;
    void *c = sys_rt_chan_make(&chan_int, 0);
    int64_t v = 1;
    switch (way) {
    case 0: rt_panic(&int_type, 42); break;
    case 1: rt_panic_index(5, 3, false); break;
    case 2: {
        Frame f;
        memset(&f, 0, sizeof f);
        f.run = replaced;
        push(&f, repanicker, 3);
        push(&f, repanicker, 2);
        f.run = inner;
        rt_protect((void *)body, &f.f);
        break;
    }
    case 3:
    case 4: {
        Frame f;
        memset(&f, 0, sizeof f);
        f.run = inner;
        push(&f, recover_and_panic, way == 3 ? 6 : -1);
        rt_protect((void *)body, &f.f);
        break;
    }
    case 5: *(volatile int *)(uintptr_t)(way - 5) = 1; break;
    case 6: deep(100000000); break;
    case 7: sys_rt_chan_recv(c, &v); break;
    case 8: std_runtime_Goexit(); break;
    case 9:
        sys_rt_chan_close(c);
        sys_rt_chan_send(c, &v);
        break;
    case 10:
        sys_rt_chan_close(c);
        sys_rt_chan_close(c);
        break;
    }
}

void test_main(void)
{
    if (rt_argc > 1) {
        last_words(rt_argv[1]);
        return;
    }
    for (int i = 0; i < 300; i++) {
        len = 0;
        CHECK_EQ(with(normal), 3);
        CHECK(len == 2 && !memcmp(trace, "21", 2));
        len = 0;
        CHECK_EQ(with(plain), 42);
        CHECK(len == 3 && !memcmp(trace, "bra", 3));
        len = 0;
        CHECK(with(from_deep_frame) != -7);
        len = 0;
        CHECK_EQ(with(outer), 1);
        CHECK(len == 2 && !memcmp(trace, "xr", 2));
        CHECK_EQ(with(replaced), 2);
        len = 0;
        CHECK_EQ(with(nested_catch), 9);
        CHECK(len == 3 && !memcmp(trace, "rir", 3));
        CHECK_EQ(with(in_normal_return), 8);
        CHECK_EQ(with(outer_of_not_direct), 77);
        len = 0;
        spawn(run_goexit, (void *)goexits, NULL, 0);
        while (sys_std_runtime_NumGoroutine() > 1)
            sys_std_runtime_Gosched();
        CHECK(len == 2 && !memcmp(trace, "rg", 2));
        len = 0;
        spawn(run_goexit, (void *)goexit_panics, NULL, 0);
        while (sys_std_runtime_NumGoroutine() > 1)
            sys_std_runtime_Gosched();
        CHECK(len == 2 && !memcmp(trace, "rh", 2));
        len = 0;
        spawn(run_goexit, (void *)panic_goexits, NULL, 0);
        while (sys_std_runtime_NumGoroutine() > 1)
            sys_std_runtime_Gosched();
        CHECK(len == 0);
    }
}
