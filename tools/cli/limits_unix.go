//go:build unix

package cli

import (
	"io"

	"golang.org/x/sys/unix"
)

// neededFiles is how many files a command may have open at once, with some to spare.
const neededFiles = 16

// manyFiles is a limit of which a parent never leaves fewer than neededFiles.
const manyFiles = 64

// CheckLimits reports on standard error that this process may open too few files, and
// returns the exit code. Go's runtime opens files of its own when it first waits for
// one, and ends the program with a stack trace if it cannot.
func CheckLimits(stderr io.Writer) int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil || uint64(limit.Cur) >= manyFiles {
		return ExitDone
	}
	free := 0
	for fd := range uintptr(limit.Cur) {
		if _, err := unix.FcntlInt(fd, unix.F_GETFD, 0); err != nil {
			free++
		}
	}
	if free >= neededFiles {
		return ExitDone
	}
	message(stderr, "this process may open only %d more files, and needs up to %d: raise its limit (ulimit -n) to %d or more and try again", free, neededFiles, manyFiles)
	return ExitStorage
}
