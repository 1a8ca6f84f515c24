package disk

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Exchange is renamex_np(2) with RENAME_SWAP.
func (OS) Exchange(a, b string) error { return renamex(a, b, unix.RENAME_SWAP) }

// RenameNoReplace is renamex_np(2) with RENAME_EXCL.
func (OS) RenameNoReplace(from, to string) error { return renamex(from, to, unix.RENAME_EXCL) }

// renamex is renamex_np(2). File systems without one of its flags say so.
func renamex(from, to string, flag uint32) error {
	err := unix.RenamexNp(from, to, flag)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.EINVAL):
		err = errors.ErrUnsupported
	}
	return &os.LinkError{Op: "renamex_np", Old: from, New: to, Err: err}
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
