//go:build unix

package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"realmconf/runtime/fault"
)

// NoFollow is a flag of Open: a symbolic link is an error and is not followed.
const NoFollow = unix.O_NOFOLLOW

// Open uses O_NONBLOCK, which has no effect on files and directories: without
// it, opening a pipe would wait for a process at the other end.
func (OS) Open(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag|unix.O_NONBLOCK, perm)
	if err != nil {
		return nil, err
	}
	if flag&os.O_EXCL != 0 { // a new file is regular
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

// CopyMetadata is best effort but for the mode. When the group cannot be kept,
// the rights of the group shrink to those of everybody, because they were
// granted to other people.
func (OS) CopyMetadata(f File, from string, as fs.FileInfo) error {
	mode := as.Mode().Perm()
	if !copyOwner(f, as) {
		mode = withoutGroup(mode)
	}
	copyAttributes(int(f.Fd()), from)
	return f.Chmod(mode)
}

// withoutGroup returns a mode in which the group has only the rights that
// everybody has.
func withoutGroup(mode fs.FileMode) fs.FileMode {
	return mode&^0o070 | mode&(mode&0o007<<3)
}

// copyOwner gives a file the owner and group of another, and reports whether
// the group is right afterwards. It changes nothing if both are right already.
func copyOwner(f File, as fs.FileInfo) bool {
	want, ok := as.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	info, err := f.Stat()
	if err != nil {
		return false
	}
	have, ok := info.Sys().(*syscall.Stat_t)
	if !ok || have.Uid == want.Uid && have.Gid == want.Gid {
		return true
	}
	fd := int(f.Fd())
	if unix.Fchown(fd, int(want.Uid), int(want.Gid)) == nil {
		return true
	}
	return unix.Fchown(fd, -1, int(want.Gid)) == nil
}

// RemoveOpen removes a file by its name and then closes it. In this order the
// inode number cannot be used again before the name is gone.
func RemoveOpen(sys FS, name string, f File) {
	sys.Remove(name)
	f.Close()
}
