//go:build unix

package hosts

import (
	"io/fs"
	"os"
	"syscall"
)

// otherOwner returns the user and the group to which a file belongs, and whether that is
// another user than the one who runs the program.
func otherOwner(info fs.FileInfo) (uid, gid int, isOther bool) {
	sys, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(sys.Uid), int(sys.Gid), int(sys.Uid) != os.Geteuid()
}
