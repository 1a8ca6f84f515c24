package main

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree"
)

// BenchmarkWrite is durable changes on a real disk: one after the other, as a
// client makes them that waits for somebody in between, and 64 in flight.
// "x-floor" is how many times as long one takes as a bare loop that writes,
// fsyncs and swaps the same files: at most 1.5 is the goal. "x-alone" is how
// many times as many are done in the same time when 64 are in flight: at least 8
// is the goal. "of-floor-64" is how many times as fast as 64 runs of the bare
// loop these are.
func BenchmarkWrite(b *testing.B) {
	realmconf := program(b)
	for _, how := range []string{"patch", "set"} {
		b.Run(how, func(b *testing.B) {
			const (
				flight = 64
				rest   = 10 * time.Millisecond // before each of the two, and in neither
			)
			ours := startPeer(b, exec.Command(realmconf, benchRealm(b)...))
			config, _, _ := tree.Pointer{"result", "config"}.Get(ours.answer(`{"jsonrpc":"2.0","id":1,"method":"config/get"}` + "\n"))
			n := int64(100)
			next := func() string {
				n++
				return writeOf(how, config.(tree.Object), n)
			}
			floor, err := storetest.NewFloor(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			text := []byte(strings.Repeat("# a comment of some length\nkey = 1\n", 85)) // as long as the fixture
			ours.ask([]byte(next()), 1)
			if err := floor.Commit(text); err != nil {
				b.Fatal(err)
			}

			var alone, bare, together time.Duration
			for b.Loop() {
				for range 8 {
					request := []byte(next())
					begin := time.Now()
					ours.ask(request, 1)
					took := time.Since(begin)
					<-time.After(rest)
					middle := time.Now()
					if err := floor.Commit(text); err != nil {
						b.Fatal(err)
					}
					alone += took
					bare += time.Since(middle)
					<-time.After(rest)
				}
				var burst strings.Builder
				for range flight {
					burst.WriteString(next())
				}
				begin := time.Now()
				ours.ask([]byte(burst.String()), flight)
				together += time.Since(begin)
			}
			got, _, _ := tree.Pointer{"result", "value"}.Get(ours.answer(
				`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent/max_tokens_per_turn"}}` + "\n"))
			if got != n {
				b.Fatalf("the last value is %v, want %d: a write failed", got, n)
			}
			b.ReportMetric(0, "ns/op")
			one, floors, many := float64(alone)/float64(8*b.N), float64(bare)/float64(8*b.N), float64(together)/float64(flight*b.N)
			b.ReportMetric(one/1e3, "alone-µs")
			b.ReportMetric(floors/1e3, "floor-µs")
			b.ReportMetric(many/1e3, "64-in-flight-µs")
			b.ReportMetric(one/floors, "x-floor")
			b.ReportMetric(one/many, "x-alone")
			b.ReportMetric(floors/many, "of-floor-64")
		})
	}
}

// writeOf is a request that changes one number.
func writeOf(how string, config tree.Object, n int64) string {
	params := tree.Object{"patch": tree.Object{"agent": tree.Object{"max_tokens_per_turn": n}}}
	if how == "set" {
		config["agent"].(tree.Object)["max_tokens_per_turn"] = n
		params = tree.Object{"config": config}
	}
	return string(tree.Append(nil, tree.Object{"jsonrpc": "2.0", "id": n, "method": "config/" + how, "params": params})) + "\n"
}
