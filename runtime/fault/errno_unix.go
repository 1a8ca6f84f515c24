//go:build unix

package fault

import (
	"errors"
	"syscall"
)

// isFull reports whether an error says that no space is left, on the disk or
// in the user's quota.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// isReadOnlyMedia reports whether an error says that nothing can be written
// there, whoever asks.
func isReadOnlyMedia(err error) bool { return errors.Is(err, syscall.EROFS) }

// isNotDirectory reports whether an error says that something else stands where
// a directory should be.
func isNotDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// isReplaced reports whether an error says that what was a directory is none
// any more, or that a file server has forgotten it.
func isReplaced(err error) bool {
	return isNotDirectory(err) || errors.Is(err, syscall.ESTALE)
}
