package realm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// openAnyFile opens a file as the program does.
func openAnyFile(t *testing.T, s Selection) (store.Store, error) {
	t.Helper()
	s.IsText = func([]byte) bool { return true }
	return Open(s, 0)(t.Context())
}

// writeFiles writes texts under names below a directory.
func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpen_file(t *testing.T) {
	t.Parallel() // it waits
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"app/any.toml": "a = 1\n"})
	s, err := openAnyFile(t, Selection{File: filepath.Join(dir, "app", "any.toml"), Instance: "i1"})
	if err != nil {
		t.Fatal(err)
	}
	m := s.Metadata()
	if m.RealmID != nil || m.Backend != nil || *m.InstanceID != "i1" || m.File != "any.toml" || m.Project != "app" {
		t.Errorf("metadata %+v, want a file without a realm and a backend", m)
	}
	if p := m.Paths; *p != (store.ResolvedPaths{ConfigPath: filepath.Join(dir, "app", "any.toml"), Root: filepath.Join(dir, "app")}) {
		t.Errorf("paths %+v", *p)
	}
	state, err := s.Load(t.Context())
	if err != nil || string(state.Text) != "a = 1\n" {
		t.Fatalf("got %q, %v", state.Text, err)
	}
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "app", ".any.toml.realmconf", "config_state.json")); err != nil {
		t.Error(err)
	}
}

func TestSelection_Check_file(t *testing.T) {
	for _, s := range []Selection{
		{File: "a.toml", Realm: "team"}, {File: "a.toml", Isolated: true}, {File: "a.toml", StateRoot: "x"}, {File: "a.toml", ContextRoot: "x"},
		{File: "a.toml", UserConfigRoot: "x"}, {File: "a.toml", Backend: "sqlite"}, {File: "a.toml", Store: "etcd://h/p"},
		{File: "dir/"}, {File: "."}, {File: "x/.."}, {File: "~/a.toml"}, {File: "${workspaceFolder}/a.toml"}, {File: "file:///a.toml"},
	} {
		if err := s.Check(); !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), "--file") {
			t.Errorf("Check(%+v) = %v, want a refusal that names --file", s, err)
		}
	}
	if err := (Selection{File: "a.toml", FollowLinks: true, Instance: "x"}).Check(); err != nil {
		t.Error(err)
	}
}

// TestLocateFile_links puts links in the way to a file: those of the user's own
// directories are followed, and of a project only those that stay in it.
func TestLocateFile_links(t *testing.T) {
	t.Parallel() // it waits
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	writeFiles(t, top, map[string]string{
		"dotfiles/any.toml": "a = 1\n", "dotfiles/key": "secret", "clone/.git/HEAD": "", "clone/conf/any.toml": "a = 2\n", "home/x": "", "clone/sub/x": "",
	})
	for link, target := range map[string]string{
		"home/any.toml": "../dotfiles/any.toml", "home/key.toml": "../dotfiles/key", "home/device.toml": "/dev/null",
		"clone/out.toml": "../dotfiles/any.toml", "clone/in.toml": "conf/any.toml", "clone/dir": "../dotfiles",
	} {
		if err := os.Symlink(target, filepath.Join(top, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		path   string
		follow bool
		target string // empty: refused
	}{
		{"home/any.toml", false, "dotfiles/any.toml"},
		{"home/key.toml", false, ""},
		{"home/key.toml", true, "dotfiles/key"},
		{"home/device.toml", true, ""},
		{"clone/in.toml", false, "clone/conf/any.toml"},
		{"clone/out.toml", false, ""},
		{"clone/out.toml", true, "dotfiles/any.toml"},
		{"clone/dir/any.toml", false, ""},
		{"clone/dir/any.toml", true, "clone/dir/any.toml"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			s, err := openAnyFile(t, Selection{File: filepath.Join(top, tt.path), FollowLinks: tt.follow})
			if err == nil {
				_, err = s.Load(t.Context())
			}
			if tt.target == "" {
				if f := fault.Of(err); err == nil || f.Data["reason"] != fault.Link {
					t.Errorf("got %v, want a refused link", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			dir, name := filepath.Split(filepath.Join(top, tt.target))
			if got, want := s.(*fileStore).location.StateDir, dir+"."+name+stateSuffix; got != want {
				t.Errorf("the state is in %s, want %s", got, want)
			}
		})
	}
}

// TestOpen_fileLinkMoved leads a link elsewhere while a store is open: its state is that
// of another file.
func TestOpen_fileLinkMoved(t *testing.T) {
	t.Parallel() // it waits
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"a.toml": "a = 1\n", "b.toml": "a = 2\n"})
	link := filepath.Join(dir, "any.toml")
	if err := os.Symlink("a.toml", link); err != nil {
		t.Fatal(err)
	}
	s, err := openAnyFile(t, Selection{File: link})
	if err != nil {
		t.Fatal(err)
	}
	other, err := openAnyFile(t, Selection{File: filepath.Join(dir, "a.toml")})
	if err != nil {
		t.Fatal(err)
	}
	state, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 3\n")); err != nil {
		t.Fatal(err)
	}
	seen, err := other.Load(t.Context())
	if err != nil || seen.Version.Generation != state.Version.Generation+1 || string(seen.Text) != "a = 3\n" {
		t.Errorf("by the file's own name: %q at %d, %v; want what was written by the link's", seen.Text, seen.Version.Generation, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("b.toml", link); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context()); fault.Of(err).Data["reason"] != fault.Link {
		t.Errorf("got %v, want the link refused", err)
	}
}

// TestLocateFile_realm refuses the config.toml of a realm, and names the flag that opens it.
func TestLocateFile_realm(t *testing.T) {
	t.Parallel() // it waits
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"team/config.toml": "", "team/realm_manifest.json": `{"realm_id":"team","backend":"sqlite","origin":"explicit","created_at":"1"}`,
		"old/config.toml": "", "old/config_state.json": `{"generation": 1}`,
		"home/.rkat/config.toml": "", "other/config.toml": "", "other/notes.json": "",
	})
	env := Environment{HomeDir: func() (string, error) { return filepath.Join(dir, "home"), nil }}
	for path, want := range map[string]string{"team": "--realm team", "old": "--realm and --state-root", "home/.rkat": "--realm global", "other": ""} {
		_, err := LocateFile(Selection{File: filepath.Join(dir, path, "config.toml")}, env)
		if want == "" && err != nil || want != "" && (!fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

// TestOpen_badFiles opens what is no file, or none that may be read or written.
func TestOpen_badFiles(t *testing.T) {
	t.Parallel() // it waits
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"long.toml": "", "readonly.toml": "a = 1\n"})
	for _, err := range []error{os.Mkdir(filepath.Join(dir, "dir.toml"), 0o700), os.Chmod(filepath.Join(dir, "readonly.toml"), 0o444), os.Symlink("nothing", filepath.Join(dir, "dangling.toml")), os.Truncate(filepath.Join(dir, "long.toml"), 60<<20)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"dir.toml": "dir.toml: a directory", "long.toml": "long.toml is longer", "dangling.toml": "dangling.toml", "none/any.toml": "the directory of --file does not exist",
	} {
		s, err := openAnyFile(t, Selection{File: filepath.Join(dir, name)})
		if err == nil {
			_, err = s.Load(t.Context())
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), dir) {
			t.Errorf("%s: got %v, want %q and no path", name, err, want)
		}
	}
	missing, err := openAnyFile(t, Selection{File: filepath.Join(dir, "missing.toml")})
	if err != nil {
		t.Fatal(err)
	}
	if state, err := missing.Load(t.Context()); err != nil || state.Version != store.Empty() {
		t.Errorf("a missing file: %+v, %v, want generation 0", state, err)
	}
	protected, err := openAnyFile(t, Selection{File: filepath.Join(dir, "readonly.toml")})
	if err != nil {
		t.Fatal(err)
	}
	state, err := protected.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = protected.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n"))
	if f := fault.Of(err); err == nil || f.Data["reason"] != fault.Denied || !strings.Contains(f.Message, "readonly.toml is protected") {
		t.Errorf("a protected file: got %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 5 { // the state of the protected file is made by its write
		t.Errorf("the directory has %v, %v", entries, err)
	}
}
