/* SPDX-License-Identifier: MIT
 *
 * The stubs sys_NAME by which generated code enters C: one a row of the tables, unless the
 * function runs on the goroutine's stack.  Each in a section of its own, so that the linker
 * drops what is not called, with all behind it.
 *
 * Stack used on the goroutine's stack: 56 bytes with the return address, within the slack.
 */
#include "runtime/abi.h"
#include "runtime/layout.h"
#include "runtime/stdcalls.h"

	.macro	STUB name
	.section .text.sys_\name,"ax",@progbits
	.globl	sys_\name
	.type	sys_\name,@function
	.p2align 4
sys_\name:
	pushq	%rbp
	movq	%rsp,%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%fs:rt_g@tpoff,%rax
	movq	%rsp,G_SP(%rax)
	movq	%fs:rt_sysrsp@tpoff,%rsp
	call	\name
	movq	%rbp,%rsp
	cmpq	$-1,%fs:0x70		/* who is most of the time in C is not met elsewhere */
	je	rt_stub_tripped
	popq	%rbp
	ret
	.size	sys_\name,.-sys_\name
	.endm

#define RT(name, text, sig, flags)                                                                 \
	.if ((flags) & (RTF_LEAF | RTF_G)) == 0; STUB rt_##name; .endif;
RT_CALLS(RT)
#undef RT

#define STD(name, flags) .if ((flags) & STDF_LEAF) == 0; STUB std_##name; .endif;
STD_CALLS(STD)
#undef STD

/* What the runtime's own G functions call. */
	STUB rt_fatalpanic
	STUB rt_goexit_done
	STUB rt_main_done
	STUB rt_panic_send_closed
	STUB rt_error_type
	STUB rt_index_text
	STUB rt_slice_text
	STUB rt_array_text
	STUB rt_assert_text
	STUB rt_wrap_text

	.section .note.GNU-stack,"",@progbits
