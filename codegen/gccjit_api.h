/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libgccjit behind dlopen: loading it costs 3 ms, so a golc that only finds its cache warm
 * never does.  <libgccjit.h> gives types alone; calls go through the table `gj`. */
#ifndef GOL_CODEGEN_GCCJIT_API_H
#define GOL_CODEGEN_GCCJIT_API_H

#include <libgccjit.h>

/* Every entry point that we use: gcc_jit_NAME. */
#define GCCJIT_API(X)                                                                              \
    X(context_acquire)                                                                             \
    X(context_release)                                                                             \
    X(context_set_bool_option)                                                                     \
    X(context_set_int_option)                                                                      \
    X(context_set_bool_allow_unreachable_blocks)                                                   \
    X(context_set_bool_print_errors_to_stderr)                                                     \
    X(context_add_command_line_option)                                                             \
    X(context_compile_to_file)                                                                     \
    X(context_get_first_error)                                                                     \
    X(context_new_location)                                                                        \
    X(context_get_type)                                                                            \
    X(context_get_int_type)                                                                        \
    X(context_new_array_type)                                                                      \
    X(context_new_field)                                                                           \
    X(context_new_struct_type)                                                                     \
    X(context_new_function_ptr_type)                                                               \
    X(context_new_param)                                                                           \
    X(context_new_function)                                                                        \
    X(context_get_builtin_function)                                                                \
    X(context_new_global)                                                                          \
    X(context_new_rvalue_from_int)                                                                 \
    X(context_new_rvalue_from_long)                                                                \
    X(context_new_rvalue_from_double)                                                              \
    X(context_null)                                                                                \
    X(context_zero)                                                                                \
    X(context_new_unary_op)                                                                        \
    X(context_new_binary_op)                                                                       \
    X(context_new_comparison)                                                                      \
    X(context_new_call)                                                                            \
    X(context_new_call_through_ptr)                                                                \
    X(context_new_cast)                                                                            \
    X(context_new_bitcast)                                                                         \
    X(context_new_array_access)                                                                    \
    X(context_new_struct_constructor)                                                              \
    X(context_new_case)                                                                            \
    X(struct_as_type)                                                                              \
    X(type_get_pointer)                                                                            \
    X(type_get_volatile)                                                                           \
    X(type_get_aligned)                                                                            \
    X(lvalue_as_rvalue)                                                                            \
    X(lvalue_get_address)                                                                          \
    X(lvalue_access_field)                                                                         \
    X(lvalue_set_tls_model)                                                                        \
    X(lvalue_set_alignment)                                                                        \
    X(rvalue_access_field)                                                                         \
    X(rvalue_dereference)                                                                          \
    X(rvalue_get_type)                                                                             \
    X(param_as_lvalue)                                                                             \
    X(param_as_rvalue)                                                                             \
    X(function_get_address)                                                                        \
    X(function_get_param)                                                                          \
    X(function_new_block)                                                                          \
    X(function_new_local)                                                                          \
    X(block_add_eval)                                                                              \
    X(block_add_assignment)                                                                        \
    X(block_add_extended_asm)                                                                      \
    X(block_end_with_conditional)                                                                  \
    X(block_end_with_jump)                                                                         \
    X(block_end_with_return)                                                                       \
    X(block_end_with_switch)                                                                       \
    X(block_end_with_void_return)                                                                  \
    X(extended_asm_set_volatile_flag)                                                              \
    X(extended_asm_add_output_operand)                                                             \
    X(extended_asm_add_input_operand)                                                              \
    X(extended_asm_add_clobber)

typedef struct GccjitApi {
#define X(name) __typeof__(&gcc_jit_##name) name;
    GCCJIT_API(X)
#undef X
} GccjitApi;

extern GccjitApi gj;

/* Loads the library on first use.  NULL, or why it cannot be used. */
const char *gccjit_load(void);

#endif
