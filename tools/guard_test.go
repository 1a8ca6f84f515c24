package tools_test

import (
	"testing"

	"realmconf.io/realmconf/runtime/store"
	"realmconf.io/realmconf/schema/tree"
	"realmconf.io/realmconf/tools"
)

// TestAllocationsOfARead guards what a read of an unchanged configuration costs:
// the configuration is parsed, filled in, masked and rendered once, and not
// again.
func TestAllocationsOfARead(t *testing.T) {
	get := fixtureOperations(t)["get"]
	rpc, tool := tools.Caller{Surface: store.RPC}, tools.Caller{Surface: store.Tool}
	for _, tt := range []struct {
		what string
		most float64
		do   func() error
	}{
		{"method, part", 22, func() error { _, err := get.Call(t.Context(), rpc, tree.Object{"path": "/agent"}); return err }},
		{"method, whole", 16, func() error { _, err := get.Call(t.Context(), rpc, tree.Object{}); return err }},
		{"tool, part", 24, func() error { _, err := get.CallTool(t.Context(), tool, tree.Object{"path": "/agent"}); return err }},
		{"tool, whole", 17, func() error { _, err := get.CallTool(t.Context(), tool, tree.Object{}); return err }},
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
