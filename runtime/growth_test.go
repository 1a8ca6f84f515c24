package runtime_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// manyServers returns a text with n servers whose addresses have a suffix.
func manyServers(n int, suffix string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[self_hosted.servers.s%d]\nbase_url = \"http://h%d%s\"\n", i, i, suffix)
	}
	return b.String()
}

// patterns returns the list p0 to pn, in steps.
func patterns(n, step int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = fmt.Sprint("p", i*step%n)
	}
	return list
}

// TestWrite_growth makes writes of two sizes, each as large as its input lets it
// be.
func TestWrite_growth(t *testing.T) {
	shell := func(list []any) tree.Object { return tree.Object{"shell": tree.Object{"security_patterns": list}} }
	for _, tt := range []struct {
		name  string
		text  func(n int) string
		write func(rt *runtime.Runtime, n int) error
	}{
		{"a list is shuffled", func(n int) string { return string(tomlList(patterns(n, 1))) }, func(rt *runtime.Runtime, n int) error {
			_, err := rt.Patch(t.Context(), shell(patterns(n, 617)), runtime.Write{})
			return err
		}},
		{"unknown keys are refused", func(int) string { return "" }, func(rt *runtime.Runtime, n int) error {
			wrong := make(tree.Object)
			for i := range n {
				wrong[fmt.Sprint("wrong", i)] = int64(i)
			}
			_, err := rt.Patch(t.Context(), wrong, runtime.Write{})
			if !fault.Is(err, fault.InvalidConfig) {
				return fmt.Errorf("got %w, want a refusal", err)
			}
			return nil
		}},
		{"a conflict is explained", func(n int) string { return manyServers(n, "") }, func(rt *runtime.Runtime, n int) error {
			servers := make(tree.Object)
			for i := range n {
				servers[fmt.Sprint("s", i)] = tree.Object{"api_style": "responses"}
			}
			_, err := rt.Patch(t.Context(), tree.Object{"self_hosted": tree.Object{"servers": servers}}, runtime.Write{Expected: expect(1)})
			var c *runtime.Conflict
			if !errors.As(err, &c) || len(c.Changes) != n || len(c.By) != n {
				return fmt.Errorf("got %w, want a conflict with %d changes", err, n)
			}
			return nil
		}},
		{"operations", func(n int) string { return manyServers(n, "") }, func(rt *runtime.Runtime, n int) error {
			operations := make([]tree.Operation, n/10)
			for i := range operations {
				operations[i] = tree.Operation{Op: "replace", Path: tree.Pointer{"self_hosted", "servers", fmt.Sprint("s", i), "base_url"}, Value: "http://new"}
			}
			_, err := rt.Operate(t.Context(), operations, runtime.Write{})
			return err
		}},
		{"renames are undone", func(n int) string { return manyServers(n, "") + "[rest]\nport = 1\n" }, func(rt *runtime.Runtime, n int) error {
			_, err := rt.Revert(t.Context(), 2, nil, runtime.Write{})
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			treetest.CheckGrowth(t, func(n int) func() {
				s := storeHolding(t, tt.text(n))
				if tt.name == "a conflict is explained" {
					appendText(t, s, manyServers(n, "-2"))
				}
				if tt.name == "renames are undone" {
					renamed := strings.ReplaceAll(manyServers(n, ""), "servers.s", "servers.t")
					appendText(t, s, renamed+"[rest]\nport = 1\n")
					appendText(t, s, strings.ReplaceAll(renamed, "http", "https")+"[rest]\nport = 1\n") // later work in each
				}
				rt := runtimeOver(t, s)
				get(t, rt).ShownStored()
				return func() {
					if err := tt.write(rt, n); err != nil {
						t.Fatal(err)
					}
				}
			})
		})
	}
}

func tomlList(list []any) []byte {
	return fmt.Appendf(nil, "[shell]\nsecurity_patterns = %s\n", tree.Append(nil, list))
}
