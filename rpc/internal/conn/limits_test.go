package conn

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestServe_garbage mixes ten thousand bad lines with a hundred requests. Each
// request must get its reply, and each bad line an error.
func TestServe_garbage(t *testing.T) {
	const good = 100
	bad := treetest.Cases(10_000, 1_000)
	random := rand.New(rand.NewPCG(1, 2))
	garbage := func() string {
		switch random.IntN(6) {
		case 0:
			return "hello"
		case 1:
			return `{"jsonrpc":"2.0","id":1`
		case 2:
			return strings.Repeat("[", random.IntN(300)+1)
		case 3:
			return string([]byte{byte(random.IntN(200) + 33), 0xff, 0xfe})
		case 4:
			return `{"jsonrpc":"1.0"}`
		default:
			return pingOf("1")[:random.IntN(30)+2]
		}
	}
	var input []string
	for range bad {
		input = append(input, garbage())
	}
	for i := range good {
		input = append(input, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"config/get","params":{"n":%d}}`, i, i))
	}
	random.Shuffle(len(input), func(i, j int) { input[i], input[j] = input[j], input[i] })

	errs, seen := 0, map[string]bool{}
	for _, answer := range talk(t, operations{echo, echo}, options{}, strings.Join(input, "\n")) {
		id, code, _, result := outcome(t, answer)
		if id == "null" && code < 0 {
			errs++
			continue
		}
		if seen[id] || code != 0 || string(tree.Append(nil, result["n"])) != id {
			t.Fatalf("got %s, want each request's own answer, once", answer)
		}
		seen[id] = true
	}
	if errs != bad || len(seen) != good {
		t.Errorf("got %d errors and %d answers, want %d and %d", errs, len(seen), bad, good)
	}
}

// TestServe_busy reaches the limit of requests: reading pauses, and a request is
// refused only after stallTime. Cancellations are still read.
func TestServe_busy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript([]string{"w1", "w2"})
		conn := connect(t.Context(), s.operations(), options{Limits: Limits{InFlight: 2}})
		out := bufio.NewReader(conn.out)
		start := time.Now()
		conn.send(t, scriptLine("w1")+scriptLine("w2")+pingOf("3")+"\n")
		wantAnswer := func(text string, at time.Duration) {
			t.Helper()
			line, err := out.ReadString('\n')
			if err != nil || !strings.Contains(line, text) || time.Since(start).Round(10*time.Millisecond) != at {
				t.Errorf("after %v: got %q, %v, want %s after %v", time.Since(start), line, err, text, at)
			}
		}
		wantAnswer(`"message":"as many or as large requests wait for their answers as may (2 requests, 67108864 bytes of memory): wait for some of them, or cancel them"},"id":3,`, stallTime)
		conn.send(t, pingOf("4")+"\n")
		wantAnswer(`{"error":{"code":1012,"data":{"kind":"busy","limit":2}`, stallTime)
		conn.send(t, cancelRequest(`"w1"`)+pingOf("5")+"\n")
		wantAnswer(`"id":"w1"`, stallTime)
		wantAnswer(pong("5"), stallTime)
		s.end("w2")
		wantAnswer(`"id":"w2"`, stallTime)
		_ = conn.in.Close()
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestServe_busyCancelled cancels requests that wait for room, so that their client must
// get no reply: they get no refusal either.
func TestServe_busyCancelled(t *testing.T) {
	batch := "[" + strings.TrimSpace(getLine(3)) + "," + strings.TrimSpace(getLine(4)) + "]\n"
	for name, tt := range map[string]struct{ waiting, cancelled, first string }{
		"a request":       {getLine(3), cancelNotification("3"), `"id":5,`},
		"a batch":         {batch, cancelNotification("3") + cancelNotification("4"), `"id":5,`},
		"half of a batch": {batch, cancelNotification("4"), `"id":null,`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript([]string{"w1", "w2"})
				conn := connect(t.Context(), s.operations(), options{Limits: Limits{InFlight: 2}})
				out := bufio.NewReader(conn.out)
				conn.send(t, scriptLine("w1")+scriptLine("w2")+tt.waiting+tt.cancelled+pingOf("5")+"\n")
				line, err := out.ReadString('\n')
				if err != nil || !strings.Contains(line, tt.first) || !strings.Contains(line, `"kind":"busy"`) {
					t.Errorf("got %q, %v, want first the refusal with %s", line, err, tt.first)
				}
				go func() { _, _ = io.Copy(io.Discard, out) }()
				s.end("w1")
				s.end("w2")
				_ = conn.in.Close()
				if err := <-conn.done; err != nil {
					t.Errorf("serve: %v", err)
				}
			})
		})
	}
}

// TestPending_batchWeight expects a batch to count as many requests as it has.
func TestPending_batchWeight(t *testing.T) {
	p := newPending(10, 1000)
	if got := admit(p, &message{elements: make([]*message, 9)}); got != admitted {
		t.Fatalf("a batch of nine: got %d, want admitted", got)
	}
	p.moved = time.Now().Add(-stallTime)
	if got := admit(p, &message{elements: make([]*message, 2)}); got != busy {
		t.Errorf("two more: got %d, want busy", got)
	}
	if got := admit(p, &message{}); got != admitted {
		t.Errorf("one more: got %d, want admitted", got)
	}
}

// TestServe_stuckOutput ends the context of a server whose client does not read,
// as a host that hangs.
func TestServe_stuckOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		conn := connect(ctx, operations{echo, echo}, options{})
		conn.send(t, getLine(1))
		synctest.Wait()
		start := time.Now()
		cancel()
		if err := <-conn.done; !errors.Is(err, context.Canceled) || time.Since(start) > 2*outputGrace {
			t.Errorf("got %v after %v, want %v after about %v", err, time.Since(start), context.Canceled, outputGrace)
		}
		_ = conn.in.Close()
		_, _ = io.ReadAll(conn.out) // releases the goroutines that were left behind
	})
}

// TestServe_cancellationWithoutRoom expects a cancellation to be read at once
// while requests before it wait for room, and to reach those, too.
func TestServe_cancellationWithoutRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript([]string{"w1", "w2"})
		conn := connect(t.Context(), s.operations(), options{Limits: Limits{InFlight: 2}})
		answers := answersOf(t, conn)
		conn.send(t, scriptLine("w1")+scriptLine("w2")+pingOf("3")+"\n"+scriptLine("r4"))
		want(t, "begun", s.began(), "w1 w2")
		start := time.Now()
		conn.send(t, cancelRequest(`"r4"`)+cancelRequest(`"w1"`))
		want(t, "answers", answers(), "w1-32800 3 r4-32800")
		if waited := time.Since(start); waited >= stallTime {
			t.Errorf("waited %v, want no wait for the requests before", waited)
		}
		want(t, "begun after the cancellation", s.began(), "")
		s.end("w2")
		want(t, "last answer", answers(), "w2")
		_ = conn.in.Close()
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestServe_responseWithoutRoom expects a response to reach its request while a
// request before it waits for room.
func TestServe_responseWithoutRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inR, in := io.Pipe()
		c := New(inR, io.Discard, Limits{Line: 1000, Reply: 1000, InFlight: 2, InFlightMemory: 1 << 20}, slog.New(slog.DiscardHandler))
		s := newScript([]string{"w1", "w2"})
		h := &fakeHandler{conn: c, set: s.call(true)}
		done := make(chan error, 1)
		go func() { done <- c.Serve(t.Context(), h) }()
		question, ok := c.OpenRequest(1)
		if !ok {
			t.Fatal("no request was opened")
		}
		for _, line := range []string{scriptLine("w1"), scriptLine("w2"), pingOf("2") + "\n", fmt.Sprintf(`[%s,{"jsonrpc":"2.0","id":%q,"result":{}}]`+"\n", pingOf("3"), question.ID)} {
			if _, err := io.WriteString(in, line); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		select {
		case <-question.Response:
			t.Error("a response in a batch came before the requests that were sent before the batch")
		default:
		}
		if _, err := fmt.Fprintf(in, `{"jsonrpc":"2.0","id":%q,"result":{"a":1}}`+"\n", question.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		select {
		case r := <-question.Response:
			if string(r.Result) != `{"a":1}` {
				t.Errorf("got %s, want the response that was sent alone", r.Result)
			}
		default:
			t.Error("the response did not come while a request waits for room")
		}
		s.end("w1")
		s.end("w2")
		_ = in.Close()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestServe_batchMemory refuses a batch whose requests would be too large together
// when they are decoded.
func TestServe_batchMemory(t *testing.T) {
	one := `{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"a":[` + strings.Repeat("1,", 500) + `1]}}`
	got := ask(t, operations{echo, echo}, options{Limits: Limits{InFlightMemory: 1 << 20}}, "["+strings.Repeat(one+",", 9)+one+"]")
	want := `{"error":{"code":1010,"data":{"kind":"too_large","limit":1048576},"message":"the requests of the batch may take more than 1048576 bytes of memory together, which is the limit: send fewer at a time"},"id":null,"jsonrpc":"2.0"}`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := ask(t, operations{echo, echo}, options{Limits: Limits{InFlightMemory: 1 << 20}}, "["+one+"]"); !strings.Contains(got, `"result"`) {
		t.Errorf("one of them: got %.200s, want a result", got)
	}
}

// TestPending_suspendedMemory expects messages that wait for a person to take at
// most half of the memory, so that there is always room for others.
func TestPending_suspendedMemory(t *testing.T) {
	p := newPending(10, 1000)
	suspendable := func(memory int) bool {
		m := &message{memory: memory}
		if got := admit(p, m); got != admitted {
			t.Fatalf("%d bytes: got %d, want admitted", memory, got)
		}
		suspended := p.suspend(m)
		if !suspended {
			p.remove(m.seq)
		}
		return suspended
	}
	for _, tt := range []struct {
		memory int
		want   bool
	}{{200, true}, {300, true}, {1, false}, {500, false}, {0, true}} {
		if got := suspendable(tt.memory); got != tt.want {
			t.Errorf("%d bytes: suspended %t, want %t", tt.memory, got, tt.want)
		}
	}
	first := &message{memory: 500}
	if got := admit(p, first); got != admitted {
		t.Errorf("beside the suspended messages: got %d, want admitted", got)
	}
	p.enqueue(&message{memory: 1})
	if _, got := p.admit(); got != noRoom {
		t.Errorf("above the limit: got %d, want no room", got)
	}
	p.remove(first.seq)
	if _, got := p.admit(); got != admitted {
		t.Errorf("after the first was answered: got %d, want admitted", got)
	}
}

// TestOrder_limits expects a limit to the reads, and to the writes, that run at a
// time.
func TestOrder_limits(t *testing.T) {
	var o order
	runs := func(writes bool, most int) {
		var places []*place
		for range most {
			p := takePlace(&o, writes)
			o.enter(p)
			places = append(places, p)
		}
		next := takePlace(&o, writes)
		if places[most-1].state == placeWaits || next.state != placeWaits {
			t.Errorf("writes %t: got states %d and %d, want %d to run and the next to wait", writes, places[most-1].state, next.state, most)
		}
		o.leave(places[0])
		if next.state != placeRuns {
			t.Errorf("writes %t: got state %d, want the next to run", writes, next.state)
		}
		for _, p := range append(places, next) {
			o.leave(p)
		}
	}
	runs(false, maxReads)
	runs(true, maxLargeWrites)
	o.noteSize(largeSize - 1)
	runs(true, maxWrites)
	o.noteSize(largeSize)
	runs(true, maxLargeWrites)
}
