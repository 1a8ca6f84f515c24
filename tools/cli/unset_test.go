package cli

import (
	"strings"
	"testing"

	"realmconf/schema/tree"
)

func TestGet_unsetKeys(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 60})
	sh.writeText("[agent]\nmodel = \"m\"\n[[hooks.entries]]\nid = \"a\"\n")
	sh.wantRun(0, `# not set: extraction_prompt, max_tokens_per_turn,
#   max_turns, output_schema, provider_params,
#   system_prompt, system_prompt_file, temperature,
#   tool_instructions
budget_warning_threshold = 0.8
model = "m"
structured_output_retries = 2
`, "get", "/agent")
	sh.wantRun(0, `background_max_concurrency = 32
default_timeout_ms = 5000
payload_max_bytes = 131072

[[entries]]
# not set: timeout_ms
capability = "observe"
enabled = true
id = "a"
mode = "foreground"
point = "turn_boundary"
priority = 100

[entries.runtime]
handler = "noop"
type = "in_process"
`, "get", "/hooks")
	sh.wantRun(0, "model = \"m\"\n", "get", "/agent", "--stored")
	sh.wantRun(0, "# not set: max_duration, max_tokens, max_tool_calls\n", "get", "/budget")
	if sh.run("get"); !strings.Contains(sh.out.String(), "\n[budget]\n# not set: max_duration, max_tokens, max_tool_calls\n\n[comms]\n") {
		t.Errorf("the whole configuration: got %q", sh.out.String())
	}
	if sh.run("get", "/agent", "--json"); !strings.Contains(sh.out.String(), `"max_turns": null`) || strings.Contains(sh.out.String(), "not set") {
		t.Errorf("JSON: got %q", sh.out.String())
	}
}

// A table without a header of its own is named: the comment is above the header of
// the first table in it.
func TestEncodeWithUnset_impliedTable(t *testing.T) {
	sh := newShell(t, Terminal{})
	got, err := sh.session.encodeWithUnset(tree.Pointer{"x"}, parseObject(t, `{"a":{"b":{"c":1,"d":null},"e":null},"f":[1,{"g":null,"h":2}]}`))
	want := "f = [\n    1,\n    { h = 2 },\n]\n\n# not set in /x/a: e\n[a.b]\n# not set: d\nc = 1\n"
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
