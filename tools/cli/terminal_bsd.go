//go:build unix && !linux

package cli

import "golang.org/x/sys/unix"

// discardTyped drops what was typed at a terminal and not yet read.
func discardTyped(fd int) error {
	return unix.IoctlSetPointerInt(fd, unix.TIOCFLUSH, unix.TCIFLUSH)
}
