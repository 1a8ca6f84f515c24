package meerkat

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// unions has valid values for each branch of each union, and the pointer to the
// union. %s is the place of the value.
var unions = []struct {
	name, around, at, tag string
	values                []string
}{
	{"hook runtime", `{"hooks":{"entries":[{"runtime":%s}]}}`, "/hooks/entries/0/runtime", "type", []string{
		`{"type":"in_process","handler":"a"}`,
		`{"type":"command","command":"a","args":["b"],"env":{"c":"d"}}`,
		`{"type":"http","url":"a","method":"PUT","headers":{"c":"d"}}`,
	}},
	{"credential source", `{"realm":{"x":{"auth":{"a":{"provider":"openai","auth_method":"api_key","source":%s}}}}}`, "/realm/x/auth/a/source", "kind", []string{
		`{"kind":"inline_secret","secret":"a"}`,
		`{"kind":"managed_store"}`,
		`{"kind":"env","env":"A","fallback":["B"]}`,
		`{"kind":"external_resolver","handle":"a"}`,
		`{"kind":"platform_default"}`,
		`{"kind":"command","program":"a","args":["b"],"cwd":"c","env":{"d":"e"},"timeout_ms":1,"refresh_interval_ms":2}`,
		`{"kind":"file_descriptor","fd":-1,"scope_override":"a"}`,
	}},
	{"provider metadata", `{"realm":{"x":{"auth":{"a":{"provider":"openai","auth_method":"api_key","source":{"kind":"managed_store"},"metadata_defaults":{"provider_metadata":%s}}}}}}`,
		"/realm/x/auth/a/metadata_defaults/provider_metadata", "provider", []string{
			`{"provider":"open_ai","plan_type":"a","is_fedramp":true,"email":"b"}`,
			`{"provider":"anthropic","subscription_tier":"a","aws_region":"b","foundry_deployment":"c"}`,
			`{"provider":"google","account_email":"a","code_assist_tier":"b"}`,
		}},
	{"provider tag", `{"agent":{"provider_params":{"provider_tag":%s}}}`, "/agent/provider_params/provider_tag", "provider", []string{
		`{"provider":"anthropic","effort":"x_high","cache_ttl":"1h","context":"one_megabyte","structured_output":{"type":"object"}}`,
		`{"provider":"open_ai","reasoning_effort":"xhigh","seed":-1,"prompt_cache_options":{"mode":"explicit","ttl":"30m"},"prompt_cache_retention":"24h"}`,
		`{"provider":"gemini","thinking":{"include_thoughts":true,"thinking_level":"low"},"top_p":1,"candidate_count":2}`,
		`{"provider":"unknown","bag":{"namespace":"a","key":"b"}}`,
	}},
	{"thinking", `{"agent":{"provider_params":{"provider_tag":{"provider":"anthropic","thinking":%s}}}}`, "/agent/provider_params/provider_tag/thinking", "type", []string{
		`{"type":"adaptive"}`, `{"type":"enabled","budget_tokens":5}`,
	}},
	{"inference geo", `{"agent":{"provider_params":{"provider_tag":{"provider":"anthropic","inference_geo":%s}}}}`, "/agent/provider_params/provider_tag/inference_geo", "kind", []string{
		`{"kind":"us"}`, `{"kind":"global"}`, `{"kind":"other","region":"a"}`,
	}},
	{"compaction", `{"agent":{"provider_params":{"provider_tag":{"provider":"anthropic","compaction":%s}}}}`, "/agent/provider_params/provider_tag/compaction", "kind", []string{
		`{"kind":"auto"}`, `{"kind":"custom","edit":"{}"}`,
	}},
	{"skill repository", `{"skills":{"repositories":[%s]}}`, "/skills/repositories/0", "type", []string{
		`{"name":"a","source_uuid":"` + uuidA + `","type":"filesystem","path":"p"}`,
		`{"name":"a","source_uuid":"` + uuidA + `","type":"stdio","command":"c","args":[],"cwd":"d","env":{},"timeout_seconds":1}`,
		`{"name":"a","source_uuid":"` + uuidA + `","type":"http","url":"u","auth":{"scheme":"bearer","token":"t"},"refresh_seconds":1}`,
		`{"name":"a","source_uuid":"` + uuidA + `","type":"git","url":"u","git_ref":"r","ref_type":"tag","skills_root":"s","depth":2}`,
	}},
	{"http auth", `{"skills":{"repositories":[{"name":"a","source_uuid":"` + uuidA + `","type":"http","url":"u","auth":%s}]}}`, "/skills/repositories/0/auth", "scheme", []string{
		`{"scheme":"bearer","token":"t"}`, `{"scheme":"header","name":"n","value":"v"}`,
	}},
	{"git auth", `{"skills":{"repositories":[{"name":"a","source_uuid":"` + uuidA + `","type":"git","url":"u","auth":%s}]}}`, "/skills/repositories/0/auth", "scheme", []string{
		`{"scheme":"token","token":"t"}`, `{"scheme":"ssh-key","path":"p"}`,
	}},
	{"lineage event", `{"skills":{"identity":{"lineage":[{"event_id":"e","recorded_at_unix_secs":1,"required_from_skills":["s"],"event":%s}],
		"remaps":[{"from":{"source_uuid":"` + uuidA + `","skill_name":"s"},"to":{"source_uuid":"` + uuidB + `","skill_name":"s"}}]}}}`,
		"/skills/identity/lineage/0/event", "event", []string{
			`{"event":"rename_or_relocate","from":"` + uuidA + `","to":"` + uuidB + `"}`,
			`{"event":"rotate","from":"` + uuidA + `","to":"` + uuidB + `"}`,
			`{"event":"split","from":"` + uuidA + `","into":["` + uuidB + `"]}`,
			`{"event":"merge","from":["` + uuidA + `"],"to":"` + uuidB + `"}`,
		}},
	{"MCP server", `{"tools":{"mcp_servers":[%s]}}`, "/tools/mcp_servers/0", "", []string{
		`{"name":"a","command":"c","args":["b"],"env":{"c":"d"},"connect_timeout_secs":1}`,
		`{"name":"a","url":"u","headers":{"c":"d"},"transport":"sse","connect_timeout_secs":1}`,
	}},
	{"output schema", `{"agent":{"output_schema":%s}}`, "/agent/output_schema", "", []string{
		`{"schema":{"type":"object"},"name":"n","strict":true,"compat":"strict","format":"meerkat_v1"}`,
	}},
}

const (
	uuidA = "dc256086-0d2f-4f61-a307-320d4148107f"
	uuidB = "a93d587d-8f44-438f-8189-6e8cf549f6e7"
	uuidC = "e8df561d-d38f-4242-af55-3a6efb34c950"
)

// eachBranch visits the branches: check puts a value in its place and returns the
// paths of the issues, relative to the place.
func eachBranch(t *testing.T, visit func(t *testing.T, value tree.Object, tag string, check func(tree.Object) []string)) {
	m := New()
	for _, u := range unions {
		for _, text := range u.values {
			t.Run(u.name, func(t *testing.T) {
				visit(t, object(t, text), u.tag, func(value tree.Object) []string {
					config := object(t, strings.Replace(u.around, "%s", string(tree.Append(nil, value)), 1))
					issues, warnings := findIssues(m, config, nil)
					if len(warnings) > 0 && u.name != "lineage event" {
						t.Errorf("%s: got warnings %v", text, warnings)
					}
					var paths []string
					for _, path := range pathsOf(issues) {
						paths = append(paths, strings.TrimPrefix(path, u.at))
					}
					return paths
				})
			})
		}
	}
}

func TestUnion_validBranches(t *testing.T) {
	eachBranch(t, func(t *testing.T, value tree.Object, _ string, check func(tree.Object) []string) {
		if got := check(value); got != nil {
			t.Errorf("%s: got issues at %q, want none", tree.Append(nil, value), got)
		}
	})
}

// TestUnion_typo changes each key and each value of each branch in turn.
func TestUnion_typo(t *testing.T) {
	count := 0
	eachBranch(t, func(t *testing.T, value tree.Object, tag string, check func(tree.Object) []string) {
		for key, v := range value {
			misspelt := treetest.CloneObject(value)
			delete(misspelt, key)
			typo := key + "x"
			if len(key) < 3 {
				continue // too short for a guess
			}
			misspelt[typo] = v
			if _, bare := value["schema"]; bare && key != "schema" && value["format"] == "meerkat_v1" && key == "format" {
				continue // without its format this is a bare JSON Schema
			}
			count++
			if _, output := value["schema"]; output && key == "schema" {
				continue // a bare JSON Schema may have any key
			}
			if diff := cmp.Diff([]string{"/" + typo}, check(misspelt)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tree.Append(nil, misspelt), diff)
			}
		}
		for key := range value {
			wrong := treetest.CloneObject(value)
			wrong[key] = []any{true}
			if _, list := value[key].([]any); list {
				wrong[key] = true
			}
			want := []string{"/" + key}
			if diff := cmp.Diff(want, check(wrong)); diff != "" && key != "format" {
				t.Errorf("%s (-want +got)\n%s", tree.Append(nil, wrong), diff)
			}
		}
	})
	if count < 60 {
		t.Errorf("only %d keys were misspelt", count)
	}
}

func TestUnion_wrongTag(t *testing.T) {
	eachBranch(t, func(t *testing.T, value tree.Object, tag string, check func(tree.Object) []string) {
		if tag == "" {
			return
		}
		wrong := treetest.CloneObject(value)
		wrong[tag] = "nothing"
		if diff := cmp.Diff([]string{"/" + tag}, check(wrong)); diff != "" {
			t.Errorf("wrong (-want +got)\n%s", diff)
		}
		delete(wrong, tag)
		if diff := cmp.Diff([]string{"/" + tag}, check(wrong)); diff != "" {
			t.Errorf("missing (-want +got)\n%s", diff)
		}
		wrong["no_such_key_at_all"] = "x"
		if diff := cmp.Diff([]string{"/" + tag, "/no_such_key_at_all"}, check(wrong), inAnyOrder); diff != "" {
			t.Errorf("missing, and an unknown key (-want +got)\n%s", diff)
		}
	})
}

// inAnyOrder compares lists of paths, whose order depends on the names.
var inAnyOrder = cmp.Transformer("sorted", func(list []string) []string { return slices.Sorted(slices.Values(list)) })

func TestUnion_keyOfAnotherBranch(t *testing.T) {
	for config, want := range map[string][]string{
		`{"hooks":{"entries":[{"runtime":{"type":"command","command":"a","url":"b"}}]}}`:                                             {"/hooks/entries/0/runtime/url"},
		`{"hooks":{"entries":[{"runtime":{"type":"command","command":"a","name":"b"}}]}}`:                                            {"/hooks/entries/0/runtime/name"},
		`{"tools":{"mcp_servers":[{"name":"a","command":"b","url":"c"}]}}`:                                                           {"/tools/mcp_servers/0/url"},
		`{"tools":{"mcp_servers":[{"name":"a","url":"b","args":[]}]}}`:                                                               {"/tools/mcp_servers/0/args"},
		`{"tools":{"mcp_servers":[{"name":"a"}]}}`:                                                                                   {"/tools/mcp_servers/0/command"},
		`{"tools":{"mcp_servers":[{"name":"a","commnd":"b","args":[]}]}}`:                                                            {"/tools/mcp_servers/0/commnd"},
		`{"agent":{"output_schema":{"schema":{},"format":"meerkat_v1","title":"t"}}}`:                                                {"/agent/output_schema/title"},
		`{"agent":{"output_schema":5}}`:                                                                                              {"/agent/output_schema"},
		`{"agent":{"provider_params":{"provider_tag":{"provider":"open_ai","effort":"low"}}}}`:                                       {"/agent/provider_params/provider_tag/effort"},
		`{"skills":{"repositories":[{"name":"a","source_uuid":"` + uuidA + `","type":"git","url":"u","auth":{"scheme":"bearer"}}]}}`: {"/skills/repositories/0/auth/scheme"},
	} {
		issues, _ := findIssues(New(), object(t, config), nil)
		if diff := cmp.Diff(want, pathsOf(issues)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", config, diff)
		}
	}
}

func TestUnion_messages(t *testing.T) {
	for config, want := range map[string]string{
		`{"hooks":{"entries":[{"runtime":{"type":"comand","command":"a"}}]}}`:                `/hooks/entries/0/runtime/type: not one of the allowed values; did you mean "command"?`,
		`{"hooks":{"entries":[{"runtime":{"type":"http","url":"a","mthod":"PUT"}}]}}`:        `/hooks/entries/0/runtime/mthod: no such key; did you mean /hooks/entries/0/runtime/method?`,
		`{"hooks":{"entries":[{"runtime":{"type":"command","command":"a","mthod":"PUT"}}]}}`: `/hooks/entries/0/runtime/mthod: no such key; there are args, command, env, type`,
		`{"hooks":{"entries":[{"runtime":{}}]}}`:                                             `/hooks/entries/0/runtime/type: a required key is missing; add it: it is one of in_process, command, http`,
		`{"hooks":{"entries":[{"runtime":{"type":"command"}}]}}`:                             `/hooks/entries/0/runtime/command: a required key is missing; add it: it is a string`,
		`{"tools":{"mcp_servers":[{"name":"a"}]}}`:                                           `/tools/mcp_servers/0/command: a required key is missing; add command or url: it says which sort of entry this is`,
		`{"hooks":{"entries":[{"runtime":"command"}]}}`:                                      `/hooks/entries/0/runtime: expected object, got string; give an object that has type`,
	} {
		issues, _ := findIssues(New(), object(t, config), nil)
		if len(issues) != 1 || issues[0].Text() != want {
			t.Errorf("%s:\n got %v\nwant %s", config, issues, want)
		}
	}
}
