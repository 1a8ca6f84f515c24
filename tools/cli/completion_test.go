package cli

import (
	"slices"
	"strings"
	"testing"
)

// complete returns the candidates for the last word.
func (sh *shell) complete(words ...string) []string {
	sh.t.Helper()
	if code := sh.run(append([]string{"__complete"}, words...)...); code != 0 || sh.stderr.Len() > 0 {
		sh.t.Errorf("__complete %q: exit %d, %s", words, code, sh.stderr.String())
	}
	var list []string
	for line := range strings.Lines(sh.out.String()) {
		word, _, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !found {
			sh.t.Errorf("__complete %q: the line %q has no tab", words, line)
		}
		list = append(list, word)
	}
	return list
}

func TestComplete(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.writeText("[self_hosted.servers.mine]\nbase_url = \"http://localhost:1\"\n[rest]\nport = 1\n")
	sh.run("set-key", "/rest/port", "2")
	for _, tt := range []struct {
		words []string
		want  []string // candidates; "…" at the end: there are more
	}{
		{[]string{""}, []string{"get", "schema", "history", "…"}},
		{[]string{"se"}, []string{"set-key", "set"}},
		{[]string{"__"}, nil},
		{[]string{"-"}, []string{"--history", "--isolated", "--realm", "--realm-backend", "--state-root"}},
		{[]string{"--re"}, []string{"--realm", "--realm-backend"}},
		{[]string{"patch", "--re"}, []string{"--realm", "--realm-backend", "--reason"}},
		{[]string{"get", "--"}, []string{"--format", "--history", "--isolated", "--json", "--realm", "--realm-backend", "--state-root", "--stored", "--with-generation"}},
		{[]string{"--realm", ""}, nil},
		{[]string{"--realm-backend", ""}, []string{"sqlite", "jsonl", "memory"}},
		{[]string{"--realm-backend", "j"}, []string{"jsonl"}},
		{[]string{"--realm-backend=s"}, []string{"--realm-backend=sqlite"}},
		{[]string{"get", "--format", ""}, []string{"toml", "json"}},
		{[]string{"get", "--format=t"}, []string{"--format=toml"}},
		{[]string{"get", "/agent/mo"}, []string{"/agent/model"}},
		{[]string{"get", "/rest"}, []string{"/rest/host", "/rest/port"}},
		{[]string{"get", "/self_hosted/servers/"}, []string{"/self_hosted/servers/mine"}},
		{[]string{"get", "--realm", "a", "/self_hosted/servers/m"}, []string{"/self_hosted/servers/mine"}},
		{[]string{"get", "--isolated", "/self_hosted/servers/m"}, []string{"/self_hosted/servers/mine"}},
		{[]string{"get", "--realm=a", "/self_hosted/servers/m"}, []string{"/self_hosted/servers/mine"}},
		{[]string{"get", "agent"}, nil},
		{[]string{"get", "/agent", ""}, nil},
		{[]string{"schema", "/rest/p"}, []string{"/rest/port"}},
		{[]string{"watch", "/rest/p"}, []string{"/rest/port"}},
		{[]string{"unset-key", "/rest/p"}, []string{"/rest/port"}},
		{[]string{"set-key", "/rest/p"}, []string{"/rest/port"}},
		{[]string{"set-key", "/shell/security_mode", ""}, []string{"unrestricted", "allow_list", "deny_list"}},
		{[]string{"set-key", "/shell/security_mode", "al"}, []string{"allow_list"}},
		{[]string{"set-key", "/tools/shell_enabled", ""}, []string{"true", "false"}},
		{[]string{"set-key", "/agent/model", ""}, nil},
		{[]string{"set-key", "not a pointer", ""}, nil},
		{[]string{"set-key", "/rest/port", "1", ""}, nil},
		{[]string{"rollback", ""}, []string{"2", "1"}},
		{[]string{"diff", "1", ""}, []string{"2", "1"}},
		{[]string{"diff", "1", "2", ""}, nil},
		{[]string{"call", "config/g"}, []string{"config/get"}},
		{[]string{"call", "config/get", ""}, nil},
		{[]string{"host", "c"}, []string{"claude-code", "claude-desktop", "codex", "cursor"}},
		{[]string{"completion", ""}, []string{"bash", "zsh", "fish"}},
		{[]string{"help", "ver"}, []string{"version"}},
		{[]string{"help", "__"}, nil},
		{[]string{"edit", ""}, nil},
		{[]string{"patch", ""}, nil},
		{[]string{"nonsense", ""}, nil},
		{[]string{"get", "--nonsense", ""}, []string{"/agent", "…"}},
		{nil, []string{"get", "…"}},
	} {
		got := sh.complete(tt.words...)
		if n := len(tt.want) - 1; n >= 0 && tt.want[n] == "…" && len(got) > n {
			got, tt.want = got[:n], tt.want[:n]
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.words, got, tt.want)
		}
	}
}

func TestComplete_descriptions(t *testing.T) {
	sh := newShell(t, Terminal{})
	for words, want := range map[string]string{
		"get /agent/mod": "/agent/model\tThe model",
		"patch --reas":   "--reason\twhy, in one sentence",
		"call config/g":  "config/get\tRead configuration\n",
		"host vs":        "vscode\t.vscode/mcp.json",
		"edi":            "edit\tedit the configuration",
	} {
		sh.run(append([]string{"__complete"}, strings.Fields(words)...)...)
		if !strings.HasPrefix(sh.out.String(), want) {
			t.Errorf("%s: got %q, want %q", words, sh.out.String(), want)
		}
	}
}

// Completion of a realm that cannot be read has no candidates, and is no error.
func TestComplete_unreadable(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.writeText("broken =")
	if got := sh.complete("get", "/self_hosted/servers/m"); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

// Every command whose arguments can be listed completes them.
func TestCommands_completers(t *testing.T) {
	withoutCompletion := []string{"history", "patch", "set", "edit", "doctor", "version", "__complete"}
	for _, c := range commands() {
		if slices.Contains(withoutCompletion, c.name) != (c.complete == nil) {
			t.Errorf("%s: completes its arguments: %v", c.name, c.complete != nil)
		}
	}
}

func TestCompletion_scripts(t *testing.T) {
	sh := newShell(t, Terminal{})
	for name, part := range map[string]string{
		"bash": "complete -o nospace -o bashdefault -o default -F _realmconf realmconf\n",
		"zsh":  "#compdef realmconf\n",
		"fish": "complete -c realmconf -n '__fish_seen_subcommand_from set' -F\n",
	} {
		if code := sh.run("completion", name); code != 0 || !strings.Contains(sh.out.String(), part) || !strings.Contains(sh.out.String(), " __complete ") {
			t.Errorf("%s: exit %d, %q, want %q in it", name, code, sh.out.String(), part)
		}
		if strings.Contains(sh.out.String(), "FILE_COMMANDS") {
			t.Errorf("%s: the script has a placeholder", name)
		}
	}
	sh.wantRun(2, "", "completion", "tcsh")
	sh.wantStderr(`no completion for "tcsh": the shells are bash, zsh and fish`)
	sh.wantRun(2, "", "completion")
	sh.wantStderr("completion takes bash|zsh|fish")
}
