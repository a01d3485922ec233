#!/bin/sh
# format.sh SOURCE_ROOT: clang-format finds nothing to change in C sources.
command -v clang-format >/dev/null || { echo "no clang-format"; exit 77; }
cd "$1" || exit 1
find base bench check codegen driver ir lexer parser runtime tests -name '*.[ch]' -print0 |
    xargs -0 -n 20 clang-format --dry-run -Werror
