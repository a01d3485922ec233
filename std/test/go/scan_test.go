package difftest

import (
	"bufio"
	"fmt"
	g "golstd/fmt"
	"strings"
	"testing"
)

type scanInt int
type scanStr string

func TestScan(t *testing.T) {
	mk := func() []any {
		return []any{new(int), new(string), new(float64), new(bool), new(uint8), new([]byte), new(complex128), new(rune), new(scanInt), new(scanStr), new(int8), new(float32)}
	}
	show := func(a []any) string {
		s := ""
		for _, p := range a {
			switch v := p.(type) {
			case *int:
				s += fmt.Sprint(*v)
			case *string:
				s += fmt.Sprintf("%q", *v)
			case *float64:
				s += fmt.Sprint(*v)
			case *bool:
				s += fmt.Sprint(*v)
			case *uint8:
				s += fmt.Sprint(*v)
			case *[]byte:
				s += fmt.Sprint(*v)
			case *complex128:
				s += fmt.Sprint(*v)
			case *rune:
				s += fmt.Sprint(*v)
			case *scanInt:
				s += fmt.Sprint(*v)
			case *scanStr:
				s += fmt.Sprint(*v)
			case *int8:
				s += fmt.Sprint(*v)
			case *float32:
				s += fmt.Sprint(*v)
			}
			s += " "
		}
		return s
	}
	inputs := []string{"", " ", "1", "1 2", "12abc", "abc def", "1 x 2.5 true 7 bytes (1+2i) 65 9 str 3 1.5", "1\nx\n2.5\nt\n7\nb\n1+2i\n65\n9\ns\n3\n1.5\n", "0x1f", "0b101 0o17 017", "-5 +6", "1e5", "0x1p-2", "300", "-200",
		"é日本", "\"quoted \\n\" `raw`", "true false T F 1 0 tru", "1,2", "a,b", "3.14.15", "nan inf -inf", "%", "5%", "  \n 1", "1 \n2", "1\r\n2\r\n", "12345", "ff", "U+0041", "1_000", "abc\xff", "68656c6c6f"}
	formats := []string{"%d", "%s", "%d %d", "%d,%d", "%s %s", "%v", "%3d%2d", "%5s", "%q", "%x", "%c", "%c%c", "%f", "%t", "%d%%", "%d\n", "%d\n%d", "\n%d", " %d", "%d ", "%U", "%b", "%o", "%e", "%z", "%", "x%d", "%d %s %f %t %d %s %v", "%2c", "%s\n%s", "%d,%s", "abc%s", "%X", "%v %v", "é%s"}
	fails := 0
	cmp := func(what string, a, b []any, n1, n2 int, e1, e2 error) {
		if n1 != n2 || errText(e1) != errText(e2) || show(a) != show(b) {
			if fails++; fails < 25 {
				t.Errorf("%s:\n got %d %v %s\nwant %d %v %s", what, n1, e1, show(a), n2, e2, show(b))
			}
		}
	}
	for _, in := range inputs {
		for i := 0; i < 12; i++ {
			for _, k := range []int{1, 2, 12} {
				a, b := mk(), mk()
				x, y := a[i:min(i+k, 12)], b[i:min(i+k, 12)]
				n1, e1 := g.Sscan(in, x...)
				n2, e2 := fmt.Sscan(in, y...)
				cmp(fmt.Sprintf("Sscan %q %d %d", in, i, k), a, b, n1, n2, e1, e2)
				n1, e1 = g.Sscanln(in, x...)
				n2, e2 = fmt.Sscanln(in, y...)
				cmp(fmt.Sprintf("Sscanln %q %d %d", in, i, k), a, b, n1, n2, e1, e2)
			}
			for _, f := range formats {
				for _, k := range []int{0, 1, 2, 7} {
					a, b := mk(), mk()
					x, y := a[i:min(i+k, 12)], b[i:min(i+k, 12)]
					n1, e1 := g.Sscanf(in, f, x...)
					n2, e2 := fmt.Sscanf(in, f, y...)
					cmp(fmt.Sprintf("Sscanf %q %q %d %d", in, f, i, k), a, b, n1, n2, e1, e2)
				}
			}
		}
	}
	r1, r2 := bufio.NewReader(strings.NewReader("1 2\n3 4\n")), bufio.NewReader(strings.NewReader("1 2\n3 4\n"))
	for i := 0; i < 3; i++ {
		var a, b, c, d int
		n1, e1 := g.Fscanln(r1, &a, &b)
		n2, e2 := fmt.Fscanln(r2, &c, &d)
		if n1 != n2 || a != c || b != d || errText(e1) != errText(e2) {
			t.Error(n1, e1, n2, e2)
		}
	}
}
