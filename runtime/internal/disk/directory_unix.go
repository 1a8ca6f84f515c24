//go:build unix

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"realmconf/runtime/fault"
)

// directory is an open directory. It is closed when it is not used any more.
type directory struct {
	fd       int
	dev, ino uint64
}

// maxOpen limits how many directories are kept open.
const maxOpen = 16

// place is one name in an open directory, for the system calls whose names end
// in "at".
type place struct {
	fd   int
	base string
	dir  *directory // keeps fd open
}

// done marks the end of the use of the place.
func (p place) done() { runtime.KeepAlive(p.dir) }

// at returns the place of a name. Without rules the path is followed as it is.
func (o OS) at(name string) (place, error) {
	if o.boundary == nil {
		return place{fd: unix.AT_FDCWD, base: name}, nil
	}
	dir, err := o.directory(filepath.Dir(name))
	if err != nil {
		return place{}, &fs.PathError{Op: "openat", Path: name, Err: err}
	}
	return place{dir.fd, filepath.Base(name), dir}, nil
}

// two returns the places of two names.
func (o OS) two(a, b string) (x, y place, err error) {
	if x, err = o.at(a); err != nil {
		return x, y, err
	}
	if filepath.Dir(a) == filepath.Dir(b) && o.boundary != nil {
		return x, place{x.fd, filepath.Base(b), x.dir}, nil
	}
	y, err = o.at(b)
	return x, y, err
}

// directory opens a directory, or returns the one that is open if it is still
// the directory of that path. An attacker may put a link to it in a place on its
// way: that changes nothing, because it was opened without one.
func (b *boundary) directory(path string) (*directory, error) {
	root, err := b.root(path)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	d := b.open[path]
	b.mu.Unlock()
	if d != nil {
		var st unix.Stat_t
		if err := retry(func() error { return unix.Stat(path, &st) }); err == nil && uint64(st.Dev) == d.dev && uint64(st.Ino) == d.ino {
			return d, nil
		}
	}
	if d, err = openBelow(root, path); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.open) >= maxOpen {
		clear(b.open)
	}
	b.open[path] = d
	return d, nil
}

// openBelow opens a directory, and follows only the links in the path of the
// root.
func openBelow(root, path string) (*directory, error) {
	const flags = searchOnly | unix.O_DIRECTORY | unix.O_NONBLOCK | unix.O_CLOEXEC
	fd, err := openat(unix.AT_FDCWD, root, flags, 0)
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(path[len(root):], "/"), "/") {
		if name == "" {
			break
		}
		next, err := openat(fd, name, flags|unix.O_NOFOLLOW, 0)
		err = asLink(err, func() bool { return isLinkAt(fd, name) })
		unix.Close(fd)
		if err != nil {
			return nil, err
		}
		fd = next
	}
	var st unix.Stat_t
	if err := retry(func() error { return unix.Fstat(fd, &st) }); err != nil {
		unix.Close(fd)
		return nil, err
	}
	d := &directory{fd, uint64(st.Dev), uint64(st.Ino)}
	runtime.AddCleanup(d, func(fd int) { unix.Close(fd) }, fd)
	return d, nil
}

func isLinkAt(fd int, name string) bool {
	var st unix.Stat_t
	return unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK
}

// openat opens a file. If the process has too many open, it closes the directories
// that are not used any more, and tries again: a listing of many realms opens one for
// each.
func openat(fd int, name string, flags int, perm uint32) (opened int, err error) {
	open := func() error { opened, err = unix.Openat(fd, name, flags, perm); return err }
	err = retry(open)
	for pause := time.Millisecond; errors.Is(err, unix.EMFILE) && pause < maxCollectPause; pause *= 2 {
		runtime.GC()
		time.Sleep(pause) // the cleanups of directories run in another goroutine
		err = retry(open)
	}
	return opened, err
}

// maxCollectPause limits how long openat waits for directories to be closed.
const maxCollectPause = 16 * time.Millisecond

// retry repeats a system call that a signal interrupted.
func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// openDir opens a directory for reading and fsync, and refuses anything else.
// O_NONBLOCK saves the runtime two system calls that would set and reset it.
func (o OS) openDir(name string) (*os.File, error) {
	if o.boundary == nil {
		d, err := os.OpenFile(name, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
		if errors.Is(err, unix.ENOTDIR) {
			if info, statErr := os.Stat(name); statErr == nil && !info.IsDir() {
				err = fault.ErrIrregular
			}
		}
		return d, err
	}
	d, err := o.directory(name)
	if errors.Is(err, unix.ENOTDIR) && !errors.Is(err, fault.ErrIrregular) {
		if info, statErr := os.Lstat(name); statErr == nil && !info.IsDir() {
			err = fault.ErrIrregular
		}
	}
	if err != nil {
		return nil, &fs.PathError{Op: "openat", Path: name, Err: err}
	}
	defer runtime.KeepAlive(d)
	fd, err := openat(d.fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "openat", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}
