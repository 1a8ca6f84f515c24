package schema_test

import (
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// object reads a tree from JSON.
func object(t testing.TB, text string) tree.Object {
	t.Helper()
	o, err := tree.DecodeObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// defaults returns the default configuration as Meerkat 0.8.26 prints it.
func defaults(t testing.TB) tree.Object {
	t.Helper()
	text, err := os.ReadFile("meerkat/testdata/default.json")
	if err != nil {
		t.Fatal(err)
	}
	return object(t, string(text))
}

func pointer(t testing.TB, s string) tree.Pointer {
	t.Helper()
	p, err := tree.ParsePointer(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestModel_schemaIsDraft2020(t *testing.T) {
	root := object(t, string(meerkat.New().JSON()))
	if got, want := root["$schema"], "https://json-schema.org/draft/2020-12/schema"; got != want {
		t.Errorf("$schema: got %v, want %v", got, want)
	}
	meta, err := jsonschema.NewCompiler().Compile("https://json-schema.org/draft/2020-12/schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(root); err != nil {
		t.Error(err)
	}
}

func TestRoots(t *testing.T) {
	want := []string{
		"agent", "budget", "comms", "compaction", "hooks", "limits", "max_tokens", "mob_host", "model_fallback",
		"models", "presentation", "provider_tools", "realm", "rest", "retry", "self_hosted", "shell", "skills",
		"storage", "store", "tools",
	}
	if diff := cmp.Diff(want, meerkat.New().Roots()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestKey(t *testing.T) {
	m := meerkat.New()
	for path, want := range map[string]string{
		"/hooks/entries":        "id",
		"/tools/mcp_servers":    "name",
		"/skills/repositories":  "source_uuid",
		"/tools/mcp_servers/0":  "",
		"/tools":                "",
		"":                      "",
		"/shell/no/such/thing":  "",
		"/comms/anything/at/0":  "",
		"/skills/identity/a/~0": "",
		"/model_fallback/chain": "",
	} {
		if got := m.Key(pointer(t, path)); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func TestDefault(t *testing.T) {
	m := meerkat.New()
	for _, tt := range []struct {
		path string
		want any
	}{
		{"/retry/max_retries", int64(3)},
		{"/retry/multiplier", 2.0},
		{"/agent/model", ""},
		{"/agent/budget_warning_threshold", 0.8},
		{"/tools/schedule_enabled", true},
		{"/tools/mcp_servers", []any{}},
		{"/tools/tool_timeouts", tree.Object{}},
		{"/compaction/auto_compact_threshold", int64(100000)},
		{"/rest/host", "127.0.0.1"},
		{"/hooks/entries/0/priority", int64(100)},
		{"/hooks/entries/0/runtime/type", "in_process"},
		{"/hooks/entries/0/runtime/handler", "noop"},
		{"/skills/repositories/0/timeout_seconds", int64(15)},
		{"/skills/health_thresholds/degraded_failure_streak", int64(3)},
		{"/self_hosted/models/x/supports_temperature", true},
	} {
		got, ok := m.Default(pointer(t, tt.path))
		if !ok || !cmp.Equal(got, tt.want) {
			t.Errorf("%s: got %#v, %t, want %#v", tt.path, got, ok, tt.want)
		}
	}
	for _, path := range []string{"", "/agent", "/agent/system_prompt", "/max_tokens", "/retry/call_timeout", "/no/such", "/models/x", "/realm", "/hooks/entries/0/runtime/env", "/realm/x/auth/a/source"} {
		if got, ok := m.Default(pointer(t, path)); ok {
			t.Errorf("%s: got %#v, want no default", path, got)
		}
	}
}

// TestDefaultWithout: a section is there by default, an entry of a list or a map is
// not.
func TestDefaultWithout(t *testing.T) {
	m := meerkat.New()
	for _, tt := range []struct {
		whole, path string
		want        any // nil: no default
	}{
		{"/retry", "/retry/max_retries", int64(3)},
		{"/retry/max_retries", "/retry/max_retries", int64(3)},
		{"/skills", "/skills/health_thresholds/degraded_failure_streak", int64(3)},
		{"/shell", "/shell/security_patterns", []any{}},
		{"/hooks/entries/0", "/hooks/entries/0/priority", nil},
		{"/hooks/entries/0/priority", "/hooks/entries/0/priority", int64(100)},
		{"/hooks/entries/0/runtime", "/hooks/entries/0/runtime/type", "in_process"},
		{"/hooks", "/hooks/entries/0/priority", nil},
		{"/self_hosted", "/self_hosted/models/x/supports_temperature", nil},
		{"/self_hosted/models/x", "/self_hosted/models/x/supports_temperature", nil},
		{"/self_hosted/models/x/supports_temperature", "/self_hosted/models/x/supports_temperature", true},
		{"/agent", "/agent/system_prompt", nil},
	} {
		got, ok := m.DefaultWithout(pointer(t, tt.whole), pointer(t, tt.path))
		if ok != (tt.want != nil) || !cmp.Equal(got, tt.want) {
			t.Errorf("%s without %s: got %#v, %t, want %#v", tt.path, tt.whole, got, ok, tt.want)
		}
	}
}

func TestLookup(t *testing.T) {
	m := meerkat.New()
	for path, want := range map[string]bool{
		"":                               true,
		"/agent":                         true,
		"/agent/model":                   true,
		"/agent/modle":                   false,
		"/agent/model/x":                 false,
		"/agnt":                          false,
		"/tools/mcp_servers/0/name":      true,
		"/tools/mcp_servers/-":           true,
		"/tools/mcp_servers/x":           false,
		"/tools/mcp_servers/0/new/deep":  false,
		"/tools/mcp_servers/0/args/3":    true,
		"/tools/mcp_servers/0/headers/x": true,
		"/hooks/entries/0/runtime/env":   true,
		"/hooks/entries/0/runtime/name":  true,
		"/hooks/entries/0/runtime/nope":  false,
		"/realm/x/auth/a/source/secret":  true,
		"/realm/x/auth/a/source/secrets": false,
		"/realm/x/backend/b/options/a/0": true,
		"/tools/tool_timeouts/any/secs":  true,
		"/tools/tool_timeouts/any/hours": false,
		"/models/my.model/vision":        true,
		"/models/my.model/visoin":        false,
		"/shell/allowlist":               true,
		"/shell/security_patterns/7":     true,
		"/agent/output_schema/a/0/b":     true,
		"/realm/team/auth/a":             true,
		"/comms/later":                   false,
	} {
		if got := m.Leads(pointer(t, path)); got != want {
			t.Errorf("%s: got %t, want %t", path, got, want)
		}
	}
}

func TestChildren(t *testing.T) {
	m := meerkat.New()
	for path, want := range map[string][]string{
		"/rest":                        {"host", "port"},
		"/models":                      {"anthropic", "gemini", "openai"},
		"/tools/tool_timeouts/any":     {"nanos", "secs"},
		"/shell":                       {"program", "security_mode", "security_patterns", "timeout_secs"},
		"/tools/tool_timeouts":         nil,
		"/agent/output_schema":         {"compat", "format", "name", "schema", "strict"},
		"/realm/team":                  {"auth", "backend", "binding", "default_binding", "parent"},
		"/hooks/entries/0/runtime":     {"args", "command", "env", "handler", "headers", "method", "type", "url"},
		"/tools/mcp_servers/0":         {"args", "command", "connect_timeout_secs", "env", "headers", "name", "transport", "url"},
		"/tools/mcp_servers":           nil,
		"/rest/port":                   nil,
		"/no":                          nil,
		"/agent/output_schema/a/b/c/d": nil,
	} {
		if got := m.Children(pointer(t, path)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

func TestModel_resultsAreCopies(t *testing.T) {
	m := meerkat.New()
	m.Roots()[0] = "changed"
	m.Children(tree.Pointer{"rest"})[0] = "changed"
	if got := m.Roots()[0]; got != "agent" {
		t.Errorf("Roots: got %q, want %q", got, "agent")
	}
	if got := m.Children(tree.Pointer{"rest"})[0]; got != "host" {
		t.Errorf("Children: got %q, want %q", got, "host")
	}
}

// TestModel_concurrentUse expects that no method writes into its argument. Under
// -race it also finds methods that write into the model.
func TestModel_concurrentUse(t *testing.T) {
	m := meerkat.New()
	stored := object(t, `{"rest":{"port":"x"},"shell":{"allowlist":["ls"]}}`)
	before := treetest.Clone(stored)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if issues, _ := findIssues(m, stored, nil); len(issues) != 1 {
				t.Errorf("got %v, want one issue", issues)
			}
			m.Fill(stored)
			m.Canonical(stored)
		})
	}
	wg.Wait()
	if diff := cmp.Diff(before, any(stored)); diff != "" {
		t.Errorf("the tree was written into (-before +after)\n%s", diff)
	}
}
