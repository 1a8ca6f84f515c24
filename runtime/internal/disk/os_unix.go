//go:build unix

package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"realmconf/runtime/fault"
)

// NoFollow is a flag of Open: a symbolic link is an error and is not followed.
const NoFollow = unix.O_NOFOLLOW

// Open gives a file that it creates with O_EXCL the owner and the group of its
// directory: see inherit. It uses O_NONBLOCK, which has no effect on files and directories: without
// it, opening a pipe would wait for a process at the other end.
func (OS) Open(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag|unix.O_NONBLOCK, perm)
	if err != nil {
		return nil, err
	}
	if flag&os.O_EXCL != 0 { // a new file is regular
		inherit(f, filepath.Dir(name))
		return f, nil
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		err = fault.ErrIrregular
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Rename is os.Rename.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Link is os.Link.
func (OS) Link(from, to string) error { return os.Link(from, to) }

// Mkdir is os.Mkdir. The new directory has the owner and the group of the one in
// which it is: see inherit.
func (OS) Mkdir(name string, perm fs.FileMode) error {
	err := os.Mkdir(name, perm)
	if err == nil {
		inheritDir(name)
	}
	return err
}

// openDirNoFollow opens a directory, and no symbolic link.
func openDirNoFollow(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
}

// openDir opens a directory and refuses anything else. O_NONBLOCK saves the
// runtime two system calls that would set and reset it.
func openDir(name string) (*os.File, error) {
	d, err := os.OpenFile(name, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
	if errors.Is(err, unix.ENOTDIR) {
		if info, statErr := os.Stat(name); statErr == nil && !info.IsDir() {
			err = fault.ErrIrregular
		}
	}
	return d, err
}

// SyncDir ignores the answer of file systems (network mounts, FUSE) that have
// no fsync of directories: they make names durable in their own way.
func (OS) SyncDir(name string) error {
	d, err := openDir(name)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// Lock is flock(2). The lock belongs to the open file and not to the process,
// so two opens in one process exclude each other too.
func (OS) Lock(f File, wait bool) error {
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	for {
		err := unix.Flock(int(f.Fd()), how)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrLocked
		case err != nil:
			return os.NewSyscallError("flock", err)
		default:
			return nil
		}
	}
}

// ID returns the device and inode numbers.
func (OS) ID(f File) (string, error) {
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", errors.ErrUnsupported
	}
	return fmt.Sprintf("%d:%d", st.Dev, st.Ino), nil
}

// RemoveOpen removes a file by its name and then closes it. In this order the
// inode number cannot be used again before the name is gone.
func RemoveOpen(sys FS, name string, f File) {
	sys.Remove(name)
	f.Close()
}
