/* SPDX-License-Identifier: MIT
 *
 * Offsets and sizes that the assembly of arch/ shares with the C structs of sched.h, where
 * static assertions hold them equal.  Included by both.
 */
#ifndef GOL_RUNTIME_LAYOUT_H
#define GOL_RUNTIME_LAYOUT_H

/* RtG */
#define G_LIMIT 0
#define G_SP 24
#define G_RET 32
#define G_RESUME 40
#define G_SEG 64
#define G_FRAME 72

/* RtSeg */
#define SEG_PREV 0
#define SEG_NEXT 8
#define SEG_TOP 16
#define SEG_LIMIT 24
#define SEG_BYTES 32
#define SEG_LEFT 40

/* RtFrame.priv, as rt_protect uses it: offsets from the frame */
#define FRAME_SP 16
#define FRAME_SEG 24
#define FRAME_LINK 32
#define FRAME_DEPTH 40
#define FRAME_CODE 48

/* Bytes kept free below the stack limit: GCC lets frames under 256 bytes go that far below
 * it unchecked; what is left serves a leaf call, a stub's saved registers, or __morestack
 * (tests/runtime/leaf_stack.py adds them up). */
#define STACK_SLACK 400

/* One goroutine: stack and RtG in one slot of a slab. */
#define STACK_SLOT 1152

#endif
