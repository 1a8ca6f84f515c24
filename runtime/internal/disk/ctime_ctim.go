//go:build linux || openbsd || dragonfly

package disk

import (
	"errors"
	"io/fs"
	"syscall"
)

// ChangeTime is the st_ctime of stat(2).
func (OS) ChangeTime(i fs.FileInfo) (int64, error) {
	st, ok := i.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	return st.Ctim.Nano(), nil
}
