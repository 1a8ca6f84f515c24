package disk

import (
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// status is what fstatat(2) says of a file, in the form of package os. That package gives
// it for paths and open files only.
type status struct {
	name string
	st   syscall.Stat_t
}

// operationStat is stat(2) or lstat(2) of a name below a root, within an operation; ok
// reports whether it is one.
func (o OS) operationStat(name string, flags int) (info fs.FileInfo, ok bool, err error) {
	if o.boundary == nil || !o.hasBegun() {
		return nil, false, nil
	}
	if root, err := o.root(name); err != nil || root == name { // outside the roots, or a root itself
		if err != nil || flags != 0 {
			return nil, false, nil
		}
		top, err := o.rootDirectory(root)
		if err != nil {
			return nil, true, &fs.PathError{Op: "stat", Path: name, Err: err}
		}
		defer nameAt{dir: top}.done()
		info, err := statAt(top.fd, ".", name, flags)
		return info, true, err
	}
	p, err := o.at(name)
	if err != nil {
		return nil, true, err
	}
	defer p.done()
	info, err = statAt(p.fd, p.base, name, flags)
	return info, true, err
}

func statAt(fd int, base, name string, flags int) (fs.FileInfo, error) {
	var st unix.Stat_t
	if err := retry(func() error { return unix.Fstatat(fd, base, &st, flags) }); err != nil {
		return nil, &fs.PathError{Op: "fstatat", Path: name, Err: err}
	}
	s := &status{name: filepath.Base(name)}
	s.st.Dev, s.st.Ino, s.st.Nlink, s.st.Mode = st.Dev, st.Ino, st.Nlink, st.Mode
	s.st.Uid, s.st.Gid, s.st.Size = st.Uid, st.Gid, st.Size
	s.st.Mtim, s.st.Ctim = syscall.Timespec(st.Mtim), syscall.Timespec(st.Ctim)
	return s, nil
}

// Name returns the last part of the path.
func (s *status) Name() string { return s.name }

// Size returns st_size.
func (s *status) Size() int64 { return s.st.Size }

// ModTime returns st_mtime.
func (s *status) ModTime() time.Time { return time.Unix(s.st.Mtim.Unix()) }

// IsDir reports whether it is a directory.
func (s *status) IsDir() bool { return s.Mode().IsDir() }

// Sys returns the fields of stat(2) that this package uses.
func (s *status) Sys() any { return &s.st }

// Mode returns st_mode as package os does.
func (s *status) Mode() fs.FileMode {
	mode := fs.FileMode(s.st.Mode & 0o777)
	for _, is := range []struct {
		of, bits uint32
		mode     fs.FileMode
	}{
		{unix.S_IFMT, unix.S_IFBLK, fs.ModeDevice}, {unix.S_IFMT, unix.S_IFCHR, fs.ModeDevice | fs.ModeCharDevice},
		{unix.S_IFMT, unix.S_IFDIR, fs.ModeDir}, {unix.S_IFMT, unix.S_IFIFO, fs.ModeNamedPipe},
		{unix.S_IFMT, unix.S_IFLNK, fs.ModeSymlink}, {unix.S_IFMT, unix.S_IFSOCK, fs.ModeSocket},
		{unix.S_ISGID, unix.S_ISGID, fs.ModeSetgid}, {unix.S_ISUID, unix.S_ISUID, fs.ModeSetuid}, {unix.S_ISVTX, unix.S_ISVTX, fs.ModeSticky},
	} {
		if s.st.Mode&is.of == is.bits {
			mode |= is.mode
		}
	}
	return mode
}
