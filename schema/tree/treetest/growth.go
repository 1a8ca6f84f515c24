package treetest

import (
	"runtime"
	"testing"
	"time"
)

// CheckGrowth fails a test if the work of a call grows much faster than its input.
// prepare returns a call with an input of size n. Eight calls with inputs of 1,000
// (of 250 where Cases returns few) are compared with one whose input is eight times
// as large: both hold as much memory. In n log n the one call takes a third longer,
// in the square of n eight times as long. It is refused from two and a half times on,
// where the square is a quarter of the work of the small calls.
//
// Work is processor time, so that other processes do not count, and of each the
// least of several runs, in turns, together with its garbage collection.
func CheckGrowth(t *testing.T, prepare func(n int) func()) {
	t.Helper()
	few := Cases(1_000, 250)
	const (
		times   = 8
		rounds  = 8
		allowed = 2.5
	)
	work := func(count, n int) time.Duration {
		calls := make([]func(), count)
		for i := range calls {
			calls[i] = prepare(n)
		}
		runtime.GC()
		start := cpuTime()
		for _, call := range calls {
			call()
		}
		return max(cpuTime()-start, time.Microsecond)
	}
	var small, large time.Duration
	for round := range rounds {
		s, l := work(times, few), work(1, times*few)
		if round == 0 || s < small {
			small = s
		}
		if round == 0 || l < large {
			large = l
		}
		if float64(large) < allowed*float64(small) {
			return
		}
	}
	t.Errorf("%d calls of size %d take %v, and one of size %d takes %v, %.1f times as long",
		times, few, small, times*few, large, float64(large)/float64(small))
}
