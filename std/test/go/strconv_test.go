package difftest

import (
	"fmt"
	gbits "golstd/math/bits"
	g "golstd/strconv"
	gutf8 "golstd/unicode/utf8"
	"math"
	"math/bits"
	"math/rand"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func errText(err error) string {
	if err == nil {
		return "<nil>"
	}
	return err.Error()
}

func randFloat(r *rand.Rand) float64 {
	switch r.Intn(6) {
	case 0:
		return math.Float64frombits(r.Uint64())
	case 1:
		return float64(r.Intn(100000)) / 100
	case 2:
		return float64(r.Int63n(1 << 60))
	case 3:
		return math.Ldexp(1, r.Intn(2100)-1074)
	case 4:
		return math.Nextafter(math.Ldexp(1, r.Intn(2100)-1074), float64(r.Intn(3)-1)*1e308)
	}
	return float64(float32(math.Float64frombits(r.Uint64()>>2<<1)) / 3)
}

var specialFloats = []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 0.5, 1.5, 2.5, 0.25, 0.125, 1e21, 1e20, 1e23, 123456789,
	math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, math.SmallestNonzeroFloat64, 5e-324, 2.2250738585072014e-308,
	2.225073858507201e-308, 9007199254740993, 1e-5, 1e-4, 100000, 1e6, 1e7, 1e100, 4.35, 0.000001, 9.5, 99.5, 999999.5, 9.9999999e9,
	math.MaxFloat32, 1.401298464324817e-45, 3.4e38, 16777216, 8388608, 1234.5678e3, 0.05, 0.95, 1<<53}

func TestStrconvFormatFloat(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	fails := 0
	check := func(f float64) {
		for _, bs := range []int{64, 32} {
			for _, fm := range "eEfgGbxX" {
				for _, prec := range []int{-1, 0, 1, 2, 3, 5, 6, 10, 15, 16, 17, 18, 19, 20, 25, 40} {
					a, b := g.FormatFloat(f, byte(fm), prec, bs), strconv.FormatFloat(f, byte(fm), prec, bs)
					if a != b && fails < 20 {
						fails++
						t.Errorf("FormatFloat(%x, %c, %d, %d) = %s, want %s", f, fm, prec, bs, a, b)
					}
				}
			}
		}
	}
	for _, f := range specialFloats {
		check(f)
	}
	for e := -1074; e < 1024; e++ {
		f := math.Ldexp(1, e)
		if a, b := g.FormatFloat(f, 'g', -1, 64), strconv.FormatFloat(f, 'g', -1, 64); a != b {
			t.Fatalf("%s want %s", a, b)
		}
	}
	for i := 0; i < 4000; i++ {
		check(randFloat(r))
	}
	for i := 0; i < 100000; i++ {
		f := math.Float64frombits(r.Uint64())
		if a, b := g.FormatFloat(f, 'g', -1, 64), strconv.FormatFloat(f, 'g', -1, 64); a != b {
			t.Fatalf("%s want %s", a, b)
		}
		f = float64(math.Float32frombits(r.Uint32()))
		if a, b := g.FormatFloat(f, 'e', -1, 32), strconv.FormatFloat(f, 'e', -1, 32); a != b {
			t.Fatalf("32: %s want %s", a, b)
		}
	}
}

func TestStrconvParseFloat(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	fails := 0
	check := func(s string) {
		for _, bs := range []int{64, 32} {
			a, ea := g.ParseFloat(s, bs)
			b, eb := strconv.ParseFloat(s, bs)
			if math.Float64bits(a) != math.Float64bits(b) && (a == a || b == b) || errText(ea) != errText(eb) {
				if fails++; fails < 20 {
					t.Errorf("ParseFloat(%q, %d) = %v %v, want %v %v", s, bs, a, ea, b, eb)
				}
			}
		}
	}
	for _, s := range strings.Fields(`0 -0 +0 1 . .5 5. 5.e 1e 1e+ 1e5 1e-5 1e400 -1e400 1e-400 inf -inf +inf INFINITY infinit infi nan NaN +nan
		0x1p0 0x1p-1074 0x1p-1075 0x1.8p-1075 0x1.fffffffffffff8p1023 0x1p1024 0x 0x1 0x1p 0x.p1 0x1.23456789abcdef012345p5 1_000 1__0 _1 1_ 0x_1p5 0x1_0p5
		1e1_0 1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308 4.9e-324 2.4703282292062327e-324 2.4703282292062328e-324 2.4703282292062329e-324
		9007199254740993 9007199254740992.5 9007199254740993.000000000000000000000000000000000001 1.00000000000000011102230246251565404236316680908203125
		1.00000000000000011102230246251565404236316680908203124 1.00000000000000011102230246251565404236316680908203126 3.4028235e38 3.4028236e38 1e-45 7e-46
		1e23 8.5e22 22.222222222222222 2.2250738585072012e-308 2.2250738585072011e-308 a 1a 1.2.3 ++1 --1 1e999999999999 1e-9999999999 0e999999 000000000000000000000000000001 0.0000000000000000000000000000001
		12345678901234567890123456789012345678901234567890 6.9294956446009195e15 100000000000000016777215 100000000000000016777216 1.2e 1.2e+a 4503599627370497.5`) {
		check(s)
	}
	check("")
	check(" 1")
	check("1 ")
	check("0." + strings.Repeat("0", 900) + "1e901")
	for i := 0; i < 20000; i++ {
		f := randFloat(r)
		check(strconv.FormatFloat(f, 'e', r.Intn(25), 64))
		check(strconv.FormatFloat(f, 'g', -1, 64))
		check(strconv.FormatFloat(f, 'x', -1, 64))
		// halves between neighbours, exactly, and a little beside
		n := math.Nextafter(f, math.Inf(1))
		if !math.IsInf(n, 0) && !math.IsNaN(f) && i%20 == 0 {
			m, e := math.Frexp(f)
			_ = m
			if e > -200 && e < 200 {
				s := halfway(f)
				check(s)
				check(s + "1")
				check(strings.Replace(s, ".", "0.", 1))
			}
		}
		f32 := math.Float32frombits(r.Uint32())
		check(strconv.FormatFloat(float64(f32), 'g', 9, 32))
		check(fmt.Sprintf("%d.%de%d", r.Int63(), r.Int63(), r.Intn(700)-350))
		check(fmt.Sprintf("%d%de%d", r.Int63(), r.Int63(), r.Intn(700)-350))
	}
}

func halfway(f float64) string {
	b := math.Float64bits(f)
	m, e := b&(1<<52-1)|1<<52, int(b>>52&0x7FF)-1075
	s := strconv.FormatFloat(float64(m), 'f', 0, 64)
	_ = s
	// (2m+1) * 2^(e-1), exactly
	x := fmt.Sprintf("%d", 2*m+1)
	e--
	d := []byte(x)
	point := len(d)
	for ; e > 0; e-- {
		c := 0
		for i := len(d) - 1; i >= 0; i-- {
			v := int(d[i]-'0')*2 + c
			d[i] = byte('0' + v%10)
			c = v / 10
		}
		if c > 0 {
			d = append([]byte{byte('0' + c)}, d...)
			point++
		}
	}
	for ; e < 0; e++ {
		c := 0
		for i := range d {
			v := c*10 + int(d[i]-'0')
			d[i] = byte('0' + v/2)
			c = v % 2
		}
		if c > 0 {
			d = append(d, '5')
		}
	}
	return string(d[:point]) + "." + string(d[point:])
}

func TestStrconvInts(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	nums := strings.Fields(`0 -0 +0 1 -1 127 128 -128 -129 255 256 32767 32768 65535 65536 2147483647 2147483648 -2147483648 -2147483649 4294967295 4294967296
		9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616 99999999999999999999
		0x 0xff 0XFF 0b101 0b12 0o17 017 08 0_8 1_000 1__0 _1 1_ 0x_f - + a z zz 12a 0b 0o 00 0_0 123456789012345678 1234567890123456789 a1 +-1`)
	nums = append(nums, "", " 1", "1 ", "é")
	for i := 0; i < 2000; i++ {
		nums = append(nums, strconv.FormatInt(int64(r.Uint64()>>uint(r.Intn(64))), 2+r.Intn(35)))
	}
	for _, s := range nums {
		for _, base := range []int{0, 2, 8, 10, 16, 36, 1, 37} {
			for _, bs := range []int{0, 8, 16, 32, 64, 65, -1} {
				a, ea := g.ParseInt(s, base, bs)
				b, eb := strconv.ParseInt(s, base, bs)
				if a != b || errText(ea) != errText(eb) {
					t.Errorf("ParseInt(%q,%d,%d) = %v %v, want %v %v", s, base, bs, a, ea, b, eb)
				}
				ua, ea := g.ParseUint(s, base, bs)
				ub, eb := strconv.ParseUint(s, base, bs)
				if ua != ub || errText(ea) != errText(eb) {
					t.Errorf("ParseUint(%q,%d,%d) = %v %v, want %v %v", s, base, bs, ua, ea, ub, eb)
				}
			}
		}
		a, ea := g.Atoi(s)
		b, eb := strconv.Atoi(s)
		if a != b || errText(ea) != errText(eb) {
			t.Errorf("Atoi(%q) = %v %v, want %v %v", s, a, ea, b, eb)
		}
		_, ea = g.ParseBool(s)
		_, eb = strconv.ParseBool(s)
		if errText(ea) != errText(eb) {
			t.Errorf("ParseBool(%q)", s)
		}
	}
	for i := 0; i < 20000; i++ {
		x := r.Uint64() >> uint(r.Intn(64))
		base := 2 + r.Intn(35)
		if g.FormatInt(int64(x), base) != strconv.FormatInt(int64(x), base) || g.FormatInt(-int64(x), base) != strconv.FormatInt(-int64(x), base) ||
			g.FormatUint(x, 10) != strconv.FormatUint(x, 10) || g.Itoa(int(x)) != strconv.Itoa(int(x)) ||
			string(g.AppendInt([]byte("x"), int64(x), base)) != string(strconv.AppendInt([]byte("x"), int64(x), base)) {
			t.Fatalf("FormatInt %d %d", x, base)
		}
	}
}

func randString(r *rand.Rand) string {
	n := r.Intn(12)
	var b []byte
	for i := 0; i < n; i++ {
		switch r.Intn(7) {
		case 0:
			b = append(b, byte(r.Intn(256)))
		case 1:
			b = append(b, string(rune(r.Intn(0x110000)))...)
		case 2:
			b = append(b, "\n\t\\\"'`\x00\x7f\r"[r.Intn(9)])
		case 3:
			b = append(b, string(rune(0xA0+r.Intn(0x500)))...)
		case 4:
			b = append(b, " \u00a0\u3000\u2028\ufeff\ufffd日本ß"[r.Intn(18):]...)
		default:
			b = append(b, byte(' '+r.Intn(95)))
		}
	}
	return string(b)
}

func TestStrconvQuote(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	for i := 0; i < 50000; i++ {
		s := randString(r)
		if a, b := g.Quote(s), strconv.Quote(s); a != b {
			t.Fatalf("Quote: %s want %s", a, b)
		}
		if g.QuoteToASCII(s) != strconv.QuoteToASCII(s) || g.QuoteToGraphic(s) != strconv.QuoteToGraphic(s) || g.CanBackquote(s) != strconv.CanBackquote(s) {
			t.Fatalf("QuoteTo: %q", s)
		}
		for _, q := range []string{s, strconv.Quote(s), strconv.QuoteToASCII(s), "`" + s + "`", "'" + s + "'", `"` + s + `"`, strconv.Quote(s) + s, `"\` + s + `"`, strings.Repeat(`"`, 1) + `\x4` + s} {
			a, ea := g.Unquote(q)
			b, eb := strconv.Unquote(q)
			if a != b || errText(ea) != errText(eb) {
				t.Fatalf("Unquote(%s) = %q %v, want %q %v", q, a, ea, b, eb)
			}
			a, ea = g.QuotedPrefix(q)
			b, eb = strconv.QuotedPrefix(q)
			if a != b || errText(ea) != errText(eb) {
				t.Fatalf("QuotedPrefix(%s) = %q %v, want %q %v", q, a, ea, b, eb)
			}
		}
	}
	for _, s := range []string{`'a'`, `'ab'`, `'\''`, `'"'`, `"'"`, `'\"'`, `'\u1234'`, `'\ud800'`, `"\777"`, `"\377"`, `'\377'`, `'\xff'`, "'\n'", "`\r`", `""`, "''", `'`, `"`, "``", "", `'\400'`, `"\U00110000"`} {
		a, ea := g.Unquote(s)
		b, eb := strconv.Unquote(s)
		if a != b || errText(ea) != errText(eb) {
			t.Errorf("Unquote(%s) = %q %v, want %q %v", s, a, ea, b, eb)
		}
	}
	for r := rune(-2); r < 0x110002; r++ {
		if g.IsPrint(r) != strconv.IsPrint(r) || g.IsGraphic(r) != strconv.IsGraphic(r) {
			t.Fatalf("IsPrint %x", r)
		}
		if r%7 == 0 && (g.QuoteRune(r) != strconv.QuoteRune(r) || g.QuoteRuneToASCII(r) != strconv.QuoteRuneToASCII(r)) {
			t.Fatalf("QuoteRune %x", r)
		}
	}
}

func TestStrconvComplex(t *testing.T) {
	for _, s := range []string{"1", "i", "1i", "1+2i", "(1+2i)", "1-2i", "(1", "1+", "1+i", "-1.5e3-2e-4i", "nan+nani", "NaN+NaNi", "Inf-Infi", "+Inf+Infi", "1e400+1i", "1+1e400i", "1++2i", "1+-2i", "i1", "", "()", "0x1p4+0x2p3i", "1+NaNi", "1-NaNi", "nani", "3+3.1"} {
		for _, bs := range []int{64, 128} {
			a, ea := g.ParseComplex(s, bs)
			b, eb := strconv.ParseComplex(s, bs)
			if fmt.Sprint(a) != fmt.Sprint(b) || errText(ea) != errText(eb) {
				t.Errorf("ParseComplex(%q) = %v %v, want %v %v", s, a, ea, b, eb)
			}
		}
	}
	for _, c := range []complex128{0, 1i, 1 - 2i, complex(math.Inf(1), math.NaN()), complex(-1e30, math.Inf(-1))} {
		if g.FormatComplex(c, 'g', -1, 128) != strconv.FormatComplex(c, 'g', -1, 128) {
			t.Error(c)
		}
	}
}

func TestUtf8(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	for i := 0; i < 200000; i++ {
		n := r.Intn(6)
		p := make([]byte, n)
		for j := range p {
			p[j] = byte(r.Intn(256))
			if r.Intn(2) == 0 {
				p[j] = []byte{0xE0, 0xED, 0xF0, 0xF4, 0x80, 0xA0, 0x9F, 0xBF, 0xC2, 0x90, 0x8F, 0xEF, 0xC0, 0xF5}[r.Intn(14)]
			}
		}
		s := string(p)
		a1, a2 := gutf8.DecodeRune(p)
		b1, b2 := utf8.DecodeRune(p)
		c1, c2 := gutf8.DecodeLastRuneInString(s)
		d1, d2 := utf8.DecodeLastRuneInString(s)
		e1, e2 := gutf8.DecodeLastRune(p)
		f1, f2 := gutf8.DecodeRuneInString(s)
		if a1 != b1 || a2 != b2 || c1 != d1 || c2 != d2 || e1 != d1 || e2 != d2 || f1 != b1 || f2 != b2 ||
			gutf8.FullRune(p) != utf8.FullRune(p) || gutf8.FullRuneInString(s) != utf8.FullRune(p) ||
			gutf8.RuneCount(p) != utf8.RuneCount(p) || gutf8.RuneCountInString(s) != utf8.RuneCount(p) ||
			gutf8.Valid(p) != utf8.Valid(p) || gutf8.ValidString(s) != utf8.Valid(p) {
			t.Fatalf("%x", p)
		}
	}
	for r := rune(-5); r < 0x110010; r++ {
		var x, y [4]byte
		n, m := gutf8.EncodeRune(x[:], r), utf8.EncodeRune(y[:], r)
		if n != m || x != y || gutf8.RuneLen(r) != utf8.RuneLen(r) || gutf8.ValidRune(r) != utf8.ValidRune(r) ||
			string(gutf8.AppendRune(nil, r)) != string(utf8.AppendRune(nil, r)) {
			t.Fatalf("%x", r)
		}
	}
}

func TestBits(t *testing.T) {
	r := rand.New(rand.NewSource(6))
	for i := 0; i < 40000; i++ {
		x, y, z := r.Uint64()>>uint(r.Intn(65)), r.Uint64()>>uint(r.Intn(65)), r.Uint64()>>uint(r.Intn(65))
		k := r.Intn(300) - 150
		if gbits.LeadingZeros64(x) != bits.LeadingZeros64(x) || gbits.TrailingZeros64(x) != bits.TrailingZeros64(x) ||
			gbits.OnesCount64(x) != bits.OnesCount64(x) || gbits.RotateLeft64(x, k) != bits.RotateLeft64(x, k) ||
			gbits.RotateLeft32(uint32(x), k) != bits.RotateLeft32(uint32(x), k) || gbits.RotateLeft8(uint8(x), k) != bits.RotateLeft8(uint8(x), k) ||
			gbits.RotateLeft16(uint16(x), k) != bits.RotateLeft16(uint16(x), k) || gbits.Reverse64(x) != bits.Reverse64(x) ||
			gbits.Reverse8(uint8(x)) != bits.Reverse8(uint8(x)) || gbits.ReverseBytes32(uint32(x)) != bits.ReverseBytes32(uint32(x)) ||
			gbits.ReverseBytes64(x) != bits.ReverseBytes64(x) || gbits.TrailingZeros8(uint8(x)) != bits.TrailingZeros8(uint8(x)) ||
			gbits.Len64(x) != bits.Len64(x) || gbits.LeadingZeros16(uint16(x)) != bits.LeadingZeros16(uint16(x)) {
			t.Fatalf("%x %d", x, k)
		}
		a1, a2 := gbits.Add64(x, y, z&1)
		b1, b2 := bits.Add64(x, y, z&1)
		c1, c2 := gbits.Sub64(x, y, z&1)
		d1, d2 := bits.Sub64(x, y, z&1)
		e1, e2 := gbits.Mul64(x, y)
		f1, f2 := bits.Mul64(x, y)
		if a1 != b1 || a2 != b2 || c1 != d1 || c2 != d2 || e1 != f1 || e2 != f2 {
			t.Fatalf("%x %x %x", x, y, z)
		}
		if z > x {
			q, m := gbits.Div64(x, y, z)
			q2, m2 := bits.Div64(x, y, z)
			if q != q2 || m != m2 {
				t.Fatalf("Div64 %x %x %x: %x %x", x, y, z, q, q2)
			}
		}
		if z != 0 && gbits.Rem64(x, y, z) != bits.Rem64(x, y, z) {
			t.Fatal("Rem64")
		}
	}
}
