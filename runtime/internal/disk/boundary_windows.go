package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// check refuses a name under rules if a directory on its way below the root is a
// symbolic link or another reparse point. Between the check and the access a
// directory can be replaced: Windows has no calls relative to an open directory
// that this package could use for all of its accesses.
func (o OS) check(name string) error {
	if o.boundary == nil {
		return nil
	}
	dir := filepath.Dir(name)
	root, err := o.root(dir)
	if err != nil {
		return err
	}
	at := root
	for part := range strings.SplitSeq(strings.TrimPrefix(dir[len(root):], `\`), `\`) {
		if part == "" {
			break
		}
		at = filepath.Join(at, part)
		if isLink(at) {
			return &fs.PathError{Op: "open", Path: at, Err: errLink()}
		}
	}
	return nil
}

// checkAll is check for names of files that an access replaces.
func (o OS) checkAll(names ...string) error {
	if o.boundary == nil {
		return nil
	}
	for _, name := range names {
		if err := o.check(name); err != nil {
			return err
		}
	}
	return o.recheck(names...)
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&(fs.ModeSymlink|fs.ModeIrregular) != 0
}

// directory has no use here: directories are not kept open.
type directory struct{}

// closeIdle has nothing to close.
func (*boundary) closeIdle() {}

// beginOperation and endOperation have no use, because no directory is kept open.
func (*boundary) beginOperation() {}
func (*boundary) endOperation()   {}

// noFollow has no use.
const noFollow = 0

// operationStat is never ok: no directory is kept open.
func (OS) operationStat(string, int) (info fs.FileInfo, ok bool, err error) { return nil, false, nil }

// isOwnEntry is always true: only a privileged user can make symbolic links.
func isOwnEntry(entry) bool { return true }

// isSystemPath reports whether a path is one of a device.
func isSystemPath(path string) bool {
	return strings.HasPrefix(path, `\\.\`) || strings.HasPrefix(path, `\\?\GLOBALROOT`)
}

func isKernelFS(string) bool { return false }

// Mkdir is os.Mkdir: a new directory inherits the rights of the one above.
func (o OS) Mkdir(name string, perm fs.FileMode) error {
	if err := o.check(name); err != nil {
		return err
	}
	return os.Mkdir(name, perm)
}

// Remove is os.Remove.
func (o OS) Remove(name string) error {
	if err := o.check(name); err != nil {
		return err
	}
	return os.Remove(name)
}
