package heap

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// asksForHugePages reports whether the mapping at an address asks for huge pages.
func asksForHugePages(t *testing.T, at uintptr) bool {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	isHere := false
	for lines.Scan() {
		var first, behind uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &first, &behind); n == 2 {
			isHere = first <= at && at < behind
		}
		if flags, isFlags := strings.CutPrefix(lines.Text(), "VmFlags:"); isFlags && isHere {
			return slices.Contains(strings.Fields(flags), "hg")
		}
	}
	t.Fatalf("no mapping at %x: %v", at, lines.Err())
	return false
}

// The reserved memory is free, it is what later allocations get, and the system may use
// huge pages for it, if it has any.
func TestReserve(t *testing.T) {
	const size = 16 << 20
	own, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(own)
	want := unix.Madvise(own, unix.MADV_HUGEPAGE) == nil

	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	Reserve(size)
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapInuse) - int64(before.HeapInuse); grown > 1<<20 {
		t.Errorf("%d bytes more are in use", grown)
	}
	if grown := int64(after.HeapIdle) - int64(before.HeapIdle); grown < size/2 {
		t.Errorf("%d bytes more are free, want %d", grown, size)
	}
	large := make([]byte, size/2)
	if got := asksForHugePages(t, uintptr(unsafe.Pointer(&large[len(large)/2]))); got != want {
		t.Errorf("the heap asks for huge pages: %v, want %v, as other memory does", got, want)
	}
}
