package disk

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

// Open goes through an os.Root: only then does the standard library allow a
// file to be renamed and removed while it is open, as on other systems.
func (o OS) Open(name string, flag int, perm fs.FileMode) (File, error) {
	if err := o.check(name); err != nil {
		return nil, err
	}
	if isLink(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errLink()}
	}
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

// openDir opens a directory and refuses anything else.
func (o OS) openDir(name string) (*os.File, error) {
	if err := o.check(filepath.Join(name, "x")); err != nil {
		return nil, err
	}
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		return nil, fault.ErrIrregular
	}
	return os.Open(name)
}

// Rename retries for half a second: another program that has the file open,
// such as a virus scanner, closes it soon.
func (o OS) Rename(from, to string) error {
	if err := o.checkAll(from, to); err != nil {
		return err
	}
	for wait := time.Millisecond; ; wait *= 2 {
		err := os.Rename(from, to)
		inUse := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !inUse || wait > 256*time.Millisecond {
			return err
		}
		time.Sleep(wait)
	}
}

// Link is unsupported: a file that is open under one name cannot be removed
// under another.
func (OS) Link(from, to string) error { return errors.ErrUnsupported }

// SyncDir does nothing: Windows has no fsync of directories. After a loss of
// power the previous generation may be there.
func (OS) SyncDir(string) error { return nil }

// Lock is LockFileEx on the whole file.
func (OS) Lock(f File, wait bool) error {
	flags := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK)
	if !wait {
		flags |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, ^uint32(0), ^uint32(0), new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrLocked
	}
	return err
}

// ID returns the volume's and the file's number.
func (OS) ID(f File) (string, error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d:%d", info.VolumeSerialNumber, uint64(info.FileIndexHigh)<<32|uint64(info.FileIndexLow)), nil
}

// CopyMetadata does nothing: ReplaceFile keeps the rights of the file that it
// replaces, and a new file inherits them from its directory.
func (OS) CopyMetadata(File, string, fs.FileInfo) error { return nil }

// StartSync does nothing.
func (OS) StartSync(File) {}

// IsLocal is always false: time stamps are too coarse to trust an unread file.
func (OS) IsLocal(string) bool { return false }

// RenameNoReplace is MoveFileEx without MOVEFILE_REPLACE_EXISTING.
func (o OS) RenameNoReplace(from, to string) error {
	if err := o.checkAll(from, to); err != nil {
		return err
	}
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

// unableToMoveReplacement says that the old file already has its backup name
// and that the new one is still at its old place.
const unableToMoveReplacement windows.Errno = 1177

// Exchange is ReplaceFile with a backup, followed by a rename of the backup to
// the name from which the new file came. A crash between the two leaves the old
// file under the backup name, where the next commit finds it.
func (o OS) Exchange(from, to string) error {
	if err := o.checkAll(from, to); err != nil {
		return err
	}
	backup := from + BackupSuffix
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

// ChangeTime is the time of the last write: Windows has no better one here.
func (OS) ChangeTime(i fs.FileInfo) (int64, error) { return i.ModTime().UnixNano(), nil }

// BootTime is zero: it is unknown when the machine was started.
func BootTime() time.Time { return time.Time{} }

// RemoveOpen closes a file and then removes it by its name: an open file cannot
// be removed here.
func RemoveOpen(sys FS, name string, f File) {
	f.Close()
	sys.Remove(name)
}
