package file

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

func (disk) Exchange(a, b string) error { return renamex(a, b, unix.RENAME_SWAP) }

func (disk) Place(from, to string) error { return renamex(from, to, unix.RENAME_EXCL) }

// renamex is renamex_np(2). File systems without a kind of renaming say so.
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

// StartSync has nothing to begin with.
func (disk) StartSync(handle) {}

// Local asks the file system.
func (disk) Local(name string) bool {
	var st unix.Statfs_t
	return unix.Statfs(name, &st) == nil && st.Flags&unix.MNT_LOCAL != 0
}

// keptAttribute is always true: macOS hides those that are not the owner's.
func keptAttribute(string) bool { return true }

// bootTime is when the machine was started, zero when it does not tell.
func bootTime() time.Time {
	at, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return time.Time{}
	}
	return time.Unix(at.Sec, int64(at.Usec)*1000)
}
