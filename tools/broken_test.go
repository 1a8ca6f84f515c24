package tools_test

import (
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/tools/policy"
)

// TestConflict_brokenText checks the conflict of a write that does not know yet that
// the file is broken.
func TestConflict_brokenText(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[rest]\nport = 1\n", "[rest]\nport = 1\n[agent\n")
	_, err := c.tool("patch", `{"patch":{"agent":{"model":"b"}},"expected_generation":1}`)
	f := fault.Of(err)
	const want = "generation 1 expected, 2 is current and is not TOML (line 3, column 7): roll back to 1 first, if your user says so; nothing was written"
	if f == nil || f.Kind != fault.GenerationConflict || f.Message != want || f.Data["last_good_generation"] != uint64(1) {
		t.Errorf("got  %v %v\nwant %s", err, f.Data, want)
	}
}

// TestGet_neverGood checks that no hint says to overwrite the only text that there
// is.
func TestGet_neverGood(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[agent\nmodel = 'a'\n")
	for _, tool := range []string{"get", "patch"} {
		args := `{}`
		if tool == "patch" {
			args = `{"patch":{"agent":{"model":"b"}},"expected_generation":1}`
		}
		_, err := c.tool(tool, args)
		const want = `config.toml is not TOML: line 1, column 7: this table header is not closed: add "]"; a person should repair it with realmconf edit`
		if err == nil || err.Error() != want || strings.Contains(err.Error(), "set the whole") {
			t.Errorf("%s: got  %v\nwant %s", tool, err, want)
		}
	}
}

// TestCallTool_brokenTextIsHeld: nothing that a server allows lets a tool write over a
// text that is not TOML, by whichever way: a person may have tightened it a moment ago.
func TestCallTool_brokenTextIsHeld(t *testing.T) {
	const loose, strict = "[shell]\nsecurity_mode = \"unrestricted\"\n", "[shell]\nsecurity_mode = \"allow_list\"\nsecurity_patterns = [\"ls\"\n"
	everything := allow(t, "exec,secret,network,path,posture,/shell,/agent,/tools")
	for _, tt := range []struct {
		tool, args string
		kind       fault.Kind
	}{
		{"rollback", `{"to":1}`, fault.ApprovalRequired},
		{"rollback", `{"to":0}`, fault.ApprovalRequired},
		{"rollback", `{"to":1,"if_overlap":"refuse"}`, fault.ApprovalRequired},
		{"set", `{"config":{"shell":{"security_mode":"unrestricted"}}}`, fault.ApprovalRequired},
		{"set", `{"config":{"agent":{"model":"n"}},"allow_drop":["/shell"]}`, fault.ApprovalRequired},
		{"revert", `{"generation":2}`, fault.CorruptConfig},
		{"revert", `{"generation":1}`, fault.CorruptConfig},
		{"patch", `{"patch":{"shell":{"security_mode":"unrestricted"}}}`, fault.CorruptConfig},
		{"patch", `{"operations":[{"op":"replace","path":"","value":{}}]}`, fault.CorruptConfig},
		{"patch", `{"operations":[{"op":"remove","path":"/shell"}]}`, fault.CorruptConfig},
	} {
		c := clientOf(t, everything, loose, strict)
		args := strings.Replace(tt.args, "{", `{"expected_generation":2,`, 1)
		reply, err := c.tool(tt.tool, args)
		f := fault.Of(err)
		if f == nil || f.Kind != tt.kind {
			t.Errorf("%s %s: got %v, %v, want %s", tt.tool, args, reply, err, tt.kind)
			continue
		}
		if allowed, has := f.Data["allow"]; has {
			t.Errorf("%s %s: advises to allow %v, which would not be enough", tt.tool, args, allowed)
		}
		if c.text() != strict {
			t.Errorf("%s %s: the text is now %q", tt.tool, args, c.text())
		}
	}
}
