/* SPDX-License-Identifier: MIT
 *
 * Switching to goroutines, protected frames, and going back from C into a panic.
 *
 * A parked goroutine's sp points at what the stub of its last runtime call pushed:
 *     r15 r14 r13 r12 rbx rbp, return address
 */
#include "runtime/layout.h"
#include "runtime/arch/x86_64/ctx.h"

	.text

/* noreturn void rt_gogo(RtGoroutine *g): resumes g on this thread. */
	.globl	rt_gogo
	.type	rt_gogo,@function
	.p2align 5
rt_gogo:
	movq	G_LIMIT(%rdi),%rax
	movq	%rdi,%fs:rt_g@tpoff
	movq	%rax,%fs:0x70
	movq	G_SP(%rdi),%rsp
	cmpq	$0,G_RESUME(%rdi)
	jne	1f
	movq	G_RET(%rdi),%rax
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	popq	%rcx
	/* The jump is predicted by history, which a ret here is not.  What goroutines that take
	 * turns leave of themselves there, for they all run the same code of ours, depends on where
	 * the linker has put it; so they leave some bits of where they are going. */
	testb	$4,%cl
	jz	2f
2:	testb	$8,%cl
	jz	3f
3:	testb	$16,%cl
	jz	4f
4:	jmp	*%rcx
1:	movq	G_RESUME(%rdi),%rax
	movq	$0,G_RESUME(%rdi)
	jmp	*%rax
	.size	rt_gogo,.-rt_gogo

/* A value for g->resume: instead of returning from the stub, goes on at the function g->ret,
 * as if that had been called. */
	.globl	rt_resume_jump
	.type	rt_resume_jump,@function
rt_resume_jump:
	movq	G_RET(%rdi),%r11
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	jmp	*%r11

/* Where a new goroutine begins, its g->resume at first: closure in g->ret, %rsp at the
 * (aligned) top. */
	.globl	rt_gostart
	.type	rt_gostart,@function
rt_gostart:
	xorl	%ebp,%ebp
	xorl	%ebx,%ebx		/* lest what they hold be taken for its pointers */
	xorl	%r12d,%r12d
	xorl	%r13d,%r13d
	xorl	%r14d,%r14d
	xorl	%r15d,%r15d
	movq	G_RET(%rdi),%rdi
	call	*(%rdi)
	.globl	rt_gostart_return
rt_gostart_return:
	movq	%fs:rt_sysrsp@tpoff,%rsp
	call	rt_g_finish
	ud2
	.size	rt_gostart,.-rt_gostart

/* noreturn void rt_ctx_restore(RtPreemptCtx *ctx): all registers; the caller has set rt_g. */
	.globl	rt_ctx_restore
	.type	rt_ctx_restore,@function
rt_ctx_restore:
	movq	%fs:rt_g@tpoff,%rax
	movq	G_LIMIT(%rax),%rax
	movq	%rax,%fs:0x70
	movq	CTX_XMASK(%rdi),%rax
	testq	%rax,%rax
	jz	1f
	movq	%rax,%rdx
	shrq	$32,%rdx
	xrstor64 CTX_FX(%rdi)
	jmp	2f
1:	fxrstor64 CTX_FX(%rdi)
2:	movq	CTX_RSP(%rdi),%rsp
	pushq	CTX_RIP(%rdi)
	pushq	CTX_FLAGS(%rdi)
	movq	CTX_RAX(%rdi),%rax
	movq	CTX_RBX(%rdi),%rbx
	movq	CTX_RCX(%rdi),%rcx
	movq	CTX_RDX(%rdi),%rdx
	movq	CTX_RSI(%rdi),%rsi
	movq	CTX_RBP(%rdi),%rbp
	movq	CTX_R8(%rdi),%r8
	movq	CTX_R9(%rdi),%r9
	movq	CTX_R10(%rdi),%r10
	movq	CTX_R11(%rdi),%r11
	movq	CTX_R12(%rdi),%r12
	movq	CTX_R13(%rdi),%r13
	movq	CTX_R14(%rdi),%r14
	movq	CTX_R15(%rdi),%r15
	movq	CTX_RDI(%rdi),%rdi
	popfq
	ret
	.size	rt_ctx_restore,.-rt_ctx_restore
	.globl	rt_ctx_restore_end
rt_ctx_restore_end:

/* noreturn void rt_enter_sysstack(void (*fn)(void)): from here downwards is the thread's
 * system stack for stubs. */
	.globl	rt_enter_sysstack
	.type	rt_enter_sysstack,@function
rt_enter_sysstack:
	pushq	%rbp
	movq	%rsp,%rbp
	andq	$-16,%rsp
	movq	%rsp,%fs:rt_sysrsp@tpoff
	xorl	%ebp,%ebp
	call	*%rdi
	ud2

/* uint64_t rt_swap_limit(uint64_t v): %fs:0x70 */
	.globl	rt_limit_address
	.type	rt_limit_address,@function
rt_limit_address:
	movq	%fs:0,%rax
	addq	$0x70,%rax
	ret

/* void rt_save_callee(uint64_t out[6]) */
	.globl	rt_save_callee
	.type	rt_save_callee,@function
rt_save_callee:
	movq	%rbx,0(%rdi)
	movq	%rbp,8(%rdi)
	movq	%r12,16(%rdi)
	movq	%r13,24(%rdi)
	movq	%r14,32(%rdi)
	movq	%r15,40(%rdi)
	ret

/* void rt_clear_vectors(void): xmm0 to xmm15. */
	.globl	rt_clear_vectors
	.type	rt_clear_vectors,@function
rt_clear_vectors:
	.irp	r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	pxor	%xmm\r,%xmm\r
	.endr
	ret
	.size	rt_clear_vectors,.-rt_clear_vectors

/* noreturn void rt_raise(void *fn, a, b, c, d, e [, f on the stack]): leaves the C code on
 * the system stack and calls fn(a, b, c, d, e, f) on the goroutine's stack in place of the
 * stub that entered it. */
	.globl	rt_raise
	.type	rt_raise,@function
rt_raise:
	movq	%rdi,%r11
	movq	%rsi,%rdi
	movq	%rdx,%rsi
	movq	%rcx,%rdx
	movq	%r8,%rcx
	movq	%r9,%r8
	movq	8(%rsp),%r9
	movq	%fs:rt_g@tpoff,%rax
	movq	G_SP(%rax),%rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	jmp	*%r11

/* Runs the deferred calls of the frame in %rbx, last first; goes on to \done. */
	.macro	run_defers done
.Lnext\@:
	movq	8(%rbx),%rdi
	testq	%rdi,%rdi
	jz	\done
	movq	0(%rdi),%rax
	movq	%rax,8(%rbx)
	movq	8(%rdi),%rdi
	testq	%rdi,%rdi
	jz	.Lnil\@
	movq	%fs:rt_g@tpoff,%rax
	movq	$0,8(%rax)
	call	*(%rdi)
	jmp	.Lnext\@
.Lnil\@:
	call	rt_panic_nil
	.endm

/* void rt_run_defers(RtFrame *frame): G. */
	.globl	rt_run_defers
	.type	rt_run_defers,@function
	.p2align 4
rt_run_defers:
	pushq	%rbp
	movq	%rsp,%rbp
	pushq	%rbx
	subq	$8,%rsp
	movq	%rdi,%rbx
	run_defers 1f
1:	addq	$8,%rsp
	popq	%rbx
	popq	%rbp
	ret
	.size	rt_run_defers,.-rt_run_defers

/* void rt_protect(void *body, RtFrame *frame): G.  Runs body(frame); then, where rt_unwind
 * comes back to, the deferred calls that are left. */
	.globl	rt_protect
	.type	rt_protect,@function
	.p2align 4
rt_protect:
	pushq	%rbp
	movq	%rsp,%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	subq	$8,%rsp
	movq	%rsi,%rbx
	movq	%fs:rt_g@tpoff,%rax
	movq	%rdi,0(%rbx)
	movq	%rsp,FRAME_SP(%rbx)
	movq	G_SEG(%rax),%rcx
	movq	%rcx,FRAME_SEG(%rbx)
	movq	G_FRAME(%rax),%rcx
	movq	%rcx,FRAME_LINK(%rbx)
	movl	$1,%edx
	testq	%rcx,%rcx
	jz	1f
	movq	FRAME_DEPTH(%rcx),%rdx
	incq	%rdx
1:	movq	%rdx,FRAME_DEPTH(%rbx)
	movq	%rbx,G_FRAME(%rax)
	movq	%rdi,%rax
	movq	%rbx,%rdi
	call	*%rax
.Ldefers:
	run_defers 2f
2:	movq	%fs:rt_g@tpoff,%rax
	movq	FRAME_LINK(%rbx),%rcx
	movq	%rcx,G_FRAME(%rax)
	addq	$8,%rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
	.size	rt_protect,.-rt_protect

/* noreturn void rt_unwind(RtFrame *frame): on the goroutine's stack, back to rt_protect's
 * second half in frame; everything above is abandoned. */
	.globl	rt_unwind
	.type	rt_unwind,@function
rt_unwind:
	movq	%rdi,%rbx
	movq	%fs:rt_g@tpoff,%rax
	movq	FRAME_SEG(%rbx),%rcx
	movq	%rcx,G_SEG(%rax)
	movq	SEG_LIMIT(%rcx),%rcx
	movq	%rcx,G_LIMIT(%rax)
	movq	%rcx,%fs:0x70
	movq	%rbx,G_FRAME(%rax)
	movq	$0,8(%rax)
	movq	FRAME_SP(%rbx),%rsp
	leaq	48(%rsp),%rbp
	jmp	.Ldefers
	.size	rt_unwind,.-rt_unwind

	.section .note.GNU-stack,"",@progbits
