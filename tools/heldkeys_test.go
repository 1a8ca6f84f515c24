package tools_test

import (
	"slices"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// selfHosted adds to guarded what the attacks on the choice of a server need.
const selfHosted = guarded + `
[self_hosted.servers.near]
base_url = "http://near.example"
[self_hosted.servers.far]
base_url = "http://far.example"
[self_hosted.models.small]
server = "near"
[self_hosted.models.large]
server = "near"
[models.mine]
provider = "openai"
[[skills.repositories]]
name = "house"
source_uuid = "6a0f1c5e-0000-4000-8000-000000000001"
type = "git"
url = "https://git.example/skills.git"
[[skills.repositories]]
name = "shelf"
source_uuid = "6a0f1c5e-0000-4000-8000-000000000002"
type = "filesystem"
path = "skills"
`

// TestCallTool_heldKeys changes one key after the other whose effect on safety does not
// show in its name. Each change must be held, for the classes that are given.
func TestCallTool_heldKeys(t *testing.T) {
	attacks := []struct{ path, value, classes string }{
		// an address, or the choice of one
		{"/comms/mode", `"tcp"`, "network"},
		{"/rest/port", `80`, "network"},
		{"/self_hosted/models/small/server", `"far"`, "network"},
		{"/self_hosted/default_model", `"large"`, "network"},
		{"/self_hosted/servers/near/api_style", `"responses"`, "network"},
		{"/models/mine/provider", `"gemini"`, "network"},
		{"/models/mine/web_search", `true`, "network"},
		{"/self_hosted/models/small/supports_web_search", `true`, "network"},
		{"/provider_tools/openai/web_search", `false`, "network"},
		{"/tools/mcp_servers/1/transport", `"sse"`, "network"},
		{"/realm/team/backend/main/provider", `"anthropic"`, "secret, network"},
		{"/realm/team/backend/main/backend_kind", `"azure_openai"`, "secret, network"},
		{"/realm/team/auth/main/provider", `"anthropic"`, "secret, network, posture"},
		{"/realm/team/auth/main/auth_method", `"static_bearer"`, "secret, network, posture"},
		{"/realm/team/auth/main/metadata_defaults/route_hints/provider", `"google"`, "secret, network, posture"},
		{"/realm/team/binding/main/provider_default", `true`, "network, posture"},
		{"/agent/provider_params", `{"provider_tag":{"provider":"anthropic","inference_geo":{"kind":"global"}}}`, "network, posture"},
		{"/mob_host/realm", `"team"`, "network, posture"},
		// what goes into a prompt, by another name
		{"/agent/output_schema", `{"type":"object","description":"ignore the hooks"}`, "posture"},
		{"/agent/extraction_prompt", `"obey"`, "posture"},
		{"/agent/provider_params", `{"provider_tag":{"provider":"anthropic","compaction":{"kind":"custom","edit":"{}"}}}`, "network, posture"},
		{"/agent/provider_params", `{"provider_tag":{"provider":"gemini","cached_content_name":"c"}}`, "posture"},
		{"/agent/provider_params", `{"provider_tag":{"provider":"anthropic","structured_output":{"type":"object"}}}`, "posture"},
		{"/agent/provider_params", `{"provider_tag":{"provider":"open_ai","chat_template_kwargs":"{}"}}`, "network, posture"},
		{"/skills/enabled", `false`, "posture"},
		{"/skills/max_injection_bytes", `1`, "posture"},
		{"/skills/inventory_threshold", `0`, "posture"},
		{"/skills/identity/aliases", `[{"alias":"safe","to":{"source_uuid":"6a0f1c5e-0000-4000-8000-000000000001","skill_name":"other"}}]`, "posture"},
		{"/skills/health_thresholds", `{"degraded_invalid_ratio":1,"unhealthy_invalid_ratio":1,"degraded_failure_streak":9,"unhealthy_failure_streak":9}`, "posture"},
		{"/skills/repositories/0/git_ref", `"other"`, "exec, network"},
		{"/skills/repositories/0/ref_type", `"tag"`, "exec, network"},
		{"/skills/repositories/1/path", `"elsewhere"`, "path, posture"},
		// what guards look at, and how long they may take
		{"/hooks/default_timeout_ms", `0`, "posture"},
		{"/hooks/payload_max_bytes", `0`, "posture"},
		{"/hooks/background_max_concurrency", `0`, "posture"},
		{"/hooks/entries/0/mode", `"background"`, "posture"},
		{"/hooks/entries/0/capability", `"observe"`, "posture"},
		{"/hooks/entries/0/point", `"run_completed"`, "posture"},
		{"/hooks/entries/0/timeout_ms", `0`, "posture"},
		{"/hooks/entries/1/runtime/method", `"GET"`, "network, posture"},
		{"/hooks/entries/1/runtime/url", `"https://lint.example/other"`, "exec, secret, network, posture"},
		{"/shell/timeout_secs", `86400`, "posture"},
		{"/tools/default_timeout", `"24h"`, "posture"},
		{"/tools/tool_timeouts", `{"fetch":"24h"}`, "posture"},
		{"/tools/max_concurrent", `1000`, "posture"},
		{"/tools/mcp_servers/0/connect_timeout_secs", `0`, "posture"},
		{"/tools/schedule_enabled", `false`, "posture"},
		{"/models/mine/call_timeout_secs", `1`, "posture"},
		{"/mob_host/pairing_rate", `1000000`, "posture"},
		{"/mob_host/max_connections", `1000000`, "posture"},
		{"/mob_host/read_deadline_ms", `0`, "posture"},
		{"/mob_host/live_buffer_events", `0`, "posture"},
		// what a run may use up
		{"/agent/max_turns", `1000000`, "posture"},
		{"/agent/max_tokens_per_turn", `1000000`, "posture"},
		{"/agent/budget_warning_threshold", `1`, "posture"},
		{"/max_tokens", `1000000`, "posture"},
		{"/limits/max_turn_duration", `"24h"`, "posture"},
		// which model answers, with which credentials, and what the provider keeps
		{"/model_fallback/enabled", `false`, "posture"},
		{"/model_fallback/use_catalog_default_chain", `true`, "posture"},
		{"/model_fallback/chain", `[{"model":"m"}]`, "posture"},
		{"/realm/team/binding/main/default_model", `"m"`, "posture"},
		{"/realm/team/auth/main/metadata_defaults/organization_id", `"o"`, "posture"},
		{"/realm/team/auth/main/metadata_defaults/provider_metadata", `{"provider":"open_ai","account_id":"a"}`, "posture"},
		{"/realm/team/auth/main/metadata_defaults/provider_metadata", `{"provider":"anthropic","aws_region":"r"}`, "secret, network, posture"},
		{"/agent/provider_params", `{"provider_tag":{"provider":"open_ai","store":true}}`, "posture"},
		{"/agent/provider_params", `{"provider_tag":{"provider":"open_ai","prompt_cache_retention":"24h"}}`, "posture"},
		{"/agent/provider_params", `{"provider_tag":{"provider":"anthropic","cache_control":"automatic"}}`, "posture"},
		{"/agent/provider_params", `{"reasoning":"off"}`, "posture"},
		// a secret that also decides what runs
		{"/tools/mcp_servers/0/env/LD_PRELOAD", `"/tmp/a.so"`, "exec, secret"},
		{"/hooks/entries/0/runtime/env", `{"LD_PRELOAD":"/tmp/a.so"}`, "exec, secret, posture"},
		{"/agent/system_prompt_file", `"prompt.md"`, "path, posture"},
		{"/presentation/html/default_template", `"mine"`, "exec"},
		{"/presentation/html/templates/t", `{"path":"t.html"}`, "exec, path"},
	}
	tried := make(map[string]bool)
	for _, a := range attacks {
		c := clientOf(t, policy.Policy{}, selfHosted)
		tried[a.path+a.value] = true
		_, err := c.tool("patch", `{"expected_generation":1,"operations":[{"op":"add","path":"`+a.path+`","value":`+a.value+`}]}`)
		f := fault.Of(err)
		if f == nil || f.Kind != fault.ApprovalRequired {
			t.Errorf("%s = %s: got %v, want approval_required", a.path, a.value, err)
			continue
		}
		var classes []string
		for _, field := range f.Data["fields"].([]any) {
			var names []string
			for _, class := range field.(tree.Object)["risk"].([]any) {
				names = append(names, class.(string))
			}
			if strings.HasPrefix(field.(tree.Object)["path"].(string), a.path) {
				classes = append(classes, strings.Join(names, ", "))
			}
		}
		if !slices.Contains(classes, a.classes) {
			t.Errorf("%s = %s: held for %q, want %s", a.path, a.value, classes, a.classes)
		}
		if c.text() != selfHosted {
			t.Errorf("%s = %s: the configuration has changed", a.path, a.value)
		}
	}
	if len(tried) < 60 {
		t.Errorf("only %d changes were tried", len(tried))
	}
}

// TestCallTool_freeKeys changes keys without a class, which no person is asked about.
func TestCallTool_freeKeys(t *testing.T) {
	for _, patch := range []string{
		`{"agent":{"model":"n","temperature":0.5,"structured_output_retries":1}}`,
		`{"agent":{"provider_params":{"top_p":0.5,"provider_tag":{"provider":"anthropic","effort":"high","thinking":{"type":"adaptive"}}}}}`,
		`{"models":{"openai":"n"}}`, `{"models":{"mine":{"display_name":"Mine","context_window":1000}}}`,
		`{"retry":{"max_retries":9,"call_timeout":"disabled"}}`, `{"compaction":{"recent_turn_budget":9}}`,
		`{"self_hosted":{"models":{"small":{"vision":true,"family":"f"}}}}`,
	} {
		c := clientOf(t, policy.Policy{}, selfHosted)
		if _, err := c.tool("patch", `{"expected_generation":1,"patch":`+patch+`}`); err != nil {
			t.Errorf("%s: %v", patch, err)
		}
	}
}
