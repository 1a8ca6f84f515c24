//go:build race

package rpc_test

// raceThinning makes the longest test try fewer cases: the race detector makes it
// ten times slower, and looks for other mistakes.
const raceThinning = 8
