//go:build unix

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"realmconf/runtime/fault"
)

// directory is an open directory. It is closed at the end of its last use, at once:
// many realms are read one after the other, and a process may have few files open. One
// that a boundary keeps open is closed with the boundary, when the collector finds it.
type directory struct {
	*descriptor
	dev, ino uint64
}

// descriptor is the file descriptor of a directory.
type descriptor struct {
	fd   int
	uses atomic.Int32 // with that of the boundary that keeps it open; 0 when it is closed
}

// tryUse begins a use, unless the descriptor is closed already.
func (d *descriptor) tryUse() bool {
	for {
		n := d.uses.Load()
		if n == 0 {
			return false
		}
		if d.uses.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// release ends a use.
func (d *descriptor) release() {
	if d.uses.Add(-1) == 0 {
		unix.Close(d.fd)
	}
}

// maxOpen limits how many directories are kept open.
const maxOpen = 16

// nameAt is one name in an open directory, for the system calls whose names end
// in "at".
type nameAt struct {
	fd   int
	base string
	dir  *directory // is in use until done; nil without rules
}

// done ends the use of the directory.
func (p nameAt) done() {
	if p.dir != nil {
		p.dir.release()
		runtime.KeepAlive(p.dir)
	}
}

// at returns the nameAt of a name, which the caller must end by done. Without rules the
// path is followed as it is.
func (o OS) at(name string) (nameAt, error) {
	if o.boundary == nil {
		return nameAt{fd: unix.AT_FDCWD, base: name}, nil
	}
	dir, err := o.directory(filepath.Dir(name))
	if err != nil {
		return nameAt{}, &fs.PathError{Op: "openat", Path: name, Err: err}
	}
	return nameAt{dir.fd, filepath.Base(name), dir}, nil
}

// two returns the places of two names.
func (o OS) two(a, b string) (x, y nameAt, err error) {
	if x, err = o.at(a); err != nil {
		return x, y, err
	}
	if filepath.Dir(a) == filepath.Dir(b) && o.boundary != nil {
		x.dir.tryUse() // it is open, because x uses it
		return x, nameAt{x.fd, filepath.Base(b), x.dir}, nil
	}
	if y, err = o.at(b); err != nil {
		x.done()
	}
	return x, y, err
}

// directory opens a directory, or returns the one that is open if it is still
// the directory of that path below its root. The caller must release it. An attacker may
// put a link to it in a place on its way: that changes nothing, because it was opened
// without one.
func (b *boundary) directory(path string) (*directory, error) {
	root, err := b.root(path)
	if err != nil {
		return nil, err
	}
	top, err := b.rootDirectory(root)
	below := strings.TrimPrefix(path[len(root):], "/")
	if err != nil || below == "" {
		return top, err
	}
	defer top.release()
	b.mu.Lock()
	d := b.open[path]
	b.mu.Unlock()
	if d != nil && d.tryUse() {
		if d.isAt(top.fd, below) {
			return d, nil
		}
		d.release()
	}
	if d, err = openBelow(top.fd, below); err != nil {
		return nil, err
	}
	b.keep(path, d)
	return d, nil
}

// isAt reports whether a directory has a path.
func (d *directory) isAt(fd int, path string) bool {
	var st unix.Stat_t
	err := retry(func() error { return unix.Fstatat(fd, path, &st, 0) })
	return err == nil && uint64(st.Dev) == d.dev && uint64(st.Ino) == d.ino
}

// rootDirectory opens a root, or returns the one that is open: within an operation any,
// else one that still is the directory of its path. The caller must release it.
func (b *boundary) rootDirectory(root string) (*directory, error) {
	b.mu.Lock()
	d, begun := b.roots[root], b.begun > 0
	b.mu.Unlock()
	if d != nil && d.tryUse() {
		if begun || b.isKept(root, d) {
			return d, nil
		}
		d.release()
	}
	fd, err := openat(unix.AT_FDCWD, root, directoryFlags, 0)
	if err != nil {
		return nil, err
	}
	opened, err := newDirectory(fd)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := b.roots[root]; known != nil && known != d && b.begun > 0 && known.tryUse() { // another access was first
		opened.release()
		return known, nil
	}
	if d != nil && b.roots[root] == d {
		d.release()
	}
	opened.tryUse() // it is open, because the caller uses it
	b.roots[root] = opened
	return opened, nil
}

// isKept reports whether an open root is used further: it is still at its path, or
// another user may have changed that path. What that user wants is no reason to go on in
// another directory, unless this one was removed.
func (b *boundary) isKept(path string, d *directory) bool {
	if d.isAt(unix.AT_FDCWD, path) {
		return true
	}
	var st unix.Stat_t
	err := retry(func() error { return unix.Fstat(d.fd, &st) })
	return err == nil && st.Nlink > 0 && othersMayLead(path)
}

// othersMayLead reports whether another user than this one and the administrator may put
// another directory, or a link, in the place of a directory or of one above it.
func othersMayLead(path string) bool {
	physical, err := filepath.EvalSymlinks(path)
	if err != nil {
		physical = path
	}
	for _, dir := range []string{path, physical} {
		for ; ; dir = filepath.Dir(dir) {
			e, err := statEntry(dir)
			if errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir) {
				continue
			}
			isSticky := err == nil && e.mode&fs.ModeSticky != 0 && (e.uid == 0 || int(e.uid) == os.Geteuid())
			if err != nil || !isSticky && !isOwnEntry(e) {
				return true
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return false
}

// beginOperation drops the roots that are not kept, unless an operation has begun with
// them.
func (b *boundary) beginOperation() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.begun++; b.begun > 1 {
		return
	}
	for path, d := range b.roots {
		if !b.isKept(path, d) {
			d.release()
			delete(b.roots, path)
		}
	}
}

// hasBegun reports whether there is an operation.
func (b *boundary) hasBegun() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.begun > 0
}

// noFollow makes a stat one of a link itself.
const noFollow = unix.AT_SYMLINK_NOFOLLOW

// endOperation ends what beginOperation began.
func (b *boundary) endOperation() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begun--
}

// keep keeps a directory open that is in use, in the place of the one that had its
// path.
func (b *boundary) keep(path string, d *directory) {
	d.tryUse() // it is open, because the caller uses it
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := b.open[path]; known != nil {
		known.release()
	} else if len(b.open) >= maxOpen {
		b.closeAll()
	}
	b.open[path] = d
}

// closeAll closes the directories that are kept open and not in use. It must be called
// with mu held.
func (b *boundary) closeAll() {
	for _, d := range b.open {
		d.release()
	}
	clear(b.open)
}

// closeIdle closes the roots too, unless an operation needs them.
func (b *boundary) closeIdle() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closeAll()
	if b.begun > 0 {
		return
	}
	for _, d := range b.roots {
		d.release()
	}
	clear(b.roots)
}

// directoryFlags open a directory to be searched.
const directoryFlags = searchOnly | unix.O_DIRECTORY | unix.O_NONBLOCK | unix.O_CLOEXEC

// openBelow opens a directory below an open one. It follows no link.
func openBelow(top int, path string) (*directory, error) {
	fd := top
	for name := range strings.SplitSeq(path, "/") {
		next, err := openat(fd, name, directoryFlags|unix.O_NOFOLLOW, 0)
		err = asLink(err, func() bool { return isLinkAt(fd, name) })
		if fd != top {
			unix.Close(fd)
		}
		if err != nil {
			return nil, err
		}
		fd = next
	}
	return newDirectory(fd)
}

// newDirectory returns the directory of a descriptor, which it closes if that fails.
func newDirectory(fd int) (*directory, error) {
	var st unix.Stat_t
	if err := retry(func() error { return unix.Fstat(fd, &st) }); err != nil {
		unix.Close(fd)
		return nil, err
	}
	d := &directory{&descriptor{fd: fd}, uint64(st.Dev), uint64(st.Ino)}
	d.uses.Store(1)
	runtime.AddCleanup(d, func(lost *descriptor) {
		if lost.uses.Swap(0) > 0 {
			unix.Close(lost.fd)
		}
	}, d.descriptor)
	return d, nil
}

func isLinkAt(fd int, name string) bool {
	var st unix.Stat_t
	return unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK
}

// openat opens a file.
func openat(fd int, name string, flags int, perm uint32) (opened int, err error) {
	err = retry(func() error { opened, err = unix.Openat(fd, name, flags, perm); return err })
	return opened, err
}

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
	defer nameAt{dir: d}.done()
	fd, err := openat(d.fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "openat", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}
