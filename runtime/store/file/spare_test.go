package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"realmconf/runtime/internal/disk"
)

// A lock makes no file where there is a spare one, and removes none.
func TestLockFileIsUsedAgain(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	spare, err := os.Stat(r.path(spareName))
	if err != nil {
		t.Fatal(err)
	}
	// Its last owner's stamp was longer than ours will be.
	r.put(spareName, r.deadStamp(strings.Repeat("another boot", 20)))
	l, err := r.open().acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	held, err := os.Stat(r.path(lockName))
	if err != nil || !os.SameFile(spare, held) || r.exists(spareName) {
		t.Errorf("the lock is another file than the spare one (%v), or that is still there", err)
	}
	if got, want := r.open().holder(), fmt.Sprintf("process %d on ", os.Getpid()); !strings.HasPrefix(got, want) {
		t.Errorf("the holder is %q, want %q: the old stamp is behind the new one", got, want)
	}
	l.release()
	after, err := os.Stat(r.path(spareName))
	if err != nil || !os.SameFile(spare, after) {
		t.Errorf("the lock's file did not become the spare one again (%v)", err)
	}
	r.tidy()
}

// A spare file that cannot be had, or is none, does not keep the lock from
// anybody.
func TestUnfitSpareFileIsReplaced(t *testing.T) {
	refuse := func(op, name string) (bool, error) {
		if op == "open" && strings.HasSuffix(name, "."+tempLock) {
			return false, &fs.PathError{Op: op, Path: name, Err: syscall.EACCES}
		}
		return true, nil
	}
	for name, sys := range map[string]disk.FS{"another user's": faulty{say: serial(refuse)}, "a directory": disk.OS{}} {
		r := newRealm(t)
		commit(t, r.open(), "one")
		r.put(spareName, "no stamp")
		if name == "a directory" {
			if err := errors.Join(os.Remove(r.path(spareName)), os.Mkdir(r.path(spareName), 0o700)); err != nil {
				t.Fatal(err)
			}
		}
		commit(t, open(r.options(), sys, newTestClock(), "boot"), "two")
		wantState(t, r.open(), "two", 2)
		if name == "a directory" {
			continue // it stays what and where it is
		}
		if got := r.get(spareName); !strings.Contains(got, "nonce") {
			t.Errorf("%s: the spare file holds %q, want what a lock of ours holds", name, got)
		}
		r.tidy()
	}
}

// Nothing is written into what only has the spare file's name: a link to the
// config, of either kind, or a file of somebody's own.
func TestNothingIsWrittenIntoAFalseSpareFile(t *testing.T) {
	for name, plant := range map[string]func(config, spare string) error{
		"a symbolic link": os.Symlink, "a hard link": os.Link,
		"a file": func(_, spare string) error { return os.WriteFile(spare, []byte("one"), 0o600) },
	} {
		r := newRealm(t)
		commit(t, r.open(), "one")
		if err := errors.Join(os.Remove(r.path(spareName)), plant(r.path("config.toml"), r.path(spareName))); err != nil {
			t.Fatal(err)
		}
		l, err := r.open().acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := r.get("config.toml"); got != "one" {
			t.Errorf("%s: config.toml holds %q", name, got)
		}
		l.release()
		commit(t, r.open(), "two")
		wantState(t, r.open(), "two", 2)
		r.tidy()
	}
}

// A try that does not get the lock leaves the spare file for the next.
func TestFailedTryKeepsTheSpareFile(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	r.put(lockName, "a peer's")
	if _, err := r.open().tryAcquire(t.Context()); !errors.Is(err, disk.ErrLocked) {
		t.Fatalf("got %v, want disk.ErrLocked", err)
	}
	if !r.exists(spareName) {
		t.Error("the spare file is gone")
	}
}

// Two programs under different guards, because somebody removed one, see one
// spare file. It must not become the lock of both.
func TestSpareFileIsOnePrograms(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	var other *lock
	s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
		if op == "open" && strings.HasSuffix(name, "."+tempLock) && other == nil { // the spare file is claimed
			if err := os.Remove(r.path(guardName)); err != nil {
				t.Error(err)
			}
			var err error
			if other, err = r.open().acquire(t.Context()); err != nil {
				t.Error(err)
			}
		}
		return true, nil
	})}, newTestClock(), "boot")
	if _, err := s.tryAcquire(t.Context()); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("got error %v, want disk.ErrLocked: the other one has the lock", err)
	}
	if err := other.verify(); err != nil {
		t.Errorf("the other's lock: %v", err)
	}
	other.release()
	commit(t, r.open(), "two")
	r.tidy()
}
