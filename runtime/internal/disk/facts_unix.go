//go:build unix

package disk

import (
	"errors"
	"io/fs"
	"math"
	"syscall"

	"golang.org/x/sys/unix"
)

// Owner returns the numbers of a file's owner and group. ok is false where files
// have none.
func Owner(info fs.FileInfo) (uid, gid uint32, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return st.Uid, st.Gid, true
}

// LinkCount returns how many names a file has. It is 0 where that is unknown.
func LinkCount(info fs.FileInfo) uint64 {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return uint64(st.Nlink)
}

// IsUnchangeable reports whether a file has a mark by which not even its owner may
// change or replace it.
func IsUnchangeable(name string) bool {
	return errors.Is(unix.Access(name, unix.W_OK), unix.EPERM)
}

// MaxFileSize returns how long a file that this process writes may become.
func MaxFileSize() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		return math.MaxUint64
	}
	return uint64(limit.Cur)
}

// isSameFile compares devices and inode numbers.
func isSameFile(a, b fs.FileInfo) bool {
	x, ok := a.Sys().(*syscall.Stat_t)
	y, both := b.Sys().(*syscall.Stat_t)
	return ok && both && x.Dev == y.Dev && x.Ino == y.Ino
}
