/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Type parameters: instances, substitution, unification and inference.  Instances are
 * unique: the same generic type with identical arguments gives the same node. */
#ifndef GOL_CHECK_GENERIC_H
#define GOL_CHECK_GENERIC_H

#include "check/types.h"

/* A substitution: type parameter from.p[i] (TYPE_TYPEPARAM) becomes to.p[i]; NULL: stays. */
typedef struct SubstMap {
    TypeVec from, to;
} SubstMap;

SubstMap subst_map(Arena *a, const ObjectVec *tparams, Type *const *targs, uint32_t n);
/* t itself where nothing changes. */
Type *type_subst(Arena *a, Type *t, const SubstMap *m);

/* The instance origin[targs…] of a generic defined type; its underlying type and methods
 * are made when asked for.  The number of arguments is right, constraints are checked by
 * the caller (type_verify_instance). */
Type *type_instantiate_named(Arena *a, Type *origin, Type *const *targs, uint32_t n);
/* The signature of a generic function with its arguments put in. */
Type *type_instantiate_sig(Arena *a, Type *sig, Type *const *targs, uint32_t n);
/* The index of the first argument that does not satisfy its constraint, with the reason,
 * or -1. */
int type_verify_instance(Arena *a, const ObjectVec *tparams, Type *const *targs, uint32_t n,
                         Package *rel, const char **cause);
/* Makes the underlying type of an instance; called by type_underlying. */
void type_expand_instance(Type *inst);
/* Whether a type parameter occurs in t. */
bool type_is_parameterized(Type *t);
/* A new type parameter object and type: index within its list, constraint may be set later. */
Type *type_new_typeparam(Arena *a, Object *obj, int index, Type *constraint);

/* ---- unification (unify.c): Go spec, "Type unification" ---------------------------------------- */

enum {
    UNIFY_ASSIGN = 1, /* at the top level of an assignment: elements must match exactly */
    UNIFY_EXACT = 2,  /* types must become identical */
};

typedef struct Unifier {
    Arena *a;
    TypeVec tparams;      /* the bound ones */
    VEC(Type **) handles; /* of tparams.p[i]: where its type is; joined ones share it */
    int depth;
} Unifier;

/* targs: those already known, may have NULLs or fewer. */
void unify_init(Arena *a, Unifier *u, const TypeVec *tparams, const TypeVec *targs);
bool unify(Unifier *u, Type *x, Type *y, unsigned mode);
/* The type found for a bound type parameter, or NULL. */
Type *unify_at(Unifier *u, Type *tparam);
void unify_set(Unifier *u, Type *tparam, Type *t);

/* ---- inference (infer.c): Go spec, "Type inference" ---------------------------------------------- */

typedef struct InferArg {
    Type *type; /* typed, or untyped as of a constant; of a generic function: with its
                   parameters among tparams.  NULL: the argument was wrong */
    Expr *expr; /* for messages */
} InferArg;

typedef struct InferError {
    Expr *at; /* the argument, or NULL: the call as a whole */
    const char *msg;
} InferError;

/* Infers the missing type arguments of a call: tparams are bound (rename them first where
 * the call may be inside of what is called); params is the tuple of parameter types, one
 * for each argument, so variadic ones are spread.  targs: the given ones, completed on
 * success.  reverse: a function value is assigned to a variable of type args[0]; only words
 * the message.  Constraints are verified by the caller. */
bool type_infer(Arena *a, Package *rel, const TypeVec *tparams, TypeVec *targs, Type *params,
                const InferArg *args, uint32_t nargs, bool reverse, InferError *err);
/* Fresh copies of type parameters, and *t with them put in. */
TypeVec type_rename_tparams(Arena *a, const ObjectVec *tparams, Type **t);
/* "P, Q, and R" */
const char *type_tparams_string(Arena *a, const TypeVec *tparams);

#endif
