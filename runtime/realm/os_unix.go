//go:build unix

package realm

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// canonical is realpath(3): the path of an existing file, absolute and without
// symbolic links.
func canonical(path string) (string, error) { return filepath.EvalSymlinks(path) }

// syncDir makes a directory's entries durable. Some network file systems do not
// offer that, and keep their entries durable themselves.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
