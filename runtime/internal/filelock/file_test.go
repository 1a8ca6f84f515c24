//go:build unix

package filelock

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"realmconf/runtime/internal/disk"
)

// testOptions describe a lock file in a directory. Its text is "own" and the
// private name, and an owner is gone if it has written "dead".
func testOptions(dir, private string) FileOptions {
	return FileOptions{
		FS:       disk.OS{},
		Path:     filepath.Join(dir, "lock"),
		Private:  filepath.Join(dir, private),
		Aside:    filepath.Join(dir, private+".stale"),
		Text:     []byte("own " + private),
		BareText: []byte("bare"),
		OwnerIsGone: func(f disk.File) bool {
			b := make([]byte, 4)
			n, _ := f.ReadAt(b, 0)
			return string(b[:n]) == "dead"
		},
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("got %q in the directory, want %q", got, want)
	}
}

// leave creates a lock file of the given age.
func leave(t *testing.T, o FileOptions, text string, age time.Duration) {
	t.Helper()
	if err := os.WriteFile(o.Path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(o.Path, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestTake(t *testing.T) {
	dir := t.TempDir()
	f, err := Take(testOptions(dir, "a"), Wait{})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "lock")); err != nil || string(text) != "own a" {
		t.Errorf("the lock file holds %q, %v", text, err)
	}
	wantNames(t, dir, "lock")
	if _, err := Take(testOptions(dir, "b"), Wait{}); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("a second time: got %v, want ErrLocked", err)
	}
	wantNames(t, dir, "lock")
	f.Release()
	wantNames(t, dir)
	f.Release() // has no effect
	wantNames(t, dir)
}

// noExchange is a file system without an exchange of files.
type noExchange struct{ disk.OS }

func (noExchange) Exchange(a, b string) error { return errors.ErrUnsupported }

// onlyLinks is a file system with hard links, without the special renames.
type onlyLinks struct{ noExchange }

func (onlyLinks) RenameNoReplace(from, to string) error { return errors.ErrUnsupported }

// bareNames is a file system without hard links and the special renames.
type bareNames struct{ onlyLinks }

func (bareNames) Link(from, to string) error { return errors.ErrUnsupported }

func TestTake_otherLockFiles(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		age        time.Duration
		want       error
	}{
		{"a peer's", "peer", 0, disk.ErrLocked},
		{"a peer's, nearly stale", "peer", 25 * time.Second, disk.ErrLocked},
		{"a peer's, a moment ahead", "peer", -25 * time.Second, disk.ErrLocked},
		{"a peer's, an hour ahead", "peer", -time.Hour, nil},
		{"a peer's, years ahead", "peer", -100_000 * time.Hour, nil},
		{"a peer's, stale", "peer", 31 * time.Second, nil},
		{"a dead owner's", "dead", 0, nil},
	} {
		for name, sys := range map[string]disk.FS{"all": disk.OS{}, "no exchange": noExchange{}, "only links": onlyLinks{}, "bare": bareNames{}} {
			dir := t.TempDir()
			o := testOptions(dir, "a")
			o.FS = sys
			leave(t, o, tt.text, tt.age)
			f, err := Take(o, Wait{})
			if !errors.Is(err, tt.want) {
				t.Errorf("%s, %s: got %v, want %v", tt.name, name, err, tt.want)
			}
			wantNames(t, dir, "lock")
			if err != nil {
				continue
			}
			if held, err := f.IsInPlace(); err != nil || !held {
				t.Errorf("%s, %s: the lock is not held: %v", tt.name, name, err)
			}
			f.Release()
			wantNames(t, dir)
		}
	}
}

func TestTake_fromBeforeTheMachineWasStarted(t *testing.T) {
	o := testOptions(t.TempDir(), "a")
	o.BootTime = time.Now().Add(-10 * time.Second)
	leave(t, o, "peer", 20*time.Second)
	if _, err := Take(o, Wait{}); o.FS.IsLocal(filepath.Dir(o.Path)) && err != nil {
		t.Errorf("got %v, want the lock taken over", err)
	}
}

// raced is a file system on which another program acts right before an exchange.
type raced struct {
	disk.OS
	other func()
}

func (r raced) Exchange(a, b string) error {
	r.other()
	return r.OS.Exchange(a, b)
}

func TestTake_putsALivingLockBack(t *testing.T) {
	dir := t.TempDir()
	o := testOptions(dir, "a")
	leave(t, o, "dead", 0)
	done := false
	o.FS = raced{other: func() {
		if !done {
			done = true
			if err := os.Remove(o.Path); err != nil {
				t.Error(err)
			}
			leave(t, o, "peer", 0)
		}
	}}
	if _, err := Take(o, Wait{}); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	if text, err := os.ReadFile(o.Path); err != nil || string(text) != "peer" {
		t.Errorf("the lock file holds %q, %v; want the peer's", text, err)
	}
	wantNames(t, dir, "lock")
}

// The peer whose lock came out of the exchange ends before it is put back, and removes
// by name what is in its place. Its lock must not return, because it has no owner.
func TestTake_displacedOwnerEnds(t *testing.T) {
	peerActs := func(t *testing.T, o FileOptions) func() {
		exchanges := 0
		return func() {
			if exchanges++; exchanges > 2 {
				return
			}
			if err := os.Remove(o.Path); err != nil {
				t.Error(err)
			}
			if exchanges == 1 {
				leave(t, o, "peer", 0)
			}
		}
	}
	t.Run("Take", func(t *testing.T) {
		dir := t.TempDir()
		o := testOptions(dir, "a")
		leave(t, o, "dead", 0)
		o.FS = raced{other: peerActs(t, o)}
		if _, err := Take(o, Wait{}); !errors.Is(err, ErrLost) {
			t.Errorf("got %v, want ErrLost", err)
		}
		wantNames(t, dir)
	})
	t.Run("Lock", func(t *testing.T) { // tries again
		dir := t.TempDir()
		o := testOptions(dir, "a")
		leave(t, o, "dead", time.Minute)
		m := newTestMutex(dir)
		m.FS = raced{other: peerActs(t, o)}
		l, err := m.Lock(NoWait(t.Context(), m.Clock))
		if err != nil {
			t.Fatal(err)
		}
		wantNames(t, dir, "guard", "lock")
		l.Unlock()
		wantNames(t, dir, "guard")
	})
}

func TestTake_irregular(t *testing.T) {
	o := testOptions(t.TempDir(), "a")
	if err := os.Mkdir(o.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(o, Wait{}); !errors.Is(err, ErrNotLockFile) {
		t.Errorf("got %v, want ErrNotLockFile", err)
	}
	o.WaitIrregular = true
	if _, err := Take(o, Wait{}); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(o.Path, old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(o, Wait{}); !errors.Is(err, ErrNotLockFile) {
		t.Errorf("an old one: got %v, want ErrNotLockFile", err)
	}
}

func TestTakeAbandoned(t *testing.T) {
	dir := t.TempDir()
	o := testOptions(dir, "a")
	if _, err := TakeAbandoned(o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no lock file: got %v, want ErrNotExist", err)
	}
	leave(t, o, "peer", time.Hour)
	if _, err := TakeAbandoned(o); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("a peer's: got %v, want ErrLocked", err)
	}
	leave(t, o, "dead", 0)
	f, err := TakeAbandoned(o)
	if err != nil {
		t.Fatal(err)
	}
	f.Release()
	wantNames(t, dir)
}

func TestFile_Release_lockOfAnother(t *testing.T) {
	dir := t.TempDir()
	o := testOptions(dir, "a")
	f, err := Take(o, Wait{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(o.Path); err != nil {
		t.Fatal(err)
	}
	leave(t, o, "peer", 0)
	f.Release()
	wantNames(t, dir, "lock")
}

func TestWait_Sleep(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if err := NoWait(ctx, WallClock{}).Sleep(time.Millisecond); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("without a wait: got %v, want ErrLocked", err)
	}
	w := NewWait(ctx, WallClock{}, 5*time.Millisecond)
	for err := error(nil); !errors.Is(err, ErrTimeUp); {
		if err = w.Sleep(time.Millisecond); err != nil && !errors.Is(err, ErrTimeUp) {
			t.Fatal(err)
		}
	}
	w = NewWait(ctx, WallClock{}, time.Hour)
	cancel()
	if err := w.Sleep(time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("after the cancellation: got %v", err)
	}
}
