package main

import (
	"fmt"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"realmconf/schema/tree"
)

// BenchmarkRace is eight processes that count up one number in one realm, each
// by reading it and writing the next, on condition that nobody was faster: one
// operation is one step, whoever makes it. It fails when a step is lost.
// "x-worst-wait" is the longest wait for a step of one's own, conflicts included,
// in medians: less than 50 is the goal.
func BenchmarkRace(b *testing.B) {
	const processes = 8
	realmconf, flags := program(b), benchRealm(b)
	racers := make([]*racer, processes)
	for i := range racers {
		racers[i] = &racer{peer: startPeer(b, exec.Command(realmconf, flags...))}
		racers[i].read() // started, and warm
	}
	const before = 1000
	racers[0].ask([]byte(writeOf("patch", nil, before)), 1)
	var left atomic.Int64
	left.Store(int64(b.N))
	begin := time.Now()
	var wg sync.WaitGroup
	for _, r := range racers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				r.step()
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	after, _ := racers[0].read()
	if lost := before + int64(b.N) - after; lost != 0 {
		b.Fatalf("%d of %d steps are lost", lost, b.N)
	}
	var waits []time.Duration
	tries := 0
	for _, r := range racers {
		waits = append(waits, r.waits...)
		tries += r.tries
	}
	slices.Sort(waits)
	median, worst := waits[len(waits)/2], waits[len(waits)-1]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/took.Seconds(), "steps/s")
	b.ReportMetric(float64(tries)/float64(b.N), "tries")
	b.ReportMetric(median.Seconds()*1e3, "median-ms")
	b.ReportMetric(worst.Seconds()*1e3, "worst-ms")
	b.ReportMetric(float64(worst)/float64(median), "x-worst-wait")
}

// racer is one of the processes, and how it fares.
type racer struct {
	*peer
	waits []time.Duration
	tries int
}

// step makes one step, however often that has to be tried.
func (r *racer) step() {
	begin := time.Now()
	for {
		r.tries++
		value, generation := r.read()
		answer := r.write(value+1, generation)
		if answer["error"] == nil {
			break
		}
		if kind, _, _ := (tree.Pointer{"error", "data", "kind"}).Get(answer); kind != "generation_conflict" {
			r.tb.Errorf("a step was refused: %s", tree.Append(nil, answer))
			return
		}
	}
	r.waits = append(r.waits, time.Since(begin))
}

func (r *racer) read() (value, generation int64) {
	answer := r.answer(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent/max_tokens_per_turn"}}` + "\n")
	result, _ := answer["result"].(tree.Object)
	value, _ = result["value"].(int64)
	generation, _ = result["generation"].(int64)
	return value, generation
}

func (r *racer) write(value, expected int64) tree.Object {
	return r.answer(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"agent":{"max_tokens_per_turn":%d}},"expected_generation":%d}}`+"\n",
		value, expected))
}
