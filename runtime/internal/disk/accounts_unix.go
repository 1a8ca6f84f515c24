//go:build unix

package disk

import (
	"bufio"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// isSystemPath reports whether a path is one of the kernel's files: reading one
// may block, never end, or have effects.
func isSystemPath(path string) bool {
	for _, dir := range []string{"/proc", "/sys", "/dev"} {
		if isBelow(path, dir) {
			return true
		}
	}
	return false
}

func isOwnEntry(e entry) bool {
	return isOwn(e, uint32(os.Geteuid()), func(gid, uid uint32) bool {
		if runtime.GOOS == "darwin" { // its accounts are not in these files
			return false
		}
		groups, err := os.Open("/etc/group")
		if err != nil {
			return false
		}
		defer groups.Close()
		users, err := os.Open("/etc/passwd")
		if err != nil {
			return false
		}
		defer users.Close()
		return isPrivateGroup(groups, users, gid, uid)
	})
}

// isOwn reports whether an entry belongs to a user or root, and no other user may
// write it. The rights of a link mean nothing.
func isOwn(e entry, uid uint32, isPrivate func(gid, uid uint32) bool) bool {
	if e.uid != uid && e.uid != 0 {
		return false
	}
	if e.mode&fs.ModeSymlink != 0 {
		return true
	}
	return e.mode&0o002 == 0 && (e.mode&0o020 == 0 || isPrivate(e.gid, uid))
}

// maxAccounts limits how much of /etc/group and /etc/passwd is read, in bytes.
const maxAccounts = 4 << 20

// isPrivateGroup reports whether a user, and root, are the only members of a
// group: many systems give each user such a group, and let it write. A group
// that is not listed, or of which the user is no member, is not private: its
// members may be listed elsewhere.
func isPrivateGroup(groups, users io.Reader, gid, uid uint32) bool {
	var members []string
	listed := false
	for fields := range accounts(groups, 4) {
		if fields[2] == strconv.FormatUint(uint64(gid), 10) {
			listed = true
			members = append(members, strings.FieldsFunc(fields[3], func(r rune) bool { return r == ',' })...)
		}
	}
	member := false
	for fields := range accounts(users, 7) {
		id, err := strconv.ParseUint(fields[2], 10, 32)
		named := slices.Contains(members, fields[0])
		if !named && fields[3] != strconv.FormatUint(uint64(gid), 10) {
			continue
		}
		if err != nil || uint32(id) != uid && id != 0 {
			return false
		}
		member = member || uint32(id) == uid
		members = slices.DeleteFunc(members, func(m string) bool { return m == fields[0] })
	}
	return listed && member && len(members) == 0
}

// accounts iterates over the lines of a file of accounts that have n fields.
func accounts(r io.Reader, n int) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		lines := bufio.NewScanner(io.LimitReader(r, maxAccounts))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if fields := strings.Split(lines.Text(), ":"); len(fields) == n && !yield(fields) {
				return
			}
		}
	}
}
