package difftest

import (
	"bytes"
	"fmt"
	gb "golstd/bytes"
	gs "golstd/strings"
	"math/rand"
	"strings"
	"testing"
	"unicode"
)

func TestStrings(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	small := func() string {
		n := r.Intn(8)
		var b []byte
		for i := 0; i < n; i++ {
			b = append(b, []string{"a", "b", "ab", "A", " ", "\t", "é", "É", "日", "\xff", "\u00a0", "İ", "ſ", "K", "K", "x.y", "\xe6", "�"}[r.Intn(18)]...)
		}
		return string(b)
	}
	even := func(c rune) bool { return c%2 == 0 }
	mapf := func(c rune) rune {
		if c == 'a' {
			return -1
		}
		if c == 'b' {
			return '日'
		}
		return c
	}
	eq := func(name string, a, b any, args ...any) {
		x, y := fmt.Sprintf("%#v", a), fmt.Sprintf("%#v", b)
		if x != y {
			t.Fatalf("%s%q = %s, want %s", name, args, x, y)
		}
	}
	for i := 0; i < 60000; i++ {
		s, u, n := small(), small(), r.Intn(6)-1
		if r.Intn(2) == 0 && len(u) > 2 {
			u = u[:2]
		}
		if r.Intn(3) == 0 {
			u = ""
		}
		sb, ub := []byte(s), []byte(u)
		c := byte('a')
		ru := []rune{'a', 'é', 0xFFFD, '日', -1, 0xD800, ' '}[r.Intn(7)]
		eq("Index", gs.Index(s, u), strings.Index(s, u), s, u)
		eq("LastIndex", gs.LastIndex(s, u), strings.LastIndex(s, u), s, u)
		eq("IndexByte", gs.IndexByte(s, c), strings.IndexByte(s, c), s)
		eq("LastIndexByte", gs.LastIndexByte(s, c), strings.LastIndexByte(s, c), s)
		eq("IndexRune", gs.IndexRune(s, ru), strings.IndexRune(s, ru), s, ru)
		eq("IndexAny", gs.IndexAny(s, u), strings.IndexAny(s, u), s, u)
		eq("LastIndexAny", gs.LastIndexAny(s, u), strings.LastIndexAny(s, u), s, u)
		eq("IndexFunc", gs.IndexFunc(s, even), strings.IndexFunc(s, even), s)
		eq("LastIndexFunc", gs.LastIndexFunc(s, even), strings.LastIndexFunc(s, even), s)
		eq("Count", gs.Count(s, u), strings.Count(s, u), s, u)
		eq("Contains", gs.Contains(s, u), strings.Contains(s, u), s, u)
		eq("ContainsRune", gs.ContainsRune(s, ru), strings.ContainsRune(s, ru), s, ru)
		eq("Compare", gs.Compare(s, u), strings.Compare(s, u), s, u)
		eq("EqualFold", gs.EqualFold(s, u), strings.EqualFold(s, u), s, u)
		eq("EqualFold", gs.EqualFold(s, strings.ToUpper(s)), strings.EqualFold(s, strings.ToUpper(s)), s)
		eq("Fields", gs.Fields(s), strings.Fields(s), s)
		eq("FieldsFunc", gs.FieldsFunc(s, even), strings.FieldsFunc(s, even), s)
		eq("SplitN", gs.SplitN(s, u, n), strings.SplitN(s, u, n), s, u, n)
		eq("SplitAfterN", gs.SplitAfterN(s, u, n), strings.SplitAfterN(s, u, n), s, u, n)
		eq("Join", gs.Join(strings.Fields(s), u), strings.Join(strings.Fields(s), u), s, u)
		eq("Replace", gs.Replace(s, u, "Q日", n), strings.Replace(s, u, "Q日", n), s, u, n)
		eq("Map", gs.Map(mapf, s), strings.Map(mapf, s), s)
		eq("ToUpper", gs.ToUpper(s), strings.ToUpper(s), s)
		eq("ToLower", gs.ToLower(s), strings.ToLower(s), s)
		eq("ToTitle", gs.ToTitle(s), strings.ToTitle(s), s)
		eq("Title", gs.Title(s), strings.Title(s), s)
		eq("ToValidUTF8", gs.ToValidUTF8(s, "?!"), strings.ToValidUTF8(s, "?!"), s)
		eq("Trim", gs.Trim(s, u), strings.Trim(s, u), s, u)
		eq("TrimLeft", gs.TrimLeft(s, u), strings.TrimLeft(s, u), s, u)
		eq("TrimRight", gs.TrimRight(s, u), strings.TrimRight(s, u), s, u)
		eq("TrimSpace", gs.TrimSpace(s), strings.TrimSpace(s), s)
		eq("TrimFunc", gs.TrimFunc(s, even), strings.TrimFunc(s, even), s)
		eq("TrimPrefix", gs.TrimPrefix(s, u), strings.TrimPrefix(s, u), s, u)
		eq("TrimSuffix", gs.TrimSuffix(s, u), strings.TrimSuffix(s, u), s, u)
		a1, a2, a3 := gs.Cut(s, u)
		b1, b2, b3 := strings.Cut(s, u)
		eq("Cut", []any{a1, a2, a3}, []any{b1, b2, b3}, s, u)
		eq("Repeat", gs.Repeat(s, n+1), strings.Repeat(s, n+1), s, n)

		eq("bytes.Index", gb.Index(sb, ub), bytes.Index(sb, ub), s, u)
		eq("bytes.LastIndex", gb.LastIndex(sb, ub), bytes.LastIndex(sb, ub), s, u)
		eq("bytes.IndexRune", gb.IndexRune(sb, ru), bytes.IndexRune(sb, ru), s, ru)
		eq("bytes.IndexAny", gb.IndexAny(sb, u), bytes.IndexAny(sb, u), s, u)
		eq("bytes.LastIndexAny", gb.LastIndexAny(sb, u), bytes.LastIndexAny(sb, u), s, u)
		eq("bytes.Count", gb.Count(sb, ub), bytes.Count(sb, ub), s, u)
		eq("bytes.EqualFold", gb.EqualFold(sb, ub), bytes.EqualFold(sb, ub), s, u)
		eq("bytes.Fields", gb.Fields(sb), bytes.Fields(sb), s)
		eq("bytes.SplitN", gb.SplitN(sb, ub, n), bytes.SplitN(sb, ub, n), s, u, n)
		eq("bytes.SplitAfterN", gb.SplitAfterN(sb, ub, n), bytes.SplitAfterN(sb, ub, n), s, u, n)
		eq("bytes.Replace", gb.Replace(sb, ub, []byte("Q日"), n), bytes.Replace(sb, ub, []byte("Q日"), n), s, u, n)
		eq("bytes.Map", gb.Map(mapf, sb), bytes.Map(mapf, sb), s)
		eq("bytes.ToUpper", gb.ToUpper(sb), bytes.ToUpper(sb), s)
		eq("bytes.ToLower", gb.ToLower(sb), bytes.ToLower(sb), s)
		eq("bytes.Title", gb.Title(sb), bytes.Title(sb), s)
		eq("bytes.ToValidUTF8", gb.ToValidUTF8(sb, []byte("?")), bytes.ToValidUTF8(sb, []byte("?")), s)
		eq("bytes.Trim", gb.Trim(sb, u), bytes.Trim(sb, u), s, u)
		eq("bytes.TrimLeft", gb.TrimLeft(sb, u), bytes.TrimLeft(sb, u), s, u)
		eq("bytes.TrimRight", gb.TrimRight(sb, u), bytes.TrimRight(sb, u), s, u)
		eq("bytes.TrimSpace", gb.TrimSpace(sb), bytes.TrimSpace(sb), s)
		eq("bytes.TrimFunc", gb.TrimFunc(sb, even), bytes.TrimFunc(sb, even), s)
		eq("bytes.Compare", gb.Compare(sb, ub), bytes.Compare(sb, ub), s, u)
		eq("bytes.Equal", gb.Equal(sb, ub), bytes.Equal(sb, ub), s, u)
		eq("bytes.Runes", gb.Runes(sb), bytes.Runes(sb), s)
		eq("bytes.Join", gb.Join(bytes.Fields(sb), ub), bytes.Join(bytes.Fields(sb), ub), s, u)

		var pairs []string
		for j, m := 0, 2*(1+r.Intn(4)); j < m; j++ {
			p := small()
			if len(p) > 3 {
				p = p[:3]
			}
			pairs = append(pairs, p)
		}
		eq("Replacer", gs.NewReplacer(pairs...).Replace(s+u), strings.NewReplacer(pairs...).Replace(s+u), pairs, s+u)
		var w1, w2 strings.Builder
		n1, _ := gs.NewReplacer(pairs...).WriteString(&w1, s+u)
		n2, _ := strings.NewReplacer(pairs...).WriteString(&w2, s+u)
		eq("Replacer.WriteString", fmt.Sprint(n1, w1.String()), fmt.Sprint(n2, w2.String()), pairs, s+u)
	}
	_ = unicode.IsSpace
}

type anyBuffer interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
	WriteString(string) (int, error)
	WriteByte(byte) error
	WriteRune(rune) (int, error)
	ReadByte() (byte, error)
	ReadRune() (rune, int, error)
	UnreadByte() error
	UnreadRune() error
	Next(int) []byte
	ReadBytes(byte) ([]byte, error)
	ReadString(byte) (string, error)
	Truncate(int)
	Len() int
	String() string
}

func TestBuffer(t *testing.T) {
	for seed := int64(0); seed < 300; seed++ {
		step := func(r *rand.Rand, b anyBuffer) string {
			p := make([]byte, r.Intn(90))
			switch r.Intn(13) {
			case 0, 1:
				n, err := b.Read(p)
				return fmt.Sprint("Read", n, errText(err), p[:n])
			case 2:
				for i := range p {
					p[i] = byte('a' + i%7)
				}
				n, err := b.Write(p)
				return fmt.Sprint(n, err)
			case 3:
				n, err := b.WriteString(string(p[:len(p)/3]) + "é\n")
				return fmt.Sprint(n, err)
			case 4:
				return fmt.Sprint(b.WriteByte('c'))
			case 5:
				n, err := b.WriteRune([]rune{'x', 'é', '日', -5, 0x1F600}[r.Intn(5)])
				return fmt.Sprint(n, err)
			case 6:
				c, err := b.ReadByte()
				return fmt.Sprint(c, errText(err))
			case 7:
				c, n, err := b.ReadRune()
				return fmt.Sprint(c, n, errText(err))
			case 8:
				return errText(b.UnreadByte())
			case 9:
				return errText(b.UnreadRune())
			case 10:
				return string(b.Next(len(p)))
			case 11:
				s, err := b.ReadString('\n')
				q, err2 := b.ReadBytes('c')
				return fmt.Sprint(s, errText(err), q, errText(err2))
			}
			b.Truncate(b.Len() / 2)
			return b.String()
		}
		r1, r2 := rand.New(rand.NewSource(seed)), rand.New(rand.NewSource(seed))
		var a gb.Buffer
		var b bytes.Buffer
		for i := 0; i < 300; i++ {
			x, y := step(r1, &a), step(r2, &b)
			if x != y || a.Len() != b.Len() || a.String() != b.String() {
				t.Fatalf("seed %d step %d: %q want %q", seed, i, x, y)
			}
		}
	}
}
