/* SPDX-License-Identifier: MIT
 *
 * The registers of a goroutine that was interrupted, as saved by __morestack or by the
 * preemption signal and restored by rt_ctx_restore.  For C and assembly.
 */
#ifndef GOL_RUNTIME_ARCH_CTX_H
#define GOL_RUNTIME_ARCH_CTX_H

#define CTX_RAX 0
#define CTX_RBX 8
#define CTX_RCX 16
#define CTX_RDX 24
#define CTX_RSI 32
#define CTX_RDI 40
#define CTX_RBP 48
#define CTX_RSP 56
#define CTX_R8 64
#define CTX_R9 72
#define CTX_R10 80
#define CTX_R11 88
#define CTX_R12 96
#define CTX_R13 104
#define CTX_R14 112
#define CTX_R15 120
#define CTX_RIP 128
#define CTX_FLAGS 136
#define CTX_XMASK 144
#define CTX_FX 192

/* RtM */
#define M_CTX 0

#ifndef __ASSEMBLER__
#include <stdint.h>
typedef struct RtPreemptCtx {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rip, flags;
    uint64_t xmask; /* 0: fx is an FXSAVE image, else an XSAVE image with these features */
    struct RtPreemptCtx *link;
    uint64_t pad[4];
    uint8_t fx[] __attribute__((aligned(64)));
} RtPreemptCtx;
#endif
#endif
