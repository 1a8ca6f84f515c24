package tools_test

import (
	"testing"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// TestGet_allocations bounds the cost of a read of an unchanged configuration,
// which is parsed, filled in, masked and encoded only once.
func TestGet_allocations(t *testing.T) {
	get := fixtureOperations(t)["get"]
	rpc, tool := tools.Caller{Surface: store.RPC}, tools.Caller{Surface: store.Tool}
	for _, tt := range []struct {
		what string
		most float64
		do   func() error
	}{
		{"method, part", 22, func() error { _, err := get.Call(t.Context(), rpc, tree.Object{"path": "/agent"}); return err }},
		{"method, whole", 8, func() error { _, err := get.Call(t.Context(), rpc, tree.Object{}); return err }},
		{"tool, part", 24, func() error { _, err := get.CallTool(t.Context(), tool, tree.Object{"path": "/agent"}); return err }},
		{"tool, whole", 9, func() error { _, err := get.CallTool(t.Context(), tool, tree.Object{}); return err }},
	} {
		got := testing.AllocsPerRun(100, func() {
			if err := tt.do(); err != nil {
				t.Error(err)
			}
		})
		if got > tt.most {
			t.Errorf("%s: %v allocations, want at most %v", tt.what, got, tt.most)
		}
	}
}

// TestGet_cachedReplies reads the whole configuration in every way, twice: the
// reply of one way must not be served for another.
func TestGet_cachedReplies(t *testing.T) {
	get := fixtureOperations(t)["get"]
	for range 2 {
		for _, surface := range []store.Surface{store.RPC, store.Tool} {
			for _, view := range []string{"", "resolved", "stored"} {
				params := tree.Object{}
				if view != "" {
					params["view"] = view
				}
				call := get.Call
				if surface == store.Tool {
					call = get.CallTool
				}
				raw, err := call(t.Context(), tools.Caller{Surface: surface}, params)
				if err != nil {
					t.Fatal(err)
				}
				reply, err := tree.DecodeObject(raw)
				if err != nil {
					t.Fatal(err)
				}
				_, hinted := reply["hint"]
				_, _, filled := tree.Pointer{"agent", "max_turns"}.Get(reply["config"])
				if hinted != (surface == store.Tool) || filled != (view != "stored") {
					t.Errorf("%s, view %q: hinted %v, defaults %v", surface, view, hinted, filled)
				}
			}
		}
	}
}
