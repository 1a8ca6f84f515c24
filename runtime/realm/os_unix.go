//go:build unix

package realm

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
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

// openPlain opens a file to read and write it. It follows no link, and waits
// for nobody: a pipe would wait for its other end without O_NONBLOCK.
func openPlain(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
}

// tryFlock takes flock(2) if it is free. It belongs to the open file and not to
// the process, so it keeps two holders in one process apart too.
func tryFlock(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("flock", err)
		}
	}
}
