package storetest

import (
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// Place is a place where no configuration exists yet, with the faults that a test can
// cause there.
type Place struct {
	// Open opens the place, as in Test.
	Open func() store.Store

	// LoseAnswer makes the answer of the next commit to the place get lost: after it
	// has taken effect if applied, else instead of that.
	LoseAnswer func(applied bool)

	// InterruptWatch breaks all watches of the place, so that they must begin again.
	InterruptWatch func()

	// Prune removes the records below a generation from the history.
	Prune func(below uint64)
}

// TestFaults checks that a store keeps the contract while faults happen to it. Each
// call of newPlace prepares another place.
func TestFaults(t *testing.T, newPlace func(t *testing.T) Place) {
	for _, tt := range []struct {
		name string
		test func(t *testing.T, p Place)
	}{
		{"CompareAndSwap_answerLostAfterCommit", func(t *testing.T, p Place) { testLostAnswer(t, p, true) }},
		{"CompareAndSwap_answerLostBeforeCommit", func(t *testing.T, p Place) { testLostAnswer(t, p, false) }},
		{"CompareAndSwap_countsWithLostAnswers", testLostAnswers},
		{"Watch_interrupted", testWatchInterrupted},
		{"Record_pruned", testPruned},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, newPlace(t)) })
	}
}

// testLostAnswer loses the answer of one commit. Whatever CompareAndSwap says must be
// true, now and later.
func testLostAnswer(t *testing.T, p Place, applied bool) {
	s := p.Open()
	commit(t, s, "one")
	state := load(t, s)
	p.LoseAnswer(applied)
	err := s.CompareAndSwap(t.Context(), state.Version, Commit(state, "two"))
	made := load(t, p.Open()).Version.Generation == 2
	if made != applied {
		t.Errorf("the change was made: %v, want %v", made, applied)
	}
	switch {
	case err == nil && !made:
		t.Error("CompareAndSwap returned nil, and the change was not made")
	case fault.Is(err, fault.GenerationConflict) && made:
		t.Errorf("CompareAndSwap returned %v, and the change was made", err)
	case err != nil && !fault.Is(err, fault.GenerationConflict):
		wantKind(t, "a commit whose answer is lost", err, fault.OutcomeUnknown)
	}
	next := load(t, s)
	commit(t, s, "three")
	wantState(t, p.Open(), "three", next.Version.Generation+1)
}

// testLostAnswers increments a number while answers get lost: no increment that was
// acknowledged is missing, and none is counted twice.
func testLostAnswers(t *testing.T, p Place) {
	s := p.Open()
	acknowledged, unknown := 0, 0
	for i := range 12 {
		if i%3 > 0 {
			p.LoseAnswer(i%3 == 1)
		}
		switch err := Increment(t.Context(), s); {
		case err == nil:
			acknowledged++
		case fault.Is(err, fault.OutcomeUnknown):
			unknown++
		default:
			t.Fatal(err)
		}
	}
	total := load(t, p.Open()).Version.Generation
	if total < uint64(acknowledged) || total > uint64(acknowledged+unknown) {
		t.Errorf("got %d increments, want %d, and at most %d more of unknown outcome", total, acknowledged, unknown)
	}
}

func testWatchInterrupted(t *testing.T, p Place) {
	s, other := p.Open(), p.Open()
	w := watch(t, s)
	w.call(t, "at the start")
	p.InterruptWatch()
	commit(t, other, "one")
	for want := load(t, other).Version; ; {
		w.call(t, "after an interruption and a commit")
		if load(t, s).Version == want {
			break
		}
	}
	if err := w.end(); err != nil {
		t.Errorf("Watch returned %v after its context ended, want nil", err)
	}
}

// testPruned removes the oldest records. The others stay as they are, and commits go on.
func testPruned(t *testing.T, p Place) {
	s := p.Open()
	commit(t, s, "1", "2", "3")
	all := commit(t, s, "4", "5")
	p.Prune(4)
	for _, open := range []store.Store{s, p.Open()} {
		_, err := open.Record(t.Context(), 3)
		wantKind(t, "Record(3) after pruning", err, fault.NotFound)
		wantEqual(t, "List after pruning", list(t, open, 0, 10), []store.Record{all[1], all[0]})
		if got := list(t, open, 4, 10); len(got) != 0 {
			t.Errorf("List(4, 10) has %d records after pruning, want 0", len(got))
		}
	}
	commit(t, s, "6")
	wantState(t, p.Open(), "6", 6)
}
