package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/schema/tree"
)

// waitingBackend is a Backend whose calls last until their context ends.
type waitingBackend struct{}

func (b waitingBackend) Subject(ctx context.Context) (json.RawMessage, error) {
	return nil, b.Answer(ctx, "", false)
}

func (waitingBackend) Answer(ctx context.Context, _ string, _ bool) error {
	<-ctx.Done()
	return ctx.Err()
}

func (b waitingBackend) Questions(ctx context.Context) (json.RawMessage, error) {
	return nil, b.Answer(ctx, "", false)
}

func (b waitingBackend) History(ctx context.Context, _ tree.Object) (json.RawMessage, error) {
	return b.Questions(ctx)
}

func (b waitingBackend) Diff(ctx context.Context, _ tree.Object) (json.RawMessage, error) {
	return b.Questions(ctx)
}

func (b waitingBackend) Config(ctx context.Context, _ tree.Object) (json.RawMessage, error) {
	return b.Questions(ctx)
}

// pipeListener is a listener whose connections are pipes, so that their time is that of
// a test's bubble.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	select {
	case <-l.done:
	default:
		close(l.done)
	}
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// bubble runs a test with a server in a bubble: open opens a connection and sends a
// text, and stop ends the server and waits for that.
func bubble(t *testing.T, test func(t *testing.T, open func(text string) net.Conn, stop func())) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipeListener{make(chan net.Conn), make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		s := newServer(waitingBackend{}, l)
		s.key = "key"
		go func() { ended <- s.Serve(ctx) }()
		open := func(text string) net.Conn {
			c, server := net.Pipe()
			t.Cleanup(func() { c.Close() })
			l.conns <- server
			if _, err := io.WriteString(c, text); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			return c
		}
		stop := func() {
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("Serve returned %v", err)
			}
		}
		defer cancel()
		test(t, open, stop)
	})
}

const getPage = "GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"

// keyed returns a request with the key.
func keyed(path string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1:80\r\nOrigin: http://127.0.0.1:80\r\nContent-Type: application/json\r\nRealmconf-Key: key\r\nContent-Length: 2\r\n\r\n{}", path)
}

// readStatus reads the first line of a response.
func readStatus(t *testing.T, c net.Conn) string {
	t.Helper()
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Errorf("no response: %v", err)
	}
	return strings.TrimSpace(line)
}

// isOpen reports whether the server has not closed a connection, on which it has sent
// nothing.
func isOpen(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now())
	_, err := c.Read(make([]byte, 1))
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// TestServe_halfOpen opens 300 connections on which no request comes whole: a browser
// gets the page at once, the oldest connections are closed for the newer ones, and the
// others when their time is over.
func TestServe_halfOpen(t *testing.T) {
	bubble(t, func(t *testing.T, open func(string) net.Conn, stop func()) {
		start := time.Now()
		var all []net.Conn
		for i := range 300 {
			all = append(all, open([]string{"", "GET / HT", "POST /key HTTP/1.1\r\n"}[i%3]))
		}
		if got := readStatus(t, open(getPage)); got != "HTTP/1.1 200 OK" || time.Since(start) > 0 {
			t.Errorf("%s after %v", got, time.Since(start))
		}
		for i, c := range all {
			if got, want := isOpen(c), i > 300-maxConnections; got != want {
				t.Errorf("connection %d: open %t, want %t", i, got, want)
			}
		}
		time.Sleep(requestTime - time.Nanosecond)
		synctest.Wait()
		if !isOpen(all[299]) {
			t.Error("closed before its time")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		for i, c := range all {
			if isOpen(c) {
				t.Errorf("connection %d is open after %v", i, requestTime)
			}
		}
		stop()
	})
}

// TestServe_slowReader closes the connection of a client that does not read the reply.
func TestServe_slowReader(t *testing.T) {
	bubble(t, func(t *testing.T, open func(string) net.Conn, stop func()) {
		c := open(getPage)
		time.Sleep(connectionTime)
		synctest.Wait()
		if text, err := io.ReadAll(c); len(text) > 0 || err != nil {
			t.Errorf("%d bytes, %v, want none", len(text), err)
		}
		stop()
	})
}

// TestServe_keyed keeps the connection of the page while others flood the server, and
// ends its call when it takes too long.
func TestServe_keyed(t *testing.T) {
	bubble(t, func(t *testing.T, open func(string) net.Conn, stop func()) {
		for _, path := range []string{"/subject", "/questions", "/history", "/diff", "/config"} {
			start := time.Now()
			c := open(keyed(path))
			for range 2 * maxConnections {
				open("")
			}
			if !isOpen(c) {
				t.Errorf("%s: closed for others", path)
			}
			_ = c.SetReadDeadline(time.Time{})
			readStatus(t, c)
			if got := time.Since(start); got != callTime {
				t.Errorf("%s: ended after %v, want %v", path, got, callTime)
			}
		}
		stop()
	})
}

// TestServe_end ends with the command, at once, whatever its connections do.
func TestServe_end(t *testing.T) {
	bubble(t, func(t *testing.T, open func(string) net.Conn, stop func()) {
		all := map[string]net.Conn{
			"nothing sent": open(""), "half a request": open("GET / HT"), "a call": open(keyed("/config")),
			"the name of the realm": open(keyed("/subject")), "a reply that is not read": open(getPage),
		}
		start := time.Now()
		stop()
		if got := time.Since(start); got > 0 {
			t.Errorf("ended after %v", got)
		}
		for name, c := range all {
			_ = c.SetReadDeadline(time.Now().Add(time.Minute))
			if _, err := io.ReadAll(c); err != nil {
				t.Errorf("%s: the connection is left open: %v", name, err)
			}
		}
	})
}
