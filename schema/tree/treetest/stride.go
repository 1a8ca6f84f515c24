package treetest

import (
	"iter"
	"testing"
)

// Stride returns by how much a loop over many similar cases moves on: by 1, so that
// all are tried, and in a short run by n. Unlike Cases it does not leave cases out
// under the race detector.
func Stride(n int) int {
	if testing.Short() {
		return n
	}
	return 1
}

// Few goes through all entries of a map, and where Cases returns few through n of
// them, which are not the same in each run.
func Few[K comparable, V any](all map[K]V, n int) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		left := Cases(len(all), n)
		for key, value := range all {
			if left--; left < 0 || !yield(key, value) {
				return
			}
		}
	}
}
