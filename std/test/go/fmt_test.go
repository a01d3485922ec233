package difftest

import (
	"errors"
	"fmt"
	gerrors "golstd/errors"
	g "golstd/fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

type namedInt int
type namedString string
type namedBytes []byte
type namedByte byte
type stringer struct{ A, b int }
type ptrStringer struct{ x int }
type goStringer int
type panicker struct{}
type panicErr struct{}
type nilPanicker struct{ s string }
type errType string
type inner struct {
	X int
	y string
}
type outer struct {
	A  int
	B  string
	c  float64
	D  *inner
	E  any
	f  any
	G  []byte
	H  map[string]int
	I  inner
	J  [3]bool
	k  []int
	L  func()
	M  chan int
	N  error
	o  stringer
	P  stringer
}
type embedded struct {
	inner
	*outer
}
type rec struct {
	Next *rec
	V    int
}
type both struct{}

func (stringer) String() string       { return "STR" }
func (*ptrStringer) String() string   { return "PSTR" }
func (goStringer) GoString() string   { return "GOSTR" }
func (panicker) String() string       { panic("oops") }
func (panicErr) Error() string        { panic(errors.New("inner")) }
func (n *nilPanicker) String() string { return n.s }
func (e errType) Error() string       { return "err:" + string(e) }
func (both) Error() string            { return "ERR" }
func (both) String() string           { return "STR" }

// formatter implements both packages' Formatter through one type each.
type gform int
type sform int

func (f gform) Format(s g.State, verb rune) {
	w, wok := s.Width()
	p, pok := s.Precision()
	g.Fprintf(s, "<%d %v %d %v %t%t%t%t%t %c %s>", w, wok, p, pok, s.Flag('-'), s.Flag('+'), s.Flag('#'), s.Flag(' '), s.Flag('0'), verb, g.FormatString(s, verb))
}
func (f sform) Format(s fmt.State, verb rune) {
	w, wok := s.Width()
	p, pok := s.Precision()
	fmt.Fprintf(s, "<%d %v %d %v %t%t%t%t%t %c %s>", w, wok, p, pok, s.Flag('-'), s.Flag('+'), s.Flag('#'), s.Flag(' '), s.Flag('0'), verb, fmt.FormatString(s, verb))
}

var aPointer = new(int)

func fmtValues() []any {
	in := &inner{1, "y"}
	var nilMap map[string]int
	var nilSlice []int
	var nilPtr *inner
	var nilStr *nilPanicker
	var nilErr error
	ch := make(chan int)
	fn := func() {}
	return []any{nil, true, false, 0, 1, -1, 42, -12345, int8(-128), int16(77), int32('x'), int64(math.MinInt64), uint(7), uint8(255), uint16(9), uint32(0x1F600), uint64(math.MaxUint64), uintptr(0xdead),
		0.0, 1.0, -1.5, 3.14159265358979, 1e21, 1e20, 1e6, 123456789.0, 1e-7, float32(0.1), float32(3.4e38), math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1), 100000.0, 1000000.0,
		complex(1, -2), complex64(complex(0.1, 3)), complex(math.Inf(1), math.NaN()),
		"", "hello", "héllo wörld", "a\x00\xffb\"`\n", "日本語", `raw"x`, []byte("abc"), []byte(nil), []byte{}, [3]byte{1, 2, 3}, &[]byte{1, 2},
		namedInt(5), namedString("ns"), namedBytes("nb"), []namedByte{1, 2}, [2]namedByte{3, 4}, []string{"a", "b c"}, []int{1, 2, 3}, nilSlice, []any{1, "x", nil, 2.5, []int{1}}, [2][2]int{{1, 2}, {3, 4}},
		map[string]int{"b": 2, "a": 1}, nilMap, map[int]string{3: "c", -1: "z"}, map[any]int{"x": 1, 2: 2, 1.5: 3, false: 4}, map[float64]bool{math.NaN(): true, 1: false, math.Inf(-1): true},
		map[[2]int]string{{2, 1}: "b", {1, 9}: "a"}, map[inner]int{{2, "a"}: 1, {1, "b"}: 2}, map[bool]int{true: 1, false: 0}, map[string]any{"k": map[string]any{"n": nil}},
		*in, in, nilPtr, &in, struct{}{}, struct {
			a, B any
			C    []string
		}{1, nil, nil}, outer{A: 1, B: "b", c: 2.5, D: nil, E: inner{2, "q"}, f: 3, G: []byte("g"), H: map[string]int{"h": 1}, k: []int{4}, N: errType("n"), o: stringer{1, 2}, P: stringer{3, 4}},
		&outer{A: 1}, embedded{inner: inner{1, "e"}}, rec{nil, 1}, &rec{&rec{nil, 2}, 1},
		stringer{1, 2}, &stringer{1, 2}, ptrStringer{1}, &ptrStringer{1}, []stringer{{1, 2}}, []*ptrStringer{nil}, goStringer(3), []goStringer{1, 2}, panicker{}, panicErr{}, nilStr, errType("e"), both{}, &both{},
		errors.New("an error"), nilErr, []error{errors.New("x"), nil}, ch, fn, unsafe.Pointer(aPointer), aPointer, (chan int)(nil), (func())(nil), [0]int{}, []any{}, &[]int{1, 2}, &map[string]int{"p": 1}, &[2]int{5, 6},
		reflect.ValueOf(42), reflect.ValueOf(stringer{1, 2}), reflect.Value{}, reflect.ValueOf(outer{}).Field(0), []reflect.Value{reflect.ValueOf("q")}, reflect.TypeOf(3), struct{ V reflect.Value }{reflect.ValueOf(7)},
		[]uint8(nil), [][]byte{[]byte("x"), nil}, map[string][]byte{"a": []byte("b")}, &struct{ X *int }{nil}, [1]any{nil}, struct{ e error }{errType("hid")}, struct{ E error }{errType("vis")}, struct{ x *inner }{nil},
	}
}

func TestFmtVerbs(t *testing.T) {
	flags := []string{"", "+", "-", "#", " ", "0", "+#", "# ", "-0", "0-", "+0", "#0", "#+ ", " 0"}
	widths := []string{"", "1", "5", "12", "30", ".0", ".1", ".3", ".", "8.3", "20.10", "2.20", "3.40"}
	verbs := "vdsqxXtTbocUeEfFgGpOwzy%"
	fails := 0
	for _, v := range fmtValues() {
		for _, fl := range flags {
			for _, w := range widths {
				for _, vb := range verbs {
					f := "[%" + fl + w + string(vb) + "]"
					a, b := g.Sprintf(f, v), fmt.Sprintf(f, v)
					if a != b {
						if fails++; fails < 40 {
							t.Errorf("%s of %T:\n got %s\nwant %s", f, v, a, b)
						}
					}
				}
			}
		}
	}
	if fails > 0 {
		t.Error(fails, "differences")
	}
}

func TestFmtFormats(t *testing.T) {
	check := func(f string, a ...any) {
		if x, y := g.Sprintf(f, a...), fmt.Sprintf(f, a...); x != y {
			t.Errorf("%q %v:\n got %s\nwant %s", f, a, x, y)
		}
	}
	for _, f := range []string{"", "plain", "%", "%%", "a%%b%d", "%!", "%d", "%d %d", "%d %d %d %d", "%[1]d", "%[2]d %[1]d", "%[3]d", "%[9]d", "%[0]d", "%[-1]d", "%[x]d", "%[1]", "%[1", "%[", "%[]d", "%[2]*[1]d", "%*d", "%-*d", "%.*d", "%*.*d",
		"%[3]*.[2]*[1]f", "%[2]*.[1]*f", "%[1]d %d %d", "%[3]2d", "%[3].2d", "%.[2]d", "%.-3d", "%-", "%5", "%.", "%.5", "%z", "%é", "%\xff", "%d%", "%d %", "%6.2f|%-8q|%+v", "%x %X", "% x", "%#x", "% #x", "%c%c", "%v %v", "%w", "%[1]w", "%10000001d", "%.10000001d",
		"%1000000d", "%[1]v%[1]v", "%s", "%[2]s", "%03d", "%+03d", "%-03d|", "%08b", "%o %O", "%U %#U", "%t", "%p", "%v%%", "%[5]*d", "%.[9]*d", "%[1]*d", "%.*[2]d", "%0*d", "%+ d", "%  d"} {
		check(f)
		check(f, 1)
		check(f, 7, 3)
		check(f, -7, 3, 5)
		check(f, 4, -3)
		check(f, "s", 4)
		check(f, nil)
		check(f, 3.5, "x", nil)
		check(f, int8(3), uint16(4), int64(1))
		check(f, "x", "y", "z", "w")
		check(f, 10000000, 1)
	}
	for _, fl := range []string{"", "+", "-", "#", " ", "0", "+-# 0", "-0"} {
		for _, w := range []string{"", "5", "5.2", ".3", "."} {
			for _, v := range "vsdxq" {
				f := "%" + fl + w + string(v)
				if a, b := g.Sprintf(f, gform(1)), fmt.Sprintf(f, sform(1)); a != b {
					t.Errorf("Formatter %s: %s want %s", f, a, b)
				}
			}
		}
	}
}

func TestFmtPrint(t *testing.T) {
	vs := fmtValues()
	for i := range vs {
		for _, n := range []int{1, 2, 3} {
			a := vs[i:min(i+n, len(vs))]
			if x, y := g.Sprint(a...), fmt.Sprint(a...); x != y {
				t.Errorf("Sprint: %s want %s", x, y)
			}
			if x, y := g.Sprintln(a...), fmt.Sprintln(a...); x != y {
				t.Errorf("Sprintln: %s want %s", x, y)
			}
		}
	}
	if string(g.Append([]byte("x"), 1, 2)) != "x1 2" || string(g.Appendf([]byte("x"), "%d", 2)) != "x2" || string(g.Appendln([]byte("x"), 2)) != "x2\n" {
		t.Error("Append")
	}
}

func TestFmtErrorf(t *testing.T) {
	e1, e2 := errors.New("e1"), errType("e2")
	for _, c := range []struct {
		f string
		a []any
	}{{"x %w", []any{e1}}, {"%w %w", []any{e1, e2}}, {"%[2]w %[1]w", []any{e1, e2}}, {"%d", []any{1}}, {"%w", []any{1}}, {"%w", []any{nil}}, {"%v", []any{e1}}, {"%w %d %w", []any{e1, 3, e2}}, {"%+w %#w %10w|", []any{e1, e2, e2}}, {"%w", nil}, {"%[1]w %[1]w", []any{e1}}} {
		a, b := g.Errorf(c.f, c.a...), fmt.Errorf(c.f, c.a...)
		if a.Error() != b.Error() {
			t.Errorf("%s: %s want %s", c.f, a, b)
		}
		if errors.Is(a, e1) != errors.Is(b, e1) || errors.Is(a, e2) != errors.Is(b, e2) {
			t.Errorf("%s: Is", c.f)
		}
		ta, tb := strings.Replace(fmt.Sprintf("%T", a), "golstd/", "", 1), fmt.Sprintf("%T", b)
		if ta != tb {
			t.Errorf("%s: %s want %s", c.f, ta, tb)
		}
		var x, y errType
		if gerrors.As(a, &x) != errors.As(b, &y) || x != y || gerrors.Is(a, e1) != errors.Is(b, e1) {
			t.Errorf("%s: As", c.f)
		}
	}
}
