package layout

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestDescribePlace(t *testing.T) {
	for _, tt := range []struct{ before, after, want string }{
		{"the brown fox", "the red fox", `(at character 5: "brown" became "red")`},
		{"ab", "ab c", `(at character 3: " c" is new)`},
		{"größer ü", "größer ö", `(at character 8: "ü" became "ö")`},
		{"aXa", "aa", `(at character 2: "X" is gone)`},
		{"aaa", "aaaa", `(at character 4: "a" is new)`},
		{"x" + strings.Repeat("a", 100), "x" + strings.Repeat("b", 100), "(differs from character 2 on)"},
	} {
		if got := describePlace(tt.before, tt.after); got != tt.want {
			t.Errorf("%q and %q: got %s, want %s", tt.before, tt.after, got, tt.want)
		}
	}
}

// The parts that differ make one text of the other, and are whole characters.
func TestDifferingPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[aüö設]{0,12}`)
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		start, from, to := DifferingPart(before, after)
		if got := before[:start] + to + before[start+len(from):]; got != after || !utf8.ValidString(from) || !utf8.ValidString(to) {
			t.Fatalf("%q and %q: got %d, %q, %q", before, after, start, from, to)
		}
	})
}
