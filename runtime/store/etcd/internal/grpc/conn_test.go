package grpc_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/store/etcd/internal/grpc"
)

// serve starts a server of net/http's HTTP/2, and returns a connection to it.
func serve(t *testing.T, handler http.HandlerFunc) (*grpc.Conn, *http.Server) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, Protocols: new(http.Protocols)}
	server.Protocols.SetUnencryptedHTTP2(true)
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.New(raw, "http", "server.example")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn, server
}

func readMessage(r io.Reader) ([]byte, error) {
	prefix := make([]byte, 5)
	if _, err := io.ReadFull(r, prefix); err != nil {
		return nil, err
	}
	b := make([]byte, binary.BigEndian.Uint32(prefix[1:]))
	_, err := io.ReadFull(r, b)
	return b, err
}

func writeMessage(w http.ResponseWriter, b []byte) {
	w.Write(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(b))))
	w.Write(b)
	w.(http.Flusher).Flush()
}

// echo answers with the request, or with the status that the header status asks for.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/grpc")
	if status := r.Header.Get("status"); status != "" {
		w.Header().Set("Grpc-Status", status)
		w.Header().Set("Grpc-Message", "no%20%C3%A4")
		return
	}
	b, err := readMessage(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Trailer", "Grpc-Status")
	writeMessage(w, b)
	w.Header().Set("Grpc-Status", "0")
}

func TestConn_Call(t *testing.T) {
	conn, _ := serve(t, echo)
	for _, size := range []int{0, 1, 16379, 16380, 65535, 3 << 20} { // around frames and windows
		request := bytes.Repeat([]byte("x"), size)
		answer, err := conn.Call(t.Context(), "/a.B/C", nil, request)
		if err != nil || !bytes.Equal(answer, request) {
			t.Errorf("%d bytes: got %d bytes, %v", size, len(answer), err)
		}
	}
	_, err := conn.Call(t.Context(), "/a.B/C", []grpc.Header{{Name: "status", Value: "7"}}, nil)
	if grpc.CodeOf(err) != grpc.PermissionDenied || err.Error() != "no ä" {
		t.Errorf("a refused call: got %v, want permission denied: no ä", err)
	}
}

// Many calls share the connection, each with its own answer.
func TestConn_Call_concurrent(t *testing.T) {
	conn, _ := serve(t, echo)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			want := strings.Repeat(fmt.Sprint(i, " "), 30_000)
			answer, err := conn.Call(t.Context(), "/a.B/C", nil, []byte(want))
			if err != nil || string(answer) != want {
				t.Errorf("call %d: got %d bytes, %v", i, len(answer), err)
			}
		})
	}
	wg.Wait()
}

func TestConn_Call_contextEnds(t *testing.T) {
	begun := make(chan struct{})
	conn, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			close(begun)
			<-r.Context().Done()
			return
		}
		echo(w, r)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-begun
		cancel()
	}()
	if _, err := conn.Call(ctx, "/wait", nil, nil); !errors.Is(err, context.Canceled) || errors.As(err, new(*grpc.NotSentError)) {
		t.Errorf("got %v, want context.Canceled of a call that was sent", err)
	}
	if answer, err := conn.Call(t.Context(), "/a.B/C", nil, []byte("next")); err != nil || string(answer) != "next" {
		t.Errorf("the next call: got %q, %v", answer, err)
	}
}

func TestConn_Stream(t *testing.T) {
	conn, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "Grpc-Status")
		b, err := readMessage(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		for i := range 3 {
			writeMessage(w, fmt.Appendf(nil, "%s %d", b, i))
		}
		w.Header().Set("Grpc-Status", "0")
	})
	stream, err := conn.Stream(t.Context(), "/a.B/C", nil, []byte("event"))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for i := range 3 {
		if got, err := stream.Receive(t.Context()); err != nil || string(got) != fmt.Sprintf("event %d", i) {
			t.Errorf("answer %d: got %q, %v", i, got, err)
		}
	}
	if _, err := stream.Receive(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("after the last one: got %v, want io.EOF", err)
	}
}

// When the connection breaks, the calls that were sent may have been carried out, and
// later ones were not.
func TestConn_broken(t *testing.T) {
	begun := make(chan struct{})
	conn, server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	})
	result := make(chan error, 1)
	go func() {
		_, err := conn.Call(context.WithoutCancel(t.Context()), "/a.B/C", nil, nil)
		result <- err
	}()
	<-begun
	server.Close()
	if err := <-result; err == nil || errors.As(err, new(*grpc.NotSentError)) || grpc.CodeOf(err) != grpc.Unknown {
		t.Errorf("the open call: got %v, want an error of the connection", err)
	}
	if _, err := conn.Call(t.Context(), "/a.B/C", nil, nil); !errors.As(err, new(*grpc.NotSentError)) || conn.Err() == nil {
		t.Errorf("a later call: got %v, want one that was not sent", err)
	}
}

// A connection that ends in a call is no answer of the server, even if the answer's bytes
// came before.
func TestConn_cut(t *testing.T) {
	for name, answer := range map[string][]byte{
		"no byte":           nil,
		"an answer, no end": {0, 0, 7, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 'o', 'k'}, // a data frame
	} {
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			got := make([]byte, 1024)
			for !bytes.Contains(got, []byte("hello")) {
				if _, err := there.Read(got); err != nil {
					return
				}
			}
			there.Write(answer)
		}()
		conn, err := grpc.New(here, "http", "server.example")
		if err != nil {
			t.Fatal(err)
		}
		got, err := conn.Call(t.Context(), "/a.B/C", nil, []byte("hello"))
		if err == nil || errors.As(err, new(*grpc.Status)) {
			t.Errorf("%s: got %q, %v, want an error of the connection", name, got, err)
		}
	}
}

// A server that has said goodbye gets no new calls.
func TestConn_goAway(t *testing.T) {
	conn, server := serve(t, echo)
	if _, err := conn.Call(t.Context(), "/a.B/C", nil, nil); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Shutdown(context.Background()) }() // it says goodbye, and waits for the clients
	for conn.Err() == nil {
		runtime.Gosched()
	}
	if _, err := conn.Call(t.Context(), "/a.B/C", nil, nil); !errors.As(err, new(*grpc.NotSentError)) {
		t.Errorf("got %v, want a call that was not sent", err)
	}
	conn.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A server that is gone without a word is noticed, but only while a call is open.
func TestConn_silentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		go io.Copy(io.Discard, far)
		conn, err := grpc.New(near, "http", "server.example")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		time.Sleep(time.Minute)
		if err := conn.Err(); err != nil {
			t.Errorf("without a call: got %v, want no error", err)
		}
		begin := time.Now()
		if _, err := conn.Call(t.Context(), "/a.B/C", nil, nil); err == nil || errors.As(err, new(*grpc.NotSentError)) {
			t.Errorf("got %v, want an error of a call that was sent", err)
		}
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("took %v, want at most 20 s", took)
		}
	})
}

// FuzzConn feeds a connection bytes of any kind: it must end, or wait, and not panic.
func FuzzConn(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x04\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x00\x00\x01\x01\x05\x00\x00\x00\x01\x88"))
	f.Add([]byte("\x00\x00\x05\x00\x09\x00\x00\x00\x01\x01\x00\x00\x00\x00"))
	f.Add([]byte("\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		near, far := net.Pipe()
		go io.Copy(io.Discard, far)
		conn, err := grpc.New(near, "http", "server.example")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			far.Write(sent)
			far.Close()
		}()
		if _, err := conn.Call(t.Context(), "/a.B/C", nil, []byte("request")); err == nil && !bytes.Contains(sent, []byte("grpc-status")) {
			t.Logf("%q is an answer", sent)
		}
		conn.Close()
	})
}

// slowAnswer is a connection to a server that answers a call with a message of ten bytes,
// one in each frame and pause, and then sends nothing any more.
func slowAnswer(t *testing.T, pause time.Duration) (conn *grpc.Conn, stop func()) {
	t.Helper()
	here, there := net.Pipe()
	var serving sync.WaitGroup
	serving.Go(func() { io.Copy(io.Discard, there) })
	conn, err := grpc.New(here, "http", "server.example")
	if err != nil {
		t.Fatal(err)
	}
	serving.Go(func() {
		there.Write([]byte{0, 0, 0, 4, 0, 0, 0, 0, 0}) // the settings that begin HTTP/2
		for _, b := range append([]byte{0, 0, 0, 0, 10}, "0123456789"...) {
			<-time.After(pause)
			if _, err := there.Write([]byte{0, 0, 1, 0, 0, 0, 0, 0, 1, b}); err != nil {
				return
			}
		}
		// The trailer: grpc-status 0, as literals without an index.
		block := "\x00\x0bgrpc-status\x010"
		there.Write(append([]byte{0, 0, byte(len(block)), 1, 5, 0, 0, 0, 1}, block...))
	})
	return conn, func() {
		conn.Close()
		serving.Wait()
	}
}

// A slow answer is waited for as long as bytes arrive. A connection that is silent gets no
// new calls.
func TestConn_CallWhileHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, stop := slowAnswer(t, 900*time.Millisecond)
		if got, err := conn.CallWhileHeard(t.Context(), time.Second, "/a.B/C", nil, nil); err != nil || string(got) != "0123456789" {
			t.Errorf("with a byte each 900 ms: got %q, %v", got, err)
		}
		stop()
		conn, stop = slowAnswer(t, 1100*time.Millisecond)
		defer stop()
		begin := time.Now()
		_, err := conn.CallWhileHeard(t.Context(), time.Second, "/a.B/C", nil, nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("with a byte each 1100 ms: got %v after %v, want the end of the time", err, time.Since(begin))
		}
		if conn.Err() == nil {
			t.Error("the silent connection can be used")
		}
	})
}
