package layout

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text   string
		width  int
		indent string
		want   []string
	}{
		{"one two three", 0, "  ", []string{"one two three"}},
		{"one two three", 13, "  ", []string{"one two three"}},
		{"one two three", 12, "  ", []string{"one two", "  three"}},
		{"one two three", 7, "  ", []string{"one two", "  three"}},
		{"one two three", 6, "  ", []string{"one", "  two", "  thre", "  e"}},
		{"abcdefgh", 4, " ", []string{"abcd", " efg", " h"}},
		{"abcdefgh", 2, "   ", []string{"ab", "cd", "ef", "gh"}},
		{"設定を変更", 5, "", []string{"設定", "を変", "更"}},
		{"設定", 1, "", []string{"設", "定"}},
		{"", 3, " ", []string{""}},
	} {
		if got := Wrap(tt.text, tt.width, tt.indent); !slices.Equal(got, tt.want) {
			t.Errorf("%q in %d: got %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

// Nothing but spaces is lost, and no line is wider than the limit.
func TestWrap_complete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zü設 ]{0,80}`).Draw(t, "text")
		width := rapid.IntRange(2, 40).Draw(t, "width")
		lines := Wrap(text, width, rapid.SampledFrom([]string{"", "  ", "      "}).Draw(t, "indent"))
		withoutSpaces := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := withoutSpaces(strings.Join(lines, "")); got != withoutSpaces(text) {
			t.Fatalf("%q: got %q", text, lines)
		}
		for _, line := range lines {
			if Width(line) > width {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
	})
}
