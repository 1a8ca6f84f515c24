package fault

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isFull reports whether an error says that no space is left, on the disk or
// in the user's quota.
func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) ||
		errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

// isReadOnlyMedia reports whether an error says that nothing can be written
// there by any user.
func isReadOnlyMedia(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }

// isNotDirectory reports whether an error says that a part of the path is not a
// directory.
func isNotDirectory(err error) bool { return errors.Is(err, windows.ERROR_DIRECTORY) }

// isReplaced reports whether an error says that a directory was replaced by
// something else.
func isReplaced(err error) bool { return isNotDirectory(err) }
