# What a library function is in machine code is so at every level.
cat > m.gol <<'X'
package main

import (
	"math"
	"math/bits"
)

func main() {
	x, n := 2.0, uint64(40)
	println(math.Sqrt(x), math.Abs(-x), math.Floor(x+0.5), math.Copysign(x, -1), math.FMA(x, x, x))
	println(bits.LeadingZeros64(n), bits.OnesCount64(n), bits.Reverse64(n), math.Float64bits(x))
}
X
for level in -O0 -O1 -O2 -O3; do
	"$GOLC" build $level -o m m.gol
	./m 2> out
	cat > want <<'X'
1.4142135623730951 2 2 -2 6
58 2 1441151880758558720 4611686018427387904
X
	diff want out
done
