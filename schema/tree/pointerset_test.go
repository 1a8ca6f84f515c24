package tree_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// TestPointerSet_property compares a set with the pointers one by one.
func TestPointerSet_property(t *testing.T) {
	pointers := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "0"}), 0, 4), func(tokens []string) tree.Pointer { return tokens }), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		all := pointers.Draw(t, "all")
		set := tree.NewPointerSet(all...)
		for _, p := range append(pointers.Draw(t, "asked"), nil) {
			for name, is := range map[string][2]bool{
				"Covers":    {set.Covers(p), slices.ContainsFunc(all, func(q tree.Pointer) bool { return p.HasPrefix(q) })},
				"Overlaps":  {set.Overlaps(p), slices.ContainsFunc(all, p.Overlaps)},
				"HasWithin": {set.HasWithin(p), slices.ContainsFunc(all, func(q tree.Pointer) bool { return q.HasPrefix(p) })},
			} {
				if is[0] != is[1] {
					t.Fatalf("%s(%q) of %q is %v", name, p, all, is[0])
				}
			}
		}
	})
}
