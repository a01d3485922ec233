package difftest

import (
	"cmp"
	"fmt"
	gcmp "golstd/cmp"
	giter "golstd/iter"
	gmaps "golstd/maps"
	gslices "golstd/slices"
	"math/rand"
	"slices"
	"sort"
	"testing"
)

func TestSlices(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	gen := func() []int {
		s := make([]int, r.Intn(8), 8+r.Intn(6))
		for i := range s {
			s[i] = r.Intn(4)
		}
		return s
	}
	eq := func(name string, a, b any) {
		if x, y := fmt.Sprintf("%#v", a), fmt.Sprintf("%#v", b); x != y {
			t.Fatalf("%s: %s want %s", name, x, y)
		}
	}
	cl := func(s []int) []int { return append(make([]int, 0, cap(s)), s...) }
	odd := func(x int) bool { return x%2 == 1 }
	for i := 0; i < 20000; i++ {
		s, u := gen(), gen()
		eq("Equal", gslices.Equal(s, u), slices.Equal(s, u))
		eq("Compare", gslices.Compare(s, u), slices.Compare(s, u))
		eq("Index", gslices.Index(s, 2), slices.Index(s, 2))
		eq("Compact", gslices.Compact(cl(s)), slices.Compact(cl(s)))
		eq("CompactFunc", gslices.CompactFunc(cl(s), func(a, b int) bool { return a/2 == b/2 }), slices.CompactFunc(cl(s), func(a, b int) bool { return a/2 == b/2 }))
		eq("DeleteFunc", gslices.DeleteFunc(cl(s), odd), slices.DeleteFunc(cl(s), odd))
		eq("Concat", gslices.Concat(s, u, s), slices.Concat(s, u, s))
		eq("Repeat", gslices.Repeat(s, 3), slices.Repeat(s, 3))
		if len(s) > 0 {
			eq("Min", gslices.Min(s)*10+gslices.Max(s), slices.Min(s)*10+slices.Max(s))
			a, b := r.Intn(len(s)+1), r.Intn(len(s)+1)
			a, b = min(a, b), max(a, b)
			eq("Insert", gslices.Insert(cl(s), a, u...), slices.Insert(cl(s), a, u...))
			eq("Delete", gslices.Delete(cl(s), a, b), slices.Delete(cl(s), a, b))
			eq("Replace", gslices.Replace(cl(s), a, b, u...), slices.Replace(cl(s), a, b, u...))
			x, y := cl(s), cl(s)
			eq("Insert own", gslices.Insert(x, a, x[a:b]...), slices.Insert(y, a, y[a:b]...))
			x, y = cl(s), cl(s)
			eq("Replace own", gslices.Replace(x, a, b, x[b:]...), slices.Replace(y, a, b, y[b:]...))
		}
		eq("Chunk", gslices.Collect(gslices.Chunk(s, 3)), slices.Collect(slices.Chunk(s, 3)))
	}
	for i := 0; i < 300; i++ {
		n := r.Intn(300)
		a, f := make([][2]int, n), make([]int, n)
		for j := range a {
			a[j] = [2]int{r.Intn(50), j}
			f[j] = r.Intn(1000)
		}
		b := slices.Clone(a)
		by := func(x, y [2]int) int { return cmp.Compare(x[0], y[0]) }
		gslices.SortFunc(a, by)
		slices.SortFunc(b, by)
		eq("SortFunc", a, b)
		rand.Shuffle(n, func(i, j int) { a[i], a[j] = a[j], a[i] })
		copy(b, a)
		gslices.SortStableFunc(a, by)
		slices.SortStableFunc(b, by)
		eq("SortStableFunc", a, b)
		gslices.Sort(f)
		if !sort.IntsAreSorted(f) {
			t.Fatal("Sort")
		}
		x, ok := gslices.BinarySearch(f, 500)
		y, ok2 := slices.BinarySearch(f, 500)
		eq("BinarySearch", fmt.Sprint(x, ok), fmt.Sprint(y, ok2))
	}
	m := gmaps.Collect(gslices.All([]string{"a", "b", "c"}))
	eq("maps", gslices.Sorted(gmaps.Keys(m)), []int{0, 1, 2})
	eq("Or", gcmp.Or(0, 3, 4), 3)
	next, stop := giter.Pull(giter.Seq[int](gslices.Values([]int{1, 2, 3})))
	a, ok := next()
	b, ok2 := next()
	eq("Pull", fmt.Sprint(a, ok, b, ok2), "1 true 2 true")
	stop()
	c, ok := next()
	eq("Pull", fmt.Sprint(c, ok), "0 false")
}
