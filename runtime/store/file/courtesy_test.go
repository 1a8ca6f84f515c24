package file

import (
	"errors"
	"sync"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store/storetest"
)

// Who has made the newest commit lets others go first, where there are any: else
// it would have the new generation before them each time.
func TestTheLastWinnerLetsOthersGoFirst(t *testing.T) {
	for name, test := range map[string]struct {
		before func(t *testing.T, r realm, winner *Store)
		waits  bool
	}{
		"nobody else": {func(t *testing.T, _ realm, winner *Store) {
			commit(t, winner, "ours")
		}, false},
		"another commits, and we": {func(t *testing.T, r realm, winner *Store) {
			commit(t, r.open(), "another's")
			commit(t, winner, "ours")
		}, true},
		"we commit, and another": {func(t *testing.T, r realm, winner *Store) {
			commit(t, winner, "ours")
			commit(t, r.open(), "another's")
		}, false},
		"another had the lock": {func(t *testing.T, r realm, winner *Store) {
			held, err := r.open().acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := winner.tryAcquire(t.Context()); !errors.Is(err, disk.ErrLocked) {
				t.Fatalf("got %v, want busy", err)
			}
			held.Unlock()
		}, true},
		"we have waited for another in vain": {func(t *testing.T, r realm, winner *Store) {
			commit(t, r.open(), "another's")
			commit(t, winner, "ours")
			commit(t, winner, "ours too")
		}, false},
		"a person edits, and we commit": {func(t *testing.T, r realm, winner *Store) {
			r.put("config.toml", "by hand")
			wantState(t, winner, "by hand", 2)
			commit(t, winner, "ours")
		}, false},
		"we read what we are committing": {func(t *testing.T, r realm, winner *Store) {
			winner.fs = &meanwhile{FS: disk.OS{}, do: func() { load(t, winner) }}
			commit(t, winner, "ours")
			winner.fs = disk.OS{}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRealm(t)
			clock := newTestClock()
			winner := open(r.options(), disk.OS{}, clock, "boot")
			commit(t, winner, "first")
			test.before(t, r, winner)
			state, begin := load(t, winner), clock.Now()
			if err := winner.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "next")); err != nil {
				t.Fatal(err)
			}
			waited, most := clock.Now().Sub(begin), time.Duration(0)
			if test.waits {
				most = yieldTime([]byte("next")) + yieldPoll
			}
			if waited > most || waited < most-yieldPoll {
				t.Errorf("waited %v, want %v at the most, and no less than a yieldPoll below", waited, most)
			}
		})
	}
}

// meanwhile does something after each exchange of two files.
type meanwhile struct {
	disk.FS
	do func()
}

func (m *meanwhile) Exchange(a, b string) error {
	err := m.FS.Exchange(a, b)
	m.do()
	return err
}

// The turn is over as soon as another has committed: what comes then is a
// conflict, and is told at once.
func TestTheTurnOfOthersEndsWithTheirCommit(t *testing.T) {
	r := newRealm(t)
	clock := newTestClock()
	winner := open(r.options(), disk.OS{}, clock, "boot")
	commit(t, winner, "first")
	other := r.open()
	commit(t, other, "another's")
	commit(t, winner, "ours")
	state, glances := load(t, winner), 0
	clock.each = func() {
		if glances++; glances == 3 {
			commit(t, other, "another's too")
		}
	}
	err := winner.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "next"))
	if !fault.Is(err, fault.GenerationConflict) || glances != 3 {
		t.Errorf("after %d glances got %v, want a conflict after 3", glances, err)
	}
}

// Whoever waited while others committed is refused by what the state says, and
// takes no lock file for it.
func TestWhoeverIsOvertakenGivesWayAtOnce(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	var mu sync.Mutex
	placed, waiting := 0, make(chan struct{})
	s := open(r.options(), faulty{say: func(op, name string) (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		if op == "place" {
			placed++
		}
		if op == "lock" && waiting != nil {
			close(waiting)
			waiting = nil
		}
		return true, nil
	}}, filelock.WallClock{}, "boot")
	stale := load(t, s)
	other := r.open()
	held, err := other.acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	is := waiting
	refused := make(chan error)
	go func() { refused <- s.CompareAndSwap(t.Context(), stale.Version, storetest.Commit(stale, "two")) }()
	<-is
	v, err := held.reconcile()
	if err != nil {
		t.Fatal(err)
	}
	if err := held.commit(v, storetest.Commit(stale, "another's")); err != nil {
		t.Fatal(err)
	}
	held.Unlock()
	if err := <-refused; !fault.Is(err, fault.GenerationConflict) || fault.Of(err).Data["current"] != uint64(2) {
		t.Errorf("got %v, want a conflict with generation 2", err)
	}
	if placed != 0 {
		t.Errorf("it took the lock file %d times to find that", placed)
	}
	wantState(t, r.open(), "another's", 2)
	r.tidy()
}
