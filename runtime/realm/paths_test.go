package realm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// A path that the host was to expand is refused by the flag's name, and no directory of
// that name is made.
func TestCheckPath_unexpanded(t *testing.T) {
	for path, want := range map[string]string{
		"${workspaceFolder}":         "a variable that the host did not expand",
		"/home/${user}/x":            "a variable that the host did not expand",
		"$HOME/realms":               "a variable, which only a shell expands",
		"%USERPROFILE%\\realms":      "a variable, which only a shell expands",
		"~":                          "the home directory as only a shell expands it",
		"~/realms":                   "the home directory as only a shell expands it",
		"file:///home/u":             "an address and not a path: leave file:// out",
		"FILE:/home/u":               "an address and not a path: leave file:// out",
		"vscode-remote://ssh/home/u": "an address and not a path: give a directory of this machine",
		"/a/b$c":                     "", "/a~": "", "./~": "", "C:\\x": "", "50%": "", "$": "", "file": "", "a:b": "", "": "",
	} {
		err := CheckPath("--state-root", path)
		if want == "" && err == nil {
			continue
		}
		if !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), "--state-root") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", path, err, want)
		}
	}
}

func TestSelectionCheck_paths(t *testing.T) {
	for flag, s := range map[string]Selection{
		"--context-root":     {ContextRoot: "${workspaceFolder}"},
		"--state-root":       {StateRoot: "~/realms"},
		"--user-config-root": {UserConfigRoot: "file:///home/u"},
	} {
		if err := s.Check(); !fault.Is(err, fault.InvalidParams) || !strings.HasPrefix(err.Error(), flag+" ") {
			t.Errorf("%+v: got %v, want a refusal of %s", s, err, flag)
		}
	}
}

func TestSelectionCheckDirectories(t *testing.T) {
	dir := t.TempDir()
	file, missing := filepath.Join(dir, "file"), filepath.Join(dir, "missing")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		s    Selection
		want string
	}{
		{Selection{}, ""},
		{Selection{ContextRoot: dir, StateRoot: dir, UserConfigRoot: dir}, ""},
		{Selection{ContextRoot: missing}, "--context-root " + missing + " does not exist"},
		{Selection{ContextRoot: file}, "--context-root " + file + " is not a directory"},
		{Selection{ContextRoot: filepath.Join(file, "below")}, "--context-root " + filepath.Join(file, "below") + " is not a directory"},
		{Selection{UserConfigRoot: missing}, ""}, // the first write to global makes it
		{Selection{UserConfigRoot: filepath.Join(missing, "u")}, "--user-config-root " + filepath.Join(missing, "u") + " does not exist"},
		{Selection{StateRoot: missing}, ""}, // the first write makes it
		{Selection{StateRoot: file}, ""},    // the file system refuses it
		{Selection{StateRoot: filepath.Join(missing, "realms")}, "--state-root " + filepath.Join(missing, "realms") + " does not exist"},
		{Selection{StateRoot: filepath.Join(dir, ".rkat", "realms")}, ""}, // of a project without one
		{Selection{StateRoot: filepath.Join(missing, ".rkat", "realms")}, "--state-root " + filepath.Join(missing, ".rkat", "realms") + " does not exist"},
	} {
		got, err := "", tt.s.CheckDirectories(Environment{})
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v:\n got %q\nwant %q", tt.s, got, tt.want)
		}
	}
}

// A server with a project that does not exist refuses every request, makes nothing, and
// works when the project is there.
func TestOpen_missingDirectory(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "project")
	open := Open(Selection{ContextRoot: missing, UserConfigRoot: dir}, 0)
	_, err := open(t.Context())
	if !fault.Is(err, fault.Storage) || fault.StorageReason(err) != fault.Gone || !strings.Contains(err.Error(), "--context-root") || strings.Contains(err.Error(), missing) {
		t.Errorf("got %v, want a fault that names the flag and no path", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("got %v, %v, want nothing made", entries, err)
	}
	if err := os.Mkdir(missing, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t.Context()); err != nil {
		t.Errorf("the project is there now: %v", err)
	}
}

// The realm is the workspace realm of the client's root if no flag says where it is.
func TestOpen_clientRoot(t *testing.T) {
	root, other := t.TempDir(), t.TempDir()
	want, err := Locate(Selection{ContextRoot: root}, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	fromClient := func(context.Context) (string, error) { asked++; return root, nil }
	for _, tt := range []struct {
		s       Selection
		isAsked bool
	}{
		{Selection{}, true},
		{Selection{Realm: "team"}, true},
		{Selection{ContextRoot: other}, false},
		{Selection{StateRoot: other, Realm: "team"}, false},
	} {
		asked = 0
		tt.s.ClientRoot = fromClient
		s, err := Open(tt.s, 0)(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		metadata := s.Metadata()
		isBelow := strings.HasPrefix(metadata.Paths.Root, want.StateRoot)
		if (asked > 0) != tt.isAsked || isBelow != tt.isAsked || tt.s.Realm == "" && tt.isAsked && *metadata.RealmID != want.ID {
			t.Errorf("%+v: asked %d times, got realm %s in %s", tt.s, asked, *metadata.RealmID, metadata.Paths.Root)
		}
	}
	for _, path := range []string{filepath.Join(root, "missing"), filepath.Join(root, "file")} {
		if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		fromClient := func(context.Context) (string, error) { return path, nil }
		_, err := Open(Selection{ClientRoot: fromClient}, 0)(t.Context())
		if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "the client's first root") || strings.Contains(err.Error(), "--context-root") || strings.Contains(err.Error(), path) {
			t.Errorf("got %v, want a fault that names the client's root and no flag or path", err)
		}
	}
	refusal := errors.New("no answer")
	if _, err := Open(Selection{ClientRoot: func(context.Context) (string, error) { return "", refusal }}, 0)(t.Context()); err != refusal {
		t.Errorf("got %v, want the client's error", err)
	}
}

// When the client's first root becomes one of another realm, nothing is read or written
// any more, until it is one of the same realm again.
func TestOpen_clientRootChanges(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_DATA_HOME", home)
	a, b := t.TempDir(), t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(a, ".rkat"), 0o700), os.Mkdir(filepath.Join(a, "sub"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name      string
		s         Selection
		root      string
		isRefused bool
	}{
		{"the same root", Selection{}, a, false},
		{"another project", Selection{}, b, true},
		{"a project that does not exist", Selection{}, filepath.Join(b, "missing"), true},
		{"a named realm of another project", Selection{Realm: "team"}, b, true},
		{"a named realm below its project", Selection{Realm: "team"}, filepath.Join(a, "sub"), false},
		{"an isolated realm", Selection{Isolated: true}, b, true},
		{"an isolated realm below its project", Selection{Isolated: true}, filepath.Join(a, "sub"), false},
	} {
		root := a
		tt.s.ClientRoot = func(context.Context) (string, error) { return root, nil }
		s, err := Open(tt.s, 0)(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		root = tt.root
		_, loadErr := s.Load(t.Context())
		_, recordErr := s.Record(t.Context(), 1)
		_, listErr := s.List(t.Context(), 0, 1)
		_, headsErr := s.ListHeads(t.Context(), 0, 1)
		empty := store.State{Version: store.Empty(), Next: 1}
		swapErr := s.CompareAndSwap(t.Context(), empty.Version, storetest.Commit(empty, "a = 1\n"))
		for i, err := range []error{loadErr, recordErr, listErr, headsErr, store.CheckWritable(t.Context(), s), swapErr} {
			if refused := fault.Is(err, fault.Storage) && strings.Contains(err.Error(), "first root"); refused != tt.isRefused {
				t.Errorf("%s: call %d: got %v, want refused %t", tt.name, i, err, tt.isRefused)
			}
		}
		root = a
		if _, err := s.Load(t.Context()); err != nil {
			t.Errorf("%s: back again: %v", tt.name, err)
		}
		s.Close()
	}
}
