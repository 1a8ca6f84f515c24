package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

func TestCanonical(t *testing.T) {
	for _, tt := range []struct{ name, given, want string }{
		{"a null for absent", `{"agent":{"system_prompt":null,"model":"a"}}`, `{"agent":{"model":"a"}}`},
		{"a null for a skipped field", `{"max_tokens":null,"agent":{"provider_params":null}}`, `{"agent":{}}`},
		{"a null for a default", `{"compaction":{"recent_turn_budget":null}}`, `{"compaction":{}}`},
		{"a null inside a map", `{"models":{"m":{"provider":"openai","vision":null}}}`, `{"models":{"m":{"provider":"openai"}}}`},
		{"a null inside a list", `{"tools":{"mcp_servers":[{"name":"a","url":"u","connect_timeout_secs":null,"transport":null}]}}`, `{"tools":{"mcp_servers":[{"name":"a","url":"u"}]}}`},
		{"a null in a section", `{"comms":{"address":null,"mode":"tcp"}}`, `{"comms":{"mode":"tcp"}}`},
		{"other nulls stay", `{"rest":null,"agent":{"model":null},"retry":{"call_timeout":null},"realm":null}`, `{"rest":null,"agent":{"model":null},"retry":{"call_timeout":null},"realm":null}`},
		{"free values keep their nulls", `{"realm":{"x":{"backend":{"b":{"options":{"a":null}}}}}}`, `{"realm":{"x":{"backend":{"b":{"options":{"a":null}}}}}}`},
		{"a null for an absent union", `{"skills":{"repositories":[{"type":"git","auth":null}]}}`, `{"skills":{"repositories":[{"type":"git"}]}}`},
		{"another name inside a union", `{"hooks":{"entries":[{"runtime":{"type":"in_process","name":"a"}}]}}`, `{"hooks":{"entries":[{"runtime":{"type":"in_process","handler":"a"}}]}}`},
		{"no other name in another branch", `{"hooks":{"entries":[{"runtime":{"type":"command","name":"a"}}]}}`, `{"hooks":{"entries":[{"runtime":{"type":"command","name":"a"}}]}}`},
		{"a bare output schema", `{"agent":{"output_schema":{"default":null}}}`, `{"agent":{"output_schema":{"schema":{"default":null}}}}`},
		{"an output schema with words about it", `{"agent":{"output_schema":{"schema":{},"name":null}}}`, `{"agent":{"output_schema":{"schema":{}}}}`},
		{"a value that selects no branch stays", `{"hooks":{"entries":[{"runtime":{"command":"a","args":null}}]}}`, `{"hooks":{"entries":[{"runtime":{"command":"a","args":null}}]}}`},
		{"another spelling of a value", `{"models":{"m":{"provider":"open_a_i"}}}`, `{"models":{"m":{"provider":"openai"}}}`},
		{"another name of a key", `{"shell":{"allowlist":["ls"]}}`, `{"shell":{"security_mode":"allow_list","security_patterns":["ls"]}}`},
		{"a null by another name", `{"shell":{"allowlist":null}}`, `{"shell":{"security_patterns":null}}`},
		{"a wrong section", `{"shell":["ls"]}`, `{"shell":["ls"]}`},
		{"unknown keys stay", `{"a":{"b":null}}`, `{"a":{"b":null}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, issues := meerkat.New().Canonical(object(t, tt.given))
			if len(issues) > 0 {
				t.Errorf("got issues %v, want none", issues)
			}
			if diff := cmp.Diff(object(t, tt.want), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCanonical_bothNamesOfKey(t *testing.T) {
	want := []schema.Issue{{
		Kind: schema.Duplicate, Path: "/shell/allowlist",
		Message: "another name of a key that is given too",
		Hint:    "leave it out and keep /shell/security_patterns",
	}}
	config := object(t, `{"shell":{"allowlist":["a"],"security_patterns":["b"]}}`)
	_, issues := meerkat.New().Canonical(config)
	if diff := cmp.Diff(want, issues); diff != "" {
		t.Errorf("Canonical (-want +got)\n%s", diff)
	}
	issues, _ = findIssues(meerkat.New(), config, nil)
	if diff := cmp.Diff(want, issues); diff != "" {
		t.Errorf("Check (-want +got)\n%s", diff)
	}
	issues, warnings := findIssues(meerkat.New(), config, config)
	if len(issues) != 0 || len(warnings) != 1 {
		t.Errorf("a file that has both: got issues %v, warnings %v, want one warning", issues, warnings)
	}
}

func TestCanonical_resolvedViewIsValid(t *testing.T) {
	m := meerkat.New()
	given, issues := m.Canonical(m.Fill(nil))
	if len(issues) > 0 {
		t.Errorf("Canonical: got %v, want no issues", issues)
	}
	issues, warnings := findIssues(m, given, nil)
	if len(issues)+len(warnings) > 0 {
		t.Errorf("Check: got %v and %v, want none", issues, warnings)
	}
	if diff := cmp.Diff(m.Fill(nil), m.Fill(given)); diff != "" {
		t.Errorf("the resolved view changed (-before +after)\n%s", diff)
	}
}

// aliased returns a small model that is not Meerkat's: its fields have aliases, are
// required, secret, and in lists.
func aliased(t *testing.T) *schema.Model {
	t.Helper()
	return load(t, `{
		"type": "object",
		"additionalProperties": false,
		"properties": {
			"runtimes": {
				"type": "array",
				"default": [],
				"items": {
					"type": "object",
					"additionalProperties": false,
					"required": ["handler"],
					"properties": {
						"handler": {"type": "string", "x-alias": ["name", "title"]},
						"kind": {"type": "string", "default": "slow", "enum": ["slow", "fast"], "x-value-alias": {"quick": "fast"}},
						"token": {"type": "string", "format": "duration-humantime", "x-unset": "null", "x-risk": "secret"}
					}
				}
			},
			"vault": {"type": "object", "x-unset": "skip", "x-risk": "secret", "additionalProperties": {"type": "integer"}}
		}
	}`, schema.Rules{})
}

func TestModel_aliasesOfAnotherSchema(t *testing.T) {
	m := aliased(t)
	config := object(t, `{"runtimes":[{"name":"a","kind":"quick"}]}`)
	if issues, _ := findIssues(m, config, nil); len(issues) > 0 {
		t.Errorf("Check: got %v, want no issues", issues)
	}
	want := object(t, `{"runtimes":[{"handler":"a","kind":"fast","token":null}]}`)
	if diff := cmp.Diff(want, m.Fill(config)); diff != "" {
		t.Errorf("Fill (-want +got)\n%s", diff)
	}
	if _, ok := byPath(findIssues(m, object(t, `{"runtimes":[{"kind":"fast"}]}`), nil))["/runtimes/0/handler"]; !ok {
		t.Error("neither name of a required key is there, and nothing was said")
	}
}

// byPath returns issues by their path.
func byPath(issues, _ []schema.Issue) map[string]schema.Issue {
	paths := make(map[string]schema.Issue)
	for _, i := range issues {
		paths[i.Path] = i
	}
	return paths
}

func TestCheck_secretsAreNotShown(t *testing.T) {
	m := aliased(t)
	config := object(t, `{"runtimes":[{"handler":"a","token":"hunter2"},{"handler":"b","token":7.0}],"vault":{"pin":"8080","tan":5.5}}`)
	issues, _ := findIssues(m, config, nil)
	if len(issues) != 4 {
		t.Fatalf("got %v, want four issues", issues)
	}
	for _, i := range issues {
		if i.Got != nil {
			t.Errorf("%s: got shows %v", i.Path, i.Got)
		}
		text := string(tree.Append(nil, i))
		for _, secret := range []string{"hunter2", "7.0", "8080", "5.5"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %s shows the secret %s", i.Path, text, secret)
			}
		}
	}
}
