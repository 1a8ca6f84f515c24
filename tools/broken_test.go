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

// TestGet_neverGood checks that nobody is told to overwrite the only text that there
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
