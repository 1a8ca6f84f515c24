package storetest

import (
	"bytes"
	"fmt"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// testLimits makes commits of the size that the store says it takes, and one above it,
// which may be refused as a whole.
func testLimits(t *testing.T, open func() store.Store) {
	s := open()
	limits := s.Limits()
	if limits.Records < 1 || limits.Bytes < 1 {
		t.Fatalf("Limits() = %+v, want at least one record and one byte", limits)
	}
	many := make([]string, limits.Records)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	commit(t, s, many...)
	generation := uint64(len(many))
	longest := string(bytes.Repeat([]byte("\"\n"), store.MaxText/2)) // two bytes that text formats escape
	commit(t, s, longest)
	generation++
	wantState(t, open(), longest, generation)
	if testing.Short() { // the rest writes several times as much as a commit may have
		return
	}

	var large []string
	for room := limits.Bytes; room > 0; {
		n := min(room, store.MaxText/4)
		large, room = append(large, longest[:n]), room-n
	}
	if len(large) <= limits.Records {
		commit(t, s, large...)
		generation += uint64(len(large))
		wantState(t, open(), large[len(large)-1], generation)
	}

	state := load(t, s)
	err := s.CompareAndSwap(t.Context(), state.Version, Commit(state, append(large, longest, longest)...))
	switch {
	case err == nil:
		wantState(t, open(), longest, generation+uint64(len(large))+2)
	default:
		wantKind(t, "a commit above the limits", err, fault.TooLarge)
		wantState(t, open(), string(state.Text), generation)
	}
}

// testClose closes a store that has made and watched commits. Other stores go on.
func testClose(t *testing.T, open func() store.Store) {
	s, other := open(), open()
	w := watch(t, s)
	w.call(t, "at the start")
	commit(t, s, "one")
	if err := w.end(); err != nil {
		t.Errorf("Watch returned %v after its context ended, want nil", err)
	}
	s.Close()
	wantState(t, other, "one", 1)
	commit(t, other, "two")
	wantState(t, open(), "two", 2)
}
