package policy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// question returns the question of a call's write.
func (r *realm) question(p policy.Policy, call policy.Call) (policy.Question, error) {
	r.t.Helper()
	_, err := r.judge(p, call)
	return wantUnapproved(r.t, err).Question()
}

// TestUnapproved_Question_lines checks the lines of a question after the first.
func TestUnapproved_Question_lines(t *testing.T) {
	const text = `
[agent]
model = "m"
system_prompt = "be careful"
[shell]
program = "nu"
[rest]
host = "127.0.0.1"
[self_hosted.servers.lab]
base_url = "http://lab"
[budget]
max_tokens = 9007199254740993
[tools]
shell_enabled = true
[[tools.mcp_servers]]
name = "git"
command = "git-mcp"
args = ["--token", "abc"]
env = { TOKEN = "old" }
[[tools.mcp_servers]]
name = "web"
url = "https://user:pass@mcp.example"
[realm.r.auth.a]
provider = "openai"
auth_method = "api_key"
source = { kind = "inline_secret", secret = "inline" }
`
	for _, tt := range []struct{ name, operations, want string }{
		{"a text", `[{"op":"replace","path":"/shell/program","value":"sh"}]`,
			`/shell/program (runs code): "nu" → "sh"`},
		{"a boolean", `[{"op":"replace","path":"/tools/shell_enabled","value":false}]`,
			`/tools/shell_enabled (sets what agents may do): true → false`},
		{"a number beyond 2^53", `[{"op":"replace","path":"/budget/max_tokens","value":9007199254740995}]`,
			`/budget/max_tokens (sets what agents may do): 9007199254740993 → 9007199254740995`},
		{"a value that was not stored", `[{"op":"replace","path":"/shell/security_mode","value":"deny_list"}]`,
			`/shell/security_mode (sets what agents may do): "unrestricted" (the default) → "deny_list"`},
		{"back to the default", `[{"op":"remove","path":"/rest/host"}]`,
			`/rest/host (reaches the network): "127.0.0.1" → "127.0.0.1" (the default)`},
		{"a value without a default", `[{"op":"remove","path":"/agent/system_prompt"}]`,
			`/agent/system_prompt (sets what agents may do): "be careful" → (absent)`},
		{"a list", `[{"op":"add","path":"/shell/security_patterns","value":["rm *","sudo *"]}]`,
			`/shell/security_patterns (sets what agents may do): [] (the default) → ["rm \*","sudo \*"]`},
		{"an entry of a list", `[{"op":"replace","path":"/tools/mcp_servers/0/args/1","value":"b"}]`,
			`/tools/mcp_servers[name="git"]/args/1 (runs code): "abc" → "b"`},
		{"a moved entry", `[{"op":"move","from":"/tools/mcp_servers/1","path":"/tools/mcp_servers/0"}]`,
			`/tools/mcp_servers[name="git"] (runs code, holds a secret, reaches the network, sets what agents may do): moved from index 0 to index 1`},
		{"a new secret", `[{"op":"replace","path":"/tools/mcp_servers/0/env/TOKEN","value":"new"}]`,
			`/tools/mcp_servers[name="git"]/env/TOKEN (runs code, holds a secret): (a secret, not shown) → "new"`},
		{"a secret that goes", `[{"op":"remove","path":"/tools/mcp_servers/0/env/TOKEN"}]`,
			`/tools/mcp_servers[name="git"]/env/TOKEN (runs code, holds a secret): (a secret, not shown) → (absent)`},
		{"a secret from another place", `[{"op":"copy","from":"/realm/r/auth/a/source/secret","path":"/tools/mcp_servers/0/env/TOKEN"}]`,
			`/tools/mcp_servers[name="git"]/env/TOKEN (runs code, holds a secret): (a secret, not shown) → (the secret from /realm/r/auth/a/source/secret)`},
		{"an address that keeps its secret", `[{"op":"replace","path":"/tools/mcp_servers/1/url","value":"https://realmconf-secret%3A1%3A%2Ftools%2Fmcp_servers%2F1%2Furl@evil.example"}]`,
			`/tools/mcp_servers[name="web"]/url (holds a secret, reaches the network, sets what agents may do): "https://" + (a secret, not shown) + "@mcp.example" → "https://" + (a secret, not shown) + "@evil.example"`},
		{"an address with another one's secret", `[{"op":"add","path":"/tools/mcp_servers/-","value":{"name":"x","url":"https://realmconf-secret%3A1%3A%2Ftools%2Fmcp_servers%2F1%2Furl@evil.example"}}]`,
			`/tools/mcp_servers[name="x"] (runs code, holds a secret, reaches the network, sets what agents may do): (absent) → {"name":"x","url":"https://" + (the secret from /tools/mcp_servers[name="web"]/url) + "@evil.example"}`},
		{"a new entry of a list", `[{"op":"add","path":"/hooks/entries","value":[{"id":"lint","runtime":{"type":"command","command":"lint","args":["--fast","-v"],"env":{"A":"1"}}}]}]`,
			`/hooks/entries[id="lint"] (runs code, holds a secret, reaches the network, sets what agents may do): (absent) → {"id":"lint","runtime":{"args":["--fast","-v"],"command":"lint","env":{"A":"1"},"type":"command"}}`},
		{"an entry that goes", `[{"op":"remove","path":"/tools/mcp_servers/0"}]`,
			`/tools/mcp_servers[name="git"] (runs code, holds a secret): {"args":["--token","abc"],"command":"git-mcp","env":{"TOKEN":(a secret, not shown)},"name":"git"} → (absent)`},
		{"a new entry of a map", `[{"op":"add","path":"/self_hosted/servers/den","value":{"base_url":"http://lab","transport":"openai_compatible"}}]`,
			`/self_hosted/servers/den (reaches the network): (absent) → {"base_url":"http://lab","transport":"open_ai_compatible"}`},
		{"an entry with a name of odd signs", `[{"op":"add","path":"/self_hosted/servers/x: y\u202e","value":{"base_url":"http://lab"}}]`,
			`"/self_hosted/servers/x: y\u202e" (reaches the network): (absent) → {"base_url":"http://lab"}`},
		{"a realm that goes", `[{"op":"remove","path":"/realm/r"}]`,
			`/realm/r (runs code, holds a secret, reaches the network, sets what agents may do): {"auth":{"a":{"auth_method":"api_key","provider":"openai","source":{"kind":"inline_secret","secret":(a secret, not shown)}}}} → (absent)`},
		{"a renamed entry of a list", `[{"op":"replace","path":"/tools/mcp_servers/0/name","value":"git2"}]`,
			`/tools/mcp_servers[name="git2"] (runs code, holds a secret): renamed from "git" to "git2"`},
		{"a renamed entry of a map", `[{"op":"move","from":"/realm/r/auth/a","path":"/realm/r/auth/b"}]`,
			`/realm/r/auth/b (runs code, holds a secret, reaches the network, sets what agents may do): renamed from "a" to "b"`},
		{"a renamed entry with another value", `[{"op":"remove","path":"/tools/mcp_servers/1"},{"op":"add","path":"/tools/mcp_servers/1","value":{"name":"web2","url":"https://other.example"}}]`,
			`/tools/mcp_servers[name="web"] (runs code, holds a secret, reaches the network, sets what agents may do): {"name":"web","url":"https://" + (a secret, not shown) + "@mcp.example"} → (absent)` + "\n" +
				`/tools/mcp_servers[name="web2"] (runs code, reaches the network, sets what agents may do): (absent) → {"name":"web2","url":"https://other.example"}`},
		{"a key of an entry that stays", `[{"op":"add","path":"/tools/mcp_servers/0/env/MORE","value":"x"}]`,
			`/tools/mcp_servers[name="git"]/env/MORE (runs code, holds a secret): (absent) → "x"`},
		{"an entry with a key without a class", `[{"op":"add","path":"/self_hosted/models/mine","value":{"server":"lab","remote_model":"r"}},{"op":"replace","path":"/shell/program","value":"sh"}]`,
			"/shell/program (runs code): \"nu\" → \"sh\"\n/self_hosted/models/mine (reaches the network): (absent) → {\"remote_model\":\"r\",\"server\":\"lab\"}"},
		{"a short text of several lines", `[{"op":"replace","path":"/agent/system_prompt","value":"one\n/shell/program: fine"}]`,
			`/agent/system_prompt (sets what agents may do): "be careful" → "one\n/shell/program: fine"`},
		{"keys without a class come last", `[{"op":"replace","path":"/agent/model","value":"n"},{"op":"replace","path":"/shell/program","value":"sh"},{"op":"add","path":"/retry/max_retries","value":1}]`,
			"/shell/program (runs code): \"nu\" → \"sh\"\n/agent/model: \"m\" → \"n\"\n/retry/max_retries: 3 (the default) → 1"},
		{"the keys of a new section are sorted", `[{"op":"replace","path":"/compaction","value":{"recent_turn_budget":1,"max_summary_tokens":2,"min_turns_between_compactions":5}},{"op":"replace","path":"/shell/program","value":"sh"}]`,
			"/shell/program (runs code): \"nu\" → \"sh\"\n/compaction/max_summary_tokens: 4096 (the default) → 2\n/compaction/min_turns_between_compactions: 3 (the default) → 5\n/compaction/recent_turn_budget: 4 (the default) → 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q, err := newRealm(t, text).question(policy.Policy{}, operations(t, tt.operations))
			if err != nil {
				t.Fatal(err)
			}
			headline, lines, _ := strings.Cut(q.Message, "(generation 1)\n• ")
			lines = strings.ReplaceAll(lines, "\n• ", "\n")
			if want := "to change: " + q.Proposal.Summary + "\n• by a program that gives no name, in the realm "; headline != want || !q.ShowsAll {
				t.Errorf("headline: got %q, want %q; shows all: %t", headline, want, q.ShowsAll)
			}
			if diff := cmp.Diff(tt.want, lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnapproved_Question_client quotes a client's name and reason if they have
// signs that could be taken for the question's own text.
func TestUnapproved_Question_client(t *testing.T) {
	for _, tt := range []struct{ client, reason, headline, last string }{
		{"editor", "", "editor", ""},
		{"my-agent_2.0@host", "", "my-agent_2.0@host", ""},
		{"Zoë", "", "Zoë", ""},
		{"my agent", "", `"my agent"`, ""},
		{"a:b", "", `"a:b"`, ""},
		{`say "x"`, "", `"say \u0022x\u0022"`, ""},
		{"# <b>x</b>", "", `"\# \u003cb\u003ex\u003c/b\u003e"`, ""},
		{"1.", "", `"1."`, ""},
		{"-", "", `"-"`, ""},
		{"_x_", "", `"\_x\_"`, ""},
		{"pаypal", "", `"p\u0430ypal"`, ""}, // the second letter is Cyrillic
		{"a  b", "", `"a \u0020b"`, ""},
		{"x\nrealm team", "", `"x\nrealm team"`, ""},
		{"x\u2028y", "", `"x\u2028y"`, ""},
		{"x\u202ey", "", `"x\u202ey"`, ""},
		{"x\u200by", "", `"x\u200by"`, ""},
		{"x\u00a0y", "", `"x\u00a0y"`, ""},
		{"x\u115fy", "", `"x\u115fy"`, ""},
		{"x\U000e0041y", "", `"x\U000e0041y"`, ""},
		{"x\u180ey", "", `"x\u180ey"`, ""},
		{"x\u2800y", "", `"x\u2800y"`, ""},
		{"x\u034fy", "", `"x\u034fy"`, ""},
		{"x\ufe0fy", "", `"x\ufe0fy"`, ""},
		{"x\x7fy", "", `"x\x7fy"`, ""},
		{"שלום", "", "\"\u2068שלום\u2069\"", ""},
		{"editor", "faster", "editor", `the client's reason: "faster"`},
		{"editor", "a\nreason: b", "editor", `the client's reason: "a\nreason: b"`},
		{"editor", `a "quoted" word`, "editor", `the client's reason: "a \u0022quoted\u0022 word"`},
		{"editor", "עברית", "editor", "the client's reason: \"\u2068עברית\u2069\""},
	} {
		call := patch(t, `{"shell":{"program":"sh"}}`)
		call.Client, call.Reason = tt.client, tt.reason
		q, err := newRealm(t, "").question(policy.Policy{}, call)
		if err != nil {
			t.Fatal(err)
		}
		want := "to change: 1 field, it runs code\n• by " + tt.headline + ", in the realm (generation 1)\n• " + `/shell/program (runs code): "nu" (the default) → "sh"`
		if tt.last != "" {
			want += "\n• " + tt.last
		}
		if diff := cmp.Diff(want, q.Message); diff != "" {
			t.Errorf("client %+q, reason %+q (-want +got):\n%s", tt.client, tt.reason, diff)
		}
	}
}

// taggedStore is a store whose realm has an id.
type taggedStore struct{ *memory.Store }

func (taggedStore) Metadata() store.Metadata {
	return store.Metadata{RealmID: ptr("team"), Project: "shop"}
}

// TestUnapproved_Question_realm names the realm if it has an id.
func TestUnapproved_Question_realm(t *testing.T) {
	call := patch(t, `{"shell":{"program":"sh"}}`)
	call.Client = "editor"
	q, err := realmIn(t, taggedStore{memory.New()}, "").question(policy.Policy{}, call)
	if want := "to change: 1 field, it runs code\n• by editor, in realm team of project shop (generation 1)\n"; err != nil || !strings.HasPrefix(q.Message, want) {
		t.Errorf("got %q, %v, want it to begin with %q", q.Message, err, want)
	}
}

// TestUnapproved_Question_allowed shows the changes that a flag allows, and says
// so.
func TestUnapproved_Question_allowed(t *testing.T) {
	q, err := newRealm(t, "").question(allow(t, "exec,/rest/host"), patch(t, `{"shell":{"program":"sh","security_mode":"deny_list"},"rest":{"host":"h"},"retry":{"max_retries":1}}`))
	want := `to change: 4 fields, 1 of them runs code, 1 reaches the network and 1 sets what agents may do
• by a program that gives no name, in the realm (generation 1)
• /shell/security_mode (sets what agents may do): "unrestricted" (the default) → "deny_list"
• /rest/host (reaches the network, and is allowed): "127.0.0.1" (the default) → "h"
• /retry/max_retries: 3 (the default) → 1
• /shell/program (runs code, and is allowed): "nu" (the default) → "sh"`
	if diff := cmp.Diff(want, q.Message); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestUnapproved_Question_partlyAllowed: an entry of which a flag allows a part is one
// line with all its classes.
func TestUnapproved_Question_partlyAllowed(t *testing.T) {
	server := patch(t, `{"tools":{"mcp_servers":[{"name":"x","command":"c","env":{"A":"1"}}]}}`)
	q, err := newRealm(t, "").question(allow(t, "exec"), server)
	want := "to change: 1 field, it runs code and holds a secret\n• by a program that gives no name, in the realm (generation 1)\n• " +
		`/tools/mcp_servers[name="x"] (runs code, holds a secret): (absent) → {"command":"c","env":{"A":"1"},"name":"x"}`
	if err != nil || q.Message != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, q.Message, want)
	}
	server.Patch["shell"] = tree.Object{"program": "sh"}
	q, err = newRealm(t, "").question(allow(t, "secret,/tools"), server)
	want = "to change: 2 fields, 2 of them run code and 1 holds a secret\n• by a program that gives no name, in the realm (generation 1)\n• " + `/shell/program (runs code): "nu" (the default) → "sh"` +
		"\n• " + `/tools/mcp_servers[name="x"] (runs code, holds a secret, and is allowed): (absent) → {"command":"c","env":{"A":"1"},"name":"x"}`
	if err != nil || q.Message != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, q.Message, want)
	}
}
