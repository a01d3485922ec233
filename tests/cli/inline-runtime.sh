# What generated code does itself of the runtime's work, as assembly: the flag of the write
# barrier is read after every store of a pointer (gcc must not reuse an earlier look, or a
# collection that starts between two stores loses an object), and small objects come from the
# P's cache without a call.
fail() { echo "$1"; exit 1; }
cat > swap.gol <<'END'
package main

type node struct {
	left, right *node
	s           string
}

//go:noinline
func swap(n *node) { n.left, n.right = n.right, n.left }

//go:noinline
func clear(n *node, m *node) {
	n.left = nil
	m.left = nil
	n.s = ""
}

//go:noinline
func fresh(l, r *node) *node { return &node{left: l, right: r} }

var sink *node

func main() {
	sink = fresh(fresh(nil, nil), sink)
	swap(sink)
	clear(sink, sink)
}
END
"$GOLC" build -O2 --emit=asm swap.gol > o2.s || fail "--emit=asm fails"
"$GOLC" build -O0 --emit=asm swap.gol > o0.s || fail "--emit=asm fails at -O0"
of() { # FUNCTION FILE: its lines
    sed -n "/^Gmain_d$1:/,/\.size.*Gmain_d$1/p" "$2"
}
for level in o0 o2; do
    n=$(of swap $level.s | grep -c 'cmpl.*rt_wb_enabled')
    [ "$n" -ge 2 ] || fail "swap at $level looks at the flag $n times"
    n=$(of clear $level.s | grep -c 'cmpl.*rt_wb_enabled')
    [ "$n" -ge 3 ] || fail "clear at $level looks at the flag $n times"
done
of fresh o2.s | grep -q 'rt_caching' || fail "fresh at -O2 does not allocate inline"
"$GOLC" run swap.gol || fail "the program fails"
