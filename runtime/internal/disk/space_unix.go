//go:build linux || darwin

package disk

import (
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// FreeSpace returns how many bytes, and how many files, this process may still add to
// the file system of a directory. ok is false where that is unknown.
func FreeSpace(dir string) (bytes, files uint64, ok bool) {
	var st unix.Statfs_t
	if retry(func() error { return unix.Statfs(dir, &st) }) != nil {
		return 0, 0, false
	}
	blocks := st.Bavail
	if os.Geteuid() == 0 { // the rest is kept for the administrator
		blocks = st.Bfree
	}
	files = st.Ffree
	if st.Files == 0 { // this file system does not count them
		files = math.MaxUint64
	}
	return blocks * uint64(st.Bsize), files, true
}
