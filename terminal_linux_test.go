package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal makes a pseudo-terminal of a width: person is the end at which a
// person types and reads, and program the end that a program has as its terminal.
func openTerminal(t *testing.T, width uint16) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: width}); err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// runOnTerminal runs the program with its output on a terminal, and returns the
// text that a person sees there, with "\n" at the end of lines.
func runOnTerminal(t *testing.T, width uint16, environment []string, args ...string) string {
	t.Helper()
	person, program := openTerminal(t, width)
	cmd := exec.Command("realmconf", args...)
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stdout = program
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, stderr.String())
	}
	program.Close()               // so that reading ends
	text, _ := io.ReadAll(person) // with an error: the other end is closed
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

func TestTerminal_results(t *testing.T) {
	stateRoot := t.TempDir()
	run := func(width uint16, environment []string, args ...string) string {
		return runOnTerminal(t, width, environment, append(args, "--realm", "demo", "--state-root", stateRoot)...)
	}
	if got, want := run(80, nil, "get", "/rest"), "host = \"127.0.0.1\"\nport = 8080\n"; got != want {
		t.Errorf("get: got %q, want %q", got, want)
	}
	got := run(24, []string{"TERM=xterm", "NO_COLOR="}, "set-key", "/rest/host", "a-rather-long-name")
	if !strings.Contains(got, "\x1b[32m+/rest/host =\x1b[0m\n\x1b[32m    \"a-rather-long-name\"\x1b[0m\n") {
		t.Errorf("a narrow terminal with colours: got %q", got)
	}
	for _, environment := range []string{"NO_COLOR=1", "TERM=dumb"} {
		port := strconv.Itoa(len(environment))
		got := run(0, []string{environment}, "set-key", "/rest/port", port)
		if strings.Contains(got, "\x1b") || !strings.Contains(got, "+/rest/port = "+port+"\n") {
			t.Errorf("with %s: got %q, want no colours", environment, got)
		}
	}
	if got := run(80, nil, "doctor"); !strings.HasSuffix(got, "no problem was found\n") {
		t.Errorf("doctor: got %q", got)
	}
}

// TestTerminal_server starts the server on a terminal: it explains on standard
// error that it waits for requests, and keeps standard output for answers.
func TestTerminal_server(t *testing.T) {
	person, program := openTerminal(t, 80)
	cmd := exec.Command("realmconf", "--realm", "demo", "--state-root", t.TempDir())
	cmd.Stdin = program
	var stdout strings.Builder
	cmd.Stdout = &stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first, err := bufio.NewReader(stderr).ReadString('\n')
	if err != nil || !strings.HasPrefix(first, "realmconf: waiting for requests on standard input") {
		t.Errorf("got %q, %v", first, err)
	}
	if _, err := io.WriteString(person, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"config/get\",\"params\":{\"path\":\"/rest/port\"}}\n\x04"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("exit: %v, want 0", err)
	}
	if got := stdout.String(); strings.Count(got, "\n") != 1 || valueAt(t, got, "/result/value") != int64(8080) {
		t.Errorf("standard output: got %q, want one answer", got)
	}
}

// editSession is "realmconf edit" on a terminal, with a person who reads and
// types. The editor is a shell command.
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

// expect reads until a text appears.
func (e *editSession) expect(text string) {
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

// typeLine types a line and forgets the text that was seen before.
func (e *editSession) typeLine(line string) {
	e.t.Helper()
	e.seen.Reset()
	if _, err := io.WriteString(e.person, line+"\n"); err != nil {
		e.t.Fatal(err)
	}
}

// expectExit waits for the program's end, with an exit code and a number of
// drafts that are left.
func (e *editSession) expectExit(code, drafts int) {
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

// TestEdit_withoutEditor: without VISUAL and EDITOR the editor is vi if standard
// input and error are a terminal, even if the result goes elsewhere.
func TestEdit_withoutEditor(t *testing.T) {
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
		t.Errorf("without a terminal to show the editor: got %v, want exit 2", err)
	}
}

func TestEdit_invalidText(t *testing.T) {
	stateRoot := t.TempDir()
	e := startEdit(t, stateRoot, `f() { if grep -q prot "$1"; then sed -i s/prot/port/ "$1"; else printf '[rest]\nprot = 1\n' > "$1"; fi; }; f`)
	e.expect("line 2: /rest/prot: no such key; did you mean /rest/port?")
	e.expect("[e]dit again")
	e.typeLine("e")
	e.expect("+/rest/port = 1")
	e.expectExit(0, 0)

	e = startEdit(t, stateRoot, `f() { echo broken > "$1"; }; f`)
	e.expect("is not TOML: line 1")
	e.expect("[k]eep")
	e.typeLine("k")
	e.expect("your text is kept in " + e.temp)
	e.expectExit(1, 1)
}

func TestEdit_concurrentChange(t *testing.T) {
	stateRoot := t.TempDir()
	realm := []string{"--realm", "demo", "--state-root", stateRoot}
	if err := exec.Command("realmconf", append([]string{"patch", `{"agent":{"model":"a"},"rest":{"port":1}}`}, realm...)...).Run(); err != nil {
		t.Fatal(err)
	}
	// The editor changes the port; while it is open for the first time, another
	// program changes the model.
	const editor = `f() { if grep -q 'port = 1' "$1"; then sed -i 's/port = 1/port = 2/' "$1"; realmconf set-key /agent/model b --realm demo --state-root "$STATE_ROOT" > /dev/null; fi; }; f`
	e := startEdit(t, stateRoot, editor)
	e.expect("which others made meanwhile")
	e.expect("+/agent/model = \"b\"")
	e.expect("+/rest/port = 2")
	e.expect("[m]erge")
	e.typeLine("m")
	e.expect("+/rest/port = 2")
	e.expectExit(0, 0)
	text, err := os.ReadFile(filepath.Join(stateRoot, "demo", "config.toml"))
	if want := "[agent]\nmodel = \"b\"\n\n[rest]\nport = 2\n"; err != nil || string(text) != want {
		t.Errorf("config.toml: got %q, %v, want %q", text, err, want)
	}
}

// TestSignal_command interrupts a command that reads its input: the first signal
// ends it, before anything is changed.
func TestSignal_command(t *testing.T) {
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
		// This is more than a pipe holds: once it is written, the program reads.
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

func TestSignal_edit(t *testing.T) {
	// At the question.
	e := startEdit(t, t.TempDir(), `f() { echo broken > "$1"; }; f`)
	e.expect("[k]eep the text aside and stop?")
	if err := e.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	e.expect("your text is kept in " + e.temp)
	e.expectExit(1, 1)

	// While the editor is open: a changed text is kept, an unchanged one removed.
	e = startEdit(t, t.TempDir(), `f() { echo broken > "$1"; kill -TERM $PPID; exec tail -f /dev/null; }; f`)
	e.expect("your text is kept in " + e.temp)
	e.expect("realmconf was stopped: nothing was written")
	e.expectExit(1, 1)
	hangup := "HUP"
	if signal.Ignored(syscall.SIGHUP) { // as under nohup, and the program inherits that
		hangup = "TERM"
	}
	e = startEdit(t, t.TempDir(), `f() { kill -`+hangup+` $PPID; exec tail -f /dev/null; }; f`)
	e.expect("realmconf was stopped: nothing was written")
	e.expectExit(1, 0)

	// Ctrl-C in the editor does not end realmconf.
	stateRoot := t.TempDir()
	e = startEdit(t, stateRoot, `f() { kill -INT $PPID; realmconf version > /dev/null; printf '[rest]\nport = 1\n' > "$1"; }; f`)
	e.expect("+/rest/port = 1")
	e.expectExit(0, 0)
	if text, err := os.ReadFile(filepath.Join(stateRoot, "demo", "config.toml")); err != nil || string(text) != "[rest]\nport = 1\n" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestEdit_emptyText(t *testing.T) {
	stateRoot := t.TempDir()
	if err := exec.Command("realmconf", "set-key", "/rest/port", "1", "--realm", "demo", "--state-root", stateRoot).Run(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ answer, want string }{{"k", "[rest]\nport = 1\n"}, {"r", ""}} {
		answer, want := test.answer, test.want
		e := startEdit(t, stateRoot, `cp /dev/null`)
		e.expect("[e]dit again, [r]eset every key to its default, or [k]eep")
		e.typeLine(answer)
		if answer == "k" {
			e.expect("your text is kept in")
			e.expectExit(1, 1)
		} else {
			e.expect("+/rest/port = 8080 (default)")
			e.expectExit(0, 0)
		}
		if text, err := os.ReadFile(filepath.Join(stateRoot, "demo", "config.toml")); err != nil || string(text) != want {
			t.Errorf("after %s: got %q, %v, want %q", answer, text, err, want)
		}
	}
}

// startServer starts the server and waits for its answer to one request.
func startServer(t *testing.T, stateRoot, request string) *process {
	t.Helper()
	p := startProcess(t, exec.Command("realmconf", "--realm", "demo", "--state-root", stateRoot))
	if answer := p.call(request + "\n"); answer["result"] == nil {
		t.Fatalf("got %v", answer)
	}
	return p
}

// TestSignal_server: once something was written, a signal makes the server exit with
// 0 after the requests that it accepted. Before that, the signal ends it at once.
func TestSignal_server(t *testing.T) {
	p := startServer(t, t.TempDir(), `{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"rest":{"port":9}}}}`)
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.command.Wait(); err != nil {
		t.Errorf("after a write: %v, want exit 0", err)
	}

	p = startServer(t, t.TempDir(), `{"jsonrpc":"2.0","id":1,"method":"config/get"}`)
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = p.command.Wait()
	if status := p.command.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("after a read: %v, want it ended by the signal", p.command.ProcessState)
	}
}

// TestClosedOutput: a write whose answer cannot be delivered is still made. Before
// the first write, a closed output ends the server.
func TestClosedOutput(t *testing.T) {
	stateRoot := t.TempDir()
	p := startServer(t, stateRoot, `{"jsonrpc":"2.0","id":1,"method":"config/get"}`)
	if err := p.output.Close(); err != nil {
		t.Fatal(err)
	}
	const patch = `{"jsonrpc":"2.0","id":%,"method":"config/patch","params":{"patch":{"rest":{"port":900%}}}}` + "\n"
	if _, err := io.WriteString(p.in, strings.ReplaceAll(patch, "%", "2")+strings.ReplaceAll(patch, "%", "3")); err != nil {
		t.Fatal(err)
	}
	if err := p.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.command.Wait(); err != nil {
		t.Errorf("%v, want exit 0", err)
	}
	text, err := os.ReadFile(filepath.Join(stateRoot, "demo", "config.toml"))
	if err != nil || !strings.Contains(string(text), "port = 900") {
		t.Errorf("%q, %v", text, err)
	}

	p = startServer(t, t.TempDir(), `{"jsonrpc":"2.0","id":1,"method":"ping"}`)
	if err := p.output.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(p.in, `{"jsonrpc":"2.0","id":2,"method":"ping"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	_ = p.command.Wait()
	if status := p.command.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGPIPE {
		t.Errorf("without a realm: %v, want it ended by the signal", p.command.ProcessState)
	}
}

// TestClosedLog: a server whose standard error is closed still answers.
func TestClosedLog(t *testing.T) {
	cmd := exec.Command("realmconf", "--realm", "demo", "--state-root", t.TempDir(), "--log-level", "debug")
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	cmd.Stdin = strings.NewReader(`{"jsonrpc":"2.0","method":"notifications/unheard_of"}
{"jsonrpc":"2.0","id":1,"method":"ping"}
`)
	if out, err := cmd.Output(); err != nil || !strings.Contains(string(out), `"result"`) {
		t.Errorf("%s, %v", out, err)
	}
}
