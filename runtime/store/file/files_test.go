//go:build unix

package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

func TestLoad_missingRealmCreatesNothing(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	wantState(t, s, "", 0)
	if got, err := s.List(t.Context(), 0, 1); err != nil || len(got) != 0 {
		t.Errorf("List = %v, %v; want nothing", got, err)
	}
	if r.exists("") {
		t.Error("reading a realm that does not exist created its directory")
	}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	wantState(t, s, "", 0)
	entries, err := os.ReadDir(r.dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("reading an empty realm made %v (%v), want nothing", entries, err)
	}
}

func TestLoad_cleanTakesNoLock(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	silent := faulty{say: serial(func(op, name string) (bool, error) {
		if changing(op) {
			t.Errorf("a clean read did %s %s", op, name)
		}
		return true, nil
	})}
	s := open(r.options(), silent, filelock.WallClock{}, "boot")
	wantState(t, s, "one", 1)
	wantRecord(t, s, 1, store.Patch, 0, "one")
}

func TestCompareAndSwap_conflictOnAMissingRealm(t *testing.T) {
	r := newRealm(t)
	state := store.State{Version: store.Version{Generation: 3}, Next: 4}
	err := r.open().CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "x"))
	if !fault.Is(err, fault.GenerationConflict) || r.exists("") {
		t.Errorf("got error %v, directory made: %v; want generation_conflict and no directory", err, r.exists(""))
	}
}

func TestCompareAndSwap_newFilesArePrivate(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	var got []string
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(r.dir, path)
		got = append(got, info.Mode().String()+" "+rel)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"drwx------ .", "-rw------- config.toml", "drwx------ config_history", "-rw------- config_history/1.json",
		"-rw------- config_state.guard", "-rw------- config_state.json",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestCompareAndSwap_keepsTheMode(t *testing.T) {
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o644} {
		r := newRealm(t)
		s := r.open()
		commit(t, s, "one")
		if err := os.Chmod(r.path("config.toml"), mode); err != nil {
			t.Fatal(err)
		}
		commit(t, s, "two")
		info, err := os.Stat(r.path("config.toml"))
		if err != nil || info.Mode() != mode {
			t.Errorf("mode is %v (%v) after a commit, want %v", info.Mode(), err, mode)
		}
	}
}

func TestCompareAndSwap_keepsASymbolicLink(t *testing.T) {
	t.Parallel() // it waits
	r := newRealmOnDisk(t)
	target := filepath.Join(t.TempDir(), "dotfiles", "meerkat.toml")
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, []byte("mine"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, r.path("config.toml")); err != nil {
		t.Fatal(err)
	}
	s := r.open()
	wantState(t, s, "mine", 1)
	commit(t, s, "two")
	if got, err := os.Readlink(r.path("config.toml")); err != nil || got != target {
		t.Errorf("the link leads to %q, %v; want %q", got, err, target)
	}
	if got, err := os.ReadFile(target); err != nil || string(got) != "two" {
		t.Errorf("the file behind the link holds %q, %v; want %q", got, err, "two")
	}
	if err := os.Remove(target); err != nil {
		t.Fatal(err)
	}
	_, err := s.Load(t.Context())
	wantReason(t, err, fault.Gone)
}

func TestStore_vanishedRealm(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	state := load(t, s)
	if err := os.RemoveAll(r.dir); err != nil {
		t.Fatal(err)
	}
	_, err := s.Load(t.Context())
	wantReason(t, err, fault.Gone)
	wantReason(t, s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")), fault.Gone)
	if r.exists("") {
		t.Error("the realm's directory is there again")
	}
}

func TestLoad_readOnlyRealm(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.EROFS, syscall.EACCES} {
		r := newRealm(t)
		commit(t, r.open(), "one")
		readOnly := faulty{say: serial(func(op, name string) (bool, error) {
			if changing(op) {
				return false, &fs.PathError{Op: op, Path: name, Err: errno}
			}
			return true, nil
		})}
		s := open(r.options(), readOnly, newTestClock(), "boot")
		wantState(t, s, "one", 1)
		r.put("config.toml", "by hand")
		state := load(t, s)
		if string(state.Text) != "one" || !state.Pending {
			t.Errorf("Load = %q, pending %v; want the recorded text, pending", state.Text, state.Pending)
		}
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
		wantReason(t, err, fault.StorageReason(errno))
		if strings.Contains(err.Error(), r.dir) {
			t.Errorf("the error %q shows a path", err)
		}
	}
}

func TestCompareAndSwap_prunesTheHistory(t *testing.T) {
	for _, tt := range []struct {
		history int
		want    []uint64
	}{
		{-1, []uint64{7, 6, 5, 4, 3, 2, 1}},
		{1, []uint64{7, 6, 5}}, // two commits at least; one has two generations
		{3, []uint64{7, 6, 5, 4}},
	} {
		r := newRealm(t)
		o := r.options()
		o.History = tt.history
		s := Open(o)
		for _, text := range []string{"1", "2", "3", "4"} {
			commit(t, s, text)
		}
		commit(t, s, "5", "6")
		commit(t, s, "7")
		records, err := s.List(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []uint64
		for _, r := range records {
			got = append(got, r.Generation)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("History %d: kept %v, want %v", tt.history, got, tt.want)
		}
	}
}

func TestSweep_filesOfOthers(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	id := newID()
	foreign := []string{".realmconf-other-" + id + ".config", ".realmconf-team-x-" + id + ".state", ".config.tmp." + id}
	for _, name := range foreign {
		r.put(name, "kept")
	}
	r.put(".realmconf-team-"+id+".state", "ours")
	commit(t, r.open(), "two") // the first lock of a Store sweeps
	for _, name := range foreign {
		if !r.exists(name) {
			t.Errorf("%s was removed", name)
		}
	}
	if r.exists(".realmconf-team-" + id + ".state") {
		t.Error("a state that a crash left over is still there")
	}
}

// A file that cannot be read is an error. To treat it as removed would make an
// empty generation.
func TestLoad_unreadableIsNotMissing(t *testing.T) {
	for _, name := range []string{"config.toml", stateName} {
		for _, errno := range []syscall.Errno{syscall.EACCES, syscall.EIO, syscall.ENOTDIR, syscall.ESTALE} {
			r := newRealm(t)
			commit(t, r.open(), "one")
			broken := true
			s := open(r.options(), faulty{say: serial(func(op, file string) (bool, error) {
				if broken && op == "open" && file == name {
					return false, &fs.PathError{Op: op, Path: file, Err: errno}
				}
				return true, nil
			})}, newTestClock(), "boot")
			_, err := s.Load(t.Context())
			wantReason(t, err, fault.StorageReason(errno))
			state := load(t, r.open())
			wantReason(t, s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")), fault.StorageReason(errno))
			broken = false
			wantState(t, s, "one", 1)
			r.tidy()
		}
	}
}

// A file that is a mount point cannot be exchanged: that is an error, and the file
// is not written in place.
func TestCompareAndSwap_mountedConfig(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
		if op == "exchange" && name == "config.toml" {
			return false, &os.LinkError{Op: op, New: name, Err: syscall.EBUSY}
		}
		return true, nil
	})}, newTestClock(), "boot")
	state := load(t, s)
	wantReason(t, s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")), fault.IO)
	wantState(t, r.open(), "one", 1)
	r.tidy()
}
