package runtime_test

import (
	"fmt"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// The tokens of one write lead to sixteen earlier generations at most: each is read
// and parsed.
func TestOperate_tokensOfManyGenerations(t *testing.T) {
	const most, kept = 16, 20
	s := newStore()
	for i := range kept {
		appendText(t, s, fmt.Sprintf("[[tools.mcp_servers]]\nname = \"x\"\ncommand = \"y\"\nenv = { K = \"secret %d\" }\n", i+1))
	}
	rt := runtimeOver(t, s)
	operations := func(n int) (list []tree.Operation) {
		for g := range n {
			list = append(list, tree.Operation{
				Op: "add", Path: tree.Pointer{"tools", "mcp_servers", "0", "env", fmt.Sprint("K", g+1)},
				Value: fmt.Sprintf("realmconf-secret:%d:/tools/mcp_servers/0/env/K", g+1),
			})
		}
		return list
	}
	if _, err := rt.Operate(t.Context(), operations(most+1), runtime.Write{}); !fault.Is(err, fault.InvalidConfig) {
		t.Errorf("tokens of %d earlier generations: got %v, want invalid_config", most+1, err)
	}
	outcome, err := rt.Operate(t.Context(), operations(most), runtime.Write{})
	if err != nil {
		t.Fatalf("tokens of %d earlier generations: %v", most, err)
	}
	last, _, _ := tree.Pointer{"tools", "mcp_servers", "0", "env", fmt.Sprint("K", most)}.Get(outcome.After.Stored())
	if want := fmt.Sprint("secret ", most); last != want {
		t.Errorf("got %q for the last token, want %q", last, want)
	}
}
