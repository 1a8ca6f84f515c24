package treetest

import (
	"runtime"
	"testing"
	"time"
)

// CheckGrowth fails a test if the work of a call grows much faster than its input.
// prepare returns a call with an input of size n, here of 1,000 and of 8,000: in n
// log n the larger one takes about ten times as long, in the square of n 64 times.
//
// Work is processor time, so that other processes do not count, and of each size
// the least of several runs, in turns, together with its garbage collection.
func CheckGrowth(t *testing.T, prepare func(n int) func()) {
	t.Helper()
	const (
		few, many = 1_000, 8_000
		rounds    = 8
		allowed   = 30
	)
	least := map[int]time.Duration{}
	ratio := 0.0
	for range rounds {
		for _, n := range []int{few, many} {
			call := prepare(n)
			runtime.GC()
			start := cpuTime()
			call()
			if d := max(cpuTime()-start, time.Microsecond); least[n] == 0 || d < least[n] {
				least[n] = d
			}
		}
		if ratio = float64(least[many]) / float64(least[few]); ratio < allowed {
			return
		}
	}
	t.Errorf("%d times the input takes %.0f times as long (%v, then %v)", many/few, ratio, least[few], least[many])
}
