/* SPDX-License-Identifier: MIT
 *
 * Prototypes of the rows of abi.h that memory, strings, maps, types and print implement.
 */
#ifndef GOL_RUNTIME_MEMCALLS_H
#define GOL_RUNTIME_MEMCALLS_H

#include "runtime/abi.h"

/* heap.c, slice.c, barrier in gc.c */
void *rt_new(const RtType *t);
void *rt_makeslice(const RtType *elem, int64_t len, int64_t cap);
RtSlice rt_growslice(const RtType *elem, void *old, int64_t len, int64_t cap, int64_t add);
void *rt_box(const RtType *t, const void *value);
void rt_typedmove(const RtType *t, void *dst, const void *src);
int64_t rt_slicecopy(const RtType *elem, void *dst, int64_t ndst, const void *src, int64_t nsrc);
/* Zeroes n bytes that may hold pointers; for generated code: the world may stop in between. */
void rt_memclr_ref(void *p, int64_t n);
void rt_clear_ref(void *p, size_t n); /* the same without a stop in between */
void rt_wbrec(void *old);
void rt_storemove(void *dst, const void *src, int64_t n);
/* Records the n bytes at p, word by word, before they are overwritten. */
void rt_wbrec_bulk(void *p, size_t n);

/* string.c */
RtString rt_concat(const RtString *s, int64_t n);
int64_t rt_string_cmp(const uint8_t *a, int64_t na, const uint8_t *b, int64_t nb);
RtString rt_string_from_bytes(const uint8_t *p, int64_t n);
RtSlice rt_string_to_bytes(const uint8_t *p, int64_t n);
RtString rt_string_from_runes(const int32_t *r, int64_t n);
RtSlice rt_string_to_runes(const uint8_t *p, int64_t n);
RtString rt_string_from_rune(int64_t r);
uint64_t rt_decoderune(const uint8_t *p, int64_t n, int64_t i);
/* Writes r as UTF-8 (U+FFFD where it is no rune) to p[4]; the number of bytes. */
int rt_encoderune(uint8_t *p, int64_t r);
RtString rt_string_of_cstr(const char *s); /* a heap copy */

/* map*.c */
void *rt_map_make(const RtType *t, int64_t hint);
void *rt_map_get(const RtType *t, void *m, const void *key);
void *rt_map_get32(const RtType *t, void *m, uint32_t key);
void *rt_map_get64(const RtType *t, void *m, uint64_t key);
void *rt_map_getstr(const RtType *t, void *m, const uint8_t *p, int64_t n);
void *rt_map_assign(const RtType *t, void *m, const void *key);
void *rt_map_assign32(const RtType *t, void *m, uint32_t key);
void *rt_map_assign64(const RtType *t, void *m, uint64_t key);
void *rt_map_assignstr(const RtType *t, void *m, const uint8_t *p, int64_t n);
void rt_map_delete(const RtType *t, void *m, const void *key);
void rt_map_clear(const RtType *t, void *m);
void rt_map_iter_init(const RtType *t, void *m, RtMapIter *it);
bool rt_map_iter_next(RtMapIter *it);

/* equal.c, itab.c */
bool rt_efaceeq(const void *ta, uint64_t a, const void *tb, uint64_t b);
bool rt_equal(const RtType *t, const void *x, const void *y);
/* Panics "runtime error: hash of unhashable type T" where == would panic. */
uint64_t rt_hash(const RtType *t, const void *x, uint64_t seed);
/* For a key that is looked up in an empty map, where nothing is hashed: panics "hash of
 * unhashable type: T" (Go's words there, and no "runtime error") where rt_hash would panic. */
void rt_check_hashable(const RtType *t, const void *x);
uint64_t std_sync_anyHash(const void *tab, uint64_t word);
uint64_t rt_hash_bytes(const void *p, size_t n, uint64_t seed);
void *rt_itab(const RtType *iface, const RtType *t);
void *rt_assert_itab(const RtType *iface, const RtType *t, const RtType *from);

/* print.c */
void rt_print_begin(void);
void rt_print_end(void);
void rt_print_int(int64_t v);
void rt_print_uint(uint64_t v);
void rt_print_bool(bool v);
void rt_print_float(double v);
void rt_print_float32(float v);
void rt_print_complex(double re, double im);
void rt_print_complex64(float re, float im);
void rt_print_string(const uint8_t *p, int64_t n);
void rt_print_pointer(const void *p);
void rt_print_slice(const void *p, int64_t len, int64_t cap);
void rt_print_iface(const void *tab, const void *word);

#endif
