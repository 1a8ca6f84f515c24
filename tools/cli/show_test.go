package cli

import (
	"runtime/debug"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/realm"
	"realmconf/schema/tree"
)

func decoded(t *testing.T, text string) tree.Object {
	t.Helper()
	o, err := tree.DecodeObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (p *person) shown(want string) {
	p.t.Helper()
	if diff := cmp.Diff(want, p.out.String()); diff != "" {
		p.t.Errorf("(-want +got):\n%s", diff)
	}
	p.out.Reset()
}

func TestHistoryIsATableAsWideAsTheTerminal(t *testing.T) {
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	p := newPerson(t, Terminal{Interactive: true, Width: 103})
	p.session.printHistory(decoded(t, `{"generation":13,"entries":[
		{"generation":13,"at":"2026-11-22T10:04:05.123Z","operation":"patch","actor":{"name":"editor","surface":"tool"},"reason":"a reason that is longer than a quarter of the width","paths":["/agent/model","/rest/port","/rest/host"],"path_count":24,"valid":true},
		{"generation":12,"at":"2026-11-22T10:04:04.123Z","operation":"external","actor":{"name":null,"surface":"external"},"paths":[],"path_count":0,"valid":false},
		{"generation":9,"at":"2026-11-22T10:04:03.123Z","operation":"rollback","actor":{"name":"ev\u001b[2Jil\nclient","surface":"rpc"},"rollback_to":7,"paths":["/a"],"path_count":1,"valid":true}],"next_before":9}`))
	p.shown(`GENERATION  TIME                 WHO              OPERATION           REASON                     PATHS
13          2026-11-22 10:04:05  editor           patch               a reason that is longer …  /agen…
12          2026-11-22 10:04:04  external         external, not TOML
9           2026-11-22 10:04:03  ev�[2Jil client  rollback to 7                                  /a
realmconf history --before 9 continues
`)
	p.session.printHistory(decoded(t, `{"generation":0,"entries":[]}`))
	p.shown("no history: nothing has been written yet\n")
}

// On a narrow terminal nothing of worth is dropped: why and what follow on lines
// of their own.
func TestHistoryOnANarrowTerminalHasMoreLines(t *testing.T) {
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	p := newPerson(t, Terminal{Interactive: true, Width: 60})
	p.session.printHistory(decoded(t, `{"generation":13,"entries":[
		{"generation":13,"at":"2026-11-22T10:04:05.123Z","operation":"patch","actor":{"name":"編集","surface":"tool"},"reason":"the port\nwas taken","paths":["/agent/model","/rest/port"],"path_count":2,"valid":true},
		{"generation":12,"at":"2026-11-22T10:04:04.123Z","operation":"external","actor":{"name":null,"surface":"external"},"paths":[],"path_count":0,"valid":true}]}`))
	p.shown(`GENERATION  TIME                 WHO       OPERATION
13          2026-11-22 10:04:05  編集      patch
  the port was taken
  /agent/model /rest/port
12          2026-11-22 10:04:04  external  external
`)
	if p.err.Len() > 0 {
		t.Errorf("standard error: got %q, want nothing", p.err.String())
	}
}

func TestWhatIsCutIsTold(t *testing.T) {
	p := newPerson(t, Terminal{Interactive: true, Width: 32})
	p.does(0, "--- generation 0\n+++ dry run: nothing was written\n-/agent/model = \"\" (default)\n+/agent/model = \"a name that is…\n", "set-key", "/agent/model", "a name that is long", "--dry-run")
	p.reads("realmconf: hint: lines that end with … are longer than the terminal is wide: --json shows them whole\n")
	p.does(0, "--- generation 0\n+++ generation 1\n-/agent/model = \"\" (default)\n+/agent/model = \"short\"\n", "set-key", "/agent/model", "short")
	if p.err.Len() > 0 {
		t.Errorf("standard error: got %q, want nothing", p.err.String())
	}
}

func TestADifferenceHasALineForEachKey(t *testing.T) {
	p := newPerson(t, Terminal{Interactive: true, Width: 80})
	p.session.printWrite(decoded(t, `{"changed":true,"dry_run":true,"generation":12,"previous_generation":12,"changes":[
		{"op":"add","path":"/hooks/entries/2","key":"audit","new":{"id":"audit","args":["a","b  c"],"env":{}}},
		{"op":"move","path":"/hooks/entries/0","from":"/hooks/entries/3","key":"lint"},
		{"op":"replace","path":"/agent/system_prompt","old_bytes":5210,"new":"short"},
		{"op":"add","path":"/tools/mcp_servers","new":[{"name":"x"},{"name":"y"}]},
		{"op":"remove","path":"/retry/max_retries","old":9,"default":3}],
		"needs_approval":[{"path":"/shell/program","risk":"exec"}]}`))
	p.shown(`--- generation 12
+++ dry run: nothing was written
+/hooks/entries/2/args = ["a","b  c"]
+/hooks/entries/2/env = {}
+/hooks/entries/2/id = "audit"
 /hooks/entries/0 "lint" (was /hooks/entries/3)
-/agent/system_prompt: 5210 bytes
+/agent/system_prompt = "short"
+/tools/mcp_servers/0/name = "x"
+/tools/mcp_servers/1/name = "y"
-/retry/max_retries = 9
+/retry/max_retries = 3 (default)
an agent would need a person's approval: /shell/program (exec)
`)
	p.session.printWrite(decoded(t, `{"changed":true,"generation":13,"previous_generation":12,"changes_omitted":true}`))
	p.shown("--- generation 12\n+++ generation 13\nthere are too many changes to show: realmconf diff 12 lists them\n")
}

func TestADiagnosisIsAListWithWhatToDo(t *testing.T) {
	p := newPerson(t, Terminal{Interactive: true, Width: 80})
	d := &diagnosis{location: &realm.Location{ID: "team"}}
	d.add(note, "all is well", "", "")
	p.session.printDiagnosis(d)
	p.shown("note     all is well\nno problem was found\n")
	d.add(problem, "config.toml cannot be read", "/realms/team/config.toml", "put the file right")
	p.session.printDiagnosis(d)
	p.shown("note     all is well\nproblem  config.toml cannot be read\n         /realms/team/config.toml\n         do: put the file right\n")
}

// A configuration may hold what would turn a terminal's lines around, or steer
// it. It is shown as an escape, which means the same.
func TestWhatATerminalWouldObeyIsShownAsAnEscape(t *testing.T) {
	p := newPerson(t, Terminal{Interactive: true, Width: 80})
	p.holds("[agent]\nmodel = \"a\\u009b2Jb\\u202Ec\\U000E0041d\"\nsystem_prompt = \"one\\u200b\\ntwo\\n\"\n[models]\n\"x\\u202Ey\" = \"ü\"\n")
	p.does(0, "\"a\\u009b2Jb\\u202ec\\U000e0041d\"\n", "get", "/agent/model")
	p.does(0, "\"a\\u009b2Jb\\u202ec\\udb40\\udc41d\"\n", "get", "/agent/model", "--json")
	p.does(0, "model = \"a\\u009b2Jb\\u202ec\\U000e0041d\"\nsystem_prompt = \"\"\"\none\\u200b\ntwo\n\"\"\"\n", "get", "/agent", "--stored")
	p.does(0, "\"x\\u202ey\" = \"ü\"\n", "get", "/models", "--stored")
	p.does(0, "a\u009b2Jb\u202ec\U000E0041d\n", "get", "-r", "/agent/model")
	p.session.Terminal = &Terminal{}
	p.does(0, "\"a\u009b2Jb\u202ec\U000E0041d\"\n", "get", "/agent/model")
}

func TestAChangeOfCommentsIsSaid(t *testing.T) {
	p := newPerson(t, Terminal{Interactive: true, Width: 80})
	p.session.printWrite(decoded(t, `{"changed":true,"generation":2,"previous_generation":1,"changes":[]}`))
	p.shown("--- generation 1\n+++ generation 2\nonly comments or the layout have changed\n")
}

func TestAgesAreWhatPeopleSay(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second: "1 second ago", 90 * time.Second: "1 minute ago", time.Hour: "1 hour ago", 5 * time.Hour: "5 hours ago", 72 * time.Hour: "3 days ago", -1: "in the future",
	} {
		if got := formatAge(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestVersionSaysWhatTheBuildKnows(t *testing.T) {
	got := describeBuild(&debug.BuildInfo{
		Main:     debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}},
	})
	for name, want := range map[string]any{"version": "v1.2.3", "revision": "abc", "modified": true, "time": "2026-01-02T03:04:05Z"} {
		if got[name] != want {
			t.Errorf("%s: got %v, want %v", name, got[name], want)
		}
	}
	if bare := describeBuild(nil); bare["version"] != "(devel)" || bare["revision"] != nil {
		t.Errorf("without information: got %v", bare)
	}
}

func TestColoursFollowTheEnvironmentAndFilesAreNoTerminals(t *testing.T) {
	p := newPerson(t, Terminal{})
	if got := DetectTerminal(&p.out, p.session.Getenv); got.Interactive || got.Colour {
		t.Errorf("a buffer: got %+v", got)
	}
	if got := truncate("größer", 4); got != "grö…" {
		t.Errorf("cut: got %q", got)
	}
	for text, want := range map[string]string{"設定を変更": "設定…", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301": "e\u0301e\u0301e\u0301e\u0301…", "abcde": "abcde"} {
		if got := truncate(text, 5); got != want {
			t.Errorf("cut %q: got %q, want %q", text, got, want)
		}
	}
	if got := shellWord("/a/it's"); got != `'/a/it'\''s'` {
		t.Errorf("shellWord: got %s", got)
	}
}
