package meerkat

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestFill_insideListsMapsAndUnions has each object with its required keys alone, as
// Meerkat shows it.
func TestFill_insideListsMapsAndUnions(t *testing.T) {
	const (
		who  = `"name":"n","source_uuid":"` + uuidA + `"`
		auth = `{"auth_method":"api_key","provider":"openai","source":%s,"constraints":{"allow_interactive_login":false,"allow_refresh":true,` +
			`"require_account_id":false,"require_workspace_id":false},"metadata_defaults":{"route_hints":{"provider":"none"}}}`
	)
	for _, tt := range []struct{ name, around, at, stored, want string }{
		{"a hook", `{"hooks":{"entries":[%s]}}`, "/hooks/entries/0", `{}`,
			`{"capability":"observe","enabled":true,"id":"hook","mode":"foreground","point":"turn_boundary","priority":100,"runtime":{"handler":"noop","type":"in_process"}}`},
		{"a built-in hook", `{"hooks":{"entries":[{"runtime":%s}]}}`, "/hooks/entries/0/runtime", `{"type":"in_process"}`, `{"handler":"noop","type":"in_process"}`},
		{"a hook's command", `{"hooks":{"entries":[{"runtime":%s}]}}`, "/hooks/entries/0/runtime", `{"type":"command","command":"c"}`, `{"type":"command","command":"c"}`},
		{"a hook's address", `{"hooks":{"entries":[{"runtime":%s}]}}`, "/hooks/entries/0/runtime", `{"type":"http","url":"u"}`, `{"type":"http","url":"u","method":"POST"}`},
		{"a hook of no known type", `{"hooks":{"entries":[{"runtime":%s}]}}`, "/hooks/entries/0/runtime", `{"type":"wasm","name":"n"}`, `{"type":"wasm","name":"n"}`},
		{"an MCP program", `{"tools":{"mcp_servers":[%s]}}`, "/tools/mcp_servers/0", `{"name":"a","command":"c"}`, `{"name":"a","command":"c","args":[],"env":{}}`},
		{"an MCP address", `{"tools":{"mcp_servers":[%s]}}`, "/tools/mcp_servers/0", `{"name":"a","url":"u"}`, `{"name":"a","url":"u","headers":{},"transport":null}`},
		{"an MCP server of neither", `{"tools":{"mcp_servers":[%s]}}`, "/tools/mcp_servers/0", `{"name":"a"}`, `{"name":"a"}`},
		{"a directory", `{"skills":{"repositories":[%s]}}`, "/skills/repositories/0", `{` + who + `,"type":"filesystem","path":"p"}`, `{` + who + `,"type":"filesystem","path":"p"}`},
		{"a program", `{"skills":{"repositories":[%s]}}`, "/skills/repositories/0", `{` + who + `,"type":"stdio","command":"c"}`,
			`{` + who + `,"type":"stdio","command":"c","args":[],"cwd":null,"env":{},"timeout_seconds":15}`},
		{"an address", `{"skills":{"repositories":[%s]}}`, "/skills/repositories/0", `{` + who + `,"type":"http","url":"u"}`,
			`{` + who + `,"type":"http","url":"u","auth":null,"refresh_seconds":300,"timeout_seconds":15}`},
		{"a Git repository", `{"skills":{"repositories":[%s]}}`, "/skills/repositories/0", `{` + who + `,"type":"git","url":"u"}`,
			`{` + who + `,"type":"git","url":"u","auth":null,"depth":1,"git_ref":"main","ref_type":"branch","refresh_seconds":300,"skills_root":null}`},
		{"thresholds", `{"skills":%s}`, "/skills/health_thresholds", `{}`,
			`{"degraded_failure_streak":3,"degraded_invalid_ratio":0.05,"unhealthy_failure_streak":10,"unhealthy_invalid_ratio":0.4}`},
		{"thresholds in part", `{"skills":{"health_thresholds":%s}}`, "/skills/health_thresholds", `{"degraded_failure_streak":4}`, `{"degraded_failure_streak":4}`},
		{"a server", `{"self_hosted":{"servers":{"a":%s}}}`, "/self_hosted/servers/a", `{"transport":"openai_compatible"}`,
			`{"api_style":"chat_completions","base_url":"","transport":"open_ai_compatible"}`},
		{"a model", `{"self_hosted":{"models":{"a":%s}}}`, "/self_hosted/models/a", `{}`,
			`{"display_name":"","family":"","image_tool_results":false,"inline_video":false,"remote_model":"","server":"","supports_reasoning":false,` +
				`"supports_temperature":true,"supports_thinking":false,"supports_web_search":false,"tier":"supported","vision":false}`},
		{"a fallback", `{"model_fallback":{"chain":[%s]}}`, "/model_fallback/chain/0", `{"model":"m","provider":"open_a_i"}`, `{"model":"m","provider":"openai"}`},
		{"credentials", `{"realm":{"x":{"auth":{"a":%s}}}}`, "/realm/x/auth/a", `{"auth_method":"api_key","provider":"openai","source":{"kind":"env","env":"E"}}`,
			sprintf(auth, `{"kind":"env","env":"E"}`)},
		{"credentials of a program", `{"realm":{"x":{"auth":{"a":%s}}}}`, "/realm/x/auth/a", `{"auth_method":"api_key","provider":"openai","source":{"kind":"command","program":"p"}}`,
			sprintf(auth, `{"kind":"command","program":"p","args":[],"env":{},"timeout_ms":30000}`)},
		{"a backend", `{"realm":{"x":{"backend":{"b":%s}}}}`, "/realm/x/backend/b", `{"provider":"openai","backend_kind":"openai_api"}`, `{"provider":"openai","backend_kind":"openai_api"}`},
		{"a binding", `{"realm":{"x":{"binding":{"b":%s}}}}`, "/realm/x/binding/b", `{"backend_profile":"b","auth_profile":"a"}`,
			`{"backend_profile":"b","auth_profile":"a","policy":{"allow_auth_override":false,"require_metadata_account":false,"require_metadata_workspace":false}}`},
		{"a bag", `{"agent":{"provider_params":{"provider_tag":{"provider":"unknown","bag":%s}}}}`, "/agent/provider_params/provider_tag/bag", `{"namespace":"n","key":"k"}`, `{"namespace":"n","key":"k","body":""}`},
		{"an event", `{"skills":{"identity":{"lineage":[%s]}}}`, "/skills/identity/lineage/0", `{"event_id":"e","recorded_at_unix_secs":1,"event":{"event":"rotate"}}`,
			`{"event_id":"e","recorded_at_unix_secs":1,"event":{"event":"rotate"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, stored := New(), object(t, sprintf(tt.around, tt.stored))
			before := treetest.Clone(stored)
			full := m.Fill(stored)
			got, _, _ := pointer(t, tt.at).Get(full)
			if diff := cmp.Diff(any(object(t, tt.want)), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(before, any(stored)); diff != "" {
				t.Errorf("the stored tree was written into (-before +after)\n%s", diff)
			}
			canonical, issues := m.Canonical(full)
			if len(issues) > 0 {
				t.Errorf("Canonical: got %v", issues)
			}
			if diff := cmp.Diff(full, m.Fill(canonical)); diff != "" {
				t.Errorf("what is shown, sent back, means something else (-before +after)\n%s", diff)
			}
		})
	}
}

// TestFill_resultIsValid makes sure that the resolved view of every valid recorded
// configuration is valid.
func TestFill_resultIsValid(t *testing.T) {
	m := New()
	eachBranch(t, func(t *testing.T, value tree.Object, _ string, check func(tree.Object) []string) {
		if got := check(value); got != nil {
			t.Fatalf("got %v", got)
		}
	})
	for _, u := range unions {
		for _, text := range u.values {
			full := m.Fill(object(t, sprintf(u.around, text)))
			canonical, issues := m.Canonical(full)
			if len(issues) > 0 {
				t.Errorf("%s: Canonical: got %v", text, issues)
			}
			if issues, _ := findIssues(m, canonical, nil); len(issues) > 0 {
				t.Errorf("%s: Check: got %v", text, issues)
			}
		}
	}
}
