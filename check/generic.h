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

#endif
