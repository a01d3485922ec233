/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A module cut into units that child processes compile side by side (libgccjit's contexts
 * are serialised within one process), each with a key by which its object can be cached. */
#include "codegen/gen.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

enum {
    UNIT_LOW = 1000,  /* instructions: below this a unit is not worth its process */
    UNIT_HIGH = 6000, /* above, gcc's memory and time grow out of proportion */
    CUT_ONE_IN = 8,   /* of the functions that may begin a unit, how many do */
    MAX_JOBS = 64,
};

/* ---- where to cut -------------------------------------------------------------------------------- */

/* Instructions, and what a function costs gcc however small it is. */
static uint32_t func_size(const IrFunc *f)
{
    uint32_t n = 10;
    for (uint32_t i = 0; i < f->blocks.n; i++)
        n += f->blocks.p[i]->insts.n;
    return n;
}

/* Whether a unit may begin with f: decided by its name alone. */
static bool begins_unit(const IrFunc *f)
{
    return f->sym->name->hash % CUT_ONE_IN == 0;
}

static void cut(Arena *a, CodegenPlan *plan)
{
    const IrModule *m = plan->m;
    VEC(CodegenUnit) units = {0};
    CodegenUnit now = {.wanted = true};
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        const IrFunc *f = m->funcs.p[i];
        uint32_t size = func_size(f);
        bool full = now.ninsts + size > UNIT_HIGH && now.ninsts;
        if (full || (now.ninsts >= UNIT_LOW && begins_unit(f))) {
            vec_push(a, &units, now);
            now = (CodegenUnit){.wanted = true};
        }
        plan->unit_of[f->sym->index] = units.n;
        now.nfuncs++;
        now.ninsts += size;
    }
    /* A small rest joins the unit before it. */
    if (units.n && now.ninsts < UNIT_LOW / 2) {
        for (uint32_t i = 0; i < m->funcs.n; i++)
            if (plan->unit_of[m->funcs.p[i]->sym->index] == units.n)
                plan->unit_of[m->funcs.p[i]->sym->index]--;
        units.p[units.n - 1].nfuncs += now.nfuncs;
        units.p[units.n - 1].ninsts += now.ninsts;
    } else {
        vec_push(a, &units, now);
    }
    plan->units = units.p;
    plan->n = units.n;
}

/* ---- what crosses the cuts ------------------------------------------------------------------------ */

/* The unit that defines s; data is in the first one. */
static uint32_t home(const CodegenPlan *plan, const IrSym *s)
{
    return s->func ? plan->unit_of[s->index] : 0;
}

static void refer(CodegenPlan *plan, const IrSym *s, uint32_t from)
{
    if (s && (s->func || s->data) && s->linkage == IRL_INTERNAL && home(plan, s) != from)
        plan->promoted[s->index] = true;
}

static void promote(CodegenPlan *plan)
{
    const IrModule *m = plan->m;
    for (uint32_t i = 0; i < m->datas.n; i++)
        for (uint32_t k = 0; k < m->datas.p[i]->relocs.n; k++)
            refer(plan, m->datas.p[i]->relocs.p[k].sym, 0);
    for (uint32_t i = 0; i < m->funcs.n; i++) {
        const IrFunc *f = m->funcs.p[i];
        uint32_t from = plan->unit_of[f->sym->index];
        for (uint32_t b = 0; b < f->blocks.n; b++)
            for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
                const IrInst *in = f->blocks.p[b]->insts.p[k];
                refer(plan, in->sym, from);
                refer(plan, in->sym2, from);
                for (uint32_t o = 0; o < in->nargs; o++)
                    if (in->args[o].kind == IRO_SYM || in->args[o].kind == IRO_STR)
                        refer(plan, in->args[o].sym, from);
            }
    }
}

/* ---- keys --------------------------------------------------------------------------------------------- */

/* What a unit's code takes from a symbol that it names. */
static void key_symbol(FILE *out, const CodegenPlan *plan, const IrSym *s, uint32_t unit)
{
    if (!s)
        return;
    fprintf(out, "\n%s %d%d%d%d", s->name->s, s->linkage, s->is_c, s->via_stub,
            plan->promoted[s->index]);
    if (s->data)
        fprintf(out, " align %u size %llu", s->data->align, (unsigned long long)s->data->size);
    if (s->func) {
        fprintf(out, " %s", home(plan, s) == unit ? "here" : "there");
        for (uint32_t i = 0; i < s->func->nparams; i++)
            ir_print_type(out, s->func->regs.p[i].type);
        ir_print_type(out, s->func->result);
    }
}

static void key_function(FILE *out, const CodegenPlan *plan, const IrFunc *f, uint32_t unit)
{
    ir_print_func(out, plan->m, f);
    const char *path = source_location(f->pos).path;
    fprintf(out, "\n%s", path ? path : "");
    key_symbol(out, plan, f->sym, unit);
    for (uint32_t b = 0; b < f->blocks.n; b++)
        for (uint32_t k = 0; k < f->blocks.p[b]->insts.n; k++) {
            const IrInst *in = f->blocks.p[b]->insts.p[k];
            key_symbol(out, plan, in->sym, unit);
            key_symbol(out, plan, in->sym2, unit);
            for (uint32_t o = 0; o < in->nargs; o++)
                if (in->args[o].kind == IRO_SYM || in->args[o].kind == IRO_STR)
                    key_symbol(out, plan, in->args[o].sym, unit);
        }
}

static void make_key(CodegenPlan *plan, uint32_t unit)
{
    const IrModule *m = plan->m;
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    IrPrintPos was = ir_print_pos;
    ir_print_pos = IR_POS_LINE;
    fprintf(out, "O%d g%d %s\n", plan->opt->opt_level, plan->opt->debug_vars, m->path);
    for (uint32_t i = 0; i < m->funcs.n; i++)
        if (plan->unit_of[m->funcs.p[i]->sym->index] == unit)
            key_function(out, plan, m->funcs.p[i], unit);
    if (unit == 0)
        ir_print_data(out, m);
    ir_print_pos = was;
    fclose(out);
    XXH128_hash_t h = XXH3_128bits(text, n);
    snprintf(plan->units[unit].key, sizeof plan->units[unit].key, "%016llx%016llx",
             (unsigned long long)h.high64, (unsigned long long)h.low64);
    free(text);
}

CodegenPlan *codegen_plan(Arena *a, const IrModule *m, const CodegenOptions *opt)
{
    CodegenPlan *plan = ARENA_NEW(a, CodegenPlan);
    plan->m = m;
    plan->opt = opt;
    plan->unit_of = ARENA_ARRAY(a, uint32_t, m->syms.n);
    plan->promoted = ARENA_ARRAY(a, bool, m->syms.n);
    cut(a, plan);
    if (plan->n > 1)
        promote(plan);
    for (uint32_t i = 0; i < plan->n; i++)
        make_key(plan, i);
    return plan;
}

/* ---- children -------------------------------------------------------------------------------------------- */

typedef struct Run {
    Arena *arena;
    CodegenPlan *plan;
    const char *(*after)(void *, const char *);
    void *data;
} Run;

typedef struct Child {
    pid_t pid;
    int fd; /* its error message comes here; closed: it is done */
    uint32_t unit;
    char message[1024];
    size_t n;
} Child;

static const char *compile(const Run *r, uint32_t unit)
{
    CodegenPlan *plan = r->plan;
    bool *funcs = ARENA_ARRAY(r->arena, bool, plan->m->syms.n);
    for (uint32_t i = 0; i < plan->m->funcs.n; i++) {
        uint32_t s = plan->m->funcs.p[i]->sym->index;
        funcs[s] = plan->unit_of[s] == unit;
    }
    GenUnit u = {.funcs = funcs, .promoted = plan->promoted, .with_data = unit == 0};
    const char *path = plan->units[unit].path;
    const char *err = gen_unit(r->arena, plan->m, &u, plan->opt, path);
    return err || !r->after ? err : r->after(r->data, path);
}

static const char *start(const Run *r, Child *c, uint32_t unit)
{
    int fds[2];
    if (pipe(fds))
        return arena_printf(r->arena, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        close(fds[0]);
        close(fds[1]);
        return arena_printf(r->arena, "cannot fork: %s", strerror(errno));
    }
    if (pid == 0) {
        close(fds[0]);
        const char *err = compile(r, unit);
        if (err && write(fds[1], err, strlen(err)) < 0)
            _exit(3);
        _exit(err != NULL);
    }
    close(fds[1]);
    *c = (Child){.pid = pid, .fd = fds[0], .unit = unit};
    return NULL;
}

/* Reads from a child that has something to say.  True if it is done. */
static bool listen_to(Child *c)
{
    char buf[256];
    ssize_t n = read(c->fd, buf, sizeof buf);
    if (n < 0 && errno == EINTR)
        return false;
    if (n <= 0)
        return true;
    for (ssize_t i = 0; i < n && c->n + 1 < sizeof c->message; i++)
        c->message[c->n++] = buf[i];
    return false;
}

static const char *finish(const Run *r, Child *c)
{
    int status = 0;
    close(c->fd);
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && !WEXITSTATUS(status))
        return NULL;
    if (c->n)
        return arena_strndup(r->arena, c->message, c->n);
    if (WIFSIGNALED(status))
        return arena_printf(r->arena, "code generation ended by signal %d", WTERMSIG(status));
    return "code generation failed";
}

static const char *run_children(const Run *r, uint32_t jobs)
{
    CodegenPlan *plan = r->plan;
    Child *live = ARENA_ARRAY(r->arena, Child, jobs);
    const char *err = NULL;
    uint32_t nlive = 0, next = 0;
    for (;;) {
        while (!err && nlive < jobs && next < plan->n) {
            if (plan->units[next].wanted) {
                err = start(r, &live[nlive], next);
                nlive += !err;
            }
            next++;
        }
        if (!nlive)
            return err;
        struct pollfd fds[MAX_JOBS];
        for (uint32_t i = 0; i < nlive; i++)
            fds[i] = (struct pollfd){.fd = live[i].fd, .events = POLLIN};
        if (poll(fds, nlive, -1) < 0 && errno != EINTR)
            continue;
        for (uint32_t i = nlive; i-- > 0;) {
            if (!fds[i].revents || !listen_to(&live[i]))
                continue;
            const char *failed = finish(r, &live[i]);
            err = err ? err : failed;
            live[i] = live[--nlive];
        }
    }
}

const char *codegen_run(Arena *a, CodegenPlan *plan, uint32_t jobs, const char *base,
                        const char *(*after)(void *, const char *), void *data)
{
    Run r = {.arena = a, .plan = plan, .after = after, .data = data};
    uint32_t wanted = 0, one = 0;
    for (uint32_t i = 0; i < plan->n; i++) {
        plan->units[i].path = arena_printf(a, "%s.%u.s", base, i);
        if (plan->units[i].wanted) {
            wanted++;
            one = i;
        }
    }
    if (!wanted)
        return NULL;
    if (wanted == 1)
        return compile(&r, one);
    if (!jobs) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        jobs = cores > 0 ? (uint32_t)cores : 1;
    }
    const char *err = gccjit_load(); /* before the fork: loaded once */
    if (err)
        return err;
    return run_children(&r, jobs < MAX_JOBS ? jobs : MAX_JOBS);
}
