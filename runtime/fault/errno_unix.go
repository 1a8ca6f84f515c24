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
// there by any user.
func isReadOnlyMedia(err error) bool { return errors.Is(err, syscall.EROFS) }

// isNotDirectory reports whether an error says that a part of the path is not a
// directory.
func isNotDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// isReplaced reports whether an error says that a directory was replaced by
// something else, or that a file server does not know it any more.
func isReplaced(err error) bool {
	return isNotDirectory(err) || errors.Is(err, syscall.ESTALE)
}
