package rpc_test

import (
	"bufio"
	"fmt"
	"io"
	"testing"
	"time"

	"realmconf/rpc"
	"realmconf/tools"
)

// talker is a connection whose client waits for each reply.
type talker struct {
	b    *testing.B
	in   *io.PipeWriter
	out  *bufio.Reader
	done chan error
}

func newTalker(b *testing.B, ops *tools.Operations) *talker {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	t := &talker{b: b, in: inW, out: bufio.NewReaderSize(outR, 1<<20), done: make(chan error, 1)}
	go func() {
		err := rpc.Serve(b.Context(), inR, outW, ops, rpc.Options{})
		_ = outW.Close()
		t.done <- err
	}()
	return t
}

func (t *talker) ask(request string) {
	if _, err := io.WriteString(t.in, request+"\n"); err != nil {
		t.b.Fatal(err)
	}
	if _, err := t.out.ReadSlice('\n'); err != nil {
		t.b.Fatal(err)
	}
}

func (t *talker) end() {
	_ = t.in.Close()
	_, _ = io.Copy(io.Discard, t.out)
	if err := <-t.done; err != nil {
		t.b.Error(err)
	}
}

// BenchmarkSubscribers measures the cost of 1,000 watched places on four other
// connections for a writer and a reader: the factors "-x" against no watch. No
// watched place is changed, so that there are no notifications.
func BenchmarkSubscribers(b *testing.B) {
	const connections, places = 4, 250
	quiet, watched := operations(b, "[agent]\n"), operations(b, "[agent]\n")
	var watchers []*talker
	for range connections {
		w := newTalker(b, watched)
		for i := range places {
			w.ask(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"config/watch","params":{"path":"/tools/tool_timeouts/t%d"}}`, i))
		}
		watchers = append(watchers, w)
	}
	writers := []*talker{newTalker(b, quiet), newTalker(b, watched)}
	var patches, gets [2]time.Duration
	n := 0
	for b.Loop() {
		for i, w := range writers {
			n++
			begin := time.Now()
			w.ask(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"agent":{"max_tokens_per_turn":%d}}}}`, n))
			middle := time.Now()
			w.ask(`{"jsonrpc":"2.0","id":1,"method":"config/get"}`)
			patches[i] += middle.Sub(begin)
			gets[i] += time.Since(middle)
		}
	}
	b.ReportMetric(0, "ns/op")
	for what, took := range map[string][2]time.Duration{"patch": patches, "get": gets} {
		b.ReportMetric(float64(took[0].Nanoseconds())/1e3/float64(b.N), what+"-0-µs")
		b.ReportMetric(float64(took[1].Nanoseconds())/1e3/float64(b.N), what+"-1000-µs")
		b.ReportMetric(float64(took[1])/float64(took[0]), what+"-x")
	}
	for _, t := range append(watchers, writers...) {
		t.end()
	}
}
