package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// editSession is a person in "realmconf edit" on a terminal. The editor is a
// shell command.
type editSession struct {
	t         *testing.T
	person    *os.File
	seen      strings.Builder
	cmd       *exec.Cmd
	stateRoot string
	temp      string
}

func startEdit(t *testing.T, stateRoot, editor string) *editSession {
	t.Helper()
	person, program := openTerminal(t, 80)
	e := &editSession{t: t, person: person, stateRoot: stateRoot, temp: t.TempDir()}
	e.cmd = exec.Command("realmconf", "edit", "--realm", "demo", "--state-root", stateRoot)
	e.cmd.Env = append(os.Environ(), "VISUAL="+editor, "TMPDIR="+e.temp, "STATE_ROOT="+stateRoot, "NO_COLOR=1")
	e.cmd.Stdin, e.cmd.Stdout, e.cmd.Stderr = program, program, program
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	program.Close()
	return e
}

// sees reads on until a text has come.
func (e *editSession) sees(text string) {
	e.t.Helper()
	buffer := make([]byte, 4096)
	for !strings.Contains(e.seen.String(), text) {
		n, err := e.person.Read(buffer)
		e.seen.Write(buffer[:n])
		if err != nil {
			e.t.Fatalf("%v, and no %q in:\n%s", err, text, e.seen.String())
		}
	}
}

// types writes a line and forgets what was seen before.
func (e *editSession) types(line string) {
	e.t.Helper()
	e.seen.Reset()
	if _, err := io.WriteString(e.person, line+"\n"); err != nil {
		e.t.Fatal(err)
	}
}

// ends waits for the program, and says how many drafts are left.
func (e *editSession) ends(code, drafts int) {
	e.t.Helper()
	_ = e.cmd.Wait()
	if got := e.cmd.ProcessState.ExitCode(); got != code {
		e.t.Errorf("exit %d, want %d\n%s", got, code, e.seen.String())
	}
	left, err := filepath.Glob(filepath.Join(e.temp, "realmconf-edit-*", "config.toml"))
	if err != nil || len(left) != drafts {
		e.t.Errorf("drafts left: %v, %v, want %d", left, err, drafts)
	}
}

// Without VISUAL and EDITOR it is vi, if there is a terminal for it: also when
// the result goes elsewhere.
func TestEditFallsBackToViOnATerminal(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "vi"), []byte("#!/bin/sh\nprintf '[rest]\\nport = 1\\n' > \"$1\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, program := openTerminal(t, 80)
	cmd := exec.Command("realmconf", "edit", "--realm", "demo", "--state-root", t.TempDir())
	cmd.Env = append(os.Environ(), "VISUAL=", "EDITOR= ", "TMPDIR="+t.TempDir(), "PATH="+bin+":"+os.Getenv("PATH"))
	cmd.Stdin, cmd.Stderr = program, program
	if out, err := cmd.Output(); err != nil || !strings.Contains(string(out), `"generation":1`) {
		t.Errorf("got %q, %v, want generation 1", out, err)
	}
	cmd = exec.Command("realmconf", cmd.Args[1:]...)
	cmd.Env = append(os.Environ(), "VISUAL=", "EDITOR= ")
	cmd.Stdin = program
	if _, err := cmd.Output(); cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("with nothing that shows the editor: got %v, want exit 2", err)
	}
}

func TestEditOffersAnotherTry(t *testing.T) {
	stateRoot := t.TempDir()
	e := startEdit(t, stateRoot, `f() { if grep -q prot "$1"; then sed -i s/prot/port/ "$1"; else printf '[rest]\nprot = 1\n' > "$1"; fi; }; f`)
	e.sees("line 2: /rest/prot: no such key; did you mean /rest/port?")
	e.sees("[e]dit again")
	e.types("e")
	e.sees("+/rest/port = 1")
	e.ends(0, 0)

	e = startEdit(t, stateRoot, `f() { echo broken > "$1"; }; f`)
	e.sees("is not TOML: line 1")
	e.sees("[k]eep")
	e.types("k")
	e.sees("your text is kept in " + e.temp)
	e.ends(1, 1)
}

func TestEditMergesWithWhatOthersDid(t *testing.T) {
	stateRoot := t.TempDir()
	realm := []string{"--realm", "demo", "--state-root", stateRoot}
	if err := exec.Command("realmconf", append([]string{"patch", `{"agent":{"model":"a"},"rest":{"port":1}}`}, realm...)...).Run(); err != nil {
		t.Fatal(err)
	}
	// The editor changes the port; while it is open for the first time, somebody
	// else changes the model.
	const editor = `f() { if grep -q 'port = 1' "$1"; then sed -i 's/port = 1/port = 2/' "$1"; realmconf set-key /agent/model b --realm demo --state-root "$STATE_ROOT" > /dev/null; fi; }; f`
	e := startEdit(t, stateRoot, editor)
	e.sees("which the others made meanwhile")
	e.sees("+/agent/model = \"b\"")
	e.sees("+/rest/port = 2")
	e.sees("[m]erge")
	e.types("m")
	e.sees("+/rest/port = 2")
	e.ends(0, 0)
	text, err := os.ReadFile(filepath.Join(stateRoot, "demo", "config.toml"))
	if want := "[agent]\nmodel = \"b\"\n\n[rest]\nport = 2\n"; err != nil || string(text) != want {
		t.Errorf("config.toml: got %q, %v, want %q", text, err, want)
	}
}
