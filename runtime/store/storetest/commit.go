package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

func testFresh(t *testing.T, open func() store.Store) {
	s := open()
	wantState(t, s, "", 0)
	if got := load(t, s).Version; got != store.Empty() {
		t.Errorf("fresh version = %v, want store.Empty()", got)
	}
	if got := list(t, s, 0, 10); len(got) != 0 {
		t.Errorf("fresh history has %d records, want 0", len(got))
	}
}

func testDurable(t *testing.T, open func() store.Store) {
	s := open()
	commit(t, s, "a = 1\n")
	wantState(t, s, "a = 1\n", 1)
	wantState(t, open(), "a = 1\n", 1)
}

func testCountsUp(t *testing.T, open func() store.Store) {
	a, b := open(), open()
	commit(t, a, "one")
	commit(t, b, "two")
	commit(t, a, "") // an empty configuration is a generation like any other
	wantState(t, b, "", 3)
	commit(t, a, "four")
	wantState(t, open(), "four", 4)
}

func testAnyBytes(t *testing.T, open func() store.Store) {
	texts := []string{"\xff\xfe\x00", "\ufeffa = 1\r\n", "<&>\u2028\"\\", "line\n\n"}
	s := open()
	commit(t, s, texts...)
	wantState(t, open(), texts[len(texts)-1], uint64(len(texts)))
	for i, want := range texts {
		r, err := open().Record(t.Context(), uint64(i+1))
		if err != nil || string(r.Text) != want {
			t.Errorf("Record(%d) = %q, %v; want %q", i+1, r.Text, err, want)
		}
	}
}

func testBatch(t *testing.T, open func() store.Store) {
	s := open()
	want := commit(t, s, "a", "b", "a") // the last may equal an earlier one
	wantState(t, s, "a", 3)
	wantEqual(t, "List", list(t, open(), 0, 10), []store.Record{want[2], want[1], want[0]})
}

func testStaleVersion(t *testing.T, open func() store.Store) {
	s := open()
	old := load(t, s)
	commit(t, s, "first")
	err := s.CompareAndSwap(t.Context(), old.Version, Commit(old, "second"))
	wantKind(t, "CompareAndSwap from generation 0", err, fault.GenerationConflict)
	state := load(t, s)
	other := state
	other.Version.Digest[0]++ // the current number with another content
	err = s.CompareAndSwap(t.Context(), other.Version, Commit(other, "second"))
	wantKind(t, "CompareAndSwap from another digest", err, fault.GenerationConflict)
	wantState(t, s, "first", 1)
	if got := list(t, open(), 0, 10); len(got) != 1 {
		t.Errorf("history has %d records after refusals, want 1", len(got))
	}
}

func testWrongNumber(t *testing.T, open func() store.Store) {
	s := open()
	commit(t, s, "first")
	state := load(t, s)
	ahead := state
	ahead.Next++
	err := s.CompareAndSwap(t.Context(), state.Version, Commit(ahead, "second"))
	wantKind(t, "CompareAndSwap to a number too high", err, fault.GenerationConflict)
	wantState(t, s, "first", 1)
	commit(t, s, "second")
	wantState(t, s, "second", 2)
}

func testBrokenBatch(t *testing.T, open func() store.Store) {
	s := open()
	state := load(t, s)
	broken := map[string]func([]store.Record) []store.Record{
		"no records":   func([]store.Record) []store.Record { return nil },
		"a gap":        func(r []store.Record) []store.Record { r[1].Generation++; return r },
		"a wrong text": func(r []store.Record) []store.Record { r[1].Text = []byte("other"); return r },
		"no parent":    func(r []store.Record) []store.Record { r[1].Parent = store.Version{}; return r },
	}
	for name, breakIt := range broken {
		err := s.CompareAndSwap(t.Context(), state.Version, breakIt(Commit(state, "a", "b")))
		wantKind(t, "CompareAndSwap with "+name, err, fault.Internal)
	}
	wantState(t, s, "", 0)
}

func testRace(t *testing.T, open func() store.Store) {
	a, b := open(), open()
	for round := range 5 {
		state := load(t, a)
		errs := make(chan error, 2)
		for i, s := range []store.Store{a, b} {
			next := Commit(state, fmt.Sprintf("round %d by %d", round, i))
			go func() { errs <- s.CompareAndSwap(context.WithoutCancel(t.Context()), state.Version, next) }()
		}
		first, second := <-errs, <-errs
		if first != nil {
			first, second = second, first
		}
		if first != nil {
			t.Fatalf("round %d: got errors %v and %v, want one success", round, first, second)
		}
		wantKind(t, "the loser", second, fault.GenerationConflict)
		if got := load(t, b).Version.Generation; got != state.Version.Generation+1 {
			t.Fatalf("round %d: generation %d, want %d", round, got, state.Version.Generation+1)
		}
	}
}

// testNoLostUpdate lets several writers increment one number.
func testNoLostUpdate(t *testing.T, open func() store.Store) {
	const writers, each = 4, 10
	var wg sync.WaitGroup
	for range writers {
		s := open()
		wg.Go(func() {
			for range each {
				if err := Increment(t.Context(), s); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	wantState(t, open(), strconv.Itoa(writers*each), writers*each)
}

// Increment adds one to the number that is the whole text, in which an empty text
// is 0. It starts again as long as other writers commit first.
func Increment(ctx context.Context, s store.Store) error {
	for {
		state, err := s.Load(ctx)
		if err != nil {
			return err
		}
		n := 0
		if len(state.Text) > 0 {
			if n, err = strconv.Atoi(string(state.Text)); err != nil {
				return err
			}
		}
		err = s.CompareAndSwap(ctx, state.Version, Commit(state, strconv.Itoa(n+1)))
		if !fault.Is(err, fault.GenerationConflict) {
			return err
		}
	}
}

func testCopiesMemory(t *testing.T, open func() store.Store) {
	s := open()
	next := commit(t, s, "kept")
	next[0].Text[0] = 'X'
	r, err := s.Record(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Text) != "kept" {
		t.Errorf("Record(1).Text = %q after the caller changed its slice, want %q", r.Text, "kept")
	}
	r.Text[0] = 'Y'
	wantState(t, s, "kept", 1)
	if again := list(t, s, 0, 1); string(again[0].Text) != "kept" {
		t.Errorf("List = %q after a caller changed a record, want %q", again[0].Text, "kept")
	}
}

func testContextEnded(t *testing.T, open func() store.Store) {
	s := open()
	state := load(t, s)
	for call, err := range map[string]error{
		"Load":           second(s.Load(ended(t))),
		"CompareAndSwap": s.CompareAndSwap(ended(t), state.Version, Commit(state, "late")),
		"Record":         second(s.Record(ended(t), 1)),
		"List":           second(s.List(ended(t), 0, 1)),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: got error %v, want context.Canceled", call, err)
		}
	}
	wantState(t, s, "", 0)
	wantState(t, open(), "", 0)
}

func second[T any](_ T, err error) error { return err }
