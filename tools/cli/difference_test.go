package cli

import (
	"strings"
	"testing"
)

func TestPrintWrite_changes(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	sh.session.printWrite(parseObject(t, `{"changed":true,"dry_run":true,"generation":12,"previous_generation":12,"changes":[
		{"op":"add","path":"/hooks/entries/2","key":"audit","new":{"id":"audit","args":["a","b  c"],"env":{}}},
		{"op":"move","path":"/hooks/entries/0","from":"/hooks/entries/3","key":"lint"},
		{"op":"move","path":"/shell/security_patterns/0","from":"/shell/security_patterns/1"},
		{"op":"replace","path":"/agent/system_prompt","old_bytes":5210,"new":"short"},
		{"op":"add","path":"/tools/mcp_servers","new":[{"name":"x"},{"name":"y"}]},
		{"op":"remove","path":"/retry/max_retries","old":9,"default":3}]}`))
	sh.wantStdout(`--- generation 12
+++ dry run: nothing was written
+/hooks/entries/2/args = ["a","b  c"]
+/hooks/entries/2/env = {}
+/hooks/entries/2/id = "audit"
 /hooks/entries/0 "lint" (was /hooks/entries/3)
 /shell/security_patterns/0 (was /shell/security_patterns/1)
-/agent/system_prompt: 5210 bytes
+/agent/system_prompt = "short"
+/tools/mcp_servers/0/name = "x"
+/tools/mcp_servers/1/name = "y"
-/retry/max_retries = 9
+/retry/max_retries = 3 (default)
`)
}

func TestPrintWrite_withoutChanges(t *testing.T) {
	for reply, want := range map[string]string{
		`{"changed":false,"generation":4}`:                                                                                         "nothing to change: generation 4 has it already\n",
		`{"changed":true,"generation":13,"previous_generation":12,"changes_omitted":true}`:                                         "--- generation 12\n+++ generation 13\nthere are too many changes to show: realmconf diff 12 lists them\n",
		`{"changed":true,"generation":2,"previous_generation":1,"changes":[{"op":"add","path":"/a","new":1}],"changes_omitted":7}`: "--- generation 1\n+++ generation 2\n+/a = 1\nand 7 more changes\n",
		`{"changed":true,"generation":2,"previous_generation":1,"changes":[]}`:                                                     "--- generation 1\n+++ generation 2\nonly comments or the layout have changed\n",
		`{"changed":true,"generation":2,"previous_generation":1,"changes":["unexpected",7]}`:                                       "--- generation 1\n+++ generation 2\n",
	} {
		sh := newShell(t, Terminal{Interactive: true, Width: 80})
		sh.session.printWrite(parseObject(t, reply))
		sh.wantStdout(want)
	}
}

func TestPrintWrite_widths(t *testing.T) {
	const reply = `{"changed":true,"generation":1,"previous_generation":0,"changes":[{"op":"replace","path":"/agent/model","old":"a","new":"a name that is long"}]}`
	for width, want := range map[int]string{
		0:  "--- generation 0\n+++ generation 1\n-/agent/model = \"a\"\n+/agent/model = \"a name that is long\"\n",
		80: "--- generation 0\n+++ generation 1\n-/agent/model = \"a\"\n+/agent/model = \"a name that is long\"\n",
		37: "--- generation 0\n+++ generation 1\n-/agent/model = \"a\"\n+/agent/model = \"a name that is long\"\n",
		36: "--- generation 0\n+++ generation 1\n-/agent/model = \"a\"\n+/agent/model = \"a name that is\n    long\"\n",
		20: "--- generation 0\n+++ generation 1\n-/agent/model = \"a\"\n+/agent/model = \"a\n    name that is\n    long\"\n",
	} {
		sh := newShell(t, Terminal{Interactive: true, Width: width})
		sh.session.printWrite(parseObject(t, reply))
		if sh.out.String() != want {
			t.Errorf("width %d: got %q, want %q", width, sh.out.String(), want)
		}
		sh.wantNoStderr()
	}
}

func TestPrintWrite_colours(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 60, Colour: true})
	sh.wantRun(0, "\x1b[1m--- generation 0\x1b[0m\n\x1b[1m+++ generation 1\x1b[0m\n\x1b[31m-/rest/port = 8080 (default)\x1b[0m\n\x1b[32m+/rest/port = 1\x1b[0m\n",
		"set-key", "/rest/port", "1")
	sh.session.printWrite(parseObject(t, `{"changed":true,"generation":1,"previous_generation":0,"changes":[{"op":"move","path":"/a/0","from":"/a/1"}]}`))
	if got := sh.out.String(); !strings.Contains(got, "\x1b[36m /a/0 (was /a/1)\x1b[0m\n") {
		t.Errorf("got %q", got)
	}
}

// The side without a value shows the default.
func TestDiffLines_defaults(t *testing.T) {
	for _, tt := range []struct{ change, want string }{
		{`{"op":"add","path":"/rest/port","new":1,"default":8080}`, "-/rest/port = 8080 (default)\n+/rest/port = 1\n"},
		{`{"op":"remove","path":"/rest/port","old":1,"default":8080}`, "-/rest/port = 1\n+/rest/port = 8080 (default)\n"},
		{`{"op":"add","path":"/agent/max_turns","new":3}`, "+/agent/max_turns = 3\n"},
		{`{"op":"add","path":"/hooks/entries/0","new":{"id":"a","enabled":false}}`, "+/hooks/entries/0/enabled = false\n+/hooks/entries/0/id = \"a\"\n"},
		{`{"op":"replace","path":"/shell/security_patterns","old":["a"],"new":["a","b"]}`, "-/shell/security_patterns = [\"a\"]\n+/shell/security_patterns = [\"a\",\"b\"]\n"},
		{`{"op":"replace","path":"/a/~1b","old":{"c d":1},"new":{}}`, "-/a/~1b/c d = 1\n+/a/~1b = {}\n"},
	} {
		var b strings.Builder
		for _, l := range diffLines([]any{parseObject(t, tt.change)}) {
			b.WriteString(string(l.sign) + l.text + "\n")
		}
		if b.String() != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.change, b.String(), tt.want)
		}
	}
}

// TestDiff_entries: a key of an entry that the other side does not have is shown with
// no default, and one of a section with its default.
func TestDiff_entries(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	sh.writeText("[self_hosted.servers.a]\nbase_url = \"http://a\"\ntransport = \"openai_compatible\"\n[retry]\nmax_retries = 9\n")
	sh.wantRun(0, "--- generation 0\n+++ generation 1\n-/retry/max_retries = 3 (default)\n+/retry/max_retries = 9\n+/self_hosted/servers/a/base_url = \"http://a\"\n+/self_hosted/servers/a/transport = \"openai_compatible\"\n", "diff", "0")
}

func TestDiff(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	sh.run("set-key", "/rest/port", "1")
	sh.run("set-key", "/rest/port", "2")
	sh.wantRun(0, "--- generation 1\n+++ generation 2\n-/rest/port = 1\n+/rest/port = 2\n", "diff", "1", "2")
	sh.wantRun(0, "--- generation 0\n+++ generation 2\n-/rest/port = 8080 (default)\n+/rest/port = 2\n", "diff", "0")
	sh.wantRun(0, "no difference between generations 1 and 1\n", "diff", "1", "1")
	sh.session.Terminal = &Terminal{}
	if code := sh.run("diff", "1"); code != 0 || !strings.Contains(sh.out.String(), `"from":1,"to":2`) {
		t.Errorf("in a pipe: exit %d, %q", code, sh.out.String())
	}
}
