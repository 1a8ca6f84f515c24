// Package storetest is the contract of store.Store as a test. Every store runs
// it beside its own tests:
//
//	func TestContract(t *testing.T) {
//		storetest.Test(t, func(t *testing.T) func() store.Store {
//			s := memory.New()
//			return func() store.Store { return s }
//		})
//	}
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// Test checks that a store keeps the contract. Every call of place prepares a
// place where no configuration exists yet; every call of the function that it
// returns opens that place anew, as another process would. A store that does
// not outlive its process gives the same one again.
func Test(t *testing.T, place func(t *testing.T) func() store.Store) {
	for _, tt := range []struct {
		name string
		test func(t *testing.T, open func() store.Store)
	}{
		{"FreshIsGenerationZeroAndEmpty", fresh},
		{"CommitIsCurrentAndDurable", commits},
		{"CommitAfterCommitCountsUp", countsUp},
		{"AnyBytesSurvive", anyBytes},
		{"BatchBecomesOneGenerationEach", batches},
		{"StaleVersionConflictsAndChangesNothing", stale},
		{"WrongNumberConflictsAndChangesNothing", wrongNumber},
		{"BrokenBatchIsRefusedWhole", brokenBatch},
		{"OneOfTwoWinsARace", race},
		{"NoUpdateIsLost", counter},
		{"CallersMemoryIsNotKept", memory},
		{"CancelledChangesNothing", cancelled},
		{"RecordTellsWhatWasGiven", records},
		{"UnknownGenerationIsNotFound", unknown},
		{"ListIsNewestFirstAndBounded", lists},
		{"RandomWalkAgreesWithModel", walk},
		{"WatchBeginsWithACall", watchBegins},
		{"WatchSeesAnothersCommit", watchSees},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, place(t)) })
	}
}

// Commit makes a commit of one record for each text, on top of a state, as a
// runtime would.
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
			Actor:     store.Actor{Name: "test", Surface: store.RPC, PID: 1},
			Text:      []byte(text),
		})
		parent = v
	}
	return next
}

// load is the state, or the end of the test.
func load(t *testing.T, s store.Store) store.State {
	t.Helper()
	state, err := s.Load(t.Context())
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return state
}

// commit commits texts on top of what is current, or ends the test.
func commit(t *testing.T, s store.Store, texts ...string) []store.Record {
	t.Helper()
	state := load(t, s)
	next := Commit(state, texts...)
	if err := s.CompareAndSwap(t.Context(), state.Version, next); err != nil {
		t.Fatalf("CompareAndSwap from generation %d: %v", state.Version.Generation, err)
	}
	return next
}

// list is the whole history, or the end of the test.
func list(t *testing.T, s store.Store, before uint64, limit int) []store.Record {
	t.Helper()
	records, err := s.List(t.Context(), before, limit)
	if err != nil {
		t.Fatalf("List(%d, %d): %v", before, limit, err)
	}
	return records
}

// wantState checks what a store holds.
func wantState(t *testing.T, s store.Store, text string, generation uint64) {
	t.Helper()
	want := store.State{
		Text:    []byte(text),
		Version: store.Version{Generation: generation, Digest: store.DigestOf([]byte(text))},
		Next:    generation + 1,
	}
	wantEqual(t, "Load", load(t, s), want)
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

// over is a context that has ended.
func over(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
