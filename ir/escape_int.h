/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to ir/escape*.c and ir/pass_escape.c: one function as a graph of what its pointers
 * may point to.
 *
 * An object is a piece of memory: the heap and all that nobody knows of (object 0), what a
 * parameter points to, what is reachable from there, a stack slot, or what one allocating
 * instruction makes.  A node is a set of objects: a register (each field of a struct has one),
 * the contents of an object, a result, or an auxiliary set.  Constraints between nodes say how
 * pointers move; their least solution is computed by iteration.  Contents are kept without
 * regard to fields and order; what is stored in the heap counts as escaped. */
#ifndef GOL_IR_ESCAPE_INT_H
#define GOL_IR_ESCAPE_INT_H

#include "ir/dom.h"
#include "ir/effect.h"

typedef uint32_t Node;
#define NO_NODE UINT32_MAX

enum { HEAP = 0 }; /* object, and the node of its contents */

typedef enum ObjectKind {
    OBJ_HEAP,
    OBJ_PARAM, /* a level of a parameter's memory (ir/effect.h) */
    OBJ_SLOT,  /* on the stack whatever happens */
    OBJ_SITE,  /* on the stack if it does not escape */
} ObjectKind;

typedef struct EscObject {
    ObjectKind kind;
    uint32_t param, level;
    IrInst *in; /* OBJ_SLOT, OBJ_SITE */
    uint32_t block, index;
    IrInst *spill; /* of a box: what fills the slot which may serve as one */
    Node content;
    bool in_frame;    /* OBJ_SITE: it must live as long as the frame of a function with defer */
    const char *heap; /* OBJ_SITE: why it must be on the heap though its address stays here */
} EscObject;

typedef enum ConKind {
    CON_COPY,  /* dst ⊇ src */
    CON_LOAD,  /* dst ⊇ contents of what src points to */
    CON_STORE, /* contents of what dst points to ⊇ src */
} ConKind;

typedef struct Con {
    ConKind kind;
    Node dst, src;
    const IrInst *in;
    const char *why; /* for --explain */
} Con;

/* How an object came into a node: by constraint con, or (con < 0) through object via, in
 * whose contents it was. */
typedef struct Cause {
    int32_t con;
    uint32_t via;
} Cause;

typedef struct Escape Escape;

typedef struct EscFunc {
    Escape *e;
    Arena *a;
    IrFunc *f;
    VEC(EscObject) objects;
    uint32_t *param_object; /* of a parameter: its first object, of level 0; or 0 */
    uint32_t next_site;
    Node *reg_node; /* first node of a register, or NO_NODE */
    uint32_t frame; /* the object that is the frame given to the body of a function with defer */
    Node heap_ptr;  /* points to the heap */
    Node results;   /* first of nresults */
    uint32_t nresults;
    uint32_t nnodes;
    VEC(Con) cons;
    struct {
        Node node;
        uint32_t object;
    } * init; /* address constraints */
    uint32_t ninit, init_cap;
    /* solution */
    uint32_t words;
    uint64_t *sets;
    Cause *causes; /* only where explanations are wanted */
    /* liveness, computed when a loop asks for it */
    uint64_t **live_out;
} EscFunc;

/* What is said of one allocation. */
typedef struct Explanation {
    Pos pos;
    char *text;
} Explanation;

struct Escape {
    Arena *a;
    IrModule *m;
    IrEffects *imports; /* may be NULL */
    bool inlined_known; /* imports has read those of the packages of inlined functions */
    bool explain;
    VEC(Explanation) said;
};

enum { ESC_LARGEST = 16384 }; /* bytes: what is larger stays on the heap */

static inline uint64_t *esc_set(const EscFunc *g, Node n)
{
    return g->sets + (size_t)n * g->words;
}
static inline bool esc_has(const EscFunc *g, Node n, uint32_t object)
{
    return esc_set(g, n)[object / 64] >> (object % 64) & 1;
}

/* Whether values of the type may hold a pointer (a u64 may: an interface's data word). */
bool esc_carries(const IrType *t);
/* The graph of f; NULL where it would be too large. */
EscFunc *esc_build(Escape *e, Arena *a, IrFunc *f);
void esc_solve(EscFunc *g);
/* The one node that stands for all pointers in a register, where that is one. */
Node esc_address_node(const EscFunc *g, const IrOpnd *o);
/* Says of each site of g on the heap why it is there. */
void esc_explain(EscFunc *g);
/* Writes all that was said, by position, each text once. */
void esc_print_explanations(Escape *e, FILE *out);

#endif
