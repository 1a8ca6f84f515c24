package tree_test

import (
	"fmt"
	"testing"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestMatching_growth matches lists of two sizes, in every relation that is known
// to be hard for a matcher.
func TestMatching_growth(t *testing.T) {
	for name, entries := range map[string][2]func(i, n int) any{
		"shuffled texts":     {func(i, n int) any { return fmt.Sprint("p", i) }, func(i, n int) any { return fmt.Sprint("p", i*617%n) }},
		"reversed":           {func(i, n int) any { return int64(i) }, func(i, n int) any { return int64(n - i) }},
		"many equal ones":    {func(i, n int) any { return int64(i % 3) }, func(i, n int) any { return int64(i % 2) }},
		"nothing in common":  {func(i, n int) any { return fmt.Sprint("a", i) }, func(i, n int) any { return fmt.Sprint("b", i) }},
		"one feature in all": {func(i, n int) any { return tree.Object{"f": true, "v": int64(i)} }, func(i, n int) any { return tree.Object{"f": true, "w": int64(i)} }},
		"moved and changed": {
			func(i, n int) any { return tree.Object{"id": fmt.Sprint(i), "a": int64(i), "b": int64(0)} },
			func(i, n int) any {
				return tree.Object{"id": fmt.Sprint("x", i), "a": int64(i * 617 % n), "b": int64(1)}
			},
		},
		"one identity": {
			func(i, n int) any { return tree.Object{"id": "same", "v": int64(i)} },
			func(i, n int) any { return tree.Object{"id": "same", "v": int64(n + i)} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			treetest.CheckGrowth(t, func(n int) func() {
				lists := [2][]any{make([]any, n), make([]any, n)}
				for side := range lists {
					for i := range n {
						lists[side][i] = entries[side](i, n)
					}
				}
				return func() {
					tree.MatchEntries(lists[0], lists[1], "id")
					tree.MatchSimilar(lists[0], lists[1], "id")
					tree.MatchSimilar(lists[0], lists[1], "")
					tree.Difference(tree.Object{"l": lists[0]}, tree.Object{"l": lists[1]}, byID, nil)
					tree.NewValueSet(lists[0])
				}
			})
		})
	}
}
