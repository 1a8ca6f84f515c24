package treetest

import (
	"bytes"
	"os"
	"runtime/debug"
	"strconv"
)

// ResidentGrowth returns by how many bytes the resident memory of the process grows at
// most during a call, 0 if the system does not tell.
func ResidentGrowth(call func()) int {
	debug.FreeOSMemory()
	residentPeak()
	before := residentPeak()
	call()
	return residentPeak() - before
}

// residentPeak returns the most memory that the process had since the last call,
// 0 if the system does not tell.
func residentPeak() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 || os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) != nil {
		return 0
	}
	kib, _ := strconv.Atoi(string(fields[0]))
	return kib << 10
}
