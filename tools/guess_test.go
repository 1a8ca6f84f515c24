package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// guessable has secrets on which a rule, a list entry or a mistake depends.
const guessable = guarded + `
[agnt]
key = "canary-unknown"

[realm.team.backend.list]
provider = "openai"
backend_kind = "openai_api"
options = ["canary-first", "canary-second"]

[[skills.repositories]]
name = "skills"
source_uuid = "6a0f1c5e-0000-4000-8000-000000000001"
type = "stdio"
command = "skills"
env = { TOKEN = "canary-skills" }

[[skills.repositories]]
name = "other skills"
source_uuid = "6a0f1c5e-0000-4000-8000-000000000002"
type = "stdio"
command = "other-skills"
env = { TOKEN = "canary-others" }
`

// TestCallTool_guess compares a secret with a guess in every way that a tool call
// can. The reply to a right guess must be the reply to a wrong one.
func TestCallTool_guess(t *testing.T) {
	const set = "the whole configuration, with: "
	for name, attack := range map[string]struct{ args, secret string }{
		"the field itself":         {`{"patch":{"realm":{"team":{"auth":{"main":{"source":{"secret":"GUESS"}}}}}}}`, "canary-inline"},
		"beside a harmless one":    {`{"patch":{"agent":{"model":"n"},"realm":{"team":{"auth":{"main":{"source":{"secret":"GUESS"}}}}}}}`, "canary-inline"},
		"beside a refused one":     {`{"patch":{"agent":{"modle":"n"},"realm":{"team":{"auth":{"main":{"source":{"secret":"GUESS"}}}}}}}`, "canary-inline"},
		"its parent":               {`{"operations":[{"op":"replace","path":"/realm/team/auth/main/source","value":{"kind":"inline_secret","secret":"GUESS"}}]}`, "canary-inline"},
		"an operation":             {`{"operations":[{"op":"replace","path":"/tools/mcp_servers/0/env/TOKEN","value":"GUESS"}]}`, "canary-env"},
		"a test":                   {`{"operations":[{"op":"test","path":"/tools/mcp_servers/0/env/TOKEN","value":"GUESS"}]}`, "canary-env"},
		"a test of all":            {`{"operations":[{"op":"test","path":"/tools/mcp_servers/0/env","value":{"TOKEN":"GUESS"}}]}`, "canary-env"},
		"a moved entry":            {`{"operations":[{"op":"move","from":"/tools/mcp_servers/0","path":"/tools/mcp_servers/1"},{"op":"replace","path":"/tools/mcp_servers/1/env/TOKEN","value":"GUESS"}]}`, "canary-env"},
		"an entry replaced by add": {`{"operations":[{"op":"remove","path":"/tools/mcp_servers/0"},{"op":"add","path":"/tools/mcp_servers/0","value":{"name":"git","command":"git-mcp","args":["--read-only"],"env":{"TOKEN":"GUESS"}}}]}`, "canary-env"},
		"a userinfo":               {`{"patch":{"realm":{"team":{"backend":{"main":{"base_url":"https://GUESS@api.example/v1?realmconf-secret%3A1%3A%2Frealm%2Fteam%2Fbackend%2Fmain%2Fbase_url"}}}}}}`, "user:canary-userinfo"},
		"a query":                  {`{"patch":{"realm":{"team":{"backend":{"main":{"base_url":"https://realmconf-secret%3A1%3A%2Frealm%2Fteam%2Fbackend%2Fmain%2Fbase_url@api.example/v1?GUESS"}}}}}}`, "key=canary-query"},
		"an address":               {`{"patch":{"realm":{"team":{"backend":{"main":{"base_url":"https://user:GUESS@api.example/v1?key=canary-query"}}}}}}`, "canary-userinfo"},
		"a carried mistake":        {`{"patch":{"agnt":{"key":"GUESS"}}}`, "canary-unknown"},
		"entries that would go":    {`{"patch":{"realm":{"team":{"backend":{"list":{"options":["GUESS","canary-other"]}}}}}}`, "canary-first"},
		"another order":            {`{"patch":{"realm":{"team":{"backend":{"list":{"options":["canary-second","GUESS"]}}}}},"allow_drop":["/realm"]}`, "canary-first"},
		"the same place": {`{"operations":[{"op":"add","path":"/skills/repositories/-","value":{"name":"x","source_uuid":"6a0f1c5e-0000-4000-8000-000000000003","type":"stdio","command":"skills","env":{"TOKEN":"GUESS"}}}]}`,
			"canary-skills"},
		"the same identity": {`{"operations":[{"op":"add","path":"/skills/repositories/-","value":{"name":"x","source_uuid":"6a0f1c5e-0000-4000-8000-000000000001","type":"stdio","command":"skills","env":{"TOKEN":"GUESS"}}}]}`,
			"canary-skills"},
		"everything": {set + "canary-header", "canary-header"},
	} {
		for _, dry := range []bool{false, true} {
			answers := map[bool]string{}
			for _, right := range []bool{true, false} {
				c := clientOf(t, policy.Policy{}, guessable)
				guess := attack.secret
				if !right {
					guess = strings.ReplaceAll(guess, "canary", "parrot")
				}
				args := strings.ReplaceAll(attack.args, "GUESS", guess)
				tool := "patch"
				if rest, ok := strings.CutPrefix(args, set); ok {
					reply, err := c.tool("get", `{}`)
					if err != nil {
						t.Fatal(err)
					}
					reply["config"].(tree.Object)["tools"].(tree.Object)["mcp_servers"].([]any)[1].(tree.Object)["headers"].(tree.Object)["Authorization"] = strings.Replace(rest, attack.secret, guess, 1)
					tool, args = "set", string(tree.Append(nil, tree.Object{"config": reply["config"]}))
				}
				reply, err := c.tool(tool, strings.Replace(args, "{", fmt.Sprintf(`{"expected_generation":1,"dry_run":%v,`, dry), 1))
				answers[right] = string(tree.Append(nil, reply))
				if err != nil {
					answers[right] = fmt.Sprintf("%v %s", err, tree.Append(nil, fault.Of(err).Data))
				}
				if c.text() != guessable {
					t.Errorf("%s: the write succeeded", name)
				}
			}
			if diff := cmp.Diff(answers[false], answers[true]); diff != "" {
				t.Errorf("%s, dry run %v (-wrong +right):\n%s", name, dry, diff)
			}
		}
	}
}

// TestCallTool_guessInConflict: the overlaps of a conflict must not depend on
// whether a guess was right in the expected generation.
func TestCallTool_guessInConflict(t *testing.T) {
	answers := map[string]string{}
	for _, guess := range []string{"canary-inline", "parrot-inline"} {
		c := clientOf(t, policy.Policy{}, guarded, strings.Replace(guarded, "canary-inline", "canary-second", 1))
		_, err := c.tool("patch", `{"patch":{"realm":{"team":{"auth":{"main":{"source":{"secret":"`+guess+`"}}}}}},"expected_generation":1}`)
		if !fault.Is(err, fault.GenerationConflict) {
			t.Fatalf("got %v, want a conflict", err)
		}
		answers[guess] = fmt.Sprintf("%v %s", err, tree.Append(nil, fault.Of(err).Data))
	}
	if diff := cmp.Diff(answers["parrot-inline"], answers["canary-inline"]); diff != "" {
		t.Errorf("(-wrong +right):\n%s", diff)
	}
}

// TestCallTool_rightGuessApproved: a right guess that a person approves changes
// nothing.
func TestCallTool_rightGuessApproved(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded)
	asked := 0
	reply, err := c.toolAsking("patch", `{"patch":{"realm":{"team":{"auth":{"main":{"source":{"secret":"canary-inline"}}}}}},"expected_generation":1}`, func(q policy.Question) (policy.Answer, error) {
		asked++
		return policy.Accepted, nil
	})
	if err != nil || reply["changed"] != false || asked != 1 || c.text() != guarded {
		t.Errorf("asked %d times: got %v, %v, want no change", asked, reply, err)
	}
}

// TestPatch_secretBecomesVisible: a part that changes its type may not keep a
// secret at a place where the new type has none.
func TestPatch_secretBecomesVisible(t *testing.T) {
	text := guarded + "[agent.output_schema]\nformat = \"meerkat_v1\"\nschema = {}\nkey = \"canary-key\"\n"
	c := clientOf(t, policy.Policy{}, text)
	for _, args := range []string{`{"patch":{"agent":{"output_schema":{"format":null}}}}`, `{"operations":[{"op":"remove","path":"/agent/output_schema/format"}]}`} {
		for _, call := range []func(string, string) (tree.Object, error){c.tool, c.method} {
			reply, err := call("patch", strings.Replace(args, "{", `{"expected_generation":1,`, 1))
			f := fault.Of(err)
			if err == nil || !strings.Contains(string(tree.Append(nil, f.Data)), `"kind":"secret_token"`) || strings.Contains(f.Message, "canary") || c.text() != text {
				t.Errorf("%s: got %s, %v, want an issue secret_token", args, tree.Append(nil, reply), err)
			}
		}
	}
}

// TestCallTool_dropAfterTest: a test by the token of an earlier generation does not
// hide that a later operation drops entries.
func TestCallTool_dropAfterTest(t *testing.T) {
	c := clientOf(t, allow(t, "exec,secret,network,path,posture"), guarded, strings.Replace(guarded, `"m"`, `"n"`, 1))
	_, err := c.tool("patch", `{"operations":[{"op":"test","path":"/tools/mcp_servers/0/env/TOKEN","value":"realmconf-secret:1:/tools/mcp_servers/0/env/TOKEN"},`+
		`{"op":"replace","path":"/hooks/entries","value":[]}],"expected_generation":2}`)
	if !fault.Is(err, fault.WouldDrop) {
		t.Errorf("got %v, want would_drop", err)
	}
}
