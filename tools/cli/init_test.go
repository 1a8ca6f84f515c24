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
		{"a file, a number, yes", "a.toml\n1\ny\n", ExitDone, `/a.toml"`},
		{"a file by its path, a number, yes", "./a\n1\ny\n", ExitDone, `/a"`},
		{"a directory, and not a file", "./\n", ExitUsage, ""},
		{"a path that a shell expands", "~/a.toml\n", ExitUsage, ""},
		{"the file of a realm", "realms/r/config.toml\n", ExitUsage, ""},
		{"no program", "team\n\n", ExitDone, ""},
		{"an unknown program", "team\nemacs\n", ExitUsage, ""},
		{"neither an id nor a path", "a team\n", ExitUsage, ""},
		{"the end", "", ExitRefused, ""},
	} {
		sh, project, home := newHostShell(t, Terminal{Interactive: true})
		if err := os.Mkdir(filepath.Join(home, ".qwen"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(project, "realms", "r", "config_state.json"), 0o700); err != nil {
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
			sh.wantStderr("realmconf: start Qwen Code in "+project+", or restart it if it runs; if it asks whether to trust the folder or the server, say yes, or it ignores the entry\n",
				"realmconf: then ask it, for example: ")
			continue
		}
		if tt.code == ExitDone {
			sh.wantStderr("realmconf: nothing was written\n")
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
	sh.wantRun(ExitRefused, commands(), flags...)
	sh.wantStderr("realm team in "+filepath.Join(project, "realms", "team")+", which does not exist yet", "1  qwen",
		"realmconf: nothing was written: this is no terminal, so --host NAME chooses one of them, and --yes says yes to what is written\n")
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
}

// Without a terminal and without a known program nothing can be chosen, and it says so.
func TestInit_noProgram(t *testing.T) {
	sh, _, _ := newHostShell(t, Terminal{})
	if code := sh.run("init"); code != ExitRefused {
		t.Errorf("exit %d, want %d", code, ExitRefused)
	}
	sh.wantStderr("realmconf: no program that starts realmconf was found here: realmconf host lists those that are known\n",
		"realmconf: nothing was written: ", "--host NAME", "--yes")
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
		{"a file", realm.Selection{File: file}, []string{"--file", file}, "realmconf: file " + file + ", which does not exist yet: the first change makes it\n", " get\n"},
	} {
		sh, project, _ := newHostShell(t, Terminal{})
		sh.session.Realm = tt.selected
		if code := sh.run(append([]string{"init", "--host", "qwen", "--yes"}, tt.args...)...); code != ExitDone {
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
