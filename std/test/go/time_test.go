package difftest

import (
	g "golstd/time"
	"math/rand"
	"strings"
	"testing"
	"time"
)

var layouts = []string{time.Layout, time.ANSIC, time.UnixDate, time.RubyDate, time.RFC822, time.RFC822Z, time.RFC850, time.RFC1123, time.RFC1123Z, time.RFC3339, time.RFC3339Nano, time.Kitchen,
	time.Stamp, time.StampMilli, time.StampMicro, time.StampNano, time.DateTime, time.DateOnly, time.TimeOnly,
	"002 __2 _2 2 02 1 01 Jan January Mon Monday 06 2006 _2006", "3 03 15 4 04 5 05 PM pm", "Z070000 Z07:00:00 Z0700 Z07:00 Z07", "-070000 -07:00:00 -0700 -07:00 -07 MST",
	".000 ,999 .99 .0 05.000000 .0001 5,000", "Janet Month JanX 20060102150405 2006 002", "Jan2", "M Mo Mon 0 00 07 Z Z0 - -0", "x", "", "3:04:05.000PM", "2006-002"}

func TestTimeFormat(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	zones := []string{"UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia", "Antarctica/Troll", "Etc/GMT+5", "Asia/Tehran", "Local", "Nowhere/X", "../x", ""}
	var gl []*g.Location
	var tl []*time.Location
	for _, z := range zones {
		a, ea := g.LoadLocation(z)
		b, eb := time.LoadLocation(z)
		if errText(ea) != errText(eb) {
			t.Errorf("LoadLocation(%q): %v want %v", z, ea, eb)
		}
		if eb == nil && ea == nil {
			gl, tl = append(gl, a), append(tl, b)
			if a.String() != b.String() {
				t.Error(z)
			}
		}
	}
	gl, tl = append(gl, g.FixedZone("FX", 3723), g.FixedZone("", -3600*5)), append(tl, time.FixedZone("FX", 3723), time.FixedZone("", -3600*5))
	fails := 0
	for i := 0; i < 30000 && fails < 20; i++ {
		sec := r.Int63n(8e9) - 3e9
		switch r.Intn(8) {
		case 0:
			sec = r.Int63n(4e11) - 2e11
		case 1:
			sec = r.Int63n(4e13) - 2e13
		}
		ns := r.Int63n(1e9)
		if r.Intn(3) == 0 {
			ns = ns / 1e6 * 1e6
		}
		z := r.Intn(len(gl))
		a, b := g.Unix(sec, ns).In(gl[z]), time.Unix(sec, ns).In(tl[z])
		if a.String() != b.String() || a.GoString() != b.GoString() {
			t.Errorf("String %s want %s", a, b)
			fails++
		}
		l := layouts[r.Intn(len(layouts))]
		if x, y := a.Format(l), b.Format(l); x != y {
			t.Errorf("Format(%q) = %s want %s", l, x, y)
			fails++
		}
		ay, aw := a.ISOWeek()
		by, bw := b.ISOWeek()
		if ay != by || aw != bw || a.YearDay() != b.YearDay() || int(a.Weekday()) != int(b.Weekday()) || a.IsDST() != b.IsDST() || a.Unix() != b.Unix() || a.UnixNano() != b.UnixNano() {
			t.Errorf("fields of %s: %d %d %d", b, ay, aw, a.YearDay())
			fails++
		}
		as, ae := a.ZoneBounds()
		bs, be := b.ZoneBounds()
		if as.String() != bs.String() || ae.String() != be.String() {
			t.Errorf("ZoneBounds %s: %s %s want %s %s", b, as, ae, bs, be)
			fails++
		}
		d := r.Int63() >> uint(r.Intn(60))
		if r.Intn(2) == 0 {
			d = []int64{1e9, 60e9, 3600e9, 86400e9, 7 * 86400e9, 1e6}[r.Intn(6)]
		}
		if x, y := a.Truncate(g.Duration(d)), b.Truncate(time.Duration(d)); x.String() != y.String() {
			t.Errorf("Truncate %s %d: %s want %s", b, d, x, y)
			fails++
		}
		if x, y := a.Round(g.Duration(d)), b.Round(time.Duration(d)); x.String() != y.String() {
			t.Errorf("Round %s %d: %s want %s", b, d, x, y)
			fails++
		}
		yy, mm, dd := r.Intn(20)-10, r.Intn(50)-25, r.Intn(100)-50
		if x, y := a.AddDate(yy, mm, dd), b.AddDate(yy, mm, dd); x.String() != y.String() {
			t.Errorf("AddDate %s %d %d %d: %s want %s", b, yy, mm, dd, x, y)
			fails++
		}
		if x, y := a.Add(g.Duration(-d)), b.Add(time.Duration(-d)); x.String() != y.String() || int64(x.Sub(a)) != int64(y.Sub(b)) {
			t.Errorf("Add %s", b)
			fails++
		}
		x := g.Date(1900+r.Intn(200), g.Month(r.Intn(30)-8), r.Intn(80)-20, r.Intn(60)-20, r.Intn(200)-100, r.Intn(200)-100, r.Intn(2e9)-1e9, gl[z])
		_ = x
		y0, m0, d0, h0, mi0, s0, n0 := 1900+r.Intn(200), r.Intn(30)-8, r.Intn(80)-20, r.Intn(60)-20, r.Intn(200)-100, r.Intn(200)-100, r.Intn(2e9)-1e9
		if x, y := g.Date(y0, g.Month(m0), d0, h0, mi0, s0, n0, gl[z]), time.Date(y0, time.Month(m0), d0, h0, mi0, s0, n0, tl[z]); x.String() != y.String() {
			t.Errorf("Date: %s want %s", x, y)
			fails++
		}
		ja, ea := a.MarshalJSON()
		jb, eb := b.MarshalJSON()
		if string(ja) != string(jb) || errText(ea) != errText(eb) {
			t.Errorf("MarshalJSON %s %v want %s %v", ja, ea, jb, eb)
			fails++
		}
		ba, ea := a.MarshalBinary()
		bb, eb := b.MarshalBinary()
		if string(ba) != string(bb) || errText(ea) != errText(eb) {
			t.Errorf("MarshalBinary %x %v want %x %v", ba, ea, bb, eb)
			fails++
		}
	}
}

func TestTimeParse(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	zones := []*time.Location{time.UTC, time.FixedZone("PST", -8*3600), time.FixedZone("XY", 100)}
	fails := 0
	check := func(l, v string) {
		a, ea := g.Parse(l, v)
		b, eb := time.Parse(l, v)
		ea1 := strings.ReplaceAll(errText(ea), "golstd/", "")
		if a.String() != b.String() || ea1 != errText(eb) {
			if fails++; fails < 25 {
				t.Errorf("Parse(%q, %q):\n got %s %v\nwant %s %v", l, v, a, ea, b, eb)
			}
		}
	}
	for i := 0; i < 40000; i++ {
		l := layouts[r.Intn(len(layouts))]
		tm := time.Unix(r.Int63n(5e9)-1e9, r.Int63n(1e9)).In(zones[r.Intn(3)])
		v := tm.Format(l)
		check(l, v)
		if len(v) > 0 {
			i := r.Intn(len(v))
			b := []byte(v)
			b[i] = "0123456789 :-.,ZzJaAPMm+"[r.Intn(24)]
			check(l, string(b))
			check(l, v[:i])
			check(l, v+v[i:])
		}
	}
	for _, v := range []string{"2006-01-02T15:04:05+25:00", "2006-01-02T15:04:05+01:61", "2006-02-30T00:00:00Z", "2006-13-01T00:00:00Z", "2006-01-02T24:00:00Z", "2006-01-02T15:04:05.123456789123Z", "2006-01-02T15:04:05,5Z", "2006-01-02T15:04:05z", "2006-01-02 15:04:05Z", "+06-01-02T15:04:05Z", "2006-1-02T15:04:05Z", "é"} {
		check(time.RFC3339, v)
		check(time.RFC3339Nano, v)
	}
	check("2006-01-02 MST", "2020-05-05 GMT+3")
	check("2006-01-02 MST", "2020-05-05 CEST")
	check("2006-01-02 MST", "2020-05-05 +03")
	check("2006-01-02 MST", "2020-05-05 WITA")
	check("3 PM", "12 AM")
	check("3 PM", "13 PM")
}

func TestDuration(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	for i := 0; i < 50000; i++ {
		d := int64(r.Uint64()) >> uint(r.Intn(64))
		if i%3 == 0 {
			d = d / 1e6 * 1e6
		}
		m := int64(r.Uint64()) >> uint(r.Intn(64))
		a, b := g.Duration(d), time.Duration(d)
		if a.String() != b.String() || int64(a.Round(g.Duration(m))) != int64(b.Round(time.Duration(m))) || int64(a.Truncate(g.Duration(m))) != int64(b.Truncate(time.Duration(m))) ||
			a.Hours() != b.Hours() || a.Minutes() != b.Minutes() || a.Seconds() != b.Seconds() || int64(a.Abs()) != int64(b.Abs()) {
			t.Fatalf("%d: %s want %s", d, a, b)
		}
		x, ea := g.ParseDuration(a.String())
		if x != a || ea != nil {
			t.Fatalf("ParseDuration(%s)", a)
		}
	}
	for _, s := range []string{"", "0", "-0", "+5s", "5", "1.5h", ".5s", "5.s", "1h30m1.5s", "-1m", "1µs", "1μs", "3us", "x", "1x", "1h1", ".s", "-.s", "9223372036854775807ns", "9223372036854775808ns", "-9223372036854775808ns", "9223372036854775809ns", "3000000h", "1e3s", "0.100000000000000000000h", "0.9223372036854775807h", "9999999999999999999999s", "1é", "\"1", "1d\x01\xff"} {
		a, ea := g.ParseDuration(s)
		b, eb := time.ParseDuration(s)
		if int64(a) != int64(b) || errText(ea) != errText(eb) {
			t.Errorf("ParseDuration(%q) = %v %v, want %v %v", s, a, ea, b, eb)
		}
	}
}
