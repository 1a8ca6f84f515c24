package runtime_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestReuseViews makes chains of writes. It compares the views of each outcome, and those
// of a runtime that has read each text before, with the views of a snapshot that is read
// from the same text: the former are computed from those of the snapshot before.
func TestReuseViews(t *testing.T) {
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
	rapid.Check(t, func(r *rapid.T) {
		store := storeHolding(t, rapid.SampledFrom(texts).Draw(r, "text"))
		rt, reader := runtimeWith(t, model, store), runtimeWith(t, model, store)
		views(get(t, reader))
		for range 6 {
			patch := rapid.SampledFrom(patches).Draw(r, "patch")
			var outcome *runtime.Outcome
			var err error
			if rapid.Bool().Draw(r, "as a set") {
				whole := tree.Merge(get(t, rt).Shown(), patch).(tree.Object)
				outcome, err = rt.Set(t.Context(), object(t, string(tree.Append(nil, whole))), runtime.Write{})
			} else {
				outcome, err = rt.Patch(t.Context(), patch, runtime.Write{})
			}
			if err != nil {
				continue // refused
			}
			written++
			fresh := get(t, runtimeWith(t, model, store))
			if outcome.After.Version != fresh.Version {
				r.Fatalf("got %v, want %v", outcome.After.Version, fresh.Version)
			}
			if diff := cmp.Diff(views(fresh), views(outcome.After)); diff != "" {
				r.Fatalf("after %s (-read +written)\n%s", tree.Append(nil, patch), diff)
			}
			if diff := cmp.Diff(views(fresh), views(get(t, reader))); diff != "" {
				r.Fatalf("after %s (-read first +read again)\n%s", tree.Append(nil, patch), diff)
			}
		}
	})
	if written == 0 {
		t.Error("all writes were refused, and nothing was compared")
	}
}

// A change by another program costs a reader what it changes: all other sections of all
// views are those of the snapshot before.
func TestGet_sharesWhatStays(t *testing.T) {
	store := storeHolding(t, "[agent]\nmax_tokens_per_turn = 2\n\n[shell]\nallowlist = [\"ls\"]\n")
	rt, other := runtimeOver(t, store), runtimeOver(t, store)
	before := get(t, rt)
	views(before)
	if _, err := other.Patch(t.Context(), agentPatch(3), runtime.Write{}); err != nil {
		t.Fatal(err)
	}
	after := get(t, rt)
	if turnTokens(after) != int64(3) {
		t.Fatalf("got %v, want the other's 3", turnTokens(after))
	}
	for name, view := range map[string]func(*runtime.Snapshot) tree.Object{
		"stored": (*runtime.Snapshot).Stored, "resolved": (*runtime.Snapshot).Resolved, "shown": (*runtime.Snapshot).Shown,
	} {
		for section, v := range view(after) {
			if was := view(before)[section]; tree.Same(v, was) == (section == "agent") {
				t.Errorf("%s: %s: got %v after %v, want another one for agent alone", name, section, v, was)
			}
		}
	}
}

// views returns all views of a snapshot.
func views(s *runtime.Snapshot) map[string]any {
	return map[string]any{
		"text": string(s.Text()), "stored": s.Stored(), "resolved": s.Resolved(), "shown": s.Shown(), "shown stored": s.ShownStored(),
		"json": string(s.ShownJSON()), "json of shown": string(tree.Append(nil, s.Shown())), "warnings": s.Warnings(),
	}
}
