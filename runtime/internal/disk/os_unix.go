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

// Open uses O_NONBLOCK, which has no effect on files and directories: without
// it, opening a pipe would wait for a process at the other end.
func (o OS) Open(name string, flag int, perm fs.FileMode) (File, error) {
	p, err := o.at(name)
	if err != nil {
		return nil, err
	}
	defer p.done()
	fd, err := openat(p.fd, p.base, flag|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, uint32(perm.Perm()))
	if err = asLink(err, func() bool { return isLinkAt(p.fd, p.base) }); err != nil {
		return nil, &fs.PathError{Op: "openat", Path: name, Err: err}
	}
	f := os.NewFile(uintptr(fd), name)
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

// Mkdir is mkdirat(2).
func (o OS) Mkdir(name string, perm fs.FileMode) error {
	p, err := o.at(name)
	if err != nil {
		return err
	}
	defer p.done()
	if err := retry(func() error { return unix.Mkdirat(p.fd, p.base, uint32(perm.Perm())) }); err != nil {
		return &fs.PathError{Op: "mkdirat", Path: name, Err: err}
	}
	return nil
}

// Remove is unlinkat(2), for a file or an empty directory.
func (o OS) Remove(name string) error {
	p, err := o.at(name)
	if err != nil {
		return err
	}
	defer p.done()
	err = retry(func() error { return unix.Unlinkat(p.fd, p.base, 0) })
	if errors.Is(err, unix.EISDIR) || errors.Is(err, unix.EPERM) {
		if dirErr := retry(func() error { return unix.Unlinkat(p.fd, p.base, unix.AT_REMOVEDIR) }); !errors.Is(dirErr, unix.ENOTDIR) {
			err = dirErr
		}
	}
	if err != nil {
		return &fs.PathError{Op: "unlinkat", Path: name, Err: err}
	}
	return nil
}

// Rename is renameat(2).
func (o OS) Rename(from, to string) error {
	return o.link2("renameat", from, to, func(a, b place) error {
		return unix.Renameat(a.fd, a.base, b.fd, b.base)
	})
}

// Link is linkat(2). A symbolic link is not followed.
func (o OS) Link(from, to string) error {
	return o.link2("linkat", from, to, func(a, b place) error {
		return unix.Linkat(a.fd, a.base, b.fd, b.base, 0)
	})
}

// link2 makes a system call that gives a file another name.
func (o OS) link2(op, from, to string, call func(a, b place) error) error {
	if o.boundary != nil {
		if err := o.recheck(from, to); err != nil {
			return err
		}
	}
	a, b, err := o.two(from, to)
	if err != nil {
		return err
	}
	defer a.done()
	defer b.done()
	if err := retry(func() error { return call(a, b) }); err != nil {
		return &os.LinkError{Op: op, Old: from, New: to, Err: err}
	}
	return nil
}

// SyncDir ignores the answer of file systems (network mounts, FUSE) that have
// no fsync of directories: they make names durable in their own way.
func (o OS) SyncDir(name string) error {
	d, err := o.openDir(name)
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
