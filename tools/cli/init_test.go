package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/realm"
)

// A person answers three questions, and the entry is written.
func TestInit_asks(t *testing.T) {
	for _, tt := range []struct {
		name, typed string
		code        int
		realm       string // in the settings; "" if nothing is written
	}{
		{"a realm, a number, yes", "team\n1\ny\n", ExitDone, `"team"`},
		{"the project's realm, a name, yes", "\nqwen\ny\n", ExitDone, `"--context-root"`},
		{"no", "team\n1\nn\n", ExitRefused, ""},
		{"no program", "team\n\n", ExitDone, ""},
		{"an unknown program", "team\nemacs\n", ExitUsage, ""},
		{"an id that is none", "../x\n", ExitUsage, ""},
		{"the end", "", ExitRefused, ""},
	} {
		sh, project, home := newHostShell(t, Terminal{Interactive: true})
		if err := os.Mkdir(filepath.Join(home, ".qwen"), 0o700); err != nil {
			t.Fatal(err)
		}
		sh.session.Stdin = strings.NewReader(tt.typed)
		sh.session.isTerminal = func(any) bool { return true }
		if code := sh.run("init"); code != tt.code {
			t.Errorf("%s: exit %d, want %d\n%s", tt.name, code, tt.code, sh.stderr.String())
		}
		text, err := os.ReadFile(filepath.Join(project, ".qwen", "settings.json"))
		if (err == nil) != (tt.realm != "") || !strings.Contains(string(text), tt.realm) {
			t.Errorf("%s: written %q, %v", tt.name, text, err)
		}
		if _, err := os.Stat(filepath.Join(project, ".rkat")); err == nil {
			t.Errorf("%s: the realm was made", tt.name)
		}
		if tt.code == ExitDone && !strings.HasSuffix(sh.out.String(), "doctor\n") {
			t.Errorf("%s: got %s, want commands to try", tt.name, sh.out.String())
		}
		if tt.realm != "" {
			sh.wantStderr("start Qwen Code in " + project + ", and ask it, for example: ")
		}
	}
}

// Without a terminal flags answer, and nothing is written without --yes.
func TestInit_flags(t *testing.T) {
	sh, project, home := newHostShell(t, Terminal{})
	if err := os.Mkdir(filepath.Join(home, ".qwen"), 0o700); err != nil {
		t.Fatal(err)
	}
	sh.session.Realm.Realm, sh.session.Realm.StateRoot = "team", filepath.Join(project, "realms")
	flags := []string{"init", "--realm", "team", "--state-root", sh.session.Realm.StateRoot}
	commands := func() string {
		at := " --realm team --state-root " + shellWord(sh.session.Realm.StateRoot)
		return "realmconf" + at + " get /agent\nrealmconf" + at + " set-key /agent/max_turns 40 --dry-run\nrealmconf" + at + " doctor\n"
	}
	sh.wantRun(ExitDone, commands(), flags...)
	sh.wantStderr("realm team in "+filepath.Join(project, "realms", "team")+", which does not exist yet", "qwen", "--host NAME chooses one of them")
	file := filepath.Join(project, ".vscode", "mcp.json")
	if code := sh.run(append(flags, "--host", "vscode")...); code != ExitRefused {
		t.Errorf("without --yes: exit %d", code)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("written without a yes")
	}
	if code := sh.run(append(flags, "--host", "vscode", "--yes")...); code != ExitDone {
		t.Errorf("exit %d\n%s", code, sh.stderr.String())
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), `"team"`) {
		t.Errorf("got %q, %v", text, err)
	}
	sh.wantRunOK(append(flags, "--host", "goose")...)
	if !strings.HasPrefix(sh.out.String(), "extensions:\n") {
		t.Errorf("got %s, want the entry for goose", sh.out.String())
	}
}

// With a file no realm is asked for, and no directory of one is named.
func TestInit_file(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.toml")
	for _, tt := range []struct {
		name     string
		selected realm.Selection
		args     []string
		stderr   string
		stdout   string
	}{
		{"a file", realm.Selection{File: file}, []string{"--file", file}, "realmconf: file " + file + "\n", " get\n"},
	} {
		sh, project, _ := newHostShell(t, Terminal{})
		sh.session.Realm = tt.selected
		flags := serverFlags()
		flags.String("store", "", "the `URL` of a store")
		flags.String("file", "", "a TOML `file`")
		if code := sh.runWith(flags, append([]string{"init", "--host", "qwen", "--yes"}, tt.args...)...); code != ExitDone {
			t.Errorf("%s: exit %d", tt.name, code)
		}
		sh.wantStderr(tt.stderr)
		if strings.Contains(sh.stderr.String(), ".rkat") || !strings.Contains(sh.out.String(), tt.stdout) {
			t.Errorf("%s: got %s and %s", tt.name, sh.out.String(), sh.stderr.String())
		}
		text, err := os.ReadFile(filepath.Join(project, ".qwen", "settings.json"))
		if last := tt.args[len(tt.args)-1]; err != nil || !strings.Contains(string(text), last) || strings.Contains(string(text), "--context-root") {
			t.Errorf("%s: written %q, %v", tt.name, text, err)
		}
	}
}
