//go:build race

package rpc_test

// raced is true under the race detector.
const raced = true
