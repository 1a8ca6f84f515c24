package runtime_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestParses holds what reads of the history and reverts of a long text allocate, in
// parses of it: the current text is not parsed again, and no text twice.
func TestParses(t *testing.T) {
	var b strings.Builder
	b.WriteString("[tools.tool_timeouts]\n")
	for i := range treetest.Cases(10_000, 2_500) {
		fmt.Fprintf(&b, "k%d = { secs = 1, nanos = 0 }\n", i)
	}
	text := b.String()
	parse := treetest.AllocatedBytes(func() {
		if _, err := document.Parse([]byte(text)); err != nil {
			t.Fatal(err)
		}
	})
	for _, tt := range []struct {
		name string
		most float64 // parses; the rest is differences, views and edits
		do   func(rt *runtime.Runtime) error
	}{
		{"history", 1.5, func(rt *runtime.Runtime) error {
			_, _, err := rt.History(t.Context(), 0, 1)
			return err
		}},
		{"diff with the current generation", 1.5, func(rt *runtime.Runtime) error {
			current := uint64(2)
			_, err := rt.Compare(t.Context(), 1, &current)
			return err
		}},
		{"revert", 2.5, func(rt *runtime.Runtime) error {
			_, err := rt.Revert(t.Context(), 2, nil, runtime.Write{})
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := runtimeOver(t, storeHolding(t, text))
			if _, err := rt.Patch(t.Context(), tree.Object{"rest": tree.Object{"port": int64(9)}}, runtime.Write{}); err != nil {
				t.Fatal(err)
			}
			got := treetest.AllocatedBytes(func() {
				if err := tt.do(rt); err != nil {
					t.Fatal(err)
				}
			})
			if parses := float64(got) / float64(parse); parses > tt.most {
				t.Errorf("%.1f parses were allocated, want at most %.1f", parses, tt.most)
			} else {
				t.Logf("%.1f parses", parses)
			}
		})
	}
}
