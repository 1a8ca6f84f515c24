package tools_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestCallTool_drops: a tool call keeps what it leaves out, unless it names it.
// drops is the list in the refusal, "" for a success.
func TestCallTool_drops(t *testing.T) {
	const hooks = `"/hooks/entries"`
	lint := `{"id":"lint","runtime":{"type":"http","url":"https://lint.example/hook"}}`
	for name, test := range map[string]struct{ tool, args, drops string }{
		"a list that lacks entries":      {"patch", `{"patch":{"hooks":{"entries":[` + lint + `]}}}`, `[{"entries":["audit"],"path":"/hooks/entries"}]`},
		"a list that is empty":           {"patch", `{"patch":{"hooks":{"entries":[]}}}`, `[{"entries":["audit","lint"],"path":"/hooks/entries"}]`},
		"a list of texts":                {"patch", `{"patch":{"shell":{"security_patterns":["sudo *","x"]}}}`, `[{"entries":["rm *"],"path":"/shell/security_patterns"}]`},
		"an entry renamed in a list":     {"patch", `{"patch":{"hooks":{"entries":[{"id":"audit2"},` + lint + `]}}}`, `[{"entries":["audit"],"path":"/hooks/entries"}]`},
		"a key inside an entry":          {"patch", `{"patch":{"hooks":{"entries":[{"id":"audit","point":"pre_tool_execution","runtime":{"type":"command","command":"audit","args":["--strict"]}},` + lint + `]}}}`, `[{"path":"/hooks/entries/0/capability"}]`},
		"named by allow_drop":            {"patch", `{"patch":{"hooks":{"entries":[` + lint + `]}},"allow_drop":[` + hooks + `]}`, ""},
		"named by a place above":         {"patch", `{"patch":{"hooks":{"entries":[` + lint + `]}},"allow_drop":["/hooks"]}`, ""},
		"another place is named":         {"patch", `{"patch":{"hooks":{"entries":[` + lint + `]}},"allow_drop":["/hooks/entries/1","/hook"]}`, `[{"entries":["audit"],"path":"/hooks/entries"}]`},
		"named by null":                  {"patch", `{"patch":{"hooks":null,"budget":{"max_tool_calls":null}}}`, ""},
		"more in a list":                 {"patch", `{"patch":{"shell":{"security_patterns":["sudo *","x","rm *"]}}}`, ""},
		"removed by an operation":        {"patch", `{"operations":[{"op":"remove","path":"/hooks/entries/0"},{"op":"remove","path":"/budget/max_tool_calls"}]}`, ""},
		"moved by an operation":          {"patch", `{"operations":[{"op":"move","from":"/hooks/entries/0","path":"/hooks/entries/1"}]}`, ""},
		"a shorter list put over it":     {"patch", `{"operations":[{"op":"replace","path":"/hooks/entries","value":[` + lint + `]}]}`, `[{"entries":["audit"],"path":"/hooks/entries"}]`},
		"a shorter list, by add":         {"patch", `{"operations":[{"op":"add","path":"/shell/security_patterns","value":[]}]}`, `[{"entries":["rm *","sudo *"],"path":"/shell/security_patterns"}]`},
		"a list copied over it":          {"patch", `{"operations":[{"op":"copy","from":"/tools/mcp_servers/0/args","path":"/shell/security_patterns"}]}`, `[{"entries":["rm *","sudo *"],"path":"/shell/security_patterns"}]`},
		"an entry put over another":      {"patch", `{"operations":[{"op":"replace","path":"/hooks/entries/0","value":{"id":"x","point":"pre_tool_execution","capability":"guardrail","runtime":{"type":"command","command":"audit","args":["--strict"]}}}]}`, `[{"entries":["audit"],"path":"/hooks/entries"}]`},
		"an object put over it":          {"patch", `{"operations":[{"op":"replace","path":"/shell","value":{"program":"nu"}}]}`, `[{"path":"/shell/security_mode"},{"path":"/shell/security_patterns"}]`},
		"a default is no loss":           {"patch", `{"operations":[{"op":"replace","path":"/compaction","value":{"max_summary_tokens":7}}]}`, ""},
		"a default that is written down": {"patch", `{"operations":[{"op":"replace","path":"/rest","value":{"host":"127.0.0.1"}}]}`, `[{"path":"/rest/port"}]`},
		"a null from elsewhere":          {"patch", `{"operations":[{"op":"copy","from":"/agent/temperature","path":"/budget/max_tool_calls"}]}`, `[{"path":"/budget/max_tool_calls"}]`},
		"a null":                         {"patch", `{"operations":[{"op":"replace","path":"/budget/max_tool_calls","value":null}]}`, ""},
		"an entry put between others":    {"patch", `{"operations":[{"op":"add","path":"/shell/security_patterns/0","value":"x"}]}`, ""},
		"a value put over an entry":      {"patch", `{"operations":[{"op":"replace","path":"/shell/security_patterns/0","value":"x"}]}`, ""},
		"named, by operations":           {"patch", `{"operations":[{"op":"replace","path":"/hooks/entries","value":[` + lint + `]}],"allow_drop":[` + hooks + `]}`, ""},
		"a set that leaves keys out":     {"set", `{"config":{"agent":{"model":"m","system_prompt":"be careful"}}}`, `[{"path":"/budget"},{"path":"/comms"},{"path":"/hooks"},{"path":"/realm"},{"path":"/rest"},{"path":"/shell"},{"path":"/tools"}]`},
		"a set that leaves out one key":  {"set", `{"config":{"agent":{"model":"m"}},"allow_drop":["/budget","/comms","/hooks","/realm","/rest","/shell","/tools"]}`, `[{"path":"/agent/system_prompt"}]`},
		"a set that names them":          {"set", `{"config":{"agent":{"model":"m","system_prompt":null}},"allow_drop":["/budget","/comms","/hooks","/realm","/rest","/shell","/tools"]}`, ""},
		"the whole configuration":        {"set", `{"config":{"agent":{"model":"m"}},"allow_drop":[""]}`, "invalid_params"},
		"no pointer":                     {"patch", `{"patch":{},"allow_drop":["hooks.entries"]}`, "invalid_params"},
		"no text":                        {"patch", `{"patch":{},"allow_drop":[7]}`, "invalid_params"},
	} {
		t.Run(name, func(t *testing.T) {
			c := clientOf(t, allow(t, "exec,secret,network,path,posture"), guarded)
			args := strings.Replace(test.args, "{", `{"expected_generation":1,`, 1)
			_, err := c.tool(test.tool, strings.Replace(args, "{", `{"dry_run":true,`, 1))
			_, real := c.tool(test.tool, args)
			if got, want := kindOf(err), kindOf(real); got != want {
				t.Errorf("a dry run answers %q, the call %q", got, want)
			}
			f := fault.Of(real)
			switch {
			case test.drops == "":
				if f != nil {
					t.Errorf("got %v, want success", real)
				}
				return
			case f == nil:
				t.Fatalf("the write succeeded, want %s", test.drops)
			case f.Kind == fault.WouldDrop:
				if got := string(tree.Append(nil, f.Data["drops"])); got != test.drops {
					t.Errorf("got  %s\nwant %s", got, test.drops)
				}
			case string(f.Kind) != test.drops:
				t.Errorf("got %v, want %s", real, test.drops)
			}
			if diff := cmp.Diff(guarded, c.text()); diff != "" {
				t.Errorf("the configuration has changed:\n%s", diff)
			}
			if name == "a set that leaves keys out" {
				const want = `/budget, /comms, /hooks and 4 more would go, because your call leaves them out: name only what you change, with config_patch; to let them go, give null or name them in allow_drop; nothing was written`
				if diff := cmp.Diff(want, real.Error()); diff != "" {
					t.Error(diff)
				}
			}
			if name == "a list that is empty" {
				const want = `/hooks/entries: your list lacks "audit" and "lint", which exist; append with operations and /hooks/entries/-, change one with /hooks/entries/0/…, or name /hooks/entries in allow_drop to let them go; nothing was written`
				if diff := cmp.Diff(want, real.Error()); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	t.Run("methods drop what they leave out", func(t *testing.T) {
		c := clientOf(t, policy.Policy{}, guarded)
		if _, err := c.method("patch", `{"patch":{"hooks":{"entries":[]}}}`); err != nil {
			t.Error(err)
		}
	})
}

// TestCallTool_dropsOfSecrets: an entry that may be a secret, because the schema
// has no text there, is named by its index.
func TestCallTool_dropsOfSecrets(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[tools]\nmcp_servers = [\"npx --token=canary\"]\n[shell]\nsecurity_patterns = [\"rm *\"]\n")
	for path, want := range map[string]string{"tools\":{\"mcp_servers": `[{"entries":["0"],"path":"/tools/mcp_servers"}]`, "shell\":{\"security_patterns": `[{"entries":["rm *"],"path":"/shell/security_patterns"}]`} {
		_, err := c.tool("patch", `{"expected_generation":1,"patch":{"`+path+`":[]}}}`)
		f := fault.Of(err)
		if got := string(tree.Append(nil, f.Data["drops"])); f.Kind != fault.WouldDrop || got != want || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v: %s, want %s", err, got, want)
		}
	}
}
