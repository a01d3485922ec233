#!/bin/sh
# Builds the front end's fuzz target and runs it: fuzz_front.sh CORPUS [SECONDS] [FOLDER…]
# CORPUS is a folder of programs to start from; it grows.  The programs of the FOLDERs and of this
# project are copied into it first.  Findings (crash-*, timeout-*, leak-*, oom-*) land in the
# current folder, and the run goes on after each: the whole time is used.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
corpus=$1 seconds=${2:-600}
shift
[ $# -eq 0 ] || shift
mkdir -p "$corpus"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

find "$root/tests" "$root/samples" "$root/std" "$@" \( -name '*.gol' -o -name '*.go' \) -size -16k |
while read -r f; do
    cp "$f" "$corpus/$(printf %s "$f" | tr / _ | tail -c 120)"
done

re2c -i -o "$out/lexer.c" "$root/lexer/lexer.re"
bison --defines="$out/gol.h" -o "$out/gol.c" "$root/parser/gol.y"
cat > "$out/words" <<'W'
"package" "p\x0a" "func" "type" "var" "const" "import" "struct{" "interface{" "map[" "chan" "<-"
"if" "else" "for" "range" "switch" "select" "case" "default:" "go" "defer" "return" "goto" "break"
"continue" "fallthrough" ":=" "..." "[]" "{" "}" "(" ")" "[" "]" ".(type)" "~" "|" "*" "\x0a" ";"
"any" "comparable" "error" "iota" "nil" "len(" "cap(" "make(" "new(" "append(" "copy(" "min(" "max("
"clear(" "delete(" "panic(" "recover()" "complex(" "real(" "imag(" "close(" "unsafe.Sizeof("
"int" "uint8" "float32" "complex64" "string" "bool" "rune" "byte" "uintptr" "[T" "[K" "1e999" "1<<100"
W
tr ' ' '\n' < "$out/words" | sed '/^$/d' > "$out/dict"
clang -g -O1 -std=gnu11 -w -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    -I"$root" -I"$out" "$root/tests/fuzz/fuzz_front.c" "$out/lexer.c" "$out/gol.c" \
    "$root"/base/*.c "$root"/lexer/*.c "$root"/parser/*.c "$root"/check/*.c \
    -lmpfr -lgmp -lutf8proc -lxxhash -lm -o "$out/fuzz_front"
# One process keeps what it has read (the source map, the names), so it makes way for a new one.
until=$(($(date +%s) + seconds))
while left=$((until - $(date +%s))) && [ "$left" -gt 0 ]; do
    [ "$left" -lt 1800 ] || left=1800
    "$out/fuzz_front" -max_total_time="$left" -max_len=8192 -timeout=20 -rss_limit_mb=3000 \
        -print_final_stats=1 -dict="$out/dict" "$corpus" || true
done
