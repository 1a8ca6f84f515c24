package rpc_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"realmconf/rpc"
)

// TestWatch_paths refuses impossible paths with the error of a read, and accepts
// paths that may exist later.
func TestWatch_paths(t *testing.T) {
	const broken = "a = = 1\n"
	for _, tt := range []struct{ config, path, want string }{
		{"", "", `"watching":true`},
		{"", "/rest/port", `"watching":true`},
		{"", "/agent/system_prompt", `"watching":true`},            // an optional key
		{"", "/self_hosted/servers/x/base_url", `"watching":true`}, // below a key of a map
		{"", "/hooks/entries/3/id", `"watching":true`},             // below an index of a list
		{"", "/self_hosted/servers/-", `"watching":true`},          // a possible key of a map
		{"[old]\nkey = 1\n", "/old/key", `"watching":true`},        // in the file, although not in the schema
		{broken, "/rest/port", `"watching":true`},
		{"", "/nope", `"message":"/nope: no such key; the configuration has `},
		{"", "/rest/prot", `"nearest":["/rest/port"],"path":"/rest/prot"},"message":"/rest/prot: no such key; did you mean /rest/port?"`},
		{"", "/rest/port/x", `"message":"/rest/port/x: there is nothing below /rest/port, which is an integer; read that instead"`},
		{"", "/hooks/entries/-", `"message":"/hooks/entries/-: no such entry; the list /hooks/entries is empty"`},
		{"", "/hooks/entries/first", `"kind":"not_found"`},
		{"[old]\nkey = 1\n", "/old/kye", `did you mean /old/key?`},
		{broken, "/rest/prot", `did you mean /rest/port?`},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := connect(t, operations(t, tt.config), rpc.Options{})
			defer p.close()
			got := p.send(watchLine(tt.path), `{"jsonrpc":"2.0","id":"u","method":"config/unwatch"}`)
			refused := !strings.Contains(tt.want, "watching")
			if len(got) != 2 || !strings.Contains(got[0], tt.want) || refused != strings.Contains(got[0], `"kind":"not_found"`) {
				t.Errorf("%q over %q: got %s, want %s", tt.path, tt.config, got, tt.want)
			}
		})
	}
}

// TestWatch_unknownParameters checks that several wrong parameters get the same
// error each time: the first in the order of their names.
func TestWatch_unknownParameters(t *testing.T) {
	for _, method := range []string{"config/watch", "config/unwatch"} {
		synctest.Test(t, func(t *testing.T) {
			p := connect(t, operations(t, ""), rpc.Options{})
			defer p.close()
			for range 20 {
				got := p.send(`{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":{"z":1,"name":"c","arguments":{}}}`)
				if len(got) != 1 || !strings.Contains(got[0], `"path":"/arguments"`) {
					t.Fatalf("%s: got %s, want the error of /arguments", method, got)
				}
			}
		})
	}
}
