package difftest

import (
	g "golstd/unicode"
	"testing"
	"unicode"
)

func TestUnicode(t *testing.T) {
	for r := rune(-3); r < 0x110005; r++ {
		if g.IsUpper(r) != unicode.IsUpper(r) || g.IsLower(r) != unicode.IsLower(r) || g.IsTitle(r) != unicode.IsTitle(r) || g.IsLetter(r) != unicode.IsLetter(r) ||
			g.IsDigit(r) != unicode.IsDigit(r) || g.IsNumber(r) != unicode.IsNumber(r) || g.IsPunct(r) != unicode.IsPunct(r) || g.IsSymbol(r) != unicode.IsSymbol(r) ||
			g.IsMark(r) != unicode.IsMark(r) || g.IsControl(r) != unicode.IsControl(r) || g.IsSpace(r) != unicode.IsSpace(r) || g.IsGraphic(r) != unicode.IsGraphic(r) ||
			g.IsPrint(r) != unicode.IsPrint(r) || g.ToUpper(r) != unicode.ToUpper(r) || g.ToLower(r) != unicode.ToLower(r) || g.ToTitle(r) != unicode.ToTitle(r) ||
			g.SimpleFold(r) != unicode.SimpleFold(r) || g.TurkishCase.ToUpper(r) != unicode.TurkishCase.ToUpper(r) || g.AzeriCase.ToLower(r) != unicode.AzeriCase.ToLower(r) ||
			g.Is(g.Han, r) != unicode.Is(unicode.Han, r) || g.In(r, g.Greek, g.Latin) != unicode.In(r, unicode.Greek, unicode.Latin) {
			t.Fatalf("%U", r)
		}
	}
}
