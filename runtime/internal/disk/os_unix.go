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

// Open gives a file that it creates with O_EXCL the owner and the group of its
// directory: see inherit. It uses O_NONBLOCK, which has no effect on files and
// directories: without it, opening a pipe would wait for a process at the other
// end.
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
	// With the flag, os would give the file to the poller, which takes only pipes and the like.
	_ = unix.SetNonblock(fd, false)
	f := os.NewFile(uintptr(fd), name)
	if flag&os.O_EXCL != 0 { // a new file is regular
		inherit(f, p, filepath.Dir(name), perm)
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

// Mkdir is mkdirat(2). The new directory has the owner and the group of the one in
// which it is: see inherit.
func (o OS) Mkdir(name string, perm fs.FileMode) error {
	p, err := o.at(name)
	if err != nil {
		return err
	}
	defer p.done()
	if err := retry(func() error { return unix.Mkdirat(p.fd, p.base, uint32(perm.Perm())) }); err != nil {
		return &fs.PathError{Op: "mkdirat", Path: name, Err: err}
	}
	const flags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC
	fd, err := openat(p.fd, p.base, flags, 0)
	if errors.Is(err, unix.EACCES) && p.remakeDir(perm) == nil {
		fd, err = openat(p.fd, p.base, flags, 0)
	}
	if err != nil {
		return nil // it is made, though not inherited
	}
	made := os.NewFile(uintptr(fd), name)
	defer made.Close()
	if info, err := made.Stat(); err == nil && lacksOwnerRights(info, perm) {
		_ = made.Chmod(perm)
	}
	inheritDir(made, p, filepath.Dir(name))
	return nil
}

// remakeDir makes an empty directory again, because the process's umask has taken the
// rights from its owner, who can then not open it. The umask is stricter for the others
// meanwhile, also for what other goroutines create.
func (p nameAt) remakeDir(perm fs.FileMode) error {
	if err := unix.Unlinkat(p.fd, p.base, unix.AT_REMOVEDIR); err != nil {
		return err
	}
	umask := unix.Umask(0o077)
	defer unix.Umask(umask)
	return unix.Mkdirat(p.fd, p.base, uint32(perm.Perm()))
}

// lacksOwnerRights reports whether the umask has taken rights from the owner of what
// was created: a realm must be usable for its owner.
func lacksOwnerRights(made fs.FileInfo, perm fs.FileMode) bool {
	return perm&^made.Mode()&0o700 != 0
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
	return o.link2("renameat", from, to, func(a, b nameAt) error {
		return unix.Renameat(a.fd, a.base, b.fd, b.base)
	})
}

// Link is linkat(2). A symbolic link is not followed.
func (o OS) Link(from, to string) error {
	return o.link2("linkat", from, to, func(a, b nameAt) error {
		return unix.Linkat(a.fd, a.base, b.fd, b.base, 0)
	})
}

// link2 makes a system call that gives a file another name.
func (o OS) link2(op, from, to string, call func(a, b nameAt) error) error {
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

// RemoveOpen removes a file by its name and then closes it. In this order the
// inode number cannot be used again before the name is gone.
func RemoveOpen(sys FS, name string, f File) {
	sys.Remove(name)
	f.Close()
}
