package tree_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

func list(t *testing.T, text string) []any {
	t.Helper()
	v, err := tree.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v.([]any)
}

func TestMatchEntries(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		want           []int // by new index
		moved          []int
	}{
		{"equal", `["a","b"]`, `["a","b"]`, []int{0, 1}, nil},
		{"removed in front", `["a","b"]`, `["b"]`, []int{1}, nil},
		{"added between", `["a","b"]`, `["a","x","b"]`, []int{0, -1, 1}, nil},
		{"one of several equal ones removed", `["a","a","a"]`, `["a","a"]`, []int{0, 1}, nil},
		{"moved to the front", `["a","b","c"]`, `["c","a","b"]`, []int{2, 0, 1}, []int{0}},
		{"changed in its place", `["a","b","c"]`, `["a","x","c"]`, []int{0, 1, 2}, nil},
		{"from nothing", `[]`, `["a"]`, []int{-1}, nil},
		{"changed by identity", `[{"id":"a","v":1},{"id":"b","v":2}]`, `[{"id":"b","v":3}]`, []int{1}, nil},
		{"moved and changed by identity", `[{"id":"a","v":1},{"id":"b","v":2}]`, `[{"id":"b","v":3},{"id":"a","v":4}]`, []int{1, 0}, []int{1}},
		{"two identities are two entries", `[{"id":"a","v":1}]`, `[{"id":"b","v":1}]`, []int{-1}, nil},
		{"an identity for an entry without one", `[{"v":1}]`, `[{"id":"b","v":1}]`, []int{0}, nil},
		{"one identity twice", `[{"id":"a","v":1},{"id":"a","v":2}]`, `[{"id":"a","v":2},{"id":"a","v":3}]`, []int{1, 0}, []int{1}},
		{"numbers that are equal", `[1,2]`, `[2.0,1]`, []int{1, 0}, []int{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := tree.MatchEntries(list(t, c.old), list(t, c.new), "id")
			checkMatching(t, m, c.want, c.moved)
		})
	}
}

func TestMatchSimilar(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		want           []int
		moved          []int
	}{
		{"renamed in its place", `[{"id":"a","v":1},{"id":"z"}]`, `[{"id":"b","v":1},{"id":"z"}]`, []int{0, 1}, nil},
		{"changed after a removal", `[{"n":"a","v":1},{"n":"b","v":2}]`, `[{"n":"b","v":3}]`, []int{1}, nil},
		{"changed in most members after a removal", `[{"n":"a","v":1,"w":1},{"n":"b","v":2,"w":2}]`, `[{"n":"b","v":3,"w":3}]`, []int{1}, nil},
		{"moved, and another one changed", `[{"n":"a","v":1},{"n":"b","v":2},{"n":"c","v":3}]`, `[{"n":"c","v":3},{"n":"a","v":1},{"n":"b","v":4}]`, []int{2, 0, 1}, []int{0}},
		{"values exchanged", `[{"n":1,"v":"a"},{"n":2,"v":"b"}]`, `[{"n":1,"v":"b"},{"n":2,"v":"a"}]`, []int{0, 1}, nil},
		{"nested lists", `[[1,2],[3,4],[5]]`, `[[3,4,9],[1,2],[5]]`, []int{1, 0, 2}, []int{1}},
		{"a member that all have says nothing", `[{"on":true,"n":1},{"on":true,"n":2}]`, `[{"on":true,"n":2},{"on":true,"n":3}]`, []int{1, -1}, nil},
		{"removed, and an unlike one added elsewhere", `[{"id":"a","v":1,"w":1},{"id":"k"}]`, `[{"id":"k"},{"id":"b","v":1,"w":2}]`, []int{1, -1}, nil},
		{"without anything in common", `[{"n":1,"v":1},{"n":2}]`, `[{"q":1}]`, []int{0}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := tree.MatchSimilar(list(t, c.old), list(t, c.new), "id")
			checkMatching(t, m, c.want, c.moved)
		})
	}
}

func checkMatching(t *testing.T, m *tree.Matching, want, moved []int) {
	t.Helper()
	if diff := cmp.Diff(want, m.Old); diff != "" {
		t.Errorf("old indexes (-want +got):\n%s", diff)
	}
	var got []int
	for j, is := range m.Moved {
		if is {
			got = append(got, j)
		}
	}
	if diff := cmp.Diff(moved, got); diff != "" {
		t.Errorf("moved (-want +got):\n%s", diff)
	}
}

func TestMatch_isConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any {
			o := tree.Object{"v": rapid.Int64Range(0, 3).Draw(t, "v")}
			if id := rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(t, "id"); id != "" {
				o["id"] = id
			}
			return o
		}), 0, 8)
		old, new := entries.Draw(t, "old"), entries.Draw(t, "new")
		for name, match := range map[string]func([]any, []any, string) *tree.Matching{"entries": tree.MatchEntries, "similar": tree.MatchSimilar} {
			m := match(old, new, "id")
			last := -1
			for j, i := range m.Old {
				if i < 0 {
					continue
				}
				if m.New[i] != j {
					t.Fatalf("%s: new %d is old %d, which is new %d", name, j, i, m.New[i])
				}
				if !m.Moved[j] && i < last {
					t.Fatalf("%s: entry %d did not move, and is out of order", name, j)
				}
				if !m.Moved[j] {
					last = i
				}
			}
			for i, e := range old {
				if m.New[i] < 0 && slices.ContainsFunc(new, func(n any) bool {
					j := slices.IndexFunc(new, func(o any) bool { return tree.Equal(o, n) })
					return tree.Equal(e, n) && m.Old[j] < 0
				}) {
					t.Fatalf("%s: %v is in both lists and not matched: %v", name, e, m)
				}
			}
		}
	})
}

// The work for a long list must be in proportion to its length, also if its
// entries have a member in common, or lose their order.
func BenchmarkMatchSimilar(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		old, new := make([]any, n), make([]any, n)
		for i := range n {
			old[i] = tree.Object{"name": fmt.Sprint(i), "on": true}
			new[n-1-i] = tree.Object{"name": fmt.Sprint(i), "on": false}
		}
		for _, key := range []string{"name", ""} {
			b.Run(fmt.Sprintf("%d/%s", n, key), func(b *testing.B) {
				for b.Loop() {
					tree.MatchSimilar(old, new, key)
				}
			})
		}
	}
}

func TestMatching_Steps(t *testing.T) {
	m := tree.MatchEntries(list(t, `["gone","a","moved","b","c"]`), list(t, `["a","b","moved","new","c"]`), "")
	var got []string
	for i, j := range m.Steps() {
		got = append(got, fmt.Sprint(i, " ", j))
	}
	want := []string{"0 -1", "1 0", "-1 1", "2 2", "3 -1", "-1 3", "4 4"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
