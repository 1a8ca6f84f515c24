//go:build unix

package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"realmconf/runtime/fault"
)

// Open opens files and directories, and nothing else. O_NONBLOCK means nothing
// to them; a pipe would wait for its other end without it.
func (disk) Open(name string, flag int, perm fs.FileMode) (handle, error) {
	f, err := os.OpenFile(name, flag|unix.O_NONBLOCK, perm)
	if err != nil {
		return nil, err
	}
	if flag&os.O_EXCL != 0 { // made just now, so it is a file
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

func (disk) Rename(from, to string) error { return os.Rename(from, to) }

func (disk) Link(from, to string) error { return os.Link(from, to) }

// openDir opens a directory, and nothing else. O_NONBLOCK means nothing to it,
// but spares the runtime to set and to reset it.
func openDir(name string) (*os.File, error) {
	d, err := os.OpenFile(name, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
	if errors.Is(err, unix.ENOTDIR) {
		if info, look := os.Stat(name); look == nil && !info.IsDir() {
			err = fault.ErrIrregular
		}
	}
	return d, err
}

// SyncDir makes the names in a directory durable. Some file systems (network
// mounts, FUSE) know no fsync of directories and say so: they are as durable as
// they can be.
func (disk) SyncDir(name string) error {
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

// Lock takes flock(2), which belongs to the open file and not to the process:
// two stores of one process exclude each other too.
func (disk) Lock(h handle, wait bool) error {
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	for {
		err := unix.Flock(int(h.Fd()), how)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return errBusy
		case err != nil:
			return os.NewSyscallError("flock", err)
		default:
			return nil
		}
	}
}

func (disk) ID(h handle) (string, error) {
	info, err := h.Stat()
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", errors.ErrUnsupported
	}
	return fmt.Sprintf("%d:%d", st.Dev, st.Ino), nil
}

// Adorn gives an open file the owner, the rights and the extended attributes
// that another has, as far as this process may. Only the mode is not best
// effort. Where the group cannot be kept, its rights shrink to those of
// everybody: they were meant for other people.
func (disk) Adorn(h handle, from string, as fs.FileInfo) error {
	mode := as.Mode().Perm()
	if !keepOwner(h, as) {
		mode = withoutGroup(mode)
	}
	copyAttributes(int(h.Fd()), from)
	return h.Chmod(mode)
}

// withoutGroup is a mode under which a group has no more rights than everybody.
func withoutGroup(mode fs.FileMode) fs.FileMode {
	return mode&^0o070 | mode&(mode&0o007<<3)
}

// keepOwner gives a file another's owner and group, and reports whether the
// group is right now. It changes nothing where both are right already.
func keepOwner(h handle, as fs.FileInfo) bool {
	want, ok := as.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	info, err := h.Stat()
	if err != nil {
		return false
	}
	have, ok := info.Sys().(*syscall.Stat_t)
	if !ok || have.Uid == want.Uid && have.Gid == want.Gid {
		return true
	}
	fd := int(h.Fd())
	if unix.Fchown(fd, int(want.Uid), int(want.Gid)) == nil {
		return true
	}
	return unix.Fchown(fd, -1, int(want.Gid)) == nil
}

// removeOpen removes an open file by its name, then closes it: in this order
// nobody can get the name between the two.
func removeOpen(sys fsys, name string, h handle) {
	sys.Remove(name)
	h.Close()
}
