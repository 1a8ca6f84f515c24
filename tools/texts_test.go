package tools_test

import (
	"strings"
	"testing"

	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestCallTool_texts checks that refusals end with what an agent can do next.
func TestCallTool_texts(t *testing.T) {
	const text = "[agent]\nmodle = \"m\"\n[models.\"a/b\"]\nprovider = \"openai\"\n[shell]\nsecurity_patterns = [\"ls\",\"cat\"]\n"
	c := clientOf(t, policy.Policy{}, text)
	for _, tt := range []struct{ name, tool, args, want string }{
		{"a misspelt text key that is moved", "patch", `{"operations":[{"op":"move","from":"/agent/modle","path":"/agent/model"}],"expected_generation":1}`,
			"/agent/model: this token stands for the value of an unknown key, which counts as a secret and cannot be moved; write the value itself here, and remove /agent/modle; nothing was written"},
		{"a key with a slash, in an operation", "patch", `{"operations":[{"op":"replace","path":"/models/a~1c/provider","value":"openai"}],"expected_generation":1}`,
			`operations[0]: /models/a~1c/provider: /models has no key "a/c"; did you mean /models/a~1b/provider? nothing was written`},
		{"a key with a slash, read", "get", `{"path":"/models/a/b"}`, "/models/a/b: no such key; did you mean /models/a~1b? a / in a key is written ~1"},
		{"a key with a slash, among others", "get", `{"path":"/models/xylophone"}`, `/models/xylophone: no such key; /models has "/models/a~1b", "anthropic", "gemini", "openai"`},
		{"an entry of a list of texts", "patch", `{"patch":{"shell":{"security_patterns":["ls"]}},"expected_generation":1}`,
			`/shell/security_patterns: your list lacks "cat", which exists; to remove one, give operations [{"op":"remove","path":"/shell/security_patterns/1"}]; append with /shell/security_patterns/-; or name /shell/security_patterns in allow_drop to let them go; nothing was written`},
		{"add below what is missing", "patch", `{"operations":[{"op":"add","path":"/self_hosted/servers/x/base_url","value":"http://x"}],"expected_generation":1}`,
			`operations[0]: /self_hosted/servers/x/base_url: /self_hosted/servers has no key "x"; add /self_hosted/servers/x first, or use patch, which makes what is missing; nothing was written`},
		{"what needs a person", "patch", `{"patch":{"shell":{"program":"sh"}},"expected_generation":1}`,
			"/shell/program (runs code) needs a person's yes, and this client cannot show the question: tell your user what you want to change and why; they can make the change themselves, with realmconf edit, or start this server with --allow to let you. do not look for another way; keys that need no yes can be changed in a call of their own. nothing was written"},
	} {
		_, err := c.tool(tt.tool, tt.args)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got  %v\nwant %s", tt.name, err, tt.want)
		}
	}
	_, err := c.toolAsking("patch", `{"patch":{"shell":{"program":"sh"}},"expected_generation":1}`,
		func(policy.Question) (policy.Answer, error) { return policy.Declined, nil })
	if err == nil || !strings.Contains(err.Error(), "do not ask for it again unless your user tells you to") {
		t.Errorf("declined: got %v", err)
	}
}

// TestPatch_reorder checks that a new order of a list is one move for each entry
// that moved.
func TestPatch_reorder(t *testing.T) {
	c := clientOf(t, allow(t, "/hooks"), "hooks.entries = [{id='a'},{id='b'},{id='c'},{id='d'}]\n")
	reply := c.must(c.tool("patch", `{"patch":{"hooks":{"entries":[{"id":"d"},{"id":"a"},{"id":"b"},{"id":"c"}]}},"expected_generation":1}`))
	if got, want := string(tree.Append(nil, reply["changes"])), `[{"from":"/hooks/entries/3","key":"d","op":"move","path":"/hooks/entries/0"}]`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
