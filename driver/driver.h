/* The command golc: what its rooms share.
 *
 *     options.c   flags of build and run, from tables         help.c    golc help, version
 *     paths.c     where the runtime, the library, crt1.o are  spawn.c   running as and ld
 *     load.c      files → parsed and checked packages         cache.c   the build cache
 *     compile.c   a checked package → objects                 link.c    objects → a program
 *     emit.c      --emit                                      build.c   all of it, in order
 *     cmd_*.c     one subcommand each
 */
#ifndef GOL_DRIVER_DRIVER_H
#define GOL_DRIVER_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "check/types.h"

enum {                         /* exit statuses of golc itself */
       EXIT_WRONG_PROGRAM = 1, /* errors in the source, or the build failed */
       EXIT_WRONG_USAGE = 2,
       EXIT_INTERNAL = 3,
};

/* ---- options.c ------------------------------------------------------------------------ */

typedef enum Emit {
    EMIT_NONE,
    EMIT_TOKENS,
    EMIT_AST,
    EMIT_TYPES,
    EMIT_IR,
    EMIT_IR_OPT,
    EMIT_ASM
} Emit;

typedef struct Options {
    int opt_level;      /* 0 … 3 */
    bool debug_vars;    /* -g */
    bool verbose;       /* -v: the commands that are run, and the time of each stage */
    bool strip;         /* -s */
    bool is_std;        /* compiling golc's own library */
    const char *output; /* -o, or NULL */
    Emit emit;
    bool explain_escape;       /* --explain=escape */
    const char *const *inputs; /* files or one directory */
    int ninputs;
    char **args; /* golc run: the program's arguments */
    int nargs;
} Options;

/* Parses the words after the subcommand.  is_run: the first non-option is the program and
 * the rest its arguments.  Returns false after one line on standard error. */
bool options_parse(Options *o, int argc, char **argv, bool is_run);
/* "golc: …" on standard error. */
void driver_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- help.c ----------------------------------------------------------------------------- */

int cmd_help(int argc, char **argv);
int cmd_version(int argc, char **argv);

/* ---- paths.c ---------------------------------------------------------------------------- */

typedef struct Paths {
    const char *self;        /* golc itself */
    const char *runtime;     /* libgolrt.a */
    const char *std_source;  /* directory of std's sources */
    const char *std_objects; /* directory of its precompiled objects */
} Paths;

/* Finds everything once; returns NULL after a message when golc is not whole. */
const Paths *paths_get(void);
/* The golc build's identity: changes whenever golc, runtime or std's objects change. */
void paths_identity(uint64_t out[2]);

/* ---- spawn.c ---------------------------------------------------------------------------- */

/* Runs argv (NULL-terminated; argv[0] looked up on PATH) and waits.  Returns its exit status,
 * 128 + n for a signal, -1 if it could not be started (after a message).  Its standard error
 * goes to *err_text (arena) where err_text is not NULL. */
int spawn_run(Arena *a, const char *const *argv, char **err_text);
/* Starts without waiting: returns pid or -1. */
int spawn_start(const char *const *argv);
/* The same for a file that is not to be looked up. */
int spawn_start_file(const char *path, const char *const *argv);
int spawn_wait(int pid);

/* ---- cache.c ---------------------------------------------------------------------------- */

typedef struct Key {
    uint64_t w[2];
} Key;
typedef struct Hasher Hasher;
Hasher *hash_new(Arena *a);
void hash_bytes(Hasher *h, const void *p, size_t n);
void hash_string(Hasher *h, const char *s); /* length too, so that boundaries count */
void hash_key(Hasher *h, Key k);
Key hash_end(Hasher *h);

/* The cache's directory, made on first use; NULL when there is none to be had (then builds
 * go through a temporary directory). */
const char *cache_dir(void);
/* Path of an entry: kind "o", "x", "m", …; parent directory exists. */
char *cache_path(Arena *a, Key k, const char *kind);
/* Whether the entry exists; marks it as recently used. */
bool cache_has(const char *path);
/* Moves a finished file into its place; both on the cache's file system. */
bool cache_put(const char *tmp, const char *path);
/* A fresh private directory for intermediate files; removed by tmp_cleanup (also at exit). */
const char *tmp_dir(void);
void tmp_cleanup(void);
/* Drops the least recently used entries beyond the size limit (GOLC_CACHE_MB). */
void cache_trim(void);

/* ---- load.c ----------------------------------------------------------------------------- */

typedef struct Unit Unit; /* a loaded package */
struct Unit {
    const char *path; /* import path; "main" for the program */
    const char *dir;
    bool is_std;
    VEC(File *) files;
    VEC(Unit *) deps; /* direct imports, each once */
    Package *pkg;
    Key key;   /* sources, flags, golc, imports' keys */
    int state; /* of the depth-first walk */
    VEC(const char *) objects;
};

typedef struct Program {
    Arena *arena;
    VEC(Unit *) units; /* imports before importers; the main package last */
    Unit *main;
    bool is_library; /* not package main: checked, but there is no program to make */
    /* local packages' directories, for the manifest that a warm start checks */
    VEC(const char *) local_dirs;
} Program;

/* Loads, parses and checks the program named by the options, and all that it imports.
 * Returns false when errors were reported (into the diagnostics sink or on standard error). */
bool load_program(Program *p, const Options *o);
/* Loads one package of std with bodies, and what it imports. */
bool load_std_package(Program *p, const char *path, bool bodies);
/* All package paths below the library's source directory, sorted. */
void load_list_std(Arena *a, const char *root, char ***paths, uint32_t *n);
/* The files that a directory contributes (sorted, build constraints applied). */
bool load_dir_files(Arena *a, const char *dir, char ***files, uint32_t *n);

/* ---- std_order.c -------------------------------------------------------------------------- */

typedef struct StdPackage {
    const char *path;
    VEC(uint32_t) imports; /* indices of packages */
    int pid;               /* of the process that compiles it; 0 before */
    bool done;
} StdPackage;
/* The packages of the list with the packages of the list that they import. */
StdPackage *std_packages(Arena *a, const char *root, char **list, uint32_t n);

/* ---- compile.c, link.c, emit.c, build.c --------------------------------------------------- */

/* Compiles a unit's package to objects (paths into u->objects), from the cache if there. */
bool compile_unit(Program *p, Unit *u, const Options *o, bool is_main);
/* Compiles a package of std to one object at out_path, and what importers want to
 * know of its functions to summary_base.effects and .bodies; no cache.  *key gets the key of the generated code; where it equals *have
 * nothing is generated and out_path is not made. */
bool compile_to(Program *p, Unit *u, const Options *o, const char *out_path,
                const char *summary_base, const Key *have, Key *key);
/* The first half of it: lowering, and the passes where `optimise`.  NULL after an error, which
 * was reported. */
struct IrModule *compile_lower(Program *p, Unit *u, const Options *o, bool is_main, bool optimise);
/* --explain=escape: says of each allocation of the program's packages why it is on the heap. */
int explain_escape(const Options *o);
/* Links the program to out_path (written beside and renamed). */
bool link_program(Program *p, const Options *o, const char *out_path);
/* Takes what does not run out of a linked program and packs its line table, in place.  Reports
 * errors; a file that is not laid out as linkers do stays as it is. */
bool pack_program(Arena *a, const char *path);
int emit_stage(const Options *o);
/* The whole build into out_path; nothing is written where the package is no program. */
bool build_to(const Options *o, const char *out_path, bool *is_library);
/* Build into the cache.  Returns the program's path, or NULL after reporting. */
const char *build_cached(Arena *a, const Options *o);
/* Prints the sink to standard error. */
void report_diagnostics(void);
/* -v: prints the time since the last call under a name. */
void stage_done(const Options *o, const char *name);

int cmd_build(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_std(int argc, char **argv);

#endif
