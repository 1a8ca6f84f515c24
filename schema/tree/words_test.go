package tree_test

import (
	"math"
	"testing"

	"realmconf/schema/tree"
)

func TestJoinWords(t *testing.T) {
	for _, c := range []struct {
		items       []string
		conjunction string
		limit       int
		want        string
	}{
		{nil, "and", 3, ""},
		{[]string{"a"}, "and", 3, "a"},
		{[]string{"a", "b"}, "or", 3, "a or b"},
		{[]string{"a", "b", "c"}, "and", 3, "a, b and c"},
		{[]string{"a", "b", "c", "d"}, "and", 3, "a, b, c and 1 more"},
		{[]string{"a", "b", "c"}, "and", 1, "a and 2 more"},
		{[]string{"a", "b", "c", "d"}, "or", math.MaxInt, "a, b, c or d"},
	} {
		if got := tree.JoinWords(c.items, c.conjunction, c.limit); got != c.want {
			t.Errorf("%q: got %q, want %q", c.items, got, c.want)
		}
	}
}
