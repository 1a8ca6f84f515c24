//go:build unix

package realm

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store/file"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/meerkat/realmid"
)

func makePipe(t *testing.T, path string) {
	t.Helper()
	must(t, syscall.Mkfifo(path, 0o600))
}

// contents returns the texts of all files below a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	}))
	return all
}

// access reads and writes a realm, and returns the first error.
func access(t *testing.T, w world, s Selection) error {
	t.Helper()
	location, err := Locate(s, w.env)
	if err != nil {
		return err
	}
	o := fileOptions(location, 0)
	o.IsText = func([]byte) bool { return true }
	files := newRealmStore(location, file.Open(o))
	state, err := files.Load(t.Context())
	if err != nil {
		return err
	}
	if _, err := files.List(t.Context(), 0, 10); err != nil {
		return err
	}
	return files.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "new"))
}

// newRealmIn makes a whole realm in a directory, as another program left it.
func newRealmIn(t *testing.T, dir string) {
	t.Helper()
	write(t, filepath.Join(dir, manifestName), manifestText("team"))
	s := file.Open(file.Options{Document: filepath.Join(dir, configName), Dir: dir, RealmTag: "team"})
	state, err := s.Load(t.Context())
	must(t, err)
	must(t, s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "old")))
}

// A project may come from a stranger. Whichever part of the way to its realm is a
// link, nothing at its end is read or changed, unless the user says so.
func TestOpen_projectOfAStranger(t *testing.T) {
	t.Parallel() // it waits
	for part, follows := range map[string]bool{
		".rkat":                            true,
		".rkat/realms":                     true,
		".rkat/realms/team":                false, // the state root is the user's word, and not what is in it
		".rkat/realms/team/config.toml":    true,
		".rkat/realms/team/config_history": false,
	} {
		for _, flag := range []bool{false, true} {
			w := newWorldOnDisk(t)
			elsewhere := filepath.Join(w.home, "elsewhere")
			mkdir(t, elsewhere)
			newRealmIn(t, filepath.Join(elsewhere, "realms", "team"))
			mkdir(t, w.local())
			target, place := elsewhere, filepath.Join(w.work, filepath.FromSlash(part))
			switch part {
			case ".rkat":
				must(t, os.RemoveAll(filepath.Join(w.work, ".rkat")))
			case ".rkat/realms":
				target = filepath.Join(elsewhere, "realms")
				must(t, os.RemoveAll(place))
			case ".rkat/realms/team":
				target = filepath.Join(elsewhere, "realms", "team")
			default:
				target = filepath.Join(elsewhere, "realms", "team", filepath.Base(place))
				newRealmIn(t, filepath.Dir(place))
				must(t, os.RemoveAll(place))
			}
			must(t, os.Symlink(target, place))
			before := contents(t, elsewhere)
			err := access(t, w, Selection{Realm: "team", FollowLinks: flag})
			switch f := fault.Of(err); {
			case flag && follows:
				if err != nil {
					t.Errorf("%s, --follow-links: %v", part, err)
				}
				continue
			case f == nil || f.Kind != fault.Storage || f.Data["reason"] != fault.Link && filepath.Base(place) != "config_history":
				t.Errorf("%s, --follow-links %v: got %v, want storage, link", part, flag, err)
			}
			if after := contents(t, elsewhere); !maps.Equal(before, after) {
				t.Errorf("%s: at the end of the link: got %v, want %v", part, after, before)
			}
		}
	}
}

// A config.toml in dotfiles is the user's own where the realm is in the home or
// data directory, or its state root is named.
func TestOpen_dotfiles(t *testing.T) {
	t.Parallel() // it waits
	for name, tt := range map[string]struct {
		selection Selection
		dir       func(w world) string
	}{
		"the data directory":      {Selection{Realm: "team"}, func(w world) string { return filepath.Join(w.global(), "team") }},
		"a state root":            {Selection{Realm: "team", StateRoot: "states"}, func(w world) string { return filepath.Join(w.work, "states", "team") }},
		"the realm global":        {Selection{Realm: realmid.Global}, func(w world) string { return filepath.Join(w.home, ".rkat") }},
		"the home directory":      {Selection{Realm: "team", ContextRoot: "../home"}, func(w world) string { return filepath.Join(w.home, ".rkat", "realms", "team") }},
		"a state root in .rkat":   {Selection{Realm: "team", StateRoot: ".rkat/realms", FollowLinks: true}, func(w world) string { return filepath.Join(w.work, ".rkat", "realms", "team") }},
		"a project, by the flag":  {Selection{Realm: "team", FollowLinks: true}, func(w world) string { return filepath.Join(w.local(), "team") }},
		"a link in the directory": {Selection{Realm: "team"}, func(w world) string { return filepath.Join(w.local(), "team") }},
	} {
		w := newWorldOnDisk(t)
		dir := tt.dir(w)
		mkdir(t, dir)
		if name != "the realm global" {
			write(t, filepath.Join(dir, manifestName), manifestText("team"))
		}
		target := filepath.Join(w.home, "dotfiles", "team.toml")
		if name == "a link in the directory" {
			target = filepath.Join(dir, "team.toml")
		}
		write(t, target, "old")
		must(t, os.Symlink(target, filepath.Join(dir, configName)))
		if err := access(t, w, tt.selection); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if text, err := os.ReadFile(target); err != nil || string(text) != "new" {
			t.Errorf("%s: the file behind the link holds %q, %v; want what was written", name, text, err)
		}
	}
}

// In a project, and in a state root in a project, the same link needs the flag.
func TestOpen_dotfilesInAProject(t *testing.T) {
	for _, s := range []Selection{{Realm: "team"}, {Realm: "team", StateRoot: ".rkat/realms"}} {
		w := newWorldOnDisk(t)
		dir := filepath.Join(w.local(), "team")
		write(t, filepath.Join(dir, manifestName), manifestText("team"))
		target := filepath.Join(w.home, "dotfiles", "team.toml")
		write(t, target, "old")
		must(t, os.Symlink(target, filepath.Join(dir, configName)))
		if f := fault.Of(access(t, w, s)); f == nil || f.Kind != fault.Storage || f.Data["reason"] != fault.Link {
			t.Errorf("%+v: got %v, want storage, link", s, f)
		}
	}
}

func TestProjectOf(t *testing.T) {
	for path, want := range map[string]string{
		"/work/.rkat/realms":           "/work",
		"/work/.rkat":                  "/work",
		"/work/.RKAT/realms":           "/work",
		"/work/.rkat/a/.rkat/realms":   "/work/.rkat/a",
		"/home/me/.local/share/realms": "",
		"/":                            "",
	} {
		if got, ok := projectOf(filepath.FromSlash(path)); filepath.ToSlash(got) != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v; want %q", path, got, ok, want)
		}
	}
}

// A manifest in whose place something else is, or that is too long, is refused at
// once and in bounded memory.
func TestManifest_hostile(t *testing.T) {
	t.Parallel() // it waits
	for name, put := range map[string]func(t *testing.T, path string){
		"a link that never ends": func(t *testing.T, path string) { must(t, os.Symlink("/dev/zero", path)) },
		"a link into proc":       func(t *testing.T, path string) { must(t, os.Symlink("/proc/self/environ", path)) },
		"a pipe":                 makePipe,
		"a link to a pipe": func(t *testing.T, path string) {
			makePipe(t, path+".pipe")
			must(t, os.Symlink(path+".pipe", path))
		},
		"a sparse file": func(t *testing.T, path string) {
			write(t, path, "")
			must(t, os.Truncate(path, 6<<30))
		},
		"a byte too long": func(t *testing.T, path string) {
			write(t, path, manifestText("team"))
			must(t, os.Truncate(path, maxManifest+1))
		},
	} {
		w := newWorldOnDisk(t)
		path := filepath.Join(w.local(), "team", manifestName)
		mkdir(t, filepath.Dir(path))
		put(t, path)
		if _, err := Locate(Selection{Realm: "team"}, w.env); !fault.Is(err, fault.Storage) {
			t.Errorf("%s: got %v, want storage", name, err)
		}
		l := &Location{ID: "team", ManifestPath: path, fs: disk.OS{}}
		if _, err := l.Manifest(t.Context()); !fault.Is(err, fault.Storage) {
			t.Errorf("%s: got %v, want storage", name, err)
		}
	}
}
