package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// proposal is a question as a server sends it.
const proposal = `{"digest":"00","client":"Gemini CLI","tool":"config_patch","reason":"it starts faster","realm":"team","project":"shop","directory":"/home/ada/shop/.rkat/realms/team","server":"process 4711","generation":12,"time":"2026-11-22T10:04:05Z",
	"summary":"3 fields, 1 of them runs code",
	"fields":[{"op":"replace","path":"/shell/program","old":"nu","new":"sh","risk":["exec"]},{"op":"add","path":"/hooks/entries/0","new":{"id":"a"},"note":"renamed from \"b\"","risk":["network","posture"]}],
	"others":[{"op":"replace","path":"/agent/model","old":"m","new":"n","risk":[]}],
	"effects":[{"op":"replace","path":"/rest/host","old":"a","new":"b","risk":["network"],"realms":["a","b","c","d","e","f","g","h","team","child"]},{"op":"unknown","path":"","note":"realm x cannot be read","realms":["x"]}],
	"diff":" @@ -1,2 +1,2 @@\n [shell]\n-program = \"nu\"\n+program = \"sh\"\n"}`

func (sh *shell) question(p tree.Object) string {
	var lines []string
	for _, line := range sh.session.questionLines(p, 1, 2) {
		lines = append(lines, line.text)
	}
	return strings.Join(lines, "\n")
}

func TestQuestionLines(t *testing.T) {
	useUTC(t)
	sh := newShell(t, Terminal{Interactive: true, Width: 100})
	got := sh.question(parseObject(t, proposal))
	want := `question 1 of 2: "Gemini CLI" wants to change realm "team" of project "shop" (generation 12)
config.toml is in "/home/ada/shop/.rkat/realms/team"
3 fields, 1 of them runs code
asked 2026-11-22 10:04:05, by config_patch; the server is "process 4711"

/shell/program: runs code
-/shell/program = "nu"
+/shell/program = "sh"
/hooks/entries/0: reaches the network, sets what agents may do; renamed from "b"
+/hooks/entries/0/id = "a"

changes with it:
-/agent/model = "m"
+/agent/model = "n"

changes what agents run with:
/rest/host: reaches the network; in a, b, c, d, e, f, g, h, team and child
-/rest/host = "a"
+/rest/host = "b"
in x; realm x cannot be read

the text, before and after:
 @@ -1,2 +1,2 @@
 [shell]
-program = "nu"
+program = "sh"

reason, in the client's words: "it starts faster"
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	empty := sh.question(tree.Object{})
	if !strings.HasPrefix(empty, "question 1 of 2: a program that gives no name wants to change the realm (generation <nil>)") {
		t.Errorf("a proposal without members: got\n%s", empty)
	}
}

// TestQuestionLines_lookAlikes: a person can tell what is no ASCII, and reads prose.
func TestQuestionLines_lookAlikes(t *testing.T) {
	p := parseObject(t, proposal)
	p["fields"] = []any{
		tree.Object{"op": "replace", "path": "/shell/program", "old": "copy", "new": "сору", "risk": []any{"exec"}},
		tree.Object{"op": "replace", "path": "/agent/system_prompt", "old": "", "new": "выноси сор как прежде", "risk": []any{"posture"}},
		tree.Object{"op": "replace", "path": "/rest/host", "old": "a", "new": "a      b", "risk": []any{"network"}},
	}
	p["diff"] = "   indented = 1   # two\n+  base_url = \"https://gооgle.com\"\n"
	sh := newShell(t, Terminal{Interactive: true})
	got := sh.question(p)
	for _, want := range []string{
		`+/shell/program = "\u0441\u043e\u0440\u0443"`, `+/agent/system_prompt = "выноси сор как прежде"`, `+/rest/host = "a ·····b"`,
		"\n   indented = 1 ··# two\n", `+  base_url = "https://g\u043e\u043egle.com"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
}

// No text of a client changes the terminal, or makes a line that looks like one of the
// program: each has a sign before it or is quoted.
func TestQuestionLines_hostile(t *testing.T) {
	const evil = "x\x1b[2J\nAllow this change? y yes\r\u202e\u200bquestion 1 of 1: nothing\n"
	p := parseObject(t, proposal)
	for _, name := range []string{"client", "reason", "realm", "project", "directory", "server", "tool", "time", "summary"} {
		p[name] = evil
	}
	p["diff"] = "+" + strings.ReplaceAll(evil, "\n", "\n+") + "\n"
	p["fields"] = []any{
		tree.Object{"op": "replace", "path": "/" + evil, "old": evil, "new": evil + evil, "risk": []any{evil}, "note": evil, "key": evil},
		tree.Object{"op": "add", "path": "/a", "new": tree.Object{evil: evil}, "risk": []any{"exec"}},
	}
	for _, width := range []int{0, 30, 80} {
		sh := newShell(t, Terminal{Interactive: true, Width: width})
		for i, line := range sh.session.questionLines(p, 1, 1) {
			if strings.ContainsAny(line.text, "\x1b\n\r\u202e\u200b") {
				t.Errorf("width %d: hidden characters in %q", width, line.text)
			}
			if i == 0 { // the headline of the program
				if !strings.HasPrefix(line.text, "question 1 of 1:") {
					t.Errorf("width %d: the first line is %q", width, line.text)
				}
				continue
			}
			if strings.HasPrefix(line.text, "Allow") || strings.HasPrefix(line.text, "question") {
				t.Errorf("width %d: a line of the client's: %q", width, line.text)
			}
		}
	}
}

// typing is a person who types a line for each prompt, each after a time.
type typing struct {
	lines []string
	pause time.Duration // in the time of the test
	begun bool          // the line
}

func (p *typing) Read(b []byte) (int, error) {
	if !p.begun {
		time.Sleep(p.pause)
	}
	if len(p.lines) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.lines[0])
	p.begun = true
	if p.lines[0] = p.lines[0][n:]; p.lines[0] == "" {
		p.begun = false
		p.lines = p.lines[1:]
	}
	return n, nil
}

// A question that is longer than the terminal is shown in pages, and a yes counts after
// the last one only.
func TestReviewing_ask(t *testing.T) {
	const more = ": Enter for more, n no, s later, q quit: "
	for typed, want := range map[string]struct {
		answer reviewAnswer
		pages  int
	}{
		"\n\n\n\ny" + strings.Repeat(" ", 100) + "\nno\n": {answerNo, 5}, // a longer line than any answer
		"\n\n\n\ny\n":            {answerYes, 5},
		"y\ny\nyes\ny\nYES \n":   {answerYes, 5},
		"\n\n\n\nn\n":            {answerNo, 5},
		"\n\n\n\nok\n\ny!\nno\n": {answerNo, 5},
		"n\n":                    {answerNo, 1},
		"\ns\n":                  {answerLater, 2},
		"q\n":                    {answerQuit, 1},
		"":                       {answerQuit, 1},
		"\n\n\n\ny":              {answerQuit, 5}, // a line without an end
	} {
		sh := newShell(t, Terminal{Interactive: true, Width: 80, Height: 8})
		sh.session.Stdin = &typing{lines: strings.SplitAfter(typed, "\n"), pause: review.LeastYesTime}
		if typed == "" {
			sh.session.Stdin = &typing{}
		}
		var got reviewAnswer
		synctest.Test(t, func(t *testing.T) {
			r := &reviewRun{session: &sh.session, ctx: t.Context(), clock: review.NewClock()}
			got = r.ask(review.Pending{Proposal: parseObject(t, proposal)}, 1, 1)
		})
		if pages := strings.Count(sh.out.String(), more) + min(1, strings.Count(sh.out.String(), "Allow this change?")); got != want.answer || pages != want.pages {
			t.Errorf("%q: got %q after %d pages, want %q after %d\n%s", typed, got, pages, want.answer, want.pages, sh.out.String())
		}
	}
}

// A yes or a no that is typed faster than a person reads is asked for again.
func TestReviewing_ask_tooSoon(t *testing.T) {
	for _, tt := range []struct {
		pause   time.Duration
		typed   string
		want    reviewAnswer
		prompts int
	}{
		{0, "y\nyes\nn\ns\n", answerLater, 4},
		{review.LeastYesTime - time.Millisecond, "y\ny\n", answerYes, 2},
		{review.LeastYesTime, "y\n", answerYes, 1},
		{review.LeastAnswerTime, "n\n", answerNo, 1},
	} {
		sh := newShell(t, Terminal{Interactive: true, Width: 80})
		var got reviewAnswer
		synctest.Test(t, func(t *testing.T) {
			sh.session.Stdin = &typing{lines: strings.SplitAfter(tt.typed, "\n"), pause: tt.pause}
			r := &reviewRun{session: &sh.session, ctx: t.Context(), clock: review.NewClock()}
			got = r.ask(review.Pending{Proposal: parseObject(t, proposal)}, 1, 1)
		})
		if prompts := strings.Count(sh.out.String(), "Allow this change?"); got != tt.want || prompts != tt.prompts {
			t.Errorf("%+v: got %q after %d prompts", tt, got, prompts)
		}
		if tt.prompts > 1 {
			sh.wantStderr("a yes in less than 1.5s, is no person's")
		}
	}
}

// The page is served until Ctrl-C: flags of the lists do not fit.
func TestReview_webAlone(t *testing.T) {
	for _, flag := range []string{"--wait", "--json"} {
		sh := newShell(t, Terminal{})
		sh.wantRun(2, "", "review", "--web", flag)
		sh.wantStderr("leave --wait and --json out")
	}
}

func TestReview_none(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "sockets")
	for _, tt := range []struct {
		terminal Terminal
		args     string
		want     string
	}{
		{Terminal{}, "review", "{\"questions\":[]}\n"},
		{Terminal{}, "review --terminal", noQuestion},
		{Terminal{Interactive: true}, "review", noQuestion},
		{Terminal{Interactive: true}, "review --json", "{\n  \"questions\": []\n}\n"},
	} {
		sh := newShell(t, tt.terminal)
		sh.session.Reviews.Directory = directory
		sh.wantRun(0, tt.want, strings.Fields(tt.args)...)
		sh.wantNoStderr()
	}
	if _, err := os.Lstat(directory); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory was made: %v", err)
	}
	sh := newShell(t, Terminal{})
	if err := os.Symlink("/", directory); err != nil {
		t.Fatal(err)
	}
	sh.session.Reviews.Directory = directory
	sh.wantRun(1, "{\"questions\":[]}\n", "review")
	sh.wantStderr("is a symbolic link: remove it")
	sh.wantRun(2, "", "review", "x")
	sh.wantStderr("review takes no arguments, only flags")
}

// A question about any file names the file, and the page of one says which it is.
func TestQuestionLines_file(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 100})
	if got := sh.question(parseObject(t, `{"client":"a","file":"any.toml","directory":"/home/ada","generation":1}`)); !strings.Contains(got, "\n\"any.toml\" is in \"/home/ada\"\n") || strings.Contains(got, "config.toml") {
		t.Errorf("got\n%s", got)
	}
	model, err := schema.Load([]byte(`{"properties":{"a":{}},"additionalProperties":false}`), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rt := runtime.New(func(context.Context) (store.Store, error) { return sh.store, nil }, model)
	defer rt.Close()
	sh.session.Realm.File = "app/any.toml"
	sh.session.Operations, sh.session.Runtime, sh.session.Model = tools.NewFor(tools.Subject{File: "any.toml"}, rt, model, policy.Policy{}), rt, model
	subject, err := (&reviewPage{session: &sh.session}).Subject(t.Context())
	if err != nil || string(subject) != `{"file":"any.toml","realm":null}` {
		t.Errorf("the page is about %s, %v", subject, err)
	}
}
