package file

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"realmconf/runtime/internal/disk"
)

var (
	// errChanged says that a file is not what it was when it was read, and that
	// it has not been replaced: path has a text that another program saved, or no
	// file, because another program removed it.
	errChanged = errors.New("the file was changed meanwhile")

	// errUnsure says that a step failed and that its effect could not be found
	// out, or that it was undone and a peer may have built on it.
	errUnsure = errors.New("the file may or may not be replaced")
)

// maxExchanges is how often a file is exchanged with a person who saves again
// and again in the microseconds that one exchange takes. Package filelock has a limit of
// its own, for lock files.
const maxExchanges = 8

// placedFile is a file that was given the name path. It is expected to come out
// unchanged at the next exchange.
type placedFile struct {
	file  disk.File
	bytes []byte
}

// swap gives a new file the name path if path still holds base. The file that was at
// path gets the new file's name:
//
//	path:  base ──┐      ┌── new          exchanged in one step
//	d.name: new ──┘      └── base ?       compared: if it is another file, a program
//	                                      saved in between, and gets its name back
//
// A plain rename would destroy what a person saved between the last read of the
// file and the rename. The steps:
//
//  1. The lock is verified, and path is read: it must still hold base.
//  2. The names are exchanged. If base is a missing file, the new file is moved to
//     the free name instead; without an exchange, see replaceByRename.
//  3. When the exchange reports an error, the new file's inode shows whether it
//     happened all the same.
//  4. The displaced file is read. If it is not base, restoreDisplaced returns it
//     to path.
//  5. If the lock is lost by then, it is errUnsure: a peer may have read the new file
//     while it was at path, and what it writes may be built on that. A person who saves
//     has not read it in so short a time.
//
// On errChanged, and on every error that is not errUnsure, the new file is not at
// path. A text of another program that is not back at path is in the history;
// if it could not be moved there, it still has the new file's name, and the next
// sweep moves it.
func (l *lock) swap(d *newFile, path string, base disk.Content) error {
	sys := l.store.fs
	own, err := sys.Open(d.name, os.O_RDONLY, 0) // kept open: the inode number of an open file is not used again
	if err != nil {
		return err
	}
	defer own.Close()
	if err := l.Verify(); err != nil {
		return err
	}
	now, err := disk.ReadLike(sys, path, base.Bytes, maxRead)
	if err != nil {
		return err
	}
	if now.Exists() != base.Exists() || !bytes.Equal(now.Bytes, base.Bytes) {
		return errChanged
	}
	if !base.Exists() {
		return l.moveToFreeName(own, d.name, path)
	}
	if err := sys.Exchange(d.name, path); errors.Is(err, errors.ErrUnsupported) {
		return l.replaceByRename(own, d.name, path, base)
	} else if err != nil {
		still, statErr := disk.IsAt(sys, own, d.name)
		switch {
		case statErr != nil:
			return errors.Join(errUnsure, err, statErr)
		case still && errors.Is(err, fs.ErrNotExist):
			return errChanged // path was removed after it was read
		case still:
			return err
		}
	}
	displaced, err := disk.ReadLike(sys, d.name, base.Bytes, maxRead)
	if err != nil {
		return errors.Join(errUnsure, err)
	}
	if displaced.Exists() && bytes.Equal(displaced.Bytes, base.Bytes) {
		return nil
	}
	err = l.restoreDisplaced(d.name, path, placedFile{own, d.bytes})
	if errors.Is(err, errChanged) {
		if lost := l.Verify(); lost != nil {
			return errors.Join(errUnsure, lost)
		}
	}
	return err
}

// restoreDisplaced returns a displaced file, which is at name, to path. own is the file
// of this commit that displaced it, and is at path.
//
//	                  path       name
//	before            own        A          A was saved by another program
//	after exchange 1  A          own        done: own comes out unchanged, and is removed
//	                  A          B          or B was saved over own meanwhile: it is newer than A
//	after exchange 2  B          A          done: A comes out unchanged, and is preserved in the history
//	                  B          C          or C was saved over A, and so on
//
// The file that comes out must be the one that was placed last: only then has no
// other program saved in between. It returns errChanged when path has the newest
// save, or after maxExchanges: then path has an older one, and the newest is
// preserved in the history.
//
// restoreDisplaced in package filelock does the same for lock files. It compares
// inode numbers alone, because no program writes into another's lock file, and
// it preserves nothing.
func (l *lock) restoreDisplaced(name, path string, own placedFile) error {
	sys := l.store.fs
	placed, placedIsOwn := own, true
	for range maxExchanges {
		back, err := openPlaced(sys, name)
		if err != nil {
			return errors.Join(errUnsure, err)
		}
		defer back.file.Close()
		if err := sys.Exchange(name, path); err != nil {
			still, statErr := disk.IsAt(sys, back.file, name)
			switch {
			case still && statErr == nil && errors.Is(err, fs.ErrNotExist): // path was removed, and that is newest
				return errors.Join(errChanged, l.preserve(name))
			case still || statErr != nil:
				return errors.Join(errUnsure, err, statErr)
			}
		}
		out, err := openPlaced(sys, name)
		if err != nil {
			return errors.Join(errUnsure, err)
		}
		same, err := l.isSamePlaced(out, placed)
		out.file.Close()
		switch {
		case err != nil:
			return errors.Join(errUnsure, err)
		case same && placedIsOwn:
			return errors.Join(errChanged, sys.Remove(name))
		case same:
			return errors.Join(errChanged, l.preserve(name))
		}
		placed, placedIsOwn = back, false
	}
	return errors.Join(errChanged, l.preserve(name))
}

// isSamePlaced reports whether the file that came out is the one that was
// placed, and was not written into.
func (l *lock) isSamePlaced(out, placed placedFile) (bool, error) {
	a, err := out.file.Stat()
	if err != nil {
		return false, err
	}
	b, err := placed.file.Stat()
	return err == nil && l.store.fs.SameFile(a, b) && bytes.Equal(out.bytes, placed.bytes), err
}

// openPlaced opens a file and reads it.
func openPlaced(sys disk.FS, name string) (placedFile, error) {
	f, err := sys.Open(name, os.O_RDONLY, 0)
	if err != nil {
		return placedFile{}, err
	}
	c, err := disk.ReadOpen(sys, f, nil, maxRead)
	if err != nil {
		f.Close()
		return placedFile{}, err
	}
	return placedFile{f, c.Bytes}, nil
}

// moveToFreeName gives a file the name path, or returns errChanged when another
// file has it. Where names can be neither renamed without replacing another nor
// linked, it replaces a file that got the name since it was looked at.
func (l *lock) moveToFreeName(own disk.File, name, path string) error {
	sys := l.store.fs
	err := sys.RenameNoReplace(name, path)
	if errors.Is(err, errors.ErrUnsupported) {
		if err = sys.Link(name, path); err == nil {
			sys.Remove(name) // if it stays, the next sweep removes it
		} else if disk.NoHardLinks(err) {
			err = sys.Rename(name, path)
		}
	}
	if err == nil {
		return nil
	}
	moved, movedErr := disk.IsAt(sys, own, path)
	still, stillErr := disk.IsAt(sys, own, name)
	switch {
	case moved && movedErr == nil:
		return nil // it happened despite the error
	case errors.Is(err, fs.ErrExist):
		return errChanged
	case still && stillErr == nil:
		return err
	default:
		return errors.Join(errUnsure, err)
	}
}

// replaceByRename is swap where files cannot be exchanged. It adds a second name
// to the file at path, reads it through that name, and renames the new file over
// path: so the displaced file still has a name.
//
// BUG(file): an editor, which takes no lock, can save in the microseconds
// between the read of the kept file and the rename, and the rename then replaces
// that text. This concerns systems and file systems that have no exchange: some
// network mounts, and the BSDs.
func (l *lock) replaceByRename(own disk.File, name, path string, base disk.Content) error {
	sys := l.store.fs
	kept := name + disk.BackupSuffix
	err := sys.Link(path, kept)
	linked := err == nil
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errChanged
	case err != nil && !disk.NoHardLinks(err):
		return err
	}
	readable := path
	if linked {
		readable = kept
	}
	now, err := disk.Read(sys, readable, maxRead)
	if err == nil && !bytes.Equal(now.Bytes, base.Bytes) {
		err = errChanged
	}
	if err != nil {
		sys.Remove(kept)
		return err
	}
	if err := sys.Rename(name, path); err != nil {
		replaced, statErr := disk.IsAt(sys, own, path)
		switch {
		case statErr != nil:
			return errors.Join(errUnsure, err, statErr)
		case !replaced:
			sys.Remove(kept)
			return err
		}
	}
	if linked {
		sys.Rename(kept, name) // if it stays, the next sweep deals with it
	}
	return nil
}
