package meerkat_test

import (
	"strings"
	"testing"

	"realmconf/schema/meerkat/realmid"
)

func TestIsSlug(t *testing.T) {
	for id, want := range map[string]bool{
		"mob.x": true, ".": true, "-": true, strings.Repeat("a", 500): true,
		"": false, "a b": false, "a/b": false, "ü": false,
	} {
		if got := realmid.IsSlug(id); got != want {
			t.Errorf("IsSlug(%q) = %v, want %v", id, got, want)
		}
	}
}
