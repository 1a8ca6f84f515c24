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

// adviceFor returns what an error means and what to do, for errors that mean more
// than their reason.
func adviceFor(err error) (string, bool) {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return "", false
	}
	text, ok := map[syscall.Errno]string{
		syscall.EPERM:        "the system forbids it: the user that runs realmconf is not the owner, or the file or its directory is marked as unchangeable or append-only (lsattr shows i or a, chattr -i or chattr -a ends it): change that and try again",
		syscall.ENOTDIR:      "a part of the path is not a directory: move it away, or choose another place, and try again",
		syscall.EISDIR:       "a directory is in the place of the file: move it away and try again",
		syscall.EBUSY:        "the file is mounted alone, or the system uses it, so it cannot be replaced: mount the directory that it is in instead of the file (for a container: -v DIRECTORY:DIRECTORY) and try again",
		syscall.ETXTBSY:      "the file is being run as a program: end the program, or put the right file there, and try again",
		syscall.ELOOP:        "symbolic links of the path lead back to themselves, or there are too many: put the file or directory itself there and try again",
		syscall.EFBIG:        "the process may not write a file of this size: raise its limit (ulimit -f), or choose a file system that allows it, and try again",
		syscall.ENAMETOOLONG: "the path is longer than the system allows: choose a place with a shorter path, or of a realm a shorter id, and try again",
		syscall.EMLINK:       "the file or directory has as many names as the file system allows: remove some, or choose another place, and try again",
		syscall.EXDEV:        "the file is on another file system than its directory: put the file itself there, or mount the whole directory, and try again",
		syscall.ESTALE:       "the file server does not know the file any more: mount the file system again and try again",
		syscall.ENOTCONN:     "the file server, or the program behind the file system, is gone: mount the file system again and try again",
		syscall.ETIMEDOUT:    "the file server does not answer: check the network and the mount, and try again",
		syscall.EHOSTDOWN:    "the file server does not answer: check the network and the mount, and try again",
		syscall.EHOSTUNREACH: "the file server does not answer: check the network and the mount, and try again",
		syscall.EMFILE:       "this process has too many files open: raise its limit (ulimit -n) and try again",
		syscall.ENFILE:       "the system has too many files open: end some programs and try again",
		syscall.ENOMEM:       "the system has no memory left: end some programs and try again",
		syscall.ENOLCK:       "the file system gives no locks: start its lock service, or put the configuration on a local file system, and try again",
		syscall.ENOSYS:       "the file system cannot do this: put the configuration on a local file system and try again",
		syscall.ENOTSUP:      "the file system cannot do this: put the configuration on a local file system and try again",
		syscall.ENXIO:        "a socket or a device is in the place of the file: put the right file there and try again",
		syscall.ENODEV:       "a device is in the place of the file: put the right file there and try again",
	}[number]
	return text, ok
}

// isNotDirectory reports whether an error says that a part of the path is not a
// directory.
func isNotDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// isReplaced reports whether an error says that a directory was replaced by
// something else, or that a file server does not know it any more.
func isReplaced(err error) bool {
	return isNotDirectory(err) || errors.Is(err, syscall.ESTALE)
}
