package difftest

import (
	"bufio"
	"container/heap"
	"fmt"
	gbufio "golstd/bufio"
	gheap "golstd/container/heap"
	glist "golstd/container/list"
	_ "golstd/container/ring"
	gcontext "golstd/context"
	gpath "golstd/path"
	gfs "golstd/io/fs"
	gfp "golstd/path/filepath"
	gsort "golstd/sort"
	gutf16 "golstd/unicode/utf16"
	"io/fs"
	"math/rand"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

type pairs []struct{ k, i int }

func (p pairs) Len() int           { return len(p) }
func (p pairs) Less(i, j int) bool { return p[i].k < p[j].k }
func (p pairs) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

func TestSort(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for i := 0; i < 3000; i++ {
		n := r.Intn(200)
		if i%100 == 0 {
			n = 3000
		}
		mod := 1 + r.Intn(300)
		a, b := make(pairs, n), make(pairs, n)
		for j := range a {
			a[j].k, a[j].i = r.Intn(mod), j
			switch i % 4 {
			case 1:
				a[j].k = j + r.Intn(3)
			case 2:
				a[j].k = -j
			}
		}
		copy(b, a)
		c := append(pairs(nil), a...)
		gsort.Sort(a)
		sort.Sort(b)
		if !sort.IsSorted(a) {
			t.Fatal("Sort")
		}
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatal("not the same order of equals")
		}
		d := append(pairs(nil), c...)
		gsort.Stable(c)
		sort.Stable(d)
		if fmt.Sprint(c) != fmt.Sprint(d) {
			t.Fatal("Stable")
		}
		copy(c, b)
		rand.New(rand.NewSource(int64(i))).Shuffle(n, c.Swap)
		e := append(pairs(nil), c...)
		gsort.Slice(c, c.Less)
		sort.Slice(e, e.Less)
		if fmt.Sprint(c) != fmt.Sprint(e) {
			t.Fatal("Slice")
		}
		gsort.Sort(gsort.Reverse(c))
		if !sort.IsSorted(sort.Reverse(c)) {
			t.Fatal("Reverse")
		}
	}
}

type ints []int

func (h ints) Len() int           { return len(h) }
func (h ints) Less(i, j int) bool { return h[i] < h[j] }
func (h ints) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ints) Push(x any)        { *h = append(*h, x.(int)) }
func (h *ints) Pop() any {
	o := *h
	x := o[len(o)-1]
	*h = o[:len(o)-1]
	return x
}

func TestContainers(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	var a, b ints
	for i := 0; i < 20000; i++ {
		switch x := r.Intn(1000); {
		case x < 500 || len(a) == 0:
			gheap.Push(&a, x)
			heap.Push(&b, x)
		case x < 900:
			if gheap.Pop(&a) != heap.Pop(&b) {
				t.Fatal("Pop")
			}
		case x < 950:
			j := r.Intn(len(a))
			a[j], b[j] = x, x
			gheap.Fix(&a, j)
			heap.Fix(&b, j)
		default:
			j := r.Intn(len(a))
			if gheap.Remove(&a, j) != heap.Remove(&b, j) {
				t.Fatal("Remove")
			}
		}
	}
	l := glist.New()
	e4 := l.PushBack(4)
	e1 := l.PushFront(1)
	l.InsertBefore(3, e4)
	l.InsertAfter(2, e1)
	l.MoveToBack(e1)
	s := ""
	for e := l.Front(); e != nil; e = e.Next() {
		s += fmt.Sprint(e.Value)
	}
	if s != "2341" {
		t.Fatal(s)
	}
}

func TestPath(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	gen := func() string {
		s := ""
		for n := r.Intn(7); n > 0; n-- {
			s += []string{"/", "//", ".", "..", "a", "b.c", "/../", "./", "x.y.z", "é"}[r.Intn(10)]
		}
		return s
	}
	pat := func() string {
		s := ""
		for n := r.Intn(6); n > 0; n-- {
			s += []string{"*", "?", "[a-c]", "[^a]", "a", "b", "/", `\*`, "[", "]", "-", "[]a]", "[a-", `\`, "é", "[é-ü]"}[r.Intn(16)]
		}
		return s
	}
	for i := 0; i < 60000; i++ {
		p, q := gen(), gen()
		x, e1 := gfp.Rel(p, q)
		y, e2 := filepath.Rel(p, q)
		gd, gf := gpath.Split(p)
		wd, wf := path.Split(p)
		if gpath.Clean(p) != path.Clean(p) || gpath.Join(p, q) != path.Join(p, q) || gpath.Base(p) != path.Base(p) || gpath.Dir(p) != path.Dir(p) || gpath.Ext(p) != path.Ext(p) ||
			x != y || errText(e1) != errText(e2) || gfp.IsLocal(p) != filepath.IsLocal(p) || gd != wd || gf != wf {
			t.Fatalf("%q %q: %q %v want %q %v; %q", p, q, x, e1, y, e2, gpath.Clean(p))
		}
		pt := pat()
		n := strings.NewReplacer("[", "", "]", "", "?", "b", "*", "ab").Replace(pat())
		m1, e1 := gpath.Match(pt, n)
		m2, e2 := path.Match(pt, n)
		if m1 != m2 || errText(e1) != errText(e2) {
			t.Fatalf("Match(%q, %q) = %v %v want %v %v", pt, n, m1, e1, m2, e2)
		}
	}
	a, e1 := gfp.Glob("/usr/local/go/src/path/*/*.go")
	b, e2 := filepath.Glob("/usr/local/go/src/path/*/*.go")
	if fmt.Sprint(a, e1) != fmt.Sprint(b, e2) {
		t.Fatal(a)
	}
	var w1, w2 []string
	gfp.Walk("/usr/local/go/src/container", func(p string, _ gfs.FileInfo, err error) error { w1 = append(w1, p); return err })
	filepath.Walk("/usr/local/go/src/container", func(p string, _ fs.FileInfo, err error) error { w2 = append(w2, p); return err })
	if fmt.Sprint(w1) != fmt.Sprint(w2) || len(w1) == 0 {
		t.Fatal(w1)
	}
}

func TestBufio(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	for i := 0; i < 300; i++ {
		var sb strings.Builder
		for n := r.Intn(200); n > 0; n-- {
			sb.WriteString([]string{"\n", "\r\n", " ", "ab", "日本", "\xff", "\t", "a long word of some length", "\r", "\u2028"}[r.Intn(10)])
		}
		s := sb.String()
		for k := 0; k < 4; k++ {
			var x, y []string
			a, b := gbufio.NewScanner(iotest.OneByteReader(strings.NewReader(s))), bufio.NewScanner(iotest.OneByteReader(strings.NewReader(s)))
			switch k {
			case 1:
				a.Split(gbufio.ScanWords)
				b.Split(bufio.ScanWords)
			case 2:
				a.Split(gbufio.ScanRunes)
				b.Split(bufio.ScanRunes)
			case 3:
				a.Split(gbufio.ScanBytes)
				b.Split(bufio.ScanBytes)
			}
			for a.Scan() {
				x = append(x, a.Text())
			}
			for b.Scan() {
				y = append(y, b.Text())
			}
			if fmt.Sprintf("%q", x) != fmt.Sprintf("%q", y) || errText(a.Err()) != errText(b.Err()) {
				t.Fatalf("scan %d:\n%q want\n%q", k, x, y)
			}
		}
		ra, rb := gbufio.NewReaderSize(strings.NewReader(s), 16), bufio.NewReaderSize(strings.NewReader(s), 16)
		for j := 0; j < 100; j++ {
			var p, q string
			switch op := r.Intn(9); op {
			case 0:
				l, pre, err := ra.ReadLine()
				p = fmt.Sprintf("%q %v %v", l, pre, errText(err))
				l, pre, err = rb.ReadLine()
				q = fmt.Sprintf("%q %v %v", l, pre, errText(err))
			case 1:
				l, err := ra.ReadString('\n')
				p = fmt.Sprintf("%q %v", l, errText(err))
				l, err = rb.ReadString('\n')
				q = fmt.Sprintf("%q %v", l, errText(err))
			case 2:
				c, n, err := ra.ReadRune()
				p = fmt.Sprint(c, n, errText(err))
				c, n, err = rb.ReadRune()
				q = fmt.Sprint(c, n, errText(err))
			case 3:
				p, q = errText(ra.UnreadRune()), errText(rb.UnreadRune())
			case 4:
				p, q = errText(ra.UnreadByte()), errText(rb.UnreadByte())
			case 5:
				c, err := ra.ReadByte()
				p = fmt.Sprint(c, errText(err))
				c, err = rb.ReadByte()
				q = fmt.Sprint(c, errText(err))
			case 6:
				n := r.Intn(20)
				l, err := ra.Peek(n)
				p = fmt.Sprintf("%q %v", l, errText(err))
				l, err = rb.Peek(n)
				q = fmt.Sprintf("%q %v", l, errText(err))
			case 7:
				n := r.Intn(20)
				l, err := ra.Discard(n)
				p = fmt.Sprint(l, errText(err))
				l, err = rb.Discard(n)
				q = fmt.Sprint(l, errText(err))
			case 8:
				l, err := ra.ReadSlice(' ')
				p = fmt.Sprintf("%q %v", l, errText(err))
				l, err = rb.ReadSlice(' ')
				q = fmt.Sprintf("%q %v", l, errText(err))
			}
			if p != q {
				t.Fatalf("reader: %s want %s", p, q)
			}
		}
	}
}

func TestUtf16(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	for i := 0; i < 20000; i++ {
		s := make([]rune, r.Intn(6))
		w := make([]uint16, r.Intn(6))
		for j := range s {
			s[j] = rune(r.Intn(0x120000)) - 5
		}
		for j := range w {
			w[j] = uint16(0xD000 + r.Intn(0x1200))
		}
		if fmt.Sprint(gutf16.Encode(s)) != fmt.Sprint(utf16.Encode(s)) || fmt.Sprint(gutf16.Decode(w)) != fmt.Sprint(utf16.Decode(w)) {
			t.Fatal(s, w)
		}
	}
}

func TestContext(t *testing.T) {
	ctx, cancel := gcontext.WithCancelCause(gcontext.WithValue(gcontext.Background(), "k", "v"))
	child, c2 := gcontext.WithCancel(ctx)
	defer c2()
	if child.Value("k") != "v" || child.Err() != nil {
		t.Fatal("value")
	}
	cancel(fmt.Errorf("why"))
	<-child.Done()
	if child.Err() != gcontext.Canceled || gcontext.Cause(child).Error() != "why" {
		t.Fatal(child.Err(), gcontext.Cause(child))
	}
	if s := fmt.Sprint(child); s != "context.Background.WithValue(k, v).WithCancel.WithCancel" {
		t.Fatal(s)
	}
}
