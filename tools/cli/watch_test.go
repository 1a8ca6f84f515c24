package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"

	"realmconf/schema/tree"
)

// watcher is a watch command that runs beside other commands.
type watcher struct {
	lines     *bufio.Reader
	interrupt context.CancelFunc
	exit      chan int
}

// startWatch starts a watch and waits until it is ready.
func startWatch(t *testing.T, sh *shell, args ...string) *watcher {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	t.Cleanup(interrupt)
	messages, stderr := io.Pipe()
	results, stdout := io.Pipe()
	session := sh.session
	session.Stdout, session.Stderr = stdout, stderr
	inv, err := Parse(serverFlags(), append([]string{"watch"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{bufio.NewReader(results), interrupt, make(chan int, 1)}
	go func() { w.exit <- inv.Run(ctx, session) }()
	first, err := bufio.NewReader(messages).ReadString('\n')
	if err != nil || !strings.HasPrefix(first, "realmconf: watching from generation ") {
		t.Fatalf("got %q, %v", first, err)
	}
	return w
}

// next returns the next line.
func (w *watcher) next(t *testing.T) tree.Object {
	t.Helper()
	line, err := w.lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return parseObject(t, line)
}

func TestWatch_part(t *testing.T) {
	sh := newShell(t, Terminal{})
	w := startWatch(t, sh, "/rest")
	for _, change := range []string{`{"agent":{"model":"m"}}`, `{"rest":{"port":1}}`} {
		if code := sh.run("patch", change, "--reason", "because"); code != ExitDone {
			t.Fatalf("%s: exit %d, %s", change, code, sh.stderr.String())
		}
	}
	params := w.next(t)
	changes := params["changes"].([]any)
	if params["generation"] != int64(2) || len(changes) != 1 || changes[0].(tree.Object)["path"] != "/rest/port" {
		t.Errorf("got %v, want the change of /rest/port alone", params)
	}
	w.interrupt()
	if code := <-w.exit; code != ExitDone {
		t.Errorf("exit %d, want 0", code)
	}
}

// A line has the origin of the change, as a notification has.
func TestWatch_line(t *testing.T) {
	sh := newShell(t, Terminal{})
	w := startWatch(t, sh)
	sh.run("set-key", "/rest/port", "2", "--reason", "because")
	params := w.next(t)
	origin := params["origins"].([]any)[0].(tree.Object)
	if params["previous_generation"] != int64(0) || params["own"] != false || origin["reason"] != "because" || origin["operation"] != "patch" {
		t.Errorf("got %v", params)
	}
	sh.writeText("broken =")
	if params := w.next(t); params["generation"] != int64(2) {
		t.Errorf("a text that is not TOML: got %v, want generation 2", params)
	}
	sh.writeText("[rest]\nport = 3\n")
	if params := w.next(t); params["generation"] != int64(3) {
		t.Errorf("a repaired text: got %v, want generation 3", params)
	}
	w.interrupt()
	<-w.exit
}

// On a terminal a change is read by a person: who, how and why, and the difference.
func TestWatch_terminal(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 60})
	w := startWatch(t, sh)
	next := func() string {
		line, err := w.lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	sh.run("set-key", "/rest/port", "2", "--reason", "because")
	for _, want := range []string{"generation 1: patch by realmconf: because\n", "-/rest/port = 8080 (default)\n", "+/rest/port = 2\n"} {
		if got := next(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	sh.writeText("broken =")
	if got, want := next(), "generation 2: external\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var refusal strings.Builder
	for !strings.Contains(refusal.String(), "in the history") { // the end of the advice
		refusal.WriteString(strings.TrimSpace(next()) + " ")
	}
	if want := "it cannot be read: config.toml is not TOML: line 1,"; !strings.HasPrefix(refusal.String(), want) {
		t.Errorf("got %q, want %q first", refusal.String(), want)
	}
	sh.writeText("rest.port = 3\n")
	for _, want := range []string{"generation 3: external\n", "its changes are not listed: realmconf diff 2\n"} {
		if got := next(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	w.interrupt()
	<-w.exit
}

// brokenPipe is an output whose reader has gone.
type brokenPipe struct{ err error }

func (b brokenPipe) Write([]byte) (int, error) { return 0, b.err }

func TestWatch_readerGone(t *testing.T) {
	for want, err := range map[int]error{ExitDone: syscall.EPIPE, ExitStorage: errors.New("no space left")} {
		sh := newShell(t, Terminal{})
		ready := make(chan struct{})
		session := sh.session
		session.Stdout, session.Stderr = brokenPipe{err}, notifyWriter{ready}
		inv, parseErr := Parse(serverFlags(), []string{"watch"})
		if parseErr != nil {
			t.Fatal(parseErr)
		}
		exit := make(chan int, 1)
		go func() { exit <- inv.Run(t.Context(), session) }()
		<-ready
		sh.run("set-key", "/rest/port", "2")
		if code := <-exit; code != want {
			t.Errorf("%v: exit %d, want %d", err, code, want)
		}
	}
}

// notifyWriter closes a channel at the first write and discards the others.
type notifyWriter struct{ ready chan struct{} }

func (n notifyWriter) Write(text []byte) (int, error) {
	select {
	case <-n.ready:
	default:
		close(n.ready)
	}
	return len(text), nil
}

func TestWatch_badPart(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(2, "", "watch", "rest")
	sh.wantStderr(`must start with "/"`, "hint: realmconf help watch")
	sh.wantRun(1, "", "watch", "/rest/prot")
	sh.wantStderr("/rest/prot: no such key; did you mean /rest/port?")
}

// TestWatch_effective prints what a change of an inherited realm means, on a terminal
// and in a pipe.
func TestWatch_effective(t *testing.T) {
	for isTerminal, want := range map[bool][]string{
		true: {
			"realm global: generation 2\n", "-/agent/model = \"g\"\n", "+/agent/model = \"h\"\n",
			"realm global: generation 3\n", "agents can be run no more: realm \"global\": config.toml is not TOML: ",
		},
		false: {
			`{"changes":[{"new":"h","old":"g","op":"replace","path":"/agent/model"}],"generation":1,"own":false,"previous_generation":1,"realms":[{"generation":2,"previous_generation":1,"realm_id":"global"}],"view":"effective"}` + "\n",
			`{"changes_omitted":true,"generation":1,"own":false,"previous_generation":1,"realms":[{"generation":3,"previous_generation":2,"realm_id":"global"}],"refused":"realm \"global\": config.toml is not TOML: `,
		},
	} {
		sh, global := newFamilyShell(t, Terminal{Interactive: isTerminal, Width: 400}, "[rest]\nport = 9\n", "[realm.global]\n[agent]\nmodel = \"g\"\n")
		w := startWatch(t, sh, "--effective", "/agent")
		next := func(n int) {
			t.Helper()
			for _, line := range want[:n] {
				got, err := w.lines.ReadString('\n')
				if err != nil || !strings.HasPrefix(got, line) {
					t.Errorf("on a terminal %t: got %q, %v, want %q", isTerminal, got, err, line)
				}
			}
			want = want[n:]
		}
		sh.store = global
		sh.writeText("[realm.global]\n[agent]\nmodel = \"h\"\n")
		next(len(want) - len(want)/2)
		sh.writeText("[realm.global")
		next(len(want))
		w.interrupt()
		if code := <-w.exit; code != ExitDone {
			t.Errorf("exit %d, want 0", code)
		}
	}
	sh := newShell(t, Terminal{})
	sh.wantRun(2, "", "watch", "--effective", "/rest")
}
