/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scheduler with one P and no goroutines, for tests that link the runtime's memory part
 * alone.  Panics and fatal errors jump back to the test. */
#ifndef GOL_TESTS_RT_TESTP_H
#define GOL_TESTS_RT_TESTP_H

#include <setjmp.h>
#include <string.h>

#include "runtime/heap.h"

void testp_start(void);            /* this thread gets the P; call first */
void testp_attach(RtM *m, RtP *p); /* another thread becomes m with p */

extern _Thread_local jmp_buf testp_jump;
extern _Thread_local char testp_message[256];
extern _Thread_local bool testp_catching;

/* Runs the statement; true if it panicked, with the text in testp_message. */
#define PANICS(stmt)                                                                               \
    ({                                                                                             \
        volatile bool panicked_ = true;                                                            \
        testp_catching = true;                                                                     \
        if (setjmp(testp_jump) == 0) {                                                             \
            stmt;                                                                                  \
            panicked_ = false;                                                                     \
        }                                                                                          \
        testp_catching = false;                                                                    \
        panicked_;                                                                                 \
    })

/* Descriptors as the compiler writes them. */
#define STR(s) ((RtString){(const uint8_t *)(s), sizeof(s) - 1})
extern const RtType type_int64, type_int32, type_uint8, type_float64, type_string, type_any,
    type_ptr, type_func;

#endif
