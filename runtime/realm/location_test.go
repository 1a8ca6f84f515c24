//go:build unix

package realm

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"realmconf/runtime/fault"
	"realmconf/schema/tree/treetest"
)

// world is a directory tree with a home, a data and a working directory.
type world struct {
	dir, home, data, work string
	env                   Environment
}

func newWorld(t *testing.T) world {
	t.Helper()
	return makeWorld(t, treetest.Dir(t))
}

// newWorldOnDisk returns a world for tests of links: one into /dev, where the
// directories in memory are, is a link to a file of the system.
func newWorldOnDisk(t *testing.T) world {
	t.Helper()
	return makeWorld(t, t.TempDir())
}

func makeWorld(t *testing.T, top string) world {
	t.Helper()
	dir, err := filepath.EvalSymlinks(top)
	if err != nil {
		t.Fatal(err)
	}
	w := worldIn(dir)
	mkdir(t, w.home, w.data, w.work)
	return w
}

// worldIn returns the world of a directory. It makes nothing.
func worldIn(dir string) world {
	w := world{dir: dir, home: filepath.Join(dir, "home"), data: filepath.Join(dir, "data"), work: filepath.Join(dir, "work")}
	w.env = Environment{
		Getwd:   func() (string, error) { return w.work, nil },
		HomeDir: func() (string, error) { return w.home, nil },
		Getenv: func(name string) string {
			return map[string]string{"XDG_DATA_HOME": w.data, "APPDATA": w.data}[name]
		},
	}
	return w
}

// local and global are the two state roots that a realm without flags may be in.
func (w world) local() string { return filepath.Join(w.work, ".rkat", "realms") }
func (w world) global() string {
	return filepath.Join(w.env.dataDir(runtime.GOOS), "meerkat", "realms")
}

func (w world) locate(t *testing.T, s Selection) *Location {
	t.Helper()
	l, err := Locate(s, w.env)
	if err != nil {
		t.Fatalf("Locate(%+v): %v", s, err)
	}
	return l
}

func mkdir(t *testing.T, dirs ...string) {
	t.Helper()
	for _, d := range dirs {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	mkdir(t, filepath.Dir(path))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// files returns the paths of all entries under a directory.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		list = append(list, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestLocate_everyPath(t *testing.T) {
	w := newWorld(t)
	got := w.locate(t, Selection{Realm: "team", Instance: "i1", Backend: "jsonl", StateRoot: filepath.Join(w.dir, "state")})
	root := filepath.Join(w.dir, "state", "team")
	instance := "i1"
	want := &Location{
		ID: "team", IDSource: Explicit, Instance: &instance, RequestedBackend: "jsonl",
		StateRoot:          filepath.Join(w.dir, "state"),
		Root:               root,
		ManifestPath:       filepath.Join(root, "realm_manifest.json"),
		ConfigPath:         filepath.Join(root, "config.toml"),
		StateDir:           root,
		SessionsSQLitePath: filepath.Join(root, "sessions.sqlite3"),
		SessionsJSONLDir:   filepath.Join(root, "sessions_jsonl"),
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Location{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestLocate_project: a realm has the name of the project that it is in, and no more of
// its path.
func TestLocate_project(t *testing.T) {
	w := newWorld(t)
	elsewhere := filepath.Join(w.dir, "shop", ".rkat", "realms")
	for _, tt := range []struct {
		selection Selection
		want      string
	}{
		{Selection{Realm: "team"}, filepath.Base(w.work)},
		{Selection{Realm: "team", FollowLinks: true}, filepath.Base(w.work)},
		{Selection{Realm: "team", StateRoot: elsewhere}, "shop"},
		{Selection{Realm: "team", StateRoot: "state"}, ""},
		{Selection{Realm: "team", StateRoot: filepath.Join(w.home, ".rkat", "realms")}, ""},
		{Selection{Realm: "global"}, ""},
	} {
		l := w.locate(t, tt.selection)
		if l.Project != tt.want || l.metadata().Project != tt.want {
			t.Errorf("%+v: got project %q, want %q", tt.selection, l.Project, tt.want)
		}
	}
}

func TestLocate_zeroSelection(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{})
	if l.ID != workspaceID(w.work) || l.IDSource != Workspace || l.Instance != nil {
		t.Errorf("got id %q, origin %q, instance %v; want %q, workspace, nil", l.ID, l.IDSource, l.Instance, workspaceID(w.work))
	}
	if l.StateRoot != w.local() {
		t.Errorf("got state root %q, want %q", l.StateRoot, w.local())
	}
}

func TestLocate_workspaceOfContextRoot(t *testing.T) {
	w := newWorld(t)
	deep := filepath.Join(w.work, "a", "b")
	mkdir(t, deep, filepath.Join(w.work, ".rkat"))
	if err := os.Symlink(deep, filepath.Join(w.dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, context := range []string{deep, "a/b", "./a/../a/b/", filepath.Join(w.dir, "link"), "../link"} {
		if l := w.locate(t, Selection{ContextRoot: context}); l.ID != workspaceID(deep) {
			t.Errorf("context root %q: got id %q, want that of its real path, %q", context, l.ID, workspaceID(deep))
		}
	}
}

func TestLocate_missingContextRoot(t *testing.T) {
	w := newWorld(t)
	for _, context := range []string{"nowhere", "./no//where/", filepath.Join(w.dir, "gone")} {
		if l := w.locate(t, Selection{ContextRoot: context}); l.ID != workspaceID(context) {
			t.Errorf("context root %q: got id %q, want %q", context, l.ID, workspaceID(context))
		}
	}
}

func TestLocate_isolated(t *testing.T) {
	w := newWorld(t)
	a, b := w.locate(t, Selection{Isolated: true}), w.locate(t, Selection{Isolated: true})
	shape := regexp.MustCompile(`^realm-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if a.ID == b.ID || !shape.MatchString(a.ID) || !shape.MatchString(b.ID) {
		t.Errorf("got ids %q and %q, want two different realm-<UUID version 7>", a.ID, b.ID)
	}
	if a.IDSource != Generated || a.StateRoot != w.local() {
		t.Errorf("got origin %q in %q, want generated in %q", a.IDSource, a.StateRoot, w.local())
	}
}

func TestLocate_globalDocument(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct{ flag, want string }{
		{"", filepath.Join(w.home, ".rkat")},
		{"conf", filepath.Join(w.work, "conf", ".rkat")},
		{filepath.Join(w.dir, "other"), filepath.Join(w.dir, "other", ".rkat")},
	} {
		l := w.locate(t, Selection{Realm: "global", UserConfigRoot: tt.flag, StateRoot: "state"})
		if l.ConfigPath != filepath.Join(tt.want, "config.toml") || l.StateDir != tt.want {
			t.Errorf("--user-config-root %q: got document %q, state in %q; want both in %q", tt.flag, l.ConfigPath, l.StateDir, tt.want)
		}
		if want := filepath.Join(w.work, "state", "global", "realm_manifest.json"); l.ManifestPath != want {
			t.Errorf("got manifest %q, want %q", l.ManifestPath, want)
		}
	}
}

func TestLocate_globalWithoutHome(t *testing.T) {
	w := newWorld(t)
	cause := errors.New("no home")
	w.env.HomeDir = func() (string, error) { return "", cause }
	_, err := Locate(Selection{Realm: "global"}, w.env)
	if !fault.Is(err, fault.Storage) || !errors.Is(err, cause) || !strings.Contains(err.Error(), "--user-config-root") {
		t.Errorf("got %v, want a storage fault that names --user-config-root", err)
	}
	if l := w.locate(t, Selection{Realm: "team"}); l.StateRoot != w.local() {
		t.Errorf("another realm without a home: got %q, want %q", l.StateRoot, w.local())
	}
}

func TestLocate_missingWorkingDirectory(t *testing.T) {
	w := newWorld(t)
	w.env.Getwd = func() (string, error) { return "", fs.ErrNotExist }
	w.locate(t, Selection{Realm: "team", StateRoot: w.dir})
	_, err := Locate(Selection{Realm: "team"}, w.env)
	if !fault.Is(err, fault.Storage) || fault.Of(err).Data["reason"] != fault.Gone {
		t.Errorf("got %v, want a storage fault for the working directory ", err)
	}
}

func TestLocate_writesNothing(t *testing.T) {
	w := newWorld(t)
	before := files(t, w.dir)
	for _, s := range []Selection{{}, {Isolated: true}, {Realm: "team"}, {Realm: "global"}, {Realm: "team", StateRoot: "s"}} {
		w.locate(t, s)
	}
	if after := files(t, w.dir); !slices.Equal(before, after) {
		t.Errorf("(-before +after)\n%s", cmp.Diff(before, after))
	}
}

func TestLocate_defaultEnvironment(t *testing.T) {
	w := newWorld(t)
	// A symbolic link, as a shell puts it in $PWD.
	link := filepath.Join(w.dir, "link")
	if err := os.Symlink(w.work, link); err != nil {
		t.Fatal(err)
	}
	t.Chdir(link)
	t.Setenv("HOME", w.home)
	t.Setenv("XDG_DATA_HOME", w.data)
	l, err := Locate(Selection{Realm: "global"}, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(w.home, ".rkat", "config.toml"); l.ConfigPath != want || l.StateRoot != w.local() {
		t.Errorf("got document %q and state root %q, want %q and %q", l.ConfigPath, l.StateRoot, want, w.local())
	}
}
