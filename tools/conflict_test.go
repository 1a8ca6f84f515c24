package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestCallTool_conflict: a conflict says who changed what and why, and whether the
// call touches the same places.
func TestCallTool_conflict(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded)
	if _, err := c.tool("patch", `{"patch":{"agent":{"model":"n"},"retry":{"max_retries":9}},"expected_generation":1,"reason":"cheaper"}`); err != nil {
		t.Fatal(err)
	}
	if _, err := c.toolAsking("patch", `{"patch":{"agent":{"model":"o"}},"expected_generation":2}`, accept); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string][2]string{
		`{"patch":{"compaction":{"max_summary_tokens":100}},"expected_generation":1}`: {
			`{"changes":[{"by":3,"new":"o","old":"m","op":"replace","path":"/agent/model"},{"by":2,"default":3,"new":9,"op":"add","path":"/retry/max_retries"}],"current":3,"expected":1,` +
				`"origins":[{"actor":{"name":null,"surface":"tool"},"generation":2,"operation":"patch","reason":"cheaper"},{"actor":{"name":"editor","surface":"tool"},"generation":3,"operation":"patch"}],"overlaps":[]}`,
			`generation 1 expected, 3 is current: several others changed /agent/model and /retry/max_retries. nothing you touch has changed: repeat with expected_generation 3`},
		`{"patch":{"agent":{"model":"p"}},"expected_generation":2}`: {
			`{"changes":[{"by":3,"new":"o","old":"n","op":"replace","path":"/agent/model"}],"current":3,"expected":2,"origins":[{"actor":{"name":"editor","surface":"tool"},"generation":3,"operation":"patch"}],"overlaps":["/agent/model"]}`,
			`generation 2 expected, 3 is current: agent "editor" changed /agent/model. you touch /agent/model too: look at changes, and repeat with expected_generation 3 if your change is still wanted`},
		`{"operations":[{"op":"add","path":"/agent/model","value":"p"}],"expected_generation":2}`: {
			`{"changes":[{"by":3,"new":"o","old":"n","op":"replace","path":"/agent/model"}],"current":3,"expected":2,"origins":[{"actor":{"name":"editor","surface":"tool"},"generation":3,"operation":"patch"}],"overlaps":["/agent/model"]}`,
			`generation 2 expected, 3 is current: agent "editor" changed /agent/model. you touch /agent/model too: look at changes, and repeat with expected_generation 3 if your change is still wanted`},
		`{"patch":{"agent":{"model":"p"}},"expected_generation":99}`: {
			`{"current":3,"expected":99}`,
			`generation 99 expected, 3 is current: that generation does not exist yet; read the configuration, and take the generation from there`},
	} {
		_, err := c.tool("patch", args)
		f := fault.Of(err)
		if f == nil || f.Kind != fault.GenerationConflict {
			t.Errorf("%s: got %v, want a conflict", args, err)
			continue
		}
		if diff := cmp.Diff(want, [2]string{string(tree.Append(nil, f.Data)), f.Message}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", args, diff)
		}
	}
	c.appendText(strings.Replace(guarded, `program = "nu"`, `program = "fish"`, 1))
	_, err := c.tool("rollback", `{"to":1,"expected_generation":3}`)
	if f := fault.Of(err); f == nil || !strings.Contains(f.Message, "somebody, by hand or with another program, changed /agent/model, /retry/max_retries and /shell/program. you touch /agent/model, /retry/max_retries and /shell/program too") {
		t.Errorf("rollback: got %v", err)
	}
}

// TestCallTool_longConflict: the values of many long changes are replaced by their
// sizes, and secrets by their tokens.
func TestCallTool_longConflict(t *testing.T) {
	var servers []string
	for i := range 50 {
		servers = append(servers, fmt.Sprintf("[self_hosted.servers.k%d]\nbase_url = \"http://u:canary-%d@h/%s\"\n", i, i, strings.Repeat("x", 3000)))
	}
	c := clientOf(t, policy.Policy{}, guarded, guarded+strings.Join(servers, ""))
	_, err := c.tool("patch", `{"patch":{"agent":{"model":"p"}},"expected_generation":1}`)
	f := fault.Of(err)
	data := string(tree.Append(nil, f.Data))
	if f.Kind != fault.GenerationConflict || len(data) > 70_000 || strings.Contains(data, "canary") || !strings.Contains(data, "new_bytes") {
		t.Errorf("got %s with %d bytes: %.300s", f.Kind, len(data), data)
	}
}

// TestCallTool_overlaps: everything that a call names, sends or reads counts as
// touched, even if it changes nothing. So a repeated call without overlaps undoes
// nothing.
func TestCallTool_overlaps(t *testing.T) {
	const text = "[agent]\nmodel = \"a\"\n[rest]\nport = 9000\n"
	for name, test := range map[string]struct{ tool, args, theirs, overlaps string }{
		"a whole configuration":   {"set", `{"config":{"agent":{"model":"b"},"rest":{"port":9000}}}`, "port = 9001", `["/rest/port"]`},
		"the old value":           {"patch", `{"patch":{"rest":{"port":9000}}}`, "port = 9001", `["/rest/port"]`},
		"the section":             {"patch", `{"patch":{"rest":{}}}`, "port = 9001", `["/rest/port"]`},
		"a key beside":            {"patch", `{"patch":{"rest":{"host":"h"}}}`, "port = 9001", `[]`},
		"a copy of it":            {"patch", `{"operations":[{"op":"copy","from":"/rest/port","path":"/compaction/max_summary_tokens"}]}`, "port = 9001", `["/rest/port"]`},
		"a test of it that fails": {"patch", `{"operations":[{"op":"test","path":"/rest/port","value":9000},{"op":"replace","path":"/agent/model","value":"b"}]}`, "port = 9001", `["/rest/port"]`},
		"a test beside":           {"patch", `{"operations":[{"op":"test","path":"/rest/host","value":"127.0.0.1"},{"op":"replace","path":"/agent/model","value":"b"}]}`, "port = 9001", `[]`},
		"another name of it":      {"patch", `{"patch":{"shell":{"security_patterns":["x"]}}}`, "port = 9000\n[shell]\nallowlist = [\"y\"]", `["/shell/allowlist"]`},
		"its other name":          {"patch", `{"patch":{"shell":{"allowlist":["x"]}}}`, "port = 9000\n[shell]\nsecurity_patterns = [\"y\"]", `["/shell/security_patterns"]`},
	} {
		c := clientOf(t, policy.Policy{}, text, strings.Replace(text, "port = 9000", test.theirs, 1))
		_, err := c.tool(test.tool, strings.Replace(test.args, "{", `{"expected_generation":1,`, 1))
		f := fault.Of(err)
		if got := string(tree.Append(nil, f.Data["overlaps"])); f.Kind != fault.GenerationConflict || got != test.overlaps {
			t.Errorf("%s: got %v, overlaps %s, want %s", name, err, got, test.overlaps)
		}
	}
}

// TestExplainConflict_authors says who made the changes since the expected
// generation.
func TestExplainConflict_authors(t *testing.T) {
	agent := store.Actor{Name: "bot", Surface: store.Tool}
	program := store.Actor{Name: "sync", Surface: store.RPC}
	for _, tt := range []struct {
		name    string
		records []store.Record // each changes /agent/model
		want    string
	}{
		{"a person", []store.Record{{Operation: store.External}}, "somebody, by hand or with another program, changed /agent/model."},
		{"the platform", []store.Record{{Operation: store.Peer}}, "the platform changed /agent/model."},
		{"an agent", []store.Record{{Operation: store.Patch, Actor: agent}}, `agent "bot" changed /agent/model.`},
		{"a program", []store.Record{{Operation: store.Set, Actor: program}}, `"sync" changed /agent/model.`},
		{"no name", []store.Record{{Operation: store.Patch, Actor: store.Actor{Surface: store.Tool}}}, "a client that gives no name changed /agent/model."},
		{"one of them twice", []store.Record{{Operation: store.Patch, Actor: agent}, {Operation: store.Set, Actor: agent}}, `agent "bot" changed /agent/model.`},
		{"two of them", []store.Record{{Operation: store.Patch, Actor: agent}, {Operation: store.Set, Actor: program}}, "several others changed /agent/model."},
		{"the same name on two surfaces", []store.Record{{Operation: store.Patch, Actor: agent}, {Operation: store.Patch, Actor: store.Actor{Name: "bot", Surface: store.RPC}}}, "several others changed /agent/model."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := clientOf(t, policy.Policy{}, "agent.model = '0'")
			for i, record := range tt.records {
				record.Text = fmt.Appendf(nil, "agent.model = '%d'", i+1)
				c.append(record)
			}
			_, err := c.tool("patch", `{"patch":{"rest":{"port":1}},"expected_generation":1}`)
			want := fmt.Sprintf("generation 1 expected, %d is current: %s nothing you touch has changed: repeat with expected_generation %[1]d", len(tt.records)+1, tt.want)
			if !fault.Is(err, fault.GenerationConflict) || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// TestExplainConflict_places lists at most three of the places.
func TestExplainConflict_places(t *testing.T) {
	for _, tt := range []struct{ after, want string }{
		{"rest.port = 1", "changed /rest/port. "},
		{"rest.port = 1\ncomms.mode = 'tcp'", "changed /comms/mode and /rest/port. "},
		{"rest.port = 1\ncomms.mode = 'tcp'\nretry.max_retries = 1", "changed /comms/mode, /rest/port and /retry/max_retries. "},
		{"rest.port = 1\ncomms.mode = 'tcp'\nretry.max_retries = 1\nbudget.max_tokens = 1\ncompaction.recent_turn_budget = 1", "changed /budget/max_tokens, /comms/mode, /compaction/recent_turn_budget and 2 more. "},
		{"hooks.entries = [{ id = 'b' }]", "changed /hooks/entries/0. "}, // one entry goes, another one comes
		{"", "all changes since have been undone. "},
	} {
		before := ""
		if strings.HasPrefix(tt.after, "hooks") {
			before = "hooks.entries = [{ id = 'a' }]"
		}
		c := clientOf(t, policy.Policy{}, before, tt.after, "# the same\n"+tt.after)
		_, err := c.tool("patch", `{"patch":{"agent":{"model":"m"}},"expected_generation":1}`)
		if f := fault.Of(err); f == nil || !strings.Contains(f.Message, tt.want) || len(f.Data["overlaps"].([]any)) != 0 {
			t.Errorf("%q: got %v, want %q in it", tt.after, err, tt.want)
		}
	}
}

// TestExplainConflict_unknownChanges: changes since a text that is not TOML are
// unknown, and the conflict says where the history begins.
func TestExplainConflict_unknownChanges(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "agent.model = 'a'", "not TOML", "agent.model = 'b'")
	_, err := c.tool("patch", `{"patch":{"agent":{"model":"m"}},"expected_generation":2}`)
	f := fault.Of(err)
	const want = "generation 2 expected, 3 is current: the history does not have the changes since; read the configuration again, and repeat with expected_generation 3 if the change is still wanted"
	if f == nil || f.Message != want {
		t.Fatalf("got  %v\nwant %s", err, want)
	}
	if got, want := string(tree.Append(nil, f.Data)), `{"current":3,"expected":2,"history_from":1}`; got != want {
		t.Errorf("data: got %s, want %s", got, want)
	}
}

// TestExplainConflict_manyCommits: a change does not say by which generation if
// there are too many of them.
func TestExplainConflict_manyCommits(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "")
	for i := range 65 {
		c.appendText(fmt.Sprintf("agent.model = '%d'", i))
	}
	for expected, want := range map[int]string{
		1: `[{"default":"","new":"64","op":"add","path":"/agent/model"}]`,
		2: `[{"by":66,"new":"64","old":"0","op":"replace","path":"/agent/model"}]`,
	} {
		_, err := c.tool("patch", fmt.Sprintf(`{"patch":{"rest":{"port":1}},"expected_generation":%d}`, expected))
		if f := fault.Of(err); f == nil || string(tree.Append(nil, f.Data["changes"])) != want {
			t.Errorf("expected %d: got %s, %v, want %s", expected, tree.Append(nil, f.Data["changes"]), err, want)
		}
	}
}
