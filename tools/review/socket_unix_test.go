//go:build linux || darwin

package review

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// The environment of a child process of TestSocket_otherUser: what it does, and where.
const (
	childDoes = "REVIEW_TEST_CHILD"
	childPath = "REVIEW_TEST_PATH"
)

func TestMain(m *testing.M) {
	switch os.Getenv(childDoes) {
	case "":
		os.Exit(m.Run())
	case "connect":
		c, err := net.Dial("unix", os.Getenv(childPath))
		if err != nil {
			fmt.Print(err)
			return
		}
		_, _ = c.Write(request{kind: listRequest}.line())
		reply, _ := io.ReadAll(c)
		fmt.Printf("reply %q", reply)
	case "listen":
		q := New(Options{})
		d, err := listenIn(os.Getenv(childPath), q, os.Geteuid())
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(d.(*socket).path)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends
	}
}

// newQuestions returns questions with sockets in a directory.
func newQuestions(t *testing.T, directory string) *Questions {
	t.Helper()
	q := New(Options{Directory: directory})
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
	fromA, isA := a.Take(asked.Subject)
	fromB, isB := b.Take(asked.Subject)
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
	a.Withdraw(subjectOf("open"))
	b.Withdraw(subjectOf("open"))
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
	refused(all[1], "the server that asked has ended: nothing was changed")
}

// The socket of a server that was killed is told, and removed unless it is so new that
// its server may not listen yet; another server's next question removes it, too.
func TestClient_killedServer(t *testing.T) {
	directory := filepath.Join(privateDir(t), "sockets")
	kill := func(name string, age time.Duration) string {
		t.Helper()
		q := newQuestions(t, directory)
		open(t, q, about(name, 1))
		d := q.endpoint.(*socket)
		d.listener.Close() // as the system does at a kill
		at := time.Now().Add(-age)
		if err := os.Chtimes(d.path, at, at); err != nil {
			t.Fatal(err)
		}
		return d.path
	}
	for age, isLeft := range map[time.Duration]bool{0: true, 2 * newSocketTime: false} {
		path := kill("dead", age)
		all, problems := Client{directory}.List(t.Context())
		if len(all) != 0 || len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), "a server has ended while its question was open") {
			t.Errorf("age %v: got %v, %v", age, all, problems)
		}
		if _, err := os.Lstat(path); (err == nil) != isLeft {
			t.Errorf("age %v: %v", age, err)
		}
		_ = os.Remove(path)
	}
	path := kill("dead", 2*newSocketTime)
	open(t, newQuestions(t, directory), about("alive", 1))
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the next server left %v: %v", path, err)
	}
	if all := list(t, directory); len(all) != 1 {
		t.Errorf("got %v, want the question of the server that is alive", all)
	}
}

// Clients that are silent, send half a line, too long a line or nonsense, or come in
// floods, get nothing, and keep nobody from an answer once they have gone.
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
	var silent []*os.File
	for range 10 * maxConnections {
		c, err := dial(path)
		if err != nil {
			break // the queue of the system is full
		}
		silent = append(silent, c)
	}
	var closed atomic.Int32
	var readers sync.WaitGroup
	for _, c := range silent {
		readers.Go(func() {
			defer c.Close()
			_ = c.SetReadDeadline(time.Now().Add(exchangeTime / 3))
			if _, err := c.Read(make([]byte, 1)); err != nil && !os.IsTimeout(err) {
				closed.Add(1)
			}
		})
	}
	readers.Wait()
	if n := int(closed.Load()); n < len(silent)-maxConnections {
		t.Errorf("%d of %d connections were closed at once, want all but %d", n, len(silent), maxConnections)
	}
	wantAnswer(t, directory)
}

// wantAnswer waits until a client can list the one question.
func wantAnswer(t *testing.T, directory string) {
	t.Helper()
	for end := time.Now().Add(10 * exchangeTime); time.Now().Before(end); {
		if all, _ := (Client{directory}).List(t.Context()); len(all) == 1 {
			return
		}
	}
	t.Error("no answer after the bad clients have gone")
}

// A silent client is closed after a while: the deadline is for the whole exchange.
func TestSocket_silentClient(t *testing.T) {
	server, client := net.Pipe()
	defer client.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		(&socket{served: New(Options{})}).serve(deadlineConn{server})
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
