package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/schema/tree/treetest"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// denseChanges returns long texts that a rollback takes away: of many tables, of many
// secrets, and of one entry with many secrets.
func denseChanges() map[string]string {
	repeat := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	const tables = document.MaxTables - 10
	return map[string]string{
		"hooks":   repeat(tables, "[[hooks.entries]]\nid='a%d'\n"),
		"auths":   repeat(tables, "[realm.a.auth.s%d]\nx=1\n"),
		"secrets": repeat(55_000, "k%d='1'\n"),
		"env":     "[[tools.mcp_servers]]\nname='a'\ncommand='x'\n[tools.mcp_servers.env]\n" + repeat(55_000, "K%d='1'\n"),
	}
}

// TestCallTool_denseChanges holds the memory of a tool's call that changes nearly as
// much as there can be, with its question: half of 150 MB may be in use at a time, and
// a call may use it a few times.
func TestCallTool_denseChanges(t *testing.T) {
	most := uint64(200 << 20)
	if treetest.RaceFactor > 1 {
		most = 256 << 20 // the race detector allocates, too
	}
	for name, text := range treetest.Few(denseChanges(), 2/treetest.Stride(2)) {
		c := clientOf(t, policy.Policy{}, "[rest]\nport=1\n", text)
		if _, err := c.rt.Get(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var err error
		bytes := treetest.AllocatedBytes(func() {
			_, err = c.toolAsking(string(tools.Rollback), `{"to":1,"expected_generation":2}`, func(policy.Question) (policy.Answer, error) { return policy.Cancelled, nil })
		})
		if !fault.Is(err, fault.ApprovalRequired) {
			t.Errorf("%s: got %v, want approval_required", name, err)
		}
		if bytes > most {
			t.Errorf("%s: the call allocated %d MiB, want at most %d", name, bytes>>20, most>>20)
		}
	}
}
