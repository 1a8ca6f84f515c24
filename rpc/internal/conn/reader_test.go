package conn

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/schema/tree"
)

// goroutineID returns the id of the current goroutine.
func goroutineID() string {
	buf := make([]byte, 64)
	id, _, _ := bytes.Cut(buf[:runtime.Stack(buf, false)], []byte(" ["))
	return string(id)
}

// goroutineNote notes the goroutines that read and write.
type goroutineNote struct {
	io.Reader
	io.Writer
	ids []string // read only when nothing is served
}

func (n *goroutineNote) Read(p []byte) (int, error) {
	n.ids = append(n.ids, goroutineID())
	return n.Reader.Read(p)
}

func (n *goroutineNote) Write(p []byte) (int, error) {
	n.ids = append(n.ids, goroutineID())
	return n.Writer.Write(p)
}

// TestReader_oneGoroutine expects a quick request that is alone to be read, run and
// answered by one goroutine: no thread is woken for it.
func TestReader_oneGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inR, inW := io.Pipe()
		outR, outW := io.Pipe()
		note := &goroutineNote{Reader: inR, Writer: outW}
		get := func(context.Context, caller, tree.Object) (json.RawMessage, error) {
			note.ids = append(note.ids, goroutineID())
			return json.RawMessage("{}"), nil
		}
		done := make(chan error, 1)
		go func() { done <- serve(t.Context(), note, note, operations{get, get}, options{isQuick: true}) }()
		out := bufio.NewReader(outR)
		const requests = 20
		for i := range requests {
			if _, err := io.WriteString(inW, getLine(i)); err != nil {
				t.Fatal(err)
			}
			line, err := out.ReadString('\n')
			if id, _, _, _ := outcome(t, line); err != nil || id != fmt.Sprint(i) {
				t.Fatalf("got %q, %v, want the reply to %d", line, err, i)
			}
		}
		_ = inW.Close()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if want := 3*requests + 1; len(note.ids) != want {
			t.Errorf("%d requests took %d reads, calls and writes, want %d", requests, len(note.ids), want)
		}
		for i, id := range note.ids {
			if id != note.ids[0] {
				t.Fatalf("step %d was done by %s, want %s as in the first", i, id, note.ids[0])
			}
		}
	})
}

// TestReader_slowCall expects messages to be read while a call that was said to be
// quick waits: a request is answered, a cancellation cancels the call, and the end of
// the input is seen.
func TestReader_slowCall(t *testing.T) {
	for _, end := range []string{"cancelled", "answered", "at the end of the input"} {
		t.Run(end, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript([]string{"r1"})
				conn := connect(t.Context(), s.operations(), options{isQuick: true})
				answers := answersOf(t, conn)
				conn.send(t, scriptLine("r1"))
				start := time.Now()
				conn.send(t, pingOf("2")+"\n")
				if waited := time.Since(start); waited > 2*readTime {
					t.Errorf("the next request was read after %v, want at most %v", waited, 2*readTime)
				}
				want(t, "beside the call", answers(), "2")
				switch end {
				case "cancelled":
					conn.send(t, cancelRequest(`"r1"`))
					want(t, "after the cancellation", answers(), "r1-32800")
				case "answered":
					s.end("r1")
					want(t, "after the call", answers(), "r1")
				default:
					_ = conn.in.Close()
					want(t, "at the end of the input", answers(), "")
					s.end("r1")
					want(t, "after the call", answers(), "r1")
				}
				_ = conn.in.Close()
				if err := <-conn.done; err != nil {
					t.Errorf("serve: %v", err)
				}
			})
		})
	}
}

// TestReader_manySlowCalls expects the stream to go to and fro between two readers.
func TestReader_manySlowCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(context.Context, caller, tree.Object) (json.RawMessage, error) {
			time.Sleep(10 * readTime)
			return json.RawMessage("{}"), nil
		}
		conn := connect(t.Context(), operations{slow, echo}, options{isQuick: true})
		answers := answersOf(t, conn)
		counts := map[int]int{}
		for i := range 50 {
			conn.send(t, getLine(i))
			want(t, "reply", answers(), fmt.Sprint(i))
			synctest.Wait() // until the goroutine of the call has ended
			counts[runtime.NumGoroutine()]++
		}
		if len(counts) > 2 { // Go may begin one of its own meanwhile
			t.Errorf("goroutines after each call, and how often: got %v, want no more with each call", counts)
		}
		_ = conn.in.Close()
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestReader_afterCancelledCalls expects that a reader whose call was cancelled runs the
// next ones with a context of their own.
func TestReader_afterCancelledCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		untilEnd := true // only changed while no call runs
		get := func(ctx context.Context, _ caller, _ tree.Object) (json.RawMessage, error) {
			if untilEnd {
				<-ctx.Done()
			}
			return json.RawMessage("{}"), ctx.Err()
		}
		conn := connect(t.Context(), operations{get, echo}, options{isQuick: true})
		answers := answersOf(t, conn)
		for i := range 4 { // each of the two readers twice
			conn.send(t, getLine(i))
			conn.send(t, cancelRequest(fmt.Sprint(i)))
			want(t, "the cancelled call", answers(), fmt.Sprint(i, "-32800"))
		}
		untilEnd = false
		for i := range 4 {
			conn.send(t, getLine(i))
			want(t, "a later call", answers(), fmt.Sprint(i))
		}
		_ = conn.in.Close()
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestReader_unreadOutput has a client that sends everything before it reads any
// reply.
func TestReader_unreadOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t.Context(), operations{echo, echo}, options{isQuick: true})
		const n = 1000
		for i := range n {
			conn.send(t, getLine(i))
		}
		_ = conn.in.Close()
		all, err := io.ReadAll(conn.out)
		if got := bytes.Count(all, []byte("\n")); err != nil || got != n {
			t.Errorf("got %d replies, %v, want %d", got, err, n)
		}
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}
