package runtime_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestAWriteShowsWhatAReadShows makes chains of writes, and compares what each
// outcome shows, which is made from the snapshot before, with what a process
// shows that reads the same text anew.
func TestAWriteShowsWhatAReadShows(t *testing.T) {
	texts := []string{
		"",
		"[agent]\nmax_tokens_per_turn = 2\ntemperature = 2.0 # a float\n\n[shell]\nallowlist = [\"ls\"]\n",
		"[rest]\nport = 8080.0 # wrong\n\n[agnt]\nmodel = \"unknown\"\n",
		"[[tools.mcp_servers]]\nname = \"a\"\nurl = \"https://u:p@h/?q=secret\"\nheaders = { A = \"secret\" }\n\n[realm.team]\nparent = \"nobody\"\n",
	}
	var patches []tree.Object
	for _, text := range []string{
		`{"agent":{"max_tokens_per_turn":2}}`, `{"agent":{"max_tokens_per_turn":3}}`, `{"agent":{"temperature":2}}`, `{"agent":{"temperature":0.5}}`, `{"agent":null}`,
		`{"shell":{"allowlist":["ls"]}}`, `{"shell":{"allowlist":null,"security_patterns":["cat"]}}`, `{"shell":null}`,
		`{"rest":{"port":8080}}`, `{"rest":{"port":8080.0}}`, `{"rest":null,"budget":{"max_duration":5500}}`, `{"agnt":null}`, `{"max_tokens":5}`, `{"max_tokens":null}`,
		`{"tools":{"mcp_servers":[{"name":"b","url":"https://u:other@h","headers":{"A":"another"}}]}}`, `{"tools":{"max_concurrent":3}}`, `{"tools":null}`,
		`{"realm":{"team":{"parent":"global"}}}`, `{"realm":{"team":null}}`, `{"realm":{"nobody":{}}}`,
		`{"models":{"m":{"provider":"open_a_i"}}}`, `{"self_hosted":{"servers":{"s":{"base_url":"http://h"}},"models":{"m":{"server":"s"}}}}`, `{"self_hosted":null}`,
	} {
		patches = append(patches, object(t, text))
	}
	model := meerkat.New()
	written := 0
	rapid.Check(t, func(rt *rapid.T) {
		store := storeHolding(t, rapid.SampledFrom(texts).Draw(rt, "text"))
		ours := runtimeWith(t, model, store)
		for range 6 {
			patch := rapid.SampledFrom(patches).Draw(rt, "patch")
			var outcome *runtime.Outcome
			var err error
			if rapid.Bool().Draw(rt, "as a set") {
				whole := tree.Merge(get(t, ours).Shown(), patch).(tree.Object)
				outcome, err = ours.Set(t.Context(), object(t, string(tree.Append(nil, whole))), runtime.Write{})
			} else {
				outcome, err = ours.Patch(t.Context(), patch, runtime.Write{})
			}
			if err != nil {
				continue // it was refused
			}
			written++
			fresh := get(t, runtimeWith(t, model, store))
			if outcome.After.Version != fresh.Version {
				rt.Fatalf("got %v, want %v", outcome.After.Version, fresh.Version)
			}
			if diff := cmp.Diff(views(fresh), views(outcome.After)); diff != "" {
				rt.Fatalf("after %s (-read +written)\n%s", tree.Append(nil, patch), diff)
			}
		}
	})
	if written == 0 {
		t.Error("all writes were refused: nothing was compared")
	}
}

// views are all that a snapshot tells.
func views(s *runtime.Snapshot) map[string]any {
	return map[string]any{
		"text": string(s.Text()), "stored": s.Stored(), "resolved": s.Resolved(), "shown": s.Shown(), "shown stored": s.ShownStored(),
		"json": string(s.ShownJSON()), "json of shown": string(tree.Append(nil, s.Shown())), "warnings": s.Warnings(),
	}
}
