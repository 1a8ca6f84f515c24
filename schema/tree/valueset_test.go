package tree_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// TestValueSet_property compares a set with the values one by one.
func TestValueSet_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(values(2), 0, 8).Draw(t, "list")
		set := tree.NewValueSet(list)
		for _, v := range append(rapid.SliceOfN(values(2), 0, 4).Draw(t, "asked"), list...) {
			if got, want := set.Has(v), slices.ContainsFunc(list, func(w any) bool { return tree.Equal(v, w) }); got != want {
				t.Fatalf("%s in %s: got %v", text(v), text(list), got)
			}
		}
	})
}
