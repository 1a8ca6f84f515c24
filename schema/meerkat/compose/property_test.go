package compose_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// pieces are values for a random document. Each section has values that are the
// default, that are not, and that are empty.
var pieces = []string{
	`{"agent":{"model":"m1","system_prompt":"p"}}`, `{"agent":{"model":""}}`, `{"agent":{"model":"m2","temperature":0.5}}`,
	`{"agent":{"max_turns":4,"extraction_prompt":"","budget_warning_threshold":0.8,"structured_output_retries":7}}`,
	`{"agent":{"system_prompt_file":"f","tool_instructions":"t","max_tokens_per_turn":9}}`,
	`{"presentation":{"html":{"default_template":"mine"}}}`, `{"max_tokens":5}`, `{"max_tokens":6}`,
	`{"storage":{"directory":"d"}}`, `{"budget":{"max_tokens":1}}`, `{"budget":{"max_duration":"5s","max_tool_calls":0}}`,
	`{"limits":{"budget":3,"max_sessions":4}}`, `{"limits":{"max_sessions":5,"max_turn_duration":"1s","max_duration":"9s"}}`,
	`{"mob_host":{"realm":"r","listen_tcp":"a:1"}}`, `{"mob_host":{"listen_tcp":"b:1","max_connections":2}}`,
	`{"retry":{"max_retries":3}}`, `{"retry":{"max_retries":9,"call_timeout":"10s","multiplier":2.0}}`, `{"retry":{"initial_delay":"1s","max_delay":"30s"}}`,
	`{"tools":{"default_timeout":"10m","max_concurrent":4,"shell_enabled":true}}`, `{"tools":{"shell_enabled":false,"schedule_enabled":false}}`,
	`{"tools":{"schedule_enabled":true,"tool_timeouts":{}}}`, `{"tools":{"tool_timeouts":{"x":{"secs":1,"nanos":0}}}}`, `{"tools":{"tool_timeouts":{"y":{"secs":2,"nanos":0}}}}`,
	`{"tools":{"mcp_servers":[]}}`, `{"tools":{"mcp_servers":[{"name":"a","command":"1"},{"name":"b","command":"2","args":["x"]}]}}`,
	`{"tools":{"mcp_servers":[{"name":"b","command":"3"},{"name":"c","command":"4"},{"name":"b","command":"5"}]}}`,
	`{"models":{"openai":"o","c":{"provider":"openai","context_window":5}}}`, `{"models":{"openai":"","anthropic":"x","c":{"provider":"gemini"}}}`,
	`{"models":{"0":{"provider":"openai"}}}`,
	`{"shell":{"program":"bash","timeout_secs":5}}`, `{"shell":{"timeout_secs":7}}`, `{"shell":{"timeout_secs":30}}`, `{"shell":{"allowlist":["ls"]}}`, `{"shell":{}}`,
	`{"store":{"sessions_path":"s","tasks_path":"t"}}`, `{"store":{"tasks_path":"u"}}`,
	`{"comms":{"auth":"ed25519","address":"h:1"}}`, `{"comms":{"mode":"tcp"}}`, `{"comms":{"auth":"none","require_peer_auth":true}}`,
	`{"rest":{"host":"0.0.0.0","port":1}}`, `{"rest":{"port":9}}`, `{"rest":{"port":8080}}`,
	`{"compaction":{"recent_turn_budget":9}}`, `{"compaction":{"auto_compact_threshold":100000}}`, `{"compaction":{"recent_turn_budget":4}}`, `{"compaction":{"max_request_bytes":7,"max_summary_tokens":1}}`,
	`{"hooks":{"default_timeout_ms":9000,"entries":[{"id":"x"}]}}`, `{"hooks":{"default_timeout_ms":5000,"payload_max_bytes":1}}`, `{"hooks":{"entries":[{"id":"x","enabled":false},{"id":"y"},{}]}}`, `{"hooks":{"entries":[]}}`,
	`{"hooks":{"background_max_concurrency":1}}`, `{"hooks":{"background_max_concurrency":32,"payload_max_bytes":131072}}`,
	`{"model_fallback":{"enabled":false}}`, `{"model_fallback":{"enabled":true}}`, `{"model_fallback":{"chain":[{"model":"m"}]}}`, `{"model_fallback":{"chain":[]}}`,
	`{"model_fallback":{"use_catalog_default_chain":true,"enabled":false}}`, `{"model_fallback":{"use_catalog_default_chain":false,"chain":[{"model":"n"}]}}`,
	`{"skills":{"enabled":false,"inventory_threshold":5}}`, `{"skills":{"enabled":true,"max_injection_bytes":1}}`,
	`{"skills":{"health_thresholds":{"degraded_invalid_ratio":0.05,"unhealthy_invalid_ratio":0.4,"degraded_failure_streak":3,"unhealthy_failure_streak":10}}}`,
	`{"skills":{"health_thresholds":{"degraded_invalid_ratio":0.5,"unhealthy_invalid_ratio":0.4,"degraded_failure_streak":1,"unhealthy_failure_streak":2}}}`,
	`{"skills":{"repositories":[{"name":"p","source_uuid":"00000000-0000-4000-8000-000000000011","type":"filesystem","path":"/p"}]}}`,
	`{"skills":{"repositories":[{"name":"q","source_uuid":"00000000-0000-4000-8000-000000000012","type":"filesystem","path":"/q"},{"name":"r","source_uuid":"00000000-0000-4000-8000-000000000011","type":"filesystem","path":"/r"}]}}`,
	`{"skills":{"identity":{"aliases":[{"alias":"a","to":{"source_uuid":"00000000-0000-4000-8000-000000000011","skill_name":"s"}}]}}}`,
	`{"provider_tools":{"openai":{"web_search":false}}}`, `{"provider_tools":{"openai":{"web_search":true},"gemini":{"google_search":false}}}`,
	`{"self_hosted":{"default_model":"m","servers":{"s":{"base_url":"http://a","api_style":"responses"}},"models":{"m":{"server":"s"}}}}`,
	`{"self_hosted":{"servers":{"s":{"base_url":"http://b"},"t":{}}}}`, `{"self_hosted":{"servers":{}}}`, `{"self_hosted":{"models":{}}}`,
	`{"self_hosted":{"servers":{},"models":{"n":{"tier":"recommended"}}}}`, `{"self_hosted":{"models":{"m":{"vision":true}},"default_model":"n"}}`,
	`{"realm":{"x":{"default_binding":"b"}}}`, `{"realm":{"x":{"default_binding":"c"},"global":{}}}`,
}

// realms are the realms of random documents. The last one has no document.
var realms = []string{"app", "global", "org", "team", "zoo", "none"}

// usualParents make one chain of most realms.
var usualParents = map[string]string{"app": "team", "team": "org", "org": "global"}

// randomDocuments draws documents of which some inherit from each other. They
// have values in a few sections only, so that these meet.
func randomDocuments(t *rapid.T) map[string]tree.Object {
	sections := map[string][]string{}
	for _, piece := range pieces {
		name := strings.SplitN(piece, `"`, 3)[1]
		sections[name] = append(sections[name], piece)
	}
	names := rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(sections))), 1, 4, rapid.ID).Draw(t, "sections")
	var choice []string
	for _, name := range names {
		choice = append(choice, sections[name]...)
	}
	documents := map[string]tree.Object{}
	for _, realm := range realms[:len(realms)-1] {
		if rapid.IntRange(0, 9).Draw(t, "absent") == 0 {
			continue
		}
		var document any = tree.Object{}
		merge := func(text string) {
			o, err := tree.DecodeObject([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			document = tree.Merge(document, o)
		}
		section := func(of, parent string) {
			if parent == "" {
				merge(`{"realm":{"` + of + `":{}}}`)
			} else {
				merge(`{"realm":{"` + of + `":{"parent":"` + parent + `"}}}`)
			}
		}
		for _, piece := range rapid.SliceOfN(rapid.SampledFrom(choice), 0, 6).Draw(t, "pieces of "+realm) {
			merge(piece)
		}
		anyParent := rapid.SampledFrom(append(slices.Clone(realms), "env_default", ""))
		if rapid.IntRange(0, 5).Draw(t, "usual section") > 0 {
			section(realm, usualParents[realm])
		} else if rapid.Bool().Draw(t, "unusual section") {
			section(realm, anyParent.Draw(t, "parent"))
		}
		if rapid.IntRange(0, 9).Draw(t, "foreign section") == 0 {
			section(rapid.SampledFrom(realms).Draw(t, "of"), anyParent.Draw(t, "parent"))
		}
		documents[realm] = document.(tree.Object)
	}
	return documents
}

// TestCompose_agreesWithTranscription composes random documents in two ways.
func TestCompose_agreesWithTranscription(t *testing.T) {
	model, composed := meerkat.New(), 0
	rapid.Check(t, func(r *rapid.T) {
		documents := randomDocuments(r)
		head := rapid.SampledFrom(realms).Draw(r, "head")
		want, chain, refusal := slowly{documents: documents}.compose(head)
		got, err := model.Compose(head, func(realm string) (schema.Document, error) {
			if document, exists := documents[realm]; exists {
				return schema.Document{Tree: treetest.CloneObject(document)}, nil
			}
			return schema.Document{}, nil
		})
		if refusal != "" {
			var refused *schema.CompositionError
			if !errors.As(err, &refused) || refused.Error() != refusal {
				r.Fatalf("got %v, want %q", err, refusal)
			}
			return
		}
		if err != nil {
			r.Fatal(err)
		}
		composed++
		if !slices.Equal(got.Chain, chain) {
			r.Fatalf("got the chain %v, want %v", got.Chain, chain)
		}
		if effective := model.Fill(got.Stored); !tree.Equal(want, effective) {
			r.Fatalf("(-want +got)\n%s", cmp.Diff(want, effective))
		}
		checkOrigins(r, got, documents)
	})
	if composed == 0 {
		t.Error("no random documents could be composed")
	}
}

// TestCompose_sections composes some sections of random documents: their part of the
// result is that of the whole one.
func TestCompose_sections(t *testing.T) {
	model, composed := meerkat.New(), 0
	rapid.Check(t, func(r *rapid.T) {
		documents := randomDocuments(r)
		head := rapid.SampledFrom(realms).Draw(r, "head")
		fetch := func(realm string) (schema.Document, error) { return schema.Document{Tree: documents[realm]}, nil }
		whole, err := model.Compose(head, fetch)
		if err != nil {
			return
		}
		var present []string
		for _, document := range documents {
			present = slices.AppendSeq(present, maps.Keys(document))
		}
		if len(present) == 0 {
			return
		}
		slices.Sort(present)
		sections := rapid.SliceOfNDistinct(rapid.SampledFrom(present), 1, 2, rapid.ID).Draw(r, "sections")
		some, err := model.Compose(head, fetch, sections...)
		if err != nil {
			r.Fatal(err)
		}
		composed++
		if !slices.Equal(whole.Chain, some.Chain) {
			r.Fatalf("got the chain %v, want %v", some.Chain, whole.Chain)
		}
		isOther := func(i schema.Ineffective) bool { return !slices.Contains(sections, i.Path[0]) }
		want := slices.DeleteFunc(whole.Ineffective, isOther)
		if diff := cmp.Diff(want, slices.DeleteFunc(some.Ineffective, isOther), cmpopts.EquateEmpty()); diff != "" {
			r.Fatalf("without effect in %v (-want +got)\n%s", sections, diff)
		}
		for _, section := range sections {
			if !tree.Equal(whole.Stored[section], some.Stored[section]) {
				r.Fatalf("%s (-want +got)\n%s", section, cmp.Diff(whole.Stored[section], some.Stored[section]))
			}
		}
	})
	if composed == 0 {
		t.Error("no random documents could be composed")
	}
}
