// Package heap prepares the heap of the process for a large amount of memory.
package heap

import (
	"runtime"
	"strings"
	"unsafe"
)

// Reserve makes the heap grow by a size in bytes at once, into memory for which the
// system may use huge pages. The memory is free for the allocations that follow.
//
// Go's heap grows by 4 MB at a time, and each page of 4 KB is a page fault when it is
// first used, which took half of the time of a first read of 1 MB on a virtual machine
// (15 µs for each page). Most systems give huge pages only to memory for which a program
// asks, and the request holds only for memory that the heap has already. With 16 MB
// reserved, such a read has 1,200 page faults instead of 3,460, and takes two thirds of
// the processor time; the process has 2 MB more at its peak.
//
// Reserve collects the garbage, so it is for a process that uses little memory so far.
// On other systems than Linux it does nothing.
func Reserve(size int) {
	if !hasHugePages {
		return
	}
	var b strings.Builder // which does not clear its memory: that would use each page of it
	b.Grow(size)
	b.WriteByte(0)
	adviseHugePages(unsafe.Slice(unsafe.StringData(b.String()), b.Cap()))
	runtime.GC() // frees it
}
