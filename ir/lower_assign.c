/* Assignments.  Go spec, "Assignment statements": first the operands of index expressions
 * and pointer indirections on the left and the expressions on the right, in the usual
 * order; then the assignments, left to right, each with its checks (as gc does). */
#include "ir/lower_int.h"

static IrOpnd keep(Fn *fn, IrOpnd v, bool copy)
{
    return copy ? lo_save(fn, v) : v;
}

static void add_index(Fn *fn, Place *p, Expr *ie, Type *arr, bool copy)
{
    Type *u = type_underlying(arr);
    IrOpnd i = lo_expr(fn, ie);
    if (irt_is_float(i.type))
        i = lo_i64((int64_t)i.f);
    PlaceStep st = {.is_index = true, .len = u->array.len};
    p->type = lo_subst(fn, u->array.elem);
    st.size = (int64_t)lo_type(p->type)->size;
    if (i.kind == IRO_INT && p->kind != PLACE_REG) {
        p->addr.off += i.i * st.size;
        return;
    }
    st.idx_unsigned = !irt_is_signed(i.type);
    st.idx = keep(fn, i, copy);
    vec_push(fn->L->a, &p->steps, st);
}

static IrOpnd place_load(Fn *fn, Place *p);

static Place pointer_place(Fn *fn, IrOpnd ptr, Type *elem, bool copy)
{
    Place p = {.kind = PLACE_PTR, .type = elem};
    p.addr = lo_at(keep(fn, ptr, copy), 0);
    return p;
}

static Place object_place(Fn *fn, Object *o)
{
    Place p = {.type = lo_subst(fn, o->type)};
    if (!o->var.owner) {
        p.kind = PLACE_MEM;
        p.addr = lo_at(ir_addr(lo_global(fn->L, o), 0), 0);
        return p;
    }
    Var *v = lo_var(fn, o);
    p.kind = v->in_reg ? PLACE_REG : PLACE_MEM;
    p.reg = v->reg;
    if (!v->in_reg)
        p.addr = lo_var_addr(v);
    return p;
}

static Place selector_place(Fn *fn, Expr *e, bool copy)
{
    Selection *sel = e->selector.sel;
    Expr *x = e->selector.x;
    Type *xt = lo_typeof(fn, x), *u = type_underlying(xt);
    Place p;
    if (u->kind == TYPE_POINTER)
        p = pointer_place(fn, lo_expr(fn, x), lo_subst(fn, u->pointer.elem), copy);
    else
        p = lo_place(fn, x, copy);
    for (uint32_t i = 0; i < sel->index.n; i++) {
        u = type_underlying(p.type);
        if (u->kind == TYPE_POINTER) { /* an embedded pointer */
            fn->pos = e->range.start;
            IrOpnd v = place_load(fn, &p);
            p = pointer_place(fn, v, lo_subst(fn, u->pointer.elem), copy);
            u = type_underlying(p.type);
        }
        int f = sel->index.p[i];
        if (p.kind == PLACE_REG) {
            PlaceStep st = {.field = (uint32_t)f};
            vec_push(fn->L->a, &p.steps, st);
        } else {
            p.addr.off += (int64_t)lo_type(p.type)->offsets[f];
        }
        p.type = lo_subst(fn, u->struct_.fields.p[f].var->type);
    }
    return p;
}

static Place index_place(Fn *fn, Expr *e, bool copy)
{
    Expr *x = e->index.x, *ie = e->index.indices.p[0];
    Type *xt = lo_typeof(fn, x), *u = type_underlying(xt);
    Place p = {0};
    switch (u->kind) {
    case TYPE_MAP:
        p.kind = PLACE_MAP;
        p.map_type = xt;
        p.map = keep(fn, lo_expr(fn, x), copy);
        p.key = keep(fn, lo_map_key(fn, xt, ie, false), copy);
        p.type = lo_subst(fn, u->map.elem);
        return p;
    case TYPE_SLICE: {
        p.kind = PLACE_SLICE;
        p.slice = keep(fn, lo_expr(fn, x), copy);
        IrOpnd i = lo_expr(fn, ie);
        if (irt_is_float(i.type))
            i = lo_i64((int64_t)i.f);
        p.idx = keep(fn, i, copy);
        p.idx_unsigned = !irt_is_signed(i.type);
        p.type = lo_subst(fn, u->slice.elem);
        p.elem_size = (int64_t)lo_type(p.type)->size;
        return p;
    }
    case TYPE_POINTER:
        p = pointer_place(fn, lo_expr(fn, x), lo_subst(fn, u->pointer.elem), copy);
        add_index(fn, &p, ie, p.type, copy);
        return p;
    default:
        p = lo_place(fn, x, copy);
        add_index(fn, &p, ie, p.type, copy);
        return p;
    }
}

Place lo_place(Fn *fn, Expr *e, bool copy)
{
    e = expr_unparen(e);
    Place p = {.kind = PLACE_BLANK};
    switch (e->kind) {
    case EXPR_IDENT:
        if (e->ident.name == name_blank || !e->ident.obj)
            p.type = NULL;
        else
            p = object_place(fn, e->ident.obj);
        break;
    case EXPR_SELECTOR:
        p = e->selector.obj ? object_place(fn, e->selector.obj) : selector_place(fn, e, copy);
        break;
    case EXPR_INDEX: p = index_place(fn, e, copy); break;
    case EXPR_STAR: p = pointer_place(fn, lo_expr(fn, e->star.x), lo_typeof(fn, e), copy); break;
    default: diag_ice("assignment to what is no variable");
    }
    p.pos = e->range.start;
    return p;
}

static void check_bounds(Fn *fn, IrOpnd i, bool uns, IrOpnd len)
{
    if (i.kind == IRO_INT && len.kind == IRO_INT && i.i >= 0 && i.i < len.i)
        return;
    lo_inst(fn, IR_CHECK_BOUNDS, IR_NOREG, (IrOpnd[]){i, len}, 2)->imm = uns;
}

static IrOpnd step_to(Fn *fn, IrOpnd base, IrOpnd i, int64_t size)
{
    uint32_t r = lo_tmp(fn, irt_ptr);
    lo_inst(fn, IR_INDEX, r, (IrOpnd[]){base, lo_index_i64(fn, i)}, 2)->imm = size;
    return lo_reg(fn, r);
}

/* Makes the checks and gives the address. */
static Addr resolve(Fn *fn, Place *p)
{
    Addr a = p->addr;
    int64_t off = a.off;
    if (p->kind == PLACE_PTR) {
        lo_check_nil(fn, a.base);
    } else if (p->kind == PLACE_SLICE) {
        check_bounds(fn, p->idx, p->idx_unsigned, lo_field(fn, p->slice, 1));
        a = lo_at(step_to(fn, lo_field(fn, p->slice, 0), p->idx, p->elem_size), 0);
    }
    for (uint32_t i = 0; i < p->steps.n; i++) {
        PlaceStep *st = &p->steps.p[i];
        check_bounds(fn, st->idx, st->idx_unsigned, lo_i64(st->len));
        a.base = step_to(fn, a.base, st->idx, st->size);
    }
    a.off = off;
    return a;
}

static IrOpnd place_load(Fn *fn, Place *p)
{
    if (p->kind == PLACE_REG) {
        IrOpnd v = lo_reg(fn, p->reg);
        for (uint32_t i = 0; i < p->steps.n; i++)
            v = lo_field(fn, v, p->steps.p[i].field);
        return v;
    }
    if (p->kind == PLACE_MAP)
        return lo_map_get(fn, p->map_type, p->map, p->key, NULL);
    return lo_load(fn, lo_type(p->type), resolve(fn, p));
}

static void set_field(Fn *fn, uint32_t reg, PlaceStep *st, uint32_t n, IrOpnd v)
{
    if (n > 1) {
        IrOpnd part = lo_save(fn, lo_field(fn, lo_reg(fn, reg), st->field));
        set_field(fn, part.reg, st + 1, n - 1, v);
        v = part;
    }
    lo_inst(fn, IR_SETFIELD, reg, &v, 1)->imm = st->field;
}

void lo_place_store(Fn *fn, Place *p, IrOpnd v)
{
    fn->pos = p->pos ? p->pos : fn->pos;
    switch (p->kind) {
    case PLACE_BLANK: break;
    case PLACE_REG:
        if (p->steps.n)
            set_field(fn, p->reg, p->steps.p, p->steps.n, v);
        else
            lo_copy(fn, p->reg, v);
        break;
    case PLACE_MAP:
        lo_store(fn, lo_at(lo_map_assign(fn, p->map_type, p->map, p->key), 0), v);
        break;
    default: lo_store(fn, resolve(fn, p), v); break;
    }
}

/* ---- statements ------------------------------------------------------------------------------ */

static Object *new_object(Expr *lhs)
{
    lhs = expr_unparen(lhs);
    return lhs->kind == EXPR_IDENT && lhs->ident.name != name_blank ? lhs->ident.obj : NULL;
}

static bool is_blank(Expr *e)
{
    e = expr_unparen(e);
    return e->kind == EXPR_IDENT && (e->ident.name == name_blank || !e->ident.obj);
}

/* The calls in the operands of a left side. */
static void hoist_place(Fn *fn, Expr *lhs)
{
    lhs = expr_unparen(lhs);
    if (lhs->kind == EXPR_INDEX && type_underlying(lo_typeof(fn, lhs->index.x))->kind == TYPE_MAP) {
        lo_hoist(fn, lhs->index.x);
        lo_hoist(fn, lhs->index.indices.p[0]);
    } else {
        lo_hoist(fn, lhs);
    }
}

/* A new variable with an initial value, built in place where it is memory. */
static void define(Fn *fn, Object *o, Expr *rhs)
{
    Type *t = lo_subst(fn, o->type);
    IrType *it = lo_type(t);
    Expr *x = expr_unparen(rhs);
    if (x->kind == EXPR_COMPOSITE_LIT || it->size > 64) {
        if (lo_has_call(rhs) && x->kind != EXPR_COMPOSITE_LIT) {
            lo_bind(fn, o, lo_expr_to(fn, rhs, t));
            return;
        }
        Var *v = lo_declare(fn, o, false);
        if (v->in_reg) {
            lo_copy(fn, v->reg, lo_expr_to(fn, rhs, t));
        } else {
            Addr a = lo_var_addr(v);
            bool boxed = !a.fresh;
            a.fresh = true;
            lo_expr_into(fn, rhs, t, a, boxed);
        }
        return;
    }
    IrOpnd v = lo_expr_to(fn, rhs, t);
    fn->pos = rhs->range.start;
    lo_bind(fn, o, v);
}

static void discard(Fn *fn, Expr *rhs)
{
    if (rhs->mode == MODE_CONST || rhs->mode == MODE_NIL)
        return;
    Type *t = lo_typeof(fn, rhs);
    if (lo_type(t)->size > 64)
        lo_loc(fn, rhs);
    else
        lo_expr(fn, rhs);
}

static bool simple_source(Expr *e)
{
    e = expr_unparen(e);
    return e->mode != MODE_CONST && (e->kind == EXPR_IDENT || e->kind == EXPR_SELECTOR ||
                                     e->kind == EXPR_INDEX || e->kind == EXPR_STAR);
}

static void assign_one(Fn *fn, Expr *lhs, Expr *rhs)
{
    if (is_blank(lhs)) {
        discard(fn, rhs);
        return;
    }
    if (lo_has_call(rhs) && expr_unparen(lhs)->kind != EXPR_IDENT) {
        hoist_place(fn, lhs);
        lo_hoist(fn, rhs);
    }
    Place p = lo_place(fn, lhs, false);
    if (lo_type(p.type)->size > 64 && p.kind != PLACE_REG && p.kind != PLACE_MAP &&
        !lo_is_iface(p.type) && simple_source(rhs)) {
        Loc l = lo_loc(fn, rhs);
        fn->pos = p.pos;
        if (l.mem)
            lo_move(fn, p.type, resolve(fn, &p), l.addr);
        else
            lo_place_store(fn, &p, l.val);
        return;
    }
    IrOpnd v = lo_expr_to(fn, rhs, p.type);
    lo_place_store(fn, &p, v);
}

static void assign_parallel(Fn *fn, Stmt *s)
{
    ExprVec *l = &s->assign.lhs, *r = &s->assign.rhs;
    uint32_t n = l->n;
    bool def = s->assign.op == TOK_DEFINE, calls = false;
    for (uint32_t i = 0; i < n; i++)
        calls |= lo_has_call(r->p[i]) || lo_has_call(l->p[i]);
    if (calls) {
        for (uint32_t i = 0; i < n; i++)
            if (!def)
                hoist_place(fn, l->p[i]);
        for (uint32_t i = 0; i < n; i++)
            lo_hoist(fn, r->p[i]);
    }
    Place *p = ARENA_ARRAY(fn->L->a, Place, n);
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, n);
    for (uint32_t i = 0; i < n; i++)
        if (!(def && s->assign.is_new && s->assign.is_new[i]))
            p[i] = lo_place(fn, l->p[i], true);
    for (uint32_t i = 0; i < n; i++) {
        Type *want;
        if (is_blank(l->p[i])) {
            if (r->p[i]->mode == MODE_NIL || r->p[i]->mode == MODE_CONST)
                continue;
            want = lo_typeof(fn, r->p[i]);
        } else if (def && s->assign.is_new && s->assign.is_new[i]) {
            want = lo_subst(fn, new_object(l->p[i])->type);
        } else {
            want = p[i].type;
        }
        v[i] = lo_save(fn, lo_expr_to(fn, r->p[i], want));
    }
    fn->pos = s->range.start;
    for (uint32_t i = 0; i < n; i++) {
        if (is_blank(l->p[i]))
            continue;
        if (def && s->assign.is_new && s->assign.is_new[i])
            lo_bind(fn, new_object(l->p[i]), v[i]);
        else
            lo_place_store(fn, &p[i], v[i]);
    }
}

static void assign_multi(Fn *fn, Stmt *s)
{
    ExprVec *l = &s->assign.lhs;
    uint32_t n = l->n;
    bool def = s->assign.op == TOK_DEFINE;
    Place *p = ARENA_ARRAY(fn->L->a, Place, n);
    IrOpnd *v = ARENA_ARRAY(fn->L->a, IrOpnd, n);
    Type **t = ARENA_ARRAY(fn->L->a, Type *, n);
    for (uint32_t i = 0; i < n; i++)
        if (!(def && s->assign.is_new && s->assign.is_new[i]))
            p[i] = lo_place(fn, l->p[i], true);
    lo_multi(fn, s->assign.rhs.p[0], v, t, n);
    fn->pos = s->range.start;
    for (uint32_t i = 0; i < n; i++) {
        if (is_blank(l->p[i]))
            continue;
        if (def && s->assign.is_new && s->assign.is_new[i]) {
            Object *o = new_object(l->p[i]);
            lo_bind(fn, o, lo_convert(fn, v[i], t[i], lo_subst(fn, o->type)));
        } else {
            lo_place_store(fn, &p[i], lo_convert(fn, v[i], t[i], p[i].type));
        }
    }
}

/* x op= y: x's operands once, then y, then load, operate, store. */
static void update(Fn *fn, Place *p, Token op, IrOpnd y, Type *ytype, Pos pos)
{
    if (p->kind == PLACE_REG) {
        IrOpnd x = place_load(fn, p);
        lo_place_store(fn, p, lo_binary(fn, op, p->type, x, y, ytype, pos));
        return;
    }
    fn->pos = pos;
    Addr a;
    if (p->kind == PLACE_MAP) {
        /* what can panic must not leave an entry behind */
        if (op == TOK_QUO || op == TOK_REM || op == TOK_SHL || op == TOK_SHR ||
            lo_type(p->type)->kind == IRT_STRUCT) {
            p->key = lo_save(fn, p->key);
            IrOpnd x = place_load(fn, p);
            lo_place_store(fn, p, lo_binary(fn, op, p->type, x, y, ytype, pos));
            return;
        }
        a = lo_at(lo_map_assign(fn, p->map_type, p->map, p->key), 0);
    } else {
        a = resolve(fn, p);
    }
    IrOpnd x = lo_load(fn, lo_type(p->type), a);
    IrOpnd v = lo_binary(fn, op, p->type, x, y, ytype, pos);
    lo_store(fn, a, v);
}

static void assign_op(Fn *fn, Stmt *s)
{
    Token op = token_of_assignment(s->assign.op);
    Expr *lhs = s->assign.lhs.p[0], *rhs = s->assign.rhs.p[0];
    if (lo_has_call(rhs)) {
        hoist_place(fn, lhs);
        lo_hoist(fn, rhs);
    }
    Place p = lo_place(fn, lhs, false);
    bool shift = op == TOK_SHL || op == TOK_SHR;
    IrOpnd y = shift ? lo_shift_count(fn, rhs) : lo_expr_to(fn, rhs, p.type);
    update(fn, &p, op, y, shift ? lo_typeof(fn, rhs) : p.type, s->assign.op_pos);
}

void lo_assign(Fn *fn, Stmt *s)
{
    ExprVec *l = &s->assign.lhs, *r = &s->assign.rhs;
    if (s->assign.op != TOK_ASSIGN && s->assign.op != TOK_DEFINE) {
        assign_op(fn, s);
        return;
    }
    if (l->n != r->n) {
        assign_multi(fn, s);
        return;
    }
    if (l->n > 1) {
        assign_parallel(fn, s);
        return;
    }
    if (s->assign.op == TOK_DEFINE && !is_blank(l->p[0]) &&
        (!s->assign.is_new || s->assign.is_new[0]))
        define(fn, new_object(l->p[0]), r->p[0]);
    else
        assign_one(fn, l->p[0], r->p[0]);
}

void lo_incdec(Fn *fn, Stmt *s)
{
    Place p = lo_place(fn, s->incdec.x, false);
    IrType *t = lo_type(p.type);
    IrOpnd one;
    if (irt_is_float(t))
        one = ir_float(t, 1);
    else if (t->kind == IRT_STRUCT)
        one = lo_mk(fn, t, (IrOpnd[]){ir_float(t->fields[0], 1), ir_float(t->fields[0], 0)}, 2);
    else
        one = ir_int(t, 1);
    update(fn, &p, s->incdec.op == TOK_INC ? TOK_ADD : TOK_SUB, one, p.type, s->range.start);
}

void lo_assign_value(Fn *fn, Expr *lhs, bool def, IrOpnd v, Type *t)
{
    if (is_blank(lhs))
        return;
    if (def) {
        Object *o = new_object(lhs);
        lo_bind(fn, o, lo_convert(fn, v, t, lo_subst(fn, o->type)));
        return;
    }
    Place p = lo_place(fn, lhs, false);
    lo_place_store(fn, &p, lo_convert(fn, v, t, p.type));
}

void lo_var_decl(Fn *fn, Decl *d)
{
    ExprVec *n = &d->value.names, *v = &d->value.values;
    if (v->n == 0) {
        for (uint32_t i = 0; i < n->n; i++)
            if (!is_blank(n->p[i]))
                lo_declare(fn, n->p[i]->ident.obj, true);
        return;
    }
    if (v->n == n->n) {
        if (n->n == 1) {
            if (is_blank(n->p[0]))
                discard(fn, v->p[0]);
            else
                define(fn, n->p[0]->ident.obj, v->p[0]);
            return;
        }
        bool calls = false;
        for (uint32_t i = 0; i < v->n; i++)
            calls |= lo_has_call(v->p[i]);
        for (uint32_t i = 0; i < v->n && calls; i++)
            lo_hoist(fn, v->p[i]);
        IrOpnd *x = ARENA_ARRAY(fn->L->a, IrOpnd, v->n);
        for (uint32_t i = 0; i < v->n; i++) {
            if (is_blank(n->p[i]))
                discard(fn, v->p[i]);
            else
                x[i] = lo_save(fn, lo_expr_to(fn, v->p[i], lo_subst(fn, n->p[i]->ident.obj->type)));
        }
        for (uint32_t i = 0; i < n->n; i++)
            if (!is_blank(n->p[i]))
                lo_bind(fn, n->p[i]->ident.obj, x[i]);
        return;
    }
    IrOpnd *x = ARENA_ARRAY(fn->L->a, IrOpnd, n->n);
    Type **t = ARENA_ARRAY(fn->L->a, Type *, n->n);
    lo_multi(fn, v->p[0], x, t, n->n);
    for (uint32_t i = 0; i < n->n; i++)
        if (!is_blank(n->p[i])) {
            Object *o = n->p[i]->ident.obj;
            lo_bind(fn, o, lo_convert(fn, x[i], t[i], lo_subst(fn, o->type)));
        }
}
