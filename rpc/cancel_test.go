package rpc_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"realmconf/rpc"
	"realmconf/schema/tree"
)

// TestServe_cancelWrites sends large writes and then their cancellations, as a
// client that gives up. The first writes may be done before; the last must end as
// cancelled and leave no generation behind.
func TestServe_cancelWrites(t *testing.T) {
	const writes, steps = 40, 999
	var more strings.Builder
	for i := range steps {
		fmt.Fprintf(&more, `,{"op":"add","path":"/shell/security_patterns/0","value":"pattern %d"}`, i)
	}
	var input strings.Builder
	for i := range writes {
		fmt.Fprintf(&input, `{"jsonrpc":"2.0","id":%d,"method":"config/patch","params":{"return":"changes","operations":[{"op":"replace","path":"/shell/security_patterns","value":["%[1]d"]}%s]}}`+"\n",
			i, more.String())
	}
	for i := range writes {
		fmt.Fprintf(&input, `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":%d}}`+"\n", i)
	}
	var out bytes.Buffer
	served := operations(t, "")
	// Two connections: a cancelled write leaves the order, so a read of the same
	// connection would not wait for one that is committed nevertheless.
	for _, text := range []string{input.String(), `{"jsonrpc":"2.0","id":"after","method":"config/get","params":{"path":"/rest"}}`} {
		if err := rpc.Serve(t.Context(), strings.NewReader(text), &out, served, rpc.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	done, cancelled, generation := 0, 0, any(nil)
	for line := range strings.Lines(out.String()) {
		reply, err := tree.DecodeObjectUnlimited([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		result, _ := reply["result"].(tree.Object)
		failure, _ := reply["error"].(tree.Object)
		switch {
		case reply["id"] == "after":
			generation = result["generation"]
		case result != nil:
			done++
		case failure["code"] == int64(-32800):
			cancelled++
		default:
			t.Errorf("got %.300s, want a result or the cancellation", line)
		}
	}
	if done+cancelled != writes || cancelled == 0 {
		t.Errorf("got %d results and %d cancellations, want %d together, and some cancellations", done, cancelled, writes)
	}
	if generation != int64(done) {
		t.Errorf("after %d results: got generation %v", done, generation)
	}
}
