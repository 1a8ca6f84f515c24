package cli

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

// Each host's snippet names the program and its arguments where the host reads
// them.
func TestHosts_snippets(t *testing.T) {
	program, args := `C:\Program Files\realmconf.exe`, []string{"--realm", "te\"am", "--state-root", "/r ü"}
	type server struct {
		Command, Type string
		Args          []string
	}
	type settings struct {
		McpServers     map[string]server `toml:"mcp_servers"`
		Servers        map[string]server
		ContextServers map[string]server `json:"context_servers"`
	}
	for _, h := range hosts() {
		snippet := h.snippet(program, args)
		var got settings
		var err error
		if h.name == "codex" {
			err = toml.Unmarshal(snippet, &got)
		} else {
			err = json.Unmarshal(snippet, &got)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", h.name, err, snippet)
			continue
		}
		want := server{Command: program, Args: args}
		servers := got.McpServers
		switch h.name {
		case "vscode":
			servers, want.Type = got.Servers, "stdio"
		case "zed":
			servers = got.ContextServers
		}
		if diff := cmp.Diff(map[string]server{"realmconf": want}, servers); diff != "" {
			t.Errorf("%s (-want +got):\n%s", h.name, diff)
		}
		if !strings.HasSuffix(string(snippet), "\n") {
			t.Errorf("%s: the snippet has no line end", h.name)
		}
	}
}

func TestHosts_layout(t *testing.T) {
	for name, want := range map[string]string{
		"claude-code": "{\n  \"mcpServers\": {\n    \"realmconf\": {\n      \"args\": [\n        \"--realm\",\n        \"a\"\n      ],\n      \"command\": \"/bin/realmconf\"\n    }\n  }\n}\n",
		"codex":       "[mcp_servers.realmconf]\ncommand = \"/bin/realmconf\"\nargs = [\"--realm\",\"a\"]\n",
	} {
		sh := newShell(t, Terminal{})
		h, err := sh.session.findHost(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(h.snippet("/bin/realmconf", []string{"--realm", "a"})); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestHosts_sorted(t *testing.T) {
	if !slices.IsSortedFunc(hosts(), func(a, b host) int { return strings.Compare(a.name, b.name) }) {
		t.Error("the hosts are not sorted by name")
	}
}

func TestHost_run(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(0, "claude-code\nclaude-desktop\ncodex\ncursor\nvscode\nzed\n", "host")
	for _, h := range hosts() {
		if code := sh.run("host", h.name); code != 0 || !strings.Contains(sh.out.String(), "realmconf") {
			t.Errorf("%s: exit %d, %q", h.name, code, sh.out.String())
		}
		if want := "realmconf: this goes into " + h.place + "\n"; sh.stderr.String() != want {
			t.Errorf("%s: got %q, want %q", h.name, sh.stderr.String(), want)
		}
	}
	sh.wantRun(2, "", "host", "zet")
	sh.wantStderr(`realmconf: no host "zet": did you mean zed?`, "hint: realmconf help host")
	sh.wantRun(2, "", "host", "emacs-something")
	sh.wantStderr("the hosts are claude-code, claude-desktop, codex, cursor, vscode, zed")
}

// The server that a host starts opens the same files as the command.
func TestHost_flagsOfTheRealm(t *testing.T) {
	sh := newShell(t, Terminal{})
	for line, want := range map[string][]any{
		"--realm a --state-root /r --follow-links --realm-backend jsonl":       {"--realm", "a", "--state-root", "/r", "--follow-links", "--realm-backend", "jsonl"},
		"--realm a --state-root /r --follow-links=false --history -1":          {"--realm", "a", "--state-root", "/r", "--history", "-1"},
		"--isolated --state-root /r --realm-backend=memory":                    {"--isolated", "--state-root", "/r", "--realm-backend", "memory"},
		"--realm a --realm b --state-root /x --state-root=/r/../r --history=3": {"--realm", "b", "--state-root", "/r", "--history", "3"},
	} {
		if code := sh.run(append([]string{"host", "claude-code"}, strings.Fields(line)...)...); code != ExitDone {
			t.Errorf("%s: exit %d, %s", line, code, sh.stderr.String())
		}
		got, _, _ := tree.Pointer{"mcpServers", "realmconf", "args"}.Get(parseObject(t, sh.out.String()))
		if diff := cmp.Diff(any(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestHost_missingDirectories(t *testing.T) {
	sh := newShell(t, Terminal{})
	missing := filepath.Join(t.TempDir(), "a")
	sh.session.Realm.ContextRoot = missing
	sh.wantRun(ExitRefused, "", "host", "zed")
	sh.wantStderr("realmconf: --context-root " + missing + " does not exist: nothing was done\n")
	sh.session.Realm.ContextRoot, sh.session.Realm.StateRoot = "", filepath.Join(missing, "b")
	sh.wantRun(ExitRefused, "", "host", "zed")
	sh.wantStderr("realmconf: --state-root " + filepath.Join(missing, "b") + " does not exist: nothing was done\n")
}

func TestServerCommand_notUTF8(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(2, "", "host", "zed", "--realm", "a", "--state-root", "d\xff")
	sh.wantStderr("is not UTF-8 text, which a host's settings must be: use a directory with another name", "hint: realmconf help host")
}
