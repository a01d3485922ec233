package difftest

import (
	"bytes"
	"flag"
	"fmt"
	gflag "golstd/flag"
	gtab "golstd/text/tabwriter"
	"math/rand"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

func TestTabwriter(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for i := 0; i < 20000; i++ {
		var s strings.Builder
		for n := r.Intn(30); n > 0; n-- {
			s.WriteString([]string{"\t", "\n", "a", "bcd", "é日", "\v", "\f", "<b>", "&amp;", "\xff", "\t\t", "x\n", "\xffe\tf\xff", "\n\n"}[r.Intn(14)])
		}
		mw, tw, pd, fl := r.Intn(9), r.Intn(9), r.Intn(4), uint(r.Intn(64))
		pc := " \t."[r.Intn(3)]
		var a, b bytes.Buffer
		x, y := gtab.NewWriter(&a, mw, tw, pd, pc, fl), tabwriter.NewWriter(&b, mw, tw, pd, pc, fl)
		k := r.Intn(s.Len() + 1)
		for _, p := range []string{s.String()[:k], s.String()[k:]} {
			x.Write([]byte(p))
			y.Write([]byte(p))
		}
		x.Flush()
		y.Flush()
		if a.String() != b.String() {
			t.Fatalf("%q %d %d %d %q %d:\n%q want\n%q", s.String(), mw, tw, pd, pc, fl, a.String(), b.String())
		}
	}
}

func TestFlag(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for i := 0; i < 5000; i++ {
		var args []string
		for n := r.Intn(6); n > 0; n-- {
			args = append(args, []string{"-b", "--b=false", "-b=x", "-i", "12", "-i=0x1f", "-i=z", "-s", "str", "-s=", "-d=1h2m", "-d", "-f=1.5", "-f", "1e999", "-u=-1", "--", "-", "---x", "-=", "arg", "-h", "-zz", "-fn=ok", "-fn=bad", "-i64=99999999999999999999"}[r.Intn(26)])
		}
		var a, b bytes.Buffer
		x, y := gflag.NewFlagSet("prog", gflag.ContinueOnError), flag.NewFlagSet("prog", flag.ContinueOnError)
		x.SetOutput(&a)
		y.SetOutput(&b)
		fn := func(s string) error {
			if s == "bad" {
				return fmt.Errorf("no good")
			}
			return nil
		}
		xb, yb := x.Bool("b", i%2 == 0, "a bool"), y.Bool("b", i%2 == 0, "a bool")
		xi, yi := x.Int("i", 3, "an `integer` of\nlines"), y.Int("i", 3, "an `integer` of\nlines")
		x6, y6 := x.Int64("i64", 0, "64"), y.Int64("i64", 0, "64")
		xs, ys := x.String("s", "de\"f", "str"), y.String("s", "de\"f", "str")
		xd, yd := x.Duration("d", 0, "dur"), y.Duration("d", time.Duration(0), "dur")
		xf, yf := x.Float64("f", 2.5, "fl"), y.Float64("f", 2.5, "fl")
		xu, yu := x.Uint("u", 7, "uint"), y.Uint("u", 7, "uint")
		x.Func("fn", "func", fn)
		y.Func("fn", "func", fn)
		e1, e2 := x.Parse(args), y.Parse(args)
		p := fmt.Sprint(errText(e1), *xb, *xi, *x6, *xs, int64(*xd), *xf, *xu, x.Args(), x.NFlag())
		q := fmt.Sprint(errText(e2), *yb, *yi, *y6, *ys, int64(*yd), *yf, *yu, y.Args(), y.NFlag())
		if p != q || a.String() != b.String() {
			t.Fatalf("%q:\n%s\n%s\nwant %s\n%s", args, p, a.String(), q, b.String())
		}
	}
}
