//go:build unix

package realm

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
)

// lockedRealm is a realm without a manifest in which somebody holds the lock
// since the given time ago.
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

func TestTheLockIsWaitedForFiveSeconds(t *testing.T) {
	l, path := lockedRealm(t, 20*time.Second)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := l.EnsureManifest(t.Context())
		if waited := time.Since(start); !fault.Is(err, fault.LockTimeout) || waited < 5*time.Second || waited > 5*time.Second+lockRetry {
			t.Errorf("after %v got %v, want lock_timeout after 5s", waited, err)
		}
	})
	if got := names(t, l.Root); !slices.Equal(got, []string{filepath.Base(path)}) {
		t.Errorf("got %q, want the other's lock and nothing of ours", got)
	}
}

func TestWaitingForTheLockEndsWithItsContext(t *testing.T) {
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

func TestALockThatIsReleasedIsTaken(t *testing.T) {
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
		if waited := time.Since(start); waited > time.Second+lockRetry {
			t.Errorf("waited %v, want 1s and no more than the next look", waited)
		}
	})
}

func TestAManifestThatAppearsWhileWaitingIsTaken(t *testing.T) {
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

func TestAStaleLockIsBroken(t *testing.T) {
	l, _ := lockedRealm(t, 31*time.Second)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if _, err := l.EnsureManifest(t.Context()); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != lockRetry {
			t.Errorf("waited %v, want one retry of %v", waited, lockRetry)
		}
	})
	if got := names(t, l.Root); !slices.Equal(got, []string{manifestName}) {
		t.Errorf("got %q, want the manifest alone", got)
	}
}

// A clock that runs ahead or behind must not make a lock old or young. In the
// bubble our own clock is decades behind that of the files.
func TestALocksAgeIsByTheFilesClock(t *testing.T) {
	l, path := lockedRealm(t, 29*time.Second)
	synctest.Test(t, func(t *testing.T) {
		if err := l.breakStale(path); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("a lock of 29s was broken: %v", err)
	}
	setAge(t, path, -time.Hour) // made by a clock ahead
	if err := l.breakStale(path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("a lock from the future was broken: %v", err)
	}
}

func TestAStaleLockThatCannotBeBrokenDoesNotSpin(t *testing.T) {
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

func TestReleaseRemovesOnlyItsOwnLock(t *testing.T) {
	l, path := lockedRealm(t, 0)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	lock, err := l.newLock(path, os.Link)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.newLock(path, os.Link); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second lock: got %v, want ErrExist", err)
	}
	if text, _ := os.ReadFile(path); string(text) != string(mark(lock.private)) || !strings.HasPrefix(string(text), "realm-manifest-lock\n") {
		t.Errorf("the lock says %q, want the peer's text and our mark", text)
	}
	if got := names(t, l.Root); !slices.Equal(got, []string{lockName}) {
		t.Errorf("got %q, want the lock alone", got)
	}
	// Somebody found it stale, and made another.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, path, "realm-manifest-lock")
	setAge(t, path, 3*time.Second)
	lock.release()
	if got := names(t, l.Root); !slices.Equal(got, []string{lockName}) {
		t.Errorf("got %q, want the other's lock kept", got)
	}

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if lock, err = l.newLock(path, os.Link); err != nil {
		t.Fatal(err)
	}
	lock.release()
	lock.release() // gone already: nothing happens
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q, want our lock removed", got)
	}
}

// Between the look at a stale lock and its removal, another process broke it
// and is at work under its own.
func TestAFreshLockIsPutBack(t *testing.T) {
	l, path := lockedRealm(t, time.Hour)
	stale, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	other, err := l.newLock(path, os.Link)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.remove(path, stale); err != nil {
		t.Fatal(err)
	}
	if now, err := os.Lstat(path); err != nil || !other.is(now) {
		t.Errorf("got %v, %v; want the other's lock back in its place", now, err)
	}
	if err := l.remove(path, other.file); err != nil {
		t.Fatal(err)
	}
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q, want nothing left", got)
	}
}
