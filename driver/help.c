/* golc help and golc version. */
#include <stdio.h>
#include <string.h>

#include "driver/driver.h"

static const char overview[] =
    "golc compiles and runs Gol, a small Go-like concurrent language.\n"
    "\n"
    "    golc run FILE|DIR [ARGUMENTS]      build in the cache, then run\n"
    "    golc build [-o OUT] FILES|DIR      build a program to ship\n"
    "    golc help [COMMAND]                this text, or more about a command\n"
    "    golc version                       golc's version\n"
    "\n"
    "Sources are .gol files, or .go files of the same language.\n";

static const char help_build[] =
    "usage: golc build [OPTIONS] [FILES|DIR]\n"
    "\n"
    "Builds the program of package main in the files named, or in the directory (default:\n"
    "the current one).  The program depends on libc alone.\n"
    "\n"
    "    -o FILE       where to write it (default: named after the file or directory)\n"
    "    -O0 … -O3     how much to optimise (default -O2)\n"
    "    -g            with symbols and debugging information, for gdb and perf\n"
    "    -s            without names and lines: traces of panics stay empty\n"
    "    -v            say what is done and how long it took\n"
    "    --emit=STAGE  print what a stage made, and stop: tokens, ast, types, ir, ir-opt, asm\n"
    "    --explain=escape\n"
    "                  say of each variable and value that is allocated on the heap by which\n"
    "                  way its address leaves the function, and stop\n"
    "\n"
    "Exit status: 0; 1 for errors in the program; 2 for wrong usage; 3 for an error in golc.\n";

static const char help_run[] =
    "usage: golc run [OPTIONS] FILE|DIR [ARGUMENTS]\n"
    "\n"
    "Builds the program into the cache, unless it is there already, and runs it in golc's\n"
    "place: arguments, standard streams, signals and exit status are the program's own.\n"
    "A file may begin with a line  #!/usr/bin/env -S golc run  and be called by its name.\n"
    "\n"
    "    -O0 … -O3     how much to optimise (default -O1: quick to build)\n"
    "    -g  -v  -s  --emit=STAGE    as for golc build\n"
    "\n"
    "The cache lies in $XDG_CACHE_HOME/golc (default ~/.cache/golc), holds at most\n"
    "$GOLC_CACHE_MB megabytes (default 1024) and may be deleted at any time.\n";

static const char help_help[] = "usage: golc help [COMMAND]\n";
static const char help_version[] = "usage: golc version\n";

static const struct {
    const char *command, *text;
} texts[] = {
    {"build", help_build},
    {"run", help_run},
    {"help", help_help},
    {"version", help_version},
};

int cmd_help(int argc, char **argv)
{
    if (argc == 0) {
        fputs(overview, argv == NULL ? stderr : stdout);
        return 0;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(argv[0], texts[i].command) == 0) {
            fputs(texts[i].text, stdout);
            return 0;
        }
    }
    driver_error("no help on %s; golc help lists the commands", argv[0]);
    return EXIT_WRONG_USAGE;
}

int cmd_version(int argc, char **argv)
{
    if (argc > 0) {
        driver_error("golc version takes no arguments");
        return EXIT_WRONG_USAGE;
    }
    printf("golc version %s linux/amd64 (language: Go 1.26)\n", GOLC_VERSION);
    return 0;
}
