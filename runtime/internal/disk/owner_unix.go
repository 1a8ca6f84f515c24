//go:build unix

package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// The rules for the owner, the group and the mode of what is created:
//
//	a new file or directory           those of its directory: see inherit
//	a file that replaces another one  those of that file, as far as they can be
//	                                  kept: see CopyMetadata

// othersWrite is the right of everybody to create and remove names.
const othersWrite fs.FileMode = 0o002

// inherit gives a new file or directory the owner and the group of the directory
// in which it is, as far as the process may set them: so what the administrator
// writes for a user stays that user's. In a set-group-id directory, which a group
// shares, it also gets the rights that the directory grants that group. Otherwise
// it keeps its mode, which is for the owner alone.
//
// It is best effort. f must be the only name of what this process has just
// created with perm, in the directory of a nameAt, whose path is dir. The owner has these
// rights whatever the umask is.
func inherit(f *os.File, at nameAt, dir string, perm fs.FileMode) {
	made, err := f.Stat()
	if err != nil {
		return
	}
	if lacksOwnerRights(made, perm) && f.Chmod(perm) == nil {
		if made, err = f.Stat(); err != nil {
			return
		}
	}
	parent, err := at.stat(".", dir)
	if err != nil {
		return
	}
	have, ok := made.Sys().(*syscall.Stat_t)
	if !ok {
		return
	}
	shared := parent.Mode&unix.S_ISGID != 0
	if have.Uid == parent.Uid && have.Gid == parent.Gid && !shared || !isPlacedByOwner(at, dir, parent) {
		return
	}
	if !chown(f, have, parent.Uid, parent.Gid).group || !shared {
		return
	}
	mode := made.Mode() | fs.FileMode(parent.Mode&0o070)
	if !made.IsDir() {
		mode &^= 0o111
	} else {
		mode |= fs.ModeSetgid
	}
	if mode != made.Mode() {
		_ = f.Chmod(mode)
	}
}

// isPlacedByOwner reports whether a directory is not one that a stranger may have
// put there, to be given what is created in it: it belongs to this user, to the
// administrator, or to the owner of the directory above, or nobody else may
// create names above it. In the administrator's directory for temporary files
// everybody owns what is theirs.
func isPlacedByOwner(at nameAt, dir string, st *unix.Stat_t) bool {
	if st.Uid == 0 || int(st.Uid) == os.Geteuid() {
		return true
	}
	above, err := at.stat("..", filepath.Dir(dir))
	if err != nil {
		return false
	}
	return fs.FileMode(above.Mode)&othersWrite == 0 || above.Uid == st.Uid || above.Uid == 0 && above.Mode&unix.S_ISVTX != 0
}

// stat returns the status of the directory of a nameAt, or of the one above, by its path
// from there. Without rules it is that of a path.
func (p nameAt) stat(from, path string) (*unix.Stat_t, error) {
	st, fd := new(unix.Stat_t), p.fd
	if p.dir == nil {
		fd, from = unix.AT_FDCWD, path
	}
	return st, retry(func() error { return unix.Fstatat(fd, from, st, 0) })
}

// inheritDir is inherit for a directory that was just created. Another program
// may have moved something else to its name: only an empty directory of this user
// is changed.
func inheritDir(d *os.File, at nameAt, parent string) {
	info, err := d.Stat()
	if err != nil {
		return
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if names, _ := d.Readdirnames(1); ok && int(st.Uid) == os.Geteuid() && len(names) == 0 {
		inherit(d, at, parent, info.Mode().Perm())
	}
}

// kept says which of a file's owner and group are as they should be.
type kept struct{ owner, group bool }

// chown gives a file an owner and a group, as far as the process may do that. It
// changes nothing if both are right already.
func chown(f interface{ Fd() uintptr }, have *syscall.Stat_t, uid, gid uint32) kept {
	k := kept{have.Uid == uid, have.Gid == gid}
	fd := int(f.Fd())
	if k.owner && k.group || syscall.Fchown(fd, int(uid), int(gid)) == nil {
		return kept{true, true}
	}
	if !k.group {
		k.group = syscall.Fchown(fd, -1, int(gid)) == nil
	}
	return k
}

// CopyMetadata is best effort but for the mode. Rights were granted by the owner
// to certain people, so they shrink with what cannot be kept:
//
//	owner and group are kept   the file's mode; set-id bits are never kept
//	the owner, not the group   the group has the rights of everybody
//	the group, not the owner   nothing for everybody, no access control list, and for
//	                           the group only if the directory is its own: see isOf
//	neither                    0600
//
// A file that a stranger may have planted in a directory that everybody may write
// grants nothing: the new file stays as its directory makes it. Nor does any other
// file there that is not this user's own grant something to others than its owner: the
// owner of such a directory may be a stranger too.
func (o OS) CopyMetadata(f File, from string, as fs.FileInfo) error {
	mode := as.Mode().Perm()
	want, ok := as.Sys().(*syscall.Stat_t)
	if !ok {
		return f.Chmod(mode)
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	have, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return f.Chmod(mode)
	}
	var dir fs.FileInfo
	if int(want.Uid) != os.Geteuid() {
		if dir, err = os.Stat(filepath.Dir(from)); err != nil {
			return err
		}
		if isPlanted(dir, want) {
			return nil
		}
	}
	k := chown(f, have, want.Uid, want.Gid)
	switch {
	case k.owner && !k.group:
		mode = withoutGroup(mode)
	case k.group && !k.owner && isOf(dir, want.Gid):
		mode &= 0o770
	case !k.owner:
		mode = 0o600
	}
	isOpen := dir != nil && dir.Mode()&othersWrite != 0
	if isOpen {
		mode &= 0o700
	}
	o.copyAttributes(int(f.Fd()), from, k.owner && !isOpen)
	return f.Chmod(mode)
}

// isPlanted reports whether a file may have been put in a directory by a stranger:
// everybody may create files there, and the file belongs neither to this user nor
// to the directory's owner nor to the administrator.
func isPlanted(dir fs.FileInfo, st *syscall.Stat_t) bool {
	above, ok := dir.Sys().(*syscall.Stat_t)
	return ok && dir.Mode()&othersWrite != 0 && int(st.Uid) != os.Geteuid() && st.Uid != above.Uid && st.Uid != 0
}

// isOf reports whether only the owner and a group may create files in a directory,
// so that a file of that group in it is no stranger's.
func isOf(dir fs.FileInfo, gid uint32) bool {
	if dir == nil || dir.Mode()&othersWrite != 0 {
		return false
	}
	st, ok := dir.Sys().(*syscall.Stat_t)
	return ok && (dir.Mode()&0o020 == 0 || st.Gid == gid)
}

// withoutGroup returns a mode in which the group has only the rights that
// everybody has.
func withoutGroup(mode fs.FileMode) fs.FileMode {
	return mode&^0o070 | mode&(mode&0o007<<3)
}
