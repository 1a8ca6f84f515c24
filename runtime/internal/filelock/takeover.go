package filelock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/internal/disk"
)

// errVanished says that the other program's lock file is gone.
var errVanished = errors.New("the lock file is gone")

// TakeAbandoned takes a lock file whose owner is gone, and only such a one: it
// returns disk.ErrLocked for one that has a living owner or another program
// made, and fs.ErrNotExist if there is no lock file.
func TakeAbandoned(o FileOptions) (*File, error) {
	found, err := o.openOther()
	if errors.Is(err, errVanished) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	gone := o.OwnerIsGone(found)
	found.Close()
	if !gone {
		return nil, disk.ErrLocked
	}
	return Take(o, Wait{})
}

// openOther opens another program's lock file.
func (o FileOptions) openOther() (disk.File, error) {
	var f disk.File
	info, err := o.FS.Lstat(o.Path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, ErrNotLockFile
	}
	if o.Flock { // network file systems lock only files that are open for writing
		f, err = o.FS.Open(o.Path, os.O_RDWR, 0)
	}
	if !o.Flock || errors.Is(err, fs.ErrPermission) {
		f, err = o.FS.Open(o.Path, os.O_RDONLY, 0)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errVanished
	}
	return f, err
}

// takeOver puts the private file in the place of a dead owner's lock file, and
// reports whether it is there. The checks, in order:
//
//  1. The other lock file is opened: all decisions are about this one file.
//  2. It must be abandoned (isAbandoned), and still have the name.
//  3. The names are exchanged. Where that is impossible, moveAside.
//  4. The file that comes out must be the opened one. If it is not,
//     restoreDisplaced.
//
// Two programs that see the same dead lock file exchange one after the other.
// The first gets the dead file out; the second gets the first one's, and puts
// it back. Removal by name would let the second remove the lock file of the
// first.
func (f *File) takeOver() (bool, error) {
	o, sys := f.o, f.o.FS
	dead, err := o.openOther()
	if errors.Is(err, ErrNotLockFile) && o.WaitIrregular && !f.isOld(o.Path) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer dead.Close()
	if abandoned, err := f.isAbandoned(dead); err != nil || !abandoned {
		return false, err
	}
	f.tookOver = true
	if same, err := disk.IsAt(sys, dead, o.Path); err != nil || !same {
		return false, errors.Join(errVanished, err)
	}
	err = sys.Exchange(o.Private, o.Path)
	if errors.Is(err, errors.ErrUnsupported) {
		return false, f.moveAside(dead)
	}
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return false, errVanished
		}
		if same, statErr := f.IsInPlace(); statErr != nil || !same {
			return false, err
		}
	}
	same, err := disk.IsAt(sys, dead, o.Private)
	if err != nil {
		return false, err
	}
	if same {
		sys.Remove(o.Private) // if it stays, the next sweep removes it
		return true, nil
	}
	return false, f.restoreDisplaced()
}

// isAbandoned reports whether another program's lock file has no living owner.
// That is so if its owner is known to be gone; if the machine was started
// after it was made; or if its age is that of no held lock. The age is the difference
// between two stamps of the same file system: this machine's clock has no influence.
func (f *File) isAbandoned(found disk.File) (bool, error) {
	info, err := found.Stat()
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() {
		return false, ErrNotLockFile
	}
	if f.o.OwnerIsGone(found) {
		return true, nil
	}
	boot := f.o.BootTime
	if !boot.IsZero() && info.ModTime().Before(boot.Add(-bootError)) && f.o.FS.IsLocal(filepath.Dir(f.o.Path)) {
		return true, nil
	}
	now, err := f.now()
	return err == nil && IsStale(now.Sub(info.ModTime())), err
}

// isOld reports whether the age of the file of a name is that of no held lock.
func (f *File) isOld(name string) bool {
	info, err := f.o.FS.Lstat(name)
	if err != nil {
		return false
	}
	now, err := f.now()
	return err == nil && IsStale(now.Sub(info.ModTime()))
}

// restoreDisplaced returns its name to a living owner's lock file, which the
// exchange displaced. The file that comes out should be this File's. If it is a
// third program's, made after this File's had vanished, that one is then
// returned too. The same function in package runtime/store/file has a drawing of
// the exchanges.
//
// A peer removes the lock file by its name: its own when it ends, another's when it
// saw a stale one. If it removed the file that this process had put in the place, it
// would have removed the displaced one, which therefore stays away: in its place again,
// it would have no owner that removes it.
func (f *File) restoreDisplaced() error {
	sys, o := f.o.FS, f.o
	last, lastIsOwn := f.file, true
	for range maxExchanges {
		back, err := sys.Open(o.Private, os.O_RDONLY, 0)
		if err != nil {
			return err
		}
		defer back.Close()
		if err := sys.Exchange(o.Private, o.Path); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				err = sys.Remove(o.Private)
			}
			return errors.Join(ErrLost, err)
		}
		same, err := disk.IsAt(sys, last, o.Private)
		switch {
		case err != nil:
			return err
		case same && lastIsOwn:
			return nil
		case same:
			return ErrLost
		}
		last, lastIsOwn = back, false
	}
	return ErrLost
}

// moveAside removes a dead lock file where files cannot be exchanged. It
// returns errVanished when the name is free. Between the look and the rename
// another program may have done the same and made a lock file of its own; then
// that one was renamed, and it goes back.
func (f *File) moveAside(dead disk.File) error {
	sys, o := f.o.FS, f.o
	if same, err := disk.IsAt(sys, dead, o.Path); err != nil || !same {
		return errors.Join(errVanished, err)
	}
	if err := sys.Rename(o.Path, o.Aside); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return errVanished
		}
		return errors.Join(errVanished, err)
	}
	same, err := disk.IsAt(sys, dead, o.Aside)
	if err == nil && !same {
		err = sys.Link(o.Aside, o.Path)
		if errors.Is(err, fs.ErrExist) {
			err = nil // the name has been taken: the owner notices before it writes
		}
	}
	if err := errors.Join(err, sys.Remove(o.Aside)); err != nil {
		return err
	}
	return errVanished
}
