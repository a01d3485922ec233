/* SPDX-License-Identifier: MIT
 *
 * main for compiled programs; apart from start.c, so that tests may bring their own.
 */
#include "runtime/schedimpl.h"

int main(int argc, char **argv, char **envp)
{
    rt_start(argc, argv, envp);
    return 0;
}
