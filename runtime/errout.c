/* SPDX-License-Identifier: MIT
 *
 * Text to standard error from the runtime itself: no stdio, no allocation, one write a
 * call.  Also the errors that C code raises in the program.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "runtime/panic.h"
#include "runtime/rtcalls.h"
#include "runtime/schedimpl.h"

typedef struct {
    char buf[1024];
    size_t n;
} Out;

/* Where text goes instead, while runtime.Stack collects it on this thread. */
static _Thread_local struct {
    char *p;
    int64_t n, cap;
} sink;

void rt_eprintf_to(char *p, int64_t cap)
{
    sink.p = p;
    sink.n = 0;
    sink.cap = cap;
}

int64_t rt_eprintf_end(void)
{
    sink.p = NULL;
    return sink.n;
}

static void flush(Out *o)
{
    if (rt_unlikely(sink.p != NULL)) {
        int64_t n = (int64_t)o->n;
        if (n > sink.cap - sink.n)
            n = sink.cap - sink.n;
        memcpy(sink.p + sink.n, o->buf, (size_t)n);
        sink.n += n;
        o->n = 0;
        return;
    }
    size_t at = 0;
    while (at < o->n) {
        ssize_t w = write(2, o->buf + at, o->n - at);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            break;
        at += (size_t)w;
    }
    o->n = 0;
}

static void put(Out *o, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (o->n == sizeof o->buf)
            flush(o);
        o->buf[o->n++] = s[i];
    }
}

static void put_uint(Out *o, uint64_t v, unsigned base)
{
    char b[24];
    int i = sizeof b;
    do {
        b[--i] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);
    put(o, b + i, sizeof b - (size_t)i);
}

void rt_eprintf(const char *f, ...)
{
    Out o;
    o.n = 0;
    va_list ap;
    va_start(ap, f);
    for (; *f; f++) {
        if (*f != '%') {
            put(&o, f, 1);
            continue;
        }
        f++;
        bool wide = false;
        int precision = -1;
        if (f[0] == '.' && f[1] == '*') {
            precision = va_arg(ap, int);
            f += 2;
        }
        for (; *f == 'l'; f++)
            wide = true;
        switch (*f) {
        case 's': {
            const char *s = va_arg(ap, const char *);
            put(&o, s, precision >= 0 ? (size_t)precision : strlen(s));
            break;
        }
        case 'c': {
            char c = (char)va_arg(ap, int);
            put(&o, &c, 1);
            break;
        }
        case 'd': {
            int64_t v = wide ? va_arg(ap, int64_t) : va_arg(ap, int);
            if (v < 0)
                put(&o, "-", 1);
            put_uint(&o, v < 0 ? -(uint64_t)v : (uint64_t)v, 10);
            break;
        }
        case 'u': put_uint(&o, wide ? va_arg(ap, uint64_t) : va_arg(ap, unsigned), 10); break;
        case 'x': put_uint(&o, wide ? va_arg(ap, uint64_t) : va_arg(ap, unsigned), 16); break;
        case 'p':
            put(&o, "0x", 2);
            put_uint(&o, (uint64_t)va_arg(ap, void *), 16);
            break;
        case '%': put(&o, "%", 1); break;
        default: put(&o, "?", 1);
        }
    }
    va_end(ap);
    flush(&o);
}

/* ---- texts of run-time errors ------------------------------------------------------------------ */

typedef struct {
    char b[256];
    size_t n;
} Text;

static void add(Text *t, const char *s, size_t n)
{
    if (n > sizeof t->b - t->n)
        n = sizeof t->b - t->n;
    memcpy(t->b + t->n, s, n);
    t->n += n;
}

static void add_int(Text *t, int64_t v, bool is_unsigned)
{
    char b[24];
    int i = sizeof b;
    bool neg = !is_unsigned && v < 0;
    uint64_t u = neg ? -(uint64_t)v : (uint64_t)v;
    do {
        b[--i] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (neg)
        b[--i] = '-';
    add(t, b + i, sizeof b - (size_t)i);
}

static RtString keep(const char *s, size_t n)
{
    char *p = rt_alloc_raw(n ? n : 1);
    memcpy(p, s, n);
    return (RtString){(uint8_t *)p, (int64_t)n};
}

/* %x: the value, %y: the bound */
static RtString fill(const char *f, int64_t x, int64_t y, bool is_unsigned)
{
    Text t;
    t.n = 0;
    for (; *f; f++) {
        if (*f != '%') {
            add(&t, f, 1);
            continue;
        }
        f++;
        if (*f == 'x')
            add_int(&t, x, is_unsigned);
        else
            add_int(&t, y, false);
    }
    return keep(t.b, t.n);
}

RtString rt_index_text(int64_t i, int64_t n, bool is_unsigned);
RtString rt_index_text(int64_t i, int64_t n, bool is_unsigned)
{
    if (!is_unsigned && i < 0)
        return fill("index out of range [%x]", i, n, false);
    return fill("index out of range [%x] with length %y", i, n, is_unsigned);
}

RtString rt_slice_text(int64_t fault, int64_t v, int64_t bound, bool is_unsigned);
RtString rt_slice_text(int64_t fault, int64_t v, int64_t bound, bool is_unsigned)
{
    static const char *const text[][2] = {
        [RT_SLICE_ALEN] = {"[:%x] with length %y", "[:%x]"},
        [RT_SLICE_ACAP] = {"[:%x] with capacity %y", "[:%x]"},
        [RT_SLICE_B] = {"[%x:%y]", "[%x:]"},
        [RT_SLICE3_ALEN] = {"[::%x] with length %y", "[::%x]"},
        [RT_SLICE3_ACAP] = {"[::%x] with capacity %y", "[::%x]"},
        [RT_SLICE3_B] = {"[:%x:%y]", "[:%x:]"},
        [RT_SLICE3_C] = {"[%x:%y:]", "[%x::]"},
    };
    char f[80] = "slice bounds out of range ";
    strcat(f, text[fault][!is_unsigned && v < 0]);
    return fill(f, v, bound, is_unsigned);
}

RtString rt_array_text(int64_t have, int64_t want);
RtString rt_array_text(int64_t have, int64_t want)
{
    return fill("cannot convert slice with length %x to array or pointer to array with length %y",
                have, want, false);
}

RtString rt_assert_text(const RtType *iface, const RtType *dyn, const RtType *want);
RtString rt_assert_text(const RtType *iface, const RtType *dyn, const RtType *want)
{
    Text t;
    t.n = 0;
    add(&t, "interface conversion: ", 22);
    add(&t, (const char *)iface->string.p, (size_t)iface->string.n);
    add(&t, " is ", 4);
    if (dyn)
        add(&t, (const char *)dyn->string.p, (size_t)dyn->string.n);
    else
        add(&t, "nil", 3);
    add(&t, ", not ", 6);
    add(&t, (const char *)want->string.p, (size_t)want->string.n);
    return keep(t.b, t.n);
}

RtString rt_wrap_text(const uint8_t *p, int64_t np, const uint8_t *t, int64_t nt, const uint8_t *m,
                      int64_t nm);
RtString rt_wrap_text(const uint8_t *p, int64_t np, const uint8_t *ty, int64_t nt, const uint8_t *m,
                      int64_t nm)
{
    Text t;
    t.n = 0;
    add(&t, "value method ", 13);
    add(&t, (const char *)p, (size_t)np);
    add(&t, ".", 1);
    add(&t, (const char *)ty, (size_t)nt);
    add(&t, ".", 1);
    add(&t, (const char *)m, (size_t)nm);
    add(&t, " called using nil *", 19);
    add(&t, (const char *)ty, (size_t)nt);
    add(&t, " pointer", 8);
    return keep(t.b, t.n);
}

/* Stands in for the type of runtime errors where package runtime is not linked. */
const RtType *rt_error_type(void);
const RtType *rt_error_type(void)
{
    static const RtType t = {
        .size = 8, .kind = RT_STRUCT, .align = 8, .string = {(const uint8_t *)"runtime.Error", 13}};
    return &t;
}

/* ---- raising from C on the system stack ---------------------------------------------------------- */

RT_NORETURN void rt_panic_str(const char *msg)
{
    static const char prefix[] = "runtime error: ";
    size_t skip = strncmp(msg, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0;
    RtString s = keep(msg + skip, strlen(msg + skip));
    rt_raise(skip ? (void *)rt_panic_error : (void *)rt_panic_plain, (uint64_t)s.p, (uint64_t)s.n,
             0, 0, 0, 0);
}

RT_NORETURN void rt_panic_iface(RtIface v)
{
    rt_raise((void *)rt_panic, (uint64_t)v.tab, v.word, 0, 0, 0, 0);
}

RtIface rt_recover(bool may)
{
    RtPanic *p = rt_self()->panic;
    if (!may || !p || p->goexit || p->recovered)
        return (RtIface){NULL, 0};
    p->recovered = true;
    return p->value;
}
