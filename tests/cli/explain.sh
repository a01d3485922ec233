# golc build --explain=escape: which way the address of an allocation left its function.
fail() { echo "$1"; exit 1; }
cat >e.gol <<'END'
package main

type node struct {
	left *node
	name string
}

var root *node

//go:noinline
func link(n *node) *node { return &node{left: n} }

//go:noinline
func keep(n *node) { root = n }

func look(n *node) string { return n.name }

//go:noinline
func counter() func() int {
	n := 0
	return func() int { n++; return n }
}

func main() {
	a := node{name: "a"}
	keep(link(&a))
	b := node{name: "b"}
	c := &node{left: &b}
	total := 0
	add := func(k int) { total += k }
	add(len(look(c)))
	x := 1
	ch := make(chan *int, 1)
	ch <- &x
	var last *node
	for i := 0; i < 3; i++ {
		d := node{left: last}
		last = &d
	}
	println(counter()(), total, last.name)
}
END
cat >want <<'END'
e.gol:11:36: node{left: n} escapes to the heap
    e.gol:11:28: returned
e.gol:20:2: n escapes to the heap
    e.gol:21:2: captured by main.counter.func1
    e.gol:21:2: which is in the function literal or method value, and that escapes
    e.gol:21:2: returned
e.gol:21:2: the function literal or method value escapes to the heap
    e.gol:21:2: returned
e.gol:25:2: a escapes to the heap
    e.gol:26:11: passed to main.link
e.gol:32:2: x escapes to the heap
    e.gol:34:5: stored in an object
    e.gol:34:5: sent on a channel
e.gol:37:3: d escapes to the heap
    it outlives the turn of the loop that makes it
END
"$GOLC" build --explain=escape e.gol >got || fail "status $?"
diff want got || fail "another explanation"
cat >inl.gol <<'END'
package main

type node struct{ n int }

var root *node

func make1(n int) *node { return &node{n} }

func main() {
	a := make1(1)
	root = make1(2)
	println(a.n, root.n)
}
END
"$GOLC" build --explain=escape inl.gol >got || fail "status $?"
cat >want <<'END'
inl.gol:7:35: node{n}, inlined at inl.gol:11:14, escapes to the heap
    inl.gol:11:2: stored in a package's variable or through a pointer
END
diff want got || fail "another explanation of what is inlined"
[ ! -e e ] || fail "a program was written"
! "$GOLC" build --explain=nothing e.gol 2>err || fail "--explain=nothing"
grep -q 'there is --explain=escape' err || fail "$(cat err)"

# The way is the first that there is, not a later one by reading from the heap.
cat >way.gol <<'END'
package main

import (
	"bytes"
	"fmt"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { defer wg.Done() }()
	wg.Wait()
	var buf bytes.Buffer
	fmt.Fprintf(&buf, "%d", 3)
}
END
cat >want <<'END'
way.gol:10:6: wg escapes to the heap
    way.gol:12:2: captured by main.main.func1
way.gol:14:6: buf escapes to the heap
    way.gol:15:13: passed to fmt.Fprintf
END
"$GOLC" build --explain=escape way.gol >got || fail "status $?"
diff want got || fail "another way"

# Of instances of generic functions those know that use them: here only package sort.  And the zero
# value of a large type is made in the frame, in an interface too.
cat >inst.gol <<'END'
package main

import "sort"

type large struct{ words [10]int }

func main() {
	a := []int{3, 1, 2}
	sort.Ints(a)
	var e any = large{}
	_, ok := e.(large)
	println(a[0], ok)
}
END
"$GOLC" build --explain=escape inst.gol >got || fail "status $?"
[ ! -s got ] || fail "escapes: $(cat got)"
[ "$("$GOLC" run inst.gol 2>&1)" = "1 true" ] || fail "the program"

# What a package's functions do with their parameters is known to importers, -O0 or not.
mkdir -p m/p && cd m
echo 'module m' >go.mod
cat >p/p.gol <<'END'
package p

var kept []*int

func Look(p *int) int { return *p }

func Keep(p *int) { kept = append(kept, p) }

func Same(p *int) *int { return p }
END
cat >main.gol <<'END'
package main

import "m/p"

func main() {
	x, y, z := 1, 2, 3
	p.Keep(&y)
	println(p.Look(&x), *p.Same(&z))
}
END
for level in 0 2; do
    "$GOLC" build -O$level --explain=escape >got || fail "status $?"
    [ "$(grep -c escapes got)" = 1 ] && grep -q 'main.gol:6:5: y escapes' got || fail "$(cat got)"
    "$GOLC" build -O$level -o q && [ "$(./q 2>&1)" = "1 3" ] || fail "the program"
done
