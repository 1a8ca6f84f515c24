package cli

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTruncate(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  string
	}{
		{"abcde", 5, "abcde"},
		{"abcdef", 5, "abcd…"},
		{"abcdef", 1, "…"},
		{"abcdef", 0, "abcdef"},
		{"größer", 4, "grö…"},
		{"設定を変更", 5, "設定…"},
		{"設定を変更", 6, "設定…"}, // the third character would need columns 5 and 6, and the mark one more
		{"設定を変更", 7, "設定を…"},
		{"設定を変更", 10, "設定を変更"},
		{"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", 5, "e\u0301e\u0301e\u0301e\u0301…"},
		{"", 3, ""},
	} {
		if got := truncate(tt.text, tt.width); got != tt.want {
			t.Errorf("truncate(%q, %d): got %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

// A truncated line is never wider than the limit, whatever its characters.
func TestTruncate_width(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, width := rapid.String().Draw(t, "text"), rapid.IntRange(1, 40).Draw(t, "width")
		if got := textWidth(truncate(text, width)); got > width {
			t.Fatalf("%q: got %d columns, want at most %d", text, got, width)
		}
	})
}

func TestTextWidth(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "ü": 1, "u\u0308": 1, "設定": 4, "한글": 4, "ｆｕ": 4, "😀!": 3} {
		if got := textWidth(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestFormatTable(t *testing.T) {
	for _, tt := range []struct {
		name   string
		rows   [][]string
		limits []int
		want   []string
	}{
		{"aligned", [][]string{{"A", "B", "C"}, {"1", "22", "333"}, {"11", "2", ""}}, []int{0, 0, 0}, []string{"A   B   C", "1   22  333", "11  2"}},
		{"limited", [][]string{{"A", "B"}, {"123456", "x"}}, []int{4, 0}, []string{"A     B", "123…  x"}},
		{"wide characters", [][]string{{"設定", "x"}, {"abc", "y"}}, []int{0, 0}, []string{"設定  x", "abc   y"}},
		{"white space", [][]string{{"a \n b", "x\ty"}}, []int{0, 0}, []string{"a b  x y"}},
		{"fewer cells than limits", [][]string{{"a", "b"}}, []int{0, 0, 0}, []string{"a  b"}},
		{"no rows", nil, []int{0}, []string{}},
	} {
		if got := formatTable(tt.rows, tt.limits); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
