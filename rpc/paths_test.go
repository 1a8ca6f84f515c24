package rpc_test

import (
	"strings"
	"testing"
)

// TestServe_pathsPerRequest reads the same configuration with and without asking
// for paths, in turn: a cached reply must not have the wrong paths.
func TestServe_pathsPerRequest(t *testing.T) {
	const ask, silent = `{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"_meta":{"io.realmconf/diagnostic":{}}}}` + "\n",
		`{"jsonrpc":"2.0","id":2,"method":"config/get"}` + "\n"
	for i, answer := range strings.Split(strings.TrimSpace(converse(t, []string{"[agent]\n"}, nil, ask+silent+ask+silent)), "\n") {
		if got, want := strings.Contains(answer, "resolved_paths"), i%2 == 0; got != want {
			t.Errorf("answer %d: paths are there: %v, want %v\n%s", i, got, want, answer)
		}
	}
}
