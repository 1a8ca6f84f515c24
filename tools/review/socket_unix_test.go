//go:build linux || darwin

package review

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// newQuestions returns questions with sockets in a directory. Between any two of their
// looks at the clock a person has the time to read a question.
func newQuestions(t *testing.T, directory string) *Questions {
	t.Helper()
	var looks atomic.Int64
	start := time.Now()
	q := New(Options{Directory: directory, Clock: func() Instant {
		passed := time.Duration(looks.Add(1)) * LeastYesTime
		return Instant{Wall: start.Add(passed), Running: passed}
	}})
	t.Cleanup(q.Close)
	return q
}

// list returns the open questions that a client finds; there must be no problems.
func list(t *testing.T, directory string) []Pending {
	t.Helper()
	all, problems := Client{directory}.List(t.Context())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return all
}

// socketsIn returns the paths of the sockets in a directory, which may be missing.
func socketsIn(t *testing.T, directory string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(directory, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// Two servers with the same question have one each: a yes to one is none to the other.
// Nothing is there before the first question, and no socket after the last one.
func TestClient_twoServers(t *testing.T) {
	directory := filepath.Join(privateDir(t), "sockets")
	a, b := newQuestions(t, directory), newQuestions(t, directory)
	if all := list(t, directory); len(all) > 0 {
		t.Errorf("got %v before the first question", all)
	}
	if _, err := os.Lstat(directory); !os.IsNotExist(err) {
		t.Errorf("a directory before the first question: %v", err)
	}
	asked := about("same", 1)
	asked.Proposal.Reason = "because\nof \x1b[2J"
	open(t, a, asked)
	open(t, b, asked)
	all := list(t, directory)
	if len(all) != 2 || all[0].Subject != asked.Subject || all[1].Subject != asked.Subject || all[0].Proposal["reason"] != asked.Proposal.Reason {
		t.Fatalf("got %v", all)
	}
	var client Client
	if err := client.Answer(t.Context(), all[0], true, store.ReviewWay); err != nil {
		t.Fatal(err)
	}
	fromA, isA := take(t, a, "same")
	fromB, isB := take(t, b, "same")
	if isA == isB {
		t.Fatalf("%t and %t servers have the yes, want one", isA, isB)
	}
	if want := (Consent{store.ReviewWay, "realmconf"}); fromA != want && fromB != want {
		t.Errorf("got %+v and %+v, want %+v once", fromA, fromB, want)
	}
	if err := client.Answer(t.Context(), all[1], false, store.PageWay); err != nil {
		t.Fatal(err)
	}
	if all = list(t, directory); len(all) != 1 || all[0].DeclinedUntil() == "" {
		t.Fatalf("after the no: got %v", all)
	}
	open(t, a, about("open", 1))
	open(t, b, about("open", 1))
	if both := list(t, directory); len(both) != 3 || both[2].DeclinedUntil() == "" {
		t.Errorf("got %v, want the one with the no last", both)
	}
	a.Approve(about("open", 1), Consent{})
	b.Approve(about("open", 1), Consent{})
	if err := client.Answer(t.Context(), all[0], true, store.PageWay); err != nil { // the person takes the no back
		t.Fatal(err)
	}
	if left := socketsIn(t, directory); len(left) > 0 {
		t.Errorf("sockets are left: %v", left)
	}
	if info, err := os.Lstat(directory); err != nil || info.Mode() != fs.ModeDir|0o700 {
		t.Errorf("the directory: %v, %v", info.Mode(), err)
	}
}

// An answer with another digest, and a second one, are refused; so is an answer to a
// server that has ended.
func TestClient_answerRefused(t *testing.T) {
	directory := filepath.Join(privateDir(t), "sockets")
	q := newQuestions(t, directory)
	open(t, q, about("a", 1), about("b", 1))
	all := list(t, directory)
	forged := all[0]
	forged.Subject[31]++
	var client Client
	refused := func(p Pending, want string) {
		t.Helper()
		if err := client.Answer(t.Context(), p, true, store.ReviewWay); !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want not_found with %q", err, want)
		}
	}
	refused(forged, "the question is not open any more")
	if err := client.Answer(t.Context(), all[0], true, store.ReviewWay); err != nil {
		t.Fatal(err)
	}
	refused(all[0], "the question is not open any more")
	q.Close()
	refused(all[1], "the question has an answer already, or the server that asked has ended: this answer changes nothing")
}

// The socket of a server that was killed is removed by whoever lists next, a client or
// another server; the client says so.
func TestClient_killedServer(t *testing.T) {
	directory := filepath.Join(privateDir(t), "sockets")
	kill := func() string {
		t.Helper()
		q := newQuestions(t, directory)
		open(t, q, about("dead", 1))
		d := q.endpoint.(*socket)
		d.listener.Close() // as the system does at a kill
		return d.path
	}
	path := kill()
	all, problems := Client{directory}.List(t.Context())
	if len(all) != 0 || len(problems) != 1 || !errors.Is(problems[0], ErrServerEnded) {
		t.Errorf("got %v, %v", all, problems)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("left: %v", err)
	}
	list(t, directory) // without a problem
	path = kill()
	open(t, newQuestions(t, directory), about("alive", 1))
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the next server left %v: %v", path, err)
	}
	if all := list(t, directory); len(all) != 1 {
		t.Errorf("got %v, want the question of the server that is alive", all)
	}
}

// A socket on which nothing listens yet is no server's, and is removed when its program
// has had the time to listen. Other files stay.
func TestFindSockets_unlistened(t *testing.T) {
	place := privateDir(t)
	plant := func(name string, age time.Duration) string {
		t.Helper()
		path := filepath.Join(place, name)
		listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		listener.SetUnlinkOnClose(false)
		listener.Close()
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		return path
	}
	begins, abandoned, other := plant("a"+unlistenedSuffix, 0), plant("b"+unlistenedSuffix, 2*beginTime), plant("other", 2*beginTime)
	if live, ended := findSockets(place); len(live) != 0 || ended != 0 {
		t.Errorf("got %v, %d ended", live, ended)
	}
	if got, want := fmt.Sprint(socketsIn(t, place)), fmt.Sprint([]string{begins, other}); got != want {
		t.Errorf("left %s, want %s; %s was abandoned", got, want, abandoned)
	}
}

// A server is found among more files than are read at once.
func TestFindSockets_manyFiles(t *testing.T) {
	directory := filepath.Join(privateDir(t), "sockets")
	open(t, newQuestions(t, directory), about("a", 1))
	for i := range 3 * maxSockets {
		if err := os.WriteFile(filepath.Join(directory, fmt.Sprintf("%d%s", i, socketSuffix)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open(t, newQuestions(t, directory), about("b", 1))
	if all := list(t, directory); len(all) != 2 {
		t.Errorf("got %v, want two questions", all)
	}
}

// Clients that are silent, send half a line, too long a line or nonsense, or come in
// floods, get nothing, and keep nobody from an answer.
func TestSocket_badClients(t *testing.T) {
	directory := filepath.Join(privateDir(t), "sockets")
	q := newQuestions(t, directory)
	open(t, q, about("a", 1))
	path := q.endpoint.(*socket).path
	for _, sent := range []string{"", `{"request":"list"}`, "\n", "{}\n", "null\n", `{"request":"list","x":1}` + "\n", strings.Repeat(" ", maxRequest) + `{"request":"list"}` + "\n"} {
		c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, sent); err != nil {
			t.Fatal(err)
		}
		_ = c.CloseWrite()
		if reply, _ := io.ReadAll(c); len(reply) > 0 {
			t.Errorf("%.40q: got %q", sent, reply)
		}
		c.Close()
	}
	var first *os.File
	for i := range 300 {
		c, err := dialWaiting(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i == 0 {
			first = c
		} else if i%2 == 0 { // asks, and reads no reply
			_, _ = c.Write(request{kind: listRequest}.line())
		}
	}
	if all := list(t, directory); len(all) != 1 {
		t.Errorf("got %v beside silent connections", all)
	}
	_ = first.SetReadDeadline(time.Now().Add(exchangeTime / 2))
	if _, err := first.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the oldest of 300 connections is still open: %v", err)
	}
	if err := (Client{}).Answer(t.Context(), list(t, directory)[0], true, store.ReviewWay); err != nil {
		t.Errorf("beside silent connections: %v", err)
	}
}

// A server that takes an answer and ends before its reply, or replies with nonsense,
// leaves it open whether the answer counts; a list that is lost can be asked for again.
func TestClient_lostReply(t *testing.T) {
	path := filepath.Join(privateDir(t), "a"+socketSuffix)
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, reply := range []string{"", "{", "nonsense\n"} {
		for _, r := range []struct {
			send func() error
			want fault.Kind
			text string
		}{
			{func() error {
				return (Client{}).Answer(t.Context(), Pending{socket: path}, true, store.ReviewWay)
			}, fault.OutcomeUnknown, "which may count: list the questions again"},
			{func() error { _, err := fetch(t.Context(), path); return err }, fault.NotFound, ""},
		} {
			got := make(chan error, 1)
			go func() { got <- r.send() }()
			c, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := readLine(c, maxRequest); err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(c, reply)
			c.Close()
			if err := <-got; !fault.Is(err, r.want) || !strings.Contains(err.Error(), r.text) {
				t.Errorf("%q: got %v, want %s", reply, err, r.want)
			}
		}
	}
}

// A silent client is closed after a while: the deadline is for the whole exchange.
func TestSocket_silentClient(t *testing.T) {
	server, client := net.Pipe()
	defer client.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		(&socket{source: New(Options{})}).serve(deadlineConn{server})
	}()
	if _, err := io.WriteString(client, `{"request":`); err != nil {
		t.Fatal(err)
	}
	<-ended
}

// deadlineConn is a connection whose time is over after a moment.
type deadlineConn struct{ net.Conn }

func (c deadlineConn) SetDeadline(at time.Time) error {
	if left := time.Until(at); left < exchangeTime-time.Second || left > exchangeTime {
		return fmt.Errorf("a deadline in %v", left)
	}
	return c.Conn.SetDeadline(time.Now().Add(10 * time.Millisecond))
}

// Each side refuses a process of another user at the other end.
func TestSocket_otherUser(t *testing.T) {
	place := privateDir(t)
	q := newQuestions(t, "")
	d, err := listenIn(place, q, os.Geteuid()+1)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	path := d.(*socket).path
	if line, err := exchange(t.Context(), path, os.Geteuid(), request{kind: listRequest}); err == nil {
		t.Errorf("a server for another user answers %q", line)
	}
	if _, err := exchange(t.Context(), path, os.Geteuid()+1, request{kind: listRequest}); !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "is served by another user") {
		t.Errorf("the client: got %v", err)
	}
}

// A process of another user, in a directory that it may use, gets no reply from a
// server, and its own socket is not asked.
func TestSocket_otherUserProcess(t *testing.T) {
	place, err := os.MkdirTemp("", "review")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(place)
	if err := os.Chmod(place, 0o777); err != nil {
		t.Fatal(err)
	}
	child := func(does, path string) *exec.Cmd {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		in := filepath.Join(place, "program") // where a stranger may run it
		text, err := os.ReadFile(program)
		if err == nil {
			err = os.WriteFile(in, text, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), in)
		cmd.Env = append(os.Environ(), childDoes+"="+does, childPath+"="+path)
		cmd.Dir = "/"
		return cmd
	}
	if os.Geteuid() != 0 { // nobody but root can be another user: the own one is served
		d, err := listenIn(place, newQuestions(t, ""), os.Geteuid())
		if err != nil {
			t.Fatal(err)
		}
		defer d.close()
		cmd := child("connect", d.(*socket).path)
		if out, err := cmd.Output(); err != nil || string(out) != `reply "{\"questions\":[]}\n"` {
			t.Errorf("got %s, %v", out, err)
		}
		return
	}
	const stranger = 54321
	d, err := listenIn(place, newQuestions(t, ""), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if err := os.Chmod(d.(*socket).path, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := child("connect", d.(*socket).path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger}}
	if out, err := cmd.Output(); err != nil || string(out) != `reply ""` {
		t.Errorf("a stranger's client: got %s, %v, want no reply", out, err)
	}

	cmd = child("listen", place)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger}}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	path, err := readLine(stdout, 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exchange(t.Context(), strings.TrimSpace(string(path)), 0, request{kind: listRequest}); !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "is served by another user: remove it") {
		t.Errorf("a stranger's server: got %v", err)
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
