package cli

import (
	"strings"
	"testing"
)

const twoEntries = `{"generation":13,"entries":[
	{"generation":13,"at":"2026-11-22T10:04:05.123Z","operation":"patch","actor":{"name":"編集","surface":"tool"},"reason":"the port\nwas taken","paths":["/agent/model","/rest/port"],"path_count":2,"valid":true},
	{"generation":12,"at":"2026-11-22T10:04:04.123Z","operation":"external","actor":{"name":null,"surface":"external"},"paths":[],"path_count":0,"valid":true}]}`

func TestPrintHistory_widths(t *testing.T) {
	useUTC(t)
	for _, tt := range []struct {
		width int
		want  string
	}{
		{200, `GENERATION  TIME                 WHO       OPERATION  REASON              PATHS
13          2026-11-22 10:04:05  編集      patch      the port was taken  /agent/model /rest/port
12          2026-11-22 10:04:04  external  external
`},
		{97, `GENERATION  TIME                 WHO       OPERATION  REASON              PATHS
13          2026-11-22 10:04:05  編集      patch      the port was taken  /agent/model /rest/port
12          2026-11-22 10:04:04  external  external
`},
		{96, `GENERATION  TIME                 WHO       OPERATION
13          2026-11-22 10:04:05  編集      patch
  the port was taken
  /agent/model /rest/port
12          2026-11-22 10:04:04  external  external
`},
		{60, `GENERATION  TIME                 WHO       OPERATION
13          2026-11-22 10:04:05  編集      patch
  the port was taken
  /agent/model /rest/port
12          2026-11-22 10:04:04  external  external
`},
		{20, `GENERATION  TIME   …
13          2026-11…
  the port was taken
  /agent/model
    /rest/port
12          2026-11…
`},
	} {
		sh := newShell(t, Terminal{Interactive: true, Width: tt.width})
		sh.session.printHistory(parseObject(t, twoEntries), "realmconf history")
		sh.wantStdout(tt.want)
		if truncated := strings.Contains(tt.want, "…"); truncated {
			sh.wantStderr("realmconf: hint: lines that end with … are longer than the terminal is wide: --json shows them whole\n")
		} else {
			sh.wantNoStderr()
		}
	}
}

func TestPrintHistory_entries(t *testing.T) {
	useUTC(t)
	sh := newShell(t, Terminal{Interactive: true, Width: 103})
	sh.session.invocation.given = []setting{{"realm", "team"}}
	sh.session.printHistory(parseObject(t, `{"generation":13,"entries":[
		{"generation":13,"at":"2026-11-22T10:04:05.123Z","operation":"patch","actor":{"name":"editor","surface":"tool"},"reason":"a reason that is longer than a quarter of the width","paths":["/agent/model","/rest/port","/rest/host"],"path_count":24,"valid":true},
		{"generation":12,"at":"2026-11-22T10:04:04.123Z","operation":"external","actor":{"name":null,"surface":"external"},"paths":[],"path_count":0,"valid":false},
		{"generation":11,"at":"not a time","operation":"set","actor":{"name":"x","surface":"tool"},"paths":[],"path_count":0,"valid":true},
		{"generation":9,"at":"2026-11-22T10:04:03.123Z","operation":"rollback","actor":{"name":"ev\u001b[2Jil\nclient","surface":"rpc"},"rollback_to":7,"approved":{"by":"person","way":"review","via":"realmconf","fields":["/a"]},"paths":["/a"],"path_count":1,"valid":true}],"next_before":9}`), "realmconf history")
	sh.wantStdout(`GENERATION  TIME                 WHO                 OPERATION
13          2026-11-22 10:04:05  editor              patch
  a reason that is longer than a quarter of the width
  /agent/model /rest/port /rest/host and 21 more
12          2026-11-22 10:04:04  external            external, not TOML
11          not a time           x                   set
9           2026-11-22 10:04:03  ev\x1b[2Jil client  rollback to 7, yes by review
  /a
realmconf --realm team history --before 9 continues
`)
}

// The history says in which way a change was approved, and shows no name of a way that
// a file makes up.
func TestApprovalWay(t *testing.T) {
	for way, want := range map[string]string{
		`{"by":"person","way":"elicitation"}`: "yes by elicitation", `{"by":"person","way":"review"}`: "yes by review",
		`{"by":"person","way":"page"}`: "yes by page", `{"by":"flag","way":"flag"}`: "allowed by flag", `{"by":"x","way":"my own"}`: "approved",
	} {
		if got := approvalWay(parseObject(t, way)); got != want {
			t.Errorf("%s: got %q, want %q", way, got, want)
		}
	}
}

func TestPrintHistory_empty(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	sh.session.printHistory(parseObject(t, `{"generation":0,"entries":[]}`), "realmconf history")
	sh.wantStdout("no history: nothing has been written yet\n")
}

// The command that continues a list has its pointer, and a list without entries does
// not say that nothing was ever written.
func TestHistory_filtered(t *testing.T) {
	useUTC(t)
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	for _, port := range []string{"1", "2", "3"} {
		sh.run("set-key", "/rest/port", port)
	}
	sh.run("history", "/rest/port", "--limit", "1", "--since", "1")
	if !strings.HasSuffix(sh.out.String(), "\nrealmconf history /rest/port --since 1 --before 3 continues\n") {
		t.Errorf("got %q", sh.out.String())
	}
	sh.wantRun(0, "no change is listed: realmconf history lists all changes\n", "history", "/agent")
}

// In a pipe to a pager the table can be asked for.
func TestHistory_terminalFlag(t *testing.T) {
	useUTC(t)
	sh := newShell(t, Terminal{})
	sh.run("set-key", "/rest/port", "1", "--reason", "it was taken")
	sh.run("history", "--terminal")
	if !strings.HasPrefix(sh.out.String(), "GENERATION  TIME") || !strings.HasSuffix(sh.out.String(), "patch\n  it was taken\n  /rest/port\n") {
		t.Errorf("got %q", sh.out.String())
	}
	sh.wantRun(0, "port = 1\n", "get", "/rest", "--stored", "--terminal")
	sh.wantRun(0, "--- generation 0\n+++ generation 1\n-/rest/port = 8080 (default)\n+/rest/port = 1\n", "diff", "0", "--terminal")
}

func TestPrintHistory_colour(t *testing.T) {
	useUTC(t)
	sh := newShell(t, Terminal{Interactive: true, Width: 100, Colour: true})
	sh.session.printHistory(parseObject(t, twoEntries), "realmconf history")
	if got, want := sh.out.String(), "\x1b[1mGENERATION  TIME"; !strings.HasPrefix(got, want) || strings.Count(got, "\x1b[1m") != 1 {
		t.Errorf("got %q, want only the headline bold", got)
	}
}

func TestHistory_params(t *testing.T) {
	sh := newShell(t, Terminal{})
	for _, model := range []string{"a", "b", "c"} {
		sh.run("set-key", "/agent/model", model)
	}
	for line, want := range map[string]string{
		"history":                        `"generation":3`,
		"history --limit 1":              `"next_before":3`,
		"history --limit 1 --before 3":   `"generation":2`,
		"history --before 2 --limit 50":  `"generation":1`,
		"history /agent/model --since 2": `"entries":[{"actor":{"era":null,"name":"realmconf"`,
		"history /rest --since 2":        `"entries":[]`,
	} {
		if code := sh.run(strings.Fields(line)...); code != 0 || !strings.Contains(sh.out.String(), want) {
			t.Errorf("%s: exit %d, %q, want %s in it", line, code, sh.out.String(), want)
		}
	}
	sh.wantRun(2, "", "history", "--before", "0")
	sh.wantRun(2, "", "history", "--limit", "x")
	sh.wantRun(1, "", "history", "/agent/modle")
	sh.wantStderr("did you mean /agent/model?")
}

func TestGeneration_set(t *testing.T) {
	for _, tt := range []struct {
		text string
		min  uint64
		want string // empty: refused
	}{
		{"0", 0, "0"}, {"7", 1, "7"}, {"18446744073709551615", 0, "18446744073709551615"},
		{"0", 1, ""}, {"-1", 0, ""}, {"1.0", 0, ""}, {"1e3", 0, ""}, {"", 0, ""}, {"18446744073709551616", 0, ""}, {"x", 0, ""},
	} {
		g := generation{min: tt.min}
		err := g.Set(tt.text)
		if g.String() != tt.want || (err != nil) != (tt.want == "") || g.given != (tt.want != "") {
			t.Errorf("%q, at least %d: got %q, %v, want %q", tt.text, tt.min, g.String(), err, tt.want)
		}
	}
	large := generation{n: 1 << 63}
	if got := large.json(); got != uint64(1<<63) {
		t.Errorf("a large number: got %T %v", got, got)
	}
}

func TestParseGeneration_argument(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(2, "", "diff", "last")
	sh.wantStderr(`realmconf: "last" is not a generation: it must be a number from realmconf history`, "hint: realmconf help diff")
	sh.wantRun(2, "", "rollback", "--", "-1")
	sh.wantRun(1, "", "diff", "7")
	sh.wantStderr("hint: realmconf history lists the generations")
}
