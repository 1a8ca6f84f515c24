//go:build linux || openbsd || dragonfly

package file

import (
	"errors"
	"io/fs"
	"syscall"
)

func (disk) ChangeTime(i fs.FileInfo) (int64, error) {
	st, ok := i.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	return st.Ctim.Nano(), nil
}
