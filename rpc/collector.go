package rpc

import (
	"runtime"
	"runtime/debug"
)

const (
	// relaxedPercent is how much garbage a small heap may have beside what is in
	// use. Most of the heap is garbage: collecting half as often as Go's default
	// costs four megabytes and makes a read 10 % faster and a write 25 %.
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
	debug.SetGCPercent(relaxedPercent)
	adaptAfterCollection(relaxedPercent)
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
		wanted := garbagePercent(stats.NextGC * 100 / uint64(100+current))
		if wanted != current {
			debug.SetGCPercent(wanted)
		}
		adaptAfterCollection(wanted)
	}, current)
}

// garbagePercent returns how much garbage a heap may have, in percent of its bytes
// in use. It has few different values, because each change stops the program for
// a moment.
func garbagePercent(live uint64) int {
	const step = 20
	if live >= wantedHeap {
		return strictPercent
	}
	percent := int((wantedHeap - live) * 100 / max(live, 1))
	return max(strictPercent, min(percent/step*step, relaxedPercent))
}
