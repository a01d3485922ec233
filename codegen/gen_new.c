/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * New objects.  Where their size and pointers tell which run they come from (allocrun.h), the
 * code takes them itself from the cache of the P; the runtime is called when that is empty. */
#include "codegen/gen.h"
#include "runtime/allocrun.h"

#include <stddef.h>

static RV *take(Gen *g, RV *type, unsigned run)
{
    LV *object = gen_temp(g, g->t_ptr, "object");
    gcc_jit_block *refill = gen_block(g), *join = gen_block(g);
    RV *empty = x86_take(g, run, rt_run_slot(run), object);
    gen_branch(g, gen_expect(g, empty, false), refill, join);
    gen_assign(g, object, gen_rt_call(g, RT_new, &type, 1));
    gen_goto(g, join);
    return gj.lvalue_as_rvalue(object);
}

RV *gen_new(Gen *g, RV *type, unsigned run)
{
    /* Less optimised code is to be made fast, not to be fast. */
    if (run && g->opt->opt_level >= 2)
        return take(g, type, run);
    return gen_rt_call(g, RT_new, &type, 1);
}

RV *gen_new_of(Gen *g, IrSym *desc)
{
    const IrData *d = desc->data;
    RV *type = gen_sym_address(g, desc, 0);
    bool known = d && d->bytes && d->size > offsetof(RtType, alloc);
    return gen_new(g, type, known ? d->bytes[offsetof(RtType, alloc)] : 0);
}
