/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens to variables: their uses (for "declared and not used"), and the flags that
 * the lowering reads: captured, address taken, reassigned, declared in a loop.  The flags
 * err on the side of true.
 *
 * A loop's variable that only the post statement assigns, and not before a literal there, is not
 * reassigned: each iteration has a variable of its own, which the post statement steps before
 * the condition and the body see it.  So literals in them may hold its value. */
#include "check/checker.h"

/* A use of v in the function being checked: notes the capture where it is another's. */
void check_mark_use(Checker *c, Object *v)
{
    FuncInfo *owner = v->var.owner;
    if (!owner || owner == c->env.func)
        return;
    v->var.captured = true;
    if (v->var.in_post) /* it sees what the statement makes of v */
        v->var.reassigned = true;
    for (FuncInfo *f = c->env.func; f && f != owner; f = f->outer) {
        bool found = false;
        for (uint32_t i = 0; i < f->captures.n && !found; i++)
            found = f->captures.p[i] == v;
        if (!found)
            vec_push(c->a, &f->captures, v);
    }
}

/* The variable that e is a part of, without following a pointer; NULL: none. */
static Object *root_var(Expr *e)
{
    for (;;) {
        switch (e->kind) {
        case EXPR_PAREN: e = e->paren.x; break;
        case EXPR_IDENT: return e->ident.obj && e->ident.obj->kind == OBJ_VAR ? e->ident.obj : NULL;
        case EXPR_SELECTOR:
            if (e->selector.obj)
                return e->selector.obj->kind == OBJ_VAR ? e->selector.obj : NULL;
            if (!e->selector.sel || e->selector.sel->kind != SEL_FIELD || e->selector.sel->indirect)
                return NULL;
            e = e->selector.x;
            break;
        case EXPR_INDEX:
            if (!e->index.x->type || type_underlying(e->index.x->type)->kind != TYPE_ARRAY)
                return NULL;
            e = e->index.x;
            break;
        default: return NULL;
        }
    }
}

void check_mark_assigned(Checker *c, Expr *e)
{
    Object *v = root_var(e);
    if (v && !(v->var.in_post && v->var.owner == c->env.func))
        v->var.reassigned = true;
}

void check_mark_addr_taken(Expr *e)
{
    Object *v = root_var(e);
    if (v)
        v->var.addr_taken = true;
}
