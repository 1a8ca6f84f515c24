package rpc_test

import (
	"bufio"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"realmconf/rpc"
	"realmconf/schema/tree/treetest"
	"realmconf/tools"
)

// talker is a connection whose client waits for each reply.
type talker struct {
	wire
	b       *testing.B
	replies *bufio.Reader
}

func newTalker(b *testing.B, ops *tools.Operations) *talker {
	w := serveOnPipes(b.Context(), ops, rpc.Options{})
	return &talker{wire: w, b: b, replies: bufio.NewReaderSize(w.out, 1<<20)}
}

func (t *talker) ask(request string) {
	if _, err := io.WriteString(t.in, request+"\n"); err != nil {
		t.b.Fatal(err)
	}
	if _, err := t.replies.ReadSlice('\n'); err != nil {
		t.b.Fatal(err)
	}
}

func (t *talker) end() {
	_ = t.in.Close()
	_, _ = io.Copy(io.Discard, t.replies)
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

// perConnection is how many of the watches of BenchmarkGrowth a connection has.
const perConnection = 250

// BenchmarkGrowth makes a change while many places are watched, and waits for the one
// notification of each connection: one of n watched places changes, or n places change
// of which one connection watches as many as it can.
func BenchmarkGrowth(b *testing.B) {
	b.Run("watches of other keys", func(b *testing.B) {
		growWatches(b, []int{100, 1_000, 10_000}, 10_000, func(_, turn int) string {
			return fmt.Sprintf(`{"agent":{"max_tokens_per_turn":%d}}`, turn)
		})
	})
	b.Run("watches of changed keys", func(b *testing.B) {
		growWatches(b, []int{30, 300, 3_000}, perConnection, func(n, turn int) string {
			patch := fmt.Appendf(nil, `{"agent":{"max_tokens_per_turn":%d},"tools":{"tool_timeouts":{`, turn)
			for i := range n {
				patch = fmt.Appendf(patch, `"t%d":"%ds",`, i, turn)
			}
			return string(patch[:len(patch)-1]) + "}}}"
		})
	})
}

// growWatches measures a patch of the agent, which every connection watches beside
// places of its own, until all of them are notified. There are n watches,
// or as many as limit.
func growWatches(b *testing.B, sizes []int, limit int, patch func(n, turn int) string) {
	var talkers []*talker
	var readers sync.WaitGroup
	treetest.MeasureGrowth(b, sizes, func(n int) func() {
		watched := operations(b, "[agent]\n")
		writer := newTalker(b, watched)
		talkers = append(talkers, writer)
		arrived := make(chan struct{}, n)
		connections := 0
		watches := min(n, limit)
		for from := 0; from < watches; from += perConnection {
			connections++
			w := newTalker(b, watched)
			talkers = append(talkers, w)
			w.ask(`{"jsonrpc":"2.0","id":1,"method":"config/watch","params":{"path":"/agent"}}`)
			for i := from; i < min(watches, from+perConnection); i++ {
				w.ask(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"config/watch","params":{"path":"/tools/tool_timeouts/t%d"}}`, i))
			}
			readers.Go(func() {
				for {
					if _, err := w.replies.ReadSlice('\n'); err != nil {
						return
					}
					arrived <- struct{}{}
				}
			})
		}
		turn := 0
		return func() {
			turn++
			writer.ask(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":%s}}`, patch(n, turn)))
			for range connections {
				<-arrived
			}
		}
	})
	for _, t := range talkers {
		_ = t.in.Close()
		if err := <-t.done; err != nil {
			b.Error(err)
		}
	}
	readers.Wait()
}
