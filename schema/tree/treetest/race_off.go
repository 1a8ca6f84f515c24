//go:build !race

package treetest

// RaceFactor is how many times as much processor time a test allows.
const RaceFactor = 1
