/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text form of the IR (docs/ir.md), stable and complete: ir_parse reads back what is
 * printed here.  Every instruction prints by one rule out of its fields, so that a new row
 * of IR_OPS or RT_CALLS needs nothing here. */
#include "ir/ir.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

IrPrintPos ir_print_pos = IR_POS_LINE;

/* ---- names, strings, types ------------------------------------------------------------ */

static void print_quoted(FILE *out, const void *s, size_t n)
{
    const unsigned char *p = s;
    putc('"', out);
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"' || p[i] == '\\')
            fprintf(out, "\\%c", p[i]);
        else if (p[i] == '\n')
            fputs("\\n", out);
        else if (p[i] < 0x20 || p[i] >= 0x7f)
            fprintf(out, "\\x%02x", p[i]);
        else
            putc(p[i], out);
    }
    putc('"', out);
}

static void print_sym(FILE *out, const IrSym *s)
{
    bool plain = s->name->len > 0;
    for (uint32_t i = 0; i < s->name->len; i++) {
        unsigned char c = (unsigned char)s->name->s[i];
        plain = plain && (isalnum(c) || c == '_' || c == '.');
    }
    putc(s->is_c ? '$' : '@', out);
    if (plain)
        fputs(s->name->s, out);
    else
        print_quoted(out, s->name->s, s->name->len);
}

void ir_print_type(FILE *out, const IrType *t)
{
    static const char *const scalar[] = {
#define X(k, s, z) s,
        IR_SCALARS(X)
#undef X
    };
    if (t == irt_string) {
        fputs("string", out);
    } else if (t == irt_slice) {
        fputs("slice", out);
    } else if (t == irt_iface) {
        fputs("iface", out);
    } else if (t->kind == IRT_ARRAY) {
        fprintf(out, "[%llu]", (unsigned long long)t->len);
        ir_print_type(out, t->elem);
    } else if (t->kind == IRT_STRUCT) {
        putc('{', out);
        for (uint32_t i = 0; i < t->nfields; i++) {
            if (i)
                fputs(", ", out);
            ir_print_type(out, t->fields[i]);
        }
        putc('}', out);
    } else {
        fputs(scalar[t->kind], out);
    }
}

/* ---- operands --------------------------------------------------------------------------- */

static void print_operand(FILE *out, const IrOpnd *o)
{
    switch (o->kind) {
    case IRO_NONE: fputs("none", out); break;
    case IRO_REG: fprintf(out, "%%%u", o->reg); break;
    case IRO_INT:
        if (o->type->kind == IRT_PTR && o->i == 0) {
            fputs("nil", out);
        } else if (o->type->kind == IRT_BOOL && (o->i == 0 || o->i == 1)) {
            fputs(o->i ? "true" : "false", out);
        } else {
            ir_print_type(out, o->type);
            if (irt_is_signed(o->type))
                fprintf(out, " %lld", (long long)o->i);
            else
                fprintf(out, " %llu", (unsigned long long)o->i);
        }
        break;
    case IRO_FLOAT:
        ir_print_type(out, o->type);
        if (isnan(o->f)) {
            uint64_t bits;
            memcpy(&bits, &o->f, 8);
            fprintf(out, " nan:%llx", (unsigned long long)bits);
        } else {
            fprintf(out, " %a", o->f);
        }
        break;
    case IRO_SYM:
        print_sym(out, o->sym);
        if (o->off)
            fprintf(out, "%+lld", (long long)o->off);
        break;
    case IRO_STR:
        fputs("str(", out);
        if (o->sym)
            print_sym(out, o->sym);
        else
            fputs("nil", out);
        fprintf(out, ", %lld)", (long long)o->off);
        break;
    case IRO_ZERO:
        fputs("zero ", out);
        ir_print_type(out, o->type);
        break;
    }
}

/* ---- instructions ----------------------------------------------------------------------- */

static void print_attributes(FILE *out, const IrInst *in)
{
    const char *sep = "[";
    if (in->type) {
        fprintf(out, "%stype ", sep);
        ir_print_type(out, in->type);
        sep = ", ";
    }
    if (in->sym) {
        fprintf(out, "%ssym ", sep);
        print_sym(out, in->sym);
        sep = ", ";
    }
    if (in->sym2) {
        fprintf(out, "%ssym2 ", sep);
        print_sym(out, in->sym2);
        sep = ", ";
    }
    if (in->imm) {
        fprintf(out, "%simm %lld", sep, (long long)in->imm);
        sep = ", ";
    }
    if (in->imm2) {
        fprintf(out, "%simm2 %lld", sep, (long long)in->imm2);
        sep = ", ";
    }
    if (in->inlined) {
        fprintf(out, "%sinlined %u", sep, in->inlined);
        sep = ", ";
    }
    if (*sep == ',')
        putc(']', out);
}

/* With the file's name where it is not the function's own. */
static void print_pos(FILE *out, const IrFunc *f, Pos pos, Pos *last)
{
    if (pos == NOPOS || pos == *last)
        return;
    *last = pos;
    if (ir_print_pos == IR_POS_RAW) {
        fprintf(out, " !%u", pos);
    } else if (ir_print_pos == IR_POS_LINE) {
        Location l = source_location(pos);
        const SourceFile *own = f->pos == NOPOS ? l.file : source_file(f->pos);
        if (l.file)
            fprintf(out,
                    l.file == own && strcmp(l.path, own->path) == 0 ? "  ; %u:%u" : "  ; %u:%u %s",
                    l.line, l.column, l.path);
    }
}

static void print_inst(FILE *out, const IrFunc *f, const IrInst *in, Pos *last)
{
    fputs("  ", out);
    if (in->dst != IR_NOREG)
        fprintf(out, "%%%u = ", in->dst);
    fputs(in->op == IR_RT ? ir_rt_text[in->rt] : ir_op_text[in->op], out);
    print_attributes(out, in);
    for (uint32_t i = 0; i < in->nargs; i++) {
        fputs(i ? ", " : " ", out);
        print_operand(out, &in->args[i]);
    }
    for (uint32_t i = 0; i < in->ntargets; i++) {
        fputs(i ? ", " : " -> ", out);
        if (in->op == IR_SWITCH && i > 0)
            fprintf(out, "%lld: ", (long long)in->cases[i - 1]);
        fprintf(out, "b%u", in->targets[i]->id);
    }
    print_pos(out, f, in->pos, last);
    putc('\n', out);
}

/* ---- functions, data, modules -------------------------------------------------------------- */

static const char *linkage_text(IrLinkage l)
{
    static const char *const text[] = {"extern", "export", "internal", "comdat"};
    return text[l];
}

static void print_reg(FILE *out, const IrFunc *f, uint32_t r)
{
    fprintf(out, "%%%u ", r);
    ir_print_type(out, f->regs.p[r].type);
    if (f->regs.p[r].name) {
        putc(' ', out);
        print_quoted(out, f->regs.p[r].name->s, f->regs.p[r].name->len);
    }
}

void ir_print_func(FILE *out, const IrModule *m, const IrFunc *f)
{
    (void)m;
    fputs("func ", out);
    print_sym(out, f->sym);
    fprintf(out, " %s", linkage_text(f->sym->linkage));
    if (f->is_closure)
        fputs(" closure", out);
    if (f->inline_hint)
        fputs(" inline", out);
    if (f->noinline)
        fputs(" noinline", out);
    if (f->is_wrapper)
        fputs(" wrapper", out);
    if (f->uses_recover)
        fputs(" recovers", out);
    fputs(" (", out);
    for (uint32_t i = 0; i < f->nparams; i++) {
        if (i)
            fputs(", ", out);
        print_reg(out, f, i);
    }
    fputs(") ", out);
    ir_print_type(out, f->result);
    fputs(" {", out);
    Pos last = NOPOS;
    print_pos(out, f, f->pos, &last);
    putc('\n', out);
    for (uint32_t i = 0; i < f->inlined.n; i++) {
        const IrInlined *x = &f->inlined.p[i];
        Pos none = NOPOS;
        fprintf(out, "  inlined %u in %u ", i + 1, x->parent);
        print_sym(out, x->callee);
        print_pos(out, f, x->pos, &none);
        putc('\n', out);
    }
    for (uint32_t r = f->nparams; r < f->regs.n; r++) {
        fputs("  reg ", out);
        print_reg(out, f, r);
        putc('\n', out);
    }
    for (uint32_t i = 0; i < f->blocks.n; i++) {
        const IrBlock *b = f->blocks.p[i];
        fprintf(out, "b%u:%s\n", b->id, b->cold ? " cold" : "");
        for (uint32_t k = 0; k < b->insts.n; k++)
            print_inst(out, f, b->insts.p[k], &last);
    }
    fputs("}\n", out);
}

void ir_print_datum(FILE *out, const IrData *d)
{
    fputs("data ", out);
    print_sym(out, d->sym);
    fprintf(out, " %s%s%s align %u size %llu", linkage_text(d->sym->linkage),
            d->read_only ? " ro" : "", d->has_pointers ? " pointers" : "", d->align,
            (unsigned long long)d->size);
    if (d->bytes) {
        fputs(" = ", out);
        print_quoted(out, d->bytes, d->size);
    }
    if (d->relocs.n) {
        fputs(" {", out);
        for (uint32_t i = 0; i < d->relocs.n; i++) {
            const IrReloc *r = &d->relocs.p[i];
            fprintf(out, "%s%llu: ", i ? ", " : "", (unsigned long long)r->at);
            print_sym(out, r->sym);
            if (r->add)
                fprintf(out, "%+lld", (long long)r->add);
        }
        putc('}', out);
    }
    putc('\n', out);
}

void ir_print_extern(FILE *out, const IrSym *s)
{
    fputs("extern ", out);
    print_sym(out, s);
    fprintf(out, "%s%s\n", s->is_func ? " func" : "", s->via_stub ? " stub" : "");
}

void ir_print_data(FILE *out, const IrModule *m)
{
    for (uint32_t i = 0; i < m->datas.n; i++)
        ir_print_datum(out, m->datas.p[i]);
}

void ir_print(FILE *out, const IrModule *m)
{
    fputs("module ", out);
    print_quoted(out, m->path, strlen(m->path));
    putc('\n', out);
    for (uint32_t i = 0; i < m->syms.n; i++) {
        const IrSym *s = m->syms.p[i];
        if (!s->func && !s->data)
            ir_print_extern(out, s);
    }
    ir_print_data(out, m);
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        putc('\n', out);
        ir_print_func(out, m, m->funcs.p[i]);
    }
}
