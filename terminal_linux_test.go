package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal makes a pseudo terminal of a width: person is where a person
// types and reads, and program what a program has as its terminal.
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

// onTerminal runs the program with its output on a terminal, and returns what a
// person sees there, with the line ends of a text.
func onTerminal(t *testing.T, width uint16, environment []string, args ...string) string {
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
	program.Close()               // so that what follows has an end
	text, _ := io.ReadAll(person) // the end is an error here: nobody has the other side
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

func TestResultsOnATerminal(t *testing.T) {
	stateRoot := t.TempDir()
	run := func(width uint16, environment []string, args ...string) string {
		return onTerminal(t, width, environment, append(args, "--realm", "demo", "--state-root", stateRoot)...)
	}
	if got, want := run(80, nil, "get", "/rest"), "host = \"127.0.0.1\"\nport = 8080\n"; got != want {
		t.Errorf("get: got %q, want %q", got, want)
	}
	got := run(24, []string{"TERM=xterm", "NO_COLOR="}, "set-key", "/rest/host", "a-rather-long-name")
	if !strings.Contains(got, "\x1b[32m+/rest/host = \"a-rather…\x1b[0m\n") {
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

// TestServerGreetsAPerson starts the server on a terminal: it says what it waits
// for, and nothing of that on standard output.
func TestServerGreetsAPerson(t *testing.T) {
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
	if got := stdout.String(); strings.Count(got, "\n") != 1 || at(t, got, "/result/value") != int64(8080) {
		t.Errorf("standard output: got %q, want one answer", got)
	}
}
