package realm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/fault"
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
	refusal := errors.New("no answer")
	if _, err := Open(Selection{ClientRoot: func(context.Context) (string, error) { return "", refusal }}, 0)(t.Context()); err != refusal {
		t.Errorf("got %v, want the client's error", err)
	}
}
