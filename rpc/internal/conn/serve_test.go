package conn

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"realmconf/rpc/internal/frame"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

func getLine(id int) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"config/get","params":{}}`+"\n", id)
}

// TestServe_endOfInput expects every request to be answered after the input has
// ended, as a script needs it that writes its requests, closes, and reads.
func TestServe_endOfInput(t *testing.T) {
	const n = 500
	var input strings.Builder
	for i := range n {
		input.WriteString(getLine(i))
		input.WriteString("this is not a request\n")
	}
	for _, isQuick := range []bool{false, true} {
		answers := talk(t, operations{echo, echo}, options{isQuick: isQuick, Limits: Limits{InFlight: 7}}, input.String())
		if len(answers) != 2*n {
			t.Fatalf("got %d answers, want %d", len(answers), 2*n)
		}
		for i := range n {
			if id, code, _, _ := outcome(t, answers[2*i]); id != fmt.Sprint(i) || code != 0 {
				t.Fatalf("answer %d: got id %s, code %d", 2*i, id, code)
			}
			if id, code, _, _ := outcome(t, answers[2*i+1]); id != "null" || code != -32700 {
				t.Fatalf("answer %d: got id %s, code %d, want the refusal at its place", 2*i+1, id, code)
			}
		}
	}
}

// TestServe_finish expects the handler to learn of the end of the input after the
// last reply.
func TestServe_finish(t *testing.T) {
	var out bytes.Buffer
	c := New(strings.NewReader(getLine(1)), &out, Limits{Line: 1000, Reply: 1000, InFlight: 1, InFlightMemory: 1000}, slog.New(slog.DiscardHandler))
	h := &fakeHandler{conn: c, get: echo, finish: func() {
		if err := c.Send(frame.Lines, []byte(`"finished"`), nil); err != nil {
			t.Error(err)
		}
	}}
	if err := c.Serve(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), `{"id":1,"jsonrpc":"2.0","result":{}}`+"\n\"finished\"\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestServe_replyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t.Context(), operations{echo, echo}, options{})
		out := bufio.NewReader(conn.out)
		for i := range 3 {
			start := time.Now()
			conn.send(t, getLine(i))
			line, err := out.ReadString('\n')
			if id, _, _, _ := outcome(t, line); err != nil || id != fmt.Sprint(i) {
				t.Fatalf("got %q, %v, want the answer to %d", line, err, i)
			}
			if waited := time.Since(start); waited != 0 {
				t.Errorf("answer %d came after %v, want at once", i, waited)
			}
		}
		_ = conn.in.Close()
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestServe_replyBeforeSlowRequest sends a quick and a slow request together.
func TestServe_replyBeforeSlowRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(context.Context, caller, tree.Object) (json.RawMessage, error) {
			time.Sleep(time.Hour)
			return json.RawMessage("{}"), nil
		}
		conn := connect(t.Context(), operations{echo, slow}, options{})
		start := time.Now()
		go func() {
			_, _ = io.WriteString(conn.in, getLine(1)+`{"jsonrpc":"2.0","id":2,"method":"config/set"}`+"\n")
			_ = conn.in.Close()
		}()
		out := bufio.NewReader(conn.out)
		for id, longest := range []time.Duration{frame.FlushDelay, time.Hour} {
			line, err := out.ReadString('\n')
			if got, _, _, _ := outcome(t, line); err != nil || got != fmt.Sprint(id+1) {
				t.Fatalf("got %q, %v, want the answer to %d", line, err, id+1)
			}
			if waited := time.Since(start); waited > longest {
				t.Errorf("answer %d came after %v, want at most %v", id+1, waited, longest)
			}
		}
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestServe_burst expects the replies to requests that come together to be written
// together, and those to quick ones in one write.
func TestServe_burst(t *testing.T) {
	const n = 64
	var input strings.Builder
	for i := range n {
		input.WriteString(getLine(i))
	}
	for isQuick, most := range map[bool]int{false: 2, true: 1} {
		synctest.Test(t, func(t *testing.T) {
			var out recorder
			if err := serve(t.Context(), strings.NewReader(input.String()), &out, operations{echo, echo}, options{isQuick: isQuick}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(strings.Join(out.all(), ""), "\n"); got != n || len(out.all()) > most {
				t.Errorf("quick %t: got %d answers in %d writes, want %d in at most %d", isQuick, got, len(out.all()), n, most)
			}
		})
	}
}

func TestServe_oneAtATime(t *testing.T) {
	running, most, order := 0, 0, ""
	note := func(_ context.Context, _ caller, params tree.Object) (json.RawMessage, error) {
		running++
		most = max(most, running)
		order += fmt.Sprint(params["n"])
		time.Sleep(time.Millisecond)
		running--
		return json.RawMessage("{}"), nil
	}
	synctest.Test(t, func(t *testing.T) {
		var input strings.Builder
		for i := range 10 {
			fmt.Fprintf(&input, `{"jsonrpc":"2.0","id":%d,"method":"config/%s","params":{"n":%d}}`+"\n", i, []string{"get", "set"}[i%2], i)
		}
		talk(t, operations{note, note}, options{}, input.String())
	})
	if most != 1 || order != "0123456789" {
		t.Errorf("got at most %d at once, in order %s; want 1, in order 0123456789", most, order)
	}
}

// TestServe_pausesAtTheLimit counts the requests that a client can send before
// the first is answered, also if calls are said to be quick, and are not.
func TestServe_pausesAtTheLimit(t *testing.T) {
	for _, isQuick := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			wait := func(context.Context, caller, tree.Object) (json.RawMessage, error) {
				<-release
				return json.RawMessage("{}"), nil
			}
			conn := connect(t.Context(), operations{wait, wait}, options{isQuick: isQuick, Limits: Limits{InFlight: 3}})
			sent := 0
			go func() {
				for ; sent < 10; sent++ {
					_, _ = io.WriteString(conn.in, getLine(sent))
				}
				_ = conn.in.Close()
			}()
			time.Sleep(2 * leadTime) // until then the call may be a quick one
			synctest.Wait()
			if sent != 7 { // three are accepted, one waits for room, and three are read ahead
				t.Errorf("quick %t: sent %d requests, want 7", isQuick, sent)
			}
			close(release)
			all, err := io.ReadAll(conn.out)
			if got := bytes.Count(all, []byte("\n")); err != nil || got != 10 {
				t.Errorf("quick %t: got %d answers, %v, want 10", isQuick, got, err)
			}
			if err := <-conn.done; err != nil {
				t.Errorf("serve: %v", err)
			}
		})
	}
}

func TestServe_panic(t *testing.T) {
	var log bytes.Buffer
	burst := func(_ context.Context, _ caller, params tree.Object) (json.RawMessage, error) {
		return nil, params["x"].(error)
	}
	answers := talk(t, operations{burst, echo}, options{log: slog.New(slog.NewTextHandler(&log, nil))},
		`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"x":"hunter2"}}`+"\n"+
			`{"jsonrpc":"2.0","id":2,"method":"config/set"}`)
	want := []string{
		`{"error":{"code":-32603,"data":{"kind":"internal"},"message":"this is a mistake in realmconf, not in the request: please report it"},"id":1,"jsonrpc":"2.0"}`,
		`{"id":2,"jsonrpc":"2.0","result":{}}`,
	}
	if got := strings.Join(answers, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if !strings.Contains(log.String(), "serve_test.go") || strings.Contains(log.String(), "hunter2") {
		t.Errorf("log: want a stack and no parameter, got %s", log.String())
	}
}

// TestServe_brokenPipe closes the output while the input is open, as a host that
// dies.
func TestServe_brokenPipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wait := func(ctx context.Context, _ caller, _ tree.Object) (json.RawMessage, error) {
			<-ctx.Done() // ends only with the connection
			return nil, ctx.Err()
		}
		conn := connect(t.Context(), operations{echo, wait}, options{})
		_ = conn.out.Close()
		conn.send(t, getLine(1)+`{"jsonrpc":"2.0","id":2,"method":"config/set"}`+"\n"+getLine(3))
		if err := <-conn.done; err != nil {
			t.Errorf("got %v, want nil", err)
		}
		_ = conn.in.Close() // ends the read that was left behind
	})
}

func TestServe_outputErrors(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{syscall.EPIPE, true},
		{fmt.Errorf("write: %w", syscall.EPIPE), true},
		{io.ErrClosedPipe, true},
		{syscall.ENOSPC, false},
	} {
		err := serve(t.Context(), strings.NewReader(getLine(1)), &recorder{err: tt.err}, operations{echo, echo}, options{})
		if gone := err == nil; gone != tt.want || (err != nil && !errors.Is(err, tt.err)) {
			t.Errorf("%v: got %v, want nil %t", tt.err, err, tt.want)
		}
	}
}

func TestServe_inputError(t *testing.T) {
	broken := errors.New("the disk is gone")
	var out bytes.Buffer
	in := io.MultiReader(strings.NewReader(getLine(1)), iotest.ErrReader(broken))
	if err := serve(t.Context(), in, &out, operations{echo, echo}, options{}); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if id, _, _, _ := outcome(t, out.String()); id != "1" {
		t.Errorf("got %q, want the answer to 1", out.String())
	}
}

// TestServe_contextEnds ends the context while the input is open: running calls
// see it, and accepted requests are answered.
func TestServe_contextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		wait := func(ctx context.Context, _ caller, _ tree.Object) (json.RawMessage, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		conn := connect(ctx, operations{wait, echo}, options{})
		conn.send(t, getLine(1)+`{"jsonrpc":"2.0","id":2,"method":"config/set"}`+"\n")
		synctest.Wait()
		cancel()
		all, err := io.ReadAll(conn.out)
		answers := strings.Split(strings.TrimSpace(string(all)), "\n")
		if err != nil || len(answers) != 2 {
			t.Fatalf("got %q, %v, want two answers", all, err)
		}
		if id, code, _, _ := outcome(t, answers[0]); id != "1" || code != -32800 {
			t.Errorf("got id %s, code %d, want 1, -32800", id, code)
		}
		if id, code, _, _ := outcome(t, answers[1]); id != "2" || code != 0 {
			t.Errorf("got id %s, code %d, want 2, 0", id, code)
		}
		if err := <-conn.done; !errors.Is(err, context.Canceled) {
			t.Errorf("serve: got %v, want %v", err, context.Canceled)
		}
		_ = conn.in.Close()
	})
}

func TestServe_lineAboveTheLimit(t *testing.T) {
	const size = 9 << 20
	in := io.MultiReader(
		strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"config/set","params":{"a":"`),
		strings.NewReader(strings.Repeat("x", size)),
		strings.NewReader(`"}}`+"\n"+getLine(2)))
	var out bytes.Buffer
	if err := serve(t.Context(), in, &out, operations{echo, echo}, options{}); err != nil {
		t.Fatal(err)
	}
	want := `{"error":{"code":-32600,"data":{"kind":"invalid_request"},"message":"the line is longer than 8388608 bytes, which is the limit: send a smaller request"},"id":null,"jsonrpc":"2.0"}` +
		"\n" + `{"id":2,"jsonrpc":"2.0","result":{}}` + "\n"
	if out.String() != want {
		t.Errorf("got %.300s\nwant %s", out.String(), want)
	}
}

func TestServe_replyAboveTheLimit(t *testing.T) {
	big := func(_ context.Context, _ caller, params tree.Object) (json.RawMessage, error) {
		text := strings.Repeat("x", int(params["n"].(int64)))
		if params["fail"] != nil {
			return nil, fault.New(fault.InvalidConfig, "no").With("issues", text)
		}
		return tree.Append(nil, text), nil
	}
	line := func(n int, more string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"n":%d%s}}`, n, more)
	}
	c, opts := operations{big, big}, options{Limits: Limits{Reply: 1000}}
	const frame = len(`{"error":,"id":1,"jsonrpc":"2.0"}` + "\n")
	if got := ask(t, c, opts, line(1000-frame-2, "")); len(got) < 990 {
		t.Errorf("largest reply: got %s", got)
	}
	want := `{"error":{"code":1010,"data":{"bytes":1001,"kind":"too_large","limit":1000},"message":"the reply to \"config/get\" has 1001 bytes, and 1000 is the limit: ask for a part with path"},"id":1,"jsonrpc":"2.0"}`
	if got := ask(t, c, opts, line(1000-frame-1, "")); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	want = `{"error":{"code":1002,"data":{"kind":"invalid_config"},"message":"the details of this error are above the limit of a reply: make the request smaller"},"id":1,"jsonrpc":"2.0"}`
	if got := ask(t, c, opts, line(1000, `,"fail":1`)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestServe_replyIsOneLine has an operation that returns JSON with line breaks.
func TestServe_replyIsOneLine(t *testing.T) {
	pretty := func(context.Context, caller, tree.Object) (json.RawMessage, error) {
		return json.RawMessage("{\n \"b\": 1,\n \"a\": \"<\"\n}"), nil
	}
	got := ask(t, operations{pretty, pretty}, options{}, getLine(1))
	if want := `{"id":1,"jsonrpc":"2.0","result":{"b":1,"a":"<"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
