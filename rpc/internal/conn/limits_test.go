package conn

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/schema/tree"
)

// TestServe_garbage mixes ten thousand bad lines with a hundred requests. Each
// request must get its reply, and each bad line an error.
func TestServe_garbage(t *testing.T) {
	const bad, good = 10_000, 100
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
		wantAnswer(`"message":"2 requests wait for their answers, and that is the limit: wait for some of them, or cancel them"},"id":3,`, stallTime)
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

// TestPending_batchWeight expects a batch to count as many requests as it has.
func TestPending_batchWeight(t *testing.T) {
	p := newPending(10, 1000)
	if got := p.admit(&message{elements: make([]*message, 9)}); got != admitted {
		t.Fatalf("a batch of nine: got %d, want admitted", got)
	}
	p.moved = time.Now().Add(-stallTime)
	if got := p.admit(&message{elements: make([]*message, 2)}); got != busy {
		t.Errorf("two more: got %d, want busy", got)
	}
	if got := p.admit(&message{}); got != admitted {
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
