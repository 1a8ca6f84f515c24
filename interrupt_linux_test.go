package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestASignalEndsWhatWaitsForInput interrupts a command that reads its input:
// nothing has been begun, so the first signal ends it.
func TestASignalEndsWhatWaitsForInput(t *testing.T) {
	for _, args := range [][]string{{"set", "-"}, {"patch", "-"}, {"call", "config/patch", "-"}} {
		cmd := exec.Command("realmconf", append(args, "--realm", "demo", "--state-root", t.TempDir())...)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		var stderr strings.Builder
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// More than a pipe holds: once it is written, the program reads.
		if _, err := stdin.Write(bytes.Repeat([]byte{' '}, 1<<20)); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(stderr.String(), "cancelled before anything was changed") {
			t.Errorf("%v: exit %d, want 1\n%s", args, code, stderr.String())
		}
	}
}

func TestASignalEndsAnEdit(t *testing.T) {
	// At the question.
	e := startEdit(t, t.TempDir(), `f() { echo broken > "$1"; }; f`)
	e.sees("[k]eep the text aside and stop?")
	if err := e.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	e.sees("your text is kept in " + e.temp)
	e.ends(1, 1)

	// While the editor is open: a changed text is kept, an unchanged one is not.
	e = startEdit(t, t.TempDir(), `f() { echo broken > "$1"; kill -TERM $PPID; exec tail -f /dev/null; }; f`)
	e.sees("your text is kept in " + e.temp)
	e.sees("realmconf was told to stop: nothing was written")
	e.ends(1, 1)
	e = startEdit(t, t.TempDir(), `f() { kill -HUP $PPID; exec tail -f /dev/null; }; f`)
	e.sees("realmconf was told to stop: nothing was written")
	e.ends(1, 0)

	// Ctrl-C in the editor is the editor's.
	stateRoot := t.TempDir()
	e = startEdit(t, stateRoot, `f() { kill -INT $PPID; realmconf version > /dev/null; printf '[rest]\nport = 1\n' > "$1"; }; f`)
	e.sees("+/rest/port = 1")
	e.ends(0, 0)
	if text, err := os.ReadFile(filepath.Join(stateRoot, "demo", "config.toml")); err != nil || string(text) != "[rest]\nport = 1\n" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestAnEmptiedTextIsAskedAbout(t *testing.T) {
	stateRoot := t.TempDir()
	if err := exec.Command("realmconf", "set-key", "/rest/port", "1", "--realm", "demo", "--state-root", stateRoot).Run(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ answer, want string }{{"k", "[rest]\nport = 1\n"}, {"r", ""}} {
		answer, want := test.answer, test.want
		e := startEdit(t, stateRoot, `cp /dev/null`)
		e.sees("[e]dit again, [r]eset every key to its default, or [k]eep")
		e.types(answer)
		if answer == "k" {
			e.sees("your text is kept in")
			e.ends(1, 1)
		} else {
			e.sees("+/rest/port = 8080 (default)")
			e.ends(0, 0)
		}
		if text, err := os.ReadFile(filepath.Join(stateRoot, "demo", "config.toml")); err != nil || string(text) != want {
			t.Errorf("after %s: got %q, %v, want %q", answer, text, err, want)
		}
	}
}
