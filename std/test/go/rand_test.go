package difftest

import (
	"fmt"
	g "golstd/math/rand"
	"math/rand"
	"testing"
)

func TestRand(t *testing.T) {
	for seed := int64(-3); seed < 20; seed++ {
		a, b := g.New(g.NewSource(seed)), rand.New(rand.NewSource(seed))
		for i := 0; i < 2000; i++ {
			var p, q [5]byte
			a.Read(p[:])
			b.Read(q[:])
			x := fmt.Sprint(a.Int63(), a.Uint32(), a.Uint64(), a.Intn(100), a.Intn(1<<40), a.Int31n(7), a.Float64(), a.Float32(), a.NormFloat64(), a.ExpFloat64(), a.Perm(5), p)
			y := fmt.Sprint(b.Int63(), b.Uint32(), b.Uint64(), b.Intn(100), b.Intn(1<<40), b.Int31n(7), b.Float64(), b.Float32(), b.NormFloat64(), b.ExpFloat64(), b.Perm(5), q)
			if x != y {
				t.Fatalf("seed %d: %s want %s", seed, x, y)
			}
		}
		s, u := []int{1, 2, 3, 4, 5, 6, 7}, []int{1, 2, 3, 4, 5, 6, 7}
		a.Shuffle(7, func(i, j int) { s[i], s[j] = s[j], s[i] })
		b.Shuffle(7, func(i, j int) { u[i], u[j] = u[j], u[i] })
		if fmt.Sprint(s) != fmt.Sprint(u) {
			t.Fatal(s)
		}
	}
	if n := g.Intn(10); n < 0 || n > 9 {
		t.Fatal(n)
	}
}
