//go:build unix && !linux

package disk

import (
	"os"
	"path/filepath"
	"syscall"
)

// IsMountPoint reports whether a file or directory is itself mounted, and so
// cannot be renamed or replaced: it is on another device than its directory.
func IsMountPoint(name string) bool {
	here, err := os.Lstat(name)
	if err != nil {
		return false
	}
	above, err := os.Lstat(filepath.Dir(name))
	if err != nil {
		return false
	}
	a, ok := here.Sys().(*syscall.Stat_t)
	b, okAbove := above.Sys().(*syscall.Stat_t)
	return ok && okAbove && a.Dev != b.Dev
}
