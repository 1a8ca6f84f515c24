package schema_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestCheck_issues has every kind of mistake, with the whole issue as clients see
// it.
func TestCheck_issues(t *testing.T) {
	for _, tt := range []struct{ config, want string }{
		// Types.
		{`{"rest":{"port":"x"}}`, `{"expected":"integer","got":"x","kind":"type","message":"expected integer, got string","path":"/rest/port"}`},
		{`{"rest":{"port":"9"}}`, `{"expected":"integer","got":"9","hint":"write 9 without quotes","kind":"type","message":"expected integer, got string","path":"/rest/port"}`},
		{`{"rest":{"port":8080.0}}`, `{"expected":"integer","got":8080.0,"hint":"write 8080","kind":"type","message":"expected integer, got number","path":"/rest/port"}`},
		{`{"rest":{"port":80.5}}`, `{"expected":"integer","got":80.5,"kind":"type","message":"expected integer, got number","path":"/rest/port"}`},
		{`{"rest":{"port":null}}`, `{"expected":"integer","hint":"leave the key out for its default","kind":"type","message":"expected integer, got null","path":"/rest/port"}`},
		{`{"rest":{"port":{"a":1}}}`, `{"expected":"integer","kind":"type","message":"expected integer, got object","path":"/rest/port"}`},
		{`{"rest":5}`, `{"expected":"object","got":5,"kind":"type","message":"expected object, got integer","path":"/rest"}`},
		{`{"rest":["0.0.0.0",9]}`, `{"expected":"object","kind":"type","message":"expected object, got array","path":"/rest"}`},
		{`{"tools":{"shell_enabled":"true"}}`, `{"expected":"boolean","got":"true","hint":"write true without quotes","kind":"type","message":"expected boolean, got string","path":"/tools/shell_enabled"}`},
		{`{"shell":{"security_patterns":["a",1]}}`, `{"expected":"string","got":1,"kind":"type","message":"expected string, got integer","path":"/shell/security_patterns/1"}`},
		{`{"retry":{"multiplier":"inf"}}`, `{"expected":"number","got":"inf","kind":"type","message":"expected number, got string","path":"/retry/multiplier"}`},
		{`{"retry":{"max_delay":500}}`, `{"expected":"string","got":500,"hint":"write it like \"500ms\", \"90s\" or \"1h 30m\"","kind":"type","message":"expected string, got integer","path":"/retry/max_delay"}`},
		{`{"retry":{"call_timeout":null}}`, `{"expected":"string","hint":"leave the key out for its default","kind":"type","message":"expected string, got null","path":"/retry/call_timeout"}`},
		{`{"budget":{"max_duration":1.5}}`, `{"expected":"string or integer","got":1.5,"hint":"write it like \"500ms\", \"90s\" or \"1h 30m\"","kind":"type","message":"expected string or integer, got number","path":"/budget/max_duration"}`},
		{`{"models":{"m":"x"}}`, `{"expected":"object","got":"x","hint":"give an object that has provider","kind":"type","message":"expected object, got string","path":"/models/m"}`},
		{`{"tools":{"tool_timeouts":{"a":2}}}`, `{"expected":"object","got":2,"hint":"give a text like \"2s\", or an object that has nanos and secs","kind":"type","message":"expected object, got integer","path":"/tools/tool_timeouts/a"}`},
		{`{"tools":{"tool_timeouts":{"a":"2m"}}}`, `{"expected":"object","got":"2m","hint":"in TOML write { secs = 120, nanos = 0 }","kind":"type","message":"expected object, got string","path":"/tools/tool_timeouts/a"}`},
		{`{"agent":{"output_schema":{"default":null}}}`, `{"hint":"leave the key out for its default","kind":"type","message":"null cannot be stored","path":"/agent/output_schema/default"}`},
		{`{"tools":{"mcp_servers":[{"name":"a","command":"c","env":{"KEY":7}}]}}`, `{"expected":"string","kind":"type","message":"expected string, got integer","path":"/tools/mcp_servers/0/env/KEY"}`},
		// Unknown keys.
		{`{"agent":{"modle":"a"}}`, `{"hint":"did you mean /agent/model?","kind":"unknown_key","message":"no such key","path":"/agent/modle"}`},
		{`{"agent":{"zzz":"a"}}`, `{"hint":"there are budget_warning_threshold, extraction_prompt, max_tokens_per_turn, max_turns, model, output_schema, provider_params, structured_output_retries, system_prompt, system_prompt_file, temperature, tool_instructions","kind":"unknown_key","message":"no such key","path":"/agent/zzz"}`},
		{`{"agnt":{}}`, `{"hint":"did you mean /agent?","kind":"unknown_key","message":"no such key","path":"/agnt"}`},
		{`{"model":"a"}`, `{"hint":"did you mean /agent/model?","kind":"unknown_key","message":"no such key","path":"/model"}`},
		{`{"agent":{"max_tokens":1}}`, `{"hint":"did you mean /max_tokens?","kind":"unknown_key","message":"no such key","path":"/agent/max_tokens"}`},
		{`{"agent.max_turns":9}`, `{"hint":"did you mean /agent/max_turns?","kind":"unknown_key","message":"no such key","path":"/agent.max_turns"}`},
		{`{"/agent/max_turns":9}`, `{"hint":"did you mean /agent/max_turns?","kind":"unknown_key","message":"no such key","path":"/~1agent~1max_turns"}`},
		{`{"hooks":{"entries":[{"id":"a","url":"http://h"}]}}`, `{"hint":"did you mean /hooks/entries/0/runtime/url?","kind":"unknown_key","message":"no such key","path":"/hooks/entries/0/url"}`},
		{`{"shell":{"timeout":9}}`, `{"hint":"did you mean /shell/timeout_secs?","kind":"unknown_key","message":"no such key","path":"/shell/timeout"}`},
		{`{"retry":{"a/b~c":1}}`, `{"hint":"there are call_timeout, initial_delay, max_delay, max_retries, multiplier, stream_inactivity_timeout","kind":"unknown_key","message":"no such key","path":"/retry/a~1b~0c"}`},
		{`{"models":{"m":{"provider":"openai","visoin":true}}}`, `{"hint":"did you mean /models/m/vision?","kind":"unknown_key","message":"no such key","path":"/models/m/visoin"}`},
		// Missing keys.
		{`{"models":{"m":{}}}`, `{"expected":"string","hint":"add it: it is one of anthropic, openai, gemini, self_hosted, other","kind":"missing","message":"a required key is missing","path":"/models/m/provider"}`},
		{`{"tools":{"tool_timeouts":{"a":{"secs":1}}}}`, `{"expected":"integer","hint":"add it: it is an integer","kind":"missing","message":"a required key is missing","path":"/tools/tool_timeouts/a/nanos"}`},
		{`{"tools":{"mcp_servers":[{"command":"a"}]}}`, `{"expected":"string","hint":"add it: it is a string","kind":"missing","message":"a required key is missing","path":"/tools/mcp_servers/0/name"}`},
		// Enums.
		{`{"shell":{"security_mode":"alow_list"}}`, `{"expected":["unrestricted","allow_list","deny_list"],"got":"alow_list","hint":"did you mean \"allow_list\"?","kind":"enum","message":"not one of the allowed values","path":"/shell/security_mode"}`},
		{`{"shell":{"security_mode":"no"}}`, `{"expected":["unrestricted","allow_list","deny_list"],"got":"no","hint":"use one of unrestricted, allow_list, deny_list","kind":"enum","message":"not one of the allowed values","path":"/shell/security_mode"}`},
		// Ranges.
		{`{"rest":{"port":65536}}`, `{"got":65536,"kind":"range","message":"must be at most 65535","path":"/rest/port"}`},
		{`{"rest":{"port":-1}}`, `{"got":-1,"kind":"range","message":"must be at least 0","path":"/rest/port"}`},
		{`{"max_tokens":0}`, `{"got":0,"kind":"range","message":"must be at least 1","path":"/max_tokens"}`},
		{`{"budget":{"max_duration":-1}}`, `{"got":-1,"kind":"range","message":"must be at least 0","path":"/budget/max_duration"}`},
		{`{"limits":{"budget":9223372036854775808}}`, `{"got":9223372036854775808,"kind":"range","message":"must be at most 9223372036854775807","path":"/limits/budget"}`},
		{`{"agent":{"temperature":3.5e38}}`, `{"got":3.5e38,"kind":"range","message":"must be at most 3.4028234663852886e38","path":"/agent/temperature"}`},
		{`{"retry":{"max_retries":18446744073709551615}}`, `{"got":18446744073709551615,"kind":"range","message":"must be at most 4294967295","path":"/retry/max_retries"}`},
		{`{"limits":{"max_turn_duration":0}}`, `{"hint":"leave the key out for no limit","kind":"range","message":"must be more than zero","path":"/limits/max_turn_duration"}`},
		{`{"limits":{"max_turn_duration":"0ms"}}`, `{"hint":"leave the key out for no limit","kind":"range","message":"must be more than zero","path":"/limits/max_turn_duration"}`},
		// Formats.
		{`{"retry":{"max_delay":"90"}}`, `{"expected":"duration","got":"90","hint":"write it like \"500ms\", \"90s\" or \"1h 30m\"","kind":"format","message":"not a duration: a number lacks its unit","path":"/retry/max_delay"}`},
		{`{"retry":{"call_timeout":"off"}}`, `{"expected":"duration","got":"off","hint":"write it like \"500ms\", \"90s\" or \"1h 30m\", or \"disabled\"","kind":"format","message":"not a duration: each unit needs a number before it","path":"/retry/call_timeout"}`},
		{`{"budget":{"max_duration":"soon"}}`, `{"expected":"duration","got":"soon","hint":"write it like \"500ms\", \"90s\" or \"1h 30m\"","kind":"format","message":"not a duration: each unit needs a number before it","path":"/budget/max_duration"}`},
		// Rules.
		{`{"models":{"gpt-5.5":{"provider":"openai"}}}`, `{"hint":"choose another id","kind":"rule","message":"the built-in catalog has a model of this id","path":"/models/gpt-5.5"}`},
		{`{"models":{"m":{"provider":"other"}}}`, `{"hint":"use one of anthropic, openai, gemini","kind":"rule","message":"a provider that serves models is needed","path":"/models/m/provider"}`},
		{`{"models":{"m":{"provider":"self_hosted"}}}`, `{"hint":"declare the model under /self_hosted/models","kind":"rule","message":"self-hosted models are not declared here","path":"/models/m/provider"}`},
		{`{"models":{"m":{"provider":"openai"}},"self_hosted":{"servers":{"s":{}},"models":{"m":{"server":"s"}}}}`, `{"hint":"rename or remove one of the two","kind":"rule","message":"there is a model of this id under /self_hosted/models too","path":"/models/m"}`},
	} {
		issues, warnings := findIssues(meerkat.New(), object(t, tt.config), nil)
		got := string(tree.Append(nil, issues))
		if want := "[" + tt.want + "]"; got != want || len(warnings) > 0 {
			t.Errorf("%s:\n got %s, warnings %v\nwant %s", tt.config, got, warnings, want)
		}
	}
}

func TestCheck_validConfigurations(t *testing.T) {
	for _, config := range []string{
		`{}`,
		`{"agent":{"temperature":1,"provider_params":{"top_p":1},"output_schema":{"type":"object"}}}`,
		`{"budget":{"max_tokens":9223372036854775807,"max_duration":0}}`,
		`{"budget":{"max_duration":"0"},"limits":{"max_turn_duration":"1ns"}}`,
		`{"retry":{"call_timeout":"disabled","stream_inactivity_timeout":"5s","multiplier":2}}`,
		`{"shell":{"allowlist":["ls"]}}`,
		`{"models":{"m.1":{"provider":"open_a_i","vision":true},"anthropic":"x"}}`,
		`{"tools":{"tool_timeouts":{"a":{"secs":9223372036854775807,"nanos":0}},"mcp_servers":[{"name":"a","url":"u"}]}}`,
		`{"realm":{"team":{"backend":{"b":{"provider":"openai","backend_kind":"openai_api","options":[1,{"a":"b"}]}}}}}`,
		`{"rest":{"port":0}}`,
	} {
		issues, warnings := findIssues(meerkat.New(), object(t, config), nil)
		if len(issues)+len(warnings) > 0 {
			t.Errorf("%s: got %v, %v, want none", config, issues, warnings)
		}
	}
}

func TestCheck_allIssuesInOrder(t *testing.T) {
	config := object(t, `{"zzz":1,"rest":{"port":"x","hots":1},"agent":{"modle":1,"temperature":"warm"},"models":{"m":{}},"max_tokens":0}`)
	want := []string{"/agent/modle", "/agent/temperature", "/max_tokens", "/models/m/provider", "/rest/hots", "/rest/port", "/zzz"}
	for range 5 {
		issues, _ := findIssues(meerkat.New(), config, nil)
		var got []string
		for _, i := range issues {
			got = append(got, i.Path)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	}
}

func TestCheck_oldMistakeIsWarning(t *testing.T) {
	for _, tt := range []struct {
		name, prev, next string
		issues, warnings []string
	}{
		{"kept", `{"rest":{"port":"x"}}`, `{"rest":{"port":"x"},"agent":{"model":"a"}}`, nil, []string{"/rest/port"}},
		{"changed for another mistake", `{"rest":{"port":"x"}}`, `{"rest":{"port":"y"}}`, []string{"/rest/port"}, nil},
		{"a new one beside an old one", `{"agent":{"a":1}}`, `{"agent":{"a":1,"b":1}}`, []string{"/agent/b"}, []string{"/agent/a"}},
		{"repaired", `{"agent":{"a":1}}`, `{"agent":{}}`, nil, nil},
		{"a key still missing", `{"models":{"m":{}}}`, `{"models":{"m":{"vision":true}}}`, nil, []string{"/models/m/provider"}},
		{"a key newly missing", `{"models":{"m":{"provider":"openai"}}}`, `{"models":{"m":{}}}`, []string{"/models/m/provider"}, nil},
		{"an unknown key with another value", `{"agent":{"a":{"b":1}}}`, `{"agent":{"a":{"b":2}}}`, []string{"/agent/a"}, nil},
		{"an entry moved", `{"tools":{"mcp_servers":[{"name":"a","url":"u"},{"name":5,"url":"u"}]}}`, `{"tools":{"mcp_servers":[{"name":5,"url":"u"}]}}`, nil, []string{"/tools/mcp_servers/0/name"}},
		{"an entry doubled", `{"tools":{"mcp_servers":[{"name":5,"url":"u"}]}}`, `{"tools":{"mcp_servers":[{"name":5,"url":"u"},{"name":5,"url":"u"}]}}`, []string{"/tools/mcp_servers/1/name"}, []string{"/tools/mcp_servers/0/name"}},
		{"a rule broken before", `{"limits":{"max_turn_duration":0}}`, `{"limits":{"max_turn_duration":0}}`, nil, []string{"/limits/max_turn_duration"}},
		{"an old rule broken anew", `{"models":{"m":{"provider":"openai"}}}`, `{"models":{"m":{"provider":"openai"}},"self_hosted":{"servers":{"s":{}},"models":{"m":{"server":"s"}}}}`, []string{"/models/m"}, nil},
		{"a wrong section", `{"rest":5}`, `{"rest":5}`, nil, []string{"/rest"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			issues, warnings := findIssues(meerkat.New(), object(t, tt.next), object(t, tt.prev))
			if diff := cmp.Diff(tt.issues, pathsOf(issues)); diff != "" {
				t.Errorf("issues (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.warnings, pathsOf(warnings)); diff != "" {
				t.Errorf("warnings (-want +got)\n%s", diff)
			}
		})
	}
}

func pathsOf(issues []schema.Issue) []string {
	var paths []string
	for _, i := range issues {
		paths = append(paths, i.Path)
	}
	return paths
}

func TestCheck_longTextIsNotShown(t *testing.T) {
	long, short := strings.Repeat("x", schema.MaxGot+1), strings.Repeat("x", schema.MaxGot)
	for text, want := range map[string]any{long: nil, short: short} {
		issues, _ := findIssues(meerkat.New(), tree.Object{"rest": tree.Object{"port": text}}, nil)
		if len(issues) != 1 || issues[0].Got != want {
			t.Errorf("%d bytes: got %v", len(text), issues)
		}
	}
}

func TestIssue_membersAreSorted(t *testing.T) {
	issue := schema.Issue{
		Column: 1, Expected: []any{"a"}, Got: 2.0, Hint: "h", Kind: schema.Enum, Line: 14, Message: "<m>", Path: "/p",
	}
	want := `{"column":1,"expected":["a"],"got":2.0,"hint":"h","kind":"enum","line":14,"message":"<m>","path":"/p"}`
	if got := string(tree.Append(nil, issue)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var members map[string]any
	if err := json.Unmarshal(tree.Append(nil, schema.Issue{Kind: schema.Rule, Message: "m"}), &members); err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(members)), []string{"kind", "message", "path"}; !slices.Equal(got, want) {
		t.Errorf("members of an empty issue: got %v, want %v", got, want)
	}
}

func TestIssue_text(t *testing.T) {
	for want, issue := range map[string]schema.Issue{
		"/agent/modle: no such key; did you mean /agent/model?": {Path: "/agent/modle", Message: "no such key", Hint: "did you mean /agent/model?"},
		"/rest: expected object, got integer":                   {Path: "/rest", Message: "expected object, got integer"},
		"the configuration: is empty":                           {Message: "is empty"},
	} {
		if got := issue.Text(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCheck_messageStyle(t *testing.T) {
	config := object(t, `{"zzz":1,"rest":{"port":"x"},"max_tokens":0,"shell":{"security_mode":"x"},"retry":{"max_delay":"x"},"models":{"gpt-5.5":{},"m":{"provider":"other"}}}`)
	issues, _ := findIssues(meerkat.New(), config, nil)
	kinds := make(map[schema.Kind]bool)
	for _, i := range issues {
		kinds[i.Kind] = true
		for _, text := range []string{i.Message, i.Hint} {
			if strings.HasSuffix(text, ".") || text != "" && text[:1] != strings.ToLower(text[:1]) {
				t.Errorf("%s: %q has a capital or a period", i.Path, text)
			}
		}
	}
	for _, kind := range []schema.Kind{schema.Type, schema.UnknownKey, schema.Missing, schema.Enum, schema.Range, schema.Format, schema.Rule} {
		if !kinds[kind] {
			t.Errorf("no issue of the kind %s", kind)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	m, config := meerkat.New(), defaults(b)
	config, _ = m.Canonical(config)
	m.Check(config, config)
	b.ReportAllocs()
	for b.Loop() {
		m.Check(config, config)
	}
}

func BenchmarkFill(b *testing.B) {
	m := meerkat.New()
	m.Fill(nil)
	b.ReportAllocs()
	for b.Loop() {
		m.Fill(nil)
	}
}
