package disk

import (
	"errors"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// searchOnly opens a directory that this process may enter but not read.
const searchOnly = unix.O_PATH

// Exchange is renameat2(2) with RENAME_EXCHANGE.
func (o OS) Exchange(a, b string) error { return o.rename2(a, b, unix.RENAME_EXCHANGE) }

// RenameNoReplace is renameat2(2) with RENAME_NOREPLACE.
func (o OS) RenameNoReplace(from, to string) error { return o.rename2(from, to, unix.RENAME_NOREPLACE) }

// rename2 is renameat2(2). Kernels and file systems without one of its flags
// answer that they do not know the call or the flag.
func (o OS) rename2(from, to string, flag uint) error {
	return o.link2("renameat2", from, to, func(a, b nameAt) error {
		err := unix.Renameat2(a.fd, a.base, b.fd, b.base, flag)
		switch {
		case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOTSUP):
			return errors.ErrUnsupported
		}
		return err
	})
}

// isKernelFS reports whether a path is on a file system of the kernel's own.
func isKernelFS(path string) bool {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil {
		return false
	}
	switch uint32(st.Type) {
	case unix.PROC_SUPER_MAGIC, unix.SYSFS_MAGIC, unix.DEVPTS_SUPER_MAGIC, unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC,
		unix.DEBUGFS_MAGIC, unix.TRACEFS_MAGIC, unix.SECURITYFS_MAGIC, unix.BPF_FS_MAGIC, unix.PSTOREFS_MAGIC:
		return true
	default:
		return false
	}
}

// IsAppendOnly reports whether a file is marked append-only: a write can only add to it,
// and a directory only gets new files. Access does not tell.
func IsAppendOnly(name string) bool {
	var st unix.Statx_t
	return unix.Statx(unix.AT_FDCWD, name, 0, 0, &st) == nil && st.Attributes&unix.STATX_ATTR_APPEND != 0
}

// StartSync lets the disk write one file while the next is created. Here ext4
// allocates the blocks of new bytes, so when the first fsync comes all files
// have theirs. sync_file_range(2) promises nothing alone, and an error is
// repeated by the fsync.
func (OS) StartSync(f File) {
	_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}

// IsLocal knows local file systems by their numbers in linux/magic.h. An
// unknown file system counts as one of another machine.
func (OS) IsLocal(name string) bool {
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

// These numbers are not in the headers.
const (
	zfsMagic      = 0x2fc12fc1
	bcachefsMagic = 0xca451a4e
)

// isKeptAttribute reports whether an extended attribute belongs to a file's
// owner and not to one content of it, as a signature does.
func isKeptAttribute(name string) bool {
	return strings.HasPrefix(name, "user.") || name == "system.posix_acl_access" || name == "system.nfs4_acl" ||
		name == "security.selinux" || name == "security.SMACK64"
}

// BootTime is when the machine was started, or zero when that is unknown.
func BootTime() time.Time {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return time.Time{}
	}
	return time.Now().Add(-time.Duration(info.Uptime) * time.Second)
}
