package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"realmconf/schema/tree"
)

// TestMain makes the test binary the program as well: "realmconf" in a script,
// or in exec.Command, is what main.go builds.
func TestMain(m *testing.M) {
	// Under the race detector each of the thousand short programs would wait for a
	// second at its end.
	_ = os.Setenv("GORACE", noRaceWait)
	testscript.Main(m, map[string]func(){"realmconf": main})
}

const noRaceWait = "atexit_sleep_ms=0"

// TestScripts runs the program as its users do.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", noRaceWait)
			return nil
		},
		UpdateScripts: os.Getenv("UPDATE") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"listing": listing},
	})
}

// listing DIR FILE writes into FILE all that a program could have changed below
// DIR: names, modes, times and bytes.
func listing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: listing DIR FILE")
	}
	var b strings.Builder
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		var text []byte
		if info.Mode().IsRegular() {
			if text, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(&b, "%s %s %s %q\n", name, info.Mode(), info.ModTime().Format(time.RFC3339Nano), text)
		return err
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

// at is the value at a pointer in a line of JSON.
func at(t *testing.T, line, pointer string) any {
	t.Helper()
	value, err := tree.Decode([]byte(line))
	if err != nil {
		t.Fatalf("not JSON: %v\n%s", err, line)
	}
	p, err := tree.ParsePointer(pointer)
	if err != nil {
		t.Fatal(err)
	}
	got, _, ok := p.Get(value)
	if !ok {
		t.Fatalf("nothing at %s in %s", pointer, line)
	}
	return got
}

// copyRealm makes a state root that holds a copy of testdata/realm as realm
// team, and returns the root and the copy's directory.
func copyRealm(t *testing.T) (stateRoot, dir string) {
	t.Helper()
	stateRoot = t.TempDir()
	dir = filepath.Join(stateRoot, "team")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "realm"))); err != nil {
		t.Fatal(err)
	}
	return stateRoot, dir
}

// wantOneLineChanged compares config.toml with the original: exactly one line
// may differ, and must be the one given.
func wantOneLineChanged(t *testing.T, dir, want string) {
	t.Helper()
	before := lines(t, filepath.Join("testdata", "realm", "config.toml"))
	after := lines(t, filepath.Join(dir, "config.toml"))
	if len(before) != len(after) {
		t.Fatalf("config.toml has %d lines, want %d", len(after), len(before))
	}
	var changed []string
	for i := range before {
		if before[i] != after[i] {
			changed = append(changed, after[i])
		}
	}
	if len(changed) != 1 || changed[0] != want {
		t.Errorf("changed lines: got %q, want only %q", changed, want)
	}
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(string(text), "\n")
}
