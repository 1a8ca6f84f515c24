package fault_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"realmconf/runtime/fault"
)

func TestClip(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"why", "why"},
		{strings.Repeat("x", 200), strings.Repeat("x", 200)},
		{strings.Repeat("x", 201), strings.Repeat("x", 197) + "…"},
		{strings.Repeat("ä", 500), strings.Repeat("ä", 98) + "…"},
		{"a\xffb", "a�b"},
	} {
		if got := fault.Clip(tt.text); got != tt.want {
			t.Errorf("Clip(%.20q…) = %q, want %q", tt.text, got, tt.want)
		}
	}
	for n := range 8 {
		if got := fault.Clip(strings.Repeat("\xff", 170+n) + strings.Repeat("𝕏", 100)); !utf8.ValidString(got) {
			t.Errorf("with %d bytes before: not UTF-8", n)
		}
	}
	if got := fault.Clip(strings.Repeat("\xff", 600)); len(got) > 200 {
		t.Errorf("got %d bytes", len(got))
	}
}
