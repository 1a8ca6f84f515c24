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

// adviceFor returns what an error means and what to do, for errors that mean more
// than their reason.
func adviceFor(err error) (string, bool) {
	var number windows.Errno
	if !errors.As(err, &number) {
		return "", false
	}
	text, ok := map[windows.Errno]string{
		windows.ERROR_DIRECTORY:             "a part of the path is not a directory: move it away, or choose another place, and try again",
		windows.ERROR_SHARING_VIOLATION:     "another program has the file open: close it there and try again",
		windows.ERROR_LOCK_VIOLATION:        "another program has locked the file: close it there and try again",
		windows.ERROR_FILENAME_EXCED_RANGE:  "the path is longer than the system allows: choose a place with a shorter path, or of a realm a shorter id, and try again",
		windows.ERROR_CANT_RESOLVE_FILENAME: "symbolic links of the path lead back to themselves: put the file or directory itself there and try again",
		windows.ERROR_FILE_TOO_LARGE:        "the file system does not allow a file of this size: choose another one and try again",
		windows.ERROR_TOO_MANY_OPEN_FILES:   "this process has too many files open: end some programs and try again",
		windows.ERROR_BAD_NETPATH:           "the file server does not answer: check the network and try again",
		windows.ERROR_NETNAME_DELETED:       "the file server does not answer: check the network and try again",
	}[number]
	return text, ok
}

// isNotDirectory reports whether an error says that a part of the path is not a
// directory.
func isNotDirectory(err error) bool { return errors.Is(err, windows.ERROR_DIRECTORY) }

// isReplaced reports whether an error says that a directory was replaced by
// something else.
func isReplaced(err error) bool { return isNotDirectory(err) }
