package runtime_test

import (
	"context"
	"testing"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

func newStore() store.Store { return memory.New() }

func newRuntime(t *testing.T) *runtime.Runtime { return runtimeOver(t, newStore()) }

func runtimeOver(t testing.TB, s store.Store) *runtime.Runtime {
	t.Helper()
	return runtimeWith(t, meerkat.New(), s)
}

// runtimeWith returns a runtime with a model that other runtimes share, because
// making a model takes time.
func runtimeWith(t testing.TB, model runtime.Model, s store.Store) *runtime.Runtime {
	t.Helper()
	rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, model)
	t.Cleanup(rt.Close)
	return rt
}

// storeHolding returns a store whose current text another program wrote.
func storeHolding(t testing.TB, text string) store.Store {
	t.Helper()
	s := newStore()
	appendText(t, s, text)
	return s
}

// appendText makes a text the next generation of a store without any check, as
// another program would.
func appendText(t testing.TB, s store.Store, text string) store.Version {
	t.Helper()
	state, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next := store.Version{Generation: state.Next, Digest: store.DigestOf([]byte(text))}
	record := store.Record{Version: next, Parent: state.Version, CommitID: "another program's", Time: time.Unix(0, 0), Operation: store.External, Text: []byte(text)}
	if err := s.CompareAndSwap(t.Context(), state.Version, []store.Record{record}); err != nil {
		t.Fatal(err)
	}
	return next
}

func get(t *testing.T, rt *runtime.Runtime) *runtime.Snapshot {
	t.Helper()
	s, err := rt.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func expect(generation uint64) *uint64 { return &generation }

func agentPatch(tokens int64) tree.Object {
	return tree.Object{"agent": tree.Object{"max_tokens_per_turn": tokens}}
}

func turnTokens(s *runtime.Snapshot) any {
	return s.Resolved()["agent"].(tree.Object)["max_tokens_per_turn"]
}

func wantConflict(t *testing.T, err error, expected, current uint64) {
	t.Helper()
	if !fault.Is(err, fault.GenerationConflict) {
		t.Fatalf("got %v, want a generation conflict", err)
	}
	data := fault.Of(err).Data
	if data["expected"] != expected || data["current"] != current {
		t.Errorf("conflict data: got %v, want expected %d and current %d", data, expected, current)
	}
}

// faulty is a store whose loads fail with one error.
type faulty struct {
	store.Store
	err error
}

func (f faulty) Load(context.Context) (store.State, error) { return store.State{}, f.err }

// failing returns the error of a read from a store that fails with err.
func failing(t *testing.T, err error) error {
	t.Helper()
	_, got := runtimeOver(t, faulty{newStore(), err}).Get(t.Context())
	return got
}
