// Package disk is the only way in which realmconf reaches the files of a realm.
//
// Every operation of FS works on one name, or on two, and a name is always the
// path of a directory and one element in it. Nothing walks a tree. A limit on
// the size of a file is a parameter, and is checked while the file is read.
//
// A realm's directory is data: it may come from a stranger. Within returns an FS
// whose accesses stay below directories that the user has named:
//
//   - On Unix a directory is opened part by part, each with O_NOFOLLOW relative
//     to the one before, and files are opened, created, renamed, linked and
//     removed by name in that open directory. It is kept open, and used again if
//     it is still the one of its path: one stat more for each of these accesses.
//   - The last part of a path is never followed. Only Resolve follows a link, the
//     configuration's, under the conditions in Links; they are checked again
//     before a file at its end is replaced.
//   - Stat, Lstat, IsLocal and MayCreate use the whole path. They change nothing,
//     and what they return is compared with what is open before it is relied on.
//   - On Windows each directory on the way is checked for links right before the
//     access, and can be replaced in between. Owners and rights of directories
//     are not looked at: symbolic links need a privilege there.
//   - On macOS the access control lists of directories are not looked at, and a
//     directory that its group may write counts as one that others may write.
package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FS is every access to a realm's files. It is an interface so that a test can
// make any single access fail. An operation that a system or a file system does
// not have returns errors.ErrUnsupported.
type FS interface {
	// Open opens a regular file or a directory. Anything else is
	// fault.ErrIrregular, and opening it never blocks. A symbolic link is not
	// followed: it is a fault.RefusedLink. A file that Open creates with O_EXCL
	// gets the owner and the group of its directory.
	Open(name string, flag int, perm fs.FileMode) (File, error)

	Stat(name string) (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)

	// Resolve returns the path without its symbolic links.
	Resolve(name string) (string, error)

	// ReadDir returns the names in a directory, in no order.
	ReadDir(name string) ([]string, error)

	// Mkdir creates a directory, with the owner and the group of the one above.
	Mkdir(name string, perm fs.FileMode) error

	// Exchange swaps the files of two names in one step.
	Exchange(a, b string) error

	// RenameNoReplace renames a file, or returns fs.ErrExist when the new name
	// is in use.
	RenameNoReplace(from, to string) error

	// Rename renames a file, and replaces the one that has the new name.
	Rename(from, to string) error

	// Link adds a name to a file, or returns fs.ErrExist when the name is in use.
	Link(from, to string) error

	Remove(name string) error

	// StartSync starts to write a file's bytes to the disk and does not wait. It
	// is a hint: only Sync makes them durable.
	StartSync(f File)

	// SyncDir makes the names in a directory durable. It returns nil where the
	// system has no such operation.
	SyncDir(name string) error

	// Lock takes the exclusive lock of an open file. It waits for the lock, or
	// returns ErrLocked. Closing the file releases the lock.
	Lock(f File, wait bool) error

	// ID returns the identity of a file as "device:inode".
	ID(f File) (string, error)

	// CopyMetadata gives a new open file the owner, the rights and the extended
	// attributes of the one that it replaces, whose name is from and whose info
	// is as. Rights that cannot be kept for the same people shrink.
	CopyMetadata(f File, from string, as fs.FileInfo) error

	SameFile(a, b fs.FileInfo) bool

	// ChangeTime is when a file's content or inode was last changed, in
	// nanoseconds since 1970.
	ChangeTime(i fs.FileInfo) (int64, error)

	// IsLocal reports whether a name is on a file system of this machine, whose
	// time stamps come from this machine's clock.
	IsLocal(name string) bool
}

// File is an open file.
type File interface {
	io.ReadWriteCloser
	io.ReaderAt
	io.WriterAt
	Stat() (fs.FileInfo, error)
	Sync() error
	Chmod(mode fs.FileMode) error
	Fd() uintptr
}

// ErrLocked says that another process, or another File of this one, has a lock.
var ErrLocked = errors.New("locked by another process")

// OS is the file system of the operating system. Its methods that differ
// between systems are in the files os_*.go and ctime_*.go.
//
// The zero OS takes the path of a directory as it leads; Within returns one that
// does not. Neither opens a file through a symbolic link.
type OS struct{ *boundary }

var _ FS = OS{}

// Stat is os.Stat. Within an operation it reaches the same root as the other accesses.
func (o OS) Stat(name string) (fs.FileInfo, error) {
	if info, ok, err := o.operationStat(name, 0); ok {
		return info, err
	}
	return os.Stat(name)
}

// Lstat is os.Lstat, like Stat.
func (o OS) Lstat(name string) (fs.FileInfo, error) {
	if info, ok, err := o.operationStat(name, noFollow); ok {
		return info, err
	}
	return os.Lstat(name)
}

// ReadDir returns the names in a directory. Anything but a directory is
// fault.ErrIrregular.
func (o OS) ReadDir(name string) ([]string, error) {
	d, err := o.openDir(name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

// SameFile reports whether two infos are of one file.
func (OS) SameFile(a, b fs.FileInfo) bool { return isSameFile(a, b) }

// BackupSuffix marks the second name that a file has while it is replaced in
// several steps.
const BackupSuffix = ".kept"

// IsAt reports whether an open file is the one that has a name.
func IsAt(sys FS, f File, name string) (bool, error) {
	open, err := f.Stat()
	if err != nil {
		return false, err
	}
	named, err := sys.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return sys.SameFile(open, named), nil
}

// NoHardLinks reports whether an error of Link may mean that the file system
// has no hard links.
func NoHardLinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission)
}

// MakeDir makes a directory and its missing parents, each for its owner alone or
// as the directory above says (Mkdir), and makes their names durable: a file in a
// new directory must not vanish because the directory's own name was lost.
func MakeDir(sys FS, dir string) error {
	_, err := sys.Stat(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if parent == dir {
		return err
	}
	if err := MakeDir(sys, parent); err != nil {
		return err
	}
	if err := sys.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return sys.SyncDir(parent)
}
