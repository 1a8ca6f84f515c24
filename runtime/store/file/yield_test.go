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

// The process that made the newest commit lets others commit first, if there are
// any: it would have the new generation before them each time.
func TestCompareAndSwap_yieldsAfterItsOwnCommit(t *testing.T) {
	for name, test := range map[string]struct {
		before func(t *testing.T, r realm, own *Store)
		waits  bool
	}{
		"no other": {func(t *testing.T, _ realm, own *Store) {
			commit(t, own, "own")
		}, false},
		"another commits, then this one": {func(t *testing.T, r realm, own *Store) {
			commit(t, r.open(), "another's")
			commit(t, own, "own")
		}, true},
		"this one commits, then another": {func(t *testing.T, r realm, own *Store) {
			commit(t, own, "own")
			commit(t, r.open(), "another's")
		}, false},
		"another had the lock": {func(t *testing.T, r realm, own *Store) {
			held, err := r.open().hold(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := own.tryAcquire(t.Context()); !errors.Is(err, disk.ErrLocked) {
				t.Fatalf("got %v, want busy", err)
			}
			held.Unlock()
		}, true},
		"the wait for another was in vain": {func(t *testing.T, r realm, own *Store) {
			commit(t, r.open(), "another's")
			commit(t, own, "own")
			commit(t, own, "own too")
		}, false},
		"a person edits, then this one commits": {func(t *testing.T, r realm, own *Store) {
			r.put("config.toml", "by hand")
			wantState(t, own, "by hand", 2)
			commit(t, own, "own")
		}, false},
		"reads during its own commit": {func(t *testing.T, r realm, own *Store) {
			own.fs = &meanwhile{FS: disk.OS{}, do: func() { load(t, own) }}
			commit(t, own, "own")
			own.fs = disk.OS{}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRealm(t)
			clock := newTestClock()
			own := open(r.options(), disk.OS{}, clock, "boot")
			commit(t, own, "first")
			test.before(t, r, own)
			state, begin := load(t, own), clock.Now()
			if err := own.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "next")); err != nil {
				t.Fatal(err)
			}
			waited, most := clock.Now().Sub(begin), time.Duration(0)
			if test.waits {
				most = yieldTime([]byte("next")) + yieldPoll
			}
			if waited > most || waited < most-yieldPoll {
				t.Errorf("waited %v, want %v at most, and at least that less one poll", waited, most)
			}
		})
	}
}

// meanwhile is a file system that calls do after each exchange of two files.
type meanwhile struct {
	disk.FS
	do func()
}

func (m *meanwhile) Exchange(a, b string) error {
	err := m.FS.Exchange(a, b)
	m.do()
	return err
}

// The wait ends with the commit of another process: then the answer is a
// conflict, at once.
func TestCompareAndSwap_yieldEndsWithTheCommitOfAnother(t *testing.T) {
	r := newRealm(t)
	clock := newTestClock()
	own := open(r.options(), disk.OS{}, clock, "boot")
	commit(t, own, "first")
	other := r.open()
	commit(t, other, "another's")
	commit(t, own, "own")
	state, polls := load(t, own), 0
	clock.each = func() {
		if polls++; polls == 3 {
			commit(t, other, "another's too")
		}
	}
	err := own.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "next"))
	if !fault.Is(err, fault.GenerationConflict) || polls != 3 {
		t.Errorf("after %d polls got %v, want a conflict after 3", polls, err)
	}
}

// A commit that waited while others committed is refused by the state alone, and
// takes no lock file.
func TestCompareAndSwap_conflictAfterAWaitTakesNoLockFile(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	var mu sync.Mutex
	placed, waiting := 0, make(chan struct{})
	s := open(r.options(), faulty{say: func(op, name string) (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		if op == "rename-new" {
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
	held, err := other.hold(t.Context())
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
		t.Errorf("it took the lock file %d times", placed)
	}
	wantState(t, r.open(), "another's", 2)
	r.tidy()
}
