/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls: of functions, through closures, code addresses and interfaces, of the runtime.
 * Arguments are flattened to words as abi.h says; sys_NAME stubs stand before what runs on
 * the system stack. */
#include "codegen/gen.h"

#include <string.h>

typedef VEC(RV *) Args;

/* ---- arguments and signatures ------------------------------------------------------------------ */

static void push_arg(Gen *g, Args *args, GenSig *sig, const IrOpnd *o)
{
    const IrType *t = o->type;
    if (!t->size)
        return;
    gen_sig_param(g, sig, t);
    if (t == irt_string || t == irt_iface || t == irt_slice) {
        for (uint32_t i = 0; i < t->nfields; i++) {
            RV *part = gen_field(g, o, i);
            vec_push(g->arena, args, part);
        }
    } else {
        RV *v = gen_value(g, o);
        vec_push(g->arena, args, v);
    }
}

static void push_pointer(Gen *g, Args *args, GenSig *sig, RV *v, gcc_jit_type *t)
{
    vec_push(g->arena, &sig->params, t);
    vec_push(g->arena, args, v);
}

/* The result's type: that of the register it goes to; dropped, .type says it. */
static const IrType *result_of(Gen *g, const IrInst *in)
{
    if (in->dst != IR_NOREG)
        return g->f->regs.p[in->dst].type;
    return in->type ? in->type : irt_void;
}

static void finish(Gen *g, const IrInst *in, RV *call, const IrType *result)
{
    if (in->dst != IR_NOREG && result->size)
        gen_set(g, in->dst, call);
    else
        gj.block_add_eval(g->b, g->loc, call);
}

static RV *call_pointer(Gen *g, RV *code, const GenSig *sig, const Args *args)
{
    gcc_jit_type *ft = gj.context_new_function_ptr_type(g->ctx, NULL, sig->result,
                                                        (int)sig->params.n, sig->params.p, 0);
    return gj.context_new_call_through_ptr(g->ctx, g->loc, gen_cast(g, code, ft), (int)args->n,
                                           args->p);
}

/* Where calls leave results of a type that come in memory: one place a function. */
static LV *result_slot(Gen *g, const IrType *t)
{
    for (uint32_t i = 0; i < g->results.n; i++)
        if (g->results.p[i].type == t)
            return g->results.p[i].slot;
    GenResult r = {t, gen_temp(g, gen_type(g, t)->t, "result")};
    vec_push(g->arena, &g->results, r);
    return r.slot;
}

static bool has_slice(const IrType *t)
{
    if (t == irt_slice)
        return true;
    for (uint32_t i = 0; i < t->nfields; i++)
        if (t->fields[i] == irt_slice)
            return true;
    return false;
}

/* Zeroes the addresses of the slices in *v. */
static void forget_slices(Gen *g, LV *v, const IrType *t)
{
    for (uint32_t i = 0; i < t->nfields; i++) {
        if (t != irt_slice && t->fields[i] != irt_slice)
            continue;
        LV *field = gj.lvalue_access_field(v, g->loc, gen_type(g, t)->fields[i]);
        if (t != irt_slice)
            field = gj.lvalue_access_field(field, g->loc, gen_type(g, irt_slice)->fields[0]);
        x86_forget(g, field);
        if (t == irt_slice)
            break;
    }
}

/* Calls a function of elsewhere whose result has slices, so comes in memory.  Left to gcc, that
 * place would keep the slices as long as this function runs, for stacks are scanned
 * conservatively: a large one would live on through a loop that no longer knows it.  So the
 * place is ours, passed as the ABI passes it, and wiped once the result is in registers.  (Not so
 * with functions whose bodies gcc sees: it would find that they do not take this argument.) */
static void call_and_forget(Gen *g, const IrInst *in, gcc_jit_function *fn, const GenSig *sig,
                            const Args *args, const IrType *result)
{
    LV *slot = result_slot(g, result);
    GenSig with = {.result = g->t_void};
    Args all = {0};
    push_pointer(g, &all, &with, gen_cast(g, gj.lvalue_get_address(slot, g->loc), g->t_ptr),
                 g->t_ptr);
    for (size_t i = 0; i < args->n; i++)
        push_pointer(g, &all, &with, args->p[i], sig->params.p[i]);
    RV *code = gen_cast(g, gj.function_get_address(fn, g->loc), g->t_ptr);
    gj.block_add_eval(g->b, g->loc, call_pointer(g, code, &with, &all));
    gen_set(g, in->dst, gj.lvalue_as_rvalue(slot));
    forget_slices(g, slot, result);
}

static bool same_sig(const GenSig *a, const GenSig *b)
{
    return a->result == b->result && a->params.n == b->params.n &&
           (!a->params.n || !memcmp(a->params.p, b->params.p, sizeof(*a->params.p) * a->params.n));
}

/* ---- calls --------------------------------------------------------------------------------------- */

static void call_static(Gen *g, const IrInst *in)
{
    if (gen_intrinsic(g, in))
        return;
    IrSym *s = in->sym;
    Args args = {0};
    GenSig sig = {0};
    const IrType *result = s->func ? s->func->result : result_of(g, in);
    sig.result = gen_result_type(g, result);
    for (uint32_t i = 0; i < in->nargs; i++)
        push_arg(g, &args, &sig, &in->args[i]);
    if (s->func && s->func->is_closure && in->nargs + 1 == s->func->nparams)
        push_pointer(g, &args, &sig, gj.context_null(g->ctx, g->t_ptr), g->t_ptr);
    GenSym *gs = &g->syms[s->index];
    gcc_jit_function *fn = s->func || gs->fn ? gen_func_of(g, s) : gen_func_extern(g, s, &sig);
    if (!s->func && in->dst != IR_NOREG && result->kind == IRT_STRUCT && has_slice(result)) {
        call_and_forget(g, in, fn, &sig, &args, result);
        return;
    }
    RV *call;
    if (same_sig(&gs->sig, &sig))
        call = gj.context_new_call(g->ctx, g->loc, fn, (int)args.n, args.p);
    else
        call = call_pointer(g, gen_cast(g, gj.function_get_address(fn, g->loc), g->t_ptr), &sig,
                            &args);
    finish(g, in, call, result);
}

static void nil_fault(Gen *g, RV *p)
{
    gcc_jit_block *ok = gen_block(g);
    RV *is_nil = gen_cmp(g, GCC_JIT_COMPARISON_EQ, p, gj.context_null(g->ctx, g->t_ptr));
    gj.block_end_with_conditional(g->b, g->loc, gen_expect(g, is_nil, false),
                                  gen_fault(g, RT_panic_nil), ok);
    g->b = ok;
}

/* closure->code(arguments…, closure) */
static void call_closure(Gen *g, const IrInst *in)
{
    Args args = {0};
    const IrType *result = result_of(g, in);
    GenSig sig = {.result = gen_result_type(g, result)};
    nil_fault(g, gen_value(g, &in->args[0]));
    for (uint32_t i = 1; i < in->nargs; i++)
        push_arg(g, &args, &sig, &in->args[i]);
    push_pointer(g, &args, &sig, gen_value(g, &in->args[0]), g->t_ptr);
    RV *code = gj.lvalue_as_rvalue(gen_deref(g, gen_value(g, &in->args[0]), 0, irt_ptr));
    finish(g, in, call_pointer(g, code, &sig, &args), result);
}

static void call_code(Gen *g, const IrInst *in)
{
    Args args = {0};
    const IrType *result = result_of(g, in);
    GenSig sig = {.result = gen_result_type(g, result)};
    for (uint32_t i = 1; i < in->nargs; i++)
        push_arg(g, &args, &sig, &in->args[i]);
    finish(g, in, call_pointer(g, gen_value(g, &in->args[0]), &sig, &args), result);
}

/* itab->fn[imm](data word, arguments…) */
static void call_iface(Gen *g, const IrInst *in)
{
    Args args = {0};
    const IrType *result = result_of(g, in);
    GenSig sig = {.result = gen_result_type(g, result)};
    LV *tab = gen_temp(g, g->t_ptr, "itab");
    gen_assign(g, tab, gen_field(g, &in->args[0], 0));
    nil_fault(g, gj.lvalue_as_rvalue(tab));
    push_pointer(g, &args, &sig, gen_field(g, &in->args[0], 1), gen_int_type(g, 8, false));
    for (uint32_t i = 1; i < in->nargs; i++)
        push_arg(g, &args, &sig, &in->args[i]);
    int64_t at = (int64_t)offsetof(RtItab, fn) + 8 * in->imm;
    RV *code = gj.lvalue_as_rvalue(gen_deref(g, gj.lvalue_as_rvalue(tab), at, irt_ptr));
    finish(g, in, call_pointer(g, code, &sig, &args), result);
}

/* ---- the runtime -------------------------------------------------------------------------------------- */

gcc_jit_function *gen_rt_func(Gen *g, RtCall rt)
{
    if (g->rt[rt])
        return g->rt[rt];
    IrType *types[8];
    GenSig sig = {.result = gen_result_type(g, ir_rt_result(rt))};
    uint32_t n = ir_rt_params(rt, types);
    for (uint32_t i = 0; i < n; i++)
        gen_sig_param(g, &sig, types[i]);
    gcc_jit_param *params[16];
    for (uint32_t i = 0; i < sig.params.n; i++)
        params[i] = gj.context_new_param(g->ctx, NULL, sig.params.p[i], "p");
    bool direct = ir_rt_flags[rt] & (RTF_LEAF | RTF_G);
    const char *prefix = direct ? "" : ir_rt_flags[rt] & RTF_FAST ? "fast_" : "sys_";
    const char *name = arena_printf(g->arena, "%s%s", prefix, ir_rt_name[rt]);
    g->rt[rt] = gj.context_new_function(g->ctx, NULL, GCC_JIT_FUNCTION_IMPORTED, sig.result, name,
                                        (int)sig.params.n, params, 0);
    return g->rt[rt];
}

RV *gen_rt_call(Gen *g, RtCall rt, RV **args, int n)
{
    return gj.context_new_call(g->ctx, g->loc, gen_rt_func(g, rt), n, args);
}

static void call_rt(Gen *g, const IrInst *in)
{
    Args args = {0};
    GenSig sig = {0};
    for (uint32_t i = 0; i < in->nargs; i++)
        push_arg(g, &args, &sig, &in->args[i]);
    finish(g, in, gen_rt_call(g, in->rt, args.p, (int)args.n), ir_rt_result(in->rt));
}

/* ---- goroutine state ------------------------------------------------------------------------------------- */

/* A field of *rt_g.  The variable is thread-local and read afresh each time: only its
 * value, the goroutine, may be kept, and that does not change under a function. */
static LV *goroutine_field(Gen *g, size_t offset, const IrType *t)
{
    if (!g->rt_g) {
        g->rt_g =
            gj.context_new_global(g->ctx, NULL, GCC_JIT_GLOBAL_IMPORTED, g->t_ptr, RT_G_SYMBOL);
        gj.lvalue_set_tls_model(g->rt_g, GCC_JIT_TLS_MODEL_LOCAL_EXEC);
    }
    return gen_deref(g, gj.lvalue_as_rvalue(g->rt_g), (int64_t)offset, t);
}

static LV *defer_callee(Gen *g)
{
    return goroutine_field(g, offsetof(RtG, defer_callee), irt_ptr);
}

RV *gen_goroutine_id(Gen *g)
{
    return gj.lvalue_as_rvalue(goroutine_field(g, offsetof(RtG, id), irt_u64));
}

static void may_recover(Gen *g, const IrInst *in)
{
    gen_set(g, in->dst,
            gen_cmp(g, GCC_JIT_COMPARISON_EQ, gj.lvalue_as_rvalue(defer_callee(g)),
                    gen_sym_address(g, in->sym, 0)));
    gen_assign(g, defer_callee(g), gj.context_null(g->ctx, g->t_ptr));
}

static void pass_defer(Gen *g, const IrInst *in)
{
    gcc_jit_block *mine = gen_block(g), *join = gen_block(g);
    gen_branch(g,
               gen_cmp(g, GCC_JIT_COMPARISON_EQ, gj.lvalue_as_rvalue(defer_callee(g)),
                       gen_sym_address(g, in->sym, 0)),
               mine, join);
    gen_assign(g, defer_callee(g), gen_value(g, &in->args[0]));
    gen_goto(g, join);
}

void gen_call(Gen *g, const IrInst *in)
{
    switch (in->op) {
    case IR_CALL: call_static(g, in); break;
    case IR_CALL_CLOSURE: call_closure(g, in); break;
    case IR_CALL_PTR: call_code(g, in); break;
    case IR_CALL_IFACE: call_iface(g, in); break;
    case IR_RT: call_rt(g, in); break;
    case IR_MAYRECOVER: may_recover(g, in); break;
    default: pass_defer(g, in);
    }
}
