package difftest

import (
	g "golstd/math"
	"math"
	"math/rand"
	"testing"
)

func TestMath(t *testing.T) {
	one := map[string][2]func(float64) float64{
		"Abs": {g.Abs, math.Abs}, "Acos": {g.Acos, math.Acos}, "Acosh": {g.Acosh, math.Acosh}, "Asin": {g.Asin, math.Asin}, "Asinh": {g.Asinh, math.Asinh},
		"Atan": {g.Atan, math.Atan}, "Atanh": {g.Atanh, math.Atanh}, "Cbrt": {g.Cbrt, math.Cbrt}, "Ceil": {g.Ceil, math.Ceil}, "Cos": {g.Cos, math.Cos},
		"Cosh": {g.Cosh, math.Cosh}, "Exp": {g.Exp, math.Exp}, "Exp2": {g.Exp2, math.Exp2}, "Expm1": {g.Expm1, math.Expm1}, "Floor": {g.Floor, math.Floor},
		"Log": {g.Log, math.Log}, "Log10": {g.Log10, math.Log10}, "Log1p": {g.Log1p, math.Log1p}, "Log2": {g.Log2, math.Log2}, "Logb": {g.Logb, math.Logb},
		"Round": {g.Round, math.Round}, "RoundToEven": {g.RoundToEven, math.RoundToEven}, "Sin": {g.Sin, math.Sin}, "Sinh": {g.Sinh, math.Sinh}, "Sqrt": {g.Sqrt, math.Sqrt},
		"Tan": {g.Tan, math.Tan}, "Tanh": {g.Tanh, math.Tanh}, "Trunc": {g.Trunc, math.Trunc},
		"Gamma": {g.Gamma, math.Gamma}, "Erf": {g.Erf, math.Erf}, "Erfc": {g.Erfc, math.Erfc},
		"Erfinv": {g.Erfinv, math.Erfinv}, "Erfcinv": {g.Erfcinv, math.Erfcinv},
		"Lgamma": {func(x float64) float64 { y, s := g.Lgamma(x); return y * float64(s) }, func(x float64) float64 { y, s := math.Lgamma(x); return y * float64(s) }},
		"Frexp":  {func(x float64) float64 { y, s := g.Frexp(x); return y + float64(s) }, func(x float64) float64 { y, s := math.Frexp(x); return y + float64(s) }},
		"Modf":   {func(x float64) float64 { a, b := g.Modf(x); return a + 3*b }, func(x float64) float64 { a, b := math.Modf(x); return a + 3*b }},
	}
	two := map[string][2]func(x, y float64) float64{
		"Atan2": {g.Atan2, math.Atan2}, "Copysign": {g.Copysign, math.Copysign}, "Dim": {g.Dim, math.Dim}, "Hypot": {g.Hypot, math.Hypot}, "Max": {g.Max, math.Max},
		"Min": {g.Min, math.Min}, "Mod": {g.Mod, math.Mod}, "Nextafter": {g.Nextafter, math.Nextafter}, "Pow": {g.Pow, math.Pow}, "Remainder": {g.Remainder, math.Remainder},
		"Ldexp": {func(x, y float64) float64 { return g.Ldexp(x, int(int16(int64(y)))) }, func(x, y float64) float64 { return math.Ldexp(x, int(int16(int64(y)))) }},
	}
	r := rand.New(rand.NewSource(1))
	gen := func() float64 {
		switch r.Intn(9) {
		case 0:
			return math.Float64frombits(r.Uint64())
		case 1:
			return r.Float64()
		case 2:
			return r.NormFloat64() * 10
		case 3:
			return float64(r.Intn(41) - 20)
		case 4:
			return specialFloats[r.Intn(len(specialFloats))]
		case 5:
			return -specialFloats[r.Intn(len(specialFloats))]
		case 6:
			return math.Ldexp(r.Float64()-0.5, r.Intn(60)-30)
		case 7:
			return float64(r.Intn(1000)) + 0.5
		}
		return r.NormFloat64() * 1000
	}
	same := func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b }
	bad := map[string]int{}
	for i := 0; i < 20000; i++ {
		x, y := gen(), gen()
		for n, f := range one {
			if a, b := f[0](x), f[1](x); !same(a, b) {
				if bad[n]++; bad[n] < 4 {
					t.Errorf("%s(%x = %v) = %v, want %v", n, x, x, a, b)
				}
			}
		}
		for n, f := range two {
			if a, b := f[0](x, y), f[1](x, y); !same(a, b) {
				if bad[n]++; bad[n] < 4 {
					t.Errorf("%s(%v, %v) = %v, want %v", n, x, y, a, b)
				}
			}
		}
	}
	for n := -330; n < 320; n++ {
		if g.Pow10(n) != math.Pow10(n) {
			t.Errorf("Pow10(%d)", n)
		}
	}
}
