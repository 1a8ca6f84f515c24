//go:build unix

package filelock

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/internal/disk"
)

// frozenClock is a clock on which no time passes until pass is closed.
type frozenClock struct {
	WallClock
	pass chan struct{}
}

func (c frozenClock) AfterFunc(_ time.Duration, f func()) (stop func()) {
	stopped := make(chan struct{})
	go func() {
		select {
		case <-c.pass:
			f()
		case <-stopped:
		}
	}()
	return func() { close(stopped) }
}

var errStale = errors.New("stale")

// refuse lets m wait for the guard until release is called, and then not want it any
// more.
func refuse(t *testing.T, m *Mutex, release func()) {
	t.Helper()
	w := NewWait(t.Context(), WallClock{}, time.Minute)
	w.StillWanted = func() error { return errStale }
	w.Reserve = time.Minute
	waiting := make(chan struct{})
	m.Contended = func() { close(waiting) }
	done := make(chan error)
	go func() {
		_, err := m.Lock(w)
		done <- err
	}()
	<-waiting
	m.Contended = nil
	release()
	if err := <-done; !errors.Is(err, errStale) {
		t.Fatalf("got %v, want the error of StillWanted", err)
	}
}

func isHeld(t *testing.T, m *Mutex) bool {
	t.Helper()
	l, err := m.Lock(NoWait(t.Context(), m.Clock))
	if err == nil {
		l.Unlock()
	} else if !errors.Is(err, disk.ErrLocked) {
		t.Fatal(err)
	}
	return err != nil
}

// A writer that was refused after a wait comes before all others the next time, and does
// not wait. Its lock files are free meanwhile.
func TestMutex_reservation(t *testing.T) {
	dir := t.TempDir()
	m, other := newTestMutex(dir), newTestMutex(dir)
	m.Clock = frozenClock{pass: make(chan struct{})}
	refuse(t, m, lock(t, other).Unlock)
	wantNames(t, dir, "guard")
	if !isHeld(t, other) || !other.IsContended() {
		t.Error("another process gets the lock during the reservation")
	}
	m.Contended = func() { t.Error("the reserved guard was waited for") }
	l := lock(t, m)
	wantNames(t, dir, "guard", "lock")
	l.Unlock()
	if isHeld(t, other) || other.IsContended() {
		t.Error("the guard stays locked after the reservation was used")
	}
}

// A reservation that is not used ends in time, or with EndReservation. A process that
// waited for that end gets no reservation, but the next one does.
func TestMutex_reservationNotUsed(t *testing.T) {
	for name, end := range map[string]func(m *Mutex, pass chan struct{}){
		"the time is over": func(_ *Mutex, pass chan struct{}) { close(pass) },
		"EndReservation":   func(m *Mutex, _ chan struct{}) { m.EndReservation() },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			m, second, other := newTestMutex(dir), newTestMutex(dir), newTestMutex(dir)
			pass := make(chan struct{})
			m.Clock, second.Clock = frozenClock{pass: pass}, frozenClock{pass: make(chan struct{})}
			l := lock(t, other)
			l.SetNote([]byte("note"))
			refuse(t, m, l.Unlock)
			refuse(t, second, func() { end(m, pass) })
			l, err := other.Lock(NoWait(t.Context(), other.Clock))
			if err != nil {
				t.Fatalf("after a reservation that was not used there is another one: %v", err)
			}
			if note := string(l.Note()); note != "note" {
				t.Errorf("the note is %q", note)
			}
			refuse(t, second, l.Unlock)
			if !isHeld(t, other) {
				t.Error("there is no reservation after the lock was held")
			}
			second.EndReservation()
			second.EndReservation() // has no effect
		})
	}
}

// A guard whose file was removed is not used: other processes lock another one.
func TestMutex_reservationOfARemovedGuard(t *testing.T) {
	dir := t.TempDir()
	m, other := newTestMutex(dir), newTestMutex(dir)
	m.Clock = frozenClock{pass: make(chan struct{})}
	refuse(t, m, lock(t, other).Unlock)
	if err := os.Remove(m.Guard); err != nil {
		t.Fatal(err)
	}
	l := lock(t, m)
	if err := l.Verify(); err != nil {
		t.Errorf("Verify: %v", err)
	}
	if !isHeld(t, other) {
		t.Error("two processes have locked two guards")
	}
	l.Unlock()
}

// slowFile is a file into which a write takes a minute.
type slowFile struct{ disk.File }

func (f slowFile) WriteAt(b []byte, at int64) (int, error) {
	time.Sleep(time.Minute)
	return f.File.WriteAt(b, at)
}

// EndReservation waits for a reservation whose time is over and that is just ending.
func TestMutex_EndReservation_waits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		m, other := newTestMutex(dir), newTestMutex(dir)
		guard, err := m.openGuard(false, nil)
		if err != nil {
			t.Fatal(err)
		}
		m.reserve(slowFile{guard}, time.Second)
		time.Sleep(2 * time.Second)
		m.EndReservation()
		if isHeld(t, other) {
			t.Error("the guard is still locked")
		}
	})
}
