package treetest

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// MeasureGrowth is a benchmark of calls whose inputs grow: prepare returns a call with
// an input of size n, for each of the sizes. "ratio" is how much more the largest input
// costs than the one before, divided by how much n log n grows between the two: about 1
// if the cost grows with n log n, and less if it grows slower. With sizes ten times
// apart, the square of n is above 6. The goal leaves room for the caches of the
// processor and for the garbage collection, which small calls do without.
//
// The cost is processor time, of the whole process, so that what else the machine does
// counts little. The cheapest of the calls counts.
func MeasureGrowth(b *testing.B, sizes []int, prepare func(n int) func()) {
	b.Helper()
	calls := make([]func(), len(sizes))
	best := make([]time.Duration, len(sizes))
	for i, n := range sizes {
		calls[i], best[i] = prepare(n), math.MaxInt64
	}
	for b.Loop() {
		for i, call := range calls {
			start := CPUTime()
			call()
			best[i] = min(best[i], max(CPUTime()-start, time.Microsecond))
		}
	}
	b.ReportMetric(0, "ns/op")
	for i, n := range sizes {
		b.ReportMetric(best[i].Seconds()*1e3, fmt.Sprintf("%d-ms", n))
	}
	last := len(sizes) - 1
	cost := func(i int) float64 { return float64(sizes[i]) * math.Log2(float64(sizes[i])) }
	b.ReportMetric(best[last].Seconds()*1e3, "measured-ms")
	b.ReportMetric(best[last].Seconds()/best[last-1].Seconds()*cost(last-1)/cost(last), "ratio")
	b.ReportMetric(2, "at-most")
}
