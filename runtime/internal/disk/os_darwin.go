package disk

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// searchOnly has no effect here.
const searchOnly = unix.O_RDONLY

// Exchange is renameatx_np(2) with RENAME_SWAP.
func (o OS) Exchange(a, b string) error { return o.renamex(a, b, unix.RENAME_SWAP) }

// RenameNoReplace is renameatx_np(2) with RENAME_EXCL.
func (o OS) RenameNoReplace(from, to string) error { return o.renamex(from, to, unix.RENAME_EXCL) }

// renamex is renameatx_np(2). File systems without one of its flags say so.
func (o OS) renamex(from, to string, flag uint32) error {
	return o.link2("renameatx_np", from, to, func(a, b nameAt) error {
		err := unix.RenameatxNp(a.fd, a.base, b.fd, b.base, flag)
		if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EINVAL) {
			return errors.ErrUnsupported
		}
		return err
	})
}

// isKernelFS is always false: the kernel's files are below /dev.
func isKernelFS(string) bool { return false }

// IsAppendOnly reports whether a file is marked append-only: a write can only add to it,
// and a directory only gets new files.
func IsAppendOnly(name string) bool {
	var st unix.Stat_t
	return unix.Stat(name, &st) == nil && st.Flags&(unix.UF_APPEND|unix.SF_APPEND) != 0
}

// StartSync does nothing.
func (OS) StartSync(File) {}

// IsLocal asks the file system.
func (OS) IsLocal(name string) bool {
	var st unix.Statfs_t
	return unix.Statfs(name, &st) == nil && st.Flags&unix.MNT_LOCAL != 0
}

// isKeptAttribute is always true: macOS hides the attributes that do not belong
// to the owner.
func isKeptAttribute(string) bool { return true }

// BootTime is when the machine was started, or zero when that is unknown.
func BootTime() time.Time {
	at, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return time.Time{}
	}
	return time.Unix(at.Sec, int64(at.Usec)*1000)
}
