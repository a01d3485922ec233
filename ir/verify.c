/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks every rule that ir.h states about a module, for the debug builds that run it after
 * lowering and after each pass, and for the tests that feed IR text.  The first broken rule
 * ends it: what follows from it would only be noise. */
#include "ir/ir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct Verifier {
    Arena *arena;
    const IrModule *m;
    const IrFunc *f;
    const IrBlock *b;
    const IrInst *in;
    const char *err;
    jmp_buf fail;
} Verifier;

static _Noreturn void fail(Verifier *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static _Noreturn void fail(Verifier *v, const char *fmt, ...)
{
    char *text = NULL, what[256];
    size_t size;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    FILE *out = open_memstream(&text, &size);
    if (v->f)
        fprintf(out, "%s: ", v->f->sym->name->s);
    if (v->b)
        fprintf(out, "b%u: ", v->b->id);
    if (v->in) {
        fputs(v->in->op == IR_RT && v->in->rt < RT_CALL_COUNT ? ir_rt_text[v->in->rt]
              : v->in->op < IR_OP_COUNT                       ? ir_op_text[v->in->op]
                                                              : "?",
              out);
        if (v->in->dst != IR_NOREG)
            fprintf(out, " to %%%u", v->in->dst);
        Location l = source_location(v->in->pos);
        if (l.file)
            fprintf(out, " (%s:%u:%u)", l.path, l.line, l.column);
        fputs(": ", out);
    }
    fputs(what, out);
    fclose(out);
    v->err = arena_strndup(v->arena, text, size);
    free(text);
    longjmp(v->fail, 1);
}

static const char *type_text(Verifier *v, const IrType *t)
{
    if (!t)
        return "no type";
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ir_print_type(out, t);
    fclose(out);
    const char *s = arena_strndup(v->arena, text, size);
    free(text);
    return s;
}

/* ---- operands ---------------------------------------------------------------------------- */

static bool fits(const IrType *t, int64_t i)
{
    switch (t->kind) {
    case IRT_BOOL: return i == 0 || i == 1;
    case IRT_I8: return i == (int8_t)i;
    case IRT_I16: return i == (int16_t)i;
    case IRT_I32: return i == (int32_t)i;
    case IRT_U8: return i == (uint8_t)i;
    case IRT_U16: return i == (uint16_t)i;
    case IRT_U32: return i == (uint32_t)i;
    case IRT_I64:
    case IRT_U64:
    case IRT_PTR: return true;
    default: return false;
    }
}

static void check_sym(Verifier *v, const IrSym *s)
{
    if (!s)
        fail(v, "no symbol");
    if (s->index >= v->m->syms.n || v->m->syms.p[s->index] != s)
        fail(v, "symbol %s is not of this module", s->name->s);
}

static void check_operand(Verifier *v, uint32_t i)
{
    const IrOpnd *o = &v->in->args[i];
    if (o->kind != IRO_NONE && !o->type)
        fail(v, "operand %u has no type", i + 1);
    switch (o->kind) {
    case IRO_NONE: fail(v, "operand %u is missing", i + 1);
    case IRO_REG:
        if (o->reg >= v->f->regs.n)
            fail(v, "operand %u: no register %%%u", i + 1, o->reg);
        if (o->type != v->f->regs.p[o->reg].type)
            fail(v, "operand %u: %%%u has type %s, operand says %s", i + 1, o->reg,
                 type_text(v, v->f->regs.p[o->reg].type), type_text(v, o->type));
        return;
    case IRO_INT:
        if (!fits(o->type, o->i))
            fail(v, "operand %u: %lld does not fit %s", i + 1, (long long)o->i,
                 type_text(v, o->type));
        return;
    case IRO_FLOAT:
        if (!irt_is_float(o->type))
            fail(v, "operand %u: a floating-point constant of type %s", i + 1,
                 type_text(v, o->type));
        return;
    case IRO_SYM:
        if (o->type != irt_ptr)
            fail(v, "operand %u: an address of type %s", i + 1, type_text(v, o->type));
        check_sym(v, o->sym);
        return;
    case IRO_STR:
        if (o->type != irt_string || o->off < 0)
            fail(v, "operand %u: bad string constant", i + 1);
        if (o->sym)
            check_sym(v, o->sym);
        else if (o->off)
            fail(v, "operand %u: a string constant without data", i + 1);
        return;
    case IRO_ZERO:
        if (o->type->kind == IRT_VOID)
            fail(v, "operand %u: zero of void", i + 1);
        return;
    }
    fail(v, "operand %u: unknown kind %d", i + 1, o->kind);
}

static IrType *arg(Verifier *v, uint32_t i)
{
    return v->in->args[i].type;
}

static void want(Verifier *v, uint32_t i, const IrType *t)
{
    if (arg(v, i) != t)
        fail(v, "operand %u has type %s, not %s", i + 1, type_text(v, arg(v, i)), type_text(v, t));
}

static void want_int(Verifier *v, uint32_t i)
{
    if (!irt_is_int(arg(v, i)))
        fail(v, "operand %u has type %s, not an integer", i + 1, type_text(v, arg(v, i)));
}

static IrType *dst(Verifier *v)
{
    if (v->in->dst == IR_NOREG)
        fail(v, "the result goes nowhere");
    return v->f->regs.p[v->in->dst].type;
}

static void want_dst(Verifier *v, const IrType *t)
{
    if (dst(v) != t)
        fail(v, "the result has type %s, the register %s", type_text(v, t), type_text(v, dst(v)));
}

static void no_dst(Verifier *v)
{
    if (v->in->dst != IR_NOREG)
        fail(v, "has no result");
}

/* A result that may be dropped. */
static void maybe_dst(Verifier *v, const IrType *t)
{
    if (v->in->dst != IR_NOREG)
        want_dst(v, t);
}

static void want_type(Verifier *v)
{
    if (!v->in->type || v->in->type->kind == IRT_VOID)
        fail(v, "no type");
}

/* ---- instructions by kind -------------------------------------------------------------------- */

static bool is_numeric(const IrType *t)
{
    return irt_is_int(t) || irt_is_float(t);
}

static void check_conv(Verifier *v)
{
    IrType *from = arg(v, 0), *to = dst(v);
    bool ok = (is_numeric(from) && is_numeric(to)) || (from->kind == IRT_BOOL && irt_is_int(to)) ||
              (from == irt_ptr && (to == irt_u64 || to == irt_i64)) ||
              (to == irt_ptr && (from == irt_u64 || from == irt_i64));
    if (!ok)
        fail(v, "no conversion from %s to %s", type_text(v, from), type_text(v, to));
}

static void check_value_op(Verifier *v)
{
    const IrInst *in = v->in;
    switch (in->op) {
    case IR_COPY: want_dst(v, arg(v, 0)); break;
    case IR_ADD:
    case IR_SUB:
    case IR_MUL:
    case IR_DIV:
        if (!is_numeric(arg(v, 0)))
            fail(v, "operands of type %s", type_text(v, arg(v, 0)));
        want(v, 1, arg(v, 0));
        want_dst(v, arg(v, 0));
        break;
    case IR_REM:
    case IR_ANDNOT:
        want_int(v, 0);
        want(v, 1, arg(v, 0));
        want_dst(v, arg(v, 0));
        break;
    case IR_AND:
    case IR_OR:
    case IR_XOR:
        if (arg(v, 0) != irt_bool)
            want_int(v, 0);
        want(v, 1, arg(v, 0));
        want_dst(v, arg(v, 0));
        break;
    case IR_SHL:
    case IR_SHR:
        want_int(v, 0);
        want_int(v, 1);
        if (irt_is_signed(arg(v, 1)))
            fail(v, "the count is signed");
        want_dst(v, arg(v, 0));
        break;
    case IR_NEG:
        if (!is_numeric(arg(v, 0)))
            fail(v, "operand of type %s", type_text(v, arg(v, 0)));
        want_dst(v, arg(v, 0));
        break;
    case IR_NOT:
        want_int(v, 0);
        want_dst(v, arg(v, 0));
        break;
    case IR_LNOT:
        want(v, 0, irt_bool);
        want_dst(v, irt_bool);
        break;
    case IR_EQ:
    case IR_NE:
    case IR_LT:
    case IR_LE:
    case IR_GT:
    case IR_GE:
        if (irt_is_aggregate(arg(v, 0)) ||
            (arg(v, 0) == irt_bool && in->op != IR_EQ && in->op != IR_NE))
            fail(v, "operands of type %s", type_text(v, arg(v, 0)));
        want(v, 1, arg(v, 0));
        want_dst(v, irt_bool);
        break;
    case IR_CONV: check_conv(v); break;
    case IR_BITCAST:
        if (irt_is_aggregate(arg(v, 0)) || irt_is_aggregate(dst(v)) ||
            arg(v, 0)->size != dst(v)->size)
            fail(v, "from %s to %s", type_text(v, arg(v, 0)), type_text(v, dst(v)));
        break;
    case IR_SQRT:
    case IR_FMA:
        for (uint32_t i = 0; i < in->nargs; i++)
            want(v, i, dst(v));
        if (!irt_is_float(dst(v)))
            fail(v, "result of type %s", type_text(v, dst(v)));
        break;
    case IR_STREQ:
        want(v, 0, irt_string);
        want(v, 1, irt_string);
        want_dst(v, irt_bool);
        break;
    default: break;
    }
}

static void check_aggregate_op(Verifier *v)
{
    const IrInst *in = v->in;
    IrType *t = in->op == IR_FIELD || in->op == IR_ELEM ? arg(v, 0) : dst(v);
    bool is_array = in->op == IR_ELEM || in->op == IR_SETELEM;
    if (t->kind != (is_array ? IRT_ARRAY : IRT_STRUCT))
        fail(v, "%s is not %s", type_text(v, t), is_array ? "an array" : "a struct");
    switch (in->op) {
    case IR_MK:
        if (in->nargs != t->nfields)
            fail(v, "%u operands for %u fields", in->nargs, t->nfields);
        for (uint32_t i = 0; i < in->nargs; i++)
            want(v, i, t->fields[i]);
        break;
    case IR_FIELD:
    case IR_SETFIELD:
        if (in->imm < 0 || (uint64_t)in->imm >= t->nfields)
            fail(v, "no field %lld in %s", (long long)in->imm, type_text(v, t));
        if (in->op == IR_FIELD)
            want_dst(v, t->fields[in->imm]);
        else
            want(v, 0, t->fields[in->imm]);
        break;
    case IR_ELEM:
        want_int(v, 1);
        want_dst(v, t->elem);
        break;
    default: /* IR_SETELEM */
        want_int(v, 0);
        want(v, 1, t->elem);
        break;
    }
}

static void check_memory_op(Verifier *v)
{
    const IrInst *in = v->in;
    if (in->nargs)
        want(v, 0, irt_ptr);
    switch (in->op) {
    case IR_LOAD:
        if (dst(v)->kind == IRT_VOID)
            fail(v, "load of void");
        break;
    case IR_STORE:
    case IR_STOREREF: no_dst(v); break;
    case IR_LEA: want_dst(v, irt_ptr); break;
    case IR_INDEX:
        want(v, 1, irt_i64);
        want_dst(v, irt_ptr);
        if (in->imm < 0)
            fail(v, "negative element size");
        break;
    case IR_SLOT:
        want_type(v);
        want_dst(v, irt_ptr);
        break;
    case IR_ALLOC:
        want_type(v);
        want_dst(v, irt_ptr);
        if (in->imm != 1 || in->sym)
            check_sym(v, in->sym);
        break;
    case IR_MEMMOVE:
        want(v, 1, irt_ptr);
        want(v, 2, irt_i64);
        no_dst(v);
        break;
    case IR_ZERO:
        no_dst(v);
        if (in->imm < 0)
            fail(v, "negative size");
        break;
    case IR_MEMEQ:
        want(v, 1, irt_ptr);
        want(v, 2, irt_i64);
        want_dst(v, irt_bool);
        break;
    default: break;
    }
}

/* closure: .type is {ptr, captures…}; captures are the operands. */
static void check_closure(Verifier *v)
{
    const IrInst *in = v->in;
    check_sym(v, in->sym);
    if (in->sym2)
        check_sym(v, in->sym2);
    want_dst(v, irt_ptr);
    if (in->sym->func && in->nargs && !in->sym->func->is_closure)
        fail(v, "%s takes no environment", in->sym->name->s);
    if (!in->nargs)
        return;
    IrType *t = in->type;
    if (!t || t->kind != IRT_STRUCT || t->nfields != in->nargs + 1 || t->fields[0] != irt_ptr)
        fail(v, "type %s for %u captured values", type_text(v, t), in->nargs);
    for (uint32_t i = 0; i < in->nargs; i++)
        want(v, i, t->fields[i + 1]);
}

static void check_panic_check(Verifier *v)
{
    no_dst(v);
    switch (v->in->op) {
    case IR_CHECK_NIL: want(v, 0, irt_ptr); break;
    case IR_CHECK_BOUNDS:
    case IR_CHECK_SLICE:
        want_int(v, 0);
        want_int(v, 1);
        if (v->in->op == IR_CHECK_SLICE && (v->in->imm < 0 || v->in->imm > RT_SLICE3_C))
            fail(v, "no slice fault %lld", (long long)v->in->imm);
        break;
    default: want_int(v, 0); break; /* check.div, check.shift */
    }
}

static void check_call(Verifier *v)
{
    const IrInst *in = v->in;
    if (in->dst != IR_NOREG && dst(v)->kind == IRT_VOID)
        fail(v, "a void register");
    if (in->op == IR_CALL) {
        check_sym(v, in->sym);
        const IrFunc *callee = in->sym->func;
        if (in->sym->data)
            fail(v, "%s is no function", in->sym->name->s);
        if (!callee)
            return;
        uint32_t want_n = callee->nparams - (callee->is_closure ? 1 : 0);
        if (in->nargs != want_n && in->nargs != callee->nparams)
            fail(v, "%u arguments, %s has %u parameters", in->nargs, in->sym->name->s, want_n);
        for (uint32_t i = 0; i < in->nargs; i++)
            want(v, i, callee->regs.p[i].type);
        if (in->dst != IR_NOREG)
            want_dst(v, callee->result);
        return;
    }
    if (!in->nargs)
        fail(v, "nothing to call");
    if (in->op == IR_CALL_IFACE) {
        want(v, 0, irt_iface);
        if (in->imm < 0)
            fail(v, "no method %lld", (long long)in->imm);
    } else {
        want(v, 0, irt_ptr);
    }
}

static void check_rt(Verifier *v)
{
    const IrInst *in = v->in;
    if ((unsigned)in->rt >= RT_CALL_COUNT)
        fail(v, "no runtime call %d", in->rt);
    IrType *params[8];
    uint32_t n = ir_rt_params(in->rt, params);
    if (in->nargs != n)
        fail(v, "%u operands, not %u", in->nargs, n);
    for (uint32_t i = 0; i < n; i++)
        want(v, i, params[i]);
    IrType *result = ir_rt_result(in->rt);
    if (result->kind == IRT_VOID)
        no_dst(v);
    else
        maybe_dst(v, result);
}

static void check_targets(Verifier *v)
{
    const IrInst *in = v->in;
    for (uint32_t i = 0; i < in->ntargets; i++) {
        const IrBlock *t = in->targets[i];
        if (!t || t->id >= v->f->blocks.n || v->f->blocks.p[t->id] != t)
            fail(v, "target %u is no block of this function", i + 1);
    }
}

static void check_terminator(Verifier *v)
{
    const IrInst *in = v->in;
    no_dst(v);
    if (in->op == IR_SWITCH) {
        want_int(v, 0);
        if (!in->ntargets)
            fail(v, "no default target");
        for (uint32_t i = 0; i + 1 < in->ntargets; i++) {
            if (!fits(arg(v, 0), in->cases[i]))
                fail(v, "case %lld does not fit", (long long)in->cases[i]);
            for (uint32_t k = 0; k < i && in->ntargets < 1000; k++)
                if (in->cases[i] == in->cases[k])
                    fail(v, "case %lld stands twice", (long long)in->cases[i]);
        }
    } else if (in->ntargets != (in->op == IR_JUMP ? 1u : in->op == IR_BR ? 2u : 0u)) {
        fail(v, "%u targets", in->ntargets);
    }
    check_targets(v);
    if (in->op == IR_BR)
        want(v, 0, irt_bool);
    if (in->op == IR_RET) {
        if (in->nargs != (v->f->result->kind == IRT_VOID ? 0u : 1u))
            fail(v, "%u values for result %s", in->nargs, type_text(v, v->f->result));
        if (in->nargs)
            want(v, 0, v->f->result);
    }
}

static void check_inst(Verifier *v)
{
    const IrInst *in = v->in;
    if ((unsigned)in->op >= IR_OP_COUNT)
        fail(v, "no operation %d", in->op);
    if (in->dst != IR_NOREG && in->dst >= v->f->regs.n)
        fail(v, "no such register");
    if (in->inlined > v->f->inlined.n)
        fail(v, "of inlined call %u, which does not exist", in->inlined);
    if (ir_op_nargs[in->op] >= 0 && in->nargs != (uint32_t)ir_op_nargs[in->op])
        fail(v, "%u operands, not %d", in->nargs, ir_op_nargs[in->op]);
    for (uint32_t i = 0; i < in->nargs; i++)
        check_operand(v, i);
    if (!(ir_op_flags[in->op] & IRF_TERM) && in->ntargets)
        fail(v, "has targets");
    if (in->op <= IR_STREQ)
        check_value_op(v);
    else if (in->op <= IR_SETELEM)
        check_aggregate_op(v);
    else if (in->op == IR_CLOSURE)
        check_closure(v);
    else if (in->op <= IR_MEMEQ)
        check_memory_op(v);
    else if (in->op <= IR_CHECK_SHIFT)
        check_panic_check(v);
    else if (in->op <= IR_CALL_IFACE)
        check_call(v);
    else if (in->op == IR_RT)
        check_rt(v);
    else if (in->op == IR_MAYRECOVER || in->op == IR_PASSDEFER) {
        check_sym(v, in->sym);
        if (in->op == IR_MAYRECOVER)
            want_dst(v, irt_bool);
        else
            want(v, 0, irt_ptr);
    } else {
        check_terminator(v);
    }
}

/* ---- functions, data, symbols ------------------------------------------------------------------ */

static void check_block(Verifier *v)
{
    const IrBlock *b = v->b;
    if (!b->insts.n)
        fail(v, "the block is empty");
    for (uint32_t i = 0; i < b->insts.n; i++) {
        v->in = b->insts.p[i];
        check_inst(v);
        bool last = i + 1 == b->insts.n;
        if (((ir_op_flags[v->in->op] & IRF_TERM) != 0) != last)
            fail(v, last ? "the block has no end" : "stands in the middle of a block");
        if (v->in->op == IR_RT && (ir_rt_flags[v->in->rt] & RTF_NORETURN) &&
            b->insts.p[i + 1]->op != IR_UNREACHABLE)
            fail(v, "is not followed by unreachable");
        v->in = NULL;
    }
}

static void check_func(Verifier *v)
{
    const IrFunc *f = v->f;
    if (!f->sym || f->sym->func != f || !f->sym->is_func)
        fail(v, "the symbol does not name this function");
    if (f->sym->linkage == IRL_EXTERN)
        fail(v, "is defined but extern");
    if (!f->result)
        fail(v, "no result type");
    if (f->nparams > f->regs.n)
        fail(v, "%u parameters, %u registers", f->nparams, f->regs.n);
    for (uint32_t i = 0; i < f->regs.n; i++)
        if (!f->regs.p[i].type || f->regs.p[i].type->kind == IRT_VOID)
            fail(v, "register %%%u has no type", i);
    if (f->is_closure && (!f->nparams || f->regs.p[f->nparams - 1].type != irt_ptr))
        fail(v, "a closure's last parameter is its environment");
    if (!f->blocks.n)
        fail(v, "has no blocks");
    for (uint32_t i = 0; i < f->inlined.n; i++) {
        if (f->inlined.p[i].parent > i)
            fail(v, "inlined call %u stands in %u", i + 1, f->inlined.p[i].parent);
        check_sym(v, f->inlined.p[i].callee);
    }
    for (uint32_t i = 0; i < f->blocks.n; i++)
        if (f->blocks.p[i]->id != i)
            fail(v, "block %u has id %u: renumber", i, f->blocks.p[i]->id);
    for (uint32_t i = 0; i < f->blocks.n; i++) {
        v->b = f->blocks.p[i];
        check_block(v);
    }
    v->b = NULL;
}

static void check_data(Verifier *v, const IrData *d)
{
    const char *name = d->sym ? d->sym->name->s : "?";
    if (!d->sym || d->sym->data != d || d->sym->func)
        fail(v, "data %s: the symbol does not name it", name);
    if (d->sym->linkage == IRL_EXTERN)
        fail(v, "data %s: is defined but extern", name);
    if (!d->align || (d->align & (d->align - 1)))
        fail(v, "data %s: alignment %u", name, d->align);
    if (d->read_only && d->has_pointers)
        fail(v, "data %s: read-only data is not scanned", name);
    for (uint32_t i = 0; i < d->relocs.n; i++) {
        const IrReloc *r = &d->relocs.p[i];
        if (r->at % 8 || d->align < 8 || r->at > d->size || d->size - r->at < 8)
            fail(v, "data %s: an address outside or unaligned at %llu", name,
                 (unsigned long long)r->at);
        if (i && d->relocs.p[i - 1].at >= r->at)
            fail(v, "data %s: addresses out of order at %llu", name, (unsigned long long)r->at);
        check_sym(v, r->sym);
    }
}

static void check_module(Verifier *v)
{
    const IrModule *m = v->m;
    for (uint32_t i = 0; i < m->syms.n; i++) {
        const IrSym *s = m->syms.p[i];
        if (s->index != i)
            fail(v, "symbol %s has index %u, not %u", s->name->s, s->index, i);
        if (!s->func && !s->data && s->linkage != IRL_EXTERN)
            fail(v, "symbol %s is not extern and has no definition", s->name->s);
    }
    for (uint32_t i = 0; i < m->datas.n; i++)
        check_data(v, m->datas.p[i]);
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        v->f = m->funcs.p[i];
        check_func(v);
        v->f = NULL;
    }
}

const char *ir_verify(Arena *a, const IrModule *m)
{
    Verifier *v = ARENA_NEW(a, Verifier);
    v->arena = a;
    v->m = m;
    if (setjmp(v->fail))
        return v->err;
    check_module(v);
    return NULL;
}
