package rpc_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// TestServe_limitOfKeys sends writes with one key too many in every form. Each is
// refused alone, and the connection goes on.
func TestServe_limitOfKeys(t *testing.T) {
	var members []string
	for i := range tree.MaxKeys + 1 {
		members = append(members, fmt.Sprintf(`"k%d":1`, i))
	}
	keys := "{" + strings.Join(members, ",") + "}"
	for _, request := range []string{
		`{"id":1,"jsonrpc":"2.0","method":"config/patch","params":{"patch":` + keys + `}}`,
		`{"id":1,"jsonrpc":"2.0","method":"config/patch","params":` + keys + `}`,
		`{"id":1,"jsonrpc":"2.0","method":"config/set","params":{"config":` + keys + `}}`,
		`{"id":1,"jsonrpc":"2.0","method":"config/set","params":{"config":{},"expected_generation":0,"dry_run":` + keys + `}}`,
		`[{"id":1,"jsonrpc":"2.0","method":"config/patch","params":{"patch":` + keys + `}}]`,
	} {
		output := converse(t, nil, nil, request+"\n"+`{"id":2,"jsonrpc":"2.0","method":"config/get","params":{"path":"/rest/port"}}`+"\n")
		const refusal = `"code":1010,"data":{"kind":"too_large","limit":10000},"message":"more than 10000 keys and list entries, which is the limit of one request: split the write into several; nothing was done"`
		if !strings.Contains(output, refusal) || !strings.Contains(output, `"value":8080`) {
			t.Errorf("%.90s…: got %s", request, output)
		}
	}
}
