package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
	"realmconf/tools/policy"
)

// TestReview_growth reviews changes of every kind at two sizes: a file that is
// edited by hand may hold tens of thousands of entries, and a request thousands.
func TestReview_growth(t *testing.T) {
	hooks := func(n int, from int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[[hooks.entries]]\nid = \"h%d\"\npoint = \"run_failed\"\n", from+i)
		}
		return b.String()
	}
	patterns := func(n, step, from int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("%q", fmt.Sprint("p", from+i*step%n))
		}
		return "[shell]\nsecurity_patterns = [" + strings.Join(list, ",") + "]\n"
	}
	servers := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[self_hosted.servers.s%d]\nbase_url = \"http://h%d\"\n", i, i)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name          string
		before, after func(n int) string
	}{
		{"hooks that come", func(int) string { return "" }, func(n int) string { return hooks(n, 0) }},
		{"hooks that go", func(n int) string { return hooks(n, 0) }, func(int) string { return "" }},
		{"hooks that are replaced", func(n int) string { return hooks(n, 0) }, func(n int) string { return hooks(n, n) }},
		{"a list that is shuffled", func(n int) string { return patterns(n, 1, 0) }, func(n int) string { return patterns(n, 617, 0) }},
		{"a list whose entries are replaced", func(n int) string { return patterns(n, 1, 0) }, func(n int) string { return patterns(n, 1, n) }},
		{"a map that comes", func(int) string { return "" }, servers},
		{"a map that goes", servers, func(int) string { return "" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			treetest.CheckGrowth(t, func(n int) func() {
				c := compare(t, tt.before(n), tt.after(n))
				c.Before.Resolved()
				c.After.Resolved()
				var p policy.Policy
				if n%2 == 0 {
					p = allow(t, "/hooks/entries/1,/shell/program")
				}
				calls := []policy.Call{
					{Tool: "config_set", Reason: "growth"},
					{Tool: "config_set", Patch: tree.Object{"hooks": nil}},
					{Tool: "config_set", Patch: tree.Object{"rest": tree.Object{}}, AllowDrop: allowed(n)},
				}
				return func() { reviewAll(t, p, calls, c) }
			})
		})
	}
}

// allowed returns pointers to the first entries of all lists in the test.
func allowed(n int) []tree.Pointer {
	all := make([]tree.Pointer, 0, 3*n)
	for i := range n {
		all = append(all, tree.Pointer{"hooks", "entries"}.Index(i), tree.Pointer{"self_hosted", "servers", fmt.Sprint("s", i)}, tree.Pointer{"shell", "security_patterns"}.Index(i))
	}
	return all
}

// reviewAll judges a change for several calls, and asks the question of each that
// is held.
func reviewAll(t *testing.T, p policy.Policy, calls []policy.Call, c *runtime.Comparison) {
	for _, call := range calls {
		_, err := p.NewReview(meerkat.New(), call).Judge(t.Context(), c)
		if unapproved, isHeld := err.(*policy.UnapprovedError); isHeld {
			if q, err := unapproved.Question(); err == nil && q.ShowsAll {
				t.Error("a message shows a change of thousands of fields")
			}
		}
	}
}

// TestOperationDrops_growth reviews operations that overwrite as much as a request
// may, on files of two sizes: the time grows with the two, not with their product.
func TestOperationDrops_growth(t *testing.T) {
	for name, operation := range map[string]func(i int) tree.Operation{
		"entries": func(i int) tree.Operation {
			return tree.Operation{Op: "replace", Path: tree.Pointer{"hooks", "entries"}.Index(i), Value: tree.Object{"id": fmt.Sprint("h", i), "point": "run_started"}}
		},
		"keys": func(i int) tree.Operation {
			return tree.Operation{Op: "replace", Path: tree.Pointer{"self_hosted", "servers", fmt.Sprint("s", i), "base_url"}, Value: "http://new"}
		},
		"the whole map": func(i int) tree.Operation {
			if i%2 == 0 {
				return tree.Operation{Op: "move", From: tree.Pointer{"self_hosted", "servers"}, Path: tree.Pointer{"self_hosted", "models"}}
			}
			return tree.Operation{Op: "move", From: tree.Pointer{"self_hosted", "models"}, Path: tree.Pointer{"self_hosted", "servers"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			treetest.CheckGrowth(t, func(n int) func() {
				var text strings.Builder
				for i := range n / 2 { // two tables each: a text has at most document.MaxTables
					fmt.Fprintf(&text, "[[hooks.entries]]\nid = \"h%d\"\n[self_hosted.servers.s%d]\nbase_url = \"http://h%d\"\n", i, i, i)
				}
				c := compare(t, text.String(), text.String())
				c.Before.Shown()
				ops := make([]tree.Operation, n/10) // at most 800
				for i := range ops {
					ops[i] = operation(i)
				}
				return func() {
					_, _ = policy.Policy{}.NewReview(meerkat.New(), policy.Call{Tool: "config_patch", Operations: ops}).Judge(t.Context(), c)
				}
			})
		})
	}
}
