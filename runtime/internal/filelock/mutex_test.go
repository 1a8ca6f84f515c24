//go:build unix

package filelock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"realmconf/runtime/internal/disk"
)

// newTestMutex returns the lock of a directory, as a process of its own has it.
func newTestMutex(dir string) *Mutex {
	return NewMutex(Options{
		FS:       disk.OS{},
		Clock:    WallClock{},
		Guard:    filepath.Join(dir, "guard"),
		Files:    []string{filepath.Join(dir, "lock")},
		TempName: func(dir, id, kind string) string { return filepath.Join(dir, "."+id+"."+kind) },
		BootID:   func() string { return "boot" },
	})
}

func lock(t *testing.T, m *Mutex) *Lock {
	t.Helper()
	l, err := m.Lock(NewWait(t.Context(), m.Clock, time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestMutex(t *testing.T) {
	dir := t.TempDir()
	m, other := newTestMutex(dir), newTestMutex(dir)
	contended := 0
	other.Contended = func() { contended++ }
	l := lock(t, m)
	if err := l.Verify(); err != nil {
		t.Errorf("Verify: %v", err)
	}
	for _, m := range []*Mutex{m, other} {
		if _, err := m.Lock(NoWait(t.Context(), m.Clock)); !errors.Is(err, disk.ErrLocked) {
			t.Errorf("got %v, want ErrLocked", err)
		}
	}
	if contended != 1 {
		t.Errorf("Contended was called %d times, want once", contended)
	}
	l.Unlock()
	wantNames(t, dir, "guard")
	lock(t, other).Unlock()
}

func TestMutex_excludes(t *testing.T) {
	dir := t.TempDir()
	var holders, times atomic.Int32
	var wg sync.WaitGroup
	for range 4 {
		m := newTestMutex(dir)
		for range 2 {
			wg.Go(func() {
				for range 5 {
					l := lock(t, m)
					if n := holders.Add(1); n != 1 {
						t.Errorf("%d holders", n)
					}
					times.Add(1)
					holders.Add(-1)
					l.Unlock()
				}
			})
		}
	}
	wg.Wait()
	if n := times.Load(); n != 40 {
		t.Errorf("the lock was held %d times, want 40", n)
	}
}

// A caller that gives up its wait for the guard leaves a goroutine. It returns
// the guard and the place in the queue when the guard arrives.
func TestMutex_waitIsGivenUp(t *testing.T) {
	dir := t.TempDir()
	m, other := newTestMutex(dir), newTestMutex(dir)
	held := lock(t, other)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if _, err := m.Lock(NewWait(ctx, m.Clock, time.Minute)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want DeadlineExceeded", err)
	}
	if _, err := m.Lock(NewWait(t.Context(), m.Clock, 5*time.Millisecond)); !errors.Is(err, ErrTimeUp) {
		t.Errorf("while the goroutine waits: got %v, want ErrTimeUp", err)
	}
	held.Unlock()
	lock(t, m).Unlock()
	lock(t, other).Unlock()
}

// announcingLocks is a file system that calls announce before it waits for a lock.
type announcingLocks struct {
	disk.OS
	announce func()
}

func (a announcingLocks) Lock(f disk.File, wait bool) error {
	if wait {
		a.announce()
	}
	return a.OS.Lock(f, wait)
}

// When the guard arrives after its caller gave up, and is not the file of that name
// any more, no other guard is made.
func TestMutex_givenUpMakesNoGuard(t *testing.T) {
	dir := t.TempDir()
	m, other := newTestMutex(dir), newTestMutex(dir)
	ctx, cancel := context.WithCancel(t.Context())
	m.FS = announcingLocks{announce: cancel}
	held := lock(t, other)
	if _, err := m.Lock(NewWait(ctx, m.Clock, time.Minute)); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want Canceled", err)
	}
	if err := os.Remove(m.Guard); err != nil {
		t.Fatal(err)
	}
	held.Unlock()
	m.queue <- struct{}{} // when the guard has arrived
	wantNames(t, dir)
}

// A panic while the lock is being taken leaves nothing locked: its request is answered, and
// the process goes on.
func TestMutex_Lock_panic(t *testing.T) {
	dir := t.TempDir()
	m, other := newTestMutex(dir), newTestMutex(dir)
	m.Files = append(m.Files, filepath.Join(dir, "second"))
	tempName, names := m.TempName, 0
	m.TempName = func(dir, id, kind string) string {
		if names++; names == 3 { // the first two are for the first lock file, which is taken by now
			panic("a mistake")
		}
		return tempName(dir, id, kind)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("there was no panic")
			}
		}()
		_, _ = m.Lock(NewWait(t.Context(), m.Clock, time.Minute))
	}()
	wantNames(t, dir, "guard")
	for _, m := range []*Mutex{m, other} {
		l, err := m.Lock(NoWait(t.Context(), m.Clock))
		if err != nil {
			t.Fatal(err)
		}
		l.Unlock()
	}
}

func TestMutex_StillWanted(t *testing.T) {
	dir := t.TempDir()
	m, other := newTestMutex(dir), newTestMutex(dir)
	held := lock(t, other)
	gone := errors.New("not wanted")
	w := NewWait(t.Context(), m.Clock, time.Minute)
	w.StillWanted = func() error { return gone }
	waiting := make(chan struct{})
	m.Contended = func() { close(waiting) }
	done := make(chan error)
	go func() {
		_, err := m.Lock(w)
		done <- err
	}()
	<-waiting
	held.Unlock()
	if err := <-done; !errors.Is(err, gone) {
		t.Errorf("got %v, want the error of StillWanted", err)
	}
	lock(t, other).Unlock()
}

func TestLock_Verify_lost(t *testing.T) {
	for _, name := range []string{"guard", "lock"} {
		dir := t.TempDir()
		m := newTestMutex(dir)
		l := lock(t, m)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := l.Verify(); !errors.Is(err, ErrLost) {
			t.Errorf("%s: got %v, want ErrLost", name, err)
		}
		l.Unlock()
	}
}

func TestMutex_Holder(t *testing.T) {
	dir := t.TempDir()
	m := newTestMutex(dir)
	if got := m.Holder(); got != "another request" {
		t.Errorf("without a lock file: got %q", got)
	}
	if err := os.WriteFile(m.Files[0], []byte("peer"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := m.Holder(); got != "another program" {
		t.Errorf("a peer's: got %q", got)
	}
}

// A holder finds the note of the one before, until it leaves another. A guard whose
// content has another form has no note.
func TestLock_Note(t *testing.T) {
	dir := t.TempDir()
	for _, note := range []string{"one", "two", ""} {
		l := lock(t, newTestMutex(dir))
		if note != "" {
			l.SetNote([]byte(note))
		}
		l.Unlock()
		want := note
		if note == "" {
			want = "two"
		}
		l = lock(t, newTestMutex(dir))
		if got := string(l.Note()); got != want {
			t.Errorf("the note is %q, want %q", got, want)
		}
		l.Unlock()
	}
	for _, size := range []int{0, 15, usageSize + maxNote + 1} {
		if err := os.WriteFile(filepath.Join(dir, "guard"), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		l := lock(t, newTestMutex(dir))
		if got := l.Note(); got != nil {
			t.Errorf("a guard of %d bytes: the note is %q, want none", size, got)
		}
		l.Unlock()
	}
}
