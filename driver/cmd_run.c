/* golc run: build into the cache, then exec. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stack.h"
#include "driver/driver.h"

int cmd_run(int argc, char **argv)
{
    Options o = {.opt_level = 1};
    if (!options_parse(&o, argc, argv, true))
        return EXIT_WRONG_USAGE;
    if (o.emit != EMIT_NONE)
        return emit_stage(&o);
    Arena *a = arena_new();
    const char *exe = build_cached(a, &o);
    if (exe == NULL)
        return EXIT_WRONG_PROGRAM;
    char **args = ARENA_ARRAY(a, char *, o.nargs + 2);
    args[0] = (char *)(uintptr_t)exe;
    memcpy(args + 1, o.args, (size_t)o.nargs * sizeof *args);
    if (cache_dir() != NULL) {
        tmp_cleanup();
        stack_restore_limit();
        execv(exe, args);
        driver_error("cannot run %s: %s", exe, strerror(errno));
        return EXIT_WRONG_PROGRAM;
    }
    /* No cache: the program lies in a temporary directory that must outlive it. */
    int pid = spawn_start_file(exe, (const char *const *)args);
    if (pid < 0)
        return EXIT_WRONG_PROGRAM;
    return spawn_wait(pid);
}
