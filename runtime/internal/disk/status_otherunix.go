//go:build unix && !linux

package disk

import (
	"io/fs"

	"golang.org/x/sys/unix"

	"realmconf/runtime/fault"
)

// operationStat refuses a name below a root, within an operation, when the path of the
// root leads elsewhere since the operation began. Otherwise it is not ok, and the path is
// followed.
func (o OS) operationStat(name string, flags int) (info fs.FileInfo, ok bool, err error) {
	if o.boundary == nil || !o.hasBegun() {
		return nil, false, nil
	}
	root, err := o.root(name)
	if err != nil || root == name {
		return nil, false, nil
	}
	top, err := o.rootDirectory(root)
	if err != nil {
		return nil, true, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	defer nameAt{dir: top}.done()
	if !top.isAt(unix.AT_FDCWD, root) {
		return nil, true, &fs.PathError{Op: "stat", Path: name, Err: &fault.RefusedLink{Advice: "the directory was led elsewhere meanwhile: try again"}}
	}
	return nil, false, nil
}
