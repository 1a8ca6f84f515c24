package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// served is the program at its service, after its answer to one request.
func served(t *testing.T, stateRoot, request string) (cmd *exec.Cmd, in io.WriteCloser, out io.ReadCloser) {
	t.Helper()
	cmd = exec.Command("realmconf", "--realm", "demo", "--state-root", stateRoot)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err = cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, request+"\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, `"result"`) {
		t.Fatalf("%q, %v", line, err)
	}
	return cmd, in, out
}

func TestASignalEndsTheServiceInOrder(t *testing.T) {
	cmd, _, _ := served(t, t.TempDir(), `{"jsonrpc":"2.0","id":1,"method":"config/get"}`)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("with a realm: %v, want an end in order", err)
	}

	// Before that, the signals are nobody's.
	cmd, _, _ = served(t, t.TempDir(), `{"jsonrpc":"2.0","id":1,"method":"ping"}`)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("without a realm: %v, want the end that a signal makes", cmd.ProcessState)
	}
}

// TestAClosedOutputIsNoEnd: the write whose answer nobody reads is made.
func TestAClosedOutputIsNoEnd(t *testing.T) {
	stateRoot := t.TempDir()
	cmd, in, out := served(t, stateRoot, `{"jsonrpc":"2.0","id":1,"method":"config/get"}`)
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	const patch = `{"jsonrpc":"2.0","id":%,"method":"config/patch","params":{"patch":{"rest":{"port":900%}}}}` + "\n"
	if _, err := io.WriteString(in, strings.ReplaceAll(patch, "%", "2")+strings.ReplaceAll(patch, "%", "3")); err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v, want an end in order", err)
	}
	text, err := os.ReadFile(filepath.Join(stateRoot, "demo", "config.toml"))
	if err != nil || !strings.Contains(string(text), "port = 900") {
		t.Errorf("%q, %v", text, err)
	}

	// Before a realm is opened there is nothing to lose.
	cmd, in, out = served(t, t.TempDir(), `{"jsonrpc":"2.0","id":1,"method":"ping"}`)
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, `{"jsonrpc":"2.0","id":2,"method":"ping"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGPIPE {
		t.Errorf("without a realm: %v, want the end that the signal makes", cmd.ProcessState)
	}
}

// TestAClosedLogIsNoEnd: hosts do not always read it.
func TestAClosedLogIsNoEnd(t *testing.T) {
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
