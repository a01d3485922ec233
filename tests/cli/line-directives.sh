# Line directives rename what errors, notes and traces say; the marked line is the real one.
cat > errors.gol <<'X'
package main

func main() {
//line foo.y:100
	x := 1
//line a.y:200:5
	y := 1
	/*line b.y:7:3*/z := 2; w := 3
//line :9
	q := 1
 //line indented.y:1
//line no number
	r := 1
}
X
if "$GOLC" build errors.gol 2> got; then exit 1; fi
grep -v '^ ' got > heads
cat > want <<'X'
foo.y:100: error: declared and not used: x
a.y:200:6: error: declared and not used: y
b.y:7:3: error: declared and not used: z
b.y:7:11: error: declared and not used: w
:9: error: declared and not used: q
:12: error: declared and not used: r
X
diff want heads
grep -q '  100 | .x := 1' got

cat > bad.gol <<'X'
package main

//line a.y:x
//line a.y:0
//line a.y:5:0
//line a.y:99999999999
/*line a.y:5:x*/
func main() {}
X
if "$GOLC" build bad.gol 2> got; then exit 1; fi
grep -v '^ ' got > heads
cat > want <<'X'
bad.gol:3:12: error: invalid line number: x
bad.gol:4:12: error: invalid line number: 0
bad.gol:5:14: error: invalid column number: 0
bad.gol:6:12: error: invalid line number: 99999999999
bad.gol:7:14: error: invalid line number: x
X
diff want heads

cat > trace.gol <<'X'
package main

func f(p *int) int {
//line foo.y:100
	return *p
}

func main() {
	println(f(nil))
}
X
if "$GOLC" run trace.gol 2> got; then exit 1; fi
grep -q '/foo.y:100' got
grep -q '/foo.y:104' got
