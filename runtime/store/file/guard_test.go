package file

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store/storetest"
)

// The guard is removed while it is held. The next process creates another guard,
// and must not take the lock file of the living holder for a dead one's; and the
// holder must not go on.
func TestLock_guardIsRemoved(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	holder := open(r.options(), disk.OS{}, newTestClock(), "boot")
	held, err := holder.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(r.path(guardName)); err != nil {
		t.Fatal(err)
	}
	o := r.options()
	o.LockTimeout = time.Second
	s := open(o, disk.OS{}, newTestClock(), "boot")
	state := load(t, s)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")); !fault.Is(err, fault.LockTimeout) {
		t.Errorf("got error %v while the lock is held, want lock_timeout", err)
	}
	if err := held.Verify(); !errors.Is(err, filelock.ErrLost) {
		t.Errorf("the holder's Verify gave %v after its guard was removed, want filelock.ErrLost", err)
	}
	held.Unlock()
	commit(t, s, "two")
	r.tidy()
}

// A crash at any step of taking the lock leaves no lock for which a program waits:
// neither realmconf, nor a peer, which cannot tell a dead lock from a living one.
func TestLock_crashAtEveryStep(t *testing.T) {
	crash := errors.New("crashed")
	for n := 1; ; n++ {
		r := newFastRealm(t)
		commit(t, r.open(), "1")
		left, placed := n, false
		s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
			if changing(op) {
				left--
			}
			if left < 0 {
				return false, crash
			}
			placed = placed || op == "rename-new" && name == LockName
			return true, nil
		})}, newTestClock(), "boot")
		state := load(t, s)
		_ = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "2"))
		if placed {
			if n < 3 {
				t.Errorf("taking the lock had %d steps, want at least 3", n)
			}
			break
		}
		if r.exists(LockName) {
			t.Errorf("step %d: a lock is there before it was placed", n)
		}
		if err := (peer{r}).increment(); err != nil {
			t.Errorf("step %d: peer: %v", n, err)
		}
		c := newTestClock()
		c.each = func() { t.Errorf("step %d: a commit waited", n) }
		commit(t, open(r.options(), disk.OS{}, c, "boot"), "3")
		r.tidy()
	}
}

// After a loss of power the lock of a program that is gone is still there.
func TestLock_fromBeforeTheMachineWasStarted(t *testing.T) {
	for _, local := range []bool{true, false} {
		r := newRealm(t)
		commit(t, r.open(), "one")
		r.leave("config-runtime-lock", 20*time.Second) // by its age it is alive
		var sys disk.FS = disk.OS{}
		if !local {
			sys = faraway{}
		}
		o := r.options()
		o.LockTimeout = time.Second
		s := open(o, sys, newTestClock(), "boot")
		s.mutex.BootTime = time.Now().Add(-10 * time.Second)
		state := load(t, s)
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
		if local && (disk.OS{}).IsLocal(r.dir) {
			if err != nil {
				t.Errorf("got error %v, want the lock taken", err)
			}
		} else if !fault.Is(err, fault.LockTimeout) {
			t.Errorf("local %v: got error %v, want lock_timeout: the start of this machine does not matter", local, err)
		}
	}
}

// faraway is a file system on another machine.
type faraway struct{ disk.OS }

func (faraway) IsLocal(string) bool { return false }

// Several realmconf processes, one right after the other, would keep out a peer
// that polls: so their busy time is counted together.
func TestLock_pauseIsSharedByAllProcesses(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	c := newTestClock()
	c.pass(time.Second) // the commit's busy time is over
	rests := 0
	c.each = func() { rests++ }
	stores := []*Store{open(r.options(), disk.OS{}, c, "boot"), open(r.options(), disk.OS{}, c, "boot")}
	for n := range 100 { // 400 ms back to back, at most 250 at a time
		l, err := stores[n%2].hold(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.pass(4 * time.Millisecond)
		l.Unlock()
	}
	if rests != 1 {
		t.Errorf("rested %d times in 400 ms, want once", rests)
	}
	c.pass(time.Second)
	for range 3 {
		l, err := stores[0].hold(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l.Unlock()
	}
	if rests != 1 {
		t.Errorf("rested after a pause")
	}
}

// A peer gets the lock in time among many realmconf writers.
func TestLock_peerAmongManyStores(t *testing.T) {
	r := newFastRealm(t)
	commit(t, r.open(), "0")
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		s := r.open()
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := storetest.Increment(t.Context(), s); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 5 {
		if err := (peer{r}).increment(); err != nil { // it gives up after five seconds
			t.Errorf("peer: %v", err)
		}
	}
	close(done)
	wg.Wait()
	r.tidy()
}

// A link in the guard's place is never the file that it leads to. It is refused at
// once, also by a read.
func TestLock_guardIsALink(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	commit(t, r.open(), "one")
	if err := errors.Join(os.Rename(r.path(guardName), r.path("elsewhere")), os.Symlink("elsewhere", r.path(guardName))); err != nil {
		t.Fatal(err)
	}
	s := r.open()
	state := load(t, s)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")); !fault.Is(err, fault.Storage) {
		t.Errorf("a commit: got %v, want storage", err)
	}
	r.put("config.toml", "edited")
	if state := load(t, r.open()); !state.Pending {
		t.Errorf("a read: got %v, want it pending", state.Version)
	}
}

// The holder of the guard writes into it. A hard link in its place would be
// written into wherever its other name is.
func TestLock_guardIsAHardLink(t *testing.T) {
	t.Parallel() // it waits
	r := newRealmOnDisk(t)
	commit(t, r.open(), "one")
	target := filepath.Join(t.TempDir(), "target")
	if err := errors.Join(os.WriteFile(target, []byte("mine"), 0o600), os.Remove(r.path(guardName)), os.Link(target, r.path(guardName))); err != nil {
		t.Fatal(err)
	}
	s := r.open()
	state := load(t, s)
	err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
	if f := fault.Of(err); f == nil || f.Kind != fault.Storage || f.Data["reason"] != fault.Link {
		t.Errorf("a commit: got %v, want storage, link", err)
	}
	r.put("config.toml", "edited")
	if state := load(t, r.open()); !state.Pending {
		t.Errorf("a read: got %v, want it pending", state.Version)
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "mine" {
		t.Errorf("the other name holds %q, %v", text, err)
	}
}
