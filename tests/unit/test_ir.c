/* The IR's text form, its verifier and its assembler names. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "ir/body.h"
#include "runtime/demangle.h"

static Arena *arena;

static void setup(void)
{
    arena = arena_new();
    ir_print_pos = IR_POS_RAW;
}

TestSuite(ir, .init = setup);

static IrModule *parse(const char *text)
{
    const char *err = NULL;
    IrModule *m = ir_parse(arena, "test", text, strlen(text), &err);
    cr_assert(m, "%s", err);
    return m;
}

static char *print(const IrModule *m)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    ir_print(out, m);
    fclose(out);
    return text;
}

static const char everything[] =
    "module \"p/q\"\n"
    "extern @fmt.Println func\n"
    "extern $rt_new func stub\n"
    "extern @\"type:int\"\n"
    "data @\"str:a\\\"b\\n\\xff\" comdat ro align 1 size 5 = \"a\\\"b\\n\\xff\"\n"
    "data @p.v export pointers align 8 size 16\n"
    "data @p.t internal ro align 8 size 24 = "
    "\"\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
    "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\" "
    "{8: @p.v+8, 16: $rt_new}\n"
    "\n"
    "func @\"p/q.(*T).f-1\" export inline recovers (%0 ptr \"t\", %1 string, %2 i64) "
    "{i64, string} { !10\n"
    "  inlined 1 in 0 @p.g !20\n"
    "  inlined 2 in 1 @fmt.Println !21\n"
    "  reg %3 {i64, string}\n"
    "  reg %4 i64 \"x\"\n"
    "  reg %5 f64\n"
    "  reg %6 bool\n"
    "  reg %7 [4]u8\n"
    "  reg %8 ptr\n"
    "b0:\n"
    "  %4 = load[imm 8, inlined 2] %0 !11\n"
    "  %5 = add f64 0x1.8p+1, f64 nan:7ff8000000000001\n"
    "  %5 = mul %5, f64 -inf\n"
    "  %6 = eq %8, nil !12\n"
    "  %8 = new @\"type:int\" !13\n"
    "  %8 = closure[type {ptr, f64}, sym @p.g, imm 1] %5\n"
    "  store.ref[imm -8] @p.v+8, %8\n"
    "  %7 = copy zero [4]u8\n"
    "  %7 = setelem i64 2, u8 255\n"
    "  chan.send %8, nil\n"
    "  br[imm 2] %6 -> b1, b2\n"
    "b1: cold\n"
    "  panic.nil\n"
    "  unreachable\n"
    "b2:\n"
    "  switch %4 -> b1, -3: b2, 7: b3\n"
    "b3:\n"
    "  %3 = mk %4, str(@\"str:a\\\"b\\n\\xff\", 5)\n"
    "  ret %3\n"
    "}\n"
    "\n"
    "func @p.g internal closure wrapper (%0 ptr) void {\n"
    "b0:\n"
    "  call[sym @fmt.Println] zero slice\n"
    "  ret\n"
    "}\n";

Test(ir, prints_what_it_parses)
{
    IrModule *m = parse(everything);
    char *once = print(m);
    cr_assert_str_eq(once, everything);
    IrModule *m2 = parse(once);
    char *twice = print(m2);
    cr_assert_str_eq(twice, once);
    const char *err = ir_verify(arena, m);
    cr_assert_null(err, "%s", err);
    free(once);
    free(twice);
}

Test(ir, types_are_unique_and_laid_out)
{
    ir_types_init();
    cr_assert_eq(irt_struct((IrType *[]){irt_ptr, irt_i64}, 2), irt_string);
    IrType *t = irt_struct((IrType *[]){irt_u8, irt_i64, irt_u8}, 3);
    cr_assert_eq(t->size, 24);
    cr_assert_eq(t->offsets[1], 8);
    cr_assert_eq(t->offsets[2], 16);
    IrType *empty = irt_struct(NULL, 0);
    cr_assert_eq(empty->size, 0);
    IrType *tail = irt_struct((IrType *[]){irt_i32, empty}, 2);
    cr_assert_eq(tail->size, 8, "a trailing zero-size field is padded");
    cr_assert_eq(irt_struct((IrType *[]){empty, empty}, 2)->size, 0);
    cr_assert_eq(irt_array(t, 3), irt_array(t, 3));
    cr_assert_eq(irt_array(t, 3)->size, 72);
}

Test(ir, same_strings_share_their_data)
{
    IrModule *m = ir_module_new(arena, "p");
    cr_assert_eq(ir_string_data(m, "abc", 3), ir_string_data(m, "abc", 3));
    cr_assert_neq(ir_string_data(m, "abc", 3), ir_string_data(m, "abd", 3));
    cr_assert_neq(ir_string_data(m, "a\0b", 3), ir_string_data(m, "a\0c", 3));
    cr_assert_eq(ir_string_data(m, "", 0)->data->size, 0);
}

Test(ir, names_mangle_and_come_back)
{
    static const char *const cases[][2] = {
        {"main.main", "Gmain_dmain"},
        {"main.(*T).Get", "Gmain_d_l_pT_r_dGet"},
        {"encoding/json.a_b", "Gencoding_sjson_da__b"},
        {"main.F[int,[]string]", "Gmain_dF_bint_c_b_estring_e"},
        {"main.f-fm", "Gmain_df_mfm"},
        {"main.été", "Gmain_d_xc3_xa9t_xc3_xa9"},
        {"str:a b\n", "Gstr_x3aa_x20b_x0a"},
    };
    IrModule *m = ir_module_new(arena, "p");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *name = ir_mangle(arena, ir_sym(m, cases[i][0]));
        cr_expect_str_eq(name, cases[i][1]);
        char back[128];
        cr_expect_eq(rt_demangle(name, back, sizeof back), strlen(cases[i][0]));
        cr_expect_str_eq(back, cases[i][0]);
    }
    cr_expect_str_eq(ir_mangle(arena, ir_sym_c(m, "std_os_write", true)), "sys_std_os_write");
    cr_expect_str_eq(ir_mangle(arena, ir_sym_c(m, "rt_g", false)), "rt_g");
    char cut[5];
    cr_expect_eq(rt_demangle("Gmain_dmain", cut, sizeof cut), 4);
    cr_expect_str_eq(cut, "main");
    cr_expect_eq(rt_demangle("memcpy", cut, sizeof cut), 0);
    cr_expect_eq(rt_demangle("G_q", cut, sizeof cut), 0);
    cr_expect_eq(rt_demangle("G_", cut, sizeof cut), 0);
    cr_expect_eq(rt_demangle("G_x", cut, sizeof cut), 0);
    cr_expect_eq(rt_demangle("G_x4", cut, sizeof cut), 0);
}

Test(ir, parser_says_where_it_failed)
{
    static const char *const cases[][2] = {
        {"module \"p\"\nfunk", "line 2: found 'funk"},
        {"func @f export () void {\nb0:\n  jump -> b7\n}\n", "a jump to a block"},
        {"func @f export () void {\nb0:\n  %0 = add i64 1, i64 2\n}\n", "register 0"},
        {"func @f export () void {\nb0:\n  frob\n}\n", "line 3: unknown operation 'frob'"},
        {"func @f export () void {\nb0:\n  ret i99 1\n}\n", "expected a type"},
        {"func @f export () void {\n", "not closed"},
        {"data @d export align 8 size 4 = \"abc\"\n", "3 bytes of data"},
        {"data @d export align 8 size 4 = \"abc\n", "string is not closed"},
        {"data @d export align 8 size 8 {4: @d}\n", "unaligned"},
        {"data @d export align 8 size 8\ndata @d export align 8 size 8\n", "defined twice"},
        {"func @f export () void {\nb0:\n  ret\nb0:\n  ret\n}\n", "stands twice"},
        {"func @f export () void {\n  inlined 2 in 0 @g\nb0:\n  ret\n}\n", "expected 1"},
        {"func @f export () void {\nb0:\n  ret[inlined 1]\n}\n", "inlined call 1 does not"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *err = NULL;
        IrModule *m = ir_parse(arena, "t", cases[i][0], strlen(cases[i][0]), &err);
        cr_expect_null(m, "%s", cases[i][0]);
        cr_expect(err && strstr(err, cases[i][1]), "%s: %s", cases[i][0], err);
    }
}

/* One function with registers of every kind; a case replaces its body. */
#define HEAD                                                                                       \
    "extern @x\n"                                                                                  \
    "func @g export (%0 i64, %1 f64) i64 {\nb0:\n  ret %0\n}\n"                                    \
    "func @v export () void {\nb0:\n  ret\n}\n"                                                    \
    "func @c export closure (%0 ptr) void {\nb0:\n  ret\n}\n"                                      \
    "data @d export align 8 size 8\n"                                                              \
    "func @f export (%0 i64, %1 u64, %2 f64, %3 ptr, %4 bool, %5 string, %6 iface, %7 {i8, i64}, " \
    "%8 [3]i32, %9 i32, %10 f32, %11 u8, %12 slice) i64 {\nb0:\n"
#define TAIL "  ret %0\n}\n"

static const char *const broken[][2] = {
    {"%0 = add %0, %1", "operand 2 has type u64, not i64"},
    {"%1 = add %0, %0", "the result has type i64, the register u64"},
    {"add %0, %0", "the result goes nowhere"},
    {"%0 = add %0", "1 operands, not 2"},
    {"%4 = add %4, %4", "operands of type bool"},
    {"%2 = rem %2, %2", "not an integer"},
    {"%2 = and %2, %2", "not an integer"},
    {"%0 = shl %0, %0", "the count is signed"},
    {"%2 = shl %2, %1", "not an integer"},
    {"%5 = neg %5", "operand of type string"},
    {"%2 = not %2", "not an integer"},
    {"%4 = lnot %0", "not bool"},
    {"%4 = eq %5, %5", "operands of type string"},
    {"%4 = lt %4, %4", "operands of type bool"},
    {"%0 = eq %0, %0", "the result has type bool"},
    {"%3 = conv %2", "no conversion from f64 to ptr"},
    {"%4 = conv %0", "no conversion from i64 to bool"},
    {"%2 = bitcast %9", "from i32 to f64"},
    {"%0 = sqrt %0", "result of type i64"},
    {"%2 = fma %2, %2, %10", "operand 3 has type f32"},
    {"%4 = streq %5, %3", "operand 2 has type ptr"},
    {"%7 = mk %11", "1 operands for 2 fields"},
    {"%7 = mk %0, %0", "operand 1 has type i64, not i8"},
    {"%0 = mk %0", "i64 is not a struct"},
    {"%0 = field[imm 2] %7", "no field 2"},
    {"%0 = field %7", "the result has type i8"},
    {"%7 = setfield[imm 1] %11", "operand 1 has type u8"},
    {"%0 = elem %8, %0", "the result has type i32"},
    {"%9 = elem %7, %0", "is not an array"},
    {"%8 = setelem %0, %0", "operand 2 has type i64"},
    {"%0 = load %0", "operand 1 has type i64, not ptr"},
    {"load %3", "the result goes nowhere"},
    {"%0 = store %3, %0", "has no result"},
    {"store %1, %0", "not ptr"},
    {"%0 = lea %3", "the result has type ptr"},
    {"%3 = index[imm 8] %3, %1", "not i64"},
    {"%3 = index[imm -8] %3, %0", "negative element size"},
    {"%3 = slot", "no type"},
    {"%3 = alloc[type i64]", "no symbol"},
    {"%3 = alloc[sym @x]", "no type"},
    {"%3 = closure[sym @v, type {ptr, i64}] %0", "takes no environment"},
    {"%3 = closure[sym @c, type {ptr, f64}] %0", "operand 1 has type i64"},
    {"%3 = closure[sym @c] %0", "for 1 captured values"},
    {"memmove %3, %3, %1", "operand 3"},
    {"zero[imm -1] %3", "negative size"},
    {"%0 = memeq %3, %3, %0", "the result has type bool"},
    {"check.nil %0", "not ptr"},
    {"check.bounds %2, %0", "not an integer"},
    {"check.slice[imm 7] %0, %0", "no slice fault"},
    {"%0 = check.div %0", "has no result"},
    {"call[sym @g] %0", "1 arguments, g has 2 parameters"},
    {"call[sym @g] %0, %0", "operand 2 has type i64, not f64"},
    {"%2 = call[sym @g] %0, %2", "the result has type i64"},
    {"%0 = call[sym @v]", "the result has type void"},
    {"call[sym @d]", "d is no function"},
    {"call", "no symbol"},
    {"call.closure", "nothing to call"},
    {"call.closure %0", "not ptr"},
    {"call.iface %3", "not iface"},
    {"call.iface[imm -1] %6", "no method"},
    {"%3 = new %0", "not ptr"},
    {"%0 = new %3", "the result has type ptr"},
    {"%3 = new", "0 operands, not 1"},
    {"%0 = print.end", "has no result"},
    {"panic.nil", "not followed by unreachable"},
    {"%4 = mayrecover", "no symbol"},
    {"passdefer[sym @v] %0", "not ptr"},
    {"%11 = copy u8 256", "256 does not fit u8"},
    {"%9 = copy i32 2147483648", "does not fit i32"},
    {"%0 = copy none", "is missing"},
    {"%5 = copy str(nil, 3)", "without data"},
    {"%5 = copy str(@x, -3)", "bad string constant"},
    {"ret %0", "in the middle of a block"},
    {"jump -> b0", "in the middle of a block"},
    {"br %0 -> b0, b1\nb1:", "not bool"},
    {"br %4 -> b1\nb1:", "1 targets"},
    {"jump\nb1:", "0 targets"},
    {"switch %2 -> b1\nb1:", "not an integer"},
    {"switch %0\nb1:", "no default target"},
    {"switch %0 -> b1, 3: b1, 3: b1\nb1:", "stands twice"},
    {"switch %11 -> b1, 300: b1\nb1:", "does not fit"},
    {"ret %2\nb1:", "operand 1 has type f64"},
    {"ret\nb1:", "0 values for result i64"},
    {"jump -> b1\nb1:\n  %0 = copy %0\nb2:", "the block has no end"},
    {"jump -> b1\nb1:\nb2:", "the block is empty"},
};

Test(ir, verifier_finds_broken_instructions)
{
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char *text = arena_printf(arena, "%s  %s\n%s", HEAD, broken[i][0], TAIL);
        const char *err = ir_verify(arena, parse(text));
        cr_expect(err && strstr(err, broken[i][1]), "%s: %s", broken[i][0],
                  err ? err : "nothing found");
    }
    const char *err = ir_verify(arena, parse(HEAD TAIL));
    cr_expect_null(err, "%s", err);
}

Test(ir, verifier_finds_broken_modules)
{
    IrModule *m = parse(HEAD TAIL);
    IrFunc *f = m->funcs.p[3];
    f->nparams = 99;
    cr_expect(strstr(ir_verify(arena, m), "99 parameters"));
    f->nparams = 13;
    f->is_closure = true;
    cr_expect(strstr(ir_verify(arena, m), "environment"));
    f->is_closure = false;
    f->blocks.p[0]->id = 4;
    cr_expect(strstr(ir_verify(arena, m), "renumber"));
    f->blocks.p[0]->id = 0;
    f->sym->linkage = IRL_EXTERN;
    cr_expect(strstr(ir_verify(arena, m), "defined but extern"));
    f->sym->linkage = IRL_EXPORT;
    IrSym *x = ir_sym(m, "x");
    x->linkage = IRL_COMDAT;
    cr_expect(strstr(ir_verify(arena, m), "no definition"));
    x->linkage = IRL_EXTERN;
    IrData *d = m->datas.p[0];
    d->align = 3;
    cr_expect(strstr(ir_verify(arena, m), "alignment 3"));
    d->align = 8;
    d->read_only = d->has_pointers = true;
    cr_expect(strstr(ir_verify(arena, m), "not scanned"));
    d->read_only = d->has_pointers = false;
    ir_data_addr(m, d, 0, x, 0);
    cr_expect_null(ir_verify(arena, m));
    d->relocs.p[0].at = 4;
    cr_expect(strstr(ir_verify(arena, m), "unaligned"));
    d->relocs.p[0].at = 0;
    IrModule *other = ir_module_new(arena, "other");
    d->relocs.p[0].sym = ir_sym(other, "y");
    cr_expect(strstr(ir_verify(arena, m), "not of this module"));
}

Test(ir, addresses_in_data_stay_sorted_and_single)
{
    IrModule *m = ir_module_new(arena, "p");
    IrData *d = ir_data_new(m, ir_sym(m, "d"), IRL_EXPORT, 32, 8, false, true);
    IrSym *a = ir_sym(m, "a"), *b = ir_sym(m, "b");
    ir_data_addr(m, d, 16, a, 0);
    ir_data_addr(m, d, 0, a, 0);
    ir_data_addr(m, d, 8, a, 0);
    ir_data_addr(m, d, 0, b, 4);
    cr_assert_eq(d->relocs.n, 3);
    cr_assert_eq(d->relocs.p[0].sym, b);
    for (uint32_t i = 0; i < 3; i++)
        cr_assert_eq(d->relocs.p[i].at, 8 * i);
}

/* How many check.* are left in the module's one function. */
static int checks_left(const char *text)
{
    IrModule *m = parse(text);
    ir_pass_checks(m);
    const char *err = ir_verify(arena, m);
    cr_assert_null(err, "%s", err);
    int n = 0;
    for (uint32_t b = 0; b < m->funcs.p[0]->blocks.n; b++)
        for (uint32_t k = 0; k < m->funcs.p[0]->blocks.p[b]->insts.n; k++) {
            IrOp op = m->funcs.p[0]->blocks.p[b]->insts.p[k]->op;
            n += op >= IR_CHECK_NIL && op <= IR_CHECK_SHIFT;
        }
    return n;
}

#define FUNC(regs, body)                                                                           \
    "func @f export (%0 ptr, %1 i64, %2 slice, %3 bool) void {\n" regs "b0:\n" body "}\n"

Test(ir, checks_that_are_certain_go)
{
    /* the same twice */
    cr_expect_eq(checks_left(FUNC("", "  check.nil %0\n  check.nil %0\n  ret\n")), 1);
    /* a new value in between */
    cr_expect_eq(checks_left(FUNC("", "  check.nil %0\n  %0 = load %0\n  check.nil %0\n  ret\n")),
                 2);
    /* on one way only */
    cr_expect_eq(checks_left(FUNC("", "  br %3 -> b1, b2\nb1:\n  check.nil %0\n  jump -> b2\n"
                                      "b2:\n  check.nil %0\n  ret\n")),
                 2);
    cr_expect_eq(checks_left(FUNC("", "  check.nil %0\n  br %3 -> b1, b2\nb1:\n  check.nil %0\n"
                                      "  jump -> b2\nb2:\n  check.nil %0\n  ret\n")),
                 1);
    /* changed on one way */
    cr_expect_eq(checks_left(FUNC("", "  check.nil %0\n  br %3 -> b1, b2\nb1:\n"
                                      "  %0 = copy nil\n  jump -> b2\nb2:\n  check.nil %0\n"
                                      "  ret\n")),
                 2);
    /* a branch says it, or its opposite */
    const char *regs = "  reg %4 bool\n";
    char text[600];
    for (int ne = 0; ne < 2; ne++)
        for (int way = 0; way < 2; way++) {
            snprintf(text, sizeof text,
                     "func @f export (%%0 ptr, %%1 i64, %%2 slice, %%3 bool) void {\n%sb0:\n"
                     "  %%4 = %s %%0, nil\n  br %%4 -> b1, b2\nb1:\n%s  ret\nb2:\n%s  ret\n}\n",
                     regs, ne ? "ne" : "eq", way ? "" : "  check.nil %0\n",
                     way ? "  check.nil %0\n" : "");
            cr_expect_eq(checks_left(text), ne == way, "%d %d", ne, way);
        }
    /* objects and copies */
    cr_expect_eq(checks_left(FUNC("  reg %4 ptr\n", "  %4 = slot[type i64]\n  check.nil %4\n"
                                                    "  %0 = copy %4\n  check.nil %0\n  ret\n")),
                 0);
    cr_expect_eq(checks_left(FUNC("  reg %4 ptr\n", "  check.nil %0\n  %4 = copy %0\n"
                                                    "  check.nil %4\n  ret\n")),
                 1);
}

Test(ir, bounds_that_are_certain_go)
{
    cr_expect_eq(checks_left(FUNC("", "  check.bounds i64 2, i64 3\n  check.bounds i64 3, i64 3\n"
                                      "  check.bounds i64 -1, i64 3\n  ret\n")),
                 2);
    cr_expect_eq(checks_left(FUNC("", "  check.div i64 3\n  check.div i64 0\n  check.div %1\n"
                                      "  check.div %1\n  check.shift i64 5\n"
                                      "  check.shift i64 -5\n  ret\n")),
                 3);
    /* the length is another field of the same slice, until that changes */
    const char *len = "  reg %4 i64\n  reg %5 i64\n  reg %6 bool\n  reg %7 i64\n"
                      "  reg %8 i64\n";
    char text[900];
#define BODY(body)                                                                                 \
    (snprintf(text, sizeof text,                                                                   \
              "func @f export (%%0 ptr, %%1 i64, %%2 slice, %%3 bool) void {\n%sb0:\n%s}\n", len,  \
              body),                                                                               \
     checks_left(text))
    cr_expect_eq(BODY("  %4 = field[imm 1] %2\n  check.bounds %1, %4\n  %5 = field[imm 1] %2\n"
                      "  check.bounds %1, %5\n  ret\n"),
                 1);
    cr_expect_eq(BODY("  %4 = field[imm 1] %2\n  check.bounds %1, %4\n"
                      "  %2 = setfield[imm 1] %1\n  %5 = field[imm 1] %2\n"
                      "  check.bounds %1, %5\n  ret\n"),
                 2);
    /* for i := 0; i < len(s); i++ { s[i] } */
#define LOOP(start, cond, step, extra)                                                             \
    "  %5 = copy i64 " start "\n  jump -> b1\nb1:\n  %4 = field[imm 1] %2\n  %6 = " cond           \
    " %5, %4\n  br %6 -> b2, b3\nb2:\n  %7 = field[imm 1] %2\n  check.bounds %5, %7\n" extra       \
    "  %8 = add %5, i64 " step "\n  %5 = copy %8\n  jump -> b1\nb3:\n  ret\n"
    cr_expect_eq(BODY(LOOP("0", "lt", "1", "")), 0);
    cr_expect_eq(BODY(LOOP("-1", "lt", "1", "")), 1);
    cr_expect_eq(BODY(LOOP("0", "le", "1", "")), 1);
    cr_expect_eq(BODY(LOOP("0", "ne", "1", "")), 1);
    cr_expect_eq(BODY(LOOP("0", "lt", "-1", "")), 1);
    cr_expect_eq(BODY(LOOP("0", "lt", "1", "  %5 = copy %1\n")), 1, "changed in the body");
    cr_expect_eq(BODY(LOOP("0", "lt", "1", "  %2 = load %0\n")), 0, "changed and measured again");
    cr_expect_eq(BODY("  %5 = copy i64 0\n  jump -> b1\nb1:\n  %4 = field[imm 1] %2\n"
                      "  %6 = lt %5, %4\n  br %6 -> b2, b3\nb2:\n  %2 = load %0\n"
                      "  %7 = field[imm 1] %2\n  check.bounds %5, %7\n  %8 = add %5, i64 1\n"
                      "  %5 = copy %8\n  jump -> b1\nb3:\n  ret\n"),
                 1, "changed and not measured again");
    /* i, having been checked, is not negative: if i >= 0 && i < n */
    cr_expect_eq(BODY("  %6 = ge %1, i64 0\n  br %6 -> b1, b3\nb1:\n  %4 = field[imm 1] %2\n"
                      "  %6 = gt %4, %1\n  br %6 -> b2, b3\nb2:\n  check.bounds %1, %4\n"
                      "  check.slice %1, %4\n  jump -> b3\nb3:\n  ret\n"),
                 1);
    cr_expect_eq(BODY("  check.slice %1, i64 100\n  check.slice %1, i64 100\n"
                      "  check.slice i64 0, %1\n  ret\n"),
                 1);
}

/* Whether the first alloc of the first function went to the stack. */
static bool on_stack(const char *body)
{
    IrModule *m = parse(arena_printf(
        arena,
        "extern @T\nextern @ext func\ndata @global export pointers align 8 size 8\n"
        "func @f export (%%0 i64, %%1 bool, %%2 ptr) ptr {\n"
        "  reg %%3 ptr\n  reg %%4 ptr\n  reg %%5 i64\n  reg %%6 slice\n  reg %%7 string\nb0:\n%s}\n"
        "func @reads export (%%0 ptr) i64 {\n  reg %%1 i64\nb0:\n  %%1 = load %%0\n  ret %%1\n}\n"
        "func @passes export (%%0 ptr) i64 {\n  reg %%1 i64\nb0:\n"
        "  %%1 = call[sym @reads] %%0\n  ret %%1\n}\n"
        "func @keeps export (%%0 ptr) i64 {\nb0:\n  store.ref @global, %%0\n  ret i64 0\n}\n",
        body));
    ir_pass_escape(m, NULL, NULL);
    const char *err = ir_verify(arena, m);
    cr_assert_null(err, "%s", err);
    for (uint32_t b = 0; b < m->funcs.p[0]->blocks.n; b++)
        for (uint32_t k = 0; k < m->funcs.p[0]->blocks.p[b]->insts.n; k++)
            if (m->funcs.p[0]->blocks.p[b]->insts.p[k]->op == IR_ALLOC)
                return m->funcs.p[0]->blocks.p[b]->insts.p[k]->imm == 1;
    cr_assert_fail("no alloc");
    return false;
}

#define ALLOC "  %3 = alloc[type [4]i64, sym @T]\n"

Test(ir, objects_that_do_not_escape_go_to_the_stack)
{
    cr_expect(on_stack(ALLOC "  store %3, i64 5\n  %5 = load %3\n  ret nil\n"));
    cr_expect(on_stack(ALLOC "  %4 = lea[imm 8] %3\n  store.ref %4, %2\n  ret nil\n"));
    cr_expect(on_stack(ALLOC "  %5 = call[sym @reads] %3\n  ret nil\n"));
    cr_expect(on_stack(ALLOC "  %5 = call[sym @passes] %3\n  ret nil\n"));
    cr_expect(on_stack(ALLOC "  %6 = mk %3, i64 4, i64 4\n  %5 = field[imm 1] %6\n"
                             "  %5 = add %5, i64 1\n  %4 = field %6\n"
                             "  %7 = string.from_bytes %4, i64 4\n  ret nil\n"));
    cr_expect(!on_stack(ALLOC "  ret %3\n"));
    cr_expect(!on_stack(ALLOC "  store %2, %3\n  ret nil\n"));
    cr_expect(!on_stack(ALLOC "  %4 = copy %3\n  store.ref @global, %4\n  ret nil\n"));
    cr_expect(!on_stack(ALLOC "  %5 = call[sym @keeps] %3\n  ret nil\n"));
    cr_expect(!on_stack(ALLOC "  call[sym @ext] %3\n  ret nil\n"));
    cr_expect(!on_stack(ALLOC "  call.closure %2, %3\n  ret nil\n"));
    cr_expect(
        !on_stack(ALLOC "  %4 = closure[type {ptr, ptr}, sym @ext, sym2 @T] %3\n  ret nil\n"));
    cr_expect(!on_stack(ALLOC "  go %3, i64 0\n  ret nil\n"));
    /* a copy that outlives a turn of the loop: it has two definitions */
    cr_expect(!on_stack("  %4 = copy nil\n  jump -> b1\nb1:\n" ALLOC
                        "  %5 = load %3\n  %1 = eq %3, %4\n  %4 = copy %3\n"
                        "  br %1 -> b1, b2\nb2:\n  ret nil\n"));
    /* a copy of the turn before, by one definition that does not come first */
    cr_expect(!on_stack("  jump -> b1\nb1:\n" ALLOC "  br %1 -> b2, b3\nb2:\n  %5 = load %4\n"
                        "  jump -> b3\nb3:\n  %4 = copy %3\n  br %1 -> b1, b4\nb4:\n"
                        "  ret nil\n"));
    cr_expect(on_stack("  jump -> b1\nb1:\n" ALLOC "  store %3, i64 1\n  br %1 -> b1, b2\nb2:\n"
                       "  ret nil\n"));
    cr_expect(!on_stack("  %3 = alloc[type [4000]i64, sym @T]\n  ret nil\n"), "too large");
}

/* ---- inlining ----------------------------------------------------------------------------- */

static bool none_is_intrinsic(const IrSym *s)
{
    (void)s;
    return false;
}

static const char *text_of(const IrModule *m, const char *function)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    for (uint32_t i = 0; i < m->funcs.n; i++)
        if (!strcmp(m->funcs.p[i]->sym->name->s, function))
            ir_print_func(out, m, m->funcs.p[i]);
    fclose(out);
    return text;
}

static void inline_all(IrModule *m, IrBodies *imports)
{
    IrInlineOptions opt = {imports, none_is_intrinsic};
    ir_pass_inline(m, &opt);
    const char *wrong = ir_verify(arena, m);
    cr_assert_null(wrong, "%s", wrong);
}

Test(ir, inlines_what_is_small)
{
    IrModule *m = parse("func @p.max export (%0 i64, %1 i64) i64 {\n"
                        "  reg %2 bool\n"
                        "b0:\n"
                        "  %2 = gt %0, %1\n"
                        "  br %2 -> b1, b2\n"
                        "b1:\n"
                        "  ret %0\n"
                        "b2:\n"
                        "  ret %1\n"
                        "}\n"
                        "func @p.down export (%0 i64) i64 {\n"
                        "b0:\n"
                        "  %0 = sub %0, i64 1\n"
                        "  ret %0\n"
                        "}\n"
                        "func @p.f export (%0 i64) i64 {\n"
                        "  reg %1 i64\n"
                        "b0:\n"
                        "  %1 = call[sym @p.down] %0\n"
                        "  %0 = call[sym @p.max] %1, i64 7\n"
                        "  ret %0\n"
                        "}\n"
                        "func @p.g export noinline (%0 i64) i64 {\n"
                        "  reg %1 i64\n"
                        "b0:\n"
                        "  %1 = call[sym @p.g] %0\n"
                        "  ret %1\n"
                        "}\n");
    inline_all(m, NULL);
    cr_expect_str_eq(text_of(m, "p.f"), "func @p.f export (%0 i64) i64 {\n"
                                        "  inlined 1 in 0 @p.down\n"
                                        "  inlined 2 in 0 @p.max\n"
                                        "  reg %1 i64\n"
                                        "  reg %2 i64\n"
                                        "  reg %3 bool\n"
                                        "b0:\n"
                                        "  %2 = copy %0\n"
                                        "  %2 = sub[inlined 1] %2, i64 1\n"
                                        "  %1 = copy %2\n"
                                        "  jump -> b1\n"
                                        "b1:\n"
                                        "  %3 = gt[inlined 2] %1, i64 7\n"
                                        "  br[inlined 2] %3 -> b2, b3\n"
                                        "b2:\n"
                                        "  %0 = copy %1\n"
                                        "  jump -> b4\n"
                                        "b3:\n"
                                        "  %0 = copy i64 7\n"
                                        "  jump -> b4\n"
                                        "b4:\n"
                                        "  ret %0\n"
                                        "}\n");
    cr_expect(strstr(text_of(m, "p.g"), "call[sym @p.g]"));
}

static const char *body_file;

static const char *file_of(void *data, const char *package)
{
    (void)data;
    return strcmp(package, "q") ? NULL : body_file;
}

static const SourceFile *source;

static const char *name_of(void *data, const SourceFile *file)
{
    (void)data;
    return file == source ? "q/q.gol" : NULL;
}

static const SourceFile *source_of(void *data, const char *name)
{
    (void)data;
    return strcmp(name, "q/q.gol") ? NULL : source;
}

Test(ir, bodies_come_from_other_packages)
{
    const IrSources sources = {name_of, source_of, NULL};
    source = source_add("q.gol", "package q\n", 10);
    const char *text = arena_printf(arena,
                                    "extern $std_q_c func stub\n"
                                    "data @\"str:hi\" comdat ro align 1 size 2 = \"hi\"\n"
                                    "data @q.hidden internal align 8 size 8\n"
                                    "func @q.say export () string { !%u\n"
                                    "b0:\n"
                                    "  call[sym $std_q_c]\n"
                                    "  ret str(@\"str:hi\", 2)\n"
                                    "}\n"
                                    "func @q.peek export () i64 {\n"
                                    "  reg %%0 i64\n"
                                    "b0:\n"
                                    "  %%0 = load @q.hidden\n"
                                    "  ret %%0\n"
                                    "}\n",
                                    source->base + 3);
    IrModule *q = parse(text);
    char path[] = "/tmp/bodiesXXXXXX";
    FILE *out = fdopen(mkstemp(path), "w");
    ir_bodies_print(out, q, &sources, none_is_intrinsic);
    fclose(out);
    body_file = path;
    source = source_add("q.gol", "package q\n", 10); /* as another process would read it */
    IrModule *p = parse("extern @q.say func\n"
                        "extern @q.peek func\n"
                        "func @p.f export () string {\n"
                        "  reg %0 string\n"
                        "  reg %1 i64\n"
                        "b0:\n"
                        "  %0 = call[sym @q.say]\n"
                        "  %1 = call[sym @q.peek]\n"
                        "  ret %0\n"
                        "}\n");
    inline_all(p, ir_bodies_new(arena, file_of, &sources));
    remove(path);
    cr_expect_str_eq(text_of(p, "p.f"), arena_printf(arena,
                                                     "func @p.f export () string {\n"
                                                     "  inlined 1 in 0 @q.say\n"
                                                     "  reg %%0 string\n"
                                                     "  reg %%1 i64\n"
                                                     "b0:\n"
                                                     "  call[sym $std_q_c, inlined 1] !%u\n"
                                                     "  %%0 = copy str(@\"str:hi\", 2)\n"
                                                     "  %%1 = call[sym @q.peek]\n"
                                                     "  ret %%0\n"
                                                     "}\n",
                                                     source->base + 3));
    cr_expect(ir_sym_c(p, "std_q_c", false)->via_stub);
    cr_expect(ir_sym(p, "str:hi")->data);
}
