//go:build unix

package realm

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/schema/tree/treetest"
)

// leftID is in the private name of a dead process.
const leftID = temporaryPrefix + "019a0000-0000-7000-8000-000000000001"

// deadRealm returns a realm without a manifest in which a realmconf process died
// with the lock, the given time ago.
func deadRealm(t *testing.T, age time.Duration) (*Location, string) {
	t.Helper()
	l, path := lockedRealm(t, 0)
	write(t, path, string(mark(leftID)))
	setAge(t, path, age)
	return l, path
}

func TestEnsureManifest_takesOverADeadLock(t *testing.T) {
	for _, age := range []time.Duration{0, time.Hour, -time.Hour} {
		l, _ := deadRealm(t, age)
		write(t, filepath.Join(l.Root, leftID), "half a manif")
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			if _, err := l.EnsureManifest(t.Context()); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(start); waited != 0 {
				t.Errorf("%v old: waited %v for a dead process", age, waited)
			}
		})
		if got := names(t, l.Root); !slices.Equal(got, []string{manifestName}) {
			t.Errorf("%v old: got %q, want the manifest alone", age, got)
		}
	}
}

// Meerkat must not take a lock for stale that was just taken over.
func TestTakeAbandoned_givesAYoungLockToOne(t *testing.T) {
	l, path := deadRealm(t, time.Hour)
	lock, err := l.takeLock(filelock.TakeAbandoned)
	must(t, err)
	info, err := os.Lstat(path)
	if err != nil || time.Since(info.ModTime()) > filelock.StaleAfter {
		t.Errorf("got %v, %v; want a young lock", info, err)
	}
	wantHeld(t, lock)
	if _, err := l.takeLock(filelock.TakeAbandoned); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("a second time: got %v, want ErrLocked", err)
	}
	lock.Release()
	if _, err := l.takeLock(filelock.TakeAbandoned); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the release: got %v, want ErrNotExist", err)
	}
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q, want nothing left", got)
	}
}

func TestEnsureManifest_manyTakeOverOneDeadLock(t *testing.T) {
	for round := range 20 / treetest.Stride(5) {
		l, path := deadRealm(t, time.Duration(round%2)*time.Hour)
		synctest.Test(t, func(t *testing.T) {
			makeOneManifest(t, func(int) *Location {
				mine := *l
				return &mine
			}, func(int) {})
		})
		if got := names(t, filepath.Dir(path)); !slices.Equal(got, []string{manifestName}) {
			t.Errorf("round %d: got %q, want the manifest alone", round, got)
		}
	}
}

// Between the opening and the flock another process has taken the lock over and
// released it, or the peer has broken it and made its own.
func TestLockManifest_looksAgainAtTheName(t *testing.T) {
	for name, replace := range map[string]func(t *testing.T, path string){
		"removed":            func(t *testing.T, path string) {},
		"the peer's":         func(t *testing.T, path string) { write(t, path, lockText) },
		"a living process's": flocked,
	} {
		l, path := deadRealm(t, 0)
		done := false
		l.fs = beforeLock{do: func(f disk.File) {
			if same, err := disk.IsAt(disk.OS{}, f, path); err == nil && same && !done {
				done = true
				must(t, os.Remove(path))
				replace(t, path)
			}
		}}
		lock, err := l.takeLock(tryTake)
		if name == "removed" {
			must(t, err)
			wantHeld(t, lock)
			lock.Release()
			continue
		}
		if !errors.Is(err, disk.ErrLocked) {
			t.Errorf("%s: got %v, want ErrLocked", name, err)
		}
		if got := names(t, l.Root); !slices.Equal(got, []string{lockName}) {
			t.Errorf("%s: got %q, want the other's lock alone", name, got)
		}
	}
}

// beforeLock is a file system on which something happens right before a flock is
// taken.
type beforeLock struct {
	disk.OS
	do func(f disk.File)
}

func (b beforeLock) Lock(f disk.File, wait bool) error {
	b.do(f)
	return b.OS.Lock(f, wait)
}

func TestEnsureManifest_waitsForALivingHolder(t *testing.T) {
	l, path := deadRealm(t, 0)
	holder, err := l.lockManifest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the peer: got %v, want ErrExist", err)
	}
	synctest.Test(t, func(t *testing.T) {
		go func() {
			time.Sleep(time.Second)
			holder.Release()
		}()
		start := time.Now()
		if _, err := l.EnsureManifest(t.Context()); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < time.Second || waited > time.Second+lockPoll {
			t.Errorf("waited %v, want 1s and no more than the next look", waited)
		}
	})
}

// A holder that slept for 31 s has lost its lock, and removes no other's lock when
// it wakes up.
func TestLockManifest_takesOverASleepingHolder(t *testing.T) {
	l, path := deadRealm(t, 0)
	sleeper, err := l.lockManifest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	setAge(t, path, 31*time.Second)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		other, err := l.lockManifest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %v for a stale lock", waited)
		}
		sleeper.Release()
		wantHeld(t, other)
		other.Release()
	})
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q, want nothing left", got)
	}
}

// A file that is not a marked lock of a dead realmconf process is not taken over:
// it is left as it is, at once, and no name in it is trusted.
func TestTakeAbandoned_otherFiles(t *testing.T) {
	t.Parallel() // it waits
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	write(t, elsewhere, string(mark(leftID)))
	text := string(mark(leftID))
	file := func(text string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) { write(t, path, text) }
	}
	for name, put := range map[string]func(t *testing.T, path string){
		"the peer's":       file(lockText),
		"an empty one":     file(""),
		"a longer one":     file(text + "\n"),
		"another's mark":   file(strings.Replace(text, "realmconf", "realmcOnf", 1)),
		"a way out":        file(strings.Replace(text, "019a0000", "../../..", 1)),
		"another file":     file(strings.Replace(text, "tmp", "tmq", 1)),
		"no end":           file(text[:len(text)-1] + "0"),
		"another spelling": file(strings.Replace(text, "019a", "019A", 1)),
		"a big one":        file(strings.Repeat("x", 1<<20)),
		"a link to a file": func(t *testing.T, path string) { must(t, os.Symlink(elsewhere, path)) },
		"a link to none":   func(t *testing.T, path string) { must(t, os.Symlink("nowhere", path)) },
		"a pipe":           func(t *testing.T, path string) { must(t, syscall.Mkfifo(path, 0o600)) },
		"a directory":      func(t *testing.T, path string) { mkdir(t, path) },
		"a living one's":   flocked,
	} {
		l, path := lockedRealm(t, 0)
		must(t, os.Remove(path))
		put(t, path)
		before, err := os.Lstat(path)
		must(t, err)
		if _, err := l.takeLock(filelock.TakeAbandoned); !errors.Is(err, disk.ErrLocked) && !errors.Is(err, filelock.ErrNotLockFile) {
			t.Errorf("%s: got %v, want ErrLocked or ErrNotLockFile", name, err)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
			t.Errorf("%s: got %v, %v; want it untouched", name, after, err)
		}
		synctest.Test(t, func(t *testing.T) {
			if _, err := l.EnsureManifest(t.Context()); !fault.Is(err, fault.LockTimeout) {
				t.Errorf("%s: got %v, want lock_timeout", name, err)
			}
		})
	}
}

// flocked creates a marked file whose owner lives until the test ends.
func flocked(t *testing.T, path string) {
	t.Helper()
	write(t, path, string(mark(leftID)))
	f, err := disk.OS{}.Open(path, os.O_RDWR, 0)
	must(t, err)
	t.Cleanup(func() { f.Close() })
	must(t, disk.OS{}.Lock(f, false))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// withoutLinks is a file system that neither links files nor renames them without
// replacing another.
type withoutLinks struct{ disk.OS }

func (withoutLinks) Link(from, to string) error {
	return &os.LinkError{Op: "link", Old: from, New: to, Err: syscall.ENOTSUP}
}

func (withoutLinks) RenameNoReplace(from, to string) error { return errors.ErrUnsupported }

func TestLockManifest_withoutHardLinksIsLikeThePeers(t *testing.T) {
	l, path := lockedRealm(t, 0)
	l.fs = withoutLinks{}
	must(t, os.Remove(path))
	lock, err := l.takeLock(tryTake)
	must(t, err)
	if text, _ := os.ReadFile(path); string(text) != lockText {
		t.Errorf("the lock says %q, want the peer's text alone", text)
	}
	if _, err := l.takeLock(tryTake); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("a second lock: got %v, want ErrLocked", err)
	}
	if got := names(t, l.Root); !slices.Equal(got, []string{lockName}) {
		t.Errorf("got %q, want the lock alone", got)
	}
	lock.Release()
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q, want nothing left", got)
	}
}

// sweeping is a file system on which another process sweeps a file right before
// it is renamed.
type sweeping struct{ disk.OS }

func (s sweeping) RenameNoReplace(from, to string) error {
	return errors.Join(os.Remove(from), s.OS.RenameNoReplace(from, to))
}

func TestLockManifest_sweptFileIsMadeAnew(t *testing.T) {
	l, path := lockedRealm(t, 0)
	l.fs = sweeping{}
	must(t, os.Remove(path))
	lock, err := l.takeLock(tryTake)
	must(t, err)
	wantHeld(t, lock)
	lock.Release()
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q, want nothing left", got)
	}
}

func TestSweep_onlyFilesOfDeadProcesses(t *testing.T) {
	l, path := lockedRealm(t, 0)
	must(t, os.Remove(path))
	write(t, filepath.Join(l.Root, leftID), string(mark(leftID)))
	write(t, temporary(t, l), "")
	living, empty, peers, link := temporary(t, l), temporary(t, l), temporary(t, l), temporary(t, l)
	flocked(t, living)
	flocked(t, empty)
	must(t, os.Truncate(empty, 0))
	write(t, peers, manifestText("team"))
	must(t, os.Symlink(manifestName, link))
	if _, err := l.EnsureManifest(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{manifestName, filepath.Base(living), filepath.Base(empty), filepath.Base(peers), filepath.Base(link)}
	got := names(t, l.Root)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Beside a manifest, the next write removes the lock of a dead process, but not the
// peer's and not a living one's.
func TestEnsureManifest_removesADeadLockBesideAManifest(t *testing.T) {
	for name, tt := range map[string]struct {
		put  func(t *testing.T, path string)
		gone bool
	}{
		"dead":       {func(t *testing.T, path string) { write(t, path, string(mark(leftID))) }, true},
		"living":     {flocked, false},
		"the peer's": {func(t *testing.T, path string) { write(t, path, lockText) }, false},
	} {
		l, path := lockedRealm(t, 0)
		must(t, os.Remove(path))
		tt.put(t, path)
		write(t, l.ManifestPath, manifestText("team"))
		if m, err := l.EnsureManifest(t.Context()); err != nil || m.CreatedAt != "0" {
			t.Errorf("%s: got %+v, %v", name, m, err)
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) != tt.gone {
			t.Errorf("%s: got %v, want it gone: %v", name, err, tt.gone)
		}
	}
}
