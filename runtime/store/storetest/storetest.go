// Package storetest tests the contract of store.Store. The tests of every store
// call it:
//
//	func TestContract(t *testing.T) {
//		storetest.Test(t, func(t *testing.T) func() store.Store {
//			s := memory.New()
//			return func() store.Store { return s }
//		})
//	}
package storetest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// Test checks that a store keeps the contract. Each call of newPlace prepares a
// place where no configuration exists yet, and returns a function. Each call of
// that function opens the place again, as another process would; a store that
// exists in one process only returns the same store again.
func Test(t *testing.T, newPlace func(t *testing.T) func() store.Store) {
	for _, tt := range []struct {
		name string
		test func(t *testing.T, open func() store.Store)
	}{
		{"Load_fresh", testFresh},
		{"CompareAndSwap_durable", testDurable},
		{"CompareAndSwap_countsUp", testCountsUp},
		{"CompareAndSwap_anyBytes", testAnyBytes},
		{"CompareAndSwap_batch", testBatch},
		{"CompareAndSwap_staleVersion", testStaleVersion},
		{"CompareAndSwap_wrongNumber", testWrongNumber},
		{"CompareAndSwap_brokenBatch", testBrokenBatch},
		{"CompareAndSwap_race", testRace},
		{"CompareAndSwap_noLostUpdate", testNoLostUpdate},
		{"CompareAndSwap_copiesMemory", testCopiesMemory},
		{"context_ended", testContextEnded},
		{"Record_complete", testRecord},
		{"Record_notFound", testNotFound},
		{"List_orderAndLimit", testList},
		{"ListHeads_withoutTexts", testListHeads},
		{"Limits_areTaken", testLimits},
		{"Close_keepsEverything", testClose},
		{"random_walk", testRandomWalk},
		{"Watch_start", testWatchStart},
		{"Watch_otherCommit", testWatchOtherCommit},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, newPlace(t)) })
	}
}

// Commit returns the records of a commit on top of a state, one for each text.
func Commit(on store.State, texts ...string) []store.Record {
	id := uuid.Must(uuid.NewV7()).String()
	parent := on.Version
	var next []store.Record
	for i, text := range texts {
		v := store.Version{Generation: on.Next + uint64(i), Digest: store.DigestOf([]byte(text))}
		next = append(next, store.Record{
			Version:   v,
			Parent:    parent,
			CommitID:  id,
			Time:      time.Date(2026, 11, 22, 10, 4, 5, 123e6, time.UTC),
			Operation: store.Patch,
			Actor:     store.Actor{Name: "test", Surface: store.RPC, PID: 1, Host: "machine"},
			Text:      []byte(text),
		})
		parent = v
	}
	return next
}

// load returns the current state.
func load(t *testing.T, s store.Store) store.State {
	t.Helper()
	state, err := s.Load(t.Context())
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return state
}

// commit commits texts on top of the current state, and returns their records.
func commit(t *testing.T, s store.Store, texts ...string) []store.Record {
	t.Helper()
	state := load(t, s)
	next := Commit(state, texts...)
	if err := s.CompareAndSwap(t.Context(), state.Version, next); err != nil {
		t.Fatalf("CompareAndSwap from generation %d: %v", state.Version.Generation, err)
	}
	return next
}

// list returns records of the history.
func list(t *testing.T, s store.Store, before uint64, limit int) []store.Record {
	t.Helper()
	records, err := s.List(t.Context(), before, limit)
	if err != nil {
		t.Fatalf("List(%d, %d): %v", before, limit, err)
	}
	return records
}

// wantState checks the text and the generation of a store.
func wantState(t *testing.T, s store.Store, text string, generation uint64) {
	t.Helper()
	want := store.State{
		Text:    []byte(text),
		Version: store.Version{Generation: generation, Digest: store.DigestOf([]byte(text))},
		Next:    generation + 1,
	}
	got := load(t, s)
	if bytes.Equal(got.Text, want.Text) { // cmp is slow on long texts
		got.Text, want.Text = nil, nil
	}
	wantEqual(t, "Load", got, want)
}

func wantEqual(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// wantKind checks the kind of a fault.
func wantKind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if !fault.Is(err, want) {
		t.Errorf("%s: got error %v, want a fault of kind %s", what, err, want)
	}
}

// ended returns a context that has ended.
func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
