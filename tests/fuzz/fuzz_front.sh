#!/bin/sh
# Builds the front end's fuzz target and runs it: fuzz_front.sh CORPUS [SECONDS]
# CORPUS is a folder of programs to start from; it grows.  Findings land in the current folder.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
re2c -i -o "$out/lexer.c" "$root/lexer/lexer.re"
bison --defines="$out/gol.h" -o "$out/gol.c" "$root/parser/gol.y"
cat > "$out/words" <<'W'
"package" "p\x0a" "func" "type" "var" "const" "import" "struct{" "interface{" "map[" "chan" "<-"
"if" "else" "for" "range" "switch" "select" "case" "default:" "go" "defer" "return" "goto" "break"
"continue" "fallthrough" ":=" "..." "[]" "{" "}" "(" ")" "[" "]" ".(type)" "~" "|" "*" "\x0a" ";"
W
tr ' ' '\n' < "$out/words" | sed '/^$/d' > "$out/dict"
clang -g -O1 -std=gnu11 -w -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    -I"$root" -I"$out" "$root/tests/fuzz/fuzz_front.c" "$out/lexer.c" "$out/gol.c" \
    "$root"/base/*.c "$root"/lexer/*.c "$root"/parser/*.c -lutf8proc -o "$out/fuzz_front"
"$out/fuzz_front" -max_total_time="${2:-600}" -max_len=4096 -timeout=10 -rss_limit_mb=3000 \
    -dict="$out/dict" "$1"
