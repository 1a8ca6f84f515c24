package realm

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"realmconf/runtime/fault"
)

// errNotDirectory says that something else is in the place of a directory.
var errNotDirectory error = notDirectoryError{}

type notDirectoryError struct{}

func (notDirectoryError) Error() string { return "not a directory" }
func (notDirectoryError) Unwrap() error { return fault.ErrIrregular }

// Obstacle returns the first directory on the way to the realm's files that cannot be
// passed, and why: a link that is not followed, something that is not a directory, or
// one that this process may not search. Then no file of the realm can be read. It opens
// no file. The path is empty if there is none, also if the realm does not exist.
func (l *Location) Obstacle() (path string, err error) {
	for _, dir := range []string{l.Root, l.StateDir} {
		way := []string{dir}
		for parent := filepath.Dir(dir); parent != dir; parent = filepath.Dir(dir) {
			dir = parent
			way = append(way, dir)
		}
		for _, dir := range slices.Backward(way) {
			if err := l.pass(dir); err != nil {
				return dir, err
			}
		}
	}
	return "", nil
}

// pass reports why a directory cannot be passed. One that does not exist can: it is
// made.
func (l *Location) pass(dir string) error {
	f, err := l.disk().Open(dir+string(filepath.Separator)+".", os.O_RDONLY, 0)
	if err == nil {
		f.Close()
	}
	if errors.Is(err, fs.ErrPermission) { // or it may be searched and not read
		_, err = l.disk().Lstat(filepath.Join(dir, manifestName))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	info, err := l.disk().Lstat(dir)
	if err == nil && !info.IsDir() && info.Mode()&fs.ModeSymlink == 0 { // where the access to a file below a file says that it does not exist
		return errNotDirectory
	}
	return nil
}
