//go:build race

package rpc_test

// thinned is how many times fewer cases the longest test tries: the race
// detector makes it ten times slower, and looks for other mistakes.
const thinned = 8
