package policy_test

import (
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// droppable is a configuration with a list of each identity: id, name, none, and
// scalars.
const droppable = `
[agent]
model = "m"
[rest]
host = "h"
port = 9000
[shell]
program = "sh"
security_patterns = ["a", "b", "b"]
[tools]
tool_timeouts = { search = "5s" }
[[tools.mcp_servers]]
name = "git"
command = "git-mcp"
args = ["x", "y"]
env = { A = "1", B = "2" }
[[tools.mcp_servers]]
name = "web"
url = "https://mcp.example"
[[hooks.entries]]
id = "one"
point = "run_started"
[[hooks.entries]]
id = "two"
[realm.r.backend.b]
provider = "openai"
backend_kind = "openai_api"
options = { a = 1, list = [{ x = 1 }, { x = 2 }], empty = [{}] }
`

const (
	git   = `{"name":"git","command":"git-mcp","args":["x","y"],"env":{"A":"1","B":"2"}}`
	web   = `{"name":"web","url":"https://mcp.example"}`
	first = `{"id":"one","point":"run_started"}`
)

// dropsOf returns the drops of a refusal as JSON, "" if it is none.
func dropsOf(t *testing.T, err error) string {
	t.Helper()
	f := fault.Of(err)
	if f == nil {
		return ""
	}
	if f.Kind != fault.WouldDrop {
		t.Fatalf("got %v, want would_drop or no error", err)
	}
	return string(tree.Append(nil, f.Data["drops"]))
}

func TestReview_dropsOfAPatch(t *testing.T) {
	for _, tt := range []struct{ name, patch, allow, want string }{
		{"a value", `{"rest":{"port":1}}`, "", ""},
		{"a key by null", `{"rest":{"port":null}}`, "", ""},
		{"a section by null", `{"shell":null}`, "", ""},
		{"a map's member by null", `{"tools":{"tool_timeouts":{"search":null}}}`, "", ""},
		{"an entry with more", `{"hooks":{"entries":[` + first + `,{"id":"two","enabled":false}]}}`, "", ""},
		{"a longer list", `{"hooks":{"entries":[` + first + `,{"id":"two"},{"id":"three"}]}}`, "", ""},
		{"another order", `{"hooks":{"entries":[{"id":"two"},` + first + `]}}`, "", ""},
		{"another order, and a key lost", `{"hooks":{"entries":[{"id":"two"},{"id":"one"}]}}`, "", `[{"path":"/hooks/entries/0/point"}]`},
		{"an entry", `{"hooks":{"entries":[` + first + `]}}`, "", `[{"entries":["two"],"path":"/hooks/entries"}]`},
		{"an entry for another", `{"hooks":{"entries":[` + first + `,{"id":"three"}]}}`, "", `[{"entries":["two"],"path":"/hooks/entries"}]`},
		{"two keys of an entry", `{"tools":{"mcp_servers":[{"name":"git","command":"git-mcp"},` + web + `]}}`, "", `[{"path":"/tools/mcp_servers/0/args"},{"path":"/tools/mcp_servers/0/env"}]`},
		{"a member of a map in an entry", `{"tools":{"mcp_servers":[{"name":"git","command":"git-mcp","args":["x","y"],"env":{"A":"1"}},` + web + `]}}`, "", `[{"path":"/tools/mcp_servers/0/env/B"}]`},
		{"a scalar of a list in an entry", `{"tools":{"mcp_servers":[{"name":"git","command":"git-mcp","args":["y"],"env":{"A":"1","B":"2"}},` + web + `]}}`, "", `[{"entries":["x"],"path":"/tools/mcp_servers/0/args"}]`},
		{"one of two equal scalars", `{"shell":{"security_patterns":["a","b"]}}`, "", `[{"entries":["b"],"path":"/shell/security_patterns"}]`},
		{"scalars in another order", `{"shell":{"security_patterns":["b","a","b"]}}`, "", ""},
		{"one of two equal scalars replaced", `{"shell":{"security_patterns":["a","b","c"]}}`, "", ""},
		{"an empty object in a list", `{"realm":{"r":{"backend":{"b":{"options":{"empty":["x"]}}}}}}`, "", ""},
		{"all scalars", `{"shell":{"security_patterns":["c"]}}`, "", `[{"entries":["a","b","b"],"path":"/shell/security_patterns"}]`},
		{"an entry without identity", `{"realm":{"r":{"backend":{"b":{"options":{"list":[{"x":1}]}}}}}}`, "", `[{"entries":["1"],"path":"/realm/r/backend/b/options/list"}]`},
		{"an object for a scalar", `{"realm":{"r":{"backend":{"b":{"options":{"a":{"b":1}}}}}}}`, "", ""},
		{"a list for a scalar", `{"realm":{"r":{"backend":{"b":{"options":{"list":"none"}}}}}}`, "", `[{"path":"/realm/r/backend/b/options/list"}]`},
		{"two lists", `{"hooks":{"entries":[]},"shell":{"security_patterns":["a","b","b","c"]},"tools":{"mcp_servers":[` + git + `]}}`, "",
			`[{"entries":["one","two"],"path":"/hooks/entries"},{"entries":["web"],"path":"/tools/mcp_servers"}]`},
		{"two lists, one allowed", `{"hooks":{"entries":[]},"tools":{"mcp_servers":[` + git + `]}}`, "/hooks/entries", `[{"entries":["web"],"path":"/tools/mcp_servers"}]`},
		{"allowed above", `{"hooks":{"entries":[]},"tools":{"mcp_servers":[` + git + `]}}`, "/hooks /tools", ""},
		{"allowed below", `{"hooks":{"entries":[]}}`, "/hooks/entries/0 /hooks/entries/1", `[{"entries":["one","two"],"path":"/hooks/entries"}]`},
		{"the empty pointer allows nothing", `{"hooks":{"entries":[` + first + `]}}`, "-", `[{"entries":["two"],"path":"/hooks/entries"}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			call := patch(t, tt.patch)
			call.AllowDrop = pointers(t, tt.allow)
			_, err := newRealm(t, droppable).judge(allow(t, everyClass), call)
			if got := dropsOf(t, err); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestReview_dropsOfOperations(t *testing.T) {
	for _, tt := range []struct{ name, operations, allow, want string }{
		{"remove", `[{"op":"remove","path":"/hooks/entries"}]`, "", ""},
		{"remove, one by one", `[{"op":"remove","path":"/hooks/entries/0"},{"op":"remove","path":"/hooks/entries/0"}]`, "", ""},
		{"add to the end", `[{"op":"add","path":"/hooks/entries/-","value":{"id":"three"}}]`, "", ""},
		{"add between", `[{"op":"add","path":"/hooks/entries/1","value":{"id":"three"}}]`, "", ""},
		{"copy between", `[{"op":"copy","from":"/shell/security_patterns/0","path":"/shell/security_patterns/1"}]`, "", ""},
		{"add over a key", `[{"op":"add","path":"/rest/port","value":1}]`, "", ""},
		{"add over an object", `[{"op":"add","path":"/rest","value":{"port":1}}]`, "", `[{"path":"/rest/host"}]`},
		{"replace a scalar of a list", `[{"op":"replace","path":"/shell/security_patterns/0","value":"z"}]`, "", ""},
		{"replace an entry, same identity", `[{"op":"replace","path":"/hooks/entries/0","value":{"id":"one","point":"run_started","enabled":true,"priority":100,"mode":"foreground","capability":"observe","runtime":{"type":"in_process"}}}]`, "", ""},
		{"replace an entry, a key lost", `[{"op":"replace","path":"/hooks/entries/0","value":{"id":"one"}}]`, "", `[{"path":"/hooks/entries/0/point"}]`},
		{"replace an entry, another identity", `[{"op":"replace","path":"/hooks/entries/1","value":{"id":"three"}}]`, "", `[{"entries":["two"],"path":"/hooks/entries"}]`},
		{"replace the identity alone", `[{"op":"replace","path":"/hooks/entries/1/id","value":"three"}]`, "", ""},
		{"an identity that another entry has got", `[{"op":"add","path":"/hooks/entries/-","value":{"id":"two"}},{"op":"replace","path":"/hooks/entries/1","value":{"id":"three"}}]`, "", ""},
		{"move over a key", `[{"op":"move","from":"/rest/host","path":"/shell/program"}]`, "", ""},
		{"move in a list", `[{"op":"move","from":"/hooks/entries/1","path":"/hooks/entries/0"}]`, "", ""},
		{"copy a list over a list", `[{"op":"copy","from":"/tools/mcp_servers/0/args","path":"/shell/security_patterns"}]`, "", `[{"entries":["a","b","b"],"path":"/shell/security_patterns"}]`},
		{"an entry added and replaced", `[{"op":"add","path":"/hooks/entries/0","value":{"id":"zero"}},{"op":"replace","path":"/hooks/entries/0","value":{"id":"null"}}]`, "", `[{"entries":["zero"],"path":"/hooks/entries"}]`},
		{"a replace after a move", `[{"op":"move","from":"/hooks/entries/0","path":"/hooks/entries/1"},{"op":"replace","path":"/hooks/entries/0","value":{"id":"three","point":"run_started"}}]`, "", `[{"entries":["two"],"path":"/hooks/entries"}]`},
		{"allowed", `[{"op":"replace","path":"/rest","value":{"port":1}}]`, "/rest/host", ""},
		{"a value that is not stored, and no default", `[{"op":"add","path":"/retry/max_retries","value":7},{"op":"replace","path":"/retry","value":{"multiplier":3.5}}]`, "", `[{"path":"/retry/max_retries"}]`},
		{"a default that is not stored", `[{"op":"replace","path":"/retry","value":{"max_retries":7}}]`, "", ""},
		{"the root", `[{"op":"replace","path":"","value":{"agent":{"model":"m"}}}]`, "/hooks /realm /rest /tools", `[{"path":"/shell"}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			call := operations(t, tt.operations)
			call.AllowDrop = pointers(t, tt.allow)
			_, err := newRealm(t, droppable).judge(allow(t, everyClass), call)
			if got := dropsOf(t, err); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestReview_dropsOfLongEntries names an entry by its index if its text is long.
func TestReview_dropsOfLongEntries(t *testing.T) {
	long := strings.Repeat("x", 101)
	r := newRealm(t, `shell.security_patterns = ["`+long[:100]+`", "`+long+`"]`)
	_, err := r.judge(allow(t, everyClass), patch(t, `{"shell":{"security_patterns":[]}}`))
	if got, want := dropsOf(t, err), `[{"entries":["`+long[:100]+`","1"],"path":"/shell/security_patterns"}]`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestReview_dropsOfARollback: a call that names no content may drop everything.
func TestReview_dropsOfARollback(t *testing.T) {
	call := patch(t, `{"hooks":{"entries":[]}}`)
	draft := newRealm(t, droppable).draft(call)
	call.Patch = nil
	if _, err := allow(t, everyClass).NewReview(meerkat.New(), call).Judge(t.Context(), draft); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

const everyClass = "exec,secret,network,path,posture"

func pointers(t *testing.T, list string) []tree.Pointer {
	t.Helper()
	if list == "-" {
		return []tree.Pointer{nil}
	}
	var all []tree.Pointer
	for text := range strings.FieldsSeq(list) {
		p, err := tree.ParsePointer(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}
