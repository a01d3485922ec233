/* golc: dispatches to the subcommands. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/stack.h"
#include "driver/driver.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"build", cmd_build},       {"run", cmd_run},          {"help", cmd_help},
    {"--help", cmd_help},       {"-h", cmd_help},          {"version", cmd_version},
    {"--version", cmd_version}, {"internal-std", cmd_std},
};

int main(int argc, char **argv)
{
    stack_raise_limit();
    if (argc < 2) {
        cmd_help(0, NULL);
        return EXIT_WRONG_USAGE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 2, argv + 2);
    size_t n = strlen(argv[1]);
    if ((n > 4 && strcmp(argv[1] + n - 4, ".gol") == 0) ||
        (n > 3 && strcmp(argv[1] + n - 3, ".go") == 0))
        driver_error("unknown command %s; to run a program: golc run %s", argv[1], argv[1]);
    else
        driver_error("unknown command %s; golc help lists them", argv[1]);
    return EXIT_WRONG_USAGE;
}
