//go:build !race

package rpc_test

const raceStride = 1
