package policy_test

import (
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// twoServers has two entries with an identity in each of two lists.
const twoServers = `
[[tools.mcp_servers]]
name = "github"
command = "github-mcp"
args = ["--read-only", "x"]
env = { TOKEN = "t" }
[[tools.mcp_servers]]
name = "shell"
command = "shell-mcp"
args = ["--jail"]
[[hooks.entries]]
id = "audit"
runtime = { type = "command", command = "audit" }
[[hooks.entries]]
runtime = { type = "command", command = "nameless" }
`

// TestAllowance_entries judges changes of entries that an allowance names by their
// identity. What is held has the place that would allow it.
func TestAllowance_entries(t *testing.T) {
	const args = `/tools/mcp_servers[name="github"]/args`
	const github = `/tools/mcp_servers[name="github"]`
	for _, tt := range []struct{ name, operations, allow, want string }{
		{"what is named", `[{"op":"add","path":"/tools/mcp_servers/0/args/-","value":"y"}]`, args, ""},
		{"another member", `[{"op":"replace","path":"/tools/mcp_servers/0/command","value":"y"}]`, args, `["/tools/mcp_servers[name=\"github\"]/command","exec"]`},
		{"a member with a similar name", `[{"op":"add","path":"/tools/mcp_servers/0/args/-","value":"y"}]`, `/tools/mcp_servers[name="github"]/arg`, `["/tools/mcp_servers[name=\"github\"]/args","exec"]`},
		{"another entry", `[{"op":"add","path":"/tools/mcp_servers/1/args/-","value":"y"}]`, args, `["/tools/mcp_servers[name=\"shell\"]/args","exec"]`},
		{"every member", `[{"op":"replace","path":"/tools/mcp_servers/0/command","value":"y"},{"op":"add","path":"/tools/mcp_servers/0/env/A","value":"1"}]`, github, ""},
		{"the name", `[{"op":"replace","path":"/tools/mcp_servers/0/name","value":"gitlab"}]`, github, `["/tools/mcp_servers","exec","secret"]`},
		{"the name of another, to the one that is named", `[{"op":"remove","path":"/tools/mcp_servers/0"},{"op":"replace","path":"/tools/mcp_servers/0/name","value":"github"}]`, github,
			`["/tools/mcp_servers","exec"]`},
		{"the order", `[{"op":"move","from":"/tools/mcp_servers/0","path":"/tools/mcp_servers/1"}]`, github, `["/tools/mcp_servers","exec","secret","network","posture"]`},
		{"the order, and what is named", `[{"op":"move","from":"/tools/mcp_servers/0","path":"/tools/mcp_servers/1"},{"op":"add","path":"/tools/mcp_servers/1/args/-","value":"y"}]`, "posture,network,secret,exec", ""},
		{"after an entry before it went", `[{"op":"remove","path":"/tools/mcp_servers/0"},{"op":"add","path":"/tools/mcp_servers/0/args/-","value":"y"}]`, github, `["/tools/mcp_servers","/tools/mcp_servers[name=\"shell\"]/args","exec","secret"]`},
		{"the entry goes", `[{"op":"remove","path":"/tools/mcp_servers/0"}]`, github, `["/tools/mcp_servers","exec","secret"]`},
		{"an entry of the name comes", `[{"op":"add","path":"/tools/mcp_servers/-","value":{"name":"new","command":"sh"}}]`, `/tools/mcp_servers[name="new"]`, `["/tools/mcp_servers","exec"]`},
		{"an entry without a name", `[{"op":"replace","path":"/hooks/entries/1/runtime/command","value":"y"}]`, `/hooks/entries[id="audit"]`, `["/hooks/entries[id=\"hook\"]/runtime/command","exec","posture"]`},
		{"an entry whose name is the default", `[{"op":"replace","path":"/hooks/entries/1/runtime/command","value":"y"}]`, `/hooks/entries[id="hook"]/runtime`, ""},
		{"the list", `[{"op":"remove","path":"/tools/mcp_servers/0"},{"op":"add","path":"/tools/mcp_servers/0/args/-","value":"y"}]`, "/tools/mcp_servers", ""},
		{"an index", `[{"op":"add","path":"/tools/mcp_servers/0/args/-","value":"y"}]`, "/tools/mcp_servers/0/args", `["/tools/mcp_servers[name=\"github\"]/args","exec"]`},
		{"the index that a name stands for", `[{"op":"add","path":"/tools/mcp_servers/0/args/-","value":"y"}]`, "/tools/mcp_servers/-/args", `["/tools/mcp_servers[name=\"github\"]/args","exec"]`},
		{"the wrong member", `[{"op":"add","path":"/tools/mcp_servers/0/args/-","value":"y"}]`, `/tools/mcp_servers[command="github-mcp"]/args`, `["/tools/mcp_servers[name=\"github\"]/args","exec"]`},
		{"an index in what is named", `[{"op":"replace","path":"/tools/mcp_servers/0/args/0","value":"y"}]`, args + "/0", `["/tools/mcp_servers[name=\"github\"]/args","exec"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newRealm(t, twoServers).judge(allow(t, tt.allow), operations(t, tt.operations))
			got := ""
			if err != nil {
				got = string(tree.Append(nil, fault.Of(err).Data["allow"]))
			}
			if got != tt.want {
				t.Errorf("got %s, %v\nwant %s", got, err, tt.want)
			}
			if got == "" {
				return
			}
			// With what was allowed, the places that the refusal names are enough, and so are its classes.
			var places, classes []string
			for _, item := range fault.Of(err).Data["allow"].([]any) {
				if text := item.(string); text[0] == '/' {
					places = append(places, text)
				} else {
					classes = append(classes, text)
				}
			}
			for _, items := range [][]string{places, classes} {
				if _, err := newRealm(t, twoServers).judge(allow(t, strings.Join(append(items, tt.allow), ",")), operations(t, tt.operations)); err != nil {
					t.Errorf("with %s: %v", items, err)
				}
			}
		})
	}
}

// TestAllowance_sameName: what several entries share names none of them.
func TestAllowance_sameName(t *testing.T) {
	twice := strings.Replace(twoServers, `name = "shell"`, `name = "github"`, 1)
	change := `[{"op":"add","path":"/tools/mcp_servers/0/args/-","value":"y"}]`
	if _, err := newRealm(t, twice).judge(allow(t, `/tools/mcp_servers[name="github"]`), operations(t, change)); !fault.Is(err, fault.ApprovalRequired) {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestAllowance_Check(t *testing.T) {
	for text, isRight := range map[string]bool{
		"exec": true, "/tools/mcp_servers": true, `/tools/mcp_servers[name="x"]`: true, `/skills/repositories[source_uuid="x"]/url`: true,
		"/models/0/provider": true, "/self_hosted/servers/7": true, "/nothing/0": true, // keys of maps, and of nothing
		"/tools/mcp_servers/0": false, "/hooks/entries/-/enabled": false, "/model_fallback/chain/0": false, `/hooks/entries[name="x"]`: false,
		`/skills/identity/aliases[alias="x"]`: false, "/realm/x/backend/b/options/0": false, "exec,/hooks/entries/1": false,
	} {
		if err := allow(t, text).Allow.Check(meerkat.New()); (err == nil) != isRight {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// TestAllowance_Check_oddTokens refuses places that look as if they covered more than one
// key.
func TestAllowance_Check_oddTokens(t *testing.T) {
	for place, want := range map[string]string{
		"/":                    "/: that is a key without a name",
		"/shell/":              "/shell/: after the last slash",
		"/shell//program":      "/shell//program: between two slashes",
		"/tools/*":             "/tools/*: a * stands for no other key",
		"/models/*/max_tokens": "/models/*/max_tokens: a * stands for no other key",
		"/shell/program":       "",
	} {
		err := allow(t, place).Allow.Check(meerkat.New())
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", place, err, want)
		}
	}
}
