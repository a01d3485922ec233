/* select.  Go spec, "Select statements": all channels and values to send are evaluated once,
 * in source order; then the runtime chooses; then received values are assigned. */
#include "ir/lower_int.h"

typedef struct Case {
    Stmt *clause;
    bool is_send;
    Expr *recv; /* the <-ch */
    Type *elem;
    Addr slot; /* value to send, or received */
    bool has_slot;
} Case;

static Expr *receive_of(Stmt *comm)
{
    Expr *x = comm->kind == STMT_EXPR ? comm->expr.x : comm->assign.rhs.p[0];
    return expr_unparen(x);
}

static void received(Fn *fn, Case *c, IrOpnd ok)
{
    Stmt *comm = c->clause->comm.comm;
    if (c->is_send || comm->kind != STMT_ASSIGN)
        return;
    ExprVec *l = &comm->assign.lhs;
    bool def = comm->assign.op == TOK_DEFINE;
    fn->pos = comm->range.start;
    IrType *et = lo_type(c->elem);
    IrOpnd v = c->has_slot ? lo_load(fn, et, c->slot) : ir_zero(et);
    for (uint32_t i = 0; i < l->n; i++)
        lo_assign_value(fn, l->p[i], def && (!comm->assign.is_new || comm->assign.is_new[i]),
                        i ? ok : v, i ? type_basic[BASIC_BOOL] : c->elem);
}

static bool needs_value(const Case *c)
{
    return !c->is_send && c->clause->comm.comm->kind == STMT_ASSIGN && lo_type(c->elem)->size > 0;
}

static void body(Fn *fn, Case *c, IrBlock *end)
{
    lo_stmts(fn, &c->clause->comm.body);
    lo_jump(fn, end);
}

/* Evaluates a case's operands: the channel, and the value into a slot. */
static IrOpnd operands(Fn *fn, Case *c)
{
    Stmt *comm = c->clause->comm.comm;
    IrOpnd ch;
    fn->pos = comm->range.start;
    if (comm->kind == STMT_SEND) {
        c->is_send = true;
        c->elem = lo_subst(fn, type_underlying(lo_typeof(fn, comm->send.ch))->chan.elem);
        if (lo_has_call(comm->send.value)) {
            lo_hoist(fn, comm->send.ch);
            lo_hoist(fn, comm->send.value);
        }
        ch = lo_save(fn, lo_expr(fn, comm->send.ch));
        c->slot = lo_spill(fn, lo_expr_to(fn, comm->send.value, c->elem));
        c->has_slot = true;
        return ch;
    }
    c->recv = receive_of(comm);
    c->elem = lo_subst(fn, type_underlying(lo_typeof(fn, c->recv->unary.x))->chan.elem);
    ch = lo_save(fn, lo_expr(fn, c->recv->unary.x));
    if (needs_value(c)) {
        c->slot = lo_slot(fn, lo_type(c->elem));
        c->has_slot = true;
    }
    return ch;
}

void lo_select(Fn *fn, Stmt *s, const Name *label)
{
    StmtVec *cl = &s->select.clauses;
    Stmt *dflt = NULL;
    Case *cases = ARENA_ARRAY(fn->L->a, Case, cl->n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < cl->n; i++) {
        if (cl->p[i]->comm.comm)
            cases[n++].clause = cl->p[i];
        else
            dflt = cl->p[i];
    }
    IrBlock *end = lo_block(fn);
    Target *up = fn->targets;
    lo_push_target(fn, s, end, NULL, label);
    if (n == 1 && !dflt) { /* a plain send or receive */
        IrOpnd ch = operands(fn, &cases[0]), ok = {0};
        IrOpnd p = cases[0].has_slot ? cases[0].slot.base : ir_zero(irt_ptr);
        fn->pos = cases[0].clause->range.start;
        if (cases[0].is_send)
            lo_rt(fn, RT_chan_send, (IrOpnd[]){ch, p}, 2);
        else
            ok = lo_rt(fn, RT_chan_recv, (IrOpnd[]){ch, p}, 2);
        received(fn, &cases[0], ok);
        body(fn, &cases[0], end);
        fn->targets = up;
        lo_start(fn, end);
        return;
    }
    IrType *ct = irt_struct((IrType *[]){irt_ptr, irt_ptr, irt_u32, irt_u32}, 4);
    Addr arr = n ? lo_slot(fn, irt_array(ct, n)) : lo_at(ir_zero(irt_ptr), 0);
    for (uint32_t i = 0; i < n; i++) {
        IrOpnd ch = operands(fn, &cases[i]);
        Addr a = lo_plus(arr, (int64_t)(ct->size * i));
        fn->pos = cases[i].clause->range.start;
        lo_store(fn, lo_plus(a, offsetof(RtSelectCase, chan)), ch);
        lo_store(fn, lo_plus(a, offsetof(RtSelectCase, elem)),
                 cases[i].has_slot ? cases[i].slot.base : ir_zero(irt_ptr));
        lo_store(fn, lo_plus(a, offsetof(RtSelectCase, dir)),
                 ir_int(irt_u32, cases[i].is_send ? RT_SELECT_SEND : RT_SELECT_RECV));
    }
    fn->pos = s->range.start;
    IrOpnd which =
        lo_rt(fn, RT_select, (IrOpnd[]){lo_lea(fn, arr), lo_i64(n), lo_bool(dflt == NULL)}, 3);
    if (n == 0 && !dflt)
        lo_unreachable(fn);
    for (uint32_t i = 0; i < n; i++) {
        IrBlock *hit = lo_block(fn), *next = lo_block(fn);
        if (i + 1 < n || dflt)
            lo_br(fn, lo_op2(fn, IR_EQ, irt_bool, which, lo_i64(i)), hit, next, 0);
        lo_start(fn, hit);
        IrOpnd ok = {0};
        if (!cases[i].is_send) {
            Addr a = lo_plus(arr, (int64_t)(ct->size * i + offsetof(RtSelectCase, recv_ok)));
            ok = lo_op2(fn, IR_NE, irt_bool, lo_load(fn, irt_u32, a), ir_int(irt_u32, 0));
        }
        received(fn, &cases[i], ok);
        body(fn, &cases[i], end);
        lo_start(fn, next);
    }
    if (dflt) {
        lo_stmts(fn, &dflt->comm.body);
    }
    lo_jump(fn, end);
    fn->targets = up;
    lo_start(fn, end);
}
