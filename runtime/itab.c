/* SPDX-License-Identifier: MIT
 *
 * Interface tables made at run time, and the cache of those made and of those that cannot
 * be: a hash table that is read without a lock. */
#include <string.h>

#include "runtime/heap.h"

typedef struct Entry {
    const RtType *iface, *type;
    RtItab *tab; /* NULL: type lacks a method */
    const RtImethod *missing;
} Entry;

typedef struct Table {
    size_t mask, count;
    const Entry *slot[];
} Table;

static Table *table;
static RtMutex lock;

static size_t place(const RtType *iface, const RtType *type)
{
    return (size_t)(((uintptr_t)iface >> 3) * 0x9e3779b97f4a7c15u ^
                    ((uintptr_t)type >> 3) * 0xbf58476d1ce4e5b9u) >>
           20;
}

static const Entry *find(const Table *t, const RtType *iface, const RtType *type)
{
    if (!t)
        return NULL;
    for (size_t i = place(iface, type);; i++) {
        const Entry *e = __atomic_load_n(&t->slot[i & t->mask], __ATOMIC_ACQUIRE);
        if (!e || (e->iface == iface && e->type == type))
            return e;
    }
}

static void insert(Table *t, const Entry *e)
{
    size_t i = place(e->iface, e->type);
    while (t->slot[i & t->mask])
        i++;
    __atomic_store_n(&t->slot[i & t->mask], e, __ATOMIC_RELEASE);
    t->count++;
}

static void add(const Entry *e)
{
    Table *t = table;
    if (!t || t->count * 4 >= (t->mask + 1) * 3) {
        size_t n = t ? (t->mask + 1) * 2 : 64;
        Table *bigger = rt_persistent(sizeof *bigger + n * sizeof bigger->slot[0]);
        bigger->mask = n - 1;
        for (size_t i = 0; t && i <= t->mask; i++)
            if (t->slot[i])
                insert(bigger, t->slot[i]);
        insert(bigger, e);
        __atomic_store_n(&table, bigger, __ATOMIC_RELEASE); /* the old one may be in use */
        return;
    }
    insert(t, e);
}

static int compare(RtString a, RtString b)
{
    int64_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, (size_t)n) : 0;
    return c ? c : a.n < b.n ? -1 : a.n > b.n;
}

/* Both lists are sorted by name, then package path. */
static const Entry *make(const RtType *iface, const RtType *type)
{
    const RtInterfaceType *it = (const RtInterfaceType *)iface;
    const RtUncommon *u = type->uncommon;
    RtItab *tab = rt_persistent(sizeof *tab + (size_t)it->nmethods * sizeof tab->fn[0]);
    Entry *e = rt_persistent(sizeof *e);
    tab->type = type;
    tab->iface = iface;
    *e = (Entry){iface, type, tab, NULL};
    int64_t j = 0;
    for (int64_t i = 0; i < it->nmethods; i++) {
        const RtImethod *m = &it->methods[i];
        int c = -1;
        for (; u && j < u->nmethods; j++) {
            c = compare(u->methods[j].name, m->name);
            if (c == 0)
                c = compare(u->methods[j].pkgpath, m->pkgpath);
            if (c >= 0)
                break;
        }
        if (c != 0 || u->methods[j].sig != m->sig) {
            e->tab = NULL;
            e->missing = m;
            break;
        }
        tab->fn[i] = u->methods[j++].ifn;
    }
    return e;
}

static const Entry *lookup(const RtType *iface, const RtType *type)
{
    const Entry *e = find(__atomic_load_n(&table, __ATOMIC_ACQUIRE), iface, type);
    if (e)
        return e;
    rt_lock(&lock);
    e = find(table, iface, type);
    if (!e) {
        e = make(iface, type);
        add(e);
    }
    rt_unlock(&lock);
    return e;
}

void *rt_itab(const RtType *iface, const RtType *type)
{
    if (!type || ((const RtInterfaceType *)iface)->nmethods == 0)
        return (void *)(uintptr_t)type;
    return lookup(iface, type)->tab;
}

/* A *runtime.TypeAssertionError, made on the goroutine's stack.  As in Go it does not name
 * the static interface type. */
void rt_panic_assert_missing(const RtType *iface, const RtType *dyn, const RtType *want,
                             const uint8_t *missing, int64_t n);

static _Noreturn void fail(const RtType *type, const RtType *want, RtString missing)
{
    rt_raise((void *)rt_panic_assert_missing, 0, (uintptr_t)type, (uintptr_t)want,
             (uintptr_t)missing.p, (uint64_t)missing.n, 0);
}

void *rt_assert_itab(const RtType *iface, const RtType *type, const RtType *from)
{
    if (!type)
        fail(NULL, iface, (RtString){NULL, 0});
    if (((const RtInterfaceType *)iface)->nmethods == 0)
        return (void *)(uintptr_t)type;
    const Entry *e = lookup(iface, type);
    if (!e->tab)
        fail(type, iface, e->missing->name);
    return e->tab;
}
