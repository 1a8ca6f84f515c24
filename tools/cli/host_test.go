package cli

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/hosts"
)

// Each host's snippet names the program and its arguments where the host reads
// them.
func TestHost_snippets(t *testing.T) {
	program, args := `C:\Program Files\realmconf.exe`, []string{"--realm", "te\"am", "--state-root", "/r ü"}
	type server struct {
		Command any
		Type    string
		Args    []string
	}
	type settings struct {
		McpServers     map[string]server `toml:"mcp_servers"`
		Servers        map[string]server
		ContextServers map[string]server `json:"context_servers"`
		Mcp            map[string]server
	}
	for _, h := range hosts.Known() {
		for _, place := range h.Places {
			snippet := h.Snippet(place, hosts.Server{Program: program, Args: args})
			var got settings
			var err error
			switch {
			case h.Name == "codex":
				err = toml.Unmarshal(snippet, &got)
			case h.IsJSON():
				err = json.Unmarshal(snippet, &got)
			default: // a JSON string and list are YAML, too
				for _, text := range []string{`: "C:\\Program Files\\realmconf.exe"`, `args: ["--realm","te\"am","--state-root","/r ü"]`} {
					if !strings.Contains(string(snippet), text) {
						t.Errorf("%s: got %s, want %s in it", h.Name, snippet, text)
					}
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v\n%s", h.Name, err, snippet)
				continue
			}
			want := server{Command: program, Args: args}
			servers := got.McpServers
			switch h.Name {
			case "vscode":
				servers, want.Type = got.Servers, "stdio"
			case "crush":
				servers, want.Type = got.Mcp, "stdio"
			case "opencode":
				words := []any{program}
				for _, word := range args {
					words = append(words, word)
				}
				servers, want = got.Mcp, server{Command: words, Type: "local"}
			case "zed":
				servers = got.ContextServers
			case "copilot":
				if !place.IsProject() {
					want.Type = "local"
				}
			}
			if diff := cmp.Diff(map[string]server{"realmconf": want}, servers); diff != "" {
				t.Errorf("%s (-want +got):\n%s", h.Name, diff)
			}
		}
	}
}

// newHostShell returns a shell on a machine without hosts, for a realm in a new
// directory.
func newHostShell(t *testing.T, terminal Terminal) (sh *shell, project, home string) {
	t.Helper()
	sh = newShell(t, terminal)
	project, home = t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("PATH", "")
	t.Setenv("XDG_DATA_HOME", "")
	t.Chdir(project)
	return sh, project, home
}

func TestHost_print(t *testing.T) {
	sh, _, _ := newHostShell(t, Terminal{})
	for _, h := range hosts.Known() {
		if code := sh.run("host", h.Name); code != 0 || !strings.Contains(sh.out.String(), "realmconf") {
			t.Errorf("%s: exit %d, %q", h.Name, code, sh.out.String())
		}
		sh.wantStderr("put this into " + h.Places[0].String())
	}
	sh.run("host", "codex", "--realm", "te-am", "--state-root", "x y")
	sh.wantStderr("run: codex mcp add realmconf -- /", " --realm te-am --state-root '/", "x y'\n", "approval_mode")
	sh.run("host", "copilot", "--user")
	sh.wantStderr("put this into ~/.copilot/mcp-config.json, or let realmconf host copilot --write --user do it\n")
	if !strings.Contains(sh.out.String(), `"type": "local"`) {
		t.Errorf("got %s, want the form of the user's file", sh.out.String())
	}
	sh.wantRun(ExitUsage, "", "host", "vscode", "--user")
	sh.wantStderr("VS Code has only a project's settings here: leave --user out")
	sh.wantRun(ExitUsage, "", "host", "--write")
	sh.wantRun(ExitUsage, "", "host", "zet")
	sh.wantStderr(`realmconf: no host "zet": did you mean zed?`, "hint: realmconf help host")
	sh.wantRun(ExitUsage, "", "host", "emacs-something")
	sh.wantStderr("the hosts are claude-code, claude-desktop, cline, codex, continue,")
}

// Each way to add the entry says for whom it is, and several that one is enough.
func TestHost_ways(t *testing.T) {
	const all, you, here = "realmconf: for all who use this project's files: ", "realmconf: for you, in all projects: ", "realmconf: for you, in this project only: "
	sh, _, _ := newHostShell(t, Terminal{})
	for _, h := range hosts.Known() {
		ways := len(h.Places)
		if h.AddCommand(hosts.Server{}, shellWord) != "" {
			ways++
		}
		sh.wantRunOK("host", h.Name)
		text := sh.stderr.String()
		if got := strings.Count(text, all) + strings.Count(text, you) + strings.Count(text, here); got != ways {
			t.Errorf("%s: %d ways have their user, want %d\n%s", h.Name, got, ways, text)
		}
		if strings.Contains(text, "realmconf: one of these is enough:\n") != (ways > 1) {
			t.Errorf("%s has %d ways: got %s", h.Name, ways, text)
		}
	}
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"claude-code"}, []string{all + "put this into .mcp.json in the project's directory, or let realmconf host claude-code --write do it\n", here + "run: claude mcp add realmconf -- /"}},
		{[]string{"codex"}, []string{all + "put this into .codex/", you + "realmconf host codex --user prints the entry for ~/.codex/config.toml, and with --write puts it there\n", you + "run: codex mcp add"}},
		{[]string{"gemini-cli"}, []string{all + "run: gemini mcp add"}},
		{[]string{"codex", "--user"}, []string{you + "put this into ~/.codex/config.toml, or let realmconf host codex --write --user do it\n", you + "run: codex mcp add"}},
		{[]string{"cline"}, []string{you + "put this into ~/.cline/data/settings/cline_mcp_settings.json, or let realmconf host cline --write do it\n", you + "run: cline mcp add"}},
		{[]string{"goose"}, []string{you + "put this into ~/.config/goose/config.yaml, or let realmconf host goose --write do it\n"}},
	} {
		sh.wantRunOK(append([]string{"host"}, tt.args...)...)
		sh.wantStderr(tt.want...)
	}
}

// A host that refuses tools that write is told of all of them.
func TestHost_writingTools(t *testing.T) {
	for _, h := range hosts.Known() {
		if !strings.Contains(h.Writes, "config_") {
			continue
		}
		for _, o := range []tools.Name{tools.Patch, tools.Set, tools.Revert, tools.Rollback} {
			if name := o.Tool(); !strings.Contains(h.Writes, name) {
				t.Errorf("%s: %s is missing in %q", h.Name, name, h.Writes)
			}
		}
	}
	codex, _ := hosts.Find("codex")
	if !strings.Contains(codex.Writes, `default_tools_approval_mode = "approve"`) {
		t.Errorf("got %q, want the setting for all tools", codex.Writes)
	}
}

// The list has the hosts that the machine has, first.
func TestHost_list(t *testing.T) {
	sh, project, home := newHostShell(t, Terminal{})
	if err := os.Mkdir(filepath.Join(home, ".qwen"), 0o700); err != nil {
		t.Fatal(err)
	}
	sh.wantRunOK("host")
	list := parseObject(t, sh.out.String())["hosts"].([]any)
	first := list[0].(tree.Object)
	want := tree.Object{"name": "qwen", "title": "Qwen Code", "found": filepath.Join(home, ".qwen"),
		"settings": []any{filepath.Join(project, ".qwen", "settings.json"), filepath.Join(home, ".qwen", "settings.json")}}
	if diff := cmp.Diff(want, first); diff != "" || len(list) != len(hosts.Known()) {
		t.Errorf("%d hosts, the first (-want +got):\n%s", len(list), diff)
	}
	if _, found := list[1].(tree.Object)["found"]; found {
		t.Errorf("got %v, which the machine does not have", list[1])
	}
	sh.session.Terminal = &Terminal{Interactive: true}
	sh.wantRunOK("host")
	if lines := strings.Split(sh.out.String(), "\n"); !strings.HasPrefix(lines[1], "qwen ") {
		t.Errorf("got %q", lines[:2])
	}
}

// wantRunOK runs a command line that must succeed.
func (sh *shell) wantRunOK(args ...string) {
	sh.t.Helper()
	if code := sh.run(args...); code != ExitDone {
		sh.t.Errorf("%q: exit %d\n%s", args, code, sh.stderr.String())
	}
}

// Settings are written after a yes only, and the difference is shown before.
func TestHost_write(t *testing.T) {
	const before = "{\n  // mine\n  \"mcpServers\": {\n    \"other\": {\"env\": {\"KEY\": \"secret\"}}\n  }\n}\n"
	for _, tt := range []struct {
		name, typed string
		isTerminal  bool
		args        []string
		isWritten   bool
	}{
		{"in a pipe", "", false, nil, false},
		{"in a pipe with a yes in it", "y\n", false, nil, false},
		{"no", "n\n", true, nil, false},
		{"an empty line", "\n", true, nil, false},
		{"the end", "", true, nil, false},
		{"yes", "y\n", true, nil, true},
		{"--yes", "", false, []string{"--yes"}, true},
	} {
		sh, project, _ := newHostShell(t, Terminal{Interactive: tt.isTerminal})
		sign := ""
		if tt.isTerminal {
			sign = "+" // the whole difference, with the secrets of other servers in it
		}
		path := filepath.Join(project, ".mcp.json")
		if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		sh.session.Stdin = strings.NewReader(tt.typed)
		sh.session.isTerminal = func(any) bool { return tt.isTerminal }
		code := sh.run(append([]string{"host", "claude-code", "--write"}, tt.args...)...)
		after, err := os.ReadFile(path)
		if err != nil || (string(after) != before) != tt.isWritten || (code == ExitDone) != tt.isWritten {
			t.Errorf("%s: exit %d, written %q, %v\n%s", tt.name, code, after, err, sh.stderr.String())
		}
		if out := sh.out.String(); !strings.Contains(out, sign+`    "realmconf": {`) || strings.Contains(out, "secret") != tt.isTerminal {
			t.Errorf("%s: got %s", tt.name, out)
		}
		if !tt.isWritten {
			sh.wantStderr("nothing was written")
			continue
		}
		if !strings.Contains(string(after), "// mine") || !strings.Contains(string(after), `"--state-root"`) {
			t.Errorf("%s: got %s", tt.name, after)
		}
		sh.wantRunOK("host", "claude-code", "--write")
		sh.wantStderr("nothing to change: " + path + " has the entry already\n")
	}
}

// An error about a host's settings gives no advice about the realm.
func TestHost_settingsErrors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(path string) error // before the question
		answer func(path string) error // while it is asked
		code   int
		want   string
	}{
		{"changed meanwhile", nil, func(path string) error { return os.WriteFile(path, []byte("{ }"), 0o600) }, ExitConflict, " was changed meanwhile, so nothing was written: repeat the command\n"},
		{"protected", func(path string) error { return os.Chmod(path, 0o400) }, nil, ExitRefused, " is protected against writing: allow that first, as with chmod u+w, or put the entry there yourself\n"},
		{"no directory", func(path string) error {
			return errors.Join(os.Remove(path), os.Remove(filepath.Dir(path)), os.WriteFile(filepath.Dir(path), nil, 0o600))
		}, nil, ExitStorage, ": put the entry there yourself\n"},
	} {
		sh, project, _ := newHostShell(t, Terminal{Interactive: true})
		path := filepath.Join(project, ".cursor", "mcp.json")
		if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("{}"), 0o600)); err != nil {
			t.Fatal(err)
		}
		if tt.change != nil {
			if err := tt.change(path); err != nil {
				t.Fatal(err)
			}
		}
		sh.session.isTerminal = func(any) bool { return true }
		answer := sync.OnceFunc(func() {
			if tt.answer == nil {
				t.Errorf("%s: a question", tt.name)
			} else if err := tt.answer(path); err != nil {
				t.Error(err)
			}
		})
		typed := strings.NewReader("y\n")
		sh.session.Stdin = readerFunc(func(p []byte) (int, error) {
			answer()
			return typed.Read(p)
		})
		if code := sh.run("host", "cursor", "--write"); code != tt.code {
			t.Errorf("%s: exit %d, want %d", tt.name, code, tt.code)
		}
		if text := sh.stderr.String(); !strings.HasSuffix(text, tt.want) || !strings.Contains(text, path) {
			t.Errorf("%s: got %q, want %q at the end", tt.name, text, tt.want)
		}
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A path that the host would expand is refused before it is printed or written.
func TestHost_expandedPath(t *testing.T) {
	sh, _, _ := newHostShell(t, Terminal{})
	root := filepath.Join(t.TempDir(), "a$HOME")
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	flags := []string{"--realm", "team", "--state-root", root}
	for _, words := range [][]string{{"host", "gemini-cli"}, {"host", "gemini-cli", "--write", "--yes"}, {"init", "--host", "gemini-cli", "--yes"}} {
		sh.session.Realm.Realm, sh.session.Realm.StateRoot = "team", root
		if code := sh.run(append(words, flags...)...); code != ExitRefused || sh.out.Len() > 0 {
			t.Errorf("%q: exit %d, %q", words, code, sh.out.String())
		}
		sh.wantStderr("has $, which Gemini CLI takes for a variable in its settings: use a directory with another name\n")
	}
	sh.wantRunOK(append([]string{"host", "codex"}, flags...)...)
}

func TestHost_noHome(t *testing.T) {
	sh, _, _ := newHostShell(t, Terminal{})
	t.Setenv("HOME", "")
	t.Setenv("USERPROFILE", "")
	sh.wantRun(ExitRefused, "", "host", "cursor", "--state-root", t.TempDir())
	sh.wantStderr("realmconf: the home directory is not known: set HOME, or USERPROFILE on Windows\n")
	if strings.Contains(sh.stderr.String(), "hint") {
		t.Errorf("got %s", sh.stderr.String())
	}
}

// In a directory below that of the realms the settings are for hosts that start there.
func TestHost_subdirectory(t *testing.T) {
	sh, project, home := newHostShell(t, Terminal{})
	sub := filepath.Join(project, "a", "b")
	if err := errors.Join(os.Mkdir(filepath.Join(project, ".rkat"), 0o700), os.MkdirAll(sub, 0o700)); err != nil {
		t.Fatal(err)
	}
	const told = "which is for programs that start there; the project's directory is "
	above := " is in a subdirectory, " + told + project + ": run this there for those that start there"
	for _, tt := range []struct {
		dir    string
		args   []string
		isTold bool
	}{
		{sub, []string{"host", "claude-code"}, true},
		{sub, []string{"host", "claude-code", "--write", "--yes"}, true},
		{sub, []string{"init", "--host", "cursor", "--yes"}, true},
		{sub, []string{"host", "cline"}, false},
		{project, []string{"host", "claude-code"}, false},
	} {
		t.Chdir(tt.dir)
		sh.wantRunOK(tt.args...)
		if got := strings.Contains(sh.stderr.String(), above); got != tt.isTold || strings.Contains(sh.stderr.String(), told) != tt.isTold {
			t.Errorf("%q in %s: got %s", tt.args, tt.dir, sh.stderr.String())
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(home, ".rkat"), 0o700), os.Mkdir(filepath.Join(home, "x"), 0o700)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(home, "x"))
	sh.wantRunOK("host", "claude-code")
	if strings.Contains(sh.stderr.String(), told) { // it has the user's own configuration
		t.Errorf("below the home directory: got %s", sh.stderr.String())
	}
}

// YAML with other settings is not written: the entry is printed, and where it goes.
func TestHost_writeYAML(t *testing.T) {
	for _, tt := range []struct{ host, entry string }{
		{"goose", "extensions:\n  realmconf:\n"},
		{"continue", "name: realmconf\n"},
	} {
		sh, _, home := newHostShell(t, Terminal{})
		t.Setenv("XDG_CONFIG_HOME", "")
		h, _ := hosts.Find(tt.host)
		path := h.Places[0].In(hosts.Machine{System: runtime.GOOS, Project: ".", Home: home, Getenv: os.Getenv})
		const theirs = "# see wiki\nmcpServers:\n  - name: other # keep\n"
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(theirs), 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"host", tt.host, "--write", "--yes"}, {"init", "--host", tt.host, "--yes"}} {
			if code := sh.run(args...); code != ExitRefused || !strings.HasPrefix(sh.out.String(), tt.entry) {
				t.Errorf("%q: exit %d, %s", args, code, sh.out.String())
			}
			sh.wantStderr(": put this into "+h.Places[0].String()+"\n", "realmconf: nothing was written: ", path+" is YAML with other settings, which is not edited here: put the entry there yourself\n")
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != theirs {
			t.Errorf("%s: got %q, %v, want the file as it was", tt.host, text, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		sh.wantRunOK("host", tt.host)
		sh.wantStderr(": put this into " + h.Places[0].String() + ", or let realmconf host " + tt.host + " --write do it\n")
		sh.wantRunOK("init", "--host", tt.host, "--yes")
		if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), tt.entry) {
			t.Errorf("%s: got %q, %v, want the entry", tt.host, text, err)
		}
	}
}
