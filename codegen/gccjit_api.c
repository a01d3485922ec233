/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loads libgccjit and fills the table of its entry points. */
#include "codegen/gccjit_api.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>

GccjitApi gj;

const char *gccjit_load(void)
{
    static bool loaded;
    static char why[256];
    if (loaded)
        return NULL;
    void *lib = dlopen("libgccjit.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!lib) {
        snprintf(why, sizeof why, "cannot load libgccjit: %s", dlerror());
        return why;
    }
#define X(name)                                                                                    \
    if (!(*(void **)&gj.name = dlsym(lib, "gcc_jit_" #name))) {                                    \
        snprintf(why, sizeof why, "this libgccjit has no %s: version 12 is needed",                \
                 "gcc_jit_" #name);                                                                \
        return why;                                                                                \
    }
    GCCJIT_API(X)
#undef X
    loaded = true;
    return NULL;
}
