/* switch on values and on types.  Go spec, "Switch statements". */
#include "ir/lower_int.h"

static void memo_tag(Fn *fn, Expr *tag, IrOpnd v)
{
    IrOpnd *m = ARENA_NEW(fn->L->a, IrOpnd);
    *m = v;
    ptrmap_put(fn->L->a, &fn->memo, tag, m);
}

static void bodies(Fn *fn, Stmt *s, const StmtVec *clauses, IrBlock **blocks, IrBlock *end,
                   const Name *label)
{
    Target *up = fn->targets;
    IrBlock *fall = fn->fall;
    lo_push_target(fn, s, end, NULL, label);
    for (uint32_t i = 0; i < clauses->n; i++) {
        lo_start(fn, blocks[i]);
        fn->fall = i + 1 < clauses->n ? blocks[i + 1] : end;
        lo_stmts(fn, &clauses->p[i]->clause.body);
        lo_jump(fn, end);
    }
    fn->targets = up;
    fn->fall = fall;
    lo_start(fn, end);
}

/* All cases integer constants: one SWITCH. */
static bool int_switch(Fn *fn, const StmtVec *clauses, IrOpnd tag, IrBlock **blocks, IrBlock *dflt)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < clauses->n; i++) {
        ExprVec *x = &clauses->p[i]->clause.exprs;
        for (uint32_t j = 0; j < x->n; j++, n++)
            if (x->p[j]->mode != MODE_CONST)
                return false;
    }
    if (n < 4 || !irt_is_int(tag.type) || tag.kind != IRO_REG)
        return false;
    int64_t *cases = ARENA_ARRAY(fn->L->a, int64_t, n);
    IrBlock **targets = ARENA_ARRAY(fn->L->a, IrBlock *, n + 1);
    targets[0] = dflt;
    uint32_t k = 0;
    for (uint32_t i = 0; i < clauses->n; i++) {
        ExprVec *x = &clauses->p[i]->clause.exprs;
        for (uint32_t j = 0; j < x->n; j++) {
            int64_t v = 0;
            uint64_t u = 0;
            if (!const_int64_val(x->p[j]->cv, &v) && const_uint64_val(x->p[j]->cv, &u))
                v = (int64_t)u;
            cases[k] = v;
            targets[++k] = blocks[i];
        }
    }
    IrInst *in = lo_inst(fn, IR_SWITCH, IR_NOREG, &tag, 1);
    in->targets = targets;
    in->ntargets = n + 1;
    in->cases = cases;
    IrBlock *dead = lo_block(fn);
    ir_block_append(fn->L->m, fn->f, dead);
    fn->b = dead;
    return true;
}

void lo_switch(Fn *fn, Stmt *s, const Name *label)
{
    if (s->switch_.init)
        lo_stmt(fn, s->switch_.init);
    const StmtVec *c = &s->switch_.clauses;
    IrBlock *end = lo_block(fn), *dflt = end;
    IrBlock **blocks = ARENA_ARRAY(fn->L->a, IrBlock *, c->n + 1);
    for (uint32_t i = 0; i < c->n; i++) {
        blocks[i] = lo_block(fn);
        if (c->p[i]->clause.is_default)
            dflt = blocks[i];
    }
    Expr *tag = s->switch_.tag ? expr_unparen(s->switch_.tag) : NULL;
    IrOpnd tv = {0};
    if (tag && tag->mode != MODE_CONST && tag->mode != MODE_NIL) {
        tv = lo_save(fn, lo_expr(fn, tag));
        fn->pos = s->range.start;
        if (int_switch(fn, c, tv, blocks, dflt)) {
            bodies(fn, s, c, blocks, end, label);
            return;
        }
    }
    for (uint32_t i = 0; i < c->n; i++)
        for (uint32_t j = 0; j < c->p[i]->clause.exprs.n; j++) {
            Expr *x = c->p[i]->clause.exprs.p[j];
            IrBlock *next = lo_block(fn);
            fn->pos = x->range.start;
            if (!tag) {
                if (x->mode != MODE_CONST && lo_is_iface(lo_typeof(fn, x))) {
                    /* switch { case any(true): } */
                    Expr t = {.kind = EXPR_IDENT, .range = x->range, .mode = MODE_CONST};
                    t.type = type_basic[BASIC_BOOL];
                    t.cv = const_bool(fn->L->a, true);
                    lo_br(fn, lo_compare(fn, TOK_EQL, &t, x), blocks[i], next, 0);
                } else {
                    lo_cond(fn, x, blocks[i], next);
                }
            } else {
                if (tv.kind != IRO_NONE)
                    memo_tag(fn, tag, tv);
                lo_br(fn, lo_compare(fn, TOK_EQL, tag, x), blocks[i], next, 0);
            }
            lo_start(fn, next);
        }
    if (tag)
        ptrmap_put(fn->L->a, &fn->memo, tag, NULL);
    lo_jump(fn, dflt);
    bodies(fn, s, c, blocks, end, label);
}

/* ---- on types -------------------------------------------------------------------------------- */

typedef struct TypeTag {
    Type *type;
    IrOpnd v, dyn;
} TypeTag;

/* Whether the tag has type t; *bound: the value as t, when asked for. */
static void type_case(Fn *fn, const TypeTag *tag, Expr *x, Object *tvar, IrBlock *yes, IrBlock *no)
{
    if (x->mode == MODE_NIL ||
        (x->kind == EXPR_IDENT && x->ident.obj && x->ident.obj->kind == OBJ_NIL)) {
        IrOpnd c = lo_op2(fn, IR_EQ, irt_bool, tag->dyn, ir_zero(irt_ptr));
        if (tvar) {
            IrBlock *bind = lo_block(fn);
            lo_br(fn, c, bind, no, 0);
            lo_start(fn, bind);
            lo_bind(fn, tvar, tag->v);
            lo_jump(fn, yes);
        } else {
            lo_br(fn, c, yes, no, 0);
        }
        return;
    }
    Type *t = lo_subst(fn, x->type);
    IrBlock *hit = tvar ? lo_block(fn) : yes;
    if (!lo_is_iface(t)) {
        lo_br(fn, lo_op2(fn, IR_EQ, irt_bool, tag->dyn, lo_desc_op(fn, t)), hit, no, 0);
        if (tvar) {
            lo_start(fn, hit);
            lo_bind(fn, tvar, lo_unbox(fn, lo_field(fn, tag->v, 1), t));
            lo_jump(fn, yes);
        }
        return;
    }
    IrBlock *some = lo_block(fn);
    lo_br(fn, lo_op2(fn, IR_NE, irt_bool, tag->dyn, ir_zero(irt_ptr)), some, no, 0);
    lo_start(fn, some);
    IrOpnd tab = tag->dyn;
    if (lo_has_methods(t)) {
        tab = lo_rt(fn, RT_itab, (IrOpnd[]){lo_desc_op(fn, t), tag->dyn}, 2);
        lo_br(fn, lo_op2(fn, IR_NE, irt_bool, tab, ir_zero(irt_ptr)), hit, no, 0);
    } else {
        lo_jump(fn, hit);
    }
    if (tvar) {
        lo_start(fn, hit);
        lo_bind(fn, tvar, lo_mk(fn, irt_iface, (IrOpnd[]){tab, lo_field(fn, tag->v, 1)}, 2));
        lo_jump(fn, yes);
    }
}

void lo_type_switch(Fn *fn, Stmt *s, const Name *label)
{
    if (s->type_switch.init)
        lo_stmt(fn, s->type_switch.init);
    TypeTag tag = {.type = lo_typeof(fn, s->type_switch.x)};
    tag.v = lo_save(fn, lo_expr(fn, s->type_switch.x));
    fn->pos = s->type_switch.x->range.start;
    tag.dyn = lo_iface_type(fn, tag.v, tag.type);
    const StmtVec *c = &s->type_switch.clauses;
    IrBlock *end = lo_block(fn), *dflt = end;
    IrBlock **blocks = ARENA_ARRAY(fn->L->a, IrBlock *, c->n + 1);
    Stmt *dclause = NULL;
    for (uint32_t i = 0; i < c->n; i++) {
        blocks[i] = lo_block(fn);
        if (c->p[i]->clause.is_default) {
            dflt = blocks[i];
            dclause = c->p[i];
        }
    }
    for (uint32_t i = 0; i < c->n; i++) {
        Stmt *cl = c->p[i];
        ExprVec *x = &cl->clause.exprs;
        bool single = x->n == 1;
        IrBlock *bind = blocks[i];
        if (!single && x->n && cl->clause.tvar) /* the variable is x itself */
            bind = lo_block(fn);
        for (uint32_t j = 0; j < x->n; j++) {
            IrBlock *next = lo_block(fn);
            fn->pos = x->p[j]->range.start;
            type_case(fn, &tag, x->p[j], single ? cl->clause.tvar : NULL, bind, next);
            lo_start(fn, next);
        }
        if (bind != blocks[i]) {
            IrBlock *over = lo_block(fn);
            lo_jump(fn, over);
            lo_start(fn, bind);
            lo_bind(fn, cl->clause.tvar, tag.v);
            lo_jump(fn, blocks[i]);
            lo_start(fn, over);
        }
    }
    if (dclause && dclause->clause.tvar)
        lo_bind(fn, dclause->clause.tvar, tag.v);
    lo_jump(fn, dflt);
    bodies(fn, s, c, blocks, end, label);
}
