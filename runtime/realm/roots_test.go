//go:build unix

package realm

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
)

func TestStateRoot_existingRealm(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   func(w world) []string // the state roots that have it
		want func(w world) string
	}{
		{"nowhere", func(w world) []string { return nil }, world.local},
		{"in the project", func(w world) []string { return []string{w.local()} }, world.local},
		{"in the data directory", func(w world) []string { return []string{w.global()} }, world.global},
	} {
		w := newWorld(t)
		for _, root := range tt.in(w) {
			write(t, filepath.Join(root, "team", manifestName), manifestText("team"))
		}
		// A directory without a manifest is not a realm.
		mkdir(t, filepath.Join(w.local(), "team"), filepath.Join(w.global(), "team"))
		if l := w.locate(t, Selection{Realm: "team"}); l.StateRoot != tt.want(w) {
			t.Errorf("%s: got state root %q, want %q", tt.name, l.StateRoot, tt.want(w))
		}
	}
}

func TestStateRoot_flag(t *testing.T) {
	w := newWorld(t)
	write(t, filepath.Join(w.local(), "team", manifestName), "{ half")
	write(t, filepath.Join(w.global(), "team", manifestName), manifestText("team"))
	for flag, want := range map[string]string{
		"s":                       filepath.Join(w.work, "s"),
		"../s":                    filepath.Join(w.dir, "s"),
		filepath.Join(w.dir, "x"): filepath.Join(w.dir, "x"),
		w.dir + "/y/../x/":        filepath.Join(w.dir, "x"),
		w.global():                w.global(),
	} {
		if l := w.locate(t, Selection{Realm: "team", StateRoot: flag}); l.StateRoot != want {
			t.Errorf("--state-root %q: got %q, want %q", flag, l.StateRoot, want)
		}
	}
}

func TestStateRoot_existsTwice(t *testing.T) {
	w := newWorld(t)
	write(t, filepath.Join(w.local(), "team", manifestName), manifestText("team"))
	write(t, filepath.Join(w.global(), "team", manifestName), manifestText("team"))
	_, err := Locate(Selection{Realm: "team"}, w.env)
	if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "--state-root") {
		t.Fatalf("got %v, want a storage fault that names --state-root", err)
	}
	if strings.Contains(err.Error(), w.dir) {
		t.Errorf("the message shows a path: %s", err)
	}
	cause := errors.Unwrap(err)
	if cause == nil || !strings.Contains(cause.Error(), w.local()) || !strings.Contains(cause.Error(), w.global()) {
		t.Errorf("got cause %v, want both paths", cause)
	}
	w.locate(t, Selection{Realm: "team", StateRoot: w.global()}) // as the message advises
}

func TestStateRoot_sameDirectory(t *testing.T) {
	w := newWorld(t)
	write(t, filepath.Join(w.global(), "team", manifestName), manifestText("team"))
	mkdir(t, filepath.Dir(w.local()))
	if err := os.Symlink(w.global(), w.local()); err != nil {
		t.Fatal(err)
	}
	if l := w.locate(t, Selection{Realm: "team"}); l.StateRoot != w.local() {
		t.Errorf("got %q, want %q", l.StateRoot, w.local())
	}
}

// Each of these could hide the realm. A choice of the other root would make a
// second one.
func TestStateRoot_unreadableManifest(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		reason     fault.Reason
		make       func(t *testing.T, root string)
	}{
		{"half a manifest", "only half of one", fault.IO, func(t *testing.T, root string) {
			write(t, filepath.Join(root, "a_b", manifestName), `{"realm_id":`)
		}},
		{"another realm's", `belongs to realm "a.b"`, fault.IO, func(t *testing.T, root string) {
			write(t, filepath.Join(root, "a_b", manifestName), manifestText("a.b"))
		}},
		{"a directory for a manifest", "find realm: a directory, a pipe or a device", fault.IO, func(t *testing.T, root string) {
			mkdir(t, filepath.Join(root, "a_b", manifestName))
		}},
		{"a file for a directory", "find realm: a part of the path is not a directory", fault.Gone, func(t *testing.T, root string) {
			write(t, filepath.Join(root, "a_b"), "")
		}},
		{"a link to nothing", "find realm: a symbolic link", fault.Link, func(t *testing.T, root string) {
			mkdir(t, filepath.Join(root, "a_b"))
			if err := os.Symlink("nowhere", filepath.Join(root, "a_b", manifestName)); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		for _, root := range []func(world) string{world.local, world.global} {
			w := newWorld(t)
			tt.make(t, root(w))
			_, err := Locate(Selection{Realm: "a_b"}, w.env)
			if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), tt.want) || fault.Of(err).Data["reason"] != tt.reason {
				t.Errorf("%s: got %v, want a storage fault, %s, with %q", tt.name, err, tt.reason, tt.want)
				continue
			}
			if !strings.HasPrefix(err.Error(), `realm "a_b": `) || strings.Contains(err.Error(), w.dir) {
				t.Errorf("%s: the message must name the realm and no path: %s", tt.name, err)
			}
		}
	}
}

func TestStateRoot_project(t *testing.T) {
	w := newWorld(t)
	deep := filepath.Join(w.work, "a", "b")
	mkdir(t, deep)
	state := func(context string) string {
		return w.locate(t, Selection{Realm: "team", ContextRoot: context}).StateRoot
	}
	if got, want := state(deep), filepath.Join(deep, ".rkat", "realms"); got != want {
		t.Errorf("without a project: got %q, want %q", got, want)
	}
	mkdir(t, filepath.Join(w.dir, ".rkat"))
	for context, want := range map[string]string{
		deep: w.dir, "": w.dir,
		// The search for a relative context root ends at the working directory.
		"a/b": deep, ".": w.work, "..": w.dir, "../work/a": w.dir,
	} {
		if got := state(context); got != filepath.Join(want, ".rkat", "realms") {
			t.Errorf("context root %q, project above the working directory: got %q, want one in %q", context, got, want)
		}
	}
	mkdir(t, filepath.Join(w.work, "a", ".rkat"))
	for context, want := range map[string]string{
		deep: filepath.Join(w.work, "a"), "a/b": filepath.Join(w.work, "a"), "./a/./b//": filepath.Join(w.work, "a"), "": w.dir,
	} {
		if got := state(context); got != filepath.Join(want, ".rkat", "realms") {
			t.Errorf("context root %q, project in a: got %q, want one in %q", context, got, want)
		}
	}
}

func TestAbsolute_parentOfLink(t *testing.T) {
	w := newWorld(t)
	far := filepath.Join(w.dir, "far", "x")
	mkdir(t, far)
	if err := os.Symlink(far, filepath.Join(w.work, "link")); err != nil {
		t.Fatal(err)
	}
	l := w.locate(t, Selection{Realm: "team", StateRoot: "link/../state"})
	if want := filepath.Join(w.dir, "far", "state"); l.StateRoot != want {
		t.Errorf("got %q, want %q", l.StateRoot, want)
	}
}

func TestAncestors(t *testing.T) {
	for path, want := range map[string][]string{
		"/":       {"/"},
		"/a/b":    {"/a/b", "/a", "/"},
		"//a//b/": {"/a/b", "/a", "/"},
		"a/./b":   {"a/./b", "a", ""},
		".":       {""},
		"../x":    {"../x", "..", ""},
		"a/..":    {"a/..", "a", ""},
	} {
		if diff := cmp.Diff(want, ancestors(path)); diff != "" {
			t.Errorf("ancestors(%q) (-want +got)\n%s", path, diff)
		}
	}
}

func TestDataDir(t *testing.T) {
	home := func() (string, error) { return "/h", nil }
	none := func() (string, error) { return "", errors.New("none") }
	for _, tt := range []struct {
		goos, variable, value string
		home                  func() (string, error)
		want                  string
	}{
		{"linux", "XDG_DATA_HOME", "/d", home, "/d"},
		{"linux", "XDG_DATA_HOME", "d", home, "/h/.local/share"},
		{"linux", "", "", home, "/h/.local/share"},
		{"freebsd", "XDG_DATA_HOME", "/d", none, "/d"},
		{"linux", "", "", none, "."},
		{"darwin", "XDG_DATA_HOME", "/d", home, "/h/Library/Application Support"},
		{"darwin", "", "", none, "."},
		{"windows", "APPDATA", "/d", home, "/d"},
		{"windows", "XDG_DATA_HOME", "/d", home, "/h/AppData/Roaming"},
		{"windows", "", "", none, "."},
	} {
		env := Environment{HomeDir: tt.home, Getenv: func(name string) string {
			if name == tt.variable {
				return tt.value
			}
			return ""
		}}
		if got := filepath.ToSlash(env.dataDir(tt.goos)); got != tt.want {
			t.Errorf("%s with %s=%s: got %q, want %q", tt.goos, tt.variable, tt.value, got, tt.want)
		}
	}
}
