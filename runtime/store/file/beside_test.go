package file

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// besideVariable makes the other processes of a test work on any file of their
// directory, instead of a realm's config.
const besideVariable = "REALMCONF_TEST_BESIDE"

// besideOptions returns the options of the store of any.toml in a directory.
func besideOptions(dir string) Options {
	return Options{
		Document: filepath.Join(dir, "any.toml"), Dir: filepath.Join(dir, ".any.toml.realmconf"),
		Beside: true, Name: "any.toml", RealmTag: "any.toml", Rules: disk.Rules{Roots: []string{dir}, Realm: dir},
	}
}

// newBeside returns a directory with an any.toml, whose realm's path is that of the
// state.
func newBeside(t *testing.T, text string) (project, state realm) {
	project = realm{t, treetest.Dir(t)}
	project.put("any.toml", text)
	return project, realm{t, project.path(".any.toml.realmconf")}
}

func TestBeside(t *testing.T) {
	t.Parallel() // it waits
	storetest.Test(t, func(t *testing.T) func() store.Store {
		dir := treetest.Dir(t)
		return func() store.Store { return Open(besideOptions(dir)) }
	})
}

func TestBeside_readWritesNothing(t *testing.T) {
	t.Parallel() // it waits
	project, _ := newBeside(t, "a = 1\n")
	first := load(t, Open(besideOptions(project.dir)))
	again := load(t, Open(besideOptions(project.dir)))
	if first.Version != again.Version || first.Pending || first.Version.Generation != catalog(nil).firstNumber(store.DigestOf([]byte("a = 1\n"))) {
		t.Errorf("two processes read versions %v and %v (pending %v), want one number of the text", first.Version, again.Version, first.Pending)
	}
	if got := project.list(""); len(got) != 1 {
		t.Errorf("two reads left %q, want the file alone", got)
	}
	in := Inspect(besideOptions(project.dir))
	if in.Agreement != NotComparable || in.DocumentErr != nil {
		t.Errorf("Inspect: agreement %v, error %v, want nothing to compare", in.Agreement, in.DocumentErr)
	}
}

func TestBeside_firstWrite(t *testing.T) {
	t.Parallel() // it waits
	project, state := newBeside(t, "a = 1\n")
	s := Open(besideOptions(project.dir))
	read := load(t, s)
	commit(t, s, "a = 2\n")
	first := read.Version.Generation
	wantState(t, Open(besideOptions(project.dir)), "a = 2\n", first+1)
	wantRecord(t, s, first, store.External, 0, "a = 1\n")
	if got := state.get(".gitignore"); got != "*\n" {
		t.Errorf(".gitignore has %q, want everything", got)
	}
	if info, err := os.Stat(state.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory of the state has mode %v, %v, want 0700", info.Mode(), err)
	}
	if got := strings.Join(project.list(""), " "); got != ".any.toml.realmconf any.toml" {
		t.Errorf("the project has %s, want the file and its state", got)
	}
	if state.exists(LockName) {
		t.Errorf("%s was made, which no other program looks at", LockName)
	}
}

// TestBeside_editBeforeFirstWrite checks that a client which has read the file in one
// process and writes in another is refused if the file was changed in between, although
// no number was written down.
func TestBeside_editBeforeFirstWrite(t *testing.T) {
	t.Parallel() // it waits
	project, _ := newBeside(t, "a = 1\n")
	read := load(t, Open(besideOptions(project.dir)))
	project.replace("any.toml", "a = 5\n")
	s := Open(besideOptions(project.dir))
	if now := load(t, s); now.Version == read.Version {
		t.Errorf("both texts have version %v", now.Version)
	}
	err := s.CompareAndSwap(t.Context(), read.Version, storetest.Commit(read, "a = 2\n"))
	if !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("a write on the text before: got %v, want a conflict", err)
	}
	if got := project.get("any.toml"); got != "a = 5\n" {
		t.Errorf("any.toml has %q, want the edit", got)
	}
	commit(t, s, "a = 6\n")
	wantState(t, s, "a = 6\n", catalog(nil).firstNumber(store.DigestOf([]byte("a = 5\n")))+1)
}

// TestBeside_editAfterFirstWrite checks that a save by rename, as editors and git make
// it, becomes a generation, and that a write on the one before is refused.
func TestBeside_editAfterFirstWrite(t *testing.T) {
	t.Parallel() // it waits
	project, _ := newBeside(t, "a = 1\n")
	s := Open(besideOptions(project.dir))
	commit(t, s, "a = 2\n")
	before := load(t, s)
	project.replace("any.toml", "a = 3\n")
	wantState(t, s, "a = 3\n", before.Version.Generation+1)
	err := s.CompareAndSwap(t.Context(), before.Version, storetest.Commit(before, "a = 4\n"))
	if !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("a write on the text before: got %v, want a conflict", err)
	}
}

// TestBeside_stateRemoved removes the state under a store that has read it, as git clean
// does. No write takes effect on a text that its client has not seen, and the next one
// makes the state again.
func TestBeside_stateRemoved(t *testing.T) {
	t.Parallel() // it waits
	project, state := newBeside(t, "a = 1\n")
	s := Open(besideOptions(project.dir))
	commit(t, s, "a = 2\n")
	before := load(t, s)
	if err := os.RemoveAll(state.dir); err != nil {
		t.Fatal(err)
	}
	project.replace("any.toml", "a = 3\n")
	if got := load(t, s); string(got.Text) != "a = 3\n" || !got.Pending {
		t.Errorf("without the state a read has %q, pending %v, want the file's text without a number", got.Text, got.Pending)
	}
	if state.exists("") {
		t.Error("the read made the directory again")
	}
	err := s.CompareAndSwap(t.Context(), before.Version, storetest.Commit(before, "a = 4\n"))
	if !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("a write on the text before: got %v, want a conflict", err)
	}
	commit(t, s, "a = 5\n")
	if now := load(t, s); string(now.Text) != "a = 5\n" || now.Version.Generation <= before.Version.Generation+1 {
		t.Errorf("got %q at %d, want the new text under a number that was not given before", now.Text, now.Version.Generation)
	}
	wantState(t, Open(besideOptions(project.dir)), "a = 5\n", load(t, s).Version.Generation)
}

// TestBeside_planted puts other things than a directory into the place of the state.
func TestBeside_planted(t *testing.T) {
	elsewhere := t.TempDir()
	for name, tt := range map[string]struct {
		plant  func(place string) error
		reason fault.Reason
	}{
		"a link to a directory": {func(place string) error { return os.Symlink(elsewhere, place) }, fault.Link},
		"a link to nothing":     {func(place string) error { return os.Symlink(filepath.Join(elsewhere, "nothing"), place) }, fault.Link},
		"a file":                {writes("planted"), fault.IO},
	} {
		t.Run(name, func(t *testing.T) {
			project, state := newBeside(t, "a = 1\n")
			if err := tt.plant(state.dir); err != nil {
				t.Fatal(err)
			}
			s := Open(besideOptions(project.dir))
			_, err := s.Load(t.Context())
			wantReason(t, err, tt.reason)
			unread := store.State{Version: store.Version{Generation: 7, Digest: store.DigestOf([]byte("a = 1\n"))}, Next: 8}
			err = s.CompareAndSwap(t.Context(), unread.Version, storetest.Commit(unread, "a = 2\n"))
			wantReason(t, err, tt.reason)
			if !strings.Contains(err.Error(), ".any.toml.realmconf") {
				t.Errorf("the error does not name the directory: %v", err)
			}
			if got := project.get("any.toml"); got != "a = 1\n" {
				t.Errorf("any.toml has %q, want it unchanged", got)
			}
			if left, err := os.ReadDir(elsewhere); len(left) > 0 || err != nil {
				t.Errorf("the link's directory has %v, %v, want nothing", left, err)
			}
		})
	}
}

// TestBeside_hostileState checks that the state and the history of a clone are data: they
// do not change the file, and the numbers go on above them.
func TestBeside_hostileState(t *testing.T) {
	t.Parallel() // it waits
	project, state := newBeside(t, "a = 1\n")
	state.put(stateName, `{"generation": 41, "config_sha256": "`+store.DigestOf([]byte("a = 9\n")).String()+`"}`)
	state.put(historyName+"/41.json", "not a record")
	state.put(".realmconf-any.toml-0190f5fe-7c00-7a00-8000-000000000000.config", "a = 8\n")
	s := Open(besideOptions(project.dir))
	if got := load(t, s); string(got.Text) != "a = 1\n" {
		t.Errorf("a read has %q, want the file's text", got.Text)
	}
	commit(t, s, "a = 2\n")
	if got := load(t, s); string(got.Text) != "a = 2\n" || got.Version.Generation <= 41 {
		t.Errorf("got %q at %d, want the write above 41", got.Text, got.Version.Generation)
	}
	if _, err := os.Stat(project.path("any.toml")); errors.Is(err, os.ErrNotExist) {
		t.Error("any.toml is gone")
	}
}
