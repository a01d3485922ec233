/* SPDX-License-Identifier: MIT
 *
 * print and println, in Go's formats, to standard error.  One call's output is gathered
 * and leaves in one write, so that lines of different threads do not mix. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "runtime/heap.h"
#include "runtime/shortest.h"

static RtMutex lock; /* from rt_print_begin to rt_print_end */
static uint8_t buf[4096];
static size_t fill;

static void write_all(const uint8_t *p, size_t n)
{
    while (n) {
        ssize_t k = write(2, p, n);
        if (k < 0) {
            if (errno == EINTR)
                continue;
            return;
        }
        p += k;
        n -= (size_t)k;
    }
}

static void put(const void *p, size_t n)
{
    if (n > sizeof buf - fill) {
        write_all(buf, fill);
        fill = 0;
        if (n > sizeof buf) {
            write_all(p, n);
            return;
        }
    }
    memcpy(buf + fill, p, n);
    fill += n;
}

/* Called twice in one thread where an argument of print prints itself is impossible: the
 * arguments are evaluated before rt_print_begin. */
void rt_print_begin(void)
{
    rt_lock(&lock);
}

void rt_print_end(void)
{
    write_all(buf, fill);
    fill = 0;
    rt_unlock(&lock);
}

void rt_print_uint(uint64_t v)
{
    char b[24], *p = b + sizeof b;
    do
        *--p = (char)('0' + v % 10);
    while (v /= 10);
    put(p, (size_t)(b + sizeof b - p));
}

void rt_print_int(int64_t v)
{
    if (v < 0)
        put("-", 1);
    rt_print_uint(v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void rt_print_bool(bool v)
{
    if (v)
        put("true", 4);
    else
        put("false", 5);
}

static void put_float(double v, int bits)
{
    char b[32];
    put(b, (size_t)rt_format_float(v, bits, b));
}

void rt_print_float(double v)
{
    put_float(v, 64);
}

void rt_print_float32(float v)
{
    put_float(v, 32);
}

static void put_complex(double re, double im, int bits)
{
    put("(", 1);
    put_float(re, bits);
    if (!(im < 0 || (im == 0 && signbit(im)) || isinf(im))) /* an infinity has its sign */
        put("+", 1);
    put_float(im, bits);
    put("i)", 2);
}

void rt_print_complex(double re, double im)
{
    put_complex(re, im, 64);
}

void rt_print_complex64(float re, float im)
{
    put_complex(re, im, 32);
}

void rt_print_string(const uint8_t *p, int64_t n)
{
    put(p, (size_t)n);
}

static void put_hex(uint64_t v)
{
    char b[18], *p = b + sizeof b;
    do
        *--p = "0123456789abcdef"[v % 16];
    while (v /= 16);
    *--p = 'x';
    *--p = '0';
    put(p, (size_t)(b + sizeof b - p));
}

void rt_print_pointer(const void *p)
{
    put_hex((uint64_t)(uintptr_t)p);
}

void rt_print_slice(const void *p, int64_t len, int64_t cap)
{
    put("[", 1);
    rt_print_int(len);
    put("/", 1);
    rt_print_int(cap);
    put("]", 1);
    rt_print_pointer(p);
}

void rt_print_iface(const void *tab, const void *word)
{
    put("(", 1);
    rt_print_pointer(tab);
    put(",", 1);
    rt_print_pointer(word);
    put(")", 1);
}
