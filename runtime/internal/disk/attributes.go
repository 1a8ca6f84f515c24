//go:build linux || darwin

package disk

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// copyAttributes gives an open file the extended attributes of another. On Linux
// the access control list is one of them. It is best effort: a file system may
// have none, and some may be set by the administrator alone.
func (o OS) copyAttributes(fd int, from string, grants bool) {
	if size, err := unix.Llistxattr(from, nil); err != nil || size == 0 {
		return
	}
	source, err := o.Open(from, os.O_RDONLY, 0) // the path may lead elsewhere
	if err != nil {
		return
	}
	defer source.Close()
	have := int(source.Fd())
	size, err := unix.Flistxattr(have, nil)
	if err != nil || size == 0 {
		return
	}
	names := make([]byte, size)
	if size, err = unix.Flistxattr(have, names); err != nil {
		return
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names[:size]), "\x00"), "\x00") {
		if !isKeptAttribute(name) || !grants && isAccessList(name) {
			continue
		}
		size, err := unix.Fgetxattr(have, name, nil)
		if err != nil {
			continue
		}
		value := make([]byte, size)
		if size, err = unix.Fgetxattr(have, name, value); err == nil {
			_ = unix.Fsetxattr(fd, name, value[:size], 0)
		}
	}
}

// isAccessList reports whether an extended attribute lets other users in.
func isAccessList(name string) bool {
	return name == "system.posix_acl_access" || name == "system.nfs4_acl"
}
