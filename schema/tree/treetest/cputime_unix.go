//go:build unix

package treetest

import (
	"syscall"
	"time"
)

// CPUTime returns the processor time that this process has used, in the program and
// in the system: only the sum is exact, the two are told apart by samples.
func CPUTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
