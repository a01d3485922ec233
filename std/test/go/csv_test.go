package difftest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	gcsv "golstd/encoding/csv"
	"math/rand"
	"strings"
	"testing"
)

func TestCsv(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for i := 0; i < 30000; i++ {
		var sb strings.Builder
		for n := r.Intn(25); n > 0; n-- {
			sb.WriteString([]string{",", "\n", "\"", "a", "b c", " ", "\r\n", "\"\"", "#x", ";", "é", "\r", "\"q\"", "\",\""}[r.Intn(14)])
		}
		a, b := gcsv.NewReader(strings.NewReader(sb.String())), csv.NewReader(strings.NewReader(sb.String()))
		a.LazyQuotes, a.TrimLeadingSpace, a.FieldsPerRecord = i%2 == 0, i%3 == 0, i%3-1
		b.LazyQuotes, b.TrimLeadingSpace, b.FieldsPerRecord = i%2 == 0, i%3 == 0, i%3-1
		if i%5 == 0 {
			a.Comment, b.Comment = '#', '#'
			a.Comma, b.Comma = ';', ';'
		}
		for {
			x, e1 := a.Read()
			y, e2 := b.Read()
			s1, s2 := fmt.Sprintf("%q %s", x, errText(e1)), fmt.Sprintf("%q %s", y, errText(e2))
			for k := range y {
				l, c := a.FieldPos(min(k, len(x)-1))
				s1 += fmt.Sprint(" ", l, c)
				l, c = b.FieldPos(k)
				s2 += fmt.Sprint(" ", l, c)
			}
			if s1 != s2 || a.InputOffset() != b.InputOffset() {
				t.Fatalf("%q:\n%s want\n%s", sb.String(), s1, s2)
			}
			var p, q bytes.Buffer
			w1, w2 := gcsv.NewWriter(&p), csv.NewWriter(&q)
			w1.UseCRLF, w2.UseCRLF = i%2 == 0, i%2 == 0
			w1.Write(y)
			w2.Write(y)
			w1.Flush()
			w2.Flush()
			if p.String() != q.String() {
				t.Fatalf("%q want %q", p.String(), q.String())
			}
			if e2 != nil {
				break
			}
		}
	}
}
