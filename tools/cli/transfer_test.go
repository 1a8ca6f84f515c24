package cli

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"realmconf/runtime/fault"
)

// exactText has what a parser and a printer would not keep, and a secret.
const exactText = "\ufeff# kept\r\n[rest]\r\nport = 0x2328 # the old one is taken\r\n\r\n[models]\r\nopenai   = 'gpt-5.5'\r\n[realm.team.auth.a]\r\nprovider = \"openai\"\r\nauth_method = \"api_key\"\r\nsource.kind = \"inline_secret\"\r\nsource.secret = \"hunter2-hunter2\""

func TestExport(t *testing.T) {
	sh := newShell(t, Terminal{})
	if code := sh.run("export"); code != ExitRefused {
		t.Errorf("a realm that does not exist: exit %d, want 1", code)
	}
	sh.wantStderr("does not exist yet")
	sh.writeText(exactText)
	sh.wantRun(ExitDone, exactText, "export")
	sh.wantStderr("has secrets in clear")
	sh.wantRun(ExitDone, exactText, "export", "-")

	dir := t.TempDir()
	file := filepath.Join(dir, "config.toml")
	for _, before := range []string{"", "an earlier text that is longer than the new one" + strings.Repeat(".", 1000)} {
		mode := os.FileMode(0o600)
		if before != "" {
			mode = 0o640
			if err := os.WriteFile(file, []byte(before), mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, mode); err != nil {
				t.Fatal(err)
			}
		}
		if code := sh.run("export", file); code != ExitDone {
			t.Fatalf("exit %d: %s", code, sh.stderr.String())
		}
		reply := parseObject(t, sh.out.String())
		if reply["generation"] != int64(1) || reply["bytes"] != int64(len(exactText)) || len(reply["sha256"].(string)) != 64 {
			t.Errorf("got %v", reply)
		}
		text, err := os.ReadFile(file)
		if err != nil || string(text) != exactText {
			t.Errorf("the file has %q, %v", text, err)
		}
		if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != mode {
			t.Errorf("got mode %v, %v; want %v", info.Mode(), err, mode)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the directory has %v, %v", entries, err)
	}
	if code := sh.run("export", dir); code != ExitUsage {
		t.Errorf("a directory: exit %d, want 2", code)
	}
	sh.wantStderr("not a regular file")
	link := filepath.Join(dir, "link.toml")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if code := sh.run("export", link); code != ExitUsage {
		t.Errorf("a link: exit %d, want 2", code)
	}
	sh.wantStderr("not a regular file")
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	if code := sh.run("export", filepath.Join(dir, "absent", "config.toml")); code != ExitUsage {
		t.Errorf("no directory: exit %d, want 2", code)
	}
}

// The text would be read by whoever chose the mode of a file that all may write, or that
// is another user's.
func TestExport_othersFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // which has no such modes
	}
	for what, plant := range map[string]func(file string) error{
		"all may write": func(file string) error { return os.Chmod(file, 0o666) },
		"another user's": func(file string) error {
			if os.Geteuid() != 0 {
				return nil // only the administrator gives files away: then its mode, 0600, stays
			}
			return errors.Join(os.Chown(file, 12345, 12345), os.Chmod(file, 0o644))
		},
	} {
		sh := newShell(t, Terminal{})
		sh.writeText(exactText)
		file := filepath.Join(t.TempDir(), "config.toml")
		if err := errors.Join(os.WriteFile(file, nil, 0o600), plant(file)); err != nil {
			t.Fatal(err)
		}
		if code := sh.run("export", file); code != ExitDone {
			t.Fatalf("%s: exit %d: %s", what, code, sh.stderr.String())
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: got mode %v, %v; want 0600", what, info.Mode(), err)
		}
	}
}

// A text that is not TOML is exported, too: a person repairs it.
func TestExport_broken(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.writeText("[rest\nport = 1\n")
	sh.wantRun(ExitDone, "[rest\nport = 1\n", "export")
}

func TestExport_terminal(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	sh.writeText(exactText)
	sh.wantRun(ExitUsage, "", "export")
	sh.wantStderr("standard output is a terminal", "realmconf get --stored")
	sh.wantRun(ExitDone, exactText, "export", "-")
	file := filepath.Join(t.TempDir(), "config.toml")
	sh.wantRun(ExitDone, "generation 1 is in "+file+"\n", "export", file)
}

// importFile runs import with a text in a file.
func (sh *shell) importFile(text string, flags ...string) int {
	sh.t.Helper()
	file := filepath.Join(sh.t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		sh.t.Fatal(err)
	}
	return sh.run(append([]string{"import", file}, flags...)...)
}

func TestImport(t *testing.T) {
	sh := newShell(t, Terminal{})
	if code := sh.importFile(exactText, "--reason", "abc123"); code != ExitDone {
		t.Fatalf("a new realm: exit %d: %s", code, sh.stderr.String())
	}
	sh.wantText(exactText)
	if reply := parseObject(t, sh.out.String()); reply["generation"] != int64(1) || reply["changed"] != true {
		t.Errorf("got %v", reply)
	}
	if strings.Contains(sh.out.String()+sh.stderr.String(), "hunter2") {
		t.Error("the secret was printed")
	}
	if sh.run("history", "--limit", "1"); !strings.Contains(sh.out.String(), `"reason":"abc123"`) {
		t.Errorf("the history has %s", sh.out.String())
	}

	const next = "[rest]\nport = 1\n"
	for _, tt := range []struct {
		name  string
		text  string
		flags []string
		code  int
		text2 string // a part of standard error
	}{
		{"without a generation", next, nil, ExitUsage, "needs --expected-generation"},
		{"of another generation", next, []string{"--expected-generation", "0"}, ExitConflict, "1 is current"},
		{"of a later generation", next, []string{"--expected-generation", "7"}, ExitConflict, "1 is current"},
		{"not TOML", "[rest\n", []string{"--expected-generation", "1"}, ExitUsage, "line 1, column 6"},
		{"not valid", "[rest]\nprot = 1\n", []string{"--expected-generation", "1"}, ExitRefused, `line 2: /rest/prot`},
		{"no key", "# nothing\n", []string{"--expected-generation", "1"}, ExitRefused, "return every key to its default"},
		{"a token", "[realm.team.auth.a]\nprovider = \"openai\"\nauth_method = \"api_key\"\nsource.kind = \"inline_secret\"\nsource.secret = \"realmconf-secret:1:/realm/team/auth/a/source/secret\"\n", []string{"--expected-generation", "1"}, ExitRefused, "/realm/team/auth/a/source/secret"},
		{"too long", "# " + strings.Repeat("x", 1<<20), []string{"--expected-generation", "1"}, ExitRefused, "1048576 bytes"},
		{"far too long", "# " + strings.Repeat("x", 9<<20), []string{"--expected-generation", "1"}, ExitRefused, "bytes that are allowed"},
		{"an effect that is no dry run", next, []string{"--expected-generation", "1", "--effective"}, ExitUsage, "add --dry-run"},
	} {
		if code := sh.importFile(tt.text, tt.flags...); code != tt.code {
			t.Errorf("%s: exit %d, want %d\n%s", tt.name, code, tt.code, sh.stderr.String())
		}
		sh.wantStderr(tt.text2)
		sh.wantText(exactText)
	}

	if code := sh.importFile(next, "--dry-run"); code != ExitDone {
		t.Errorf("a dry run: exit %d: %s", code, sh.stderr.String())
	}
	reply := parseObject(t, sh.out.String())
	if changes, _ := reply["changes"].([]any); reply["dry_run"] != true || reply["generation"] != int64(1) || len(changes) == 0 {
		t.Errorf("a dry run: got %v", reply)
	}
	sh.wantText(exactText)

	sh.session.Stdin = strings.NewReader(next)
	if code := sh.run("import", "-", "--expected-generation", "1"); code != ExitDone {
		t.Errorf("standard input: exit %d: %s", code, sh.stderr.String())
	}
	sh.wantText(next)
	if code := sh.importFile(next, "--expected-generation", "2"); code != ExitDone || parseObject(t, sh.out.String())["changed"] != false {
		t.Errorf("the same text: exit %d: %s", code, sh.out.String())
	}
}

// On a terminal, a dry run is a plan.
func TestImport_plan(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	sh.writeText("[rest]\nport = 1\n[agent]\ntemperature = 0.5\n")
	if code := sh.importFile("[rest]\nport = 2\n[agent]\ntemperature = 0.5\n", "--dry-run"); code != ExitDone {
		t.Fatalf("exit %d: %s", code, sh.stderr.String())
	}
	sh.wantStdout("--- generation 1\n+++ dry run: nothing was written\n-/rest/port = 1\n+/rest/port = 2\n")
}

func TestImport_readOnly(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.session.Writes.ReadOnly = true
	if code := sh.importFile("[rest]\nport = 1\n"); code != ExitRefused {
		t.Errorf("exit %d, want 1", code)
	}
	sh.wantStderr("--read-only")
	sh.wantText("")
}

// An import that names no generation makes a realm; it does not write over one that
// another program has made after the look.
func TestImport_madeMeanwhile(t *testing.T) {
	sh := newShell(t, Terminal{})
	w := &writeFlags{}
	expected, err := sh.session.importBase(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	sh.writeText("[rest]\nport = 7\n")
	if _, err := sh.session.replace(t.Context(), []byte("[rest]\nport = 1\n"), expected, w); !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("got %v, want a conflict", err)
	}
	sh.wantText("[rest]\nport = 7\n")
}
