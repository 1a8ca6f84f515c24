package disk

import "golang.org/x/sys/unix"

// IsMountPoint reports whether a file or directory is itself mounted, and so
// cannot be renamed or replaced.
func IsMountPoint(name string) bool {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, name, unix.AT_SYMLINK_NOFOLLOW, 0, &st)
	return err == nil && st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}
