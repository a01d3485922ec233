# A trace names functions, files and lines, inlined ones too, however the program was built;
# only -s leaves them out.  And a program to ship is small.
fail() { echo "$1"; exit 1; }
cat > crash.gol <<'END'
package main

func leaf(x []int, i int) int {
	return x[i] + 1
}

func mid(x []int, i int) int { return leaf(x, i) * 2 }

type T struct{ a int }

func (t *T) get(n int) int {
	defer func() { t.a++ }()
	return mid([]int{1, 2}, n)
}

func main() {
	t := &T{2}
	println(t.get(5))
}
END
want="main.leaf crash.gol:4
main.mid crash.gol:7
main.(*T).get crash.gol:13
main.main crash.gol:18"
frames() { # the trace on standard input as lines of function and place
    sed -n -e 's/(\.\.\.)$//' -e '/^main\./{N;s|\n.*/| |;s/ +0x.*//;p}'
}
for how in -O0 -O1 -O2 -O3 -g "-g -O0"; do
    "$GOLC" build $how -o crash crash.gol || fail "build $how"
    got=$({ ./crash 2>&1 || true; } | frames)
    [ "$got" = "$want" ] || fail "golc build $how: the trace is
$got"
    got=$({ "$GOLC" run $how crash.gol 2>&1 || true; } | frames)
    [ "$got" = "$want" ] || fail "golc run $how: the trace is
$got"
done
"$GOLC" build -s -o crash crash.gol || fail "build -s"
./crash >out 2>&1 || true
! grep -q "crash.gol" out || fail "-s left lines"
grep -q "^panic: runtime error: index out of range \[5\] with length 2" out || fail "-s: no message"

# binutils' strip leaves the table
"$GOLC" build -o crash crash.gol
strip crash
got=$({ ./crash 2>&1 || true; } | frames)
[ "$got" = "$want" ] || fail "stripped: the trace is
$got"

# a table that is cut short is not believed
"$GOLC" build -o crash crash.gol
off=$(readelf -SW crash | sed -n 's/.*\.gollines *PROGBITS *[0-9a-f]* *\([0-9a-f]*\).*/\1/p')
printf '\377\377\377\377\377\377\377\377' | dd of=crash bs=1 seek=$((0x$off + 4)) conv=notrunc 2>/dev/null
rc=0
./crash >out 2>&1 || rc=$?
[ $rc -eq 2 ] || fail "a damaged table changes how the program dies: $(cat out)"

cat > hello.gol <<'END'
package main

import "fmt"

func main() {
	fmt.Println("hello")
}
END
"$GOLC" build -o hello hello.gol || fail "build hello"
size=$(stat -c %s hello)
[ "$size" -lt 300000 ] || fail "hello has $size bytes"
