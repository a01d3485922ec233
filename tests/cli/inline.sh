# Functions of other packages are inlined, and traces tell all the same who called whom where.
fail() { echo "$1"; exit 1; }
mkdir -p m/p m/q && cd m
echo 'module m' >go.mod
cat >q/q.gol <<'END'
package q

type Box struct{ v *int }

func New(v *int) *Box { return &Box{v} }

func (b *Box) Get() int {
	return *b.v
}

func Index(xs []int, i int) int {
	return xs[i]
}
END
cat >p/p.gol <<'END'
package p

import "m/q"

func Twice(b *q.Box) int {
	return b.Get() * 2
}

func Third(xs []int) int { return q.Index(xs, 2) }

func Check(ok bool, what string) {
	if !ok {
		panic("check: " + what)
	}
}

func Div(a, b int) int { return a / b }

func Apply(f func(int) int, n int) int {
	return f(n)
}
END
cat >main.gol <<'END'
package main

import (
	"os"

	"m/p"
	"m/q"
)

func run(what string) int {
	one := 1
	switch what {
	case "nil":
		return p.Twice(q.New(nil))
	case "index":
		return p.Third([]int{1, 2, 3}) +
			p.Third([]int{1})
	case "check":
		p.Check(what != "check", what)
	case "closure":
		return p.Apply(func(n int) int {
			return p.Div(n, n-n)
		}, one)
	}
	return one + p.Twice(q.New(&one))
}

func main() {
	println(run(os.Args[1]))
}
END
"$GOLC" build -o prog && "$GOLC" build --emit=ir-opt >ir || fail "status $?"
grep -q 'inlined .* @"m/p.Twice"' ir && grep -q 'inlined .* @"m/q.(\*Box).Get"' ir ||
    fail "nothing was inlined: $(cat ir)"
grep -q 'call.*m/q.New' ir && fail "a constructor is called"
"$GOLC" build -O0 --emit=ir-opt >ir0 && ! grep -q 'inlined' ir0 || fail "inlined at -O0"

trace() { # of what follows, one line a frame
    "./$1" "$2" >out 2>&1
    grep -v '^goroutine\|^$\|^\[' out | sed 's/(\.\.\.)$//; s/ +0x.*//; s|\t.*/m/|\t|' |
        tr -d '\n' | tr '\t' ' '
}
for opt in -O0 -O1 -O2 '-O2 -g'; do
    "$GOLC" build $opt -o prog || fail "$opt: status $?"
    while read -r what want; do
        got=$(trace prog "$what")
        [ "$got" = "$want" ] || fail "$opt $what: $got"
    done <<'END'
nil panic: runtime error: invalid memory address or nil pointer dereferencem/q.(*Box).Get q/q.gol:8m/p.Twice p/p.gol:6main.run main.gol:14main.main main.gol:29
index panic: runtime error: index out of range [2] with length 1m/q.Index q/q.gol:12m/p.Third p/p.gol:9main.run main.gol:17main.main main.gol:29
check panic: check: checkm/p.Check p/p.gol:13main.run main.gol:19main.main main.gol:29
closure panic: runtime error: integer divide by zerom/p.Div p/p.gol:17main.run.func1 main.gol:22m/p.Apply p/p.gol:20main.run main.gol:21main.main main.gol:29
other 3
END
done

# What is inlined goes into the importer's key.
sed -i 's/\* 2/* 5/' p/p.gol
"$GOLC" build -o prog && [ "$(./prog x 2>&1)" = 6 ] || fail "the old function is still there"
