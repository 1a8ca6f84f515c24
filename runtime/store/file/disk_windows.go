package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"realmconf/runtime/fault"
)

// Open goes through a root, because only so does the standard library share a
// file for renaming and removing while it is open, as everywhere else.
func (disk) Open(name string, flag int, perm fs.FileMode) (handle, error) {
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.OpenFile(filepath.Base(name), flag, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// openDir opens a directory, and nothing else.
func openDir(name string) (*os.File, error) {
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		return nil, fault.ErrIrregular
	}
	return os.Open(name)
}

// Rename tries again for half a second: another program that has the file open,
// such as a virus scanner, lets go of it soon.
func (disk) Rename(from, to string) error {
	for wait := time.Millisecond; ; wait *= 2 {
		err := os.Rename(from, to)
		shut := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !shut || wait > 256*time.Millisecond {
			return err
		}
		time.Sleep(wait)
	}
}

// Link is not there: a file that is open under one name cannot be removed
// under another, so the store creates names exclusively instead.
func (disk) Link(from, to string) error { return errors.ErrUnsupported }

// SyncDir does nothing: Windows has no fsync of directories. A loss of power
// may return the generation before.
func (disk) SyncDir(string) error { return nil }

func (disk) Lock(h handle, wait bool) error {
	flags := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK)
	if !wait {
		flags |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	err := windows.LockFileEx(windows.Handle(h.Fd()), flags, 0, ^uint32(0), ^uint32(0), new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return errBusy
	}
	return err
}

func (disk) ID(h handle) (string, error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(h.Fd()), &info); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d:%d", info.VolumeSerialNumber, uint64(info.FileIndexHigh)<<32|uint64(info.FileIndexLow)), nil
}

// Adorn does nothing: ReplaceFile keeps the rights of what it replaces, and a
// new file inherits them from the directory.
func (disk) Adorn(handle, string, fs.FileInfo) error { return nil }

// StartSync has nothing to begin with.
func (disk) StartSync(handle) {}

// Local is always false: what Windows stamps is too coarse to trust a file
// unread.
func (disk) Local(string) bool { return false }

// Place renames a file to a name that is free.
func (disk) Place(from, to string) error {
	a, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	b, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	if err := windows.MoveFileEx(a, b, windows.MOVEFILE_WRITE_THROUGH); err != nil {
		return &os.LinkError{Op: "MoveFileEx", Old: from, New: to, Err: err}
	}
	return nil
}

// replaceFile is ReplaceFileW, which golang.org/x/sys does not have.
var replaceFile = windows.NewLazySystemDLL("kernel32.dll").NewProc("ReplaceFileW")

// unableToMoveReplacement says that the old file has its backup name already
// and that the new one is still where it was.
const unableToMoveReplacement windows.Errno = 1177

// Exchange is ReplaceFile with a backup, and then the backup under the name
// from which the new file came. A crash between the two leaves the old file
// under its backup name, where the next commit finds it.
func (disk) Exchange(from, to string) error {
	backup := from + backupSuffix
	names := make([]*uint16, 3)
	for i, name := range []string{to, from, backup} {
		var err error
		if names[i], err = windows.UTF16PtrFromString(name); err != nil {
			return err
		}
	}
	done, _, err := replaceFile.Call(uintptr(unsafe.Pointer(names[0])), uintptr(unsafe.Pointer(names[1])), uintptr(unsafe.Pointer(names[2])), 0, 0, 0)
	if done == 0 {
		if errors.Is(err, unableToMoveReplacement) {
			err = errors.Join(err, os.Rename(backup, to))
		}
		return &os.LinkError{Op: "ReplaceFile", Old: from, New: to, Err: err}
	}
	return os.Rename(backup, from)
}

// ChangeTime is the last write: Windows shows no other time here.
func (disk) ChangeTime(i fs.FileInfo) (int64, error) { return i.ModTime().UnixNano(), nil }

// bootTime is zero: a lock that an earlier run of the machine left counts as dead
// by its age.
func bootTime() time.Time { return time.Time{} }

// removeOpen closes a file, then removes it by its name: an open file cannot be
// removed.
func removeOpen(sys fsys, name string, h handle) {
	h.Close()
	sys.Remove(name)
}
