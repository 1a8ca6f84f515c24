package rpc_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/rpc"
	"realmconf/runtime/store/memory"
	"realmconf/tools/policy"
)

// TestServe_effectChangedWhileAsking: a person's yes to an effect on another realm does
// not hold once that realm has changed so that the effect is another one.
func TestServe_effectChangedWhileAsking(t *testing.T) {
	for name, tt := range map[string]struct {
		changed, text string
		want          string
	}{
		"the effect is another one":  {"org", "[realm.org]\n[rest]\nhost = \"0.0.0.1\"\n", `\"state\":\"expired\"`},
		"another realm inherits":     {"web", "[realm.web]\nparent = \"team\"\n", `\"state\":\"expired\"`},
		"the effect is the same":     {"app", "[realm.app]\nparent = \"team\"\n[agent]\nmodel = \"m\"\n", `\"changed\":true`},
		"a realm has become unknown": {"web", "[realm.web", `\"state\":\"expired\"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := realmStore{storeOf(t, "[realm.team]\nparent = \"org\"\n"), map[string]*memory.Store{
					"org": storeOf(t, "[realm.org]\n[rest]\nhost = \"0.0.0.0\"\n"),
					"app": storeOf(t, "[realm.app]\nparent = \"team\"\n"),
					"web": storeOf(t, "[realm.web]\n"),
				}}
				p := connect(t, operationsOver(t, policy.Policy{}, s), rpc.Options{})
				defer p.close()
				asked := p.send(
					`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}}}}`,
					`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"config_patch","arguments":{"patch":{"rest":{"port":9000}},"expected_generation":1}}}`,
				)
				question := strings.Join(asked, "\n")
				if !strings.Contains(question, "in effect in realms team and app: /rest/host") {
					t.Fatalf("got %s, want a question about the effect", question)
				}
				appendTo(t, s.relatives[tt.changed], tt.text)
				id := fillIn("${asked}", question)
				time.Sleep(2 * time.Second)
				answer := strings.Join(p.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"result":{"action":"accept","content":{"decision":"yes"}}}`, id)), "\n")
				if !strings.Contains(answer, tt.want) {
					t.Errorf("got %s, want %s", answer, tt.want)
				}
			})
		})
	}
}
