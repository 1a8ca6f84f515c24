package schema_test

import (
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/meerkat"
)

// TestRisk has places of each sort: keys, the places around them, and those that a
// schema describes only in general. testdata/classes.txt of schema/meerkat has all keys.
func TestRisk(t *testing.T) {
	m := meerkat.New()
	count := 0
	for classes, paths := range map[string]string{
		"none":    `/agent/model /agent/temperature /models/openai /retry /retry/max_retries /compaction`,
		"posture": `/shell/security_patterns /shell/security_patterns/0 /shell/allowlist /agent/output_schema /agent/output_schema/schema/x /budget /limits /tools/tool_timeouts/x/secs /skills/identity /skills/repositories/0/auth/scheme /skills/repositories/0/auth/name`,
		"path":    `/store /store/sessions_path /mob_host/identity_dir`,
		"network": `/rest /rest/port /comms/mode /self_hosted/models/m/server /models/m/provider`,
		"secret":  `/realm/x/auth/a/source/secret /skills/repositories/0/auth/token /tools/mcp_servers/0/headers/Authorization`,
		"exec":    `/shell/program /tools/mcp_servers/0/command /tools/mcp_servers/0/args /tools/mcp_servers/0/args/3 /presentation/html/templates/t/body`,

		"path, posture":                        `/agent/system_prompt_file /skills/repositories/0/path`,
		"network, posture":                     `/models /models/m /tools/mcp_servers/0/url /realm/x/binding /realm/x/binding/b /realm/x/auth/a/provider /comms`,
		"secret, network, posture":             `/realm/x/backend/b/options /realm/x/backend/b/options/api_key /realm/x/backend/b/options/deep/0/er /agent/provider_params/provider_tag/bag/body`,
		"exec, secret":                         `/tools/mcp_servers/0/env /tools/mcp_servers/0/env/KEY /realm/x/auth/a/source/env/KEY`,
		"exec, secret, posture":                `/hooks/entries/0/runtime/env/KEY /realm/x/auth/a/source/env`,
		"exec, network":                        `/skills/repositories/0/url /skills/repositories/0/git_ref`,
		"exec, network, posture":               `/hooks/entries/0/runtime/url /hooks/entries/0/runtime/type`,
		"exec, path":                           `/presentation/html/templates/t/path /skills/repositories/0/cwd`,
		"exec, posture":                        `/shell /hooks/entries/0/runtime/command /hooks/entries/0/runtime/args/0 /realm/x/auth/a/source/kind`,
		"exec, secret, network, posture":       `/hooks /hooks/entries /hooks/entries/0 /hooks/entries/0/runtime /tools/mcp_servers/0`,
		"exec, secret, network, path, posture": `/agent/no_such_key /self_hosted/servers/s/bearer_token /skills/repositories/0/auth_token /nothing/at/all /realm/x /skills/repositories`,
	} {
		for path := range strings.FieldsSeq(paths) {
			count++
			if got := m.Risk(pointer(t, path)).String(); got != classes {
				t.Errorf("%s: got %s, want %s", path, got, classes)
			}
		}
	}
	if got := m.Risk(nil); len(got.Classes()) != len(schema.Risks())-2 { // without none and unclassed
		t.Errorf("everything: got %s, want all classes", got)
	}
	if count < 60 {
		t.Errorf("only %d paths were looked at", count)
	}
}

// TestRisk_unionMember has a schema whose branches have classes, and keys of all
// branches without one: these have the classes of all branches, secrets aside, since a
// secret in one member does not make secrets of the others.
func TestRisk_unionMember(t *testing.T) {
	root, err := schema.Parse([]byte(`{"type":"object","properties":{"kind":{"type":"string"},"name":{"type":"string"}},"required":["kind"],"x-tag":"kind","allOf":[
		{"if":{"properties":{"kind":{"const":"a"}},"required":["kind"]},"then":{"additionalProperties":false,"properties":{"kind":true,"name":true,"program":{"type":"string","x-risk":["exec"]},"env":{"type":"string","x-risk":["posture"]}}}},
		{"if":{"properties":{"kind":{"const":"b"}},"required":["kind"]},"then":{"additionalProperties":false,"properties":{"kind":true,"name":true,"env":{"type":"string","x-risk":["secret","path"]}}}}]}`), schema.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	m := schema.New(nil, root, schema.Rules{})
	for path, want := range map[string]string{
		"": "exec, secret, path, posture", "/kind": "exec, path, posture", "/name": "exec, path, posture",
		"/program": "exec", "/env": "secret, path, posture", // what a branch has says its own, and a place of two has those of both
	} {
		if got := m.Risk(pointer(t, path)).String(); got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
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
