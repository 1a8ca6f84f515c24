//go:build linux || darwin

package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store/storetest"
)

func TestInspect_ownership(t *testing.T) {
	r := newRealm(t)
	if in := Inspect(r.options()); in.HasState || in.Text != nil || in.Agreement != NotComparable || r.exists("") {
		t.Errorf("before there is a realm: got %+v", in)
	}
	commit(t, r.open(), "a = 1\n")
	in := Inspect(r.options())
	if in.Agreement != Agrees || in.Generation != 1 || string(in.Text) != "a = 1\n" || in.DocumentErr != nil || in.StateErr != nil {
		t.Errorf("after a commit: got %+v", in)
	}
	if h := in.History; h.Files != 1 || h.Oldest != 1 || h.Newest != 1 || !h.Current || h.Err != nil || len(h.Unreadable) != 0 {
		t.Errorf("its history: got %+v", h)
	}
	r.peerCommit("a = 2\n", "2")
	if in := Inspect(r.options()); in.Agreement != AgreesUnrecorded || in.Generation != 2 || in.History.Current {
		t.Errorf("after a peer's commit: got %+v", in)
	}
	commit(t, r.open(), "a = 3\n")
	r.put("config.toml", "a = 4\n")
	if in := Inspect(r.options()); in.Agreement != Disagrees || in.Generation != 3 || string(in.Text) != "a = 4\n" {
		t.Errorf("after an edit: got %+v", in)
	}
	r.put(stateName, "{}")
	if in := Inspect(r.options()); in.StateErr == nil || !in.HasState {
		t.Errorf("with an invalid state: got %+v", in)
	}
}

func TestInspect_locks(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "a = 1\n")
	if in := Inspect(r.options()); len(in.Locks) != 0 {
		t.Errorf("free: got %+v", in.Locks)
	}
	l, err := r.open().tryAcquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	in := Inspect(r.options()) // does not wait
	if len(in.Locks) != 1 || !in.Locks[0].HasStamp || in.Locks[0].PID != os.Getpid() || in.Locks[0].Host != host || !in.Locks[0].ThisRun || in.Locks[0].Stale() {
		t.Errorf("held by realmconf: got %+v", in.Locks)
	}
	l.Unlock()

	o := r.options()
	o.PeerLocks = []string{filepath.Join(t.TempDir(), LockName)}
	if err := os.WriteFile(o.PeerLocks[0], []byte("config-runtime-lock"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(o.PeerLocks[0], old, old); err != nil {
		t.Fatal(err)
	}
	if in := Inspect(o); len(in.Locks) != 1 || in.Locks[0].HasStamp || !in.Locks[0].Stale() || in.Locks[0].Path != o.PeerLocks[0] {
		t.Errorf("an old one of a peer: got %+v", in.Locks)
	}
}

func TestInspect_leftovers(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "a = 1\n")
	const id = "01890a5d-ac96-774b-bcce-b302099a8057"
	r.put(".realmconf-team-"+id+".config", "a = 2\n")
	r.put(".realmconf-other-"+id+".config", "another realm's")
	r.put(filepath.Join(historyName, "displaced-"+id+".toml"), "a = 5\n")
	r.put(filepath.Join(historyName, "7.json"), "{")
	if err := os.Chmod(r.path("config.toml"), 0o640); err != nil {
		t.Fatal(err)
	}
	in := Inspect(r.options())
	if want := []string{r.path(".realmconf-team-" + id + ".config")}; !slices.Equal(in.Leftovers, want) {
		t.Errorf("leftovers: got %v, want %v", in.Leftovers, want)
	}
	if want := []string{r.path(filepath.Join(historyName, "displaced-"+id+".toml"))}; !slices.Equal(in.Displaced, want) {
		t.Errorf("displaced: got %v, want %v", in.Displaced, want)
	}
	if want := []string{r.path(filepath.Join(historyName, "7.json"))}; !slices.Equal(in.History.Unreadable, want) {
		t.Errorf("unreadable: got %v, want %v", in.History.Unreadable, want)
	}
	if want := []TooOpenFile{{r.path("config.toml"), fs.FileMode(0o640)}}; !slices.Equal(in.TooOpen, want) {
		t.Errorf("open: got %v, want %v", in.TooOpen, want)
	}
}

// Inspect names the directories that another user or a mount keeps from being
// written. For a missing directory its parent counts.
func TestInspect_closedDirectories(t *testing.T) {
	r := newRealm(t)
	refused := func(string) error { return syscall.EROFS }
	s := r.open()
	var in Inspection
	in.Document = r.path(configName)
	s.inspectAccess(&in, refused)
	if len(in.NotWritable) != 1 || in.NotWritable[0].Path != filepath.Dir(r.dir) {
		t.Errorf("before there is a realm: got %v", in.NotWritable)
	}
	commit(t, s, "a = 1\n")
	in.NotWritable = nil
	s.inspectAccess(&in, refused)
	if len(in.NotWritable) != 2 || in.NotWritable[0].Path != r.dir || in.NotWritable[1].Path != r.path(historyName) || in.NotWritable[1].Err != syscall.EROFS {
		t.Errorf("a realm: got %v", in.NotWritable)
	}
	if in := Inspect(r.options()); len(in.NotWritable) != 0 {
		t.Errorf("where all is well: got %v", in.NotWritable)
	}
	if err := disk.MayCreate(r.path("nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the system's own answer: got %v", err)
	}
}

// No program can take a lock if another kind of file is in its place.
func TestLock_irregularLockFile(t *testing.T) {
	for name, put := range map[string]func(place string) error{
		"a directory":       func(place string) error { return os.Mkdir(place, 0o700) },
		"a pipe":            func(place string) error { return syscall.Mkfifo(place, 0o600) },
		"a link to nothing": func(place string) error { return os.Symlink("nothing", place) },
	} {
		r := newRealm(t)
		s := r.open()
		commit(t, s, "a = 1\n")
		if err := put(r.path(LockName)); err != nil {
			t.Fatal(err)
		}
		state := load(t, s)
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n"))
		if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "is not a lock file") {
			t.Errorf("%s: got %v", name, err)
		}
		if in := Inspect(r.options()); len(in.Locks) != 1 || !in.Locks[0].Irregular {
			t.Errorf("%s: got %+v", name, in.Locks)
		}
	}
}
