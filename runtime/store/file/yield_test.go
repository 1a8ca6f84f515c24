package file

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store"
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
	commitHeld(t, held, stale, "another's")
	if err := <-refused; !fault.Is(err, fault.GenerationConflict) || fault.Of(err).Data["current"] != uint64(2) {
		t.Errorf("got %v, want a conflict with generation 2", err)
	}
	if placed != 0 {
		t.Errorf("it took the lock file %d times", placed)
	}
	wantState(t, r.open(), "another's", 2)
	r.tidy()
}

// commitHeld commits a text with a lock, and releases that.
func commitHeld(t *testing.T, held *lock, from store.State, text string) {
	t.Helper()
	v, err := held.reconcile()
	if err != nil {
		t.Fatal(err)
	}
	if err := held.commit(v, storetest.Commit(from, text)); err != nil {
		t.Fatal(err)
	}
	held.Unlock()
}

// queue starts a commit of a Store, and returns once it waits for the lock.
func queue(t *testing.T, s *Store, from store.State) (done chan error) {
	t.Helper()
	waiting := make(chan struct{})
	s.mutex.Contended = sync.OnceFunc(func() { close(waiting) })
	done = make(chan error, 1)
	go func() { done <- s.CompareAndSwap(t.Context(), from.Version, storetest.Commit(from, "late")) }()
	<-waiting
	return done
}

// Writers whose commits were refused after a wait take turns in the order in which they
// came: the first one reads again and commits before the next one is refused. So each
// commit causes one conflict, however many wait.
func TestCompareAndSwap_turns(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	clock := newTestClock()
	clock.limit = time.Millisecond // no reservation ends
	writers := []*Store{open(r.options(), disk.OS{}, clock, "boot"), open(r.options(), disk.OS{}, clock, "boot")}
	stale := load(t, writers[0])
	held, err := r.open().hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done := []chan error{queue(t, writers[0], stale), queue(t, writers[1], stale)}
	commitHeld(t, held, stale, "two")
	select {
	case err = <-done[0]:
	case err = <-done[1]:
		slices.Reverse(writers)
		slices.Reverse(done)
	}
	if !fault.Is(err, fault.GenerationConflict) || fault.Of(err).Data["current"] != uint64(2) {
		t.Fatalf("the first one: got %v, want a conflict with generation 2", err)
	}
	first, second := writers[0], writers[1]
	select {
	case err := <-done[1]:
		t.Errorf("the second one does not wait for the first one's turn to end: %v", err)
	default:
	}
	locked := 0
	state := load(t, first)
	first.fs = faulty{say: serial(func(op, _ string) (bool, error) {
		if op == "lock" {
			locked++
		}
		return true, nil
	})}
	first.mutex.FS, first.history.fs = first.fs, first.fs
	if err := first.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "three")); err != nil {
		t.Fatal(err)
	}
	if locked != 0 {
		t.Error("the first one locked the guard again")
	}
	if err := <-done[1]; !fault.Is(err, fault.GenerationConflict) || fault.Of(err).Data["current"] != uint64(3) {
		t.Errorf("the second one: got %v, want a conflict with generation 3", err)
	}
	commit(t, second, "four")
	wantState(t, r.open(), "four", 4)
	r.tidy()
}

// A writer that may not be the next one, because it made the newest commit, lines up at
// once where others wait.
func TestCompareAndSwap_linesUpBehindOthers(t *testing.T) {
	r := newRealm(t)
	own := r.open()
	commit(t, own, "first")
	other := r.open()
	commit(t, other, "another's")
	commit(t, own, "own") // and finds that another one commits too
	state := load(t, own)
	held, err := other.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own.clock = newTestClock()
	own.clock.(*testClock).each = func() { t.Error("it waits, and is not in the queue") }
	done := queue(t, own, state)
	held.Unlock()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Close gives up the turn.
func TestStore_Close_endsTheTurn(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	clock := newTestClock()
	clock.limit = time.Millisecond
	s := open(r.options(), disk.OS{}, clock, "boot")
	stale := load(t, s)
	held, err := r.open().hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done := queue(t, s, stale)
	commitHeld(t, held, stale, "two")
	<-done
	other := r.open()
	if _, err := other.tryAcquire(t.Context()); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("after the conflict: got %v, want ErrLocked", err)
	}
	s.Close()
	l, err := other.tryAcquire(t.Context())
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	l.Unlock()
}
