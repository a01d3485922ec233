/* SPDX-License-Identifier: MIT
 *
 * __morestack: where the prologue of -fsplit-stack code lands when %rsp is below %fs:0x70.
 * Either the segment is used up, then it calls the function on the next one; or another
 * thread has tripped the limit to make the goroutine give way.
 *
 * In: %r10 bytes of frame wanted, %r11 bytes of stack arguments; 0(%rsp) the `ret` after the
 * call in the prologue, 8(%rsp) the function's caller, 16(%rsp) its stack arguments.  Only
 * %r10 and %r11 are free: all argument registers are live.
 * Stack used on the old segment: 32 bytes, within the slack.
 */
#include "runtime/layout.h"
#include "runtime/arch/x86_64/ctx.h"

	.text
	.globl	__morestack
	.type	__morestack,@function
	.p2align 5
__morestack:
	pushq	%rbp
	movq	%rsp,%rbp
	pushq	%rax
	pushq	%rdi
	addq	%r11,%r10
	.globl	rt_morestack_retry
rt_morestack_retry:
	movq	%fs:rt_g@tpoff,%rax
	movq	G_SEG(%rax),%rax
	movq	SEG_LIMIT(%rax),%rdi
	cmpq	%rdi,%fs:0x70
	jne	.Ltripped
	movq	SEG_NEXT(%rax),%rax
	testq	%rax,%rax
	jz	.Lnewseg
	movq	SEG_TOP(%rax),%rdi
	subq	SEG_LIMIT(%rax),%rdi
	cmpq	%rdi,%r10
	ja	.Lnewseg
	movq	SEG_TOP(%rax),%rsp
	movq	%rbp,SEG_LEFT(%rax)
	movq	%fs:rt_g@tpoff,%rdi
	movq	%rax,G_SEG(%rdi)
	movq	SEG_LIMIT(%rax),%rax
	movq	%rax,G_LIMIT(%rdi)
	movq	%rax,%fs:0x70
	movq	-16(%rbp),%rdi
	testq	%r11,%r11
	jnz	.Lcopyargs
.Lcall:
	movq	-8(%rbp),%rax
	movq	8(%rbp),%r11
	incq	%r11			/* skips the `ret` */
	call	*%r11			/* a call, for the return predictor */
	.globl	rt_morestack_return
rt_morestack_return:
	movq	%rax,-8(%rbp)
	movq	%rdx,-16(%rbp)
	movq	%fs:rt_g@tpoff,%rax
	movq	G_SEG(%rax),%rdx
	cmpq	$0,SEG_NEXT(%rdx)	/* keep one segment cached, not two */
	jne	.Ltrim
.Lback:
	movq	SEG_PREV(%rdx),%rdx
	movq	%rdx,G_SEG(%rax)
	movq	SEG_LIMIT(%rdx),%rdx
	movq	%rdx,G_LIMIT(%rax)
	movq	%rdx,%fs:0x70
	movq	-8(%rbp),%rax
	movq	-16(%rbp),%rdx
	movq	%rbp,%rsp
	popq	%rbp
	ret				/* to the prologue's `ret` */

.Lcopyargs:
	addq	$15,%r11
	andq	$-16,%r11
1:	subq	$16,%r11
	pushq	32(%rbp,%r11)		/* 24(%rbp): first argument word */
	pushq	24(%rbp,%r11)
	testq	%r11,%r11
	jnz	1b
	jmp	.Lcall

.Ltrim:					/* free what is cached beyond the segment we leave */
	movq	%fs:rt_sysrsp@tpoff,%rsp
	subq	$32,%rsp
	movups	%xmm0,0(%rsp)
	movups	%xmm1,16(%rsp)
	movq	%rdx,%rdi
	call	rt_seg_trim
	movups	0(%rsp),%xmm0
	movups	16(%rsp),%xmm1
	movq	%fs:rt_g@tpoff,%rax
	movq	G_SEG(%rax),%rdx
	jmp	.Lback

.Lnewseg:				/* argument registers go to the system stack meanwhile */
	movq	%fs:rt_sysrsp@tpoff,%rsp
	subq	$192,%rsp
	movq	%rsi,8(%rsp)
	movq	%rdx,16(%rsp)
	movq	%rcx,24(%rsp)
	movq	%r8,32(%rsp)
	movq	%r9,40(%rsp)
	movq	%r10,48(%rsp)
	movq	%r11,56(%rsp)
	movups	%xmm0,64(%rsp)
	movups	%xmm1,80(%rsp)
	movups	%xmm2,96(%rsp)
	movups	%xmm3,112(%rsp)
	movups	%xmm4,128(%rsp)
	movups	%xmm5,144(%rsp)
	movups	%xmm6,160(%rsp)
	movups	%xmm7,176(%rsp)
	movq	%r10,%rdi
	leaq	-16(%rbp),%rsi		/* the stack pointer, should this be the end */
	call	rt_newseg
	movq	8(%rsp),%rsi
	movq	16(%rsp),%rdx
	movq	24(%rsp),%rcx
	movq	32(%rsp),%r8
	movq	40(%rsp),%r9
	movq	48(%rsp),%r10
	movq	56(%rsp),%r11
	movups	64(%rsp),%xmm0
	movups	80(%rsp),%xmm1
	movups	96(%rsp),%xmm2
	movups	112(%rsp),%xmm3
	movups	128(%rsp),%xmm4
	movups	144(%rsp),%xmm5
	movups	160(%rsp),%xmm6
	movups	176(%rsp),%xmm7
	leaq	-16(%rbp),%rsp
	jmp	rt_morestack_retry

.Ltripped:				/* as if a signal had interrupted us at .Lresumed */
	movq	%fs:rt_m@tpoff,%rax
	movq	M_CTX(%rax),%rax
	movq	%rcx,CTX_RCX(%rax)
	movq	%rdx,CTX_RDX(%rax)
	movq	%rsi,CTX_RSI(%rax)
	movq	%r8,CTX_R8(%rax)
	movq	%r9,CTX_R9(%rax)
	movq	%r10,CTX_R10(%rax)
	movq	%r11,CTX_R11(%rax)
	movq	$.Lresumed,CTX_RIP(%rax)
.Lgive_way:				/* the context in %rax has what calls do not preserve */
	movq	%rbx,CTX_RBX(%rax)
	movq	%rbp,CTX_RBP(%rax)
	movq	%rsp,CTX_RSP(%rax)
	movq	%r12,CTX_R12(%rax)
	movq	%r13,CTX_R13(%rax)
	movq	%r14,CTX_R14(%rax)
	movq	%r15,CTX_R15(%rax)
	movq	$0x202,CTX_FLAGS(%rax)
	movq	$0,CTX_XMASK(%rax)
	fxsave64 CTX_FX(%rax)
	movq	%rax,%rdi
	movq	%fs:rt_sysrsp@tpoff,%rsp
	call	rt_morestack_tripped
	ud2

.Lresumed:				/* there may be room enough on this segment */
	leaq	16(%rbp),%rax
	subq	%r10,%rax
	addq	%r11,%rax
	cmpq	%fs:0x70,%rax
	jb	rt_morestack_retry
	movq	-8(%rbp),%rax
	movq	-16(%rbp),%rdi
	movq	8(%rbp),%r11
	incq	%r11
	movq	%rbp,%rsp
	popq	%rbp
	addq	$8,%rsp
	jmp	*%r11
	.size	__morestack,.-__morestack

/* The end of a stub (stubs.S), when the goroutine is to give way: as if a signal had interrupted it
 * at rt_stub_end; the results are live. */
	.globl	rt_stub_tripped
	.type	rt_stub_tripped,@function
rt_stub_tripped:
	pushq	%rax
	movq	%fs:rt_m@tpoff,%rax
	movq	M_CTX(%rax),%rax
	popq	CTX_RAX(%rax)
	movq	%rdx,CTX_RDX(%rax)
	xorl	%ecx,%ecx		/* the others are dead, lest they keep what they held before */
	movq	%rcx,CTX_RCX(%rax)
	movq	%rcx,CTX_RSI(%rax)
	movq	%rcx,CTX_RDI(%rax)
	movq	%rcx,CTX_R8(%rax)
	movq	%rcx,CTX_R9(%rax)
	movq	%rcx,CTX_R10(%rax)
	movq	%rcx,CTX_R11(%rax)
	movq	$rt_stub_end,CTX_RIP(%rax)
	jmp	.Lgive_way
	.size	rt_stub_tripped,.-rt_stub_tripped

	.globl	rt_morestack_end
rt_morestack_end:

rt_stub_end:
	popq	%rbp
	ret

	.section .note.GNU-stack,"",@progbits
