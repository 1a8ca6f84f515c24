//go:build race

package realm

// raceFactor is how many times the processor's time a limit allows: the race
// detector makes everything slower.
const raceFactor = 10
