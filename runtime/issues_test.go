package runtime_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestWarnings_areBounded reads files with very many mistakes, and changes another
// key: the first hundred are listed, with hints, and the number of the others.
func TestWarnings_areBounded(t *testing.T) {
	text := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "modle%d = 1\n", i)
		}
		return b.String()
	}
	rt := runtimeOver(t, storeHolding(t, text(5_000)))
	outcome, err := rt.Patch(t.Context(), agentPatch(1), runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	for name, warnings := range map[string][]schema.Issue{"a read": get(t, rt).Warnings(), "a write": outcome.Warnings} {
		if len(warnings) != schema.MaxIssues+1 {
			t.Fatalf("%s: got %d warnings, want %d and one more", name, len(warnings), schema.MaxIssues)
		}
		first, last := warnings[0], warnings[schema.MaxIssues]
		if first.Hint == "" || first.Line == 0 {
			t.Errorf("%s: the first warning has no hint or no line: %+v", name, first)
		}
		if want := "4900 more mistakes are not listed"; last.Message != want || last.Path != "" {
			t.Errorf("%s: the last warning is %+v, want %q", name, last, want)
		}
	}

	allocated := func(n int) uint64 {
		s := get(t, runtimeOver(t, storeHolding(t, text(n))))
		return treetest.AllocatedBytes(func() { s.Warnings() })
	}
	large := treetest.Cases(50_000, 10_000)
	if few, many := allocated(1_000), allocated(large); many > uint64(large)/1_000*6/5*few {
		t.Errorf("the warnings of %d mistakes allocate %d bytes, those of 1,000 %d", large, many, few)
	}
}

// TestRefusal_isBounded refuses as many mistakes as a request can hold.
func TestRefusal_isBounded(t *testing.T) {
	wrong := make(tree.Object)
	for i := range tree.MaxKeys {
		wrong[fmt.Sprint("modle", i)] = int64(1)
	}
	_, err := newRuntime(t).Patch(t.Context(), wrong, runtime.Write{})
	f := fault.Of(err)
	issues, _ := f.Data["issues"].([]schema.Issue)
	if f.Kind != fault.InvalidConfig || len(issues) != schema.MaxIssues || cap(issues) > 2*schema.MaxIssues || f.Data["issues_omitted"] != tree.MaxKeys-schema.MaxIssues {
		t.Errorf("got %s with %d issues (of capacity %d) and issues_omitted %v", f.Kind, len(issues), cap(issues), f.Data["issues_omitted"])
	}
	if want := fmt.Sprintf("(and %d more, the first %d in issues)", tree.MaxKeys-1, schema.MaxIssues); !strings.Contains(f.Message, want) {
		t.Errorf("got the text %q, want %q in it", f.Message, want)
	}
}
