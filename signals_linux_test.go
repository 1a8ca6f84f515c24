package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// served is the program at its service, after its answer to one request.
func served(t *testing.T, stateRoot, request string) *peer {
	t.Helper()
	p := startPeer(t, exec.Command("realmconf", "--realm", "demo", "--state-root", stateRoot))
	if answer := p.answer(request + "\n"); answer["result"] == nil {
		t.Fatalf("got %v", answer)
	}
	return p
}

func TestASignalEndsTheServiceInOrder(t *testing.T) {
	p := served(t, t.TempDir(), `{"jsonrpc":"2.0","id":1,"method":"config/get"}`)
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.command.Wait(); err != nil {
		t.Errorf("with a realm: %v, want an end in order", err)
	}

	// Before that, the signals are nobody's.
	p = served(t, t.TempDir(), `{"jsonrpc":"2.0","id":1,"method":"ping"}`)
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = p.command.Wait()
	if status := p.command.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("without a realm: %v, want the end that a signal makes", p.command.ProcessState)
	}
}

// TestAClosedOutputIsNoEnd: the write whose answer nobody reads is made.
func TestAClosedOutputIsNoEnd(t *testing.T) {
	stateRoot := t.TempDir()
	p := served(t, stateRoot, `{"jsonrpc":"2.0","id":1,"method":"config/get"}`)
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
		t.Errorf("%v, want an end in order", err)
	}
	text, err := os.ReadFile(filepath.Join(stateRoot, "demo", "config.toml"))
	if err != nil || !strings.Contains(string(text), "port = 900") {
		t.Errorf("%q, %v", text, err)
	}

	// Before a realm is opened there is nothing to lose.
	p = served(t, t.TempDir(), `{"jsonrpc":"2.0","id":1,"method":"ping"}`)
	if err := p.output.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(p.in, `{"jsonrpc":"2.0","id":2,"method":"ping"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	_ = p.command.Wait()
	if status := p.command.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGPIPE {
		t.Errorf("without a realm: %v, want the end that the signal makes", p.command.ProcessState)
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
