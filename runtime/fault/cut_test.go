package fault

import (
	"strings"
	"testing"
)

func TestCut(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		strings.Repeat("a", 200):            strings.Repeat("a", 200),
		strings.Repeat("a", 500_000):        strings.Repeat("a", 200) + "…",
		strings.Repeat("a", 199) + "\u00e4": strings.Repeat("a", 199) + "…",
	} {
		if got := Cut(text); got != want {
			t.Errorf("%d bytes: got %q, want %q", len(text), got, want)
		}
	}
}
