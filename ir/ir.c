/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Building modules: symbols, functions, registers, blocks, instructions, data, and the
 * tables of operations and runtime calls that the printer, parser, verifier and code
 * generator read.  Everything lives in the module's arena. */
#include "ir/ir.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "runtime/stdcalls.h"

/* ---- tables -------------------------------------------------------------------------- */

const char *const ir_op_text[IR_OP_COUNT] = {
#define X(op, s, n, f) s,
    IR_OPS(X)
#undef X
};
const signed char ir_op_nargs[IR_OP_COUNT] = {
#define X(op, s, n, f) n,
    IR_OPS(X)
#undef X
};
const unsigned char ir_op_flags[IR_OP_COUNT] = {
#define X(op, s, n, f) f,
    IR_OPS(X)
#undef X
};

const char *const ir_rt_text[RT_CALL_COUNT] = {
#define RT(name, text, sig, flags) text,
    RT_CALLS(RT)
#undef RT
};
const char *const ir_rt_name[RT_CALL_COUNT] = {
#define RT(name, text, sig, flags) "rt_" #name,
    RT_CALLS(RT)
#undef RT
};
const unsigned ir_rt_flags[RT_CALL_COUNT] = {
#define RT(name, text, sig, flags) flags,
    RT_CALLS(RT)
#undef RT
};
static const char *const rt_sig[RT_CALL_COUNT] = {
#define RT(name, text, sig, flags) sig,
    RT_CALLS(RT)
#undef RT
};

static IrType *letter_type(char c)
{
    switch (c) {
    case 'v': return irt_void;
    case 'p': return irt_ptr;
    case 'i': return irt_i64;
    case 'u': return irt_u64;
    case 'w': return irt_u32;
    case 'b': return irt_bool;
    case 'd': return irt_f64;
    case 'f': return irt_f32;
    case 's': return irt_string;
    case 'I': return irt_iface;
    case 'S': return irt_slice;
    }
    abort(); /* a wrong letter in abi.h */
}

IrType *ir_rt_result(RtCall rt)
{
    return letter_type(rt_sig[rt][0]);
}

uint32_t ir_rt_params(RtCall rt, IrType *out[8])
{
    uint32_t n = 0;
    for (const char *p = rt_sig[rt] + 2; *p; p++) {
        if (*p == 'S') {
            out[n++] = irt_ptr;
            out[n++] = irt_i64;
            out[n++] = irt_i64;
        } else {
            out[n++] = letter_type(*p);
        }
    }
    assert(n <= 8);
    return n;
}

/* ---- symbols ---------------------------------------------------------------------------- */

/* Open addressing over (name, is_c). */
struct IrSymTable {
    IrSym **slots;
    uint32_t cap, n;
};

IrModule *ir_module_new(Arena *a, const char *path)
{
    ir_types_init();
    IrModule *m = ARENA_NEW(a, IrModule);
    m->arena = a;
    m->path = arena_strndup(a, path, strlen(path));
    m->symtab = ARENA_NEW(a, struct IrSymTable);
    m->symtab->cap = 256;
    m->symtab->slots = ARENA_ARRAY(a, IrSym *, m->symtab->cap);
    return m;
}

static IrSym **sym_slot(struct IrSymTable *t, const Name *name, bool is_c)
{
    uint32_t i = (name->hash * 2654435769u + is_c) & (t->cap - 1);
    while (t->slots[i] && (t->slots[i]->name != name || t->slots[i]->is_c != is_c))
        i = (i + 1) & (t->cap - 1);
    return &t->slots[i];
}

static IrSym *sym_get(IrModule *m, const Name *name, bool is_c)
{
    struct IrSymTable *t = m->symtab;
    IrSym **slot = sym_slot(t, name, is_c);
    if (*slot)
        return *slot;
    if ((t->n + 1) * 2 > t->cap) {
        struct IrSymTable old = *t;
        t->cap *= 2;
        t->slots = ARENA_ARRAY(m->arena, IrSym *, t->cap);
        for (uint32_t i = 0; i < old.cap; i++)
            if (old.slots[i])
                *sym_slot(t, old.slots[i]->name, old.slots[i]->is_c) = old.slots[i];
        slot = sym_slot(t, name, is_c);
    }
    IrSym *s = ARENA_NEW(m->arena, IrSym);
    s->name = name;
    s->is_c = is_c;
    s->linkage = IRL_EXTERN;
    s->index = m->syms.n;
    vec_push(m->arena, &m->syms, s);
    *slot = s;
    t->n++;
    return s;
}

IrSym *ir_sym(IrModule *m, const char *name)
{
    return sym_get(m, intern_cstr(name), false);
}

IrSym *ir_sym_c(IrModule *m, const char *name, bool via_stub)
{
    IrSym *s = sym_get(m, intern_cstr(name), true);
    s->via_stub |= via_stub;
    return s;
}

/* ---- functions ---------------------------------------------------------------------------- */

IrFunc *ir_func_new(IrModule *m, IrSym *sym, IrLinkage linkage, IrType *result)
{
    assert(!sym->func && !sym->data);
    IrFunc *f = ARENA_NEW(m->arena, IrFunc);
    f->sym = sym;
    f->result = result;
    sym->linkage = linkage;
    sym->is_func = true;
    sym->func = f;
    vec_push(m->arena, &m->funcs, f);
    return f;
}

uint32_t ir_reg_new(IrModule *m, IrFunc *f, IrType *t, const Name *name)
{
    vec_push(m->arena, &f->regs, ((IrReg){.type = t, .name = name}));
    return f->regs.n - 1;
}

IrBlock *ir_block_new(IrModule *m, IrFunc *f)
{
    (void)f;
    return ARENA_NEW(m->arena, IrBlock);
}

void ir_block_append(IrModule *m, IrFunc *f, IrBlock *b)
{
    b->id = f->blocks.n;
    vec_push(m->arena, &f->blocks, b);
}

IrInst *ir_inst(IrModule *m, IrBlock *b, IrOp op, uint32_t dst, const IrOpnd *args, uint32_t n,
                Pos pos)
{
    IrInst *in = ARENA_NEW(m->arena, IrInst);
    in->op = op;
    in->dst = dst;
    in->pos = pos;
    in->nargs = n;
    if (n) {
        in->args = ARENA_ARRAY(m->arena, IrOpnd, n);
        memcpy(in->args, args, sizeof(*args) * n);
    }
    vec_push(m->arena, &b->insts, in);
    return in;
}

IrInst *ir_rt(IrModule *m, IrBlock *b, RtCall rt, uint32_t dst, const IrOpnd *args, uint32_t n,
              Pos pos)
{
    IrInst *in = ir_inst(m, b, IR_RT, dst, args, n, pos);
    in->rt = rt;
    return in;
}

/* Block ids double as visit marks here: UINT32_MAX is "not reached". */
void ir_func_renumber(IrFunc *f)
{
    uint32_t n = f->blocks.n;
    if (!n)
        return;
    for (uint32_t i = 0; i < n; i++)
        f->blocks.p[i]->id = UINT32_MAX;
    IrBlock **work = malloc(sizeof(*work) * n);
    uint32_t top = 0;
    work[top++] = f->blocks.p[0];
    f->blocks.p[0]->id = 0;
    while (top) {
        IrBlock *b = work[--top];
        if (!b->insts.n)
            continue;
        IrInst *t = b->insts.p[b->insts.n - 1];
        for (uint32_t i = 0; i < t->ntargets; i++)
            if (t->targets[i]->id == UINT32_MAX) {
                t->targets[i]->id = 0;
                work[top++] = t->targets[i];
            }
    }
    free(work);
    uint32_t keep = 0;
    for (uint32_t i = 0; i < n; i++)
        if (f->blocks.p[i]->id != UINT32_MAX) {
            f->blocks.p[i]->id = keep;
            f->blocks.p[keep++] = f->blocks.p[i];
        }
    f->blocks.n = keep;
}

/* ---- data ------------------------------------------------------------------------------- */

IrData *ir_data_new(IrModule *m, IrSym *sym, IrLinkage linkage, uint64_t size, uint32_t align,
                    bool read_only, bool has_pointers)
{
    assert(!sym->func && !sym->data);
    IrData *d = ARENA_NEW(m->arena, IrData);
    *d = (IrData){.sym = sym,
                  .size = size,
                  .align = align ? align : 1,
                  .read_only = read_only,
                  .has_pointers = has_pointers};
    sym->linkage = linkage;
    sym->data = d;
    vec_push(m->arena, &m->datas, d);
    return d;
}

void ir_data_bytes(IrModule *m, IrData *d, uint64_t at, const void *p, uint64_t n)
{
    assert(at <= d->size && n <= d->size - at);
    if (!n)
        return;
    if (!d->bytes)
        d->bytes = arena_alloc(m->arena, d->size);
    memcpy(d->bytes + at, p, n);
}

void ir_data_int(IrModule *m, IrData *d, uint64_t at, uint64_t v, unsigned bytes)
{
    uint8_t le[8];
    for (unsigned i = 0; i < 8; i++)
        le[i] = (uint8_t)(v >> (8 * i));
    ir_data_bytes(m, d, at, le, bytes);
}

void ir_data_addr(IrModule *m, IrData *d, uint64_t at, IrSym *sym, int64_t add)
{
    assert(at % 8 == 0 && at <= d->size && 8 <= d->size - at);
    IrReloc r = {.at = at, .sym = sym, .add = add};
    vec_push(m->arena, &d->relocs, r);
    uint32_t i = d->relocs.n - 1;
    for (; i > 0 && d->relocs.p[i - 1].at > at; i--)
        d->relocs.p[i] = d->relocs.p[i - 1];
    if (i > 0 && d->relocs.p[i - 1].at == at) { /* a later address replaces the earlier one */
        d->relocs.p[i - 1] = r;
        for (uint32_t k = i; k + 1 < d->relocs.n; k++)
            d->relocs.p[k] = d->relocs.p[k + 1];
        d->relocs.n--;
        return;
    }
    d->relocs.p[i] = r;
}

/* Short strings are named by their text, which keeps listings readable, others by hash and
 * length.  Equal text has equal names, so that the linker keeps one copy. */
IrSym *ir_string_data(IrModule *m, const char *s, size_t n)
{
    char name[64];
    if (n <= 24 && !memchr(s, 0, n)) {
        memcpy(name, "str:", 4);
        memcpy(name + 4, s, n);
        name[4 + n] = 0;
    } else {
        XXH128_hash_t h = XXH3_128bits(s, n);
        snprintf(name, sizeof name, "strh:%zu:%016llx%016llx", n, (unsigned long long)h.high64,
                 (unsigned long long)h.low64);
    }
    IrSym *sym = ir_sym(m, name);
    if (!sym->data) {
        IrData *d = ir_data_new(m, sym, IRL_COMDAT, n, 1, true, false);
        ir_data_bytes(m, d, 0, s, n);
    }
    return sym;
}

/* ---- C functions of the library ------------------------------------------------------------- */

unsigned ir_std_flags(const char *csym)
{
    static const struct {
        const char *name;
        unsigned flags;
    } rows[] = {
#define STD(name, flags) {"std_" #name, flags},
        STD_CALLS(STD)
#undef STD
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(csym, rows[i].name))
            return rows[i].flags;
    return 0;
}
