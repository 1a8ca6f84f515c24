package cli

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestDetectTerminal_notATerminal(t *testing.T) {
	sh := newShell(t, Terminal{})
	file, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got := DetectTerminal(&sh.out, sh.session.Getenv); got != (Terminal{}) {
		t.Errorf("a buffer: got %+v", got)
	}
	if got := DetectTerminal(file, sh.session.Getenv); got != (Terminal{}) {
		t.Errorf("a file: got %+v", got)
	}
	if isTerminal(file) || isTerminal(&sh.out) || isTerminal(nil) {
		t.Error("isTerminal: got true for a file, a buffer or nil")
	}
}

func TestPaint(t *testing.T) {
	colour, plain := Terminal{Colour: true}, Terminal{}
	if got := colour.paint(red, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("with colours: got %q", got)
	}
	if got := plain.paint(red, "x"); got != "x" {
		t.Errorf("without colours: got %q", got)
	}
}

func TestEscapeControls(t *testing.T) {
	for _, tt := range []struct{ text, json, toml string }{
		{"a\n\tb ü", "a\n\tb ü", "a\n\tb ü"},
		{"\x1b[2J", `\u001b[2J`, `\u001b[2J`},
		{"a\u202eb", `a\u202eb`, `a\u202eb`},
		{"\U000E0041", `\udb40\udc41`, `\U000e0041`},
		{"\ufe0f\u115f", `\ufe0f\u115f`, `\ufe0f\u115f`},
		{"\xff", `\ufffd`, `\ufffd`},
	} {
		if got := string(escapeControls([]byte(tt.text), true)); got != tt.json {
			t.Errorf("%q as JSON: got %q, want %q", tt.text, got, tt.json)
		}
		if got := string(escapeControls([]byte(tt.text), false)); got != tt.toml {
			t.Errorf("%q as TOML: got %q, want %q", tt.text, got, tt.toml)
		}
	}
}

func TestShellWord(t *testing.T) {
	for text, want := range map[string]string{
		"/a/b-c_d.e": "/a/b-c_d.e",
		"":           "''",
		"a b":        "'a b'",
		"/a/it's":    `'/a/it'\''s'`,
		"$HOME":      "'$HOME'",
		"ü":          "'ü'",
		"~a":         "'~a'",
		"=ls":        "'=ls'",
		"a\nb":       `$'a\012b'`,
		"\u202e1'\\": `$'\342\200\2561\'\\'`,
		"\xff/$a":    `$'\377/$a'`,
	} {
		if got := shellWord(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// Bash reads each word as the text itself, and nothing in it is run.
func TestShellWord_bash(t *testing.T) {
	texts := append(slices.Clone(hostileNames), "\xff\xfe", "")
	command := `printf '%s\0'`
	for _, text := range texts {
		command += " " + shellWord(text)
	}
	out, err := exec.Command("bash", "-c", command).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !slices.Equal(got, texts) {
		t.Errorf("got  %q\nwant %q", got, texts)
	}
}

// A configuration can hold characters that change a terminal or are invisible.
// They are shown as an escape sequence with the same meaning.
func TestGet_controlCharacters(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	sh.writeText("[agent]\nmodel = \"a\\u009b2Jb\\u202Ec\\U000E0041d\"\nsystem_prompt = \"one\\u200b\\ntwo\\n\"\n[models]\n\"x\\u202Ey\" = \"ü\"\n")
	sh.wantRun(0, "\"a\\u009b2Jb\\u202ec\\U000e0041d\"\n", "get", "/agent/model")
	sh.wantRun(0, "\"a\\u009b2Jb\\u202ec\\udb40\\udc41d\"\n", "get", "/agent/model", "--json")
	sh.wantRun(0, "model = \"a\\u009b2Jb\\u202ec\\U000e0041d\"\nsystem_prompt = \"\"\"\none\\u200b\ntwo\n\"\"\"\n", "get", "/agent", "--stored")
	sh.wantRun(0, "\"x\\u202ey\" = \"ü\"\n", "get", "/models", "--stored")
	sh.wantRun(0, "a\u009b2Jb\u202ec\U000E0041d\n", "get", "-r", "/agent/model")
	sh.session.Terminal = &Terminal{}
	sh.wantRun(0, "\"a\u009b2Jb\u202ec\U000E0041d\"\n", "get", "/agent/model")
}
