package schema_test

import (
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/meerkat"
)

func TestRisk(t *testing.T) {
	m := meerkat.New()
	classes := map[schema.Risk]string{
		schema.RiskExec: `/shell/program /tools/mcp_servers/0/command /tools/mcp_servers/0/args /tools/mcp_servers/0/args/3
			/hooks/entries/0/runtime/command /hooks/entries/0/runtime/args/0 /hooks/entries/0/runtime/type
			/hooks/entries/0/runtime/handler /skills/repositories/0/command /skills/repositories/0/args
			/skills/repositories/0/cwd /skills/repositories/0/type /realm/x/auth/a/source/program
			/realm/x/auth/a/source/args/0 /realm/x/auth/a/source/cwd /realm/x/auth/a/source/kind
			/presentation/html/templates/t/body
			/hooks/entries/0/runtime /realm/x/auth/a/source /skills/repositories/0 /skills/repositories /tools/mcp_servers/0
			/tools /realm /realm/x /hooks/entries`,
		schema.RiskSecret: `/tools/mcp_servers/0/env /tools/mcp_servers/0/env/KEY /tools/mcp_servers/0/headers/Authorization
			/hooks/entries/0/runtime/env/KEY /hooks/entries/0/runtime/headers/x /skills/repositories/0/env/KEY
			/skills/repositories/0/auth/token /skills/repositories/0/auth/value /realm/x/auth/a/source/secret
			/realm/x/auth/a/source/env/KEY /realm/x/backend/b/options /realm/x/backend/b/options/api_key
			/realm/x/backend/b/options/deep/0/er /agent/provider_params/provider_tag/bag/body
			/agent/no_such_key /self_hosted/servers/s/bearer_token /skills/repositories/0/auth_token /nothing/at/all`,
		schema.RiskNetwork: `/tools/mcp_servers/0/url /hooks/entries/0/runtime/url /hooks/entries/0/runtime/method
			/skills/repositories/0/url /skills/repositories/0/git_ref /self_hosted/servers/s/base_url
			/realm/x/backend/b/base_url /realm/x/backend/b/server /rest/host /comms/address /comms/advertise_address
			/comms/event_address /mob_host/listen_tcp /mob_host/advertise_tcp /mob_host/live_ws /mob_host/live_ws_advertise
			/provider_tools/openai/web_search /provider_tools/gemini/google_search
			/agent/provider_params/provider_tag/web_search /agent/provider_params/provider_tag/google_search
			/agent/provider_params/provider_tag/chat_template_kwargs /rest /comms /self_hosted`,
		schema.RiskPath: `/agent/system_prompt_file /store/sessions_path /store/tasks_path /store/database_dir /storage/directory
			/mob_host/identity_dir /mob_host/descriptor_out /skills/repositories/0/path /skills/repositories/0/skills_root
			/skills/repositories/0/auth/path /presentation/html/templates/t/path /store`,
		schema.RiskPosture: `/shell/security_mode /shell/security_patterns /shell/security_patterns/0 /shell/allowlist
			/tools/shell_enabled /tools/builtins_enabled /tools/comms_enabled /tools/mob_enabled /tools/schedule_enabled
			/tools/workgraph_enabled /hooks/entries/0/id /hooks/entries/0/enabled /hooks/entries/0/point
			/hooks/entries/0/priority /hooks/entries/0/timeout_ms /comms/auth /comms/require_peer_auth
			/realm/x/auth/a/source/fallback /realm/x/auth/a/source/fd /realm/x/auth/a/source/handle
			/realm/x/binding/b /realm/x/binding/b/auth_profile /realm/x/binding/b/policy/allow_auth_override
			/realm/x/default_binding /realm/x/parent /realm/x/auth/a/constraints/allow_refresh
			/agent/system_prompt /agent/tool_instructions /agent/extraction_prompt /budget/max_tokens /limits/max_sessions
			/limits /budget /model_fallback/chain/0/auth_binding/binding`,
		schema.RiskNone: `/agent/model /agent/temperature /agent/max_turns /agent/output_schema /agent/output_schema/schema/x
			/agent/provider_params/top_p /agent/provider_params/provider_tag/effort /agent/provider_params/provider_tag/provider
			/agent/provider_params/provider_tag/seed /agent/provider_params/provider_tag/thinking/budget_tokens
			/models /models/m /models/m/provider /retry /retry/max_retries /compaction /rest/port /max_tokens
			/shell/timeout_secs /presentation/html/default_template /tools/max_concurrent /tools/tool_timeouts/x/secs
			/self_hosted/models/m/server /self_hosted/default_model /skills/enabled /skills/identity/remaps/0/to
			/model_fallback/enabled /model_fallback/chain/0/model /mob_host/max_connections /hooks/default_timeout_ms
			/realm/x/auth/a/provider /realm/x/auth/a/metadata_defaults/provider_metadata/email`,
	}
	count := 0
	for want, paths := range classes {
		for _, path := range strings.Fields(paths) {
			count++
			if got := m.Risk(pointer(t, path)); got.Strongest() != want {
				t.Errorf("%s: got %s, want %s", path, got, want)
			}
		}
	}
	if got := m.Risk(nil); len(got.Classes()) != len(schema.Risks())-1 {
		t.Errorf("everything: got %s, want all classes", got)
	}
	if count < 120 {
		t.Errorf("only %d paths were looked at", count)
	}
}

func TestRisk_unionMember(t *testing.T) {
	m := meerkat.New()
	// The name of a variable in one branch, a map of secrets in another.
	if got, want := m.Risk(pointer(t, "/realm/x/auth/a/source/env")), schema.NewRiskSet(schema.RiskPosture, schema.RiskSecret); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// A secret does not make secrets of the members beside it.
	for _, path := range []string{"/skills/repositories/0/auth/scheme", "/skills/repositories/0/auth/name"} {
		if got := m.Risk(pointer(t, path)); got.Strongest() != schema.RiskExec || got.Has(schema.RiskSecret) {
			t.Errorf("%s: got %s, want %s and no secret", path, got, schema.RiskExec)
		}
	}
}

func TestCheck_realSecretsAreNotShown(t *testing.T) {
	for _, config := range []string{
		`{"realm":{"x":{"auth":{"a":"hunter2"}}}}`,
		`{"realm":{"x":{"auth":{"a":{"provider":"openai","auth_method":"api_key","source":"hunter2"}}}}}`,
		`{"realm":{"x":{"auth":{"a":{"provider":"openai","auth_method":"api_key","source":{"kind":"inline_secret","secret":["hunter2"]}}}}}}`,
		`{"realm":{"x":{"auth":{"a":{"provider":"openai","auth_method":"api_key","source":{"kind":"vault","secret":"hunter2"}}}}}}`,
		`{"realm":{"x":{"auth":{"a":{"provider":"openai","auth_method":"api_key","source":{"kind":"env","env":"A","secret":"hunter2"}}}}}}`,
		`{"realm":"hunter2"}`,
		`{"skills":{"repositories":[{"auth":"hunter2"}]}}`,
		`{"skills":{"repositories":[{"name":"a","source_uuid":"` + uuidA + `","type":"git","url":"u","auth":"hunter2"}]}}`,
		`{"skills":{"repositories":[{"name":"a","source_uuid":"` + uuidA + `","type":"git","url":"u","auth_token":"hunter2"}]}}`,
		`{"self_hosted":{"servers":{"a":{"bearer_token":"hunter2"}}}}`,
		`{"hooks":{"entries":[{"runtime":{"type":"command","command":"c","env":"hunter2"}}]}}`,
		`{"tools":{"mcp_servers":[{"name":"a","headers":{"a":5,"b":"hunter2"},"url":7}]}}`,
		`{"api_key":"hunter2","agent":{"token":"hunter2"}}`,
	} {
		issues, warnings := findIssues(meerkat.New(), object(t, config), nil)
		if len(issues) == 0 {
			t.Errorf("%s: got no issue", config)
		}
		for _, i := range append(issues, warnings...) {
			text, err := i.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "hunter2") {
				t.Errorf("%s: %s shows the secret", config, text)
			}
		}
	}
}
