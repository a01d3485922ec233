/* SPDX-License-Identifier: MIT
 *
 * Size classes (Go's, since programs print cap()) and the number of the allocation run that
 * a type's objects come from, which the compiler writes into RtType.alloc.  Plain C without
 * dependencies: included by the runtime and by the compiler.
 *
 *      run          objects
 *      0            none: ask the allocator
 *      1 … 67       without pointers, of that size class
 *      68 …         with pointers, up to 48 bytes: one run for each size and pointer map, in
 *                   the order 16, 24, 32, 48 bytes; within a size by the map as a number
 *      156 …        the runtime's own: typed objects above 512 bytes, and pointer maps
 *                   that it meets as it runs
 */
#ifndef GOL_RUNTIME_ALLOCRUN_H
#define GOL_RUNTIME_ALLOCRUN_H

#include <stdint.h>

/* X(bytes of an object, pages of a span).  Class numbers count from 1; class 1 is never
 * allocated from (8 bytes take 16), it is there for the rounding of capacities. */
/* clang-format off */
#define RT_SIZE_CLASSES(X)                                                                         \
    X(8, 1)                                                                                        \
    X(16, 1) X(24, 1) X(32, 1) X(48, 1) X(64, 1) X(80, 1) X(96, 1) X(112, 1) X(128, 1) X(144, 1)   \
        X(160, 1) X(176, 1) X(192, 1) X(208, 1) X(224, 1) X(240, 1) X(256, 1) X(288, 1) X(320, 1)  \
            X(352, 1) X(384, 1) X(416, 1) X(448, 1) X(480, 1) X(512, 1) X(576, 1) X(640, 1)        \
                X(704, 1) X(768, 1) X(896, 1) X(1024, 1) X(1152, 1) X(1280, 1) X(1408, 2)          \
                    X(1536, 1) X(1792, 2) X(2048, 1) X(2304, 2) X(2688, 1) X(3072, 3) X(3200, 2)   \
                        X(3456, 3) X(4096, 1) X(4864, 3) X(5376, 2) X(6144, 3) X(6528, 4)          \
                            X(6784, 5) X(6912, 6) X(8192, 1) X(9472, 7) X(9728, 6) X(10240, 5)     \
                                X(10880, 4) X(12288, 3) X(13568, 5) X(14336, 7) X(16384, 2)        \
                                    X(18432, 9) X(19072, 7) X(20480, 5) X(21760, 8) X(24576, 3)    \
                                        X(27264, 10) X(28672, 7) X(32768, 4)
/* clang-format on */

enum {
    RT_NCLASSES = 68,     /* class 0 stands for large objects */
    RT_MAX_SMALL = 32768, /* the largest size that has a class */
    RT_MAX_MASKED = 512,  /* up to here a span has one pointer map; above, objects with
                              pointers end in a word that holds their type */
    RT_RUN_MASK16 = 67,   /* + pointer map, 1 … 3 */
    RT_RUN_MASK24 = 70,   /* 1 … 7 */
    RT_RUN_MASK32 = 77,   /* 1 … 15 */
    RT_RUN_MASK48 = 92,   /* 1 … 63 */
    RT_RUN_TYPED = 156,   /* + class - class of 576 */
    RT_CLASS_576 = 27,
    RT_RUN_DYNAMIC = RT_RUN_TYPED + RT_NCLASSES - RT_CLASS_576,
    RT_NRUNS = 1024,
};

static inline unsigned rt_class_bytes(unsigned class)
{
    static const uint16_t sizes[RT_NCLASSES] = {0,
#define X(bytes, pages) bytes,
                                                RT_SIZE_CLASSES(X)
#undef X
    };
    return sizes[class];
}

/* Bytes of a slot of a run that rt_alloc_run gives. */
static inline unsigned rt_run_slot(unsigned run)
{
    return run < RT_NCLASSES      ? rt_class_bytes(run)
           : run <= RT_RUN_MASK24 ? 16
           : run <= RT_RUN_MASK32 ? 24
           : run <= RT_RUN_MASK48 ? 32
                                  : 48;
}

/* The run of single objects of a type, or 0 where only the runtime can tell. */
static inline unsigned rt_alloc_run(uint64_t size, uint64_t ptrbytes, const uint8_t *ptrmap)
{
    if (size == 0)
        return 0;
    if (ptrbytes == 0) {
        if (size > 1024)
            return 0;
        unsigned c = 2;
        while (rt_class_bytes(c) < size)
            c++;
        return c;
    }
    if (size > 48)
        return 0;
    unsigned mask = ptrmap[0] & ((1u << (ptrbytes / 8)) - 1);
    if (mask == 0)
        return 0;
    return mask + (size <= 16   ? RT_RUN_MASK16
                   : size <= 24 ? RT_RUN_MASK24
                   : size <= 32 ? RT_RUN_MASK32
                                : RT_RUN_MASK48);
}

#endif
