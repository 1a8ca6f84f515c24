package file

import (
	"sync"
	"testing"

	"realmconf.io/realmconf/runtime/fault"
	"realmconf.io/realmconf/runtime/store/storetest"
)

// Who has made the newest commit lets others go first, where there are any: else
// it would stand before them with the new generation each time.
func TestTheLastWinnerLetsOthersGoFirst(t *testing.T) {
	for name, others := range map[string]struct {
		commits bool // another program's commit came after ours
		waits   int
	}{"after our commit": {false, 1}, "after another's": {true, 0}} {
		r := newRealm(t)
		clock, waits := newTestClock(), 0
		winner := open(r.options(), disk{}, clock, "boot")
		commit(t, winner, "one")
		other := r.open()
		if others.commits {
			commit(t, other, "two")
			load(t, winner)
		}
		held, err := other.acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var released sync.Once
		clock.each = func() { // the first wait is the courtesy; then the other lets go
			waits++
			released.Do(held.release)
		}
		if others.waits == 0 {
			released.Do(func() { go held.release() })
		}
		l, err := winner.acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l.release()
		if waits < others.waits || others.waits == 0 && waits > 0 {
			t.Errorf("%s: waited %d times before the guard, want %d", name, waits, others.waits)
		}
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
