package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestWrites_terminal(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 60})
	for _, tt := range []struct {
		words []string
		want  string
	}{
		{[]string{"set-key", "/rest/port", "9000"}, "--- generation 0\n+++ generation 1\n-/rest/port = 8080 (default)\n+/rest/port = 9000\n"},
		{[]string{"set-key", "/rest/port", "9000"}, "nothing to change: generation 1 has it already\n"},
		{[]string{"unset-key", "/rest/port"}, "--- generation 1\n+++ generation 2\n-/rest/port = 9000\n+/rest/port = 8080 (default)\n"},
		{[]string{"patch", `{"agent":{"model":"m","system_prompt":"a long text that is truncated where the terminal ends"}}`},
			"--- generation 2\n+++ generation 3\n-/agent/model = \"\" (default)\n+/agent/model = \"m\"\n+/agent/system_prompt = \"a long text that is truncated where\n    the terminal ends\"\n"},
		{[]string{"rollback", "2", "--dry-run"}, "--- generation 3\n+++ dry run: nothing was written\n-/agent/model = \"m\"\n+/agent/model = \"\" (default)\n-/agent/system_prompt = \"a long text that is truncated where\n    the terminal ends\"\n"},
		{[]string{"set-key", "/shell/program", "sh", "--dry-run"}, "--- generation 3\n+++ dry run: nothing was written\n-/shell/program = \"nu\" (default)\n+/shell/program = \"sh\"\n"},
	} {
		sh.wantRun(0, tt.want, tt.words...)
	}
	sh.wantRun(3, "", "set-key", "/rest/port", "1", "--expected-generation", "0")
	sh.wantStderr("realmconf: hint: realmconf diff 0 shows what others changed since; with --expected-generation 3 ")
}

// In a pipe a write prints its receipt, which has no configuration.
func TestWrites_receipt(t *testing.T) {
	for _, words := range [][]string{
		{"set-key", "/agent/model", "b"}, {"unset-key", "/agent/model"}, {"patch", `{"agent":{"model":"b"}}`}, {"set", "-"}, {"revert", "1"}, {"rollback", "0"},
	} {
		for _, flags := range [][]string{nil, {"--dry-run"}} {
			sh := newShell(t, Terminal{})
			sh.writeText("[agent]\nmodel = \"m\"\nmodle = 1\n")
			sh.session.Stdin = strings.NewReader(`{"agent":{"model":"b"}}`)
			sh.wantRunOK(append(words, flags...)...)
			reply := parseObject(t, sh.out.String())
			if _, ok := reply["config"]; ok {
				t.Errorf("%q: got the whole configuration: %s", words, sh.out.String())
			}
			members := []string{"generation", "previous_generation", "changed", "changes"}
			if words[0] == "set-key" {
				members = append(members, "warnings") // of the unknown key
			}
			for _, name := range members {
				if _, ok := reply[name]; !ok {
					t.Errorf("%q: got %s, want %s", words, sh.out.String(), name)
				}
			}
		}
	}
}

// Every write takes the same flags and passes them on.
func TestWrites_flags(t *testing.T) {
	for _, words := range [][]string{
		{"set-key", "/rest/port", "1"}, {"unset-key", "/agent/model"}, {"patch", `{"rest":{"port":1}}`}, {"patch", "--toml", "rest.port = 1"},
		{"patch", `[{"op":"add","path":"/rest","value":{"port":1}}]`}, {"set", "-"}, {"rollback", "0"},
	} {
		sh := newShell(t, Terminal{})
		sh.writeText("[agent]\nmodel = \"m\"\n")
		sh.session.Stdin = strings.NewReader(`{"rest":{"port":1}}`)
		with := func(flags ...string) []string { return append(append([]string{}, words...), flags...) }
		if code := sh.run(with("--expected-generation", "7")...); code != ExitConflict {
			t.Errorf("%q with another generation: exit %d, want 3\n%s", words, code, sh.stderr.String())
		}
		sh.session.Stdin = strings.NewReader(`{"rest":{"port":1}}`)
		if code := sh.run(with("--dry-run", "--json")...); code != 0 || !strings.Contains(sh.out.String(), `"dry_run":true`) {
			t.Errorf("%q --dry-run: exit %d, %q %s", words, code, sh.out.String(), sh.stderr.String())
		}
		sh.wantText("[agent]\nmodel = \"m\"\n")
		sh.session.Stdin = strings.NewReader(`{"rest":{"port":1}}`)
		if code := sh.run(with("--reason", "why not", "--expected-generation", "1")...); code != 0 || !strings.Contains(sh.out.String(), `"generation":2`) {
			t.Errorf("%q: exit %d, %q %s", words, code, sh.out.String(), sh.stderr.String())
		}
		if sh.run("history", "--limit", "1"); !strings.Contains(sh.out.String(), `"reason":"why not"`) || !strings.Contains(sh.out.String(), `"surface":"cli"`) {
			t.Errorf("%q: the history has %q", words, sh.out.String())
		}
	}
}

func TestWrite_resultNotPrinted(t *testing.T) {
	sh := newShell(t, Terminal{})
	session := sh.session
	session.Stdout = brokenPipe{os.ErrClosed}
	for words, want := range map[string]string{
		"set-key /rest/port 1": "realmconf: the change is stored, the configuration is at generation 1; only the answer could not be printed: ",
		"get /rest":            "realmconf: the result could not be printed: ",
	} {
		inv, err := Parse(serverFlags(), strings.Fields(words))
		if err != nil {
			t.Fatal(err)
		}
		sh.stderr.Reset()
		if code := inv.Run(t.Context(), session); code != ExitStorage || !strings.HasPrefix(sh.stderr.String(), want) {
			t.Errorf("%s: exit %d, %q, want %q", words, code, sh.stderr.String(), want)
		}
	}
}

func TestSetKey_lists(t *testing.T) {
	sh := newShell(t, Terminal{})
	for _, line := range []string{
		"set-key /shell/security_patterns/- one", "set-key /shell/security_patterns/- two", "set-key /shell/security_patterns/0 first",
	} {
		if code := sh.run(strings.Fields(line)...); code != 0 {
			t.Errorf("%s: exit %d, %s", line, code, sh.stderr.String())
		}
	}
	sh.wantRun(0, "[\"first\",\"two\"]\n", "get", "/shell/security_patterns")
	if code := sh.run("unset-key", "/shell/security_patterns/0"); code != 0 {
		t.Errorf("unset-key of an entry: exit %d, %s", code, sh.stderr.String())
	}
	sh.wantRun(0, "[\"two\"]\n", "get", "/shell/security_patterns")
	for _, place := range []string{"/shell/security_patterns/-1", "/shell/security_patterns/01", "/shell/security_patterns/x"} {
		sh.wantRun(1, "", "set-key", place, "x")
		sh.wantStderr(place+": /shell/security_patterns is a list: its entries are numbered from 0", "hint: realmconf get /shell/security_patterns shows them")
	}
}

func TestSetKey_refused(t *testing.T) {
	sh := newShell(t, Terminal{})
	for _, tt := range []struct {
		code           int
		pointer, value string
		parts          []string
	}{
		{1, "/rest/port", "many", []string{`/rest/port: takes an integer in decimal digits, not "many"`, "nothing was written", "hint: realmconf schema /rest/port shows which values are valid"}},
		{1, "/rest/port", "70000", []string{"/rest/port: must be at most 65535"}},
		{1, "/agent/max_turns", "99999999999999999999999", []string{"takes an integer in decimal digits of at most 64 bits"}},
		{1, "/agent/max_turns", "null", []string{"/agent/max_turns: null is not a value: nothing was written", "hint: realmconf unset-key /agent/max_turns returns it to its default"}},
		{1, "/shell/security_patterns", "ls", []string{"/shell/security_patterns takes a list, written as JSON"}},
		{1, "/provider_tools", "5s", []string{"/provider_tools takes an object, written as JSON"}},
		{1, "/tools/tool_timeouts/a", "5 parsecs", []string{"/tools/tool_timeouts/a: expected object, got string; give a text like \"2s\""}},
		{1, "/shell/security_patterns", "{}", []string{"expected array, got object"}},
		{1, "/shell/security_mode", "alow_list", []string{`did you mean "allow_list"?`}},
		{1, "/agent/modle", "x", []string{"did you mean /agent/model?", "hint: realmconf schema /agent lists the keys there"}},
		{1, "/agnet", "x", []string{"did you mean /agent?", "hint: realmconf schema lists the sections"}},
		{2, "", "x", []string{"the pointer is empty: name a key, for example /agent/model", "hint: realmconf help set-key"}},
		{2, "rest.port", "1", []string{`must start with "/"`, "hint: realmconf help set-key"}},
	} {
		sh.wantRun(tt.code, "", "set-key", tt.pointer, tt.value)
		sh.wantStderr(tt.parts...)
	}
	sh.wantText("")
}

// A key that the file does not have is not removed, and no table is made for it.
func TestUnsetKey_notStored(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	sh.writeText("[agent]\nmodel = \"m\"\n")
	for _, key := range []string{"/rest/port", "/realm/team/auth/a", "/rest"} {
		sh.wantRun(0, "nothing to change: generation 1 has it already\n", "unset-key", key)
	}
	sh.wantRun(3, "", "unset-key", "/rest/port", "--expected-generation", "0")
	sh.wantText("[agent]\nmodel = \"m\"\n")
	sh.wantRun(1, "", "unset-key", "/agent/modle")
	sh.wantRun(2, "", "unset-key", "")
}

func TestPatch_notations(t *testing.T) {
	for _, tt := range []struct {
		name, patch, stdin string
		flags              []string
		code               int
		parts              []string
	}{
		{name: "merge patch", patch: `{"rest":{"port":2}}`},
		{name: "operations", patch: `[{"op":"add","path":"/rest/port","value":2}]`},
		{name: "TOML", patch: "rest.port = 2", flags: []string{"--toml"}},
		{name: "standard input", patch: "-", stdin: `{"rest":{"port":2}}`},
		{name: "byte order mark", patch: "-", stdin: "\ufeff" + `{"rest":{"port":2}}`},
		{name: "TOML on standard input", patch: "-", stdin: "rest.port = 2", flags: []string{"--toml"}},
		{name: "not JSON", patch: "{", code: 2, parts: []string{"the patch is not JSON: ", "; nothing was written", "hint: realmconf help patch shows how to write it"}},
		{name: "a number", patch: "7", code: 2, parts: []string{"hint: realmconf help patch"}},
		{name: "not TOML", patch: "-", stdin: "{", flags: []string{"--toml"}, code: 2, parts: []string{"standard input is not TOML: line 1, column ", "hint: realmconf help patch"}},
		{name: "an unknown key in TOML", patch: "-", stdin: "[rest]\nhost = \"h\"\nprot = 1\n", flags: []string{"--toml"}, code: 1, parts: []string{"realmconf: line 3: /rest/prot: no such key"}},
		{name: "an unknown key in JSON", patch: `{"rest":{"prot":1}}`, code: 1, parts: []string{"realmconf: /rest/prot: no such key"}},
	} {
		sh := newShell(t, Terminal{})
		sh.session.Stdin = strings.NewReader(tt.stdin)
		code := sh.run(append([]string{"patch", tt.patch}, tt.flags...)...)
		if code != tt.code {
			t.Errorf("%s: exit %d, want %d\n%s", tt.name, code, tt.code, sh.stderr.String())
		}
		sh.wantStderr(tt.parts...)
		want := ""
		if tt.code == 0 {
			want = "[rest]\nport = 2\n"
		}
		sh.wantText(want)
	}
}

func TestSet_files(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		name, text string
		code       int
		parts      []string // of the messages; $ is the file
	}{
		{"a.toml", "[rest]\nport = 2\n", 0, nil},
		{"a.json", `{"rest":{"port":2}}`, 0, nil},
		{"A.JSON", `{"rest":{"port":2}}`, 0, nil},
		{"toml", "[rest]\nport = 2\n", 0, nil},
		{"json", "\ufeff \n" + `{"rest":{"port":2}}`, 0, nil},
		{"broken.toml", "model = sk-secret", 2, []string{"$ is not TOML: line 1, column ", "hint: realmconf help set "}},
		{"brace.toml", "{", 2, []string{"$ is not TOML: line 1"}},
		{"broken.json", `{"agent":`, 2, []string{"$ is not a JSON object: ", "hint: realmconf help set "}},
		{"list.json", `[]`, 2, []string{"$ is not a JSON object: "}},
		{"unknown.toml", "[rest]\nhost = \"h\"\nprot = 1\n", 1, []string{"realmconf: line 3: /rest/prot: no such key; did you mean /rest/port?"}},
		{"empty.toml", "# nothing\n", 1, []string{"$ has no key, which would return every key to its default: nothing was written", "hint: realmconf rollback 0 does that"}},
		{"empty.json", "{}", 1, []string{"$ has no key"}},
		{"large.toml", strings.Repeat("#", maxInput+1), 1, []string{"$ has more than the 8388608 bytes that are allowed: nothing was written"}},
	} {
		path := filepath.Join(dir, tt.name)
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		sh := newShell(t, Terminal{})
		if code := sh.run("set", path); code != tt.code {
			t.Errorf("%s: exit %d, want %d\n%.200s", tt.name, code, tt.code, sh.stderr.String())
		}
		for _, part := range tt.parts {
			sh.wantStderr(strings.ReplaceAll(part, "$", path))
		}
		if strings.Contains(sh.stderr.String(), "sk-secret") {
			t.Errorf("%s: the message quotes the file", tt.name)
		}
		want := ""
		if tt.code == 0 {
			want = "[rest]\nport = 2\n"
		}
		sh.wantText(want)
	}
}

func TestReadInput_errors(t *testing.T) {
	sh := newShell(t, Terminal{})
	missing := filepath.Join(t.TempDir(), "missing.toml")
	sh.wantRun(2, "", "set", missing)
	sh.wantStderr("realmconf: "+missing+" cannot be read: ", "hint: realmconf help set ")
	sh.session.Stdin = iotest.ErrReader(os.ErrClosed)
	sh.wantRun(2, "", "set", "-")
	sh.wantStderr("realmconf: standard input cannot be read: file already closed")

	// The end of the context ends the wait for an input that never comes.
	input, writer := io.Pipe()
	defer writer.Close()
	sh.session.Stdin = input
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sh.session.readInput(ctx, "-"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestCall(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(0, `{"backend":null,"generation":0,"instance_id":null,"path":"/rest/port","realm_id":null,"value":8080}`+"\n", "call", "config/get", `{"path":"/rest/port"}`)
	sh.session.Stdin = strings.NewReader(`{"patch":{"rest":{"port":1}}}`)
	if code := sh.run("call", "patch", "-"); code != 0 || !strings.Contains(sh.out.String(), `"generation":1`) {
		t.Errorf("call patch -: exit %d, %q %s", code, sh.out.String(), sh.stderr.String())
	}
	if code := sh.run("call", "history"); code != 0 || !strings.Contains(sh.out.String(), `"entries"`) {
		t.Errorf("call history: exit %d, %q", code, sh.out.String())
	}
	for _, tt := range []struct {
		code  int
		words []string
		part  string
	}{
		{2, []string{"config/gte"}, `no method "config/gte": did you mean config/get?`},
		{2, []string{"config/wacth"}, `no method "config/wacth": the methods are config/get, config/schema, config/patch`},
		{2, []string{"config/watch"}, "config/watch needs a connection that stays open: realmconf watch does that from a shell"},
		{2, []string{"unwatch"}, "config/unwatch needs a connection that stays open"},
		{2, []string{"config/get", "[]"}, "the parameters are not a JSON object: "},
		{2, []string{"config/get", "{"}, "the parameters are not a JSON object: "},
		{2, []string{"config/get", `{"paht":1}`}, `did you mean "path"?`},
		{3, []string{"config/patch", `{"patch":{},"expected_generation":9}`}, "generation 9 expected"},
	} {
		sh.wantRun(tt.code, "", append([]string{"call"}, tt.words...)...)
		sh.wantStderr(tt.part)
	}
}

// The value "-" comes from standard input, so that a secret is not an argument.
func TestSetKey_standardInput(t *testing.T) {
	for _, tt := range []struct{ pointer, input, want string }{
		{"/agent/model", "gpt-5.5\n", "[agent]\nmodel = \"gpt-5.5\"\n"},
		{"/agent/model", "gpt-5.5", "[agent]\nmodel = \"gpt-5.5\"\n"},
		{"/agent/model", "a\r\n", "[agent]\nmodel = \"a\"\n"},
		{"/agent/model", "-\n", "[agent]\nmodel = \"-\"\n"},
		{"/rest/port", "7\n", "[rest]\nport = 7\n"},
		{"/shell/security_patterns", `["ls"]`, "[shell]\nsecurity_patterns = [\"ls\"]\n"},
	} {
		sh := newShell(t, Terminal{})
		sh.session.Stdin = strings.NewReader(tt.input)
		if code := sh.run("set-key", tt.pointer, "-"); code != ExitDone {
			t.Errorf("%q: exit %d, %s", tt.input, code, sh.stderr.String())
		}
		sh.wantText(tt.want)
	}
	sh := newShell(t, Terminal{})
	sh.session.Stdin = strings.NewReader("one\ntwo\n")
	sh.run("set-key", "/agent/system_prompt", "-")
	sh.wantRun(0, "one\ntwo\n", "get", "-r", "/agent/system_prompt")
	sh.session.Stdin = strings.NewReader("\xff")
	sh.wantRun(2, "", "set-key", "/agent/model", "-")
	sh.wantStderr("the value on standard input is not UTF-8 text")
}
