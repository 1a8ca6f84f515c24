package runtime_test

// The three promises that Meerkat's own runtime tests. The second one is stricter
// here: of two writers exactly one wins, not at most one.

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func TestExpected_stale(t *testing.T) {
	rt := newRuntime(t)
	baseline := get(t, rt)
	if got := baseline.Version.Generation; got != 0 {
		t.Fatalf("a fresh realm: got generation %d, want 0", got)
	}

	updated := treetest.CloneObject(baseline.Resolved())
	updated["agent"].(tree.Object)["max_tokens_per_turn"] = int64(777)
	after, err := rt.Set(t.Context(), updated, runtime.Write{Expected: expect(0)})
	if err != nil {
		t.Fatal(err)
	}
	if got := after.After.Version.Generation; got != 1 {
		t.Fatalf("the first write: got generation %d, want 1", got)
	}

	_, err = rt.Patch(t.Context(), agentPatch(1000), runtime.Write{Expected: expect(0)})
	wantConflict(t, err, 0, 1)
	if got := turnTokens(get(t, rt)); got != int64(777) {
		t.Errorf("after the refused patch: got %v, want 777", got)
	}
}

func TestExpected_twoWriters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := newStore()
		results := make(chan error, 2)
		// Two runtimes over one store, as in two processes: each has its own
		// committer, so the store's compare-and-swap decides.
		for _, tokens := range []int64{111, 222} {
			rt := runtimeOver(t, shared)
			go func() {
				_, err := rt.Patch(t.Context(), agentPatch(tokens), runtime.Write{Expected: expect(0)})
				results <- err
			}()
		}
		first, second := <-results, <-results
		if (first == nil) == (second == nil) {
			t.Fatalf("got %v and %v, want exactly one to win", first, second)
		}
		wantConflict(t, errors.Join(first, second), 0, 1)
		after := get(t, runtimeOver(t, shared))
		if got := after.Version.Generation; got != 1 {
			t.Errorf("generation: got %d, want 1", got)
		}
	})
}

func TestEnvelope_policy(t *testing.T) {
	text := func(s string) *string { return &s }
	snapshot := &runtime.Snapshot{
		Version: store.Version{Generation: 7},
		Metadata: store.Metadata{
			RealmID:    text("team"),
			InstanceID: text("instance"),
			Backend:    text("sqlite"),
			Paths: &store.ResolvedPaths{
				Root:               "/tmp/root",
				ManifestPath:       "/tmp/root/realm_manifest.json",
				ConfigPath:         "/tmp/root/config.toml",
				SessionsSQLitePath: text("/tmp/root/sessions.sqlite3"),
				SessionsJSONLDir:   "/tmp/root/sessions_jsonl",
			},
		},
	}
	for _, test := range []struct {
		policy runtime.PathVisibility
		want   string
	}{
		{runtime.HidePaths, `{"backend":"sqlite","config":{},"generation":7,"instance_id":"instance","realm_id":"team"}`},
		{runtime.ShowPaths, `{"backend":"sqlite","config":{},"generation":7,"instance_id":"instance","realm_id":"team",` +
			`"resolved_paths":{"config_path":"/tmp/root/config.toml","manifest_path":"/tmp/root/realm_manifest.json","root":"/tmp/root",` +
			`"sessions_jsonl_dir":"/tmp/root/sessions_jsonl","sessions_sqlite_path":"/tmp/root/sessions.sqlite3"}}`},
	} {
		envelope := runtime.NewEnvelope(snapshot, json.RawMessage("{}"), test.policy)
		if got := string(tree.Append(nil, envelope.Members())); got != test.want {
			t.Errorf("policy %v:\n got %s\nwant %s", test.policy, got, test.want)
		}
	}
}

// Meerkat sends null for an unknown identity, and leaves out only resolved_paths.
func TestEnvelope_unknownIdentity(t *testing.T) {
	envelope := runtime.NewEnvelope(&runtime.Snapshot{}, json.RawMessage("{}"), runtime.ShowPaths)
	want := `{"backend":null,"config":{},"generation":0,"instance_id":null,"realm_id":null}`
	if got := string(tree.Append(nil, envelope.Members())); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestFaults_meerkatVariants lists the error variants of Meerkat and their kinds
// here.
func TestFaults_meerkatVariants(t *testing.T) {
	rt := newRuntime(t)
	broken := runtimeOver(t, storeHolding(t, "[agent\nmodel = 1"))
	_, parse := broken.Get(t.Context())
	_, validation := rt.Patch(t.Context(), tree.Object{"rest": tree.Object{"port": int64(70000)}}, runtime.Write{})
	_, conflict := rt.Patch(t.Context(), agentPatch(1), runtime.Write{Expected: expect(9)})
	for _, test := range []struct {
		variant string
		err     error
		want    fault.Kind
	}{
		{"Config: Parse", parse, fault.CorruptConfig},
		{"Config: Validation", validation, fault.InvalidConfig},
		{"GenerationConflict", conflict, fault.GenerationConflict},
		{"Io", failing(t, fault.FromOS("read config.toml", errors.New("input/output error"))), fault.Storage},
		{"Json", failing(t, fault.New(fault.Storage, "config_state.json is not a state")), fault.Storage},
		{"LockTimeout", failing(t, fault.New(fault.LockTimeout, "held")), fault.LockTimeout},
	} {
		if !fault.Is(test.err, test.want) {
			t.Errorf("%s: got %v, want kind %s", test.variant, test.err, test.want)
		}
	}
}
