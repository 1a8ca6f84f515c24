package file

import (
	"errors"
	"sync"
	"testing"

	"realmconf.io/realmconf/runtime/fault"
	"realmconf.io/realmconf/runtime/store/storetest"
)

// Who has made the newest commit lets others go first, where there are any: else
// it would have the new generation before them each time.
func TestTheLastWinnerLetsOthersGoFirst(t *testing.T) {
	anothers := func(t *testing.T, r realm, winner *Store) {
		commit(t, r.open(), "another's")
		load(t, winner)
	}
	for name, test := range map[string]struct {
		before func(t *testing.T, r realm, winner *Store, clock *testClock)
		waits  bool
	}{
		"nobody else": {func(t *testing.T, _ realm, winner *Store, _ *testClock) {
			commit(t, winner, "ours")
		}, false},
		"another commits, and we": {func(t *testing.T, r realm, winner *Store, _ *testClock) {
			anothers(t, r, winner)
			commit(t, winner, "ours")
		}, true},
		"another commits, and we, long ago": {func(t *testing.T, r realm, winner *Store, clock *testClock) {
			anothers(t, r, winner)
			commit(t, winner, "ours")
			clock.pass(rivalry)
		}, false},
		"we commit, and another": {func(t *testing.T, r realm, winner *Store, _ *testClock) {
			commit(t, winner, "ours")
			anothers(t, r, winner)
		}, false},
		"another has the lock, and we commit": {func(t *testing.T, r realm, winner *Store, clock *testClock) {
			held, err := r.open().acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := winner.tryAcquire(t.Context()); !errors.Is(err, errBusy) {
				t.Fatalf("got %v, want busy", err)
			}
			held.release()
			commit(t, winner, "ours")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRealm(t)
			clock := newTestClock()
			winner := open(r.options(), disk{}, clock, "boot")
			commit(t, winner, "first")
			test.before(t, r, winner, clock)
			waits := 0
			clock.each = func() { waits++ }
			l, err := winner.acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			clock.each = nil
			l.release()
			if got := waits > 0; got != test.waits {
				t.Errorf("waited %d times, want it to wait: %v", waits, test.waits)
			}
		})
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
	}}, wallClock{}, "boot")
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
	held.release()
	if err := <-refused; !fault.Is(err, fault.GenerationConflict) || fault.Of(err).Data["current"] != uint64(2) {
		t.Errorf("got %v, want a conflict with generation 2", err)
	}
	if placed != 0 {
		t.Errorf("it took the lock file %d times to find that", placed)
	}
	wantState(t, r.open(), "another's", 2)
	r.tidy()
}
