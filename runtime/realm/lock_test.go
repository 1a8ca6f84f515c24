//go:build unix

package realm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
)

// lockedRealm returns a realm without a manifest in which a peer has held the lock
// for the given time.
func lockedRealm(t *testing.T, age time.Duration) (*Location, string) {
	t.Helper()
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team"})
	path := filepath.Join(l.Root, lockName)
	write(t, path, "realm-manifest-lock")
	setAge(t, path, age)
	return l, path
}

func setAge(t *testing.T, path string, age time.Duration) {
	t.Helper()
	then := time.Now().Add(-age)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

func TestEnsureManifest_waitsFiveSeconds(t *testing.T) {
	l, path := lockedRealm(t, 20*time.Second)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := l.EnsureManifest(t.Context())
		if waited := time.Since(start); !fault.Is(err, fault.LockTimeout) || waited < 5*time.Second || waited > 5*time.Second+lockPoll {
			t.Errorf("after %v got %v, want lock_timeout after 5s", waited, err)
		}
	})
	if got := names(t, l.Root); !slices.Equal(got, []string{filepath.Base(path)}) {
		t.Errorf("got %q, want the other's lock alone", got)
	}
}

func TestEnsureManifest_contextEndsTheWait(t *testing.T) {
	l, _ := lockedRealm(t, 0)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := l.EnsureManifest(ctx); !fault.Is(err, fault.Cancelled) || time.Since(start) != time.Second {
			t.Errorf("after %v got %v, want cancelled after 1s", time.Since(start), err)
		}
	})
}

func TestEnsureManifest_lockIsReleased(t *testing.T) {
	l, path := lockedRealm(t, 0)
	synctest.Test(t, func(t *testing.T) {
		go func() {
			time.Sleep(time.Second)
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		}()
		start := time.Now()
		m, err := l.EnsureManifest(t.Context())
		if err != nil || m.RealmID != "team" {
			t.Fatalf("got %+v, %v", m, err)
		}
		if waited := time.Since(start); waited > time.Second+lockPoll {
			t.Errorf("waited %v, want 1s and no more than the next look", waited)
		}
	})
}

func TestEnsureManifest_manifestAppearsDuringTheWait(t *testing.T) {
	l, path := lockedRealm(t, 0)
	synctest.Test(t, func(t *testing.T) {
		go func() {
			time.Sleep(time.Second)
			write(t, l.ManifestPath, manifestText("team"))
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		}()
		if m, err := l.EnsureManifest(t.Context()); err != nil || m.CreatedAt != "0" {
			t.Errorf("got %+v, %v; want the other's manifest", m, err)
		}
	})
}

func TestEnsureManifest_staleLock(t *testing.T) {
	l, _ := lockedRealm(t, 31*time.Second)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if _, err := l.EnsureManifest(t.Context()); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %v for a stale lock", waited)
		}
	})
	if got := names(t, l.Root); !slices.Equal(got, []string{manifestName}) {
		t.Errorf("got %q, want the manifest alone", got)
	}
}

// A clock that runs ahead or behind must not make a lock old or young. In the
// bubble the clock of the process is decades behind that of the files.
func TestLockManifest_agesByTheClockOfTheFiles(t *testing.T) {
	l, path := lockedRealm(t, 29*time.Second)
	synctest.Test(t, func(t *testing.T) {
		if _, err := l.takeLock(tryTake); !errors.Is(err, disk.ErrLocked) {
			t.Errorf("a lock of 29s: got %v, want ErrLocked", err)
		}
	})
	setAge(t, path, -29*time.Second) // made by a clock ahead
	if _, err := l.takeLock(tryTake); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("a lock 29s in the future: got %v, want ErrLocked", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != lockText {
		t.Errorf("got %q, %v; want the other's lock", text, err)
	}
}

// lockPoll is the interval at which a held lock is looked at.
const lockPoll = 20 * time.Millisecond

// tryTake takes a lock without waiting.
func tryTake(o filelock.FileOptions) (*filelock.File, error) {
	return filelock.Take(o, filelock.Wait{})
}

// wantHeld checks that a lock is still held.
func wantHeld(t *testing.T, lock *manifestLock) {
	t.Helper()
	if held, err := lock.IsInPlace(); err != nil || !held {
		t.Errorf("got %v, %v; want the lock in its place", held, err)
	}
}

func TestEnsureManifest_directoryInTheLocksPlace(t *testing.T) {
	l, path := lockedRealm(t, time.Hour)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(path, "kept"), "") // a directory that is not empty
	setAge(t, path, time.Hour)
	synctest.Test(t, func(t *testing.T) {
		_, err := l.EnsureManifest(t.Context())
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Storage || f.Data["op"] != "lock manifest" {
			t.Errorf("got %+v, want a storage fault for the lock", f)
		}
	})
}

func TestManifestLock_releaseRemovesOnlyItsOwn(t *testing.T) {
	l, path := lockedRealm(t, 0)
	must(t, os.Remove(path))
	lock, err := l.takeLock(tryTake)
	must(t, err)
	if _, err := l.takeLock(tryTake); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("a second lock: got %v, want ErrLocked", err)
	}
	if text, _ := os.ReadFile(path); string(text) != string(mark(lock.private)) || !strings.HasPrefix(string(text), "realm-manifest-lock\n") {
		t.Errorf("the lock says %q, want the peer's text and the mark", text)
	}
	if got := names(t, l.Root); !slices.Equal(got, []string{lockName}) {
		t.Errorf("got %q, want the lock alone", got)
	}
	// Another program found it stale, and made its own.
	must(t, os.Remove(path))
	write(t, path, "realm-manifest-lock")
	setAge(t, path, 3*time.Second)
	lock.Release()
	if got := names(t, l.Root); !slices.Equal(got, []string{lockName}) {
		t.Errorf("got %q, want the other's lock kept", got)
	}

	must(t, os.Remove(path))
	lock, err = l.takeLock(tryTake)
	must(t, err)
	lock.Release()
	lock.Release() // gone already: nothing happens
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q, want the lock removed", got)
	}
}

// Between the look at a stale lock and the exchange with it, another process
// takes it over and is at work under its own.
func TestLockManifest_returnsTheLockOfAnother(t *testing.T) {
	l, path := lockedRealm(t, time.Hour)
	var other *manifestLock
	slow := *l
	slow.fs = beforeExchange{do: func() {
		if other == nil {
			must(t, os.Remove(path))
			var err error
			other, err = l.takeLock(tryTake)
			must(t, err)
		}
	}}
	if _, err := slow.takeLock(tryTake); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	wantHeld(t, other)
	other.Release()
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q, want nothing left", got)
	}
}

// beforeExchange is a file system on which something happens right before an
// exchange.
type beforeExchange struct {
	disk.OS
	do func()
}

func (b beforeExchange) Exchange(from, to string) error {
	b.do()
	return b.OS.Exchange(from, to)
}
