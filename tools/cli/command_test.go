package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCommands_complete(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		if seen[c.name] || c.summary == "" || c.maxArgs < c.minArgs || c.run == nil {
			t.Errorf("%s: a duplicate, without a summary, or without a function", c.name)
		}
		seen[c.name] = true
		if words := len(strings.Fields(c.form)); !c.raw && words != c.maxArgs {
			t.Errorf("%s: the form %q has %d words, and it takes up to %d arguments", c.name, c.form, words, c.maxArgs)
		}
		if got := findCommand(c.name); got == nil || got.name != c.name {
			t.Errorf("findCommand(%q): got %v", c.name, got)
		}
	}
	if c := findCommand("nonsense"); c != nil {
		t.Errorf("findCommand of an unknown name: got %v, want nil", c.name)
	}
}

// The texts for help are in the style of the messages.
func TestCommands_summaryStyle(t *testing.T) {
	for _, c := range commands() {
		if strings.HasSuffix(c.summary, ".") || c.summary[:1] != strings.ToLower(c.summary[:1]) || strings.Contains(c.summary, "\n") {
			t.Errorf("%s: the summary %q is not one line in lower case without a period", c.name, c.summary)
		}
		for line := range strings.Lines(c.details) {
			if len(line) > 101 {
				t.Errorf("%s: a line of the help has %d characters: %q", c.name, len(line), line)
			}
		}
	}
}

// A command that a document shows must exist.
func TestCommands_namedInDocuments(t *testing.T) {
	named := regexp.MustCompile("(?m)(?:^|`|\\(|\\| )realmconf ([a-z_-]+)")
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range named.FindAllSubmatch(text, -1) {
			if word := string(match[1]); !strings.HasPrefix(word, "-") && findCommand(word) == nil {
				t.Errorf("%s has %q, which is not a command", name, match[0])
			}
		}
	}
}

// A command in a message or a help text must exist.
func TestCommands_namedInTexts(t *testing.T) {
	named := regexp.MustCompile("realmconf ([a-z]+(?:-[a-z]+)?)")
	notCommands := []string{"the", "and", "was"}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			code, _, _ := strings.Cut(line, "//")
			for _, match := range named.FindAllStringSubmatch(code, -1) {
				if findCommand(match[1]) == nil && !slices.Contains(notCommands, match[1]) && !strings.HasSuffix(file, "_test.go") {
					t.Errorf("%s: %q is not a command", file, match[0])
				}
			}
		}
	}
}

func TestCommandNames_filter(t *testing.T) {
	if got := commandNames(func(c *command) bool { return c.file }); !slices.Equal(got, []string{"export", "set", "import"}) {
		t.Errorf("commands with a file: got %v, want export, set and import", got)
	}
	if got := commandNames(isListed); slices.Contains(got, "__complete") || !slices.Contains(got, "edit") {
		t.Errorf("listed commands: got %v", got)
	}
}

func TestPrintHelp_program(t *testing.T) {
	var b bytes.Buffer
	printHelp(&b, serverFlags(), nil)
	for _, part := range []string{
		"Usage: realmconf [flags]\n", "\n  get [POINTER]             print the configuration",
		"\n  set-key POINTER VALUE     change one key", "\n  --state-root directory\n        the directory of the realms\n",
		"\n  --isolated\n        a new realm\n", "\n  --history int\n", "\nExit codes: 0 done, 1 refused, 2 wrong usage, 3 another writer was first,\n",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("got %q, want %q in it", b.String(), part)
		}
	}
	if strings.Contains(b.String(), "__complete") {
		t.Error("help lists the hidden command __complete")
	}
}

func TestPrintHelp_command(t *testing.T) {
	for _, c := range commands() {
		var b bytes.Buffer
		printHelp(&b, serverFlags(), c)
		if !strings.HasPrefix(b.String(), "Usage: "+c.synopsis()+"\n\n"+capitalize(c.summary)+".\n") {
			t.Errorf("%s: got %q", c.name, b.String())
		}
		if hasFlags := strings.Contains(b.String(), "\nFlags, in addition to those of realmconf --help:\n"); hasFlags != (c.flags != nil) {
			t.Errorf("%s: lists flags: %v, want %v", c.name, hasFlags, c.flags != nil)
		}
	}
}

func TestHelp_run(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(0, `Usage: realmconf unset-key POINTER

Return one key to its default, or remove an entry of a list.

Flags, in addition to those of realmconf --help:
  --dry-run
        check and show what would change, write nothing
  --effective
        with --dry-run: also show what agents of this realm, and of those that inherit from it, would run with
  --expected-generation generation
        write only if this generation is still current
  --force
        write config.toml although it is protected against writing
  --json
        print JSON on a terminal, too
  --reason sentence
        why, in one sentence; kept in the history
  --terminal
        print as on a terminal in a pipe, too, as in: history --terminal | less
`, "unset-key", "--help")
	sh.wantRun(2, "", "help", "gte")
	sh.wantStderr(`realmconf: no command "gte": did you mean get?`, "hint: realmconf --help lists the commands and flags")
	sh.wantRun(ExitUsage, "", "serve")
	sh.wantStderr(`realmconf: no command "serve": the program serves when it has no command, so leave it out`)
	for name, want := range map[string]string{"undo": "revert", "rm": "unset-key", "mv": "patch", "find": "schema", "reset": "rollback", "log": "history", "cat": "get", "status": "doctor", "unset": "unset-key"} {
		sh.wantRun(2, "", name)
		sh.wantStderr(fmt.Sprintf("realmconf: no command %q: it is called %s here, to ", name, want), "hint: realmconf help "+want+" shows")
		sh.wantRun(2, "", "help", name)
		sh.wantStderr("it is called " + want + " here")
	}
	if code := sh.run("help"); code != 0 || !strings.HasPrefix(sh.out.String(), "Usage: realmconf [flags]\n") {
		t.Errorf("help: exit %d, %q", code, sh.out.String())
	}
}

func TestPrintGreeting(t *testing.T) {
	var b bytes.Buffer
	printGreeting(&b)
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, "realmconf: ") || strings.HasSuffix(line, ".\n") {
			t.Errorf("got %q, want a message", line)
		}
	}
	b.Reset()
	Greet(strings.NewReader(""), &b)
	if b.Len() > 0 {
		t.Errorf("without a terminal: got %q, want nothing", b.String())
	}
}
