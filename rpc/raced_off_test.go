//go:build !race

package rpc_test

const thinned = 1
