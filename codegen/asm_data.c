/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data as assembler text: variables, descriptors, strings, static closures.  libgccjit is
 * slow at constant data and cannot put it into COMDAT groups.
 *
 * Every object that the linker may want to drop has a section of its own; small variables
 * and strings share one, for sections cost more than they do. */
#include "codegen/gen.h"
#include "runtime/allocrun.h"

#include <string.h>

enum { SMALL = 64 }; /* bytes: up to here, variables without addresses share a section */

/* ---- bytes ------------------------------------------------------------------------------------ */

static void ascii(FILE *out, const char *directive, const uint8_t *p, uint64_t n)
{
    fprintf(out, "\t%s\t\"", directive);
    for (uint64_t i = 0; i < n; i++) {
        uint8_t c = p[i];
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c >= 0x20 && c < 0x7f)
            putc(c, out);
        else
            fprintf(out, "\\%03o", c);
    }
    fputs("\"\n", out);
}

static uint64_t zeros_at(const uint8_t *p, uint64_t n)
{
    uint64_t z = 0;
    while (z < n && !p[z])
        z++;
    return z;
}

/* n bytes without addresses in them. */
static void plain_bytes(FILE *out, const uint8_t *p, uint64_t n, bool words)
{
    while (n) {
        uint64_t z = zeros_at(p, n);
        if (words && z < n)
            z &= ~7ull;
        if (z >= 8 || z == n) {
            fprintf(out, "\t.zero\t%llu\n", (unsigned long long)z);
            p += z;
            n -= z;
            continue;
        }
        if (words && n >= 8) {
            uint64_t w = 0;
            for (int i = 7; i >= 0; i--)
                w = w << 8 | p[i];
            fprintf(out, "\t.quad\t0x%llx\n", (unsigned long long)w);
            p += 8;
            n -= 8;
            continue;
        }
        uint64_t run = 1;
        while (run < n && run < 64 && !(run + 8 <= n && zeros_at(p + run, 8) == 8))
            run++;
        ascii(out, ".ascii", p, run);
        p += run;
        n -= run;
    }
}

static void contents(Gen *g, FILE *out, const IrData *d)
{
    uint64_t at = 0;
    bool words = d->align >= 8;
    for (uint32_t i = 0; i <= d->relocs.n; i++) {
        uint64_t end = i < d->relocs.n ? d->relocs.p[i].at : d->size;
        if (end > at) {
            if (d->bytes)
                plain_bytes(out, d->bytes + at, end - at, words);
            else
                fprintf(out, "\t.zero\t%llu\n", (unsigned long long)(end - at));
        }
        if (i == d->relocs.n)
            break;
        const IrReloc *r = &d->relocs.p[i];
        fprintf(out, "\t.quad\t%s", gen_name(g, r->sym));
        if (r->add)
            fprintf(out, "%+lld", (long long)r->add);
        putc('\n', out);
        at = end + 8;
    }
}

/* ---- sections ------------------------------------------------------------------------------------ */

/* Variables with pointers stand where the collector looks; `unique` keeps the linker free
 * to drop each (ld -z start-stop-gc). */
static void section(FILE *out, const IrData *d, const char *name, uint32_t serial)
{
    bool comdat = d->sym->linkage == IRL_COMDAT;
    bool bss = !d->bytes && !d->relocs.n && !d->read_only;
    bool apart = comdat || d->relocs.n || d->size > SMALL || d->read_only;
    const char *type = bss ? "nobits" : "progbits";
    if (d->has_pointers && !d->read_only) {
        fprintf(out, "\t.section\t%s,\"aw%s\",@%s", bss ? RT_SECTION_BSS : RT_SECTION_DATA,
                comdat ? "G" : "", type);
        if (comdat)
            fprintf(out, ",%s,comdat", name);
        else if (apart)
            fprintf(out, ",unique,%u", serial);
        putc('\n', out);
        return;
    }
    const char *base = d->read_only ? ".rodata" : bss ? ".bss" : ".data";
    const char *flags = d->read_only ? "a" : "aw";
    if (comdat)
        fprintf(out, "\t.section\t%s.%s,\"%sG\",@%s,%s,comdat\n", base, name, flags, type, name);
    else if (apart)
        fprintf(out, "\t.section\t%s.%s,\"%s\",@%s\n", base, name, flags, type);
    else
        fprintf(out, "\t.section\t%s,\"%s\",@%s\n", base, flags, type);
}

static bool is_promoted(const Gen *g, const IrSym *s)
{
    return g->unit->promoted && g->unit->promoted[s->index];
}

static void variable(Gen *g, FILE *out, const IrData *d, uint32_t serial)
{
    const char *name = gen_name(g, d->sym);
    section(out, d, name, serial);
    if (d->sym->linkage == IRL_COMDAT)
        fprintf(out, "\t.weak\t%s\n", name);
    else if (d->sym->linkage == IRL_EXPORT)
        fprintf(out, "\t.globl\t%s\n", name);
    else if (is_promoted(g, d->sym))
        fprintf(out, "\t.globl\t%s\n\t.hidden\t%s\n", name, name);
    if (d->align > 1)
        fprintf(out, "\t.balign\t%u\n", d->align);
    fprintf(out, "\t.type\t%s, @object\n\t.size\t%s, %llu\n%s:\n", name, name,
            (unsigned long long)d->size, name);
    if (d->size)
        contents(g, out, d);
    else
        fputs("\t.zero\t1\n", out); /* an address of its own */
}

/* ---- strings --------------------------------------------------------------------------------------- */

/* Text that the linker merges: local to each object, gone where it is not used. */
static bool is_text(const IrData *d)
{
    return d->read_only && d->sym->linkage == IRL_COMDAT && d->align == 1 && !d->relocs.n &&
           !strncmp(d->sym->name->s, "str", 3) &&
           (d->sym->name->s[3] == ':' || d->sym->name->s[3] == 'h') &&
           (!d->size || (d->bytes && !memchr(d->bytes, 0, d->size)));
}

static void text(Gen *g, FILE *out, const IrData *d)
{
    fprintf(out, "\t.section\t.rodata.str1.1,\"aMS\",@progbits,1\n%s:\n", gen_name(g, d->sym));
    uint64_t at = 0;
    for (; d->size - at > 1024; at += 1024)
        ascii(out, ".ascii", d->bytes + at, 1024);
    ascii(out, ".string", d->bytes + at, d->size - at);
}

/* ---- what the unit brings itself ------------------------------------------------------------------- */

/* The closure of a plain function is its code's address. */
static void static_closure(FILE *out, const char *name)
{
    fprintf(out, "\t.section\t.rodata.%s_f,\"a\",@progbits\n\t.balign\t8\n%s_f:\n\t.quad\t%s\n",
            name, name, name);
}

static void closure_type(FILE *out, uint64_t size)
{
    fprintf(out,
            "\t.section\t.rodata.%s%llu,\"aG\",@progbits,%s%llu,comdat\n"
            "\t.weak\t%s%llu\n\t.balign\t8\n%s%llu:\n"
            "\t.quad\t%llu, 0\n\t.long\t0\n\t.byte\t%d, 8, 0, %u\n\t.zero\t%zu\n",
            GEN_CLOSURE_TYPE, (unsigned long long)size, GEN_CLOSURE_TYPE, (unsigned long long)size,
            GEN_CLOSURE_TYPE, (unsigned long long)size, GEN_CLOSURE_TYPE, (unsigned long long)size,
            (unsigned long long)size, RT_STRUCT, rt_alloc_run(size, 0, NULL),
            sizeof(RtType) - offsetof(RtType, ptrmap));
}

void asm_data(Gen *g, FILE *out)
{
    const IrModule *m = g->m;
    if (g->unit->with_data) {
        for (uint32_t i = 0; i < m->datas.n; i++) {
            const IrData *d = m->datas.p[i];
            for (uint32_t k = 0; k < d->relocs.n; k++)
                g->syms[d->relocs.p[k].sym->index].used = true;
            if (!is_text(d))
                variable(g, out, d, i + 1);
        }
    }
    for (uint32_t i = 0; i < m->datas.n; i++) {
        const IrData *d = m->datas.p[i];
        if (is_text(d) && g->syms[d->sym->index].used)
            text(g, out, d);
    }
    for (uint32_t i = 0; i < m->syms.n; i++)
        if (g->syms[i].closure)
            static_closure(out, gen_name(g, m->syms.p[i]));
    for (uint32_t i = 0; i < g->closure_types.n; i++)
        closure_type(out, g->closure_types.p[i].size);
}
