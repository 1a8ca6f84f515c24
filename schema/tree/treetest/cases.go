package treetest

import "testing"

// Cases returns the cases of a long test, or how many there are: all of them, or few
// in a short run and under the race detector. Few cases must be of every kind that
// all of them have: .ci/run makes the run with all, without the race detector.
func Cases[T any](all, few T) T {
	if testing.Short() || RaceFactor > 1 {
		return few
	}
	return all
}
