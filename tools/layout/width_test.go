package layout

import (
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
		if got := Truncate(tt.text, tt.width); got != tt.want {
			t.Errorf("Truncate(%q, %d): got %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

// A truncated line is never wider than the limit, whatever its characters.
func TestTruncate_width(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, width := rapid.String().Draw(t, "text"), rapid.IntRange(1, 40).Draw(t, "width")
		if got := Width(Truncate(text, width)); got > width {
			t.Fatalf("%q: got %d columns, want at most %d", text, got, width)
		}
	})
}

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "ü": 1, "u\u0308": 1, "設定": 4, "한글": 4, "ｆｕ": 4, "😀!": 3} {
		if got := Width(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
