package treetest

import "runtime"

// AllocatedBytes returns how many bytes a call allocates, all goroutines counted.
// Unlike its time, this does not depend on what else the machine does.
func AllocatedBytes(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
