package tools_test

import (
	"testing"

	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// A client may name a key by each of its names, whichever of them the file has.
func TestTools_otherNames(t *testing.T) {
	const text = "[shell]\nallowlist = [\"ls\"]\n\n[[hooks.entries]]\nid = \"h\"\nruntime = { type = \"in_process\", name = \"x\" }\n"
	c := clientOf(t, allow(t, "exec,posture"), text)
	for path, want := range map[string]string{
		"/shell/allowlist": `["ls"]`, "/shell/security_patterns/0": `"ls"`, "/shell/allowlist/0": `"ls"`, "/hooks/entries/0/runtime/name": `"x"`,
	} {
		for _, view := range []string{"resolved", "stored"} {
			reply := c.must(c.tool("get", `{"path":"`+path+`","view":"`+view+`"}`))
			if got := string(tree.Append(nil, reply["value"])); got != want {
				t.Errorf("%s, %s: got %s, want %s", path, view, got, want)
			}
		}
	}
	for _, arguments := range []string{
		`{"patch":{"shell":{"security_patterns":null}}}`, `{"patch":{"shell":{"allowlist":null}}}`,
		`{"operations":[{"op":"remove","path":"/shell/allowlist"}]}`, `{"operations":[{"op":"remove","path":"/shell/security_patterns"}]}`,
		`{"operations":[{"op":"remove","path":"/hooks/entries/0/runtime/name"}]}`,
	} {
		reply, err := c.tool("patch", arguments[:len(arguments)-1]+`,"expected_generation":1,"dry_run":true}`)
		if err != nil || reply["changed"] != true {
			t.Errorf("%s: got %v, %v, want a change", arguments, reply, err)
		}
	}
	// what no name tells is still not dropped
	c = clientOf(t, policy.Policy{}, text)
	if _, err := c.tool("patch", `{"patch":{"shell":{"security_patterns":["cat"]}},"expected_generation":1}`); kindOf(err) != "would_drop" {
		t.Errorf("got %v, want would_drop", err)
	}
}
