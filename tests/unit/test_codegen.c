/* The code generator by execution: IR with a function an operation and width, compiled at
 * every level, linked with tests/codegen/harness.c and run. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codegen/codegen.h"

#ifndef SOURCE_ROOT
#define SOURCE_ROOT "."
#endif

static const char *const ints[] = {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"};
enum { NINTS = 8 };

/* result name(params) { result = op … } */
static void simple(FILE *out, const char *result, const char *name, const char *suffix,
                   const char *params, const char *body)
{
    int n = 0;
    for (const char *p = params; *p; p++)
        n += *p == '%';
    fprintf(out, "func $%s%s export (%s) %s {\n  reg %%%d %s\nb0:\n  %%%d = %s\n  ret %%%d\n}\n",
            name, suffix, params, result, n, result, n, body, n);
}

static void integer_functions(FILE *out, const char *t)
{
    static const char *const binary[] = {"add", "sub", "mul", "div",   "rem",
                                         "and", "or",  "xor", "andnot"};
    static const char *const compare[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    char suffix[8], two[32], one[16], text[128];
    snprintf(suffix, sizeof suffix, "_%s", t);
    snprintf(two, sizeof two, "%%0 %s, %%1 %s", t, t);
    snprintf(one, sizeof one, "%%0 %s", t);
    for (size_t i = 0; i < sizeof binary / sizeof *binary; i++) {
        snprintf(text, sizeof text, "%s %%0, %%1", binary[i]);
        simple(out, t, binary[i], suffix, two, text);
    }
    for (size_t i = 0; i < sizeof compare / sizeof *compare; i++) {
        snprintf(text, sizeof text, "%s %%0, %%1", compare[i]);
        simple(out, "bool", compare[i], suffix, two, text);
    }
    simple(out, t, "neg", suffix, one, "neg %0");
    simple(out, t, "not", suffix, one, "not %0");
    for (int wide = 0; wide < 2; wide++) {
        snprintf(text, sizeof text, "%%0 %s, %%1 %s", t, wide ? "u64" : "u8");
        simple(out, t, wide ? "shl" : "shl8", suffix, text, "shl %0, %1");
        simple(out, t, wide ? "shr" : "shr8", suffix, text, "shr %0, %1");
    }
    simple(out, t, "shl3", suffix, one, "shl %0, u8 3");
    simple(out, t, "shr3", suffix, one, "shr %0, u8 3");
    simple(out, t, "shl64", suffix, one, "shl %0, u64 64");
    simple(out, t, "shr64", suffix, one, "shr %0, u64 64");
    snprintf(text, sizeof text, "shl %%0, u32 %s", t + 1);
    simple(out, t, "shlw", suffix, one, text);
    snprintf(text, sizeof text, "shr %%0, u32 %s", t + 1);
    simple(out, t, "shrw", suffix, one, text);
    if (t[0] == 'i') {
        snprintf(text, sizeof text, "div %%0, %s -1", t);
        simple(out, t, "divm1", suffix, one, text);
        snprintf(text, sizeof text, "rem %%0, %s -1", t);
        simple(out, t, "remm1", suffix, one, text);
    } else {
        simple(out, t, "divm1", suffix, one, "copy %0");
        simple(out, t, "remm1", suffix, one, "copy %0");
    }
    snprintf(text, sizeof text, "div %%0, %s 7", t);
    simple(out, t, "div7", suffix, one, text);
    snprintf(text, sizeof text, "rem %%0, %s 7", t);
    simple(out, t, "rem7", suffix, one, text);
    simple(out, "f64", "tof64", suffix, one, "conv %0");
    simple(out, "f32", "tof32", suffix, one, "conv %0");
    simple(out, t, "fromf64", suffix, "%0 f64", "conv %0");
    simple(out, t, "fromf32", suffix, "%0 f32", "conv %0");
    for (int i = 0; i < NINTS; i++) {
        snprintf(text, sizeof text, "to%s", ints[i]);
        simple(out, ints[i], text, suffix, one, "conv %0");
    }
}

static void float_functions(FILE *out)
{
    static const char *const f64_ops[][2] = {
        {"fadd", "add"}, {"fsub", "sub"}, {"fmul", "mul"}, {"fdiv", "div"}};
    static const char *const compare[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    char text[64], name[16];
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "%s %%0, %%1", f64_ops[i][1]);
        simple(out, "f64", f64_ops[i][0], "", "%0 f64, %1 f64", text);
        if (i != 1)
            simple(out, "f32", f64_ops[i][0], "32", "%0 f32, %1 f32", text);
    }
    for (int i = 0; i < 6; i++) {
        snprintf(text, sizeof text, "%s %%0, %%1", compare[i]);
        snprintf(name, sizeof name, "f%s", compare[i]);
        simple(out, "bool", name, "", "%0 f64, %1 f64", text);
    }
    simple(out, "f64", "fneg", "", "%0 f64", "neg %0");
    simple(out, "f64", "fsqrt", "", "%0 f64", "sqrt %0");
    simple(out, "f32", "fsqrt", "32", "%0 f32", "sqrt %0");
    simple(out, "f64", "ffma", "", "%0 f64, %1 f64, %2 f64", "fma %0, %1, %2");
    simple(out, "f32", "narrow", "", "%0 f64", "conv %0");
    simple(out, "f64", "widen", "", "%0 f32", "conv %0");
    simple(out, "u64", "bits64", "", "%0 f64", "bitcast %0");
    simple(out, "f64", "unbits64", "", "%0 u64", "bitcast %0");
    simple(out, "u32", "bits32", "", "%0 f32", "bitcast %0");
    simple(out, "i64", "fold_nan", "", "", "conv f64 nan:7ff8000000000000");
    simple(out, "i64", "fold_big", "", "", "conv f64 0x1p+70");
    simple(out, "u64", "fold_u64", "", "", "conv f64 nan:7ff8000000000000");
    simple(out, "f64", "fconst", "", "", "copy f64 0x1.999999999999ap-4");
    simple(out, "f64", "fnanconst", "", "", "copy f64 nan:7ff8000000000000");
    simple(out, "f64", "fnegzero", "", "", "copy f64 -0x0p+0");
}

static const char others[] =
    "extern $ext_slice func\n"
    "extern @fmt.helper func\n"
    "data @\"str:hello\" comdat ro align 1 size 5 = \"hello\"\n"
    "data @\"type:c\" comdat ro align 8 size 84 = \"\\x10\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
    "\\x10\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x19\\x08\\x00\\x00\\x00\\x00\\x0"
    "0\\x00"
    "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x0"
    "0\\x00"
    "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x0"
    "0\\x00"
    "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"\n"
    "data $counter export align 8 size 8\n"
    "data $some_data export pointers align 8 size 24 = "
    "\"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xfe\\xff\\xff\\xff\\xff\\xff\\xff\\xffa\\\"\\\\\\n"
    "\\xff\\x00z\\x00\" {0: $counter}\n"
    "func $streq export (%0 string, %1 string) bool {\n  reg %2 bool\nb0:\n"
    "  %2 = streq %0, %1\n  ret %2\n}\n"
    "func $streq_hello export (%0 string) bool {\n  reg %1 bool\nb0:\n"
    "  %1 = streq str(@\"str:hello\", 5), %0\n  ret %1\n}\n"
    "func $streq_empty export (%0 string) bool {\n  reg %1 bool\nb0:\n"
    "  %1 = streq zero string, %0\n  ret %1\n}\n"
    "func $mixed export (%0 {i8, i64, {[3]i16}, f32}, %1 i64) {i8, i64, {[3]i16}, f32} {\n"
    "  reg %2 {[3]i16}\n  reg %3 [3]i16\n  reg %4 {i8, i64, {[3]i16}, f32}\n  reg %5 i8\n"
    "  reg %6 f32\nb0:\n"
    "  %2 = field[imm 2] %0\n  %3 = field %2\n  %3 = setelem i64 1, i16 99\n"
    "  %2 = setfield %3\n  %5 = field %0\n  %6 = field[imm 3] %0\n"
    "  %4 = mk %5, %1, zero {[3]i16}, %6\n  %4 = setfield[imm 2] %2\n  ret %4\n}\n"
    "func $mixed_sum export (%0 {i8, i64, {[3]i16}, f32}) i64 {\n"
    "  reg %1 i64\n  reg %2 i8\n  reg %3 i64\n  reg %4 {[3]i16}\n  reg %5 [3]i16\n  reg %6 i16\n"
    "b0:\n  %2 = field %0\n  %1 = conv %2\n  %3 = field[imm 1] %0\n  %1 = add %1, %3\n"
    "  %4 = field[imm 2] %0\n  %5 = field %4\n  %6 = elem %5, i64 2\n  %3 = conv %6\n"
    "  %1 = add %1, %3\n  ret %1\n}\n"
    "func $arrays export (%0 i64) i64 {\n  reg %1 [3]i64\n  reg %2 i64\nb0:\n"
    "  %1 = copy zero [3]i64\n  %1 = setelem i64 2, i64 42\n  %1 = setelem u8 1, i64 7\n"
    "  %2 = elem %1, %0\n  ret %2\n}\n"
    "func $switches export (%0 i64) i64 {\nb0:\n"
    "  switch %0 -> b1, 1: b2, -5: b3, 1099511627776: b4\n"
    "b1:\n  ret i64 0\nb2:\n  ret i64 10\nb3:\n  ret i64 20\nb4:\n  ret i64 30\n}\n"
    "func $bounds export (%0 ptr, %1 i64) i64 {\n  reg %2 i64\n  reg %3 ptr\n  reg %4 slice\nb0:\n"
    "  %4 = load %0\n  %2 = field[imm 1] %4\n  %3 = field %4\n  check.bounds %1, %2\n"
    "  %3 = index[imm 8] %3, %1\n  %2 = load %3\n  ret %2\n}\n"
    "func $bounds8 export (%0 u8, %1 i64) i64 {\nb0:\n  check.bounds[imm 1] %0, %1\n"
    "  ret i64 1\n}\n"
    "func $slices export (%0 i64, %1 i64) i64 {\nb0:\n  check.slice[imm 2] %0, %1\n"
    "  ret i64 1\n}\n"
    "func $div_check export (%0 i64, %1 i64) i64 {\nb0:\n  check.div %1\n  %0 = div %0, %1\n"
    "  ret %0\n}\n"
    "func $shift_check export (%0 i64) i64 {\n  reg %1 u64\nb0:\n  check.shift %0\n"
    "  %1 = conv %0\n  %0 = shl i64 1, %1\n  ret %0\n}\n"
    "func $nil_check export (%0 ptr) ptr {\nb0:\n  check.nil %0\n  ret %0\n}\n"
    "func $load_at export (%0 ptr) i64 {\n  reg %1 i64\nb0:\n  %1 = load[imm 8] %0\n  ret %1\n}\n"
    "func $index24 export (%0 ptr, %1 i64) ptr {\nb0:\n  %0 = index[imm 24] %0, %1\n  ret %0\n}\n"
    "func $zeroed export () i64 {\n  reg %0 ptr\n  reg %1 i64\nb0:\n"
    "  %0 = alloc[type {i64, [20]i64}, imm 1]\n  %1 = load[imm 80] %0\n"
    "  store[imm 80] %0, i64 5\n  ret %1\n}\n"
    "func $conv_ptr export (%0 u64) ptr {\n  reg %1 ptr\nb0:\n  %1 = conv %0\n  ret %1\n}\n"
    "func $conv_u64 export (%0 ptr) u64 {\n  reg %1 u64\nb0:\n  %1 = conv %0\n  ret %1\n}\n"
    "func $sym_offset export () ptr {\nb0:\n  ret $some_data+16\n}\n"
    "func @t.lit internal closure (%0 i64, %1 ptr) i64 {\n  reg %2 i64\nb0:\n"
    "  %2 = load[imm 8] %1\n  %0 = add %0, %2\n  ret %0\n}\n"
    "func @t.litp internal closure (%0 i64, %1 ptr) i64 {\n  reg %2 ptr\n  reg %3 i64\nb0:\n"
    "  %2 = load[imm 8] %1\n  %3 = load %2\n  %0 = add %0, %3\n  ret %0\n}\n"
    "func $make_closure export (%0 i64) ptr {\n  reg %1 ptr\nb0:\n"
    "  %1 = closure[type {ptr, i64}, sym @t.lit] %0\n  ret %1\n}\n"
    "func $make_pointer_closure export (%0 ptr) ptr {\nb0:\n"
    "  %0 = closure[type {ptr, ptr}, sym @t.litp, sym2 @\"type:c\"] %0\n  ret %0\n}\n"
    "func $call_closure export (%0 ptr, %1 i64) i64 {\nb0:\n  %1 = call.closure %0, %1\n"
    "  ret %1\n}\n"
    "func @t.plain internal (%0 i64) i64 {\nb0:\n  %0 = mul %0, i64 11\n  ret %0\n}\n"
    "func $static_closure export (%0 i64) i64 {\n  reg %1 ptr\nb0:\n"
    "  %1 = closure[sym @t.plain]\n  %0 = call.closure %1, %0\n  ret %0\n}\n"
    "func $call_iface export (%0 iface, %1 i64) i64 {\nb0:\n  %1 = call.iface[imm 2] %0, %1\n"
    "  ret %1\n}\n"
    "func $call_code export (%0 ptr, %1 i64) i64 {\nb0:\n  %1 = call.ptr %0, %1\n  ret %1\n}\n"
    "func $calls_ext export (%0 i64) slice {\n  reg %1 slice\nb0:\n"
    "  %1 = call[sym $ext_slice] %0, str(@\"str:hello\", 5), f64 0x1p+1\n  ret %1\n}\n"
    "func $drops_result export () void {\nb0:\n"
    "  call[type slice, sym $ext_slice] i64 1, zero string, f64 0x1p+1\n  ret\n}\n"
    "func $concat3 export (%0 string) string {\n  reg %1 ptr\n  reg %2 string\nb0:\n"
    "  %1 = slot[type [3]string]\n  store %1, %0\n  store[imm 16] %1, str(@\"str:hello\", 5)\n"
    "  store[imm 32] %1, %0\n  %2 = string.concat %1, i64 3\n  ret %2\n}\n"
    "func $compare_strings export (%0 string, %1 string) i64 {\n  reg %2 i64\nb0:\n"
    "  %2 = string.cmp %0, %1\n  ret %2\n}\n"
    "func $store_ptr export (%0 ptr, %1 ptr) void {\nb0:\n  store.ref %0, %1\n  ret\n}\n"
    "func $store_string export (%0 ptr, %1 string) void {\nb0:\n  store.ref %0, %1\n  ret\n}\n"
    "func $many export (%0 ptr, %1 ptr) void {\n  reg %2 [20]ptr\nb0:\n  %2 = load %1\n"
    "  store.ref %0, %2\n  ret\n}\n"
    "func $memmoves export (%0 ptr, %1 ptr, %2 i64) void {\nb0:\n  memmove %0, %1, %2\n  ret\n}\n"
    "func $memeqs export (%0 ptr, %1 ptr) bool {\n  reg %2 bool\nb0:\n"
    "  %2 = memeq %0, %1, i64 4\n  ret %2\n}\n"
    "func $may_recover export recovers () bool {\n  reg %0 bool\nb0:\n"
    "  %0 = mayrecover[sym $may_recover]\n  ret %0\n}\n"
    "func $pass_defer export (%0 ptr) void {\nb0:\n  passdefer[sym $pass_defer] %0\n  ret\n}\n"
    "func $bools export (%0 bool, %1 bool) bool {\n  reg %2 bool\nb0:\n  %2 = lnot %1\n"
    "  %2 = and %2, %0\n  br[imm 1] %2 -> b1, b2\nb1:\n  ret true\nb2:\n  ret %2\n}\n"
    "func @t.zs internal (%0 {}, %1 i64, %2 [0]i64) {} {\n  reg %3 {}\nb0:\n  %3 = copy %0\n"
    "  ret %3\n}\n"
    "func $zero_size export (%0 i64) bool {\n  reg %1 {}\n  reg %2 {i64, {}}\n  reg %3 bool\n"
    "  reg %4 i64\n  reg %5 ptr\nb0:\n  %1 = call[sym @t.zs] zero {}, %0, zero [0]i64\n"
    "  %2 = mk %0, %1\n  %2 = setfield[imm 1] %1\n  %1 = field[imm 1] %2\n  %4 = field %2\n"
    "  %5 = slot[type {}]\n  store %5, %1\n  %1 = load %5\n  %5 = slot[type {i64, {}}]\n"
    "  store %5, %2\n  %2 = load %5\n  %4 = field %2\n"
    "  %3 = eq %4, %0\n  ret %3\n}\n"
    "func $pass_on export (%0 i64) i64 {\nb0:\n  %0 = call[sym @t.twice] %0\n"
    "  %0 = add %0, i64 1\n  ret %0\n}\n"
    "func @t.twice comdat (%0 i64) i64 {\nb0:\n  %0 = add %0, %0\n  ret %0\n}\n"
    "func $loops export (%0 i64) i64 {\n  reg %1 i64\n  reg %2 i64\n  reg %3 bool\nb0:\n"
    "  %1 = copy i64 0\n  %2 = copy i64 0\n  jump -> b1\nb1:\n  %3 = lt %1, %0\n"
    "  br %3 -> b2, b3\nb2:\n  %2 = add %2, %1\n  %1 = add %1, i64 1\n  jump -> b1\nb3:\n"
    "  ret %2\n}\n"
    "func $slot_loop export (%0 i64) i64 {\n  reg %1 ptr\n  reg %2 i64\n  reg %3 bool\n"
    "  reg %4 ptr\n  reg %5 i64\nb0:\n  %1 = alloc[type i64, imm 1]\n  %5 = copy i64 0\n"
    "  jump -> b1\nb1:\n  %2 = load %1\n  %3 = lt %2, %0\n  br %3 -> b2, b3\nb2:\n"
    "  %4 = alloc[type i64, imm 1]\n  %5 = load %4\n  %2 = load %1\n  %5 = add %5, %2\n"
    "  store %4, %5\n  %2 = load[imm 0] $counter\n  %2 = add %2, %5\n  store $counter, %2\n"
    "  %2 = load %1\n  %2 = add %2, i64 1\n  store %1, %2\n  jump -> b1\nb3:\n"
    "  %2 = load $counter\n  ret %2\n}\n"
    "func $big_frame export (%0 i64) i64 {\n  reg %1 ptr\n  reg %2 ptr\nb0:\n"
    "  %1 = slot[type [5000]i64]\n  %2 = index[imm 8] %1, %0\n  store %2, %0\n"
    "  %0 = load %2\n  ret %0\n}\n"
    "func $len64 export (%0 u64) i64 {\n  reg %1 i64\nb0:\n"
    "  %1 = call[sym @\"math/bits.Len64\"] %0\n  ret %1\n}\n"
    "func $tz64 export (%0 u64) i64 {\n  reg %1 i64\nb0:\n"
    "  %1 = call[sym $std_math_bits_TrailingZeros64] %0\n  ret %1\n}\n"
    "func $lz32 export (%0 u32) i64 {\n  reg %1 i64\nb0:\n"
    "  %1 = call[sym @\"math/bits.LeadingZeros32\"] %0\n  ret %1\n}\n"
    "func $tz8 export (%0 u8) i64 {\n  reg %1 i64\nb0:\n"
    "  %1 = call[sym @\"math/bits.TrailingZeros8\"] %0\n  ret %1\n}\n"
    "func $rot64 export (%0 u64, %1 i64) u64 {\nb0:\n"
    "  %0 = call[sym @\"math/bits.RotateLeft64\"] %0, %1\n  ret %0\n}\n"
    "func $rot8 export (%0 u8, %1 i64) u8 {\nb0:\n"
    "  %0 = call[sym @\"math/bits.RotateLeft8\"] %0, %1\n  ret %0\n}\n"
    "func $rev32 export (%0 u32) u32 {\nb0:\n"
    "  %0 = call[sym @\"math/bits.ReverseBytes32\"] %0\n  ret %0\n}\n"
    "func $mul64 export (%0 u64, %1 u64) {u64, u64} {\n  reg %2 {u64, u64}\nb0:\n"
    "  %2 = call[sym @\"math/bits.Mul64\"] %0, %1\n  ret %2\n}\n"
    "func $add64 export (%0 u64, %1 u64, %2 u64) {u64, u64} {\n  reg %3 {u64, u64}\nb0:\n"
    "  %3 = call[sym @\"math/bits.Add64\"] %0, %1, %2\n  ret %3\n}\n"
    "func $sub64 export (%0 u64, %1 u64, %2 u64) {u64, u64} {\n  reg %3 {u64, u64}\nb0:\n"
    "  %3 = call[sym @\"math/bits.Sub64\"] %0, %1, %2\n  ret %3\n}\n"
    "func $at_add export (%0 ptr, %1 i32) i32 {\nb0:\n"
    "  %1 = call[sym $std_sync_atomic_AddInt32] %0, %1\n  ret %1\n}\n"
    "func $at_swap export (%0 ptr, %1 i32) i32 {\nb0:\n"
    "  %1 = call[sym $std_sync_atomic_SwapInt32] %0, %1\n  ret %1\n}\n"
    "func $at_load export (%0 ptr) i32 {\n  reg %1 i32\nb0:\n"
    "  %1 = call[sym $std_sync_atomic_LoadInt32] %0\n  ret %1\n}\n"
    "func $at_cas export (%0 ptr, %1 i64, %2 i64) bool {\n  reg %3 bool\nb0:\n"
    "  %3 = call[sym @\"sync/atomic.CompareAndSwapInt64\"] %0, %1, %2\n  ret %3\n}\n"
    "func $at_or export (%0 ptr, %1 i64) i64 {\nb0:\n"
    "  %1 = call[sym $std_sync_atomic_OrInt64] %0, %1\n  ret %1\n}\n"
    "func $at_loadp export (%0 ptr) ptr {\nb0:\n"
    "  %0 = call[sym $std_sync_atomic_LoadPointer] %0\n  ret %0\n}\n"
    "func $at_store export (%0 ptr, %1 i64) void {\nb0:\n"
    "  call[sym $std_sync_atomic_StoreInt64] %0, %1\n  ret\n}\n"
    "func $math_abs export (%0 f64) f64 {\nb0:\n  %0 = call[sym @math.Abs] %0\n  ret %0\n}\n"
    "func $math_copysign export (%0 f64, %1 f64) f64 {\nb0:\n"
    "  %0 = call[sym @math.Copysign] %0, %1\n  ret %0\n}\n";

static char *whole_text(size_t *n)
{
    char *text;
    FILE *out = open_memstream(&text, n);
    fputs("module \"t\"\n", out);
    for (int i = 0; i < NINTS; i++)
        integer_functions(out, ints[i]);
    float_functions(out);
    fputs(others, out);
    fclose(out);
    return text;
}

static void run_at(int level, bool in_units)
{
    char dir[] = "/tmp/golc-test-XXXXXX";
    cr_assert(mkdtemp(dir));
    Arena *a = arena_new();
    size_t n;
    char *text = whole_text(&n);
    const char *err = NULL;
    IrModule *m = ir_parse(a, "t", text, n, &err);
    cr_assert(m, "%s", err);
    err = ir_verify(a, m);
    cr_assert_null(err, "%s", err);
    CodegenOptions opt = {.opt_level = level, .tmpdir = dir};
    if (in_units) {
        CodegenPlan *plan = codegen_plan(a, m, &opt);
        cr_expect_gt(plan->n, 1);
        err = codegen_run(a, plan, 2, arena_printf(a, "%s/t", dir), NULL, NULL);
    } else {
        err = codegen_module(a, m, &opt, arena_printf(a, "%s/t.s", dir));
    }
    cr_assert_null(err, "%s", err);
    int rc = system(arena_printf(a,
                                 "cd %s && gcc -w -O1 -no-pie -fwrapv -I " SOURCE_ROOT
                                 " " SOURCE_ROOT "/tests/codegen/harness.c t.*s -o t -lm && ./t",
                                 dir));
    cr_expect_eq(rc, 0, "at -O%d", level);
    rc = system(arena_printf(a, "rm -r %s", dir));
    cr_expect_eq(rc, 0);
    free(text);
    arena_free(a);
}

Test(codegen, executes_at_O0)
{
    run_at(0, false);
}

Test(codegen, executes_at_O1)
{
    run_at(1, false);
}

Test(codegen, executes_at_O2)
{
    run_at(2, false);
}

Test(codegen, executes_in_units)
{
    run_at(1, true);
}

/* A changed function changes the key of its unit alone. */
Test(codegen, unit_keys_follow_the_functions)
{
    Arena *a = arena_new();
    size_t n;
    char *text = whole_text(&n);
    const char *err = NULL;
    CodegenOptions opt = {.opt_level = 1};
    CodegenPlan *before = codegen_plan(a, ir_parse(a, "t", text, n, &err), &opt);
    CodegenPlan *same = codegen_plan(a, ir_parse(a, "t", text, n, &err), &opt);
    char *at = strstr(text, "shl %0, u8 3");
    cr_assert(at);
    at[11] = '4';
    CodegenPlan *after = codegen_plan(a, ir_parse(a, "t", text, n, &err), &opt);
    cr_assert_eq(before->n, after->n);
    uint32_t changed = 0;
    for (uint32_t i = 0; i < before->n; i++) {
        cr_expect_str_eq(before->units[i].key, same->units[i].key);
        changed += strcmp(before->units[i].key, after->units[i].key) != 0;
    }
    cr_expect_eq(changed, 1);
    free(text);
    arena_free(a);
}
