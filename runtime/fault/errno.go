package fault

import (
	"errors"
	"io/fs"
)

// StorageReason says why the operating system refused: the value of the data
// member "reason" of a storage fault. A name that does not exist counts as
// gone, because whoever expects an absence handles it before asking for a
// reason. An error that is none of the system's is io.
func StorageReason(err error) Reason {
	switch {
	case isFull(err):
		return Full
	case isReadOnlyMedia(err):
		return ReadOnlyMedia
	case errors.Is(err, fs.ErrPermission):
		return Denied
	case errors.Is(err, fs.ErrNotExist), isReplaced(err):
		return Gone
	default:
		return IO
	}
}

// FromOS is the storage fault for an error of the operating system. op is a
// short phrase of what was being done, such as "write config.toml": it begins
// the message and is the data member "op", so it must not hold a path. The
// error itself, which may name paths, is only the cause.
func FromOS(op string, err error) *Fault {
	reason := StorageReason(err)
	words := advice(reason)
	switch {
	case errors.Is(err, ErrIrregular):
		words = "a directory, a pipe or a device stands where the file should be, or the file is huge: put the right file there"
	case isNotDirectory(err):
		words = "something on the way there is not a directory: move it away, or choose another place, and try again"
	}
	return New(Storage, "%s: %s", op, words).With("op", op).With("reason", reason).Because(err)
}

// ErrIrregular says that what stands at a file's place is none that can be
// read whole: a directory, a pipe, a device, or a file of absurd size.
var ErrIrregular = errors.New("not a regular file of a sensible size")

// advice is a reason in words and what a person can do about it.
func advice(r Reason) string {
	switch r {
	case Full:
		return "no space is left on the disk or in the quota: free some and try again"
	case Denied:
		return "permission denied: give the user that runs realmconf access to the realm's directory"
	case ReadOnlyMedia:
		return "the file system is read-only: mount it writable, or only read"
	case Gone:
		return "a directory on the way there does not exist, or was replaced: make or restore it and try again"
	default:
		return "input or output error: check the disk and try again"
	}
}
