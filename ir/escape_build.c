/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Escape analysis, first half: a function's instructions as constraints on what its pointers
 * point to (escape_int.h). */
#include "ir/escape_int.h"

#include <string.h>

/* ---- types and nodes ------------------------------------------------------------------------ */

bool esc_carries(const IrType *t)
{
    if (t->kind == IRT_STRUCT) {
        for (uint32_t i = 0; i < t->nfields; i++)
            if (esc_carries(t->fields[i]))
                return true;
        return false;
    }
    if (t->kind == IRT_ARRAY)
        return t->len && esc_carries(t->elem);
    return t->kind == IRT_PTR || t->kind == IRT_U64;
}

static uint32_t nfields(const IrType *t)
{
    return t->kind == IRT_STRUCT ? t->nfields : 1;
}

static const IrType *field_type(const IrType *t, uint32_t i)
{
    return t->kind == IRT_STRUCT ? t->fields[i] : t;
}

static Node new_node(EscFunc *g)
{
    return g->nnodes++;
}

static void con(EscFunc *g, ConKind kind, Node dst, Node src, const IrInst *in, const char *why)
{
    if (dst == NO_NODE || src == NO_NODE)
        return;
    Con c = {kind, dst, src, in, why};
    vec_push(g->a, &g->cons, c);
}

static void points_to(EscFunc *g, Node n, uint32_t object)
{
    if (g->ninit == g->init_cap) {
        uint32_t cap = g->init_cap ? 2 * g->init_cap : 16;
        g->init =
            arena_realloc(g->a, g->init, sizeof *g->init * g->init_cap, sizeof *g->init * cap);
        g->init_cap = cap;
    }
    g->init[g->ninit].node = n;
    g->init[g->ninit++].object = object;
}

/* Constant data of the compiler's own (type:…, itab:…, str:…) is of no interest. */
static bool is_constant(const IrSym *s)
{
    return s->is_func || (!s->is_c && strchr(s->name->s, ':'));
}

static Node field_node(EscFunc *g, const IrOpnd *o, uint32_t i)
{
    if (o->kind == IRO_SYM)
        return is_constant(o->sym) ? NO_NODE : g->heap_ptr;
    if (o->kind != IRO_REG || g->reg_node[o->reg] == NO_NODE ||
        !esc_carries(field_type(o->type, i)))
        return NO_NODE;
    return g->reg_node[o->reg] + i;
}

/* One node for all of the value's pointers. */
static Node value_node(EscFunc *g, const IrOpnd *o)
{
    if (o->kind != IRO_REG)
        return field_node(g, o, 0);
    if (g->reg_node[o->reg] == NO_NODE)
        return NO_NODE;
    Node one = NO_NODE;
    uint32_t n = 0;
    for (uint32_t i = 0; i < nfields(o->type); i++)
        if (field_node(g, o, i) != NO_NODE) {
            one = field_node(g, o, i);
            n++;
        }
    if (n < 2)
        return one;
    Node all = new_node(g);
    for (uint32_t i = 0; i < nfields(o->type); i++)
        con(g, CON_COPY, all, field_node(g, o, i), NULL, NULL);
    return all;
}

Node esc_address_node(const EscFunc *g, const IrOpnd *o)
{
    return o->kind == IRO_REG && o->type == irt_ptr ? g->reg_node[o->reg] : NO_NODE;
}

/* dst, a register, gets what is in src. */
static void to_reg(EscFunc *g, uint32_t dst, Node src, const IrInst *in, const char *why)
{
    if (dst == IR_NOREG || g->reg_node[dst] == NO_NODE)
        return;
    IrOpnd d = ir_reg(g->f, dst);
    for (uint32_t i = 0; i < nfields(d.type); i++)
        con(g, CON_COPY, field_node(g, &d, i), src, in, why);
}

static void escape(EscFunc *g, Node n, const IrInst *in, const char *why)
{
    con(g, CON_STORE, g->heap_ptr, n, in, why);
}

/* ---- calls ------------------------------------------------------------------------------------ */

/* A call's argument: what it points to, what the pointers in that point to, and all that is
 * reachable from there; NO_NODE until asked for. */
typedef struct Arg {
    Node level[EFFECT_LEVELS];
} Arg;

static Arg arg_of(Node n)
{
    return (Arg){{n, NO_NODE, NO_NODE}};
}

static Node level_of(EscFunc *g, Arg *a, uint32_t k, const IrInst *in)
{
    if (a->level[k] != NO_NODE || a->level[0] == NO_NODE)
        return a->level[k];
    Node up = level_of(g, a, k - 1, in);
    Node n = a->level[k] = new_node(g);
    con(g, CON_LOAD, n, up, in, "what it points to");
    if (k + 1 == EFFECT_LEVELS)
        con(g, CON_LOAD, n, n, in, "what it points to");
    return n;
}

/* All below level `from`, and that. */
static Node reach_of(EscFunc *g, Arg *a, uint32_t from, const IrInst *in)
{
    if (a->level[0] == NO_NODE)
        return NO_NODE;
    Node n = new_node(g);
    for (uint32_t k = from; k < EFFECT_LEVELS; k++)
        con(g, CON_COPY, n, level_of(g, a, k, in), in, "what it points to");
    return n;
}

static void apply_flow(EscFunc *g, const IrInst *in, uint32_t dst, Arg *args, uint32_t nargs,
                       const Flow *fl, Node src, const char *why)
{
    if (fl->heap)
        escape(g, src, in, why);
    if (fl->results && dst != IR_NOREG && g->reg_node[dst] != NO_NODE) {
        IrOpnd d = ir_reg(g->f, dst);
        for (uint32_t k = 0; k < nfields(d.type); k++)
            if (fl->results >> (k & 31) & 1)
                con(g, CON_COPY, field_node(g, &d, k), src, in, "comes back from");
    }
    for (uint32_t l = 0; l < EFFECT_LEVELS; l++)
        for (uint32_t k = 0; fl->into[l] && k < nargs; k++)
            if (fl->into[l] >> (k & 31) & 1)
                con(g, CON_STORE, level_of(g, &args[k], l, in), src, in, "stored by");
}

static void apply_effect(EscFunc *g, const IrInst *in, uint32_t dst, Arg *args, uint32_t nargs,
                         const IrEffect *ef)
{
    to_reg(g, dst, g->heap_ptr, NULL, NULL);
    for (uint32_t i = 0; i < nargs; i++) {
        if (args[i].level[0] == NO_NODE)
            continue;
        if (!ef || i >= ef->n) {
            escape(g, args[i].level[0], in, "passed to");
            continue;
        }
        const ParamEffect *p = &ef->params[i];
        for (uint32_t l = 0; l < EFFECT_LEVELS; l++) {
            if (!flow_is_none(&p->level[l]))
                apply_flow(g, in, dst, args, nargs, &p->level[l], level_of(g, &args[i], l, in),
                           "passed to");
            if (p->dirty >> l & 1)
                con(g, CON_STORE, level_of(g, &args[i], l, in), g->heap_ptr, NULL, NULL);
        }
    }
}

/* An instance of a generic function is known to those packages that use it, which need not be its
 * own.  Ours calls one that it has not made itself where a body from such a package was inlined. */
static void know_inlined(Escape *e)
{
    if (e->inlined_known)
        return;
    e->inlined_known = true;
    for (uint32_t i = 0; i < e->m->funcs.n; i++) {
        const IrFunc *f = e->m->funcs.p[i];
        for (uint32_t k = 0; k < f->inlined.n; k++)
            ir_effects_find(e->imports, f->inlined.p[k].callee);
    }
}

static const IrEffect *effect_of(EscFunc *g, const IrSym *s, uint32_t nargs)
{
    if (s->func)
        return s->func->effect;
    if (s->is_c)
        return ir_effect_of_c(g->a, s->name->s, nargs);
    if (!g->e->imports)
        return NULL;
    const IrEffect *known = ir_effects_find(g->e->imports, s);
    if (known || !strchr(s->name->s, '['))
        return known;
    know_inlined(g->e);
    return ir_effects_find(g->e->imports, s);
}

/* C functions with pointers that come back or move between their arguments. */
static bool known_c(EscFunc *g, const IrInst *in, Arg *a)
{
    const char *s = in->sym->name->s;
    if (!in->sym->is_c || in->sym->func)
        return false;
    size_t n = strlen(s);
    if (!strncmp(s, "std_sync_atomic_", 16) && n > 7 && !strcmp(s + n - 7, "Pointer")) {
        for (uint32_t i = 1; i < in->nargs; i++)
            escape(g, a[i].level[0], in, "passed to");
        con(g, CON_STORE, a[0].level[0], g->heap_ptr, NULL, NULL);
        to_reg(g, in->dst, level_of(g, &a[0], 1, in), in, "read by");
        to_reg(g, in->dst, g->heap_ptr, NULL, NULL);
    } else if (!strcmp(s, "std_internal_reflectlite_typedmove")) {
        con(g, CON_STORE, a[1].level[0], level_of(g, &a[2], 1, in), in, "copied by");
    } else {
        return false;
    }
    return true;
}

static void call(EscFunc *g, const IrInst *in)
{
    Arg *args = ARENA_ARRAY(g->a, Arg, in->nargs + 1);
    for (uint32_t i = 0; i < in->nargs; i++)
        args[i] = arg_of(value_node(g, &in->args[i]));
    if (!known_c(g, in, args))
        apply_effect(g, in, in->dst, args, in->nargs, effect_of(g, in->sym, in->nargs));
}

/* A call of nobody knows what: of the closure itself nothing escapes by that (what its code
 * does with it was accounted for where it was made). */
static void call_unknown(EscFunc *g, const IrInst *in, uint32_t first)
{
    for (uint32_t i = first; i < in->nargs; i++)
        escape(g, value_node(g, &in->args[i]), in, "passed to");
    to_reg(g, in->dst, g->heap_ptr, NULL, NULL);
}

/* Code stands with an environment: whoever calls it passes that, and nobody knows what else. */
static void environment(EscFunc *g, const IrInst *in, const IrSym *code, Node env)
{
    Arg a = arg_of(env);
    const IrEffect *ef = code->func ? code->func->effect : NULL;
    if (!ef || !ef->n || !code->func->is_closure) {
        escape(g, level_of(g, &a, 1, in), in, "captured by");
        return;
    }
    const ParamEffect *p = &ef->params[ef->n - 1];
    uint32_t me = UINT32_C(1) << ((ef->n - 1) & 31), dirty = p->dirty;
    for (uint32_t l = 0; l < EFFECT_LEVELS; l++) {
        const Flow *f = &p->level[l];
        uint32_t others = 0;
        for (uint32_t to = 0; to < EFFECT_LEVELS; to++) {
            others |= f->into[to] & ~me;
            if (f->into[to] & me)
                con(g, CON_STORE, level_of(g, &a, to, in), level_of(g, &a, l, in), in,
                    "captured by");
            for (uint32_t i = 0; i + 1 < ef->n; i++)
                if (ef->params[i].level[l].into[to] & me)
                    dirty |= UINT32_C(1) << to;
        }
        if (f->heap || f->results || others)
            escape(g, level_of(g, &a, l, in), in, "captured by");
    }
    for (uint32_t l = 0; l < EFFECT_LEVELS; l++)
        if (dirty >> l & 1)
            con(g, CON_STORE, level_of(g, &a, l, in), g->heap_ptr, NULL, NULL);
}

/* ---- objects that instructions make --------------------------------------------------------------- */

/* Sites stand in the order of their instructions. */
static uint32_t take_site(EscFunc *g, const IrInst *in)
{
    if (g->next_site < g->objects.n && g->objects.p[g->next_site].in == in)
        return g->next_site++;
    return 0;
}

/* ---- runtime calls ------------------------------------------------------------------------------ */

static void move(EscFunc *g, const IrInst *in, Node dst, Node src)
{
    if (dst == NO_NODE || src == NO_NODE)
        return;
    Node v = new_node(g);
    con(g, CON_LOAD, v, src, in, "read");
    con(g, CON_STORE, dst, v, in, "copied");
}

/* Whether objects of the described type may hold pointers: a memory descriptor's name says
 * that ("mem:size,align,pointer bytes", lower_desc.c). */
static bool holds_pointers(const IrOpnd *desc)
{
    if (desc->kind != IRO_SYM || strncmp(desc->sym->name->s, "mem:", 4))
        return true;
    const char *s = strchr(desc->sym->name->s, ',');
    s = s ? strchr(s + 1, ',') : NULL;
    return !s || s[1] != '0' || s[2] != '\0';
}

static void protect(EscFunc *g, const IrInst *in)
{
    if (in->args[0].kind != IRO_SYM || !in->args[0].sym->func) {
        escape(g, value_node(g, &in->args[1]), in, "deferred");
        return;
    }
    Arg a = arg_of(value_node(g, &in->args[1]));
    apply_effect(g, in, IR_NOREG, &a, 1, in->args[0].sym->func->effect);
}

static void runtime_call(EscFunc *g, const IrInst *in)
{
    Node n[8];
    for (uint32_t i = 0; i < in->nargs && i < 8; i++)
        n[i] = value_node(g, &in->args[i]);
    switch (in->rt) {
    case RT_growslice: { /* the array itself, or a copy on the heap */
        Arg old = arg_of(n[1]);
        to_reg(g, in->dst, n[1], in, "appended to");
        to_reg(g, in->dst, g->heap_ptr, NULL, NULL);
        if (holds_pointers(&in->args[0]))
            escape(g, reach_of(g, &old, 1, in), in, "copied to a larger array by append");
        return;
    }
    case RT_box:
        points_to(g, g->reg_node[in->dst], take_site(g, in));
        if (holds_pointers(&in->args[0]))
            move(g, in, g->reg_node[in->dst], n[1]);
        return;
    case RT_typedmove:
        if (holds_pointers(&in->args[0]))
            move(g, in, n[1], n[2]);
        return;
    case RT_slicecopy:
        if (holds_pointers(&in->args[0]))
            move(g, in, n[1], n[3]);
        return;
    case RT_concat: {
        Arg parts = arg_of(n[0]);
        to_reg(g, in->dst, level_of(g, &parts, 1, in), in, "concatenated");
        to_reg(g, in->dst, g->heap_ptr, NULL, NULL);
        return;
    }
    case RT_map_get:
    case RT_map_get32:
    case RT_map_get64:
    case RT_map_getstr: {
        Arg map = arg_of(n[1]);
        to_reg(g, in->dst, reach_of(g, &map, 0, in), in, "read from a map");
        return;
    }
    case RT_map_assign:
    case RT_map_assign32:
    case RT_map_assign64:
    case RT_map_assignstr: {
        Arg map = arg_of(n[1]), key = arg_of(n[2]);
        Node k = in->rt == RT_map_assign ? level_of(g, &key, 1, in) : n[2];
        con(g, CON_STORE, reach_of(g, &map, 0, in), k, in, "a key of a map");
        to_reg(g, in->dst, reach_of(g, &map, 0, in), in, "in a map");
        return;
    }
    case RT_map_iter_init: {
        Arg map = arg_of(n[1]);
        con(g, CON_STORE, n[2], reach_of(g, &map, 0, in), in, "ranged over");
        return;
    }
    case RT_chan_send: {
        Arg v = arg_of(n[1]);
        escape(g, level_of(g, &v, 1, in), in, "sent on a channel");
        return;
    }
    case RT_chan_recv: {
        Arg ch = arg_of(n[0]);
        con(g, CON_STORE, n[1], reach_of(g, &ch, 1, in), in, "received");
        con(g, CON_STORE, n[1], g->heap_ptr, NULL, NULL);
        return;
    }
    case RT_select: { /* cases hold channels and the addresses of values */
        Arg cases = arg_of(n[0]);
        escape(g, level_of(g, &cases, 2, in), in, "sent on a channel");
        con(g, CON_STORE, level_of(g, &cases, 1, in), g->heap_ptr, NULL, NULL);
        return;
    }
    case RT_go: escape(g, n[0], in, "used by a goroutine"); return;
    case RT_panic: escape(g, n[0], in, "the value of a panic"); return;
    case RT_protect: protect(g, in); return;
    case RT_run_defers: /* what closures do counts where they are made */
    case RT_string_cmp:
    case RT_equal:
    case RT_efaceeq:
    case RT_string_from_bytes:
    case RT_string_to_bytes:
    case RT_string_from_runes:
    case RT_string_to_runes:
    case RT_string_from_rune:
    case RT_decoderune:
    case RT_memclr_ref:
    case RT_complex_div:
    case RT_map_make:
    case RT_map_delete:
    case RT_map_clear:
    case RT_map_iter_next:
    case RT_chan_make:
    case RT_chan_close:
    case RT_chan_len:
    case RT_chan_cap:
    case RT_new:
    case RT_makeslice:
    case RT_recover:
    case RT_itab:
    case RT_assert_itab: to_reg(g, in->dst, g->heap_ptr, NULL, NULL); return;
    default: break;
    }
    if (in->rt >= RT_panic_index && in->rt <= RT_panic_wrap)
        return;
    if (in->rt >= RT_print_begin && in->rt <= RT_print_iface)
        return;
    for (uint32_t i = 0; i < in->nargs && i < 8; i++)
        escape(g, n[i], in, "passed to the runtime");
    to_reg(g, in->dst, g->heap_ptr, NULL, NULL);
}

/* ---- instructions -------------------------------------------------------------------------------- */

static void copy(EscFunc *g, const IrInst *in)
{
    const IrOpnd *x = &in->args[0];
    if (x->kind != IRO_REG) {
        to_reg(g, in->dst, field_node(g, x, 0), NULL, NULL);
        return;
    }
    if (g->reg_node[in->dst] == NO_NODE)
        return;
    IrOpnd d = ir_reg(g->f, in->dst);
    for (uint32_t i = 0; i < nfields(d.type); i++)
        con(g, CON_COPY, field_node(g, &d, i), field_node(g, x, i), in, "assigned");
}

static void load(EscFunc *g, const IrInst *in)
{
    Node base = value_node(g, &in->args[0]);
    if (g->reg_node[in->dst] == NO_NODE)
        return;
    IrOpnd d = ir_reg(g->f, in->dst);
    for (uint32_t i = 0; i < nfields(d.type); i++)
        con(g, CON_LOAD, field_node(g, &d, i), base, in, "read");
}

static void store(EscFunc *g, const IrInst *in)
{
    Node base = value_node(g, &in->args[0]);
    const IrOpnd *v = &in->args[1];
    if (v->kind == IRO_SYM && v->sym->is_func && base != NO_NODE) {
        environment(g, in, v->sym, base);
        return;
    }
    if (v->kind != IRO_REG) {
        con(g, CON_STORE, base, field_node(g, v, 0), in, "stored");
        return;
    }
    if (g->reg_node[v->reg] == NO_NODE)
        return;
    for (uint32_t i = 0; i < nfields(v->type); i++)
        con(g, CON_STORE, base, field_node(g, v, i), in, "stored");
}

static void closure(EscFunc *g, const IrInst *in)
{
    if (!in->nargs)
        return;
    Node d = g->reg_node[in->dst];
    points_to(g, d, take_site(g, in));
    for (uint32_t i = 0; i < in->nargs; i++)
        con(g, CON_STORE, d, value_node(g, &in->args[i]), in, "captured by");
    environment(g, in, in->sym, d);
}

static void ret(EscFunc *g, const IrInst *in)
{
    if (!in->nargs)
        return;
    const IrOpnd *v = &in->args[0];
    if (v->kind != IRO_REG) {
        con(g, CON_COPY, g->results, field_node(g, v, 0), in, "returned");
        return;
    }
    for (uint32_t i = 0; i < nfields(v->type); i++)
        con(g, CON_COPY, g->results + (i & 31), field_node(g, v, i), in, "returned");
}

static void instruction(EscFunc *g, const IrInst *in)
{
    switch (in->op) {
    case IR_COPY: copy(g, in); break;
    case IR_MK:
        if (g->reg_node[in->dst] != NO_NODE) {
            IrOpnd d = ir_reg(g->f, in->dst);
            for (uint32_t i = 0; i < in->nargs; i++)
                con(g, CON_COPY, field_node(g, &d, i), value_node(g, &in->args[i]), in, "assigned");
        }
        break;
    case IR_FIELD:
        to_reg(g, in->dst, field_node(g, &in->args[0], (uint32_t)in->imm), in, "assigned");
        break;
    case IR_SETFIELD: {
        IrOpnd d = ir_reg(g->f, in->dst);
        con(g, CON_COPY, field_node(g, &d, (uint32_t)in->imm), value_node(g, &in->args[0]), in,
            "assigned");
        break;
    }
    case IR_SETELEM: {
        IrOpnd d = ir_reg(g->f, in->dst);
        con(g, CON_COPY, field_node(g, &d, 0), value_node(g, &in->args[1]), in, "assigned");
        break;
    }
    case IR_LOAD: load(g, in); break;
    case IR_STORE:
    case IR_STOREREF: store(g, in); break;
    case IR_MEMMOVE: /* of pointers, or of what has none */
        if (in->imm)
            move(g, in, value_node(g, &in->args[0]), value_node(g, &in->args[1]));
        break;
    case IR_SLOT:
    case IR_ALLOC: points_to(g, g->reg_node[in->dst], take_site(g, in)); break;
    case IR_CLOSURE: closure(g, in); break;
    case IR_CALL: call(g, in); break;
    case IR_CALL_CLOSURE: call_unknown(g, in, 1); break;
    case IR_CALL_IFACE:
    case IR_CALL_PTR: call_unknown(g, in, 0); break;
    case IR_RT: runtime_call(g, in); break;
    case IR_RET: ret(g, in); break;
    case IR_ZERO:
    case IR_EQ:
    case IR_NE:
    case IR_LT:
    case IR_LE:
    case IR_GT:
    case IR_GE:
    case IR_STREQ:
    case IR_MEMEQ:
    case IR_CHECK_NIL:
    case IR_CHECK_BOUNDS:
    case IR_CHECK_SLICE:
    case IR_CHECK_DIV:
    case IR_CHECK_SHIFT:
    case IR_MAYRECOVER:
    case IR_PASSDEFER:
    case IR_JUMP:
    case IR_BR:
    case IR_SWITCH:
    case IR_UNREACHABLE: break;
    default: /* arithmetic, on addresses too: pointer or uintptr, what went in may come out */
        if (in->dst != IR_NOREG)
            for (uint32_t i = 0; i < in->nargs; i++)
                to_reg(g, in->dst, value_node(g, &in->args[i]), in, "assigned");
    }
}

/* ---- objects ----------------------------------------------------------------------------------------- */

/* The one use of the register besides `but`, or NULL. */
static IrInst *other_use(const IrFunc *f, uint32_t reg, const IrInst *but)
{
    IrInst *found = NULL;
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrInst *in = f->blocks.p[b]->insts.p[k];
            for (uint32_t i = 0; in != but && i < in->nargs; i++)
                if (in->args[i].kind == IRO_REG && in->args[i].reg == reg) {
                    if (found)
                        return NULL;
                    found = in;
                }
        }
    return found;
}

/* The instruction that fills the box's slot, where slot, filling and box follow each other so that
 * the slot itself can be the box. */
static IrInst *box_spill(const IrFunc *f, const IrBlock *b, uint32_t at)
{
    const IrInst *box = b->insts.p[at];
    if (at < 2 || box->args[1].kind != IRO_REG)
        return NULL;
    uint32_t reg = box->args[1].reg;
    IrInst *st = b->insts.p[at - 1];
    const IrInst *slot = b->insts.p[at - 2];
    if (slot->op != IR_SLOT || slot->dst != reg || st->nargs == 0 || st->args[0].kind != IRO_REG ||
        st->args[0].reg != reg)
        return NULL;
    bool whole = st->op == IR_STORE  ? st->imm == 0 && st->args[1].type == slot->type
                 : st->op == IR_ZERO ? st->imm == (int64_t)slot->type->size
                                     : false;
    if (!whole)
        return NULL;
    return other_use(f, reg, box) == st ? st : NULL;
}

static void make_objects(EscFunc *g)
{
    IrFunc *f = g->f;
    EscObject heap = {.kind = OBJ_HEAP};
    vec_push(g->a, &g->objects, heap);
    for (uint32_t p = 0; p < f->nparams; p++)
        if (esc_carries(f->regs.p[p].type)) {
            EscObject o = {.kind = OBJ_PARAM, .param = p};
            g->param_object[p] = g->objects.n;
            for (o.level = 0; o.level < EFFECT_LEVELS; o.level++)
                vec_push(g->a, &g->objects, o);
        }
    g->next_site = g->objects.n;
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            IrInst *in = f->blocks.p[b]->insts.p[k];
            EscObject o = {.kind = OBJ_SITE, .in = in, .block = b, .index = k};
            if (in->op == IR_SLOT || ((in->op == IR_ALLOC || in->op == IR_CLOSURE) && in->imm))
                o.kind = OBJ_SLOT;
            else if (in->op == IR_RT && in->rt == RT_box)
                o.spill = box_spill(f, f->blocks.p[b], k);
            else if (in->op != IR_ALLOC && (in->op != IR_CLOSURE || !in->nargs))
                continue;
            if (in->op == IR_RT ? !o.spill : in->type->size > ESC_LARGEST)
                o.heap = in->op == IR_RT ? "its value does not stand in the frame already"
                                         : "it is too large for the frame";
            vec_push(g->a, &g->objects, o);
        }
}

EscFunc *esc_build(Escape *e, Arena *a, IrFunc *f)
{
    EscFunc *g = ARENA_NEW(a, EscFunc);
    g->e = e;
    g->a = a;
    g->f = f;
    g->param_object = ARENA_ARRAY(a, uint32_t, f->nparams + 1);
    make_objects(g);
    g->frame = f->frame ? g->param_object[0] : 0;
    for (uint32_t i = 0; i < g->objects.n; i++)
        g->objects.p[i].content = new_node(g); /* HEAP's is node HEAP */
    g->heap_ptr = new_node(g);
    points_to(g, g->heap_ptr, HEAP);
    points_to(g, HEAP, HEAP);
    g->nresults = nfields(f->result) < 32 ? nfields(f->result) : 32;
    if (!g->nresults)
        g->nresults = 1;
    g->results = g->nnodes;
    g->nnodes += g->nresults;
    g->reg_node = ARENA_ARRAY(a, Node, f->regs.n + 1);
    for (uint32_t r = 0; r < f->regs.n; r++) {
        const IrType *t = f->regs.p[r].type;
        g->reg_node[r] = NO_NODE;
        if (!esc_carries(t))
            continue;
        g->reg_node[r] = g->nnodes;
        g->nnodes += nfields(t);
    }
    for (uint32_t p = 0; p < f->nparams; p++) {
        uint32_t o = g->param_object[p];
        if (!o)
            continue;
        IrOpnd d = ir_reg(f, p);
        for (uint32_t i = 0; i < nfields(d.type); i++)
            if (field_node(g, &d, i) != NO_NODE)
                points_to(g, field_node(g, &d, i), o);
        for (uint32_t l = 0; l < EFFECT_LEVELS; l++)
            points_to(g, g->objects.p[o + l].content, l + 1 < EFFECT_LEVELS ? o + l + 1 : o + l);
    }
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++)
            instruction(g, f->blocks.p[b]->insts.p[k]);
    g->words = (g->objects.n + 63) / 64;
    if ((uint64_t)g->words * g->nnodes > (UINT64_C(1) << 23))
        return NULL;
    return g;
}
