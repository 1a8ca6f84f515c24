//go:build race

package treetest

// RaceFactor is how many times as much processor time a test allows: the race
// detector makes everything several times as slow.
const RaceFactor = 10
