# Import cycles and internal packages.
fail() { echo "$1"; exit 1; }
mkdir -p a b x/internal/y && echo 'module m' >go.mod
printf 'package a\n\nimport "m/b"\n\nfunc A() { b.B() }\n' >a/a.gol
printf 'package b\n\nimport "m/a"\n\nfunc B() { a.A() }\n' >b/b.gol
printf 'package main\n\nimport "m/a"\n\nfunc main() { a.A() }\n' >main.gol
! out=$("$GOLC" build -o p main.gol 2>&1) || fail "cycle built"
grep -q 'import cycle not allowed' <<<"$out" || fail "$out"
grep -q 'm/b imports m/a' <<<"$out" || fail "$out"
printf 'package y\n\nfunc Y() {}\n' >x/internal/y/y.gol
printf 'package main\n\nimport "m/x/internal/y"\n\nfunc main() { y.Y() }\n' >main.gol
! out=$("$GOLC" build -o p main.gol 2>&1) || fail "internal built"
grep -q 'use of internal package m/x/internal/y not allowed' <<<"$out" || fail "$out"
mkdir x/cmd
printf 'package main\n\nimport "m/x/internal/y"\n\nfunc main() { y.Y() }\n' >x/cmd/main.gol
"$GOLC" build -o p x/cmd/main.gol || fail "internal, allowed"
[ ! -e main ] || fail "left behind"
