package rpc

import (
	"runtime"
	"runtime/debug"
)

const (
	// smallestPercent is how much garbage the heap may have beside what is in use while it
	// is as small as Go lets it be, which is smallestHeap for each 100 %: while there are
	// only reads, or single writes. More takes up to five megabytes, and makes no read
	// measurably faster.
	smallestPercent = 80
	smallestHeap    = 4 << 20
	// relaxedPercent is the same for a larger heap. Most of it is garbage: collecting half
	// as often as Go's default makes a write of many at once 20 % faster.
	relaxedPercent = 200
	// strictPercent is the same for a large heap, however large. Collecting more
	// often would take more time than the program.
	strictPercent = 60
	// wantedHeap is the size up to which a heap may grow with its garbage.
	wantedHeap = 96 << 20
)

// TuneCollector bounds the garbage of the process: the more memory is in use, the
// more often it is collected. It adapts after each collection. A memory limit of
// Go's runtime would not do, because a program that needs more than its limit is
// stopped by its collector.
func TuneCollector() {
	debug.SetGCPercent(smallestPercent)
	adaptAfterCollection(smallestPercent)
}

// adaptAfterCollection adapts the collector after the next collection, and after
// each one that follows. Its object is garbage at once, so the collection that
// finds it runs its cleanup.
func adaptAfterCollection(current int) {
	// A small object without a pointer may share its memory with others, and is then
	// garbage only when they are. A pointer to a pointer has memory of its own.
	probe := new(*int)
	runtime.AddCleanup(probe, func(current int) {
		// The package runtime/metrics has the number itself, and costs more time at the
		// start of a program than all packages of this module.
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		wanted := garbagePercent(stats.NextGC, uint64(current))
		if wanted != current {
			debug.SetGCPercent(wanted)
		}
		adaptAfterCollection(wanted)
	}, current)
}

// garbagePercent returns how much garbage a heap may have, in percent of its bytes
// in use, if with the current percentage it may now grow to a size. It has few different
// values, because each change stops the program for a moment.
func garbagePercent(size, current uint64) int {
	const step = 20
	live := size * 100 / (100 + current)
	switch {
	case size <= smallestHeap*current/100:
		return smallestPercent
	case live >= wantedHeap:
		return strictPercent
	}
	percent := int((wantedHeap - live) * 100 / max(live, 1))
	return max(strictPercent, min(percent/step*step, relaxedPercent))
}
