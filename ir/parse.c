/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the text form of the IR back (docs/ir.md): tests feed the passes and the code
 * generator with it.  Recursive descent over the text; the first error ends it by
 * longjmp to ir_parse, the one entry point. */
#include "ir/ir.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parser {
    Arena *arena;
    IrModule *m;
    IrFunc *f;
    VEC(IrBlock *) blocks; /* of f, by printed id */
    Pos pos;               /* last one read: positions are printed where they change */
    const char *p, *end;
    bool borrow; /* into a module that may have the symbols; functions are not added to it */
    uint32_t line;
    const char *err;
    jmp_buf fail;
} Parser;

/* ---- tokens ------------------------------------------------------------------------------- */

static _Noreturn void fail(Parser *ps, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static _Noreturn void fail(Parser *ps, const char *fmt, ...)
{
    char msg[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    ps->err = arena_printf(ps->arena, "line %u: %s", ps->line, msg);
    longjmp(ps->fail, 1);
}

static void skip_blanks(Parser *ps)
{
    while (ps->p < ps->end && (*ps->p == ' ' || *ps->p == '\t' || *ps->p == '\r'))
        ps->p++;
    if (ps->p < ps->end && *ps->p == ';')
        while (ps->p < ps->end && *ps->p != '\n')
            ps->p++;
}

/* At a line's end: moves to the next line that has something. */
static void skip_lines(Parser *ps)
{
    for (skip_blanks(ps); ps->p < ps->end && *ps->p == '\n'; skip_blanks(ps)) {
        ps->p++;
        ps->line++;
    }
}

static void end_line(Parser *ps)
{
    skip_blanks(ps);
    if (ps->p < ps->end && *ps->p != '\n')
        fail(ps, "found '%.12s', expected the end of the line", ps->p);
    skip_lines(ps);
}

static bool peek(Parser *ps, char c)
{
    skip_blanks(ps);
    return ps->p < ps->end && *ps->p == c;
}

static bool accept(Parser *ps, char c)
{
    if (!peek(ps, c))
        return false;
    ps->p++;
    return true;
}

static void expect(Parser *ps, char c)
{
    if (!accept(ps, c))
        fail(ps, "expected '%c'", c);
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* The word that comes next, without taking it; length 0 if there is none. */
static size_t peek_word(Parser *ps)
{
    skip_blanks(ps);
    size_t n = 0;
    while (ps->p + n < ps->end && word_char(ps->p[n]))
        n++;
    return n;
}

static bool accept_word(Parser *ps, const char *w)
{
    size_t n = peek_word(ps);
    if (n != strlen(w) || memcmp(ps->p, w, n))
        return false;
    ps->p += n;
    return true;
}

static void expect_word(Parser *ps, const char *w)
{
    if (!accept_word(ps, w))
        fail(ps, "expected '%s'", w);
}

/* A number, signed or not: the text is copied because it need not be terminated. */
static size_t number_text(Parser *ps, char buf[64])
{
    skip_blanks(ps);
    size_t n = 0;
    while (ps->p + n < ps->end && n < 63 && ps->p[n] &&
           (word_char(ps->p[n]) || strchr("+-:", ps->p[n])) &&
           !(n > 0 && ps->p[n] == ':' && memcmp(buf, "nan", 3))) {
        buf[n] = ps->p[n];
        n++;
    }
    buf[n] = 0;
    if (!n)
        fail(ps, "expected a number");
    return n;
}

static int64_t integer(Parser *ps)
{
    char buf[64], *stop;
    number_text(ps, buf);
    errno = 0;
    int64_t v = buf[0] == '-' ? strtoll(buf, &stop, 10) : (int64_t)strtoull(buf, &stop, 10);
    if (stop == buf || errno)
        fail(ps, "bad integer '%s'", buf);
    ps->p += stop - buf;
    return v;
}

static uint32_t index_number(Parser *ps, uint32_t limit, const char *what)
{
    int64_t v = integer(ps);
    if (v < 0 || (uint64_t)v >= limit)
        fail(ps, "%s %lld does not exist", what, (long long)v);
    return (uint32_t)v;
}

static double floating(Parser *ps)
{
    char buf[64], *stop;
    size_t n = number_text(ps, buf);
    double d;
    if (!strncmp(buf, "nan:", 4)) {
        uint64_t bits = strtoull(buf + 4, &stop, 16);
        memcpy(&d, &bits, 8);
    } else {
        d = strtod(buf, &stop);
    }
    if (stop != buf + n)
        fail(ps, "bad floating-point number '%s'", buf);
    ps->p += n;
    return d;
}

/* "…" with \n, \", \\ and \xHH; NUL-terminated in the arena. */
static char *quoted(Parser *ps, size_t *len)
{
    expect(ps, '"');
    const char *q = ps->p;
    while (q < ps->end && *q != '"' && *q != '\n')
        q += *q == '\\' && q + 1 < ps->end ? 2 : 1;
    if (q >= ps->end || *q != '"')
        fail(ps, "string is not closed");
    char *buf = arena_alloc(ps->arena, (size_t)(q - ps->p) + 1);
    size_t n = 0;
    for (const char *s = ps->p; s < q;) {
        if (*s != '\\') {
            buf[n++] = *s++;
        } else if (s[1] == 'x' && q - s >= 4 && isxdigit((unsigned char)s[2]) &&
                   isxdigit((unsigned char)s[3])) {
            char hex[3] = {s[2], s[3], 0};
            buf[n++] = (char)strtoul(hex, NULL, 16);
            s += 4;
        } else if (s[1] == 'n' || s[1] == '"' || s[1] == '\\') {
            buf[n++] = s[1] == 'n' ? '\n' : s[1];
            s += 2;
        } else {
            fail(ps, "bad escape in a string");
        }
    }
    ps->p = q + 1;
    *len = n;
    return buf;
}

/* ---- types, symbols, operands ----------------------------------------------------------------- */

static IrType *type(Parser *ps)
{
    if (accept(ps, '[')) {
        int64_t n = integer(ps);
        expect(ps, ']');
        IrType *elem = type(ps);
        if (n < 0 || elem->kind == IRT_VOID)
            fail(ps, "bad array type");
        return irt_array(elem, (uint64_t)n);
    }
    if (accept(ps, '{')) {
        VEC(IrType *) fields = {0};
        while (!accept(ps, '}')) {
            if (fields.n)
                expect(ps, ',');
            IrType *t = type(ps);
            if (t->kind == IRT_VOID)
                fail(ps, "a field cannot be void");
            vec_push(ps->arena, &fields, t);
        }
        return irt_struct(fields.p, fields.n);
    }
    static const struct {
        const char *text;
        IrType **t;
    } words[] = {
        {"void", &irt_void}, {"bool", &irt_bool},     {"i8", &irt_i8},       {"i16", &irt_i16},
        {"i32", &irt_i32},   {"i64", &irt_i64},       {"u8", &irt_u8},       {"u16", &irt_u16},
        {"u32", &irt_u32},   {"u64", &irt_u64},       {"f32", &irt_f32},     {"f64", &irt_f64},
        {"ptr", &irt_ptr},   {"string", &irt_string}, {"slice", &irt_slice}, {"iface", &irt_iface}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (accept_word(ps, words[i].text))
            return *words[i].t;
    fail(ps, "found '%.12s', expected a type", ps->p);
}

static bool peek_sym(Parser *ps)
{
    return peek(ps, '@') || peek(ps, '$');
}

static IrSym *symbol(Parser *ps)
{
    if (!peek_sym(ps))
        fail(ps, "expected a symbol");
    bool is_c = *ps->p++ == '$';
    size_t n;
    char *name;
    if (ps->p < ps->end && *ps->p == '"') {
        name = quoted(ps, &n);
        if (memchr(name, 0, n))
            fail(ps, "NUL in a symbol's name");
    } else {
        n = 0;
        while (ps->p + n < ps->end && word_char(ps->p[n]))
            n++;
        if (!n)
            fail(ps, "expected a symbol's name");
        name = arena_strndup(ps->arena, ps->p, n);
        ps->p += n;
    }
    return is_c ? ir_sym_c(ps->m, name, false) : ir_sym(ps->m, name);
}

static int64_t offset(Parser *ps)
{
    if (ps->p < ps->end && (*ps->p == '+' || *ps->p == '-'))
        return integer(ps);
    return 0;
}

static IrOpnd operand(Parser *ps)
{
    if (accept(ps, '%'))
        return ir_reg(ps->f, index_number(ps, ps->f->regs.n, "register"));
    if (peek_sym(ps)) {
        IrSym *s = symbol(ps);
        return ir_addr(s, offset(ps));
    }
    if (accept_word(ps, "none"))
        return (IrOpnd){0};
    if (accept_word(ps, "nil"))
        return ir_int(irt_ptr, 0);
    if (accept_word(ps, "true"))
        return ir_int(irt_bool, 1);
    if (accept_word(ps, "false"))
        return ir_int(irt_bool, 0);
    if (accept_word(ps, "zero"))
        return ir_zero(type(ps));
    if (accept_word(ps, "str")) {
        IrOpnd o = {.kind = IRO_STR, .type = irt_string};
        expect(ps, '(');
        if (!accept_word(ps, "nil"))
            o.sym = symbol(ps);
        expect(ps, ',');
        o.off = integer(ps);
        expect(ps, ')');
        return o;
    }
    IrType *t = type(ps);
    if (irt_is_float(t))
        return ir_float(t, floating(ps));
    if (irt_is_int(t) || t->kind == IRT_PTR || t->kind == IRT_BOOL)
        return ir_int(t, integer(ps));
    fail(ps, "no constant has this type");
}

/* ---- instructions ------------------------------------------------------------------------------- */

static IrBlock *block(Parser *ps)
{
    skip_blanks(ps);
    if (ps->p >= ps->end || *ps->p != 'b')
        fail(ps, "expected a block");
    ps->p++;
    uint32_t id = index_number(ps, 1u << 24, "block");
    while (ps->blocks.n <= id)
        vec_push(ps->arena, &ps->blocks, NULL);
    if (!ps->blocks.p[id])
        ps->blocks.p[id] = ir_block_new(ps->m, ps->f);
    return ps->blocks.p[id];
}

static void attributes(Parser *ps, IrInst *in)
{
    if (ps->p >= ps->end || *ps->p != '[')
        return;
    ps->p++;
    do {
        if (accept_word(ps, "type"))
            in->type = type(ps);
        else if (accept_word(ps, "sym"))
            in->sym = symbol(ps);
        else if (accept_word(ps, "sym2"))
            in->sym2 = symbol(ps);
        else if (accept_word(ps, "imm"))
            in->imm = integer(ps);
        else if (accept_word(ps, "imm2"))
            in->imm2 = integer(ps);
        else if (accept_word(ps, "inlined"))
            in->inlined = index_number(ps, ps->f->inlined.n + 1, "inlined call");
        else
            fail(ps, "unknown attribute '%.12s'", ps->p);
    } while (accept(ps, ','));
    expect(ps, ']');
}

static void targets(Parser *ps, IrInst *in)
{
    VEC(IrBlock *) to = {0};
    VEC(int64_t) cases = {0};
    do {
        if (in->op == IR_SWITCH && to.n > 0) {
            int64_t v = integer(ps);
            vec_push(ps->arena, &cases, v);
            expect(ps, ':');
        }
        IrBlock *b = block(ps);
        vec_push(ps->arena, &to, b);
    } while (accept(ps, ','));
    in->targets = to.p;
    in->ntargets = to.n;
    in->cases = cases.p;
}

static void position(Parser *ps)
{
    if (accept(ps, '!'))
        ps->pos = (Pos)integer(ps);
}

static void instruction(Parser *ps, IrBlock *b)
{
    uint32_t dst = IR_NOREG;
    if (accept(ps, '%')) {
        dst = index_number(ps, ps->f->regs.n, "register");
        expect(ps, '=');
    }
    size_t n = peek_word(ps);
    int op = -1, rt = -1;
    for (int i = 0; i < IR_OP_COUNT && op < 0; i++)
        if (strlen(ir_op_text[i]) == n && !memcmp(ir_op_text[i], ps->p, n))
            op = i;
    for (int i = 0; i < RT_CALL_COUNT && op < 0; i++)
        if (strlen(ir_rt_text[i]) == n && !memcmp(ir_rt_text[i], ps->p, n))
            op = IR_RT, rt = i;
    if (op < 0 || (op == IR_RT && rt < 0))
        fail(ps, "unknown operation '%.*s'", (int)n, ps->p);
    ps->p += n;
    IrInst *in = ir_inst(ps->m, b, (IrOp)op, dst, NULL, 0, NOPOS);
    if (op == IR_RT)
        in->rt = (RtCall)rt;
    attributes(ps, in);
    VEC(IrOpnd) args = {0};
    skip_blanks(ps);
    if (ps->p < ps->end && *ps->p != '\n' && *ps->p != '!' && *ps->p != '-') {
        do {
            IrOpnd o = operand(ps);
            vec_push(ps->arena, &args, o);
        } while (accept(ps, ','));
    }
    in->args = args.p;
    in->nargs = args.n;
    if (accept(ps, '-')) {
        expect(ps, '>');
        targets(ps, in);
    }
    position(ps);
    in->pos = ps->pos;
    end_line(ps);
}

/* ---- functions, data, modules --------------------------------------------------------------------- */

static void reg(Parser *ps)
{
    expect(ps, '%');
    if (integer(ps) != ps->f->regs.n)
        fail(ps, "registers are numbered in order: expected %%%u", ps->f->regs.n);
    IrType *t = type(ps);
    const Name *name = NULL;
    if (peek(ps, '"')) {
        size_t n;
        char *s = quoted(ps, &n);
        name = intern(s, n);
    }
    ir_reg_new(ps->m, ps->f, t, name);
}

/* inlined 2 in 1 @callee !offset */
static void inlined(Parser *ps)
{
    IrInlined x = {0};
    if (integer(ps) != ps->f->inlined.n + 1)
        fail(ps, "inlined calls are numbered in order: expected %u", ps->f->inlined.n + 1);
    expect_word(ps, "in");
    x.parent = index_number(ps, ps->f->inlined.n + 1, "inlined call");
    x.callee = symbol(ps);
    if (accept(ps, '!'))
        x.pos = (Pos)integer(ps);
    vec_push(ps->arena, &ps->f->inlined, x);
    end_line(ps);
}

static IrLinkage linkage(Parser *ps)
{
    if (accept_word(ps, "export"))
        return IRL_EXPORT;
    if (accept_word(ps, "internal"))
        return IRL_INTERNAL;
    if (accept_word(ps, "comdat"))
        return IRL_COMDAT;
    fail(ps, "expected export, internal or comdat");
}

static IrSym *new_symbol(Parser *ps)
{
    IrSym *s = symbol(ps);
    if (s->func || s->data)
        fail(ps, "symbol %s is defined twice", s->name->s);
    return s;
}

static void function(Parser *ps)
{
    IrSym *s = ps->borrow ? symbol(ps) : new_symbol(ps);
    IrLinkage l = linkage(ps);
    IrFunc *f = ps->f =
        ps->borrow ? ARENA_NEW(ps->arena, IrFunc) : ir_func_new(ps->m, s, l, irt_void);
    f->sym = s;
    ps->blocks.n = 0;
    ps->pos = NOPOS;
    while (!accept(ps, '(')) {
        if (accept_word(ps, "closure"))
            f->is_closure = true;
        else if (accept_word(ps, "inline"))
            f->inline_hint = true;
        else if (accept_word(ps, "noinline"))
            f->noinline = true;
        else if (accept_word(ps, "wrapper"))
            f->is_wrapper = true;
        else if (accept_word(ps, "recovers"))
            f->uses_recover = true;
        else
            fail(ps, "found '%.12s', expected '('", ps->p);
    }
    while (!accept(ps, ')')) {
        if (f->regs.n)
            expect(ps, ',');
        reg(ps);
    }
    f->nparams = f->regs.n;
    f->result = type(ps);
    expect(ps, '{');
    position(ps);
    f->pos = ps->pos;
    end_line(ps);
    while (accept_word(ps, "inlined"))
        inlined(ps);
    while (accept_word(ps, "reg")) {
        reg(ps);
        end_line(ps);
    }
    IrBlock *b = NULL;
    while (!accept(ps, '}')) {
        size_t n = peek_word(ps);
        if (n > 1 && ps->p[0] == 'b' && isdigit((unsigned char)ps->p[1]) && ps->p + n < ps->end &&
            ps->p[n] == ':') {
            b = block(ps);
            expect(ps, ':');
            for (uint32_t i = 0; i < f->blocks.n; i++)
                if (f->blocks.p[i] == b)
                    fail(ps, "the block stands twice");
            ir_block_append(ps->m, f, b);
            b->cold = accept_word(ps, "cold");
            end_line(ps);
            continue;
        }
        if (ps->p >= ps->end)
            fail(ps, "the function is not closed");
        if (!b)
            fail(ps, "an instruction before the first block");
        instruction(ps, b);
    }
    uint32_t made = 0;
    for (uint32_t i = 0; i < ps->blocks.n; i++)
        made += ps->blocks.p[i] != NULL;
    if (made != f->blocks.n)
        fail(ps, "a jump to a block that is not there");
    end_line(ps);
}

static void data(Parser *ps)
{
    IrSym *s = ps->borrow ? symbol(ps) : new_symbol(ps);
    IrLinkage l = linkage(ps);
    bool ro = accept_word(ps, "ro");
    bool pointers = accept_word(ps, "pointers");
    expect_word(ps, "align");
    int64_t align = integer(ps);
    expect_word(ps, "size");
    int64_t size = integer(ps);
    if (align < 1 || align > 4096 || size < 0)
        fail(ps, "bad size or alignment");
    if (s->data || s->func) { /* borrowing: it is there */
        while (ps->p < ps->end && *ps->p != '\n')
            ps->p++;
        end_line(ps);
        return;
    }
    IrData *d = ir_data_new(ps->m, s, l, (uint64_t)size, (uint32_t)align, ro, pointers);
    if (accept(ps, '=')) {
        size_t n;
        char *bytes = quoted(ps, &n);
        if (n != (uint64_t)size)
            fail(ps, "%zu bytes of data, size says %lld", n, (long long)size);
        ir_data_bytes(ps->m, d, 0, bytes, n);
    }
    if (accept(ps, '{')) {
        do {
            int64_t at = integer(ps);
            expect(ps, ':');
            IrSym *to = symbol(ps);
            int64_t add = offset(ps);
            if (at < 0 || at % 8 || at + 8 > size)
                fail(ps, "an address stands outside the data or unaligned");
            ir_data_addr(ps->m, d, (uint64_t)at, to, add);
        } while (accept(ps, ','));
        expect(ps, '}');
    }
    end_line(ps);
}

static void external(Parser *ps)
{
    IrSym *s = ps->borrow ? symbol(ps) : new_symbol(ps);
    s->is_func |= accept_word(ps, "func");
    s->via_stub |= accept_word(ps, "stub");
    end_line(ps);
}

static void module(Parser *ps, const char *path)
{
    skip_lines(ps);
    if (accept_word(ps, "module")) {
        size_t n;
        path = quoted(ps, &n);
        end_line(ps);
    }
    ps->m = ir_module_new(ps->arena, path);
    while (ps->p < ps->end) {
        if (accept_word(ps, "extern")) {
            external(ps);
        } else if (accept_word(ps, "data")) {
            data(ps);
        } else if (accept_word(ps, "func")) {
            function(ps);
        } else {
            fail(ps, "found '%.12s', expected extern, data or func", ps->p);
        }
        skip_lines(ps);
    }
}

IrModule *ir_parse(Arena *a, const char *path, const char *text, size_t n, const char **err)
{
    ir_types_init();
    Parser *ps = ARENA_NEW(a, Parser);
    ps->arena = a;
    ps->p = text;
    ps->end = text + n;
    ps->line = 1;
    if (setjmp(ps->fail)) {
        *err = ps->err;
        return NULL;
    }
    module(ps, path);
    return ps->m;
}

IrFunc *ir_parse_body(IrModule *m, const char *text, size_t n)
{
    Parser *ps = ARENA_NEW(m->arena, Parser);
    ps->arena = m->arena;
    ps->m = m;
    ps->borrow = true;
    ps->p = text;
    ps->end = text + n;
    ps->line = 1;
    if (setjmp(ps->fail))
        return NULL;
    skip_lines(ps);
    while (ps->p < ps->end && !ps->f) {
        if (accept_word(ps, "extern"))
            external(ps);
        else if (accept_word(ps, "data"))
            data(ps);
        else if (accept_word(ps, "func"))
            function(ps);
        else
            return NULL;
        skip_lines(ps);
    }
    return ps->f;
}
