//go:build race

package rpc_test

// raceStride is the factor by which the longest test tries fewer cases: the race
// detector makes it ten times slower, and finds other mistakes.
const raceStride = 8
