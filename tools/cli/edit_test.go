package cli

import (
	"bufio"
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
	"realmconf/runtime/fault"
)

// dialogue is a person in edit: each call of the editor runs the next of edits,
// and each question gets the next line of answers. Without answers there is no
// terminal.
type dialogue struct {
	*shell
	edits   []func(t *testing.T, path string)
	answers string

	dryRun bool
	temp   string // the directory for drafts
}

func newDialogue(t *testing.T, text string, edits ...func(*testing.T, string)) *dialogue {
	t.Helper()
	d := &dialogue{shell: newShell(t, Terminal{}), edits: edits, temp: t.TempDir()}
	t.Setenv("TMPDIR", d.temp)
	t.Setenv("TMP", d.temp) // on Windows
	if text != "" {
		d.writeText(text)
	}
	return d
}

// run edits the current text.
func (d *dialogue) run() (*runtime.Outcome, error) {
	d.t.Helper()
	base, err := d.session.readBase(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	d.session.isTerminal = func(any) bool { return d.answers != "" }
	e := &editRun{session: &d.session, flags: &writeFlags{dryRun: d.dryRun, reason: "by hand"}, base: base, answers: bufio.NewReader(strings.NewReader(d.answers))}
	e.openEditor = func(_ context.Context, path string) error {
		if len(d.edits) == 0 {
			return errors.New("the editor was opened too often")
		}
		edit := d.edits[0]
		d.edits = d.edits[1:]
		edit(d.t, path)
		return nil
	}
	outcome, err := e.run(d.t.Context())
	if len(d.edits) > 0 {
		d.t.Errorf("the editor was not opened %d more times", len(d.edits))
	}
	return outcome, err
}

// wantDrafts checks the text of the drafts that are left.
func (d *dialogue) wantDrafts(want ...string) {
	d.t.Helper()
	paths, err := filepath.Glob(filepath.Join(d.temp, "realmconf-edit-*", "config.toml"))
	if err != nil || len(paths) != len(want) {
		d.t.Errorf("drafts: got %v, %v, want %d", paths, err, len(want))
		return
	}
	for i, path := range paths {
		if text, err := os.ReadFile(path); err != nil || string(text) != want[i] {
			d.t.Errorf("draft: got %q, %v, want %q", text, err, want[i])
		}
	}
	if reported := strings.Contains(d.stderr.String(), "your text is kept in "+d.temp); reported != (len(want) > 0) {
		d.t.Errorf("reports the place of the draft: %v, want %v", reported, len(want) > 0)
	}
}

// types returns an edit that writes a text.
func types(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// finds returns an edit that expects a text and writes another.
func finds(want, text string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("the editor shows %q, %v, want %q", got, err, want)
		}
		types(text)(t, path)
	}
}

const (
	stored = "# mine\n[rest]\nport = 1\n"
	edited = "# mine\n[rest]\nport = 2 # new\n"
)

func TestEditing_stored(t *testing.T) {
	d := newDialogue(t, stored, finds(stored, edited))
	outcome, err := d.run()
	if err != nil || !outcome.Changed || outcome.After.Version.Generation != 2 {
		t.Fatalf("got %+v, %v", outcome, err)
	}
	d.wantText(edited)
	d.wantDrafts()
	d.wantNoStderr()
	if d.shell.run("history", "--limit", "1"); !strings.Contains(d.out.String(), `"reason":"by hand"`) || !strings.Contains(d.out.String(), `"surface":"cli"`) {
		t.Errorf("history: got %q", d.out.String())
	}
}

func TestEditing_unchanged(t *testing.T) {
	d := newDialogue(t, stored, finds(stored, stored))
	if outcome, err := d.run(); outcome != nil || err != nil {
		t.Errorf("got %v, %v", outcome, err)
	}
	d.wantStderr("realmconf: the text is unchanged: nothing to do\n", "realmconf: hint: the editor ended at once; if its window is still open")
	d.wantDrafts()
}

func TestEditing_dryRun(t *testing.T) {
	d := newDialogue(t, stored, types(edited))
	d.dryRun = true
	if outcome, err := d.run(); err != nil || !outcome.Changed {
		t.Errorf("got %v, %v", outcome, err)
	}
	d.wantText(stored)
	d.wantDrafts()
}

func TestEditing_textRemoved(t *testing.T) {
	d := newDialogue(t, stored, func(t *testing.T, path string) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := d.run(); !fault.Is(err, fault.Cancelled) || err.Error() != "the editor has removed the text: nothing was written" {
		t.Errorf("got %v", err)
	}
	d.wantDrafts()
	if left, _ := os.ReadDir(d.temp); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestEditing_notAFile(t *testing.T) {
	d := newDialogue(t, stored, func(t *testing.T, path string) {
		if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := d.run(); !fault.Is(err, fault.Storage) || !strings.HasPrefix(err.Error(), "the editor has replaced the text by something that is not a file") {
		t.Errorf("got %v", err)
	}
	d.wantStderr("your text is kept in")
}

func TestEditing_editorFails(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		drafts     []string
	}{{"before a change", stored, nil}, {"after a change", edited, []string{edited}}} {
		d := newDialogue(t, stored)
		base, err := d.session.readBase(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		failed := errors.New("exit status 1")
		e := &editRun{session: &d.session, flags: &writeFlags{}, base: base, openEditor: func(_ context.Context, path string) error {
			types(tt.text)(t, path)
			return failed
		}}
		if _, err := e.run(t.Context()); !errors.Is(err, failed) {
			t.Errorf("%s: got %v", tt.name, err)
		}
		d.wantText(stored)
		d.wantDrafts(tt.drafts...)
	}
}

func TestEditing_mistakeWithoutTerminal(t *testing.T) {
	for text, want := range map[string]string{
		"[rest]\nprot = 1\n": "/rest/prot",
		"[rest\n":            "the text is not TOML: line 1",
		strings.Repeat("#", runtime.MaxText+1) + "\n": "longer than 1 MiB",
	} {
		d := newDialogue(t, stored, types(text))
		_, err := d.run()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %q in it", text, err, want)
		}
		d.wantText(stored)
		d.wantDrafts(text)
	}
}

func TestEditing_mistakeThenAgain(t *testing.T) {
	const bad = "[rest]\nprot = 1\n"
	for _, answer := range []string{"e\n", "\n", "E\n", "what?\nagain\nedit\n"} {
		d := newDialogue(t, stored, types(bad), finds(bad, "[rest\n"), finds("[rest\n", edited))
		d.answers = answer + answer
		if outcome, err := d.run(); err != nil || !outcome.Changed {
			t.Errorf("%q: got %v, %v", answer, outcome, err)
		}
		d.wantText(edited)
		d.wantDrafts()
		d.wantStderr("realmconf: line 2: /rest/prot: no such key; did you mean /rest/port?\nrealmconf: nothing was written\n",
			"realmconf: the text is not TOML: line 1, column ", "realmconf: your text is in "+d.temp, "realmconf: [e]dit again, or [k]eep the text aside and stop? ")
	}
}

// "keep", the end of the input and an unfinished line that is no answer stop.
func TestEditing_mistakeThenKeep(t *testing.T) {
	const bad = "[rest]\nprot = 1\n"
	for _, answer := range []string{"k\n", "k", "K\n", "x"} {
		d := newDialogue(t, stored, types(bad))
		d.answers = answer
		if _, err := d.run(); !errors.Is(err, errReported) {
			t.Errorf("%q: got %v, want %v", answer, err, errReported)
		}
		d.wantText(stored)
		d.wantDrafts(bad)
	}
}

func TestEditing_withoutKeys(t *testing.T) {
	for _, tt := range []struct {
		name, base, text, answers string
		edits                     int
		err                       string // empty: stored
		stored                    string
	}{
		{"no terminal", stored, "# empty\n", "", 1, "the editor has left no key, which would return every key to its default: nothing was written", stored},
		{"reset", stored, "# empty\n", "r\n", 1, "", "# empty\n"},
		{"keep", stored, "", "k\n", 1, errReported.Error(), stored},
		{"again", stored, "\n", "e\n", 2, "", edited},
		{"no key before", "# first\n", "# second\n", "", 1, "", "# second\n"},
		{"not TOML before", "broken =", "# second\n", "r\n", 1, "", "# second\n"},
	} {
		edits := []func(*testing.T, string){types(tt.text), types(edited)}[:tt.edits]
		d := newDialogue(t, tt.base, edits...)
		d.answers = tt.answers
		outcome, err := d.run()
		if got := errorText(err); got != tt.err || (outcome != nil) != (tt.err == "") {
			t.Errorf("%s: got %v, %q, want %q", tt.name, outcome, got, tt.err)
		}
		d.wantText(tt.stored)
		if tt.err == "" {
			d.wantDrafts()
		} else {
			d.wantDrafts(tt.text)
		}
		if tt.answers != "" {
			d.wantStderr("realmconf: the text has no key any more: [e]dit again, [r]eset every key to its default, or [k]eep the text aside and stop? ")
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// typesWhile returns an edit during which another program stores a text.
func (d *dialogue) typesWhile(other, text string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		d.writeText(other)
		types(text)(t, path)
	}
}

const theirs = "[agent]\nmodel = \"theirs\"\n\n# mine\n[rest]\nport = 1\n"

func TestEditing_conflictWithoutTerminal(t *testing.T) {
	d := newDialogue(t, stored)
	d.edits = append(d.edits, d.typesWhile(theirs, edited))
	_, err := d.run()
	if !fault.Is(err, fault.GenerationConflict) || err.Error() != "another writer was first: generation 2 is current, and your text is based on generation 1; nothing was written" {
		t.Errorf("got %v", err)
	}
	var hinted *hintedError
	if !errors.As(err, &hinted) || hinted.hint != "realmconf edit opens the current text; copy into it what you still need of yours" {
		t.Errorf("got hint %+v", hinted)
	}
	d.wantStderr("realmconf: generation 2, which others made meanwhile:\n-/agent/model = \"\" (default)\n+/agent/model = \"theirs\"\n", "realmconf: your changes:\n-/rest/port = 1\n+/rest/port = 2\n")
	d.wantText(theirs)
	d.wantDrafts(edited)
}

func TestEditing_conflictMerged(t *testing.T) {
	const merged = "[agent]\nmodel = \"theirs\"\n\n# mine\n[rest]\nport = 2 # new\n"
	for _, answer := range []string{"m\n", "\n"} {
		d := newDialogue(t, stored)
		d.edits = append(d.edits, d.typesWhile(theirs, edited), finds(merged, merged))
		d.answers = answer
		outcome, err := d.run()
		if err != nil || outcome.After.Version.Generation != 3 {
			t.Errorf("%q: got %v, %v", answer, outcome, err)
		}
		d.wantStderr("realmconf: another writer was first: generation 2 is current\n", "[m]erge the two and look at the result in the editor, or [k]eep the text aside and stop? ")
		d.wantText(merged)
		d.wantDrafts()
	}
}

// A merged text with marks is not TOML: the person has to choose.
func TestEditing_conflictClashes(t *testing.T) {
	const merged = "<<<<<<< yours\nport = 2 # new\n=======\nport = 3\n>>>>>>> generation 2\n"
	d := newDialogue(t, stored)
	d.edits = append(d.edits, d.typesWhile("# mine\n[rest]\nport = 3\n", edited), finds("# mine\n[rest]\n"+merged, "# mine\n[rest]\n"+merged+"#\n"), types(edited))
	d.answers = "m\ne\n"
	if outcome, err := d.run(); err != nil || outcome.After.Version.Generation != 3 {
		t.Errorf("got %v, %v", outcome, err)
	}
	d.wantStderr("realmconf: both changed 1 place: the two versions are between <<<<<<< and >>>>>>>\n", "the text is not TOML: line 3")
	d.wantText(edited)

	d = newDialogue(t, "[rest]\nhost = \"a\"\nport = 1\n[agent]\nmodel = \"a\"\n")
	d.edits = append(d.edits, d.typesWhile("[rest]\nhost = \"b\"\nport = 1\n[agent]\nmodel = \"b\"\n", "[rest]\nhost = \"c\"\nport = 1\n[agent]\nmodel = \"c\"\n"), types(edited))
	d.answers = "m\n"
	if _, err := d.run(); err != nil {
		t.Error(err)
	}
	d.wantStderr("realmconf: both changed 2 places: ")
}

func TestEditing_conflictKept(t *testing.T) {
	d := newDialogue(t, stored)
	d.edits = append(d.edits, d.typesWhile(theirs, edited))
	d.answers = "k\n"
	if _, err := d.run(); !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("got %v", err)
	}
	d.wantText(theirs)
	d.wantDrafts(edited)
}

// The difference that a conflict shows has no secret.
func TestEditing_conflictHidesSecrets(t *testing.T) {
	const secret = "[realm.team.auth.a.source]\nkind = \"inline_secret\"\nsecret = \"sk-1\"\n"
	d := newDialogue(t, "# first\n")
	d.edits = append(d.edits, d.typesWhile("[rest]\nport = 3\n", secret))
	if _, err := d.run(); !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("got %v", err)
	}
	d.wantStderr(`+/realm/team/auth/a/source/secret = "a secret"`)
	if strings.Contains(d.stderr.String(), "sk-1") {
		t.Errorf("standard error has the secret: %q", d.stderr.String())
	}
}

func TestEditing_repairsBrokenText(t *testing.T) {
	d := newDialogue(t, "broken =", finds("broken =", edited))
	if outcome, err := d.run(); err != nil || outcome.After.Version.Generation != 2 {
		t.Errorf("got %v, %v", outcome, err)
	}
	d.wantText(edited)
}

// The end of the context is "keep".
func TestAsk_contextEnds(t *testing.T) {
	sh := newShell(t, Terminal{})
	input, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := &editRun{session: &sh.session, draft: &draft{path: "/d"}, answers: bufio.NewReader(input)}
	if got := e.ask(ctx, "go on?", editAgain, keepAside); got != keepAside {
		t.Errorf("got %c, want k", got)
	}
	sh.wantStderr("realmconf: your text is in /d meanwhile\nrealmconf: go on? \n")
}

func TestHandleSignals_stop(t *testing.T) {
	sh := newShell(t, Terminal{})
	e := &editRun{session: &sh.session}
	parent, cancel := context.WithCancel(t.Context())
	ctx, stop := e.handleSignals(parent)
	cancel()
	if ctx.Err() != nil {
		t.Error("the end of the program's context ends the edit")
	}
	stop()
	if ctx.Err() == nil {
		t.Error("the context is not ended by stop")
	}
}

func TestEdit_refused(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.session.Getenv = func(string) string { return "never-started" }
	sh.wantRun(3, "", "edit", "--expected-generation", "4")
	sh.wantStderr("generation 4 expected, 0 is current")
	sh.session.Writes.ReadOnly = true
	sh.wantRun(1, "", "edit")
	sh.wantStderr("--read-only was given, so nothing was written: leave it out to write")
}

// An editor in which a person has looked at the text is not told to wait.
func TestEdit_slowEditor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialogue(t, "[rest]\nport = 1\n", func(*testing.T, string) { time.Sleep(atOnce) })
		if outcome, err := d.run(); outcome != nil || err != nil {
			t.Errorf("got %v, %v", outcome, err)
		}
		d.wantStderr("realmconf: the text is unchanged: nothing to do\n")
		if strings.Contains(d.stderr.String(), "hint") {
			t.Errorf("got %q", d.stderr.String())
		}
	})
}
