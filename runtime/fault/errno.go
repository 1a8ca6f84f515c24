package fault

import (
	"errors"
	"io/fs"
)

// StorageReason returns why the operating system refused: the value of the data
// member "reason" of a storage fault. A name that does not exist counts as gone,
// because a caller that expects the absence handles it before it asks for a
// reason. An error from another source is io.
func StorageReason(err error) Reason {
	switch {
	case errors.As(err, new(*RefusedLink)):
		return Link
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

// FromOS returns the storage fault for an error of the operating system. op
// names the operation in a few words, such as "write config.toml": it begins the
// message and is the data member "op", so it must not hold a path. The error
// itself, which may name paths, becomes the cause only. An error that is a storage
// fault already is returned as it is.
func FromOS(op string, err error) *Fault {
	var f *Fault
	if errors.As(err, &f) && f.Kind == Storage {
		return f
	}
	reason := StorageReason(err)
	text := advice(reason)
	var link *RefusedLink
	switch {
	case errors.As(err, &link):
		text = link.Advice
	case errors.Is(err, ErrIrregular):
		text = "a directory, a pipe or a device is in the place of the file, or the file is huge: put the right file there"
	default:
		if known, ok := adviceFor(err); ok {
			text = known
		}
	}
	return New(Storage, "%s: %s", op, text).With("op", op).With("reason", reason).Because(err)
}

// ErrIrregular is the cause of a refusal to read a file whole, because it is a
// directory, a pipe, a device, or of absurd size.
var ErrIrregular = errors.New("not a regular file of a sensible size")

// RefusedLink is the cause of a refusal to follow a symbolic link. It is an
// ErrIrregular too.
type RefusedLink struct {
	Advice string // why the link is refused and what to do; it names no path
}

// Error says what was refused. The advice is for a fault's message.
func (e *RefusedLink) Error() string { return "the link is not followed" }

// Unwrap is ErrIrregular.
func (e *RefusedLink) Unwrap() error { return ErrIrregular }

// advice explains a reason, and says what a person can do about it.
func advice(r Reason) string {
	switch r {
	case Full:
		return "no space is left on the disk or in the quota: free some and try again"
	case Denied:
		return "permission denied: give the user that runs realmconf access to the directory"
	case ReadOnlyMedia:
		return "the file system is read-only: mount it writable, or only read"
	case Gone:
		return "a directory of the path does not exist, or was replaced: make or restore it and try again"
	default:
		return "input or output error: check the disk and try again"
	}
}
