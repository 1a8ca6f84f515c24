package rpc_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/rpc"
	"realmconf/runtime/store/memory"
	"realmconf/tools/policy"
)

// TestWatch_effective tells changes of an inherited realm to a config/watch of the
// view effective and to the subscribers of a resource, once each, and to no other
// watch.
func TestWatch_effective(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		global := storeOf(t, "[realm.global]\n[agent]\nmodel = \"g\"\n")
		s := realmStore{storeOf(t, "[rest]\nport = 9\n"), map[string]*memory.Store{"global": global}}
		p := connect(t, operationsOver(t, policy.Policy{}, s), rpc.Options{})
		defer p.close()
		got := p.send(
			`{"jsonrpc":"2.0","id":1,"method":"config/watch","params":{"view":"effective","path":"/agent"}}`,
			`{"jsonrpc":"2.0","id":2,"method":"config/watch","params":{"path":"/agent"}}`,
			`{"jsonrpc":"2.0","id":3,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}`,
			`{"jsonrpc":"2.0","id":4,"method":"resources/subscribe","params":{"uri":"realmconf://effective/agent/model"}}`,
			`{"jsonrpc":"2.0","id":5,"method":"resources/subscribe","params":{"uri":"realmconf://config/agent/model"}}`,
		)
		if len(got) != 5 || !strings.Contains(got[0], `"watching":true`) || !strings.Contains(got[3], `"result":{}`) {
			t.Fatalf("got %q, want five replies", got)
		}
		want := func(what string, got []string, lines ...string) {
			t.Helper()
			if len(got) != len(lines) {
				t.Fatalf("%s: got %q, want %q", what, got, lines)
			}
			for i, line := range lines {
				if got[i] != line {
					t.Errorf("%s:\n got %s\nwant %s", what, got[i], line)
				}
			}
		}
		change := func(text string) []string {
			appendTo(t, global, text)
			time.Sleep(time.Minute)
			return p.send()
		}
		want("a change of global", change("[realm.global]\n[agent]\nmodel = \"h\"\n"),
			`{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"realmconf://effective/agent/model"}}`,
			`{"jsonrpc":"2.0","method":"config/changed","params":{"changes":[{"new":"h","old":"g","op":"replace","path":"/agent/model"}],"generation":1,"own":false,"previous_generation":1,"realms":[{"generation":2,"previous_generation":1,"realm_id":"global"}],"view":"effective"}}`)
		want("a change elsewhere", change("[realm.global]\n[agent]\nmodel = \"h\"\n[shell]\nprogram = \"sh\"\n"))
		want("global cannot be read", change("[realm.global"),
			`{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"realmconf://effective/agent/model"}}`,
			`{"jsonrpc":"2.0","method":"config/changed","params":{"changes_omitted":true,"generation":1,"own":false,"previous_generation":1,"realms":[],"refused":"realm \"global\": config.toml is not TOML: line 1, column 14: this table header is not closed: add \"]\"; Meerkat runs no agent of a realm that inherits from it: correct it in that realm","view":"effective"}}`)
		p.send(`{"jsonrpc":"2.0","id":6,"method":"config/unwatch","params":{"view":"effective","path":"/agent"}}`)
		want("after unwatch", change("[realm.global]\n[agent]\nmodel = \"i\"\n"),
			`{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"realmconf://effective/agent/model"}}`)
	})
}

// TestWatch_wrongView refuses other views.
func TestWatch_wrongView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, operations(t, ""), rpc.Options{})
		defer p.close()
		got := p.send(`{"jsonrpc":"2.0","id":1,"method":"config/watch","params":{"view":"stored"}}`)
		if len(got) != 1 || !strings.Contains(got[0], `"path":"/view"`) {
			t.Errorf("got %q, want the error of /view", got)
		}
	})
}
