/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names the functions that generated code calls directly on a goroutine's stack though they do not
 * look at its limit, and how much of it there is for them; tests/runtime/leaf_stack.py asks. */
#include <stdio.h>

#include "runtime/abi.h"
#include "runtime/layout.h"
#include "runtime/stdcalls.h"

int main(void)
{
    printf("room %d\n", STACK_SLACK - 256);
#define RT(name, text, sig, flags)                                                                 \
    puts((flags)&RTF_FAST   ? "fast_rt_" #name                                                     \
         : (flags)&RTF_G    ? "rt_" #name " G"                                                     \
         : (flags)&RTF_LEAF ? "rt_" #name                                                          \
                            : "sys_rt_" #name);
    RT_CALLS(RT)
#define STD(name, flags) puts((flags)&STDF_LEAF ? "std_" #name : "sys_std_" #name);
    STD_CALLS(STD)
    return 0;
}
