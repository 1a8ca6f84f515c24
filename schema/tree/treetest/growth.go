package treetest

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// CheckGrowth fails a test if the work of a call grows much faster than its input.
// prepare returns a call with an input of size n. Eight calls with inputs of 500 are
// compared with one whose input is eight times as large: both hold as much memory. In
// n log n the one call takes a third longer, in the square of n eight times as long.
//
// Work is processor time, so that other processes do not count, together with the
// garbage collection. Other processes still slow this one down, by two times and more
// on a busy machine. So no single result fails a test: one of 48 comparisons must be
// good, the last 40 with inputs of 1,000, where the square of n is twice as much of the
// work.
//
// In a short run and under the race detector one small call is made, and not measured:
// .ci/run makes the run that measures.
func CheckGrowth(t *testing.T, prepare func(n int) func()) {
	t.Helper()
	if Cases(false, true) {
		prepare(250)()
		return
	}
	refusal := growth(func(count, n int) time.Duration {
		calls := make([]func(), count)
		for i := range calls {
			calls[i] = prepare(n)
		}
		runtime.GC()
		start := CPUTime()
		for _, call := range calls {
			call()
		}
		return CPUTime() - start
	})
	if refusal != "" {
		t.Error(refusal)
	}
}

// growth compares the work of eight small calls with that of a large one, and says
// why it is refused; "" if it is not. A square of n that is allowed at the first size
// is allowed at the second, too: there it is a quarter of the work of the small calls.
func growth(work func(count, n int) time.Duration) string {
	const times = 8
	var refusal string
	for _, try := range []struct {
		size, rounds int
		allowed      float64
	}{{500, 8, 1.8}, {1_000, 40, 2.5}} {
		var small, large time.Duration
		for range try.rounds {
			small, large = max(work(times, try.size), time.Microsecond), work(1, times*try.size)
			if float64(large) < try.allowed*float64(small) {
				return ""
			}
		}
		refusal = fmt.Sprintf("%d calls of size %d take %v, and one of size %d takes %v, %.1f times as long",
			times, try.size, small, times*try.size, large, float64(large)/float64(small))
	}
	return refusal
}
