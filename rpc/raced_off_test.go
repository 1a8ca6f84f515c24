//go:build !race

package rpc_test

const raceThinning = 1
