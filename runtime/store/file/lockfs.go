package file

import (
	"errors"
	"io/fs"
	"os"

	"realmconf/runtime/internal/disk"
)

// lockFS is the file system of the lock. It notes every change that failed,
// because that may have left a temporary file for the next sweep: the lock itself
// goes on without it.
type lockFS struct {
	disk.FS
	failed func() // called only for a change, which only a holder of the lock's queue makes
}

func (f lockFS) note(err error) error {
	expected := errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) || errors.Is(err, errors.ErrUnsupported)
	if err != nil && !expected {
		f.failed()
	}
	return err
}

// Open is FS.Open. Without O_CREATE it is no change: filelock.Mutex.Holder opens
// lock files outside the queue.
func (f lockFS) Open(name string, flag int, perm fs.FileMode) (disk.File, error) {
	file, err := f.FS.Open(name, flag, perm)
	if flag&os.O_CREATE == 0 {
		return file, err
	}
	return file, f.note(err)
}

// Exchange is FS.Exchange.
func (f lockFS) Exchange(a, b string) error { return f.note(f.FS.Exchange(a, b)) }

// RenameNoReplace is FS.RenameNoReplace.
func (f lockFS) RenameNoReplace(from, to string) error { return f.note(f.FS.RenameNoReplace(from, to)) }

// Rename is FS.Rename.
func (f lockFS) Rename(from, to string) error { return f.note(f.FS.Rename(from, to)) }

// Link is FS.Link.
func (f lockFS) Link(from, to string) error { return f.note(f.FS.Link(from, to)) }

// Remove is FS.Remove.
func (f lockFS) Remove(name string) error { return f.note(f.FS.Remove(name)) }
