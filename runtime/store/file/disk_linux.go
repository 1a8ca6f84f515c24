package file

import (
	"errors"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func (disk) Exchange(a, b string) error { return rename2(a, b, unix.RENAME_EXCHANGE) }

func (disk) Place(from, to string) error { return rename2(from, to, unix.RENAME_NOREPLACE) }

// rename2 is renameat2(2). Kernels and file systems without a kind of renaming
// answer that they do not know the call or the flag.
func rename2(from, to string, flag uint) error {
	for {
		err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, flag)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOTSUP):
			return &os.LinkError{Op: "renameat2", Old: from, New: to, Err: errors.ErrUnsupported}
		}
		return &os.LinkError{Op: "renameat2", Old: from, New: to, Err: err}
	}
}

// StartSync lets the disk work on one file while the next is made. It is where
// ext4 decides on the place of new bytes, so the first fsync after it finds the
// places of all of them decided. sync_file_range(2) promises nothing by itself,
// and an error comes again with the fsync.
func (disk) StartSync(h handle) {
	_ = unix.SyncFileRange(int(h.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}

// Local knows the file systems that live in this machine by their numbers in
// linux/magic.h. One that it does not know counts as another machine's.
func (disk) Local(name string) bool {
	var st unix.Statfs_t
	if err := unix.Statfs(name, &st); err != nil {
		return false
	}
	switch uint32(st.Type) {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC,
		unix.TMPFS_MAGIC, unix.RAMFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC, unix.SQUASHFS_MAGIC,
		zfsMagic, bcachefsMagic:
		return true
	default:
		return false
	}
}

// Two that the headers do not list.
const (
	zfsMagic      = 0x2fc12fc1
	bcachefsMagic = 0xca451a4e
)

// keptAttribute reports whether an extended attribute belongs to a file's
// owner and not to one content of it, as a signature would.
func keptAttribute(name string) bool {
	return strings.HasPrefix(name, "user.") || name == "system.posix_acl_access" || name == "system.nfs4_acl" ||
		name == "security.selinux" || name == "security.SMACK64"
}

// bootTime is when the machine was started, zero when it does not tell.
func bootTime() time.Time {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return time.Time{}
	}
	return time.Now().Add(-time.Duration(info.Uptime) * time.Second)
}
