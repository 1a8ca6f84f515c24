package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
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
	sh.writeText("[self_hosted.servers.mine]\nbase_url = \"http://localhost:1\"\n[rest]\nport = 1\n[[hooks.entries]]\nid = \"a, b\"\n")
	sh.run("set-key", "/rest/port", "2")
	for _, tt := range []struct {
		words []string
		want  []string // candidates; "…" at the end: there are more
	}{
		{[]string{""}, []string{"get", "schema", "history", "…"}},
		{[]string{"se"}, []string{"set-key", "set"}},
		{[]string{"__"}, nil},
		{[]string{"-"}, []string{"--file", "--follow-links", "--history", "--isolated", "--realm", "--realm-backend", "--state-root", "--store"}},
		{[]string{"--re"}, []string{"--realm", "--realm-backend"}},
		{[]string{"patch", "--re"}, []string{"--realm", "--realm-backend", "--reason"}},
		{[]string{"get", "--"}, []string{"--effective", "--file", "--follow-links", "--format", "--history", "--isolated", "--json", "--origins", "--realm", "--realm-backend", "--state-root", "--store", "--stored", "--terminal", "--with-generation"}},
		{[]string{"--realm", ""}, nil},
		{[]string{"--state-root", ""}, []string{""}}, // names of files
		{[]string{"--state-root", "x/y"}, []string{""}},
		{[]string{"--state-root=x"}, []string{""}},
		{[]string{"set", ""}, []string{""}},
		{[]string{"set", "conf"}, []string{""}},
		{[]string{"set", "a.toml", ""}, nil},
		{[]string{"--realm-backend", ""}, []string{"sqlite", "jsonl", "memory"}},
		{[]string{"--realm-backend", "j"}, []string{"jsonl"}},
		{[]string{"--realm-backend=s"}, []string{"--realm-backend=sqlite"}},
		{[]string{"--allow=ex"}, []string{"--allow=exec"}},
		{[]string{"--allow="}, []string{"--allow=exec", "--allow=secret", "--allow=network", "--allow=path", "--allow=posture", "--allow=unclassed", "--allow=/agent", "…"}},
		{[]string{"--allow=exec,/rest/p"}, []string{"--allow=exec,/rest/port"}},
		{[]string{"--allow=/rest"}, []string{"--allow=/rest", "--allow=/rest/host", "--allow=/rest/port"}},
		{[]string{"--allow=/self_hosted/servers/"}, []string{"--allow=/self_hosted/servers/mine"}},
		{[]string{"--allow=/hooks/e"}, []string{"--allow=/hooks/entries", `--allow=/hooks/entries[id="a, b"]`}},
		{[]string{`--allow=exec,/hooks/entries[id="a, b"]`}, []string{`--allow=exec,/hooks/entries[id="a, b"]/capability`, "…"}},
		{[]string{`--allow=/hooks/entries[id="a, b"]/en`}, []string{`--allow=/hooks/entries[id="a, b"]/enabled`}},
		{[]string{"--allow=/hooks/entries/0/"}, nil},
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
		{[]string{"history", "/rest/p"}, []string{"/rest/port"}},
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
		{[]string{"host", "c"}, []string{"claude-code", "claude-desktop", "cline", "codex", "continue", "copilot", "crush", "cursor"}},
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

// hostileNames are names that somebody can give a key in a file: each has something
// that a shell would run, expand or split, that would change the terminal, or that
// nobody would see.
var hostileNames = []string{
	"$(touch ran)", "`touch ran`", "a;touch ran", "a&touch ran", "a|touch ran", "a>ran", "a b", "'", "\"", "it's", `\`, `a\'`,
	"-rf", "--realm", "~", "~root", "=ls", "a=b", "a:b", "a@b", "*", "?", "[a]", "{a,b}", "#", "a #b", "!!", "!touch", "$HOME", "${HOME}", "$'a'", "(", ")", "%", "^", "ü",
	"a\nb", "a\n$(touch ran)", "a\tb", "a\rb", "\x1b[2J", "\a", "\x7f", "\u0085", "\u009b2J", "a\u202eb", "\u200b", "\u2060a", "\ufeff", "a\u00a0b", "\u3164", "\ufe0f", "\U000e0041", "\u2800",
}

// quoteTOML returns a name as a quoted key.
func quoteTOML(name string) string {
	return strings.ReplaceAll(string(tree.Append(nil, name)), "\x7f", `\u007f`)
}

// A key that cannot be shown is no candidate; any other is one line of the output.
func TestComplete_hostileNames(t *testing.T) {
	sh := newShell(t, Terminal{})
	var want []string
	text := ""
	for _, name := range hostileNames {
		text += fmt.Sprintf("[models.%s]\n", quoteTOML(name))
		if policy.EscapeHidden(name) == name {
			want = append(want, (tree.Pointer{"models", name}).String())
		}
	}
	sh.writeText(text)
	got := sh.complete("get", "/models/")
	got = slices.DeleteFunc(got, func(word string) bool {
		return slices.Contains(meerkat.New().Children(tree.Pointer{"models"}), strings.TrimPrefix(word, "/models/"))
	})
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(want) == len(hostileNames) || len(want) < len(hostileNames)/2 {
		t.Errorf("%d of %d names are candidates", len(want), len(hostileNames))
	}
}

// Names from a file are shown on a terminal without anything that would change it,
// by every command that shows names.
func TestPrint_hostileNames(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 4000})
	text := "[rest]\nport = 1\n[agent]\nmodel = \"a\u202eb\"\n"
	for _, name := range hostileNames {
		text += fmt.Sprintf("[models.%s]\n%[1]s = %[1]s\n[self_hosted.servers.%[1]s]\nbase_url = %[1]s\n", quoteTOML(name))
	}
	sh.writeText(text)
	for _, line := range []string{
		"get", "get --json", "get /models", "get --stored", "show 1", "show 1 /models", "show 1 --json", "history", "history --json", "diff 0", "diff 0 --json",
		"call config/get", "set-key /rest/port x", "unset-key /models/nothing", "rollback 0 --dry-run", "schema /self_hosted/servers/x\u202e",
		"set-key /x\u202e\ny 1", "host \u202e", "get --realm \u202e --nonsense\x1b", "\u202e",
	} {
		sh.run(strings.Fields(line)...)
		for _, stream := range []string{sh.out.String(), sh.stderr.String()} {
			stream = strings.Map(func(r rune) rune {
				if r == '\n' {
					return -1
				}
				return r
			}, stream)
			if shown := policy.EscapeHidden(stream); shown != stream {
				at := strings.IndexFunc(stream, policy.IsHidden)
				t.Errorf("%s: %q…", line, stream[max(0, at-30):min(len(stream), at+30)])
			}
		}
		if line == "get" && (!strings.Contains(sh.out.String(), `model = "a\u202eb"`) || !strings.Contains(sh.out.String(), `"a\u202eb" = `)) {
			t.Errorf("%s: got %q", line, sh.out.String())
		}
		if sh.out.Len()+sh.stderr.Len() == 0 {
			t.Errorf("%s: nothing was printed", line)
		}
	}
}

func TestComplete_descriptions(t *testing.T) {
	sh := newShell(t, Terminal{})
	for words, want := range map[string]string{
		"get /agent/mod": "/agent/model\tThe model",
		"patch --reas":   "--reason\twhy, in one sentence",
		"call config/g":  "config/get\tRead configuration\n",
		"host vs":        "vscode\tVS Code: .vscode/mcp.json",
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
	withoutCompletion := []string{"patch", "edit", "mirror", "doctor", "init", "realms", "review", "version", "__complete"}
	for _, c := range commands() {
		if slices.Contains(withoutCompletion, c.name) != (c.complete == nil && !c.file) {
			t.Errorf("%s: completes its arguments: %v", c.name, c.complete != nil)
		}
	}
}

func TestCompletion_scripts(t *testing.T) {
	sh := newShell(t, Terminal{})
	for name, part := range map[string]string{
		"bash": "complete -o nospace -F _realmconf realmconf\n",
		"zsh":  "#compdef realmconf\n",
		"fish": "complete -c realmconf -n __realmconf_takes_file -F\n",
	} {
		if code := sh.run("completion", name); code != 0 || !strings.Contains(sh.out.String(), part) || !strings.Contains(sh.out.String(), " __complete ") {
			t.Errorf("%s: exit %d, %q, want %q in it", name, code, sh.out.String(), part)
		}
	}
	sh.wantRun(2, "", "completion", "tcsh")
	sh.wantStderr(`no completion for "tcsh": the shells are bash, zsh and fish`)
	sh.wantRun(2, "", "completion")
	sh.wantStderr("completion takes bash|zsh|fish")
}
