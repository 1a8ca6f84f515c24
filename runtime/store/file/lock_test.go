package file

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store/storetest"
)

// leave creates a lock file as a dead holder left it.
func (r realm) leave(content string, age time.Duration) {
	r.t.Helper()
	r.put(LockName, content)
	at := time.Now().Add(-age)
	if err := os.Chtimes(r.path(LockName), at, at); err != nil {
		r.t.Fatal(err)
	}
}

// deadStamp returns the content of a lock file whose realmconf process died.
func (r realm) deadStamp(boot string) string {
	r.t.Helper()
	h, err := disk.OS{}.Open(r.path(guardName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		r.t.Fatal(err)
	}
	defer h.Close()
	guard, err := disk.OS{}.ID(h)
	if err != nil {
		r.t.Fatal(err)
	}
	b, err := json.Marshal(filelock.Stamp{PID: 4711, Host: "elsewhere", BootID: boot, Guard: guard, Nonce: newID()})
	if err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

func TestLock_ofADeadProcess(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	r.leave(r.deadStamp("boot"), 0)
	c := newTestClock()
	c.each = func() { t.Error("the commit waited for a dead process") }
	s := open(r.options(), disk.OS{}, c, "boot")
	commit(t, s, "two")
	wantState(t, s, "two", 2)
	r.tidy()
}

func TestLock_waitsForAFreshLockAndNamesItsHolder(t *testing.T) {
	for _, tt := range []struct{ name, holder, want string }{
		{"peer", "config-runtime-lock", "another program"},
		{"other machine", "", "process 4711 on elsewhere"},
		{"empty", "\n", "another program"},
	} {
		r := newRealm(t)
		commit(t, r.open(), "one")
		content := tt.holder
		if content == "" {
			content = r.deadStamp("another boot")
		}
		r.leave(content, 0)
		o := r.options()
		o.LockTimeout = 5 * time.Second
		c := newTestClock()
		begin := c.Now()
		s := open(o, disk.OS{}, c, "boot")
		state := load(t, s)
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
		if !fault.Is(err, fault.LockTimeout) || !strings.Contains(err.Error(), "locked by "+tt.want) {
			t.Errorf("%s: got error %v, want lock_timeout that names %s", tt.name, err, tt.want)
		}
		if waited := c.Now().Sub(begin); waited < 5*time.Second || waited > 6*time.Second {
			t.Errorf("%s: waited %v, want 5s", tt.name, waited)
		}
		wantState(t, s, "one", 1)
		if got := r.get(LockName); got != content {
			t.Errorf("%s: the lock holds %q now, want it untouched", tt.name, got)
		}
		if err := os.Remove(r.path(LockName)); err != nil {
			t.Fatal(err)
		}
		commit(t, s, "two") // no file of the first try prevents a second one
		r.tidy()
	}
}

// A request that has given up its wait asks who holds the lock. It has left the
// queue then, so it must not touch what the queue protects.
func TestLock_holderIsNamedOutsideTheQueue(t *testing.T) {
	r := newRealm(t)
	s := open(r.options(), faulty{say: func(op, name string) (bool, error) {
		if op == "open" && name == LockName {
			return false, fs.ErrPermission
		}
		return true, nil
	}}, newTestClock(), "boot")
	commit(t, s, "one")
	if !s.swept {
		t.Fatal("the commit has not swept")
	}
	r.leave("config-runtime-lock", 0)
	if s.mutex.Holder(); !s.swept {
		t.Error("the look at the lock's holder changed a field that the lock protects")
	}
}

func TestLock_releasedInTime(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	r.leave("config-runtime-lock", 0)
	c := newTestClock()
	waits := 0
	c.each = func() {
		if waits++; waits == 10 {
			os.Remove(r.path(LockName))
		}
	}
	commit(t, open(r.options(), disk.OS{}, c, "boot"), "two")
	if waits != 10 {
		t.Errorf("waited %d times, want 10", waits)
	}
}

func TestLock_stale(t *testing.T) {
	for _, content := range []string{"config-runtime-lock", "", r0(t).deadStamp("another boot")} {
		r := newRealm(t)
		commit(t, r.open(), "one")
		r.leave(content, 31*time.Second)
		commit(t, open(r.options(), disk.OS{}, newTestClock(), "boot"), "two")
		wantState(t, r.open(), "two", 2)
		r.tidy()
	}
}

func r0(t *testing.T) realm {
	r := newRealm(t)
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return r
}

// Between the look at a dead lock and the exchange, a peer may have removed it and
// made its own.
func TestLock_freshLockInTheStaleOnesPlace(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	r.leave("dead", time.Minute)
	moved := false
	o := r.options()
	o.LockTimeout = time.Second
	s := open(o, faulty{say: serial(func(op, name string) (bool, error) {
		if op == "exchange" && name == LockName && !moved {
			moved = true
			r.replace(LockName, "config-runtime-lock")
		}
		return true, nil
	})}, newTestClock(), "boot")
	state := load(t, s)
	err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
	if !moved || !fault.Is(err, fault.LockTimeout) {
		t.Errorf("got error %v (moved %v), want lock_timeout", err, moved)
	}
	if got := r.get(LockName); got != "config-runtime-lock" {
		t.Errorf("the peer's lock holds %q, want it back in its place", got)
	}
}

func TestCompareAndSwap_lockIsTakenOver(t *testing.T) {
	for _, step := range []struct {
		op, name string
		want     fault.Kind
		text     string
	}{
		{"create", "2.json", fault.LockTimeout, "one"},
		{"create", ".state", fault.LockTimeout, "one"},
		{"exchange", "config.toml", fault.OutcomeUnknown, "two"},
	} {
		r := newRealm(t)
		commit(t, r.open(), "one")
		s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
			if op == step.op && strings.HasSuffix(name, step.name) {
				r.replace(LockName, "config-runtime-lock")
			}
			return true, nil
		})}, newTestClock(), "boot")
		state := load(t, s)
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
		if !fault.Is(err, step.want) {
			t.Errorf("lost at %s %s: got error %v, want %s", step.op, step.name, err, step.want)
		}
		if got := r.get(LockName); got != "config-runtime-lock" {
			t.Errorf("lost at %s %s: the other's lock holds %q, want it untouched", step.op, step.name, got)
		}
		if got := r.get("config.toml"); got != step.text {
			t.Errorf("lost at %s %s: config is %q, want %q", step.op, step.name, got, step.text)
		}
		os.Remove(r.path(LockName))
		if got := load(t, r.open()); string(got.Text) != step.text || got.Pending {
			t.Errorf("lost at %s %s: Load = %q (pending %v), want %q", step.op, step.name, got.Text, got.Pending, step.text)
		}
	}
}

// A caller that gives up leaves a goroutine that waits for the guard. It must
// unlock the guard when it gets it, and delay no other caller longer.
func TestCompareAndSwap_contextEndsTheWait(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	s, other := r.open(), r.open()
	commit(t, s, "one")
	state := load(t, s)
	held, err := other.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	err = s.CompareAndSwap(ctx, state.Version, storetest.Commit(state, "two"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
	held.Unlock()
	commit(t, s, "two")
	commit(t, other, "three")
	wantState(t, s, "three", 3)
}

func TestCompareAndSwap_deadlineIsALockTimeout(t *testing.T) {
	r := newRealm(t)
	s, other := r.open(), r.open()
	commit(t, s, "one")
	state := load(t, s)
	held, err := other.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	err = s.CompareAndSwap(ctx, state.Version, storetest.Commit(state, "two"))
	if !fault.Is(err, fault.LockTimeout) || !strings.Contains(err.Error(), "locked by process ") {
		t.Errorf("got error %v, want lock_timeout that names a process", err)
	}
	held.Unlock()
	after, err := s.hold(t.Context()) // the place in the queue is free again
	if err != nil {
		t.Fatal(err)
	}
	after.Unlock()
}

func TestLock_isTouchedWhileHeld(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	beats := make(chan time.Time)
	s := open(r.options(), disk.OS{}, beatClock{beats: beats}, "boot")
	l, err := s.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Unlock()
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(r.path(LockName), old, old); err != nil {
		t.Fatal(err)
	}
	beats <- time.Now()
	beats <- time.Now() // received only after the first touch is done
	info, err := os.Stat(r.path(LockName))
	if err != nil || time.Since(info.ModTime()) > 30*time.Second {
		t.Errorf("the lock was last touched at %v (%v), want just now", info.ModTime(), err)
	}
}

// beatClock lets a test decide when a held lock is touched.
type beatClock struct {
	filelock.WallClock
	beats chan time.Time
}

func (c beatClock) AfterFunc(_ time.Duration, f func()) (stop func()) {
	stopped := make(chan struct{})
	go func() {
		select {
		case <-c.beats:
			f()
		case <-stopped:
		}
	}()
	return func() { close(stopped) }
}

func TestLock_pausesForPeers(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	c := newTestClock()
	c.pass(time.Second) // the commit's busy time is over
	rests := 0
	c.each = func() { rests++ }
	s := open(r.options(), disk.OS{}, c, "boot")
	for range 100 {
		l, err := s.hold(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.mu.Lock()
		c.now = c.now.Add(4 * time.Millisecond)
		c.mu.Unlock()
		l.Unlock()
	}
	if rests != 1 { // 400 ms back to back, at most 250 at a time
		t.Errorf("rested %d times in 400 ms, want once", rests)
	}
}

// A clock that goes back, while the lock is held or free, ends the busy time, which
// would otherwise seem to begin in the future: the pauses go on at once.
func TestLock_pausesAfterTheClockWentBack(t *testing.T) {
	for _, whileHeld := range []bool{false, true} {
		r := newRealm(t)
		c := newTestClock()
		s := open(r.options(), disk.OS{}, c, "boot")
		hold := func(pass time.Duration) {
			l, err := s.hold(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c.pass(pass)
			l.Unlock()
		}
		commit(t, s, "one")
		c.pass(time.Second) // the commit's busy time is over
		if whileHeld {
			hold(-time.Hour)
		} else {
			hold(0)
			c.pass(-time.Hour)
		}
		rests := 0
		c.each = func() { rests++ }
		for range 100 { // 400 ms back to back, at most 250 at a time
			hold(4 * time.Millisecond)
		}
		if rests != 1 {
			t.Errorf("while held %v: rested %d times in 400 ms, want once", whileHeld, rests)
		}
	}
}
