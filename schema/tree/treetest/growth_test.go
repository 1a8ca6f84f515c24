package treetest

import (
	"math"
	"testing"
	"time"
)

// TestGrowth measures calls by a clock without noise, and with noise that ends.
func TestGrowth(t *testing.T) {
	nLogN := func(n float64) float64 { return 100 * n * math.Log2(n) }
	for name, tt := range map[string]struct {
		work    func(n float64) float64
		noise   int // runs of the large call that take ten times as long
		refused bool
	}{
		"n":                     {func(n float64) float64 { return 1000 * n }, 0, false},
		"n log n":               {nLogN, 0, false},
		"n log n, with noise":   {nLogN, 47, false},
		"n, and little of n²":   {func(n float64) float64 { return 1000*n + n*n/10 }, 0, false},
		"n, and a quarter n²":   {func(n float64) float64 { return 1000*n + n*n/3 }, 0, true},
		"n²":                    {func(n float64) float64 { return n * n }, 0, true},
		"n √n":                  {func(n float64) float64 { return 100 * n * math.Sqrt(n) }, 0, true},
		"less than can be told": {func(float64) float64 { return 0 }, 0, false},
	} {
		runs := 0
		refusal := growth(func(count, n int) time.Duration {
			work := float64(count) * tt.work(float64(n))
			if count == 1 {
				if runs++; runs <= tt.noise {
					work *= 10
				}
			}
			return time.Duration(work)
		})
		if (refusal != "") != tt.refused {
			t.Errorf("%s: got %q, want refused %v", name, refusal, tt.refused)
		}
	}
}
